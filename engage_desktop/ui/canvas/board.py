"""The edits of what stands beside the cards: frames, notes and folds. Qt-free; one change each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from engage_desktop.document import ENTRY, EditRefused, OutputRef, delete_steps, unused_key
from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.layout import BOX_COLORS, Box, BoxColor, Frame, Note
from engage_desktop.ui.canvas.arrange import around, within
from engage_desktop.ui.canvas.editor import JourneyEditor
from engage_desktop.ui.canvas.folding import fold_name, folds, hidden, opened
from engage_desktop.ui.canvas.placing import Position

FRAME_PAD = 24.0
FRAME_HEAD = 32.0
"""Height of the strip at the top of a frame that its title stands on."""
NOTE_SIZE = (200.0, 96.0)
FRAME_SIZE = (320.0, 240.0)
LEAST = (64.0, 48.0)
"""No box is made smaller."""


class BoxRef(NamedTuple):
    """A frame or a note, by its key."""

    kind: str
    key: str


class BoardEditor:
    """Edits the frames, notes and folds of the journey that an editor edits."""

    def __init__(self, editor: JourneyEditor) -> None:
        self._editor = editor

    @property
    def layout(self) -> JourneyLayout:
        return self._editor.layout or JourneyLayout()

    def _apply(
        self,
        name: str,
        board: dict[str, Any],
        gesture: str = "",
        moved: Mapping[str, Position] | None = None,
        journey: Journey | None = None,
    ) -> None:
        # A board is drawn around cards where they stand now: from here on their places are kept.
        places = {**self._editor.standing.places, **(moved or {})}
        self._editor.apply(name, journey, places, gesture, **board)

    # -- frames and notes -----------------------------------------------------------------------

    def find(self, ref: BoxRef) -> Frame | Note:
        for item in self._items(ref.kind):
            if item.key == ref.key:
                return item
        raise EditRefused("This note or frame is no longer there.")

    def _items(self, kind: str) -> tuple[Frame | Note, ...]:
        return self.layout.frames if kind == "frame" else self.layout.notes

    def add_note(self, at: Position) -> BoxRef:
        """An empty note with its upper left corner at a place."""
        key = unused_key("note", [note.key for note in self.layout.notes])
        note = Note(key=key, box=_box((*at, *NOTE_SIZE)))
        self._apply("Add a note", {"notes": (*self.layout.notes, note)})
        return BoxRef("note", key)

    def add_frame(self, keys: Collection[str], at: Position) -> BoxRef:
        """A frame around cards; an empty one at a place when there are none."""
        box = (*at, *FRAME_SIZE)
        if keys:
            standing = self._editor.standing
            x, y, width, height = around(keys, standing.places, standing.sizes)
            pad = FRAME_PAD
            box = (x - pad, y - pad - FRAME_HEAD, width + 2 * pad, height + 2 * pad + FRAME_HEAD)
        key = unused_key("frame", [frame.key for frame in self.layout.frames])
        frame = Frame(key=key, title="Frame", box=_box(box))
        self._apply("Add a frame", {"frames": (*self.layout.frames, frame)})
        return BoxRef("frame", key)

    def held(self, refs: Iterable[BoxRef]) -> tuple[list[str], list[BoxRef]]:
        """The cards and notes that move with frames; with a note none does."""
        frames = [self.find(ref).box for ref in refs if ref.kind == "frame"]
        standing = self._editor.standing
        places = {note.key: (float(note.box[0]), float(note.box[1])) for note in self.layout.notes}
        sizes = {note.key: (float(note.box[2]), float(note.box[3])) for note in self.layout.notes}
        cards = [key for box in frames for key in within(box, standing.places, standing.sizes)]
        notes = [BoxRef("note", key) for box in frames for key in within(box, places, sizes)]
        return list(dict.fromkeys(cards)), list(dict.fromkeys(notes))

    def move(
        self, refs: Collection[BoxRef], dx: float, dy: float, gesture: str = "", keys: Collection[str] = ()
    ) -> None:
        """Move boxes, frames with all that they hold, and cards with them."""
        cards, notes = self.held(refs)
        places = self._editor.standing.places
        moved = {key: (places[key][0] + dx, places[key][1] + dy) for key in (*cards, *keys)}
        boxes = {*refs, *notes}
        frames, texts = (
            tuple(shifted(item, dx, dy) if BoxRef(kind, item.key) in boxes else item for item in self._items(kind))
            for kind in ("frame", "note")
        )
        self._apply(f"Move {self._names(refs, keys)}", {"frames": frames, "notes": texts}, gesture, moved)

    def resize(self, ref: BoxRef, box: Box, gesture: str = "") -> None:
        self._set(f"Resize {self._name(ref)}", ref, gesture, box=_box(box))

    def write(self, ref: BoxRef, text: str) -> None:
        """Give a note its text, a frame its title."""
        field = "title" if ref.kind == "frame" else "text"
        self._set(f"Write on {self._name(ref)}", ref, **{field: text})

    def color(self, ref: BoxRef, color: BoxColor | None = None) -> None:
        """Give a box a colour; by default the next one."""
        if color is None:
            color = BOX_COLORS[(BOX_COLORS.index(self.find(ref).color) + 1) % len(BOX_COLORS)]
        self._set(f"Colour {self._name(ref)} {color}", ref, color=color)

    def delete(self, refs: Collection[BoxRef], keys: Iterable[str] = ()) -> None:
        """Take boxes away, and steps with them; what a frame holds stays."""
        chosen = [key for key in keys if key != ENTRY]
        for ref in refs:
            self.find(ref)
        frames, notes = (
            tuple(item for item in self._items(kind) if BoxRef(kind, item.key) not in refs)
            for kind in ("frame", "note")
        )
        journey = delete_steps(self._editor.must(), chosen) if chosen else None
        self._apply(f"Delete {self._names(refs, chosen)}", {"frames": frames, "notes": notes}, journey=journey)

    def _set(self, name: str, ref: BoxRef, gesture: str = "", **fields: Any) -> None:
        self.find(ref)
        items = tuple(item.with_(**fields) if item.key == ref.key else item for item in self._items(ref.kind))
        self._apply(name, {f"{ref.kind}s": items}, gesture)

    def _names(self, refs: Collection[BoxRef], keys: Collection[str]) -> str:
        return counted(keys, refs) if keys or len(refs) != 1 else self._name(*refs)

    def _name(self, ref: BoxRef) -> str:
        item = self.find(ref)
        return f"the frame “{item.title}”" if isinstance(item, Frame) else "the note"

    # -- folds ----------------------------------------------------------------------------------

    def fold(self, key: str) -> None:
        """Hide what only this card leads to, or show it again."""
        journey, collapsed = self._editor.must(), self.layout.collapsed
        closed = [name for name in collapsed if name == key or name.startswith(f"{key}/")]
        if closed:
            self._folded("Unfold", tuple(name for name in collapsed if name not in closed))
            return
        more = folds(journey, key, collapsed)
        if not more:
            raise EditRefused("Nothing to fold: nothing follows that only this step leads to.")
        count = len(hidden(journey, {*collapsed, *more}) - hidden(journey, collapsed))
        self._folded(f"Fold {count} step{'' if count == 1 else 's'}", (*collapsed, *more))

    def unfold(self, ref: OutputRef) -> None:
        """Show again what a folded output leads to."""
        name = fold_name(ref)
        self._folded("Unfold", tuple(found for found in self.layout.collapsed if found != name))

    def show(self, keys: Collection[str]) -> None:
        """Unfold whatever hides some cards."""
        journey, collapsed = self._editor.must(), self.layout.collapsed
        if hidden(journey, collapsed) & set(keys):
            self._folded("Unfold", opened(journey, keys, collapsed))

    def _folded(self, name: str, collapsed: tuple[str, ...]) -> None:
        moved = self._editor.unfolded(collapsed)
        self._editor.apply(name, None, moved, follow=True, collapsed=collapsed)


def counted(keys: Collection[str], boxes: Iterable[BoxRef]) -> str:
    """How many steps, frames and notes that are, in words."""
    kinds = [ref.kind for ref in boxes]
    counts = (len(keys), "step"), (kinds.count("frame"), "frame"), (kinds.count("note"), "note")
    *first, last = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count] or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def shifted(item: Frame | Note, dx: float, dy: float) -> Frame | Note:
    """A frame or a note elsewhere."""
    x, y, width, height = item.box
    return item.with_(box=_box((x + dx, y + dy, width, height)))


def _box(box: tuple[float, ...]) -> Box:
    x, y, width, height = map(round, box)
    return x, y, width, height
