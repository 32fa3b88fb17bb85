"""A whole run: records and campaigns to the public tables of `formats.md` section 4."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.step import Ad, Send
from tests.oracle.accounts import AccountState
from tests.oracle.contacts import Contacts
from tests.oracle.instance import Due, Instance, Visit, seq_order
from tests.oracle.intervals import change_instants, intervals
from tests.oracle.journeys import Walk
from tests.oracle.messages import Settled, settle
from tests.oracle.rules import LAW, Rules
from tests.oracle.state import State
from tests.oracle.timeline import work_off
from tests.oracle.world import Lists, world_of

Row = dict[str, Any]
Tables = dict[str, list[Row]]
TABLES = ("instances", "visits", "memberships", "messages", "deliveries")


def replay(
    records: Iterable[Mapping[str, Any]],
    campaigns: Campaigns,
    window: tuple[int, int],
    seed: int = 0,
    rules: Rules = LAW,
    lists: Lists | None = None,
) -> Tables:
    """The tables as lists of rows in their public order; instants in microseconds, None for null. `lists` are the ids
    in the file of each audience from a list."""
    world = world_of(records, campaigns, rules, lists)
    contacts = Contacts([state.person for state in world.people], rules)
    tables: Tables = {name: [] for name in TABLES}
    for subject in world.subjects:
        _memberships(subject, window, tables)
    for state in world.people:
        _journeys(state, window, seed, contacts, tables)
    order = {
        "instances": ("journey", "profile", "instance"),
        "visits": ("journey", "profile", "instance", "seq"),
        "memberships": ("audience", "profile", "from_at"),
        "messages": ("campaign", "profile", "instance", "due_at", "step"),  # D-48
        "deliveries": ("destination", "campaign", "profile", "instance", "changed_at", "step"),
    }
    for name, keys in order.items():
        tables[name].sort(key=lambda row: tuple(row[key] for key in keys))
    return tables


def _memberships(subject: State | AccountState, window: tuple[int, int], tables: Tables) -> None:
    instants = change_instants(subject, window[1])
    level = "user" if isinstance(subject, State) else "account"
    for audience in subject.world.campaigns.audiences:
        if audience.level != level:
            continue
        for start, end in intervals(lambda t, key=audience.key: subject.member(key, t), instants):  # type: ignore[misc]
            if end is None or end > window[0]:  # every interval that reaches into the window
                tables["memberships"].append(
                    {"audience": audience.key, "profile": subject.text_id, "from_at": start, "to_at": end}
                )


def _journeys(state: State, window: tuple[int, int], seed: int, contacts: Contacts, tables: Tables) -> None:
    campaigns = state.world.campaigns
    walks = [(Walk(state, journey, window, seed), list[Settled]()) for journey in campaigns.journeys]

    def settling(settled: list[Settled]) -> Callable[[Due], bool]:
        def settle_one(due: Due) -> bool:
            """Whether the message was dropped."""
            outcome = settle(due, state, campaigns, contacts)
            settled.append(outcome)
            dropped = outcome.status == "dropped"
            due.visit.on_by_assumption = outcome.assumed and not dropped and due.step.when_not_sent == "leave"
            return dropped

        return settle_one

    work_off([(walk, settling(settled)) for walk, settled in walks])
    for walk, settled in walks:
        _rows(walk, settled, tables)


def _rows(walk: Walk, settled: list[Settled], tables: Tables) -> None:
    journey, profile = walk.journey.key, walk.state.profile
    order = seq_order(walk.journey, walk.rules)
    walk.instances.sort(key=lambda one: (one.entered_at, one.row))
    number = {id(instance): at for at, instance in enumerate(walk.instances, 1)}
    for instance in walk.instances:
        who = {"profile": profile, "instance": number[id(instance)]}
        tables["instances"].append(
            {"journey": journey, **who, "identifier": instance.identifier, "entered_at": instance.entered_at, "ended_at": instance.ended_at,
             "outcome": instance.outcome, "detail": instance.detail}
        )  # fmt: skip
        visits = sorted(instance.visits, key=lambda visit: (visit.entered_at, order[visit.step], visit.number))  # D-46
        for seq, visit in enumerate(visits):
            kind = "assumed" if visit.rests_on_assumption() else "observed"
            tables["visits"].append(
                {"journey": journey, **who, "seq": seq, "step": visit.step, "entered_at": visit.entered_at,
                 "left_at": visit.left_at, "branch": visit.branch, "pass": visit.number,
                 "kind": kind}
            )  # fmt: skip
            for destination, change, changed_at in _told(walk, instance, visit):
                tables["deliveries"].append(
                    {"destination": destination, "campaign": journey, "step": visit.step, **who, "change": change,
                     "changed_at": changed_at, "kind": kind}
                )  # fmt: skip
    for one in settled:
        assumed = one.assumed or one.due.visit.rests_on_assumption()
        tables["messages"].append(
            {"campaign": journey, "step": one.due.step.key, "profile": profile, "instance": number[id(one.due.instance)],
             "channel": one.channel, "message": one.message, "due_at": one.due.due_at, "sent_at": one.sent_at,
             "status": one.status, "reason": one.reason, "kind": "assumed" if assumed else "observed"}
        )  # fmt: skip


def _told(walk: Walk, instance: Instance, visit: Visit) -> Iterator[tuple[str, str, int]]:
    """What a visit tells a destination: destination, change, instant.

    An ad's removal belongs to the list, not to the instance: it happens after the instance has ended too, but not after
    the run's end (D-21).
    """
    step = walk.steps[visit.step]
    if isinstance(step, Send):
        yield step.destination, "sent", visit.entered_at
    elif isinstance(step, Ad):
        yield step.destination, "added", visit.entered_at
        removed = visit.entered_at + parse_duration(step.remove_after) if step.remove_after else None
        ended = instance.ended_at is not None and removed is not None and instance.ended_at < removed
        if removed is not None and removed <= walk.last and (walk.rules.removal_survives_the_instance or not ended):
            yield step.destination, "removed", removed
