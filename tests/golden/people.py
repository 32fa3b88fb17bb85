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
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.workspace import Identity
from engage_desktop.events import NEVER, NOTICE_CODES, Column, build_store
from tests.golden.cases import DAY_0, instant
from tests.oracle.links import accounts
from tests.oracle.log import Person, read_findings
from tests.oracle.rules import LAW, Rules

ELIGIBLE = ("user_id", "email", "android.idfa", "ios.idfa")  # AU-4
Trait = dict[str, list[tuple[int, Any]]]
"""By name, the instants at which it changes with the value from then on; None where it is absent."""


@dataclass
class Profile:
    calls: list[int] = field(default_factory=list)
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    since: int = 0
    eligible: int | None = None
    with_anonymous: int | None = None
    traits: Trait = field(default_factory=dict)


@dataclass
class Found:
    """What a log says about people, in a shape that oracle and product can both be put into."""

    people: dict[str, Profile]
    found: list[tuple[int, str]]
    set_aside: dict[tuple[str, tuple[str, str]], set[int]]  # code and identifier: the lines; the oracle's only
    links: list[tuple[str, str, int]]
    account_since: dict[str, int]
    account_traits: dict[str, Trait]
    events: list[tuple[int, str, dict[str, Any]]]


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


# The two sides


def of_oracle(records: Sequence[Any], identity: Identity | None, rules: Rules = LAW) -> Found:
    people, findings = read_findings(records, rules, identity)
    linked = accounts(people, rules)
    aside: dict[tuple[str, tuple[str, str]], set[int]] = {}
    for finding in findings:
        if finding.identifier is not None:
            aside.setdefault((finding.code, finding.identifier), set()).add(finding.position + 1)
    return Found(
        people={person.text_id: _profile(person, rules) for person in people},
        found=sorted((finding.position + 1, finding.code) for finding in findings),
        set_aside=aside,
        links=sorted(
            (account.id, profile, since) for account in linked for profile, since in account.linked.items()
        ),
        account_since={account.id: account.since for account in linked},
        account_traits={
            account.id: _steps([(call.time, call.group_traits) for call in account.calls], rules) for account in linked
        },
        events=sorted(
            (call.properties.get("line", 0), call.event, call.properties)
            for person in people for call in person.calls if call.event is not None
        ),
    )  # fmt: skip


def _profile(person: Person, rules: Rules) -> Profile:
    lines = [call.properties.get("line") if call.event else call.traits.get("line") for call in person.calls]
    shown = [person.first_shown(kind) for kind in ELIGIBLE]
    known = [one[0] for one in shown if one]
    anonymous = [one[0] for one in (person.first_shown("anonymous_id"),) if one]
    return Profile(
        calls=sorted(line for line in lines if line is not None),
        ids=dict(person.shown),
        since=person.calls[0].time,
        eligible=min(known, default=None),
        with_anonymous=min(known + anonymous, default=None),
        traits=_steps([(call.time, call.traits) for call in person.calls], rules),
    )


def _steps(spoken: list[tuple[int, dict[str, Any]]], rules: Rules) -> Trait:
    """D-7: null removes; calls stand in the order of D-2."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for time, traits in spoken:
        for name, value in traits.items():
            if value is not None or rules.trait_null_removes:
                found.setdefault(name, []).append((time, value))
    return {name: steps for name, told in found.items() if (steps := changes(told))}


def changes(told: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Of each instant the last word, and then only what differs from before."""
    last: dict[int, Any] = {}
    for time, value in told:
        last[time] = value
    steps: list[tuple[int, Any]] = []
    for time, value in last.items():
        if repr(value) != repr(steps[-1][1] if steps else None):
            steps.append((time, value))
    return steps


def of_product(records: Sequence[Any], identity: Identity | None) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        store, report = build_store([path], identity=identity)
    ids = list(store.profile_ids)
    assert ids == sorted(ids)
    assert (report.read, report.profiles) == (len(records), len(ids))
    people = {text: Profile() for text in ids}
    eligible, anonymous = store.eligible_since(False).tolist(), store.eligible_since(True).tolist()
    for at, person in enumerate(people.values()):
        person.ids = {(kind, value): first for kind, value, first in store.identifiers(at)}
        person.since = int(store.since[at])
        person.eligible = None if eligible[at] == NEVER else eligible[at]
        person.with_anonymous = None if anonymous[at] == NEVER else anonymous[at]
    events: list[tuple[int, str, dict[str, Any]]] = []
    for name in store.event_names:
        columns = {path: _values(store.column(name, path)) for path in store.properties(name)}
        for place, at in enumerate(store.profiles(name).tolist()):
            properties = {path: values[place] for path, values in columns.items() if values[place] is not None}
            line = properties.get("line")
            if line is not None:
                people[ids[at]].calls.append(line)
            events.append((line or 0, name, properties))
    for name in store.trait_names():
        for at, told in _histories(store.trait(name)).items():
            people[ids[at]].traits[name] = told
            if name == "line":
                history = store.trait("line")
                entries = slice(int(history.start[at]), int(history.start[at + 1]))
                people[ids[at]].calls += [int(value) for value in history.column.number[entries]]
    for person in people.values():
        person.calls.sort()
    account_ids = list(store.account_ids)
    assert account_ids == sorted(account_ids)
    traits: dict[str, Trait] = {account: {} for account in account_ids}
    for name in store.account_trait_names():
        for at, told in _histories(store.account_trait(name)).items():
            traits[account_ids[at]][name] = told
    return Found(
        people=people,
        found=sorted((reject.line, reject.code) for reject in store.rejects()),
        set_aside={},
        links=[(account_ids[a], ids[p], int(since)) for a, p, since in zip(*store.links(), strict=True)],
        account_since=dict(zip(account_ids, store.account_since.tolist(), strict=True)),
        account_traits=traits,
        events=sorted(events, key=repr),
    )


def _values(column: Column) -> list[Any]:
    return [_plain(column.value(at)) for at in range(len(column))]


def _plain(value: Any) -> Any:
    """Numbers as the log had them, whole ones without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _histories(history: Any) -> dict[int, list[tuple[int, Any]]]:
    values, times, start = _values(history.column), history.time.tolist(), history.start.tolist()
    found = {}
    for at, (low, high) in enumerate(pairwise(start)):
        steps = changes(list(zip(times[low:high], values[low:high], strict=True)))
        if steps:
            found[at] = steps
    return found


# What a case expects, beside what was found


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


def finding_differences(oracle: Found, product: Found) -> list[str]:
    """Rejects agree to the line. Notices: the product may tell of one identifier and code once, at any of the calls
    concerned, for a log may show a blocked value a million times; what it tells must be true."""
    wrong = []
    once = NOTICE_CODES - {"timestamp_in_future"}
    rejects = [[one for one in side.found if one[1] not in once] for side in (oracle, product)]
    if rejects[0] != rejects[1]:
        wrong.append(f"rejects: oracle {rejects[0]}, product {rejects[1]}")
    told = Counter(one for one in product.found if one[1] in once)
    untrue = told - Counter(oracle.found)
    if untrue:
        wrong.append(f"notices of the product only: {sorted(untrue.elements())}")
    for (code, identifier), lines in oracle.set_aside.items():
        if not any((line, code) in told for line in lines):
            wrong.append(f"no notice of {identifier}: {code} on {sorted(lines)}")
    return wrong
