"""What the canvas costs with a thousand and with five thousand steps, beside a bare view of plain cards.

Offscreen raster, 1400 x 900, processor time: of the mouse event and of all it makes the window paint. The floor is
Qt's own view with rounded boxes and cubics, as many, where ours stand, worked in the same run (`canvas_floor.py`).
Crossings of tidy are counted beside those of Graphviz `dot`: run where `pygraphviz` is installed, else as it was
counted once on the same graphs (`DOT`).
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")

import statistics
import sys
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from benchmarks import canvas_designs as designs
from benchmarks.canvas_crossings import crossings, dot_places, wires_of
from benchmarks.canvas_floor import PlainView
from benchmarks.measuring import Line, table
from engage_desktop.document import tidy
from engage_desktop.document.tidy import CARD_PX
from engage_desktop.domain.journey import Journey
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.theme import Theme, ThemeMode

SIZE = (1400, 900)
STEPS = 60
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
DOT = {"nested": 7, "tangled": 1155}
"""Crossings by Graphviz dot, branches in the order of their outputs (`ordering=out`): summed over the graphs of
`graphs()`, counted by `canvas_crossings` with pygraphviz 2.0.4."""


def graphs(kind: str) -> list[Journey]:
    """The graphs that crossings are counted on, of a thousand steps each."""
    if kind == "nested":
        return [designs.document(1000, seed).campaigns.journeys[0] for seed in (1, 2)]
    return [designs.tangled(1000, 44, seed) for seed in (1, 2, 3)]


# -- measuring -----------------------------------------------------------------------------


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def spent(act: Callable[[], object]) -> float:
    """Milliseconds of processor time for an act and all that is painted after it."""
    begun = time.process_time()
    act()
    settle()
    return (time.process_time() - begun) * 1000


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


class Paints(QObject):
    """Counts what a widget is asked to paint."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


# -- hands ---------------------------------------------------------------------------------


