"""List rows with a name at the left and what is said of it, muted, at the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engage_desktop.ui.theme import current_theme

ROW_PX, ICON_PX, GAP_PX = 28, 16, 12
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class TwoTexts(QStyledItemDelegate):
    """DisplayRole is the name, UserRole the text at the right, DecorationRole an icon if any."""

    lined = True

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # Qt's name
        return QSize(120, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, box = current_theme(), QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("accent_soft"))
        if self.lined:
            painter.setPen(theme.color("line"))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
        inner = box.adjusted(4, 0, -4, 0)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(icon, QIcon) and not icon.isNull():
            top = inner.top() + (inner.height() - ICON_PX) / 2
            icon.paint(painter, int(inner.left()) + 4, int(top), ICON_PX, ICON_PX)
            inner.setLeft(inner.left() + ICON_PX + 16)
        painter.setFont(theme.font(tabular=True))
        metrics = painter.fontMetrics()
        right = index.data(Qt.ItemDataRole.UserRole) or ""
        name = min(metrics.horizontalAdvance(index.data()), inner.width() / 2)  # what is said leaves it half the row
        right = metrics.elidedText(right, Qt.TextElideMode.ElideRight, int(inner.width() - name - GAP_PX))
        room = inner.width() - metrics.horizontalAdvance(right) - GAP_PX
        painter.setPen(theme.color("text"))
        painter.drawText(inner, _MIDDLE, metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, int(room)))
        painter.setPen(theme.color("text_2"))
        painter.drawText(inner, _MIDDLE | Qt.AlignmentFlag.AlignRight, right)
        painter.restore()


class PlainTwoTexts(TwoTexts):
    """The same without lines between rows."""

    lined = False
