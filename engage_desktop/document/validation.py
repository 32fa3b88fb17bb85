"""What is wrong with a design, all of it, in file order (D-36)."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engage_desktop.document.check_broadcasts import check_broadcasts
from engage_desktop.document.check_conditions import check_conditions
from engage_desktop.document.check_journey import check_journey, duplicates, unknown
from engage_desktop.document.check_list import check_list
from engage_desktop.document.check_policies import check_policies
from engage_desktop.document.check_responses import check_responses
from engage_desktop.document.check_sync import check_syncs
from engage_desktop.document.check_target import check_target
from engage_desktop.document.context import check_context
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.people import Audience
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.workspace import DEFAULT_STAGES

_SECTIONS = {
    "traits": "trait",
    "audiences": "audience",
    "messages": "message",
    "destinations": "destination",
    "journeys": "journey",
    "broadcasts": "broadcast",
    "tests": "test",
}


SLOWEST_RATE, FASTEST_RATE = 1e-5, 1e6
"""Calls a second: about one a day, and more than any receiver takes."""


def validate(campaigns: Campaigns) -> tuple[Problem, ...]:
    """Every problem of a design: errors first, each group in the order of the file."""
    found = [
        *_keys(campaigns),
        *_workspace(campaigns),
        *(problem for audience in campaigns.audiences for problem in _audience(audience, campaigns)),
        *_messages(campaigns),
        *check_policies(campaigns),
        *_destinations(campaigns),
        *(problem for journey in campaigns.journeys for problem in check_journey(journey, campaigns)),
        *(problem for journey in campaigns.journeys for problem in check_target(journey)),
        *check_broadcasts(campaigns),
        *check_responses(campaigns),
        *_tests(campaigns),
        *check_conditions(campaigns),
        *check_context(campaigns),
    ]
    rank = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: rank[problem.severity]))


def _keys(campaigns: Campaigns) -> Iterator[Problem]:
    for section, kind in _SECTIONS.items():
        yield from duplicates(getattr(campaigns, section), section, kind)
    computed = {trait.key for trait in campaigns.traits}
    for audience in campaigns.audiences:
        if audience.key in computed:
            message = (
                f"The audience has the name of a computed trait, so trait({audience.key!r}) would mean two things."
            )
            yield Problem(
                "error", "audience_is_trait", f"audiences.{audience.key}.key", message, "Give one of them another key."
            )


def _workspace(campaigns: Campaigns) -> Iterator[Problem]:
    known = [audience.key for audience in campaigns.audiences]
    stages = [stage.key for stage in campaigns.workspace.stages] or list(DEFAULT_STAGES)
    if not _is_zone(campaigns.workspace.timezone):
        message = f"There is no time zone {campaigns.workspace.timezone!r}."
        yield Problem("error", "timezone", "workspace.timezone", message, "Write a name such as Europe/London or UTC.")
    yield from duplicates(campaigns.workspace.stages, "workspace.stages", "stage")
    for stage in campaigns.workspace.stages:
        if stage.audience is not None and stage.audience not in known:
            yield unknown("audience", stage.audience, f"workspace.stages.{stage.key}.audience", known)
    for section in ("audiences", "journeys", "broadcasts"):
        for item in getattr(campaigns, section):
            if item.stage is not None and item.stage not in stages:
                message = f"There is no lifecycle stage {item.stage!r}."
                mend = f"Use one of: {', '.join(stages)}."
                yield Problem("warning", "unknown_stage", f"{section}.{item.key}.stage", message, mend)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the zone database
        return False
    return True


def _audience(audience: Audience, campaigns: Campaigns) -> Iterator[Problem]:
    if audience.list_ is not None:
        yield from check_list(audience.list_, f"audiences.{audience.key}.list")
    yield from check_syncs(audience, campaigns)


def _messages(campaigns: Campaigns) -> Iterator[Problem]:
    used = {getattr(step, "message", None) for journey in campaigns.journeys for step in journey.steps}
    for broadcast in campaigns.broadcasts:
        used |= {broadcast.message, *(variant.message for variant in broadcast.variants)}
    for message in campaigns.messages:
        path = f"messages.{message.key}"
        if not message.body and not message.text and message.key in used:
            yield Problem("warning", "message_empty", f"{path}.body", "The message has no body.", "Write what it says.")
        if message.channel == "email" and not message.subject and message.key in used:
            yield Problem("warning", "subject_missing", f"{path}.subject", "The e-mail has no subject.", "Write one.")
        if message.subscription_group is not None and message.channel != "email":
            what = f"Subscription groups are for e-mail, and this is a message by {message.channel}."
            yield Problem("error", "subscription_group", f"{path}.subscription_group", what, "Remove the group.")
        if message.subscription_group is not None and not message.subscription_group.strip():
            what = "The subscription group has no name."
            yield Problem("error", "subscription_group", f"{path}.subscription_group", what, "Name one, or remove it.")
        if message.send_to == "all":
            what = "The message also goes to people who unsubscribed."
            yield Problem(
                "warning",
                "send_to_all",
                f"{path}.send_to",
                what,
                "Keep it for receipts and the like, or set it to subscribed.",
            )


def _destinations(campaigns: Campaigns) -> Iterator[Problem]:
    for destination in campaigns.destinations:
        if destination.rate is not None and not SLOWEST_RATE <= destination.rate <= FASTEST_RATE:
            message = "The rate is no number of calls a second that could be kept."
            mend = "Give one above 0, such as 10, or leave it out."
            yield Problem("error", "rate", f"destinations.{destination.key}.rate", message, mend)
        if destination.consent_category is not None and not destination.consent_category.strip():
            path = f"destinations.{destination.key}.consent_category"
            message = "The destination asks for consent and names no category of it."
            yield Problem("error", "consent_category", path, message, "Name one, such as marketing, or leave it out.")


def _tests(campaigns: Campaigns) -> Iterator[Problem]:
    for test in campaigns.tests:
        path = f"tests.{test.key}"
        journey = campaigns.journey(test.journey)
        if journey is None:
            yield unknown("journey", test.journey, f"{path}.journey", [item.key for item in campaigns.journeys])
            continue
        for step, branch in test.arms.items():
            found = journey.by_key.get(step)
            if found is None:
                yield unknown("step", step, f"{path}.arms.{step}", [item.key for item in journey.steps])
                continue
            known = [item.key for item in getattr(found, "branches", ())]
            if branch not in known:
                yield unknown("branch", branch, f"{path}.arms.{step}", known)
