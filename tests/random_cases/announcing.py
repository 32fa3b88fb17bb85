"""Random broadcasts: to whom, with variants, by the clock of each, a few an hour."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.random_cases.conditions import EVENTS, Writer
from tests.random_cases.definitions import Names
from tests.random_cases.logs import GRID, SLOTS, START

Design = dict[str, Any]
KEYS = ("post", "blast")
FIRST_ZONE = 28
"""Slots of the grid by which clocks first come to a time before UTC does (UTC+14)."""
SPLITS = (
    (("v", 50, None), ("w", 50, None)), (("w", 60, None), ("v", 40, "holdout")), (("w", 30, "holdout"), ("v", 70, None)),
    (("v", 30, None), ("h", 30, "holdout"), ("w", 40, None)), (("v", 100, None),),
)  # fmt: skip


def broadcasts(
    rng: random.Random, writer: Writer, names: Names, window: tuple[int, int], messages: tuple[str, ...]
) -> tuple[list[Design], int]:
    """One or two broadcasts, and how many slots later the run is to end, so that the clock comes round for more people."""
    made = [_broadcast(rng, writer, names, window, messages, key) for key in rng.sample(KEYS, rng.choice((1, 1, 2)))]
    later = 0
    if any(one.get("zone") == "profile" for one in made):
        later = rng.choice((0, 24, 40, 40))
    return made, later


def _broadcast(
    rng: random.Random, writer: Writer, names: Names, window: tuple[int, int], messages: tuple[str, ...], key: str
) -> Design:
    broadcast: Design = {"key": key, "name": key}
    if rng.random() < 0.25:
        broadcast["audience"] = rng.choice(names.audiences)
    else:
        usual = f"event('{rng.choice(EVENTS)}').count() >= 1"
        broadcast["condition"] = rng.choice((usual,) * 4 + (writer.condition(names),))
    if rng.random() < 0.3:
        broadcast["exclude"] = [rng.choice(names.audiences)]
    if rng.random() < 0.3:
        broadcast["message"] = rng.choice(messages)
    else:
        variants = []
        for variant, percent, role in rng.choice(SPLITS):
            made: Design = {"key": variant, "percent": percent}
            if role is None or rng.random() < 0.3:
                made["message"] = rng.choice(messages)
            variants.append(made | ({"role": role} if role else {}))
        broadcast["variants"] = variants
    slot = START + rng.choice((*range(2, SLOTS), *range(4, 14))) * GRID
    roll = rng.random()
    if roll < 0.04:
        slot = window[0] - GRID
    elif roll < 0.08:
        slot = window[rng.randrange(2)]
    elif roll < 0.12:
        slot = window[1] + GRID
    broadcast |= _when(rng, slot)
    if rng.random() < (0.15 if "zone" in broadcast else 0.45):
        broadcast["throughput"] = rng.choice((1, 2, 2, 3, 4, 7))
    if rng.random() < 0.4:
        broadcast["priority"] = rng.choice((-1, 1, 3))
    return broadcast


def _when(rng: random.Random, slot: int) -> Design:
    """`at` so that the list is computed at the slot, or near it; in the workspace's zone any time of the day."""
    if rng.random() < 0.5:
        there = _text(slot + FIRST_ZONE * GRID)
        return {"at": rng.choice((there, there, there + "Z")), "zone": "profile"}
    return {"at": rng.choice((_text(slot) + "Z",) * 3 + (_text(slot),))}


def _text(at: int) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at):%Y-%m-%dT%H:%M:%S}"
