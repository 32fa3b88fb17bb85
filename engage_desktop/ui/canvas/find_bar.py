"""Finding in the journey in view: what is typed is looked for in cards, notes and frames; next and previous walk them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton

from engage_desktop.ui.canvas.board import BoxRef

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

WIDTH = 340
EDGE = 14


def matches(canvas: JourneyCanvas, text: str) -> list[str | BoxRef]:
    """The cards, then the notes and frames, that hold every word of `text`, in reading order. Cards behind a fold
    are among them; on a canvas that may not be edited they stay hidden and are left out."""
    terms = text.casefold().split()
    if not terms:
        return []
    scene = canvas.scene
    cards = scene.cards if canvas.is_editable else scene.seen_cards()
    found: list[tuple[bool, float, float, str | BoxRef]] = []
    for key, card in cards.items():
        told = f"{card.content.title} {card.content.line}".casefold()
        if all(term in told for term in terms):
            found.append((False, card.y(), card.x(), key))
    for item in scene.boxes.shown():
        if all(term in item.text.casefold() for term in terms):
            found.append((True, item.y(), item.x(), item.ref))
    return [what for _, _, _, what in sorted(found, key=lambda one: one[:3])]


class FindBar(QFrame):
    """Enter goes to the next, Shift+Enter to the previous; Escape closes and gives the keyboard back."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._at: str | BoxRef | None = None
        self.setObjectName("canvas.find")
        self.field = QLineEdit(self)
        self.field.setObjectName("canvas.find.field")
        self.field.setPlaceholderText("Find in this journey")
        self.field.setAccessibleName("Find in this journey")
        self.field.installEventFilter(self)
        self.count = QLabel(self)
        self.count.setObjectName("canvas.find.count")
        self.count.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        icons = {"previous": "chevron-up", "next": "chevron-down", "close": "x"}
        said = {"previous": "Previous one found", "next": "Next one found", "close": "Close the search"}
        self.buttons: dict[str, QToolButton] = {}
        for name in icons:
            made = self.buttons[name] = QToolButton(self)
            made.setObjectName(f"canvas.find.{name}")
            made.setAccessibleName(said[name])
            made.setToolTip(said[name])
            made.setAutoRaise(True)
            row.addWidget(made)
        self.buttons["previous"].clicked.connect(lambda: self.go(-1))
        self.buttons["next"].clicked.connect(lambda: self.go(1))
        self.buttons["close"].clicked.connect(self.close_bar)
        self.field.textChanged.connect(self._typed)
        self._icons = icons
        canvas.installEventFilter(self)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar with what was looked for last, ready to be typed over."""
        for name, icon in self._icons.items():
            self.buttons[name].setIcon(self._canvas.theme.icon(icon, "text_2", 14))
        theme = self._canvas.theme
        self.setStyleSheet(
            f"#canvas\\.find {{ background: {theme.hex('surface')}; border: 1px solid {theme.hex('line')};"
            " border-radius: 8px; }"
        )
        self._place()
        self.show()
        self.raise_()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._count(matches(self._canvas, self.field.text()))

    def close_bar(self) -> None:
        self.hide()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def go(self, by: int) -> None:
        """Go to the next (1) or the previous (-1) of what is found; the search begins where one stands."""
        found = matches(self._canvas, self.field.text())
        if not found:
            self._count(found)
            if not self.isVisible():
                self.open_bar()
            return
        here = self._canvas.scene.boxes.selected or self._canvas.scene.current
        at = self._at if self._at == here else here
        place = found.index(at) + by if at in found else (0 if by > 0 else -1)
        self._show(found[place % len(found)])
        self._count(found)

    def _show(self, what: str | BoxRef) -> None:
        canvas = self._canvas
        self._at = what
        if isinstance(what, BoxRef):
            canvas.scene.select([], boxes=[what])
            canvas.view.reveal(canvas.scene.boxes.items[what].rect())
        else:
            canvas.show_step(what)

    def _typed(self, text: str) -> None:
        found = matches(self._canvas, text)
        if found:
            self._show(found[0])
        self._count(found)

    def _count(self, found: list[str | BoxRef]) -> None:
        if not self.field.text().strip():
            words = ""
        elif not found:
            words = "none"
        else:
            words = f"{found.index(self._at) + 1} of {len(found)}" if self._at in found else str(len(found))
        self.count.setText(words)
        self.count.setAccessibleName(f"{words} found" if words else "")

    def _place(self) -> None:
        width = max(0, min(WIDTH, self._canvas.width() - 2 * EDGE))
        self.setGeometry(self._canvas.width() - width - EDGE, EDGE, width, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)
