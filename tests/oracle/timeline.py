"""All journeys of all people on one timeline: the phases of D-12 one after the other, each over the journeys in file order.

Inside an instant nobody has to do with anybody else; what somebody writes, others see from the next microsecond on (D-37).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable

from tests.oracle.instance import Due
from tests.oracle.journeys import Walk
from tests.oracle.log import Call
from tests.oracle.state import State

MOST_INSTANCES = 25  # J2-39: active at once, of all journeys that enforce limits
MOST_EVENTS = 25  # J2-39: a second
A_SECOND = 1_000_000

Settle = Callable[[Due], bool]


class Timeline:
    """Works off every instant of the window (D-17), for each person with their journeys and what settles a message: the
    policy of an instant (D-49), true where it is dropped."""

    def __init__(self, people: list[list[tuple[Walk, Settle]]]) -> None:
        self.people = [walks for walks in people if walks]
        self._hearers: dict[int, list[Walk]] = {}
        for walks in self.people:
            everything = [walk for walk, _ in walks]
            surplus = _surplus(everything[0].state.person.events)
            for walk in everything:
                counted = everything if walk.rules.instances_of_all_journeys_count else [walk]
                walk.prepare(
                    lambda among=counted: sum(one.active_instances for one in among) >= MOST_INSTANCES,  # type: ignore[misc]
                    surplus,
                )

    def work_off(self) -> None:
        while agendas := [walk.agenda[0] for walks in self.people for walk, _ in walks if walk.agenda]:
            t = min(agendas)
            for walks in self.people:
                here = [(walk, settle) for walk, settle in walks if walk.agenda and walk.agenda[0] == t]
                if here:
                    _instant(here, t)
            for walks in self.people:
                if walks[0][0].state.writes.made:
                    self._publish(walks[0][0].state, t)

    def _publish(self, state: State, t: int) -> None:
        """D-51: what was written at t is public from t + 1 microsecond on, and may move whoever hears of it; what was
        dropped is then no longer seen by its own instance either."""
        state.writes.publish()
        if not state.rules.a_write_is_an_instant:
            return
        for walk in self._who_hears_of(state):
            heapq.heappush(walk.agenda, t + 1)
            walk.changes.add(t + 1)

    def _who_hears_of(self, state: State) -> list[Walk]:
        """The journeys of the person, and of everybody who shares an account with them (AU-23)."""
        if id(state) not in self._hearers:
            all_walks = [walk for walks in self.people for walk, _ in walks]
            reach = state.rules.writes_reach_who_shares_an_account
            self._hearers[id(state)] = [
                walk for walk in all_walks if walk.state is state or (reach and state in state.world.around(walk.state))
            ]
        return self._hearers[id(state)]


def _instant(here: list[tuple[Walk, Settle]], t: int) -> None:
    """One instant of one person, in the journeys that have it on their agenda."""
    for walk, _ in here:
        while walk.agenda and walk.agenda[0] == t:
            heapq.heappop(walk.agenda)
    one = here[0][0]
    if t > one.last and one.rules.nothing_moves_after_the_end:
        return
    for number, phase in enumerate(one.phases):
        if phase == one.events:
            for event in [event for event in one.state.person.events if event.time == t]:
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
