"""The main window's body: rail, bars, pages and docks put together, their look and their places remembered."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QDockWidget, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from engage_desktop.ui.banner import Banner
from engage_desktop.ui.dressing import Dressing
from engage_desktop.ui.inspector.audience_panel import AudiencePanel
from engage_desktop.ui.inspector.panel import Inspector
from engage_desktop.ui.inspector.trait_panel import TraitPanel
from engage_desktop.ui.moving import Moving
from engage_desktop.ui.pages.audience import AudiencePage
from engage_desktop.ui.pages.broadcast import BroadcastPage
from engage_desktop.ui.pages.journey import JourneyPage
from engage_desktop.ui.pages.keys import KeysPage
from engage_desktop.ui.pages.message import MessagePage
from engage_desktop.ui.pages.policies import PoliciesPage
from engage_desktop.ui.pages.rail_pages import RailPages
from engage_desktop.ui.pages.trait import TraitPage
from engage_desktop.ui.playback import Player
from engage_desktop.ui.problems_dock import ProblemsDock
from engage_desktop.ui.rail import Rail
from engage_desktop.ui.session import Session
from engage_desktop.ui.statusbar import StatusBar
from engage_desktop.ui.theme import Theme, current_theme
from engage_desktop.ui.theme.wishes import THEME, still_effects, wished_stillness
from engage_desktop.ui.topbar import TopBar
from engage_desktop.ui.transport import Transport
from engage_desktop.ui.watch import AudienceWatch, TraitWatch
from engage_desktop.ui.why import WhyDock

INSPECTOR_PX = 304
LAYOUT = 2
"""Version of the saved layout; another one is ignored."""


class _Painted(Protocol):
    def theme_changed(self) -> None: ...


def _tell(page: _Painted, _theme: Theme) -> None:
    page.theme_changed()


class Inner(QMainWindow):
    """Pages and docks, with lines of a pixel between them. It paints itself: a sheet would polish all that is on it."""

    def __init__(self, pages: QStackedWidget) -> None:
        super().__init__()
        self._pages = pages
        self.setObjectName("inner")
        self.setStyleSheet("QMainWindow::separator { background: transparent; width: 1px; height: 1px; }")
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setCentralWidget(pages)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        painter, theme = QPainter(self), current_theme()
        painter.fillRect(event.rect(), theme.color("canvas"))
        parts = [self._pages, *self.findChildren(QDockWidget)]
        between = QRegion(self.rect())
        for part in parts:
            if part.isVisible():
                between -= QRegion(part.geometry())
        painter.setClipRegion(between)
        painter.fillRect(event.rect(), theme.color("line"))


class WindowBody(QMainWindow):
    """Widgets and where they stand; knows nothing of commands."""

    def __init__(self, session: Session, settings: QSettings, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main")
        self.session, self._settings, self._theme = session, settings, theme
        self.player = Player(self)
        self.watch, self.trait_watch = AudienceWatch(session), TraitWatch(session)
        self._inspector_wanted = True
        self._build()
        self.moving = Moving(session, self.player, self.transport)
        self._default_layout = self._inner.saveState(LAYOUT)
        self.resize(1280, 800)

    @property
    def theme(self) -> Theme:
        return self._theme

    def _build(self) -> None:
        session, theme = self.session, self._theme
        self.rail, self.topbar, self.banner = Rail(), TopBar(), Banner()
        self.transport, self.status = Transport(self.player), StatusBar()
        self.setStatusBar(self.status)
        self.pages = RailPages(session)
        self.journey_page = JourneyPage(session, theme)
        self.audience_page = AudiencePage(session, self.watch)
        self.trait_page = TraitPage(session, self.trait_watch)
        self.broadcast_page, self.message_page = BroadcastPage(session), MessagePage(session)
        self.policies_page = PoliciesPage(session)
        self.keys_page = KeysPage()
        self.plain_pages = (self.broadcast_page, self.message_page, self.policies_page)
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        for widget in (
            *self.pages.all.values(),
            self.journey_page,
            self.audience_page,
            self.trait_page,
            *self.plain_pages,
            self.keys_page,
        ):
            self.stack.addWidget(widget)
        self._inner = Inner(self.stack)
        self.inspector = Inspector(session, theme)
        self.audience_panel = AudiencePanel(session, self.watch)
        self.trait_panel = TraitPanel(session, self.trait_watch)
        self._side = QStackedWidget()
        self._side.addWidget(self.inspector)
        self._side.addWidget(self.audience_panel)
        self._side.addWidget(self.trait_panel)
        self._side.setMinimumWidth(280)
        self.dock = QDockWidget("Inspector", self._inner)
        self.dock.setObjectName("inspector")
        self.dock.setWidget(self._side)
        self.dock.setTitleBarWidget(QWidget())  # the panel has a title of its own
        self._inner.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self._inner.resizeDocks([self.dock], [INSPECTOR_PX], Qt.Orientation.Horizontal)
        self.problems = ProblemsDock(session, self._inner)
        self._inner.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.problems)
        self.problems.hide()
        self._inner.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)  # lists stay in view
        self.why = WhyDock(session, self._inner)
        self._inner.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.why)
        self.why.hide()
        self.audience_panel.why_asked.connect(self.why.ask)
        self.inspector.why_asked.connect(self.why.ask)
        self.problems.why_asked.connect(self.why.ask)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.topbar)
        column.addWidget(self.banner)
        column.addWidget(self._inner, 1)
        column.addWidget(self.transport)
        whole = QWidget()
        across = QHBoxLayout(whole)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addLayout(column, 1)
        self.setCentralWidget(whole)
        self.dressing = Dressing(self)
        self._dress_parts()

    # -- looks ----------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.prepare(app)
        self.dressing.dress(theme)

    def _dress_parts(self) -> None:
        for part in (
            self.rail,
            self.topbar,
            self.transport,
            self.status,
            self.banner,
            self.inspector,
            self.journey_page,
            self.audience_page,
            self.trait_page,
            self.keys_page,
            self.why,
        ):
            self.dressing.add(part, part.set_theme)
        for panel in (self.audience_panel, self.trait_panel):
            self.dressing.add(panel)
        for page in (*self.pages.all.values(), *self.plain_pages):
            self.dressing.add(page, partial(_tell, page))
        self.dressing.add(self.problems, partial(_tell, self.problems))

    @property
    def is_still(self) -> bool:
        """Whether motion is reduced: cards jump to their places, no dots travel along wires."""
        return self.journey_page.canvas.motion_ms == 0

    def set_still(self, reduced: bool) -> None:
        canvas = self.journey_page.canvas
        canvas.motion_ms = 0 if reduced else self._theme.tokens.motion_ms["calm"]
        if reduced:
            canvas.player.stop()
            still_effects()

    def restore_places(self) -> None:
        """Put everything where it stood when the window was closed last."""
        self.set_still(wished_stillness(self._settings))
        geometry, state = self._settings.value("window/geometry"), self._settings.value("window/layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(state, QByteArray):
            self._inner.restoreState(state, LAYOUT)

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt's name
        self.player.pause()
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/layout", self._inner.saveState(LAYOUT))
        self._settings.setValue(THEME, self._theme.mode.value)
        self._settings.sync()
        self.session.close()
        super().closeEvent(event)

    def reset_layout(self) -> None:
        """Every panel where it stood at the first start."""
        self._inspector_wanted = True
        self._inner.restoreState(self._default_layout, LAYOUT)
        self._inner.resizeDocks([self.dock], [INSPECTOR_PX], Qt.Orientation.Horizontal)
