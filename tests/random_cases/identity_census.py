"""What the random logs of identifier trouble are about, by the oracle: every feature must be met."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.golden.people_found import of_oracle
from tests.oracle.log import Person, read
from tests.oracle.rules import LAW
from tests.random_cases.identities import OWN, LogCase

EXPECTED = (
    "merge", "several merged in one call", "limit of values", "limit of values in a period", "blocked value",
    "nothing but blocked values", "merge limit", "own type attached", "two values of an own type", "device attached",
    "advertising id makes eligible", "analytics client attached", "attached later than first shown",
    "name shared and marked", "named by another type", "user id dropped as the weakest", "order decides",
    "link", "link of a merged person", "account trait removed", "duplicate", "unusable", "dated in the future",
)  # fmt: skip


def census(case: LogCase) -> Counter[str]:
    """Which of the features a case has, by the oracle."""
    people, rejects = read(case.records, LAW, case.identity)
    found = of_oracle(case.records, case.identity)
    codes = {code for _, code in rejects}
    has: dict[str, bool] = {
        "merge": any(person.merges for person in people),
        "several merged in one call": any(person.joined_at_once > 1 for person in people),
        "limit of values": "identifier_value_limit_exceeded" in codes,
        "limit of values in a period": "identifier_value_time_limit_exceeded" in codes,
        "blocked value": "id_value_blocked" in codes,
        "nothing but blocked values": "no_matching_identifiers" in codes,
        "merge limit": "profile_merge_limit_exceeded" in codes,
        "own type attached": _attached(people, OWN) > 0,
        "two values of an own type": any(_attached([person], (kind,)) > 1 for person in people for kind in OWN),
        "device attached": _attached(people, ("android.id", "ios.id", "android.push_token", "ios.push_token")) > 0,
        "advertising id makes eligible": any(_by_advertising(person) for person in people),
        "analytics client attached": _attached(people, ("ga_client_id",)) > 0,
        "attached later than first shown": any(
            person.attached[one] > at for person in people for one, at in person.shown.items()
        ),
        "name shared and marked": any(person.text_id != person.named[1] for person in people),
        "named by another type": any(
            person.named[0] not in ("user_id", "email", "anonymous_id") for person in people
        ),
        "user id dropped as the weakest": any(
            kind == "user_id" and any(code != "id_value_blocked" for _, code in places)
            for (kind, _), places in found.set_aside.items()
        ),
        "order decides": any(
            of_oracle(case.records, case.identity, replace(LAW, **{flag: False})).people != found.people
            for flag in ("order_by_position", "order_by_received")
        ),
        "link": bool(found.links),
        "link of a merged person": any(
            person.merges and any(call.group for call in person.calls) for person in people
        ),
        "account trait removed": any(
            value is None for traits in found.account_traits.values() for steps in traits.values() for _, value in steps
        ),
        "dated in the future": "timestamp_in_future" in codes,
        "duplicate": len({record.get("messageId") for record in case.records if record.get("messageId")})
        < sum("messageId" in record for record in case.records),
        "unusable": bool(codes & {"no_user_anon_id", "timestamp_invalid", "event_not_defined", "id_not_string"}),
    }  # fmt: skip
    return Counter(feature for feature, there in has.items() if there)


def _attached(people: list[Person], kinds: tuple[str, ...]) -> int:
    return sum(kind in kinds for person in people for kind, _ in person.attached)


def _by_advertising(person: Person) -> bool:
    shown = [one for one in map(person.first_shown, ("user_id", "email")) if one]
    by_device = [one for one in map(person.first_shown, ("android.idfa", "ios.idfa")) if one]
    return bool(by_device) and min(by_device)[0] < min(shown, default=(1 << 62, ""))[0]
