"""The journey context (D-20, J2-14, J2-15, J2-25): snapshots of event properties, collected along a path."""

from __future__ import annotations

from typing import Any

from tests.oracle.log import Call
from tests.oracle.parse import dotted
from tests.oracle.rules import Rules
from tests.oracle.values import walk


class Captures:
    """What one path has collected; a new one with every capture, so that paths share only what came before."""

    def __init__(self, entry: Call | None, rules: Rules) -> None:
        self.rules = rules
        self.entry = entry
        self.stored: dict[str, dict[str, Any]] = {str(entry.event): entry.properties} if entry else {}

    def captured(self, event: Call, branch: str) -> Captures:
        """With a hold's event, under `<event> - <branch key>` and, unless it is called like the entry event, its bare name."""
        name, rules = str(event.event), self.rules
        found = Captures(self.entry, rules)
        found.stored = dict(self.stored)
        if rules.context_has_aliases:
            found.stored[f"{name} - {branch}"] = event.properties
        is_entry = self.entry is not None and self.entry.event == name
        if not (is_entry and rules.entry_keeps_its_name) and (rules.newest_capture_wins or name not in found.stored):
            found.stored[name] = event.properties
        return found

    def value(self, path: str, whole: bool = True) -> tuple[bool, Any]:
        """Whether a stored name begins the path, and the value there: of the longest such name. `whole` names count too."""
        names = [name for name in self.stored if path.startswith(f"{name}.") or (whole and path == name)]
        if not names:
            return False, None
        name = (max if self.rules.longest_name_wins else min)(names, key=len)
        rest = path[len(name) + 1 :]
        return True, walk(self.stored[name], dotted(rest)) if rest else self.stored[name]
