"""One journey in view: its canvas, fed with figures, problems and pulses."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engage_desktop.app.action_registry import Action
from engage_desktop.app.protocol import JourneyFigures
from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.board import BoxRef
from engage_desktop.ui.menus import key_tip
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import Theme


class JourneyPage(QWidget):
    """Hosts the canvas of whichever journey is in view. `selected` carries (journey, [keys])."""

    selected = Signal(str, list)
    said = Signal(str)
    edit_asked = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page.journey")
        self._session = session
        self._before: JourneyFigures | None = None
        self._playing = False
        first = next((journey.key for journey in session.campaigns.journeys), "")
        self.canvas = JourneyCanvas(session.document, first, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.selection_changed.connect(lambda keys: self.selected.emit(self.key, list(keys)))
        self.canvas.rename_requested.connect(lambda _key: self.edit_asked.emit())
        self.canvas.step_activated.connect(lambda _key: self.edit_asked.emit())
        self.canvas.status_text.connect(self.said)
        session.figures_changed.connect(self._figures_changed)
        session.clock_changed.connect(lambda _at: self._show_figures())
        session.run_changed.connect(lambda _run: self._show_run())
        session.trust.changed.connect(self._show_run)

    @property
    def key(self) -> str:
        return self.canvas.journey_key

    @property
    def selection(self) -> list[str]:
        return list(self.canvas.scene.selection)

    @property
    def selected_boxes(self) -> tuple[BoxRef, ...]:
        """The frames and notes that are selected."""
        return self.canvas.scene.boxes.chosen

    @property
    def selected_wire(self) -> tuple[str, str | None] | None:
        """The output whose wire is selected: (step, branch)."""
        return self.canvas.scene.selected_wire

    @property
    def inspected(self) -> list[str]:
        """What the inspector shows: what is selected, or the card whose wire is."""
        return [self.selected_wire[0]] if self.selected_wire is not None else self.selection

    def use_actions(self, shortcuts: Shortcuts, act: Callable[[Action], None]) -> None:
        """Have the keys of the window, and its way to do an action."""
        self.canvas.commands.shortcuts, self.canvas.commands.act = shortcuts, act
        shortcuts.subscribe(lambda: self.canvas.toolbar.show_keys(shortcuts))
        self.canvas.toolbar.show_keys(shortcuts)

    def set_playing(self, playing: bool) -> None:
        """While the clock runs the journey is only looked at; its keys that edit say so."""
        self._playing = playing
        key = next(iter(self.canvas.commands.shortcuts.keys("simulation.play")), "")
        self.canvas.read_only_reason = f"The clock is running. {key_tip('Pause it', key)} to edit the journey."
        self.canvas.set_editable(not playing)

    def set_theme(self, theme: Theme) -> None:
        self.canvas.set_theme(theme)

    def show_journey(self, key: str) -> None:
        self.canvas.open_journey(key)
        self._session.workbench.show_journey(key)
        self._show_run()

    def select(self, step: str) -> None:
        """Bring one step into view and select it."""
        self.canvas.show_step(step)

    def command(self, name: str) -> None:
        """Run a command of the canvas."""
        self.canvas.commands.run(name)

    def _figures_changed(self, figures: JourneyFigures | None) -> None:
        before, self._before = self._before, figures
        self._show_figures()
        if (
            self._playing
            and before is not None
            and figures is not None
            and (before.journey, before.generation, before.alone)
            == (figures.journey, figures.generation, figures.alone)
        ):
            flows = {wire: number - before.wires.get(wire, 0) for wire, number in figures.wires.items()}
            self.canvas.play_pulses({wire: number for wire, number in flows.items() if number > 0})

    def _show_figures(self) -> None:
        figures = self._session.workbench.figures
        if figures is None or figures.journey == self.key:
            self.canvas.set_figures(figures, self._session.workbench.figures_current)

    def _show_run(self) -> None:
        self.canvas.set_problems(self._session.problems())
        self._show_figures()
