"""The window's own part of the style sheet: rail, bars, cards, rows. Colours come from the tokens."""

from __future__ import annotations

from string import Template

from engage_desktop.ui.theme import Theme

_SHEET = Template("""
QFrame[kind="line"] { background: $line; border: none; }
QFrame[kind="card"] { background: $surface; border: 1px solid $line; border-radius: 8px; }
QFrame[kind="bar"] { background: $surface; border: none; }
QFrame[kind="page"], QWidget[kind="page"] { background: $canvas; }
QWidget[kind="surface"] { background: $surface; }
QFrame#rail { background: $rail; border: none; border-right: 1px solid $line; }
QFrame#rail QToolButton { border: none; border-left: 3px solid transparent; border-right: 3px solid transparent; border-radius: 0; background: transparent;
  color: $text_2; font-size: 11px; padding: 6px 0 5px 0; }
QFrame#rail QToolButton:hover { background: $surface_2; color: $text; }
QFrame#rail QToolButton:checked { background: $accent_soft; color: $accent; border-right-color: $accent; font-weight: 600; }
QFrame#rail QToolButton:focus { border: 2px solid $focus; padding: 4px 1px 3px 1px; }
QFrame#topbar { background: $surface; border: none; border-bottom: 1px solid $line; }
QFrame#topbar QTabBar::tab { padding: 0 12px; height: 39px; border-right: 1px solid $line; border-bottom: 2px solid transparent; }
QFrame#topbar QTabBar::tab:selected { border-bottom-color: $accent; }
QFrame#topbar QTabBar::tab:focus { border-bottom-color: $focus; color: $accent; }
QPushButton#topbar\\.search { background: $surface_2; border-color: $line_strong; color: $text_2; text-align: left; padding: 4px 12px; }
QPushButton#topbar\\.search:focus { border: 2px solid $focus; padding: 3px 9px; }
QToolButton#topbar\\.menu::menu-indicator { image: none; }
QHeaderView::section { padding: 5px 9px; }
QFrame#transport { background: $surface; border: none; border-top: 1px solid $line; }
QStatusBar { background: $surface_2; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { font-size: 12px; color: $text_2; padding: 0 8px; }
QStatusBar QLabel[role="strong"] { color: $text; font-weight: 600; }
QStatusBar QLabel[tone="ok"] { color: $ok; }
QStatusBar QLabel[tone="busy"] { color: $text_3; }
QStatusBar QLabel[tone="error"] { color: $error; }
QStatusBar QPushButton { background: transparent; border: none; color: $text_2; font-size: 12px; padding: 0 8px; min-height: 20px; }
QStatusBar QPushButton[tone="warning"] { color: $warning; }
QStatusBar QPushButton[tone="error"] { color: $error; }
QStatusBar QPushButton:hover, QStatusBar QPushButton:focus { text-decoration: underline; }
QLabel[role="page"] { font-size: 20px; font-weight: 600; }
QLineEdit[role="page-edit"] { font-size: 20px; font-weight: 600; border-color: transparent; background: transparent; padding: 2px 6px; margin-left: -9px; }
QLineEdit[role="page-edit"]:hover { border-color: $line_strong; }
QLineEdit[role="page-edit"]:focus { border: 2px solid $focus; background: $surface; padding: 1px 5px; }
QLabel:disabled { color: $text_3; }
QLabel[role="huge"] { font-size: 34px; font-weight: 700; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="small"] { font-size: 11px; color: $text_2; }
QLabel[role="field-error"] { color: $error; font-size: 12px; }
QLabel[role="caret"] { color: $error; font-family: "JetBrains Mono"; font-size: 12px; }
QLabel[role="enter"] { color: $ok; font-weight: 600; }
QLabel[role="leave"] { color: $error; font-weight: 600; }
QLabel[kind="tile"] { border-radius: 8px; }
QLabel[kind="pill"][tone="draft"] { background: $warning_soft; color: $warning; }
QLabel[kind="pill"][tone="approved"] { background: $entry_soft; color: $ok; }
QLabel[kind="pill"][tone="observed"] { background: $surface_2; color: $observed; }
QLabel[kind="pill"][tone="assumed"] { background: $surface_2; color: $assumed; }
QLabel[kind="pill"][tone="learned"] { background: $surface_2; color: $learned; }
QLabel[kind="pill"][tone="error"] { background: $error_soft; color: $error; }
QFrame[kind="banner"] { border: none; border-bottom: 1px solid $line; background: $accent_soft; }
QFrame[kind="banner"][tone="warning"] { background: $warning_soft; }
QFrame[kind="banner"][tone="error"] { background: $error_soft; }
QFrame[kind="banner"][tone="warning"] QLabel { color: $warning; }
QFrame[kind="banner"][tone="error"] QLabel { color: $error; }
QFrame[kind="branch"] { background: $surface_2; border: none; border-radius: 8px; }
QFrame[kind="row"] { background: transparent; border: none; border-bottom: 1px solid $line; }
QFrame[kind="palette"] { background: $surface; border: 1px solid $line_strong; border-radius: 8px; }
QPushButton[kind="tile-button"] { background: $surface; border: 1px solid $line; border-radius: 8px; padding: 0; min-height: 86px; }
QPushButton[kind="tile-button"]:hover { border-color: $accent; background: $surface; }
QPushButton[kind="tile-button"]:focus { border: 2px solid $focus; padding: 0; }
QSplitter::handle { background: $line; }
QListView, QTableView, QTreeView { background: $surface; }
QTableView { selection-background-color: $accent_soft; selection-color: $text; }
""")


def window_sheet(theme: Theme) -> str:
    """The sheet of the main window in a theme."""
    return _SHEET.substitute(theme.tokens.colors)
