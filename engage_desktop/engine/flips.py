"""Small changes that might turn a verdict, the cheapest first: a recursion over the tree.

What comes out is a guess to be verified by asking again (`verified`): parts of a tree may pull against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    InAudience,
    Instant,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Trait,
)
from engage_desktop.engine.changes import Edit, RemoveEvent, SetTrait, cost
from engage_desktop.engine.definitions import Computed, Member, OfAccounts, Side, is_constant, reads_events
from engage_desktop.engine.drafts import TURNED, Draft, Maker, put
from engage_desktop.engine.explain import Reader, Who, plain
from engage_desktop.engine.targets import counts_for, dates_for, values_for
from engage_desktop.engine.values import elements, holds, number_of
from engage_desktop.language.printer import split_path

Edits = tuple[Edit, ...]
MOST = 100
"""No change of more events than this is small."""
KEPT = 4
"""So many alternatives of each part are looked at."""
FIXED_TRAITS = frozenset(("email", "phone", "id", "user_id", "userId", "anonymous_id"))
"""Traits that say who somebody is: another value could be another person."""


class Flips:
    """Changes for the people a reader knows."""

    def __init__(self, reader: Reader, fixed: Iterable[str] = ()) -> None:
        self.reader = reader
        self.fixed = FIXED_TRAITS | frozenset(fixed)

    def of(self, node: Condition, who: Who, want: bool, include_anonymous: bool = False) -> list[Edits]:
        """Alternatives, the cheapest first, that would make `node` be `want`; [()] where it is so already."""
        if self.reader.holds(node, who, include_anonymous) == want:
            return [()]

        def inner(item: Condition) -> list[Edits]:
            return self.of(item, who, want, include_anonymous)

        match node:
            case Not(item):
                return self.of(item, who, not want, include_anonymous)
            case And(items) | Or(items):
                parts = [inner(item) for item in items]
                return _all_of(parts) if isinstance(node, And) == want else _any_of(parts)
            case Quantified(quantifier, item):
                return self._asked(quantifier, item, who, want, include_anonymous)
            case InAudience(key):
                return self._member(key, who, want)
            case Compare() | CompareDate() if who.level == "account" and reads_events(node):
                return self._asked("any", node, who, want, include_anonymous)
            case Compare() if _turnable(node):
                return self._compare(Compare(node.values[0], TURNED[node.op], (node.left,)), who, want)  # type: ignore[arg-type]
            case Compare():
                return self._compare(node, who, want)
            case CompareDate(left, op, value):
                return self._give(left, who, dates_for(op, value, self.reader.at, want), want)
        return []

    # -- names and users -------------------------------------------------------------------

    def _asked(self, quantifier: str, item: Condition, who: Who, want: bool, include_anonymous: bool) -> list[Edits]:
        users = self.reader.users_of(who.index, include_anonymous)
        parts = [self.of(item, user, want) for user in users]
        if not users:
            return []
        return _any_of(parts) if (quantifier == "any") == want else _all_of(parts)

    def _member(self, key: str, who: Who, want: bool) -> list[Edits]:
        member, definition = self.reader.plan.member(key), self.reader.definition(key)
        if member is None or definition is None:
            return []
        if member.level != who.level:
            parts = [self._member(key, account, want) for account in self.reader.accounts_of(who.index)]
            return _any_of(parts) if want else _all_of(parts)
        anonymous = self.reader.anonymous(key)
        if who.level == "user" and not self.reader.eligible(who.index, anonymous):
            return [] if want else [()]
        return self.of(definition, who, want, anonymous)

    # -- comparisons -----------------------------------------------------------------------

    def _compare(self, node: Compare, who: Who, want: bool) -> list[Edits]:
        literals = [self.reader.value(side, who)[0] for side in node.values]
        found: list[Edits] = []
        if None not in literals:
            flat = [
                one
                for literal in literals
                for one in (elements(literal) if not isinstance(literal, Instant) else [literal])
            ]
            found = self._move(node.left, node.op, flat, who, want)
        if node.values and not is_constant(node.values[0]):
            left = self.reader.value(node.left, who)[0]
            if left is None:
                fallback = self._give(node.left, who, [1], True)
                other = self._give(node.values[0], who, [1, 2, 0], True)
                found += [(*a, *b) for a in fallback[:1] for b in other[:3]] if want else []
            else:
                found += self._move(node.values[0], TURNED[node.op], elements(left), who, want)
        return _cheapest(found)

    def _move(self, side: Side, op: Any, literals: list[Any], who: Who, want: bool) -> list[Edits]:
        """Change a scalar so that `scalar op literals` is `want`."""
        if isinstance(side, Trait):
            named = self.reader.side(side, who.level)
            if isinstance(named, Member | OfAccounts):
                key = named.key if isinstance(named, Member) else named.member.key
                return _any_of(
                    [self._member(key, who, says) for says in (True, False) if holds(says, op, literals) == want]
                )
            if isinstance(named, Computed):
                reduce = self.reader.trait_definition(named.key)
                return [] if reduce is None else self._reduced(reduce, op, literals, who, want)
            return self._set(side, who, values_for(op, literals, want))
        return self._reduced(side, op, literals, who, want) if isinstance(side, Reduce) else []

    def _give(self, side: Side, who: Who, values: Sequence[Any], want: bool) -> list[Edits]:
        """Change a scalar to one of some values."""
        if isinstance(side, Trait):
            named = self.reader.side(side, who.level)
            if isinstance(named, Computed):
                reduce = self.reader.trait_definition(named.key)
                return [] if reduce is None else self._valued(reduce, values, who)
            return [] if isinstance(named, Member | OfAccounts) else self._set(side, who, values)
        return self._valued(side, values, who) if isinstance(side, Reduce) else []

    def _set(self, trait: Trait, who: Who, values: Sequence[Any]) -> list[Edits]:
        """A trait told anew; what stands beside it in an object stays (D-41)."""
        key, *rest = trait.path
        if key in self.fixed or key.endswith("_subscription_status"):
            return []
        few = self.reader.few
        subject = few.people[who.index] if who.level == "user" else few.accounts[who.index]
        whole: Any = None
        if rest:
            whole = self._object(key, who)
        edits: list[Edits] = []
        for value in values[:KEPT]:
            if isinstance(value, Instant):
                continue
            if not rest and value is None and self.reader.value(trait, who)[0] is None:
                continue
            told = _with(whole, tuple(rest), value) if rest else value
            edits.append((SetTrait(who.level, subject, key, told, self.reader.at, trait.path),))
        return edits

    def _object(self, key: str, who: Who) -> dict[str, Any]:
        """The object a trait is at the instant, from its fields."""
        few = self.reader.few
        names = few.trait_names() if who.level == "user" else few.account_trait_names()
        whole: dict[str, Any] = {}
        for path in map(split_path, names):
            if path[0] == key and len(path) > 1 and (value := self.reader.value(Trait(path), who)[0]) not in (None, {}):
                whole = _with(whole, path[1:], value)
        return whole

    # -- reducers --------------------------------------------------------------------------

    def _reduced(self, reduce: Reduce, op: Any, literals: list[Any], who: Who, want: bool) -> list[Edits]:
        events = self.reader.visible(reduce, who)
        if reduce.kind == "count":
            found = []
            for count in counts_for(op, literals, want, events.n, events.n + MOST):
                if count > events.n:
                    found += self._more(reduce, who, [None] * (count - events.n))
                else:
                    found.append(self._without(reduce, who, range(events.n - count)))
            return found
        values = values_for(op, literals, want)
        found = self._valued(reduce, [value for value in values if value is not None], who)
        column = events.column(reduce.path, reduce.context)
        own = [plain(column, i) for i in range(events.n)]
        if reduce.kind == "unique_count":
            distinct = {str(one) for value in own for one in elements(value)}
            for count in counts_for(op, literals, want, len(distinct), len(distinct) + MOST):
                if count > len(distinct):
                    fresh = [f"other {i + 1}" for i in range(count - len(distinct))]
                    found += self._more(reduce, who, fresh)
        if events.n:
            breaking = [i for i, value in enumerate(own) if value is not None and holds(value, op, literals) != want]
            present = [i for i, value in enumerate(own) if value is not None]
            down = sorted(
                present, key=lambda i: sum(n for one in elements(own[i]) if (n := number_of(one)) is not None)
            )
            heaps = [down[-n:] for n in (1, 2, 3)] + [down[:n] for n in (1, 2, 3)]
            for some in (
                breaking,
                present,
                present[-1:],
                present[:1],
                *(heaps if reduce.kind in ("sum", "avg") else ()),
            ):
                if 0 < len(some) <= MOST:
                    found.append(self._without(reduce, who, some))
        return _cheapest(found)

    def _valued(self, reduce: Reduce, values: Sequence[Any], who: Who) -> list[Edits]:
        """One more event (or as many as make a mode) so that the reducer gives one of the values."""
        now = self.reader.value(reduce, who)[0]
        events = self.reader.visible(reduce, who)
        found: list[Edits] = []
        for value in values[:KEPT]:
            number, many = number_of(value) if not isinstance(value, Instant) else None, 1
            match reduce.kind:
                case "count" | "unique_count":
                    continue
                case "sum" if number is not None:
                    value = _round(number - (now or 0))
                case "avg" if number is not None:
                    column = events.column(reduce.path, reduce.context)
                    own = [
                        one
                        for i in range(events.n)
                        for item in elements(plain(column, i))
                        if (one := number_of(item)) is not None
                    ]
                    value = _round(number * (len(own) + 1) - sum(own))
                case "first":
                    if events.n:
                        found += self._earlier(reduce, who, value, int(events.time[0]))
                        continue
                case "mode":
                    column = events.column(reduce.path, reduce.context)
                    texts = [str(item) for i in range(events.n) for item in elements(plain(column, i))]
                    top = max((texts.count(one) for one in set(texts)), default=0)
                    many = max(top + 1 - texts.count(str(value)), reduce.least - texts.count(str(value)), 1)
            if many <= MOST and not isinstance(value, Instant):
                found += self._more(reduce, who, [value] * many)
        return found

    def _more(self, reduce: Reduce, who: Who, values: Sequence[Any]) -> list[Edits]:
        """Events added, one for each value (None where the property does not matter)."""
        profile = self._actor(who)
        if profile is None or len(values) > MOST:
            return []
        made: list[Edit] = []
        for value in values:
            draft = self._draft(reduce, who)
            if draft is None or (value is not None and not put(draft, _field(reduce), value)):
                return []
            made += draft.edits(profile)
        return [tuple(made)]

    def _earlier(self, reduce: Reduce, who: Who, value: Any, before: int) -> list[Edits]:
        profile, draft = self._actor(who), self._draft(reduce, who)
        if profile is None or draft is None or not put(draft, _field(reduce), value):
            return []
        draft.time = min(draft.time, before - 1)
        return [draft.edits(profile)]

    def _draft(self, reduce: Reduce, who: Who) -> Draft | None:
        def flip(node: Condition, want: bool) -> Edits | None:
            found = self.of(node, who, want)
            return found[0] if found else None

        maker = Maker(self.reader.at, lambda side: self.reader.value(side, who)[0], flip)
        return maker.draft(reduce.stream)

    def _without(self, reduce: Reduce, who: Who, which: Iterable[int]) -> Edits:
        events, few = self.reader.visible(reduce, who), self.reader.few
        rows, times, owners = events.rows.tolist(), events.time.tolist(), events.profile.tolist()
        edits = []
        for i in which:
            row = few.base_row(rows[i])
            if row is not None:
                edits.append(RemoveEvent(few.people[owners[i]], events.name, times[i], row))
        return tuple(dict.fromkeys(edits))

    def _actor(self, who: Who) -> int | None:
        """Who does what is added: the person, or of an account somebody linked."""
        few = self.reader.few
        if who.level == "user":
            return few.people[who.index]
        users = self.reader.users_of(who.index, True)
        return few.people[users[0].index] if users else None


def _field(reduce: Reduce) -> Property | Context:
    return Context(reduce.path) if reduce.context else Property(reduce.path)


def _turnable(node: Compare) -> bool:
    return isinstance(node.left, Literal | Instant) and node.op in TURNED and not is_constant(node.values[0])


def _round(number: float) -> float | int:
    number = round(number, 6)
    return int(number) if number.is_integer() else number


def _with(whole: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of an object with a value at a path; None takes it away."""
    if not path:
        return value
    held = dict(whole) if isinstance(whole, dict) else {}
    inner = _with(held.get(path[0]), path[1:], value)
    if inner is None:
        held.pop(path[0], None)
    else:
        held[path[0]] = inner
    return held


