"""Figures by search equal a direct count over the public tables, at random instants."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.analysis.figures import journey_count
from engage_desktop.analysis.playback import ENTRY, Playback
from engage_desktop.app.replay import Replay, open_logs, read_design, replay
from engage_desktop.domain.step import outputs

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "storefront"


@pytest.fixture(scope="module")
def replayed() -> Replay:
    campaigns, _ = read_design(SAMPLE / "campaigns.json")
    return replay(campaigns, open_logs([SAMPLE / "log.jsonl.zst"], campaigns), seed=7)


def instants_of(replayed: Replay, count: int) -> list[int]:
    """Random instants, half of them exactly at a visit, where an off-by-one would show."""
    draw = random.Random(17)
    first, last = replayed.run.window
    visits = replayed.run.visits["entered_at"]
    return [draw.randint(first, last) for _ in range(count // 2)] + [
        int(visits[draw.randrange(len(visits))]) for _ in range(count // 2)
    ]


def micros(value: Any) -> int | None:
    return None if value is None else int(value.timestamp()) * 1_000_000 + value.microsecond


def test_journey_figures_equal_a_direct_count(replayed: Replay) -> None:
    tables = {name: replayed.tables[name].to_pylist() for name in ("instances", "visits", "messages")}
    playback = Playback(replayed.run, replayed.log.store)
    checked = 0
    for journey in replayed.campaigns.journeys:
        instances = [row for row in tables["instances"] if row["journey"] == journey.key]
        visits = [row for row in tables["visits"] if row["journey"] == journey.key]
        messages = [row for row in tables["messages"] if row["campaign"] == journey.key]
        for rows, names in (
            (instances, ("entered_at", "ended_at")),
            (visits, ("entered_at", "left_at")),
            (messages, ("sent_at", "due_at")),
        ):
            for row in rows:
                row.update({name: micros(row[name]) for name in names})
        following = {(row["profile"], row["instance"], row["seq"]): row for row in visits}
        for at in instants_of(replayed, 50):
            count = journey_count(playback, journey.key, at)
            assert count == journey_count(Playback(replayed.run, replayed.log.store), journey.key, at)  # nothing sorted
            here = [row for row in instances if row["entered_at"] <= at]
            ended = [row for row in here if row["ended_at"] is not None and row["ended_at"] <= at]
            assert (count.entered, count.people, count.inside) == (
                len(here),
                len({row["profile"] for row in here}),
                len(here) - len(ended),
            )
            assert count.completed == sum(row["outcome"] == "completed" for row in ended)
            assert sum(count.exited.values()) == sum(row["outcome"] == "exited" for row in ended)
            for step in journey.steps:
                mine = [row for row in visits if row["step"] == step.key and row["entered_at"] <= at]
                left = [row for row in mine if row["left_at"] is not None and row["left_at"] <= at]
                found = count.steps[step.key]
                assert (found.arrived, found.left, found.people) == (
                    len(mine),
                    len(left),
                    len({row["profile"] for row in mine}),
                )
                sent = [
                    row
                    for row in messages
                    if row["step"] == step.key and row["sent_at"] is not None and row["sent_at"] <= at
                ]
                assert found.sent == len(sent)
                resting = sent if step.type == "message" else mine
                assert found.assumed == sum(row["kind"] == "assumed" for row in resting)
                for output in outputs(step):
                    if output.branch is None and output.target is None:
                        continue
                    if output.branch is not None:
                        direct = sum(row["branch"] == output.branch for row in left)
                    else:
                        direct = sum(
                            (row["profile"], row["instance"], row["seq"] + 1) in following and row["branch"] is None
                            for row in left
                        )
                    assert count.wires[step.key, output.branch] == direct, (step.key, output.branch, at)
                    checked += 1
            assert count.wires[ENTRY, None] == sum(row["seq"] == 0 and row["entered_at"] <= at for row in visits)
    assert checked > 500


def test_people_at_a_step_are_those_inside(replayed: Replay) -> None:
    playback = Playback(replayed.run, replayed.log.store)
    visits = replayed.tables["visits"].to_pylist()
    for journey in replayed.campaigns.journeys:
        for step in journey.steps:
            for at in instants_of(replayed, 4):
                total, rows = playback.people(journey.key, step.key, at, inside=True, offset=0, limit=10_000)
                direct = {
                    (row["profile"], row["instance"])
                    for row in visits
                    if row["journey"] == journey.key and row["step"] == step.key and (micros(row["entered_at"]) or 0) <= at
                    and (row["left_at"] is None or (micros(row["left_at"]) or 0) > at)
                }  # fmt: skip
                assert {(who, instance) for who, instance, _, _ in rows} == direct
                assert total == len(direct)


def test_neighbours_walk_every_moment_both_ways(replayed: Replay) -> None:
    playback = Playback(replayed.run, replayed.log.store)
    key = replayed.campaigns.journeys[0].key
    moments = playback.journey(key).moments
    assert playback.neighbour(key, int(moments[5]), forward=True) == moments[6]
    assert playback.neighbour(key, int(moments[5]), forward=False) == moments[4]
    assert playback.neighbour(key, int(moments[-1]), forward=True) is None
    assert playback.neighbour(key, int(moments[0]), forward=False) is None
