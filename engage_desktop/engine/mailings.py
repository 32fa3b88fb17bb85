"""The messages of one campaign as `sending` sees them, of a journey or of a broadcast: what decides about each row, and which
events it makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.engine.added import Added
from engage_desktop.engine.arrays import NEVER, AnyArray, Profiles
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.draw import Hashes, entry_key_hashes
from engage_desktop.engine.generated import Happenings, instances_of
from engage_desktop.engine.responses import sent_event
from engage_desktop.engine.run import DROPPED, EXITED, SENT, Table
from engage_desktop.engine.sends import PlanMessage, messages_of

if TYPE_CHECKING:
    from engage_desktop.engine.plan import PlanJourney
    from engage_desktop.engine.sending import Sending

Tables = dict[str, Table]


class Mailing:
    """The messages of one campaign: `which` of `messages` each row of `table` is."""

    def __init__(
        self, sending: Sending, key: str, table: Table, tables: Tables, messages: Sequence[PlanMessage]
    ) -> None:
        self.sending, self.key, self.table, self.tables, self.messages = sending, key, dict(table), tables, messages
        self.which: AnyArray = np.zeros(len(table["profile"]), np.int16)

    def step_key(self, which: int) -> str | None:
        """Of a message the step or variant; None of a broadcast that has one for all."""
        raise NotImplementedError

    def exit_at(self) -> AnyArray:
        """When an exit rule took the instance behind each row, NEVER for none."""
        raise NotImplementedError

    def entries(self, at: AnyArray) -> tuple[AnyArray, AnyArray]:
        """Of some rows when the instance was entered, and its identifier as a text of the run, -1 for none."""
        raise NotImplementedError

    def priority(self) -> AnyArray:
        """Of each message."""
        raise NotImplementedError

    def seq(self, at: AnyArray) -> AnyArray:
        """The number of the visit behind some rows."""
        raise NotImplementedError

    def fates(self, at_once: AnyArray) -> dict[tuple[str, str], Table]:
        """As of `View.fates`; `at_once`: the rows that a cap dropped when they were due."""
        return {}

    def step_rank(self) -> AnyArray:
        """Of each message the place of its step's key among all."""
        keys = [self.step_key(which) or "" for which in range(len(self.messages))]
        return np.array([sorted(keys).index(key) for key in keys])

    def entry_hashes(self, at: AnyArray) -> Hashes:
        """H of the entry keys behind some rows, each spelled out once (D-29)."""
        texts = self.sending.texts()
        pairs, place = np.unique(np.stack(self.entries(at)), axis=1, return_inverse=True)
        named = [None if code < 0 else texts[code] for code in pairs[1].tolist()]
        return entry_key_hashes(pairs[0], named)[place.ravel()]

    def sent(self, row: AnyArray) -> Happenings:
        """The events that some messages make by being sent."""
        names = np.array([self.sending.name(sent_event(one.spec.channel_name)) for one in self.messages], np.int16)
        return self.happened(row, self.table["sent_at"][row], np.zeros(len(row), np.int8), names[self.which[row]])

    def happenings(self, answered: Table | None) -> list[Happenings]:
        """The events of the messages that were sent and of the answers, those of the run's end not."""
        row = np.flatnonzero(self.table["status"] == SENT)
        found = [self.sent(row[self.table["sent_at"][row] < self.sending.window[1]])]
        if answered is not None:
            some = answered["at"] < self.sending.window[1]
            row, at, stage, name = (answered[one][some] for one in ("message", "at", "response", "event"))
            found.append(self.happened(row, at, stage + 1, name))
        return found

    def happened(self, row: AnyArray, at: AnyArray, stage: AnyArray, name: AnyArray) -> Happenings:
        """Events made at `at` of the messages of some rows; `stage` 0 for sent, else one more than in STAGES, `name` by code."""
        sending, table, which = self.sending, self.table, self.which[row]
        steps = np.array([sending.word(self.step_key(one)) for one in range(len(self.messages))], np.int32)
        words = np.array([sending.word(one.key) for one in self.messages], np.int32)
        n = len(row)
        entered, named = self.entries(row)
        events = Added(
            table["profile"][row].astype(np.int32), at + 1, name.astype(np.int16),
            np.full(n, sending.word(self.key), np.int32), steps[which], words[which], sending.names, sending.words,
        )  # fmt: skip
        return Happenings(
            np.full(n, sending.ranks[self.key], np.int16), entered, named, table["instance"][row], self.seq(row),
            stage.astype(np.int8), events,
        )  # fmt: skip


