"""Walk on from where a journey was edited: whoever arrived there sets out again, everything before it stands.

Works on the rows of a journey whose instances each go one way (`trail.leaves_trail`): what comes after the first
arrival behind the edit is the last part of an instance's visits, and is put in place of what came there before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engage_desktop.engine.arrays import NEVER, AnyArray, expand, first_of_each
from engage_desktop.engine.exchange import laid, put
from engage_desktop.engine.exits import ExitTimes
from engage_desktop.engine.left_behind import Ends, WalkResult
from engage_desktop.engine.plan import PlanExit, PlanJourney
from engage_desktop.engine.rows import by_time
from engage_desktop.engine.run import TABLES, Table, Texts, stack
from engage_desktop.engine.tokens import Entries, Tokens
from engage_desktop.engine.touched import GONE
from engage_desktop.engine.trail import Arrival, TracedWalk, Trail, leaves_trail
from engage_desktop.engine.view import View

ViewOf = Callable[[AnyArray], tuple[View, AnyArray | None]]
"""A view of some profiles (ascending), and what is added to the rows of each; None: everybody's, as they are."""


def can_resume(old: PlanJourney, new: PlanJourney) -> bool:
    """Whether the two differ by steps alone."""
    same = [repr((one.entry, one.exits, one.context)) for one in (old, new)]
    return leaves_trail(old) and leaves_trail(new) and same[0] == same[1]


def below(journey: PlanJourney, keys: Collection[str]) -> set[str]:
    """The steps with these keys and all that can be reached from them."""
    found = set(keys)
    for step in journey.steps:  # in topological order
        if step.key in found:
            found |= {journey.steps[target].key for target in step.targets if target >= 0}
    return found


@dataclass(eq=False)
class Again:
    """The instances that walk on, ascending places in `instances`, and the first visit that each makes anew."""

    instances: AnyArray
    seq: AnyArray
    shift: AnyArray | None
    """What is added to rows of the log for each; None: nothing."""
    local: AnyArray
    """The place here of each of all instances, where it is here."""


def resume(
    new: PlanJourney,
    behind: set[str],
    rows: Mapping[str, Table],
    trail: Trail,
    view_of: ViewOf,
    to: int,
    texts: Texts,
    cancelled: Callable[[], bool] | None,
) -> tuple[dict[str, Table], Trail | None]:
    """Rows and trail of the journey with `behind` walked anew; no trail where it has become too long. `rows`, and steps in
    the trail, are numbered as in `new`."""
    starts = [one for one in trail.arrivals if one.target in behind and one.origin not in behind]
    kept = [one for one in trail.arrivals if one.target not in behind]
    if not starts:
        return dict(rows), replace(trail, arrivals=tuple(kept))
    instance = np.concatenate([one.tokens.instance for one in starts])
    order = np.argsort(instance, kind="stable")
    instances = instance[order].astype(np.int64)
    seq = np.concatenate([one.tokens.seq for one in starts])[order]
    profile = trail.entries.profile[instances]
    first = first_of_each(profile)
    view, shifts = view_of(profile[first])
    own = profile if shifts is None else (np.cumsum(first) - 1).astype(np.int32)
    local = np.zeros(len(trail.entries), np.int32)
    local[instances] = np.arange(len(instances))
    again = Again(instances, seq, None if shifts is None else shifts[own], local)
    entries = _here_entries(trail.entries, again, own)
    exits = _here_exits(trail.exits, again, view.no_row)
    steps = [GONE, *(index for index, step in enumerate(new.journey.steps) if step.key in behind)]
    sent = _sent(rows, steps, again, local)
    walk = _ResumedWalk(exits, sent, new, entries, view, to, texts, cancelled)
    place = {step.key: at for at, step in enumerate(new.steps)}
    for one in starts:
        walk.pending[place[one.target]].append(_here(one.tokens, entries, again))
    result = walk.run()
    found = dict(rows)
    found["instances"] = _ended(rows["instances"], result.ends, again)
    ids = np.sort(np.concatenate([one.tokens.instance for one in trail.arrivals if one.origin is None]))
    found["visits"] = _visits(new, rows, result, again, ids)
    for name, time in (("messages", "due_at"), ("deliveries", "changed_at")):
        found[name] = _told(new, rows, name, time, getattr(result, name), again, steps)
    if walk.arrivals is None:
        return found, None
    back = [Arrival(one.origin, one.target, _back(one.tokens, trail.entries, again)) for one in walk.arrivals]
    return found, replace(trail, arrivals=(*kept, *starts, *back))


