"""The status bar: what is open, what is wrong, and whether the figures are those of now."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStatusBar

from engage_desktop.app.protocol import LogInfo
from engage_desktop.app.workbench import RunState
from engage_desktop.ui import formats
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import label, set_property


class StatusBar(QStatusBar):
    problems_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setFixedHeight(26)
        self.setContentsMargins(8, 0, 8, 0)
        self._theme: Theme | None = None
        self.workspace = label("", "strong", "status.workspace")
        self.people = label("", "", "status.people")
        self.events = label("", "", "status.events")
        self.problems = QPushButton()
        self.problems.setObjectName("status.problems")
        self.problems.setIconSize(QSize(14, 14))
        self.problems.clicked.connect(self.problems_asked)
        self.hint = label("", "", "status.hint")
        self.hint.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )  # no sentence widens the window
        self.current = label("", "", "status.current")
        self.seed = label("", "", "status.seed")
        for widget in (self.workspace, self.people, self.events, self.problems):
            self.addWidget(widget)
        self.addWidget(self.hint, 1)
        for widget in (self.current, self.seed):
            self.addPermanentWidget(widget)
        self.show_problems(0, False)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._icon()

    def _icon(self) -> None:
        if self._theme is not None:
            tone = self.problems.property("tone")
            name = "circle-check" if tone == "" else "triangle-alert"
            self.problems.setIcon(self._theme.icon(name, tone or "text_2", 14))

    def show_log(self, name: str, info: LogInfo | None) -> None:
        self.workspace.setText(name)
        self.people.setText(formats.count(info.people, "person", "people") if info else "opening the log…")
        self.events.setText(formats.count(info.events, "event") if info else "")

    def show_no_log(self, name: str) -> None:
        """A bare campaign file has no log."""
        self.workspace.setText(name)
        self.people.setText("no log open")
        self.events.setText("")

    def show_problems(self, number: int, errors: bool) -> None:
        self.problems.setText(formats.count(number, "problem") if number else "No problems")
        self.problems.setAccessibleName(self.problems.text())
        set_property(self.problems, "tone", "error" if errors else "warning" if number else "")
        self._icon()

    def show_run(self, run: RunState) -> None:
        if run.computing:
            part = f" {round(100 * run.progress)} %" if run.progress else ""
            text, tone = f"computing…{part}", "busy"
        elif run.refused:
            text, tone = "not computed: the design has errors", "error"
        elif run.current:
            text, tone = f"counts current · {formats.seconds(run.seconds)}", "ok"
        else:
            text, tone = "no counts yet", "busy"
        self.current.setText(text)
        set_property(self.current, "tone", tone)

    def show_seed(self, seed: int) -> None:
        self.seed.setText(f"seed {seed}")
