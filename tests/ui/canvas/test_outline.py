"""The outline: the whole journey as a list, wholly edited by keys, spoken row by row."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import Delay, Hold, HoldBranch
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.outline import ROW
from engage_desktop.ui.canvas.outline_rows import Row, rows
from engage_desktop.ui.canvas.scene import JourneyScene
from tests.ui.canvas.driving import FIGURES, Hand, agrees
from tests.ui.keyboard import Keyboard


class Listener:
    """A person at the outline who hears what is current and presses keys."""

    def __init__(self, canvas: JourneyCanvas, keys: Keyboard) -> None:
        self.canvas, self.keys = canvas, keys
        self.said: list[str] = []
        canvas.status_text.connect(self.said.append)

    @property
    def items(self) -> list[QTreeWidgetItem]:
        return self.canvas.outline._rows_of

    @property
    def lines(self) -> list[str]:
        """The rows as they stand: two blanks a level, then the title."""
        found = [item.data(0, ROW) for item in self.items]
        return [f"{'  ' * row.depth}{row.title}" for row in found]

    @property
    def row(self) -> Row:
        row = self.canvas.outline.current_row()
        assert row is not None
        return row

    @property
    def heard(self) -> str:
        """What a screen reader says of the current row."""
        here = QAccessible.queryAccessibleInterface(self.canvas.outline).focusChild()
        assert here is not None
        return here.text(QAccessible.Text.Name)

    def go(self, title: str) -> None:
        """Walk to a row by the arrows."""
        self.keys.press("Home")
        for _ in self.items:
            if self.row.title == title:
                return
            self.keys.press("Down")
        raise AssertionError(f"{title} is not in {self.lines}")

    def find(self, *texts: str) -> None:
        """Answer the search box."""
        for text in texts:
            assert self.keys.focused.objectName() == "canvas.add_search"
            self.keys.type(text)
            self.keys.press("Return")

    @property
    def journey(self) -> Journey:
        return self.canvas.editor.must()


@pytest.fixture
def outline(canvas: JourneyCanvas, qtbot: QtBot) -> Listener:
    """The outline of Cart rescue, with the keyboard in it."""
    with qtbot.waitActive(canvas):
        canvas.activateWindow()
    made = Listener(canvas, Keyboard(canvas))
    canvas.setFocus()
    made.keys.press("Ctrl+Shift+O")
    assert made.keys.focused is canvas.outline
    return made


def test_it_lists_every_step_once_with_its_figures_and_says_all_of_it(outline: Listener) -> None:
    canvas = outline.canvas
    canvas.set_figures(FIGURES, current=True)
    canvas.set_problems([Problem("warning", "no_subject", "journeys.cart.steps.nudge", "It has none.", "Add one.")])
    assert [(row.depth, row.title, row.figures) for row in rows(canvas.scene)] == [
        (0, "Product Added", "entered 1,204 · people 861"),
        (0, "Two quiet hours", "through 1,162 · inside 42"),
        (1, "added again", "214"),
        (1, "bought", "389"),
        (2, "Bought without help", "ended 389 · of entered 32.3 %"),
        (1, "2 h passed", "773"),
        (2, "Nudge or not", "through 773 · of entered 64.2 %"),
        (3, "mail", "693"),
        (4, "Nudge e-mail", "sent 652 · not sent 41"),
        (4, "Next Tuesday", "through 598 · inside 54"),
        (3, "control", "80"),
    ]
    assert {item.data(0, ROW).key for item in outline.items} - {None} == set(canvas.scene.cards)
    outline.go("Nudge e-mail")
    for part in ("Level 5", "Message: Nudge e-mail", "goes on to “Next Tuesday”", "sent 652", "Problem: It has none."):
        assert part in outline.heard
    outline.go("bought")
    assert outline.heard == (
        "Level 2. Branch “bought” of “Two quiet hours”: leads to “Bought without help”, 389 went this way"
    )
    outline.go("added again")
    assert "loops back to the start of “Two quiet hours”" in outline.heard
    canvas.set_figures(FIGURES, current=False)
    assert "being counted again" in outline.heard


def test_outline_and_graph_select_each_other(outline: Listener, hand: Hand) -> None:
    canvas = outline.canvas
    outline.go("Nudge e-mail")
    assert canvas.scene.selection == ["nudge"]
    outline.keys.press("Shift+Down")
    assert canvas.scene.selection == ["nudge", "tuesday"]
    outline.go("bought")
    assert (canvas.scene.selection, canvas.scene.selected_wire) == ([], ("wait", "bought"))
    outline.keys.press("Ctrl+Shift+O")
    hand.click(hand.card("coin"))
    hand.click(hand.card("nudge"), Qt.KeyboardModifier.ControlModifier)
    outline.keys.press("Ctrl+Shift+O")
    chosen = [item.data(0, ROW).key for item in canvas.outline.selectedItems()]
    assert (chosen, outline.row.key) == (["coin", "nudge"], "nudge")


def test_steps_are_added_after_before_and_on_a_branch(outline: Listener) -> None:
    outline.go("Nudge e-mail")
    outline.keys.press("Ins")
    outline.find("delay")
    assert outline.row.title == "Delay"
    assert outline.keys.focused is outline.canvas.outline
    outline.go("Nudge e-mail")
    outline.keys.press("Shift+Ins")
    outline.find("trait")
    outline.go("control")
    outline.keys.press("Ins")
    outline.find("end")
    assert outline.lines == [
        "Product Added", "Two quiet hours", "  added again", "  bought", "    Bought without help", "  2 h passed",
        "    Nudge or not", "      mail", "        Set trait", "        Nudge e-mail", "        Delay",
        "        Next Tuesday", "      control", "        Holdout",
    ]  # fmt: skip
    assert agrees(outline.canvas) == []


def test_a_branch_joins_a_step_that_is_there_and_its_row_leads_there(outline: Listener) -> None:
    outline.go("control")
    outline.keys.press("Ctrl+J")
    outline.find("tuesday")
    assert outline.journey.by_key["coin"].branches[1].next == "tuesday"  # type: ignore[attr-defined]
    assert outline.lines[-2:] == ["      control", "        → Next Tuesday"]
    outline.keys.press("Down")
    assert "Joins “Next Tuesday”, which stands above" in outline.heard
    outline.keys.press("Return")
    assert outline.row.kind == "step"
    assert outline.row.title == "Next Tuesday"
    outline.go("→ Next Tuesday")
    outline.keys.press("Del")
    assert outline.journey.by_key["coin"].branches[1].next is None  # type: ignore[attr-defined]
    assert outline.lines[-1] == "      control"
    # The same from the box that adds: one search finds types and steps.
    outline.go("control")
    outline.keys.press("Ins")
    outline.find("bought without")
    assert outline.journey.by_key["coin"].branches[1].next == "done"  # type: ignore[attr-defined]


def test_branches_are_added_named_looped_moved_and_removed(outline: Listener) -> None:
    outline.go("Two quiet hours")
    outline.keys.press("Ctrl+B")
    assert (outline.row.kind, outline.row.depth) == ("branch", 1)
    outline.keys.press("F2", "Ctrl+A")
    outline.keys.type("Changed again")
    outline.keys.press("Return")
    assert outline.row.title == "Changed again"
    assert outline.keys.focused is outline.canvas.outline
    outline.keys.press("Ctrl+J")
    outline.find("loop back")
    assert outline.row.line == "starts over"
    outline.keys.press("Alt+Up")
    assert outline.lines[2:5] == ["  added again", "  Changed again", "  bought"]
    outline.keys.press("Alt+Down", "Alt+Down")
    assert outline.said[-1] == "Branch “Changed again” is the last branch already."
    outline.keys.press("Shift+Del")
    assert outline.row.title == "Two quiet hours"
    assert "  Changed again" not in outline.lines
    outline.go("2 h passed")
    outline.keys.press("Shift+Del")
    assert outline.said[-1] == "“2 h passed” belongs to the step itself and stays. Disconnect it instead."
    outline.go("Nudge e-mail")
    outline.keys.press("Ctrl+B")
    assert outline.said[-1] == "“Nudge e-mail” has no branches. Use a hold, a split, a fork or a random split."


def test_steps_move_up_and_down_their_path(outline: Listener) -> None:
    before = outline.lines
    outline.go("Nudge e-mail")
    outline.keys.press("Alt+Down")
    assert outline.lines[8:10] == ["        Next Tuesday", "        Nudge e-mail"]
    assert outline.row.title == "Nudge e-mail"
    outline.keys.press("Alt+Down")
    assert outline.said[-1] == "“Nudge e-mail” is the last step of its path already."
    outline.keys.press("Alt+Up")
    assert outline.lines == before
    outline.keys.press("Alt+Up")
    # It passes the split it hung under: the arm now leads on to what came after it.
    assert outline.lines[6:] == [
        "    Nudge e-mail", "    Nudge or not", "      mail", "        Next Tuesday", "      control",
    ]  # fmt: skip
    outline.go("Two quiet hours")
    outline.keys.press("Alt+Up")
    assert outline.said[-1] == "“Two quiet hours” is the first step already."
    assert agrees(outline.canvas) == []


def test_steps_are_renamed_deleted_and_changed_and_all_is_undone(outline: Listener) -> None:
    document = outline.canvas.document
    first = dumps(document.campaigns)
    outline.go("Nudge e-mail")
    outline.keys.press("F2", "Ctrl+A")
    outline.keys.type("Gentle nudge")
    outline.keys.press("Return")
    assert outline.journey.by_key["nudge"].name == "Gentle nudge"
    outline.keys.press("Ctrl+R")
    outline.find("delay")
    assert (outline.row.title, outline.row.line) == ("Gentle nudge", "Wait 1 day")
    outline.keys.press("Del")
    assert outline.lines[-3:] == ["      mail", "        Next Tuesday", "      control"]
    assert outline.row.title == "Next Tuesday"  # the keyboard stays at its place in the list
    names = []
    while document.can_undo:
        names.append(document.undo_name)
        Hand(outline.canvas).undo()
    assert names == ["Delete “Gentle nudge”", "Replace “Gentle nudge” by “Delay”", "Rename “Nudge e-mail”"]
    assert dumps(document.campaigns) == first
    assert outline.lines[8] == "        Nudge e-mail"


def test_what_nothing_leads_to_stands_last_under_its_own_heading(outline: Listener) -> None:
    outline.go("mail")
    outline.keys.press("Ctrl+Shift+J")
    assert outline.lines[-3:] == ["Not connected", "  Nudge e-mail", "  Next Tuesday"]
    outline.go("Not connected")
    assert outline.heard == "Not connected. Nobody gets to these steps"
    outline.keys.press("Del", "Return", "Alt+Up", "Ctrl+J")
    assert outline.lines[-3:] == ["Not connected", "  Nudge e-mail", "  Next Tuesday"]


def test_folded_rows_stay_folded_and_an_edit_elsewhere_is_listed(outline: Listener, hand: Hand) -> None:
    outline.go("Nudge or not")
    outline.keys.press("Left")
    item = outline.canvas.outline.currentItem()
    assert not item.isExpanded()
    outline.go("Bought without help")
    outline.keys.press("Del")
    assert "    Bought without help" not in outline.lines
    folded = next(item for item in outline.items if item.data(0, ROW).key == "coin")
    assert not folded.isExpanded()
    outline.keys.press("Ctrl+Shift+O")
    hand.key(Qt.Key.Key_Escape)
    hand.click(hand.card("tuesday"))
    hand.key(Qt.Key.Key_Delete)
    outline.keys.press("Ctrl+Shift+O")
    assert "        Next Tuesday" not in outline.lines


def test_figures_that_arrive_are_one_repaint_however_many_rows_they_change(outline: Listener) -> None:
    """A thousand rows told one by one took the tree fourteen seconds."""
    canvas, told = outline.canvas, []
    canvas.outline.model().dataChanged.connect(lambda *_what: told.append(1))
    canvas.set_figures(FIGURES, current=True)
    canvas.set_figures(FIGURES, current=False)
    assert told == []
    assert outline.items[8].text(2) == "sent 652 · not sent 41"
    outline.go("Nudge e-mail")
    outline.keys.press("F2")
    outline.keys.press("Return")
    outline.items[8].setToolTip(0, "other")  # the control: a row that speaks for itself is heard
    assert told


def test_what_is_typed_survives_figures_that_arrive_meanwhile(outline: Listener) -> None:
    outline.go("Nudge e-mail")
    outline.keys.press("F2", "Ctrl+A")
    outline.keys.type("Gentle")
    outline.canvas.set_figures(FIGURES, current=True)
    outline.keys.type(" nudge")
    outline.keys.press("Return")
    assert outline.journey.by_key["nudge"].name == "Gentle nudge"
    assert outline.items[8].text(2) == "sent 652 · not sent 41"
    # Escape leaves the old name, and no step of history.
    outline.keys.press("F2", "Ctrl+A")
    outline.keys.type("Rough nudge")
    outline.keys.press("Esc")
    assert outline.row.title == "Gentle nudge"
    assert outline.canvas.document.undo_name == "Rename “Nudge e-mail”"


def test_where_cards_have_places_they_swap_them_and_new_ones_cover_nothing(outline: Listener, hand: Hand) -> None:
    canvas = outline.canvas
    outline.keys.press("Ctrl+Shift+T")
    cards = canvas.scene.cards
    above, below = cards["nudge"].pos(), cards["tuesday"].pos()
    outline.go("Nudge e-mail")
    outline.keys.press("Alt+Down")
    assert (cards["nudge"].pos(), cards["tuesday"].pos()) == (below, above)
    outline.go("control")
    outline.keys.press("Ctrl+J")
    outline.find("next tuesday")
    outline.go("Next Tuesday")
    outline.keys.press("Shift+Ins")
    outline.find("delay")
    assert outline.row.title == "Delay"
    assert [branch.next for branch in outline.journey.by_key["coin"].branches] == ["delay", "delay"]  # type: ignore[attr-defined]
    boxes = [card.rect() for card in cards.values()]
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])
    assert agrees(canvas) == []


@pytest.mark.parametrize("type_", ["split", "fork", "random split"])
def test_branches_of_every_kind_of_step_are_edited_by_keys(outline: Listener, type_: str) -> None:
    outline.go("Nudge e-mail")
    outline.keys.press("Ctrl+R")
    outline.find(type_)
    count = len(outline.journey.by_key[outline.row.key or ""].branches)  # type: ignore[attr-defined]
    outline.keys.press("Ctrl+B", "F2", "Ctrl+A")
    outline.keys.type("Third way")
    outline.keys.press("Return", "Alt+Up", "Ins")
    outline.find("end")
    step = next(s for s in outline.journey.steps if s.key.startswith(type_.split()[0]))
    branches = step.branches  # type: ignore[attr-defined]
    assert (len(branches), branches[-2].name, branches[-2].next) == (count + 1, "Third way", "end")
    outline.go("Third way")
    outline.keys.press("Shift+Del")
    assert len(outline.journey.by_key[step.key].branches) == count  # type: ignore[attr-defined]
    outline.keys.press("Alt+Down")  # its other ways go along
    assert agrees(outline.canvas) == []


def test_a_view_that_is_read_only_says_so_and_changes_nothing(outline: Listener) -> None:
    first = dumps(outline.canvas.document.campaigns)
    outline.canvas.set_editable(False)
    outline.go("Nudge e-mail")
    for key in ("Del", "Ins", "Shift+Ins", "Ctrl+J", "Ctrl+R", "Alt+Up", "F2", "Ctrl+X"):
        outline.said.clear()
        outline.keys.press(key)
        assert outline.said[-1:] == ["This view is read-only."], key
    assert dumps(outline.canvas.document.campaigns) == first


def test_a_thousand_holds_one_under_another_are_listed(canvas: JourneyCanvas) -> None:
    """Each hold's time out leads to the next: the list is two thousand levels deep and no stack runs over."""
    count = 1000
    steps = [
        Hold(
            key=f"h{at}", type="hold", timeout="1h", on_timeout=f"h{at + 1}" if at + 1 < count else "last",
            branches=(HoldBranch(key="bought", event="Order Completed"),),
        )
        for at in range(count)
    ]  # fmt: skip
    journey = Journey(
        key="deep", name="Deep", entry=EventEntry(type="event", event="Product Added"), start="h0",
        steps=(*steps, Delay(key="last", type="delay", duration="1d")),
    )  # fmt: skip

    scene = JourneyScene(canvas.scene.style_)
    scene.show(journey, None, canvas.document.campaigns)
    found = rows(scene)
    assert (len(found), found[-1].depth, found[-1].title) == (1 + 3 * count + 1, 2 * count, "Delay")
