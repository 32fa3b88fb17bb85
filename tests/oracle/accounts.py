"""What holds for an account (AU-26..AU-29, CT-6): its own traits and audiences, and questions to the people linked to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engage_desktop.domain.condition import Compare, CompareDate, Condition, Not, Quantified, Quantifier, Reduce
from tests.oracle.links import Account
from tests.oracle.log import Call
from tests.oracle.parse import parse
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused
from tests.oracle.state import At, State, Subject

if TYPE_CHECKING:
    from tests.oracle.world import World


class AccountState(Subject):
    """One account's history: its group traits, and the events of everybody linked to it by then."""

    def __init__(self, account: Account, world: World, rules: Rules) -> None:
        super().__init__(world, rules)
        self.account, self.text_id = account, account.id
        self.linked: list[tuple[int, State]] = [
            (since, world.person(text_id)) for text_id, since in account.linked.items()
        ]
        self.since = account.since
        if not rules.account_since_first_call:
            self.since = min(state.since for _, state in self.linked)

    def events(self, parent: Call | None, now: int) -> list[Call]:
        """All linked people's events in one order; below a parent, those of the same person (D-43)."""
        if parent is not None and self.rules.child_of_the_same_person:
            return self.world.person_of(parent).events(parent, now)
        found = [
            call
            for since, state in self.linked
            for call in state.events(None, now)
            if since <= now and (call.time >= since or self.rules.history_before_link)
        ]
        return (
            sorted(found, key=lambda call: call.order(self.rules))
            if self.rules.account_orders_people_together
            else found
        )

    def trait(self, name: str, now: int) -> Any:
        return self.account.trait(name, now)

    def computes(self, key: str) -> bool:
        trait = self.world.traits.get(key)
        if trait is not None and trait.level == "user":
            raise Refused(f"trait {key} is a user's, and an account is asked: write ANY or ALL")
        return trait is not None

    def member(self, key: str, now: int) -> bool:
        """The definition holds; an account needs no identifier of its own."""
        audience = self.world.audience(key)
        if audience is None or audience.level == "user":
            raise Refused(f"audience {key} is none of accounts: write ANY or ALL")
        if audience.list_ is not None:
            return self.text_id in self.world.lists[key] and now >= self.since
        if (key, now) not in self._member:
            anonymous = audience.include_anonymous and self.rules.anonymous_asked_when_included
            self._member[key, now] = self.holds(parse(audience.definition or ""), now, anonymous=anonymous)
        return self._member[key, now]

    def truth(self, condition: Condition, at: At) -> bool:
        match condition:
            case Quantified(quantifier, item):
                return self._ask(quantifier, item, at)
            case Compare(left, _, values) if not at.chain and any(isinstance(side, Reduce) for side in (left, *values)):
                return self._ask("any" if self.rules.outside_means_any else "all", condition, at)
            case CompareDate(Reduce()) if not at.chain:
                return self._ask("any" if self.rules.outside_means_any else "all", condition, at)
        return super().truth(condition, at)

    def _ask(self, quantifier: Quantifier, item: Condition, at: At) -> bool:
        """AU-26, AMB-11: ask everybody linked and eligible at now; of nobody only "none of them" (ALL NOT) is true."""
        asked = [
            (since, state)
            for since, state in self.linked
            if since <= at.now and (state.eligible(at.anonymous, at.now) or not self.rules.asks_eligible_only)
        ]
        if not asked and quantifier == "all":
            return self.rules.none_of_nobody_is_true if isinstance(item, Not) else not self.rules.all_of_nobody_is_false
        answers = [self._answer(since, state, item, at.now) for since, state in asked]
        return any(answers) if quantifier == "any" else all(answers)

    def _answer(self, since: int, state: State, item: Condition, now: int) -> bool:
        if self.rules.inside_reads_the_user and self.rules.history_before_link:
            return state.holds(item, now)
        return Misread(state, self, since).holds(item, now)


class Misread(State):
    """A user of an account under rules switched off: beside the account's traits, or without the events before the link."""

    def __init__(self, state: State, account: AccountState, linked: int) -> None:
        super().__init__(state.person, state.world, state.rules)
        self.account, self.linked, self.made, self.all_events = account, linked, state.made, state.all_events

    def events(self, parent: Call | None, now: int) -> list[Call]:
        found = super().events(parent, now)
        return found if self.rules.history_before_link else [call for call in found if call.time >= self.linked]

    def trait(self, name: str, now: int) -> Any:
        return super().trait(name, now) if self.rules.inside_reads_the_user else self.account.trait(name, now)
