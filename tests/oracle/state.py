"""What holds for one person or account at one instant (D-4..D-9), always over the whole log up to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    InAudience,
    Instant,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Scalar,
    Stream,
    Trait,
    Window,
)  # fmt: skip
from tests.oracle.context import Captures
from tests.oracle.generated import Made, call_of
from tests.oracle.log import Call, Person
from tests.oracle.parse import parse, parse_expression
from tests.oracle.reduce import reduce
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused
from tests.oracle.values import Values, walk
from tests.oracle.writes import Write

if TYPE_CHECKING:
    from tests.oracle.world import World

ELIGIBLE = ("user_id", "email", "android.idfa", "ios.idfa")  # AU-4


@dataclass(frozen=True)
class At:
    """The instant of evaluation, and inside `where()` the events at hand, the innermost last.

    `anchored` says whether the innermost event is one of a stream, so that nested events come after it; that of an
    entry's or exit's own where is not (D-43). `anonymous` is the option of the named audience that is asked (AU-4).
    """

    now: int
    chain: tuple[Call, ...] = ()
    anchored: bool = False
    anonymous: bool = False
    journey: Captures | None = None  # inside a journey, what the path has collected (D-20)
    own: Mapping[str, Any] | None = None  # and the traits that its instance has set at this very instant (D-51)


class Subject:
    """Somebody a condition is asked of: a person, or an account."""

    since: int
    text_id: str

    def __init__(self, world: World, rules: Rules) -> None:
        self.world, self.rules, self.values = world, rules, Values(rules)
        self.instants_of_log: set[int] | None = None
        self._known: dict[tuple[Condition, At], bool] = {}
        self._computed: dict[tuple[str, int], Any] = {}
        self._member: dict[tuple[str, int], bool] = {}

    # What a person and an account answer each in their own way

    def events(self, parent: Call | None, now: int) -> list[Call]:
        """Events in order; below a parent, those of the same person (D-43)."""
        raise NotImplementedError

    def trait(self, name: str, now: int) -> Any:
        """A custom trait."""
        raise NotImplementedError

    def member(self, key: str, now: int) -> bool:
        """Membership of a named audience."""
        raise NotImplementedError

    def computes(self, key: str) -> bool:
        """Whether `key` is a computed trait of this kind of subject."""
        raise NotImplementedError

    # Conditions

    def holds(
        self,
        condition: Condition,
        now: int,
        event: Call | None = None,
        anonymous: bool = False,
        journey: Captures | None = None,
        own: Mapping[str, Any] | None = None,
    ) -> bool:
        """Truth at `now`; of an entry's own where, for `event`. Nothing holds before the subject exists (D-5)."""
        if now < self.since:
            return False
        at = At(now, (event,) if event else (), not self.rules.entry_where_sees_history, anonymous, journey, own)
        if event is not None or own:
            return self.truth(condition, at)
        if (condition, at) not in self._known:
            self._known[condition, at] = self.truth(condition, at)
        return self._known[condition, at]

    def truth(self, condition: Condition, at: At) -> bool:
        match condition:
            case And(items) if not self.rules.dollar_elements_apart and at.chain:
                return self._of_one_element(items, at)
            case And(items):
                return all(self.truth(item, at) for item in items)
            case Or(items):
                return any(self.truth(item, at) for item in items)
            case Not(Compare(Reduce("count", stream), "=", (Literal(number),)) as item):
                if not self.rules.negated_count_is_literal and number and any(one.parent for one in stream.windows):
                    item = replace(item, op=">=")  # AU-21: as if "exactly 1" meant "at least 1"
                return not self.truth(item, at)
            case Not(item):
                return not self.truth(item, at)
            case InAudience(key):
                return self.member(key, at.now)
            case CompareDate(left, operator, value):
                now = at.now if self.rules.where_dates_from_now or not at.chain else at.chain[-1].time
                return self.values.compare_date(self.value(left, at), operator, value, now)
            case Compare(left, operator, values):
                return self.values.compare(self.value(left, at), operator, [self.value(value, at) for value in values])
        raise Refused(f"{condition}")

    def _of_one_element(self, items: tuple[Condition, ...], at: At) -> bool:
        """The misreading of AU-10: all `$` conditions of an AND are met by one and the same element."""
        event, rest, lists = at.chain[-1], [], []
        for item in items:
            if isinstance(item, Compare) and isinstance(item.left, Property) and "$" in item.left.path:
                lists.append((item, item.left.path))
            else:
                rest.append(item)
        length = max((len(walk(event.properties, path[: path.index("$")]) or ()) for _, path in lists), default=0)
        one = any(
            all(
                self.values.compare(
                    (walk(event.properties, path) or [])[place : place + 1],
                    item.op,
                    [self.value(v, at) for v in item.values],
                )
                for item, path in lists
            )
            for place in range(length)
        )
        return all(self.truth(item, at) for item in rest) and (one or not lists)

    # Values: None stands for absent and null

    def value(self, scalar: Scalar, at: At) -> Any:
        match scalar:
            case Literal(value):
                return value
            case Instant():
                return scalar
            case Trait(path):
                now = at.now if self.rules.where_trait_from_now or not at.chain else at.chain[-1].time
                return self.read(path, now, at.own)
            case Property(path, parent):
                return self._property(path, parent, at)
            case Context(path) if at.chain:
                return walk(at.chain[-1].context, path)
            case Reduce(_, stream, path, context):
                events = self.stream(stream, at)
                raw = [walk(event.context if context else event.properties, path) for event in events]
                if not self.rules.not_then_holds_at_once and self._is_waiting(stream, raw, at):
                    return None
                return reduce(scalar, raw, self.values)
            case JourneyValue(path) if at.journey is not None:
                return at.journey.value(path)[1]
        raise Refused(f"{scalar}")

    def read(self, path: tuple[str, ...], now: int, own: Mapping[str, Any] | None = None) -> Any:
        """A trait by its dotted name: an audience key, a computed trait, or a custom trait (D-9, CO-4), of these first
        what the asking instance has just set (D-51)."""
        key = path[0]
        if now < self.since:
            return None
        if self.world.audience(key) is not None and len(path) == 1:
            return self.member(key, now) or (False if self.rules.audience_false_from_start else None)
        if self.computes(key):
            return walk(self.computed(key, now), path[1:])
        if own and key in own:
            return walk(own[key], path[1:])
        return walk(self.trait(key, now), path[1:])

    def forget(self) -> None:
        """Ask anew what was answered."""
        for answers in (self._known, self._computed, self._member):
            answers.clear()

    def computed(self, key: str, now: int) -> Any:
        """The value of a computed trait at now (D-8, D-9)."""
        if now < self.since:
            return None
        if not self.rules.trait_of_its_instant:
            now -= 1
        if (key, now) not in self._computed:
            definition = parse_expression(self.world.traits[key].definition)
            if not isinstance(definition, Reduce):
                raise Refused(f"trait {key} is no reducer of events")
            self._computed[key, now] = self.value(definition, At(now))
        return self._computed[key, now]

    def _property(self, path: tuple[str, ...], parent: bool, at: At) -> Any:
        chain = at.chain
        if not parent:
            if not chain:
                raise Refused("property() outside where()")
            return walk(chain[-1].properties, path)
        if len(chain) < 2:
            raise Refused("there is no parent event")
        return walk(chain[-2 if self.rules.parent_is_the_nearest else 0].properties, path)

    # Streams

    def stream(self, stream: Stream, at: At) -> list[Call]:
        """Events of the stream at now: up to now (D-4), in every window (D-3, D-43), after the parent if there is one."""
        parent = at.chain[-1] if at.chain and at.anchored else None
        named = [
            call for call in self.events(parent, at.now) if call.event == stream.event and self._up_to(call, at.now)
        ]
        found: list[Call] = []
        for call in named:
            if not self._later(call, parent) or not self._from_sources(call, stream):
                continue
            if not self._in_windows(call, stream.windows, at.now, parent):
                continue
            first = named[0] if not self.rules.each_parent_by_itself else call
            chain = (*at.chain, first) if at.anchored else (first,)
            if stream.where is None or self.truth(stream.where, replace(at, chain=chain, anchored=True)):
                found.append(call)
        if stream.session is None:
            return found
        return self._session(found, named, stream.session.us, at.now)

    def _up_to(self, call: Call, now: int) -> bool:
        return call.time < now or (call.time == now and self.rules.within_includes_now)

    def _later(self, call: Call, parent: Call | None) -> bool:
        """AU-20, D-2: later in the order of the person they share."""
        rules = self.rules
        if parent is None or not rules.child_after_parent:
            return True
        if not rules.tie_in_order_is_after and call.time == parent.time:
            return False
        if self.world.person_of(call) is not self.world.person_of(parent):
            return call.time > parent.time
        return call.row > parent.row or (call is parent and not rules.child_strictly_after)

    def _from_sources(self, call: Call, stream: Stream) -> bool:
        """D-43: events of the named sources are left out, those of no source stay."""
        if not stream.exclude:
            return True
        if call.source is None:
            return self.rules.no_source_stays
        return (call.source not in stream.exclude) == self.rules.sources_are_left_out

    def _in_windows(self, call: Call, windows: tuple[Window, ...], now: int, parent: Call | None) -> bool:
        if not self.rules.windows_intersect:
            windows = windows[-1:]
        return all(self._in_window(call.time, window, now, parent) for window in windows)

    def _in_window(self, time: int, window: Window, now: int, parent: Call | None) -> bool:
        """D-3: within a = (now-a, now]; between a, b = (now-b, now-a]; of a parent (parent, parent+a], (parent+a, parent+b]."""
        a, b = window.a.us, window.b.us if window.b else None
        rules = self.rules
        if window.parent:
            if parent is None:
                raise Refused("there is no parent event")
            begin, end = (None, parent.time + a) if b is None else (parent.time + a, parent.time + b)
            late = begin is None or time > begin or (time == begin and not rules.between_parent_old_side_open)
            return late and (time < end or (time == end and rules.child_window_closed))
        if parent is not None and not rules.child_window_from_now:
            return time <= parent.time + a if b is None else parent.time + a < time <= parent.time + b
        oldest, youngest = (now - a, now) if b is None else (now - b, now - a)
        after = time > oldest if rules.within_old_side_open else time >= oldest
        if b is not None and not rules.between_young_side_closed:
            return after and time < youngest
        return after and time <= youngest

    def _session(self, found: list[Call], named: list[Call], gap: int, now: int) -> list[Call]:
        """CT-4, D-43: the latest run of events, broken where the next comes a gap or more later."""
        whole = found if self.rules.gaps_after_filter else named
        if not whole or (not self.rules.session_keeps_its_value and now - whole[-1].time >= gap):
            return []
        begin = len(whole) - 1
        while begin and self._continues(whole[begin].time - whole[begin - 1].time, gap):
            begin -= 1
        latest, left_over = whole[begin:], {call.position for call in found}
        return [call for call in latest if call.position in left_over]

    def _continues(self, passed: int, gap: int) -> bool:
        return passed < gap or (passed == gap and not self.rules.gap_itself_starts_anew)

    def _is_waiting(self, stream: Stream, raw: list[Any], at: At) -> bool:
        """The misreading of D-10: nothing is known of a child until its window is over."""
        ends = [at.chain[-1].time + (window.b or window.a).us for window in stream.windows if window.parent]
        return bool(ends) and not raw and at.now < min(ends)


