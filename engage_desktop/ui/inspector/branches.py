"""The branches of a hold, split, fork or random split, each a small field of its own."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from engage_desktop.domain.step import Hold, RandomSplit, StepBase
from engage_desktop.ui.canvas.words import step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField, Commit, Field, FlagField, NumberField, TextField
from engage_desktop.ui.inspector.fields_log import ConditionField, EventField
from engage_desktop.ui.theme import icon
from engage_desktop.ui.widgets.common import button, clear, column, label, row

_TITLES = {
    "hold": "Waits for",
    "split": "Branches, first that applies",
    "fork": "Branches, all that apply",
    "random": "Arms",
}


class HoldoutField(FlagField):
    """Whether an arm is the holdout; the value is its role."""

    def __init__(self, name: str, on_commit: Commit, spoken: str) -> None:
        super().__init__("Holdout: measured, not reached", name, on_commit, spoken=f"{spoken}: holdout")

    def value(self) -> Any:
        return "holdout" if self.box.isChecked() else None

    def _show(self, value: Any) -> None:
        self.box.setChecked(value == "holdout")


def tool(name: str, text: str, icon_name: str) -> QToolButton:
    """A small quiet button with an icon; `text` is its tooltip and accessible name."""
    made = QToolButton()
    made.setObjectName(name)
    made.setToolTip(text)
    made.setAccessibleName(text)
    made.setProperty("kind", "quiet")
    made.setIcon(icon(icon_name, "text_2", 14))
    made.setIconSize(QSize(14, 14))
    made.setFixedSize(24, 24)
    return made


class BranchRow(QFrame):
    """One branch. Which fields it has follows from the step's type."""

    def __init__(self, owner: BranchList, branch: Any, position: int) -> None:
        super().__init__()
        self.setProperty("kind", "branch")
        self.setObjectName(f"inspector.branch.{branch.key}")
        self._owner, self.key = owner, branch.key
        self._fields: dict[str, Field] = {}
        stem, spoken = self.objectName(), f"Branch {position + 1}"
        layout = column(self, (8, 8, 8, 8), 8)
        target = ChoiceField("", f"{stem}.target", self._aim, spoken=f"{spoken} leads to")
        tools = [tool(f"{stem}.remove", f"Remove {spoken.lower()}", "x")]
        tools[0].clicked.connect(lambda: owner.remove(self.key))
        if owner.type in ("split", "fork"):
            up = tool(f"{stem}.up", f"Move {spoken.lower()} up", "chevron-up")
            up.setEnabled(position > 0)
            up.clicked.connect(lambda: owner.move_up(self.key))
            tools.insert(0, up)
        if owner.type == "hold":
            self._fields["event"] = EventField(
                "", f"{stem}.event", lambda value: self._put("event", value), spoken=f"{spoken}: event"
            )
            self._filter = tool(f"{stem}.filter", f"Filter {spoken.lower()} by properties", "filter")
            self._filter.setCheckable(True)
            layout.addLayout(row(self._fields["event"], self._filter, *tools, spacing=4))
            layout.addWidget(target)
            where = ConditionField(
                "",
                f"{stem}.where",
                lambda value: self._put("where", value),
                hint="any such event",
                spoken=f"{spoken}: only where",
            )
            self._fields["where"] = where
            self._fields["name"] = TextField(
                "", f"{stem}.name", lambda value: self._put("name", value), hint=f"Name: {branch.key}",
                spoken=f"{spoken}: name",
            )  # fmt: skip
            layout.insertWidget(1, self._fields["name"])
            self._filter.toggled.connect(where.setVisible)
            where.hide()
            layout.addWidget(where)
            every = FlagField(
                "",
                f"{stem}.any",
                lambda value: self._put("any_identifier", value),
                spoken=f"{spoken}: of any identifier",
            )
            self._fields["any_identifier"] = every
            layout.addWidget(every)
        elif owner.type == "random":
            name = TextField(
                "", f"{stem}.name", lambda value: self._put("name", value), hint=branch.key, spoken=f"{spoken}: name"
            )
            percent = NumberField(
                "", f"{stem}.percent", lambda value: self._put("percent", value), spoken=f"{spoken}: percent"
            )
            percent.setFixedWidth(60)
            role = HoldoutField(f"{stem}.role", lambda value: self._put("role", value), spoken)
            self._fields |= {"name": name, "percent": percent, "role": role}
            layout.addLayout(row(name, percent, label("%", "muted"), *tools, spacing=4))
            layout.addWidget(target)
            layout.addWidget(role)
        else:
            name = TextField(
                "", f"{stem}.name", lambda value: self._put("name", value), hint=branch.key, spoken=f"{spoken}: name"
            )
            self._fields["name"] = name
            layout.addLayout(row(name, *tools, spacing=4))
            condition = ConditionField(
                "",
                f"{stem}.condition",
                lambda value: self._put("condition", value),
                optional=False,
                spoken=f"{spoken}: condition",
            )
            self._fields["condition"] = condition
            layout.addWidget(condition)
            layout.addWidget(target)
        self._target = target

    def _put(self, attribute: str, value: Any) -> str | None:
        return self._owner.put(self.key, attribute, value)

    def _aim(self, target: Any) -> str | None:
        return self._owner.aim(self.key, target)

    def load(self, branch: Any, choices: Any, own: str) -> None:
        self._target.set_choices(choices)
        self._target.set_value(own if getattr(branch, "loop", False) else branch.next)
        for attribute, made in self._fields.items():
            if isinstance(made, EventField):
                made.set_events(self._owner.around.events)
            if isinstance(made, ConditionField):
                made.set_names(self._owner.around.names, getattr(branch, "event", None))
            if attribute == "any_identifier" and isinstance(made, FlagField):
                reentry = self._owner.around.journey.entry.reentry
                name = reentry.identifier if reentry else None
                made.set_title(f"Also of another {name or 'identifier'}")
                made.setVisible(bool(name) or branch.any_identifier)
            made.set_value(getattr(branch, attribute))
        if "where" in self._fields and branch.where is not None:
            self._filter.setChecked(True)  # what is set is seen


