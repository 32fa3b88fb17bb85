"""Look for two instants per definition at which, by the SQL, an answer changes: `python -m tests.sample_data.find_edges [KEY...]`.

Writes `edges.json` beside this file. To be run again when the log or a definition has changed; `test_definitions_sql` says so.
An edge is found to the microsecond by halving, so it is one of the rules and not of our thinking. Where there is one, the
first is an instant at which somebody comes in, the second one at which somebody drops out (D-3, D-5); of traits both are
changes of values.
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


def edges_of(answer: Callable[[int], Any], first: int, last: int) -> list[int]:
    """Two edges, from the middle of the time outwards."""
    found: dict[str, int] = {}
    more: list[int] = []
    days = sorted(range(first, last, DAY), key=lambda day: abs(day - (first + last) // 2))
    for day in days:
        if answer(day) == answer(day + DAY):
            continue
        at = edge_between(answer, day, day + DAY)
        before, after = answer(at - 1), answer(at)
        kind = "in" if not isinstance(before, list) or set(after) - set(before) else "out"
        if kind in found:
            more.append(at)
        found.setdefault(kind, at)
        if len(found) == 2 or len(more) == 12 or (isinstance(before, dict) and more):
            break
    return [*found.values(), *more][:2]


def main() -> None:
    only = sys.argv[1:]
    database = open_shop(Path("sample_data/storefront/log.jsonl.zst"))
    first, end = span(database)
    edges: dict[str, list[str]] = json.loads(EDGES.read_text(encoding="utf-8")) if only else {}
    for definition in (*PEOPLE, *ACCOUNTS, *TRAITS):
        if only and definition.key not in only:
            continue
        days_after = definition.days_after if isinstance(definition, Definition) else 0
        low, high = (end, end + days_after * DAY) if days_after else (first, end)

        def answer(at: int, definition: Definition | TraitDefinition = definition) -> Any:
            ask = members if isinstance(definition, Definition) else values
            return ask(database, definition, at)  # type: ignore[arg-type]

        edges[definition.key] = [format_instant(at) for at in edges_of(answer, low, high)]
        print(
            definition.key,
            *(len(answer(at)) for at in (first + 21 * DAY, (first + end) // 2, high)),
            edges[definition.key],
        )
    EDGES.write_text(json.dumps(edges, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
