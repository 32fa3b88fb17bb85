"""The main window: a body that goes places, and the commands it understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QSettings, Qt, Signal

from engage_desktop.app.actions import ActionContext, standard_actions
from engage_desktop.app.protocol import ENTRY, CancelWork, Reply
from engage_desktop.app.protocol_lists import ListInfo
from engage_desktop.app.protocol_people import FindPeople, FoundPeople
from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.document.change import Change, Kind, drop
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.problem import Problem
from engage_desktop.ui import formats, fresh
from engage_desktop.ui.finding import entries, people
from engage_desktop.ui.menus import WindowActions, found_icon
from engage_desktop.ui.pages.approvals import APPROVABLE, approve
from engage_desktop.ui.pages.list_card import choose_list, keep_list, named_by
from engage_desktop.ui.palette import Palette
from engage_desktop.ui.session import Session
from engage_desktop.ui.stored_keys import store_keys, stored_keys
from engage_desktop.ui.theme import Theme, ThemeMode
from engage_desktop.ui.theme.wishes import MOTION
from engage_desktop.ui.titles import KEYS, POLICIES
from engage_desktop.ui.window_places import INSPECTED, WindowPlaces


class MainWindow(WindowPlaces):
    """Shows one session. `open_asked` carries nothing: who made the window opens another."""

    open_asked = Signal()

    def __init__(self, session: Session, settings: QSettings, theme: Theme) -> None:
        super().__init__(session, settings, theme)
        self.shortcuts = Shortcuts(standard_actions(), stored_keys(settings))
        self.shortcuts.subscribe(lambda: store_keys(settings, self.shortcuts))
        self.actions_ = WindowActions(self, self.shortcuts, self)
        self.journey_page.use_actions(self.shortcuts, self.actions_.act)
        self.keys_page.use_actions(self.shortcuts, self.actions_)
        self._say_keys()
        self.shortcuts.subscribe(self._say_keys)
        self.topbar.menu.setMenu(self.actions_.menu(self))
        self.palette_ = Palette(self, found_icon)
        self.palette_.typed.connect(self._find_people)
        self.topbar.search.clicked.connect(self.show_palette)
        self.status.problems_asked.connect(self.show_problems)
        self.pages.journeys.new_asked.connect(self.new_journey)
        self.pages.audiences.new_asked.connect(self.new_audience)
        self.pages.audiences.new_trait_asked.connect(self.new_trait)
        self.pages.broadcasts.new_asked.connect(self.new_broadcast)
        self.pages.content.new_asked.connect(self.new_message)
        self.pages.deliver.policies_asked.connect(self.show_policies)
        self.pages.audiences.from_list_asked.connect(self.new_audience_from_list)
        self.dressing.add(self.palette_)
        self.dressing.add(self.topbar.menu.menu())
        self.set_theme(theme)
        self.restore_places()
        self.document_changed()
        self.show_page("home")

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
            trait_open=tab.kind == "trait",
            broadcast_open=tab.kind == "broadcast",
            message_open=tab.kind == "message",
            tab_open=tab.kind != "page",
            selected_steps=len(self.journey_page.selection) if tab.kind == "journey" else 0,
            selected_boxes=len(self.journey_page.selected_boxes) if tab.kind == "journey" else 0,
            selected_wire=tab.kind == "journey" and self.journey_page.selected_wire is not None,
            fixable=self._fixable() is not None,
            read_only=tab.kind == "journey" and not self.journey_page.canvas.is_editable,
            playing=self.player.playing,
            busy=self.pages.data.importing
            or self.pages.deliver.card.syncing is not None
            or self.pages.sending.ranges.working,
        )

    def state_changed(self) -> None:
        self.actions_.update(self.context())

    # -- commands -------------------------------------------------------------------------

    def undo(self) -> None:
        self._history(self.session.document.undo)

    def redo(self) -> None:
        self._history(self.session.document.redo)

    def _history(self, step: Callable[[], Change | None]) -> None:
        try:
            step()
        except UserError as error:
            self.session.notify("error", str(error))

    def save(self) -> None:
        try:
            self.session.workbench.save()
        except UserError as error:
            self.session.notify("error", str(error))
            return
        self.document_changed()
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

    def _say_keys(self) -> None:
        """The keys that buttons of the window mention."""
        key = self.actions_.key
        self.topbar.show_keys(key("edit.find"), key("view.menu"))
        self.transport.show_keys(key("simulation.play"), key("simulation.next"), key("simulation.previous"))

    def _find_people(self, text: str) -> None:
        """Ask the log whose id holds what is typed in the palette; the newest question counts."""
        place = self.why_place()
        if place is None or not self.session.workbench.log:
            return
        about, where = place

        def found(reply: Reply) -> None:
            if isinstance(reply, FoundPeople):
                self.palette_.show_more(reply.text, people(reply, about, lambda who: self.why.ask(where, who)))

        self.session.latest("palette", lambda: FindPeople(self.session.generation, text), found)

    def show_keys(self) -> None:
        self.open_campaign(KEYS, KEYS)

    def next_part(self) -> None:
        self.go_part(1)

    def previous_part(self) -> None:
        self.go_part(-1)

    def show_menu(self) -> None:
        self.topbar.menu.showMenu()

    def show_problems(self) -> None:
        self.problems.setVisible(not self.problems.isVisible())

    def fix_problem(self) -> None:
        problem = self._fixable()
        if problem is not None:
            self.session.trust.fix(problem)

    def _fixable(self) -> Problem | None:
        """The problem chosen in the list in view, else the first of the selected step; only one with a mend."""
        chosen = self.problems.at_hand if self.problems.isVisible() else None
        if chosen is not None and chosen.fix is not None:
            return chosen
        tab = self.topbar.current
        for step in self.journey_page.selection if tab.kind == "journey" else ():
            place = "entry" if step == ENTRY else f"steps.{step}"
            for problem in self.session.problems(f"journeys.{tab.key}.{place}"):
                if problem.fix is not None:
                    return problem
        return None

    def toggle_dark(self) -> None:
        self.set_theme(Theme.of(ThemeMode.LIGHT if self.theme.mode == ThemeMode.DARK else ThemeMode.DARK))

    def toggle_contrast(self) -> None:
        self.set_theme(Theme.of(ThemeMode.LIGHT if self.theme.mode == ThemeMode.CONTRAST else ThemeMode.CONTRAST))

    def toggle_motion(self) -> None:
        self.set_still(not self.is_still)
        self._settings.setValue(MOTION, self.is_still)

    def toggle_inspector(self) -> None:
        self._inspector_wanted = not self._inspector_wanted
        self.dock.setVisible(self._inspector_wanted and self.topbar.current.kind in INSPECTED)

    def reset_layout(self) -> None:
        super().reset_layout()
        self.show_tab(self.topbar.current)

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

    def new_audience_from_list(self) -> None:
        choose_list(self, self.take_list)

    def take_list(self, path: str) -> None:
        """Make an audience of the people a file names and show it, once the file is read."""
        keep_list(self.session, path, "user", self._add_list)

    def _add_list(self, info: ListInfo) -> None:
        log = self.session.workbench.log
        key, change = fresh.audience_from_list(self.session.campaigns, named_by(info), log.traits if log else ())
        self.session.document.apply(change)
        self.open_campaign("audience", key)

    def new_trait(self) -> None:
        self._new("trait", fresh.new_trait)

    def new_message(self) -> None:
        self._new("message", fresh.new_message)

    def new_broadcast(self) -> None:
        """Make one for nine o'clock on the day of the clock, by the workspace's clocks."""
        moment = formats.local(self.session.at_us, self.session.zone).replace(hour=9, minute=0, second=0, microsecond=0)
        self._new("broadcast", partial(fresh.new_broadcast, at_us=formats.to_us(moment)))

    def show_policies(self) -> None:
        self.open_campaign(POLICIES, POLICIES)

    def rename_definition(self) -> None:
        pages = {
            "audience": self.audience_page.rename,
            "trait": self.trait_page.rename,
            "broadcast": self.broadcast_page.rename,
            "message": self.message_page.rename,
        }
        if self.topbar.current.kind == "journey":
            self.canvas("rename")
        elif self.topbar.current.kind in pages:
            pages[self.topbar.current.kind]()

    def delete_definition(self) -> None:
        tab = self.topbar.current
        kinds: dict[str, Kind] = {
            "audience": "audience", "trait": "trait", "broadcast": "broadcast", "message": "message",
        }  # fmt: skip
        if tab.kind in kinds:
            kind = kinds[tab.kind]
            self.session.document.apply(Change(f"Delete “{tab.title}”", (drop(self.session.campaigns, kind, tab.key),)))
            self.session.notify("info", f"“{tab.title}” is deleted. Undo brings it back.")

    def new_journey(self) -> None:
        self._new("journey", fresh.new_journey)

    def _new(self, kind: str, make: Callable[[Campaigns, Mapping[str, int]], tuple[str, Change]]) -> None:
        log = self.session.workbench.log
        key, change = make(self.session.campaigns, log.event_counts if log else {})
        self.session.document.apply(change)
        self.open_campaign(kind, key)
        if kind == "journey":
            self.journey_page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def approve(self) -> None:
        tab = self.topbar.current
        if tab.kind in APPROVABLE:
            approve(self.session, tab.kind, tab.key)

    def close_tab(self) -> None:
        tab = self.topbar.current
        if tab.kind != "page":
            self.topbar.close_tab(tab.kind, tab.key)

    def work_out_ranges(self) -> None:
        self.show_page("sending")
        self.pages.sending.show_view("ranges")
        self.pages.sending.ranges.work_out()

    def cancel_work(self) -> None:
        self.session.ask(CancelWork(), lambda _reply: None)
        self.pages.sending.ranges.stop()

    def quit(self) -> None:
        self.close()
