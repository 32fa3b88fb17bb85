"""Explain hears what messages make: the answers that a run assumes are among the events it looks at (D-5, D-25, D-28, D-37)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.engine import compile_campaigns, simulate
from engage_desktop.engine.points import plan_of, step_point
from engage_desktop.engine.questions import State
from engage_desktop.engine.remembering import inside
from engage_desktop.engine.subject import Subject
from tests.engine.logs import DAY, T0, campaigns, identify, store_of, track

HOUR = DAY // 24
WINDOW = (T0, T0 + DAY)
OPENERS = State.of_audience("openers", "user")
ANSWERS = {"opened": {"likely": 1, "after": "2h"}}
DESIGN = {
    "audiences": [{"key": "openers", "name": "Openers", "definition": "event('Email Opened').count() >= 1"}],
    "messages": [{"key": "mail", "channel": "email", "body": "x", "responses": ANSWERS}],
    "journeys": [
        {"key": "first", "name": "First", "entry": {"type": "event", "event": "B"}, "start": "m",
         "steps": [{"key": "m", "type": "message", "message": "mail"}]},
        {"key": "second", "name": "Second", "entry": {"type": "audience", "audience": "openers"}, "start": "e",
         "steps": [{"key": "e", "type": "end"}]},
    ],
}  # fmt: skip
CALLS = [
    identify("u", format_instant(T0 - HOUR), email="u@x.org", email_subscription_status="subscribed"),
    track("u", "B", format_instant(T0)),
]


def test_an_opening_that_a_run_assumes_explains_membership_and_entry(tmp_path: Path) -> None:
    """D-37: a microsecond after the two hours, not before; and without the message it would not be so."""
    store, plan = store_of(CALLS, tmp_path), compile_campaigns(campaigns(**DESIGN))
    run = simulate(plan, store, window=WINDOW)
    assert run.memberships["from_at"].tolist() == [T0 + 2 * HOUR + 1]
    who = store.index_of("u")
    assert who is not None
    subject = Subject(plan, store, who, WINDOW)
    assert subject.ask(OPENERS, T0 + 2 * HOUR + 1).verdict
    before = subject.ask(OPENERS, T0 + 2 * HOUR)
    assert not before.verdict
    second = plan_of(plan, "second")
    way = subject.way(second)
    assert [one.entered for one in way.instances] == [T0 + 2 * HOUR + 1]


def test_an_opening_that_a_run_assumes_is_remembered(tmp_path: Path) -> None:
    """D-20: it stands under its name like an event of the log, with what the message told of itself."""
    opened = "journey('Email Opened')"
    third = {
        "key": "third", "name": "Third", "entry": {"type": "event", "event": "Email Opened"}, "start": "s",
        "steps": [
            {"key": "s", "type": "split", "branches": [
                {"key": "other", "condition": f"{opened[:-2]}.campaign') = 'second'"},
                {"key": "own", "condition": f"{opened}.exists() AND {opened[:-2]}.campaign') = 'first'"},
            ]},
        ],
    }  # fmt: skip
    design = DESIGN | {"journeys": [*DESIGN["journeys"], third]}
    store, plan = store_of(CALLS, tmp_path), compile_campaigns(campaigns(**design))
    who = store.index_of("u")
    assert who is not None
    subject, compiled = Subject(plan, store, who, WINDOW), plan_of(plan, "third")
    (visit,) = subject.way(compiled).visits["s"]
    assert visit.branch == "own"
    for branch, says in (("own", True), ("other", False), ("otherwise", False)):
        known = inside(plan, store, compiled, who, visit)
        point = step_point(compiled.journey, "s", branch, visit, WINDOW[1], known)
        assert subject.ask_point(compiled, point, change=False).verdict is says


def test_a_cap_that_ends_an_instance_is_filled_by_all_campaigns(tmp_path: Path) -> None:
    """D-24, D-25: who leaves because another campaign's message filled the cap has gone that way in what explain plays too."""
    other = {
        "key": "other", "name": "Other", "entry": {"type": "event", "event": "B"}, "start": "w", "steps": [
            {"key": "w", "type": "delay", "duration": "1h", "next": "n"},
            {"key": "n", "type": "message", "message": "mail", "when_not_sent": "leave", "next": "z"},
            {"key": "z", "type": "delay", "duration": "1h"},
        ],
    }  # fmt: skip
    mail = {"key": "mail", "channel": "email", "body": "x"}
    design = {
        "messages": [mail], "journeys": [DESIGN["journeys"][0], other],
        "policies": {"caps": [{"channel": "email", "max": 1, "per": "2h"}]},
    }  # fmt: skip
    store, plan = store_of(CALLS, tmp_path), compile_campaigns(campaigns(**design))
    who = store.index_of("u")
    assert who is not None
    way = Subject(plan, store, who, WINDOW).way(plan_of(plan, "other"))
    assert [(one.outcome, one.detail) for one in way.instances] == [("exited", "step:n")]


def test_what_hangs_on_everybody_is_not_explained(tmp_path: Path) -> None:
    """A broadcast that goes by turns: no answer is better than a wrong one."""
    spring = {
        "key": "spring", "name": "Spring", "condition": "event('B').count() >= 1", "message": "mail", "at": format_instant(T0), "throughput": 5,
    }  # fmt: skip
    store, plan = store_of(CALLS, tmp_path), compile_campaigns(campaigns(**DESIGN, broadcasts=[spring]))
    who = store.index_of("u")
    assert who is not None
    with pytest.raises(UserError, match="throughput"):
        Subject(plan, store, who, WINDOW).ask(OPENERS, T0 + DAY)
