"""Who is who: identity resolution over the whole log at once (ID-1..ID-8, D-6, D-47, D-54).

Calls are taken in the order of D-2 over all people. Combinations of identifiers that share one form
components; a component that stays within every limit as a whole is one profile, in the others the
rules are played through. There only the first call of each distinct combination matters as long as limits
count for ever, for a repetition resolves to the same profile: the sets that break a limit only grow. A limit with
a period forgets, so what did not fit may fit later: components it can touch are played call by call.
What is played is called a *unit*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.combinations import Coded
from engage_desktop.events.identifiers import Identifiers
from engage_desktop.events.play import MAX_MAPPINGS, MAX_MERGES, Dropped, Game


@dataclass(frozen=True, slots=True)
class Resolution:
    """Profiles in code-point order of their text ids.

    profile: int32[calls], -1 where a call has no identifier. Identifiers are sorted by (profile,
    type, first call): `identifier_profile` int32, `identifier_type` int8 (number of the type),
    `identifier_code` int32 and `identifier_time` int64, the first call of that profile showing it.
    dropped: identifiers that a limit kept away (ID-4, ID-8), of each combination once; their `unit` is the
    call, their `node` the code of the value."""

    profile: NDArray[np.int32]
    texts: list[str]
    identifier_profile: NDArray[np.int32]
    identifier_type: NDArray[np.int8]
    identifier_code: NDArray[np.int32]
    identifier_time: NDArray[np.int64]
    dropped: list[Dropped]


@dataclass(slots=True)
class _Units:
    """What is played, in any order. `first` is the position (in `order`) of a unit's first call, `combination` its
    combination by rank of first sight. Nodes are identifiers numbered over all types; `base` holds those of user, email
    and anonymous id, int64[3, units] (-1 = none), (`further_of`, `further`) the others by unit."""

    first: NDArray[np.intp]
    combination: NDArray[np.intp]
    base: NDArray[np.int64]
    further_of: NDArray[np.int64]
    further: NDArray[np.int64]

    def again(self, combination: NDArray[np.intp], position: NDArray[np.intp]) -> _Units:
        """Itself and further units at these positions with the nodes of these combinations (which are its own first
        units)."""
        low, high = (np.searchsorted(self.further_of, combination, side=side) for side in ("left", "right"))
        count = high - low
        rows = np.repeat(low - np.cumsum(count) + count, count) + np.arange(count.sum())
        of = np.repeat(np.arange(len(self.first), len(self.first) + len(combination)), count)
        return _Units(
            np.concatenate([self.first, position]),
            np.concatenate([self.combination, combination]),
            np.concatenate([self.base, self.base[:, combination]], axis=1),
            np.concatenate([self.further_of, of]),
            np.concatenate([self.further, self.further[rows]]),
        )


def resolve(
    coded: Coded,
    combination: NDArray[np.int32],
    values: list[list[str]],
    identifiers: Identifiers,
    time: NDArray[np.int64],
    order: NDArray[np.intp],
) -> Resolution:
    """Assign a profile to every call. `values` are the texts of each type by code; `combination` is that of each call;
    `order` sorts the calls by D-2 and leaves out duplicates."""
    sizes = [len(texts) for texts in values]
    offsets = np.cumsum([0, *sizes])
    units, unit_of = _by_first_call(coded, combination[order], offsets)
    component, anchor = _components(units, int(offsets[-1]))
    label = np.append(component, -1)[anchor]  # node -1 reads the -1 at the end
    used = np.nonzero(anchor >= 0)[0]
    risky, timed = _risky(component, units, identifiers, offsets)
    owner_of_node = np.full(len(component), -1, dtype=np.int64)
    owner_of_unit = np.full(len(units.first), -1, dtype=np.int64)
    safe = used[~risky[label[used]]]
    owner_of_unit[safe] = label[safe]
    _own(owner_of_node, component, owner_of_unit, units)
    dropped: list[Dropped] = []
    if len(safe) < len(used):
        of_timed = timed[label] & (anchor >= 0)
        if of_timed.any():
            units, unit_of = _every_call(units, unit_of, of_timed)
            owner_of_unit = np.append(owner_of_unit, np.full(len(units.first) - len(owner_of_unit), -1))
            label, anchor = label[units.combination], anchor[units.combination]
        played = np.nonzero((anchor >= 0) & risky[label])[0]
        game = Game(identifiers.types, identifiers.by_rank, len(component))
        _play(game, units, played[np.argsort(units.first[played])], identifiers, offsets, time[order])
        for found, owners in zip(game.owners(), (owner_of_node, owner_of_unit), strict=True):
            for one, profile in found:
                owners[one] = profile
        dropped = _once(game.dropped, units, order, offsets)
    return _number(
        order, time, units, unit_of, owner_of_node, owner_of_unit, values, identifiers, dropped, len(combination)
    )


def _by_first_call(
    coded: Coded, combination: NDArray[np.int32], offsets: NDArray[np.int64]
) -> tuple[_Units, NDArray[np.intp]]:
    """A unit for every combination that occurs, in the order of their first calls, and the unit of each call."""
    first = np.full(coded.base.shape[1], len(combination), dtype=np.intp)
    first[combination[::-1]] = np.arange(len(combination) - 1, -1, -1)  # of several writes the last one stays
    occurring = np.nonzero(first < len(combination))[0]
    by_first = occurring[np.argsort(first[occurring])]
    rank = np.full(len(first), -1, dtype=np.intp)
    rank[by_first] = np.arange(len(by_first))
    codes = coded.base[:, by_first]
    base: NDArray[np.int64] = np.where(codes >= 0, codes + offsets[:3, None], -1)
    of = rank[coded.of]
    kept = np.nonzero((of >= 0) & (coded.code >= 0))[0]
    kept = kept[np.argsort(of[kept], kind="stable")]
    further = coded.code[kept].astype(np.int64) + offsets[coded.kind[kept]]
    return _Units(first[by_first], np.arange(len(by_first)), base, of[kept], further), rank[combination]


def _every_call(
    units: _Units, unit_of: NDArray[np.intp], of_timed: NDArray[np.bool_]
) -> tuple[_Units, NDArray[np.intp]]:
    """Units for the repetitions too, where `of_timed` says so of their combination."""
    again = np.nonzero(of_timed[unit_of])[0]
    again = again[units.first[unit_of[again]] != again]
    more = units.again(unit_of[again], again)
    unit_of = unit_of.copy()
    unit_of[again] = np.arange(len(units.first), len(more.first))
    return more, unit_of


def _components(units: _Units, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Connected components of the identifiers, int64[count], and of each unit one of its nodes, -1 if it has none."""
    base = units.base
    anchor = np.where(base[0] >= 0, base[0], np.where(base[1] >= 0, base[1], base[2]))
    alone, first = np.unique(units.further_of, return_index=True)
    first, alone = first[anchor[alone] < 0], alone[anchor[alone] < 0]
    anchor[alone] = units.further[first]
    pairs = [(base[a], base[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    pairs = [(a[there], b[there]) for a, b in pairs for there in [(a >= 0) & (b >= 0)]]
    pairs.append((anchor[units.further_of], units.further))
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    if len(left) < 20_000:  # scipy takes longer to import than this does
        parent = list(range(count))
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            a, b = _find(parent, a), _find(parent, b)
            if a != b:
                parent[max(a, b)] = min(a, b)
        return np.array([_find(parent, node) for node in range(count)], dtype=np.int64), anchor
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64), anchor


def _find(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _risky(
    component: NDArray[np.int64], units: _Units, identifiers: Identifiers, offsets: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Per component: whether all its identifiers together would break a limit or could break a cap of ID-8, and
    whether a limit with a period is among those. A profile of n identifiers has had at most n - 1 merges."""
    count = len(component)
    seen = np.zeros(count, dtype=bool)
    for row in units.base:
        seen[row[row >= 0]] = True
    seen[units.further] = True
    risky, timed = np.zeros(count + 1, dtype=bool), np.zeros(count + 1, dtype=bool)
    total = np.zeros(count, dtype=np.int64)
    for kind, one in enumerate(identifiers.types):
        inside = np.arange(offsets[kind], offsets[kind + 1])
        if len(inside):
            number = np.bincount(component[inside[seen[inside]]], minlength=count)
            total += number
            risky[:count] |= number > one.limit
            if one.per_us is not None:
                timed[:count] |= number > one.limit
    risky[:count] |= total > min(MAX_MERGES + 1, MAX_MAPPINGS)
    return risky, timed


def _own(
    owner_of_node: NDArray[np.int64], component: NDArray[np.int64], owner_of_unit: NDArray[np.int64], units: _Units
) -> None:
    """Give the nodes of every unit that has an owner the component as theirs."""
    owned = owner_of_unit >= 0
    for row in units.base:
        present = row[owned & (row >= 0)]
        owner_of_node[present] = component[present]
    further = units.further[owned[units.further_of]]
    owner_of_node[further] = component[further]


def _play(
    game: Game,
    units: _Units,
    played: NDArray[np.intp],
    identifiers: Identifiers,
    offsets: NDArray[np.int64],
    time: NDArray[np.int64],
) -> None:
    """Play the units in the order given, each with its identifiers from the strongest to the weakest; of one type the
    one read first is the stronger."""
    rank = {kind: place for place, kind in enumerate(identifiers.by_rank)}
    further: dict[int, list[tuple[int, int]]] = {}
    here = np.isin(units.further_of, played)
    kinds = np.searchsorted(offsets, units.further[here], side="right") - 1
    for unit, kind, node in zip(
        units.further_of[here].tolist(), kinds.tolist(), units.further[here].tolist(), strict=True
    ):
        further.setdefault(unit, []).append((kind, node))
    times, base = time[units.first[played]].tolist(), units.base[:, played].T.tolist()
    for unit, at, nodes in zip(played.tolist(), times, base, strict=True):
        ids = [(kind, node) for kind, node in enumerate(nodes) if node >= 0] + further.get(unit, [])
        ids.sort(key=lambda one: rank[one[0]])
        game.play(unit, at, ids)


def _once(dropped: list[Dropped], units: _Units, order: NDArray[np.intp], offsets: NDArray[np.int64]) -> list[Dropped]:
    """Of each combination the first time that an identifier stayed off for one reason, as calls and codes."""
    told: dict[tuple[int, int, str], Dropped] = {}
    for one in dropped:
        call, code = int(order[units.first[one.unit]]), one.node - int(offsets[one.kind])
        key = (int(units.combination[one.unit]), one.node, one.code)
        told.setdefault(key, one._replace(unit=call, node=code))
    return list(told.values())


def _number(
    order: NDArray[np.intp],
    time: NDArray[np.int64],
    units: _Units,
    unit_of: NDArray[np.intp],
    owner_of_node: NDArray[np.int64],
    owner_of_unit: NDArray[np.int64],
    values: list[list[str]],
    identifiers: Identifiers,
    dropped: list[Dropped],
    calls: int,
) -> Resolution:
    """Give profiles their text ids and numbers, and every attached identifier its first instant (D-54)."""
    offsets = np.cumsum([0, *map(len, values)])[:-1]
    within = 1 + np.arange(len(units.further)) - np.searchsorted(units.further_of, units.further_of)
    each = int(within.max(initial=0)) + 1
    first_seen = np.full(len(owner_of_node), len(order) * each, dtype=np.int64)  # position in `order` and in its call
    for row in units.base:
        _see(first_seen, row, owner_of_unit, units.first * each, owner_of_node)
    shown = units.first[units.further_of] * each + within
    _see(first_seen, units.further, owner_of_unit[units.further_of], shown, owner_of_node)
    attached = np.nonzero((owner_of_node >= 0) & (first_seen < len(order) * each))[0]
    kind_of = np.searchsorted(offsets, attached, side="right") - 1
    # an empty type shares its offset with the next one; the last such type owns the node
    owners = owner_of_node[attached]
    by = np.lexsort((first_seen[attached], kind_of, owners))
    attached, kind_of, owners = attached[by], kind_of[by], owners[by]
    heads = np.nonzero(np.diff(owners, prepend=-1))[0]
    code_of = attached - offsets[kind_of]
    texts = [values[kind][code] for kind, code in zip(kind_of[heads].tolist(), code_of[heads].tolist(), strict=True)]
    texts = _distinct(texts, kind_of[heads].tolist(), identifiers)
    by_text = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.empty(len(texts), dtype=np.int32)
    rank[by_text] = np.arange(len(texts), dtype=np.int32)
    number_of_owner = np.full(int(owners[-1]) + 2 if len(owners) else 1, -1, dtype=np.int32)
    number_of_owner[owners[heads]] = rank
    profile = np.full(calls, -1, dtype=np.int32)
    profile[order] = number_of_owner[owner_of_unit][unit_of]
    numbers = number_of_owner[owners]
    by_number = np.argsort(numbers, kind="stable")
    return Resolution(
        profile=profile,
        texts=[texts[i] for i in by_text],
        identifier_profile=numbers[by_number],
        identifier_type=kind_of[by_number].astype(np.int8),
        identifier_code=code_of[by_number].astype(np.int32),
        identifier_time=time[order[first_seen[attached] // each]][by_number],
        dropped=dropped,
    )


def _see(
    first_seen: NDArray[np.int64],
    nodes: NDArray[np.int64],
    owner: NDArray[np.int64],
    first: NDArray[np.intp],
    owner_of_node: NDArray[np.int64],
) -> None:
    """Note where an owner of units first shows the nodes that are its own."""
    present = (nodes >= 0) & (owner >= 0)
    present[present] = owner_of_node[nodes[present]] == owner[present]
    np.minimum.at(first_seen, nodes[present], first[present])


def _distinct(texts: list[str], kinds: list[int], identifiers: Identifiers) -> list[str]:
    """Text ids made distinct: where two profiles would share one, the weaker identifier is written `type:value`."""
    if len(set(texts)) == len(texts):
        return texts
    taken: set[str] = set()
    result = list(texts)
    for i in sorted(range(len(texts)), key=lambda i: (kinds[i], texts[i])):
        while result[i] in taken:
            result[i] = f"{identifiers.types[kinds[i]].name}:{result[i]}"
        taken.add(result[i])
    return result
