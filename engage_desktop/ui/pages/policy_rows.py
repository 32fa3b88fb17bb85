"""Rows of the policies: quiet hours, the send window, frequency caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QFrame, QWidget

from engage_desktop.domain.base import Model
from engage_desktop.domain.workspace import CHANNELS, Cap, QuietHours
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.inspector.branches import tool
from engage_desktop.ui.inspector.edits import sentence
from engage_desktop.ui.inspector.fields import ChoiceField, Field, NumberField
from engage_desktop.ui.inspector.fields_duration import DurationField
from engage_desktop.ui.inspector.fields_text import ClockField
from engage_desktop.ui.widgets.common import button, clear, column, label, row

_CHANNELS = [(CHANNEL_TITLE[channel], channel) for channel in CHANNELS]
_INSIDE = (("waits", "wait"), ("is dropped", "drop"))
_CAPPED = (("is dropped", "drop"), ("waits its turn", "defer"))
Item = TypeVar("Item", bound=Model)


class HoursFields:
    """The fields of one channel's hours."""

    def __init__(self, stem: str, spoken: str, put: Callable[[str], Any]) -> None:
        self.channel = ChoiceField("", f"{stem}.channel", put("channel"), _CHANNELS, spoken=f"{spoken}: channel")
        self.begins = ClockField("", f"{stem}.from", put("from_"), spoken=f"{spoken}: from")
        self.ends = ClockField("", f"{stem}.to", put("to"), spoken=f"{spoken}: to")
        self.inside = ChoiceField("", f"{stem}.inside", put("inside"), _INSIDE, spoken=f"{spoken}: what is due then")

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.channel, self.begins, self.ends, self.inside

    def load(self, hours: QuietHours) -> None:
        for made, value in zip(self.fields, (hours.channel, hours.from_, hours.to, hours.inside), strict=True):
            made.set_value(value)


class _Row(QFrame):
    """Fields in one or two lines."""

    def __init__(self, stem: str, *lines: tuple[QWidget, ...]) -> None:
        super().__init__()
        self.setProperty("kind", "branch")
        self.setObjectName(stem)
        layout = column(self, (8, 8, 8, 8), 8)
        for parts in lines:
            layout.addLayout(row(*parts, spacing=8))


class _Rows(QWidget, Generic[Item]):
    """Rows of one list of the policies; `put` gets what an edit is called and the new tuple."""

    noun = ""

    def __init__(self, name: str, put: Callable[[str, tuple[Item, ...]], str | None], nothing: str) -> None:
        super().__init__()
        self.name, self._put = name, put
        self.items: tuple[Item, ...] = ()
        self._loaders: list[Callable[[Item], None]] = []
        layout = column(self, spacing=8)
        self._list = column(spacing=8)
        layout.addLayout(self._list)
        self._nothing = label(nothing, "muted", f"{name}.nothing", wrap=True)
        add = button(f"Add {self.noun}", f"{name}.add", "link")
        add.clicked.connect(lambda: self.hand_over(f"Add {self.noun}", (*self.items, self.fresh())))
        self._refused = label("", "field-error", f"{name}.error", wrap=True)
        self._refused.hide()
        layout.addWidget(self._nothing)
        layout.addLayout(row(add, "stretch"))
        layout.addWidget(self._refused)

    def fresh(self) -> Item:
        """A row to begin with."""
        raise NotImplementedError

    def make_row(self, place: int) -> tuple[QWidget, Callable[[Item], None]]:
        """A row's widget, and how an item is shown in it."""
        raise NotImplementedError

    def hand_over(self, words: str, items: tuple[Item, ...]) -> str | None:
        refused = self._put(words, items)
        self._refused.setText(refused or "")
        self._refused.setVisible(bool(refused))
        return refused

    def set_field(self, place: int, field: str, value: Any) -> str | None:
        try:
            changed = self.items[place].with_(**{field: value})
        except ValueError as error:
            return sentence(error)
        return self._put(f"Change {self.noun}", (*self.items[:place], changed, *self.items[place + 1 :]))

    def remover(self, place: int) -> QWidget:
        made = tool(f"{self.name}.{place}.remove", f"Remove {self.noun} {place + 1}", "x")
        made.clicked.connect(
            lambda: self.hand_over(f"Remove {self.noun}", (*self.items[:place], *self.items[place + 1 :]))
        )
        return made

    def remake(self) -> None:
        """Make the rows anew: their icons have the old colours."""
        clear(self._list)
        self._loaders = []

    def load(self, items: tuple[Item, ...]) -> None:
        self.items = items
        self._nothing.setVisible(not items)
        if len(items) != len(self._loaders):
            clear(self._list)
            self._loaders = []
            for place in range(len(items)):
                made, load = self.make_row(place)
                self._list.addWidget(made)
                self._loaders.append(load)
        for load, item in zip(self._loaders, items, strict=True):
            load(item)


