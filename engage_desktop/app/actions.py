"""Every command of the window, once; those of the journey in view stand in `actions_journey`. What a command
is: `action_registry`."""

from __future__ import annotations

from collections.abc import Callable

from engage_desktop.app.action_registry import Action, ActionContext, ActionRegistry, Commands, Place
from engage_desktop.app.actions_journey import JOURNEY_ACTIONS

__all__ = ["PAGES", "PAGE_ICONS", "Action", "ActionContext", "ActionRegistry", "Commands", "Place", "standard_actions"]


def _page(page: str) -> Callable[[Commands], None]:
    return lambda window: window.show_page(page)


def _definition(context: ActionContext) -> bool:
    return context.audience_open or context.trait_open or context.broadcast_open or context.message_open


def _renamable(context: ActionContext) -> bool:
    return _definition(context) or (context.journey_open and (context.selected_steps > 0 or context.selected_wire))


def _log(context: ActionContext) -> bool:
    return context.log_loaded


def _workspace(context: ActionContext) -> bool:
    return context.workspace_open


PAGES = (
    ("home", "Home"),
    ("audiences", "Audiences"),
    ("journeys", "Journeys"),
    ("broadcasts", "Broadcasts"),
    ("content", "Content"),
    ("data", "Data"),
    ("runs", "Runs"),
    ("sending", "Sending"),
    ("deliver", "Deliver"),
    ("activity", "Activity"),
)
"""Page key and title in the order of the rail."""


PAGE_ICONS = {
    "home": "house",
    "audiences": "users",
    "journeys": "route",
    "broadcasts": "megaphone",
    "content": "file-text",
    "data": "database",
    "runs": "activity",
    "sending": "send",
    "deliver": "truck",
    "activity": "shield",
}


PAGE_WORDS = {"sending": "calendar contact pressure caps capped conflicts messages fates"}
"""What else somebody may type who looks for a page."""


