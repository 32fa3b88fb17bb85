"""Campaigns that share people: a matrix of who entered both, or got messages of both within seven days."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from engage_desktop.app.protocol_sending import AskConflicts, Conflicts
from engage_desktop.ui import formats
from engage_desktop.ui.sending.view import SendingView
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import current_theme
from engage_desktop.ui.widgets.common import Card, label, row, toggle
from engage_desktop.ui.widgets.table import RowsModel, Table

KINDS = (("entered", "Entered both"), ("sent", "Got messages of both within 7 days"))
CELL_PX = 128
SHARE_ROLE = Qt.ItemDataRole.UserRole
"""How much of the row's people a cell has, None on the diagonal."""
_SAID = {"entered": "entered both", "sent": "got messages of both less than seven days apart"}


class MatrixModel(RowsModel):
    """A row and a column a campaign; a cell says how many people both have, and their share of the row's people."""

    def __init__(self) -> None:
        super().__init__(("Campaign",))
        self._names: tuple[str, ...] = ()
        self._people: tuple[tuple[int, ...], ...] = ()
        self._said = ""

    def show_matrix(self, names: tuple[str, ...], people: tuple[tuple[int, ...], ...], said: str) -> None:
        self.beginResetModel()
        self.columns, self.right = ("Campaign", *names), frozenset(range(1, len(names) + 1))
        self._names, self._people, self._said = names, people, said
        self.rows = [(name, *(self._words(at, other) for other in range(len(names)))) for at, name in enumerate(names)]
        self.endResetModel()

    def _words(self, at: int, other: int) -> str:
        both = self._people[at][other]
        if at == other:
            return formats.number(both)
        return f"{formats.number(both)} · {formats.share(both, self._people[at][at], 0)}" if both else "–"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        tip = role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal
        return self.columns[section] if tip else super().headerData(section, orientation, role)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        at, other = index.row(), index.column() - 1
        if other >= 0:
            both, whole = self._people[at][other], self._people[at][at]
            if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                if at == other:
                    return f"{self._names[at]}: {formats.count(both, 'person', 'people')}"
                people = formats.count(both, "person", "people")
                return f"{self._names[at]} and {self._names[other]}: {people} {self._said}, {formats.share(both, whole)} of {self._names[at]}"
            if role == SHARE_ROLE:
                return None if at == other else both / max(whole, 1)
        return super().data(index, role)


class ShareCell(QStyledItemDelegate):
    """A cell the more tinted the larger its share; the style sheet would paint over a background of the model."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        share = index.data(SHARE_ROLE)
        theme = current_theme()
        painter.fillRect(
            option.rect, theme.color("surface_2") if share is None else theme.color("accent", 0.28 * share)
        )
        super().paint(painter, option, index)


class ConflictsView(SendingView):
    key, title, takes = "conflicts", "Conflicts", Conflicts
    sentence = "Campaigns that share people: the number of people, and their share of the campaign at the left"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.which = "entered"
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for which, text in KINDS:
            name = f"sending.conflicts.{which}"
            self.buttons[which] = toggle(text, name, self._group, partial(self.choose, which))
        self.buttons["entered"].setChecked(True)
        card = Card("sending.conflicts.card")
        card.body.addLayout(row(*self.buttons.values(), "stretch"))
        self.model = MatrixModel()
        self.view = Table("sending.conflicts.table", "Campaigns that share people")
        self.view.setModel(self.model)
        self._tint = ShareCell(self.view)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.view.horizontalHeader().setStretchLastSection(False)
        self.view.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._said = label("", "muted", "sending.conflicts.said", wrap=True)
        self._none = label("Two campaigns are needed to share people.", "muted", "sending.conflicts.none", wrap=True)
        card.add(self.view, self._said, self._none)
        self.body.addWidget(card)
        self._none.hide()

    def request(self) -> AskConflicts:
        return AskConflicts(self.session.generation)

    def choose(self, which: str) -> None:
        self.which = which
        self.buttons[which].setChecked(True)
        if self.reply is not None:
            self.show_reply(self.reply)

    def show_reply(self, reply: Conflicts) -> None:
        names = tuple(one.name for one in reply.campaigns)
        people = reply.entered if self.which == "entered" else reply.sent
        self.model.show_matrix(names, people, _SAID[self.which])
        header = self.view.horizontalHeader()
        for column in range(len(names) + 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.view.setColumnWidth(column, CELL_PX if column else 200)
            if column:
                self.view.setItemDelegateForColumn(column, self._tint)
        self.view.setFixedHeight(32 * len(names) + 52)
        several = len(names) > 1
        self.view.setVisible(several)
        self._none.setVisible(not several)
        self._said.setVisible(several)
        self._said.setText(self._most(names, people))

    def _most(self, names: tuple[str, ...], people: tuple[tuple[int, ...], ...]) -> str:
        """The pair that shares the most people, in words."""
        pairs = [(people[a][b], b, a) for a in range(len(names)) for b in range(a)]
        both, a, b = max(pairs, default=(0, 0, 0))
        whom = formats.count(both, "person", "people") if both else "Nobody"
        which = f"{names[a]} and {names[b]}" if both else "two campaigns"
        said = {"entered": f"{whom} entered {which}.", "sent": f"{whom} got messages of {which} within seven days."}
        return f"The most: {said[self.which]}" if both else said[self.which]
