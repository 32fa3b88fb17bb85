"""The look: tokens, palette, fonts, icons. The canvas painter and every widget take their colours from here."""

from engage_desktop.ui.theme.fonts import load_fonts
from engage_desktop.ui.theme.icons import icon_exists
from engage_desktop.ui.theme.resources import resource_path, resource_root
from engage_desktop.ui.theme.theme import Theme, current_theme, icon
from engage_desktop.ui.theme.tokens import ThemeMode, Tokens, contrast, load_tokens

__all__ = [
    "Theme",
    "ThemeMode",
    "Tokens",
    "contrast",
    "current_theme",
    "icon",
    "icon_exists",
    "load_fonts",
    "load_tokens",
    "resource_path",
    "resource_root",
]
