"""Identity over the whole log, against a loop that plays every call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.domain.workspace import IdentifierRule, Identity
from engage_desktop.events import NEVER
from tests.events.identity_by_hand import DAY, PLAIN, Id, Types, resolve
from tests.events.logs import identify, imported, instant, store_of, track, with_

OWN = ("card", "zone")
ALL = (
    "user_id", "email", "anonymous_id", "android.id", "android.idfa", "android.push_token", "ga_client_id", "ios.id",
    "ios.idfa", "ios.push_token",
)  # fmt: skip
VALUES = {
    "user_id": ["uA", "uB", "uC", "null"],
    "email": [*(f"m{i}" for i in range(8)), "000-0"],
    "anonymous_id": [*(f"a{i}" for i in range(9)), "anonymous", "-1", "uA"],
    **{kind: ["d1", "d2", "a1", "0-0"] for kind in (*ALL[3:], *OWN)},
}


def external(kind: str, value: str) -> dict[str, str]:
    return {"id": value, "type": kind, "collection": "users", "encoding": "none"}


@st.composite
def shown(draw: st.DrawFn, kinds: tuple[str, ...]) -> list[Id]:
    """Identifiers of one call in the order in which the importer reads them; a user or anonymous id is there."""
    ids: list[Id] = []
    for kind in ("user_id", "email", "anonymous_id"):
        if draw(st.booleans()):
            ids.append((kind, draw(st.sampled_from(VALUES[kind]))))
    if not any(kind != "email" for kind, _ in ids):
        ids.append(("anonymous_id", draw(st.sampled_from(VALUES["anonymous_id"]))))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        kind = draw(st.sampled_from(kinds))
        ids.append((kind, draw(st.sampled_from(VALUES[kind]))))
    return ids


def call_of(i: int, time: int, ids: list[Id]) -> dict[str, Any]:
    """The first three as fields, the rest as external ids."""
    fields = dict(reversed(ids[:3]))
    rest = [one for k, one in enumerate(ids) if k >= 3 or fields.get(one[0]) != one[1] or one[0] not in ALL[:3]]
    context: dict[str, Any] = {"externalIds": [external(*one) for one in rest]} if rest else {}
    if "email" in fields:
        context["traits"] = {"email": fields["email"]}
    call = track(fields.get("user_id"), "E", time, i=i)
    call = with_(call, anonymousId=fields["anonymous_id"]) if "anonymous_id" in fields else call
    return with_(call, context=context) if context else call


def check(calls: list[tuple[int, list[Id]]], types: Types, identity: Identity | None = None) -> None:
    """Same people, calls, identifiers with their first instants and eligibility; notices of the same identifiers."""
    store = store_of([call_of(i, *call) for i, call in enumerate(calls)], identity=identity)
    answer = resolve(calls, types)
    assert list(store.profile_ids) == sorted(answer.identifiers)
    for profile, text in enumerate(store.profile_ids):
        assert store.identifiers(profile) == answer.identifiers[text]
    numbers = store.column("E", "i").number.astype(int).tolist()
    of_call = {i: store.profile_ids[p] for i, p in zip(numbers, store.profiles("E").tolist(), strict=True)}
    assert of_call == answer.of_call
    for anonymous in (False, True):
        counted = {"user_id", "email", "android.idfa", "ios.idfa"} | ({"anonymous_id"} if anonymous else set())
        assert store.eligible_since(anonymous).tolist() == [
            min((at for kind, _, at in answer.identifiers[text] if kind in counted), default=NEVER)
            for text in store.profile_ids
        ]
    told = [reject for reject in store.rejects() if "_limit_" in reject.code]
    at_all = {(i + 1, code, value) for i, (_, value), code in answer.dropped}
    assert {(r.line, r.code, r.message.split("'")[1]) for r in told} <= at_all
    assert {r.message.split("'")[1] for r in told} == {value for _, _, value in at_all}


def logs(kinds: tuple[str, ...], times: st.SearchStrategy[int]) -> st.SearchStrategy[list[tuple[int, list[Id]]]]:
    return st.lists(st.tuples(times, shown(kinds)), min_size=1, max_size=40)


@settings(max_examples=250, deadline=None)
@given(logs(("user_id", "email", "anonymous_id"), st.integers(0, 12)))
def test_equals_the_rules_played_call_by_call(calls: list[tuple[int, list[Id]]]) -> None:
    """ID-1..ID-6, D-6, D-47, D-54: same people, same identifiers, same first instants."""
    check(calls, PLAIN)


@settings(max_examples=150, deadline=None)
@given(logs(ALL, st.integers(0, 12)))
def test_equals_the_rules_for_all_built_in_types(calls: list[tuple[int, list[Id]]]) -> None:
    """Section 2.4, ID-2, ID-3, AU-4."""
    check(calls, Types(ALL))


@settings(max_examples=400, deadline=None)
@given(
    logs((*OWN, "email", "ios.id"), st.integers(0, 12).map(lambda hours: hours * DAY // 4)),
    st.dictionaries(
        st.sampled_from([*OWN, *ALL[:4]]),
        st.tuples(st.integers(1, 3), st.sampled_from([None, 1, 2]), st.sampled_from([None, 0, 1, 2, 3, 9])),
        max_size=4,
    ),
)
def test_equals_own_rules_call_by_call(
    calls: list[tuple[int, list[Id]]], rules: dict[str, tuple[int, int | None, int | None]]
) -> None:
    """ID-2 with periods, ID-3 with given priorities, own types: a combination that did not fit may fit later."""
    rules = dict.fromkeys(OWN, (5, None, None)) | rules
    identity = Identity(
        identifiers=tuple(
            IdentifierRule(type=kind, limit=limit, per=f"{days}d" if days else None, priority=priority)
            for kind, (limit, days, priority) in rules.items()
        )
    )
    types = Types(
        (*ALL, *OWN),
        limit={kind: limit for kind, (limit, _, _) in rules.items()},
        per={kind: days * DAY for kind, (_, days, _) in rules.items() if days},
        priority={kind: priority for kind, (_, _, priority) in rules.items() if priority is not None},
    )
    check(calls, types, identity)


@settings(max_examples=150, deadline=None)
@given(logs(("user_id", "email", "anonymous_id"), st.integers(0, 12)), st.integers(0, 3), st.integers(1, 5))
def test_equals_caps_call_by_call(calls: list[tuple[int, list[Id]]], merges: int, mappings: int) -> None:
    """ID-8, with caps low enough to be met."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("play", "identity"):
            patch.setattr(f"engage_desktop.events.{module}.MAX_MERGES", merges)
            patch.setattr(f"engage_desktop.events.{module}.MAX_MAPPINGS", mappings)
        check(calls, Types(ALL, merges=merges, mappings=mappings))


