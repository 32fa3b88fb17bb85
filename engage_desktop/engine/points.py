"""The points of a journey at which somebody goes on or does not, each as a question; and when they were there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.condition import And, Condition, InAudience, Not
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey
from engage_desktop.domain.step import Fork, Hold, Split, Wait
from engage_desktop.engine.arrays import NEVER
from engage_desktop.engine.coupling import is_coupled
from engage_desktop.engine.explain import few_of
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.questions import Heard, Question, State
from engage_desktop.engine.run import EXITED, Table
from engage_desktop.engine.simulate import simulate
from engage_desktop.engine.source import Log
from engage_desktop.language import parse_condition, references
from engage_desktop.language.printer import split_path


@dataclass(frozen=True)
class Visit:
    """One visit of a person to a step: arrival, departure (None while inside) and the branch taken."""

    arrived: int
    left: int | None
    branch: str | None
    identifier: str | None = None
    instance: int = 0
    seq: int = 0


@dataclass(frozen=True)
class Instance:
    """One way of a person through a journey; `rule` is the key of the exit rule that ended it."""

    entered: int
    ended: int | None
    rule: str | None
    identifier: str | None = None
    number: int = 0


def entry_question(journey: Journey) -> Question:
    entry = journey.entry
    if isinstance(entry, EventEntry):
        path = _identifier(journey)
        return Heard(
            entry.event, _where(entry.where), entry.audience, identifier=None if path is None else (path, None)
        )
    if isinstance(entry, AudienceEntry):
        return State(InAudience(entry.audience) if entry.audience is not None else _condition(entry.condition or ""))
    if entry.condition is None:
        raise UserError(f"Everybody enters {journey.name} by its schedule; there is no condition to explain.")
    return State(_condition(entry.condition))


def exit_question(journey: Journey, key: str, instance: Instance | None) -> Question:
    """An exit rule by event hears what comes after the entry."""
    rule = next((one for one in journey.exits if one.key == key), None)
    if rule is None:
        raise UserError(
            f"{journey.name} has no exit rule '{key}'. {_known([one.key for one in journey.exits], 'exit rules')}"
        )
    if rule.event is not None:
        where, path = _where(rule.where), _identifier(journey)
        if instance is None:
            return Heard(rule.event, where)
        own = (path, instance.identifier) if path is not None and rule.match_identifier else None
        return Heard(rule.event, where, after=instance.entered, identifier=own)
    if rule.condition is not None:
        return State(_condition(rule.condition))
    raise UserError(f"The exit rule '{key}' goes by age alone; there is no condition to explain.")


def step_question(
    journey: Journey, step_key: str, branch: str | None, visit: Visit | None
) -> tuple[Question, str | None]:
    """The question of a branch and its key; without `branch` the one the visit took, else the first."""
    step = journey.by_key.get(step_key)
    if step is None:
        raise UserError(
            f"{journey.name} has no step '{step_key}'. {_known([one.key for one in journey.steps], 'steps')}"
        )
    if isinstance(step, Wait):
        if branch is not None:
            raise UserError(f"The step '{step_key}' waits for one condition and has no branches; leave the branch out.")
        return State(_condition(step.condition)), None
    if not isinstance(step, Split | Fork | Hold):
        raise UserError(
            f"The step '{step_key}' ({step.type}) asks no condition, so there is nothing to explain. "
            "Ask about a split, fork, wait or hold."
        )
    keys = [one.key for one in step.branches]
    known = [*keys, "otherwise"] if isinstance(step, Split) else keys
    if branch is None:
        branch = visit.branch if visit is not None and visit.branch in known else known[0] if known else None
    if branch not in known:
        raise UserError(f"The step '{step_key}' has no branch '{branch}'. {_known(known, 'branches')}")
    if isinstance(step, Split):
        at = known.index(branch)
        before: list[Condition] = [Not(_condition(one.condition)) for one in step.branches[:at]]
        own = [_condition(step.branches[at].condition)] if at < len(keys) else []
        parts = (*before, *own)
        return State(parts[0] if len(parts) == 1 else And(parts)), branch
    if isinstance(step, Fork):
        return State(_condition(next(one.condition for one in step.branches if one.key == branch))), branch
    heard = next(one for one in step.branches if one.key == branch)
    where = _where(heard.where)
    if visit is None:
        return Heard(heard.event, where), branch
    path = None if heard.any_identifier else _identifier(journey)
    mine = None if path is None else (path, visit.identifier)
    at_once = visit.left == visit.arrived
    return Heard(heard.event, where, after=visit.arrived, at_once=at_once, identifier=mine), branch


def _identifier(journey: Journey) -> tuple[str, ...] | None:
    """The property that keeps instances apart (D-16)."""
    reentry = journey.entry.reentry
    return None if reentry is None or reentry.identifier is None else split_path(reentry.identifier)


def instant_of(journey: Journey, step_key: str, visit: Visit, last: int) -> int:
    """When the question of a step was settled: a split on arrival, a hold or wait when it was left."""
    step = journey.by_key[step_key]
    if isinstance(step, Split):
        return visit.arrived
    if visit.left is not None:
        return visit.left
    if isinstance(step, Hold):
        return min(last, visit.arrived + parse_duration(step.timeout))
    return last


def part_of_run(
    plan: Plan, log: Log, journey: str, profile: int, window: tuple[int, int], seed: int = 0
) -> tuple[list[Instance], dict[str, list[Visit]]]:
    """What a run says of one person in a journey: instances, and visits by step, in order of time."""
    few = few_of(plan, log, "user", profile)
    design = _journey(plan, journey)
    alone = not design.enforce_limits and not is_coupled(plan.journeys)
    run = simulate(plan, few, window=window, seed=seed, only=[journey] if alone else None)
    own, keys = few.local(profile), [one.key for one in design.steps]
    index = plan.campaigns.journeys.index(design)

    def rows(table: Table, *columns: str) -> list[tuple[int, ...]]:
        mine = np.flatnonzero((table["profile"] == own) & (table["journey"] == index))
        return sorted(zip(*(table[column][mine].tolist() for column in columns), strict=True))

    instances, identifier = [], {}
    for entered, ended, outcome, detail, code, number in rows(
        run.instances, "entered_at", "ended_at", "outcome", "detail", "identifier", "instance"
    ):
        identifier[number] = run.texts[code] if code >= 0 else None
        rule = run.texts[detail] if outcome == EXITED and detail >= 0 else None
        instances.append(Instance(entered, _open(ended), rule, identifier[number], number))
    visits: dict[str, list[Visit]] = {key: [] for key in keys}
    columns = ("entered_at", "left_at", "branch", "step", "instance", "seq")
    for arrived, left, branch, step, number, seq in rows(run.visits, *columns):
        taken = run.texts[branch] if branch >= 0 else None
        visits[keys[step]].append(Visit(arrived, _open(left), taken, identifier[number], number, seq))
    return instances, visits


def _journey(plan: Plan, key: str) -> Journey:
    return next(one for one in plan.campaigns.journeys if one.key == key)


def _open(at: int) -> int | None:
    return None if at == NEVER else at


def latest_event(log: Log, name: str, profile: int, last: int) -> int | None:
    """The instant of a person's latest event of a name."""
    profiles = log.profiles(name)
    low, high = np.searchsorted(profiles, np.array([profile, profile + 1], profiles.dtype)).tolist()
    times = np.asarray(log.time)[np.asarray(log.rows(name)[low:high])]
    times = times[times <= last]
    return int(times[-1]) if len(times) else None


def reads_journey(question: Question) -> bool:
    """Whether the answer depends on what an instance has collected."""
    return isinstance(question, State) and bool(references(question.condition).journey)


def _condition(text: str) -> Condition:
    return parse_condition(text)


def _where(text: str | None) -> Condition | None:
    tree = None if text is None else _condition(text)
    if tree is not None and references(tree).journey:
        raise UserError(
            "This filter of events reads journey('...'), what one instance has collected; filters of that kind cannot be "
            "explained in this version."
        )
    return tree


def _known(keys: list[str], what: str) -> str:
    return f"Its {what}: {', '.join(keys)}." if keys else f"It has no {what}."
