"""Audiences, a funnel and computed traits beside DuckDB and Polars on the same table, as ratios.

    python -m benchmarks.bench_conditions [--events 10000000] [--people N] [--quick]

Without --people twice: ten and a hundred events a person. One core each: DuckDB and Polars on
one thread, their tables in memory and in order, the log of ours loaded and its cache cold. Every
answer must equal every other row by row. Milliseconds are medians of warm runs, wall time first,
processor time in parentheses; ratios are those of the processor time, which a busy machine does
not spoil.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.measuring import ONE_THREAD, Timing, forget_peak, machine, peak_mb, timed

RUNS, QUICK_RUNS = 7, 1
WHAT = {
    "members": "audience of three leaves at one instant",
    "spans": "its membership intervals over 90 days",
    "funnel": 'funnel "and then did not" over 90 days',
    "traits": "nine computed traits at one instant",
}
TO_REACH: dict[str, dict[str, float]] = {
    "members": {"DuckDB": 0.20, "Polars": 0.6},
    "spans": {"DuckDB": 0.12},
    "funnel": {"DuckDB": 0.3},
    "traits": {"DuckDB": 0.5},
}
BYTES_AN_EVENT, BYTES_A_VALUE, PEAK_MB = 20, 8, 2_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, help="this many only (default: a tenth and a hundredth of the events)")
    parser.add_argument("--quick", action="store_true", help="one warm run of each instead of seven")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)  # a child: one size, JSON to stdout
    options, _ = parser.parse_known_args()
    if options.one:
        json.dump(measure(options.events, options.people, QUICK_RUNS if options.quick else RUNS), sys.stdout)
        return 0
    sizes = [options.people] if options.people else [max(options.events // 10, 1), max(options.events // 100, 1)]
    found = [_in_a_process_of_its_own(options.events, people, options.quick) for people in sizes]
    print(report(found))
    return 0 if all(one["equal"] for one in found) else 1


def _in_a_process_of_its_own(events: int, people: int, quick: bool) -> dict[str, Any]:
    """Each size starts with memory nobody used before it."""
    command = [sys.executable, "-m", "benchmarks.bench_conditions", "--one", "--events", str(events)]
    command += ["--people", str(people), *(["--quick"] if quick else [])]
    child = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(child.stdout)
    return found


# -- measuring ---------------------------------------------------------------------------------


def measure(events: int, people: int, runs: int) -> dict[str, Any]:
    """Everything about one size: timings by question and library, bytes, whether all answers are equal."""
    from benchmarks.formulations_ours import Engine
    from benchmarks.questions import QUESTIONS, answer
    from benchmarks.synthetic_log import SyntheticLog

    log = SyntheticLog(events, people)
    price, prices = log.bytes_of_property("price")
    memory = {"event": log.bytes_of_events() / events, "value": price / prices}
    forget_peak()
    engine = Engine(log)
    timings: dict[str, dict[str, dict[str, Timing]]] = {question: {} for question in QUESTIONS}
    raw = {}
    for question in QUESTIONS:
        timings[question]["ours"] = {"": _timed(partial(engine.ask, question), runs)}
        raw[question] = engine.ask(question)
    memory["peak_mb"] = peak_mb()
    memory["by_name"] = log.bytes_of_times()[1] / events
    answers = {question: answer(question, engine.table(question, found)) for question, found in raw.items()}
    rows = {question: table.num_rows for question, table in answers.items()}
    equal = True
    for library, question, way, ask in _alternatives(log):
        table = answer(question, as_arrow(ask()))
        if not table.equals(answers[question]):
            equal = False
            print(f"{library}, {question}, {way}: another answer than ours", file=sys.stderr)
        timings[question].setdefault(library, {})[way] = _timed(ask, runs)
    return {"events": events, "people": people, "timings": timings, "rows": rows, "memory": memory, "equal": equal}


def _alternatives(log: Any) -> Iterator[tuple[str, str, str, Callable[[], Any]]]:
    """Library, question, name of the formulation, and how to run it. One library's table at a time."""
    from benchmarks import formulations_duckdb, formulations_polars

    database = formulations_duckdb.Database(log)
    for question, ways in formulations_duckdb.FORMULATIONS.items():
        for way, sql in ways.items():
            yield "DuckDB", question, way, partial(database.ask, sql)
    database.close()
    frames = formulations_polars.Frames.of(log)
    for question, functions in formulations_polars.FORMULATIONS.items():
        for way, function in functions.items():
            yield "Polars", question, way, partial(function, frames)


def as_arrow(found: Any) -> Any:
    """What DuckDB answers with already is an Arrow table; a Polars frame shares its memory with one."""
    return found.to_arrow() if hasattr(found, "to_arrow") else found


def _timed(ask: Callable[[], Any], runs: int) -> Timing:
    """Medians in milliseconds over `runs` after one that does not count."""
    wall, processor = timed(ask, runs)
    return wall * 1e3, processor * 1e3


# -- the table ---------------------------------------------------------------------------------


def report(found: list[dict[str, Any]]) -> str:
    """One table in Markdown, for the README."""
    lines = [
        f"{machine()}; {found[0]['events']:,} events, each side on one core; ms wall (processor); ratios of processor time.",
        "",
        "| people | what | rows | ours | DuckDB | Polars | ours / DuckDB | ours / Polars | to reach | held |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        lines += [_row(one, question) for question in one["timings"]]
    lines += [_memory_row(one) for one in found]
    alike = "Every answer equals every other." if all(one["equal"] for one in found) else "ANSWERS DIFFER."
    return "\n".join([*lines, "", alike])


def _memory_row(one: dict[str, Any]) -> str:
    """Instants that the log keeps by name once a name was asked about are shown beside what they cost."""
    memory = one["memory"]
    held = memory["event"] <= BYTES_AN_EVENT and memory["value"] <= BYTES_A_VALUE and memory["peak_mb"] < PEAK_MB
    ours = f"{memory['event']:.0f} B/event, {memory['value']:.0f} B/number"
    if memory["by_name"]:
        ours += f", 8 B/instant by name ({memory['by_name']:.0%} of the events)"
    to_reach = f"{BYTES_AN_EVENT} B/event, {BYTES_A_VALUE} B/loaded property, peak {PEAK_MB:,} MB"
    cells = [f"{one['people']:,}", "memory", "", f"{ours}; peak {memory['peak_mb']:,.0f} MB", "", "", "", "", to_reach]
    return "| " + " | ".join([*cells, _yes(held)]) + " |"


def _row(one: dict[str, Any], question: str) -> str:
    timings = one["timings"][question]
    best = {library: min(ways.items(), key=lambda way: way[1][1]) for library, ways in timings.items()}
    ratios = {library: best["ours"][1][1] / best[library][1][1] for library in ("DuckDB", "Polars")}
    to_reach = TO_REACH[question]
    cells = [
        f"{one['people']:,}",
        WHAT[question],
        f"{one['rows'][question]:,}",
        *(_cell(*best[library]) for library in ("ours", "DuckDB", "Polars")),
        *(f"{ratios[library]:.2f}" for library in ("DuckDB", "Polars")),
        ", ".join(f"{limit:g} x {library}" for library, limit in to_reach.items()),
        _yes(all(ratios[library] <= limit for library, limit in to_reach.items())),
    ]
    return "| " + " | ".join(cells) + " |"


def _cell(way: str, timing: Timing) -> str:
    wall, processor = timing
    return f"{wall:,.1f} ({processor:,.1f}){f' {way}' if way else ''}"


def _yes(held: bool) -> str:
    return "yes" if held else "**no**"


if __name__ == "__main__":
    sys.exit(main())
