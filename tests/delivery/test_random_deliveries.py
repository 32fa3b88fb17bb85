"""Random memberships and syncs: the product's table is the oracle's, row by row (D-38)."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tests.delivery.worlds import LONG_AGO, World, at
from tests.oracle.delivering import LAW, Person, Row

CASES = 400
AT_LEAST = {
    "batch": 0.3, "real time": 0.3, "net nothing": 0.05, "gap without a tick": 0.05, "rate shifts": 0.2, "backfill": 0.2,
    "no backfill": 0.1, "waits for a tick after the run": 0.05, "list": 0.2, "list short of its minimum": 0.05,
    "reaches its minimum": 0.05, "resend": 0.05, "several calls of a change": 0.05, "first and last ids": 0.05,
    "first before the run": 0.05, "steps in the queue": 0.1, "two syncs of a destination": 0.2,
    "consent holds back": 0.2, "somebody withdraws": 0.05, "minimum shifts": 0.1, "an ad step's list is short": 0.1, "an ad step's list waits": 0.02,
}  # fmt: skip
"""Share of the cases in which each must occur, or the comparison says less than it seems."""


def random_world(seed: int) -> World:
    draw = random.Random(seed)
    until = draw.choice((12, 20, 30))
    people = {who: _person(draw, who) for who in draw.sample(("u", "v", "w", "y@x.org", "z@x.org"), draw.randint(1, 5))}
    audiences = ("a", "b")[: draw.randint(1, 2)]
    destinations = {
        key: {
            "rate": draw.choice((0.1, 0.5, 1, 3, 1e6)) if draw.random() < 0.5 else None,
            "minimum": draw.randint(1, 4) if draw.random() < 0.4 else None,
        }
        for key in ("d", "e")
    }  # fmt: skip
    made = World(
        members={key: {who: _stays(draw, until) for who in people} for key in audiences},
        syncs={key: [_sync(draw) for _ in range(draw.randint(1, 2))] for key in audiences},
        destinations={key: {name: value for name, value in one.items() if value is not None} for key, one in destinations.items()},
        until=until,
        people=people,
        goes=[(who, second) for who in people for second in draw.sample(range(until + 3), draw.randint(0, 3))],
        steps_to=draw.choice((None, "d")),
    )  # fmt: skip
    shows = [(who, second) for who in people for second in draw.sample(range(until + 3), draw.randint(0, 4))]
    asked = {key: {"consent_category": "ads"} if draw.random() < 0.3 else {} for key in destinations}
    return replace(
        made,
        destinations={key: one | asked[key] for key, one in made.destinations.items()},
        people={who: replace(person, said=_said(draw)) for who, person in people.items()},
        shows=shows,
        ads_to=draw.choice((None, "d", "e")),
    )


def _said(draw: random.Random) -> tuple[tuple[int, dict[str, Any]], ...]:
    words = (
        {"ads": True},
        {"ads": True},
        {"ads": True, "mail": True},
        {"ads": False},
        {"mail": True},
        {},
        {"ads": "true"},
    )
    seconds = sorted(draw.choices(range(-6, 30), k=draw.randint(0, 5)))
    return tuple((at(second), draw.choice(words)) for second in seconds)


def _person(draw: random.Random, who: str) -> Person:
    since = [at(LONG_AGO), *(at(second) for second in sorted(draw.sample(range(-5, 30), 3)))]
    emails = tuple((f"{who[0]}{number}@x.org", when) for number, when in enumerate(since))[: draw.randint(0, 4)]
    if "@" not in who:
        return Person(users=((who, since[0]),), emails=emails)
    # Anonymous ids become one person by the address that all of them show first, which names the person too.
    anonymous = tuple((f"{who[0]}-{number}", at(LONG_AGO) + number) for number in range(draw.randint(1, 3)))
    return Person(anonymous=anonymous, emails=((who, at(LONG_AGO)), *emails[1:]))


def _stays(draw: random.Random, until: int) -> list[tuple[int, int | None]]:
    marks = sorted(draw.sample(range(-6, until + 4), draw.randint(0, 8)))
    stays: list[tuple[int, int | None]] = list(zip(marks[::2], marks[1::2], strict=False))
    return [*stays, (marks[-1], None)] if len(marks) % 2 else stays


def _sync(draw: random.Random) -> dict[str, Any]:
    sync: dict[str, Any] = {"destination": draw.choice("dde"), "as": draw.choice(("identify", "track", "list", "list"))}
    if draw.random() < 0.6:
        sync |= {"mode": "batch", "every": f"{draw.randint(1, 9)}s"}
        first = draw.choice((None, "2s", "5s", "40s", "2023-12-31T23:59:55Z", "2024-01-01T00:00:03Z"))
        sync |= {} if first is None else {"first": first}
        sync["resend"] = draw.random() < 0.15
    sync["backfill"] = draw.random() < 0.7
    if draw.random() < 0.3:
        sync["ids"] = draw.choice(("all", "first", "last"))
    return sync


def census(world: World, rows: list[Row]) -> set[str]:
    """What occurs in a case, told from the design, the memberships and the oracle's rows."""
    _, last = world.window
    found = set()
    syncs = [(key, sync) for key, syncs in world.syncs.items() for sync in syncs]
    for key, sync in syncs:
        mine = [row for row in rows if (row["destination"], row["campaign"]) == (sync["destination"], key)]
        stays = [one for each in world.members[key].values() for one in each]
        batch = sync.get("mode") == "batch"
        found.add("batch" if batch else "real time")
        found.add("list" if sync["as"] == "list" else "")
        if any(start < 0 and (end is None or end > 0) for start, end in stays):
            found.add("backfill" if sync["backfill"] else "no backfill")
        if batch and any(row["due_at"] > last and row["batch"] is not None for row in mine):
            found.add("waits for a tick after the run")
        found |= _nothing(world, key, sync) if batch else set()
        found.add("first before the run" if "2023" in sync.get("first", "") and mine else "")
        found.add("resend" if sync.get("resend") and any(row["changed_at"] == row["due_at"] for row in mine) else "")
        found.add("first and last ids" if sync.get("ids") in ("first", "last") and mine else "")
        if sync["as"] == "list" and world.destinations[sync["destination"]].get("minimum", 0) > 1 and stays:
            found.add(
                "reaches its minimum" if any(row["change"] == "added" for row in mine) else "list short of its minimum"
            )
    same = Counter((row["campaign"], row["profile"], row["change"], row["changed_at"], row["due_at"]) for row in rows)
    found.add("several calls of a change" if max(same.values(), default=0) > 1 else "")
    for name, setting in (
        ("rate shifts", "rate"),
        ("minimum shifts", "minimum"),
        ("consent holds back", "consent_category"),
    ):
        without = {key: one | {setting: None} for key, one in world.destinations.items()}
        found.add(name if rows != replace(world, destinations=without).expected() else "")
    ads = [row for row in rows if row["step"] == "ad"]
    unbound = [row for row in world.expected(replace(LAW, minimum_binds_steps=False)) if row["step"] == "ad"]
    found.add("an ad step's list is short" if ads != unbound else "")
    waits = any(row["due_at"] > row["changed_at"] for row in ads)
    found.add("an ad step's list waits" if waits and "rate" not in world.destinations[world.ads_to or "d"] else "")
    found.add("somebody withdraws" if rows != world.expected(replace(LAW, withdrawal_takes_off=False)) else "")
    found.add("steps in the queue" if any(row["step"] for row in rows) and "rate" in world.destinations["d"] else "")
    found.add("two syncs of a destination" if len({sync["destination"] for _, sync in syncs}) < len(syncs) else "")
    return found


