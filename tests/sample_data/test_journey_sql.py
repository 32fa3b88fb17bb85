"""A journey of three steps over Online Retail, row by row against SQL written by hand over the raw log.

The first order lets a customer in. They are held until an order of 400 or more, 18 days at most; a split looks at what
they have spent; who spent much is looked after for two weeks. A cancellation takes them out at any point. The SQL shares
nothing with the product and reads none of its tables: DuckDB reads the JSON lines, a call belongs to its user id, else to
its anonymous id (`test_audiences_sql` says why that holds), and its place in the file is the order of D-2, since the log
has no `receivedAt`.

Rules: D-2, D-4, D-12, D-13, D-14, D-16 (`once`), D-17, D-18, D-21, D-46 (`seq`, `branch`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engage_desktop import document
from engage_desktop.domain.duration import parse_instant
from engage_desktop.engine import compile_campaigns, simulate, to_arrow
from engage_desktop.events import build_store

FROM, TO = "2011-01-10T00:00:00Z", "2011-11-20T12:00:00Z"
"""Inside the log: first orders lie before it, and instances are still on their way at its end."""

DESIGN = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "By hand"},
    "journeys": [
        {
            "key": "second", "name": "After the first order",
            "entry": {"type": "event", "event": "Order Completed", "reentry": {"mode": "once"}},
            "exits": [{"key": "cancelled", "event": "Order Cancelled"}],
            "start": "again",
            "steps": [
                {"key": "again", "type": "hold", "timeout": "18d", "on_timeout": "spent", "branches": [
                    {"key": "large", "event": "Order Completed", "where": "property('revenue') >= 400", "next": "spent"}]},
                {"key": "spent", "type": "split", "branches": [
                    {"key": "much", "condition": "event('Order Completed').sum(property('revenue')) >= 1000", "next": "care"},
                    {"key": "some", "condition": "event('Order Completed').sum(property('revenue')) >= 300"}]},
                {"key": "care", "type": "delay", "duration": "2w"},
            ],
        }
    ],
}  # fmt: skip

CALLS = """
CREATE TABLE calls AS
SELECT row_number() OVER () AS row, type, event, coalesce(userId, anonymousId) AS profile, epoch_us(timestamp) AS t,
       (properties ->> '$.revenue')::DECIMAL(18, 2) AS revenue
FROM read_json(?, format = 'newline_delimited', maximum_object_size = 16777216, columns = {
    type: 'VARCHAR', event: 'VARCHAR', userId: 'VARCHAR', anonymousId: 'VARCHAR', timestamp: 'TIMESTAMP', properties: 'JSON'})
"""

# Each table is one row an instance. What happens in one instant: events by their row, then timers (D-12).
JOURNEY = """
CREATE MACRO window_from() AS getvariable('first_us');
CREATE MACRO window_to() AS getvariable('last_us');
CREATE MACRO days(n) AS n * 86400000000::BIGINT;
CREATE TABLE orders AS SELECT * FROM calls WHERE event = 'Order Completed';
CREATE TABLE cancellations AS SELECT * FROM calls WHERE event = 'Order Cancelled';

-- entered: the first order of the window
CREATE TABLE entered AS
SELECT profile, min(row) AS row, arg_min(t, row) AS t FROM orders WHERE t BETWEEN window_from() AND window_to() GROUP BY profile;

-- cancelled: the first cancellation after it, by place in the log; one after the window's end never comes
CREATE TABLE cancelled AS
SELECT profile, min(c.row) AS row, arg_min(c.t, c.row) AS t
FROM entered JOIN cancellations c USING (profile) WHERE c.row > entered.row AND c.t <= window_to() GROUP BY profile;

-- large: the first large order after it, at 18 days still heard
CREATE TABLE large AS
SELECT profile, min(o.row) AS row, arg_min(o.t, o.row) AS t
FROM entered JOIN orders o USING (profile)
WHERE o.row > entered.row AND o.t <= entered.t + days(18) AND o.revenue >= 400 GROUP BY profile;

-- held: how each leaves the hold. Events of the timer's instant come before it, of two events the earlier decides
CREATE TABLE held AS
SELECT profile, entered.t AS arrived, ending.row,
       CASE WHEN ending.t <= window_to() THEN ending.t END AS t,
       CASE WHEN ending.t <= window_to() THEN ending.how END AS how
FROM entered, LATERAL (
    SELECT t, how, row FROM (
        SELECT t, 'cancelled' AS how, row FROM cancelled WHERE cancelled.profile = entered.profile AND t <= entered.t + days(18)
        UNION ALL SELECT t, 'large', row FROM large WHERE large.profile = entered.profile
        UNION ALL SELECT entered.t + days(18), 'timeout', NULL)
    ORDER BY t, row NULLS LAST LIMIT 1) AS ending;

-- split: what they had spent by then, every order of that instant included, those before the window too
CREATE TABLE split AS
SELECT profile, t, row, CASE WHEN spent >= 1000 THEN 'much' WHEN spent >= 300 THEN 'some' ELSE 'otherwise' END AS branch
FROM (
    SELECT held.profile, held.t, held.row, sum(o.revenue) AS spent
    FROM held JOIN orders o ON o.profile = held.profile AND o.t <= held.t
    WHERE held.how IN ('large', 'timeout') GROUP BY ALL);

