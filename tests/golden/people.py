"""Golden cases about people: tiny logs with the profiles, rejects and links they make, by hand (`people/*.json`).

A log line: `at`, `received`?, `user`?, `anon`?, `id`? (messageId), `context`?, `mail`? (context.traits.email), `own`?
({type: value}, whole entries of context.externalIds) and one of `track` (event name), `page`, `screen` (name), `identify`
(traits), `group` (id, with `traits`), `alias` (previousId). `p` are properties, `fields` so many more of them. `repeat`
and `every` make several, `#` in a text stands for the number. `raw` is a record as it stands. Every event and every
identify that is not raw carries its line as property or trait `line`.

Expected, each part as far as stated: `people` (all of them) with `calls` (lines, `"1-3 5"`), `ids` (first instants), `since`,
`eligible` and `with_anonymous` (AU-4) and `traits` ({name: {instant: value}}); `found` (line, code); `links` (account,
profile, instant); `account_traits`; `events` (line, name, properties).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.workspace import Identity
from tests.golden.cases import DAY_0, instant
from tests.golden.people_found import Found, Profile, Trait


@dataclass(frozen=True)
class PeopleCase:
    name: str
    why: str
    rules: list[str]
    flags: list[str]
    records: list[Any]
    identity: Identity | None
    expect: dict[str, Any]


def load_people() -> list[PeopleCase]:
    folder = Path(__file__).parent / "people"
    return [_case(case) for path in sorted(folder.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]


def _case(case: dict[str, Any]) -> PeopleCase:
    identity = Identity.model_validate_json(json.dumps(case["identity"])) if "identity" in case else None
    records: list[Any] = []
    for line in case["log"]:
        for number in range(1, line.get("repeat", 1) + 1):
            records.append(_record(json.loads(json.dumps(line).replace("#", str(number))), number, len(records) + 1))
    return PeopleCase(
        case["name"], case["why"], case["rules"], case.get("flags", []), records, identity, case["expect"]
    )


def _record(line: dict[str, Any], number: int, place: int) -> Any:
    if "raw" in line:
        return line["raw"]
    later = (number - 1) * (instant(line["every"]) - DAY_0) if "every" in line else 0
    record: dict[str, Any] = {"timestamp": format_instant(instant(line["at"]) + later)}
    if "received" in line:
        record["receivedAt"] = format_instant(instant(line["received"]))
    for short, long in (("user", "userId"), ("anon", "anonymousId"), ("id", "messageId")):
        if short in line:
            record[long] = line[short]
    context = dict(line.get("context", {}))
    if "mail" in line:
        context["traits"] = {"email": line["mail"]}
    if "own" in line:
        whole = {"collection": "users", "encoding": "none"}
        context["externalIds"] = [{"type": kind, "id": value, **whole} for kind, value in line["own"].items()]
    if context:
        record["context"] = context
    properties = {**line.get("p", {}), **{f"f{n}": n for n in range(line.get("fields", 0))}, "line": place}
    if "track" in line:
        return record | {"type": "track", "event": line["track"], "properties": properties}
    if "identify" in line:
        return record | {"type": "identify", "traits": {**line["identify"], "line": place}}
    if "group" in line:
        return record | {"type": "group", "groupId": line["group"], "traits": line.get("traits", {})}
    if "alias" in line:
        return record | {"type": "alias", "previousId": line["alias"]}
    kind = "page" if "page" in line else "screen"
    return record | {"type": kind, "name": line[kind], "properties": properties}


def disagreements(case: PeopleCase, got: Found, notices: bool = True) -> list[str]:
    """One line for every stated thing that was found otherwise; traits count as far as stated."""
    expect, wrong = case.expect, []

    def compare(what: str, stated: Any, found: Any) -> None:
        if stated != found:
            wrong.append(f"{what}: stated {stated}, found {found}")

    if "people" in expect:
        compare("people", sorted(expect["people"]), sorted(got.people))
        for text, stated in expect["people"].items():
            _compare_profile(text, stated, got.people.get(text, Profile()), compare)
    if "found" in expect and notices:
        compare("found", [tuple(one) for one in expect["found"]], got.found)
    if "links" in expect:
        compare("links", [(account, who, instant(at)) for account, who, at in expect["links"]], got.links)
    if "accounts" in expect:
        compare("accounts", {key: instant(at) for key, at in expect["accounts"].items()}, got.account_since)
    for account, stated in expect.get("account_traits", {}).items():
        _compare_traits(account, stated, got.account_traits.get(account, {}), compare)
    if "events" in expect:
        stated = sorted((line, name, {**properties, "line": line}) for line, name, properties in expect["events"])
        compare("events", stated, sorted(got.events, key=lambda one: one[0]))
    return wrong


def _compare_profile(text: str, stated: Mapping[str, Any], person: Profile, compare: Any) -> None:
    if "calls" in stated:
        compare(f"{text} calls", _lines(stated["calls"]), person.calls)
    if "ids" in stated:
        ids = {tuple(key.split(":", 1)): instant(at) for key, at in stated["ids"].items()}
        compare(f"{text} ids", ids, person.ids)
    for name in ("since", "eligible", "with_anonymous"):
        if name in stated:
            compare(f"{text} {name}", None if stated[name] is None else instant(stated[name]), getattr(person, name))
    _compare_traits(text, stated.get("traits", {}), person.traits, compare)


def _compare_traits(text: str, stated: Mapping[str, Any], traits: Trait, compare: Any) -> None:
    for name, steps in stated.items():
        compare(f"{text} {name}", [(instant(at), value) for at, value in steps.items()], traits.get(name, []))


def _lines(text: str) -> list[int]:
    """`"1-3 5"` to 1, 2, 3, 5."""
    found: list[int] = []
    for low, high in re.findall(r"(\d+)(?:-(\d+))?", text):
        found += range(int(low), int(high or low) + 1)
    return found
