"""The columnar event store: what everything above reads a log through."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import InputError
from engage_desktop.events.arrays import Arrays, FolderArrays, Sink
from engage_desktop.events.column import ABSENT, LIST, MISSING, NUMBER, OBJECT, Column
from engage_desktop.events.identity import TYPE_NAMES
from engage_desktop.events.rejects import Reject
from engage_desktop.events.table import Path as ColumnPath
from engage_desktop.events.table import path_parts, path_text

NEVER: Final = 2**63 - 1
SUBSCRIPTION_PARTS: Final = ("place", "profile", "time", "kind", "code")


class TraitHistory(NamedTuple):
    """Values over time. Entries start[p] .. start[p + 1] belong to profile p, in the order of D-2;
    each holds from its `time` on, of several at one instant the last. ABSENT = removed."""

    start: NDArray[np.int64]
    time: NDArray[np.int64]
    column: Column
    place: NDArray[np.int64]
    """Ascending: of traits and addresses the position among all calls in the order (profile, D-2)."""


class ObjectTexts(Sequence[str]):
    """JSON of objects, put together from the columns of their fields when asked."""

    def __init__(self, texts: Sequence[str], rows: NDArray[np.intp], fields: list[tuple[ColumnPath, Column]]) -> None:
        self._texts, self._rows, self._fields = texts, rows, fields

    def __len__(self) -> int:
        return len(self._texts) + len(self._rows)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        if i < 0:
            i += len(self)
        if i < len(self._texts):
            return self._texts[i]
        row = int(self._rows[i - len(self._texts)])
        result: dict[str, Any] = {}
        for path, column in self._fields:  # parents come before their fields
            kind = column.kind[row]
            if kind in (ABSENT, MISSING):
                continue
            inside = result
            for part in path[:-1]:
                inside = inside[part]
            value: Any = column.value(row) if kind != OBJECT else {}
            if kind == LIST:
                value = json.loads(str(value))
            if kind == NUMBER and isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
                value = int(value)
            inside[path[-1]] = value
        return msgspec.json.encode(result).decode()


class EventStore:
    """Read only. Rows are events in the order (profile, timestamp, receivedAt, position in the input).
    Make one by `build_store` or `EventStore.open`."""

    def __init__(self, meta: dict[str, Any], arrays: Arrays) -> None:
        self._arrays = arrays
        self.meta = meta
        self.n_profiles: int = meta["n_profiles"]
        self.n_events: int = meta["n_events"]
        self.first_us: int | None = meta["first_us"]
        self.last_us: int | None = meta["last_us"]
        self.event_names: tuple[str, ...] = tuple(event["name"] for event in meta["events"])
        self._event = {name: i for i, name in enumerate(self.event_names)}
        self._traits: dict[str, TraitHistory] = {}
        self._addresses: dict[str, TraitHistory] = {}
        self._subscriptions: dict[str, TraitHistory] = {}

    @classmethod
    def open(cls, folder: Path | str) -> EventStore:
        """Map an imported log into memory; InputError if it is missing or damaged."""
        arrays = FolderArrays(Path(folder))
        try:
            return cls(arrays.meta, arrays)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"The imported log in {folder} is damaged (its manifest is not whole). Import the log again."
            ) from error

    @cached_property
    def time(self) -> NDArray[np.int64]:
        return self._arrays.get("time")

    @cached_property
    def profile_start(self) -> NDArray[np.int64]:
        return self._arrays.get("profile_start")

    @cached_property
    def since(self) -> NDArray[np.int64]:
        """First call of each profile, of any type."""
        return self._arrays.get("since")

    @cached_property
    def profile_ids(self) -> Sequence[str]:
        """Text ids in code-point order."""
        return self._arrays.texts("profile_ids")

    def index_of(self, text_id: str) -> int | None:
        i = bisect_left(self.profile_ids, text_id)
        return i if i < self.n_profiles and self.profile_ids[i] == text_id else None

    def eligible_since(self, include_anonymous: bool) -> NDArray[np.int64]:
        """From when a profile may be a member (AU-4, D-6); NEVER where it may not."""
        return self._arrays.get("eligible.all" if include_anonymous else "eligible.known")

    def rows(self, name: str) -> NDArray[np.uint32]:
        """Rows of the events of that name, ascending; empty for a name the log does not hold."""
        i = self._event.get(name)
        return np.empty(0, np.uint32) if i is None else self._arrays.get(f"e{i}.row")

    def profiles(self, name: str) -> NDArray[np.int32]:
        i = self._event.get(name)
        return np.empty(0, np.int32) if i is None else self._arrays.get(f"e{i}.profile")

    def column(self, name: str, path: str | tuple[str, ...]) -> Column:
        """A property by path (`address.city`, or a tuple of parts), aligned to rows(name)."""
        return self._event_column(name, "properties", path)

    def context(self, name: str, path: str | tuple[str, ...]) -> Column:
        """A field of the context by path, aligned to rows(name)."""
        return self._event_column(name, "context", path)

    def properties(self, name: str) -> dict[str, int]:
        """How many events of that name carry a value, by property path; objects count by their fields only."""
        i = self._event.get(name)
        if i is None:
            return {}
        event = self.meta["events"][i]
        found = {}
        for path, entry in event["properties"].items():
            kind = self._column(entry, event["count"]).kind
            present = int(np.count_nonzero((kind != ABSENT) & (kind != OBJECT)))
            if present:
                found[path] = present
        return found

    def trait_names(self) -> tuple[str, ...]:
        """Paths of every trait that ever had a value, nested objects by their fields."""
        names = []
        for path, entry in self.meta["traits"]["columns"].items():
            kind = self._column(entry, self.meta["traits"]["count"]).kind
            if ((kind != ABSENT) & (kind != OBJECT) & (kind != MISSING)).any():
                names.append(path)
        return tuple(names)

    def trait(self, path: str | tuple[str, ...]) -> TraitHistory:
        """Every value an identify gave the trait (D-7); a call that sets a nested object sets all its fields (D-41)."""
        parts = path_parts(path)
        key = path_text(parts)
        if key not in self._traits:
            self._traits[key] = self._trait(parts)
        return self._traits[key]

    def address(self, channel: str) -> TraitHistory:
        """The address of `email`, `sms`, `whatsapp` or `push` over time; a blank one counts as removed (D-23)."""
        from engage_desktop.events.contact import address

        if channel not in self._addresses:
            self._addresses[channel] = address(self, channel)
        return self._addresses[channel]

    def subscription(self, channel: str) -> TraitHistory:
        """The state of the current address over time: `subscribed unsubscribed did_not_subscribe` or absent."""
        from engage_desktop.events.contact import STATES, subscription

        if channel not in self._subscriptions:
            if channel in self.meta.get("subscriptions", ()):
                place, profile, time, kind, code = (
                    self._arrays.get(f"subscription.{channel}.{part}") for part in SUBSCRIPTION_PARTS
                )
                column = Column(kind, np.broadcast_to(np.float64(np.nan), len(kind)), code, STATES)
                self._subscriptions[channel] = self.history(place, profile, time, column)
            else:
                self._subscriptions[channel] = subscription(self, channel)
        return self._subscriptions[channel]

    def keep_subscriptions(self, sink: Sink) -> list[str]:
        """Write what `subscription` works out, so that no reader has to; returns the channels."""
        from engage_desktop.events.contact import CHANNELS

        for channel in CHANNELS:
            history = self.subscription(channel)
            profile = np.repeat(np.arange(self.n_profiles, dtype=np.int32), np.diff(history.start))
            parts: tuple[NDArray[Any], ...] = (
                history.place,
                profile,
                history.time,
                history.column.kind,
                history.column.code,
            )
            for part, array in zip(SUBSCRIPTION_PARTS, parts, strict=True):
                sink.put(f"subscription.{channel}.{part}", array)
        return list(CHANNELS)

    def rejects(self) -> list[Reject]:
        """Everything the import could not use, and notices about identifiers, in the order found."""
        return [msgspec.json.decode(text, type=Reject) for text in self._arrays.texts("rejects")]

    def identifiers(self, profile: int) -> list[tuple[str, str, int]]:
        """(type, value, first instant) of one profile: user_id, email, anonymous_id, each by first sight."""
        owner = self._arrays.get("id.profile")
        start, end = np.searchsorted(owner, [profile, profile + 1]).tolist()
        kinds, times = self._arrays.get("id.type"), self._arrays.get("id.time")
        values = self._arrays.texts("id.value")
        return [(TYPE_NAMES[int(kinds[i])], values[i], int(times[i])) for i in range(start, end)]

    @cached_property
    def place_of_row(self) -> NDArray[np.uint32]:
        """Of each row, its position among all calls, identify and the like included."""
        return self._arrays.get("place_of_row")

    def silent_calls(self) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]]:
        """Place, profile and time of the calls that are no events."""
        return self._arrays.get("silent.place"), self._arrays.get("silent.profile"), self._arrays.get("silent.time")

    def silent_context(self, path: str | tuple[str, ...]) -> Column:
        """A field of the context of the calls that are no events, aligned to `silent_calls`."""
        silent = self.meta["silent"]
        return self._nested(silent["context"], path_parts(path), silent["count"])

    def history(
        self, place: NDArray[Any], profile: NDArray[np.int32], time: NDArray[np.int64], column: Column
    ) -> TraitHistory:
        """A history of entries sorted by place."""
        start = np.searchsorted(profile, np.arange(self.n_profiles + 1)).astype(np.int64)
        return TraitHistory(start, time, column, place.astype(np.int64))

    def _trait(self, parts: tuple[str, ...]) -> TraitHistory:
        count, columns = self.meta["traits"]["count"], self.meta["traits"]["columns"]
        place, profile = self._arrays.get("traits.place"), self._arrays.get("traits.profile")
        set_ = np.nonzero(self._nested(columns, parts[:1], count, MISSING).kind != MISSING)[0]
        column = self._nested(columns, parts, count, MISSING).take(set_)
        kind = np.where(column.kind == MISSING, np.uint8(ABSENT), column.kind)
        column = Column(kind, column.number, column.code, column.texts)
        return self.history(place[set_], profile[set_], self._arrays.get("traits.time")[set_], column)

    def _event_column(self, name: str, table: str, path: str | tuple[str, ...]) -> Column:
        i = self._event.get(name)
        if i is None:
            return _constant(ABSENT, 0)
        event = self.meta["events"][i]
        return self._nested(event[table], path_parts(path), event["count"])

    def _nested(self, columns: dict[str, Any], parts: tuple[str, ...], count: int, missing: int = ABSENT) -> Column:
        key = path_text(parts)
        if key not in columns:
            return _constant(missing, count)
        column = self._column(columns[key], count)
        if not (column.kind == OBJECT).any():
            return column
        rows = np.nonzero(column.kind == OBJECT)[0]
        code = np.array(column.code)
        code[rows] = np.arange(len(rows)) + len(column.texts)
        inner = [(path_parts(path), entry) for path, entry in columns.items() if path.startswith(key + ".")]
        fields = [
            (path[len(parts) :], self._column(entry, count)) for path, entry in sorted(inner, key=lambda item: item[0])
        ]
        return Column(column.kind, column.number, code, ObjectTexts(column.texts, rows, fields))

    def _column(self, entry: dict[str, Any], count: int) -> Column:
        key = entry["key"]
        get = self._arrays.get
        kind = np.broadcast_to(np.uint8(entry["kind"]), count) if "kind" in entry else get(f"{key}.kind")
        number = get(f"{key}.number") if "number" in entry else np.broadcast_to(np.float64(np.nan), count)
        code = get(f"{key}.code") if "text" in entry else np.broadcast_to(np.int32(-1), count)
        return Column(kind, number, code, self._arrays.texts(entry["text"]) if "text" in entry else ())


def _constant(kind: int, count: int) -> Column:
    return Column(
        np.broadcast_to(np.uint8(kind), count),
        np.broadcast_to(np.float64(np.nan), count),
        np.broadcast_to(np.int32(-1), count),
        (),
    )
