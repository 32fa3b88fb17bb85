"""Who is who: identity resolution over the whole log at once (ID-1..ID-6, D-6, D-47, D-54).

Calls are taken in the order of D-2 over all people. Only the first call of each distinct
combination of identifiers matters, for a repetition always resolves to the same profile: the
sets that break a limit only grow. Combinations that share identifiers form components; a
component that stays within every limit as a whole is one profile, in the others the rules are
played through one combination at a time. (ID-8 cannot bite: a profile within the default
limits has at most 11 identifiers, hence at most 10 merges.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LIMITS = (1, 5, 5)
"""Values per profile, ever: user_id, email, anonymous_id (D-47). The order is the priority (ID-3)."""
TYPE_NAMES = ("user_id", "email", "anonymous_id")


@dataclass(frozen=True, slots=True)
class Resolution:
    """Profiles in code-point order of their text ids.

    profile: int32[calls], -1 where a call has no identifier. Identifiers are sorted by (profile,
    type, first call): `identifier_profile` int32, `identifier_type` int8 (index in TYPE_NAMES),
    `identifier_code` int32 and `identifier_time` int64, the first call of that profile showing it.
    dropped: (call, type, code) of identifiers that a limit kept away (ID-4)."""

    profile: NDArray[np.int32]
    texts: list[str]
    identifier_profile: NDArray[np.int32]
    identifier_type: NDArray[np.int8]
    identifier_code: NDArray[np.int32]
    identifier_time: NDArray[np.int64]
    dropped: list[tuple[int, int, int]]


def resolve(
    codes: NDArray[np.int32],
    combination: NDArray[np.int32],
    values: tuple[list[str], list[str], list[str]],
    time: NDArray[np.int64],
    order: NDArray[np.intp],
) -> Resolution:
    """Assign a profile to every call. `codes` is int32[3, combinations], the user, email and anonymous id
    (negative = none or blocked) indexing `values`; `combination` is that of each call; `order` sorts the
    calls by D-2 and leaves out duplicates."""
    sizes = tuple(map(len, values))
    first, combination_of = _by_first_call(combination[order], codes.shape[1])
    # combinations in the order of their first call; node = identifier, numbered over all types
    combinations = codes[:, combination[order[first]]]
    offsets = np.array([0, sizes[0], sizes[0] + sizes[1]])
    nodes = np.where(combinations >= 0, combinations + offsets[:, None], -1)
    used = np.nonzero((nodes >= 0).any(axis=0))[0]
    owner_of_node = np.full(sum(sizes), -1, dtype=np.int64)
    owner_of_combination = np.full(len(first), -1, dtype=np.int64)
    component = _components(nodes, sum(sizes))
    label = np.append(component, -1)[nodes].max(axis=0)  # node -1 reads the -1 at the end
    risky = _risky(component, nodes, sizes)
    safe = used[~risky[label[used]]]
    owner_of_combination[safe] = label[safe]
    in_safe = nodes[:, safe]
    for row in in_safe:
        present = row >= 0
        owner_of_node[row[present]] = component[row[present]]
    dropped: list[tuple[int, int, int]] = []
    if len(safe) < len(used):
        _play(nodes, used[risky[label[used]]], owner_of_node, owner_of_combination, len(component), dropped)
    return _number(
        len(order),
        order,
        time,
        first,
        combination_of,
        nodes,
        owner_of_node,
        owner_of_combination,
        values,
        offsets,
        dropped,
        len(combination),
    )


def _by_first_call(combination: NDArray[np.int32], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First position of every combination that occurs, ascending, and the rank of each call's combination there."""
    first = np.full(count, len(combination), dtype=np.intp)
    first[combination[::-1]] = np.arange(len(combination) - 1, -1, -1)  # of several writes the last one stays
    occurring = np.nonzero(first < len(combination))[0]
    by_first = occurring[np.argsort(first[occurring])]
    rank = np.empty(count, dtype=np.intp)
    rank[by_first] = np.arange(len(by_first))
    return first[by_first], rank[combination]


