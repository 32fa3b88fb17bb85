"""Large logs of the invented shop for benchmarks: the shapes of the sample's calls without its story.

Drawn with numpy (PCG64), written as text in chunks. Every sixth person is anonymous for two calls before being known.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from storefront_sample import CATALOGUE, DAYS, HOURS, NAMES, PAGES, SEARCHES, START, ZONES

CHUNK = 250_000
DAY_MS = 86_400_000
KINDS: dict[str, float] = {
    "Page Viewed": 22, "Products Searched": 7, "Product Viewed": 34, "Product Added": 10, "Checkout Started": 4,
    "Order Completed": 2.5, "Signed In": 3, "Trial Started": 0.5, "Subscription Started": 0.3, "Email Delivered": 10,
    "Email Opened": 5, "Email Link Clicked": 1.7,
}  # fmt: skip
VARIANTS = 720


def write_benchmark(seed: int, events: int, people: int, target: Path) -> int:
    """Write `events` calls of up to `people` people in order of time as plain JSONL; return the size in bytes.

    An identify call is each person's first (or, if first anonymous, third) call and counts among `events`.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    time = draw_times(rng, events)
    person = (people * rng.random(events) ** 1.6).astype(np.int32)
    rank = rank_within(person)
    late = person % 6 == 0
    kind = rng.choice(len(KINDS), events, p=np.array(list(KINDS.values())) / sum(KINDS.values())).astype(np.int8)
    kind[rank == np.where(late, 2, 0)] = len(KINDS)  # identify
    anonymous = late & (rank < 2)
    variant = rng.integers(0, VARIANTS, events, dtype=np.int16)
    bodies = [[body(name, number) for number in range(VARIANTS)] for name in KINDS]
    contexts = [
        f'"context":{{"library":{{"name":"storefront-synthetic","version":"1"}},"timezone":"{zone}"}}' for zone in ZONES
    ]
    with target.open("wb") as file:
        for start in range(0, events, CHUNK):
            part = slice(start, min(start + CHUNK, events))
            stamps = np.datetime_as_string(time[part].astype("M8[ms]"), unit="ms").tolist()
            rows = zip(
                stamps,
                person[part].tolist(),
                kind[part].tolist(),
                anonymous[part].tolist(),
                variant[part].tolist(),
                strict=True,
            )
            lines = []
            for number, (stamp, who, what, unknown, which) in enumerate(rows, start=start):
                if unknown:
                    ids = f'"anonymousId":"a-{who:07d}"'
                elif what >= 9:  # e-mail tools and the sign-up know the user id; only the latter a device as well
                    ids = (
                        f'"userId":"u-{who:07d}"'
                        if what < 12
                        else f'"userId":"u-{who:07d}","anonymousId":"a-{who:07d}"'
                    )
                else:
                    ids = f'"userId":"u-{who:07d}","anonymousId":"a-{who:07d}"'
                if what == 12:
                    content = identify(who)
                else:
                    content = bodies[what][which]
                    if what == 3 or what == 4 or what == 5:  # carts and orders have ids of their own
                        content = content.replace("#", str(number))
                lines.append(
                    f'{{{content},{ids},"messageId":"b-{number:08d}","timestamp":"{stamp}Z",{contexts[who % len(contexts)]}}}\n'
                )
            file.write("".join(lines).encode())
    return target.stat().st_size


def draw_times(rng: np.random.Generator, events: int) -> NDArray[np.int64]:
    """Sorted milliseconds since the epoch over the 90 days, more by day than by night."""
    hours = np.array(HOURS) / sum(HOURS)
    day = rng.integers(0, DAYS, events, dtype=np.int64)
    hour = rng.choice(24, events, p=hours)
    time = int(START.timestamp() * 1000) + day * DAY_MS + hour * 3_600_000 + rng.integers(0, 3_600_000, events)
    time.sort()
    return time


def rank_within(person: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many earlier rows are of the same person, by row: int32, in the order of `person`."""
    order = np.argsort(person, kind="stable")
    ordered = person[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    starts = np.repeat(first, np.diff(np.r_[first, len(person)]))
    rank = np.empty(len(person), np.int32)
    rank[order] = np.arange(len(person)) - starts
    return rank


def identify(who: int) -> str:
    name = NAMES[who % len(NAMES)]
    plan = ("free", "free", "plus")[who % 3]
    status = ("SUBSCRIBED", "SUBSCRIBED", "DID_NOT_SUBSCRIBE")[who % 7 % 3]
    return (
        f'"type":"identify","traits":{{"first_name":"{name}","email":"p{who}@example.com","plan":"{plan}",'
        f'"email_subscription_status":"{status.lower()}"}}'
    )


def body(event: str, number: int) -> str:
    """Type, name and properties of a call; `#` stands for an id that is new in every call."""
    product = CATALOGUE[number % len(CATALOGUE)]
    quantity = 1 + number % 3
    value = round(product.price * quantity, 2)
    if event == "Page Viewed":
        page = PAGES[number % len(PAGES)]
        return f'"type":"page","name":"{page}","properties":{{"path":"/{page.lower()}"}}'
    properties: dict[str, Any]
    if event == "Products Searched":
        properties = {"query": SEARCHES[number % len(SEARCHES)]}
    elif event == "Product Viewed":
        properties = {
            "product_id": product.id,
            "name": product.name,
            "category": product.category,
            "price": product.price,
        }
    elif event == "Product Added":
        properties = {
            "cart_id": "c-#",
            "product_id": product.id,
            "category": product.category,
            "price": product.price,
            "quantity": quantity,
        }
    elif event == "Checkout Started":
        properties = {"cart_id": "c-#", "value": value, "currency": "GBP"}
    elif event == "Order Completed":
        products = [{"product_id": product.id, "price": product.price, "quantity": quantity}]
        properties = {"order_id": "o-#", "cart_id": "c-#", "revenue": value, "currency": "GBP", "products": products}
    elif event.startswith("Email"):
        properties = {"campaign_id": f"news_{number % 13 + 1:02d}", "email_subject": f"News of week {number % 13 + 1}"}
    elif event == "Signed In":
        properties = {"method": ("password", "google", "apple")[number % 3]}
    else:
        properties = {"plan": "plus", "price": 9.9, "currency": "GBP"}
    return f'"type":"track","event":"{event}","properties":{json.dumps(properties, separators=(",", ":"))}'
