"""One person with all their journeys and whatever is sent to them: an instant of theirs, from movement to policy (D-9)."""

from __future__ import annotations

import heapq

from tests.oracle.journeys import Walk
from tests.oracle.log import Call
from tests.oracle.responses import announce
from tests.oracle.sending import Outbox, Settled
from tests.oracle.state import State


class Traveller:
    """`walks` are the journeys of the person in file order; `outbox` holds what is due to them from journeys and broadcasts."""

    def __init__(self, state: State, walks: list[Walk], outbox: Outbox) -> None:
        self.state, self.walks, self.outbox = state, walks, outbox
        self._by_key = {walk.journey.key: walk for walk in walks}

    def next_instant(self) -> int | None:
        agendas = [walk.agenda for walk in self.walks] + [self.outbox.agenda]
        return min([*(agenda[0] for agenda in agendas if agenda), *self.state.made.instants], default=None)

    def instant(self, t: int, last: int) -> list[Settled]:
        """One instant: the phases of D-12 in every journey that has it on its agenda, then the policy (D-49). Returns the
        messages that the policy looked at, in its order, each with what became of it."""
        here = [walk for walk in self.walks if walk.agenda and walk.agenda[0] == t]
        for agenda in [walk.agenda for walk in here] + [self.outbox.agenda]:
            while agenda and agenda[0] == t:
                heapq.heappop(agenda)
        if t > last and self.state.rules.nothing_moves_after_the_end:
            return []
        settled = [*self._move(here, t), *self._settle(t)] if here else self._settle(t)
        for one in settled:
            if one.status == "sent":
                announce(one.due, one.to_send, t, self.state, self.outbox.seed, last)
        return settled

    def _move(self, here: list[Walk], t: int) -> list[Settled]:
        first, settled = here[0], list[Settled]()
        for number, phase in enumerate(first.phases):
            if phase == first.events:
                for event in [event for event in self.state.all_events if event.time == t]:
                    for walk in here:
                        if self._hears(walk, event):
                            walk.event(event, t)
                    if not self.state.rules.policy_after_all_movement:
                        settled += self._settle(t)
            else:
                for walk in here:
                    walk.phases[number](t)
        return settled

    def _hears(self, walk: Walk, event: Call) -> bool:
        """D-25: also what another campaign has made happen."""
        is_made = any(event is one for one in self.state.made.events)
        own = event.properties.get("campaign") == walk.journey.key
        return own or not is_made or self.state.rules.every_campaign_hears_it

    def _settle(self, t: int) -> list[Settled]:
        """The policy of t runs once, over the messages of all journeys and broadcasts (D-25, D-49)."""
        rules = self.state.rules
        for walk in self.walks:
            due, walk.due = walk.due, []
            for message in due:
                self.outbox.put(message)
        looked_at = self.outbox.settle(t)
        for one in looked_at:
            due_now = one.due.due_at == t or not rules.leave_at_the_due_instant_only
            if not due_now or not one.due.leaves or one.due.instance is None or one.due.visit is None:
                continue
            stopped = one.status == "dropped" or (one.status == "held_out" and not rules.held_out_is_no_drop)
            one.due.visit.on_by_assumption = one.assumed and one.status != "dropped"
            if stopped and (one.due.instance.active or not rules.completed_stays_completed):
                self._by_key[one.due.campaign].end(one.due.instance, t, "exited", f"step:{one.due.step}")  # D-21, D-49
        return looked_at
