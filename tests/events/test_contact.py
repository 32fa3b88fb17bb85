"""Addresses and subscription states over time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.domain.errors import UserError
from tests.events.logs import identify, store_of, track, with_
from tests.events.test_store import entries


def told(*items: tuple[str, str, str]) -> dict[str, Any]:
    subscriptions = [{"key": key, "type": kind, "status": status} for key, kind, status in items]
    return {"context": {"messaging_subscriptions": subscriptions}}


def test_addresses() -> None:
    """D-23: email, phone, device token; blank and null remove."""
    calls = [
        identify("u", 1, email="a@b", phone="+49"),
        with_(track("u", "E", 2), context={"device": {"token": "t1", "type": "ios"}}),
        identify("u", 3, email=" ", phone=4917),
        with_(identify("u", 4, email=None), context={"device": {"token": "t2"}}),
    ]
    store = store_of(calls)
    assert entries(store.address("email")) == [(1, "a@b"), (3, None), (4, None)]
    assert entries(store.address("sms")) == entries(store.address("whatsapp")) == [(1, "+49"), (3, "4917")]
    assert entries(store.address("push")) == [(2, "t1"), (4, "t2")]
    with pytest.raises(UserError, match="not a channel"):
        store.address("fax")


@pytest.mark.parametrize(
    ("spelling", "state"),
    [
        ("subscribed", "subscribed"),
        ("SUBSCRIBED", "subscribed"),
        ("UnSubscribed", "unsubscribed"),
        ("did-not-subscribe", "did_not_subscribe"),
        ("DID_NOT_SUBSCRIBE", "did_not_subscribe"),
        ("Did not subscribe", "did_not_subscribe"),
    ],
)
def test_spellings(spelling: str, state: str) -> None:
    """SB-4."""
    store = store_of([identify("u", 1, email="a@b", email_subscription_status=spelling)])
    assert entries(store.subscription("email")) == [(1, state)]


@pytest.mark.parametrize("nothing", ["", "  ", None, "maybe", 5])
def test_blank_and_null_change_nothing(nothing: Any) -> None:
    """SB-5, D-52."""
    calls = [
        identify("u", 1, email="a@b", email_subscription_status="subscribed"),
        identify("u", 2, email_subscription_status=nothing),
    ]
    assert entries(store_of(calls).subscription("email")) == [(1, "subscribed")]


def test_the_state_belongs_to_the_address() -> None:
    """SB-1: a new address has no state, the old one brings its state back."""
    calls = [
        with_(identify("u", 1, email="a@b"), **told(("a@b", "EMAIL", "SUBSCRIBED"))),
        identify("u", 2, email="c@d"),
        with_(track("u", "E", 3), **told(("a@b", "email", "unsubscribed"))),
        identify("u", 4, email="a@b"),
        identify("u", 5, email=None),
        identify("u", 6, email="a@b"),
    ]
    assert entries(store_of(calls).subscription("email")) == [
        (1, "subscribed"),
        (2, None),
        (4, "unsubscribed"),
        (5, None),
        (6, "unsubscribed"),
    ]


def test_a_status_trait_is_about_the_address_current_then() -> None:
    """D-52, and within one call the address comes first."""
    calls = [
        identify("u", 1, email="a@b", email_subscription_status="subscribed"),
        identify("u", 2, email="c@d", email_subscription_status="unsubscribed"),
        identify("u", 3, email="a@b"),
    ]
    assert entries(store_of(calls).subscription("email")) == [(1, "subscribed"), (2, "unsubscribed"), (3, "subscribed")]


def test_a_state_can_be_told_before_its_address_is_taken_up() -> None:
    calls = [with_(track("u", "E", 1), **told(("a@b", "EMAIL", "subscribed"))), identify("u", 2, email="a@b")]
    assert entries(store_of(calls).subscription("email")) == [(2, "subscribed")]


def test_channels_of_one_number_are_separate() -> None:
    """SB-1."""
    calls = [
        with_(identify("u", 1, phone="+1"), **told(("+1", "SMS", "subscribed"), ("+1", "WHATSAPP", "unsubscribed")))
    ]
    store = store_of(calls)
    assert entries(store.subscription("sms")) == [(1, "subscribed")]
    assert entries(store.subscription("whatsapp")) == [(1, "unsubscribed")]
    assert entries(store.subscription("email")) == []


@pytest.mark.parametrize(
    ("event", "channel"),
    [
        ("Unsubscribed", "email"),
        ("Email Unsubscribed", "email"),
        ("SMS Unsubscribed", "sms"),
        ("WhatsApp Unsubscribed", "whatsapp"),
    ],
)
def test_unsubscribe_events(event: str, channel: str) -> None:
    """D-47, D-52."""
    statuses = {f"{one}_subscription_status": "subscribed" for one in ("email", "sms", "whatsapp")}
    calls = [identify("u", 1, email="a@b", phone="+1", **statuses), track("u", event, 2)]
    store = store_of(calls)
    for one in ("email", "sms", "whatsapp"):
        expected = [(1, "subscribed"), (2, "unsubscribed")] if one == channel else [(1, "subscribed")]
        assert entries(store.subscription(one)) == expected


def test_an_unsubscribe_names_its_recipient() -> None:
    """`context.traits.email` of an e-mail event is who it was about."""
    calls = [
        identify("u", 1, email="a@b", email_subscription_status="subscribed"),
        identify("u", 2, email="c@d", email_subscription_status="subscribed"),
        with_(track("u", "Unsubscribed", 3), context={"traits": {"email": "a@b"}}),
        identify("u", 4, email="a@b"),
    ]
    assert entries(store_of(calls).subscription("email")) == [(1, "subscribed"), (4, "unsubscribed")]


def test_two_people_with_one_number_share_its_state() -> None:
    """SB-1: not to the profile."""
    calls = [
        identify("u", 1, phone="+1", sms_subscription_status="subscribed"),
        identify("v", 2, phone="+1"),
        track("v", "SMS Unsubscribed", 3),
    ]
    store = store_of(calls)
    assert entries(store.subscription("sms"), 0) == [(1, "subscribed"), (3, "unsubscribed")]
    assert entries(store.subscription("sms"), 1) == [(2, "subscribed"), (3, "unsubscribed")]


def test_push_is_about_the_token() -> None:
    """D-54."""
    calls = [
        with_(track("u", "E", 1), context={"device": {"token": "t1"}}),
        with_(track("u", "E", 2), **told(("t1", "IOS_PUSH", "subscribed"))),
        with_(track("u", "E", 3), context={"device": {"token": "t2"}}),
    ]
    assert entries(store_of(calls).subscription("push")) == [(2, "subscribed"), (3, None)]


def test_items_that_are_no_subscription_are_passed_over() -> None:
    items = [5, {"key": 1, "type": "EMAIL", "status": "subscribed"}, {"type": "EMAIL"}, {"key": "a@b", "type": "FAX"}]
    calls = [with_(identify("u", 1, email="a@b"), context={"messaging_subscriptions": items})]
    assert entries(store_of(calls).subscription("email")) == []


def shown_by_hand(calls: list[tuple[str, int, str | None, str, Any, str | None]]) -> dict[str, list[tuple[int, Any]]]:
    """One call after the other, one state per contact: SB-1, D-47, D-52."""
    order = sorted(calls, key=lambda call: (call[1], call[0]))  # of one instant one profile after the other
    address: dict[str, str | None] = {}
    states: dict[Any, str] = {}
    shown: dict[str, list[tuple[int, Any]]] = {}
    for user, time, event, new_address, status, contact in order:
        if new_address != "-":
            address[user] = new_address or None
        now = address.get(user) or ("without address", user)
        if status in ("subscribed", "unsubscribed"):
            states[now] = status
        if event:
            states[contact or now] = "unsubscribed"
        elif contact:
            states[contact] = "did_not_subscribe"
        for one in {call[0] for call in calls}:
            state = states.get(address.get(one) or ("without address", one))
            past = shown.setdefault(one, [])
            if state != (past[-1][1] if past else None):
                past.append((time, state))
    return shown


says_ = st.tuples(
    st.sampled_from(["u", "v", "w"]),
    st.integers(0, 6),
    st.sampled_from([None, None, "Unsubscribed"]),
    st.sampled_from(["-", "-", "a@b", "c@d", ""]),
    st.sampled_from([None, None, "subscribed", "unsubscribed", ""]),
    st.sampled_from([None, None, "a@b", "c@d", "e@f"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(says_, max_size=25))
def test_equals_contacts_kept_one_call_at_a_time(
    calls: list[tuple[str, int, str | None, str, Any, str | None]],
) -> None:
    log = []
    for user, time, event, address, status, contact in calls:
        traits = {"email_subscription_status": status, **({"email": address} if address != "-" else {})}
        call = with_(track(user, event, time), traits=traits) if event else identify(user, time, **traits)
        if event and contact:
            call = with_(call, context={"traits": {"email": contact}})
        elif contact:
            call = with_(call, **told((contact, "EMAIL", "did-not-subscribe")))
        log.append(with_(call, anonymousId=f"only-{user}"))
    # an address in a trait identifies too: the limit of one user_id keeps the three people apart (ID-4)
    store = store_of(log)
    expected = shown_by_hand(calls)
    history = store.subscription("email")
    assert {text: entries(history, p) for p, text in enumerate(store.profile_ids)} == expected


# -- subscription groups ---------------------------------------------------------------------------


def groups(*items: tuple[str, str, str], kind: str = "EMAIL") -> dict[str, Any]:
    """`messaging_subscriptions` of (address, group, status)."""
    listed = [{"key": key, "type": kind, "groups": [{"name": name, "status": status}]} for key, name, status in items]
    return {"context": {"messaging_subscriptions": listed}}


def test_a_group_is_told_by_list_trait_and_event() -> None:
    """SB-4, SB-7, SB-9: and it says nothing of the channel."""
    calls = [
        with_(identify("u", 1, email="a@b"), **groups(("a@b", "News", "SUBSCRIBED"))),
        identify("u", 2, News_subscription_status="did-not-subscribe"),
        identify("u", 3, News_subscription_status="subscribed", Tips_subscription_status="subscribed"),
        track("u", "Email Group Unsubscribed", 4, group_name="News"),
        track("u", "Email Group Unsubscribed", 5, group="Tips", group_name=""),
        track("u", "Email Group Unsubscribed", 6, group="News", group_name="Offers"),
    ]
    store = store_of(calls)
    news = [(1, "subscribed"), (2, "did_not_subscribe"), (3, "subscribed"), (4, "unsubscribed")]
    assert entries(store.group_subscription("News")) == news
    assert entries(store.group_subscription("Tips")) == [(3, "subscribed"), (5, "unsubscribed")]
    assert entries(store.group_subscription("Offers")) == [(6, "unsubscribed")]
    assert entries(store.group_subscription("news")) == []
    assert entries(store.subscription("email")) == []
    assert store.subscription_groups() == ("News", "Offers", "Tips")


def test_the_state_in_a_group_belongs_to_the_address() -> None:
    """SB-1: an unsubscribe names its recipient, a new address has no state."""
    calls = [
        identify("u", 1, email="a@b", News_subscription_status="subscribed"),
        identify("u", 2, email="c@d", News_subscription_status="subscribed"),
        with_(track("u", "Email Group Unsubscribed", 3, group="News"), context={"traits": {"email": "a@b"}}),
        identify("u", 4, email="a@b"),
        identify("u", 5, email="e@f"),
    ]
    expected = [(1, "subscribed"), (4, "unsubscribed"), (5, None)]
    assert entries(store_of(calls).group_subscription("News")) == expected


def test_what_is_no_group_is_passed_over() -> None:
    """Groups are of e-mail (SB-7); a channel's status column names no group."""
    odd: list[Any] = [5, {"name": 5, "status": "subscribed"}, {"name": "News"}, {"status": "subscribed"}, {"name": ""}]
    listed = [
        {"key": "a@b", "type": "EMAIL", "groups": odd},
        {"key": "a@b", "type": "EMAIL", "groups": {"name": "News", "status": "subscribed"}},
        {"key": 5, "type": "EMAIL", "groups": [{"name": "News", "status": "subscribed"}]},
        "groups",
    ]
    calls = [
        with_(identify("u", 1, email="a@b"), context={"messaging_subscriptions": listed}),
        with_(
            identify("u", 2, phone="+1", sms_subscription_status="subscribed"),
            **groups(("+1", "News", "subscribed"), kind="SMS"),
        ),
        identify(
            "u",
            3,
            email_subscription_status="subscribed",
            push_subscription_status="subscribed",
            _subscription_status="subscribed",
        ),
        with_(identify("u", 4), context={"messaging_subscriptions": '"groups"'}),
        track("u", "Email Group Unsubscribed", 5),
    ]
    store = store_of(calls)
    assert store.subscription_groups() == ()
    for group in ("News", "sms", "email"):
        assert entries(store.group_subscription(group)) == []


