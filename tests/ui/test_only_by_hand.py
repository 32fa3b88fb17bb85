"""A lint: tests of the window and the canvas act by mouse, keys and drops alone, and every such event is made by the
one driver. They may read the document and every widget; what a slot, an edit or a setter does for them nobody has
tried by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
DRIVER = "driver.py"
EVENTS = re.compile(
    r"QTest|(send|post)Event"
    r"|Q(Mouse|Key|Wheel|Drag\w+|Drop|ContextMenu|Hover|Enter|Tablet|Touch|InputMethod|Shortcut)Event"
)
"""What an event of mouse, key or drop is made or sent by."""
HANDLERS = re.compile(r"(mouse|key|wheel|drag|drop|contextMenu|hover|enter|leave|focus)\w*Event|notify")
"""What hears one: calling it is making the event."""
CLICKS = {"click", "trigger", "toggle", "animateClick", "emit"}
SETTERS = {
    "setText", "setPlainText", "setEditText", "setChecked", "setCurrentIndex", "setCurrentText", "setValue",
    "setCurrentRow", "setCurrentItem", "setSelected", "selectRow",
}  # fmt: skip
FIELDS = {"line", "field", "editor"}
HISTORY = {"apply", "undo", "redo", "mark_saved"}
OWNERS = ("document", "window", "two", "made")
"""What tests call the things whose `undo` or `apply` changes the design."""
READS = {"must", "tidied", "why_not", "targets", "leading", "is_branch", "find", "held", "copied", "standing"}
"""The methods of the editors that change nothing."""


def forbidden(call: ast.Call) -> str:
    """The call as it stands in the file where it acts past the hand, else nothing."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    name, owner = call.func.attr, ast.unparse(call.func.value)
    last = owner.rsplit(".", 1)[-1]
    acts = (
        (name in CLICKS and not (name == "click" and call.args))
        or (name in SETTERS and not owner.endswith(("clipboard()", "data", "settings")))
        or (name == "clear" and last in FIELDS)
        or (name in HISTORY and last in OWNERS)
        or (owner.endswith(("canvas.editor", "canvas.board", "big.editor")) and name not in READS)
        or (name == "run" and last == "commands")
        or (name == "select" and last == "scene")
        or (name in ("tidy", "fit", "fit_selection", "actual_size", "add_type", "open_add") and last == "canvas")
    )
    return f"{owner}.{name}" if acts else ""


def event(node: ast.AST) -> str:
    """What makes an event of the hand, as it stands in the file; nothing for all else."""
    match node:
        case ast.alias(name=name) | ast.Name(id=name) | ast.Attribute(attr=name) if EVENTS.fullmatch(name):
            return name
        case ast.Attribute(value=ast.Name(id="qtbot") | ast.Attribute(attr="qtbot"), attr=name):
            return f"qtbot.{name}" if name.startswith(("mouse", "key")) else ""
        case ast.Call(func=ast.Attribute(attr=name)) if HANDLERS.fullmatch(name):
            return name
    return ""


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (found := forbidden(node)):
            yield found


def events(path: Path) -> set[str]:
    return {found for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if (found := event(node))}


EXCEPTIONS: dict[str, dict[str, str]] = {
    "canvas/driving.py": {
        "self.canvas.document.undo": "the window's Ctrl+Z, for a canvas alone",
        "self.canvas.document.redo": "the same",
    },
    "canvas/test_scale.py": {"big.editor.rename": "F2 leads to the inspector, which a canvas alone has not"},
    "window/conftest.py": {"made.undo": "brings the shared window back to its first state between tests"},
    "window/test_alone.py": {"window.session.document.apply": "a change from elsewhere while its figures are shown"},
    "window/test_broadcasts.py": {"window.session.document.apply": "the same"},
    "window/test_inspector_moments.py": {"session.document.apply": "a design that no field makes: a date for a delay"},
    "window/test_inspector_settings.py": {"session.document.apply": "the same"},
    "window/test_lists.py": {
        "window.session.document.apply": "a journey that enters by the list, in one go",
        "dialog.fileSelected.emit": "the system's own dialog of files",
    },
    "window/test_sending.py": {
        "window.session.document.apply": "a campaign deleted elsewhere while it is filtered for"
    },
}
"""What still acts past the hand: in which file, which call, and why."""


def test_gui_tests_act_by_hand_only() -> None:
    found = {str(path.relative_to(HERE).as_posix()): set(calls(path)) for path in sorted(HERE.rglob("*.py"))}
    past = {(name, call) for name, made in found.items() for call in made if call not in EXCEPTIONS.get(name, {})}
    assert past == set(), (
        "Do it by tests/ui/driver.py, or what names the places for it: canvas/driving.py, keyboard.py."
    )
    gone = {
        (name, call) for name, listed in EXCEPTIONS.items() for call in listed if call not in found.get(name, set())
    }
    assert gone == set(), "These exceptions are needed no more."


def test_one_driver_makes_every_event() -> None:
    making = {path.relative_to(HERE).as_posix(): events(path) for path in sorted(HERE.rglob("*.py"))}
    assert {name for name, found in making.items() if found} == {DRIVER}, making
    kinds = {"QTest", "sendEvent", "QMouseEvent", "QKeyEvent", "QWheelEvent", "QDropEvent", "QContextMenuEvent"}
    assert kinds <= making[DRIVER]


def test_the_lint_sees_every_way_to_an_event() -> None:
    """The positive control, a line each."""
    making = """
from PySide6.QtTest import QTest
from PySide6.QtGui import QKeyEvent
QTest.mouseClick(a, b)
qtbot.keyClick(a, b)
self.qtbot.mouseClick(a, b)
QtGui.QMouseEvent(kind, place)
QApplication.sendEvent(a, b)
QCoreApplication.postEvent(a, b)
press = qtbot.mousePress
canvas.view.keyPressEvent(made)
canvas.view.dropEvent(made)
app.notify(a, b)
""".strip().splitlines()
    for line in making:
        assert any(event(node) for node in ast.walk(ast.parse(line))), line
    silent = """
qtbot.waitUntil(lambda: True)
driver.key(field, Qt.Key.Key_Escape)
QApplication.processEvents()
from PySide6.QtCore import QEvent
""".strip().splitlines()
    for line in silent:
        assert not any(event(node) for node in ast.walk(ast.parse(line))), line


def test_the_lint_sees_what_it_forbids() -> None:
    """The positive control: each of these would be told."""
    acting = """
window.session.document.apply(change)
canvas.document.undo()
canvas.editor.delete(["a"])
canvas.board.fold("a")
canvas.commands.run("delete")
canvas.scene.select(["a"])
button.click()
window.actions_["edit.undo"].trigger()
combo.activated.emit(0)
field.setText("x")
line.clear()
table.selectRow(1)
"""
    reading = """
hand.click(hand.card("a"))
canvas.editor.must().by_key["a"]
canvas.editor.why_not(ref, "a")
QApplication.clipboard().setText("x")
canvas.scene.cards["a"].rect()
"""
    nodes = [node for node in ast.walk(ast.parse(acting)) if isinstance(node, ast.Call)]
    assert sum(bool(forbidden(node)) for node in nodes) == len(acting.split())
    assert not any(forbidden(node) for node in ast.walk(ast.parse(reading)) if isinstance(node, ast.Call))
