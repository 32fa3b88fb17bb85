"""Accounts: who the groups of a log are, whom they are linked to, and their traits over time (EV-12, D-7)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.arrays import Arrays, Sink
from engage_desktop.events.history import TraitHistory, trait_history
from engage_desktop.events.log import Log
from engage_desktop.events.stored import StoredTable
from engage_desktop.events.table import path_parts, path_text
from engage_desktop.events.writing import write_table

Links = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]
_LINK_PARTS: Final = ("account", "profile", "since")
_NOBODY: Final = np.empty(0, np.int32)
_NEVER: Final = np.empty(0, np.int64)


def write_accounts(
    log: Log, sink: Sink, in_time: NDArray[np.intp], profile: NDArray[np.int32], time: NDArray[np.int64]
) -> dict[str, Any] | None:
    """Write what the group calls say; None if there are none. `in_time` holds the calls that stay, in the order
    of D-2 over all people; `profile` and `time` are those of each call."""
    group, codes = log.account_calls, np.concatenate([np.empty(0, np.int32), *log.account_codes])
    seqs = np.concatenate([np.empty(0, np.int32), *group.seqs])
    rank = np.full(len(profile), -1, dtype=np.int64)
    rank[in_time] = np.arange(len(in_time))
    stay = np.nonzero(rank[seqs] >= 0)[0]
    if not len(stay):
        return None
    names = list(log.account_ids)
    used = sorted(np.unique(codes[stay]).tolist(), key=names.__getitem__)
    number = np.empty(len(names), dtype=np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    by = stay[np.lexsort((rank[seqs[stay]], number[codes[stay]]))]
    account, call = number[codes[by]], seqs[by]
    sink.put_texts("account.ids", [names[code] for code in used])
    sink.put("account.of", account)
    sink.put("account.time", time[call])
    sink.put("account.since", time[call][np.searchsorted(account, np.arange(len(used)))])
    pair = account.astype(np.int64) * (int(profile.max()) + 1) + profile[call]
    first = np.unique(pair, return_index=True)[1]  # by account and profile; of each pair the first call
    for part, array in zip(_LINK_PARTS, (account, profile[call], time[call]), strict=True):
        sink.put(f"account.link.{part}", array[first])
    columns = write_table(sink, "account.t", group.properties, by, keep_missing=True)
    return {"accounts": len(used), "count": len(by), "columns": columns}


class Accounts:
    """Accounts are numbered in code-point order of their group ids."""

    def __init__(self, arrays: Arrays, meta: dict[str, Any] | None) -> None:
        self._arrays, self._count = arrays, meta["accounts"] if meta else 0
        self._table = StoredTable(arrays, meta["columns"], meta["count"]) if meta else None
        self._traits: dict[str, TraitHistory] = {}

    @cached_property
    def ids(self) -> Sequence[str]:
        return self._arrays.texts("account.ids") if self._table else ()

    @cached_property
    def since(self) -> NDArray[np.int64]:
        return self._arrays.get("account.since") if self._table else _NEVER

    def links(self) -> Links:
        if not self._table:
            return _NOBODY, _NOBODY, _NEVER
        account, profile, since = (self._arrays.get(f"account.link.{part}") for part in _LINK_PARTS)
        return account, profile, since

    def trait(self, path: str | tuple[str, ...]) -> TraitHistory:
        key = path_text(path_parts(path))
        if key not in self._traits:
            table = self._table or StoredTable(self._arrays, {}, 0)
            owner = self._arrays.get("account.of") if self._table else _NOBODY
            time = self._arrays.get("account.time") if self._table else _NEVER
            self._traits[key] = trait_history(self._count, table, path, np.arange(table.count), owner, time)
        return self._traits[key]

    def trait_names(self) -> tuple[str, ...]:
        return tuple(self._table.present()) if self._table else ()
