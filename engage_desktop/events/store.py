"""The columnar event store: what everything above reads a log through."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import InputError
from engage_desktop.events.accounts import Accounts, Links
from engage_desktop.events.arrays import Arrays, FolderArrays, Sink
from engage_desktop.events.column import ABSENT, NO_NUMBER, OBJECT, TEXT, Column
from engage_desktop.events.contexts import told_in_contexts
from engage_desktop.events.elements import ELEMENTS, elements
from engage_desktop.events.history import TraitHistory, history, trait_history
from engage_desktop.events.rejects import Reject
from engage_desktop.events.sorting import stable_order
from engage_desktop.events.stored import StoredTable, constant
from engage_desktop.events.table import path_parts, path_text

NEVER: Final = 2**63 - 1
SUBSCRIPTION_PARTS: Final = ("place", "profile", "time", "kind", "code")
MOST_GROUPS: Final = 25
"""Subscription groups of a space (SB-7); of a log that names more the others are worked out when they are asked for."""


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
        self._times: dict[str, NDArray[np.int64]] = {}
        self._traits: dict[str, TraitHistory] = {}
        self._addresses: dict[str, TraitHistory] = {}
        self._subscriptions: dict[str, TraitHistory] = {}
        self._groups: dict[str, TraitHistory] = {}
        self._columns: dict[tuple[int, str, tuple[str, ...]], Column] = {}
        self._accounts = Accounts(arrays, meta["accounts"])

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

    def times(self, name: str) -> NDArray[np.int64]:
        """`time` of the rows of that name; kept once asked for, as a property that was read is."""
        if name not in self._times:
            self._times[name] = self.time[self.rows(name)]
        return self._times[name]

    def column(self, name: str, path: str | tuple[str, ...]) -> Column:
        """A property by path (`address.city`, or a tuple of parts), aligned to rows(name). A path through the
        elements of a list (`lines.$.sku`) gives lists."""
        return self._event_column(name, "properties", path)

    def context(self, name: str, path: str | tuple[str, ...]) -> Column:
        """A field of the context by path, aligned to rows(name)."""
        return self._event_column(name, "context", path)

    def source(self, name: str) -> Column:
        """The `sourceId` of each call, aligned to rows(name)."""
        i = self._event.get(name)
        if i is None:
            return constant(ABSENT, 0)
        event = self.meta["events"][i]
        return StoredTable(self._arrays, event.get("source", {}), event["count"]).column(("sourceId",))

    def properties(self, name: str) -> dict[str, int]:
        """How many events of that name carry a value, by property path; objects count by their fields only."""
        i = self._event.get(name)
        return {} if i is None else self._event_table(i, "properties").present()

    def trait_names(self) -> tuple[str, ...]:
        """Paths of every trait that ever had a value, nested objects by their fields."""
        return tuple(self.trait_counts())

    def trait_counts(self) -> dict[str, int]:
        """The same, with how many identify calls gave it a value."""
        return self._trait_table().present()

    def trait(self, path: str | tuple[str, ...]) -> TraitHistory:
        """Every value an identify gave the trait (D-7); a call that sets a nested object sets all its fields (D-41)."""
        key = path_text(path_parts(path))
        if key not in self._traits:
            place, profile, time = (self._arrays.get(f"traits.{part}") for part in ("place", "profile", "time"))
            self._traits[key] = trait_history(self.n_profiles, self._trait_table(), path, place, profile, time)
        return self._traits[key]

    @cached_property
    def zones(self) -> TraitHistory:
        """The zone that each person's calls told, whether it is the name of one or not (D-30, D-53)."""
        return told_in_contexts(self, ("timezone",), TEXT)

    def address(self, channel: str) -> TraitHistory:
        """The address of `email`, `sms`, `whatsapp` or `push` over time; a blank one counts as removed (D-23)."""
        from engage_desktop.events.contact import address

        if channel not in self._addresses:
            self._addresses[channel] = address(self, channel)
        return self._addresses[channel]

    def subscription(self, channel: str) -> TraitHistory:
        """The state of the current address over time: `subscribed unsubscribed did_not_subscribe` or absent."""
        from engage_desktop.events.contact import subscription

        if channel not in self._subscriptions:
            kept = channel in self.meta.get("subscriptions", ())
            self._subscriptions[channel] = self._kept(channel) if kept else subscription(self, channel)
        return self._subscriptions[channel]

    def group_subscription(self, group: str) -> TraitHistory:
        """The same of the current e-mail address in a subscription group; nothing of a group that the log does not name."""
        from engage_desktop.events.groups import group_subscription

        if group not in self._groups:
            groups: list[str] | None = self.meta.get("groups")
            if groups is not None and group in groups[:MOST_GROUPS]:
                self._groups[group] = self._kept(f"group{groups.index(group)}")
            else:
                listed = {} if groups is not None and group not in groups else self._listed_groups
                self._groups[group] = group_subscription(self, group, listed)
        return self._groups[group]

    def subscription_groups(self) -> tuple[str, ...]:
        """The groups that the log speaks of, in code-point order."""
        from engage_desktop.events.groups import known_groups

        groups: list[str] | None = self.meta.get("groups")
        return known_groups(self, self._listed_groups) if groups is None else tuple(groups)

    @cached_property
    def _listed_groups(self) -> Any:
        from engage_desktop.events.groups import listed_groups

        return listed_groups(self)

    def consent(self) -> TraitHistory:
        """What each person agreed to over time: objects of category preferences as JSON (SB-10, D-54)."""
        return self._consent

    @cached_property
    def _consent(self) -> TraitHistory:
        return told_in_contexts(self, ("consent", "categoryPreferences"), OBJECT)

    def keep_subscriptions(self, sink: Sink) -> dict[str, list[str]]:
        """Write what `subscription` and `group_subscription` work out, so that no reader has to; returns what the
        manifest must know: the channels and the groups."""
        from engage_desktop.events.contact import CHANNELS

        groups = list(self.subscription_groups())
        histories = {channel: self.subscription(channel) for channel in CHANNELS}
        histories |= {f"group{i}": self.group_subscription(group) for i, group in enumerate(groups[:MOST_GROUPS])}
        for key, states in histories.items():
            profile = np.repeat(np.arange(self.n_profiles, dtype=np.int32), np.diff(states.start))
            column = states.column
            parts: tuple[NDArray[Any], ...] = (states.place, profile, states.time, column.kind, column.code)
            for part, array in zip(SUBSCRIPTION_PARTS, parts, strict=True):
                sink.put(f"subscription.{key}.{part}", array)
        return {"subscriptions": list(CHANNELS), "groups": groups}

    def _kept(self, key: str) -> TraitHistory:
        """States as `keep_subscriptions` wrote them."""
        from engage_desktop.events.contact import STATES

        place, profile, time, kind, code = (
            self._arrays.get(f"subscription.{key}.{part}") for part in SUBSCRIPTION_PARTS
        )
        return self.history(place, profile, time, Column(kind, np.broadcast_to(NO_NUMBER, len(kind)), code, STATES))

    def rejects(self) -> list[Reject]:
        """Everything the import could not use, and notices about identifiers, in the order found."""
        return [msgspec.json.decode(text, type=Reject) for text in self._arrays.texts("rejects")]

    def identifiers(self, profile: int) -> list[tuple[str, str, int]]:
        """(type, value, first instant) of one profile: user_id, email, anonymous_id, then the other types, the strongest
        first; each by first sight."""
        owner, names = self._arrays.get("id.profile"), self.meta["identifier_types"]
        start, end = np.searchsorted(owner, [profile, profile + 1]).tolist()
        kinds, times = self._arrays.get("id.type"), self._arrays.get("id.time")
        values = self._arrays.texts("id.value")
        return [(names[int(kinds[i])], values[i], int(times[i])) for i in range(start, end)]

    def named(self, ids: Collection[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Who has one of the identifiers, of whatever type, by (profile, type): profile and first instant."""
        wanted = frozenset(ids)
        found = [at for at, value in enumerate(self._arrays.texts("id.value")) if value in wanted]
        return self._arrays.get("id.profile")[found], self._arrays.get("id.time")[found]

    def known(self, ids: Collection[str]) -> frozenset[str]:
        """Those of the identifiers, of whatever type, that the log ever shows."""
        return frozenset(ids).intersection(self._arrays.texts("id.value"))

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
        return StoredTable(self._arrays, silent["context"], silent["count"]).column(path_parts(path))

    def history(
        self, place: NDArray[Any], profile: NDArray[np.int32], time: NDArray[np.int64], column: Column
    ) -> TraitHistory:
        """A history of entries sorted by place."""
        return history(self.n_profiles, place, profile, time, column)

    @cached_property
    def ordinal(self) -> NDArray[np.uint32]:
        """Of each row its place among all rows by (timestamp, receivedAt, position in the input). A log without
        accounts has nothing to order across people and does not keep it: there, rows of one instant go by row."""
        if self.account_ids:
            return self._arrays.get("ordinal")
        place = np.empty(self.n_events, dtype=np.uint32)
        place[stable_order(self.time)] = np.arange(self.n_events, dtype=np.uint32)
        return place

    @property
    def account_ids(self) -> Sequence[str]:
        """Group ids in code-point order."""
        return self._accounts.ids

    @property
    def account_since(self) -> NDArray[np.int64]:
        """First group call of each account."""
        return self._accounts.since

    def links(self) -> Links:
        """Account, profile and since when (the first group call) of everyone linked, by account and profile."""
        return self._accounts.links()

    def account_trait(self, path: str | tuple[str, ...]) -> TraitHistory:
        """Every value a group call gave the trait, by account (D-7, D-41)."""
        return self._accounts.trait(path)

    def account_trait_names(self) -> tuple[str, ...]:
        """Paths of every account trait that ever had a value."""
        return self._accounts.trait_names()

    def _trait_table(self) -> StoredTable:
        traits = self.meta["traits"]
        return StoredTable(self._arrays, traits["columns"], traits["count"])

    def _event_table(self, event: int, table: str) -> StoredTable:
        described = self.meta["events"][event]
        return StoredTable(self._arrays, described[table], described["count"])

    def _event_column(self, name: str, table: str, path: str | tuple[str, ...]) -> Column:
        i = self._event.get(name)
        if i is None:
            return constant(ABSENT, 0)
        key = (i, table, path_parts(path))
        if key not in self._columns:  # kept: whether a column holds objects is asked of every row
            self._columns[key] = self._new_column(*key)
        return self._columns[key]

    def _new_column(self, event: int, table: str, parts: tuple[str, ...]) -> Column:
        stored = self._event_table(event, table)
        if ELEMENTS not in parts:
            return stored.column(parts)
        at = parts.index(ELEMENTS)
        return elements(stored.column(parts[:at]), parts[at:])
