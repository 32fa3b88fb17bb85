"""Addresses and subscription states over time (SB-1..SB-5, D-23, D-47, D-52).

A state belongs to a contact, one address on one channel, not to a profile: two people sharing
a phone number share its state. What a profile shows is the state of its current address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import UserError
from engage_desktop.events.column import ABSENT, LIST, NUMBER, TEXT, Codes, Column

if TYPE_CHECKING:
    from engage_desktop.events.store import EventStore, TraitHistory

STATES = ("subscribed", "unsubscribed", "did_not_subscribe")
TRAIT_OF = {"email": "email", "sms": "phone", "whatsapp": "phone"}
_TYPES = {
    "email": frozenset({"EMAIL"}),
    "sms": frozenset({"SMS"}),
    "whatsapp": frozenset({"WHATSAPP"}),
    "push": frozenset({"IOS_PUSH", "ANDROID_PUSH"}),
}
_UNSUBSCRIBE_EVENTS = {
    "email": ("Unsubscribed", "Email Unsubscribed"),
    "sms": ("SMS Unsubscribed",),
    "whatsapp": ("WhatsApp Unsubscribed",),
    "push": (),
}
_SUBSCRIPTIONS = ("messaging_subscriptions",)


class _Change(NamedTuple):
    """Something a call says about a contact; sorts into the order in which it takes effect."""

    time: int
    place: int
    stage: int  # within one call: the address first, then states
    profile: int
    address: str | None  # of an address change the new one; of a state the contact, None = the current one
    state: str | None


_ADDRESS, _STATE, _CONTACT_STATE = range(3)


def state_of(text: object) -> str | None:
    """The state a spelling means (SB-4), None for blank or unknown ones."""
    if not isinstance(text, str):
        return None
    state = text.strip().lower().replace("-", "_").replace(" ", "_")
    return state if state in STATES else None


def address(store: EventStore, channel: str) -> TraitHistory:
    """The address history of one channel; texts, or absent where it was removed or blank."""
    if channel in TRAIT_OF:
        history = store.trait(TRAIT_OF[channel])
        return history._replace(column=_as_text(history.column))
    if channel != "push":
        raise UserError(f"{channel!r} is not a channel. Use one of: {', '.join(_TYPES)}.")
    found = sorted(_contexts(store, ("device", "token")))
    values = [value for _, _, _, value in found]
    place, profile, time = (np.array(part, dtype=np.int64) for part in _transpose(found))
    return store.history(place, profile.astype(np.int32), time, _as_text(_column_of(values)))


def subscription(store: EventStore, channel: str) -> TraitHistory:
    """The state of each profile's current address over time."""
    entries = list(_play(sorted(_changes(store, channel), key=lambda change: change[:3])))
    entries.sort(key=lambda entry: entry[0])  # stable: by profile, then as they happened
    profile = np.array([entry[0] for entry in entries], dtype=np.int32)
    time = np.array([entry[1] for entry in entries], dtype=np.int64)
    return store.history(np.arange(len(entries)), profile, time, _column_of([entry[2] for entry in entries]))


def _changes(store: EventStore, channel: str) -> Iterator[_Change]:
    history = address(store, channel)
    for place, profile, time, value in _entries(history):
        yield _Change(time, place, _ADDRESS, profile, value, None)
    for place, profile, time, value in _entries(store.trait((f"{channel}_subscription_status",))):
        state = state_of(value)
        if state:
            yield _Change(time, place, _STATE, profile, None, state)
    for name in _UNSUBSCRIBE_EVENTS[channel]:
        rows, profiles = store.rows(name), store.profiles(name)
        recipient = store.context(name, ("traits", "email"))
        for i, row in enumerate(rows.tolist()):
            to = recipient.value(i) if channel == "email" and recipient.kind[i] == TEXT else None
            contact = str(to) if to else None
            yield _Change(
                int(store.time[row]), int(store.place_of_row[row]), _CONTACT_STATE, int(profiles[i]), contact, STATES[1]
            )
    parsed: dict[str, list[tuple[str, str]]] = {}
    for place, profile, time, text in _contexts(store, _SUBSCRIPTIONS):
        if text not in parsed:
            parsed[text] = _parse_subscriptions(text, _TYPES[channel])
        for contact, state in parsed[text]:
            yield _Change(time, place, _CONTACT_STATE, profile, contact, state)