def _any_of(parts: Sequence[list[Edits]]) -> list[Edits]:
    return _cheapest([edits for part in parts for edits in part])


def _all_of(parts: Sequence[list[Edits]]) -> list[Edits]:
    """One alternative of each part: the cheapest of all, and with another one in one place."""
    if not all(parts):
        return []
    best = [part[0] for part in parts]
    found = [_joined(best)]
    for number, part in enumerate(parts):
        found += [_joined([*best[:number], other, *best[number + 1 :]]) for other in part[1:KEPT]]
    return _cheapest(found)


def _joined(parts: Sequence[Edits]) -> Edits:
    """Parts that want the same change want it once: what one adds or tells may serve another too."""
    found: list[Edit] = []
    for edit in (edit for part in parts for edit in part):
        if isinstance(edit, RemoveEvent | SetTrait) and edit in found:
            continue
        found.append(edit)
    return tuple(found)


def _cheapest(found: Iterable[Edits]) -> list[Edits]:
    return sorted(found, key=cost)[:KEPT]


def verified(
    ask: Callable[[Edits], tuple[bool, Callable[[], list[Edits]]]], candidates: list[Edits], want: bool, tries: int = 6
) -> Edits | None:
    """The first candidate that truly turns the verdict when asked again; one that does not is mended once, and what
    it does not need is left out. `ask(edits)` says the verdict with them, and further changes from there."""
    for edits in candidates[:tries]:
        says, further = ask(edits)
        if says == want:
            return _needed(ask, edits, want)
        for more in further()[:2]:
            if more and ask((*edits, *more))[0] == want:
                return _needed(ask, (*edits, *more), want)
    return None


def _needed(ask: Callable[[Edits], tuple[bool, object]], edits: Edits, want: bool) -> Edits:
    if len(edits) > 6:
        return edits
    for edit in reversed(edits):
        fewer = tuple(one for one in edits if one is not edit)
        if fewer and ask(fewer)[0] == want:
            edits = fewer
    return edits
