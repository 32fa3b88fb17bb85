"""Exact payloads of audience changes and send steps (engine reference 10.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engage_desktop.domain.duration import format_instant

if TYPE_CHECKING:
    from engage_desktop.engine.source import Log
    from engage_desktop.events import EventStore

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


class People:
    """Identifiers, e-mail address and traits of a profile as payloads carry them."""

    def __init__(self, store: EventStore, written: Log | None = None) -> None:
        """`written`: the log with the traits that a run has set; an address is never set (D-6)."""
        self._store = store
        self._written = store if written is None else written
        self._email = store.address("email")

    def identity(self, profile: int) -> dict[str, str]:
        """`userId`, else `anonymousId`; a profile known by e-mail only goes by that address."""
        first: dict[str, str] = {}
        for kind, value, _ in self._store.identifiers(profile):
            first.setdefault(kind, value)
        if "user_id" in first:
            return {"userId": first["user_id"]}
        if "anonymous_id" in first:
            return {"anonymousId": first["anonymous_id"]}
        return {"userId": self._store.profile_ids[profile]}

    def email(self, profile: int, at_us: int) -> str | None:
        """The address at the instant, None where there is none."""
        value = self.trait_value(self._email, profile, at_us)
        return value if isinstance(value, str) else None

    def trait(self, name: str, profile: int, at_us: int) -> Any:
        return self.trait_value(self._written.trait(tuple(name.split("."))), profile, at_us)

    def event(self, name: str, profile: int, place: int) -> dict[str, Any]:
        """The properties of an event of a name that is at a place among the person's events (D-2)."""
        import numpy as np

        from engage_desktop.events.table import path_parts

        row = int(self._store.profile_start[profile]) + place
        at = int(np.searchsorted(self._store.rows(name), row))
        paths = dict.fromkeys(path_parts(path)[:1] for path in self._store.properties(name))
        found = {path[0]: column_value(self._store.column(name, path), at) for path in paths}
        return {key: value for key, value in found.items() if value is not None}

    @staticmethod
    def trait_value(history: Any, profile: int, at_us: int) -> Any:
        """The last value at or before the instant (D-7), None where absent."""
        import numpy as np

        low, high = int(history.start[profile]), int(history.start[profile + 1])
        place = low + int(np.searchsorted(history.time[low:high], at_us, side="right")) - 1
        if place < low:
            return None
        return column_value(history.column, place)


def column_value(column: Any, place: int) -> Any:
    """A Python value of one cell: None, number, text, bool, or the JSON of a list or object."""
    import json

    kind = int(column.kind[place])
    if kind == 0:
        return None
    if kind == 1:
        number = float(column.number[place])
        return int(number) if number.is_integer() else number
    if kind == 3:
        return bool(column.number[place])
    text = column.texts[int(column.code[place])]
    return text if kind == 2 else json.loads(text)


def audience_payload(
    *, as_: str, audience: str, destination: str, identity: dict[str, str], email: str | None, member: bool,
    traits: dict[str, Any], message_id: str, changed_at: int,
) -> dict[str, Any]:  # fmt: skip
    """One change of membership as identify, track or list call."""
    base: dict[str, Any] = {"type": "track" if as_ == "track" else "identify", **identity}
    context: dict[str, Any] = {"personas": personas("audience", audience)}
    if as_ == "track":
        base["event"] = "Audience Entered" if member else "Audience Exited"
        base["properties"] = {"audience_key": audience, audience: member, **traits}
        if email is not None:
            context["traits"] = {"email": email}
    else:
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
