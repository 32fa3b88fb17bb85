"""The fate of every message, all campaigns together: waiting, caps, what an exit takes (D-22, D-24, D-49).

A walk says what the stages but the caps make of a message when it is due. Here those that wait go on, and caps count
what is sent, of all campaigns, one person's messages in the order of D-24. Whoever stays below every cap even if nothing
were stopped needs no counting: for the others messages are looked at one after the other, all people side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Profiles, first_of_each, ordered
from engage_desktop.engine.pipeline import Pipeline
from engage_desktop.engine.policies import Cap, MessageSpec
from engage_desktop.engine.run import DROPPED, REASON, SENT, WAITING

FATES = ("profile", "time", "entered_at", "entry_rank")
"""Columns of a table of messages that a cap dropped when they were due (`View.capped`)."""
_LONG_AGO = -NEVER


@dataclass(eq=False)
class Attempts:
    """Messages of people, in any order. `order` is filled where it is needed; `exit_at`: when an
    exit rule took the instance of each, NEVER for none; `spec` are places in `specs`. The rest is what is found
    here, at first what the walk found: `next_at` is what those that wait wait for, `at_once` tells those that
    were dropped in the very instant in which they were due."""

    specs: Sequence[MessageSpec]
    profile: Profiles
    due_at: Instants
    order: AnyArray
    exit_at: Instants
    spec: NDArray[np.int16]
    status: NDArray[np.int8]
    reason: NDArray[np.int8]
    assumed: Mask
    next_at: Instants
    sent_at: Instants
    at_once: Mask

    def channel(self, at: AnyArray) -> AnyArray:
        return np.array([spec.channel for spec in self.specs] or [0], np.int16)[self.spec[at]]

    def drop(self, at: AnyArray, reason: str) -> None:
        self.status[at], self.reason[at] = DROPPED, REASON[reason]
        self.next_at[at], self.sent_at[at] = NEVER, NEVER


def settle(attempts: Attempts, pipeline: Pipeline, until: int, order: Callable[[AnyArray], AnyArray]) -> None:
    """Bring every attempt to its end, or to the run's (`until`, included). `order` of some attempts: their ranks in the
    order of D-24 (of one person and instant)."""
    one = _Settling(attempts, pipeline, until)
    first = {name: getattr(attempts, name).copy() for name in ("status", "reason", "assumed", "next_at", "sent_at")}
    one.uncapped(np.flatnonzero(attempts.status == WAITING))
    people = one.over_a_cap()
    if not people.size:
        return
    caps = pipeline.policies.caps
    pending = (first["status"] == SENT) | (first["status"] == WAITING)
    at = np.flatnonzero(pending & np.isin(attempts.profile, people))
    counted = np.zeros(len(at), np.bool_)
    for cap in caps:
        counted |= cap.counts(attempts.channel(at))
    at = at[counted]
    attempts.order[at] = order(at)
    for name, column in first.items():
        getattr(attempts, name)[at] = column[at]
    one.capped(at)


class _Settling:
    def __init__(self, attempts: Attempts, pipeline: Pipeline, until: int) -> None:
        self.all = attempts
        self.pipeline = pipeline
        self.policies = pipeline.policies
        self.until = until

    # -- waiting alone ---------------------------------------------------------------------

    def uncapped(self, at: AnyArray) -> None:
        """Those that wait, as if there were no cap."""
        attempts = self.all
        while at.size:
            at = self._alive(at)
            self._ask_again(at, attempts.next_at[at])
            at = at[attempts.status[at] == WAITING]

    def _alive(self, at: AnyArray) -> AnyArray:
        """Those that wait for an instant of the run and that no exit has taken by then."""
        attempts = self.all
        gone = attempts.exit_at[at] <= np.minimum(attempts.next_at[at], self.until)
        attempts.drop(at[gone], "instance_ended")
        at = at[~gone]
        return at[attempts.next_at[at] <= self.until]

    def _ask_again(self, at: AnyArray, time: Instants) -> None:
        """The pipeline once more; a reason of before stays with what is sent (D-49)."""
        attempts = self.all
        for place, spec in enumerate(attempts.specs):
            some = np.flatnonzero(attempts.spec[at] == place)
            if not some.size:
                continue
            one = at[some]
            found = self.pipeline.again(spec, attempts.profile[one], time[some], attempts.due_at[one])
            attempts.status[one], attempts.assumed[one] = found.status, found.assumed
            attempts.next_at[one] = found.next_at
            attempts.reason[one] = np.where(found.reason >= 0, found.reason, attempts.reason[one])
            attempts.sent_at[one] = np.where(found.status == SENT, time[some], NEVER)

    # -- caps ------------------------------------------------------------------------------

    def over_a_cap(self) -> Profiles:
        """The people who would get more than some cap allows."""
        attempts = self.all
        at = np.flatnonzero(attempts.status == SENT)
        at = at[ordered(attempts.profile[at], attempts.sent_at[at])] if self.policies.caps else at
        found = [np.empty(0, attempts.profile.dtype)]
        for cap in self.policies.caps:
            some = at[cap.counts(attempts.channel(at))]
            profile, time = attempts.profile[some], attempts.sent_at[some]
            n = max(len(some) - cap.most, 0)
            same = profile[cap.most :] == profile[:n]
            close = time[cap.most :] - time[:n] < cap.per_us
            found.append(profile[cap.most :][same & close])
        return np.unique(np.concatenate(found))

    def capped(self, at: AnyArray) -> None:
        """Attempts of people who meet a cap, each person's one after the other."""
        attempts = self.all
        attempts.sent_at[at] = NEVER
        first = np.where(attempts.status[at] == WAITING, attempts.next_at[at], attempts.due_at[at])
        at = at[np.lexsort((attempts.order[at], first, attempts.profile[at]))]
        queue = _Queue(attempts, at)
        sent = [_Recent(cap, len(queue.people)) for cap in self.policies.caps]
        who = np.arange(len(queue.people))
        while who.size:
            one, time = queue.next(who)
            going = time <= self.until
            who, one, time = who[going], one[going], time[going]
            if not who.size:
                break
            queue.take(who)
            again = time > attempts.due_at[one]
            gone = again & (attempts.exit_at[one] <= time)
            attempts.drop(one[gone], "instance_ended")
            later = again & ~gone
            self._ask_again(one[later], time[later])
            passes = ~gone & (attempts.status[one] == SENT)
            self._through_caps(who[passes], one[passes], time[passes], sent)
            attempts.at_once[one] |= ~again & (attempts.status[one] == DROPPED)
            waits = attempts.status[one] == WAITING
            queue.put(who[waits], one[waits])
        rest = queue.left()
        gone = attempts.exit_at[rest] <= self.until
        attempts.status[rest] = WAITING
        attempts.drop(rest[gone], "instance_ended")

    def _through_caps(self, who: AnyArray, one: AnyArray, time: Instants, sent: Sequence[_Recent]) -> None:
        """A cap that drops wins; else the first instant that all allow (D-49)."""
        attempts = self.all
        channel = attempts.channel(one)
        allowed = np.full(len(one), _LONG_AGO, np.int64)
        dropped = np.zeros(len(one), np.bool_)
        for recent in sent:
            full = recent.cap.counts(channel) & (recent.oldest(who) > time - recent.cap.per_us)
            if recent.cap.defer:
                allowed = np.where(full, np.maximum(allowed, recent.oldest(who) + recent.cap.per_us), allowed)
            else:
                dropped |= full
        attempts.drop(one[dropped], "frequency_cap")
        moved = ~dropped & (allowed > time)
        late = moved & (allowed > attempts.due_at[one] + self.policies.max_wait_us)
        attempts.drop(one[late], "too_late")
        moved &= ~late
        waiting = one[moved]
        attempts.status[waiting], attempts.reason[waiting] = WAITING, REASON["frequency_cap"]
        attempts.next_at[waiting], attempts.sent_at[waiting] = allowed[moved], NEVER
        goes = ~dropped & ~late & ~moved
        attempts.sent_at[one[goes]] = time[goes]
        for recent in sent:
            some = goes & recent.cap.counts(channel)
            recent.add(who[some], time[some])


