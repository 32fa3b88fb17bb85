"""A row is assumed where the run without assumptions has none like it, whoever's it is and however often (D-27)."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import numpy as np

from engage_desktop.engine.kinds import FORMS, mark
from engage_desktop.engine.run import ASSUMED

Row = tuple[int, ...]


def run_of(rows: dict[str, list[Row]]) -> Any:
    """Tables whose rows have these values in the columns that make their form."""
    tables = {}
    for name, columns in FORMS.items():
        values = np.array(rows[name], np.int64).reshape(len(rows[name]), len(columns))
        tables[name] = {column: values[:, place] for place, column in enumerate(columns)}
        tables[name]["kind"] = np.zeros(len(values), np.int8)
    return SimpleNamespace(**tables)


def random_rows(draw: random.Random) -> dict[str, list[Row]]:
    """So few values that rows come twice, and in both runs."""
    return {
        name: [tuple(draw.randint(0, 1) for _ in columns) for _ in range(draw.randint(0, 40))]
        for name, columns in FORMS.items()
    }


def test_equals_a_look_at_every_row() -> None:
    both = [0, 0]
    for seed in range(200):
        draw = random.Random(seed)
        rows, without = random_rows(draw), random_rows(draw)
        if seed % 3 == 0:  # people of whom nothing differs are not compared
            people = [name for name in FORMS if draw.random() < 0.5]
            without |= {name: draw.sample(rows[name], len(rows[name])) for name in people}
        run = run_of(rows)
        mark(run, run_of(without))
        for name in FORMS:
            expected = [row not in without[name] for row in rows[name]]
            assert (getattr(run, name)["kind"] == ASSUMED).tolist() == expected, (seed, name)
            for found in expected:
                both[found] += 1
    assert min(both) > 1_000
