"""Rows of a profile CSV: which cells are set aside, and the limits of an upload (SB-4, SB-5, SB-8).

A cell that cannot be used is told with its line and column and left out; the rest of its row counts. Without
its address a row's subscription states would fall on whatever address the person had before, so they go too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engage_desktop.events.call import Call
from engage_desktop.events.contact import STATES, TRAIT_OF, state_of
from engage_desktop.events.rejects import INVALID_EMAIL, INVALID_PHONE, INVALID_STATUS, OVER_LIMIT, Fault

STATUS = "_subscription_status"
MOST_ROWS, MOST_BYTES, MOST_COLUMNS = 1_000_000, 100_000_000, 299
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_PHONE_SIGNS = re.compile(r"[\s().\-/]+")
_PHONE = re.compile(r"\+?[0-9]{5,15}", re.ASCII)


class ProfileRows:
    """Checks the traits of a profile CSV's rows; `texts` are columns whose cells are text whatever they hold."""

    def __init__(self, columns: Sequence[str]) -> None:
        traits = [column.removeprefix("traits.") for column in columns]
        self._columns = dict(zip(traits, columns, strict=True))
        self._statuses = [name for name in traits if name.endswith(STATUS)]
        self.texts = frozenset(i for i, name in enumerate(traits) if name in ("email", "phone", *self._statuses))

    def check(self, call: Call) -> list[Fault]:
        """What is wrong with single cells; they are taken out of the call."""
        traits = call.traits or {}
        found = []
        for name, valid, code, mend in (
            ("email", is_email, INVALID_EMAIL, "an e-mail address. Write one like ann@example.org"),
            ("phone", is_phone, INVALID_PHONE, "a phone number. Write it with country code, like +447700900123"),
        ):
            value = traits.get(name)
            if isinstance(value, str) and not value.strip():
                del traits[name]
            elif isinstance(value, str) and not valid(value.strip()):
                del traits[name]
                gone = [status for status in self._statuses if _address_of(status) == name and status in traits]
                for status in gone:
                    del traits[status]
                also = " The subscription states of the row were left out with it." if gone else ""
                found.append(Fault(self._columns[name], code, f"{value[:60]!r} is not {mend}.{also}"))
        for name in self._statuses:
            said = traits.get(name)
            if isinstance(said, str) and state_of(said) is None:
                del traits[name]
                if said.strip():  # a blank never overwrites a state (SB-5)
                    words = ", ".join(state.replace("_", "-") for state in STATES)
                    message = f"{said[:60]!r} is not a subscription state. Use one of: {words}; or leave it blank."
                    found.append(Fault(self._columns[name], INVALID_STATUS, message))
        return found


def is_email(text: str) -> bool:
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(_PHONE_SIGNS.sub("", text)) is not None


def over_limits(rows: int, size: int, columns: int) -> list[Fault]:
    """SB-8: what an upload to Segment would refuse; nothing stops here."""
    limits = ((rows, MOST_ROWS, "rows"), (size, MOST_BYTES, "bytes"), (columns, MOST_COLUMNS, "columns"))
    return [
        Fault(
            "",
            OVER_LIMIT,
            f"the file has {count:,} {what}. Segment takes {most:,} at most; all of it was imported here.",
        )
        for count, most, what in limits
        if count > most
    ]


def _address_of(status: str) -> str | None:
    """The trait that holds the address a status column speaks of; groups are of e-mail (SB-7)."""
    channel = status.removesuffix(STATUS)
    return None if channel == "push" else TRAIT_OF.get(channel, "email")
