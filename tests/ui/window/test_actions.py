"""Every action is reached by its keys and by the palette; keys are a person's to change; F1 shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import engage_desktop.ui
from engage_desktop.app.action_registry import Commands, overlap
from engage_desktop.app.actions import ActionContext, standard_actions
from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.ui.menus import key_words
from engage_desktop.ui.pages.keys import CAPS, KEYS
from engage_desktop.ui.stored_keys import stored_keys
from engage_desktop.ui.window import MainWindow
from tests.ui.driver import press
from tests.ui.keyboard import Keyboard
from tests.ui.window.world import wait_settled

ALL = ActionContext(
    workspace_open=True, log_loaded=True, can_undo=True, can_redo=True, journey_open=True, audience_open=True,
    trait_open=True, broadcast_open=True, message_open=True, tab_open=True, selected_steps=3, selected_wire=True,
    busy=True, fixable=True,
)  # fmt: skip
ITEMS_OF_ROWS = {"widgets/people_list.py": "names the person under the pointer; a button beside the list does the same"}
"""Where a menu is made of something else than the registry, and why."""


class Heard:
    """Stands where commands arrive, and notes what was asked instead of doing it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    def __getattr__(self, name: str) -> object:
        assert hasattr(Commands, name), f"{name} is no command of the window"
        return lambda *what: self.asked.append((name, what))


@pytest.fixture
def heard(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """The window with everything allowed, and nothing done."""
    made = Heard()
    with monkeypatch.context() as patch:
        patch.setattr(window.actions_, "commands", made)
        patch.setattr(window, "context", lambda: ALL)
        window.state_changed()
        window.journey_page.canvas.setFocus()
        yield made
    window.state_changed()


def wish(action_id: str) -> tuple[str, tuple[object, ...]]:
    """What an action asks for when it is run."""
    noted = Heard()
    standard_actions()[action_id].run(noted)  # type: ignore[arg-type]  # it answers to every command
    assert len(noted.asked) == 1
    return noted.asked[0]


def test_every_action_is_reached_by_each_of_its_keys(window: MainWindow, heard: Heard) -> None:
    """With the keyboard on the canvas, and, for what works there, in the outline."""
    keys, canvas = Keyboard(window), window.journey_page.canvas
    pressed = 0
    for place in ("canvas", "outline"):
        for action in window.actions_.registry:
            for key in action.keys if overlap(action.scope, place) else ():  # type: ignore[arg-type]  # both are scopes
                heard.asked.clear()
                keys.press(key)
                assert heard.asked == [wish(action.id)], (action.id, key, place)
                pressed += 1
        press(canvas.toolbar.outline)
    assert pressed > 2 * len(PAGE_KEYS)
    # The positive control: a key of nobody asks for nothing.
    heard.asked.clear()
    keys.press("Ctrl+Alt+Shift+F11")
    assert heard.asked == []


PAGE_KEYS = [action.id for action in standard_actions() if action.id.startswith("go.")]


def test_every_action_is_reached_by_the_palette(window: MainWindow, heard: Heard) -> None:
    keys = Keyboard(window)
    for action in window.actions_.registry:
        if action.id == "edit.find":
            continue  # it is the palette
        press(window.topbar.search)
        QApplication.clipboard().setText(window.actions_[action.id].text())
        keys.press("Ctrl+V")
        rows = [window.palette_.list.item(at).text() for at in range(window.palette_.list.count())]
        for _ in range(rows.index(window.actions_[action.id].text())):
            keys.press("Down")
        heard.asked.clear()
        keys.press("Return")
        assert heard.asked == [wish(action.id)], action.id
        assert not window.palette_.isVisible()


def test_the_canvas_has_an_action_for_each_of_its_commands_and_no_other(window: MainWindow) -> None:
    commands = sorted(window.journey_page.canvas.commands.names)
    assert commands == sorted(action.command for action in standard_actions() if action.command)


def test_actions_keys_and_menu_items_are_made_in_one_place() -> None:
    """What makes a QAction or a shortcut stands in `menus.py`; everything else shows the registry."""
    root = Path(engage_desktop.ui.__file__).parent
    found: dict[str, list[str]] = {}
    for file in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"QAction", "QShortcut", "setShortcut", "setShortcuts", "addAction", "grabShortcut"}:
                    found.setdefault(file.relative_to(root).as_posix(), []).append(name)
    assert {"QAction", "setShortcuts", "addAction"} <= set(found.pop("menus.py"))
    assert found == {place: ["addAction"] for place in ITEMS_OF_ROWS}


