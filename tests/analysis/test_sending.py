"""Pressure, calendar, conflicts and caps equal direct counts over tables made by hand (D-24, D-27, D-32)."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engage_desktop.analysis.calendar import calendar, planned
from engage_desktop.analysis.capped import capped_rows, cappings, fillers
from engage_desktop.analysis.conflicts import conflicts
from engage_desktop.analysis.pressure import pressure
from engage_desktop.analysis.sends import Sends
from engage_desktop.document import loads
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.workspace import CHANNELS
from engage_desktop.engine import KINDS, NEVER, REASONS, STATUSES, Run, compile_campaigns, simulate
from engage_desktop.engine.at_caps import at_caps
from tests.analysis.sending import CAPS, DAY, HOUR, PEOPLE, T0, design, random_messages, run_with, store
from tests.random_cases.compare import store_of
from tests.random_cases.features import ALL
from tests.random_cases.generate import generate

ZONE = "Europe/London"
EMAIL, SMS = CHANNELS.index("email"), CHANNELS.index("sms")
CAMPAIGNS = ("welcome", "again", "late", "spring")
SENT, CAPPED = STATUSES.index("sent"), REASONS.index("frequency_cap")
DROPPED = STATUSES.index("dropped")
Row = dict[str, Any]


def rows_of(run: Run) -> list[Row]:
    """The messages as dicts, each with its place, channel and turn at one instant."""
    names = list(run.messages)
    found = [
        dict(zip(names, values, strict=True))
        for values in zip(*(run.messages[name].tolist() for name in names), strict=True)
    ]
    for place, row in enumerate(found):
        key = CAMPAIGNS[row["campaign"]]
        step = ("mail", ("wait", "text", "mail"), "mail", ("a", "b", ""))[row["campaign"]]
        part = step if isinstance(step, str) else step[row["step"]]
        priority = {"welcome": 0, "late": 0, "spring": 1, "again": 5 if part == "mail" else 2}[key]
        row["place"], row["channel"] = place, SMS if part == "text" else EMAIL
        row["turn"] = (-priority, row["due_at"], key, row["instance"], part)
    return found


def local(at_us: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).astimezone(ZoneInfo(ZONE))


def as_date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


@pytest.fixture(params=range(12))
def run(request: pytest.FixtureRequest) -> Run:
    draw = random.Random(request.param)
    return run_with(random_messages(draw, draw.choice((0, 1, 5, 60, 200))))


def test_pressure_is_a_direct_count(run: Run) -> None:
    found = pressure(Sends(run), store(), ZONE)
    rows = [row for row in rows_of(run) if row["status"] == SENT]
    loads: dict[int, Counter[date]] = defaultdict(Counter)
    for row in rows:
        moment = local(row["sent_at"])
        loads[row["profile"]][moment.date() - timedelta(days=moment.isoweekday() - 1)] += 1
    heaviest = {who: max(load.values()) for who, load in loads.items()}
    direct = Counter(heaviest.values())
    assert found.heaviest == (
        PEOPLE - len(loads),
        *(direct[n] for n in range(1, max(heaviest.values(), default=0) + 1)),
    )
    assert found.sent.messages == len(rows)
    assert found.sent.assumed == sum(KINDS[row["kind"]] == "assumed" for row in rows)
    for place in range(4):
        mine = [row for row in rows if row["campaign"] == place]
        assert found.campaigns[place].messages == len(mine)
        assert found.campaigns[place].assumed == sum(KINDS[row["kind"]] == "assumed" for row in mine)
        assert found.people[place] == len({row["profile"] for row in mine})
    expected = sorted(loads, key=lambda who: (-heaviest[who], -sum(loads[who].values()), who))
    assert [one.profile for one in found.top] == expected
    for one in found.top:
        load = loads[one.profile]
        assert (one.most, one.messages) == (heaviest[one.profile], sum(load.values()))
        assert as_date(one.monday) == min(week for week, count in load.items() if count == one.most)
        assert one.campaigns == len({row["campaign"] for row in rows if row["profile"] == one.profile})
    for week in found.weeks:
        mine = [load[as_date(week.monday)] for load in loads.values() if load[as_date(week.monday)]]
        assert (week.messages, week.people, week.most) == (sum(mine), len(mine), max(mine, default=0))
    assert sum(week.messages for week in found.weeks) == len(rows)


def test_the_calendar_is_a_direct_count(run: Run) -> None:
    direct: Counter[tuple[date, int, int, int]] = Counter()
    assumed: Counter[tuple[date, int, int, int]] = Counter()
    for row in rows_of(run):
        at = row["sent_at"] if row["status"] == SENT else row["due_at"]
        key = (local(at).date(), row["channel"], row["campaign"], row["status"])
        direct[key] += 1
        assumed[key] += KINDS[row["kind"]] == "assumed"
    cells = calendar(Sends(run), ZONE)
    assert {(as_date(c.day), c.channel, c.campaign, c.status): c.messages for c in cells} == direct
    assert {(as_date(c.day), c.channel, c.campaign, c.status): c.assumed for c in cells} == assumed
    assert list(cells) == sorted(cells, key=lambda c: (c.day, c.channel, c.campaign, c.status))


def test_campaigns_that_send_to_the_same_people(run: Run) -> None:
    sent = [row for row in rows_of(run) if row["status"] == SENT]
    found = conflicts(Sends(run)).sent
    for a in range(4):
        for b in range(4):
            both = {
                one["profile"]
                for one in sent
                for two in sent
                if (one["campaign"], two["campaign"], one["profile"]) == (a, b, two["profile"])
                and abs(one["sent_at"] - two["sent_at"]) < 7 * DAY
            }
            assert found[a][b] == len(both), (a, b)


def full_caps(row: Row, at: int, sends: list[Row]) -> list[set[int]]:
    """For each cap that is full for the message, the places of the sends in its window."""
    found = []
    for cap in CAPS:
        channel = None if "channel" not in cap else CHANNELS.index(str(cap["channel"]))
        if channel not in (None, row["channel"]):
            continue
        low = at - parse_duration(str(cap["per"]))
        mine = [
            one["place"]
            for one in sends
            if one["profile"] == row["profile"] and channel in (None, one["channel"]) and low < one["sent_at"] <= at
        ]
        if len(mine) >= int(str(cap["max"])):
            found.append(set(mine))
    return found


def direct_fillers(row: Row, sends: list[Row]) -> set[int]:
    """The definition read aloud: what was sent before the message's turn, in the windows of the full caps."""
    due = row["due_at"]
    ahead = [one for one in sends if one["sent_at"] < due or (one["sent_at"] == due and one["turn"] < row["turn"])]
    return set().union(*full_caps(row, due, ahead))