class _ResumedWalk(TracedWalk):
    """Sets out from arrivals that are pending already, with exits that are known and messages from before."""

    def __init__(self, exits: ExitTimes, sent: Table, *asked: Any) -> None:
        self._known, self._sent = exits, sent
        super().__init__(*asked)

    def run(self) -> WalkResult:
        self.result.messages.append(self._sent)  # what exits tell of an instance rests on its messages (D-27)
        result = super().run()
        del result.messages[0]
        return result

    def _exit_times(self, rules: tuple[PlanExit, ...]) -> ExitTimes:
        return self._known

    def _set_out(self) -> None:
        pass


# -- tokens ---------------------------------------------------------------------------------


def _here_entries(entries: Entries, again: Again, own: AnyArray) -> Entries:
    at = again.instances
    row = entries.row[at]
    if again.shift is not None and entries.by_event:
        row = row + again.shift
    return Entries(own, entries.time[at], row, entries.by_event)


def _here_exits(exits: ExitTimes, again: Again, no_row: int) -> ExitTimes:
    columns = {name: None if one is None else one[again.instances] for name, one in vars(exits).items()}
    row, time = columns["row"], columns["row_time"]
    if row is not None and again.shift is not None:
        columns["row"] = np.where(time == NEVER, no_row, row + again.shift)
    return ExitTimes(**columns)


def _here(tokens: Tokens, entries: Entries, again: Again) -> Tokens:
    """The tokens of a trail as those of the instances that walk on."""
    instance = again.local[tokens.instance]
    return _moved(tokens, entries, instance, None if again.shift is None else again.shift[instance])


def _back(tokens: Tokens, entries: Entries, again: Again) -> Tokens:
    """The other way."""
    instance = again.instances[tokens.instance].astype(np.int32)
    return _moved(tokens, entries, instance, None if again.shift is None else -again.shift[tokens.instance])


def _moved(tokens: Tokens, entries: Entries, instance: AnyArray, shift: AnyArray | None) -> Tokens:
    found = tokens.take(slice(None))  # type: ignore[arg-type]  # a slice selects all
    found.entries, found.instance, found.profile = entries, instance, entries.profile[instance]
    if shift is not None:
        found.row = np.where(tokens.on_event, tokens.row + shift, -1)
        if tokens.captures is not None:
            found.captures = np.where(tokens.captures >= 0, tokens.captures + shift[:, None], -1)
    return found


# -- rows -----------------------------------------------------------------------------------


def _ended(instances: Table, ends: Ends, again: Again) -> Table:
    found = dict(instances)
    for name, values in (
        ("ended_at", ends.time), ("outcome", ends.outcome), ("detail", ends.detail), ("kind", ends.assumed),
    ):  # fmt: skip
        found[name] = found[name].copy()
        found[name][again.instances] = values
    return found


