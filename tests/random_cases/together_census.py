"""What the campaigns of a case did to each other: fates of messages, broadcasts, and what came of responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.oracle import LAW, Tables, replay
from tests.random_cases.generate import Case

Row = dict[str, Any]
FATES = {
    ("dropped", "frequency_cap"): ("dropped by a cap",),
    ("sent", "frequency_cap"): ("moved by a cap", "sent after a cap"),
    ("waiting", "frequency_cap"): ("moved by a cap",),
    ("sent", "quiet_hours"): ("moved by quiet hours",),
    ("waiting", "quiet_hours"): ("moved by quiet hours",),
    ("dropped", "quiet_hours"): ("dropped in quiet hours",),
    ("dropped", "no_consent"): ("no consent",),
    ("dropped", "suppressed"): ("suppressed",),
    ("dropped", "too_late"): ("too late",),
    ("dropped", "instance_ended"): ("instance ended",),
}


def what_campaigns_did(case: Case, tables: Tables) -> Iterator[str]:
    """Every feature of `policies`, `broadcasts` and `responses` in the census that the rows themselves tell."""
    for row in tables["messages"]:
        yield from FATES.get((row["status"], row["reason"]), ())
        if row["status"] == "waiting":
            yield "waiting at the end"
    yield from _at_once(tables["messages"])
    yield from _under_policies(case, tables)
    for broadcast in case.design.get("broadcasts", ()):
        rows = [row for row in tables["messages"] if row["campaign"] == broadcast["key"]]
        yield from _broadcast(broadcast, rows, {row["profile"] for row in tables["instances"]})
    yield from _responses(tables)


def what_rules_between_campaigns_did(case: Case, tables: Tables) -> Iterator[str]:
    """The others: rows beside those without a rule, each another replay."""
    yield from _policies_beside_none(case, tables)
    yield from _responses_beside_none(case, tables)


def _at_once(messages: list[Row]) -> Iterator[str]:
    places: dict[tuple[str, int], set[str]] = {}
    for row in messages:
        campaigns = places.setdefault((row["profile"], row["due_at"]), set())
        if campaigns:
            yield "due at once"
        campaigns.add(row["campaign"])
    if any(len(campaigns) > 1 for campaigns in places.values()):
        yield "due at once from two campaigns"


def _under_policies(case: Case, tables: Tables) -> Iterator[str]:
    design = case.design
    left = {
        (row["journey"], row["profile"], row["instance"], row["detail"].removeprefix("step:"), row["ended_at"])
        for row in tables["instances"]
        if row["outcome"] == "exited" and row["detail"].startswith("step:")
    }
    for row in tables["messages"]:
        place = (row["campaign"], row["profile"], row["instance"], row["step"], row["due_at"])
        if row["reason"] == "frequency_cap" and row["status"] == "dropped" and place in left:
            yield "left because of a cap"
    if design["policies"].get("holdout"):
        drawn = {one["key"] for one in design["journeys"] if '"role"' in str(one).replace("'", '"')}
        drawn |= {one["key"] for one in design.get("broadcasts", ())}
        if any(row["status"] == "held_out" and row["campaign"] not in drawn for row in tables["messages"]):
            yield "held out of everything"
    if "sent" in _fates_of_groups(case, tables):
        yield "of a group"


def _policies_beside_none(case: Case, tables: Tables) -> Iterator[str]:
    capped = any(row["reason"] == "frequency_cap" for row in tables["messages"])
    if capped and _sent(tables) != _sent(_without(case, "cap_over_all_campaigns")):
        yield "capped by another campaign"
    grouped = "dropped" in _fates_of_groups(case, tables)
    if grouped and _sent(tables) != _sent(_without(case, "groups_are_asked")):
        yield "dropped for its group"


def _fates_of_groups(case: Case, tables: Tables) -> set[str]:
    groups = {message["key"] for message in case.design["messages"] if "subscription_group" in message}
    return {row["status"] for row in tables["messages"] if row["message"] in groups}


def _broadcast(broadcast: Row, rows: list[Row], entered: set[str]) -> Iterator[str]:
    if not rows:
        return
    yield "broadcast with rows"
    if entered - {row["profile"] for row in rows}:
        yield "broadcast to some"
    if len({row["step"] for row in rows}) > 1:
        yield "broadcast of variants"
    if any(row["status"] == "held_out" for row in rows):
        yield "broadcast held out"
    if any(row["status"] == "dropped" for row in rows):
        yield "broadcast not sent"
    if len({row["due_at"] for row in rows}) > 1:
        yield "broadcast spread out" if "throughput" in broadcast else "broadcast by everybody's clock"


def _responses(tables: Tables) -> Iterator[str]:
    sends = {(_place(row), row["sent_at"]) for row in tables["messages"]}
    for row in tables["responses"]:
        yield f"response {row['response']}"
        if (_place(row), row["at"]) not in sends:
            yield "response after a while"
    if tables["responses"] and any(row["kind"] == "assumed" for row in tables["visits"]):
        yield "visits that rest on responses or policies"


def _responses_beside_none(case: Case, tables: Tables) -> Iterator[str]:
    design = case.design
    heard = any(name in str(design["journeys"]) for name in (" Sent'", ' Sent"'))
    heard &= any(row["status"] == "sent" for row in tables["messages"])
    if heard and _happened(tables) != _happened(_without(case, "a_sent_message_is_an_event")):
        yield "a sent message changes what happens"
    if not tables["responses"]:
        return
    if "'by'" in str(design) and tables["responses"] != _without(case, "by_replaces_one_by_one")["responses"]:
        yield "response by audience"
    unheard = _without(case, "a_model_makes_responses")
    if _happened(tables) != _happened(unheard):
        yield "a response changes what happens"
    if _entries(tables) - _entries(unheard):
        yield "a response lets somebody in"
    if Counter(map(_send, tables["messages"])) - Counter(map(_send, unheard["messages"])):
        yield "a response leads to a message"


def _place(row: Row) -> tuple[Any, ...]:
    return row["campaign"], row["step"], row["profile"], row["instance"]


def _send(row: Row) -> tuple[Any, ...]:
    return row["campaign"], row["step"], row["profile"], row["due_at"], row["status"]


def _sent(tables: Tables) -> list[Row]:
    return _observed(tables["messages"])


def _observed(rows: list[Row]) -> list[Row]:
    """Rows whatever they rest on."""
    return [{name: value for name, value in row.items() if name != "kind"} for row in rows]


def _entries(tables: Tables) -> set[tuple[Any, ...]]:
    return {(row["journey"], row["profile"], row["entered_at"]) for row in tables["instances"]}


def _happened(tables: Tables) -> list[list[Row]]:
    return [_observed(tables[table]) for table in ("instances", "visits", "memberships", "messages")]


def _without(case: Case, flag: str) -> Tables:
    """The run without a rule; and without kinds, which nobody asks for and which take a second run to tell."""
    rules = replace(LAW, **{flag: False, "fed_back_is_assumed": False})
    return replay(case.records, case.campaigns, case.window, case.seed, rules, case.lists)
