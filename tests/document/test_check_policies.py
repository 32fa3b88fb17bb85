"""Policies of sending: each fault at its place, with a mend (D-22..D-24, D-34, D-36, D-54)."""

from __future__ import annotations

from typing import Any

import pytest

from engage_desktop.document import validate

from .designs import design, only

SHOPS = {"key": "shops", "name": "Shops", "level": "account", "definition": "trait('plan') = 'pro'"}
QUIET = {"channel": "sms", "from": "21:00", "to": "08:00"}

FAULTS: list[tuple[dict[str, Any], str, str, str, str]] = [
    # policies, code, severity, path below policies, words
    ({"suppression": ["lapsed", "vips"]}, "unknown_audience", "error", "suppression.1", "Use one of: lapsed."),
    ({"suppression": ["shops"]}, "level", "error", "suppression.0", "defined as audience('shops')"),
    ({"holdout": {"percent": 5, "audience": "vips"}}, "unknown_audience", "error", "holdout.audience", "'vips'"),
    ({"holdout": {"percent": 5, "audience": "shops"}}, "level", "error", "holdout.audience", "accounts"),
    ({"holdout": {"percent": 100.5}}, "percent", "error", "holdout.percent", "100.5 percent"),
    ({"holdout": {"percent": -1}}, "percent", "error", "holdout.percent", "from 0 to 100"),
    ({"consent": {"fax": "marketing"}}, "consent_channel", "error", "consent.fax", "email, sms, push, whatsapp"),
    ({"consent": {"email": " "}}, "consent_category", "error", "consent.email", "marketing"),
    ({"quiet_hours": [QUIET, QUIET | {"from": "24:00"}]}, "clock_time", "error", "quiet_hours.1.from", "'24:00'"),
    ({"quiet_hours": [QUIET | {"to": "8"}]}, "clock_time", "error", "quiet_hours.0.to", "21:00"),
    ({"quiet_hours": [QUIET | {"to": "21:00:00"}]}, "hours_empty", "warning", "quiet_hours.0", "never apply"),
    ({"send_window": QUIET | {"from": "x"}}, "clock_time", "error", "send_window.from", "'x'"),
    ({"send_window": QUIET | {"from": "08:00"}}, "hours_empty", "warning", "send_window", "forbids nothing"),
    ({"caps": [{"max": 0, "per": "7d"}]}, "cap_max", "error", "caps.0.max", "none through"),
    ({"caps": [{"max": 1, "per": "7d"}, {"max": 1, "per": "0h"}]}, "cap_per", "error", "caps.1.per", "7d"),
    ({"max_wait": "0s"}, "max_wait", "warning", "max_wait", "is dropped"),
]


@pytest.mark.parametrize(("policies", "code", "severity", "path", "words"), FAULTS)
def test_a_fault_is_found_once_at_its_place(policies, code, severity, path, words):
    problem = only(design(policies=policies, audiences__1=SHOPS), code)
    assert (problem.severity, problem.path) == (severity, f"policies.{path}")
    assert words in f"{problem.message} {problem.mend}"


def test_policies_that_can_run_have_no_fault():
    """D-34: hours over midnight; D-24: a cap without a channel counts all of them."""
    policies = {
        "suppression": ["lapsed"],
        "holdout": {"percent": 0, "audience": "lapsed"},
        "consent": {"email": "marketing"},
        "quiet_hours": [QUIET, QUIET | {"inside": "drop"}],
        "send_window": {"channel": "email", "from": "08:00:30", "to": "20:00"},
        "caps": [{"max": 1, "per": "1s", "when_capped": "defer"}],
        "max_wait": "1h",
    }
    assert [problem for problem in validate(design(policies=policies)) if problem.is_error] == []
