"""The look of the application in one object: colours, fonts, icons, palette and style sheet of a mode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QColor, QFont, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory

from engage_desktop.ui.theme.fonts import load_fonts, make_font
from engage_desktop.ui.theme.icons import icon_pixmap, make_icon
from engage_desktop.ui.theme.qss import style_sheet
from engage_desktop.ui.theme.tokens import ThemeMode, Tokens, load_tokens


@dataclass(frozen=True)
class Theme:
    """A mode's tokens with Qt's types on them. `Theme.of(mode)` gives the one object of a mode."""

    tokens: Tokens

    @staticmethod
    def of(mode: ThemeMode | str) -> Theme:
        return _theme(ThemeMode(mode))

    @property
    def mode(self) -> ThemeMode:
        return self.tokens.mode

    def hex(self, role: str) -> str:
        """The colour of a role as `#RRGGBB`."""
        return self.tokens.colors[role]

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a role; `alpha` 0 to 1."""
        color = QColor(self.tokens.colors[role])
        color.setAlphaF(alpha)
        return color

    def font(self, size: str = "base", weight: QFont.Weight = QFont.Weight.Normal, *, tabular: bool = False) -> QFont:
        """The interface font; `size` is base, small or title."""
        return make_font(self.tokens.family, self._px(size), weight, tabular=tabular)

    def mono(self, size: str = "base", weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of query text and payloads."""
        return make_font(self.tokens.mono, self._px(size), weight)

    def icon(self, name: str, role: str = "text_2", size: int = 16) -> QIcon:
        return make_icon(name, self.color(role), self.color("text_3", 0.5), size)

    def pixmap(self, name: str, role: str, size: int, ratio: float = 1.0, stroke: float = 2.0) -> QPixmap:
        return icon_pixmap(name, self.hex(role), size, ratio, stroke)

    def palette(self) -> QPalette:
        return _palette(self)

    def sheet(self) -> str:
        """The style sheet of a mode."""
        return style_sheet(self.tokens)

    def prepare(self, app: QApplication) -> None:
        """Give the application what widgets take from it: Fusion, font, and the palette in every group. Each of them
        reaches every widget anew: what is so already is left alone."""
        global _current
        load_fonts()
        if _current is None:
            app.setStyle(QStyleFactory.create("Fusion"))
        if app.font() != self.font():
            app.setFont(self.font())
        if _current is not self:
            app.setPalette(self.palette())
        _current = self

    def apply(self, app: QApplication) -> None:
        """Give it the style sheet too, for widgets that stand alone. With a window open that takes seconds; its parts
        have sheets of their own (`ui/dressing.py`)."""
        self.prepare(app)
        if app.styleSheet() != self.sheet():
            app.setStyleSheet(self.sheet())

    def _px(self, size: str) -> int:
        return {"base": self.tokens.base_px, "small": self.tokens.small_px, "title": self.tokens.title_px}[size]


@cache
def _theme(mode: ThemeMode) -> Theme:
    return Theme(load_tokens(mode))


_current: Theme | None = None


def current_theme() -> Theme:
    """The theme applied last, else the light one."""
    return _current if _current is not None else Theme.of(ThemeMode.LIGHT)


def icon(name: str, role: str = "text_2", size: int = 16) -> QIcon:
    """A vendored icon in the current theme's colour of `role`."""
    return current_theme().icon(name, role, size)


_ROLES: tuple[tuple[QPalette.ColorRole, str], ...] = (
    (QPalette.ColorRole.Window, "surface"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "surface_2"),
    (QPalette.ColorRole.ToolTipBase, "surface"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.PlaceholderText, "text_3"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.Button, "surface"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "error"),
    (QPalette.ColorRole.Light, "surface"),
    (QPalette.ColorRole.Midlight, "surface_2"),
    (QPalette.ColorRole.Mid, "line"),
    (QPalette.ColorRole.Dark, "line_strong"),
    (QPalette.ColorRole.Shadow, "line_strong"),
    (QPalette.ColorRole.Highlight, "accent_soft"),
    (QPalette.ColorRole.HighlightedText, "text"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.LinkVisited, "accent"),
)
_MUTED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.HighlightedText,
)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    groups = (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled)
    for group in groups:
        for role, token in _ROLES:
            muted = group == QPalette.ColorGroup.Disabled and role in _MUTED
            palette.setColor(group, role, theme.color("text_3" if muted else token))
    return palette
