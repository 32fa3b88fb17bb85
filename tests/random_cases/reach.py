"""What a log tells about sending: addresses, tokens, subscription states and groups, consent; most people can be reached."""

from __future__ import annotations

import random
from typing import Any

from engage_desktop.domain.duration import format_instant
from tests.random_cases.logs import GRID, SLOTS, START

Record = dict[str, Any]
GROUPS = ("news", "offers")
CATEGORIES = ("ads", "mail")
STATES = ("SUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED", "UNSUBSCRIBED", "DID_NOT_SUBSCRIBE")
MADE = ("Email Sent", "Email Opened", "Email Link Clicked", "Bought")
"""Names that a run makes too: a log may have them from elsewhere."""


def reachable(rng: random.Random, records: list[Record]) -> list[Record]:
    """Calls in which people sign up, mostly early, and a few that say something else later."""
    people = sorted({str(record["userId"]) for record in records if str(record.get("userId", "")).startswith("u")})
    told = [_sign_up(rng, person) for person in people if rng.random() < 0.9]
    told += [_later(rng, rng.choice(people)) for _ in range(rng.randint(1, 2 * len(people))) if people]
    return told


def _sign_up(rng: random.Random, person: str) -> Record:
    traits: Record = {"email": f"{person}@x"}
    if rng.random() < 0.8:
        traits["phone"] = f"+{person}"
    for channel in ("email", "sms", "push", "whatsapp"):
        if rng.random() < 0.85:
            traits[f"{channel}_subscription_status"] = "subscribed"
    for group in GROUPS:
        if rng.random() < 0.6:
            traits[f"{group}_subscription_status"] = rng.choice(("subscribed", "subscribed", "unsubscribed"))
    context: Record = {}
    if rng.random() < 0.8:
        context["device"] = {"type": rng.choice(("ios", "android")), "token": f"t-{person}"}
    if rng.random() < 0.85:
        context["consent"] = {"categoryPreferences": {"ads": rng.random() < 0.8, "mail": rng.random() < 0.8}}
    at = START + rng.choice((0, 0, 0, 0, 1, 1, 3)) * GRID
    return _call(person, at) | {"type": "identify", "traits": traits, "context": context}


def _later(rng: random.Random, person: str) -> Record:
    """One more word about consent, a group, or the state of an address; or an event of another sender."""
    call = _call(person, START + rng.randrange(2, SLOTS) * GRID)
    roll, address = rng.random(), f"{person}@{rng.choice('xxy')}"
    if roll < 0.3:
        given = {category: rng.random() < 0.5 for category in CATEGORIES if rng.random() < 0.7}
        event = rng.choice(("A", "Segment Consent Preference Updated"))
        context = {"consent": {"categoryPreferences": given}}
        return call | {"type": "track", "event": event, "context": context}
    if roll < 0.5:
        groups = [{"name": group, "status": rng.choice(STATES)} for group in GROUPS if rng.random() < 0.7]
        said: Record = {"key": address, "type": "EMAIL", "groups": groups}
        if rng.random() < 0.7:
            said["status"] = rng.choice(STATES)
        return call | {"type": "identify", "traits": {}, "context": {"messaging_subscriptions": [said]}}
    if roll < 0.65:
        properties = {rng.choice(("group_name", "group_name", "group")): rng.choice(GROUPS)}
        return call | {"type": "track", "event": "Email Group Unsubscribed", "properties": properties}
    if roll < 0.85:
        status = rng.choice(("subscribed", "unsubscribed", "did-not-subscribe", "Subscribed", ""))
        name = rng.choice((*GROUPS, *GROUPS, "email", "sms", "whatsapp"))
        return call | {"type": "identify", "traits": {f"{name}_subscription_status": status}}
    properties = {"campaign": rng.choice(("red", "x", 5)), "n": 1} if rng.random() < 0.5 else {"n": 2}
    return call | {"type": "track", "event": rng.choice(MADE), "properties": properties}


def _call(person: str, at: int) -> Record:
    return {"timestamp": format_instant(at), "userId": person}
