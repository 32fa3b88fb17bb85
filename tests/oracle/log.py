"""Raw calls to profiles: rejects, duplicates, order (D-2, D-47), then identity (D-6, ID-1..ID-9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engage_desktop.domain.workspace import Identity
from tests.oracle.call import Call, call_of
from tests.oracle.identifiers import Identifier, IdentitySettings
from tests.oracle.identity import Finding, Person, identify
from tests.oracle.rules import Rules

__all__ = ["Call", "Finding", "Identifier", "Person", "read", "read_findings"]

A_DAY = 86_400_000_000


def read(
    records: Iterable[Mapping[str, Any]], rules: Rules, identity: Identity | None = None
) -> tuple[list[Person], list[tuple[int, str]]]:
    """Profiles in code-point order of text ids; rejects and notices about identifiers as (position, code)."""
    people, findings = read_findings(records, rules, identity)
    return people, [(finding.position, finding.code) for finding in findings]


def read_findings(
    records: Iterable[Mapping[str, Any]], rules: Rules, identity: Identity | None = None
) -> tuple[list[Person], list[Finding]]:
    """The same, saying of each notice which identifier was set aside; by position. Of records dated more than a day
    after their receipt the first is told of."""
    settings = IdentitySettings(identity, rules)
    calls: list[Call] = []
    rejects: list[Finding] = []
    kept: dict[str, Call] = {}
    ahead: list[Finding] = []
    for position, record in enumerate(records):
        made = call_of(position, record, settings, rules)
        if isinstance(made, str):
            rejects.append(Finding(position, made))
            continue
        if made.time - made.received > (A_DAY if rules.a_day_ahead_is_no_future else A_DAY - 1):
            ahead.append(Finding(position, "timestamp_in_future"))  # EV-1: it counts as dated
        message_id = record.get("messageId") or None
        if not rules.duplicates_by_message_id_only and message_id is None:
            message_id = repr(sorted(record.items(), key=repr))
        if message_id is not None:
            if message_id in kept:  # EV-3, D-47: the first in input order stays
                if rules.first_duplicate_stays:
                    continue
                calls.remove(kept[message_id])
            kept[message_id] = made
        calls.append(made)
    calls.sort(key=lambda call: call.order(rules))
    people, findings = identify(calls, settings, rules)
    return people, sorted(rejects + ahead[:1] + findings, key=lambda finding: finding[:2])
