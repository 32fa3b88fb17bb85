"""Runs as a whole: refusals, cancel, progress, cache, determinism, the public tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engage_desktop.domain.errors import Cancelled, DesignError
from engage_desktop.engine import (
    LeafCache,
    compile_campaigns,
    condition_intervals,
    members_at,
    membership,
    simulate,
    to_arrow,
)
from engage_desktop.events import EventStore
from engage_desktop.language import parse_condition
from tests.engine.logs import DAY, T0, campaigns, identify, store_of, tables, track

WINDOW = (T0, T0 + 30 * DAY)
AUDIENCES = [
    {"key": "buyers", "name": "Buyers", "definition": "event('Bought').within(2 days).count() >= 1"},
    {"key": "others", "name": "Others", "definition": "NOT audience('buyers')"},
]
MESSAGES = [{"key": "m", "channel": "email", "body": "x"}]


def journey(key: str = "j", **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": key,
        "name": key,
        "entry": {"type": "event", "event": "Added"},
        "start": "d",
        "steps": [
            {"key": "d", "type": "delay", "duration": "1h", "next": "m"},
            {"key": "m", "type": "message", "message": "m"},
        ],
    }
    return made | changes


def design(**parts: Any) -> Any:
    return campaigns(**({"audiences": AUDIENCES, "messages": MESSAGES, "journeys": [journey()]} | parts))


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    records = [
        identify("b", "2024-01-01T00:00:00Z", email="b@x.org", plan="pro"),
        track("a", "Added", "2024-01-01T01:00:00Z", price=5),
        track("b", "Added", "2024-01-01T02:00:00Z", price=50),
        track("b", "Bought", "2024-01-02T02:00:00Z"),
        identify("b", "2024-01-03T00:00:00Z", plan="free"),
        track("a", "Added", "2024-01-05T01:00:00Z", price=50),
    ]
    return store_of(records, tmp_path)


def test_public_tables_have_their_columns_and_types(store: EventStore) -> None:
    """formats.md 4, D-48."""
    found = to_arrow(simulate(compile_campaigns(design()), store, window=WINDOW), store)
    assert {name: table.schema.to_string() for name, table in found.items()} == {
        "instances": "journey: string\nprofile: string\ninstance: int32\nidentifier: string\n"
        "entered_at: timestamp[us, tz=UTC]\nended_at: timestamp[us, tz=UTC]\noutcome: string\ndetail: string",
        "visits": "journey: string\nprofile: string\ninstance: int32\nseq: int32\nstep: string\n"
        "entered_at: timestamp[us, tz=UTC]\nleft_at: timestamp[us, tz=UTC]\nbranch: string\npass: int32\nkind: string",
        "memberships": "audience: string\nprofile: string\nfrom_at: timestamp[us, tz=UTC]\nto_at: timestamp[us, tz=UTC]",
        "messages": "campaign: string\nstep: string\nprofile: string\ninstance: int32\nchannel: string\nmessage: string\n"
        "due_at: timestamp[us, tz=UTC]\nsent_at: timestamp[us, tz=UTC]\nstatus: string\nreason: string\nkind: string",
        "responses": "campaign: string\nstep: string\nprofile: string\ninstance: int32\nresponse: string\n"
        "at: timestamp[us, tz=UTC]\nkind: string",
        "deliveries": "destination: string\ncampaign: string\nstep: string\nprofile: string\nchange: string\n"
        "changed_at: timestamp[us, tz=UTC]\ndue_at: timestamp[us, tz=UTC]\nbatch: int32\nmessage_id: string\nkind: string",
        "estimates": "campaign: string\nstep: string\nfigure: string\np5: double\np50: double\np95: double\n"
        "replicates: int32\nkind: string",
    }
    assert [len(found[name]) for name in ("instances", "visits", "messages", "responses")] == [3, 6, 3, 0]


def test_an_empty_design_and_an_empty_log(store: EventStore, tmp_path: Path) -> None:
    run = simulate(compile_campaigns(campaigns()), store, window=WINDOW)
    assert {name: len(table) for name, table in to_arrow(run, store).items()} == dict.fromkeys(to_arrow(run, store), 0)
    (tmp_path / "empty").mkdir()
    empty = store_of([], tmp_path / "empty")
    quiet = simulate(compile_campaigns(design()), empty, window=WINDOW)
    assert quiet.counts["visits"] == quiet.counts["memberships"] == 0
    assert len(to_arrow(quiet, empty)["visits"]) == 0


def test_rows_are_sorted_by_keys_not_by_place(store: EventStore) -> None:
    """D-48: keys and profiles sort by code points."""
    several = design(journeys=[journey("z"), journey("a"), journey("m")], audiences=AUDIENCES[::-1])
    found = tables(simulate(compile_campaigns(several), store, window=WINDOW), store)
    order = [(row["journey"], row["profile"], row["instance"], row["seq"]) for row in found["visits"]]
    assert order == sorted(order)
    assert len(order) == 18
    memberships = [(row["audience"], row["profile"], row["from_at"]) for row in found["memberships"]]
    assert memberships == sorted(memberships)


def test_cache_is_shared_and_changes_nothing(store: EventStore) -> None:
    cache = LeafCache()
    plan = compile_campaigns(design())
    first = simulate(plan, store, window=WINDOW, cache=cache)
    missed = cache.misses
    second = simulate(compile_campaigns(design()), store, window=WINDOW, cache=cache)
    assert cache.misses == missed
    assert cache.hits > 0
    assert tables(first, store) == tables(second, store) == tables(simulate(plan, store, window=WINDOW), store)


def test_the_cache_knows_definitions_not_names(store: EventStore) -> None:
    """An audience that changes under its key changes every condition that names it."""
    cache = LeafCache()
    changed = [AUDIENCES[0] | {"definition": "event('Added').count() >= 1"}, AUDIENCES[1]]
    simulate(compile_campaigns(design()), store, window=WINDOW, cache=cache)
    warm = simulate(compile_campaigns(design(audiences=changed)), store, window=WINDOW, cache=cache)
    cold = simulate(compile_campaigns(design(audiences=changed)), store, window=WINDOW)
    assert tables(warm, store) == tables(cold, store)


def test_only(store: EventStore) -> None:
    """D-25."""
    plan = compile_campaigns(design(journeys=[journey("a"), journey("b")]))
    run = simulate(plan, store, window=WINDOW, only=["b"])
    assert {row["journey"] for row in tables(run, store)["instances"]} == {"b"}
    assert run.only == ("b",)
    with pytest.raises(DesignError, match="There is no 'c'"):
        simulate(plan, store, window=WINDOW, only=["c"])


def test_progress_ascends_to_one_and_cancel_stops(store: EventStore) -> None:
    plan = compile_campaigns(design())
    told: list[tuple[float, str]] = []
    simulate(plan, store, window=WINDOW, progress=lambda part, what: told.append((part, what)))
    assert [part for part, _ in told] == sorted(part for part, _ in told)
    assert told[-1][0] == 1.0
    asked: list[None] = []

    def stop_later() -> bool:
        asked.append(None)
        return len(asked) > 4

    with pytest.raises(Cancelled):
        simulate(plan, store, window=WINDOW, cancelled=stop_later)


def test_members_at_follow_expiry_beyond_the_end_of_the_log(store: EventStore) -> None:
    """D-48: windows expire with no event at all."""
    plan = compile_campaigns(design())
    buyers = membership(plan, store, "buyers")
    bought = T0 + DAY + 2 * 3_600_000_000
    sizes = [len(members_at(buyers, at)) for at in (bought - 1, bought, bought + 2 * DAY - 1, bought + 2 * DAY)]
    assert sizes == [0, 1, 1, 0]
    assert buyers.end.tolist() == [bought + 2 * DAY]
    with pytest.raises(DesignError, match="There is no 'nobody'"):
        membership(plan, store, "nobody")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("event('Added').where(property('price') >= 20 AND trait('plan') = 'pro').count() >= 1", []),
        ("event('Added').where(property('price') >= 20 AND trait('plan') = 'free').count() >= 1", ["b"]),
        ("event('Added').where(property('price') >= 20 OR audience('others')).count() >= 2", ["a"]),
        ("event('Added').where(NOT trait('plan').exists()).count() >= 1", ["a"]),
    ],
)
def test_state_inside_where_is_that_of_the_instant_of_evaluation(store: EventStore, text: str, ids: list[str]) -> None:
    """D-9: at the end of the log b is on plan free, whatever it was when b added."""
    found = condition_intervals(parse_condition(text), compile_campaigns(design()), store)
    assert [store.profile_ids[at] for at in members_at(found, T0 + 20 * DAY)] == ids


def test_own_where_looks_at_the_whole_history_up_to_the_event(store: EventStore) -> None:
    """D-43: in an entry's own where there is no parent."""
    entry = {"type": "event", "event": "Added", "where": "event('Added').count() = 2 AND property('price') = 50"}
    found = tables(simulate(compile_campaigns(design(journeys=[journey(entry=entry)])), store, window=WINDOW), store)
    assert [(row["profile"], row["entered_at"]) for row in found["instances"]] == [("a", T0 + 4 * DAY + 3_600_000_000)]


