"""Turn the "Online Retail" order lines (CC0) into an event log of Segment calls.

    python scripts/make_online_retail.py onlineretail.parquet [--out sample_data/online_retail]

One `Order Completed` an invoice, one `Order Cancelled` a cancelled invoice, one `identify` where a customer is
first seen and where the country changes. The same table gives the same log; what is changed on the way and what
is left out stands in the README beside the log and is printed here.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sample_log import write_log

LONDON = ZoneInfo("Europe/London")
CENT = Decimal("0.01")
COLUMNS = "InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country"
Call = dict[str, Any]


def utc_text(local: datetime) -> str:
    """ISO 8601 in UTC of an invoice date, which is a clock in the United Kingdom without a zone."""
    return local.replace(tzinfo=LONDON).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount: Decimal) -> float:
    """Pounds with two decimals, exact until this last step."""
    return float(amount.quantize(CENT, rounding=ROUND_HALF_EVEN))


def number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def product(code: str, name: str | None, quantity: float, price: float) -> Call:
    """A product of the e-commerce specification; a line without description has no name."""
    named = {"name": name.strip()} if name and name.strip() else {}
    return {"product_id": code, **named, "quantity": number(quantity), "price": number(price)}


def read_invoices(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Invoices with their lines in the order of the table, by first line date and then by number."""
    import duckdb

    rows = duckdb.execute(
        f"SELECT {COLUMNS}, min(InvoiceDate) OVER (PARTITION BY InvoiceNo)::TIMESTAMP AS started "
        "FROM (SELECT *, row_number() OVER () AS line FROM read_parquet(?)) ORDER BY started, InvoiceNo, line",
        [str(path)],
    ).fetchall()
    for invoice, lines in groupby(rows, key=lambda row: str(row[0])):
        yield invoice, list(lines)


def make_calls(path: Path, counts: Counter[str]) -> Iterator[Call]:
    """Calls in order of time; an identify stands before the invoice that brought it."""
    countries: dict[str, str] = {}
    for invoice, lines in read_invoices(path):
        customer, country, started = lines[0][6], lines[0][7], lines[0][8]
        amounts = [Decimal(str(line[3])) * Decimal(str(line[5])) for line in lines]
        bought = sum((amount for amount in amounts if amount > 0), Decimal(0))
        cancelled = invoice.startswith("C")
        if invoice.startswith("A"):
            counts["left out: accounting entries"] += 1
            continue
        if not cancelled and not bought and customer is None:
            counts["left out: stock movements without a customer"] += 1
            continue
        timestamp = utc_text(started)
        if customer is None:
            who = {"anonymousId": f"invoice-{invoice}"}
            counts["anonymous invoices"] += 1
        else:
            user = str(int(customer))
            who = {"userId": user}
            if countries.get(user) != country:
                countries[user] = country
                counts["identify"] += 1
                yield {
                    "type": "identify", "messageId": f"identify-{user}-{invoice}", **who,
                    "timestamp": timestamp, "traits": {"country": country},
                }  # fmt: skip
        products = [product(line[1], line[2], abs(line[3]) if cancelled else line[3], line[5]) for line in lines]
        if cancelled:
            event, total = "Order Cancelled", {"total": money(abs(sum(amounts, Decimal(0))))}
        else:
            event, total = "Order Completed", {"revenue": money(bought)}
        counts[event] += 1
        counts["lines"] += len(lines)
        yield {
            "type": "track", "event": event, "messageId": f"order-{invoice}", **who, "timestamp": timestamp,
            "properties": {"order_id": invoice, **total, "currency": "GBP", "products": products},
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="Parquet file with the columns of the Online Retail data set")
    parser.add_argument("--out", type=Path, default=Path("sample_data/online_retail"), help="folder of the log")
    arguments = parser.parse_args()
    if not arguments.table.is_file():
        parser.error(f"{arguments.table} is not a file. Give the Parquet table of the Online Retail data set.")

    counts: Counter[str] = Counter()
    target = arguments.out / "log.jsonl.zst"
    calls = write_log(make_calls(arguments.table, counts), target)
    for name, count in counts.items():
        print(f"{count:>9,} {name}")
    print(f"{calls:>9,} calls")
    print(f"{target.stat().st_size:>9,} bytes in {target}")


if __name__ == "__main__":
    main()
