"""What a design may say and this version's engine cannot simulate: a list that is to shrink.

Each is an error, because a run that left it out in silence would be wrong; the sentence says
that everything else runs once it is removed.
"""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_conditions import read
from engage_desktop.document.sites import conditions, event_names
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import SendMessage

_NOTHING_TO_DO = "Nothing to do: everything else runs."
_MEND = "Remove it: everything else still runs."
_POLICIES = {
    "suppression": "suppression lists",
    "holdout": "a global holdout",
    "consent": "consent categories",
    "quiet_hours": "quiet hours",
    "send_window": "a send window",
    "caps": "frequency caps",
}
_SENT_EVENTS = {"email": "Email Sent", "sms": "SMS Sent", "push": "Push Sent", "whatsapp": "WhatsApp Sent"}


def check_not_yet(campaigns: Campaigns) -> Iterator[Problem]:
    """Every use of what cannot be simulated yet."""
    return
    yield


def _no(path: str, words: str, mend: str = _MEND) -> Problem:
    return Problem("error", "not_yet", path, f"This version cannot simulate {words} yet.", mend)
