"""What an import tells about identifiers that were set aside (ID-5, ID-9, ID-12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.duration import duration_words
from engage_desktop.events.combinations import Coded, Combinations
from engage_desktop.events.identifiers import BASE
from engage_desktop.events.identity import Resolution
from engage_desktop.events.play import MAX_MAPPINGS, MAX_MERGES, Dropped
from engage_desktop.events.rejects import ID_BLOCKED, MERGES_EXCEEDED, NO_IDENTIFIERS

Tell = Callable[[int, str, str, str], None]
"""Takes the call, the field, the code and the sentence."""
_ALL_BLOCKED: Final = "every identifier of the call is blocked. Give it a real userId or anonymousId."


def tell_of_identifiers(
    combinations: Combinations,
    coded: Coded,
    combination: NDArray[np.int32],
    people: Resolution,
    kept: NDArray[np.intp],
    tell: Tell,
) -> NDArray[np.intp]:
    """Tell of blocked and dropped identifiers, each once a value or a combination; returns the calls that had none
    left. `kept` are the calls without duplicates, in the order of the input."""  # fmt: skip
    for kind in range(len(combinations.coders)):
        if combinations.coders[kind].blocked:
            _tell_of_blocked(combinations, coded, combination, kind, kept, tell)
    for one in people.dropped:
        field = combinations.field(int(combination[one.unit]), one.kind, one.node)
        tell(one.unit, field, one.code, _why(combinations, one))
    without = kept[people.profile[kept] < 0]
    for call in without.tolist():
        tell(call, "userId", NO_IDENTIFIERS, _ALL_BLOCKED)
    return without


def _tell_of_blocked(
    combinations: Combinations,
    coded: Coded,
    combination: NDArray[np.int32],
    kind: int,
    kept: NDArray[np.intp],
    tell: Tell,
) -> None:
    """One notice a value, at the first call that shows it, with the number of calls."""  # fmt: skip
    coder, parts = combinations.coders[kind], []
    if kind < len(BASE):
        code = coded.base[kind][combination[kept]]
        parts.append((kept[code < -1], code[code < -1]))
    rows = np.nonzero((coded.kind == kind) & (coded.code < -1))[0]
    for row in rows.tolist():  # as many as there are combinations with a blocked further identifier
        calls = kept[combination[kept] == coded.of[row]]
        parts.append((calls, np.full(len(calls), coded.code[row])))
    calls, codes = (np.concatenate(part) for part in zip(*parts, strict=True))
    by = np.argsort(calls, kind="stable")
    calls, codes = calls[by], codes[by]
    values, first, counts = np.unique(codes, return_index=True, return_counts=True)
    for value, at, count in zip(values.tolist(), first.tolist(), counts.tolist(), strict=True):
        call = int(calls[at])
        what = f"{coder.blocked[-value - 2]!r} is a blocked {combinations.identifiers.types[kind].name}"
        field = combinations.field(int(combination[call]), kind, value)
        tell(call, field, ID_BLOCKED, f"{what}; it was set aside in {count:,} calls.")


def _why(combinations: Combinations, one: Dropped) -> str:
    types = combinations.identifiers.types
    if one.limited is not None:
        rule = types[one.limited]
        number = "one" if rule.limit == 1 else f"{rule.limit:,}"
        period = f" in {duration_words(rule.per_us)}" if rule.per_us is not None else ""
        reason = f"have more than {number} {rule.name}{period}"
    elif one.code == MERGES_EXCEEDED:
        reason = f"come of more than {MAX_MERGES} merges"
    else:
        reason = f"have more than {MAX_MAPPINGS:,} identifiers"
    what = f"{combinations.coders[one.kind].values_by_code[one.node]!r} ({types[one.kind].name})"
    return f"{what} was set aside in this call, or its profile would {reason}. The call is kept."
