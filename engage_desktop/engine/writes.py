"""What a run writes into traits, and a log that shows it (D-37, D-51); `generated` orders it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast, overload

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import AnyArray, Instants, Profiles, numbered
from engage_desktop.engine.intervals import merge_order
from engage_desktop.engine.of_people import OfPeople
from engage_desktop.engine.source import ABSENT, BOOL, NUMBER, TEXT, Column, Log, TraitHistory
from engage_desktop.events.column import Column as Values

Value = str | float | bool | None


@dataclass(frozen=True, eq=False)
class Writes(OfPeople):
    """Row i sets trait `what[which[i]][0]` of `profile[i]` to `what[which[i]][1]` from `time[i]` on, the instant that
    everybody sees it from; sorted by (profile, time, the order of one instant), in which `campaign` (the rank of
    the journey's key) comes first."""

    profile: Profiles
    time: Instants
    campaign: NDArray[np.int16]
    which: NDArray[np.int32]
    what: tuple[tuple[str, Value], ...] = ()

    COLUMNS = ("profile", "time", "campaign", "which")


NONE = Writes(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int16), np.empty(0, np.int32))


def merged(parts: Sequence[Writes]) -> Writes:
    """Writes of different people or of different journeys as one."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NONE
    what = tuple(dict.fromkeys(_typed(one) for part in parts for one in part.what))
    place = {one: at for at, one in enumerate(what)}
    which = [np.array([place[_typed(one)] for one in part.what], np.int32)[part.which] for part in parts]
    profile, time, campaign = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("profile", "time", "campaign")
    )
    order = np.lexsort((campaign, time, profile))
    pairs = tuple((key, value) for key, value, _ in what)
    return Writes(profile[order], time[order], campaign[order], np.concatenate(which)[order], pairs)


def _typed(one: tuple[str, Value]) -> tuple[str, Value, str]:
    """True, 1 and 1.0 are one dictionary key and three values."""
    return (*one, type(one[1]).__name__)


def rows_of(*several: Writes) -> list[tuple[AnyArray, ...]]:
    """Several writes as columns that say the same by the same numbers: profile, time, campaign, what, order in its instant."""
    what: dict[tuple[str, Value, str], int] = {}
    for one in several:
        for pair in one.what:
            what.setdefault(_typed(pair), len(what))
    found: list[tuple[AnyArray, ...]] = []
    for one in several:
        code = np.array([what[_typed(pair)] for pair in one.what] or [0], np.int64)[one.which]
        found.append((one.profile, one.time, one.campaign, code, numbered(one.profile, one.time)))
    return found


class Written:
    """A log in which people's traits also say what was written; everything else is the log's."""

    def __init__(self, log: Log, writes: Writes) -> None:
        self._log = log
        self.writes = writes
        self._traits = frozenset(writes.what[one][0] for one in np.unique(writes.which).tolist())
        self._known: dict[tuple[str, ...], TraitHistory] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def trait(self, path: tuple[str, ...]) -> TraitHistory:
        """The log's entries, and after those of an instant the writes."""
        if path[0] not in self._traits:
            history: TraitHistory = self._log.trait(path)
            return history
        if path not in self._known:
            self._known[path] = self._merged(path)
        return self._known[path]

    def _merged(self, path: tuple[str, ...]) -> TraitHistory:
        logged = self._log.trait(path)
        mine = np.array([name == path[0] for name, _ in self.writes.what])
        writes = self.writes.take(mine[self.writes.which])
        whose = np.repeat(np.arange(self._log.n_profiles, dtype=np.int32), np.diff(logged.start))
        profile, time = np.concatenate([whose, writes.profile]), np.concatenate([logged.time, writes.time])
        order = merge_order(profile, time)
        start = np.zeros(self._log.n_profiles + 1, np.int64)
        np.cumsum(np.bincount(profile, minlength=self._log.n_profiles), out=start[1:])
        values = [None if len(path) > 1 else value for _, value in writes.what]  # what is set is no object
        column = _below(logged.column, column_of(values), writes.which)
        return _Merged(start, time[order], column.take(order))

    def trait_names(self) -> Iterable[str]:
        return tuple(dict.fromkeys([*self._log.trait_names(), *sorted(self._traits)]))


def shown(log: Log, writes: Writes) -> Log:
    """The log with what was written."""
    return cast("Log", Written(log, writes)) if len(writes) else log


@dataclass(frozen=True, eq=False)
class _Merged:
    start: NDArray[np.int64]
    time: NDArray[np.int64]
    column: Values


class _Appended(Sequence[str]):
    """Texts of the log, then those that were written."""

    def __init__(self, first: Sequence[str], second: Sequence[str]) -> None:
        self.first, self.second = first, second

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        n = len(self.first)
        return self.first[at] if 0 <= at < n else self.second[at - n if at >= 0 else at]


def column_of(values: Sequence[Value]) -> Values:
    """Values that are set as a column."""
    n = len(values)
    kind, number, code = np.full(n, ABSENT, np.uint8), np.full(n, np.nan), np.full(n, -1, np.int32)
    texts: list[str] = []
    for at, value in enumerate(values):
        if isinstance(value, str):
            kind[at], code[at] = TEXT, len(texts)
            texts.append(value)
        elif value is not None:
            kind[at], number[at] = BOOL if isinstance(value, bool) else NUMBER, float(value)
    return Values(kind, number, code, texts)


def _below(logged: Column, written: Values, which: AnyArray) -> Values:
    """The log's values, below them those written. A text of both has one code."""
    known = {text: code for code, text in enumerate(logged.texts)} if written.texts else {}
    new = [text for text in dict.fromkeys(written.texts) if text not in known]
    place = known | {text: len(logged.texts) + at for at, text in enumerate(new)}
    codes = np.array([place[text] for text in written.texts] or [-1], np.int32)
    code = np.where(written.code >= 0, codes[written.code], np.int32(-1))
    return Values(
        np.concatenate([logged.kind, written.kind[which]]),
        np.concatenate([logged.number, written.number[which]]),
        np.concatenate([logged.code, code[which]]),
        _Appended(logged.texts, new) if new else logged.texts,
    )
