"""Runs and syncs through the command line: what a destination holds in the end, and what never leaves (D-38, D-39)."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pyarrow.parquet as pq
import pytest

from engage_desktop.document import loads
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.store import Workspace
from tests.cli import shop
from tests.cli.test_commands import run_json

DAY = 86_400_000_000
START = parse_instant("2024-01-01T00:00:00Z")
PEOPLE = [f"u-{number:02}" for number in range(60)]


def orders(seed: int) -> list[dict[str, Any]]:
    """Sixty people who order up to four times in forty days."""
    draw = random.Random(seed)
    calls = [
        shop.call("track", who, format_instant(START + draw.randrange(40 * DAY)), event=shop.ORDER, properties={"revenue": draw.randint(1, 90)})
        for who in PEOPLE
        for _ in range(draw.randint(0, 4))
    ]  # fmt: skip
    return [*calls, shop.call("track", "u-00", format_instant(START + 40 * DAY), event="Seen")]


class Shop:
    """A workspace, and the commands on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], records: list[dict[str, Any]]) -> None:
        self.folder, self._capsys = folder / "workspace", capsys
        log = folder / "log.jsonl"
        log.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
        self.do("import", str(log), "--workspace", str(self.folder))

    def do(self, *arguments: str) -> Any:
        return run_json(self._capsys, *arguments)

    def simulate(self, name: str, design: Mapping[str, Any]) -> Path:
        (self.folder / "campaigns.json").write_text(json.dumps(design), encoding="utf-8")
        out = self.folder / "runs" / name
        self.do("simulate", "--workspace", str(self.folder), "--out", str(out))
        return out

    def members(self, key: str) -> set[str]:
        where = ("--campaigns", str(self.folder / "campaigns.json"), "--workspace", str(self.folder))
        return set(self.do("audience", key, *where, "--ids")["profiles"])


def design(definition: str, **sync: Any) -> dict[str, Any]:
    settings = {"url": "sqlite:///crm.db", "table": "told"}
    return {
        "format": "engage-campaigns/1", "workspace": {"name": "Shop"},
        "audiences": [{"key": "fans", "name": "Fans", "definition": definition,
                       "sync": [{"destination": "crm", "as": "identify", **sync}]}],
        "destinations": [{"key": "crm", "type": "sql", "settings": settings, "sandbox": True}],
    }  # fmt: skip


def held(database: Path, where: str = "") -> set[str]:
    """Who is a member for somebody who applies the rows in the order in which they came."""
    with closing(connect(database)) as opened:
        rows = opened.execute(f"SELECT profile, change FROM told {where} ORDER BY rowid").fetchall()
    last = dict(rows)
    return {who for who, change in last.items() if change in ("entered", "added")}


@pytest.mark.parametrize("sync", [{}, {"mode": "batch", "every": "12h", "first": "1d"}, {"as": "list"}])
def test_run_sync_edit_run_sync(tmp_path: Path, capsys: pytest.CaptureFixture[str], sync: dict[str, Any]) -> None:
    """The destination holds exactly the membership, and a change has the same name in every run (D-38)."""
    one = Shop(tmp_path, capsys, orders(1))
    database = one.folder / "crm.db"
    before, after = (design(f"event('{shop.ORDER}').within(20 days).count() >= {least}", **sync) for least in (1, 2))
    names = []
    for number, edited in enumerate((before, after, before)):
        run = one.simulate(f"run{number}", edited)
        ledger = one.do("sync", str(run), "--destination", "crm", "--dry-run")
        done = one.do("sync", str(run), "--destination", "crm")
        assert (done["sent"], done["failed"], done["pending"]) == (ledger["calls"], 0, 0)
        members = one.members("fans")
        assert 5 < len(members) < 55
        assert held(database) == members
        names.append({row["message_id"] for row in pq.read_table(run / "deliveries.parquet").to_pylist()})
        assert one.do("sync", str(run), "--destination", "crm")["sent"] == 0
    assert names[0] == names[2] != names[1]
    with closing(connect(database)) as opened:
        (rows, different) = opened.execute("SELECT count(*), count(DISTINCT message_id) FROM told").fetchone()
        first = {name for (name,) in opened.execute("SELECT message_id FROM told WHERE change IN ('entered', 'added')")}
    assert rows == different
    assert names[0] & first  # the calls of a sync bear the names that the runs' tables say


