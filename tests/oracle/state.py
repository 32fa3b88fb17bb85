"""What holds for one profile at one instant (D-4..D-9, D-40, D-41), always over the whole log up to it."""

from __future__ import annotations

import json
import re
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import (
    And,
    Compare,
    Condition,
    Context,
    InAudience,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Scalar,
    Stream,
    Trait,
)  # fmt: skip
from tests.oracle.log import Call, Person
from tests.oracle.parse import parse
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused

_NUMERIC = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+)?")
ELIGIBLE = ("user_id", "email", "android.idfa", "ios.idfa")  # AU-4


class State:
    """One profile's history with the questions the journeys ask of it."""

    def __init__(self, person: Person, campaigns: Campaigns, rules: Rules) -> None:
        self.person, self.campaigns, self.rules = person, campaigns, rules
        self.profile = person.text_id
        self.since = person.calls[0].time  # D-5, D-47
        self.definitions = {audience.key: audience for audience in campaigns.audiences}
        self._known: dict[tuple[Condition, int], bool] = {}
        self._within: list[str] = []
        self._in_where = False  # inside the `where` of a stream, where a nested event() would be a funnel

    # Conditions

    def holds(self, condition: Condition, now: int, event: Call | None = None) -> bool:
        """Truth at `now`; inside a `where`, of `event`. Nothing holds before the profile exists (D-5)."""
        if now < self.since:
            return False
        if event is not None:
            return self._truth(condition, now, event)
        if (condition, now) not in self._known:
            self._known[condition, now] = self._truth(condition, now, None)
        return self._known[condition, now]

    def member(self, key: str, now: int) -> bool:
        """Membership of a named audience: eligible (AU-4) and its definition holds."""
        if key not in self.definitions:
            raise Refused(f"there is no audience {key}")
        if key in self._within:
            raise Refused(f"audience {key} refers to itself (AU-24)")
        audience = self.definitions[key]
        self._within.append(key)
        outer, self._in_where = self._in_where, False
        definition = parse(audience.definition or "")
        result = self.eligible(audience.include_anonymous, now) and self.holds(definition, now)
        self._in_where = outer
        self._within.pop()
        return result

    def eligible(self, include_anonymous: bool, now: int) -> bool:
        """AU-4; D-6: from the instant the log first shows the identifier."""
        shown = [self.person.first_shown(kind) for kind in ELIGIBLE]
        if include_anonymous:
            shown.append(self.person.first_shown("anonymous_id"))
        instants = [found[0] for found in shown if found]
        return any(instant <= now or not self.rules.eligibility_from_instant for instant in instants)

    def _truth(self, condition: Condition, now: int, event: Call | None) -> bool:
        match condition:
            case And(items):
                return all(self._truth(item, now, event) for item in items)
            case Or(items):
                return any(self._truth(item, now, event) for item in items)
            case Not(item):
                return not self._truth(item, now, event)
            case InAudience(key):
                return self.member(key, now)
            case Compare(left, operator, values):
                return self._compare(
                    self._value(left, now, event), operator, [self._value(value, now, event) for value in values]
                )
        raise Refused(f"{condition}")

    # Values: None stands for absent and null

    def _value(self, scalar: Scalar, now: int, event: Call | None) -> Any:
        match scalar:
            case Literal(value):
                return value
            case Trait(path):
                if len(path) == 1 and path[0] in self.definitions:  # D-9, CO-4
                    return self.member(path[0], now)
                return _walk(self.trait(path[0], now), path[1:])
            case Property(path, False) if event is not None:
                return _walk(event.properties, path)
            case Context(path) if event is not None:
                return _walk(event.context, path)
            case Reduce("count", stream, ()):
                if self._in_where:
                    raise Refused("funnels")
                return self.count(stream, now)
        raise Refused(f"{scalar}")

    def trait(self, name: str, now: int) -> Any:
        """D-7: the last identify at or before now that speaks of it; null removes."""
        value = None
        for call in self.person.calls:
            if call.time > now or name not in call.traits:
                continue
            if call.traits[name] is not None or self.rules.trait_null_removes:
                value = call.traits[name]
        return value

    def count(self, stream: Stream, now: int) -> int:
        """Events of the stream at now: D-3 windows, D-4 up to now, D-43 several windows intersect."""
        found = 0
        outer, self._in_where = self._in_where, True
        for call in self.person.events:
            if call.event != stream.event or call.time > now:
                continue
            if not self.rules.within_includes_now and call.time == now:
                continue
            if all(
                self._in_window(call.time, now, window.a.us, window.b.us if window.b else None)
                for window in stream.windows
            ):
                found += stream.where is None or self._truth(stream.where, now, call)
        self._in_where = outer
        return found

    def _in_window(self, time: int, now: int, a: int, b: int | None) -> bool:
        """D-3: within a = (now-a, now]; between a, b = (now-b, now-a]."""
        oldest, youngest = (now - a, now) if b is None else (now - b, now - a)
        after = time > oldest if self.rules.within_old_side_open else time >= oldest
        if b is not None and not self.rules.between_young_side_closed:
            return after and time < youngest
        return after and time <= youngest

    # Comparators

    def _compare(self, left: Any, operator: str, rights: list[Any]) -> bool:
        elements = _elements(left)
        if not self.rules.list_any:
            elements = elements[:1]
        others = [element for right in rights for element in _elements(right)]
        match operator:
            case "exists":
                return bool(elements)
            case "absent":
                return not elements
            case "=" | "one_of":
                return any(self._equal(x, y) for x in elements for y in others)
            case "!=":  # AU-9, D-53: positive, both present
                if not elements and not self.rules.null_differs_nothing:
                    return True
                return any(not self._equal(x, y) for x in elements for y in others)
            case "none_of":  # D-8: null is in no list, and not outside one
                if not elements:
                    return not self.rules.none_of_null_false
                return not any(self._equal(x, y) for x in elements for y in others)
            case "contains":
                return any(_text(y) in _text(x) for x in elements for y in others)
            case "omits":  # D-41: NOT contains, true for null
                return not any(_text(y) in _text(x) for x in elements for y in others)
            case "starts_with":
                return any(_text(x).startswith(_text(y)) for x in elements for y in others)
            case "ends_with":
                return any(_text(x).endswith(_text(y)) for x in elements for y in others)
        pairs = [(self._number(x), self._number(y)) for x in elements for y in others]
        known = [(x, y) for x, y in pairs if x is not None and y is not None]  # D-40: ordering is numeric only
        match operator:
            case "<":
                return any(x < y for x, y in known)
            case "<=":
                return any(x <= y for x, y in known)
            case ">":
                return any(x > y for x, y in known)
            case ">=":
                return any(x >= y for x, y in known)
        raise Refused(operator)

    def _number(self, value: Any) -> float | None:
        """D-40: a number, or text that is fully numeric; never a boolean."""
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str) and self.rules.numeric_text and _NUMERIC.fullmatch(value):
            return float(value)
        return None

    def _equal(self, x: Any, y: Any) -> bool:
        """D-40, of two present scalars."""
        if isinstance(x, str) and isinstance(y, str):
            return x == y
        if isinstance(x, bool) or isinstance(y, bool):
            words = {True: True, False: False, "true": True, "false": False}
            usable = isinstance(x, bool | str) and isinstance(y, bool | str) and x in words and y in words
            return usable and words[x] == words[y]
        a, b = self._number(x), self._number(y)
        return a is not None and b is not None and a == b


def _text(value: Any) -> str:
    """Text form (D-40): shortest JSON form of a number, `true` and `false` (D-8)."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value)


def _elements(value: Any) -> list[Any]:
    """D-41, D-53: a list stands for its elements, `[]` and null for none."""
    if value is None:
        return []
    if isinstance(value, list):
        return [inner for element in value for inner in _elements(element)]
    return [value]


def _walk(value: Any, path: tuple[str, ...]) -> Any:
    """A dotted path into nested objects; `$` stands for every element of a list (AU-10)."""
    for at, part in enumerate(path):
        if part == "$":
            return [_walk(element, path[at + 1 :]) for element in value] if isinstance(value, list) else None
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
