"""The journey as a picture: SVG, PNG or PDF, all of it at full detail, whatever the view shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog

from engage_desktop.document import EditRefused
from engage_desktop.document.atomic import write_bytes
from engage_desktop.domain.errors import UserError
from engage_desktop.ui.canvas.scene import JourneyScene
from engage_desktop.ui.canvas.style import CanvasStyle

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

MARGIN = 32.0
PNG_SCALE = 2.0
LARGEST_PX = 16_000
"""No side of a PNG is longer; a larger journey is drawn smaller."""
LARGEST_PT = 14_000.0
"""No side of a page is longer: readers of PDF take 200 inches."""
POINTS = 72 / 96
"""A scene unit is a pixel of a screen with 96 to the inch."""
FILTER = "SVG (*.svg);;PNG (*.png);;PDF (*.pdf)"


def save_picture(canvas: JourneyCanvas, path: Path) -> Path:
    """Write the journey in view to a file whose ending says as what. Raises UserError."""
    makers = {".svg": _svg, ".png": _png, ".pdf": _pdf}
    maker = makers.get(path.suffix.lower())
    if maker is None:
        raise UserError(f"{path.name}: no picture is written under this ending. Use .svg, .png or .pdf.")
    if canvas.editor.journey is None:
        raise UserError("There is no journey in view. Open one first.")
    scene = _scene(canvas)
    box = scene.content_rect()
    for wire in scene.wires.values():  # labels and loops stand out beyond the cards
        if wire.isVisible():
            box = box.united(wire.boundingRect())
    write_bytes(path, maker(scene, box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN), canvas.editor.journey.name))
    return path


def _scene(canvas: JourneyCanvas) -> JourneyScene:
    """A scene of its own: no selection, no pluses, no trace of the view."""
    scene = JourneyScene(CanvasStyle(canvas.theme))
    scene.set_editable(False)
    scene.show(canvas.editor.journey, canvas.editor.layout, canvas.document.campaigns)
    scene.set_figures(canvas.scene.figures, canvas.scene.current_figures)
    places = {key: card.pos() for key, card in canvas.scene.cards.items()}
    for key, card in scene.cards.items():
        card.setPos(places.get(key, card.pos()))
    scene.route(list(scene.wires))
    return scene


def _paint(painter: QPainter, scene: JourneyScene, target: QRectF, box: QRectF) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(target, scene.style_.color("canvas"))
    scene.render(painter, target, box, Qt.AspectRatioMode.KeepAspectRatio)
    painter.end()


def _svg(scene: JourneyScene, box: QRectF, title: str) -> bytes:
    data, buffer = _buffer()
    writer = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    writer.setOutputDevice(buffer)
    writer.setTitle(title)
    writer.setDescription("A journey, drawn by Engage Desktop")
    writer.setResolution(96)
    size = QRect(0, 0, round(box.width()), round(box.height()))
    writer.setSize(size.size())
    writer.setViewBox(size)
    _paint(QPainter(writer), scene, QRectF(size), box)
    return bytes(data.data())


def _png(scene: JourneyScene, box: QRectF, title: str) -> bytes:
    scale = min(PNG_SCALE, LARGEST_PX / max(box.width(), box.height()))
    image = QImage(round(box.width() * scale), round(box.height() * scale), QImage.Format.Format_RGB32)
    _paint(QPainter(image), scene, QRectF(image.rect()), box)
    image.setText("Title", title)
    data, buffer = _buffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, Qt a text
    return bytes(data.data())


def _pdf(scene: JourneyScene, box: QRectF, title: str) -> bytes:
    data, buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(96)
    points = POINTS * min(1.0, LARGEST_PT / (max(box.width(), box.height()) * POINTS))
    page = QSizeF(box.width() * points, box.height() * points)
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "Journey", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    _paint(QPainter(writer), scene, QRectF(0, 0, writer.width(), writer.height()), box)
    return bytes(data.data())


def _buffer() -> tuple[QByteArray, QBuffer]:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return data, buffer


def ask_for_picture(canvas: JourneyCanvas) -> None:
    """Let the person say where; the dialog is the system's and waits beside the window."""
    journey = canvas.editor.journey
    if journey is None:
        raise EditRefused("There is no journey in view. Open one first.")
    dialog = QFileDialog(canvas, "Save a picture of the journey", f"{journey.key}.svg", FILTER)
    dialog.setObjectName("canvas.picture_file")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix("svg")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def chosen(name: str) -> None:
        try:
            canvas.say(f"Saved {save_picture(canvas, Path(name))}")
        except UserError as error:
            canvas.refuse(str(error))

    dialog.fileSelected.connect(chosen)
    dialog.open()
