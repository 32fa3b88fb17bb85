"""Trade accounts of the invented shop: companies whose people buy for them, for what is asked of accounts.

Accounts are made by `group` calls. Some people buy for two companies; two companies are known by visitors alone, who
never said who they are, so nobody can be asked there; one company's first person was still unknown when it joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from storefront_sample import DAYS, END, START, Call, Person, clock, poisson, tell, track

INDUSTRIES = ("media", "hospitality", "retail", "education", "health")
FIRST = ("North", "Harbour", "Old Mill", "Lantern", "Quarry", "Linden", "Silver", "Marsh", "Orchard")
SECOND = ("Press", "Rooms", "Supply", "Studio", "Works")
TIERS = ("bronze", "silver", "gold")
PEOPLE_AN_ACCOUNT = 83
"""One company in so many people: 36 in the sample of 3,000."""


@dataclass(slots=True)
class Account:
    id: str
    name: str
    industry: str
    tier: str
    employees: int
    since: datetime
    quiet_from: datetime
    """From then on hardly anybody signs in."""

    def traits(self) -> Call:
        return {"name": self.name, "industry": self.industry, "tier": self.tier, "employees": self.employees}


def add_trade(seed: int, people: list[Person]) -> None:
    """Add to the calls of some `people` what links them to an account and what they do for it."""
    known = [person for person in people if person.known_from is not None]
    visitors = [person for person in people if person.kind == "visitor" and person.email is None]
    number_of = max(2, len(people) // PEOPLE_AN_ACCOUNT)
    joined: dict[str, int] = {}
    for number in range(1, number_of + 1):
        rng = Random(f"{seed}/trade/{number}")
        account = make_account(rng, number)
        if number > number_of - 2 and number_of > 2:
            for person in rng.sample(visitors, min(3, len(visitors))):
                at = min(at for at, _call in person.calls) if person.calls else account.since
                join(person, account, at + timedelta(minutes=5), device=person.devices[0], traits=account.traits())
            continue
        new = [person for person in known if person.user_id not in joined]
        busy = [person for person in known if joined.get(person.user_id) == 1]
        members = rng.sample(new, min(len(new), rng.choices((1, 2, 4, 6, 8, 11), (14, 14, 24, 24, 16, 8))[0]))
        members += rng.sample(busy, min(len(busy), rng.choice((0, 0, 0, 1, 2, 3))))
        for place, person in enumerate(members):
            joined[person.user_id] = joined.get(person.user_id, 0) + 1
            work_for(person, account, place, Random(f"{seed}/trade/{number}/{person.user_id}"))
        if members:
            change(members[0], account, rng)


def make_account(rng: Random, number: int) -> Account:
    industry = INDUSTRIES[rng.randrange(len(INDUSTRIES))]
    since = START + timedelta(days=rng.choice((0.2, 0.2, rng.uniform(1, 50))), seconds=rng.randrange(7200))
    return Account(
        id=f"g-{number:03d}",
        name=f"{FIRST[number % 9]} {SECOND[number % 5]}",
        industry=industry,
        tier=rng.choices(TIERS, (50, 32, 18))[0],
        employees=int(3 + rng.paretovariate(0.9) * 6),
        since=since,
        quiet_from=since + timedelta(days=rng.uniform(15, 40)) if rng.random() < 0.4 else END,
    )


def join(
    person: Person, account: Account, at: datetime, *, device: str | None = None, traits: Call | None = None
) -> None:
    tell(person, at, {"type": "group", "groupId": account.id, "traits": traits or {}}, device)


def work_for(person: Person, account: Account, place: int, rng: Random) -> None:
    """Join, take a role, and sign in on working days until the company falls quiet."""
    assert person.known_from is not None
    at = account.since if place == 0 else account.since + timedelta(days=rng.expovariate(1 / 12))
    before = person.known_from - timedelta(minutes=2)
    if person.kind == "signup" and account.since < before and rng.random() < 0.1:
        join(person, account, before, device=person.devices[0])  # the form came before the sign-up
    at = max(at, person.known_from + timedelta(minutes=1 + 3 * place))
    join(person, account, at, traits=account.traits() if place == 0 else None)
    role = "admin" if place == 0 else rng.choices(("admin", "buyer", "viewer"), (12, 58, 30))[0]
    tell(person, at + timedelta(seconds=1), {"type": "identify", "traits": {"role": role}})
    if place == 0:
        track(person, at, "Account Created", {"name": account.name, "tier": account.tier})
    if rng.random() < 0.55:
        track(
            person, at + timedelta(days=rng.expovariate(1 / 4)), "Tutorial Completed", {"chapters": rng.randint(1, 5)}
        )
    first = (at - START).days + 1
    keen = rng.gammavariate(1.2, 0.09)
    for _ in range(poisson(rng, max(0, DAYS - first) * keen)):
        signed_in = clock(rng, person.zone, rng.uniform(first, DAYS - 0.001))
        if at < signed_in and (signed_in < account.quiet_from or rng.random() < 0.06):
            track(person, signed_in, "Signed In", {"method": "sso"}, person.devices[0], groupId=account.id)


def change(person: Person, account: Account, rng: Random) -> None:
    """Companies grow, move to another tier, and one in twelve loses it (a null removes, ID-10)."""
    at = max(account.since, person.known_from or START) + timedelta(days=rng.uniform(5, 60))
    lot = rng.random()
    if lot < 0.3:
        join(person, account, at, traits={"tier": TIERS[min(2, TIERS.index(account.tier) + 1)]})
    elif lot < 0.6:
        join(person, account, at, traits={"employees": round(account.employees * rng.uniform(0.6, 1.8))})
    elif lot < 0.68:
        join(person, account, at, traits={"tier": None})
