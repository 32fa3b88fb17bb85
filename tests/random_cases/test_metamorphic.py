"""What must be so of any engine, whatever the rules: changes of the input that may change nothing, or only so much.

A run to T1 is the prefix of a run to T2 (D-17); people who have nothing to do with each other, the order of files whose
instants all differ, whole weeks and the number of buckets leave the bytes of the tables as they are (formats.md 4).
A step that takes no time leaves everybody's draws alone (D-29).
"""

from __future__ import annotations

import copy
import io
import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq
import pytest

from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.engine import compile_campaigns, simulate, to_arrow
from engage_desktop.engine.kinds import plain
from tests.random_cases.compare import store_of
from tests.random_cases.generate import Case, generate
from tests.random_cases.logs import GRID
from tests.random_cases.ordinary import INSTANT
from tests.random_cases.pairs import pair
from tests.random_cases.plainer import of_one_zone, without_queues

SEEDS = range(24)
PROOF = range(30_000, 31_000)
WEEK = 7 * 86_400_000_000
LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?![\d:.Z+-])")
DAY = re.compile(r"(?<![\d-])\d{4}-\d\d-\d\d(?![\dT-]| \d\d:)")
TIMES = ("entered_at", "ended_at", "left_at", "from_at", "to_at", "due_at", "sent_at", "changed_at", "at")


def tables(case: Case, buckets: int = 1) -> dict[str, Any]:
    store = store_of(case.records, case.campaigns)
    plan = compile_campaigns(case.campaigns, case.lists)
    return to_arrow(simulate(plan, store, window=case.window, seed=case.seed, buckets=buckets), store)


def parquet(found: dict[str, Any]) -> dict[str, bytes]:
    written = {}
    for name, table in found.items():
        sink = io.BytesIO()
        pq.write_table(table, sink)
        written[name] = sink.getvalue()
    return written


