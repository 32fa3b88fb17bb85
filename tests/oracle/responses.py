"""How people answer a message by its model (D-28, D-29): which stages come, and when. Replicate 0, which fills the run's tables."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log

from engage_desktop.domain.duration import SECOND_US, parse_duration
from engage_desktop.domain.message import Message
from engage_desktop.domain.response import Responses, Spread, Stage
from tests.oracle.draw import u
from tests.oracle.generated import Event, event_name
from tests.oracle.instance import Due
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused
from tests.oracle.state import State

STAGES = ("delivered", "opened", "clicked", "converted")


def announce(due: Due, message: Message, sent_at: int, state: State, seed: int, last: int) -> None:
    """A message that is sent makes its event and, by its model, responses with theirs; nothing after the run's end."""
    rules, made, campaigns = state.rules, state.made, state.world.campaigns
    events = []
    if rules.a_sent_message_is_an_event:
        events.append(Event.of(due, "sent", event_name(message.channel, "sent"), sent_at, campaigns, rules))
    for stage, at, conversion in _responses(_model(due, message, rules), due, sent_at, state, seed):
        name = conversion if stage == "converted" else event_name(message.channel, stage)
        if name is None:
            raise Refused(f"message {message.key}: a conversion has no event")
        event = Event.of(due, stage, name, at, campaigns, rules)
        if at <= last or not rules.responses_end_with_the_run:
            made.responses.append(event)
        events.append(event)
    made.waiting += [event for event in events if event.time <= last]


def _model(due: Due, message: Message, rules: Rules) -> Responses:
    """D-28: that of the step, as a whole, else that of the message; without one there are no responses."""
    own = due.sends.responses if due.sends else None
    first, second = (own, message.responses) if rules.steps_model_stands_first else (message.responses, own)
    return (first or second or Responses()) if rules.a_model_makes_responses else Responses()


def _responses(
    model: Responses, due: Due, sent_at: int, state: State, seed: int
) -> Iterator[tuple[str, int, str | None]]:
    """Stage, instant and the event of a conversion. Each stage is conditional on the nearest one before it that the model
    has, and counts its delay from there."""
    rules, before = state.rules, sent_at
    for name, stage in _stages(model, state, sent_at if rules.by_asked_when_sent else due.due_at).items():
        purpose = name if rules.each_stage_has_its_draw else "opened"
        drawn, likely = _u(seed, state, due, purpose), _probability(stage)
        if drawn > likely or (drawn == likely and rules.response_where_u_below_p):
            if rules.a_stage_needs_the_one_before:
                return
            continue
        delay = _delay(stage, _u(seed, state, due, f"{name} after" if rules.delay_has_its_draw else name), rules)
        before = (before if rules.delay_from_the_stage_before else sent_at) + delay
        yield name, before, stage.event


def _stages(model: Responses, state: State, at: int) -> dict[str, Stage]:
    """Those that the model has, in their order; of `by` the first entry with an audience that the person is in replaces
    them one by one."""
    rules = state.rules
    entries = list(model.by) if rules.first_by_counts else list(reversed(model.by))
    by = next((one for one in entries if state.member(one.audience, at)), None)
    found = {}
    for name in STAGES:
        stage = getattr(model, name)
        if by is not None and (getattr(by, name) is not None or not rules.by_replaces_one_by_one):
            stage = getattr(by, name)
        if stage is not None:
            found[name] = stage
    return found


def _probability(stage: Stage) -> float:
    """Replicate 0 takes `likely`, or successes / trials."""
    if stage.likely is not None:
        return stage.likely
    if stage.successes is None or not stage.trials:
        raise Refused("a response without a probability")
    return stage.successes / stage.trials


def _u(seed: int, state: State, due: Due, purpose: str) -> float:
    """D-29: of replicate 0."""
    entry = due.entry_key if state.rules.response_draws_by_entry else ""
    return u(seed, state.profile, due.campaign, due.step or "", entry, "0", purpose)


def _delay(stage: Stage, drawn: float, rules: Rules) -> int:
    """Microseconds, in whole seconds rounded down."""
    seconds = _seconds(stage.after, drawn)
    return floor(seconds) * SECOND_US if rules.delay_in_whole_seconds else floor(seconds * SECOND_US)


def _seconds(after: Spread | str | None, drawn: float) -> float:
    match after:
        case None:
            return 0
        case str():
            return parse_duration(after) / SECOND_US
        case Spread(p50=str() as p50, p90=str() as p90):  # log-logistic
            half, most = parse_duration(p50) / SECOND_US, parse_duration(p90) / SECOND_US
            return half * (drawn / (1 - drawn)) ** (log(most / half) / log(9))
        case Spread(from_=str() as begin, to=str() as end):
            least, most = parse_duration(begin) / SECOND_US, parse_duration(end) / SECOND_US
            return least + drawn * (most - least)
    raise Refused("a delay of neither form")
