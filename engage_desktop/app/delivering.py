"""Deliver a run: the ledger of what would leave, who forbids it, and the sync itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app.person import current_user
from engage_desktop.app.replay import Replay
from engage_desktop.domain.duration import UNIT_US, format_instant
from engage_desktop.domain.errors import DeliveryError, UserError
from engage_desktop.domain.message import Destination

if TYPE_CHECKING:
    from engage_desktop.delivery import DeliveryPlan, Tally
    from engage_desktop.store import Workspace

SAMPLE_PAYLOADS = 5
FRESH_US = UNIT_US["d"]
"""How far from now a log may end whose lists are to reach real people (D-39)."""
OF_SANDBOX = "queued while it was a sandbox"
RESUME = "what was not sent stays in the outbox; sync again with --resume to go on."


@dataclass(frozen=True)
class Ledger:
    """What a sync would send, and the sentence that forbids it, if any."""

    plan: DeliveryPlan
    seconds_at_rate: float
    refused: str | None
    pending: int

    def as_json(self) -> dict[str, Any]:
        """The JSON shape of `engage sync --dry-run`, plus what is withheld and refused."""
        body = {
            "destination": self.plan.destination,
            "calls": len(self.plan.calls),
            "people": self.plan.people,
            "seconds_at_rate": round(self.seconds_at_rate, 3),
            "sample": [call.payload for call in self.plan.calls[:SAMPLE_PAYLOADS]],
            "for_lists": self.plan.for_lists,
            "withheld": self.plan.withheld,
            "pending": self.pending,
        }
        return body | ({"refused": self.refused} if self.refused else {})

    def lines(self) -> list[str]:
        """The ledger for a terminal."""
        import json

        found = [
            f"Destination  {self.plan.destination}",
            f"Calls        {len(self.plan.calls):,}",
            f"People       {self.plan.people:,}",
            f"At its rate  {self.seconds_at_rate:,.1f} s",
        ]
        if self.plan.for_lists:
            found.append(f"For lists    {self.plan.for_lists:,} people")
        found += [f"Withheld     {count:,}: {reason}" for reason, count in self.plan.withheld.items()]
        if self.pending:
            found.append(f"Outbox       {self.pending:,} calls of an earlier sync are still to be sent")
        if self.refused:
            found.append(f"Would not be sent: {self.refused}")
        found += [json.dumps(call.payload, ensure_ascii=False) for call in self.plan.calls[:SAMPLE_PAYLOADS]]
        return found


@dataclass(frozen=True)
class SyncResult:
    destination: str
    sent: int
    failed: int
    pending: int
    cancelled: bool
    last_error: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            name: getattr(self, name)
            for name in ("destination", "sent", "failed", "pending", "cancelled", "last_error")
        }

    def sentence(self) -> str:
        more = f" {self.last_error}" if self.last_error and (self.failed or self.pending) else ""
        rest = f" Nothing is lost: {RESUME}" if self.failed or self.pending else ""
        return f"{self.destination}: {self.sent:,} sent, {self.failed:,} failed, {self.pending:,} still to send.{more}{rest}"


def need_destination(replayed: Replay, key: str) -> Destination:
    """The destination of the design; raises UserError naming those there are."""
    found = replayed.campaigns.destination(key)
    if found is None:
        known = ", ".join(one.key for one in replayed.campaigns.destinations) or "none"
        raise UserError(f"There is no destination {key!r} in this design. Its destinations: {known}.")
    return found


def ledger(replayed: Replay, key: str, workspace: Workspace, recipients: int | None = None) -> Ledger:
    """Plan a sync of the run against what the destination is known to have. `recipients`: how many real people the sender
    has typed that lists are to be added; None leaves it at the workspace's allow-list."""
    from engage_desktop.delivery import plan_calls

    destination = need_destination(replayed, key)
    outbox, sandbox = workspace.outbox, destination.sandbox
    plan = plan_calls(
        replayed.run,
        replayed.log.store,
        destination,
        lambda subject: outbox.expected(key, subject, sandbox=sandbox),
        lambda subject: outbox.last_changes(key, subject),
        outbox.known(key, sandbox=sandbox),
        everybody=recipients is not None,
    )
    queued = outbox.counts(key).pending
    if not sandbox and (left := outbox.of_sandbox(key)):
        plan = replace(plan, withheld=plan.withheld | {OF_SANDBOX: left})
        queued = max(0, queued - left)
    rate = float(destination.rate) if destination.rate else None
    refused = (
        refusal(replayed, destination, workspace)
        or _not_meant(replayed, destination, plan.for_lists, recipients)
        or _unusable(destination, workspace)
    )
    return Ledger(plan, plan.seconds_at_rate(rate), refused, queued)


def _unusable(destination: Destination, workspace: Workspace) -> str | None:
    """Why the settings of a destination cannot work, without asking anybody."""
    from engage_desktop.delivery import open_destination

    try:
        open_destination(destination, workspace.folder).close()
    except UserError as error:
        return str(error)
    return None


