"""Excel workbooks: cells as values, sheets, cells in error, dates, and what is no workbook (formats.md 1, D-35, D-47)."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from engage_desktop.domain.duration import format_instant
from engage_desktop.events.xlsx import CellError, open_workbook
from tests.events.tables import findings, parts_of, read, refusal, workbook, write_parts

AT = datetime(2011, 3, 1, 9, 0, 0, 250_000)
HEAD = ["event", "timestamp", "user_id", "value"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.xlsx"


def cells(path: Path, sheet: str | None = None) -> list[tuple[int, list[object]]]:
    with open_workbook(path) as book:
        return [(number, list(row)) for _, number, row in book.rows(sheet or book.sheet_names[0])]


def test_a_sheet_is_a_log(log: Path) -> None:
    """Whole numbers stay whole, ids are text, empty cells and rows say nothing, lines are Excel's."""
    rows = [
        [*HEAD, "note", "traits.plan", "context.page.path"],
        ["Order Completed", "2011-03-01T09:00:00Z", 17850, 12.5, "007", "gold", "/x"],
        [],
        ["Order Completed", "2011-03-01T09:00:01Z", "a1", 3],
        ["Order Completed", None, "a1"],
    ]
    store, report = read(workbook(log, rows, title="Orders"))
    assert (report.read, report.kept, report.rejected) == (3, 2, 1)
    assert findings(store) == [(5, "timestamp", "timestamp_invalid")]
    assert list(store.profile_ids) == ["17850", "a1"]
    assert store.column("Order Completed", "value").number.tolist() == [12.5, 3]
    assert store.column("Order Completed", "note").value(0) == "007"
    assert store.trait("plan").column.value(0) == "gold"
    assert store.context("Order Completed", "page.path").value(0) == "/x"
    assert (report.files[0].format, report.files[0].dialect) == ("Excel", "sheet 'Orders'")


def test_dates_of_excel_need_a_zone(log: Path) -> None:
    """D-47: a cell knows no zone; with one it is an instant, in properties too, while a day stays a day."""
    workbook(
        log, [[*HEAD, "due", "day", "lasted"], ["E", AT, "u", 1, AT, date(2011, 3, 2), timedelta(hours=30, minutes=5)]]
    )
    store, report = read(log)
    assert (report.kept, findings(store)) == (0, [(2, "timestamp", "timestamp_invalid")])
    assert "--zone" in store.rejects()[0].message
    store, report = read(log, zone="Asia/Tokyo")
    assert format_instant(store.time.tolist()[0]) == "2011-03-01T00:00:00.25Z"
    row = [store.column("E", name).value(0) for name in ("due", "day", "lasted")]
    assert row == ["2011-03-01T00:00:00.250000Z", "2011-03-02", "30:05:00"]
    assert report.files[0].dialect == "sheet 'Log', times without a zone in Asia/Tokyo"


def test_dates_written_as_text_are_decided_like_those_of_csv(log: Path) -> None:
    rows = [HEAD, ["E", "03/04/2011 09:00", "u", 1]]
    assert "--dates day-first" in refusal(workbook(log, rows), zone="UTC")
    store, report = read(workbook(log, [*rows, ["E", "13/04/2011 09:00", "u", 1]]), zone="UTC")
    assert format_instant(store.time.tolist()[0]) == "2011-04-03T09:00:00Z"
    assert "day-first dates" in report.files[0].dialect


def test_cells_in_error_are_rejected_with_line_and_field(log: Path) -> None:
    good = ["E", "2011-03-01T09:00:00Z", "u"]
    workbook(log, [HEAD, [*good, 1], [*good, "#N/A"], [*good, "x", "beyond"], ["E", 40603.5, "u", 2]])
    store, report = read(log)
    assert (report.read, report.kept) == (4, 1)
    assert findings(store) == [
        (3, "value", "bad_request"),
        (4, "", "bad_request"),
        (5, "timestamp", "timestamp_invalid"),
    ]
    assert "#N/A" in store.rejects()[0].message


