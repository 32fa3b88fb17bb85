"""A run as the public tables of `formats.md` section 4 (D-48)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from engage_desktop.domain.response import STAGES
from engage_desktop.engine.arrays import NEVER, AnyArray
from engage_desktop.engine.run import CHANGES, KINDS, OUTCOMES, REASONS, STATUSES, Run, Table, entry_keys, sender
from engage_desktop.engine.source import Log

if TYPE_CHECKING:
    import pyarrow as pa

_TEXT, _TIME, _COUNT, _NUMBER = "utf8", "instant", "int32", "float64"
COLUMNS: dict[str, dict[str, str]] = {
    "instances": {"journey": _TEXT, "profile": _TEXT, "instance": _COUNT, "identifier": _TEXT, "entered_at": _TIME,
                  "ended_at": _TIME, "outcome": _TEXT, "detail": _TEXT},
    "visits": {"journey": _TEXT, "profile": _TEXT, "instance": _COUNT, "seq": _COUNT, "step": _TEXT, "entered_at": _TIME,
               "left_at": _TIME, "branch": _TEXT, "pass": _COUNT, "kind": _TEXT},
    "memberships": {"audience": _TEXT, "profile": _TEXT, "from_at": _TIME, "to_at": _TIME},
    "messages": {"campaign": _TEXT, "step": _TEXT, "profile": _TEXT, "instance": _COUNT, "channel": _TEXT,
                 "message": _TEXT, "due_at": _TIME, "sent_at": _TIME, "status": _TEXT, "reason": _TEXT, "kind": _TEXT},
    "responses": {"campaign": _TEXT, "step": _TEXT, "profile": _TEXT, "instance": _COUNT, "response": _TEXT, "at": _TIME,
                  "kind": _TEXT},
    "deliveries": {"destination": _TEXT, "campaign": _TEXT, "step": _TEXT, "profile": _TEXT, "change": _TEXT,
                   "changed_at": _TIME, "due_at": _TIME, "batch": _COUNT, "message_id": _TEXT, "kind": _TEXT},
    "estimates": {"campaign": _TEXT, "step": _TEXT, "figure": _TEXT, "p5": _NUMBER, "p50": _NUMBER, "p95": _NUMBER,
                  "replicates": _COUNT, "kind": _TEXT},
}  # fmt: skip
"""Name and type of every public column, in their order."""


def schema(table: str) -> pa.Schema:
    """The Arrow schema of a public table."""
    import pyarrow as pa

    types = {_TEXT: pa.string(), _TIME: pa.timestamp("us", "UTC"), _COUNT: pa.int32(), _NUMBER: pa.float64()}
    return pa.schema([(name, types[kind]) for name, kind in COLUMNS[table].items()])


def to_arrow(run: Run, store: Log) -> dict[str, pa.Table]:
    """All public tables, in the order of COLUMNS."""
    import pyarrow as pa

    build = _Builder(run, store)
    filled: dict[str, dict[str, Any]] = {
        "instances": build.instances(),
        "visits": build.visits(),
        "memberships": build.memberships(),
        "messages": build.messages(),
        "responses": build.responses(),
        "deliveries": build.deliveries(),
        "estimates": build.estimates(),
    }
    tables = {}
    for name in COLUMNS:
        shape = schema(name)
        tables[name] = pa.table([filled[name][field.name].cast(field.type) for field in shape], schema=shape)
    return tables


class _Builder:
    def __init__(self, run: Run, store: Log) -> None:
        import pyarrow as pa

        self.pa = pa
        self.run = run
        campaigns = run.plan.campaigns
        self.journeys = campaigns.journeys
        self.ids: Sequence[str] = store.profile_ids
        self.account_ids: Sequence[str] = store.account_ids
        self.id_array = pa.array(list(store.profile_ids), pa.string())
        self.audience_keys = [audience.key for audience in campaigns.audiences]
        self.journey_keys = [journey.key for journey in campaigns.journeys]
        first, steps = [0], []
        for journey in campaigns.journeys:
            steps += list(journey.steps)
            first.append(len(steps))
        self.steps = steps
        self.first_step = np.array(first)
        self.campaign_keys = self.journey_keys + [one.key for one in campaigns.broadcasts]
        self.senders: list[tuple[str | None, str | None]] = [(one.key, getattr(one, "message", None)) for one in steps]
        """Keys of step or variant and message of all that may send a message."""
        first = []
        for one in run.plan.broadcasts:
            first.append(len(self.senders))
            self.senders.append((None, one.variants[0].message.key))
            keys = [variant.key for variant in one.broadcast.variants]
            self.senders += [(key, of.message.key) for key, of in zip(keys, one.variants, strict=False)]
        self.first_variant = np.array(first, np.int64)

    def texts(self, codes: AnyArray, texts: Sequence[str | None]) -> Any:
        """Texts by code, null where the code is negative."""
        pa = self.pa
        indices = pa.array(codes.astype(np.int32), mask=codes < 0)
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(texts), pa.string())).cast(pa.string())

    def profile(self, table: Table) -> Any:
        return self.id_array.take(self.pa.array(table["profile"]))

    def member(self, table: Table) -> Any:
        """Ids of profiles, or of accounts in audiences of accounts."""
        is_account = np.array(
            [audience.level == "account" for audience in self.run.plan.campaigns.audiences] or [False]
        )
        accounts = is_account[table["audience"]]
        if not accounts.any():
            return self.profile(table)
        pa = self.pa
        ids = pa.array([*self.ids, *self.account_ids], pa.string())
        return ids.take(pa.array(table["profile"].astype(np.int64) + np.where(accounts, len(self.ids), 0)))

    def instants(self, values: AnyArray) -> Any:
        return self.pa.array(values, self.pa.int64(), mask=values == NEVER).cast(self.pa.timestamp("us", "UTC"))

    def step_of(self, table: Table, journey: str) -> AnyArray:
        """Place in `steps` of each row's step."""
        found: AnyArray = self.first_step[table[journey]] + table["step"]
        return found

    def instances(self) -> dict[str, Any]:
        table, pa = self.run.instances, self.pa
        return {
            "journey": self.texts(table["journey"], self.journey_keys),
            "profile": self.profile(table),
            "instance": pa.array(table["instance"]),
            "identifier": self.texts(table["identifier"], self.run.texts),
            "entered_at": self.instants(table["entered_at"]),
            "ended_at": self.instants(table["ended_at"]),
            "outcome": self.texts(table["outcome"], OUTCOMES),
            "detail": self.texts(table["detail"], self.run.texts),
        }

    def visits(self) -> dict[str, Any]:
        table, pa = self.run.visits, self.pa
        return {
            "journey": self.texts(table["journey"], self.journey_keys),
            "profile": self.profile(table),
            "instance": pa.array(table["instance"]),
            "seq": pa.array(table["seq"]),
            "step": self.texts(self.step_of(table, "journey"), [step.key for step in self.steps]),
            "entered_at": self.instants(table["entered_at"]),
            "left_at": self.instants(table["left_at"]),
            "branch": self.texts(table["branch"], self.run.texts),
            "pass": pa.array(table["pass"]),
            "kind": self.texts(table["kind"], KINDS),
        }

    def memberships(self) -> dict[str, Any]:
        table = self.run.memberships
        return {
            "audience": self.texts(table["audience"], self.audience_keys),
            "profile": self.member(table),
            "from_at": self.instants(table["from_at"]),
            "to_at": self.instants(table["to_at"]),
        }

    def _messages_at(self, table: Table) -> AnyArray:
        """Place in `senders` of what sent each row: a step of a journey, or a variant of a broadcast or all of it."""
        campaign = table["campaign"]
        of_journey = campaign < len(self.journeys)
        base = np.append(self.first_step[:-1], self.first_variant)[campaign]
        found: AnyArray = base + table["step"] + np.where(of_journey, 0, 1)
        return found

    def messages(self) -> dict[str, Any]:
        table, pa = self.run.messages, self.pa
        at = self._messages_at(table)
        known = self.run.plan.messages
        message = [one for _, one in self.senders]
        channel = [known[key].channel if key and key in known else None for key in message]
        return {
            "campaign": self.texts(table["campaign"], self.campaign_keys),
            "step": self.texts(at, [step for step, _ in self.senders]),
            "profile": self.profile(table),
            "instance": pa.array(table["instance"]),
            "channel": self.texts(at, channel),
            "message": self.texts(at, message),
            "due_at": self.instants(table["due_at"]),
            "sent_at": self.instants(table["sent_at"]),
            "status": self.texts(table["status"], STATUSES),
            "reason": self.texts(table["reason"], REASONS),
            "kind": self.texts(table["kind"], KINDS),
        }

    def responses(self) -> dict[str, Any]:
        table, pa = self.run.responses, self.pa
        return {
            "campaign": self.texts(table["campaign"], self.campaign_keys),
            "step": self.texts(self._messages_at(table), [step for step, _ in self.senders]),
            "profile": self.profile(table),
            "instance": pa.array(table["instance"]),
            "response": self.texts(table["response"], STAGES),
            "at": self.instants(table["at"]),
            "kind": self.texts(table["kind"], KINDS),
        }

    def deliveries(self) -> dict[str, Any]:
        """Rows of steps and exits; those of audiences are planned by `delivery` from memberships."""
        table, pa = self.run.deliveries, self.pa
        n = len(table["step"])
        first: list[int] = []
        senders: list[tuple[str, str | None]] = []
        for journey in self.journeys:
            first.append(len(senders) + len(journey.exits))
            senders += [sender(journey, place) for place in range(-len(journey.exits), len(journey.steps))]
        at = np.array(first or [0])[table["campaign"]] + table["step"]
        return {
            "destination": self.texts(at, [destination for _, destination in senders]),
            "campaign": self.texts(table["campaign"], self.journey_keys),
            "step": self.texts(at, [key for key, _ in senders]),
            "profile": self.profile(table),
            "change": self.texts(table["change"], CHANGES),
            "changed_at": self.instants(table["changed_at"]),
            "due_at": self.instants(table["changed_at"]),
            "batch": pa.nulls(n, pa.int32()),
            "message_id": pa.array(self._message_ids(table, at, senders), pa.string()),
            "kind": self.texts(table["kind"], KINDS),
        }

    def estimates(self) -> dict[str, Any]:
        rows, pa = self.run.estimates, self.pa
        return {
            name: pa.array([getattr(row, name) for row in rows], one.type)
            for name, one in zip(COLUMNS["estimates"], schema("estimates"), strict=True)
        }

    def _message_ids(self, table: Table, at: AnyArray, senders: Sequence[tuple[str, str | None]]) -> list[str]:
        # D-38: hex of H(destination | campaign | step | profile | entry key | pass | change | changed_at)
        found = []
        rows = zip(
            at.tolist(),
            *(table[name].tolist() for name in ("campaign", "profile", "change", "changed_at")),
            entry_keys(self.run),
            strict=True,
        )
        for which, campaign, profile, change, changed_at, key in rows:
            step, destination = senders[which]
            person = self.ids[profile]
            parts = destination, self.journey_keys[campaign], step, person, key, 1, CHANGES[change], changed_at
            found.append(xxhash.xxh3_64_hexdigest("|".join(map(str, parts)).encode()))
        return found
