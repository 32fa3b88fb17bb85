"""Every form of the query language in each place where Segment's event journeys take a filter: what they can, what they
cannot, by the rule that says so; where the reference is silent nothing is told."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from engage_desktop.document import loads, validate
from engage_desktop.domain.problem import Problem
from engage_desktop.language.functions import CASTS, COMPARATORS, FUNCTIONS, REDUCERS

ENTRY, HOLD, EXIT, SPLIT = (
    "entry.where",
    "steps.wait.branches.b.where",
    "exits.x.where",
    "steps.ask.branches.b.condition",
)
RULES = {ENTRY: "J2-2", HOLD: "J2-10", EXIT: "J2-30", SPLIT: "J2-17"}
CAN, SILENT = "can", "silent"
"""Otherwise a rule that says that it cannot."""


def validated(text: str, place: str) -> tuple[Problem, ...]:
    """Of a journey for event journeys that has the text in one of the four places, and nothing else to say."""
    wait = {"key": "b", "event": "B", "next": "ask"}
    rule, branch = {"key": "x", "event": "C"}, {"key": "b", "condition": "audience('a')"}
    entry: dict[str, Any] = {"type": "event", "event": "A", "reentry": {"mode": "once"}}
    target = {ENTRY: entry, HOLD: wait, EXIT: rule, SPLIT: branch}[place]
    target[place.rpartition(".")[2]] = text
    made = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Shop"},
        "audiences": [{"key": "a", "name": "A", "definition": "event('A').count() >= 1"}],
        "journeys": [
            {
                "key": "j", "name": "J", "target": "segment-v2", "entry": entry, "exits": [rule], "start": "wait",
                "steps": [
                    {"key": "wait", "type": "hold", "branches": [wait], "timeout": "2h"},
                    {"key": "ask", "type": "split", "branches": [branch]},
                ],
            }
        ],
    }  # fmt: skip
    campaigns, problems = loads(json.dumps(made))
    assert campaigns is not None, problems
    return validate(campaigns)


OF_PROPERTY = {
    "equals": "property('p').equals(1)", "differs": "property('p').differs(1)", "greater_than": "property('p').greater_than(1)",
    "at_least": "property('p').at_least(1)", "less_than": "property('p').less_than(1)", "at_most": "property('p').at_most(1)",
    "contains": "property('p').contains('a', 'b')", "omits": "property('p').omits('a')", "one_of": "property('p').one_of('a', 'b')",
    "none_of": "property('p').none_of('a')", "starts_with": "property('p').starts_with('a')", "ends_with": "property('p').ends_with('a')",
    "exists": "property('p').exists()", "absent": "property('p').absent()", "before_date": "property('p').before_date('2025-01-01')",
    "after_date": "property('p').after_date('2025-01-01')", "within_last": "property('p').within_last(3 days)",
    "within_next": "property('p').within_next(3 days)", "before_last": "property('p').before_last(3 days)",
    "after_next": "property('p').after_next(3 days)",
}  # fmt: skip
"""Each comparator, of the event at hand."""

EVENTS = {
    **{name: f"event('D').{name}(property('q')) = 1" for name in REDUCERS if name not in ("unique", "mode")},
    "mode": "event('D').mode(property('q') as string, 3) = 'a'", "unique": "event('D').unique(property('q')).count() >= 2",
    "count": "event('D').count() >= 1", "where": "event('D').where(property('q') = 1).count() >= 1",
    "sources": "event('D').sources({exclude: ['s']}).count() >= 1", "within": "event('D').within(3 days).count() >= 1",
    "between": "event('D').between(1 day, 3 days).count() >= 1",
}  # fmt: skip
"""Each reducer and filter of events that a condition may have."""

TABLE: list[tuple[str, str, str, str, str]] = [
    # form, at an entry, at a hold and an exit, in a split; the rule is that of the place
    *((name, text, CAN if name in ("equals", "one_of") else "no", SILENT, "error") for name, text in OF_PROPERTY.items()),
    *((name, text.replace("property", "trait"), "no", "no", CAN) for name, text in OF_PROPERTY.items()),
    *((name, text.replace("property('p')", "journey('A.p')"), "error" , "no", CAN) for name, text in OF_PROPERTY.items()),
    *((name, text, "no", "no", "no") for name, text in EVENTS.items()),
    ("audience", "audience('a')", "no", "no", CAN),
    ("trait", "trait('a') = true", "no", "no", CAN),  # an audience, read as a trait (D-9)
    ("literal", "property('p') = literal(1)", CAN, SILENT, "error"),
    ("literal", "trait('t') = literal(1)", "no", "no", CAN),
    ("property", "property('a.b') = 1", CAN, SILENT, "error"),
    ("property", "1 = property('p')", CAN, SILENT, "error"),
    ("property", "property('p') = property('q')", SILENT, SILENT, "error"),
    ("property", "property('p') = trait('t')", SILENT, SILENT, "error"),
    ("property", "property('p') = event('D').count()", SILENT, SILENT, "error"),
    ("context", "context('app.name') = 'x'", SILENT, SILENT, "error"),
    ("context", "context('app.name').contains('x')", "no", SILENT, "error"),
    ("trait", "trait('t') = trait('u')", "no", "no", SILENT),
    ("event", "trait('t') = event('D').count()", "no", "no", "no"),
    ("AND", "property('p') = 1 AND property('q') = 'a'", CAN, SILENT, "error"),
    ("AND", "trait('t') = 1 AND audience('a') AND journey('A.p') = 1", "error", "no", CAN),
    ("OR", "property('p') = 1 OR property('q') = 2", "no", SILENT, "error"),
    ("OR", "trait('t') = 1 OR audience('a')", "no", "no", "no"),
    ("OR", "audience('a') AND (trait('t') = 1 OR trait('u') = 1)", "no", "no", "no"),
    ("NOT", "NOT property('p') = 1", "no", SILENT, "error"),
    ("NOT", "NOT trait('t') = 1", "no", "no", CAN),
    ("NOT", "NOT audience('a')", "no", "no", CAN),
    ("NOT", "NOT journey('A.p') = 1", "error", "no", SILENT),
    ("NOT", "NOT event('D').count() >= 1", "no", "no", "no"),
    ("NOT", "NOT (trait('t') = 1 AND trait('u') = 2)", "no", "no", "no"),
    ("NOT", "NOT (trait('t') = 1 OR trait('u') = 2)", "no", "no", "no"),
    ("NOT", "NOT NOT trait('t') = 1", "no", "no", "no"),
    ("ANY", "ANY trait('t') = 1", "error", "error", "error"),
    ("ALL", "ALL trait('t') = 1", "error", "error", "error"),
    ("expires_after", "event('D').expires_after(1 hour).count() >= 1", "error", "error", "error"),
]  # fmt: skip
"""`no`: it cannot; `error`: the language has no such form there."""
CASES = [
    (form, text, place, verdict)
    for form, text, entry, heard, split in TABLE
    for place, verdict in ((ENTRY, entry), (HOLD, heard), (EXIT, heard), (SPLIT, split))
]


def test_the_table_has_every_form_of_the_language() -> None:
    forms = {form for form, *_ in TABLE}
    used = {word for _, text, *_ in TABLE for word in re.findall(r"\w+", re.sub(r"'[^']*'", "", text))}
    assert FUNCTIONS - used == set()
    assert {"AND", "OR", "NOT", "ANY", "ALL"} <= forms
    assert set(OF_PROPERTY) == set(COMPARATORS)
    assert set(EVENTS) >= set(REDUCERS) >= set(CASTS)


@pytest.mark.parametrize(("form", "text", "place", "verdict"), CASES)
def test_what_the_target_cannot_take_is_told_at_its_place(form: str, text: str, place: str, verdict: str) -> None:
    found = validated(text, place)
    errors = [problem for problem in found if problem.is_error]
    told = [problem for problem in found if problem.code.startswith("target_")]
    assert bool(errors) == (verdict == "error"), (form, errors)
    if verdict == "error":
        return
    if verdict in (CAN, SILENT):
        assert told == []
        return
    assert {problem.path for problem in told} == {f"journeys.j.{place}"}
    for problem in told:
        assert (problem.severity, problem.code) == ("warning", "target_filter")
        assert WORDS[RULES[place]].search(problem.message), problem.message
        assert problem.mend.endswith(", or choose another target; here it counts as it is written.")


WORDS = {
    "J2-2": re.compile(r"an entry by (equals and equals any of|properties of its event|AND) alone|filters of an entry by AND alone"),
    "J2-10": re.compile(r"filters events of a hold by their properties alone"),
    "J2-30": re.compile(r"filters events of an exit by their properties alone"),
    "J2-17": re.compile(r"conditions of a branch by AND alone|one by one alone|traits, audiences and the journey's context"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "text", "quoted", "mend"),
    [
        (ENTRY, "property('p') >= 20", "p is at least 20", "Put it into an audience and ask for that"),
        (ENTRY, "property('p') = 1 AND (property('q') = 1 OR property('q') = 2)", "q is 1 or q is 2", "Write one_of(...) with all values"),
        (ENTRY, "property('p') = 1 OR property('q') = 2", "p is 1 or q is 2", "Put it into an audience"),
        (HOLD, "property('p') > 1 AND trait('plan') = 'gold'", "trait plan is gold", "Ask for it in a split after that branch"),
        (EXIT, "audience('a') OR property('p') = 1", "is in audience a", "Ask in a split before each message"),
        (SPLIT, "trait('t') = 1 OR trait('u') = 2", "trait t is 1 or trait u is 2", "Make a branch of each"),
        (SPLIT, "audience('a') AND (trait('t') = 1 OR trait('u') = 2)", "trait t is 1 or trait u is 2", "Put it into an audience"),
        (SPLIT, "audience('a') AND (trait('t') = 1 OR journey('A.p') = 2)", "journey's A.p", "Split again behind this branch"),
        (SPLIT, "event('D').count() >= 2", "performed D at least 2 times", "Put it into an audience"),
    ],
)  # fmt: skip
def test_it_says_which_part_and_how_to_mend_it(place: str, text: str, quoted: str, mend: str) -> None:
    (problem,) = [problem for problem in validated(text, place) if problem.code == "target_filter"]
    assert quoted in problem.message
    assert problem.mend.startswith(mend)


def test_each_part_that_it_cannot_take_is_told() -> None:
    found = validated("property('p') > 1 AND property('q') = 2 AND trait('t') = 3", ENTRY)
    assert [re.findall("“(.*)”", problem.message) for problem in found] == [["p is over 1"], ["trait t is 3"]]


def test_a_long_condition_is_cut() -> None:
    many = ", ".join(f"'shelf {number}'" for number in range(20))
    (problem,) = validated(f"property('p').contains({many})", ENTRY)
    (shown,) = re.findall("“(.*)”", problem.message)
    assert len(shown) == 80
    assert shown.endswith("…")
