"""The text view of a condition: monospaced, lightly coloured, an error underlined where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from engage_desktop.domain.people import Level
from engage_desktop.ui.theme import Theme, current_theme

PAUSE_MS = 300
_RULES = (
    (re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""), "entry", False),
    (re.compile(r"\b(?:AND|OR|NOT|ANY|ALL|and|or|not|any|all)\b(?=[^']*(?:'[^']*'[^']*)*$)"), "text", True),
    (re.compile(r"\b[a-z_]+(?=\()"), "logic", False),
    (re.compile(r"\b\d+(?:\.\d+)?\b(?=[^']*(?:'[^']*'[^']*)*$)"), "action", False),
    (re.compile(r"\b(?:true|false)\b(?=[^']*(?:'[^']*'[^']*)*$)"), "action", False),
)


@dataclass(frozen=True)
class Fault:
    """A sentence and the place it speaks of; line and column count from 1."""

    sentence: str
    line: int
    column: int


def check(text: str, *, trait: bool = False, level: Level = "user") -> tuple[str, Fault | None]:
    """The canonical text of an audience's or a computed trait's definition, or why there is none."""
    from engage_desktop import language  # late: not needed to open a window

    try:
        tree = language.parse(text) if trait else language.parse_condition(text)
        language.check(tree, trait=trait, target="users" if level == "user" else "accounts", text=text)
        return language.to_text(tree), None
    except language.QueryError as error:
        return "", Fault(str(error), error.line, error.column)


def broken(text: str) -> str:
    """A canonical text with its top-level junctions each on a line of their own."""
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        sign = text[at]
        if quoted:
            at += sign == "\\"
            quoted = sign != "'"
        elif sign == "'":
            quoted = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif depth == 0 and text.startswith((" AND ", " OR "), at):
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return "\n".join([*parts, text[start:]])


def code_font(theme: Theme) -> QFont:
    """The font of query text, every character as it was typed (no `>=` drawn as one sign)."""
    font = theme.mono()
    for tag in ("calt", "liga"):
        font.setFeature(QFont.Tag(tag), 0)
    return font


class _Colours(QSyntaxHighlighter):
    def set_theme(self, theme: Theme) -> None:
        self.formats = []
        for _, role, bold in _RULES:
            made = QTextCharFormat()
            made.setForeground(theme.color(role))
            if bold:
                made.setFontWeight(QFont.Weight.Bold)
            self.formats.append(made)
        self.rehighlight()

    formats: list[QTextCharFormat]

    def highlightBlock(self, text: str) -> None:  # Qt's name
        for (pattern, _, _), made in reversed(list(zip(_RULES, self.formats, strict=True))):
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), made)


class QueryEditor(QPlainTextEdit):
    """`paused` fires 300 ms after the last key; `settled` when an edit is finished (Ctrl+Enter, or
    focus leaves); `begun` when the editor gets focus."""

    paused = Signal()
    settled = Signal()
    begun = Signal()

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setProperty("role", "mono")
        self.setTabChangesFocus(True)
        self.setMinimumHeight(64)
        self._colours = _Colours(self.document())
        self.set_theme(current_theme())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.paused)
        self.textChanged.connect(self._typed)
        self._showing = False
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        self.document().setDefaultFont(code_font(theme))
        self._colours.set_theme(theme)

    def show_text(self, text: str) -> None:
        """Replace the text without this counting as typing."""
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        self._timer.stop()

    def show_fault(self, fault: Fault | None) -> None:
        """Underline the place of a fault; None takes the underline away."""
        self.setProperty("invalid", "true" if fault else "false")
        self.setAccessibleDescription(fault.sentence if fault else "")
        if fault is None:
            self.setExtraSelections([])
            return
        block = self.document().findBlockByNumber(min(fault.line, self.blockCount()) - 1)
        column = min(max(fault.column - 1, 0), max(block.length() - 1, 0))
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + column)
        word = re.match(r"\w+|.", block.text()[column:])
        if word:
            cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, len(word.group()))
        elif column:  # at the end of the text: mark the last character
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, 1)
        made = QTextEdit.ExtraSelection()
        made.cursor = cursor
        made.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        made.format.setUnderlineColor(QColor(current_theme().hex("error")))
        made.format.setBackground(QColor(current_theme().hex("error_soft")))
        self.setExtraSelections([made])

    def _typed(self) -> None:
        self._fit()
        if not self._showing:
            self._timer.start()

    def _fit(self) -> None:
        lines = int(self.document().documentLayout().documentSize().height())
        self.setFixedHeight(self.fontMetrics().lineSpacing() * min(max(lines, 2), 14) + 28)

    def resizeEvent(self, event: object) -> None:  # Qt's name
        super().resizeEvent(event)  # type: ignore[arg-type]  # passed on untouched
        self._fit()

    def event(self, event: QEvent) -> bool:  # Qt's name
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.property("invalid") != "true"
        ):
            undo, redo = event.matches(QKeySequence.StandardKey.Undo), event.matches(QKeySequence.StandardKey.Redo)
            if undo or redo:
                if self._timer.isActive():
                    self._settle()
                event.ignore()  # what is typed is in the document already: undo is the document's
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._settle()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # Qt's name
        super().focusInEvent(event)
        self.begun.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt's name
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._settle()

    def _settle(self) -> None:
        self._timer.stop()
        self.settled.emit()