def refusal(replayed: Replay, destination: Destination, workspace: Workspace) -> str | None:
    """Why nothing may leave for a destination: drafts go to sandboxes only."""
    from engage_desktop.delivery import campaigns_for

    if destination.sandbox:
        return None
    if replayed.left_out:
        return f"{' '.join(replayed.left_out)} Mend that first: what is sent would not be all."
    drafts = [
        f"{kind} {key}"
        for kind, key in campaigns_for(replayed.run, destination.key)
        if not workspace.approvals.is_approved(replayed.campaigns, kind, key)  # type: ignore[arg-type]  # kind is one of the three
    ]
    if not drafts:
        return None
    plural = "is a draft" if len(drafts) == 1 else "are drafts"
    return f"{', '.join(drafts)} {plural}. Approve first, or mark the destination {destination.key} as a sandbox."


def _not_meant(replayed: Replay, destination: Destination, people: int, recipients: int | None) -> str | None:
    """Why real people are not added to lists although a number was typed (D-39)."""
    if recipients is None or destination.sandbox:
        return None
    ended_us = replayed.log.store.last_us
    if ended_us is None or abs(time.time_ns() // 1_000 - ended_us) > FRESH_US:
        why = "holds no event" if ended_us is None else f"ends at {format_instant(ended_us)}, more than a day from now"
        return (
            f"The log {why}, so real people are not added to lists. "
            "Import the newest events, or send to the allow-list alone by typing no number."
        )
    if recipients != people:
        return (
            f"{recipients:,} recipients were typed, but lists would be added {people:,} people. "
            "Type that number if it is meant."
        )
    return None


def deliver(
    replayed: Replay,
    key: str,
    workspace: Workspace,
    *,
    resume: bool = False,
    recipients: int | None = None,
    progress: Callable[[Tally], None] | None = None,
    cancelled: threading.Event | None = None,
    checkpoint: Callable[[str], None] | None = None,
) -> SyncResult:
    """Put what is new in the outbox (unless `resume`), then work the outbox off. `recipients`: see `ledger`."""
    from engage_desktop.delivery import Sender, open_destination

    destination = need_destination(replayed, key)
    refused = refusal(replayed, destination, workspace)
    if refused:
        raise UserError(f"Nothing was sent to {key}: {refused}")
    stop = cancelled or threading.Event()

    open_destination(
        destination, workspace.folder
    ).close()  # settings that cannot work end it before anything is queued

    def work_off() -> Tally:
        sender = Sender(
            workspace.outbox,
            key,
            open_destination(destination, workspace.folder),
            rate=float(destination.rate) if destination.rate else None,
            progress=progress,
            cancelled=stop,
            checkpoint=checkpoint or (lambda name: None),
        )
        try:
            return sender.run()
        except DeliveryError as error:
            raise DeliveryError(f"{error} Nothing is lost: {RESUME}") from error

    with workspace.sole_sender(key):
        left = None
        if not destination.sandbox:  # what may leave of it is planned anew
            workspace.outbox.drop_of_sandbox(key)
        if resume:
            workspace.outbox.revive(key)
        else:
            # What a crash left goes first and alone: in the batches it had, which a file destination knows again.
            left = work_off() if workspace.outbox.counts(key).pending else None
            planned = ledger(replayed, key, workspace, recipients)
            if recipients is not None and planned.refused:
                raise UserError(f"Nothing new was sent to {key}: {planned.refused}")
            workspace.outbox.enqueue(planned.plan.calls, sandbox=destination.sandbox)
        if (
            left is not None and left.pending
        ):  # the destination takes nothing now; the new calls wait behind the old ones
            tally = replace(left, pending=workspace.outbox.counts(key).pending)
        else:
            tally = work_off()
    workspace.activity.add(
        "synced",
        f"destination {key}",
        who=current_user(),
        at=time.time_ns() // 1_000,
        detail={"sent": tally.sent, "failed": tally.failed, "pending": tally.pending},
    )
    return SyncResult(key, tally.sent, tally.failed, tally.pending, stop.is_set(), tally.last_error)


def dry_run_of(run: Path, destination: str, workspace: Path | None, recipients: int | None = None) -> Ledger:
    """`engage sync RUN --dry-run`."""
    from engage_desktop.app.reopen import own_workspace, reopen_run
    from engage_desktop.store import Workspace

    workspace = workspace or own_workspace(run)
    replayed = reopen_run(run, workspace=workspace)
    with Workspace.open(workspace, create=True) as opened:
        return ledger(replayed, destination, opened, recipients)


def sync_run(
    run: Path, destination: str, workspace: Path | None, *, resume: bool = False, recipients: int | None = None,
    progress: Callable[[float, str], None] | None = None, checkpoint: Callable[[str], None] | None = None,
) -> SyncResult:  # fmt: skip
    """`engage sync RUN`: deliver, with a bar where there is a terminal."""
    from engage_desktop.app.reopen import own_workspace, reopen_run
    from engage_desktop.store import Workspace

    workspace = workspace or own_workspace(run)

    def show(tally: Tally) -> None:
        if progress is not None:
            done = tally.sent + tally.failed
            progress(done / max(1, done + tally.pending), f"{done:,} of {done + tally.pending:,} calls")

    replayed = reopen_run(run, workspace=workspace)
    with Workspace.open(workspace, create=True) as opened:
        return deliver(
            replayed, destination, opened, resume=resume, recipients=recipients, progress=show, checkpoint=checkpoint
        )
