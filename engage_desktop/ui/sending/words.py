"""Fates, reasons and channels as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from engage_desktop.app.protocol_sending import MessageRow
from engage_desktop.ui import formats
from engage_desktop.ui.canvas.words import CHANNEL_TITLE

FATE = {"sent": "Sent", "waiting": "Waiting", "held_out": "Held out", "dropped": "Dropped"}
CHANNEL = CHANNEL_TITLE | {"": "Unknown"}
REASON = {
    "no_address": "address removed",
    "address_unknown": "address unknown",
    "unsubscribed": "unsubscribed",
    "did_not_subscribe": "did not subscribe",
    "subscription_unknown": "subscription unknown",
    "no_consent": "no consent",
    "suppressed": "suppressed",
    "holdout": "holdout",
    "quiet_hours": "quiet hours",
    "frequency_cap": "frequency cap",
    "too_late": "waited too long",
    "instance_ended": "exit rule came first",
    "destination_minimum": "list too small",
}
WHY = {
    "no_address": "the address was removed",
    "address_unknown": "the log has never shown an address",
    "unsubscribed": "the address is unsubscribed",
    "did_not_subscribe": "the address did not subscribe",
    "subscription_unknown": "the log does not know the subscription",
    "no_consent": "there was no consent for this channel",
    "suppressed": "this person is suppressed",
    "holdout": "this person is held out",
    "quiet_hours": "quiet hours or the send window forbade it",
    "frequency_cap": "the frequency cap was full",
    "too_late": "it would have waited longer than the policy allows",
    "instance_ended": "an exit rule ended the journey first",
    "destination_minimum": "the list has too few people",
}


def reason(row: MessageRow, names: Mapping[str, str]) -> str:
    """`frequency cap: Rescue 2`; empty where nothing stood in the way."""
    if row.reason is None:
        return ""
    filled = ", ".join(f"{names.get(key, key)} {formats.number(count)}" for key, count in row.filled_by)
    said = REASON.get(row.reason, row.reason)
    return f"{said}: {filled}" if filled else said


def sentence(row: MessageRow, names: Mapping[str, str], zone: str) -> str:
    """What became of one message, whole."""
    what = f"{row.message or 'The message'} of {names.get(row.campaign, row.campaign)}"
    due = formats.instant(row.due_at, zone)
    why = WHY.get(row.reason or "", row.reason or "")
    if row.filled_by:
        parts = [f"{formats.number(count)} of {names.get(key, key)}" for key, count in row.filled_by]
        why = f"{why} with {' and '.join(parts)}"
    if row.fate == "sent":
        said = f"{what} was sent to {row.profile} on {formats.instant(row.sent_at or row.due_at, zone)}"
        said += f", due {due}: {why}." if why else "."
    else:
        done = {"dropped": "was dropped", "held_out": "was held out", "waiting": "still waits at the end of the run"}
        said = f"{what}, due for {row.profile} on {due}, {done[row.fate]}{': ' + why if why else ''}."
    return f"{said} This rests on an assumption of the workspace." if row.kind == "assumed" else said
