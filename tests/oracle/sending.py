"""The policy of an instant over everything due to one person (D-22..D-25, D-49, D-52, D-54): what is sent, moved, stopped."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.message import Message
from engage_desktop.domain.workspace import Cap
from tests.oracle.calendars import zone_of
from tests.oracle.contacts import Contacts
from tests.oracle.draw import u
from tests.oracle.instance import Due
from tests.oracle.messages import ineligible
from tests.oracle.quiet_hours import shut
from tests.oracle.scope import Refused
from tests.oracle.state import State


@dataclass(eq=False)
class Settled:
    """A message and what has become of it so far."""

    due: Due
    to_send: Message
    next_at: int  # when the policy looks at it next
    sent_at: int | None = None
    status: str = "waiting"
    reason: str | None = None  # D-49: the last stage that stopped or moved it
    assumed: bool = False

    @property
    def channel(self) -> str:
        return self.to_send.channel

    @property
    def message(self) -> str:
        return self.to_send.key


Stage = Callable[[Settled, int], bool]
"""Whether the message goes on to the next stage."""


class Outbox:
    """All messages of one person. `agenda` has the instants at which some of them are due or come round again."""

    def __init__(self, state: State, contacts: Contacts, seed: int) -> None:
        self.state, self.contacts, self.seed, self.rules = state, contacts, seed, state.rules
        self.campaigns = state.world.campaigns
        self.policies = self.campaigns.policies
        self.agenda: list[int] = []
        self.waiting: list[Settled] = []
        self.settled: list[Settled] = []  # every message there was

    def put(self, due: Due) -> None:
        message = self.campaigns.message(due.message)
        if message is None:
            raise Refused(f"there is no message {due.message}")
        one = Settled(due, message, due.due_at)
        self.settled.append(one)
        self.waiting.append(one)
        heapq.heappush(self.agenda, due.due_at)

    def settle(self, t: int) -> list[Settled]:
        """Whatever is due at t or comes round then, one after the other in the order of D-24; returned in that order."""
        self.agenda = [instant for instant in self.agenda if instant != t]
        heapq.heapify(self.agenda)
        now = sorted((one for one in self.waiting if one.next_at == t), key=self._order)
        self.waiting = [one for one in self.waiting if one.next_at != t]
        for one in now:
            self._run(one, t)
        return now

    def finish(self) -> None:
        """The run is over: whatever still waits was dropped if an exit rule came by then."""
        for one in self.waiting:
            if not self.rules.waits_at_the_end:
                one.status, one.reason = "dropped", "too_late"
            elif self.rules.exit_drops_what_waits_at_the_end and self._taken(one):
                one.status, one.reason = "dropped", "instance_ended"

    def _order(self, one: Settled) -> tuple[Any, ...]:
        """D-24."""
        rules, due = self.rules, one.due
        parts: list[tuple[bool, Any]] = [
            (rules.higher_priority_first, -due.priority),
            (rules.older_due_first, due.due_at),
            (rules.ties_by_campaign, due.campaign),
            (rules.ties_by_entry_key, due.entry_key if rules.sends_by_entry_key_as_text else _number(due.entry_key)),
            (rules.ties_by_instance, due.instance.row if due.instance else -1),
            (rules.ties_by_step, due.step or ""),
        ]
        return tuple(part for counts, part in parts if counts)

    def _run(self, one: Settled, t: int) -> None:
        """The whole pipeline, also of a message that was moved (D-22)."""
        again = t > one.due.due_at
        if (again or not self.rules.due_in_the_instant_of_the_exit_runs) and self._taken(one):
            one.status, one.reason = "dropped", "instance_ended"
            return
        stages = self._stages()
        if again and not self.rules.moved_runs_the_whole_pipeline:
            stages = [self._calendar, self._caps]
        if all(stage(one, t) for stage in stages):
            one.status, one.sent_at = "sent", t
            if not self.rules.reason_stays_when_sent:
                one.reason = None

    def _taken(self, one: Settled) -> bool:
        """Whether an exit rule has taken its instance since it was due; nothing else that ends an instance does (D-49)."""
        instance, rules = one.due.instance, self.rules
        if instance is None or instance.ended_at is None or not rules.exit_rules_drop_what_waits:
            return False
        by_rule = instance.outcome == "exited" and not str(instance.detail).startswith("step:")
        since = instance.ended_at >= one.due.due_at
        return since and (by_rule or not rules.only_exit_rules_drop)

    def _stages(self) -> list[Stage]:
        """D-22, in its order."""
        rules = self.rules
        stages: list[Stage] = [self._eligibility, self._suppression, self._holdout, self._calendar, self._caps]
        in_order = (
            rules.eligibility_before_suppression, rules.suppression_before_holdout, rules.holdout_before_quiet_hours,
            rules.quiet_hours_before_caps,
        )  # fmt: skip
        for place, stands in enumerate(in_order):
            if not stands:
                stages[place], stages[place + 1] = stages[place + 1], stages[place]
        return stages

    def _stop(self, one: Settled, reason: str, status: str = "dropped") -> bool:
        one.status, one.reason = status, reason
        return False

    def _move(self, one: Settled, t: int, reason: str, to: int | None) -> bool:
        """To a later instant; at once too late where that lies beyond its longest wait (D-49)."""
        rules, longest = self.rules, one.due.due_at + parse_duration(self.policies.max_wait)
        one.reason = reason
        is_late = to is None or to > longest or (to == longest and not rules.longest_wait_itself_is_allowed)
        if is_late and rules.too_late_at_once:
            return self._stop(one, "too_late")
        if to is None or (is_late and t >= longest):
            return self._stop(one, "too_late")
        one.next_at = min(to, longest)
        self.waiting.append(one)
        heapq.heappush(self.agenda, one.next_at)
        return False

    # The stages

    def _eligibility(self, one: Settled, t: int) -> bool:
        reason, one.assumed = ineligible(one.to_send, self.state, self.policies, self.contacts, t)
        return True if reason is None else self._stop(one, reason)

    def _suppression(self, one: Settled, t: int) -> bool:
        at = t if self.rules.suppressed_at_the_instant else one.due.due_at
        if one.to_send.send_to == "all" and not self.rules.all_skips_the_subscription_alone:
            return True
        if any(self.state.member(key, at) for key in self.policies.suppression):
            return self._stop(one, "suppressed")
        return True

    def _holdout(self, one: Settled, t: int) -> bool:
        """D-52, D-54; asked at the due instant only."""
        if t > one.due.due_at and self.rules.holdout_asked_once:
            return True
        held_out = one.due.held_out and self.rules.branch_of_a_holdout_holds_out
        if held_out or self._globally_held_out(one, t):
            return self._stop(one, "holdout", "held_out")
        return True

    def _globally_held_out(self, one: Settled, t: int) -> bool:
        holdout, rules = self.policies.holdout, self.rules
        if holdout is None:
            return False
        of = holdout.audience if rules.holdout_is_of_its_audience else None
        if of is not None and not self.state.member(of, t):
            return False
        parts = ["policies", "holdout", self.state.profile]
        if not rules.holdout_is_one_for_all:
            parts.insert(0, one.due.campaign)
        return u(self.seed, *parts) < holdout.percent / 100

    def _calendar(self, one: Settled, t: int) -> bool:
        """Quiet hours and the send window (D-34)."""
        workspace = self.campaigns.workspace.timezone
        trait = self.state.read(("timezone",), t)
        zone = zone_of(trait, self.state.person, t, workspace, self.rules)
        found = shut(self.policies, one.channel, t, zone, self.rules)
        if found is None:
            return True
        if found.drops:
            return self._stop(one, "quiet_hours")
        return self._move(one, t, "quiet_hours", found.until)

    def _caps(self, one: Settled, t: int) -> bool:
        """D-24: over all campaigns; a cap with drop wins, else the first instant that all allow (D-49)."""
        full = [cap for cap in self.policies.caps if self._binds(cap, one) and self._is_full(cap, one, t)]
        drops = [cap for cap in full if cap.when_capped == "drop"]
        if not full:
            return True
        if drops and (self.rules.a_cap_with_drop_wins or full[0] in drops):
            return self._stop(one, "frequency_cap")
        freed = [self._free_at(cap, one, t) for cap in full if cap.when_capped == "defer"]
        known = [instant for instant in freed if instant is not None]
        if len(known) < len(freed):
            return self._move(one, t, "frequency_cap", None)
        to = (max if self.rules.deferred_until_all_caps_allow else min)(known)
        return self._move(one, t, "frequency_cap", to)

    def _binds(self, cap: Cap, one: Settled) -> bool:
        return cap.channel is None or cap.channel == one.channel

    def _is_full(self, cap: Cap, one: Settled, t: int) -> bool:
        """Whether one more, the one at hand, would be more than the cap allows in `(t - per, t]`."""
        at_hand = 1 if self.rules.cap_counts_the_one_at_hand else 0
        return len(list(self._counted(cap, one, t))) + at_hand > cap.max

    def _counted(self, cap: Cap, one: Settled, t: int) -> Iterator[int]:
        """When the messages that count in the window ending at t were sent."""
        rules, begin = self.rules, t - parse_duration(cap.per)
        for other in self.settled:
            at = other.sent_at
            if other.status == "held_out" and not rules.held_out_fills_no_cap:
                at = other.due.due_at
            if other is one or at is None or at > t:
                continue
            if cap.channel is not None and other.channel != cap.channel and rules.cap_counts_its_channel:
                continue
            if cap.channel is None and other.channel != one.channel and not rules.cap_without_channel_counts_all:
                continue
            if other.due.campaign != one.due.campaign and not rules.cap_over_all_campaigns:
                continue
            if other.assumed and not rules.assumed_sends_fill_caps:
                continue
            if at > begin or (at == begin and not rules.cap_old_side_open):
                yield at
        if not rules.sends_of_the_log_do_not_count:
            yield from (
                call.time for call in self.state.person.events if call.event == "Email Sent" and begin < call.time <= t
            )

    def _free_at(self, cap: Cap, one: Settled, t: int) -> int | None:
        """The first instant at which so many of those in the window have left it that one more fits."""
        if cap.max < 1:
            return None
        sent = sorted(self._counted(cap, one, t))
        if not self.rules.deferred_to_the_first_instant_allowed:
            return t + parse_duration(cap.per)
        leaves = sent[len(sent) - cap.max]
        return leaves + parse_duration(cap.per) + (0 if self.rules.cap_old_side_open else 1)


def _number(key: str) -> tuple[int, str]:
    """An entry key read as a number, and what follows it."""
    instant, _, identifier = key.partition("|")
    return int(instant), identifier
