"""Values of the log as fields offer them, counted again by hand."""

from __future__ import annotations

from pathlib import Path

from engage_desktop.app.log_values import log_values
from engage_desktop.app.protocol_values import AskValues, Values
from engage_desktop.events import build_store
from tests.events.logs import write_log


def test_values_are_counted_by_their_text_in_queries(tmp_path: Path) -> None:
    shelves = ["books", "books", "it's", 3, 3, 3, 2.5, True, None, ["a"], {"b": 1}]
    log = [
        {"type": "track", "userId": f"u{at}", "event": "Seen", "timestamp": f"2025-03-03T08:00:{at:02}Z", "messageId": f"m{at}",
         "properties": {"shelf": shelf}}
        for at, shelf in enumerate(shelves)
    ] + [
        {"type": "identify", "userId": f"u{at}", "timestamp": "2025-03-03T09:00:00Z", "messageId": f"i{at}", "traits": {"plan": plan}}
        for at, plan in enumerate(["gold", "gold", "free"])
    ]  # fmt: skip
    store, _ = build_store([write_log(tmp_path / "log.jsonl", log)])
    rows = (("3", 3), ("'books'", 2), ("'it\\'s'", 1), ("2.5", 1), ("true", 1))
    assert log_values(store, AskValues("Seen", "shelf")) == Values("Seen", "shelf", rows)
    assert log_values(store, AskValues("Seen", "shelf", limit=2)).rows == rows[:2]
    assert log_values(store, AskValues(None, "plan")).rows == (("'gold'", 2), ("'free'", 1))
    assert log_values(store, AskValues("Seen", "nothing")).rows == log_values(store, AskValues("Never", "x")).rows == ()
    assert log_values(None, AskValues("Seen", "shelf")).rows == ()
    assert store.trait_counts() == {"plan": 3}