-- cared: two weeks, or until a cancellation that is later than what brought them there
CREATE TABLE cared AS
SELECT profile, split.t AS arrived,
       CASE WHEN c.t <= split.t + days(14) THEN c.t WHEN split.t + days(14) <= window_to() THEN split.t + days(14) END AS t,
       coalesce(c.t <= split.t + days(14), false) AS exited
FROM split LEFT JOIN cancelled c USING (profile) WHERE branch = 'much';
"""

INSTANCES = """
SELECT profile, 1, entered.t, coalesce(cared.t, CASE WHEN cared.profile IS NULL THEN held.t END),
       CASE WHEN held.how = 'cancelled' OR cared.exited THEN 'exited'
            WHEN held.t IS NULL OR (cared.profile IS NOT NULL AND cared.t IS NULL) THEN 'active' ELSE 'completed' END,
       CASE WHEN held.how = 'cancelled' OR cared.exited THEN 'cancelled' END
FROM entered JOIN held USING (profile) LEFT JOIN cared USING (profile)
"""

VISITS = """
SELECT profile, 1, 0, 'again', arrived, t, CASE WHEN how <> 'cancelled' THEN how END FROM held
UNION ALL SELECT profile, 1, 1, 'spent', t, t, branch FROM split
UNION ALL SELECT profile, 1, 2, 'care', arrived, t, NULL FROM cared
"""

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def database(root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    found = duckdb.connect()
    found.execute("SET threads = 1")  # one thread reads the lines in the order of the file
    found.execute(CALLS, [str(root / "sample_data" / "online_retail" / "log.jsonl.zst")])
    found.execute(f"SET VARIABLE first_us = {parse_instant(FROM)}; SET VARIABLE last_us = {parse_instant(TO)}")
    found.execute(JOURNEY)
    yield found
    found.close()


@pytest.fixture(scope="module")
def run(root: Path) -> dict[str, Rows]:
    """Instances and visits of the product as tuples, instants as microseconds."""
    campaigns, problems = document.loads(json.dumps(DESIGN))
    assert campaigns is not None, problems
    assert not [one for one in document.validate(campaigns) if one.severity == "error"]
    store, _ = build_store([root / "sample_data" / "online_retail" / "log.jsonl.zst"])
    made = simulate(compile_campaigns(campaigns), store, window=(parse_instant(FROM), parse_instant(TO)))
    tables = to_arrow(made, store)

    def rows(name: str, *columns: str) -> Rows:
        table = tables[name]
        found = [
            table[column].cast("int64").to_pylist() if column.endswith("_at") else table[column].to_pylist()
            for column in columns
        ]
        return list(zip(*found, strict=True))

    assert set(tables["visits"]["pass"].to_pylist()) == {1}
    assert set(tables["visits"]["kind"].to_pylist()) == {"observed"}
    return {
        "instances": rows("instances", "profile", "instance", "entered_at", "ended_at", "outcome", "detail"),
        "visits": rows("visits", "profile", "instance", "seq", "step", "entered_at", "left_at", "branch"),
    }


def _in_order(rows: Rows) -> Rows:
    """As the tables are sorted: by profile, then number; no two rows share these."""
    return sorted(rows, key=lambda row: row[:3])


def test_instances_are_those_of_the_sql(database: duckdb.DuckDBPyConnection, run: dict[str, Rows]) -> None:
    expected = _in_order(database.execute(INSTANCES).fetchall())
    assert run["instances"] == expected
    assert min(Counter(row[4] for row in expected).values()) > 100, "every outcome is there"


def test_visits_are_those_of_the_sql(database: duckdb.DuckDBPyConnection, run: dict[str, Rows]) -> None:
    expected = _in_order(database.execute(VISITS).fetchall())
    assert run["visits"] == expected
    ways = Counter((row[3], row[5] is not None, row[6]) for row in expected)
    assert set(ways) == {
        ("again", True, "large"), ("again", True, "timeout"), ("again", True, None), ("again", False, None),
        ("spent", True, "much"), ("spent", True, "some"), ("spent", True, "otherwise"),
        ("care", True, None), ("care", False, None),
    }  # fmt: skip


def test_the_log_decides_the_fine_points(database: duckdb.DuckDBPyConnection) -> None:
    """Without such cases the comparison would not see the order inside an instant, nor the edge of the timer."""

    def count(sql: str) -> int:
        return int(database.execute(f"SELECT count(*) FROM {sql}").fetchall()[0][0])

    assert count("calls JOIN calls AS before ON before.row = calls.row - 1 WHERE before.t > calls.t") == 0
    assert count("entered JOIN orders o USING (profile) WHERE o.t = entered.t AND o.row > entered.row") > 5
    assert count("entered JOIN cancelled c USING (profile) WHERE c.t = entered.t") > 0
    assert count("held WHERE how = 'large' AND t = arrived + days(18)") > 0
