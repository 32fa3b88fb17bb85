"""`engage explain` through its door: sentence, tree, JSON of formats.md 3; bad input is one sentence (D-5, D-35, D-36)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.__main__ import main
from tests.cli import shop

LATE = "2024-01-20T12:00:00Z"


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    """The options of a log and a design with a split beside the shop's journey."""
    design = shop.design()
    design["traits"] = [
        {"key": "spent", "name": "Spent", "definition": f"event('{shop.ORDER}').sum(property('revenue'))"}
    ]
    design["audiences"].append(
        {"key": "big", "name": "Big", "definition": "trait('spent') >= 50 AND audience('buyers')"}
    )
    design["journeys"].append(
        {
            "key": "look", "name": "Looking",
            "entry": {"type": "event", "event": shop.ORDER, "where": "property('revenue') >= 20"},
            "exits": [{"key": "again", "event": shop.ORDER}, {"key": "old", "after": "30d"}],
            "start": "gate",
            "steps": [
                {"key": "gate", "type": "split", "branches": [
                    {"key": "big", "condition": "trait('spent') >= 50", "next": "pause"},
                    {"key": "small", "condition": "trait('spent') >= 1", "next": "pause"}]},
                {"key": "pause", "type": "delay", "duration": "1d", "next": "done"},
                {"key": "done", "type": "end"},
            ],
        }
    )  # fmt: skip
    (tmp_path / "design.json").write_text(json.dumps(design), "utf-8")
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(call) + "\n" for call in shop.log()), "utf-8")
    return ["--campaigns", str(tmp_path / "design.json"), "--log", str(tmp_path / "log.jsonl")]


def explain(capsys: pytest.CaptureFixture[str], inputs: list[str], *asked: str) -> str:
    code = main(["explain", *inputs, *asked])
    said = capsys.readouterr()
    assert code == 0, said.err
    return said.out


def as_json(capsys: pytest.CaptureFixture[str], inputs: list[str], *asked: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(capsys, inputs, *asked, "--json"))
    return found


