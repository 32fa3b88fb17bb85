"""Bad input through the real doors: one sentence with what, where and how to mend, never a traceback, nothing lost."""

from __future__ import annotations

import copy
import ctypes
import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engage_desktop.__main__ import main
from tests.cli import shop
from tests.delivery.servers import Receiver

resource = pytest.importorskip("resource", reason="limits of a process are set as on Unix")

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "engage_desktop"]
GOOD = "".join(json.dumps(call) + "\n" for call in shop.log())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with campaigns.json and log.jsonl, the current one; faults would be written below it."""
    shop.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def engage(here: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command; every answer is checked for what no answer may hold."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(one) for one in arguments])
        out, err = capsys.readouterr()
        for text in (out, err):
            assert "Traceback" not in text
            assert "Something went wrong inside" not in text
            assert "RuntimeWarning" not in text
        if code:
            assert (err or out).strip(), "a refusal says why"
        return code, out, err

    return run


@pytest.fixture
def workspace(here: Path, engage: Callable[..., tuple[int, str, str]]) -> Path:
    """A workspace with a log, a design and a saved run `runs/r1`."""
    folder = here / "ws"
    assert engage("import", "log.jsonl", "--workspace", folder)[0] == 0
    shutil.copy(here / "campaigns.json", folder / "campaigns.json")
    assert engage("simulate", "--workspace", folder, "--out", folder / "runs" / "r1")[0] == 0
    return folder


def sentence(err: str, *words: str) -> None:
    """One line that ends like a sentence, or with the command that mends it, and names what it must."""
    assert len(err.strip().splitlines()) == 1, err
    assert err.strip().endswith(".") or "with: engage " in err, err
    for word in words:
        assert word in err, err


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but locks, which may stay."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


# -- logs -----------------------------------------------------------------------------------


def track(**fields: Any) -> str:
    return json.dumps({"type": "track", "userId": "d", "event": "X", "timestamp": "2024-01-03T00:00:00Z"} | fields)


BROKEN_LINES: dict[str, bytes] = {
    "cut off": b'{"type": "track", "userId": "d"',
    "no JSON": b"nonsense",
    "a list": b"[1, 2]",
    "a number": b"5",
    "null": b"null",
    "NUL bytes": b"\x00\x00\x00",
    "NUL in a text": track().replace("X", "\0").encode(),
    "ten megabytes": b"z" * 10_000_000,
    "100,000 brackets": track(properties="#").replace('"#"', '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}").encode(),
    "brackets left open": b"[" * 100_000,
    "a number beyond doubles": track(properties="#").replace('"#"', '{"revenue": 1e999}').encode(),
    "NaN": track(properties="#").replace('"#"', '{"revenue": NaN}').encode(),
    "Infinity": track(properties="#").replace('"#"', '{"revenue": Infinity}').encode(),
    "half a character": track(event="#").replace("#", "\\ud800").encode(),
    "a raw surrogate": track(event="#").encode().replace(b"#", b"\xed\xa0\x80"),
    "no UTF-8": track(event="#").encode().replace(b"#", b"\xff\xfe"),
    "an unknown type": track(type="teleport").encode(),
    "a type of the wrong type": track(type=[5]).encode(),
    "a numeric id": track(userId=5).encode(),
    "a list for an id": track(userId=[], anonymousId={}).encode(),
    "no id": track(userId=None).encode(),
    "an event that is no text": track(event={"a": 1}).encode(),
    "no event": track(event=None).encode(),
    "properties that are no object": track(properties=[1]).encode(),
    "traits that are no object": track(traits="x").encode(),
    "a context that is no object": track(context=[{}]).encode(),
    "a numeric time": track(timestamp=1_700_000_000).encode(),
    "no zone": track(timestamp="2024-01-03T00:00:00").encode(),
    "the 30th of February": track(timestamp="2024-02-30T00:00:00Z").encode(),
    "before the year 1": track(timestamp="0001-01-01T00:00:00+14:00").encode(),
    "after the year 9999": track(timestamp="9999-12-31T23:59:59-14:00").encode(),
    "a long message id": track(messageId="m" * 101).encode(),
    "301 properties": track(properties={f"p{i}": i for i in range(301)}).encode(),
}


def test_each_broken_line_is_rejected_by_file_line_and_code_and_the_rest_is_kept(here: Path, engage: Any) -> None:
    """D-35: read = kept + rejected; line numbers are those of the file."""
    lines = list(BROKEN_LINES.values())
    (here / "broken.jsonl").write_bytes(GOOD.encode() + b"\n".join(lines) + b"\n" + GOOD.encode())
    code, out, err = engage("import", "broken.jsonl", "--workspace", "new", "--json")
    assert code == 0, err
    body = json.loads(out)
    good = 2 * len(shop.log())
    assert (body["read"], body["kept"], body["rejected"]) == (good + len(lines), good, len(lines))
    from engage_desktop.events import EventStore

    rejects = EventStore.open(here / "new" / "events").rejects()
    assert [one.line for one in rejects] == [len(shop.log()) + i for i in range(1, len(lines) + 1)]
    for name, one in zip(BROKEN_LINES, rejects, strict=True):
        assert one.code, name
        assert one.message.rstrip().endswith("."), name
        assert len(one.message) < 400, name
    code, out, _ = engage("import", "broken.jsonl", "--workspace", "newer")
    assert "rejected: broken.jsonl line 8, record: the line is not valid JSON" in out


def test_bom_carriage_returns_and_blank_lines_are_no_faults(here: Path, engage: Any) -> None:
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n\r\n").encode()
    (here / "odd.jsonl").write_bytes(text)
    body = json.loads(engage("import", "odd.jsonl", "--workspace", "new", "--json")[1])
    assert (body["read"], body["kept"], body["rejected"]) == (7, 7, 0)


def _parquet(**columns: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


GOOD_PARQUET = _parquet(event=["a"], timestamp=["2024-01-01T00:00:00Z"], user_id=["u"])
ZSTD = pa.compress((GOOD * 5_000).encode(), "zstd", asbytes=True)
GZIP = gzip.compress((GOOD * 5_000).encode())
WRONG_FILES: dict[str, tuple[bytes, str]] = {
    "array.jsonl": (json.dumps(shop.log()).encode(), "is a JSON array"),
    "pretty.jsonl": (json.dumps(shop.log()[0], indent=2).encode(), "over several lines"),
    "utf16.jsonl": (GOOD.encode("utf-16"), "is not JSON Lines"),
    "cut.jsonl.gz": (GZIP[: len(GZIP) // 2], "not a complete gzip file"),
    "sum.jsonl.gz": (GZIP[:-8] + bytes(8), "not a complete gzip file"),
    "none.jsonl.gz": (b"no gzip at all", "not a complete gzip file"),
    "cut.jsonl.zst": (ZSTD[: len(ZSTD) // 2], "not a complete zstd file"),
    "none.jsonl.zst": (b"nothing", "not a complete zstd file"),
    "cut.parquet": (GOOD_PARQUET[: len(GOOD_PARQUET) // 2], "not a readable Parquet file"),
    "empty.parquet": (b"", "not a readable Parquet file"),
    "pages.parquet": (GOOD_PARQUET[:8] + b"\xff" * 30 + GOOD_PARQUET[38:], "not a readable Parquet file"),
    "columns.parquet": (_parquet(a=[1]), "no column for an event"),
    "columns.csv": (b"a,b\n1,2\n", "--map your_column=event"),
    "empty.csv": (b"", "is empty"),
    "quotes.csv": (b'event,timestamp,user_id\n"a,2024-01-01T00:00:00Z,u\n', "from line 2 on"),
    "twice.csv": (b"event,event,timestamp,user_id\n", "two columns named 'event'"),
    "inside.csv": (b"event,timestamp,user_id,traits.a,traits.a.b\n", "'traits.a' and one inside it"),
    "binary.csv": (bytes(range(256)), "binary data"),
    "late.csv": (
        b"event,timestamp,user_id\n" + b"a,2024-01-01T00:00:00Z,u\n" * 60_000 + b"\xe4,2024-01-01T00:00:00Z,u\n",
        "is not utf-8 text",
    ),
    "sheet.xlsx": (b"PK", "is an Excel file"),
    "password.xlsx": (b"\xd0\xcf\x11\xe0" + bytes(600), "without a password"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + bytes(600), "an old Excel"),
    "either.csv": (b"event,timestamp,user_id\na,03/04/2024 09:00,u\n", "--dates day-first"),
    "both.csv": (b"event,timestamp,user_id\na,13/04/2024 9:00,u\na,04/13/2024 9:00,u\n", "in both orders"),
    "people.csv": (b"user_id,plan\nu,gold\n", "no log was read with it"),
    "groups.csv": (b"event;timestamp;user_id;a;a\n", "two columns named 'a'"),
    "notes.txt": (b"x", "no known log format"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_is_not_what_it_says_is_named_and_leaves_no_trace(here: Path, engage: Any, name: str) -> None:
    content, words = WRONG_FILES[name]
    (here / name).write_bytes(content)
    code, out, err = engage("import", name, "--workspace", "new", "--json")
    assert (code, out) == (1, "")
    sentence(err, name, words)
    assert "sources" not in err, "the person's file is named, not our copy"
    assert not (here / "new").exists()
    code, out, err = engage("audience", "buyers", "--campaigns", "campaigns.json", "--log", name)
    assert (code, out) == (1, "")
    sentence(err, name, words)


def test_rows_whose_instants_no_calendar_names_are_rejected(here: Path, engage: Any) -> None:
    times = pa.array([2**62, 1_704_067_200_000_000, None], pa.timestamp("us", "UTC"))
    (here / "far.parquet").write_bytes(_parquet(event=["a", "b", "c"], timestamp=times, user_id=["u", "v", "w"]))
    body = json.loads(engage("import", "far.parquet", "--workspace", "new", "--json")[1])
    assert (body["read"], body["kept"], body["rejected"]) == (3, 1, 2)


def test_texts_of_parquet_that_are_none_are_rejected(here: Path, engage: Any) -> None:
    """D-35: bytes that are no UTF-8, in a cell or in the name of a column."""
    bad = pa.Array.from_buffers(pa.string(), 2, [None, *pa.array([b"\xc4", b"ok"]).buffers()[1:]])
    times = ["2024-01-01T00:00:00Z"] * 2
    (here / "bytes.parquet").write_bytes(_parquet(event=["a", "b"], timestamp=times, user_id=["u", "v"], note=bad))
    body = json.loads(engage("import", "bytes.parquet", "--workspace", "new", "--json")[1])
    assert (body["read"], body["kept"], body["rejected"]) == (2, 1, 1)
    out = engage("import", "bytes.parquet", "--workspace", "newer")[1]
    assert "bytes.parquet line 1, note: note is not valid UTF-8 text" in out


def test_a_log_of_people_without_events_says_so(here: Path, engage: Any) -> None:
    (here / "people.jsonl").write_text(GOOD.splitlines()[0] + "\n")
    code, out, err = engage("simulate", "--campaigns", "campaigns.json", "--log", "people.jsonl", "--out", "run")
    assert (code, out) == (1, "")
    sentence(err, "people but no event")
    code, out, _ = engage("import", "people.jsonl", "--workspace", "new")
    assert code == 0
    assert "1 people, 0 events." in out


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "x" * 300 + ".jsonl"])
def test_a_log_that_cannot_be_opened_is_named_before_anything_is_made(here: Path, engage: Any, name: str) -> None:
    code, out, err = engage("import", name, "--workspace", "new")
    assert (code, out) == (1, "")
    sentence(err, name)
    assert not (here / "new").exists()


def test_renamed_columns_are_remembered_for_the_next_import(here: Path, engage: Any) -> None:
    (here / "a.csv").write_text("event,when,user_id\nA,2024-01-01T00:00:00Z,u\n")
    code, _, err = engage("import", "a.csv", "--workspace", "new", "--map", "when")
    assert code == 1
    sentence(err, "--map when", "COLUMN=NAME")
    code, _, err = engage("import", "a.csv", "--workspace", "new", "--map", "nowhen=timestamp")
    assert code == 1
    sentence(err, "no column 'nowhen'")
    assert engage("import", "a.csv", "--workspace", "new", "--map", "when=timestamp")[0] == 0
    body = json.loads(engage("import", "log.jsonl", "--workspace", "new", "--json")[1])
    assert (body["kept"], body["rejected"]) == (8, 0)


GERMAN = "event;when;user_id;preis\nKauf;31.01.2024 10:00;ü;1.234,50\nKauf;01.02.2024 10:00;ü;12,5\n"
SAID = ("--map", "when=timestamp", "--zone", "Europe/Berlin")


def test_how_a_file_was_read_is_said_and_remembered(here: Path, engage: Any) -> None:
    """formats.md 1: the dialect is shown; the next import reads the file in the same way again."""
    (here / "shop.csv").write_bytes(GERMAN.encode("utf-16"))
    code, out, err = engage("import", "shop.csv", "--workspace", "new", *SAID)
    assert code == 0, err
    how = "CSV, semicolons, decimal comma, day-first dates, UTF-16, times without a zone in Europe/Berlin"
    assert f"shop.csv: {how}; 2 records." in out
    body = json.loads(engage("import", "log.jsonl", "--workspace", "new", "--json")[1])
    assert (body["kept"], body["rejected"], body["first"]) == (9, 0, "2024-01-02T10:00:00Z")
    assert [(one["name"], one["format"], one["read"], one["rejected"]) for one in body["files"]] == [
        ("shop.csv", "CSV", 2, 0),
        ("log.jsonl", "JSON Lines", 7, 0),
    ]
    assert f"CSV, {body['files'][0]['dialect']}" == how


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--dates", "german", "day-first, month-first"),
        ("--decimal", "5", "point, comma"),
        ("--zone", "Nowhere", "Europe/London"),
        ("--encoding", "klingon", "utf-8"),
        ("--delimiter", "", "semicolon"),
        ("--sheet", "None", "no sheet 'None'"),
    ],
)
def test_options_of_files_that_mean_nothing(here: Path, engage: Any, option: str, value: str, words: str) -> None:
    from tests.events.tables import workbook

    workbook(here / "book.xlsx", [["event", "timestamp", "user_id"], ["a", "2024-01-01T00:00:00Z", "u"]])
    for command in (
        ("import", "book.xlsx", "--workspace", "new"),
        ("audience", "buyers", "--campaigns", "campaigns.json", "--log", "book.xlsx"),
        ("simulate", "--campaigns", "campaigns.json", "--log", "book.xlsx", "--out", "run"),
    ):
        code, out, err = engage(*command, option, value)
        assert (code, out) == (1, "")
        sentence(err, words)
    assert not (here / "new").exists()


def test_commands_that_read_a_log_take_the_same_options(here: Path, engage: Any) -> None:
    (here / "shop.csv").write_text(GERMAN, encoding="utf-8")
    design = changed("audiences", 0, "definition", to="event('Kauf').where(property('preis') > 1000).count() >= 1")
    (here / "kauf.json").write_text(json.dumps(design))
    code, out, err = engage(
        "audience", "buyers", "--campaigns", "kauf.json", "--log", "shop.csv", *SAID, "--ids", "--json"
    )
    assert code == 0, err
    assert json.loads(out)["profiles"] == ["ü"]


def test_people_of_a_file_beside_a_log(here: Path, engage: Any, workspace: Path) -> None:
    """SB-4, SB-5: states of a profile CSV count from the log's first instant; odd cells are notices."""
    (here / "people.csv").write_text(
        "user_id,email,email_subscription_status\nann,ann@example.org,\nzoe,nobody,subscribed\n"
    )
    code, out, err = engage("import", "people.csv", "--workspace", workspace)
    assert code == 0, err
    assert "people.csv: CSV, commas, UTF-8, one person a row as of the log's first instant; 2 records." in out
    assert "notice: people.csv line 3, email: 'nobody' is not an e-mail address." in out
    assert "(INVALID_EMAIL)" in out


