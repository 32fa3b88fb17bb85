"""Why a condition holds of somebody at an instant, or does not (D-5): its tree with what each part saw.

Every part is resolved and computed as a run computes it, over a log of the few people concerned, so a
verdict here is the run's. Texts are the author's. What would turn a verdict is in `flips`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    InAudience,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Trait,
)
from engage_desktop.domain.people import Level
from engage_desktop.engine import history as histories
from engage_desktop.engine.arrays import NEVER, Mask
from engage_desktop.engine.changes import SetTrait
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.definitions import (
    AudienceMeaning,
    Computed,
    Listed,
    Member,
    Node,
    OfAccounts,
    Side,
    asks_journey,
    is_constant,
    reads_events,
    resolve,
    resolve_side,
    sides,
)
from engage_desktop.engine.few import Few
from engage_desktop.engine.frames import Bound, Events, Root
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.moments import Moments
from engage_desktop.engine.pieces import last_session, over_subjects
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.source import Column
from engage_desktop.engine.values import value_at
from engage_desktop.engine.writes import Value
from engage_desktop.language import parse, parse_condition, to_text

NOT_KNOWN = "known by an identifier (AU-4)"
ON_LIST = "named on its list"
SHOWN = 5
"""Of events, people and accounts at most so many are listed; how many there are is said."""


@dataclass(frozen=True)
class SeenEvent:
    """An event that counted, with the value of the property that is reduced."""

    event: str
    at: int
    value: Any = None


@dataclass(frozen=True)
class Seen:
    """What a part of a comparison was at the instant: its text and value (JSON, None = absent); a trait `since` when,
    of a reducer the latest events seen and how many there
    were, of a computed trait its definition."""

    text: str
    value: Any
    since: int | None = None
    events: tuple[SeenEvent, ...] = ()
    total: int | None = None
    definition: str | None = None
    at: int | None = None
    """Of what is no value but an instant."""


@dataclass(frozen=True)
class Why:
    """A condition with its verdict; `who` where a part is about somebody else than the whole."""

    text: str
    verdict: bool
    values: tuple[Seen, ...] = ()
    children: tuple[Why, ...] = ()
    who: str | None = None


@dataclass(frozen=True)
class Who:
    """A person or an account by its place in the `Few` at hand."""

    level: Level
    index: int


Remembered: TypeAlias = Callable[[str], Column]
"""What `journey(text)` is for the one instance that is asked about (D-20)."""


@dataclass(frozen=True)
class Inside:
    """What only the instance knows that is asked about: what it has collected; and the traits that it set at an
    instant, which others see a microsecond later (D-51)."""

    remembers: Remembered | None = None
    own: tuple[tuple[str, Value], ...] = ()
    own_at: int = NEVER


NOBODY = Inside()


class Reader:
    """Answers about the people of `few` at one instant; `remembers` where an instance is asked about."""

    def __init__(
        self, plan: Plan, few: Few, at: int, inside: Inside = NOBODY, public: Conditions | None = None
    ) -> None:
        self.plan, self.few, self.at, self.inside = plan, few, at, inside
        self.public = Conditions(few, plan.meanings) if public is None else public
        """What everybody sees."""

    def then(self, at: int) -> Reader:
        """The same at another instant."""
        return self if at == self.at else Reader(self.plan, self.few, at, self.inside, self.public)

    def outside(self) -> Reader:
        """As everybody sees it: named audiences and traits do not know what an instance has just set."""
        return Reader(self.plan, self.few, self.at, replace(self.inside, own=()), self.public)

    @property
    def remembers(self) -> Remembered | None:
        return self.inside.remembers

    @property
    def conditions(self) -> Conditions:
        return self._own if self.inside.own and self.at == self.inside.own_at else self.public

    @cached_property
    def _own(self) -> Conditions:
        """What the instance sees at the instant at which it set traits."""
        few, now = self.few, self.inside.own_at
        mine = [SetTrait("user", who, trait, value, now) for who in few.people for trait, value in self.inside.own]
        changed = few.with_(few.edits, few.until, (*few.written, *mine))
        return Conditions(changed, self.plan.meanings, given=_Named(self.public))

    def frame(self, who: Who, asks: bool) -> tuple[Root | Bound, int]:
        """Whom a condition is asked about, and the subject meant; `asks`: it reads the journey's context."""
        if not asks or self.remembers is None:
            return self.root(who.level), who.index
        return Bound(self.conditions.people, np.array([who.index], np.int32), self.remembers), 0

    # -- verdicts --------------------------------------------------------------------------

    def resolved(self, node: Condition, level: Level, include_anonymous: bool = False) -> Node:
        return resolve(node, self.plan, level, include_anonymous=include_anonymous)

    def intervals(self, node: Condition, who: Who, include_anonymous: bool = False) -> tuple[Intervals, int]:
        """When it holds, and which subject of the intervals is meant."""
        resolved = self.resolved(node, who.level, include_anonymous)
        frame, subject = self.frame(who, asks_journey(resolved))
        return self.conditions.intervals(resolved, frame), subject

    def root(self, level: Level) -> Root:
        return self.conditions.root(level)

    def holds(self, node: Condition, who: Who, include_anonymous: bool = False) -> bool:
        intervals, subject = self.intervals(node, who, include_anonymous)
        return bool(intervals.value(np.array([subject], np.int32), np.array([self.at], np.int64))[0])

    def passes(self, name: str, where: Condition, who: Who) -> Mask:
        """Which events of a name an own `where` lets pass, aligned to `rows(name)`; for those of `who` alone."""
        resolved = self.resolved(where, "user")
        found = self._passes(name, resolved, who)
        now = self.few.times(name) == self.inside.own_at
        if self.inside.own and now.any():
            mine = self.then(self.inside.own_at)
            found[now] = mine._passes(name, resolved, who)[now]
        return found

    def _passes(self, name: str, resolved: Node, who: Who) -> Mask:
        if not asks_journey(resolved):
            return self.conditions.mask(name, resolved).copy()
        frame, _ = self.frame(who, asks=True)
        assert isinstance(frame, Bound), "a filter that reads journey() is asked for an instance"
        found = np.zeros(len(self.few.rows(name)), np.bool_)
        place = np.flatnonzero(self.few.profiles(name) == who.index)
        owner, since = np.full(len(place), who.index, np.int32), self.few.times(name)[place]
        asked = np.zeros(len(place), np.int64)
        pairs = Events(self.few, name, self.conditions.people, None, place, owner, since, frame, asked)
        found[place] = Moments(self.conditions, owner, since, pairs).holds(resolved)
        return found

    # -- audiences and traits --------------------------------------------------------------

    def definition(self, key: str) -> Condition | None:
        """What the author wrote of an audience."""
        audience = self.plan.campaigns.audience(key)
        text = None if audience is None else audience.definition
        return None if text is None else parse_condition(text)

    def anonymous(self, key: str) -> bool:
        audience = self.plan.campaigns.audience(key)
        return audience is not None and audience.include_anonymous

    def listed_since(self, member: Member, who: Who) -> int | None:
        """From when somebody counts as named on the list that an audience is (NEVER: not at all); None of other
        audiences (D-6)."""
        meaning = self.plan.meanings[member.digest]
        if not isinstance(meaning, AudienceMeaning) or not isinstance(meaning.condition, Listed):
            return None
        if who.level == "account":
            named = self.few.account_ids[who.index] in meaning.condition.ids
            return int(self.few.account_since[who.index]) if named else NEVER
        profile, since = self.few.named(meaning.condition.ids)
        mine = since[profile == who.index]
        return int(mine.min()) if len(mine) else NEVER

    def trait_definition(self, key: str) -> Reduce | None:
        found = next((trait for trait in self.plan.campaigns.traits if trait.key == key), None)
        tree = None if found is None else parse(found.definition)
        return tree if isinstance(tree, Reduce) else None

    def eligible(self, index: int, include_anonymous: bool) -> bool:
        return int(self.few.eligible_since(include_anonymous)[index]) <= self.at

    # -- who is linked to whom -------------------------------------------------------------

    @cached_property
    def _links(self) -> list[tuple[int, int]]:
        account, profile, since = self.few.links()
        now = since <= self.at
        return list(zip(account[now].tolist(), profile[now].tolist(), strict=True))

    def users_of(self, account: int, include_anonymous: bool) -> list[Who]:
        """Those who are asked for an account: linked and eligible by now (AU-26, AMB-11)."""
        linked = [profile for one, profile in self._links if one == account]
        return [Who("user", profile) for profile in linked if self.eligible(profile, include_anonymous)]

    def accounts_of(self, profile: int) -> list[Who]:
        return [Who("account", account) for account, one in self._links if one == profile]

    def name(self, who: Who) -> str:
        return (self.few.profile_ids if who.level == "user" else self.few.account_ids)[who.index]

    # -- values ----------------------------------------------------------------------------

    def side(self, side: Side, level: Level) -> Side:
        return resolve_side(side, self.plan, level)

    def value(self, side: Side, who: Who) -> tuple[Any, int | None]:
        """A scalar's value, and since when it is so; `side` as the author wrote it."""
        if is_constant(side):
            return (side.value if isinstance(side, Literal) else side), None
        resolved = self.side(side, who.level)
        frame, subject = self.frame(who, isinstance(side, JourneyValue) or _asks(resolved))
        history = self.conditions.history(resolved, frame)
        place = int(histories.place_at(history, np.array([subject]), np.array([self.at]))[0])
        return (None, None) if place < 0 else (plain(history.column, place), int(history.time[place]))

    def visible(self, reduce: Reduce, who: Who) -> Events:
        """The events that a reducer sees; `reduce` as the author wrote it."""
        stream = self.side(reduce, who.level).stream
        streams, root = self.conditions.streams, self.root(who.level)
        frame, _ = self.frame(who, stream.where is not None and asks_journey(stream.where))
        if isinstance(frame, Bound):
            pieces = streams.pieces(stream, frame)
            return pieces.events.select(pieces.event[(pieces.start <= self.at) & (pieces.end > self.at)])
        events = streams.visible(stream, root, self.at)
        events = events.select(np.asarray(events.owner) == who.index)
        if stream.session is not None and not streams.settles_sessions(stream, root):
            cover = over_subjects(events.owner, root.n)
            events = events.select(np.sort(last_session(cover, events.time, stream.session.us).event))
        return events


