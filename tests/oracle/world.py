"""Everybody of a log: people and accounts, who is linked to whom, and the campaigns they are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.people import Audience
from tests.oracle.accounts import AccountState
from tests.oracle.designs import refuse_journeys
from tests.oracle.links import accounts
from tests.oracle.log import Call, Person, read
from tests.oracle.names import refuse_names, widths_and_spans
from tests.oracle.rules import LAW, Rules
from tests.oracle.scope import Refused, refuse
from tests.oracle.state import State

Lists = Mapping[str, Iterable[str]]
"""The ids of each audience that is a list (formats 2)."""


class World:
    """States of all people and accounts, in code-point order of their text ids."""

    def __init__(self, people: list[Person], campaigns: Campaigns, rules: Rules, lists: Lists | None = None) -> None:
        self.campaigns, self.rules = campaigns, rules
        self.widths, self.spans = widths_and_spans(campaigns, rules)
        self.lists = {key: frozenset(ids) for key, ids in (lists or {}).items()}
        self.audiences = {audience.key: audience for audience in campaigns.audiences}
        self.traits = {trait.key: trait for trait in campaigns.traits}
        self.people = [State(person, self, rules) for person in people]
        self._by_id = {state.text_id: state for state in self.people}
        self._owner = {call.position: state for state in self.people for call in state.person.calls}
        self._positions = max(self._owner, default=-1)
        self.accounts = [AccountState(account, self, rules) for account in accounts(people, rules)]

    @property
    def subjects(self) -> list[State | AccountState]:
        return [*self.people, *self.accounts]

    def forget(self) -> None:
        """Ask anew what was answered."""
        for subject in self.subjects:
            subject.forget()

    def audience(self, key: str) -> Audience | None:
        return self.audiences.get(key)

    def person(self, text_id: str) -> State:
        return self._by_id[text_id]

    def person_of(self, call: Call) -> State:
        return self._owner[call.position]

    def next_position(self, state: State) -> int:
        """For an event that the run makes of somebody: behind all of the log and all made before."""
        self._positions += 1
        self._owner[self._positions] = state
        return self._positions

    def accounts_of(self, person: Person, now: int) -> list[AccountState]:
        """The accounts a person is linked to by now."""
        return [
            account
            for account in self.accounts
            if any(since <= now and state.person is person for since, state in account.linked)
        ]

    def around(self, subject: State | AccountState) -> list[State]:
        """Everybody whose calls may change an answer about the subject: itself, and who shares accounts with it."""
        found = [subject] if isinstance(subject, State) else [state for _, state in subject.linked]
        if all(audience.level == "user" for audience in self.campaigns.audiences):
            return found
        for state in found:  # grows while it is walked
            for account in self.accounts:
                linked = [other for _, other in account.linked]
                if state in linked:
                    found += [other for other in linked if other not in found]
        return found


def world_of(
    records: Iterable[Mapping[str, Any]], campaigns: Campaigns, rules: Rules = LAW, lists: Lists | None = None
) -> World:
    """The world of a log; `Refused` where the campaigns are out of scope or clash with it."""
    refuse(campaigns)
    refuse_journeys(campaigns, rules)
    people, _ = read(records, rules, campaigns.identity)
    world = World(people, campaigns, rules, lists)
    for audience in campaigns.audiences:
        if audience.list_ is not None and audience.key not in world.lists:
            raise Refused(f"the list of audience {audience.key} is missing")
    refuse_names(campaigns, people)
    return world


def trait_value(
    records: Iterable[Mapping[str, Any]], campaigns: Campaigns, key: str, at: int, rules: Rules = LAW
) -> dict[str, Any]:
    """The value of a computed trait at an instant for every profile, or account, of the log; None = absent."""
    world = world_of(records, campaigns, rules)
    subjects: list[Any] = world.people if world.traits[key].level == "user" else world.accounts
    return {subject.text_id: subject.computed(key, at) for subject in subjects}
