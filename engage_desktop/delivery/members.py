"""The calls that make a destination's picture of an audience what the run's last instant says (D-38, D-39)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engage_desktop.delivery.addressees import Addressees
from engage_desktop.delivery.call import message_id, subject, word
from engage_desktop.delivery.consent import Consent
from engage_desktop.delivery.gate import NO_CONSENT, Gate
from engage_desktop.delivery.ledger import least, observed
from engage_desktop.delivery.payloads import audience_payload
from engage_desktop.delivery.people import Accounts, People
from engage_desktop.domain.people import Audience, Sync
from engage_desktop.store import Call

if TYPE_CHECKING:
    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore


@dataclass(frozen=True)
class KnownThere:
    """What a destination has of a subject, or will have once its queue has drained: members with since when, and the
    newest `changed_at` told of each."""

    members: dict[str, int]
    told: dict[str, int]

    def dated(self, text_id: str, changed_at: int) -> int:
        """A design changed there and back enters someone again at the same instant: the change is then dated just after
        the last one told, or its name would be that of the first (D-38)."""
        return max(changed_at, self.told[text_id] + 1) if text_id in self.told else changed_at


def audience_calls(
    run: Run,
    store: EventStore,
    about: People | Accounts,
    audience: Audience,
    sync: Sync,
    there: KnownThere,
    gate: Gate,
    consent: Consent,
) -> Iterator[Call]:
    """The difference between the membership at the run's last instant and what the destination has. Who does not agree
    to be told of there is no member for it."""
    first, last = run.window
    profile, start, end = consent.stays(observed(run), audience, sync.destination)
    inside = (start <= last) & (end > last)
    members = {int(who): int(since) for who, since in zip(profile[inside], start[inside], strict=True)}
    left_at = {int(who): int(at) for who, at in zip(profile[~inside], end[~inside], strict=True) if at <= last}
    ids = about.ids
    silent = consent.silent(observed(run), audience, sync.destination, last)
    gate.withheld[NO_CONSENT] += sum(ids[who] not in there.members for who in silent)
    calls = _Calls(Addressees(store, about, sync), about, audience, sync, last)
    for who, since in members.items():
        fresh = ids[who] not in there.members
        if fresh and not sync.backfill and since < first:
            continue  # was a member before the run, and nobody wants to hear of those
        due = fresh or (sync.resend and there.told.get(ids[who], since) < last)
        if due and (sync.as_ != "list" or gate.adds(about, who, len(members), least(run, sync))):
            yield from calls.of(who, ids[who], there.dated(ids[who], since) if fresh else last, joins=True)
    for text_id, since in there.members.items():
        found = about.index_of(text_id)
        if found is None or found in members:
            continue  # a profile that the log no longer has is not ours to remove
        yield from calls.of(found, text_id, there.dated(text_id, left_at.get(found, since)), joins=False)


@dataclass(frozen=True)
class _Calls:
    called: Addressees
    about: People | Accounts
    audience: Audience
    sync: Sync
    last: int
    """The run's last instant: what a payload says of somebody is what is true then."""

    def of(self, who: int, text_id: str, changed_at: int, *, joins: bool) -> Iterator[Call]:
        change, key, destination = word(self.sync.as_, joins=joins), self.audience.key, self.sync.destination
        traits = {trait: self.about.trait(trait, who, self.last) for trait in self.sync.traits}
        for one in self.called.of(who, joins=joins, changed_at=changed_at, at_us=self.last):
            name = message_id(destination, key, "", text_id, one.part, 1, change, changed_at)
            payload = audience_payload(
                as_=self.sync.as_,
                audience=key,
                destination=destination,
                identity=one.identity,
                email=one.email,
                member=joins,
                traits={trait: value for trait, value in traits.items() if value is not None},
                message_id=name,
                changed_at=changed_at,
            )
            yield Call(name, destination, subject(key), text_id, change, changed_at, payload)
