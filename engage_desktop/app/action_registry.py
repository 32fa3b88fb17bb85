"""What a command of the window is: a record from which menus, buttons, palette, keys and help are made.

Qt-free. A record says when it is enabled by a pure predicate over `ActionContext`, and what it
does by a call on `Commands`, which the window implements. The keys a person changed: `shortcuts.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

Scope = Literal["window", "journey", "canvas", "outline"]
"""Where the keys of a command work: anywhere; while the canvas or the outline has the keyboard; only there."""
SCOPE_WORDS: dict[Scope, str] = {
    "window": "Everywhere",
    "journey": "On the canvas and in the outline",
    "canvas": "On the canvas",
    "outline": "In the outline",
}
_LOCAL: dict[Scope, frozenset[str]] = {
    "window": frozenset({"canvas", "outline", "elsewhere"}),
    "journey": frozenset({"canvas", "outline"}),
    "canvas": frozenset({"canvas"}),
    "outline": frozenset({"outline"}),
}


def overlap(one: Scope, other: Scope) -> bool:
    """Whether there is a place where keys of both scopes work."""
    return bool(_LOCAL[one] & _LOCAL[other])


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What predicates may ask; equal contexts give equal answers."""

    workspace_open: bool = False
    log_loaded: bool = False
    can_undo: bool = False
    can_redo: bool = False
    undo_name: str | None = None
    redo_name: str | None = None
    dirty: bool = False
    journey_open: bool = False
    audience_open: bool = False
    trait_open: bool = False
    broadcast_open: bool = False
    message_open: bool = False
    tab_open: bool = False
    selected_steps: int = 0
    selected_boxes: int = 0
    selected_wire: bool = False
    fixable: bool = False
    read_only: bool = False
    playing: bool = False
    busy: bool = False


class Commands(Protocol):
    """What the window can be told to do."""

    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def save(self) -> None: ...
    def save_run(self) -> None: ...
    def open_workspace(self) -> None: ...
    def import_logs(self) -> None: ...
    def show_page(self, page: str) -> None: ...
    def show_palette(self) -> None: ...
    def show_problems(self) -> None: ...
    def fix_problem(self) -> None: ...
    def show_menu(self) -> None: ...
    def show_keys(self) -> None: ...
    def next_part(self) -> None: ...
    def previous_part(self) -> None: ...
    def toggle_dark(self) -> None: ...
    def toggle_contrast(self) -> None: ...
    def toggle_motion(self) -> None: ...
    def toggle_inspector(self) -> None: ...
    def reset_layout(self) -> None: ...
    def toggle_play(self) -> None: ...
    def next_event(self) -> None: ...
    def previous_event(self) -> None: ...
    def to_start(self) -> None: ...
    def to_end(self) -> None: ...
    def work_out_ranges(self) -> None: ...
    def canvas(self, command: str) -> None: ...
    def new_audience(self) -> None: ...
    def new_audience_from_list(self) -> None: ...
    def new_trait(self) -> None: ...
    def new_broadcast(self) -> None: ...
    def new_message(self) -> None: ...
    def show_policies(self) -> None: ...
    def rename_definition(self) -> None: ...
    def delete_definition(self) -> None: ...
    def new_journey(self) -> None: ...
    def approve(self) -> None: ...
    def close_tab(self) -> None: ...
    def focus_inspector(self) -> None: ...
    def cancel_work(self) -> None: ...
    def quit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the menus a command stands: groups are parted by a line, order is inside one."""

    menu: str
    group: int = 0
    order: int = 0


def always(context: ActionContext) -> bool:
    """Enabled in any state."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One command. `keys` are portable key texts that work in `scope`, the first is shown; `words` help the
    search; `short` is what a button says. `command` is what the canvas does for it, by its own name; one that
    `edits` the journey in view is off while that is read-only."""

    id: str
    title: str
    category: str
    run: Callable[[Commands], None] = field(repr=False)
    icon: str | None = None
    keys: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    enabled: Callable[[ActionContext], bool] = field(default=always, repr=False)
    words: str = ""
    scope: Scope = "window"
    command: str = ""
    edits: bool = False
    short: str = ""

    def allowed(self, context: ActionContext) -> bool:
        """Whether it can be done now."""
        return self.enabled(context) and not (self.edits and context.read_only)


class ActionRegistry:
    """Actions by id, in the order they were added; an id exists once, and a key once where it works."""

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        self._actions: dict[str, Action] = {}
        for action in actions:
            self.add(action)

    def add(self, action: Action) -> None:
        if action.id in self._actions:
            raise ValueError(f"Action {action.id!r} exists already.")
        for key in action.keys:
            for other in self._actions.values():
                if key in other.keys and overlap(action.scope, other.scope):
                    raise ValueError(f"{key} already runs {other.id!r}; {action.id!r} cannot have it too.")
        self._actions[action.id] = action

    def by_command(self, command: str) -> Action:
        """The action by which a person asks the canvas for `command`; KeyError where there is none."""
        for action in self._actions.values():
            if action.command == command:
                return action
        raise KeyError(command)

    def __getitem__(self, action_id: str) -> Action:
        return self._actions[action_id]

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions.values())

    def __len__(self) -> int:
        return len(self._actions)

    def menus(self) -> dict[str, list[list[Action]]]:
        """Menu title to groups of actions, each sorted by its order."""
        found: dict[str, dict[int, list[tuple[int, int, Action]]]] = {}
        for position, action in enumerate(self._actions.values()):
            for place in action.places:
                found.setdefault(place.menu, {}).setdefault(place.group, []).append((place.order, position, action))
        return {
            menu: [
                [action for _, _, action in sorted(group, key=lambda item: item[:2])]
                for _, group in sorted(groups.items())
            ]
            for menu, groups in found.items()
        }
