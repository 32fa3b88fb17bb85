"""Answers what the window asks about sending. Each view is computed when it is first asked for, and kept for the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as base
from engage_desktop.app import protocol_sending as p
from engage_desktop.domain.duration import UNIT_US
from engage_desktop.domain.workspace import CHANNELS

if TYPE_CHECKING:
    from engage_desktop.analysis.sends import Sends
    from engage_desktop.app.desk import Desk
    from engage_desktop.app.message_pages import MessagePages
    from engage_desktop.app.replay import Replay

AHEAD_US = 90 * UNIT_US["d"]
"""How far beyond the log's end repeating schedules are shown."""


class SendingDesk:
    """Reads of the newest run with all campaigns."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._replayed: Replay | None = None
        self._sends: Sends | None = None
        self._pages: MessagePages | None = None
        self._kept: dict[type[base.Request], base.Reply] = {}
        self.answers: dict[type[base.Request], Callable[[int, Any], base.Reply | None]] = {
            p.AskCalendar: self._once(self._calendar),
            p.AskPressure: self._once(self._pressure),
            p.AskConflicts: self._once(self._conflicts),
            p.AskMessages: self._messages,
        }

    def _once(self, make: Callable[[Replay, Sends, Any], base.Reply]) -> Callable[[int, Any], base.Reply]:
        def answer(request_id: int, request: Any) -> base.Reply:
            replayed, sends = self._now()
            if type(request) not in self._kept:
                self._kept[type(request)] = make(replayed, sends, request)
            return self._kept[type(request)]

        return answer

    def _now(self) -> tuple[Replay, Sends]:
        """The newest run and its messages; what was read from an older one is forgotten."""
        from engage_desktop.analysis.sends import Sends

        replayed = self._desk.need_run()
        if self._sends is None or replayed is not self._replayed:
            self._replayed, self._sends, self._pages = replayed, Sends(replayed.run), None
            self._kept.clear()
        return replayed, self._sends

    def _calendar(self, replayed: Replay, sends: Sends, request: p.AskCalendar) -> base.Reply:
        from engage_desktop.analysis.calendar import calendar, planned
        from engage_desktop.engine import STATUSES

        first, last = replayed.run.window
        channels, keys = (*CHANNELS, ""), [one.key for one in sends.senders]  # -1 is unknown
        cells = tuple(
            p.CalendarCell(
                cell.day,
                channels[cell.channel],
                keys[cell.campaign],
                STATUSES[cell.status],
                cell.messages,
                cell.assumed,
            )
            for cell in calendar(sends, replayed.campaigns.workspace.timezone)
        )
        plans = tuple(
            p.PlannedSend(one.at_us, one.kind, one.campaign, one.own_zone)
            for one in planned(replayed.run.plan, first, last + AHEAD_US)
        )
        return p.Calendar(request.generation, first, last, _names(sends), cells, plans, _kind(sends))

    def _pressure(self, replayed: Replay, sends: Sends, request: p.AskPressure) -> base.Reply:
        from engage_desktop.analysis.capped import cappings
        from engage_desktop.analysis.pressure import pressure

        store = replayed.log.store
        found, capped = pressure(sends, store, replayed.campaigns.workspace.timezone), cappings(sends, store)
        names = _names(sends)
        loads = tuple(
            p.CampaignLoad(
                name.key,
                name.name,
                found.campaigns[place].messages,
                found.campaigns[place].assumed,
                found.people[place],
                capped.stopped[place],
                capped.moved[place],
            )
            for place, name in enumerate(names)
        )
        top = tuple(
            p.HeavyPerson(store.profile_ids[one.profile], one.most, one.monday, one.messages, one.campaigns)
            for one in found.top
        )
        pairs = tuple(
            p.CappedBy(names[one.capped].key, names[one.filling].key, one.times, one.dropped, one.sends)
            for one in sorted(capped.pairs, key=lambda one: -one.times)
        )
        weeks = tuple(p.WeekLoad(one.monday, one.messages, one.people, one.most) for one in found.weeks)
        return p.Pressure(
            generation=request.generation,
            heaviest=found.heaviest,
            messages=found.sent.messages,
            assumed=found.sent.assumed,
            campaigns=loads,
            weeks=weeks,
            top=top,
            capped_by=pairs,
            kind=_kind(sends),
        )

    def _conflicts(self, replayed: Replay, sends: Sends, request: p.AskConflicts) -> base.Reply:
        from engage_desktop.analysis.conflicts import conflicts

        found = conflicts(sends)
        return p.Conflicts(request.generation, _names(sends), found.entered, found.sent, _kind(sends))

    def _messages(self, request_id: int, request: p.AskMessages) -> base.Reply:
        from engage_desktop.app.message_pages import MessagePages

        replayed, sends = self._now()
        self._pages = self._pages or MessagePages(sends, replayed.log.store)
        return self._pages.page(request)


def _names(sends: Sends) -> tuple[p.CampaignName, ...]:
    return tuple(p.CampaignName(one.key, one.name, one.kind) for one in sends.senders)


def _kind(sends: Sends) -> base.Kind:
    return "assumed" if bool(sends.assumed.any()) else "observed"