def test_where_nothing_changed_names_repeat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """D-38: an edit of one audience leaves every name of the other as it was."""
    one = Shop(tmp_path, capsys, orders(2))
    first, second = (design(f"event('{shop.ORDER}').within(20 days).count() >= {least}") for least in (1, 2))
    for edited in (first, second):
        same = {"key": "big", "name": "Big", "definition": f"event('{shop.ORDER}').sum(property('revenue')) > 100"}
        edited["audiences"].append(same | {"sync": [{"destination": "crm", "as": "track"}]})
    tables = [pq.read_table(one.simulate(f"run{number}", edited) / "deliveries.parquet").to_pylist() for number, edited in enumerate((first, second))]  # fmt: skip
    big, fans = ([[row for row in rows if row["campaign"] == key] for rows in tables] for key in ("big", "fans"))
    assert big[0] == big[1] != []
    shared = {row["message_id"]: row for row in fans[0]}
    assert all(row == shared[row["message_id"]] for row in fans[1] if row["message_id"] in shared)


def assumed_design() -> dict[str, Any]:
    """Every e-mail is opened, by assumption: who is told of openers, of those who did not open, and by a step after it."""
    design = shop.design()
    traits = [{"key": "opens", "name": "Opens", "definition": "event('Email Opened').count()"}]
    sync = [{"destination": "files", "as": "identify", "traits": ["opens"]}]
    audiences = [
        {"key": "openers", "name": "Openers", "definition": "event('Email Opened').count() >= 1", "sync": sync},
        {"key": "cold", "name": "Cold", "definition": f"event('{shop.ORDER}').count() >= 1 AND event('Email Opened').count() = 0", "sync": sync},
    ]  # fmt: skip
    journeys = [*design["journeys"], {
        "key": "opened", "name": "Opened", "entry": {"type": "event", "event": "Email Opened"}, "start": "say",
        "steps": [{"key": "say", "type": "send", "destination": "files"}],
    }]  # fmt: skip
    messages = [
        {
            "key": "thanks",
            "channel": "email",
            "subject": "Thank you",
            "responses": {"opened": {"likely": 1, "after": "1h"}},
        }
    ]
    return design | {"traits": traits, "audiences": audiences, "journeys": journeys, "messages": messages}


def test_assumed_rows_never_appear_in_a_dry_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = Shop(tmp_path, capsys, shop.log())
    run = one.simulate("run", assumed_design())
    rows = pq.read_table(run / "deliveries.parquet").to_pylist()
    kinds = {(row["campaign"], row["profile"], row["change"]): row["kind"] for row in rows}
    assert kinds["openers", "ann", "entered"] == kinds["cold", "ann", "exited"] == kinds["opened", "ann", "sent"] == "assumed"  # fmt: skip
    assert kinds["cold", "ann", "entered"] == kinds["after_order", "ann", "sent"] == "observed"
    ledger = one.do("sync", str(run), "--destination", "files", "--dry-run")
    assert ledger["withheld"] == {"assumed": 2}
    assert one.do("sync", str(run), "--destination", "files")["sent"] == ledger["calls"]
    lines = [line for path in (one.folder / "out").iterdir() for line in path.read_text(encoding="utf-8").splitlines()]
    left = [json.loads(line) for line in lines]
    assert {row["message_id"] for row in left} <= {row["message_id"] for row in rows if row["kind"] == "observed"}
    payloads = [row["payload"] for row in left]
    told = sorted((body["userId"], next(iter(body["traits"].items())), body["traits"]["opens"]) for body in payloads if "traits" in body)  # fmt: skip
    assert told == [("ann", ("cold", True), 0), ("bob", ("cold", True), 0)]
    assert [body["event"] for body in payloads if body["type"] == "track"] == ["Thanked"] * 3


def test_the_past_never_reaches_real_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """D-39: an approved campaign, a destination that is no sandbox: of a past window only audiences leave."""
    design = shop.design()
    design["journeys"][0]["steps"][3]["destination"] = "real"
    design["audiences"][0]["definition"] = f"event('{shop.ORDER}').count() >= 1"
    design["journeys"][0]["exits"] = [{"key": "again", "event": shop.ORDER, "send": {"destination": "real"}}]
    one = Shop(tmp_path, capsys, shop.log())
    run = one.simulate("run", design)
    steps = [row for row in pq.read_table(run / "deliveries.parquet").to_pylist() if row["step"] is not None]
    assert {row["destination"] for row in steps} == {"real"}
    campaigns, _ = loads(json.dumps(design))
    assert campaigns is not None
    with Workspace.open(one.folder, create=True) as workspace:
        for kind, key in (("audience", "buyers"), ("journey", "after_order")):
            workspace.approvals.approve(campaigns, kind, key, who="Ada", at=0)
    ledger = one.do("sync", str(run), "--destination", "real", "--dry-run")
    assert ledger["withheld"] == {"past step, not a sandbox": len(steps)}
    done = one.do("sync", str(run), "--destination", "real")
    assert done["sent"] == ledger["calls"] > 0
    lines = [line for path in (one.folder / "real").iterdir() for line in path.read_text(encoding="utf-8").splitlines()]
    classes = {json.loads(line)["payload"]["context"]["personas"]["computation_class"] for line in lines}
    assert classes == {"audience"}
