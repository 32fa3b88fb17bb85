"""The registry of actions: one record a command, pure predicates, no key twice."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engage_desktop.app.actions import PAGES, Action, ActionContext, ActionRegistry, standard_actions


def test_ids_are_dotted_and_keys_run_one_action_each() -> None:
    actions = list(standard_actions())
    assert len({action.id for action in actions}) == len(actions)
    assert all("." in action.id and action.title and action.category for action in actions)
    keys = [key for action in actions for key in action.keys]
    assert len(keys) == len(set(keys))
    assert {f"go.{page}" for page, _ in PAGES} <= {action.id for action in actions}


def test_an_id_or_a_key_exists_once() -> None:
    registry = ActionRegistry([Action("a.b", "One", "Test", lambda _window: None, keys=("Ctrl+1",))])
    with pytest.raises(ValueError, match="exists already"):
        registry.add(Action("a.b", "Two", "Test", lambda _window: None))
    with pytest.raises(ValueError, match=r"Ctrl\+1 already runs 'a\.b'"):
        registry.add(Action("a.c", "Two", "Test", lambda _window: None, keys=("Ctrl+1",)))


@pytest.mark.parametrize(
    ("context", "enabled", "disabled"),
    [
        (
            ActionContext(),
            {"edit.find", "file.open", "view.dark"},
            {"edit.undo", "journey.tidy", "simulation.play", "campaign.approve"},
        ),
        (ActionContext(can_undo=True), {"edit.undo"}, {"edit.redo"}),
        (ActionContext(journey_open=True), {"journey.tidy", "campaign.approve"}, {"journey.delete"}),
        (ActionContext(journey_open=True, selected_steps=2), {"journey.delete"}, set()),
        (ActionContext(log_loaded=True), {"simulation.play", "simulation.next"}, {"simulation.cancel"}),
        (ActionContext(busy=True), {"simulation.cancel"}, set()),
    ],
)
def test_when_an_action_is_enabled(context: ActionContext, enabled: set[str], disabled: set[str]) -> None:
    registry = standard_actions()
    assert all(registry[action].enabled(context) for action in enabled)
    assert not any(registry[action].enabled(context) for action in disabled)


def test_every_action_is_in_the_menus_once_and_in_order() -> None:
    registry = standard_actions()
    placed = [action.id for groups in registry.menus().values() for group in groups for action in group]
    assert sorted(placed) == sorted(action.id for action in registry)
    assert [action.id for action in registry.menus()["Edit"][0]] == ["edit.undo", "edit.redo"]


def test_the_registry_knows_no_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, engage_desktop.app.actions; print('PySide6' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
