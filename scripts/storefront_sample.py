"""The invented shop behind `make_storefront.py`: its people, what they do in 90 days, and the planted experiment.

Everything is drawn from `random.Random` seeded by text, one stream a person, so the same seed gives the same log. What
`storefront_habits` and `storefront_trade` add has streams of its own: it changes nothing that is drawn here.
Nothing here describes real people. The experiment's arms are not drawn from these streams but by D-19, the draw of the
product, so a replay of the journey with the same seed puts everybody into the arm the log shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from engage_desktop.domain.draw import uniform

Call = dict[str, Any]

START = datetime(2025, 3, 3, tzinfo=UTC)
DAYS = 90
END = START + timedelta(days=DAYS)
TRIAL = timedelta(days=14)
OUTCOME = timedelta(days=14)

JOURNEY, STEP, DRAW_SEED = "welcome_offer", "offer", 0  # the seed of a replay unless one is named
ARMS = (("discount", "Discount", 50), ("control", "Nothing", 50))
ORDER_RATE = {"control": 0.20, "discount": 0.28}
HABIT_WEIGHT, HABIT_MEAN = 0.16, 0.637
"""How much the habit of browsing (0 to 1) moves a person's chance to order, around its mean: the same in both arms."""

ZONES = {
    "Europe/London": 30, "Europe/Berlin": 18, "Europe/Madrid": 8, "America/New_York": 16, "America/Los_Angeles": 10,
    "America/Sao_Paulo": 5, "Asia/Kolkata": 6, "Asia/Kathmandu": 1, "Asia/Tokyo": 3, "Australia/Sydney": 3,
}  # fmt: skip
HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 12, 13, 13, 14, 17, 15, 13, 13, 14, 16, 20, 25, 28, 24, 14, 6)
NAMES = (
    "Ada", "Amir", "Bea", "Carlos", "Chen", "Dana", "Emil", "Fatima", "Grace", "Hiro", "Ines", "Jonas", "Kavya", "Lena",
    "Luca", "Maya", "Noor", "Olu", "Priya", "Quinn", "Rosa", "Sam", "Tariq", "Uma", "Vera", "Wei", "Yara", "Zoë",
)  # fmt: skip
CATEGORIES = ("kitchen", "garden", "light", "textile", "office", "toys")
BRANDS = ("Aster", "Brook", "Cedar", "Dune", "Ember")
SEARCHES = ("lamp", "gift", "blanket", "tea pot", "planter", "desk", "puzzle", "linen", "candle", "shelf")
PAGES = ("Home", "Category", "About", "Delivery", "Magazine")
NEWSLETTER_DAYS = tuple(range(1, DAYS, 7))


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    name: str
    category: str
    brand: str
    price: float

    def shown(self) -> Call:
        """Properties of `Product Viewed`."""
        return {
            "product_id": self.id, "name": self.name, "category": self.category, "brand": self.brand, "price": self.price,
        }  # fmt: skip

    def line(self, quantity: int) -> Call:
        """One line of a basket or an order."""
        return {"product_id": self.id, "category": self.category, "price": self.price, "quantity": quantity}


CATALOGUE = tuple(
    Product(
        f"P{number:03d}",
        f"{CATEGORIES[number % 6].title()} piece {number}",
        CATEGORIES[number % 6],
        BRANDS[number * 7 % 11 % 5],
        price,
    )
    for number, price in enumerate(round(4.5 + (number * 37 % 113) * 0.85, 2) for number in range(120))
)


@dataclass(slots=True)
class Person:
    """One invented person. `known_from` is the sign-up, the start for customers, None for visitors.

    The first `story` of the calls are what `live` tells, in no order; those added later follow.
    """

    user_id: str
    kind: str
    zone: str
    first_name: str
    email: str | None
    phone: str | None
    devices: tuple[str, ...]
    sessions_a_day: float
    opens: float
    known_from: datetime | None
    arm: str | None = None
    plan: str = "free"
    email_status: str | None = None
    sms_status: str | None = None
    news_until: datetime = END
    moved_at: datetime = END
    later_email: str | None = None
    views_before: int = 0
    outcome: bool = False
    spent: float = 0.0
    calls: list[tuple[datetime, Call]] = field(default_factory=list)
    story: int = 0


def draw_arm(user_id: str) -> str:
    """The arm of D-19: sticky, keyed by journey, step and the profile's text id, which is its first user id (D-6)."""
    u = uniform(DRAW_SEED, JOURNEY, STEP, user_id)
    total = 0
    for key, _name, percent in ARMS[:-1]:
        total += percent
        if u < total / 100:
            return key
    return ARMS[-1][0]


