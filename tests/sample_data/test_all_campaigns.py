"""Storefront with twenty campaigns live at once, beside SQL by hand: D-22..D-27, D-30, D-32, D-34, D-49, D-52, D-54.

The product gives the tables of a run; everything asked of them is DuckDB's, its zones those of its ICU library. Twice: `spring` is
the log as it ships, in which clocks go forward (on 9 March in America, on 30 March in Europe); `autumn` every third person of it
thirty weeks later, the campaigns with them, in which they go back (on 26 October in Europe, on 2 November in America).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from engage_desktop import document
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.engine import compile_campaigns, simulate, to_arrow
from engage_desktop.events import build_store
from tests.sample_data.shop_sql import open_shop

LOGS = ("log.jsonl.zst", "choices.jsonl.zst")
DESIGN = "twenty_campaigns.json"
LATER = timedelta(weeks=30)
_DAY = re.compile(rb"2025-(\d\d)-(\d\d)(?=T)")
_NUMBER = re.compile(rb'"(?:u|a)-(\d{5})')

FATES = {
    ("sent", None), ("sent", "quiet_hours"), ("sent", "frequency_cap"), ("held_out", "holdout"), ("waiting", "quiet_hours"),
    *(("dropped", reason) for reason in (
        "no_address", "address_unknown", "unsubscribed", "did_not_subscribe", "subscription_unknown", "no_consent",
        "suppressed", "quiet_hours", "frequency_cap", "too_late", "instance_ended")),
}  # fmt: skip
"""What becomes of messages here: every status and every reason but `destination_minimum`, which is a destination's."""

MESSAGES = """
CREATE TABLE messages AS
SELECT row_number() OVER () AS id, campaign, coalesce(step, '') AS step, profile, channel, status, reason, kind,
       epoch_us(due_at) AS due, epoch_us(sent_at) AS sent
FROM run_messages;
CREATE TABLE visits AS SELECT journey, step, profile FROM run_visits;
"""

# D-30: the trait, else the zone of the last call that told one, else the workspace's; at the instant asked
ZONES = """
CREATE TABLE zone_set AS
SELECT profile, t, arg_max(traits ->> '$.timezone', row) AS zone FROM told WHERE json_exists(traits, '$.timezone') GROUP BY ALL;
CREATE TABLE zone_seen AS
SELECT profile, t, arg_max(context ->> '$.timezone', row) AS zone FROM calls WHERE json_exists(context, '$.timezone') GROUP BY ALL;
CREATE MACRO shown(zone, moment) AS timezone(zone, make_timestamptz(moment));
CREATE TABLE clocked AS
SELECT m.*, coalesce(zone_set.zone, zone_seen.zone, 'Europe/London') AS zone,
       shown(coalesce(zone_set.zone, zone_seen.zone, 'Europe/London'), m.moment) AS local
FROM (SELECT id, 'sent' AS what, profile, channel, status, reason, sent AS moment FROM messages WHERE sent IS NOT NULL
      UNION ALL SELECT id, 'due', profile, channel, status, reason, due FROM messages) AS m
ASOF LEFT JOIN zone_set ON zone_set.profile = m.profile AND zone_set.t <= m.moment
ASOF LEFT JOIN zone_seen ON zone_seen.profile = m.profile AND zone_seen.t <= m.moment;
CREATE MACRO inside(clock, low, high) AS
    CASE WHEN low <= high THEN clock >= low AND clock < high ELSE clock >= low OR clock < high END;
"""


@dataclass
class Shop:
    """A run's tables and the raw log in one database, beside the design as it is written."""

    database: duckdb.DuckDBPyConnection
    design: dict[str, Any]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.database.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        return self.ask(sql)[0][0]

    @property
    def caps(self) -> list[tuple[str, int, int]]:
        """A filter of channels, the most, in which time."""
        found = []
        for cap in self.design["policies"]["caps"]:
            which = f"channel = '{cap['channel']}'" if "channel" in cap else "true"
            found.append((which, cap["max"], parse_duration(cap["per"])))
        return found


@pytest.fixture(scope="module")
def shipped(root: Path) -> Path:
    return root / "sample_data" / "storefront"


