"""Campaigns to a plan: every text understood, every reference found, what is out of reach refused.

Faults are collected and raised together as one DesignError (D-36). What this version cannot
simulate yet is refused with code `not_yet` (`engine/scope.py`), never left out in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal as Literal_
from typing import TypeVar

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.clock import WEEKDAYS
from engage_desktop.domain.condition import Condition, Literal, Reduce, Trait
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.errors import DesignError
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Exit, Journey, ScheduleEntry
from engage_desktop.domain.message import Broadcast
from engage_desktop.domain.people import Level
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.response import Responses
from engage_desktop.domain.step import Output, outputs
from engage_desktop.engine import scope
from engage_desktop.engine.arrays import NEVER
from engage_desktop.engine.broadcasts import PlanBroadcast, compile_broadcast
from engage_desktop.engine.calendar import clock_us
from engage_desktop.engine.context import names_of
from engage_desktop.engine.coupling import named_in
from engage_desktop.engine.definitions import (
    AudienceMeaning,
    Computed,
    Constant,
    Listed,
    Meaning,
    Member,
    Node,
    OfAccounts,
    Side,
    TraitMeaning,
    WrongLevel,
    asks_journey,
    digest_of,
    resolve,
    resolve_reduce,
    resolve_side,
)
from engage_desktop.engine.plan import Plan, PlanAudience, PlanEntry, PlanExit, PlanJourney, PlanStep, PlanTrait
from engage_desktop.engine.policies import NO_POLICIES, compile_policies
from engage_desktop.engine.schedule import Schedule, read_at
from engage_desktop.engine.sends import PlanMessage, compile_message
from engage_desktop.engine.steps import STEP_COMPILERS
from engage_desktop.engine.steps.base import StepContext
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.language import QueryError, check, parse, parse_condition, references
from engage_desktop.language.printer import split_path

_NOTHING: Node = Constant(False)
_TARGETS: dict[Level, Literal_["users", "accounts"]] = {"user": "users", "account": "accounts"}
_Name = TypeVar("_Name", Member, Computed)


def compile_campaigns(campaigns: Campaigns, lists: Mapping[str, Collection[str]] | None = None) -> Plan:
    """Understand `campaigns`; raises DesignError with every problem that keeps it from running.

    `lists` gives the identifiers of each audience that is a list, by its key.
    """
    return _Compiler(campaigns, lists or {}).plan()


def resolve_in(plan: Plan, condition: Condition) -> Node:
    """A condition about users with the plan's names put in; raises DesignError where it is out of reach."""
    problems = []
    if references(condition).journey:
        message = "journey() only has a meaning inside a journey, where somebody remembers events."
        problems.append(Problem("error", "condition", "", message, "Take it out, or ask the step it stands in."))
    if problems:
        raise DesignError(problems)
    try:
        return resolve(condition, plan)
    except WrongLevel as error:
        raise DesignError([Problem("error", "level", "", str(error), "Name something about users.")]) from error


