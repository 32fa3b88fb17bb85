"""Problems as rows a person can read, go to and mend."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDockWidget, QListWidget, QListWidgetItem, QWidget

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.theme import icon
from engage_desktop.ui.titles import found_title
from engage_desktop.ui.widgets.common import clear, column, label

_ICONS = {"error": ("circle-alert", "error"), "warning": ("triangle-alert", "warning"), "info": ("info", "text_2")}
_ORDER = {"error": 0, "warning": 1, "info": 2}


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
    """The problems of one thing as sentences, worst first; nothing at all when there are none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._layout = column(self, spacing=8)
        self._shown: tuple[Problem, ...] | None = None
        self.show_problems(())

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        if problems == self._shown:
            return
        self._shown = problems
        clear(self._layout)
        self.setVisible(bool(problems))
        if problems:
            self._layout.addWidget(label("Problems", "heading"))
        for problem in sorted(problems, key=lambda item: _ORDER[item.severity]):
            role = "error" if problem.is_error else "warning"
            self._layout.addWidget(label(f"{problem.message} {problem.mend}".strip(), role, wrap=True))


class ProblemsDock(QDockWidget):
    """All problems of the workspace; choosing one goes there. `chosen` carries (kind, key, step)."""

    chosen = Signal(str, str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Problems", parent)
        self.setObjectName("problems")
        self._list = QListWidget()
        self._list.setObjectName("problems.list")
        self._list.setAccessibleName("Problems")
        self._list.setWordWrap(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = label("Nothing is wrong with this design.", "muted", "problems.empty")
        body = QWidget()
        body.setProperty("kind", "surface")
        layout = column(body, (8, 8, 8, 8), 8)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._empty)
        self.setWidget(body)
        self._list.itemActivated.connect(self._go)
        self._list.itemClicked.connect(self._go)
        self._problems: tuple[Problem, ...] | None = None

    def show_problems(self, problems: tuple[Problem, ...], campaigns: Campaigns) -> None:
        if problems == self._problems:
            return
        self._problems = problems
        self._list.clear()
        for problem in sorted(problems, key=lambda item: _ORDER[item.severity]):
            item = QListWidgetItem(
                icon(*_ICONS[problem.severity]),
                f"{where(problem, campaigns)}: {problem.message} {problem.mend}".strip(),
            )
            item.setData(Qt.ItemDataRole.UserRole, place(problem))
            item.setToolTip(problem.path)
            self._list.addItem(item)
        self._list.setVisible(bool(problems))
        self._empty.setVisible(not problems)

    def _go(self, item: QListWidgetItem) -> None:
        self.chosen.emit(*item.data(Qt.ItemDataRole.UserRole))
