"""`$` in a path: elements of lists (AU-10, D-41)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.events import ABSENT, LIST, Column
from tests.events.logs import store_of, track, with_


def values(column: Column) -> list[Any]:
    assert set(column.kind.tolist()) <= {ABSENT, LIST}
    return [None if kind == ABSENT else json.loads(str(column.value(i))) for i, kind in enumerate(column.kind)]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([{"sku": "a", "n": 1}, {"sku": "b"}], ["a", "b"]),
        ([{"sku": "a"}, {"n": 2}, 5, None, {"sku": None}], ["a"]),  # an element without it gives nothing
        ([{"sku": ["a", ["b"]]}, {"sku": {"x": 1}}], ["a", "b", {"x": 1}]),  # lists are flattened
        ([[{"sku": "a"}], {"sku": 2.5}], [2.5]),  # a list inside a list needs a `$` of its own
        ([], None),
        ([{"n": 1}], None),
        ({"sku": "a"}, None),  # no list
        ("a", None),
        (None, None),
    ],
)
def test_a_key_of_elements(lines: Any, found: list[Any] | None) -> None:
    store = store_of([track("u", "E", 0, lines=lines)])
    assert values(store.column("E", ("lines", "$", "sku"))) == [found]
    assert values(store.column("E", "lines.$.sku")) == [found]


def test_deeper_paths() -> None:
    """A list inside an object, objects inside elements, lists inside elements."""
    cart = {
        "lines": [{"item": {"sku": "a"}, "parts": [{"id": 1}, {"id": 2}]}, {"parts": [{"id": 3}]}],
        "tags": ["x", ["y"], None],
    }
    store = store_of([track("u", "E", 0, cart=cart)])
    assert values(store.column("E", "cart.lines.$.item.sku")) == [["a"]]
    assert values(store.column("E", "cart.lines.$.parts.$.id")) == [[1, 2, 3]]
    assert values(store.column("E", "cart.tags.$")) == [["x", "y"]]
    assert values(store.column("E", "cart.lines.$.parts.id")) == [None]  # a list is no object
    assert values(store.column("E", "cart.$.sku")) == values(store.column("E", "$.sku")) == [None]
    assert len(store.column("F", "cart.lines.$.sku")) == 0
    assert store.column("E", "cart.lines.$.item.sku") is store.column("E", ("cart", "lines", "$", "item", "sku"))


def test_elements_of_the_context() -> None:
    store = store_of([with_(track("u", "E", 0), context={"externalIds": [{"id": "x"}, {"id": "y"}]})])
    assert values(store.context("E", "externalIds.$.id")) == [["x", "y"]]


def test_equal_lists_are_one_text() -> None:
    """Keys in any order: the text form of an object has them by code points."""
    store = store_of([track("u", "E", i, lines=[line]) for i, line in enumerate([{"a": 1, "B": 2}, {"B": 2, "a": 1}])])
    assert store.column("E", "lines").value(0) == '[{"B":2,"a":1}]'
    assert store.column("E", "lines").code.tolist() == [0, 0]
    assert store.column("E", "lines.$").code.tolist() == [0, 0]


json_ = st.recursive(
    st.none() | st.integers(0, 9) | st.sampled_from("xy"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=12,
)


def by_hand(value: Any, path: tuple[str, ...]) -> list[Any]:
    """One element after the other: `$` steps into one list, a key into an object, lists count by what they hold."""
    if not path:
        if isinstance(value, list):
            return [one for element in value for one in by_hand(element, ())]
        return [] if value is None else [value]
    if path[0] == "$":
        elements = value if isinstance(value, list) else []
        return [one for element in elements for one in by_hand(element, path[1:])]
    return by_hand(value[path[0]], path[1:]) if isinstance(value, dict) and path[0] in value else []


@settings(max_examples=300, deadline=None)
@given(
    st.lists(json_, min_size=1, max_size=5),
    st.lists(st.sampled_from(["$", "a", "b"]), max_size=3).map(lambda rest: ("v", "$", *rest)),
)
def test_equals_elements_looked_at_one_by_one(lists: list[Any], path: tuple[str, ...]) -> None:
    store = store_of([track("u", "E", i, v=value) for i, value in enumerate(lists)])
    assert values(store.column("E", path)) == [by_hand(value, path[1:]) or None for value in lists]
