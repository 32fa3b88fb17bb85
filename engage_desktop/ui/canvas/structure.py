"""Edits of the order of steps and of their branches, as keyboard and outline ask for them. Qt-free.

Like all of the editor: at most one `Change` each, `EditRefused` for what cannot be done.
"""

from __future__ import annotations

from typing import Any

from engage_desktop.document import (
    ENTRY,
    EditRefused,
    OutputRef,
    add_branch,
    can_connect,
    move_branch,
    remove_branch,
    set_branch,
)
from engage_desktop.document.ordering import incoming, insert_before, move_step
from engage_desktop.document.wiring import onward, output_of, upstream
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.step import Hold, StepBase, outputs
from engage_desktop.ui.canvas.editor import NEW_SIZE, JourneyEditor
from engage_desktop.ui.canvas.placing import ROW_GAP, Position
from engage_desktop.ui.canvas.words import output_words

ORDERED = "Order Completed"


class StructureEditor(JourneyEditor):
    """A `JourneyEditor` that also orders steps, changes their type, and edits branches."""

    # -- steps --------------------------------------------------------------------------------

    def insert_before(self, type_: str, key: str) -> str:
        """Add a step before another, where all its ways come in; returns its key."""
        journey = self.must()
        if key == ENTRY:
            raise EditRefused("Nothing comes before the entry. Add the step after it.")
        ways = incoming(journey, key)
        if len(ways) == 1:
            return self.add(type_, ways[0])
        step = self.make(type_)
        after = insert_before(journey, key, step)
        nodes: dict[str, Position] | None = None
        if self._is_placed:
            x, y = self.standing.places[key]
            above = (x, y - NEW_SIZE[1] - ROW_GAP)
            nodes = self._places_for(journey, step.key, None, None, above)
        self.apply(f"Add {self._name_of(step)}", after, nodes)
        return step.key

    def move_step(self, key: str, *, up: bool) -> None:
        """Swap a step with the one before it or after it; on the canvas they swap places."""
        journey = self.must()
        if key == ENTRY:
            raise EditRefused("The entry is always first.")
        after = move_step(journey, key, up=up)
        nodes: dict[str, Position] | None = None
        if self._is_placed:
            other = incoming(journey, key)[0].step if up else onward(journey.by_key[key])
            assert other is not None  # it could be moved
            nodes = dict(self._standing().places)
            nodes[key], nodes[other] = nodes[other], nodes[key]
        self.apply(f"Move {self._label([key])} {'up' if up else 'down'}", after, nodes)

    def targets(self, ref: OutputRef) -> list[str]:
        """The steps an output may lead to and does not yet, in file order; its own hold last, as a loop."""
        journey = self.must()
        now = output_of(journey, ref).target
        above = upstream(journey, ref.step) if ref.step != ENTRY else frozenset()
        found = [step.key for step in journey.steps if step.key != now and step.key not in above]
        loops = ref.step != now and can_connect(journey, ref, ref.step) is None
        return [*found, ref.step] if loops else found

    def leading(self, key: str) -> list[OutputRef]:
        """The outputs of a step that lead somewhere, in order; loops are not among them."""
        journey = self.must()
        if key == ENTRY:
            return [OutputRef(ENTRY)] if journey.start is not None else []
        return [
            OutputRef(key, output.branch)
            for output in outputs(journey.by_key[key])
            if output.target is not None and not output.loop
        ]

    def is_branch(self, ref: OutputRef) -> bool:
        """Whether an output is a branch of its own, that can be named, moved and removed."""
        step = self.must().by_key.get(ref.step)
        return step is not None and any(o.kind == "branch" and o.branch == ref.branch for o in outputs(step))

    # -- branches -----------------------------------------------------------------------------

    def add_branch(self, key: str) -> OutputRef:
        """Append a branch; returns its output. A hold waits for an order first, then for what lets people in."""
        journey = self.must()
        step = self._branched(journey, key)
        fields: dict[str, Any] = {}
        if isinstance(step, Hold):
            waited = {branch.event for branch in step.branches}
            wishes = [ORDERED, journey.entry.event if isinstance(journey.entry, EventEntry) else ORDERED]
            fields["event"] = next((event for event in wishes if event not in waited), ORDERED)
        after = add_branch(journey, key, **fields)
        self.apply(f"Add a branch to {self._label([key])}", after, None)
        return OutputRef(key, getattr(after.by_key[key], "branches")[-1].key)  # noqa: B009 - typed only on some steps

    def remove_branch(self, ref: OutputRef) -> None:
        journey = self.must()
        name = self._branch_label(journey, ref)
        self.apply(f"Remove {name}", remove_branch(journey, ref.step, ref.branch or ""), None)

    def rename_branch(self, ref: OutputRef, name: str) -> None:
        """Give a branch the name people read; blank takes it away."""
        journey = self.must()
        label = self._branch_label(journey, ref)
        after = set_branch(journey, ref.step, ref.branch or "", name=name.strip() or None)
        self.apply(f"Rename {label}", after, None)

    def move_branch(self, ref: OutputRef, *, up: bool) -> None:
        """Ask a branch earlier or later."""
        journey = self.must()
        label = self._branch_label(journey, ref)
        keys = [branch.key for branch in getattr(journey.by_key[ref.step], "branches")]  # noqa: B009 - checked above
        to = keys.index(ref.branch or "") + (-1 if up else 1)
        if not 0 <= to < len(keys):
            raise EditRefused(f"{label[0].upper()}{label[1:]} is the {'first' if up else 'last'} branch already.")
        after = move_branch(journey, ref.step, ref.branch or "", to)
        self.apply(f"Move {label} {'up' if up else 'down'}", after, None)

    def _branched(self, journey: Journey, key: str) -> StepBase:
        step = journey.by_key.get(key)
        if step is None or not hasattr(step, "branches"):
            what = self._label([key])
            raise EditRefused(
                f"{what[0].upper()}{what[1:]} has no branches. Use a hold, a split, a fork or a random split."
            )
        return step

    def _branch_label(self, journey: Journey, ref: OutputRef) -> str:
        step = self._branched(journey, ref.step)
        output = next((found for found in outputs(step) if found.branch == ref.branch), None)
        if output is None or output.kind != "branch":
            words = output_words(step, output) if output is not None else "that"
            raise EditRefused(f"“{words}” belongs to the step itself and stays. Disconnect it instead.")
        return f"branch “{output_words(step, output)}”"
