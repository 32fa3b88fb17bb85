"""What may be asked why: a state (audience, condition) or an event's filter; and the answer with a verified change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.condition import Condition, InAudience, Property, Stream
from engage_desktop.domain.people import Level
from engage_desktop.engine.changes import AddEvent, RemoveEvent
from engage_desktop.engine.drafts import Draft, Maker, put
from engage_desktop.engine.explain import (
    Reader,
    Remembered,
    Seen,
    SeenEvent,
    Span,
    Who,
    Why,
    few_of,
    span,
    why,
    why_event,
)
from engage_desktop.engine.few import Few
from engage_desktop.engine.flips import MOST, Edits, Flips, verified
from engage_desktop.engine.identifiers import Identifiers
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.source import Log
from engage_desktop.language.printer import quote

Places: TypeAlias = NDArray[np.intp]
Passes: TypeAlias = NDArray[np.bool_]


class Question(Protocol):
    """Asked of somebody through a reader; `who` is the person or account in the reader's log."""

    @property
    def level(self) -> Level: ...
    @property
    def remembers(self) -> Remembered | None: ...
    def holds(self, reader: Reader, who: Who) -> bool: ...
    def why(self, reader: Reader, who: Who, unfold: int) -> Why: ...
    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]: ...
    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        """For how long around the instant the verdict stays; None for what has no duration."""


@dataclass(frozen=True)
class State:
    """Does a condition hold? An audience is one too."""

    condition: Condition
    level: Level = "user"
    include_anonymous: bool = False
    remembers: Remembered | None = None
    """What the instance has collected, where the condition reads it."""

    @classmethod
    def of_audience(cls, key: str, level: Level) -> State:
        return cls(InAudience(key), level)

    def holds(self, reader: Reader, who: Who) -> bool:
        return reader.holds(self.condition, who, self.include_anonymous)

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        return why(reader, self.condition, who, unfold, self.include_anonymous)

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        return Flips(reader).of(self.condition, who, want, self.include_anonymous)

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        intervals, subject = reader.intervals(self.condition, who, self.include_anonymous)
        return span(intervals, subject, reader.at, first)


