"""The result of a run: compact columns in the public order of rows, and the codes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from engage_desktop.engine.arrays import AnyArray
from engage_desktop.engine.draw import entry_key

if TYPE_CHECKING:
    from engage_desktop.domain.journey import Journey
    from engage_desktop.engine.generated import Made
    from engage_desktop.engine.plan import Plan
    from engage_desktop.engine.trail import Trail

Table: TypeAlias = dict[str, AnyArray]
Columns: TypeAlias = dict[str, type]

OUTCOMES = ("completed", "exited", "active", "expired", "dropped")
COMPLETED, EXITED, ACTIVE, EXPIRED, TURNED_AWAY = range(5)
CHANGES = ("sent", "added", "removed")
ENTRY_SENT, ADDED, REMOVED = range(3)
KINDS = ("observed", "assumed", "learned", "reweighted")
OBSERVED, ASSUMED = range(2)
STATUSES = ("sent", "dropped", "held_out", "waiting")
SENT, DROPPED, HELD_OUT, WAITING = range(4)
REASONS = (
    "no_address", "address_unknown", "unsubscribed", "did_not_subscribe", "subscription_unknown", "no_consent",
    "suppressed", "holdout", "quiet_hours", "frequency_cap", "too_late", "instance_ended", "destination_minimum",
)  # fmt: skip
REASON = {reason: code for code, reason in enumerate(REASONS)}


def sender(journey: Journey, place: int) -> tuple[str, str | None]:
    """Key and destination of what makes rows of `deliveries`: the step at a place, or where that is negative the exit
    at -1 - place (J2-32)."""
    if place < 0:
        rule = journey.exits[-1 - place]
        return f"exit:{rule.key}", None if rule.send is None else rule.send.destination
    step = journey.steps[place]
    return step.key, getattr(step, "destination", None)


class Texts:
    """Texts of a run by code: branch keys, exit keys, outcomes; -1 stands for null. They begin with those of another run
    (each once), whose codes stay right."""

    def __init__(self, texts: tuple[str, ...] = ()) -> None:
        self._code: dict[str, int] = dict(zip(texts, range(len(texts)), strict=True))
        self._all = texts

    def code(self, text: str | None) -> int:
        return -1 if text is None else self._code.setdefault(text, len(self._code))

    def all(self) -> tuple[str, ...]:
        if len(self._all) < len(self._code):
            self._all = tuple(self._code)
        return self._all


@dataclass(frozen=True)
class Estimate:
    """The range of a figure of a campaign (`step` null) or of a step or variant of it, over `replicates` replicates
    (D-29)."""

    campaign: str
    step: str | None
    figure: str
    p5: float
    p50: float
    p95: float
    replicates: int
    kind: str


@dataclass(frozen=True, eq=False)
class Basis:
    """By journey the messages as they were before they came to their ends; what journeys saw as made; and the run without
    assumptions, where there was one."""

    attempts: Mapping[str, Table]
    under: Made
    without: Run | None = None


@dataclass(frozen=True, eq=False)
class Run:
    """See `docs/plan.md`, engine, for the columns. Instants are int64 microseconds, NEVER an
    open end; `journey`, `campaign`, `step`, `audience` are places in the lists of the campaigns; a broadcast's `campaign`
    is its place after all journeys, its `step` the place of the variant or -1. In `messages`, `leans` says that the path goes on
    by assumption only, `next_at` what one that waits waits for (else NEVER). In `deliveries` a negative `step` is an
    exit (`sender`), `entry_event` and `exit_event` places of events as `added.places_of` tells them, -1 for none."""

    plan: Plan
    window: tuple[int, int]
    seed: int
    only: tuple[str, ...] | None
    instances: Table
    visits: Table
    memberships: Table
    messages: Table
    deliveries: Table
    wires: Table = field(default_factory=lambda: stack([], WIRES))
    """Outputs taken in journeys with forks, no public table: the visit of a fork has no branch."""
    responses: Table = field(default_factory=lambda: stack([], RESPONSES))
    made: Made | None = None
    """What the run set and which events its messages made, as far as conditions may ask, no public table; None where nothing
    was."""
    observed: Table | None = None
    """The memberships that rest on no assumption, where they may be others than `memberships`."""
    observed_made: Made | None = None
    """What is made in that plain run, where there is one."""
    texts: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    estimates: tuple[Estimate, ...] = ()
    """In public order; empty where nobody asked for ranges."""
    trails: Mapping[str, Trail] = field(default_factory=dict)
    """Who arrived where, by journey, where it was kept: an edit begins there (`resume`)."""
    basis: Basis | None = None
    """Where it was asked for: what an edit of campaigns that act on each other goes on from (`resettle`)."""


def entry_keys(run: Run) -> list[str]:
    """The entry key of the instance behind each row of `deliveries` (D-19)."""
    pairs = zip(run.deliveries["entered_at"].tolist(), run.deliveries["identifier"].tolist(), strict=True)
    return [entry_key(at, None if code < 0 else run.texts[code]) for at, code in pairs]


INSTANCES: Columns = {"journey": np.int16, "profile": np.int32, "instance": np.int32, "entered_at": np.int64,
             "ended_at": np.int64, "outcome": np.int8, "detail": np.int32, "kind": np.int8, "identifier": np.int32}  # fmt: skip
VISITS: Columns = {"journey": np.int16, "profile": np.int32, "instance": np.int32, "seq": np.int32, "step": np.int16,
          "entered_at": np.int64, "left_at": np.int64, "branch": np.int32, "pass": np.int32, "kind": np.int8}  # fmt: skip
MEMBERSHIPS: Columns = {"audience": np.int16, "profile": np.int32, "from_at": np.int64, "to_at": np.int64}
MESSAGES: Columns = {"campaign": np.int16, "step": np.int16, "profile": np.int32, "instance": np.int32, "due_at": np.int64,
            "sent_at": np.int64, "status": np.int8, "reason": np.int8, "kind": np.int8, "leans": np.bool_,
            "next_at": np.int64}  # fmt: skip
DELIVERIES: Columns = {"campaign": np.int16, "step": np.int16, "profile": np.int32, "instance": np.int32,
              "changed_at": np.int64, "entered_at": np.int64, "kind": np.int8, "identifier": np.int32, "change": np.int8,
              "entry_event": np.int32, "exit_event": np.int32}  # fmt: skip
WIRES: Columns = {"journey": np.int16, "profile": np.int32, "instance": np.int32, "step": np.int16, "branch": np.int32,
         "left_at": np.int64}  # fmt: skip
RESPONSES: Columns = {"campaign": np.int16, "step": np.int16, "profile": np.int32, "instance": np.int32, "response": np.int8,
             "at": np.int64, "kind": np.int8}  # fmt: skip

TABLES: dict[str, Columns] = {
    "instances": INSTANCES, "visits": VISITS, "memberships": MEMBERSHIPS, "messages": MESSAGES, "deliveries": DELIVERIES,
    "wires": WIRES, "responses": RESPONSES,
}  # fmt: skip


def stack(tables: list[Table], columns: Mapping[str, type]) -> Table:
    """The tables one below the other, every column in its type."""

    def column(name: str, dtype: type) -> AnyArray:
        parts: list[AnyArray] = [np.asarray(table[name], dtype) for table in tables]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.empty(0, dtype)

    return {name: column(name, dtype) for name, dtype in columns.items()}
