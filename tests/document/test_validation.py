"""Validation: each fault a design can have is found, at its path, with a mend (D-36)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from engage_desktop.document import loads, validate
from engage_desktop.domain.errors import DesignError
from engage_desktop.engine import compile_campaigns

from .designs import CAMPAIGN_FILES, STOREFRONT, design, only
from .journeys import graphs

J = "journeys__0__"


def named(**fields: str) -> dict[str, Any]:
    """An audience from a list."""
    return {"key": "l", "name": "L", "list": {"file": "a.csv", "sha256": "0" * 64} | fields}


def sets(trait: str) -> dict[str, Any]:
    """A step that sets a trait (D-37)."""
    return {"key": "nudge", "type": "set_trait", "trait": trait, "value": "gold"}


EVENT_ENTRY = {"type": "event", "event": "Product Added"}
CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    # code, values, severity, path, words
    ("unknown_audience", {J + "entry": EVENT_ENTRY | {"audience": "vips"}}, "error", "journeys.cart_rescue.entry.audience", "lapsed"),
    ("unknown_audience", {J + "entry": EVENT_ENTRY | {"where": "audience('vips')"}}, "error", "journeys.cart_rescue.entry.where", "vips"),
    ("unknown_audience", {"policies": {"suppression": ["vips"]}}, "error", "policies.suppression.0", "vips"),
    ("unknown_message", {J + "steps__2__message": "gone"}, "error", "journeys.cart_rescue.steps.nudge.message", "Use one of: nudge"),
    ("unknown_destination", {"audiences__0__sync__0__destination": "gone"}, "error", "audiences.lapsed.sync.0.destination", "crm"),
    ("unknown_destination", {J + "steps__2": {"key": "nudge", "type": "send", "destination": "gone"}}, "error", "journeys.cart_rescue.steps.nudge.destination", "crm"),
    ("unknown_step", {J + "steps__0__on_timeout": "coyn"}, "error", "journeys.cart_rescue.steps.wait.on_timeout", "wait, coin, nudge"),
    ("unknown_step", {J + "steps__1__branches__0__next": "gone"}, "error", "journeys.cart_rescue.steps.coin.branches.mail.next", "gone"),
    ("unknown_step", {J + "start": "gone"}, "error", "journeys.cart_rescue.start", "gone"),
    ("cycle", {J + "steps__2__next": "wait"}, "error", "journeys.cart_rescue.steps.nudge", "wait -> coin -> nudge -> wait"),
    ("unreachable", {J + "start": "coin"}, "warning", "journeys.cart_rescue.steps.wait", "Nobody can reach"),
    ("percent_sum", {J + "steps__1__branches__1__percent": 5}, "error", "journeys.cart_rescue.steps.coin.branches", "sum to 95 percent"),
    ("percent", {J + "steps__1__branches__1__percent": -10, J + "steps__1__branches__0__percent": 110}, "error", "journeys.cart_rescue.steps.coin.branches.control.percent", "negative"),
    ("branches_missing", {J + "steps__1__branches": []}, "error", "journeys.cart_rescue.steps.coin.branches", "no branches"),
    ("branches_missing", {J + "steps__1": {"key": "coin", "type": "split", "otherwise": "nudge"}}, "error", "journeys.cart_rescue.steps.coin.branches", "split has no branches"),
    ("branches_missing", {J + "steps__0__branches": []}, "warning", "journeys.cart_rescue.steps.wait.branches", "use a delay"),
    ("loop_next", {J + "steps__0__branches__0__next": "coin"}, "error", "journeys.cart_rescue.steps.wait.branches.again.next", "loops back and leads on"),
    ("branches_missing", {J + "steps__1": {"key": "coin", "type": "fork", "branches": []}}, "error", "journeys.cart_rescue.steps.coin.branches", "fork has no branches"),
    ("unknown_destination", {J + "steps__2": {"key": "nudge", "type": "ad", "destination": "gone"}}, "error", "journeys.cart_rescue.steps.nudge.destination", "crm"),
    ("any_identifier", {J + "steps__0__branches__0__any_identifier": True}, "warning", "journeys.cart_rescue.steps.wait.branches.again.any_identifier", "changes nothing"),
    ("branch_key", {J + "steps__0__branches__0__key": "timeout"}, "error", "journeys.cart_rescue.steps.wait.branches.timeout.key", "'timeout'"),
    ("next_unused", {J + "steps__1__next": "nudge"}, "warning", "journeys.cart_rescue.steps.coin.next", "never goes on by next"),
    ("duplicate_key", {J + "steps__2__key": "coin"}, "error", "journeys.cart_rescue.steps.coin", "2 steps"),
    ("duplicate_key", {J + "steps__1__branches__1__key": "mail"}, "error", "journeys.cart_rescue.steps.coin.branches.mail", "Two branches"),
    ("exit_cause", {J + "exits": [{"key": "out"}]}, "error", "journeys.cart_rescue.exits.out", "has no event"),
    ("exit_cause", {J + "exits": [{"key": "out", "event": "A", "after": "3d"}]}, "error", "journeys.cart_rescue.exits.out", "event and after"),
    ("exit_cause", {J + "exits": [{"key": "out", "after": "3d", "where": "property('a') = 1"}]}, "error", "journeys.cart_rescue.exits.out.where", "needs an event"),
    ("match_identifier", {J + "exits": [{"key": "out", "event": "A", "match_identifier": True}]}, "error", "journeys.cart_rescue.exits.out.match_identifier", "identifier"),
    ("reentry_identifier", {J + "entry": EVENT_ENTRY | {"reentry": {"mode": "once", "identifier": "cart_id"}}}, "error", "journeys.cart_rescue.entry.reentry.identifier", "'once'"),
    ("reentry_cool_down", {J + "entry": {"type": "audience", "audience": "lapsed", "reentry": {"mode": "after_exit"}}}, "error", "journeys.cart_rescue.entry.reentry.cool_down", "7d"),
    ("reentry_cool_down", {J + "entry": EVENT_ENTRY | {"reentry": {"mode": "once", "cool_down": "1d"}}}, "warning", "journeys.cart_rescue.entry.reentry.cool_down", "not used"),
    ("entry_group", {J + "entry": {"type": "audience"}}, "error", "journeys.cart_rescue.entry", "neither"),
    ("entry_group", {J + "entry": {"type": "audience", "audience": "lapsed", "condition": "audience('lapsed')"}}, "error", "journeys.cart_rescue.entry", "both"),
    ("definition_cycle", {"audiences__0__definition": "audience('lapsed')"}, "error", "audiences.lapsed.definition", "lapsed -> lapsed"),
    ("definition_cycle", {"audiences__0__definition": "trait('b') = true", "audiences__1": {"key": "b", "name": "B", "definition": "NOT audience('lapsed')"}}, "error", "audiences.lapsed.definition", "lapsed -> b -> lapsed"),
    ("audience_is_trait", {"traits": [{"key": "lapsed", "name": "L", "definition": "event('A').count()"}]}, "error", "audiences.lapsed.key", "two things"),
    ("trait_empty", {J + "steps__2": sets(" ")}, "error", "journeys.cart_rescue.steps.nudge.trait", "names no trait"),
    ("trait_dot", {J + "steps__2": sets("plan.name")}, "error", "journeys.cart_rescue.steps.nudge.trait", "Write 'plan'"),
    ("trait_name", {J + "steps__2": sets("lapsed")}, "error", "journeys.cart_rescue.steps.nudge.trait", "an audience"),
    ("trait_name", {J + "steps__2": sets("n"), "traits": [{"key": "n", "name": "N", "definition": "event('A').count()"}]}, "error", "journeys.cart_rescue.steps.nudge.trait", "a computed trait"),
    ("trait_of_sending", {J + "steps__2": sets("phone")}, "warning", "journeys.cart_rescue.steps.nudge.trait", "this phone number"),
    ("trait_of_sending", {J + "steps__2": sets("sms_subscription_status")}, "warning", "journeys.cart_rescue.steps.nudge.trait", "this sms subscription"),
    ("sync_every", {"audiences__0__sync__0__every": None}, "error", "audiences.lapsed.sync.0.every", "1h"),
    ("sync_twice", {"audiences__0__sync": [{"destination": "crm", "as": "identify"}, {"destination": "crm", "as": "track"}]}, "warning", "audiences.lapsed.sync.1.destination", "one of the two"),
    ("consent_category", {"destinations__0__consent_category": " "}, "error", "destinations.crm.consent_category", "such as marketing"),
    ("sync_resend", {"audiences__0__sync": [{"destination": "crm", "as": "identify", "resend": True}]}, "error", "audiences.lapsed.sync.0.resend", "batch"),
    ("sync_account", {"audiences__0__level": "account", "audiences__0__sync": [{"destination": "crm", "as": "track"}]}, "error", "audiences.lapsed.sync.0.as", "identify"),
    ("sync_account", {"audiences__0__level": "account", "audiences__0__sync": [{"destination": "crm", "as": "identify", "ids": "all"}]}, "error", "audiences.lapsed.sync.0.ids", "Take ids away"),
    ("list_hash", {"audiences__1": named(sha256="0")}, "error", "audiences.l.list.sha256", "64 digits"),
    ("list_hash", {"audiences__1": named(sha256="A" * 64)}, "error", "audiences.l.list.sha256", "a-f"),
    ("list_file", {"audiences__1": named(file=" ")}, "error", "audiences.l.list.file", "names no file"),
    ("list_file", {"audiences__1": named(file="a.xlsx")}, "error", "audiences.l.list.file", "Save the list as CSV"),
    ("list_column", {"audiences__1": named(file="a.TXT", column="id")}, "error", "audiences.l.list.column", "Leave the column out"),
    ("subject_missing", {"messages__0__subject": None}, "warning", "messages.nudge.subject", "subject"),
    ("send_to_all", {"messages__0__send_to": "all"}, "warning", "messages.nudge.send_to", "unsubscribed"),
    ("unknown_stage", {J + "stage": "gone"}, "warning", "journeys.cart_rescue.stage", "awareness"),
    ("never_open", {J + "starts": "2011-03-01T00:00:00Z", J + "ends": "2011-02-01T00:00:00Z"}, "warning", "journeys.cart_rescue.ends", "nobody enters"),
    ("timezone", {"workspace__timezone": "Europe/Lundon"}, "error", "workspace.timezone", "Europe/London"),
    ("timezone", {"workspace__timezone": "Europe"}, "error", "workspace.timezone", "Europe/London"),
    ("condition_empty", {"audiences__0__definition": " "}, "error", "audiences.lapsed.definition", "empty"),
    ("broadcast_group", {"broadcasts": [{"key": "b", "name": "B", "message": "nudge", "at": "2011-03-01T09:00:00Z"}]}, "error", "broadcasts.b", "neither"),
    ("unknown_journey", {"tests": [{"key": "t", "journey": "gone"}]}, "error", "tests.t.journey", "cart_rescue"),
    ("unknown_branch", {"tests": [{"key": "t", "journey": "cart_rescue", "arms": {"coin": "gone"}}]}, "error", "tests.t.arms.coin", "mail, control"),
]  # fmt: skip


def test_the_storefront_has_no_problem():
    assert validate(design()) == ()


@pytest.mark.parametrize(("code", "values", "severity", "path", "words"), CASES)
def test_a_fault_is_found_once_at_its_place(code, values, severity, path, words):
    problem = only(design(**values), code)
    assert (problem.severity, problem.path) == (severity, path)
    assert words in f"{problem.message} {problem.mend}"


def test_a_journey_needs_a_start_once_it_has_steps():
    data = json.loads(STOREFRONT)
    data["journeys"][0]["start"] = None
    campaigns, _ = loads(json.dumps(data))
    assert only(campaigns, "start_missing").path == "journeys.cart_rescue.start"
    data["journeys"][0]["steps"] = []
    campaigns, _ = loads(json.dumps(data))
    assert only(campaigns, "no_steps").severity == "warning"


def test_a_condition_names_line_column_and_shows_the_place():
    problem = only(design(audiences__0__definition="trait('plan') = 'pro' AND\n  event('A').count( >= 1"), "condition")
    assert problem.path == "audiences.lapsed.definition"
    assert problem.message.startswith("Line 2, column ")
    assert "event('A').count^( >= 1" in problem.mend


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"audiences__0__definition": "journey('A.b') = 1"}, "audiences.lapsed.definition"),
        ({"audiences__0__definition": "property('price') > 3"}, "audiences.lapsed.definition"),
        ({"audiences__0__definition": "event('A').count()"}, "audiences.lapsed.definition"),
        ({J + "entry": EVENT_ENTRY | {"where": "property('price') >"}}, "journeys.cart_rescue.entry.where"),
        ({"traits": [{"key": "n", "name": "N", "definition": "event('A').count() >= 1"}]}, "traits.n.definition"),
        ({"traits": [{"key": "n", "name": "N", "definition": "trait('a')"}]}, "traits.n.definition"),
        ({"audiences__0__definition": "event('A').expires_after(1 hour).count() > 1"}, "audiences.lapsed.definition"),
    ],
)
def test_a_condition_must_have_a_meaning_where_it_stands(values, path):
    assert only(design(**values), "condition").path == path


def test_a_list_is_accepted_and_has_no_definition_beside_it():
    """D-11: the file itself is read by whoever runs the design."""
    assert validate(design(audiences__1=named(column="id"))) == ()
    assert validate(design(audiences__1=named(file="lists/a.txt"))) == ()
    data = json.loads(STOREFRONT)
    data["audiences"].append(named() | {"definition": "event('A').count() >= 1"})
    campaigns, (problem,) = loads(json.dumps(data))
    assert (campaigns, problem.code, problem.path) == (None, "definition_or_list", "audiences.l")


def test_a_step_may_set_or_remove_any_other_trait():
    """D-37: also one that no condition reads, and `timezone`, which counts as any trait does."""
    for trait in ("plan", "timezone", "email_opt_in"):
        assert validate(design(**{J + "steps__2": sets(trait)})) == ()
    assert validate(design(**{J + "steps__2": sets("plan") | {"value": None}})) == ()


ALL_TOGETHER: list[dict[str, Any]] = [
    {J + "steps__2__responses": {"opened": {"likely": 0.3}}},
    {"messages__0__subscription_group": "news"},
    {"policies": {"caps": [{"max": 2, "per": "7d"}]}},
    {"policies": {"holdout": {"percent": 5}}},
    {J + "entry": EVENT_ENTRY | {"event": "Email Sent"}},
    {"audiences__0__definition": "event('Email Sent').count() >= 1"},
]


@pytest.mark.parametrize("values", ALL_TOGETHER)
def test_what_campaigns_do_to_each_other_is_simulated(values):
    """D-22..D-29: nothing of it is an error."""
    assert [problem for problem in validate(design(**values)) if problem.is_error] == []


def test_values_of_the_journey_have_a_meaning_inside_it_alone():
    """D-20: both doors let them pass where an instance is asked, and nowhere else."""
    text = "journey('Product Added.price') > 3"
    inside = design(**{J + "exits": [{"key": "out", "condition": text}], J + "steps__0__branches__0__where": "property('a') = journey('Product Added.a')"})  # fmt: skip
    assert validate(inside) == ()
    compile_campaigns(inside)
    for outside in ({"audiences__0__definition": text}, {J + "entry": EVENT_ENTRY | {"where": text}}):
        assert only(design(**outside), "condition")
        with pytest.raises(DesignError):
            compile_campaigns(design(**outside))


COMPUTED = [
    "trait('renewal_at').before_date(2020-01-31)",
    "trait('renewal_at').after_date(2020-01-31T09:00:00Z)",
    "NOT trait('renewal_at').within_next(10 days)",
    "event('A').where(property('due').within_last(10 days)).count() >= 1",
    "event('A').where(NOT property('due').before_last(10 days)).count() >= 1",
    "trait('renewal_at').after_next(10 days)",
    "trait('renewal_at') = 2020-01-31",
    "2020-01-31 != trait('renewal_at')",
    "event('A').where(property('due').one_of(2020-01-31, 'never')).count() >= 1",
    "event('A').sources({exclude: ['web']}).count() >= 1",
    "event('A').where(property('lines.$.sku') != 'x').count() >= 1",
    "event('A').where(context('page.url') = 'x').count() >= 1",
    "event('A').sum(property('price')) > 3",
    "event('A').max(property('x') as string) = 'late'",
    "event('A').mode(property('x'), 3) = 'a'",
    "event('A').unique(context('page.path')).count() > 2",
    "event('A').first(context('page.path')) = '/'",
    "event('A').count() > trait('n')",
    "trait('a') = trait('b')",
    "event('A').where(property('x') = trait('a')).count() >= 1",
    "event('A').where(event('B').count() >= 1).count() >= 1",
    "event('A').where(event('B').between(parent: 1 day, 2 days).count() >= 1).count() >= 1",
    "event('A').where(event('B').where(property('x') = property(parent: 'x')).count() >= 1).count() >= 1",
    "event('A').where(event('B').sources({exclude: ['web']}).count() >= 1).count() >= 1",
    "trait('session_pages') > 3",
]


@pytest.mark.parametrize("text", COMPUTED)
def test_all_of_the_language_is_accepted_and_compiles(text):
    """AU-*, QL-*, D-8, D-42, D-43: validation and engine agree that these can be computed."""
    session = {"key": "session_pages", "name": "S", "definition": "event('A').expires_after(1 hour).count()"}
    for level in ("user", "account"):
        named = text.replace("trait('session_pages')", "ANY trait('session_pages')") if level == "account" else text
        asked = {"key": "asked", "name": "A", "level": level, "definition": named}
        campaigns = design(traits=[session], audiences__1=asked, journeys=[])
        assert validate(campaigns) == ()
        compile_campaigns(campaigns)


def test_a_broadcast_is_a_campaign_like_any_other():
    broadcast = {"key": "b", "name": "B", "audience": "lapsed", "message": "nudge", "at": "2011-03-01T09:00:00Z"}
    assert [problem for problem in validate(design(broadcasts=[broadcast])) if problem.is_error] == []


def test_errors_come_first():
    problems = validate(design(journeys__0__start="coin", messages__0__subject=None, journeys__0__stage="gone", policies={"caps": [{"max": 0, "per": "1d"}]}))  # fmt: skip
    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities)
    assert severities[0] == "error"


@pytest.mark.parametrize("values", [case[1] for case in CASES] + ALL_TOGETHER)
def test_the_engine_never_refuses_what_validation_lets_pass(values):
    """Validation runs first and says more; what it accepts must compile (D-36)."""
    campaigns = design(**values)
    if not any(problem.is_error for problem in validate(campaigns)):
        assert compile_campaigns(campaigns).campaigns == campaigns


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_journey_of_any_shape_is_accepted_by_both_or_named_broken(found):
    campaigns = design(journeys=[], audiences__0__key="a")
    campaigns = campaigns.with_(journeys=(found,))
    assert [problem.code for problem in validate(campaigns) if problem.is_error] == []
    compile_campaigns(campaigns)


@settings(max_examples=80, deadline=None)
@given(CAMPAIGN_FILES)
def test_no_design_however_odd_makes_validation_stumble(data):
    campaigns, problems = loads(json.dumps(data))
    assert campaigns is not None, problems
    for problem in validate(campaigns):
        assert problem.message.endswith((".", "?")), problem
        assert problem.path
        assert problem.mend


SCHEDULE = {"type": "schedule", "at": "2011-03-01T09:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"at": "soon"}, "schedule_at", "at"),
        ({"every": "0h"}, "schedule_every", "every"),
        ({"every": "1d", "time": "09:00"}, "schedule_every", "every"),
        ({"weekdays": ["mon"]}, "weekdays", "weekdays"),
        ({"weekdays": ["someday"], "time": "09:00"}, "weekdays", "weekdays"),
        ({"time": "25:00"}, "clock_time", "time"),
    ],
)
def test_a_schedule_says_when(changes: dict[str, Any], code: str, path: str) -> None:
    """D-45, D-54."""
    problem = only(design(**{J + "entry": SCHEDULE | changes}), code)
    assert (problem.severity, problem.path) == ("error", f"journeys.cart_rescue.entry.{path}")
    assert problem.mend


def test_schedules_that_can_run() -> None:
    for changes in (
        {},
        {"at": "2011-03-01"},
        {"every": "7d"},
        {"time": "09:00", "weekdays": ["mon", "fri"], "zone": "profile"},
    ):
        assert not [one for one in validate(design(**{J + "entry": SCHEDULE | changes})) if one.is_error]
