"""Edit operations: each does what its gesture says, or refuses in a sentence (D-15, D-46)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.document import (
    ENTRY,
    EditRefused,
    OutputRef,
    add_branch,
    add_step,
    can_connect,
    connect,
    copy_steps,
    delete_steps,
    disconnect,
    duplicate_steps,
    fresh_key,
    insert_on_wire,
    loads,
    move_branch,
    new_step,
    paste_steps,
    remove_branch,
    rename_step,
    rename_step_key,
    replace_with,
    set_branch,
    set_entry_fields,
    set_fields,
    set_journey_fields,
    to_data,
    unused_key,
    validate,
)
from engage_desktop.document.wiring import reaches
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import STEP_TYPES, outputs

from .designs import STOREFRONT
from .journeys import delay, graphs, journey, split


@pytest.fixture
def rescue() -> Journey:
    campaigns, _ = loads(STOREFRONT)
    assert campaigns is not None
    return campaigns.journeys[0]


def wires(found: Journey) -> dict[tuple[str, str | None], str]:
    ways = {(ENTRY, None): found.start}
    ways |= {(step.key, output.branch): output.target for step in found.steps for output in outputs(step)}
    return {place: target for place, target in ways.items() if target is not None}


# -- adding -------------------------------------------------------------------------------


def test_the_first_step_becomes_the_start():
    assert add_step(journey([]), new_step("delay", "a")).start == "a"


def test_a_step_added_behind_a_taken_output_is_spliced_in(rescue):
    found = add_step(rescue, new_step("delay", "pause"), OutputRef("coin", "mail"))
    assert wires(found)["coin", "mail"] == "pause"
    assert wires(found)["pause", None] == "nudge"


def test_a_step_added_behind_a_free_output_ends_the_path(rescue):
    found = add_step(rescue, new_step("end", "stop"), OutputRef("coin", "control"))
    assert wires(found)["coin", "control"] == "stop"


def test_a_step_in_place_of_a_loop_does_not_lead_back(rescue):
    found = add_step(rescue, new_step("delay", "pause"), OutputRef("wait", "again"))
    assert wires(found)["wait", "again"] == "pause"
    assert ("pause", None) not in wires(found)
    assert not found.by_key["wait"].branches[0].loop
    assert insert_on_wire(rescue, OutputRef("wait", "again"), new_step("delay", "pause")) == found


@pytest.mark.parametrize(
    ("type_", "branch"),
    [("wait", None), ("hold", "timeout"), ("split", "yes"), ("random", "a"), ("message", None), ("fork", "a")],
)
def test_what_follows_goes_on_behind_the_main_output(rescue, type_, branch):
    found = insert_on_wire(rescue, OutputRef(ENTRY), new_step(type_, "new"))
    assert found.start == "new"
    assert wires(found)["new", branch] == "wait"


def test_an_end_cannot_cut_off_what_follows(rescue):
    with pytest.raises(EditRefused, match="what follows would be cut off"):
        insert_on_wire(rescue, OutputRef("coin", "mail"), new_step("end", "stop"))


def test_a_step_of_the_journey_is_moved_by_dropping_it_on_a_wire(rescue):
    found = insert_on_wire(rescue, OutputRef(ENTRY), rescue.by_key["nudge"])
    assert found.start == "nudge"
    assert wires(found)["nudge", None] == "wait"
    assert ("coin", "mail") not in wires(found)
    assert len(found.steps) == 3


def test_a_key_is_never_taken_twice(rescue):
    with pytest.raises(EditRefused, match="already a step 'coin'"):
        add_step(rescue, new_step("delay", "coin"))
    assert fresh_key(rescue, "wait") == "wait_2"
    assert fresh_key(rescue, "delay") == "delay"
    assert unused_key("nudge_2", ["nudge", "nudge_2"]) == "nudge_3"
    assert unused_key("Größe & Co", []) == "gr_e_co"
    assert len(unused_key("a" * 63, ["a" * 63])) == 63


@pytest.mark.parametrize("type_", sorted(STEP_TYPES))
def test_a_new_step_of_each_type_is_free_of_mistakes(rescue, type_):
    """Left as it comes, a step runs: nothing but what the version cannot do, or a thing to choose."""
    wish = {"message": {"message": "nudge"}, "send": {"destination": "crm"}, "ad": {"destination": "crm"}}
    step = new_step(type_, "new", **wish.get(type_, {}))
    campaigns, _ = loads(STOREFRONT)
    found = add_step(rescue, step, OutputRef("coin", "control"))
    problems = validate(campaigns.with_(journeys=(found,)))
    assert [problem for problem in problems if problem.code != "not_yet"] == []


# -- wires --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "target", "words"),
    [
        (OutputRef("nudge"), "wait", "the way would run in a circle"),
        (OutputRef("nudge"), "nudge", "cannot lead to itself"),
        (OutputRef("wait", "timeout"), "wait", "cannot lead to itself"),
        (OutputRef("nudge"), ENTRY, "Nothing leads back into the entry"),
        (OutputRef("nudge"), "gone", "no step 'gone'"),
        (OutputRef("gone"), "nudge", "no step 'gone'"),
        (OutputRef("coin"), "nudge", "only branches"),
        (OutputRef("coin", "zzz"), "nudge", "no output 'zzz'"),
        (OutputRef("stop"), "nudge", "is an end and has no output"),
    ],
)
def test_what_may_not_be_connected_says_why(rescue, ref, target, words):
    found = add_step(rescue, new_step("end", "stop"))
    reason = can_connect(found, ref, target)
    assert reason is not None
    assert words in reason
    with pytest.raises(EditRefused) as refused:
        connect(found, ref, target)
    assert str(refused.value) == reason


def test_a_hold_may_loop_back_to_itself_only(rescue):
    found = disconnect(rescue, OutputRef("wait", "again"))
    assert ("wait", "again") not in wires(found)
    found = connect(found, OutputRef("wait", "again"), "wait")
    assert found.by_key["wait"].branches[0].loop
    assert found.by_key["wait"].branches[0].next is None
    found = connect(found, OutputRef("wait", "again"), "nudge")
    assert (found.by_key["wait"].branches[0].loop, found.by_key["wait"].branches[0].next) == (False, "nudge")


def test_wires_may_join_and_be_led_elsewhere(rescue):
    found = connect(rescue, OutputRef("coin", "control"), "nudge")
    assert [place for place, target in wires(found).items() if target == "nudge"] == [
        ("coin", "mail"),
        ("coin", "control"),
    ]
    found = connect(found, OutputRef(ENTRY), "coin")
    assert found.start == "coin"
    assert disconnect(found, OutputRef(ENTRY)).start is None


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_can_connect_tells_exactly_when_a_circle_would_arise(found, data):
    ways = [OutputRef(step.key, output.branch) for step in found.steps for output in outputs(step)]
    if not ways:
        return
    ref = data.draw(st.sampled_from(ways))
    target = data.draw(st.sampled_from([step.key for step in found.steps]))
    allowed = can_connect(found, ref, target) is None
    assert allowed == (not reaches(found, target, ref.step))
    if allowed:
        after = connect(found, ref, target)
        assert wires(after)[ref.step, ref.branch] == target
        rest = {place: to for place, to in wires(found).items() if place != (ref.step, ref.branch)}
        assert rest.items() <= wires(after).items()


# -- deleting -----------------------------------------------------------------------------


def test_deleting_a_step_leads_the_path_on(rescue):
    found = delete_steps(rescue, ["coin"])
    assert wires(found)["wait", "timeout"] == "nudge"
    found = delete_steps(rescue, ["wait", "coin"])
    assert found.start == "nudge"
    assert delete_steps(rescue, ["wait", "coin", "nudge"]).start is None


@settings(max_examples=150, deadline=None)
@given(graphs(), st.data())
def test_deleting_keeps_every_other_wire_and_makes_no_circle(found, data):
    if not found.steps:
        return
    gone = set(data.draw(st.lists(st.sampled_from([step.key for step in found.steps]), min_size=1)))
    after = delete_steps(found, gone)
    assert [step.key for step in after.steps] == [step.key for step in found.steps if step.key not in gone]
    before = wires(found)
    for place, target in wires(after).items():
        assert target in after.by_key
        assert reaches(found, before[place], target)
        assert before[place] in gone or before[place] == target
        assert place[0] == ENTRY or not reaches(after, target, place[0])
    for place, target in before.items():
        if place[0] not in gone and target not in gone:
            assert wires(after)[place] == target


def test_one_by_one_or_together_a_chain_closes_the_same_way():
    found = journey([delay("a", "b"), delay("b", "c"), delay("c", "d"), delay("d")])
    assert delete_steps(delete_steps(found, ["b"]), ["c"]) == delete_steps(found, ["c", "b"])


# -- fields -------------------------------------------------------------------------------


def test_fields_are_checked_by_the_model(rescue):
    assert set_fields(rescue, "wait", timeout="4h").by_key["wait"].timeout == "4h"
    with pytest.raises(EditRefused, match=r"timeout: .*not a duration.*such as 90m"):
        set_fields(rescue, "wait", timeout="four hours")
    with pytest.raises(EditRefused, match="no field 'colour'"):
        set_fields(rescue, "wait", colour="red")
    with pytest.raises(EditRefused, match=r"cannot be changed\. Replace the step"):
        set_fields(rescue, "wait", type="delay")
    with pytest.raises(EditRefused, match="circle"):
        set_fields(rescue, "nudge", next="wait")
    with pytest.raises(EditRefused, match="no step 'gone'"):
        set_fields(rescue, "gone", name="x")


def test_extras_of_a_step_survive_an_edit(rescue):
    assert to_data(set_fields(rescue, "nudge", name="Hello").by_key["nudge"])["x-colour"] == "teal"


def test_renaming_a_step_and_its_key(rescue):
    assert rename_step(rescue, "coin", "  Coin ").by_key["coin"].name == "Coin"
    assert rename_step(rescue, "wait", " ").by_key["wait"].name is None
    found = rename_step_key(rescue, "coin", "toss")
    assert wires(found)["wait", "timeout"] == "toss"
    assert set_fields(rescue, "wait", key="pause").start == "pause"
    with pytest.raises(EditRefused, match="is not a key"):
        rename_step_key(rescue, "coin", "To ss")
    with pytest.raises(EditRefused, match="already a step"):
        rename_step_key(rescue, "coin", "nudge")


def test_the_entry_keeps_what_both_types_have(rescue):
    found = set_entry_fields(rescue, audience="lapsed", event="Order Completed")
    assert (found.entry.event, found.entry.audience) == ("Order Completed", "lapsed")
    found = set_entry_fields(found, type="audience")
    assert (found.entry.type, found.entry.audience, found.entry.reentry.mode) == ("audience", "lapsed", "once")
    found = set_entry_fields(found, type="event", event="Signed Up")
    assert (found.entry.event, found.entry.audience, found.entry.reentry.mode) == ("Signed Up", "lapsed", "every")
    assert set_entry_fields(found, reentry={"mode": "once"}).entry.reentry.mode == "once"
    with pytest.raises(EditRefused, match="no entry type 'list'"):
        set_entry_fields(found, type="list")
    with pytest.raises(EditRefused, match="once"):
        set_entry_fields(found, reentry={"mode": "sometimes"})


def test_fields_of_the_journey_itself(rescue):
    found = set_journey_fields(rescue, name="Rescue", goal=None, exits=[{"key": "old", "after": "30d"}])
    assert (found.name, found.goal, found.exits[0].after) == ("Rescue", None, "30d")


def test_a_step_is_replaced_keeping_its_wires(rescue):
    found = replace_with(rescue, "wait", new_step("wait", "ready", timeout="1d"))
    assert found.start == "ready"
    assert wires(found)["ready", None] == "coin"
    found = replace_with(rescue, "coin", new_step("delay", "coin"))
    assert wires(found)["coin", None] == "nudge"


# -- branches -----------------------------------------------------------------------------


def test_branches_are_added_moved_changed_and_taken_away(rescue):
    found = add_branch(rescue, "coin", name="Third arm")
    assert [branch.key for branch in found.by_key["coin"].branches] == ["mail", "control", "third_arm"]
    found = set_branch(found, "coin", "mail", percent=60)
    found = set_branch(found, "coin", "third_arm", percent=30)
    found = move_branch(found, "coin", "third_arm", 0)
    assert [branch.key for branch in found.by_key["coin"].branches] == ["third_arm", "mail", "control"]
    found = remove_branch(found, "coin", "control")
    assert [(branch.key, branch.percent) for branch in found.by_key["coin"].branches] == [
        ("third_arm", 40),
        ("mail", 60),
    ]
    with pytest.raises(EditRefused, match="no branch 'control'"):
        remove_branch(found, "coin", "control")
    with pytest.raises(EditRefused, match="has no branches"):
        add_branch(found, "nudge")
    with pytest.raises(EditRefused, match="results use that word"):
        set_branch(rescue, "wait", "again", key="timeout")
    with pytest.raises(EditRefused, match="two branches 'mail'"):
        set_branch(rescue, "coin", "control", key="mail")


# -- clipboard ----------------------------------------------------------------------------


def test_copies_get_their_own_keys_and_keep_the_wires_among_them(rescue):
    found, minted = duplicate_steps(rescue, ["coin", "nudge"])
    assert minted == {"coin": "coin_2", "nudge": "nudge_2"}
    assert wires(found)["coin_2", "mail"] == "nudge_2"
    assert wires(rescue).items() <= wires(found).items()
    assert len(found.by_key) == 5


def test_copies_never_meet_each_other():
    found, minted = duplicate_steps(journey([delay("a", "a_2"), delay("a_2")]), ["a", "a_2"])
    assert sorted(minted.values()) == ["a_3", "a_4"]
    assert len(found.by_key) == 4


def test_paste_into_an_empty_journey_begins_there(rescue):
    data = json.loads(json.dumps(copy_steps(rescue, ["wait", "coin"])))
    found, minted = paste_steps(journey([]), data)
    assert found.start == "wait"
    assert wires(found)["wait", "timeout"] == minted["coin"]
    assert ("coin", "mail") not in wires(found)


@pytest.mark.parametrize("data", [{}, {"format": "engage-steps/1"}, {"format": "engage-steps/1", "steps": [{}]}])
def test_foreign_clipboards_are_refused(data):
    with pytest.raises(EditRefused, match="The clipboard holds no steps"):
        paste_steps(journey([split("a", None)]), data)
