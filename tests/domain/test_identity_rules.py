"""Rules of identity that mean nothing are refused with one sentence at their place (ID-2, ID-3, ID-5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engage_desktop.document import loads
from engage_desktop.domain.workspace import Identity


def problems(identity: Any) -> list[tuple[str, str, str]]:
    text = json.dumps({"format": "engage-campaigns/1", "workspace": {"name": "W"}, "identity": identity})
    return [(problem.path, problem.message, problem.mend) for problem in loads(text)[1]]


@pytest.mark.parametrize(
    ("rule", "path", "message", "mend"),
    [
        ({"type": " "}, "type", "An identifier has no type.", "Name one"),
        ({"type": "userId"}, "type", "'userId' is not a type of identifier.", "Write 'user_id'."),
        ({"type": "group_id"}, "type", "'group_id' names accounts, not people.", "Remove it."),
        ({"type": "ios.idfv"}, "type", "'ios.idfv' is not a type of identifier.", "ios.id, ios.idfa, ios.push_token"),
        ({"type": "crm", "limit": 0}, "limit", "A limit of 0 lets no profile have the identifier.", "Write 1 or more."),
        ({"type": "crm", "limit": -3}, "limit", "A limit of -3 lets", "Write 1 or more."),
        ({"type": "crm", "limit": 1.5}, "limit", "1.5 is not a whole number.", "Write a whole number"),
        ({"type": "crm", "limit": 1, "per": "0s"}, "per", "'0s' is no time", "such as 1d"),
        ({"type": "crm", "limit": 1, "per": "daily"}, "per", "'daily' is not a duration.", "90m, 2h, 3d or 2w"),
    ],
)
def test_a_rule_that_means_nothing(rule: Any, path: str, message: str, mend: str) -> None:
    [(where, said, how)] = problems({"identifiers": [{"type": "email"}, rule]})
    assert where == f"identity.identifiers.1.{path}"
    assert said.startswith(message)
    assert mend in how
    assert "\n" not in said + how


def test_a_type_stands_once() -> None:
    found = problems({"identifiers": [{"type": "crm", "limit": 1}, {"type": "crm"}]})
    assert found == [("identity.identifiers", "The type 'crm' stands twice.", "Keep one of them.")]


@pytest.mark.parametrize("pattern", ["/(/", "/[a/", "/a**/", "/(?P<x>a)(?P<x>b)/", "/a{99999999999}/"])
def test_a_pattern_that_is_none(pattern: str) -> None:
    """ID-5."""
    [(where, said, how)] = problems({"blocked": ["ok", pattern]})
    assert (where, "is no pattern" in said, how.startswith("Mend it")) == ("identity.blocked", True, True)


def test_an_empty_blocked_value() -> None:
    assert problems({"blocked": [""]}) == [("identity.blocked", "An empty value is never an identifier.", "Remove it.")]


def test_rules_that_mean_something() -> None:
    rules = [{"type": "user_id", "limit": 2}, {"type": "crm.no", "limit": 1, "per": "30d", "priority": 0}]
    body = {"identifiers": rules, "blocked": ["/", "//", "/qa-[0-9]+/", "x/"]}
    assert problems(body) == []
    assert Identity.model_validate_json(json.dumps(body)).identifiers[1].per == "30d"
