"""Trust while typing: problems and lints where a person meets them, their people, their mends; nothing stale as current."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.app.importing import import_logs
from engage_desktop.document import Change, Document, dumps, load, put, put_layout, set_fields, with_fields
from engage_desktop.domain.campaigns import JourneyLayout, JourneyTest
from engage_desktop.domain.message import Broadcast, Destination
from engage_desktop.domain.workspace import Identity, Policies, UnknownPolicy
from engage_desktop.ui.app import open_window
from engage_desktop.ui.formats import number
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.app.test_lints import PEOPLE, design, log
from tests.ui import driver
from tests.ui.driver import act, press, row, undo
from tests.ui.keyboard import Keyboard
from tests.ui.window.hand import Hand
from tests.ui.window.world import WAIT_MS, settled, wait_settled

BUYERS = len(range(0, PEOPLE, 3))
MISSPELT = "Buyers: The log has no event “Bougth”."
UNGUARDED = (
    "J, Day: “Tell” reaches 20 of 60 people of whom this no longer holds: performed Looked and did not perform Bought."
)


def faulty() -> dict[str, Any]:
    """Buyers are told as if they had not bought; an audience misspells an event; half are told nothing."""
    made = design(name="Day", next="coin")
    journey = made["journeys"][0]
    journey["steps"][1]["name"] = "Tell"
    arms = [{"key": "a", "percent": 100, "next": "tell"}, {"key": "b", "percent": 0}]
    journey["steps"].insert(1, {"key": "coin", "type": "random", "branches": arms})
    made["audiences"] = [{"key": "buyers", "name": "Buyers", "definition": "event('Bougth').count() >= 1"}]
    made["messages"] = [{"key": "note", "channel": "sms", "body": "Hello"}]
    return made


def changes(folder: Path) -> list[str]:
    """The journal of a session that ended without saving: a change of each kind there is."""
    campaigns, _ = load(folder / "campaigns.json")
    assert campaigns is not None
    lines: list[str] = []
    edited = Document(campaigns, journal=lambda data: lines.append(json.dumps(data)))

    def change(name: str, kind: Any, item: Any) -> None:
        edited.apply(Change(name, (put(edited.campaigns, kind, item),)))

    change("Another zone", "workspace", with_fields(campaigns.workspace, timezone="Asia/Tokyo"))
    change("Identity", "identity", Identity())
    change("Policies", "policies", Policies(subscription=UnknownPolicy(unknown="assume")))
    change("Audience", "audience", with_fields(campaigns.audiences[0], name="All buyers"))
    change("Message", "message", with_fields(campaigns.messages[0], body="Hello there"))
    change("Destination", "destination", Destination(key="more", type="file", settings={}))
    change("Step", "journey", set_fields(campaigns.journeys[0], "wait", duration="2d"))
    spring = Broadcast(key="spring", name="Spring", audience="buyers", message="note", at="2025-03-04T09:00:00Z")
    change("Broadcast", "broadcast", spring)
    change("Test", "test", JourneyTest(key="t", journey="j"))
    place = put_layout(edited.layout, "j", JourneyLayout(nodes={"wait": (400, 300)}))
    edited.apply(Change("Move Day", (place,)))
    return lines


@pytest.fixture(scope="module")
def shop(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """A window on the faulty design, in which a session ended without saving."""
    folder = tmp_path_factory.mktemp("shop") / "shop"
    folder.mkdir()
    (folder / "campaigns.json").write_text(json.dumps(faulty()), encoding="utf-8")
    (folder.parent / "log.jsonl").write_text(log(), encoding="utf-8")
    import_logs(folder, [folder.parent / "log.jsonl"])
    (folder / ".campaigns.journal.jsonl").write_text("\n".join(changes(folder)) + "\n", encoding="utf-8")
    made = open_window(folder, settings=QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    made.resize(1280, 800)
    made.journey_page.canvas.motion_ms = 0
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, shop: MainWindow) -> MainWindow:
    with qtbot.waitActive(shop):
        shop.activateWindow()
    looked_at(qtbot, shop)
    shop.open_campaign("journey", "j")
    shop.canvas("select.none")
    if not shop.problems.isVisible():
        act(shop, "view.problems")
    wait_settled(qtbot, shop)
    return shop


def looked_at(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until lints of the design as it is are there."""
    qtbot.waitUntil(lambda: window.session.trust.current and window.session.idle, timeout=WAIT_MS)


