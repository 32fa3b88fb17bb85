"""`$` in a path: the elements of lists inside events (AU-10, D-41).

`lines.$.sku` is the list of every `sku` in the objects of the list `lines`; a list inside the list needs a `$`
of its own. Values that are lists are flattened; an element without the key, a null and a `$` over what is
no list give nothing.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec
import numpy as np

from engage_desktop.events.column import ABSENT, LIST, NO_NUMBER, Codes, Column

ELEMENTS: Final = "$"
_encode: Final = msgspec.json.Encoder(order="sorted").encode


def elements(column: Column, rest: tuple[str, ...]) -> Column:
    """LIST of what `rest`, the path from the first `$` on, finds in each list of a column; absent where it finds
    nothing. Each distinct text is read once."""
    at = np.nonzero(column.kind == LIST)[0]
    codes, which = np.unique(column.code[at], return_inverse=True)
    found, texts = np.full(len(codes), -1, dtype=np.int32), Codes()
    for i, code in enumerate(codes.tolist()):
        values = _find(json.loads(column.texts[code]), rest)
        if values:
            found[i] = texts[_encode(values).decode()]
    code = np.full(len(column), -1, dtype=np.int32)
    code[at] = found[which]
    kind = np.where(code >= 0, np.uint8(LIST), np.uint8(ABSENT))
    return Column(kind, np.broadcast_to(NO_NUMBER, len(column)), code, list(texts))


def _find(value: Any, path: tuple[str, ...]) -> list[Any]:
    """The values at a path below one value, flat and without nulls."""
    values = [value]
    for part in path:
        if part == ELEMENTS:
            values = [element for one in values if type(one) is list for element in one]
        else:
            values = [one[part] for one in values if type(one) is dict and part in one]
    return _flat(values)


def _flat(values: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        if type(value) is list:
            flat += _flat(value)
        elif value is not None:
            flat.append(value)
    return flat
