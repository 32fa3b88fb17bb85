"""How far the figures may lie off: worked out when somebody asks, for it takes as long as many replays (D-29)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from engage_desktop.app.protocol import Failed, Progress, Reply
from engage_desktop.app.protocol_ranges import USUAL_REPLICATES, AskRanges, Range, Ranges, RangesStopped, StopRanges
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.ui import formats
from engage_desktop.ui.inspector.fields import NumberField
from engage_desktop.ui.sending.view import SendingView
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label, row, set_property
from engage_desktop.ui.widgets.table import SmallTable

MOST = 10_000
FIGURE = {
    "entered": "Entered", "sent": "Sent", "delivered": "Delivered", "opened": "Opened", "clicked": "Clicked",
    "converted": "Converted",
}  # fmt: skip


class RangesView(SendingView):
    """Asks only by its button or its action; `busy` tells that work has begun or ended. What is of another design than
    the one at hand stays, greyed, and says so."""

    key, title, takes = "ranges", "Ranges", Ranges
    sentence = "How far each figure may lie off, given who happened to be there and how people may answer"
    busy = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.working = False
        self._asked = -1
        """The generation that is worked on."""
        self.replicates = USUAL_REPLICATES
        card = Card("sending.ranges.card", 12)
        self.number = NumberField("Replicates", "sending.ranges.replicates", self._put_number)
        self.number.line.setMaximumWidth(120)
        self.number.set_value(self.replicates)
        self.start = button("Work out ranges", "sending.ranges.start", "primary")
        self.start.clicked.connect(self.work_out)
        self.stop_button = button("Stop", "sending.ranges.stop")
        self.stop_button.clicked.connect(self.stop)
        self.bar = QProgressBar()
        self.bar.setObjectName("sending.ranges.progress")
        self.bar.setAccessibleName("Ranges worked out")
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1_000)
        self.said = label("", "muted", "sending.ranges.said", wrap=True)
        self.table = SmallTable(
            "sending.ranges.table",
            "Ranges",
            ("Campaign", "Step", "Figure", "Low", "Likely", "High", "Kind"),
            frozenset({3, 4, 5}),
            most=20,
            stretch=6,
        )
        card.add(label("Low, likely, high", "title"), self.number)
        card.body.addLayout(row(self.start, self.stop_button, "stretch"))
        card.add(self.bar, self.said, self.table)
        self.body.addWidget(card)
        self._show()

    # -- asking ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """A newer design ends what is worked out, and greys what is there."""
        if self.working and self._asked != self.session.generation:
            self._ended()
        self._show()

    def work_out(self) -> None:
        if self.working or not self.session.current:
            return
        self.working, self._asked = True, self.session.generation
        self.bar.setValue(0)
        self._show("Beginning…")
        self.session.ask(AskRanges(self._asked, self.replicates), self._take)
        self.busy.emit()

    def stop(self) -> None:
        if self.working:
            self._show("Stopping after the replicate at hand…")
            self.session.ask(StopRanges(), lambda _reply: None)

    def _put_number(self, value: Any) -> str | None:
        whole = isinstance(value, int) and 1 <= value <= MOST
        if not whole:
            return f"Give a whole number from 1 to {formats.number(MOST)}; 100 is a good one."
        self.replicates = value
        return None

    def _take(self, reply: Reply) -> None:
        match reply:
            case Progress():
                self.bar.setValue(round(1_000 * reply.fraction))
                self._show(f"{reply.sentence}…")
            case Ranges():
                self.reply = reply
                self.show_reply(reply)
                self._ended()
                self.answered.emit()
            case RangesStopped():
                self._ended()
                self.said.setText(f"Stopped. {self.said.text()}")
            case Failed():
                self._ended()

    def _ended(self) -> None:
        self.working = False
        self._show()
        self.busy.emit()

    # -- showing --------------------------------------------------------------------------

    def show_reply(self, reply: Ranges) -> None:
        campaigns = self.session.campaigns
        self.table.show_rows([_cells(one, campaigns) for one in reply.rows])

    def show_current(self, current: bool) -> None:
        """The table alone: work is begun where nothing is current."""
        self.table.setEnabled(current)
        set_property(self.said, "stale", "false" if current or self.reply is None else "true")

    def _show(self, doing: str = "") -> None:
        self.start.setEnabled(self.session.current and not self.working)
        self.number.setEnabled(not self.working)
        self.stop_button.setVisible(self.working)
        self.bar.setVisible(self.working)
        self.table.setVisible(self.reply is not None)
        if self.working and not doing:
            return
        self.said.setText(doing or self._standing())
        self.show_current(self.current)

    def _standing(self) -> str:
        if self.reply is None:
            return "Nothing is worked out yet. It takes about as long as a fourth of that many replays; you can go on meanwhile."
        count = formats.count(self.reply.replicates, "replicate")
        if not self.current:
            return f"These ranges are of the design before your last edit ({count}). Work them out again."
        if not self.reply.rows:
            return "There is no campaign whose figures could lie off."
        return (
            f"Of {count} nine in ten lie between low and high. "
            "Each weighs people anew, and draws how likely answers are and who gives them."
        )


def _cells(one: Range, campaigns: Campaigns) -> tuple[str, ...]:
    campaign = campaigns.journey(one.campaign) or next((b for b in campaigns.broadcasts if b.key == one.campaign), None)
    name = one.campaign if campaign is None else campaign.name
    step = "–"
    if one.step is not None:
        found = campaign.by_key.get(one.step) if isinstance(campaign, Journey) else None
        step = (found.name if found is not None else None) or one.step
    figures = (formats.number(round(value)) for value in (one.low, one.likely, one.high))  # whole people
    return name, step, FIGURE.get(one.figure, one.figure), *figures, one.kind
