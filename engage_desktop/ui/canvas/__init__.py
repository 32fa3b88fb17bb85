"""The journey canvas: cards and wires over a document, every edit a change."""

from engage_desktop.ui.canvas.canvas import JourneyCanvas
from engage_desktop.ui.canvas.content import CardContent, WireContent, card_content, entry_content, wire_content
from engage_desktop.ui.canvas.outline import OutlineView
from engage_desktop.ui.canvas.words import condition_words, entry_words, step_title, step_words, type_title

__all__ = [
    "CardContent",
    "JourneyCanvas",
    "OutlineView",
    "WireContent",
    "card_content",
    "condition_words",
    "entry_content",
    "entry_words",
    "step_title",
    "step_words",
    "type_title",
    "wire_content",
]
