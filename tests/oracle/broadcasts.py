"""Broadcasts (D-26): who is on the list, when each is due, and with which variant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import xxhash

from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.message import Broadcast, Variant
from tests.oracle.calendars import date_of, instant_of, local_clock, local_date, zone_of
from tests.oracle.draw import u
from tests.oracle.instance import Due
from tests.oracle.parse import parse
from tests.oracle.scope import Refused
from tests.oracle.state import State
from tests.oracle.world import World

AN_HOUR = 3_600_000_000
FIRST_ZONE = timezone(timedelta(hours=14))  # where a clock time first comes


class Mailing:
    """One broadcast over everybody. `at` is the instant of its list, None where that is outside the window."""

    def __init__(self, broadcast: Broadcast, world: World, window: tuple[int, int], seed: int) -> None:
        self.broadcast, self.world, self.rules, self.seed = broadcast, world, world.rules, seed
        self.workspace = ZoneInfo(world.campaigns.workspace.timezone)
        self.last = window[1]
        zone = self.workspace if self.rules.undated_zone_is_the_workspaces else UTC
        self.clock = date_of(broadcast.at, zone, self.rules)  # `at` itself
        at = self.clock
        if broadcast.zone == "profile" and at is not None and self.rules.list_from_first_zone_on:
            at = self._same_clock(FIRST_ZONE)
        inside = at is not None and (window[0] <= at <= window[1] or not self.rules.lists_within_the_window)
        self.at = at if inside else None

    def due(self) -> Iterator[tuple[State, Due]]:
        """The recipients, each with what is due to them up to the run's end."""
        assert self.at is not None
        wanted = [state for state in self.world.people if self._is_recipient(state, self.at)]
        times = [(self._time_of(state), state) for state in wanted]
        aside = [] if self.rules.the_held_out_take_a_place else [one for one in times if self._is_held_out(one[1])]
        for at, state in aside + self._queue([one for one in times if one not in aside]):
            if at <= self.last or not self.rules.due_after_the_end_has_no_row:
                yield state, self._due(state, at)

    def _is_recipient(self, state: State, now: int) -> bool:
        broadcast, rules = self.broadcast, self.rules
        if not rules.recipients_are_frozen:
            now = self._time_of(state)
        if broadcast.audience is not None:
            inside = state.member(broadcast.audience, now)
        else:
            inside = state.holds(parse(broadcast.condition or ""), now)
        return inside and not any(
            state.member(key, now if rules.excluded_at_the_lists_instant else self.last) for key in broadcast.exclude
        )

    def _time_of(self, state: State) -> int:
        """The same instant for everybody, or the same clock time in the zone that each had at the list's instant."""
        assert self.at is not None
        assert self.clock is not None
        if self.broadcast.zone == "workspace" or not self.rules.same_clock_for_each:
            return self.clock
        at = self.at if self.rules.zones_of_the_lists_instant else self.clock
        trait = state.read(("timezone",), at)
        zone = zone_of(trait, state.person, at, self.world.campaigns.workspace.timezone, self.rules)
        found = self._same_clock(zone)
        return self.clock if found is None else found

    def _same_clock(self, zone: ZoneInfo | timezone) -> int | None:
        """When a zone's clock shows what `at` says, or what the workspace's shows at that instant where it has a zone of
        its own (D-32)."""
        typed = None if _has_zone(self.broadcast.at) else date_of(self.broadcast.at, UTC, self.rules)
        if typed is not None and self.rules.clock_time_as_it_is_typed:
            return instant_of(local_date(typed, UTC), local_clock(typed, UTC), zone, self.rules)
        assert self.clock is not None
        at = self.clock
        return instant_of(local_date(at, self.workspace), local_clock(at, self.workspace), zone, self.rules)

    def _queue(self, wanted: list[tuple[int, State]]) -> list[tuple[int, State]]:
        """With a throughput: one after the other by (time, H(profile), profile), the j-th of a queue that began at b not
        before b + j hours / throughput."""
        rules, rate = self.rules, self.broadcast.throughput
        if rate is None or not rules.queue_has_a_rate:
            return wanted
        if rate < 1:
            raise Refused(f"broadcast {self.broadcast.key}: nobody would ever get it")
        found: list[tuple[int, State]] = []
        begun, place = 0, -1
        for time, state in sorted(wanted, key=lambda one: (one[0], *self._rank(one[1]))):
            place += 1
            allowed = begun + place * AN_HOUR // rate
            if not rules.shares_are_of_the_queue and found:
                allowed = found[-1][0] + AN_HOUR // rate
            if place == 0 or (time > allowed and rules.queue_begins_anew):
                begun, place, allowed = time, 0, time
            found.append((max(time, allowed), state))
        return found

    def _rank(self, state: State) -> tuple[int, str]:
        if not self.rules.throughput_in_order_of_the_hash:
            return 0, state.profile
        return xxhash.xxh3_64(state.profile.encode("utf-8")).intdigest(), state.profile

    def _due(self, state: State, at: int) -> Due:
        broadcast = self.broadcast
        variant = self._drawn(state) if broadcast.variants else None
        others = [one.message for one in broadcast.variants if one.message is not None]
        candidates = [variant.message if variant else None, broadcast.message, *others]
        if not self.rules.variant_falls_back_on_the_broadcast:
            candidates = [candidates[0], *others, broadcast.message]
        message = next((one for one in candidates if one is not None), None)
        if message is None:
            raise Refused(f"broadcast {broadcast.key} has no message")
        step = variant.key if variant else None
        return Due(broadcast.key, step, message, broadcast.priority, str(self.at), at, self._is_held_out(state))

    def _is_held_out(self, state: State) -> bool:
        return bool(self.broadcast.variants) and self._drawn(state).role == "holdout"

    def _drawn(self, state: State) -> Variant:
        """D-19, with the broadcast's key and `variants`."""
        variants, so_far = self.broadcast.variants, 0.0
        parts = [self.broadcast.key, "variants", state.profile]
        if not self.rules.variants_drawn_by_the_profile_alone:
            parts.append(str(self.at))
        drawn = u(self.seed, *parts)
        for variant in variants[:-1]:
            so_far += variant.percent
            if drawn < so_far / 100:
                return variant
        return variants[-1]


def _has_zone(text: str) -> bool:
    try:
        parse_instant(text)
    except ValueError:
        return False
    return True


def mailings(world: World, window: tuple[int, int], seed: int) -> list[Mailing]:
    """The broadcasts that take place in the window."""
    found = [Mailing(broadcast, world, window, seed) for broadcast in world.campaigns.broadcasts]
    return [mailing for mailing in found if mailing.at is not None]
