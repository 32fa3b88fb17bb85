"""The order within layers: counted right, never worse than one sweep, branches of one step left to right."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.document import tidy_order as order
from engage_desktop.document.tidy_order import Node, Rows


@st.composite
def layers(draw: st.DrawFn) -> Rows:
    """Up to six rows of cards and lanes; each but the first hangs under one to three of the row above."""
    rows: Rows = []
    for depth in range(draw(st.integers(1, 6))):
        row = [
            Node("" if draw(st.booleans()) else f"k{depth}.{n}", 10.0, depth) for n in range(draw(st.integers(1, 7)))
        ]
        for node in row if rows else ():
            parents = draw(st.lists(st.sampled_from(rows[-1]), min_size=1, max_size=3, unique_by=id))
            for parent in parents:
                node.above.append((parent, (len(parent.below) + 0.5) / 20))
                parent.below.append(node)
        rows.append(row)
    return rows


def crossed(rows: Rows) -> int:
    """Every pair of wires of every layer, one by one."""
    total = 0
    for row in rows:
        wires = [(parent.order + place, node.order) for node in row for parent, place in node.above]
        total += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(wires, 2))
    return total


@settings(max_examples=120, deadline=None)
@given(layers())
def test_crossings_are_counted_and_never_more_than_after_one_sweep(rows: Rows) -> None:
    for row in rows:
        order._sort(row, order._over)
    once = crossed(rows)
    assert order._crossings(rows) == once
    order.arrange(rows)
    assert order._crossings(rows) == crossed(rows) <= once
    for row in rows:
        assert [node.order for node in row] == list(range(len(row)))
        for left, right in combinations(row, 2):
            if order._bound(left, right):
                assert left.above[0][1] < right.above[0][1]


def test_roots_are_set_right_by_what_hangs_under_them() -> None:
    """Roots have no parents to be sorted by: one sweep down leaves all their wires crossed."""
    roots, leaves = [Node(f"r{n}", 10.0) for n in range(4)], [Node(f"l{n}", 10.0, 1) for n in range(4)]
    shared = Node("shared", 10.0, 1)
    for root, child in [(roots[3], shared), *zip(roots, leaves, strict=True), (roots[0], shared)]:
        child.above.append((root, 0.3 + 0.4 * len(root.below)))
        root.below.append(child)
    rows = [roots, [*leaves, shared]]
    order.arrange(rows)
    assert order._crossings(rows) == 0
