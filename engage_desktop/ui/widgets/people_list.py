"""A list of people with what is said of each at its right, page by page, searchable by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListView, QMenu, QWidget

from engage_desktop.ui import formats
from engage_desktop.ui.widgets.common import button, column, label
from engage_desktop.ui.widgets.two_texts import ROW_PX, TwoTexts

Index = QModelIndex | QPersistentModelIndex
MOST_ROWS = 10
SEARCH_MS = 250


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str]] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's name and default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        left, right = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return left
        if role == Qt.ItemDataRole.UserRole:
            return right
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{left}, {right}" if right else left
        return None

    def show(self, rows: list[tuple[str, str]]) -> None:
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()


class _View(QListView):
    """`why_asked` carries the id in the row on which Enter is pressed or Why chosen; only where `explains`."""

    why_asked = Signal(str)
    explains = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # Qt's name
        index = self.indexAt(event.pos()) if event.reason() == QContextMenuEvent.Reason.Mouse else self.currentIndex()
        if not index.isValid() or not self.explains:
            return
        menu = QMenu(self)
        menu.setObjectName("people.menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        who = str(index.data())
        menu.addAction(f"Why is {who} here?").triggered.connect(lambda: self.why_asked.emit(who))
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            model = self.model()
            rows = sorted(index.row() for index in self.selectedIndexes()) or range(model.rowCount())
            lines = (
                f"{model.index(row, 0).data()}\t{model.index(row, 0).data(Qt.ItemDataRole.UserRole)}" for row in rows
            )
            QGuiApplication.clipboard().setText("\n".join(lines))
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.explains and self.currentIndex().isValid():
            self.why_asked.emit(str(self.currentIndex().data()))
            return
        super().keyPressEvent(event)


class PeopleList(QWidget):
    """`more` asks for the next page; `searched` for another filter. The owner asks its question
    with `offset` and `search` and hands each page to `show_page`."""

    more = Signal()
    searched = Signal()
    why_asked = Signal(str)
    """The id of somebody in the list, or the one that was searched for and is not in it."""

    def __init__(self, name: str, empty: str = "Nobody is here at this instant.") -> None:
        super().__init__()
        self.setObjectName(name)
        self._empty_text = empty
        self._model = _Rows()
        self._title = label("", "heading", f"{name}.title")
        self._field = QLineEdit()
        self._field.setObjectName(f"{name}.search")
        self._field.setAccessibleName("Find a person by id")
        self._field.setPlaceholderText("Find a person by id")
        self._view = _View()
        self._view.setObjectName(f"{name}.rows")
        self._view.setModel(self._model)
        self._view.setItemDelegate(TwoTexts(self._view))
        self._view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setUniformItemSizes(True)
        self._empty = label(empty, "muted", f"{name}.empty", wrap=True)
        self._more = button("", f"{name}.more", "link")
        self._more.clicked.connect(self.more)
        self._why = button("Why?", f"{name}.why", "link", "Why somebody is here, or is not (Enter on a row)")
        self._why.hide()
        self._why.clicked.connect(lambda: self.why_asked.emit(self._whom()))
        self._view.why_asked.connect(self.why_asked)
        self._view.selectionModel().currentChanged.connect(lambda _now, _before: self._show_why())
        layout = column(self, spacing=4)
        for widget in (self._title, self._field, self._view, self._empty, self._why, self._more):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self._search_now)
        self._field.textChanged.connect(lambda _text: self._timer.start())
        self._field.returnPressed.connect(self._search_now)
        self._searched = ""
        self.total = 0
        self.show_page("People", 0, 0, [])

    def show_words(self, search: str, empty: str) -> None:
        """What the search field asks for, and what is said when there is nobody."""
        self._field.setAccessibleName(search)
        self._field.setPlaceholderText(search)
        self._empty_text = empty

    def explain_people(self) -> None:
        """Offer to say why somebody is in the list or not: `why_asked`."""
        self._view.explains = True
        self._show_why()

    def _whom(self) -> str:
        index = self._view.currentIndex()
        return str(index.data()) if index.isValid() else self._searched if not self.loaded else ""

    def _show_why(self) -> None:
        who = self._whom() if self._view.explains else ""
        self._why.setVisible(bool(who))
        self._why.setText(f"Why is {who} here?" if self.loaded else f"Why is {who} not here?")
        self._why.setAccessibleName(self._why.text())

    @property
    def search(self) -> str:
        return self._searched

    @property
    def loaded(self) -> int:
        return len(self._model.rows)

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        return tuple(self._model.rows)

    def _search_now(self) -> None:
        self._timer.stop()
        if self._field.text().strip() != self._searched:
            self._searched = self._field.text().strip()
            self.searched.emit()

    def show_page(self, title: str, total: int, offset: int, rows: list[tuple[str, str]]) -> None:
        """Rows from `offset` on; offset 0 starts anew."""
        self.total = total
        self._title.setText(f"{title} · {formats.number(total)}" if title else formats.count(total, "person", "people"))
        self._view.setAccessibleName(self._title.text())
        self._model.show(self._model.rows[:offset] + rows if offset else rows)
        shown = self.loaded
        self._field.setVisible(total > 5 or bool(self._searched))
        self._view.setVisible(shown > 0)
        self._view.setFixedHeight(ROW_PX * min(max(shown, 1), MOST_ROWS) + 2)
        self._empty.setText(f"Nobody whose id holds “{self._searched}”." if self._searched else self._empty_text)
        self._empty.setVisible(shown == 0)
        left = total - shown
        self._more.setVisible(left > 0)
        self._more.setText(f"Show {formats.number(min(left, 50))} more of {formats.number(left)}")
        self._more.setAccessibleName(self._more.text())
        self._show_why()
