"""What the window and the workspace process say to each other about ranges of figures (D-29)."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Kind, Reply, Request

USUAL_REPLICATES = 100


@dataclass(frozen=True)
class AskRanges(Request):
    """Ranges of the newest run with all campaigns, worked out beside everything else: `Progress`, then `Ranges`. A newer
    design ends it (`Superseded`), and so does `StopRanges` (`RangesStopped`)."""

    generation: int
    replicates: int = USUAL_REPLICATES


@dataclass(frozen=True)
class StopRanges(Request):
    """Reply `Ok`, whether any are being worked out or not."""


@dataclass(frozen=True)
class RangesStopped(Reply):
    """Nothing was made."""

    generation: int


@dataclass(frozen=True)
class Range:
    """One figure of a campaign, or of a step or variant of it: 5 in 100 replicates lie below `low`, 50 below `likely`, 95
    below `high`."""

    campaign: str
    step: str | None
    figure: str
    low: float
    likely: float
    high: float
    kind: Kind


@dataclass(frozen=True)
class Ranges(Reply):
    """In the order of the table `estimates`; `kind` is assumed as soon as one of them is."""

    generation: int
    replicates: int
    rows: tuple[Range, ...]
    kind: Kind
