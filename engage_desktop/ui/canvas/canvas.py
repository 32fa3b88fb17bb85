"""The journey canvas as one widget: the view, what floats over it, and the document behind it.

Wires the parts together; each part's own work is in its own file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from engage_desktop.document import ENTRY, Changed, Document, EditRefused, OutputRef
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.add_popup import AddStepPopup
from engage_desktop.ui.canvas.board import BoardEditor
from engage_desktop.ui.canvas.board_commands import connect_text
from engage_desktop.ui.canvas.commands import CanvasCommands
from engage_desktop.ui.canvas.copying import CopyEditor
from engage_desktop.ui.canvas.editor import Standing
from engage_desktop.ui.canvas.find_bar import FindBar
from engage_desktop.ui.canvas.gestures import Pointer, Stage
from engage_desktop.ui.canvas.glide import Glide
from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.canvas.keys import typed_letter
from engage_desktop.ui.canvas.menu import build_menu
from engage_desktop.ui.canvas.minimap import Minimap
from engage_desktop.ui.canvas.notice import Notice
from engage_desktop.ui.canvas.outline import OutlineView
from engage_desktop.ui.canvas.presses import press_on
from engage_desktop.ui.canvas.pulses import PulsePlayer
from engage_desktop.ui.canvas.scene import JourneyScene, WireKey
from engage_desktop.ui.canvas.shelf import Shelf
from engage_desktop.ui.canvas.structure import StructureEditor
from engage_desktop.ui.canvas.structure_commands import joins, outline_hint
from engage_desktop.ui.canvas.style import CanvasStyle
from engage_desktop.ui.canvas.tips import tip_of
from engage_desktop.ui.canvas.toolbar import CanvasToolbar
from engage_desktop.ui.canvas.view import JourneyView
from engage_desktop.ui.theme import Theme, current_theme

if TYPE_CHECKING:
    from engage_desktop.app.protocol import JourneyFigures

EDGE = 14
STRIP = 48
"""Height of the strip that the buttons stand on."""
NO_WAY_ON = ("end",)
"""Steps that nothing can come after: they are offered only where a path ends."""
READABLE = 0.7
"""The first look at a journey never starts smaller than this."""
_NAMING = frozenset({"message", "audience", "destination", "workspace"})


class JourneyCanvas(QWidget):
    """Edits one journey of a document. Every edit goes through `Document.apply`."""

    selection_changed = Signal(list)
    rename_requested = Signal(str)
    status_text = Signal(str)
    step_activated = Signal(str)

    def __init__(
        self, document: Document, journey_key: str, theme: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.theme = theme or current_theme()
        self.motion_ms = self.theme.tokens.motion_ms["calm"]
        """Set to 0 under reduced motion and in tests."""
        self.document = document
        self.is_editable = True
        self.read_only_reason = "This view is read-only."
        self._needs_look = True
        self._ref: OutputRef | None = None
        self._drop: QPointF | None = None
        style = CanvasStyle(self.theme)
        self.scene = JourneyScene(style)
        self.view = JourneyView(self.scene, self)
        self.editor = StructureEditor(document, journey_key, self._standing)
        self.board = BoardEditor(self.editor)
        self.copies = CopyEditor(self.editor, self.board)
        self.stage = Stage(self.view, self.scene, self.editor, self.refuse, self.open_add, self.open_before)
        self.view.stage = self.stage
        self.commands = CanvasCommands(self)
        self.outline = OutlineView(self.scene, self)
        self.outline.hide()
        self.toolbar = CanvasToolbar(self)
        self.shelf = Shelf(self)
        self.minimap = Minimap(self.view, self)
        self.box_text = connect_text(self)
        self.notice = Notice(self)
        self.finder = FindBar(self)
        self.popup = AddStepPopup(style, self)
        self.hint = QLabel("Press Space or click the plus to add the first step", self)
        self.hint.setObjectName("canvas.hint")
        self.hint.setProperty("role", "muted")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.player = PulsePlayer(self)
        self._color_notice()
        self._glide = Glide(self.scene, self)
        self._connect_parts()
        self._stop_listening = document.subscribe(self._changed)
        self.destroyed.connect(self._stop_listening)
        self.setFocusProxy(self.view)
        self._show()

    def _connect_parts(self) -> None:
        view = self.view
        view.press_on = lambda hit, at: press_on(self, hit, at)
        view.key_of = self._key
        view.short_space = lambda: self.open_add(None, None)
        view.tip_of = lambda hit, at: tip_of(self.scene, hit, at)
        view.double_clicked.connect(self._double_clicked)
        view.menu_wanted.connect(self._menu)
        view.focus_changed.connect(self.scene.set_focused)
        self.scene.selection_changed.connect(self._selected)
        self.popup.chosen.connect(self._add_chosen)
        self.popup.joined.connect(self._join_chosen)
        self.popup.dismissed.connect(self._add_dismissed)
        self.player.moved.connect(view.set_pulses)
        outline = self.outline
        outline.key_of = lambda event: self.commands.key(event, "outline")
        outline.rename_wanted.connect(lambda key, name: self._try(lambda: self.editor.rename(key, name)))
        outline.opened.connect(lambda: self.commands.run("activate"))
        outline.menu_wanted.connect(lambda hit, at: build_menu(self, hit, QPointF()).popup(at))
        outline.branch_rename_wanted.connect(
            lambda wire, name: self._try(lambda: self.editor.rename_branch(OutputRef(*wire), name))
        )

    # -- what is shown ------------------------------------------------------------------------

    @property
    def journey_key(self) -> str:
        return self.editor.journey_key

    def open_journey(self, journey_key: str) -> None:
        """Show another journey of the same document."""
        if journey_key == self.editor.journey_key:
            return
        self.view.cancel_gesture()
        self.popup.dismiss()
        self.player.stop()
        self._glide.finish()
        self.editor.journey_key = journey_key
        self.scene.select([])
        self.scene.set_figures(None, False)
        self._show()
        self._needs_look = True
        self._look()

    def set_figures(self, figures: JourneyFigures | None, current: bool) -> None:
        """Show the figures of a replay; greyed while they are not those of the document as it is."""
        if figures is not None and figures.journey != self.journey_key:
            return
        self.scene.set_figures(figures, current)
        self._after_texts()

    def set_problems(self, problems: Iterable[Problem]) -> None:
        """Put badges on the cards that the problems name; those of other campaigns are left out."""
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            parts = problem.path.split(".")
            if parts[:2] == ["journeys", self.journey_key]:
                key = parts[3] if len(parts) > 3 and parts[2] == "steps" else ENTRY
                found.setdefault(key, []).append(problem)
        self.scene.set_problems(found)
        self._after_texts()

    def set_theme(self, theme: Theme) -> None:
        """Take on another theme."""
        self.theme = theme
        style = CanvasStyle(theme)
        self.scene.set_style(style)
        self.popup.set_style(style)
        self.toolbar.set_theme(theme)
        self.shelf.set_theme(theme)
        self._color_notice()
        self._show()
        self.view.resetCachedContent()
        self.view.viewport().update()
        self.minimap.update()

    def set_editable(self, editable: bool) -> None:
        """Allow edits, or only looking (while a run is compared, say)."""
        self.is_editable = self.view.editable = editable
        self.view.cancel_gesture()
        self.scene.set_editable(editable)
        self.toolbar.set_editable(editable)
        self.shelf.set_editable(editable)

    def _show(self) -> None:
        self.scene.show(self.editor.journey, self.editor.layout, self.document.campaigns)
        self._after_texts()
        journey = self.editor.journey
        self.hint.setVisible(journey is not None and not journey.steps)

    def _after_texts(self) -> None:
        self.minimap.update()
        if self.outline.isVisible():
            self.outline.refresh()
        self._describe()

    def _changed(self, changed: Changed) -> None:
        if self.journey_key not in changed.journeys and not (changed.kinds & _NAMING):
            return
        if self.view.gesture is not None:
            # Another hand (an undo, the inspector) changed what is being dragged.
            self.view.cancel_gesture()
        self._glide.finish()
        before = {key: card.pos() for key, card in self.scene.cards.items()}
        self._show()
        if self.motion_ms and changed.layout_only and len(self._moved(before)) > 1 and self.isVisible():
            self._glide.play(before, self.motion_ms)

    def _moved(self, before: Mapping[str, QPointF]) -> list[str]:
        return [key for key, card in self.scene.cards.items() if key in before and card.pos() != before[key]]

    def _standing(self) -> Standing:
        self._glide.finish()
        cards = self.scene.cards.items()
        return Standing(
            {key: (card.x(), card.y()) for key, card in cards},
            {key: (card.card.width, card.card.height) for key, card in cards},
        )

    # -- words ----------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Tell the person something in the status line."""
        self.status_text.emit(sentence)

    def refuse(self, sentence: str) -> None:
        """Tell what cannot be done and how to mend it: in the status line, and here where it was tried."""
        self.say(sentence)
        at = self.view.pointer_place()
        near = self.view.mapFromScene(at) + QPoint(16, 14) if at is not None else QPoint(EDGE, self.view.height())
        self.notice.show_at(sentence, near, self.view.geometry())

    def _color_notice(self) -> None:
        self.notice.set_colors(*(self.theme.hex(role) for role in ("warning_soft", "warning", "text")))

    def _selected(self, keys: list[str]) -> None:
        self.minimap.update()
        self._describe()
        self.selection_changed.emit(keys)

    def _describe(self) -> None:
        current = self.scene.current
        journey = self.editor.journey
        name = journey.name if journey is not None else "no journey"
        self.view.setAccessibleName(f"Journey canvas: {name}")
        card = self.scene.cards.get(current) if current is not None else None
        text = card.content.spoken() if card is not None else f"{len(self.scene.cards)} cards, none selected"
        text = self.scene.boxes.spoken(self.scene.selection, text)
        if text != self.view.accessibleDescription():
            self.view.setAccessibleDescription(text)

    # -- adding ---------------------------------------------------------------------------------

    def open_add(self, ref: OutputRef | None, at: QPointF | None, text: str = "") -> None:
        """Open the search box: for an output, for a place (scene), or for whatever is selected."""
        if not self.is_editable:
            self.refuse(self.read_only_reason)
            return
        if ref is None and at is None:
            ref = self.free_output()
        self._ref, self._drop = ref, at
        if ref is not None and at is not None:
            self.view.set_ghost(geo.Curve(self.scene.port(*ref), at))
        corner = self.view.mapFromScene(at) + QPoint(16, -20) if at is not None else self.add_corner(ref)
        rows = joins(self, ref) if ref is not None else ()
        self.popup.open_at(corner, text, rows, NO_WAY_ON if ref is not None and self._leads(ref) else ())

    def open_before(self, key: str, at: QPointF) -> None:
        """Open the search box for a step at a place (scene) that leads to one that is there."""
        self.view.set_ghost(geo.Curve(at, geo.input_port(self.scene.cards[key].rect())))
        corner = (geo.snap(at.x() - geo.CARD_MIN_WIDTH / 2), geo.snap(at.y() - geo.CARD_HEIGHT))

        def chosen(type_: str) -> None:
            self.close_add()
            self._try(lambda: self.scene.select([self.editor.add_before(type_, key, corner)]))

        title = self.scene.cards[key].content.title
        self.popup.ask(
            self.view.mapFromScene(at) + QPoint(16, -20), f"Add a step before “{title}” …", chosen, but=NO_WAY_ON
        )

    def _leads(self, ref: OutputRef) -> bool:
        """Whether something follows that a new step would have to lead to."""
        return any(o.branch == ref.branch and o.target and not o.loop for o in self.scene.outputs_of(ref.step))

    def add_corner(self, ref: OutputRef | None) -> QPoint:
        """Where the search box opens for an output: beside its row of the outline, else at its plus."""
        if self.outline.isVisible():
            return self.outline.below_current()
        if ref is None or (ref.step, ref.branch) not in self.scene.wires:
            return self._over_buttons()
        return self.view.mapFromScene(self.scene.wires[(ref.step, ref.branch)].layout.plus) + QPoint(16, -20)

    def _over_buttons(self) -> QPoint:
        """Above the button that asks for a step: nothing in the graph says where."""
        return QPoint(EDGE, self.view.height() - self.popup.height() - EDGE)

    def free_output(self) -> OutputRef | None:
        """The output a new step is meant for: of the wire or the card selected, else of the entry's path."""
        scene = self.scene
        if scene.selected_wire is not None:
            return OutputRef(*scene.selected_wire)
        if scene.current is not None:
            forward = [output for output in scene.outputs_of(scene.current) if not output.loop]
            chosen = next((output for output in forward if output.target is None), forward[0] if forward else None)
            return OutputRef(scene.current, chosen.branch) if chosen else None
        empty = scene.journey is not None and scene.journey.start is None
        return OutputRef(ENTRY, None) if empty else None

    def _add_chosen(self, type_: str) -> None:
        ref, drop = self._ref, self._drop
        self.close_add()
        at = None
        if drop is not None:
            at = (geo.snap(drop.x() - geo.CARD_MIN_WIDTH / 2), geo.snap(drop.y()))
        elif ref is None:
            middle = self.view.seen().center()
            at = (geo.snap(middle.x() - geo.CARD_MIN_WIDTH / 2), geo.snap(middle.y() - geo.CARD_HEIGHT / 2))
        self._try(lambda: self._add(type_, ref, at))

    def add_type(self, type_: str) -> None:
        """Add a step where the search box would, without asking."""
        self.close_add()
        if not self.is_editable:
            self.refuse(self.read_only_reason)
            return
        ref = self.free_output()
        self._ref, self._drop = ref, None
        self._add_chosen(type_)

    def _add(self, type_: str, ref: OutputRef | None, at: tuple[float, float] | None) -> None:
        key = self.editor.add(type_, ref, at)
        self.scene.select([key])
        self.view.reveal(self.scene.cards[key].rect())
        self.minimap.update()

    def _join_chosen(self, key: str) -> None:
        ref = self._ref
        self.close_add()
        if ref is not None:
            self._try(lambda: self.editor.connect(ref, key))

    def _add_dismissed(self) -> None:
        self.close_add()

    def close_add(self) -> None:
        """Take the ghost away and give the keyboard back to what is shown."""
        self.view.set_ghost(None)
        self._ref = self._drop = None
        (self.outline if self.outline.isVisible() else self.view).setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self, edit: object) -> None:
        try:
            edit()  # type: ignore[operator]  # a callable without arguments
        except EditRefused as refusal:
            self.refuse(str(refusal))

    # -- view -----------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Lay the journey out anew, as one undo step."""
        if self.editor.journey is not None:
            self.editor.tidy_up()

    def fit(self) -> None:
        """Show the whole journey."""
        self.view.fit(self.scene.content_rect())
        self._place_minimap()

    def fit_selection(self) -> None:
        """Show what is selected."""
        self.view.fit(self.scene.content_rect(self.scene.selection or None), most=1.25)

    def actual_size(self) -> None:
        """Zoom to 100 %."""
        self.view.zoom_to(1.0)

    def show_step(self, key: str) -> None:
        """Select a step and bring it into view."""
        if key in self.scene.cards:
            self.board.show([key])
            self.scene.select([key])
            self.view.reveal(self.scene.cards[key].rect())

    def show_outline(self, shown: bool) -> None:
        """Show the outline in place of the graph, or the graph again."""
        self.outline.setVisible(shown)
        self._place_minimap()
        self.toolbar.set_outline(shown)
        self.setFocusProxy(self.outline if shown else self.view)
        if shown:
            self.outline.refresh()
            self.outline.raise_()
            self.toolbar.raise_()
            self.outline.setFocus(Qt.FocusReason.OtherFocusReason)
            self.say(outline_hint(self.commands.shortcuts))
        else:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        """The first look: all of it if that is readable, else its beginning."""
        box = self.scene.content_rect()
        if not self._needs_look or not self.isVisible() or self.view.viewport().width() < 50 or box.isEmpty():
            return
        self._needs_look = False
        self.view.fit(box)
        if self.view.scale_ < READABLE:
            self.view.zoom_to(0.85)
            entry = self.scene.cards[ENTRY].rect()
            self.view.centerOn(entry.center().x(), entry.top() + self.view.seen().height() / 2 - 32)
            self.view.viewport_changed.emit()
        self._place_minimap()

    # -- pulses ---------------------------------------------------------------------------------

    def set_pulses(self, pulses: Sequence[tuple[WireKey, float]]) -> None:
        """Show dots part of the way (0 to 1) along wires."""
        self.view.set_pulses(pulses)

    def play_pulses(self, flows: Mapping[WireKey, int]) -> None:
        """Send dots along wires by how many people went that way since the last call."""
        if self.motion_ms and self.isVisible():
            self.player.play(flows)

    # -- events ---------------------------------------------------------------------------------

    def _key(self, event: QKeyEvent) -> bool:
        if self.commands.key(event, "canvas"):
            return True
        letter = typed_letter(event)
        if letter:
            self.open_add(None, None, letter)
            return True
        return False

    def _double_clicked(self, at: Pointer) -> None:
        hit = self.view.hit(at.scene)
        if hit.kind in ("card", "input", "output") and hit.key is not None:
            self.step_activated.emit(hit.key)
        elif hit.box is not None:
            self.scene.select([], boxes=[hit.box.ref])
            self.commands.run("rename")
        elif hit.kind == "none":
            self.open_add(None, at.scene)

    def _menu(self, hit: Hit, at: QPoint) -> None:
        build_menu(self, hit, self.view.mapToScene(self.view.viewport().mapFromGlobal(at))).popup(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        # The buttons stand on a strip of their own: they never cover a card.
        self.view.setGeometry(0, 0, width, max(0, height - STRIP))
        self.outline.setGeometry(0, 0, width, max(0, height - STRIP))
        self.toolbar.setGeometry(0, height - STRIP, width, STRIP)
        shelf = self.shelf.sizeHint().width()
        self.shelf.setGeometry(width - shelf, height - STRIP, shelf, STRIP)
        self.shelf.setVisible(width - shelf > self.toolbar.sizeHint().width())
        self.shelf.raise_()
        self._place_minimap()
        hint = self.hint.sizeHint()
        self.hint.setGeometry((width - hint.width()) // 2, height - 90, hint.width(), hint.height())
        self._look()

    def _place_minimap(self) -> None:
        """Lower right, or above where cards stand there. Decided on a fit, never while panning."""
        small = self.minimap.sizeHint()
        right, low = self.width() - small.width() - EDGE, self.view.height() - small.height() - EDGE
        corners = [QPoint(right, low), QPoint(right, EDGE), QPoint(EDGE, EDGE)]
        boxes = [QRect(corner, small) for corner in corners]
        whole = self.view.seen().contains(self.scene.content_rect())
        rects = [card.rect() for card in self.scene.seen_cards().values()]
        rects += [box.rect() for box in self.scene.boxes.shown()]
        taken = [self.view.mapFromScene(rect).boundingRect() for rect in rects]
        free = next((box for box in boxes if not any(box.intersects(rect) for rect in taken)), None)
        self.minimap.setGeometry(free or boxes[0])
        # Where all is in view and no corner is free, the map would hide more than it shows.
        self.minimap.setVisible((free is not None or not whole) and self.width() > 480 and not self.outline.isVisible())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._look)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.player.stop()
        self._glide.finish()