class _Recent:
    """The last messages sent that a cap counts, of each person as many as it lets pass."""

    def __init__(self, cap: Cap, n: int) -> None:
        self.cap = cap
        self._at = np.full((n, cap.most), _LONG_AGO, np.int64)
        self._turn = np.zeros(n, np.int64)

    def oldest(self, who: AnyArray) -> Instants:
        """Of as many as the cap lets pass the earliest; long ago where there were fewer."""
        found: Instants = self._at[who, self._turn[who]]
        return found

    def add(self, who: AnyArray, time: Instants) -> None:
        self._at[who, self._turn[who]] = time
        self._turn[who] = (self._turn[who] + 1) % self.cap.most


class _Queue:
    """Of each person the attempts to come: those of the walk in order, and aside those that caps or quiet hours moved."""

    def __init__(self, attempts: Attempts, at: AnyArray) -> None:
        self.attempts, self.at = attempts, at
        profile = attempts.profile[at]
        heads = np.flatnonzero(first_of_each(profile))
        self.people = profile[heads]
        self._head = heads.copy()
        self._end = np.append(heads[1:], len(at))
        self._moved = np.full((len(heads), 1), -1, np.int64)
        self._from_moved = np.full(len(heads), -1, np.int64)

    def _time(self, one: AnyArray) -> Instants:
        attempts = self.attempts
        waits = attempts.status[one] == WAITING
        return np.where(one < 0, NEVER, np.where(waits, attempts.next_at[one], attempts.due_at[one]))

    def next(self, who: AnyArray) -> tuple[AnyArray, Instants]:
        """The next attempt of each person and its instant; NEVER where there is none."""
        head = self._head[who]
        some = head < self._end[who]
        one = np.where(some, self.at[np.minimum(head, len(self.at) - 1)], -1)
        time = self._time(one)
        order = np.where(one < 0, np.int64(NEVER), self.attempts.order[one])
        moved = self._moved[who]
        their_time = self._time(moved)
        their_order = np.where(moved < 0, np.int64(NEVER), self.attempts.order[moved])
        soonest = their_time.min(axis=1)
        place = np.where(their_time == soonest[:, None], their_order, NEVER).argmin(axis=1)
        row = np.arange(len(who))
        before = (soonest < time) | ((soonest == time) & (their_order[row, place] < order))
        self._from_moved[who] = np.where(before, place, -1)
        return np.where(before, moved[row, place], one), np.where(before, soonest, time)

    def take(self, who: AnyArray) -> None:
        """Take out what `next` named."""
        place = self._from_moved[who]
        aside = place >= 0
        self._moved[who[aside], place[aside]] = -1
        self._head[who[~aside]] += 1

    def put(self, who: AnyArray, one: AnyArray) -> None:
        """Attempts that wait."""
        if not who.size:
            return
        free = self._moved[who] < 0
        if not free.any(axis=1).all():
            more = np.full((len(self._moved), self._moved.shape[1]), -1, np.int64)
            self._moved = np.concatenate([self._moved, more], axis=1)
            free = self._moved[who] < 0
        self._moved[who, free.argmax(axis=1)] = one

    def left(self) -> AnyArray:
        """The attempts that nobody has looked at, or that wait."""
        aside = self._moved[self._moved >= 0]
        count = self._end - self._head
        first = np.repeat(self._head - np.append(0, np.cumsum(count)[:-1]), count)
        return np.concatenate([aside, self.at[first + np.arange(int(count.sum()))]])
