"""The keys that a person changed, in the settings of the window: one entry an action."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from engage_desktop.app.shortcuts import Shortcuts

_GROUP = "keys"


def stored_keys(settings: QSettings) -> dict[str, tuple[str, ...]]:
    """Action id to its keys, as stored; what cannot be read is left out."""
    settings.beginGroup(_GROUP)
    found = {action_id: str(settings.value(action_id, "")) for action_id in settings.childKeys()}
    settings.endGroup()
    return {action_id: tuple(text.split()) for action_id, text in found.items()}


def store_keys(settings: QSettings, shortcuts: Shortcuts) -> None:
    """Keep what differs from the registry, and nothing else."""
    settings.remove(_GROUP)
    for action_id, keys in shortcuts.changed.items():
        settings.setValue(f"{_GROUP}/{action_id}", " ".join(keys))
    settings.sync()