def test_many_people_use_the_same_rules() -> None:
    """The path for large logs (scipy's components) finds what the small one finds."""
    calls = []
    for i in range(12_000):
        calls.append(with_(track(f"u{i}", "E", i), anonymousId=f"a{i}", context={"traits": {"email": f"m{i}"}}))
    calls.append(with_(track("u1", "E", 20_000), anonymousId="a2"))
    store, report = imported(calls)
    assert report.profiles == 12_000
    assert [reject.code for reject in store.rejects()] == ["identifier_value_limit_exceeded"]


def test_known_user_with_the_mail_of_another_stays_apart() -> None:
    """ID-4, the worked case: B with A's mail becomes a profile with only B."""
    store = store_of([identify("A", 0, email="m"), identify("B", 1, email="m")])
    assert list(store.profile_ids) == ["A", "B"]
    assert store.identifiers(1) == [("user_id", "B", 1)]
    assert store.trait("email").start.tolist() == [0, 1, 2]  # the trait itself is kept
    [notice] = store.rejects()
    assert (notice.line, notice.field, notice.code) == (2, "traits.email", "identifier_value_limit_exceeded")


def test_shared_anonymous_id_stays_with_the_first_user() -> None:
    """ID-6."""
    calls = [
        with_(track(None, "E", 0), anonymousId="a"),
        with_(track("A", "E", 1), anonymousId="a"),
        with_(track("B", "E", 2), anonymousId="a"),
        with_(track(None, "E", 3), anonymousId="a"),
    ]
    store = store_of(calls)
    assert list(store.profile_ids) == ["A", "B"]
    assert store.profile_start.tolist() == [0, 3, 4]


