"""What a run makes of its own: traits that journeys set and events of messages, in one order and under one limit (D-37, D-51, D-54)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine import added
from engage_desktop.engine import writes as written
from engage_desktop.engine.added import NO_EVENTS, Added, with_events
from engage_desktop.engine.arrays import AnyArray, Instants, Mask, Profiles, heads_of, numbered
from engage_desktop.engine.draw import entry_key
from engage_desktop.engine.intervals import any_order
from engage_desktop.engine.source import Log
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.engine.writes import NONE, Value, Writes

if TYPE_CHECKING:
    from engage_desktop.engine.plan import PlanJourney
    from engage_desktop.engine.run import Table

MOST = 25
"""Of a person in a whole UTC second (D-37, D-54)."""
_SECOND = 1_000_000


@dataclass(frozen=True, eq=False)
class Made:
    """What people set and what happened to them, as everybody sees it."""

    writes: Writes = NONE
    events: Added = NO_EVENTS

    def __len__(self) -> int:
        return len(self.writes) + len(self.events)

    def of(self, people: AnyArray) -> Made:
        """That of some people (ascending), numbered as their places among these."""
        return Made(self.writes.of(people), self.events.of(people))

    def to(self, people: AnyArray) -> Made:
        """The opposite of `of`."""
        return Made(self.writes.to(people), self.events.to(people))

    def of_those(self, mask: Mask) -> Made:
        """That of the people at whose place a mask is true, numbered as before."""
        return Made(self.writes.take(mask[self.writes.profile]), self.events.take(mask[self.events.profile]))

    def shifted(self, first: int) -> Made:
        """Numbered from `first` on."""
        if not first:
            return self
        people = np.arange(first, first + 1 + int(max(self._last(), 0)), dtype=np.int32)
        return self.to(people)

    def _last(self) -> int:
        return max((int(part.profile.max()) for part in (self.writes, self.events) if len(part)), default=-1)

    @property
    def traits(self) -> frozenset[str]:
        """The traits that are set."""
        return frozenset(self.writes.what[one][0] for one in np.unique(self.writes.which).tolist())

    @property
    def names(self) -> frozenset[str]:
        """The names of the events."""
        return frozenset(self.events.names[one] for one in np.unique(self.events.name).tolist())

    def shown(self, log: Log) -> Log:
        """The log with it."""
        return with_events(written.shown(log, self.writes), self.events)


NOTHING = Made()


def merged(parts: Sequence[Made]) -> Made:
    """What different people or different campaigns made, as one."""
    return Made(written.merged([part.writes for part in parts]), added.merged([part.events for part in parts]))


@dataclass(frozen=True, eq=False)
class Happenings:
    """Events before the limit, in any order. `rank` of the campaign's key; `entered_at`, `identifier` (a text of the run,
    -1 none), `instance` and `seq` of the visit order those of an instant, then `stage`: 0 for sent, then the answers.
    `events` are the same as columns of `Added`; its `time` is when each is heard."""

    rank: NDArray[np.int16]
    entered_at: Instants
    identifier: AnyArray
    instance: AnyArray
    seq: AnyArray
    stage: NDArray[np.int8]
    events: Added

    def __len__(self) -> int:
        return len(self.rank)


def no_happenings(names: tuple[str, ...] = (), texts: tuple[str, ...] = ()) -> Happenings:
    empty = np.empty(0, np.int64)
    codes = np.empty(0, np.int32)
    events = Added(codes, empty, np.empty(0, np.int16), codes, codes, codes, names, texts)
    return Happenings(np.empty(0, np.int16), empty, empty, empty, empty, np.empty(0, np.int8), events)


def together(parts: Sequence[Happenings], names: tuple[str, ...], texts: tuple[str, ...]) -> Happenings:
    """Parts of the same lists of names and texts, one below the other."""
    if not parts:
        return no_happenings(names, texts)

    def own(name: str) -> AnyArray:
        return np.concatenate([getattr(one, name) for one in parts])

    def of_events(name: str) -> AnyArray:
        return np.concatenate([getattr(one.events, name) for one in parts])

    events = Added(
        of_events("profile"), of_events("time"), of_events("name"), of_events("campaign"), of_events("step"),
        of_events("message"), names, texts,
    )  # fmt: skip
    return Happenings(
        own("rank"), own("entered_at"), own("identifier"), own("instance"), own("seq"), own("stage"), events
    )


def made(
    runs: Iterable[tuple[PlanJourney, Mapping[str, Table]]],
    happened: Happenings,
    ranks: Mapping[str, int],
    texts: Sequence[str],
) -> tuple[Made, Profiles]:
    """What the visits of some journeys set and what happened, in the order of one instant (campaign, entry key, instance,
    seq, stage), and whose things the limit of a second took, one each. `runs`: journeys and their tables, rows in public
    order; `ranks` of the keys of all campaigns; `texts` of the run."""
    what: list[tuple[str, Value]] = []
    events = happened.events
    n = len(happened)
    columns: list[tuple[AnyArray, ...]] = [
        (events.profile, events.time, happened.rank, happened.entered_at, happened.identifier, happened.instance,
         happened.seq, happened.stage, np.arange(n), np.ones(n, np.bool_))
    ]  # fmt: skip
    for journey, tables in runs:
        visits = tables.get("visits")
        if visits is None:
            continue
        which = np.full(len(journey.journey.steps), -1, np.int32)
        for step in journey.steps:
            if isinstance(step.compiled, SetTraitStep):
                which[step.index] = len(what)
                what.append((step.compiled.trait, step.compiled.value))
        at = np.flatnonzero(which[visits["step"]] >= 0)
        if not at.size:
            continue
        instances = instances_of(tables["instances"], visits["profile"][at], visits["instance"][at])
        entered, named = tables["instances"]["entered_at"][instances], tables["instances"]["identifier"][instances]
        rank, zero = np.full(at.size, ranks[journey.journey.key]), np.zeros(at.size, np.int8)
        columns.append(
            (visits["profile"][at], visits["entered_at"][at] + 1, rank, entered, named, visits["instance"][at],
             visits["seq"][at], zero, which[visits["step"][at]], zero.astype(np.bool_))
        )  # fmt: skip
    profile, time, rank, entered, named, instance, seq, stage, which, is_event = (
        np.concatenate(parts) for parts in zip(*columns, strict=True)
    )
    if not len(profile):
        return NOTHING, np.empty(0, np.int32)
    order, group = by_instant(profile, time)
    at = np.flatnonzero(np.bincount(group)[group] > 1)  # only those that share an instant need the finer order
    some, group = order[at], group[at]
    keys = key_ranks(group, rank[some], entered[some], named[some], texts)
    order[at] = some[np.lexsort((stage[some], seq[some], instance[some], keys, rank[some], group))]
    profile, time = profile[order].astype(np.int32), time[order]
    kept = _within_limit(profile, time)
    over = profile[~kept]
    which, is_event, rank = which[order], is_event[order], rank[order]
    mine = kept & ~is_event
    writes = NONE
    if mine.any():
        writes = Writes(
            profile[mine], time[mine], rank[mine].astype(np.int16), which[mine].astype(np.int32), tuple(what)
        )
    return Made(writes, events.take(which[kept & is_event])), over


def instances_of(instances: Table, profile: AnyArray, number: AnyArray) -> AnyArray:
    """The rows of instances by person and number; their rows stand in that order, numbered from 1."""
    found: AnyArray = np.searchsorted(instances["profile"], profile, "left") + number - 1
    return found


def by_instant(profile: Profiles, time: Instants) -> tuple[AnyArray, AnyArray]:
    """An order by person and instant, and at each place of it a number that is one for those of the same."""
    order = any_order(profile, time)
    return order, np.cumsum(heads_of(profile[order], time[order])) - 1


def key_ranks(group: AnyArray, rank: AnyArray, entered: Instants, named: AnyArray, texts: Sequence[str]) -> AnyArray:
    """Order of entry keys as texts among what is of one group (a person and instant) and campaign; elsewhere it means
    nothing. Keys are spelled out only where there are several: mostly all of a group is of one entry."""
    found = np.zeros(len(group), np.int64)
    order = np.lexsort((rank, group))
    new = heads_of(group[order], rank[order])
    own = np.cumsum(new) - 1
    several = order[np.bincount(own, ~new & heads_of(entered[order], named[order]))[own] > 0]
    if not several.size:
        return found
    pairs = zip(entered[several].tolist(), named[several].tolist(), strict=True)
    keys = np.array([entry_key(at, None if code < 0 else texts[code]) for at, code in pairs], dtype=object)
    place = {key: at for at, key in enumerate(sorted(set(keys.tolist())))}
    found[several] = [place[key] for key in keys.tolist()]
    return found


def _within_limit(profile: Profiles, time: Instants) -> Mask:
    """The first of each person and whole UTC second, of things in order."""
    within: Mask = numbered(profile, time // _SECOND) < MOST
    return within


def too_many(made: Made, more: Happenings | None = None) -> bool:
    """Whether any person got more in a second than the limit allows, `more` counted too."""
    parts = [made.writes, made.events, *([] if more is None else [more.events])]
    profile, time = (np.concatenate([getattr(part, name) for part in parts]) for name in ("profile", "time"))
    order = np.lexsort((time, profile))
    return bool(np.any(~_within_limit(profile[order], time[order])))


def rows_of(one: Made, other: Made) -> list[tuple[tuple[AnyArray, ...], tuple[AnyArray, ...]]]:
    """The writes and the events of two side by side, as columns that say the same by the same numbers: person and instant
    first, the order in the instant last."""
    mine, theirs = written.rows_of(one.writes, other.writes)
    codes = added.coded(one.events, other.events)

    def rows(events: Added, codes: tuple[AnyArray, ...]) -> tuple[AnyArray, ...]:
        return (events.profile, events.time, *codes, numbered(events.profile, events.time))

    return [(mine, theirs), (rows(one.events, codes[0]), rows(other.events, codes[1]))]