def rows(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    result = {}
    for name, table in found.items():
        columns = {one: table[one].cast("int64") if one in TIMES else table[one] for one in table.column_names}
        result[name] = [
            dict(zip(columns, row, strict=True))
            for row in zip(*(column.to_pylist() for column in columns.values()), strict=True)
        ]
    return result


def cases(seeds: range) -> list[Case]:
    """Half with journeys, half conditions alone."""
    return [make(seed) for seed in seeds for make in (generate, pair)]


def spread(case: Case) -> Case:
    """The same log with no two calls at one instant, or under one messageId: their order in the file means nothing."""
    rng = random.Random(case.seed)
    records = []
    for number, record in enumerate(copy.deepcopy(case.records)):
        record.pop("messageId", None)
        if INSTANT.fullmatch(str(record.get("timestamp"))):
            at = parse_instant(record["timestamp"]) + 1 + number * 977 + rng.randrange(900)
            record["timestamp"] = format_instant(at)
            record.pop("receivedAt", None)
        records.append(record)
    return replace(case, records=records)


def moved(value: Any, by: int) -> Any:
    """Every instant and every date in a tree, and in its texts, later by so much."""
    if isinstance(value, dict):
        return {key: moved(item, by) for key, item in value.items()}
    if isinstance(value, list):
        return [moved(item, by) for item in value]
    if not isinstance(value, str):
        return value
    value = INSTANT.sub(lambda found: format_instant(parse_instant(found.group()) + by), value)
    value = LOCAL.sub(lambda found: _later(found.group(), by), value)
    return DAY.sub(lambda found: format_instant(parse_instant(found.group() + "T00:00:00Z") + by)[:10], value)


def as_certain(value: Any) -> Any:
    """A tree in which every response comes or not, and when, whatever is drawn."""
    if isinstance(value, list):
        return [as_certain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "likely" in value or "trials" in value:
        likely = value["likely"] if "likely" in value else value["successes"] / value["trials"]
        event = {"event": value["event"]} if "event" in value else {}
        after = value.get("after")
        return {"likely": round(likely), "after": after if isinstance(after, str) else "30m"} | event
    return {name: as_certain(item) for name, item in value.items()}


def _later(text: str, by: int) -> str:
    """A local time so much later, written the same way."""
    return format_instant(parse_instant(text.replace(" ", "T") + "Z") + by).removesuffix("Z").replace("T", text[10])


# -- laws -----------------------------------------------------------------------------------


def buckets_change_nothing(case: Case) -> None:
    whole = parquet(tables(case))
    for number in (7, 64):
        assert parquet(tables(case, number)) == whole


def shuffled_files_change_nothing(case: Case) -> None:
    case = spread(case)
    shuffled = list(case.records)
    random.Random(1).shuffle(shuffled)
    assert parquet(tables(replace(case, records=shuffled))) == parquet(tables(case))


def strangers_change_nothing(case: Case) -> None:
    """Other people, with identifiers, addresses and accounts of their own, before, among and after."""
    case = without_queues(case)
    strangers = []
    for record in copy.deepcopy(case.records):
        for name in ("userId", "anonymousId", "groupId", "messageId"):
            if isinstance(record.get(name), str):
                record[name] = f"zz-{record[name]}"
        for place in (record.get("traits"), (record.get("context") or {}).get("traits")):
            for name in ("email", "phone"):
                if isinstance(place, dict) and isinstance(place.get(name), str):
                    place[name] = f"zz-{place[name]}"
        record["context"] = {
            name: value
            for name, value in (record.get("context") or {}).items()
            if name in ("page", "traits", "timezone")
        }
        strangers.append(record)
    mixed = list(case.records)
    rng = random.Random(2)
    for record in strangers:
        mixed.insert(rng.randrange(len(mixed) + 1), record)
    alone, together = rows(tables(case)), rows(tables(replace(case, records=mixed)))
    for name, expected in alone.items():
        known = [row for row in together[name] if not str(row.get("profile", "")).startswith("zz-")]
        assert known == expected, name


def weeks_change_nothing(case: Case) -> None:
    by = 3 * WEEK
    case = of_one_zone(case, "UTC")  # where clocks change, a week is not like another
    design = as_certain(moved(case.design, by))  # responses are drawn by the entry too
    for journey in design["journeys"]:
        for step in journey["steps"]:
            if step["type"] == "random":
                step["sticky"] = True  # a draw that hangs on the entry is another one in another week (D-19)
    records = moved(case.records, by)  # which writes instants with an offset anew, and texts are compared as they are
    first = replace(case, records=moved(records, -by), design=moved(design, -by))
    window = (case.window[0] + by, case.window[1] + by)
    later = replace(case, records=records, design=design, window=window)
    expected = rows(tables(first))
    for table in expected.values():
        for row in table:
            row.update({name: row[name] + by for name in TIMES if row.get(name) is not None})
            row.pop("message_id", None)
    found = rows(tables(later))
    for table in found.values():
        for row in table:
            row.pop("message_id", None)
    assert found == expected


def a_shorter_run_is_the_beginning(case: Case) -> None:
    """Whatever happens after T1 leaves what stood at T1 alone."""
    until = case.window[1] - random.Random(case.seed).randrange(3, 16) * GRID
    if not case.window[0] < until < case.window[1]:
        return
    short, whole = (rows(tables(replace(case, window=(case.window[0], end)))) for end in (until, case.window[1]))
    begun = {"instances": "entered_at", "visits": "entered_at", "memberships": "from_at", "messages": "due_at",
             "responses": "at", "deliveries": "changed_at"}  # fmt: skip
    ended = {"instances": ("ended_at", ("detail",)), "visits": ("left_at", ("branch",)), "memberships": ("to_at", ())}
    for name, start in begun.items():
        expected = []
        for row in whole[name]:
            if row[start] > until:
                continue
            end, unknown = ended.get(name, ("", ()))
            if end and row[end] is not None and row[end] > until:
                row = row | {end: None} | dict.fromkeys(unknown)
                if name == "instances":
                    row["outcome"] = "active"
            expected.append(row)
        for ours, theirs in zip(short[name], expected, strict=True):
            if name == "messages" and (ours["status"], ours["kind"], theirs["kind"]) == (
                "dropped",
                "assumed",
                "observed",
            ):
                # without assumptions it waited at T1: only what came later tells that it would have been dropped then too
                assert _waits_without_assumptions(replace(case, window=(case.window[0], until)), ours)
                ours["kind"] = theirs["kind"]
            for column in _open(name, ours):  # may still come to rest on something, and waits for what comes then
                ours[column] = theirs[column]
        assert short[name] == expected, name


def _waits_without_assumptions(case: Case, row: dict[str, Any]) -> bool:
    run = simulate(
        plain(compile_campaigns(case.campaigns, case.lists)), store_of(case.records, case.campaigns),
        window=case.window, seed=case.seed,
    )  # fmt: skip
    same = ("campaign", "step", "profile", "instance", "due_at")
    found = rows({"messages": to_arrow(run, store_of(case.records, case.campaigns))["messages"]})["messages"]
    return any(one["status"] == "waiting" and all(one[name] == row[name] for name in same) for one in found)


def _open(name: str, row: dict[str, Any]) -> tuple[str, ...]:
    """What is not settled yet of a row at the end of the run."""
    if name == "messages" and row["status"] == "waiting":
        return "status", "sent_at", "reason", "kind"
    return ("kind",) if name == "visits" and row["left_at"] is None else ()


def versions_share_their_noise(case: Case) -> None:
    """A step more in front of every journey: each person draws as before, and does as before (D-29)."""
    design = copy.deepcopy(case.design)
    for journey in design["journeys"]:
        if journey["steps"]:
            journey["steps"].append({"key": "front", "type": "send", "destination": "crm", "next": journey["start"]})
            journey["start"] = "front"
    before, after = rows(tables(case)), rows(tables(replace(case, design=design)))
    for name in ("visits", "deliveries"):
        after[name] = [row for row in after[name] if row["step"] != "front"]
    for row in after["visits"]:
        row["seq"] -= 1
    assert after == before


LAWS: list[Callable[[Case], None]] = [
    buckets_change_nothing,
    shuffled_files_change_nothing,
    strangers_change_nothing,
    weeks_change_nothing,
    a_shorter_run_is_the_beginning,
    versions_share_their_noise,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_metamorphic(law: Callable[[Case], None]) -> None:
    for case in cases(SEEDS):
        law(case)


def test_the_laws_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket whose people exist a second late, and a run that begins late, break their laws."""
    from engage_desktop.engine import buckets

    def late(bucket: buckets.Bucket) -> Any:
        return bucket.log.since[bucket.first : bucket.last] + 1_000_000

    monkeypatch.setattr(buckets.Bucket, "since", property(late))
    assert any(_breaks(buckets_change_nothing, case) for case in cases(range(8)))

    def a_late_beginning_changes_nothing(case: Case) -> None:
        later = replace(case, window=(case.window[0] + 4 * GRID, case.window[1]))
        assert rows(tables(case)) == rows(tables(later))

    assert any(_breaks(a_late_beginning_changes_nothing, case) for case in cases(range(8)))


def _breaks(law: Callable[[Case], None], case: Case) -> bool:
    try:
        law(case)
    except AssertionError:
        return True
    return False


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_metamorphic_of_two_thousand(law: Callable[[Case], None]) -> None:
    for case in cases(PROOF):
        law(case)
