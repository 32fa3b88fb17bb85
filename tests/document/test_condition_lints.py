"""What a condition may not have meant (D-10, AMB-10), and what the original would not take (D-11)."""

from __future__ import annotations

import pytest

from engage_desktop.document import validate

from .designs import design, only

DEFINITION = "audiences.lapsed.definition"


def codes(definition: str) -> list[str]:
    return [problem.code for problem in validate(design(audiences__0__definition=definition))]


def funnel(child: str, window: str = "") -> str:
    return f"event('A').where({child}){window}.count() >= 1"


@pytest.mark.parametrize(
    "definition",
    [
        funnel("NOT event('B').within(parent: 1 day).count() >= 1"),
        funnel("NOT event('B').within(parent: 1 day).count() >= 1", ".within(7 days)"),
        funnel("NOT event('B').within(parent: 1 day).count() >= 1", ".between(23 hours, 7 days)"),
        funnel("event('B').within(parent: 1 day).count() = 0"),
        funnel("event('B').within(parent: 1 day).count() < 2"),
        funnel("event('B').within(parent: 1 day).count() != 3"),
        funnel("0 >= event('B').within(parent: 1 day).count()"),
        funnel("NOT event('B').within(parent: 1 day).sum(property('x')) > 5"),
        funnel("event('B').within(parent: 1 day).first(property('x')).absent()"),
        funnel("event('B').between(parent: 1 day, 3 days).count() = 0", ".between(2 days, 7 days)"),
        funnel("property('x') = 1 AND NOT (event('B').within(parent: 1 day).count() >= 1 OR property('y') = 2)"),
        funnel(funnel("NOT event('C').within(parent: 1 hour).count() >= 1")),
        # the wait of C is over for no B yet: between(parent: ...) says how late B came, not how long ago
        funnel(
            "event('B').where(NOT event('C').within(parent: 1 hour).count() >= 1)"
            ".between(parent: 1 hour, 3 days).count() >= 1"
        ),
        "NOT " + funnel("NOT event('B').within(parent: 1 day).count() >= 1"),
    ],
)
def test_and_then_did_not_is_said_to_hold_at_once(definition):
    """D-10."""
    assert codes(definition) == ["holds_at_once"]


@pytest.mark.parametrize(
    "definition",
    [
        funnel("NOT event('B').within(parent: 1 day).count() >= 1", ".between(1 day, 7 days)"),
        funnel("NOT event('B').within(parent: 1 day).count() >= 1", ".between(24 hours, 7 days).within(5 days)"),
        funnel("event('B').between(parent: 1 day, 3 days).count() = 0", ".between(3 days, 7 days)"),
        funnel("event('B').within(parent: 3 days).within(parent: 1 day).count() = 0", ".between(1 day, 7 days)"),
        funnel("event('B').within(parent: 1 day).count() >= 1"),  # and then did
        funnel("event('B').within(parent: 1 day).count() >= 0"),
        funnel("NOT event('B').within(parent: 1 day).count() < 2"),
        funnel("NOT NOT event('B').within(parent: 1 day).count() >= 1"),
        funnel("event('B').within(parent: 1 day).first(property('x')).exists()"),
        funnel("NOT event('B').count() >= 1"),  # never: there is no wait
        funnel("NOT event('B').within(1 day).count() >= 1"),  # counts back from now
        "NOT event('B').within(1 day).count() >= 1",
        funnel("event('B').within(parent: 1 day).count() < trait('n')"),  # nobody can say
    ],
)
def test_what_does_not_hold_at_once_is_left_alone(definition):
    assert codes(definition) == []


@pytest.mark.parametrize(
    ("wait", "window", "mend"),
    [
        ("1 day", ".within(7 days)", ".between(1 day, 7 days) in place of .within(7 days)"),
        ("1 day", "", ".between(1 day, 30 days);"),
        ("40 days", "", ".between(40 days, 80 days);"),
        ("7 days", ".within(7 days)", ".between(7 days, 30 days) in place of .within(7 days)"),
    ],
)
def test_the_mend_waits_until_the_time_is_over(wait, window, mend):
    """D-10: the window named in the mend takes the warning away."""
    text = funnel(f"NOT event('B').within(parent: {wait}).count() >= 1", window)
    problem = only(design(audiences__0__definition=text), "holds_at_once")
    assert (problem.severity, problem.path) == ("warning", DEFINITION)
    assert f"its wait of {wait}" in problem.message
    assert mend in problem.mend
    mended = f".between({mend.partition('(')[2].partition(')')[0]})"
    assert codes(funnel(f"NOT event('B').within(parent: {wait}).count() >= 1", mended)) == []