def _nothing(world: World, key: str, sync: dict[str, Any]) -> set[str]:
    """Memberships and gaps between ticks, with the tick of 0 as the first where none is named."""
    if sync.get("first") is not None:
        return set()
    every = int(sync["every"][:-1])
    found = set()
    for stays in world.members[key].values():
        inside = [(a, b) for a, b in stays if b is not None and a > 0 and b <= world.until]
        found |= {"net nothing" for a, b in inside if -(-a // every) == -(-b // every)}
        gaps = [(b, a) for (_, b), (a, _) in pairwise(stays) if b is not None and b > 0]
        found |= {"gap without a tick" for b, a in gaps if a <= world.until and -(-b // every) == -(-a // every)}
    return found


@pytest.mark.parametrize("part", range(8))
def test_the_table_is_the_oracles(part: int) -> None:
    for seed in range(part, CASES, 8):
        world = random_world(seed)
        assert world.told() == world.expected(), f"seed {seed}"


def test_the_cases_hold_what_they_are_to_compare() -> None:
    worlds = [random_world(seed) for seed in range(CASES)]
    found = Counter(one for world in worlds for one in census(world, world.expected()))
    assert {one: found[one] for one, share in AT_LEAST.items() if found[one] < share * CASES} == {}


def test_what_is_told_adds_up_to_the_membership() -> None:
    """Where nothing is held back, a destination that took every row has exactly the members of the run's last instant."""
    for seed in range(CASES):
        world = random_world(seed)
        for key, syncs in world.syncs.items():
            for sync in syncs:
                if not sync["backfill"] or sync["as"] == "list" or len(syncs) > 1:
                    continue
                there: set[str] = set()
                mine = [row for row in world.expected() if row["campaign"] == key]
                for row in sorted(mine, key=lambda row: (row["changed_at"], row["due_at"])):
                    (there.add if row["change"] == "entered" else there.discard)(row["profile"])
                last, asked = world.until, world.destinations[sync["destination"]].get("consent_category")
                said = {
                    who: [one for when, one in person.said if when <= at(last)] for who, person in world.people.items()
                }
                members = {
                    who
                    for who, stays in world.members[key].items()
                    if any(start <= last and (end is None or end > last) for start, end in stays)
                    and (asked is None or (said[who] and said[who][-1].get(asked) is True))
                }
                assert there == members, f"seed {seed}"
