"""What a step, an entry or a branch does, in one line of plain words. Qt-free and pure.

The canvas, the outline and the search box all speak through this file, so that one thing has one name.
"""

from __future__ import annotations

import re

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.clock import is_local
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey, ScheduleEntry
from engage_desktop.domain.step import (
    Ad,
    Delay,
    DelayUntil,
    End,
    Fork,
    Hold,
    Output,
    RandomSplit,
    Send,
    SendMessage,
    SetTrait,
    Split,
    StepBase,
    Wait,
)
from engage_desktop.domain.unknown_step import UnknownStep

TYPE_TITLE = {
    "delay": "Delay",
    "delay_until": "Delay until a time",
    "hold": "Hold until an event",
    "wait": "Wait for a condition",
    "split": "Split",
    "fork": "Fork",
    "random": "Random split",
    "message": "Message",
    "ad": "Ad audience",
    "send": "Send to destination",
    "set_trait": "Set trait",
    "end": "End",
}
CHANNEL_TITLE = {"email": "E-mail", "sms": "SMS", "push": "Push", "whatsapp": "WhatsApp"}
WEEKDAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_UNITS = (("w", "week"), ("d", "day"), ("h", "h"), ("m", "min"), ("s", "s"))
_SUBJECT = (("is in ", "they are in "), ("is not in ", "they are not in "), ("performed ", "they performed "))
_SIGNS = ((">=", "≥"), ("<=", "≤"), ("!=", "≠"), (" AND ", " and "), (" OR ", " or "), ("NOT ", "not "))


def duration_short(text: str) -> str:
    """`2h` -> `2 h`, `3d` -> `3 days`, `1d12h` -> `1 day 12 h`; text that is no duration stays."""
    try:
        parse_duration(text)
    except ValueError:
        return text
    words = []
    for number, unit in re.findall(r"(\d+)([wdhms])", text):
        name = dict(_UNITS)[unit]
        plural = "s" if unit in "wd" and number != "1" else ""
        words.append(f"{number} {name}{plural}")
    return " ".join(words)


def condition_short(text: str) -> str:
    """A filter as compact words: `property('price') >= 20` -> `price ≥ 20`."""
    short = re.sub(r"(?:property|trait|context)\('([^']*)'\)", r"\1", text)
    short = re.sub(r"'([^']*)'", r"“\1”", short)
    for sign, shown in _SIGNS:
        short = short.replace(sign, shown)
    return re.sub(r"\s+", " ", short).strip()


def condition_words(text: str, campaigns: Campaigns | None = None) -> str:
    """A condition as an English fragment, audiences by name; text that does not parse is shown as typed."""
    # Late: the parser is not needed to open a window.
    from engage_desktop.language import parse_condition, phrase

    try:
        words = phrase(parse_condition(text))
    except UserError:
        return text.strip() or "no condition yet"
    return re.sub(r"\b(is|is not) in audience (\w+)", lambda m: f"{m[1]} in {_audience(m[2], campaigns)}", words)


def _about_person(words: str) -> str:
    """The fragment with its subject: `performed ...` -> `they performed ...`."""
    for start, made in _SUBJECT:
        if words.startswith(start):
            return made + words[len(start) :]
    return words


def human(key: str) -> str:
    """A key as words: `bought_again` -> `bought again`."""
    return key.replace("_", " ")


