"""The one search box behind every way to add a step."""

from __future__ import annotations

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

from engage_desktop.ui.canvas.catalogue import CatalogueItem, search
from engage_desktop.ui.canvas.style import CanvasStyle

WIDTH = 336
ROW = 44
SHOWN_ROWS = 7
_ITEM = Qt.ItemDataRole.UserRole


class AddStepPopup(QFrame):
    """Filter by typing, choose by arrows and Enter or a click. Ends in `chosen` or `dismissed`."""

    chosen = Signal(str)
    dismissed = Signal()

    def __init__(self, style: CanvasStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._recent: tuple[str, ...] = ()
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
        self.nothing = QLabel("No step of that name. Try “wait”, “e-mail” or “split”.", self)
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

    def open_at(self, at: QPoint, text: str = "") -> None:
        """Show the box with its corner near `at` (parent pixels), inside the parent."""
        self.box.setText(text)
        self._fill(text)
        self.resize(WIDTH, 8 * 2 + 34 + 6 + SHOWN_ROWS * ROW)
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
        for found in search(text, self._recent):
            item = QListWidgetItem(f"{found.title}. {found.line}")
            item.setData(_ITEM, found)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        found: CatalogueItem = item.data(_ITEM)
        self._recent = (found.type, *(type_ for type_ in self._recent if type_ != found.type))
        self.hide()
        self.chosen.emit(found.type)

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
        found: CatalogueItem = index.data(_ITEM)
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
        painter.drawText(box.adjusted(46, 22, -6, -5), int(Qt.AlignmentFlag.AlignVCenter), found.line)
        painter.restore()
