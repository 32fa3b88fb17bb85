"""What the window asks about why; the rules of `protocol` hold."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Reply, Request


@dataclass(frozen=True)
class Place:
    """What is asked about: an audience, or a journey's entry, exit rule or step and branch."""

    audience: str | None = None
    journey: str | None = None
    step: str | None = None
    branch: str | None = None
    exit: str | None = None


@dataclass(frozen=True)
class AskWhy(Request):
    """Why a person (or account) is in a place at the clock, or is not; reply `WhyReply`."""

    generation: int
    place: Place
    profile: str
    at_us: int


@dataclass(frozen=True)
class WhyLine:
    """One part of the tree in reading order: how deep, its verdict, whom it is about where that is another, and what
    it saw."""

    depth: int
    text: str
    verdict: bool
    who: str | None
    values: tuple[str, ...]


@dataclass(frozen=True)
class WhyReply(Reply):
    """`sentence` says it at once; `change` is one that was verified, `later` when it turns by itself, `span` how long
    it is so in the log. `verdict` is None, and only `sentence` is there, where there is no answer."""

    generation: int
    place: Place
    profile: str
    at_us: int
    verdict: bool | None
    sentence: str
    change: str | None = None
    later: str | None = None
    span: str | None = None
    tree: tuple[WhyLine, ...] = ()