class BranchList(QWidget):
    """All branches of a step. Rows are made anew only when branches came, went or moved."""

    def __init__(self, step: StepBase, around: Any, apply: edits.Apply) -> None:
        super().__init__()
        self.type, self.step, self.around, self._apply = step.type, step, around, apply
        self._rows: list[BranchRow] = []
        layout = column(self, spacing=8)
        layout.addWidget(label(_TITLES.get(step.type, "Branches"), "heading"))
        self._list = column(spacing=8)
        layout.addLayout(self._list)
        self._refused = label("", "field-error", "inspector.branches.error", wrap=True)
        self._sum = label("", "muted", "inspector.branches.sum")
        add = button("Add branch" if step.type != "random" else "Add arm", "inspector.branch.add", "link")
        add.clicked.connect(self._add)
        even = button("Even shares", "inspector.branch.even", "link")
        even.clicked.connect(lambda: self._run("Even shares", edits.even_shares(self.step.key)))
        if step.type != "random":
            even.hide()
        layout.addLayout(row(add, even, "stretch", self._sum, spacing=16))
        layout.addWidget(self._refused)
        self._refused.hide()

    def _title(self) -> str:
        return step_title(self.step, self.around.campaigns)

    def _run(self, words: str, edit: edits.JourneyEdit) -> None:
        refused = self._apply(f"{words} in “{self._title()}”", edit)
        self._refused.setText(refused or "")
        self._refused.setVisible(bool(refused))

    def put(self, branch: str, attribute: str, value: Any) -> str | None:
        return self._apply(
            f"Change {attribute} of a branch of “{self._title()}”",
            edits.set_branch(self.step.key, branch, **{attribute: value}),
        )

    def aim(self, branch: str, target: Any) -> str | None:
        return self._apply(f"Connect “{self._title()}”", edits.set_target(self.step.key, branch, target))

    def remove(self, branch: str) -> None:
        self._run("Remove a branch", edits.remove_branch(self.step.key, branch))

    def move_up(self, branch: str) -> None:
        self._run("Move a branch up", edits.move_branch(self.step.key, branch, -1))

    def _add(self) -> None:
        self._run("Add a branch", edits.add_branch(self.step.key, self.around.likeliest_event))

    def load(self, step: StepBase, around: Any) -> None:
        self.step, self.around = step, around
        branches = step.branches  # type: ignore[attr-defined]  # only steps with branches have this list
        if [made.key for made in self._rows] != [branch.key for branch in branches]:
            clear(self._list)
            self._rows = [BranchRow(self, branch, position) for position, branch in enumerate(branches)]
            for made in self._rows:
                self._list.addWidget(made)
        choices = list(around.targets(step.key))
        if isinstance(step, Hold):
            choices.append(("↺ start over", step.key))
        for made, branch in zip(self._rows, branches, strict=True):
            made.load(branch, choices, step.key)
        if isinstance(step, RandomSplit):
            total = sum(branch.percent for branch in branches)
            self._sum.setText(f"{total:g} % in all")