# -- designs --------------------------------------------------------------------------------


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The shop's design with one value replaced."""
    body = shop.design()
    inside: Any = body
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = to
    return body


def with_text(old: str, new: str) -> str:
    text = json.dumps(shop.design())
    assert old in text
    return text.replace(old, new, 1)


def circle(size: int) -> dict[str, Any]:
    steps = [{"key": f"s{i}", "type": "delay", "duration": "1h", "next": f"s{(i + 1) % size}"} for i in range(size)]
    body = shop.design()
    body["journeys"][0] |= {"steps": steps, "start": "s0"}
    return body


STEPS = ("journeys", 0, "steps")
WRONG_DESIGNS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "empty": ("", ("is empty",)),
    "null": ("null", ("not a campaign file",)),
    "list": ("[]", ("not a campaign file",)),
    "broken": ('{"format": "engage-campaigns/1",\n "work', ("line 2, column 2",)),
    "format": (changed("format", to="engage-campaigns/9"), ("engage-campaigns/9",)),
    "bytes after it": (json.dumps(shop.design()) + "\0", ("extra data",)),
    "half a character": (with_text('"Shop"', '"\\ud800"'), ("half of a character",)),
    "nested": ("[" * 100_000, ("nested too deeply",)),
    "nested x-": ('{"format":"engage-campaigns/1","x-a":' + "[" * 500 + "]" * 500 + "}", ("nested too deeply",)),
    "duplicate key": (with_text('"start":', '"start": "coin", "start":'), ("'start' stands twice", "after_order")),
    "unknown key": (changed("workspace", "colour", to=5), ("workspace.colour", "unknown")),
    "wrong type": (changed("journeys", to=5), ("journeys", "list")),
    "missing": (changed("workspace", to={}), ("workspace.name", "missing")),
    "zone": (changed("workspace", "timezone", to="../../etc/passwd"), ("workspace.timezone", "Europe/London")),
    "bad key": (changed("audiences", 0, "key", to="../../etc"), ("is not a key",)),
    "NaN percent": (with_text("50,", "NaN,"), ("NaN",)),
    "huge percent": (with_text("50,", "1e999,"), ("steps.coin.branches.a.percent", "too large")),
    "400 digits": (with_text("50,", "1" * 400 + ","), ("steps.coin.branches.a.percent", "above 100")),
    "5,000 digits": (with_text("50,", "1" * 5_000 + ","), ("thousands of digits",)),
    "percent as text": (with_text("50,", '"50",'), ("steps.coin.branches.a.percent", "without quotes")),
    "percent sum": (with_text("50,", "49,"), ("steps.coin.branches", "99 percent", "Add 1")),
    "step type": (changed(*STEPS, 1, "type", to="teleport"), ("steps.pause.type", "'teleport'", "delay")),
    "dangling next": (changed(*STEPS, 1, "next", to="nowhere"), ("steps.pause.next", "'nowhere'")),
    "dangling start": (changed("journeys", 0, "start", to="nowhere"), ("after_order.start", "'nowhere'")),
    "cycle": (changed(*STEPS, 3, "next", to="coin"), ("coin -> pause -> thanks -> tell -> coin",)),
    "2,000 steps in a circle": (circle(2_000), ("(1993 more)", "s1999 -> s0")),
    "duration": (changed(*STEPS, 1, "duration", to="9" * 5_000 + "w"), ("steps.pause.duration", "longer than any log")),
    "digits of another script": (changed(*STEPS, 1, "duration", to="٣d"), ("steps.pause.duration", "duration")),
    "no message": (changed(*STEPS, 2, "message", to="nope"), ("steps.thanks.message", "thanks")),
    "no destination": (changed(*STEPS, 3, "destination", to="nope"), ("steps.tell.destination", "files, real")),
    "condition": (changed("audiences", 0, "definition", to="event('A').count() >="), ("column 20", "audiences.buyers")),
    "long condition": (changed("audiences", 0, "definition", to="(" * 5_000), ("50 levels",)),
    "self": (changed("audiences", 0, "definition", to="audience('buyers')"), ("buyers -> buyers",)),
    "batch": (
        changed(
            "audiences", 0, "sync", to=[{"destination": "files", "as": "identify", "mode": "batch", "every": "0s"}]
        ),
        ("audiences.buyers.sync.0.every", "1h"),
    ),
    "rate 0": (changed("destinations", 0, "rate", to=0), ("destinations.files.rate",)),
    "rate 1e-300": (changed("destinations", 0, "rate", to=1e-300), ("destinations.files.rate",)),
}


