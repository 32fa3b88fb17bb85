"""Compile campaigns to a plan, run it over a log, produce a run. Numpy only; opens no file."""

from engage_desktop.engine.arrays import NEVER
from engage_desktop.engine.arrow import to_arrow
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.compile import compile_campaigns
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.run import CHANGES, KINDS, OUTCOMES, REASONS, STATUSES, Run, entry_keys, sender
from engage_desktop.engine.simulate import (
    as_observed,
    as_written,
    condition_intervals,
    members,
    members_at,
    membership,
    simulate,
    trait_at,
    trait_history,
)

__all__ = [
    "CHANGES",
    "KINDS",
    "NEVER",
    "OUTCOMES",
    "REASONS",
    "STATUSES",
    "History",
    "Intervals",
    "LeafCache",
    "Plan",
    "Run",
    "as_observed",
    "as_written",
    "compile_campaigns",
    "condition_intervals",
    "entry_keys",
    "members",
    "members_at",
    "membership",
    "sender",
    "simulate",
    "to_arrow",
    "trait_at",
    "trait_history",
]
