"""What stands between the parentheses of a function: texts, names, durations, dates."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from engage_desktop.domain.condition import Duration, Instant
from engage_desktop.language import functions
from engage_desktop.language.brackets import SOURCES
from engage_desktop.language.dates import read_instant
from engage_desktop.language.numbers import number_text, read_number
from engage_desktop.language.printer import split_path
from engage_desktop.language.tokens import Token, unquote

_SHORT_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = {"month": 30, "quarter": 91, "year": 365}
_LONGEST_US = 10_000 * 366 * 86_400_000_000


class Reader:
    """Reads arguments of calls; `name` is everywhere the token of the function called."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens

    def first(self, tree: Any) -> Token:
        """Return the leftmost token under `tree`, itself when it is a leaf."""
        while hasattr(tree, "children"):
            tree = tree.children[0]
        number: int = tree.start_pos
        return self.tokens[number]

    def no_arguments(self, name: Token, arguments: list[Any]) -> None:
        if arguments:
            raise self.first(arguments[0]).error(f"{name.text}() takes nothing between its parentheses.")

    def text(self, name: Token, arguments: list[Any]) -> Token:
        """Return the STRING token that is the one argument of `name`."""
        what = functions.NAMED[name.text]
        if len(arguments) != 1:
            raise name.error(f"{name.text}() takes one {what} in quotes: {name.text}('...').")
        if getattr(arguments[0], "data", None) != "string":
            raise self.first(arguments[0]).error(f"{name.text}() takes the {what} in quotes: {name.text}('...').")
        token = self.first(arguments[0])
        if token.text[1:-1] == "":
            raise token.error(f"The {what} is empty.")
        return token

    def path(self, name: Token, arguments: list[Any]) -> tuple[str, ...]:
        """Return the parts of a dotted name; `$` looks into lists, of properties only (AU-10)."""
        token = self.text(name, arguments)
        path = split_path(unquote(token, name=True))
        if "" in path:
            raise token.error(
                "A point in a name separates nested names, and one of them is empty; write \\. for a real point."
            )
        if "$" in path and name.text != "property":
            whole = ".".join(path[: path.index("$")])
            compare = f"; compare {name.text}('{whole}') itself, such as by .contains('...')" if whole else ""
            raise token.error(f"$ only looks into the lists of event properties{compare or ', not into this'}.")
        if path[0] == "$":
            raise token.error("$ stands after the name of a list, such as 'lines.$.sku'.")
        return path

    def parent(self, arguments: list[Any]) -> tuple[bool, list[Any]]:
        """Take `parent:` off the first argument."""
        if not arguments or arguments[0].data != "named":
            return False, arguments
        named = self.first(arguments[0])
        if named.text != "parent":
            raise named.error(f"There is no {named.text}: here; write parent:.")
        return True, [arguments[0].children[1], *arguments[1:]]

    def sources(self, name: Token, arguments: list[Any]) -> tuple[str, ...]:
        """Read `{exclude: ['a', 'b']}`."""
        if len(arguments) != 1:
            raise name.error(SOURCES)
        options = arguments[0]
        pairs = [pair for pair in getattr(options, "children", ()) if getattr(pair, "data", None) == "pair"]
        if options.data != "options" or not pairs:
            raise self.first(options).error(SOURCES)
        if len(pairs) > 1:
            raise self.first(pairs[1]).error("sources() takes exclude: once, with all sources in one list.")
        key, listed = pairs[0].children
        token = self.first(key)
        if token.text.strip("'\"") != "exclude":
            raise token.error(f"There is no {token.text}: here; sources() only knows exclude:.")
        if listed.data != "list":
            raise self.first(listed).error("The sources go in brackets: {exclude: ['...', '...']}.")
        found = [self._source(item) for item in listed.children[1:-1]]
        if not found:
            raise self.first(listed).error("No source is named; write {exclude: ['...']}, or take sources() away.")
        return tuple(dict.fromkeys(found))

    def _source(self, item: Any) -> str:
        token = self.first(item)
        if item.data != "string":
            raise token.error("Name a source in quotes: {exclude: ['...']}.")
        if token.text[1:-1] == "":
            raise token.error("The name of the source is empty.")
        return unquote(token)

    def duration(self, argument: Any, name: Token) -> Duration:
        """Read `30 days`."""
        place = self.first(argument)
        if argument.data == "named":
            raise place.error(
                f"{place.text}: has no place here; {name.text}() knows parent: before the first duration only."
            )
        if argument.data == "string":
            raise place.error(f"{name.text}() takes a duration without quotes, such as 30 days.")
        if argument.data == "number":
            raise place.error(
                f"The unit is missing; write {place.text} days, or another of seconds, minutes, hours, weeks."
            )
        if argument.data != "duration":
            raise place.error(f"{name.text}() takes a duration such as 30 days.")
        unit = self._unit(self.first(argument.children[1]), place)
        amount = read_number(place.text)
        if not isinstance(amount, int) or amount < 0:
            raise place.error("A duration is a whole number of seconds, minutes, hours, days or weeks.")
        duration = Duration(amount, unit)
        if duration.us > _LONGEST_US:
            raise place.error("This duration is longer than any log; write a shorter one.")
        return duration

    def some_duration(self, argument: Any, name: Token) -> Duration:
        """Read a duration of more than nothing."""
        duration = self.duration(argument, name)
        if duration.amount == 0:
            raise self.first(argument).error(f"{name.text}() needs a duration longer than nothing.")
        return duration

    def _unit(self, token: Token, amount: Token) -> str:
        unit = token.text.lower().removesuffix("s")
        if unit in functions.UNITS:
            return unit
        if token.text.lower() in _SHORT_UNITS:
            number, long = read_number(amount.text), _SHORT_UNITS[token.text.lower()]
            shown = amount.text if number is None else number_text(number)
            raise token.error(f"Write the unit out: {shown} {long.removesuffix('s') if number == 1 else long}.")
        if unit in _DAYS:
            raise token.error(f"A {unit} has no fixed length; write days or weeks, such as {_DAYS[unit]} days.")
        near = get_close_matches(unit, functions.UNITS, n=1)
        if near:
            raise token.error(f"{token.text} is no unit; did you mean {near[0]}s?")
        raise token.error(f"{token.text} is no unit; write seconds, minutes, hours, days or weeks.")

    def date(self, argument: Any, name: Token) -> Instant:
        """Read a date or instant, with quotes or without."""
        place = self.first(argument)
        if argument.data == "duration":
            ago = "before_last" if name.text == "before_date" else "within_last"
            raise place.error(f"{name.text}() takes a date such as 2020-01-31; for a duration write {ago}(...).")
        if argument.data not in ("date", "string"):
            raise place.error(f"{name.text}() takes a date such as 2020-01-31, or an instant 2020-01-31T09:00:00Z.")
        return self.instant(place, unquote(place) if argument.data == "string" else place.text)

    def instant(self, token: Token, text: str) -> Instant:
        try:
            return Instant(read_instant(text))
        except ValueError as error:
            raise token.error(str(error)) from None
