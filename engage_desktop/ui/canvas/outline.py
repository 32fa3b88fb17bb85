"""The same journey as an indented list: by keyboard and for screen readers, selected both ways.

What is selected here is selected on the graph, a branch as its wire; so the commands of the canvas work here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.canvas.outline_rows import Row, rows
from engage_desktop.ui.canvas.scene import JourneyScene
from engage_desktop.ui.canvas.style import CanvasStyle

ROW = Qt.ItemDataRole.UserRole
_SEVERITY_ICON = {"error": "circle-alert", "warning": "triangle-alert", "info": "info"}


class OutlineView(QTreeWidget):
    """Lists a `JourneyScene`. Keys go to `key_of` first; `opened` when a row is double-clicked; `menu_wanted`
    carries what the menu is for and where (global); names typed in place come out as wishes."""

    rename_wanted = Signal(str, str)
    branch_rename_wanted = Signal(object, str)
    opened = Signal()
    menu_wanted = Signal(object, QPoint)

    def __init__(self, scene: JourneyScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key_of: Callable[[QKeyEvent], bool] = lambda _event: False
        self._scene = scene
        self._shown: list[Row] = []
        self._rows_of: list[QTreeWidgetItem] = []
        self._look: object = None  # colours are part of what is shown
        self._syncing = False
        self.count = 0
        """Rows put in and taken out, so that a test can say what an edit touched."""
        self._icons: dict[tuple[object, str, str], QIcon] = {}
        self.setObjectName("canvas.outline")
        self.setAccessibleName("Outline of the journey")
        self.setColumnCount(3)
        self.setHeaderLabels(["Step", "What it does", "Figures"])
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setIndentation(18)
        self.setExpandsOnDoubleClick(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.header().resizeSection(0, 300)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)  # the longest texts stand here
        self.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.itemSelectionChanged.connect(self._tell_scene)
        self.itemChanged.connect(self._renamed)
        self.itemDoubleClicked.connect(lambda _item, _column: self.opened.emit())
        scene.selection_changed.connect(self._follow_scene)

    # -- content ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the list in line with the scene; rows that stay keep their place. A name being typed is left
        alone: the list follows when it is done."""
        if self.state() == QAbstractItemView.State.EditingState:
            return
        wanted = rows(self._scene)
        look = (self._scene.style_, self._scene.current_figures)
        if wanted == self._shown and look == self._look:
            return
        self._syncing = True
        at = self._shown.index(row) if (row := self.current_row()) in self._shown else 0
        if [row.place for row in wanted] != [row.place for row in self._shown]:
            self.setUpdatesEnabled(False)
            self._restructure(wanted)
            self.setUpdatesEnabled(True)
        self._fill_changed(wanted, anew=look != self._look)
        self._shown, self._look = wanted, look
        self._syncing = False
        self._follow_scene(self._scene.selection)
        if self.hasFocus() and not self.selectedItems() and self._rows_of:
            # What was selected is gone: the keyboard stays where it was in the list.
            self.setCurrentItem(self._rows_of[min(at, len(self._rows_of) - 1)])

    def _fill_changed(self, wanted: list[Row], *, anew: bool) -> None:
        """Say what rows say now; one repaint for all of them, however many there are."""
        self.model().blockSignals(True)
        for item, row, before in zip(self._rows_of, wanted, self._shown, strict=True):
            if anew or row != before:
                self._fill(item, row)
        self.model().blockSignals(False)
        self.resizeColumnToContents(2)
        self.viewport().update()

    def _restructure(self, wanted: list[Row]) -> None:
        """Take out rows that are no more and put in new ones; all before and behind them stay as they are."""
        old, new = [row.place for row in self._shown], [row.place for row in wanted]
        first, behind = _same_ends(old, new)
        for item in reversed(self._rows_of[first : len(old) - behind]):
            (item.parent() or self.invisibleRootItem()).removeChild(item)
            self.count += 1
        above: list[QTreeWidgetItem] = []
        for item, row in zip(self._rows_of[:first], wanted, strict=False):
            above[row.depth :] = [item]
        made = []
        for row in wanted[first : len(new) - behind]:
            parent = above[row.depth - 1] if row.depth else self.invisibleRootItem()
            place = parent.indexOfChild(above[row.depth]) + 1 if len(above) > row.depth else 0
            opens = parent.childCount() == 0
            item = QTreeWidgetItem()
            self._fill(item, row)
            parent.insertChild(place, item)
            if opens:
                parent.setExpanded(True)
            above[row.depth :] = [item]
            made.append(item)
            self.count += 1
        self._rows_of[first : len(old) - behind] = made
        self._shown[first : len(old) - behind] = wanted[first : len(new) - behind]

    def _fill(self, item: QTreeWidgetItem, row: Row) -> None:
        style: CanvasStyle = self._scene.style_
        for column, text in enumerate((row.title, row.line, row.figures)):
            item.setText(column, text)
            item.setForeground(column, style.brush("text_2"))
        item.setData(0, ROW, row)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, row.spoken)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if item.flags() != (flags := flags | Qt.ItemFlag.ItemIsEditable if row.nameable else flags):
            item.setFlags(flags)
        item.setForeground(2, style.brush("text" if self._scene.current_figures else "text_3"))
        if row.kind == "step" and row.key is not None:
            content = self._scene.cards[row.key].content
            item.setForeground(0, style.brush("text"))
            item.setIcon(0, self._icon(content.icon, content.role))
        if row.severity:
            item.setIcon(1, style.theme.icon(_SEVERITY_ICON[row.severity], row.severity, 14))
        elif not item.icon(1).isNull():
            item.setData(1, Qt.ItemDataRole.DecorationRole, None)
        item.setToolTip(0, row.title)
        item.setToolTip(1, "\n".join(row.problems) or row.line)

    def _icon(self, name: str, role: str) -> QIcon:
        key = (self._scene.style_, name, role)
        if key not in self._icons:
            self._icons[key] = self._scene.style_.theme.icon(name, role, 16)
        return self._icons[key]

    def current_row(self) -> Row | None:
        """The row on which the keyboard stands."""
        item = self.currentItem()
        return item.data(0, ROW) if item is not None else None

    def below_current(self) -> QPoint:
        """Under the beginning of the row on which the keyboard stands, in pixels of the parent."""
        item = self.currentItem()
        rect = self.visualItemRect(item) if item is not None else self.viewport().rect()
        return self.viewport().mapTo(self, QPoint(rect.left() + 24, rect.bottom() + 4)) + self.pos()

    # -- selection, both ways ---------------------------------------------------------------

    def _tell_scene(self) -> None:
        if self._syncing:
            return
        chosen = [item.data(0, ROW) for item in self.selectedItems()]
        keys = [row.key for row in chosen if row.kind == "step"]
        here = self.current_row()
        wire = here.wire if here is not None and here in chosen and not keys else None
        self._syncing = True
        self._scene.select(keys, wire=wire, current=here.key if here is not None else None)
        self._syncing = False

    def _follow_scene(self, keys: list[str]) -> None:
        if self._syncing:
            return
        self._syncing = True
        self.clearSelection()
        wire, current = self._scene.selected_wire, None
        for item, row in zip(self._rows_of, self._shown, strict=True):
            if row.kind == "step" and row.key in keys:
                item.setSelected(True)
                current = item if row.key == self._scene.current or current is None else current
            elif wire is not None and row.wire == wire and current is None:
                item.setSelected(True)
                current = item
        if current is not None:
            self.setCurrentItem(current, 0, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollToItem(current)
        self._syncing = False

    # -- keyboard ---------------------------------------------------------------------------

    def edit_name(self) -> None:
        """Edit the name of the current row in place, if it has one of its own."""
        item = self.currentItem()
        if item is not None and item.data(0, ROW).nameable:
            self.editItem(item, 0)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self.refresh()

    def follow_join(self) -> bool:
        """Go from a row that joins a step to that step's own row; False on any other row."""
        row = self.current_row()
        if row is None or row.kind != "join" or row.key is None:
            return False
        self._scene.select([row.key])
        return True

    def _renamed(self, item: QTreeWidgetItem, column: int) -> None:
        row: Row | None = item.data(0, ROW)
        if self._syncing or column != 0 or row is None or item.text(0) == row.title:
            return
        text = item.text(0)
        self._syncing = True
        item.setText(0, row.title)  # the document decides; what it refuses is not shown
        self._syncing = False
        if row.kind == "branch":
            self.branch_rename_wanted.emit(row.wire, text)
        else:
            self.rename_wanted.emit(row.key, text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selectedItems() and self._rows_of:  # the keyboard is seen to stand somewhere
            here = self.currentItem() or self._rows_of[0]
            self.setCurrentItem(here)
            here.setSelected(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter that ends the typing of a name comes here too, and asks for nothing more.
        if self.state() == QAbstractItemView.State.EditingState or not self.key_of(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.current_row()
        if row is None or row.kind == "loose":
            return
        hit = Hit("card", key=row.key) if row.kind == "step" else Hit("wire", wire=row.wire)
        self.menu_wanted.emit(hit, event.globalPos())


def _same_ends(old: Sequence[tuple[object, ...]], new: Sequence[tuple[object, ...]]) -> tuple[int, int]:
    """How many rows, as places, are the same at the beginning, and how many at the end that stand under none between."""
    shorter = min(len(old), len(new))
    first = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    behind = next((n for n in range(shorter - first) if old[-n - 1] != new[-n - 1]), shorter - first)
    between = [*old[first : len(old) - behind], *new[first : len(new) - behind]]
    least = min((_depth(place) for place in between), default=0)
    while behind and between and _depth(old[len(old) - behind]) > least:
        behind -= 1
    return first, behind


def _depth(place: tuple[object, ...]) -> int:
    depth = place[1]
    assert isinstance(depth, int)
    return depth
