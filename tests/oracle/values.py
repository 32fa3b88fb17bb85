"""Values and their comparison (D-8, D-40, D-41, D-42, D-53). None stands for absent and null, Instant for a date literal."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

from engage_desktop.domain.condition import Duration, Instant
from engage_desktop.domain.duration import format_instant, parse_instant
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused

_NUMERIC = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
_HOUR = 3_600_000_000


def walk(value: Any, path: tuple[str, ...]) -> Any:
    """A dotted path into nested objects; `$` stands for every element of a list (AU-10)."""
    for at, part in enumerate(path):
        if part == "$":
            return [walk(element, path[at + 1 :]) for element in value] if isinstance(value, list) else None
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def elements(value: Any) -> list[Any]:
    """D-41, D-53: a list stands for its elements, `[]` and null for none."""
    if value is None:
        return []
    if isinstance(value, list):
        return [inner for element in value for inner in elements(element)]
    return [value]


def text(value: Any) -> str:
    """Text form (D-40): shortest JSON form of a number, `true` and `false` (D-8), JSON without spaces of an object."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    """JSON without spaces, keys by code points; a null inside an object is an absent key."""
    if isinstance(value, dict):
        pairs = [f"{_json(key)}:{_json(value[key])}" for key in sorted(value) if value[key] is not None]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, float):
        digits, mark, exponent = repr(value).partition("e")
        return f"{digits}e{int(exponent)}" if mark else digits
    return json.dumps(value, ensure_ascii=False)


class Values:
    """Comparators under a set of rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def number(self, value: Any) -> float | None:
        """D-40: a number, or text that is fully numeric; never a boolean."""
        if isinstance(value, bool):
            return None if self.rules.boolean_is_no_number else float(value)
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str) and self.rules.numeric_text:
            if _NUMERIC.fullmatch(value):
                return float(value)
            if not self.rules.number_text_is_whole:
                try:
                    return float(value)
                except ValueError:
                    return None
        return None

    def date(self, value: Any) -> int | None:
        """D-42: text that reads like a timestamp of a log, with a zone."""
        if isinstance(value, Instant):
            return value.us
        if not isinstance(value, str):
            return None
        if not self.rules.date_needs_zone and _DATE.fullmatch(value):
            value += "T00:00:00Z"
        elif not self.rules.date_needs_zone and _NAIVE.fullmatch(value):
            value += "Z"
        try:
            return parse_instant(value)
        except ValueError:
            return None

    def equal(self, x: Any, y: Any) -> bool:
        """D-40, D-53, of two present scalars."""
        if isinstance(x, Instant) or isinstance(y, Instant):
            if not self.rules.date_equals_instant:
                return bool(self._written(x) == self._written(y))
            a, b = self.date(x), self.date(y)
            return a is not None and a == b
        if isinstance(x, str) and isinstance(y, str):
            return x == y if self.rules.case_counts else x.lower() == y.lower()
        if self.rules.boolean_is_no_number and (isinstance(x, bool) or isinstance(y, bool)):
            words = {True: True, False: False}
            if self.rules.boolean_words:
                words |= {"true": True, "false": False}  # type: ignore[dict-item]
            usable = isinstance(x, bool | str) and isinstance(y, bool | str) and x in words and y in words
            return usable and words[x] == words[y]
        number_x, number_y = self.number(x), self.number(y)
        return number_x is not None and number_y is not None and number_x == number_y

    @staticmethod
    def _written(value: Any) -> Any:
        return format_instant(value.us) if isinstance(value, Instant) else value

    def compare(self, left: Any, operator: str, rights: list[Any]) -> bool:
        found = elements(left)
        if not self.rules.list_any:
            found = found[:1]
        others = [element for right in rights for element in elements(right)]
        match operator:
            case "exists":
                return bool(found) or self._is_empty_list(left)
            case "absent":
                return not found and not self._is_empty_list(left)
            case "=" | "one_of":
                return any(self.equal(x, y) for x in found for y in others)
            case "!=":  # AU-9, D-53: positive, both present
                if not found and not self.rules.null_differs_nothing:
                    return True
                if not self.rules.differs_any_element:
                    return bool(found and others) and not any(self.equal(x, y) for x in found for y in others)
                return any(not self.equal(x, y) for x in found for y in others)
            case "none_of":  # D-8: null is in no list, and not outside one
                if not found:
                    return not self.rules.none_of_null_false
                return not any(self.equal(x, y) for x in found for y in others)
            case "contains":
                return self._contains(found, others)
            case "omits":  # D-41: NOT contains, true for null
                if not found and not self.rules.omits_holds_for_null:
                    return False
                return not self._contains(found, others)
            case "starts_with":
                return any(self._text(x).startswith(self._text(y)) for x in found for y in others)
            case "ends_with":
                return any(self._text(x).endswith(self._text(y)) for x in found for y in others)
            case "<" | "<=" | ">" | ">=":
                return any(self._ordered(x, operator, y) for x in found for y in others)
        raise Refused(operator)

    def _is_empty_list(self, value: Any) -> bool:
        return value == [] and not self.rules.empty_list_is_absent

    def _contains(self, found: list[Any], others: list[Any]) -> bool:
        if not self.rules.contains_inside_elements:
            return any(self._text(y) == self._text(x) for x in found for y in others)
        return any(self._text(y) in self._text(x) for x in found for y in others)

    def _text(self, value: Any) -> str:
        if isinstance(value, float) and not self.rules.shortest_number_text:
            return repr(value)
        return text(value) if self.rules.case_counts else text(value).lower()

    def _ordered(self, x: Any, operator: str, y: Any) -> bool:
        """D-40: ordering is numeric only."""
        a, b = self.number(x), self.number(y)
        if a is None or b is None:
            if self.rules.orders_numbers_only or not isinstance(x, str) or not isinstance(y, str):
                return False
            return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[operator]
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]

    def compare_date(self, left: Any, operator: str, value: Instant | Duration, now: int) -> bool:
        """D-42, AU-8: all bounds inclusive; any element of a list."""
        found = elements(left)
        if not self.rules.list_any:
            found = found[:1]
        dates = [at for at in map(self.date, found) if at is not None]
        return any(self._dated(at, operator, value.us, now) for at in dates)

    def _dated(self, at: int, operator: str, us: int, now: int) -> bool:
        rules = self.rules
        match operator:
            case "before_date":
                us -= 0 if rules.date_literal_is_midnight_utc else _HOUR
                return at < us or (at == us and rules.before_date_inclusive)
            case "after_date":
                us -= 0 if rules.date_literal_is_midnight_utc else _HOUR
                return at > us or (at == us and rules.after_date_inclusive)
            case "within_last":
                old_enough = at > now - us or (at == now - us and rules.last_old_side_closed)
                return old_enough and (at < now or (at == now and rules.last_has_now))
            case "within_next":
                ahead = at > now or (at == now and rules.next_has_now)
                return ahead and (at < now + us or (at == now + us and rules.next_far_side_closed))
            case "before_last":
                return at < now - us or (at == now - us and rules.before_last_inclusive)
            case "after_next":
                return at > now + us or (at == now + us and rules.after_next_inclusive)
        raise Refused(operator)


def dates_in(value: Any) -> list[int]:
    """Every instant written anywhere in a value, however deep."""
    if isinstance(value, dict):
        return [at for inner in value.values() for at in dates_in(inner)]
    if isinstance(value, list):
        return [at for inner in value for at in dates_in(inner)]
    if not isinstance(value, str):
        return []
    found = []
    for written in (value, f"{value}Z", f"{value}T00:00:00Z"):  # also what has no zone, for a rule switched off
        with suppress(ValueError):
            found.append(parse_instant(written))
    return found
