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
from engage_desktop.domain.step import CATEGORY

if TYPE_CHECKING:
    from engage_desktop.domain.campaigns import Campaigns
    from engage_desktop.domain.journey import Journey
    from engage_desktop.domain.people import Level
    from engage_desktop.engine import Plan
    from engage_desktop.engine.explain import Seen, Why
    from engage_desktop.engine.questions import Answer
    from engage_desktop.engine.subject import Subject
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
    answer: Answer
    says: tuple[str, str]
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
    from engage_desktop.engine.subject import Subject

    level: Level = "user"
    if place.audience is not None:
        level = _audience_level(plan.campaigns, place.audience)
    index = _subject(store, level, profile)
    first, last = default_window(store)
    last = last if until_us is None else until_us
    subject = Subject(plan, store, index, (first, last), seed, level)
    exists, asked_at = int(since_of(store, level)[index]), last if at_us is None else at_us
    if asked_at < exists:
        raise UserError(
            f"{profile} does not exist before {format_instant(exists)}, the first call of the log; "
            f"at {format_instant(asked_at)} nothing holds yet. Ask about a later instant."
        )
    if place.audience is not None:
        asked = _audience(subject, plan, place.audience, asked_at, unfold)
    else:
        asked = _journey(subject, plan, place, at_us, unfold)
    return _words(asked.answer, asked, profile, store)


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
    """Whether a step asks a condition, listens for events or waits for a clock."""
    journey = campaigns.journey(place.journey or "")
    step = None if journey is None else journey.by_key.get(place.step or "")
    return step is not None and (step.type in ("split", "fork") or CATEGORY.get(step.type) == "timing")


def _audience(subject: Subject, plan: Plan, key: str, at: int, unfold: int) -> _Asked:
    from engage_desktop.engine.questions import State

    audience = plan.campaigns.audience(key)
    name = key if audience is None else audience.name
    found = subject.ask(State.of_audience(key, subject.level), at, unfold=unfold)
    return _Asked(found, (f"is in {name}", f"is not in {name}"))


def _journey(subject: Subject, plan: Plan, place: Place, at_us: int | None, unfold: int) -> _Asked:
    journey = _journey_of(plan.campaigns, place.journey)
    if place.exit is not None:
        return _exit(subject, plan, journey, place.exit, at_us, unfold)
    if place.step is not None:
        return _step(subject, plan, journey, place, at_us, unfold)
    if place.branch is not None:
        raise UserError(f"--branch {place.branch} needs the --step it belongs to.")
    return _entry(subject, plan, journey, at_us, unfold)


def _step(subject: Subject, plan: Plan, journey: Journey, place: Place, at_us: int | None, unfold: int) -> _Asked:
    """The visit that is meant is the latest one that began by the instant asked."""
    from engage_desktop.engine import points
    from engage_desktop.engine.remembering import inside

    key = place.step or ""
    points.branch_of(journey, key, place.branch, None)  # what is not there is said before anything runs
    compiled, last = points.plan_of(plan, journey.key), subject.window[1] if at_us is None else at_us
    way = subject.way(compiled)
    visit = next((one for one in reversed(way.visits[key]) if one.arrived <= last), None)
    branch = points.branch_of(journey, key, place.branch, visit)
    known = inside(plan, subject.log, compiled, subject.index, visit)
    point = points.step_point(journey, key, branch, visit, last, known)
    if visit is None and points.reads_journey(point.question, plan):
        raise UserError(
            "This condition reads journey('...'), what an instance has collected, and nobody was there; "
            "ask about somebody who was."
        )
    found = subject.ask_point(compiled, point, unfold=unfold)
    where = f"step {key} of {journey.name}"
    note = ", but was not at that step by then" if visit is None else ""
    if visit is not None and not visit.took and visit.left is not None and visit.left <= last:
        instance = way.instances[visit.instance - 1]
        note = f" ({words.left_by(instance.outcome, instance.detail)} then)"
    if points.is_clock(journey.by_key[key]):
        return _Asked(found, (f"has gone on from {where}", f"has not gone on from {where}"), note)
    what = f"branch {branch} of {where}" if branch is not None else f"the condition of {where}"
    return _Asked(found, _meets(what), note)


def _exit(subject: Subject, plan: Plan, journey: Journey, key: str, at_us: int | None, unfold: int) -> _Asked:
    from engage_desktop.engine import points
    from engage_desktop.engine.remembering import inside

    points.rule_of(journey, key)
    compiled, last = points.plan_of(plan, journey.key), subject.window[1] if at_us is None else at_us
    way = subject.way(compiled)
    stayed = [one for one in way.instances if one.entered <= last and one.outcome != points.TURNED_AWAY]
    instance = stayed[-1] if stayed else None
    known = inside(plan, subject.log, compiled, subject.index, instance)
    point = points.exit_point(journey, key, instance, last, known)
    if instance is None and points.reads_journey(point.question, plan):
        raise UserError(
            "This exit rule reads journey('...'), what an instance has collected, and nobody was there; "
            "ask about somebody who was."
        )
    found = subject.ask_point(compiled, point, unfold=unfold)
    note = "" if instance is not None else ", but was not in the journey by then"
    if instance is not None and not found.verdict and instance.ended is not None and instance.ended <= last:
        note = f" ({words.left_by(instance.outcome, instance.detail)} then)"
    return _Asked(found, _meets(f"the exit rule {key} of {journey.name}"), note)


def _entry(subject: Subject, plan: Plan, journey: Journey, at_us: int | None, unfold: int) -> _Asked:
    from engage_desktop.engine import points

    compiled, last = points.plan_of(plan, journey.key), subject.window[1] if at_us is None else at_us
    zone = plan.campaigns.workspace.timezone
    point = points.entry_point(compiled, subject.window, zone, last)
    latest = points.latest_entry(plan, subject.log, subject.index, point.question, last)
    if latest is not None and (at_us is None or journey.entry.type == "event"):
        point = points.entry_point(compiled, subject.window, zone, latest)
    found = subject.ask_point(compiled, point, unfold=unfold)
    way = subject.way(compiled)
    return _Asked(
        found, _meets(f"the entry of {journey.name}"), words.entry_note(compiled, way, point.at, found.verdict)
    )


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
        ("has not ", "would not have "),
        ("has ", "would have "),
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