@pytest.mark.parametrize("name", WRONG_DESIGNS)
def test_a_design_that_cannot_run_says_where_and_how_to_mend_it(here: Path, engage: Any, name: str) -> None:
    """D-36: which step, which field, how to mend it; by `validate`, its JSON, and every command that runs it."""
    body, words = WRONG_DESIGNS[name]
    text = body if isinstance(body, str) else json.dumps(body)
    (here / "wrong.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    code, out, _ = engage("validate", "wrong.json")
    line = out.splitlines()[0]
    assert code == 1
    for word in words:
        assert word in line, line
    assert len(line) < 700
    code, out, _ = engage("validate", "wrong.json", "--json")
    (first, *_) = json.loads(out)["problems"]
    assert code == 1
    assert set(first) == {"severity", "code", "path", "message", "mend"}
    assert first["severity"] == "error"
    assert first["mend"], first
    code, out, err = engage("simulate", "--campaigns", "wrong.json", "--log", "log.jsonl", "--out", "run", "--json")
    assert (code, out) == (1, "")
    for word in words:
        assert word in err.splitlines()[0], err
    assert not (here / "run").exists()


def test_a_design_with_a_thousand_faults_names_the_first_and_counts_the_rest(here: Path, engage: Any) -> None:
    body = shop.design()
    body["journeys"][0] |= {"start": "s0", "steps": [{"key": f"s{i}", "type": "delay", "duration": "1h", "next": "no"} for i in range(1_000)]}  # fmt: skip
    (here / "wrong.json").write_text(json.dumps(body))
    code, _, err = engage("simulate", "--campaigns", "wrong.json", "--log", "log.jsonl", "--out", "run")
    assert code == 1
    assert "steps.s0.next" in err.splitlines()[0]
    assert err.splitlines()[-1] == "... and 980 more; engage validate lists them all."


@pytest.mark.parametrize("path", ["missing.json", ".", "/dev/null", "log.jsonl"])
def test_a_campaign_file_that_is_none(here: Path, engage: Any, path: str) -> None:
    code, out, err = engage("simulate", "--campaigns", path, "--log", "log.jsonl", "--out", "run", "--json")
    assert (code, out) == (1, "")
    sentence(err)


# -- options --------------------------------------------------------------------------------

SIMULATE = ("simulate", "--campaigns", "campaigns.json", "--log", "log.jsonl", "--out", "run")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "2024-01-10T00:00:00Z", "--to", "2024-01-01T00:00:00Z"), "is after --to"),
        (("--from", "nope"), "--from: 'nope'"),
        (("--from", "2024-02-30T00:00:00Z"), "--from: '2024-02-30T00:00:00Z'"),
        (("--from", "2024-01-01T00:00:00+99:99"), "of the calendar"),
        (("--from", "0001-01-01T00:00:00+14:00"), "years 1 to 9999"),
        (("--to", "9999-12-31T23:59:59-14:00"), "years 1 to 9999"),
        (("--only", "buyers"), "Use one of: after_order"),
        (("--out", "log.jsonl"), "log.jsonl: the run cannot be written"),
        (("--out", "/dev/full"), "/dev/full: the run cannot be written"),
        (("--log", "missing.jsonl"), "missing.jsonl"),
    ],
)
def test_options_that_cannot_be(here: Path, engage: Any, options: tuple[str, ...], words: str) -> None:
    code, out, err = engage(*SIMULATE, *options, "--json")
    assert (code, out) == (1, "")
    sentence(err, words)
    assert not (here / "run").exists()


