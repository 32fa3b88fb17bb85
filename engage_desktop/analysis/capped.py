"""Who filled the caps: for each message that a frequency cap stopped or moved, the sends that stood in its window.

A run says that a cap bound, not when: the instant taken is the first one, from due_at on, at which a cap of the
policies was full for the message (D-24). There, every send in the window (t - W, t] of each full cap counts that
came before the message in the order of one instant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.analysis.sends import Instants, Places, Sends
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.workspace import CHANNELS
from engage_desktop.engine import REASONS, STATUSES
from engage_desktop.engine.arrays import AnyArray, expand, upper_bound


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


def cappings(sends: Sends) -> Cappings:
    """Count over the whole run."""
    rows, most = capped_rows(sends), len(sends.senders)
    dropped = sends.table["status"][rows] == STATUSES.index("dropped")
    campaign = sends.campaign[rows].astype(np.int64)
    query, send = fillers(sends, rows)
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


def fillers(sends: Sends, rows: Places) -> tuple[AnyArray, Places]:
    """(place in `rows`, row of a send in a full window) of messages that a cap bound, sorted, each pair once."""
    at = sends.table["due_at"][rows]
    parts = [_windows(sends, rows, at, in_turn=True)]
    left = np.setdiff1d(np.arange(len(rows)), parts[0][0])
    everybody, until = _line(sends, None), _until(sends, rows)
    next_send = everybody.upto(sends.profile[rows[left]], at[left])
    end = np.searchsorted(everybody.profile, sends.profile[rows[left]], "right")
    while len(left):  # a cap fills only when something is sent: look just after each later send of that person
        moment = everybody.time[np.minimum(next_send, len(everybody.time) - 1)] if len(everybody.time) else at[left]
        there = (next_send < end) & (moment <= until[left])
        left, next_send, end, moment = left[there], next_send[there], end[there], moment[there]
        query, send = _windows(sends, rows[left], moment, in_turn=False)
        parts.append((left[query], send))
        on = np.setdiff1d(np.arange(len(left)), query)
        left, next_send, end = left[on], next_send[on] + 1, end[on]
    query, send = (np.concatenate(column) for column in zip(*parts, strict=True))
    sort = np.lexsort((send, query))
    return query[sort], send[sort]


def _until(sends: Sends, rows: Places) -> Instants:
    """Until when a message may have met a cap: before its sending, else by the end of its waiting or of the run."""
    longest = sends.table["due_at"][rows] + parse_duration(sends.campaigns.policies.max_wait)
    return np.where(sends.sent[rows], sends.table["sent_at"][rows] - 1, np.minimum(longest, sends.run.window[1]))


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


def _windows(sends: Sends, rows: Places, at: Instants, *, in_turn: bool) -> tuple[AnyArray, Places]:
    """The sends in the windows of the caps that are full for messages at an instant each, each pair once. Of the sends
    at that very instant only those before the message count `in_turn`, else all."""
    found: list[AnyArray] = []
    everything = max(len(sends), 1)
    for cap in sends.campaigns.policies.caps:
        channel = None if cap.channel is None else CHANNELS.index(cap.channel)
        meant = np.arange(len(rows)) if channel is None else np.flatnonzero(sends.channel[rows] == channel)
        line, who = _line(sends, channel), sends.profile[rows[meant]]
        last = line.upto(who, at[meant])
        if in_turn:
            last = _in_turn(sends, line, rows[meant], at[meant], last)
        first = line.upto(who, at[meant] - parse_duration(cap.per))
        full = last - first >= cap.max
        place, of = expand(first[full], (last - first)[full])
        found.append(meant[full][of] * everything + line.rows[place])
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return pairs // everything, pairs % everything


def _in_turn(sends: Sends, line: _Line, rows: Places, at: Instants, last: AnyArray) -> AnyArray:
    """The same place, less the sends of each message's own instant whose turn is not before the message's."""
    low = line.upto(sends.profile[rows], at - 1)
    place, of = expand(low, last - low)
    earlier, level = np.zeros(len(of), np.bool_), np.ones(len(of), np.bool_)
    for theirs, mine in zip(reversed(sends.turn(line.rows[place])), reversed(sends.turn(rows[of])), strict=True):
        earlier |= level & (theirs < mine)
        level &= theirs == mine
    return low + np.bincount(of[earlier], minlength=len(rows))
