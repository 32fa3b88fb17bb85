"""Messages of all campaigns of a run, from what the walks say is due to what becomes of them and what that makes
(D-22..D-29)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Instants, Profiles
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.generated import Happenings, by_instant, key_ranks, together
from engage_desktop.engine.mailings import Mailing, OfBroadcast, OfJourney, Tables
from engage_desktop.engine.policy import Attempts, settle
from engage_desktop.engine.responses import Sent, answers
from engage_desktop.engine.run import ASSUMED, SENT, WAITING, Table
from engage_desktop.engine.sends import messages_of

if TYPE_CHECKING:
    from engage_desktop.engine.plan import Plan, PlanJourney
    from engage_desktop.engine.view import View


@dataclass(eq=False)
class Settled:
    """`fates`: by journey and step the messages that a cap dropped when they were due (`View.fates`), of steps that end the
    instance then. `happened`: the events that were made."""

    happened: Happenings
    fates: dict[tuple[str, str], Table] = field(default_factory=dict)


class Sending:
    """What a run's campaigns send."""

    def __init__(
        self,
        plan: Plan,
        broadcasts: Sequence[PlanBroadcast],
        window: tuple[int, int],
        texts: Callable[[], Sequence[str]],
        code: Callable[[str], int],
        *,
        keeps_attempts: bool = False,
    ) -> None:
        """`texts` of the run so far, `code` of one of them. `keeps_attempts`: tables of journeys tell of messages also what
        they were before they came to their ends, as `attempts`."""
        self.plan, self.broadcasts, self.window, self.texts, self.code = plan, broadcasts, window, texts, code
        self.keeps_attempts = keeps_attempts
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
        """Of broadcasts that go by turns, whose turn it is when, ..."""
        self._n_people = -1
        """... and how many people there are: where all are asked it is found anew."""
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
        again: bool = False,
    ) -> Settled:
        """Bring the messages of all campaigns to their ends; `tables` gets them, those of broadcasts and the responses.
        `events`: whether anything asks for the events that are made. `people`: whom the view is of, where it is not of all;
        the turns of broadcasts are then those of all, found before. `again`: the messages, those of broadcasts too, came to
        their ends before, and only who answers is asked."""
        mailings = [
            OfJourney(self, one, tables[one.journey.key])
            for one in journeys
            if "messages" in tables.get(one.journey.key, {})
        ]
        if self.keeps_attempts and not again:  # `again`: they stand there
            for mailing in mailings:
                mailing.tables["attempts"] = dict(mailing.table)
        sources: list[Mailing] = [*mailings]
        for broadcast in self.broadcasts:
            if not again:
                attempts = broadcast.attempts(view, *self.turns(broadcast, view, people))
                sources.append(OfBroadcast(self, broadcast, attempts))
            elif "messages" in tables.get(broadcast.key, {}):
                sources.append(OfBroadcast(self, broadcast, tables[broadcast.key]["messages"]))
        sources = [one for one in sources if len(one.table["profile"])]
        if not sources:
            return Settled(self.nothing)
        policies = self.plan.policies
        waits = any(bool((one.table["status"] == WAITING).any()) for one in sources)
        at_once = None
        if not again and (policies.caps or waits):
            all_of_them = self._attempts(sources)
            settle(all_of_them, view.pipeline(policies), self.window[1], lambda at: self._order(sources, at))
            at_once = self._taken_back(sources, all_of_them)
        found = Settled(self.nothing)
        parts: list[Happenings] = []
        for place, one in enumerate(sources):
            answered = self._answers(one, view)
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

    def _attempts(self, sources: Sequence[Mailing]) -> Attempts:
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

    def _order(self, sources: Sequence[Mailing], at: AnyArray) -> AnyArray:
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

    def _taken_back(self, sources: Sequence[Mailing], attempts: Attempts) -> list[AnyArray]:
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

    def _answers(self, one: Mailing, view: View) -> Table | None:
        """Rows of `responses`, in public order; `message` is the place of each among the campaign's messages, `event` its
        name by code."""
        if all(message.responses is None for message in one.messages):
            return None
        parts = []
        for place, message in enumerate(one.messages):
            at = np.flatnonzero((one.which == place) & (one.table["status"] == SENT))
            if message.responses is None or not at.size:
                continue
            keys = one.entry_hashes(at)
            sent = Sent(one.table["profile"][at], one.table["sent_at"][at], keys, one.key, one.step_key(place) or "")
            found = answers(message.responses, sent, view, self.window[1], self.name)
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
        if people is None or len(people) == self._n_people:
            self._n_people = view.log.n_profiles
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
