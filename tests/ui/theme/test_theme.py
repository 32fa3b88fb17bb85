"""Tokens, fonts, icons and palette: what every painter relies on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

from engage_desktop.ui.theme import Theme, ThemeMode, contrast, icon, load_tokens, resource_path, resource_root

MODES = list(ThemeMode)
ON_SURFACE = ("text", "text_2", "text_3", "accent", "entry", "timing", "logic", "action", "end", "holdout", "error")


@pytest.mark.parametrize("mode", MODES)
def test_text_is_readable_on_everything_it_stands_on(mode: ThemeMode) -> None:
    colors = load_tokens(mode).colors
    least = 7.0 if mode is ThemeMode.CONTRAST else 4.5
    for role in ON_SURFACE:
        for ground in ("surface", "canvas"):
            assert contrast(colors[role], colors[ground]) >= least, (role, ground)
    for role in ("entry", "timing", "logic", "action", "end", "holdout", "error", "warning"):
        assert contrast(colors[role], colors[f"{role}_soft"]) >= 4.5, role
    assert contrast(colors["accent_text"], colors["accent"]) >= 4.5
    assert contrast(colors["text"], colors["accent_soft"]) >= 4.5


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
