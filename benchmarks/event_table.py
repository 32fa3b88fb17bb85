"""The log as one wide table, the form in which a database or a data frame holds it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchmarks.synthetic_log import CATEGORIES, WITH_CART, SyntheticLog


def event_table(log: SyntheticLog) -> pa.Table:
    """person, row, time, name, price, category, cart_id, sorted by row (so by person and time).

    Texts of few values are dictionaries with ascending words, since both alternatives compare
    such codes faster than texts.
    """
    n = log.n_events
    names = sorted(log.event_names)
    name, category = np.empty(n, np.int8), np.full(n, -1, np.int32)
    price = np.empty(n)
    cart = np.full(n, -1, np.int32)
    for code, event in enumerate(names):
        rows = log.rows(event)
        name[rows] = code
        price[rows] = log.column(event, "price").number
        category[rows] = log.column(event, "category").code
        if event in WITH_CART:
            cart[rows] = log.column(event, "cart_id").code
    carts = pa.array(log.column(WITH_CART[0], "cart_id").texts[:])
    return pa.table(
        {
            "person": log.person,
            "row": np.arange(n, dtype=np.int64),
            "time": log.time,
            "name": pa.DictionaryArray.from_arrays(pa.array(name), names),
            "price": price,
            "category": pa.DictionaryArray.from_arrays(pa.array(category, mask=category < 0), list(CATEGORIES)),
            "cart_id": carts.take(pa.array(cart, mask=cart < 0)),
        }
    )


def people_table(log: SyntheticLog) -> pa.Table:
    """person, since (their first event)."""
    return pa.table({"person": np.arange(log.n_profiles, dtype=np.int32), "since": log.since})
