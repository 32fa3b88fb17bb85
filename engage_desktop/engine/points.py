"""The points of a journey at which somebody goes on or does not, each as a question; and when it was settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engage_desktop.domain.condition import And, Condition, InAudience, Not
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Exit, Journey, ScheduleEntry
from engage_desktop.domain.step import CATEGORY, Delay, Fork, Hold, Split, StepBase, Wait
from engage_desktop.engine.definitions import asks_journey
from engage_desktop.engine.explain import NOBODY, Inside, Reader, Who
from engage_desktop.engine.few import Few
from engage_desktop.engine.heard import First, Heard, Moment
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.questions import Question, State
from engage_desktop.engine.run import EXPIRED as _EXPIRED
from engage_desktop.engine.run import OUTCOMES
from engage_desktop.engine.run import TURNED_AWAY as _TURNED_AWAY
from engage_desktop.engine.source import Log
from engage_desktop.engine.steps.hold import MAX_PASSES
from engage_desktop.engine.timed import Due, Scheduled
from engage_desktop.engine.trace import Instance, Visit, Way
from engage_desktop.language import parse_condition
from engage_desktop.language.printer import split_path

TIMEOUT, OTHERWISE = "timeout", "otherwise"
TURNED_AWAY = OUTCOMES[_TURNED_AWAY]
EXPIRED = OUTCOMES[_EXPIRED]
"""What stands for an exit rule's key where enforced limits end an instance (J2-38)."""


@dataclass(frozen=True)
class Point:
    """A question about somebody in a journey, when it was settled, and how a run shows that it came out so."""

    question: Question
    at: int
    happened: Callable[[Way], bool] | None = None
    settles: bool = True
    """Whether the verdict is what happened; of an entry it is not, re-entry has a say in that too."""


def plan_of(plan: Plan, key: str) -> PlanJourney:
    return next(one for one in plan.journeys if one.journey.key == key)


# -- entry ---------------------------------------------------------------------------------


def entry_question(compiled: PlanJourney, window: tuple[int, int], zone: str) -> Question:
    """`zone`: of the workspace."""
    journey, entry = compiled.journey, compiled.journey.entry
    if isinstance(entry, EventEntry):
        path = identifier_of(journey)
        own = None if path is None else (path, None)
        return Heard(entry.event, _where(entry.where), entry.audience, identifier=own, limited=journey.enforce_limits)
    if isinstance(entry, AudienceEntry):
        return State(
            InAudience(entry.audience) if entry.audience is not None else parse_condition(entry.condition or "")
        )
    assert compiled.entry.schedule is not None
    condition = None if entry.condition is None else parse_condition(entry.condition)
    first, last = max(window[0], compiled.starts), min(window[1], compiled.ends - 1)
    return Scheduled(compiled.entry.schedule, schedule_text(entry), condition, zone, first, last)


def entry_point(compiled: PlanJourney, window: tuple[int, int], zone: str, at: int) -> Point:
    """Whether somebody meets the entry at an instant, and whether they came in then."""

    def came_in(way: Way) -> bool:
        return any(one.entered == at for one in entered(way))

    return Point(entry_question(compiled, window, zone), at, came_in, settles=False)


def entered(way: Way) -> list[Instance]:
    """Those instances that were let in."""
    return [one for one in way.instances if one.outcome != TURNED_AWAY]


def latest_entry(plan: Plan, log: Log, subject: int, question: Question, last: int) -> int | None:
    """The latest instant by `last` at which somebody might have come in: of the event, or of the schedule."""
    few = Few(log, [subject])
    if isinstance(question, Heard):
        times = few.times(question.event)
        times = times[times <= last]
        return int(times[-1]) if len(times) else None
    if isinstance(question, Scheduled):
        return question.last_by(Reader(plan, few, last), Who("user", 0))
    return None


def reads_journey(question: Question, plan: Plan) -> bool:
    """Whether the answer depends on what an instance has collected."""
    return any(map(asks_journey, question.reads(plan)))


def schedule_text(entry: ScheduleEntry) -> str:
    clock = f" at {entry.time}" if entry.time is not None else ""
    days = f" on {', '.join(entry.weekdays)}" if entry.weekdays else ""
    again = (
        f"every {entry.every}" if entry.every is not None else f"daily{clock}" if clock and not days else clock.strip()
    )
    return f"schedule: {again}{days} from {entry.at} on" if again or days else f"schedule: at {entry.at}"


# -- exits ---------------------------------------------------------------------------------


