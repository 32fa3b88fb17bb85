"""Membership over time: ask at every instant at which an answer may change (D-5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.oracle.accounts import AccountState
from tests.oracle.designs import written
from tests.oracle.state import State
from tests.oracle.values import dates_in

Interval = tuple[int, int | None]


def change_instants(subject: State | AccountState, until: int) -> list[int]:
    """Every instant up to `until` at which some condition may change.

    Whatever is asked is a function of the calls up to now, of `now >= call + window edge` and of `now` beside a date
    plus or minus a duration; parents, traits and accounts add no further sums. So these instants are all: calls and
    calls + any window's edge; dates written in a call, +- any duration of a date operator, and a microsecond later,
    where an inclusive bound ends (D-42); and when a write of a journey becomes public (D-51). Events that the run makes are calls like the log's.
    """
    if subject.instants_of_log is None:
        subject.instants_of_log = _instants_of_log(subject)
    instants = set(subject.instants_of_log)
    for state in subject.world.around(subject):
        if state is subject or subject.rules.writes_reach_who_shares_an_account:
            instants |= state.instants_of_writes()
            instants |= state.instants_after(state.made.events)
    return sorted(instant for instant in instants if instant <= until)


def _instants_of_log(subject: State | AccountState) -> set[int]:
    """Those that are known before any journey has run, the dates among what journeys may write too."""
    widths, spans = subject.world.widths, subject.world.spans
    instants: set[int] = set()
    says: list[Any] = [step.value for step in written(subject.world.campaigns)]
    for state in subject.world.around(subject):
        for call in state.person.calls:
            instants |= {call.time + width for width in widths}
            says += [call.properties, call.traits, call.context, call.group_traits]
    for at in dates_in(says) if spans else ():
        instants |= {at + span + later for span in spans for later in (0, 1)}
    return instants


def intervals(holds: Callable[[int], bool], instants: list[int]) -> list[Interval]:
    """Right-continuous, merged intervals `[from, to)`; None = still open at the end (D-5)."""
    found: list[Interval] = []
    opened: int | None = None
    for instant in instants:
        now = holds(instant)
        if now and opened is None:
            opened = instant
        elif not now and opened is not None:
            found.append((opened, instant))
            opened = None
    if opened is not None:
        found.append((opened, None))
    return found
