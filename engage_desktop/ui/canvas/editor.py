"""The edits the canvas can make, each one change with a name people understand. Qt-free.

Every method applies at most one `Change`; what cannot be done raises `EditRefused` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engage_desktop.document import (
    ENTRY,
    Change,
    Document,
    EditRefused,
    OutputRef,
    add_step,
    can_connect,
    connect,
    delete_steps,
    disconnect,
    fresh_key,
    insert_on_wire,
    main_output,
    new_step,
    put,
    put_layout,
    rename_step,
    replace_with,
)
from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import StepBase, outputs
from engage_desktop.ui.canvas.arrange import Axis, Side, align, distribute, followed_frames, followed_notes
from engage_desktop.ui.canvas.folding import hidden
from engage_desktop.ui.canvas.placing import COLUMN_GAP, ROW_GAP, Position, Size, clear_of, on_grid
from engage_desktop.ui.canvas.tidying import tidied, unfolded
from engage_desktop.ui.canvas.words import step_title

NEW_SIZE: Size = (232.0, 88.0)
Arrangement = Callable[[Mapping[str, Position], Mapping[str, Size]], dict[str, Position]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the cards stand on the canvas right now, stored or not."""

    places: Mapping[str, Position]
    sizes: Mapping[str, Size]


class JourneyEditor:
    """Edits one journey of a document."""

    def __init__(self, document: Document, journey_key: str, standing: Callable[[], Standing]) -> None:
        self.document = document
        self.journey_key = journey_key
        self._standing = standing

    @property
    def journey(self) -> Journey | None:
        return self.document.campaigns.journey(self.journey_key)

    @property
    def layout(self) -> JourneyLayout | None:
        return self.document.layout.journeys.get(self.journey_key)

    # -- one change ---------------------------------------------------------------------------

    def apply(
        self,
        name: str,
        journey: Journey | None,
        nodes: Mapping[str, Position] | None,
        gesture: str = "",
        *,
        follow: bool = False,
        **board: Any,
    ) -> None:
        """Commit one change. `nodes` are new places of cards (None: as stored), `board` new frames, notes or
        folds; with `follow` frames and notes go where the cards they belong to go."""
        edits = []
        if journey is not None:
            edits.append(put(self.document.campaigns, "journey", journey, key=self.journey_key))
        base = self.layout or JourneyLayout()
        if nodes is not None:
            alive = {ENTRY, *(journey if journey is not None else self.must()).by_key}
            if follow and (base.frames or base.notes):
                board = self._followed(base, nodes) | board
            board["nodes"] = {key: (_whole(x), _whole(y)) for key, (x, y) in nodes.items() if key in alive}
        if board:
            edits.append(put_layout(self.document.layout, self.journey_key, base.with_(**board)))
        self.document.apply(Change(name, tuple(edits), gesture))

    def _followed(self, base: JourneyLayout, nodes: Mapping[str, Position]) -> dict[str, Any]:
        now = self._standing()
        return {
            "frames": followed_frames(base.frames, now.places, nodes, now.sizes),
            "notes": followed_notes(base.notes, now.places, nodes, now.sizes),
        }

    @property
    def standing(self) -> Standing:
        return self._standing()

    def must(self) -> Journey:
        journey = self.journey
        if journey is None:
            raise EditRefused("This journey is no longer there.")
        return journey

    @property
    def _is_placed(self) -> bool:
        """Whether positions are stored; until then the tidy layout follows every edit by itself."""
        return self.layout is not None and bool(self.layout.nodes)

    def _label(self, keys: Iterable[str]) -> str:
        chosen = list(keys)
        journey = self.must()
        if len(chosen) == 1 and chosen[0] in journey.by_key:
            return f"“{step_title(journey.by_key[chosen[0]], self.document.campaigns)}”"
        return "the entry" if chosen == [ENTRY] else f"{len(chosen)} steps"

    # -- places -------------------------------------------------------------------------------

    def move(self, places: Mapping[str, Position], gesture: str = "") -> None:
        """Put cards elsewhere."""
        self.apply(f"Move {self._label(places)}", None, {**self._standing().places, **places}, gesture)

    def tidied(self, keys: Collection[str] = ()) -> dict[str, Position]:
        """Where tidying would put every card, or only some. What folds hide takes no room."""
        standing = self._standing()
        return tidied(self.must(), standing.places, standing.sizes, keys, self._gone())

    def unfolded(self, collapsed: Collection[str]) -> dict[str, Position]:
        """Where all cards stand once only these outputs are folded."""
        standing, journey = self._standing(), self.must()
        return unfolded(journey, standing.places, standing.sizes, self._gone(), hidden(journey, collapsed))

    def _gone(self) -> frozenset[str]:
        return hidden(self.must(), self.layout.collapsed) if self.layout is not None else frozenset()

    def tidy_up(self, keys: Collection[str] = ()) -> None:
        """Lay all cards out anew, or only several chosen ones, as one undo step."""
        few = len(keys) > 1
        self.apply(f"Tidy {self._label(keys)}" if few else "Tidy up", None, self.tidied(keys), follow=True)

    def align(self, keys: Collection[str], side: Side) -> None:
        """Put one side of several cards on one line."""
        self._arrange(f"Align {len(keys)} steps: {side}", keys, 2, lambda places, sizes: align(places, sizes, side))

    def distribute(self, keys: Collection[str], axis: Axis) -> None:
        """Put equal gaps between several cards."""
        name = f"Distribute {len(keys)} steps {axis}"
        self._arrange(name, keys, 3, lambda places, sizes: distribute(places, sizes, axis))

    def _arrange(self, name: str, keys: Collection[str], least: int, ways: Arrangement) -> None:
        if len(keys) < least:
            raise EditRefused(f"Select at least {('two', 'three')[least - 2]} steps first.")
        standing = self._standing()
        made = ways({key: standing.places[key] for key in keys}, standing.sizes)
        self.apply(name, None, {**standing.places, **{key: (round(x), round(y)) for key, (x, y) in made.items()}})

    # -- wires --------------------------------------------------------------------------------

    def why_not(self, ref: OutputRef, target: str) -> str | None:
        """Why the output may not lead to the step; None when it may."""
        return can_connect(self.must(), ref, target)

    def connect(self, ref: OutputRef, target: str) -> None:
        self.apply(f"Connect to {self._label([target])}", connect(self.must(), ref, target), None)

    def disconnect(self, ref: OutputRef) -> None:
        self.apply("Disconnect", disconnect(self.must(), ref), None)

    def move_source(self, old: OutputRef, new: OutputRef) -> None:
        """Let another output lead where `old` leads; `old` then leads nowhere."""
        journey = self.must()
        target = journey.start if old.step == ENTRY else _target(journey.by_key[old.step], old.branch)
        if target is None or old == new:
            return
        self.apply(f"Reconnect {self._label([target])}", connect(disconnect(journey, old), new, target), None)

    # -- steps --------------------------------------------------------------------------------

    def make(self, type_: str) -> StepBase:
        """A new step with a fresh key and references that exist where there are any."""
        campaigns = self.document.campaigns
        fields: dict[str, Any] = {}
        if type_ == "message" and campaigns.messages:
            fields["message"] = campaigns.messages[0].key
        if type_ in ("send", "ad") and campaigns.destinations:
            fields["destination"] = campaigns.destinations[0].key
        return new_step(type_, fresh_key(self.must(), type_), **fields)

    def add(self, type_: str, ref: OutputRef | None = None, at: Position | None = None) -> str:
        """Add a step behind an output (spliced in where it leads somewhere already), at `at` when given;
        returns its key."""
        journey = self.must()
        step = self.make(type_)
        after = add_step(journey, step, ref)
        old = _follower(journey, ref) if ref is not None else None
        nodes = self._places_for(journey, step.key, ref, old, at)
        self.apply(f"Add {self._name_of(step)}", after, nodes, follow=True)
        return step.key

    def _name_of(self, step: StepBase) -> str:
        return f"“{step_title(step, self.document.campaigns)}”"

    def _places_for(
        self, journey: Journey, key: str, ref: OutputRef | None, old: str | None, at: Position | None
    ) -> dict[str, Position] | None:
        if at is None and ref is not None and not self._is_placed:
            return None
        standing = self._standing()
        nodes = dict(standing.places)
        if at is None and old is not None and ref is not None:
            self._open_gap(journey, nodes, standing.sizes, key, ref.step, old)
            return nodes
        wish = at
        if wish is None:
            wish = self.below_all() if ref is None else self._below(journey, standing, ref)
        others = {k: (nodes[k], standing.sizes[k]) for k in nodes}
        nodes[key] = clear_of((on_grid(wish[0]), on_grid(wish[1])), NEW_SIZE, others)
        return nodes

    def below_all(self) -> Position:
        """Where a card may stand under all others."""
        standing = self._standing()
        left = min(x for x, _ in standing.places.values())
        bottom = max(y + standing.sizes[key][1] for key, (_, y) in standing.places.items())
        return left, bottom + ROW_GAP

    def _below(self, journey: Journey, standing: Standing, ref: OutputRef) -> Position:
        x, y = standing.places[ref.step]
        width, height = standing.sizes[ref.step]
        forward = [ref.branch] if ref.step == ENTRY else _forward(journey.by_key[ref.step])
        index = forward.index(ref.branch) if ref.branch in forward else 0
        offset = (index - (len(forward) - 1) / 2) * (NEW_SIZE[0] + COLUMN_GAP)
        gap = ROW_GAP if len(forward) == 1 else ROW_GAP + 16
        return x + (width - NEW_SIZE[0]) / 2 + offset, y + height + gap

    def _open_gap(
        self, journey: Journey, nodes: dict[str, Position], sizes: Mapping[str, Size], key: str, above: str, below: str
    ) -> None:
        """Stand the new card where `below` was and move what is below down, unless there is room."""
        x, y = nodes[below]
        bottom = nodes[above][1] + sizes[above][1]
        centre = x + sizes[below][0] / 2
        top = bottom + ROW_GAP
        missing = top + NEW_SIZE[1] + ROW_GAP - y
        if missing > 0:
            for moved in _downstream(journey, below):
                nodes[moved] = (nodes[moved][0], on_grid(nodes[moved][1] + missing + 4))
        nodes[key] = (on_grid(centre - NEW_SIZE[0] / 2), on_grid(top))

    def add_before(self, type_: str, target: str, at: Position) -> str:
        """Add a step that leads to one that is there; returns its key."""
        journey = self.must()
        step = self.make(type_)
        main = main_output(step)
        if main is None:
            raise EditRefused(f"{self._name_of(step)} has no output. Choose a step that goes on.")
        after = connect(add_step(journey, step), main, target)
        self.apply(f"Add {self._name_of(step)}", after, self._places_for(journey, step.key, None, None, at))
        return step.key

    def replace(self, key: str, type_: str) -> str:
        """Put a step of another type in the place of one, keeping name and wires; returns its key."""
        journey = self.must()
        old = journey.by_key.get(key)
        if old is None:
            raise EditRefused("The entry cannot be replaced. Change how people enter in the inspector.")
        if type_ == old.type:
            raise EditRefused(f"{self._label([key])} is of this type already. Choose another.")
        step = self.make(type_)
        step = step.with_(name=old.name) if old.name else step
        after = replace_with(journey, key, step)
        name = f"Replace {self._label([key])} by {self._name_of(self.make(type_))}"
        if not self._is_placed:
            self.apply(name, after, None)
            return step.key
        nodes = dict(self._standing().places)
        nodes[step.key] = nodes.pop(key)
        self.apply(name, after, nodes)
        return step.key

    def splice(self, key: str, ref: OutputRef, at: Position) -> None:
        """Put a step that stands free into a wire."""
        journey = self.must()
        old = _follower(journey, ref)
        after = insert_on_wire(journey, ref, journey.by_key[key])
        standing = self._standing()
        nodes = dict(standing.places) | {key: at}
        if old is not None:
            missing = at[1] + standing.sizes[key][1] + ROW_GAP - nodes[old][1]
            if missing > 0:
                for moved in _downstream(journey, old):
                    if moved != key:
                        nodes[moved] = (nodes[moved][0], on_grid(nodes[moved][1] + missing + 4))
        self.apply(f"Insert {self._label([key])}", after, nodes, follow=True)

    def delete(self, keys: Iterable[str]) -> None:
        """Take steps out; what led to one leads to where its path went on."""
        chosen = [key for key in keys if key != ENTRY]
        if not chosen:
            raise EditRefused("The entry cannot be deleted. Change how people enter in the inspector.")
        nodes = dict(self._standing().places) if self._is_placed else None
        self.apply(f"Delete {self._label(chosen)}", delete_steps(self.must(), chosen), nodes)

    def rename(self, key: str, name: str) -> None:
        self.apply(f"Rename {self._label([key])}", rename_step(self.must(), key, name), None)


def _whole(value: float) -> int:
    """Places are stored in whole pixels: what a zoomed hand leaves behind the point is noise."""
    return round(value)


def _forward(step: StepBase) -> list[str | None]:
    return [output.branch for output in outputs(step) if not output.loop]


def _target(step: StepBase, branch: str | None) -> str | None:
    return next((o.target for o in outputs(step) if o.branch == branch and not o.loop), None)


def _follower(journey: Journey, ref: OutputRef) -> str | None:
    return journey.start if ref.step == ENTRY else _target(journey.by_key[ref.step], ref.branch)


def _downstream(journey: Journey, key: str) -> list[str]:
    """The step and all that it leads to."""
    found: dict[str, None] = {}
    waiting = [key]
    while waiting:
        here = waiting.pop()
        if here in found or here not in journey.by_key:
            continue
        found[here] = None
        waiting += [o.target for o in outputs(journey.by_key[here]) if o.target is not None and not o.loop]
    return list(found)