def test_an_anonymous_profile_exists_and_qualifies_as_the_log_shows_it() -> None:
    """D-6, AU-4: since = first call, eligibility from the first identifier that counts."""
    calls = [
        with_(track(None, "E", 5), anonymousId="a"),
        with_(track("A", "E", 9), anonymousId="a"),
        with_(track(None, "E", 7), anonymousId="b"),
    ]
    store = store_of(calls)
    assert list(store.profile_ids) == ["A", "b"]
    assert store.since.tolist() == [5, 7]
    assert store.eligible_since(False).tolist() == [9, NEVER]
    assert store.eligible_since(True).tolist() == [5, 7]


def test_text_id_is_user_then_email_then_anonymous() -> None:
    """D-6."""
    calls = [
        with_(identify(None, 0, email="b@x"), anonymousId="z1"),
        with_(identify(None, 1, email="a@x"), anonymousId="z1"),
        with_(track(None, "E", 0), anonymousId="z2"),
    ]
    store = store_of(calls)
    assert list(store.profile_ids) == ["b@x", "z2"]
    assert store.index_of("z2") == 1
    assert store.index_of("a@x") is None


def test_two_people_never_share_a_text_id() -> None:
    store = store_of([track("x", "E", 0), with_(track(None, "E", 1), anonymousId="x")])
    assert list(store.profile_ids) == ["anonymous_id:x", "x"]


def test_blocked_ids_are_set_aside_and_told_of() -> None:
    """ID-5, ID-9, ID-12: the id goes, the event stays; with no id left the call is rejected."""
    calls = [
        with_(track("A", "E", 0), anonymousId="null"),
        with_(track("B", "E", 1), anonymousId="null"),
        track("-1", "E", 2),
    ]
    store, report = imported(calls)
    assert (report.kept, report.rejected) == (2, 1)
    assert [(r.line, r.field, r.code) for r in store.rejects()] == [
        (3, "userId", "id_value_blocked"),
        (1, "anonymousId", "id_value_blocked"),
        (3, "userId", "no_matching_identifiers"),
    ]
    assert np.diff(store.profile_start).tolist() == [1, 1]


def rules(*identifiers: dict[str, Any], blocked: tuple[str, ...] = ()) -> Identity:
    return Identity(identifiers=tuple(IdentifierRule(**one) for one in identifiers), blocked=blocked)


def test_a_second_value_fits_again_after_the_period() -> None:
    """ID-2, ID-12: (t - per, t], so exactly a day later the first one counts no more."""
    calls = [
        with_(identify("u", 0, card="c1"), messageId="1"),
        identify("u", DAY - 1, card="c2"),
        identify("u", DAY, card="c2"),
    ]
    store = store_of(calls, identity=rules({"type": "card", "limit": 1, "per": "1d"}))
    assert store.identifiers(0) == [("user_id", "u", 0), ("card", "c1", 0), ("card", "c2", DAY - 1)]  # D-54
    [notice] = store.rejects()
    assert (notice.line, notice.field, notice.code) == (2, "traits.card", "identifier_value_time_limit_exceeded")
    assert "more than one card in 1 day" in notice.message


