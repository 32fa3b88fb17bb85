"""What the window and the workspace process say to each other about problems: mends, and lints of the newest run."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Reply, Request
from engage_desktop.domain.problem import Problem


@dataclass(frozen=True)
class AskLints(Request):
    """What the run shows to be wrong, and which problems can be mended; reply `Lints`. Where the design cannot run
    there are mends alone."""

    generation: int


@dataclass(frozen=True)
class AskLintPeople(Request):
    """A page of the people that a lint names, by its place in `Lints`, ids by code points; reply `LintPeople`. `search`
    keeps ids that contain it."""

    generation: int
    lint: int
    search: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class Lint:
    """`people`: how many it names."""

    problem: Problem
    people: int


@dataclass(frozen=True)
class Lints(Reply):
    """`problems` are those of the design itself again, with a fix where one is proved."""

    generation: int
    problems: tuple[Problem, ...]
    lints: tuple[Lint, ...]


@dataclass(frozen=True)
class LintPeople(Reply):
    """`rows`: (profile, instant that is meant)."""

    generation: int
    lint: int
    total: int
    offset: int
    rows: tuple[tuple[str, int], ...]
