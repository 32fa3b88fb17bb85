"""The switch between the journey alone and all campaigns: what is shown, and what is shown as current (D-25)."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.app.protocol import ENTRY, JourneyFigures
from engage_desktop.document.change import Change, drop, put
from engage_desktop.domain.step import Delay
from engage_desktop.ui.formats import number
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.people_list import PeopleList
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import press, undo
from tests.ui.window.two_campaigns import the
from tests.ui.window.world import wait_settled


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, two: MainWindow) -> MainWindow:
    with qtbot.waitActive(two):
        two.activateWindow()
    while two.session.document.can_undo:
        undo(two)
    two.session.workbench.show_alone(False)
    two.open_campaign("journey", "thank")
    two.to_end()
    wait_settled(qtbot, two)
    return two


def the_button(window: MainWindow, name: str) -> QPushButton:
    return the(window, QPushButton, f"transport.scope.{name}")


def entered(window: MainWindow) -> str | None:
    """What the entry card shows as current."""
    card = window.journey_page.canvas.scene.cards[ENTRY]
    figures = card.content.figures if card.content.current else ()
    return next((one.text for one in figures if one.label == "entered"), None)


def test_the_switch_shows_one_or_the_other(qtbot: QtBot, window: MainWindow) -> None:
    together = entered(window)
    assert together not in (None, "0")
    assert the_button(window, "all").isChecked()
    driver.click(the_button(window, "alone"))
    assert entered(window) is None  # what stands there is of all, and alone is wanted
    wait_settled(qtbot, window)
    assert entered(window) == "0"
    assert "entered <b>0</b>" in window.transport.figures.text()
    button = the_button(window, "all")
    button.setFocus()
    driver.key(button, Qt.Key.Key_Space)
    wait_settled(qtbot, window)
    assert entered(window) == together


def test_people_and_bars_follow_the_switch(qtbot: QtBot, window: MainWindow) -> None:
    window.journey_page.select("wait")
    arrived = window.inspector.findChild(QPushButton, "inspector.people.arrived")
    people = window.inspector.findChild(PeopleList, "inspector.people.list")
    assert arrived is not None
    assert people is not None
    press(arrived)
    wait_settled(qtbot, window)
    assert people.total > 0
    press(the_button(window, "alone"))
    wait_settled(qtbot, window)
    assert people.total == 0
    histogram = window.transport.scrubber._histogram
    assert histogram is not None
    assert sum(histogram.entries) == 0
    assert sum(histogram.events) > 0


def edit(window: MainWindow, hours: int) -> None:
    campaigns = window.session.campaigns
    journey = campaigns.journey("thank")
    assert journey is not None
    steps = tuple(one.with_(duration=f"{hours}h") if isinstance(one, Delay) else one for one in journey.steps)
    window.session.document.apply(Change("Wait", (put(campaigns, "journey", journey.with_(steps=steps)),)))


@pytest.mark.parametrize("alone", [False, True])
def test_an_edit_shows_the_journey_alone_first(qtbot: QtBot, window: MainWindow, alone: bool) -> None:
    """Nothing stale and nothing of the other scope is ever shown as current."""
    window.session.workbench.show_alone(alone)
    wait_settled(qtbot, window)
    bench = window.session.workbench
    seen: list[tuple[JourneyFigures, bool, str | None, bool]] = []

    def look(figures: JourneyFigures | None) -> None:
        if figures is not None:
            seen.append((figures, bench.figures_current, entered(window), bench.run.current))

    window.session.figures_changed.connect(look)
    draw = random.Random(1)
    for _ in range(3):
        seen.clear()
        edit(window, draw.randrange(2, 60))
        assert entered(window) is None
        wait_settled(qtbot, window)
        now = window.session.generation
        first, last = seen[0], seen[-1]
        assert (first[0].generation, first[0].alone, first[3]) == (now, True, False)  # before the run of all is done
        assert first[1] is alone
        assert last[1]
        assert (last[0].generation, last[0].alone) == (now, alone)
        for figures, current, shown, _ in seen:
            assert current is (figures.alone is alone)
            assert shown == (number(figures.entered) if current else None)
    window.session.figures_changed.disconnect(look)


def test_the_switch_says_what_is_awaited(qtbot: QtBot, window: MainWindow) -> None:
    said: list[str] = []
    window.session.figures_changed.connect(lambda _figures: said.append(window.transport.scope.all.text()))
    edit(window, 7)
    wait_settled(qtbot, window)
    assert said[0] == "With all …"
    assert said[-1] == "With all"


def test_one_campaign_has_no_switch(qtbot: QtBot, window: MainWindow) -> None:
    window.session.document.apply(Change("Delete", (drop(window.session.campaigns, "journey", "mark"),)))
    wait_settled(qtbot, window)
    assert not window.transport.scope.isVisible()
    undo(window)
    wait_settled(qtbot, window)
    assert window.transport.scope.isVisible()
