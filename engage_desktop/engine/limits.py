"""Enforced limits: at most 25 active instances of a person, over all journeys that enforce them (J2-39, AMB-19).

Whether somebody is let in depends on how other instances end, and those on who was let in before. So all is walked
as if there were room, those at whose places there was none are known then, and their people walk again with that
known, until nobody is let in or kept out against what the walks say. Each round puts at least the first wrong entry
of a person right, for what comes before it no longer changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engage_desktop.engine.arrays import NEVER, AnyArray, Mask, first_of_each
from engage_desktop.engine.exchange import all_exchanged
from engage_desktop.engine.exits import left_by_policy
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.left_behind import Ends, WalkResult
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.run import TURNED_AWAY, Table, Texts
from engage_desktop.engine.tokens import Entries
from engage_desktop.engine.view import View

MOST_INSTANCES = 25
_EVENT, _MIDST, _BY_STATE, _BY_SCHEDULE, _POLICY = range(5)
"""Phases of an instant as far as entries and ends tell them apart (D-12, D-49)."""


@dataclass(eq=False)
class Door:
    """Who is let into one journey. `full`: where there is no room for `people` (None: everybody), in rows where the
    journey is entered by event, else in instants."""

    view: View
    surplus_text: int
    full_text: int
    full: Intervals | None = None
    people: Mask | None = None
    turned_away: list[tuple[Entries, WalkResult]] = field(default_factory=list)

    def admits(self, entries: Entries) -> Mask:
        """Which entries are let in; the others are kept as instances that were dropped (D-11)."""
        refused = np.full(len(entries), -1, np.int32)
        if self.full is not None:
            at = entries.row if entries.by_event else entries.time
            refused[self.full.value(entries.profile, at)] = self.full_text
        if entries.by_event and self.view.surplus is not None:
            refused[self.view.surplus[entries.row]] = self.surplus_text
        admitted: Mask = refused < 0
        if not admitted.all():
            self._keep_out(entries.take(~admitted), refused[~admitted])
        return admitted

    def _keep_out(self, entries: Entries, detail: AnyArray) -> None:
        n = len(entries)
        row = entries.row if entries.by_event else np.full(n, -1, np.int64)
        none = np.zeros(n, np.bool_)
        ends = Ends(entries.time, row, np.full(n, TURNED_AWAY, np.int8), detail, none, none)
        self.turned_away.append((entries, WalkResult(ends)))


@dataclass(frozen=True, eq=False)
class Changes:
    """Beginnings and ends of instances in the order in which they come, those of person i at `first[i]:first[i + 1]`.

    `instance` numbers them, `begins` tells which they are. `time phase row place` say when: `row` in the phase of
    events, `place` of the journey in the file.
    """

    person: AnyArray
    first: AnyArray
    instance: AnyArray
    begins: Mask
    moment: dict[str, AnyArray]
    kept_out: Mask
    """By instance."""


@dataclass(frozen=True, eq=False)
class Full:
    """Where a person has no room: from the moment after one change to that of another (-1: to the end)."""

    since: AnyArray
    until: AnyArray


def tables_under_limits(
    journeys: Sequence[PlanJourney],
    view: View,
    texts: Texts,
    walk: Callable[..., dict[str, Table]],
) -> list[dict[str, Table]]:
    """The tables of journeys with enforced limits, in the order of the file, each as `walk(journey, door=door)`
    gives them of the people at the door."""
    if not journeys:
        return []
    words = texts.code("event_limit"), texts.code("instance_limit")
    tables = [walk(one, door=Door(view, *words)) for one in journeys]
    latest = tables
    while True:
        changes = _changes(journeys, latest, texts, words[1])
        wrong, full = judged(changes)
        if not len(wrong):
            return tables
        people = np.zeros(view.log.n_profiles, np.bool_)
        people[wrong] = True
        latest = []
        for place, one in enumerate(journeys):
            no_room = _for_journey(place, _phase(one), changes, full, view)
            latest.append(walk(one, door=Door(view, *words, no_room, people)))
        tables = [all_exchanged(old, new, people) for old, new in zip(tables, latest, strict=True)]


def judged(changes: Changes) -> tuple[AnyArray, Full]:
    """The people of whom some instance was let in or kept out wrongly, and where each person has no room.

    Right up to the first wrong instance of a person, a guess after it.
    """
    # instance k fits <=> fewer than 25 of those that fit began and did not end before it
    n = len(changes.first) - 1
    active = np.zeros(n, np.int64)
    fits = ~changes.kept_out
    wrong = np.zeros(n, np.bool_)
    since = np.full(n, -1, np.int64)
    spans: list[tuple[AnyArray, AnyArray]] = []
    length = np.diff(changes.first)
    by_length = np.argsort(-length, kind="stable")
    for step in range(int(length.max(initial=0))):
        who = by_length[: int(np.searchsorted(-length[by_length], -step, "left"))]
        change = changes.first[who] + step
        instance, begins = changes.instance[change], changes.begins[change]
        room = active[who] < MOST_INSTANCES
        fits[instance[begins]] = room[begins]
        wrong[who] |= begins & (room == changes.kept_out[instance])
        # one kept out wrongly has no known end: it counts when it has walked
        counts = fits[instance] & ~changes.kept_out[instance]
        active[who] += np.where(counts, np.where(begins, 1, -1), 0)
        filled = counts & begins & (active[who] == MOST_INSTANCES)
        since[who[filled]] = change[filled]
        freed = counts & ~begins & (active[who] == MOST_INSTANCES - 1)
        spans.append((since[who[freed]], change[freed]))
        since[who[freed]] = -1
    still = since[since >= 0]
    spans.append((still, np.full(len(still), -1)))
    begin, end = (np.concatenate(parts) for parts in zip(*spans, strict=True))
    order = np.argsort(begin)
    return changes.person[changes.first[:-1]][wrong], Full(begin[order], end[order])


def _changes(
    journeys: Sequence[PlanJourney], tables: Sequence[dict[str, Table]], texts: Texts, full_text: int
) -> Changes:
    """Every beginning and end that may decide: those of people with more instances than there is room for."""
    found = [(place, table["instances"]) for place, table in enumerate(tables) if "instances" in table]
    names = ("profile", "entered_at", "ended_at", "outcome", "detail", "row", "end_row")
    one = {name: np.concatenate([table[name] for _, table in found] or [np.empty(0, np.int64)]) for name in names}
    sizes = [len(table["profile"]) for _, table in found]
    place = np.repeat([at for at, _ in found], sizes).astype(np.int64)
    late = [left_by_policy(journeys[at].journey, table["outcome"], table["detail"], texts.code) for at, table in found]
    left = np.concatenate(late or [np.empty(0, np.bool_)])
    kept_out = (one["outcome"] == TURNED_AWAY) & (one["detail"] == full_text)
    counts = kept_out | (one["outcome"] != TURNED_AWAY)
    number = np.bincount(one["profile"][counts].astype(np.int64), minlength=1)
    at = np.flatnonzero(counts & (number[one["profile"]] > MOST_INSTANCES))
    one = {name: column[at] for name, column in one.items()}
    place, kept_out, left = place[at], kept_out[at], left[at]

    entry = np.array([_phase(journey) for journey in journeys] or [_EVENT])[place]
    row = np.where(entry == _EVENT, one["row"], 0)
    # an instance that ends where it began does so after it; any other end of that moment comes before
    at_once = np.where(entry == _EVENT, one["end_row"] == row, one["ended_at"] == one["entered_at"]) & ~left
    phase = np.where(one["end_row"] >= 0, _EVENT, np.where(at_once, entry, _MIDST))
    phase[left] = _POLICY
    ended = np.flatnonzero((one["ended_at"] != NEVER) & ~kept_out)
    instance = np.concatenate([np.arange(len(at)), ended])
    moment = {
        "time": np.concatenate([one["entered_at"], one["ended_at"][ended]]),
        "phase": np.concatenate([entry, phase[ended]]),
        "row": np.concatenate([row, np.maximum(one["end_row"][ended], 0)]),
        "place": place[instance],
    }
    turn = np.concatenate([np.ones(len(at)), np.where(at_once[ended], 2, 0)])
    person = one["profile"][instance].astype(np.int64)
    order = np.lexsort((turn, moment["place"], moment["row"], moment["phase"], moment["time"], person))
    person, instance = person[order], instance[order]
    first = np.append(np.flatnonzero(first_of_each(person)), len(person))
    moment = {name: column[order] for name, column in moment.items()}
    return Changes(person, first, instance, order < len(at), moment, kept_out)


def _phase(journey: PlanJourney) -> int:
    """In which phase of an instant a journey is entered."""
    if journey.entry.event is not None:
        return _EVENT
    return _BY_STATE if journey.entry.schedule is None else _BY_SCHEDULE


def _for_journey(place: int, phase: int, changes: Changes, full: Full, view: View) -> Intervals:
    """Where there is no room, as rows or instants of entries into the journey at a place among those that count."""
    moment, until = changes.moment, np.maximum(full.until, 0)
    open_ = full.until < 0
    begin = {name: column[full.since] for name, column in moment.items()}
    end = {name: column[until] for name, column in moment.items()}
    profile = changes.person[full.since].astype(np.int32)
    if phase == _EVENT:
        # of one event the journeys take their turns in the order of the file
        start = np.where(begin["place"] < place, begin["row"], begin["row"] + 1)
        stop = np.where(end["place"] > place, end["row"] + 1, end["row"])
        start = np.where(begin["phase"] == _EVENT, start, view.first_row_after(profile, begin["time"]))
        stop = np.where(end["phase"] == _EVENT, stop, view.first_row_after(profile, end["time"]))
    else:
        began_before = (begin["phase"] < phase) | ((begin["phase"] == phase) & (begin["place"] < place))
        ends_after = (end["phase"] > phase) | ((end["phase"] == phase) & (end["place"] > place))
        start, stop = begin["time"] + ~began_before, end["time"] + ends_after
    stop = np.where(open_, NEVER, stop)
    some = start < stop
    return Intervals(profile[some], start[some], stop[some], view.log.n_profiles)