def rows(window: MainWindow) -> list[str]:
    return [window.problems._list.item(at).text() for at in range(window.problems._list.count())]


def greyed(window: MainWindow, place: int) -> bool:
    grey = window.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    return window.problems._list.item(place).foreground().color() == grey


def badge(window: MainWindow, step: str) -> str:
    return window.journey_page.canvas.scene.cards[step].content.severity


def test_a_lint_is_a_row_a_badge_and_a_sentence_beside_the_step(qtbot: QtBot, window: MainWindow) -> None:
    """Row, badge, inspector and status say the same; Enter on the row goes to the step, also from another page."""
    texts = rows(window)
    assert texts[0] == MISSPELT
    assert texts[1].startswith(UNGUARDED)
    assert badge(window, "wait") == "warning"
    assert badge(window, "tell") == ""
    assert window.journey_page.canvas.scene.cards["wait"].content.spoken().endswith("1 problem")
    assert window.status.problems.text() == f"{len(texts)} problems"
    act(window, "go.home")
    row(window.problems._list, 1)
    driver.key(window.problems._list, Qt.Key.Key_Return)
    assert window.journey_page.selection == ["wait"]
    assert UNGUARDED.partition(": ")[2] in Hand(qtbot, window).problems("inspector")
    item = window.problems._list.item(1)
    assert "Can be fixed: Ask again before “Tell”." in item.data(Qt.ItemDataRole.AccessibleTextRole)


def test_its_people_are_listed_searched_and_explained(qtbot: QtBot, window: MainWindow) -> None:
    """Enter on one asks why at the instant that is meant."""
    row(window.problems._list, 1)
    people = window.problems.people
    qtbot.waitUntil(lambda: people.loaded == BUYERS, timeout=WAIT_MS)
    assert [who for who, _ in people.rows] == [f"u{person:02}" for person in range(0, PEOPLE, 3)]
    assert people._title.text() == f"People it names · {number(BUYERS)}"
    keys = Keyboard(window)
    keys.tab_to("problems.people.search")
    keys.type("u3")
    keys.press("Return")
    qtbot.waitUntil(lambda: [who for who, _ in people.rows] == ["u30", "u33", "u36", "u39"], timeout=WAIT_MS)
    keys.tab_to("problems.people.rows")
    keys.press("Down", "Return")
    qtbot.waitUntil(lambda: window.why.isVisible() and bool(window.why.sentence.text()), timeout=WAIT_MS)
    assert window.why.windowTitle() == "Why: u33"
    assert window.session.at_us == window.problems._instants["u33"]
    press(window.findChild(QPushButton, "why.close"))
    row(window.problems._list, 0)
    assert not people.isVisible()  # a misspelt name names nobody
    row(window.problems._list, 1)
    keys.tab_to("problems.people.search")
    keys.press("Ctrl+A", "Delete", "Return")


