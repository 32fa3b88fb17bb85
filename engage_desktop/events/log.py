"""A log in memory as it was read: codes and instants per call, tables per event name.

Calls are numbered by `seq`, their position among the calls kept so far: files in the order
given, lines in theirs. Nothing is sorted, merged or deduplicated here; see `build`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
import numpy as np
import xxhash
from numpy.typing import NDArray

from engage_desktop.events.call import EVENT_OF_TYPE, NO_CONTEXT, TYPES, Call, unknown_type
from engage_desktop.events.column import Codes
from engage_desktop.events.combinations import NO_VALUE_HASH, Combinations, hashes_of
from engage_desktop.events.instants import INVALID, MISSING_TIME, parse_instants
from engage_desktop.events.rejects import (
    CONTEXT_NOT_OBJECT,
    NO_EVENT,
    NO_ID,
    NO_TIME,
    TOO_LONG_ID,
    TOO_MANY_PROPERTIES,
    TOO_MANY_TRAITS,
    Fault,
    Reject,
    bad_time,
)
from engage_desktop.events.table import TableBuilder

_T = TypeVar("_T")
_contexts = msgspec.json.Decoder(list[dict[str, Any] | None])
_context = msgspec.json.Decoder(dict[str, Any] | None)


class Group:
    """The calls of one event name (or of none): their `seq`, context (a row of `Log.contexts`), properties."""

    __slots__ = ("contexts", "properties", "seqs")

    def __init__(self) -> None:
        self.seqs: list[NDArray[np.int32]] = []
        self.contexts: list[NDArray[np.int32]] = []
        self.properties = TableBuilder()


class Log:
    """Collects calls block by block. `read` counts every record seen, rejected ones included."""

    def __init__(self, blocked: Iterable[str] = ()) -> None:
        self.read = 0
        self.rejects: list[Reject] = []
        self.combinations = Combinations(blocked)
        self.groups: dict[str, Group] = {}
        self.silent = Group()  # identify, group and alias: no event, yet their context counts
        self.traits = Group()  # `properties` of this one holds the traits
        self.contexts = TableBuilder()  # a row for each distinct context of a block
        self.files: list[str] = []
        self.count = 0
        self._event_codes = Codes()
        self._parts: dict[str, list[NDArray[Any]]] = {
            name: [] for name in ("combination", "time", "received", "line", "file", "hash")
        }

    def reject(self, file: str, line: int, fault: Fault) -> None:
        self.rejects.append(Reject(file, line, *fault))

    def column(self, name: str) -> NDArray[Any]:
        """One value a call: combination (of identifiers, int32), time, received (int64), line, file (int32),
        hash (uint64[n, 2], zero where the call has no messageId). The parts are given up."""
        parts = self._parts.pop(name)
        if not parts:
            return np.empty((0, 2) if name == "hash" else 0, dtype=np.uint64 if name == "hash" else np.int64)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def add(self, calls: list[Call], lines: NDArray[np.int32], file: str) -> None:
        """Check and keep a block of calls that stand on `lines` of `file`."""
        if not calls:
            return
        self.read += len(calls)
        faults: dict[int, Fault] = {}
        types = [call.type for call in calls]
        plain = set(types) == {"track"}
        if not plain:
            for i, kind in enumerate(types):
                if kind is None and calls[i].event is not None:
                    types[i] = calls[i].type = "track"
                elif kind not in TYPES:
                    faults[i] = unknown_type(kind)
        names = [call.event for call in calls]
        if not plain:
            names = [
                name if kind == "track" else EVENT_OF_TYPE.get(kind or "")
                for name, kind in zip(names, types, strict=True)
            ]
        if not all(names):
            for i, name in enumerate(names):
                if not name and types[i] == "track":
                    faults.setdefault(i, NO_EVENT)
        user, anon = [call.userId for call in calls], [call.anonymousId for call in calls]
        user_hash, anon_hash = hashes_of(user), hashes_of(anon)
        for i in np.nonzero((user_hash == NO_VALUE_HASH) & (anon_hash == NO_VALUE_HASH))[0].tolist():
            faults.setdefault(i, NO_ID)
        time, received = self._times(calls, faults)
        message_ids = [call.messageId for call in calls]
        properties = [call.properties for call in calls]
        traits = [call.traits for call in calls]
        _limits(faults, message_ids, properties, traits)
        if "group" in types:
            _group_ids(calls, faults)
        contexts, context_of = _decode_contexts(calls, faults)
        if faults:
            for i, fault in sorted(faults.items()):
                self.reject(file, int(lines[i]), fault)
            kept = [i for i in range(len(calls)) if i not in faults]
            if not kept:
                return
            at = np.array(kept)
            user_hash, anon_hash, time = user_hash[at], anon_hash[at], time[at]
            received, lines, context_of = received[at], lines[at], context_of[at]
            user, anon = _pick(user, kept), _pick(anon, kept)
            calls, types, names = _pick(calls, kept), _pick(types, kept), _pick(names, kept)
            message_ids, properties, traits = _pick(message_ids, kept), _pick(properties, kept), _pick(traits, kept)
        if not plain:
            for i, kind in enumerate(types):
                if kind in EVENT_OF_TYPE:
                    properties[i] = _page_properties(calls[i])
                elif kind in ("group", "alias"):
                    traits[i] = None  # a group's traits are the account's
        email = _emails(traits, contexts, context_of)
        email_hash = hashes_of(email) if email else np.full(len(calls), NO_VALUE_HASH)
        ids = (user, email or [None] * len(calls), anon)
        combination = self.combinations.encode(ids, (user_hash, email_hash, anon_hash))
        self._keep_tables(names, properties, traits, (context_of + self.contexts.count).astype(np.int32))
        self.contexts.add(contexts)
        if not self.files or self.files[-1] != file:
            self.files.append(file)
        count = len(calls)
        for name, part in (("combination", combination), ("time", time), ("received", received)):
            self._parts[name].append(part)
        self._parts["line"].append(lines.astype(np.int32))
        self._parts["file"].append(np.full(count, len(self.files) - 1, dtype=np.int16))
        self._parts["hash"].append(_hashes(message_ids))
        self.count += count

    def _times(self, calls: list[Call], faults: dict[int, Fault]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Timestamp and receivedAt, each standing in for the other where that one is missing (D-2, D-47)."""
        time = parse_instants([call.timestamp for call in calls])
        received = parse_instants([call.receivedAt for call in calls])
        for i in np.nonzero(time == INVALID)[0].tolist():
            faults.setdefault(i, bad_time("timestamp", calls[i].timestamp))
        for i in np.nonzero(received == INVALID)[0].tolist():
            faults.setdefault(i, bad_time("receivedAt", calls[i].receivedAt))
        time = np.where(time == MISSING_TIME, received, time)
        received = np.where(received == MISSING_TIME, time, received)
        for i in np.nonzero(time == MISSING_TIME)[0].tolist():
            faults.setdefault(i, NO_TIME)
        return time, received

    def _keep_tables(
        self,
        names: list[str | None],
        properties: list[Any],
        traits: list[Any],
        context_rows: NDArray[np.int32],
    ) -> None:
        codes = np.fromiter(map(self._event_codes.__getitem__, [name or "" for name in names]), np.int32, len(names))
        order = np.argsort(codes, kind="stable")
        starts = np.nonzero(np.diff(codes[order], prepend=-1))[0].tolist()
        for start, end in zip(starts, [*starts[1:], len(names)], strict=True):
            at = order[start:end]
            name = names[int(at[0])]
            group = self.silent if not name else self.groups.setdefault(name, Group())
            group.seqs.append((at + self.count).astype(np.int32))
            if name:
                group.properties.add([properties[i] for i in at.tolist()])
            group.contexts.append(context_rows[at])
        if any(traits):
            places = [i for i, found in enumerate(traits) if found]
            self.traits.seqs.append(np.array(places, dtype=np.int32) + np.int32(self.count))
            self.traits.properties.add([traits[i] for i in places])


