"""What one path of an instance sets, another sees in that very instant, in the order in which it is worked off (D-12, D-51).

Steps are walked one after the other, so what a path farther back will set is not known yet when another asks. It is
known from the wave before (`waves`): here are the sets of that wave, by instance and moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Instants, first_of_each
from engage_desktop.engine.own import Own
from engage_desktop.engine.run import Table
from engage_desktop.engine.steps.base import CONDITION, EVENT
from engage_desktop.engine.tokens import Entries, Tokens

if TYPE_CHECKING:
    from engage_desktop.engine.definitions import Node
    from engage_desktop.engine.view import View

COLUMNS = ("profile", "entered_at", "entry_row", "time", "phase", "own_row", "rank", "place")
"""Of a table of sets. Rows are counted from the first event of their instant (-1, 0: none), so that they mean the same in
any part of a log, whatever is added to it; `place` is that of the step in the journey."""
_MOMENT = ("time", "phase", "own_row", "rank", "place")


def noted(tokens: Tokens, place: int, view: View) -> Table:
    """Tokens that pass a step that sets a trait, as rows of such a table (and their `instance` and `row` in the walk)."""
    assert tokens.phase is not None
    assert tokens.rank is not None
    first = view.first_row_after(tokens.profile, tokens.time - 1)
    return {
        "instance": tokens.instance,
        "profile": tokens.profile,
        "entered_at": tokens.entered_at,
        "entry_row": view.rank_of(tokens.entries)[tokens.instance],
        "time": tokens.time,
        "phase": tokens.phase.astype(np.int64),
        "row": np.where(tokens.phase == EVENT, tokens.row, 0),
        "own_row": np.where(tokens.phase == EVENT, tokens.row - first, 0),
        "rank": tokens.rank,
        "place": np.full(len(tokens), place),
    }


class Siblings:
    """The sets of the instances of one walk."""

    def __init__(self, own: Own, entries: Entries, view: View, known: Table) -> None:
        self.own, self.view, self.entries = own, view, entries
        mine = (entries.profile, entries.time, view.rank_of(entries))
        instance = places(mine, tuple(known[name] for name in ("profile", "entered_at", "entry_row")))
        trait = np.array([own.traits.index(name) if name in own.traits else -1 for name, _ in own.what])
        keep = (instance >= 0) & (trait[known["place"]] >= 0)
        self.instance = instance[keep]
        self.moment = {name: known[name][keep] for name in _MOMENT}
        self.trait = trait[self.moment["place"]]

    def before(self, instance: AnyArray, moment: Table) -> AnyArray:
        """For each instance and moment the step that set each trait last before it in its instant, -1 for none."""
        found = self.own.none(len(instance))
        for trait in range(len(self.own.traits)):
            at = np.flatnonzero(self.trait == trait)
            keys = [np.concatenate([moment[name], self.moment[name][at]]) for name in _MOMENT]
            who = np.concatenate([instance, self.instance[at]])
            is_set = np.arange(len(who)) >= len(instance)
            order = np.lexsort((is_set, *reversed(keys), who))
            last = np.maximum.accumulate(np.where(is_set[order], np.arange(len(order)), -1))
            last = np.where(last >= 0, order[last], -1)
            asked = order < len(instance)
            one, last = order[asked], last[asked]
            same = (last >= 0) & (who[last] == who[one]) & (keys[0][last] == keys[0][one])
            place = self.moment["place"][at][np.maximum(last - len(instance), 0)] if len(at) else last
            found[one, trait] = np.where(same, place, -1)
        return found

    def of(self, tokens: Tokens, place: int) -> AnyArray:
        """The same for tokens that arrive at the step at a place."""
        assert tokens.phase is not None
        assert tokens.rank is not None
        row = np.where(tokens.phase == EVENT, tokens.row - self._first(tokens), 0)
        moment: Table = {"time": tokens.time, "phase": tokens.phase, "own_row": row, "rank": tokens.rank}
        return self.before(tokens.instance, {**moment, "place": np.full(len(tokens), place)})

    def _first(self, tokens: Tokens) -> AnyArray:
        """The first event of each token's instant."""
        return self.view.first_row_after(tokens.profile, tokens.time - 1)

    def asked_again(self, found: Instants, node: Node, tokens: Tokens) -> Instants:
        """When `node` first holds of tokens that wait: in the phase of waits they see what events have set (D-12).

        `found`: when it does but for that.
        """
        assert tokens.phase is not None
        assert tokens.rank is not None
        instance, instants = self._instants()
        low = np.searchsorted(instance, tokens.instance, "left")
        high = np.searchsorted(instance, tokens.instance, "right")
        for turn in range(int((high - low).max(initial=0))):
            at = np.flatnonzero(low + turn < high)
            time = instants[low[at] + turn]
            after, due = time > tokens.time[at], found[at] > tokens.time[at]  # what held on arrival is settled
            here = after | ((time == tokens.time[at]) & due & (tokens.phase[at] <= EVENT))
            at, time = at[here & (time <= found[at])], time[here & (time <= found[at])]
            if not at.size:
                continue
            some = tokens.take(at)
            some.time = time
            zero = np.zeros(len(at), np.int64)
            moment = {
                "time": time,
                "phase": zero + CONDITION,
                "own_row": zero,
                "rank": tokens.rank[at],
                "place": zero - 1,
            }
            some.own = self.before(some.instance, moment)
            sees = self.own.who(node, some)
            says = self.view.holds(node, some)[sees]
            found[at[sees[says]]] = time[sees[says]]
            wrong = at[sees[~says]]
            wrong = wrong[found[wrong] == time[sees[~says]]]
            if wrong.size:  # what everybody sees is not what this instance sees; it is asked again later
                later = tokens.take(wrong)
                later.time, later.own = found[wrong] + 1, self.own.none(len(wrong))
                found[wrong] = self.view.public_first_holding(node, later)
        return found

    def exits(self, node: Node, found: Instants) -> Instants:
        """When an exit by condition first takes each instance, in its phase: after what events of the instant have set."""
        instance, instants = self._instants()
        n = len(instance)
        zero = np.zeros(n, np.int64)
        moment = {"time": instants, "phase": zero + CONDITION, "own_row": zero - 1, "rank": zero - 1, "place": zero - 1}
        entries = self.entries
        falses = np.zeros(n, np.bool_)
        some = Tokens(
            entries, instance.astype(np.int32), entries.profile[instance], instants, zero, falses,
            zero.astype(np.int32), falses, falses, own=self.before(instance, moment),
        )  # fmt: skip
        names = self.view.names
        if names is not None:
            some.captures = np.full((n, max(len(names.names), 1)), -1, np.int64)
        says = self.view.exits_at_once(node, some)
        found = found.copy()
        np.minimum.at(found, instance[says], instants[says])
        return found

    def _instants(self) -> tuple[AnyArray, Instants]:
        """Instances and the instants at which they set something, each once, in order."""
        time = self.moment["time"]
        order = np.lexsort((time, self.instance))
        instance, time = self.instance[order], time[order]
        new = first_of_each(instance)
        new[1:] |= time[1:] != time[:-1]
        return instance[new], time[new]


