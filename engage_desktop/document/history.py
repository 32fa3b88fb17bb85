"""What was done and can be undone: two stacks of changes, each beside its inverse."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from engage_desktop.document.change import Change, Edit


class Entry(NamedTuple):
    forward: Change
    back: Change


class History:
    """Unlimited undo and redo. Holds changes only; who applies them is the document."""

    def __init__(self) -> None:
        self.done: list[Entry] = []
        self.undone: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Record a change just applied; what was undone before can no longer be redone."""
        gesture = entry.forward.gesture
        if self.done and not self.undone and gesture and self.done[-1].forward.gesture == gesture:
            entry = _merged(self.done.pop(), entry)
        self.undone.clear()
        self.done.append(entry)


def _merged(first: Entry, second: Entry) -> Entry:
    """Both as one. A run of replacements of the same objects keeps only its two ends."""
    old, new = first.forward.edits, second.forward.edits
    if len(old) == len(new) and all(_follows(one, other) for one, other in zip(old, new, strict=True)):
        edits = tuple(replace(other, key=one.key, before=one.before) for one, other in zip(old, new, strict=True))
        back = tuple(
            replace(edit, key=getattr(edit.after, "key", edit.key), before=edit.after, after=edit.before)
            for edit in reversed(edits)
        )
    else:
        edits = old + new
        back = second.back.edits + first.back.edits
    return Entry(replace(second.forward, edits=edits), replace(second.back, edits=back))


def _follows(one: Edit, other: Edit) -> bool:
    replaces = one.before is not None and one.after is not None and other.before is not None and other.after is not None
    return replaces and (one.kind, one.index) == (other.kind, other.index) and one.after == other.before
