"""A whole run: records and campaigns to the public tables of `formats.md` section 4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.step import Ad, Send
from tests.oracle.accounts import AccountState
from tests.oracle.broadcasts import mailings
from tests.oracle.contacts import Contacts
from tests.oracle.generated import STAGES
from tests.oracle.instance import Instance, Visit, seq_order
from tests.oracle.intervals import change_instants, intervals
from tests.oracle.journeys import Walk
from tests.oracle.kinds import mark, plain
from tests.oracle.rules import LAW, Rules
from tests.oracle.sending import Outbox
from tests.oracle.state import State
from tests.oracle.timeline import Timeline
from tests.oracle.traveller import Traveller
from tests.oracle.world import Lists, World, world_of

Row = dict[str, Any]
Tables = dict[str, list[Row]]
TABLES = ("instances", "visits", "memberships", "messages", "responses", "deliveries")


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
    records = list(records)
    tables = replay_world(world_of(records, campaigns, rules, lists), window, seed)
    without = plain(campaigns, rules) if rules.fed_back_is_assumed else None
    if without is not None:
        mark(tables, replay_world(world_of(records, without, rules, lists), window, seed), rules)
    return tables


def replay_world(world: World, window: tuple[int, int], seed: int) -> Tables:
    """One run in a world, which afterwards knows what the run made; kinds as they are within it."""
    tables: Tables = {name: [] for name in TABLES}
    parts = [_journeys, _memberships]
    if not world.rules.memberships_see_writes:
        parts.reverse()
    for part in parts:
        part(world, window, seed, tables)
        if not world.rules.memberships_see_writes:
            world.forget()
    order = {
        "instances": ("journey", "profile", "instance"),
        "visits": ("journey", "profile", "instance", "seq"),
        "memberships": ("audience", "profile", "from_at"),
        "messages": ("campaign", "profile", "instance", "due_at", "step"),  # D-48
        "responses": ("campaign", "profile", "instance", "at"),  # of one instant by stage, then step
        "deliveries": ("destination", "campaign", "profile", "instance", "changed_at", "step"),
    }
    for name, keys in order.items():
        tables[name].sort(key=lambda row: tuple("" if row[key] is None else row[key] for key in keys))
    return tables


def _memberships(world: World, window: tuple[int, int], seed: int, tables: Tables) -> None:
    for subject in world.subjects:
        _memberships_of(subject, window, tables)


def _memberships_of(subject: State | AccountState, window: tuple[int, int], tables: Tables) -> None:
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


def _journeys(world: World, window: tuple[int, int], seed: int, tables: Tables) -> None:
    contacts = Contacts([state.person for state in world.people], world.rules)
    people = []
    for state in world.people:
        walks = [Walk(state, journey, number, window, seed) for number, journey in enumerate(world.campaigns.journeys)]
        people.append(Traveller(state, walks, Outbox(state, contacts, seed)))
    Timeline(people, mailings(world, window, seed), window[1]).work_off()
    for one in people:
        number = dict[int, int]()  # of each instance
        for walk in one.walks:
            _rows(walk, number, tables)
        _messages(one, number, tables)
        _responses(one.state, number, tables)


def _rows(walk: Walk, number: dict[int, int], tables: Tables) -> None:
    journey, profile = walk.journey.key, walk.state.profile
    order = seq_order(walk.journey, walk.rules)
    walk.instances.sort(key=lambda one: (one.entered_at, one.row))
    number |= {id(instance): at for at, instance in enumerate(walk.instances, 1)}
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
        for destination, rule, kind in _told_on_exit(walk, instance):
            tables["deliveries"].append(
                {"destination": destination, "campaign": journey, "step": f"exit:{rule}", **who, "change": "sent",
                 "changed_at": instance.ended_at, "kind": kind}
            )  # fmt: skip


def _messages(person: Traveller, number: dict[int, int], tables: Tables) -> None:
    """What became of every message of a person; a broadcast's has instance 1."""
    for one in person.outbox.settled:
        due = one.due
        assumed = one.assumed or (due.visit is not None and due.visit.rests_on_assumption())
        tables["messages"].append(
            {"campaign": due.campaign, "step": due.step, "profile": person.state.profile,
             "instance": number[id(due.instance)] if due.instance else 1, "channel": one.channel, "message": one.message,
             "due_at": due.due_at, "sent_at": one.sent_at, "status": one.status, "reason": one.reason,
             "kind": "assumed" if assumed else "observed"}
        )  # fmt: skip


def _responses(state: State, number: dict[int, int], tables: Tables) -> None:
    places = {stage: place for place, stage in enumerate(STAGES)}
    for one in sorted(state.made.responses, key=lambda one: (one.made_at, places[one.stage], one.due.step or "")):
        if one in state.made.dropped and not state.rules.event_over_the_limit_was_a_response:
            continue
        due = one.due
        tables["responses"].append(
            {"campaign": due.campaign, "step": due.step, "profile": state.profile,
             "instance": number[id(due.instance)] if due.instance else 1, "response": one.stage, "at": one.made_at,
             "kind": "assumed"}
        )  # fmt: skip


def _told_on_exit(walk: Walk, instance: Instance) -> Iterator[tuple[str, str, str]]:
    """What an exit rule tells when it takes an instance (J2-32): destination, key of the rule, kind. It is assumed where
    the instance would have ended before, had a message been dropped that was not by assumption alone (D-27)."""
    for rule in walk.journey.exits:
        if rule.send is not None and (instance.outcome, instance.detail) == ("exited", rule.key):
            leaned = [
                visit for visit in instance.visits if visit.on_by_assumption and visit.entered_at != instance.ended_at
            ]
            yield rule.send.destination, rule.key, "assumed" if leaned else "observed"


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