def _or_list(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def _unique(parts: list[str]) -> list[str]:
    return list(dict.fromkeys(parts))


def step_title(step: StepBase, campaigns: Campaigns | None = None) -> str:
    """The name on the card: the step's own, else what it is."""
    if step.name:
        return step.name
    if isinstance(step, SendMessage):
        message = campaigns.message(step.message) if campaigns else None
        if message is not None:
            return message.name or f"{CHANNEL_TITLE[message.channel]} “{human(message.key)}”"
        return f"Message “{human(step.message)}”"
    if isinstance(step, End) and step.outcome:
        return f"End: {human(step.outcome)}"
    if isinstance(step, UnknownStep) and step.type not in TYPE_TITLE:
        return f"Unknown step “{step.type}”"
    return TYPE_TITLE.get(step.type, step.type)


def type_title(step: StepBase, campaigns: Campaigns | None = None) -> str:
    """What kind of step it is, for inspector and outline."""
    if isinstance(step, SendMessage) and campaigns and (message := campaigns.message(step.message)):
        return CHANNEL_TITLE[message.channel]
    if isinstance(step, UnknownStep):
        return f"{TYPE_TITLE.get(step.type, step.type)}, of a newer version"
    return TYPE_TITLE.get(step.type, step.type)


def step_words(step: StepBase, campaigns: Campaigns | None = None) -> str:
    """What the step does, in one line."""
    match step:
        case Delay():
            return f"Wait {duration_short(step.duration)}"
        case DelayUntil():
            return _until_words(step)
        case Hold():
            return _hold_words(step)
        case Wait():
            limit = f", at most {duration_short(step.timeout)}" if step.timeout else ""
            return f"Until {_about_person(condition_words(step.condition, campaigns))}{limit}"
        case Split():
            return _split_words(step, campaigns)
        case Fork():
            return f"Each of {len(step.branches)} branches, once it applies"
        case RandomSplit():
            shares = " / ".join(f"{branch.percent:g}" for branch in step.branches)
            return f"{shares}, {'same arm each time' if step.sticky else 'drawn anew each time'}"
        case SendMessage():
            return _message_words(step, campaigns)
        case Ad():
            after = f", for {duration_short(step.remove_after)}" if step.remove_after else ""
            return f"Add to {_destination(step.destination, campaigns)}{after}"
        case Send():
            event = f"“{step.event_name}” " if step.event_name else ""
            return f"Send {event}to {_destination(step.destination, campaigns)}"
        case SetTrait():
            return f"Set {step.trait} to {_value(step.value)}" if step.value is not None else f"Remove {step.trait}"
        case End():
            return f"Completed as {human(step.outcome)}" if step.outcome and step.name else "Completed"
        case UnknownStep():
            return "Of a newer version: kept as it is"
        case _:
            return f"Unknown step type {step.type}"


def _value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) else f"{value:g}"


def _destination(key: str, campaigns: Campaigns | None) -> str:
    found = campaigns.destination(key) if campaigns else None
    return (found.name if found is not None and found.name else None) or human(key)


def _until_words(step: DelayUntil) -> str:
    if step.time is not None:
        day = f"{weekdays_words(step.weekdays)}, " if step.weekdays else "Next "
        return f"{day}{step.time}, {zone_words(step.zone)}"
    late = ", or leave" if step.past == "leave" else ""
    if step.at is not None:
        where = f", {zone_words(step.zone)}" if is_local(step.at) else ""
        return f"Until {step.at.replace('T', ' ')}{where}{late}"
    what = step.property or step.trait
    if what is None:
        return "Until a time not chosen yet"
    if not step.offset:
        return f"Until {what}{late}"
    before = step.offset.startswith("-")
    return f"Until {duration_short(step.offset.lstrip('+-'))} {'before' if before else 'after'} {what}{late}"


def weekdays_words(days: tuple[str, ...]) -> str:
    """`Tuesday`, `Tuesday or Thursday`, `Monday to Friday`; a text that is no weekday is shown as typed."""
    order = list(WEEKDAYS)
    places = sorted({order.index(day) for day in days if day in WEEKDAYS})
    if len(places) == len(days) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{WEEKDAYS[order[places[0]]]} to {WEEKDAYS[order[places[-1]]]}"
    return _or_list([WEEKDAYS.get(day, day) for day in days])


def zone_words(zone: str) -> str:
    return "each person's zone" if zone == "profile" else "workspace zone"


def _hold_words(step: Hold) -> str:
    goes_on = _unique([branch.event for branch in step.branches if not branch.loop])
    again = _unique([branch.event for branch in step.branches if branch.loop])
    limit = duration_short(step.timeout)
    if goes_on:
        return f"Wait {limit} for {_or_list(goes_on)}"
    if again:
        return f"Until {limit} pass without {_or_list(again)}"
    return f"Wait {limit}"


