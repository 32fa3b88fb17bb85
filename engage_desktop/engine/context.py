"""Journey context: which events an instance remembers, under which names, and what `journey('...')` reads (D-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.domain.step import Hold
from engage_desktop.engine.arrays import AnyArray
from engage_desktop.engine.frames import absent, merged
from engage_desktop.engine.source import Column
from engage_desktop.language.printer import split_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engage_desktop.domain.step import StepBase
    from engage_desktop.engine.tokens import Entries
    from engage_desktop.engine.view import View


@dataclass(frozen=True)
class Names:
    """The names under which instances of a journey may remember an event: `names[i]` is one of event `events[i]`.

    `captured[step key, branch]` are the places of the names that an event of that branch is stored under.
    """

    names: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    captured: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)

    def resolve(self, text: str) -> list[tuple[int, tuple[str, ...]]]:
        """Names that begin the path, the longest first, each with the path inside the event (none: all of it)."""
        found = [
            (place, split_path(text[len(name) + 1 :]) if text != name else ())
            for place, name in enumerate(self.names)
            if text == name or (text.startswith(f"{name}.") and len(text) > len(name) + 1)
        ]
        return sorted(found, key=lambda one: -len(self.names[one[0]]))


def names_of(entry_event: str | None, steps: Sequence[StepBase]) -> Names:
    """The entry event under its own name; hold events under `<event> - <branch key>` and, unless that is the entry
    event's name, under the bare one."""
    names: dict[tuple[str, str], int] = {}
    captured: dict[tuple[str, int], tuple[int, ...]] = {}

    def place(name: str, event: str) -> int:
        return names.setdefault((name, event), len(names))

    if entry_event is not None:
        place(entry_event, entry_event)
    for step in steps:
        if not isinstance(step, Hold):
            continue
        for number, branch in enumerate(step.branches):
            places = [place(f"{branch.event} - {branch.key}", branch.event)]
            if branch.event != entry_event:
                places.append(place(branch.event, branch.event))
            captured[step.key, number] = tuple(places)
    return Names(tuple(name for name, _ in names), tuple(event for _, event in names), captured)


def first_captures(names: Names, entries: Entries) -> AnyArray:
    """What instances remember as they enter: the entry event."""
    rows = np.full((len(entries), max(len(names.names), 1)), -1, np.int64)
    if entries.by_event:
        rows[:, 0] = entries.row
    return rows


def remembered(names: Names, text: str, rows: AnyArray, view: View) -> Column:
    """What `journey(text)` is for each instance; `rows[i, k]` is the event it remembers under name k, -1 for none."""
    n = len(rows)
    found = absent(n)
    todo = np.ones(n, np.bool_)
    for place, path in names.resolve(text):
        has = todo & (rows[:, place] >= 0)
        if has.any():
            row = np.where(has, rows[:, place], -1)
            event = names.events[place]
            column = view.property_of(event, path, row) if path else view.properties_of(event, row)
            found = merged(found, column, has)
            todo &= ~has
    return found
