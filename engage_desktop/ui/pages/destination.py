"""One destination: its dry run with exact payloads, and its sync."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QPlainTextEdit, QProgressBar

from engage_desktop.app.protocol import CancelWork, Failed, Reply
from engage_desktop.app.protocol_delivery import AskDryRun, DryRun, StartSync, SyncDone, SyncProgress
from engage_desktop.domain.message import Destination
from engage_desktop.ui import formats
from engage_desktop.ui.pages.real_people import RealPeople
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, Pill, button, label, row
from engage_desktop.ui.widgets.table import SmallTable


class DestinationCard(Card):
    """Asks for the dry run of the destination it is shown; sends it on request."""

    def __init__(self, session: Session) -> None:
        super().__init__("deliver.card", 12)
        self._session = session
        self._destination: Destination | None = None
        self._dry: DryRun | None = None
        self.syncing: str | None = None
        self._title = label("", "title", "deliver.name", wrap=True)
        self._kind = label("", "muted", "deliver.type", wrap=True)
        self._sandbox = Pill("Sandbox", "observed", "deliver.sandbox")
        self._again = button("Dry run", "deliver.dry_run")
        self._again.clicked.connect(self.ask)
        head = row(spacing=8)
        head.addWidget(self._title, 1)
        head.addWidget(self._sandbox)
        head.addWidget(self._again)
        self.body.addLayout(head)
        self.body.addWidget(self._kind)
        self._ledger = label("", "", "deliver.ledger", wrap=True, rich=True)
        self.body.addWidget(self._ledger)
        self._withheld = label("", "muted", "deliver.withheld", wrap=True)
        self.body.addWidget(self._withheld)
        self._real = RealPeople()
        self._real.typed.connect(self._ask_anew)
        self.body.addWidget(self._real)
        self.body.addWidget(label("Exact payload of the first calls", "heading"))
        self._sample = QPlainTextEdit()
        self._sample.setObjectName("deliver.sample")
        self._sample.setAccessibleName("Exact payload of the first calls")
        self._sample.setProperty("role", "mono")
        self._sample.setReadOnly(True)
        self._sample.setTabChangesFocus(True)
        self._sample.setFixedHeight(200)
        self.body.addWidget(self._sample)
        self._refused = label("", "warning", "deliver.refused", wrap=True)
        self.body.addWidget(self._refused)
        self._refused.hide()
        self._ledger.hide()
        self._send = button("Send", "deliver.send", "primary")
        self._send.clicked.connect(self.send)
        self._cancel = button("Stop sending", "deliver.cancel")
        self._cancel.clicked.connect(self.cancel)
        self.body.addLayout(row(self._send, self._cancel, "stretch"))
        self._bar = QProgressBar()
        self._bar.setObjectName("deliver.progress")
        self._bar.setAccessibleName("Sending")
        self._bar.setTextVisible(False)
        self._said = label("", "muted", "deliver.said", wrap=True)
        self.body.addWidget(self._bar)
        self.body.addWidget(self._said)
        self.results = SmallTable("deliver.results", "Last results", ("What went wrong", "State", "Message id"), most=6)
        self.body.addWidget(self.results)
        self._show_idle()

    # -- dry run --------------------------------------------------------------------------

    def show_destination(self, destination: Destination | None) -> None:
        other = self._destination is None or destination is None or destination.key != self._destination.key
        self._destination = destination
        self.setVisible(destination is not None)
        if destination is None:
            return
        if other:
            self._dry = None
            self._real.show_people(0)
            self._show_idle()
        self._title.setText(destination.name or destination.key)
        where = next(
            (str(destination.settings[name]) for name in ("url", "path", "folder") if name in destination.settings), ""
        )
        rate = f", at most {formats.number(destination.rate)} calls a second" if destination.rate else ""
        self._kind.setText(f"{destination.type} {where}{rate}".strip())
        self._sandbox.setVisible(destination.sandbox)
        self.ask()

    def ask(self) -> None:
        destination, session = self._destination, self._session
        if destination is None:
            return
        if session.workbench.workspace is None:
            self._tell("A bare campaign file is open. Open a workspace folder to deliver.")
        elif not session.current:
            self._dry = None
            self._tell("There is no current replay yet: wait for it, or mend the problems shown.")
        else:
            count = self._real.count
            session.latest(
                "dry run",
                lambda: AskDryRun(session.generation, destination.key, count),
                lambda reply: self._take_dry(reply, count),
            )

    def _ask_anew(self) -> None:
        """Another number was typed: nothing leaves before its dry run was seen."""
        self._dry = None
        self._enable()
        self.ask()

    def _tell(self, sentence: str) -> None:
        self._refused.setText(sentence)
        self._refused.show()
        self._enable()

    def _take_dry(self, reply: Reply, typed: int | None) -> None:
        """`typed`: the number of real people that was asked with."""
        if typed != self._real.count:
            return  # another number was typed meanwhile: its dry run is on its way
        if isinstance(reply, Failed):
            self._dry = None
            self._tell(reply.sentence)
        if not isinstance(reply, DryRun) or self._destination is None or reply.destination != self._destination.key:
            return
        for_lists = 0 if self._destination.sandbox else reply.for_lists
        if not for_lists and self._real.count is not None:  # an edit, and lists are added nobody any more
            self._real.forget()
            self._ask_anew()
            return
        self._dry = reply
        self._real.show_people(for_lists)
        parts = [
            f"<b>{formats.number(reply.calls)}</b> {'call' if reply.calls == 1 else 'calls'} for <b>{formats.number(reply.people)}</b> {'person' if reply.people == 1 else 'people'}"
        ]
        if reply.seconds_at_rate:
            parts.append(f"takes <b>{formats.seconds(reply.seconds_at_rate)}</b> at its rate")
        if reply.pending:
            parts.append(f"<b>{formats.number(reply.pending)}</b> still to send")
        self._ledger.setText(", ".join(parts))
        self._ledger.show()
        withheld = "; ".join(
            f"{formats.number(number)} {reason}" for reason, number in reply.withheld.items() if number
        )
        self._withheld.setText(f"Held back: {withheld}." if withheld else "")
        self._withheld.setVisible(bool(withheld))
        shown = "\n\n".join(json.dumps(payload, indent=2, ensure_ascii=False) for payload in reply.sample)
        self._sample.setPlainText(shown or "Nothing would be sent.")
        self._refused.setText(reply.refused or "")
        self._refused.setVisible(bool(reply.refused))
        self._send.setText("Resume" if reply.pending and reply.pending < reply.calls else "Send")
        self._enable()

    # -- sync -----------------------------------------------------------------------------

    @property
    def why_not(self) -> str | None:
        """Why Send is not possible now; None when it is."""
        if self._dry is None:
            return self._refused.text() or "The dry run comes first."
        if self._dry.refused:
            return self._dry.refused
        if self.syncing:
            return "A sync is under way."
        if not self._dry.calls:
            return "Nothing would be sent."
        return None

    def _enable(self) -> None:
        why = self.why_not
        self._send.setEnabled(why is None)
        self._send.setToolTip(why or "")
        self._send.setAccessibleDescription(why or "")

    def send(self) -> None:
        """Start, or go on where a stopped or crashed sync left off: the outbox knows."""
        if self.why_not is not None or self._destination is None or self._dry is None:
            return
        self.syncing = self._destination.key
        self._bar.setRange(0, 0)
        self._bar.show()
        self._said.setText("Sending…")
        self._said.show()
        self._cancel.show()
        self._enable()
        self._session.ask(StartSync(self._session.generation, self.syncing, self._real.count), self._take_sync)

    def cancel(self) -> None:
        self._said.setText("Stopping after the call under way…")
        self._session.ask(CancelWork(), lambda _reply: None)

    def _take_sync(self, reply: Reply) -> None:
        match reply:
            case SyncProgress():
                whole = reply.sent + reply.failed + reply.pending
                self._bar.setRange(0, max(whole, 1))
                self._bar.setValue(reply.sent + reply.failed)
                error = f" Last error: {reply.last_error}" if reply.last_error else ""
                self._said.setText(
                    f"{formats.number(reply.sent)} sent, {formats.number(reply.failed)} failed, {formats.number(reply.pending)} to go.{error}"
                )
            case SyncDone():
                self._done(reply)
            case Failed():
                self.syncing = None
                self._show_idle()
                self._tell(reply.sentence)

    def _done(self, reply: SyncDone) -> None:
        self.syncing = None
        self._show_idle()
        verdict = "Stopped" if reply.cancelled else "Done"
        rest = f", {formats.number(reply.pending)} left for a resume" if reply.pending else ""
        failed = f", {formats.number(reply.failed)} failed" if reply.failed else ""
        self._said.setText(f"{verdict}: {formats.number(reply.sent)} sent{failed}{rest}.")
        self._said.show()
        self.results.show_rows([(error, state, message_id) for message_id, state, error in reply.results])
        self.results.setVisible(bool(reply.results))
        self._real.forget()
        self.ask()

    def _show_idle(self) -> None:
        for widget in (self._bar, self._cancel, self._said, self.results, self._withheld):
            widget.hide()
        self._enable()