def make_person(seed: int, number: int) -> tuple[Person, Random]:
    rng = Random(f"{seed}/person/{number}")
    kind = rng.choices(("signup", "customer", "visitor"), (46, 34, 20))[0]
    first_name = rng.choice(NAMES)
    has_email = rng.random() < {"signup": 0.93, "customer": 0.96, "visitor": 0.3}[kind]
    has_phone = kind != "visitor" and rng.random() < 0.55
    email = f"{first_name.lower().replace('ë', 'e')}.{number}@example.com" if has_email else None
    person = Person(
        user_id=f"u-{number:05d}",
        kind=kind,
        zone=rng.choices(tuple(ZONES), tuple(ZONES.values()))[0],
        first_name=first_name,
        email=email,
        phone=f"+999{number:08d}" if has_phone else None,
        devices=tuple(f"a-{number:05d}-{device}" for device in range(rng.choices((1, 2, 3), (70, 25, 5))[0])),
        sessions_a_day=rng.gammavariate(1.1, {"signup": 0.066, "customer": 0.06, "visitor": 0.04}[kind]),
        opens=rng.betavariate(2, 3.5),
        known_from=None,
    )
    if kind == "customer":
        person.known_from = START
        person.plan = rng.choices(("free", "plus"), (55, 45))[0]
    elif kind == "signup":
        person.known_from = clock(rng, person.zone, rng.uniform(1, DAYS - OUTCOME.days - 2))
        person.arm = draw_arm(person.user_id)
    if email:
        person.email_status = rng.choices(("SUBSCRIBED", "DID_NOT_SUBSCRIBE", None), (68, 22, 10))[0]
    if has_phone:
        person.sms_status = rng.choices(("SUBSCRIBED", "DID_NOT_SUBSCRIBE", None), (35, 40, 25))[0]
    return person, rng


def clock(rng: Random, zone: str, day: float) -> datetime:
    """An instant on that day of the window at an hour people are awake where they live."""
    local = (START + timedelta(days=int(day))).replace(tzinfo=None)
    local += timedelta(hours=rng.choices(range(24), HOURS)[0], milliseconds=rng.randrange(3_600_000))
    moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return min(max(moment, START + timedelta(seconds=1)), END - timedelta(hours=2))


def live(person: Person, rng: Random, seed: int) -> None:
    """Fill `person.calls` with 90 days, in no order. The outcome has a stream of its own."""
    register(person, rng)
    change_address(person, rng)
    sessions = sorted(
        clock(rng, person.zone, rng.uniform(0, DAYS)) for _ in range(poisson(rng, DAYS * person.sessions_a_day))
    )
    if person.kind == "signup" and not any(at < _known(person) for at in sessions):
        sessions.insert(0, _known(person) - timedelta(minutes=rng.uniform(3, 30)))  # nobody signs up unseen
    for at in sessions:
        visit(person, rng, at)
    if person.arm is not None:
        plant_outcome(person, Random(f"{person.user_id}/{seed}/outcome"))
    if person.kind == "signup" and rng.random() < 0.4:
        take_trial(person, rng)
    receive_newsletters(person, rng)
    person.story = len(person.calls)


def _known(person: Person) -> datetime:
    assert person.known_from is not None
    return person.known_from


