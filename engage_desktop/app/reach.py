"""How many people a broadcast is meant for (D-26), before any rule of sending is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.app.protocol_broadcasts import AskReach, Reach
from engage_desktop.app.replay import Replay
from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from engage_desktop.engine import LeafCache
    from engage_desktop.engine.arrays import Profiles


def reach(replayed: Replay, cache: LeafCache | None, request: AskReach) -> Reach:
    """The group and those left out of it, at the instant of the list or else at the clock."""
    campaigns = replayed.campaigns
    broadcast = next((one for one in campaigns.broadcasts if one.key == request.broadcast), None)
    if broadcast is None:
        raise UserError(f"There is no broadcast {request.broadcast!r} in this design.")
    from engage_desktop.engine.broadcasts import when

    found = when(broadcast, campaigns.workspace.timezone)
    list_us = None if found is None else found[0]
    first, last = replayed.run.window
    at = list_us if list_us is not None and first <= list_us <= last else request.at_us
    if broadcast.audience is not None:
        group = _members(replayed, broadcast.audience, at)
    else:
        group = _meeting(replayed, cache, broadcast.condition or "", at)
    left = group
    for key in broadcast.exclude:
        left = np.setdiff1d(left, _members(replayed, key, at), assume_unique=True)
    return Reach(request.generation, request.broadcast, request.at_us, list_us, at, len(group), len(group) - len(left))


def _members(replayed: Replay, key: str, at: int) -> Profiles:
    """Members as the run has them: they follow what journeys set."""
    keys = [audience.key for audience in replayed.campaigns.audiences]
    rows = replayed.run.memberships
    inside = (rows["audience"] == keys.index(key)) & (rows["from_at"] <= at) & (rows["to_at"] > at)
    members: Profiles = rows["profile"][inside]
    return members


def _meeting(replayed: Replay, cache: LeafCache | None, text: str, at: int) -> Profiles:
    from engage_desktop.engine import as_written, condition_intervals, members_at
    from engage_desktop.language import parse_condition

    run, store = replayed.run, replayed.log.store
    written = as_written(run, store)
    found = condition_intervals(parse_condition(text), run.plan, written, cache=cache if written is store else None)
    return members_at(found, at)
