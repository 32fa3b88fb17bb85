"""Look for two instants per definition at which, by the SQL, an answer changes: `python -m tests.sample_data.find_edges [KEY...]`.

Writes `edges.json` beside this file. To be run again when the log or a definition has changed; `test_definitions_sql` says so.
An edge is found to the microsecond by halving, so it is one of the rules and not of our thinking. Of the two one is an instant
at which something happens, the other one at which nothing does: a window ends, or a date is reached (D-3, D-5, D-42).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engage_desktop.domain.duration import UNIT_US, format_instant
from tests.sample_data.definitions import PEOPLE, Definition
from tests.sample_data.definitions_of_accounts import ACCOUNTS
from tests.sample_data.definitions_of_traits import TRAITS, TraitDefinition
from tests.sample_data.shop_sql import members, open_shop, span, values

EDGES = Path(__file__).with_name("edges.json")
DAY = UNIT_US["d"]


def edge_between(answer: Callable[[int], Any], low: int, high: int) -> int:
    """The last instant in (low, high] at which the answer changes into that of `high`; those of the ends differ."""
    after = answer(high)
    while high - low > 1:
        middle = (low + high) // 2
        if answer(middle) == after:
            high = middle
        else:
            low = middle
    return high


def edges_of(answer: Callable[[int], Any], calm: Callable[[int], bool], first: int, last: int) -> list[int]:
    """Two edges, looked for from the middle of the time outwards: one with a call of the log, one without if there is one."""
    loud: list[int] = []
    silent: list[int] = []
    for day in sorted(range(first, last, DAY), key=lambda day: abs(day - (first + last) // 2)):
        if answer(day) != answer(day + DAY):
            at = edge_between(answer, day, day + DAY)
            (silent if calm(at) else loud).append(at)
        if (loud and silent) or len(loud) == 30:
            break
    return sorted([*loud[:1], *silent[:1], *loud[1:], *silent[1:]][:2])


def main() -> None:
    only = sys.argv[1:]
    database = open_shop(Path("sample_data/storefront/log.jsonl.zst"))
    first, end = span(database)

    def calm(at: int) -> bool:
        return database.execute("SELECT count(*) FROM raw WHERE t = ?", [at]).fetchall() == [(0,)]

    edges: dict[str, list[str]] = json.loads(EDGES.read_text(encoding="utf-8")) if only else {}
    for definition in (*PEOPLE, *ACCOUNTS, *TRAITS):
        if only and definition.key not in only:
            continue

        def answer(at: int, definition: Definition | TraitDefinition = definition) -> Any:
            ask = members if isinstance(definition, Definition) else values
            return ask(database, definition, at)  # type: ignore[arg-type]

        last = end + definition.days_after * DAY
        found = edges_of(answer, calm, first, last)
        edges[definition.key] = [format_instant(at) for at in found]
        sizes = [len(answer(at)) for at in (first + 21 * DAY, (first + end) // 2, last)]
        print(
            definition.key, sizes, *(f"{format_instant(at)}{' calm' if calm(at) else ''}" for at in found), flush=True
        )
    EDGES.write_text(json.dumps(edges, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