def _pick(items: list[_T], at: list[int]) -> list[_T]:
    return [items[i] for i in at]


def _limits(faults: dict[int, Fault], ids: list[Any], properties: list[Any], traits: list[Any]) -> None:
    """HT-6, the limits of the profile store."""
    checks = ((ids, 100, TOO_LONG_ID), (properties, 300, TOO_MANY_PROPERTIES), (traits, 300, TOO_MANY_TRAITS))
    for items, limit, fault in checks:
        if max(map(len, filter(None, items)), default=0) > limit:
            for i, item in enumerate(items):
                if item and len(item) > limit:
                    faults.setdefault(i, fault)


def _group_ids(calls: list[Call], faults: dict[int, Fault]) -> None:
    for i, call in enumerate(calls):
        if call.type == "group" and not call.groupId:
            faults.setdefault(i, Fault("groupId", "group_id_empty", "a group call has no groupId. Give it one."))
        elif call.type == "group" and call.groupId and len(call.groupId) > 500:
            message = "groupId is longer than 500 characters. Shorten it."
            faults.setdefault(i, Fault("groupId", "group_id_too_long", message))


def _emails(
    traits: list[Any], contexts: list[dict[str, Any] | None], context_of: NDArray[np.intp]
) -> list[str | None] | None:
    """traits.email, else context.traits.email (ID-1) of each call; None if no call has one."""
    in_context: list[str | None] = [_email(context.get("traits")) if context else None for context in contexts]
    given = any(traits)
    if not given and not any(in_context):
        return None
    emails = [in_context[i] for i in context_of.tolist()]
    if given:
        emails = [(_email(found) if found else None) or email for found, email in zip(traits, emails, strict=True)]
    return emails


