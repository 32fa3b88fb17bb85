"""What is written down of one traversal of a journey: its visits, and the paths that are still under way (D-14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import ConditionBranch, SendMessage, StepBase, outputs
from tests.oracle.context import Captures
from tests.oracle.log import Call
from tests.oracle.rules import Rules
from tests.oracle.writes import Write


@dataclass(eq=False)
class Visit:
    step: str
    entered_at: int
    number: int  # pass
    before: Visit | None  # the visit that led here
    left_at: int | None = None
    branch: str | None = None
    on_by_assumption: bool = False  # a message that says leave, and was not dropped only by assumption

    def rests_on_assumption(self) -> bool:
        """D-27: what would not be there but for an assumed message that says leave is assumed itself."""
        visit = self.before
        while visit is not None:
            if visit.on_by_assumption:
                return True
            visit = visit.before
        return False


@dataclass(eq=False)
class Path:
    """One way through the steps. `order` sorts the paths of an instance by the branches they took (D-14)."""

    context: Captures  # D-14, D-20
    order: tuple[int, ...] = ()
    visit: Visit | None = None  # the last one
    step: StepBase | None = None  # where it waits
    deadline: int | None = None
    held_out: bool = False  # D-52
    awaits: ConditionBranch | None = None  # at a fork: the branch that is not taken yet

    def branch(self, number: int, awaits: ConditionBranch) -> Path:
        """The path of a fork's branch, before its condition holds."""
        return Path(self.context, (*self.order, number), self.visit, self.step, None, self.held_out, awaits)


@dataclass(eq=False)
class Instance:
    entered_at: int
    event: Call | None  # that it was entered by
    identifier: str | None = None
    paths: list[Path] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    ended_at: int | None = None
    outcome: str = "active"
    detail: str | None = None
    end_text: str | None = None
    written: list[Write] = field(default_factory=list)  # D-37

    @property
    def row(self) -> int:
        return self.event.row if self.event else -1

    @property
    def active(self) -> bool:
        return self.ended_at is None

    def waiting(self, rules: Rules) -> Iterator[tuple[Path, StepBase]]:
        """The paths under way when a phase begins, ties by branch order (D-50), as far as they are still where they were."""
        paths = sorted(self.paths, key=lambda path: path.order, reverse=not rules.paths_in_branch_order)
        for path, step in [(path, path.step) for path in paths]:
            if self.active and path in self.paths and step is not None and path.step is step:
                yield path, step

    def passes(self, key: str) -> int:
        return sum(visit.step == key for visit in self.visits)


@dataclass(eq=False)
class Due:
    """A message due at an instant, for the policy of that instant (D-49)."""

    campaign: str  # the key of its journey or broadcast
    step: str | None  # its step, of a broadcast the variant
    message: str
    priority: int
    entry_key: str  # D-19
    due_at: int
    held_out: bool  # D-52: by a branch or variant with role holdout
    seq: tuple[int, ...] = ()  # the place of its visit (D-46)
    instance: Instance | None = None  # of a journey
    visit: Visit | None = None
    sends: SendMessage | None = None

    @property
    def leaves(self) -> bool:
        return self.sends is not None and self.sends.when_not_sent == "leave"


def seq_order(journey: Journey, rules: Rules) -> dict[str, int]:
    """D-46: the place of each step among visits of one instant, a reversed post-order of a depth-first walk from `start`."""
    left: list[str] = []

    def go(key: str | None) -> None:
        if key is None or key in seen:
            return
        seen[key] = None
        for output in outputs(journey.by_key[key]):
            if not output.loop:
                go(output.target)
        left.append(key)

    seen: dict[str, None] = {}
    go(journey.start)
    keys = list(reversed(left)) if rules.seq_in_reversed_post_order else list(seen)
    return {key: place for place, key in enumerate(keys)}