def test_a_device_is_read_where_it_stands() -> None:
    """Section 2.4: by type, the advertising id only where tracking is allowed; the notices name the field."""
    device = {"type": "iOS", "id": "i1", "advertisingId": "x", "adTrackingEnabled": False, "token": "null"}
    analytics = {"Google Analytics": {"clientId": "g1"}}
    calls = [
        with_(track(None, "E", 0), anonymousId="a", context={"device": device, "integrations": analytics}),
        with_(track(None, "E", 1), anonymousId="b", context={"device": {**device, "adTrackingEnabled": True}}),
        with_(track(None, "E", 2), anonymousId="c", context={"device": {**device, "type": "browser"}}),
    ]
    store = store_of(calls)
    assert list(store.profile_ids) == ["a", "c"]
    assert store.identifiers(0) == [
        *(("anonymous_id", value, at) for at, value in enumerate("ab")),
        ("ga_client_id", "g1", 0),
        ("ios.id", "i1", 0),
        ("ios.idfa", "x", 1),
    ]
    assert store.eligible_since(False).tolist() == [1, NEVER]  # D-6: from when the idfa is shown
    notices = [(notice.line, notice.field, notice.code, notice.message) for notice in store.rejects()]
    assert notices == [
        (
            1,
            "context.device.token",
            "id_value_blocked",
            "'null' is a blocked ios.push_token; it was set aside in 2 calls.",
        )
    ]


def test_a_notice_names_the_field_and_the_limit_in_the_way() -> None:
    """ID-12, D-35."""
    calls = [
        with_(track("A", "E", 0), context={"traits": {"email": "m"}}),
        with_(track("B", "E", 1), context={"traits": {"email": "m"}, "externalIds": [external("ios.id", "i")]}),
        with_(track("C", "E", 2), anonymousId="000", context={"traits": {"email": "null"}}),
    ]
    found = [(one.line, one.field, one.code) for one in store_of(calls).rejects()]
    assert found == [
        (3, "context.traits.email", "id_value_blocked"),
        (3, "anonymousId", "id_value_blocked"),
        (2, "context.externalIds", "identifier_value_limit_exceeded"),
        (2, "context.traits.email", "identifier_value_limit_exceeded"),
    ]
    assert "'m' (email)" in store_of(calls).rejects()[-1].message
    assert "more than one user_id" in store_of(calls).rejects()[-1].message


def test_the_hundredth_merge_is_the_last() -> None:
    """ID-8, ID-12: the call is kept and goes where it still can."""
    identity = rules({"type": "card", "limit": 2000})
    calls = [
        with_(track(None, "E", i), anonymousId=f"a{i}", context={"externalIds": [external("card", f"c{i}")]})
        for i in range(103)
    ]
    calls += [with_(track("u", "E", 200 + i), context={"externalIds": [external("card", f"c{i}")]}) for i in range(103)]
    store = store_of(calls, identity=rules({"type": "card", "limit": 2000}, {"type": "anonymous_id", "limit": 2000}))
    assert list(store.profile_ids) == ["a101", "a102", "u"]  # the first is no merge: u is new there
    assert np.diff(store.profile_start).tolist() == [1, 1, 204]
    assert [(one.line, one.code) for one in store.rejects()] == [
        (line, "profile_merge_limit_exceeded") for line in (205, 206)
    ]
    assert len(store_of(calls, identity=identity).profile_ids) > 3  # five devices without the wider limit


def test_a_thousand_identifiers_are_the_most() -> None:
    """ID-8, ID-12."""
    identity = rules({"type": "anonymous_id", "limit": 5000})
    calls = [with_(track("u", "E", i), anonymousId=f"a{i}") for i in range(1002)]
    store = store_of(calls, identity=identity)
    assert (list(store.profile_ids), len(store.identifiers(0))) == (["u"], 1000)
    assert [(one.line, one.field, one.code) for one in store.rejects()] == [
        (line, "anonymousId", "identifier_mapping_limit_exceeded") for line in (1000, 1001, 1002)
    ]


