"""The rail's Broadcasts: what is sent once, to whom and when."""

from __future__ import annotations

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.clock import is_local, local_instant
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.message import Broadcast
from engage_desktop.ui import formats
from engage_desktop.ui.pages.things import ThingsCard, ThingsPage
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import message_name


class BroadcastsPage(ThingsPage):
    def __init__(self, session: Session) -> None:
        card = ThingsCard(
            "broadcasts", "Broadcasts", ("Name", "To", "Message", "When", "An hour", "State"),
            "No broadcast yet. Make the first one with “New broadcast”: choose an audience, a message and a time.",
            frozenset({4}), stretch=1,
        )  # fmt: skip
        sentence = "One message, once, to people who are found out once"
        super().__init__(session, "broadcasts", sentence, "broadcast", card)
        session.approvals_changed.connect(self.touch)

    def refresh(self) -> None:
        campaigns = self.session.campaigns
        rows = [
            (one.name, to_words(one, campaigns), content_words(one, campaigns), when_words(one, campaigns),
             "all at once" if one.throughput is None else formats.number(one.throughput),
             self.session.state_of("broadcast", one.key).capitalize())
            for one in campaigns.broadcasts
        ]  # fmt: skip
        self.card.show_things([one.key for one in campaigns.broadcasts], [*rows])


def to_words(broadcast: Broadcast, campaigns: Campaigns) -> str:
    """Whom a broadcast is meant for, with those left out."""
    from engage_desktop.language import parse_condition, phrase  # late, with the parser

    names = {audience.key: audience.name for audience in campaigns.audiences}
    if broadcast.audience is not None:
        said = names.get(broadcast.audience, broadcast.audience)
    else:
        try:
            said = f"Everybody who {phrase(parse_condition(broadcast.condition or ''))}"
        except UserError:
            said = "A condition that cannot be read yet"
    out = ", ".join(names.get(key, key) for key in broadcast.exclude)
    return f"{said}, but not {out}" if out else said


def content_words(broadcast: Broadcast, campaigns: Campaigns) -> str:
    """Which message, or how many variants."""
    if broadcast.variants:
        return f"{formats.number(len(broadcast.variants))} variants"
    return message_name(campaigns, broadcast.message) if broadcast.message else "–"


def list_time(text: str, zone: str) -> int | None:
    """The instant of a broadcast's `at`, which is workspace time unless it has a zone; None where it is no time."""
    zone = zone if formats.zone(zone) else "UTC"
    try:
        return local_instant(text, zone) if is_local(text) else parse_instant(text)
    except (ValueError, OverflowError):
        return None


def when_words(broadcast: Broadcast, campaigns: Campaigns) -> str:
    """The instant in the workspace's zone; or the clock time that each person's clock will show."""
    zone = campaigns.workspace.timezone
    at = list_time(broadcast.at, zone)
    if at is None:
        return f"{broadcast.at} is no time"
    if broadcast.zone == "profile":
        return f"{formats.day(at, zone)} {formats.local(at, zone):%H:%M}, each by their own clock"
    return formats.instant(at, zone)
