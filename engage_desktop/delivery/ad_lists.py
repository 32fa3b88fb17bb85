"""The calls that make a destination's list of an `ad` step what the run's last instant says (D-39)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.delivery.call import message_id, subject
from engage_desktop.delivery.consent import Consent
from engage_desktop.delivery.gate import ASSUMED, NO_CONSENT, Gate
from engage_desktop.delivery.members import KnownThere
from engage_desktop.delivery.payloads import audience_payload
from engage_desktop.delivery.people import People
from engage_desktop.domain.message import Destination
from engage_desktop.domain.step import Ad
from engage_desktop.store import Call

if TYPE_CHECKING:
    from engage_desktop.engine import Run


def ad_calls(
    run: Run, people: People, destination: Destination, there: Callable[[str], KnownThere], gate: Gate, consent: Consent
) -> Iterator[Call]:
    """The difference to what the destination has, of every `ad` step that adds to it. On its list is whose last row adds
    them, and who agrees at the run's last instant."""
    for index, journey in enumerate(run.plan.campaigns.journeys):
        for place, step in enumerate(journey.steps):
            if isinstance(step, Ad) and step.destination == destination.key:
                key = subject(journey.key, step.key)
                yield from _of_step(run, people, (index, place), destination, there(key), gate, consent)


def _of_step(
    run: Run,
    people: People,
    at: tuple[int, int],
    destination: Destination,
    there: KnownThere,
    gate: Gate,
    consent: Consent,
) -> Iterator[Call]:
    from engage_desktop.engine import CHANGES, KINDS, entry_keys

    journey = run.plan.campaigns.journeys[at[0]]
    step, last, table = journey.steps[at[1]].key, run.window[1], run.deliveries
    mine = np.flatnonzero((table["campaign"] == at[0]) & (table["step"] == at[1]) & (table["changed_at"] <= last))
    mine = mine[np.argsort(table["changed_at"][mine], kind="stable")]
    keys = entry_keys(run)
    # The last row of each person that rests on no assumption says whether they are on the list.
    state: dict[int, tuple[str, int, str]] = {}
    for row in mine.tolist():
        if KINDS[table["kind"][row]] == "observed":
            change = CHANGES[table["change"][row]]
            state[int(table["profile"][row])] = (change, int(table["changed_at"][row]), keys[row])
        else:
            gate.withheld[ASSUMED] += 1
    for who in consent.silent_of(
        destination.key, [one for one, (change, _, _) in state.items() if change == "added"], last
    ):
        gate.withheld[NO_CONSENT] += people.ids[who] not in there.members
        _, changed_at, key = state[who]
        state[who] = ("removed", max(changed_at, consent.withdrawn(destination.key, who, last)), key)
    size = sum(change == "added" for change, _, _ in state.values())

    def call(who: int, change: str, changed_at: int, entry_key: str) -> Call:
        text_id = people.ids[who]
        changed_at = there.dated(text_id, changed_at)
        name = message_id(destination.key, journey.key, step, text_id, entry_key, 1, change, changed_at)
        payload = audience_payload(
            as_="list",
            audience=f"{journey.key}__{step}",
            destination=destination.key,
            identity=people.identity(who),
            email=people.email(who, last),
            member=change == "added",
            traits={},
            message_id=name,
            changed_at=changed_at,
            computation_class="journey_step",
        )
        return Call(name, destination.key, subject(journey.key, step), text_id, change, changed_at, payload)

    for who, (change, changed_at, key) in sorted(state.items()):
        fresh = change == "added" and people.ids[who] not in there.members
        if fresh and gate.adds(people, who, size, destination.minimum or 0):
            yield call(who, change, changed_at, key)
    for text_id, since in there.members.items():
        found = people.index_of(text_id)
        if found is None:
            continue  # a profile that the log no longer has is not ours to remove
        change, changed_at, key = state.get(found, ("removed", since, ""))
        if change == "removed":
            yield call(found, change, changed_at, key)
