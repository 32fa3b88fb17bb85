"""Members of audiences, row by row against SQL written by hand over the raw logs (AU-4, D-3, D-4, D-5, D-6, D-7).

The SQL shares nothing with the product: DuckDB reads the JSON lines and works out who is who by itself. That is
simpler than the rules of identity (D-6) and holds because of what these logs are, which `test_samples.py` checks:

- Online Retail: a call has a user id or an anonymous id, never both. The profile is that id.
- Storefront: a device is one person's, a person has one user id, no identifier limit is ever reached. A call belongs to
  its user id; else to the user its device is ever seen with; else to the user an address left on its device is ever seen
  with; else to that address; else to the device.

A profile can be a member from its first call that shows a user id or an address (AU-4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from engage_desktop import document
from engage_desktop.domain.duration import UNIT_US, parse_instant
from engage_desktop.engine import compile_campaigns, members_at, membership
from engage_desktop.events import EventStore, build_store

if TYPE_CHECKING:
    from engage_desktop.engine import Plan

DAY = UNIT_US["d"]

CALLS = """
CREATE TABLE raw AS
SELECT type, event, userId AS user_id, anonymousId AS device, messageId AS message_id, epoch_us(timestamp) AS t,
       coalesce(epoch_us(receivedAt), epoch_us(timestamp)) AS received, properties, traits,
       coalesce(traits ->> '$.email', context ->> '$.traits.email') AS email
FROM read_json(?, format = 'newline_delimited', maximum_object_size = 16777216, columns = {
    type: 'VARCHAR', event: 'VARCHAR', userId: 'VARCHAR', anonymousId: 'VARCHAR', messageId: 'VARCHAR',
    timestamp: 'TIMESTAMP', receivedAt: 'TIMESTAMP', properties: 'JSON', traits: 'JSON', context: 'JSON'})
