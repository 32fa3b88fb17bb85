"""Faults of an audience's syncs: where to, how often, and as what."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_journey import unknown
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.people import Audience
from engage_desktop.domain.problem import Problem


def check_syncs(audience: Audience, campaigns: Campaigns) -> Iterator[Problem]:
    """What is wrong with the syncs of one audience."""
    told = set[tuple[str, bool]]()
    for place, sync in enumerate(audience.sync):
        path = f"audiences.{audience.key}.sync.{place}"
        if campaigns.destination(sync.destination) is None:
            known = [destination.key for destination in campaigns.destinations]
            yield unknown("destination", sync.destination, f"{path}.destination", known)
        # Names of calls (D-38) tell lists from the rest, and nothing else of a sync.
        if (sync.destination, sync.as_ == "list") in told:
            says = f"{sync.destination} is told of the same changes twice, under the same names; it keeps the first of each."
            yield Problem("warning", "sync_twice", f"{path}.destination", says, "Keep one of the two syncs.")
        told.add((sync.destination, sync.as_ == "list"))
        if sync.every is not None and parse_duration(sync.every) == 0:
            yield _error("sync_every", f"{path}.every", "A batch never is due.", "Give every, such as 1h.")
        if sync.mode == "batch" and sync.every is None:
            says = "A batch sync does not say how often it runs."
            yield _error("sync_every", f"{path}.every", says, "Give every, such as 1h.")
        if sync.resend and sync.mode == "realtime":
            says = "Members are sent again at every batch, and a sync in real time has none."
            yield _error("sync_resend", f"{path}.resend", says, "Set the mode to batch, or take resend away.")
        if audience.level == "account" and sync.as_ == "track":
            says = "A track call is about a person, and this audience holds accounts."
            yield _error("sync_account", f"{path}.as", says, "Write identify, which makes a group call, or list.")
        if audience.level == "account" and sync.ids is not None:
            says = "An account has one identifier, so there is none to choose."
            yield _error("sync_account", f"{path}.ids", says, "Take ids away.")


def _error(code: str, path: str, says: str, mend: str) -> Problem:
    return Problem("error", code, path, says, mend)