def test_who_filled_the_caps_is_a_direct_count(run: Run) -> None:
    sends, rows = Sends(run), rows_of(run)
    sent = [row for row in rows if row["status"] == SENT]
    capped = [row for row in rows if row["reason"] == CAPPED]
    expected = [(row["place"], one) for row in capped for one in sorted(direct_fillers(row, sent))]
    places = capped_rows(sends)
    query, filler = fillers(sends, places, store())
    assert [(int(places[q]), int(one)) for q, one in zip(query, filler, strict=True)] == expected
    found = cappings(sends, store())
    met: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in capped:
        for other in {rows[one]["campaign"] for one in direct_fillers(row, sent)}:
            met[row["campaign"], other].append(row)
    counted = Counter((rows[a]["campaign"], rows[b]["campaign"]) for a, b in expected)
    assert {(p.capped, p.filling): (p.times, p.dropped, p.sends) for p in found.pairs} == {
        pair: (len(who), sum(row["status"] == DROPPED for row in who), counted[pair]) for pair, who in met.items()
    }
    for place in range(4):
        mine = [row for row in capped if row["campaign"] == place]
        assert found.stopped[place] + found.moved[place] == len(mine)
        assert found.stopped[place] == sum(row["status"] == DROPPED for row in mine)


def test_who_filled_a_cap_is_who_the_policy_counted() -> None:
    """Messages played through one dropping cap in the order of D-24: the fillers are those it had counted."""
    caps = ({"channel": "email", "max": 2, "per": "3d"},)
    for seed in range(20):
        draw = random.Random(seed)
        messages = [row | {"status": SENT, "reason": -1, "sent_at": row["due_at"]} for row in random_messages(draw, 80)]
        rows = rows_of(run_with(messages, caps))
        counted: dict[int, set[int]] = {}
        sent: list[Row] = []
        for row in sorted(rows, key=lambda row: (row["due_at"], row["turn"])):
            low = row["due_at"] - 3 * DAY
            before = {
                one["place"]
                for one in sent
                if one["profile"] == row["profile"] and one["channel"] == EMAIL and one["sent_at"] > low
            }
            if row["channel"] == EMAIL and len(before) >= 2:
                row |= {"status": DROPPED, "reason": CAPPED, "sent_at": NEVER}
                counted[row["place"]] = before
            else:
                sent.append(row)
        run = run_with(rows, caps)
        places = capped_rows(Sends(run))
        query, filler = fillers(Sends(run), places, store())
        found: dict[int, set[int]] = defaultdict(set)
        for one, other in zip(query, filler, strict=True):
            found[int(places[one])].add(int(other))
        assert found == counted
        assert counted


