"""Importers fed with damaged files: one sentence or rejects, never a traceback, and every record accounted (D-35).

Valid files of each format are damaged in the ways files are: cut off, single bytes changed, parts taken out,
doubled or moved, other encodings, other delimiters, huge fields, deep nesting, NULs. What a person sees must be
an InputError of one line, or a store whose report adds up.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from engage_desktop.domain.errors import InputError
from engage_desktop.events import NOTICE_CODES, build_store, file_options
from tests.events.logs import identify, track, with_, write_log
from tests.events.tables import parts_of, workbook, write_parts

Damage = Callable[[random.Random, bytes], bytes]
TIMES = [f"2011-03-{1 + i % 28:02d}T09:{i % 60:02d}:00Z" for i in range(60)]
CALLS = [
    *(
        with_(
            track(f"u{i % 7}", "Order Completed", TIMES[i], price=i * 1.25, tags=["a", {"b": i}], note='ä, "q"'),
            messageId=f"m{i % 25}",
            context={"page": {"path": "/x"}, "traits": {"email": f"u{i % 7}@example.org"}},
        )
        for i in range(30)
    ),
    *(identify(f"u{i}", TIMES[i], email=f"u{i}@example.org", address={"city": "Ulm"}) for i in range(7)),
    {"type": "group", "userId": "u1", "groupId": "g", "timestamp": TIMES[0], "traits": {"plan": "pro"}},
    {"type": "page", "anonymousId": "a1", "name": "Home", "timestamp": TIMES[1], "properties": {"url": "/"}},
]
HEADER = ["event", "timestamp", "user_id", "message_id", "price", "note", "traits.plan", "context.page.path"]
ROWS = [["Order Completed", TIMES[i], f"u{i % 7}", f"m{i}", f"{i},5", 'a; "b"', "gold", "/x"] for i in range(40)]
PEOPLE = [["user_id", "email", "phone", "email_subscription_status", "plan"]] + [
    [f"u{i}", f"u{i}@example.org", f"+4477009001{i:02d}", ("subscribed", "", "did-not-subscribe")[i % 3], "gold"]
    for i in range(30)
]


def table(rows: list[list[str]], delimiter: str, time_as: str = "") -> str:
    def cell(text: str) -> str:
        if time_as and text in TIMES:
            text = datetime.fromisoformat(text).strftime(time_as)
        return '"' + text.replace('"', '""') + '"' if set(text) & {'"', delimiter, "\n"} else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


def jsonl() -> bytes:
    return "".join(json.dumps(call, ensure_ascii=False) + "\n" for call in CALLS).encode()


def parquet() -> bytes:
    at = [datetime(2011, 3, 1, tzinfo=UTC) + timedelta(hours=i) for i in range(40)]
    columns = {name: [row[i] for row in ROWS] for i, name in enumerate(HEADER)} | {
        "timestamp": at,
        "n": list(range(40)),
    }
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    return sink.getvalue()


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A valid file of each kind, by name."""
    path = tmp_path_factory.mktemp("fuzz") / "book.xlsx"
    moments = [[row[0], datetime.fromisoformat(row[1]).replace(tzinfo=None), *row[2:]] for row in ROWS]
    workbook(path, [HEADER, *moments])
    german = table([HEADER, *ROWS], ";", "%d.%m.%Y %H:%M")
    return {
        "log.jsonl": jsonl(),
        "log.jsonl.gz": gzip.compress(jsonl()),
        "log.jsonl.zst": pyarrow.compress(jsonl() * 9, "zstd", asbytes=True),
        "comma.csv": table([HEADER, *ROWS], ",").encode(),
        "german.csv": german.encode("utf-16"),
        "windows.csv": german.replace("a; ", "ä; ").encode("cp1252"),
        "packed.csv.gz": gzip.compress(german.encode()),
        "people.csv": table(PEOPLE, ";").encode(),
        "log.xlsx": path.read_bytes(),
        "log.parquet": parquet(),
    }


