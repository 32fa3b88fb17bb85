"""The window onto the scene: zoom, pan, which gesture a press begins, and what is drawn over the graph.

Decides nothing about edits: gestures and the canvas do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QToolTip, QWidget

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.gestures import STEP_MIME, DropGesture, Gesture, PanGesture, Pointer, Stage, resize_cursor
from engage_desktop.ui.canvas.hit import Hit, hit_at
from engage_desktop.ui.canvas.pulses import paint_pulses, pulse_bounds
from engage_desktop.ui.canvas.scene import JourneyScene, WireKey

MIN_SCALE, MAX_SCALE = 0.08, 3.0
DRIFT_PX = 4
EDGE_PX = 28
EDGE_SPEED_PX = 14
WORLD = 200_000.0
GROUND_PX = 256
"""How large a piece of the ground is drawn at once, at least."""
FIT_MARGINS = (40, 24, -40, -36)
"""Left, top, right and bottom pixels that a fit leaves free."""


@dataclass
class Press:
    """What a press may become: declared when the button goes down, decided when it moves or is let go."""

    at: Pointer
    click: Callable[[], None] | None = None
    drag: Callable[[], Gesture] | None = None


class JourneyView(QGraphicsView):
    """Shows a `JourneyScene`. `presses` says what a press on a hit may become."""

    viewport_changed = Signal()
    key_pressed = Signal(QKeyEvent)
    double_clicked = Signal(object)
    menu_wanted = Signal(object, QPoint)
    focus_changed = Signal(bool)

    def __init__(self, scene: JourneyScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.scene_ = scene
        self.press_on: Callable[[Hit, Pointer], Press] = lambda hit, at: Press(at)
        self.key_of: Callable[[QKeyEvent], bool] = lambda event: False
        self.short_space: Callable[[], None] = lambda: None
        self.tip_of: Callable[[Hit, QPointF], str] = lambda hit, at: ""
        self.stage: Stage
        """Set by the canvas, before anything is shown."""
        self.editable = True
        self.gesture: Gesture | None = None
        self.ghost: geo.Curve | None = None
        self._press: Press | None = None
        self._space = False
        self._space_used = False
        self._pulses: Sequence[tuple[WireKey, float]] = ()
        self._picture: tuple[tuple[object, ...], QPixmap] | None = None
        self._last_feedback: list[QRectF] = []
        self._edge_timer = QTimer(self)
        self._edge_timer.setInterval(16)
        self._edge_timer.timeout.connect(self._pan_at_edge)
        self._last_pointer: Pointer | None = None
        self._over: QPoint | None = None
        self._set_up()

    def _set_up(self) -> None:
        self.setObjectName("canvas.view")
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        # Every item sets pen, brush and font itself, and how smooth edges are is said once for all.
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A world far larger than any journey: the view may always be moved on.
        self.setSceneRect(-WORLD, -WORLD, 2 * WORLD, 2 * WORLD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setObjectName("canvas.viewport")

    # -- zoom and pan -----------------------------------------------------------------------

    @property
    def scale_(self) -> float:
        """Pixels a scene unit."""
        return self.transform().m11()

    def zoom_to(self, scale: float, at: QPoint | None = None) -> None:
        """Zoom so that the scene point under `at` (view pixels; default the middle) stays there."""
        scale = max(MIN_SCALE, min(MAX_SCALE, scale))
        at = at if at is not None else self.viewport().rect().center()
        before = self.mapToScene(at)
        factor = scale / self.scale_
        self.scale(factor, factor)
        self.pan_by(self.mapFromScene(before) - at)

    def zoom_by(self, factor: float, at: QPoint | None = None) -> None:
        self.zoom_to(self.scale_ * factor, at)

    def pan_by(self, delta: QPoint) -> None:
        """Move the view over the scene by view pixels."""
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        bars[0].setValue(bars[0].value() + delta.x())
        bars[1].setValue(bars[1].value() + delta.y())
        self.viewport_changed.emit()

    def fit(self, box: QRectF, most: float = 1.0) -> None:
        """Show a scene rectangle whole, enlarged at most to `most`."""
        if box.isEmpty():
            return
        area = self.viewport().rect().adjusted(*FIT_MARGINS)
        scale = min(most, max(1, area.width()) / box.width(), max(1, area.height()) / box.height())
        scale = max(MIN_SCALE, scale)
        self.scale(scale / self.scale_, scale / self.scale_)
        self.pan_by(self.mapFromScene(box.center()) - area.center())
        self.viewport_changed.emit()

    def reveal(self, box: QRectF, margin: int = 40) -> None:
        """Move just as far as needed to see a scene rectangle."""
        seen = self.viewport().rect().adjusted(margin, margin, -margin, -margin)
        here = QRect(self.mapFromScene(box.topLeft()), self.mapFromScene(box.bottomRight()))
        dx = min(0, here.left() - seen.left()) or max(0, min(here.right() - seen.right(), here.left() - seen.left()))
        dy = min(0, here.top() - seen.top()) or max(0, min(here.bottom() - seen.bottom(), here.top() - seen.top()))
        if dx or dy:
            self.pan_by(QPoint(dx, dy))

    def seen(self) -> QRectF:
        """The scene rectangle in view."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.0015 ** (event.angleDelta().y() or delta.y()), event.position().toPoint())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and delta.x() == 0:
            self.pan_by(QPoint(-delta.y(), 0))
        else:
            self.pan_by(-delta)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position().toPoint())
                return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            point = self.mapToScene(event.pos())
            text = self.tip_of(self.hit(point), point)
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        elif event.type() == QEvent.Type.Leave:
            self.scene_.set_hover("")
            self._over = None
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.viewport_changed.emit()

    # -- steps dragged from the shelf -----------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.editable or not event.mimeData().hasFormat(STEP_MIME):
            event.ignore()
            return
        type_ = bytes(event.mimeData().data(STEP_MIME).data()).decode()
        self.cancel_gesture()
        self.begin(DropGesture(self.stage, type_), self._dropped(event))
        self._show_feedback()
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if isinstance(self.gesture, DropGesture):
            self._last_pointer = self._dropped(event)
            self._drive(self._last_pointer)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if isinstance(self.gesture, DropGesture):
            self.cancel_gesture()

    def dropEvent(self, event: QDropEvent) -> None:
        if isinstance(self.gesture, DropGesture):
            self.end(self._dropped(event))
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.acceptProposedAction()

    def _dropped(self, event: QDropEvent) -> Pointer:
        at = event.position().toPoint()
        return Pointer(self.mapToScene(at), at, event.modifiers())

    # -- mouse ------------------------------------------------------------------------------

    def pointer_place(self) -> QPointF | None:
        """Where on the scene the pointer rests; None while it is elsewhere."""
        return self.mapToScene(self._over) if self._over is not None else None

    def hit(self, point: QPointF) -> Hit:
        return hit_at(self.scene_, point, self.scale_, editable=self.editable)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        at = event.position().toPoint()
        return Pointer(self.mapToScene(at), at, event.modifiers())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.gesture is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self.cancel_gesture()
            return
        at = self._pointer(event)
        pans = event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space
        )
        if pans:
            self._space_used = True
            self.begin(PanGesture(self.stage), at)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press = self.press_on(self.hit(at.scene), at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._pointer(event)
        self._last_pointer, self._over = at, at.view
        if self.gesture is not None:
            self._drive(at)
        elif self._press is not None:
            press = self._press
            far = (at.view - press.at.view).manhattanLength() >= DRIFT_PX
            if far and press.drag is not None:
                self._press = None
                self.begin(press.drag(), press.at)
                self._drive(at)
        else:
            self._hover(at)

    def _hover(self, at: Pointer) -> None:
        hit = self.hit(at.scene)
        self.scene_.set_hover(*_hover_of(hit))
        shape = Qt.CursorShape.ArrowCursor
        if self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif hit.kind in ("plus", "wire_plus", "wire"):
            shape = Qt.CursorShape.PointingHandCursor
        elif hit.kind in ("output", "input", "wire_end", "wire_start"):
            shape = Qt.CursorShape.CrossCursor
        elif hit.box is not None:
            shape = resize_cursor(hit.box)
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._pointer(event)
        if self.gesture is not None:
            self.end(at)
        elif self._press is not None and event.button() == Qt.MouseButton.LeftButton:
            press, self._press = self._press, None
            if press.click is not None:
                press.click()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        self.double_clicked.emit(self._pointer(event))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = self.mapToScene(event.pos())
        self.menu_wanted.emit(self.hit(point), event.globalPos())

    # -- gestures ---------------------------------------------------------------------------

    def begin(self, gesture: Gesture, at: Pointer) -> None:
        """Start a gesture; it ends by `end` or `cancel_gesture`."""
        self.scene_.set_hover("")
        self.gesture = gesture
        self.viewport().setCursor(gesture.cursor)
        gesture.start(at)
        if gesture.pans_at_edges:
            self._edge_timer.start()

    def _drive(self, at: Pointer) -> None:
        if self.gesture is not None:
            self.gesture.move(at)
            self._show_feedback()

    def end(self, at: Pointer) -> None:
        gesture = self._drop_gesture()
        if gesture is not None:
            gesture.finish(at)
        self._show_feedback()

    def cancel_gesture(self) -> bool:
        """Abandon the running gesture or press; whether there was one."""
        self._press = None
        gesture = self._drop_gesture()
        if gesture is not None:
            gesture.cancel()
            self._show_feedback()
        return gesture is not None

    def _drop_gesture(self) -> Gesture | None:
        self._edge_timer.stop()
        gesture, self.gesture = self.gesture, None
        self.viewport().unsetCursor()
        return gesture

    def _pan_at_edge(self) -> None:
        at = self._last_pointer
        if at is None or self.gesture is None:
            return
        area = self.viewport().rect()
        dx = _edge(at.view.x(), area.width())
        dy = _edge(at.view.y(), area.height())
        if dx or dy:
            self.pan_by(QPoint(dx, dy))
            self._drive(Pointer(self.mapToScene(at.view), at.view, at.modifiers))

    def set_ghost(self, curve: geo.Curve | None) -> None:
        """Keep a wire in the air while the search box is open."""
        self.ghost = curve
        self._show_feedback()

    def _show_feedback(self) -> None:
        """Repaint where feedback was and is, and nothing else."""
        parts = self.gesture.parts() if self.gesture is not None else []
        if self.ghost is not None:
            parts = [*parts, self.ghost.bounds().adjusted(-8, -8, 8, 8)]
        for part in (*self._last_feedback, *parts):
            if not part.isEmpty():
                self.viewport().update(self.mapFromScene(part).boundingRect().adjusted(-3, -3, 3, 3))
        self._last_feedback = parts

    # -- keyboard ---------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self._space, self._space_used = True, False
            return
        if self.gesture is None and self.key_of(event):
            return
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._space:
            self._space = False
            if not self._space_used:
                self.short_space()
            return
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space = False
        self.focus_changed.emit(False)

    # -- painting ---------------------------------------------------------------------------

    def set_pulses(self, pulses: Sequence[tuple[WireKey, float]]) -> None:
        """Show dots part of the way along wires; the graph under them is not painted again."""
        if not pulses and not self._pulses:
            return
        dirty = pulse_bounds(self.scene_, self._pulses).united(pulse_bounds(self.scene_, pulses))
        self._pulses = pulses
        if not pulses:
            self._picture = None
        self.viewport().update(self.mapFromScene(dirty).boundingRect().adjusted(-3, -3, 3, 3))

    @property
    def pulses(self) -> Sequence[tuple[WireKey, float]]:
        return self._pulses

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pulses and self.gesture is None:
            self._blit(event.rect())
        else:
            super().paintEvent(event)
        if not self._pulses and self.gesture is None and self.ghost is None:
            return
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.setTransform(self.viewportTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pulses:
            paint_pulses(painter, self.scene_, self._pulses, self.scale_)
        if self.ghost is not None:
            painter.setPen(self.scene_.style_.pen("accent", 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.ghost.path())
        if self.gesture is not None:
            self.gesture.paint(painter)
        painter.end()

    def _blit(self, rect: QRect) -> None:
        """Copy the graph from its picture, made anew only when the graph or the view changed."""
        ratio = self.viewport().devicePixelRatioF()
        corner = self.mapToScene(0, 0)
        stamp = (self.scene_.revision, self.scale_, corner.x(), corner.y(), self.viewport().size(), ratio)
        if self._picture is None or self._picture[0] != stamp:
            size = self.viewport().size()
            pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            painter = QPainter(pixmap)
            self.render(painter, QRectF(0, 0, size.width(), size.height()), self.viewport().rect())
            painter.end()
            self._picture = (stamp, pixmap)
        painter = QPainter(self.viewport())
        source = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
        painter.drawPixmap(QRectF(rect), self._picture[1], source)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        style = self.scene_.style_
        self.scene_.detail.begin(painter)
        pitch = geo.DOT_PITCH
        while pitch * self.scale_ < 12:
            pitch *= 2
        tile = max(8, round(pitch * self.scale_))
        painter.save()
        painter.resetTransform()
        origin = self.mapFromScene(0, 0)
        area = self.mapFromScene(QRectF(rect)).boundingRect().adjusted(-1, -1, 1, 1)
        ground = _dots(tile, style.theme.hex("canvas_dot"), style.theme.hex("canvas"))
        painter.drawTiledPixmap(area, ground, area.topLeft() - origin)
        painter.restore()


def _dots(tile: int, color: str, ground: str) -> QPixmap:
    """The ground with its dots, so large and without holes that it is copied, not mixed in."""
    key = (tile, color, ground)
    if key not in _DOTS:
        count = -(-GROUND_PX // tile)
        pixmap = QPixmap(tile * count, tile * count)
        pixmap.fill(QColor(ground))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        for place in range(count * count):
            column, row = divmod(place, count)
            painter.drawEllipse(QPointF(column * tile + 1.5, row * tile + 1.5), 1.1, 1.1)
        painter.end()
        _DOTS[key] = pixmap
    return _DOTS[key]


_DOTS: dict[tuple[int, str, str], QPixmap] = {}


def _edge(place: int, length: int) -> int:
    """How fast to pan for a pointer at `place` along a side: nothing away from the ends."""
    if place < EDGE_PX:
        return -min(EDGE_SPEED_PX, EDGE_PX - place)
    return min(EDGE_SPEED_PX, max(0, place - (length - EDGE_PX)))


def _hover_of(hit: Hit) -> tuple[str, object]:
    if hit.wire is not None and hit.kind != "output":
        return "wire", hit.wire
    return ("card", hit.key) if hit.key is not None else ("", None)
