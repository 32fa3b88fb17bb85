"""What journeys that set traits did in a case: who set what, and its rows beside those under which nobody sees a write."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engage_desktop.domain.step import SetTrait, StepBase
from tests.oracle import LAW, Tables, replay
from tests.oracle.writes import A_SECOND, MOST_WRITES
from tests.random_cases.compare import same
from tests.random_cases.generate import Case

Row = dict[str, Any]
Steps = dict[tuple[str, str], StepBase]


def who_writes(case: Case, tables: Tables) -> Iterator[str]:
    """What the writes of one person have to do with each other."""
    steps = _steps(case)
    writes = _writes(tables, steps)
    seconds = Counter((row["profile"], (row["entered_at"] + 1) // A_SECOND) for row in writes)
    if max(seconds.values(), default=0) > MOST_WRITES:
        yield "write dropped by the limit"
    writers: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for row in writes:
        step = steps[row["journey"], row["step"]]
        assert isinstance(step, SetTrait)
        writers[row["profile"], step.trait].add(row["journey"])
        writers[row["profile"], step.trait, row["entered_at"]].add(row["journey"])
    for key, journeys in writers.items():
        if len(journeys) > 1:
            yield "two journeys write one trait" if len(key) == 2 else "two journeys write one trait at once"


def what_writes_did(case: Case, tables: Tables) -> Iterator[str]:
    """The features of `set_trait` that show in rows beside those without a rule, each another replay."""
    steps = _steps(case)
    writes = _writes(tables, steps)
    if not writes:
        return
    unseen = _replay(case, "writes_are_seen")
    yield from _in_comparison(tables, unseen, steps)
    asked = {
        (row["journey"], row["profile"], row["instance"], row["entered_at"])
        for row in tables["visits"]
        if row not in writes
    }
    ends = {(row["journey"], row["profile"], row["instance"], row["ended_at"]) for row in tables["instances"]}
    own = {(row["journey"], row["profile"], row["instance"], row["entered_at"]) for row in writes}
    if own & (asked | ends) and not same(tables, _replay(case, "own_write_seen_at_once")):
        yield "own write seen at once"


def _steps(case: Case) -> Steps:
    return {(journey.key, step.key): step for journey in case.campaigns.journeys for step in journey.steps}


def _writes(tables: Tables, steps: Steps) -> list[Row]:
    return [row for row in tables["visits"] if isinstance(steps[row["journey"], row["step"]], SetTrait)]


def _replay(case: Case, off: str) -> Tables:
    rules = replace(LAW, **{off: False})
    return replay(case.records, case.campaigns, case.window, case.seed, rules, case.lists)


def _in_comparison(tables: Tables, unseen: Tables, steps: Steps) -> Iterator[str]:
    if tables["memberships"] != unseen["memberships"]:
        yield "a write changes a membership"
    ours, theirs = _instances(tables), _instances(unseen)
    if ours.keys() - theirs.keys():
        yield "a write lets somebody in"
    if any(
        ours[key]["ended_at"] != theirs[key]["ended_at"] and ours[key]["outcome"] == "exited"
        for key in ours.keys() & theirs.keys()
    ):
        yield "a write ends an instance"
    mine, others = _visits(tables), _visits(unseen)
    for key in mine.keys() & others.keys():
        type_of, one, other = steps[key[0], key[-2]].type, mine[key], others[key]
        if type_of in ("wait", "fork", "delay_until") and one["left_at"] != other["left_at"]:
            yield "a write moves a wait"
        if type_of in ("split", "hold") and one["branch"] != other["branch"]:
            yield "a write takes a branch"
    for key in mine.keys() ^ others.keys():
        if isinstance(steps[key[0], key[-2]], SetTrait):
            yield "a write depends on a write"


def _instances(tables: Tables) -> dict[tuple[Any, ...], Row]:
    """By what does not hang on how many were let in before."""
    return {(row["journey"], row["profile"], row["entered_at"], row["identifier"]): row for row in tables["instances"]}


def _visits(tables: Tables) -> dict[tuple[Any, ...], Row]:
    whose = {
        (row["journey"], row["profile"], row["instance"]): (row["journey"], row["profile"], row["entered_at"])
        for row in tables["instances"]
    }
    return {
        (*whose[row["journey"], row["profile"], row["instance"]], row["step"], row["entered_at"]): row
        for row in tables["visits"]
    }