def _components(nodes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Connected components of the identifiers, int64[count]; combinations connect what they hold."""
    pairs = [(nodes[a], nodes[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    left = np.concatenate([a[(a >= 0) & (b >= 0)] for a, b in pairs])
    right = np.concatenate([b[(a >= 0) & (b >= 0)] for a, b in pairs])
    if len(left) < 20_000:  # scipy takes longer to import than this does
        parent = list(range(count))
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            a, b = _find(parent, a), _find(parent, b)
            if a != b:
                parent[max(a, b)] = min(a, b)
        return np.array([_find(parent, node) for node in range(count)], dtype=np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64)  # type: ignore[no-any-return]


def _find(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _risky(component: NDArray[np.int64], nodes: NDArray[np.int64], sizes: tuple[int, ...]) -> NDArray[np.bool_]:
    """Per component: whether all its identifiers together would break a limit."""
    count = len(component)
    risky = np.zeros(count, dtype=bool)
    start = 0
    for row, size, limit in zip(nodes, sizes, LIMITS, strict=True):
        seen = np.zeros(count, dtype=bool)
        seen[row[row >= 0]] = True
        inside = np.arange(start, start + size)
        inside = inside[seen[inside]]
        risky |= np.bincount(component[inside], minlength=count) > limit
        start += size
    return risky


def _play(
    nodes: NDArray[np.int64],
    combinations: NDArray[np.intp],
    owner_of_node: NDArray[np.int64],
    owner_of_combination: NDArray[np.int64],
    next_profile: int,
    dropped: list[tuple[int, int, int]],
) -> None:
    """ID-1, ID-3, ID-4 one combination at a time. Profiles are numbered from `next_profile` in order of birth,
    so the smaller number is the older one and survives a merge."""
    parent: dict[int, int] = {}
    held: dict[int, tuple[set[int], set[int], set[int]]] = {}
    owner: dict[int, int] = {}

    def find(profile: int) -> int:
        while parent[profile] != profile:
            parent[profile] = parent[parent[profile]]
            profile = parent[profile]
        return profile

    birth: list[tuple[int, int]] = []
    for combination, column in zip(combinations.tolist(), nodes[:, combinations].T.tolist(), strict=True):
        ids = [(kind, node) for kind, node in enumerate(column) if node >= 0]
        while True:
            matched = sorted({find(owner[node]) for _, node in ids if node in owner})
            union: tuple[set[int], set[int], set[int]] = (set(), set(), set())
            for profile in matched:
                for part, more in zip(union, held[profile], strict=True):
                    part |= more
            for kind, node in ids:
                union[kind].add(node)
            if all(len(part) <= limit for part, limit in zip(union, LIMITS, strict=True)):
                break
            kind, node = ids.pop()
            dropped.append((combination, kind, node))
        if matched:
            survivor = matched[0]
        else:
            survivor = next_profile
            next_profile += 1
            parent[survivor] = survivor
        for profile in matched[1:]:
            parent[profile] = survivor
            del held[profile]
        held[survivor] = union
        for _, node in ids:
            owner[node] = survivor
        birth.append((combination, survivor))
    for node, profile in owner.items():
        owner_of_node[node] = find(profile)
    for combination, profile in birth:
        owner_of_combination[combination] = find(profile)


def _number(
    kept: int,
    order: NDArray[np.intp],
    time: NDArray[np.int64],
    first: NDArray[np.intp],
    combination_of: NDArray[np.intp],
    nodes: NDArray[np.int64],
    owner_of_node: NDArray[np.int64],
    owner_of_combination: NDArray[np.int64],
    values: tuple[list[str], list[str], list[str]],
    offsets: NDArray[np.int64],
    dropped: list[tuple[int, int, int]],
    calls: int,
) -> Resolution:
    """Give profiles their text ids and numbers, and every attached identifier its first instant."""
    count = len(owner_of_node)
    never = kept
    first_seen = np.full(count, never, dtype=np.int64)  # position in `order`
    for row in nodes:
        present = (row >= 0) & (owner_of_combination >= 0)
        present[present] = owner_of_node[row[present]] == owner_of_combination[present]
        np.minimum.at(first_seen, row[present], first[present])
    attached = np.nonzero((owner_of_node >= 0) & (first_seen < never))[0]
    kind_of = np.searchsorted(offsets, attached, side="right") - 1
    # an empty type shares its offset with the next one; the last such type owns the node
    owners = owner_of_node[attached]
    by = np.lexsort((first_seen[attached], kind_of, owners))
    attached, kind_of, owners = attached[by], kind_of[by], owners[by]
    heads = np.nonzero(np.diff(owners, prepend=-1))[0]
    code_of = attached - offsets[kind_of]
    texts = [values[kind][code] for kind, code in zip(kind_of[heads].tolist(), code_of[heads].tolist(), strict=True)]
    texts = _distinct(texts, kind_of[heads].tolist())
    by_text = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.empty(len(texts), dtype=np.int32)
    rank[by_text] = np.arange(len(texts), dtype=np.int32)
    number_of_owner = np.full(int(owners[-1]) + 2 if len(owners) else 1, -1, dtype=np.int32)
    number_of_owner[owners[heads]] = rank
    profile = np.full(calls, -1, dtype=np.int32)
    profile[order] = number_of_owner[owner_of_combination][combination_of]
    numbers = number_of_owner[owners]
    by_number = np.argsort(numbers, kind="stable")
    return Resolution(
        profile=profile,
        texts=[texts[i] for i in by_text],
        identifier_profile=numbers[by_number],
        identifier_type=kind_of[by_number].astype(np.int8),
        identifier_code=code_of[by_number].astype(np.int32),
        identifier_time=time[order[first_seen[attached]]][by_number],
        dropped=[(int(order[first[where]]), kind, node - int(offsets[kind])) for where, kind, node in dropped],
    )


def _distinct(texts: list[str], kinds: list[int]) -> list[str]:
    """Text ids made distinct: where two profiles would share one, the weaker identifier is written `type:value`."""
    if len(set(texts)) == len(texts):
        return texts
    taken: set[str] = set()
    result = list(texts)
    for i in sorted(range(len(texts)), key=lambda i: (kinds[i], texts[i])):
        while result[i] in taken:
            result[i] = f"{TYPE_NAMES[kinds[i]]}:{result[i]}"
        taken.add(result[i])
    return result