def test_the_originals_are_right(originals: dict[str, bytes], tmp_path: Path) -> None:
    """What is damaged below was whole before."""
    kept = {name: _import(tmp_path, name, content, random.Random(0)) for name, content in originals.items()}
    assert all(one.startswith("kept") for one in kept.values()), kept


# -- damage ----------------------------------------------------------------------------------


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flip(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 30))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _take_out(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 2, 10, 300)) :]


def _double(rng: random.Random, data: bytes) -> bytes:
    start, at = rng.randrange(len(data)), rng.randrange(len(data))
    return data[:at] + data[start : start + rng.choice((1, 20, 400))] + data[at:]


def _swap_signs(rng: random.Random, data: bytes) -> bytes:
    """Text signs that mean something, one for another: delimiters, quotes, brackets, ends of lines."""
    signs = b",;\t|'\"{}[]:\\\r\n.-/ "
    return data.replace(bytes([rng.choice(signs)]), bytes([rng.choice(signs)]), rng.choice((1, 1, 5, -1)))


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = (
        rng.choice([i + 1 for i, byte in enumerate(data) if byte == 10] or [0])
        if rng.random() < 0.5
        else rng.randrange(len(data) + 1)
    )
    return data[:at] + rng.choice(_PIECES) + data[at:]


_PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"x" * 300_000,
    b"[" * 50_000,
    b'{"a":' * 3_000,
    b'{"type":"track","event":"E","userId":"u","timestamp":"2011-03-01T09:00:00Z","properties":'
    + b'{"a":' * 300
    + b"1"
    + b"}" * 301
    + b"\n",
    b'{"type":"track","event":"E","userId":"u","timestamp":"2011-03-01T09:00:00Z","properties":{"n":1e999}}\n',
    b'{"type":"track","event":"E","userId":"u","timestamp":"2011-03-01T09:00:00Z","properties":{"n":'
    + b"9" * 400
    + b"}}\n",
    b'{"type":"track","event":"\\ud800","userId":"u","timestamp":"2011-03-01T09:00:00Z"}\n',
    b'{"type":[],"userId":{},"timestamp":[],"context":5,"integrations":"x"}\n',
    b'"',
    b"sep=;\n",
    b"13/13/2011 09:00;",
    b"01/02/2011 09:00",
    b"31/01/2011,01/31/2011\n",
    b"9999-12-31T23:59:59-23:59",
    b"\r",
    b"\n\n\n",
    "٣,٤;１\u2028\x0b\x1c".encode(),
)


def _recode(rng: random.Random, data: bytes) -> bytes:
    """The text in another encoding than it was; a file that is no text stays as it is."""
    for encoding in ("utf-8", "utf-16"):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        return text.encode(
            rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "utf-32", "utf-7")), "replace"
        )
    return data


DAMAGES: tuple[Damage, ...] = (_cut, _flip, _take_out, _double, _swap_signs, _insert, _insert, _recode)


def damaged(rng: random.Random, name: str, data: bytes, folder: Path) -> bytes:
    """The file after one to three kinds of damage, sometimes to what a package holds instead of the package."""
    if rng.random() < 0.7:
        if name.endswith(".gz"):
            return gzip.compress(_damage(rng, gzip.decompress(data)), 1)
        if name.endswith(".zst"):
            return pyarrow.compress(_damage(rng, data and jsonl()), "zstd", asbytes=True)
        if name.endswith(".xlsx"):
            path = folder / "parts.zip"
            path.write_bytes(data)
            parts = parts_of(path)
            part = rng.choice([one for one in parts if "theme" not in one and "docProps" not in one])
            parts[part] = _damage(rng, parts[part])
            return write_parts(path, parts).read_bytes()
    return _damage(rng, data)


def _damage(rng: random.Random, data: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 3))):
        data = rng.choice(DAMAGES)(rng, data or b"\n")
    return data


# -- what a person sees -------------------------------------------------------------------------


