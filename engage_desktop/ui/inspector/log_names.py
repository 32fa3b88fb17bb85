"""What may stand at a place of a query text: names and values of the open log with their counts. Qt-free."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engage_desktop.ui import formats

Rows = Sequence[tuple[str, int]]
_MOST = 60
_NAME = re.compile(r"\b(event|audience|trait|property)\('([^']*)$")
_VALUE = re.compile(r"\b(trait|property)\('([^']*)'\)\s*(?:>=|<=|!=|=|<|>)\s*('[^']*|[^\s'()]*)$")
_EVENT = re.compile(r"\bevent\('([^']*)'\)")
_BEGINNING = re.compile(r"(?:^|[(\s])([a-z]*)$")
_HEADS = ("event('", "trait('", "property('", "audience('")


class Offer(NamedTuple):
    """What is put in place of what was typed since the place began, and what the list says."""

    text: str
    shown: str


Then = Callable[[], None]


def _no_values(_event: str | None, _path: str, _then: Then) -> Rows | None:
    return None


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class LogNames:
    """`events` counts events by name, `properties` theirs by event, `traits` the log's; `audiences` are (name, key).
    `values` gives those of a property of an event or (None) of a trait; None while they are asked for, and calls back
    when they are there."""

    events: Mapping[str, int] = field(default_factory=dict)
    properties: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    traits: Mapping[str, int] = field(default_factory=dict)
    audiences: Sequence[tuple[str, str]] = ()
    values: Callable[[str | None, str, Then], Rows | None] = _no_values

    def offers(
        self, before: str, event: str | None = None, *, asked: bool = False, then: Then = _nothing
    ) -> tuple[int, list[Offer]]:
        """(where the place begins, what is offered there) for the text before the cursor. `event` is the one that a bare
        property() is of; `asked`: somebody wants offers although nothing was typed; `then` is called when values have come."""
        inner = _EVENT.findall(before)
        event = inner[-1] if inner else event
        if (found := _NAME.search(before)) is not None:
            return found.start(2), _near(self._names(found[1], event), found[2], lambda name: f"{name}')")
        if (found := _VALUE.search(before)) is not None:
            rows = self.values(None if found[1] == "trait" else event, found[2], then) or ()
            return found.start(3), _near(rows, found[3].removeprefix("'"), lambda value: value)
        if (found := _BEGINNING.search(before)) is not None and (found[1] or asked):
            return found.start(1), [Offer(head, f"{head}…')") for head in _HEADS if head.startswith(found[1])]
        return len(before), []

    def _names(self, kind: str, event: str | None) -> Rows:
        if kind == "event":
            return _by_count(self.events)
        if kind == "trait":
            return _by_count(self.traits)
        if kind == "audience":
            return [(key, -1) for _, key in self.audiences]
        if event in self.properties:
            return _by_count(self.properties[str(event)])
        together: dict[str, int] = {}
        for counts in self.properties.values():
            for name, count in counts.items():
                together[name] = together.get(name, 0) + count
        return _by_count(together)


def _by_count(counts: Mapping[str, int]) -> Rows:
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def _near(rows: Rows, typed: str, put: Callable[[str], str]) -> list[Offer]:
    """Rows that hold what was typed, those that begin with it first."""
    typed = typed.lower()
    fit = [row for row in rows if typed in row[0].lower()]
    fit.sort(key=lambda row: not row[0].lower().lstrip("'").startswith(typed))
    return [Offer(put(name), name if count < 0 else f"{name}   {formats.number(count)}") for name, count in fit[:_MOST]]