@pytest.mark.parametrize("text", ["yes", 'all "groups"', "5", '{"groups": 1}', '"groups"'])
def test_subscriptions_that_are_no_list_say_nothing(text: str) -> None:
    store = store_of([with_(identify("u", 1, email="a@b"), context={"messaging_subscriptions": text})])
    assert entries(store.subscription("email")) == []
    assert store.subscription_groups() == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(says_, max_size=25))
def test_groups_equal_contacts_kept_one_call_at_a_time(
    calls: list[tuple[str, int, str | None, str, Any, str | None]],
) -> None:
    """As for a channel, beside what another group and the channel are told."""
    log = []
    for user, time, event, address, status, contact in calls:
        traits = {"G_subscription_status": status, **({"email": address} if address != "-" else {})}
        if event:
            call = with_(track(user, "Email Group Unsubscribed", time, group="G"), traits=traits)
        else:
            call = identify(
                user, time, **traits, H_subscription_status="subscribed", email_subscription_status="subscribed"
            )
        if event and contact:
            call = with_(call, context={"traits": {"email": contact}})
        elif contact:
            told_too = [(contact, "H", "unsubscribed"), (contact, "G", "did-not-subscribe")]
            call = with_(call, **groups(*told_too))
        log.append(with_(call, anonymousId=f"only-{user}"))
    store = store_of(log)
    history = store.group_subscription("G")
    assert {text: entries(history, p) for p, text in enumerate(store.profile_ids)} == shown_by_hand(calls)