def exit_point(journey: Journey, key: str, instance: Instance | None, last: int, inside: Inside) -> Point:
    """An exit rule asks from the entry on, until something else ends the instance; `last` where nothing has."""
    rule = rule_of(journey, key)
    ended = None if instance is None else instance.ended
    at = last if ended is None else min(ended, last)
    took = instance is not None and instance.rule == key
    if key == EXPIRED and instance is not None:
        took = instance.outcome == EXPIRED
    before = None if ended is None or took else ended
    question: Question
    if rule.event is not None:
        path = identifier_of(journey)
        own = (path, None if instance is None else instance.identifier) if path and rule.match_identifier else None
        mine = None if instance is None else own
        question = Heard(rule.event, _where(rule.where), identifier=mine, limited=journey.enforce_limits)
        if instance is not None:
            stop = None if before is None else Moment(before, instance.end_row)
            after = Moment(instance.entered, instance.row)
            question = replace(question, after=after, before=stop, inside=inside)
    elif rule.condition is not None:
        since = None if instance is None else instance.entered
        question = State(parse_condition(rule.condition), since=since, before=before, inside=inside)
    else:
        if instance is None:
            raise UserError(f"The exit rule '{key}' goes by age, and nobody was there; ask about somebody who was.")
        assert rule.after is not None
        due = instance.entered + parse_duration(rule.after)
        question = Due(f"age of {rule.after}", instance.entered, due, before=before)

    def left(way: Way) -> bool:
        mine = _same(way, instance)
        by = mine is not None and (mine.outcome == EXPIRED if key == EXPIRED else mine.rule == key)
        return by and mine is not None and mine.ended is not None and mine.ended <= at

    return Point(question, at, None if instance is None else left)


def rule_of(journey: Journey, key: str) -> Exit:
    rule = next((one for one in journey.exits if one.key == key), None)
    if rule is None and key == EXPIRED and journey.enforce_limits:
        rule = Exit(key=EXPIRED, after="365d")
    if rule is None:
        raise UserError(
            f"{journey.name} has no exit rule '{key}'. {known([one.key for one in journey.exits], 'exit rules')}"
        )
    return rule


# -- steps ---------------------------------------------------------------------------------


def branch_of(journey: Journey, step_key: str, branch: str | None, visit: Visit | None) -> str | None:
    """The branch that is asked about: the one named, else the one the visit took, else the first. Raises UserError
    for a step or branch that is not there or asks nothing."""
    step = journey.by_key.get(step_key)
    if step is None:
        raise UserError(
            f"{journey.name} has no step '{step_key}'. {known([one.key for one in journey.steps], 'steps')}"
        )
    if is_clock(step) or (isinstance(step, Wait) and step.timeout is None):
        if branch is not None:
            raise UserError(f"The step '{step_key}' ({step.type}) has no branches; leave the branch out.")
        return None
    if isinstance(step, Wait):
        if branch not in (None, TIMEOUT):
            raise UserError(
                f"The step '{step_key}' waits for one condition; its only branch is '{TIMEOUT}', leave it out otherwise."
            )
        return branch
    if not isinstance(step, Split | Fork | Hold):
        raise UserError(
            f"The step '{step_key}' ({step.type}) asks no condition, so there is nothing to explain. "
            "Ask about a split, fork, wait, hold or delay."
        )
    keys = [one.key for one in step.branches]
    keys += [OTHERWISE] if isinstance(step, Split) else [TIMEOUT] if isinstance(step, Hold) else []
    if branch is None:
        took = None if visit is None else visit.branch or next((key for key, _ in visit.took if key), None)
        branch = took if took in keys else keys[0] if keys else None
    if branch not in keys:
        raise UserError(f"The step '{step_key}' has no branch '{branch}'. {known(keys, 'branches')}")
    return branch


def is_clock(step: StepBase) -> bool:
    """Whether time alone lets people go on."""
    return CATEGORY.get(step.type) == "timing" and not isinstance(step, Hold | Wait)


def step_point(
    journey: Journey,
    step_key: str,
    branch: str | None,
    visit: Visit | None,
    last: int,
    inside: Inside = NOBODY,
) -> Point:
    """What decides whether somebody leaves a step (by a branch, see `branch_of`); `last` where it is open."""
    step = journey.by_key[step_key]
    at = last if visit is None else visit.arrived if isinstance(step, Split) else _settled(visit, branch, last)
    question = _question(journey, step, branch, visit, inside)
    if visit is None:
        return Point(question, at)

    def went(way: Way) -> bool:
        return any(
            (isinstance(step, Wait) or is_clock(step) or taken == branch) and when <= at
            and (not isinstance(step, Wait) or (taken == TIMEOUT) == (branch == TIMEOUT))
            for mine in _same_visits(way.visits[step_key], visit)
            for taken, when in mine.took
        )  # fmt: skip

    return Point(question, at, went)


