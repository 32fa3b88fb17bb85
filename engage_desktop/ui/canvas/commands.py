"""What the keyboard, the buttons and the menu of the canvas do, each once, by the name its action has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeyEvent

from engage_desktop.app.action_registry import Action, Scope
from engage_desktop.app.actions import standard_actions
from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.document import ENTRY, EditRefused, OutputRef
from engage_desktop.ui.canvas import clipboard, walk
from engage_desktop.ui.canvas.board_commands import board_commands
from engage_desktop.ui.canvas.geometry import GRID
from engage_desktop.ui.canvas.keys import action_of
from engage_desktop.ui.canvas.structure_commands import structure_commands

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas


class CanvasCommands:
    """Runs named commands on a canvas; a refused edit is said, never raised. `shortcuts` are the keys a person
    has, `act` does an action: the window puts its own in."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        self._canvas = canvas
        self.shortcuts = Shortcuts(standard_actions())
        self.act: Callable[[Action], None] = lambda action: self.run(action.command)
        self._table: dict[str, Callable[[], None]] = {
            "walk.up": lambda: self._walk("up"),
            "walk.down": lambda: self._walk("down"),
            "walk.left": lambda: self._walk("left"),
            "walk.right": lambda: self._walk("right"),
            "nudge.up": lambda: self._nudge(0, -GRID),
            "nudge.down": lambda: self._nudge(0, GRID),
            "nudge.left": lambda: self._nudge(-GRID, 0),
            "nudge.right": lambda: self._nudge(GRID, 0),
            "select.upstream": lambda: self._reach(down=False),
            "select.downstream": lambda: self._reach(down=True),
            "select.all": self._select_all,
            "select.none": lambda: canvas.scene.select([]),
            "delete": self._delete,
            "rename": self._rename,
            "activate": self._activate,
            "add": lambda: canvas.open_add(None, None),
            "tidy": canvas.tidy,
            "view.fit": canvas.fit,
            "view.fit_selection": canvas.fit_selection,
            "view.actual": canvas.actual_size,
            "view.zoom_in": lambda: canvas.view.zoom_by(1.2),
            "view.zoom_out": lambda: canvas.view.zoom_by(1 / 1.2),
            "outline": lambda: canvas.show_outline(not canvas.outline.isVisible()),
        }
        self._table |= structure_commands(canvas)
        self._table |= board_commands(canvas, self._table)

    @property
    def names(self) -> list[str]:
        return list(self._table)

    def key(self, event: QKeyEvent, scope: Scope) -> bool:
        """Do what a key press asks for, if it asks for anything."""
        action = action_of(event, self.shortcuts, scope)
        if action is not None:
            self.act(action)
        return action is not None

    def run(self, name: str) -> None:
        """Run a command; while the canvas is read-only, those that edit only say so."""
        if not self._canvas.is_editable and self.edits(name):
            self._canvas.refuse(self._canvas.read_only_reason)
            return
        try:
            self._table[name]()
        except EditRefused as refusal:
            self._canvas.refuse(str(refusal))

    def edits(self, name: str) -> bool:
        """Whether a command changes the journey."""
        return self.shortcuts.registry.by_command(name).edits

    # -- moving about -------------------------------------------------------------------------

    def _walk(self, direction: walk.Direction) -> None:
        scene = self._canvas.scene
        if scene.journey is None:
            return
        if scene.current is None or scene.current in scene.hidden:
            target: str | None = ENTRY
        else:
            target = walk.walk(scene.journey, self._middles(), scene.current, direction)
        if target is not None:
            scene.select([target])
            self._canvas.view.reveal(scene.cards[target].rect())

    def _middles(self) -> dict[str, walk.Point]:
        cards = self._canvas.scene.seen_cards().items()
        return {key: (card.rect().center().x(), card.rect().center().y()) for key, card in cards}

    def _select_all(self) -> None:
        scene = self._canvas.scene
        scene.select(scene.seen_cards(), boxes=[item.ref for item in scene.boxes.shown()])

    def _reach(self, *, down: bool) -> None:
        scene = self._canvas.scene
        if scene.journey is not None and scene.selection:
            scene.select(walk.reach(scene.journey, scene.selection, down=down), current=scene.current)

    def _nudge(self, dx: float, dy: float) -> None:
        scene = self._canvas.scene
        moved = [*scene.selection, *scene.behind_folds(scene.selection)]
        places = {key: (scene.cards[key].x() + dx, scene.cards[key].y() + dy) for key in moved}
        if places:
            self._canvas.editor.move(places, gesture=f"nudge {' '.join(sorted(places))}")

    # -- edits --------------------------------------------------------------------------------

    def _delete(self) -> None:
        scene, editor = self._canvas.scene, self._canvas.editor
        if scene.selected_wire is not None:
            if scene.wires[scene.selected_wire].target is not None:
                editor.disconnect(OutputRef(*scene.selected_wire))
            return
        clipboard.delete(self._canvas)

    def _rename(self) -> None:
        if self._canvas.outline.isVisible():
            self._canvas.outline.edit_name()
        elif self._canvas.scene.current not in (None, ENTRY):
            self._canvas.rename_requested.emit(self._canvas.scene.current)

    def _activate(self) -> None:
        scene, outline = self._canvas.scene, self._canvas.outline
        if outline.isVisible() and outline.follow_join():
            return
        key = scene.selected_wire[0] if scene.selected_wire is not None else scene.current
        if key is not None:
            self._canvas.step_activated.emit(key)
