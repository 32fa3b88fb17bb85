"""What a chosen target would not take is told, never changed (D-11, engine reference 6 and 12)."""

from __future__ import annotations

from typing import Any

import pytest

from engage_desktop.document import validate

from .designs import design

J = "journeys__0__"
ROOT = "journeys.cart_rescue"
V1: dict[str, Any] = {
    J + "target": "segment-v1",
    J + "entry": {"type": "audience", "audience": "lapsed"},
    J + "exits": None,
    J + "steps__0": {"key": "wait", "type": "delay", "duration": "2h", "next": "coin"},
}
V2: dict[str, Any] = {
    J + "target": "segment-v2",
    J + "entry__where": "property('price') = 20",
    J + "entry__reentry": {"mode": "every", "identifier": "cart_id"},
}
ONCE = {"type": "event", "event": "Product Added", "reentry": {"mode": "once"}}
EVERY = ONCE | {"reentry": {"mode": "every"}}
LAPSED = "audience('lapsed')"


def delays(number: int) -> list[dict[str, Any]]:
    made = [{"key": f"d{one}", "type": "delay", "duration": "1d", "next": f"d{one + 1}"} for one in range(number)]
    del made[-1]["next"]
    return made


def arms(number: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"key": f"b{one}", **fields} for one in range(number)]


def exits(number: int) -> list[dict[str, Any]]:
    return [{"key": f"e{one}", "event": f"E{one}"} for one in range(number)]


def step(**fields: Any) -> dict[str, Any]:
    return {J + "steps__2": {"key": "nudge", **fields}}


CASES: list[tuple[dict[str, Any], dict[str, Any], str | None, str]] = [
    # target, what is another, path of the problem (None: there is none), words
    (V2, {}, None, ""),
    (V1, {}, None, ""),
    (V1, {J + "entry": {"type": "event", "event": "A"}}, "entry", "by an audience, not by an event"),
    (V2, {J + "entry": {"type": "audience", "audience": "lapsed"}}, "entry", "by an event, not by an audience"),
    (V2, {J + "entry": {"type": "schedule", "at": "2025-01-01"}}, "entry", "not by a schedule"),
    (V2, {J + "entry": {"type": "event", "event": "A", "reentry": {"mode": "after_exit", "cool_down": "1d"}}}, "entry.reentry.mode", "once or with every event"),
    (V1, {J + "entry": {"type": "audience", "audience": "lapsed", "reentry": {"mode": "every"}}}, "entry.reentry.mode", "once or after a pause"),
    (V2, {J + "exits": [{"key": "old", "after": "3d"}]}, "exits.old", "by events alone"),
    (V2, {J + "exits": [{"key": "out", "condition": LAPSED}]}, "exits.out", "by events alone"),
    (V1, {J + "exits": [{"key": "old", "after": "3d"}]}, None, ""),
    (V1, {J + "exits": [{"key": "a", "event": "A"}]}, "exits.a", "by age alone"),
    (V2, {J + "exits": exits(10)}, None, ""),
    (V2, {J + "entry": ONCE, J + "exits": []}, None, ""),  # J2-5
    (V2, {J + "entry": EVERY, J + "exits": []}, "entry.reentry.identifier", "tells their instances apart"),
    (V2, {J + "entry": {"type": "event", "event": "Product Added"}, J + "exits": []}, "entry.reentry.identifier", "tells their instances apart"),
    (V2, {J + "steps__0__branches__0__any_identifier": True}, "steps.wait.branches.again.any_identifier", "with the same cart_id"),  # J2-12
    (V2, {J + "exits": exits(11)}, "exits", "10 exit rules, and there are 11"),
    (V2, {J + "start": "d0", J + "steps": delays(50)}, None, ""),
    (V2, {J + "start": "d0", J + "steps": delays(51)}, "steps", "50 steps, and there are 51"),
    (V1, {J + "start": "d0", J + "steps": delays(100)}, None, ""),
    (V1, {J + "start": "d0", J + "steps": delays(101)}, "steps", "100 steps"),
    (V2, step(type="wait", condition=LAPSED), "steps.nudge", "a wait for a condition"),
    (V2, step(type="fork", branches=arms(2, condition=LAPSED)), "steps.nudge", "a fork"),
    (V2, step(type="ad", destination="crm"), "steps.nudge", "an ad"),
    (V2, step(type="set_trait", trait="a", value=1), "steps.nudge", "sets a trait"),
    (V2, step(type="delay_until", time="09:00"), "steps.nudge", "clock time"),
    (V1, step(type="hold", timeout="2h", branches=arms(1, event="A")), "steps.nudge", "a hold"),
    (V1, step(type="wait", condition=LAPSED), None, ""),
    (V1, step(type="wait", condition=LAPSED, timeout="3d"), "steps.nudge.timeout", "without end"),
    (V1, step(type="split", branches=arms(2, condition=LAPSED)), "steps.nudge.branches", "1 branch here, and there are 2"),
    (V2, step(type="split", branches=arms(9, condition=LAPSED)), None, ""),
    (V2, step(type="split", branches=arms(10, condition=LAPSED)), "steps.nudge.branches", "9 branches here, and there are 10"),
    (V2, step(type="hold", timeout="2h", branches=arms(10, event="A")), "steps.nudge.branches", "9 branches"),
    (V2, step(type="random", branches=arms(5, percent=20)), None, ""),
    (V2, step(type="random", branches=[*arms(4, percent=20), *({"key": f"c{n}", "percent": 10} for n in range(2))]), "steps.nudge.branches", "5 branches"),
    (V2, step(type="delay", duration="5m"), None, ""),
    (V2, step(type="delay", duration="4m"), "steps.nudge.duration", "5 minutes to 182 days"),
    (V2, step(type="delay", duration="182d"), None, ""),
    (V2, step(type="delay", duration="183d"), "steps.nudge.duration", "182 days"),
    (V2, {J + "steps__0__timeout": "1m"}, "steps.wait.timeout", "5 minutes"),
    (V1, step(type="delay", duration="1m"), None, ""),
    (V2, step(type="send", destination="crm", mapping={f"f{n}": "x" for n in range(101)}), "steps.nudge.mapping", "100 mapped fields"),
    (V2, {J + "name": "n" * 73}, None, ""),
    (V2, {J + "name": "n" * 74}, "name", "73 signs, and this has 74"),
    (V1, {J + "steps__0__name": "n" * 171}, "steps.wait.name", "170 signs"),
    (V2, {J + "steps__0__branches__0__name": "n" * 74}, "steps.wait.branches.again.name", "73 signs"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "values", "path", "words"), CASES)
def test_what_a_target_would_refuse_is_told_at_its_place(target, values, path, words):
    found = [one for one in validate(design(**(target | values))) if one.code.startswith("target_")]
    assert [one.path for one in found] == ([] if path is None else [f"{ROOT}.{path}"])
    for one in found:
        assert one.severity == "warning"
        assert words in one.message
        assert "another target" in one.mend
    values = values | {J + "target": None}
    assert not [one for one in validate(design(**(target | values))) if one.code.startswith("target_")]
