"""What makes a decoded call unusable (HT-5, HT-6, EV-11), for a block of calls at once.

Each check notes faults by position in the block; of several about one call the first found stays.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.call import NO_CONTEXT, Call, is_huge
from engage_desktop.events.column import Codes
from engage_desktop.events.rejects import (
    CONTEXT_NOT_OBJECT,
    EMPTY_GROUP,
    HUGE_NUMBER,
    LONG_GROUP,
    NOT_FOR_ENGAGE,
    TOO_LONG_ID,
    TOO_MANY_PROPERTIES,
    TOO_MANY_TRAITS,
    Fault,
)

Faults = dict[int, Fault]
Context = dict[str, Any] | None
_BROKEN: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_contexts = msgspec.json.Decoder(list[dict[str, Any] | None])
_context = msgspec.json.Decoder(dict[str, Any] | None)
_anything = msgspec.json.Decoder()


def check_limits(faults: Faults, ids: list[Any], properties: list[Any], traits: list[Any]) -> None:
    """HT-6, the limits of the profile store."""
    checks = ((ids, 100, TOO_LONG_ID), (properties, 300, TOO_MANY_PROPERTIES), (traits, 300, TOO_MANY_TRAITS))
    for items, limit, fault in checks:
        if max(map(len, filter(None, items)), default=0) > limit:
            for i, item in enumerate(items):
                if item and len(item) > limit:
                    faults.setdefault(i, fault)


def check_groups(
    faults: Faults, calls: list[Call], types: list[Any], contexts: list[Context], context_of: NDArray[np.intp]
) -> None:
    """HT-6: the group of a group call, and the one that the context of a track call names."""
    if "group" in types:
        for i, kind in enumerate(types):
            if kind == "group":
                _check_group(faults, i, "groupId", calls[i].groupId or "")
    for k in [k for k, context in enumerate(contexts) if context and "groupId" in context]:
        group = contexts[k]["groupId"]  # type: ignore[index]  # looked at one line above
        if isinstance(group, str) and not 0 < len(group) <= 500:
            for i in np.nonzero(context_of == k)[0].tolist():
                if types[i] == "track":
                    _check_group(faults, i, "context.groupId", group)


def _check_group(faults: Faults, i: int, field: str, group: str) -> None:
    if not group or len(group) > 500:
        faults.setdefault(i, (LONG_GROUP if group else EMPTY_GROUP)._replace(field=field))


def check_integrations(faults: Faults, calls: list[Call]) -> None:
    """EV-11: `integrations.Personas = false` keeps a call out of Engage."""
    given = [call.integrations for call in calls]
    if given.count(NO_CONTEXT) == len(given):
        return
    for i, raw in enumerate(map(bytes, given)):
        if b"Personas" in raw:
            try:
                integrations = _anything.decode(raw)
            except _BROKEN:
                continue
            if isinstance(integrations, dict) and integrations.get("Personas") is False:
                faults.setdefault(i, NOT_FOR_ENGAGE)


def check_numbers(faults: Faults, calls: list[Call]) -> None:
    """Whole numbers beyond a double's range, where some column was found to hold one."""
    for i, call in enumerate(calls):
        for field in ("properties", "traits", "context"):
            value = getattr(call, field)
            value = _anything.decode(value) if field == "context" and value is not NO_CONTEXT else value
            if is_huge(value):
                faults.setdefault(i, HUGE_NUMBER._replace(field=field))


def decode_contexts(faults: Faults, calls: list[Call]) -> tuple[list[Context], NDArray[np.intp]]:
    """The distinct contexts of a block and, per call, which one it has."""
    codes = Codes()
    raw = [b"" if call.context is NO_CONTEXT else bytes(call.context) for call in calls]
    context_of = np.fromiter(map(codes.__getitem__, raw), np.intp, len(raw))
    texts = [text or b"null" for text in codes]
    try:
        return _contexts.decode(b"[" + b",".join(texts) + b"]"), context_of
    except _BROKEN:
        pass
    contexts: list[Context] = []
    for k, text in enumerate(texts):
        try:
            contexts.append(_context.decode(text))
        except _BROKEN:
            contexts.append(None)
            for i in np.nonzero(context_of == k)[0].tolist():
                faults.setdefault(i, CONTEXT_NOT_OBJECT)
    return contexts, context_of
