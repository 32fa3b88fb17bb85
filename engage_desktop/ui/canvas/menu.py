"""The context menu of the canvas: what can be done with the thing under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from engage_desktop.document import ENTRY, OutputRef
from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.menus import menu_item

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

_COPIES = (("cut", "Cut"), ("copy", "Copy"), ("duplicate", "Duplicate"), ("delete", "Delete"))


def build_menu(canvas: JourneyCanvas, hit: Hit, at: QPointF) -> QMenu:
    """The menu for `hit`, which is selected first; it deletes itself when closed."""
    menu = QMenu(canvas)
    menu.setObjectName("canvas.menu")
    menu.aboutToHide.connect(menu.deleteLater)
    if hit.kind in ("card", "input", "output") and hit.key is not None:
        if hit.key not in canvas.scene.selection:
            canvas.scene.select([hit.key])
        _card_items(canvas, menu, hit.key)
    elif hit.wire is not None:
        canvas.scene.select([], wire=hit.wire)
        _wire_items(canvas, menu, OutputRef(*hit.wire))
    elif hit.box is not None:
        if hit.box.ref not in canvas.scene.boxes.chosen:
            canvas.scene.select([], boxes=[hit.box.ref])
        alone = canvas.scene.boxes.selected is not None and not canvas.scene.selection
        for name, text in (("rename", "Write on it"), ("box.color", "Next colour")):
            _item(canvas, menu, name, text, enabled=alone)
        menu.addSeparator()
        for name, text in _COPIES:
            _item(canvas, menu, name, text)
    else:
        _item(canvas, menu, "add", "Add a step here…", act=lambda: canvas.open_add(None, at))
        for name in ("paste", "note.add", "frame.add"):
            _item(canvas, menu, name)
        menu.addSeparator()
        for name in ("select.all", "tidy", "view.fit", "outline", "picture"):
            _item(canvas, menu, name)
    return menu


def _card_items(canvas: JourneyCanvas, menu: QMenu, key: str) -> None:
    step = key != ENTRY
    _item(canvas, menu, "activate", "Edit")
    _item(canvas, menu, "rename", "Rename…", enabled=step)
    menu.addSeparator()
    _item(canvas, menu, "add", "Add a step after it…")
    _item(canvas, menu, "add_before", "Add a step before it…", enabled=step)
    _item(canvas, menu, "replace", "Change its type…", enabled=step)
    _item(canvas, menu, "connect")
    branched = step and hasattr(canvas.editor.must().by_key[key], "branches")
    if branched:
        _item(canvas, menu, "branch.add")
    menu.addSeparator()
    for name, text in _COPIES:
        _item(canvas, menu, name, text, enabled=step)
    menu.addSeparator()
    for name in ("select.downstream", "select.upstream", "fold", "frame.add"):
        _item(canvas, menu, name)
    if len(canvas.scene.selection) > 1:
        menu.addSeparator()
        for name in (
            "tidy.selection",
            "align.left",
            "align.center",
            "align.top",
            "distribute.across",
            "distribute.down",
        ):
            _item(canvas, menu, name)


def _wire_items(canvas: JourneyCanvas, menu: QMenu, ref: OutputRef) -> None:
    wire = canvas.scene.wires[(ref.step, ref.branch)]
    if not wire.content.loop:
        _item(canvas, menu, "add", "Insert a step…")
    _item(canvas, menu, "connect")
    _item(canvas, menu, "disconnect", enabled=wire.target is not None)
    if canvas.editor.is_branch(ref):
        menu.addSeparator()
        for name in ("move.up", "move.down"):
            _item(canvas, menu, name, f"Ask this branch {'earlier' if name == 'move.up' else 'later'}")
        _item(canvas, menu, "branch.remove")


def _item(
    canvas: JourneyCanvas,
    menu: QMenu,
    command: str,
    text: str = "",
    *,
    enabled: bool = True,
    act: Callable[[], None] | None = None,
) -> None:
    """What the action of a command does, by its own title unless `text` says it nearer."""
    commands = canvas.commands
    record = commands.shortcuts.registry.by_command(command)
    allowed = enabled and (canvas.is_editable or not record.edits)
    run = act or (lambda: commands.run(command))
    menu_item(menu, record, commands.shortcuts.keys(record.id), run, text=text, enabled=allowed)
