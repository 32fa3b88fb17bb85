"""Which problems of a design can be mended for somebody, and the proof that a mend takes away nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from engage_desktop.document.change import apply_change
from engage_desktop.document.fixes import at_path, fix_change, setting
from engage_desktop.document.rewriting import rename_audience
from engage_desktop.document.validation import validate
from engage_desktop.domain.campaigns import Campaigns, Layout
from engage_desktop.domain.clock import local_instant
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.problem import Fix, Problem

MOST_PROVED = 60
"""Fixes proved at a time: each costs a validation. Whoever has more problems mends these first."""
Offer = Callable[[Campaigns, Problem], Fix | None]


def with_fixes(
    campaigns: Campaigns, problems: Sequence[Problem], cancelled: Callable[[], bool] = lambda: False
) -> tuple[Problem, ...]:
    """The problems of `validate` with a fix where one is known and proved: a design mended by it has exactly the other
    problems. A problem that brings a fix along (a lint of a run) keeps it only where the mended design has no new one."""
    before = set(validate(campaigns))
    found, left = [], MOST_PROVED
    for problem in problems:
        fix = problem.fix or _offer(campaigns, problem)
        plain = replace(problem, fix=None)
        if fix is not None and left and not cancelled():
            left -= 1
            if not _leaves(campaigns, fix, before - {plain}):
                fix = None
        else:
            fix = None
        found.append(replace(problem, fix=fix))
    return tuple(found)


def _leaves(campaigns: Campaigns, fix: Fix, expected: set[Problem]) -> bool:
    """Whether the mended design has exactly the problems expected, and can be written."""
    try:
        after, _, _, _ = apply_change(campaigns, Layout(format="engage-layout/1"), fix_change(campaigns, fix))
    except (UserError, ValueError):
        return False
    return set(validate(after)) == expected


def _offer(campaigns: Campaigns, problem: Problem) -> Fix | None:
    make = _OFFERS.get(problem.code)
    return None if make is None else make(campaigns, problem)


# -- one kind of problem each -------------------------------------------------------------


def _cleared(words: str) -> Offer:
    """The field that the problem names goes."""
    return lambda campaigns, problem: None if _gone(campaigns, problem) else setting(words, (problem.path, None))


def _given(words: str, value: Any) -> Offer:
    return lambda campaigns, problem: None if _gone(campaigns, problem) else setting(words, (problem.path, value))


def _gone(campaigns: Campaigns, problem: Problem) -> bool:
    return at_path(campaigns, problem.path) in (None, ())


def _shares(campaigns: Campaigns, problem: Problem) -> Fix | None:
    """What is missing goes to the first arm that is no holdout and stays a share."""
    arms = at_path(campaigns, problem.path) or ()
    missing = round(100 - sum(arm.percent for arm in arms), 6)
    for arm in arms:
        share = round(arm.percent + missing, 6)
        if arm.role is None and 0 < share <= 100:
            share = int(share) if share == int(share) else share
            name = getattr(arm, "name", None) or arm.key
            return setting(f"Give “{name}” {share:g} percent", (f"{problem.path}.{arm.key}.percent", share))
    return None


def _zoned(campaigns: Campaigns, problem: Problem) -> Fix | None:
    """The date as one instant by the workspace's clocks."""
    text, zone = at_path(campaigns, problem.path), campaigns.workspace.timezone
    if not isinstance(text, str):
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=local_instant(text, zone))
    written = moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds").replace("+00:00", "Z")
    return setting(f"Mean {text.replace('T', ' ')} in {zone}", (problem.path, written))


def _swapped(campaigns: Campaigns, problem: Problem) -> Fix | None:
    root = problem.path.rpartition(".")[0]
    starts, ends = f"{root}.starts", f"{root}.ends"
    return setting("Swap start and end", (starts, at_path(campaigns, ends)), (ends, at_path(campaigns, starts)))


def _deleted(campaigns: Campaigns, problem: Problem) -> Fix | None:
    _, journey, _, step = problem.path.split(".")
    found = at_path(campaigns, problem.path)
    return None if found is None else Fix(f"Delete “{found.name or step}”", "delete_step", (journey, step))


