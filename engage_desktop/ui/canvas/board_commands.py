"""Commands on frames, notes, folds and the places of cards; where a box is selected, keys mean it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from engage_desktop.document import EditRefused
from engage_desktop.domain.layout import BoxColor
from engage_desktop.ui.canvas import clipboard
from engage_desktop.ui.canvas.arrange import AXES, SIDES
from engage_desktop.ui.canvas.board import FRAME_SIZE, LEAST, NOTE_SIZE, BoxRef
from engage_desktop.ui.canvas.box_text import BoxText
from engage_desktop.ui.canvas.geometry import GRID, snap
from engage_desktop.ui.canvas.picture import ask_for_picture
from engage_desktop.ui.canvas.placing import clear_of

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

Run = Callable[[], None]
_WAYS = {"up": (0, -GRID), "down": (0, GRID), "left": (-GRID, 0), "right": (GRID, 0)}


def board_commands(canvas: JourneyCanvas, others: dict[str, Run]) -> dict[str, Run]:
    """The commands by name. Some of `others` mean the selected frame or note where there is one."""
    made = BoardCommands(canvas)
    table: dict[str, Run] = {
        "note.add": made.add_note,
        "frame.add": made.add_frame,
        "box.next": made.next_box,
        "box.color": made.color,
        "fold": made.fold,
        "tidy.selection": made.tidy_selection,
        "find": canvas_find(canvas, None),
        "find.next": canvas_find(canvas, 1),
        "find.previous": canvas_find(canvas, -1),
        "picture": lambda: ask_for_picture(canvas),
        "copy": lambda: _said(clipboard.copy(canvas)),
        "cut": lambda: clipboard.cut(canvas),
        "paste": lambda: clipboard.paste(canvas),
        "duplicate": lambda: clipboard.duplicate(canvas),
    }
    table |= {f"box.{way}": _bound(made.resize, *by) for way, by in _WAYS.items()}
    table |= {f"align.{side}": _bound(made.align, side) for side in SIDES}
    table |= {f"distribute.{axis}": _bound(made.distribute, axis) for axis in AXES}
    for name in ("rename", "activate"):
        table[name] = _either(lambda: made.alone is not None, made.write, others[name])
    for way, by in _WAYS.items():
        nudge = f"nudge.{way}"
        table[nudge] = _either(lambda: bool(canvas.scene.boxes.chosen), _bound(made.move, *by), others[nudge])
    return table


def canvas_find(canvas: JourneyCanvas, by: int | None) -> Run:
    """Open the search of the journey, or go on in it. The bar is made after the commands."""
    return lambda: canvas.finder.open_bar() if by is None else canvas.finder.go(by)


def _said(_: object) -> None:
    """What a command gives back is of no interest to a key."""


def _bound(run: Callable[..., None], *what: object) -> Run:
    return lambda: run(*what)


def _either(boxed: Callable[[], bool], on_box: Run, other: Run) -> Run:
    return lambda: on_box() if boxed() else other()


class BoardCommands:
    """What the commands do, for one canvas."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        self._canvas = canvas

    @property
    def alone(self) -> BoxRef | None:
        """The frame or note that is selected where nothing else is."""
        scene = self._canvas.scene
        return scene.boxes.selected if not scene.selection else None

    @property
    def _box(self) -> BoxRef:
        ref = self.alone
        if ref is None:
            raise EditRefused("Select one note or frame first.")
        return ref

    def _middle(self, width: float, height: float) -> tuple[float, float]:
        at = self._canvas.view.pointer_place()
        if at is not None:
            return snap(at.x()), snap(at.y())
        middle = self._canvas.view.seen().center()
        return snap(middle.x() - width / 2), snap(middle.y() - height / 2)

    # -- boxes ----------------------------------------------------------------------------------

    def add_note(self) -> None:
        """A note beside the card at hand, else at the pointer; never over a card."""
        scene = self._canvas.scene
        card = scene.cards.get(scene.current or "")
        wish = (card.rect().right() + 24, card.y()) if card is not None else self._middle(*NOTE_SIZE)
        cards = {key: ((card.x(), card.y()), (card.card.width, card.card.height)) for key, card in scene.cards.items()}
        self._begin(self._canvas.board.add_note(clear_of(wish, NOTE_SIZE, cards)))

    def add_frame(self) -> None:
        scene = self._canvas.scene
        self._begin(self._canvas.board.add_frame(scene.selection, self._middle(*FRAME_SIZE)))

    def _begin(self, ref: BoxRef) -> None:
        self._canvas.scene.select([], boxes=[ref])
        self.write()

    def next_box(self) -> None:
        scene = self._canvas.scene
        ref = scene.boxes.next()
        if ref is None:
            raise EditRefused("There is no note and no frame yet. Add one from the menu.")
        scene.select([], boxes=[ref])
        self._canvas.view.reveal(scene.boxes.items[ref].rect())

    def color(self, color: BoxColor | None = None) -> None:
        self._canvas.board.color(self._box, color)

    def move(self, dx: float, dy: float) -> None:
        scene = self._canvas.scene
        refs, keys = scene.boxes.chosen, [*scene.selection, *scene.behind_folds(scene.selection)]
        self._canvas.board.move(refs, dx, dy, f"nudge {sorted(refs)} {sorted(keys)}", keys)

    def resize(self, dx: float, dy: float) -> None:
        x, y, width, height = self._canvas.board.find(self._box).box
        box = (x, y, max(LEAST[0], width + dx), max(LEAST[1], height + dy))
        self._canvas.board.resize(self._box, box, gesture=f"resize {self._box}")

    def write(self) -> None:
        """Open the text of the selected box for writing."""
        canvas, ref = self._canvas, self._box
        item = canvas.scene.boxes.items[ref]
        canvas.view.reveal(item.text_rect())
        polygon = canvas.view.mapFromScene(item.text_rect())
        place = QRect(polygon.boundingRect())
        canvas.box_text.open_on(ref, item.text, place)

    # -- cards ----------------------------------------------------------------------------------

    def fold(self) -> None:
        key = self._canvas.scene.current
        if key is None:
            raise EditRefused("Select the step whose followers shall fold.")
        self._canvas.board.fold(key)

    def align(self, side: str) -> None:
        self._canvas.editor.align(self._canvas.scene.selection, side)  # type: ignore[arg-type]  # one of SIDES

    def distribute(self, axis: str) -> None:
        self._canvas.editor.distribute(self._canvas.scene.selection, axis)  # type: ignore[arg-type]  # one of AXES

    def tidy_selection(self) -> None:
        keys = self._canvas.scene.selection
        if len(keys) < 2:
            raise EditRefused("Select at least two steps first.")
        self._canvas.editor.tidy_up(keys)


def connect_text(canvas: JourneyCanvas) -> BoxText:
    """The field that is written in, over the view."""
    field = BoxText(canvas.view.viewport())

    def written(ref: BoxRef, text: str) -> None:
        if ref in canvas.scene.boxes.items and text != canvas.scene.boxes.items[ref].text:
            canvas.board.write(ref, text)

    field.written.connect(written)
    field.closed.connect(canvas.view.setFocus)
    return field
