"""Tidy layout of a journey: layers from the entry down, branches left to right, pure Python.

Four passes, each a function: layers by longest path, long wires held open by unseen nodes, order
inside a layer with few crossings (`tidy_order.py`; branches keep their order), and places by
least squares: every sweep solves `min sum w (x - wish)^2` with `x[i+1] >= x[i] + room` exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from engage_desktop.document.tidy_order import Node, Rows, arrange
from engage_desktop.document.wiring import ENTRY
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs

CARD_PX = (232.0, 88.0)
SIBLING_GAP_PX = 40.0
LAYER_GAP_PX = 56.0
_LANE_PX = 24.0
_SWEEPS = 10
_STRAIGHT = 8.0
"""How much more a lane holds to its own next piece than to a card."""
_LANE_WEIGHT = 3.0
"""Lanes stand firm where cards give way: a wire that passes by runs straight down."""

Direction = Literal["down", "right"]


def tidy(
    journey: Journey, sizes: Mapping[str, tuple[float, float]] | None = None, direction: Direction = "down"
) -> dict[str, tuple[float, float]]:
    """Top left corner in px of every card, the entry's under `"@entry"`; the outermost are at 0.

    `sizes` are (width, height) by step key; cards not named are 232 x 88. The same journey gives
    the same places; no two cards overlap. Circles and dangling wires of a broken design are borne.
    """
    wires = _wires(journey)
    layers = _layers(wires)
    size = {key: (sizes or {}).get(key, CARD_PX) for key in wires}
    across, along = (0, 1) if direction == "down" else (1, 0)
    rows = _rows(wires, layers, {key: size[key][across] for key in wires})
    _place(rows)
    deep = [0.0] * len(rows)
    for key, layer in layers.items():
        deep[layer] = max(deep[layer], size[key][along])
    depth = [0.0]
    for height in deep[:-1]:
        depth.append(depth[-1] + height + LAYER_GAP_PX)
    # rounded before the floor, so that two equal centres do not part over the last bit
    left = {node.key: math.floor(round(node.centre - node.breadth / 2, 6)) for row in rows for node in row if node.key}
    edge = min(left.values())
    if direction == "down":
        return {key: (float(left[key] - edge), depth[layers[key]]) for key in wires}
    return {key: (depth[layers[key]], float(left[key] - edge)) for key in wires}


def _wires(journey: Journey) -> dict[str, list[tuple[str, float]]]:
    """Where each card leads, with the place of the output, in a depth-first order of the cards.
    Ways back are left out."""
    steps = {step.key: step for step in reversed(journey.steps)}
    raw: dict[str, list[tuple[str, float]]] = {ENTRY: []}
    if journey.start in steps:
        raw[ENTRY] = [(str(journey.start), 0.5)]
    for step in journey.steps:
        ways = outputs(steps[step.key])
        raw.setdefault(
            step.key,
            [
                (way.target, (place + 0.5) / len(ways))
                for place, way in enumerate(ways)
                if way.target is not None and not way.loop and way.target in steps
            ],
        )
    kept: dict[str, list[tuple[str, float]]] = {}
    done: set[str] = set()
    led_to = {target for ways in raw.values() for target, _ in ways}
    origins = [ENTRY, *(key for key in raw if key not in led_to and key != ENTRY), *raw]
    for origin in origins:
        if origin in kept:
            continue
        kept[origin] = []
        waiting = [(origin, iter(raw[origin]))]
        while waiting:
            key, ways_left = waiting[-1]
            way = next(ways_left, None)
            if way is None:
                done.add(key)
                waiting.pop()
                continue
            target = way[0]
            if target in kept and target not in done:
                continue  # a way back
            kept[key].append(way)
            if target not in kept:
                kept[target] = []
                waiting.append((target, iter(raw[target])))
    return kept


def _layers(wires: Mapping[str, list[tuple[str, float]]]) -> dict[str, int]:
    """Longest way from the entry; steps nobody reaches begin beside the start."""
    indegree = dict.fromkeys(wires, 0)
    for ways in wires.values():
        for target, _ in ways:
            indegree[target] += 1
    layers = {key: 0 if key == ENTRY else 1 for key in wires}
    ready = [key for key in wires if indegree[key] == 0]
    while ready:
        key = ready.pop()
        for target, _ in wires[key]:
            layers[target] = max(layers[target], layers[key] + 1)
            indegree[target] -= 1
            if indegree[target] == 0:
                ready.append(target)
    return layers


def _rows(
    wires: Mapping[str, list[tuple[str, float]]], layers: Mapping[str, int], breadth: Mapping[str, float]
) -> Rows:
    """The nodes of each layer from left to right, lanes included."""
    nodes = {key: Node(key, breadth[key], layers[key]) for key in wires}
    rows: Rows = [[] for _ in range(max(layers.values()) + 1)]
    for node in nodes.values():
        rows[node.layer].append(node)
    lanes: dict[tuple[str, int], Node] = {}
    spare = 4 * len(nodes)  # enough lanes for any journey a person draws; beyond, wires pass behind cards
    for key, ways in wires.items():
        for target, output in ways:
            origin, goal, place = nodes[key], nodes[target], output
            for layer in range(origin.layer + 1, goal.layer):
                known = lanes.get((target, layer))
                if known is None:
                    if len(lanes) >= spare:
                        break
                    known = lanes[target, layer] = Node("", _LANE_PX, layer)
                    rows[layer].append(known)
                    _join(origin, known, place)
                    origin, place = known, 0.5
                else:
                    _join(origin, known, place)
                    break  # the lane is there from here to the target
            else:
                _join(origin, goal, place)
    arrange(rows)
    return rows


def _join(parent: Node, child: Node, place: float) -> None:
    child.above.append((parent, place))
    parent.below.append(child)


def _place(rows: Rows) -> None:
    """Give every node its centre: parents over the middle of their children, lanes straight, no overlap."""
    for row in rows:
        _settle(row, [0.0] * len(row))
    for _ in range(_SWEEPS):
        for row in rows[1:]:
            _settle(row, [_wish(node, [parent for parent, _ in node.above]) for node in row])
        for row in reversed(rows[:-1]):
            _settle(row, [_wish(node, node.below) for node in row])


def _wish(node: Node, others: list[Node]) -> float:
    """The mean of its neighbours on one side; what goes on in the same lane counts for many."""
    if not others:
        return node.centre
    if len(others) == 1:
        return others[0].centre
    weights = [_STRAIGHT if not (node.key or other.key) else 1.0 for other in others]
    return sum(weight * other.centre for weight, other in zip(weights, others, strict=True)) / sum(weights)


def _settle(row: list[Node], wishes: list[float]) -> None:
    """Centres nearest to the wishes that keep order and room: pooled adjacent violators."""
    offset = 0.0
    offsets: list[float] = []
    blocks: list[tuple[float, float, int]] = []  # weighted sum of wishes less offset, weight, number of nodes
    for place, node in enumerate(row):
        if place:
            before = row[place - 1]
            gap = SIBLING_GAP_PX if node.key and before.key else SIBLING_GAP_PX / 2
            offset += before.breadth / 2 + gap + node.breadth / 2
        offsets.append(offset)
        weight = 1.0 if node.key else _LANE_WEIGHT
        total, count = weight * (wishes[place] - offset), 1
        while blocks and blocks[-1][0] * weight >= total * blocks[-1][1]:
            above, heavy, many = blocks.pop()
            total, weight, count = total + above, weight + heavy, count + many
        blocks.append((total, weight, count))
    place = 0
    for total, weight, count in blocks:
        for _ in range(count):
            row[place].centre = total / weight + offsets[place]
            place += 1
