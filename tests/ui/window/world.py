"""A small workspace with every kind of step the inspector edits, and ways to wait for it."""

from __future__ import annotations

import json
import random
from pathlib import Path

from pytestqt.qtbot import QtBot

from engage_desktop.app.importing import import_logs
from engage_desktop.app.protocol import AskTable, Reply, TablePage
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.ui.window import MainWindow

START = parse_instant("2025-03-03T08:00:00Z")
HOUR = 3_600_000_000
WAIT_MS = 30_000

CAMPAIGNS = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "Small shop", "timezone": "Europe/London"},
    "traits": [
        {"key": "orders", "name": "Orders", "definition": "event('Order Completed').count()"},
        {"key": "spend", "name": "Spend", "definition": "event('Order Completed').sum(property('price'))"},
        {"key": "looked_at", "name": "Looked at", "definition": "event('Product Viewed').unique(property('shelf'))"},
        {
            "key": "team_orders",
            "name": "Orders of the team",
            "level": "account",
            "definition": "event('Order Completed').count()",
        },
    ],
    "audiences": [
        {
            "key": "buyers",
            "name": "Buyers",
            "definition": "event('Order Completed').count() >= 1 AND NOT event('Refunded').count() >= 1",
            "sync": [{"destination": "lists", "as": "track"}, {"destination": "live", "as": "track"}],
        },
        {
            "key": "busy_teams",
            "name": "Busy teams",
            "level": "account",
            "definition": "trait('team_orders') >= 3 AND ANY event('Refunded').count() >= 1",
        },
    ],
    "messages": [
        {"key": "nudge", "name": "Nudge", "channel": "email", "subject": "Still there", "body": "We kept it."}
    ],
    "policies": {"subscription": {"unknown": "assume"}, "address": {"unknown": "assume"}},
    "destinations": [
        {
            "key": "lists",
            "name": "Files",
            "type": "file",
            "settings": {"folder": "out", "format": "jsonl"},
            "sandbox": True,
        },
        {"key": "live", "name": "Live", "type": "webhook", "settings": {"url": "http://127.0.0.1:9/in"}},
    ],
    "journeys": [
        {
            "key": "rescue",
            "name": "Rescue",
            "entry": {"type": "event", "event": "Product Added"},
            "exits": [{"key": "bought", "name": "Bought", "event": "Order Completed"}],
            "start": "hold",
            "steps": [
                {
                    "key": "hold",
                    "type": "hold",
                    "name": "Quiet",
                    "branches": [{"key": "again", "event": "Product Added", "loop": True}],
                    "timeout": "2h",
                    "on_timeout": "coin",
                },
                {
                    "key": "coin",
                    "type": "random",
                    "name": "Coin",
                    "branches": [
                        {"key": "mail", "percent": 50, "next": "nudge"},
                        {"key": "control", "percent": 50, "role": "holdout", "next": "pause"},
                    ],
                },
                {"key": "nudge", "type": "message", "name": "Nudge", "next": "pause", "message": "nudge"},
                {"key": "pause", "type": "delay", "name": "A day", "next": "who", "duration": "1d"},
                {
                    "key": "who",
                    "type": "split",
                    "name": "Bought before?",
                    "branches": [{"key": "yes", "condition": "audience('buyers')", "next": "done"}],
                    "otherwise": "patience",
                },
                {
                    "key": "patience",
                    "type": "wait",
                    "name": "Patience",
                    "next": "done",
                    "condition": "event('Order Completed').count() >= 2",
                    "timeout": "3d",
                },
                {"key": "done", "type": "end", "name": "Done", "outcome": "left"},
            ],
        }
    ],
}


SHELVES = ("books", "games", "toys")
TEAMS = 5
"""The first 20 people belong to these by turns, from their last event on."""


def events() -> list[dict[str, object]]:
    """Two weeks of 60 people, the same each time, 20 of them in teams."""
    draw = random.Random(5)
    made: list[dict[str, object]] = []
    for person in range(60):
        at = START + draw.randrange(0, 100) * HOUR
        for _ in range(draw.randrange(1, 9)):
            at += draw.randrange(1, 40) * HOUR
            name = draw.choice(["Product Viewed", "Product Added", "Product Added", "Order Completed", "Refunded"])
            made.append(
                {
                    "type": "track",
                    "userId": f"u{person:03}",
                    "event": name,
                    "timestamp": format_instant(at),
                    "messageId": f"m{len(made)}",
                    "properties": {"price": draw.randrange(1, 90), "shelf": SHELVES[len(made) % 3]},
                }
            )
        if person < 4 * TEAMS:
            made.append(
                {
                    "type": "group",
                    "userId": f"u{person:03}",
                    "groupId": f"team{person % TEAMS}",
                    "timestamp": format_instant(at),
                    "messageId": f"g{person}",
                    "traits": {"size": 4},
                }
            )
    return sorted(made, key=lambda event: str(event["timestamp"]))


def build(folder: Path) -> Path:
    """A workspace with its log imported."""
    folder.mkdir(parents=True)
    (folder / "campaigns.json").write_text(json.dumps(CAMPAIGNS), encoding="utf-8")
    log = folder.parent / "log.jsonl"
    log.write_text("".join(json.dumps(event) + "\n" for event in events()), encoding="utf-8")
    import_logs(folder, [log])
    return folder


def settled(window: MainWindow) -> bool:
    """Everything asked is answered, and what is shown is of the design and clock as they are."""
    session = window.session
    followed = session.workbench.journey is None or session.workbench.figures_current
    return session.current and session.idle and followed


def wait_settled(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing is open any more; says what still was when that never comes."""
    try:
        qtbot.waitUntil(lambda: settled(window), timeout=WAIT_MS)
    except qtbot.TimeoutError:
        session, bench = window.session, window.session.workbench
        waiting = (list(session._out), list(session._next), list(session._unanswered.values()))
        raise AssertionError(
            f"{waiting} open; {bench.run}; {bench.journey} at {bench.at_us}; {bench.figures}"
        ) from None


def messages(qtbot: QtBot, window: MainWindow) -> list[dict[str, str]]:
    """The run's own table of messages."""
    got: list[Reply] = []
    window.session.ask(AskTable(window.session.generation, "messages", 0, 100_000), got.append)
    qtbot.waitUntil(lambda: bool(got), timeout=WAIT_MS)
    assert isinstance(got[0], TablePage)
    return [dict(zip(got[0].columns, row, strict=True)) for row in got[0].rows]
