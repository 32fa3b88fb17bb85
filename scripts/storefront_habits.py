"""What the people of `storefront_sample` do beside its story, so that every part of the query language finds something.

Sources, campaigns that led here, baskets looked at again, refunds, plans and their renewal. Every kind of thing has a
random stream of its own, keyed by seed and person: one more changes nothing that was drawn before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from random import Random

from storefront_sample import CATEGORIES, END, START, Call, Person, clock, poisson, tell, track

CAMPAIGNS = (
    ("spring_sale", "newsletter", "email", 40), ("brand", "google", "cpc", 30), ("look_book", "instagram", "social", 20),
    ("second_look", "facebook", "paid", 10),
)  # fmt: skip
REFUND_REASONS = ("damaged", "not as shown", "too late", "changed my mind")
TERM = timedelta(days=30)
UPGRADES_A_DAY = 0.03


def add_habits(seed: int, person: Person) -> None:
    """Add to `person.calls`, and to the calls that are there."""
    story = sorted(person.calls[: person.story], key=lambda entry: entry[0])
    say_wishes(person, story, _stream(seed, "wishes", person))
    come_by_campaign(story, _stream(seed, "campaigns", person))
    turn_pages(person, story, _stream(seed, "pages", person))
    open_app(seed, person, story)
    look_at_carts(person, story, _stream(seed, "carts", person))
    send_back(person, story, _stream(seed, "refunds", person))
    keep_plan(person, story, _stream(seed, "plans", person))
    if person.kind == "customer" and person.user_id.endswith("0"):
        go_by_clock(person, story, _stream(seed, "clock", person))
    for _at, call in person.calls:
        call["sourceId"] = source_of(seed, call)


def _stream(seed: int, kind: str, person: Person) -> Random:
    return Random(f"{seed}/{kind}/{person.user_id}")


def _events(story: list[tuple[datetime, Call]], name: str) -> Iterator[tuple[datetime, Call]]:
    return ((at, call) for at, call in story if call.get("event") == name)


def source_of(seed: int, call: Call) -> str:
    """`mail` for the mail tool, `server`, or of a device `web` or `app`, the same for all its calls."""
    if call.get("event", "").startswith(("Email", "Unsubscribed")):
        return "mail"
    device = call.get("anonymousId")
    if device is None:
        return "server"
    return "app" if Random(f"{seed}/source/{device}").random() < 0.35 else "web"


def say_wishes(person: Person, story: list[tuple[datetime, Call]], rng: Random) -> None:
    """Traits of the calls that make somebody known: interests (a list, sometimes empty), an address, the newsletter."""
    interests = rng.sample(CATEGORIES, rng.choices((0, 1, 2, 3), (10, 40, 35, 15))[0])
    tells = rng.random() < 0.6
    for _at, call in story:
        if call["type"] != "identify":
            continue
        traits = call["traits"]
        if "first_name" in traits:
            area, _, city = person.zone.partition("/")
            traits["address"] = {"city": city.replace("_", " "), "area": area}
            if tells:
                traits["interests"] = interests
        for state in call["context"].get("messaging_subscriptions", ()):
            if state["type"] == "EMAIL":
                traits["newsletter"] = state["status"] == "SUBSCRIBED"


def come_by_campaign(story: list[tuple[datetime, Call]], rng: Random) -> None:
    """Some page calls say which campaign led to them."""
    for _at, call in story:
        if call["type"] == "page" and rng.random() < 0.22:
            name, source, medium, _weight = rng.choices(CAMPAIGNS, [weight for *_, weight in CAMPAIGNS])[0]
            call["context"]["campaign"] = {"name": name, "source": source, "medium": medium}


def turn_pages(person: Person, story: list[tuple[datetime, Call]], rng: Random) -> None:
    """Some products have a page of their own, so that a session has more than the page it began with."""
    for at, call in _events(story, "Product Viewed"):
        if rng.random() < 0.25:
            page = {"path": f"/product/{call['properties']['product_id'].lower()}"}
            shown = {"type": "page", "name": "Product", "properties": page}
            tell(person, at - timedelta(milliseconds=40), shown, call["anonymousId"])


def open_app(seed: int, person: Person, story: list[tuple[datetime, Call]]) -> None:
    """In the app every visit begins with it being opened."""
    for at, call in story:
        if call["type"] == "page" and source_of(seed, call) == "app":
            opened = at - timedelta(milliseconds=150)
            back = Random(f"{seed}/app/{person.user_id}/{at.isoformat()}").random() < 0.6
            track(person, opened, "App Opened", {"version": "5.2", "from_background": back}, call["anonymousId"])


def look_at_carts(person: Person, story: list[tuple[datetime, Call]], rng: Random) -> None:
    """A basket is looked at after its last product, and sometimes again within the next day and a half."""
    carts = {call["properties"]["cart_id"]: (at, call) for at, call in _events(story, "Product Added")}
    for cart_id, (at, call) in carts.items():
        if rng.random() < 0.6:
            track(
                person,
                at + timedelta(seconds=rng.uniform(2, 18)),
                "Cart Viewed",
                {"cart_id": cart_id},
                call["anonymousId"],
            )
        if rng.random() < 0.15:
            again = at + timedelta(hours=rng.uniform(1, 36))
            track(person, again, "Cart Viewed", {"cart_id": cart_id}, call["anonymousId"])


def send_back(person: Person, story: list[tuple[datetime, Call]], rng: Random) -> None:
    """A few orders are paid back, whole or in part."""
    for at, call in _events(story, "Order Completed"):
        if rng.random() < 0.08:
            order, part = call["properties"], rng.choice((0.5, 1))
            refund = {
                "order_id": order["order_id"], "revenue": round(order["revenue"] * part, 2), "currency": "GBP",
                "reason": rng.choice(REFUND_REASONS),
            }  # fmt: skip
            track(person, at + timedelta(days=rng.uniform(0.5, 20)), "Order Refunded", refund)


def keep_plan(person: Person, story: list[tuple[datetime, Call]], rng: Random) -> None:
    """Renewals every 30 days of those on the plan `plus`, upgrades of it, and now and then the end of it.

    The shop's old form logs amounts as text and dates without a zone: one in ten does, as in a log from life.
    """
    starts = [at for at, _call in _events(story, "Subscription Started")]
    if person.kind == "customer" and person.plan == "plus":
        starts = [START + timedelta(hours=2, minutes=rng.uniform(0, 30))]
    for since in starts:
        until = END
        for _ in range(poisson(rng, (END - since).days * UPGRADES_A_DAY)):
            at = clock(rng, person.zone, rng.uniform((since - START).days + 1, (END - START).days - 0.001))
            amount: float | str = round(rng.uniform(8, 120), rng.choice((0, 1, 2)))
            if rng.random() < 0.1:
                amount = f"{amount:.2f}"
            if at <= since:
                continue
            track(person, at, "Plan Upgraded", {"plan": rng.choice(("studio", "family")), "amount": amount})
            if rng.random() < 0.35:
                gone = at + timedelta(days=rng.uniform(0.1, 6))
                track(person, gone, "Plan Cancelled", {"plan": "studio", "refunded": rng.random() < 0.5})
                until = min(until, gone) if rng.random() < 0.4 else until
        due = since + (timedelta(days=rng.uniform(1, 30)) if person.kind == "customer" else TERM)
        said = since
        while said < until:
            tell(person, said, {"type": "identify", "traits": {"renewal_at": _date(due, rng)}})
            said, due = due, due + TERM
        if until < END:
            tell(person, until, {"type": "identify", "traits": {"renewal_at": None}})


def go_by_clock(person: Person, story: list[tuple[datetime, Call]], rng: Random) -> None:
    """A tenth of the customers does some things at exact distances, where windows and sessions have their edges."""
    pages = [(at, call) for at, call in story if call["type"] == "page"]
    for at, call in rng.sample(pages, min(2, len(pages))):
        again = {key: call[key] for key in ("type", "name", "properties")}
        for distance in (timedelta(hours=1), timedelta(hours=2, milliseconds=-1)):
            tell(person, at + distance, dict(again), call["anonymousId"])
    mails = list(_events(story, "Email Delivered"))
    opened = {call["properties"]["campaign_id"] for _at, call in _events(story, "Email Opened")}
    unread = [(at, call) for at, call in mails if call["properties"]["campaign_id"] not in opened]
    for at, call in rng.sample(unread, min(4, len(unread))):
        late = rng.choice((timedelta(hours=6), timedelta(days=2), timedelta(days=2)))
        track(person, at + late, "Email Opened", dict(call["properties"]), traits=call["context"]["traits"])
    for day in rng.sample(range(5, 80), 2):
        at = clock(rng, person.zone, day)
        for amount, when in ((10, at - timedelta(days=2)), (90, at)):
            track(person, when, "Plan Upgraded", {"plan": "family", "amount": amount})
        gone = at + timedelta(days=3, milliseconds=rng.choice((0, 0, 1)))
        track(person, gone, "Plan Cancelled", {"plan": "family", "refunded": False})


def _date(at: datetime, rng: Random) -> str:
    lot = rng.random()
    if lot < 0.05:
        return at.strftime("%Y-%m-%dT%H:%M:%S")
    if lot < 0.3:
        hours = rng.choice((-5, 1, 2))
        return at.astimezone(timezone(timedelta(hours=hours))).strftime("%Y-%m-%dT%H:%M:%S") + f"{hours:+03d}:00"
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
