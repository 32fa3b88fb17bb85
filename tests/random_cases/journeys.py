"""Random journeys over the parts that are asked for."""

from __future__ import annotations

import random
from typing import Any

from engage_desktop.domain.duration import format_instant
from tests.random_cases.conditions import EVENTS, Names, Writer, recent
from tests.random_cases.logs import GRID, START
from tests.random_cases.written import Written
from tests.random_cases.zones import dates, repetitions
from tests.random_cases.zones import target as target_of_delay

DURATIONS = ("30m", "1h", "1h", "2h", "2h", "3h", "4h", "1h30m")
STEPS = (
    "delay", "hold", "hold", "hold", "wait", "wait", "wait", "split", "random", "random", "message", "message", "message", "send", "end",
)  # fmt: skip
PERCENTS = ((50, 50), (30, 70), (33.3, 33.3, 33.4), (10, 20, 70), (100,))
MORE = {"delay_until": ("delay_until",) * 5, "fork": ("fork",) * 3, "ad": ("ad",) * 2}
"""Steps that come with a feature, and often are the first."""


class JourneyWriter:
    """Writes journeys from one source of randomness."""

    def __init__(
        self, rng: random.Random, writer: Writer, names: Names, features: frozenset[str], written: Written | None = None
    ) -> None:
        self.rng, self.writer, self.names, self.features, self.written = rng, writer, names, features, written
        self.entered_by: str | None = None
        self.told_apart = False
        self.coupled = False
        self.captured: list[str] = []
        self.more = tuple(kind for feature in sorted(features & MORE.keys()) for kind in MORE[feature])

    def journey(self, key: str) -> dict[str, Any]:
        rng, features = self.rng, self.features
        size = rng.randint(2, 7) + rng.randint(0, bool(self.more))
        letters = rng.sample("abcdefgh", size)
        kinds = [rng.choice(STEPS + STEPS + self.more) for _ in letters]
        if rng.random() < 0.6:
            kinds[0] = rng.choice(("hold", "hold", "delay", "wait"))
        elif self.more and rng.random() < 0.8:
            kinds[0] = rng.choice(self.more)
        for at in range(1, size):  # a message after a random split, so that holdouts meet one
            if kinds[at - 1] == "random" and rng.random() < 0.6:
                kinds[at] = "message"
            if "fork" in kinds[max(at - 2, 0) : at] and rng.random() < 0.7:  # so that several paths wait at once
                kinds[at] = rng.choice(("hold", "delay", "wait"))
        entry = self.entry()
        self.entered_by = entry.get("event")
        self.told_apart = "identifier" in entry.get("reentry", {})
        self.captured = []
        if "context" in features and size > 2 and rng.random() < 0.4:  # so that something is collected and asked for
            kinds[:2] = "hold", rng.choice(("hold", "split", "split"))
            kinds[2] = "split"
        steps = [self.step(kind, letters, at) for at, kind in enumerate(kinds)]
        if "fork" in features and rng.random() < 0.15:
            letters, steps = self.tie_of_joins()
        rng.shuffle(steps)
        journey: dict[str, Any] = {"key": key, "name": key}
        if rng.random() < 0.2:
            journey["priority"] = rng.choice((-1, 1, 2))
        if rng.random() < 0.12:
            journey["starts"] = format_instant(START + rng.randrange(10) * GRID)
        if rng.random() < 0.1:
            journey["ends"] = format_instant(START + rng.randrange(10, 24) * GRID)
        exits = [self.exit(f"x{number}") for number in rng.sample(range(9), rng.choice((0, 0, 1, 1, 2, 3)))]
        if entry["type"] == "event" and entry["reentry"]["mode"] == "after_exit" and rng.random() < 0.4:
            exits.append({"key": "again", "event": entry["event"]})  # the event that ends may enter again
        if self.told_apart and rng.random() < 0.4:
            exits.append({"key": "own", "event": rng.choice(EVENTS), "match_identifier": True})
        if "exit by condition" in features and rng.random() < 0.5:
            exits.insert(rng.randrange(len(exits) + 1), self.exit_of_state(steps, letters[0], entry))
        return journey | {"entry": entry, "exits": exits, "start": letters[0], "steps": steps}

    def entry(self) -> dict[str, Any]:
        rng, names = self.rng, self.names
        if "schedule" in self.features and rng.random() < 0.3:
            return self.schedule()
        by_event = rng.random() < 0.62
        mode = rng.choice(("once", "every", "after_exit", "every" if by_event else "once"))
        reentry: dict[str, Any] = {"mode": mode}
        if mode == "after_exit" and (not by_event or rng.random() < 0.6):
            reentry["cool_down"] = rng.choice(("30m", "1h", "2h"))
        if by_event:
            if "identifier" in self.features and mode in ("every", "once") and rng.random() < 0.6:
                reentry |= {"mode": "every", "identifier": rng.choice(("k", "k", "k", "c"))}
            entry: dict[str, Any] = {"type": "event", "event": rng.choice(EVENTS), "reentry": reentry}
            if rng.random() < 0.25:
                entry["where"] = self.where()
            if rng.random() < 0.25:
                entry["audience"] = rng.choice(names.of_audience)
            return entry
        entry = {"type": "audience", "include_existing": rng.random() < 0.5, "reentry": reentry}
        if rng.random() < 0.5:
            return entry | {"audience": rng.choice(names.of_audience)}
        return entry | {"condition": self.condition()}

    def schedule(self) -> dict[str, Any]:
        """Entry at one instant, every so often, or by the clock."""
        rng = self.rng
        entry = {"type": "schedule", "at": rng.choice(dates(rng))} | rng.choice(repetitions(rng))
        if "time" in entry and rng.random() < 0.6:  # from that very moment on, or from the day before
            entry["at"] = rng.choice((f"2024-01-01T{entry['time']}", "2023-12-31"))
        if rng.random() < 0.6:
            entry["zone"] = "profile"
        if rng.random() < 0.6:
            entry["condition"] = self.condition()
        mode = rng.choice(("once", "every", "after_exit", None))
        if mode is not None:
            entry["reentry"] = {"mode": mode}
        if mode == "after_exit" and rng.random() < 0.7:
            entry["reentry"]["cool_down"] = rng.choice(("30m", "1h", "2h"))
        return entry

    def exit(self, key: str) -> dict[str, Any]:
        rng = self.rng
        told = {"send": {"destination": "crm"}} if key in ("x0", "x3", "x6") else {}
        if rng.random() < 0.45:
            return {"key": key, "after": rng.choice(("30m", "1h", "1h", "2h", "3h"))} | told
        rule = {"key": key, "event": rng.choice(EVENTS)} | told
        if rng.random() < 0.4:
            rule["where"] = self.in_journey(self.where(), where=True)
        if self.told_apart and rng.random() < 0.6:
            rule["match_identifier"] = True
        return rule

    def exit_of_state(self, steps: list[dict[str, Any]], start: str, entry: dict[str, Any]) -> dict[str, Any]:
        """A condition that soon comes true, often with an event that a hold waits for; or any."""
        rng = self.rng
        holds = [step for step in steps if step["type"] == "hold"]
        holds = [step for step in holds if step["key"] == start] or holds
        heard = [branch["event"] for step in holds for branch in step["branches"]]
        event = rng.choice([one for one in heard if one != entry.get("event")] or EVENTS)
        fresh = f"event('{event}').within(30 minutes).count() >= 1"
        stale = f"event('{entry.get('event', event)}').within(1 hour).count() = 0"
        usual = (fresh, fresh, fresh, fresh, fresh, stale, f"event('{event}').count() >= 3", self.condition())
        return {"key": "state", "condition": self.in_journey(rng.choice(usual)), "send": {"destination": "crm"}}

    def in_journey(self, condition: str, where: bool = False) -> str:
        """The condition, or one about what the path has collected, alone or beside it."""
        rng = self.rng
        if "context" not in self.features or rng.random() < 0.4:
            return condition
        some = [name for name in (*self.captured * 2, self.entered_by) if name] or [*EVENTS]
        one, other = rng.choice(some), rng.choice(some)
        aliases = [name for name in self.captured if " - " in name]
        if aliases and rng.random() < 0.3:  # the bare name and an alias of one event
            other = rng.choice(aliases)
            one = other.partition(" - ")[0]
        path = rng.choice(("n", "d", "d", "k", "c", "item.sku"))
        roll = rng.random()
        if roll < 0.35:
            own = f"journey('{one}').{rng.choice(('exists', 'exists', 'absent'))}()"
        elif roll < 0.5 and where:
            own = f"property('{path}') {rng.choice(('=', '!=', '<='))} journey('{one}.{path}')"
        elif roll < 0.5:
            own = f"event('{rng.choice(EVENTS)}').where(property('d') {rng.choice(('=', '!='))} journey('{one}.d')).count() >= 1"
        elif roll < 0.75:
            own = f"journey('{one}.{path}') {rng.choice(('=', '!=', '!='))} journey('{other}.{path}')"
        elif roll < 0.85:
            own = self.writer.date(f"journey('{one}.at')")
        else:
            own = self.writer.compare(f"journey('{one}.{path}')")
        return rng.choice((own, own, own, f"({condition}) OR {own}", f"({condition}) AND {own}"))

    def condition(self) -> str:
        """Any condition, or one about a trait that some journey sets, alone or beside it."""
        any_other = self.writer.condition(self.names)
        if self.written is None or self.rng.random() > (0.9 if self.coupled else 0.2):
            return any_other
        own = self.written.condition()
        if self.coupled and self.rng.random() < 0.25 and "ww" in self.names.audiences:
            return self.rng.choice(("audience('ww')", "NOT audience('ww')", f"audience('ww') AND {own}"))
        return self.rng.choice((own, own, own, own, own, f"({any_other}) OR {own}", f"({any_other}) AND {own}"))

    def where(self) -> str:
        """A filter of events, perhaps with a trait that some journey sets."""
        any_other = self.writer.where(self.names, top=True)
        if self.written is None or self.rng.random() > 0.3:
            return any_other
        return f"({any_other}) {self.rng.choice(('OR', 'AND'))} {self.written.condition()}"

    def writer_and_reader(self, keys: list[str]) -> list[dict[str, Any]]:
        """A journey that sets a trait and asks for it, and one that goes by what is set, perhaps setting more."""
        rng = self.rng
        self.coupled = True
        self.entered_by, self.told_apart, self.captured = rng.choice(EVENTS), False, []
        by_event = {"type": "event", "event": self.entered_by, "reentry": {"mode": "every"}}
        asks = ("split", "split", "wait", "fork", "delay_until", "hold", "end")
        first = [*rng.choice(((), (), ("delay",), ("hold",), ("split",))), "set_trait", rng.choice(asks), "set_trait"]
        first = [*first[: rng.choice((3, 4))], *rng.choice(((), (), ("message",)))]
        journeys = [self.coupled_journey(keys[0], by_event, first, [])]
        if rng.random() < 0.3:
            journeys[0]["steps"] = self.fork_of_writes()
        exits: list[dict[str, Any]] = []
        entry: dict[str, Any] = by_event | {"event": rng.choice(EVENTS)}
        then = rng.choice(
            (["wait", "set_trait", rng.choice(asks)], ["set_trait", "delay", "set_trait"], ["hold"], ["delay"])
        )
        if len(then) == 1:
            exits = [{"key": "told", "condition": self.condition()}]
        elif then[0] == "set_trait":
            reentry = rng.choice(({"mode": "every"}, {"mode": "every"}, {"mode": "after_exit", "cool_down": "30m"}))
            entry = {"type": "audience", "condition": self.condition(), "reentry": reentry}
            if "ww" in self.names.audiences and rng.random() < 0.5:
                entry = {"type": "audience", "audience": "ww", "reentry": reentry}
        journeys.append(self.coupled_journey(keys[1], entry, then, exits))
        self.coupled = False
        return journeys

    def fork_of_writes(self) -> list[dict[str, Any]]:
        """Two paths of one instant: one sets a trait, the other asks for it, or sets it too."""
        assert self.written is not None
        rng, set_by_one = self.rng, self.written.step()
        set_by_other = set_by_one | {"value": rng.choice(self.written.values.get(set_by_one["trait"], (None,)))}
        always = f"event('{self.entered_by}').count() >= 1"
        asking = self.written.condition(set_by_one)
        ways: list[dict[str, Any]] = [
            {"key": "p", "condition": always, "next": "b"},
            {"key": "q", "condition": rng.choice((always, asking)), "next": "c"},
        ]
        rng.shuffle(ways)
        split = {"key": "d", "type": "split", "branches": [{"key": "p", "condition": asking}]}
        return [
            {"key": "a", "type": "fork", "branches": ways},
            {"key": "b", "type": "set_trait", **set_by_one},
            {"key": "c", "type": "set_trait", **set_by_other, "next": "d"},
            split,
        ]

    def coupled_journey(
        self, key: str, entry: dict[str, Any], kinds: list[str], exits: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """These steps, most of them one behind the other."""
        letters = list("abcdefgh"[: len(kinds)])
        steps = [self.step(kind, letters, at) for at, kind in enumerate(kinds)]
        return {"key": key, "name": key, "entry": entry, "exits": exits, "start": "a", "steps": steps}

    def crowd(self, key: str, event: str) -> dict[str, Any]:
        """A journey that every event enters for a while, under limits."""
        rng = self.rng
        entry = {"type": "event", "event": event, "reentry": {"mode": rng.choice(("every", "every", "every", "once"))}}
        step = {"key": "a", "type": "delay", "duration": rng.choice(DURATIONS)}
        return {
            "key": key, "name": key, "enforce_limits": True, "entry": entry, "exits": [], "start": "a", "steps": [step],
        }  # fmt: skip

    def twice_captured(self, key: str) -> dict[str, Any]:
        """A hold that collects an event again and again, and a split on what its bare name means then."""
        rng = self.rng
        entered, collected, then = rng.sample(EVENTS, 3)
        value = rng.choice(("n", "d", "c"))
        split = {"key": "b", "type": "split", "branches": [
            {"key": "p", "condition": f"journey('{collected}.{value}') = journey('{collected} - p.{value}')"},
        ]}  # fmt: skip
        hold = {"key": "a", "type": "hold", "timeout": "4h", "on_timeout": "b", "branches": [
            {"key": "p", "event": collected, "loop": True}, {"key": "q", "event": then, "next": "b"},
        ]}  # fmt: skip
        entry = {"type": "event", "event": entered, "reentry": {"mode": "every"}}
        return {"key": key, "name": key, "entry": entry, "exits": [], "start": "a", "steps": [hold, split]}

    def long_stay(self, key: str) -> dict[str, Any]:
        """A journey under limits that is left after a year, by its own rule or by theirs."""
        rng = self.rng
        entry = {"type": "event", "event": rng.choice(EVENTS), "reentry": {"mode": rng.choice(("once", "every"))}}
        exits = rng.choice(([], [], [{"key": "old", "after": "365d"}], [{"key": "x", "event": rng.choice(EVENTS)}]))
        steps: list[dict[str, Any]] = [
            {"key": "a", "type": "hold", "branches": [{"key": "p", "event": rng.choice(EVENTS), "loop": True}],
             "timeout": rng.choice(("365d", "400d")), "on_timeout": "b"},
            {"key": "b", "type": "delay", "duration": "1h"},
        ]  # fmt: skip
        if rng.random() < 0.5:
            steps[0] = {"key": "a", "type": "delay", "duration": rng.choice(("365d", "365d", "400d")), "next": "b"}
        return {
            "key": key, "name": key, "enforce_limits": True, "entry": entry, "exits": exits, "start": "a", "steps": steps,
        }  # fmt: skip

    def tie_of_joins(self) -> tuple[list[str], list[dict[str, Any]]]:
        """Two paths, one through a holdout, that reach a message in one phase: who is first shows."""
        rng = self.rng
        event = self.entered_by or rng.choice(EVENTS)
        ways: list[dict[str, Any]] = [
            {"key": "p", "condition": f"event('{event}').count() >= 1", "next": "b"},
            {"key": "q", "condition": f"event('{event}').count() >= 1", "next": "c"},
        ]
        rng.shuffle(ways)
        awaited = rng.choice(EVENTS)
        waits: dict[str, dict[str, Any]] = {
            "wait": {
                "type": "wait",
                "condition": f"event('{awaited}').within(30 minutes).count() >= 1",
                "timeout": "2h",
            },
            "hold": {"type": "hold", "branches": [{"key": "p", "event": awaited, "next": "e"}], "timeout": "2h"},
            "delay": {"type": "delay", "duration": "1h"},
        }
        kind = rng.choice(sorted(waits))
        steps = [
            {"key": "a", "type": "fork", "branches": ways},
            {"key": "b", **waits[kind], "next": "e"},
            {"key": "c", "type": "random", "branches": [{"key": "p", "percent": 100, "role": "holdout", "next": "d"}]},
            {"key": "d", **waits[kind], "next": "e"},
            {"key": "e", "type": "message", "message": "bill", "next": "f"},
            {"key": "f", "type": "end", "outcome": rng.choice(("won", "lost"))},
        ]
        for step in steps:
            if step["type"] in ("wait", "hold"):
                step["on_timeout"] = "e"
            if step["type"] == "hold":
                del step["next"]
        return ["a"], steps

    def step(self, kind: str, letters: list[str], at: int) -> dict[str, Any]:
        """A step whose targets all lie later in `letters`, so the graph has no cycle."""
        rng, names = self.rng, self.names

        def target() -> str | None:
            later = letters[at + 1 :]
            if not later or rng.random() < 0.08:
                return None
            return later[0] if rng.random() < 0.75 else rng.choice(later)

        step: dict[str, Any] = {"key": letters[at], "type": kind}
        if kind == "delay":
            step |= {"duration": rng.choice(DURATIONS), "next": target()}
        elif kind == "delay_until":
            step |= target_of_delay(rng, names.traits) | {"next": target()}
            if "property" in step and "context" in self.features and rng.random() < 0.5:
                step["property"] = f"{rng.choice(EVENTS)}{rng.choice(('', ' - p', ' - q'))}.at"
        elif kind == "hold":
            branches = []
            for key in rng.sample(("p", "q", "r"), rng.choice((1, 1, 2, 3))):
                branch: dict[str, Any] = {"key": key, "event": rng.choice(EVENTS)}
                if "context" in self.features and self.entered_by and rng.random() < 0.3:
                    branch["event"] = self.entered_by
                if rng.random() < (0.45 if "context" in self.features else 0.3):
                    branch["where"] = self.in_journey(self.where(), where=True)
                if self.told_apart and rng.random() < 0.5:
                    branch["any_identifier"] = True
                if rng.random() < 0.35:
                    branch["loop"] = True
                else:
                    branch["next"] = target()
                branches.append(branch)
            self.captured += [name for one in branches for name in (one["event"], f"{one['event']} - {one['key']}")]
            step |= {"branches": branches, "timeout": rng.choice(DURATIONS), "on_timeout": target()}
        elif kind == "wait":
            awaited = self.condition() if rng.random() < (0.9 if self.coupled else 0.4) else recent(rng)
            step |= {"condition": self.in_journey(awaited), "next": target()}
            if rng.random() < 0.8:
                step |= {"timeout": rng.choice(("30m", *DURATIONS)), "on_timeout": target()}
        elif kind == "split":
            branches = [
                {"key": key, "condition": self.in_journey(self.condition()), "next": target()}
                for key in rng.sample(("p", "q", "r"), rng.choice((1, 2, 2)))
            ]
            step |= {"branches": branches, "otherwise": target()}
        elif kind == "fork":
            true = f"event('{self.entered_by or rng.choice(EVENTS)}').count() >= 1"
            branches = []
            for key in rng.sample(("p", "q", "r"), rng.choice((2, 2, 3))):
                awaited = rng.choice((true, true, recent(rng), recent(rng), self.in_journey(self.condition())))
                branches.append({"key": key, "condition": awaited, "next": target()})
            later = letters[at + 1 :]
            if len(later) > 1:  # two ways that often meet again
                branches[0]["next"], branches[1]["next"] = rng.sample(later[:3], 2)
            step |= {"branches": branches}
        elif kind == "random":
            percents = rng.choice(PERCENTS)
            branches = []
            for key, percent in zip(rng.sample(("p", "q", "r"), len(percents)), percents, strict=True):
                branch = {"key": key, "percent": percent, "next": target()}
                if rng.random() < 0.5:
                    branch["role"] = "holdout"
                branches.append(branch)
            step |= {"branches": branches, "sticky": rng.random() < 0.5}
        elif kind == "message":
            step |= {"message": rng.choice(("mail", "mail", "text", "bill", "ping")), "next": target()}
            if rng.random() < 0.7:
                step["when_not_sent"] = "leave"
            if rng.random() < 0.3:
                step["priority"] = rng.choice((0, 1, 5))
        elif kind == "set_trait":
            step |= (self.written or Written(rng)).step() | {"next": target()}
        elif kind == "ad":
            step |= {"destination": "crm", "next": target()}
            if rng.random() < 0.7:
                step["remove_after"] = rng.choice(DURATIONS)
        elif kind == "send":
            step |= {"destination": "crm", "next": target()}
        else:
            step["outcome"] = rng.choice(("won", "lost", None))
        return {name: value for name, value in step.items() if value is not None or name == "value"}
