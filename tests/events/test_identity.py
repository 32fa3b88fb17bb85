"""Identity over the whole log, against a loop that plays every call."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.events import NEVER
from tests.events.identity_by_hand import resolve
from tests.events.logs import identify, imported, store_of, track, with_


def some(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


calls_ = st.lists(
    st.tuples(
        st.integers(0, 12),
        some(["uA", "uB", "uC", "null"]),
        some([f"m{i}" for i in range(8)] + ["000-0"]),
        some([f"a{i}" for i in range(9)] + ["anonymous", "-1"]),
    ).filter(lambda call: call[1] is not None or call[3] is not None),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(calls_)
def test_equals_the_rules_played_call_by_call(calls: list[tuple[int, str | None, str | None, str | None]]) -> None:
    """ID-1..ID-5, D-6, D-47, D-54: same people, same identifiers, same first instants."""
    plain = [
        (time, {k: v for k, v in (("user_id", user), ("email", email), ("anonymous_id", anonymous)) if v})
        for time, user, email, anonymous in calls
    ]
    log = []
    for i, (time, user, email, anonymous) in enumerate(calls):
        call = with_(track(user, "E", time, i=i), anonymousId=anonymous)
        log.append(with_(call, context={"traits": {"email": email}}) if email else call)
    store = store_of(log)
    of_call, identifiers = resolve(plain)
    assert list(store.profile_ids) == sorted(identifiers)
    for profile, text in enumerate(store.profile_ids):
        assert store.identifiers(profile) == identifiers[text]
    numbers = store.column("E", "i").number.astype(int).tolist()
    assert {i: store.profile_ids[p] for i, p in zip(numbers, store.profiles("E").tolist(), strict=True)} == of_call


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
