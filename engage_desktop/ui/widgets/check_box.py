"""A check box whose box is seen in every theme (Fusion derives its outline from the window colour)."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox

from engage_desktop.ui.theme import current_theme

BOX_PX, GAP_PX = 16, 8


class CheckBox(QCheckBox):
    def sizeHint(self) -> QSize:  # Qt's name
        metrics = self.fontMetrics()
        return QSize(BOX_PX + GAP_PX + metrics.horizontalAdvance(self.text()) + 4, max(BOX_PX, metrics.height()) + 8)

    def hitButton(self, pos: QPoint) -> bool:  # Qt's name
        return self.rect().contains(pos)  # the whole row is the target

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - BOX_PX) / 2
        box = QRectF(1, top, BOX_PX, BOX_PX).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        focus = self.hasFocus()
        painter.setPen(QPen(theme.color("focus" if focus else "accent" if on else "line_strong"), 2 if focus else 1))
        painter.setBrush(theme.color("accent") if on and self.isEnabled() else theme.color("surface"))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            painter.setPen(
                QPen(
                    theme.color("accent_text" if self.isEnabled() else "text_3"),
                    2,
                    Qt.PenStyle.SolidLine,
                    Qt.PenCapStyle.RoundCap,
                    Qt.PenJoinStyle.RoundJoin,
                )
            )
            left = box.left()
            painter.drawPolyline(
                QPolygonF(
                    [QPointF(left + 3.5, top + 8.5), QPointF(left + 6.5, top + 11.5), QPointF(left + 11.5, top + 5)]
                )
            )
        painter.setPen(theme.color("text" if self.isEnabled() else "text_3"))
        painter.setFont(self.font())
        painter.drawText(
            QRectF(BOX_PX + GAP_PX, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        painter.end()