def _settled(visit: Visit, branch: str | None, last: int) -> int:
    """When a branch was taken, else when nobody could take it any more."""
    taken = next((when for key, when in visit.took if key == branch), None)
    if taken is not None:
        return min(taken, last)
    return last if visit.left is None else min(visit.left, last)


def _question(journey: Journey, step: StepBase, branch: str | None, visit: Visit | None, inside: Inside) -> Question:
    since = None if visit is None else visit.arrived
    cut = None if visit is None or visit.left is None or visit.took else visit.left
    match step:
        case Split():
            keys = [one.key for one in step.branches]
            place = keys.index(branch) if branch in keys else len(keys)
            parts: list[Condition] = [Not(parse_condition(one.condition)) for one in step.branches[:place]]
            parts += [parse_condition(one.condition) for one in step.branches[place : place + 1]]
            return State(parts[0] if len(parts) == 1 else And(tuple(parts)), inside=inside)
        case Fork():
            taken = visit is not None and any(key == branch for key, _ in visit.took)
            over = None if visit is None or taken else visit.left
            condition = parse_condition(next(one.condition for one in step.branches if one.key == branch))
            return State(condition, since=since, before=over, inside=inside)
        case Wait():
            state = State(parse_condition(step.condition), since=since, before=cut, inside=inside)
            if branch != TIMEOUT:
                return state
            assert step.timeout is not None
            return _due(f"timeout of {step.timeout}", step.timeout, visit, cut, (state,), inside)
        case Delay():
            return _due(f"delay of {step.duration}", step.duration, visit, cut, (), inside)
        case Hold():
            return _hold(journey, step, branch, visit, cut, inside)
    if visit is None:
        raise UserError(f"When the step '{step.key}' lets somebody go depends on when they arrive; nobody was there.")
    return Due("the time set on arrival", visit.arrived, visit.due, before=cut, inside=inside)


def _due(
    text: str, duration: str, visit: Visit | None, cut: int | None, others: tuple[Question, ...], inside: Inside
) -> Question:
    if visit is None:
        raise UserError(
            f"A {text.split()[0]} begins when somebody arrives, and nobody was there; ask about somebody who was."
        )
    return Due(text, visit.arrived, visit.arrived + parse_duration(duration), others, before=cut, inside=inside)


def _hold(
    journey: Journey, step: Hold, branch: str | None, visit: Visit | None, cut: int | None, inside: Inside
) -> Question:
    path = identifier_of(journey)
    heard = []
    for one in step.branches:
        own = None if one.any_identifier or path is None or visit is None else (path, visit.identifier)
        limited = journey.enforce_limits
        question = Heard(one.event, _where(one.where), identifier=own, limited=limited, inside=inside)
        if visit is not None:
            if one.loop and visit.number >= MAX_PASSES:
                continue  # no longer heard (D-15)
            stop = None if cut is None else Moment(cut, visit.cut_row)
            question = replace(question, after=Moment(visit.arrived, visit.row), before=stop)
        heard.append((one.key, question))
    keys = [key for key, _ in heard]
    if branch == TIMEOUT:
        others = tuple(question for _, question in heard)
        return _due(f"timeout of {step.timeout}", step.timeout, visit, cut, others, inside)
    if branch not in keys:
        raise UserError(f"Branch '{branch}' has been taken {MAX_PASSES} times and is no longer heard (D-15).")
    which = keys.index(branch)
    return heard[which][1] if len(heard) == 1 else First(tuple(heard), which, inside=inside)


def identifier_of(journey: Journey) -> tuple[str, ...] | None:
    """The property that keeps instances apart (D-16)."""
    reentry = journey.entry.reentry
    return None if reentry is None or reentry.identifier is None else split_path(reentry.identifier)


def _same(way: Way, instance: Instance | None) -> Instance | None:
    """The instance of another way that began as this one did."""
    if instance is None:
        return None
    same = [one for one in way.instances if (one.entered, one.identifier) == (instance.entered, instance.identifier)]
    rows = [one for one in same if one.row == instance.row]
    return next(iter(rows or same), None)


def _same_visits(visits: list[Visit], visit: Visit) -> list[Visit]:
    """Those of another way that are this visit: of its instance, not of another one that came here with it."""

    def known_by(one: Visit) -> tuple[object, ...]:
        return one.entered, one.identifier, one.arrived, one.number

    same = [one for one in visits if known_by(one) == known_by(visit)]
    return [one for one in same if one.entry_row == visit.entry_row] or same


def _where(text: str | None) -> Condition | None:
    return None if text is None else parse_condition(text)


def known(keys: list[str], what: str) -> str:
    return f"Its {what}: {', '.join(keys)}." if keys else f"It has no {what}."
