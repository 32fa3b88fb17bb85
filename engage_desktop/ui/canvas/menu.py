"""The context menu of the canvas: what can be done with the thing under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from engage_desktop.document import ENTRY, OutputRef
from engage_desktop.ui.canvas.hit import Hit

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas


def build_menu(canvas: JourneyCanvas, hit: Hit, at: QPointF) -> QMenu:
    """The menu for `hit`; it deletes itself when closed."""
    menu = QMenu(canvas)
    menu.setObjectName("canvas.menu")
    menu.aboutToHide.connect(menu.deleteLater)
    if hit.kind in ("card", "input", "output") and hit.key is not None:
        if hit.key not in canvas.scene.selection:
            canvas.scene.select([hit.key])
        _card_items(canvas, menu, hit.key)
    elif hit.wire is not None:
        _wire_items(canvas, menu, OutputRef(*hit.wire))
    else:
        _item(menu, "Add a step here …", lambda: canvas.open_add(None, at), canvas.is_editable)
        _command(canvas, menu, "Paste", "paste")
        menu.addSeparator()
        _command(canvas, menu, "Select all", "select.all")
        _command(canvas, menu, "Tidy up", "tidy")
        _command(canvas, menu, "Fit", "view.fit")
    return menu


def _card_items(canvas: JourneyCanvas, menu: QMenu, key: str) -> None:
    entry = key == ENTRY
    _command(canvas, menu, "Edit", "activate")
    _item(menu, "Add a step after it …", lambda: canvas.open_add(None, None), canvas.is_editable)
    _command(canvas, menu, "Rename …", "rename", not entry)
    menu.addSeparator()
    for text, name in (("Copy", "copy"), ("Cut", "cut"), ("Duplicate", "duplicate"), ("Delete", "delete")):
        _command(canvas, menu, text, name, not entry)
    menu.addSeparator()
    _command(canvas, menu, "Select all after it", "select.downstream")
    _command(canvas, menu, "Select all before it", "select.upstream")


def _wire_items(canvas: JourneyCanvas, menu: QMenu, ref: OutputRef) -> None:
    wire = canvas.scene.wires[(ref.step, ref.branch)]
    if not wire.content.loop:
        _item(menu, "Insert a step …", lambda: canvas.open_add(ref, None), canvas.is_editable)
    cut = canvas.is_editable and wire.target is not None
    _item(menu, "Disconnect", lambda: canvas.editor.disconnect(ref), cut)


def _item(menu: QMenu, text: str, act: Callable[[], None], enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.setEnabled(enabled)
    action.triggered.connect(lambda: act())


def _command(canvas: JourneyCanvas, menu: QMenu, text: str, name: str, enabled: bool = True) -> None:
    allowed = enabled and (canvas.is_editable or name not in canvas.commands.changes)
    _item(menu, text, lambda: canvas.commands.run(name), allowed)
    menu.actions()[-1].setObjectName(f"canvas.menu.{name}")
