"""How an instance moves once something moves it: exits before arrival, arrivals, steps that take no time (D-14)."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.journey import AudienceEntry, Journey
from engage_desktop.domain.step import (
    Ad,
    Delay,
    DelayUntil,
    End,
    Fork,
    Hold,
    RandomSplit,
    Send,
    SendMessage,
    SetTrait,
    Split,
    StepBase,
    Wait,
)  # fmt: skip
from tests.oracle.calendars import date_of, in_years, next_clock, offset_of, zone_of
from tests.oracle.context import Captures
from tests.oracle.draw import u
from tests.oracle.generated import order_of
from tests.oracle.instance import Due, Instance, Path, Visit, seq_order
from tests.oracle.log import Call
from tests.oracle.parse import dotted, parse
from tests.oracle.scope import Refused
from tests.oracle.state import State
from tests.oracle.values import text, walk
from tests.oracle.writes import Write

LONGEST = 365 * 86_400_000_000  # J2-38


class Movement:
    """Arrivals and ends of one journey's instances; the instants at which something may happen are its `agenda`."""

    def __init__(self, state: State, journey: Journey, number: int, seed: int) -> None:
        self.state, self.journey, self.rules, self.seed = state, journey, state.rules, seed
        self.number = number  # place in the file
        self.steps = journey.by_key
        self.place = seq_order(journey, self.rules)
        self.instances: list[Instance] = []
        self.due: list[Due] = []
        self.agenda: list[int] = []
        self.is_full: Callable[[], bool] = lambda: False
        self.surplus: set[int] = set()

    def enter(self, t: int, event: Call | None) -> Instance:
        instance = Instance(t, event, self.identifier(event) if event else None)
        path = Path(Captures(event, self.rules))
        reason = self._dropped(event)
        self.instances.append(instance)
        if reason is not None:
            instance.ended_at, instance.outcome, instance.detail = t, "dropped", reason
            return instance
        instance.paths.append(path)
        if self.journey.enforce_limits:
            heapq.heappush(self.agenda, t + LONGEST)
        for rule in self.journey.exits:
            if rule.after:
                heapq.heappush(self.agenda, t + parse_duration(rule.after))
        self.arrive(instance, path, self.journey.start, t, event, first=True)
        return instance

    def _dropped(self, event: Call | None) -> str | None:
        """D-11, J2-39, AMB-19: why limits do not let an instance in."""
        if event is not None and event.position in self.surplus:
            return "event_limit"
        return "instance_limit" if self.is_full() else None

    @property
    def active_instances(self) -> int:
        """How many count against the limit."""
        return sum(one.active for one in self.instances) if self.journey.enforce_limits else 0

    def identifier(self, event: Call) -> str | None:
        """The value of the identifying property, in its text form; a list or an object identifies nobody (D-16)."""
        reentry = self.journey.entry.reentry
        if reentry is None or reentry.identifier is None:
            return None
        value = walk(event.properties, dotted(reentry.identifier))
        if value is None or isinstance(value, list | dict):
            return None
        return text(value) if self.rules.values_by_text_form else json.dumps(value)

    def holds(
        self, condition: str | None, t: int, instance: Instance, path: Path | Captures, event: Call | None = None
    ) -> bool:
        """A condition of an instance at t, asked by a path or by an exit with what it sees; of an exit's or a hold's own
        where for `event` (D-20, D-43, D-51)."""
        if condition is None:
            return True
        context, asking = (path.context, path) if isinstance(path, Path) else (path, None)
        before = asking.visit.before if asking and asking.visit else None
        if before is not None and event is None and not self.rules.step_windows_count_from_now:
            t = before.entered_at
        own, state = self.own(instance, t, asking), self.state
        if own and not self.rules.own_audience_follows_later:
            state = state.with_public(own, t)
        return state.holds(parse(condition), t, event, journey=context, own=own or None)

    def own(self, instance: Instance, t: int, asking: Path | None) -> dict[str, Any]:
        """D-51: the traits that the instance has set at t, seen by whatever path of it asks for the rest of t."""
        rules = self.rules
        if not rules.writes_are_seen:
            return {}
        return {
            write.trait: write.value
            for one in ([instance] if rules.own_write_is_of_its_instance else self.instances)
            for write in one.written
            if (write.made_at == t or not rules.own_write_ends_with_its_instant)
            and (rules.own_write_seen_on_every_path or asking is None or write.path is asking)
        }

    def entry_key(self, instance: Instance) -> str:
        """D-19."""
        return str(instance.entered_at) + (f"|{instance.identifier}" if instance.identifier is not None else "")

    def _message(self, instance: Instance, path: Path, step: SendMessage, visit: Visit, t: int) -> Due:
        """D-49: a step's priority stands before its journey's."""
        has_own = step.priority is not None and self.rules.step_priority_first
        return Due(
            self.journey.key, step.key, step.message, step.priority if has_own else self.journey.priority,  # type: ignore[arg-type]
            self.entry_key(instance), t, path.held_out, (self.place[step.key], visit.number), instance, visit, step,
        )  # fmt: skip

    def _set_trait(self, instance: Instance, path: Path, step: SetTrait, visit: Visit, t: int) -> None:
        """D-37; the order of writes of one instant is that of D-54."""
        rules, made = self.rules, self.state.made
        seq = (t, self.place[step.key], visit.number)
        order = order_of(self.state.world.campaigns, self.journey.key, self.entry_key(instance), instance, seq, rules)
        write = Write(t, step.trait, step.value, order, path)
        is_seen = rules.write_to_be_dropped_is_seen_at_once or not made.is_full(write)
        if rules.own_write_seen_at_once and is_seen:
            instance.written.append(write)
        made.waiting.append(write)
        if not rules.writes_public_after_a_microsecond:
            made.writes.append(write)
            self.state.world.forget()

    def leave(self, path: Path, t: int, branch: str | None) -> None:
        """Leave the step where the path waits."""
        assert path.visit is not None
        path.visit.left_at, path.visit.branch = t, branch
        path.step, path.deadline = None, None

    def arrive(
        self,
        instance: Instance,
        path: Path,
        key: str | None,
        t: int,
        event: Call | None,
        first: bool = False,
        again: bool = False,
    ) -> None:
        """Arrive at a step and cross every step that takes no time; `event` is the one that moved the path, if any.
        `again` is the loop-back of a hold."""
        while True:
            if self.exit_of_state(instance, t, before=("entry" if first else "step" if key else "end")):
                return None
            if key is None:
                return self._finish(instance, path, t)
            if not again and instance.passes(key) and self.rules.a_step_runs_once:
                return self._finish(instance, path, t)  # D-14: joined too late
            if not first and not self.rules.guards_are_not_inherited and not self._would_enter(t):
                return self._finish(instance, path, t)
            first, again, step = False, False, self.steps[key]
            visit = Visit(key, t, instance.passes(key) + 1, path.visit)
            instance.visits.append(visit)
            path.visit = visit
            match step:
                case Delay():
                    return self._stay(path, step, t, step.duration)
                case DelayUntil():
                    target = self._target(instance, path, step, t)
                    if target is not None and target > t:
                        return self._stay_until(path, step, target)
                    is_past = target is None or target < t or not self.rules.target_of_now_is_not_past
                    if step.past == "leave" and is_past and (target is not None or self.rules.missing_date_is_past):
                        path.step = step
                        return self.end(instance, t, "exited", f"step:{key}")  # D-33, D-21
                    key = step.next
                case Hold():
                    self._stay(path, step, t, step.timeout)
                    return self._hold_reached(instance, path, t, event)
                case Wait():
                    if not (self.rules.wait_passes_at_once and self.holds(step.condition, t, instance, path)):
                        return self._stay(path, step, t, step.timeout)
                    key = step.next
                case Split():
                    branches = list(step.branches) if self.rules.first_branch_wins else list(reversed(step.branches))
                    taken = next((one for one in branches if self.holds(one.condition, t, instance, path)), None)
                    visit.branch, key = (taken.key, taken.next) if taken else ("otherwise", step.otherwise)
                case Fork():
                    path.step = step
                    return self._fork(instance, path, step, t, event)
                case RandomSplit():
                    drawn = self._draw(instance, step)
                    path.held_out = path.held_out or drawn.role == "holdout"  # D-52
                    visit.branch, key = drawn.key, drawn.next
                case SendMessage():
                    self.due.append(self._message(instance, path, step, visit, t))
                    key = step.next
                case Send() | Ad():
                    key = step.next
                case SetTrait():
                    self._set_trait(instance, path, step, visit, t)
                    key = step.next
                case End():
                    if instance.end_text is None or self.rules.last_end_step_tells:
                        instance.end_text = step.outcome  # D-50
                    key = None
                case _:
                    raise Refused(f"step {key}")
            visit.left_at = t

    def _fork(self, instance: Instance, path: Path, step: Fork, t: int, event: Call | None) -> None:
        """D-14, D-54: a path for each branch; looked at in list order, each moving before the next."""
        branches = list(enumerate(step.branches))
        if not self.rules.fork_in_list_order:
            branches.reverse()
        waiting = [path.branch(number, branch) for number, branch in branches]
        instance.paths.remove(path)
        instance.paths += waiting
        for one in waiting:
            if instance.active and one in instance.paths:
                self.take(instance, one, t, event)

    def take(self, instance: Instance, path: Path, t: int, event: Call | None) -> None:
        """Take a fork's branch once its condition holds; the last one taken leaves the fork."""
        fork, branch = path.step, path.awaits
        if branch is None or not self.holds(branch.condition, t, instance, path):
            return
        assert path.visit is not None
        path.step, path.awaits = None, None
        others = [one for one in instance.paths if one.awaits is not None and one.step is fork]
        if not others if self.rules.fork_left_by_the_last else path.visit.left_at is None:
            path.visit.left_at = t
        if not self.rules.fork_branches_not_exclusive:
            for one in others:
                instance.paths.remove(one)
            path.visit.left_at = t
        self.arrive(instance, path, branch.next, t, event)

    def exit_of_state(self, instance: Instance, t: int, before: str = "") -> bool:
        """Whether the instance ends: D-18, by the exits by condition and age that apply at t, the one that came first,
        then list order; with enforced limits after a year (J2-38), as the last of them.

        They are tested in their phase, and `before` every arrival, the first included, but not before the end of a
        path (D-12, D-50).
        """
        rules = self.rules
        found: list[tuple[int, int, str, str | None]] = []
        if self.journey.enforce_limits and instance.entered_at + LONGEST <= t and (before != "end"):
            place = len(self.journey.exits) if rules.own_exits_before_expiry else -1
            found.append((instance.entered_at + LONGEST, place, "expired", None))
        for place, rule in enumerate(self.journey.exits):
            if rule.after:
                since = instance.entered_at + parse_duration(rule.after)
                tested = {"step": rules.age_tested_before_arrival, "end": not rules.age_spares_end_of_path}
                if since <= t and tested.get(before, True):
                    found.append((since, place, "exited", rule.key))
            elif rule.condition:
                tested = {
                    "entry": rules.condition_tested_at_entry,
                    "step": rules.condition_tested_before_arrival,
                    "end": not rules.condition_spares_end_of_path,
                }
                if tested.get(before, True) and self.holds(rule.condition, t, instance, self.seen_by_exits(instance)):
                    found.append((t, place if rules.exits_of_state_in_list_order else -1, "exited", rule.key))
        if not found:
            return False
        _, _, outcome, detail = min(found, key=lambda one: one[:2])
        self.end(instance, t, outcome, detail)
        return True

    def seen_by_exits(self, instance: Instance) -> Captures:
        """D-50: the entry event only."""
        if not self.rules.exits_see_entry_only and instance.paths:
            return instance.paths[-1].context
        return Captures(instance.event, self.rules)

    def _hold_reached(self, instance: Instance, path: Path, t: int, event: Call | None) -> None:
        """D-13: a hold hears later events only."""
        if event is None and not self.rules.hold_needs_later_event:
            for old in [one for one in self.state.person.events if one.time == t]:
                self.hear(instance, path, old, t)

    def hear(self, instance: Instance, path: Path, event: Call, t: int) -> None:
        """A branch of a hold takes an event."""
        raise NotImplementedError

    def _stay(self, path: Path, step: StepBase, t: int, duration: str | None) -> None:
        path.step, path.deadline = step, None
        if duration is not None:
            length = parse_duration(duration)
            if length <= 0:
                raise Refused(f"step {step.key} takes no time")
            self._stay_until(path, step, t + length)

    def _stay_until(self, path: Path, step: StepBase, deadline: int) -> None:
        path.step, path.deadline = step, deadline
        heapq.heappush(self.agenda, deadline)

    def _target(self, instance: Instance, path: Path, step: DelayUntil, t: int) -> int | None:
        """The instant waited for, fixed on arrival (D-46); None where there is no date (D-33)."""
        rules, own = self.rules, self.own(instance, t, path)
        zone = self.zone(step.zone, t, own)
        offset = offset_of(step.offset)
        if step.time is not None:
            return next_clock(t, step.time, step.weekdays, zone, rules)
        if step.at is not None:
            value: Any = step.at
        elif step.trait is not None:
            value = self.state.read(dotted(step.trait), t, own)
        else:
            value = self._dated(path, step.property or "")
        at = date_of(value, zone, rules)
        return None if at is None else in_years(at + offset)

    def _dated(self, path: Path, name: str) -> Any:
        """A `journey()` path, else a property of the entry event (formats 2)."""
        found, value = path.context.value(name, whole=False)
        entry = path.context.entry
        return value if found else walk(entry.properties, dotted(name)) if entry else None

    def zone(self, of: str, t: int, own: Mapping[str, Any] | None = None) -> ZoneInfo:
        """D-30; `own` is what the asking instance has just set."""
        workspace = self.state.world.campaigns.workspace.timezone
        if of == "workspace" or not self.rules.zone_of_profile_by_default:
            return ZoneInfo(workspace)
        own = own if self.rules.written_zone_counts else None
        return zone_of(self.state.read(("timezone",), t, own), self.state.person, t, workspace, self.rules)

    def _draw(self, instance: Instance, step: RandomSplit) -> Any:
        """D-19."""
        parts = [self.journey.key, step.key, self.state.profile]
        if not step.sticky or not self.rules.sticky_without_entry_key:
            parts.append(str(instance.entered_at))
            if instance.identifier is not None and self.rules.identifier_in_entry_key:
                parts[-1] += f"|{instance.identifier}"
        drawn, so_far = u(self.seed, *parts), 0.0
        for branch in step.branches[:-1]:
            so_far += branch.percent
            if drawn < so_far / 100 if self.rules.draw_below_is_branch else drawn >= 1 - so_far / 100:
                return branch
        return step.branches[-1]

    def _would_enter(self, t: int) -> bool:
        """Whether what an entry by condition or audience asks still holds."""
        entry = self.journey.entry
        if not isinstance(entry, AudienceEntry):
            return True
        return (
            self.state.member(entry.audience, t)
            if entry.audience
            else self.state.holds(parse(entry.condition or ""), t)
        )

    def _finish(self, instance: Instance, path: Path, t: int) -> None:
        """D-14: the instance ends when all its paths have."""
        instance.paths.remove(path)
        if not instance.paths:
            self.end(instance, t, "completed", instance.end_text)

    def end(self, instance: Instance, t: int, outcome: str, detail: str | None) -> None:
        """End an instance; a visit cut short keeps null as branch (formats 4)."""
        for path in instance.paths:
            if path.step is not None:
                self.leave(path, t, None)
        instance.ended_at, instance.outcome, instance.detail = t, outcome, detail
        entry = self.journey.entry
        if isinstance(entry, AudienceEntry) and entry.reentry.mode == "after_exit":
            heapq.heappush(self.agenda, self.clock(instance))

    def clock(self, last: Instance) -> int:
        """D-45: the cool-down counts from ended_at of any outcome."""
        reentry = self.journey.entry.reentry
        if last.ended_at is None or reentry is None:
            raise Refused("an active instance has no clock")
        cool_down = parse_duration(reentry.cool_down) if reentry.cool_down else 0
        return (last.ended_at if self.rules.cool_down_from_exit else last.entered_at) + cool_down
