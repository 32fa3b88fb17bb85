"""All journeys and broadcasts of all people on one timeline: everybody's instants in the order of time (D-25).

Inside an instant nobody has to do with anybody else; what somebody writes, others see from the next microsecond on (D-37).
"""

from __future__ import annotations

import heapq
from collections import Counter

from tests.oracle.broadcasts import Mailing
from tests.oracle.journeys import Walk
from tests.oracle.log import Call
from tests.oracle.state import State
from tests.oracle.traveller import Traveller

MOST_INSTANCES = 25  # J2-39: active at once, of all journeys that enforce limits
MOST_EVENTS = 25  # J2-39: a second
A_SECOND = 1_000_000


class Timeline:
    """Works off every instant of the window up to `last` (D-17), for each person with whatever happens to them."""

    def __init__(self, people: list[Traveller], mailings: list[Mailing], last: int) -> None:
        self.people, self.mailings, self.last = people, mailings, last
        self._by_state = {id(one.state): one for one in people}
        self._hearers: dict[int, list[Walk]] = {}
        for one in people:
            everything = one.walks
            surplus = _surplus(one.state.person.events)
            for walk in everything:
                counted = everything if walk.rules.instances_of_all_journeys_count else [walk]
                walk.prepare(
                    lambda among=counted: sum(one.active_instances for one in among) >= MOST_INSTANCES,  # type: ignore[misc]
                    surplus,
                )

    def work_off(self) -> None:
        while (t := self._next_instant()) is not None:
            self._mail(t)
            for one in self.people:
                if one.next_instant() == t:
                    one.instant(t, self.last)
            for one in self.people:
                if t in one.state.made.instants:
                    self._publish(one.state, t)
        for one in self.people:
            one.outbox.finish()

    def _next_instant(self) -> int | None:
        instants = [instant for one in self.people if (instant := one.next_instant()) is not None]
        instants += [mailing.at for mailing in self.mailings if mailing.at is not None]
        return min(instants, default=None)

    def _mail(self, t: int) -> None:
        """D-26: the lists of t, from what everybody sees at t; what is on them is due then or later."""
        for mailing in [one for one in self.mailings if one.at == t]:
            self.mailings.remove(mailing)
            for state, due in mailing.due():
                self._by_state[id(state)].outbox.put(due)

    def _publish(self, state: State, t: int) -> None:
        """D-51: what was made at t is public from t + 1 microsecond on, and may move whoever hears of it; a write that was
        dropped is then no longer seen by its own instance either."""
        instants = {t + 1} if t in state.made.instants_of_writes and state.rules.a_write_is_an_instant else set()
        events = state.publish(t)
        instants |= {max(instant, t + 1) for instant in state.instants_after(events)}
        for walk in self._who_hears_of(state):
            for instant in instants:
                heapq.heappush(walk.agenda, instant)
                walk.changes.add(instant)
        if not state.rules.limits_do_not_count_generated:
            for walk in self._by_state[id(state)].walks:
                walk.surplus |= _surplus(state.all_events) & {event.position for event in events}

    def _who_hears_of(self, state: State) -> list[Walk]:
        """The journeys of the person, and of everybody who shares an account with them (AU-23)."""
        if id(state) not in self._hearers:
            all_walks = [walk for one in self.people for walk in one.walks]
            reach = state.rules.writes_reach_who_shares_an_account
            self._hearers[id(state)] = [
                walk for walk in all_walks if walk.state is state or (reach and state in state.world.around(walk.state))
            ]
        return self._hearers[id(state)]


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
