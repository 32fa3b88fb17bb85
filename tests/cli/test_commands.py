"""The command line through its own door: exit codes, JSON on stdout, sentences on stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from engage_desktop.__main__ import main
from engage_desktop.app.reopen import read_run
from tests.cli import shop


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    campaigns, log = shop.write(tmp_path / "shop")
    return str(campaigns), str(log)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_query_prints_canonical_text_and_type(capsys: pytest.CaptureFixture[str]) -> None:
    body = run_json(capsys, "query", 'not event("A").count() == 0')
    assert body == {"ok": True, "canonical": "NOT event('A').count() = 0", "type": "boolean"}


def test_query_error_has_a_caret_and_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "query", "event('A').count() >=")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].strip() == "^"
    code, out, _ = run(capsys, "query", "event('A').count() >=", "--json")
    body = json.loads(out)
    assert code == 1
    assert body["ok"] is False
    assert set(body["error"]) == {"message", "line", "column"}


def test_audience_size_and_members_at_an_instant(capsys: pytest.CaptureFixture[str], files: tuple[str, str]) -> None:
    campaigns, log = files
    body = run_json(
        capsys, "audience", "buyers", "--campaigns", campaigns, "--log", log, "--at", "2024-01-09T11:00:00Z", "--ids"
    )
    # bob's order at 2024-01-02T11:00 is exactly 7 days old, and (now-N, now] no longer holds it.
    assert body == {"audience": "buyers", "at": "2024-01-09T11:00:00Z", "size": 1, "profiles": ["ann"]}
    body = run_json(
        capsys,
        "audience",
        "buyers",
        "--campaigns",
        campaigns,
        "--log",
        log,
        "--at",
        "2024-01-09T10:59:59.999999Z",
        "--ids",
    )
    assert body["profiles"] == ["ann", "bob"]


def test_simulate_writes_the_documented_tables(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    campaigns, log = files
    body = run_json(
        capsys, "simulate", "--campaigns", campaigns, "--log", log, "--out", str(tmp_path / "run"), "--seed", "7"
    )
    assert set(body) == {"run", "counts", "seconds"}
    assert set(body["seconds"]) == {"load", "run", "write"}
    assert body["counts"]["profiles"] == 3
    assert body["counts"]["instances"] == 3
    names = {path.stem for path in (tmp_path / "run").glob("*.parquet")}
    assert names == {"instances", "visits", "memberships", "messages", "responses", "deliveries", "estimates"}
    messages = pq.read_table(tmp_path / "run" / "messages.parquet").to_pylist()
    assert [(row["profile"], row["status"], row["reason"]) for row in messages] == [
        ("ann", "sent", None), ("ann", "sent", None), ("bob", "dropped", "subscription_unknown"),
    ]  # fmt: skip


def test_replicates_fill_the_table_of_estimates(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    """D-29: replicate 0 is the run and the same with and without the others, which make only estimates."""
    campaigns, log = files
    arguments = ("simulate", "--campaigns", campaigns, "--log", log, "--seed", "7", "--out")
    run_json(capsys, *arguments, str(tmp_path / "plain"))
    body = run_json(capsys, *arguments, str(tmp_path / "run"), "--replicates", "40")
    rows = pq.read_table(tmp_path / "run" / "estimates.parquet").to_pylist()
    assert [(row["campaign"], row["step"], row["figure"], row["kind"], row["replicates"]) for row in rows] == [
        ("after_order", None, "entered", "observed", 40), ("after_order", "thanks", "sent", "observed", 40),
    ]  # fmt: skip
    assert all(row["p5"] <= row["p50"] <= row["p95"] and row["p5"] < row["p95"] for row in rows)
    assert body["counts"]["estimates"] == 2
    assert json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["replicates"] == 40
    for name in ("instances", "visits", "messages", "responses", "memberships", "deliveries"):
        of_both = [(tmp_path / run / f"{name}.parquet").read_bytes() for run in ("plain", "run")]
        assert of_both[0] == of_both[1], name
    assert pq.read_table(tmp_path / "plain" / "estimates.parquet").num_rows == 0


BROADCAST = {"key": "news", "name": "News", "audience": "buyers", "message": "thanks", "at": "2024-01-06T09:00:00Z"}


@pytest.mark.parametrize(
    ("only", "sent"),
    [
        (["news"], {"news"}),
        (["after_order"], {"after_order"}),
        (["news", "after_order"], {"news", "after_order"}),
        ([], {"news", "after_order"}),
    ],
)
def test_a_run_of_some_campaigns_is_one_of_journeys_and_broadcasts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, only: list[str], sent: set[str]
) -> None:
    """D-25: the named ones alone, and it says so; a run of a broadcast can be read again."""
    campaigns, log = shop.write(tmp_path / "shop", broadcasts=[BROADCAST])
    out, options = tmp_path / "run", [word for key in only for word in ("--only", key)]
    run_json(
        capsys, "simulate", "--campaigns", str(campaigns), "--log", str(log), "--out", str(out), *options
    )  # fmt: skip
    assert set(pq.read_table(out / "messages.parquet")["campaign"].to_pylist()) == sent
    body = json.loads((out / "run.json").read_text("utf-8"))
    assert body["only"] == only
    said = [one for one in body["warnings"] if one.startswith("Only this ran: ")]
    assert [one.split(";")[0] for one in said] == ([f"Only this ran: {', '.join(only)}"] if only else [])
    assert read_run(out).only == tuple(only)


def test_only_of_a_key_that_is_not_there_names_what_there_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    campaigns, log = shop.write(tmp_path / "shop", broadcasts=[BROADCAST])
    code, _, err = run(
        capsys, "simulate", "--campaigns", str(campaigns), "--log", str(log), "--out", str(tmp_path / "run"),
        "--only", "new",
    )  # fmt: skip
    assert code == 1
    assert err == "--only new: no journey and no broadcast has this key. Use one of: after_order, news.\n"


@pytest.mark.parametrize("number", ["-1", "10001"])
def test_a_number_of_replicates_that_makes_no_sense(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path, number: str
) -> None:
    campaigns, log = files
    code, _, err = run(
        capsys,
        "simulate",
        "--campaigns",
        campaigns,
        "--log",
        log,
        "--out",
        str(tmp_path / "run"),
        "--replicates",
        number,
    )
    assert code == 1
    assert err == f"--replicates {number}: ranges take 1 to 10,000 replicates; 0 makes none.\n"


def test_same_inputs_and_seed_give_the_same_bytes(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    campaigns, log = files
    for name in ("one", "two"):
        run_json(
            capsys, "simulate", "--campaigns", campaigns, "--log", log, "--out", str(tmp_path / name), "--seed", "7"
        )
    one = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    two = {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert one == two
    assert len(one) == 8


def test_import_simulate_sync_in_a_workspace(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    campaigns, log = files
    workspace = tmp_path / "workspace"
    body = run_json(capsys, "import", log, "--workspace", str(workspace))
    assert (body["read"], body["kept"], body["rejected"], body["duplicates"], body["profiles"]) == (7, 7, 0, 0, 3)
    (workspace / "campaigns.json").write_text(Path(campaigns).read_text(encoding="utf-8"), encoding="utf-8")
    out = workspace / "runs" / "first"
    run_json(capsys, "simulate", "--workspace", str(workspace), "--out", str(out))
    ledger = run_json(capsys, "sync", str(out), "--destination", "files", "--dry-run")
    assert {"destination", "calls", "people", "seconds_at_rate", "sample"} <= set(ledger)
    assert not (workspace / "out").exists()  # a dry run writes nothing
    done = run_json(capsys, "sync", str(out), "--destination", "files")
    assert (done["sent"], done["failed"], done["pending"]) == (ledger["calls"], 0, 0)
    rows = [
        json.loads(line)
        for path in (workspace / "out").iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    sent = {row["message_id"]: row["payload"] for row in rows}
    assert len(sent) == len(rows) == ledger["calls"]
    assert all(sent[payload["messageId"]] == payload for payload in ledger["sample"])
    again = run_json(capsys, "sync", str(out), "--destination", "files", "--dry-run")
    assert again["calls"] == 0  # a second run sends only the difference


def test_draft_reaches_sandboxes_only(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    campaigns, log = files
    workspace = tmp_path / "workspace"
    run_json(capsys, "import", log, "--workspace", str(workspace))
    (workspace / "campaigns.json").write_text(Path(campaigns).read_text(encoding="utf-8"), encoding="utf-8")
    out = workspace / "runs" / "first"
    run_json(capsys, "simulate", "--workspace", str(workspace), "--out", str(out))
    code, _, err = run(capsys, "sync", str(out), "--destination", "real")
    assert code == 1
    assert "audience buyers is a draft" in err
    assert not (workspace / "real").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["simulate", "--campaigns", "nowhere.json", "--log", "x.jsonl", "--out", "o"], "nowhere.json"),
        (["validate", "nowhere.json"], "nowhere.json"),
        (["audience", "nobody", "--campaigns", "CAMPAIGNS", "--log", "LOG"], "There is no audience 'nobody'"),
        (["audience", "buyers", "--campaigns", "CAMPAIGNS", "--log", "missing.jsonl"], "missing.jsonl"),
        (["audience", "buyers", "--campaigns", "CAMPAIGNS", "--log", "LOG", "--at", "2024-01-09"], "--at"),
        (["simulate", "--campaigns", "CAMPAIGNS", "--log", "LOG", "--out", "o", "--only", "nope"], "nope"),
        (["simulate", "--campaigns", "CAMPAIGNS", "--out", "o"], "--log"),
        (["sync", "nowhere", "--destination", "files", "--workspace", "nowhere"], "nowhere"),
        (["import", "missing.jsonl", "--workspace", "WORKSPACE"], "missing.jsonl"),
        (["experiment", "nowhere", "--journey", "j", "--step", "s"], "nowhere"),
    ],
)
def test_bad_input_is_one_sentence_with_code_1(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    names = {"CAMPAIGNS": files[0], "LOG": files[1], "WORKSPACE": str(tmp_path / "new")}
    code, out, err = run(capsys, *[names.get(word, word) for word in arguments])
    assert (code, out) == (1, ""), err
    assert words in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [["nope"], ["simulate"], ["audience"], ["query"], ["open", "a", "b"]])
def test_wrong_usage_is_code_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert run(capsys, *arguments)[0] == 2


@pytest.mark.parametrize(
    "command", ["import", "validate", "query", "audience", "simulate", "experiment", "sync", "approve", "open"]
)
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert "Example: engage" in " ".join(out.split())


def test_failed_import_leaves_the_workspace_as_it_was(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    run_json(capsys, "import", files[1], "--workspace", str(workspace))
    before = sorted(path.name for path in (workspace / "sources").iterdir())
    junk = tmp_path / "junk.jsonl.gz"
    junk.write_bytes(b"this is no gzip")
    code, _, err = run(capsys, "import", str(junk), "--workspace", str(workspace))
    assert code == 1
    assert "junk.jsonl.gz" in err
    assert sorted(path.name for path in (workspace / "sources").iterdir()) == before


def test_a_misspelt_event_is_remarked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nobody matches a name that the log does not hold, and nobody should have to guess why."""
    definition = "event('Order Complete').count() >= 1 OR event('Order Completed').count() >= 9"
    campaigns, log = shop.write(tmp_path, audiences=[{"key": "buyers", "name": "Buyers", "definition": definition}])
    code, out, err = run(capsys, "audience", "buyers", "--campaigns", str(campaigns), "--log", str(log))
    assert (code, out[:16]) == (0, "buyers: 0 people")
    assert err == "Remark: The log has no event 'Order Complete'; did you mean 'Order Completed'?\n"


def test_a_computed_trait_is_no_audience(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    traits = [{"key": "orders", "name": "Orders", "definition": "event('Order Completed').count()"}]
    campaigns, log = shop.write(tmp_path, traits=traits)
    code, _, err = run(capsys, "audience", "orders", "--campaigns", str(campaigns), "--log", str(log))
    assert code == 1
    assert "'orders' is a computed trait" in err
