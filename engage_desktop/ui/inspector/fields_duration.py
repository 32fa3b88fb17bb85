"""Fields for lengths of time, typed as people write them: `2h`, `3 days`, `1 week 2 hours`."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit

from engage_desktop.domain.clock import parse_offset
from engage_desktop.domain.duration import UNIT_NAMES, duration_words, parse_duration
from engage_desktop.domain.duration_words import duration_as_written, read_duration
from engage_desktop.ui.inspector.fields import Commit, Field, TextField, side_by_side
from engage_desktop.ui.widgets.common import label

UNITS = ("s", "m", "h", "d", "w")
_ONE_PART = re.compile(r"([0-9]+)([wdhms])")
_SIDES = re.compile(r"(.*?)\s*\b(before|earlier|after|later)\b\s*", re.IGNORECASE)


class DurationField(Field):
    """A number and a unit, or a text such as `1 week 2 hours`. The value is the canonical text (`1w2h`), as authored
    when it means the same; None when empty and `optional`. What is half typed is said below while it is, and is not
    handed over: the last good value stays in force."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, optional: bool = False, spoken: str = "") -> None:
        super().__init__(title, name, self._check, spoken=spoken)
        self._then, self._optional = on_commit, optional
        self.line = QLineEdit()
        self.line.setPlaceholderText("no limit" if optional else "2 hours")
        self.line.setMinimumWidth(40)
        self.unit = QComboBox()
        self.unit.setObjectName(f"{name}.unit")
        self.unit.setAccessibleName(f"{spoken or title}: unit")
        for unit in UNITS:
            self.unit.addItem(f"{UNIT_NAMES[unit]}s", unit)
        self.unit.setCurrentIndex(2)
        self.line.installEventFilter(self)
        self._missing = label("", "muted", f"{name}.missing", wrap=True)
        self._missing.hide()
        self._adopt(self.line, side_by_side(self.line, self.unit), self._missing)
        self.line.editingFinished.connect(self.commit)
        self.line.textEdited.connect(self._say_missing)
        self.unit.activated.connect(lambda _index: self.commit())

    def value(self) -> str | None:
        text = self.line.text().strip()
        if not text:
            return None if self._optional else ""
        try:
            return self._as_authored(self._read(text))
        except ValueError:
            return text

    def _read(self, text: str) -> str:
        return read_duration(text, "" if self.unit.isHidden() else str(self.unit.currentData()))

    def _as_authored(self, text: str) -> str:
        try:
            if self._given and parse_duration(self._given) == parse_duration(text):
                return str(self._given)
        except ValueError:  # a value of the file that is none
            pass
        return text

    def _check(self, value: str | None) -> str | None:
        if value is None:
            return self._then(None)
        try:
            return self._then(self._as_authored(self._read(value)))
        except ValueError as error:
            stays = _words(self._given)
            return f"{error} Until then {stays} stays in force." if stays else str(error)

    def _say_missing(self, text: str) -> None:
        """While something is typed: what it still lacks."""
        said = ""
        if text.strip():
            try:
                self._read(text)
            except ValueError as error:
                said = str(error)
        self._missing.setText(said)
        self._missing.setVisible(bool(said))

    def set_value(self, value: Any) -> None:
        """Also what was typed otherwise is then shown as it is read."""
        super().set_value(value)
        if self.value() == value and not self.error and not self.line.hasFocus():
            self._show(value)

    def set_error(self, sentence: str | None, caret: str = "") -> None:
        super().set_error(sentence, caret)
        self._missing.hide()

    def commit(self) -> None:
        super().commit()
        if not self.error:
            self._show(self._given)

    def _show(self, value: str | None) -> None:
        text, unit = _written(value)
        if self.line.text() != text:
            self.line.setText(text)
        self.unit.setVisible(bool(unit))
        if unit:
            self.unit.setCurrentIndex(UNITS.index(unit))
        elif not value:
            self.unit.show()
        self.line.setToolTip(_words(value))
        self._missing.hide()


class OffsetField(TextField):
    """How far from a moment: `1 day before`, `2 h after`, or `-1d`. The value is the text of the file (`-1d`)."""

    def __init__(self, title: str, name: str, on_commit: Commit) -> None:
        super().__init__(title, name, self._check, hint="1 day before")
        self._then = on_commit

    def value(self) -> str | None:
        text = super().value()
        try:
            return None if text is None else self._as_authored(read_offset(text))
        except ValueError:
            return text

    def _as_authored(self, text: str) -> str:
        try:
            if self._given and parse_offset(self._given) == parse_offset(text):
                return str(self._given)
        except ValueError:
            pass
        return text

    def _check(self, value: str | None) -> str | None:
        try:
            return self._then(None if value is None else self._as_authored(read_offset(value)))
        except ValueError as error:
            return str(error)

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        if self.value() == value and not self.line.hasFocus():
            self._show(value)

    def commit(self) -> None:
        super().commit()
        if not self.error:
            self._show(self._given)

    def _show(self, value: str | None) -> None:
        super()._show(offset_words(value) if value else None)


def read_offset(text: str) -> str:
    """`-1d` of `1 day before` or `-1 day`; a length alone is one after. Raises ValueError with a sentence."""
    text = text.strip()
    if (said := _SIDES.fullmatch(text)) is not None:
        return f"-{read_duration(said[1])}" if said[2].lower() in ("before", "earlier") else read_duration(said[1])
    if text[:1] in ("-", "+", "−"):
        return f"{'' if text[0] == '+' else '-'}{read_duration(text[1:])}"
    return read_duration(text)


def offset_words(text: str) -> str:
    """`-1d` -> `1 day before`; a text that is no offset stays."""
    try:
        parse_offset(text)
        return f"{duration_as_written(text.lstrip('+-'))} {'before' if text.startswith('-') else 'after'}"
    except ValueError:
        return text


def _written(value: str | None) -> tuple[str, str]:
    """(text of the line, unit of the box beside it, which is nothing where the text says units)."""
    if not value:
        return "", ""
    one = _ONE_PART.fullmatch(value)
    if one is not None:
        return one[1], one[2]
    try:
        return duration_as_written(value), ""
    except ValueError:
        return value, ""


def _words(value: str | None) -> str:
    try:
        return duration_words(parse_duration(value)) if value else ""
    except ValueError:
        return ""
