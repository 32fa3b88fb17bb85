"""A person's keys: no key runs two actions in one place, before or after any change."""

from __future__ import annotations

import random

import pytest

from engage_desktop.app.action_registry import Action, ActionRegistry, Scope, overlap
from engage_desktop.app.actions import standard_actions
from engage_desktop.app.people_desk import matching
from engage_desktop.app.shortcuts import Shortcuts


def made(action_id: str, *keys: str, scope: Scope = "window") -> Action:
    return Action(action_id, f"Do {action_id}", "Test", lambda _window: None, keys=keys, scope=scope)


def doubles(shortcuts: Shortcuts) -> list[tuple[str, str, str]]:
    """Keys that two actions have in one place."""
    actions = list(shortcuts.registry)
    return [
        (key, one.id, other.id)
        for at, one in enumerate(actions)
        for other in actions[at + 1 :]
        if overlap(one.scope, other.scope)
        for key in shortcuts.keys(one.id)
        if key in shortcuts.keys(other.id)
    ]


def test_scopes_overlap_where_a_place_is_in_both() -> None:
    assert overlap("window", "canvas")
    assert overlap("journey", "outline")
    assert not overlap("canvas", "outline")


def test_the_registry_has_no_key_twice_in_one_place() -> None:
    assert doubles(Shortcuts(standard_actions())) == []
    # The control: the same key is found where it is.
    apart = ActionRegistry([made("a.a", "F3", scope="canvas"), made("a.b", "F3", scope="outline")])
    with pytest.raises(ValueError, match=r"F3 already runs 'a\.a'"):
        apart.add(made("a.c", "F3", scope="journey"))
    assert doubles(Shortcuts(apart)) == []
    apart.add(made("a.d", "F4"))
    assert doubles(Shortcuts(apart, {"a.d": ("F3",)})) == []  # what was stored is read by the same rule


def test_no_change_whatever_makes_a_key_run_two_actions() -> None:
    draw = random.Random(11)
    shortcuts = Shortcuts(standard_actions())
    actions = [action.id for action in shortcuts.registry]
    keys = [*sorted({key for action in shortcuts.registry for key in action.keys}), "Ctrl+Alt+Q", "Shift+F9"]
    changed = refused = 0
    for _ in range(120):
        action = draw.choice(actions)
        if draw.random() < 0.2:
            shortcuts.reset(action)
        elif shortcuts.set(action, tuple(draw.sample(keys, draw.randrange(3)))) is None:
            changed += 1
        else:
            refused += 1
        assert doubles(shortcuts) == []
        assert Shortcuts(standard_actions(), shortcuts.changed).changed == shortcuts.changed
    assert min(changed, refused) > 12
    shortcuts.reset_all()
    assert all(shortcuts.keys(action) == standard_actions()[action].keys for action in actions)


@pytest.mark.parametrize(
    ("action", "key", "sentence"),
    [
        ("file.save", "Ctrl+O", "Ctrl+O already runs “Open workspace…”. Choose another key, or take it away there first."),
        ("file.save", "S", "S alone would be typed into fields. Add Ctrl or Alt."),
        ("file.save", "Shift+S", "Shift+S alone would be typed into fields. Add Ctrl or Alt."),
        ("journey.add_branch", "B", "B alone begins the search for a step. Add Ctrl or Alt."),
        ("journey.add_branch", "Tab", "Tab goes from field to field. Choose another key."),
        ("journey.add_branch", "Ctrl+K, Ctrl+B", "Ctrl+K, Ctrl+B is more than one press. Choose one key, with Ctrl, Alt or Shift if you like."),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused_with_a_sentence(action: str, key: str, sentence: str) -> None:
    shortcuts = Shortcuts(standard_actions())
    told: list[None] = []
    shortcuts.subscribe(lambda: told.append(None))
    assert shortcuts.set(action, (key,)) == sentence
    assert shortcuts.changed == {}
    assert told == []


def test_keys_move_from_action_to_action_and_come_back() -> None:
    shortcuts = Shortcuts(standard_actions())
    assert shortcuts.set("file.save", ()) is None
    assert shortcuts.set("file.save_run", ("Ctrl+S",)) is None
    found = shortcuts.find("Ctrl+S", "canvas")
    assert found is not None
    assert found.id == "file.save_run"
    assert shortcuts.reset("file.save") == "Ctrl+S stays with “Keep this run”, to which you gave it."
    assert shortcuts.keys("file.save") == ()
    assert shortcuts.reset("file.save_run") is None
    assert shortcuts.keys("file.save") == ("Ctrl+S",)
    assert shortcuts.changed == {}


def test_what_is_stored_goes_before_what_is_new_and_what_is_gone_is_passed_over() -> None:
    stored = {"old.action": ("F9",), "file.save": ("Ctrl+O", "Ctrl+Alt+S"), "file.quit": ("Ctrl+Alt+S", "Q")}
    shortcuts = Shortcuts(standard_actions(), stored)
    assert shortcuts.changed == {"file.save": ("Ctrl+O",), "file.quit": ("Ctrl+Alt+S",)}
    assert shortcuts.keys("file.open") == ()
    assert doubles(shortcuts) == []


def test_people_are_found_by_any_part_of_their_id_the_beginning_first() -> None:
    ids = ["ANNA", "anna.b", "joanna", "ben", "susanna"]
    assert matching(ids, "ann", 3) == ("ANNA", "anna.b", "joanna")
    assert matching(ids, "anna", 9) == ("ANNA", "anna.b", "joanna", "susanna")
    assert matching(ids, " Ben ", 9) == ("ben",)
    assert matching(ids, " ", 9) == matching(ids, "zoe", 9) == ()