def opened(design: str, logs: list[Path]) -> Shop:
    campaigns, problems = document.loads(design)
    assert campaigns is not None, problems
    store, report = build_store(logs)
    assert report.rejected == 0
    assert store.first_us is not None
    assert store.last_us is not None
    run = simulate(compile_campaigns(campaigns), store, window=(store.first_us, store.last_us))
    tables = to_arrow(run, store)
    database = open_shop(*logs)
    database.register("run_messages", tables["messages"])
    database.register("run_visits", tables["visits"])
    database.execute(MESSAGES + ZONES)
    quiet = [(one["channel"], one["from"], one["to"]) for one in run_quiet(json.loads(design))]
    database.execute("CREATE TABLE quiet (channel TEXT, low TIME, high TIME)")
    database.executemany("INSERT INTO quiet VALUES (?, ?, ?)", quiet)
    database.execute("CREATE TABLE priority (campaign TEXT, step TEXT, priority INTEGER)")
    database.executemany("INSERT INTO priority VALUES (?, ?, ?)", list(priorities(json.loads(design))))
    return Shop(database, json.loads(design))


def run_quiet(design: dict[str, Any]) -> list[dict[str, str]]:
    """Quiet hours, and what lies outside a send window."""
    window = design["policies"]["send_window"]
    return [*design["policies"]["quiet_hours"], window | {"from": window["to"], "to": window["from"]}]


