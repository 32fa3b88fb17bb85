"""The bar over the page: tabs of open things, the state of the one in view, search, menu."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QTabBar, QToolButton, QWidget

from engage_desktop.app.actions import PAGE_ICONS
from engage_desktop.ui.menus import key_tip, key_words
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import Pill, button

HEIGHT_PX = 40


RAIL_PAGE = {
    "journey": "journeys",
    "audience": "audiences",
    "trait": "audiences",
    "broadcast": "broadcasts",
    "message": "content",
    "policies": "deliver",
}
"""Under which page of the rail the things of a kind are listed."""


@dataclass(frozen=True)
class Tab:
    """What a tab shows: kind `page` or one of `RAIL_PAGE`, and its key."""

    kind: str
    key: str
    title: str

    @property
    def icon(self) -> str:
        own = {"trait": "tag", "keys": "circle-help"}
        return own.get(self.kind) or PAGE_ICONS.get(RAIL_PAGE.get(self.kind, self.key), "house")


class TopBar(QFrame):
    """The first tab is the page chosen in the rail; those after it are open campaigns.
    `tab_chosen` and `tab_closed` carry a `Tab`."""

    tab_chosen = Signal(object)
    tab_closed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setFixedHeight(HEIGHT_PX)
        self._theme: Theme | None = None
        self._tabs: list[Tab] = [Tab("page", "home", "Home")]
        self._bar = QTabBar()
        self._bar.setObjectName("topbar.tabs")
        self._bar.setAccessibleName("Open things")
        self._bar.setDrawBase(False)
        self._bar.setExpanding(False)
        self._bar.setDocumentMode(True)
        self._bar.setElideMode(Qt.TextElideMode.ElideRight)
        self._bar.setUsesScrollButtons(True)
        self._bar.setIconSize(QSize(16, 16))
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._bar.addTab("Home")
        self._bar.currentChanged.connect(self._chosen)
        self.state = Pill(name="topbar.state")
        self.search = button("Find anything", "topbar.search")
        self.search.setFixedSize(264, 28)
        self._hint = QLabel(self.search)
        self._hint.setProperty("role", "small")
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.setGeometry(264 - 12 - 100, 0, 100, 28)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.menu = QToolButton()
        self.menu.setObjectName("topbar.menu")
        self.menu.setAccessibleName("Menu")
        self.menu.setProperty("kind", "quiet")
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setFixedSize(28, 28)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 12, 1)
        layout.setSpacing(8)
        layout.addWidget(self._bar)
        layout.addSpacing(4)
        layout.addWidget(self.state)
        layout.addStretch(1)
        layout.addWidget(self.search)
        layout.addWidget(self.menu)

    def show_keys(self, find: str, menu: str) -> None:
        """Say the keys of search and menu."""
        self._hint.setText(key_words(find).replace("+", " "))
        self.menu.setToolTip(key_tip("Menu", menu))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.search.setIcon(theme.icon("search", "text_2", 14))
        self.menu.setIcon(theme.icon("ellipsis", "text_2", 16))
        for index in range(len(self._tabs)):
            self._draw(index)

    def _draw(self, index: int) -> None:
        tab = self._tabs[index]
        self._bar.setTabText(index, tab.title.replace("&", "&&"))
        if self._theme is not None:
            role = "text" if index == self._bar.currentIndex() else "text_2"
            self._bar.setTabIcon(index, self._theme.icon(tab.icon, role, 16))
            close = self._bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
            if isinstance(close, QToolButton):
                close.setIcon(self._theme.icon("x", "text_2", 12))

    @property
    def current(self) -> Tab:
        return self._tabs[max(self._bar.currentIndex(), 0)]

    @property
    def tabs(self) -> tuple[Tab, ...]:
        return tuple(self._tabs)

    def show_tab(self, tab: Tab) -> None:
        """Bring a thing to the front, opening its tab if there is none."""
        if tab.kind == "page":
            self._tabs[0] = tab
            self._draw(0)
            self._choose(0)
            return
        for index, open_tab in enumerate(self._tabs):
            if (open_tab.kind, open_tab.key) == (tab.kind, tab.key):
                self._choose(index)
                return
        self._tabs.append(tab)
        index = self._bar.addTab(tab.title)
        close = QToolButton()
        close.setObjectName(f"topbar.close.{tab.kind}.{tab.key}")
        close.setAccessibleName(f"Close {tab.title}")
        close.setProperty("kind", "quiet")
        close.setFixedSize(20, 20)
        close.setIconSize(QSize(12, 12))
        close.clicked.connect(lambda: self._close_by(close))
        self._bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self._draw(index)
        self._choose(index)

    def _choose(self, index: int) -> None:
        if self._bar.currentIndex() == index:
            self._chosen(index)
        else:
            self._bar.setCurrentIndex(index)

    def _chosen(self, index: int) -> None:
        if 0 <= index < len(self._tabs):
            for position in range(len(self._tabs)):
                self._draw(position)
            self.tab_chosen.emit(self._tabs[index])

    def _close_by(self, close: QToolButton) -> None:
        for index, tab in enumerate(self._tabs):
            if self._bar.tabButton(index, QTabBar.ButtonPosition.RightSide) is close:
                self.close_tab(tab.kind, tab.key)
                return

    def close_tab(self, kind: str, key: str) -> None:
        for index, tab in enumerate(self._tabs):
            if (tab.kind, tab.key) == (kind, key):
                if self._bar.currentIndex() == index:
                    self._bar.setCurrentIndex(index - 1)
                del self._tabs[index]
                self._bar.removeTab(index)
                self.tab_closed.emit(tab)
                return

    @staticmethod
    def is_close_button(widget: QWidget) -> bool:
        return widget.objectName().startswith("topbar.close.")

    def rekey(self, kind: str, key: str, new_key: str) -> None:
        """The thing of a tab has another key now."""
        for index, tab in enumerate(self._tabs):
            if (tab.kind, tab.key) == (kind, key):
                self._tabs[index] = Tab(kind, new_key, tab.title)
                close = self._bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
                if close is not None:
                    close.setObjectName(f"topbar.close.{kind}.{new_key}")

    def rename(self, kind: str, key: str, title: str) -> None:
        for index, tab in enumerate(self._tabs):
            if (tab.kind, tab.key) == (kind, key) and tab.title != title:
                self._tabs[index] = Tab(kind, key, title)
                self._draw(index)
