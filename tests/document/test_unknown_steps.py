"""Steps of a newer version: kept byte for byte, told by name, wired and named like others (issue 6, bad input)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.app.left_out import runnable
from engage_desktop.document import OutputRef, connect, delete_steps, dumps, loads, validate
from engage_desktop.document.change import Change, put
from engage_desktop.document.check_unknown_step import unknown_parts
from engage_desktop.document.clipboard import copy_steps, paste_steps
from engage_desktop.document.document import Document
from engage_desktop.document.edit import rename_step, rename_step_key
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs
from engage_desktop.domain.unknown_step import UnknownStep

ZAP = {
    "next": "hold",
    "type": "zap",
    "key": "a",
    "z": 2.5,
    "one": 1.0,
    "if": "trait('a')=1",
    "u": None,
    "more": {"b": []},
}
HOLD = {
    "key": "hold", "type": "hold", "branches": [{"key": "x", "event": "E", "weight": 3, "next": "end"}], "timeout": "2h",
    "on_timeout": "end",
}  # fmt: skip
END = {"key": "end", "type": "end"}
OTHER = {
    "key": "other", "name": "Other", "entry": {"type": "event", "event": "E"}, "start": "end", "steps": [END],
}  # fmt: skip


def text(*steps: Any, **more: Any) -> str:
    journey = {
        "key": "j", "name": "J", "entry": {"type": "event", "event": "E"}, "start": steps[0]["key"], "steps": list(steps),
    }  # fmt: skip
    data = {"format": "engage-campaigns/1", "workspace": {"name": "S"}, "journeys": [journey, OTHER], **more}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def opened(written: str) -> Campaigns:
    campaigns, problems = loads(written)
    assert campaigns is not None, problems
    return campaigns


@pytest.fixture
def journey() -> Journey:
    return opened(text(ZAP, HOLD, END)).journeys[0]


def test_a_file_of_a_newer_version_comes_back_byte_for_byte() -> None:
    written = text(ZAP, HOLD, END)
    campaigns = opened(written)
    assert [type(step) is UnknownStep for step in campaigns.journeys[0].steps] == [True, True, False]
    assert dumps(campaigns) == written


NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=2))
def test_whatever_such_a_step_holds(before: dict[str, Any], after: dict[str, Any]) -> None:
    step = {"next": None, **before, "key": "a", "type": "of_tomorrow", **after}
    written = text(step | {"key": "a", "type": "of_tomorrow"}, END)
    campaigns = opened(written)
    assert dumps(campaigns) == written
    for edit in (lambda j: rename_step(j, "a", "Named"), lambda j: delete_steps(j, ("end",))):
        document = Document(campaigns)
        change = Change("Edit", (put(campaigns, "journey", edit(campaigns.journeys[0])),))
        document.apply(Change.from_json(json.loads(json.dumps(change.to_json()))))
        assert dumps(document.campaigns) != written
        document.undo()
        assert dumps(document.campaigns) == written


def test_each_is_told_with_its_place_and_mend() -> None:
    campaigns = opened(text(ZAP, HOLD, END))
    told = {problem.path: problem for problem in validate(campaigns)}
    assert set(told) == {"journeys.j.steps.a.type", "journeys.j.steps.hold.branches.x.weight"}
    assert told["journeys.j.steps.a.type"].message.startswith("There is no step type 'zap' in this version")
    assert "newer version" in told["journeys.j.steps.a.type"].mend
    assert told["journeys.j.steps.hold.branches.x.weight"].message == "The key 'weight' is unknown here."
    assert all(problem.is_error for problem in told.values())
    hold = campaigns.journeys[0].by_key["hold"]
    assert isinstance(hold, UnknownStep)
    assert unknown_parts(hold) == ("branches.x.weight",)


def test_a_step_of_ours_that_is_wrong_is_no_newer_one() -> None:
    campaigns, problems = loads(text(HOLD | {"timeout": "soon"}, END))
    assert campaigns is None
    assert [problem.path for problem in problems] == [
        "journeys.j.steps.hold.branches.x.weight", "journeys.j.steps.hold.timeout",
    ]  # fmt: skip
    campaigns, problems = loads(text({"key": "a", "type": 3}, END))
    assert campaigns is None
    assert [problem.path for problem in problems] == ["journeys.j.steps.a.type"]


def test_its_wires_are_seen_and_can_be_led_elsewhere(journey: Journey) -> None:
    def ways(changed: Journey, key: str) -> list[tuple[str | None, str | None]]:
        return [(output.branch, output.target) for output in outputs(changed.by_key[key])]

    assert ways(journey, "a") == [(None, "hold")]
    assert ways(journey, "hold") == [("x", "end"), ("timeout", "end")]
    aimed = connect(journey, OutputRef("a"), "end")
    assert ways(aimed, "a") == [(None, "end")]
    kept = aimed.by_key["a"]
    assert isinstance(kept, UnknownStep)
    assert list(kept.written.items()) == list((ZAP | {"next": "end"}).items())
    rest = delete_steps(journey, ("hold",))
    assert ways(rest, "a") == [(None, "end")]
    gone = delete_steps(journey, ("end",))
    assert ways(gone, "hold")[0] == ("x", None)
    assert rename_step_key(journey, "end", "last").by_key["hold"].written["branches"][0]["next"] == "last"  # type: ignore[attr-defined]


def test_it_is_copied_pasted_named_and_journalled_like_others(journey: Journey) -> None:
    named = rename_step(journey, "hold", "Weighted")
    copied, minted = paste_steps(named, json.loads(json.dumps(copy_steps(named, ("a", "hold")))))
    new = copied.by_key[minted["hold"]]
    assert isinstance(new, UnknownStep)
    assert new.written["branches"][0]["weight"] == 3
    assert new.written["name"] == "Weighted"
    assert "next" not in new.written["branches"][0]  # that led out of what was copied
    campaigns = opened(text(ZAP, HOLD, END))
    document = Document(campaigns)
    change = Change("Name", (put(campaigns, "journey", named),))
    document.apply(Change.from_json(json.loads(json.dumps(change.to_json()))))
    assert document.campaigns.journeys[0] == named
    document.undo()
    assert dumps(document.campaigns) == text(ZAP, HOLD, END)


def test_only_its_journey_does_not_run() -> None:
    campaigns = opened(text(ZAP, HOLD, END))
    known, problems, refused = runnable(campaigns, validate(campaigns))
    assert [journey.key for journey in known.journeys] == ["other"]
    assert not refused
    (said,) = [problem for problem in problems if problem.code == "not_simulated"]
    assert said.path == "journeys.j"
    assert said.message.startswith("“J” is not simulated, since this version does not know its step “a”;")
    broken = opened(text(ZAP, HOLD, END, audiences=[{"key": "x", "name": "X", "definition": "event("}]))
    assert runnable(broken, validate(broken))[2]


def test_a_number_too_large_to_write_is_refused_where_nobody_looks_at_it() -> None:
    written = text(ZAP, END).replace("2.5", "1e400")
    campaigns, (problem,) = loads(written)
    assert campaigns is None
    assert problem.code == "json_number"
    assert "1e400 is too large" in problem.message
