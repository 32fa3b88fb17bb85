"""Why somebody is in a place or not: a panel with the sentence, the change that would turn it, and the tree."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_explain import AskWhy, Place, WhyLine, WhyReply
from engage_desktop.domain.duration import parse_instant
from engage_desktop.ui import formats
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import Theme, icon
from engage_desktop.ui.widgets.common import button, column, label, row

_VERDICT = {True: ("circle-check", "ok", "Yes"), False: ("x", "error", "No")}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_NAMED = re.compile(r"audience\('[^' ]*'\)")
CONDITION, SAW = 0, 1
OPEN_DEPTH = 2
"""Named audiences lie folded below this depth."""


class _IconAtTop(QStyledItemDelegate):
    """The verdict stands beside the first line of what was seen."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:  # Qt's name
        super().initStyleOption(option, index)
        option.decorationAlignment = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter


class WhyDock(QDockWidget):
    """Asks anew when clock or design change, as long as it is open."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Why", parent)
        self.setObjectName("why")
        self._session = session
        self._asked: tuple[Place, str] | None = None
        self._reply: WhyReply | None = None
        self.sentence = label("", "strong", "why.sentence", wrap=True)
        self.change = label("", "", "why.change", wrap=True)
        self.later = label("", "muted", "why.later", wrap=True)
        for text in (self.sentence, self.change, self.later):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tree = QTreeWidget()
        self.tree.setObjectName("why.tree")
        self.tree.setAccessibleName("Conditions and what they saw")
        self.tree.setHeaderLabels(["Condition", "What it saw"])
        self.tree.setItemDelegateForColumn(CONDITION, _IconAtTop(self.tree))
        self.tree.header().setSectionResizeMode(CONDITION, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(SAW, QHeaderView.ResizeMode.Stretch)
        body = QWidget()
        body.setProperty("kind", "surface")
        close = button("Close", "why.close", "link", "Close (Esc)")
        close.clicked.connect(self.hide)
        layout = column(body, (12, 8, 12, 8), 6)
        head = row(self.sentence, close)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self.change)
        layout.addWidget(self.later)
        layout.addWidget(self.tree, 1)
        self.setWidget(body)
        session.clock_changed.connect(lambda _at: self._ask_again())
        session.run_changed.connect(lambda _run: self._ask_again())

    def ask(self, place: Place, profile: str) -> None:
        """Open the panel for somebody and a place."""
        if not profile:
            return
        self._asked = (place, profile)
        self.setWindowTitle(f"Why: {profile}")
        self.show()
        self._ask_again()
        self.tree.setFocus()

    def _ask_again(self) -> None:
        if self._asked is None or not self.isVisible():
            return
        place, profile = self._asked
        session = self._session
        self.setEnabled(session.current)
        session.latest("why", lambda: AskWhy(session.generation, place, profile, session.at_us), self._show)

    def _show(self, reply: Reply) -> None:
        if not isinstance(reply, WhyReply) or (reply.place, reply.profile) != self._asked:
            return
        self._reply = reply
        self.sentence.setText(self._local(reply.sentence))
        self.change.setText(self._local(reply.change or ""))
        self.change.setVisible(reply.change is not None)
        self.later.setText(self._local(" ".join(text for text in (reply.later, reply.span) if text)))
        self.later.setVisible(bool(self.later.text()))
        self._show_tree(reply.tree)

    def _show_tree(self, lines: tuple[WhyLine, ...]) -> None:
        self.tree.clear()
        self.tree.setVisible(bool(lines))
        above: list[QTreeWidgetItem] = []
        for line in lines:
            item = _item(replace(line, values=tuple(map(self._local, line.values))))
            if line.depth:
                above[line.depth - 1].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            above[line.depth :] = [item]
            item.setExpanded(line.depth < OPEN_DEPTH or not _NAMED.fullmatch(line.text))
        if above:
            self.tree.setCurrentItem(above[0])

    def _local(self, text: str) -> str:
        """Instants as the window shows them, in the zone of the workspace."""
        zone = self._session.zone
        return _INSTANT.sub(lambda found: formats.instant(parse_instant(found[0]), zone), text)

    def set_theme(self, theme: Theme) -> None:
        """Icons take the colours of the theme."""
        if self._reply is not None:
            self._show_tree(self._reply.tree)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)


def _item(line: WhyLine) -> QTreeWidgetItem:
    """The verdict as an icon and as a word; what was seen beside it."""
    name, role, word = _VERDICT[line.verdict]
    whose = f"{line.who}: " if line.who else ""
    item = QTreeWidgetItem([f"{word}  ·  {whose}{line.text}", "\n".join(line.values)])
    item.setIcon(CONDITION, icon(name, role))
    item.setToolTip(CONDITION, line.text)
    item.setToolTip(SAW, "\n".join(line.values))
    spoken = f"{word}: {whose}{line.text}. {'. '.join(line.values)}"
    item.setData(CONDITION, Qt.ItemDataRole.AccessibleTextRole, spoken)
    item.setTextAlignment(SAW, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    item.setTextAlignment(CONDITION, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return item