def _begun(campaigns: Campaigns, problem: Problem) -> Fix | None:
    """At the one step that nothing leads to."""
    journey = at_path(campaigns, problem.path.rpartition(".")[0])
    led = {target for step in journey.steps for target in _wires(step)}
    firsts = [step for step in journey.steps if step.key not in led]
    if len(firsts) != 1:
        return None
    return setting(f"Start at “{firsts[0].name or firsts[0].key}”", (problem.path, firsts[0].key))


def _wires(step: Any) -> Iterator[str | None]:
    yield from (getattr(step, field, None) for field in ("next", "on_timeout", "otherwise"))
    yield from (branch.next for branch in getattr(step, "branches", ()))


def _known(section: str) -> Offer:
    """The nearest name that there is, in the place of one that there is not."""

    def offer(campaigns: Campaigns, problem: Problem) -> Fix | None:
        written = at_path(campaigns, problem.path)
        known = {item.key: getattr(item, "name", None) or item.key for item in getattr(campaigns, section)}
        in_text = problem.path.rpartition(".")[2] in ("definition", "condition", "where")
        wanted = problem.message.split("'")[1] if in_text else written
        near = get_close_matches(wanted, known, 1) if isinstance(wanted, str) else []
        if not near or not isinstance(written, str):
            return None
        value = rename_audience(written, wanted, near[0]) if in_text else near[0]
        return setting(f"Use “{known[near[0]]}”", (problem.path, value))

    return offer


def _wire(campaigns: Campaigns, problem: Problem) -> Fix | None:
    """The nearest step, else none: a path may end."""
    parts = problem.path.split(".")
    journey, written = at_path(campaigns, ".".join(parts[:2])), at_path(campaigns, problem.path)
    if journey is None or not isinstance(written, str) or parts[-1] == "journey":
        return None
    near = get_close_matches(written, list(journey.by_key), 1)
    if near:
        return setting(f"Lead to “{journey.by_key[near[0]].name or near[0]}”", (problem.path, near[0]))
    return None if parts[-1] == "start" else setting("Let the path end here", (problem.path, None))


def _nearest_wait(campaigns: Campaigns, problem: Problem) -> Fix | None:
    """The shortest or longest time that the target takes."""
    from engage_desktop.document.check_target import TARGETS

    journey = at_path(campaigns, ".".join(problem.path.split(".")[:2]))
    waits, written = TARGETS[journey.target].waits, at_path(campaigns, problem.path)
    if waits is None:
        return None
    bound = waits[0] if parse_duration(written) < parse_duration(waits[0]) else waits[1]
    return setting(f"Wait {bound}", (problem.path, bound))


_OFFERS: Mapping[str, Offer] = {
    "any_identifier": _given("Listen to the own identifier alone", False),
    "consent_category": _cleared("Ask for no consent"),
    "exit_cause": lambda campaigns, problem: (
        setting("Remove the filter", (problem.path, None)) if problem.path.endswith(".where") else None
    ),
    "local_date": _zoned,
    "loop_next": _cleared("Only loop back"),
    "match_identifier": _given("Hear every event", False),
    "never_open": _swapped,
    "next_unused": _cleared("Remove the way that is never taken"),
    "offset": _cleared("Remove the offset"),
    "on_timeout_unused": _cleared("Remove the way that is never taken"),
    "past_unused": _given("Let everybody pass", "pass"),
    "percent_sum": _shares,
    "rate": _cleared("Send at any rate"),
    "reentry_cool_down": lambda campaigns, problem: (
        None if problem.is_error else setting("Remove the pause", (problem.path, None))
    ),
    "reentry_identifier": _cleared("Remove the identifier"),
    "send_to_all": _given("Send to subscribers alone", "subscribed"),
    "start_missing": _begun,
    "subscription_group": _cleared("Remove the group"),
    "sync_account": lambda campaigns, problem: (
        setting("Send all identifiers", (problem.path, None)) if problem.path.endswith(".ids") else None
    ),
    "sync_resend": _given("Send changes alone", False),
    "sync_twice": lambda campaigns, problem: Fix(
        "Keep one of the two syncs", "remove", (problem.path.rpartition(".")[0],)
    ),
    "target_wait": _nearest_wait,
    "throughput": _cleared("Send all at once"),
    "unknown_audience": _known("audiences"),
    "unknown_destination": _known("destinations"),
    "unknown_message": _known("messages"),
    "unknown_stage": _cleared("Leave the stage out"),
    "unknown_step": _wire,
    "unreachable": _deleted,
    "weekdays": _cleared("Remove the weekdays"),
}
