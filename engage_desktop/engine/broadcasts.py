"""One message, once, to people who are found out once (D-26)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.message import Broadcast
from engage_desktop.engine.arrays import NEVER, Instants, Profiles, first_of_each
from engage_desktop.engine.calendar import offsets, per_zone
from engage_desktop.engine.coupling import ZONE, read_by
from engage_desktop.engine.definitions import Meaning, Node
from engage_desktop.engine.draw import uniforms
from engage_desktop.engine.policies import NOBODY, PlanPolicies
from engage_desktop.engine.run import SENT, Table
from engage_desktop.engine.schedule import read_at
from engage_desktop.engine.sends import PlanMessage
from engage_desktop.engine.view import View

_HOUR_US = 3_600_000_000
_FIRST_ZONE_US = 14 * _HOUR_US
"""What the first clocks on earth are ahead of UTC."""


@dataclass(frozen=True)
class PlanVariant:
    """A part of the people, up to `below` of a draw, and what they get; held out, what they would have got."""

    below: float
    message: PlanMessage
    holdout: bool


@dataclass(frozen=True)
class PlanBroadcast:
    """`frozen_at`: when the list is made. `local`: what the clocks of people show when they get it, None where all get it
    at `frozen_at`. `per_hour`: how many go in an hour, None for all at once. `variants` is never empty."""

    index: int
    broadcast: Broadcast
    frozen_at: int
    local: int | None
    people: Node
    exclude: tuple[Node, ...]
    variants: tuple[PlanVariant, ...]
    policies: PlanPolicies

    @property
    def key(self) -> str:
        return self.broadcast.key

    @property
    def own_zone(self) -> bool:
        return self.local is not None

    def turns(self, view: View, window: tuple[int, int]) -> tuple[Profiles, Instants]:
        """Who gets it, ascending, and when it is due."""
        who = self.recipients(view) if window[0] <= self.frozen_at <= window[1] else np.empty(0, np.int32)
        due = self._due(who, view)
        return who[due <= window[1]], due[due <= window[1]]

    def hangs_on(self, meanings: Mapping[str, Meaning]) -> frozenset[str]:
        """The traits and events by which somebody's turn may be another."""
        asked = [read_by(one, meanings).all for one in (self.people, *self.exclude)]
        return frozenset({ZONE} if self.own_zone else ()).union(*asked)

    def attempts(self, view: View, who: Profiles, due: Instants) -> Table:
        """Its rows of `messages` when they are due, of its recipients; `step` is the place of the variant, -1 where there
        is one message for all."""
        n = len(who)
        u = uniforms(view.seed, (self.key, "variants"), view.profile_hashes.of(who))
        variant = np.minimum(np.searchsorted([one.below for one in self.variants], u, "right"), len(self.variants) - 1)
        table: Table = {
            "step": (variant if self.broadcast.variants else np.full(n, -1)).astype(np.int16),
            "profile": who,
            "instance": np.ones(n, np.int32),
            "due_at": due,
            "status": np.zeros(n, np.int8),
            "reason": np.zeros(n, np.int8),
            "kind": np.zeros(n, np.int8),
            "leans": np.zeros(n, np.bool_),
            "next_at": np.full(n, NEVER, np.int64),
        }
        pipeline = view.pipeline(self.policies)
        for place, one in enumerate(self.variants):
            at = np.flatnonzero(variant == place)
            found = pipeline.due(one.message.spec, who[at], due[at], np.full(len(at), one.holdout))
            table["status"][at], table["reason"][at] = found.status, found.reason
            table["kind"][at], table["next_at"][at] = found.assumed, found.next_at
        table["sent_at"] = np.where(table["status"] == SENT, due, NEVER)
        return table

    def recipients(self, view: View) -> Profiles:
        """Who is meant when the list is made, ascending."""
        everybody = np.arange(view.log.n_profiles, dtype=np.int32)
        at = np.full(len(everybody), self.frozen_at, np.int64)
        inside = view.holds_at(self.people, everybody, at)
        for node in self.exclude:
            inside &= ~view.holds_at(node, everybody, at)
        return everybody[inside]

    def _due(self, who: Profiles, view: View) -> Instants:
        """When it is each recipient's turn."""
        due = np.full(len(who), self.frozen_at, np.int64)
        if self.local is not None and len(who):
            clock = np.array([self.local], np.int64)
            names, zone = view.zones_of(who, due, own=True)
            for name, at in per_zone(names, zone):
                due[at] = offsets(name, clock).utc(clock)[0]
        if self.broadcast.throughput is None:
            return due
        order = np.lexsort((who, view.profile_hashes.of(who), due))
        due[order] = in_turn(due[order], self.broadcast.throughput)
        return due


