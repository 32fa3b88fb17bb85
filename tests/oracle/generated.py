"""What a run makes of one person (D-28, D-37, D-51, D-54): events of messages and responses, and the writes of journeys.

An event is heard like one of the log from a microsecond after it happened, behind the log's events of that instant.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engage_desktop.domain.campaigns import Campaigns
from tests.oracle.log import Call
from tests.oracle.rules import Rules
from tests.oracle.writes import A_SECOND, MOST_WRITES, Write

if TYPE_CHECKING:
    from tests.oracle.instance import Due, Instance

CHANNELS = {"email": "Email", "sms": "SMS", "push": "Push", "whatsapp": "WhatsApp"}
STAGES = ("sent", "delivered", "opened", "clicked", "converted")
WORDS = {"sent": "Sent", "delivered": "Delivered", "opened": "Opened", "clicked": "Link Clicked"}
BEHIND_THE_LOG = 2**63  # as receivedAt


def event_name(channel: str, stage: str) -> str:
    """`Email Link Clicked`; a conversion has the name that its model gives it."""
    return f"{CHANNELS[channel]} {WORDS[stage]}"


def order_of(
    campaigns: Campaigns, campaign: str, entry_key: str, instance: Instance | None, seq: tuple[int, ...], rules: Rules
) -> tuple[Any, ...]:
    """D-54: what is made of a person at one instant goes by campaign, entry key as text, instance, seq; a broadcast has
    no instance."""
    keys = [one.key for one in (*campaigns.journeys, *campaigns.broadcasts)]
    return (
        campaign if rules.writes_in_order_of_campaigns else keys.index(campaign),
        entry_key if rules.entry_keys_as_text else int(entry_key.partition("|")[0]),
        (instance.entered_at, instance.row) if instance else (),
        seq if rules.writes_in_order_of_seq else (),
    )


@dataclass(eq=False)
class Event:
    """Something that happened to a message at an instant, and is an event a microsecond later."""

    made_at: int
    name: str
    stage: str
    due: Due  # the message
    order: tuple[Any, ...]

    @classmethod
    def of(cls, due: Due, stage: str, name: str, at: int, campaigns: Campaigns, rules: Rules) -> Event:
        made = order_of(campaigns, due.campaign, due.entry_key, due.instance, (due.due_at, *due.seq), rules)
        place = STAGES.index(stage)
        return cls(
            at, name, stage, due, (*made, place if rules.generated_in_order_of_stages else -place, due.step or "")
        )

    @property
    def time(self) -> int:
        """Its timestamp (D-51)."""
        return self.made_at + 1

    def properties(self, rules: Rules) -> dict[str, Any]:
        """D-54."""
        said = {"campaign": self.due.campaign, "step": self.due.step, "message": self.due.message}
        return {name: value for name, value in said.items() if value and rules.generated_carry_their_origin}


@dataclass(eq=False)
class Made:
    """All of one person: `waiting` for its timestamp, or public; beyond the limit `dropped`."""

    rules: Rules
    waiting: list[Write | Event] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    events: list[Call] = field(default_factory=list)
    dropped: list[Write | Event] = field(default_factory=list)
    counts: Counter[Any] = field(default_factory=Counter)
    responses: list[Event] = field(default_factory=list)  # every one that came within the run

    @property
    def instants(self) -> set[int]:
        """Those after which something becomes public."""
        return {one.made_at for one in self.waiting}

    @property
    def instants_of_writes(self) -> set[int]:
        return {one.made_at for one in self.waiting if isinstance(one, Write)}

    def publish(self, t: int) -> list[Write | Event]:
        """End the instant t: what has the timestamp t + 1, in its order, each beyond the limit dropped. Returns the others."""
        made = sorted((one for one in self.waiting if one.made_at == t), key=self._order)
        self.waiting = [one for one in self.waiting if one.made_at != t]
        kept = [one for one in made if self._fits(one)]
        self.dropped += [one for one in made if one not in kept]
        if self.rules.writes_public_after_a_microsecond:
            self.writes += [one for one in kept if isinstance(one, Write)]
        return kept

    def _order(self, one: Write | Event) -> tuple[Any, ...]:
        """D-54: (campaign, entry key, instance, seq), of one message by stage; a write stands among them by its seq."""
        return one.order if isinstance(one, Event) else (*one.order, 0, "")

    def _fits(self, one: Write | Event) -> bool:
        counted = self._counted(one)
        self.counts[counted] += 1
        return self.counts[counted] <= MOST_WRITES or not self.rules.limit_of_writes

    def is_full(self, write: Write) -> bool:
        """Whether the limit is reached by what was made before, in any order."""
        counted = self._counted(write)
        return self.counts[counted] + sum(self._counted(one) == counted for one in self.waiting) >= MOST_WRITES

    def _counted(self, one: Write | Event) -> tuple[Any, ...]:
        """What it is counted with: all that is made of the person in that second of timestamps."""
        rules = self.rules
        at = one.time if rules.limit_by_second_of_timestamp else one.made_at
        campaign = one.campaign if isinstance(one, Write) else one.due.campaign
        kind = None if rules.limit_over_writes_and_events else type(one)
        return (at // A_SECOND, None if rules.limit_over_all_journeys else campaign, kind)

    def told(self) -> list[tuple[int, Write]]:
        """The public writes, each with the instant from which on everybody sees it."""
        sooner = 0 if self.rules.writes_public_after_a_microsecond else 1
        return [(write.time - sooner, write) for write in self.writes]


def call_of(event: Event, position: int, rules: Rules) -> Call:
    """As the log would have it: it identifies nobody, and has neither context nor source."""
    return Call(
        time=event.time if rules.generated_have_an_instant_of_their_own else event.made_at,
        received=BEHIND_THE_LOG if rules.generated_sort_after_the_log else -BEHIND_THE_LOG,
        position=position,
        kind="track",
        event=event.name,
        properties=event.properties(rules),
        context={},
        traits={},
        identifiers=[],
    )
