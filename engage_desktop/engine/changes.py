"""What could have been otherwise: events more or less, a trait with another value. Nothing here is ever written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engage_desktop.domain.people import Level


@dataclass(frozen=True)
class AddEvent:
    """One more event of a person, after all of its instant; `profile` is the place in the log that was asked."""

    profile: int
    event: str
    time: int
    properties: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RemoveEvent:
    """The event in `row` of the log had not come."""

    profile: int
    event: str
    time: int
    row: int


@dataclass(frozen=True)
class SetTrait:
    """A person (an identify) or an account (a group call) got a trait at `time`, after all of that instant.
    `value` is that of the whole top-level `key` (D-41), None removes it."""

    level: Level
    subject: int
    key: str
    value: Any
    time: int
    path: tuple[str, ...] = ()


Edit: TypeAlias = AddEvent | RemoveEvent | SetTrait
RunEdit: TypeAlias = AddEvent | SetTrait
"""What a run itself brings about."""


def cost(edits: tuple[Edit, ...]) -> float:
    """How small a change is: to have come is likelier than never to have been, plain events than rich ones,
    and few properties are ever negative."""
    total = 0.0
    for edit in edits:
        match edit:
            case AddEvent():
                total += 1 + 0.1 * (len(edit.properties) + len(edit.context))
                total += sum(4 for value in edit.properties.values() if isinstance(value, int | float) and value < 0)
            case RemoveEvent():
                total += 1.5
            case SetTrait():
                total += 1
    return total
