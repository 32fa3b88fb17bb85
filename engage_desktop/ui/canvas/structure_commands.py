"""Commands on the order of steps and on branches: for whatever is selected, on the canvas or in the outline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.document import ENTRY, EditRefused, OutputRef
from engage_desktop.ui.canvas.catalogue import JoinItem
from engage_desktop.ui.menus import key_words

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas


def structure_commands(canvas: JourneyCanvas) -> dict[str, Callable[[], None]]:
    """The commands by name; each may raise `EditRefused`."""
    made = _Structure(canvas)
    return {
        "add_before": made.add_before,
        "replace": made.replace,
        "connect": made.connect,
        "disconnect": made.disconnect,
        "branch.add": made.add_branch,
        "branch.remove": made.remove_branch,
        "move.up": lambda: made.move(up=True),
        "move.down": lambda: made.move(up=False),
    }


def joins(canvas: JourneyCanvas, ref: OutputRef) -> list[JoinItem]:
    """The steps that an output may be led to, as rows of the search box."""
    found = []
    for key in canvas.editor.targets(ref):
        content = canvas.scene.cards[key].content
        line = "Loop back: start over here" if key == ref.step else f"Join it. {content.line}"
        found.append(JoinItem(key, content.title, line, content.icon, content.role))
    return found


HINTED = {"add": "add", "connect": "connect", "branch.add": "branch", "rename": "rename", "delete": "delete"}


def outline_hint(shortcuts: Shortcuts) -> str:
    """The keys a person needs first in the outline, in one line."""
    found = []
    for command, word in HINTED.items():
        action = shortcuts.registry.by_command(command)
        found += [f"{key_words(key)}: {word}" for key in shortcuts.keys(action.id)[:1]]
    found += [f"{key_words(key)}: all keys" for key in shortcuts.keys("help.keys")[:1]]
    return " · ".join(found)


class _Structure:
    def __init__(self, canvas: JourneyCanvas) -> None:
        self._canvas = canvas

    @property
    def _wire(self) -> OutputRef | None:
        wire = self._canvas.scene.selected_wire
        return OutputRef(*wire) if wire is not None else None

    def _step(self) -> str:
        """The step at hand: the one selected, or the one whose branch is."""
        key = self._wire.step if self._wire is not None else self._canvas.scene.current
        if key is None:
            raise EditRefused("Select a step first.")
        return key

    def _ask(self, what: str, then: Callable[[str], None], rows: list[JoinItem] | None = None) -> None:
        """Open the search box with another question; what is refused is said."""
        canvas = self._canvas

        def answered(key: str) -> None:
            canvas.close_add()
            try:
                then(key)
            except EditRefused as refusal:
                canvas.say(str(refusal))

        canvas.popup.ask(canvas.add_corner(self._wire), what, answered, rows)

    # -- steps --------------------------------------------------------------------------------

    def add_before(self) -> None:
        canvas = self._canvas
        if self._wire is not None:
            canvas.open_add(self._wire, None)
            return
        key = self._step()
        if key == ENTRY:
            raise EditRefused("Nothing comes before the entry. Add the step after it.")
        title = canvas.scene.cards[key].content.title
        self._ask(f"Add a step before “{title}” …", lambda type_: self._show(canvas.editor.insert_before(type_, key)))

    def replace(self) -> None:
        key, canvas = self._step(), self._canvas
        if key == ENTRY:
            raise EditRefused("The entry cannot be replaced. Change how people enter in the inspector.")
        title = canvas.scene.cards[key].content.title
        self._ask(f"Change “{title}” to …", lambda type_: self._show(canvas.editor.replace(key, type_)))

    def move(self, *, up: bool) -> None:
        editor = self._canvas.editor
        if self._wire is not None:
            editor.move_branch(self._wire, up=up)
        else:
            editor.move_step(self._step(), up=up)

    def _show(self, key: str) -> None:
        scene = self._canvas.scene
        scene.select([key])
        self._canvas.view.reveal(scene.cards[key].rect())

    # -- wires --------------------------------------------------------------------------------

    def connect(self) -> None:
        canvas = self._canvas
        ref = self._wire or canvas.free_output()
        if ref is None:
            raise EditRefused("Select a step or a branch that goes on.")
        rows = joins(canvas, ref)
        if not rows:
            raise EditRefused("There is no step it could lead to without running in a circle.")
        self._ask("Lead it to …", lambda key: canvas.editor.connect(ref, key), rows)

    def disconnect(self) -> None:
        canvas = self._canvas
        refs = [self._wire] if self._wire is not None else canvas.editor.leading(self._step())
        for ref in refs[:1]:
            canvas.editor.disconnect(ref)
        if not refs:
            raise EditRefused("It leads nowhere.")

    # -- branches -----------------------------------------------------------------------------

    def add_branch(self) -> None:
        ref = self._canvas.editor.add_branch(self._step())
        self._canvas.scene.select([], wire=(ref.step, ref.branch))

    def remove_branch(self) -> None:
        if self._wire is None:
            raise EditRefused("Select the branch first.")
        step = self._wire.step
        self._canvas.editor.remove_branch(self._wire)
        self._canvas.scene.select([step])
