"""Traits that the journeys of a random case set: which, to what, and conditions that ask for them.

Few traits and few values, so that what one journey sets another asks for, and both set the same.
"""

from __future__ import annotations

import random
from typing import Any

from engage_desktop.domain.duration import format_instant
from tests.random_cases.conditions import EVENTS, SPANS
from tests.random_cases.logs import GRID, START
from tests.random_cases.zones import ZONES

VALUES: dict[str, tuple[Any, ...]] = {
    "plan": ("x", "pro", "free", True, None),
    "score": (0, 1, 2, 2.5, "2", None),
    "tags": ("x", "pro", None),
    "home": ("x", "y", None),
}
"""Of traits that conditions name anyway."""
ODD: dict[str, tuple[Any, ...]] = {
    "timezone": (*ZONES, *ZONES, "Mars/Base", None),
    "email": ("w@x", "u1@x", None),
    "email_subscription_status": ("subscribed", "unsubscribed"),
}
"""Of traits that mean something elsewhere."""


class Written:
    """What is set in one case, from one source of randomness."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        dates = tuple(format_instant(START + rng.randrange(4, 20) * GRID) for _ in range(2))
        self.values = {**VALUES, "due": (*dates, None)}
        self.traits = rng.sample(sorted(self.values), rng.choice((1, 2, 2)))
        self.odd = rng.choice((*ODD, "timezone", "timezone"))
        self.told: dict[str, Any] | None = None  # what the audience `ww` is about

    def step(self) -> dict[str, Any]:
        """The fields of a `set_trait`."""
        if self.told is not None and self.rng.random() < 0.35:
            return self.told
        if self.rng.random() < 0.2:
            return {"trait": self.odd, "value": self.rng.choice(ODD[self.odd])}
        trait = self.rng.choice(self.traits)
        return {"trait": trait, "value": self.rng.choice(self.values[trait])}

    def condition(self, step: dict[str, Any] | None = None) -> str:
        """A condition on one of the traits, with a value that is set, or on that of a step."""
        rng = self.rng
        trait = step["trait"] if step else rng.choice(self.traits)
        left, value = f"trait('{trait}')", step["value"] if step else rng.choice(self.values[trait])
        if trait == "due" and rng.random() < 0.6:
            return f"{left}.{rng.choice(('within_next', 'within_last', 'before_last'))}({rng.choice(SPANS)})"
        if value is None or rng.random() < 0.15:
            return f"{left}.{rng.choice(('exists', 'absent'))}()"
        if trait == "home" and rng.random() < 0.3:
            return f"trait('home.city').{rng.choice(('exists', 'absent'))}()"
        said = f"'{value}'" if isinstance(value, str) else str(value).lower()
        return f"{left} {rng.choice(('=', '=', '=', '!='))} {said}"

    def definitions(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Computed traits and audiences about what is set: `tw`, `ww`, and of accounts `gw`."""
        rng, traits, audiences = self.rng, [], []
        if rng.random() < 0.3:
            definition = f"event('{rng.choice(EVENTS)}').where({self.condition()}).count()"
            traits.append({"key": "tw", "name": "tw", "level": "user", "definition": definition})
        if rng.random() < 0.8:
            trait = rng.choice(self.traits)
            self.told = {"trait": trait, "value": rng.choice(self.values[trait])}
            audiences.append({"key": "ww", "name": "ww", "level": "user", "definition": self.condition(self.told)})
        if rng.random() < 0.25:
            asked = rng.choice(("ANY", "ANY", "ALL", "ALL NOT"))
            audiences.append(
                {"key": "gw", "name": "gw", "level": "account", "definition": f"{asked} ({self.condition()})"}
            )
        return traits, audiences

    def flood(self, key: str, event: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A journey of many writes in a row, and events of one person that enter it more often than a second allows."""
        rng = self.rng
        number = rng.choice((9, 12))
        letters = [f"w{at}" for at in range(number)]
        steps = [
            {"key": key, "type": "set_trait", **self.step(), "next": after}
            for key, after in zip(letters, [*letters[1:], "p"], strict=True)
        ]
        steps.append({"key": "p", "type": "split", "branches": [{"key": "p", "condition": self.condition()}]})
        entry = {"type": "event", "event": event, "reentry": {"mode": "every"}}
        at, person = START + rng.randrange(2, 14) * GRID, f"u{rng.randrange(3)}"
        places = rng.choice(
            ((0, 0, 0), (0, 3, 6), (3, 9, 999_999), (0, 9, 999_999))
        )  # a microsecond before the next second
        records = [
            {"timestamp": format_instant(at + place), "userId": person, "type": "track", "event": event, "properties": {}}
            for place in places
        ]  # fmt: skip
        return {"key": key, "name": key, "entry": entry, "exits": [], "start": "w0", "steps": steps}, records
