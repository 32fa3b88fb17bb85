"""Questions about clocks: is the time of a delay, an exit by age or a timeout up, is it the hour of a schedule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.condition import Condition
from engage_desktop.domain.people import Level
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.definitions import Node, resolve
from engage_desktop.engine.explain import NOBODY, Inside, Reader, Seen, Span, Who, Why, why
from engage_desktop.engine.flips import Edits, Flips
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.questions import Question
from engage_desktop.engine.schedule import Schedule
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class Due:
    """Has the instant come at which time alone lets somebody go? `due` None: never. With `others` only where none of
    them came before it (a timeout). `values` are shown beside the answer, as what a date was."""

    text: str
    since: int
    due: int | None
    others: tuple[Question, ...] = ()
    before: int | None = None
    """Only instants earlier than that count: something else came then."""
    values: tuple[Seen, ...] = ()
    level: Level = "user"
    inside: Inside = NOBODY

    def reads(self, plan: Plan) -> tuple[Node, ...]:
        return tuple(node for other in self.others for node in other.reads(plan))

    def _up(self, at: int) -> bool:
        return self.due is not None and self.due <= at and (self.before is None or self.due < self.before)

    def _then(self, reader: Reader) -> Reader:
        return reader.then(reader.at if self.due is None else min(reader.at, self.due))

    def holds(self, reader: Reader, who: Who) -> bool:
        then = self._then(reader)
        return self._up(reader.at) and not any(other.holds(then, who) for other in self.others)

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        then, up = self._then(reader), self._up(reader.at)
        clock = Why(self.text, up, (Seen(SINCE, None, at=self.since), Seen(DUE, None, at=self.due), *self.values))
        if not self.others:
            return clock
        children = (clock, *(_not(other.why(then, who, unfold)) for other in self.others))
        return Why("the timeout", self.holds(reader, who), (), children)

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        """The clock itself is no small change; what came before it is."""
        if not self._up(reader.at):
            return []
        then = self._then(reader)
        if not want:
            return [edits for other in self.others for edits in other.flips(then, who, True)]
        parts = [other.flips(then, who, False) for other in self.others if other.holds(then, who)]
        return [tuple(edit for part in parts for edit in part[0])] if parts and all(parts) else []

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        return None

    def later(self, reader: Reader, who: Who, first: int) -> int | None:
        """The clock's time, where nothing has come before it."""
        if self.due is None or self.due <= reader.at or (self.before is not None and self.due >= self.before):
            return None
        then = reader.then(self.due)  # nothing more happens, but windows of conditions may end
        return None if any(other.holds(then, who) for other in self.others) else self.due


SINCE, DUE = "since", "until"
"""Names of the two instants of a clock among the values of its part."""


def _not(part: Why) -> Why:
    return Why(f"NOT {part.text}", not part.verdict, (), (part,))


@dataclass(frozen=True)
class Scheduled:
    """Is it an hour of the schedule, on the clock that counts for the person, and does the condition hold (D-45, D-53)?"""

    schedule: Schedule
    text: str
    condition: Condition | None
    workspace_zone: str
    starts: int
    ends: int
    level: Level = "user"
    inside: Inside = NOBODY

    def reads(self, plan: Plan) -> tuple[Node, ...]:
        return () if self.condition is None else (resolve(self.condition, plan, "user"),)

    def zone(self, reader: Reader, who: Who, at: int) -> str:
        if not self.schedule.own_zone:
            return self.workspace_zone
        view = View(reader.few, Conditions(reader.few, reader.plan.meanings), 0, self.workspace_zone)
        names, zone = view.zones_of(np.array([who.index], np.int32), np.array([at], np.int64), own=True)
        return names[int(zone[0])]

    def last_by(self, reader: Reader, who: Who) -> int | None:
        """The latest hour up to the instant, by the zone that the person is in then."""
        zone = self.zone(reader, who, reader.at)
        found = self.schedule.occurrences(zone, self.starts, min(reader.at, self.ends))
        return int(found[-1]) if len(found) else None

    def _hour(self, reader: Reader, who: Who) -> bool:
        zone, at = self.zone(reader, who, reader.at), reader.at
        return self.starts <= at <= self.ends and bool(len(self.schedule.occurrences(zone, at, at)))

    def holds(self, reader: Reader, who: Who) -> bool:
        there = int(reader.few.since[who.index]) <= reader.at
        return there and self._hour(reader, who) and (self.condition is None or reader.holds(self.condition, who))

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        hour = Why(
            self.text, self._hour(reader, who),
            (Seen("zone", self.zone(reader, who, reader.at)), Seen(LAST_HOUR, None, at=self.last_by(reader, who))),
        )  # fmt: skip
        if self.condition is None:
            return hour
        return Why("schedule", self.holds(reader, who), (), (hour, why(reader, self.condition, who, unfold)))

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        """What hour it is, nobody changes."""
        if self.condition is None or not self._hour(reader, who):
            return []
        return Flips(reader).of(self.condition, who, want)

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        return None

    def later(self, reader: Reader, who: Who, first: int) -> int | None:
        return None


LAST_HOUR = "the last was"
