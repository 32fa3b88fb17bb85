"""Read the golden cases and write out their shorthand.

A case: `name`, `rules` (decision ids), `flags`? (fields of the oracle's Rules that the case hangs on), `why` (the
reasoning by hand), `log`, `traits`, `audiences`, `journeys`, `broadcasts`, `policies`, `timezone` (of the workspace), `lists` (the ids of audiences from a list), `window`, `seed`, `expect` (only the tables of interest,
each complete) with `trait_values`: {key: {instant: {profile or account: value}}}, who is not listed has none.

Instants are `HH:MM[:SS[.ffffff]]`, with `Nd ` before for a later day, of 2024-01-01 UTC; ISO text stands as it is.
A log line: `at`, `received`?, `user`?, `anon`?, `id`? (messageId), `source`?, `context`?, and one of `track` (event name,
with properties `p`), `identify` (traits), `page` (name), `group` (id, with `traits`?); `repeat` and `every` make several;
`raw` is a call as it stands. `audiences` and `traits` may be `{key: definition}`, or `{key: {"definition", ...}}`. Messages `m` (email) and `s` (sms) and the destination `crm` are there unless named.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant, parse_instant

DAY_0 = parse_instant("2024-01-01T00:00:00Z")
_CLOCK = re.compile(r"(?:(\d+)d )?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{6}))?)?")
COLUMNS = {
    "instances": ("journey", "profile", "instance", "entered_at", "ended_at", "outcome", "detail", "identifier"),
    "visits": ("journey", "profile", "instance", "seq", "step", "entered_at", "left_at", "branch", "pass", "kind"),
    "memberships": ("audience", "profile", "from_at", "to_at"),
    "messages": ("campaign", "step", "profile", "instance", "due_at", "sent_at", "status", "reason", "kind"),
    "responses": ("campaign", "step", "profile", "instance", "response", "at", "kind"),
    "deliveries": ("destination", "campaign", "step", "profile", "changed_at", "change", "kind"),
}
INSTANTS = {"entered_at", "ended_at", "left_at", "from_at", "to_at", "due_at", "sent_at", "changed_at", "at"}


@dataclass(frozen=True)
class Golden:
    name: str
    rules: tuple[str, ...]
    flags: tuple[str, ...]
    why: str
    records: list[dict[str, Any]]
    campaigns: Campaigns
    window: tuple[int, int]
    seed: int
    expect: dict[str, list[tuple[Any, ...]]]
    trait_values: dict[str, dict[int, dict[str, Any]]]
    lists: dict[str, list[str]]


def instant(text: str) -> int:
    """Microseconds of a clock text or of ISO text."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return parse_instant(text)
    days, hours, minutes, seconds, micros = (int(part or 0) for part in match.groups())
    return DAY_0 + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000_000 + micros


def _written(text: str) -> str:
    """ISO text of a clock text; all else as it stands."""
    return format_instant(instant(text)) if _CLOCK.fullmatch(text) else text


def load(folder: str = ".") -> list[Golden]:
    """Every case of every file of this folder; in `refused` are designs that nobody can compute."""
    place = Path(__file__).parent / folder
    return [golden(case) for path in sorted(place.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]


def rows(tables: dict[str, list[dict[str, Any]]], table: str) -> list[tuple[Any, ...]]:
    """The rows of a public table reduced to the columns that goldens state."""
    return [tuple(row[column] for column in COLUMNS[table]) for row in tables[table]]


def golden(case: dict[str, Any]) -> Golden:
    start, end = case.get("window", ["00:00", "1d 00:00"])
    return Golden(
        name=case["name"],
        rules=tuple(case.get("rules", ())),
        flags=tuple(case.get("flags", ())),
        why=case["why"],
        records=[record for line in case["log"] for record in _records(line)],
        campaigns=Campaigns.model_validate_json(json.dumps(_campaigns(case))),
        window=(instant(start), instant(end)),
        seed=case.get("seed", 0),
        expect={
            table: [_row(table, row) for row in rows] for table, rows in case["expect"].items() if table in COLUMNS
        },
        trait_values={
            key: {instant(at): values for at, values in steps.items()}
            for key, steps in case["expect"].get("trait_values", {}).items()
        },
        lists=case.get("lists", {}),
    )


def _records(line: dict[str, Any]) -> list[dict[str, Any]]:
    if "raw" in line:
        return [line["raw"]]
    found = []
    for number in range(line.get("repeat", 1)):
        later = number * (instant(line["every"]) - DAY_0) if "every" in line else 0
        record: dict[str, Any] = {"timestamp": format_instant(instant(line["at"]) + later)}
        if "received" in line:
            record["receivedAt"] = format_instant(instant(line["received"]))
        for short, long in (
            ("user", "userId"),
            ("anon", "anonymousId"),
            ("id", "messageId"),
            ("context", "context"),
            ("source", "sourceId"),
        ):
            if short in line:
                record[long] = line[short]
        if "track" in line:
            record |= {"type": "track", "event": line["track"], "properties": line.get("p", {})}
        elif "identify" in line:
            record |= {"type": "identify", "traits": line["identify"]}
        elif "page" in line:
            record |= {"type": "page", "name": line["page"], "properties": line.get("p", {})}
        else:
            record |= {"type": "group", "groupId": line["group"], "traits": line.get("traits", {})}
        found.append(record)
    return found


def _campaigns(case: dict[str, Any]) -> dict[str, Any]:
    journeys = [{"name": journey["key"], **journey} for journey in case.get("journeys", [])]
    for journey in journeys:
        for bound in ("starts", "ends"):
            if bound in journey:
                journey[bound] = format_instant(instant(journey[bound]))
    default = [{"key": "m", "channel": "email", "body": "x"}, {"key": "s", "channel": "sms", "body": "x"}]
    return {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Golden", "timezone": case.get("timezone", "UTC")},
        "traits": _keyed(case.get("traits", [])),
        "audiences": _keyed(case.get("audiences", [])),
        "messages": case.get("messages", default),
        "policies": case.get("policies", {}),
        "destinations": [{"key": "crm", "type": "file"}],
        "journeys": journeys,
        "broadcasts": [{"name": one["key"], **one, "at": _written(one["at"])} for one in case.get("broadcasts", [])],
    }


def _keyed(found: Any) -> list[dict[str, Any]]:
    """Traits or audiences, each with a name."""
    if isinstance(found, dict):
        whole = {key: one if isinstance(one, dict) else {"definition": one} for key, one in found.items()}
        found = [{"key": key, **one} for key, one in whole.items()]
    return [{"name": one["key"], **one} for one in found]


def same_value(one: Any, other: Any) -> bool:
    """Equal values of one type: 2 and 2.0 are, 2 and '2', or 1 and true, are not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isinstance(one, bool) == isinstance(other, bool) and one == other
    return type(one) is type(other) and bool(one == other)


def same_values(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    """Every profile or account has its expected value, and who is not listed has none."""
    return all(same_value(expected.get(key), found.get(key)) for key in expected.keys() | found.keys())


def _row(table: str, row: list[Any]) -> tuple[Any, ...]:
    usual = {"visits": ["observed"], "instances": [None], "deliveries": ["sent", "observed"], "responses": ["assumed"]}
    missing = len(COLUMNS[table]) - len(row)
    row = [*row, *usual[table][-missing:]] if missing and table in usual else row
    pairs = zip(COLUMNS[table], row, strict=True)
    return tuple(instant(value) if column in INSTANTS and value is not None else value for column, value in pairs)
