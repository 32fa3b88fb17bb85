"""What a past window may not tell anybody real, on the command line: mail, and what was queued for a sandbox (D-39)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.__main__ import main
from engage_desktop.delivery.destinations import DESTINATION_TYPES
from tests.cli import shop
from tests.cli.test_sync import Shop
from tests.delivery.mail import MailDestination, MailServer

CAMPAIGNS = (("audience", "buyers"), ("journey", "after_order"))


def past_design(**destination: Any) -> dict[str, Any]:
    """A send step, a step that puts people on a list, an exit, and an audience tell one destination."""
    design = shop.design()
    journey = design["journeys"][0]
    journey["steps"][3] |= {"destination": "out", "next": "show"}
    journey["steps"].append({"key": "show", "type": "ad", "destination": "out"})
    journey["exits"] = [{"key": "again", "event": shop.ORDER, "send": {"destination": "out"}}]
    design["audiences"][0] |= {
        "definition": f"event('{shop.ORDER}').count() >= 1", "sync": [{"destination": "out", "as": "track"}],
    }  # fmt: skip
    return design | {"destinations": [{"key": "out"} | destination]}


def approve(one: Shop) -> None:
    for kind, key in CAMPAIGNS:
        one.do("approve", kind, key, "--as", "Ada", "--workspace", str(one.folder))


def kinds(payloads: list[dict[str, Any]]) -> set[str]:
    return {body["context"]["personas"]["computation_class"] for body in payloads}


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server, and the type `email` beside those of the program."""
    monkeypatch.setitem(DESTINATION_TYPES, "email", MailDestination)
    server = MailServer()
    yield server
    server.close()


@pytest.mark.parametrize("sandbox", [False, True])
def test_no_mail_of_a_past_window_leaves_but_to_a_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mail: MailServer, sandbox: bool
) -> None:
    """The rule stands before the types: whatever sends mail is never given a step of the past."""
    one = Shop(tmp_path, capsys, shop.log())
    run = one.simulate("run", past_design(type="email", settings={"port": mail.port}, sandbox=sandbox))
    approve(one)
    ledger = one.do("sync", str(run), "--destination", "out", "--dry-run")
    done = one.do("sync", str(run), "--destination", "out")
    assert done["sent"] == ledger["calls"] == len(mail.taken)
    assert {to for to, _ in mail.taken} <= {"ann@example.org", "bob@example.org"}
    told = [body for _, body in mail.taken]
    if sandbox:
        assert kinds(told) == {"audience", "journey_step"}
        assert ledger["withheld"] == {}
        return
    assert kinds(told) == {"audience"}
    assert ledger["calls"] == 2
    assert ledger["withheld"]["past step, not a sandbox"] > 0
    assert ledger["withheld"]["not on the allow-list"] == ledger["for_lists"] > 0


def test_mail_is_no_type_of_this_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So nothing is queued for it, and a sentence says which there are."""
    one = Shop(tmp_path, capsys, shop.log())
    run = one.simulate("run", past_design(type="email", settings={}))
    approve(one)
    ledger = one.do("sync", str(run), "--destination", "out", "--dry-run")
    assert "'email' is unknown. Use one of: file, sql, webhook." in ledger["refused"]
    assert main(["sync", str(run), "--destination", "out", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "'email' is unknown" in err


@pytest.mark.parametrize("resume", [(), ("--resume",)])
def test_what_was_queued_for_a_sandbox_never_reaches_real_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], resume: tuple[str, ...]
) -> None:
    """A sync to the sandbox that could not be written; then the destination is made a real one, and sent to again."""
    one = Shop(tmp_path, capsys, shop.log())
    folder = one.folder / "told"
    folder.write_text("in the way", encoding="utf-8")
    files: dict[str, Any] = {"type": "file", "settings": {"folder": "told", "format": "jsonl"}}
    run = one.simulate("run", past_design(**files, sandbox=True))
    assert main(["sync", str(run), "--destination", "out", "--json"]) == 1
    capsys.readouterr()
    queued = one.do("sync", str(run), "--destination", "out", "--dry-run")["pending"]
    assert queued > 5
    folder.unlink()
    run = one.simulate("real", past_design(**files))
    approve(one)
    ledger = one.do("sync", str(run), "--destination", "out", "--dry-run")
    assert (ledger["pending"], ledger["withheld"]["queued while it was a sandbox"]) == (0, queued)
    assert (ledger["calls"], ledger["people"]) == (2, 2)
    if resume:
        assert one.do("sync", str(run), "--destination", "out", *resume)["sent"] == 0
        assert list(folder.iterdir()) == []
    assert one.do("sync", str(run), "--destination", "out")["sent"] == ledger["calls"]
    lines = [line for path in folder.iterdir() for line in path.read_text(encoding="utf-8").splitlines()]
    assert kinds([json.loads(line)["payload"] for line in lines]) == {"audience"}
    assert one.do("sync", str(run), "--destination", "out", "--dry-run")["calls"] == 0
