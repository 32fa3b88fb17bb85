"""The values that stand in a column of the log, most frequent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.app.protocol_values import AskValues, Values

if TYPE_CHECKING:
    from engage_desktop.events import EventStore
    from engage_desktop.events.column import Column


def log_values(store: EventStore | None, request: AskValues) -> Values:
    """What was asked, of this log; nothing where it has no such event, property or trait."""
    if store is None:
        return Values(request.event, request.path, ())
    column = store.trait(request.path).column if request.event is None else store.column(request.event, request.path)
    return Values(request.event, request.path, tuple(_most_frequent(column, request.limit)))


def _most_frequent(column: Column, limit: int) -> list[tuple[str, int]]:
    """(query text, count), by falling count, then by text."""
    from engage_desktop.events.column import BOOL, NUMBER, TEXT
    from engage_desktop.language.numbers import number_text
    from engage_desktop.language.printer import quote

    found: list[tuple[str, int]] = []
    codes, counts = np.unique(column.code[column.kind == TEXT], return_counts=True)
    most = np.argsort(-counts, kind="stable")[:limit]
    found += [(quote(column.texts[int(codes[at])]), int(counts[at])) for at in most]
    numbers, counts = np.unique(column.number[column.kind == NUMBER], return_counts=True)
    most = np.argsort(-counts, kind="stable")[:limit]
    found += [(number_text(float(numbers[at])), int(counts[at])) for at in most]
    flags, counts = np.unique(column.number[column.kind == BOOL], return_counts=True)
    found += [("true" if flag else "false", int(count)) for flag, count in zip(flags, counts, strict=True)]
    return sorted(found, key=lambda row: (-row[1], row[0]))[:limit]
