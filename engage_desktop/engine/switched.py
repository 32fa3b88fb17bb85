"""Sets of instants from switches: what somebody is since their last word on it."""

from __future__ import annotations

import json

import numpy as np

from engage_desktop.engine.arrays import NEVER, Instants, Mask, Profiles, first_of_each
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.source import ABSENT, TraitHistory


def switched(profile: Profiles, time: Instants, on: Mask, n_profiles: int) -> Intervals:
    """From `time[i]` on `profile[i]` is on or off, until their next word; before the first one off. Sorted by (profile,
    time); of several words of one instant the last counts."""
    last = np.append((np.diff(profile) != 0) | (np.diff(time) != 0), True)[: len(profile)]
    profile, time, on = profile[last], time[last], on[last]
    # Only turns matter: an interval lies between a turn on and the next one, which turns off or is of somebody else.
    begins = first_of_each(profile)
    turns = np.where(begins, on, np.append(False, on[1:] != on[:-1])[: len(on)])
    profile, time, on = profile[turns], time[turns], on[turns]
    same = np.append(profile[1:] == profile[:-1], False)[: len(profile)]
    end = np.where(same, np.append(time[1:], NEVER)[: len(time)], NEVER)
    return Intervals(profile[on].astype(np.int32, copy=False), time[on], end[on], n_profiles)


def agreed(history: TraitHistory, category: str, n_profiles: int) -> Intervals:
    """When people agree to a category of consent (SB-10). Who has said nothing does not."""
    profile = np.repeat(np.arange(n_profiles, dtype=np.int32), np.diff(history.start))
    column = history.column
    of_text = np.array([agrees(text, category) for text in column.texts] + [False], np.bool_)
    on = of_text[column.code] & (np.asarray(column.kind) != ABSENT)
    return switched(profile, np.asarray(history.time, np.int64), on, n_profiles)


def agrees(preferences: str, category: str) -> bool:
    """Whether an object of preferences, as JSON, agrees: the latest counts as a whole, and only `true` does (D-54)."""
    return json.loads(preferences).get(category) is True
