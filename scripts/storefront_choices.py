"""What the invented people chose in the shop's preference page, a log of its own beside Storefront's (`choices.jsonl.zst`).

Who opened the app while signed in has a device there and says whether it may be told things; customers with an address
choose what mail they want, those with a telephone whether the shop may write to them by WhatsApp. Some never look at
that page. Everything is drawn from streams of its own, so the log beside it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from storefront_sample import END, Call, Person, stamp

OFFERS = "offers"
"""The subscription group of mail that sells something."""
MARKETING = "marketing"
"""The consent category."""


def make_choices(seed: int, people: list[Person]) -> Iterator[Call]:
    """Calls in order of time, none after the story's end."""
    calls = [entry for person in people for entry in _of(person, Random(f"{seed}/choices/{person.user_id}"))]
    calls.sort(key=lambda entry: (entry[0], entry[1]["userId"]))
    for number, (at, call) in enumerate(calls, start=1):
        yield {**call, "messageId": f"c-{number:05d}", "timestamp": stamp(at)}


def _of(person: Person, rng: Random) -> Iterator[tuple[datetime, Call]]:
    if person.known_from is None:
        return
    app = [at for at, call in person.calls if call.get("event") == "App Opened" and at >= person.known_from]
    if app:
        system = rng.choice(("ios", "android"))
        token = f"{system}-{person.user_id}-{rng.randrange(16**8):08x}"
        device = {"id": f"{system[0]}-{person.user_id}", "type": system, "token": token}
        said = _state(token, f"{system.upper()}_PUSH", rng, yes=0.74)
        yield from _tell(person, min(app) + timedelta(seconds=2), device=device, messaging_subscriptions=[said])
    at = person.known_from + timedelta(minutes=rng.uniform(2, 9))
    said = []
    if person.email and rng.random() < 0.8:
        group = {"name": OFFERS, "status": _word(rng, yes=0.78)}
        said.append({"key": person.email, "type": "EMAIL", "groups": [group]})
    if person.phone and rng.random() < 0.85:
        said.append(_state(person.phone, "WHATSAPP", rng, yes=0.6))
    if rng.random() < 0.85:
        agreed = {"consent": {"categoryPreferences": {MARKETING: rng.random() < 0.75}}}
        yield from _tell(person, at, messaging_subscriptions=said, **agreed)
    elif said:
        yield from _tell(person, at, messaging_subscriptions=said)


def _state(key: str, channel: str, rng: Random, *, yes: float) -> Call:
    return {"key": key, "type": channel, "status": _word(rng, yes=yes)}


def _word(rng: Random, *, yes: float) -> str:
    return "SUBSCRIBED" if rng.random() < yes else "UNSUBSCRIBED"


def _tell(person: Person, at: datetime, **context: object) -> Iterator[tuple[datetime, Call]]:
    if at < END:
        full = {"library": {"name": "storefront-synthetic", "version": "1"}, **context}
        yield at, {"type": "identify", "userId": person.user_id, "traits": {}, "context": full}
