"""Every command with its keys: the cheat sheet, and where a person changes them. A view of the registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from engage_desktop.app.action_registry import SCOPE_WORDS, Action
from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.ui.canvas.keys import key_texts
from engage_desktop.ui.menus import WindowActions, key_words
from engage_desktop.ui.theme import Theme, current_theme
from engage_desktop.ui.widgets.common import Card, button, clear, column, label, row

COMMAND, KEYS, WHERE = 0, 1, 2
ID = Qt.ItemDataRole.UserRole
CAPS = Qt.ItemDataRole.UserRole + 1
ROW_PX = 28
BY_HAND = (
    ("Any letter", "Search for a step to add", "On the canvas"),
    ("Space", "Add a step; held down, drag to pan", "On the canvas"),
    ("Wheel", "Scroll; with Ctrl, zoom at the pointer", "On the canvas"),
    ("Drag", "Select what lies in the frame; from an output, connect", "On the canvas"),
    ("Ctrl or Shift", "With a click, select one more", "On the canvas"),
    ("Up and Down", "Go from row to row; with Shift, select more", "In the outline"),
    ("Left and Right", "Fold and unfold what lies below", "In the outline"),
    ("Tab", "Go to the next field; with Shift, back", "Everywhere"),
    ("Ctrl+C", "Copy the chosen rows, for a sheet", "In tables and lists"),
    ("Left and Right", "Move the clock by a little", "On the time line"),
)
"""What hands do besides commands: key, what it does, where. It cannot be changed."""


class KeyField(QLineEdit):
    """Hears the next key instead of typing it; Tab goes on as everywhere. `pressed` carries its portable text."""

    pressed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setReadOnly(True)
        self.setPlaceholderText("Press a key to add it")
        self.setAccessibleName("Press a key to add it")

    def event(self, event: QEvent) -> bool:  # Qt's name
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the key is for this field, whatever it runs elsewhere
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        texts = key_texts(event)
        if texts:
            self.pressed.emit(texts[-1])


class _Caps(QStyledItemDelegate):
    """Paints the keys of a row as key caps."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        theme, box = current_theme(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        left = box.left() + 4
        for text in index.data(CAPS) or ():
            width = painter.fontMetrics().horizontalAdvance(text) + 14
            cap = QRectF(left, box.center().y() - 10, width, 20)
            painter.setPen(theme.color("line_strong"))
            painter.setBrush(theme.color("surface_2"))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(theme.color("text"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, text)
            left += width + 6
        painter.restore()


class KeysPage(QWidget):
    """A list of all commands, found by word or key, and under it the keys of the one chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page.keys")
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shortcuts: Shortcuts | None = None
        self._actions: WindowActions | None = None
        self.filter = QLineEdit()
        self.filter.setObjectName("keys.filter")
        self.filter.setPlaceholderText("Find a command or a key")
        self.filter.setAccessibleName("Find a command or a key")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(360)
        self.filter.textChanged.connect(lambda _text: self._fill())
        self.list = QTreeWidget()
        self.list.setObjectName("keys.list")
        self.list.setAccessibleName("Commands and their keys")
        self.list.setHeaderLabels(["Command", "Keys", "Where it works"])
        self.list.setItemDelegateForColumn(KEYS, _Caps(self.list))
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(12)
        self.list.setUniformRowHeights(True)
        self.list.setExpandsOnDoubleClick(False)
        self.list.header().setSectionResizeMode(COMMAND, QHeaderView.ResizeMode.Stretch)
        for section, width in ((KEYS, 260), (WHERE, 240)):
            self.list.header().setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
            self.list.header().resizeSection(section, width)
        self.list.header().setStretchLastSection(False)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self.list.itemActivated.connect(lambda _item: self.field.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.nothing = label("No command of that name or key.", "muted", "keys.nothing")
        self._all_back = button("Reset all keys", "keys.reset_all", "", "Every key as it was at first")
        self._all_back.clicked.connect(self._reset_all)
        self._build()

    def _build(self) -> None:
        self._card = Card("keys.card", 8)
        self._what = label("", "strong", "keys.chosen", wrap=True)
        self._chips = row(spacing=8)
        self.field = KeyField("keys.field")
        self.field.setFixedWidth(200)
        self.field.pressed.connect(self._add)
        self._back = button("Reset", "keys.reset", "link", "The keys it had at first")
        self._back.clicked.connect(self._reset)
        self.error = label("", "error", "keys.error", wrap=True)
        keys = row(spacing=8)
        keys.addLayout(self._chips)
        keys.addWidget(self.field)
        keys.addWidget(self._back)
        keys.addStretch(1)
        self._card.add(self._what)
        self._card.body.addLayout(keys)
        self._card.add(self.error)
        layout = column(self, (32, 24, 32, 24), 12)
        heads = column(None, spacing=4)
        heads.addWidget(label("Keyboard shortcuts", "page", "keys.title"))
        heads.addWidget(label("Every command and its keys. Enter on a command changes its keys.", "muted"))
        head = row(spacing=16)
        head.addLayout(heads, 1)
        head.addWidget(self._all_back)
        layout.addLayout(head)
        layout.addWidget(self.filter)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.nothing)
        layout.addWidget(self._card)

    def use_actions(self, shortcuts: Shortcuts, actions: WindowActions) -> None:
        """Show these; call once."""
        self._shortcuts, self._actions = shortcuts, actions
        shortcuts.subscribe(self._fill)

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        self._fill()

    def set_theme(self, _theme: Theme) -> None:
        self.list.viewport().update()

    # -- the list -----------------------------------------------------------------------------

    def _fill(self) -> None:
        if self._shortcuts is None or not self.isVisible():
            return
        chosen = self._chosen()
        self.list.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        wanted = self.filter.text().casefold().replace("+", " ").split()
        for action in self._shortcuts.registry:
            keys = [key_words(key) for key in self._shortcuts.keys(action.id)]
            item = self._row(
                groups, wanted, action.category, action.title, keys, SCOPE_WORDS[action.scope], action.words
            )
            if item is not None:
                item.setData(COMMAND, ID, action.id)
                if chosen is not None and chosen.id == action.id:
                    self.list.setCurrentItem(item)
        for key, does, where in BY_HAND:
            self._row(groups, wanted, "By hand", does, [key], where, "mouse")
        self.list.expandAll()
        if self.list.currentItem() is None and groups and (first := next(iter(groups.values())).child(0)) is not None:
            self.list.setCurrentItem(first)
        self.list.setVisible(bool(groups))
        self.nothing.setVisible(not groups)
        self._show_chosen()

    def _row(
        self,
        groups: dict[str, QTreeWidgetItem],
        wanted: list[str],
        group: str,
        title: str,
        keys: list[str],
        where: str,
        words: str,
    ) -> QTreeWidgetItem | None:
        whole = f"{group} {title} {' '.join(keys)} {where} {words}".casefold().replace("+", " ")
        if not all(word in whole for word in wanted):
            return None
        if group not in groups:
            head = groups[group] = QTreeWidgetItem([group])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = current_theme().font(weight=QFont.Weight.DemiBold)
            head.setFont(COMMAND, font)
            self.list.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
        item = QTreeWidgetItem([title, "", where])
        item.setData(KEYS, CAPS, keys)
        spoken = ", ".join(keys) or "no key"
        item.setData(KEYS, Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setData(COMMAND, Qt.ItemDataRole.AccessibleTextRole, f"{title}: {spoken}. {where}")
        groups[group].addChild(item)
        return item

    # -- the one chosen -------------------------------------------------------------------------

    def _chosen(self) -> Action | None:
        item = self.list.currentItem()
        action_id = item.data(COMMAND, ID) if item is not None else None
        return self._shortcuts.registry[action_id] if self._shortcuts is not None and action_id else None

    def _show_chosen(self, error: str | None = None) -> None:
        action = self._chosen()
        self._card.setVisible(action is not None)
        self.error.setText(error or "")
        self.error.setVisible(bool(error))
        clear(self._chips)
        if action is None or self._shortcuts is None:
            return
        self._what.setText(f"{action.title.rstrip('…')} · {SCOPE_WORDS[action.scope].lower()}")
        self.field.setAccessibleName(f"Press a key to add it to {action.title.rstrip('…')}")
        before: QWidget = self.list
        for key in self._shortcuts.keys(action.id):
            chip = button(f"{key_words(key)}  ×", f"keys.remove.{key}", "", f"Take {key_words(key)} away")
            chip.setAccessibleName(f"Take {key_words(key)} away from {action.title}")
            chip.clicked.connect(partial(self._remove, key))
            self._chips.addWidget(chip)
            self.setTabOrder(before, chip)
            before = chip
        for after in (self.field, self._back, self._all_back):
            self.setTabOrder(before, after)
            before = after
        self._back.setVisible(action.id in self._shortcuts.changed)

    def _edit(self, edit: Callable[[Shortcuts, Action], str | None]) -> None:
        action = self._chosen()
        if action is not None and self._shortcuts is not None:
            refused = edit(self._shortcuts, action)
            self._show_chosen(refused)
            if refused is None:
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)  # the field would go on hearing every key

    def _add(self, key: str) -> None:
        self._edit(lambda shortcuts, action: shortcuts.set(action.id, (*shortcuts.keys(action.id), key)))

    def _remove(self, key: str) -> None:
        self.list.setFocus()  # the button that was pressed goes away
        self._edit(
            lambda shortcuts, action: shortcuts.set(
                action.id, tuple(one for one in shortcuts.keys(action.id) if one != key)
            )
        )

    def _reset(self) -> None:
        self.list.setFocus()
        self._edit(lambda shortcuts, action: shortcuts.reset(action.id))

    def _reset_all(self) -> None:
        if self._shortcuts is not None:
            self._shortcuts.reset_all()