@pytest.mark.parametrize("seed", ["-1", "0", str(2**63), str(2**64), str(10**30), str(-(2**70))])
def test_any_whole_number_is_a_seed(here: Path, engage: Any, seed: str) -> None:
    assert engage(*SIMULATE, "--seed", seed)[0] == 0
    assert json.loads((here / "run" / "run.json").read_text())["seed"] == int(seed)


@pytest.mark.parametrize("year", ["1990", "2050"])
def test_a_window_outside_the_log_is_run_and_remarked_on(here: Path, engage: Any, year: str) -> None:
    code, out, _ = engage(*SIMULATE, "--from", f"{year}-01-01T00:00:00Z", "--to", f"{year}-02-01T00:00:00Z")
    assert code == 0
    assert "The window lies outside the log" in out
    assert any("outside the log" in one for one in json.loads((here / "run" / "run.json").read_text())["warnings"])


def test_a_run_that_cannot_be_written_leaves_the_one_before_whole(here: Path, engage: Any) -> None:
    assert engage(*SIMULATE)[0] == 0
    before = contents(here / "run")
    done = start("simulate", *SIMULATE[1:], "--seed", "9", cwd=here, limit=2_000)
    assert done.returncode == 1
    sentence(done.stderr, "run: the run cannot be written", "Free space")
    assert contents(here / "run") == before


