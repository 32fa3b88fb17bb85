"""The nine reducers: what a stream's visible events come to, for every segment at once (D-8, D-40, D-41).

Each takes a cover of segments by events and the values of these events, and gives a column with
one value a segment; absent where there is nothing to reduce.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from engage_desktop.domain.condition import Reduce
from engage_desktop.engine.arrays import AnyArray, Mask, expand, first_of_each
from engage_desktop.engine.frames import absent, take, take_or_absent
from engage_desktop.engine.pieces import NOTHING, Cover, depth, highest, stack
from engage_desktop.engine.source import ABSENT, BOOL, LIST, NUMBER, OBJECT, TEXT, Column
from engage_desktop.engine.values import elements, number_of, text_of, value_at
from engage_desktop.events.column import Column as Values

DECIMALS = 10_000
"""Sums of values of at most 4 decimals are exact (D-40)."""
_EXACT_UP_TO = 2**53


def reduce_cover(reduce: Reduce, cover: Cover, column: Column | None) -> Column:
    """The value of a reducer over each segment; `column` holds the property of every event (None for count)."""
    if reduce.kind == "count" or column is None:
        return numbers(depth(cover).astype(np.float64))
    whole = reduce.kind == "mode" and reduce.cast == "array"
    of, values = single_values(_tidy_lists(column) if whole else column, whole=whole)
    if of is not None:
        cover = _over_values(cover, of, len(column.kind))
    return _KINDS[reduce.kind](reduce, cover, values)


def numbers(values: AnyArray, present: Mask | None = None) -> Column:
    n = len(values)
    kind = np.broadcast_to(np.uint8(NUMBER), n) if present is None else present.astype(np.uint8) * np.uint8(NUMBER)
    return Values(kind, values, np.broadcast_to(np.int32(-1), n), ())


def single_values(column: Column, *, whole: bool = False) -> tuple[AnyArray | None, Column]:
    """Every present value with the place it came from, lists taken apart unless `whole` (D-41). No places: each
    value is there and single."""
    kind = np.asarray(column.kind)
    lists = kind == LIST
    if whole or not lists.any():
        present = kind != ABSENT
        if present.all():
            return None, column
        of = np.flatnonzero(present)
        return of, take(column, of)
    # lists are parsed once per distinct text; the rest keeps its order among them
    used, inverse = np.unique(np.asarray(column.code)[lists], return_inverse=True)
    parts = [elements(json.loads(column.texts[code])) for code in used.tolist()]
    size = np.array([len(part) for part in parts], np.int64)
    flat = of_values([value for part in parts for value in part])
    count = (kind != ABSENT).astype(np.int64)
    count[lists] = size[inverse]
    first = np.zeros(len(kind), np.int64)
    first[lists] = (np.cumsum(size) - size)[inverse]
    at, of = expand(first, count)
    from_list = lists[of]
    texts = (*flat.texts, *column.texts)
    code = np.asarray(column.code)[of]
    inside = np.minimum(at, max(len(flat.kind) - 1, 0))

    def pick(listed: AnyArray, plain: AnyArray) -> AnyArray:
        return np.where(from_list, listed[inside] if len(listed) else plain, plain)

    return of, Values(
        pick(flat.kind, kind[of]),
        pick(flat.number, np.asarray(column.number)[of]),
        pick(flat.code, np.where(code >= 0, code + len(flat.texts), -1).astype(np.int32)),
        texts,
    )


def _tidy_lists(column: Column) -> Column:
    """Lists as one value each: without nulls, inner lists taken apart, empty ones absent (D-41, D-53)."""
    kind, code = np.array(column.kind), np.array(column.code)
    at = np.flatnonzero(kind == LIST)
    used, inverse = np.unique(code[at], return_inverse=True)
    tidy = [elements(json.loads(column.texts[one])) for one in used.tolist()]
    kind[at] = np.array([LIST if one else ABSENT for one in tidy], np.uint8)[inverse]
    code[at] = np.arange(len(used), dtype=np.int32)[inverse] + len(column.texts)
    return Values(kind, column.number, code, (*column.texts, *map(text_of, tidy)))


def of_values(values: list[Any]) -> Column:
    """A column of JSON values that are no lists."""
    codes: dict[str, int] = {}
    kind, number, code = [], [], []
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        kind.append(
            BOOL if isinstance(value, bool) else NUMBER if is_number else TEXT if isinstance(value, str) else OBJECT
        )
        number.append(float(value) if isinstance(value, int | float) else np.nan)
        code.append(-1 if kind[-1] in (BOOL, NUMBER) else codes.setdefault(text_of(value), len(codes)))
    return Values(np.array(kind, np.uint8), np.array(number, np.float64), np.array(code, np.int32), tuple(codes))


def _over_values(cover: Cover, of: AnyArray, n_events: int) -> Cover:
    """The cover with each value of an event in the event's place; values keep their order."""
    if cover.events is None and bool((of[1:] > of[:-1]).all()):  # each event has one value or none
        return Cover(cover.n, None, cover.first[of], None if cover.lasts is None else cover.lasts[of])
    count = np.bincount(of, minlength=n_events)
    value_of = np.cumsum(count) - count
    if int(count.max(initial=0)) < 2:
        kept = cover.select(count[cover.event] > 0)
        return Cover(kept.n, value_of[kept.event], kept.first, kept.lasts)
    value, one = expand(value_of[cover.event], count[cover.event])
    return Cover(cover.n, value, cover.first[one], None if cover.lasts is None else cover.lasts[one])


