"""Ranks of texts where there are too many to put all in order."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.reducers import text_ranks
from engage_desktop.engine.source import TEXT
from engage_desktop.events.column import Column


def test_many_texts_of_which_some_do_not_occur() -> None:
    """Those that occur are ranked by code points, the others leave no gap."""
    texts = tuple(f"t{number * 7919 % 1000}" for number in range(1000))
    code = np.array([number for number in range(900) if number % 3] * 2, np.int32)
    ranks, distinct = text_ranks(Column(np.full(len(code), TEXT, np.uint8), np.full(len(code), np.nan), code, texts))
    assert distinct == sorted({texts[one] for one in code.tolist()})
    assert [distinct[rank] for rank in ranks.tolist()] == [texts[one] for one in code.tolist()]
