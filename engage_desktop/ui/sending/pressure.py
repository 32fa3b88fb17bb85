"""Contact pressure: how much people get in their heaviest week, who sends it, and who was capped by whom."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal

from engage_desktop.app.protocol_sending import AskPressure, Pressure
from engage_desktop.ui import formats
from engage_desktop.ui.sending.view import SendingView
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.bars import Bar, Bars
from engage_desktop.ui.widgets.common import Card, label
from engage_desktop.ui.widgets.table import SmallTable

MOST = 12
"""Messages a week from which on people are counted together."""


class PressureView(SendingView):
    """`person_chosen` carries an id, `capped_chosen` the key of a capped campaign."""

    key, title, takes = "pressure", "Pressure", Pressure
    sentence = "Messages per person and week (Monday to Sunday, in the workspace's time), and who was capped by whom"
    person_chosen = Signal(str)
    capped_chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.spread = Bars("sending.pressure.bars", "People by the messages of their heaviest week")
        self._said = label("", "muted", "sending.pressure.said", wrap=True)
        self.campaigns = SmallTable(
            "sending.pressure.campaigns",
            "What each campaign sends",
            ("Campaign", "Sent", "Share", "People", "Each", "Dropped by a cap", "Delayed by a cap", "Assumed"),
            frozenset(range(1, 8)),
            most=20,
        )
        self._capped_words = label("", "muted", "sending.pressure.capped.words", wrap=True)
        self.capped = SmallTable(
            "sending.pressure.capped.table",
            "Capped by whom",
            ("Capped", "The cap was full of", "Times", "Of these dropped", "Sends in the window"),
            frozenset({2, 3, 4}),
            most=20,
            stretch=1,
        )
        self.heavy = SmallTable(
            "sending.pressure.people",
            "People who get the most",
            ("Person", "In their heaviest week", "Week from", "In all", "From campaigns"),
            frozenset({1, 3, 4}),
        )
        self.weeks = SmallTable(
            "sending.pressure.weeks.table",
            "Messages by week",
            ("Week from", "Messages", "People", "Each", "Most for one person"),
            frozenset(range(1, 5)),
            most=10,
        )
        hint = label("Enter or a double click shows the messages.", "small")
        for name, title, widgets in (
            ("spread", "People by the messages of their heaviest week", (self.spread, self._said)),
            ("who", "Who sends", (self.campaigns,)),
            ("capped", "Capped by whom", (self._capped_words, self.capped)),
            ("heavy", "Who gets the most", (self.heavy, hint)),
            ("weeks", "By week", (self.weeks,)),
        ):
            card = Card(f"sending.pressure.{name}")
            card.add(label(title, "title"), *widgets)
            self.body.addWidget(card)
        self.heavy.opened.connect(lambda at: self.person_chosen.emit(self.heavy.rows.cell(at, 0)))
        self.capped.opened.connect(lambda at: self.capped_chosen.emit(self._pairs[at]))
        self._pairs: list[str] = []

    def request(self) -> AskPressure:
        return AskPressure(self.session.generation)

    def show_reply(self, reply: Pressure) -> None:
        self._show_spread(reply)
        self.campaigns.show_rows(
            [
                (
                    one.name,
                    formats.number(one.messages),
                    formats.share(one.messages, reply.messages),
                    formats.number(one.people),
                    formats.number(one.messages / one.people) if one.people else "–",
                    *(formats.number(value) if value else "–" for value in (one.stopped, one.moved, one.assumed)),
                )
                for one in sorted(reply.campaigns, key=lambda one: -one.messages)
            ]
        )
        names = {one.key: one.name for one in reply.campaigns}
        self._pairs = [one.capped for one in reply.capped_by]
        self.capped.show_rows(
            [
                (
                    names[one.capped],
                    names[one.filling],
                    *(formats.number(value) for value in (one.times, one.dropped, one.sends)),
                )
                for one in reply.capped_by
            ]
        )
        self.capped.setVisible(bool(reply.capped_by))
        stopped, moved = (sum(getattr(one, name) for one in reply.campaigns) for name in ("stopped", "moved"))
        self._capped_words.setText(_capped_words(stopped, moved))
        self.weeks.show_rows(
            [
                (
                    _week(one.monday),
                    formats.number(one.messages),
                    formats.number(one.people),
                    formats.number(one.messages / one.people) if one.people else "–",
                    formats.number(one.most),
                )
                for one in reply.weeks
            ]
        )
        self.heavy.show_rows(
            [
                (
                    one.profile,
                    formats.number(one.most),
                    _week(one.monday),
                    formats.number(one.messages),
                    formats.number(one.campaigns),
                )
                for one in reply.top
            ]
        )

    def _show_spread(self, reply: Pressure) -> None:
        people = sum(reply.heaviest)
        counts = [*reply.heaviest[:MOST], sum(reply.heaviest[MOST:])]
        while len(counts) > 1 and not counts[-1]:
            counts.pop()
        bars = []
        for number, count in enumerate(counts):
            words = f"{MOST} or more messages" if number == MOST else formats.count(number, "message")
            figure = f"{formats.number(count)} · {formats.share(count, people)}"
            bars.append(Bar(words, count, figure, f"{words}: {formats.count(count, 'person', 'people')}"))
        self.spread.set_bars(max(counts, default=0), tuple(bars))
        reached = people - reply.heaviest[0]
        said = f"{formats.count(reply.messages, 'message')} to {formats.number(reached)} of {formats.count(people, 'person', 'people')}"
        if reply.assumed:
            said += f"; {formats.number(reply.assumed)} of the messages rest on an assumption"
        self._said.setText(f"{said}.")


def _week(monday: int) -> str:
    return formats.date_words(date(1970, 1, 1) + timedelta(days=monday))


def _capped_words(stopped: int, moved: int) -> str:
    if not stopped and not moved:
        return "No message met a full cap in this replay."
    said = f"Caps dropped {formats.count(stopped, 'message')} and delayed {formats.number(moved)}."
    return f"{said} A message counts once for every campaign whose sends stood in a window that was full for it. Enter shows the messages."
