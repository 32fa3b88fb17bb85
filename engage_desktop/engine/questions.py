"""What may be asked why, and the answer with a verified change. A state is here, events are in `heard`, clocks in `timed`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engage_desktop.domain.condition import Condition, InAudience
from engage_desktop.domain.people import Level
from engage_desktop.engine.arrays import NEVER
from engage_desktop.engine.bearing import few_of
from engage_desktop.engine.changes import RunEdit
from engage_desktop.engine.definitions import Node, resolve
from engage_desktop.engine.explain import NOBODY, Inside, Reader, Span, Who, Why, span, why
from engage_desktop.engine.few import Few
from engage_desktop.engine.flips import Edits, Flips, verified
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.source import Log


class Question(Protocol):
    """Asked of somebody through a reader; `who` is the person or account in the reader's log."""

    @property
    def level(self) -> Level: ...
    @property
    def inside(self) -> Inside: ...
    def reads(self, plan: Plan) -> tuple[Node, ...]:
        """All conditions that it looks at, resolved."""

    def holds(self, reader: Reader, who: Who) -> bool: ...
    def why(self, reader: Reader, who: Who, unfold: int) -> Why: ...
    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]: ...
    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        """For how long around the instant the verdict stays; None for what has no duration."""

    def later(self, reader: Reader, who: Who, first: int) -> int | None:
        """When the verdict would be the other with nothing more happening; the reader's log ends at the instant."""


@dataclass(frozen=True)
class State:
    """Does a condition hold? An audience is one too. With `since` it may have held at any instant from then on: that
    is what waits, forks and exits ask; `before`: only instants earlier than that count, something else came then."""

    condition: Condition
    level: Level = "user"
    include_anonymous: bool = False
    since: int | None = None
    before: int | None = None
    inside: Inside = NOBODY

    @classmethod
    def of_audience(cls, key: str, level: Level) -> State:
        return cls(InAudience(key), level)

    def reads(self, plan: Plan) -> tuple[Node, ...]:
        return (resolve(self.condition, plan, self.level, include_anonymous=self.include_anonymous),)

    def _first(self, reader: Reader, who: Who) -> int:
        """The first instant from `since` on at which it holds, NEVER where there is none."""
        assert self.since is not None
        own_at = reader.inside.own_at if reader.inside.own else NEVER
        intervals, subject = reader.outside().intervals(self.condition, who, self.include_anonymous)

        def first(since: int) -> int:
            subjects, instants = np.array([subject], np.int32), np.array([since], np.int64)
            return int(intervals.first_at_or_after(subjects, instants)[0])

        at = first(self.since)
        if self.since <= own_at <= at and own_at < NEVER:  # at that instant the instance has a view of its own
            mine = reader.then(own_at).holds(self.condition, who, self.include_anonymous)
            at = own_at if mine else first(own_at + 1) if at == own_at else at
        return NEVER if self.before is not None and at >= self.before else at

    def holds(self, reader: Reader, who: Who) -> bool:
        if self.since is None:
            return reader.holds(self.condition, who, self.include_anonymous)
        return self._first(reader, who) <= reader.at

    def _decided(self, reader: Reader, who: Who) -> Reader:
        """At the instant that decides: where it first held, else the last one that counts."""
        if self.since is None:
            return reader
        last = reader.at if self.before is None else max(min(reader.at, self.before - 1), self.since)
        return reader.then(min(self._first(reader, who), last))

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        found = why(self._decided(reader, who), self.condition, who, unfold, self.include_anonymous)
        if self.before is None or not found.verdict or self.holds(reader, who):
            return found
        # it holds, yet what else came in the very instant of the arrival was first
        return Why(f"{found.text} came first", False, (), (found, Why("nothing else came first", False)))

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        return Flips(self._decided(reader, who)).of(self.condition, who, want, self.include_anonymous)

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        if self.since is not None:
            return None
        intervals, subject = reader.intervals(self.condition, who, self.include_anonymous)
        return span(intervals, subject, reader.at, first)

    def later(self, reader: Reader, who: Who, first: int) -> int | None:
        if self.since is None:
            still = self.span(reader, who, first)
            return None if still is None else still.until
        at = self._first(reader, who)
        return at if reader.at < at < NEVER else None


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


Confirm = Callable[[Few, int], bool]
"""The verdict of the run itself, with changes made, for the person at that place of the log."""


def answer(
    plan: Plan,
    log: Log,
    question: Question,
    subject: int,
    at: int,
    *,
    unfold: int = 0,
    change: bool = True,
    confirm: Confirm | None = None,
    also: object = (),
    written: Callable[[Few], tuple[RunEdit, ...]] | None = None,
) -> Answer:
    """Why, or why not, at an instant from which the subject exists. `confirm` runs the journey that is asked about
    once more with each change that may be shown, `also` is what it reads beside the question; `written` says what
    a run makes of the people of a log."""
    few = few_of(plan, log, question.level, subject, (question.reads(plan), also))
    if written is not None:
        few = few.with_(written=written(few))
    who = Who(question.level, (few.people if question.level == "user" else few.accounts).index(subject))
    reader = Reader(plan, few, at, question.inside)
    verdict = question.holds(reader, who)
    first = first_instant(log, question.level, subject)
    found: Edits | None = None
    later = None
    if change:
        ask = _ask(plan, few, question, who, at, not verdict, confirm, written)
        found = verified(ask, question.flips(reader, who, not verdict), not verdict)
        until = few.with_((), at, few.written)
        later = question.later(Reader(plan, until, at, question.inside), who, first)
    return Answer(verdict, question.why(reader, who, unfold), at, question.span(reader, who, first), found or (), later)


def _ask(
    plan: Plan,
    few: Few,
    question: Question,
    who: Who,
    at: int,
    want: bool,
    confirm: Confirm | None,
    written: Callable[[Few], tuple[RunEdit, ...]] | None,
) -> Callable[[Edits], tuple[bool, Callable[[], list[Edits]]]]:
    def ask(edits: Edits) -> tuple[bool, Callable[[], list[Edits]]]:
        changed = few.with_(edits, at)  # what comes later has no say
        if written is not None:
            changed = few.with_(edits, at, written(changed))
        reader = Reader(plan, changed, at, question.inside)
        says = question.holds(reader, who)
        if says == want and confirm is not None:
            says = confirm(changed, who.index)
        return says, lambda: question.flips(reader, who, want)

    return ask
