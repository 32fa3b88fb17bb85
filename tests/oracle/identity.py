"""Calls to profiles (D-6, ID-1..ID-9), one call at a time in the order of D-2 over all people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.oracle.call import Call
from tests.oracle.identifiers import Identifier, IdentitySettings
from tests.oracle.rules import Rules

MOST_MERGES = 100  # ID-8
MOST_MAPPINGS = 1000
NAMED_BY = ("user_id", "email", "anonymous_id")  # D-6, then the others from the strongest on


class Finding(NamedTuple):
    """What was wrong with a record, or with one identifier of a call that was kept (ID-12)."""

    position: int
    code: str
    identifier: Identifier | None = None


@dataclass(eq=False)
class Person:
    """A profile: its calls in D-2 order and the identifiers attached to it."""

    calls: list[Call] = field(default_factory=list)
    attached: dict[Identifier, int] = field(default_factory=dict)  # when the profile got it
    shown: dict[Identifier, int] = field(default_factory=dict)  # D-6, D-54: when its calls first show it, in that order
    merges: int = 0
    joined_at_once: int = 0  # most profiles that one call merged into it
    named: Identifier = ("", "")
    text_id: str = ""

    def first_shown(self, kind: str) -> tuple[int, str] | None:
        """Instant and value of the first attached identifier of a kind (D-6, D-54)."""
        return next(((time, value) for (of, value), time in self.shown.items() if of == kind), None)

    @property
    def events(self) -> list[Call]:
        return [call for call in self.calls if call.event is not None]


def identify(calls: list[Call], settings: IdentitySettings, rules: Rules) -> tuple[list[Person], list[Finding]]:
    """ID-1: look up, create, attach or merge, dropping the weakest id while a limit breaks (ID-4). Calls in D-2 order."""
    people: list[Person] = []  # the oldest first
    findings: list[Finding] = []
    for call in calls:
        findings += [Finding(call.position, "id_value_blocked", one) for one in call.blocked]  # ID-5, ID-12
        if not call.identifiers:
            findings.append(Finding(call.position, "no_matching_identifiers"))  # ID-9
            continue
        ids = list(call.identifiers)
        matched = _matched(people, ids)
        while len(ids) > 1 and (broken := _broken(ids, matched, call.time, settings, rules)):
            gone = ids.pop(-1 if rules.weakest_goes_first else 0)
            findings.append(Finding(call.position, broken, gone))
            matched = _matched(people, ids)
            if not rules.drops_until_it_fits:
                break
        if not rules.dropped_is_not_attached:  # the misreading: it moves along with the call
            ids = list(call.identifiers)
            for person in people:
                if person not in matched:
                    left = {one: at for one, at in person.attached.items() if one not in ids}
                    person.attached = left or person.attached  # nobody without a name
        if not matched:
            matched = [Person()]
            people += matched
        survivor = matched[0]  # D-6, AMB-2: the oldest
        survivor.joined_at_once = max(len(matched) - 1, *(person.joined_at_once for person in matched))
        for other in matched[1:]:
            survivor.calls += other.calls
            survivor.attached |= other.attached
            survivor.merges += other.merges + 1
            people.remove(other)
        survivor.calls.append(call)
        for one in ids:
            if one not in survivor.attached or not rules.period_from_first_got:
                survivor.attached[one] = call.time
    for person in people:
        _finish(person, rules)
    _name(people, settings, rules)
    return sorted(people, key=lambda person: person.text_id), findings


def _matched(people: list[Person], ids: list[Identifier]) -> list[Person]:
    """ID-1: whose identifiers these are, the oldest first."""
    return [person for person in people if any(one in person.attached for one in ids)]


def _broken(
    ids: list[Identifier], matched: list[Person], now: int, settings: IdentitySettings, rules: Rules
) -> str | None:
    """What the profile of these would break, as a code of ID-12: limits of values, the strongest type first, then caps."""
    got: dict[Identifier, int] = {}
    for person in matched:
        got |= person.attached
    for one in ids:
        got.setdefault(one, now)
    for kind in settings.kinds:
        times = [at for (of, _), at in got.items() if of == kind]
        limit, per = settings.limit[kind], settings.per[kind]
        if per is not None:  # in (now - per, now]
            times = [at for at in times if at > now - per or (at == now - per and not rules.period_old_side_open)]
        if len(times) > limit or (len(times) == limit > 1 and not rules.limit_itself_fits):
            return "identifier_value_limit_exceeded" if per is None else "identifier_value_time_limit_exceeded"
    merges = sum(person.merges + 1 for person in matched) - 1
    if len(matched) > 1 and merges > (MOST_MERGES if rules.hundred_merges else MOST_MERGES + 1):
        return "profile_merge_limit_exceeded"
    if len(got) > (MOST_MAPPINGS if rules.thousand_mappings else MOST_MAPPINGS + 1):
        return "identifier_mapping_limit_exceeded"
    return None


def _finish(person: Person, rules: Rules) -> None:
    """Calls into their order; when they first show each identifier that the profile has in the end (D-6, D-54)."""
    person.calls.sort(key=lambda call: call.order(rules))
    for row, call in enumerate(person.calls):
        call.row = row
        for one in call.identifiers:
            if one in person.attached and one not in person.shown:
                person.shown[one] = call.time if rules.shown_also_where_dropped else person.attached[one]


def _name(people: list[Person], settings: IdentitySettings, rules: Rules) -> None:
    """D-6: the first user id, else mail, else anonymous id, else value of the strongest type. Where two profiles
    would share one, the weaker takes its type in front."""
    kinds = [*NAMED_BY, *(kind for kind in settings.kinds if kind not in NAMED_BY)]
    if not rules.mail_names_before_anonymous_id:
        kinds[1:3] = kinds[2:0:-1]
    for person in people:
        kind = next(kind for kind in kinds if person.first_shown(kind))
        values = [value for of, value in person.shown if of == kind]
        person.named = kind, values[0] if rules.first_shown_names else min(values)
    taken: set[str] = set()
    for person in sorted(people, key=lambda person: kinds.index(person.named[0])):
        kind, value = person.named
        person.text_id = f"{kind}:{value}" if value in taken else value
        taken.add(person.text_id)