def poisson(rng: Random, mean: float) -> int:
    """Knuth's product of uniforms; means here are small."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def tell(person: Person, at: datetime, call: Call, device: str | None = None, **context: Any) -> None:
    """Note a call: from a device it carries the anonymous id and the zone, from the server only the user id."""
    who: Call = {}
    if person.known_from is not None and at >= person.known_from:
        who["userId"] = person.user_id
    if device is not None or not who:
        who["anonymousId"] = device or person.devices[0]
    zone = {"timezone": person.zone} if device is not None else {}
    full = {"library": {"name": "storefront-synthetic", "version": "1"}, **zone, **context}
    if at < END:
        person.calls.append((at, {**call, **who, "context": full}))


def track(
    person: Person, at: datetime, event: str, properties: Call, device: str | None = None, **context: Any
) -> None:
    tell(person, at, {"type": "track", "event": event, "properties": properties}, device, **context)


def states(person: Person, *, email: str | None, sms: str | None) -> Call:
    """`messaging_subscriptions` of the addresses given, each a contact with its own state (SB-1)."""
    found = []
    if email and person.email:
        found.append({"key": person.email, "type": "EMAIL", "status": email})
    if sms and person.phone:
        found.append({"key": person.phone, "type": "SMS", "status": sms})
    return {"messaging_subscriptions": found} if found else {}


def register(person: Person, rng: Random) -> None:
    """How the shop learns who somebody is: an export of customers, a sign-up, or an address left for the newsletter."""
    subscriptions = states(person, email=person.email_status, sms=person.sms_status)
    traits: Call = {"first_name": person.first_name, "timezone": person.zone, "plan": person.plan}
    traits |= {"email": person.email} if person.email else {}
    traits |= {"phone": person.phone} if person.phone else {}
    if person.kind == "customer":
        at = START + timedelta(hours=1, milliseconds=rng.randrange(600_000))
        tell(person, at, {"type": "identify", "traits": traits}, **subscriptions)
    elif person.kind == "signup":
        at, device = _known(person), person.devices[0]
        tell(person, at, {"type": "identify", "traits": traits}, device, **subscriptions)
        track(
            person,
            at + timedelta(milliseconds=400),
            "Signed Up",
            {"method": rng.choice(("email", "google", "apple")), "plan": "free"},
            device,
        )
        name = next(name for key, name, _percent in ARMS if key == person.arm)
        seen = {
            "experiment_id": f"{JOURNEY}.{STEP}", "experiment_name": "Welcome offer",
            "variation_id": person.arm, "variation_name": name,
        }  # fmt: skip
        track(person, at + timedelta(milliseconds=1_400), "Experiment Viewed", seen, device)
        if person.email and len(person.devices) > 1 and rng.random() < 0.3:
            # The address was left on another device before: the sign-up merges both (ID-7).
            early = START + (at - START) * rng.uniform(0.1, 0.9)
            tell(person, early, {"type": "identify", "traits": {"email": person.email}}, person.devices[1])
    elif person.email:
        at = clock(rng, person.zone, rng.uniform(0, DAYS - 1))
        person.email_status = "SUBSCRIBED"
        subscriptions = states(person, email="SUBSCRIBED", sms=None)
        tell(person, at, {"type": "identify", "traits": {"email": person.email}}, person.devices[0], **subscriptions)


def visit(person: Person, rng: Random, at: datetime) -> None:
    """One session: pages, a search, products, perhaps a cart, a checkout and an order."""
    device = rng.choice(person.devices)
    known = person.known_from is not None and at >= person.known_from
    if known and rng.random() < 0.25:
        track(person, at, "Signed In", {"method": "password"}, device)
    page = rng.choice(PAGES)
    path = {"path": "/" if page == "Home" else f"/{page.lower()}"}
    tell(person, at + timedelta(milliseconds=300), {"type": "page", "name": page, "properties": path}, device)
    if rng.random() < 0.25:
        at += timedelta(seconds=rng.uniform(5, 40))
        track(person, at, "Products Searched", {"query": rng.choice(SEARCHES)}, device)
    seen = [rng.choice(CATALOGUE) for _ in range(rng.choices((1, 2, 3, 4, 6), (30, 30, 20, 14, 6))[0])]
    for product in seen:
        at += timedelta(seconds=rng.uniform(8, 120))
        track(person, at, "Product Viewed", product.shown(), device)
        if person.arm is not None and at < _known(person):
            person.views_before += 1
    if rng.random() >= 0.36:
        return
    cart_id = f"c-{person.user_id[2:]}-{int(at.timestamp()) % 10_000_000}"
    bought = [(product, rng.choices((1, 2, 3), (75, 18, 7))[0]) for product in seen[: rng.randint(1, 3)]]
    for product, quantity in bought:
        at += timedelta(seconds=rng.uniform(5, 60))
        track(person, at, "Product Added", {"cart_id": cart_id, **product.line(quantity)}, device)
    if not known or rng.random() >= 0.55:
        return
    value = round(sum(product.price * quantity for product, quantity in bought), 2)
    at += timedelta(seconds=rng.uniform(20, 200))
    track(person, at, "Checkout Started", {"cart_id": cart_id, "value": value, "currency": "GBP"}, device)
    free_to_order = person.arm is None or at > _known(person) + OUTCOME
    if free_to_order and rng.random() < 0.62:
        order(person, rng, at + timedelta(seconds=rng.uniform(30, 400)), device, cart_id, bought, value)


def order(
    person: Person, rng: Random, at: datetime, device: str, cart_id: str,
    bought: list[tuple[Product, int]], value: float, coupon: str | None = None,
) -> float:  # fmt: skip
    """An order and its confirmation by e-mail; returns the revenue."""
    revenue = round(value * (0.9 if coupon else 1), 2)
    properties = {
        "order_id": f"o{cart_id[1:]}", "cart_id": cart_id, "revenue": revenue, "currency": "GBP",
        **({"coupon": coupon} if coupon else {}),
        "products": [product.line(quantity) for product, quantity in bought],
    }  # fmt: skip
    track(person, at, "Order Completed", properties, device)
    if person.email:
        mail(person, rng, at + timedelta(seconds=rng.uniform(2, 30)), "order_confirmation", "Order confirmation", 0.5)
    return revenue


def plant_outcome(person: Person, rng: Random) -> None:
    """The one place that decides whether somebody who signed up orders within 14 days of it.

    The chance is that of the arm, moved by the habit of browsing before. That moves both arms alike, so the effect of the
    offer is the same for everybody.
    """
    habit = 1 - math.exp(-person.views_before / 4)
    chance = ORDER_RATE[person.arm or ""] + HABIT_WEIGHT * (habit - HABIT_MEAN)
    coin, when = rng.random(), rng.betavariate(1.0, 2.2)
    product, quantity = rng.choice(CATALOGUE), rng.choice((1, 1, 2))
    if person.arm == "discount" and person.email and person.email_status != "DID_NOT_SUBSCRIBE":
        mail(
            person,
            rng,
            _known(person) + timedelta(minutes=2),
            "welcome_offer",
            "Ten percent for your first order",
            person.opens + 0.3,
        )
    if coin >= chance:
        return
    at = _known(person) + timedelta(minutes=10) + (OUTCOME - timedelta(minutes=20)) * when
    cart_id = f"c-{person.user_id[2:]}-w"
    device = person.devices[0]
    track(person, at - timedelta(minutes=4), "Product Viewed", product.shown(), device)
    added = {"cart_id": cart_id, **product.line(quantity)}
    track(person, at - timedelta(minutes=3), "Product Added", added, device)
    value = round(product.price * quantity, 2)
    track(
        person,
        at - timedelta(minutes=2),
        "Checkout Started",
        {"cart_id": cart_id, "value": value, "currency": "GBP"},
        device,
    )
    coupon = "WELCOME10" if person.arm == "discount" else None
    person.spent = order(person, rng, at, device, cart_id, [(product, quantity)], value, coupon)
    person.outcome = True


def take_trial(person: Person, rng: Random) -> None:
    """A trial of the plan `plus`: two weeks, then a subscription or back to `free`."""
    started = _known(person) + timedelta(hours=rng.uniform(0.1, 240))
    ended = started + TRIAL
    dates = {
        "trial_start_date": started.strftime("%Y-%m-%dT%H:%M:%SZ"), "trial_end_date": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "trial_plan_name": "plus",
    }  # fmt: skip
    device = person.devices[0]
    track(person, started, "Trial Started", dates, device)
    tell(person, started, {"type": "identify", "traits": {"plan": "trial"}}, device)
    subscribes = rng.random() < 0.38
    if subscribes:
        at = started + TRIAL * rng.uniform(0.3, 0.99)
        track(
            person,
            at,
            "Subscription Started",
            {"plan": "plus", "price": 9.9, "currency": "GBP", "period": "month"},
            device,
        )
    track(person, ended, "Trial Ended", {**dates, "converted": subscribes})
    tell(person, ended, {"type": "identify", "traits": {"plan": "plus" if subscribes else "free"}})


def mail(person: Person, rng: Random, at: datetime, campaign_id: str, subject: str, opens: float) -> None:
    """Events of one e-mail as a mail tool reports them: delivered, perhaps opened, perhaps clicked."""
    properties = {"campaign_id": campaign_id, "email_subject": subject}
    address = person.email if at < person.moved_at else person.later_email
    who = {"traits": {"email": address}}
    if address is None or rng.random() >= 0.985:
        return
    track(person, at, "Email Delivered", properties, **who)
    if rng.random() < opens:
        at += timedelta(minutes=rng.expovariate(1 / 240))
        track(person, at, "Email Opened", properties, **who)
        if rng.random() < 0.22:
            at += timedelta(seconds=rng.uniform(3, 90))
            link = {"link_id": "main", "link_url": f"https://shop.example/{campaign_id}"}
            track(person, at, "Email Link Clicked", {**properties, **link}, **who)


def receive_newsletters(person: Person, rng: Random) -> None:
    """One newsletter a week for those who subscribed, until they unsubscribe."""
    if person.email_status != "SUBSCRIBED":
        return
    since = min(
        (at for at, call in person.calls if call["type"] == "identify" and "email" in call["traits"]), default=END
    )
    for day in NEWSLETTER_DAYS:
        at = START + timedelta(days=day, hours=9, seconds=rng.uniform(0, 900))
        if at < since or at >= person.news_until:
            continue
        mail(person, rng, at, f"news_{day // 7 + 1:02d}", f"News of week {day // 7 + 1}", person.opens)
        if rng.random() < 0.008:
            at += timedelta(hours=rng.uniform(0.2, 20))
            listing = {"list_id": "newsletter", "list_name": "Newsletter"}
            address = person.email if at < person.moved_at else person.later_email
            track(person, at, "Unsubscribed", listing, traits={"email": address})
            return


def change_address(person: Person, rng: Random) -> None:
    """A few people change their address, a few remove it, a few set their states anew."""
    lot = rng.random()
    if person.kind != "customer" or person.email is None or lot >= 0.07:
        return
    at = clock(rng, person.zone, rng.uniform(10, DAYS - 5))
    device = person.devices[-1]
    if lot >= 0.05:
        person.news_until = at
        subscriptions = states(person, email="UNSUBSCRIBED", sms="SUBSCRIBED")
        tell(person, at, {"type": "identify", "traits": {}}, device, **subscriptions)
        return
    person.moved_at = at
    subscriptions = {}
    if lot < 0.04:
        person.later_email = person.email.replace("@example.com", "@example.org")
        if rng.random() < 0.5:
            state = {"key": person.later_email, "type": "EMAIL", "status": "SUBSCRIBED"}
            subscriptions = {"messaging_subscriptions": [state]}
    if not subscriptions:
        person.news_until = at
    tell(person, at, {"type": "identify", "traits": {"email": person.later_email}}, device, **subscriptions)


def make_people(seed: int, people: int) -> list[Person]:
    """The story of everybody, without what `storefront_habits` and `storefront_trade` add."""
    found = []
    for number in range(1, people + 1):
        person, rng = make_person(seed, number)
        live(person, rng, seed)
        found.append(person)
    return found


def make_calls(seed: int, people: list[Person]) -> Iterator[Call]:
    """Calls of all people in order of time, none outside the time of the story.

    Some reach the server late: those alone carry `receivedAt`. Calls of the story share one stream, others have their own.
    """
    story = Random(f"{seed}/delivery")
    calls = [
        (at, person.user_id, number, number < person.story, call)
        for person in people
        for number, (at, call) in enumerate(person.calls)
    ]
    calls.sort(key=lambda entry: entry[:3])
    ends = [at for at, _user, _number, is_story, _call in calls if is_story]
    within = [entry for entry in calls if ends[0] <= entry[0] <= ends[-1]]
    for number, (at, user, _number, is_story, call) in enumerate(within, start=1):
        late: Call = {}
        rng = story if is_story else Random(f"{seed}/delivery/{user}/{at.isoformat()}/{call.get('event')}")
        if "anonymousId" in call and rng.random() < 0.02:
            late = {"receivedAt": stamp(at + timedelta(seconds=rng.expovariate(1 / 900)))}
        context = call.pop("context")
        yield {**call, "messageId": f"s-{number:06d}", "timestamp": stamp(at), **late, "context": context}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def truth(people: list[Person], seed: int) -> Call:
    """What was planted and what came of it, by arm."""
    arms = {}
    for key, name, percent in ARMS:
        members = [person for person in people if person.arm == key]
        ordered = sum(person.outcome for person in members)
        arms[key] = {
            "name": name, "percent": percent, "planted_rate": ORDER_RATE[key],
            "people": len(members), "ordered": ordered,
            "realised_rate": round(ordered / len(members), 6) if members else None,
            "revenue": round(sum(person.spent for person in members), 2),
        }  # fmt: skip
    rates = [arms[key]["realised_rate"] for key in ("discount", "control")]
    return {
        "synthetic": True,
        "seed_of_the_log": seed,
        "experiment": f"{JOURNEY}.{STEP}",
        "draw": {"seed": DRAW_SEED, "journey": JOURNEY, "step": STEP, "sticky": True, "unit": "user id"},
        "outcome": "at least one Order Completed within 14 days after Signed Up",
        "planted_effect": round(ORDER_RATE["discount"] - ORDER_RATE["control"], 6),
        "realised_effect": None if None in rates else round(rates[0] - rates[1], 6),
        "arms": arms,
    }
