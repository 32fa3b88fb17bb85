"""The people on the list of a broadcast: whom it reaches, and whom it does not, by reason (D-22, D-26)."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_broadcasts import Reach
from engage_desktop.app.protocol_sending import AskMessages, MessageFilter, Messages
from engage_desktop.domain.message import Broadcast
from engage_desktop.ui import formats
from engage_desktop.ui.sending import words
from engage_desktop.ui.sending.message_table import MessageTable
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, KindPill, label, row, set_property, toggle
from engage_desktop.ui.widgets.flow import Flow
from engage_desktop.ui.widgets.table import PagedModel

Fate = tuple[str, str]
"""A fate and, of those dropped, the reason; everybody is `ALL`."""
ALL: Fate = ("", "")
FATES: tuple[Fate, ...] = (
    ALL, ("sent", ""), ("waiting", ""), ("held_out", ""), *(("dropped", reason) for reason in words.REASON),
)  # fmt: skip


def called(fate: Fate) -> str:
    """`Dropped: unsubscribed`."""
    name, reason = fate
    return f"{words.FATE[name]}: {words.REASON[reason]}" if reason else words.FATE.get(name, "All")


class Recipients(Card):
    """Three questions about the messages of the broadcast in the newest run: all, those dropped, and a page of
    those chosen. What is not of the design as it is, is greyed and says so."""

    def __init__(self, session: Session) -> None:
        super().__init__("broadcast.people.card", 12)
        self.session = session
        self.chosen = ALL
        self._key = ""
        self._reach: Reach | None = None
        self._got: dict[str, Messages] = {}
        self._shown: Messages | None = None
        self.kind = KindPill("broadcast.people.kind")
        self.said = label("", "strong", "broadcast.people.reached", wrap=True)
        self.note = label("", "muted", "broadcast.people.note", wrap=True)
        self.table = MessageTable(session, "broadcast.people", "People on the list", self._ask_page, of_broadcast=True)
        self.fates = QWidget()
        flow, group = Flow(), QButtonGroup(self)
        self.fates.setLayout(flow)
        self.buttons: dict[Fate, QPushButton] = {}
        for fate in FATES:
            name = "broadcast.people." + (".".join(filter(None, fate)) or "all")
            made = toggle(called(fate), name, group, partial(self.choose, fate))
            flow.addWidget(made)
            self.buttons[fate] = made
        self.buttons[ALL].setChecked(True)
        self.body.addLayout(row(label("People", "title"), self.kind, "stretch"))
        self.add(self.said, self.note, self.fates, self.table)
        self.refresh()

    # -- asking ---------------------------------------------------------------------------

    def show_broadcast(self, broadcast: Broadcast) -> None:
        if broadcast.key != self._key:
            self._key, self._reach, self._shown, self.chosen = broadcast.key, None, None, ALL
            self.buttons[ALL].setChecked(True)
            self._got.clear()
            self.table.clear()

    def show_reach(self, reach: Reach) -> None:
        """Whom the list is meant for, which says when it is made."""
        self._reach = reach
        self._show()

    def choose(self, fate: Fate) -> None:
        """Show those of one fate alone."""
        self.buttons[fate].setChecked(True)
        if fate != self.chosen:
            self.chosen = fate
            self.refresh()

    def refresh(self) -> None:
        """Ask what is not of the newest run; until the answers are there the last ones are grey."""
        self._show()
        if not self._key or not self.session.current:
            return
        for what in ("all", "dropped", "people"):
            if not self._is_current(what):
                self.session.latest(f"broadcast.people.{what}", partial(self._request, what), self._take)

    def _keep(self, what: str) -> MessageFilter:
        fate, reason = {"all": ALL, "dropped": ("dropped", ""), "people": self.chosen}[what]
        return MessageFilter(campaign=self._key, fate=fate, reason=reason)

    def _request(self, what: str, offset: int = 0) -> AskMessages:
        limit = PagedModel.PAGE if what == "people" else 0
        return AskMessages(self.session.generation, self._keep(what), offset, limit)

    def _is_current(self, what: str) -> bool:
        got, session = self._got.get(what), self.session
        return session.current and got is not None and (got.generation, got.keep) == (
            session.generation, self._keep(what),
        )  # fmt: skip

    @property
    def current(self) -> bool:
        """Whether all that is shown is of the design as it is."""
        return self._counted and self._is_current("people")

    @property
    def _counted(self) -> bool:
        return self._is_current("all") and self._is_current("dropped")

    def _take(self, reply: Reply) -> None:
        """An answer stands for each of the questions that it answers."""
        if isinstance(reply, Messages):
            for what in ("all", "dropped", "people"):
                if reply.keep == self._keep(what) and (what != "people" or reply.rows or not reply.total):
                    self._got[what] = reply
            self._show()

    def _ask_page(self, offset: int) -> None:
        if self.session.current:
            self.session.ask(self._request("people", offset), self._take_page)

    def _take_page(self, reply: Reply) -> None:
        if isinstance(reply, Messages) and self._is_current("people") and reply.keep == self._keep("people"):
            self.table.take(reply)

    # -- showing --------------------------------------------------------------------------

    def _show(self) -> None:
        counted = self._counted
        if counted:
            self._show_counts(self._got["all"], self._got["dropped"])
        people = self._got.get("people")
        if people is not None and people is not self._shown and self._is_current("people"):
            self._shown = people
            self.table.restart(people)
        self.table.setEnabled(self.current)
        for widget in (self.said, self.kind, self.fates):
            widget.setEnabled(counted)
            set_property(widget, "stale", "false" if counted else "true")
        listed = "all" in self._got and self._got["all"].total > 0
        self.fates.setVisible(listed)
        self.table.setVisible(listed)
        self.kind.setVisible(listed)
        self.said.setVisible("all" in self._got)
        self.note.setText(self._noted(counted))
        self.note.setVisible(bool(self.note.text()))

    def _show_counts(self, whole: Messages, dropped: Messages) -> None:
        counts = {fate: dropped.fates.get(fate[0], 0) for fate in FATES} | {ALL: whole.total}
        counts |= {fate: dropped.reasons.get(fate[1], 0) for fate in FATES if fate[1]}
        for fate, made in self.buttons.items():
            made.setText(f"{called(fate)} {formats.number(counts[fate])}")
            made.setAccessibleName(f"{called(fate)}: {formats.count(counts[fate], 'person', 'people')}")
            made.setVisible(bool(counts[fate]) or fate in (ALL, ("sent", ""), self.chosen))
        self.kind.show_kind("assumed" if whole.assumed else "observed")
        sent = counts["sent", ""]
        of = formats.count(whole.total, "person", "people")
        self.said.setText(f"Sent to {formats.number(sent)} of {of} on the list" if whole.total else "Sent to nobody")

    def _noted(self, counted: bool) -> str:
        """What keeps the list from being there, or from being whole."""
        session, run, reach = self.session, self.session.workbench.run, self._reach
        if not session.current:
            if run.computing:
                return "The list is being made anew…"
            last = "This is the list of the last replay. " if "all" in self._got else ""
            return f"{last}There is no replay of the design as it is: import a log, or mend the problems shown."
        if not counted:
            return "The list is being read…"
        if reach is None or reach.generation != session.generation:
            return ""
        zone, total = session.zone, self._got["all"].total
        span = f"{formats.instant(run.first_us, zone)} to {formats.instant(run.last_us, zone)}"
        if reach.list_us is None:
            return "The day and time of this broadcast cannot be read, so no list is made."
        if reach.list_us != reach.counted_us:
            made = formats.instant(reach.list_us, zone)
            return f"The list is made on {made}. That lies outside of the replay, which covers {span}."
        later = max(reach.left - total, 0)
        if later:
            turns = "has a turn" if later == 1 else "have their turn"
            end = formats.instant(run.last_us, zone)
            return f"{formats.count(later, 'person', 'people')} more {turns} only after the end of the replay, {end}."
        return "" if total else "Nobody is in the group when the list is made."
