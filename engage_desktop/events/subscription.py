"""Which subscription state each profile shows when: states of contacts joined with addresses over time (SB-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import TEXT

if TYPE_CHECKING:
    from engage_desktop.events.history import TraitHistory

CURRENT: Final = -1
"""In place of a contact: whatever address the profile has then (D-52)."""


class Told(NamedTuple):
    """States as they were told, all int64: place and profile of the call, its time, the contact (a code, or
    CURRENT), the state. What one call says stands in the order of its effect, the last wins."""

    place: NDArray[np.int64]
    profile: NDArray[np.int64]
    time: NDArray[np.int64]
    contact: NDArray[np.int64]
    state: NDArray[np.int64]


def resolve_states(
    addresses: TraitHistory, told: Told, contacts: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Profile (int32), time (int64) and state (int32, -1 = none) at every change of what a profile shows,
    by profile and time. A profile without an address has a contact of its own, number contacts + profile."""
    n_profiles = len(addresses.start) - 1
    owner = np.repeat(np.arange(n_profiles), np.diff(addresses.start))
    address = np.where(addresses.column.kind == TEXT, addresses.column.code, contacts + owner).astype(np.int64)
    contact = _contact_of(addresses, address, told, contacts)

    # rank: calls by (time, place) over all profiles; what one call does has one rank
    rank = _ranks(np.concatenate([addresses.time, told.time]), np.concatenate([addresses.place, told.place]))
    taken_up, spoken = rank[: len(owner)], rank[len(owner) :]
    end = len(rank) + 1

    # periods of one address: from its rank up to the next one's; before the first, without an address
    last = np.ones(len(owner), dtype=bool)
    last[:-1] = owner[1:] != owner[:-1]
    until = np.full(len(owner), end)
    until[~last] = taken_up[1:][~last[:-1]]
    first_until = np.full(n_profiles, end)
    first_until[owner[::-1]] = taken_up[::-1]
    silent = np.unique(contact[contact >= contacts]) - contacts
    profile = np.concatenate([silent, owner])
    of = np.concatenate([silent + contacts, address])
    start = np.concatenate([np.full(len(silent), -1), taken_up])
    until = np.concatenate([first_until[silent], until])
    time = np.concatenate([np.zeros(len(silent), dtype=np.int64), addresses.time])

    key = contact * (end + 2) + spoken
    by = np.argsort(key, kind="stable")
    key = key[by]
    low = np.searchsorted(key, of * (end + 2) + start, side="right")
    high = np.maximum(np.searchsorted(key, of * (end + 2) + until, side="left"), low)
    known = np.zeros(len(of), dtype=bool)
    known[low > 0] = contact[by][low[low > 0] - 1] == of[low > 0]
    at_start = np.full(len(of), -1)
    at_start[known] = told.state[by][low[known] - 1]

    count = high - low
    during = by[np.repeat(low - np.cumsum(count) + count, count) + np.arange(count.sum())]
    profile = np.concatenate([profile, np.repeat(profile, count)])
    order_key = np.concatenate([start, spoken[during]])
    time = np.concatenate([time, told.time[during]])
    state = np.concatenate([at_start, told.state[during]])
    return _changes(profile, order_key, time, state)


def _contact_of(addresses: TraitHistory, address: NDArray[np.int64], told: Told, contacts: int) -> NDArray[np.int64]:
    """The contact each state is about; a call's own new address counts."""
    at = np.searchsorted(addresses.place, told.place, side="right") - 1
    current = contacts + told.profile
    has = at >= addresses.start[told.profile]
    current[has] = address[at[has]]
    return np.where(told.contact == CURRENT, current, told.contact)


def _ranks(time: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.lexsort((place, time))
    new = np.ones(len(order), dtype=np.int64)
    new[1:] = (np.diff(time[order]) != 0) | (np.diff(place[order]) != 0)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.cumsum(new) - 1
    return ranks


def _changes(
    profile: NDArray[np.int64], rank: NDArray[np.int64], time: NDArray[np.int64], state: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Of each call the last word, then only what differs from before (at first: none)."""
    order = np.lexsort((rank, profile))
    profile, rank, time, state = profile[order], rank[order], time[order], state[order]
    final = np.ones(len(order), dtype=bool)
    final[:-1] = (profile[1:] != profile[:-1]) | (rank[1:] != rank[:-1])
    profile, time, state = profile[final], time[final], state[final]
    before = np.full(len(state), -1)
    before[1:] = np.where(profile[1:] == profile[:-1], state[:-1], -1)
    changed = state != before
    return profile[changed].astype(np.int32), time[changed], state[changed].astype(np.int32)
