"""What is said about the thing under a resting pointer: full texts, problems, what a figure counts."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF

from engage_desktop.ui.canvas.card_painter import badge_rect
from engage_desktop.ui.canvas.content import CardContent
from engage_desktop.ui.canvas.detail import Level
from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.canvas.items import CardItem
from engage_desktop.ui.canvas.scene import JourneyScene

_MEANING = {
    "through": "people who went on from here, every visit counted",
    "inside": "people who are here at the clock",
    "sent": "messages sent up to the clock",
    "not sent": "messages held back: no address, not subscribed, or a rule",
    "ended": "journeys that ended here",
    "of entered": "share of all who entered the journey",
    "entered": "entries up to the clock; one person may enter again",
    "people": "different people among them",
}


def tip_of(scene: JourneyScene, hit: Hit, at: QPointF) -> str:
    """The tool tip as rich text; empty where there is nothing to add."""
    if hit.kind == "plus":
        return "Add a step here"
    if hit.kind == "wire_plus":
        return "Insert a step"
    if hit.kind == "output":
        return "Drag to a step to connect"
    if hit.wire is not None:
        return _wire_tip(scene, hit)
    if hit.key is not None:
        return _card_tip(scene.cards[hit.key], at, scene.detail.level)
    return ""


def _card_tip(card: CardItem, at: QPointF, level: Level) -> str:
    content = card.content
    if content.problems and badge_rect(card.rect()).adjusted(-4, -4, 4, 4).contains(at):
        return "<br>".join(escape(problem) for problem in content.problems)
    if at.y() > card.rect().bottom() - 33:
        return _figures_tip(content)
    if card.card.elided or level < Level.FULL:
        return f"<b>{escape(content.title)}</b><br>{escape(content.line)}"
    return ""


def _figures_tip(content: CardContent) -> str:
    lines = [
        f"<b>{escape(figure.text)}</b> {escape(_MEANING.get(figure.label, figure.label))}" for figure in content.figures
    ]
    if not content.current:
        lines.append("Being counted again: these are not the figures of the journey as it is now.")
    return "<br>".join(lines)


def _wire_tip(scene: JourneyScene, hit: Hit) -> str:
    assert hit.wire is not None
    wire = scene.wires[hit.wire]
    if not wire.content.count:
        return escape(wire.content.label)
    share = f" ({wire.content.share:.1%} of entered)" if wire.content.share is not None else ""
    label = f"{escape(wire.content.label)}: " if wire.content.label else ""
    return f"{label}<b>{escape(wire.content.count)}</b> went this way{share}"
