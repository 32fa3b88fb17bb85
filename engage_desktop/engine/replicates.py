"""How many enter, are sent messages and answer in a replicate, people weighted (D-29): the run's tables without the tables.

A replicate differs from the run by its draws of answers and by how likely they are. Whom no answer reaches that
anything hears does what they would do if nobody ever answered; that is played once. The answers of all are
drawn over the messages of that one play. Those who got one that is heard are walked through the campaigns that ask for
it; only those who go another way then, and those who depend on them, are played again, and of the journeys only
those that may move by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engage_desktop.domain.errors import Cancelled
from engage_desktop.domain.response import STAGES
from engage_desktop.engine.arrays import AnyArray, Instants, Mask, Profiles
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.buckets import buckets as make_buckets
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.counted import FIGURES, Figure, answers_heard, figures_of, sent_by, steps_of
from engage_desktop.engine.coupling import read_by, written_by
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.generated import MOST, NOTHING, Happenings, Made, made, together
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.kept import Kept
from engage_desktop.engine.mailings import Mailing, OfBroadcast, OfJourney
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.responses import Asked, PlanResponses, Sent, asked, drawn, sent_event
from engage_desktop.engine.revised import with_messages
from engage_desktop.engine.run import SENT, TURNED_AWAY, Table, Texts
from engage_desktop.engine.sending import Sending
from engage_desktop.engine.sends import PlanMessage, messages_of
from engage_desktop.engine.simulate import Cancel, chosen, conditions_in_parts, walk_all
from engage_desktop.engine.source import Log
from engage_desktop.engine.view import View
from engage_desktop.engine.waves import Begin, Stage, Tables, reads_of_others
from engage_desktop.engine.ways import ways

_SECOND = 1_000_000


class Replicates:
    """Counts of a design over a log, replicate by replicate. `accounts`: as of `Conditions`, where the log is a part of one;
    `everybody`: all are played again, needed or not."""

    def __init__(
        self,
        plan: Plan,
        log: Log,
        window: tuple[int, int],
        seed: int = 0,
        only: Sequence[str] | None = None,
        cancelled: Cancel | None = None,
        *,
        accounts: Callable[[Node], Intervals] | None = None,
        everybody: bool = False,
    ) -> None:
        self.plan, self.log, self.window, self.seed, self.only = plan, log, window, seed, only
        self.cancelled, self.everybody = cancelled, everybody
        self.journeys, self.broadcasts = chosen(plan, only)
        self._steps = steps_of(self.journeys, self.broadcasts)
        self.figures = figures_of(self._steps, self.journeys, self.broadcasts)
        self._figure = {figure: place for place, figure in enumerate(self.figures)}
        self.texts = Texts()
        self.conditions = Conditions(log, plan.meanings, LeafCache(), cancelled, accounts=accounts)
        self.view = View(log, self.conditions, seed, plan.campaigns.workspace.timezone)
        self.heard = answers_heard(plan, self.journeys, self.broadcasts)
        self._play()

    def totals(self, plan: Plan, weight: AnyArray) -> AnyArray:
        """By figure the count of a replicate, each person `weight` times; `plan` is the plan with its models
        (`of_replicate`). float64 of whole numbers."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("Stopped.")
        answered = self._drawn(plan)
        moved = self._moved(answered)
        rest = np.where(moved, 0, weight)
        found = self._count(self._base, rest)
        found += np.bincount(answered.figure, rest[answered.profile], len(found))
        if moved.any():
            found += self._count(self._again(plan, np.flatnonzero(moved).astype(np.int32), answered), weight)
        return found

    # -- once ------------------------------------------------------------------------------

    def _play(self) -> None:
        """The design played without answers, and the messages that were sent."""
        silent = with_messages(self.plan, lambda _campaign, _step, message: replace(message, responses=None))
        journeys, broadcasts = chosen(silent, self.only)
        stage = self._stage(silent, broadcasts, keeps_attempts=True)
        played = stage.play(journeys)
        self._view = stage.view_of(played.made)
        self._under, self._writes = played.under, Made(played.made.writes)
        self._base = self._rows(played.tables)
        self._kept = Kept(self.journeys, played.tables)
        sending = self._sending(self.plan, self.broadcasts)
        sources: list[Mailing] = [
            OfJourney(sending, one, played.tables[one.journey.key])
            for one in self.journeys
            if "messages" in played.tables.get(one.journey.key, {})
        ]
        sources += [
            OfBroadcast(sending, one, played.tables[one.key]["messages"])
            for one in self.broadcasts
            if "messages" in played.tables.get(one.key, {})
        ]
        self._sent, self._models = self._messages(sending, sources)

    @cached_property
    def _together(self) -> AnyArray | None:
        return self._stage(self.plan, self.broadcasts).together(self.journeys, NOTHING, settles=True)

    def _stage(self, plan: Plan, broadcasts: Sequence[PlanBroadcast], *, keeps_attempts: bool = False) -> Stage:
        sending = self._sending(plan, broadcasts, keeps_attempts=keeps_attempts)
        return Stage(plan, self.log, self.conditions, self.view, self._walk, sending)

    def _sending(self, plan: Plan, broadcasts: Sequence[PlanBroadcast], *, keeps_attempts: bool = False) -> Sending:
        return Sending(plan, broadcasts, self.window, self.texts.all, self.texts.code, keeps_attempts=keeps_attempts)

    def _walk(self, journeys: Sequence[PlanJourney], view: View) -> dict[str, Tables]:
        found = walk_all(journeys, view, self.window, self.texts, self.cancelled)
        needed = ("instances", "visits", "messages", "sets")
        return {key: {name: tables[name] for name in needed if name in tables} for key, tables in found.items()}

    def _messages(self, sending: Sending, sources: Sequence[Mailing]) -> tuple[Happenings, list[_Model]]:
        """What was sent as events, and the models by which some of it is answered."""
        parts, models, first = [], [], 0
        for one in sources:
            row = np.flatnonzero(one.table["status"] == SENT)
            part = one.sent(row)
            parts.append(part)
            for place, message in enumerate(one.messages):
                at = np.flatnonzero(one.which[row] == place)
                if message.responses is None or not at.size:
                    continue
                step = one.step_key(place) or ""
                sent = Sent(part.events.profile[at], part.events.time[at] - 1, one.entry_hashes(row[at]), one.key, step)
                models.append(_Model(one.key, step, first + at, asked(message.responses, sent, self._view)))
            first += len(row)
        return together(parts, sending.names, sending.words), models

    # -- who is moved ----------------------------------------------------------------------

    @cached_property
    def _hearers(self) -> list[tuple[frozenset[str], list[PlanJourney], list[PlanBroadcast]]]:
        """The campaigns that ask for answers, by the answers for which they do."""
        found: dict[frozenset[str], tuple[list[PlanJourney], list[PlanBroadcast]]] = {}
        for journey in self.journeys:
            if names := self.heard & read_by(journey, self.plan.meanings).events:
                found.setdefault(names, ([], []))[0].append(journey)
        for broadcast in self.broadcasts:
            if names := self.heard & read_by(broadcast, self.plan.meanings).events:
                found.setdefault(names, ([], []))[1].append(broadcast)
        return [(names, *who) for names, who in found.items()]

    @cached_property
    def _walk_tells(self) -> bool:
        """Whether an answer that changes nobody's way through a campaign that asks for it, and nobody's place on a list,
        changes nothing: not where messages are stopped or answered by it, or where people depend on each other."""
        journeys = [one for _, some, _ in self._hearers for one in some]
        reads = read_by((self.plan.policies, *self._responses), self.plan.meanings).events
        caps = bool(self.plan.policies.caps)
        return (
            bool(self.heard)
            and self.heard.isdisjoint(reads)
            and self._together is None
            and not any(one.journey.enforce_limits for one in journeys)
            and not (caps and any(step.compiled.leave for one in self.journeys for step in messages_of(one)))
            and not any("sets" in tables for tables in self._as_usual.values())
        )

    @property
    def _responses(self) -> list[PlanResponses]:
        models = [one.responses for _, _, one in sent_by(self.journeys, self.broadcasts)]
        return [one for one in models if one is not None]

    @cached_property
    def _as_usual(self) -> dict[str, Tables]:
        """The rows of the campaigns that ask for answers when nobody answers, before any message is brought to its end."""
        found: dict[str, Tables] = {}
        for _, journeys, broadcasts in self._hearers:
            found |= self._attempts(journeys, broadcasts, self._view)
        return found

    @cached_property
    def _usual(self) -> dict[str, AnyArray]:
        return {key: ways(tables, self.log.n_profiles) for key, tables in self._as_usual.items()}

    def _attempts(
        self, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast], view: View
    ) -> dict[str, Tables]:
        found = {one.journey.key: dict[str, Table]() for one in journeys} | self._walk(journeys, view)
        return found | {one.key: {"messages": one.attempts(view, *one.turns(view, self.window))} for one in broadcasts}

    def _walks_differ(self, answered: _Answered) -> Mask:
        """Who goes another way through a campaign by the answers they got."""
        n = self.log.n_profiles
        found = np.zeros(n, np.bool_)
        stage = self._stage(self.plan, self.broadcasts)
        asked_for = np.zeros(n, np.bool_)
        asked_for[answered.profile[self._asks(self.heard)[answered.makes]]] = True
        everybody = np.flatnonzero(asked_for).astype(np.int32)
        known = self._known(stage.sending, everybody, answered, heard=True)
        for names, journeys, broadcasts in self._hearers:
            who = np.zeros(n, np.bool_)
            who[answered.profile[self._asks(names)[answered.makes]]] = True
            people = np.flatnonzero(who & ~found).astype(np.int32)
            if not people.size:
                continue
            view = stage.view_of(known.of(np.searchsorted(everybody, people)), people)
            for key, tables in self._attempts(journeys, broadcasts, view).items():
                found[people[ways(tables, len(people)) != self._usual[key][people]]] = True
        return found

    # -- a replicate -----------------------------------------------------------------------

    def _drawn(self, plan: Plan) -> _Answered:
        models = {(campaign, step): one.responses for campaign, step, one in sent_by(*chosen(plan, self.only))}
        names = self._sent.events.names
        found: list[tuple[AnyArray, ...]] = [(np.empty(0, np.int64),) * 5]
        for one in self._models:
            model = models[one.campaign, one.step]
            assert model is not None
            for stage, at, time in drawn(model, one.asked, self.window[1]):
                figure = self._figure[Figure(one.campaign, one.step, FIGURES.index(STAGES[stage.place]))]
                parts = (np.full(len(at), value) for value in (figure, stage.place, names.index(stage.makes)))
                found.append((*parts, one.row[at], time))
        figures, stages, makes, row, at_time = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return _Answered(
            figures, stages.astype(np.int8), makes.astype(np.int16), row, at_time, self._sent.events.profile[row]
        )

    def _asks(self, names: frozenset[str]) -> Mask:
        """By code of an event's name."""
        return np.array([one in names for one in self._sent.events.names], np.bool_)

    def _moved(self, answered: _Answered) -> Mask:
        """Who got an answer that is heard, or more than the limit of a second lets be heard, and who depends on them."""
        n = self.log.n_profiles
        if self.everybody:
            return np.ones(n, np.bool_)
        if self._walk_tells:
            moved = self._walks_differ(answered)
        else:
            moved = np.zeros(n, np.bool_)
            moved[answered.profile[self._asks(self.heard)[answered.makes]]] = True
        if self._may_crowd:
            moved |= self._crowded(answered)
        if moved.any() and self._together is not None:
            hit = np.zeros(n, np.bool_)
            hit[self._together[moved]] = True
            moved = hit[self._together]
        return moved

    @cached_property
    def _many(self) -> Mask:
        """Who may get more in a second than the limit lets be heard."""
        count = np.bincount(self._sent.events.profile, minlength=self.log.n_profiles) * (1 + len(STAGES))
        count += np.bincount(self._writes.writes.profile, minlength=self.log.n_profiles)
        found: Mask = count > MOST
        return found

    @cached_property
    def _may_crowd(self) -> bool:
        """Whether answers that nobody hears may take the place of something that is heard, for anybody."""
        sent = {sent_event(one.spec.channel_name) for _, _, one in sent_by(self.journeys, self.broadcasts)}
        heard = any(sent & read_by(one, self.plan.meanings).events for one in (*self.journeys, *self.broadcasts))
        return (heard or any(map(written_by, self.journeys))) and bool(self._many.any()) and bool(self._models)

    def _crowded(self, answered: _Answered) -> Mask:
        events, writes = self._sent.events, self._writes.writes
        parts = [(events.profile, events.time), (writes.profile, writes.time), (answered.profile, answered.at + 1)]
        some = [(profile[self._many[profile]], time[self._many[profile]]) for profile, time in parts]
        profile, second = np.concatenate([one for one, _ in some]), np.concatenate([at for _, at in some]) // _SECOND
        both = np.sort((profile.astype(np.int64) << 32) + (second - second.min(initial=np.iinfo(np.int64).max)))
        found = np.zeros(self.log.n_profiles, np.bool_)
        found[both[MOST:][both[MOST:] == both[:-MOST]] >> 32] = True
        return found

    def _again(self, plan: Plan, people: Profiles, answered: _Answered) -> dict[int, list[Profiles]]:
        """The rows of some people, played with the answers of the replicate."""
        journeys, broadcasts = chosen(plan, self.only)
        stage = self._stage(plan, broadcasts)
        known = self._known(stage.sending, people, answered)
        begin = Begin(self._kept.of(people), self._under.of(people), known, people)
        return self._rows(stage.play(journeys, begin=begin).tables)

    def _known(self, sending: Sending, people: Profiles, answered: _Answered, *, heard: bool = False) -> Made:
        """What some people make, numbered by their places, if the answers move none of them. `heard`: of those who stay
        below the limit of a second only what anything asks for."""
        here = np.full(self.log.n_profiles, -1, np.int32)
        here[people] = np.arange(len(people), dtype=np.int32)
        sent = self._sent
        keep, answers = here[sent.events.profile] >= 0, here[answered.profile] >= 0
        if heard:
            keep &= self._many[sent.events.profile] | self._asks(self._reads)[sent.events.name]
            answers &= self._many[answered.profile] | self._asks(self._reads)[answered.makes]
        keep &= sent.events.time <= self.window[1]
        answers &= answered.at < self.window[1]
        row = np.concatenate([np.flatnonzero(keep), answered.row[answers]])
        stage = np.concatenate([sent.stage[keep], answered.stage[answers] + np.int8(1)])
        events = replace(
            sent.events.take(row),
            profile=here[sent.events.profile[row]],
            time=np.concatenate([sent.events.time[keep], answered.at[answers] + 1]),
            name=np.concatenate([sent.events.name[keep], answered.makes[answers]]),
        )
        happened = Happenings(
            sent.rank[row], sent.entered_at[row], sent.identifier[row], sent.instance[row], sent.seq[row], stage, events
        )
        writers = [one for one in self.journeys if written_by(one)]
        tables = self._kept.of(people, [one.journey.key for one in writers])
        runs = [(one, tables[one.journey.key]) for one in writers]
        return made(runs, happened, sending.ranks, self.texts.all())[0]

    @cached_property
    def _reads(self) -> frozenset[str]:
        """The names of events that any campaign asks for."""
        return frozenset().union(
            *(read_by(one, self.plan.meanings).events for one in (*self.journeys, *self.broadcasts))
        )

    # -- counts ----------------------------------------------------------------------------

    def _rows(self, tables: dict[str, Tables]) -> dict[int, list[Profiles]]:
        """By figure whose rows count for it."""
        found: dict[int, list[Profiles]] = {}
        for key, steps in self._steps.items():
            mine = tables.get(key, {})
            if "instances" in mine:
                who = mine["instances"]["profile"][mine["instances"]["outcome"] != TURNED_AWAY]
                found[self._figure[Figure(key, "", 0)]] = [who]
            elif "messages" in mine:
                found[self._figure[Figure(key, "", 0)]] = [mine["messages"]["profile"]]
            for name in ("messages", "responses"):
                if name not in mine:
                    continue
                table = mine[name]
                place = np.ones(len(table["profile"]), np.int8)
                if name == "responses":
                    place = table["response"] + 2
                else:
                    place[table["status"] != SENT] = -1
                for step, of in steps.items():
                    at = np.flatnonzero(table["step"] == of)
                    for what in np.unique(place[at]).tolist():
                        if what >= 0:
                            figure = self._figure[Figure(key, step, what)]
                            found.setdefault(figure, []).append(table["profile"][at[place[at] == what]])
        return found

    def _count(self, rows: dict[int, list[Profiles]], weight: AnyArray) -> AnyArray:
        found = np.zeros(len(self.figures))
        for figure, parts in rows.items():
            found[figure] = sum(int(weight[who].sum()) for who in parts)
        return found


