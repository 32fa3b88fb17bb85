"""The window around the canvas: clock, pages, search, layout, names for everybody."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engage_desktop.app.actions import PAGES
from engage_desktop.ui.app import open_window
from engage_desktop.ui.playback import Player
from engage_desktop.ui.theme import Theme, ThemeMode
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.canvas.driving import Hand
from tests.ui.driver import act, choose, open_row, undo
from tests.ui.window.world import wait_settled

DAY = 86_400_000_000


def test_the_scrubber_sends_the_clock_both_ways(qtbot: QtBot, window: MainWindow) -> None:
    bench, scrubber = window.session.workbench, window.transport.scrubber
    run = bench.run
    for part in (0.75, 0.25, 0.5):
        x = round(8 + (scrubber.width() - 16) * part)
        driver.click(scrubber, QPoint(x, 20))
        assert bench.at_us == scrubber.instant_at(x)
        assert abs(bench.at_us - (run.first_us + part * (run.last_us - run.first_us))) < DAY
        wait_settled(qtbot, window)
        assert bench.figures is not None
        assert bench.figures.at_us == bench.at_us
    before = bench.at_us
    scrubber.setFocus()
    driver.key(scrubber, Qt.Key.Key_Left)
    assert bench.at_us == before - DAY
    driver.key(scrubber, Qt.Key.Key_Home)
    assert bench.at_us == run.first_us
    driver.key(scrubber, Qt.Key.Key_End)
    assert bench.at_us == run.last_us


def test_next_and_previous_event_are_neighbours(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.session.workbench
    bench.set_clock(bench.run.first_us + 5 * DAY)
    wait_settled(qtbot, window)
    there = []
    for _ in range(3):
        act(window, "simulation.next")
        wait_settled(qtbot, window)
        there.append(bench.at_us)
    assert there == sorted(set(there))
    act(window, "simulation.previous")
    wait_settled(qtbot, window)
    assert bench.at_us == there[-2]


def test_playing_moves_the_clock_and_stops_at_the_end(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.session.workbench
    act(window, "simulation.start")
    choose(window.transport.speed, window.transport.speed.count() - 1)
    with qtbot.waitSignal(window.player.playing_changed):
        driver.click(window.transport.play)
    assert window.transport.play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: not window.player.playing, timeout=30_000)
    assert bench.at_us == bench.run.last_us
    assert window.transport.play.accessibleName() == "Play"
    wait_settled(qtbot, window)


def test_speed_is_log_time_per_second(qtbot: QtBot) -> None:
    player = Player()
    player.set_window(0, 10 * DAY)
    player.speed = DAY
    with qtbot.waitSignal(player.moved) as moved:
        player.advance(500)
    assert moved.args == [DAY // 2]
    player.speed = None
    player.advance(33)
    assert player.at_us == DAY // 2 + 10 * DAY // 240


class Windows(QObject):
    """Notes every widget that is shown as a window of its own, even for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def test_no_part_flashes_up_as_a_window_of_its_own(qtbot: QtBot, qapp: QApplication, window: MainWindow) -> None:
    watcher = Windows()
    qapp.installEventFilter(watcher)
    for page, _ in PAGES:
        window.show_page(page)
    window.open_campaign("audience", "buyers")
    for step in ("hold", "coin", "nudge", "pause", "who", "patience", "done", "@entry"):
        window.go("journey", "rescue", step)
        window.focus_inspector()
        wait_settled(qtbot, window)
        assert window.isActiveWindow()
        assert window.inspector.isAncestorOf(qapp.focusWidget())
    qapp.removeEventFilter(watcher)
    assert watcher.shown == []


def unspoken(window: MainWindow) -> list[tuple[str, str, str]]:
    """What the keyboard comes to and a screen reader has no name or no role for: class, name, role."""
    found = []
    for widget in window.findChildren(QWidget):
        above = widget.parent()
        inner = isinstance(above, QComboBox | QTabBar | QAbstractScrollArea) or widget.inherits("QComboBoxListView")
        text = isinstance(widget, QLabel)  # one that can be copied is its own name
        if inner or text or widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
            continue
        spoken = QAccessible.queryAccessibleInterface(widget)
        role = spoken.role() if spoken is not None and spoken.isValid() else QAccessible.Role.NoRole
        named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
        if not named or role in (QAccessible.Role.NoRole, QAccessible.Role.Client):
            found.append((type(widget).__name__, widget.objectName(), role.name))
    return found


def test_every_page_opens_and_every_control_has_a_name_and_a_role(qtbot: QtBot, window: MainWindow) -> None:
    for page, _ in PAGES:
        window.show_page(page)
        wait_settled(qtbot, window)
        assert window.stack.currentWidget() is window.pages.all[page]
        focused = window.focusWidget()
        assert focused is not None
        assert focused.isVisible()
        assert not window.topbar.is_close_button(focused)
    for kind, key in (("audience", "buyers"), ("trait", "orders"), ("message", "nudge"), ("policies", "policies")):
        window.open_campaign(kind, key)
    wait_settled(qtbot, window)
    for step in ("hold", "coin", "nudge", "pause", "who", "patience", "done", "@entry"):
        window.go("journey", "rescue", step)
        assert unspoken(window) == [], step
    driver.keys(window, "Ctrl+Shift+O")  # the outline, then the list of keys
    driver.keys(window, "Ctrl+Shift+O")
    driver.keys(window, "F1")
    assert unspoken(window) == []
    window.keys_page.filter.setAccessibleName("")  # the control: what has no name is found
    assert unspoken(window) == [("QLineEdit", "keys.filter", "EditableText")]
    window.keys_page.filter.setAccessibleName("Find a command or a key")
    driver.keys(window, "Ctrl+W")


