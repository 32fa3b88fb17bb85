"""Audiences from a list through the command line, over Storefront: every figure against the log's own lines (D-11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engage_desktop.api import simulate
from engage_desktop.domain.duration import parse_instant
from tests.cli.test_commands import run, run_json

LOG = Path(__file__).resolve().parents[2] / "sample_data" / "storefront" / "log.jsonl.zst"
SPRING = "2025-04-01T00:00:00Z"
EVERY_NTH = 40


def lines() -> Iterator[dict[str, Any]]:
    with pa.input_stream(str(LOG), compression="zstd") as stream:
        yield from map(json.loads, stream.read().splitlines())


def first_shown() -> tuple[dict[str, int], dict[str, tuple[str, int]]]:
    """User id -> the instant it is first shown; address -> (the user id it was told with, the instant)."""
    users: dict[str, int] = {}
    addresses: dict[str, tuple[str, int]] = {}
    for call in lines():
        who, at = call.get("userId"), parse_instant(call["timestamp"])
        if who is None:
            continue
        users[who] = min(at, users.get(who, at))
        address = call.get("traits", {}).get("email") if call["type"] == "identify" else None
        if address and (address not in addresses or at < addresses[address][1]):
            addresses[address] = (who, at)
    return users, addresses


@pytest.fixture(scope="module")
def shown() -> tuple[dict[str, int], dict[str, tuple[str, int]]]:
    return first_shown()


def write(folder: Path, rows: list[tuple[str, str]], **fields: Any) -> Path:
    """A design whose journey people enter by a list, and the list."""
    data = "".join(f"{','.join(row)}\n" for row in [("id", "note"), *rows]).encode()
    (folder / "vip.csv").write_bytes(data)
    named = {"file": "vip.csv", "sha256": hashlib.sha256(data).hexdigest()} | fields
    body = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Storefront"},
        "audiences": [
            {"key": "vip", "name": "VIP", "list": named},
            {"key": "buying_vip", "name": "B", "definition": "audience('vip') AND event('Order Completed').count() >= 1"},
        ],
        "journeys": [
            {
                "key": "hello",
                "name": "Hello",
                "entry": {"type": "audience", "audience": "vip", "include_existing": True},
                "start": "coin",
                "steps": [
                    {
                        "key": "coin",
                        "type": "random",
                        "branches": [{"key": "a", "percent": 50}, {"key": "b", "percent": 50, "role": "holdout"}],
                    }
                ],
            }
        ],
    }  # fmt: skip
    (folder / "campaigns.json").write_text(json.dumps(body), encoding="utf-8")
    return folder / "campaigns.json"


@pytest.fixture
def picked(shown: tuple[dict[str, int], dict[str, tuple[str, int]]]) -> tuple[list[str], dict[str, int]]:
    """Some user ids and some addresses as a list has them, and since when each profile they name is in it."""
    users, addresses = shown
    ids = sorted(users)[::EVERY_NTH]
    mails = sorted(addresses)[::EVERY_NTH]
    since = {who: users[who] for who in ids}
    for mail in mails:
        who, at = addresses[mail]
        since[who] = min(at, since.get(who, at))
    return ids + mails, since


def test_size_and_entries_are_those_of_the_identifiers_in_the_log(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, picked: tuple[list[str], dict[str, int]]
) -> None:
    """D-6, D-11, D-17: in the audience and in the journey from the first instant the log shows the identifier, those
    who were in it before at the run's first."""
    listed, since = picked
    assert len(since) > 60
    campaigns = str(write(tmp_path, [(one, "x") for one in [*listed, "nobody@example.net", "", listed[0]]]))
    for at in (SPRING, "2025-05-31T00:00:00Z"):
        expected = sorted(who for who, from_ in since.items() if from_ <= parse_instant(at))
        body = run_json(
            capsys, "audience", "vip", "--campaigns", campaigns, "--log", str(LOG), "--at", at, "--ids"
        )  # fmt: skip
        assert body["profiles"] == expected
    out = tmp_path / "run"
    body = run_json(
        capsys, "simulate", "--campaigns", campaigns, "--log", str(LOG), "--from", SPRING, "--out", str(out)
    )
    entered = {
        row["profile"]: int(row["entered_at"].timestamp() * 1e6 + 0.5)
        for row in pq.read_table(out / "instances.parquet").to_pylist()
    }
    assert entered == {who: max(from_, parse_instant(SPRING)) for who, from_ in since.items()}
    assert any(from_ > parse_instant(SPRING) for from_ in since.values())
    assert body["counts"]["instances"] == len(since)
    (recorded,) = json.loads((out / "run.json").read_text("utf-8"))["inputs"]["lists"]
    assert recorded["sha256"] == hashlib.sha256((tmp_path / "vip.csv").read_bytes()).hexdigest()
    # The run opens again without the file, for the arms of its split.
    (tmp_path / "vip.csv").unlink()
    asked = ("--journey", "hello", "--step", "coin", "--metric", "event:Order Completed")
    found = run_json(capsys, "experiment", str(out), *asked, "--log", str(LOG))
    assert sum(arm["n"] for arm in found["arms"]) == len(since)


