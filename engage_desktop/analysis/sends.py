"""The messages of a run as columns that every view of sending shares: whose they are, how they went, in which order.

A campaign is a place: journeys first, then broadcasts, as in `Run.messages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.step import SendMessage
from engage_desktop.domain.workspace import CHANNELS
from engage_desktop.engine import KINDS, STATUSES

if TYPE_CHECKING:
    from engage_desktop.domain.campaigns import Campaigns
    from engage_desktop.domain.message import Broadcast
    from engage_desktop.engine import Run

Instants = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Sender:
    """A campaign that sends: by step (by variant in a broadcast) the message it sends and its priority; the message of
    `own` stands where a row names no step."""

    key: str
    name: str
    kind: Literal["journey", "broadcast"]
    parts: tuple[str, ...]
    messages: tuple[str | None, ...]
    priorities: tuple[int, ...]
    own: str | None = None
    priority: int = 0


def senders(campaigns: Campaigns) -> tuple[Sender, ...]:
    """Every campaign by its place in `Run.messages`."""
    journeys = tuple(
        Sender(
            one.key,
            one.name,
            "journey",
            tuple(step.key for step in one.steps),
            tuple(step.message if isinstance(step, SendMessage) else None for step in one.steps),
            tuple(
                step.priority if isinstance(step, SendMessage) and step.priority is not None else one.priority
                for step in one.steps
            ),
            priority=one.priority,
        )
        for one in campaigns.journeys
    )
    return journeys + tuple(_broadcast(one) for one in campaigns.broadcasts)


def _broadcast(one: Broadcast) -> Sender:
    own = one.message or next((variant.message for variant in one.variants if variant.message), None)
    return Sender(
        one.key,
        one.name,
        "broadcast",
        tuple(variant.key for variant in one.variants),
        tuple(variant.message or own for variant in one.variants),
        (one.priority,) * len(one.variants),
        own,
        one.priority,
    )


class Sends:
    """Reads of `run.messages`, row by row in its order. Columns are made on first use and kept."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.table = run.messages
        self.campaigns = run.plan.campaigns
        self.senders = senders(self.campaigns)

    def __len__(self) -> int:
        return len(self.table["campaign"])

    @property
    def campaign(self) -> NDArray[np.int16]:
        return self.table["campaign"]

    @property
    def profile(self) -> NDArray[np.int32]:
        return self.table["profile"]

    @cached_property
    def sent(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.table["status"] == STATUSES.index("sent")
        return found

    @cached_property
    def assumed(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.table["kind"] == KINDS.index("assumed")
        return found

    @cached_property
    def at(self) -> Instants:
        """When a message was sent; where it was not, when it was first due."""
        return np.where(self.sent, self.table["sent_at"], self.table["due_at"])

    @cached_property
    def message(self) -> NDArray[np.int32]:
        """The place of the message in `campaigns.messages`, -1 where the design has no such message."""
        place = {message.key: number for number, message in enumerate(self.campaigns.messages)}
        return self._by_step([[place.get(key or "", -1) for key in (*one.messages, one.own)] for one in self.senders])

    @cached_property
    def channel(self) -> NDArray[np.int8]:
        """The place of the channel in CHANNELS, -1 where no message is known."""
        known = [CHANNELS.index(message.channel) for message in self.campaigns.messages]
        return np.array([*known, -1], np.int8)[self.message]

    @cached_property
    def priority(self) -> NDArray[np.int32]:
        """The step's priority, else its campaign's (D-49)."""
        return self._by_step([[*one.priorities, one.priority] for one in self.senders])

    @cached_property
    def rank(self) -> NDArray[np.int32]:
        """The place of (campaign key, step key) among all such pairs, as text; no step comes first."""
        pairs = [(one.key, part) for one in self.senders for part in (*one.parts, "")]
        place = {pair: number for number, pair in enumerate(sorted(pairs))}
        return self._by_step([[place[one.key, part] for part in (*one.parts, "")] for one in self.senders])

    def _by_step(self, values: list[list[int]]) -> NDArray[np.int32]:
        """One value a row by its campaign and step; each list ends with the value of no step."""
        first = np.cumsum([0, *(len(one) for one in values)])
        flat = np.array([value for one in values for value in one], np.int32)
        campaign, step = self.campaign.astype(np.intp), self.table["step"].astype(np.intp)
        return flat[np.where(step < 0, first[campaign + 1] - 1, first[campaign] + step)]

    @cached_property
    def sent_order(self) -> Places:
        """The rows that were sent, by (profile, sent_at), those of one instant in their turn."""
        rows = np.flatnonzero(self.sent)
        profile, at = self.profile[rows], self.table["sent_at"][rows]
        order = np.lexsort((at, profile))
        rows, profile, at = rows[order], profile[order], at[order]
        again = np.zeros(len(rows) + 1, np.bool_)
        again[1:-1] = (profile[1:] == profile[:-1]) & (at[1:] == at[:-1])
        shared = np.flatnonzero(again[:-1] | again[1:])
        group = np.cumsum(~again[:-1])[shared]
        rows[shared] = rows[shared][np.lexsort((*self.turn(rows[shared]), group))]
        return rows

    def turn(self, rows: Places) -> tuple[NDArray[Any], ...]:
        """Sort keys, the weakest first, of the order in which one instant looks at messages (D-24): priority, due_at,
        campaign key, instance (they follow the entry keys), step key."""
        table = self.table
        step, campaign = self.rank[rows], self.campaign_rank[self.campaign[rows]]
        return step, table["instance"][rows], campaign, table["due_at"][rows], -self.priority[rows]

    @cached_property
    def campaign_rank(self) -> NDArray[np.int32]:
        """The place of each campaign among all keys as text."""
        keys = sorted(one.key for one in self.senders)
        return np.array([keys.index(one.key) for one in self.senders], np.int32)


@dataclass(frozen=True)
class Amount:
    """How many messages, and how many of them rest on an assumption (D-27)."""

    messages: int
    assumed: int = 0


def by_campaign(sends: Sends, rows: NDArray[np.bool_]) -> tuple[Amount, ...]:
    """How many of the rows each campaign has."""
    most = len(sends.senders)
    every = np.bincount(sends.campaign[rows], minlength=most)
    assumed = np.bincount(sends.campaign[rows & sends.assumed], minlength=most)
    return tuple(Amount(*pair) for pair in zip(every.tolist(), assumed.tolist(), strict=True))
