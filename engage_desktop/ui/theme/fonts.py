"""The bundled fonts, so that text measures the same on every machine."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from engage_desktop.ui.theme.resources import resource_path

FILES = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "Inter-Bold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Bold.ttf",
)
_loaded: list[int] = []


def load_fonts() -> None:
    """Register the bundled fonts once with the running application."""
    if not _loaded:
        _loaded.extend(QFontDatabase.addApplicationFont(str(resource_path(f"fonts/{name}"))) for name in FILES)


def make_font(family: str, px: int, weight: QFont.Weight = QFont.Weight.Normal, *, tabular: bool = False) -> QFont:
    """A font of `px` pixels; `tabular` gives every digit the same width."""
    font = QFont(family)
    font.setPixelSize(px)
    font.setWeight(weight)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    # Whole-pixel hinting breaks the rhythm of small text when the view is scaled.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
