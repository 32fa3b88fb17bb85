"""Journeys run without the other campaigns: the one that was edited before all are run, another when it is asked for.

Policies hold here too (D-25: a run of some campaigns is a run of those alone). Where a journey is the only
campaign of the design, the run of all is its run alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engage_desktop.analysis.playback import Playback
    from engage_desktop.app.replay import Replay
    from engage_desktop.domain.campaigns import Campaigns
    from engage_desktop.engine import Run

RunAlone = Callable[[str, "Run | None"], "Replay"]
"""Runs the journey of a key; the second is an earlier run of the same journey over the same log."""
KEPT = 2
"""Journeys whose runs are held: each is as large as its part of the run of all."""


def differs(campaigns: Campaigns) -> bool:
    """Whether a journey of the design alone may fare otherwise than with all campaigns."""
    return len(campaigns.journeys) + len(campaigns.broadcasts) > 1


class AloneRuns:
    """Runs of single journeys of the newest design."""

    def __init__(self) -> None:
        self._make: RunAlone | None = None
        self._now: dict[str, Playback] = {}
        self._before: dict[str, Run] = {}

    def forget(self) -> None:
        """Another log is open: no earlier run is of use."""
        self._make = None
        self._now.clear()
        self._before.clear()

    def start(self, make: RunAlone) -> None:
        """The design is another one; `make` runs its journeys."""
        self._make = make
        self._now.clear()

    def playback(self, key: str) -> Playback:
        """The journey run alone, now if it was not yet; raises what the run raises."""
        if key not in self._now:
            from engage_desktop.analysis.playback import Playback

            assert self._make is not None, "a design comes first"
            replayed = self._make(key, self._before.pop(key, None))
            self._now[key] = Playback(replayed.run, replayed.log.store)
            self._before[key] = replayed.run
            for old in list(self._before)[:-KEPT]:
                del self._before[old]
                self._now.pop(old, None)
        return self._now[key]
