"""What the window and the workspace process say to each other.

Plain frozen dataclasses of Python values, so that the window's process never needs numpy.
Every `Request` gets exactly one `Reply` with its id (a `Failed` when it cannot be answered),
long ones may send `Progress` before. Figures carry the generation of the document they were
computed from; whoever shows them drops those of an older one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from engage_desktop.domain.people import Level
from engage_desktop.domain.problem import Problem

Kind = Literal["observed", "assumed", "learned"]
ENTRY = "@entry"
"""The key under which the entry card stands beside the steps."""
WireKey = tuple[str, str | None]
"""(step key or ENTRY, branch key | "timeout" | "otherwise" | None for `next`)."""

# -- requests -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    pass


@dataclass(frozen=True)
class Load(Request):
    """Open the events of a workspace folder; reply `LogInfo`."""

    workspace: str


@dataclass(frozen=True)
class SetDocument(Request):
    """Validate, compile and replay a campaign text; reply `RunReady` or `Refused`.
    A newer generation cancels an older one still computing (its reply is `Superseded`). Where the design has
    other campaigns beside the journey `alone`, that one is run by itself first: `AloneReady`, then the rest."""

    generation: int
    text: str
    seed: int = 0
    alone: str | None = None
    at_us: int = 0


@dataclass(frozen=True)
class AskFigures(Request):
    """`alone`, here and below: of the journey run by itself, else with all campaigns."""

    generation: int
    journey: str
    at_us: int
    alone: bool = False


@dataclass(frozen=True)
class AskPeople(Request):
    """People at a step (or ENTRY: in the journey) at the clock. `which`: inside now, or all who
    arrived so far, latest first. `search` keeps ids that contain it."""

    generation: int
    journey: str
    step: str
    at_us: int
    which: Literal["inside", "arrived"] = "inside"
    search: str = ""
    offset: int = 0
    limit: int = 50
    alone: bool = False


@dataclass(frozen=True)
class AskAudience(Request):
    generation: int
    key: str
    at_us: int
    points: int = 120
    search: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class AskSizes(Request):
    """Sizes of all audiences and journeys at the clock, for lists and Home; reply `Sizes`."""

    generation: int
    at_us: int


@dataclass(frozen=True)
class AskTable(Request):
    """A page of a table of the run, public columns as text; reply `TablePage`."""

    generation: int
    table: str
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True)
class AskHistogram(Request):
    generation: int
    bins: int = 160
    journey: str | None = None
    alone: bool = False


@dataclass(frozen=True)
class AskNeighbour(Request):
    """The nearest instant after (or before) the clock at which anything moves in the journey;
    reply `Neighbour`."""

    generation: int
    journey: str
    at_us: int
    forward: bool = True
    alone: bool = False


@dataclass(frozen=True)
class AskExperiment(Request):
    generation: int
    journey: str
    step: str
    metric: str = "goal"
    within: str | None = None


@dataclass(frozen=True)
class AskRejects(Request):
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True)
class ImportLogs(Request):
    """Add logs to the workspace and reload; `Progress`, then `LogInfo`. `mapping` renames columns; `options`
    are those of `engage import` by name, such as `{"dates": "day-first"}`."""

    paths: tuple[str, ...]
    mapping: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SaveRun(Request):
    """Write the current run under runs/; reply `RunSaved`."""

    generation: int


@dataclass(frozen=True)
class AskApprovals(Request):
    generation: int


@dataclass(frozen=True)
class Approve(Request):
    """Approve (or with `approve=False` return to draft) one campaign; reply `Approvals`."""

    generation: int
    kind: Literal["audience", "journey", "broadcast"]
    key: str
    who: str
    approve: bool = True


@dataclass(frozen=True)
class AskActivity(Request):
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True)
class AskRuns(Request):
    pass


@dataclass(frozen=True)
class CancelWork(Request):
    """Stop the import or sync under way; no reply of its own."""


@dataclass(frozen=True)
class Close(Request):
    pass


# -- replies ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    pass


@dataclass(frozen=True)
class Failed(Reply):
    """One sentence for a person."""

    sentence: str


@dataclass(frozen=True)
class Superseded(Reply):
    generation: int


@dataclass(frozen=True)
class Progress(Reply):
    fraction: float
    sentence: str


@dataclass(frozen=True)
class Checked(Progress):
    """On the way to `RunReady`, which on a large log comes much later: what is wrong with the design itself."""

    generation: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class LogInfo(Reply):
    """What the open log holds. Without events, `first_us` and `last_us` are 0."""

    people: int
    events: int
    first_us: int
    last_us: int
    event_counts: dict[str, int] = field(default_factory=dict)
    properties: dict[str, tuple[str, ...]] = field(default_factory=dict)
    traits: tuple[str, ...] = ()
    rejected: int = 0
    duplicates: int = 0
    read: int = 0
    files: tuple[tuple[str, str, int, int], ...] = ()
    """(name, how it was read in words, records, of these refused)"""
    property_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """By event and property: how many events of that name carry a value."""
    trait_counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused(Reply):
    """The design cannot run; the problems say why."""

    generation: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class RunReady(Reply):
    generation: int
    problems: tuple[Problem, ...]
    first_us: int
    last_us: int
    seconds: float
    counts: dict[str, int]
    seed: int = 0


@dataclass(frozen=True)
class StepFigures:
    """Counts of visits up to the clock. `left` went on or ended; `inside` = arrived - left.
    For message steps `sent` and `not_sent`; for ends `ended`. `assumed`: how many of the sent
    messages, else of the visits, rest on an assumption (D-27)."""

    arrived: int = 0
    left: int = 0
    inside: int = 0
    people: int = 0
    sent: int = 0
    not_sent: int = 0
    assumed: int = 0
    ended: int = 0


@dataclass(frozen=True)
class GoalFigures:
    """`reached` people of those who entered, by `events` events worth `value` together (None where the
    goal names none); `refused` says why it cannot be counted. Always observed (D-18, D-27)."""

    reached: int
    events: int
    value: float | None
    refused: str = ""


@dataclass(frozen=True)
class JourneyFigures(Reply):
    generation: int
    journey: str
    at_us: int
    entered: int
    people: int
    inside: int
    completed: int
    exited: dict[str, int]
    steps: dict[str, StepFigures]
    wires: dict[WireKey, int]
    messages: int
    kind: Kind
    goal: GoalFigures | None = None
    turned_away: int = 0
    """By enforced limits; they did not enter."""
    alone: bool = False
    """Of the journey run by itself, else with all campaigns."""


@dataclass(frozen=True)
class AloneReady(Reply):
    """On the way to `RunReady`: the journey asked for, run by itself, at the clock of the question."""

    generation: int
    figures: JourneyFigures


@dataclass(frozen=True)
class PersonRow:
    """`leaves_us` is None while nothing is known to end it inside the run."""

    profile: str
    instance: int
    since_us: int
    leaves_us: int | None


@dataclass(frozen=True)
class People(Reply):
    generation: int
    journey: str
    step: str
    at_us: int
    total: int
    offset: int
    rows: tuple[PersonRow, ...]


@dataclass(frozen=True)
class WaterfallRow:
    """After this condition `kept` people are left; `lost` of those before it were lost here."""

    phrase: str
    kept: int
    lost: int


@dataclass(frozen=True)
class AudienceFigures(Reply):
    """`series` are (instant, size) over the run; `entered` and `left` count the 24 h up to the
    clock; `members` is one page with the instant their membership began."""

    generation: int
    key: str
    at_us: int
    size: int
    people: int
    entered: int
    left: int
    left_by_time: int
    series: tuple[tuple[int, int], ...]
    waterfall: tuple[WaterfallRow, ...]
    members: tuple[tuple[str, int], ...]
    members_total: int
    offset: int
    kind: Kind
    seconds: float
    level: Level = "user"
    """Of an audience of accounts all counts are accounts, and `members` their ids."""


@dataclass(frozen=True)
class Sizes(Reply):
    generation: int
    at_us: int
    audiences: dict[str, int]
    journeys: dict[str, tuple[int, int]]
    """journey key -> (entered, inside now)"""


@dataclass(frozen=True)
class TablePage(Reply):
    generation: int
    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    offset: int


@dataclass(frozen=True)
class Histogram(Reply):
    """Equal bins from `first_us` to `last_us`; three series of counts."""

    generation: int
    first_us: int
    last_us: int
    events: tuple[int, ...]
    entries: tuple[int, ...]
    messages: tuple[int, ...]


@dataclass(frozen=True)
class Neighbour(Reply):
    generation: int
    at_us: int | None


@dataclass(frozen=True)
class ExperimentReply(Reply):
    """`body` is the JSON shape of `engage experiment` plus `note`, `name` and `kind`."""

    generation: int
    journey: str
    step: str
    body: dict[str, Any]


@dataclass(frozen=True)
class RejectRows(Reply):
    total: int
    offset: int
    rows: tuple[tuple[str, int, str, str, str], ...]
    """(file, line, field, code, message)"""


@dataclass(frozen=True)
class RunSaved(Reply):
    folder: str


@dataclass(frozen=True)
class Approvals(Reply):
    """(kind, key) -> "draft" | "approved"; `hashes` the content hash now."""

    generation: int
    states: dict[tuple[str, str], str]
    hashes: dict[tuple[str, str], str]


@dataclass(frozen=True)
class ActivityRows(Reply):
    total: int
    rows: tuple[tuple[int, str, str], ...]
    """(instant, who, what)"""


@dataclass(frozen=True)
class RunRows(Reply):
    rows: tuple[tuple[str, int, str], ...]
    """(folder, written at, one line of counts)"""


@dataclass(frozen=True)
class Ok(Reply):
    pass
