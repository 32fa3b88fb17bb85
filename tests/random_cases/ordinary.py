"""Logs as they are in life: the calls of a random case at instants of their own."""

from __future__ import annotations

import copy
import random
import re
from dataclasses import replace

from engage_desktop.domain.duration import format_instant, parse_instant
from tests.random_cases.generate import Case
from tests.random_cases.logs import GRID

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")


def ordinary(case: Case) -> Case:
    """Every call on the grid somewhere in the half hour after it, received as late as before; nothing ties but by design."""
    rng = random.Random(case.seed)
    records = copy.deepcopy(case.records)
    for record in records:
        if not INSTANT.fullmatch(str(record.get("timestamp"))):
            continue
        at = parse_instant(record["timestamp"])
        if at % GRID:
            continue
        later = rng.randrange(1, GRID)
        for name in ("timestamp", "receivedAt"):
            if name in record:
                record[name] = format_instant(parse_instant(record[name]) + later)
    return replace(case, records=records)