def test_every_condition_of_a_file_is_looked_at():
    text = funnel("NOT event('B').within(parent: 1 day).count() >= 1")
    campaigns = design(
        traits=[{"key": "n", "name": "N", "definition": text.removesuffix(" >= 1")}],
        journeys__0__steps__2={"key": "nudge", "type": "wait", "condition": text},
    )
    paths = [problem.path for problem in validate(campaigns) if problem.code == "holds_at_once"]
    assert paths == ["traits.n.definition", "journeys.cart_rescue.steps.nudge.condition"]


@pytest.mark.parametrize(
    ("child", "warned"),
    [
        ("NOT event('B').count() = 1", True),
        ("NOT (event('B').count() = 2 OR property('x') = 1)", True),
        ("NOT 1 = event('B').count()", True),
        ("NOT event('B').count() = 0", False),
        ("NOT event('B').count() >= 1", False),
        ("event('B').count() = 1", False),
        ("NOT NOT event('B').count() = 1", False),
    ],
)
def test_not_exactly_once_admits_those_who_did_it_twice(child, warned):
    """AMB-10, AU-21, V-3."""
    assert codes(funnel(child)) == ["negated_exact"] * warned
    if warned:
        problem = only(design(audiences__0__definition=funnel(child)), "negated_exact")
        assert (problem.severity, problem.path) == ("warning", DEFINITION)
        assert ">= 1" in problem.mend


def test_exactly_once_outside_a_funnel_is_what_it_says():
    assert codes("NOT event('B').count() = 1") == []


@pytest.mark.parametrize(
    ("window", "warned"),
    [("within(1096 days)", False), ("within(157 weeks)", True), ("between(1 day, 1097 days)", True)],
)
def test_a_window_of_more_than_three_years_is_a_warning(window, warned):
    """AU-16, D-11."""
    assert codes(f"event('A').{window}.count() >= 1") == ["history_limit"] * warned


def test_a_wait_of_years_after_a_parent_is_no_window_into_the_past():
    assert codes(funnel("event('B').within(parent: 2000 days).count() >= 1")) == []


@pytest.mark.parametrize(("section", "most"), [("traits", 50), ("audiences", 100)])
def test_more_definitions_than_the_original_takes_are_a_warning(section, most):
    """D-11, engine reference 12."""
    text = {"traits": "event('A').count()", "audiences": "event('A').count() >= 1"}[section]
    for number, warned in ((most, False), (most + 1, True)):
        items = [{"key": f"a{at}", "name": "A", "definition": text} for at in range(number)]
        campaigns = design(**{section: items}, journeys=[])
        found = [(problem.severity, problem.code, problem.path) for problem in validate(campaigns)]
        assert found == [("warning", f"{section}_limit", section)] * warned


@pytest.mark.parametrize(("number", "warned"), [(50, False), (51, True)])
def test_more_comparisons_than_the_original_takes_are_a_warning(number, warned):
    """QL-1, D-11."""
    text = " AND ".join(f"trait('a{place}') = 1" for place in range(number))
    found = validate(design(audiences__0__definition=text))
    says = [(problem.severity, problem.code, problem.path) for problem in found]
    assert says == ([("warning", "expression_limit", "audiences.lapsed.definition")] if warned else [])


@pytest.mark.parametrize(
    ("gap", "warned"),
    [("29 minutes", True), ("30 minutes", False), ("90 days", False), ("91 days", True), ("45 seconds", True)],
)
def test_a_session_that_the_original_would_not_take_is_a_warning(gap, warned):
    """CT-4, D-11."""
    trait = {"key": "n", "name": "N", "definition": f"event('A').expires_after({gap}).count()"}
    codes = [(problem.severity, problem.code) for problem in validate(design(traits=[trait]))]
    assert codes == [("warning", "session_gap")] * warned
