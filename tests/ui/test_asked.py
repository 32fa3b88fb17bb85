"""A question that an edit has overtaken is asked no more."""

from __future__ import annotations

import json

import pytest

from engage_desktop.app.protocol import (
    ENTRY,
    AskAudience,
    AskExperiment,
    AskHistogram,
    AskNeighbour,
    AskPeople,
    AskSizes,
    Request,
)
from engage_desktop.app.protocol_broadcasts import AskReach
from engage_desktop.app.protocol_delivery import AskDryRun
from engage_desktop.app.protocol_sending import AskMessages, MessageFilter
from engage_desktop.app.protocol_traits import AskTrait
from engage_desktop.document import loads
from engage_desktop.ui.asked import names_what_is
from tests.ui.window.world import CAMPAIGNS

DESIGN, _ = loads(json.dumps(CAMPAIGNS))


def people(journey: str, step: str) -> Request:
    return AskPeople(1, journey, step, 0, "inside", "", 0, 8)


@pytest.mark.parametrize(
    ("request_", "is_there"),
    [
        (AskAudience(1, "buyers", 0, 120, "", 0, 8), True),
        (AskAudience(1, "gone", 0, 120, "", 0, 8), False),
        (AskTrait(1, "spend", 0, "", 0, 8), True),
        (AskTrait(1, "gone", 0, "", 0, 8), False),
        (AskMessages(1, MessageFilter(campaign="rescue")), True),
        (AskMessages(1, MessageFilter(campaign="gone")), False),
        (AskMessages(1), True),
        (AskReach(1, "gone", 0), False),
        (AskDryRun(1, "lists"), True),
        (AskDryRun(1, "gone"), False),
        (people("rescue", "hold"), True),
        (people("rescue", ENTRY), True),
        (people("rescue", "gone"), False),
        (people("gone", ENTRY), False),
        (AskNeighbour(1, "rescue", 0, True), True),
        (AskNeighbour(1, "gone", 0, True), False),
        (AskHistogram(1, 160, None), True),
        (AskHistogram(1, 160, "gone"), False),
        (AskExperiment(1, "rescue", "gone", "m", "7d"), False),
        (AskSizes(1, 0), True),
    ],
)
def test_what_the_design_lacks_is_not_asked_about(request_: Request, is_there: bool) -> None:
    assert DESIGN is not None
    assert names_what_is(request_, DESIGN) == is_there
