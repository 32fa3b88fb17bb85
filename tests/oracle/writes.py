"""Traits that journeys set (D-37, D-51, D-54): what a person's journeys wrote, and from when on everybody sees it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracle.rules import Rules

if TYPE_CHECKING:
    from tests.oracle.instance import Path

MOST_WRITES = 25  # D-37: of a person and whole UTC second
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
    def journey(self) -> Any:
        return self.order[0]


@dataclass(eq=False)
class Writes:
    """All writes of one person: `public` in their order, `made` at the instant at hand, `dropped` by the limit."""

    rules: Rules
    public: list[Write] = field(default_factory=list)
    made: list[Write] = field(default_factory=list)
    dropped: list[Write] = field(default_factory=list)
    counts: Counter[Any] = field(default_factory=Counter)

    def publish(self) -> list[Write]:
        """End the instant: its writes in their order, each beyond the limit dropped. Returns the others."""
        made, self.made = sorted(self.made, key=lambda one: one.order), []
        kept = [write for write in made if self._fits(write)]
        self.dropped += [write for write in made if write not in kept]
        if self.rules.writes_public_after_a_microsecond:
            self.public += kept
        return kept

    def _fits(self, write: Write) -> bool:
        counted = self._counted(write)
        self.counts[counted] += 1
        return self.counts[counted] <= MOST_WRITES or not self.rules.limit_of_writes

    def is_full(self, write: Write) -> bool:
        """Whether the limit is reached by what was made before, in any order."""
        counted = self._counted(write)
        return self.counts[counted] + sum(self._counted(one) == counted for one in self.made) >= MOST_WRITES

    def _counted(self, write: Write) -> tuple[Any, ...]:
        """What it is counted with: the person's writes of that second of timestamps."""
        rules = self.rules
        at = write.time if rules.limit_by_second_of_timestamp else write.made_at
        return (at // A_SECOND, None if rules.limit_over_all_journeys else write.journey)

    def told(self) -> list[tuple[int, Write]]:
        """The public writes, each with the instant from which on everybody sees it."""
        sooner = 0 if self.rules.writes_public_after_a_microsecond else 1
        return [(write.time - sooner, write) for write in self.public]