def test_own_types_are_those_that_are_listed() -> None:
    """docs/semantics.md: from externalIds with all four keys and from the trait of an identify, nested ones by path."""
    whole = external("card", "c1")
    partial = [{key: value for key, value in whole.items() if key != left_out} for left_out in whole]
    wrong = [{**whole, "collection": "accounts"}, {**whole, "encoding": "hex"}, {**whole, "id": ["c1"]}, "c1"]
    calls = [
        with_(track("A", "E", 0), context={"externalIds": [whole]}),
        with_(track("B", "E", 1), context={"externalIds": [*partial, *wrong]}),
        with_(track("C", "E", 2), context={"externalIds": [external("unlisted", "c1")]}, traits={"card": "c1"}),
        with_(identify(None, 3, card=" ", loyalty={"no": 7}), anonymousId="d"),
        with_(identify(None, 4, loyalty={"no": "7"}, card=True), anonymousId="e"),
    ]
    store = store_of(calls, identity=rules({"type": "card"}, {"type": "loyalty.no"}))
    assert list(store.profile_ids) == ["A", "B", "C", "d"]
    assert store.identifiers(3)[2:] == [("card", " ", 3), ("loyalty.no", "7", 3)]
    assert [name for name, _, _ in store.identifiers(0)] == ["user_id", "card"]


def test_patterns_match_the_whole_value() -> None:
    """ID-5: of every type, beside those that are always on."""
    calls = [track("qa-12", "E", 0), track("qa-12x", "E", 1), track("test", "E", 2), track("0-0", "E", 3)]
    store = store_of(calls, identity=rules(blocked=("/qa-[0-9]+/", "test")))
    assert list(store.profile_ids) == ["qa-12x"]
    assert [one.line for one in store.rejects() if one.code == "no_matching_identifiers"] == [1, 3, 4]  # ID-9


def test_a_blocked_value_of_a_duplicate_is_not_told_of() -> None:
    """EV-3: a duplicate was not there."""
    calls = [with_(track("u", "E", 1), messageId="1"), with_(track("u", "E", 0), messageId="1", anonymousId="null")]
    assert store_of(calls).rejects() == []


def test_alias_joins_nobody() -> None:
    """EV-9, D-53: previousId is no identifier."""
    calls = [track("old", "E", 0), {"type": "alias", "previousId": "old", "userId": "new", "timestamp": instant(1)}]
    assert list(store_of(calls).profile_ids) == ["new", "old"]


def test_many_people_with_devices_use_the_same_rules(tmp_path: Path) -> None:
    """scipy's components with further identifiers, and the same from a folder."""
    calls = [
        with_(track(f"u{i}", "E", i), anonymousId=f"a{i}", context={"externalIds": [external("card", f"c{i // 2}")]})
        for i in range(21_000)
    ]
    identity = rules({"type": "card"}, {"type": "user_id", "limit": 2})
    store, report = imported(calls, tmp_path / "store", identity=identity)
    assert (report.profiles, report.rejected) == (10_500, 0)
    one = store.index_of("u20998")
    assert one is not None
    assert store.identifiers(one) == [
        ("user_id", "u20998", 20_998), ("user_id", "u20999", 20_999), ("anonymous_id", "a20998", 20_998),
        ("anonymous_id", "a20999", 20_999), ("card", "c10499", 20_998),
    ]  # fmt: skip


def test_numbers_identify_by_their_text() -> None:
    """D-40, docs/semantics.md: wherever an identifier may stand but userId and anonymousId; true and lists never."""
    device = {"type": "android", "id": 7, "token": True}
    calls = [
        with_(identify("u", 0, email=12.0), context={"device": device}),
        with_(track(None, "E", 1), anonymousId="a", context={"traits": {"email": "12"}}),
        with_(track(None, "E", 2), anonymousId="b", context={"device": {**device, "id": "7", "token": ["x"]}}),
        with_(track(None, "E", 3), anonymousId="c", context={"integrations": {"Google Analytics": {"clientId": 1.5}}}),
        with_(track(None, "E", 4), anonymousId="d", context={"externalIds": [external("ga_client_id", "1.5")]}),
    ]
    store = store_of(calls)
    assert list(store.profile_ids) == ["c", "u"]
    kinds = ["user_id", "email", "anonymous_id", "anonymous_id", "android.id"]
    assert [kind for kind, _, _ in store.identifiers(1)] == kinds
