"""Tokens: instances on their way through a journey, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import AnyArray, Instants, Mask, Profiles, Rows


@dataclass(frozen=True, eq=False)
class Entries:
    """Instances that set out together: all by an event (`row` is it) or none (`row` unused)."""

    profile: Profiles
    time: Instants
    row: Rows
    by_event: bool
    identifier: AnyArray | None = None
    """Code of the value that keeps each instance apart (`identifiers.Identifiers`); None where nothing does."""

    def __len__(self) -> int:
        return len(self.profile)

    def take(self, at: AnyArray) -> Entries:
        identifier = None if self.identifier is None else self.identifier[at]
        return Entries(self.profile[at], self.time[at], self.row[at], self.by_event, identifier)


def in_order(parts: list[Entries]) -> Entries:
    """All entries of parts of one kind, by (profile, time, row)."""
    profile, time, row = (np.concatenate([getattr(one, name) for one in parts]) for name in ("profile", "time", "row"))
    codes = [one.identifier for one in parts if one.identifier is not None]
    joined = Entries(profile, time, row, parts[0].by_event, np.concatenate(codes) if codes else None)
    return joined.take(np.lexsort((row, time, profile)))


@dataclass(eq=False)
class Tokens:
    """Arrivals at a step; all arrays of one length.

    `instance` indexes `entries`, `profile` their profiles, `time` the instant
    of arrival. `row[i]` is the event reached on where `on_event[i]`; otherwise the token came
    after all events of its instant and `row` means nothing (D-13). `seq` counts the visits
    made so far. `leave_at` is NEVER, or the instant after whose movement a dropped message
    ends the instance, `leave_step` the index of that step in the journey (D-49).
    """

    entries: Entries
    instance: NDArray[np.int32]
    profile: Profiles
    time: Instants
    row: Rows
    on_event: Mask
    seq: NDArray[np.int32]
    holdout: Mask
    assumed: Mask
    leave_at: Instants | None = None
    leave_step: NDArray[np.int16] | None = None
    phase: NDArray[np.int8] | None = None
    """In journeys with forks: the phase of the instant (`steps.base`) in which a token arrived, ..."""
    rank: NDArray[np.int64] | None = None
    """... and the order of its path among others of one moment (`paths.Paths`)."""
    own: NDArray[np.int16] | None = None
    """Where a journey names traits that it sets: which step set each last in this very instant, -1 for none (`own.Own`)."""
    captures: NDArray[np.int64] | None = None
    """Where a journey reads its context: the row remembered under each of its names, -1 for none (`context.Names`)."""

    def __len__(self) -> int:
        return len(self.instance)

    @property
    def entered_at(self) -> Instants:
        """When the instance of each token was entered."""
        return self.entries.time[self.instance]

    @property
    def entry_row(self) -> Rows | None:
        """The event that each token's instance was entered by; None where none was."""
        return self.entries.row[self.instance] if self.entries.by_event else None

    @property
    def identifier(self) -> AnyArray:
        """Code of the identifier of each token's instance; only where the entry has one."""
        assert self.entries.identifier is not None
        return self.entries.identifier[self.instance]

    def take(self, at: AnyArray) -> Tokens:
        """The tokens at the given places (or where a mask is true), copied."""
        optional = [getattr(self, name) for name in _OPTIONAL]
        return Tokens(
            self.entries,
            *(getattr(self, name)[at] for name in _COLUMNS),
            *(None if column is None else column[at] for column in optional),
        )


_COLUMNS = ("instance", "profile", "time", "row", "on_event", "seq", "holdout", "assumed")
_OPTIONAL = ("leave_at", "leave_step", "phase", "rank", "own", "captures")


def concatenate(batches: list[Tokens], no_leave: int) -> Tokens:
    """All tokens of the batches in their order; `no_leave` fills a missing `leave_at`."""
    if len(batches) == 1:
        return batches[0]
    leaving = any(batch.leave_at is not None for batch in batches)
    if leaving:
        for batch in batches:
            if batch.leave_at is None or batch.leave_step is None:
                batch.leave_at = np.full(len(batch), no_leave, np.int64)
                batch.leave_step = np.full(len(batch), -1, np.int16)
    joined = [np.concatenate([getattr(batch, name) for batch in batches]) for name in _COLUMNS]
    optional = [[getattr(batch, name) for batch in batches] for name in _OPTIONAL]
    return Tokens(
        batches[0].entries,
        *joined,
        *(None if parts[0] is None else np.concatenate(parts) for parts in optional),
    )