class HoursRows(_Rows[QuietHours]):
    """Quiet hours by channel."""

    noun = "quiet hours"

    def __init__(self, put: Callable[[str, tuple[QuietHours, ...]], str | None]) -> None:
        super().__init__("policies.quiet_hours", put, "Messages go at any hour.")

    def fresh(self) -> QuietHours:
        taken = {hours.channel for hours in self.items}
        channel = next((channel for channel in ("sms", *CHANNELS) if channel not in taken), "sms")
        return QuietHours.model_validate({"channel": channel, "from": "21:00", "to": "08:00"})

    def make_row(self, place: int) -> tuple[QWidget, Callable[[QuietHours], None]]:
        def put(field: str) -> Any:
            return lambda value: self.set_field(place, field, value)

        stem = f"{self.name}.{place}"
        made = HoursFields(stem, f"Quiet hours {place + 1}", put)
        widget = _Row(
            stem,
            (made.channel, label("from", "muted"), made.begins, label("to", "muted"), made.ends),
            (label("What is due then", "muted"), made.inside, self.remover(place)),
        )
        return widget, made.load


class WindowRow(QWidget):
    """The send window: of no channel, or of one."""

    def __init__(self, put: Callable[[str, QuietHours | None], str | None]) -> None:
        super().__init__()
        self._put = put
        self._hours: QuietHours | None = None
        self._made = HoursFields("policies.send_window", "Send window", self._putter)
        self._made.channel.set_choices([("No channel", None), *_CHANNELS])
        self._parts = (label("between", "muted"), label("and", "muted"), label("What is due at other times", "muted"))
        between, to, otherwise = self._parts
        made = self._made
        layout = column(self)
        lines = ((made.channel, between, made.begins, to, made.ends), (otherwise, made.inside))
        layout.addWidget(_Row("policies.send_window.row", *lines))

    def _putter(self, field: str) -> Any:
        return lambda value: self._change(field, value)

    def _change(self, field: str, value: Any) -> str | None:
        if field == "channel" and value is None:
            return self._put("Remove the send window", None)
        before = self._hours or QuietHours.model_validate({"channel": "email", "from": "08:00", "to": "20:00"})
        try:
            return self._put("Change the send window", before.with_(**{field: value}))
        except ValueError as error:
            return sentence(error)

    def load(self, hours: QuietHours | None) -> None:
        self._hours = hours
        for widget in (*self._parts, *self._made.fields[1:]):
            widget.setVisible(hours is not None)
        if hours is None:
            self._made.channel.set_value(None)
        else:
            self._made.load(hours)


class CapRows(_Rows[Cap]):
    """Frequency caps, of a channel or of all together."""

    noun = "a cap"

    def __init__(self, put: Callable[[str, tuple[Cap, ...]], str | None]) -> None:
        super().__init__("policies.caps", put, "Nothing is capped.")

    def fresh(self) -> Cap:
        return Cap(channel="email", max=2, per="7d") if not self.items else Cap(max=5, per="7d")

    def make_row(self, place: int) -> tuple[QWidget, Callable[[Cap], None]]:
        stem, spoken = f"{self.name}.{place}", f"Cap {place + 1}"

        def put(field: str) -> Any:
            return lambda value: self.set_field(place, field, value)

        most = NumberField("", f"{stem}.max", put("max"), spoken=f"{spoken}: at most")
        most.setFixedWidth(52)
        channel = ChoiceField(
            "", f"{stem}.channel", put("channel"), [("All channels", None), *_CHANNELS], spoken=f"{spoken}: channel"
        )
        per = DurationField("", f"{stem}.per", put("per"), spoken=f"{spoken}: in")
        channel.setMinimumWidth(136)
        capped = ChoiceField("", f"{stem}.when_capped", put("when_capped"), _CAPPED, spoken=f"{spoken}: what is more")
        widget = _Row(
            stem,
            (label("At most", "muted"), most, channel, label("in", "muted"), per),
            (label("What is more", "muted"), capped, self.remover(place)),
        )

        def load(cap: Cap) -> None:
            for made, value in zip(
                (most, channel, per, capped), (cap.max, cap.channel, cap.per, cap.when_capped), strict=True
            ):
                made.set_value(value)

        return widget, load
