"""Whom an edit of a journey can have touched: people who arrived at what is changed, enter otherwise or leave otherwise.

Compiled forms are compared by their text: in Python 1 == True, and a condition is not the same with one as with the
other. A form names every audience and computed trait with the digest of its definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engage_desktop.engine.arrays import NEVER, AnyArray, Mask, Profiles
from engage_desktop.engine.entry import EventSource, IdentifierSource, ScheduleSource, StateSource
from engage_desktop.engine.exits import exit_times
from engage_desktop.engine.left_behind import Ends
from engage_desktop.engine.plan import PlanJourney, PlanStep
from engage_desktop.engine.run import Table
from engage_desktop.engine.steps.fork import ForkStep
from engage_desktop.engine.tokens import Entries
from engage_desktop.engine.view import View

GONE = -(2**15)
"""The index of a step that the new design has no more."""


def touched(
    old: PlanJourney, new: PlanJourney, rows: Mapping[str, Table], view: View, window: tuple[int, int]
) -> Mask | None:
    """Of every profile whether the new journey may move it otherwise than the old one did, which left `rows`.

    None: anybody may be, or it takes as long to find out. `view` knows the meanings of both.
    """
    if not alike(old, new):
        return None
    found = np.zeros(view.log.n_profiles, np.bool_)
    visits = rows["visits"]
    changed = changed_steps(old, new)
    places = [step.index for step in old.steps if step.key in changed]
    found[visits["profile"][np.isin(visits["step"], places)]] = True
    instances = rows["instances"]
    if repr(old.entry) != repr(new.entry):
        found |= _enter_otherwise(old, new, instances, view, window)
    if repr(old.exits) != repr(new.exits):
        leaving = _leave_otherwise(old, new, instances, found, view, window)
        if leaving is None:
            return None
        found |= leaving
    return found


def alike(old: PlanJourney, new: PlanJourney) -> bool:
    """Whether the two have the same frame: what every instance depends on, whatever its way."""

    def frame(one: PlanJourney) -> tuple[Any, ...]:
        entry, journey = one.entry, one.journey
        first = one.steps[0].key if one.steps else None
        return (
            one.starts, one.ends, journey.key, journey.priority, journey.enforce_limits, first, entry.mode,
            entry.cool_down_us, entry.event, entry.identifier, repr(entry.schedule),
            {rule.key for rule in journey.exits if rule.send is not None},
        )  # fmt: skip

    def order(one: PlanJourney) -> list[str] | None:
        """Of a journey with forks: of two steps reached in one moment the order says which comes first."""
        forks = any(isinstance(step.compiled, ForkStep) for step in one.steps)
        return [step.key for step in one.steps] if forks else None

    return frame(old) == frame(new) and order(old) == order(new)


def changed_steps(old: PlanJourney, new: PlanJourney) -> list[str]:
    """Steps of the old journey, by key, that do something else now, lead elsewhere or are gone."""
    now = {step.key: _signature(new, step) for step in new.steps}
    return [step.key for step in old.steps if now.get(step.key) != _signature(old, step)]


def _signature(journey: PlanJourney, step: PlanStep) -> tuple[Any, ...]:
    targets = [None if target < 0 else journey.steps[target].key for target in step.targets]
    priority = getattr(journey.journey.steps[step.index], "priority", None)
    return repr(step.compiled), targets, step.branches, priority


# -- entry ----------------------------------------------------------------------------------


def _enter_otherwise(old: PlanJourney, new: PlanJourney, instances: Table, view: View, window: tuple[int, int]) -> Mask:
    """Who has other entries, or might have after another end of the one before."""
    n, again = view.log.n_profiles, new.entry.mode == "after_exit" or new.entry.identifier is not None
    if new.entry.event is not None:
        # a row says more than an instant, and the run's tables know instants alone
        kind = EventSource if new.entry.identifier is None else IdentifierSource
        before, after = (kind(one, view, window) for one in (old, new))
        if new.entry.mode == "once":
            before_, after_ = before.first(), after.first()
            return differing((before_.profile, before_.row), (after_.profile, after_.row), n)
        return differing((before.profile, before.row), (after.profile, after.row), n)
    source = (StateSource if new.entry.schedule is None else ScheduleSource)(new, view, window)
    profile, entered_at = instances["profile"], instances["entered_at"]
    entries = source.every() if new.entry.mode == "every" else source.first()
    if not again:
        return differing((profile, entered_at), (entries.profile, entries.time), n)
    first = instances["instance"] == 1
    found = differing((profile[first], entered_at[first]), (entries.profile, entries.time), n)
    over = instances["ended_at"] != NEVER
    if over.any():
        batch = Entries(profile, entered_at, np.full(len(profile), -1, np.int64), False)
        entries = source.following(batch, _ends(instances), over)
    else:
        entries = batch_of_none()
    return found | differing((profile[~first], entered_at[~first]), (entries.profile, entries.time), n)


def batch_of_none() -> Entries:
    return Entries(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64), False)


def _ends(instances: Table) -> Ends:
    """How the instances of a run ended, as far as an entry without events asks."""
    n = len(instances["profile"])
    never = np.full(n, -1, np.int64)
    no = np.zeros(n, np.bool_)
    return Ends(instances["ended_at"], never, instances["outcome"], instances["detail"], no, no)


# -- exits ----------------------------------------------------------------------------------


def _leave_otherwise(
    old: PlanJourney, new: PlanJourney, instances: Table, skip: Mask, view: View, window: tuple[int, int]
) -> Mask | None:
    """Who has an instance that another exit than before reaches while it is there; `skip`: known to be touched."""
    keep = ~skip[instances["profile"]]
    profile, entered_at, ended_at = (instances[name][keep] for name in ("profile", "entered_at", "ended_at"))
    if new.entry.event is None:
        entries = Entries(profile, entered_at, np.full(len(profile), -1, np.int64), False)
    elif new.entry.mode == "after_exit" or new.entry.identifier is not None:
        return None  # which event of its instant an instance entered by is not in the tables
    else:
        source = EventSource(new, view, window)
        entries = source.every() if new.entry.mode == "every" else source.first()
        entries = entries.take(~skip[entries.profile])
    until = np.where(ended_at == NEVER, window[1], ended_at)
    names = {key: code for code, key in enumerate(dict.fromkeys(rule.key for rule in (*old.exits, *new.exits)))}
    found = np.zeros(view.log.n_profiles, np.bool_)
    for (at, time, name), (at_now, time_now, name_now) in zip(
        *(_exits(one, entries, view, names) for one in (old, new)), strict=True
    ):
        otherwise = ((at != at_now) | (name != name_now)) & (np.minimum(time, time_now) <= until)
        found[profile[otherwise]] = True
    return found


def _exits(
    journey: PlanJourney, entries: Entries, view: View, names: Mapping[str, int]
) -> list[tuple[AnyArray, AnyArray, AnyArray]]:
    """Of each instance the exit by event and that by condition or age: which row or instant, when, and its name."""
    view.names = journey.context
    found = exit_times(journey.exits, entries, view, journey.entry.identifier)
    name = np.array([names[rule.key] for rule in journey.exits] or [-1])
    kinds = (found.row, found.row_time, found.row_rule), (found.deadline, found.deadline, found.deadline_rule)
    never, nothing = np.full(len(entries), NEVER, np.int64), np.full(len(entries), -1, np.int64)
    exits = []
    for at, time, rule in kinds:
        if at is None or time is None or rule is None:
            exits.append((never, never, nothing))
        else:
            there = time != NEVER
            exits.append((np.where(there, at, NEVER), time, np.where(there, name[rule], -1)))
    return exits


# -- lists by person ------------------------------------------------------------------------


def differing(one: tuple[Profiles, AnyArray], other: tuple[Profiles, AnyArray], n: int) -> Mask:
    """Which of n profiles have other lists of values in the one than in the other; both sorted by profile."""
    (owner, value), (other_owner, other_value) = one, other
    if len(owner) == len(other_owner) and (owner == other_owner).all():
        changed = np.zeros(n, np.bool_)
        changed[owner[value != other_value]] = True
        return changed
    found: Mask = np.bincount(owner, minlength=n) != np.bincount(other_owner, minlength=n)
    mine, theirs = ~found[owner], ~found[other_owner]  # of those whose lists are as long, value stands by value
    owner = owner[mine]
    found[owner[value[mine] != other_value[theirs]]] = True
    return found


# -- numbers ---------------------------------------------------------------------------------


def step_places(old: PlanJourney, new: PlanJourney) -> AnyArray | None:
    """The new index of each step of the old design and, from the end on, of each exit; None where all are as they were."""
    (was, were), (are, leave) = ((of.journey.steps, of.journey.exits) for of in (old, new))
    step = {one.key: place for place, one in reversed(list(enumerate(are)))}
    exit_ = {one.key: -1 - place for place, one in reversed(list(enumerate(leave)))}
    # -1 - place of an exit counts from the end, as an index does
    index = [step.get(one.key, GONE) for one in was] + [exit_.get(one.key, GONE) for one in reversed(were)]
    return None if index == [*range(len(was)), *range(-len(were), 0)] else np.array(index, np.int16)
