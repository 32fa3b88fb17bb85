"""Problems as rows a person can read, go to and mend."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.titles import found_title
from engage_desktop.ui.widgets.common import button, clear, column, label, row

ICONS = {"error": ("circle-alert", "error"), "warning": ("triangle-alert", "warning"), "info": ("info", "text_2")}
_ORDER = {"error": 0, "warning": 1, "info": 2}
MOST = 20
"""Sentences in a box: more nobody reads there, and a thousand take seconds to be laid out."""


def by_severity(problem: Problem) -> int:
    """Worst first."""
    return _ORDER[problem.severity]


def place(problem: Problem) -> tuple[str, str, str]:
    """(`journey`, key, step key or "") or (kind of another thing, key, "") or ("", "", "") of a problem's path."""
    parts = problem.path.split(".")
    if len(parts) >= 2 and parts[0] == "journeys":
        step = (
            parts[3]
            if len(parts) >= 4 and parts[2] == "steps"
            else "@entry"
            if len(parts) > 2 and parts[2] in ("entry", "start")
            else ""
        )
        return "journey", parts[1], step
    if len(parts) >= 2 and parts[0] in ("audiences", "traits", "broadcasts", "messages"):
        return parts[0].removesuffix("s"), parts[1], ""
    if parts[0] == "policies":
        return "policies", "policies", ""
    return "", "", ""


def where(problem: Problem, campaigns: Campaigns) -> str:
    """The place in people's names: `Cart rescue, Two quiet hours`."""
    kind, key, step = place(problem)
    if kind == "journey" and (journey := campaigns.journey(key)) is not None:
        found = journey.by_key.get(step)
        if found is not None:
            return f"{journey.name}, {found.name or found.key}"
        return f"{journey.name}, entry" if step else journey.name
    return (found_title(campaigns, kind, key) if kind else None) or problem.path


class ProblemBox(QWidget):
    """The problems of one thing as sentences, worst first, each with its mend where there is one; nothing at all when
    there are none, and of very many the worst. `fix_asked` carries the problem."""

    fix_asked = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._layout = column(self, spacing=8)
        self._shown: tuple[tuple[Problem, ...], int] | None = None
        self.show_problems(())

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        worst = tuple(sorted(problems, key=by_severity)[:MOST])
        more = len(problems) - len(worst)
        if self._shown == (worst, more):
            return
        self._shown = worst, more
        clear(self._layout)
        self.setVisible(bool(problems))
        if problems:
            self._layout.addWidget(label("Problems", "heading"))
        for problem in worst:
            role = "error" if problem.is_error else "warning"
            self._layout.addWidget(label(f"{problem.message} {problem.mend}".strip(), role, wrap=True))
            if problem.fix is not None:
                fix = button("Fix", f"{self.objectName()}.fix", "", "One step that Undo takes back (Alt+Enter)")
                fix.setAccessibleName(f"Fix: {problem.fix.name}")
                fix.clicked.connect(partial(self.fix_asked.emit, problem))
                line = row(fix, label(problem.fix.name, "", f"{self.objectName()}.fix_name", wrap=True))
                line.setStretch(1, 1)
                self._layout.addLayout(line)
        if more:
            told = f"and {more:,} more: the list of all problems opens from the line below the window."
            self._layout.addWidget(label(told, "muted", f"{self.objectName()}.more", wrap=True))