def test_a_sheet_may_be_named(log: Path) -> None:
    workbook(log, [HEAD, ["E", "2011-03-01T09:00:00Z", "u", 1]], more=["Empty"])
    assert read(log, sheet="Log")[1].kept == 1
    assert "It has: Log, Empty." in refusal(log, sheet="Other")
    assert "is empty" in refusal(log, sheet="Empty")


def test_rows_of_people_in_a_sheet(log: Path) -> None:
    """A profile CSV kept in Excel means the same."""
    workbook(log, [["user_id", "timestamp", "email"], ["u", "2011-03-01T09:00:00Z", "a@example.org"]])
    store, report = read(log)
    assert store.trait("email").column.value(0) == "a@example.org"
    assert "one person a row" in report.files[0].dialect


VALUES = [
    "text", "  kept  ", "ü€🛒", "line\nbreak", "a<b & \"c\"", 0, 7, -3, 1.5, 1e-7, 123456789012, 1e20, True, False,
    AT, datetime(1999, 12, 31, 23, 59, 59), datetime(1900, 1, 1, 6), datetime(1900, 3, 1, 6), date(2024, 2, 29),
    time(9, 30), timedelta(hours=30), timedelta(0), None,
]  # fmt: skip


def test_values_are_those_that_another_reader_sees(log: Path) -> None:
    """A twin: openpyxl wrote the workbook, and reads the same from it."""
    workbook(log, [[value] for value in VALUES])
    book = openpyxl.load_workbook(log, data_only=True)
    there = {
        number: row[0] for number, row in enumerate(book.active.iter_rows(values_only=True), 1) if row[0] is not None
    }
    mine = {number: row[0] for number, row in cells(log)}
    assert mine.keys() == there.keys()
    for number, value in mine.items():
        other = there[number]
        if type(value) is date:  # the twin gives midnight
            value = datetime(value.year, value.month, value.day)
        assert value == other, VALUES[number - 1]
        assert type(value) is type(other), VALUES[number - 1]


def test_every_millisecond_of_excel_is_exact(log: Path) -> None:
    moments = [datetime(2011, 3, 1) + timedelta(milliseconds=977 * i) for i in range(500)]
    workbook(log, [[moment] for moment in moments])
    found = [row[0] for _, row in cells(log)]
    assert [datetime(one.year, one.month, one.day) if type(one) is date else one for one in found] == moments  # type: ignore[attr-defined]


def test_the_calendar_that_begins_in_1904(log: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([AT, datetime(1904, 1, 1, 12)])
    book.save(log)
    assert cells(log) == [(1, [AT, datetime(1904, 1, 1, 12)])]


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("General", 40603.375),
        ("0.00", 40603.375),
        ('0.0 "days"', 40603.375),
        ("#,##0.00 [$€-407]", 40603.375),
        ("[Red]0.0;[Blue]-0.0", 40603.375),
        ("0.00E+00", 40603.375),
        ("@", 40603.375),
        ("dd.mm.yyyy", datetime(2011, 3, 1, 9)),
        ("[$-409]d-mmm-yy;@", datetime(2011, 3, 1, 9)),
        ("mmm yyyy", datetime(2011, 3, 1, 9)),
        ("h:mm AM/PM", datetime(2011, 3, 1, 9)),
        ("yyyy-mm-dd hh:mm:ss.000", datetime(2011, 3, 1, 9)),
        ("[h]:mm:ss", timedelta(days=40603, hours=9)),
        ("d\\ \\h", datetime(2011, 3, 1, 9)),
    ],
)
def test_which_formats_show_a_date(log: Path, shown: str, value: object) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 40603.375
    book.active["A1"].number_format = shown
    book.save(log)
    assert cells(log) == [(1, [value])]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_sheet(log: Path, data: str, namespace: str = MAIN) -> Path:
    """A workbook whose sheet holds the XML given."""
    parts = parts_of(workbook(log, [["a"]]))
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{namespace}"><sheetData>{data}</sheetData></worksheet>'.encode()
    )
    return write_parts(log, parts)


