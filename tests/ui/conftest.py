"""Every test of the window runs offscreen, in the light theme, without motion."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtWidgets import QApplication

from engage_desktop.ui.theme import Theme, ThemeMode


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light theme, applied."""
    light = Theme.of(ThemeMode.LIGHT)
    light.apply(qapp)
    qapp.setCursorFlashTime(0)
    return light
