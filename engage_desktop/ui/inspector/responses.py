"""The model of responses as a small table: a box for each response, and rows for members of audiences (D-28)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.response import STAGES, Responses, Spread, Stage, StageName
from engage_desktop.ui.inspector import response_edits as edits
from engage_desktop.ui.inspector.branches import tool
from engage_desktop.ui.inspector.edits import sentence
from engage_desktop.ui.inspector.fields import ChoiceField, Field, NumberField, side_by_side
from engage_desktop.ui.inspector.fields_duration import DurationField
from engage_desktop.ui.inspector.fields_log import EventField
from engage_desktop.ui.inspector.fields_text import PercentField
from engage_desktop.ui.widgets.common import button, clear, column, label, row

Apply = Callable[[str, Responses], str | None]
"""Keep a model under the name of an edit; None, or the sentence that refuses it."""
_KINDS = (("Not assumed", "none"), ("A share of people", "range"), ("As once counted", "counted"))
_AFTER = (
    ("At once", "once"),
    ("After a time", "fixed"),
    ("Between two times", "between"),
    ("Half by, nine in ten by", "most"),
)
_DELAYS = {"fixed": ("fixed",), "between": ("from_", "to"), "most": ("p50", "p90")}


@dataclass(frozen=True)
class Offers:
    """What the fields offer: audiences as (name, key), events of the log with their counts."""

    audiences: Sequence[tuple[str, str]] = ()
    events: Mapping[str, int] = field(default_factory=dict)

    @property
    def likeliest_event(self) -> str:
        name = "Order Completed"
        return name if name in self.events else max(self.events, key=lambda one: self.events[one], default=name)


class StageBox(QFrame):
    """One response: how likely, and when it comes."""

    def __init__(self, owner: ResponsesForm, by: int | None, name: StageName) -> None:
        super().__init__()
        self.setProperty("kind", "branch")
        stem = f"{owner.name}.{name}" if by is None else f"{owner.name}.by.{by}.{name}"
        self.setObjectName(stem)
        self._owner, self._by, self._name = owner, by, name
        self._stage: Stage | None = None
        title = edits.TITLES[name]
        spoken = title if by is None else f"{title}, row {by + 1}"
        kinds = _KINDS if by is None else (("As everybody", "none"), *_KINDS[1:])
        self._kind = ChoiceField(title, f"{stem}.kind", self._rekind, kinds, spoken=spoken)
        self._fields: dict[str, Field] = {}
        for part in ("low", "likely", "high"):
            self._fields[part] = PercentField(
                f"{part.capitalize()} %", f"{stem}.{part}", self._put(part), spoken=f"{spoken}: {part}, in percent"
            )
        for part in ("successes", "trials"):
            words = "Did" if part == "successes" else "Of"
            self._fields[part] = NumberField(words, f"{stem}.{part}", self._put(part), spoken=f"{spoken}: {part}")
        self._after = ChoiceField("Comes", f"{stem}.after", self._reafter, _AFTER, spoken=f"{spoken}: comes")
        self._delays = {
            part: DurationField(
                words, f"{stem}.{part.rstrip('_')}", self._put_delay(part), spoken=f"{spoken}: {words.lower()}"
            )
            for part, words in (
                ("fixed", "After"), ("from_", "From"), ("to", "To"), ("p50", "Half by"), ("p90", "Nine in ten by"),
            )
        }  # fmt: skip
        self._event = EventField("As the event", f"{stem}.event", self._put("event"), spoken=f"{spoken}: as the event")
        layout = column(self, (8, 8, 8, 8), 8)
        layout.addWidget(self._kind)
        self._range = side_by_side(*(self._fields[part] for part in ("low", "likely", "high")), spacing=4)
        self._count = side_by_side(self._fields["successes"], self._fields["trials"], spacing=4)
        for widget in (self._range, self._count, self._after, *self._delays.values(), self._event):
            layout.addWidget(widget)
        layout.addStretch(1)

    # -- edits ----------------------------------------------------------------------------

    def _set(self, stage: Stage | None) -> str | None:
        words = f"Change what is {self._name}"
        return self._owner.edit(words, lambda model: edits.set_stage(model, self._by, self._name, stage))

    def _change(self, make: Callable[[Stage], Stage]) -> str | None:
        if self._stage is None:
            return None
        try:
            changed = make(self._stage)
        except (UserError, ValidationError, ValueError) as error:
            return sentence(error)
        return self._set(changed)

    def _put(self, part: str) -> Any:
        return lambda value: self._change(lambda stage: stage.with_(**{part: value}))

    def _put_delay(self, part: str) -> Any:
        def put(value: Any) -> str | None:
            if part == "fixed":
                return self._change(lambda stage: stage.with_(after=value))
            return self._change(lambda stage: stage.with_(after=_spread(stage).with_(**{part: value})))

        return put

    def _rekind(self, kind: Any) -> str | None:
        return self._set(edits.as_stage(self._name, kind, self._stage, self._owner.offers.likeliest_event))

    def _reafter(self, kind: Any) -> str | None:
        return self._change(lambda stage: edits.as_after(stage, kind))

    # -- what is shown --------------------------------------------------------------------

    def load(self, stage: Stage | None, offers: Offers) -> None:
        self._stage = stage
        kind = edits.stage_kind(stage)
        self._kind.set_value(kind)
        self._range.setVisible(kind == "range")
        self._count.setVisible(kind == "counted")
        self._after.setVisible(stage is not None)
        self._event.setVisible(stage is not None and (self._name == "converted" or stage.event is not None))
        self._event.set_events(offers.events)
        after = edits.after_kind(stage) if stage is not None else "once"
        self._after.set_value(after)
        shown = _DELAYS.get(after, ()) if stage is not None else ()
        for part, made in self._delays.items():
            made.setVisible(part in shown)
            if stage is not None and part in shown:
                made.set_value(stage.after if part == "fixed" else getattr(stage.after, part))
        if stage is not None:
            for part, field_ in self._fields.items():
                field_.set_value(getattr(stage, part))
            self._event.set_value(stage.event)


class ByRow(QFrame):
    """What members of one audience do otherwise."""

    def __init__(self, owner: ResponsesForm, by: int) -> None:
        super().__init__()
        stem = f"{owner.name}.by.{by}"
        self.setObjectName(stem)
        self._owner, self._by = owner, by
        self._audience = ChoiceField("Members of", f"{stem}.audience", self._choose, spoken=f"Row {by + 1}: members of")
        remove = tool(f"{stem}.remove", f"Remove row {by + 1}", "x")
        remove.clicked.connect(lambda: owner.edit("Remove a row", lambda model: edits.remove_row(model, by)))
        self._stages = {name: StageBox(owner, by, name) for name in STAGES}
        layout = column(self, spacing=8)
        self._audience.setMinimumWidth(200)
        head = row(self._audience, remove, "stretch", spacing=4)
        head.setAlignment(remove, Qt.AlignmentFlag.AlignBottom)  # beside the field, not its title
        layout.addLayout(head)
        layout.addLayout(owner.boxes(list(self._stages.values())))

    def _choose(self, audience: Any) -> str | None:
        return self._owner.edit(
            "Change whose responses differ", lambda model: edits.set_row_audience(model, self._by, audience)
        )

    def load(self, model: Responses, offers: Offers) -> None:
        self._audience.set_choices(list(offers.audiences))
        self._audience.set_value(model.by[self._by].audience)
        for name, box in self._stages.items():
            box.load(edits.stage_of(model, self._by, name), offers)


class ResponsesForm(QWidget):
    """All of a model. `wide` puts the responses side by side."""

    def __init__(self, name: str, apply: Apply, *, wide: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self.name, self.offers = name, Offers()
        self._apply, self._wide = apply, wide
        self._model = Responses()
        self._rows: list[ByRow] = []
        self._stages = {stage: StageBox(self, None, stage) for stage in STAGES}
        layout = column(self, spacing=12)
        layout.addLayout(self.boxes(list(self._stages.values())))
        self._by = column(spacing=12)
        layout.addLayout(self._by)
        self._add = button("Other rates for an audience", f"{name}.by.add", "link")
        self._add.clicked.connect(self._add_row)
        layout.addLayout(row(self._add, "stretch"))
        self._refused = label("", "field-error", f"{name}.error", wrap=True)
        self._refused.hide()
        layout.addWidget(self._refused)

    def boxes(self, made: list[StageBox]) -> QBoxLayout:
        """The four responses in their arrangement."""
        layout: QBoxLayout = row(spacing=8) if self._wide else column(spacing=8)
        for box in made:
            layout.addWidget(box, 1 if self._wide else 0)
        return layout

    def edit(self, words: str, make: Callable[[Responses], Responses]) -> str | None:
        """Hand a changed model over."""
        try:
            changed = make(self._model)
        except (UserError, ValidationError, ValueError) as error:
            return sentence(error)
        return self._apply(words, changed)

    def _add_row(self) -> None:
        taken = {members.audience for members in self._model.by}
        free = [key for _, key in self.offers.audiences if key not in taken]
        refused: str | None = "There is no other audience of people. Make one first."
        if free:
            refused = self.edit("Add other rates for an audience", lambda model: edits.add_row(model, free[0]))
        self._refused.setText(refused or "")
        self._refused.setVisible(bool(refused))

    def remake(self) -> None:
        """Make the rows of audiences anew: their icons have the old colours."""
        clear(self._by)
        self._rows = []

    def load(self, model: Responses, offers: Offers) -> None:
        self._model, self.offers = model, offers
        self._refused.hide()
        for name, box in self._stages.items():
            box.load(edits.stage_of(model, None, name), offers)
        if len(self._rows) != len(model.by):
            clear(self._by)
            self._rows = [ByRow(self, place) for place in range(len(model.by))]
            for made in self._rows:
                self._by.addWidget(made)
        for made in self._rows:
            made.load(model, offers)


def _spread(stage: Stage) -> Spread:
    return stage.after if isinstance(stage.after, Spread) else Spread()
