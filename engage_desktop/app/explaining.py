"""Why somebody is or is not somewhere: one use case for the command line and the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engage_desktop.app import explain_words as words
from engage_desktop.app.levels import ids_of, since_of
from engage_desktop.app.protocol_explain import AskWhy, Place, WhyLine, WhyReply
from engage_desktop.app.replay import default_window
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from engage_desktop.domain.campaigns import Campaigns
    from engage_desktop.domain.journey import Journey
    from engage_desktop.domain.people import Level
    from engage_desktop.engine import Plan
    from engage_desktop.engine.explain import Seen, Why
    from engage_desktop.engine.points import Instance, Visit
    from engage_desktop.engine.questions import Answer, Question
    from engage_desktop.events import EventStore


@dataclass(frozen=True)
class Explanation:
    """An answer in words. `sentence` says it at once; `change` a verified one; `later` when it would turn by itself."""

    profile: str
    at: str
    verdict: bool
    sentence: str
    tree: tuple[WhyLine, ...]
    change: str | None
    later: str | None
    span: str | None
    json: dict[str, Any]


@dataclass(frozen=True)
class _Asked:
    question: Question
    says: tuple[str, str]
    at: int
    note: str = ""


def explain(
    plan: Plan,
    store: EventStore,
    place: Place,
    profile: str,
    at_us: int | None,
    *,
    until_us: int | None = None,
    unfold: int = 1,
    seed: int = 0,
) -> Explanation:
    """Answer why. Without `at_us` at the instant when it was settled, the last one by `until_us` (the log's end).
    Raises UserError for what is not there: people, audiences, steps, instants."""
    from engage_desktop.engine.questions import answer

    level: Level = "user"
    if place.audience is not None:
        level = _audience_level(plan.campaigns, place.audience)
    subject = _subject(store, level, profile)
    first, last = default_window(store)
    last = last if until_us is None else until_us
    if place.audience is not None:
        asked = _audience(plan, place.audience, level, last)
    else:
        asked = _journey(plan, store, place, subject, (first, last), at_us, seed)
    at = asked.at if at_us is None else at_us
    exists = int(since_of(store, level)[subject])
    if at < exists:
        raise UserError(
            f"{profile} does not exist before {format_instant(exists)}, the first call of the log; "
            f"at {format_instant(at)} nothing holds yet. Ask about a later instant."
        )
    found = answer(plan, store, asked.question, subject, at, unfold=unfold)
    return _words(found, asked, profile, store)


def why_reply(plan: Plan, store: EventStore, request: AskWhy, seed: int) -> WhyReply:
    """The answer for the window; what cannot be answered says so in its sentence. A step that asks nothing is
    explained by how the person came into the journey."""
    place = request.place
    try:
        if place.journey is not None and place.step is not None and not _asks(plan.campaigns, place):
            place = Place(journey=place.journey)
        found = explain(plan, store, place, request.profile, None, until_us=request.at_us, unfold=2, seed=seed)
    except UserError as error:
        return WhyReply(request.generation, request.place, request.profile, request.at_us, None, str(error))
    return WhyReply(
        request.generation, request.place, request.profile, request.at_us,
        found.verdict, found.sentence, found.change, found.later, found.span, found.tree,
    )  # fmt: skip


def _asks(campaigns: Campaigns, place: Place) -> bool:
    """Whether a step asks a condition or listens for events."""
    journey = campaigns.journey(place.journey or "")
    step = None if journey is None else journey.by_key.get(place.step or "")
    return step is not None and step.type in ("split", "fork", "wait", "hold")


def _audience(plan: Plan, key: str, level: Level, last: int) -> _Asked:
    from engage_desktop.engine.questions import State

    audience = plan.campaigns.audience(key)
    name = key if audience is None else audience.name
    return _Asked(State.of_audience(key, level), (f"is in {name}", f"is not in {name}"), last)


def _journey(
    plan: Plan, store: EventStore, place: Place, subject: int, window: tuple[int, int], at_us: int | None, seed: int
) -> _Asked:
    from engage_desktop.engine import points
    from engage_desktop.engine.questions import Heard

    journey = _journey_of(plan.campaigns, place.journey)
    last = window[1] if at_us is None else at_us
    if place.exit is not None:
        points.exit_question(journey, place.exit, None)  # what is not there is said before anything runs
    elif place.step is not None:
        points.step_question(journey, place.step, place.branch, None)
    elif place.branch is not None:
        raise UserError(f"--branch {place.branch} needs the --step it belongs to.")
    instances, visits = points.part_of_run(plan, store, journey.key, subject, window, seed)
    instances = [one for one in instances if one.entered <= last]
    if place.step is not None:
        found = [visit for visit in visits[place.step] if visit.arrived <= last]
        visit = found[-1] if found else None
        question, branch = points.step_question(journey, place.step, place.branch, visit)
        at = last if visit is None else points.instant_of(journey, place.step, visit, last)
        where = f"step {place.step} of {journey.name}"
        if points.reads_journey(question):
            question = _remembering(plan, store, journey, subject, instances, visits, visit, question)
        what = f"branch {branch} of {where}" if branch is not None else f"the condition of {where}"
        return _Asked(question, _meets(what), at, "" if visit is not None else ", but was not at that step by then")
    instance = instances[-1] if instances else None
    if place.exit is not None:
        question = points.exit_question(journey, place.exit, instance)
        if points.reads_journey(question):
            question = _remembering(plan, store, journey, subject, instances[-1:], visits, None, question)
        at = last if instance is None or instance.ended is None else min(instance.ended, last)
        note = "" if instance is not None else ", but was not in the journey by then"
        return _Asked(question, _meets(f"the exit rule {place.exit} of {journey.name}"), at, note)
    question = points.entry_question(journey)
    at = last
    if isinstance(question, Heard) and at_us is None:
        at = points.latest_event(store, question.event, subject, last) or last
    entered = any(one.entered == at for one in instances)
    return _Asked(question, _meets(f"the entry of {journey.name}"), at, " and entered then" if entered else "")


def _remembering(
    plan: Plan,
    store: EventStore,
    journey: Journey,
    subject: int,
    instances: list[Instance],
    visits: dict[str, list[Visit]],
    visit: Visit | None,
    question: Question,
) -> Question:
    """The question with what the instance of the visit (or the last one) had collected."""
    from dataclasses import replace

    from engage_desktop.engine.questions import State
    from engage_desktop.engine.remembering import remembers

    mine = [one for one in instances if visit is None or one.number == visit.instance]
    if not mine or (visit is None and len(instances) != 1):
        raise UserError(
            "This condition reads journey('...'), what an instance has collected, and nobody was there; "
            "ask about somebody who was."
        )
    assert isinstance(question, State)
    before = None if visit is None else visit.seq
    return replace(question, remembers=remembers(plan, store, journey, subject, mine[0], visits, before))


def _meets(what: str) -> tuple[str, str]:
    return f"meets {what}", f"does not meet {what}"


def _journey_of(campaigns: Campaigns, key: str | None) -> Journey:
    found = next((one for one in campaigns.journeys if one.key == key), None)
    if found is None:
        known = ", ".join(one.key for one in campaigns.journeys) or "none"
        raise UserError(f"There is no journey {key!r} in this design. Its journeys: {known}.")
    return found


def _audience_level(campaigns: Campaigns, key: str) -> Level:
    audience = campaigns.audience(key)
    if audience is None:
        known = ", ".join(one.key for one in campaigns.audiences) or "none"
        raise UserError(f"There is no audience {key!r} in this design. Its audiences: {known}.")
    return audience.level


def _subject(store: EventStore, level: Level, text_id: str) -> int:
    from bisect import bisect_left

    ids = ids_of(store, level)
    place = bisect_left(ids, text_id)
    if place < len(ids) and ids[place] == text_id:
        return place
    what = "person" if level == "user" else "account"
    near = f" The nearest id is {ids[min(place, len(ids) - 1)]!r}." if len(ids) else ""
    raise UserError(f"There is no {what} {text_id!r} in this log; check the id, capitals count.{near}")


def _words(found: Answer, asked: _Asked, profile: str, store: EventStore) -> Explanation:
    at = format_instant(found.at)
    says = asked.says[0] if found.verdict else asked.says[1]
    sentence = f"{profile} {says} at {at}{asked.note}: {words.reason(found.why)}."
    turned = asked.says[1] if found.verdict else asked.says[0]
    change = f"{profile} {_would(turned)} {words.change_text(found.change, store, profile)}." if found.change else None
    later = (
        None if found.later is None else f"Without any change {profile} {turned} from {format_instant(found.later)} on."
    )
    span = None
    if found.span is not None:
        since = None if found.span.since is None else format_instant(found.span.since)
        until = "the end" if found.span.until is None else format_instant(found.span.until)
        span = f"In this log it is so from {since} to {until}."
    body: dict[str, Any] = {"profile": profile, "at": at, "verdict": found.verdict, "sentence": sentence}
    body["tree"] = words.tree_json(found.why)
    if found.span is not None:
        body |= {
            "since": None if found.span.since is None else format_instant(found.span.since),
            "until": None if found.span.until is None else format_instant(found.span.until),
        }
    if change is not None:
        body["change"] = {"text": change, "edits": words.edits_json(found.change, store)}
    if found.later is not None:
        body["later"] = format_instant(found.later)
    return Explanation(profile, at, found.verdict, sentence, tuple(_lines(found.why, 0)), change, later, span, body)


def _would(says: str) -> str:
    """`is in X` as `would be in X`."""
    for now, then in (
        ("is not ", "would not be "),
        ("is ", "would be "),
        ("does not ", "would not "),
        ("meets ", "would meet "),
    ):
        if says.startswith(now):
            return then + says[len(now) :]
    return says


def _lines(why: Why, depth: int) -> list[WhyLine]:
    found = [WhyLine(depth, why.text, why.verdict, why.who, tuple(_values(why)))]
    return found + [line for child in why.children for line in _lines(child, depth + 1)]


def _values(why: Why) -> list[str]:
    def lines(seen: Seen) -> list[str]:
        return words.seen_lines(seen)

    return [line for seen in why.values for line in lines(seen)]
