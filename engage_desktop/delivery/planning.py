"""What may leave now: the calls of a sync, and what is withheld and why (D-38, D-39).

Audiences and lists deliver the difference between their membership at the run's last instant and what the destination
is known to have; lists real people only when their number was typed. Step rows of a past window go to sandboxes only.
Rows of kind assumed never leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engage_desktop.delivery.ad_lists import ad_calls
from engage_desktop.delivery.call import message_id, subject
from engage_desktop.delivery.consent import Consent
from engage_desktop.delivery.gate import ASSUMED, NO_CONSENT, PAST, Gate
from engage_desktop.delivery.members import KnownThere, audience_calls
from engage_desktop.delivery.payloads import send_payload
from engage_desktop.delivery.people import Accounts, People
from engage_desktop.delivery.resting import resting_on
from engage_desktop.domain.journey import EventEntry, Exit, Journey
from engage_desktop.domain.message import Destination
from engage_desktop.domain.step import Ad, Send, SetTrait
from engage_desktop.store import Call

if TYPE_CHECKING:
    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore

Expected = Callable[[str], dict[str, int]]
"""subject -> profiles the destination has, or will have once its queue has drained, with since when."""
LastChanges = Callable[[str], dict[str, int]]
"""subject -> the newest `changed_at` of each profile's calls so far."""


@dataclass(frozen=True)
class DeliveryPlan:
    """Calls in the order they are to be made; `withheld` counts rows by reason."""

    destination: str
    calls: tuple[Call, ...]
    withheld: dict[str, int] = field(default_factory=dict)
    for_lists: int = 0
    """People whom lists would be added if everybody might (D-39); those held back are counted in `withheld` too."""

    @property
    def people(self) -> int:
        return len({call.profile for call in self.calls})

    def seconds_at_rate(self, rate: float | None) -> float:
        """How long the calls take at the destination's rate; 0 without one."""
        return max(0, len(self.calls) - 1) / rate if rate else 0.0


def plan_calls(
    run: Run,
    store: EventStore,
    destination: Destination,
    expected: Expected,
    last_changes: LastChanges = lambda subject: {},
    known: Container[str] = (),
    *,
    everybody: bool = False,
) -> DeliveryPlan:
    """Everything the run has for one destination that it does not have yet; `known` are the message
    ids that were sent or are queued. `everybody`: lists may be added real people, not those of the allow-list alone."""
    from engage_desktop.engine import as_observed

    written = as_observed(run, store)
    people, consent = People(store, written, run.plan), Consent(run.plan.campaigns, store)
    gate = Gate(everybody or destination.sandbox, frozenset(run.plan.campaigns.workspace.allow_list))
    calls: list[Call] = []

    def there(key: str) -> KnownThere:
        return KnownThere(expected(key), last_changes(key))

    for audience in run.plan.campaigns.audiences:
        for sync in audience.sync:
            if sync.destination == destination.key:
                about = people if audience.level == "user" else Accounts(store, written, run.plan)
                calls += audience_calls(run, store, about, audience, sync, there(subject(audience.key)), gate, consent)
    calls += ad_calls(run, people, destination, there, gate, consent)
    calls += _step_calls(run, store, people, destination, gate.withheld, consent)
    calls = [call for call in calls if call.message_id not in known]
    calls.sort(key=lambda call: (call.changed_at, call.subject, call.profile))
    return DeliveryPlan(
        destination.key,
        tuple(calls),
        {reason: count for reason, count in gate.withheld.items() if count},
        len(gate.for_lists),
    )


def campaigns_for(run: Run, destination: str) -> list[tuple[str, str]]:
    """(kind, key) of every campaign that sends to the destination, or on which rests what is sent; all must be approved
    for it."""
    campaigns = run.plan.campaigns
    found = [
        ("audience", one.key)
        for one in campaigns.audiences
        if any(sync.destination == destination for sync in one.sync)
    ]
    for journey in campaigns.journeys:
        told = [step.destination for step in journey.steps if isinstance(step, Ad | Send)]
        told += [rule.send.destination for rule in journey.exits if rule.send is not None]
        if destination in told:
            found.append(("journey", journey.key))
    return [*found, *(one for one in resting_on(run, found, destination) if one not in found)]


