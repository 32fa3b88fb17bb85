"""The views of sending by mouse and keyboard: what stands there is a direct count over the run's own table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from engage_desktop.app.protocol_sending import CampaignLoad, CappedBy, HeavyPerson, MessageRow, Pressure
from engage_desktop.document.change import Change, drop
from engage_desktop.domain.duration import parse_instant
from engage_desktop.engine import REASONS, STATUSES
from engage_desktop.ui import formats
from engage_desktop.ui.sending import words
from engage_desktop.ui.sending.page import SendingPage
from engage_desktop.ui.theme import Theme, ThemeMode
from engage_desktop.ui.widgets.month import MonthView
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import choose, row, undo
from tests.ui.window.two_campaigns import the
from tests.ui.window.world import WAIT_MS, messages, wait_settled

ZONE = "Europe/London"


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, two: MainWindow) -> MainWindow:
    with qtbot.waitActive(two):
        two.activateWindow()
    two.why.hide()
    while two.session.document.can_undo:
        undo(two)
    wait_settled(qtbot, two)
    two.to_end()
    two.pages.sending.messages.keep()
    two.pages.sending.show_view("calendar")
    driver.click(the(two, QToolButton, "rail.sending"))
    settled(qtbot, two)
    return two


def settled(qtbot: QtBot, window: MainWindow) -> SendingPage:
    page = window.pages.sending
    wait_settled(qtbot, window)
    qtbot.waitUntil(lambda: page.shown.current, timeout=WAIT_MS)
    return page


def show(qtbot: QtBot, window: MainWindow, key: str) -> SendingPage:
    driver.click(the(window, QPushButton, f"sending.show.{key}"))
    return settled(qtbot, window)


def day_of(text: str) -> date:
    return formats.local(parse_instant(text), ZONE).date()


def texts(view: QTableView) -> list[list[str]]:
    model = view.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


# -- calendar -----------------------------------------------------------------------------------


def test_the_month_counts_what_was_sent(qtbot: QtBot, window: MainWindow) -> None:
    rows = messages(qtbot, window)
    sent = Counter(day_of(row["sent_at"]) for row in rows if row["status"] == "sent")
    others = Counter(day_of(row["due_at"]) for row in rows if row["status"] != "sent")
    month = the(window, MonthView, "sending.calendar.days")
    assert len(sent) > 5
    for day in {*sent, *others}:
        said = month.said(day)
        assert f": {sent[day]} sent" in said
        assert (f", {others[day]} not sent" in said) is bool(others[day])


def test_a_day_is_chosen_by_mouse_and_keys(qtbot: QtBot, window: MainWindow) -> None:
    rows = messages(qtbot, window)
    month = the(window, MonthView, "sending.calendar.days")
    busy = Counter(day_of(row["sent_at"]) for row in rows if row["status"] == "sent").most_common(1)[0][0]
    month.choose(busy.replace(day=15))
    driver.click(month, month.cell(busy).center().toPoint())
    assert month.day == busy
    assert month.accessibleDescription() == month.said(busy)
    table = the(window, QTableView, "sending.calendar.day.table")
    shown = {(row[0], row[1]): row[2] for row in texts(table)}
    direct = Counter(
        ({"mark": "Mark", "thank": "Thank"}[row["campaign"]], words.CHANNEL[row["channel"]])
        for row in rows
        if row["status"] == "sent" and day_of(row["sent_at"]) == busy
    )
    assert {key: int(count) for key, count in shown.items() if count != "–"} == direct
    month.setFocus()
    driver.key(month, Qt.Key.Key_Right)
    assert month.day == busy + timedelta(days=1)
    driver.key(month, Qt.Key.Key_Down)
    assert month.day == busy + timedelta(days=8)
    driver.key(month, Qt.Key.Key_Home)
    assert month.day.day == 1
    before = month.day
    driver.key(month, Qt.Key.Key_PageDown)
    assert (month.day - timedelta(days=1)).month == before.month
    driver.click(the(window, QToolButton, "sending.calendar.before"))
    assert month.day == before
    driver.key(month, Qt.Key.Key_End)
    assert (month.day + timedelta(days=1)).day == 1


def test_the_last_day_of_a_month_stays_one() -> None:
    month = MonthView("m", "M")
    month.choose(date(2025, 1, 31))
    month.turn(1)
    assert month.day == date(2025, 2, 28)
    month.turn(-14)
    assert month.day == date(2023, 12, 28)
    assert month.day_at(month.cell(date(2023, 12, 4)).center()) == date(2023, 12, 4)


def test_the_calendar_filters_by_channel(qtbot: QtBot, window: MainWindow) -> None:
    rows = messages(qtbot, window)
    month, combo = the(window, MonthView, "sending.calendar.days"), the(window, QComboBox, "sending.calendar.channel")
    choose(combo, combo.findText("E-mail"))
    sent = Counter(day_of(r["sent_at"]) for r in rows if r["status"] == "sent" and r["channel"] == "email")
    assert sum(sent.values()) > 5
    assert all(f": {count} sent" in month.said(day) for day, count in sent.items())
    texted = {day_of(row["sent_at"]) for row in rows if row["status"] == "sent"} - set(sent)
    assert texted
    assert all(": 0 sent" in month.said(day) for day in texted)
    choose(combo, 0)


# -- pressure -----------------------------------------------------------------------------------


def test_pressure_names_the_heaviest_and_leads_to_their_messages(qtbot: QtBot, window: MainWindow) -> None:
    rows = messages(qtbot, window)
    page = show(qtbot, window, "pressure")
    people = the(window, QTableView, "sending.pressure.people")
    first = texts(people)[0]
    sent = Counter(row["profile"] for row in rows if row["status"] == "sent")
    assert int(first[3]) == sent[first[0]]
    bars = page.pressure.spread.bars
    assert sum(int(bar.value) for bar in bars) == 30
    assert bars[0].value == 30 - len(sent)
    weeks = Counter(
        (day := day_of(row["sent_at"])) - timedelta(days=day.weekday()) for row in rows if row["status"] == "sent"
    )
    shown = {row[0]: int(row[1]) for row in texts(the(window, QTableView, "sending.pressure.weeks.table"))}
    assert shown == {formats.date_words(monday): count for monday, count in weeks.items()}
    assert page.kind.text() == "assumed"
    row(people, 0)
    driver.key(people, Qt.Key.Key_Return)
    settled(qtbot, window)
    assert page.shown is page.messages
    assert page.messages.model.total == sum(row["profile"] == first[0] for row in rows)


def test_capped_by_whom_is_a_table_of_pairs(qtbot: QtBot, window: MainWindow) -> None:
    """Shown as the process would answer; figures themselves are those of `tests/analysis`."""
    page = show(qtbot, window, "pressure")
    page.pressure.show_reply(
        Pressure(
            window.session.generation, (1, 2), 2, 0,
            (CampaignLoad("mark", "Mark", 2, 0, 2, 0, 0), CampaignLoad("thank", "Thank", 0, 0, 0, 7, 3)),
            (), (HeavyPerson("u01", 1, 20_000, 1, 1),), (CappedBy("thank", "mark", 9, 6, 12),), "observed",
        )
    )  # fmt: skip
    table = the(window, QTableView, "sending.pressure.capped.table")
    assert texts(table) == [["Thank", "Mark", "9", "6", "12"]]
    assert "Caps dropped 7 messages and delayed 3." in page.pressure._capped_words.text()
    row(table, 0)
    driver.key(table, Qt.Key.Key_Return)
    settled(qtbot, window)
    assert page.shown is page.messages
    assert (page.messages.filter.campaign, page.messages.filter.reason) == ("thank", "frequency_cap")
    assert page.messages.model.total == 0
    page.pressure.reply = None


# -- conflicts ----------------------------------------------------------------------------------


def test_conflicts_say_who_shares_people(qtbot: QtBot, window: MainWindow) -> None:
    page = show(qtbot, window, "conflicts")
    reply = page.conflicts.reply
    table = the(window, QTableView, "sending.conflicts.table")
    both, whole = reply.entered[1][0], reply.entered[1][1]
    assert both > 0
    assert texts(table)[1][:2] == ["Thank", f"{both} · {formats.share(both, whole, 0)}"]
    said = table.model().index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == f"Thank and Mark: {both} people entered both, {formats.share(both, whole)} of Thank"
    button = the(window, QPushButton, "sending.conflicts.sent")
    button.setFocus()
    driver.key(button, Qt.Key.Key_Space)
    assert texts(table)[1][1].split(" ")[0] == (formats.number(reply.sent[1][0]) if reply.sent[1][0] else "–")


# -- messages -----------------------------------------------------------------------------------


def test_fates_filter_and_add_up(qtbot: QtBot, window: MainWindow) -> None:
    rows = messages(qtbot, window)
    page = show(qtbot, window, "messages")
    view = page.messages
    fates = Counter(row["status"] for row in rows)
    for fate, made in view.fates.items():
        assert made.text() == f"{words.FATE.get(fate, 'All')} {formats.number(fates[fate] if fate else len(rows))}"
    driver.click(the(window, QPushButton, "sending.messages.fate.dropped"))
    settled(qtbot, window)
    assert view.model.total == fates["dropped"] > 0
    assert {row[5] for row in texts(view.view)} == {"Dropped"}
    assert view.fates["sent"].text() == f"Sent {formats.number(fates['sent'])}"
    field = the(window, QLineEdit, "sending.messages.person")
    who = next(row["profile"] for row in rows if row["status"] == "dropped")
    field.setFocus()
    driver.write(field, who)
    driver.key(field, Qt.Key.Key_Return)
    settled(qtbot, window)
    assert field.hasFocus()
    assert view.model.total == sum(row["status"] == "dropped" and row["profile"] == who for row in rows)
    combo = the(window, QComboBox, "sending.messages.campaign")
    choose(combo, combo.findData("thank"))
    settled(qtbot, window)
    kept = [r for r in rows if (r["status"], r["profile"], r["campaign"]) == ("dropped", who, "thank")]
    assert view.model.total == len(kept)


def test_a_row_says_what_became_of_it_and_leads_to_why(qtbot: QtBot, window: MainWindow) -> None:
    page = show(qtbot, window, "messages")
    view = page.messages
    driver.click(the(window, QPushButton, "sending.messages.fate.sent"))
    settled(qtbot, window)
    table = view.view
    row = next(at for at, one in view.table._rows.items() if one.campaign == "thank")
    one = view.table._rows[row]
    table.scrollTo(table.model().index(row, 0))
    where = table.visualRect(table.model().index(row, 1)).center()
    driver.click(table.viewport(), QPoint(where))
    assert view.said.text() == words.sentence(one, NAMES, ZONE)
    assert view.said.text().startswith(f"news of Thank was sent to {one.profile} on ")
    table.setFocus()
    driver.key(table, Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    assert window.why.isVisible()
    assert window.session.at_us == one.due_at
    assert window.why.sentence.text().startswith(one.profile)


def test_messages_follow_an_edit_and_are_greyed_until_then(qtbot: QtBot, window: MainWindow) -> None:
    page = show(qtbot, window, "messages")
    before = page.messages.model.total
    campaigns = window.session.campaigns
    window.session.document.apply(Change("Delete", (drop(campaigns, "journey", "thank"),)))
    assert not page.messages.view.isEnabled()
    assert page._said.text() == "computing with all campaigns…"
    settled(qtbot, window)
    assert page.messages.view.isEnabled()
    assert 0 < page.messages.model.total < before
    assert page.messages.reply.generation == window.session.generation


def test_copy_takes_the_header(qtbot: QtBot, window: MainWindow) -> None:
    page = show(qtbot, window, "messages")
    row(page.messages.view, 0)
    driver.click(the(window, QPushButton, "sending.messages.copy"))
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Due", "Person", "Campaign"]
    assert len(lines) == 2


ROW = MessageRow("thank", "mail", "u1", 1, "email", "news", 0, None, "dropped", "frequency_cap", "observed", True)
NAMES = {"thank": "Thank", "mark": "Mark"}


def test_a_capped_message_names_who_filled_the_cap() -> None:
    """D-24: by campaign, with how many of its sends."""
    row = replace(ROW, filled_by=(("mark", 2), ("thank", 1)))
    assert words.reason(row, NAMES) == "frequency cap: Mark 2, Thank 1"
    assert words.sentence(row, NAMES, "UTC") == (
        "news of Thank, due for u1 on 1 Jan 1970 00:00 UTC, was dropped: "
        "the frequency cap was full with 2 of Mark and 1 of Thank."
    )
    moved = replace(row, fate="sent", sent_at=3_600_000_000, kind="assumed")
    assert words.sentence(moved, NAMES, "UTC") == (
        "news of Thank was sent to u1 on 1 Jan 1970 01:00 UTC, due 1 Jan 1970 00:00 UTC: the frequency cap was full "
        "with 2 of Mark and 1 of Thank. This rests on an assumption of the workspace."
    )


def test_every_reason_has_words() -> None:
    assert set(words.REASON) == set(words.WHY) == set(REASONS)
    assert set(words.FATE) == set(STATUSES)


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.CONTRAST])
def test_painted_in_every_theme(qtbot: QtBot, window: MainWindow, mode: ThemeMode) -> None:
    """The month is painted from tokens: another theme, another picture, with the same words."""
    month = the(window, MonthView, "sending.calendar.days")
    light, said = month.grab().toImage(), month.accessibleDescription()
    window.set_theme(Theme.of(mode))
    assert month.grab().toImage() != light
    assert month.accessibleDescription() == said
    window.set_theme(Theme.of(ThemeMode.LIGHT))