"""

RETAIL_PEOPLE = "CREATE VIEW calls AS SELECT *, coalesce(user_id, device) AS profile FROM raw"

STOREFRONT_PEOPLE = """
CREATE TABLE device_user AS SELECT DISTINCT device, user_id FROM raw WHERE device IS NOT NULL AND user_id IS NOT NULL;
CREATE TABLE device_email AS SELECT DISTINCT device, email FROM raw WHERE device IS NOT NULL AND email IS NOT NULL AND user_id IS NULL;
CREATE TABLE email_user AS SELECT DISTINCT email, user_id FROM raw WHERE email IS NOT NULL AND user_id IS NOT NULL;
CREATE TABLE calls AS
SELECT raw.*, coalesce(raw.user_id, device_user.user_id, email_user.user_id, device_email.email, raw.device) AS profile
FROM raw
LEFT JOIN device_user ON raw.user_id IS NULL AND raw.device = device_user.device
LEFT JOIN device_email ON raw.user_id IS NULL AND raw.device = device_email.device
LEFT JOIN email_user ON device_email.email = email_user.email;
"""

VIEWS = """
CREATE TABLE eligible AS
SELECT profile, min(t) AS since FROM calls WHERE user_id IS NOT NULL OR email IS NOT NULL GROUP BY profile;
CREATE TABLE happened AS SELECT profile, event, t, properties FROM calls WHERE type = 'track';
CREATE TABLE told AS SELECT profile, traits, t, received, message_id FROM calls WHERE type = 'identify';
"""

# $now is the instant asked, in microseconds; {day} a day in microseconds.
SQL: dict[str, dict[str, str]] = {
    "online_retail": {
        "loyal_buyers": """
            SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now AND t > $now - 180 * {day}
            GROUP BY profile HAVING count(*) >= 4""",
        "lapsed_buyers": """
            SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now
            GROUP BY profile
            HAVING count(*) FILTER (WHERE t > $now - 270 * {day} AND t <= $now - 90 * {day}) >= 2 AND max(t) <= $now - 90 * {day}""",
        "big_spenders": """
            SELECT profile FROM happened
            WHERE event = 'Order Completed' AND t <= $now AND t > $now - 365 * {day}
              AND (properties ->> '$.revenue')::DECIMAL(18, 2) >= 500
            GROUP BY profile HAVING count(*) >= 3""",
        "uk_customers": """
            SELECT profile FROM told WHERE t <= $now
            GROUP BY profile HAVING arg_max(traits ->> '$.country', (t, received, message_id)) = 'United Kingdom'""",
        "winback_targets": """
            WITH orders AS (SELECT * FROM happened WHERE event = 'Order Completed' AND t <= $now),
            lapsed AS (
                SELECT profile FROM orders GROUP BY profile
                HAVING count(*) FILTER (WHERE t > $now - 270 * {day} AND t <= $now - 90 * {day}) >= 2 AND max(t) <= $now - 90 * {day}),
            big AS (
                SELECT profile FROM orders WHERE t > $now - 365 * {day} AND (properties ->> '$.revenue')::DECIMAL(18, 2) >= 500
                GROUP BY profile HAVING count(*) >= 3),
            uk AS (
                SELECT profile FROM told WHERE t <= $now
                GROUP BY profile HAVING arg_max(traits ->> '$.country', (t, received, message_id)) = 'United Kingdom'),
            cancelled AS (
                SELECT profile FROM happened WHERE event = 'Order Cancelled' AND t <= $now AND t > $now - 30 * {day})
            SELECT profile FROM lapsed
            WHERE (profile IN (FROM big) OR profile IN (FROM uk)) AND profile NOT IN (FROM cancelled)""",
    },
    "storefront": {
        "browsing_now": """
            SELECT profile FROM happened WHERE event = 'Product Viewed' AND t <= $now AND t > $now - 7 * {day}
            GROUP BY profile HAVING count(*) >= 3""",
        "slipping_away": """
            WITH views AS (SELECT * FROM happened WHERE event = 'Product Viewed' AND t <= $now)
            SELECT profile FROM views
            WHERE profile IN (SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now)
            GROUP BY profile
            HAVING count(*) FILTER (WHERE t > $now - 45 * {day} AND t <= $now - 14 * {day}) >= 1 AND max(t) <= $now - 14 * {day}""",
        "plus_members": """
            SELECT profile FROM told WHERE t <= $now AND json_exists(traits, '$.plan')
            GROUP BY profile HAVING arg_max(traits ->> '$.plan', (t, received, message_id)) = 'plus'""",
        "open_trials": """
            SELECT profile FROM told WHERE t <= $now AND json_exists(traits, '$.plan')
              AND profile NOT IN (SELECT profile FROM happened WHERE event = 'Subscription Started' AND t <= $now)
            GROUP BY profile HAVING arg_max(traits ->> '$.plan', (t, received, message_id)) = 'trial'""",
        "worth_a_call": """
            WITH big AS (
                SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now AND t > $now - 30 * {day}
                  AND (properties ->> '$.revenue')::DECIMAL(18, 2) >= 80),
            plus AS (
                SELECT profile FROM told WHERE t <= $now AND json_exists(traits, '$.plan')
                GROUP BY profile HAVING arg_max(traits ->> '$.plan', (t, received, message_id)) = 'plus'),
            browsing AS (
                SELECT profile FROM happened WHERE event = 'Product Viewed' AND t <= $now AND t > $now - 7 * {day}
                GROUP BY profile HAVING count(*) >= 3)
            SELECT profile FROM (FROM big UNION FROM plus) WHERE profile NOT IN (FROM browsing)""",
    },
}


@dataclass(frozen=True)
class Sample:
    name: str
    database: duckdb.DuckDBPyConnection
    store: EventStore
    plan: Plan

    @cached_property
    def instants(self) -> dict[str, int]:
        """Five instants. Three are edges: an event arrives and somebody's membership changes with it, or an event is
        exactly as old as a window is long and somebody's membership ends or begins with that microsecond (D-3)."""
        event, middle, early, *looked_for = {
            "online_retail": (
                "Order Completed", "2011-06-15T12:00:00Z", "2011-04-01T00:00:00Z",
                ("loyal_buyers", 0), ("loyal_buyers", 180 * DAY), ("lapsed_buyers", 90 * DAY),
            ),
            "storefront": (
                "Product Viewed", "2025-04-14T12:00:00Z", "2025-03-20T18:30:00Z",
                ("browsing_now", 0), ("browsing_now", 7 * DAY), ("slipping_away", 14 * DAY),
            ),
        }[self.name]  # fmt: skip
        find = "SELECT t FROM happened JOIN eligible USING (profile) WHERE event = $event AND t <= $before ORDER BY t DESC LIMIT 400"
        rows = self.database.execute(find, {"event": event, "before": parse_instant(middle)}).fetchall()
        times = [int(t) for (t,) in rows]
        edges = [next(t + age for t in times if self.moves(audience, t + age)) for audience, age in looked_for]
        return {
            "early": parse_instant(early), "event": edges[0], "first_edge": edges[1], "second_edge": edges[2],
            "end": self.store.last_us,
        }  # fmt: skip

    def moves(self, audience: str, at: int) -> bool:
        """Whether the audience has other members at `at` than one microsecond before."""
        return self.expected(audience, at) != self.expected(audience, at - 1)

    def expected(self, audience: str, at: int) -> list[str]:
        """Text ids by SQL, sorted, those eligible by then only."""
        rows = self.database.execute(
            f"SELECT DISTINCT profile FROM ({SQL[self.name][audience].format(day=DAY)}) "
            "JOIN eligible USING (profile) WHERE since <= $now ORDER BY profile",
            {"now": at},
        ).fetchall()
        return sorted(row[0] for row in rows)

    def actual(self, audience: str, at: int) -> list[str]:
        found = members_at(membership(self.plan, self.store, audience), at)
        return [self.store.profile_ids[index] for index in found.tolist()]


