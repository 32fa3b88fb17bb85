"""Random tie-heavy logs: few people, few names, instants on a coarse grid, identities that merge and that may not."""

from __future__ import annotations

import random
from typing import Any

from engage_desktop.domain.duration import format_instant, parse_instant
from tests.random_cases.conditions import EVENTS, SOURCES

START = parse_instant("2024-01-01T00:00:00Z")
A_YEAR = 365 * 24 * 3_600_000_000
GRID = 30 * 60 * 1_000_000
SLOTS = 20
NUMBERS: tuple[Any, ...] = (
    0, 1, 2, 2, 3, 2.5, 2.0, 10, "10", "2", "2.0", "3", "1e0", "x", "", None, True, [1, 3], ["x", "2"], [], -1, " 2", "2.", "true",
)  # fmt: skip
WORDS: tuple[Any, ...] = ("x", "pro", "free", "Pro", "true", "", None, True, False, 2, ["x", "pro"], ["free"], [])
DECIMALS: tuple[Any, ...] = (0.1, 0.2, 0.2, 0.3, 0.3, "0.7", 0.00003, 12.3456, -0.1, 9, 10)
LINES: tuple[dict[str, Any], ...] = (
    {"sku": "x", "qty": 1},
    {"sku": "pro", "qty": 3},
    {"sku": "x", "qty": 2},
    {"qty": "2"},
    {},
)
STATUSES = ("subscribed", "subscribed", "subscribed", "SUBSCRIBED", "unsubscribed", "did-not-subscribe", "", None)


def log(
    rng: random.Random, people: tuple[int, ...] = (3, 4, 5, 6), most: int = 14, slots: int = SLOTS
) -> list[dict[str, Any]]:
    """Raw calls in file order, some unusable, some sent twice."""
    names = [f"u{number}" for number in range(rng.choice(people))]
    records = [_call(rng, person, names, slots) for person in names for _ in range(rng.randint(5, most))]
    if rng.random() < 0.7:
        rng.shuffle(records)
    for number, record in enumerate(records):
        if rng.random() < 0.5:
            record["messageId"] = f"m{number}"
    for record in rng.sample(records, rng.choice((0, 0, 1, 2))):
        records.append({**record, "timestamp": _instant(rng, slots)})  # sent twice under one messageId, or once more
    if rng.random() < 0.15:
        records.insert(rng.randrange(len(records)), _unusable(rng))
    return records


def _call(rng: random.Random, person: str, people: list[str], slots: int) -> dict[str, Any]:
    record: dict[str, Any] = {"timestamp": _instant(rng, slots)}
    if rng.random() < 0.6:
        late = rng.choice((0, 0, 1_000_000, 1_000_000, -1_000_000, GRID))
        record["receivedAt"] = format_instant(parse_instant(record["timestamp"]) + late)
    _identify(rng, record, person, people)
    roll = rng.random()
    if roll < 0.7:
        name = rng.choice(EVENTS)
        properties: dict[str, Any] = {}
        if rng.random() < 0.7:
            properties["n"] = rng.choice(NUMBERS)
        if rng.random() < 0.3:
            properties["c"] = rng.choice(WORDS)
        if rng.random() < 0.15:
            properties["item"] = rng.choice(({"sku": "x"}, {"sku": 2}, {}, "x"))
        if rng.random() < 0.6:
            properties["d"] = rng.choice(DECIMALS)
        if rng.random() < 0.3:
            properties["at"] = _date(rng)
        if rng.random() < 0.2:
            properties["lines"] = rng.choice(
                (rng.sample(LINES, rng.choice((0, 1, 2, 3))), rng.sample(LINES, 2), LINES[0])
            )
        record |= {"type": "track", "event": name, "properties": properties}
        if rng.random() < 0.25:
            page = {"path": rng.choice(WORDS), "depth": rng.choice(NUMBERS), "until": _date(rng)}
            record["context"] = {"page": {key: page[key] for key in page if rng.random() < 0.7}}
        elif rng.random() < 0.1:
            record["context"] = {"device": {"type": rng.choice(("ios", "android")), "token": f"t-{person}"}}
        elif rng.random() < 0.05:
            record["context"] = {"traits": {"email": f"{person}@{rng.choice('xyz')}"}}
        if rng.random() < 0.4:
            record["sourceId"] = rng.choice(SOURCES)
    elif roll < 0.73:
        record |= {"type": "track", "event": rng.choice(("Unsubscribed", "Email Unsubscribed", "SMS Unsubscribed"))}
        if rng.random() < 0.3:
            record["context"] = {"traits": {"email": f"{person}@{rng.choice('xy')}"}}
    elif roll < 0.75:
        record |= {"type": rng.choice(("page", "screen")), "name": "Home"}
    elif roll < 0.82:
        traits: dict[str, Any] = {"tier": rng.choice(WORDS), "limit": rng.choice(NUMBERS), "due": _date(rng)}
        kept = {key: traits[key] for key in traits if rng.random() < 0.5}
        record |= {"type": "group", "groupId": rng.choice("gghk"), "traits": kept}
    else:
        _traits(rng, record, person)
    return record


