"""Each lint on a design of Storefront that is at fault: the people it names are counted again, in SQL over the raw log
and the run's public tables or in plain Python; and its mend takes away this lint and brings no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engage_desktop import document
from engage_desktop.analysis.lint_kinds import kind_of
from engage_desktop.analysis.lints import Found, find_lints
from engage_desktop.document.fix_offers import with_fixes
from engage_desktop.document.fixes import fix_change
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import Cancelled
from engage_desktop.domain.problem import Problem
from engage_desktop.engine import LeafCache, Run, compile_campaigns, simulate, to_arrow
from engage_desktop.events import EventStore, build_store

from .shop_sql import open_shop

DAY = 86_400_000_000
ROOT = "journeys.j"
Where = dict[str, Any]


@dataclass
class Shop:
    database: duckdb.DuckDBPyConnection
    store: EventStore
    cache: LeafCache

    def run(self, campaigns: Campaigns) -> Run:
        window = (self.store.first_us, self.store.last_us)
        return simulate(compile_campaigns(campaigns), self.store, window=window, cache=self.cache)

    def lints(self, campaigns: Campaigns, run: Run | None = None) -> list[Found]:
        return list(find_lints(run or self.run(campaigns), self.store, cache=self.cache))

    def sql(self, query: str, run: Run | None = None) -> set[str]:
        """The profiles that a query finds; `messages`, `visits` are those of the run."""
        if run is not None:
            for name, table in to_arrow(run, self.store).items():
                self.database.register(name, table)
        return {str(row[0]) for row in self.database.execute(query).fetchall()}

    def names(self, found: Found) -> set[str]:
        ids = [self.store.profile_ids[int(one)] for one in found.people]
        assert len(ids) == len(set(ids)) == len(found.at)
        return set(ids)


@pytest.fixture(scope="module")
def shop(root: Path) -> Iterator[Shop]:
    log = root / "sample_data" / "storefront" / "log.jsonl.zst"
    with open_shop(log) as database:
        yield Shop(database, build_store([log])[0], LeafCache())


def design(journey: Where, **fields: Any) -> Campaigns:
    """One journey `j` with a message, an end `done` and whatever a case needs."""
    ends = [{"key": "done", "type": "end"}]
    data = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Shop"},
        "messages": [{"key": "note", "channel": "email", "subject": "Hello", "body": "Hello"}],
        "policies": {"subscription": {"unknown": "assume"}, "address": {"unknown": "assume"}},
        "journeys": [{"key": "j", "name": "J", **journey, "steps": [*journey["steps"], *ends]}],
        **fields,
    }
    loaded, problems = document.loads(json.dumps(data))
    assert loaded is not None, problems
    assert document.validate(loaded) == ()
    return loaded


def audience(definition: str) -> list[Where]:
    return [{"key": "a", "name": "A", "definition": definition}]


def event(name: str, **fields: Any) -> Where:
    return {"type": "event", "event": name, **fields}


def only(found: list[Found], code: str) -> Found:
    (one,) = [one for one in found if one.problem.code == code]
    assert one.problem.message
    assert one.problem.mend
    return one


def mended(shop: Shop, campaigns: Campaigns, found: list[Found], one: Found, name: str) -> Campaigns:
    """The design after the fix: all lints but this one are still there, word for word, and no other is."""
    proved = with_fixes(campaigns, [item.problem for item in found])
    problem = next(item for item in proved if replace(item, fix=one.problem.fix) == one.problem)
    assert problem.fix is not None
    assert problem.fix.name == name
    edited = document.Document(campaigns)
    edited.apply(fix_change(campaigns, problem.fix))
    assert edited.undo_name == name
    before, after = (
        set(proved),
        set(with_fixes(edited.campaigns, [item.problem for item in shop.lints(edited.campaigns)])),
    )
    assert before - after == {problem}
    assert not after - before
    assert document.validate(edited.campaigns) == ()
    return edited.campaigns


def steps(campaigns: Campaigns) -> dict[str, Any]:
    return {step["key"]: step for step in json.loads(document.dumps(campaigns))["journeys"][0]["steps"]}


DELAY = {"key": "wait", "type": "delay", "name": "Five days", "duration": "5d", "next": "note"}
NOTE = {"key": "note", "type": "message", "message": "note", "name": "Note", "next": "done"}


# -- waits --------------------------------------------------------------------------------


def test_who_no_longer_belongs_when_the_message_goes_out(shop: Shop) -> None:
    """J1-6: in the audience on entry, out of it five days later, and nobody asks."""
    browsing = audience("event('Product Viewed').within(7 days).count() >= 3")
    campaigns = design({"entry": {"type": "audience", "audience": "a"}, "start": "wait", "steps": [DELAY, NOTE]}, audiences=browsing)  # fmt: skip
    run = shop.run(campaigns)
    found = shop.lints(campaigns, run)
    one = only(found, "unguarded_wait")
    wrong = shop.sql(
        "SELECT profile FROM messages m WHERE status IN ('sent', 'waiting') AND (SELECT count(*) FROM happened h WHERE "
        "h.profile = m.profile AND h.event = 'Product Viewed' AND h.t <= epoch_us(m.due_at) AND h.t > epoch_us(m.due_at) - days(7)) < 3",
        run,
    )  # fmt: skip
    reached = shop.sql("SELECT profile FROM messages WHERE status IN ('sent', 'waiting')")
    assert shop.names(one) == wrong
    assert 0 < len(wrong) < len(reached)
    assert one.problem.path == f"{ROOT}.steps.wait"
    assert f"“Note” reaches {len(wrong):,} of {len(reached):,} people" in one.problem.message
    assert "is in “A”. Nobody asks again after “Five days”" in one.problem.message
    after = mended(shop, campaigns, found, one, "Ask again before “Note”")
    assert steps(after) == steps(campaigns) | {
        "wait": {**DELAY, "next": "note_still"},
        "note_still": {
            "key": "note_still", "type": "split", "name": "Still in “A”?", "otherwise": "done",
            "branches": [{"key": "still", "name": "Still so", "condition": "audience('a')", "next": "note"}],
        },
    }  # fmt: skip
    sent = shop.sql("SELECT profile FROM messages WHERE status IN ('sent', 'waiting')", shop.run(after))
    assert sent == reached - wrong


def test_who_buys_while_they_wait_as_no_buyers(shop: Shop) -> None:
    """The way of everybody else is a guard too: here of those who have not ordered yet."""
    ask = {"key": "ask", "type": "split", "branches": [{"key": "yes", "condition": "event('Order Completed').count() >= 1", "next": "done"}], "otherwise": "wait"}  # fmt: skip
    campaigns = design({"entry": event("Signed Up"), "start": "ask", "steps": [ask, DELAY, NOTE]})
    run = shop.run(campaigns)
    found = shop.lints(campaigns, run)
    one = only(found, "unguarded_wait")
    wrong = shop.sql(
        "SELECT profile FROM messages m WHERE status IN ('sent', 'waiting') AND EXISTS (SELECT 1 FROM happened h WHERE "
        "h.profile = m.profile AND h.event = 'Order Completed' AND h.t <= epoch_us(m.due_at))",
        run,
    )  # fmt: skip
    assert shop.names(one) == wrong
    assert wrong
    after = mended(shop, campaigns, found, one, "Ask again before “Note”")
    assert steps(after)["note_still"]["branches"][0]["condition"] == "NOT event('Order Completed').count() >= 1"
    again = {**ask, "key": "again", "branches": [{**ask["branches"][0], "next": "done"}], "otherwise": "note"}
    asked = design({"entry": event("Signed Up"), "start": "ask", "steps": [ask, {**DELAY, "next": "again"}, again, NOTE]})  # fmt: skip
    assert [item for item in shop.lints(asked) if item.problem.code == "unguarded_wait"] == []


def test_who_reached_the_goal_before_the_message(shop: Shop) -> None:
    """D-18: goals move nobody, so a reminder goes to buyers where no exit rule takes them out."""
    campaigns = design({
        "entry": event("Product Added", reentry={"mode": "every", "identifier": "cart_id"}), "start": "wait",
        "goal": {"event": "Order Completed", "within": "3d", "where": "property('revenue') >= 30"}, "steps": [DELAY, NOTE],
    })  # fmt: skip
    run = shop.run(campaigns)
    found = shop.lints(campaigns, run)
    one = only(found, "messaged_after_goal")
    late = (
        "SELECT m.profile FROM messages m JOIN instances i USING (profile, instance) WHERE m.status IN ('sent', 'waiting') AND EXISTS ("
        "SELECT 1 FROM happened h WHERE h.profile = m.profile AND h.event = 'Order Completed' AND (h.properties ->> 'revenue')::DOUBLE >= 30 "
        "AND h.t > epoch_us(i.entered_at) AND h.t <= least(epoch_us(m.due_at), epoch_us(i.entered_at) + days(3)))"
    )
    assert shop.names(one) == shop.sql(late, run)
    assert len(one.people) > 10
    firsts = dict(shop.database.execute(late.replace("m.profile FROM", "m.profile, min(epoch_us(m.due_at)) FROM") + " GROUP BY 1").fetchall())  # fmt: skip
    assert {shop.store.profile_ids[int(who)]: int(at) for who, at in zip(one.people, one.at, strict=True)} == firsts
    assert one.problem.path == f"{ROOT}.steps.wait"
    after = mended(shop, campaigns, found, one, "End the journey with “Order Completed”")
    assert json.loads(document.dumps(after))["journeys"][0]["exits"] == [
        {"key": "order_completed", "name": "Order Completed", "event": "Order Completed", "where": "property('revenue') >= 30"}
    ]  # fmt: skip
    assert steps(after) == steps(campaigns)
    assert shop.sql(late, shop.run(after)) == set()


# -- branches -----------------------------------------------------------------------------


def test_a_branch_that_nobody_takes(shop: Shop) -> None:
    branches = [{"key": "gold", "name": "Gold", "condition": "trait('plan') = 'gold'"}, {"key": "plus", "condition": "trait('plan') = 'plus'", "next": "note"}]  # fmt: skip
    campaigns = design({"entry": event("Order Completed"), "start": "ask", "steps": [{"key": "ask", "type": "split", "branches": branches, "otherwise": "done"}, NOTE]})  # fmt: skip
    run = shop.run(campaigns)
    found = shop.lints(campaigns, run)
    one = only(found, "branch_unused")
    assert one.problem.path == f"{ROOT}.steps.ask.branches.gold"
    assert shop.names(one) == shop.sql("SELECT profile FROM visits WHERE step = 'ask' AND left_at IS NOT NULL", run)
    assert shop.sql("SELECT profile FROM visits WHERE step = 'ask' AND branch = 'gold'") == set()
    after = mended(shop, campaigns, found, one, "Remove the branch “Gold”")
    assert steps(after)["ask"]["branches"] == branches[1:]
    tables = [to_arrow(one, shop.store)["visits"] for one in (run, shop.run(after))]
    assert tables[0].equals(tables[1])  # nobody goes another way


def test_a_time_limit_and_a_condition_that_nobody_meets(shop: Shop) -> None:
    """A hold that everybody leaves by its event, and a wait that lets nobody on; what leads nowhere is not told."""
    hold = {"key": "hold", "type": "hold", "timeout": "60d", "on_timeout": "note", "branches": [{"key": "ended", "event": "Trial Ended", "next": "wait"}]}  # fmt: skip
    wait = {"key": "wait", "type": "wait", "condition": "trait('plan') = 'gold'", "timeout": "1d", "next": "note", "on_timeout": "done"}  # fmt: skip
    leave = [{"key": "viewed", "event": "Product Viewed"}]  # whoever it takes out of the wait was not let on
    campaigns = design({"entry": event("Trial Started"), "exits": leave, "start": "hold", "steps": [hold, wait, NOTE]})
    run = shop.run(campaigns)
    assert shop.sql("SELECT profile FROM visits WHERE step = 'wait' AND branch IS NULL AND left_at IS NOT NULL", run)
    told = {one.problem.path: one for one in shop.lints(campaigns, run) if one.problem.code == "branch_unused"}
    assert {path: one.problem.severity for path, one in told.items()} == {
        f"{ROOT}.steps.hold": "info",
        f"{ROOT}.steps.wait": "warning",
    }
    assert shop.names(told[f"{ROOT}.steps.hold"]) == shop.sql("SELECT profile FROM visits WHERE step = 'hold' AND branch = 'ended'", run)  # fmt: skip
    assert shop.names(told[f"{ROOT}.steps.wait"]) == shop.sql("SELECT profile FROM visits WHERE step = 'wait' AND branch = 'timeout'")  # fmt: skip
    bare = design({"entry": event("Trial Started"), "start": "hold", "steps": [{k: v for k, v in hold.items() if k != "on_timeout"}, wait, NOTE]})  # fmt: skip
    assert [one.problem.path for one in shop.lints(bare)] == [f"{ROOT}.steps.wait"]


def test_people_who_go_down_several_branches_of_a_fork(shop: Shop) -> None:
    """D-14: branches are not exclusive; the pairs are counted as people."""
    asked = {"news": "trait('newsletter') = true", "bought": "event('Order Completed').count() >= 1", "every": "event('Signed Up').count() >= 1"}  # fmt: skip
    notes = [{"key": f"n_{key}", "type": "message", "message": "note", "next": "done"} for key in asked]
    fork = {"key": "fork", "type": "fork", "name": "Ways", "branches": [{"key": key, "condition": text, "next": f"n_{key}"} for key, text in asked.items()]}  # fmt: skip
    campaigns = design({"entry": event("Signed Up", reentry={"mode": "once"}), "exits": [{"key": "soon", "after": "1m"}], "start": "fork", "steps": [fork, *notes]})  # fmt: skip
    run = shop.run(campaigns)
    found = shop.lints(campaigns, run)
    one = only(found, "fork_overlap")
    ways: dict[str, set[str]] = {}
    for row in to_arrow(run, shop.store)["visits"].to_pylist():
        if row["step"].startswith("n_"):
            ways.setdefault(row["profile"], set()).add(row["step"])
    several = {who for who, took in ways.items() if len(took) > 1}
    assert shop.names(one) == several
    both = sum({"n_news", "n_every"} <= took for took in ways.values())
    assert f"{both:,} both “news” and “every”" in one.problem.message
    assert f"{len(several):,} people go down several of them, of {len(ways):,}" in one.problem.message
    after = mended(shop, campaigns, found, one, "Take the first branch alone")
    assert steps(after)["fork"] == {**fork, "type": "split"}
    visits = to_arrow(shop.run(after), shop.store)["visits"].to_pylist()
    assert {row["profile"] for row in visits if row["step"].startswith("n_")} == set(ways)
    waiting = campaigns.with_(journeys=(campaigns.journeys[0].with_(exits=()),))  # some come by a way of theirs later
    assert only(shop.lints(waiting), "fork_overlap").problem.fix is None


# -- names and filters --------------------------------------------------------------------


def test_an_event_that_the_log_has_never_shown(shop: Shop) -> None:
    hold = {"key": "hold", "type": "hold", "timeout": "2d", "on_timeout": "note", "branches": [{"key": "bought", "event": "order complete", "next": "done"}]}  # fmt: skip
    buyers = audience("event('Product Viewd').count() >= 1 AND event('Teleported').count() = 0")
    campaigns = design({"entry": event("Checkout Started"), "start": "hold", "steps": [hold, NOTE]}, audiences=buyers)
    run = shop.run(campaigns)
    found = shop.lints(campaigns, run)
    by_path = {(one.problem.path, one.problem.message): one for one in found if one.problem.code == "event_unseen"}
    held = by_path[f"{ROOT}.steps.hold.branches.bought.event", "The log has no event “order complete”."]
    viewed = by_path["audiences.a.definition", "The log has no event “Product Viewd”."]
    third = by_path["audiences.a.definition", "The log has no event “Teleported”."]
    assert len(found) == len(by_path) == 3  # no “nobody takes this branch” beside it
    assert shop.names(held) == shop.sql("SELECT profile FROM visits WHERE step = 'hold'", run)
    assert held.problem.mend == "Did you mean “Order Completed”?"
    assert (len(viewed.people), len(third.people), third.problem.fix) == (0, 0, None)
    after = mended(shop, campaigns, found, held, "Write “Order Completed”")
    assert steps(after)["hold"]["branches"][0]["event"] == "Order Completed"
    after = mended(shop, campaigns, found, viewed, "Write “Product Viewed”")
    assert after.audiences[0].definition == "event('Product Viewed').count() >= 1 AND event('Teleported').count() = 0"


def test_an_event_that_messages_make_is_seen(shop: Shop) -> None:
    hold = {"key": "hold", "type": "hold", "timeout": "2d", "branches": [{"key": "sent", "event": "Email Sent", "next": "done"}]}  # fmt: skip
    campaigns = design({"entry": event("Checkout Started"), "start": "note", "steps": [{**NOTE, "next": "hold"}, hold]})
    assert shop.lints(campaigns) == []


def test_a_filter_that_only_events_of_messages_pass_is_none(shop: Shop) -> None:
    """D-28: no `Email Opened` of the log names a campaign, all of those that the run makes do. Those are assumed (D-27)."""
    answers = {"opened": {"likely": 1, "after": "1h"}}
    notes = [{"key": "note", "channel": "email", "subject": "Hello", "body": "Hello", "responses": answers}]
    write = {"key": "w", "name": "W", "entry": event("Checkout Started"), "start": "note", "steps": [NOTE]}
    write["steps"] = [{**NOTE, "next": None}]

    def played(campaign: str) -> tuple[Run, list[Found]]:
        hears = {"entry": event("Email Opened", where=f"property('campaign') = '{campaign}'"), "start": "note"}
        made = json.loads(document.dumps(design({**hears, "steps": [NOTE]}, messages=notes)))
        loaded, _ = document.loads(json.dumps(made | {"journeys": [*made["journeys"], write]}))
        assert loaded is not None
        run = shop.run(loaded)
        return run, shop.lints(loaded, run)

    run, found = played("w")
    assert (run.instances["journey"] == 0).any()
    assert found == []
    run, (one,) = played("x")
    assert (one.problem.code, one.problem.path) == ("filter_never", f"{ROOT}.entry.where")
    opened = int((run.responses["at"] <= run.window[1]).sum())
    assert opened > 0
    assert f"came {len(shop.store.rows('Email Opened')) + opened:,} times" in one.problem.message
    assert kind_of(run, one) == "assumed"


def test_a_property_that_no_such_event_carries(shop: Shop) -> None:
    """In a filter, inside an audience, and as the identifier: there nobody would ever enter."""
    people = audience("event('Product Viewed').where(property('catgory') = 'garden').count() >= 1")
    entry = event("Product Added", where="property('prise') >= 20", reentry={"mode": "every", "identifier": "cartid"})
    campaigns = design({"entry": entry, "start": "note", "steps": [NOTE]}, audiences=people)
    found = shop.lints(campaigns)
    assert {(one.problem.code, one.problem.path): one.problem.mend for one in found} == {
        ("property_unseen", "audiences.a.definition"): "Did you mean “category”?",
        ("property_unseen", f"{ROOT}.entry.where"): "Did you mean “price”?",
        ("property_unseen", f"{ROOT}.entry.reentry.identifier"): "Did you mean “cart_id”?",
    }
    carried = "SELECT DISTINCT profile FROM happened WHERE event = 'Product Added' AND json_exists(properties, '{}')"
    assert shop.sql(carried.format("prise")) == shop.sql(carried.format("cartid")) == set()
    assert shop.sql(carried.format("price"))
    for one, name, now in zip(found, ("category", "price", "cart_id"), ("audiences.a", "entry.where", "identifier"), strict=True):  # fmt: skip
        after = mended(shop, campaigns, found, one, f"Write “{name}”")
        assert f"{name}" in document.dumps(after), now


@pytest.mark.parametrize(
    ("entry", "people", "path", "words"),
    [
        (event("Order Completed", audience="a"), "event('Order Completed').count() = 0", "entry.audience", "nobody was in “A” then, which sees the event itself"),
        (event("Order Completed", where="property('revenue') < 0"), "event('Order Completed').count() >= 1", "entry.where", "for none of them this held: revenue is under 0"),
        (event("Order Completed", where="event('Order Completed').count() = 0"), "event('Order Completed').count() >= 1", "entry.where", "did not perform Order Completed"),
    ],
)  # fmt: skip
def test_a_filter_that_can_never_follow_its_trigger(
    shop: Shop, entry: Where, people: str, path: str, words: str
) -> None:
    """D-4: the filter sees the event that it filters."""
    campaigns = design({"entry": entry, "start": "note", "steps": [NOTE]}, audiences=audience(people))
    run = shop.run(campaigns)
    assert len(run.instances["profile"]) == 0
    (one,) = shop.lints(campaigns, run)
    assert (one.problem.code, one.problem.path) == ("filter_never", f"{ROOT}.{path}")
    assert shop.names(one) == shop.sql("SELECT profile FROM happened WHERE event = 'Order Completed'")
    number = shop.database.execute("SELECT count(*) FROM happened WHERE event = 'Order Completed'").fetchall()[0][0]
    assert f"came {number:,} times from {len(one.people):,} people" in one.problem.message
    assert words in one.problem.message
    assert one.problem.fix is None


def test_a_filter_that_some_pass_is_none(shop: Shop) -> None:
    """Nobody who buys for the first time has bought twice, others have."""
    twice = audience("event('Order Completed').count() >= 2")
    entry = event("Order Completed", audience="a", where="property('revenue') >= 300")
    campaigns = design({"entry": entry, "start": "note", "steps": [NOTE]}, audiences=twice)
    run = shop.run(campaigns)
    assert 0 < len(run.instances["profile"]) < len(shop.store.rows("Order Completed"))
    assert shop.lints(campaigns, run) == []


def test_filters_of_exits_holds_and_goals(shop: Shop) -> None:
    """One that compares with what the instance remembers is another for each, and nothing is said of it."""
    never = "property('revenue') < 0"
    own = {"key": "own", "event": "Order Completed", "where": "property('cart_id') = journey('Product Added.cart_id') AND property('revenue') < 0", "next": "done"}  # fmt: skip
    hold = {"key": "hold", "type": "hold", "timeout": "2d", "on_timeout": "note", "branches": [own, {**own, "key": "any", "where": never}]}  # fmt: skip
    campaigns = design({
        "entry": event("Product Added"), "start": "hold", "steps": [hold, NOTE], "goal": {"event": "Order Completed", "where": never},
        "exits": [{"key": "out", "event": "Order Completed", "where": never}],
    })  # fmt: skip
    told = [(one.problem.code, one.problem.path) for one in shop.lints(campaigns)]
    places = ("exits.out.where", "goal.where", "steps.hold.branches.any.where")
    assert told == [*(("filter_never", f"{ROOT}.{place}") for place in places), ("branch_unused", f"{ROOT}.steps.hold.branches.own")]  # fmt: skip


def test_dates_that_name_no_zone(shop: Shop) -> None:
    """D-42: they never match; one in twenty of Storefront's are such."""
    ahead = audience("trait('renewal_at').within_next(10 days)")
    campaigns = design({"entry": {"type": "audience", "audience": "a"}, "start": "note", "steps": [NOTE]}, audiences=ahead)  # fmt: skip
    one = only(shop.lints(campaigns), "date_without_zone")
    expected = shop.sql(
        "SELECT profile FROM (SELECT profile, traits ->> 'renewal_at' AS value FROM told WHERE json_exists(traits, 'renewal_at') "
        "QUALIFY row_number() OVER (PARTITION BY profile ORDER BY row DESC) = 1) "
        r"WHERE value IS NOT NULL AND NOT regexp_matches(value, '(Z|[+-]\d\d:\d\d)$')"
    )
    assert shop.names(one) == expected
    assert len(expected) > 10
    assert one.problem.path == "audiences.a.definition"