@pytest.fixture(scope="module", params=tuple(SQL))
def sample(request: pytest.FixtureRequest, root: Path) -> Iterator[Sample]:
    folder = root / "sample_data" / request.param
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute(CALLS, [str(folder / "log.jsonl.zst")])
    database.execute({"online_retail": RETAIL_PEOPLE, "storefront": STOREFRONT_PEOPLE}[request.param])
    database.execute(VIEWS)
    campaigns, problems = document.load(folder / "campaigns.json")
    assert campaigns is not None, problems
    store, report = build_store([folder / "log.jsonl.zst"])
    assert (report.rejected, report.duplicates) == (0, 0)
    yield Sample(request.param, database, store, compile_campaigns(campaigns))
    database.close()


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("instant", ["early", "event", "first_edge", "second_edge", "end"])
def test_members_are_those_of_the_sql(sample: Sample, number: int, instant: str) -> None:
    audience = list(SQL[sample.name])[number]
    at = sample.instants[instant]
    expected = sample.expected(audience, at)
    assert sample.actual(audience, at) == expected
    if instant == "end":
        assert 10 < len(expected) < 0.8 * sample.store.n_profiles, "neither nobody nor everybody"


def test_one_microsecond_before_an_edge_the_members_are_still_the_others(sample: Sample) -> None:
    for name in ("event", "first_edge", "second_edge"):
        at = sample.instants[name]
        for audience in SQL[sample.name]:
            assert sample.actual(audience, at - 1) == sample.expected(audience, at - 1)


def test_profiles_and_their_eligibility_are_those_of_the_sql(sample: Sample) -> None:
    rows = sample.database.execute("SELECT profile, min(t) FROM calls GROUP BY profile").fetchall()
    assert dict(rows) == dict(zip(sample.store.profile_ids, sample.store.since.tolist(), strict=True))
    rows = sample.database.execute("SELECT profile, since FROM eligible").fetchall()
    since = sample.store.eligible_since(False).tolist()
    actual = {profile: at for profile, at in zip(sample.store.profile_ids, since, strict=True) if at != 2**63 - 1}
    assert dict(rows) == actual
