"""The table `deliveries` from the text of D-38 and `docs/semantics.md`, tick by tick and person by person.

It is given memberships, so it stands apart from the oracle of conditions and journeys, and shares no code with the
product beside the design's models. Instants are microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import xxhash

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.people import Sync

Stays = Mapping[str, Sequence[tuple[int, int | None]]]
"""Person -> when they were a member: from, to (None = still)."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """True everywhere = the text. A flag set False is a plausible misreading of D-38."""

    net: bool = True  # entered and left inside one batch = nothing
    gap_is_nothing: bool = True  # left and back inside one batch = nothing
    tick_sees_its_instant: bool = True  # a change at a tick belongs to it
    first_counts: bool = True  # ticks begin at `first`, not at the run's start
    beat_before_run: bool = True  # a `first` before the run gives the beat, not ticks before the run
    backfill_tells: bool = True  # who was a member before the run is told at the first tick
    no_backfill_is_silent: bool = True  # without: neither of the entry nor of the exit
    beginning_at_from_is_new: bool = True  # a membership that begins at the run's first instant is no backfill
    entry_of_latest: bool = True  # the entry is dated by the membership that holds at the tick
    exit_of_latest: bool = True  # the exit by the last one before it
    waits_for_next_tick: bool = True  # what changed after the last tick is due at the next one
    list_words: bool = True  # added, removed
    minimum_holds_additions: bool = True  # no additions while the list is short of its minimum
    minimum_lets_removals: bool = True  # removals always
    minimum_of_lists_only: bool = True
    resend_repeats: bool = True  # at each tick of the run, dated at it
    rate_shifts: bool = True
    rate_of_destination: bool = True  # one queue a destination, not one a sync
    queue_by_due: bool = True  # then changed_at, profile, campaign, step
    chosen_ids: bool = True  # first, last: one call with those chosen
    exit_to_all_ids: bool = True  # DS-16
    ids_of_the_change: bool = True  # identifiers shown up to the change
    id_in_name: bool = True  # calls of one change have names of their own
    id_without_run: bool = True
    consent_is_asked: bool = True  # SB-10: a destination with a category is told of those who agree
    consent_counts_whole: bool = True  # D-54: the latest object, not the latest word on each category
    silence_is_no: bool = True  # who has said nothing, or nothing of the category, does not agree
    withdrawal_takes_off: bool = True  # who withdraws is told gone
    agreeing_enters: bool = True  # a member who agrees later enters then
    consent_binds_steps: bool = True
    minimum_binds_steps: bool = True  # additions of `ad` steps wait for it too
    taken_off_if_put_on: bool = True  # an `ad` step takes nobody off its list who was not put on it


LAW = DeliveryRules()


@dataclass(frozen=True)
class Person:
    """Identifiers by first sight: (value, since). Without user ids the anonymous ones are called. `said`: objects of
    consent, with when, as the calls came."""

    users: tuple[tuple[str, int], ...] = ()
    anonymous: tuple[tuple[str, int], ...] = ()
    emails: tuple[tuple[str, int], ...] = ()
    said: tuple[tuple[int, Mapping[str, Any]], ...] = ()


Ad = tuple[str, str, str, int, str]
"""journey, step, profile, when it comes to the list, entry key"""


def delivered(
    campaigns: Campaigns,
    window: tuple[int, int],
    members: Mapping[str, Stays],
    steps: Sequence[tuple[str, str, str, str, int, str]] = (),
    people: Mapping[str, Person] | None = None,
    rules: DeliveryRules = LAW,
    ads: Sequence[Ad] = (),
    ads_to: tuple[str, int] = ("", 0),
) -> list[Row]:
    """The table's rows in its order. `members` by audience; `steps`: (destination, journey, step, profile, at, entry
    key) of each send; `ads`: who comes to the one `ad` step, sorted by (profile, time), `ads_to` its destination and for
    how long it puts them on the list."""
    rows = []
    for destination, journey, step, profile, at, key in steps:
        asked = _category(campaigns, destination, rules) if rules.consent_binds_steps else None
        if not _agrees(people, profile, asked, at, rules):
            continue
        rows.append(_row(destination, journey, step, profile, "sent", at, at, None, key, rules, window))
    for journey, step, profile, at, key, change, due in _ad_rows(campaigns, window[1], ads, *ads_to, people, rules):
        rows.append(_row(ads_to[0], journey, step, profile, change, at, due, None, key, rules, window))
    for audience in campaigns.audiences:
        for sync in audience.sync:
            asked = _category(campaigns, sync.destination, rules)
            stays = {who: _agreed(people, who, asked, one, rules) for who, one in members[audience.key].items()}
            told = _told(campaigns, sync, window, stays, rules)
            for profile, joins, changed_at, due_at, batch in told:
                parts = _parts(sync, joins, changed_at, None if people is None else people[profile], rules)
                for part in parts:
                    change = _word(sync, joins, rules)
                    where = (sync.destination, audience.key, None, profile, change, changed_at, due_at, batch)
                    rows.append(_row(*where, part, rules, window))
    for number, row in enumerate(rows):
        row["number"] = number
    _pace(campaigns, rows, rules)
    rows.sort(key=lambda row: (row["destination"], row["campaign"], row["profile"], row["changed_at"], row["step"] or "", row["number"]))  # fmt: skip
    for row in rows:
        del row["number"]
    return rows


def _row(
    destination: str, campaign: str, step: str | None, profile: str, change: str, changed_at: int, due_at: int,
    batch: int | None, key: str, rules: DeliveryRules, window: tuple[int, int],
) -> Row:  # fmt: skip
    name = [destination, campaign, step or "", profile, key, "1", change, str(changed_at)]
    if not rules.id_without_run:
        name.append(str(window))
    return {
        "destination": destination,
        "campaign": campaign,
        "step": step,
        "profile": profile,
        "change": change,
        "changed_at": changed_at,
        "due_at": due_at,
        "batch": batch,
        "message_id": xxhash.xxh3_64_hexdigest("|".join(name).encode()),
        "kind": "observed",
    }


def _word(sync: Sync, joins: bool, rules: DeliveryRules) -> str:
    if sync.as_ == "list" and rules.list_words:
        return "added" if joins else "removed"
    return "entered" if joins else "exited"


def _category(campaigns: Campaigns, destination: str, rules: DeliveryRules) -> str | None:
    found = campaigns.destination(destination)
    assert found is not None
    return found.consent_category if rules.consent_is_asked else None


def _agrees(
    people: Mapping[str, Person] | None, who: str, category: str | None, at: int, rules: DeliveryRules
) -> bool:  # fmt: skip
    if category is None:
        return True
    assert people is not None
    heard: dict[str, Any] = {}
    for _, said in sorted((one for one in people[who].said if one[0] <= at), key=lambda one: one[0]):
        heard = dict(said) if rules.consent_counts_whole else heard | said
    return heard.get(category, not rules.silence_is_no) is True


def _agreed(
    people: Mapping[str, Person] | None, who: str, category: str | None, stays: Sequence[tuple[int, int | None]],
    rules: DeliveryRules,
) -> list[tuple[int, int | None]]:  # fmt: skip
    """When somebody is a member and agrees."""
    if category is None or people is None:
        return list(stays)
    found: list[tuple[int, int | None]] = []
    for start, end in stays:
        turns = {at for at, _ in people[who].said if at > start and (end is None or at < end)}
        since: int | None = None
        for at in sorted({start} | turns):
            agrees = _agrees(people, who, category, at, rules)
            if agrees and since is None and (at == start or rules.agreeing_enters):
                since = at
            elif not agrees and since is not None and rules.withdrawal_takes_off:
                found.append((since, at))
                since = None
        if since is not None:
            found.append((since, end))
    return found


def _ad_rows(
    campaigns: Campaigns, last: int, ads: Sequence[Ad], to: str, stay: int, people: Mapping[str, Person] | None,
    rules: DeliveryRules,
) -> Iterator[tuple[str, str, str, int, str, str, int]]:  # fmt: skip
    """(journey, step, profile, changed_at, entry key, change, due_at)"""
    if not ads:
        return
    destination = campaigns.destination(to)
    assert destination is not None
    minimum = (destination.minimum or 0) if rules.minimum_binds_steps else 0
    asked = _category(campaigns, to, rules) if rules.consent_binds_steps else None
    words = []  # (when, instance, journey, step, profile, key, is an addition)
    for number, (journey, step, profile, at, key) in enumerate(ads):
        if _agrees(people, profile, asked, at, rules):
            words.append((at, number, journey, step, profile, key, True))
        if at + stay <= last:
            words.append((at + stay, number, journey, step, profile, key, False))
    words.sort(key=lambda one: one[:2])
    instants = sorted({one[0] for one in words})

    def on_list(at: int) -> set[str]:
        latest = {profile: adds for when, _, _, _, profile, _, adds in words if when <= at}
        return {profile for profile, adds in latest.items() if adds}

    def due(at: int, profile: str) -> int | None:
        if minimum <= 1:
            return at
        for later in (one for one in instants if one >= at):
            if profile not in on_list(later):
                return None
            if len(on_list(later)) >= minimum:
                return later
        return None

    told = {one: due(one[0], one[4]) for one in words if one[6]}
    for word in sorted(words, key=lambda one: (one[1], one[0])):
        at, _, journey, step, profile, key, adds = word
        if adds:
            when = told[word]
            if when is not None:
                yield journey, step, profile, at, key, "added", when
        else:
            put_on = any(one[4] == profile and when is not None and when <= at for one, when in told.items())
            if put_on or not rules.taken_off_if_put_on:
                yield journey, step, profile, at, key, "removed", at


def _ticks(sync: Sync, window: tuple[int, int], stays: Stays, rules: DeliveryRules) -> Iterator[tuple[int, int]]:
    """(instant of the tick, instant whose membership it tells); of a batch also the first tick after the run."""
    first, last = window
    if sync.mode == "realtime":
        marks = {first} | {at for one in stays.values() for stay in one for at in stay if at is not None}
        yield from ((at, at) for at in sorted(marks) if first <= at <= last)
        return
    assert sync.every is not None
    every = parse_duration(sync.every)
    tick = first
    if sync.first is not None and rules.first_counts:
        tick = parse_instant(sync.first) if "T" in sync.first else first + parse_duration(sync.first)
    while tick < first and rules.beat_before_run:
        tick += every
    while tick <= last:
        yield tick, tick if rules.tick_sees_its_instant else tick - 1
        tick += every
    if rules.waits_for_next_tick:
        yield tick, last


def _told(
    campaigns: Campaigns, sync: Sync, window: tuple[int, int], stays: Stays, rules: DeliveryRules
) -> Iterator[tuple[str, bool, int, int, int | None]]:
    """(profile, joins, changed_at, due_at, batch)"""
    first, last = window
    destination = campaigns.destination(sync.destination)
    assert destination is not None
    counts = sync.as_ == "list" or not rules.minimum_of_lists_only
    minimum = (destination.minimum or 0) if counts else 0
    has: dict[str, int] = {}
    looked: int | None = None
    for number, (tick, at) in enumerate(_ticks(sync, window, stays, rules)):
        batch = number if sync.mode == "batch" else None
        holds = {who: since for who, one in stays.items() if (since := _since(sync, first, one, at, rules)) is not None}
        if not rules.net or not rules.gap_is_nothing:
            yield from _passing(sync, stays, looked, at, tick, batch, rules)
        for who in sorted(set(holds) | set(has)):
            short = len(holds) < minimum and rules.minimum_holds_additions
            if who in holds and who not in has:
                if not short:
                    has[who] = holds[who] if rules.entry_of_latest else min(a for a, _ in stays[who])
                    yield who, True, has[who], tick, batch
            elif who not in holds:
                if not rules.minimum_lets_removals and len(holds) < minimum:
                    continue
                ends = [end for _, end in stays[who] if end is not None and end <= at]
                left = max(ends) if rules.exit_of_latest else min(end for end in ends if end > has[who])
                del has[who]
                yield who, False, left, tick, batch
            elif sync.resend and rules.resend_repeats and tick <= last and not short:
                yield who, True, tick, tick, batch
        looked = at


def _since(
    sync: Sync, first: int, stays: Sequence[tuple[int, int | None]], at: int, rules: DeliveryRules
) -> int | None:
    """When the membership of the instant began, None where there is none that is told of."""
    for start, end in stays:
        if start <= at and (end is None or at < end):
            old = start < first or (start == first and not rules.beginning_at_from_is_new)
            silent = rules.no_backfill_is_silent if not sync.backfill else not rules.backfill_tells
            return None if old and silent else start
    return None


def _passing(
    sync: Sync, stays: Stays, looked: int | None, at: int, tick: int, batch: int | None, rules: DeliveryRules
) -> Iterator[tuple[str, bool, int, int, int | None]]:
    """What a batch that is no net change would tell besides."""
    if looked is None or sync.mode != "batch":
        return
    for who, one in stays.items():
        for start, end in one:
            if not rules.net and looked < start and end is not None and end <= at:
                yield who, True, start, tick, batch
                yield who, False, end, tick, batch
        for (_, end), (start, _) in pairwise(one):
            if not rules.gap_is_nothing and end is not None and looked < end and start <= at:
                yield who, False, end, tick, batch
                yield who, True, start, tick, batch


def _parts(sync: Sync, joins: bool, changed_at: int, person: Person | None, rules: DeliveryRules) -> list[str]:
    """What stands for the entry key in the names of a change's calls, one for each."""
    if sync.ids is None:
        return [""]
    assert person is not None
    names = _shown(person.users, changed_at, rules) or _shown(person.anonymous, changed_at, rules)
    emails = _shown(person.emails, changed_at, rules) or [""]
    if sync.ids != "all" and rules.chosen_ids and (joins or not rules.exit_to_all_ids):
        at = 0 if sync.ids == "first" else -1
        names, emails = [names[at]], [emails[at]]
    calls = [f"{name}|{email}" for name in names for email in emails]
    return ["", *calls[1:]] if rules.id_in_name else [""] * len(calls)


def _shown(values: Sequence[tuple[str, int]], until: int, rules: DeliveryRules) -> list[str]:
    return [value for value, since in values if since <= until or not rules.ids_of_the_change]


def _pace(campaigns: Campaigns, rows: list[Row], rules: DeliveryRules) -> None:
    order = ("due_at", "changed_at") if rules.queue_by_due else ("changed_at", "due_at")
    for destination in campaigns.destinations:
        if not destination.rate or not rules.rate_shifts:
            continue
        gap = Fraction(1_000_000) / Fraction(str(destination.rate))
        free_at: dict[str, Fraction] = {}
        mine = [row for row in rows if row["destination"] == destination.key]
        for row in sorted(mine, key=lambda row: (row[order[0]], row[order[1]], row["profile"], row["campaign"], row["step"] or "", row["number"])):  # fmt: skip
            lane = "" if rules.rate_of_destination else row["campaign"]
            due = max(Fraction(row["due_at"]), free_at.get(lane, Fraction(0)))
            row["due_at"] = -(-due.numerator // due.denominator)
            free_at[lane] = row["due_at"] + gap
