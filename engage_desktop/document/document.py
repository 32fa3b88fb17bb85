"""The open design: its state, its history, and one announcement for each commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engage_desktop.document.change import Change, Edit, Kind, apply_change
from engage_desktop.document.history import Entry, History
from engage_desktop.domain.campaigns import Campaigns, Layout


@dataclass(frozen=True, slots=True)
class Changed:
    """What one commit touched. `journeys` are the keys of journeys whose design or layout
    changed (the old and the new one after a re-key); `change` is what was applied."""

    kinds: frozenset[str]
    journeys: frozenset[str]
    layout_only: bool
    change: Change


Listener = Callable[[Changed], None]
Journal = Callable[[dict[str, Any]], None]


class Document:
    """Campaigns and layout under edit. Every edit goes through `apply`.

    `journal` receives each change applied, undo and redo too, as plain data that
    `Change.from_json` reads back: replaying them on the state last saved gives this state.
    """

    def __init__(self, campaigns: Campaigns, layout: Layout | None = None, *, journal: Journal | None = None) -> None:
        self._campaigns = campaigns
        self._layout = layout if layout is not None else Layout(format="engage-layout/1")
        self._saved = (self._campaigns, self._layout)
        self._history = History()
        self._journal = journal
        self._listeners: list[Listener] = []
        self._pending: deque[Changed] = deque()
        self._announcing = False

    @property
    def campaigns(self) -> Campaigns:
        return self._campaigns

    @property
    def layout(self) -> Layout:
        return self._layout

    # -- change ---------------------------------------------------------------------------

    def apply(self, change: Change) -> Change:
        """Commit a change and return its inverse; raises StaleChange, changing nothing, when it
        does not fit. A change without effect leaves no trace."""
        change = replace(change, edits=tuple(edit for edit in change.edits if not edit.changes_nothing))
        if not change.edits:
            return change
        forward, back = self._commit(change)
        self._history.add(Entry(forward, back))
        self._announce(forward)
        return back

    def undo(self) -> Change | None:
        """Take back the last change; returns what was applied, None when there is nothing."""
        if not self._history.done:
            return None
        entry = self._history.done[-1]
        back, _ = self._commit(entry.back)
        self._history.undone.append(self._history.done.pop())
        self._announce(back)
        return back

    def redo(self) -> Change | None:
        """Do again what was undone last; returns what was applied, None when there is nothing."""
        if not self._history.undone:
            return None
        entry = self._history.undone[-1]
        forward, _ = self._commit(entry.forward)
        self._history.done.append(self._history.undone.pop())
        self._announce(forward)
        return forward

    def _commit(self, change: Change) -> tuple[Change, Change]:
        self._campaigns, self._layout, forward, back = apply_change(self._campaigns, self._layout, change)
        if self._journal is not None:
            self._journal(forward.to_json())
        return forward, back

    # -- history --------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        return bool(self._history.done)

    @property
    def can_redo(self) -> bool:
        return bool(self._history.undone)

    @property
    def undo_name(self) -> str | None:
        """The name of the change `undo` would take back."""
        return self._history.done[-1].forward.name if self._history.done else None

    @property
    def redo_name(self) -> str | None:
        """The name of the change `redo` would do again."""
        return self._history.undone[-1].forward.name if self._history.undone else None

    def last_removal(self, kind: Kind, key: str) -> Edit | None:
        """The newest edit of this session that took the thing of that key away."""
        for entry in reversed(self._history.done):
            for edit in reversed(entry.forward.edits):
                if (edit.kind, edit.key) == (kind, key) and edit.after is None:
                    return edit
        return None

    # -- saved or not ---------------------------------------------------------------------

    @property
    def is_dirty(self) -> bool:
        """Whether design or layout differ from what was saved; undoing back to it is clean again."""
        return self.design_is_dirty or self._layout != self._saved[1]

    @property
    def design_is_dirty(self) -> bool:
        """The same for the design alone: moving a node does not count."""
        return self._campaigns != self._saved[0]

    def mark_saved(self) -> None:
        """The state now is the one on disk."""
        self._saved = (self._campaigns, self._layout)

    # -- listening ------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` once after each commit; returns the way to stop it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _announce(self, change: Change) -> None:
        """Tell every listener; a commit made by a listener is told after this one, in order.
        One that fails keeps nobody else from hearing; its error is raised at the end."""
        self._pending.append(_changed(change))
        if self._announcing:
            return
        self._announcing = True
        failed: list[Exception] = []
        while self._pending:
            changed = self._pending.popleft()
            for listener in tuple(self._listeners):
                try:
                    listener(changed)
                except Exception as error:
                    failed.append(error)
        self._announcing = False
        if failed:
            raise failed[0]


def _changed(change: Change) -> Changed:
    kinds = frozenset(edit.kind for edit in change.edits)
    journeys = set()
    for edit in change.edits:
        if edit.kind == "layout":
            journeys.add(edit.key)
        elif edit.kind == "journey":
            journeys |= {item.key for item in (edit.before, edit.after) if item is not None and hasattr(item, "key")}
    return Changed(kinds, frozenset(journeys), kinds == {"layout"}, change)