def places(among: tuple[AnyArray, ...], asked: tuple[AnyArray, ...]) -> AnyArray:
    """The place of each key among distinct keys, -1 where it is not there."""
    n = len(among[0])
    keys = [np.concatenate([one, other]) for one, other in zip(among, asked, strict=True)]
    is_asked = np.arange(len(keys[0])) >= n
    order = np.lexsort((is_asked, *reversed(keys)))
    last = np.maximum.accumulate(np.where(is_asked[order], -1, np.arange(len(order))))
    last = np.where(last >= 0, order[last], -1)
    same = last >= 0
    for key in keys:
        same &= key[last] == key[order]
    found = np.full(len(asked[0]), -1, np.int64)
    mine = order >= n
    found[order[mine] - n] = np.where(same, last, -1)[mine]
    return found


NO_SETS: Table = {name: np.empty(0, np.int64) for name in COLUMNS}


def all_sets(tables: list[Table]) -> Table:
    """Batches of sets as one table."""
    return {name: np.concatenate([table[name] for table in tables]) for name in COLUMNS} if tables else NO_SETS


def of_people(sets: Table, people: AnyArray) -> Table:
    """The sets of some people (ascending), numbered as their places among these."""
    place = np.minimum(np.searchsorted(people, sets["profile"]), max(len(people) - 1, 0))
    keep = people[place] == sets["profile"] if len(people) else np.zeros(len(place), np.bool_)
    return {name: column[keep] for name, column in sets.items()} | {"profile": place[keep]}
