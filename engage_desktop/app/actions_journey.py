"""The commands of the journey in view, as the canvas and the outline know them.

Each asks the canvas by its `command`; the canvas's own table says what that does.
"""

from __future__ import annotations

from collections.abc import Callable

from engage_desktop.app.action_registry import Action, ActionContext, Place, Scope
from engage_desktop.app.actions_board import BOARD_ACTIONS

EDIT, VIEW, JOURNEY = "Edit", "View", "Journey"
COPIED = "clipboard steps frames notes"


def _open(context: ActionContext) -> bool:
    return context.journey_open


def _step(context: ActionContext) -> bool:
    return context.journey_open and context.selected_steps > 0


def _selected(context: ActionContext) -> bool:
    return context.journey_open and context.selected_steps + context.selected_boxes > 0


def _wire(context: ActionContext) -> bool:
    return context.journey_open and context.selected_wire


def _chosen(context: ActionContext) -> bool:
    return _step(context) or _wire(context)


def _deletable(context: ActionContext) -> bool:
    return _selected(context) or _wire(context)


def _action(
    id_: str,
    title: str,
    command: str,
    place: tuple[str, int, int],
    *keys: str,
    scope: Scope = "journey",
    enabled: Callable[[ActionContext], bool] = _open,
    edits: bool = False,
    icon: str | None = None,
    words: str = "",
    short: str = "",
) -> Action:
    """One that asks the canvas for `command`; `place` is its menu, group and order there."""
    return Action(
        id_,
        title,
        JOURNEY,
        lambda window: window.canvas(command),
        icon,
        keys,
        (Place(*place),),
        enabled,
        words,
        scope,
        command,
        edits,
        short,
    )


JOURNEY_ACTIONS: tuple[Action, ...] = (
    # -- steps and branches ---------------------------------------------------------------------
    _action(
        "journey.add_step", "Add a step…", "add", (JOURNEY, 1, 0), "Ins", "Ctrl+Space",
        edits=True, icon="plus", words="insert after new", short="+ Step",
    ),
    _action(
        "journey.add_before", "Add a step before…", "add_before", (JOURNEY, 1, 1), "Shift+Ins",
        enabled=_chosen, edits=True, words="insert new above",
    ),
    _action(
        "journey.replace", "Change the type of the step…", "replace", (JOURNEY, 1, 2), "Ctrl+R",
        enabled=_step, edits=True, words="replace swap keep wires",
    ),
    _action(
        "journey.connect", "Connect to a step…", "connect", (JOURNEY, 1, 3), "Ctrl+J",
        enabled=_chosen, edits=True, words="join lead wire loop back start over reconnect",
    ),
    _action(
        "journey.disconnect", "Disconnect", "disconnect", (JOURNEY, 1, 4), "Ctrl+Shift+J",
        enabled=_chosen, edits=True, words="cut wire end path",
    ),
    _action(
        "journey.delete", "Delete the selection or disconnect", "delete", (JOURNEY, 1, 5), "Del", "Backspace",
        enabled=_deletable, edits=True, icon="trash-2", words="remove reconnect steps frames notes",
    ),
    _action(
        "journey.open", "Edit what is selected", "activate", (JOURNEY, 1, 6), "Return", "Enter",
        words="fields settings inspector",
    ),
    _action(
        "journey.add_branch", "Add a branch", "branch.add", (JOURNEY, 2, 0), "Ctrl+B",
        enabled=_chosen, edits=True, words="arm event condition output",
    ),
    _action(
        "journey.remove_branch", "Remove the branch", "branch.remove", (JOURNEY, 2, 1), "Shift+Del",
        enabled=_wire, edits=True, words="arm event condition output delete",
    ),
    _action(
        "journey.move_up", "Move step or branch up", "move.up", (JOURNEY, 2, 2), "Alt+Up",
        enabled=_chosen, edits=True, words="order before earlier",
    ),
    _action(
        "journey.move_down", "Move step or branch down", "move.down", (JOURNEY, 2, 3), "Alt+Down",
        enabled=_chosen, edits=True, words="order after later",
    ),
    # -- clipboard ------------------------------------------------------------------------------
    _action(
        "edit.cut", "Cut the selection", "cut", (EDIT, 2, 0), "Ctrl+X", enabled=_selected, edits=True, words=COPIED
    ),
    _action("edit.copy", "Copy the selection", "copy", (EDIT, 2, 1), "Ctrl+C", enabled=_selected, words=COPIED),
    _action("edit.paste", "Paste what was copied", "paste", (EDIT, 2, 2), "Ctrl+V", edits=True, words=COPIED),
    _action(
        "edit.duplicate", "Duplicate the selection", "duplicate", (EDIT, 2, 3), "Ctrl+D",
        enabled=_selected, edits=True, words=COPIED,
    ),
    # -- choosing -------------------------------------------------------------------------------
    _action("select.all", "Select all steps, frames and notes", "select.all", (EDIT, 4, 0), "Ctrl+A"),
    _action("select.none", "Select nothing", "select.none", (EDIT, 4, 1), "Esc"),
    _action(
        "select.upstream", "Select all steps before", "select.upstream", (EDIT, 4, 2), "Shift+Up",
        scope="canvas", enabled=_step, words="upstream above",
    ),
    _action(
        "select.downstream", "Select all steps after", "select.downstream", (EDIT, 4, 3), "Shift+Down",
        scope="canvas", enabled=_step, words="downstream below",
    ),
    *(
        _action(
            f"walk.{way}", f"Go to the step {words}", f"walk.{way}", (JOURNEY, 4, place), way.capitalize(),
            scope="canvas", words="walk graph arrow",
        )
        for place, (way, words) in enumerate(
            (("up", "above"), ("down", "below"), ("left", "at the left"), ("right", "at the right"))
        )
    ),
    *(
        _action(
            f"nudge.{way}", f"Nudge {way}", f"nudge.{way}", (JOURNEY, 5, place), f"Ctrl+{way.capitalize()}",
            scope="canvas", enabled=_selected, edits=True, words="move arrow position",
        )
        for place, way in enumerate(("up", "down", "left", "right"))
    ),
    # -- looking --------------------------------------------------------------------------------
    _action(
        "journey.tidy", "Tidy layout", "tidy", (JOURNEY, 3, 0), "Ctrl+Shift+T", "Alt+Shift+T",
        edits=True, words="arrange automatic", short="Tidy",
    ),
    _action("journey.fit", "Fit to window", "view.fit", (JOURNEY, 3, 1), "Ctrl+0", "1", scope="canvas", words="zoom all", short="Fit"),
    _action(
        "journey.fit_selection", "Fit the selection", "view.fit_selection", (JOURNEY, 3, 2), "2",
        scope="canvas", enabled=_step, words="zoom",
    ),
    _action(
        "journey.actual_size", "Zoom to 100 %", "view.actual", (JOURNEY, 3, 3), "Ctrl+1", "0",
        scope="canvas", words="actual size", short="100 %",
    ),
    _action("journey.zoom_in", "Zoom in", "view.zoom_in", (JOURNEY, 3, 4), "Ctrl++", "Ctrl+=", "+", scope="canvas"),
    _action("journey.zoom_out", "Zoom out", "view.zoom_out", (JOURNEY, 3, 5), "Ctrl+-", "-", scope="canvas"),
    _action(
        "journey.outline", "Show as outline or as graph", "outline", (JOURNEY, 3, 6), "Ctrl+Shift+O",
        scope="window", words="list screen reader keyboard tree", short="Outline",
    ),
    *BOARD_ACTIONS,
)  # fmt: skip
"""Every one of them, in the order of its menu."""