def _play(changes: list[_Change]) -> Iterator[tuple[int, int, str | None]]:
    """Profile, time and new state at every change of what a profile shows."""
    current: dict[int, str | None] = {}
    holders: defaultdict[str, set[int]] = defaultdict(set)
    states: dict[str, str] = {}
    without_address: dict[int, str] = {}  # a state told before any address was
    shown: dict[int, str | None] = {}
    for _, call in groupby(changes, key=lambda change: change[:2]):  # what one call says takes effect together
        touched: set[int] = set()
        for change in call:
            profile, time = change.profile, change.time
            old = current.get(profile)
            if change.stage == _ADDRESS:
                if old is not None:
                    holders[old].discard(profile)
                current[profile] = change.address
                if change.address is not None:
                    holders[change.address].add(profile)
                touched.add(profile)
                continue
            contact = change.address if change.address is not None else old
            assert change.state is not None
            if contact is None:
                without_address[profile] = change.state
                touched.add(profile)
            else:
                states[contact] = change.state
                touched |= holders[contact]
        for one in sorted(touched):
            now = current.get(one)
            state = without_address.get(one) if now is None else states.get(now)
            if state != shown.get(one):
                shown[one] = state
                yield one, time, state


def _parse_subscriptions(text: str, types: frozenset[str]) -> list[tuple[str, str]]:
    found = []
    for item in msgspec.json.decode(text):
        if isinstance(item, dict) and str(item.get("type", "")).upper() in types:
            state, key = state_of(item.get("status")), item.get("key")
            if state and isinstance(key, str) and key:
                found.append((key, state))
    return found


def _contexts(store: EventStore, path: tuple[str, ...]) -> Iterator[tuple[int, int, int, str]]:
    """Place, profile, time and text of every call whose context holds a text or list there."""
    sources: list[tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64], Column]] = []
    for name in store.event_names:
        column = store.context(name, path)
        if len(column.texts):
            rows = store.rows(name)
            sources.append((store.place_of_row[rows], store.profiles(name), store.time[rows], column))
    sources.append((*store.silent_calls(), store.silent_context(path)))
    for places, profiles, times, column in sources:
        at = np.nonzero((column.kind == TEXT) | (column.kind == LIST))[0]
        texts = list(column.texts)
        for place, profile, time, code in zip(
            places[at].tolist(), profiles[at].tolist(), times[at].tolist(), column.code[at].tolist(), strict=True
        ):
            yield place, profile, time, texts[code]


def _entries(history: TraitHistory) -> Iterator[tuple[int, int, int, str | None]]:
    profile = np.repeat(np.arange(len(history.start) - 1), np.diff(history.start))
    column = history.column
    for i, (place, one, time) in enumerate(
        zip(history.place.tolist(), profile.tolist(), history.time.tolist(), strict=True)
    ):
        yield place, one, time, column.texts[int(column.code[i])] if column.kind[i] == TEXT else None


def _as_text(column: Column) -> Column:
    """Numbers in their shortest form, blank and everything else absent."""
    if set(np.unique(column.kind).tolist()) <= {ABSENT, TEXT} and not any(not text.strip() for text in column.texts):
        return column
    values: list[str | None] = []
    for i, kind in enumerate(column.kind.tolist()):
        value = column.value(i) if kind in (TEXT, NUMBER) else None
        if isinstance(value, float):
            value = str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        values.append(str(value) if value is not None and str(value).strip() else None)
    return _column_of(values)


def _column_of(values: Sequence[str | None]) -> Column:
    codes = Codes()
    kind = np.array([ABSENT if value is None else TEXT for value in values], dtype=np.uint8)
    code = np.array([-1 if value is None else codes[value] for value in values], dtype=np.int32)
    return Column(kind, np.broadcast_to(np.float64(np.nan), len(values)), code, list(codes))


def _transpose(found: list[tuple[int, int, int, str]]) -> tuple[list[int], list[int], list[int]]:
    return [item[0] for item in found], [item[1] for item in found], [item[2] for item in found]
