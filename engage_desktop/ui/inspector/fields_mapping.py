"""A field for what a destination is told under which name: one `name = value` a line."""

from __future__ import annotations

import json
from typing import Any

from engage_desktop.ui.inspector.fields import Commit
from engage_desktop.ui.inspector.fields_text import LongTextField


class MappingField(LongTextField):
    """The value is a mapping of names to texts. With `any_value` what reads as JSON is a number, a list and so on, and
    a text that would is put in quotes. Lines that say nothing yet are refused in place; what stood there stays."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, any_value: bool = False) -> None:
        super().__init__(title, name, self._check, lines=3, hint="plan = journey('Product Added.plan')")
        self._then, self._any = on_commit, any_value

    def value(self) -> Any:
        try:
            return self._read(self.text.toPlainText())
        except ValueError:
            return self.text.toPlainText()

    def _check(self, _value: Any) -> str | None:
        try:
            return self._then(self._read(self.text.toPlainText()))
        except ValueError as error:
            return str(error)

    def _read(self, text: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            name, sign, value = (part.strip() for part in line.partition("="))
            if not sign or not name or not value:
                lacks = "“=”" if not sign else "a name before “=”" if not name else "a value behind “=”"
                raise ValueError(f"Line {number} lacks {lacks}. Write such as plan = journey('Product Added.plan').")
            if name in found:
                raise ValueError(f"“{name}” stands twice. Keep one of the two lines.")
            found[name] = self._value(value)
        return found

    def _value(self, text: str) -> Any:
        if not self._any:
            return text
        try:
            return json.loads(text, parse_constant=str)
        except ValueError:
            return text

    def _line(self, value: Any) -> str:
        if isinstance(value, str) and (not self._any or self._value(value) == value):
            return value
        return json.dumps(value, ensure_ascii=False)

    def _show(self, value: Any) -> None:
        lines = [f"{name} = {self._line(item)}" for name, item in (value or {}).items()]
        self.text.setPlainText("\n".join(lines))