def _step_calls(
    run: Run, store: EventStore, people: People, destination: Destination, withheld: Counter[str], consent: Consent
) -> Iterator[Call]:
    from engage_desktop.engine import KINDS, entry_keys, sender

    names = ("campaign", "step", "profile", "instance", "changed_at", "kind", "entry_event", "exit_event", "entered_at")
    columns = [run.deliveries[name].tolist() for name in names]
    just_set = _just_set(run)
    agree = consent.agree(destination.key, run.deliveries["profile"], run.deliveries["changed_at"]).tolist()
    for campaign, place, who, instance, changed_at, kind, entered_by, ended_by, entered_at, entry_key, agrees in zip(
        *columns, entry_keys(run), agree, strict=True
    ):
        journey = run.plan.campaigns.journeys[campaign]
        step, told = sender(journey, place)
        if told != destination.key or (place >= 0 and not isinstance(journey.steps[place], Send)):
            continue
        if KINDS[kind] != "observed":
            withheld[ASSUMED] += 1
            continue
        if not destination.sandbox:
            withheld[PAST] += 1
            continue
        if not agrees:
            withheld[NO_CONSENT] += 1
            continue
        person = store.profile_ids[who]
        name = message_id(destination.key, journey.key, step, person, entry_key, 1, "sent", changed_at)
        one = journey.steps[place] if place >= 0 else None
        rule = journey.exits[-1 - place] if place < 0 else None
        payload = send_payload(
            journey=journey.key,
            step=step,
            event_name=_event_name(one or rule, step),
            destination=destination.key,
            identity=people.identity(who),
            traits={trait: people.trait(trait, who, changed_at) for trait in getattr(one, "traits", ())}
            | {
                trait: value
                for trait, value in just_set.get((campaign, who, instance, place), {}).items()
                if trait in getattr(one, "traits", ())
            },
            journey_context={}
            if rule is None
            else _on_exit(people, journey, rule, who, (entered_by, entered_at), (ended_by, changed_at)),
            entry_key=entry_key,
            message_id=name,
            changed_at=changed_at,
        )
        yield Call(name, destination.key, subject(journey.key, step), person, "sent", changed_at, payload)


def _just_set(run: Run) -> dict[tuple[int, int, int, int], dict[str, Any]]:
    """What instances set in the very instant of a send step before it: they see that at once (D-51). By campaign, profile,
    instance and step."""
    found: dict[tuple[int, int, int, int], dict[str, Any]] = {}
    for index, journey in enumerate(run.plan.campaigns.journeys):
        sets = {at: step for at, step in enumerate(journey.steps) if isinstance(step, SetTrait)}
        sends = {at for at, step in enumerate(journey.steps) if isinstance(step, Send) and step.traits}
        if not sets or not sends:
            continue
        visits = run.visits
        rows = np.flatnonzero((visits["journey"] == index) & np.isin(visits["step"], [*sets, *sends]))
        columns = (visits[name][rows].tolist() for name in ("profile", "instance", "entered_at", "step"))
        moment, values = (-1, -1, -1), dict[str, Any]()
        for who, instance, at, step in zip(*columns, strict=True):
            if (who, instance, at) != moment:
                moment, values = (who, instance, at), {}
            if step in sets:
                values[sets[step].trait] = sets[step].value
            elif values:
                found[index, who, instance, step] = dict(values)
    return found


def _event_name(one: Any, key: str) -> str:
    name: str = getattr(one, "event_name", None) or getattr(one, "name", None) or key
    return name


def _on_exit(
    people: People, journey: Journey, rule: Exit, who: int, entered_by: tuple[int, int], ended_by: tuple[int, int]
) -> dict[str, dict[str, Any]]:
    """The entry event and the event that ended the instance, each by place and instant, under the names that D-20 gives
    those of holds."""
    found = {}
    entry = journey.entry.event if isinstance(journey.entry, EventEntry) else None
    if rule.event is not None:
        last = people.event(rule.event, who, *ended_by)
        found = {f"{rule.event} - {rule.key}": last, rule.event: last}
    if entry is not None:
        found[entry] = people.event(entry, who, *entered_by)
    return found
