"""The questions as Polars expressions, each in two ways; the faster one counts.

Frames: events(person, row, time, name, price, category, cart_id) sorted by row, name and
category as Enum with ascending words; people(person, since). One thread when
POLARS_MAX_THREADS=1 stood in the environment before the first import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from polars import col

from benchmarks.event_table import event_table, people_table
from benchmarks.questions import AT_US, DAYS_1, DAYS_7, DAYS_14, DAYS_30
from benchmarks.synthetic_log import CATEGORIES, SyntheticLog

VIEWED, ADDED, ORDERED = (col("name") == name for name in ("Product Viewed", "Product Added", "Order Completed"))
PRICY = VIEWED & (col("price") >= 20)
PAST = col("time") <= AT_US
LAST_14, LAST_30 = ((col("time") > AT_US - window) & PAST for window in (DAYS_14, DAYS_30))
NEW = col("time") > AT_US - DAYS_30
DAYS_OF_LEAF = {1: DAYS_14, 2: DAYS_30, 3: DAYS_30}


@dataclass(frozen=True)
class Frames:
    events: pl.DataFrame
    people: pl.DataFrame

    @classmethod
    def of(cls, log: SyntheticLog) -> Frames:
        events = pl.DataFrame(event_table(log)).with_columns(
            col("name").cast(pl.String).cast(pl.Enum(sorted(log.event_names))),
            col("category").cast(pl.String).cast(pl.Enum(CATEGORIES)),
            col("person").set_sorted(),
            col("row").set_sorted(),
        )
        people = pl.DataFrame(people_table(log)).with_columns(col("person").set_sorted())
        return cls(events.rechunk(), people)


# -- the audience at one instant ---------------------------------------------------------------


def one_pass(frames: Frames) -> pl.DataFrame:
    counts = (
        frames.events.lazy()
        .filter(LAST_30 & (PRICY & LAST_14 | ADDED | ORDERED))
        .group_by("person")
        .agg(VIEWED.sum().alias("viewed"), ADDED.sum().alias("added"), ORDERED.sum().alias("ordered"))
    )
    found = counts.filter((col("viewed") >= 2) & (col("added") >= 1) & (col("ordered") == 0))
    return found.select("person").collect()


def joins(frames: Frames) -> pl.DataFrame:
    events = frames.events.lazy()
    viewed = events.filter(PRICY & LAST_14).group_by("person").len().filter(col("len") >= 2)
    added = events.filter(ADDED & LAST_30).select("person")
    ordered = events.filter(ORDERED & LAST_30).select("person")
    return viewed.join(added, on="person", how="semi").join(ordered, on="person", how="anti").select("person").collect()


# -- its membership over time ------------------------------------------------------------------


def _runs(states: pl.LazyFrame) -> pl.LazyFrame:
    """From (person, time, holds) at every boundary to the spans in which it holds. Every window
    expires, so the last state of a person is false and shifts need no partition."""
    changes = states.filter(col("holds") != col("holds").shift(1, fill_value=False))
    spans = changes.select("person", col("time").alias("start_us"), col("time").shift(-1).alias("end_us"), "holds")
    return spans.filter("holds").drop("holds")


def running_counts(frames: Frames) -> pl.DataFrame:
    events = frames.events.lazy()
    may_join = events.filter(ADDED).select("person").unique()
    parts = []
    for leaf, condition in ((1, PRICY), (2, ADDED), (3, ORDERED)):
        seen = events.filter(condition).select("person", "time").join(may_join, on="person", how="semi")
        for shift, step in ((0, 1), (DAYS_OF_LEAF[leaf], -1)):
            columns = [pl.lit(step if leaf == one else 0, pl.Int32).alias(str(one)) for one in (1, 2, 3)]
            parts.append(seen.with_columns(col("time") + shift, *columns))
    steps = pl.concat(parts).sort("person", "time")
    # The steps of a person add up to nothing: one running sum over the whole table will do.
    viewed, added, ordered = (col(one).cum_sum() for one in ("1", "2", "3"))
    states = steps.with_columns(holds=(viewed >= 2) & (added >= 1) & (ordered == 0)).filter(
        (col("person").shift(-1) != col("person")).fill_null(True)
        | (col("time").shift(-1) != col("time")).fill_null(True)
    )
    return _runs(states).collect()


def spans_of_leaves(frames: Frames) -> pl.DataFrame:
    events = frames.events.lazy()
    boundaries = []
    for leaf, condition in ((1, PRICY), (2, ADDED), (3, ORDERED)):
        seen = events.filter(condition).select("person", start_us="time", end_us=col("time") + DAYS_OF_LEAF[leaf])
        if leaf == 1:  # two within the window: from the second on, until the first has left it
            same = col("person").shift(-1) == col("person")
            seen = seen.with_columns(start_us=pl.when(same).then(col("start_us").shift(-1)))
        spans = seen.filter(col("start_us") < col("end_us"))
        opens = (col("person") != col("person").shift(1)) | (col("start_us") > col("end_us").shift(1))
        opens = opens.fill_null(True)
        step = pl.lit(-1 if leaf == 3 else 1, pl.Int32).alias("step")
        boundaries += [
            spans.filter(opens).select("person", col("start_us").alias("time"), step),
            spans.filter(opens.shift(-1, fill_value=True)).select("person", col("end_us").alias("time"), -step),
        ]
    steps = pl.concat(boundaries).sort("person", "time")
    last = (col("person").shift(-1) != col("person")) | (col("time").shift(-1) != col("time"))
    states = steps.with_columns(holds=col("step").cum_sum() == 2).filter(last.fill_null(True))
    return _runs(states).collect()


# -- the funnel over time ----------------------------------------------------------------------


def _merged(parents: pl.LazyFrame) -> pl.DataFrame:
    """Spans of parents (person, time, child = the time of the next child) joined where they meet."""
    end = pl.when(col("child") <= col("time") + DAYS_1).then("child").otherwise(col("time") + DAYS_7)
    spans = parents.select("person", start_us="time", end_us=end).filter(col("start_us") < col("end_us"))
    reach = col("end_us").cum_max().shift(1).over("person")
    spans = spans.with_columns(piece=(col("start_us") > reach).fill_null(True).cum_sum())
    return (
        spans.group_by("piece")
        .agg(col("person").first(), col("start_us").first(), col("end_us").max())
        .drop("piece")
        .collect()
    )


def asof_join(frames: Frames) -> pl.DataFrame:
    events = frames.events.lazy()
    parents = events.filter(ADDED).select("person", "row", "time")
    children = events.filter(ORDERED).select("person", "row", child="time")
    # Both sides are sorted by row, which ascends with person too.
    return _merged(parents.join_asof(children, on="row", by="person", strategy="forward", check_sortedness=False))


def fill_backward(frames: Frames) -> pl.DataFrame:
    both = frames.events.lazy().filter(ADDED | ORDERED).select("person", "time", "name")
    following = [pl.when(ORDERED).then(one).fill_null(strategy="backward") for one in ("person", "time")]
    child = pl.when(following[0] == col("person")).then(following[1])
    return _merged(both.with_columns(child=child).filter(ADDED))


# -- nine traits at one instant ----------------------------------------------------------------

WHOLE = (col("price") * 10_000).round().cast(pl.Int64)
"""Prices as whole numbers, so that sums are exact (D-40)."""


def _ranked(seen: pl.LazyFrame) -> pl.LazyFrame:
    """`best` = times seen, the higher the earlier in the alphabet: its maximum names the favourite."""
    code = col("category").to_physical().cast(pl.Int64)
    return seen.with_columns(best=pl.when(col("seen") >= 2).then(col("seen").cast(pl.Int64) * 100 + 99 - code))


def _named(best: pl.Expr) -> pl.Expr:
    return (99 - best % 100).cast(pl.UInt8).cat.to(pl.Enum(CATEGORIES))


def _with_people(frames: Frames, parts: list[pl.LazyFrame]) -> pl.DataFrame:
    found = frames.people.lazy().filter(col("since") <= AT_US)
    for part in parts:
        found = found.join(part, on="person", how="left")
    return found.with_columns(col("orders", "categories_30d").fill_null(0)).collect()


def _orders(past: pl.LazyFrame) -> pl.LazyFrame:
    new = WHOLE.filter(NEW)
    ordered = past.filter(ORDERED).group_by("person")
    sums = ordered.agg(
        pl.len().alias("orders"), pl.when(new.len() > 0).then(new.sum()).alias("new"), WHOLE.sum().alias("all")
    )
    # By a column: Polars divides by a scalar through its reciprocal, which is one bit off for three numbers of ten.
    unit = col("orders") * 0 + 10_000
    return sums.select("person", "orders", spent_30d=col("new") / unit, average_order=col("all") / unit / col("orders"))


def by_event(frames: Frames) -> pl.DataFrame:
    past = frames.events.lazy().filter(PAST)
    views = past.filter(VIEWED)
    seen = views.filter(col("category").is_not_null()).group_by("person", "category")
    words = (
        _ranked(seen.agg(seen=pl.len(), last=col("time").max(), row=col("row").min()))
        .group_by("person")
        .agg(
            col("best").max(),
            (col("last") > AT_US - DAYS_30).sum().alias("categories_30d"),
            col("category").get(col("row").arg_min()).alias("first_category"),
        )
        .with_columns(favourite=_named(col("best")))
    )
    cheapest = views.filter(NEW).group_by("person").agg(cheapest_seen_30d=col("price").min())
    added = past.filter(ADDED)
    dearest = added.group_by("person").agg(dearest_added=col("price").max())
    carts = added.filter(NEW & col("cart_id").is_not_null())
    last_cart = carts.group_by("person").agg(last_cart_30d=col("cart_id").last())
    return _with_people(frames, [words, cheapest, dearest, last_cart, _orders(past)])


def by_person(frames: Frames) -> pl.DataFrame:
    past = frames.events.lazy().filter(PAST)
    seen = past.filter(VIEWED & col("category").is_not_null()).group_by("person", "category")
    favourite = (
        _ranked(seen.agg(seen=pl.len()))
        .group_by("person")
        .agg(col("best").max())
        .with_columns(favourite=_named(col("best")))
    )
    views = past.filter(VIEWED).group_by("person", maintain_order=True)
    viewed = views.agg(
        cheapest_seen_30d=col("price").filter(NEW).min(),
        first_category=col("category").drop_nulls().first(),
        categories_30d=col("category").filter(NEW).drop_nulls().n_unique(),
    )
    added = (
        past.filter(ADDED)
        .group_by("person", maintain_order=True)
        .agg(dearest_added=col("price").max(), last_cart_30d=col("cart_id").filter(NEW).drop_nulls().last())
    )
    return _with_people(frames, [favourite, viewed, added, _orders(past)])


FORMULATIONS: dict[str, dict[str, Callable[[Frames], pl.DataFrame]]] = {
    "members": {"one pass": one_pass, "joins": joins},
    "spans": {"running counts": running_counts, "spans of leaves": spans_of_leaves},
    "funnel": {"ASOF": asof_join, "fill backward": fill_backward},
    "traits": {"by event": by_event, "by person": by_person},
}