def _import(folder: Path, name: str, content: bytes, rng: random.Random) -> str:
    """Import the file as a person would; a word for what came of it."""
    path = folder / name
    path.write_bytes(content)
    said = {
        "zone": rng.choice((None, "Europe/London")),
        "dates": rng.choice((None, None, "day-first", "month-first")),
        "decimal": rng.choice((None, None, "comma", "point")),
        "encoding": rng.choice((None,) * 6 + ("utf-8", "cp1252", "utf-16")),
        "delimiter": rng.choice((None,) * 6 + ("comma", "pipe")),
    }
    if not content or rng.random() < 0.5:
        said = {}
    log = write_log(folder / "before.jsonl", [track("u1", "E", TIMES[0])])
    try:
        store, report = build_store([log, path], options=file_options(**said))
    except InputError as error:
        sentence = str(error)
        assert name in sentence, sentence
        assert "\n" not in sentence, sentence
        assert sentence.endswith("."), sentence
        return "refused: " + " ".join(sentence.replace(str(path), "").split()[:5])
    assert report.read == report.kept + report.rejected + report.duplicates
    assert report.read == sum(one.read for one in report.files)
    assert [one.file for one in report.files] == [str(log), str(path)]
    told = [one for one in store.rejects() if one.code not in NOTICE_CODES]
    assert len(told) == report.rejected, "each rejected record has its line in the table, and only one"
    for one in store.rejects():
        assert one.code
        assert one.line >= 1
        assert one.message.rstrip().endswith("."), one.message
        assert "\n" not in one.message, one.message
        assert len(one.message) < 400, one.message
    for event in store.event_names:
        for path_of_property in store.properties(event):
            assert len(store.column(event, path_of_property)) == len(store.rows(event))
    return "kept" if not report.rejected else "kept, some rejected"


def _fuzz(originals: dict[str, bytes], folder: Path, seed: int, seconds: float, least: int) -> Counter[str]:
    """Damage files until the time is over; a failing case says by what seed it can be made again."""
    seen: Counter[str] = Counter()
    until = time.monotonic() + seconds
    names = sorted(originals)
    number = seed
    while time.monotonic() < until or sum(seen.values()) < least:
        rng = random.Random(number)
        name = names[number % len(names)]
        content = damaged(rng, name, originals[name], folder)
        try:
            seen[f"{name}: {_import(folder, name, content, rng)}"] += 1
        except Exception as error:
            raise AssertionError(f"case {number} ({name}): {type(error).__name__}: {error}") from error
        number += 1
    return seen


def test_damaged_files_never_crash_and_every_record_is_accounted(originals: dict[str, bytes], tmp_path: Path) -> None:
    """D-35; the positive control: every format was both refused and kept, many ways."""
    seen = _fuzz(originals, tmp_path, seed=0, seconds=0, least=500)
    for name in originals:
        outcomes = {key for key in seen if key.startswith(f"{name}: ")}
        assert any("kept" in key for key in outcomes), name
        assert any("refused" in key for key in outcomes), name
    assert len(seen) > 40


@pytest.mark.prove
@pytest.mark.timeout(1_200)
def test_ten_minutes_of_damaged_files(originals: dict[str, bytes], tmp_path: Path) -> None:
    seen = _fuzz(originals, tmp_path, seed=random.randrange(1_000_000, 10**9), seconds=600, least=1_000)
    print(f"\n{sum(seen.values()):,} damaged files: {len(seen)} different outcomes, no crash")


@pytest.mark.parametrize("count", [1, 3])
def test_a_block_of_nothing_but_numbers_too_large(tmp_path: Path, count: int) -> None:
    """Found by fuzzing: a file whose every record is refused for what only its columns can tell."""
    line = json.dumps(track("u", "E", TIMES[0], n=10**400)).encode() + b"\n"
    assert _import(tmp_path, "log.jsonl", line * count, random.Random(1)) == "kept, some rejected"


def test_a_package_that_is_none_of_ours_is_refused_by_name(tmp_path: Path) -> None:
    """A zip with other parts, a Parquet file under a false name."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as parts:
        parts.writestr("word/document.xml", "<w/>")
    for name, content in {"log.xlsx": other.getvalue(), "log.csv": parquet(), "log.jsonl": other.getvalue()}.items():
        outcome = _import(tmp_path, name, content, random.Random(0))
        assert outcome.startswith("refused"), (name, outcome)
