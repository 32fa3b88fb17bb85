from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import Hand, document, on_screen


@pytest.fixture
def canvas(qtbot: QtBot, theme: Theme) -> Iterator[JourneyCanvas]:
    """Cart rescue at 100 % in a canvas of 1280x800, without motion."""
    made = on_screen(qtbot, JourneyCanvas(document(), "cart", theme), 1280, 900)
    qtbot.wait(1)
    made.view.zoom_to(1.0)
    yield made
    made.view.cancel_gesture()


@pytest.fixture
def hand(canvas: JourneyCanvas) -> Hand:
    return Hand(canvas)
