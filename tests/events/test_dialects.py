"""CSV as people have it: delimiters, decimals, dates, quotes and encodings found out, shown, or said (formats.md 1)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from engage_desktop.domain.duration import format_instant
from engage_desktop.events import NUMBER, TEXT, EventStore
from engage_desktop.events.cells import with_comma, with_point
from engage_desktop.events.dialect import SAMPLE
from tests.events.tables import dialect, findings, read, refusal

HEAD = "event,timestamp,user_id,value\n"
TIME = "2011-03-01T09:00:00Z"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def rows(*values: str, time: str = TIME) -> str:
    return HEAD + "".join(f"E,{time},u,{value}\n" for value in values)


def values(store: EventStore, name: str = "value") -> list[object]:
    column = store.column("E", name)
    return [column.value(i) for i in range(len(column))]


def test_a_file_of_a_german_shop_says_how_it_was_read(log: Path) -> None:
    text = "event;timestamp;user_id;preis;menge\r\nKauf;31.01.2011 09:30;u;1.234,50;2\r\nKauf;01.02.2011 09:30;u;12,5;1.000\r\n"
    store, report = read(log, text.encode("utf-16"), zone="Europe/Berlin")
    assert report.files[0].dialect == (
        "semicolons, decimal comma, day-first dates, UTF-16, times without a zone in Europe/Berlin"
    )
    assert (report.files[0].format, report.files[0].read, report.files[0].rejected) == ("CSV", 2, 0)
    assert [format_instant(one) for one in store.time.tolist()] == ["2011-01-31T08:30:00Z", "2011-02-01T08:30:00Z"]
    assert store.column("Kauf", "preis").number.tolist() == [1234.5, 12.5]
    assert store.column("Kauf", "menge").number.tolist() == [2, 1000]


@pytest.mark.parametrize(("sign", "name"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "pipes")])
def test_the_delimiter_is_shown(log: Path, sign: str, name: str) -> None:
    assert dialect(log, rows("1.5").replace(",", sign)) == f"{name}, decimal point, UTF-8"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with BOM"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_encoding_is_found_with_and_without_a_mark(log: Path, encoding: str, name: str) -> None:
    store, report = read(log, rows("Größe", "Ärger").encode(encoding))
    assert report.files[0].dialect == f"commas, {name}"
    assert values(store) == ["Größe", "Ärger"]


def test_a_mark_before_utf_16_of_either_order_is_no_part_of_the_first_name(log: Path) -> None:
    for order in ("le", "be"):
        content = f"\ufeff{rows('x')}".encode(f"utf-16-{order}")
        assert values(read(log, content)[0]) == ["x"]
        assert values(read(log, content, encoding=f"utf-16-{order}")[0]) == ["x"]
    assert values(read(log, f"\ufeff{rows('x')}".encode(), encoding="utf-8")[0]) == ["x"]


def test_a_named_encoding_wins_over_a_guess(log: Path) -> None:
    store, report = read(log, rows("Ł").encode("cp1250"), encoding="cp1250")
    assert (values(store), report.files[0].dialect) == (["Ł"], "commas, cp1250")
    assert "--encoding" in refusal(log, rows("ä").encode("cp1252"), encoding="utf-8")


def test_the_line_by_which_excel_says_the_delimiter(log: Path) -> None:
    store, report = read(log, "sep=;\n" + rows("x").replace(",", ";") + "E;never;u;x\n")
    assert (values(store), findings(store)) == (["x"], [(4, "timestamp", "timestamp_invalid")])
    assert report.files[0].dialect == "semicolons, UTF-8"


def test_a_named_delimiter_wins(log: Path) -> None:
    text = "event~timestamp~user_id~a;b\nE~2011-03-01T09:00:00Z~u~1\n"
    assert values(read(log, text, delimiter="~")[0], ("a;b")) == [1]
    assert "no column" in refusal(log, text)


def test_single_quotes_and_backslashes(log: Path) -> None:
    text = "'event','timestamp','user_id','value'\n'E','2011-03-01T09:00:00Z','u','a, ''b'''\n"
    store, report = read(log, text)
    assert (values(store), report.files[0].dialect) == (["a, 'b'"], "commas, single quotes, UTF-8")
    text = rows(r'"say \"yes\", twice"', r'"c:\\dir"')
    store, report = read(log, text)
    assert values(store) == ['say "yes", twice', "c:\\dir"]
    assert report.files[0].dialect == "commas, backslashes before quotes, UTF-8"
    store, report = read(log, rows(r'"c:\dir\"', r'"d:\"'))
    assert (values(store), report.files[0].dialect) == (["c:\\dir\\", "d:\\"], "commas, UTF-8")


@pytest.mark.parametrize(
    ("cell", "point", "comma"),
    [
        ("12", 12, 12),
        ("12.5", 12.5, "12.5"),
        ("12,5", "12,5", 12.5),
        ("-0,25", "-0,25", -0.25),
        ("1.234,5", "1.234,5", 1234.5),
        ("1,234.5", 1234.5, "1,234.5"),
        ("1.234", 1.234, 1234),
        ("1,234", "1,234", 1.234),
        ("1.234.567", "1.234.567", 1234567),
        ("1,2,3", "1,2,3", "1,2,3"),
        ("007", "007", "007"),
        ("1e3", 1000, 1000),
        ("", None, None),
        ("true", True, True),
        ("٣", "٣", "٣"),
    ],
)
def test_cells_as_values(cell: str, point: object, comma: object) -> None:
    assert with_point(cell) == point
    assert with_comma(cell) == comma


def test_the_decimal_sign_is_decided_over_the_file(log: Path) -> None:
    """`1,234` alone proves nothing; beside `12,5` it is a number."""
    text = rows('"1,234"', '"12,5"', "7")
    store, report = read(log, text)
    assert (values(store), report.files[0].dialect) == ([1.234, 12.5, 7], "commas, decimal comma, UTF-8")
    store, report = read(log, rows('"1,234"', "7"))
    assert (values(store), report.files[0].dialect) == (["1,234", 7], "commas, UTF-8")
    assert values(read(log, rows('"1,234"'), decimal="comma")[0]) == [1.234]
    assert dialect(log, rows('"12,5"'), decimal="point") == "commas, decimal point, UTF-8"


def test_a_column_that_proves_its_own_sign_keeps_it(log: Path) -> None:
    """A version beside prices with a comma; a column of both goes with the file."""
    text = HEAD.replace(",", ";").strip() + ";version;both\n"
    text += "".join(f"E;{TIME};u;{i},5;2.1{i};{'1,5' if i else '1.5'}\n" for i in range(3))
    store, report = read(log, text)
    assert report.files[0].dialect == "semicolons, decimal comma, UTF-8"
    assert values(store) == [0.5, 1.5, 2.5]
    assert values(store, "version") == [2.1, 2.11, 2.12]
    assert values(store, "both") == ["1.5", 1.5, 1.5]


def test_decimals_that_come_after_the_sample_are_numbers_all_the_same(log: Path) -> None:
    many = ["7"] * (SAMPLE // 20)
    store, _ = read(log, rows(*many, '"12,5"', "1.5", '"1,234"'))
    kinds = store.column("E", "value").kind.tolist()
    assert (kinds[-3:], values(store)[-3:]) == ([NUMBER, NUMBER, TEXT], [12.5, 1.5, "1,234"])


def test_the_order_of_day_and_month_is_found_beyond_the_sample(log: Path) -> None:
    """A log sorted by time may hold no day over 12 for a long while; then all of it is looked at."""
    early = rows(*["x"] * (SAMPLE // 20), time="03/04/2011 09:00")
    assert "--dates day-first" in refusal(log, early, zone="UTC")
    for packed in (False, True):
        path = log.with_name("log.csv.gz") if packed else log
        text = (early + "E,04/13/2011 09:00,u,y\n").encode()
        store, report = read(path, gzip.compress(text) if packed else text, zone="UTC")
        assert "month-first dates" in report.files[0].dialect
        assert report.files[0].dialect.startswith("gzip, " if packed else "commas")
        assert format_instant(store.time.tolist()[0]) == "2011-03-04T09:00:00Z"


def test_a_person_may_say_the_order(log: Path) -> None:
    text = rows("x", time="03/04/2011 09:00")
    assert "03/04/2011 09:00" in refusal(log, text)
    for order, month in (("day-first", 4), ("month-first", 3)):
        store, report = read(log, text, dates=order, zone="UTC")
        assert format_instant(store.time.tolist()[0])[5:7] == f"{month:02}"
        assert f"{order} dates" in report.files[0].dialect


def test_both_orders_in_one_file_are_asked_and_the_other_rejected(log: Path) -> None:
    text = rows("x", time="13/02/2011 09:00") + "E,02/13/2011 09:00,u,y\n"
    assert "both orders" in refusal(log, text, zone="UTC")
    store, report = read(log, text, zone="UTC", dates="day-first")
    assert (report.kept, findings(store)) == (1, [(3, "timestamp", "timestamp_invalid")])


def test_times_without_a_zone_are_rejected_until_one_is_named(log: Path) -> None:
    """D-47."""
    text = rows("x", time="2011-03-01 09:00")
    store, report = read(log, text)
    assert (report.kept, findings(store)) == (0, [(2, "timestamp", "timestamp_invalid")])
    assert "--zone" in store.rejects()[0].message
    store, report = read(log, text, zone="Asia/Tokyo")
    assert format_instant(store.time.tolist()[0]) == "2011-03-01T00:00:00Z"
    assert report.files[0].dialect == "commas, UTF-8, times without a zone in Asia/Tokyo"


def test_a_zone_may_be_named_for_json_lines_and_parquet_too(tmp_path: Path) -> None:
    from datetime import datetime

    import pyarrow
    import pyarrow.parquet

    call = b'{"type":"track","event":"E","userId":"u","timestamp":"2011-03-01T09:00:00"}\n'
    store, report = read(tmp_path / "log.jsonl", call * 2 + b"{}\n", zone="Asia/Tokyo")
    assert (report.kept, format_instant(store.time.tolist()[0])) == (2, "2011-03-01T00:00:00Z")
    assert (report.files[0].format, report.files[0].dialect) == ("JSON Lines", "times without a zone in Asia/Tokyo")
    columns = {"event": ["E"], "user_id": ["u"], "timestamp": [datetime(2011, 3, 1, 9)]}
    path = tmp_path / "log.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    assert "--zone" in refusal(path)
    store, report = read(path, zone="Asia/Tokyo")
    assert format_instant(store.time.tolist()[0]) == "2011-03-01T00:00:00Z"
    assert report.files[0].format == "Parquet"


def test_sent_at_alone_is_a_property(log: Path) -> None:
    """EV-1 needs both clocks."""
    store, _ = read(log, rows("x").replace("value", "sent_at"))
    assert store.properties("E") == {"sent_at": 1}


def test_the_source_of_a_call(log: Path) -> None:
    """D-43: `sources` reads sourceId."""
    store, _ = read(log, rows("007").replace("value", "source_id"))
    assert (store.source("E").value(0), store.properties("E")) == ("007", {})


def test_the_report_is_kept_with_the_store(tmp_path: Path) -> None:
    from engage_desktop.events import build_store

    path = tmp_path / "log.csv"
    path.write_text(rows("1.5"))
    _, report = build_store(path, tmp_path / "store")
    kept = EventStore.open(tmp_path / "store").meta["report"]["files"]
    assert [one["dialect"] for one in kept] == [one.dialect for one in report.files] == ["commas, decimal point, UTF-8"]
