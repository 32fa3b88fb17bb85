"""One journey of one profile, worked off instant by instant in the order of D-12."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey
from engage_desktop.domain.step import Delay, End, Hold, RandomSplit, SendMessage, Split, StepBase, Wait
from tests.oracle.draw import u
from tests.oracle.intervals import change_instants, intervals
from tests.oracle.log import Call
from tests.oracle.parse import parse
from tests.oracle.scope import Refused
from tests.oracle.state import State

MOST_PASSES = 100  # D-15


@dataclass
class Visit:
    step: str
    entered_at: int
    number: int  # pass
    left_at: int | None = None
    branch: str | None = None


@dataclass
class Due:
    """A message due at an instant, for the policy of that instant (D-49)."""

    instance: Instance
    step: SendMessage
    visit: int
    due_at: int
    held_out: bool


@dataclass
class Instance:
    entered_at: int
    row: int
    visits: list[Visit] = field(default_factory=list)
    passes: dict[str, int] = field(default_factory=dict)
    step: StepBase | None = None
    deadline: int | None = None
    reached_on_event: bool = False
    ended_at: int | None = None
    outcome: str = "active"
    detail: str | None = None
    end_text: str | None = None
    held_out: bool = False
    assumed_after: int | None = None  # visits beyond this one rest on an assumption

    @property
    def active(self) -> bool:
        return self.ended_at is None


class Walk:
    """All instances of one journey and one profile."""

    def __init__(self, state: State, journey: Journey, window: tuple[int, int], seed: int) -> None:
        self.state, self.journey, self.rules, self.seed = state, journey, state.rules, seed
        self.first, self.last = window
        self.steps = journey.by_key
        self.instances: list[Instance] = []
        self.due: list[Due] = []
        self.entry = journey.entry
        self.starts = parse_instant(journey.starts) if journey.starts else None
        self.ends = parse_instant(journey.ends) if journey.ends else None
        self.cool_down = _cool_down(journey)
        self.ages = [(rule.key, parse_duration(rule.after)) for rule in journey.exits if rule.after]
        self.agenda: list[int] = []

    def run(self, settle: Any) -> None:
        """Work off every instant of the window (D-17); `settle` is the policy of an instant (D-49)."""
        instants = change_instants(self.state, self.last)
        begins = {start for start, _ in intervals(self._in_entry_audience, instants)}
        self.agenda = [instant for instant in {*instants, self.first} if instant >= self.first]
        heapq.heapify(self.agenda)
        done: int | None = None
        while self.agenda:
            t = heapq.heappop(self.agenda)
            if t == done or t > self.last:
                continue
            done = t
            if not self.rules.event_at_deadline_counts:
                self._timers(t)
            for event in self.state.person.events:
                if event.time == t:
                    self._event(event, t)
            self._age_exits(t)
            if self.rules.wait_before_timer:
                self._waits(t)
            if self.rules.event_at_deadline_counts:
                self._timers(t)
            if not self.rules.wait_before_timer:
                self._waits(t)
            self._audience_entries(t, begins)
            due, self.due = self.due, []
            for message in sorted(due, key=lambda one: (-self._priority(one), one.step.key)):  # D-24
                if settle(message) and message.step.when_not_sent == "leave" and message.instance.active:
                    self._end(message.instance, t, "exited", f"step:{message.step.key}")  # D-21, D-49

    def _priority(self, due: Due) -> int:
        """D-49: a step's priority stands before its journey's."""
        return self.journey.priority if due.step.priority is None else due.step.priority

    # Phase 1 of D-12: log events, one at a time

    def _event(self, event: Call, t: int) -> None:
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
            for rule in self.journey.exits:
                if instance.active and rule.event == event.event and self._matches(rule.where, event, t):
                    self._end(instance, t, "exited", rule.key)

    def _hold_branches(self, event: Call, t: int, instances: list[Instance]) -> None:
        for instance in instances:
            step = instance.step
            if not instance.active or not isinstance(step, Hold):
                continue
            for branch in step.branches:  # list order
                if branch.event != event.event or not self._matches(branch.where, event, t):
                    continue
                if branch.loop and instance.passes[step.key] >= MOST_PASSES:  # D-15
                    continue
                deadline = instance.deadline
                self._leave(instance, t, branch.key)
                self._arrive(instance, step.key if branch.loop else branch.next, t, event)
                if branch.loop and not self.rules.loop_restarts_timer and instance.active:
                    instance.deadline = deadline
                break

    def _event_entry(self, event: Call, t: int, _: list[Instance]) -> None:
        entry = self.entry
        if not isinstance(entry, EventEntry) or entry.event != event.event or not self._bounds(t):
            return
        now = t if self.rules.entry_sees_itself else t - 1
        if not self._matches(entry.where, event, t) or (entry.audience and not self.state.member(entry.audience, now)):
            return
        last = self.instances[-1] if self.instances else None
        if entry.reentry.mode == "once" and last:
            return
        if entry.reentry.mode == "after_exit" and last and not self._clock_allows(last, t):
            return
        self._enter(t, event)

    def _matches(self, where: str | None, event: Call, t: int) -> bool:
        return where is None or self.state.holds(parse(where), t, event)

    # Phases 2 to 5

    def _age_exits(self, t: int) -> None:
        for instance in self.instances:
            rule = self._aged(instance, t)
            if instance.active and rule:
                self._end(instance, t, "exited", rule)

    def _aged(self, instance: Instance, t: int) -> str | None:
        """D-18: entry + age; the earliest rule, then list order."""
        return next(
            (key for key, age in sorted(self.ages, key=lambda rule: rule[1]) if instance.entered_at + age <= t), None
        )

    def _waits(self, t: int) -> None:
        for instance in self.instances:
            step = instance.step
            if instance.active and isinstance(step, Wait) and self.state.holds(parse(step.condition), t):
                self._leave(instance, t, None)
                self._arrive(instance, step.next, t, None)

    def _timers(self, t: int) -> None:
        for instance in self.instances:
            step = instance.step
            if not instance.active or instance.deadline is None or instance.deadline > t:
                continue
            is_delay = isinstance(step, Delay)
            self._leave(instance, t, None if is_delay else "timeout")
            self._arrive(instance, step.next if is_delay else step.on_timeout, t, None)  # type: ignore[union-attr]

    def _in_entry_audience(self, t: int) -> bool:
        """Whether the entry's audience or condition holds; AU-4 binds only the named audience (D-43)."""
        entry = self.entry
        if not isinstance(entry, AudienceEntry):
            return False
        if entry.audience:
            return self.state.member(entry.audience, t)
        return self.state.holds(parse(entry.condition or ""), t)

    def _audience_entries(self, t: int, begins: set[int]) -> None:
        entry = self.entry
        if not isinstance(entry, AudienceEntry) or not self._bounds(t) or not self._in_entry_audience(t):
            return
        includes = entry.include_existing or not self.rules.existing_only_when_asked
        begun = t in begins and (t > self.first or self.rules.from_is_inclusive or includes)
        begun = begun or (includes and t == self.first)  # D-17
        last = self.instances[-1] if self.instances else None
        if last is None or entry.reentry.mode == "every":
            if begun:
                self._enter(t, None)
        elif entry.reentry.mode == "after_exit" and self._clock_allows(last, t):
            at_clock = t == self._clock(last)  # D-16: at once when the clock allows and the condition then holds
            if begun or at_clock:
                self._enter(t, None)

    def _bounds(self, t: int) -> bool:
        """D-54: starts <= t < ends."""
        if self.ends is not None and (t > self.ends or (t == self.ends and self.rules.ends_is_exclusive)):
            return False
        return self.starts is None or self.starts <= t

    def _clock(self, last: Instance) -> int:
        """D-45: the cool-down counts from ended_at of any outcome."""
        if last.ended_at is None:
            raise Refused("an active instance has no clock")
        return (last.ended_at if self.rules.cool_down_from_exit else last.entered_at) + self.cool_down

    def _clock_allows(self, last: Instance, t: int) -> bool:
        if last.active:
            return False
        return t >= self._clock(last) if self.rules.cool_down_end_allows else t > self._clock(last)

    # Movement

    def _enter(self, t: int, event: Call | None) -> None:
        instance = Instance(t, event.row if event else -1)
        self.instances.append(instance)
        for _, age in self.ages:
            heapq.heappush(self.agenda, t + age)
        self._arrive(instance, self.journey.start, t, event)
        if event and not self.rules.entry_event_consumed:
            self._hold_branches(event, t, [instance])

    def _leave(self, instance: Instance, t: int, branch: str | None) -> None:
        visit = instance.visits[-1]
        visit.left_at, visit.branch = t, branch
        instance.step, instance.deadline = None, None

    def _arrive(self, instance: Instance, key: str | None, t: int, event: Call | None) -> None:
        """Arrive at a step and cross every step that takes no time (D-14)."""
        while True:
            aged = self._aged(instance, t)
            if aged and (self.rules.age_tested_before_arrival if key else not self.rules.age_spares_end_of_path):
                self._end(instance, t, "exited", aged)  # D-18, D-50: before arrival, not before the end of a path
                return None
            if key is None:
                self._end(instance, t, "completed", instance.end_text)
                return None
            step = self.steps[key]
            instance.passes[key] = instance.passes.get(key, 0) + 1
            visit = Visit(key, t, instance.passes[key])
            instance.visits.append(visit)
            match step:
                case Delay():
                    return self._stay(instance, step, t, step.duration)
                case Hold():
                    self._stay(instance, step, t, step.timeout)
                    if event is None and not self.rules.hold_needs_later_event:
                        for old in [one for one in self.state.person.events if one.time == t]:
                            self._hold_branches(old, t, [instance])
                    return None
                case Wait():
                    if not (self.rules.wait_passes_at_once and self.state.holds(parse(step.condition), t)):
                        return self._stay(instance, step, t, step.timeout)
                    key = step.next
                case Split():
                    branches = list(step.branches) if self.rules.first_branch_wins else list(reversed(step.branches))
                    taken = next((one for one in branches if self.state.holds(parse(one.condition), t)), None)
                    visit.branch, key = (taken.key, taken.next) if taken else ("otherwise", step.otherwise)
                case RandomSplit():
                    drawn = self._draw(instance, step)
                    instance.held_out = instance.held_out or drawn.role == "holdout"  # D-52
                    visit.branch, key = drawn.key, drawn.next
                case SendMessage():
                    self.due.append(Due(instance, step, len(instance.visits) - 1, t, instance.held_out))
                    key = step.next
                case End():
                    instance.end_text, key = step.outcome, None  # D-50
                case _:
                    key = step.next
            visit.left_at = t

    def _stay(self, instance: Instance, step: StepBase, t: int, duration: str | None) -> None:
        instance.step = step
        instance.deadline = None
        if duration is not None:
            length = parse_duration(duration)
            if length <= 0:
                raise Refused(f"step {step.key} takes no time")
            instance.deadline = t + length
            heapq.heappush(self.agenda, t + length)

    def _draw(self, instance: Instance, step: RandomSplit) -> Any:
        """D-19."""
        parts = [self.journey.key, step.key, self.state.profile]
        if not step.sticky or not self.rules.sticky_without_entry_key:
            parts.append(str(instance.entered_at))
        drawn, so_far = u(self.seed, *parts), 0.0
        for branch in step.branches[:-1]:
            so_far += branch.percent
            if drawn < so_far / 100 if self.rules.draw_below_is_branch else drawn >= 1 - so_far / 100:
                return branch
        return step.branches[-1]

    def _end(self, instance: Instance, t: int, outcome: str, detail: str | None) -> None:
        """End an instance; a visit cut short keeps null as branch (formats 4)."""
        if instance.step is not None:
            self._leave(instance, t, None)
        instance.ended_at, instance.outcome, instance.detail = t, outcome, detail
        if isinstance(self.entry, AudienceEntry) and self.entry.reentry.mode == "after_exit":
            heapq.heappush(self.agenda, self._clock(instance))


def _cool_down(journey: Journey) -> int:
    reentry = journey.entry.reentry
    return parse_duration(reentry.cool_down) if reentry is not None and reentry.cool_down else 0