def standard_actions() -> ActionRegistry:
    """The commands of the main window."""
    file, edit, view, journey, simulate = "File", "Edit", "View", "Journey", "Simulation"
    actions = [
        Action(
            "file.open",
            "Open workspace…",
            file,
            lambda w: w.open_workspace(),
            keys=("Ctrl+O",),
            places=(Place(file, 0, 0),),
        ),
        Action(
            "file.import",
            "Import event logs…",
            file,
            lambda w: w.import_logs(),
            icon="database",
            places=(Place(file, 0, 1),),
            enabled=_workspace,
            words="data csv jsonl parquet",
        ),
        Action(
            "file.save",
            "Save campaigns",
            file,
            lambda w: w.save(),
            keys=("Ctrl+S",),
            places=(Place(file, 1, 0),),
            enabled=_workspace,
        ),
        Action(
            "file.save_run",
            "Keep this run",
            file,
            lambda w: w.save_run(),
            places=(Place(file, 1, 1),),
            enabled=_log,
            words="save simulate tables",
        ),
        Action(
            "campaign.approve",
            "Approve campaign",
            file,
            lambda w: w.approve(),
            places=(Place(file, 2, 0),),
            enabled=lambda c: c.journey_open or c.audience_open or c.broadcast_open,
            words="agree release",
        ),
        Action(
            "file.close_tab",
            "Close tab",
            file,
            lambda w: w.close_tab(),
            keys=("Ctrl+W",),
            places=(Place(file, 3, 0),),
            enabled=lambda c: c.tab_open,
        ),
        Action("file.quit", "Quit", file, lambda w: w.quit(), keys=("Ctrl+Q",), places=(Place(file, 9, 0),)),
        Action(
            "edit.undo",
            "Undo",
            edit,
            lambda w: w.undo(),
            keys=("Ctrl+Z",),
            places=(Place(edit, 0, 0),),
            enabled=lambda c: c.can_undo,
        ),
        Action(
            "edit.redo",
            "Redo",
            edit,
            lambda w: w.redo(),
            keys=("Ctrl+Shift+Z", "Ctrl+Y"),
            places=(Place(edit, 0, 1),),
            enabled=lambda c: c.can_redo,
        ),
        Action(
            "edit.find",
            "Find anything",
            edit,
            lambda w: w.show_palette(),
            icon="search",
            keys=("Ctrl+K", "Ctrl+P"),
            places=(Place(edit, 1, 0),),
        ),
        Action(
            "journey.new",
            "New journey",
            journey,
            lambda w: w.new_journey(),
            keys=("Ctrl+N",),
            places=(Place(journey, 0, 0),),
            enabled=_workspace,
        ),
        Action(
            "audience.new",
            "New audience",
            "Audience",
            lambda w: w.new_audience(),
            keys=("Ctrl+Shift+N",),
            places=(Place(journey, 0, 1),),
            enabled=_workspace,
        ),
        Action(
            "audience.from_list",
            "New audience from a list…",
            "Audience",
            lambda w: w.new_audience_from_list(),
            places=(Place(journey, 0, 2),),
            enabled=_workspace,
            words="csv txt file ids import people",
        ),
        Action(
            "trait.new",
            "New computed trait",
            "Audience",
            lambda w: w.new_trait(),
            places=(Place(journey, 0, 3),),
            enabled=_workspace,
            words="count sum value",
        ),
        Action(
            "broadcast.new",
            "New broadcast",
            "Broadcast",
            lambda w: w.new_broadcast(),
            icon="megaphone",
            places=(Place(journey, 0, 4),),
            enabled=_workspace,
            words="newsletter blast campaign once",
        ),
        Action(
            "message.new",
            "New message",
            "Content",
            lambda w: w.new_message(),
            icon="mail",
            places=(Place(journey, 0, 5),),
            enabled=_workspace,
            words="e-mail sms push whatsapp text content",
        ),
        Action(
            "policies.show",
            "Policies of sending",
            "Deliver",
            lambda w: w.show_policies(),
            icon="shield",
            places=(Place(view, 1, 9),),
            words="caps quiet hours suppression holdout consent send window",
        ),
        Action(
            "definition.rename",
            "Rename",
            edit,
            lambda w: w.rename_definition(),
            icon="pencil",
            keys=("F2",),
            places=(Place(edit, 3, 0),),
            enabled=_renamable,
            words="step branch audience trait message broadcast name",
            command="rename",
            edits=True,
        ),
        Action(
            "definition.delete",
            "Delete what is open",
            "Audience",
            lambda w: w.delete_definition(),
            icon="trash-2",
            places=(Place(edit, 3, 1),),
            enabled=_definition,
            words="remove",
        ),
        *JOURNEY_ACTIONS,
        Action(
            "journey.edit",
            "Go to the inspector and back",
            journey,
            lambda w: w.focus_inspector(),
            keys=("F4",),
            places=(Place(journey, 1, 7),),
            enabled=lambda c: c.journey_open,
            words="edit fields settings",
        ),
        Action(
            "simulation.play",
            "Play or pause",
            simulate,
            lambda w: w.toggle_play(),
            icon="play",
            keys=("F5",),
            places=(Place(simulate, 0, 0),),
            enabled=_log,
        ),
        Action(
            "simulation.next",
            "Next event",
            simulate,
            lambda w: w.next_event(),
            icon="skip-forward",
            keys=("Ctrl+.",),
            places=(Place(simulate, 0, 1),),
            enabled=_log,
        ),
        Action(
            "simulation.previous",
            "Previous event",
            simulate,
            lambda w: w.previous_event(),
            icon="skip-back",
            keys=("Ctrl+,",),
            places=(Place(simulate, 0, 2),),
            enabled=_log,
        ),
        Action(
            "simulation.start",
            "Go to the start of the log",
            simulate,
            lambda w: w.to_start(),
            keys=("Ctrl+Home",),
            places=(Place(simulate, 1, 0),),
            enabled=_log,
        ),
        Action(
            "simulation.end",
            "Go to the end of the log",
            simulate,
            lambda w: w.to_end(),
            keys=("Ctrl+End",),
            places=(Place(simulate, 1, 1),),
            enabled=_log,
        ),
        Action(
            "simulation.ranges",
            "Work out ranges",
            simulate,
            lambda w: w.work_out_ranges(),
            places=(Place(simulate, 2, 1),),
            enabled=_log,
            words="low likely high estimates uncertainty interval replicates responses bootstrap",
        ),
        Action(
            "simulation.cancel",
            "Stop the running work",
            simulate,
            lambda w: w.cancel_work(),
            keys=("Ctrl+Shift+C",),
            places=(Place(simulate, 2, 0),),
            enabled=lambda c: c.busy,
        ),
        Action(
            "view.next_part",
            "Go to the next part of the window",
            view,
            lambda w: w.next_part(),
            keys=("F6",),
            places=(Place(view, 3, 0),),
            words="keyboard focus panel pane inspector canvas",
        ),
        Action(
            "view.previous_part",
            "Go to the previous part of the window",
            view,
            lambda w: w.previous_part(),
            keys=("Shift+F6",),
            places=(Place(view, 3, 1),),
            words="keyboard focus panel pane inspector canvas",
        ),
        Action(
            "help.keys",
            "Keyboard shortcuts",
            "Help",
            lambda w: w.show_keys(),
            icon="circle-help",
            keys=("F1", "?"),
            places=(Place("Help", 0, 0),),
            words="help cheat sheet hotkeys change keys bindings",
        ),
        Action("view.menu", "Show menu", view, lambda w: w.show_menu(), keys=("F10",), places=(Place(view, 2, 1),)),
        Action(
            "view.problems",
            "Show problems",
            view,
            lambda w: w.show_problems(),
            icon="triangle-alert",
            keys=("Ctrl+Shift+M",),
            places=(Place(view, 1, 0),),
            enabled=_workspace,
        ),
        Action(
            "problems.fix",
            "Fix the problem at hand",
            edit,
            lambda w: w.fix_problem(),
            keys=("Alt+Return",),
            places=(Place(edit, 3, 2),),
            enabled=lambda c: c.fixable,
            words="mend repair quick lint",
            edits=True,
        ),
        Action(
            "view.inspector",
            "Show or hide inspector",
            view,
            lambda w: w.toggle_inspector(),
            keys=("Ctrl+I",),
            places=(Place(view, 1, 1),),
        ),
        Action(
            "view.dark",
            "Switch light and dark",
            view,
            lambda w: w.toggle_dark(),
            keys=("Ctrl+Shift+D",),
            places=(Place(view, 1, 2),),
            words="theme colours",
        ),
        Action(
            "view.contrast",
            "High contrast on or off",
            view,
            lambda w: w.toggle_contrast(),
            places=(Place(view, 1, 3),),
            words="theme colours accessibility readable",
        ),
        Action(
            "view.motion",
            "Reduce motion, or allow it",
            view,
            lambda w: w.toggle_motion(),
            places=(Place(view, 1, 4),),
            words="animation accessibility still",
        ),
        Action(
            "view.reset_layout",
            "Reset layout",
            view,
            lambda w: w.reset_layout(),
            places=(Place(view, 2, 0),),
            words="panels dock geometry",
        ),
    ]
    for number, (page, title) in enumerate(PAGES, start=1):
        actions.append(
            Action(
                f"go.{page}",
                f"Go to {title}",
                view,
                _page(page),
                icon=PAGE_ICONS[page],
                keys=(f"Alt+{number % 10}",),
                words=PAGE_WORDS.get(page, ""),
                places=(Place(view, 0, number),),
            )
        )
    return ActionRegistry(actions)