# -- numbers -------------------------------------------------------------------------------


def numbers_of(column: Column) -> tuple[AnyArray, Mask]:
    """float64 by place and whether it is a number or fully numeric text (D-8)."""
    kind = np.asarray(column.kind)
    number = np.array(column.number, np.float64)
    says = kind == NUMBER
    texts = np.flatnonzero(kind == TEXT)
    if texts.size:
        used, inverse = np.unique(np.asarray(column.code)[texts], return_inverse=True)
        read = [number_of(column.texts[code]) for code in used.tolist()]
        number[texts] = np.array([np.nan if one is None else one for one in read])[inverse]
        says[texts] = np.array([one is not None for one in read])[inverse]
    return number, says


def _numeric(cover: Cover, column: Column) -> tuple[Cover, AnyArray]:
    """The cover by numeric values only, and the numbers (by `cover.event`)."""
    number, says = numbers_of(column)
    if not says.all():
        cover = cover.select(cover.of(says))
    return cover, number


def _total(cover: Cover, number: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Sum and number of the values over each segment (float64, int64)."""
    value = cover.of(number)
    count = depth(cover)
    scaled = np.rint(value * DECIMALS)
    exact = (np.abs(scaled) < _EXACT_UP_TO) & (scaled / DECIMALS == value)
    whole = np.where(exact, scaled, 0).astype(np.int64)
    if len(value) and float(np.abs(scaled[exact]).sum()) >= _EXACT_UP_TO:  # beyond what a double holds, or 64 bits
        total = np.array([one / DECIMALS for one in stack(cover, whole.astype(object)).tolist()], np.float64)
    else:
        total = stack(cover, whole) / DECIMALS
    if not exact.all():
        large = ~exact & (np.abs(scaled) >= _EXACT_UP_TO)
        _by_hand(total, cover, value, ~exact & ~large, large)
    return total, count


def _by_hand(total: AnyArray, cover: Cover, value: AnyArray, inexact: Mask, large: Mask) -> None:
    """Put the sums of segments with values of more decimals, or too large to scale, into `total`."""
    from fractions import Fraction

    odd = np.zeros(cover.n, np.bool_)
    odd[stack(cover, (inexact | large).astype(np.int64)) > 0] = True
    at, one = expand(cover.first, cover.last - cover.first)
    keep = odd[at]
    at, one = at[keep], one[keep]
    order = np.lexsort((cover.event[one], at))
    at, one = at[order], one[order]
    for low, high in _runs(at):
        values = value[one[low:high]].tolist()
        if all(_four_decimals(number) for number in values):
            total[at[low]] = float(sum(map(Fraction, map(_decimal, values))))
        else:
            running = 0.0
            for number in values:
                running += number
            total[at[low]] = running


def _runs(ascending: AnyArray) -> Iterator[tuple[int, int]]:
    """The ranges of places that hold one value."""
    heads = np.flatnonzero(first_of_each(ascending)).tolist() if len(ascending) else []
    return pairwise([*heads, len(ascending)])


def _four_decimals(number: float) -> bool:
    from decimal import Decimal

    exponent = Decimal(repr(number)).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -4


def _decimal(number: float) -> Any:
    from decimal import Decimal

    return Decimal(repr(number))


def _sum(reduce: Reduce, cover: Cover, column: Column) -> Column:
    total, count = _total(*_numeric(cover, column))
    return numbers(total / count.clip(1) if reduce.kind == "avg" else total, count > 0)


def _extreme(reduce: Reduce, cover: Cover, column: Column) -> Column:
    if reduce.cast == "string":
        rank, texts = text_ranks(column)
        cover = _present(cover, rank)
        found = _best(cover, cover.of(rank), least=reduce.kind == "min")
        return texts_column(found, texts)
    cover, number = _numeric(cover, column)
    key = _sortable(cover.of(number))
    found = highest(cover, ~key if reduce.kind == "min" else key)
    none = found == NOTHING
    value = np.where(none, 0, ~found if reduce.kind == "min" else found)
    return numbers(_number_of_key(value), ~none)


def _sortable(number: AnyArray) -> AnyArray:
    """int64 that order like the doubles."""
    bits = (number + 0.0).view(np.int64)  # -0.0 becomes 0.0
    return bits ^ ((bits >> 63) & np.int64(2**63 - 1))


def _number_of_key(key: AnyArray) -> AnyArray:
    """The inverse of `_sortable`."""
    number: AnyArray = (key ^ ((key >> 63) & np.int64(2**63 - 1))).view(np.float64)
    return number


def _best(cover: Cover, rank: AnyArray, *, least: bool) -> AnyArray:
    """The smallest or largest rank (>= 0) over each segment, -1 where there is none."""
    found = highest(cover, ~rank if least else rank)
    return np.where(found == NOTHING, -1, ~found if least else found)


# -- order ---------------------------------------------------------------------------------


def _first_or_last(reduce: Reduce, cover: Cover, column: Column) -> Column:
    found = _at_the_end(cover, first=reduce.kind == "first")
    return take_or_absent(column, found)


def _at_the_end(cover: Cover, *, first: bool) -> AnyArray:
    """The first or last event over each segment, -1 where there is none."""
    if cover.events is not None or not cover.single or (cover.first[1:] < cover.first[:-1]).any():
        return _best(cover, cover.event.astype(np.int64), least=first)
    # one subject after the other: the ends of each one's run
    heads = first_of_each(cover.first)
    at = np.flatnonzero(heads if first else np.append(heads[1:], True)) if len(heads) else cover.first
    found = np.full(cover.n, -1, np.int64)
    found[cover.first[at]] = at
    return found


# -- texts ---------------------------------------------------------------------------------


_FEW = 256
"""Of so few texts all are put in order, whether they occur or not."""


def text_ranks(column: Column) -> tuple[AnyArray, list[str]]:
    """The text form of every value as its rank among the distinct ones, by code points."""
    kind, code = np.asarray(column.kind), np.asarray(column.code)
    if not len(kind):
        return np.empty(0, np.int64), []
    if (kind == TEXT).all() and len(column.texts) <= _FEW:
        ranks, texts = _ranked(list(column.texts))
        return ranks[code], texts
    if (kind == TEXT).all():
        used = np.flatnonzero(np.bincount(code))
        ranks, texts = _ranked([column.texts[one] for one in used.tolist()])
        rank_of = np.full(int(used[-1]) + 1, -1, np.int64)
        rank_of[used] = ranks
        return rank_of[code], texts
    plain = (kind == NUMBER) | (kind == BOOL)
    distinct, number = np.unique(np.nan_to_num(np.asarray(column.number)), return_inverse=True)
    key = np.where(plain, number * 8 + kind, (code.astype(np.int64) + len(distinct)) * 8 + kind)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    ranks, texts = _ranked([text_of(value_at(column, place)) for place in first.tolist()])
    return np.where(kind == ABSENT, -1, ranks[inverse]), texts


def _ranked(forms: list[str]) -> tuple[AnyArray, list[str]]:
    """The rank of each text among the distinct ones (some may be alike), and these in order."""
    texts = sorted(set(forms))
    place_of = {text: place for place, text in enumerate(texts)}
    return np.array([place_of[form] for form in forms], np.int64), texts


def _present(cover: Cover, rank: AnyArray) -> Cover:
    keep = cover.of(rank) >= 0
    return cover if keep.all() else cover.select(keep)


def texts_column(code: AnyArray, texts: list[str], kind: int = TEXT) -> Column:
    """Texts by code, absent where it is negative."""
    n = len(code)
    kinds = np.where(code >= 0, np.uint8(kind), np.uint8(ABSENT))
    return Values(kinds, np.full(n, np.nan), code.astype(np.int32), texts)


def _held(cover: Cover, token: AnyArray, n_tokens: int) -> tuple[Cover, AnyArray]:
    """How often each token is there: a cover by tokens, its parts of one token apart from each other,
    and the number of events behind each part."""
    size = cover.n + 1
    if cover.single:
        key = np.sort(token * size + cover.first)
        heads = np.flatnonzero(first_of_each(key)) if len(key) else np.empty(0, np.int64)
        at = key[heads] % size
        return Cover(cover.n, key[heads] // size, at, None), np.diff(np.append(heads, len(key)))
    # A token's parts are runs of segments; a key (token, segment, whether one ends there) orders them.
    key = np.sort(
        2 * np.concatenate([token * size + cover.first, token * size + cover.last]) + np.repeat((0, 1), len(token))
    )
    level = np.cumsum(1 - 2 * (key & 1))
    key >>= 1
    last = np.append(key[1:] != key[:-1], True) if len(key) else np.zeros(0, np.bool_)
    key, level = key[last], level[last]
    at = np.flatnonzero(level[:-1] > 0) if len(level) else np.empty(0, np.int64)
    return Cover(cover.n, key[at] // size, key[at] % size, key[at + 1] % size), level[at]


def _mode(reduce: Reduce, cover: Cover, column: Column) -> Column:
    if reduce.cast == "number":
        cover, number = _numeric(cover, column)
        distinct = np.unique(cover.of(number))
        forms = [text_of(one) for one in distinct.tolist()]
        by_text = sorted(range(len(forms)), key=forms.__getitem__)
        place = np.empty(len(forms), np.int64)
        place[by_text] = np.arange(len(forms))
        token = place[np.searchsorted(distinct, cover.of(number))] if len(distinct) else cover.event
        found = _most(cover, token, len(distinct), reduce.least)
        return numbers(distinct[by_text][found] if len(distinct) else np.full(cover.n, np.nan), found >= 0)
    rank, texts = text_ranks(column)
    cover = _present(cover, rank)
    found = _most(cover, cover.of(rank), len(texts), reduce.least)
    if reduce.cast != "array":
        return texts_column(found, texts)
    if not texts:
        return absent(cover.n)
    listed = np.zeros(len(texts), np.bool_)
    listed[rank[np.asarray(column.kind) == LIST]] = True
    kind = np.where(found < 0, np.uint8(ABSENT), np.where(listed[found], np.uint8(LIST), np.uint8(TEXT)))
    return Values(kind, np.full(cover.n, np.nan), found.astype(np.int32), texts)


def _most(cover: Cover, token: AnyArray, n_tokens: int, least: int) -> AnyArray:
    """The token there most often, at least `least` times, of several the smallest; -1 where there is none."""
    if _fits_a_table(cover, token, n_tokens):
        often = _table(cover, token, n_tokens)
        found = often.argmax(axis=1)  # of several the first
        return np.where(often[np.arange(cover.n), found] >= max(least, 1), found, -1)
    parts, count = _held(cover, token, n_tokens)
    enough = count >= least
    key = count[enough] * n_tokens + (n_tokens - 1 - parts.event[enough])
    found = highest(parts.select(enough), key)
    return np.where(found == NOTHING, -1, n_tokens - 1 - found % max(n_tokens, 1))


def _fits_a_table(cover: Cover, token: AnyArray, n_tokens: int) -> bool:
    """Whether counting each token of each segment takes less than sorting them."""
    return cover.single and 0 < cover.n * n_tokens <= 16 * len(token)


def _table(cover: Cover, token: AnyArray, n_tokens: int) -> AnyArray:
    """How often each token lies over each segment, int64[segments, tokens]."""
    return np.bincount(cover.first * n_tokens + token, minlength=cover.n * n_tokens).reshape(cover.n, n_tokens)


def _unique_count(reduce: Reduce, cover: Cover, column: Column) -> Column:
    rank, texts = text_ranks(column)
    cover = _present(cover, rank)
    token = cover.of(rank)
    if _fits_a_table(cover, token, len(texts)):
        return numbers(np.count_nonzero(_table(cover, token, len(texts)), axis=1).astype(np.float64))
    return numbers(depth(_held(cover, token, len(texts))[0]).astype(np.float64))


def _unique(reduce: Reduce, cover: Cover, column: Column) -> Column:
    rank, texts = text_ranks(column)
    cover = _present(cover, rank)
    parts, _ = _held(cover, cover.of(rank), len(texts))
    at, one = expand(parts.first, parts.last - parts.first)
    token = parts.event[one]
    order = np.lexsort((token, at))
    at, token = at[order], token[order]
    code = np.full(cover.n, -1, np.int64)
    lists: dict[tuple[int, ...], int] = {}
    for low, high in _runs(at):
        code[at[low]] = lists.setdefault(tuple(token[low:high].tolist()), len(lists))
    forms = [json.dumps([texts[one] for one in tokens], ensure_ascii=False, separators=(",", ":")) for tokens in lists]
    return texts_column(code, forms, LIST)


_KINDS: dict[str, Callable[[Reduce, Cover, Column], Column]] = {
    "sum": _sum, "avg": _sum, "min": _extreme, "max": _extreme, "first": _first_or_last, "last": _first_or_last,
    "mode": _mode, "unique": _unique, "unique_count": _unique_count,
}  # fmt: skip
