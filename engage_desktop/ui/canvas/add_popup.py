"""The one search box behind every way to add a step, to join one that is there, and to change a step's type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engage_desktop.ui.canvas.catalogue import CatalogueItem, JoinItem, search, search_joins
from engage_desktop.ui.canvas.style import CanvasStyle

WIDTH = 336
ROW = 44
SHOWN_ROWS = 7
_ITEM = Qt.ItemDataRole.UserRole


class AddStepPopup(QFrame):
    """Filter by typing, choose by arrows and Enter or a click. Ends in `chosen` (a type), `joined` (the key of a
    step that is there) or `dismissed`; where it was opened by `ask`, in a call of what was handed over."""

    chosen = Signal(str)
    joined = Signal(str)
    dismissed = Signal()

    def __init__(self, style: CanvasStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._recent: tuple[str, ...] = ()
        self._types = True
        self._but: frozenset[str] = frozenset()
        self._joins: tuple[JoinItem, ...] = ()
        self._then: Callable[[str], None] | None = None
        self.setObjectName("canvas.add_popup")
        self.setAccessibleName("Add a step")
        self.box = QLineEdit(self)
        self.box.setObjectName("canvas.add_search")
        self.box.setPlaceholderText("Add a step …")
        self.box.setAccessibleName("Find a step type")
        self.box.textChanged.connect(self._fill)
        self.box.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setObjectName("canvas.add_list")
        self.list.setAccessibleName("Step types")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(lambda item: self._choose(item))
        self.nothing = QLabel("Nothing of that name. Try fewer letters, or “wait”, “e-mail”, “split”.", self)
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.box)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        self.set_style(style)
        self.hide()

    def set_style(self, style: CanvasStyle) -> None:
        """Take on a theme."""
        self.list.setItemDelegate(_Rows(style, self.list))
        theme = style.theme
        self.setStyleSheet(
            f"#{self.objectName().replace('.', chr(92) + '.')} {{ background: {theme.hex('surface')};"
            f" border: 1px solid {theme.hex('line_strong')}; border-radius: 8px; }}"
        )

    def open_at(self, at: QPoint, text: str = "", joins: Sequence[JoinItem] = (), but: Collection[str] = ()) -> None:
        """Show the box with its corner near `at` (parent pixels), inside the parent; `joins` stand after the types,
        of which those in `but` cannot stand there."""
        self._types, self._joins, self._then, self._but = True, tuple(joins), None, frozenset(but)
        self._open(at, text, "Add a step, or join one …" if joins else "Add a step …")

    def ask(
        self,
        at: QPoint,
        what: str,
        then: Callable[[str], None],
        joins: Sequence[JoinItem] | None = None,
        but: Collection[str] = (),
    ) -> None:
        """Show the box for another question; `then` gets the type chosen, or the key where there are `joins`."""
        self._types, self._joins, self._then, self._but = joins is None, tuple(joins or ()), then, frozenset(but)
        self._open(at, "", what)

    def _open(self, at: QPoint, text: str, what: str) -> None:
        self.box.setPlaceholderText(what)
        self.box.setAccessibleName(what.rstrip(" …"))
        self.box.setText(text)
        self._fill(text)
        self.resize(WIDTH, 8 * 2 + 34 + 6 + max(2, min(SHOWN_ROWS, self.list.count())) * ROW + 4)
        area = self._host.rect().adjusted(8, 8, -8, -8)
        x = max(area.left(), min(at.x(), area.right() - self.width()))
        y = max(area.top(), min(at.y(), area.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close without a choice."""
        if self.isVisible():
            self.hide()
            self.dismissed.emit()

    def _fill(self, text: str) -> None:
        self.list.clear()
        found: list[CatalogueItem | JoinItem] = []
        if self._types:
            found += [item for item in search(text, self._recent) if item.type not in self._but]
        for row in [*found, *search_joins(text, self._joins)]:
            item = QListWidgetItem(f"{row.title}. {row.line}")
            item.setData(_ITEM, row)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        found: CatalogueItem | JoinItem = item.data(_ITEM)
        joins = isinstance(found, JoinItem)
        if not joins:
            self._recent = (found.key, *(type_ for type_ in self._recent if type_ != found.key))
        self.hide()
        if self._then is not None:
            self._then(found.key)
        else:
            (self.joined if joins else self.chosen).emit(found.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.box:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._key(event)
            keeps = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)
            lost = isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut
            if lost and isinstance(event, QFocusEvent) and event.reason() not in keeps:
                self.dismiss()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            count = self.list.count()
            if count:
                self.list.setCurrentRow((self.list.currentRow() + step) % count)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return True
        return False


class _Rows(QStyledItemDelegate):
    """Draws a row: tile with icon in its category's colour, title, one line."""

    def __init__(self, style: CanvasStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH - 20, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        found: CatalogueItem | JoinItem = index.data(_ITEM)
        style, box = self._style, QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(style.brush("accent_soft" if chosen else "surface_2"))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        tile = QRectF(box.left() + 8, box.center().y() - 14, 28, 28)
        painter.setBrush(style.brush(f"{found.category}_soft"))
        painter.drawRoundedRect(tile, 6, 6)
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(tile.topLeft() + QPointF(6, 6), style.icon(found.icon, found.category, 16, ratio))
        painter.setFont(style.title_font)
        painter.setPen(style.color("text"))
        painter.drawText(box.adjusted(46, 5, -6, -22), int(Qt.AlignmentFlag.AlignVCenter), found.title)
        painter.setFont(style.line_font)
        painter.setPen(style.color("text_2"))
        room = box.adjusted(46, 22, -6, -5)
        line = painter.fontMetrics().elidedText(found.line, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), line)
        painter.restore()
