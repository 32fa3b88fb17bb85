"""Broadcasts in the window: listed, made, edited by mouse and keyboard, their size counted (D-26, D-36)."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engage_desktop.document import Change, dumps, put
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.domain.message import Broadcast, Variant
from engage_desktop.ui.pages.variant_rows import even_shares, with_variant, without_variant
from engage_desktop.ui.widgets.check_box import CheckBox
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act, open_row, row, undo
from tests.ui.window.hand import Hand
from tests.ui.window.world import WAIT_MS, events, messages, wait_settled

DAY = 86_400_000_000


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    return Hand(qtbot, window)


def only(window: MainWindow) -> Broadcast:
    (found,) = window.session.campaigns.broadcasts
    return found


def make(qtbot: QtBot, window: MainWindow) -> Broadcast:
    """By the button of the page."""
    act(window, "go.broadcasts")
    driver.click(window.pages.broadcasts.findChild(QPushButton, "broadcasts.new"))
    assert (window.topbar.current.kind, window.topbar.current.key) == ("broadcast", "new_broadcast")
    return only(window)


def counted(qtbot: QtBot, window: MainWindow) -> tuple[int, int]:
    """(in the group, left out) once that is counted for the design as it is."""
    qtbot.waitUntil(lambda: window.broadcast_page.reach_current, timeout=30_000)
    reach = window.broadcast_page.reach
    assert reach is not None
    return reach.group, reach.excluded


def who_did(name: str, at_us: int) -> set[str]:
    calls = [one for one in events() if one.get("event") == name and parse_instant(str(one["timestamp"])) <= at_us]
    return {str(one["userId"]) for one in calls}


def test_a_new_broadcast_can_be_sent_as_it_stands(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    first = dumps(window.session.campaigns)
    made = make(qtbot, window)
    assert (made.audience, made.condition, made.message) == ("buyers", None, "nudge")
    assert made.at.endswith("T09:00:00Z")
    assert window.session.document.undo_name == "Add a broadcast"
    assert window.topbar.current.title == "New broadcast"
    act(window, "go.broadcasts")
    (shown,) = window.pages.broadcasts.table.rows.rows
    assert shown[:3] == ("New broadcast", "Buyers", "Nudge")
    assert shown[3].endswith("09:00 GMT")
    assert shown[4] == "all at once"
    window.pages.broadcasts.table.setFocus()
    row(window.pages.broadcasts.table, 0)
    driver.key(window.pages.broadcasts.table, Qt.Key.Key_Return)
    assert window.topbar.current.kind == "broadcast"
    hand.undo_all()
    assert dumps(window.session.campaigns) == first
    assert "broadcast" not in {tab.kind for tab in window.topbar.tabs}


def test_the_group_is_counted_when_the_list_is_made(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    """D-4, D-26: of everybody who ever ordered, without those who were refunded."""
    at = parse_instant("2025-03-08T09:00:00Z")
    make(qtbot, window)
    hand.choose("broadcast.group", "Everybody")
    assert only(window).condition == "audience('buyers')"
    assert window.session.document.undo_name == "Change who gets it of “New broadcast”"
    hand.condition("broadcast.condition", "event('Order Completed').count() >= 1")
    hand.line("broadcast.at", "2025-03-08 09:00")
    assert only(window).at == format_instant(at)
    ordered, refunded = who_did("Order Completed", at), who_did("Refunded", at)
    assert counted(qtbot, window) == (len(ordered), 0)
    assert window.broadcast_page.people_size.text() == f"{len(ordered)} people"
    hand.click(QPushButton, "broadcast.exclude.add")
    assert only(window).exclude == ("buyers",)
    out = ordered - refunded
    assert 0 < len(out) < len(ordered)
    assert counted(qtbot, window) == (len(ordered), len(out))
    says = window.broadcast_page.counted.text()
    assert says.endswith("when the list is made: 8 Mar 2025 09:00 GMT.")
    assert f"{len(out)} of them left out" in says
    hand.click(QToolButton, "broadcast.exclude.0.remove")
    assert only(window).exclude == ()
    hand.choose("broadcast.group", "Members")
    assert (only(window).audience, only(window).condition) == ("buyers", None)
    assert counted(qtbot, window) == (len(out), 0)


def test_outside_the_log_it_says_so_and_counts_at_the_clock(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.line("broadcast.at", "2031-01-01 09:00")
    wait_settled(qtbot, window)
    for at in (window.session.workbench.run.last_us, window.session.workbench.run.first_us + 3 * DAY):
        window.session.workbench.set_clock(at)
        wait_settled(qtbot, window)
        group, _ = counted(qtbot, window)
        assert group == len(who_did("Order Completed", at) - who_did("Refunded", at))
    assert "Its own time lies outside the log" in window.broadcast_page.counted.text()


def test_when_is_typed_by_the_clocks_of_the_workspace(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    """D-32: the workspace is in London; with clocks of their own the list is made 14 hours ahead of UTC."""
    make(qtbot, window)
    hand.line("broadcast.at", "2025-07-01 18:30")
    assert only(window).at == "2025-07-01T17:30:00Z"
    assert hand.find(QLabel, "broadcast.at.zone").text() == "BST"
    hand.line("broadcast.at", "soon")
    assert "no day and time" in hand.error("broadcast.at")
    assert only(window).at == "2025-07-01T17:30:00Z"
    driver.key(hand.find(QLineEdit, "broadcast.at"), Qt.Key.Key_Escape)
    assert hand.error("broadcast.at") == ""
    hand.choose("broadcast.zone", "Each")
    assert only(window).zone == "profile"
    counted(qtbot, window)
    assert hand.find(QLabel, "broadcast.zone.words").text().endswith("1 Jul 2025 05:30 BST.")
    hand.line("broadcast.throughput", "500")
    hand.line("broadcast.priority", "3")
    assert (only(window).throughput, only(window).priority) == (500, 3)
    hand.line("broadcast.throughput", "many")
    assert "not a number" in hand.error("broadcast.throughput")
    driver.key(hand.find(QLineEdit, "broadcast.throughput"), Qt.Key.Key_Escape)
    hand.choose("broadcast.stage", "Nurture")
    assert only(window).stage == "nurture"
    act(window, "go.broadcasts")
    assert window.pages.broadcasts.table.rows.rows[0][3:] == (
        "1 Jul 2025 18:30, each by their own clock",
        "500",
        "Draft",
    )


def test_variants_share_people_out(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.click(QPushButton, "broadcast.variant.add")
    assert [(one.key, one.percent, one.message) for one in only(window).variants] == [("a", 50, None), ("b", 50, None)]
    hand.click(QPushButton, "broadcast.variant.add")
    assert hand.find(QLabel, "broadcast.variants.sum").text() == "100 % in all"
    hand.click(QPushButton, "broadcast.variant.even")
    assert [one.percent for one in only(window).variants] == [33.34, 33.33, 33.33]
    hand.line("broadcast.variant.2.key", "rest")
    hand.click(CheckBox, "broadcast.variant.2.role")
    hand.choose("broadcast.variant.0.message", "Nudge")
    assert only(window).variants[0].message == "nudge"
    assert only(window).variants[2] == Variant(key="rest", percent=33.33, role="holdout")
    hand.line("broadcast.variant.1.key", "rest")
    assert "already a variant 'rest'" in hand.error("broadcast.variant.1.key")
    driver.key(hand.find(QLineEdit, "broadcast.variant.1.key"), Qt.Key.Key_Escape)
    hand.choose("broadcast.message", "That of each")
    assert only(window).message is None
    hand.line("broadcast.variant.1.percent", "20")
    hand.click(QToolButton, "broadcast.variant.1.remove")
    assert [(one.key, one.percent) for one in only(window).variants] == [("a", 53.34), ("rest", 33.33)]
    assert hand.undo_name == "Remove a variant of “New broadcast”"


def test_problems_stand_beside_their_fields(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.line("broadcast.throughput", "0")
    hand.click(QPushButton, "broadcast.variant.add")
    hand.line("broadcast.variant.0.percent", "40")
    qtbot.waitUntil(lambda: any(one.code == "percent_sum" for one in window.session.problems()), timeout=30_000)
    assert "0 messages an hour" in hand.problems("broadcast.when")
    assert "sum to 90 percent" in hand.problems("broadcast.what")
    for box in ("what", "who", "other"):
        assert "0 messages" not in hand.problems(f"broadcast.{box}")
    act(window, "go.home")
    found = next(
        at for at in range(window.problems._list.count()) if "sum to 90" in window.problems._list.item(at).text()
    )
    assert window.problems._list.item(found).text().startswith("New broadcast: ")
    act(window, "view.problems")
    open_row(window.problems._list, found)
    assert (window.topbar.current.kind, window.topbar.current.key) == ("broadcast", "new_broadcast")


def test_a_key_is_changed_with_its_tab_and_taken_back(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.line("broadcast.key", "rescue")
    assert "already a campaign 'rescue'" in hand.error("broadcast.key")
    hand.line("broadcast.key", "Spring")
    assert "lower-case" in hand.error("broadcast.key")
    hand.line("broadcast.key", "spring")
    assert only(window).key == "spring"
    assert (window.topbar.current.kind, window.topbar.current.key) == ("broadcast", "spring")
    hand.retype(hand.find(QLineEdit, "broadcast.name"), "Spring news")
    assert window.topbar.current.title == only(window).name == "Spring news"
    undo(window)
    undo(window)
    assert (only(window).key, window.topbar.current.key) == ("new_broadcast", "new_broadcast")
    assert hand.find(QLineEdit, "broadcast.key").text() == "new_broadcast"
    act(window, "definition.delete")
    assert window.session.campaigns.broadcasts == ()
    assert "broadcast" not in {tab.kind for tab in window.topbar.tabs}


def test_the_tab_of_another_key_is_closed_by_its_button(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.line("broadcast.key", "spring")
    hand.click(QToolButton, "topbar.close.broadcast.spring")
    assert "broadcast" not in {tab.kind for tab in window.topbar.tabs}


def test_without_a_broadcast_the_page_says_how_to_make_one(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    act(window, "go.broadcasts")
    assert "Make the first one" in hand.find(QLabel, "broadcasts.empty").text()
    assert not hand.shown("broadcasts.table")
    make(qtbot, window)
    act(window, "go.broadcasts")
    assert hand.shown("broadcasts.table")
    assert not hand.shown("broadcasts.empty")


def test_a_broadcast_is_found_by_its_key(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    act(window, "go.home")
    driver.keys(window, "Ctrl+K")
    driver.write(window.palette_.field, "new_broadcast")
    driver.key(window.palette_.field, Qt.Key.Key_Return)
    assert (window.topbar.current.kind, window.topbar.current.key) == ("broadcast", "new_broadcast")


def test_rows_made_anew_in_other_colours_still_edit(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.choose("broadcast.group", "Everybody")
    hand.click(QPushButton, "broadcast.exclude.add")
    hand.click(QPushButton, "broadcast.variant.add")
    act(window, "view.dark")
    hand.line("broadcast.variant.1.key", "rest")
    hand.click(QToolButton, "broadcast.variant.0.remove")
    hand.click(QToolButton, "broadcast.exclude.0.remove")
    act(window, "view.dark")
    assert ([one.key for one in only(window).variants], only(window).exclude) == (["rest"], ())


def test_every_field_can_be_reached_by_the_keyboard_and_has_a_name(
    qtbot: QtBot, window: MainWindow, hand: Hand
) -> None:
    make(qtbot, window)
    hand.click(QPushButton, "broadcast.variant.add")
    reached = hand.walk(hand.find(QLineEdit, "broadcast.name"))
    for name in ("key", "group", "audience", "exclude.add", "at", "zone", "throughput", "message", "variant.1.percent"):
        assert f"broadcast.{name}" in reached


# -- the people on the list ---------------------------------------------------------------------


def listed(qtbot: QtBot, window: MainWindow) -> list[dict[str, str]]:
    """The rows of the broadcast in the run's own table, once the page shows that run."""
    people = window.broadcast_page.people
    qtbot.waitUntil(lambda: people.current and window.broadcast_page.reach_current, timeout=WAIT_MS)
    return [row for row in messages(qtbot, window) if row["campaign"] == only(window).key]


