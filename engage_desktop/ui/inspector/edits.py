"""Edits of the inspector as pure functions of a journey. Qt-free.

Each takes the journey and gives the new one; what is refused raises `UserError` with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from engage_desktop.document.wiring import ENTRY, OutputRef, connect, disconnect, replace_step, step_of, upstream
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import (
    AudienceEntry,
    Entry,
    EventEntry,
    Exit,
    ExitSend,
    Journey,
    Reentry,
    ReentryMode,
    ScheduleEntry,
)
from engage_desktop.domain.step import (
    ConditionBranch,
    Fork,
    Hold,
    HoldBranch,
    RandomBranch,
    RandomSplit,
    Split,
    StepBase,
)

JourneyEdit = Callable[[Journey], Journey]
Apply = Callable[[str, JourneyEdit], str | None]
"""Make an edit under a name people understand; None, or the sentence that refuses it."""


def sentence(error: Exception) -> str:
    """What a refused value says, without the machinery around it."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        text = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] in ("int_type", "float_type", "int_from_float"):
            return "This is not a number. Write digits, such as 25."
        if first["type"] == "string_pattern_mismatch":
            return "Keys hold lower-case letters, digits and _ only."
        return text if text.endswith(".") else f"{text}."
    return str(error)


def attempt(edit: JourneyEdit, journey: Journey) -> Journey | str:
    """The new journey, or the sentence that refuses it."""
    try:
        return edit(journey)
    except (UserError, ValidationError, ValueError) as error:
        return sentence(error)


def set_step(step: str, **fields: Any) -> JourneyEdit:
    return lambda journey: replace_step(journey, step_of(journey, step).with_(**fields))


def set_journey(**fields: Any) -> JourneyEdit:
    return lambda journey: journey.with_(**fields)


def set_target(step: str, branch: str | None, target: str | None) -> JourneyEdit:
    """Lead an output to a step; None lets the path end there."""
    ref = OutputRef(step, branch)
    return lambda journey: disconnect(journey, ref) if target is None else connect(journey, ref, target)


def targets(journey: Journey, step: str) -> list[str]:
    """Keys of the steps that an output of `step` may lead to, in file order."""
    if step == ENTRY:
        return [found.key for found in journey.steps]
    above = upstream(journey, step)
    return [found.key for found in journey.steps if found.key not in above]


def set_until_kind(step: str, kind: str, moment: str) -> JourneyEdit:
    """Wait until a moment of another kind; what only the old kind has goes with it."""
    blank: dict[str, Any] = {"time": None, "weekdays": (), "at": None, "property": None, "trait": None}
    if kind in ("time", "at"):
        blank["offset"] = None
    if kind == "time":
        blank["past"] = "pass"
    return set_step(step, **(blank | {kind: moment}))


# -- branches ---------------------------------------------------------------------------------


def set_branch(step: str, branch: str, **fields: Any) -> JourneyEdit:
    def edit(journey: Journey) -> Journey:
        found = step_of(journey, step)
        changed = tuple(item.with_(**fields) if item.key == branch else item for item in _branches(found))
        return replace_step(journey, found.with_(branches=changed))

    return edit


def move_branch(step: str, branch: str, by: int) -> JourneyEdit:
    def edit(journey: Journey) -> Journey:
        found = step_of(journey, step)
        items = list(_branches(found))
        place = next(index for index, item in enumerate(items) if item.key == branch)
        item = items.pop(place)
        items.insert(min(max(place + by, 0), len(items)), item)
        return replace_step(journey, found.with_(branches=tuple(items)))

    return edit


def remove_branch(step: str, branch: str) -> JourneyEdit:
    def edit(journey: Journey) -> Journey:
        found = step_of(journey, step)
        kept = tuple(item for item in _branches(found) if item.key != branch)
        if not kept and not isinstance(found, Hold):
            what = "fork" if isinstance(found, Fork) else "split"
            raise UserError(f"A {what} needs at least one branch. Delete the step instead.")
        return replace_step(journey, found.with_(branches=kept))

    return edit


def add_branch(step: str, event: str = "") -> JourneyEdit:
    """A new branch at the end, with what keeps the step valid: `event` for a hold, the missing
    percent for a random split (or half of the largest arm)."""

    def edit(journey: Journey) -> Journey:
        found = step_of(journey, step)
        items = list(_branches(found))
        key = _fresh({item.key for item in items}, "branch")
        if isinstance(found, Hold):
            items.append(HoldBranch(key=key, event=event or "Event name"))
        elif isinstance(found, RandomSplit):
            items = _with_arm(items, key)
        elif isinstance(found, Split | Fork):
            items.append(ConditionBranch(key=key, condition="event('Event name').count() >= 1"))
        return replace_step(journey, found.with_(branches=tuple(items)))

    return edit


def _with_arm(items: list[Any], key: str) -> list[Any]:
    missing = 100 - sum(item.percent for item in items)
    if missing > 0 or not items:
        return [*items, RandomBranch(key=key, percent=_whole(max(missing, 0)))]
    largest = max(range(len(items)), key=lambda index: items[index].percent)
    half = items[largest].percent / 2
    items[largest] = items[largest].with_(percent=_whole(items[largest].percent - half))
    return [*items, RandomBranch(key=key, percent=_whole(half))]