def _split_words(step: Split, campaigns: Campaigns | None) -> str:
    if len(step.branches) == 1:
        words = condition_words(step.branches[0].condition, campaigns)
        return words[:1].upper() + words[1:] + "?"
    return f"First of {len(step.branches)} branches that applies"


def _message_words(step: SendMessage, campaigns: Campaigns | None) -> str:
    message = campaigns.message(step.message) if campaigns else None
    if message is None:
        return f"“{step.message}” does not exist yet"
    text = message.subject or message.title or message.text or message.body
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text or "")).strip()
    plain = re.sub(r"\{\{\s*(?:profile\.traits\.)?([\w.]+)[^}]*\}\}", r"{\1}", plain)
    if not plain:
        return CHANNEL_TITLE[message.channel]
    return f"“{plain if len(plain) <= 60 else plain[:59].rstrip() + '…'}”"


def entry_title(journey: Journey, campaigns: Campaigns | None = None) -> str:
    """Who enters, as the name on the entry card."""
    entry = journey.entry
    if isinstance(entry, EventEntry):
        return entry.event
    if isinstance(entry, AudienceEntry):
        if entry.audience:
            return f"Joins {_audience(entry.audience, campaigns)}"
        return "Meets a condition"
    return "On a schedule"


def _audience(key: str, campaigns: Campaigns | None) -> str:
    found = campaigns.audience(key) if campaigns else None
    return found.name if found is not None else human(key)


def entry_words(journey: Journey, campaigns: Campaigns | None = None) -> str:
    """Under which conditions, and whether people may come again."""
    entry = journey.entry
    parts: list[str] = []
    if isinstance(entry, EventEntry):
        if entry.where:
            parts.append(condition_short(entry.where))
        if entry.audience:
            parts.append(f"in {_audience(entry.audience, campaigns)}")
    elif isinstance(entry, AudienceEntry):
        if entry.condition:
            parts.append(_about_person(condition_words(entry.condition, campaigns)))
        if entry.include_existing:
            parts.append("with present members")
    else:
        parts.append(_schedule_words(entry))
    parts.append(_reentry_words(journey))
    words = ", ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def _schedule_words(entry: ScheduleEntry) -> str:
    if entry.every:
        return f"every {duration_short(entry.every)} from {entry.at}"
    if entry.time:
        days = weekdays_words(entry.weekdays) if entry.weekdays else "every day"
        return f"{days} {entry.time}, {zone_words(entry.zone)}, from {entry.at.replace('T', ' ')}"
    return entry.at.replace("T", " ")


def _reentry_words(journey: Journey) -> str:
    reentry = journey.entry.reentry
    if reentry is None:
        return ""
    per = f" per {reentry.identifier}" if reentry.identifier else ""
    pause = duration_short(reentry.cool_down) if reentry.cool_down else ""
    match reentry.mode:
        case "once":
            return f"once{per}" if per else "once each"
        case "every":
            words = f"again{per}" if per else "every time"
            return f"{words}, {pause} apart" if pause else words
        case _:
            return f"again {pause} after it ends{per}" if pause else f"again after it ends{per}"


def output_words(step: StepBase, output: Output) -> str:
    """The label of a wire: the branch's name, `2 h passed`, `otherwise`; empty for a plain next."""
    if output.kind == "timeout":
        timeout = getattr(step, "timeout", None)
        return f"{duration_short(timeout)} passed" if timeout else "time is up"
    if output.kind == "otherwise":
        return "otherwise"
    if output.kind == "next" and isinstance(step, Wait) and step.timeout is not None:
        return "it came true"
    return human(output.label) if output.label == output.branch else output.label


def is_holdout(step: StepBase, branch: str | None) -> bool:
    """Whether this branch of a random split is its holdout."""
    return isinstance(step, RandomSplit) and any(b.key == branch and b.role == "holdout" for b in step.branches)