def test_asking_stops_when_a_newer_design_waits(shop: Shop) -> None:
    campaigns = design({"entry": event("Product Added"), "start": "note", "steps": [NOTE]})
    with pytest.raises(Cancelled):
        find_lints(shop.run(campaigns), shop.store, cancelled=lambda: True)


def test_of_few_people_nothing_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten are the fewest of whom a lint says what nobody does."""
    entry = {"type": "audience", "condition": "trait('plan') = 'plus' AND event('Plan Cancelled').count() >= 1 AND event('Order Refunded').count() >= 1"}  # fmt: skip
    ask = {"key": "ask", "type": "split", "branches": [{"key": "gold", "condition": "trait('plan') = 'gold'"}], "otherwise": "note"}  # fmt: skip
    campaigns = design({"entry": entry, "start": "ask", "steps": [ask, NOTE]})
    run = shop.run(campaigns)
    people = len(set(run.visits["profile"].tolist()))
    assert people
    for fewest, told in ((people, 1), (people + 1, 0)):
        monkeypatch.setattr("engage_desktop.analysis.lint_branches.FEWEST", fewest)
        assert len(shop.lints(campaigns, run)) == told


def test_a_problem_of_a_run_is_one_as_any_other(shop: Shop) -> None:
    campaigns = design({"entry": event("Product Aded"), "start": "note", "steps": [NOTE]})
    (one,) = shop.lints(campaigns)
    assert isinstance(one.problem, Problem)
    assert (
        one.problem.sentence()
        == "journeys.j.entry.event: The log has no event “Product Aded”. Did you mean “Product Added”?"
    )
