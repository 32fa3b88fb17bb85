"""What the window asks about sending, all campaigns together; the rules of `protocol` hold.

Days are whole days since 1 January 1970 as the clock of the workspace's zone shows them. A fate is a
status of the messages table: `sent`, `dropped`, `held_out`, `waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from engage_desktop.app.protocol import Kind, Reply, Request

FATES = ("sent", "waiting", "held_out", "dropped")


@dataclass(frozen=True)
class AskCalendar(Request):
    """Messages by day, channel, campaign and fate over the whole run, and what the design plans; reply `Calendar`."""

    generation: int


@dataclass(frozen=True)
class AskPressure(Request):
    """Messages per person and week over the whole run, and who filled the caps; reply `Pressure`."""

    generation: int


@dataclass(frozen=True)
class AskConflicts(Request):
    """Campaigns that share people; reply `Conflicts`."""

    generation: int


@dataclass(frozen=True)
class MessageFilter:
    """An empty field keeps everything; `person` keeps ids that contain it."""

    campaign: str = ""
    channel: str = ""
    fate: str = ""
    reason: str = ""
    kind: str = ""
    person: str = ""


@dataclass(frozen=True)
class AskMessages(Request):
    """A page of the messages that a filter keeps, by due time; reply `Messages`."""

    generation: int
    keep: MessageFilter = MessageFilter()
    offset: int = 0
    limit: int = 200


class CampaignName(NamedTuple):
    key: str
    name: str
    kind: Literal["journey", "broadcast"]


class CalendarCell(NamedTuple):
    """A sent message stands on the day it was sent, any other on the day it was due; `channel` may be empty."""

    day: int
    channel: str
    campaign: str
    fate: str
    messages: int
    assumed: int


class PlannedSend(NamedTuple):
    """`own_zone`: everybody at this clock time of their own zone."""

    at_us: int
    kind: Literal["broadcast", "schedule"]
    campaign: str
    own_zone: bool


@dataclass(frozen=True)
class Calendar(Reply):
    generation: int
    first_us: int
    last_us: int
    campaigns: tuple[CampaignName, ...]
    cells: tuple[CalendarCell, ...]
    planned: tuple[PlannedSend, ...]
    kind: Kind


class CampaignLoad(NamedTuple):
    """What one campaign sent and to how many; `stopped` of its messages a cap dropped, `moved` others it delayed."""

    key: str
    name: str
    messages: int
    assumed: int
    people: int
    stopped: int
    moved: int


class WeekLoad(NamedTuple):
    """`monday` is the day the week began; `most` what one person got in it."""

    monday: int
    messages: int
    people: int
    most: int


class HeavyPerson(NamedTuple):
    """`most` messages in the week that began on `monday`, `messages` in the whole run."""

    profile: str
    most: int
    monday: int
    messages: int
    campaigns: int


class CappedBy(NamedTuple):
    """`times` messages of `capped` met a full window that held sends of `filling`, `sends` together."""

    capped: str
    filling: str
    times: int
    dropped: int
    sends: int


@dataclass(frozen=True)
class Pressure(Reply):
    """`heaviest[n]` people got n messages in their heaviest week."""

    generation: int
    heaviest: tuple[int, ...]
    messages: int
    assumed: int
    campaigns: tuple[CampaignLoad, ...]
    weeks: tuple[WeekLoad, ...]
    top: tuple[HeavyPerson, ...]
    capped_by: tuple[CappedBy, ...]
    kind: Kind


@dataclass(frozen=True)
class Conflicts(Reply):
    """`entered` and `sent` count people by pair of campaigns, on the diagonal those of one campaign."""

    generation: int
    campaigns: tuple[CampaignName, ...]
    entered: tuple[tuple[int, ...], ...]
    sent: tuple[tuple[int, ...], ...]
    kind: Kind


@dataclass(frozen=True)
class MessageRow:
    """`filled_by`: where a frequency cap bound, how many sends of each campaign filled its window."""

    campaign: str
    step: str | None
    profile: str
    instance: int
    channel: str
    message: str
    due_at: int
    sent_at: int | None
    fate: str
    reason: str | None
    kind: Kind
    from_journey: bool
    filled_by: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Messages(Reply):
    """`attempts` are all rows of the run. `fates` count what the filter keeps but for its fate, `reasons` what it
    keeps but for its reason, those without one under the empty name: each adds up to what the others let through."""

    generation: int
    keep: MessageFilter
    attempts: int
    total: int
    assumed: int
    fates: dict[str, int]
    reasons: dict[str, int]
    campaigns: tuple[CampaignName, ...]
    offset: int
    rows: tuple[MessageRow, ...] = ()