@pytest.mark.parametrize(
    "text", ["", "(", "event(", "\0", "'", "🎉", "event('🎉').count() >", "(" * 5_000, "x" * 200_000]
)
def test_a_query_that_is_none_has_its_place(here: Path, engage: Any, text: str) -> None:
    code, out, _ = engage("query", text, "--json")
    body = json.loads(out.splitlines()[-1])
    assert (code, body["ok"]) == (1, False)
    assert body["error"]["line"] == 1
    assert body["error"]["column"] >= 1
    assert body["error"]["message"]


# -- workspaces and runs on disk ------------------------------------------------------------


def test_each_damaged_file_of_a_workspace_is_named(here: Path, engage: Any, workspace: Path) -> None:
    for place, content in [
        ("events/manifest.json", b""),
        ("events/manifest.json", b"[]"),
        ("events/manifest.json", b'{"format": "engage-events/1"}'),
        ("events/arrays.bin", b"short"),
    ]:
        good = (workspace / place).read_bytes()
        (workspace / place).write_bytes(content)
        code, out, err = engage("simulate", "--workspace", workspace, "--out", "run", "--json")
        assert (code, out) == (1, "")
        sentence(err, "damaged", Path(place).name, "Import the log again")
        (workspace / place).write_bytes(good)
    manifest = json.loads((workspace / "events" / "manifest.json").read_text())
    for part in ("meta", "arrays"):
        (workspace / "events" / "manifest.json").write_text(json.dumps(manifest | {part: {}}))
        code, out, err = engage("simulate", "--workspace", workspace, "--out", "run")
        assert (code, out) == (1, "")
        sentence(err, "damaged", "Import the log again")


