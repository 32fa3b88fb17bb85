"""What the workspace process says of sending: pages of messages, and figures alone and with all (D-22, D-25, D-27)."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app import protocol as p
from engage_desktop.app import protocol_sending as ps
from engage_desktop.app.desk import Desk
from engage_desktop.app.importing import import_logs
from engage_desktop.app.workspace import create_workspace
from engage_desktop.domain.duration import format_instant, parse_instant
from tests.events.logs import identify, track, write_log

START = parse_instant("2025-03-24T08:00:00Z")
HOUR = 3_600_000_000
END = START + 21 * 24 * HOUR


def log() -> list[dict[str, Any]]:
    """Thirty people who come and buy; every third has no address, every fifth said no more."""
    draw = random.Random(3)
    found: list[dict[str, Any]] = [track("u00", "Nothing", START), track("u00", "Nothing", END)]
    for number in range(30):
        who = f"u{number:02}"
        traits: dict[str, Any] = {"phone": f"+4477009{number:05}"}
        if number % 3:
            traits["email"] = f"{who}@example.org"
            traits["email_subscription_status"] = "subscribed" if number % 5 else "unsubscribed"
        found.append(identify(who, START + number, **traits))
        at = START
        for _ in range(draw.randrange(1, 6)):
            at += draw.randrange(1, 80) * HOUR
            found.append(track(who, draw.choice(("Come", "Buy")), at))
    return found


def design() -> dict[str, Any]:
    """`mark` writes a trait on which `thank` enters: alone, nobody does."""
    return {
        "format": "engage-campaigns/1",
        "workspace": {"name": "W", "timezone": "Europe/London"},
        "messages": [
            {"key": "news", "channel": "email", "subject": "N", "body": "B"},
            {"key": "ping", "channel": "sms", "send_to": "all", "body": "B"},
        ],
        "policies": {"address": {"unknown": "assume"}},
        "journeys": [
            {
                "key": "mark", "name": "Mark", "entry": {"type": "event", "event": "Buy"}, "start": "set",
                "steps": [
                    {"key": "set", "type": "set_trait", "next": "text", "trait": "bought", "value": True},
                    {"key": "text", "type": "message", "message": "ping"},
                ],
            },
            {
                "key": "thank", "name": "Thank", "start": "wait",
                "entry": {"type": "audience", "condition": "trait('bought') = true"},
                "steps": [
                    {"key": "wait", "type": "delay", "next": "mail", "duration": "1d"},
                    {"key": "mail", "type": "message", "message": "news"},
                ],
            },
        ],
    }  # fmt: skip


class Window:
    """The window's end; `replies` are those of the last request. A newer design comes after `stop_after` replies."""

    def __init__(self) -> None:
        self.generation = 1
        self.replies: list[Any] = []
        self.stop_after = 0
        self.desk = Desk(self)  # type: ignore[arg-type]  # what of an inbox these requests use

    def reply(self, request_id: int, reply: p.Reply) -> None:
        if isinstance(reply, p.Progress):
            return
        self.replies.append(reply)
        if self.stop_after and len(self.replies) >= self.stop_after:
            self.generation += 1

    def ask(self, request: p.Request) -> Any:
        self.replies.clear()
        self.desk.answer(1, request)
        return self.replies[-1]

    def set(self, design: dict[str, Any], alone: str | None = None, at_us: int = END) -> Any:
        self.generation += 1
        return self.ask(p.SetDocument(self.generation, json.dumps(design), 0, alone, at_us))


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    create_workspace(tmp_path / "workspace", "Shop")
    import_logs(tmp_path / "workspace", [write_log(tmp_path / "log.jsonl", log())])
    one = Window()
    one.desk.answer(1, p.Load(str(tmp_path / "workspace")))
    yield one
    one.desk.close()


def test_alone_comes_first_then_all(window: Window) -> None:
    ready = window.set(design(), alone="thank")
    first = window.replies[0]
    assert isinstance(first, p.AloneReady)
    assert isinstance(ready, p.RunReady)
    assert len(window.replies) == 2
    now = window.generation
    assert (first.generation, first.figures.generation, first.figures.alone) == (now, now, True)
    assert (first.figures.entered, first.figures.at_us) == (0, END)
    everything = window.ask(p.AskFigures(now, "thank", END))
    assert (everything.alone, everything.entered > 5) == (False, True)
    assert window.ask(p.AskFigures(now, "thank", END, alone=True)) == first.figures
    assert window.ask(p.AskFigures(now, "mark", END, alone=True)).entered > 5  # run when it is asked for


