"""What the window and the workspace process say about broadcasts."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Reply, Request


@dataclass(frozen=True)
class AskReach(Request):
    """How many a broadcast is meant for when its list is made; reply `Reach`. Where that lies outside of the replay
    they are counted at the clock."""

    generation: int
    broadcast: str
    at_us: int


@dataclass(frozen=True)
class Reach(Reply):
    """`group` are members of the audience or meet the condition, `excluded` of these are left out. `list_us`: when the
    list is made, None where that is no instant; `counted_us`: when these were counted."""

    generation: int
    broadcast: str
    at_us: int
    list_us: int | None
    counted_us: int
    group: int
    excluded: int

    @property
    def left(self) -> int:
        return self.group - self.excluded
