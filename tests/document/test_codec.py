"""The campaign file: canonical bytes both ways, and every fault in words (formats.md section 2, D-36)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from engage_desktop.document import content_hash, dumps, dumps_layout, loads, loads_layout, validate
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.problem import Problem

from .designs import CAMPAIGN_FILES, LAYOUT_FILES, STOREFRONT

WIDE = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def opened(text: str) -> Campaigns:
    campaigns, problems = loads(text)
    assert problems == ()
    assert campaigns is not None
    return campaigns


def faults(text: str) -> list[Problem]:
    campaigns, problems = loads(text)
    assert campaigns is None
    assert problems
    assert all(problem.is_error and problem.message and problem.mend for problem in problems)
    return list(problems)


def changed(**values: Any) -> str:
    """The storefront with values put at dotted paths, keys as in the file, positions as numbers."""
    data = json.loads(STOREFRONT)
    for path, value in values.items():
        *steps, last = path.split("__")
        here = data
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
        here[int(last) if isinstance(here, list) else last] = value
    return json.dumps(data)


def test_a_canonical_file_comes_back_byte_for_byte():
    assert dumps(opened(STOREFRONT)) == STOREFRONT


@WIDE
@given(CAMPAIGN_FILES)
def test_any_design_reaches_its_canonical_bytes_in_one_step(data):
    once = dumps(opened(json.dumps(data)))
    assert dumps(opened(once)) == once
    assert content_hash(opened(once)) == content_hash(opened(json.dumps(data, indent=1)))


@WIDE
@given(LAYOUT_FILES)
def test_any_layout_reaches_its_canonical_bytes_in_one_step(data):
    layout, problems = loads_layout(json.dumps(data))
    assert layout is not None, problems
    once = dumps_layout(layout)
    again, _ = loads_layout(once)
    assert again == layout
    assert dumps_layout(again) == once


@WIDE
@given(CAMPAIGN_FILES)
def test_nothing_authored_is_lost(data):
    """What is read back holds every value the file held, or leaves out a default."""
    campaigns = opened(json.dumps(data))
    assert opened(dumps(campaigns)).model_dump(exclude={"format"}, by_alias=True).keys() >= set(data) - {"format"}
    for key in ("x-note", "x-a", "x-Z"):
        if key in data:
            assert json.loads(dumps(campaigns))[key] == data[key]


def test_canonical_form_orders_keys_drops_defaults_and_points_and_keeps_signs():
    text = json.dumps(
        {
            "x-b": 1.0,
            "x-a": [2.50, 1e16],
            "journeys": [],
            "workspace": {"timezone": "UTC", "name": "Café ☕", "x-z": None},
            "format": "engage-campaigns/1",
            "policies": {"max_wait": "7d", "subscription": {"unknown": "hold"}},
            "destinations": [{"type": "file", "key": "out", "rate": 50.0, "sandbox": False}],
        }
    )
    assert dumps(opened(text)) == (
        '{\n  "format": "engage-campaigns/1",\n  "workspace": {\n    "name": "Café ☕",\n    "x-z": null\n  },\n'
        '  "destinations": [\n    {\n      "key": "out",\n      "type": "file",\n      "settings": {},\n'
        '      "rate": 50\n    }\n  ],\n  "x-b": 1,\n  "x-a": [\n    2.5,\n    1e+16\n  ]\n}\n'
    )


def test_null_as_a_value_stays():
    """Null removes a trait (D-7), so it is no default to leave out."""
    text = changed(journeys__0__steps__2={"key": "nudge", "type": "set_trait", "trait": "vip", "value": None})
    assert json.loads(dumps(opened(text)))["journeys"][0]["steps"][2]["value"] is None


def test_a_byte_order_mark_is_no_fault():
    assert dumps(opened("\ufeff" + STOREFRONT)) == STOREFRONT


def test_a_fault_names_its_place_by_keys_and_how_to_mend_it():
    (found,) = faults(changed(journeys__0__steps__1__branches__0__percent="90"))
    assert found.path == "journeys.cart_rescue.steps.coin.branches.mail.percent"
    assert found.code == "type"
    assert found.message == '"90" is not a number.'
    assert found.mend == "Write a number such as 50, without quotes."


def test_an_unknown_step_type_names_the_known_ones():
    (found,) = [one for one in validate(opened(changed(journeys__0__steps__1__type="coin_flip"))) if one.is_error]
    assert found.path == "journeys.cart_rescue.steps.coin.type"
    assert "'coin_flip'" in found.message
    assert "delay, delay_until, hold, wait, split" in found.mend


def test_unknown_keys_are_named_each_with_the_nearest_known_one():
    found = faults(changed(journeys__0__goal__wihtin="3d", journeys__0__goal__zzz=1))
    assert [problem.path for problem in found] == ["journeys.cart_rescue.goal.wihtin", "journeys.cart_rescue.goal.zzz"]
    assert found[0].mend == "Did you mean 'within'?"
    assert found[1].mend == "Remove it or use one of: event, where, within, value."


def test_a_python_name_is_no_key_of_the_file():
    (found,) = faults(changed(messages__0__from_="a@b.c"))
    assert (found.code, found.path) == ("unknown_key", "messages.nudge.from_")


def test_entry_fields_that_share_a_name_with_the_entry_type_keep_their_path():
    (found,) = faults(changed(journeys__0__entry={"type": "event", "event": "A", "where": 3}))
    assert found.path == "journeys.cart_rescue.entry.where"
    (found,) = faults(changed(journeys__0__steps__2={"type": "message", "key": "nudge", "message": "Not a key"}))
    assert found.path == "journeys.cart_rescue.steps.nudge.message"


@pytest.mark.parametrize(
    ("path", "value", "code", "words"),
    [
        ("journeys__0__steps__0__timeout", "5 hours", "duration", "such as 90m, 2h"),
        ("journeys__0__starts", "2011-03-01", "instant", "2011-03-01T09:00:00Z"),
        ("journeys__0__key", "Cart Rescue", "key", "lower-case letters"),
        ("journeys__0__target", "braze", "value", "segment-v1 or segment-v2"),
        ("journeys__0__priority", 1.5, "type", "whole number"),
        ("journeys__0__steps", {}, "type", "square brackets"),
        ("journeys__0__entry", {"type": "list"}, "entry_type", "event, audience, schedule"),
        ("journeys__0__entry", {}, "missing", "Add 'type'"),
        ("audiences__0__definition", None, "definition_or_list", "Give one of them"),
        ("audiences__0__sync__0__first", "soon", "instant", "or 2h"),
        ("workspace", {"nmae": "x"}, "missing", "Rename 'nmae' to 'name'"),
        ("workspace", [], "type", "curly brackets"),
    ],
)
def test_faults_in_words(path, value, code, words):
    (found,) = faults(changed(**{path: value}))
    assert found.code == code
    assert words in f"{found.message} {found.mend}"
    assert found.path.split(".")[0] == path.split("__")[0]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "json_syntax", "is empty"),
        ('{\n  "format": "engage-campaigns/1"\n  "workspace": {}\n}', "json_syntax", "line 3, column 3"),
        ("{'format': 1}", "json_syntax", "line 1, column 2"),
        ('{"format": "engage-campaigns/2"}', "format", "its format is 'engage-campaigns/2'"),
        ("[]", "format", "it has no format"),
        ('{"format": "engage-layout/1"}', "format", "its format is 'engage-layout/1'"),
        (
            '{"format": "engage-campaigns/1", "workspace": {"name": "a", "name": "b"}}',
            "duplicate_key",
            "'name' stands twice",
        ),
        ('{"format": "engage-campaigns/1", "x-a": NaN}', "json_number", "NaN"),
        ('{"format": "engage-campaigns/1", "x-a": "\\ud800"}', "json_text", "half of a character"),
        ("[" * 100_000, "json_depth", "nested too deeply"),
    ],
)
def test_what_is_no_campaign_file_says_so_in_one_sentence(text, code, words):
    (found,) = faults(text)
    assert found.code == code
    assert words in found.message