class _Compiler:
    """Is the `Names` that conditions are resolved with."""

    def __init__(self, campaigns: Campaigns, lists: Mapping[str, Collection[str]]) -> None:
        self.campaigns = campaigns
        self.lists = lists
        self.problems: list[Problem] = list(scope.file_problems(campaigns, lists))
        self.meanings: dict[str, Meaning] = {}
        self.policies = NO_POLICIES
        self.traits = {trait.key: trait for trait in campaigns.traits}
        self.named: dict[str, Member | Computed | None] = {}
        """None while an audience or trait is being resolved: met again, it stands in a circle."""

    def plan(self) -> Plan:
        audiences = []
        for index, audience in enumerate(self.campaigns.audiences):
            member = self.member(audience.key)
            if member is not None:
                audiences.append(PlanAudience(index, audience.key, member))
        traits = []
        for index, trait in enumerate(self.campaigns.traits):
            computed = self.computed(trait.key)
            if computed is not None:
                traits.append(PlanTrait(index, trait.key, computed))
        self.policies = compile_policies(self.campaigns.policies, self.audience, self.fault)
        journeys = [
            _JourneyCompiler(self, index, journey).plan() for index, journey in enumerate(self.campaigns.journeys)
        ]
        broadcasts = [self._broadcast(index, one) for index, one in enumerate(self.campaigns.broadcasts)]
        if self.problems:
            raise DesignError(_distinct(self.problems))
        messages = {message.key: message for message in self.campaigns.messages}
        meanings: Mapping[str, Meaning] = MappingProxyType(self.meanings)
        return Plan(
            self.campaigns,
            tuple(audiences),
            tuple(journeys),
            meanings,
            messages,
            tuple(traits),
            self.policies,
            tuple(broadcasts),
        )

    def fault(self, code: str, path: str, message: str, mend: str = "") -> None:
        self.problems.append(Problem("error", code, path, message, mend))

    def _broadcast(self, index: int, broadcast: Broadcast) -> PlanBroadcast:
        path = f"broadcasts.{broadcast.key}"
        if self.campaigns.journey(broadcast.key) is not None:
            self.fault("key_taken", path, f"A journey has the key '{broadcast.key}' too.",
                       "Give the broadcast another: results name campaigns by their keys.")  # fmt: skip
        zone, given = self.campaigns.workspace.timezone, self.policies
        return compile_broadcast(index, broadcast, zone, given, self.audience, self.condition, self.message, self.fault)

    def message(self, key: str | None, path: str, own: Responses | None = None) -> PlanMessage:
        """A message by its key; a fault is noted and gives one that nobody gets."""
        message = None if key is None else self.campaigns.message(key)
        if message is None:
            says = "There is no message." if key is None else f"There is no message '{key}'."
            self.fault("unknown_message", path, says, "Name one that exists.")
        return compile_message(message, own, self.audience)

    def audience(self, key: str, path: str) -> Node:
        """An audience as a condition about users; a fault is noted and gives "never"."""
        member = self.member(key)
        if member is None:
            self.fault("unknown_audience", path, f"There is no audience '{key}'.", "Name one that exists.")
            return _NOTHING
        return member if member.level == "user" else OfAccounts(member)

    # -- names -----------------------------------------------------------------------------

    def member(self, key: str) -> Member | None:
        """The resolved audience, None where there is no audience of that key."""
        audience = self.campaigns.audience(key)
        if audience is None:
            return None
        path = f"audiences.{key}.definition"
        if key in self.named:
            found = self.named[key]
            return found if isinstance(found, Member) else self._circle(path, Member(key, "", audience.level))
        self.named[key] = None
        node: Node = Listed(frozenset(self.lists.get(key, ())))
        if audience.definition is not None:
            anonymous = audience.include_anonymous
            node = self.condition(audience.definition, path, level=audience.level, include_anonymous=anonymous)
        digest = digest_of("audience", node, audience.include_anonymous, audience.level)
        self.meanings[digest] = AudienceMeaning(node, audience.include_anonymous, audience.level)
        member = self.named[key] = Member(key, digest, audience.level)
        return member

    def computed(self, key: str) -> Computed | None:
        """The resolved computed trait, None where there is none of that key."""
        trait = self.traits.get(key)
        if trait is None:
            return None
        path = f"traits.{key}.definition"
        if key in self.named:
            found = self.named[key]
            return found if isinstance(found, Computed) else self._circle(path, Computed(key, "", trait.level))
        self.named[key] = None
        reduce = self._reducer(trait.definition, path, trait.level)
        digest = digest_of("trait", reduce, trait.level)
        if reduce is not None:
            self.meanings[digest] = TraitMeaning(reduce, trait.level)
        computed = self.named[key] = Computed(key, digest, trait.level)
        return computed

    def _circle(self, path: str, stands_in: _Name) -> _Name:
        self.fault("cycle", path, "The definition refers to itself through others.",
                   "Take it out of one of the definitions (D-9).")  # fmt: skip
        return stands_in

    # -- texts -----------------------------------------------------------------------------

    def condition(
        self,
        text: str,
        path: str,
        *,
        own_where: bool = False,
        journey: bool = False,
        level: Level = "user",
        include_anonymous: bool = False,
    ) -> Node:
        """Parse, check and resolve a condition; a fault is noted and gives "never"."""
        try:
            tree = parse_condition(text)
            check(tree, journey=journey, where=own_where, target=_TARGETS[level], text=text)
            problems = scope.missing_audiences(tree, path, self.campaigns)
            if not problems:
                return resolve(tree, self, level, include_anonymous=include_anonymous)
            self.problems += problems
        except (QueryError, WrongLevel) as error:
            self._text_fault(error, path)
        return _NOTHING

    def _reducer(self, text: str, path: str, level: Level) -> Reduce | None:
        try:
            tree = parse(text)
            check(tree, trait=True, target=_TARGETS[level], text=text)
            assert isinstance(tree, Reduce)  # `check` lets no other definition of a trait pass
            problems = scope.missing_audiences(tree, path, self.campaigns)
            if not problems:
                return resolve_reduce(tree, self, level)
            self.problems += problems
        except (QueryError, WrongLevel) as error:
            self._text_fault(error, path)
        return None

    def _text_fault(self, error: QueryError | WrongLevel, path: str) -> None:
        if isinstance(error, WrongLevel):
            self.fault("level", path, str(error))
        else:
            self.fault("condition", path, f"{error.message} (line {error.line}, column {error.column})")


