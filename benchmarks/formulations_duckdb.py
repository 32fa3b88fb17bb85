"""The questions as SQL, each in two ways; the faster one counts.

Tables: events(person, row, time, name, price, category, cart_id) sorted by row, in memory,
name and category as ENUM with ascending words; people(person, since).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchmarks.event_table import event_table, people_table
from benchmarks.questions import AT_US, DAYS_1, DAYS_7, DAYS_14, DAYS_30
from benchmarks.synthetic_log import CATEGORIES, SyntheticLog

VIEWED, ADDED, ORDERED = (f"name = '{name}'" for name in ("Product Viewed", "Product Added", "Order Completed"))
PRICY = f"{VIEWED} AND price >= 20"
PAST = f"time <= {AT_US}"
LAST_14, LAST_30 = (f"time > {AT_US - window} AND {PAST}" for window in (DAYS_14, DAYS_30))
NEW = f"time > {AT_US - DAYS_30}"

# -- the audience at one instant ---------------------------------------------------------------

ONE_PASS = f"""
SELECT person FROM events
WHERE {LAST_30} AND name IN ('Product Viewed', 'Product Added', 'Order Completed')
GROUP BY person
HAVING count(*) FILTER ({PRICY} AND {LAST_14}) >= 2 AND count(*) FILTER ({ADDED}) >= 1
    AND count(*) FILTER ({ORDERED}) = 0