def test_people_who_entered_both() -> None:
    """Everybody enters all journeys by the same event; a broadcast has its recipients (D-26)."""
    row = {"campaign": 3, "step": 0, "instance": 1, "due_at": T0, "sent_at": NEVER, "status": DROPPED, "reason": -1}
    run = run_with([row | {"profile": who, "kind": 0} for who in (0, 2, 5)])
    assert conflicts(Sends(run)).entered == (
        (PEOPLE, PEOPLE, PEOPLE, 3), (PEOPLE, PEOPLE, PEOPLE, 3), (PEOPLE, PEOPLE, PEOPLE, 3), (3, 3, 3, 3),
    )  # fmt: skip


def test_seven_days_apart_is_no_longer_the_same_week() -> None:
    row = {"step": 0, "profile": 1, "instance": 1, "status": SENT, "reason": -1, "kind": 0}
    for apart, both in ((7 * DAY - 1, 1), (7 * DAY, 0)):
        two = [row | {"campaign": c, "due_at": at, "sent_at": at} for c, at in ((0, T0), (2, T0 + apart))]
        assert conflicts(Sends(run_with(two))).sent[0][2] == both


def test_what_the_design_plans() -> None:
    """A broadcast without a zone is at that clock time of the workspace; schedules follow its clock over the change."""

    made = design(caps=())
    made["journeys"][0]["entry"] = {
        "type": "schedule", "at": "2025-03-24", "time": "09:00", "weekdays": ["sat", "mon"], "zone": "profile",
    }  # fmt: skip
    made["journeys"][1] |= {
        "entry": {"type": "schedule", "at": "2025-03-24T12:00:00Z", "every": "2d"},
        "starts": "2025-03-25T00:00:00Z",
        "ends": "2025-03-30T12:00:00Z",
    }
    read, problems = loads(json.dumps(made))
    assert read is not None, problems
    plan = compile_campaigns(read)
    found = planned(plan, T0, T0 + 8 * DAY - HOUR)
    assert [(one.at_us, one.kind, one.campaign, one.own_zone) for one in found] == [
        (parse_instant(at), kind, key, own)
        for at, kind, key, own in (
            ("2025-03-24T09:00:00Z", "schedule", "welcome", True),
            ("2025-03-26T09:00:00Z", "broadcast", "spring", False),
            ("2025-03-26T12:00:00Z", "schedule", "again", False),
            ("2025-03-28T12:00:00Z", "schedule", "again", False),
            ("2025-03-29T09:00:00Z", "schedule", "welcome", True),
            ("2025-03-31T08:00:00Z", "schedule", "welcome", True),
        )
    ]
    assert len(planned(plan, T0, T0 + 3650 * DAY, most=5)) == 1 + 2 + 5


def test_every_message_that_a_cap_bound_has_its_fillers() -> None:
    """On runs with quiet hours, zones, deferrals and broadcasts: wherever the engine says frequency_cap, a window was
    full at the instant at which the message came to the caps (D-22, D-24, D-34)."""
    capped = later = 0
    for seed in range(24):
        case = generate(seed, ALL)
        made = store_of(case.records, case.campaigns)
        plan = compile_campaigns(case.campaigns, case.lists)
        sends = Sends(simulate(plan, made, window=case.window, seed=case.seed))
        rows = capped_rows(sends)
        query, _ = fillers(sends, rows, made)
        assert np.unique(query).tolist() == list(range(len(rows))), seed
        capped += len(rows)
        later += int((at_caps(sends.run, made, rows, sends.channel[rows]) > sends.table["due_at"][rows]).sum())
    assert capped > 40
    assert later > 0