def test_each_value_of_run_json_that_no_run_has_is_refused(here: Path, engage: Any, workspace: Path) -> None:
    path = workspace / "runs" / "r1" / "run.json"
    good = json.loads(path.read_text())
    bodies: list[bytes] = [b"", b"null", b"[]", b"5", b"{}", b"\xff", b'{"format": "engage-run/1"}', b"[" * 100_000]
    for field in ("format", "inputs", "seed", "from", "to", "campaigns", "only"):
        wrong: tuple[Any, ...] = (None, 5.5, "x", {}, -1.0, [5])
        for value in wrong:
            bodies.append(json.dumps(good | {field: value}).encode())
    bodies.append(json.dumps(good | {"from": good["to"], "to": good["from"]}).encode())
    edited = copy.deepcopy(good)
    edited["campaigns"]["audiences"][0]["definition"] = "event('Other').count() >= 1"
    bodies.append(json.dumps(edited).encode())
    for body in bodies:
        path.write_bytes(body)
        code, out, err = engage("sync", workspace / "runs" / "r1", "--destination", "files", "--dry-run", "--json")
        assert (code, out) == (1, ""), body[:200]
        sentence(err, "run.json", "imulate again")


def test_a_run_of_another_log_is_not_sent(here: Path, engage: Any, workspace: Path) -> None:
    assert engage("import", "log.jsonl", "--workspace", workspace)[0] == 0
    code, out, err = engage("sync", workspace / "runs" / "r1", "--destination", "files")
    assert (code, out) == (1, "")
    sentence(err, "made from another log (log.jsonl)", "simulate again")
    assert not (workspace / "out").exists()


def test_a_source_that_is_gone_stops_the_next_import_instead_of_being_forgotten(
    here: Path, engage: Any, workspace: Path
) -> None:
    (workspace / "sources" / "0001-log.jsonl").unlink()
    before = contents(workspace)
    code, out, err = engage("import", "log.jsonl", "--workspace", workspace)
    assert (code, out) == (1, "")
    sentence(err, "0001-log.jsonl is gone", "Put it back")
    assert contents(workspace) == before


def test_a_workspace_that_is_none(here: Path, engage: Any) -> None:
    (here / "file").write_text("x")
    (here / "empty").mkdir()
    for arguments, words in [
        (("import", "log.jsonl", "--workspace", "file"), "file: the folder cannot be made"),
        (("simulate", "--workspace", "file", "--out", "run"), "no such workspace folder"),
        (("simulate", "--workspace", "nowhere", "--out", "run"), "engage import LOG --workspace nowhere"),
        (("simulate", "--workspace", "empty", "--out", "run"), "campaigns.json"),
        (("audience", "buyers", "--campaigns", "campaigns.json", "--workspace", "empty"), "holds no log yet"),
    ]:
        code, out, err = engage(*arguments)
        assert (code, out) == (1, "")
        sentence(err, words)


def test_a_damaged_workspace_database_is_left_as_it_is(here: Path, engage: Any, workspace: Path) -> None:
    sync = ("sync", workspace / "runs" / "r1", "--destination", "files", "--json")
    (workspace / "workspace.db").write_bytes(b"this is no database at all" * 100)
    code, out, err = engage(*sync)
    assert (code, out) == (1, "")
    sentence(err, "workspace.db", "damaged")
    (workspace / "workspace.db").unlink()
    assert engage(*sync, "--dry-run")[0] == 0
    with closing(sqlite3.connect(workspace / "workspace.db")) as database:
        database.execute("DROP TABLE outbox")
        database.commit()
    code, out, err = engage(*sync)
    assert (code, out) == (1, "")
    sentence(err, "workspace.db", "damaged")


# -- destinations ---------------------------------------------------------------------------


def at(workspace: Path, engage: Any, type_: str, **settings: Any) -> Path:
    """A run whose destination `files` has another type and settings."""
    body = shop.design()
    body["destinations"][0] |= {"type": type_, "settings": settings}
    (workspace / "campaigns.json").write_text(json.dumps(body))
    run = workspace / "runs" / "r2"
    assert engage("simulate", "--workspace", workspace, "--out", run)[0] == 0
    return run


@pytest.mark.parametrize(
    ("type_", "settings", "words"),
    [
        ("carrier", {}, "Use one of: file, sql, webhook"),
        ("file", {}, "'folder' is missing"),
        ("file", {"folder": "a\0b"}, "NUL"),
        ("file", {"folder": "out", "format": "xml"}, "csv, jsonl or parquet"),
        ("sql", {"url": "sqlite:///out.db", "batch": "x"}, "settings.batch"),
        ("webhook", {"url": "ftp://x"}, "no web address"),
        ("webhook", {"url": "http://["}, "no web address"),
        ("webhook", {"url": "env:ENGAGE_NOWHERE"}, "ENGAGE_NOWHERE"),
        ("webhook", {"url": "http://127.0.0.1:9/", "timeout_s": -1}, "settings.timeout_s"),
        ("webhook", {"url": "http://127.0.0.1:9/", "headers": {"a": "b\nc"}}, "settings.headers"),
    ],
)
def test_settings_that_cannot_work_are_said_by_the_dry_run_and_queue_nothing(
    here: Path, engage: Any, workspace: Path, type_: str, settings: dict[str, Any], words: str
) -> None:
    run = at(workspace, engage, type_, **settings)
    body = json.loads(engage("sync", run, "--destination", "files", "--dry-run", "--json")[1])
    assert words in body["refused"]
    code, out, err = engage("sync", run, "--destination", "files", "--json")
    assert (code, out) == (1, "")
    sentence(err, "destinations.files", words)
    body = json.loads(engage("sync", run, "--destination", "files", "--dry-run", "--json")[1])
    assert body["pending"] == 0