@dataclass(frozen=True)
class Heard:
    """Has an event passed the filter of an entry, an exit or a hold? With `after` (the instant somebody entered or
    arrived) the first that passes later than it, or from it on with `at_once`; else those of the latest instant."""

    event: str
    where: Condition | None = None
    audience: str | None = None
    after: int | None = None
    at_once: bool = False
    identifier: tuple[tuple[str, ...], str | None] | None = None
    """Only events whose property at the path is that of the instance; None: any, as an entry needs one (D-16)."""
    level: Level = "user"
    remembers: Remembered | None = None

    def heard(self, reader: Reader, who: Who) -> tuple[Places, Passes]:
        """The events that are looked at, and which of them pass."""
        few = reader.few
        times = few.times(self.event)
        heard = (few.profiles(self.event) == who.index) & (times <= reader.at)
        if self.after is not None:
            heard &= (times >= self.after) if self.at_once else (times > self.after)
        if self.identifier is not None:
            heard &= self._identified(few)
        if self.after is None and heard.any():
            heard &= times == times[heard].max()
        places = np.flatnonzero(heard)
        passes = np.ones(len(places), np.bool_)
        if self.where is not None:
            passes &= reader.conditions.mask(self.event, reader.resolved(self.where, "user"))[places]
        if self.audience is not None:
            members, _ = reader.intervals(InAudience(self.audience), who)
            passes &= members.value(np.full(len(places), who.index, np.int32), times[places])
        return places, passes

    def _identified(self, few: Few) -> Passes:
        assert self.identifier is not None
        path, text = self.identifier
        known = Identifiers(few, path)
        codes = known.of(self.event)
        if text is None:
            return codes >= 0
        wanted = known.texts.index(text) if text in known.texts else -2
        return np.asarray(codes == wanted)

    def holds(self, reader: Reader, who: Who) -> bool:
        return bool(self.heard(reader, who)[1].any())

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        text, few = f"event({quote(self.event)})", reader.few
        places, passes = self.heard(reader, who)
        if not len(places):
            return Why(text, False, (Seen(text, None, total=0),))
        place = int(places[passes][0] if passes.any() else places[-1])
        at = int(few.times(self.event)[place])
        parts: tuple[Why, ...] = ()
        if self.where is not None:
            parts += (why_event(reader, self.event, self.where, place),)
        if self.audience is not None:
            parts += (why(Reader(reader.plan, few, at), InAudience(self.audience), who, unfold),)
        shown = Seen(text, None, None, (SeenEvent(self.event, at),), len(places))
        return Why(text, bool(passes.any()), (shown,), parts)

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        """One more event that passes, with the audience as it would have to be; or none of those that did."""
        profile = reader.few.people[who.index]
        if not want:
            places, passes = self.heard(reader, who)
            rows, times = reader.few.rows(self.event), reader.few.times(self.event)
            removed = [
                RemoveEvent(profile, self.event, int(times[place]), row)
                for place in places[passes].tolist()
                if (row := reader.few.base_row(int(rows[place]))) is not None
            ]
            return [tuple(removed)] if 0 < len(removed) <= MOST else []
        flips = Flips(reader)

        def flip(node: Condition, says: bool) -> Edits | None:
            found = flips.of(node, who, says)
            return found[0] if found else None

        draft = Draft(Stream(self.event), reader.at)
        if self.identifier is not None:
            path, text = self.identifier
            put(draft, Property(path), "new" if text is None else text)
        maker = Maker(reader.at, lambda side: reader.value(side, who)[0], flip, nested=False)
        if self.where is not None and not maker.satisfy(self.where, True, draft):
            return []
        state: list[Edits] = [()]
        if self.audience is not None:
            state = flips.of(InAudience(self.audience), who, True)
        event = AddEvent(profile, self.event, reader.at, draft.properties, draft.context)
        return [(*edits, *draft.others, event) for edits in state]

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        return None


@dataclass(frozen=True)
class Answer:
    """`span` is where in the log the verdict stands; `later` the instant from which, with nothing more happening, it
    would be the other; `change` a verified one, () where none was found."""

    verdict: bool
    why: Why
    at: int
    span: Span | None
    change: Edits
    later: int | None


def first_instant(log: Log, level: Level, subject: int) -> int:
    """From when a person or account exists (D-5)."""
    return int((log.since if level == "user" else log.account_since)[subject])


def answer(
    plan: Plan, log: Log, question: Question, subject: int, at: int, *, unfold: int = 0, change: bool = True
) -> Answer:
    """Why, or why not, at an instant from which the subject exists."""
    few = few_of(plan, log, question.level, subject)
    who = Who(question.level, (few.people if question.level == "user" else few.accounts).index(subject))
    reader = Reader(plan, few, at, question.remembers)
    verdict = question.holds(reader, who)
    first = first_instant(log, question.level, subject)
    found: Edits | None = None
    later = None
    if change:
        found = verified(
            _ask(plan, few, question, who, at, not verdict), question.flips(reader, who, not verdict), not verdict
        )
        still = question.span(
            Reader(plan, Few(log, few.people, few.accounts, until=at), at, question.remembers), who, first
        )
        later = None if still is None else still.until
    return Answer(verdict, question.why(reader, who, unfold), at, question.span(reader, who, first), found or (), later)


def _ask(
    plan: Plan, few: Few, question: Question, who: Who, at: int, want: bool
) -> Callable[[Edits], tuple[bool, Callable[[], list[Edits]]]]:
    def ask(edits: Edits) -> tuple[bool, Callable[[], list[Edits]]]:
        reader = Reader(plan, Few(few.log, few.people, few.accounts, edits), at, question.remembers)
        return question.holds(reader, who), lambda: question.flips(reader, who, want)

    return ask
