"""The one style sheet: what Fusion and the palette cannot say (radius, focus ring, flat bars).

Widgets ask for a look by the dynamic properties `kind` (`primary`, `quiet`, `pill`, `link`) and
`role` (`title`, `heading`, `muted`, `figure`, `mono`, `error`, `warning`); nothing else styles itself.
"""

from __future__ import annotations

from string import Template

from engage_desktop.ui.theme.resources import resource_path
from engage_desktop.ui.theme.tokens import Tokens

_SHEET = Template("""
QWidget { font-family: "$family"; font-size: ${base}px; }
QToolTip { background: $surface; color: $text; border: 1px solid $line_strong; padding: 4px 6px; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QPushButton, QToolButton, QComboBox {
  background: $surface; color: $text; border: 1px solid $line_strong; border-radius: ${r}px;
  padding: 4px 10px; min-height: 18px; }
QToolButton { padding: 4px; }
QPushButton:hover, QToolButton:hover, QComboBox:hover { background: $surface_2; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {
  background: $accent_soft; color: $accent; border-color: $accent; }
QPushButton:focus, QToolButton:focus, QComboBox:focus { border: 2px solid $focus; padding: 3px 9px; }
QToolButton:focus { padding: 3px; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled { color: $text_3; border-color: $line; }
QPushButton[kind="primary"], QToolButton[kind="primary"] {
  background: $accent; color: $accent_text; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled { background: $surface_2; color: $text_3; border-color: $line; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent; border-color: transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $surface_2; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border: 2px solid $focus; }
QPushButton[kind="link"] { background: transparent; border: none; color: $accent; padding: 2px 0; text-align: left; }
QPushButton[kind="link"]:focus { text-decoration: underline; border: none; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $line_strong;
  selection-background-color: $accent_soft; selection-color: $text; outline: none; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit {
  background: $surface; color: $text; border: 1px solid $line_strong; border-radius: ${r}px; padding: 4px 8px;
  selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit, QPlainTextEdit, QTextEdit { placeholder-text-color: $text_3; }
QLineEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit { min-height: 18px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { background: transparent; border: none; width: 18px; }
QAbstractSpinBox::up-arrow { image: url("$chevron_up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$chevron"); width: 10px; height: 10px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus {
  border: 2px solid $focus; padding: 3px 7px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled {
  background: $surface_2; color: $text_3; border-color: $line; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border: 2px solid $error; padding: 3px 7px; }
QAbstractItemView { background: $surface; alternate-background-color: $surface_2; border: none; outline: none; }
QTableView { gridline-color: $line; }
QTreeView::item, QListView::item, QTableView::item { padding: 4px 6px; border: none; }
QTreeView::item:hover, QListView::item:hover { background: $surface_2; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {
  background: $accent_soft; color: $text; }
QTreeView:focus, QListView:focus, QTableView:focus { border: 2px solid $focus; }
QHeaderView::section { background: $surface; color: $text_2; border: none; border-bottom: 1px solid $line;
  padding: 5px 6px; font-weight: 600; font-size: ${small}px; }
QTableCornerButton::section { background: $surface; border: none; border-bottom: 1px solid $line; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab { background: transparent; color: $text_2; border: none;
  border-bottom: 2px solid transparent; padding: 7px 12px; }
QTabBar::tab:hover { color: $text; background: $surface_2; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $text_3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; background: transparent; }
QMenu { background: $surface; border: 1px solid $line_strong; padding: 4px; }
QMenu::item { padding: 5px 20px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $text_3; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QProgressBar { background: $surface_2; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="heading"] { color: $text_2; font-size: ${small}px; font-weight: 600; }
QLabel[role="muted"] { color: $text_2; }
QLabel[role="figure"] { font-weight: 700; }
QLabel[role="error"] { color: $error; background: $error_soft; border-radius: ${r}px; padding: 8px; }
QLabel[role="warning"] { color: $warning; background: $warning_soft; border-radius: ${r}px; padding: 8px; }
QLabel[kind="pill"] { background: $surface_2; color: $text; border-radius: 9px; padding: 2px 9px;
  font-size: ${small}px; font-weight: 600; }
QLabel[role="mono"], QPlainTextEdit[role="mono"], QLineEdit[role="mono"] { font-family: "$mono"; }
""")


def style_sheet(tokens: Tokens) -> str:
    """The application style sheet of a mode."""
    return _SHEET.substitute(
        tokens.colors,
        family=tokens.family,
        mono=tokens.mono,
        base=tokens.base_px,
        small=tokens.small_px,
        title=tokens.title_px,
        r=tokens.radius_px["control"],
        chevron=resource_path(f"icons/chevron-down-{tokens.mode}.svg").as_posix(),
        chevron_up=resource_path(f"icons/chevron-up-{tokens.mode}.svg").as_posix(),
    )
