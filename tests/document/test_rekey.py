"""Another key for a message or a broadcast leads along whatever names it, in one change that undo takes back."""

from __future__ import annotations

import pytest

from engage_desktop.document import Document, EditRefused, dumps, validate
from engage_desktop.document.rekey import rekey_broadcast, rekey_message

from .designs import design

SPRING = {
    "key": "spring", "name": "Spring", "audience": "lapsed", "message": "nudge", "at": "2011-03-01T09:00:00Z",
    "variants": [{"key": "a", "percent": 50, "message": "nudge"}, {"key": "b", "percent": 50}],
}  # fmt: skip


def test_steps_and_broadcasts_follow_a_message():
    document = Document(design(broadcasts=[SPRING]))
    before = dumps(document.campaigns)
    document.apply(rekey_message(document.campaigns, "nudge", "reminder"))
    campaigns = document.campaigns
    assert [message.key for message in campaigns.messages] == ["reminder"]
    step = campaigns.journeys[0].by_key["nudge"]
    assert getattr(step, "message") == "reminder"  # noqa: B009 - a message step
    (broadcast,) = campaigns.broadcasts
    assert (broadcast.message, [one.message for one in broadcast.variants]) == ("reminder", ["reminder", None])
    assert not [problem for problem in validate(campaigns) if problem.is_error]
    document.undo()
    assert dumps(document.campaigns) == before
    assert not document.can_undo


def test_a_broadcast_keeps_its_place():
    document = Document(design(broadcasts=[SPRING, SPRING | {"key": "summer"}]))
    document.apply(rekey_broadcast(document.campaigns, "spring", "easter"))
    assert [broadcast.key for broadcast in document.campaigns.broadcasts] == ["easter", "summer"]


def test_what_is_taken_or_no_key_is_refused():
    """D-36: results name a campaign by its key, so a journey's is taken too."""
    campaigns = design(messages__1={"key": "other", "channel": "sms"}, broadcasts=[SPRING])
    for make, key, words in (
        (rekey_message, "other", "already a message 'other'"),
        (rekey_broadcast, "cart_rescue", "already a campaign 'cart_rescue'"),
        (rekey_broadcast, "Easter!", "not a key"),
    ):
        with pytest.raises(EditRefused, match=words):
            make(campaigns, "nudge" if make is rekey_message else "spring", key)
    with pytest.raises(EditRefused, match="no message 'gone'"):
        rekey_message(campaigns, "gone", "here")
    with pytest.raises(EditRefused, match="no broadcast 'gone'"):
        rekey_broadcast(campaigns, "gone", "here")
