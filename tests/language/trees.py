"""Random trees of every kind the parser can make."""

from hypothesis import strategies as st

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    Duration,
    Expression,
    InAudience,
    Instant,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Scalar,
    Stream,
    Trait,
    Window,
)
from engage_desktop.domain.duration import FIRST_US, LAST_US
from engage_desktop.language.numbers import normal
from engage_desktop.language.printer import split_path

names = st.one_of(
    st.sampled_from(
        ["Order Completed", "total", "a.b", "o'clock", 'say "x"', "back\\slash", "$", "and", "\\", "'", " "]
    ),
    st.text(min_size=1, max_size=8),
)
plain = names.filter(lambda name: name != "$")
paths = st.lists(plain, min_size=1, max_size=3).map(tuple)
list_paths = st.tuples(plain, st.lists(names, max_size=3)).map(lambda parts: (parts[0], *parts[1]))
durations = st.builds(Duration, st.integers(1, 500), st.sampled_from(["second", "minute", "hour", "day", "week"]))
none_at_all = st.just(Duration(0, "day"))
DAY_US = 86_400_000_000
instants = st.one_of(
    st.integers(FIRST_US, LAST_US), st.integers(FIRST_US // DAY_US + 1, LAST_US // DAY_US).map(lambda day: day * DAY_US)
).map(Instant)
literals = st.one_of(
    st.text(max_size=8),
    st.booleans(),
    st.integers(-(10**25), 10**25).map(normal),
    st.floats(allow_nan=False, allow_infinity=False).map(normal),
).map(Literal)


def _windows(draw_two: tuple[Duration, Duration, str]) -> Window:
    a, b, kind = draw_two
    if kind.startswith("between") and a.us != b.us:
        return Window(*sorted((a, b), key=lambda duration: duration.us), parent=kind.endswith("parent"))
    return Window(a, parent=kind.endswith("parent"))


KINDS = ("within", "between", "within parent", "between parent")
windows = st.tuples(durations, durations, st.sampled_from(KINDS)).map(_windows)
heads: st.SearchStrategy[Scalar] = st.one_of(
    st.builds(Trait, paths),
    st.builds(Property, list_paths, st.booleans()),
    st.builds(Context, paths),
    st.builds(JourneyValue, names.filter(lambda name: "$" not in split_path(name))),
    literals,
    instants,
)
constants = st.one_of(literals, instants)


def _streams(conditions: st.SearchStrategy[Condition]) -> st.SearchStrategy[Stream]:
    sources = st.lists(names, max_size=2, unique=True).map(tuple)
    return st.builds(
        Stream, names, st.none() | conditions, st.lists(windows, max_size=2).map(tuple), sources, st.none() | durations
    )


def _reduces(conditions: st.SearchStrategy[Condition]) -> st.SearchStrategy[Reduce]:
    kinds = st.sampled_from(["sum", "avg", "min", "max", "mode", "first", "last", "unique_count"])
    streams = _streams(conditions)
    casts = st.sampled_from([None, "number", "array"])
    return st.one_of(
        st.builds(Reduce, st.just("count"), streams),
        st.builds(Reduce, kinds, streams, list_paths),
        st.builds(Reduce, kinds, streams, paths, st.just(True)),
        st.builds(Reduce, st.sampled_from(["min", "max"]), streams, list_paths, cast=st.just("string")),
        st.builds(Reduce, st.just("mode"), streams, list_paths, cast=casts, least=st.integers(1, 9)),
    )


def _compares(scalars: st.SearchStrategy[Scalar]) -> st.SearchStrategy[Compare | CompareDate]:
    several = st.lists(constants, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Compare, scalars, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.tuples(scalars)),
        st.builds(Compare, scalars, st.sampled_from(["contains", "one_of", "none_of"]), several),
        st.builds(Compare, scalars, st.sampled_from(["omits", "starts_with", "ends_with"]), st.tuples(constants)),
        st.builds(Compare, scalars, st.sampled_from(["exists", "absent"])),
        st.builds(CompareDate, scalars, st.sampled_from(["before_date", "after_date"]), instants),
        st.builds(CompareDate, scalars, st.sampled_from(["within_last", "within_next"]), durations),
        st.builds(CompareDate, scalars, st.sampled_from(["before_last", "after_next"]), durations | none_at_all),
    )


def _grow(conditions: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def junction(kind: type[And] | type[Or]) -> st.SearchStrategy[Condition]:
        other = conditions.filter(lambda item: not isinstance(item, kind))
        return st.lists(other, min_size=2, max_size=3).map(lambda items: kind(tuple(items)))

    quantified = st.builds(Quantified, st.sampled_from(["any", "all"]), conditions)
    return st.one_of(
        junction(And),
        junction(Or),
        st.builds(Not, conditions),
        quantified,
        _compares(st.one_of(heads, _reduces(conditions))),
    )


leaves: st.SearchStrategy[Condition] = st.one_of(_compares(heads), st.builds(InAudience, names))
conditions: st.SearchStrategy[Condition] = st.recursive(leaves, _grow, max_leaves=12)
expressions: st.SearchStrategy[Expression] = st.one_of(
    conditions, heads, _reduces(conditions), st.builds(Reduce, st.just("unique"), _streams(conditions), list_paths)
)
