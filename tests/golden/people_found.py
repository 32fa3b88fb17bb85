"""What a log says about people, in one shape for the oracle and for the product's store, and what differs between them."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from engage_desktop.domain.workspace import Identity
from engage_desktop.events import NEVER, NOTICE_CODES, Column, build_store
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
    set_aside: dict[tuple[str, str], set[tuple[int, str]]]  # of each identifier: line, code; the oracle's only
    links: list[tuple[str, str, int]]
    account_since: dict[str, int]
    account_traits: dict[str, Trait]
    events: list[tuple[int, str, dict[str, Any]]]


def of_oracle(records: Sequence[Any], identity: Identity | None, rules: Rules = LAW) -> Found:
    people, findings = read_findings(records, rules, identity)
    linked = accounts(people, rules)
    aside: dict[tuple[str, str], set[tuple[int, str]]] = {}
    for finding in findings:
        if finding.identifier is not None:
            aside.setdefault(finding.identifier, set()).add((finding.position + 1, finding.code))
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


def finding_differences(oracle: Found, product: Found) -> list[str]:
    """Rejects agree to the line. Of one identifier set aside the product may tell once, at any of the calls concerned,
    for a log may show a blocked value a million times; what it tells must be true."""
    wrong = []
    once = NOTICE_CODES - {"timestamp_in_future"}
    rejects = [[one for one in side.found if one[1] not in once] for side in (oracle, product)]
    if rejects[0] != rejects[1]:
        wrong.append(f"rejects: oracle {rejects[0]}, product {rejects[1]}")
    told = Counter(one for one in product.found if one[1] in once)
    untrue = told - Counter(oracle.found)
    if untrue:
        wrong.append(f"notices of the product only: {sorted(untrue.elements())}")
    for identifier, places in oracle.set_aside.items():
        if not places & told.keys():
            wrong.append(f"no notice of {identifier}: {sorted(places)}")
    return wrong
