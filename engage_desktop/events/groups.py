"""Subscription groups: to which of them people's e-mail addresses are subscribed over time (SB-7, SB-9).

As of a channel, a state belongs to the address, whoever holds it. Groups have no list of their own: they are those
that the log speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import ABSENT, TEXT, Column
from engage_desktop.events.contact import (
    CHANNELS,
    STATES,
    STATUS,
    SUBSCRIPTIONS,
    Contacts,
    shown_states,
    state_of,
    subscription_items,
    told_by_event,
    told_by_trait,
    told_in_turn,
    told_of,
)
from engage_desktop.events.contexts import texts_in_contexts
from engage_desktop.events.table import path_parts

if TYPE_CHECKING:
    from engage_desktop.events.history import TraitHistory
    from engage_desktop.events.store import EventStore

UNSUBSCRIBED: Final = "Email Group Unsubscribed"
_NAMED_BY: Final = ("group_name", "group")
"""Properties of that event; the first that holds a text names the group."""
Statement = tuple[int, int, int, str, int]
"""Place, profile and time of a call, the address it speaks of, the state."""


def group_subscription(store: EventStore, group: str, listed: dict[str, list[Statement]]) -> TraitHistory:
    """The state of each profile's current e-mail address in a group over time. `listed`: see `listed_groups`."""
    addresses = store.address("email")
    contacts = Contacts(addresses.column.texts)
    at = np.flatnonzero(_is_of(store, group))
    parts = [] if group in CHANNELS else [told_by_trait(store, group + STATUS)]
    parts.append(told_by_event(store, UNSUBSCRIBED, at, contacts))
    of_list = [(place, one, time, contacts[key], state) for place, one, time, key, state in listed.get(group, ())]
    told = told_of([*parts, told_in_turn(of_list)])
    return shown_states(store, addresses, told, len(contacts))


def known_groups(store: EventStore, listed: dict[str, list[Statement]]) -> tuple[str, ...]:
    """The groups that a log speaks of, in code-point order."""
    traits = [parts[0] for name in store.trait_names() if len(parts := path_parts(name)) == 1]
    by_trait = {name.removesuffix(STATUS) for name in traits if name.endswith(STATUS)} - {*CHANNELS, ""}
    by_event = {text for column in _names(store) for text in _used(column)}
    return tuple(sorted({*listed} | by_trait | by_event))


def listed_groups(store: EventStore) -> dict[str, list[Statement]]:
    """What `messaging_subscriptions` say of groups, by group: e-mail only."""
    found: dict[str, list[Statement]] = {}
    parsed: dict[str, list[tuple[str, str, int]]] = {}
    for place, profile, time, text in texts_in_contexts(store, SUBSCRIPTIONS):
        if text not in parsed:
            parsed[text] = list(_parse(text)) if '"groups"' in text else []
        for group, key, state in parsed[text]:
            found.setdefault(group, []).append((place, profile, time, key, state))
    return found


def _parse(text: str) -> Iterator[tuple[str, str, int]]:
    """Group, address and state of everything that is whole; of an address the last word on a group counts."""
    for item in subscription_items(text):
        if str(item.get("type", "")).upper() != "EMAIL":
            continue
        key, groups = item.get("key"), item.get("groups")
        for group in groups if isinstance(groups, list) and isinstance(key, str) and key else ():
            name, state = (
                (group.get("name"), state_of(group.get("status"))) if isinstance(group, dict) else (None, None)
            )
            if isinstance(name, str) and name and state:
                yield name, str(key), STATES.index(state)


def _names(store: EventStore) -> tuple[Column, Column]:
    """What the events say they are about, and where that is nothing the second best."""
    first, second = (store.column(UNSUBSCRIBED, (name,)) for name in _NAMED_BY)
    blank = {code for code, text in enumerate(first.texts) if not text}
    named = (first.kind == TEXT) & ~np.isin(first.code, list(blank))
    kind = np.where(named, np.uint8(ABSENT), second.kind)
    return first, Column(kind, second.number, second.code, second.texts)


def _is_of(store: EventStore, group: str) -> NDArray[np.bool_]:
    """Which of the events are about a group."""
    found: Any = False
    for column in _names(store):
        codes = [code for code, text in enumerate(column.texts) if text == group]
        found |= (column.kind == TEXT) & np.isin(column.code, codes)
    return np.asarray(found)


def _used(column: Column) -> list[str]:
    codes = np.unique(column.code[column.kind == TEXT]).tolist()
    return [text for code in codes if (text := column.texts[code])]
