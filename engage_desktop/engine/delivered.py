"""What a destination is told of an audience during a run, and when its calls leave (D-38).

Arrays only: which text a row carries, and to whom it goes, is the business of `delivery`. Real time is a batch
whose ticks are one microsecond apart, so there is one rule for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Sync
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Profiles, expand, first_of_each

MOST_REPEATED = 20_000_000
"""Calls that `resend` may add to one run; more would not be a plan but a slip in `every`."""


@dataclass(frozen=True)
class Ticks:
    """Tick n >= 0 is at `origin + n * every`, none before the run."""

    origin: int
    every: int

    def reached(self, at: Instants) -> Instants:
        """The first tick at or after each instant; NEVER stays."""
        number = np.maximum(0, -((self.origin - np.where(at == NEVER, self.origin, at)) // self.every))
        return np.where(at == NEVER, NEVER, number)

    def last(self, until: int) -> int:
        """The last tick not after an instant, -1 where the first comes later."""
        return (until - self.origin) // self.every if until >= self.origin else -1


@dataclass(frozen=True, eq=False)
class Changes:
    """Row i: `profile[i]` is told that they are a member (`joins[i]`) or no longer one, a change of `changed_at[i]`,
    at tick `tick[i]` = instant `due_at[i]`. Sorted by nothing."""

    profile: Profiles
    joins: Mask
    changed_at: Instants
    due_at: Instants
    tick: Instants

    def __len__(self) -> int:
        return len(self.profile)


def ticks_of(sync: Sync, from_us: int) -> Ticks:
    """When a sync tells. `first` is an instant, or a duration from the run's first instant on; ticks keep its beat also
    where it lies before the run."""
    if sync.mode == "realtime":
        return Ticks(from_us, 1)
    every = parse_duration(sync.every or "1h")
    if sync.first is None:
        return Ticks(from_us, every)
    is_instant = "T" in sync.first or " " in sync.first
    first = parse_instant(sync.first) if is_instant else from_us + parse_duration(sync.first)
    return Ticks(first if first >= from_us else first + -((first - from_us) // every) * every, every)


def changes_of(
    sync: Sync, window: tuple[int, int], profile: Profiles, start: Instants, end: Instants, minimum: int = 0
) -> Changes:
    """All that is told of one audience: `[start[i], end[i])` of `profile[i]`, disjoint, sorted by (profile, start).

    At a tick the net change since the one before. Somebody is first told at the first tick inside the membership at
    which the list has `minimum` people or more, and told gone at the first tick outside it. A membership that is over
    before its tick is nothing, and so is a gap between two that no tick falls into. What changes after the run's last
    tick is due at the next one, which lies behind the run's end. Cost: a few passes and one sort.
    """
    first, last = window
    ticks = ticks_of(sync, first)
    within = start <= last
    if not sync.backfill:
        within &= start >= first
    profile, start, end = profile[within], start[within], np.where(end[within] > last, NEVER, end[within])
    opens, closes = ticks.reached(start), ticks.reached(end)
    noticed = np.flatnonzero(opens < closes)
    # Memberships that no tick separates are one stay: [heads, tails) in ticks.
    who, head, tail = profile[noticed], opens[noticed], closes[noticed]
    begins = first_of_each(who)
    begins[1:] |= head[1:] != tail[:-1]
    stay = np.cumsum(begins) - 1
    ends = np.append(begins[1:], True)[: len(begins)]
    heads, tails = head[begins], tail[ends]
    told = first_told(heads, tails, heads, minimum)
    known = told < tails
    # The membership that holds at the tick dates the entry; the last one before the tick dates the exit.
    inside = known[stay] & (head <= told[stay]) & (told[stay] < tail)
    leaves = known & (tails != NEVER)
    over = _last_of_each(profile, closes)[noticed[ends][leaves]]
    parts = [
        (who[inside], True, start[noticed][inside], told[known]),
        (who[ends][leaves], False, end[over], tails[leaves]),
    ]
    if sync.resend:
        at, which = _repeats(told[known], tails[known], ticks.last(last))
        open_ = _size(heads, tails, at) >= minimum
        parts.append((who[begins][known][which][open_], True, ticks.origin + at[open_] * ticks.every, at[open_]))
    return _stack(ticks, parts)


def first_told(heads: Instants, tails: Instants, at: Instants, minimum: int) -> Instants:
    """The first tick at or after each `at` at which as many stays as `minimum` go on, NEVER where there is none."""
    if minimum <= 1 or not len(heads):
        return at
    # A list only grows at heads: if it has not its minimum at `at`, it reaches it at one of them.
    grows = np.unique(heads)
    enough = np.where(_size(heads, tails, grows) >= minimum, grows, NEVER)
    reached = np.append(np.minimum.accumulate(enough[::-1])[::-1], NEVER)
    return np.where(_size(heads, tails, at) >= minimum, at, reached[np.searchsorted(grows, at)])


def _size(heads: Instants, tails: Instants, at: Instants) -> AnyArray:
    """How many stays go on at each tick."""
    begun, over = (np.searchsorted(np.sort(ticks), at, side="right") for ticks in (heads, tails))
    size: AnyArray = np.subtract(begun, over)
    return size


def _last_of_each(profile: Profiles, closes: Instants) -> AnyArray:
    """Of each membership, the place of the person's last one that ends before the same tick."""
    if not len(profile):
        return np.empty(0, np.int64)
    group_begins = first_of_each(profile) | first_of_each(closes)
    firsts = np.flatnonzero(group_begins)
    lasts = np.append(firsts[1:], len(profile)) - 1
    found: AnyArray = lasts[np.cumsum(group_begins) - 1]
    return found


def _repeats(told: Instants, tails: Instants, last: int) -> tuple[Instants, AnyArray]:
    """Every tick of the run inside each stay after the first one told, and the stay."""
    count = np.maximum(0, np.minimum(tails - 1, last) - told)
    if int(count.sum()) > MOST_REPEATED:
        raise UserError(
            f"A sync with resend would make {int(count.sum()):,} calls in this run. Give it a longer every, "
            "or take resend away."
        )
    return expand(told + 1, count)


def _stack(ticks: Ticks, parts: list[tuple[Profiles, bool, Instants, Instants]]) -> Changes:
    tick = np.concatenate([one[3] for one in parts])
    return Changes(
        profile=np.concatenate([one[0] for one in parts]),
        joins=np.concatenate([np.full(len(one[0]), one[1]) for one in parts]),
        changed_at=np.concatenate([one[2] for one in parts]),
        due_at=ticks.origin + tick * ticks.every,
        tick=tick,
    )


def paced(due_at: Instants, rate: float | None) -> Instants:
    """When calls leave that are due at ascending instants: each no earlier than 1 / rate seconds after the one before."""
    # out[k] = max(due[k], out[k - 1] + gap), so out[k] - k * gap is the running maximum of due[k] - k * gap.
    if not rate:
        return due_at
    shift = np.arange(len(due_at), dtype=np.int64) * ceil(1_000_000 / Fraction(str(rate)))
    paced_at: Instants = np.maximum.accumulate(due_at - shift) + shift
    return paced_at