def test_a_sentence_the_change_and_the_tree(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    lines = explain(capsys, inputs, "--profile", "bob", "--audience", "buyers", "--at", LATE).splitlines()
    assert lines[0].startswith(f"bob is not in Buyers at {LATE}: event('Order Completed').within(7 days).count() >= 1")
    assert lines[0].endswith("does not hold (it was 0).")
    assert lines[1] == f"bob would be in Buyers with one more 'Order Completed' at {LATE}."
    assert lines[2] == "In this log it is so from 2024-01-09T11:00:00Z to the end."
    assert lines[3] == "no   audience('buyers')"


def test_json_has_the_shape_of_the_contract(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    found = as_json(capsys, inputs, "--profile", "ann", "--audience", "big", "--at", "2024-01-06T00:00:00Z")
    assert (found["profile"], found["at"], found["verdict"]) == ("ann", "2024-01-06T00:00:00Z", True)
    assert set(found["tree"]) == {"text", "verdict", "values", "children"}
    both = found["tree"]["children"][0]
    spent = both["children"][0]["values"][0]
    assert (spent["value"], spent["total"], [event["value"] for event in spent["events"]]) == (100, 2, [70, 30])
    assert spent["definition"] == "event('Order Completed').sum(property('revenue'))"
    assert both["children"][1]["children"] == []  # one level on demand
    assert found["later"] == "2024-01-12T10:00:00Z"  # the window of the last order is over
    assert found["change"]["edits"][0]["do"] in ("remove", "add")


def test_names_unfold_on_demand(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    asked = ["--profile", "ann", "--audience", "big"]
    deep = as_json(capsys, inputs, *asked, "--unfold", "2")["tree"]["children"][0]["children"][1]
    assert deep["children"][0]["text"] == "event('Order Completed').within(7 days).count() >= 1"
    assert as_json(capsys, inputs, *asked, "--unfold", "0")["tree"]["children"] == []


def test_a_branch_is_explained_where_it_was_decided(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    took = as_json(capsys, inputs, "--profile", "ann", "--journey", "look", "--step", "gate")
    assert (took["at"], took["verdict"]) == ("2024-01-05T10:00:00Z", True)
    assert "branch big" in took["sentence"]
    other = as_json(capsys, inputs, "--profile", "ann", "--journey", "look", "--step", "gate", "--branch", "small")
    assert (other["verdict"], other["tree"]["children"][0]["text"]) == (False, "NOT trait('spent') >= 50")
    never = as_json(capsys, inputs, "--profile", "cid", "--journey", "look", "--step", "gate")
    assert "was not at that step" in never["sentence"]


def test_entry_and_exit(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    entered = as_json(capsys, inputs, "--profile", "ann", "--journey", "look")
    assert (entered["verdict"], "and entered then" in entered["sentence"]) == (True, True)
    small = as_json(capsys, inputs, "--profile", "bob", "--journey", "look")
    assert (small["verdict"], small["tree"]["children"][0]["values"][0]["value"]) == (False, 12.5)
    assert small["change"]["edits"][0]["properties"] == {"revenue": 20}
    assert not as_json(capsys, inputs, "--profile", "ann", "--journey", "look", "--exit", "again")["verdict"]


def test_clocks_say_when(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    pause = ["--profile", "ann", "--journey", "look", "--step", "pause"]
    gone = as_json(capsys, inputs, *pause)
    assert (gone["at"], gone["verdict"]) == ("2024-01-06T10:00:00Z", True)
    assert (
        "ann has gone on from step pause of Looking at 2024-01-06T10:00:00Z: delay of 1d was over" in gone["sentence"]
    )
    waits = as_json(capsys, inputs, *pause, "--at", "2024-01-05T12:00:00Z")
    assert (waits["verdict"], waits["later"]) == (False, "2024-01-06T10:00:00Z")
    assert [(one["text"], one["value"]) for one in waits["tree"]["values"]] == [
        ("since", "2024-01-05T10:00:00Z"), ("until", "2024-01-06T10:00:00Z"),
    ]  # fmt: skip
    old = as_json(capsys, inputs, "--profile", "ann", "--journey", "look", "--exit", "old")
    assert not old["verdict"]
    assert "the journey ended for them then" in old["sentence"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--profile", "zoe", "--audience", "buyers"], "There is no person 'zoe' in this log"),
        (["--profile", "", "--audience", "buyers"], "There is no person ''"),
        (["--profile", "ann", "--audience", "nope"], "There is no audience 'nope' in this design. Its audiences: buyers"),
        (["--profile", "ann", "--journey", "nope"], "There is no journey 'nope' in this design. Its journeys: after_order"),
        (["--profile", "ann", "--journey", "look", "--step", "nope"], "Looking has no step 'nope'. Its steps: gate, pause, done"),
        (["--profile", "ann", "--journey", "look", "--step", "gate", "--branch", "x"], "no branch 'x'. Its branches: big, small, otherwise"),
        (["--profile", "ann", "--journey", "look", "--step", "done"], "asks no condition"),
        (["--profile", "ann", "--journey", "look", "--step", "pause", "--branch", "x"], "has no branches"),
        (["--profile", "cid", "--journey", "look", "--step", "pause"], "begins when somebody arrives, and nobody was there"),
        (["--profile", "ann", "--journey", "look", "--exit", "x"], "no exit rule 'x'. Its exit rules: again, old"),
        (["--profile", "cid", "--journey", "look", "--exit", "old"], "goes by age, and nobody was there"),
        (["--profile", "ann", "--journey", "look", "--branch", "big"], "needs the --step"),
        (["--profile", "ann", "--audience", "buyers", "--step", "gate"], "belong to a journey"),
        (["--profile", "ann"], "either --audience KEY or --journey KEY"),
        (["--profile", "ann", "--audience", "buyers", "--journey", "look"], "either --audience KEY or --journey KEY"),
        (["--profile", "ann", "--audience", "buyers", "--at", "yesterday"], "--at:"),
        (["--profile", "cid", "--audience", "buyers", "--at", "2024-01-01T00:00:00Z"], "cid does not exist before 2024-01-02T12:00:00Z"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], inputs: list[str], asked: list[str], says: str
) -> None:
    assert main(["explain", *inputs, *asked]) == 1
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_wrong_usage(capsys: pytest.CaptureFixture[str], inputs: list[str]) -> None:
    assert main(["explain", *inputs, "--audience", "buyers"]) == 2
    assert "--profile" in capsys.readouterr().err
    assert main(["explain", "--help"]) == 0
    assert "Example: engage explain" in capsys.readouterr().out


def test_who_meets_an_entry_and_may_not_come_in_is_told_why(
    capsys: pytest.CaptureFixture[str], inputs: list[str]
) -> None:
    """D-16: the filter lets the second order pass, the mode does not."""
    path = Path(inputs[1])
    design = json.loads(path.read_text("utf-8"))
    entry = next(one for one in design["journeys"] if one["key"] == "look")["entry"]
    entry["reentry"] = {"mode": "once"}
    path.write_text(json.dumps(design), "utf-8")
    found = as_json(capsys, inputs, "--profile", "ann", "--journey", "look")
    assert found["verdict"]
    assert "but entered before, at " in found["sentence"]
    assert "may enter once" in found["sentence"]
