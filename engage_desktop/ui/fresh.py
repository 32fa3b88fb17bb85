"""New campaigns, valid from the start, so that their figures show at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from engage_desktop.document.change import Change, Edit
from engage_desktop.document.fresh import unused_key
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.message import Broadcast, Message
from engage_desktop.domain.people import Audience, ComputedTrait, ListFile
from engage_desktop.domain.step import Delay, End


def _people_keys(campaigns: Campaigns) -> list[str]:
    # An audience and a computed trait of one key would both be trait('key').
    return [audience.key for audience in campaigns.audiences] + [trait.key for trait in campaigns.traits]


def _quoted(counts: Mapping[str, int]) -> str:
    return _likeliest(counts).replace("\\", "\\\\").replace("'", "\\'")


def _likeliest(counts: Mapping[str, int]) -> str:
    return max(counts, key=lambda name: counts[name], default="Order Completed")


def new_audience(campaigns: Campaigns, counts: Mapping[str, int]) -> tuple[str, Change]:
    """(key, change): everybody who did the most frequent event in the last 30 days."""
    key = unused_key("new_audience", _people_keys(campaigns))
    made = Audience(
        key=key, name=_title("New audience", key), definition=f"event('{_quoted(counts)}').within(30 days).count() >= 1"
    )
    return key, Change("Add an audience", (Edit("audience", key, None, made),))


def audience_from_list(campaigns: Campaigns, named: ListFile, traits: Iterable[str]) -> tuple[str, Change]:
    """(key, change): everybody named by a file, and called like it. No audience may be called like one of the log's
    `traits` (D-9)."""
    stem = PurePosixPath(named.file).stem
    key = unused_key(stem, [*_people_keys(campaigns), *traits])
    name = " ".join(stem.replace("_", " ").split()) or key
    made = Audience(key=key, name=name[:1].upper() + name[1:], list=named)
    return key, Change("Add an audience from a list", (Edit("audience", key, None, made),))


def new_trait(campaigns: Campaigns, counts: Mapping[str, int]) -> tuple[str, Change]:
    """(key, change): how often a person did the most frequent event in the last 30 days."""
    key = unused_key("new_trait", _people_keys(campaigns))
    definition = f"event('{_quoted(counts)}').within(30 days).count()"
    made = ComputedTrait(key=key, name=_title("New trait", key), definition=definition)
    return key, Change("Add a computed trait", (Edit("trait", key, None, made),))


def new_journey(campaigns: Campaigns, counts: Mapping[str, int]) -> tuple[str, Change]:
    """(key, change): people enter by the most frequent event, wait a day, and end."""
    key = unused_key("new_journey", (item.key for item in campaigns.journeys))
    made = Journey(
        key=key,
        name=_title("New journey", key),
        entry=EventEntry(type="event", event=_likeliest(counts)),
        start="wait",
        steps=(Delay(key="wait", type="delay", duration="1d", next="done"), End(key="done", type="end")),
    )
    return key, Change("Add a journey", (Edit("journey", key, None, made),))


def new_message(campaigns: Campaigns, _counts: Mapping[str, int]) -> tuple[str, Change]:
    """(key, change): an e-mail that says hello."""
    made = _message(campaigns)
    return made.key, Change("Add a message", (Edit("message", made.key, None, made),))


def new_broadcast(campaigns: Campaigns, counts: Mapping[str, int], at_us: int) -> tuple[str, Change]:
    """(key, change): the first message to the first audience at that instant; what there is none of yet is made."""
    key = unused_key(
        "new_broadcast", [item.key for item in campaigns.journeys] + [item.key for item in campaigns.broadcasts]
    )
    edits: list[Edit] = []
    message = next(iter(campaigns.messages), None)
    if message is None:
        message = _message(campaigns)
        edits.append(Edit("message", message.key, None, message))
    audience = next((audience.key for audience in campaigns.audiences if audience.level == "user"), None)
    made = Broadcast(
        key=key,
        name=_title("New broadcast", key),
        audience=audience,
        condition=None if audience else f"event('{_quoted(counts)}').within(30 days).count() >= 1",
        message=message.key,
        at=format_instant(at_us),
    )
    return key, Change("Add a broadcast", (*edits, Edit("broadcast", key, None, made)))


def _message(campaigns: Campaigns) -> Message:
    key = unused_key("new_message", (item.key for item in campaigns.messages))
    return Message(key=key, name=_title("New message", key), channel="email", subject="Hello", body="<p>Hello!</p>")


def _title(title: str, key: str) -> str:
    number = key.rsplit("_", 1)[-1]
    return f"{title} {number}" if number.isdigit() else title
