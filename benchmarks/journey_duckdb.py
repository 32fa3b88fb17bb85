"""The twelve steps as SQL by hand: each step one table of the people in it, each look ahead one ASOF join.

Tables given: events(person, row, time, name, price, ...) sorted by row, draws(person, u): the draw of the
random split, which a database cannot make, free of charge. A token carries its person, the number n of its
instance, seq, the instant, and what takes its instance out: exit_at and exit_row by event, deadline by
condition or age (D-12, D-18). Not written down is the order inside one microsecond between events of one name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.formulations_duckdb import RUNNING_COUNTS, Database
from benchmarks.journey_designs import BUY, COIN, STEP_KEYS, ZONE
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog

NEVER = 2**63 - 1
FROM_US, TO_US = START_US, START_US + DAYS * DAY_US
HOUR_US = DAY_US // 24
LEFT_BY_TIME = "x.entered < x.nat"
"""A wait that passes at once is cut short by nothing."""


def _pairs(name: str, window_us: int) -> str:
    """Spans in which at least two events lie in the window, one a pair of neighbours: their ends ascend."""
    return f"""SELECT * FROM (
        SELECT person, lead(time) OVER (PARTITION BY person ORDER BY row) AS start_us, time + {window_us} AS end_us
        FROM events WHERE name = '{name}') WHERE start_us < end_us"""


def _neighbours(name: str) -> str:
    """Each event with the one before it: two lie in the window where that one does."""
    return f"""SELECT person, time, lag(time) OVER (PARTITION BY person ORDER BY row) AS before
        FROM events WHERE name = '{name}'"""


def _next(token: str, event: str) -> str:
    return f"{event}.person = {token}.person AND {event}.time > {token}.time"


def _events(name: str, where: str = "true") -> str:
    return f"(SELECT person, row, time FROM events WHERE name = '{name}' AND {where})"


def _on(step: str, *branches: str) -> str:
    """Tokens that leave a step by one of the branches (none: by any) and reach the next (D-50)."""
    taken = f" AND branch IN {(*branches, '')}" if branches else ""
    return f"""SELECT person, n, seq + 1 AS seq, left_at AS time, exit_at, exit_row, deadline
        FROM {step} WHERE moves AND deadline > left_at{taken}"""


def _cut(natural: str) -> str:
    """What is left of natural departures: `natural` gives the token's columns, entered, nat, nat_row (NULL where it
    leaves on no event) and branch. The end of the run, an exit rule or a deadline may come first (D-12, D-21)."""
    return f"""
    SELECT person, n, seq, entered, exit_at, exit_row, deadline, moves,
        CASE WHEN until <= {TO_US} THEN until END AS left_at, CASE WHEN moves THEN branch END AS branch
    FROM (
        SELECT *, NOT (late OR taken) AND nat <= {TO_US} AS moves,
            CASE WHEN late AND taken THEN least(deadline, exit_at) WHEN late THEN deadline WHEN taken THEN exit_at
                ELSE nat END AS until
        FROM (
            SELECT *, {LEFT_BY_TIME} AND (deadline < nat OR (nat_row IS NULL AND deadline = nat)) AS late,
                CASE WHEN nat_row IS NULL THEN {LEFT_BY_TIME} AND exit_at <= nat ELSE exit_row <= nat_row END AS taken
            FROM ({natural}) x
        ) x
    )"""


def _delay(source: str, duration_us: int) -> str:
    return _cut(
        f"SELECT * EXCLUDE time, time AS entered, time + {duration_us} AS nat, NULL::BIGINT AS nat_row, NULL AS branch FROM ({source})"
    )


def _hold(source: str, timeout_us: int, first: tuple[str, str], second: tuple[str, str]) -> str:
    """Two branches (key, events); the first event of either, at the deadline still, else the timeout."""
    return _cut(f"""
        SELECT * EXCLUDE (time, heard_at, heard_row, key), time AS entered, least(heard_at, time + {timeout_us}) AS nat,
            CASE WHEN heard_at <= time + {timeout_us} THEN heard_row END AS nat_row,
            CASE WHEN heard_at <= time + {timeout_us} THEN key ELSE 'timeout' END AS branch
        FROM (
            SELECT t.*, least(coalesce(a.time, {NEVER}), coalesce(b.time, {NEVER})) AS heard_at,
                least(coalesce(a.row, {NEVER}), coalesce(b.row, {NEVER})) AS heard_row,
                CASE WHEN coalesce(a.row, {NEVER}) <= coalesce(b.row, {NEVER}) THEN '{first[0]}'
                    ELSE '{second[0]}' END AS key
            FROM ({source}) t ASOF LEFT JOIN {first[1]} a ON {_next("t", "a")}
            ASOF LEFT JOIN {second[1]} b ON {_next("t", "b")}
        )""")


def _split(source: str, events: str, window_us: int, key: str) -> str:
    """Whether two events lie in the window (D-14)."""
    return f"""
    SELECT t.* EXCLUDE time, t.time AS entered, t.time AS left_at, true AS moves,
        CASE WHEN e.before > t.time - {window_us} THEN '{key}' ELSE 'otherwise' END AS branch
    FROM ({source}) t ASOF LEFT JOIN ({_neighbours(events)}) e ON e.person = t.person AND e.time <= t.time"""


def _instant(source: str, branch: str = "NULL", tables: str = "") -> str:
    return f"""
    SELECT t.* EXCLUDE time, t.time AS entered, t.time AS left_at, true AS moves, {branch} AS branch
    FROM ({source}) t {tables}"""


def _coin() -> str:
    edges = np.cumsum([percent for _, percent in COIN]) / 100
    cases = " ".join(f"WHEN d.u < {edge!r} THEN '{key}'" for (key, _), edge in zip(COIN, edges.tolist(), strict=True))
    return f"CASE {cases} ELSE '{COIN[-1][0]}' END"


def _nine(source: str) -> str:
    """The next strictly later nine o'clock of the zone (D-31)."""
    clock = f"timezone('{ZONE}', make_timestamptz(time))"
    nine = f"date_trunc('day', {clock}) + INTERVAL 9 HOUR"
    later = f"CASE WHEN {nine} > {clock} THEN {nine} ELSE {nine} + INTERVAL 1 DAY END"
    return _cut(f"""
        SELECT * EXCLUDE time, time AS entered, epoch_us(timezone('{ZONE}', {later})) AS nat,
            NULL::BIGINT AS nat_row, NULL AS branch FROM ({source})""")