def test_what_other_writers_write(log: Path) -> None:
    """Rows and cells without places, texts in runs with hints how to say them, escapes, dates in words, prefixes."""
    data = (
        '<row><c t="inlineStr"><is><r><t>two</t></r><r><t xml:space="preserve"> runs</t></r><rPh><t>hint</t></rPh></is></c>'
        "<c><v>5</v></c></row>"
        '<row r="4"><c r="C4" t="str"><f>A1</f><v>a_x000D_b</v></c><c t="d"><v>2011-03-01T09:00:00</v></c>'
        '<c t="e"><v>#DIV/0!</v></c><c t="b"><v>1</v></c><c><v>1e999</v></c><c/></row><row/>'
    )
    expected = [
        (1, ["two runs", 5]),
        (4, [None, None, "a\rb", datetime(2011, 3, 1, 9), CellError("#DIV/0!"), True, CellError("inf")]),
    ]
    assert cells(with_sheet(log, data)) == expected
    assert cells(with_sheet(log, data, "http://purl.oclc.org/ooxml/spreadsheetml/main")) == expected
    parts = parts_of(workbook(log, [["shared"], [1]]))
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for name in ("worksheet", "sheetData", "row", "c", "v"):
        sheet = (
            sheet.replace(f"<{name} ", f"<x:{name} ")
            .replace(f"<{name}>", f"<x:{name}>")
            .replace(f"</{name}>", f"</x:{name}>")
        )
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("xmlns=", "xmlns:x=").encode()
    # elements that kept no prefix are of no namespace then, which is no matter here
    assert cells(write_parts(log, parts)) == [(1, ["shared"]), (2, [1])]


@pytest.mark.parametrize(
    "data",
    [
        '<row r="1"><c r="A1"><v>x</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="99999999999"><c r="A1"><v>1</v></c></row>',
        '<row r="-1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="zz"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>soon</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
        "&undefined;",
    ],
)
def test_a_damaged_sheet_stops_with_a_sentence(log: Path, data: str) -> None:
    assert "not a readable one" in refusal(with_sheet(log, data))


def test_a_part_that_defines_entities_is_refused(log: Path) -> None:
    """A few hundred bytes of it could unfold to more than memory holds."""
    parts = parts_of(workbook(log, [["a"]]))
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    parts["xl/worksheets/sheet1.xml"] = f'{bomb}<worksheet xmlns="{MAIN}"/>'.encode()
    assert "document type" in refusal(write_parts(log, parts))


def test_files_that_only_look_like_a_workbook(log: Path) -> None:
    assert "without a password" in refusal(log, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "not a readable one" in refusal(log, b"PK\x03\x04 and no more")
    assert "not a readable one" in refusal(log, b"")
    assert "old Excel" in refusal(log.with_name("log.xls"), b"x")
    whole = parts_of(workbook(log, [HEAD, ["E", "2011-03-01T09:00:00Z", "u", 1]]))
    for gone in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        assert "Excel file" in refusal(write_parts(log, {name: part for name, part in whole.items() if name != gone}))
    without = {name: part for name, part in whole.items() if name != "_rels/.rels"}
    assert read(write_parts(log, without))[1].kept == 1, "the book lies where it always does"


def test_numbers_beyond_doubles_and_days(log: Path) -> None:
    assert math.isinf(float("1e999"))
    data = '<row r="1"><c r="A1" s="1"><v>-1</v></c><c r="B1" s="1"><v>2958466</v></c><c r="C1" s="1"><v>2958465.5</v></c></row>'
    parts = parts_of(workbook(log, [[AT]]))
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'.encode()
    assert cells(write_parts(log, parts)) == [(1, [-1, 2958466, datetime(9999, 12, 31, 12)])]
