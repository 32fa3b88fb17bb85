"""Messages of all campaigns of a run, from what the walks say is due to what becomes of them and what that makes
(D-22..D-29)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.engine.added import Added
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Profiles
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.draw import entry_key, hashes_of
from engage_desktop.engine.generated import Happenings, by_instant, instances_of, key_ranks, together
from engage_desktop.engine.policy import Attempts, settle
from engage_desktop.engine.responses import Sent, answers, sent_event
from engage_desktop.engine.run import ASSUMED, DROPPED, EXITED, SENT, WAITING, Table
from engage_desktop.engine.sends import PlanMessage, messages_of

if TYPE_CHECKING:
    from engage_desktop.engine.plan import Plan, PlanJourney
    from engage_desktop.engine.view import View

Tables = dict[str, Table]


@dataclass(eq=False)
class Settled:
    """`fates`: by journey and step the messages that a cap dropped when they were due (`View.fates`), of steps that end the
    instance then. `happened`: the events that were made."""

    happened: Happenings
    fates: dict[tuple[str, str], Table] = field(default_factory=dict)


class Sending:
    """What a run's campaigns send. `assumes`: whether responses are drawn."""

    def __init__(
        self,
        plan: Plan,
        broadcasts: Sequence[PlanBroadcast],
        window: tuple[int, int],
        texts: Callable[[], Sequence[str]],
        code: Callable[[str], int],
        *,
        answered: bool = True,
    ) -> None:
        """`texts` of the run so far, `code` of one of them."""
        self.plan, self.broadcasts, self.window, self.texts, self.code = plan, broadcasts, window, texts, code
        self.answered = answered
        self.n_profiles = -1
        keys = sorted([one.journey.key for one in plan.journeys] + [one.key for one in plan.broadcasts])
        self.ranks = {key: rank for rank, key in enumerate(keys)}
        messages = [step.compiled.message for one in plan.journeys for step in messages_of(one)]
        messages += [variant.message for one in plan.broadcasts for variant in one.variants]
        self.names = tuple(sorted(frozenset().union(*(one.events for one in messages))))
        self.words = tuple(
            dict.fromkeys(
                [*keys, *(one.key for one in messages)]
                + [step.key for one in plan.journeys for step in messages_of(one)]
                + [variant.key for one in plan.broadcasts for variant in one.broadcast.variants]
            )
        )
        self.nothing = together([], self.names, self.words)
        """No event."""
        self._turns: dict[str, tuple[Profiles, Instants]] = {}
        """Of broadcasts that go by turns, whose turn it is when."""
        self._word = {text: place for place, text in enumerate(self.words)}
        self._name = {text: place for place, text in enumerate(self.names)}

    def settle(
        self,
        journeys: Sequence[PlanJourney],
        tables: dict[str, Tables],
        view: View,
        *,
        events: bool,
        people: AnyArray | None = None,
    ) -> Settled:
        """Bring the messages of all campaigns to their ends; `tables` gets them, those of broadcasts and the responses.
        `events`: whether anything asks for the events that are made. `people`: whom the view is of, where it is not of all;
        the turns of broadcasts are then those of all, found before."""
        mailings = [
            _OfJourney(self, one, tables[one.journey.key], view)
            for one in journeys
            if "messages" in tables.get(one.journey.key, {})
        ]
        sources: list[_Mailing] = [*mailings, *(_OfBroadcast(self, one, view, people) for one in self.broadcasts)]
        sources = [one for one in sources if len(one.table["profile"])]
        if not sources:
            return Settled(self.nothing)
        policies = self.plan.policies
        waits = any(bool((one.table["status"] == WAITING).any()) for one in sources)
        at_once = None
        if policies.caps or waits:
            attempts = self._attempts(sources)
            settle(attempts, view.pipeline(policies), self.window[1], lambda at: self._order(sources, at))
            at_once = self._taken_back(sources, attempts)
        found = Settled(self.nothing)
        parts: list[Happenings] = []
        for place, one in enumerate(sources):
            answered = self._answers(one, view) if self.answered else None
            if answered is not None:
                one.tables["responses"] = answered
            if events:
                parts += one.happenings(answered)
            one.tables["messages"] = one.table
            tables[one.key] = one.tables
            if at_once is not None:
                found.fates |= one.fates(at_once[place])
        found.happened = together(parts, self.names, self.words)
        return found

    # -- the policy ------------------------------------------------------------------------

    def _attempts(self, sources: Sequence[_Mailing]) -> Attempts:
        specs = list(dict.fromkeys(message.spec for one in sources for message in one.messages))
        place = {spec: at for at, spec in enumerate(specs)}

        def column(name: str) -> AnyArray:
            return np.concatenate([one.table[name] for one in sources])

        spec = [np.array([place[message.spec] for message in one.messages], np.int16)[one.which] for one in sources]
        assumed = (column("kind") == ASSUMED) & ~column("leans")
        n = len(assumed)
        return Attempts(
            specs, column("profile"), column("due_at"), np.zeros(n, np.int64),
            np.concatenate([one.exit_at() for one in sources]), np.concatenate(spec), column("status").copy(),
            column("reason").copy(), assumed, column("next_at").copy(), column("sent_at").copy(), np.zeros(n, np.bool_),
        )  # fmt: skip

    def _order(self, sources: Sequence[_Mailing], at: AnyArray) -> AnyArray:
        """Ranks in the order of D-24 of some of the attempts."""
        first = np.cumsum([0, *(len(one.table["profile"]) for one in sources)])
        parts = []
        for place, one in enumerate(sources):
            mine = at[(at >= first[place]) & (at < first[place + 1])] - first[place]
            table = one.table
            entered, named = one.entries(mine)
            rank = np.full(len(mine), self.ranks[one.key])
            parts.append(
                (table["profile"][mine], table["due_at"][mine], rank, entered, named, table["instance"][mine],
                 one.step_rank()[one.which[mine]], one.priority()[one.which[mine]], mine + first[place])
            )  # fmt: skip
        profile, due, rank, entered, named, instance, step, priority, where = (
            np.concatenate(columns) for columns in zip(*parts, strict=True)
        )
        by_due, number = by_instant(profile, due)
        group = np.empty(len(at), np.int64)
        group[by_due] = number
        keys = key_ranks(group, rank, entered, named, self.texts())
        order = np.lexsort((step, instance, keys, rank, due, -priority))
        found = np.empty(len(at), np.int64)
        found[np.searchsorted(at, where[order])] = np.arange(len(at))
        return found

    def _taken_back(self, sources: Sequence[_Mailing], attempts: Attempts) -> list[AnyArray]:
        """Write what was found into the tables; the mask of those dropped by a cap when due, of each."""
        found, first = [], 0
        for one in sources:
            part = slice(first, first + len(one.table["profile"]))
            kind = (attempts.assumed[part] | one.table["leans"]).astype(np.int8)
            one.table |= {"status": attempts.status[part], "reason": attempts.reason[part], "kind": kind}
            one.table |= {"sent_at": attempts.sent_at[part], "next_at": attempts.next_at[part]}
            found.append(attempts.at_once[part])
            first = part.stop
        return found

    # -- responses -------------------------------------------------------------------------

    def _answers(self, one: _Mailing, view: View) -> Table | None:
        """Rows of `responses`, in public order; `message` is the place of each among the campaign's messages, `event` its
        name by code."""
        if all(message.responses is None for message in one.messages):
            return None
        parts = []
        for place, message in enumerate(one.messages):
            at = np.flatnonzero((one.which == place) & (one.table["status"] == SENT))
            if message.responses is None or not at.size:
                continue
            entered, named = one.entries(at)
            texts = self.texts()
            pairs = zip(entered.tolist(), named.tolist(), strict=True)
            keys = hashes_of([entry_key(when, None if code < 0 else texts[code]) for when, code in pairs])
            sent = Sent(one.table["profile"][at], one.table["sent_at"][at], keys, one.key, one.step_key(place) or "")
            found = answers(message.responses, sent, view, self.window[1], self._name.__getitem__)
            parts.append((at[found.message], found.place, found.at, found.event))
        if not parts:
            return None
        row, stage, at, event = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        table = one.table
        columns = {name: table[name][row] for name in ("profile", "instance", "step", "campaign")}
        step = one.step_rank()[one.which[row]]
        order = np.lexsort((step, stage, at, columns["instance"], columns["profile"]))
        columns |= {
            "response": stage,
            "at": at,
            "kind": np.full(len(row), ASSUMED, np.int8),
            "message": row,
            "event": event,
        }
        return {name: column[order] for name, column in columns.items()}

    def turns(self, one: PlanBroadcast, view: View, people: AnyArray | None) -> tuple[Profiles, Instants]:
        """Who of a view's people gets a broadcast, and when; a queue is that of all people, found when all were there."""
        if one.broadcast.throughput is None:
            return one.turns(view, self.window)
        if people is None or len(people) == self.n_profiles:
            self.n_profiles = view.log.n_profiles
            self._turns[one.key] = one.turns(view, self.window)
            return self._turns[one.key]
        who, due = self._turns[one.key]
        place = np.minimum(np.searchsorted(people, who), max(len(people) - 1, 0))
        here = people[place] == who
        return place[here].astype(np.int32), due[here]

    def find_turns(self, view: View) -> None:
        """Before the first people are some of them only."""
        for one in self.broadcasts:
            self.turns(one, view, None)

    def word(self, text: str | None) -> int:
        return -1 if text is None else self._word[text]

    def name(self, text: str) -> int:
        return self._name[text]