def _quiet(source: str) -> str:
    """The first instant from now on with two pages in a day, four days at most; at once where it is now."""
    timeout = f"t.time + {4 * DAY_US}"
    holds = f"greatest(coalesce(e.start_us, {NEVER}), t.time)"
    return _cut(f"""
        SELECT t.* EXCLUDE time, t.time AS entered, least({holds}, {timeout}) AS nat, NULL::BIGINT AS nat_row,
            CASE WHEN {holds} > {timeout} THEN 'timeout' ELSE 'holds' END AS branch
        FROM ({source}) t ASOF LEFT JOIN ({_pairs("Page Viewed", DAY_US)}) e
            ON e.person = t.person AND e.end_us > t.time""")


TABLES: dict[str, str] = {
    "entries": f"""
        SELECT person, row_number() OVER (PARTITION BY person ORDER BY start_us) AS n, start_us AS time
        FROM ({RUNNING_COUNTS}) WHERE start_us BETWEEN {FROM_US} AND {TO_US}""",
    "instances": f"""
        SELECT e.*, 0 AS seq, coalesce(b.time, {NEVER}) AS exit_at, coalesce(b.row, {NEVER}) AS exit_row,
            least(e.time + {10 * DAY_US}, greatest(coalesce(s.start_us, {NEVER}), e.time)) AS deadline
        FROM entries e ASOF LEFT JOIN {_events(BUY)} b ON {_next("e", "b")}
        ASOF LEFT JOIN ({_pairs("Signed In", 7 * DAY_US)}) s ON s.person = e.person AND s.end_us > e.time""",
    "pause": _delay("SELECT * FROM instances WHERE deadline > time", 2 * HOUR_US),
    "look": _hold(
        _on("pause"),
        3 * DAY_US,
        ("seen", _events("Product Viewed", "price >= 60")),
        ("read", _events("Email Opened")),
    ),
    "worth": _split(_on("look", "seen", "timeout"), "Product Added", 30 * DAY_US, "filling"),
    "quiet": _quiet(_on("worth", "otherwise")),
    "coin": _instant(
        f"{_on('look', 'read')} UNION ALL {_on('worth', 'filling')} UNION ALL {_on('quiet', 'holds')}",
        _coin(),
        "JOIN draws d USING (person)",
    ),
    "morning": _nine(_on("coin", "mail")),
    "evening": _delay(_on("coin", "soon"), 36 * HOUR_US),
    "nudge": _instant(f"{_on('morning')} UNION ALL {_on('evening')}"),
    "answer": _hold(
        _on("nudge"),
        2 * DAY_US,
        ("clicked", _events("Email Link Clicked")),
        ("back", _events("Products Searched")),
    ),
    "warm": _split(_on("answer", "back", "timeout"), "Product Viewed", 3 * DAY_US, "hot"),
    "tell": _instant(f"{_on('answer', 'clicked')} UNION ALL {_on('warm', 'hot')}"),
    "done": _instant(f"{_on('coin', 'control')} UNION ALL {_on('tell')}"),
}
VISITS = " UNION ALL ".join(
    f"SELECT person, n, seq, {place}::SMALLINT AS step, entered, left_at, nullif(branch, 'holds') AS branch FROM {key}"
    for place, key in enumerate(STEP_KEYS)
)
COLUMNS = ("person", "n", "seq", "step", "entered", "left_at", "branch")


class JourneyDatabase(Database):
    """The log in memory on one thread, and the draws of the split."""

    def __init__(self, log: SyntheticLog, draws: Any) -> None:
        super().__init__(log)
        self._connection.register("given", pa.table({"person": np.arange(log.n_profiles, dtype=np.int32), "u": draws}))
        self._connection.execute("CREATE TABLE draws AS SELECT * FROM given")
        self._connection.unregister("given")

    def tables(self) -> None:
        """Step by step, each a table; the visits stand in `visits`, in no order."""
        for name, query in {**TABLES, "visits": VISITS}.items():
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def statement(self) -> None:
        """The same as one statement; DuckDB keeps what is named more than once."""
        named = ", ".join(f"{name} AS ({query})" for name, query in TABLES.items())
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE visits AS WITH {named} {VISITS}")

    def visits(self) -> dict[str, Any]:
        """Columns by (person, n, seq): numbers, left_at NEVER while inside, branch text or None."""
        found = self._connection.sql(
            f"SELECT * REPLACE (coalesce(left_at, {NEVER}) AS left_at) FROM visits ORDER BY person, n, seq"
        ).to_arrow_table()
        columns = {name: found[name].to_numpy() for name in COLUMNS[:-1]}
        return columns | {"branch": found["branch"].to_pylist()}
