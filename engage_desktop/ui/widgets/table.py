"""Tables: a small one of rows that are all here, and a large one that asks for pages as it scrolls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from engage_desktop.ui.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Table(QTableView):
    """Whole rows are selected; Ctrl+C copies them as TSV with the header; Enter or a double click
    on a row is `opened`."""

    opened = Signal(int)

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setStretchLastSection(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_tsv())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def as_tsv(self) -> str:
        """The selected rows (all loaded ones without a selection) with their header."""
        model = self.model()
        columns = range(model.columnCount())
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()}) or range(model.rowCount())
        lines = ["\t".join(str(model.headerData(at, Qt.Orientation.Horizontal)) for at in columns)]
        lines += ["\t".join(str(model.index(at, other).data() or "") for other in columns) for at in rows]
        return "\n".join(lines)


class RowsModel(QAbstractTableModel):
    """Rows of text that are all here. `right` names the columns of figures."""

    def __init__(self, columns: Sequence[str], right: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.columns, self.right = tuple(columns), right
        self.rows: list[tuple[str, ...]] = []

    def show(self, rows: list[tuple[str, ...]]) -> None:
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's name and default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's name and default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and section in self.right:
                return _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self.right:
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole and index.column() in self.right:
            return current_theme().font(tabular=True)
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return current_theme().font(weight=QFont.Weight.Medium)
        return None

    def cell(self, at: int, column: int) -> str:
        return self.rows[at][column]


class SmallTable(Table):
    """A table as tall as its rows, in a card."""

    def __init__(
        self,
        name: str,
        spoken: str,
        columns: Sequence[str],
        right: frozenset[int] = frozenset(),
        most: int = 14,
        stretch: int = 0,
    ) -> None:
        super().__init__(name, spoken)
        self._most = most
        self.rows = RowsModel(columns, right)
        self.setModel(self.rows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.show_rows([])

    def show_rows(self, rows: list[tuple[str, ...]]) -> None:
        self.rows.show(rows)
        self.setFixedHeight(32 * min(max(len(rows), 1), self._most) + 34)


class PagedModel(RowsModel):
    """A table of `total` rows of which only pages near the view are held. `ask(offset)` is called
    for a page that is not here; the owner answers by `take_page`."""

    PAGE, KEPT = 200, 8

    def __init__(self, ask: Callable[[int], None]) -> None:
        super().__init__(())
        self._ask, self.total = ask, 0
        self._pages: dict[int, tuple[tuple[str, ...], ...]] = {}
        self._asked: set[int] = set()

    def restart(self) -> None:
        """Forget everything and ask for the first page."""
        self.clear()
        self._want(0)

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._pages.clear()
        self._asked.clear()
        self.columns, self.total = (), 0
        self.endResetModel()

    def take_page(self, columns: tuple[str, ...], total: int, offset: int, rows: tuple[tuple[str, ...], ...]) -> None:
        page = offset // self.PAGE
        self._asked.discard(page)
        fresh = (columns, total) != (self.columns, self.total)
        if fresh:
            self.beginResetModel()
            self.columns, self.total = columns, total
            self._pages = {page: rows}
            self.endResetModel()
            return
        self._pages[page] = rows
        while len(self._pages) > self.KEPT:
            del self._pages[max(self._pages, key=lambda held: abs(held - page))]
        if rows and columns:
            self.dataChanged.emit(self.index(offset, 0), self.index(offset + len(rows) - 1, len(columns) - 1))

    @property
    def held(self) -> int:
        """Rows in memory."""
        return sum(len(rows) for rows in self._pages.values())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's name and default
        return 0 if parent.isValid() else self.total

    def cell(self, at: int, column: int) -> str:
        page = self._pages.get(at // self.PAGE)
        if page is None:
            self._want(at // self.PAGE)
            return "…"
        return page[at % self.PAGE][column]

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self._ask(page * self.PAGE)
