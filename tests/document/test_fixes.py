"""Each mend that is offered takes away its problem and nothing else, in one named step that changes what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engage_desktop.document import Document, dumps, validate
from engage_desktop.document import fix_offers as offers
from engage_desktop.document.fix_offers import with_fixes
from engage_desktop.document.fixes import fix_change
from engage_desktop.document.rewriting import rename_audience, rename_event, rename_property
from engage_desktop.document.wiring import EditRefused
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.problem import Fix, Problem

from .designs import design
from .test_validation import CASES

J = "journeys__0__"
ROOT = "journeys.cart_rescue"
ENTRY = {"type": "event", "event": "Product Added"}
HOUR = {"key": "nudge", "type": "delay_until", "at": "2025-07-01T09:00", "zone": "workspace"}
TWO_ARMS = [{"key": "a", "percent": 40, "role": "holdout"}, {"key": "b", "percent": 45.5}]
SPRING = {"key": "spring", "name": "Spring", "audience": "lapsed", "message": "nudge", "at": "2011-03-01T09:00:00Z"}
FIXED: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    # code, values, name of the step, what is another (None: gone)
    ("percent_sum", {J + "steps__1__branches__1__percent": 5}, "Give “mail” 95 percent", {f"{ROOT}.steps.coin.branches.mail.percent": 95}),
    ("percent_sum", {"broadcasts": [SPRING | {"variants": TWO_ARMS}]}, "Give “b” 60 percent", {"broadcasts.spring.variants.b.percent": 60}),
    ("local_date", {"workspace__timezone": "Europe/London", J + "steps__2": HOUR}, "Mean 2025-07-01 09:00 in Europe/London", {f"{ROOT}.steps.nudge.at": "2025-07-01T09:00:00+01:00"}),
    ("local_date", {"workspace__timezone": "UTC", J + "steps__2": HOUR | {"at": "2025-07-01", "zone": "profile"}}, "Mean 2025-07-01 in UTC", {f"{ROOT}.steps.nudge.at": "2025-07-01T00:00:00Z"}),
    ("past_unused", {J + "steps__2": {"key": "nudge", "type": "delay_until", "time": "09:00", "past": "leave"}}, "Let everybody pass", {f"{ROOT}.steps.nudge.past": None}),
    ("never_open", {J + "starts": "2011-03-01T00:00:00Z", J + "ends": "2011-02-01T00:00:00Z"}, "Swap start and end", {f"{ROOT}.starts": "2011-02-01T00:00:00Z", f"{ROOT}.ends": "2011-03-01T00:00:00Z"}),
    ("unreachable", {J + "start": "coin"}, "Delete “Two quiet hours”", {f"{ROOT}.steps.wait": None}),
    ("loop_next", {J + "steps__0__branches__0__next": "coin"}, "Only loop back", {f"{ROOT}.steps.wait.branches.again.next": None}),
    ("any_identifier", {J + "steps__0__branches__0__any_identifier": True}, "Listen to the own identifier alone", {f"{ROOT}.steps.wait.branches.again.any_identifier": None}),
    ("next_unused", {J + "steps__1__next": "nudge"}, "Remove the way that is never taken", {f"{ROOT}.steps.coin.next": None}),
    ("exit_cause", {J + "exits": [{"key": "out", "after": "3d", "where": "property('a') = 1"}]}, "Remove the filter", {f"{ROOT}.exits.out.where": None}),
    ("match_identifier", {J + "exits": [{"key": "out", "event": "A", "match_identifier": True}]}, "Hear every event", {f"{ROOT}.exits.out.match_identifier": None}),
    ("reentry_identifier", {J + "entry": ENTRY | {"reentry": {"mode": "once", "identifier": "cart_id"}}}, "Remove the identifier", {f"{ROOT}.entry.reentry.identifier": None}),
    ("reentry_cool_down", {J + "entry": ENTRY | {"reentry": {"mode": "once", "cool_down": "1d"}}}, "Remove the pause", {f"{ROOT}.entry.reentry.cool_down": None}),
    ("start_missing", {}, "Start at “Two quiet hours”", {f"{ROOT}.start": "wait"}),
    ("unknown_step", {J + "steps__1__branches__1__next": "nugde"}, "Lead to “nudge”", {f"{ROOT}.steps.coin.branches.control.next": "nudge"}),
    ("unknown_step", {J + "steps__1__branches__1__next": "gone"}, "Let the path end here", {f"{ROOT}.steps.coin.branches.control.next": None}),
    ("unknown_audience", {J + "entry": ENTRY | {"audience": "lapsd"}}, "Use “Lapsed buyers”", {f"{ROOT}.entry.audience": "lapsed"}),
    ("unknown_audience", {J + "entry": ENTRY | {"where": "NOT audience('laped')"}}, "Use “Lapsed buyers”", {f"{ROOT}.entry.where": "NOT audience('lapsed')"}),
    ("unknown_message", {J + "steps__2__message": "nugde"}, "Use “nudge”", {f"{ROOT}.steps.nudge.message": "nudge"}),
    ("unknown_destination", {"audiences__0__sync__0__destination": "crn"}, "Use “crm”", {"audiences.lapsed.sync.0.destination": "crm"}),
    ("unknown_stage", {J + "stage": "gone"}, "Leave the stage out", {f"{ROOT}.stage": None}),
    ("send_to_all", {"messages__0__send_to": "all"}, "Send to subscribers alone", {"messages.nudge.send_to": None}),
    ("sync_twice", {"audiences__0__sync": [{"destination": "crm", "as": "identify"}, {"destination": "crm", "as": "track"}]}, "Keep one of the two syncs", {"audiences.lapsed.sync.1": None}),
    ("sync_resend", {"audiences__0__sync": [{"destination": "crm", "as": "identify", "resend": True}]}, "Send changes alone", {"audiences.lapsed.sync.0.resend": None}),
    ("consent_category", {"destinations__0__consent_category": " "}, "Ask for no consent", {"destinations.crm.consent_category": None}),
    ("target_wait", {J + "target": "segment-v2", J + "steps__0__timeout": "2m"}, "Wait 5m", {f"{ROOT}.steps.wait.timeout": "5m"}),
    ("throughput", {"broadcasts": [SPRING | {"throughput": 0}]}, "Send all at once", {"broadcasts.spring.throughput": None}),
]  # fmt: skip


def flat(data: Any, path: str = "") -> dict[str, Any]:
    """Every value of a campaign file by its dotted path, list items by key where they have one."""
    if isinstance(data, dict):
        return {
            at: v for name, item in data.items() for at, v in flat(item, f"{path}.{name}" if path else name).items()
        }
    if isinstance(data, list):
        named = [(str(item["key"]) if isinstance(item, dict) and "key" in item else str(n), item) for n, item in enumerate(data)]  # fmt: skip
        return {at: v for name, item in named for at, v in flat(item, f"{path}.{name}").items()}
    return {path: data}


def differs(before: Campaigns, after: Campaigns) -> dict[str, Any]:
    old, new = (flat(json.loads(dumps(one))) for one in (before, after))
    return {path: new.get(path) for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


@pytest.mark.parametrize(("code", "values", "name", "change"), FIXED)
def test_a_fix_takes_away_its_problem_and_nothing_else(code, values, name, change):
    before = design(**values)
    if code == "start_missing":  # null, which is not to leave it out
        before = before.with_(journeys=(before.journeys[0].with_(start=None),))
    (problem,) = [one for one in with_fixes(before, validate(before)) if one.code == code]
    assert problem.fix is not None
    assert problem.fix.name == name
    document = Document(before)
    document.apply(fix_change(before, problem.fix))
    after = document.campaigns
    assert set(validate(before)) - set(validate(after)) == {replace(problem, fix=None)}
    assert set(validate(after)) <= set(validate(before))
    gone = {path for path, value in change.items() if value is None}
    got = differs(before, after)
    assert all(any(path == one or path.startswith(f"{one}.") for one in change) for path in got), got
    assert {path: value for path, value in got.items() if value is not None} == {p: v for p, v in change.items() if v is not None}  # fmt: skip
    assert all(any(path == one or path.startswith(f"{one}.") for path in got) for one in gone)
    assert document.undo_name == name
    document.undo()
    assert dumps(document.campaigns) == dumps(before)
    assert not document.can_undo


def test_every_offer_is_tried_here_or_named():
    """`subscription_group`, `offset` and the like are fields that go, as those tried."""
    alike = {"on_timeout_unused", "offset", "rate", "subscription_group", "sync_account", "weekdays"}
    assert set(offers._OFFERS) == {code for code, *_ in FIXED} | alike


@pytest.mark.parametrize(("code", "values", "severity", "path", "words"), CASES)
def test_whatever_is_offered_anywhere_keeps_the_law(code, values, severity, path, words):
    before = design(**values)
    found = validate(before)
    for problem in with_fixes(before, found):
        if problem.fix is not None:
            document = Document(before)
            document.apply(fix_change(before, problem.fix))
            assert set(validate(document.campaigns)) == set(found) - {replace(problem, fix=None)}


def test_no_fix_is_offered_that_would_bring_or_take_another_problem():
    """To delete this step would take away what is wrong with its percentages too; to mend this wire, that nobody came."""
    both = design(**{J + "start": "nudge", J + "steps__1__branches__1__percent": 5})
    found = {one.path: one.fix for one in with_fixes(both, validate(both)) if one.code == "unreachable"}
    assert found[f"{ROOT}.steps.coin"] is None
    wire = design(**{J + "steps__0__on_timeout": "coyn"})
    assert [one.fix for one in with_fixes(wire, validate(wire)) if one.code == "unknown_step"] == [None]


def test_a_lint_of_a_run_keeps_its_fix_only_where_nothing_new_is_wrong():
    campaigns = design()
    ways = [Fix("Good", "delete_step", ("cart_rescue", "nudge")), Fix("Bad", "delete_step", ("cart_rescue", "gone"))]
    ways.append(Fix("Worse", "set", (f"{ROOT}.steps.wait.on_timeout", '"nudge"')))
    told = [Problem("warning", "lint", ROOT, f"Lint {number}.", fix=fix) for number, fix in enumerate(ways)]
    assert [one.fix and one.fix.name for one in with_fixes(campaigns, told)] == ["Good", None, None]


def test_proving_stops_when_asked_and_after_enough(monkeypatch):
    campaigns = design(**{J + "stage": "gone", "messages__0__send_to": "all"})
    found = validate(campaigns)
    assert not any(one.fix for one in with_fixes(campaigns, found, lambda: True))
    monkeypatch.setattr(offers, "MOST_PROVED", 1)
    assert sum(one.fix is not None for one in with_fixes(campaigns, found)) == 1


def test_a_fix_of_what_is_gone_is_refused():
    campaigns = design()
    for fix in (
        Fix("x", "set", ("journeys.gone.name", '"a"')),
        Fix("x", "set", (f"{ROOT}.steps.gone.name", '"a"')),
        Fix("x", "remove", (f"{ROOT}.exits.gone",)),
        Fix("x", "guard", ("gone", "nudge", "true", "Still?")),
        Fix("x", "first_match", ("cart_rescue", "coin")),
    ):
        with pytest.raises(EditRefused):
            fix_change(campaigns, fix)


def test_a_guard_stands_before_its_step_on_every_way():
    """J1-6: who no longer qualifies goes on behind the step, everybody else through it."""
    after = Document(design())
    after.apply(
        fix_change(design(), Fix("Ask again", "guard", ("cart_rescue", "coin", "audience('lapsed')", "Still?")))
    )
    journey = after.campaigns.journeys[0]
    assert [step.key for step in journey.steps] == ["wait", "coin_still", "coin", "nudge"]
    assert journey.by_key["wait"].on_timeout == "coin_still"
    guard = journey.by_key["coin_still"]
    assert (guard.name, guard.otherwise, [(one.condition, one.next) for one in guard.branches]) == (
        "Still?", "nudge", [("audience('lapsed')", "coin")],
    )  # fmt: skip
    assert validate(after.campaigns) == ()


def test_names_in_texts_are_replaced_where_they_mean_the_same():
    text = "event('Order').where(property('price') > 3 AND event('Order').where(property('price') = property(parent: 'price')).count() >= 1).sum(property('price')) > 1 AND event('Visit').where(property('price') = 1).count() = 0"
    assert rename_event(text, "Order", "Orders").count("event('Orders')") == 2
    renamed = rename_property(text, "Order", ("price",), ("cost",))
    assert renamed.count("'price'") == 1, renamed
    assert "event('Visit').where(property('price') = 1)" in renamed
    assert rename_property("property('a') = 1 AND event('B').where(property('a') = 1).count() >= 1", "", ("a",), ("c",)) == (
        "property('c') = 1 AND event('B').where(property('a') = 1).count() >= 1"
    )  # fmt: skip
    assert rename_audience("audience('a') AND NOT audience('b')", "a", "c") == "audience('c') AND NOT audience('b')"
