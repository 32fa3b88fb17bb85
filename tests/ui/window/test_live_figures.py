"""Every figure on the canvas is that of `engage simulate` of the saved file, whatever was edited before.

Random edits by mouse and keyboard in the inspector. At every signal of the session the canvas is
read as a person would see it; whatever it showed as current must equal a direct count over the
tables that the command line writes for the design of that moment. Undoing all gives the first bytes.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.__main__ import main
from engage_desktop.app.protocol import ENTRY, AskPeople
from engage_desktop.app.sample import ensure_sample
from engage_desktop.document import dumps, loads
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import CATEGORY, End, SendMessage, outputs
from engage_desktop.ui.app import open_window
from engage_desktop.ui.formats import number
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import undo

WAIT_MS = 20_000
Shown = dict[Any, dict[str, str]]


def settled(window: MainWindow) -> bool:
    bench = window.session.workbench
    return not bench.run.computing and (bench.run.refused or bench.figures_current)


def shown(window: MainWindow) -> Shown:
    """Texts of cards and wires that are shown as current; greyed ones claim nothing."""
    scene = window.journey_page.canvas.scene
    found: Shown = {
        key: {figure.label: figure.text for figure in card.content.figures if figure.label != "of entered"}
        for key, card in scene.cards.items()
        if card.content.current
    }
    found |= {key: {"taken": wire.content.count} for key, wire in scene.wires.items() if wire.content.current}
    return found


def micros(value: Any) -> int:
    return 1 << 62 if value is None else int(value.timestamp()) * 1_000_000 + value.microsecond


class DirectCount:
    """Counts over the Parquet tables of one run, row by row."""

    def __init__(self, run: Path, journey: Journey) -> None:
        self.journey = journey
        self.visits = self._rows(run, "visits", "journey")
        self.instances = self._rows(run, "instances", "journey")
        self.messages = self._rows(run, "messages", "campaign")

    def _rows(self, run: Path, table: str, column: str) -> list[dict[str, Any]]:
        rows = [row for row in pq.read_table(run / f"{table}.parquet").to_pylist() if row[column] == self.journey.key]
        for row in rows:
            row.update({name: micros(value) for name, value in row.items() if name.endswith("_at")})
        return rows

    def at(self, at_us: int) -> Shown:
        entered = [row for row in self.instances if row["entered_at"] <= at_us]
        found: Shown = {
            ENTRY: {"entered": number(len(entered)), "people": number(len({row["profile"] for row in entered}))}
        }
        order = {(row["profile"], row["instance"], row["seq"]): row for row in self.visits}
        first = sum(row["seq"] == 0 and row["entered_at"] <= at_us for row in self.visits)
        found[ENTRY, None] = {"taken": number(first)}
        for step in self.journey.steps:
            mine = [row for row in self.visits if row["step"] == step.key and row["entered_at"] <= at_us]
            left = [row for row in mine if row["left_at"] <= at_us]
            if isinstance(step, SendMessage):
                here = [row for row in self.messages if row["step"] == step.key]
                sent = sum(row["status"] == "sent" and row["sent_at"] <= at_us for row in here)
                not_sent = sum(row["status"] in ("dropped", "held_out") and row["due_at"] <= at_us for row in here)
                found[step.key] = {"sent": number(sent), "not sent": number(not_sent)}
            elif isinstance(step, End):
                found[step.key] = {"ended": number(len(mine))}
            elif CATEGORY[step.type] == "timing":
                found[step.key] = {"through": number(len(left)), "inside": number(len(mine) - len(left))}
            else:
                found[step.key] = {"through": number(len(mine))}
            for output in outputs(step):
                if output.branch is not None:
                    taken = sum(row["branch"] == output.branch for row in left)
                else:
                    taken = sum(
                        row["branch"] is None and (row["profile"], row["instance"], row["seq"] + 1) in order
                        for row in left
                    )
                found[step.key, output.branch] = {"taken": number(taken)}
        return found


class Hand:
    """Edits a step's fields as a person does: click the card, click a field, type, press Enter."""

    def __init__(self, window: MainWindow, draw: random.Random) -> None:
        self.window, self.draw = window, draw

    def click_card(self, key: str) -> None:
        canvas = self.window.journey_page.canvas
        canvas.show_step(key)
        card = canvas.scene.cards[key]
        view = canvas.view
        driver.click(view.viewport(), view.mapFromScene(card.sceneBoundingRect().center()))
        QApplication.processEvents()
        assert self.window.journey_page.selection == [key]

    def edit(self) -> str:
        """One random edit; returns what was done."""
        journey = self.window.session.campaigns.journey(self.window.journey_page.key)
        assert journey is not None
        step = journey.by_key[self.draw.choice([step.key for step in journey.steps])]
        self.click_card(step.key)
        editors = self._editors()
        name, editor = self.draw.choice(editors)
        text = self._text_for(name, editor)
        if isinstance(editor, QComboBox):
            editor.setFocus()
            for _ in range(self.draw.randint(1, 3)):
                driver.key(editor, Qt.Key.Key_Down if self.draw.random() < 0.6 else Qt.Key.Key_Up)
            return f"{step.key}: {name} by arrow keys"
        driver.click(editor if isinstance(editor, QLineEdit) else editor.viewport())
        driver.key(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        driver.write(editor, text)
        driver.key(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
        QApplication.processEvents()
        return f"{step.key}: {name} = {text!r}"

    def _editors(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        form = self.window.inspector.form
        assert form is not None
        for kind in (QLineEdit, QPlainTextEdit):
            for editor in form.findChildren(kind):
                name = editor.objectName()
                if (
                    name.startswith("inspector.")
                    and editor.isVisible()
                    and editor.isEnabled()
                    and not name.endswith(".text")
                ):
                    found.append((name, editor))
        for combo in form.findChildren(QComboBox):
            name = combo.objectName()
            if name.endswith((".unit", ".on_timeout", ".when_not_sent")) and combo.isVisible():
                found.append((name, combo))
        return found

    def _text_for(self, name: str, editor: Any) -> str:
        if name in ("inspector.duration", "inspector.timeout"):
            return str(self.draw.randint(1, 60))
        if name.endswith(".percent"):
            return str(self.draw.choice([10, 20, 30, 45, 50]))
        if name.endswith((".where", ".condition")):
            return (
                self.draw.choice(["property('price') > 40", "property('revenue') >= 30", "trait('plan') = 'pro'"])
                if name.endswith(".where")
                else self.draw.choice(
                    [
                        "event('Order Completed').count() >= 1",
                        "event('Product Viewed').within(7 days).count() > 3",
                        "trait('plan') exists",
                    ]
                )
            )
        return f"Step {self.draw.randint(1, 999)}"


def open_on_sample(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Path]:
    workspace = ensure_sample(root=folder)
    window = open_window(workspace, settings=QSettings(str(folder / "w.ini"), QSettings.Format.IniFormat))
    window.resize(1280, 800)
    window.journey_page.canvas.motion_ms = 0
    window.activateWindow()
    qtbot.waitActive(window)
    notices: list[str] = []
    window.session.noticed.connect(lambda notice: notices.append(notice.sentence))
    qtbot.waitUntil(lambda: window.session.workbench.journey is not None and settled(window), timeout=WAIT_MS)
    window.open_campaign("journey", window.session.campaigns.journeys[0].key)
    qtbot.waitUntil(lambda: window.findChild(QWidget, "inspector.panel").isVisible(), timeout=WAIT_MS)
    people: list[object] = []  # whatever the window asked before is answered before this
    bench = window.session.workbench
    bench.ask(AskPeople(bench.run.generation, bench.journey or "", ENTRY, bench.at_us), people.append)
    qtbot.waitUntil(lambda: bool(people), timeout=WAIT_MS)
    assert notices == []
    return window, workspace


def random_edits(
    qtbot: QtBot, theme: Theme, folder: Path, edits: int, seed: int, capsys: pytest.CaptureFixture[str]
) -> dict[str, int]:
    window, workspace = open_on_sample(qtbot, folder)
    first_bytes = (workspace / "campaigns.json").read_bytes()
    session, bench = window.session, window.session.workbench
    seen: list[tuple[str, int, Shown]] = []

    def look(*_: object) -> None:
        texts = shown(window)
        if texts:
            seen.append((dumps(session.campaigns), bench.at_us, texts))

    # After the widgets' own listeners, and from the event loop, which is when people see something.
    for signal in (session.document_changed, session.run_changed, session.figures_changed, session.clock_changed):
        signal.connect(look)
        signal.connect(look, Qt.ConnectionType.QueuedConnection)
    hand = Hand(window, random.Random(seed))
    counts: dict[str, DirectCount] = {}
    done: list[str] = []
    states = {"current": 0, "refused": 0}

    def check_now() -> None:
        qtbot.waitUntil(lambda: settled(window), timeout=WAIT_MS)
        text = dumps(session.campaigns)
        if bench.run.refused:
            states["refused"] += 1
            assert shown(window) == {}, "a design that cannot run has no current figures"
            return
        states["current"] += 1
        window.save()
        assert (workspace / "campaigns.json").read_text(encoding="utf-8") == text
        if text not in counts:
            run = folder / f"run{len(counts)}"
            assert main(["simulate", "--workspace", str(workspace), "--out", str(run), "--json"]) == 0, (
                capsys.readouterr().err
            )
            campaigns, _ = loads(text)
            assert campaigns is not None
            journey = campaigns.journey(window.journey_page.key)
            assert journey is not None
            counts[text] = DirectCount(run, journey)
            shutil.rmtree(run)
        assert_shown(shown(window), counts[text].at(bench.at_us), done)

    check_now()
    changes = 0
    while changes < edits:
        before = dumps(session.campaigns)
        done.append(hand.edit())
        QApplication.processEvents()
        changes += dumps(session.campaigns) != before
        check_now()
        assert len(done) < edits * 6, done
    for text, at_us, texts in seen:
        if text in counts:
            assert_shown(texts, counts[text].at(at_us), ["as seen in passing", *done])
    window.activateWindow()
    while session.document.can_undo:
        undo(window)
    qtbot.waitUntil(lambda: settled(window), timeout=WAIT_MS)
    window.save()
    assert (workspace / "campaigns.json").read_bytes() == first_bytes
    window.close()
    window.deleteLater()
    return states | {"seen": len(seen), "designs": len(counts), "tries": len(done)}


def assert_shown(texts: Shown, direct: Shown, done: list[str]) -> None:
    for key, figures in texts.items():
        if key[1:] == (None,) and key not in direct:
            continue
        for label, text in figures.items():
            assert direct[key].get(label) == text, (key, label, text, direct[key], done[-3:])


def test_scrubbing_shows_a_direct_count(
    qtbot: QtBot, theme: Theme, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The playhead dragged to 50 random places, both ways."""
    window, workspace = open_on_sample(qtbot, tmp_path)
    bench = window.session.workbench
    assert main(["simulate", "--workspace", str(workspace), "--out", str(tmp_path / "run"), "--json"]) == 0
    journey = window.session.campaigns.journey(window.journey_page.key)
    assert journey is not None
    direct = DirectCount(tmp_path / "run", journey)
    histogram, draw = window.findChild(QWidget, "transport.scrubber"), random.Random(5)
    instants = set()
    for _ in range(50):
        place = histogram.rect().center()
        place.setX(draw.randint(histogram.width() // 20, histogram.width() * 19 // 20))
        driver.click(histogram, place)
        qtbot.waitUntil(lambda: bench.figures_current, timeout=WAIT_MS)
        instants.add(bench.at_us)
        texts = shown(window)
        assert len(texts) > len(journey.steps)
        assert_shown(texts, direct.at(bench.at_us), [f"scrub to {bench.at_us}"])
    assert len(instants) > 40
    window.close()
    window.deleteLater()


def test_figures_follow_edits(qtbot: QtBot, theme: Theme, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    states = random_edits(qtbot, theme, tmp_path, edits=5, seed=1, capsys=capsys)
    assert states["current"] >= 3
    assert states["seen"] > 5


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_thirty_random_edits(qtbot: QtBot, theme: Theme, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    states = random_edits(qtbot, theme, tmp_path, edits=30, seed=2, capsys=capsys)
    assert states["designs"] >= 15
    with capsys.disabled():
        print(json.dumps({"edits": 30, **states}))
