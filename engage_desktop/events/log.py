"""A log in memory as it was read: codes and instants per call, tables per event name.

Calls are numbered by `seq`, their position among the calls kept so far: files in the order
given, lines in theirs. Nothing is sorted, merged or deduplicated here; see `build`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
import xxhash
from numpy.typing import NDArray

from engage_desktop.domain.workspace import Identity
from engage_desktop.events.call import EVENT_OF_TYPE, TYPES, Call, unknown_type
from engage_desktop.events.call_times import ahead, times_of
from engage_desktop.events.checks import (
    Context,
    Faults,
    check_groups,
    check_integrations,
    check_limits,
    check_numbers,
    decode_contexts,
)
from engage_desktop.events.column import Codes, ColumnBuilder, Piece, encode_values
from engage_desktop.events.combinations import NO_VALUE_HASH, Combinations, hashes_of
from engage_desktop.events.file_report import FileReport
from engage_desktop.events.identifiers import EMAIL, FIELDS, Identifiers, Shown, id_text
from engage_desktop.events.rejects import NO_EVENT, NO_ID, Fault, Reject
from engage_desktop.events.table import Batch, TableBuilder

_T = TypeVar("_T")


class Group:
    """The calls of one event name (or of none): their `seq`, context (a row of `Log.contexts`), properties, source."""

    __slots__ = ("contexts", "properties", "seqs", "source")

    def __init__(self) -> None:
        self.seqs: list[NDArray[np.int32]] = []
        self.contexts: list[NDArray[np.int32]] = []
        self.properties = TableBuilder()
        self.source = ColumnBuilder()


class _Part(NamedTuple):
    """Calls of one block that go to one group."""

    group: Group
    seqs: NDArray[np.int32]
    contexts: NDArray[np.int32] | None
    properties: Batch | None
    source: Piece | None


class Log:
    """Collects calls block by block. `read` counts every record seen, rejected ones included."""

    def __init__(self, identity: Identity | None = None) -> None:
        self.read = 0
        self.rejects: list[Reject] = []
        self.identifiers = Identifiers(identity)
        self.combinations = Combinations(self.identifiers)
        self.groups: dict[str, Group] = {}
        self.silent = Group()  # identify, group and alias: no event, yet their context counts
        self.traits = Group()  # `properties` of this one holds the traits
        self.account_calls = Group()  # the group calls once more; `properties` holds the account's traits
        self.account_codes: list[NDArray[np.int32]] = []  # of each of them, its place in `account_ids`
        self.account_ids = Codes()
        self.contexts = TableBuilder()  # a row for each distinct context of a block
        self.files: list[str] = []
        self.reports: list[FileReport] = []
        self.undated_file: str | None = None  # the first that says nowhere when its people were as it says
        self._profiles = self._undated = False
        self.ahead: dict[str, tuple[int, int]] = {}  # by file: first line and number of calls dated in the future
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

    def add(
        self, calls: list[Call], lines: NDArray[np.int32], file: str, *, profiles: bool = False, undated: bool = False
    ) -> None:
        """Check and keep a block of calls that stand on `lines` of `file`. Rows of a profile CSV (`profiles`) may
        name their person by e-mail alone (SB-4); `undated` ones count from the first instant of all logs."""
        self._profiles, self._undated = profiles, undated
        if undated:
            self.undated_file = self.undated_file or file
        if calls:
            self.read += len(calls)
            self._add(calls, lines, file)

    def _add(self, calls: list[Call], lines: NDArray[np.int32], file: str) -> None:
        faults: Faults = {}
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
            if not (self._profiles and _email(calls[i].traits)):
                faults.setdefault(i, NO_ID)
        time, received = times_of(calls, faults, undated=self._undated)
        message_ids = [call.messageId for call in calls]
        properties = [call.properties for call in calls]
        traits = [call.traits for call in calls]
        check_limits(faults, message_ids, properties, traits)
        check_integrations(faults, calls)
        contexts, context_of = decode_contexts(faults, calls)
        check_groups(faults, calls, types, contexts, context_of)
        if faults:
            kept = self._reject(faults, calls, lines, file)
            if not kept:
                return
            at = np.array(kept)
            user_hash, anon_hash, time = user_hash[at], anon_hash[at], time[at]
            received, lines, context_of = received[at], lines[at], context_of[at]
            user, anon = _pick(user, kept), _pick(anon, kept)
            calls, types, names = _pick(calls, kept), _pick(types, kept), _pick(names, kept)
            message_ids, properties, traits = _pick(message_ids, kept), _pick(properties, kept), _pick(traits, kept)
        account_calls = [i for i, kind in enumerate(types) if kind == "group"] if "group" in types else []
        account_traits = _pick(traits, account_calls)
        if not plain:
            for i, kind in enumerate(types):
                if kind in EVENT_OF_TYPE:
                    properties[i] = _page_properties(calls[i])
                elif kind in ("group", "alias"):
                    traits[i] = None  # a group's traits are the account's
        sources = [call.sourceId for call in calls]
        try:
            parts = self._event_parts(names, properties, sources, context_of + self.contexts.count)
            parts += self._trait_parts(traits, account_calls, account_traits)
            context_rows = self.contexts.encode(contexts)
        except OverflowError:
            check_numbers(faults := {}, calls)
            kept = self._reject(faults, calls, lines, file)
            assert len(kept) < len(calls)
            if kept:
                self._add(_pick(calls, kept), lines[kept], file)
            return
        emails = _emails(traits, contexts, context_of)
        ids = (user, emails.values, anon)
        further = self._further(types, traits, contexts, context_of, emails.second)
        hashes = (user_hash, hashes_of(emails.values), anon_hash)
        combination = self.combinations.encode(ids, hashes, emails.in_context, further)
        for part in parts:
            _append(part)
        early = ahead(time, received)
        if len(early):
            line, number = self.ahead.get(file, (int(lines[early[0]]), 0))
            self.ahead[file] = line, number + len(early)
        self.contexts.append(context_rows)
        if account_calls:
            codes = [self.account_ids[calls[i].groupId] for i in account_calls]
            self.account_codes.append(np.array(codes, dtype=np.int32))
        if not self.files or self.files[-1] != file:
            self.files.append(file)
        count = len(calls)
        for name, column in (("combination", combination), ("time", time), ("received", received)):
            self._parts[name].append(column)
        self._parts["line"].append(lines.astype(np.int32))
        self._parts["file"].append(np.full(count, len(self.files) - 1, dtype=np.int16))
        self._parts["hash"].append(_hashes(message_ids))
        self.count += count

    def _reject(self, faults: Faults, calls: list[Call], lines: NDArray[np.int32], file: str) -> list[int]:
        """Note the faults; returns the positions of the other calls."""
        for i, fault in sorted(faults.items()):
            self.reject(file, int(lines[i]), fault)
        return [i for i in range(len(calls)) if i not in faults]

    def _further(
        self,
        types: list[str | None],
        traits: list[Any],
        contexts: list[Context],
        context_of: NDArray[np.intp],
        second_emails: dict[int, str],
    ) -> list[tuple[Shown, ...]] | None:
        """What each call shows beside userId, one email and anonymousId, of one type the strongest first; None if no
        call shows anything."""
        of_context = list(map(self.identifiers.in_context, contexts))
        if not any(of_context) and not second_emails and not self.identifiers.reads_traits:
            return None
        further = [of_context[i] for i in context_of.tolist()]
        if self.identifiers.reads_traits:
            for i, kind in enumerate(types):
                if kind == "identify" and traits[i]:
                    further[i] = self.identifiers.in_traits(traits[i]) + further[i]
        for i, mail in second_emails.items():
            further[i] = (Shown(EMAIL, mail, f"context.{FIELDS[EMAIL]}"), *further[i])
        return further if any(further) else None

    def _event_parts(
        self, names: list[str | None], properties: list[Any], sources: list[Any], context_rows: NDArray[np.intp]
    ) -> list[_Part]:
        """The calls by event name; those without one are silent."""
        codes = np.fromiter(map(self._event_codes.__getitem__, [name or "" for name in names]), np.int32, len(names))
        order = np.argsort(codes, kind="stable")
        starts = np.nonzero(np.diff(codes[order], prepend=-1))[0].tolist()
        named = any(sources)
        parts = []
        for start, end in zip(starts, [*starts[1:], len(names)], strict=True):
            at = order[start:end]
            name = names[int(at[0])]
            group = self.silent if not name else self.groups.setdefault(name, Group())
            batch = source = None
            if name:
                batch = group.properties.encode([properties[i] for i in at.tolist()])
                if named:
                    texts = [_source(sources[i]) for i in at.tolist()]
                    source = encode_values(texts, group.properties.count, group.source.codes)
            seqs, rows = (at + self.count).astype(np.int32), context_rows[at].astype(np.int32)
            parts.append(_Part(group, seqs, rows, batch, source))
        return parts

    def _trait_parts(self, traits: list[Any], account_calls: list[int], account_traits: list[Any]) -> list[_Part]:
        parts = []
        if any(traits):
            places = [i for i, found in enumerate(traits) if found]
            seqs = np.array(places, dtype=np.int32) + np.int32(self.count)
            parts.append(_Part(self.traits, seqs, None, self.traits.properties.encode(_pick(traits, places)), None))
        if account_calls:
            seqs = np.array(account_calls, dtype=np.int32) + np.int32(self.count)
            batch = self.account_calls.properties.encode(account_traits)
            parts.append(_Part(self.account_calls, seqs, None, batch, None))
        return parts


def _append(part: _Part) -> None:
    group = part.group
    group.seqs.append(part.seqs)
    if part.contexts is not None:
        group.contexts.append(part.contexts)
    if part.properties is not None:
        group.properties.append(part.properties)
    if part.source is not None:
        group.source.pieces.append(part.source)


def _source(value: object) -> str | None:
    """A source's id as text; what is neither text nor a whole number names none."""
    return str(value) if type(value) in (str, int) and value != "" else None


