"""Undo as a state machine: undo all gives the start bytes, redo all the end bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engage_desktop.document import (
    ENTRY,
    Change,
    Changed,
    Document,
    Edit,
    EditRefused,
    OutputRef,
    StaleChange,
    add_branch,
    add_step,
    connect,
    delete_steps,
    disconnect,
    drop,
    dumps,
    dumps_layout,
    duplicate_steps,
    fresh_key,
    insert_on_wire,
    loads,
    move_branch,
    new_step,
    put,
    put_layout,
    remove_branch,
    rename_step,
    rename_step_key,
    replace_with,
    set_entry_fields,
    set_fields,
    to_data,
)
from engage_desktop.document.wiring import reaches
from engage_desktop.domain.campaigns import JourneyLayout, Layout
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import STEP_TYPES, outputs
from engage_desktop.domain.workspace import Identity

from .designs import STOREFRONT

PICK = st.integers(0, 10**6)
TYPES = st.sampled_from(sorted(STEP_TYPES))
NAMES = st.sampled_from(["Nudge", "Wait a day", "", "Größe"])


def outgoing(journey: Journey) -> list[OutputRef]:
    return [OutputRef(ENTRY)] + [
        OutputRef(step.key, output.branch) for step in journey.steps for output in outputs(step)
    ]


class Editing(RuleBasedStateMachine):
    """Random edits as a person makes them; some are refused and must leave no trace."""

    @initialize()
    def open(self) -> None:
        campaigns, _ = loads(STOREFRONT)
        assert campaigns is not None
        self.journal: list[str] = []
        self.heard: list[Changed] = []
        self.document = Document(campaigns, journal=lambda data: self.journal.append(json.dumps(data)))
        self.document.subscribe(self.heard.append)
        self.start = (dumps(campaigns), dumps_layout(self.document.layout))
        self.commits = 0
        self.names: list[str] = []

    @property
    def journey(self) -> Journey:
        return self.document.campaigns.journeys[0]

    def step(self, pick: int) -> str:
        return self.journey.steps[pick % len(self.journey.steps)].key

    def wire(self, pick: int) -> OutputRef:
        wires = outgoing(self.journey)
        return wires[pick % len(wires)]

    def edit(self, name: str, make: Any, gesture: str = "") -> None:
        before = dumps(self.document.campaigns)
        try:
            journey = make()
        except EditRefused as refusal:
            sentence = str(refusal)
        else:
            change = Change(name, (put(self.document.campaigns, "journey", journey, key="cart_rescue"),), gesture)
            self.commit(change)
            return
        assert sentence.endswith((".", "?"))
        assert dumps(self.document.campaigns) == before

    def commit(self, change: Change) -> None:
        something = any(not edit.changes_nothing for edit in change.edits)
        self.document.apply(change)
        self.commits += something
        if something:
            assert self.document.undo_name == change.name

    @rule(type_=TYPES, wire=st.none() | PICK)
    def add(self, type_: str, wire: int | None) -> None:
        step = new_step(type_, fresh_key(self.journey, type_))
        self.edit(f"Add {type_}", lambda: add_step(self.journey, step, None if wire is None else self.wire(wire)))

    @precondition(lambda self: self.journey.steps)
    @rule(wire=PICK, pick=PICK)
    def move_onto_a_wire(self, wire: int, pick: int) -> None:
        key = self.step(pick)
        self.edit("Move step", lambda: insert_on_wire(self.journey, self.wire(wire), self.journey.by_key[key]))

    @precondition(lambda self: self.journey.steps)
    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def delete(self, picks: list[int]) -> None:
        self.edit("Delete steps", lambda: delete_steps(self.journey, {self.step(pick) for pick in picks}))

    @precondition(lambda self: self.journey.steps)
    @rule(wire=PICK, pick=PICK)
    def connect(self, wire: int, pick: int) -> None:
        self.edit("Connect", lambda: connect(self.journey, self.wire(wire), self.step(pick)))

    @rule(wire=PICK)
    def disconnect(self, wire: int) -> None:
        self.edit("Disconnect", lambda: disconnect(self.journey, self.wire(wire)))

    @precondition(lambda self: self.journey.steps)
    @rule(pick=PICK, name=NAMES)
    def rename(self, pick: int, name: str) -> None:
        key = self.step(pick)
        self.edit("Rename", lambda: rename_step(self.journey, key, name), gesture=f"name {key}")

    @precondition(lambda self: self.journey.steps)
    @rule(pick=PICK, key=st.sampled_from(["nudge", "z", "coin", "Not a key"]))
    def rename_key(self, pick: int, key: str) -> None:
        self.edit("Change key", lambda: rename_step_key(self.journey, self.step(pick), key))

    @precondition(lambda self: self.journey.steps)
    @rule(pick=PICK, type_=TYPES)
    def replace(self, pick: int, type_: str) -> None:
        key = self.step(pick)
        self.edit("Replace", lambda: replace_with(self.journey, key, new_step(type_, fresh_key(self.journey, type_))))

    @precondition(lambda self: self.journey.steps)
    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def duplicate(self, picks: list[int]) -> None:
        if len(self.journey.steps) < 30:
            self.edit("Duplicate", lambda: duplicate_steps(self.journey, {self.step(pick) for pick in picks})[0])

    @precondition(lambda self: self.journey.steps)
    @rule(pick=PICK, what=st.sampled_from(["add", "remove", "first"]), branch=PICK)
    def branches(self, pick: int, what: str, branch: int) -> None:
        key = self.step(pick)
        found = [item.key for item in getattr(self.journey.by_key[key], "branches", ())] or ["none"]
        name = found[branch % len(found)]
        makers = {
            "add": lambda: add_branch(self.journey, key),
            "remove": lambda: remove_branch(self.journey, key, name),
            "first": lambda: move_branch(self.journey, key, name, 0),
        }
        self.edit(f"Branches: {what}", makers[what])

    @precondition(lambda self: self.journey.steps)
    @rule(pick=PICK, duration=st.sampled_from(["1d", "2h", "five", None]))
    def set_duration(self, pick: int, duration: str | None) -> None:
        self.edit("Set duration", lambda: set_fields(self.journey, self.step(pick), duration=duration))

    @rule(type_=st.sampled_from(["event", "audience", "schedule", "list"]))
    def set_entry(self, type_: str) -> None:
        self.edit("Entry", lambda: set_entry_fields(self.journey, type=type_))

    @precondition(lambda self: self.journey.steps)
    @rule(pick=PICK, x=st.integers(-500, 500))
    def move(self, pick: int, x: int) -> None:
        text = dumps(self.document.campaigns)
        layout = self.document.layout
        now = layout.journeys.get("cart_rescue", JourneyLayout())
        moved = now.with_(nodes=now.nodes | {self.step(pick): (x, x / 2)})
        told = len(self.heard)
        self.commit(Change("Move step", (put_layout(layout, "cart_rescue", moved),), gesture="drag"))
        assert dumps(self.document.campaigns) == text
        assert all(changed.layout_only for changed in self.heard[told:])

    @rule(key=st.sampled_from(["lapsed", "fresh"]))
    def audience(self, key: str) -> None:
        campaigns = self.document.campaigns
        found = campaigns.audience(key)
        if found is not None:
            self.commit(Change("Delete audience", (drop(campaigns, "audience", key),)))
        else:
            made = loads(STOREFRONT)[0].audiences[0].with_(key=key)
            self.commit(Change("New audience", (put(campaigns, "audience", made, index=0),)))

    @rule()
    def undo(self) -> None:
        if not self.document.can_undo:
            assert self.document.undo() is None
            return
        name = self.document.undo_name
        self.document.undo()
        assert self.document.redo_name == name
        self.commits += 1

    @rule()
    def redo(self) -> None:
        self.commits += self.document.redo() is not None

    @invariant()
    def one_announcement_a_commit(self) -> None:
        assert len(self.heard) == len(self.journal) == self.commits

    @invariant()
    def no_circle_is_ever_made(self) -> None:
        for step in self.journey.steps:
            for output in outputs(step):
                assert output.target is None or output.target in self.journey.by_key
                if output.target is not None and not output.loop:
                    assert not reaches(self.journey, output.target, step.key)
        assert len(self.journey.by_key) == len(self.journey.steps)

    def teardown(self) -> None:
        document = getattr(self, "document", None)
        if document is None:
            return
        end = (dumps(document.campaigns), dumps_layout(document.layout))
        replayed = Document(loads(self.start[0])[0])
        for line in self.journal:
            replayed.apply(Change.from_json(json.loads(line)))
        assert (dumps(replayed.campaigns), dumps_layout(replayed.layout)) == end
        while document.can_redo:
            document.redo()
        end = (dumps(document.campaigns), dumps_layout(document.layout))
        while document.can_undo:
            document.undo()
        assert (dumps(document.campaigns), dumps_layout(document.layout)) == self.start
        assert not document.is_dirty
        while document.can_redo:
            document.redo()
        assert (dumps(document.campaigns), dumps_layout(document.layout)) == end


Editing.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestEditing = Editing.TestCase


class LongEditing(Editing):
    """The same for longer sessions, and more of them."""


LongEditing.TestCase.settings = settings(max_examples=400, stateful_step_count=80, deadline=None)
TestLongEditing = pytest.mark.prove(LongEditing.TestCase)


def opened() -> Document:
    campaigns, _ = loads(STOREFRONT)
    assert campaigns is not None
    return Document(campaigns)


def renamed(document: Document, name: str, gesture: str = "") -> Change:
    journey = rename_step(document.campaigns.journeys[0], "wait", name)
    return Change(f"Rename to {name}", (put(document.campaigns, "journey", journey),), gesture)


def test_a_gesture_is_one_entry_and_keeps_its_last_name():
    document = opened()
    for name in ("T", "Tw", "Two"):
        document.apply(renamed(document, name, gesture="typing"))
    assert document.undo_name == "Rename to Two"
    document.undo()
    assert not document.can_undo
    assert dumps(document.campaigns) == STOREFRONT
    document.redo()
    assert document.campaigns.journeys[0].by_key["wait"].name == "Two"


def test_saved_means_equal_to_what_was_saved():
    document = opened()
    document.apply(renamed(document, "A"))
    assert document.is_dirty
    document.mark_saved()
    document.apply(renamed(document, "B"))
    document.undo()
    assert not document.is_dirty
    document.undo()
    assert document.is_dirty


def test_moving_a_node_dirties_the_layout_only():
    document = opened()
    heard: list[Changed] = []
    document.subscribe(heard.append)
    moved = JourneyLayout(nodes={"wait": (10, 20)})
    document.apply(Change("Move", (put_layout(document.layout, "cart_rescue", moved),)))
    assert (document.is_dirty, document.design_is_dirty) == (True, False)
    assert (heard[0].layout_only, heard[0].kinds, heard[0].journeys) == (True, {"layout"}, {"cart_rescue"})


def stocked() -> Document:
    """A document with three audiences and three laid out journeys."""
    campaigns = opened().campaigns
    audience, journey = campaigns.audiences[0], campaigns.journeys[0]
    campaigns = campaigns.with_(
        audiences=tuple(audience.with_(key=key) for key in ("a", "b", "c")),
        journeys=tuple(journey.with_(key=key) for key in ("j", "k", "l")),
    )
    layouts = {key: JourneyLayout(nodes={"wait": (1, 2)}) for key in ("j", "k", "l")}
    return Document(campaigns, Layout(format="engage-layout/1", journeys=layouts))


def state(document: Document) -> tuple[str, str]:
    return dumps(document.campaigns), dumps_layout(document.layout)


def back_and_forth(document: Document, *changes: Change) -> None:
    """Apply, undo all, redo all; every state on the way must come back."""
    seen = [state(document)]
    for change in changes:
        document.apply(change)
        seen.append(state(document))
    for expected in reversed(seen[:-1]):
        document.undo()
        assert state(document) == expected
    for expected in seen[1:]:
        document.redo()
        assert state(document) == expected


def test_what_was_deleted_comes_back_to_its_place():
    for key in ("a", "b", "c"):
        document = stocked()
        back_and_forth(document, Change("Delete", (drop(document.campaigns, "audience", key),)))
    for key in ("j", "k", "l"):
        document = stocked()
        edits = (drop(document.campaigns, "journey", key), put_layout(document.layout, key, None))
        back_and_forth(document, Change("Delete", edits))


def test_additions_stand_where_they_were_put():
    document = stocked()
    item = document.campaigns.audiences[0]
    document.apply(Change("New", (put(document.campaigns, "audience", item.with_(key="x"), index=1),)))
    assert [audience.key for audience in document.campaigns.audiences] == ["a", "x", "b", "c"]
    document.apply(Change("New", (put(document.campaigns, "audience", item.with_(key="y")),)))
    assert [audience.key for audience in document.campaigns.audiences] == ["a", "x", "b", "c", "y"]


def test_edits_of_one_change_are_taken_back_in_reverse():
    document = stocked()
    a, b, c = document.campaigns.audiences
    moved = Change("Move to the top", (Edit("audience", "c", c, None, 2), Edit("audience", "c", None, c, 0)))
    gone = Change("Delete two", (Edit("audience", "c", c, None, 0), Edit("audience", "a", a, None, 0)))
    twice = Change("Rename twice", tuple(
        Edit("audience", "b", b.with_(name=old), b.with_(name=new), 0) for old, new in (("Lapsed buyers", "1"), ("1", "2"))
    ))  # fmt: skip
    back_and_forth(document, moved, gone, twice)


def test_single_objects_and_rekeyed_ones_come_back():
    document = stocked()
    campaigns = document.campaigns
    journey = campaigns.journeys[1].with_(key="new")
    back_and_forth(
        document,
        Change("Zone", (put(campaigns, "workspace", campaigns.workspace.with_(timezone="UTC")),)),
        Change("Blocked", (put(campaigns, "identity", Identity(blocked=("x",))),)),
        Change("Re-key", (put(campaigns, "journey", journey, key="k"),)),
    )
    assert document.campaigns.journey("new") is not None
    document.undo()
    document.undo()
    assert document.campaigns.identity is None


def test_a_gesture_of_several_kinds_is_taken_back_whole():
    document = stocked()
    start = state(document)
    item = document.campaigns.audiences[0]
    for number in range(3):
        added = put(document.campaigns, "audience", item.with_(key=f"n{number}"), index=number)
        document.apply(Change("Paste", (added,), gesture="paste"))
    gone = drop(document.campaigns, "audience", "n1")
    document.apply(Change("Paste", (gone,), gesture="paste"))
    end = state(document)
    document.undo()
    assert state(document) == start
    assert not document.can_undo
    document.redo()
    assert state(document) == end


def test_a_gesture_ends_with_an_undo():
    document = opened()
    document.apply(renamed(document, "A", gesture="typing"))
    document.apply(renamed(document, "B"))
    document.undo()
    document.apply(renamed(document, "C", gesture="typing"))
    document.undo()
    assert document.campaigns.journeys[0].by_key["wait"].name == "A"


def test_a_change_from_another_state_is_refused_whole():
    document = opened()
    stale = renamed(document, "A")
    document.apply(renamed(document, "B"))
    text = dumps(document.campaigns)
    both = Change("Both", (drop(document.campaigns, "message", "nudge"), *stale.edits))
    with pytest.raises(StaleChange, match="'Both' no longer fits: journey 'cart_rescue' has changed meanwhile"):
        document.apply(both)
    assert dumps(document.campaigns) == text
    assert document.undo_name == "Rename to B"


def test_apply_returns_the_inverse():
    document = opened()
    back = document.apply(renamed(document, "A"))
    document.apply(back)
    assert dumps(document.campaigns) == STOREFRONT


def test_a_change_without_effect_leaves_no_trace():
    document = opened()
    heard: list[Changed] = []
    document.subscribe(heard.append)
    document.apply(Change("Nothing", (put(document.campaigns, "journey", document.campaigns.journeys[0]),)))
    assert not document.can_undo
    assert heard == []


def test_listeners_hear_in_order_even_when_one_commits_or_fails():
    document = opened()
    names: list[str] = []

    def follow_up(changed: Changed) -> None:
        if changed.change.name == "Rename to A":
            document.apply(renamed(document, "B"))
            raise RuntimeError("a broken panel")

    document.subscribe(follow_up)
    stop = document.subscribe(lambda changed: names.append(changed.change.name))
    with pytest.raises(RuntimeError, match="a broken panel"):
        document.apply(renamed(document, "A"))
    assert names == ["Rename to A", "Rename to B"]
    stop()
    document.apply(renamed(document, "C"))
    assert names[-1] == "Rename to B"


def test_a_change_survives_json_with_text_as_typed():
    document = opened()
    audience = document.campaigns.audiences[0].with_(definition='event("A").count()>=1')
    change = Change("Type", (put(document.campaigns, "audience", audience),), "typing")
    again = Change.from_json(json.loads(json.dumps(change.to_json())))
    assert again == change
    assert to_data(again.edits[0].after, canonical=False)["definition"] == 'event("A").count()>=1'


@pytest.mark.parametrize("broken", [{}, {"name": "a", "edits": [{}]}, {"name": "a", "edits": [{"kind": "zebra"}]}, []])
def test_what_is_no_change_is_a_value_error(broken):
    with pytest.raises(ValueError):
        Change.from_json(broken)