def choose(qtbot: QtBot, window: MainWindow, name: str) -> list[list[str]]:
    """Click a total; the rows of the table then."""
    people = window.broadcast_page.people
    made = people.findChild(QPushButton, f"broadcast.people.{name}")
    window.broadcast_page.ensureWidgetVisible(made)
    driver.click(made)
    qtbot.waitUntil(lambda: people.current, timeout=WAIT_MS)
    model = people.table.model
    return [[model.cell(row, column) for column in range(model.columnCount())] for row in range(model.rowCount())]


def test_everybody_on_the_list_is_shown_by_fate_and_reason(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    """D-22, D-26, D-27: buttons add up to the rows of the run, and each shows its own people."""
    made = make(qtbot, window)
    group = made.with_(audience=None, condition="event('Product Added').count() >= 1")
    policies = window.session.campaigns.policies.with_(suppression=("buyers",))
    edits = (put(window.session.campaigns, "broadcast", group), put(window.session.campaigns, "policies", policies))
    window.session.document.apply(Change("To everybody but buyers", edits))
    hand.line("broadcast.at", "2025-03-10 09:00")
    hand.click(QPushButton, "broadcast.variant.add")
    hand.click(CheckBox, "broadcast.variant.1.role")
    rows = listed(qtbot, window)
    fates = Counter((row["status"], row["reason"] if row["status"] == "dropped" else "") for row in rows)
    assert set(fates) == {("sent", ""), ("held_out", ""), ("dropped", "suppressed")}
    people = window.broadcast_page.people
    assert people.said.text() == f"Sent to {fates['sent', '']} of {len(rows)} people on the list"
    assert people.kind.text() == "assumed"  # the policy assumes addresses
    assert not people.note.isVisible()
    assert not hand.shown("broadcast.people.dropped.unsubscribed")
    for fate, said in (("sent", "Sent"), ("held_out", "Held out"), ("dropped.suppressed", "Dropped: suppressed")):
        count = fates[(*fate.split("."), "")[:2]]
        assert hand.find(QPushButton, f"broadcast.people.{fate}").text() == f"{said} {count}"
        spoken = hand.find(QPushButton, f"broadcast.people.{fate}").accessibleName()
        assert spoken.startswith(f"{said}: {count} p")
        direct = [row for row in rows if row["status"] == fate.split(".")[0]]
        shown = choose(qtbot, window, fate)
        assert sorted(row[1:3] for row in shown) == sorted([row["profile"], row["step"] or "–"] for row in direct)
        assert {row[0] for row in shown} == {"10 Mar 2025 09:00 GMT"}
    row(people.table.view, 0)
    assert "due for" in people.table.said.text()
    assert "was dropped: this person is suppressed." in people.table.said.text()
    pressed = people.buttons["dropped", "suppressed"]
    pressed.setFocus()
    driver.key(pressed, Qt.Key.Key_Left)  # the arrows go to the total beside it
    focused = window.focusWidget()
    assert focused is people.buttons["held_out", ""]
    driver.key(focused, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: people.current, timeout=WAIT_MS)
    assert people.table.model.total == fates["held_out", ""]


def test_a_list_that_is_not_of_the_design_is_grey_and_says_so(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    make(qtbot, window)
    hand.line("broadcast.at", "2025-03-10 09:00")
    rows = listed(qtbot, window)
    people = window.broadcast_page.people
    assert len(choose(qtbot, window, "all")) == len(rows) > 5
    hand.line("broadcast.throughput", "0")  # a design that cannot be replayed
    qtbot.waitUntil(lambda: window.session.workbench.run.refused, timeout=WAIT_MS)
    assert (people.current, people.table.isEnabled(), people.fates.isEnabled()) == (False, False, False)
    assert people.note.text().startswith("This is the list of the last replay.")
    hand.line("broadcast.throughput", "1")
    qtbot.waitUntil(lambda: people.current and window.broadcast_page.reach_current, timeout=WAIT_MS)
    reach = window.broadcast_page.reach
    assert reach is not None
    assert (people.table.isEnabled(), people.note.isVisible()) == (True, False)
    undo(window)
    end = format_instant(window.session.workbench.run.last_us - 2 * 3_600_000_000)
    window.session.document.apply(
        Change("Late", (put(window.session.campaigns, "broadcast", only(window).with_(at=end, throughput=1)),))
    )
    few = listed(qtbot, window)
    reach = window.broadcast_page.reach
    assert reach is not None
    assert 0 < len(few) < reach.left
    assert people.note.text().startswith(f"{reach.left - len(few)} people more have their turn only after the end")


def test_outside_of_the_replay_nobody_is_on_the_list(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    """D-26: a list whose instant lies outside of the run is not made."""
    make(qtbot, window)
    hand.line("broadcast.at", "2031-01-01 09:00")
    assert listed(qtbot, window) == []
    people = window.broadcast_page.people
    assert people.said.text() == "Sent to nobody"
    assert people.note.text().startswith("The list is made on 1 Jan 2031 09:00 GMT. That lies outside of the replay")
    assert not hand.shown("broadcast.people.table")
    assert not hand.shown("broadcast.people.sent")


def test_shares_of_variants() -> None:
    assert [one.percent for one in even_shares(with_variant(with_variant(())))] == [33.34, 33.33, 33.33]
    three = (Variant(key="a", percent=1), Variant(key="b", percent=2.5), Variant(key="c", percent=96.5))
    assert [(one.key, one.percent) for one in without_variant(three, 0)] == [("b", 3.5), ("c", 96.5)]
    assert without_variant(three[:1], 0) == ()
    assert [one.key for one in with_variant((Variant(key="c", percent=0), Variant(key="b", percent=0)))] == [
        "c",
        "b",
        "c_2",
    ]
