"""`engage validate` with a log: what the run shows to be wrong, on Storefront, with the people counted again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engage_desktop.__main__ import main
from engage_desktop.app.importing import import_logs

LOG = Path(__file__).resolve().parents[2] / "sample_data" / "storefront" / "log.jsonl.zst"
OF_A_DESIGN = {"severity", "code", "path", "message", "mend"}
OF_A_RUN = {*OF_A_DESIGN, "people", "kind"}


def design(**policies: Any) -> dict[str, Any]:
    """Who has no order is written to five days after leaving the checkout open, order or not; and an event is misspelt."""
    return {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Shop"},
        "audiences": [{"key": "new", "name": "New here", "definition": "event('Order Completed').count() = 0"}],
        "messages": [{"key": "note", "channel": "email", "subject": "Hello", "body": "Hello"}],
        "policies": policies,
        "journeys": [
            {
                "key": "j", "name": "J", "start": "wait", "exits": [{"key": "out", "event": "Order Complete"}],
                "entry": {"type": "event", "event": "Checkout Started", "audience": "new", "reentry": {"mode": "once"}},
                "steps": [
                    {"key": "wait", "type": "delay", "name": "Five days", "duration": "5d", "next": "note"},
                    {"key": "note", "type": "message", "name": "Note", "message": "note"},
                ],
            }
        ],
    }  # fmt: skip


ASSUME = {"subscription": {"unknown": "assume"}, "address": {"unknown": "assume"}}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "workspace"
    folder.mkdir()
    (folder / "campaigns.json").write_text(json.dumps(design(**ASSUME)), encoding="utf-8")
    import_logs(folder, [LOG])
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["validate", *map(str, arguments)])
    return code, *capsys.readouterr()


def wrongly_reached(capsys: pytest.CaptureFixture[str], run: Path, *arguments: str | Path) -> dict[str, datetime]:
    """By the tables of the same run: to whom the note goes out after they have left the audience that let them in."""
    assert main(["simulate", *map(str, arguments), "--out", str(run)]) == 0
    capsys.readouterr()
    with duckdb.connect() as tables:
        rows = tables.execute(
            f"""SELECT profile, min(epoch_us(due_at)) FROM '{run}/messages.parquet' m WHERE status IN ('sent', 'waiting') AND NOT EXISTS (
            SELECT 1 FROM '{run}/memberships.parquet' n WHERE n.profile = m.profile AND from_at <= due_at AND coalesce(to_at > due_at, true))
            GROUP BY profile"""
        ).fetchall()
    return {profile: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at) for profile, at in rows}


@pytest.mark.parametrize(("policies", "kind"), [(ASSUME, "assumed"), ({}, "observed")])
def test_whom_the_run_shows_to_be_reached_wrongly(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], policies: dict[str, Any], kind: str
) -> None:
    """J1-6: they had not ordered when they came to the checkout, and have when the note goes out."""
    campaigns = tmp_path / "campaigns.json"
    campaigns.write_text(json.dumps(design(**policies)), encoding="utf-8")
    code, out, err = told(capsys, campaigns, "--workspace", workspace, "--ids", "--json")
    assert (code, err) == (0, "")
    unseen, wait = json.loads(out)["problems"]
    assert set(unseen) == set(wait) == {*OF_A_RUN, "profiles"}
    assert (unseen["code"], unseen["path"]) == ("event_unseen", "journeys.j.exits.out.event")
    assert (unseen["severity"], unseen["people"], unseen["profiles"]) == ("warning", 0, [])
    assert unseen["mend"] == "Did you mean “Order Completed”?"
    assert (wait["severity"], wait["code"], wait["path"]) == ("warning", "unguarded_wait", "journeys.j.steps.wait")
    expected = wrongly_reached(capsys, tmp_path / "run", "--campaigns", campaigns, "--workspace", workspace)
    assert len(expected) > 20
    assert {one["profile"]: datetime.fromisoformat(one["at"]) for one in wait["profiles"]} == expected
    assert (wait["people"], wait["kind"]) == (len(expected), kind)
    assert f"“Note” reaches {len(expected):,} of " in wait["message"]


def test_a_line_each_with_its_people_and_what_they_rest_on(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The workspace's own campaigns, without naming them; people only where they are asked for."""
    code, out, err = told(capsys, "--workspace", workspace)
    assert (code, err) == (0, "")
    unseen, wait = out.splitlines()
    assert unseen == (
        "warning: journeys.j.exits.out.event: The log has no event “Order Complete”. Did you mean “Order Completed”? "
        "[event_unseen; observed]"
    )
    assert re.fullmatch(
        r"warning: journeys\.j\.steps\.wait: “Note” reaches .* \[unguarded_wait; \d+ people, assumed\]", wait
    )
    _, out, _ = told(capsys, "--workspace", workspace, "--ids")
    head, people = out.splitlines()[1], out.splitlines()[2:]
    assert head == wait
    assert f"; {len(people)} people," in wait
    assert all(re.fullmatch(r"  \S+  2025-\d\d-\d\dT[\d:.]+Z", one) for one in people)


def test_without_a_log_and_with_errors_the_run_says_nothing(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contract of before: problems of the design alone; one that cannot run is not run."""
    code, out, _ = told(capsys, workspace / "campaigns.json", "--json")
    assert (code, json.loads(out)) == (0, {"problems": []})
    assert told(capsys, workspace / "campaigns.json") == (0, "No problems.\n", "")
    broken = design()
    broken["journeys"][0]["steps"][0]["duration"] = "5 parsecs"
    (tmp_path / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    code, out, _ = told(capsys, tmp_path / "broken.json", "--workspace", workspace, "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, set(problem), problem["severity"]) == (1, OF_A_DESIGN, "error")
    code, out, _ = told(capsys, tmp_path / "broken.json", "--workspace", workspace)
    assert (code, out.splitlines()[-1]) == (1, "What the log shows is told once the errors are mended.")


def test_what_no_run_can_be_made_of_is_said_in_a_sentence(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, workspace / "campaigns.json", "--log", tmp_path / "gone.jsonl")
    assert (code, out) == (1, "")
    assert "gone.jsonl" in err
    code, out, err = told(capsys)
    assert (code, out) == (2, "")
    assert "Name a campaign file, or a workspace with --workspace." in err


def test_the_help_says_what_a_log_adds(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "--help")
    assert code == 0
    assert all(word in out for word in ("--log", "--workspace", "--ids", "exit code at 0", "observed", "assumed"))
