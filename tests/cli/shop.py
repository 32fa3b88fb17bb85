"""A tiny shop: a log and a design small enough to check by eye."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ORDER = "Order Completed"


def call(kind: str, who: str, at: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "userId": who, "timestamp": at, **fields}


def log() -> list[dict[str, Any]]:
    """Three people; ann buys twice, bob once, cid only looks."""
    return [
        call(
            "identify",
            "ann",
            "2024-01-01T00:00:00Z",
            traits={"email": "ann@example.org", "email_subscription_status": "subscribed"},
        ),
        call("identify", "bob", "2024-01-01T00:00:00Z", traits={"email": "bob@example.org"}),
        call("track", "ann", "2024-01-02T10:00:00Z", event=ORDER, properties={"revenue": 30}),
        call("track", "bob", "2024-01-02T11:00:00Z", event=ORDER, properties={"revenue": 12.5}),
        call("track", "cid", "2024-01-02T12:00:00Z", event="Product Viewed", properties={}),
        call("track", "ann", "2024-01-05T10:00:00Z", event=ORDER, properties={"revenue": 70}),
        call("track", "cid", "2024-01-20T12:00:00Z", event="Product Viewed", properties={}),
    ]


def design() -> dict[str, Any]:
    return {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Shop"},
        "audiences": [
            {
                "key": "buyers", "name": "Buyers", "definition": f"event('{ORDER}').within(7 days).count() >= 1",
                "sync": [{"destination": "files", "as": "identify"}, {"destination": "real", "as": "track"}],
            },
        ],
        "messages": [{"key": "thanks", "channel": "email", "subject": "Thank you"}],
        "destinations": [
            {"key": "files", "type": "file", "settings": {"folder": "out", "format": "jsonl"}, "sandbox": True},
            {"key": "real", "type": "file", "settings": {"folder": "real", "format": "jsonl"}},
        ],
        "journeys": [
            {
                "key": "after_order", "name": "After an order",
                "entry": {"type": "event", "event": ORDER},
                "goal": {"event": ORDER},
                "start": "coin",
                "steps": [
                    {"key": "coin", "type": "random", "branches": [
                        {"key": "a", "percent": 50, "next": "pause"}, {"key": "b", "percent": 50, "next": "pause"}]},
                    {"key": "pause", "type": "delay", "next": "thanks", "duration": "1d"},
                    {"key": "thanks", "type": "message", "next": "tell", "message": "thanks"},
                    {"key": "tell", "type": "send", "destination": "files", "event_name": "Thanked"},
                ],
            },
        ],
    }  # fmt: skip


def write(folder: Path, **changes: Any) -> tuple[Path, Path]:
    """(campaigns.json, log.jsonl) in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    campaigns, events = folder / "campaigns.json", folder / "log.jsonl"
    campaigns.write_text(json.dumps(design() | changes), encoding="utf-8")
    events.write_text("".join(json.dumps(one) + "\n" for one in log()), encoding="utf-8")
    return campaigns, events
