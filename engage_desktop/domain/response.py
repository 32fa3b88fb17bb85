"""How people are assumed to answer a message (D-28): probabilities and delays, as authored.

A model may be half typed; what it lacks is told by `document.check_responses`. Drawing from it
is the engine's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from engage_desktop.domain.base import DurationText, Key, Model, Number

StageName = Literal["delivered", "opened", "clicked", "converted"]
STAGES: tuple[StageName, ...] = ("delivered", "opened", "clicked", "converted")
"""In the order in which they follow each other; each is conditional on the nearest one before it."""


class Spread(Model):
    """A delay that differs: uniform between `from` and `to`, or log-logistic with `p50` and `p90`."""

    from_: DurationText | None = Field(default=None, alias="from")
    to: DurationText | None = None
    p50: DurationText | None = None
    p90: DurationText | None = None


def _form(after: Any) -> str:
    return "spread" if isinstance(after, Mapping | Spread) else "duration"


After = Annotated[Annotated[DurationText, Tag("duration")] | Annotated[Spread, Tag("spread")], Discriminator(_form)]
"""A fixed delay, or one that differs from person to person."""


class Stage(Model):
    """One answer: a range of probabilities (`likely` alone will do) or what was counted once, and when it comes.

    `event` names what a conversion is; the other answers have names of their own.
    """

    low: Number | None = None
    likely: Number | None = None
    high: Number | None = None
    successes: int | None = None
    trials: int | None = None
    after: After | None = None
    event: str | None = None


class ResponsesBy(Model):
    """Stages of the members of an audience, in place of those of the model, one by one."""

    audience: Key
    delivered: Stage | None = None
    opened: Stage | None = None
    clicked: Stage | None = None
    converted: Stage | None = None


class Responses(Model):
    """The model of a message or of a message step; of several `by` the first that has the person counts."""

    delivered: Stage | None = None
    opened: Stage | None = None
    clicked: Stage | None = None
    converted: Stage | None = None
    by: tuple[ResponsesBy, ...] = ()


def given_stages(model: Responses | ResponsesBy) -> dict[StageName, Stage]:
    """The stages a model has, in order."""
    found = {name: getattr(model, name) for name in STAGES}
    return {name: stage for name, stage in found.items() if stage is not None}
