"""Bad input at the window: each is shown in place with its mend, nothing is lost, nothing is modal (issue 6)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps, loads
from engage_desktop.ui.app import open_window
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act, undo
from tests.ui.window.hand import Hand
from tests.ui.window.world import build, wait_settled


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    return Hand(qtbot, window)


def nothing_modal() -> bool:
    return QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None


def test_a_half_typed_duration_says_what_it_lacks_and_the_last_good_value_stays(
    qtbot: QtBot, window: MainWindow, hand: Hand
) -> None:
    first = dumps(window.session.campaigns)
    hand.select("pause")
    line: QLineEdit = hand.find(QLineEdit, "inspector.duration")
    missing: QLabel = window.inspector.findChildren(QLabel, "inspector.duration.missing")[-1]
    line.setFocus()
    driver.key(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    said: dict[str, str] = {}
    for typed in ("1 ", "week ", "2 ", "ho", "urs"):
        driver.write(line, typed)
        said[line.text()] = missing.text()
        assert missing.isVisible() == bool(missing.text())
    assert said == {
        "1 ": "",
        "1 week ": "",
        "1 week 2 ": "2 of what? Write weeks, days, hours, minutes or seconds behind it.",
        "1 week 2 ho": "“2 ho” is not finished: hours?",
        "1 week 2 hours": "",
    }
    assert dumps(window.session.campaigns) == first  # nothing is handed over while it is typed
    for _ in range(6):
        driver.key(line, Qt.Key.Key_Backspace)
    driver.key(line, Qt.Key.Key_Tab)
    assert hand.error("inspector.duration") == (
        "2 of what? Write weeks, days, hours, minutes or seconds behind it. Until then 1 day stays in force."
    )
    assert line.text() == "1 week 2"
    assert line.accessibleDescription() == hand.error("inspector.duration")
    assert (dumps(window.session.campaigns), nothing_modal()) == (first, True)
    hand.line("inspector.duration", "1 week 2 hours")
    assert (hand.step("pause").duration, line.text(), hand.error("inspector.duration")) == (
        "1w2h",
        "1 week 2 hours",
        "",
    )
    assert not hand.shown("inspector.duration.unit")
    hand.line("inspector.duration", "90 min", Qt.Key.Key_Tab)
    unit: QComboBox = hand.find(QComboBox, "inspector.duration.unit")
    assert (hand.step("pause").duration, line.text(), unit.currentText()) == ("90m", "90", "minutes")
    undo(window)
    assert line.text() == "1 week 2 hours"
    wait_settled(qtbot, window)


def test_a_deleted_audience_that_a_step_uses_is_named_and_mended_in_place(
    qtbot: QtBot, window: MainWindow, hand: Hand
) -> None:
    act(window, "audience.new")
    window.open_campaign("audience", "buyers")
    wait_settled(qtbot, window)
    before = dumps(window.session.campaigns)
    act(window, "definition.delete")
    window.open_campaign("journey", "rescue")
    hand.select("who")
    stem = "inspector.missing.audience.buyers"
    qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)
    words: QLabel = hand.find(QLabel, f"{stem}.words")
    assert words.text() == "The audience “Buyers” was deleted and is still named here."
    assert "not computed" in window.status.current.text()
    assert nothing_modal()
    back: QPushButton = hand.find(QPushButton, f"{stem}.back")
    assert back.accessibleName() == "Bring it back: audience Buyers"
    hand.choose(f"{stem}.another", "New audience")
    branch = hand.step("who").branches[0]
    assert branch.condition == "audience('new_audience')"
    assert hand.undo_name == "Use “New audience”"
    wait_settled(qtbot, window)
    assert not hand.shown(stem)
    undo(window)
    qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)
    back = hand.find(QPushButton, f"{stem}.back")
    back.setFocus()
    driver.key(back, Qt.Key.Key_Space)
    assert hand.undo_name == "Bring back “Buyers”"
    assert dumps(window.session.campaigns) == before  # as it was, in its old place
    wait_settled(qtbot, window)
    assert not hand.shown(stem)
    assert window.session.current


def test_a_deleted_message_that_a_step_sends_is_named_and_mended_in_place(
    qtbot: QtBot, window: MainWindow, hand: Hand
) -> None:
    act(window, "message.new")
    window.open_campaign("message", "nudge")
    wait_settled(qtbot, window)
    before = dumps(window.session.campaigns)
    act(window, "definition.delete")
    assert hand.undo_name == "Delete “Nudge”"
    window.open_campaign("journey", "rescue")
    hand.select("nudge")
    stem = "inspector.missing.message.nudge"
    qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)
    assert hand.find(QLabel, f"{stem}.words").text() == "The message “Nudge” was deleted and is still named here."
    assert nothing_modal()
    hand.choose(f"{stem}.another", "New message")
    assert hand.step("nudge").message == "new_message"
    assert hand.undo_name == "Use “New message”"
    wait_settled(qtbot, window)
    assert not hand.shown(stem)
    undo(window)
    qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)
    back: QPushButton = hand.find(QPushButton, f"{stem}.back")
    assert back.accessibleName() == "Bring it back: message Nudge"
    driver.press(back)
    assert hand.undo_name == "Bring back “Nudge”"
    assert dumps(window.session.campaigns) == before  # as it was, in its old place
    wait_settled(qtbot, window)
    assert not hand.shown(stem)
    undo(window)
    qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)  # one step: it is gone again


def test_what_a_file_names_but_has_not_is_made_or_replaced_in_place(
    qtbot: QtBot, theme: Theme, workspace: Path, settings: QSettings
) -> None:
    """A message and a destination that nobody remembers: the file came without them."""
    path = workspace / "campaigns.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    steps = data["journeys"][0]["steps"]
    steps[-1] = {"key": "done", "type": "send", "name": "Tell", "destination": "crm_desk"}
    next(step for step in steps if step["key"] == "nudge")["message"] = "thank_you"
    path.write_text(json.dumps(data), encoding="utf-8")
    window = open_window(workspace, settings=settings)
    try:
        window.resize(1280, 800)
        with qtbot.waitActive(window):
            window.activateWindow()
        hand, session = Hand(qtbot, window), window.session
        window.open_campaign("journey", "rescue")
        for step, kind, key, name in (
            ("nudge", "message", "thank_you", "Thank you"),
            ("done", "destination", "crm_desk", "Crm desk"),
        ):
            hand.select(step)
            stem = f"inspector.missing.{kind}.{key}"
            qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)  # noqa: B023 - asked before the next
            words = hand.find(QLabel, f"{stem}.words").text()
            assert words == f"There is no {kind} “{key.replace('_', ' ')}”, and it is named here."
            other = ("Nudge", "nudge") if kind == "message" else ("Files", "lists")
            hand.choose(f"{stem}.another", other[0])
            assert getattr(hand.step(step), kind) == other[1]
            undo(window)
            qtbot.waitUntil(lambda: hand.shown(stem), timeout=30_000)  # noqa: B023
            made: QPushButton = hand.find(QPushButton, f"{stem}.back")
            assert made.text() == "Make it"
            driver.press(made)
            assert hand.undo_name == f"Make {kind} “{name}”"
            found = next(item for item in getattr(session.campaigns, f"{kind}s") if item.key == key)
            assert found.name == name
            qtbot.waitUntil(lambda: not hand.shown(stem), timeout=30_000)  # noqa: B023
        assert session.campaigns.destinations[-1].sandbox  # nothing leaves by what was made in passing
        wait_settled(qtbot, window)  # the journey runs now
        hand.undo_all()
        hand.select("done")
        qtbot.waitUntil(lambda: hand.shown("inspector.missing.destination.crm_desk"), timeout=30_000)
        assert nothing_modal()
    finally:
        window.close()
        window.deleteLater()


FOREIGN = (
    "<html><b>Wait</b></html>\r\nsecond line\twith a tab",
    "\x00\x07\u202e olleh \u2028 line",
    "half of a pair: \ud800!",
    "🎉" * 4000,
    '{"format": "engage-steps/1", "steps": 3}',
)


def test_foreign_text_is_taken_as_text_or_refused_in_place(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    first = dumps(window.session.campaigns)
    for step, name in (
        ("pause", "inspector.duration"), ("pause", "inspector.name"), ("coin", "inspector.branch.mail.percent"),
        ("patience", "inspector.condition"), ("hold", "inspector.branch.again.event.text"), ("@entry", "inspector.starts"),
        ("@entry", "inspector.description"), ("@entry", "inspector.reentry.identifier.text"),
    ):  # fmt: skip
        hand.select(step)
        for text in FOREIGN:
            field: QLineEdit | QPlainTextEdit = hand.find(QWidget, name)
            field.setFocus()
            driver.key(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QApplication.clipboard().setText(text)
            driver.keys(field, "Ctrl+V")
            several = isinstance(field, QPlainTextEdit)
            held = Qt.KeyboardModifier.ControlModifier if several else Qt.KeyboardModifier.NoModifier
            driver.key(field, Qt.Key.Key_Return, held)
            written = dumps(window.session.campaigns)
            assert written == first or loads(written)[0] == window.session.campaigns, (name, text[:20])
            written.encode("utf-8")  # what is kept can be saved
            if written == first:
                assert hand.error(name.removesuffix(".text")), (name, text[:20])
            assert nothing_modal()
            driver.key(field, Qt.Key.Key_Escape)
            hand.undo_all()
            assert dumps(window.session.campaigns) == first
    QApplication.clipboard().clear()
    wait_settled(qtbot, window)


def test_a_window_of_no_size_comes_back_as_it_was(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    canvas, size, least = window.journey_page.canvas, window.size(), window.minimumSize()
    hand.select("pause")
    inner = window.centralWidget()
    window.setMinimumSize(0, 0)
    inner.setMinimumSize(1, 1)
    for width, height in ((0, 0), (1, 400), (400, 1), (0, 0)):
        window.resize(width, height)
        canvas.resize(width, height)
        canvas.view.resize(width, height)
        QApplication.processEvents()
        for action in (
            "journey.fit",
            "journey.fit_selection",
            "journey.zoom_in",
            "journey.zoom_out",
            "journey.actual_size",
        ):
            act(window, action)
        window.grab()
        canvas.grab()
    inner.setMinimumSize(0, 0)
    window.setMinimumSize(least)
    window.resize(size)
    QApplication.processEvents()
    act(window, "journey.fit")
    hand.line("inspector.duration", "2")
    assert hand.step("pause").duration == "2d"
    shown = canvas.view.mapToScene(canvas.view.viewport().rect()).boundingRect()
    assert shown.contains(canvas.scene.cards["hold"].sceneBoundingRect().center())
    wait_settled(qtbot, window)
    other = QWidget()  # offscreen, a window that had no size has the keys again only after another had them
    qtbot.addWidget(other)
    for one in (other, window):
        with qtbot.waitActive(one):
            one.show()
            one.activateWindow()
    assert window.isActiveWindow()


def test_a_file_of_a_newer_version_is_shown_kept_and_runs_but_for_one_journey(
    qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    folder = build(tmp_path / "shop")
    path = folder / "campaigns.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    zap = {"next": "done", "type": "zap", "key": "zap", "volts": 2.5, "if": "trait('a')=1", "legs": {"b": [1.0, None]}}
    data["journeys"].append({
        "key": "tomorrow", "name": "Tomorrow", "entry": {"type": "event", "event": "Product Added"}, "start": "zap",
        "steps": [zap, {"key": "done", "type": "delay", "duration": "1d", "jitter": "5m"}],
    })  # fmt: skip
    campaigns, _ = loads(json.dumps(data))
    assert campaigns is not None
    written = dumps(campaigns)
    path.write_text(written, encoding="utf-8")
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    window = open_window(folder, settings=settings)
    try:
        window.resize(1280, 800)
        with qtbot.waitActive(window):
            window.activateWindow()
        hand = Hand(qtbot, window)
        wait_settled(qtbot, window)
        assert window.session.workbench.figures is not None
        assert window.session.workbench.figures.entered > 0  # the other journey runs
        window.open_campaign("journey", "tomorrow")
        qtbot.waitUntil(lambda: window.session.current and window.session.idle, timeout=30_000)
        cards = window.journey_page.canvas.scene.cards
        assert [cards[key].content.title for key in ("zap", "done")] == ["Unknown step “zap”", "Delay"]
        assert {cards[key].content.line for key in ("zap", "done")} == {"Of a newer version: kept as it is"}
        assert {cards[key].content.severity for key in ("zap", "done")} == {"error"}
        (why,) = [one.message for one in window.session.problems("journeys.tomorrow") if one.code == "not_simulated"]
        assert why == (
            "“Tomorrow” is not simulated, since this version does not know its step “zap”; "
            "everything else runs as if the journey did not exist."
        )
        window.go("journey", "tomorrow", "zap")
        said: QLabel = hand.find(QLabel, "inspector.unknown.words")
        assert "the type “zap”" in said.text()
        assert "It is kept as it is when you save" in said.text()
        assert '"volts": 2.5' in hand.find(QPlainTextEdit, "inspector.unknown.text").toPlainText()
        window.go("journey", "tomorrow", "done")
        assert "does not know: jitter." in hand.find(QLabel, "inspector.unknown.words").text()
        window.to_end()
        qtbot.waitUntil(lambda: window.session.current and window.session.idle, timeout=30_000)
        assert not window.banner.isVisible(), window.banner.sentence
        assert nothing_modal()
        hand.line("inspector.name", "Later")
        way: QComboBox = hand.find(QComboBox, "inspector.way.next")
        assert [way.itemText(at) for at in range(way.count())] == ["Ends here"]  # else it ran in a circle
        act(window, "file.save")
        saved = path.read_text(encoding="utf-8")
        undo(window)
        act(window, "file.save")
        assert path.read_text(encoding="utf-8") == written
    finally:
        window.close()
        window.deleteLater()
    assert '"name": "Later"' in saved
    assert json.loads(saved)["journeys"][1]["steps"][1] == {
        "key": "done", "type": "delay", "duration": "1d", "jitter": "5m", "name": "Later",
    }  # fmt: skip
