"""What the window meets when files are broken, locked or gone: a sentence, the open work kept, nothing lost in silence."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app import protocol as p
from engage_desktop.app.desk import Desk
from engage_desktop.app.importing import IMPORT_RECORD, JOURNAL, import_logs, open_workspace_log
from engage_desktop.app.protocol_delivery import AskDryRun, StartSync, SyncProgress
from engage_desktop.app.workbench import Notice, Workbench
from engage_desktop.app.workspace import create_workspace
from engage_desktop.document import Change, Edit
from engage_desktop.document.edit import set_fields
from engage_desktop.domain.errors import InputError, UserError
from engage_desktop.domain.journey import Journey
from engage_desktop.store import Workspace
from tests.cli import shop


class Window:
    """The window's end: keeps the replies. The desk answers in this process, as it does behind the pipe."""

    def __init__(self) -> None:
        import threading

        self.generation = 1
        self.cancel_work = threading.Event()
        self.done = threading.Event()
        self.replies: list[p.Reply] = []
        self.desk = Desk(self)  # type: ignore[arg-type]  # the three things of an inbox that a desk uses

    def reply(self, request_id: int, reply: p.Reply) -> None:
        if isinstance(reply, p.Progress | SyncProgress):
            return
        self.replies.append(reply)
        self.done.set()

    def ask(self, request: p.Request) -> Any:
        self.done.clear()
        self.desk.answer(1, request)
        assert self.done.wait(30)
        return self.replies[-1]

    def refused(self, request: p.Request, *words: str) -> None:
        reply = self.ask(request)
        assert isinstance(reply, p.Failed), reply
        assert "Something went wrong" not in reply.sentence, reply
        for word in words:
            assert word in reply.sentence, reply


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    campaigns, log = shop.write(tmp_path / "shop")
    folder = tmp_path / "workspace"
    create_workspace(folder, "Shop")
    import_logs(folder, [log])
    shutil.copyfile(campaigns, folder / "campaigns.json")
    return folder


@pytest.fixture
def window(workspace: Path) -> Iterator[Window]:
    one = Window()
    assert one.ask(p.Load(str(workspace))).people == 3
    assert isinstance(one.ask(p.SetDocument(1, json.dumps(shop.design()))), p.RunReady)
    yield one
    one.desk.close()


def test_questions_about_what_is_not_there_are_answered_in_words(window: Window) -> None:
    window.refused(p.AskFigures(1, "nope", 0), "nope")
    window.refused(p.AskPeople(1, "nope", "pause", 0), "journey 'nope'")
    window.refused(p.AskPeople(1, "after_order", "nope", 0), "step 'nope'")
    window.refused(p.AskNeighbour(1, "nope", 0), "journey 'nope'")
    window.refused(p.AskHistogram(1, 10, "nope"), "journey 'nope'")
    window.refused(p.AskAudience(1, "nope", 0), "audience 'nope'")
    window.refused(p.AskTable(1, "nope"), "instances")
    window.refused(p.AskExperiment(1, "after_order", "pause"), "coin")
    window.refused(p.AskExperiment(1, "after_order", "coin", "nope"), "no metric")
    window.refused(AskDryRun(1, "nope"), "files, real")
    window.refused(StartSync(1, "nope"), "files, real")
    window.refused(p.Approve(1, "audience", "nope", who="Ada"), "audience 'nope'")
    window.refused(p.Approve(1, "audience", "buyers", who=" "), "name")
    window.refused(p.Load("/nowhere"), "/nowhere")


@pytest.mark.parametrize("text", ["", "null", "[", "[" * 100_000, '{"format": "engage-campaigns/1"}', "\ud800"])
def test_a_text_that_is_no_design_is_refused_with_its_place_and_a_good_one_taken_after_it(
    window: Window, text: str
) -> None:
    refused = window.ask(p.SetDocument(1, text))
    assert isinstance(refused, p.Refused)
    assert refused.problems[0].is_error
    assert refused.problems[0].mend
    window.refused(p.AskFigures(1, "after_order", 0), "no finished replay")
    assert isinstance(window.ask(p.SetDocument(1, json.dumps(shop.design()))), p.RunReady)


