"""Cards and wires look as they did when somebody last looked: per kind and state, light and dark.

`pytest tests/ui/test_golden.py --update-golden` draws them anew. Where one differs, what is drawn now lies beside
it as `NAME.now.png` in the folder that the failure names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from engage_desktop.document import new_step
from engage_desktop.domain.step import STEP_TYPES
from engage_desktop.ui.canvas import JourneyCanvas, wire_layout
from engage_desktop.ui.canvas.card_painter import CardState, paint_card
from engage_desktop.ui.canvas.content import CardContent, Figure, WireContent, card_content
from engage_desktop.ui.canvas.detail import Detail, Level
from engage_desktop.ui.canvas.geometry import Curve
from engage_desktop.ui.canvas.obstacles import Obstacles
from engage_desktop.ui.canvas.style import CanvasStyle
from engage_desktop.ui.canvas.wire_layout import WireLayout
from engage_desktop.ui.canvas.wire_painter import WireState, label_size, paint_wire
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import FIGURES, document

FOLDER = Path(__file__).parent / "golden"
NEAR = 24
"""How far a channel of a pixel may be off: the same font is filled a little otherwise on another processor."""
FEW = 0.004
"""How many of the pixels may be further off."""
FIGURE = (Figure("through", "1,204", "1,204"), Figure("inside", "42", "42"))
STATES = {
    "plain": CardState(),
    "hovered": CardState(hovered=True),
    "selected": CardState(selected=True),
    "keyboard": CardState(selected=True, current=True, focused=True),
    "target": CardState(target="yes"),
    "no_target": CardState(target="no"),
}

Draw = Callable[[QPainter], None]


def at(level: Level) -> Detail:
    detail = Detail()
    detail.level = level
    return detail


def picture(style: CanvasStyle, width: float, height: float, draw: Draw) -> QImage:
    made = QImage(round(width), round(height), QImage.Format.Format_RGB32)
    made.fill(style.color("canvas"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    return made


def card(style: CanvasStyle, content: CardContent, state: CardState, level: Level = Level.FULL) -> QImage:
    shape = style.shape(content)

    def draw(painter: QPainter) -> None:
        painter.translate(6, 6)
        paint_card(painter, content, shape, state, style, at(level))

    return picture(style, shape.width + 12, shape.height + 12, draw)


def cards(style: CanvasStyle) -> Iterator[tuple[str, QImage]]:
    """One of every kind, then one in every state, with every badge, and from further away."""
    texts = {"figures": FIGURE, "current": True}
    for kind in STEP_TYPES:
        content = card_content(new_step(kind, kind), None)
        yield f"kind_{kind}", card(style, with_(content, **texts), STATES["plain"])
    wait = with_(card_content(new_step("delay", "delay"), None), **texts)
    for name, state in STATES.items():
        yield f"state_{name}", card(style, wait, state)
    yield "state_stale", card(style, with_(wait, current=False), STATES["plain"])
    assumed = (Figure("through, assumed", "1,204", "1,204", True), FIGURE[1])
    yield "state_assumed", card(style, with_(wait, figures=assumed), STATES["plain"])
    for severity in ("error", "warning", "info"):
        yield f"badge_{severity}", card(style, with_(wait, severity=severity), STATES["plain"])
    yield "far_name", card(style, wait, STATES["plain"], Level.NAME)
    holdout = card_content(new_step("end", "end"), None, holdout=True)
    yield "kind_holdout", card(style, with_(holdout, **texts), STATES["plain"])


def with_(content: CardContent, **fields: object) -> CardContent:
    from dataclasses import replace

    return replace(content, **fields)  # type: ignore[arg-type]  # fields of the content


def wires(style: CanvasStyle) -> Iterator[tuple[str, QImage]]:
    curve = Curve(QPointF(60, 10), QPointF(220, 120))
    looks = {
        "counted": (WireContent("bought", "389", 0.6, current=True), WireState()),
        "stale": (WireContent("bought", "389", 0.6), WireState()),
        "holdout": (WireContent("control", "80", 0.1, holdout=True, current=True), WireState()),
        "hovered": (WireContent("", "1,204", 1.0, current=True), WireState(hovered=True)),
        "lit": (WireContent("", "", None), WireState(lit=True)),
    }
    for name, (content, state) in looks.items():
        size = label_size(content, style)
        laid = wire_layout.to_target(curve, size, bool(content.label), Obstacles(), Obstacles(), name)
        yield f"wire_{name}", wire(style, content, laid, state)
    stub = WireContent("Otherwise", "12", 0.1, current=True)
    laid = wire_layout.to_nowhere(QPointF(60, 40), label_size(stub, style), 1, Obstacles(), None, "stub")
    yield "wire_stub", wire(style, stub, laid, WireState())
    yield "wire_free", wire(style, WireContent("", "", None), wire_layout.free(QPointF(60, 40)), WireState())
    loop = WireContent("added again", "214", 0.2, loop=True, current=True)
    laid = wire_layout.loop_back(QRectF(200, 40, 232, 88), 0, label_size(loop, style))
    yield "wire_loop", wire(style, loop, laid, WireState())


def wire(style: CanvasStyle, content: WireContent, laid: WireLayout, state: WireState) -> QImage:
    detail = at(Level.FULL)
    return picture(style, 280, 130, lambda painter: paint_wire(painter, content, laid, state, style, detail, True))


def graphs(canvas: JourneyCanvas) -> Iterator[tuple[str, QImage]]:
    """The whole journey as items paint it together, at each level."""
    box = canvas.scene.content_rect().adjusted(-120, -40, 60, 60)
    for name, scale in (("full", 0.7), ("name", 0.42), ("block", 0.15)):
        made = QImage(round(box.width() * scale), round(box.height() * scale), QImage.Format.Format_RGB32)
        made.fill(canvas.scene.style_.color("canvas"))
        painter = QPainter(made)
        canvas.scene.render(painter, QRectF(made.rect()), box)
        painter.end()
        yield f"graph_{name}", made


def off(made: QImage, golden: QImage) -> float:
    """The part of all pixels that differ by more than `NEAR`; 1 where the sizes do."""
    if made.size() != golden.size():
        return 1.0
    one, other = (image.convertToFormat(QImage.Format.Format_RGB32) for image in (made, golden))
    a, b = bytes(one.constBits()), bytes(other.constBits())
    if a == b:
        return 0.0
    far = {place // 4 for place, (x, y) in enumerate(zip(a, b, strict=True)) if place % 4 < 3 and abs(x - y) > NEAR}
    return len(far) / (made.width() * made.height())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_on_the_canvas_looks_as_it_was_approved(
    qapp: QApplication, mode: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    theme = Theme.of(mode)
    theme.apply(qapp)
    style = CanvasStyle(theme)
    canvas = JourneyCanvas(document(), "cart", theme)
    canvas.set_figures(FIGURES, current=True)
    drawn = dict([*cards(style), *wires(style), *graphs(canvas)])
    canvas.deleteLater()
    files = {name: FOLDER / mode / f"{name}.png" for name in drawn}
    if request.config.getoption("--update-golden"):
        for name, image in drawn.items():
            files[name].parent.mkdir(parents=True, exist_ok=True)
            assert image.save(str(files[name]), "PNG", 0)
        for left in set((FOLDER / mode).glob("*.png")) - set(files.values()):
            left.unlink()
    assert {file.name for file in (FOLDER / mode).glob("*.png")} == {file.name for file in files.values()}
    wrong = {name: round(off(image, QImage(str(files[name]))), 4) for name, image in drawn.items()}
    wrong = {name: part for name, part in wrong.items() if part > FEW}
    for name in wrong:
        drawn[name].save(str(tmp_path / f"{name}.now.png"))
    assert wrong == {}, f"look in {tmp_path}"


def test_a_difference_is_noticed() -> None:
    """The positive control: a border in another colour is more than what another processor draws otherwise."""
    style = CanvasStyle(Theme.of("light"))
    content = card_content(new_step("delay", "delay"), None)
    one, other = card(style, content, STATES["plain"]), card(style, content, STATES["selected"])
    assert off(one, one) == 0.0
    assert off(one, other) > FEW
