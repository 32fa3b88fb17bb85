"""What the session says, shown; and going from one thing to another."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QWidget

from engage_desktop.app.actions import PAGES
from engage_desktop.app.protocol import AskHistogram, Histogram, Reply
from engage_desktop.app.protocol_explain import Place
from engage_desktop.app.workbench import Notice, RunState
from engage_desktop.document.document import Changed
from engage_desktop.ui.inspector.fields import Field
from engage_desktop.ui.pages.approvals import APPROVABLE
from engage_desktop.ui.pages.base import OpeningPage
from engage_desktop.ui.pages.item_page import rekeyed
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.titles import KEYS, found_title
from engage_desktop.ui.topbar import RAIL_PAGE, Tab
from engage_desktop.ui.window_body import WindowBody

_CLOCKED = frozenset({"home", "audiences", "journeys", "runs"})
"""Pages whose figures are those of the clock: the transport stands under them."""
INSPECTED = frozenset({"journey", "audience", "trait"})
"""Kinds of things with a panel beside them."""


class WindowPlaces(WindowBody):
    """Follows the session; `state_changed` is where what can be done is worked out anew."""

    def __init__(self, session: Session, settings: QSettings, theme: Theme) -> None:
        super().__init__(session, settings, theme)
        self._connect()

    def state_changed(self) -> None:
        """Something that enables or disables actions is another."""

    def _connect(self) -> None:
        session = self.session
        self.rail.chosen.connect(self.show_page)
        self.topbar.tab_chosen.connect(self.show_tab)
        self.problems.chosen.connect(self.go)
        for page in self.pages.all.values():
            if isinstance(page, OpeningPage):
                page.opened.connect(self.open_campaign)
        self.pages.sending.opened.connect(self.open_campaign)
        self.pages.sending.why_asked.connect(self._why_message)
        self.player.playing_changed.connect(self._playing)
        self.pages.data.busy.connect(lambda _busy: self.state_changed())
        self.pages.sending.ranges.busy.connect(lambda: self.state_changed())
        self.journey_page.selected.connect(self._selected)
        self.journey_page.said.connect(self.status.hint.setText)
        self.journey_page.edit_asked.connect(self.focus_inspector)
        session.noticed.connect(self._notice)
        session.log_changed.connect(lambda _log: self._log_changed())
        session.run_changed.connect(self._run_changed)
        session.trust.changed.connect(self._show_problems)
        self.problems.at_hand_changed.connect(self.state_changed)
        session.document_changed.connect(self._document_changed)
        session.approvals_changed.connect(self._show_state)
        session.figures_changed.connect(lambda _figures: self._show_figures())
        session.clock_changed.connect(lambda _at: self._show_figures())
        session.alone_changed.connect(lambda _alone: self._ask_histogram())
        self.transport.alone_chosen.connect(session.workbench.show_alone)

    # -- what the session says ------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        self.banner.tell(notice.severity, notice.sentence)

    def _log_changed(self) -> None:
        self.status.show_log(self.session.campaigns.workspace.name, self.session.workbench.log)
        self.state_changed()

    def _run_changed(self, run: RunState) -> None:
        self.status.show_run(run)
        self.status.show_seed(self.session.workbench.seed)
        self._show_problems()
        self.moving.run_changed(run)
        self._show_figures()
        self.state_changed()
        if run.current:
            self._ask_histogram()

    def _ask_histogram(self) -> None:
        session = self.session
        session.latest(
            "histogram",
            lambda: AskHistogram(session.generation, 160, self._journey or None, session.alone),
            self._take_histogram,
        )

    def _playing(self, playing: bool) -> None:
        self.journey_page.set_playing(playing)
        self.state_changed()

    def _take_histogram(self, reply: Reply) -> None:
        if isinstance(reply, Histogram):
            self.transport.scrubber.set_histogram(reply)

    def _show_problems(self) -> None:
        problems, trust = self.session.problems(), self.session.trust
        known = [
            *problems,
            *(() if trust.current else (lint.problem for lint in trust.lints)),
        ]  # no flicker while it runs
        self.status.show_problems(sum(p.severity != "info" for p in known), any(p.is_error for p in problems))

    def _document_changed(self, changed: Changed) -> None:
        for kind in ("broadcast", "message"):
            for key, new_key in rekeyed(changed, kind).items():
                self.topbar.rekey(kind, key, new_key)
        self.document_changed()

    def document_changed(self) -> None:
        """Title, tabs and state follow the design."""
        name = self.session.campaigns.workspace.name
        bench = self.session.workbench
        if bench.workspace is None:
            self.status.show_no_log(name)
        else:
            self.status.show_log(name, bench.log)
        if bench.journey is not None and self.session.campaigns.journey(bench.journey) is None:
            bench.show_journey(None)  # it was taken away: nobody asks for its figures any more
        dirty = "*" if self.session.document.is_dirty else ""
        self.setWindowTitle(f"{name}{dirty} – Engage Desktop")
        for tab in self.topbar.tabs[1:]:
            title = found_title(self.session.campaigns, tab.kind, tab.key)
            if title is None:
                self.topbar.close_tab(tab.kind, tab.key)
            else:
                self.topbar.rename(tab.kind, tab.key, title)
        self._show_state()
        self.state_changed()

    def _show_state(self) -> None:
        tab = self.topbar.current
        approvable = tab.kind in APPROVABLE
        self.topbar.state.setVisible(approvable)
        if approvable:
            state = self.session.state_of(tab.kind, tab.key)
            self.topbar.state.show_state(state.capitalize(), state)

    def _show_figures(self) -> None:
        bench = self.session.workbench
        shown = bench.figures if self.topbar.current.kind == "journey" else None
        journey = self.session.campaigns.journey(shown.journey) if shown is not None else None
        self.transport.show_figures(shown, bench.figures_current, journey.goal if journey is not None else None)
        self.transport.show_scope(shown, alone=bench.alone, others=bench.has_others)

    def _why_message(self, place: Place, profile: str, at_us: int) -> None:
        """Explain how somebody came to a message, at the instant it was due."""
        self.session.workbench.set_clock(at_us)
        self.why.ask(place, profile)

    def why_place(self) -> tuple[str, Place] | None:
        """(name, place) of what a person is explained in: the campaign in view, else the first there is."""
        tab, campaigns = self.topbar.current, self.session.campaigns
        if tab.kind == "journey":
            return f"“{tab.title}”", Place(journey=tab.key)
        if tab.kind == "audience":
            return f"“{tab.title}”", Place(audience=tab.key)
        for journey in campaigns.journeys[:1]:
            return f"“{journey.name}”", Place(journey=journey.key)
        for audience in campaigns.audiences[:1]:
            return f"“{audience.name}”", Place(audience=audience.key)
        return None

    # -- going places ---------------------------------------------------------------------

    @property
    def _journey(self) -> str:
        return self.topbar.current.key if self.topbar.current.kind == "journey" else ""

    def show_page(self, page: str) -> None:
        self.topbar.show_tab(Tab("page", page, dict(PAGES)[page]))

    def open_campaign(self, kind: str, key: str) -> None:
        title = found_title(self.session.campaigns, kind, key)
        if title is not None:
            self.topbar.show_tab(Tab(kind, key, title))

    def go(self, kind: str, key: str, step: str = "") -> None:
        """Open a campaign or trait and, in a journey, bring a step into view."""
        if kind:
            self.open_campaign(kind, key)
            if step:
                self.journey_page.select(step)
                self.journey_page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_tab(self, tab: Tab) -> None:
        """Show the page or thing of a tab, with what belongs beside it."""
        focused = self.focusWidget()
        self.rail.show_page(RAIL_PAGE.get(tab.kind, tab.key))
        self.dock.setVisible(tab.kind in INSPECTED and self._inspector_wanted)
        self.transport.setVisible(tab.kind in INSPECTED or tab.kind == "broadcast" or tab.key in _CLOCKED)
        if tab.kind == "journey":
            self._side.setCurrentWidget(self.inspector)
            self.stack.setCurrentWidget(self.journey_page)
            self.journey_page.show_journey(tab.key)
            self.inspector.show_journey(tab.key, self.journey_page.inspected)
            self._ask_histogram()
        elif tab.kind == "audience":
            self._side.setCurrentWidget(self.audience_panel)
            self.audience_page.show_audience(tab.key)
            self.stack.setCurrentWidget(self.audience_page)
        elif tab.kind == "trait":
            self._side.setCurrentWidget(self.trait_panel)
            self.trait_page.show_trait(tab.key)
            self.stack.setCurrentWidget(self.trait_page)
        elif tab.kind == "broadcast":
            self.broadcast_page.show_key(tab.key)
            self.stack.setCurrentWidget(self.broadcast_page)
        elif tab.kind == "message":
            self.message_page.show_key(tab.key)
            self.stack.setCurrentWidget(self.message_page)
        elif tab.kind == "policies":
            self.stack.setCurrentWidget(self.policies_page)
        elif tab.kind == KEYS:
            self.stack.setCurrentWidget(self.keys_page)
        else:
            self.stack.setCurrentWidget(self.pages.all[tab.key])
        if tab.kind == KEYS:
            self.keys_page.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._keep_focus_in_view(focused)
        self.status.hint.clear()
        self._show_state()
        self._show_figures()
        self.state_changed()

    def _keep_focus_in_view(self, before: QWidget | None) -> None:
        # Qt hands the focus of what is hidden now to whatever comes next: a close button, the status bar.
        focused = self.focusWidget()
        gone = before is not None and not before.isVisible()
        if gone or focused is None or not focused.isVisible() or self.topbar.is_close_button(focused):
            if self._journey:
                self.journey_page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.rail.focus_current()
        elif self.rail.isAncestorOf(focused):
            self.rail.focus_current()

    def _selected(self, journey: str, _keys: list[str]) -> None:
        self.inspector.show_journey(journey, self.journey_page.inspected)
        self.state_changed()

    def focus_inspector(self) -> None:
        """Put the keyboard into the first field of what is selected, or from there back to the journey."""
        if not self._journey:
            return
        focused = self.focusWidget()
        if focused is not None and self.inspector.isAncestorOf(focused):
            self.journey_page.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._inspector_wanted = True
        self.dock.show()
        wire = self.journey_page.selected_wire
        if wire is None or not self._focus_output(*wire):
            self.inspector.focus_first()

    def _focus_output(self, _step: str, branch: str | None) -> bool:
        """Put the keyboard into the first field of an output of the step inspected, if it has one."""
        own = {"timeout": "inspector.timeout", "otherwise": "inspector.otherwise", None: "inspector.next"}
        stem = own.get(branch, f"inspector.branch.{branch}.")
        for field in self.inspector.findChildren(Field):
            if field.name.startswith(stem) and field.isVisibleTo(self.inspector):
                field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                self.inspector.ensureWidgetVisible(field)
                return True
        return False

    def go_part(self, step: int) -> None:
        """Put the keyboard into the next part of the window, or the one before: as a person goes round with F6."""
        parts: list[QWidget] = [self.rail, self.topbar, self.stack, self.dock, self.problems, self.why, self.transport]
        shown = [part for part in parts if part.isVisible() and _first_field(part) is not None]
        focused = self.focusWidget()
        at = next((at for at, part in enumerate(shown) if focused is not None and part.isAncestorOf(focused)), 0)
        part = shown[(at + step) % len(shown)]
        if part is self.rail:
            self.rail.focus_current()
        elif part is self.stack and self._journey:
            self.journey_page.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif (field := _first_field(part)) is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _first_field(part: QWidget) -> QWidget | None:
    """The first thing in a part of the window that Tab reaches."""
    for widget in part.findChildren(QWidget):
        if widget.isVisibleTo(part) and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return widget
    return None
