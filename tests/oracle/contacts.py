"""Addresses and subscription states over time (D-23, D-49, D-52, SB-1..SB-5)."""

from __future__ import annotations

from typing import Any, Literal

from tests.oracle.log import Call, Person
from tests.oracle.rules import Rules

STATES = ("subscribed", "unsubscribed", "did_not_subscribe")
UNSUBSCRIBES = {
    "Unsubscribed": "email", "Email Unsubscribed": "email", "SMS Unsubscribed": "sms", "WhatsApp Unsubscribed": "whatsapp",
}  # fmt: skip
CHANNEL_OF = {"EMAIL": "email", "SMS": "sms", "WHATSAPP": "whatsapp", "IOS_PUSH": "push", "ANDROID_PUSH": "push"}
SUFFIX = "_subscription_status"
Said = tuple[str, str | None, Any, str]
"""Channel, group (None: the channel as a whole), address, state."""
Known = Literal["shown", "removed", "unknown"]


def address(person: Person, channel: str, now: int, up_to: Call | None = None) -> tuple[Known, str | None]:
    """The address at now (D-6: latest value), or why there is none (D-49). `up_to` stops after that call."""
    known: Known = "unknown"
    value: str | None = None
    for call in person.calls:
        if call.time > now:
            break
        for shown in _shown(call, channel):
            if shown is not None:
                known, value = "shown", shown
            elif known == "shown":
                known, value = "removed", None
        if call is up_to:
            break
    return known, value


def _shown(call: Call, channel: str) -> list[Any]:
    if channel == "push":
        token = (call.context.get("device") or {}).get("token")
        return [token] if token else []
    name = "email" if channel == "email" else "phone"
    return [call.traits[name]] if name in call.traits else []


class Contacts:
    """The subscription state of every address the log speaks of: it belongs to the address, not the profile (SB-1)."""

    def __init__(self, people: list[Person], rules: Rules) -> None:
        # Of one instant: one profile after the other, for D-2 orders only the calls of one profile.
        calls = [(call.time, at, call.row, call, person) for at, person in enumerate(people) for call in person.calls]
        self.rules = rules
        self.said: list[tuple[int, Said]] = []
        for *_, call, person in sorted(calls, key=lambda item: item[:3]):
            self.said += [(call.time, said) for said in self._statements(call, person)]

    def _statements(self, call: Call, person: Person) -> list[Said]:
        found: list[Said] = []
        spoken: list[tuple[str, str | None, str | None]] = []
        for channel in ("email", "sms", "push", "whatsapp"):
            name = f"{channel}{SUFFIX}"
            spoken.append((channel, None, _status(call.traits.get(name))))
            if name in call.traits and not self.rules.blank_status_changes_nothing and spoken[-1][2] is None:
                spoken[-1] = (channel, None, "did_not_subscribe")
        for name in call.traits:  # SB-4, SB-7: a group's own column
            group = name.removesuffix(SUFFIX)
            if group != name and group not in ("email", "sms", "push", "whatsapp"):
                spoken.append(("email", group, _status(call.traits[name])))
        recipient = (call.context.get("traits") or {}).get("email")
        for channel, of_group in self._unsubscribed_from(call):
            if channel == "email" and isinstance(recipient, str) and recipient:  # section 2.3: its recipient
                found.append((channel, of_group, self._vector(person, recipient), "unsubscribed"))
            else:
                spoken.append((channel, of_group, "unsubscribed"))
        for channel, of_group, told in spoken:  # D-52: whatever address is current; null and blank change nothing
            if told:
                current = address(person, channel, call.time, up_to=call)[1]
                found.append((channel, of_group, self._vector(person, current), told))
        # In one call the explicit word about an address comes last and so wins over the trait.
        for entry in call.context.get("messaging_subscriptions") or []:
            of, status = CHANNEL_OF.get(str(entry.get("type")).upper()), _status(entry.get("status"))
            if not of or not entry.get("key"):
                continue
            to = self._vector(person, entry["key"])
            if status:
                found.append((of, None, to, status))
            for one in entry.get("groups") or []:
                status = _status(one.get("status"))
                if status and isinstance(one.get("name"), str):
                    found.append((of, one["name"], to, status))
        return found

    def _unsubscribed_from(self, call: Call) -> list[tuple[str, str | None]]:
        """The channels, or the group, that an event of an unsubscribe speaks of (D-47, D-52, SB-9)."""
        if call.event == "Email Group Unsubscribed" and self.rules.groups_have_an_event:
            names = [call.properties.get(name) for name in ("group_name", "group")]
            group = next((name for name in names if isinstance(name, str) and name), None)
            return [] if group is None else [("email", group)]
        if call.event == "Unsubscribed" and not self.rules.unsubscribed_is_of_email:
            return [("email", None), ("sms", None), ("push", None), ("whatsapp", None)]
        return [(UNSUBSCRIBES[call.event], None)] if call.event in UNSUBSCRIBES else []

    def status(self, person: Person, channel: str, to: str | None, now: int, group: str | None = None) -> str | None:
        """The latest state of the address up to now, for a group or as a whole; None where the log knows nothing."""
        vector, found = self._vector(person, to), None
        if group is not None and not self.rules.group_word_is_of_the_address:
            words = [said for time, said in self.said if time <= now and said[1] == group]
            return words[-1][3] if words else None
        for time, (of_channel, of_group, of, status) in self.said:
            if time <= now and (of_channel, of_group, of) == (channel, group, vector):
                found = status
        return found

    def consents(self, person: Person, category: str, now: int) -> bool:
        """D-54: the latest object of preferences, on whatever call, counts as a whole; without one there is no consent."""
        rules, preferences = self.rules, dict[str, Any]()
        if not rules.no_preferences_is_no_consent:
            preferences[category] = True
        for call in person.calls if rules.preferences_on_any_call else person.events:
            consent = call.context.get("consent")
            told = consent.get("categoryPreferences") if isinstance(consent, dict) else None
            if call.time <= now and isinstance(told, dict):
                preferences = told if rules.preferences_count_as_a_whole else preferences | told
        return preferences.get(category) is True

    def _vector(self, person: Person, to: str | None) -> Any:
        """SB-1: the address; before one is shown, what was said is said of that person's unknown address (D-23)."""
        return to if to is not None and self.rules.status_of_address else id(person)


def _status(value: Any) -> str | None:
    """SB-4: case-insensitive, three spellings."""
    text = value.strip().lower().replace("-", "_") if isinstance(value, str) else ""
    return text if text in STATES else None