def even_shares(step: str) -> JourneyEdit:
    """The same percent for every arm, to two decimals; the last takes what is left."""

    def edit(journey: Journey) -> Journey:
        found = step_of(journey, step)
        items = _branches(found)
        each = round(100 / len(items), 2)
        shares = [each] * (len(items) - 1)
        shares.append(round(100 - sum(shares), 2))
        changed = tuple(item.with_(percent=_whole(part)) for item, part in zip(items, shares, strict=True))
        return replace_step(journey, found.with_(branches=changed))

    return edit


def _branches(step: StepBase) -> tuple[Any, ...]:
    return tuple(getattr(step, "branches", ()))


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _fresh(taken: set[str], stem: str) -> str:
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


# -- entry and exits --------------------------------------------------------------------------


def set_entry(**fields: Any) -> JourneyEdit:
    return lambda journey: journey.with_(entry=journey.entry.with_(**fields))


def set_reentry(**fields: Any) -> JourneyEdit:
    def edit(journey: Journey) -> Journey:
        reentry = journey.entry.reentry or Reentry(mode="once")
        return journey.with_(entry=journey.entry.with_(reentry=reentry.with_(**fields)))

    return edit


def set_reentry_mode(mode: ReentryMode) -> JourneyEdit:
    """Whether somebody may come again; an identifier or a cool-down that has no meaning then goes with it."""

    def edit(journey: Journey) -> Journey:
        cool_down = journey.entry.reentry.cool_down if journey.entry.reentry else None
        if mode != "after_exit":
            cool_down = None
        elif isinstance(journey.entry, AudienceEntry):
            cool_down = cool_down or "7d"  # without one nobody in the audience would ever rest (D-45)
        changed = journey if mode == "every" else set_identifier(None)(journey)
        return set_reentry(mode=mode, cool_down=cool_down)(changed)

    return edit


def set_identifier(name: str | None) -> JourneyEdit:
    """Keep instances apart by a property of the entry event; without one no rule can ask for the same."""

    def edit(journey: Journey) -> Journey:
        if name is None:
            exits = tuple(rule.with_(match_identifier=False) for rule in journey.exits)
            steps = tuple(_hearing_all(step) if isinstance(step, Hold) else step for step in journey.steps)
            journey = journey.with_(exits=exits, steps=steps)
        if journey.entry.reentry is None and name is None:
            return journey
        return set_reentry(identifier=name)(journey)

    return edit


def _hearing_all(step: Hold) -> Hold:
    return step.with_(branches=tuple(branch.with_(any_identifier=False) for branch in step.branches))


def set_entry_type(kind: str, campaigns: Campaigns, event: str = "") -> JourneyEdit:
    """Another kind of entry, with what is needed to be valid."""

    def edit(journey: Journey) -> Journey:
        entry: Entry
        if kind == "event":
            entry = EventEntry(type="event", event=event or "Event name")
        elif kind == "audience":
            first = next((audience.key for audience in campaigns.audiences), None)
            entry = (
                AudienceEntry(type="audience", audience=first)
                if first
                else AudienceEntry(type="audience", condition="event('Event name').count() >= 1")
            )
        else:
            entry = ScheduleEntry(type="schedule", at="2011-01-01T09:00:00Z")
        return journey.with_(entry=entry)

    return edit


def set_exit(key: str, **fields: Any) -> JourneyEdit:
    return lambda journey: journey.with_(
        exits=tuple(item.with_(**fields) if item.key == key else item for item in journey.exits)
    )


def set_exit_send(key: str, destination: str | None) -> JourneyEdit:
    """Whom the exit tells of those it takes; what it says stays when only the destination is another."""

    def edit(journey: Journey) -> Journey:
        before = next(rule.send for rule in journey.exits if rule.key == key)
        if destination is None:
            return set_exit(key, send=None)(journey)
        send = before.with_(destination=destination) if before else ExitSend(destination=destination)
        return set_exit(key, send=send)(journey)

    return edit


def set_exit_mapping(key: str, mapping: dict[str, str]) -> JourneyEdit:
    """Under which names the exit tells what."""

    def edit(journey: Journey) -> Journey:
        send = next(rule.send for rule in journey.exits if rule.key == key)
        return set_exit(key, send=send.with_(mapping=mapping) if send else None)(journey)

    return edit


def add_exit(event: str = "") -> JourneyEdit:
    def edit(journey: Journey) -> Journey:
        key = _fresh({item.key for item in journey.exits}, "exit")
        return journey.with_(exits=(*journey.exits, Exit(key=key, event=event or "Event name")))

    return edit


def remove_exit(key: str) -> JourneyEdit:
    return lambda journey: journey.with_(exits=tuple(item for item in journey.exits if item.key != key))


def set_exit_kind(key: str, kind: str, event: str = "") -> JourneyEdit:
    """By event, by condition, or by age."""
    blank: dict[str, Any] = {"event": None, "where": None, "match_identifier": False, "condition": None, "after": None}
    given = {
        "event": {"event": event or "Event name"},
        "condition": {"condition": "event('Event name').count() >= 1"},
        "after": {"after": "30d"},
    }
    return set_exit(key, **(blank | given[kind]))
