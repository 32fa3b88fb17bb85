"""Where things stand on the canvas (`engage-layout/1`): never part of the meaning of a campaign."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engage_desktop.domain.base import Key, Model, Number

LAYOUT_FORMAT = "engage-layout/1"
BoxColor = Literal["grey", "green", "amber", "indigo", "teal"]
BOX_COLORS: tuple[BoxColor, ...] = ("grey", "green", "amber", "indigo", "teal")
Box = tuple[Number, Number, Number, Number]
"""Left, top, width, height in pixels at 100 %."""


class Frame(Model):
    """A titled box behind cards; what lies within moves with it."""

    key: Key
    title: str = ""
    box: Box
    color: BoxColor = "grey"


class Note(Model):
    """A text beside the cards."""

    key: Key
    text: str = ""
    box: Box
    color: BoxColor = "amber"


class JourneyLayout(Model):
    """One journey's canvas. `collapsed` holds folded outputs: `step` for a plain one, else `step/branch`."""

    direction: Literal["down", "right"] = "down"
    nodes: dict[str, tuple[Number, Number]] = {}
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()
    collapsed: tuple[str, ...] = ()


class Layout(Model):
    """The layout companion of a campaign file."""

    format: Literal["engage-layout/1"] = Field(...)
    journeys: dict[str, JourneyLayout] = {}