class State(Subject):
    """One profile's history with the questions the journeys ask of it."""

    def __init__(self, person: Person, world: World, rules: Rules) -> None:
        super().__init__(world, rules)
        self.person = person
        self.profile = self.text_id = person.text_id
        self.since = person.calls[0].time  # D-5, D-47
        self.all_events = person.events  # those that the run has made so far too
        self.made = Made(rules)

    def events(self, parent: Call | None, now: int) -> list[Call]:
        return self.all_events

    def trait(self, name: str, now: int) -> Any:
        """D-7, D-51: the last identify or write of a journey at or before now that speaks of it; null removes."""
        rules = self.rules
        told = [(call.time, False, call.traits[name]) for call in self.person.calls if name in call.traits]
        if rules.writes_are_seen and (name != "timezone" or rules.written_zone_counts):
            told += [(time, True, write.value) for time, write in self.made.told() if write.trait == name]
        told.sort(key=lambda one: (one[0], one[1] == rules.write_sorts_after_the_log))
        value = None
        for time, is_write, says in told:
            if time > now:
                break
            if says is not None or (rules.written_null_removes if is_write else rules.trait_null_removes):
                within = isinstance(value, dict) and is_write and not rules.write_replaces_an_object
                value = value if within else says
        return value

    def instants_of_writes(self) -> set[int]:
        """When a write of a journey became public, and so an answer may change."""
        return {time for time, _ in self.made.told()} if self.rules.a_write_is_an_instant else set()

    def instants_after(self, events: list[Call]) -> set[int]:
        """When an answer may change because of events that the run made."""
        widths = self.world.widths if self.rules.a_window_after_it_expires else {0}
        return {event.time + width for event in events for width in widths}

    def publish(self, t: int) -> list[Call]:
        """What the run made at t is there from its timestamp on (D-51). Returns the events among it."""
        kept = [one for one in self.made.publish(t) if not isinstance(one, Write)]
        calls = [call_of(event, self.world.next_position(self), self.rules) for event in kept]
        if calls:
            self.made.events += calls
            every = [*self.person.calls, *self.made.events]
            every.sort(key=lambda call: call.order(self.rules))
            for row, call in enumerate(every):  # D-2, D-37; what has been, keeps its place
                call.row = row
            self.all_events = [call for call in every if call.event is not None]
        return calls

    def with_public(self, own: Mapping[str, Any], now: int) -> State:
        """The same person as if what an instance has just set were public already: a rule switched off."""
        other = State(self.person, self.world, self.rules)
        other.all_events = self.all_events
        other.made.writes = [*self.made.writes, *(Write(now - 1, trait, value) for trait, value in own.items())]
        return other

    def computes(self, key: str) -> bool:
        trait = self.world.traits.get(key)
        if trait is not None and trait.level == "account":
            raise Refused(f"trait {key} is an account's, and a user is asked (AU-23)")
        return trait is not None

    def member(self, key: str, now: int) -> bool:
        """Eligible (AU-4) and the definition holds; of an account audience: one of the accounts is in it (AU-23)."""
        audience = self.world.audience(key)
        if audience is None:
            raise Refused(f"there is no audience {key}")
        if (key, now) not in self._member:
            if audience.level == "account":
                accounts = self.world.accounts_of(self.person, now)
                found = [account.member(key, now) for account in accounts]
                self._member[key, now] = any(found) if self.rules.any_of_their_accounts else all(found) and bool(found)
            elif audience.list_ is not None:
                self._member[key, now] = self.listed(key, audience.include_anonymous, now)
            else:
                self._member[key, now] = self.eligible(audience.include_anonymous, now) and self.holds(
                    parse(audience.definition or ""), now
                )
        return self._member[key, now]

    def listed(self, key: str, include_anonymous: bool, now: int) -> bool:
        """Named in the list by any of their identifiers, from the instant the log first shows it (D-6); AU-4 as ever."""
        rules, ids = self.rules, self.world.lists[key]
        shown = [
            instant
            for (kind, value), instant in self.person.shown.items()
            if value in ids and (rules.listed_by_any_identifier or kind == "user_id")
        ]
        named = any(instant <= now or not rules.listed_from_first_shown for instant in shown)
        eligible = self.eligible(include_anonymous, now) or not rules.listed_need_eligibility
        return named and eligible and now >= self.since

    def eligible(self, include_anonymous: bool, now: int) -> bool:
        """AU-4; D-6: from the instant the log first shows the identifier."""
        shown = [self.person.first_shown(kind) for kind in ELIGIBLE]
        if include_anonymous:
            shown.append(self.person.first_shown("anonymous_id"))
        instants = [found[0] for found in shown if found]
        return any(instant <= now or not self.rules.eligibility_from_instant for instant in instants)

    def computed(self, key: str, now: int) -> Any:
        if not self.rules.traits_for_everybody and not self.eligible(False, now):
            return None
        return super().computed(key, now)
