"""All journeys of one profile on one timeline: the phases of D-12 one after the other, each over the journeys in file order."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable

from tests.oracle.instance import Due
from tests.oracle.journeys import Walk
from tests.oracle.log import Call

MOST_INSTANCES = 25  # J2-39: active at once, of all journeys that enforce limits
MOST_EVENTS = 25  # J2-39: a second
A_SECOND = 1_000_000

Settle = Callable[[Due], bool]


def work_off(walks: list[tuple[Walk, Settle]]) -> None:
    """Every instant of the window (D-17); `settle` is the policy of an instant (D-49), true where a message is dropped."""
    everything = [walk for walk, _ in walks]
    if not everything:
        return
    events = everything[0].state.person.events
    surplus = _surplus(events)
    for walk in everything:
        counted = everything if walk.rules.instances_of_all_journeys_count else [walk]
        walk.prepare(lambda among=counted: sum(one.active_instances for one in among) >= MOST_INSTANCES, surplus)  # type: ignore[misc]
    while any(walk.agenda for walk in everything):
        t = min(walk.agenda[0] for walk in everything if walk.agenda)
        here = [(walk, settle) for walk, settle in walks if walk.agenda and walk.agenda[0] == t]
        for walk, _ in here:
            while walk.agenda and walk.agenda[0] == t:
                heapq.heappop(walk.agenda)
        if t > everything[0].last:
            continue
        for number in range(len(everything[0].phases)):
            if everything[0].phases[number] == everything[0].events:
                for event in [event for event in events if event.time == t]:
                    for walk, _ in here:
                        walk.event(event, t)
            else:
                for walk, _ in here:
                    walk.phases[number](t)
        for walk, settle in here:
            walk.settle(t, settle)


def _surplus(events: list[Call]) -> set[int]:
    """Positions of the events beyond the 25th of a whole UTC second, in the order of D-2 (AMB-19: the newest are dropped)."""
    counts: Counter[int] = Counter()
    found = set()
    for event in events:
        second = event.time // A_SECOND
        counts[second] += 1
        if counts[second] > MOST_EVENTS:
            found.add(event.position)
    return found