def in_parts(
    plan: Plan,
    log: Log,
    window: tuple[int, int],
    seed: int = 0,
    only: Sequence[str] | None = None,
    cancelled: Cancel | None = None,
    *,
    buckets: int = 1,
    everybody: bool = False,
) -> Iterator[Replicates]:
    """The same of at most so many buckets of people, one after the other; of all at once where they depend on each other.
    Counts of the parts add up to those of the whole."""
    journeys, broadcasts = chosen(plan, only)
    texts = Texts()
    shared = buckets == 1 or reads_of_others(plan, journeys, Sending(plan, broadcasts, window, texts.all, texts.code))
    parts = [log] if shared else make_buckets(log, buckets)
    accounts = None if shared else conditions_in_parts(plan, log, parts, cancelled).intervals
    for part in parts:
        yield Replicates(plan, part, window, seed, only, cancelled, accounts=accounts, everybody=everybody)


def of_replicate(plan: Plan, number: int, rate: Callable[[str, str, PlanResponses], PlanResponses]) -> Plan:
    """The plan whose answers are those of a replicate; `rate` gives the model of a campaign and step its probabilities."""

    def change(campaign: str, step: str, message: PlanMessage) -> PlanMessage:
        if message.responses is None:
            return message
        return replace(message, responses=replace(rate(campaign, step, message.responses), replicate=number))

    return with_messages(plan, change)


def may_move(plan: Plan, only: Sequence[str] | None = None) -> bool:
    """Whether any answer may move anybody."""
    return bool(answers_heard(plan, *chosen(plan, only)))


@dataclass(eq=False)
class _Model:
    """The messages sent of a step or variant that has a model, as rows of all that were sent."""

    campaign: str
    step: str
    row: AnyArray
    asked: Asked


@dataclass(eq=False)
class _Answered:
    """Answers of a replicate: the figure each counts for, its stage in STAGES, the code of the event it makes, the row
    of the message among all that were sent, when, and whose it is."""

    figure: AnyArray
    stage: AnyArray
    makes: AnyArray
    row: AnyArray
    at: Instants
    profile: Profiles