class _Named:
    """Audiences and computed traits as everybody sees them (D-51)."""

    def __init__(self, public: Conditions) -> None:
        self.public = public

    def intervals(self, node: Node) -> Intervals | None:
        return self.public.intervals(node) if isinstance(node, Member | OfAccounts) else None

    def history(self, side: Side) -> History | None:
        return self.public.history(side) if isinstance(side, Member | OfAccounts | Computed) else None

    def events(self, name: str, where: Node | None) -> EventRows | None:
        return None


def plain(column: Column, place: int) -> Any:
    """A value for people: whole numbers without a point."""
    value = value_at(column, place)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _asks(side: Side) -> bool:
    """Whether a reducer looks at the journey's context."""
    return isinstance(side, Reduce) and side.stream.where is not None and asks_journey(side.stream.where)


# -- trees ---------------------------------------------------------------------------------


def why(reader: Reader, node: Condition, who: Who, unfold: int = 0, include_anonymous: bool = False) -> Why:
    """The tree of a condition; audiences and computed traits that it names are unfolded so many levels."""

    def inner(item: Condition) -> Why:
        return why(reader, item, who, unfold, include_anonymous)

    text, verdict = to_text(node), reader.holds(node, who, include_anonymous)
    match node:
        case And(items) | Or(items):
            return Why(text, verdict, children=tuple(map(inner, items)))
        case Not(item):
            return Why(text, verdict, children=(inner(item),))
        case Quantified(_, item):
            return _asked(reader, text, verdict, item, who, unfold, include_anonymous)
        case InAudience(key):
            return _member(reader, text, verdict, key, who, unfold)
        case Compare() | CompareDate() if who.level == "account" and reads_events(node):
            return _asked(reader, text, verdict, node, who, unfold, include_anonymous)
    return _comparison(reader, node, verdict, who, unfold)


