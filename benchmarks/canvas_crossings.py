"""How many wires of a layout cross, beside those of Graphviz `dot` for the same graph."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

from engage_desktop.document import ENTRY
from engage_desktop.document.tidy import CARD_PX
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs

Position = tuple[float, float]
PORT_PX = 48.0
"""How far apart the outputs of a card are."""


class Wire(NamedTuple):
    """From a card to a card; `port` is how far from the card's middle it leaves."""

    source: str
    target: str
    port: float


def wires_of(journey: Journey) -> list[Wire]:
    """Every wire, the entry's first."""
    found = [Wire(ENTRY, str(journey.start), 0.0)]
    for step in journey.steps:
        ways = [output for output in outputs(step) if not output.loop]
        for place, output in enumerate(ways):
            if output.target is not None:
                found.append(Wire(step.key, output.target, (place - (len(ways) - 1) / 2) * PORT_PX))
    return found


def crossings(places: Mapping[str, Position], wires: list[Wire]) -> int:
    """How many pairs of wires cross when each is drawn straight from its output to its card; `places` are the
    middles of the cards."""
    height = CARD_PX[1]
    lines = []
    for source, target, port in wires:
        (ax, ay), (bx, by) = places[source], places[target]
        lines.append((ax + port, ay + height / 2, bx, by - height / 2))
    return sum(_cross(one, other) for one, other in combinations(lines, 2))


def _cross(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    ax, ay, bx, by = one
    cx, cy, dx, dy = other
    if ay >= dy or cy >= by or (bx, by) == (dx, dy):
        return False
    first = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    second = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    third = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    fourth = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return first * second < 0 and third * fourth < 0


def dot_places(wires: list[Wire], *, in_order: bool) -> dict[str, Position]:
    """Where Graphviz puts the middles of the cards, `in_order` of their outputs if it shall keep that; ImportError
    where `pygraphviz` is not installed."""
    import pygraphviz  # type: ignore[import-not-found]  # a yardstick, no requirement

    graph = pygraphviz.AGraph(directed=True, strict=False, nodesep=40 / 72, ranksep=56 / 72)
    if in_order:
        graph.graph_attr["ordering"] = "out"
    graph.node_attr.update(shape="box", fixedsize="true", width=CARD_PX[0] / 72, height=CARD_PX[1] / 72)
    for wire in wires:
        graph.add_edge(wire.source, wire.target)
    graph.layout(prog="dot")
    spots = {str(node): str(node.attr["pos"]).split(",") for node in graph.nodes()}
    return {node: (float(x), -float(y)) for node, (x, y) in spots.items()}