def _email(traits: object) -> str | None:
    email = traits.get("email") if type(traits) is dict else None
    return email if type(email) is str and email else None


def _page_properties(call: Call) -> dict[str, Any]:
    """EV-7: the name of a page or screen becomes `page_name` or `screen_name`; the category is folded in."""
    properties = dict(call.properties or {})
    name = call.name if call.name is not None else properties.get("name")
    if name is not None:
        properties[f"{call.type}_name"] = name
    if call.category is not None:
        properties["category"] = call.category
    return properties


def _decode_contexts(
    calls: list[Call], faults: dict[int, Fault]
) -> tuple[list[dict[str, Any] | None], NDArray[np.intp]]:
    """The distinct contexts of a block and, per call, which one it has."""
    codes = Codes()
    raw = [b"" if call.context is NO_CONTEXT else bytes(call.context) for call in calls]
    context_of = np.fromiter(map(codes.__getitem__, raw), np.intp, len(raw))
    texts = [text or b"null" for text in codes]
    try:
        return _contexts.decode(b"[" + b",".join(texts) + b"]"), context_of
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    contexts: list[dict[str, Any] | None] = []
    for k, text in enumerate(texts):
        try:
            contexts.append(_context.decode(text))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            contexts.append(None)
            for i in np.nonzero(context_of == k)[0].tolist():
                faults.setdefault(i, CONTEXT_NOT_OBJECT)
    return contexts, context_of


def _hashes(ids: list[str | None]) -> NDArray[np.uint64]:
    """128-bit hashes of the message ids, two words each; zero for none. Equal hashes are taken for equal ids."""
    if all(ids):
        digests = list(map(xxhash.xxh3_128_digest, map(str.encode, ids)))  # type: ignore[arg-type]
    else:
        digests = [xxhash.xxh3_128_digest(text.encode()) if text else bytes(16) for text in ids]
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
