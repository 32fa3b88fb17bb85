"""One journey of one profile: the phases of an instant in the order of D-12."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey, ScheduleEntry
from engage_desktop.domain.step import Delay, DelayUntil, Fork, Hold, HoldBranch, Wait
from tests.oracle.calendars import valid_zones, zones_told
from tests.oracle.designs import written
from tests.oracle.instance import Instance, Path
from tests.oracle.intervals import change_instants
from tests.oracle.log import Call
from tests.oracle.movement import Movement
from tests.oracle.parse import parse
from tests.oracle.schedule import occurrences
from tests.oracle.state import State

__all__ = ["Instance", "Walk"]

MOST_PASSES = 100  # D-15


class Walk(Movement):
    """All instances of one journey and one profile."""

    def __init__(self, state: State, journey: Journey, number: int, window: tuple[int, int], seed: int) -> None:
        super().__init__(state, journey, number, seed)
        self.first, self.last = window
        self.entry = journey.entry
        self.starts = parse_instant(journey.starts) if journey.starts else None
        self.ends = parse_instant(journey.ends) if journey.ends else None
        self.changes: set[int] = set()  # instants at which an answer may change
        self.inside = False  # the entry's audience, at the last of them
        self.occurrences: dict[int, set[str]] = {}  # by instant the zones for which a schedule comes round

    def prepare(self, is_full: Callable[[], bool], surplus: set[int]) -> None:
        """What is known before the first instant. `is_full`: whether no further instance fits; `surplus`: the events that
        a journey with enforced limits does not hear (D-11)."""
        instants = change_instants(self.state, self.last)
        self.changes = set(instants)
        before = [instant for instant in instants if instant < self.first]
        self.inside = bool(before) and self._in_entry_audience(before[-1])
        self.occurrences = self._occurrences(instants)
        self.agenda = [instant for instant in {*instants, *self.occurrences, self.first} if instant >= self.first]
        heapq.heapify(self.agenda)
        if self.journey.enforce_limits:
            self.is_full, self.surplus = is_full, surplus

    @property
    def phases(self) -> list[Any]:
        """D-12."""
        rules, entries = self.rules, [self._audience_entries, self._schedule_entries]
        phases = [self.events, self._exits_of_state, self._waits, self._timers, *entries]
        if not rules.wait_before_timer:
            phases = [self.events, self._exits_of_state, self._timers, self._waits, *entries]
        if not rules.exits_before_waits:
            phases = [self.events, self._waits, self._timers, self._exits_of_state, *entries]
        if not rules.event_at_deadline_counts:
            phases.insert(0, self._timers)
        return phases

    # Phase 1 of D-12: log events, one at a time

    def events(self, t: int) -> None:
        """Stands for the phase: its events are worked off one at a time, each in all journeys."""
        raise NotImplementedError

    def event(self, event: Call, t: int) -> None:
        if event.position in self.surplus and self.rules.surplus_is_not_heard:
            self._event_entry(event, t, [])
            return
        phases = [self._exit_rules, self._hold_branches, self._event_entry]
        if not self.rules.exit_beats_branch:
            phases = [self._hold_branches, self._exit_rules, self._event_entry]
        if not self.rules.exit_before_entry:
            phases = [self._event_entry, self._exit_rules, self._hold_branches]
        before = list(self.instances)
        for phase in phases:
            phase(event, t, before)

    def _exit_rules(self, event: Call, t: int, instances: list[Instance]) -> None:
        """D-18: the first matching event later than entry; of several rules list order."""
        for instance in instances:
            context = self.seen_by_exits(instance)
            for rule in self.journey.exits:
                bound = rule.match_identifier or not self.rules.other_exits_hear_all
                if not instance.active or rule.event != event.event:
                    continue
                if not self.rules.exits_pull_from_anywhere and not any(
                    isinstance(path.step, Hold) for path in instance.paths
                ):
                    continue
                if bound and self.rules.exits_match_when_told and self.identifier(event) != instance.identifier:
                    continue
                if self.holds(rule.where, t, instance, context, event):
                    self.end(instance, t, "exited", rule.key)

    def _hold_branches(self, event: Call, t: int, instances: list[Instance]) -> None:
        for instance in instances:
            for path, _ in instance.waiting(self.rules):
                self.hear(instance, path, event, t)

    def hear(self, instance: Instance, path: Path, event: Call, t: int) -> None:
        step = path.step
        if not isinstance(step, Hold):
            return
        for branch in step.branches:  # list order
            if branch.event != event.event or not self._is_for(instance, branch, event):
                continue
            if not self.holds(branch.where, t, instance, path, event):
                continue
            if branch.loop and instance.passes(step.key) >= MOST_PASSES:  # D-15
                continue
            deadline = path.deadline
            self.leave(path, t, branch.key)
            if not branch.loop or self.rules.loop_backs_are_captured:
                path.context = path.context.captured(event, branch.key)
            self.arrive(instance, path, step.key if branch.loop else branch.next, t, event, again=branch.loop)
            if branch.loop and not self.rules.loop_restarts_timer and path.step is step:
                path.deadline = deadline
            return

    def _is_for(self, instance: Instance, branch: HoldBranch, event: Call) -> bool:
        """D-16: a hold hears only events with the value of its instance, unless the branch says any."""
        if not self.rules.holds_hear_their_value or (branch.any_identifier and self.rules.any_identifier_opts_out):
            return True
        return self.identifier(event) == instance.identifier

    def _event_entry(self, event: Call, t: int, _: list[Instance]) -> None:
        entry = self.entry
        if not isinstance(entry, EventEntry) or entry.event != event.event or not self._bounds(t):
            return
        now = t if self.rules.entry_sees_itself else t - 1
        if entry.where is not None and not self.state.holds(parse(entry.where), t, event):
            return
        if entry.audience and not self.state.member(entry.audience, now):
            return
        if entry.reentry.identifier is not None and not self._lets_in(self.identifier(event)):
            return
        last = self._last()
        if entry.reentry.mode == "once" and last:
            return
        if entry.reentry.mode == "after_exit" and last and not self._clock_allows(last, t):
            return
        entered = self.enter(t, event)
        if not self.rules.entry_event_consumed:
            self._hold_branches(event, t, [entered])

    def _lets_in(self, value: str | None) -> bool:
        """D-16: an event that names a value for which no instance is active."""
        if value is None:
            return not self.rules.identifier_is_needed
        same = [one for one in self.instances if one.identifier == value and self._counts(one)]
        if self.rules.active_value_is_ignored and any(instance.active for instance in same):
            return False
        return self.rules.ended_value_enters_again or not same

    def _last(self) -> Instance | None:
        """The latest that was let in; one that was dropped never was (D-11)."""
        return next((one for one in reversed(self.instances) if self._counts(one)), None)

    def _counts(self, instance: Instance) -> bool:
        return instance.outcome != "dropped" or not self.rules.dropped_is_no_entry

    # Phases 2 to 5

    def _exits_of_state(self, t: int) -> None:
        for instance in self.instances:
            if instance.active:
                self.exit_of_state(instance, t)

    def _waits(self, t: int) -> None:
        for instance in self.instances:
            for path, step in instance.waiting(self.rules):
                if isinstance(step, Wait) and self.holds(step.condition, t, instance, path):
                    self.leave(path, t, None)
                    self.arrive(instance, path, step.next, t, None)
                elif isinstance(step, Fork):
                    self.take(instance, path, t, None)

    def _timers(self, t: int) -> None:
        for instance in self.instances:
            for path, step in instance.waiting(self.rules):
                if path.deadline is None or path.deadline > t:
                    continue
                is_delay = isinstance(step, Delay | DelayUntil)
                self.leave(path, t, None if is_delay else "timeout")
                self.arrive(instance, path, step.next if is_delay else step.on_timeout, t, None)  # type: ignore[attr-defined]

    def _in_entry_audience(self, t: int) -> bool:
        """Whether the entry's audience or condition holds; AU-4 binds only the named audience (D-43)."""
        entry = self.entry
        if not isinstance(entry, AudienceEntry):
            return False
        if entry.audience:
            return self.state.member(entry.audience, t)
        return self.state.holds(parse(entry.condition or ""), t)

    def _audience_entries(self, t: int) -> None:
        entry = self.entry
        if not isinstance(entry, AudienceEntry):
            return
        inside = self._in_entry_audience(t)
        begun = t in self.changes and inside and not self.inside
        if t in self.changes:
            self.inside = inside
        if not inside or not self._bounds(t):
            return
        includes = entry.include_existing or not self.rules.existing_only_when_asked
        begun = begun and (t > self.first or self.rules.from_is_inclusive or includes)
        begun = begun or (includes and t == self.first)  # D-17
        last = self._last()
        if last is None or entry.reentry.mode == "every":
            if begun:
                self.enter(t, None)
        elif entry.reentry.mode == "after_exit" and self._clock_allows(last, t):
            at_clock = t == self.clock(last)  # D-16: at once when the clock allows and the condition then holds
            if begun or at_clock:
                self.enter(t, None)

    def _occurrences(self, instants: list[int]) -> dict[int, set[str]]:
        """D-53, D-54: when a scheduled entry comes round, in every zone that this profile may ever have."""
        entry, found = self.entry, dict[int, set[str]]()
        if not isinstance(entry, ScheduleEntry):
            return found
        zones = {self.zone("workspace", 0).key}
        if entry.zone == "profile" and self.rules.zone_of_profile_by_default:
            zones |= zones_told(self.state.person)
            zones |= valid_zones(write.value for write in written(self.state.world.campaigns))
        self.first_zone = self.zone(entry.zone, instants[0] if instants else self.first).key
        for zone in zones:
            for t in occurrences(entry, ZoneInfo(zone), self.first, self.last, self.rules):
                found.setdefault(t, set()).add(zone)
        return found

    def _schedule_entries(self, t: int) -> None:
        entry = self.entry
        if not isinstance(entry, ScheduleEntry) or t not in self.occurrences:
            return
        in_force = self.zone(entry.zone, t).key if self.rules.schedule_zone_of_the_occurrence else self.first_zone
        if in_force not in self.occurrences[t]:
            return
        exists = t >= self.state.since or not self.rules.schedule_needs_a_profile
        if not self._bounds(t) or not exists:
            return
        if entry.condition is not None and not self.state.holds(parse(entry.condition), t):
            return
        repeats = entry.every is not None or entry.time is not None
        usual = "every" if repeats and self.rules.schedule_repeats_as_every else "once"  # D-45
        mode = entry.reentry.mode if entry.reentry else usual
        last = self._last()
        if last is None or mode == "every" or (mode == "after_exit" and self._clock_allows(last, t)):
            self.enter(t, None)

    def _bounds(self, t: int) -> bool:
        """D-54: starts <= t < ends."""
        if self.ends is not None and (t > self.ends or (t == self.ends and self.rules.ends_is_exclusive)):
            return False
        return self.starts is None or self.starts <= t

    def _clock_allows(self, last: Instance, t: int) -> bool:
        if last.active:
            return False
        return t >= self.clock(last) if self.rules.cool_down_end_allows else t > self.clock(last)