def priorities(design: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """D-49: a step's stands before its journey's."""
    for journey in design["journeys"]:
        for step in journey["steps"]:
            yield journey["key"], step["key"], step.get("priority", journey.get("priority", 0))
    for broadcast in design["broadcasts"]:
        for variant in broadcast.get("variants", [{"key": ""}]):
            yield broadcast["key"], variant["key"], broadcast.get("priority", 0)


def later(text: bytes) -> bytes:
    """Every instant thirty weeks on."""

    def moved(found: re.Match[bytes]) -> bytes:
        return (date(2025, int(found[1]), int(found[2])) + LATER).isoformat().encode()

    return _DAY.sub(moved, text)


def every_third(text: bytes) -> bytes:
    """The calls of people whose number three divides; a device has the number of its owner."""
    lines = [line for line in text.splitlines() if int(_NUMBER.search(line)[1]) % 3 == 0]  # type: ignore[index]
    return b"\n".join(lines) + b"\n"


@pytest.fixture(scope="module")
def spring(shipped: Path) -> Iterator[Shop]:
    shop = opened((shipped / DESIGN).read_text("utf-8"), [shipped / name for name in LOGS])
    yield shop
    shop.database.close()


@pytest.fixture(scope="module")
def autumn(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder, logs = tmp_path_factory.mktemp("autumn"), []
    for name in LOGS:
        logs.append(folder / name.removesuffix(".zst"))
        text = pa.input_stream(str(shipped / name)).read()
        logs[-1].write_bytes(later(every_third(text)))
    shop = opened(later((shipped / DESIGN).read_bytes()).decode(), logs)
    yield shop
    shop.database.close()


@pytest.fixture(params=["spring", "autumn"])
def shop(request: pytest.FixtureRequest) -> Shop:
    found: Shop = request.getfixturevalue(request.param)
    return found


# -- the design -------------------------------------------------------------------------------------


def test_twenty_campaigns_that_use_what_there_is(shipped: Path) -> None:
    """Canonical, without any problem, each told in words; and wide enough to be worth a run."""
    text = (shipped / DESIGN).read_text("utf-8")
    campaigns, problems = document.loads(text)
    assert campaigns is not None
    assert problems == ()
    assert document.dumps(campaigns) == text
    assert document.validate(campaigns) == ()
    assert (len(campaigns.journeys), len(campaigns.broadcasts)) == (17, 3)
    assert all(journey.description for journey in campaigns.journeys)
    assert {message.channel for message in campaigns.messages} == {"email", "sms", "push", "whatsapp"}
    assert {step.type for journey in campaigns.journeys for step in journey.steps} >= {
        "hold", "wait", "delay", "delay_until", "split", "random", "message", "set_trait", "send", "ad", "end",
    }  # fmt: skip


def test_every_fate_occurs(spring: Shop) -> None:
    """D-22, D-23, D-54: each status and reason."""
    assert set(spring.ask("SELECT DISTINCT status, reason FROM messages")) >= FATES
    assert spring.one("SELECT count(*) FROM messages WHERE kind = 'assumed'") > 100, "messages that hang on answers"


# -- it adds up ---------------------------------------------------------------------------------------


def test_fates_add_up_to_the_visits_of_message_steps(spring: Shop) -> None:
    steps = [
        (one["key"], step["key"])
        for one in spring.design["journeys"]
        for step in one["steps"]
        if step["type"] == "message"
    ]
    visited = {(j, s): n for j, s, n in spring.ask("SELECT journey, step, count(*) FROM visits GROUP BY ALL")}
    fates = ", ".join(f"count(*) FILTER (status = '{one}')" for one in ("sent", "dropped", "held_out", "waiting"))
    rows = spring.ask(f"SELECT campaign, step, {fates} FROM messages GROUP BY ALL")
    journeys = {one["key"] for one in spring.design["journeys"]}
    attempts = {(campaign, step): sum(counts) for campaign, step, *counts in rows if campaign in journeys}
    assert attempts == {step: visited[step] for step in steps if step in visited}
    assert len(attempts) >= 25


RECIPIENTS = {
    "spring_code": ("2025-03-29T05:30:00Z", """
        SELECT profile FROM eligible JOIN happened USING (profile) WHERE since <= $now AND event = 'Order Completed' AND t <= $now
        UNION SELECT profile FROM happened WHERE event = 'Product Viewed' AND t <= $now GROUP BY profile HAVING count(*) >= 5
        EXCEPT SELECT profile FROM sent_back($now)"""),
    "april_magazine": ("2025-04-06T08:00:00Z", """
        SELECT profile FROM eligible JOIN happened USING (profile) WHERE since <= $now AND event = 'Order Completed' AND t <= $now
        UNION SELECT profile FROM trait_now('$.newsletter', $now) WHERE value = 'true'::JSON"""),
    "may_app_code": ("2025-05-09T03:00:00Z", """
        SELECT profile FROM happened WHERE event = 'App Opened' AND t > $now - days(30) AND t <= $now
        EXCEPT SELECT profile FROM sent_back($now)"""),
}  # fmt: skip
"""D-26: when the list is made (at the first clock on earth that shows the hour, where it is everybody's own), and who is on it."""


@pytest.mark.parametrize("key", RECIPIENTS)
def test_every_recipient_of_a_broadcast_has_one_row(spring: Shop, key: str) -> None:
    spring.database.execute("""CREATE OR REPLACE MACRO sent_back(now) AS TABLE
        SELECT profile FROM eligible JOIN happened USING (profile)
        WHERE since <= now AND event = 'Order Refunded' AND t > now - days(14) AND t <= now""")
    at, sql = RECIPIENTS[key]
    expected = spring.database.execute(sql, {"now": parse_instant(at)}).fetchall()
    found = spring.ask(f"SELECT profile FROM messages WHERE campaign = '{key}'")
    assert sorted(found) == sorted(set(expected))
    assert len(found) > 300


def test_a_broadcast_keeps_to_its_hour(spring: Shop) -> None:
    """D-26: 120 in any hour, and one that all get at half past seven is due then wherever they live."""
    hour = parse_duration("1h")
    most = spring.one(f"SELECT max(n) FROM (SELECT count(*) OVER {frame(hour, 'due', 'campaign')} AS n FROM messages "
                      "WHERE campaign = 'april_magazine')")  # fmt: skip
    assert most == 120
    clocks = spring.ask("""SELECT DISTINCT local::TIME::TEXT, local::DATE::TEXT FROM clocked JOIN messages USING (id)
        WHERE what = 'due' AND campaign = 'spring_code'""")
    assert clocks == [("19:30:00", "2025-03-29")]
    held = spring.ask("""SELECT DISTINCT step, status, reason FROM messages WHERE campaign = 'spring_code'
        AND (step = 'nothing' OR status = 'held_out') AND status <> 'dropped' ORDER BY ALL""")
    assert ("nothing", "held_out", "holdout") in held
    assert all(status == "held_out" for step, status, _ in held if step == "nothing")


# -- caps ----------------------------------------------------------------------------------------------


def frame(per: int, by: str, of: str = "profile") -> str:
    """The window (t - per, t] of D-24, in microseconds: all of one instant is in it together."""
    return f"(PARTITION BY {of} ORDER BY {by} RANGE BETWEEN {per - 1} PRECEDING AND CURRENT ROW)"


def test_nobody_exceeds_a_cap_in_any_window(shop: Shop) -> None:
    """D-24, over all campaigns, each cap; and each is reached, so that one more would have been too many."""
    assert len(shop.caps) == 4
    for which, most, per in shop.caps:
        found = shop.one(f"SELECT max(n) FROM (SELECT count(*) OVER {frame(per, 'sent')} AS n FROM messages "
                         f"WHERE status = 'sent' AND {which})")  # fmt: skip
        assert found == most, which


def test_without_the_caps_people_would_have_got_more(shop: Shop) -> None:
    """What a cap dropped or moved, taken at its due instant, breaks the e-mail cap and that of all together."""
    for which, most, per in (shop.caps[0], shop.caps[-1]):
        asked = "status = 'sent' OR reason IN ('frequency_cap', 'too_late')"
        found = shop.one(f"SELECT max(n) FROM (SELECT count(*) OVER {frame(per, 'due')} AS n FROM messages "
                         f"WHERE ({asked}) AND {which})")  # fmt: skip
        assert found > most


FIRST_TRY = """
SELECT id, profile, campaign, step, channel, status, reason, due, sent,
       coalesce(epoch_us(timezone(zone, free)), due) AS tried
FROM messages JOIN (
    SELECT id, zone, CASE WHEN inside(local::TIME, low, high) THEN
               local::DATE + high + CASE WHEN local::TIME >= high THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END END AS free
    FROM clocked JOIN quiet USING (channel) WHERE what = 'due') USING (id)
"""
"""When each message first came to the caps: when it was due, or when the quiet hours it was due in were over."""


def test_at_one_instant_the_higher_priority_goes(shop: Shop) -> None:
    """D-24: of two of a person and channel that came to the caps at one instant, where the caps let one go and stopped the
    other, the one that went has the higher priority or the same."""
    pairs = shop.ask(f"""
        WITH tried AS (SELECT * FROM ({FIRST_TRY}) JOIN priority USING (campaign, step))
        SELECT went.priority, stopped.priority
        FROM tried AS went JOIN tried AS stopped USING (profile, channel)
        WHERE went.id <> stopped.id AND went.status = 'sent' AND went.sent = stopped.tried
          AND stopped.reason IN ('frequency_cap', 'too_late') AND (stopped.sent IS NULL OR stopped.sent > stopped.tried)""")
    assert [pair for pair in pairs if pair[0] < pair[1]] == []
    assert sum(higher > lower for higher, lower in pairs) >= 3


# -- quiet hours ------------------------------------------------------------------------------------------


def test_nothing_is_sent_in_quiet_hours_of_its_person(shop: Shop) -> None:
    """D-30, D-34, D-54: of no channel, in no zone; while much is due in them."""

    def within(what: str) -> dict[str, int]:
        return dict(shop.ask(f"""SELECT channel, count(*) FILTER (inside(local::TIME, low, high))
            FROM clocked JOIN quiet USING (channel) WHERE what = '{what}' GROUP BY channel"""))  # fmt: skip

    assert within("sent") == {"email": 0, "sms": 0, "push": 0, "whatsapp": 0}
    due = within("due")
    assert min(due["email"], due["push"], due["whatsapp"]) > 5
    assert shop.one("SELECT count(DISTINCT zone) FROM clocked WHERE what = 'sent'") == 10


def test_what_waited_is_sent_when_they_end(shop: Shop) -> None:
    """D-34: at the clock time at which they end, the same night."""
    rows = shop.ask("""
        SELECT count(*), count(*) FILTER (sent.local::TIME = high), count(*) FILTER (sent.moment - due.moment > days(2))
        FROM clocked AS sent JOIN clocked AS due USING (id) JOIN quiet ON quiet.channel = sent.channel
        WHERE sent.what = 'sent' AND due.what = 'due' AND sent.reason = 'quiet_hours'""")
    waited, in_time, too_long = rows[0]
    assert waited == in_time > 300
    assert too_long == 0


CHANGES = {"spring": (1, {"Europe/London", "America/Los_Angeles"}), "autumn": (-1, {"Europe/London"})}
"""Zones in which somebody's message must have waited through the night in which clocks went forward (1) or back (-1)."""


@pytest.mark.parametrize("season", CHANGES)
def test_a_wait_over_the_change_of_clocks_ends_by_the_new_clock(season: str, request: pytest.FixtureRequest) -> None:
    """D-32, D-34: the night is an hour shorter or longer, the morning is at the same hour."""
    shop: Shop = request.getfixturevalue(season)
    rows = shop.ask("""
        SELECT sent.zone, sign(hours) AS way, bool_and(sent.local::TIME = high), count(*)
        FROM clocked AS sent JOIN clocked AS due USING (id, zone) JOIN quiet ON quiet.channel = sent.channel,
             LATERAL (SELECT (epoch_us(sent.local) - sent.moment) - (epoch_us(due.local) - due.moment) AS hours)
        WHERE sent.what = 'sent' AND due.what = 'due' AND sent.reason = 'quiet_hours' AND hours <> 0 GROUP BY ALL""")
    assert all(right for _, _, right, _ in rows)
    way, zones = CHANGES[season]
    assert {one for _, one, _, _ in rows} == {way}
    assert zones <= {zone for zone, _, _, _ in rows}
