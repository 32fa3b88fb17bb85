"""Campaigns that share people: who entered both, and who got messages of both within the same seven days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.analysis.playback import let_in
from engage_desktop.analysis.sends import Sends
from engage_desktop.domain.duration import UNIT_US
from engage_desktop.engine.arrays import AnyArray, first_of_each

if TYPE_CHECKING:
    from engage_desktop.engine import Run

SAME_DAYS_US = 7 * UNIT_US["d"]
_BLOCK = 1 << 16
"""People whose rows of the incidence matrix are held at once."""


@dataclass(frozen=True)
class Conflicts:
    """Symmetric matrices by place of the campaign; on the diagonal all people of the campaign. `entered` also counts
    the recipients of a broadcast; `sent` those with a message of both less than seven days apart."""

    entered: tuple[tuple[int, ...], ...]
    sent: tuple[tuple[int, ...], ...]


def conflicts(sends: Sends, within_us: int = SAME_DAYS_US) -> Conflicts:
    """Count people over the whole run."""
    return Conflicts(_shared(*_entered(sends.run, sends), len(sends.senders)), _close(sends, within_us))


def _entered(run: Run, sends: Sends) -> tuple[AnyArray, AnyArray]:
    """(profile, campaign) of everybody who entered a journey, and of the recipients of broadcasts."""
    inside = let_in(run.instances)[0]
    broadcast = sends.campaign >= len(sends.campaigns.journeys)
    profile = np.concatenate([inside["profile"], sends.profile[broadcast]])
    return profile, np.concatenate([inside["journey"], sends.campaign[broadcast]])


def _shared(profile: AnyArray, campaign: AnyArray, most: int) -> tuple[tuple[int, ...], ...]:
    """How many people each pair of campaigns has in common: B'B, where B says who is in which."""
    total = np.zeros((most, most), np.int64)
    order = np.argsort(profile, kind="stable")
    profile, campaign = profile[order], campaign[order]
    person = np.cumsum(first_of_each(profile)) - 1
    people = int(person[-1]) + 1 if len(person) else 0
    for start in range(0, people, _BLOCK):
        low, high = np.searchsorted(person, [start, start + _BLOCK])
        there = np.zeros((min(_BLOCK, people - start), most), np.float32)
        there[person[low:high] - start, campaign[low:high]] = 1
        total += np.rint(there.T @ there).astype(np.int64)
    return tuple(tuple(row) for row in total.tolist())


def _close(sends: Sends, within_us: int) -> tuple[tuple[int, ...], ...]:
    """For each campaign its nearest send before and after each send of the same person: one sweep a campaign."""
    rows, most = sends.sent_order, len(sends.senders)
    profile, campaign, at = sends.profile[rows], sends.campaign[rows], sends.table["sent_at"][rows]
    person = np.cumsum(first_of_each(profile)) - 1
    people = int(person[-1]) + 1 if len(person) else 0
    total = np.zeros((most, most), np.int64)
    here = np.arange(len(rows))
    for one in range(most):
        mine = campaign == one
        near = np.zeros(len(rows), np.bool_)
        before = np.maximum.accumulate(np.where(mine, here, -1))
        after = np.minimum.accumulate(np.where(mine, here, len(rows))[::-1])[::-1]
        for other, known in ((before, before >= 0), (after, after < len(rows))):
            place = np.where(known, other, 0)
            near |= known & (profile[place] == profile) & (np.abs(at - at[place]) < within_us)
        met = np.unique(campaign[near].astype(np.int64) * people + person[near])
        total[one] = np.bincount(met // max(people, 1), minlength=most)
    return tuple(tuple(row) for row in total.tolist())