def _pick(items: list[_T], at: list[int]) -> list[_T]:
    return [items[i] for i in at]


class _Emails(NamedTuple):
    """traits.email, else context.traits.email (ID-1) of each call, which are from the context (None: of no call), and by
    position the other email of calls that show two."""

    values: list[str | None]
    in_context: NDArray[np.bool_] | None
    second: dict[int, str]


def _emails(traits: list[Any], contexts: list[Context], context_of: NDArray[np.intp]) -> _Emails:
    told = [_email(context.get("traits")) if context else None for context in contexts]
    own: list[str | None] = [_email(found) if found else None for found in traits] if any(traits) else []
    if not any(told):
        return _Emails(own or [None] * len(traits), None, {})
    own, other = own or [None] * len(traits), [told[i] for i in context_of.tolist()]
    second = {i: mail for i, mail in enumerate(other) if mail and own[i] and mail != own[i]}
    in_context = np.array([mail is not None for mail in other]) & np.array([mail is None for mail in own])
    return _Emails([mine or mail for mine, mail in zip(own, other, strict=True)], in_context, second)


def _email(traits: object) -> str | None:
    email = traits.get("email") if type(traits) is dict else None
    return id_text(email) or None if email is not None else None


def _page_properties(call: Call) -> dict[str, Any]:
    """EV-7: the name of a page or screen becomes `page_name` or `screen_name`; the category is folded in."""
    properties = dict(call.properties or {})
    name = call.name if call.name is not None else properties.get("name")
    if name is not None:
        properties[f"{call.type}_name"] = name
    if call.category is not None:
        properties["category"] = call.category
    return properties


def _hashes(ids: list[str | None]) -> NDArray[np.uint64]:
    """128-bit hashes of the message ids, two words each; zero for none. Equal hashes are taken for equal ids."""
    if all(ids):
        digests = list(map(xxhash.xxh3_128_digest, map(str.encode, ids)))  # type: ignore[arg-type]
    else:
        digests = [xxhash.xxh3_128_digest(text.encode()) if text else bytes(16) for text in ids]
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