class _JourneyCompiler:
    """Compiles one journey; is the `StepCompiler` its steps see, one step at a time."""

    def __init__(self, compiler: _Compiler, index: int, journey: Journey) -> None:
        self.compiler = compiler
        self.index = index
        self.journey = journey
        self.path = f"journeys.{journey.key}"
        self.step_path = ""
        entry_event = journey.entry.event if isinstance(journey.entry, EventEntry) else None
        self._names = names_of(entry_event, journey.steps)
        self._reads_context = False
        self._context = StepContext(
            journey.key,
            entry_event,
            _identifier_path(journey),
            compiler.policies,
            lambda step: compiler.message(step.message, f"{self.step_path}.message", step.responses),
        )

    def plan(self) -> PlanJourney:
        problems = scope.journey_problems(self.journey)
        self.compiler.problems += problems
        order = self._order()
        place = {key: at for at, key in enumerate(order)}
        index_of = {step.key: at for at, step in reversed(list(enumerate(self.journey.steps)))}
        steps = []
        for key in order:
            step = self.journey.by_key[key]
            self.step_path = f"{self.path}.steps.{key}"
            compile_step = STEP_COMPILERS.get(step.type)
            if compile_step is None:
                continue  # refused by scope
            leads = outputs(step)
            targets = tuple(-1 if output.target is None else place.get(output.target, -1) for output in leads)
            branches = tuple(output.branch for output in leads)
            steps.append(PlanStep(index_of[key], key, compile_step(step, self), targets, branches))
        entry, exits = self._entry(), tuple(self._exit(rule) for rule in self.journey.exits)
        written = {step.compiled.trait for step in steps if isinstance(step.compiled, SetTraitStep)}
        return PlanJourney(
            self.index,
            self.journey,
            entry,
            exits,
            tuple(steps),
            self._names if self._reads_context else None,
            tuple(sorted(written & named_in((exits, tuple(steps))))) if written else (),
            -NEVER if self.journey.starts is None else parse_instant(self.journey.starts),
            NEVER if self.journey.ends is None else parse_instant(self.journey.ends),
        )

    # -- the graph -------------------------------------------------------------------------

    def _order(self) -> list[str]:
        """Keys reachable from `start` in reversed post-order of a depth-first walk (D-46)."""
        steps = self.journey.by_key
        finished: list[str] = []
        entered: set[str] = set()
        walking: list[tuple[str, list[Output]]] = []

        def enter(key: str) -> None:
            entered.add(key)
            walking.append((key, [one for one in outputs(steps[key]) if one.target is not None and not one.loop]))

        if self.journey.start is not None:
            if self.journey.start in steps:
                enter(self.journey.start)
            else:
                self._dangling(f"{self.path}.start", self.journey.start)
        while walking:
            key, children = walking[-1]
            if not children:
                walking.pop()
                finished.append(key)
                continue
            output = children.pop(0)
            target = output.target or ""
            if target not in steps:
                self._dangling(f"{self.path}.steps.{key}", target)
            elif any(target == above for above, _ in walking):
                self.compiler.fault("cycle", f"{self.path}.steps.{key}", f"It leads back to '{target}'.",
                                    "Only the loop of a hold may lead back (D-46).")  # fmt: skip
            elif target not in entered:
                enter(target)
        return finished[::-1]

    def _dangling(self, path: str, key: str) -> None:
        self.compiler.fault("unknown_step", path, f"There is no step '{key}'.", "Connect it to a step that exists.")

    # -- entry and exits -------------------------------------------------------------------

    def _entry(self) -> PlanEntry:
        entry, path = self.journey.entry, f"{self.path}.entry"
        if not isinstance(entry, EventEntry | AudienceEntry):
            return self._schedule(entry, path)
        reentry = entry.reentry
        cool_down = 0 if reentry.cool_down is None else parse_duration(reentry.cool_down)
        if isinstance(entry, EventEntry):
            where = self._where(entry.where, f"{path}.where", journey=False)
            members = None if entry.audience is None else self.compiler.audience(entry.audience, f"{path}.audience")
            identifier = _identifier_path(self.journey)
            if identifier is not None and reentry.mode != "every":
                self.compiler.fault("reentry_identifier", f"{path}.reentry.identifier",
                                    f"An identifier has no meaning with re-entry '{reentry.mode}'.",
                                    "Set the mode to every (D-50).")  # fmt: skip
            return PlanEntry(reentry.mode, cool_down, entry.event, where, members, identifier=identifier)
        if reentry.mode == "after_exit" and cool_down <= 0:
            self.compiler.fault("cool_down", f"{path}.reentry.cool_down", "Entry by audience needs a cool-down above zero.",
                                "Write a duration such as 30d (D-45).")  # fmt: skip
        if (entry.condition is None) == (entry.audience is None):
            self.compiler.fault(
                "entry", path, "The entry needs either a condition or an audience.", "Give one of them."
            )
        if entry.condition is not None:
            condition: Node = self.compiler.condition(entry.condition, f"{path}.condition")
        else:
            condition = self.compiler.audience(entry.audience or "", f"{path}.audience")
        return PlanEntry(reentry.mode, cool_down, condition=condition, include_existing=entry.include_existing)

    def _schedule(self, entry: ScheduleEntry, path: str) -> PlanEntry:
        repeats = entry.every is not None or entry.time is not None
        mode: str = ("every" if repeats else "once") if entry.reentry is None else entry.reentry.mode
        cool = (
            0 if entry.reentry is None or entry.reentry.cool_down is None else parse_duration(entry.reentry.cool_down)
        )
        if _identifier_path(self.journey) is not None:
            self.compiler.fault("reentry_identifier", f"{path}.reentry.identifier",
                                "An identifier is a property of the entry event, and a schedule has none.",
                                "Remove it, or enter by event (D-50).")  # fmt: skip
        at, clock = read_at(entry.at), None if entry.time is None else clock_us(entry.time)
        unknown = [day for day in entry.weekdays if day not in WEEKDAYS]
        if at is None:
            self.compiler.fault("schedule", f"{path}.at", f"{entry.at!r} is no date.", "Write one such as 2025-03-31.")
        if entry.every is not None and entry.time is not None:
            self.compiler.fault("schedule", f"{path}.every", "It repeats every so often or at a clock time, not both.",
                                "Remove one of them.")  # fmt: skip
        if (entry.time is not None and clock is None) or (entry.weekdays and entry.time is None):
            self.compiler.fault("schedule", f"{path}.time", "There is no clock time.", "Write one such as 09:00.")
        if unknown:
            self.compiler.fault("schedule", f"{path}.weekdays", f"{unknown[0]!r} is no weekday.",
                                f"Use {', '.join(WEEKDAYS)}.")  # fmt: skip
        condition = None if entry.condition is None else self.compiler.condition(entry.condition, f"{path}.condition")
        every_us = None if entry.every is None else parse_duration(entry.every)
        if every_us is not None and every_us <= 0:
            self.compiler.fault(
                "schedule", f"{path}.every", "It would repeat without end.", "Write a duration above zero."
            )
        days = tuple(WEEKDAYS.index(day) for day in entry.weekdays if day in WEEKDAYS)
        first, local = at or (0, False)
        schedule = Schedule(first, local, every_us, clock, days, entry.zone == "profile")
        return PlanEntry(mode, cool, condition=condition, schedule=schedule)

    def _exit(self, rule: Exit) -> PlanExit:
        path = f"{self.path}.exits.{rule.key}"
        if rule.send is not None:
            self._destination(rule.send.destination, f"{path}.send.destination")
        if [rule.event, rule.condition, rule.after].count(None) != 2:
            self.compiler.fault(
                "exit", path, "An exit rule is by event, by condition or by age.", "Give exactly one of them."
            )
        if rule.event is not None:
            where = self._where(rule.where, f"{path}.where")
            return PlanExit(
                rule.key,
                rule.event,
                where,
                match_identifier=rule.match_identifier,
            )
        if rule.condition is not None:
            return PlanExit(
                rule.key,
                condition=self._noted(self.compiler.condition(rule.condition, f"{path}.condition", journey=True)),
            )
        return PlanExit(rule.key, after_us=0 if rule.after is None else parse_duration(rule.after))

    def _where(self, text: str | None, path: str, *, journey: bool = True) -> Node | None:
        """The filter of an event; the one that lets people in has no context yet."""
        if text is None:
            return None
        return self._noted(self.compiler.condition(text, path, own_where=True, journey=journey))

    # -- what steps ask (StepCompiler) -----------------------------------------------------

    @property
    def context(self) -> StepContext:
        return self._context

    def condition(self, text: str, field: str) -> Node:
        return self._noted(self.compiler.condition(text, f"{self.step_path}.{field}", journey=True))

    def _noted(self, node: Node) -> Node:
        """A condition, and that it reads the context where it does."""
        self._reads_context |= asks_journey(node)
        return node

    def remembered(self, path: str) -> bool:
        """Whether a path begins with a name that instances may remember an event under."""
        found = bool(self._names.resolve(path))
        self._reads_context |= found
        return found

    def where(self, text: str | None, field: str) -> Node | None:
        return self._where(text, f"{self.step_path}.{field}")

    def duration(self, text: str) -> int:
        return parse_duration(text)

    def destination(self, key: str, field: str) -> None:
        self._destination(key, f"{self.step_path}.{field}")

    def _destination(self, key: str, path: str) -> None:
        if self.compiler.campaigns.destination(key) is None:
            self.compiler.fault(
                "unknown_destination", path, f"There is no destination '{key}'.", "Name one that exists."
            )

    def value(self, trait: str, field: str) -> Side:
        """A trait by its name, computed ones and audiences too."""
        try:
            return resolve_side(Trait(split_path(trait)), self.compiler)
        except WrongLevel as error:
            self.compiler.fault("level", f"{self.step_path}.{field}", str(error))
            return Literal("")

    def written(self, trait: str, field: str) -> None:
        """Whether a journey may set a trait of that name."""
        path, campaigns = f"{self.step_path}.{field}", self.compiler.campaigns
        if not trait.strip() or "." in trait:
            self.compiler.fault("set_trait", path, f"{trait!r} is no name of a trait.",
                                "Write the name of one whole trait, without a dot.")  # fmt: skip
        elif campaigns.audience(trait) is not None or trait in self.compiler.traits:
            self.compiler.fault("trait_name", path, f"'{trait}' is the key of an audience or computed trait.",
                                "Set a trait of another name (D-9).")  # fmt: skip

    def fault(self, field: str, message: str, mend: str) -> None:
        self.compiler.fault("step", f"{self.step_path}.{field}", message, mend)


def _identifier_path(journey: Journey) -> tuple[str, ...] | None:
    reentry = journey.entry.reentry
    return None if reentry is None or reentry.identifier is None else split_path(reentry.identifier)


def _distinct(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
