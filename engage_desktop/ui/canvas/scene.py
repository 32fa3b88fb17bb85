"""The journey as graphics items: kept equal to the document by comparing, never by rebuilding.

Knows what is shown and how it stands in the view (selection, hover); makes no edit and hears no mouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from engage_desktop.document import ENTRY, OutputRef
from engage_desktop.domain.campaigns import Campaigns, JourneyLayout
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import Output, StepBase, outputs
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas import wire_layout
from engage_desktop.ui.canvas.board import BoxRef
from engage_desktop.ui.canvas.boxes import Boxes
from engage_desktop.ui.canvas.card_painter import CardState
from engage_desktop.ui.canvas.content import WireContent, wire_content
from engage_desktop.ui.canvas.detail import Detail
from engage_desktop.ui.canvas.folding import fold_name, hidden, steps_behind
from engage_desktop.ui.canvas.items import CardItem, PaintCount, WireItem
from engage_desktop.ui.canvas.placing import positions
from engage_desktop.ui.canvas.routing import Router
from engage_desktop.ui.canvas.style import CanvasStyle
from engage_desktop.ui.canvas.walk import reach
from engage_desktop.ui.canvas.wire_painter import WireState, label_size
from engage_desktop.ui.canvas.wording import Wording

if TYPE_CHECKING:
    from engage_desktop.app.protocol import JourneyFigures

WireKey = tuple[str, str | None]
UNLAID = wire_layout.free(QPointF())
"""What a wire has until it is laid."""
AT_ONCE = 200
"""So many texts of wires find their places at once; of more those in view do, the others a slice at a time."""
SLICE_MS = 12
_ENTRY_OUTPUT = Output("next", None, "", None)


class JourneyScene(QGraphicsScene):
    """All cards and wires of one journey."""

    selection_changed = Signal(list)

    def __init__(self, style: CanvasStyle) -> None:
        super().__init__()
        self.style_ = style
        self.count = PaintCount()
        self.detail = Detail()
        self.revision = 0
        """Rises whenever anything painted may have changed; a cached picture is valid for one value."""
        self.places_revision = 0
        """Rises when a card or the selection may have moved: what the minimap shows."""
        self.journey: Journey | None = None
        self.campaigns: Campaigns | None = None
        self.cards: dict[str, CardItem] = {}
        self.wires: dict[WireKey, WireItem] = {}
        self.figures: JourneyFigures | None = None
        self.current_figures = False
        self.selection: list[str] = []
        self.current: str | None = None
        self.selected_wire: WireKey | None = None
        self._hover: tuple[str, object] = ("", None)
        self._targets: dict[str, str] = {}
        self._lit: WireKey | None = None
        self._focused = False
        self._editable = True
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._wording = Wording(self.outputs_of)
        # What was worked out for a step is kept as long as the step is the same object: steps are frozen.
        self._outputs: dict[str, tuple[StepBase, tuple[Output, ...]]] = {}
        self._unseen: set[object] = set()
        self._placed: tuple[object, dict[str, tuple[float, float]]] | None = None
        self._entry_output: tuple[Output, ...] = (_ENTRY_OUTPUT,)
        self._wired: dict[str, tuple[StepBase | None, tuple[Output, ...], bool]] = {}
        self._common: tuple[object, ...] = (None, None, None)
        self._router = Router(self)
        self._unplaced: dict[WireKey, None] = {}
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._place_some)
        self.boxes = Boxes(self)
        self.hidden: frozenset[str] = frozenset()
        """The cards behind folded outputs: they stay, unseen."""
        self.folded: dict[str, int] = {}
        """How many cards each folded output hides, by its name in the layout."""

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Called before the items of any picture of the scene; the view has a ground of its own."""
        self.detail.begin(painter)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        self.detail.end(painter, self.style_)

    # -- showing a journey ------------------------------------------------------------------

    def show(
        self,
        journey: Journey | None,
        layout: JourneyLayout | None,
        campaigns: Campaigns | None,
        problems: Mapping[str, Sequence[Problem]] | None = None,
    ) -> None:
        """Show the journey as it is now; items that stay equal are not touched."""
        self.revision += 1
        self.places_revision += 1
        self.journey, self.campaigns = journey, campaigns
        if problems is not None:
            self._problems = {key: tuple(found) for key, found in problems.items()}
        if journey is None:
            self._drop_cards(list(self.cards))
            self._drop_wires(list(self.wires))
            self.boxes.show(None, self.style_)
            self._after_show()
            return
        touched = self._sync_cards(journey)
        self._fold(journey, layout)
        self.boxes.show(layout, self.style_)
        for key, (x, y) in self._places(journey, layout).items():
            if self.cards[key].pos().toTuple() != (x, y):  # points are equal for Qt when they nearly are
                self.cards[key].setPos(x, y)
                touched.add(key)
        if self.boxes.items:
            seen = self.seen_cards()
            rects = {key: card.rect() for key, card in self.cards.items()}
            self.boxes.hide_over((rects[key] for key in seen), (rects[key] for key in self.hidden))
        self._sync_wires(journey, touched)
        self._after_show()

    def _fold(self, journey: Journey, layout: JourneyLayout | None) -> None:
        """Hide what lies behind folded outputs; one that hides nothing any more is drawn as it was."""
        collapsed = layout.collapsed if layout is not None else ()
        gone = hidden(journey, collapsed)
        folded = steps_behind(journey, collapsed, gone) if gone else {}
        if folded != self.folded:
            self.folded = folded  # a new object: the wires that show it are looked at again
        for key in gone ^ self.hidden:
            if key in self.cards:
                self.cards[key].setVisible(key not in gone)
        self.hidden = gone

    def _places(self, journey: Journey, layout: JourneyLayout | None) -> dict[str, tuple[float, float]]:
        """Where the cards stand; worked out again only when wires, sizes or stored places are new."""
        sizes = {key: (card.card.width, card.card.height) for key, card in self.cards.items()}
        wired = [self.outputs_of(key) for key in self.cards]
        told = (journey.start, wired, sizes, layout)
        if self._placed is None or self._placed[0] != told:
            self._placed = (told, positions(journey, layout, sizes))
        return self._placed[1]

    def _after_show(self) -> None:
        bounds = self.content_rect()
        if not self.sceneRect().contains(bounds) or self.sceneRect().isNull():
            self.setSceneRect(bounds.adjusted(-400, -400, 400, 400))
        kept = [key for key in self.selection if key in self.cards and key not in self.hidden]
        wire = self.selected_wire if self.selected_wire in self.wires else None
        if kept != self.selection or wire != self.selected_wire:
            self.select(kept, wire=wire, boxes=self.boxes.chosen)
        self._refresh(self._unseen)
        self._unseen = set()

    def _sync_cards(self, journey: Journey) -> set[str]:
        """Create, drop and update cards; the keys of those whose size is new."""
        told = self._problems, self.figures, self.current_figures
        contents = self._wording.contents(journey, self.campaigns, *told)
        self._drop_cards([key for key in self.cards if key not in contents])
        touched = set()
        for key, content in contents.items():
            card = self.cards.get(key)
            if card is None:
                self.cards[key] = card = CardItem(content, self.style_, self.count, self.detail)
                self.addItem(card)
                touched.add(key)
                self._unseen.add(key)
            elif card.set_content(content):
                touched.add(key)
        self.cards = {key: self.cards[key] for key in contents}
        return touched

    def _drop_cards(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.removeItem(self.cards.pop(key))

    # -- wires ------------------------------------------------------------------------------

    def outputs_of(self, key: str) -> tuple[Output, ...]:
        """The outputs of a card; the entry has one."""
        if self.journey is None:
            return ()
        if key == ENTRY:
            if self._entry_output[0].target != self.journey.start:
                self._entry_output = (_ENTRY_OUTPUT._replace(target=self.journey.start),)
            return self._entry_output
        step = self.journey.by_key[key]
        known = self._outputs.get(key)
        if known is None or known[0] is not step:
            known = self._outputs[key] = (step, outputs(step))
        return known[1]

    def port(self, key: str, branch: str | None) -> QPointF:
        """Where an output leaves its card."""
        forward = [output.branch for output in self.outputs_of(key) if not output.loop]
        index = forward.index(branch) if branch in forward else 0
        return geo.output_port(self.cards[key].rect(), index, max(1, len(forward)))

    def _sync_wires(self, journey: Journey, touched: set[str]) -> None:
        wanted: dict[WireKey, tuple[StepBase | None, Output]] = {}
        fresh: list[WireKey] = []
        common = (self.figures, self.current_figures, self.folded)
        renewed = any(a is not b for a, b in zip(self._common, common, strict=True))
        self._wired, before, self._common = {}, self._wired, common
        # A wire to a step that was missing may now have its target, and one to a step gone has none.
        others = before.keys() ^ self.cards.keys()
        stale: set[WireKey] = set()
        resized: set[str] = set()
        for key in self.cards:
            step, found, unseen = journey.by_key.get(key), self.outputs_of(key), key in self.hidden
            known = before.get(key)
            stays = known is not None and known[0] is step and known[1] is found and known[2] is unseen
            if known is None or renewed or not stays or any(output.target in others for output in found):
                known = (step, found, unseen)
                fresh += [(key, output.branch) for output in found]
                if key in before and _branches(before[key][1]) != _branches(found):
                    stale.update(fresh[-len(found) :])  # in another order they leave by other ports
            self._wired[key] = known
            for output in found:
                wanted[key, output.branch] = step, output
        self._drop_wires([at for at in self.wires if at not in wanted])
        for at in fresh:
            step, output = wanted[at]
            content = self._wire_content(at, step, output)
            folded = fold_name(OutputRef(*at)) in self.folded
            target = output.target if output.target in self.cards and not folded else None
            wire = self.wires.get(at)
            if wire is None:
                wire = WireItem(at, target, content, UNLAID, self.style_, self.count, self.detail)
                wire.editable = self._editable
                wire.setVisible(at[0] not in self.hidden)
                self.wires[at] = wire
                self.addItem(wire)
                stale.add(at)
                self._unseen.add(at)
                continue
            if wire.target != target or _kind(wire.content) != _kind(content):
                stale.add(at)
            elif self._resized(wire, content):
                resized.add(at[0])
            wire.target = target
            wire.setVisible(at[0] not in self.hidden)
            wire.set_content(content)
        changed = stale | {key for key, wire in self.wires.items() if key[0] in touched or wire.target in touched}
        # The outputs of one card share its lower edge: when one goes or comes, all move.
        sources = {key[0] for key in changed}
        self.route([key for key in self.wires if key[0] in sources or key in changed])
        resized -= sources
        self._place_texts([key for key in self.wires if key[0] in resized and key not in changed])

    def _place_texts(self, keys: list[WireKey]) -> None:
        """Find places for texts of another size: of very many, first for those in view."""
        if len(keys) > AT_ONCE:
            self._unplaced |= dict.fromkeys(keys)
            seen = [view.mapToScene(view.viewport().rect()).boundingRect() for view in self.views()]
            keys = [key for key in keys if any(self.wires[key].layout.bounds().intersects(box) for box in seen)]
            keys = keys[:AT_ONCE]
            self._slices.start()
        if keys:
            self._router.retext(keys)
            for key in keys:
                self._unplaced.pop(key, None)

    def _place_some(self) -> None:
        keys = [key for key in self._unplaced if key in self.wires]
        self._unplaced = dict.fromkeys(self._router.retext(keys, SLICE_MS) if keys else ())
        self.revision += 1
        if not self._unplaced:
            self._slices.stop()

    def _resized(self, wire: WireItem, content: WireContent) -> bool:
        if (wire.content.label, wire.content.count) == (content.label, content.count):
            return False
        return label_size(wire.content, self.style_) != label_size(content, self.style_)

    def _wire_content(self, key: WireKey, step: StepBase | None, output: Output) -> WireContent:
        figures = self.figures
        count = figures.wires.get(key) if figures else None  # one drawn since then has none yet
        entered, current = figures.entered if figures else None, self.current_figures
        behind = self.folded.get(fold_name(OutputRef(*key)), 0)
        return wire_content(step, output, count, entered, current=current, folded=behind)

    def _drop_wires(self, keys: Iterable[WireKey]) -> None:
        for key in keys:
            self.removeItem(self.wires.pop(key))
            self._router.forget(key)

    def route(self, keys: Iterable[WireKey], *, fast: bool = False) -> None:
        """Lay wires anew. `fast` (while dragging) does not look for free places."""
        chosen = list(keys)
        if chosen:
            self.revision += 1
            self.places_revision += 1
            self._router.route(chosen, fast=fast)

    def wires_at(self, keys: Iterable[str]) -> list[WireKey]:
        """The wires that begin or end at any of the cards."""
        chosen = set(keys)
        return [key for key, wire in self.wires.items() if key[0] in chosen or wire.target in chosen]

    # -- figures and problems ---------------------------------------------------------------

    def set_figures(self, figures: JourneyFigures | None, current: bool) -> None:
        """Show other figures; only cards and wires whose texts differ are painted again."""
        if figures == self.figures and current == self.current_figures:
            return
        self.figures, self.current_figures = figures, current
        self.refresh_texts()

    def set_problems(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show other problems, by step key."""
        told = {key: tuple(found) for key, found in problems.items()}
        if told != self._problems:
            self._problems = told
            self.refresh_texts()

    def refresh_texts(self) -> None:
        """Compare every text with what is shown and update what differs."""
        if self.journey is None:
            return
        self.revision += 1
        self._sync_wires(self.journey, self._sync_cards(self.journey))

    def set_style(self, style: CanvasStyle) -> None:
        """Take on another theme."""
        self.revision += 1
        self.style_ = style
        for card in self.cards.values():
            card.set_style(style)
        for wire in self.wires.values():
            wire.style = style
        for item in self.boxes.items.values():
            item.style = style
            item.update()
        self.route(list(self.wires))

    # -- how things stand in the view -------------------------------------------------------

    def select(
        self,
        keys: Iterable[str],
        *,
        wire: WireKey | None = None,
        current: str | None = None,
        boxes: Iterable[BoxRef] = (),
    ) -> None:
        """Select cards, frames and notes (in the order given), or one wire; `current` is where the keyboard stands."""
        wanted = [key for key in dict.fromkeys(keys) if key in self.cards]
        fallback = wanted[-1] if wanted else None
        before = self.selection, self.selected_wire, self.boxes.chosen
        touched: set[object] = {*self.selection, *wanted, self.current, self.selected_wire, wire}
        self.selection, self.selected_wire = wanted, wire
        self.boxes.select(boxes)
        self.current = current if current in self.cards else fallback
        self.places_revision += 1
        self._refresh({*touched, self.current})
        if before != (wanted, wire, self.boxes.chosen):
            self.selection_changed.emit(list(wanted))

    @property
    def hovered_wire(self) -> WireKey | None:
        kind, key = self._hover
        return key if kind == "wire" else None  # type: ignore[return-value]  # a wire's hover holds its key

    def set_hover(self, kind: str, key: object = None) -> None:
        """Say what the pointer is over: `card`, `wire` or nothing (empty)."""
        if (kind, key) != self._hover:
            old = self._hover
            self._hover = (kind, key)
            self._refresh({old[1], key})

    def set_targets(self, targets: Mapping[str, str]) -> None:
        """While a wire is dragged: which cards may be its target (`yes`) and which one may not (`no`)."""
        touched = set(self._targets) | set(targets)
        self._targets = dict(targets)
        self._refresh(touched)

    def set_lit(self, wire: WireKey | None) -> None:
        """Light the wire that a step would be spliced into."""
        touched = {self._lit, wire}
        self._lit = wire
        self._refresh(touched)

    def set_focused(self, focused: bool) -> None:
        """Say whether the canvas has the keyboard."""
        self._focused = focused
        self._refresh({self.current})

    def set_editable(self, editable: bool) -> None:
        self._editable = editable
        self.revision += 1
        for wire in self.wires.values():
            wire.editable = editable
            wire.update()

    def _refresh(self, keys: Iterable[object] | None = None) -> None:
        """Bring the state of items in line (of all, or of those keys); items drop equal states."""
        self.revision += 1
        chosen = set(self.selection)
        kind, over = self._hover
        cards = self.cards if keys is None else [key for key in keys if key in self.cards]
        for key in cards:
            self.cards[key].set_state(
                CardState(
                    selected=key in chosen,
                    current=key == self.current,
                    hovered=kind == "card" and over == key,
                    target=self._targets.get(key, ""),
                    focused=self._focused and key == self.current,
                )
            )
        wires = self.wires if keys is None else [key for key in keys if key in self.wires]
        for at in wires:
            self.wires[at].set_state(
                WireState(
                    selected=at == self.selected_wire,
                    hovered=kind == "wire" and over == at,
                    lit=at == self._lit,
                )
            )

    # -- what lies where ----------------------------------------------------------------------

    def cards_near(self, box: QRectF) -> list[CardItem]:
        """The cards whose box meets `box`, topmost first."""
        return [item for item in self._near(box) if isinstance(item, CardItem)]

    def wires_near(self, box: QRectF) -> list[WireItem]:
        """The wires whose box meets `box`, topmost first."""
        return [item for item in self._near(box) if isinstance(item, WireItem)]

    def _near(self, box: QRectF) -> list[QGraphicsItem]:
        return self.items(box, Qt.ItemSelectionMode.IntersectsItemBoundingRect)

    def content_rect(self, keys: Iterable[str] | None = None) -> QRectF:
        """The box around cards (all with frames and notes, or those given)."""
        chosen = list(self.seen_cards()) if keys is None else [key for key in keys if key in self.seen_cards()]
        around = self.boxes.bounds() if keys is None else QRectF()
        if not chosen:
            return around
        spots = [(*self.cards[key].pos().toTuple(), self.cards[key].card) for key in chosen]
        left, top = min(x for x, _, _ in spots), min(y for _, y, _ in spots)
        right, bottom = max(x + card.width for x, _, card in spots), max(y + card.height for _, y, card in spots)
        return QRectF(left, top, right - left, bottom - top).united(around)

    def behind_folds(self, keys: Iterable[str]) -> list[str]:
        """The hidden cards that some cards lead to: they move with them."""
        if not self.hidden or self.journey is None:
            return []
        return [key for key in reach(self.journey, list(keys), down=True) if key in self.hidden]

    def seen_cards(self) -> dict[str, CardItem]:
        """The cards that no fold hides."""
        return {key: card for key, card in self.cards.items() if key not in self.hidden} if self.hidden else self.cards


def _branches(outputs: Sequence[Output]) -> list[str | None]:
    return [output.branch for output in outputs]


def _kind(content: WireContent) -> tuple[bool, bool]:
    return content.loop, bool(content.label)