@pytest.mark.parametrize(
    ("type_", "settings", "words"),
    [
        ("file", {"folder": "campaigns.json", "format": "jsonl"}, "campaigns.json: cannot be written"),
        ("file", {"folder": "/proc/nowhere"}, "/proc/nowhere: cannot be written"),
        ("sql", {"url": "sqlite:////proc/nowhere/x.db"}, "unable to open database file"),
        ("sql", {"url": "sqlite:///campaigns.json"}, "file is not a database"),
        ("sql", {"url": "postgresql+psycopg://ada:secret@127.0.0.1:1/shop"}, "port 1 failed"),
    ],
)
def test_a_destination_that_is_not_there_keeps_every_call(
    here: Path, engage: Any, workspace: Path, type_: str, settings: dict[str, Any], words: str
) -> None:
    run = at(workspace, engage, type_, **settings)
    calls = json.loads(engage("sync", run, "--destination", "files", "--dry-run", "--json")[1])["calls"]
    assert calls > 0
    code, out, err = engage("sync", run, "--destination", "files", "--json")
    assert (code, out) == (1, "")
    sentence(err, words, "--resume")
    assert "secret" not in err
    body = json.loads(engage("sync", run, "--destination", "files", "--dry-run", "--json")[1])
    assert (body["pending"], body["calls"]) == (calls, 0)


def test_an_unreachable_webhook_is_named_soon_and_resumed_later(here: Path, engage: Any, workspace: Path) -> None:
    receiver = Receiver()
    url = receiver.url
    receiver.close()
    run = at(workspace, engage, "webhook", url=url)
    begun = time.monotonic()
    code, out, err = engage("sync", run, "--destination", "files", "--json")
    assert time.monotonic() - begun < 15
    assert code == 1
    sentence(err, url, "cannot be reached", "Check the address", "--resume")
    body = json.loads(out)
    assert (body["sent"], body["failed"]) == (0, 0)
    assert body["pending"] > 0


def test_a_receiver_that_refuses_fails_the_calls_by_name_and_resume_sends_them(
    here: Path, engage: Any, workspace: Path
) -> None:
    receiver = Receiver()
    try:
        receiver.refuse = lambda number: (404, {})
        run = at(workspace, engage, "webhook", url=receiver.url)
        code, out, err = engage("sync", run, "--destination", "files", "--json")
        body = json.loads(out)
        assert code == 1
        assert body["failed"] == receiver.calls > 0
        sentence(err, "answered 404 Not Found", "check the receiver", "--resume")
        receiver.refuse = lambda number: None
        code, out, _ = engage("sync", run, "--destination", "files", "--resume", "--json")
        assert (code, json.loads(out)["sent"]) == (0, body["failed"])
    finally:
        receiver.close()


# -- the process itself ---------------------------------------------------------------------