def test_a_fix_is_one_step_and_takes_away_its_problem_alone(qtbot: QtBot, window: MainWindow) -> None:
    """By the button in the list, by Alt+Enter there and at a selected step, and by the button in the inspector."""
    first, before = dumps(window.session.campaigns), rows(window)

    def mended(problem: int, name: str) -> None:
        assert window.session.document.undo_name == name
        looked_at(qtbot, window)
        assert rows(window) == [text for place, text in enumerate(before) if place != problem]
        wait_settled(qtbot, window)
        undo(window)
        assert dumps(window.session.campaigns) == first
        looked_at(qtbot, window)
        assert rows(window) == before

    row(window.problems._list, 1)
    assert window.findChild(QLabel, "problems.fix_name").text() == "Ask again before “Tell”"
    press(window.problems.fix_button)
    assert "tell_still" in window.session.campaigns.journeys[0].by_key
    assert "tell_still" in window.journey_page.canvas.scene.cards
    mended(1, "Ask again before “Tell”")
    row(window.problems._list, 0)
    Keyboard(window).press("Alt+Return")
    assert window.session.campaigns.audiences[0].definition == "event('Bought').count() >= 1"
    mended(0, "Write “Bought”")
    window.go("journey", "j", "wait")
    press(Hand(qtbot, window).find(QPushButton, "inspector.problems.fix"))
    mended(1, "Ask again before “Tell”")
    act(window, "view.problems")
    window.go("journey", "j", "wait")
    act(window, "problems.fix")
    act(window, "view.problems")
    mended(1, "Ask again before “Tell”")
    window.canvas("select.none")
    row(window.problems._list, len(before) - 1)
    assert window.problems.at_hand is not None
    assert window.actions_["problems.fix"].isEnabled() is (window.problems.at_hand.fix is not None)


def test_a_design_that_cannot_run_is_told_as_it_is_typed_and_mended(qtbot: QtBot, window: MainWindow) -> None:
    """Errors come first; lints of the run before are no problems of this design."""
    window.go("journey", "j", "coin")
    Hand(qtbot, window).line("inspector.branch.a.percent", "60")
    qtbot.waitUntil(lambda: window.session.trust.current and not window.session.current, timeout=WAIT_MS)
    assert rows(window) == ["J, coin: The shares sum to 60 percent, not to 100."]
    assert badge(window, "coin") == "error"
    assert badge(window, "wait") == ""
    row(window.problems._list, 0)
    press(window.problems.fix_button)
    assert window.session.document.undo_name == "Give “a” 100 percent"
    looked_at(qtbot, window)
    assert rows(window)[1].startswith(UNGUARDED)
    undo(window)
    undo(window)
    looked_at(qtbot, window)


def test_after_each_kind_of_edit_nothing_stale_is_shown_as_current(qtbot: QtBot, window: MainWindow) -> None:
    """A change of each kind is undone and done again: at once all that was counted for the design before is grey."""
    press(window.findChild(QPushButton, "banner.yes"))
    scene, bench = window.journey_page.canvas.scene, window.session.workbench
    assert window.session.document.undo_name == "Move Day"
    for step in ("edit.undo", "edit.redo"):
        while window.session.document.can_undo if step == "edit.undo" else window.session.document.can_redo:
            qtbot.waitUntil(lambda: settled(window), timeout=WAIT_MS)
            looked_at(qtbot, window)
            before, generation = rows(window), window.session.generation
            assert all(one.content.current for one in (*scene.cards.values(), *scene.wires.values()))
            assert badge(window, "wait") == "warning"
            name = window.session.document.undo_name if step == "edit.undo" else window.session.document.redo_name
            act(window, step)
            if name == "Move Day":
                assert window.session.generation == generation  # where cards stand counts nothing anew
                assert all(one.content.current for one in scene.cards.values())
                continue
            assert not bench.figures_current, name
            assert not any(one.content.current for one in (*scene.cards.values(), *scene.wires.values())), name
            assert not any(badge(window, key) for key in scene.cards), name
            assert [one.partition(": ")[2] for one in rows(window)] == [one.partition(": ")[2] for one in before]
            assert all(greyed(window, place) for place in range(len(before))), name
            assert window.problems.at_hand is None
            assert not window.problems.fix_button.isVisible()
            assert not window.problems.people.isVisible()
            assert not window.actions_["problems.fix"].isEnabled()
    looked_at(qtbot, window)
    assert not any(greyed(window, place) for place in range(len(rows(window))))
    while window.session.document.can_undo:  # whichever test comes next begins with the design as it was
        undo(window)