def test_lists_and_bars_are_those_of_the_figures(window: Window) -> None:
    """People, next event and histogram follow the same switch as the figures beside them."""
    window.set(design(), alone="thank")
    now = window.generation
    for alone in (False, True):
        entered = window.ask(p.AskFigures(now, "thank", END, alone=alone)).entered
        people = window.ask(p.AskPeople(now, "thank", p.ENTRY, END, "arrived", alone=alone))
        assert people.total == entered
        assert sum(window.ask(p.AskHistogram(now, 10, "thank", alone=alone)).entries) == entered
        moves = window.ask(p.AskNeighbour(now, "thank", START, forward=True, alone=alone)).at_us
        assert (moves is None) is (entered == 0)


def test_an_edit_of_the_journey_alone_is_that_of_a_fresh_desk(window: Window) -> None:
    """Runs alone are spliced from the last one alone, never from one of all."""
    for hours in (5, 30, 31, 2):
        made = design()
        made["journeys"][0]["steps"][0] |= {"next": "pause"}
        made["journeys"][0]["steps"].append({"key": "pause", "type": "delay", "duration": f"{hours}h", "next": "text"})
        window.set(made, alone="mark")
        spliced = window.replies[0].figures
        window.desk._alone.forget()
        window.set(made, alone="mark")
        fresh = window.replies[0].figures
        assert spliced.steps == fresh.steps
        assert spliced.wires == fresh.wires


def test_one_campaign_needs_one_run(window: Window) -> None:
    made = design()
    del made["journeys"][1]
    assert isinstance(window.set(made, alone="mark"), p.RunReady)
    assert len(window.replies) == 1
    figures = window.ask(p.AskFigures(window.generation, "mark", END, alone=True))
    assert figures.alone
    assert figures.steps == window.ask(p.AskFigures(window.generation, "mark", END)).steps


def test_a_newer_design_stops_the_run_of_all(window: Window) -> None:
    window.set(design())
    window.stop_after = 1
    assert isinstance(window.set(design(), alone="mark"), p.Superseded)
    assert isinstance(window.replies[0], p.AloneReady)
    assert len(window.replies) == 2


def test_a_run_alone_that_is_stopped_is_no_fault(window: Window) -> None:
    window.set(design())
    now = window.generation

    def stopped(key: str, before: object) -> Any:
        from engage_desktop.domain.errors import Cancelled

        window.generation += 1
        raise Cancelled("Stopped.")

    window.desk._alone.start(stopped)
    assert window.ask(p.AskFigures(now, "mark", END, alone=True)) == p.Superseded(now)


def test_a_journey_that_is_no_longer_there_has_no_run_alone(window: Window) -> None:
    assert isinstance(window.set(design(), alone="gone"), p.RunReady)
    assert len(window.replies) == 1
    assert isinstance(window.ask(p.AskFigures(window.generation, "gone", END, alone=True)), p.Failed)


# -- messages -----------------------------------------------------------------------------------


def table(window: Window) -> list[dict[str, Any]]:
    """The public table of messages, row by row."""
    found: list[dict[str, Any]] = window.desk.need_run().tables["messages"].to_pylist()
    return found


def instant(value: datetime | None) -> int | None:
    return None if value is None else parse_instant(value.astimezone(UTC).isoformat())


KEEPS = (
    ps.MessageFilter(),
    ps.MessageFilter(campaign="mark"),
    ps.MessageFilter(channel="email"),
    ps.MessageFilter(fate="dropped"),
    ps.MessageFilter(reason="unsubscribed"),
    ps.MessageFilter(fate="sent", kind="assumed"),
    ps.MessageFilter(person="U1", channel="sms"),
    ps.MessageFilter(campaign="thank", fate="sent", reason="unsubscribed"),
    ps.MessageFilter(person="nobody"),
)