def test_an_audience_key_that_is_a_user_trait_is_an_error(store: EventStore) -> None:
    """D-9."""
    with pytest.raises(DesignError, match="user trait named 'plan'"):
        simulate(compile_campaigns(design(audiences=[AUDIENCES[0] | {"key": "plan"}])), store, window=WINDOW)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown_destination", {"journeys": [journey(exits=[{"key": "x", "event": "A", "send": {"destination": "none"}}])]}, "journeys.j.exits.x.send.destination"),
    ("set_trait", {"journeys": [journey(start="f", steps=[{"key": "f", "type": "set_trait", "trait": "x.y", "value": 1}])]}, "journeys.j.steps.f.trait"),
    ("trait_name", {"journeys": [journey(start="f", steps=[{"key": "f", "type": "set_trait", "trait": "buyers", "value": 1}])]}, "journeys.j.steps.f.trait"),
    ("cap", {"policies": {"caps": [{"max": 0, "per": "1d"}]}}, "policies.caps.0"),
    ("clock_time", {"policies": {"quiet_hours": [{"channel": "sms", "from": "late", "to": "08:00"}]}}, "policies.quiet_hours.0"),
    ("broadcast", {"broadcasts": [{"key": "b", "name": "B", "message": "m", "at": "2011-03-01"}]}, "broadcasts.b"),
    ("key_taken", {"broadcasts": [{"key": "j", "name": "B", "audience": "buyers", "message": "m", "at": "2011-03-01"}]}, "broadcasts.j"),
    ("unknown_message", {"broadcasts": [{"key": "b", "name": "B", "audience": "buyers", "at": "2011-03-01"}]}, "broadcasts.b.message"),
    ("level", {"audiences": [AUDIENCES[0] | {"level": "account", "definition": "audience('buyers_too')"}, AUDIENCES[0] | {"key": "buyers_too"}]}, "audiences.buyers.definition"),
    ("cycle", {"traits": [{"key": "t", "name": "T", "definition": "event('A').where(trait('t') = 1).count()"}]}, "traits.t.definition"),
    ("condition", {"audiences": [AUDIENCES[0] | {"definition": "event('A'"}]}, "audiences.buyers.definition"),
    ("unknown_audience", {"audiences": [AUDIENCES[1]]}, "audiences.others.definition"),
    ("unknown_message", {"messages": []}, "journeys.j.steps.m.message"),
    ("unknown_step", {"journeys": [journey(start="nowhere")]}, "journeys.j.start"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "parts", "path"), REFUSED)
