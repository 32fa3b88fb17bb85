"""What a case exercises, read off the oracle's rows: not what the design says, but what happened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import inf
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import EPOCH, parse_duration
from engage_desktop.domain.journey import Exit, Journey, ScheduleEntry
from engage_desktop.domain.step import Delay, DelayUntil, Hold, HoldBranch, RandomSplit, Split, StepBase, Wait
from tests.oracle import Tables, replay
from tests.oracle.calendars import zone_of
from tests.oracle.log import Person, read
from tests.oracle.rules import LAW
from tests.random_cases.compare import same
from tests.random_cases.features import CENSUS, LANDED
from tests.random_cases.generate import Case
from tests.random_cases.together_census import what_campaigns_did, what_rules_between_campaigns_did
from tests.random_cases.written_census import what_writes_did, who_writes

Row = dict[str, Any]
STEP_TYPES = ("delay", "hold", "wait", "split", "random", "message", "send", "end")
EXPECTED = (
    *(f"step {kind}" for kind in STEP_TYPES),
    "branch of hold", "later branch of hold", "loop-back", "later branch of split", "timeout of hold", "condition of wait", "timeout of wait", "branch of split",
    "otherwise", "branch of random", "branch of sticky random", "branch of random, not sticky",
    "exit by event", "exit by age", "exit by leave", "completed", "active",
    "event once", "event every", "event after_exit", "audience once", "audience every", "audience after_exit",
    "parallel instances", "re-entry after exit",
    "tie by receivedAt", "tie by position", "event at a hold's deadline", "event at a delay's end",
    "wait true at its timeout", "event at an age", "exit beats branch", "exit lets enter again",
    "cool-down ends", "event at a window's edge", "several visits of an event's instant", "something at from",
    "something at to",
    "sent", "dropped", "held_out", "assumed visits", "interval closed by expiry", "merged profile",
)  # fmt: skip


# A tie is worth most where its rule decides: the rows change when the oracle breaks it.
DECISIVE = (
    "order_by_received", "order_by_position", "within_old_side_open", "between_young_side_closed",
    "event_at_deadline_counts", "exit_beats_branch", "entry_event_consumed", "hold_needs_later_event",
    "cool_down_end_allows", "from_is_inclusive", "age_tested_before_arrival",
)  # fmt: skip


TIES = (
    "tie by receivedAt", "tie by position", "event at a hold's deadline", "event at a delay's end",
    "wait true at its timeout", "event at an age", "event at a window's edge",
)  # fmt: skip
"""What hardly ever occurs where no two calls have one instant."""


REPLAYED = {
    "fork with join", "a write changes a membership", "a write lets somebody in", "a write ends an instance",
    "a write moves a wait", "a write takes a branch", "a write depends on a write", "own write seen at once",
    "capped by another campaign", "dropped for its group", "response by audience", "a response changes what happens",
    "a response lets somebody in", "a response leads to a message", "a sent message changes what happens",
}  # fmt: skip
"""What no rows tell by themselves, only beside those without some rule."""


def expected(features: frozenset[str] = LANDED) -> tuple[str, ...]:
    """What must occur in cases with the features."""
    return (*EXPECTED, *(one for feature in sorted(features) for one in CENSUS[feature]))


def decided(case: Case, tables: Tables, flags: tuple[str, ...] = DECISIVE) -> Iterator[str]:
    """The rules without which the case would have other rows."""
    for flag in flags:
        rules = replace(LAW, **{flag: False})
        if not same(tables, replay(case.records, case.campaigns, case.window, case.seed, rules, case.lists)):
            yield flag


class Census:
    """Counts over many cases."""

    def __init__(self) -> None:
        self.cases = 0
        self.found: Counter[str] = Counter()
        self.visits: list[int] = []

    def add(self, case: Case, tables: Tables, *, replays: bool = True) -> None:
        """Count a case. Without `replays` only what its rows tell, which costs next to nothing."""
        self.cases += 1
        told = set(features(case, tables))
        self.found.update(told | set(beside_others(case, tables)) if replays else told)
        self.visits.append(len(tables["visits"]))

    def as_json(self) -> str:
        return json.dumps({"cases": self.cases, "found": self.found, "visits": self.visits})

    @classmethod
    def of_all(cls, parts: Iterable[str]) -> Census:
        """One census of several, each as `as_json` gives it."""
        whole = cls()
        for part in map(json.loads, parts):
            whole.cases += part["cases"]
            whole.found.update(part["found"])
            whole.visits += part["visits"]
        return whole

    def share(self, feature: str) -> float:
        return self.found[feature] / max(self.cases, 1)

    @property
    def median_visits(self) -> float:
        return median(self.visits)

    def table(self, features: frozenset[str] = LANDED) -> str:
        lines = [f"{self.share(feature):6.1%}  {feature}" for feature in expected(features)]
        return "\n".join([*lines, f"median visits {self.median_visits:g} in {self.cases} cases"])


def features(case: Case, tables: Tables) -> Iterator[str]:
    """What occurred in the case as its rows tell."""
    campaigns = case.campaigns
    people = {person.text_id: person for person in read(case.records, LAW)[0]}
    for journey in campaigns.journeys:
        visits = [row for row in tables["visits"] if row["journey"] == journey.key]
        instances = [row for row in tables["instances"] if row["journey"] == journey.key]
        yield from _visits(journey, visits, people, campaigns.workspace.timezone)
        yield from _instances(journey, instances, visits, people)
    for row in tables["messages"]:
        yield row["status"]
    yield from _limits(tables["instances"])
    ends = {(row["journey"], row["profile"], row["instance"]): row["ended_at"] for row in tables["instances"]}
    for row in tables["deliveries"]:
        if row["change"] == "removed":
            yield "ad removed"
            end = ends[row["campaign"], row["profile"], row["instance"]]
            if end is not None and end < row["changed_at"]:
                yield "ad removed after the end"
    if any(row["kind"] == "assumed" for row in tables["visits"]):
        yield "assumed visits"
    instants = {id(person): {call.time for call in person.calls} for person in people.values()}
    for row in tables["memberships"]:
        person = people.get(row["profile"])  # None: the row is of an account
        if person and row["to_at"] is not None and row["to_at"] not in instants[id(person)]:
            yield "interval closed by expiry"
        if row["audience"] == "ll":
            yield "list with members"
            if row["from_at"] > people[row["profile"]].calls[0].time:
                yield "listed later than first seen"
    for person in people.values():
        if person.merges:
            yield "merged profile"
    yield from who_writes(case, tables)
    yield from what_campaigns_did(case, tables)
    yield from _window(case, tables, people)


def beside_others(case: Case, tables: Tables) -> Iterator[str]:
    """What occurred as only rows without some rule show: `REPLAYED`, by as many replays."""
    if "fork" in {_type_of(case.campaigns, row) for row in tables["visits"]}:
        yield from ("fork with join" for _ in decided(case, tables, ("a_step_runs_once",)))
    yield from what_writes_did(case, tables)
    yield from what_rules_between_campaigns_did(case, tables)


def _type_of(campaigns: Campaigns, row: Row) -> str:
    """The type of the step of a visit."""
    return next(one for one in campaigns.journeys if one.key == row["journey"]).by_key[row["step"]].type


def _visits(journey: Journey, visits: list[Row], people: dict[str, Person], zone: str) -> Iterator[str]:
    for row in visits:
        step = journey.by_key[row["step"]]
        times = {event.time for event in people[row["profile"]].events}
        yield f"step {step.type}"
        yield from _branch(step, row)
        if isinstance(step, DelayUntil):
            yield from _calendar(step, row, people[row["profile"]], zone)
        if row["left_at"] is None:
            continue
        deadline = row["entered_at"] + (_length(step) or -1)
        if isinstance(step, Hold) and deadline == row["left_at"] and deadline in times:
            yield "event at a hold's deadline"
        if isinstance(step, Delay) and deadline == row["left_at"] and deadline in times:
            yield "event at a delay's end"
        if isinstance(step, Wait) and deadline == row["left_at"] and row["branch"] is None:
            yield "wait true at its timeout"
    yield from _paths(journey, visits)
    counts = Counter((row["profile"], row["instance"], row["entered_at"]) for row in visits)
    for (profile, _, instant), number in counts.items():
        if number > 1 and instant in {event.time for event in people[profile].events}:
            yield "several visits of an event's instant"


def _paths(journey: Journey, visits: list[Row]) -> Iterator[str]:
    """What forks did, and whether somebody waited in two places at once."""
    waits: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for row in visits:
        end = row["left_at"] or inf
        if journey.by_key[row["step"]].type == "fork":
            yield "fork left at once" if end == row["entered_at"] else "fork that waits"
            if row["left_at"] is None:
                yield "fork never left"
        else:
            own = waits.setdefault((row["profile"], row["instance"]), [])
            if any(max(row["entered_at"], start) < min(end, until) for start, until in own):
                yield "parallel paths"
            own.append((row["entered_at"], end))


def _branch(step: StepBase, row: Row) -> Iterator[str]:
    branch = row["branch"]
    if isinstance(step, Hold) and branch == "timeout":
        yield "timeout of hold"
    elif isinstance(step, Hold) and branch is not None:
        taken: HoldBranch = next(one for one in step.branches if one.key == branch)
        yield "loop-back" if taken.loop else "branch of hold"
        if taken is not step.branches[0]:
            yield "later branch of hold"
        if taken.any_identifier:
            yield "branch for any identifier"
        if _reads_journey(taken.where):
            yield "journey() in a hold event"
    elif isinstance(step, Wait) and row["left_at"] is not None:
        yield "timeout of wait" if branch == "timeout" else "condition of wait"
    elif isinstance(step, Split):
        yield "otherwise" if branch == "otherwise" else "branch of split"
        if branch != "otherwise" and branch != step.branches[0].key:
            yield "later branch of split"
        if any(one.key == branch and _reads_journey(one.condition) for one in step.branches):
            yield "journey() in a branch taken"
    elif isinstance(step, RandomSplit):
        yield "branch of random"
        yield "branch of sticky random" if step.sticky else "branch of random, not sticky"


def _calendar(step: DelayUntil, row: Row, person: Person, workspace: str) -> Iterator[str]:
    """Which moment was waited for, and what the zone had to do with it."""
    kind = "weekday" if step.weekdays else "date" if step.at else next(
        name for name in ("time", "property", "trait") if getattr(step, name) is not None
    )  # fmt: skip
    yield f"until a {kind}"
    if step.offset:
        yield "until with an offset"
    if step.zone == "workspace":
        yield "until in the workspace's zone"
    start, end = row["entered_at"], row["left_at"]
    if end == start:
        yield "moment past or missing"
        return
    said: dict[str, Any] = {}
    for call in person.calls:
        if call.time <= start:
            said |= {name: call.traits[name] for name in ("timezone",) if name in call.traits}
    zone = ZoneInfo(workspace)
    if step.zone == "profile":
        zone = zone_of(said.get("timezone"), person, start, workspace, LAW)
        if zone.key != workspace and not (step.trait or step.property):
            yield "profile's own zone"
    if end is not None and _offset(zone, start) != _offset(zone, end):
        yield "clocks change while waiting"


def _offset(zone: ZoneInfo, at: int) -> timedelta | None:
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset()


def _reads_journey(text: str | None) -> bool:
    return text is not None and "journey(" in text


def _length(step: StepBase) -> int | None:
    text = step.duration if isinstance(step, Delay) else getattr(step, "timeout", None)
    return parse_duration(text) if text else None


def _instances(journey: Journey, instances: list[Row], visits: list[Row], people: dict[str, Person]) -> Iterator[str]:
    entry: Any = journey.entry
    ages = {rule.key: parse_duration(rule.after) for rule in journey.exits if rule.after}
    causes = {rule.key: rule for rule in journey.exits}
    for row in instances:
        if isinstance(entry, ScheduleEntry):
            yield from _schedule(entry)
        else:
            yield f"{entry.type} {entry.reentry.mode}"
            if entry.audience == "ll":
                yield "entry by list"
        detail = row["detail"]
        times = {event.time for event in people[row["profile"]].events}
        if row["outcome"] != "exited":
            yield row["outcome"]  # expired and dropped too
        elif detail.startswith("step:"):
            yield "exit by leave" if journey.by_key[detail[5:]].type == "message" else "leave of a delay"
        else:
            yield _cause(causes[detail])
            if _reads_journey(causes[detail].where) or _reads_journey(causes[detail].condition):
                yield "journey() in an exit"
            if causes[detail].condition:
                yield from _exit_of_state(row, visits)
        if any(
            row["entered_at"] + age in times and row["ended_at"] == row["entered_at"] + age for age in ages.values()
        ):
            yield "event at an age"
        if row["outcome"] == "exited" and detail in causes and causes[detail].event:
            yield from _beaten(journey, row, detail, visits)
        if row["identifier"] is not None:
            yield "instances by identifier"
            if detail in causes and causes[detail].match_identifier:
                yield "exit that matches"
    yield from _values(instances)
    for before, after in pairwise(instances):
        if before["profile"] != after["profile"]:
            continue
        if before["ended_at"] is None or before["ended_at"] > after["entered_at"]:
            yield "parallel instances"
            continue
        yield "re-entry after exit"
        if before["ended_at"] == after["entered_at"]:
            yield "exit lets enter again"
        if isinstance(entry, ScheduleEntry):
            yield "schedule with re-entry"
        cool_down = entry.reentry.cool_down if entry.reentry else None
        if cool_down and before["ended_at"] + parse_duration(cool_down) == after["entered_at"]:
            yield "cool-down ends"


def _limits(instances: list[Row]) -> Iterator[str]:
    dropped = set()
    for row in instances:
        if row["detail"] in ("instance_limit", "event_limit") and row["outcome"] == "dropped":
            yield f"dropped by the number of {'instances' if row['detail'] == 'instance_limit' else 'events'}"
            dropped.add((row["journey"], row["profile"]))
        elif (row["journey"], row["profile"]) in dropped:
            yield "let in after a drop"


def _schedule(entry: ScheduleEntry) -> Iterator[str]:
    yield "entry by schedule"
    yield (
        "schedule on weekdays" if entry.weekdays
        else "schedule at a time" if entry.time
        else "schedule every" if entry.every
        else "schedule once round"
    )  # fmt: skip
    if entry.zone == "profile":
        yield "schedule in the profile's zone"


def _values(instances: list[Row]) -> Iterator[str]:
    """What several instances of one person by identifier have to do with each other."""
    for at, before in enumerate(instances):
        for after in instances[at + 1 :]:
            if before["profile"] != after["profile"] or before["identifier"] is None:
                continue
            if before["identifier"] == after["identifier"]:
                yield "value enters again"
            elif before["ended_at"] is None or before["ended_at"] > after["entered_at"]:
                yield "parallel values"


def _cause(rule: Exit) -> str:
    return "exit by age" if rule.after else "exit by condition" if rule.condition else "exit by event"


def _exit_of_state(row: Row, visits: list[Row]) -> Iterator[str]:
    """How an exit by condition came about: at entry, or as a step was left that kept its branch."""
    if row["entered_at"] == row["ended_at"]:
        yield "exit by condition at entry"
    own = [visit for visit in visits if (visit["profile"], visit["instance"]) == (row["profile"], row["instance"])]
    if own and own[-1]["left_at"] == row["ended_at"] and own[-1]["branch"] is not None:
        yield "exit by condition before arrival"


def _beaten(journey: Journey, row: Row, detail: str, visits: list[Row]) -> Iterator[str]:
    last = [one for one in visits if (one["profile"], one["instance"]) == (row["profile"], row["instance"])][-1:]
    event = next(rule.event for rule in journey.exits if rule.key == detail)
    for visit in last:
        step = journey.by_key[visit["step"]]
        cut = visit["left_at"] == row["ended_at"] and visit["branch"] is None
        if cut and isinstance(step, Hold) and any(branch.event == event for branch in step.branches):
            yield "exit beats branch"


def _window(case: Case, tables: Tables, people: dict[str, Person]) -> Iterator[str]:
    first, last = case.window
    instants = {row[name] for table in ("instances", "visits") for row in tables[table] for name in ("entered_at",)}
    ends = {row["ended_at"] for row in tables["instances"]} | {row["left_at"] for row in tables["visits"]}
    if first in instants:
        yield "something at from"
    if last in instants | ends:
        yield "something at to"
    widths = {parse_duration(text) for text in ("30m", "1h", "2h", "3h", "4h") if _names(case, text)}
    for person in people.values():
        for one, two in pairwise(person.events):
            if one.time == two.time and first <= one.time <= last:
                swapped = one.position > two.position
                yield "tie by receivedAt" if swapped or one.received != two.received else "tie by position"
        times = {event.time for event in person.events}
        if any(time + width in times for time in times for width in widths):
            yield "event at a window's edge"


def _names(case: Case, text: str) -> bool:
    """Whether some condition of the design has a window of that width."""
    words = {"30m": "30 minutes", "1h": "1 hour", "2h": "2 hours", "3h": "3 hours", "4h": "4 hours"}[text]
    return words in str(case.design)