@pytest.mark.parametrize("keep", KEEPS, ids=str)
def test_a_page_of_messages_is_a_direct_count(window: Window, keep: ps.MessageFilter) -> None:
    """Totals by fate add up to the attempts that the rest of the filter keeps."""
    window.set(design())
    rows = table(window)
    names = {"campaign": "campaign", "channel": "channel", "fate": "status", "reason": "reason", "kind": "kind"}

    def kept(row: dict[str, Any], but: str = "") -> bool:
        same = all(
            not getattr(keep, name) or row[column] == getattr(keep, name)
            for name, column in names.items()
            if name != but
        )
        return same and keep.person.casefold() in row["profile"].casefold()

    found = window.ask(ps.AskMessages(window.generation, keep, offset=0, limit=10_000))
    mine = sorted((row for row in rows if kept(row)), key=lambda row: row["due_at"])
    assert (found.attempts, found.total, found.keep) == (len(rows), len(mine), keep)
    assert [
        (one.campaign, one.step, one.profile, one.instance, one.channel, one.message, one.due_at, one.sent_at)
        for one in found.rows
    ] == [
        (
            row["campaign"], row["step"], row["profile"], row["instance"], row["channel"], row["message"],
            instant(row["due_at"]), instant(row["sent_at"]),
        )
        for row in mine
    ]  # fmt: skip
    assert [(one.fate, one.reason, one.kind) for one in found.rows] == [
        (row["status"], row["reason"], row["kind"]) for row in mine
    ]
    assert found.assumed == sum(row["kind"] == "assumed" for row in mine)
    fates = Counter(row["status"] for row in rows if kept(row, "fate"))
    assert found.fates == {fate: fates[fate] for fate in ps.FATES}
    assert found.reasons == Counter(row["reason"] or "" for row in rows if kept(row, "reason"))
    page = window.ask(ps.AskMessages(window.generation, keep, offset=3, limit=4))
    assert (page.rows, page.offset, page.total) == (found.rows[3:7], 3, found.total)


def test_all_fates_are_all_attempts(window: Window) -> None:
    window.set(design())
    found = window.ask(ps.AskMessages(window.generation))
    assert sum(found.fates.values()) == sum(found.reasons.values()) == found.attempts == len(table(window)) > 30
    assert found.fates["sent"]
    assert found.fates["dropped"]
    assert found.assumed


def test_a_filter_of_nothing_known_is_refused(window: Window) -> None:
    window.set(design())
    for keep in (ps.MessageFilter(campaign="x"), ps.MessageFilter(fate="lost"), ps.MessageFilter(reason="bad luck")):
        assert isinstance(window.ask(ps.AskMessages(window.generation, keep)), p.Failed)


def test_views_of_sending_agree_with_the_table(window: Window) -> None:
    window.set(design())
    rows, now = table(window), window.generation
    sent = [row for row in rows if row["status"] == "sent"]
    calendar = window.ask(ps.AskCalendar(now))
    assert sum(cell.messages for cell in calendar.cells) == len(rows)
    assert sum(cell.messages for cell in calendar.cells if cell.fate == "sent") == len(sent)
    assert [one.key for one in calendar.campaigns] == ["mark", "thank"]
    pressure = window.ask(ps.AskPressure(now))
    assert (pressure.messages, pressure.kind) == (len(sent), "assumed")
    assert pressure.assumed == sum(row["kind"] == "assumed" for row in sent)
    assert sum(pressure.heaviest) == 30
    assert {one.key: (one.messages, one.people) for one in pressure.campaigns} == {
        key: (
            sum(row["campaign"] == key for row in sent),
            len({row["profile"] for row in sent if row["campaign"] == key}),
        )
        for key in ("mark", "thank")
    }
    conflicts = window.ask(ps.AskConflicts(now))
    entered = {
        key: {row["profile"] for row in window.desk.need_run().tables["instances"].to_pylist() if row["journey"] == key}
        for key in ("mark", "thank")
    }
    both = len(entered["mark"] & entered["thank"])
    assert conflicts.entered == ((len(entered["mark"]), both), (both, len(entered["thank"])))


def test_views_follow_the_design(window: Window) -> None:
    """What was read from an older run is forgotten with it."""
    window.set(design())
    before = window.ask(ps.AskPressure(window.generation))
    made = design()
    del made["journeys"][0]["steps"][1]
    made["journeys"][0]["steps"][0].pop("next")
    window.set(made)
    after = window.ask(ps.AskPressure(window.generation))
    assert after.generation == window.generation
    assert after.messages < before.messages
    assert {one.key: one.messages for one in after.campaigns}["mark"] == 0
    assert window.ask(ps.AskPressure(window.generation)) is after


