"""What is wrong with an assumed model of responses (D-28): its probabilities, its delays, its audiences."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_policies import check_people
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.response import Responses, Spread, Stage, given_stages
from engage_desktop.domain.step import SendMessage

_FORMS = "Give likely, a number from 0 to 1, or successes and trials."


def check_responses(campaigns: Campaigns) -> Iterator[Problem]:
    """Every fault of the models of messages, then of steps."""
    for message in campaigns.messages:
        if message.responses is not None:
            yield from _model(message.responses, campaigns, f"messages.{message.key}.responses")
    for journey in campaigns.journeys:
        for step in journey.steps:
            if isinstance(step, SendMessage) and step.responses is not None:
                yield from _model(step.responses, campaigns, f"journeys.{journey.key}.steps.{step.key}.responses")


def _model(model: Responses, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    for name, stage in given_stages(model).items():
        yield from _stage(name, stage, f"{path}.{name}")
    for place, members in enumerate(model.by):
        here = f"{path}.by.{place}"
        yield from check_people(members.audience, campaigns, f"{here}.audience")
        if not given_stages(members):
            message = "For these people nothing differs from everybody else."
            yield Problem("warning", "response_by", here, message, "Give one of the responses, or remove the row.")
        for name, stage in given_stages(members).items():
            yield from _stage(name, stage, f"{here}.{name}")


def _stage(name: str, stage: Stage, path: str) -> Iterator[Problem]:
    typed = [field for field in ("low", "likely", "high") if getattr(stage, field) is not None]
    counted = [field for field in ("successes", "trials") if getattr(stage, field) is not None]
    if typed and counted:
        message = f"The response has both {typed[0]} and {counted[0]}."
        yield Problem("error", "response_form", path, message, "Keep the probabilities, or successes and trials.")
    elif counted:
        yield from _counted(stage, path)
    elif stage.likely is None:
        message = "The response does not say how likely it is."
        yield Problem("error", "response_likely", f"{path}.likely", message, _FORMS)
    yield from _range(stage, path)
    if stage.after is not None:
        yield from _after(stage.after, f"{path}.after")
    yield from _event(name, stage, f"{path}.event")


def _counted(stage: Stage, path: str) -> Iterator[Problem]:
    """Successes among trials, both given."""
    if stage.successes is None or stage.trials is None:
        missing = "successes" if stage.successes is None else "trials"
        yield Problem("error", "response_form", f"{path}.{missing}", f"{missing.capitalize()} are missing.", _FORMS)
    elif stage.trials < 1:
        message = f"Nothing can be learned from {stage.trials} trials."
        yield Problem("error", "response_trials", f"{path}.trials", message, "Give how many messages were sent.")
    elif not 0 <= stage.successes <= stage.trials:
        message = f"{stage.successes} of {stage.trials} cannot have answered."
        mend = f"Give a number of successes from 0 to {stage.trials}."
        yield Problem("error", "response_trials", f"{path}.successes", message, mend)


def _range(stage: Stage, path: str) -> Iterator[Problem]:
    """Probabilities, low <= likely <= high."""
    numbers = {"low": stage.low, "likely": stage.likely, "high": stage.high}
    outside = [field for field, value in numbers.items() if value is not None and not 0 <= value <= 1]
    for field in outside:
        message = f"{numbers[field]:g} is no probability."
        value = numbers[field] or 0
        mend = f"For {value:g} percent write {value / 100:g}." if 1 < value <= 100 else "Give a number from 0 to 1."
        yield Problem("error", "response_probability", f"{path}.{field}", message, mend)
    if outside or stage.likely is None:
        return
    for field, broken in (
        ("low", stage.low is not None and stage.low > stage.likely),
        ("high", stage.high is not None and stage.high < stage.likely),
    ):
        if broken:
            than = "above" if field == "low" else "below"
            message = f"{field.capitalize()}, {numbers[field]:g}, is {than} likely, {stage.likely:g}."
            yield Problem("error", "response_order", f"{path}.{field}", message, "Keep low <= likely <= high.")


def _after(after: str | Spread, path: str) -> Iterator[Problem]:
    """A fixed delay needs no check; one that differs is given by both of its two numbers."""
    if isinstance(after, str):
        return
    given = {field: getattr(after, field) for field in ("from_", "to", "p50", "p90")}
    names = {field for field, text in given.items() if text is not None}
    if names not in ({"from_", "to"}, {"p50", "p90"}):
        message = "The delay is not given by two times that belong together."
        mend = "Give from and to, or p50 and p90, or a single time such as 2h."
        yield Problem("error", "response_after", path, message, mend)
        return
    first, last = (parse_duration(text) for text in given.values() if text is not None)
    low, high = ("from", "to") if "to" in names else ("p50", "p90")
    if first > last:
        message = f"The delay goes from {given['from_'] or after.p50} back to {given['to'] or after.p90}."
        yield Problem("error", "response_after", path, message, f"Let {low} be no longer than {high}.")
    elif low == "p50" and not first:
        message = "Half of the people answer at once, so nothing says when the others do."
        yield Problem("error", "response_after", f"{path}.p50", message, "Give p50 a time above zero, such as 1m.")


def _event(name: str, stage: Stage, path: str) -> Iterator[Problem]:
    if name == "converted":
        if stage.event is None or not stage.event.strip():
            message = "The conversion does not say which event it is."
            yield Problem("error", "response_event", path, message, "Name one, such as Order Completed.")
    elif stage.event is not None:
        message = f"What is {name} has an event of its own name."
        yield Problem("error", "response_event", path, message, "Remove the event; only a conversion names one.")