def _asked(
    reader: Reader, text: str, verdict: bool, item: Condition, who: Who, unfold: int, include_anonymous: bool
) -> Why:
    """The users of an account who are asked; those first of whom it holds."""
    users = reader.users_of(who.index, include_anonymous)
    holding = sum(reader.holds(item, user) for user in users)
    shown = sorted(users, key=lambda user: not reader.holds(item, user))[:SHOWN]
    children = tuple(_of(why(reader, item, user, unfold), reader.name(user)) for user in shown)
    return Why(text, verdict, (Seen("users asked", len(users)), Seen("of whom it holds", holding)), children)


def _of(one: Why, name: str) -> Why:
    return replace(one, who=name)


def _member(reader: Reader, text: str, verdict: bool, key: str, who: Who, unfold: int) -> Why:
    member = reader.plan.member(key)
    if member is None:
        return Why(text, verdict)
    if member.level != who.level:  # an account audience asked of a user (AU-23)
        accounts = reader.accounts_of(who.index)
        shown = accounts[:SHOWN] if unfold else []
        inside = tuple(
            _of(
                _member(reader, text, reader.holds(InAudience(key), account), key, account, unfold),
                reader.name(account),
            )
            for account in shown
        )
        return Why(text, verdict, (Seen("accounts linked to", len(accounts)),), inside)
    values: tuple[Seen, ...] = ()
    anonymous = reader.anonymous(key)
    if who.level == "user" and not reader.eligible(who.index, anonymous):
        values = (Seen(NOT_KNOWN, False),)
    since = reader.listed_since(member, who)
    if since is not None:
        values += (Seen(ON_LIST, since <= reader.at, since if since <= reader.at else None),)
    definition = reader.definition(key)
    inner = reader.outside()
    children = () if definition is None or not unfold else (why(inner, definition, who, unfold - 1, anonymous),)
    return Why(text, verdict, values, children)


