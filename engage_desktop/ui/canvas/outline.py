"""The same journey as an indented list: by keyboard and for screen readers, selected both ways.

A run of steps stands at one level; each labelled branch is a row with its own run under it. A step where
several ways join is listed where it is met first; later ways name it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from engage_desktop.document import ENTRY
from engage_desktop.ui.canvas.scene import JourneyScene, WireKey
from engage_desktop.ui.canvas.style import CanvasStyle

KEY_ROLE = Qt.ItemDataRole.UserRole
WIRE_ROLE = Qt.ItemDataRole.UserRole + 1
MUTED = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a step (`key`), a branch (`wire`), or a way that joins (`key`, `joins`)."""

    depth: int
    key: str | None
    wire: WireKey | None
    title: str
    line: str
    figures: str
    joins: bool = False


def rows(scene: JourneyScene) -> list[Row]:
    """The outline of what the scene shows, top to bottom."""
    if scene.journey is None:
        return []
    made: list[Row] = []
    seen: set[str] = set()
    _run(scene, ENTRY, 0, seen, made)
    for key in scene.cards:
        if key not in seen:
            _run(scene, key, 0, seen, made)
    return made


def _run(scene: JourneyScene, start: str, depth: int, seen: set[str], made: list[Row]) -> None:
    key: str | None = start
    while key is not None and key in scene.cards:
        content = scene.cards[key].content
        if key in seen:
            made.append(Row(depth, key, None, f"→ {content.title}", "joins the step above", "", joins=True))
            return
        seen.add(key)
        figures = " · ".join(f"{figure.label} {figure.text}" for figure in content.figures)
        made.append(Row(depth, key, None, content.title, content.line, figures))
        ahead: str | None = None
        for output in scene.outputs_of(key):
            wire = scene.wires[(key, output.branch)]
            if not wire.content.label:
                ahead = wire.target
                continue
            line = "starts over" if output.loop else "" if wire.target else "ends here"
            made.append(Row(depth + 1, None, wire.key, wire.content.label, line, wire.content.count))
            if wire.target is not None and not output.loop:
                _run(scene, wire.target, depth + 2, seen, made)
        key = ahead


class OutlineView(QTreeWidget):
    """Lists a `JourneyScene`; edits go out as wishes."""

    rename_wanted = Signal(str, str)
    delete_wanted = Signal(list)
    add_wanted = Signal(object)
    activated_step = Signal(str)

    def __init__(self, scene: JourneyScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._shown: list[Row] = []
        self._look: object = None  # colours are part of what is shown
        self._syncing = False
        self.setObjectName("canvas.outline")
        self.setAccessibleName("Outline of the journey")
        self.setColumnCount(3)
        self.setHeaderLabels(["Step", "What it does", "Figures"])
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setUniformRowHeights(True)
        self.setIndentation(18)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.header().resizeSection(0, 260)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)  # the longest texts stand here
        self.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.itemSelectionChanged.connect(self._tell_scene)
        self.itemChanged.connect(self._renamed)
        self.itemActivated.connect(self._activated)
        scene.selection_changed.connect(self._follow_scene)

    # -- content ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the list in line with the scene; rows that stay keep their place."""
        wanted = rows(self._scene)
        look = (self._scene.style_, self._scene.current_figures)
        if wanted == self._shown and look == self._look:
            return
        self._syncing = True
        same_shape = [(r.depth, r.key, r.wire, r.joins) for r in wanted] == [
            (r.depth, r.key, r.wire, r.joins) for r in self._shown
        ]
        if same_shape:
            for item, row in zip(self._items(), wanted, strict=True):
                self._fill(item, row)
        else:
            self._rebuild(wanted)
        self._shown, self._look = wanted, look
        self._syncing = False
        self._follow_scene(self._scene.selection)

    def _rebuild(self, wanted: list[Row]) -> None:
        self.clear()
        stack: list[QTreeWidgetItem] = []
        for row in wanted:
            del stack[row.depth :]
            item = QTreeWidgetItem()
            self._fill(item, row)
            if stack:
                stack[-1].addChild(item)
            else:
                self.addTopLevelItem(item)
            # Depth counts runs and branches; a step's branches hang under it.
            while len(stack) < row.depth:
                stack.append(stack[-1] if stack else item)
            stack.append(item)
        self.expandAll()

    def _fill(self, item: QTreeWidgetItem, row: Row) -> None:
        style: CanvasStyle = self._scene.style_
        for column, text in enumerate((row.title, row.line, row.figures)):
            item.setText(column, text)
        item.setData(0, KEY_ROLE, row.key)
        item.setData(0, WIRE_ROLE, row.wire)
        item.setData(0, MUTED, row.joins)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if row.key not in (None, ENTRY) and not row.joins:
            flags |= Qt.ItemFlag.ItemIsEditable
        item.setFlags(flags)
        muted = row.key is None or row.joins
        item.setForeground(0, style.brush("text_2" if muted else "text"))
        item.setForeground(1, style.brush("text_2"))
        item.setForeground(2, style.brush("text" if self._scene.current_figures else "text_3"))
        if row.key is not None and not row.joins:
            content = self._scene.cards[row.key].content
            item.setIcon(0, style.theme.icon(content.icon, content.role, 16))
        item.setToolTip(0, row.title)

    def _items(self) -> list[QTreeWidgetItem]:
        found: list[QTreeWidgetItem] = []

        def visit(item: QTreeWidgetItem | None) -> None:
            assert item is not None
            found.append(item)
            for place in range(item.childCount()):
                visit(item.child(place))

        for place in range(self.topLevelItemCount()):
            visit(self.topLevelItem(place))
        return found

    # -- selection, both ways ---------------------------------------------------------------

    def _tell_scene(self) -> None:
        if self._syncing:
            return
        keys = [item.data(0, KEY_ROLE) for item in self.selectedItems()]
        here = self.currentItem()
        current = here.data(0, KEY_ROLE) if here is not None else None
        self._syncing = True
        self._scene.select([key for key in keys if key is not None], current=current)
        self._syncing = False

    def _follow_scene(self, keys: list[str]) -> None:
        if self._syncing:
            return
        self._syncing = True
        self.clearSelection()
        for item in self._items():
            if item.data(0, KEY_ROLE) in keys and not item.data(0, MUTED):
                item.setSelected(True)
                if item.data(0, KEY_ROLE) == self._scene.current:
                    self.setCurrentItem(item, 0, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._syncing = False

    # -- edits ------------------------------------------------------------------------------

    def _renamed(self, item: QTreeWidgetItem, column: int) -> None:
        key = item.data(0, KEY_ROLE)
        if not self._syncing and column == 0 and key is not None:
            self.rename_wanted.emit(key, item.text(0))

    def _activated(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, KEY_ROLE)
        if key is not None:
            self.activated_step.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            keys = [item.data(0, KEY_ROLE) for item in self.selectedItems()]
            self.delete_wanted.emit([key for key in keys if key is not None])
        elif event.key() == Qt.Key.Key_Insert and (item := self.currentItem()) is not None:
            self.add_wanted.emit(item.data(0, WIRE_ROLE) or (item.data(0, KEY_ROLE), None))
        else:
            super().keyPressEvent(event)
