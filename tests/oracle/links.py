"""Accounts and who is linked to them since when (EV-12; docs/semantics.md "Accounts"). What they qualify for is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.oracle.call import Call
from tests.oracle.identity import Person
from tests.oracle.rules import Rules


@dataclass
class Account:
    """A groupId: its group calls in the order of D-2 over all people, its people by text id with the instant of linking."""

    id: str
    calls: list[Call] = field(default_factory=list)
    linked: dict[str, int] = field(default_factory=dict)

    @property
    def since(self) -> int:
        """It exists from its first group call."""
        return self.calls[0].time

    def trait(self, name: str, now: int) -> Any:
        """D-7 for accounts: the last group call at or before now that speaks of it; None removes."""
        value = None
        for call in self.calls:
            if call.time <= now and name in call.group_traits:
                value = call.group_traits[name]
        return value


def accounts(people: list[Person], rules: Rules) -> list[Account]:
    """Every account in code-point order of its id; a link holds from the first group call that makes it, for ever."""
    found: dict[str, Account] = {}
    calls = [(call, person) for person in people for call in person.calls if call.group is not None]
    for call, person in sorted(calls, key=lambda one: one[0].order(rules)):
        account = found.setdefault(str(call.group), Account(str(call.group)))
        account.calls.append(call)
        if rules.links_from_first_group_call:
            account.linked.setdefault(person.text_id, call.time)
        else:
            account.linked[person.text_id] = call.time
    return [found[key] for key in sorted(found)]
