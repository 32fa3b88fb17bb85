"""Assumed answers to messages: who opens, clicks, buys, and when (D-28, D-29). Keyed draws: the order of work never matters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.duration import SECOND_US, parse_duration
from engage_desktop.domain.response import STAGES, After, Responses, ResponsesBy, Spread, Stage, given_stages
from engage_desktop.engine.arrays import AnyArray, Instants, Profiles
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.draw import Hashes, chained, started, unit

if TYPE_CHECKING:
    from engage_desktop.engine.view import View

EVENT_WORD = {"email": "Email", "sms": "SMS", "push": "Push", "whatsapp": "WhatsApp"}
_WHAT = {"delivered": "Delivered", "opened": "Opened", "clicked": "Link Clicked"}


def sent_event(channel: str) -> str:
    return f"{EVENT_WORD[channel]} Sent"


@dataclass(frozen=True)
class Delay:
    """From `low_us` on, evenly up to `high_us`; with `power` log-logistic around a median `low_us`."""

    low_us: int
    high_us: int
    power: float | None = None

    @property
    def is_fixed(self) -> bool:
        return self.power is None and self.low_us == self.high_us

    def drawn(self, u: NDArray[np.float64]) -> Instants:
        """Microseconds of whole seconds, rounded down."""
        if self.power is not None:
            us = self.low_us * (u / (1 - u)) ** self.power
        else:
            us = self.low_us + u * (self.high_us - self.low_us)
        seconds: Instants = np.floor(us / SECOND_US).astype(np.int64)
        return seconds * SECOND_US


@dataclass(frozen=True)
class Triangle:
    """A probability as somebody holds it possible."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class Counted:
    """A probability as it was once counted."""

    successes: int
    failures: int


@dataclass(frozen=True)
class PlanStage:
    """An answer: `place` in STAGES, how likely, when, and the event it makes. `rate`: what is known of how likely it is;
    `group`: the audience whose own stage it is, empty where it is everybody's."""

    place: int
    likely: float
    delay: Delay
    makes: str
    rate: Triangle | Counted
    group: str = ""


Stages = tuple[PlanStage, ...]


@dataclass(frozen=True)
class PlanResponses:
    """`by`: stages of the members of audiences, of several the first counts. `replicate`: whose draws are meant (D-29)."""

    stages: Stages
    by: tuple[tuple[Node, Stages], ...] = ()
    replicate: int = 0

    @property
    def events(self) -> frozenset[str]:
        return frozenset(one.makes for stages in (self.stages, *(s for _, s in self.by)) for one in stages)


def compile_responses(model: Responses, channel: str, audience: Callable[[str, str], Node]) -> PlanResponses:
    """Faults of a model are told by `document.check_responses`; here they mean that nobody answers."""
    usual = _stages(model, channel)
    by = []
    for place, one in enumerate(model.by):
        own = _stages(one, channel, one.audience)
        named = {stage.place for stage in own}
        together = sorted((*own, *(stage for stage in usual if stage.place not in named)), key=lambda one: one.place)
        by.append((audience(one.audience, f"responses.by.{place}.audience"), tuple(together)))
    return PlanResponses(usual, tuple(by))


def _stages(model: Responses | ResponsesBy, channel: str, group: str = "") -> Stages:
    found = []
    for name, stage in given_stages(model).items():
        event = stage.event or "" if name == "converted" else f"{EVENT_WORD[channel]} {_WHAT[name]}"
        place = STAGES.index(name)
        found.append(PlanStage(place, likely(stage), _delay(stage.after), event, _rate(stage), group))
    return tuple(found)


def _rate(stage: Stage) -> Triangle | Counted:
    if stage.likely is None:
        successes = stage.successes or 0
        return Counted(successes, max((stage.trials or 0) - successes, 0))
    low, high = (stage.likely if one is None else one for one in (stage.low, stage.high))
    return Triangle(float(low), float(stage.likely), float(high))


def likely(stage: Stage) -> float:
    """What replicate 0 takes for the probability."""
    if stage.likely is not None:
        return float(stage.likely)
    return stage.successes / stage.trials if stage.trials and stage.successes is not None else 0.0


def _delay(after: After | None) -> Delay:
    if after is None:
        return Delay(0, 0)
    if not isinstance(after, Spread):
        us = parse_duration(after)
        return Delay(us, us)
    if after.p50 is not None and after.p90 is not None:
        p50, p90 = parse_duration(after.p50), parse_duration(after.p90)
        return Delay(p50, p50, math.log(p90 / p50) / math.log(9) if 0 < p50 <= p90 else 0.0)
    low, high = (parse_duration(text or "0m") for text in (after.from_, after.to))
    return Delay(low, high)


@dataclass(eq=False)
class Sent:
    """Messages that were sent, of one step or variant: what a draw is keyed by, and when."""

    profile: Profiles
    sent_at: Instants
    entry: Hashes
    """H of the entry keys."""
    campaign: str
    step: str


@dataclass(eq=False)
class Answers:
    """Row i: message `message[i]` (a place) was answered by stage `place[i]` at `at[i]`; `event` is what that is, by code."""

    message: AnyArray
    place: NDArray[np.int8]
    at: Instants
    event: NDArray[np.int16]


@dataclass(eq=False)
class Asked:
    """Messages whose answers are drawn, by place: the state of their draws but for replicate and purpose, which of the
    model's stages are theirs (`len(by)` for everybody's), and when they were sent."""

    state: Hashes
    whose: AnyArray
    sent_at: Instants


def asked(model: PlanResponses, sent: Sent, view: View) -> Asked:
    """What does not change from replicate to replicate."""
    state = chained(started(view.seed), view.profile_hashes.of(sent.profile))
    state = chained(chained(chained(state, sent.campaign), sent.step), sent.entry)
    whose = np.full(len(sent.profile), len(model.by))
    for place, (audience, _) in reversed(list(enumerate(model.by))):
        whose[view.holds_at(audience, sent.profile, sent.sent_at)] = place
    return Asked(state, whose, sent.sent_at)


def drawn(model: PlanResponses, asked: Asked, until: int) -> Iterator[tuple[PlanStage, AnyArray, Instants]]:
    """Stage by stage of each group, each group's in order, the messages that are answered up to `until`, and when."""
    state = chained(asked.state, str(model.replicate))
    for group, stages in enumerate((*(stages for _, stages in model.by), model.stages)):
        at = np.flatnonzero(asked.whose == group)
        time = asked.sent_at[at]
        for stage in stages:
            name = STAGES[stage.place]
            hit = unit(chained(state[at], name)) < stage.likely
            at = at[hit]
            u = np.zeros(1) if stage.delay.is_fixed else unit(chained(state[at], f"{name} after"))
            time = time[hit] + stage.delay.drawn(u)
            some = time <= until
            at, time = at[some], time[some]
            yield stage, at, time


def answers(model: PlanResponses, sent: Sent, view: View, until: int, code: Callable[[str], int]) -> Answers:
    """The answers up to `until`, by message and stage. `code` of an event's name."""
    found: list[tuple[AnyArray, ...]] = [
        (at, np.full(len(at), stage.place), time, np.full(len(at), code(stage.makes)))
        for stage, at, time in drawn(model, asked(model, sent, view), until)
    ]
    none = np.empty(0, np.int64)
    columns = [np.concatenate(parts) for parts in zip((none, none, none, none), *found, strict=True)]
    message, place_of, at_time, event = columns
    order = np.lexsort((place_of, message))
    return Answers(message[order], place_of[order].astype(np.int8), at_time[order], event[order].astype(np.int16))