def _visits(
    journey: PlanJourney, rows: Mapping[str, Table], result: WalkResult, again: Again, visited: AnyArray
) -> Table:
    """The visits of each instance up to its arrival, then the new ones. `visited`: the instances that made any."""
    table = rows["visits"]
    heads = np.flatnonzero(table["seq"] == 0)  # one of each that made a visit, in their order
    place = (
        again.instances
        if len(visited) == len(rows["instances"]["profile"])
        else np.searchsorted(visited, again.instances)
    )
    start = heads[place] + again.seq
    count = np.append(heads, len(table["seq"]))[place + 1] - start
    fresh = _columns(journey, rows, result.visits, "visits", again)
    here = fresh.pop("@")
    more = np.bincount(here, minlength=len(again.instances)) - count
    if not more.any():  # as many as before: they take the same places
        place = (start - again.seq)[here] + fresh["seq"]
        same = ("journey", "profile", "instance", "seq")
        return {name: one if name in same else put(one.copy(), place, fresh[name]) for name, one in table.items()}
    place = (start - again.seq + np.cumsum(more) - more)[here] + fresh["seq"]
    return laid(table, _others(len(table["seq"]), expand(start, count)[0]), fresh, place)


def _told(
    journey: PlanJourney,
    rows: Mapping[str, Table],
    name: str,
    time: str,
    batches: list[Table],
    again: Again,
    steps: list[int],
) -> Table:
    """Messages or deliveries: those of the steps behind are others now; of one instance they sort by (time, step)."""
    table = rows[name]
    whose = _whose(rows, table)
    walks_on = np.zeros(len(rows["instances"]["profile"]), np.bool_)
    walks_on[again.instances] = True
    among = walks_on[whose]
    gone = np.isin(table["step"], steps) | ((table["step"] < 0) & among)  # what exits tell is told anew
    fresh = _columns(journey, rows, batches, name, again)
    here = fresh.pop("@")
    if not gone.any() and not len(here):
        return table
    stays = np.flatnonzero(~gone & among)
    fresh = stack([{one: column[stays] for one, column in table.items()}, fresh], TABLES[name])
    owner = np.concatenate([whose[stays], again.instances[here]])
    if len(owner):
        order = by_time(journey, owner, fresh[time], fresh["step"])
        if order is not None:
            fresh, owner = {one: column[order] for one, column in fresh.items()}, owner[order]
    others = np.flatnonzero(~among)
    return laid(table, others, fresh, np.searchsorted(whose[others], owner) + np.arange(len(owner)))


def _whose(rows: Mapping[str, Table], table: Table) -> AnyArray:
    """The instance of each row of a table, as a place in `instances`."""
    found: AnyArray = np.searchsorted(rows["instances"]["profile"], table["profile"]) + table["instance"] - 1
    return found


def _sent(rows: Mapping[str, Table], steps: list[int], again: Again, local: AnyArray) -> Table:
    """The messages that those who walk on were sent before."""
    table = rows["messages"]
    whose = _whose(rows, table)
    walks_on = np.zeros(len(rows["instances"]["profile"]), np.bool_)
    walks_on[again.instances] = True
    stays = walks_on[whose] & ~np.isin(table["step"], steps)
    return {name: column[stays] for name, column in table.items()} | {"instance": local[whose[stays]]}


def _columns(journey: PlanJourney, rows: Mapping[str, Table], batches: list[Table], name: str, again: Again) -> Table:
    """Rows of a walk as they came, in the columns of a table; `@` says of which of those that walk on."""
    here = np.concatenate([np.empty(0, np.int32), *(batch["instance"] for batch in batches)])
    at = again.instances[here]
    found: Table = {"@": here}
    for one, dtype in TABLES[name].items():
        if one in ("journey", "campaign"):
            found[one] = np.full(len(here), journey.index, dtype)
        elif one in ("profile", "instance", "identifier"):
            found[one] = rows["instances"][one][at]
        else:
            found[one] = np.concatenate([np.empty(0, dtype), *(batch[one] for batch in batches)]).astype(
                dtype, copy=False
            )
    return found


def _others(n: int, gone: AnyArray) -> AnyArray:
    keep = np.ones(n, np.bool_)
    keep[gone] = False
    return np.flatnonzero(keep)
