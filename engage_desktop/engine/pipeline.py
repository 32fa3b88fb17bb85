"""What the policy says of messages at an instant: each stage in its order, for many at once (D-22, D-23, D-34, D-52, D-54)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Profiles, Rows, upper_bound
from engage_desktop.engine.calendar import DAY_US, Offsets, offsets, per_zone
from engage_desktop.engine.draw import uniforms
from engage_desktop.engine.policies import MessageSpec, PlanPolicies
from engage_desktop.engine.run import DROPPED, HELD_OUT, REASON, SENT, WAITING
from engage_desktop.engine.source import ABSENT, TraitHistory
from engage_desktop.engine.switched import agrees

if TYPE_CHECKING:
    from engage_desktop.engine.view import View

_UNKNOWN, _PASSES = -2, -1


@dataclass(eq=False)
class Verdicts:
    """Of each message: codes of `run.STATUSES` and `run.REASONS` (-1 none), whether that rests on an assumption, and where
    it waits the instant it waits for, else NEVER. SENT means that no stage but the caps can stop it."""

    status: NDArray[np.int8]
    reason: NDArray[np.int8]
    assumed: Mask
    next_at: Instants


class Pipeline:
    """The stages but the caps, over one log."""

    def __init__(self, policies: PlanPolicies, view: View) -> None:
        self.policies = policies
        self.view = view

    def due(self, spec: MessageSpec, profile: Profiles, time: Instants, holdout: Mask) -> Verdicts:
        """The first run of messages that are due at `time`; `holdout`: those on a path or variant that is held out."""
        found = self._eligible(spec, profile, time)
        held = (found.reason < 0) & (holdout | self._held_out(profile, time, found.reason))
        found.status[held], found.reason[held] = HELD_OUT, REASON["holdout"]
        return self._in_time(spec, profile, time, found, time)

    def again(self, spec: MessageSpec, profile: Profiles, time: Instants, due: Instants) -> Verdicts:
        """A later run of messages that were first due at `due`."""
        return self._in_time(spec, profile, time, self._eligible(spec, profile, time), due)

    # -- eligibility and suppression ---------------------------------------------------------

    def _eligible(self, spec: MessageSpec, profile: Profiles, time: Instants) -> Verdicts:
        n, view, channel = len(profile), self.view, spec.channel_name
        reason, assumed = np.full(n, _PASSES, np.int8), np.zeros(n, np.bool_)
        address = view.once(("address", channel), lambda: _Address(view.log.address(channel)))
        last = state_at(address.start, address.time, profile, time)
        known = address.seen[last + 1] > address.seen[address.start[profile.astype(np.int64)]]
        known &= last >= 0
        reason[known & ~address.shown[last]] = REASON["no_address"]
        if self.policies.assume_address:
            assumed |= ~known
        else:
            reason[~known] = REASON["address_unknown"]
        if spec.check_subscription:
            log = view.log
            self._told(("subscription", channel), lambda: log.subscription(channel), profile, time, reason, assumed)
            if spec.group is not None:
                group = spec.group
                self._told(("group", group), lambda: log.group_subscription(group), profile, time, reason, assumed)
        category = dict(self.policies.consent).get(spec.channel)
        if category is not None:
            consent = view.once(("consent", category), lambda: _Said(view.log.consent(), _agrees_to(category)))
            refused = consent.verdict[state_at(consent.start, consent.time, profile, time)] != _PASSES
            reason[refused & (reason < 0)] = REASON["no_consent"]
        for audience in self.policies.suppression:
            at = np.flatnonzero(reason < 0)
            reason[at[view.holds_at(audience, profile[at], time[at])]] = REASON["suppressed"]
        status = np.where(reason >= 0, np.int8(DROPPED), np.int8(SENT))
        return Verdicts(status, reason, assumed, np.full(n, NEVER, np.int64))

    def _told(
        self,
        key: tuple[str, str],
        history: Callable[[], TraitHistory],
        profile: Profiles,
        time: Instants,
        reason: AnyArray,
        assumed: Mask,
    ) -> None:
        """The subscription to a channel or group of those whom nothing has stopped: the first stage names the reason."""
        at = np.flatnonzero(reason < 0)
        told = self.view.once(key, lambda: _Said(history(), _state_of))
        verdict = told.verdict[state_at(told.start, told.time, profile[at], time[at])]
        unknown = verdict == _UNKNOWN
        if self.policies.assume_subscription:
            assumed[at[unknown]] = True
            verdict[unknown] = _PASSES
        else:
            verdict[unknown] = REASON["subscription_unknown"]
        reason[at] = verdict

    def _held_out(self, profile: Profiles, time: Instants, reason: AnyArray) -> Mask:
        """The global holdout: drawn once for ever, of those who are in its audience now (D-52, D-54)."""
        found = np.zeros(len(profile), np.bool_)
        if not self.policies.holdout:
            return found
        view, at = self.view, np.flatnonzero(reason < 0)
        u = uniforms(view.seed, ("policies", "holdout"), view.profile_hashes.of(profile[at]))
        at = at[u < self.policies.holdout / 100]
        if self.policies.holdout_of is not None:
            at = at[view.holds_at(self.policies.holdout_of, profile[at], time[at])]
        found[at] = True
        return found

    # -- the clock -------------------------------------------------------------------------

    def _in_time(
        self, spec: MessageSpec, profile: Profiles, time: Instants, found: Verdicts, due: Instants
    ) -> Verdicts:
        """Quiet hours and the send window, of those that would be sent; who would wait too long is dropped at once (D-49)."""
        rules = [rule for rule in self.policies.quiet if rule.channel == spec.channel]
        at = np.flatnonzero(found.status == SENT)
        if not rules or not at.size:
            return found
        names, zone = self.view.zones_of(profile[at], time[at], own=True)
        for name, some in per_zone(names, zone):
            free = at[some]
            offset = offsets(name, time[free])
            for rule in rules:
                inside = rule.forbids(offset.local(time[free]) % DAY_US)
                stopped, free = free[inside], free[~inside]
                found.reason[stopped] = REASON["quiet_hours"]
                if rule.drop:
                    found.status[stopped] = DROPPED
                elif stopped.size:
                    found.status[stopped] = WAITING
                    found.next_at[stopped] = wait_until(offset, time[stopped], rule.end_us)
        self.too_late(found, due)
        return found

    def too_late(self, found: Verdicts, due: Instants) -> None:
        """Drop what would wait longer than it may."""
        late = (found.status == WAITING) & (found.next_at > due + self.policies.max_wait_us)
        found.status[late], found.reason[late], found.next_at[late] = DROPPED, REASON["too_late"], NEVER


def wait_until(offset: Offsets, now: Instants, clock: int) -> Instants:
    """When so much time has passed that the clock shows `clock`; where it is changed meanwhile, at that clock time of the
    day (D-32)."""
    local = offset.local(now)
    target = local + (clock - local % DAY_US) % DAY_US
    plain = now + (target - local)
    same: Mask = offset.local(plain) == target
    return np.where(same, plain, offset.utc(target))


def state_at(start: AnyArray, times: AnyArray, profile: Profiles, at: Instants) -> Rows:
    """Index of the last entry of each profile at or before `at`, -1 where there is none.

    `start`, `times` are those of a TraitHistory; of entries of one instant the last counts.
    """
    place = profile.astype(np.int64)
    low = start[place]
    found = upper_bound(times, low, start[place + 1], at) - 1
    return np.where(found >= low, found, -1)


class _Address:
    """Per entry of an address history: is an address shown from it on (the last place: without an entry none is), and how
    many entries before it showed one."""

    def __init__(self, history: TraitHistory) -> None:
        self.start, self.time = history.start, history.time
        shown = np.asarray(history.column.kind) != ABSENT
        self.shown: Mask = np.append(shown, False)
        self.seen: AnyArray = np.append(0, np.cumsum(shown))


class _Said:
    """Per entry of a history, and at the last place without one: -1 it passes, -2 the log does not know, else the reason
    that stops a message."""

    def __init__(self, history: TraitHistory, says: Callable[[str], int]) -> None:
        self.start, self.time, column = history.start, history.time, history.column
        texts: Sequence[str] = column.texts
        of_text = np.array([says(text) for text in texts] + [_UNKNOWN], np.int8)
        of_entry = np.where(np.asarray(column.kind) == ABSENT, np.int8(_UNKNOWN), of_text[column.code])
        self.verdict: AnyArray = np.append(of_entry, np.int8(_UNKNOWN))


def _state_of(text: str) -> int:
    return _PASSES if text == "subscribed" else REASON.get(text, _UNKNOWN)


def _agrees_to(category: str) -> Callable[[str], int]:
    def says(text: str) -> int:
        return _PASSES if agrees(text, category) else REASON["no_consent"]

    return says
