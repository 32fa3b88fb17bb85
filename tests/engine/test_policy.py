"""What becomes of messages under caps, all people side by side, beside one message after the other (D-22, D-24, D-49)."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import numpy as np

from engage_desktop.engine.arrays import NEVER, AnyArray
from engage_desktop.engine.pipeline import Verdicts
from engage_desktop.engine.policies import Cap, MessageSpec, PlanPolicies
from engage_desktop.engine.policy import Attempts, settle
from engage_desktop.engine.run import DROPPED, REASON, SENT, WAITING

SPECS = tuple(MessageSpec(channel, check_subscription=False, group=None) for channel in (0, 1))
UNTIL = 60
Fate = tuple[int, int, int]
"""Status, reason, sent_at."""


class Quiet:
    """A pipeline in which whoever has waited may go."""

    def __init__(self, caps: tuple[Cap, ...], max_wait: int) -> None:
        self.policies = PlanPolicies(caps=caps, max_wait_us=max_wait)

    def again(self, spec: MessageSpec, profile: AnyArray, time: AnyArray, due: AnyArray) -> Verdicts:
        n = len(profile)
        none, never = np.full(n, -1, np.int8), np.full(n, NEVER, np.int64)
        return Verdicts(np.full(n, SENT, np.int8), none, np.zeros(n, np.bool_), never)


def settled(rows: list[dict[str, Any]], pipeline: Quiet) -> list[Fate]:
    def column(name: str, dtype: Any = np.int64) -> AnyArray:
        return np.array([row[name] for row in rows], dtype)

    waits = column("next_at") != NEVER
    attempts = Attempts(
        SPECS, column("profile", np.int32), column("due_at"), np.zeros(len(rows), np.int64), column("exit_at"),
        column("channel", np.int16), np.where(waits, WAITING, SENT).astype(np.int8), np.full(len(rows), -1, np.int8),
        np.zeros(len(rows), np.bool_), column("next_at"), np.where(waits, NEVER, column("due_at")), np.zeros(len(rows), np.bool_),
    )  # fmt: skip
    settle(attempts, pipeline, UNTIL, lambda at: at)  # type: ignore[arg-type]  # what of a pipeline this takes
    return list(zip(attempts.status.tolist(), attempts.reason.tolist(), attempts.sent_at.tolist(), strict=True))


def by_hand(rows: list[dict[str, Any]], pipeline: Quiet) -> tuple[list[Fate], int]:
    """The same, and how many messages of one person waited for a cap at once."""
    ways = [SimpleNamespace(**row, at=place, fate=(WAITING, -1, NEVER), moved=False) for place, row in enumerate(rows)]
    todo = [(one.due_at if one.next_at == NEVER else one.next_at, one.at) for one in ways]
    most = 0
    while todo:
        time, at = todo.pop(todo.index(min(todo)))
        one = ways[at]
        if (time > one.due_at and one.exit_at <= time) or (time > UNTIL and one.exit_at <= UNTIL):
            one.fate = (DROPPED, REASON["instance_ended"], NEVER)
        elif time <= UNTIL:
            later = _through_caps(one, time, ways, pipeline)
            if later is not None:
                one.moved = True
                todo.append((later, at))
                most = max(most, sum(ways[other].moved and ways[other].profile == one.profile for _, other in todo))
    return [one.fate for one in ways], most


def _through_caps(one: Any, time: int, ways: list[Any], pipeline: Quiet) -> int | None:
    """When it comes round again, None where it has come to its end."""
    later = time
    for cap in pipeline.policies.caps:
        sent = sorted(
            other.fate[2] for other in ways
            if other.profile == one.profile and other.fate[0] == SENT and cap.channel in (None, other.channel)
            and time - cap.per_us < other.fate[2] <= time
        )  # fmt: skip
        if cap.channel not in (None, one.channel) or len(sent) < cap.most:
            continue
        if not cap.defer:
            one.fate = (DROPPED, REASON["frequency_cap"], NEVER)
            return None
        later = max(later, sent[-cap.most] + cap.per_us)
    if later > one.due_at + pipeline.policies.max_wait_us:
        one.fate = (DROPPED, REASON["too_late"], NEVER)
        return None
    if later > time:
        one.fate = (WAITING, REASON["frequency_cap"], NEVER)
        return later
    one.fate = (SENT, one.fate[1], time)
    return None


def test_equals_one_message_after_the_other() -> None:
    """Often several of one person wait at once, more than the queue has room for at first."""
    crowded = 0
    for seed in range(300):
        draw = random.Random(seed)
        caps = tuple(
            Cap(draw.choice((None, 0, 1)), draw.randint(1, 3), draw.choice((1, 4, 10, 20)), defer=draw.random() < 0.85)
            for _ in range(draw.randint(1, 3))
        )
        pipeline, rows = Quiet(caps, draw.choice((5, 50, 50))), []
        for _ in range(draw.randint(0, 40)):
            due = draw.randint(0, 40)
            rows.append({
                "profile": draw.randint(0, 2), "channel": draw.randint(0, 1), "due_at": due,
                "next_at": draw.choice((NEVER, NEVER, due + draw.randint(1, 5))),
                "exit_at": draw.choice((NEVER, NEVER, due + draw.randint(0, 20))),
            })  # fmt: skip
        expected, most = by_hand(rows, pipeline)
        assert settled(rows, pipeline) == expected, seed
        crowded += most > 2
    assert crowded > 50
