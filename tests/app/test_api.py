"""The Python face: the same run as the command's, as DataFrames."""

from __future__ import annotations

from pathlib import Path

import pytest

import engage_desktop
from engage_desktop.domain.errors import InputError
from tests.cli import shop


def test_simulate_then_open_as_dataframes(tmp_path: Path) -> None:
    campaigns, log = shop.write(tmp_path / "shop")
    body = engage_desktop.simulate(campaigns, [log], tmp_path / "run", to="2024-01-10T00:00:00Z")
    tables = engage_desktop.open_run(tmp_path / "run")
    assert body["counts"]["visits"] == len(tables["visits"]) == 12
    assert set(tables) == {"instances", "visits", "memberships", "messages", "responses", "deliveries", "estimates"}
    assert str(tables["visits"]["entered_at"].dtype) == "datetime64[us, UTC]"
    assert list(tables["instances"]["profile"]) == ["ann", "ann", "bob"]


def test_a_folder_that_is_no_run_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"run\.json is missing"):
        engage_desktop.open_run(tmp_path)