def test_a_list_is_explained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, shown: tuple[dict[str, int], dict[str, tuple[str, int]]]
) -> None:
    inside, outside = sorted(shown[0])[:2]
    campaigns = str(write(tmp_path, [(inside, "x")]))
    for audience in ("vip", "buying_vip"):
        for who in (inside, outside):
            body = run_json(
                capsys, "explain", "--profile", who, "--audience", audience, "--campaigns", campaigns, "--log", str(LOG)
            )  # fmt: skip
            named = body["tree"] if audience == "vip" else body["tree"]["children"][0]["children"][0]
            assert (named["text"], named["verdict"]) == ("audience('vip')", who == inside)


@pytest.mark.parametrize("command", ["validate", "audience", "explain", "simulate", "api"])
def test_a_changed_list_is_refused_everywhere(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str) -> None:
    campaigns = str(write(tmp_path, [("u", "x")]))
    (tmp_path / "vip.csv").write_text("id\nother\n", encoding="utf-8")
    log = tmp_path / "log.jsonl"
    log.write_text('{"type":"track","userId":"u","event":"A","timestamp":"2025-03-03T00:00:00Z"}\n', encoding="utf-8")
    accept = hashlib.sha256((tmp_path / "vip.csv").read_bytes()).hexdigest()
    both = ("--campaigns", campaigns, "--log", str(log))
    if command == "api":
        with pytest.raises(Exception, match=accept):
            simulate(campaigns, [log], tmp_path / "run")
        return
    code, out, err = {
        "validate": lambda: run(capsys, "validate", campaigns),
        "audience": lambda: run(capsys, "audience", "vip", *both),
        "explain": lambda: run(capsys, "explain", "--profile", "u", "--audience", "vip", *both),
        "simulate": lambda: run(capsys, "simulate", *both, "--out", str(tmp_path / "run")),
    }[command]()
    assert code == 1
    told = out if command == "validate" else err
    assert "vip.csv has changed since it was chosen" in told
    assert accept in told
    assert not (tmp_path / "run").exists()
    body = json.loads(Path(campaigns).read_text("utf-8"))
    body["audiences"][0]["list"]["sha256"] = accept
    Path(campaigns).write_text(json.dumps(body), encoding="utf-8")
    assert run(capsys, "validate", campaigns)[0] == 0


def test_a_workspace_finds_its_list_and_delivers_whom_it_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    log = tmp_path / "log.jsonl"
    log.write_text('{"type":"track","userId":"u","event":"A","timestamp":"2025-03-03T00:00:00Z"}\n', encoding="utf-8")
    run_json(capsys, "import", str(log), "--workspace", str(shop))
    write(shop, [("u", "x"), ("v", "x")])
    assert run_json(capsys, "audience", "vip", "--workspace", str(shop))["size"] == 1
    body = json.loads((shop / "campaigns.json").read_text("utf-8"))
    body["destinations"] = [
        {"key": "files", "type": "file", "settings": {"folder": "out", "format": "jsonl"}, "sandbox": True}
    ]
    body["audiences"][0]["sync"] = [{"destination": "files", "as": "identify"}]
    (shop / "campaigns.json").write_text(json.dumps(body), encoding="utf-8")
    made = str(shop / "runs" / "one")
    run_json(capsys, "simulate", "--workspace", str(shop), "--out", made)
    kept = (shop / "vip.csv").read_bytes()
    (shop / "vip.csv").write_bytes(b"id\nv\n")
    assert run_json(capsys, "sync", made, "--destination", "files", "--dry-run")["people"] == 1
    assert run_json(capsys, "sync", made, "--destination", "files")["sent"] == 1
    (shop / "vip.csv").write_bytes(kept)
    elsewhere = tmp_path / "draft.json"
    elsewhere.write_bytes((shop / "campaigns.json").read_bytes())
    body = run_json(capsys, "audience", "vip", "--campaigns", str(elsewhere), "--workspace", str(shop), "--ids")
    assert body["profiles"] == ["u"]