def test_the_palette_finds_people_of_the_log(qtbot: QtBot, window: MainWindow) -> None:
    keys = Keyboard(window)
    keys.press("Ctrl+K")
    keys.type("U00")

    def rows() -> list[str]:
        return [window.palette_.list.item(at).text() for at in range(window.palette_.list.count())]

    qtbot.waitUntil(lambda: rows() == [f"u{at:03}" for at in range(8)], timeout=30_000)
    keys.press("Down", "Down", "Return")
    assert window.why.isVisible()
    qtbot.waitUntil(lambda: "u002" in window.why.sentence.text(), timeout=30_000)
    assert window.why.windowTitle() == "Why: u002"
    keys.press("Esc")
    keys.press("Ctrl+K")
    keys.type("nobody is called that")
    wait_settled(qtbot, window)
    assert window.palette_.empty.isVisible()
    keys.press("Esc")


def test_f1_shows_all_keys_and_a_person_changes_them(qtbot: QtBot, window: MainWindow) -> None:
    keys, page = Keyboard(window), window.keys_page

    def choose(words: str) -> None:
        page.filter.setFocus()
        keys.press("Ctrl+A")
        keys.type(words)
        keys.tab_to("keys.list", 3)
        keys.press("Home", "Down", "Return")
        assert keys.focused.objectName() == "keys.field"

    def listed() -> dict[str, list[str]]:
        found = {}
        for group in (page.list.topLevelItem(at) for at in range(page.list.topLevelItemCount())):
            assert group is not None
            for item in (group.child(at) for at in range(group.childCount())):
                assert item is not None
                found[item.text(0)] = item.data(KEYS, CAPS)
        return found

    keys.press("F1")
    assert window.topbar.current.title == "Keyboard shortcuts"
    shown = listed()
    for action in standard_actions():
        assert shown[action.title] == [key_words(key) for key in action.keys]
    keys.press("Ctrl+W")
    window.journey_page.canvas.setFocus()
    keys.press("?")
    assert window.topbar.current.title == "Keyboard shortcuts"
    choose("tidy layout")
    keys.press("Ctrl+S")
    assert page.error.text() == "Ctrl+S already runs “Save campaigns”. Choose another key, or take it away there first."
    keys.press("T")
    assert page.error.text() == "T alone begins the search for a step. Add Ctrl or Alt."
    keys.press("Ctrl+Alt+Y")
    assert not page.error.isVisible()
    assert window.shortcuts.keys("journey.tidy") == ("Ctrl+Shift+T", "Alt+Shift+T", "Ctrl+Alt+Y")
    # Away with one by its button, then the new key works on the canvas and the old one no longer.
    keys.press("Tab")
    assert keys.focused.accessibleName() == "Take Ctrl+Shift+T away from Tidy layout"
    keys.press("Space")
    settings = QSettings(window._settings.fileName(), QSettings.Format.IniFormat)
    assert stored_keys(settings) == {"journey.tidy": ("Alt+Shift+T", "Ctrl+Alt+Y")}
    assert Shortcuts(standard_actions(), stored_keys(settings)).keys("journey.tidy") == ("Alt+Shift+T", "Ctrl+Alt+Y")
    keys.press("Ctrl+W")
    assert window.topbar.current.kind == "journey"
    window.journey_page.canvas.setFocus()
    keys.press("Ctrl+Shift+T")
    assert not window.session.document.can_undo
    keys.press("Ctrl+Alt+Y")
    assert window.session.document.undo_name == "Tidy up"
    assert "Alt+Shift+T" in window.journey_page.canvas.toolbar.findChild(QWidget, "canvas.tidy").toolTip()
    assert window.transport.play.toolTip() == "Play (F5)"
    # A key that was freed may go elsewhere; the first owner gets it back only where nobody has it.
    keys.press("F1")
    choose("keep this run")
    keys.press("Ctrl+Shift+T")
    assert window.shortcuts.keys("file.save_run") == ("Ctrl+Shift+T",)
    choose("tidy layout")
    keys.tab_to("keys.reset", 5)
    keys.press("Space")
    assert page.error.text() == "Ctrl+Shift+T stays with “Keep this run”, to which you gave it."
    assert window.shortcuts.keys("journey.tidy") == ("Alt+Shift+T",)
    keys.tab_to("keys.reset_all", 6)
    keys.press("Space")
    assert window.shortcuts.changed == stored_keys(settings) == {}
    assert window.shortcuts.keys("journey.tidy") == ("Ctrl+Shift+T", "Alt+Shift+T")
    keys.press("Ctrl+W")
    assert "Tidy layout" not in [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    QApplication.processEvents()


def test_f6_goes_round_the_parts_of_the_window_and_back(window: MainWindow) -> None:
    keys, canvas = Keyboard(window), window.journey_page.canvas
    canvas.setFocus()
    seen = []
    for _ in range(5):
        keys.press("F6")
        seen.append(keys.focused)
    assert window.dock.isAncestorOf(seen[0])
    assert window.transport.isAncestorOf(seen[1])
    assert window.rail.isAncestorOf(seen[2])
    assert window.topbar.isAncestorOf(seen[3])
    assert seen[4] is canvas.view
    keys.press("Shift+F6")
    assert window.topbar.isAncestorOf(keys.focused)
    assert all(part.accessibleName() for part in seen)
