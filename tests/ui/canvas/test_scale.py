"""A thousand steps: what one edit, one pointer move and one zoom touch, by count; detail by size on screen."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engage_desktop.document import Document
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import Hand, agrees, on_screen


def large(steps: int) -> Document:
    """A ladder of splits, each with a message on its side that joins below."""
    made: list[dict[str, Any]] = []
    for place in range(steps // 2):
        ahead = f"s{place + 1}" if place + 1 < steps // 2 else None
        branch = {"key": "yes", "condition": "trait('vip') = true", "next": f"m{place}"}
        made.append({"key": f"s{place}", "type": "split", "branches": [branch], "otherwise": ahead})
        made.append({"key": f"m{place}", "type": "delay", "duration": "1d", "next": ahead})
    journey = {"key": "big", "name": "Big", "entry": {"type": "event", "event": "E"}, "start": "s0", "steps": made}
    data = {"format": "engage-campaigns/1", "workspace": {"name": "W"}, "journeys": [journey]}
    return Document(Campaigns.model_validate(data, strict=False))


@pytest.fixture(scope="module")
def thousand() -> Document:
    return large(1000)


@pytest.fixture
def big(qtbot: QtBot, theme: Theme, thousand: Document) -> JourneyCanvas:
    canvas = on_screen(qtbot, JourneyCanvas(thousand, "big", theme), 1400, 900)
    qtbot.wait(1)
    return canvas


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def test_opening_shows_all_and_paints_only_what_is_in_view(big: JourneyCanvas) -> None:
    assert len(big.scene.cards) == 1001
    assert agrees(big) == []
    big.scene.count.reset()
    big.view.viewport().update()
    settle()
    assert 0 < big.scene.count.cards < 40


def test_renaming_one_step_among_a_thousand_paints_one_card(big: JourneyCanvas) -> None:
    big.view.reveal(big.scene.cards["s1"].rect())
    settle()
    big.scene.count.reset()
    big.editor.rename("s1", "Split 1")
    settle()
    assert big.scene.count.cards <= 2
    Hand(big).undo()


def test_idle_paints_nothing(big: JourneyCanvas, qtbot: QtBot) -> None:
    settle()
    big.scene.count.reset()
    qtbot.wait(120)
    assert (big.scene.count.cards, big.scene.count.wires) == (0, 0)


def test_fit_paints_every_card_once(big: JourneyCanvas) -> None:
    big.fit()
    settle()
    big.scene.count.reset()
    big.view.viewport().update()
    settle()
    assert big.scene.count.cards <= 1001


def test_branches_asked_in_another_order_leave_by_other_ports(canvas: JourneyCanvas, hand: Hand) -> None:
    """Nothing but the order is new: neither target nor text of the wires, of which one leads nowhere."""
    before = canvas.scene.wires["coin", "mail"].layout.curve
    hand.menu(hand.along("coin", "mail", 0.5))
    hand.pick("Ask this branch later")
    assert agrees(canvas) == []
    after = canvas.scene.wires["coin", "mail"].layout.curve
    assert before is not None
    assert after is not None
    assert after.first.x() > before.first.x()
