"""One person's way through a journey, with what a run's tables leave out: the event on which a step was reached (D-13),
what the instance remembered by then (D-20), and when it would have gone on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engage_desktop.domain.step import Fork
from engage_desktop.engine.added import PROPERTIES, Added, AddedLog
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask
from engage_desktop.engine.changes import AddEvent, RunEdit, SetTrait
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.few import MADE, Few
from engage_desktop.engine.left_behind import WalkResult
from engage_desktop.engine.limits import Door, tables_under_limits
from engage_desktop.engine.plan import Plan, PlanJourney, PlanStep
from engage_desktop.engine.run import EXITED, OUTCOMES, Table, Texts
from engage_desktop.engine.sending import Sending
from engage_desktop.engine.simulate import tables_of, walks_of
from engage_desktop.engine.steps.base import Departures
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.engine.tokens import Entries, Tokens
from engage_desktop.engine.view import View
from engage_desktop.engine.walk import Walk
from engage_desktop.engine.waves import Stage
from engage_desktop.engine.writes import Value, Writes

Remembering = tuple[int | AddEvent, ...]
"""Under each of a journey's names (`context.Names`) the event remembered: its row in the whole log, the event itself where
the run made it, -1 for none."""


@dataclass(frozen=True)
class Visit:
    """One visit of a person to a step: arrival, departure (None while inside) and the branch taken.

    `due` is when the step itself would have let them go (None: never), `row` the row in the whole log of the event
    that they arrived on, None where they came after all events of the instant; `cut_row` that on which an exit rule
    ended the instance here.
    """

    arrived: int
    left: int | None
    branch: str | None
    identifier: str | None = None
    instance: int = 0
    seq: int = 0
    number: int = 1
    """Of the pass, 1 or more after loop-backs."""
    due: int | None = None
    row: int | None = None
    cut_row: int | None = None
    remembers: Remembering = ()
    own: tuple[tuple[str, Value], ...] = ()
    """Traits that the instance has set in this very instant, as far as the journey names them (D-51)."""
    took: tuple[tuple[str | None, int], ...] = ()
    """The outputs taken, each with its instant: of a fork any number; none where the instance ended in the step."""
    entered: int = 0
    entry_row: int | None = None
    """When the instance began and on which event: what tells apart those that are in a step at the same time."""


@dataclass(frozen=True)
class Instance:
    """One stay of a person in a journey; `row` and `end_row` are the events it began and ended on, where it did."""

    entered: int
    ended: int | None
    outcome: str
    detail: str | None
    identifier: str | None = None
    number: int = 0
    row: int | None = None
    end_row: int | None = None
    remembers: Remembering = ()

    @property
    def rule(self) -> str | None:
        """The key of the exit rule (or `step:` and the step) that ended it."""
        return self.detail if self.outcome == OUTCOMES[EXITED] else None


@dataclass(frozen=True)
class Way:
    """Instances in order, and visits by step in order of time."""

    instances: tuple[Instance, ...]
    visits: dict[str, list[Visit]]


class _Traced(Walk):
    """A walk whose visits also tell how they were reached."""

    def _visit(
        self,
        step: PlanStep,
        tokens: Tokens,
        left: Instants,
        branch: AnyArray,
        number: int,
        leaving: Departures | None = None,
    ) -> None:
        super()._visit(step, tokens, left, branch, number, leaving)
        n = len(tokens)
        captures = np.empty((n, 0), np.int64) if tokens.captures is None else tokens.captures
        due = np.full(n, NEVER) if leaving is None or leaving.time is None else leaving.time
        self.result.visits[-1] |= {
            "on_row": np.where(tokens.on_event, tokens.row, -1),
            "captures": captures,
            "due": np.broadcast_to(due, n),
            "own": np.empty((n, 0), np.int16) if tokens.own is None else tokens.own,
        }

    def _took(self, step: PlanStep, moved: Tokens, branch: AnyArray) -> None:
        if self.paths is not None:
            super()._took(step, moved, branch)
            return
        number = len(moved)
        self.result.wires.append(
            {
                "instance": moved.instance,
                "step": np.full(number, step.index, np.int16),
                "branch": np.broadcast_to(branch, number),
                "left_at": moved.time,
            }
        )


@dataclass(frozen=True, eq=False)
class _Walked:
    """Walks of one journey over a log, which in a later wave holds but some people."""

    view: View
    walks: list[tuple[Entries, WalkResult]]
    people: Mask | None

    def place_of(self, name: str) -> int | None:
        """Where somebody is in that log, None where they did not walk."""
        names = list(self.view.log.profile_ids)
        if name not in names:
            return None
        place = names.index(name)
        return place if self.people is None or self.people[place] else None


class Played:
    """What a run makes of the people of a log: what journeys write of them, and their ways."""

    def __init__(
        self, plan: Plan, few: Few, journeys: Sequence[PlanJourney], window: tuple[int, int], seed: int
    ) -> None:
        self.few, self.window = few, window
        self._texts = Texts()
        self._walked: dict[str, list[_Walked]] = {}
        conditions = Conditions(few, plan.meanings)
        view = View(few, conditions, seed, plan.campaigns.workspace.timezone)
        journeys = sorted(journeys, key=lambda one: one.journey.key)
        sending = Sending(plan, plan.broadcasts, window, self._texts.all, self._texts.code)
        made = Stage(plan, few, conditions, view, self._walk, sending).play(journeys).made
        self.written: tuple[RunEdit, ...] = (*_sets(made.writes, few.people), *_events(made.events, few.people))
        """What journeys set and which events messages made, in the order in which it stands."""

    def _walk(self, together: Sequence[PlanJourney], view: View) -> dict[str, dict[str, Table]]:
        """As a run does it (`simulate`), but keeping the walks."""

        def one_of(one: PlanJourney, door: Door | None = None) -> dict[str, Table]:
            walks = walks_of(one, view, self.window, self._texts, None, door, _Traced)
            walked = _Walked(view, walks, None if door is None else door.people)
            self._walked.setdefault(one.journey.key, []).append(walked)
            return tables_of(one, view, self._texts, walks)

        found = {one.journey.key: one_of(one) for one in together if not one.journey.enforce_limits}
        limited = sorted((one for one in together if one.journey.enforce_limits), key=lambda one: one.index)
        walked = tables_under_limits(limited, view, self._texts, one_of)
        return found | {one.journey.key: tables for one, tables in zip(limited, walked, strict=True)}

    def way(self, journey: PlanJourney, profile: int) -> Way:
        """The way of a person (a place in `few`): as they walked the last time, when all that they see was known."""
        name = self.few.profile_ids[profile]
        for walked in reversed(self._walked.get(journey.journey.key, [])):
            place = walked.place_of(name)
            if place is not None:
                path = journey.entry.identifier
                named = [] if path is None else walked.view.identifiers(path).texts
                log = walked.view.log
                added = log if isinstance(log, AddedLog) else None
                first = log.profile_start if added is None else added.log.profile_start
                shift = int(self.few.profile_start[profile]) - int(first[place])
                return _Reading(journey, self.few, shift, added, walked.walks, self._texts.all(), named).of(place)
        return Way((), {step.key: [] for step in journey.journey.steps})


@dataclass(frozen=True)
class _Reading:
    journey: PlanJourney
    few: Few
    shift: int
    """What is added to a row of the log that was walked, without what the run made, to have it in `few`."""
    added: AddedLog | None
    """That log where it holds what the run made: its rows are numbered anew."""
    walks: list[tuple[Entries, WalkResult]]
    texts: tuple[str, ...]
    identifiers: list[str]

    def of(self, profile: int) -> Way:
        found: list[tuple[tuple[int, int], Instance, list[tuple[str, Visit]]]] = []
        for entries, result in self.walks:
            for at in np.flatnonzero(entries.profile == profile).tolist():
                order = int(entries.time[at]), int(entries.row[at])
                found.append((order, *self._instance(entries, result, at)))
        found.sort(key=lambda one: one[0])
        steps = self.journey.journey.steps
        visits: dict[str, list[Visit]] = {step.key: [] for step in steps}
        instances = []
        for number, (_, instance, way) in enumerate(found, 1):
            instances.append(replace(instance, number=number))
            for key, visit in way:
                visits[key].append(replace(visit, instance=number))
        for of_step in visits.values():
            of_step.sort(key=lambda one: (one.arrived, one.instance, one.seq))
        return Way(tuple(instances), visits)

    def _instance(self, entries: Entries, result: WalkResult, at: int) -> tuple[Instance, list[tuple[str, Visit]]]:
        ends = result.ends
        code = -1 if entries.identifier is None else int(entries.identifier[at])
        identifier = self.identifiers[code] if code >= 0 else None
        names = self.journey.context
        own = int(entries.row[at]) if entries.by_event else -1
        row = self._base(own)
        remembers = () if names is None else (self._event(own), *(-1 for _ in names.names[1:]))
        instance = Instance(
            int(entries.time[at]), _open(int(ends.time[at])), OUTCOMES[int(ends.outcome[at])],
            self._text(int(ends.detail[at])), identifier, 0, row, self._base(int(ends.row[at])), remembers,
        )  # fmt: skip
        wires = [wire for batch in result.wires for wire in self._wires(batch, at)]
        return instance, [one for batch in result.visits for one in self._visits(batch, at, instance, wires)]

    def _wires(self, batch: Table, at: int) -> Iterator[tuple[int, str | None, int]]:
        for place in np.flatnonzero(batch["instance"] == at).tolist():
            yield int(batch["step"][place]), self._text(int(batch["branch"][place])), int(batch["left_at"][place])

    def _visits(
        self, batch: Table, at: int, instance: Instance, wires: list[tuple[int, str | None, int]]
    ) -> Iterator[tuple[str, Visit]]:
        steps = self.journey.journey.steps
        for place in np.flatnonzero(batch["instance"] == at).tolist():
            arrived, left, due, on_row, index, seq, number = (
                int(batch[name][place]) for name in ("entered_at", "left_at", "due", "on_row", "step", "seq", "pass")
            )
            step, branch = steps[index], self._text(int(batch["branch"][place]))
            took = tuple((taken, when) for of, taken, when in wires if of == index)
            if not isinstance(step, Fork):
                took = ((branch, left),) if (branch, left) in took else ()
            remembers = tuple(map(self._event, batch["captures"][place].tolist()))
            visit = Visit(
                arrived, _open(left), branch, instance.identifier, 0, seq, number, _open(due), self._base(on_row),
                None if took else instance.end_row, remembers, self._own(batch["own"][place].tolist()), took,
                instance.entered, instance.row,
            )  # fmt: skip
            yield step.key, visit

    def _own(self, steps: list[int]) -> tuple[tuple[str, Value], ...]:
        set_by = [self.journey.steps[place].compiled for place in steps if place >= 0]
        return tuple((one.trait, one.value) for one in set_by if isinstance(one, SetTraitStep))

    def _text(self, code: int) -> str | None:
        return self.texts[code] if code >= 0 else None

    def _event(self, row: int) -> int | AddEvent:
        """What stands in a row of the log that was walked."""
        made = self._made_in(row)
        if made is not None and self.added is not None:
            return _made(self.added.events, made, self.few.people)
        found = self._base(row)
        return -1 if found is None else found

    def _made_in(self, row: int) -> int | None:
        return None if self.added is None or row < 0 else self.added.made_in(row)

    def _base(self, row: int) -> int | None:
        """The row of the whole log (`Few.base_rows`), None for -1."""
        if row < 0:
            return None
        if self.added is None:
            return self.few.base_row(row + self.shift)
        made = self._made_in(row)
        if made is None:
            return self.few.base_row(int(self.added.rows_in_log(np.array([row]))[0]) + self.shift)
        events = self.added.events
        same = (events.profile[:made] == events.profile[made]) & (events.time[:made] == events.time[made])
        return MADE + int(np.count_nonzero(same))


def _open(at: int) -> int | None:
    return None if at == NEVER else at


def _sets(writes: Writes, people: Sequence[int]) -> Iterator[SetTrait]:
    for who, time, which in zip(writes.profile.tolist(), writes.time.tolist(), writes.which.tolist(), strict=True):
        trait, value = writes.what[which]
        yield SetTrait("user", people[who], trait, value, time)


def _events(events: Added, people: Sequence[int]) -> Iterator[AddEvent]:
    return (_made(events, place, people) for place in range(len(events)))


def _made(events: Added, place: int, people: Sequence[int]) -> AddEvent:
    codes = {name: int(getattr(events, name)[place]) for name in PROPERTIES}
    properties = {name: events.texts[code] for name, code in codes.items() if code >= 0}
    name = events.names[int(events.name[place])]
    return AddEvent(people[int(events.profile[place])], name, int(events.time[place]), properties)
