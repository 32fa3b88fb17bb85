"""Audiences and computed traits about accounts through the use cases of command line and window
(AU-26, AU-27, CT-6, D-5)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engage_desktop.app import protocol as p
from engage_desktop.app import protocol_traits as pt
from engage_desktop.app.audience_figures import audience_figures
from engage_desktop.app.replay import Replay, audience_at, open_logs, replay
from engage_desktop.app.trait_figures import trait_counts, trait_figures
from engage_desktop.document import loads
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.domain.errors import UserError

START = parse_instant("2025-01-01T00:00:00Z")
HOUR = 3_600_000_000
ACCOUNTS = {"acme": ("zoe", "yan"), "bolt": ("xia",), "core": ("zoe",)}
"""In code-point order accounts and people are sorted the other way round, so an index taken for the
other names somebody else."""
SIGNED_IN = {"zoe": (5, 30), "yan": (6,), "xia": ()}
CAMPAIGNS = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "Accounts"},
    "traits": [
        {"key": "logins", "name": "L", "level": "account", "definition": "event('Signed In').count()"},
        {"key": "last_day", "name": "D", "definition": "event('Signed In').within(1 day).last(property('page'))"},
    ],
    "audiences": [
        {
            "key": "busy",
            "name": "Busy",
            "level": "account",
            "definition": "trait('logins') >= 2 AND ANY event('Signed In').within(1 day).count() >= 1",
        },
    ],
}


@pytest.fixture
def replayed(tmp_path: Path) -> Replay:
    lines = []
    for account, people in ACCOUNTS.items():
        for who in people:
            lines.append({"type": "group", "userId": who, "groupId": account, "timestamp": format_instant(START)})
    for who, hours in SIGNED_IN.items():
        for hour in hours:
            at = format_instant(START + hour * HOUR)
            made = {"type": "track", "event": "Signed In", "properties": {"page": f"/{who}"}}
            lines.append({**made, "userId": who, "timestamp": at})
    lines.append({"type": "track", "userId": "xia", "event": "Looked", "timestamp": format_instant(START + 90 * HOUR)})
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    campaigns, problems = loads(json.dumps(CAMPAIGNS))
    assert campaigns is not None, problems
    return replay(campaigns, open_logs([log], campaigns))


def logins(account: str, hours: float) -> int:
    return sum(hour <= hours for who in ACCOUNTS[account] for hour in SIGNED_IN[who])


def busy(hours: float) -> list[str]:
    recent = {who for who, all_ in SIGNED_IN.items() if any(hours - 24 < hour <= hours for hour in all_)}
    return [one for one, people in ACCOUNTS.items() if logins(one, hours) >= 2 and recent & set(people)]


@pytest.mark.parametrize("hours", [0, 5, 6, 29, 30, 31, 53, 54, 90])
def test_members_of_an_audience_of_accounts_are_accounts(replayed: Replay, hours: int) -> None:
    at_us = START + hours * HOUR
    assert audience_at(replayed.campaigns, replayed.log, "busy", at_us) == (at_us, busy(hours))
    figures = audience_figures(replayed, None, p.AskAudience(1, "busy", at_us))
    assert [who for who, _ in figures.members] == busy(hours)
    assert (figures.size, figures.people, figures.level) == (len(busy(hours)), 3, "account")
    enough = sum(logins(account, hours) >= 2 for account in ACCOUNTS)
    assert [row.kept for row in figures.waterfall] == [3, enough, len(busy(hours))]


def test_an_account_leaves_by_time_alone_when_none_of_its_people_acts(replayed: Replay) -> None:
    """D-5: acme and core leave 24 hours after the last login, in an instant of silence."""
    figures = audience_figures(replayed, None, p.AskAudience(1, "busy", START + 54 * HOUR))
    assert (figures.left, figures.left_by_time) == (2, 2)


@pytest.mark.parametrize("hours", [0, 5, 6, 30, 90])
def test_a_trait_of_accounts_reads_the_events_of_all_linked_people(replayed: Replay, hours: int) -> None:
    at_us = START + hours * HOUR
    figures = trait_figures(replayed, None, pt.AskTrait(1, "logins", at_us))
    assert dict(figures.rows) == {account: logins(account, hours) for account in ACCOUNTS}
    assert figures.numbers is not None
    counts = Counter(logins(account, hours) for account in ACCOUNTS)
    assert {bar.low: bar.count for bar in figures.numbers.bars if bar.count} == counts


def test_a_trait_of_people_is_counted_only_for_those_who_have_one(replayed: Replay) -> None:
    for hours, have in ((4, []), (5, ["zoe"]), (29, ["yan"]), (30, ["zoe"]), (54, [])):
        at_us = START + hours * HOUR
        figures = trait_figures(replayed, None, pt.AskTrait(1, "last_day", at_us, limit=9))
        assert figures.rows == tuple((who, f"/{who}") for who in have)
        assert (figures.with_value, figures.people, figures.numbers) == (len(have), 3, None)
        assert figures.top == tuple((f"/{who}", 1) for who in have)
        counts = trait_counts(replayed, None, pt.AskTraitCounts(1, at_us))
        assert counts.counts == {"logins": 3, "last_day": len(have)}


def test_before_the_first_call_there_is_nobody_to_have_a_value(replayed: Replay) -> None:
    """D-5, D-8: count of nothing is 0, but only of somebody."""
    figures = trait_figures(replayed, None, pt.AskTrait(1, "logins", START - 1))
    assert (figures.people, figures.with_value, figures.rows) == (0, 0, ())


def test_people_with_a_value_are_found_and_paged(replayed: Replay) -> None:
    page = trait_figures(replayed, None, pt.AskTrait(1, "logins", START + 90 * HOUR, offset=1, limit=1))
    assert (page.rows_total, [who for who, _ in page.rows]) == (3, ["bolt"])
    found = trait_figures(replayed, None, pt.AskTrait(1, "logins", START + 90 * HOUR, search="OR"))
    assert (found.rows_total, [who for who, _ in found.rows], found.with_value) == (1, ["core"], 3)


def test_a_trait_that_is_not_there_is_said(replayed: Replay) -> None:
    with pytest.raises(UserError, match="no computed trait 'gone'"):
        trait_figures(replayed, None, pt.AskTrait(1, "gone", START))


def test_the_log_is_as_the_test_believes(replayed: Replay) -> None:
    store = replayed.log.store
    assert list(store.profile_ids) == ["xia", "yan", "zoe"]
    assert list(store.account_ids) == ["acme", "bolt", "core"]
    assert np.array_equal(store.account_since, [START] * 3)
