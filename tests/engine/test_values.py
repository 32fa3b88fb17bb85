"""Comparison rules, and that a column says of every value what the rule says of it alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.domain.condition import CompareOp
from engage_desktop.engine.source import ABSENT, BOOL, LIST, NUMBER, OBJECT, TEXT
from engage_desktop.engine.values import column_holds, holds, text_of

RULES: list[tuple[str, Any, str, list[Any], bool]] = [
    ("V-4", None, "!=", ["a"], False),
    ("V-4", None, "absent", [], True),
    ("V-4", None, "omits", ["a"], True),
    ("D-8", None, "none_of", ["a"], False),
    ("D-8", None, "exists", [], False),
    ("D-7", "", "exists", [], True),
    ("D-8", "true", "=", [True], True),
    ("D-40", True, "=", ["true"], True),
    ("D-40", True, "=", [1], False),
    ("D-40", 1, "=", [True], False),
    ("D-40", True, "!=", [1], True),
    ("D-40", "5", "=", [5], True),
    ("D-40", "5.0", "=", [5], True),
    ("D-40", "5.0", "=", ["5"], False),
    ("D-40", 5, "=", ["5.0"], True),
    ("D-40", "+.5", "<", [1], True),
    ("D-40", "5.", "=", [5], False),
    ("D-40", " 5", "=", [5], False),
    ("D-40", "abc", ">", [1], False),
    ("D-40", True, ">=", [1], False),
    ("D-8", "Tea", "=", ["tea"], False),
    ("D-40", 5.0, "contains", ["5"], True),
    ("D-41", ["a", "b"], "=", ["b"], True),
    ("D-41", ["a", "b"], "omits", ["b"], False),
    ("D-41", ["a", "b"], "none_of", ["b"], False),
    ("D-41", ["a", "b"], "none_of", ["c"], True),
    ("D-53", ["a", "b"], "!=", ["a"], True),
    ("D-53", ["tea", "cup"], "contains", ["up"], True),
    ("D-53", [], "absent", [], True),
    ("D-53", [], "none_of", ["a"], False),
    ("D-53", [], "omits", ["a"], True),
    ("D-41", [1, "7"], ">", [6], True),
    ("AU-10", [{"sku": "A"}], "contains", ["sku"], True),
    ("D-40", {"a": 1}, "=", ["a"], False),
    ("D-40", {"a": 1}, "!=", ["a"], True),
]


@pytest.mark.parametrize(("rule", "value", "op", "literals", "expected"), RULES)
def test_rule(rule: str, value: Any, op: CompareOp, literals: list[Any], expected: bool) -> None:
    assert holds(value, op, literals) is expected, rule


def test_text_form_is_shortest() -> None:
    """D-40."""
    assert [text_of(value) for value in (5.0, 0.1, -0.0, True, "x")] == ["5", "0.1", "0", "true", "x"]


@dataclass(frozen=True)
class Tagged:
    kind: np.ndarray[Any, np.dtype[np.uint8]]
    number: np.ndarray[Any, np.dtype[np.float64]]
    code: np.ndarray[Any, np.dtype[np.int32]]
    texts: list[str]


def tagged(values: list[Any]) -> Tagged:
    kind = np.zeros(len(values), np.uint8)
    number = np.full(len(values), np.nan)
    code = np.full(len(values), -1, np.int32)
    texts: dict[str, int] = {}
    for at, value in enumerate(values):
        if value is None:
            kind[at] = ABSENT
        elif isinstance(value, bool):
            kind[at], number[at] = BOOL, value
        elif isinstance(value, int | float):
            kind[at], number[at] = NUMBER, value
        else:
            kind[at] = TEXT if isinstance(value, str) else LIST if isinstance(value, list) else OBJECT
            text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            code[at] = texts.setdefault(text, len(texts))  # a text may look like the JSON of a list
    return Tagged(kind, number, code, list(texts))


SCALARS = st.one_of(
    st.sampled_from(["", "a", "ab", "5", "5.0", "-1e2", "true", "false", '["a"]']),
    st.integers(-3, 6),
    st.sampled_from([0.5, 5.0]),
    st.booleans(),
)
VALUES = st.one_of(
    st.none(), SCALARS, st.lists(st.one_of(SCALARS, st.none()), max_size=3), st.just({"a": 5}), st.just([{"a": 5}])
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.lists(VALUES, max_size=8), st.lists(st.integers(-3, 6)), st.lists(st.sampled_from(["a", "ab", "5"]))),
    st.sampled_from(get_args(CompareOp)),
    st.lists(SCALARS, min_size=1, max_size=3),
)
def test_a_column_is_its_values(values: list[Any], op: CompareOp, literals: list[Any]) -> None:
    if op in ("exists", "absent"):
        literals = []
    elif op not in ("contains", "one_of", "none_of"):
        literals = literals[:1]
    assert column_holds(tagged(values), op, literals).tolist() == [holds(value, op, literals) for value in values]


def test_numbers_in_lists_have_one_form() -> None:
    """D-40: the text form of a list or object does not tell 5.0 from 5."""
    assert text_of([5.0, {"b": None, "a": 2.5}]) == text_of([5, {"a": 2.5}]) == '[5,{"a":2.5}]'