def _comparison(reader: Reader, node: Condition, verdict: bool, who: Who, unfold: int) -> Why:
    values, children, public = [], [], reader.outside()
    for side in sides(node):
        if is_constant(side):
            continue
        one, found = seen(reader, side, who), reader.side(side, who.level)
        if isinstance(found, Computed):
            reduce = reader.trait_definition(found.key)
            one = replace(one, definition=None if reduce is None else to_text(reduce))
        elif unfold and isinstance(found, Member | OfAccounts):
            key = found.key if isinstance(found, Member) else found.member.key
            children.append(why(public, InAudience(key), who, unfold))
        values.append(one)
    return Why(to_text(node), verdict, tuple(values), tuple(children))


def seen(reader: Reader, side: Side, who: Who) -> Seen:
    """What a scalar was; of a computed trait or reducer the events too."""
    value, since = reader.value(side, who)
    reduce: Side = side
    if isinstance(side, Trait):
        found = reader.side(side, who.level)
        reduce = reader.trait_definition(found.key) if isinstance(found, Computed) else None
    if not isinstance(reduce, Reduce):
        return Seen(to_text(side), value, since)
    events = (reader if isinstance(side, Reduce) else reader.outside()).visible(reduce, who)
    return Seen(to_text(side), value, None, _latest(events, reduce), events.n)


def _latest(events: Events, reduce: Reduce) -> tuple[SeenEvent, ...]:
    latest = events.select(np.arange(max(events.n - SHOWN, 0), events.n))
    column = latest.column(reduce.path, reduce.context) if reduce.path else None
    return tuple(
        SeenEvent(events.name, at, None if column is None else plain(column, i))
        for i, at in reversed(list(enumerate(latest.time.tolist())))
    )


# -- an event's own where ------------------------------------------------------------------


def why_event(reader: Reader, name: str, node: Condition, place: int) -> Why:
    """The tree of an entry's, exit's or hold's own `where` for the event at `place` of its name, each part as it
    was at the instant of the event (D-9)."""
    who = Who("user", int(reader.few.profiles(name)[place]))
    verdict = bool(reader.passes(name, node, who)[place])
    match node:
        case And(items) | Or(items):
            return Why(to_text(node), verdict, children=tuple(why_event(reader, name, one, place) for one in items))
        case Not(item):
            return Why(to_text(node), verdict, children=(why_event(reader, name, item, place),))
    then = reader.then(int(reader.few.times(name)[place]))
    values = []
    for side in sides(node):
        if isinstance(side, Property | Context):
            column = (reader.few.context if isinstance(side, Context) else reader.few.column)(name, side.path)
            values.append(Seen(to_text(side), plain(column, place)))
        elif not is_constant(side) and not (isinstance(side, Reduce) and side.stream.where is not None):
            values.append(seen(then, side, who))
    return Why(to_text(node), verdict, tuple(values))


# -- spans of time -------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """The stretch of time around the instant in which the verdict does not change; None = no end."""

    since: int | None
    until: int | None


def span(intervals: Intervals, index: int, at: int, first: int) -> Span:
    """`first`: from when the subject exists."""
    low, high = int(intervals.offsets[index]), int(intervals.offsets[index + 1])
    edges = sorted({*intervals.start[low:high].tolist(), *intervals.end[low:high].tolist()} - {NEVER})
    before = [edge for edge in edges if edge <= at]
    after = [edge for edge in edges if edge > at]
    return Span(max(before, default=first), min(after, default=None))