"""
SETS = f"""
SELECT person FROM events WHERE {PRICY} AND {LAST_14} GROUP BY person HAVING count(*) >= 2
INTERSECT SELECT person FROM events WHERE {ADDED} AND {LAST_30}
EXCEPT SELECT person FROM events WHERE {ORDERED} AND {LAST_30}
"""

# -- its membership over time ------------------------------------------------------------------

RUNS = """changes AS (
    SELECT person, time, holds
    FROM (SELECT *, lag(holds, 1, false) OVER (PARTITION BY person ORDER BY time) AS before FROM states)
    WHERE holds <> before
)
SELECT person, start_us, end_us
FROM (SELECT person, holds, time AS start_us, lead(time) OVER (PARTITION BY person ORDER BY time) AS end_us FROM changes)
WHERE holds
"""
"""From (person, time, holds) at every boundary to the spans in which it holds."""
SPANS_OF_LEAVES = f"""
WITH spans AS (
    SELECT 1 AS leaf, person, lead(time) OVER (PARTITION BY person ORDER BY row) AS start_us, time + {DAYS_14} AS end_us
    FROM events WHERE {PRICY}
    UNION ALL SELECT 2, person, time, time + {DAYS_30} FROM events WHERE {ADDED}
    UNION ALL SELECT 3, person, time, time + {DAYS_30} FROM events WHERE {ORDERED}
), marked AS (
    SELECT *, start_us > lag(end_us) OVER (PARTITION BY leaf, person ORDER BY start_us, end_us) IS NOT FALSE AS opens
    FROM spans WHERE start_us < end_us
), numbered AS (
    SELECT *, sum(opens::INT) OVER (
        PARTITION BY leaf, person ORDER BY start_us, end_us ROWS UNBOUNDED PRECEDING) AS piece
    FROM marked
), merged AS (
    SELECT leaf, person, min(start_us) AS start_us, max(end_us) AS end_us FROM numbered GROUP BY leaf, person, piece
), boundaries AS (
    SELECT person, start_us AS time, CASE leaf WHEN 3 THEN -1 ELSE 1 END AS step FROM merged
    UNION ALL SELECT person, end_us, CASE leaf WHEN 3 THEN 1 ELSE -1 END FROM merged
), steps AS (
    SELECT person, time, sum(step) AS step FROM boundaries GROUP BY person, time
), states AS (
    SELECT person, time, sum(step) OVER (PARTITION BY person ORDER BY time ROWS UNBOUNDED PRECEDING) = 2 AS holds
    FROM steps
), {RUNS}"""
MAY_JOIN = f"person IN (SELECT person FROM events WHERE {ADDED})"
RUNNING_COUNTS = f"""
WITH steps AS (
    SELECT person, time, 1 AS viewed, 0 AS added, 0 AS ordered FROM events WHERE {PRICY} AND {MAY_JOIN}
    UNION ALL SELECT person, time + {DAYS_14}, -1, 0, 0 FROM events WHERE {PRICY} AND {MAY_JOIN}
    UNION ALL SELECT person, time, 0, 1, 0 FROM events WHERE {ADDED}
    UNION ALL SELECT person, time + {DAYS_30}, 0, -1, 0 FROM events WHERE {ADDED}
    UNION ALL SELECT person, time, 0, 0, 1 FROM events WHERE {ORDERED} AND {MAY_JOIN}
    UNION ALL SELECT person, time + {DAYS_30}, 0, 0, -1 FROM events WHERE {ORDERED} AND {MAY_JOIN}
), states AS (
    SELECT person, time, sum(viewed) OVER upto >= 2 AND sum(added) OVER upto >= 1 AND sum(ordered) OVER upto = 0 AS holds
    FROM steps WINDOW upto AS (PARTITION BY person ORDER BY time RANGE UNBOUNDED PRECEDING)
), {RUNS}"""

# -- the funnel over time ----------------------------------------------------------------------

PARENT_CHILD = f"""parent AS (SELECT person, row, time FROM events WHERE {ADDED}),
child AS (SELECT person, row, time FROM events WHERE {ORDERED})"""
MERGED = """marked AS (
    SELECT *, start_us > max(end_us) OVER (
        PARTITION BY person ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) IS NOT FALSE AS opens
    FROM spans WHERE start_us < end_us
), numbered AS (
    SELECT *, sum(opens::INT) OVER (PARTITION BY person ORDER BY row ROWS UNBOUNDED PRECEDING) AS piece FROM marked
)
SELECT person, min(start_us) AS start_us, max(end_us) AS end_us FROM numbered GROUP BY person, piece
"""
ASOF = f"""
WITH {PARENT_CHILD}, spans AS (
    SELECT parent.person, parent.row, parent.time AS start_us,
        CASE WHEN child.time <= parent.time + {DAYS_1} THEN child.time ELSE parent.time + {DAYS_7} END AS end_us
    FROM parent ASOF LEFT JOIN child ON parent.person = child.person AND parent.row < child.row
), {MERGED}"""
SELF_JOIN = f"""
WITH {PARENT_CHILD}, spans AS (
    SELECT parent.person, parent.row, parent.time AS start_us,
        coalesce(min(child.time), parent.time + {DAYS_7}) AS end_us
    FROM parent LEFT JOIN child
        ON parent.person = child.person AND child.row > parent.row AND child.time <= parent.time + {DAYS_1}
    GROUP BY parent.person, parent.row, parent.time
), {MERGED}"""

# -- nine traits at one instant ----------------------------------------------------------------

# `first` and `last` are those the scan meets: sound on one thread and a table in order, and faster than arg_max.
WHOLE = "round(price * 10000)::BIGINT"
"""Prices as whole numbers, so that sums are exact (D-40)."""
MODE = "arg_max(category, seen * 100 - enum_code(category)) FILTER (seen >= 2 AND category IS NOT NULL)"
"""The most frequent, of equals the alphabetically first (CT rules); words of the ENUM ascend."""
TRAITS = """SELECT person, coalesce(orders, 0) AS orders, spent_30d, average_order, cheapest_seen_30d, dearest_added,
    favourite, first_category, last_cart_30d, coalesce(categories_30d, 0) AS categories_30d"""
TABLE_ORDER = f"""
WITH seen AS (
    SELECT person, category, count(*) AS seen, count(*) FILTER ({NEW}) AS seen_new
    FROM events WHERE {VIEWED} AND {PAST} AND category IS NOT NULL GROUP BY person, category
), words AS (
    SELECT person, {MODE} AS favourite, count(*) FILTER (seen_new > 0) AS categories_30d FROM seen GROUP BY person
), rest AS (
    SELECT person,
        count(*) FILTER ({ORDERED}) AS orders,
        sum({WHOLE}) FILTER ({ORDERED} AND {NEW}) / 10000 AS spent_30d,
        sum({WHOLE}) FILTER ({ORDERED}) / 10000 / count(price) FILTER ({ORDERED}) AS average_order,
        min(price) FILTER ({VIEWED} AND {NEW}) AS cheapest_seen_30d,
        max(price) FILTER ({ADDED}) AS dearest_added,
        first(category) FILTER ({VIEWED} AND category IS NOT NULL) AS first_category,
        last(cart_id) FILTER ({ADDED} AND {NEW} AND cart_id IS NOT NULL) AS last_cart_30d
    FROM events WHERE {PAST} AND name IN ('Product Viewed', 'Product Added', 'Order Completed') GROUP BY person
)
{TRAITS} FROM people LEFT JOIN rest USING (person) LEFT JOIN words USING (person) WHERE since <= {AT_US}
"""
BY_EVENT = f"""
WITH seen AS (
    SELECT person, category, count(*) AS seen, count(*) FILTER ({NEW}) AS seen_new, min(row) AS row,
        min(price) FILTER ({NEW}) AS price
    FROM events WHERE {VIEWED} AND {PAST} GROUP BY person, category
), viewed AS (
    SELECT person, {MODE} AS favourite, min(price) AS cheapest_seen_30d,
        arg_min(category, row) FILTER (category IS NOT NULL) AS first_category,
        count(*) FILTER (seen_new > 0 AND category IS NOT NULL) AS categories_30d
    FROM seen GROUP BY person
), added AS (
    SELECT person, max(price) AS dearest_added,
        last(cart_id) FILTER ({NEW} AND cart_id IS NOT NULL) AS last_cart_30d
    FROM events WHERE {ADDED} AND {PAST} GROUP BY person
), ordered AS (
    SELECT person, count(*) AS orders, sum({WHOLE}) FILTER ({NEW}) / 10000 AS spent_30d,
        sum({WHOLE}) / 10000 / count(price) AS average_order
    FROM events WHERE {ORDERED} AND {PAST} GROUP BY person
)
{TRAITS} FROM people LEFT JOIN viewed USING (person) LEFT JOIN added USING (person) LEFT JOIN ordered USING (person)
WHERE since <= {AT_US}
"""

FORMULATIONS: dict[str, dict[str, str]] = {
    "members": {"one pass": ONE_PASS, "sets": SETS},
    "spans": {"spans of leaves": SPANS_OF_LEAVES, "running counts": RUNNING_COUNTS},
    "funnel": {"ASOF": ASOF, "self-join": SELF_JOIN},
    "traits": {"table order": TABLE_ORDER, "by event": BY_EVENT},
}


class Database:
    """An in-memory DuckDB on one thread with the log in it."""

    def __init__(self, log: SyntheticLog) -> None:
        import duckdb

        self._connection: Any = duckdb.connect(config={"threads": 1})
        self._connection.execute(f"CREATE TYPE event_name AS ENUM {tuple(sorted(log.event_names))}")
        self._connection.execute(f"CREATE TYPE category AS ENUM {CATEGORIES}")
        self._connection.register("given", event_table(log))
        self._connection.execute(
            "CREATE TABLE events AS SELECT * REPLACE (name::VARCHAR::event_name AS name, "
            "category::VARCHAR::category AS category) FROM given"
        )
        self._connection.register("given", people_table(log))
        self._connection.execute("CREATE TABLE people AS SELECT * FROM given")
        self._connection.unregister("given")

    def ask(self, sql: str) -> pa.Table:
        return self._connection.sql(sql).to_arrow_table()

    def close(self) -> None:
        self._connection.close()
