"""Random logs of identifier trouble: few values of many types, ties, limits and periods that bite, blocked values."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.domain.errors import EngageError
from engage_desktop.domain.workspace import Identity
from tests.golden.people_found import finding_differences, of_oracle, of_product

START = parse_instant("2024-01-01T00:00:00Z")
HOUR = 3_600_000_000
USERS = ("u1",) * 8 + ("u2",) * 6 + ("u3", "u3", "x", "null")
DEVICES = ("a1", "a2", "a3", "a4") * 6 + ("a5", "a5", "a6", "a7", "x", "x", "0-0", "anonymous", "qa-1", "qa-1")
MAILS = ("m1@x", "m2@x", "m3@x") * 2 + ("m4@x", "m5@x", "m6@x", "x", "test@x", "")
LOYALTY = ("L1", "L2", "L3", "L4") * 3 + ("12", 12, None, True, "-1")
OWN = ("loyalty", "crm", "zeta", "aa_id")


@dataclass(frozen=True)
class LogCase:
    records: list[dict[str, Any]]
    settings: dict[str, Any] | None

    @property
    def identity(self) -> Identity | None:
        return None if self.settings is None else Identity.model_validate_json(json.dumps(self.settings))


def generate(seed: int) -> LogCase:
    rng = random.Random(seed)
    if seed % 40 == 0:
        return _crowd(rng)
    settings = None if rng.random() < 0.25 else _settings(rng)
    own = [rule["type"] for rule in settings["identifiers"] if rule["type"] in OWN] if settings else []
    return LogCase(_log(rng, own), settings)


def _settings(rng: random.Random) -> dict[str, Any]:
    """Own types and limits that a handful of calls can break."""
    rules = [{"type": kind, **_limit(rng)} for kind in rng.sample(OWN, rng.choice((0, 1, 1, 2, 3)))]
    for kind in ("user_id", "email", "anonymous_id", "android.id", "ga_client_id"):
        if rng.random() < 0.3:
            rules.append({"type": kind, **_limit(rng)})
    rng.shuffle(rules)
    return {"identifiers": rules, "blocked": rng.choice(([], ["test@x"], ["/qa-.*/", "L3"]))}


def _limit(rng: random.Random) -> dict[str, Any]:
    rule: dict[str, Any] = {}
    if rng.random() < 0.8:
        rule["limit"] = rng.choice((1, 1, 2, 3))
    if rng.random() < 0.6:
        rule["per"] = rng.choice(("1h", "2h", "4h", "1d"))
    if rng.random() < 0.4:
        rule["priority"] = rng.choice((1, 2, 3, 4, 5, 7, 9))
    return rule


def _log(rng: random.Random, own: list[str]) -> list[dict[str, Any]]:
    records = [_call(rng, own) for _ in range(rng.choice((4, 8, 12, 20, 30)))]
    for record in rng.sample(records, min(len(records), rng.choice((0, 0, 1, 2)))):
        records.append({**record, "timestamp": _instant(rng)})  # sent again, under its messageId where it has one
    if rng.random() < 0.2:
        records.insert(rng.randrange(len(records)), _unusable(rng))
    for line, record in enumerate(records, 1):
        if record.get("type") == "identify":
            record["traits"] = {**record["traits"], "line": line}
        elif record.get("type") in ("track", "page", "screen"):
            record["properties"] = {**record["properties"], "line": line}
    return records


def _call(rng: random.Random, own: list[str]) -> dict[str, Any]:
    record: dict[str, Any] = {"timestamp": _instant(rng)}
    if rng.random() < 0.4:
        late = rng.choice((0, 0, 0, 1_000_000, 1_000_000, -1_000_000, HOUR, HOUR, -24 * HOUR, -24 * HOUR - 1))
        record["receivedAt"] = format_instant(parse_instant(record["timestamp"]) + late)
    if rng.random() < 0.06:  # no timestamp, but what it can be told from (EV-1, D-47)
        record |= {"receivedAt": record.pop("timestamp"), "originalTimestamp": _instant(rng)}
        if rng.random() < 0.7:
            record["sentAt"] = _instant(rng)
    if rng.random() < 0.4:
        record["messageId"] = f"m{rng.randrange(10**9)}"
    roll = rng.random()
    if roll < 0.65:
        record["userId"] = rng.choice(USERS)
    if roll > 0.3:
        record["anonymousId"] = rng.choice(DEVICES)
    context = _context(rng, own)
    if context:
        record["context"] = context
    kind = rng.choice(("track",) * 5 + ("identify",) * 4 + ("page", "screen", "group", "group", "alias"))
    if kind == "track":
        return record | {"type": kind, "event": rng.choice("AB"), "properties": {}}
    if kind in ("page", "screen"):
        return record | {"type": kind, "name": "Home", "properties": {}}
    if kind == "alias":
        return record | {"type": kind, "previousId": rng.choice(DEVICES)}
    traits: dict[str, Any] = {}
    if rng.random() < 0.5:
        traits["plan"] = rng.choice(("free", "pro", "", None, 1, 2.5, True))
    if rng.random() < 0.4:
        traits["email"] = rng.choice((*MAILS, None))
    for name in own:
        if rng.random() < 0.4:
            traits[name] = rng.choice(LOYALTY)
    if kind == "group":
        return record | {"type": kind, "groupId": rng.choice(("g", "h")), "traits": traits}
    return record | {"type": kind, "traits": traits}


def _context(rng: random.Random, own: list[str]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if rng.random() < 0.15:
        context["traits"] = {"email": rng.choice(MAILS)}
    if rng.random() < 0.2:
        device: dict[str, Any] = {"type": rng.choice(("android", "ios", "iOS", "browser", None))}
        for name, values in (("id", ("d1", "d2", "d3", "0")), ("advertisingId", ("i1", "i2")), ("token", ("t1", "x"))):
            if rng.random() < 0.5:
                device[name] = rng.choice(values)
        device["adTrackingEnabled"] = rng.choice((True, True, False, "true", None))
        context["device"] = device
    if rng.random() < 0.1:
        context["integrations"] = {"Google Analytics": {"clientId": rng.choice(("c1", "c2", "x"))}}
    if own and rng.random() < 0.4:
        context["externalIds"] = [_external(rng, own) for _ in range(rng.choice((1, 1, 2)))]
    return context


def _external(rng: random.Random, own: list[str]) -> dict[str, Any]:
    entry = {"id": rng.choice(LOYALTY), "type": rng.choice((*own, *own, "email", "other")), "collection": "users", "encoding": "none"}  # fmt: skip
    roll = rng.random()
    if roll < 0.1:
        del entry[rng.choice(list(entry))]
    elif roll < 0.15:
        entry["collection"] = "accounts"
    elif roll < 0.2:
        entry["encoding"] = "base64"
    return entry


def _instant(rng: random.Random) -> str:
    """On a grid of hours with ties; now and then a microsecond beside it, for the edges of periods."""
    at = START + rng.randrange(24) * HOUR
    if rng.random() < 0.1:
        at += rng.choice((-1, 1))
    return format_instant(at)


def _unusable(rng: random.Random) -> dict[str, Any]:
    whole = {"type": "track", "event": "A", "userId": "u1", "timestamp": format_instant(START + HOUR), "properties": {}}
    drop = rng.choice(("userId", "timestamp", "event", "zone", "number"))
    if drop == "zone":
        return whole | {"timestamp": "2024-01-01T01:00:00"}
    if drop == "number":
        return whole | {"userId": 7}
    return {key: value for key, value in whole.items() if key != drop}


def _crowd(rng: random.Random) -> LogCase:
    """Enough devices of one person for the cap of merges (ID-8), in pieces of one to three."""
    records: list[dict[str, Any]] = []
    number = rng.randint(104, 130)

    def say(at: int, **ids: str) -> None:
        record = {"type": "track", "event": "A", "timestamp": format_instant(START + at * 1_000_000), "properties": {}}
        records.append({**record, **ids})

    for device in range(number):
        say(rng.randrange(50), anonymousId=f"a{device}")
    for device in range(number):
        say(100 + device, anonymousId=f"a{device}", **rng.choice(({"userId": "u1"},) * 9 + ({},)))
    for _ in range(10):
        say(300, anonymousId=f"a{rng.randrange(number)}", userId=rng.choice(("u1", "u2")))
    for line, record in enumerate(records, 1):
        record["properties"] = {"line": line}
    return LogCase(records, {"identifiers": [{"type": "anonymous_id", "limit": 500}], "blocked": []})


# Comparison


def differences(case: LogCase) -> list[str]:
    """What the oracle and the product say differently, [] when nothing."""
    oracle = of_oracle(case.records, case.identity)
    try:
        product = of_product(case.records, case.identity)
    except EngageError as error:
        return [f"the product refuses: {error}"]
    except Exception as error:
        return [f"the product fails: {type(error).__name__}: {error}"]
    wrong = finding_differences(oracle, product)
    for part in ("links", "account_since", "account_traits", "events"):
        ours, theirs = (_sorted(getattr(side, part)) for side in (oracle, product))
        if repr(ours) != repr(theirs):
            wrong.append(f"{part}: oracle {ours}, product {theirs}")
    for text in sorted(oracle.people.keys() | product.people.keys()):
        if text not in product.people or text not in oracle.people:
            wrong.append(f"{text}: only the {'oracle' if text in oracle.people else 'product'} has this profile")
            continue
        for part in ("calls", "ids", "since", "eligible", "with_anonymous", "traits"):
            ours, theirs = (_sorted(getattr(side.people[text], part)) for side in (oracle, product))
            if repr(ours) != repr(theirs):
                wrong.append(f"{text} {part}: oracle {ours}, product {theirs}")
    return wrong


def _sorted(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _sorted(part[key]) for key in sorted(part)}
    if isinstance(part, list) and part and isinstance(part[0], tuple) and isinstance(part[0][-1], dict):
        return sorted(((*one[:-1], _sorted(one[-1])) for one in part), key=repr)
    return part


def report(seed: int) -> str:
    """The smallest failing case found from a seed, as text that can be played again."""
    case = shrink(generate(seed))
    lines = [json.dumps(record) for record in case.records]
    return "\n".join([f"seed {seed}", json.dumps(case.settings), *lines, *differences(case)])


def shrink(case: LogCase) -> LogCase:
    """Drop records, fields and settings one at a time while something still differs."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(case):
            if differences(candidate):
                case, smaller = candidate, True
                break
    return case


def _smaller(case: LogCase) -> Iterator[LogCase]:
    size = len(case.records)
    for length in sorted({max(size // 2, 1), max(size // 4, 1), 1}, reverse=True):
        for at in range(0, size, length):
            yield replace(case, records=case.records[:at] + case.records[at + length :])
    for at, record in enumerate(case.records):
        for name in ("context", "receivedAt", "messageId", "anonymousId", "userId"):
            if name in record:
                less = {key: value for key, value in record.items() if key != name}
                yield replace(case, records=[*case.records[:at], less, *case.records[at + 1 :]])
    if case.settings is not None:
        for at in range(len(case.settings["identifiers"])):
            rules = case.settings["identifiers"]
            yield replace(case, settings={**case.settings, "identifiers": rules[:at] + rules[at + 1 :]})
        if case.settings["blocked"]:
            yield replace(case, settings={**case.settings, "blocked": []})
        if not case.settings["identifiers"] and not case.settings["blocked"]:
            yield replace(case, settings=None)
