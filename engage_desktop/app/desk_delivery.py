"""Approvals, activity and delivery for the window, inside the workspace process.

A sync runs on a thread of its own, so that figures stay answered; it sends its progress under
the id of the request that started it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as p
from engage_desktop.app.person import current_user
from engage_desktop.app.protocol_delivery import AskDryRun, DryRun, StartSync, SyncDone, SyncProgress
from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from engage_desktop.app.desk import Desk
    from engage_desktop.app.engine_process import Inbox
    from engage_desktop.app.replay import Replay
    from engage_desktop.delivery import Tally
    from engage_desktop.store import Workspace

logger = logging.getLogger(__name__)
PROGRESS_EVERY_S = 0.1


class DeliveryDesk:
    """The part of the desk that keeps workspace.db."""

    def __init__(self, desk: Desk, inbox: Inbox) -> None:
        self._desk, self._inbox = desk, inbox
        self._workspace: Workspace | None = None
        self._syncing: threading.Thread | None = None
        self.answers: dict[type[p.Request], Callable[[int, Any], p.Reply | None]] = {
            p.AskApprovals: self._approvals,
            p.Approve: self._approve,
            p.AskActivity: self._activity,
            AskDryRun: self._dry_run,
            StartSync: self._start_sync,
        }

    @property
    def workspace(self) -> Workspace:
        """The open workspace database, opened at the first need."""
        from engage_desktop.store import Workspace

        folder = self._desk.need_workspace()
        if self._workspace is None or self._workspace.folder != folder:
            self.close()
            self._workspace = Workspace.open(folder, create=True)
        return self._workspace

    def close(self) -> None:
        """Stop a sync under way (it is resumed from the outbox) and close the database."""
        if self._syncing is not None:
            self._inbox.cancel_work.set()
            self._syncing.join(10)
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None

    def note(self, action: str, subject: str, detail: dict[str, int]) -> None:
        """Add a line to the activity log."""
        self.workspace.activity.add(action, subject, who=current_user(), at=_now_us(), detail=detail)

    def _approvals(self, request_id: int, request: p.AskApprovals) -> p.Reply:
        from engage_desktop.app.approving import standings

        campaigns = self._desk.campaigns
        found = {} if campaigns is None else standings(campaigns, self.workspace)
        states: dict[tuple[str, str], str] = {one: approval.state for one, (approval, _) in found.items()}
        return p.Approvals(request.generation, states, {one: digest for one, (_, digest) in found.items()})

    def _approve(self, request_id: int, request: p.Approve) -> p.Reply:
        from engage_desktop.app.approving import decide

        campaigns = self._desk.campaigns
        if campaigns is None:
            raise UserError("The design cannot be read, so nothing can be approved. Mend its problems first.")
        decide(campaigns, self.workspace, request.kind, request.key, approve=request.approve, who=request.who)
        return self._approvals(request_id, p.AskApprovals(request.generation))

    def _activity(self, request_id: int, request: p.AskActivity) -> p.Reply:
        rows = self.workspace.activity.latest(request.offset + request.limit)
        page = rows[request.offset :]
        return p.ActivityRows(len(rows), tuple((row.at, row.who, _sentence(row)) for row in page))

    def _dry_run(self, request_id: int, request: AskDryRun) -> p.Reply:
        from engage_desktop.app.delivering import SAMPLE_PAYLOADS, ledger

        found = ledger(self._desk.need_run(), request.destination, self.workspace, request.recipients)
        plan = found.plan
        return DryRun(
            generation=request.generation,
            destination=request.destination,
            calls=len(plan.calls),
            people=plan.people,
            seconds_at_rate=found.seconds_at_rate,
            sample=tuple(call.payload for call in plan.calls[:SAMPLE_PAYLOADS]),
            withheld=plan.withheld,
            refused=found.refused,
            pending=found.pending,
            for_lists=plan.for_lists,
        )

    def _start_sync(self, request_id: int, request: StartSync) -> None:
        if self._syncing is not None:
            self._syncing.join(0.2)  # one that has said that it is done takes a moment to end
        if self._syncing is not None and self._syncing.is_alive():
            raise UserError("A sync is under way. Wait until it is done, or stop it first.")
        replayed, workspace = self._desk.need_run(), self.workspace
        self._inbox.cancel_work.clear()
        self._syncing = threading.Thread(
            target=self._sync, args=(request_id, request, replayed, workspace), name="engage-sync", daemon=True
        )
        self._syncing.start()

    def _sync(self, request_id: int, request: StartSync, replayed: Replay, workspace: Workspace) -> None:
        from engage_desktop.app.delivering import deliver

        last = 0.0

        def show(tally: Tally) -> None:
            nonlocal last
            if time.monotonic() - last >= PROGRESS_EVERY_S:
                last = time.monotonic()
                progress = SyncProgress(request.destination, tally.sent, tally.failed, tally.pending, tally.last_error)
                self._inbox.reply(request_id, progress)

        try:
            done = deliver(
                replayed, request.destination, workspace, recipients=request.recipients, progress=show,
                cancelled=self._inbox.cancel_work,
            )  # fmt: skip
            failures = tuple(
                (call.message_id, "failed", error) for call, error in workspace.outbox.failures(request.destination)
            )
            self._inbox.reply(
                request_id,
                SyncDone(request.destination, done.sent, done.failed, done.pending, done.cancelled, failures),
            )
        except UserError as error:
            self._inbox.reply(request_id, p.Failed(str(error)))
        except Exception:
            logger.exception("sync to %s failed", request.destination)
            self._inbox.reply(
                request_id,
                p.Failed(
                    f"The sync to {request.destination} stopped on a fault inside; what is left stays in the outbox."
                ),
            )


def _sentence(row: Any) -> str:
    detail = ", ".join(f"{count:,} {name}" for name, count in row.detail.items() if isinstance(count, int))
    return f"{row.action} {row.subject}{f' ({detail})' if detail else ''}"


def _now_us() -> int:
    return time.time_ns() // 1_000
