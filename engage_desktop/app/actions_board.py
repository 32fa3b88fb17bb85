"""The commands on frames, notes, folds and the places of cards, as the canvas knows them."""

from __future__ import annotations

from engage_desktop.app.action_registry import Action, ActionContext, Place, Scope

JOURNEY = "Journey"
BOARD = "Board"


def _open(context: ActionContext) -> bool:
    return context.journey_open


def _step(context: ActionContext) -> bool:
    return context.journey_open and context.selected_steps > 0


def _several(context: ActionContext) -> bool:
    return context.journey_open and context.selected_steps > 1


def _action(
    id_: str,
    title: str,
    command: str,
    order: int,
    *keys: str,
    scope: Scope = "canvas",
    words: str = "",
    few: bool = False,
    several: bool = False,
    edits: bool = True,
) -> Action:
    return Action(
        id_,
        title,
        JOURNEY,
        lambda window: window.canvas(command),
        None,
        keys,
        (Place(BOARD, order // 100, order % 100),),
        _several if several else _step if few else _open,
        words,
        scope,
        command,
        edits,
    )


_SIDES = {
    "left": "left sides",
    "center": "middles one under the other",
    "right": "right sides",
    "top": "upper sides",
    "middle": "middles side by side",
    "bottom": "lower sides",
}
_AXES = {"across": "across", "down": "from top to bottom"}

BOARD_ACTIONS: tuple[Action, ...] = (
    _action("board.note", "Add a note", "note.add", 0, "Ctrl+M", words="sticky comment text memo"),
    _action("board.frame", "Add a frame around the selection", "frame.add", 1, "Ctrl+G", words="group box title"),
    _action("board.next", "Go to the next note or frame", "box.next", 2, "Alt+N", words="select", edits=False),
    _action("board.color", "Next colour of the note or frame", "box.color", 3, "Alt+C", words="color"),
    *(
        _action(f"board.{way}", f"Make the note or frame {words}", f"box.{way}", 10 + place, f"Ctrl+Shift+{way.capitalize()}")
        for place, (way, words) in enumerate(
            (("up", "lower"), ("down", "higher"), ("left", "narrower"), ("right", "wider"))
        )
    ),
    _action(
        "board.fold", "Fold or unfold what follows", "fold", 100, "Ctrl+H", few=True, words="collapse expand hide branch"
    ),
    _action("board.tidy", "Tidy the selection", "tidy.selection", 101, several=True, words="arrange layout"),
    _action(
        "board.find", "Find in this journey", "find", 110, "Ctrl+F",
        edits=False, words="search step note text",
    ),
    _action("board.find_next", "Go to the next one found", "find.next", 111, "F3", edits=False, words="search"),
    _action("board.find_previous", "Go to the previous one found", "find.previous", 112, "Shift+F3", edits=False, words="search"),
    _action(
        "board.picture", "Save a picture of the journey…", "picture", 400,
        scope="journey", edits=False, words="export image svg png pdf print",
    ),
    *(
        _action(f"board.align_{side}", f"Align {words}", f"align.{side}", 200 + place, several=True, words="arrange line up")
        for place, (side, words) in enumerate(_SIDES.items())
    ),
    *(
        _action(f"board.distribute_{axis}", f"Distribute {words}", f"distribute.{axis}", 300 + place, several=True, words="arrange gaps even")
        for place, (axis, words) in enumerate(_AXES.items())
    ),
)  # fmt: skip
"""Every one of them, in the order of its menu."""
