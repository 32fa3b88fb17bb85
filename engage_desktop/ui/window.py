"""The main window: rail, bars, pages and docks put together, and the commands it understands."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from engage_desktop.app.actions import PAGES, ActionContext, standard_actions
from engage_desktop.app.protocol import AskHistogram, CancelWork, Histogram, Reply
from engage_desktop.app.workbench import Notice, RunState
from engage_desktop.document.change import Change
from engage_desktop.domain.errors import UserError
from engage_desktop.ui import fresh
from engage_desktop.ui.audience_watch import AudienceWatch
from engage_desktop.ui.banner import Banner
from engage_desktop.ui.finding import entries
from engage_desktop.ui.inspector.audience_panel import AudiencePanel
from engage_desktop.ui.inspector.panel import Inspector
from engage_desktop.ui.menus import WindowActions, found_icon
from engage_desktop.ui.moving import Moving
from engage_desktop.ui.pages.approvals import approve
from engage_desktop.ui.pages.audience import AudiencePage
from engage_desktop.ui.pages.journey import JourneyPage
from engage_desktop.ui.pages.lists import SizedPage
from engage_desktop.ui.pages.rail_pages import RailPages
from engage_desktop.ui.palette import Palette
from engage_desktop.ui.playback import Player
from engage_desktop.ui.problems import ProblemsDock
from engage_desktop.ui.rail import Rail
from engage_desktop.ui.session import Session
from engage_desktop.ui.statusbar import StatusBar
from engage_desktop.ui.style import window_sheet
from engage_desktop.ui.theme import Theme, ThemeMode, current_theme
from engage_desktop.ui.topbar import Tab, TopBar
from engage_desktop.ui.transport import Transport

INSPECTOR_PX = 304
_LAYOUT = 1
"""Version of the saved layout; another one is ignored."""
_CLOCKED = frozenset({"home", "audiences", "journeys", "runs"})


class MainWindow(QMainWindow):
    """Shows one session. `open_asked` carries nothing: who made the window opens another."""

    open_asked = Signal()

    def __init__(self, session: Session, settings: QSettings, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main")
        self.session, self._settings, self._theme = session, settings, theme
        self.player = Player(self)
        self.watch = AudienceWatch(session)
        self._inspector_wanted = True
        self._build()
        self.actions_ = WindowActions(self, standard_actions(), self)
        self.topbar.menu.setMenu(self.actions_.menu(self))
        self.palette_ = Palette(self, found_icon)
        self._default_layout = self._inner.saveState(_LAYOUT)
        self._connect()
        self.resize(1280, 800)
        self.set_theme(theme)
        self._restore()
        self._document_changed()
        self.show_page("home")

    # -- building -------------------------------------------------------------------------

    def _build(self) -> None:
        session, theme = self.session, self._theme
        self.rail, self.topbar, self.banner = Rail(), TopBar(), Banner()
        self.transport, self.status = Transport(self.player), StatusBar()
        self.setStatusBar(self.status)
        self.pages = RailPages(session)
        self.journey_page = JourneyPage(session, theme)
        self.audience_page = AudiencePage(session, self.watch)
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        for widget in (*self.pages.all.values(), self.journey_page, self.audience_page):
            self.stack.addWidget(widget)
        self._inner = QMainWindow()
        self._inner.setObjectName("inner")
        self._inner.setWindowFlags(Qt.WindowType.Widget)
        self._inner.setCentralWidget(self.stack)
        self.inspector = Inspector(session, theme)
        self.audience_panel = AudiencePanel(session, self.watch)
        self._side = QStackedWidget()
        self._side.addWidget(self.inspector)
        self._side.addWidget(self.audience_panel)
        self._side.setMinimumWidth(280)
        self.dock = QDockWidget("Inspector", self._inner)
        self.dock.setObjectName("inspector")
        self.dock.setWidget(self._side)
        self.dock.setTitleBarWidget(QWidget())  # the panel has a title of its own
        self._inner.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self._inner.resizeDocks([self.dock], [INSPECTOR_PX], Qt.Orientation.Horizontal)
        self.problems = ProblemsDock(self._inner)
        self._inner.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.problems)
        self.problems.hide()
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

    def _connect(self) -> None:
        session = self.session
        self.moving = Moving(session, self.player, self.transport)
        self.rail.chosen.connect(self.show_page)
        self.topbar.tab_chosen.connect(self._show_tab)
        self.topbar.search.clicked.connect(self.show_palette)
        self.status.problems_asked.connect(self.show_problems)
        self.problems.chosen.connect(self.go)
        for page in self.pages.all.values():
            if isinstance(page, SizedPage):
                page.opened.connect(self.open_campaign)
        self.pages.journeys.new_asked.connect(self.new_journey)
        self.pages.audiences.new_asked.connect(self.new_audience)
        self.player.playing_changed.connect(self._playing)
        self.pages.data.busy.connect(lambda _busy: self._update_actions())
        self.journey_page.selected.connect(self._selected)
        self.journey_page.said.connect(self.status.hint.setText)
        self.journey_page.edit_asked.connect(self.focus_inspector)
        session.noticed.connect(self._notice)
        session.log_changed.connect(lambda _log: self._log_changed())
        session.run_changed.connect(self._run_changed)
        session.document_changed.connect(lambda _changed: self._document_changed())
        session.approvals_changed.connect(self._show_state)
        session.figures_changed.connect(lambda _figures: self._show_figures())
        session.clock_changed.connect(lambda _at: self._show_figures())

    # -- what the session says ------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        self.banner.tell(notice.severity, notice.sentence)

    def _log_changed(self) -> None:
        self.status.show_log(self.session.campaigns.workspace.name, self.session.workbench.log)
        self._update_actions()

    def _run_changed(self, run: RunState) -> None:
        self.status.show_run(run)
        self.status.show_seed(self.session.workbench.seed)
        self._show_problems()
        self.moving.run_changed(run)
        self._show_figures()
        self._update_actions()
        if run.current:
            self.session.latest(
                "histogram",
                lambda: AskHistogram(self.session.generation, 160, self._journey or None),
                self._take_histogram,
            )

    def _playing(self, playing: bool) -> None:
        self.journey_page.playing = playing
        self._update_actions()

    def _take_histogram(self, reply: Reply) -> None:
        if isinstance(reply, Histogram):
            self.transport.scrubber.set_histogram(reply)

    def _show_problems(self) -> None:
        problems = self.session.problems()
        self.status.show_problems(sum(p.severity != "info" for p in problems), any(p.is_error for p in problems))
        self.problems.show_problems(problems, self.session.campaigns)

    def _document_changed(self) -> None:
        name = self.session.campaigns.workspace.name
        bench = self.session.workbench
        if bench.workspace is None:
            self.status.show_no_log(name)
        else:
            self.status.show_log(name, bench.log)
        dirty = "*" if self.session.document.is_dirty else ""
        self.setWindowTitle(f"{name}{dirty} – Engage Desktop")
        for tab in self.topbar.tabs[1:]:
            found = (
                self.session.campaigns.journey(tab.key)
                if tab.kind == "journey"
                else self.session.campaigns.audience(tab.key)
            )
            if found is None:
                self.topbar.close_tab(tab.kind, tab.key)
            else:
                self.topbar.rename(tab.kind, tab.key, found.name)
        self._show_state()
        self._update_actions()

    def _show_state(self) -> None:
        tab = self.topbar.current
        self.topbar.state.setVisible(tab.kind != "page")
        if tab.kind != "page":
            state = self.session.state_of(tab.kind, tab.key)
            self.topbar.state.show_state(state.capitalize(), state)

    def _show_figures(self) -> None:
        bench = self.session.workbench
        shown = bench.figures if self.topbar.current.kind == "journey" else None
        self.transport.show_figures(shown, bench.figures_current)

    # -- going places ---------------------------------------------------------------------

    @property
    def _journey(self) -> str:
        return self.topbar.current.key if self.topbar.current.kind == "journey" else ""

    def show_page(self, page: str) -> None:
        self.topbar.show_tab(Tab("page", page, dict(PAGES)[page]))

    def open_campaign(self, kind: str, key: str) -> None:
        found = self.session.campaigns.journey(key) if kind == "journey" else self.session.campaigns.audience(key)
        if found is not None:
            self.topbar.show_tab(Tab(kind, key, found.name))

    def go(self, kind: str, key: str, step: str = "") -> None:
        """Open a campaign and, in a journey, bring a step into view."""
        if kind:
            self.open_campaign(kind, key)
            if step:
                self.journey_page.select(step)

    def _show_tab(self, tab: Tab) -> None:
        self.rail.show_page({"journey": "journeys", "audience": "audiences"}.get(tab.kind, tab.key))
        self.dock.setVisible(tab.kind != "page" and self._inspector_wanted)
        self.transport.setVisible(tab.kind != "page" or tab.key in _CLOCKED)
        if tab.kind == "journey":
            self._side.setCurrentWidget(self.inspector)
            self.stack.setCurrentWidget(self.journey_page)
            self.journey_page.show_journey(tab.key)
            self.inspector.show_journey(tab.key, self.journey_page.selection)
        elif tab.kind == "audience":
            self._side.setCurrentWidget(self.audience_panel)
            self.audience_page.show_audience(tab.key)
            self.stack.setCurrentWidget(self.audience_page)
        else:
            self.stack.setCurrentWidget(self.pages.all[tab.key])
        self.status.hint.clear()
        self._show_state()
        self._show_figures()
        self._update_actions()

    def _selected(self, journey: str, keys: list[str]) -> None:
        self.inspector.show_journey(journey, keys)
        self._update_actions()

    # -- looks ----------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        app = QApplication.instance()
        if isinstance(app, QApplication) and current_theme() is not theme:  # polishing everything twice costs 0.1 s
            theme.apply(app)
        self.setStyleSheet(window_sheet(theme))
        for part in (
            self.rail,
            self.topbar,
            self.transport,
            self.status,
            self.banner,
            self.inspector,
            self.journey_page,
            self.audience_page,
        ):
            part.set_theme(theme)
        for page in self.pages.all.values():
            page.theme_changed()

    def _restore(self) -> None:
        geometry, state = self._settings.value("window/geometry"), self._settings.value("window/layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(state, QByteArray):
            self._inner.restoreState(state, _LAYOUT)

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt's name
        self.player.pause()
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/layout", self._inner.saveState(_LAYOUT))
        self._settings.setValue("window/theme", self._theme.mode.value)
        self._settings.sync()
        self.session.close()
        super().closeEvent(event)

    def context(self) -> ActionContext:
        """The state that decides which actions are enabled."""
        document, log, tab = self.session.document, self.session.workbench.log, self.topbar.current
        return ActionContext(
            workspace_open=self.session.workbench.workspace is not None,
            log_loaded=log is not None and log.events > 0,
            can_undo=document.can_undo,
            can_redo=document.can_redo,
            undo_name=document.undo_name,
            redo_name=document.redo_name,
            dirty=document.is_dirty,
            journey_open=tab.kind == "journey",
            audience_open=tab.kind == "audience",
            selected_steps=len(self.journey_page.selection) if tab.kind == "journey" else 0,
            playing=self.player.playing,
            busy=self.pages.data.importing or self.pages.deliver.card.syncing is not None,
        )

    def _update_actions(self) -> None:
        self.actions_.update(self.context())

    # -- commands -------------------------------------------------------------------------

    def undo(self) -> None:
        self._history(self.session.document.undo)

    def redo(self) -> None:
        self._history(self.session.document.redo)

    def _history(self, step: object) -> None:
        try:
            step()  # type: ignore[operator]  # undo or redo
        except UserError as error:
            self.session.notify("error", str(error))

    def save(self) -> None:
        try:
            self.session.workbench.save()
        except UserError as error:
            self.session.notify("error", str(error))
            return
        self._document_changed()
        self.session.notify("info", f"Saved {self.session.workbench.campaigns_path.name}.")

    def save_run(self) -> None:
        self.pages.runs.keep()

    def open_workspace(self) -> None:
        self.open_asked.emit()

    def import_logs(self) -> None:
        self.show_page("data")
        self.pages.data.choose_files()

    def show_palette(self) -> None:
        self.palette_.open(
            entries(
                self.session,
                self.actions_.registry,
                self.actions_,
                self.context(),
                self.go,
                lambda _name: self.show_page("data"),
            )
        )

    def show_problems(self) -> None:
        self.problems.setVisible(not self.problems.isVisible())

    def toggle_dark(self) -> None:
        self.set_theme(Theme.of(ThemeMode.LIGHT if self._theme.mode == ThemeMode.DARK else ThemeMode.DARK))

    def toggle_inspector(self) -> None:
        self._inspector_wanted = not self._inspector_wanted
        self.dock.setVisible(self._inspector_wanted and self.topbar.current.kind != "page")

    def reset_layout(self) -> None:
        self._inspector_wanted = True
        self._inner.restoreState(self._default_layout, _LAYOUT)
        self._inner.resizeDocks([self.dock], [INSPECTOR_PX], Qt.Orientation.Horizontal)
        self._show_tab(self.topbar.current)

    def toggle_play(self) -> None:
        self.player.toggle()

    def next_event(self) -> None:
        self.moving.neighbour(forward=True)

    def previous_event(self) -> None:
        self.moving.neighbour(forward=False)

    def to_start(self) -> None:
        self.session.workbench.set_clock(self.session.workbench.run.first_us)

    def to_end(self) -> None:
        self.session.workbench.set_clock(self.session.workbench.run.last_us)

    def canvas(self, command: str) -> None:
        self.journey_page.command(command)

    def new_audience(self) -> None:
        self._new("audience", fresh.new_audience)

    def new_journey(self) -> None:
        self._new("journey", fresh.new_journey)

    def _new(self, kind: str, make: object) -> None:
        log = self.session.workbench.log
        key, change = make(self.session.campaigns, log.event_counts if log else {})  # type: ignore[operator]  # one of two makers
        assert isinstance(change, Change)
        self.session.document.apply(change)
        self.open_campaign(kind, key)

    def approve(self) -> None:
        tab = self.topbar.current
        if tab.kind != "page":
            approve(self.session, tab.kind, tab.key)

    def close_tab(self) -> None:
        tab = self.topbar.current
        if tab.kind != "page":
            self.topbar.close_tab(tab.kind, tab.key)

    def focus_inspector(self) -> None:
        if self._journey:
            self._inspector_wanted = True
            self.dock.show()
            self.inspector.focus_first()

    def cancel_work(self) -> None:
        self.session.ask(CancelWork(), lambda _reply: None)

    def quit(self) -> None:
        self.close()
