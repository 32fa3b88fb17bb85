"""The questions put to the engine, from a cold cache each time."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.questions import AT_US, DESIGN, TEXT_TRAITS
from benchmarks.synthetic_log import ABSENT, SyntheticLog
from engage_desktop.document import loads
from engage_desktop.engine import LeafCache, compile_campaigns, members, membership, trait_at

TRAITS = [one["key"] for one in DESIGN["traits"]]


class Engine:
    """The engine on one log; `ask` gives its own arrays, `table` puts them beside the others'."""

    def __init__(self, log: SyntheticLog) -> None:
        campaigns, problems = loads(json.dumps(DESIGN))
        if campaigns is None:
            raise ValueError(problems)
        self._log, self._plan = log, compile_campaigns(campaigns)

    def ask(self, question: str) -> Any:
        cache = LeafCache()
        match question:
            case "members":
                return members(self._plan, self._log, "keen", AT_US, cache)
            case "spans":
                return membership(self._plan, self._log, "keen", cache)
            case "funnel":
                return membership(self._plan, self._log, "left_cart", cache)
            case "traits":
                return [trait_at(self._plan, self._log, key, AT_US, cache) for key in TRAITS]
        raise ValueError(question)

    def table(self, question: str, found: Any) -> pa.Table:
        if question == "members":
            return pa.table({"person": found})
        if question in ("spans", "funnel"):
            return pa.table({"person": found.profile, "start_us": found.start, "end_us": found.end})
        there = np.flatnonzero(self._log.since <= AT_US)
        columns = {key: _values(column, there, key in TEXT_TRAITS) for key, column in zip(TRAITS, found, strict=True)}
        return pa.table({"person": there, **columns})


def _values(column: Any, at: Any, as_text: bool) -> pa.Array:
    absent = np.asarray(column.kind)[at] == ABSENT
    if not as_text:
        return pa.array(np.asarray(column.number)[at], mask=absent)
    codes = np.where(absent, 0, np.asarray(column.code)[at])
    distinct, place = np.unique(codes, return_inverse=True)
    words = pa.array([column.texts[code] if len(column.texts) else "" for code in distinct.tolist()], pa.string())
    return words.take(pa.array(place, mask=absent))
