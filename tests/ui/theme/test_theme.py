"""Tokens, fonts, icons and palette: what every painter relies on."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from engage_desktop.ui.theme import Theme, ThemeMode, contrast, icon, load_tokens, resource_path, resource_root, wishes
from engage_desktop.ui.theme.wishes import wished_mode, wished_stillness

MODES = list(ThemeMode)
KINDS = ("entry", "timing", "logic", "action", "end", "holdout")
TEXTS = ("text", "text_2", "text_3", "accent", *KINDS, "error", "warning", "ok", "observed", "assumed", "learned")
GROUNDS = ("surface", "surface_2", "canvas", "rail")
"""Any text may stand on any of these."""
ON_SOFT = {f"{role}_soft": (role, "text", "text_2") for role in (*KINDS, "accent", "error", "warning")} | {
    "accent": ("accent_text",),
    "entry_soft": ("entry", "ok", "text", "text_2"),
}
"""What stands on tinted grounds: their own role, and texts."""


@pytest.mark.parametrize("mode", MODES)
def test_all_pairs_of_tokens_are_readable(mode: ThemeMode) -> None:
    colors = load_tokens(mode).colors
    least = 7.0 if mode is ThemeMode.CONTRAST else 4.5
    pairs = [(role, ground, least) for role in TEXTS for ground in GROUNDS]
    pairs += [(role, ground, 4.5) for ground, roles in ON_SOFT.items() for role in roles]
    pairs += [("focus", ground, 3.0) for ground in GROUNDS]
    told = {name for role, ground, _ in pairs for name in (role, ground)}
    assert set(colors) - told == {"canvas_dot", "line", "line_strong"}  # no text is drawn in these
    faint = [(*pair, round(contrast(colors[pair[0]], colors[pair[1]]), 2)) for pair in pairs]
    assert [one for one in faint if one[3] < one[2]] == []


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_mode_has_the_same_roles() -> None:
    assert len({frozenset(load_tokens(mode).colors) for mode in MODES}) == 1


@pytest.mark.parametrize("mode", MODES)
def test_applying_sets_every_group_of_the_palette(qapp: QApplication, mode: ThemeMode) -> None:
    theme = Theme.of(mode)
    theme.apply(qapp)
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        assert qapp.palette().color(group, QPalette.ColorRole.Window) == theme.color("surface")
    assert qapp.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text) == theme.color("text")
    assert qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == theme.color("text_3")


def test_the_first_start_looks_as_the_system_wishes_and_a_choice_stays(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert (wished_mode(settings), wished_stillness(settings)) == (ThemeMode.LIGHT, False)
    with monkeypatch.context() as patch:
        patch.setattr(wishes, "QApplication", System(contrast=True, dark=True, animated=False))
        assert (wished_mode(settings), wished_stillness(settings)) == (ThemeMode.CONTRAST, True)
        patch.setattr(wishes, "QApplication", System(contrast=False, dark=True, animated=True))
        assert (wished_mode(settings), wished_stillness(settings)) == (ThemeMode.DARK, False)
        settings.setValue(wishes.THEME, "light")
        settings.setValue(wishes.MOTION, True)
        settings.sync()
        again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
        assert (wished_mode(again), wished_stillness(again)) == (ThemeMode.LIGHT, True)
    settings.setValue(wishes.THEME, "of another version")
    assert wished_mode(settings) is ThemeMode.LIGHT


class System:
    """What Qt tells of a system."""

    def __init__(self, *, contrast: bool, dark: bool, animated: bool) -> None:
        high, none = Qt.ContrastPreference.HighContrast, Qt.ContrastPreference.NoPreference
        asked = SimpleNamespace(contrastPreference=lambda: high if contrast else none)
        scheme = Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light
        self._hints = SimpleNamespace(accessibility=lambda: asked, colorScheme=lambda: scheme)
        self._style = SimpleNamespace(styleHint=lambda _: 200 if animated else 0)

    def styleHints(self) -> SimpleNamespace:
        return self._hints

    def style(self) -> SimpleNamespace:
        return self._style


def test_the_bundled_fonts_are_used_and_figures_are_tabular(theme: Theme) -> None:
    assert QFontInfo(theme.font()).family() == "Inter"
    assert QFontInfo(theme.mono()).family() == "JetBrains Mono"
    tabular = QFontMetricsF(theme.font(tabular=True))
    assert tabular.horizontalAdvance("1111") == tabular.horizontalAdvance("8888")
    assert QFontMetricsF(theme.font()).horizontalAdvance("1111") != tabular.horizontalAdvance("1111")


def test_icons_take_the_colour_of_their_role(theme: Theme) -> None:
    picture = theme.pixmap("mail", "action", 32).toImage()
    colors = {
        picture.pixelColor(x, y).name() for x in range(32) for y in range(32) if picture.pixelColor(x, y).alpha() == 255
    }
    assert theme.hex("action").lower() in colors
    assert not icon("house").isNull()
    assert QColor(theme.hex("action")) != QColor(theme.hex("text_2"))


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    assert "SIL" in resource_path("fonts/Inter-LICENSE.txt").read_text(encoding="utf-8")
    assert "Apache License" in resource_path("fonts/JetBrainsMono-LICENSE.txt").read_text(encoding="utf-8")
    assert "ISC License" in resource_path("icons/LICENSE").read_text(encoding="utf-8")
    assert len(list(resource_path("icons").glob("*.svg"))) >= 45


def test_resources_are_found_in_a_bundle_too(tmp_path: Path) -> None:
    assert resource_path("tokens.json").is_file()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
        assert resource_root() == tmp_path / "resources"


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_what_an_empty_field_says_is_as_readable_as_other_text(
    qtbot: QtBot, theme: Theme, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    field = kind()
    qtbot.addWidget(field)
    field.setPlaceholderText("What it is for")
    field.ensurePolished()
    # A style sheet's colour alone would make it half transparent, below 4.5 to one.
    assert field.palette().color(QPalette.ColorRole.PlaceholderText) == theme.color("text_3")
