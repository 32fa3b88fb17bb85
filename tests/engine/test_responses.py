"""How long answers take, in each of the forms in which a model says it (D-28)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engage_desktop.domain.response import Responses
from engage_desktop.engine.responses import Delay, compile_responses

SECOND = 1_000_000
MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND


def delay_of(after: Any) -> Delay:
    model = Responses.model_validate({"opened": {"likely": 1, **({} if after is None else {"after": after})}})
    (stage,) = compile_responses(model, "email", lambda key, path: pytest.fail("no audience is named")).stages
    return stage.delay


@pytest.mark.parametrize(
    ("after", "u", "expected"),
    [
        (None, 0.7, 0),
        ("5m", 0.0, 5 * MINUTE),
        ("5m", 0.999, 5 * MINUTE),
        ({"from": "1h", "to": "3h"}, 0.0, HOUR),
        ({"from": "1h", "to": "3h"}, 0.25, 90 * MINUTE),
        ({"from": "0s", "to": "3s"}, 0.5, SECOND),  # whole seconds, rounded down
        ({"from": "0s", "to": "3s"}, 0.9999, 2 * SECOND),
        ({"p50": "2h", "p90": "18h"}, 0.0, 0),
        ({"p50": "2h", "p90": "18h"}, 0.5, 2 * HOUR),
        ({"p50": "2h", "p90": "18h"}, 0.75, 6 * HOUR),  # odds of 3 to 1, power 1
        ({"p50": "2h", "p90": "2h"}, 0.99, 2 * HOUR),
    ],
)
def test_drawn(after: Any, u: float, expected: int) -> None:
    assert delay_of(after).drawn(np.array([u])).tolist() == [expected]


def test_nine_of_ten_come_up_to_p90() -> None:
    at = delay_of({"p50": "1h", "p90": "1d"}).drawn(np.array([0.8999, 0.9001]))
    assert at[0] < 24 * HOUR <= at[1]


def test_what_is_fixed_needs_no_draw() -> None:
    fixed = [delay_of(one).is_fixed for one in (None, "5m", {"from": "1h", "to": "1h"})]
    drawn = [delay_of(one).is_fixed for one in ({"from": "1h", "to": "2h"}, {"p50": "2h", "p90": "2h"})]
    assert (fixed, drawn) == ([True] * 3, [False] * 2)
