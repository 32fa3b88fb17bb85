"""Broadcasts are approved on the command line: exactly as they stand, and no draft is behind what is delivered (D-39)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.__main__ import main
from engage_desktop.app.importing import import_logs
from tests.cli import shop


def mailed_design(**spring: Any) -> dict[str, Any]:
    """A destination that is no sandbox is told who got the broadcast: ann, whose subscription the log knows."""
    design = shop.design()
    sync = [{"destination": "real", "as": "track"}]
    return design | {
        "audiences": [
            {"key": "buyers", "name": "Buyers", "definition": f"event('{shop.ORDER}').count() >= 1"},
            {"key": "mailed", "name": "Mailed", "definition": "event('Email Sent').count() >= 1", "sync": sync},
        ],
        "journeys": [],
        "broadcasts": [
            {"key": "spring", "name": "Spring", "audience": "buyers", "message": "thanks", "at": "2024-01-06T09:00:00Z"}
            | spring
        ],
    }


class Desk:
    """A person at the command line of one workspace."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys, self._runs = folder / "shop", capsys, 0
        _, log = shop.write(folder)
        self.folder.mkdir()
        self.write(mailed_design())
        import_logs(self.folder, [log])

    def write(self, design: dict[str, Any]) -> None:
        (self.folder / "campaigns.json").write_text(json.dumps(design), encoding="utf-8")

    def do(self, *arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        return code, *self._capsys.readouterr()

    def approve(self, *arguments: str) -> tuple[int, str, str]:
        return self.do("approve", *arguments, "--workspace", str(self.folder))

    def state(self) -> dict[str, Any]:
        """Of the broadcast."""
        body = json.loads(self.approve("--json")[1])
        return {(one["kind"], one["key"]): one for one in body["campaigns"]}["broadcast", "spring"]

    def delivered(self) -> tuple[dict[str, Any], tuple[int, str, str], list[str]]:
        """(the dry run, the sync, who was told) of a new run."""
        self._runs += 1
        run = str(self.folder / "runs" / f"run{self._runs}")
        assert self.do("simulate", "--workspace", str(self.folder), "--out", run, "--json")[0] == 0
        sync = ("sync", run, "--destination", "real", "--workspace", str(self.folder), "--json")
        ledger = json.loads(self.do(*sync, "--dry-run")[1])
        done, place = self.do(*sync), self.folder / "real"
        lines = [line for path in sorted(place.glob("*")) for line in path.read_text(encoding="utf-8").splitlines()]
        return ledger, done, [json.loads(line)["payload"]["userId"] for line in lines]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_what_rests_on_a_broadcast_is_delivered_once_that_is_approved(desk: Desk) -> None:
    assert desk.approve("audience", "mailed", "--as", "Ada")[0] == 0
    ledger, (code, _, err), told = desk.delivered()
    assert ledger["calls"] == 1
    assert "broadcast spring is a draft" in ledger["refused"]
    assert (code, told) == (1, [])
    assert "broadcast spring is a draft" in err
    assert desk.state() | {"hash": ""} == {
        "kind": "broadcast", "key": "spring", "state": "draft", "outdated": False, "who": None, "at": None, "hash": "",
    }  # fmt: skip
    code, out, _ = desk.approve("broadcast", "spring", "--as", "Ada")
    assert code == 0
    assert "broadcast  spring: approved, by Ada at 20" in out
    approved = desk.state()
    desk.write(mailed_design(throughput=10))
    assert desk.state()["state"] == "draft"
    assert desk.state()["outdated"] is True
    assert desk.state()["hash"] != approved["hash"]
    assert "broadcast  spring: draft (changed since it was approved)" in desk.approve()[1]
    ledger, (code, _, _), told = desk.delivered()
    assert (ledger["calls"], code, told) == (1, 1, [])
    assert "broadcast spring is a draft" in ledger["refused"]
    desk.write(mailed_design())
    assert desk.state() == approved
    ledger, (code, out, _), told = desk.delivered()
    assert "refused" not in ledger
    assert (code, json.loads(out)["sent"], told) == (0, 1, ["ann"])


def test_an_approval_is_taken_back(desk: Desk) -> None:
    desk.approve("broadcast", "spring", "--as", "Ada")
    assert desk.approve("broadcast", "spring", "--withdraw", "--as", "Bob")[0] == 0
    assert (desk.state()["state"], desk.state()["outdated"]) == ("draft", False)


def test_what_is_wrong_is_said_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    code, out, err = desk.approve("broadcast", "autumn")
    assert (code, out) == (1, "")
    assert "no broadcast 'autumn'" in err
    assert "broadcast spring" in err
    assert desk.approve("broadcast")[0] == 2
    assert desk.approve("--withdraw")[0] == 1
    assert desk.do("approve", "--workspace", str(tmp_path / "gone"))[0] == 1
    assert "Example: engage approve" in desk.do("approve", "--help")[1]
