"""How many messages people get in a week of all campaigns together.

A week is an ISO week of the workspace's zone; a message belongs to the week in which it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.analysis.local_days import local_days, monday, weeks
from engage_desktop.analysis.sends import Amount, Sends, by_campaign
from engage_desktop.engine.arrays import AnyArray, first_of_each

if TYPE_CHECKING:
    from engage_desktop.events import EventStore


@dataclass(frozen=True)
class Heavy:
    """A person by place, the most they got in one week, the day that week began (since 1970), and all they got."""

    profile: int
    most: int
    monday: int
    messages: int
    campaigns: int


@dataclass(frozen=True)
class WeekLoad:
    """A week by the day it began, messages and people they went to, and the most that one of them got."""

    monday: int
    messages: int
    people: int
    most: int


@dataclass(frozen=True)
class Pressure:
    """`heaviest[n]` people got n messages in their heaviest week, those who got none at 0; `campaigns` by place."""

    heaviest: tuple[int, ...]
    sent: Amount
    campaigns: tuple[Amount, ...]
    people: tuple[int, ...]
    """Whom each campaign sent to."""
    weeks: tuple[WeekLoad, ...]
    top: tuple[Heavy, ...]


def pressure(sends: Sends, store: EventStore, zone: str, most: int = 50) -> Pressure:
    """Count over the whole run; `most` of the heaviest people, by their heaviest week, then all they got, then id."""
    rows = sends.sent_order
    profile = sends.profile[rows].astype(np.int64)
    week = weeks(local_days(sends.table["sent_at"][rows], zone))
    first = first_of_each(profile) | first_of_each(week)  # of a person's week: rows go by person and time
    start = np.flatnonzero(first)
    load = np.diff(np.append(start, len(rows)))
    who, when = profile[start], week[start]
    there = int((store.since <= sends.run.window[1]).sum())
    amount = Amount(len(rows), int(sends.assumed[rows].sum()))
    campaigns = by_campaign(sends, sends.sent)
    reached = tuple(
        len(np.unique(sends.profile[sends.sent & (sends.campaign == place)])) for place in range(len(sends.senders))
    )
    if not len(rows):
        return Pressure((there,), amount, campaigns, reached, (), ())
    # of everybody who got something: their heaviest week, the first of several
    people = np.flatnonzero(first_of_each(who))
    heaviest = np.maximum.reduceat(load, people)
    spread = np.bincount(heaviest)
    spread[0] = there - len(people)
    total = np.add.reduceat(load, people)
    order = np.lexsort((who[people], -total, -heaviest))[:most]
    top = tuple(
        Heavy(
            int(who[people[at]]),
            int(heaviest[at]),
            _heaviest_week(when, load, people, int(at)),
            int(total[at]),
            _campaigns(sends, profile, int(who[people[at]])),
        )
        for at in order
    )
    return Pressure(tuple(spread.tolist()), amount, campaigns, reached, _weeks(when, load), top)


def _heaviest_week(when: AnyArray, load: AnyArray, people: AnyArray, at: int) -> int:
    """The day on which the heaviest week of somebody began, of several the first."""
    mine = slice(int(people[at]), int(people[at + 1]) if at + 1 < len(people) else len(load))
    return monday(int(when[mine][int(np.argmax(load[mine]))]))


def _campaigns(sends: Sends, profile: AnyArray, one: int) -> int:
    """How many campaigns sent to one person; `profile` are those of all sends, ascending."""
    low, high = np.searchsorted(profile, [one, one + 1])
    return len(np.unique(sends.campaign[sends.sent_order[low:high]]))


def _weeks(when: AnyArray, load: AnyArray) -> tuple[WeekLoad, ...]:
    first = int(when.min())
    place = when - first
    messages, people = np.bincount(place, load), np.bincount(place)
    most = np.zeros(len(people), np.int64)
    np.maximum.at(most, place, load)
    return tuple(
        WeekLoad(monday(first + number), int(messages[number]), int(people[number]), int(most[number]))
        for number in range(len(people))
    )
