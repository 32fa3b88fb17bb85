"""Rows that each belong to a person, taken for some people: what a wave over a part of a log knows of them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Self

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Profiles, expand

FEW = 16
"""Where a table has more rows than this for each of some people, theirs are looked up instead of looking at all."""


def rows_of(profile: Profiles, people: Profiles, shift: int = 0) -> tuple[AnyArray, AnyArray]:
    """Where the rows of each of the people begin in an ascending column, `shift` on, and how many they are."""
    first = np.searchsorted(profile, people)
    return first + shift, np.searchsorted(profile, people, "right") - first


class OfPeople:
    """A frozen dataclass of columns, `COLUMNS` names them; sorted by `profile`."""

    COLUMNS: ClassVar[tuple[str, ...]]
    profile: Profiles

    def __len__(self) -> int:
        return len(self.profile)

    def take(self, at: AnyArray) -> Self:
        return replace(self, **{name: getattr(self, name)[at] for name in self.COLUMNS})  # type: ignore[type-var]

    def of(self, people: AnyArray) -> Self:
        """Those of some people (ascending), numbered as their places among these."""
        if len(people) * FEW < len(self):
            first, number = rows_of(self.profile, people)
            at, where = expand(first, number)
            return replace(self.take(at), profile=where.astype(np.int32))  # type: ignore[type-var]
        place = np.minimum(np.searchsorted(people, self.profile), max(len(people) - 1, 0))
        keep = people[place] == self.profile if len(people) else np.zeros(len(self), np.bool_)
        return replace(self.take(keep), profile=place[keep].astype(np.int32))  # type: ignore[type-var]

    def to(self, people: AnyArray) -> Self:
        """The opposite of `of`."""
        return replace(self, profile=people[self.profile].astype(np.int32))  # type: ignore[type-var]