def mouse(view: QGraphicsView, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    port = view.viewport()
    event = QMouseEvent(kind, at, port.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(port, event)


def wheel(view: QGraphicsView, delta: QPoint, mods: Qt.KeyboardModifier) -> None:
    port = view.viewport()
    at = QPointF(port.rect().center())
    event = QWheelEvent(at, port.mapToGlobal(at), QPoint(), delta, NONE, mods, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(port, event)


def dragged(canvas: JourneyCanvas, key: str) -> Iterator[float]:
    """The times of one drag, move by move."""
    view, rect = canvas.view, canvas.scene.cards[key].rect()
    start = QPointF(view.mapFromScene(QPointF(rect.left() + rect.width() * 0.3, rect.center().y())))
    mouse(view, QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
    for step in range(1, STEPS + 1):
        at = start + QPointF(3 * step, 2 * step)
        yield spent(lambda at=at: mouse(view, QEvent.Type.MouseMove, at, NONE, LEFT))  # type: ignore[misc]
    mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)
    settle()


def zoomed(view: QGraphicsView) -> Iterator[float]:
    """Zooming in from afar past 100 %, and out again, at the middle of the view."""
    for delta in (120, -120):
        for _ in range(STEPS // 2):
            yield spent(lambda d=delta: wheel(view, QPoint(0, d), Qt.KeyboardModifier.ControlModifier))  # type: ignore[misc]


def panned(view: QGraphicsView) -> Iterator[float]:
    for step in range(STEPS):
        by = QPoint(0, 90 if step % 2 else 60) if step % 4 < 2 else QPoint(70, -75)
        yield spent(lambda by=by: wheel(view, by, Qt.KeyboardModifier.NoModifier))  # type: ignore[misc]


# -- what is measured ----------------------------------------------------------------------


def opened(steps: int) -> tuple[JourneyCanvas, float, float]:
    """A canvas on its journey with figures on all cards, what it took until it was painted, and for how long the
    first figures held the thread."""
    document = designs.document(steps)

    def show() -> JourneyCanvas:
        canvas = JourneyCanvas(document, designs.KEY, Theme.of(ThemeMode.LIGHT))
        canvas.motion_ms = 0
        canvas.resize(*SIZE)
        canvas.show()
        return canvas

    made: list[JourneyCanvas] = []
    took = spent(lambda: made.append(show()))
    journey = document.campaigns.journeys[0]
    begun = time.process_time()
    made[0].set_figures(designs.figures(journey), current=True)
    held = (time.process_time() - begun) * 1000
    for _ in range(20):  # slices
        settle()
    return made[0], took, held


def far(canvas: JourneyCanvas, floor: PlainView) -> None:
    """Both show the whole journey, or as much of it as may be seen at once."""
    canvas.fit()
    floor.zoom_to(canvas.view.scale_)
    floor.centerOn(canvas.view.seen().center())
    settle()


def near(canvas: JourneyCanvas, floor: PlainView, key: str) -> None:
    """Both show a card at 100 %."""
    canvas.actual_size()
    canvas.view.centerOn(canvas.scene.cards[key].rect().center())
    floor.zoom_to(1.0)
    floor.centerOn(canvas.view.seen().center())
    settle()


def plain_zoom(floor: PlainView) -> Iterator[float]:
    for factor in (1.0015**120, 1.0015**-120):
        for _ in range(STEPS // 2):
            yield spent(lambda f=factor: floor.zoom_to(floor.transform().m11() * f))  # type: ignore[misc]


def plain_pan(floor: PlainView) -> Iterator[float]:
    for step in range(STEPS):
        dx, dy = (0, 90 if step % 2 else 60) if step % 4 < 2 else (70, -75)
        yield spent(lambda dx=dx, dy=dy: floor.pan_by(dx, dy))  # type: ignore[misc]


def shown(canvas: JourneyCanvas) -> tuple[PlainView, float]:
    """The floor beside a canvas, and what it took."""
    made: list[PlainView] = []

    def show() -> None:
        made.append(PlainView(canvas))
        made[0].resize(*SIZE)
        made[0].show()

    took = spent(show)
    return made[0], took


def measured(steps: int) -> Iterator[Line]:
    canvas, opening, figures = opened(steps)
    floor, plain = shown(canvas)
    middle = canvas.scene.content_rect().center()
    away = {key: (card.rect().center() - middle).manhattanLength() for key, card in canvas.scene.cards.items()}
    key = min(away, key=away.__getitem__)
    big = f"{steps:,} steps"

    def line(what: str, ours: list[float], theirs: list[float], limit: float) -> Line:
        value = p95(ours) if len(ours) > 2 else max(ours)
        other = p95(theirs) if len(theirs) > 2 else max(theirs)
        return Line(f"{big}: {what}", f"{value:.1f} ms", f"{other:.1f} ms", value, limit, "ms")

    if steps <= 1000:
        yield line("open", [opening], [plain], 400)
        yield Line(f"{big}: first figures, the longest block", f"{figures:.1f} ms", "-", figures, 50, "ms")
        near(canvas, floor, key)
        moves = [spent(lambda: floor.drag(key, QPointF(3, 2))) for _ in range(STEPS)]
        yield line("drag at 100 %, p95", list(dragged(canvas, key)), moves, 8)
        far(canvas, floor)
        whole = [spent(floor.viewport().update) for _ in range(20)]
        yield line("whole repaint, p95", [spent(canvas.view.viewport().update) for _ in range(20)], whole, 12)
        moves = [spent(lambda: floor.drag(key, QPointF(30, 20))) for _ in range(STEPS)]
        yield line("drag from afar, p95", list(dragged(canvas, key)), moves, 8)
        paints = Paints(canvas.view.viewport())
        until = time.monotonic() + 1
        while time.monotonic() < until:
            QApplication.processEvents()
        yield Line(f"{big}: paints in an idle second", str(paints.count), "0", paints.count, 0, "")
        edit = [spent(lambda n=n: canvas.editor.rename(key, f"Other {n}")) for n in range(20)]  # type: ignore[misc]
        yield Line(f"{big}: rename a step, p95", f"{p95(edit):.1f} ms", "-", p95(edit), 50, "ms")
    far(canvas, floor)
    yield line("zoom, p95", list(zoomed(canvas.view)), list(plain_zoom(floor)), 25 if steps <= 1000 else 35)
    far(canvas, floor)
    yield line("pan from afar, p95", list(panned(canvas.view)), list(plain_pan(floor)), 35)
    canvas.close()
    floor.close()


def tidied(kind: str) -> Iterator[Line]:
    """Time and crossings of tidy, beside Graphviz dot."""
    ours = theirs = 0
    times = []
    told = ""
    for journey in graphs(kind):
        begun = time.process_time()
        corners = tidy(journey)
        times.append((time.process_time() - begun) * 1000)
        wires = wires_of(journey)
        places = {key: (x + CARD_PX[0] / 2, y + CARD_PX[1] / 2) for key, (x, y) in corners.items()}
        ours += crossings(places, wires)
        try:
            theirs += crossings(dot_places(wires, in_order=True), wires)
            told = "dot"
        except ImportError:
            theirs, told = DOT[kind], "dot, as stored (pygraphviz is not installed)"
    yield Line(f"tidy 1,000 {kind} steps", f"{max(times):.0f} ms", "-", max(times), 150, "ms")
    yield Line(f"crossings, {kind}", f"{ours}", f"{theirs} by {told}", ours / theirs, 1.5)


def main() -> int:
    app = QApplication.instance() or QApplication([])
    Theme.of(ThemeMode.LIGHT).apply(app)  # type: ignore[arg-type]  # the one made above
    warm, _, _ = opened(30)  # fonts, icons and the style sheet are there in the window too
    warm.close()
    lines = [*measured(1000), *measured(5000), *tidied("nested"), *tidied("tangled")]
    print(table(lines))
    return 0 if all(one.held for one in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
