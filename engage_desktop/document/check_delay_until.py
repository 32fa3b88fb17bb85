"""What is wrong with a delay until a clock time or a date (D-20, D-31, D-33, D-42, D-46)."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.context import begins, stored_names
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.clock import WEEKDAYS, clock_seconds, is_local, parse_offset
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import DelayUntil

KINDS = ("time", "at", "property", "trait")
"""Fields of the step that say what is waited for: exactly one is given."""


def until_kinds(step: DelayUntil) -> list[str]:
    """The kinds a step is written with; one, unless it is at fault."""
    return [kind for kind in KINDS if getattr(step, kind) is not None]


def check_delay_until(step: DelayUntil, journey: Journey, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    kinds = until_kinds(step)
    if len(kinds) != 1:
        says = f"has {' and '.join(kinds)}" if kinds else "does not say until when"
        mend = "Give exactly one of time, at, property and trait."
        yield Problem("error", "until_kind", path, f"The delay {says}.", mend)
    if step.weekdays and step.time is None:
        mend = "Give a time such as 09:00, or remove the weekdays."
        yield Problem("error", "weekdays", f"{path}.weekdays", "Weekdays alone name no instant.", mend)
    for day in dict.fromkeys(step.weekdays):
        if day not in WEEKDAYS:
            mend = f"Use {', '.join(WEEKDAYS)}."
            yield Problem("error", "weekdays", f"{path}.weekdays", f"{day!r} is no weekday.", mend)
    if step.time is not None and clock_seconds(step.time) is None:
        yield Problem("error", "clock_time", f"{path}.time", f"{step.time!r} is no clock time.", "Write one such as 09:00.")  # fmt: skip
    if step.at is not None:
        yield from _check_date(step.at, step.zone, f"{path}.at")
    if step.offset is not None:
        yield from _check_offset(step, f"{path}.offset")
    yield from _check_source(step, journey, campaigns, path)
    if kinds == ["time"] and step.past == "leave":
        message = "A clock time always lies ahead, so nobody leaves here."
        yield Problem("warning", "past_unused", f"{path}.past", message, "Let past be pass.")


def _check_date(text: str, zone: str, path: str) -> Iterator[Problem]:
    try:
        parse_instant(text)
    except ValueError:
        if not is_local(text):
            mend = "Write one such as 2025-03-31, or 2025-03-31T09:00:00Z."
            yield Problem("error", "until_date", path, f"{text!r} is no date.", mend)
            return
        whose = "each person's zone" if zone == "profile" else "the workspace's zone"
        message = f"The date has no zone, so it is the local time of {whose}."
        yield Problem("info", "local_date", path, message, "Add one where one instant is meant for all, such as Z for UTC.")  # fmt: skip


def _check_offset(step: DelayUntil, path: str) -> Iterator[Problem]:
    if step.property is None and step.trait is None:
        message = "An offset belongs to a date of a property or trait."
        yield Problem("error", "offset", path, message, "Remove it, or write the time as it is meant.")
    try:
        parse_offset(str(step.offset))
    except ValueError as error:
        message, _, mend = str(error).partition(". ")
        yield Problem("error", "offset", path, f"{message}.", mend)


def _check_source(step: DelayUntil, journey: Journey, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    """The property or trait that holds the date."""
    for kind in ("property", "trait"):
        name = getattr(step, kind)
        if name is not None and not name.strip():
            yield Problem("error", "until_name", f"{path}.{kind}", f"The {kind} has no name.", f"Name the {kind} that holds the date.")  # fmt: skip
    if step.property is not None and step.property.strip().startswith("journey("):
        message = "A date of the journey context is named by its path alone."
        yield Problem("error", "until_name", f"{path}.property", message, "Write it like Product Added.due_at.")
    elif (
        step.property is not None
        and not isinstance(journey.entry, EventEntry)
        and not any(begins(name, step.property) for name in stored_names(journey))
    ):
        message = "The journey has no entry event, so its property never holds a date."
        yield Problem("warning", "until_no_event", f"{path}.property", message, "Enter by event, or wait until the date of a trait.")  # fmt: skip
    known = {trait.key: trait.level for trait in campaigns.traits}
    if step.trait is not None and known.get(step.trait) == "account":
        message = f"trait('{step.trait}') is computed for accounts, and here a person is asked."
        yield Problem("error", "level", f"{path}.trait", message, "Name a trait of the person.")