def start(
    *arguments: object,
    cwd: Path,
    limit: int | None = None,
    without_root: bool = False,
    env: dict[str, str] | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own; `limit`: no file may grow beyond so many bytes, as on a full disk;
    `without_root`: permissions of files bind it even where the tests run as root."""

    def prepare() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        if without_root and os.geteuid() == 0:
            for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
                if ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
                    os._exit(77)

    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)], cwd=cwd, preexec_fn=prepare, text=True, timeout=60, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (env or {}), **streams,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("this system does not let root be bound by permissions")
    assert "Traceback" not in (done.stderr or "")
    return done


@pytest.fixture
def read_only(workspace: Path) -> Iterator[Path]:
    places = [workspace, *(path for path in workspace.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    yield workspace
    for place in places:
        place.chmod(0o755)


def test_a_read_only_workspace_is_read_and_not_written(here: Path, read_only: Path) -> None:
    before = contents(read_only)
    run = read_only / "runs" / "r1"
    refused = start("import", "log.jsonl", "--workspace", read_only, cwd=here, without_root=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    sentence(refused.stderr, str(read_only), "may not be written", "Allow writing there")
    refused = start("sync", run, "--destination", "files", cwd=here, without_root=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    sentence(refused.stderr, str(read_only), "may not be written")
    out = read_only / "runs" / "r2"
    refused = start("simulate", "--workspace", read_only, "--out", out, cwd=here, without_root=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    sentence(refused.stderr, str(out), "cannot be written (Permission denied)")
    done = start("simulate", "--workspace", read_only, "--out", "elsewhere", cwd=here, without_root=True)
    assert done.returncode == 0, done.stderr
    assert contents(read_only) == before


def test_files_that_may_not_be_read_are_named(here: Path) -> None:
    for name in ("campaigns.json", "log.jsonl"):
        (here / name).chmod(0o000)
        refused = start(*SIMULATE, cwd=here, without_root=True)
        (here / name).chmod(0o644)
        assert (refused.returncode, refused.stdout) == (1, "")
        sentence(refused.stderr, name)


def test_a_full_disk_leaves_the_workspace_as_it_was(here: Path, workspace: Path) -> None:
    text = "".join(track(userId=f"u{i}") + "\n" for i in range(5_000))
    (here / "more.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    before = contents(workspace)
    copy_size = (here / "more.jsonl.gz").stat().st_size
    for limit, words in ((copy_size // 2, "more.jsonl.gz"), (copy_size * 2, str(workspace / "events"))):
        refused = start("import", "more.jsonl.gz", "--workspace", workspace, cwd=here, limit=limit)
        assert (refused.returncode, refused.stdout) == (1, "")
        sentence(refused.stderr, words, "File too large")
        assert contents(workspace) == before


def test_a_workspace_locked_by_another_program_is_waited_for_and_then_named(
    here: Path, engage: Any, workspace: Path
) -> None:
    sync = ("sync", workspace / "runs" / "r1", "--destination", "files")
    assert engage(*sync, "--dry-run")[0] == 0
    hold = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    for file, words in (
        ("workspace.db", "is in use by another program"),
        (".importing.lock", "another program is importing"),
    ):
        command = [sys.executable, "-c", hold, str(workspace / file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            arguments = sync if file == "workspace.db" else ("import", "log.jsonl", "--workspace", workspace)
            code, out, err = engage(*arguments)
            holder.communicate("")
        assert (code, out) == (1, "")
        sentence(err, str(workspace), words)
    assert engage(*sync)[0] == 0


def wait_for(found: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    for _ in range(6_000):
        if found():
            return
        assert process.poll() is None, "the import ended before it could be interrupted"
        time.sleep(0.005)
    pytest.fail("what was waited for did not happen")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_import_stopped_in_the_middle_changes_nothing(here: Path, engage: Any, workspace: Path, how: int) -> None:
    """Ctrl+C at once; a process that is killed by the next import, which finds and mends what it left."""
    (here / "more.jsonl").write_text("".join(track(userId=f"u{i}") + "\n" for i in range(150_000)))
    before = contents(workspace)
    command = [*PROGRAM, "import", "more.jsonl", "--workspace", str(workspace)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=here, text=True, env=environment, **pipes) as process:  # type: ignore[call-overload]
        wait_for(lambda: any(workspace.glob(".events.*.part")), process)
        process.send_signal(how)
        out, err = process.communicate(timeout=30)
    assert out == ""
    if how == signal.SIGINT:
        assert (process.returncode, err) == (1, "Stopped, as you asked.\n")
    else:
        assert any(workspace.glob(".events.*.part")), "a killed process cannot tidy up"
        assert engage("simulate", "--workspace", workspace, "--out", "run")[0] == 0
    assert contents(workspace) == before
    body = json.loads(engage("import", "log.jsonl", "--workspace", workspace, "--json")[1])
    assert body["read"] == 2 * len(shop.log()), "only what was really imported is there"


def test_ends_of_pipes_and_full_devices(here: Path) -> None:
    (here / "many.jsonl").write_text(
        "".join(track(userId=f"person-{i:06d}", event=shop.ORDER) + "\n" for i in range(20_000))
    )
    command = (
        "audience",
        "buyers",
        "--campaigns",
        "campaigns.json",
        "--log",
        "many.jsonl",
        "--at",
        "2024-01-04T00:00:00Z",
        "--ids",
    )
    arguments = [*PROGRAM, *command]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(arguments, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "buyers: 20,000 people at 2024-01-04T00:00:00Z\n"
        process.stdout.close()  # as `head -1` does
        assert process.stderr.read() == ""
        assert process.wait(30) in (0, 1)
    with Path("/dev/full").open("w") as full:
        done = start(*command, cwd=here, stdout=full)
    assert done.returncode == 1
    sentence(done.stderr, "No space left on device")
    with Path("/dev/full").open("w") as full:
        assert start("validate", "missing.json", cwd=here, stderr=full).returncode == 1
    done = start(*command, "--json", cwd=here, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["profiles"]) == 20_000


def test_names_the_terminal_cannot_write_are_no_fault(here: Path) -> None:
    body = changed("audiences", 0, "definition", to="event('Bücher 📚').count() >= 1")
    (here / "names.json").write_text(json.dumps(body))
    (here / "names.jsonl").write_text(track(userId="Zoë", event="Bücher 📚") + "\n")
    command = ("audience", "buyers", "--campaigns", "names.json", "--log", "names.jsonl", "--ids")
    done = start(*command, cwd=here, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["Zoë"]


def test_a_fault_of_the_program_is_a_sentence_and_a_file(here: Path) -> None:
    """No traceback reaches a person even when the program itself is at fault."""
    break_it = "import engage_desktop.document as d; d.load = lambda path: 1 / 0; from engage_desktop.__main__ import main; import sys; sys.exit(main(['validate', 'campaigns.json']))"
    done = subprocess.run([sys.executable, "-c", break_it], cwd=here, capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    sentence(done.stderr, "ZeroDivisionError", "its fault, not yours")
    (file,) = (here / "state").rglob("*faults.log")
    assert str(file) in done.stderr
    assert "Traceback" in file.read_text()
