"""What this version does not simulate yet, said in problems of code `not_yet`."""

from __future__ import annotations

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    InAudience,
    Instant,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Trait,
)
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey, ScheduleEntry
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import Hold, SendMessage
from engage_desktop.engine.conditions import MAX_STATE_ATOMS, state_atoms
from engage_desktop.engine.steps import STEP_COMPILERS
from engage_desktop.language import references

SENT_EVENT = {"email": "Email Sent", "sms": "SMS Sent", "push": "Push Sent", "whatsapp": "WhatsApp Sent"}
_LATER = "It is planned; leave it out for now."


def not_yet(path: str, what: str, mend: str = _LATER) -> Problem:
    return Problem("error", "not_yet", path, f"{what} cannot be simulated in this version.", mend)


def computed_keys(campaigns: Campaigns) -> frozenset[str]:
    return frozenset(trait.key for trait in campaigns.traits)


def generated_events(campaigns: Campaigns) -> frozenset[str]:
    """Names of the events that sent messages of the journeys generate (D-28)."""
    channels = {
        message.channel
        for journey in campaigns.journeys
        for step in journey.steps
        if isinstance(step, SendMessage) and (message := campaigns.message(step.message)) is not None
    }
    return frozenset(SENT_EVENT[channel] for channel in channels)


def file_problems(campaigns: Campaigns) -> list[Problem]:
    """Objects of the file that a run would have to heed and does not yet (broadcasts are left
    out with the warning that `document.validate` gives: they move nobody)."""
    found: list[Problem] = []
    for audience in campaigns.audiences:
        if audience.list_ is not None:
            found.append(not_yet(f"audiences.{audience.key}.list", "An audience from a list"))
        if audience.level == "account":
            found.append(not_yet(f"audiences.{audience.key}.level", "An audience of accounts"))
    policies = campaigns.policies
    if any(isinstance(step, SendMessage) for journey in campaigns.journeys for step in journey.steps):
        for name in ("suppression", "holdout", "consent", "quiet_hours", "send_window", "caps"):
            if getattr(policies, name):
                found.append(not_yet(f"policies.{name}", "A sending policy"))
    return found


def journey_problems(journey: Journey, campaigns: Campaigns) -> list[Problem]:
    """Parts of a journey that are not simulated yet."""
    path = f"journeys.{journey.key}"
    found = [not_yet(f"{path}.enforce_limits", "Enforcing limits")] if journey.enforce_limits else []
    entry = journey.entry
    if isinstance(entry, ScheduleEntry):
        found.append(not_yet(f"{path}.entry", "Entry by schedule"))
    elif isinstance(entry, EventEntry | AudienceEntry) and entry.reentry.identifier is not None:
        found.append(not_yet(f"{path}.entry.reentry.identifier", "Re-entry by identifier"))
    found += [
        not_yet(f"{path}.exits.{rule.key}.match_identifier", "Matching an identifier")
        for rule in journey.exits
        if rule.match_identifier
    ]
    found += [
        not_yet(f"{path}.exits.{rule.key}.send", "Sending on exit") for rule in journey.exits if rule.send is not None
    ]
    for step in journey.steps:
        here = f"{path}.steps.{step.key}"
        if step.type not in STEP_COMPILERS:
            found.append(not_yet(here, f"A step of type {step.type}"))
        if isinstance(step, SendMessage):
            message = campaigns.message(step.message)
            if step.responses or (message is not None and message.responses):
                found.append(not_yet(f"{here}.responses", "A model of responses"))
            if message is not None and message.subscription_group is not None:
                found.append(not_yet(f"messages.{message.key}.subscription_group", "A subscription group"))
        elif isinstance(step, Hold):
            generated = generated_events(campaigns)
            for branch in step.branches:
                found += event_problems(branch.event, f"{here}.branches.{branch.key}.event", generated)
    return found


def event_problems(name: str, path: str, generated: frozenset[str]) -> list[Problem]:
    if name not in generated:
        return []
    return [not_yet(path, f"Listening for '{name}', which the messages of this file generate,")]


def condition_problems(
    condition: Condition,
    path: str,
    *,
    computed: frozenset[str],
    own_where: bool,
    generated: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Parts of a condition that are not simulated yet. `own_where`: of an entry, exit or hold."""
    found: list[Problem] = []

    def visit(node: Condition, inside: bool) -> None:
        match node:
            case And(items) | Or(items):
                for item in items:
                    visit(item, inside)
            case Not(item):
                visit(item, inside)
            case Quantified(quantifier, item):
                found.append(not_yet(path, f"{quantifier.upper()} of the users of an account"))
                visit(item, inside)
            case InAudience():
                pass
            case CompareDate(left, op, _):
                found.append(not_yet(path, f"{op}()"))
                compare(left, (), inside)
            case Compare(left, _, values):
                compare(left, values, inside)

    def compare(left: object, values: tuple[object, ...], inside: bool) -> None:
        if any(isinstance(side, Instant) for side in (left, *values)):
            found.append(not_yet(path, "A comparison with a date"))
        sides = [side for side in (left, *values) if not isinstance(side, Literal | Instant)]
        if len(sides) > 1:
            found.append(not_yet(path, "A comparison of two values that are both no constant"))
        for side in sides:
            match side:
                case Property(parts) if "$" in parts:
                    found.append(not_yet(path, f"'{'.'.join(parts)}', a path through the elements of a list,"))
                case Trait(parts) if len(parts) == 1 and parts[0] in computed:
                    found.append(not_yet(path, f"The computed trait '{parts[0]}'"))
                case Property(_, True):
                    found.append(not_yet(path, "property(parent: ...)"))
                case JourneyValue():
                    found.append(not_yet(path, "journey(...)"))
                case Reduce(kind, stream):
                    if inside:
                        found.append(not_yet(path, "An event() inside the where() of another (a funnel)"))
                    elif kind != "count":
                        found.append(not_yet(path, f"{kind}() of events"))
                    if stream.exclude:
                        found.append(not_yet(path, "sources()"))
                    if stream.session is not None:
                        found.append(not_yet(path, "expires_after()"))
                    if any(window.parent for window in stream.windows):
                        found.append(not_yet(path, "within(parent: ...)"))
                    found.extend(event_problems(stream.event, path, generated))
                    if stream.where is not None:
                        visit(stream.where, True)
                        if len(state_atoms(stream.where)) > MAX_STATE_ATOMS:
                            found.append(
                                not_yet(path, f"More than {MAX_STATE_ATOMS} traits and audiences in one where()")
                            )
                case Trait() | Property() | Context() | _:
                    pass

    visit(condition, False)
    return found


def missing_audiences(condition: Condition, path: str, campaigns: Campaigns) -> list[Problem]:
    """References `audience('key')` that lead nowhere."""
    return [
        Problem("error", "unknown_audience", path, f"There is no audience '{key}'.", "Name one that exists.")
        for key in references(condition).audiences
        if campaigns.audience(key) is None
    ]
