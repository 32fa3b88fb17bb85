"""A trait that a journey sets (D-37, D-51)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.oracle.instance import Path

MOST_WRITES = 25  # D-37, D-54: of a person and whole UTC second, with the events that a run makes
A_SECOND = 1_000_000


@dataclass(eq=False)
class Write:
    """A value for a trait, made at an instant and public a microsecond later."""

    made_at: int
    trait: str
    value: Any
    order: tuple[Any, ...] = ()  # among the writes of one person and instant
    path: Path | None = None  # that wrote it

    @property
    def time(self) -> int:
        """Its timestamp (D-51)."""
        return self.made_at + 1

    @property
    def campaign(self) -> Any:
        return self.order[0]
