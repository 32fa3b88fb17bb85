"""Cases with one thing less in them, for laws that hold only without it."""

from __future__ import annotations

import copy
from dataclasses import replace

from tests.random_cases.generate import Case


def of_one_zone(case: Case, zone: str, *, told: bool = False) -> Case:
    """Every clock shows one zone's time: the workspace's or, where it is `told`, that of each call (D-30)."""
    records, design = copy.deepcopy(case.records), copy.deepcopy(case.design)
    for record in records:
        for where in (record.get("traits"), record.get("context")):
            if isinstance(where, dict):
                where.pop("timezone", None)
        if told and "timestamp" in record:
            record["context"] = {**(record.get("context") or {}), "timezone": zone}
    design["workspace"]["timezone"] = "Asia/Tokyo" if told else zone
    for journey in design["journeys"]:
        for step in journey["steps"]:
            if step["type"] == "set_trait" and step["trait"] == "timezone":
                step["value"] = None
    return replace(case, records=records, design=design)


def without_queues(case: Case) -> Case:
    """Nobody waits for others to be sent a broadcast."""
    design = copy.deepcopy(case.design)
    for broadcast in design.get("broadcasts", ()):
        broadcast.pop("throughput", None)
    return replace(case, design=design)


def each_for_themselves(case: Case) -> Case:
    """Nobody has to do with another: no accounts, no queues."""
    return replace(without_queues(case), records=[one for one in case.records if one.get("type") != "group"])
