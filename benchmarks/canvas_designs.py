"""Journeys for the canvas: of any size, nested and joined as people build them, the same for a seed."""

from __future__ import annotations

import random
from typing import Any

from engage_desktop.app.protocol import ENTRY, JourneyFigures, StepFigures
from engage_desktop.document import Document
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs

KEY = "big"
BRANCHING = 0.25
"""How often a path goes on by branching."""
ENDING = 0.3
"""How many of the branches end by themselves; the others join below."""


def document(steps: int, seed: int = 1) -> Document:
    """A design of one journey of so many steps."""
    journey = {"key": KEY, "name": "Big", "entry": {"type": "event", "event": "Product Added"}}
    made = _Builder(random.Random(seed))
    start = made.region(steps, None)
    data = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Canvas"},
        "messages": [{"key": "nudge", "channel": "email", "subject": "Still there?", "body": "x"}],
        "journeys": [journey | {"start": start, "steps": made.steps}],
    }
    return Document(Campaigns.model_validate(data, strict=False))


class _Builder:
    """Writes steps from the last to the first, so that what a step leads to is there already."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.steps: list[dict[str, Any]] = []

    def region(self, count: int, follow: str | None) -> str | None:
        """Exactly so many steps, one after the other, branches among them, before `follow`; the first's key."""
        while count > 0:
            if count >= 5 and self.rng.random() < BRANCHING:
                inside = self.rng.randrange(count // 2, count)
                follow = self._branching(inside, follow)
                count -= inside + 1
            else:
                follow = self._plain(follow)
                count -= 1
        return follow

    def _branching(self, inside: int, follow: str | None) -> str:
        ways = self.rng.choice((2, 2, 2, 3))
        sizes = [inside // ways + (place < inside % ways) for place in range(ways)]
        first = [self.region(size, None if self.rng.random() < ENDING else follow) or follow for size in sizes]
        key = f"s{len(self.steps)}"
        if self.rng.random() < 0.3:
            branches = [{"key": f"b{n}", "event": f"Event {n}", "next": to} for n, to in enumerate(first[:-1])]
            step = {"type": "hold", "name": f"Wait for an answer {key}", "branches": branches, "timeout": "3d"}
            step["on_timeout"] = first[-1]
        else:
            branches = [
                {"key": f"b{n}", "condition": "trait('vip') = true", "next": to} for n, to in enumerate(first[:-1])
            ]
            step = {"type": "split", "name": f"Which of them {key}", "branches": branches, "otherwise": first[-1]}
        self.steps.append({"key": key} | step)
        return key

    def _plain(self, follow: str | None) -> str:
        key = f"s{len(self.steps)}"
        step: dict[str, Any] = (
            {"type": "delay", "duration": f"{self.rng.randrange(1, 9)}d"}
            if self.rng.random() < 0.5
            else {"type": "message", "message": "nudge", "name": f"Message {key}"}
        )
        self.steps.append({"key": key, "next": follow} | step)
        return key


def figures(journey: Journey, entered: int = 12_345) -> JourneyFigures:
    """Counts for every card and wire, as a replay would show them."""
    steps = {
        step.key: StepFigures(
            arrived=entered - n, left=entered - 2 * n, inside=n, people=entered - 3 * n, sent=7 * n, not_sent=n
        )
        for n, step in enumerate(journey.steps)
    }
    wires: dict[tuple[str, str | None], int] = {(ENTRY, None): entered}
    for n, step in enumerate(journey.steps):
        wires |= {(step.key, output.branch): max(0, entered - 5 * n) for output in outputs(step)}
    return JourneyFigures(
        generation=1, journey=journey.key, at_us=0, entered=entered, people=entered, inside=99, completed=9,
        exited={}, steps=steps, wires=wires, messages=99, kind="observed",
    )  # fmt: skip


def tangled(steps: int, joins: int, seed: int = 1) -> Journey:
    """A tree of steps with further wires from anywhere to anywhere below: no order is without crossings."""
    rng = random.Random(seed)
    leads: list[list[int]] = [[] for _ in range(steps)]
    for child in range(1, steps):
        parent = rng.randrange(max(0, child - 60), child)
        while len(leads[parent]) >= 3:
            parent = rng.randrange(max(0, child - 60), child)
        leads[parent].append(child)
    for _ in range(joins):
        start = rng.randrange(steps - 1)
        leads[start].append(rng.randrange(start + 1, min(steps, start + 120)))
    made: list[dict[str, Any]] = []
    for place, targets in enumerate(leads):
        if len(targets) < 2:
            step: dict[str, Any] = {"type": "delay", "duration": "1d", "next": f"k{targets[0]}" if targets else None}
        else:
            branches = [
                {"key": f"b{n}", "condition": "trait('vip') = true", "next": f"k{to}"}
                for n, to in enumerate(targets[:-1])
            ]
            step = {"type": "split", "branches": branches, "otherwise": f"k{targets[-1]}"}
        made.append({"key": f"k{place}"} | step)
    entry = {"type": "event", "event": "E"}
    journey = {"key": KEY, "name": "Tangled", "entry": entry, "start": "k0", "steps": made}
    return Journey.model_validate(journey, strict=False)