def test_what_the_design_plans_beyond_the_log(window: Window) -> None:
    made = design()
    made["journeys"][0]["entry"] = {"type": "schedule", "at": "2025-03-24", "time": "09:00", "weekdays": ["mon"]}
    window.set(made)
    planned = window.ask(ps.AskCalendar(window.generation)).planned
    assert format_instant(planned[0].at_us) == "2025-03-24T09:00:00Z"
    assert format_instant(planned[1].at_us) == "2025-03-31T08:00:00Z"  # the clock went forward in between (D-32)
    assert {(one.kind, one.campaign, one.own_zone) for one in planned} == {("schedule", "mark", False)}
    assert len(planned) == 16  # three weeks of log, ninety days beyond


def test_a_capped_message_names_who_filled_the_cap(window: Window) -> None:
    """One cap over both campaigns: what it stops or delays says whose sends were in the way, and pressure adds them up
    (D-24)."""
    made = design()
    made["policies"] |= {
        "subscription": {"unknown": "assume"},
        "caps": [{"max": 1, "per": "3d", "when_capped": "defer"}],
    }
    window.set(made)
    rows = window.ask(ps.AskMessages(window.generation, ps.MessageFilter(reason="frequency_cap"), limit=10_000)).rows
    assert {row.fate for row in rows} >= {"sent"}
    assert all(sum(count for _, count in row.filled_by) == 1 for row in rows)
    pressure = window.ask(ps.AskPressure(window.generation))
    direct = Counter((row.campaign, row.filled_by[0][0]) for row in rows)
    assert {(one.capped, one.filling): one.times for one in pressure.capped_by} == direct
    assert ("thank", "mark") in direct
    moved = {one.key: one.stopped + one.moved for one in pressure.campaigns}
    assert moved == Counter(row.campaign for row in rows)
    others = window.ask(ps.AskMessages(window.generation, ps.MessageFilter(fate="sent"), limit=10_000)).rows
    assert all(not row.filled_by for row in others if row.reason != "frequency_cap")


def test_rows_of_a_broadcast(window: Window) -> None:
    """Campaign and step are the keys of the broadcast and its variant; recipients count as entered (D-26)."""
    made = design()
    made["audiences"] = [{"key": "all", "name": "All", "definition": "event('Come').count() >= 1"}]
    made["broadcasts"] = [
        {
            "key": "spring", "name": "Spring", "audience": "all", "at": "2025-04-02T09:00:00",
            "variants": [{"key": "a", "percent": 50, "message": "news"}, {"key": "b", "percent": 50, "role": "holdout"}],
        }
    ]  # fmt: skip
    window.set(made)
    rows = window.ask(ps.AskMessages(window.generation, ps.MessageFilter(campaign="spring"), limit=10_000)).rows
    assert {(row.step, row.fate) for row in rows} >= {("a", "sent"), ("b", "held_out")}
    assert {(row.from_journey, row.channel, row.message) for row in rows} == {(False, "email", "news")}
    conflicts = window.ask(ps.AskConflicts(window.generation))
    assert conflicts.entered[2][2] == len(rows)
    planned = window.ask(ps.AskCalendar(window.generation)).planned
    assert [(format_instant(one.at_us), one.campaign) for one in planned] == [("2025-04-02T08:00:00Z", "spring")]


def test_alone_no_other_campaign_fills_the_cap(window: Window) -> None:
    """The caps hold alone too, but count only the journey's own messages (D-24, D-25)."""
    made = design()
    for journey in made["journeys"]:
        journey |= {"entry": {"type": "event", "event": "Come"}}
    made["journeys"][1]["steps"][0]["duration"] = "1h"
    made["policies"] |= {"subscription": {"unknown": "assume"}, "caps": [{"max": 1, "per": "2d"}]}
    window.set(made, alone="thank")
    alone = window.replies[0].figures.steps["mail"]
    together = window.ask(p.AskFigures(window.generation, "thank", END)).steps["mail"]
    assert alone.arrived == together.arrived
    assert 0 < together.sent < alone.sent < alone.arrived
    del made["journeys"][0]
    window.set(made)
    by_itself = window.ask(p.AskFigures(window.generation, "thank", END)).steps["mail"]
    assert (by_itself.sent, by_itself.not_sent) == (alone.sent, alone.not_sent)
