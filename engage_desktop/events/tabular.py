"""One row of a table (CSV, Excel, Parquet) as a call: which column means what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import EVENT_OF_TYPE, NO_CONTEXT, TYPES, Call, encode
from engage_desktop.events.local_times import LocalTimes
from engage_desktop.events.log import Log
from engage_desktop.events.profile_rows import ProfileRows
from engage_desktop.events.rejects import Fault
from engage_desktop.events.table import path_parts

BLOCK = 20_000
"""Rows that are added to a log at once."""
_FIELDS = {
    "event": "event",
    "type": "type",
    "timestamp": "timestamp",
    "user_id": "userId",
    "anonymous_id": "anonymousId",
    "message_id": "messageId",
    "received_at": "receivedAt",
    "group_id": "groupId",
    "source_id": "sourceId",
}
_FIELD_OF = _FIELDS | {field: field for field in _FIELDS.values()}
"""Recognised column names, in snake_case and as in the Segment spec."""
_CLOCKS = ({"original_timestamp", "originalTimestamp"}, {"sent_at", "sentAt"})
"""Recognised only together (EV-1): `sent_at` alone may well be a property."""
_TIMES = ("timestamp", "receivedAt", "originalTimestamp", "sentAt")


class Told(NamedTuple):
    """How a file was read: its format, and what else there is to say, in words."""

    format: str
    words: list[str | None]
    columns: int = 0
    """Of a profile CSV, whose size has limits (SB-8)."""


def _refuse_overlap(file: str, head: str, paths: Sequence[tuple[str, ...]]) -> None:
    """`traits.a` and `traits.a.b` cannot both be: one of the two values would be lost."""
    there = set(paths)
    for path in paths:
        for end in range(1, len(path)):
            if path[:end] in there:
                outer, inner = (f"{head}.{'.'.join(one)}" for one in (path[:end], path))
                raise InputError(f"{file} has a column {outer!r} and one inside it, {inner!r}. Rename one of them.")


class Layout:
    """The meaning of the columns of one file; InputError if they cannot make calls.

    `people`: whether the format may be a profile CSV; it is one where no column names an event or type. `fields`:
    call field to column. `times`: columns of instants. `texts`: columns that are read as text whatever they hold."""

    def __init__(self, columns: Sequence[str], mapping: dict[str, str], file: str, *, people: bool = False) -> None:
        self.local = LocalTimes()
        self.names = [mapping.get(column, column) for column in columns]
        unknown = [column for column in mapping if column not in columns]
        has = f"It has: {', '.join(columns)}." if any(columns) else "It names no column at all."
        if unknown:
            raise InputError(f"{file} has no column {unknown[0]!r}, which the mapping renames. {has}")
        twice = next((name for i, name in enumerate(self.names) if name in self.names[:i]), None)
        if twice is not None:
            raise InputError(f"{file} has two columns named {twice!r}. Rename one of them.")
        self.fields: dict[str, int] = {}
        self._inner: dict[str, list[tuple[tuple[str, ...], int]]] = {"traits": [], "context": [], "properties": []}
        field_of = _field_names(self.names)
        for i, name in enumerate(self.names):
            head, _, rest = name.partition(".")
            if name in field_of:
                self.fields[field_of[name]] = i
            elif head in self._inner and rest:
                self._inner[head].append((path_parts(rest), i))
            else:
                self._inner["properties"].append(((name,), i))
        for head, columns_inside in self._inner.items():
            _refuse_overlap(file, head, [path for path, _ in columns_inside])
        persons = ("user_id", "anonymous_id")
        named = any(_FIELDS[name] in self.fields for name in persons) or {"email", "traits.email"} & set(self.names)
        self.profiles = ProfileRows(self.names) if people and named and not self._has("event", "type") else None
        self.undated = self.profiles is not None and not self._has("timestamp", "receivedAt")
        if self.profiles is None:
            self._require(file, has, "an event", ("event", "type"))
            self._require(file, has, "a timestamp", ("timestamp", "received_at"))
            self._require(file, has, "a person", persons)
        self.times = [self.fields[field] for field in _TIMES if field in self.fields]
        self.texts = frozenset(self.fields.values()) | (self.profiles.texts if self.profiles else frozenset())

    def words(self) -> list[str]:
        """What a person should see of the way rows are understood."""
        said = [f"times without a zone in {self.local.zone}"] if self.local.zone and self.times else []
        if self.profiles:
            said.append("one person a row" + (" as of the log's first instant" if self.undated else ""))
        return said

    def _has(self, *fields: str) -> bool:
        return any(field in self.fields for field in fields)

    def _require(self, file: str, has: str, what: str, names: tuple[str, ...]) -> None:
        if not self._has(*(_FIELDS[name] for name in names)):
            wanted = " or ".join(f"`{name}`" for name in names)
            raise InputError(
                f"{file} has no column for {what} ({wanted}). {has} Rename one of them, or map it: "
                f"--map your_column={names[0]}."
            )

    def call(self, values: Sequence[Any]) -> Call | Fault:
        """The call of one row. Values are JSON values; None = an empty cell, which means nothing is said."""
        given: dict[str, Any] = {}
        for field, i in self.fields.items():
            value = values[i]
            if value is not None and not isinstance(value, str):
                code = {"event": "event_not_string", "type": "event_not_string"}.get(field, "id_not_string")
                code = "timestamp_invalid" if field in _TIMES else code
                return Fault(field, code, f"{field} is not text. Store the column as text.")
            given[field] = self.local.text(value) if value and field in _TIMES else value
        kind, event = given.get("type"), given.get("event")
        if self.profiles:
            kind = "identify"
        elif kind is not None and kind.lower() in TYPES:
            kind = kind.lower()
        else:
            kind, event = "track", event if event is not None else kind
        properties = self._object("properties", values)
        traits = self._object("traits", values)
        if kind == "identify":  # nothing of a row is lost: its plain columns are traits too
            properties, traits = None, {**(properties or {}), **(traits or {})}
        context = self._object("context", values)
        return Call(
            type=kind,
            userId=given.get("userId"),
            anonymousId=given.get("anonymousId"),
            messageId=given.get("messageId"),
            event=event if kind not in EVENT_OF_TYPE else None,
            timestamp=given.get("timestamp"),
            receivedAt=given.get("receivedAt"),
            originalTimestamp=given.get("originalTimestamp"),
            sentAt=given.get("sentAt"),
            name=event if kind in EVENT_OF_TYPE else None,
            groupId=given.get("groupId"),
            properties=properties,
            traits=traits,
            context=NO_CONTEXT if context is None else msgspec.Raw(encode(context)),
            sourceId=given.get("sourceId"),
        )

    def _object(self, head: str, values: Sequence[Any]) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        for path, i in self._inner[head]:
            value = values[i]
            if value is None:
                continue
            inside = found
            for part in path[:-1]:
                inside = inside.setdefault(part, {})
                if not isinstance(inside, dict):
                    break
            else:
                inside[path[-1]] = value
        return found or None


class Rows:
    """Calls of a table on their way into a log, a block at a time."""

    def __init__(self, log: Log, layout: Layout, file: str) -> None:
        self._log, self._layout, self._file = log, layout, file
        self._calls: list[Call] = []
        self._lines: list[int] = []
        self.count = 0

    def add(self, line: int, call: Call | Fault) -> None:
        """Take a row that stands on `line`, or say what is wrong with it."""
        self.count += 1
        if isinstance(call, Fault):
            self._log.read += 1
            self._log.reject(self._file, line, call)
            return
        if self._layout.profiles:
            for finding in self._layout.profiles.check(call):
                self._log.reject(self._file, line, finding)
        self._calls.append(call)
        self._lines.append(line)

    @property
    def full(self) -> bool:
        return len(self._calls) >= BLOCK

    def flush(self) -> None:
        lines = np.array(self._lines, dtype=np.int32)
        profiles, undated = self._layout.profiles is not None, self._layout.undated
        self._log.add(self._calls, lines, self._file, profiles=profiles, undated=undated)
        self._calls, self._lines = [], []


def _field_names(columns: Sequence[str]) -> dict[str, str]:
    """Column name to the call's field it stands for."""
    clocks = [names & set(columns) for names in _CLOCKS]
    both = {one.pop(): field for one, field in zip(clocks, _TIMES[2:], strict=True)} if all(clocks) else {}
    return _FIELD_OF | both
