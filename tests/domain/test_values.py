"""Durations, instants, the keyed draw and the outputs of steps: the small exact things all else stands on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from engage_desktop.domain.draw import uniform
from engage_desktop.domain.duration import (
    duration_words,
    format_duration,
    format_instant,
    parse_duration,
    parse_instant,
)
from engage_desktop.domain.message import Message
from engage_desktop.domain.step import STEP_TYPES, Step, outputs
from engage_desktop.domain.unknown_step import UnknownStep

STEP: TypeAdapter[Step] = TypeAdapter(Step)


@given(st.integers(1, 10**9))
def test_a_duration_is_read_as_it_is_written(seconds: int) -> None:
    assert parse_duration(format_duration(seconds * 1_000_000)) == seconds * 1_000_000


@pytest.mark.parametrize(
    ("text", "us", "words"),
    [
        ("90m", 5_400_000_000, "90 minutes"),
        ("1d12h", 129_600_000_000, "36 hours"),
        ("2w", 1_209_600_000_000, "2 weeks"),
        ("1h", 3_600_000_000, "1 hour"),
    ],
)
def test_units_are_exact(text: str, us: int, words: str) -> None:
    """D-3: a day is 24 h, a week 7 d."""
    assert parse_duration(text) == us
    assert duration_words(us) == words


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "2.5h", "2y", "2h!", "٢h"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="Write"):
        parse_duration(text)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_an_instant_is_read_as_it_is_written(moment: datetime) -> None:
    """D-1: int64 microseconds, UTC; D-48: text ends in Z."""
    us = parse_instant(moment.isoformat())
    assert parse_instant(format_instant(us)) == us
    assert format_instant(us).endswith("Z")


def test_zones_meet_in_one_instant() -> None:
    assert parse_instant("2011-03-01T09:00:00+01:00") == parse_instant("2011-03-01T08:00:00Z") == 1_298_966_400_000_000


@pytest.mark.parametrize("text", ["2011-03-01", "2011-03-01T09:00:00", "2011-02-30T00:00:00Z", "soon", ""])
def test_an_instant_without_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_instant(text)


def test_the_draw_gives_the_check_values() -> None:
    """D-19, sticky and with an entry key."""
    assert uniform(7, "cart_rescue", "coin", "u-1") == 0.8598524943429464
    assert uniform(7, "cart_rescue", "coin", "u-1", "1299834000000000") == 0.7832438948590964


def test_outputs_stand_in_branch_order() -> None:
    """D-46: branches, timeout, otherwise, next; a loop-back leads to its own hold."""
    hold = STEP.validate_python(
        {
            "key": "h", "type": "hold", "timeout": "2h", "on_timeout": "x",
            "branches": ({"key": "a", "event": "A", "next": "y"}, {"key": "again", "event": "B", "loop": True}),
        }
    )  # fmt: skip
    assert [(one.kind, one.branch, one.target, one.loop) for one in outputs(hold)] == [
        ("branch", "a", "y", False), ("branch", "again", "h", True), ("timeout", "timeout", "x", False),
    ]  # fmt: skip
    wait = STEP.validate_python({"key": "w", "type": "wait", "condition": "audience('a')", "next": "x"})
    assert [(one.kind, one.target) for one in outputs(wait)] == [("next", "x")]
    assert outputs(STEP.validate_python({"key": "e", "type": "end"})) == ()


def test_every_step_type_is_known_by_its_name() -> None:
    assert {name: cls.model_fields["type"].annotation.__args__ for name, cls in STEP_TYPES.items()} == {  # type: ignore[union-attr]
        name: (name,) for name in STEP_TYPES
    }


def test_objects_are_frozen_and_refuse_unknown_keys_but_keep_x_keys() -> None:
    end = STEP.validate_python({"key": "e", "type": "end", "x-note": "kept"})
    assert end.model_extra == {"x-note": "kept"}
    with pytest.raises(ValidationError, match="frozen"):
        end.key = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="unknown key 'colour'"):
        Message.model_validate({"key": "m", "channel": "email", "colour": "red"})
    newer = STEP.validate_python({"key": "e", "type": "end", "colour": "red"})  # kept, and its journey does not run
    assert isinstance(newer, UnknownStep)
