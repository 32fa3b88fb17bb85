"""Frames and notes as graphics items, kept equal to the layout by comparing; and what of them lies where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.layout import BoxColor, Frame, Note
from engage_desktop.ui.canvas.board import FRAME_HEAD, BoxRef, counted
from engage_desktop.ui.canvas.style import CanvasStyle

ROLE: dict[BoxColor, str] = {
    "grey": "end",
    "green": "entry",
    "amber": "timing",
    "indigo": "logic",
    "teal": "action",
}
TEXTS_FROM = 0.3
"""Smaller on screen, only the box is drawn."""
GRIP_PX = 9.0
BoxPart = Literal["body", "left", "right", "top", "bottom", "corner"]


class BoxHit(NamedTuple):
    """A box under the pointer, and whether its middle, its lower right corner or a border is hit."""

    ref: BoxRef
    part: BoxPart


class BoxItem(QGraphicsItem):
    """One painted frame or note."""

    def __init__(self, ref: BoxRef, box: Frame | Note, style: CanvasStyle) -> None:
        super().__init__()
        self.ref, self.box, self.style = ref, box, style
        self.selected = False
        self.setZValue(-2 if ref.kind == "frame" else -1)
        self.setPos(box.box[0], box.box[1])
        self.width, self.height = float(box.box[2]), float(box.box[3])

    def rect(self) -> QRectF:
        """The box in scene coordinates."""
        return QRectF(self.x(), self.y(), self.width, self.height)

    def set_rect(self, rect: QRectF) -> None:
        if rect != self.rect():
            self.prepareGeometryChange()
            self.width, self.height = rect.width(), rect.height()
            self.setPos(rect.topLeft())

    @property
    def text(self) -> str:
        return self.box.title if isinstance(self.box, Frame) else self.box.text

    def text_rect(self) -> QRectF:
        """Where its text stands, in scene coordinates."""
        high = FRAME_HEAD if self.ref.kind == "frame" else self.height
        return QRectF(self.x(), self.y(), self.width, high).adjusted(10, 4, -10, -4)

    def in_band(self, band: QRectF) -> bool:
        """Whether a rubber band takes it: a frame only where it holds all of it, for it may begin within."""
        return band.contains(self.rect()) if self.ref.kind == "frame" else band.intersects(self.rect())

    def boundingRect(self) -> QRectF:
        return QRectF(-4, -4, self.width + 8, self.height + 8)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        style, role = self.style, ROLE[self.box.color]
        rect = QRectF(0, 0, self.width, self.height)
        frame = self.ref.kind == "frame"
        painter.setBrush(style.color(f"{role}_soft", 0.45 if frame else 1.0))
        pen = QPen(style.color(role, 0.45 if frame else 0.7), 1)
        painter.setPen(style.pen("accent", 2) if self.selected else pen)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 10 if frame else 4, 10 if frame else 4)
        if painter.worldTransform().m11() < TEXTS_FROM:
            return
        painter.setPen(style.color(role if frame else "text"))
        painter.setFont(style.title_font if frame else style.line_font)
        text = self.text_rect().translated(-self.pos())
        if frame:
            shown = style.title_metrics.elidedText(self.text, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), shown)
            return
        painter.drawText(text, int(Qt.TextFlag.TextWordWrap), self.text or "Empty note. F2 writes.")


class Boxes:
    """All frames and notes of a scene, which of them is selected, and what of them lies where."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self.items: dict[BoxRef, BoxItem] = {}
        self.chosen: tuple[BoxRef, ...] = ()
        """Those that are selected, in the order in which they were."""

    @property
    def selected(self) -> BoxRef | None:
        """The selected box where it is the only one."""
        return self.chosen[0] if len(self.chosen) == 1 else None

    def show(self, layout: JourneyLayout | None, style: CanvasStyle) -> None:
        """Show the layout's frames and notes; items that stay equal are not touched."""
        wanted: dict[BoxRef, Frame | Note] = {}
        if layout is not None:
            wanted |= {BoxRef("frame", frame.key): frame for frame in layout.frames}
            wanted |= {BoxRef("note", note.key): note for note in layout.notes}
        for ref in [ref for ref in self.items if ref not in wanted]:
            self._scene.removeItem(self.items.pop(ref))
        for ref, box in wanted.items():
            item = self.items.get(ref)
            if item is None:
                self.items[ref] = item = BoxItem(ref, box, style)
                self._scene.addItem(item)
            if item.box != box or item.style is not style:
                item.box, item.style = box, style
                item.update()
            x, y, width, height = box.box
            item.set_rect(QRectF(x, y, width, height))
        self.chosen = tuple(ref for ref in self.chosen if ref in self.items)

    def hide_over(self, seen: Iterable[QRectF], unseen: Iterable[QRectF]) -> None:
        """Hide the frames around nothing but cards that a fold hides."""
        shown, gone = [rect.center() for rect in seen], [rect.center() for rect in unseen]
        for item in self.items.values():
            rect = item.rect()
            empty = item.ref.kind == "frame" and any(rect.contains(point) for point in gone)
            item.setVisible(not empty or any(rect.contains(point) for point in shown))

    def select(self, refs: Iterable[BoxRef]) -> None:
        """Select these boxes and no others."""
        before, self.chosen = self.chosen, tuple(ref for ref in dict.fromkeys(refs) if ref in self.items)
        for ref in {*before} ^ {*self.chosen}:
            self.items[ref].selected = ref in self.chosen
            self.items[ref].update()

    def spoken(self, keys: Sequence[str], card: str) -> str:
        """What is selected as a sentence for a screen reader: `keys` are the cards, `card` says the one at hand."""
        if not self.chosen:
            return card
        if keys or self.selected is None:
            return f"{counted(keys, self.chosen)} selected. {card if keys else ''}".strip()
        item = self.items[self.selected]
        return f"{'Frame' if item.ref.kind == 'frame' else 'Note'}, {item.box.color}. {item.text or 'Empty'}"

    def hit(self, point: QPointF, scale: float, *, editable: bool = True) -> BoxHit | None:
        """The topmost box that a press at `point` means. A frame is taken at its head and its borders only:
        within it, cards and the rubber band come first."""
        grip = GRIP_PX / scale
        for item in sorted(self.shown(), key=lambda item: -item.zValue()):
            rect = item.rect()
            if not rect.adjusted(-grip / 2, -grip / 2, grip / 2, grip / 2).contains(point):
                continue
            part = _part(rect, point, grip) if editable else "body"
            head = item.ref.kind == "note" or point.y() <= rect.top() + FRAME_HEAD
            if part != "body" or head:
                return BoxHit(item.ref, part)
        return None

    def shown(self) -> list[BoxItem]:
        return [item for item in self.items.values() if item.isVisible()]

    def bounds(self) -> QRectF:
        box = QRectF()
        for item in self.shown():
            box = box.united(item.rect())
        return box

    def next(self) -> BoxRef | None:
        """The box after the selected one, in reading order."""
        order = sorted(self.shown(), key=lambda item: (item.y(), item.x(), item.ref))
        refs = [item.ref for item in order]
        if not refs:
            return None
        return refs[(refs.index(self.selected) + 1) % len(refs)] if self.selected in refs else refs[0]


def _part(rect: QRectF, point: QPointF, grip: float) -> BoxPart:
    right, bottom = abs(point.x() - rect.right()) <= grip, abs(point.y() - rect.bottom()) <= grip
    if right and bottom:
        return "corner"
    if right:
        return "right"
    if bottom:
        return "bottom"
    if abs(point.x() - rect.left()) <= grip / 2:
        return "left"
    return "top" if abs(point.y() - rect.top()) <= grip / 2 else "body"
