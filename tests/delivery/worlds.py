"""Small worlds for the table `deliveries`: memberships as the case says, made real by traits in a log.

An audience `a` is `trait('in_a') = true`, so its memberships are exactly those of the calls that set the trait.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engage_desktop.delivery import run_tables
from engage_desktop.document import loads, validate
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.engine import compile_campaigns, simulate
from engage_desktop.events import build_store
from tests.oracle.delivering import LAW, DeliveryRules, Person, Row, Stays, delivered

SECOND = 1_000_000
START = parse_instant("2024-01-01T00:00:00Z")
LONG_AGO = -1_000
"""Seconds are counted from START; everybody exists from LONG_AGO on."""
ON_LIST = 6

Seconds = Mapping[str, Sequence[tuple[int, int | None]]]


def at(second: float) -> int:
    return START + round(second * SECOND)


@dataclass(frozen=True)
class World:
    """`members` by audience and person in seconds; `syncs` by audience; `goes`: (person, second) of the event that makes
    the journey `tell` send to `steps_to`. `said` of a person is in microseconds."""

    members: Mapping[str, Seconds]
    syncs: Mapping[str, Sequence[Mapping[str, Any]]]
    destinations: Mapping[str, Mapping[str, Any]]
    until: int = 30
    people: Mapping[str, Person] = field(default_factory=dict)
    goes: Sequence[tuple[str, int]] = ()
    steps_to: str | None = None
    shows: Sequence[tuple[str, int]] = ()
    ads_to: str | None = None
    """(person, second) of the event that makes the journey `show` put them on its list for ON_LIST seconds."""

    @property
    def window(self) -> tuple[int, int]:
        return at(0), at(self.until)

    def campaigns(self) -> Campaigns:
        journey = {
            "key": "tell", "name": "Tell", "entry": {"type": "event", "event": "Go"}, "start": "say",
            "steps": [{"key": "say", "type": "send", "destination": self.steps_to}],
        }  # fmt: skip
        show = {
            "key": "show", "name": "Show", "entry": {"type": "event", "event": "Show"}, "start": "ad",
            "steps": [{"key": "ad", "type": "ad", "destination": self.ads_to, "remove_after": f"{ON_LIST}s"}],
        }  # fmt: skip
        design = {
            "format": "engage-campaigns/1",
            "workspace": {"name": "W"},
            "audiences": [
                {"key": key, "name": key, "definition": f"trait('in_{key}') = true", "include_anonymous": True, "sync": list(syncs)}
                for key, syncs in self.syncs.items()
            ],
            "destinations": [{"key": key, "type": "file", "settings": {"folder": key}, **more} for key, more in self.destinations.items()],
            "journeys": ([journey] if self.steps_to else []) + ([show] if self.ads_to else []),
        }  # fmt: skip
        campaigns, problems = loads(json.dumps(design))
        assert campaigns is not None, problems
        errors = [problem for problem in validate(campaigns) if problem.is_error]
        assert not errors, errors
        return campaigns

    def expected(self, rules: DeliveryRules = LAW) -> list[Row]:
        members = {key: _in_us(stays) for key, stays in self.members.items()}
        steps = [
            (self.steps_to, "tell", "say", who, at(second), str(at(second)))
            for who, second in sorted(self.goes)
            if self.steps_to is not None and 0 <= second <= self.until
        ]
        ads = [
            ("show", "ad", who, at(second), str(at(second)))
            for who, second in sorted(self.shows)
            if self.ads_to is not None and 0 <= second <= self.until
        ]
        return delivered(
            self.campaigns(),
            self.window,
            members,
            steps,
            self.everybody(),
            rules,
            ads,
            (self.ads_to or "", ON_LIST * SECOND),
        )

    def everybody(self) -> dict[str, Person]:
        names = {who for stays in self.members.values() for who in stays} | {
            who for who, _ in (*self.goes, *self.shows)
        }
        return {who: self.people.get(who, Person(users=((who, at(LONG_AGO)),))) for who in names}

    def records(self) -> Iterator[dict[str, Any]]:
        for who, person in self.everybody().items():
            names = [("userId", *one) for one in person.users] + [("anonymousId", *one) for one in person.anonymous]
            for kind, value, since in names:
                email = {"email": person.emails[0][0]} if kind == "anonymousId" and person.emails else {}
                yield _call("identify", since, {kind: value}, traits=email)
            name = {names[0][0]: names[0][1]}
            for value, since in person.emails:
                yield _call("identify", since, name, traits={"email": value})
            for key, stays in self.members.items():
                for start, end in stays.get(who, ()):
                    yield _call("identify", at(start), name, traits={f"in_{key}": True})
                    if end is not None:
                        yield _call("identify", at(end), name, traits={f"in_{key}": False})
            for when, said in person.said:
                yield _call("identify", when, name, context={"consent": {"categoryPreferences": dict(said)}})
            for event, seconds in (("Go", self.goes), ("Show", self.shows)):
                for one, second in seconds:
                    if one == who:
                        yield _call("track", at(second), name, event=event)

    def told(self) -> list[Row]:
        """What the product says: the public table, instants as microseconds."""
        import pyarrow as pa

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.jsonl"
            path.write_text("".join(json.dumps(one) + "\n" for one in self.records()), encoding="utf-8")
            store, _ = build_store([path])
            table = run_tables(simulate(compile_campaigns(self.campaigns()), store, window=self.window), store)[
                "deliveries"
            ]
        return pa.table(
            {name: table[name].cast(pa.int64()) if name.endswith("_at") else table[name] for name in table.column_names}
        ).to_pylist()  # fmt: skip


def _call(kind: str, when: int, name: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": format_instant(when), **name, **fields}


def _in_us(stays: Seconds) -> Stays:
    return {who: [(at(a), None if b is None else at(b)) for a, b in one] for who, one in stays.items()}
