"""Everything that is sent, by day: a month with volumes, and the campaigns of the day that is chosen."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from PySide6.QtWidgets import QToolButton

from engage_desktop.app.protocol_sending import AskCalendar, Calendar, CalendarCell, PlannedSend
from engage_desktop.ui import formats
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.sending.filter_box import FilterBox
from engage_desktop.ui.sending.view import SendingView
from engage_desktop.ui.sending.words import CHANNEL
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import current_theme, icon
from engage_desktop.ui.widgets.common import Card, label, row
from engage_desktop.ui.widgets.month import Day, MonthView
from engage_desktop.ui.widgets.table import SmallTable

CHANNEL_ROLES = {"email": "accent", "sms": "action", "push": "timing", "whatsapp": "entry", "": "end"}
"""The colour of each channel; words and figures stand beside it in the day's table."""
_EPOCH = date(1970, 1, 1)


class CalendarView(SendingView):
    key, title, takes = "calendar", "Calendar", Calendar
    sentence = "Everything that is sent by day and channel, in the workspace's time; what was not sent stands on the day it was due"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        card = Card("sending.calendar.card")
        self._channel = FilterBox("sending.calendar.channel", "Channel", "All channels")
        self._campaign = FilterBox("sending.calendar.campaign", "Campaign", "All campaigns")
        for box in (self._channel, self._campaign):
            box.activated.connect(lambda _index: self._show())
        self._before = self._turn("sending.calendar.before", "Month before", -1)
        self._after = self._turn("sending.calendar.after", "Month after", 1)
        self._month = label("", "title", "sending.calendar.month")
        self._month.setMinimumWidth(88)
        self._sum = label("", "muted", "sending.calendar.sum")
        self.month = MonthView("sending.calendar.days", "Messages by day")
        self._legend = label("", "small", "sending.calendar.legend", rich=True)
        card.body.addLayout(
            row(self._before, self._month, self._after, 8, self._sum, "stretch", self._channel, self._campaign)
        )
        card.add(self.month, self._legend)
        self.body.addWidget(card)
        below = Card("sending.calendar.day")
        self._day = label("", "title", "sending.calendar.day.title")
        self.day = SmallTable(
            "sending.calendar.day.table",
            "Messages of the day",
            ("Campaign", "Channel", "Sent", "Waiting", "Held out", "Dropped", "Assumed"),
            frozenset({2, 3, 4, 5, 6}),
        )
        self._plans = label("", "", "sending.calendar.plans", wrap=True)
        self._none = label("Nothing was due on this day.", "muted", "sending.calendar.none")
        below.add(self._day, self.day, self._plans, self._none)
        self.body.addWidget(below)
        self.month.chosen.connect(lambda _day: self._show_day())
        self._asked_day = False
        self._days: dict[date, Day] = {}
        self._cells: dict[date, list[CalendarCell]] = {}
        self._plans_now: list[PlannedSend] = []
        self.set_icons()

    def _turn(self, name: str, spoken: str, months: int) -> QToolButton:
        made = QToolButton()
        made.setObjectName(name)
        made.setAccessibleName(spoken)
        made.setToolTip(spoken)
        made.setProperty("kind", "quiet")
        made.setFixedSize(28, 28)
        made.clicked.connect(lambda: self.month.turn(months))
        return made

    def set_icons(self) -> None:
        """Icons in the colours of the theme."""
        self._before.setIcon(icon("chevron-left", "text_2", 16))
        self._after.setIcon(icon("chevron-right", "text_2", 16))
        self._show_legend()

    # -- what is shown --------------------------------------------------------------------

    def request(self) -> AskCalendar:
        return AskCalendar(self.session.generation)

    def show_reply(self, reply: Calendar) -> None:
        self._channel.offer(CHANNEL_TITLE, self._channel.chosen)
        self._campaign.offer({one.key: one.name for one in reply.campaigns}, self._campaign.chosen)
        if not self._asked_day:
            self._asked_day = True
            self.month.choose(formats.local(self.session.at_us, self.session.zone).date())
        self._show()

    def _show(self) -> None:
        reply: Calendar | None = self.reply
        if reply is None:
            return
        channel, campaign = self._channel.chosen, self._campaign.chosen
        self._plans_now = [one for one in reply.planned if campaign in ("", one.campaign)]
        cells: dict[date, list[CalendarCell]] = defaultdict(list)
        sent: dict[date, Counter[str]] = defaultdict(Counter)
        others: Counter[date] = Counter()
        planned = Counter(self._date(one.at_us) for one in self._plans_now)
        for cell in reply.cells:
            if channel not in ("", cell.channel) or campaign not in ("", cell.campaign):
                continue
            day = _EPOCH + timedelta(days=cell.day)
            cells[day].append(cell)
            if cell.fate == "sent":
                sent[day][CHANNEL_ROLES[cell.channel]] += cell.messages
            else:
                others[day] += cell.messages
        self._cells = cells
        self._days = {
            day: Day(tuple((role, count) for role, count in sent[day].items() if count), others[day], planned[day])
            for day in {*cells, *planned}
        }
        self.month.set_days(self._days, self._date(reply.first_us), self._date(reply.last_us))
        self._show_day()

    def _date(self, at_us: int) -> date:
        return formats.local(at_us, self.session.zone).date()

    def _show_legend(self) -> None:
        shown = {cell.channel for cell in self.reply.cells} if self.reply is not None else set()
        theme = current_theme()
        parts = [
            f"<span style='color:{theme.hex(role)}'>■</span> {CHANNEL[channel]}"
            for channel, role in CHANNEL_ROLES.items()
            if channel in shown
        ]
        parts.append("−n: due and not sent")
        self._legend.setText(" &nbsp; ".join(parts))

    def _show_day(self) -> None:
        self._show_legend()
        day = self.month.day
        self._month.setText(formats.month_words(day))
        in_month = sum(one.total for at, one in self._days.items() if (at.year, at.month) == (day.year, day.month))
        self._sum.setText(f"{formats.number(in_month)} sent in this month")
        self._day.setText(formats.date_words(day))
        rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for cell in self._cells.get(day, ()):
            rows[cell.campaign, cell.channel][cell.fate] += cell.messages
            rows[cell.campaign, cell.channel]["assumed"] += cell.assumed
        names = {one.key: one.name for one in self.reply.campaigns} if self.reply is not None else {}
        self.day.show_rows(
            [
                (
                    names.get(campaign, campaign),
                    CHANNEL[channel],
                    *(
                        formats.number(counts[column]) if counts[column] else "–"
                        for column in ("sent", "waiting", "held_out", "dropped", "assumed")
                    ),
                )
                for (campaign, channel), counts in sorted(rows.items(), key=lambda item: -sum(item[1].values()))
            ]
        )
        said = [self._plan(one, names) for one in self._plans_now if self._date(one.at_us) == day]
        self._plans.setText("\n".join(said[:12]) + (f"\nand {len(said) - 12} more" if len(said) > 12 else ""))
        self._plans.setVisible(bool(said))
        self.day.setVisible(bool(rows))
        self._none.setVisible(not rows and not said)

    def _plan(self, one: PlannedSend, names: dict[str, str]) -> str:
        name = names.get(one.campaign, one.campaign)
        what = f"Broadcast {name}" if one.kind == "broadcast" else f"{name} lets people in"
        zone = ", at this clock time of everybody's zone" if one.own_zone else ""
        return f"{formats.clock(one.at_us, self.session.zone)}: {what}{zone}"