def test_what_cannot_run_is_refused_with_its_place(code: str, parts: dict[str, Any], path: str) -> None:
    """D-36."""
    with pytest.raises(DesignError) as refusal:
        compile_campaigns(design(**parts))
    assert (code, path) in [(problem.code, problem.path) for problem in refusal.value.problems]


def test_audiences_in_a_circle_are_refused() -> None:
    """D-9."""
    circle = [AUDIENCES[0] | {"definition": "audience('others')"}, AUDIENCES[1]]
    with pytest.raises(DesignError, match="refers to itself"):
        compile_campaigns(design(audiences=circle))


def test_a_path_that_leads_back_is_refused() -> None:
    """D-46."""
    steps = [
        {"key": "d", "type": "delay", "duration": "1h", "next": "e"},
        {"key": "e", "type": "delay", "duration": "1h", "next": "d"},
    ]
    with pytest.raises(DesignError, match="leads back to 'd'"):
        compile_campaigns(design(journeys=[journey(steps=steps)]))


def test_a_busy_profile_enters_again_and_again(tmp_path: Path) -> None:
    """D-16, D-45: generations end where the log does; instances are numbered in order of entry."""
    times = [f"2024-01-01T{hour:02}:{minute:02}:00Z" for hour in range(24) for minute in (0, 20, 40)]
    store = store_of([track("u", "Added", at) for at in times] + [track("v", "Added", times[0])], tmp_path)
    entry = {"type": "event", "event": "Added", "reentry": {"mode": "after_exit", "cool_down": "30m"}}
    run = simulate(compile_campaigns(design(journeys=[journey(entry=entry)])), store, window=WINDOW)
    # in at 0:00, out at 1:00, allowed from 1:30 on: in at 1:40, and so on
    mine = run.instances["entered_at"][run.instances["profile"] == 0]
    assert np.diff(mine).tolist() == [100 * 60_000_000] * (len(mine) - 1)
    assert len(mine) == 15
    assert run.instances["instance"].tolist() == [*range(1, 16), 1]


