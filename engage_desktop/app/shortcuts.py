"""The keys as a person has them: those of the registry, with what was changed over them.

Qt-free; key texts are portable ones ("Ctrl+Shift+T"), one press each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engage_desktop.app.action_registry import Action, ActionRegistry, Scope, overlap

_HELD = re.compile(r"(Ctrl|Alt|Meta)\+.+")
_FUNCTION = re.compile(r"(Shift\+)?F\d\d?")
_MOVES = {"Tab", "Shift+Tab", "Shift+Backtab", "Backtab"}


class Shortcuts:
    """Which keys run which action now. A key that somebody gave to one action is taken from any other that
    had it at first; no key ever runs two actions in one place."""

    def __init__(self, registry: ActionRegistry, changed: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.registry = registry
        self._changed: dict[str, tuple[str, ...]] = {}
        self._listeners: list[Callable[[], None]] = []
        # What an older version stored may name what is gone; what a person gave goes before what is new.
        known = {action.id for action in registry}
        self._changed |= {action_id: keys for action_id, keys in (changed or {}).items() if action_id in known}
        for action_id, keys in self._changed.items():
            self._changed[action_id] = tuple(key for key in keys if self.refusal(action_id, key) is None)

    @property
    def changed(self) -> dict[str, tuple[str, ...]]:
        """The actions whose keys are not those of the registry, to be stored."""
        return dict(self._changed)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call after every change."""
        self._listeners.append(listener)

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action, the first of which is shown."""
        if action_id in self._changed:
            return self._changed[action_id]
        action = self.registry[action_id]
        return tuple(key for key in action.keys if self._given(key, action.scope) is None)

    def _given(self, key: str, scope: Scope) -> Action | None:
        """The action to which a person gave a key that works in `scope`."""
        for action_id, keys in self._changed.items():
            if key in keys and overlap(self.registry[action_id].scope, scope):
                return self.registry[action_id]
        return None

    def find(self, key: str, scope: Scope) -> Action | None:
        """The action that a key runs where keys of `scope` work."""
        for action in self.registry:
            if overlap(action.scope, scope) and key in self.keys(action.id):
                return action
        return None

    # -- changes ----------------------------------------------------------------------------------

    def refusal(self, action_id: str, key: str) -> str | None:
        """Why an action cannot have a key, in a sentence; None when it can."""
        action = self.registry[action_id]
        if "," in key.removesuffix(","):
            return f"{key} is more than one press. Choose one key, with Ctrl, Alt or Shift if you like."
        if key in _MOVES:
            return f"{key} goes from field to field. Choose another key."
        if not _HELD.fullmatch(key) and not _FUNCTION.fullmatch(key) and key not in action.keys:
            if action.scope == "window":
                return f"{key} alone would be typed into fields. Add Ctrl or Alt."
            if len(key.rpartition("Shift+")[2]) == 1 and key[-1].isalpha():
                return f"{key} alone begins the search for a step. Add Ctrl or Alt."
        for other in self.registry:
            if other.id != action_id and overlap(action.scope, other.scope) and key in self.keys(other.id):
                return f"{key} already runs “{other.title}”. Choose another key, or take it away there first."
        return None

    def set(self, action_id: str, keys: tuple[str, ...]) -> str | None:
        """Give an action these keys and no others; the sentence that refuses one of them, or None."""
        for key in keys:
            if (refused := self.refusal(action_id, key)) is not None:
                return refused
        self._changed[action_id] = tuple(dict.fromkeys(keys))
        if self._changed[action_id] == self.registry[action_id].keys:
            del self._changed[action_id]
        self._tell()
        return None

    def reset(self, action_id: str) -> str | None:
        """Give an action its first keys back; the sentence about one that belongs to another now, or None."""
        self._changed.pop(action_id, None)
        self._tell()
        action = self.registry[action_id]
        for key in action.keys:
            if (other := self._given(key, action.scope)) is not None:
                return f"{key} stays with “{other.title}”, to which you gave it."
        return None

    def reset_all(self) -> None:
        """Every key as it was at first."""
        self._changed.clear()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
