"""Vendored Lucide icons, recoloured by token and rendered at the size and device ratio asked for."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engage_desktop.ui.theme.resources import resource_path


@cache
def _source(name: str) -> str:
    return resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")


def icon_exists(name: str) -> bool:
    return resource_path(f"icons/{name}.svg").is_file()


@cache
def icon_pixmap(name: str, color: str, size: int, ratio: float = 1.0, stroke: float = 2.0) -> QPixmap:
    """The icon `name` in `color` (`#RRGGBB`), `size` logical pixels square."""
    text = _source(name).replace("currentColor", color).replace('stroke-width="2"', f'stroke-width="{stroke:g}"')
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def make_icon(name: str, color: QColor, disabled: QColor, size: int) -> QIcon:
    """An icon with its disabled look, at one and two device pixels a pixel."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(icon_pixmap(name, color.name(), size, ratio), QIcon.Mode.Normal)
        made.addPixmap(icon_pixmap(name, disabled.name(), size, ratio), QIcon.Mode.Disabled)
    return made