def test_a_count_read_as_a_trait_is_a_number_to_text_operators(tmp_path: Path) -> None:
    """D-40: `contains` looks into its shortest form."""
    store = store_of([track("u", "A", f"2024-01-01T0{hour}:00:00Z") for hour in range(3)], tmp_path)
    plan = compile_campaigns(
        campaigns(
            traits=[{"key": "n", "name": "N", "definition": "event('A').count()"}],
            audiences=[
                {"key": key, "name": key, "definition": f"trait('n').contains('{text}')"}
                for key, text in (("three", "3"), ("point", ".0"))
            ],
        )
    )
    assert membership(plan, store, "three").start.tolist() == [T0 + 2 * 3_600_000_000]
    assert not len(membership(plan, store, "point"))


def test_an_account_audience_must_not_share_its_key_with_a_trait_of_users_or_groups(tmp_path: Path) -> None:
    """D-9: users read it as `trait('big')` too."""
    group = {"type": "group", "userId": "u", "groupId": "g", "timestamp": "2024-01-01T00:00:00Z", "traits": {"size": 9}}
    store = store_of([identify("u", "2024-01-01T00:00:00Z", big=1), group], tmp_path)
    for key in ("big", "size"):
        audience = {"key": key, "name": key, "level": "account", "definition": "trait('seats') > 3"}
        with pytest.raises(DesignError, match=f"trait named '{key}' too"):
            simulate(compile_campaigns(campaigns(audiences=[audience])), store, window=WINDOW)


def test_a_condition_by_itself_remembers_nothing(store: EventStore) -> None:
    """D-20."""
    with pytest.raises(DesignError, match="journey\\(\\) only has a meaning inside a journey"):
        condition_intervals(parse_condition("journey('Added.price') > 1"), compile_campaigns(design()), store)