class _Mailing:
    """The messages of one campaign: `which` of `messages` each row of `table` is."""

    def __init__(
        self, sending: Sending, key: str, table: Table, tables: Tables, messages: Sequence[PlanMessage]
    ) -> None:
        self.sending, self.key, self.table, self.tables, self.messages = sending, key, dict(table), tables, messages
        self.which: AnyArray = np.zeros(len(table["profile"]), np.int16)

    def step_key(self, which: int) -> str | None:
        raise NotImplementedError

    def exit_at(self) -> AnyArray:
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
        return {}

    def step_rank(self) -> AnyArray:
        """Of each message the place of its step's key among all."""
        keys = [self.step_key(which) or "" for which in range(len(self.messages))]
        return np.array([sorted(keys).index(key) for key in keys])

    def happenings(self, answered: Table | None) -> list[Happenings]:
        """The events of the messages that were sent and of the answers."""
        sent = np.flatnonzero(self.table["status"] == SENT)
        names = np.array([self.sending.name(sent_event(one.spec.channel_name)) for one in self.messages], np.int16)
        sent = sent[self.table["sent_at"][sent] < self.sending.window[1]]
        time, zero = self.table["sent_at"][sent], np.zeros(len(sent), np.int8)
        found = [self._happened(sent, time, zero, names[self.which[sent]])]
        if answered is not None:
            some = answered["at"] < self.sending.window[1]
            row, at, stage, name = (answered[one][some] for one in ("message", "at", "response", "event"))
            found.append(self._happened(row, at, stage + 1, name))
        return found

    def _happened(self, row: AnyArray, at: AnyArray, stage: AnyArray, name: AnyArray) -> Happenings:
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


class _OfJourney(_Mailing):
    def __init__(self, sending: Sending, journey: PlanJourney, tables: Tables, view: View) -> None:
        self.journey, self.view = journey, view
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
                entered, rank = instances["entered_at"][row], np.full(len(at), -1, np.int64)
                if self.journey.entry.event is not None:
                    rank = self.view.rank_in_instant(profile, entered, instances["row"][row])
                found[step.compiled.name] = {
                    "profile": profile, "time": self.table["due_at"][at], "entered_at": entered, "entry_rank": rank,
                }  # fmt: skip
        return found


class _OfBroadcast(_Mailing):
    def __init__(self, sending: Sending, one: PlanBroadcast, view: View, people: AnyArray | None) -> None:
        self.one = one
        table = one.attempts(view, *sending.turns(one, view, people))
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
