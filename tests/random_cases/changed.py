"""Raw records with a suggested change really made in them, so that everything can be read and run again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engage_desktop.domain.duration import format_instant
from engage_desktop.engine.changes import AddEvent, Edit, RemoveEvent, SetTrait
from engage_desktop.events import EventStore
from tests.oracle.call import Call
from tests.oracle.state import State
from tests.oracle.world import World

Record = dict[str, Any]
LAST = "2030-01-01T00:00:00Z"
"""Received so late, a call comes last of its instant (D-2)."""


def changed(records: Sequence[Record], edits: Sequence[Edit], store: EventStore, world: World) -> list[Record]:
    """The records with the edits made; `store` and `world` are those of the records as they were."""
    found = [dict(record) for record in records]
    for edit in edits:
        if isinstance(edit, RemoveEvent):
            state = world.person(store.profile_ids[edit.profile])
            call = _events(state)[edit.row - int(store.profile_start[edit.profile])]
            assert (call.event, call.time) == (edit.event, edit.time)
            found[call.position] = without_event(found[call.position])
    for edit in edits:
        if isinstance(edit, AddEvent):
            state = world.person(store.profile_ids[edit.profile])
            ids = _ids(records, state, edit.time)
            made = {"type": "track", "event": edit.event, "properties": edit.properties}
            found.append(ids | _at(edit.time) | made | {"context": ids.get("context", {}) | edit.context})
        elif isinstance(edit, SetTrait) and edit.level == "user":
            state = world.person(store.profile_ids[edit.subject])
            found.append(
                _ids(records, state, edit.time)
                | _at(edit.time)
                | {"type": "identify", "traits": {edit.key: edit.value}}
            )
        elif isinstance(edit, SetTrait):
            account = next(one for one in world.accounts if one.text_id == store.account_ids[edit.subject])
            _, state = min(account.linked, key=lambda linked: linked[0])
            made = {"type": "group", "groupId": account.text_id, "traits": {edit.key: edit.value}}
            found.append(_ids(records, state, edit.time) | _at(edit.time) | made)
    return found


def until(records: Sequence[Record], world: World, at: int) -> list[Record]:
    """Nothing happens after an instant; who somebody is and is linked to stays as the whole log says."""
    found = [dict(record) for record in records]
    for state in world.people:
        for call in state.person.calls:
            if call.time > at:
                found[call.position] = _silent(found[call.position])
    return found


def without_event(record: Record) -> Record:
    """The call without its event: what it shows of its person stays."""
    kept = {key: value for key, value in record.items() if key not in ("event", "name", "properties", "category")}
    return kept | {"type": "identify", "traits": {}}


def _silent(record: Record) -> Record:
    if record["type"] in ("track", "page", "screen"):
        return without_event(record)
    email = {key: value for key, value in record.get("traits", {}).items() if key == "email"}
    return record | {"traits": email if record["type"] == "identify" else {}}


def _events(state: State) -> list[Call]:
    return [call for call in state.person.calls if call.event is not None]


def _at(time: int) -> Record:
    return {"timestamp": format_instant(time), "receivedAt": LAST}


def _ids(records: Sequence[Record], state: State, time: int) -> Record:
    """How the person was known by then, by one identifier if some call has but one."""
    calls = [call for call in state.person.calls if call.identifiers]
    known = [call for call in calls if call.time <= time] or calls[:1]

    def rank(call: Call) -> tuple[int, bool]:
        return len(call.identifiers), records[call.position].get("userId") is None

    best = min(known, key=rank)
    record = records[best.position]
    if best.identifiers[0][0] == "email" and len(best.identifiers) == 1:  # beside an anonymous id that is blocked
        return {"anonymousId": "anonymous", "context": {"traits": {"email": best.identifiers[0][1]}}}
    ids = {key: record[key] for key in ("userId", "anonymousId") if key in record}
    if any(kind in ("user_id", "anonymous_id") for kind, *_ in best.identifiers):
        return ids
    beside = record.get("context", {})  # known by a device or the like alone
    return ids | {"context": {key: beside[key] for key in ("device", "externalIds") if key in beside}}
