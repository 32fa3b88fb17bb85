"""Copies of steps, frames and notes: as data that travels, and put among what is there. Qt-free; one change each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from engage_desktop.document import ENTRY, EditRefused, copy_boxes, copy_steps, paste_boxes, paste_steps
from engage_desktop.document.clipboard import FARTHEST_PX, NO_STEPS
from engage_desktop.domain.layout import Frame, Note
from engage_desktop.ui.canvas.arrange import around
from engage_desktop.ui.canvas.board import BoardEditor, BoxRef, counted, shifted
from engage_desktop.ui.canvas.editor import NEW_SIZE, JourneyEditor
from engage_desktop.ui.canvas.placing import COLUMN_GAP, ROW_GAP, Position, Size, clear_of, on_grid

Spots = dict[Any, tuple[Position, Size]]
"""Where cards (by key), frames and notes stand, and how large they are."""


class Copied(NamedTuple):
    """What was added: cards by key, frames and notes."""

    keys: list[str]
    boxes: list[BoxRef]


class CopyEditor:
    """Copies what stands on the canvas of the journey that an editor edits."""

    def __init__(self, editor: JourneyEditor, board: BoardEditor) -> None:
        self._editor, self._board = editor, board

    def copied(self, keys: Iterable[str], boxes: Collection[BoxRef] = ()) -> dict[str, Any]:
        """Steps, frames and notes as plain data for the clipboard, with where the steps stand to each other."""
        chosen = [key for key in keys if key != ENTRY]
        standing, layout = self._editor.standing, self._board.layout
        places = {key: [*standing.places[key], *standing.sizes[key]] for key in chosen if key in standing.places}
        frames = [frame for frame in layout.frames if BoxRef("frame", frame.key) in boxes]
        notes = [note for note in layout.notes if BoxRef("note", note.key) in boxes]
        return copy_steps(self._editor.must(), chosen) | {"places": places} | copy_boxes(frames, notes)

    def paste(self, data: Mapping[str, Any], at: Position | None = None) -> Copied:
        """Add what was copied under fresh keys, its upper left corner at `at`, else beside what it is a copy of."""
        return self._add("Paste", data, at)

    def duplicate(self, keys: Iterable[str], boxes: Collection[BoxRef] = ()) -> Copied:
        """Add copies beside what is copied."""
        return self._add("Duplicate", self.copied(keys, boxes), None)

    def _add(self, verb: str, data: Mapping[str, Any], at: Position | None) -> Copied:
        """The copies stand to each other as what was copied does; all of them where they cover nothing."""
        editor, layout = self._editor, self._board.layout
        after, renamed = paste_steps(editor.must(), data)
        frames, notes = paste_boxes(layout, data)
        if not renamed and not frames and not notes:
            raise EditRefused(NO_STEPS)
        told = _told(data.get("places"))
        spots: Spots = {}
        for number, old in enumerate(renamed):
            spots[old] = told.get(old, ((0.0, number * (NEW_SIZE[1] + ROW_GAP)), NEW_SIZE))
        spots |= {BoxRef("frame", frame.key): _spot(frame) for frame in frames}
        spots |= {BoxRef("note", note.key): _spot(note) for note in notes}
        (left, top), start = self._corners(spots, at, {*renamed, *_box_keys(data)})
        nodes = dict(editor.standing.places)
        for old, new in renamed.items():
            (x, y), _ = spots[old]
            nodes[new] = (start[0] + on_grid(x - left), start[1] + on_grid(y - top))
        by = start[0] - left, start[1] - top
        board: dict[str, Any] = {}
        if frames:
            board["frames"] = (*layout.frames, *(shifted(frame, *by) for frame in frames))
        if notes:
            board["notes"] = (*layout.notes, *(shifted(note, *by) for note in notes))
        made = Copied(list(renamed.values()), [ref for ref in spots if isinstance(ref, BoxRef)])
        editor.apply(f"{verb} {counted(made.keys, made.boxes)}", after if renamed else None, nodes, **board)
        return made

    def _corners(self, spots: Spots, at: Position | None, olds: Collection[str]) -> tuple[Position, Position]:
        """The upper left corner of what was copied as told, and where it comes to stand, covering nothing. A frame
        is in the way of frames alone: it is there to have something in it."""
        places, sizes = {key: spot[0] for key, spot in spots.items()}, {key: spot[1] for key, spot in spots.items()}
        left, top, width, height = around(places, places, sizes)
        standing, layout = self._editor.standing, self._board.layout
        rest: Spots = {key: (place, standing.sizes[key]) for key, place in standing.places.items()}
        rest |= {BoxRef("note", note.key): _spot(note) for note in layout.notes}
        if any(isinstance(ref, BoxRef) and ref.kind == "frame" for ref in spots):
            rest |= {BoxRef("frame", frame.key): _spot(frame) for frame in layout.frames}
        known = {*standing.places, *(frame.key for frame in layout.frames), *(note.key for note in layout.notes)}
        beside = any(old in known for old in olds)
        start = at or ((left + width + COLUMN_GAP, top) if beside else self._editor.below_all())
        return (left, top), clear_of((on_grid(start[0]), on_grid(start[1])), (width, height), rest)


def _told(places: object) -> dict[str, tuple[Position, Size]]:
    """Places and sizes of copied cards; whatever is no such thing is left out."""
    found: dict[str, tuple[Position, Size]] = {}
    for key, box in places.items() if isinstance(places, dict) else ():
        numbers = isinstance(box, list) and len(box) == 4 and all(type(part) in (int, float) for part in box)
        if numbers and all(abs(part) < FARTHEST_PX for part in box):
            x, y, width, height = map(float, box)
            found[str(key)] = (x, y), (max(1.0, width), max(1.0, height))
    return found


def _box_keys(data: Mapping[str, Any]) -> list[str]:
    """The keys that copied frames and notes had."""
    return [box["key"] for kind in ("frames", "notes") for box in data.get(kind, ())]


def _spot(box: Frame | Note) -> tuple[Position, Size]:
    x, y, width, height = map(float, box.box)
    return (x, y), (width, height)
