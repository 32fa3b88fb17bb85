"""Storefront in DuckDB, read from the raw log: what the hand-written SQL of the definitions asks.

Nothing here is the product's. Who is who is worked out as in `test_audiences_sql`, and for the same reasons that holds.

- `calls`: every call with its `profile` and its `row`, the order of D-2 over all people.
- `happened`: events (EV-7: a page call is `Page Viewed`), `told`: identify calls, `grouped`: group calls.
- `existing(profile, since)` and `eligible(profile, since)` (AU-4); `account(id, since)`; `linked(account, profile, since)`.
- `trait_now('plan', now)`: (profile, value JSON), the last identify that speaks of it; `tier_now` alike for accounts (D-7).
- `asked(now)`: (account, profile) of those a quantifier asks (AMB-11).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from tests.sample_data.definitions import Definition
from tests.sample_data.definitions_of_traits import TraitDefinition

CALLS = """
CREATE TABLE raw AS
SELECT type, event, userId AS user_id, anonymousId AS device, messageId AS message_id, groupId AS group_id, sourceId AS source,
       epoch_us(timestamp) AS t, coalesce(epoch_us(receivedAt), epoch_us(timestamp)) AS received, properties, traits, context,
       coalesce(traits ->> '$.email', context ->> '$.traits.email') AS email
FROM read_json(?, format = 'newline_delimited', maximum_object_size = 16777216, columns = {
    type: 'VARCHAR', event: 'VARCHAR', userId: 'VARCHAR', anonymousId: 'VARCHAR', messageId: 'VARCHAR', groupId: 'VARCHAR',
    sourceId: 'VARCHAR', timestamp: 'TIMESTAMP', receivedAt: 'TIMESTAMP', properties: 'JSON', traits: 'JSON', context: 'JSON'})
"""

PEOPLE = """
CREATE TABLE device_user AS SELECT DISTINCT device, user_id FROM raw WHERE device IS NOT NULL AND user_id IS NOT NULL;
CREATE TABLE device_email AS SELECT DISTINCT device, email FROM raw WHERE device IS NOT NULL AND email IS NOT NULL AND user_id IS NULL;
CREATE TABLE email_user AS SELECT DISTINCT email, user_id FROM raw WHERE email IS NOT NULL AND user_id IS NOT NULL;
CREATE TABLE calls AS
SELECT raw.*, coalesce(raw.user_id, device_user.user_id, email_user.user_id, device_email.email, raw.device) AS profile,
       row_number() OVER (ORDER BY t, received, message_id) AS row
FROM raw
LEFT JOIN device_user ON raw.user_id IS NULL AND raw.device = device_user.device
LEFT JOIN device_email ON raw.user_id IS NULL AND raw.device = device_email.device
LEFT JOIN email_user ON device_email.email = email_user.email;
"""

VIEWS = r"""
CREATE TABLE happened AS
SELECT profile, CASE WHEN type = 'page' THEN 'Page Viewed' ELSE event END AS event, t, row, source, properties, context
FROM calls WHERE type IN ('track', 'page');
CREATE TABLE told AS SELECT profile, t, row, traits FROM calls WHERE type = 'identify';
CREATE TABLE grouped AS SELECT group_id AS account, profile, t, row, traits FROM calls WHERE type = 'group';
CREATE TABLE existing AS SELECT profile, min(t) AS since FROM calls GROUP BY profile;
CREATE TABLE eligible AS
SELECT profile, min(t) AS since FROM calls WHERE user_id IS NOT NULL OR email IS NOT NULL GROUP BY profile;
CREATE TABLE account AS SELECT account AS id, min(t) AS since FROM grouped GROUP BY account;
CREATE TABLE linked AS SELECT account, profile, min(t) AS since FROM grouped GROUP BY account, profile;

CREATE MACRO days(n) AS n * 86400000000::BIGINT;
CREATE MACRO hours(n) AS n * 3600000000::BIGINT;
CREATE MACRO minutes(n) AS n * 60000000::BIGINT;
CREATE MACRO pence(value) AS value::DECIMAL(18, 2);
CREATE MACRO instant(text) AS
    CASE WHEN regexp_matches(text, '(Z|[+-]\d\d:\d\d)$') THEN epoch_us(text::TIMESTAMPTZ) END;
CREATE MACRO trait_now(name, now) AS TABLE
    SELECT profile, value FROM (
        SELECT profile, traits -> name AS value FROM told WHERE t <= now AND json_exists(traits, name)
        QUALIFY row_number() OVER (PARTITION BY profile ORDER BY row DESC) = 1)
    WHERE value <> 'null'::JSON;
CREATE MACRO tier_now(name, now) AS TABLE
    SELECT account, value FROM (
        SELECT account, traits -> name AS value FROM grouped WHERE t <= now AND json_exists(traits, name)
        QUALIFY row_number() OVER (PARTITION BY account ORDER BY row DESC) = 1)
    WHERE value <> 'null'::JSON;
CREATE MACRO asked(now) AS TABLE
    SELECT account, profile FROM linked JOIN eligible USING (profile) WHERE linked.since <= now AND eligible.since <= now;
"""


def open_shop(*logs: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database of the logs; two threads."""
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute(CALLS, [[str(log) for log in logs]])
    database.execute(PEOPLE)
    database.execute(VIEWS)
    return database


def members(database: duckdb.DuckDBPyConnection, definition: Definition, at: int) -> list[str]:
    """Text ids of the members at an instant in microseconds, sorted by code points (AU-4, D-5)."""
    there = "SELECT id FROM account WHERE since <= $now"
    if definition.level == "user":
        there = f"SELECT profile FROM {'existing' if definition.include_anonymous else 'eligible'} WHERE since <= $now"
    rows = database.execute(f"{there} INTERSECT ({definition.sql})", {"now": at}).fetchall()
    return sorted(row[0] for row in rows)


def values(database: duckdb.DuckDBPyConnection, definition: TraitDefinition, at: int) -> dict[str, Any]:
    """{text id: value} of those who exist by then and have one."""
    found = dict(database.execute(definition.sql, {"now": at}).fetchall())
    there = "SELECT profile FROM existing" if definition.level == "user" else "SELECT id FROM account"
    ids = {row[0] for row in database.execute(f"{there} WHERE since <= $now", {"now": at}).fetchall()}
    assert found.keys() <= ids
    return dict.fromkeys(ids, 0) | found if definition.counts else found


def span(database: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """First and last instant of the log."""
    return database.execute("SELECT min(t), max(t) FROM raw").fetchall()[0]
