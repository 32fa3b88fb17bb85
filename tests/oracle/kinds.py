"""Kinds (D-27; docs/semantics.md "Kinds"): a row that would not be there without assumptions is assumed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import Reduce
from engage_desktop.domain.response import Responses
from engage_desktop.domain.step import Hold, SendMessage
from tests.oracle.generated import STAGES, event_name
from tests.oracle.names import all_parts
from tests.oracle.rules import Rules

Row = dict[str, Any]
TABLES = ("visits", "messages", "deliveries")


def plain(campaigns: Campaigns, rules: Rules) -> Campaigns | None:
    """The design without models of responses and with `hold` for `assume`; None where nothing that may rest on these can
    be heard."""
    models = [model for _, model in _models(campaigns)]
    policies = campaigns.policies
    assumes = "assume" in (policies.address.unknown, policies.subscription.unknown)
    if not (assumes or any(models)) or not _made(campaigns) & set(_heard(campaigns)):
        return None
    data = json.loads(campaigns.model_dump_json(by_alias=True, exclude_unset=True))
    if rules.plain_run_without_models:
        steps = [step for journey in data.get("journeys", ()) for step in journey["steps"]]
        for one in (*data.get("messages", ()), *steps):
            one.pop("responses", None)
    if rules.plain_run_holds:
        for name in ("address", "subscription"):
            data.get("policies", {}).pop(name, None)
    return Campaigns.model_validate_json(json.dumps(data))


def mark(tables: dict[str, list[Row]], without: dict[str, list[Row]], rules: Rules) -> None:
    """Assumed is what the plain run has not in the same form, beside what is so already."""
    for name in TABLES:
        forms = {_form(row, rules) for row in without[name]}
        for row in tables[name]:
            if _form(row, rules) not in forms:
                row["kind"] = "assumed"


def _form(row: Row, rules: Rules) -> tuple[Any, ...]:
    """All but instance, seq and kind."""
    left_out = {"instance", "seq", "kind"} if rules.same_row_of_another_instance else {"kind"}
    return tuple(value for column, value in row.items() if column not in left_out)


def _models(campaigns: Campaigns) -> Iterator[tuple[str, Responses | None]]:
    """Channel and model, if there is one, of every message that may be sent."""
    for journey in campaigns.journeys:
        for step in journey.steps:
            if isinstance(step, SendMessage) and (message := campaigns.message(step.message)) is not None:
                yield message.channel, step.responses or message.responses
    for broadcast in campaigns.broadcasts:
        for key in (broadcast.message, *(variant.message for variant in broadcast.variants)):
            if key is not None and (message := campaigns.message(key)) is not None:
                yield message.channel, message.responses


def _made(campaigns: Campaigns) -> set[str]:
    """Names of the events that the run may make."""
    found = set()
    for channel, model in _models(campaigns):
        found.add(event_name(channel, "sent"))
        for one in (model, *model.by) if model else ():
            found |= {event_name(channel, stage) for stage in STAGES[1:-1] if getattr(one, stage) is not None}
            if one.converted is not None and one.converted.event is not None:
                found.add(one.converted.event)
    return found


def _heard(campaigns: Campaigns) -> Iterator[str]:
    """Names of the events that something in the file listens for or counts."""
    yield from (part.stream.event for part in all_parts(campaigns) if isinstance(part, Reduce))
    for journey in campaigns.journeys:
        rules: list[Any] = [journey.entry, *journey.exits]
        for step in journey.steps:
            rules += step.branches if isinstance(step, Hold) else ()
        yield from (one.event for one in rules if getattr(one, "event", None) is not None)