def test_a_broken_log_is_refused_and_the_open_one_goes_on(window: Window, workspace: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl.gz"
    bad.write_bytes(b"no gzip")
    window.refused(p.ImportLogs((str(bad),)), str(bad), "not a complete gzip file")
    window.refused(p.ImportLogs((str(tmp_path / "missing.jsonl"),)), "missing.jsonl")
    assert window.ask(p.AskFigures(1, "after_order", 2**62)).entered == 3
    assert [path.name for path in (workspace / "sources").iterdir()] == ["0001-log.jsonl"]


def test_what_cannot_be_written_is_named_and_the_run_stays_open(window: Window, workspace: Path) -> None:
    (workspace / "runs").write_text("a file where a folder should be")
    window.refused(p.SaveRun(1), str(workspace / "runs"), "cannot be written")
    (workspace / "workspace.db").write_bytes(b"no database, but long enough to look at" * 50)
    window.refused(p.AskApprovals(1), "workspace")
    window.refused(StartSync(1, "files"), "workspace")
    assert window.ask(p.AskFigures(1, "after_order", 2**62)).entered == 3


def test_a_database_locked_by_another_program_is_named_and_comes_back(window: Window, workspace: Path) -> None:
    window.desk.delivery._workspace = Workspace.open(workspace, create=True, lock_wait_s=0.2)
    with closing(sqlite3.connect(workspace / "workspace.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        window.refused(p.Approve(1, "audience", "buyers", who="Ada"), "in use by another program")
        other.execute("ROLLBACK")
    assert window.ask(p.Approve(1, "audience", "buyers", who="Ada")).states["audience", "buyers"] == "approved"


def test_a_fault_inside_is_a_sentence_and_the_traceback_goes_to_the_log(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        logging.getLogger("engage_desktop").addHandler(caplog.handler)
        reply = window.ask(p.AskTable(1, "visits", offset=-1))
        logging.getLogger("engage_desktop").removeHandler(caplog.handler)
    assert isinstance(reply, p.Failed)
    assert "Traceback" not in reply.sentence
    assert "Your work is kept." in reply.sentence
    assert any(record.exc_info for record in caplog.records)


# -- what a killed import leaves --------------------------------------------------------------


def journal(workspace: Path, **changes: Any) -> None:
    state = (workspace / "events" / "manifest.json").stat()
    body = {"before": [state.st_ino, state.st_mtime_ns], "added": [], "sources": None} | changes
    (workspace / JOURNAL).write_text(json.dumps(body))


def reads(workspace: Path) -> int:
    log = open_workspace_log(workspace)
    assert log is not None
    return log.read


def test_copies_of_an_import_killed_before_the_swap_are_not_imported_by_the_next(
    workspace: Path, tmp_path: Path
) -> None:
    shutil.copy(workspace / "sources" / "0001-log.jsonl", workspace / "sources" / "0002-log.jsonl")
    journal(workspace, added=["0002-log.jsonl"])
    (workspace / ".events.12345678.part").mkdir()
    assert reads(workspace) == 7
    assert not (workspace / JOURNAL).exists()
    assert not (workspace / ".events.12345678.part").exists()
    import_logs(workspace, [tmp_path / "shop" / "log.jsonl"])
    assert reads(workspace) == 14


def test_an_import_killed_after_the_swap_counts(workspace: Path) -> None:
    sources = json.loads((workspace / "events" / IMPORT_RECORD).read_text())["sources"]
    (workspace / "events" / IMPORT_RECORD).unlink()
    journal(workspace, before=[1, 1], added=["0001-log.jsonl"], sources=sources)
    log = open_workspace_log(workspace)
    assert log is not None
    assert [(source.name, source.sha256) for source in log.sources] == [(sources[0]["name"], sources[0]["sha256"])]
    assert (workspace / "sources" / "0001-log.jsonl").exists()


def test_an_import_killed_between_the_halves_of_the_swap_gives_the_old_store_back(workspace: Path) -> None:
    journal(workspace)
    (workspace / "events").rename(workspace / ".events.12345678.old")
    assert reads(workspace) == 7
    assert (workspace / "events").is_dir()


def test_files_of_the_person_beside_the_sources_are_neither_read_nor_deleted(workspace: Path, tmp_path: Path) -> None:
    (workspace / "sources" / "readme.txt").write_text("mine")
    (workspace / "sources" / "0009-mine.jsonl").write_text("mine")
    import_logs(workspace, [tmp_path / "shop" / "log.jsonl"])
    assert reads(workspace) == 14
    assert (workspace / "sources" / "readme.txt").read_text() == "mine"
    assert (workspace / "sources" / "0009-mine.jsonl").read_text() == "mine"


def test_a_workspace_that_is_being_imported_into_says_so(workspace: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(workspace / ".importing.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UserError, match="another program is importing"):
            import_logs(workspace, [tmp_path / "shop" / "log.jsonl"])


# -- the design under edit --------------------------------------------------------------------


def bench(path: Path) -> tuple[Workbench, list[Notice]]:
    """A workbench whose process is not started: what it does with files needs none."""
    notices: list[Notice] = []
    one = Workbench(path, lambda work: work())
    one.replay = lambda *, seed=None: None  # type: ignore[method-assign]
    one.on("notice", notices.append)
    return one, notices


def rename(one: Workbench, name: str) -> None:
    before = one.campaigns.journeys[0]
    after = set_fields(before, "pause", name=name)
    assert isinstance(after, Journey)
    one.document.apply(Change(f"Rename {name}", (Edit("journey", before.key, before, after, 0),)))


def name_of_pause(one: Workbench) -> str | None:
    return one.campaigns.journeys[0].by_key["pause"].name


def test_changes_survive_a_crash_after_a_recovery_and_a_second_crash(workspace: Path) -> None:
    one, _ = bench(workspace)
    for name in ("a", "b"):
        rename(one, name)
    two, _ = bench(workspace)
    assert (two.recoverable(), two.recover(), name_of_pause(two)) == (2, 2, "b")
    rename(two, "c")
    three, _ = bench(workspace)
    assert (three.recoverable(), three.recover(), name_of_pause(three)) == (3, 3, "c")


def test_changes_made_before_the_offer_is_answered_survive_with_or_without_it(workspace: Path) -> None:
    one, _ = bench(workspace)
    rename(one, "a")
    two, _ = bench(workspace)
    rename(two, "z")
    three, _ = bench(workspace)
    assert (three.recover(), name_of_pause(three)) == (1, "z")
    kept = two.kept_journal
    assert kept is not None
    assert "Rename a" in kept.read_text()  # nor is the older one gone
    four, _ = bench(workspace)
    rename(four, "y")
    four.discard_recovery()
    five, _ = bench(workspace)
    assert (five.recover(), name_of_pause(five)) == (1, "y")


def test_a_journal_cut_short_is_recovered_up_to_the_cut_and_the_rest_is_kept(workspace: Path) -> None:
    one, _ = bench(workspace)
    rename(one, "a")
    whole = one.journal_path.read_bytes()
    one.journal_path.write_bytes(whole + whole[:60] + b"\xff\xfe")
    two, notices = bench(workspace)
    assert (two.recover(), name_of_pause(two)) == (1, "a")
    assert "no longer fit" in notices[0].sentence
    assert two.kept_journal is not None
    assert two.kept_journal.exists()


@pytest.mark.parametrize("line", ["5", "[]", "{}", "null", '{"name": "x", "edits": [5]}', "[" * 100_000])
def test_a_journal_that_is_none_brings_nothing_back_and_is_kept(workspace: Path, line: str) -> None:
    one, _ = bench(workspace)
    one.journal_path.write_text(line + "\n")
    two, notices = bench(workspace)
    assert two.recover() == 0
    assert str(two.kept_journal) in notices[0].sentence


@pytest.mark.parametrize("content", [b"", b"{", b"5", b"\xff\xfe", b'{"format": "engage-layout/1", "journeys": 5}'])
def test_a_layout_that_cannot_be_read_is_set_aside_not_written_over(workspace: Path, content: bytes) -> None:
    (workspace / "campaigns.layout.json").write_bytes(content)
    one, _ = bench(workspace)
    one.save()
    assert (workspace / "campaigns.layout.broken.json").read_bytes() == content
    again, _ = bench(workspace)
    again.save()
    assert (workspace / "campaigns.layout.broken.json").read_bytes() == content


@pytest.mark.parametrize(
    "break_it", [Path.unlink, lambda path: path.write_bytes(b"\xff"), lambda path: path.write_text("{")]
)
def test_a_workspace_whose_design_cannot_be_read_is_refused_in_words(
    workspace: Path, break_it: Callable[[Path], object]
) -> None:
    break_it(workspace / "campaigns.json")
    with pytest.raises(UserError) as caught:
        bench(workspace)
    assert str(caught.value)
    assert isinstance(caught.value, InputError) or "campaign file" in str(caught.value)
