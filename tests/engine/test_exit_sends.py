"""What an exit tells rests on an assumption only where a message before it does (D-27, D-49)."""

from __future__ import annotations

from engage_desktop import engine
from tests.golden.cases import golden
from tests.random_cases.compare import engine_tables


def test_an_exit_in_the_instant_of_an_assumed_message_is_observed() -> None:
    """A leave acts after all movement of its instant, so u's X of 02:00 would have been told of in any case."""
    message = {"key": "n", "type": "message", "message": "m", "when_not_sent": "leave", "next": "d"}
    hold = {"key": "h", "type": "hold", "branches": [{"key": "b", "event": "B", "next": "n"}], "timeout": "9h"}
    delay = {"key": "d", "type": "delay", "duration": "9h"}
    out = {"key": "out", "event": "X", "send": {"destination": "crm"}}
    calls = [("u", "01:00", "A"), ("u", "02:00", "B"), ("u", "02:00", "X")]
    calls += [("v", "01:00", "A"), ("v", "02:00", "B"), ("v", "03:00", "X")]
    case = golden(
        {
            "name": "sends",
            "why": "",
            "log": [{"at": at, "user": user, "track": event} for user, at, event in calls],
            "policies": {name: {"unknown": "assume"} for name in ("subscription", "address")},
            "journeys": [
                {
                    "key": "j",
                    "entry": {"type": "event", "event": "A"},
                    "exits": [out],
                    "start": "h",
                    "steps": [hold, message, delay],
                }
            ],
            "expect": {},
        }
    )
    tables = engine_tables(case.records, case.campaigns, case.window, case.seed, engine)
    assert {row["profile"]: row["kind"] for row in tables["deliveries"]} == {"u": "observed", "v": "assumed"}
