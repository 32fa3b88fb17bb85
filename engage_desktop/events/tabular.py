"""One row of a CSV or Parquet file as a call: which column means what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import EVENT_OF_TYPE, NO_CONTEXT, TYPES, Call, encode
from engage_desktop.events.rejects import Fault
from engage_desktop.events.table import path_parts

_FIELDS = {
    "event": "event",
    "type": "type",
    "timestamp": "timestamp",
    "user_id": "userId",
    "anonymous_id": "anonymousId",
    "message_id": "messageId",
    "received_at": "receivedAt",
    "group_id": "groupId",
}
_FIELD_OF = _FIELDS | {field: field for field in _FIELDS.values()}
"""Recognised column names, in snake_case and as in the Segment spec."""


def _refuse_overlap(file: str, head: str, paths: Sequence[tuple[str, ...]]) -> None:
    """`traits.a` and `traits.a.b` cannot both be: one of the two values would be lost."""
    there = set(paths)
    for path in paths:
        for end in range(1, len(path)):
            if path[:end] in there:
                outer, inner = (f"{head}.{'.'.join(one)}" for one in (path[:end], path))
                raise InputError(f"{file} has a column {outer!r} and one inside it, {inner!r}. Rename one of them.")


class Layout:
    """The meaning of the columns of one file; InputError if they cannot make calls."""

    def __init__(self, columns: Sequence[str], mapping: dict[str, str], file: str) -> None:
        names = [mapping.get(column, column) for column in columns]
        unknown = [column for column in mapping if column not in columns]
        has = f"It has: {', '.join(columns)}." if any(columns) else "It names no column at all."
        if unknown:
            raise InputError(f"{file} has no column {unknown[0]!r}, which the mapping renames. {has}")
        twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
        if twice is not None:
            raise InputError(f"{file} has two columns named {twice!r}. Rename one of them.")
        self.fields: dict[str, int] = {}
        self._inner: dict[str, list[tuple[tuple[str, ...], int]]] = {"traits": [], "context": [], "properties": []}
        for i, name in enumerate(names):
            head, _, rest = name.partition(".")
            if name in _FIELD_OF:
                self.fields[_FIELD_OF[name]] = i
            elif head in self._inner and rest:
                self._inner[head].append((path_parts(rest), i))
            else:
                self._inner["properties"].append(((name,), i))
        for head, columns_inside in self._inner.items():
            _refuse_overlap(file, head, [path for path, _ in columns_inside])
        self._require(file, has, "an event", ("event", "type"))
        self._require(file, has, "a timestamp", ("timestamp", "received_at"))
        self._require(file, has, "a person", ("user_id", "anonymous_id"))

    def _require(self, file: str, has: str, what: str, names: tuple[str, ...]) -> None:
        if not any(_FIELDS[name] in self.fields for name in names):
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
                code = "timestamp_invalid" if field in ("timestamp", "receivedAt") else code
                return Fault(field, code, f"{field} is not text. Store the column as text.")
            given[field] = value
        kind, event = given.get("type"), given.get("event")
        if kind is not None and kind.lower() in TYPES:
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
            name=event if kind in EVENT_OF_TYPE else None,
            groupId=given.get("groupId"),
            properties=properties,
            traits=traits,
            context=NO_CONTEXT if context is None else msgspec.Raw(encode(context)),
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
