"""The step types as a row of tiles: drag one onto the canvas or into a wire, or click it to add it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from engage_desktop.ui.canvas.catalogue import CATALOGUE, CatalogueItem
from engage_desktop.ui.canvas.gestures import STEP_MIME
from engage_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

DRIFT_PX = 6
TILE = 30


class Tile(QToolButton):
    """One step type."""

    def __init__(self, item: CatalogueItem, shelf: Shelf) -> None:
        super().__init__(shelf)
        self.item = item
        self._pressed: QPoint | None = None
        self.setObjectName(f"canvas.shelf.{item.type}")
        self.setAccessibleName(f"Add: {item.title}")
        self.setToolTip(f"<b>{item.title}</b><br>{item.line}. Drag it into a wire, or click to add it.")
        self.setAutoRaise(True)
        self.setFixedSize(TILE, TILE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the search box is the keyboard's door

    def mime(self) -> QMimeData:
        """What is dragged."""
        data = QMimeData()
        data.setData(STEP_MIME, self.item.type.encode())
        return data

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= DRIFT_PX:
            self._pressed = None
            self.setDown(False)
            drag = QDrag(self)
            drag.setMimeData(self.mime())
            drag.setPixmap(self._picture())
            drag.exec(Qt.DropAction.CopyAction)

    def _picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(TILE, TILE) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.icon().paint(painter, 7, 7, 16, 16)
        painter.end()
        return picture


class Shelf(QWidget):
    """All step types, in the order of the catalogue."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        super().__init__(canvas)
        self.setObjectName("canvas.shelf")
        self.setAccessibleName("Step types")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 14, 0)
        row.setSpacing(4)
        self.tiles = [Tile(item, self) for item in CATALOGUE]
        for tile in self.tiles:
            row.addWidget(tile)
            tile.clicked.connect(lambda _=False, type_=tile.item.type: canvas.add_type(type_))
        self.set_theme(canvas.theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on a theme."""
        for tile in self.tiles:
            tile.setIcon(theme.icon(tile.item.icon, tile.item.category, 16))
            tile.setIconSize(QSize(16, 16))

    def set_editable(self, editable: bool) -> None:
        for tile in self.tiles:
            tile.setEnabled(editable)
