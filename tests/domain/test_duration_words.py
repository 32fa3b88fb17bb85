"""Durations as people type them, and what half of one lacks (D-3, interface 7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.domain.duration import UNIT_NAMES, parse_duration
from engage_desktop.domain.duration_words import duration_as_written, read_duration


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("2h", "2h"), ("2 h", "2h"), ("3 days", "3d"), ("1 week 2 hours", "1w2h"), ("90 min", "90m"), ("1d12h", "1d12h"),
        ("1 Week, 2 hrs and 5 Minutes", "1w2h5m"), ("an hour", "1h"), ("a day and a half hour", None), ("1.5 hours", "90m"),
        ("0,5 d", "12h"), ("2 wks", "2w"), ("45 sec.", "45s"), ("  7d ", "7d"), ("0h", "0h"), ("one week", "1w"),
        ("90\u00a0min", "90m"), ("1 day + 1 h", "1d1h"),
    ],
)  # fmt: skip
def test_what_people_write(typed: str, means: str | None) -> None:
    if means is None:
        with pytest.raises(ValueError, match="is not a duration"):
            read_duration(typed)
    else:
        assert read_duration(typed) == means
        parse_duration(means)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write how long"),
        ("   ", "Write how long"),
        ("2", "2 of what?"),
        ("1 week 2", "2 of what?"),
        ("1 2 h", "1 of what?"),
        ("a", "a of what?"),
        ("days", "How many days?"),
        ("2 h days", "How many days?"),
        ("2 ho", "“2 ho” is not finished: hours?"),
        ("3 da", "“3 da” is not finished: days?"),
        ("3 month", "no fixed length"),
        ("1 year", "no fixed length"),
        ("soon", "“soon” is not a duration. Write a number and a unit, such as 2h"),
        ("-2h", "is not a duration"),
        ("2h!", "is not a duration"),
        ("and 2h", "is not a duration"),
        ("1,500 min", "can be read in two ways. Write 1500"),
        ("0.3 s", "whole seconds"),
        ("9999999999 w", "longer than any log"),
        ("٣ h", "is not a duration"),
        ("2 h " * 999, "is not a duration"),
    ],
)
def test_what_is_missing_is_said(typed: str, said: str) -> None:
    with pytest.raises(ValueError) as error:
        read_duration(typed)
    assert said in str(error.value)
    assert len(str(error.value)) < 140


def test_a_bare_number_takes_the_unit_beside_it() -> None:
    assert read_duration("5", "h") == "5h"
    assert read_duration("1.5", "h") == "90m"
    assert read_duration("5 d", "h") == "5d"
    with pytest.raises(ValueError, match="3 of what"):
        read_duration("2 h 3", "h")


PARTS = st.lists(st.tuples(st.integers(0, 999), st.sampled_from("wdhms")), min_size=1, max_size=5)


@given(PARTS)
def test_words_and_text_mean_each_other(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert read_duration(duration_as_written(text)) == text
    assert read_duration(", ".join(f"{number} {UNIT_NAMES[unit]}" for number, unit in parts)) == text


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        said = ""
        parse_duration(read_duration(text))
    except ValueError as error:
        said = str(error)
    assert not said or said.endswith((".", "?"))
