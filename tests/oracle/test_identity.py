"""What must hold of the oracle's people whatever the log says (ID-1, ID-2, ID-4, ID-8, D-2, D-6, D-47)."""

from __future__ import annotations

import random

import pytest

from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.domain.workspace import IdentifierRule, Identity
from tests.golden.people_found import of_oracle
from tests.oracle.identifiers import IdentitySettings
from tests.oracle.log import read_findings
from tests.oracle.rules import LAW
from tests.random_cases.identities import LogCase, generate

CASES = [generate(seed) for seed in range(1, 121)]


def test_default_ranks() -> None:
    """ID-3: user_id, email, then by name from 3 on; what is given stands, ties by name."""
    assert IdentitySettings(None, LAW).kinds == [
        "user_id", "email", "android.id", "android.idfa", "android.push_token", "anonymous_id", "ga_client_id",
        "ios.id", "ios.idfa", "ios.push_token",
    ]  # fmt: skip
    given = Identity(
        identifiers=(
            IdentifierRule(type="loyalty"),
            IdentifierRule(type="zeta", priority=1),
            IdentifierRule(type="anonymous_id", priority=3),
        )
    )
    kinds = IdentitySettings(given, LAW).kinds
    assert kinds[:5] == ["user_id", "zeta", "email", "android.id", "anonymous_id"]
    assert kinds.index("ga_client_id") < kinds.index("ios.push_token") < kinds.index("loyalty")


@pytest.mark.parametrize("case", CASES, ids=range(1, 121))
def test_invariants(case: LogCase) -> None:
    """An identifier is one profile's, a kept call is one profile's, limits hold, and what is attached was shown."""
    people, findings = read_findings(case.records, LAW, case.identity)
    settings = IdentitySettings(case.identity, LAW)
    attached = [identifier for person in people for identifier in person.attached]
    assert len(attached) == len(set(attached))
    assert len({person.text_id for person in people}) == len(people)
    positions = [call.position for person in people for call in person.calls]
    lost = [one.position for one in findings if one.identifier is None and one.code != "timestamp_in_future"]
    assert len(positions) == len(set(positions))
    assert not set(positions) & set(lost)
    sent_again = len(case.records) - len(positions) - len(lost)
    assert 0 <= sent_again <= 2  # duplicates, the only records that leave no trace
    for person in people:
        assert set(person.shown) == set(person.attached)
        assert all(person.attached[one] >= at for one, at in person.shown.items())
        for kind in settings.kinds:
            got = sorted(at for (of, _), at in person.attached.items() if of == kind)
            limit, per = settings.limit[kind], settings.per[kind]
            if per is None:
                assert len(got) <= limit
            # with a period the merged profile may hold more: each got its own while they were apart
            elif not person.merges:
                assert all(late - early >= per for early, late in zip(got, got[limit:], strict=False))


@pytest.mark.parametrize("case", CASES[:60], ids=range(1, 61))
def test_order_of_the_file_means_nothing_where_instants_differ(case: LogCase) -> None:
    """D-2: with every record at an instant of its own, a shuffled file gives the same people."""
    records = [
        {**record, "timestamp": format_instant(parse_instant(record["timestamp"]) + 10 * place)}
        for place, record in enumerate(case.records)
        if "timestamp" in record and record["timestamp"].endswith("Z")
    ]
    records = [{key: value for key, value in record.items() if key != "messageId"} for record in records]
    shuffled = random.Random(1).sample(records, len(records))
    assert of_oracle(records, case.identity).people == of_oracle(shuffled, case.identity).people


@pytest.mark.parametrize("case", CASES[:60], ids=range(1, 61))
def test_strangers_change_nobody(case: LogCase) -> None:
    """ID-1: people who share no value with the others leave them as they were."""
    start = parse_instant("2023-12-31T23:00:00Z")
    strangers = [
        {"type": "track", "event": "A", "userId": f"s{n % 3}", "anonymousId": f"t{n % 4}",
         "timestamp": format_instant(start + n * 3_600_000_000), "properties": {}}
        for n in range(12)
    ]  # fmt: skip
    before = of_oracle(case.records, case.identity).people
    after = of_oracle([*case.records, *strangers], case.identity).people
    assert {text: person for text, person in after.items() if text in before} == before