def test_the_keyboard_goes_on_from_what_is_in_view(qtbot: QtBot, window: MainWindow) -> None:
    """Not from the status bar, where Qt would put it, and not from the rail's button of another page."""

    def place() -> str:
        focused = window.focusWidget()
        return focused.objectName() if focused is not None else ""

    window.go("journey", "rescue", "nudge")
    window.focus_inspector()
    window.show_page("sending")
    assert place() == "rail.sending"
    window.show_page("broadcasts")
    assert place() == "rail.broadcasts"
    window.open_campaign("message", "nudge")
    assert place() == "rail.content"
    window.show_policies()
    assert place() == "rail.deliver"


def test_search_finds_steps_actions_and_campaigns(qtbot: QtBot, window: MainWindow) -> None:
    driver.keys(window, "Ctrl+K")
    field = window.palette_.field
    assert field.hasFocus()
    driver.write(field, "bought before")
    assert window.palette_.list.item(0).text() == "Bought before?"
    driver.key(field, Qt.Key.Key_Return)
    assert window.journey_page.selection == ["who"]
    assert not window.palette_.isVisible()
    driver.keys(window, "Ctrl+K")
    driver.write(field, "buyers")
    driver.key(field, Qt.Key.Key_Return)
    assert window.topbar.current.key == "buyers"
    driver.keys(window, "Ctrl+K")
    driver.write(field, "switch dark")
    driver.key(field, Qt.Key.Key_Return)
    assert window.theme.mode == ThemeMode.DARK
    window.toggle_dark()


def test_the_place_of_things_is_remembered_and_reset(
    qtbot: QtBot, theme: Theme, workspace: Path, settings: QSettings
) -> None:
    first = open_window(workspace, settings=settings)
    qtbot.addWidget(first)
    first.resize(1100, 700)
    first.problems.show()
    first.close()
    second = open_window(workspace, settings=QSettings(settings.fileName(), QSettings.Format.IniFormat))
    qtbot.addWidget(second)
    assert not second.problems.isHidden()
    second.reset_layout()
    assert second.problems.isHidden()
    second.close()


def test_problems_lead_to_their_step(qtbot: QtBot, window: MainWindow) -> None:
    from engage_desktop.ui.inspector import edits

    assert window.inspector.apply("Break it", edits.set_branch("coin", "mail", percent=90)) is None
    qtbot.waitUntil(lambda: window.session.workbench.run.refused, timeout=30_000)
    assert window.status.problems.text() == "1 problem"
    assert "not computed" in window.status.current.text()
    driver.click(window.status.problems)
    rows = window.problems._list
    assert "Coin" in rows.item(0).text()
    open_row(rows, 0)
    assert window.journey_page.selection == ["coin"]
    undo(window)
    wait_settled(qtbot, window)
    assert window.status.problems.text() == "No problems"


def test_new_campaigns_are_valid_at_once(qtbot: QtBot, window: MainWindow) -> None:
    for action, kind in (("journey.new", "journey"), ("audience.new", "audience")):
        act(window, action)
        assert window.topbar.current.kind == kind
        wait_settled(qtbot, window)
        assert not window.session.workbench.run.problems
        undo(window)
        assert window.topbar.current.kind != kind or window.topbar.current.key in ("rescue", "buyers")
    assert window.findChild(QToolButton, "topbar.close.journey.new_journey") is None


def test_while_the_clock_runs_the_journey_is_only_looked_at(qtbot: QtBot, window: MainWindow) -> None:
    canvas = window.journey_page.canvas
    hand, before = Hand(canvas), window.session.campaigns
    act(window, "simulation.start")
    choose(window.transport.speed, 0)
    with qtbot.waitSignal(window.player.playing_changed):
        driver.click(window.transport.play)
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_Delete)
    assert canvas.notice.text() == "The clock is running. Pause it (F5) to edit the journey."
    assert canvas.notice.isVisible()
    assert not window.actions_["journey.delete"].isEnabled()
    assert window.actions_["journey.fit"].isEnabled()
    hand.key(Qt.Key.Key_Down)  # walking about goes on
    assert canvas.scene.selection == ["pause"]
    hand.drag(hand.card("nudge"), hand.card("nudge") + QPointF(80, 0))
    assert window.session.campaigns is before
    with qtbot.waitSignal(window.player.playing_changed):
        driver.click(window.transport.play)
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_Delete)
    assert "nudge" not in canvas.scene.cards
    undo(window)
    wait_settled(qtbot, window)


def test_a_note_alone_is_copied_cut_and_deleted_by_menu_and_palette(qtbot: QtBot, window: MainWindow) -> None:
    """What the window offers follows a selected note as it follows steps."""
    window.open_campaign("journey", "rescue")
    canvas = window.journey_page.canvas
    hand = Hand(canvas)
    copies = ("edit.copy", "edit.cut", "edit.duplicate", "journey.delete")
    hand.key(Qt.Key.Key_Escape)
    assert not any(window.actions_[action].isEnabled() for action in copies)
    act(window, "board.note")
    hand.write("Ask legal")
    assert canvas.scene.boxes.selected == ("note", "note")
    assert all(window.actions_[action].isEnabled() for action in copies)
    act(window, "edit.copy")
    act(window, "edit.paste")
    assert window.actions_["edit.undo"].text() == "Undo: Paste 1 note"
    assert canvas.scene.boxes.selected == ("note", "note_2")
    act(window, "edit.duplicate")
    act(window, "journey.delete")
    layout = canvas.editor.layout
    assert layout is not None
    assert [note.text for note in layout.notes] == ["Ask legal", "Ask legal"]
