"""QActions, menus and shortcuts made from the registry of actions; nothing else makes any."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from engage_desktop.app.actions import Action, ActionContext, ActionRegistry, Commands
from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.ui.theme import icon, icon_exists

MENUS = ("File", "Edit", "View", "Journey", "Board", "Simulation", "Help")


def key_words(key: str) -> str:
    """A key as people call it on this machine: `Ctrl+Shift+T`."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def key_tip(text: str, key: str) -> str:
    """A tip with the key that does the same, where there is one."""
    return f"{text} ({key_words(key)})" if key else text


class WindowActions:
    """One QAction for each record. Keys of the whole window are heard everywhere; those of the canvas and the
    outline are heard there, and only shown here."""

    def __init__(self, window: QWidget, shortcuts: Shortcuts, commands: Commands) -> None:
        self.shortcuts, self.commands = shortcuts, commands
        self._actions: dict[str, QAction] = {}
        for record in self.registry:
            made = QAction(record.title, window)
            made.setObjectName(record.id)
            made.triggered.connect(lambda _checked=False, record=record: record.run(self.commands))
            if record.scope == "window":
                window.addAction(made)
            else:
                made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._actions[record.id] = made
        self._show_keys()
        shortcuts.subscribe(self._show_keys)

    @property
    def registry(self) -> ActionRegistry:
        return self.shortcuts.registry

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def key(self, action_id: str) -> str:
        """The key that is shown for an action now; empty where it has none."""
        return next(iter(self.shortcuts.keys(action_id)), "")

    def act(self, record: Action) -> None:
        """Do it, as its menu item would; of what is off now, the canvas says why."""
        if record.command:
            record.run(self.commands)
        else:
            self._actions[record.id].trigger()

    def _show_keys(self) -> None:
        for record in self.registry:
            self._actions[record.id].setShortcuts([QKeySequence(key) for key in self.shortcuts.keys(record.id)])

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
            self._actions[record.id].setEnabled(record.allowed(context))
        self._actions["edit.undo"].setText(f"Undo: {context.undo_name}" if context.undo_name else "Undo")
        self._actions["edit.redo"].setText(f"Redo: {context.redo_name}" if context.redo_name else "Redo")


def menu_item(
    menu: QMenu, record: Action, keys: tuple[str, ...], run: Callable[[], None], *, text: str = "", enabled: bool = True
) -> None:
    """An item of a context menu that stands for a record, with its key beside it."""
    made = menu.addAction(text or record.title)
    made.setObjectName(f"{menu.objectName()}.{record.command or record.id}")
    made.setEnabled(enabled)
    made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    made.setShortcuts([QKeySequence(key) for key in keys])
    made.triggered.connect(lambda: run())


def found_icon(name: str | None) -> QIcon:
    """An icon of the family, or none where there is no such."""
    return icon(name, "text_2", 16) if name and icon_exists(name) else QIcon()
