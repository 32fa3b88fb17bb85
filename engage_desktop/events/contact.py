"""Addresses and subscription states over time (SB-1..SB-5, D-23, D-47, D-52).

A state belongs to a contact, one address on one channel, not to a profile: two people sharing
a phone number share its state. What a profile shows is the state of its current address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import UserError
from engage_desktop.events.arrays import Texts
from engage_desktop.events.column import ABSENT, NUMBER, TEXT, Codes, Column
from engage_desktop.events.contexts import texts_in_contexts
from engage_desktop.events.subscription import CURRENT, Told, resolve_states

if TYPE_CHECKING:
    from engage_desktop.events.history import TraitHistory
    from engage_desktop.events.store import EventStore

STATES = ("subscribed", "unsubscribed", "did_not_subscribe")
CHANNELS = ("email", "sms", "whatsapp", "push")
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
SUBSCRIPTIONS = ("messaging_subscriptions",)
STATUS = "_subscription_status"


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
    found = sorted(texts_in_contexts(store, ("device", "token")))
    values = [value for _, _, _, value in found]
    place, profile, time = (np.array(part, dtype=np.int64) for part in _transpose(found))
    return store.history(place, profile.astype(np.int32), time, _as_text(_column_of(values)))


def subscription(store: EventStore, channel: str) -> TraitHistory:
    """The state of each profile's current address over time."""
    history = store.address(channel)
    contacts = Contacts(history.column.texts)
    return shown_states(store, history, _told(store, channel, contacts), len(contacts))


def shown_states(store: EventStore, addresses: TraitHistory, told: Told, contacts: int) -> TraitHistory:
    """What each profile shows of the states told of contacts.

    With a(p, t) the address of profile p and S(c) the states told of contact c in their order, profile p
    shows the last of S(a(p, t)) up to t: one look-up a period of an address, plus what is told during it."""
    if len(told.place):
        profile, time, state = resolve_states(addresses, told, contacts)
    else:
        profile, time, state = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32)
    kind = np.where(state >= 0, np.uint8(TEXT), np.uint8(ABSENT))
    column = Column(kind, np.broadcast_to(np.float64(np.nan), len(state)), state, STATES)
    return store.history(np.arange(len(state)), profile, time, column)


class Contacts:
    """Codes of contacts: addresses by their place, others from there on. Looked up only when the log names one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._codes: Codes | None = None

    def __getitem__(self, text: str) -> int:
        if self._codes is None:
            self._codes = Codes((text, code) for code, text in enumerate(self._texts))
        return self._codes[text]

    def __len__(self) -> int:
        return len(self._texts) if self._codes is None else len(self._codes)


def _told(store: EventStore, channel: str, codes: Contacts) -> Told:
    """Everything the log says about subscriptions of a channel; what one call says in the order of its effect."""
    parts = [told_by_trait(store, f"{channel}{STATUS}")]
    for name in _UNSUBSCRIBE_EVENTS[channel]:
        at = np.arange(len(store.rows(name)))
        parts.append(told_by_event(store, name, at, codes if channel == "email" else None))
    parsed: dict[str, list[tuple[int, int]]] = {}
    found = []
    for place, one, time, text in texts_in_contexts(store, SUBSCRIPTIONS):
        if text not in parsed:
            items = _parse_subscriptions(text, _TYPES[channel])
            parsed[text] = [(codes[key], STATES.index(state)) for key, state in items]
        found += [(place, one, time, contact, state) for contact, state in parsed[text]]
    return told_of([*parts, told_in_turn(found)])


def told_of(parts: Sequence[Told]) -> Told:
    return Told(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def told_in_turn(found: Sequence[tuple[int, int, int, int, int]]) -> Told:
    """Statements one by one: place, profile, time, contact, state."""
    table = np.array(found, dtype=np.int64).reshape(-1, 5)
    return Told(*table.T)


def told_by_trait(store: EventStore, trait: str) -> Told:
    """The states that a trait tells of whatever address is current; null, blank and other values tell none (D-52)."""
    status = store.trait((trait,))
    states = np.array([*map(_index_of, status.column.texts), -1])  # code -1 (no text) reads the -1 at the end
    state = np.where(status.column.kind == TEXT, states[status.column.code], -1)
    profile = np.repeat(np.arange(store.n_profiles), np.diff(status.start))
    at = np.nonzero(state >= 0)[0]
    return Told(status.place[at], profile[at], status.time[at], np.full(len(at), CURRENT), state[at])


def told_by_event(store: EventStore, name: str, at: NDArray[np.intp], codes: Contacts | None) -> Told:
    """Unsubscribes: the events of a name at some places. With `codes` they are about the recipient, where the e-mail
    tool names it (section 2.3)."""
    rows = store.rows(name)[at]
    contact = np.full(len(rows), CURRENT)
    if codes is not None and len(rows):
        recipient = store.context(name, ("traits", "email")).take(at)
        used = np.unique(recipient.code[recipient.kind == TEXT])
        texts = np.full(len(recipient.texts) + 1, CURRENT)
        texts[used] = [codes[text] if (text := recipient.texts[code]) else CURRENT for code in used.tolist()]
        contact = np.where(recipient.kind == TEXT, texts[recipient.code], CURRENT)
    state = np.full(len(rows), STATES.index("unsubscribed"))
    place, profile = store.place_of_row[rows].astype(np.int64), store.profiles(name)[at].astype(np.int64)
    return Told(place, profile, store.time[rows], contact, state)


def _index_of(text: str) -> int:
    state = state_of(text)
    return -1 if state is None else STATES.index(state)


def subscription_items(text: str) -> list[dict[str, Any]]:
    """The objects of a list of subscriptions; what is no list says nothing."""
    try:
        items = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return []
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _parse_subscriptions(text: str, types: frozenset[str]) -> list[tuple[str, str]]:
    found = []
    for item in subscription_items(text):
        if str(item.get("type", "")).upper() in types:
            state, key = state_of(item.get("status")), item.get("key")
            if state and isinstance(key, str) and key:
                found.append((key, state))
    return found


def _as_text(column: Column) -> Column:
    """Numbers in their shortest form, blank and everything else absent."""
    texts = column.texts
    blank = texts.has_blank() if isinstance(texts, Texts) else any(not text.strip() for text in texts)
    if not blank and not ((column.kind != ABSENT) & (column.kind != TEXT)).any():
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