class OfJourney(Mailing):
    def __init__(self, sending: Sending, journey: PlanJourney, tables: Tables) -> None:
        self.journey = journey
        self.steps = messages_of(journey)
        messages = [step.compiled.message for step in self.steps]
        super().__init__(sending, journey.journey.key, tables["messages"], dict(tables), messages)
        place = np.zeros(len(journey.journey.steps), np.int16)
        for at, step in enumerate(self.steps):
            place[step.index] = at
        self.which = place[self.table["step"]]

    def step_key(self, which: int) -> str | None:
        return self.steps[which].key

    def _instance(self, at: AnyArray | None = None) -> AnyArray:
        """The row of each message's instance."""
        table = self.table
        who, number = (table[name] if at is None else table[name][at] for name in ("profile", "instance"))
        return instances_of(self.tables["instances"], who, number)

    def exit_at(self) -> AnyArray:
        instances = self.tables["instances"]
        rules = [self.sending.code(rule.key) for rule in self.journey.journey.exits]
        taken = (instances["outcome"] == EXITED) & np.isin(instances["detail"], rules)
        found: AnyArray = np.where(taken, instances["ended_at"], NEVER)[self._instance()]
        return found

    def entries(self, at: AnyArray) -> tuple[AnyArray, AnyArray]:
        instances, row = self.tables["instances"], self._instance(at)
        return instances["entered_at"][row], instances["identifier"][row]

    def priority(self) -> AnyArray:
        own = [self.journey.journey.steps[step.index].priority for step in self.steps]  # type: ignore[union-attr]
        return np.array([self.journey.journey.priority if one is None else one for one in own])

    def seq(self, at: AnyArray) -> AnyArray:
        visits, n_steps = self.tables["visits"], len(self.journey.journey.steps)
        sends = np.zeros(n_steps, np.bool_)
        sends[[step.index for step in self.steps]] = True
        mine = np.flatnonzero(sends[visits["step"]])
        instances = self.tables["instances"]
        own = (
            instances_of(instances, visits["profile"][mine], visits["instance"][mine]) * n_steps + visits["step"][mine]
        )
        order = np.argsort(own, kind="stable")
        asked = self._instance(at) * n_steps + self.table["step"][at]
        found: AnyArray = visits["seq"][mine[order[np.searchsorted(own[order], asked)]]]
        return found

    def fates(self, at_once: AnyArray) -> dict[tuple[str, str], Table]:
        found = {}
        for place, step in enumerate(self.steps):
            at = np.flatnonzero(at_once & (self.which == place) & (self.table["status"] == DROPPED))
            if step.compiled.leave and at.size:
                row = self._instance(at)
                instances = self.tables["instances"]
                profile: Profiles = self.table["profile"][at]
                entered, rank = instances["entered_at"][row], instances["entry_rank"][row]
                found[step.compiled.name] = {
                    "profile": profile, "time": self.table["due_at"][at], "entered_at": entered, "entry_rank": rank,
                }  # fmt: skip
        return found


class OfBroadcast(Mailing):
    """`table`: as of `PlanBroadcast.attempts`."""

    def __init__(self, sending: Sending, one: PlanBroadcast, table: Table) -> None:
        self.one = one
        place = np.full(len(table["profile"]), len(sending.plan.journeys) + one.index, np.int16)
        messages = [variant.message for variant in one.variants]
        super().__init__(sending, one.key, table | {"campaign": place}, {}, messages)
        self.which = np.maximum(self.table["step"], 0)

    def step_key(self, which: int) -> str | None:
        variants = self.one.broadcast.variants
        return variants[which].key if variants else None

    def exit_at(self) -> AnyArray:
        return np.full(len(self.which), NEVER, np.int64)

    def entries(self, at: AnyArray) -> tuple[AnyArray, AnyArray]:
        return np.full(len(at), self.one.frozen_at, np.int64), np.full(len(at), -1, np.int64)

    def priority(self) -> AnyArray:
        return np.full(len(self.messages), self.one.broadcast.priority)

    def seq(self, at: AnyArray) -> AnyArray:
        return np.zeros(len(at), np.int64)
