"""The rows of one journey in public order: instances numbered, batches of all walks side by side."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.arrays import AnyArray, first_of_each, ordered
from engage_desktop.engine.left_behind import WalkResult
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.run import TABLES, Table, sender
from engage_desktop.engine.sends import messages_of
from engage_desktop.engine.tokens import Entries


def collect(
    journey: PlanJourney, walks: list[tuple[Entries, WalkResult]], identifiers: AnyArray | None = None
) -> dict[str, Table]:
    """Tables `instances visits messages deliveries wires` of one journey, those without rows left out."""
    if not walks:
        return {}
    rows = _Rows(journey, walks, identifiers)
    found = {"instances": rows.instances()}
    for name in ("visits", "messages", "deliveries", "wires"):
        table = rows.table(name)
        if table is not None:
            found[name] = table
    return found


class _Rows:
    """`order` puts instances as they set out into (profile, entered_at, row); `place` inverts it
    (both None where they stand so already, as all of one walk do)."""

    def __init__(
        self, journey: PlanJourney, walks: list[tuple[Entries, WalkResult]], identifiers: AnyArray | None
    ) -> None:
        """`identifiers`: the text of a run for each code of an entry's identifier."""
        self.journey = journey
        self.walks = walks
        self.profile: AnyArray = np.concatenate([entries.profile for entries, _ in walks])
        self.entered_at: AnyArray = np.concatenate([entries.time for entries, _ in walks])
        self.n = n = len(self.profile)
        self.order: AnyArray | None = None
        self.place: AnyArray | None = None
        if len(walks) > 1:
            row = np.concatenate([entries.row for entries, _ in walks])
            if walks[0][0].by_event:  # rows of the log stand in that order, and each walk's ascend: runs to be merged
                self.order = np.argsort(row, kind="stable")
            else:
                self.order = np.lexsort((row, self.entered_at, self.profile))
            self.place = np.empty(n, np.int64)
            self.place[self.order] = np.arange(n)
            self.profile, self.entered_at = self.profile[self.order], self.entered_at[self.order]
        self.identifier: AnyArray = np.full(n, -1, np.int32)
        if identifiers is not None:
            code = np.concatenate([entries.identifier for entries, _ in walks])
            self.identifier = identifiers[code if self.order is None else code[self.order]]
        heads = np.flatnonzero(first_of_each(self.profile))
        count = np.diff(np.append(heads, n))
        self.number = (np.arange(n) - np.repeat(heads, count) + 1).astype(np.int32)

    def instances(self) -> Table:
        table = {
            "journey": np.full(self.n, self.journey.index, np.int16),
            "profile": self.profile,
            "instance": self.number,
            "entered_at": self.entered_at,
            "ended_at": self._ends("time"),
            "outcome": self._ends("outcome"),
            "detail": self._ends("detail"),
            "kind": self._ends("assumed").astype(np.int8),
            "identifier": self.identifier,
        }
        if self.journey.journey.enforce_limits or any(one.compiled.leave for one in messages_of(self.journey)):
            # what `limits` and the fates of messages go by
            row = np.concatenate([entries.row for entries, _ in self.walks])
            table |= {"row": row if self.order is None else row[self.order], "end_row": self._ends("row")}
        return table

    def _ends(self, name: str) -> AnyArray:
        found: AnyArray = np.concatenate([getattr(result.ends, name) for _, result in self.walks])
        return found if self.order is None else found[self.order]

    def table(self, name: str) -> Table | None:
        """The batches of all walks as one table in public order."""
        batches: list[Table] = []
        owners: list[AnyArray] = []
        shift = 0
        for entries, result in self.walks:
            for batch in getattr(result, name):
                batches.append(batch)
                owners.append(batch["instance"].astype(np.int64) + shift)
            shift += len(entries)
        if not batches:
            return None
        owner = np.concatenate(owners)  # instances as they set out
        if not len(owner):
            return None
        counts = np.bincount(owner, minlength=self.n)
        if self.order is not None:
            counts = counts[self.order]
        names = [one for one in TABLES[name] if one in batches[0] and one != "instance"]
        if name == "visits":  # numbers of an instance are 0, 1, ... without a gap: each row's place is known
            first = np.cumsum(counts) - counts
            place = (first if self.place is None else first[self.place])[owner]
            place += np.concatenate([batch["seq"] for batch in batches])
            columns = {one: _put([batch[one] for batch in batches], place) for one in names}
        else:
            columns = {one: np.concatenate([batch[one] for batch in batches]) for one in names}
            at = self._order(name, owner if self.place is None else self.place[owner], columns)
            if at is not None:
                columns = {one: column[at] for one, column in columns.items()}
        instance = np.repeat(np.arange(self.n), counts)
        head = "journey" if name in ("visits", "wires") else "campaign"
        if name == "deliveries":
            columns["identifier"] = self.identifier[instance]
        return columns | {
            head: np.full(len(instance), self.journey.index, np.int16),
            "profile": self.profile[instance],
            "instance": self.number[instance],
        }

    def _order(self, name: str, instance: AnyArray, columns: Table) -> AnyArray | None:
        """The public order of messages, deliveries or wires; None where they stand in it already."""
        if name == "wires":
            return np.lexsort((columns["step"], columns["left_at"], instance))
        time = columns["due_at" if name == "messages" else "changed_at"]
        return by_time(self.journey, instance, time, columns["step"])


def _put(parts: list[AnyArray], place: AnyArray) -> AnyArray:
    """The values of all parts, one after the other, each at its place."""
    found = np.empty(len(place), np.result_type(*{part.dtype for part in parts}))
    first = 0
    for part in parts:
        found[place[first : first + len(part)]] = part
        first += len(part)
    return found


def by_time(journey: PlanJourney, instance: AnyArray, time: AnyArray, step: AnyArray) -> AnyArray | None:
    """Order by (instance, time, step key); None where the rows stand in it already."""
    if (step == step[0]).all():  # a step runs once per instance: the instance alone decides
        return None if (instance[1:] > instance[:-1]).all() else np.argsort(instance, kind="stable")
    places = [*range(len(journey.journey.steps)), *range(-len(journey.journey.exits), 0)]
    keys = np.array([sender(journey.journey, place)[0] for place in places])  # exits are at negative places
    rank = np.argsort(np.argsort(keys, kind="stable"), kind="stable")
    return ordered(instance, time, rank[step])
