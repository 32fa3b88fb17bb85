"""Exact payloads of audience changes and send steps (engine reference 10.2)."""

from __future__ import annotations

from typing import Any

from engage_desktop.domain.duration import format_instant

SPACE = "spa_local"


def personas(computation_class: str, key: str) -> dict[str, str]:
    """`context.personas`: which computation a receiver is told about."""
    return {
        "computation_class": computation_class,
        "computation_id": f"{'aud' if computation_class == 'audience' else 'jou'}_{key}",
        "computation_key": key,
        "namespace": SPACE,
        "space_id": SPACE,
    }


def audience_payload(
    *, as_: str, audience: str, destination: str, identity: dict[str, str], email: str | None, member: bool,
    traits: dict[str, Any], message_id: str, changed_at: int, computation_class: str = "audience",
) -> dict[str, Any]:  # fmt: skip
    """One change of membership as identify (of an account: group), track or list call."""
    is_account = "groupId" in identity
    base: dict[str, Any] = {"type": as_, **identity}
    context: dict[str, Any] = {"personas": personas(computation_class, audience)}
    if as_ == "track":
        base["event"] = "Audience Entered" if member else "Audience Exited"
        base["properties"] = {"audience_key": audience, audience: member, **traits}
        if email is not None:
            context["traits"] = {"email": email}
    else:
        if is_account:
            base["type"] = "group"
        base["traits"] = {audience: member, **traits, **({"email": email} if email is not None else {})}
    if as_ == "list":
        base = {"type": "list", "action": "add" if member else "remove", "list": audience, **base["traits"], **identity}
    return {
        **base,
        "messageId": message_id,
        "timestamp": format_instant(changed_at),
        "context": context,
        "integrations": {"All": False, destination: True},
    }


def send_payload(
    *, journey: str, step: str, event_name: str, destination: str, identity: dict[str, str], traits: dict[str, Any],
    journey_context: dict[str, Any], entry_key: str, message_id: str, changed_at: int,
) -> dict[str, Any]:  # fmt: skip
    """A send step as track call (J2-24)."""
    return {
        "type": "track",
        **identity,
        "event": event_name,
        "messageId": message_id,
        "timestamp": format_instant(changed_at),
        "properties": {
            "journey_context": journey_context,
            "journey_metadata": {"journey_id": journey, "epoch_id": entry_key},
            **traits,
        },
        "context": {"personas": personas("journey_step", f"{journey}__{step}")},
        "integrations": {"All": False, destination: True},
    }
