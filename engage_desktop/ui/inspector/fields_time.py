"""A field for an instant: typed and shown by the workspace's clocks, with the zone beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from engage_desktop.domain.clock import is_local, local_instant
from engage_desktop.domain.duration import SECOND_US, format_instant, parse_instant
from engage_desktop.ui import formats
from engage_desktop.ui.inspector.fields import Commit, Field
from engage_desktop.ui.widgets.common import label, row


class InstantField(Field):
    """`2025-03-31 09:00` by the clocks of the zone, or ISO 8601 with a zone of its own. The value is ISO 8601 text,
    as authored when it means the same instant; None when empty. A clock time that is skipped or shown twice is read
    as everywhere else (D-32)."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, spoken: str = "") -> None:
        super().__init__(title, name, on_commit, spoken=spoken)
        self._zone = "UTC"
        self.line = QLineEdit()
        self.line.setPlaceholderText("any time")
        self.line.setMinimumWidth(40)
        self.line.installEventFilter(self)
        self.shown_zone = label("", "muted", f"{name}.zone")
        holder = QWidget()
        beside = row(self.line, self.shown_zone, spacing=8)
        beside.setStretch(0, 1)
        holder.setLayout(beside)
        self._adopt(self.line, holder)
        self.line.editingFinished.connect(self.commit)

    def set_value(self, value: Any) -> None:
        """Also what was typed otherwise is then shown as it is read."""
        super().set_value(value)
        if self.value() == value and self.line.text() != self._text(value):
            self._show(value)
        self._show_zone(value)

    def set_zone(self, zone: str) -> None:
        if formats.zone(zone) is None:
            zone = "UTC"
        if zone != self._zone:
            self._zone = zone
            self._show(self._given)
        self._show_zone(self._given)

    def value(self) -> str | None:
        text = self.line.text().strip()
        if not text:
            return None
        us = _instant(text, self._zone)
        if us is None:
            return text
        given = None if self._given is None else _instant(self._given, self._zone)
        return self._given if given == us else format_instant(us)

    def _text(self, value: str | None) -> str:
        us = None if value is None else _instant(value, self._zone)
        if us is None or us % SECOND_US:
            return value or ""
        moment = formats.local(us, self._zone)
        return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"

    def _show(self, value: str | None) -> None:
        self.line.setText(self._text(value))
        self.line.setCursorPosition(0)
        self._show_zone(value)

    def _show_zone(self, value: str | None) -> None:
        """The zone's abbreviation at that instant, its name where there is none."""
        us = None if value is None else _instant(value, self._zone)
        self.shown_zone.setText(self._zone if us is None else formats.local(us, self._zone).tzname() or self._zone)
        self.line.setToolTip(
            f"Such as 2025-03-31 09:00, by the clocks of {self._zone}"
            if us is None
            else formats.instant(us, self._zone)
        )


def _instant(text: str, zone: str) -> int | None:
    try:
        return local_instant(text, zone) if is_local(text) else parse_instant(text)
    except (ValueError, OverflowError):
        return None
