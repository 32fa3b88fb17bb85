"""What is asked of the log, in the query language, and the form of an answer.

The same questions stand as SQL in `formulations_duckdb.py` and as data frame code in
`formulations_polars.py`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchmarks.synthetic_log import DAY_US, START_US

AT_US = START_US + 60 * DAY_US
"""The instant of the questions about one instant: two of the three months lie before it."""
DAYS_1, DAYS_7, DAYS_14, DAYS_30 = (days * DAY_US for days in (1, 7, 14, 30))
NEXT_DAY_AFTER_CART = "NOT event('Order Completed').within(parent: 1 day).count() >= 1"
DESIGN: dict[str, Any] = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "Benchmark"},
    "traits": [
        {"key": key, "name": key, "definition": definition}
        for key, definition in {
            "orders": "event('Order Completed').count()",
            "spent_30d": "event('Order Completed').within(30 days).sum(property('price'))",
            "average_order": "event('Order Completed').avg(property('price'))",
            "cheapest_seen_30d": "event('Product Viewed').within(30 days).min(property('price'))",
            "dearest_added": "event('Product Added').max(property('price'))",
            "favourite": "event('Product Viewed').mode(property('category'))",
            "first_category": "event('Product Viewed').first(property('category'))",
            "last_cart_30d": "event('Product Added').within(30 days).last(property('cart_id'))",
            "categories_30d": "event('Product Viewed').within(30 days).unique(property('category')).count()",
        }.items()
    ],
    "audiences": [
        {
            "key": "keen",
            "name": "Looked and added, did not buy",
            "definition": "event('Product Viewed').where(property('price') >= 20).within(14 days).count() >= 2 "
            "AND event('Product Added').within(30 days).count() >= 1 "
            "AND NOT event('Order Completed').within(30 days).count() >= 1",
        },
        {
            "key": "left_cart",
            "name": "Added, and then did not order within a day",
            "definition": f"event('Product Added').where({NEXT_DAY_AFTER_CART}).within(7 days).count() >= 1",
        },
    ],
}
TEXT_TRAITS = ("favourite", "first_category", "last_cart_30d")
SPANS = pa.schema([("person", pa.int32()), ("start_us", pa.int64()), ("end_us", pa.int64())])
QUESTIONS: dict[str, pa.Schema] = {
    "members": pa.schema([("person", pa.int32())]),
    "spans": SPANS,
    "funnel": SPANS,
    "traits": pa.schema(
        [
            ("person", pa.int32()),
            *((one["key"], pa.string() if one["key"] in TEXT_TRAITS else pa.float64()) for one in DESIGN["traits"]),
        ]
    ),
}
"""Columns of an answer. An absent trait is null; people are those that exist at the instant."""


def answer(question: str, table: pa.Table) -> pa.Table:
    """An answer in the one form in which answers are compared: columns and order fixed."""
    schema = QUESTIONS[question]
    columns = [table.column(field.name).cast(field.type).combine_chunks() for field in schema]
    return pa.table(columns, schema=schema).sort_by([(name, "ascending") for name in schema.names[:2]])
