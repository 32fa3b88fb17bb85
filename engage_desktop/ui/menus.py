"""QActions, menus and shortcuts made from the registry of actions."""

from __future__ import annotations

from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from engage_desktop.app.actions import ActionContext, ActionRegistry, Commands
from engage_desktop.ui.theme import icon, icon_exists

MENUS = ("File", "Edit", "View", "Journey", "Simulation")


class WindowActions:
    """One QAction for each record, added to the window so that its shortcut works everywhere."""

    def __init__(self, window: QWidget, registry: ActionRegistry, commands: Commands) -> None:
        self.registry = registry
        self._actions: dict[str, QAction] = {}
        for record in registry:
            made = QAction(record.title, window)
            made.setObjectName(record.id)
            made.setShortcuts([QKeySequence(key) for key in record.keys])
            made.triggered.connect(lambda _checked=False, run=record.run: run(commands))
            window.addAction(made)
            self._actions[record.id] = made

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def menu(self, parent: QWidget) -> QMenu:
        """The whole menu, one submenu a title of the registry."""
        whole = QMenu(parent)
        whole.setObjectName("menu")
        found = self.registry.menus()
        for title in [*(name for name in MENUS if name in found), *(name for name in found if name not in MENUS)]:
            inner = whole.addMenu(title)
            inner.setObjectName(f"menu.{title.casefold()}")
            for number, group in enumerate(found[title]):
                if number:
                    inner.addSeparator()
                for record in group:
                    inner.addAction(self._actions[record.id])
        return whole

    def update(self, context: ActionContext) -> None:
        """Enable what the context allows; undo and redo say what they would do."""
        for record in self.registry:
            self._actions[record.id].setEnabled(record.enabled(context))
        self._actions["edit.undo"].setText(f"Undo: {context.undo_name}" if context.undo_name else "Undo")
        self._actions["edit.redo"].setText(f"Redo: {context.redo_name}" if context.redo_name else "Redo")


def found_icon(name: str | None) -> QIcon:
    """An icon of the family, or none where there is no such."""
    return icon(name, "text_2", 16) if name and icon_exists(name) else QIcon()
