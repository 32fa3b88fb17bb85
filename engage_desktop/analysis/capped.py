"""Who filled the caps: for each message that a frequency cap stopped or moved, the sends that stood in its window.

Looked at is the instant at which the message first came to the caps. There, every send in the window (t - W, t] of each
full cap counts that came before the message in the order of one instant (D-24).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.analysis.sends import Instants, Places, Sends
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.workspace import CHANNELS
from engage_desktop.engine import REASONS, STATUSES
from engage_desktop.engine.arrays import AnyArray, expand, upper_bound
from engage_desktop.engine.at_caps import at_caps

if TYPE_CHECKING:
    from engage_desktop.events import EventStore


@dataclass(frozen=True)
class Filled:
    """`times` messages of the campaign `capped` met a window in which `filling` had sent, `sends` of them together;
    `dropped` of the times the message was not sent in the end."""

    capped: int
    filling: int
    times: int
    dropped: int
    sends: int


@dataclass(frozen=True)
class Cappings:
    """`stopped` and `moved` messages by place of the campaign, and of whose sends the windows were full."""

    stopped: tuple[int, ...]
    moved: tuple[int, ...]
    assumed: int
    pairs: tuple[Filled, ...]


def capped_rows(sends: Sends) -> Places:
    """The rows whose last reason is a cap: dropped, waiting, or sent later."""
    return np.flatnonzero(sends.table["reason"] == REASONS.index("frequency_cap"))


def cappings(sends: Sends, store: EventStore) -> Cappings:
    """Count over the whole run."""
    rows, most = capped_rows(sends), len(sends.senders)
    dropped = sends.table["status"][rows] == STATUSES.index("dropped")
    campaign = sends.campaign[rows].astype(np.int64)
    query, send = fillers(sends, rows, store)
    pair = query * most + sends.campaign[send]
    met, count = np.unique(pair, return_counts=True)
    of, filling = met // most, met % most
    both = campaign[of] * most + filling
    found, group = np.unique(both, return_inverse=True)
    times = np.bincount(group, minlength=len(found))
    lost = np.bincount(group[dropped[of]], minlength=len(found))
    total = np.zeros(len(found), np.int64)
    np.add.at(total, group, count)
    pairs = tuple(
        Filled(int(key // most), int(key % most), int(times[at]), int(lost[at]), int(total[at]))
        for at, key in enumerate(found)
    )
    return Cappings(
        tuple(np.bincount(campaign[dropped], minlength=most).tolist()),
        tuple(np.bincount(campaign[~dropped], minlength=most).tolist()),
        int(sends.assumed[rows].sum()),
        pairs,
    )


def fillers(sends: Sends, rows: Places, store: EventStore) -> tuple[AnyArray, Places]:
    """(place in `rows`, row of a send in a full window) of messages that a cap bound, sorted, each pair once."""
    at = at_caps(sends.run, store, rows, sends.channel[rows])
    found: list[AnyArray] = []
    everything = max(len(sends), 1)
    for cap in sends.campaigns.policies.caps:
        channel = None if cap.channel is None else CHANNELS.index(cap.channel)
        meant = np.arange(len(rows)) if channel is None else np.flatnonzero(sends.channel[rows] == channel)
        line, who = _line(sends, channel), sends.profile[rows[meant]]
        last = _in_turn(sends, line, rows[meant], at[meant])
        first = line.upto(who, at[meant] - parse_duration(cap.per))
        full = last - first >= cap.max
        place, of = expand(first[full], (last - first)[full])
        found.append(meant[full][of] * everything + line.rows[place])
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return pairs // everything, pairs % everything


@dataclass(frozen=True)
class _Line:
    """Sent messages by (profile, time), those of one instant in their turn."""

    rows: Places
    profile: AnyArray
    time: Instants

    def upto(self, who: AnyArray, moment: Instants) -> AnyArray:
        """The first place of each person that is later than a moment."""
        low, high = np.searchsorted(self.profile, who), np.searchsorted(self.profile, who, "right")
        return upper_bound(self.time, low, high, moment)


def _line(sends: Sends, channel: int | None) -> _Line:
    """What was sent by one channel, or by all."""
    rows = sends.sent_order
    if channel is not None:
        rows = rows[sends.channel[rows] == channel]
    return _Line(rows, sends.profile[rows], sends.table["sent_at"][rows])


def _in_turn(sends: Sends, line: _Line, rows: Places, at: Instants) -> AnyArray:
    """The place after the last send before each message's turn: all that are earlier, and of those of its own instant
    the ones that are looked at before it."""
    who = sends.profile[rows]
    low = line.upto(who, at - 1)
    place, of = expand(low, line.upto(who, at) - low)
    earlier, level = np.zeros(len(of), np.bool_), np.ones(len(of), np.bool_)
    for theirs, mine in zip(reversed(sends.turn(line.rows[place])), reversed(sends.turn(rows[of])), strict=True):
        earlier |= level & (theirs < mine)
        level &= theirs == mine
    return low + np.bincount(of[earlier], minlength=len(rows))