def _traits(rng: random.Random, record: dict[str, Any], person: str) -> None:
    traits: dict[str, Any] = {}
    if rng.random() < 0.6:
        traits["plan"] = rng.choice((*WORDS, None, None))
    if rng.random() < 0.4:
        traits["score"] = rng.choice((*NUMBERS, None, None))
    if rng.random() < 0.2:
        traits["tags"] = rng.choice((["x", "pro"], ["free", "3"], [], None))
    if rng.random() < 0.4:
        traits["due"] = _date(rng)
    if rng.random() < 0.2:
        traits["limit"] = rng.choice(NUMBERS)
    if rng.random() < 0.15:
        traits["home"] = rng.choice(({"city": "x"}, {"zip": "1"}, None))
    if rng.random() < 0.6:
        traits["email"] = rng.choice((f"{person}@x", f"{person}@x", f"{person}@x", f"{person}@y", None))
        if rng.random() < 0.04:
            traits["email"] = "shared@x"
    if rng.random() < 0.3:
        traits["phone"] = rng.choice((f"+{person}", None))
    for channel in ("email", "sms", "push"):
        if rng.random() < 0.4:
            traits[f"{channel}_subscription_status"] = rng.choice(STATUSES)
    record |= {"type": "identify", "traits": traits}
    if rng.random() < 0.25:
        key, kind = rng.choice(
            ((f"{person}@x", "EMAIL"), (f"{person}@y", "EMAIL"), (f"+{person}", "SMS"), (f"t-{person}", "IOS_PUSH"))
        )
        status = rng.choice(("SUBSCRIBED", "SUBSCRIBED", "UNSUBSCRIBED", "DID_NOT_SUBSCRIBE"))
        record["context"] = {"messaging_subscriptions": [{"key": key, "type": kind, "status": status}]}


def _identify(rng: random.Random, record: dict[str, Any], person: str, people: list[str]) -> None:
    """Mostly the person's own ids; some calls are anonymous, and some devices are shared."""
    roll = rng.random()
    device = f"d-{person}"
    if roll < 0.6:
        record["userId"] = person
    elif roll < 0.75:
        record |= {"userId": person, "anonymousId": device}
    elif roll < 0.95:
        record["anonymousId"] = device
    else:
        record |= {"userId": person, "anonymousId": f"d-{rng.choice(people)}"}
    if rng.random() < 0.03:
        record["anonymousId"] = rng.choice(("0-0", "anonymous", "null"))


def burst(rng: random.Random, usual: str) -> list[dict[str, Any]]:
    """More than 25 events of one person within a second or two, most of one kind."""
    person = f"u{rng.randrange(3)}"
    at, apart = START + rng.randrange(2, 12) * GRID, rng.choice((20_000, 35_000, 60_000))
    return [
        {
            "timestamp": format_instant(at + number * apart), "userId": person, "type": "track",
            "event": rng.choice((usual, usual, usual, *EVENTS)), "properties": {"n": rng.choice(NUMBERS)},
        }
        for number in range(rng.randint(26, 36))
    ]  # fmt: skip


def early(rng: random.Random, first: int) -> list[dict[str, Any]]:
    """Some events of a few people in the hours after an instant, a year before all others."""
    return [
        {
            "timestamp": format_instant(first + rng.randrange(12) * GRID), "userId": f"u{rng.randrange(3)}",
            "type": "track", "event": rng.choice(EVENTS), "properties": {"n": rng.choice(NUMBERS)},
        }
        for _ in range(rng.randint(3, 8))
    ]  # fmt: skip


def _date(rng: random.Random) -> Any:
    """A date mostly on the grid, in several ways to write one; or what is none."""
    at = START + rng.randrange(4, 14) * GRID + rng.choice((0, 0, 0, 0, 1))
    text = format_instant(at)
    elsewhere = format_instant(at + 2 * GRID).removesuffix("Z") + "+01:00"
    return rng.choice(
        (text, text, text, text, elsewhere, [text, elsewhere], text.removesuffix("Z"), "2024-01-02", "soon", None, 5)
    )


def _instant(rng: random.Random, slots: int) -> str:
    """On the grid, nine times in ten; else a microsecond beside it, or anywhere."""
    at = START + rng.randrange(slots) * GRID
    roll = rng.random()
    if roll < 0.04:
        at += rng.choice((-1, 1))
    elif roll < 0.08:
        at += rng.randrange(GRID)
    return format_instant(at)


def _unusable(rng: random.Random) -> dict[str, Any]:
    whole = {"type": "track", "event": "A", "userId": "u0", "timestamp": format_instant(START + GRID)}
    drop = rng.choice(("userId", "timestamp", "event", "zone"))
    if drop == "zone":
        return whole | {"timestamp": "2024-01-01T01:00:00"}
    return {key: value for key, value in whole.items() if key != drop}