def in_turn(due: Instants, per_hour: int) -> Instants:
    """Ascending instants so that at most so many come in an hour: the j-th of a queue that began at b at
    b + floor(j x 1 h / per_hour); a queue ends where nobody is left to wait."""
    found = due.copy()
    heads = np.flatnonzero(first_of_each(due)).tolist()
    begin, turn = 0, 0
    for head, end in zip(heads, [*heads[1:], len(due)][: len(heads)], strict=True):
        if not turn or begin + turn * _HOUR_US // per_hour < due[head]:
            begin, turn = int(due[head]), 0
        number = turn + np.arange(end - head)
        found[head:end] = begin + number * _HOUR_US // per_hour
        turn += end - head
    return found


def when(broadcast: Broadcast, workspace_zone: str) -> tuple[int, int | None] | None:
    """`frozen_at` and `local` of a broadcast; None where its `at` is no instant."""
    read = read_at(broadcast.at)
    if read is None:
        return None
    at, is_local = read
    clock = np.array([at], np.int64)
    zone = offsets(workspace_zone, clock)
    if broadcast.zone == "workspace":
        return (int(zone.utc(clock)[0]) if is_local else at), None
    local = at if is_local else int(zone.local(clock)[0])
    return local - _FIRST_ZONE_US, local


def compile_broadcast(
    index: int,
    broadcast: Broadcast,
    workspace_zone: str,
    policies: PlanPolicies,
    audience: Callable[[str, str], Node],
    condition: Callable[[str, str], Node],
    message: Callable[[str | None, str], PlanMessage],
    fault: Callable[[str, str, str, str], None],
) -> PlanBroadcast:
    """The functions give an audience, a condition and a message, with where it is named; `fault` hears the rest."""
    path = f"broadcasts.{broadcast.key}"
    if (broadcast.audience is None) == (broadcast.condition is None):
        fault("broadcast", path, "A broadcast goes to an audience or to those of whom a condition holds.",
              "Give one of them.")  # fmt: skip
    people = NOBODY
    if broadcast.audience is not None:
        people = audience(broadcast.audience, f"{path}.audience")
    elif broadcast.condition is not None:
        people = condition(broadcast.condition, f"{path}.condition")
    given = when(broadcast, workspace_zone)
    if given is None:
        fault("broadcast", f"{path}.at", f"{broadcast.at!r} is no instant.", "Write one such as 2025-03-31T09:00:00Z.")
    if broadcast.throughput is not None and broadcast.throughput < 1:
        fault("broadcast", f"{path}.throughput", "Nobody would ever get it.", "Let at least 1 an hour go.")
    usual = broadcast.message or next((one.message for one in broadcast.variants if one.message), None)
    variants, below = [], 0.0
    for place, one in enumerate(broadcast.variants):
        below += one.percent
        named = message(one.message or usual, f"{path}.variants.{place}.message")
        variants.append(PlanVariant(below / 100, named, one.role == "holdout"))
    if not variants:
        variants.append(PlanVariant(1.0, message(usual, f"{path}.message"), holdout=False))
    exclude = tuple(audience(key, f"{path}.exclude.{place}") for place, key in enumerate(broadcast.exclude))
    frozen_at, local = given or (0, None)
    return PlanBroadcast(index, broadcast, frozen_at, local, people, exclude, tuple(variants), policies)
