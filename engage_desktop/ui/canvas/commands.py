"""What the keyboard, the buttons and the menu of the canvas do, each once, by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from engage_desktop.document import ENTRY, EditRefused, OutputRef
from engage_desktop.ui.canvas import walk
from engage_desktop.ui.canvas.geometry import GRID

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

MIME = "application/x-engage-steps+json"


class CanvasCommands:
    """Runs named commands on a canvas; a refused edit is said, never raised."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        self._canvas = canvas
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
            "select.all": lambda: canvas.scene.select(canvas.scene.cards),
            "select.none": lambda: canvas.scene.select([]),
            "delete": self._delete,
            "rename": self._rename,
            "activate": self._activate,
            "copy": self._copy,
            "cut": self._cut,
            "paste": self._paste,
            "duplicate": self._duplicate,
            "add": lambda: canvas.open_add(None, None),
            "tidy": canvas.tidy,
            "view.fit": canvas.fit,
            "view.fit_selection": canvas.fit_selection,
            "view.actual": canvas.actual_size,
            "view.zoom_in": lambda: canvas.view.zoom_by(1.2),
            "view.zoom_out": lambda: canvas.view.zoom_by(1 / 1.2),
        }
        self.changes = frozenset(
            (
                "nudge.up",
                "nudge.down",
                "nudge.left",
                "nudge.right",
                "delete",
                "rename",
                "cut",
                "paste",
                "duplicate",
                "add",
                "tidy",
            )
        )

    @property
    def names(self) -> list[str]:
        return list(self._table)

    def run(self, name: str) -> None:
        """Run a command; while the canvas is read-only, those that edit only say so."""
        if name in self.changes and not self._canvas.is_editable:
            self._canvas.say("This view is read-only.")
            return
        try:
            self._table[name]()
        except EditRefused as refusal:
            self._canvas.say(str(refusal))

    # -- moving about -------------------------------------------------------------------------

    def _walk(self, direction: walk.Direction) -> None:
        scene = self._canvas.scene
        if scene.journey is None:
            return
        if scene.current is None:
            target: str | None = ENTRY
        else:
            target = walk.walk(scene.journey, self._middles(), scene.current, direction)
        if target is not None:
            scene.select([target])
            self._canvas.view.reveal(scene.cards[target].rect())

    def _middles(self) -> dict[str, walk.Point]:
        cards = self._canvas.scene.cards.items()
        return {key: (card.rect().center().x(), card.rect().center().y()) for key, card in cards}

    def _reach(self, *, down: bool) -> None:
        scene = self._canvas.scene
        if scene.journey is not None and scene.selection:
            scene.select(walk.reach(scene.journey, scene.selection, down=down), current=scene.current)

    def _nudge(self, dx: float, dy: float) -> None:
        scene = self._canvas.scene
        places = {key: (scene.cards[key].x() + dx, scene.cards[key].y() + dy) for key in scene.selection}
        if places:
            self._canvas.editor.move(places, gesture=f"nudge {' '.join(sorted(places))}")

    # -- edits --------------------------------------------------------------------------------

    def _delete(self) -> None:
        scene, editor = self._canvas.scene, self._canvas.editor
        if scene.selected_wire is not None:
            if scene.wires[scene.selected_wire].target is not None:
                editor.disconnect(OutputRef(*scene.selected_wire))
            return
        if scene.selection:
            editor.delete(scene.selection)

    def _rename(self) -> None:
        if self._canvas.scene.current not in (None, ENTRY):
            self._canvas.rename_requested.emit(self._canvas.scene.current)

    def _activate(self) -> None:
        if self._canvas.scene.current is not None:
            self._canvas.step_activated.emit(self._canvas.scene.current)

    # -- clipboard ----------------------------------------------------------------------------

    def _copy(self) -> None:
        keys = [key for key in self._canvas.scene.selection if key != ENTRY]
        if not keys:
            return
        text = json.dumps(self._canvas.editor.copied(keys), indent=2, ensure_ascii=False)
        data = QMimeData()
        data.setData(MIME, text.encode())
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)
        self._canvas.say(f"Copied {len(keys)} step{'' if len(keys) == 1 else 's'}")

    def _cut(self) -> None:
        self._copy()
        self._delete()

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if not data.hasFormat(MIME):
            return  # foreign content is none of ours
        try:
            steps = json.loads(bytes(data.data(MIME).data()).decode())
        except ValueError:
            return
        keys = self._canvas.editor.paste(steps)
        self._canvas.scene.select(keys)

    def _duplicate(self) -> None:
        keys = [key for key in self._canvas.scene.selection if key != ENTRY]
        if keys:
            self._canvas.scene.select(self._canvas.editor.duplicate(keys))
