"""What a design names although it is gone: found from the problems, brought back as it was, made anew, or replaced."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engage_desktop.document import Change, Document, drop, dumps, loads, validate
from engage_desktop.document.missing import Missing, Named, bring_back, missing, name_of, use_another

DESIGN: dict[str, Any] = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "W"},
    "audiences": [
        {"key": "first", "name": "First", "definition": "event('A').count() >= 1"},
        {"key": "second", "name": "Second", "definition": "event('B').count() >= 1"},
    ],
    "messages": [
        {"key": "first", "name": "First", "channel": "email", "subject": "s", "body": "b"},
        {"key": "second", "name": "Second", "channel": "sms", "body": "c"},
    ],
    "destinations": [
        {"key": "first", "name": "First", "type": "webhook", "settings": {"url": "http://127.0.0.1:9/in"}},
        {"key": "second", "name": "Second", "type": "file", "settings": {"folder": "out"}},
    ],
    "journeys": [
        {
            "key": "j",
            "name": "J",
            "entry": {"type": "event", "event": "A"},
            "start": "who",
            "steps": [
                {
                    "key": "who",
                    "type": "split",
                    "branches": [{"key": "yes", "condition": "NOT audience('first')", "next": "mail"}],
                    "otherwise": "again",
                },
                {"key": "mail", "type": "message", "message": "first", "next": "again"},
                {"key": "again", "type": "message", "message": "first", "next": "tell"},
                {"key": "tell", "type": "send", "destination": "first"},
            ],
        }
    ],
}
KINDS: tuple[Named, ...] = ("audience", "message", "destination")
PATHS = {
    "audience": ("journeys.j.steps.who.branches.yes.condition",),
    "message": ("journeys.j.steps.mail.message", "journeys.j.steps.again.message"),
    "destination": ("journeys.j.steps.tell.destination",),
}


def opened(without: Named | None = None) -> Document:
    """The design in a document; `without` the first thing of a kind, as a file may be."""
    data = {**DESIGN, f"{without}s": DESIGN[f"{without}s"][1:]} if without else DESIGN
    campaigns, problems = loads(json.dumps(data))
    assert campaigns is not None, problems
    return Document(campaigns)


def gone(document: Document) -> Missing:
    (found,) = missing(validate(document.campaigns))
    return found


def unknown(document: Document) -> list[str]:
    return [problem.path for problem in validate(document.campaigns) if problem.code.startswith("unknown_")]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_deleted_comes_back_as_it_was_to_its_old_place(kind: Named) -> None:
    document = opened()
    first = dumps(document.campaigns)
    assert missing(validate(document.campaigns)) == ()
    document.apply(Change("Delete", (drop(document.campaigns, kind, "first"),)))
    assert gone(document) == Missing(kind, "first", PATHS[kind])
    assert name_of(document, gone(document)) == "First"
    change = bring_back(document, gone(document))
    assert change.name == "Bring back “First”"
    document.apply(change)
    assert dumps(document.campaigns) == first
    document.undo()
    assert gone(document).key == "first"


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_remembers_is_made_anew(kind: Named) -> None:
    document = opened(without=kind)
    assert gone(document) == Missing(kind, "first", PATHS[kind])
    change = bring_back(document, gone(document))
    assert change.name == f"Make {kind} “First”"
    document.apply(change)
    assert unknown(document) == []
    made = getattr(document.campaigns, f"{kind}s")[-1]
    assert (made.key, made.name) == ("first", "First")
    if kind == "destination":
        assert made.sandbox  # nothing leaves by what was made in passing


@pytest.mark.parametrize("kind", KINDS)
def test_another_takes_its_place_wherever_it_was_named(kind: Named) -> None:
    document = opened(without=kind)
    document.apply(use_another(document.campaigns, gone(document), "second"))
    assert unknown(document) == []
    steps = document.campaigns.journeys[0].by_key
    named = {
        "audience": lambda: [steps["who"].branches[0].condition],  # type: ignore[union-attr]  # a split
        "message": lambda: [steps[key].message for key in ("mail", "again")],  # type: ignore[union-attr]
        "destination": lambda: [steps["tell"].destination],  # type: ignore[union-attr]
    }[kind]()
    assert set(named) == {"NOT audience('second')" if kind == "audience" else "second"}
