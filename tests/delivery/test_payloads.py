"""What a send step tells of traits."""

from __future__ import annotations

from pathlib import Path

from engage_desktop.app.delivering import ledger
from engage_desktop.store import Workspace
from tests.cli import shop
from tests.delivery.test_planning import replay_of


def test_a_mapped_trait_that_is_missing_is_null(tmp_path: Path, workspace: Workspace) -> None:
    """V-15, J2-26: the key is sent with nothing in it; what is missing and not mapped is no key at all."""
    design = shop.design()
    design["journeys"][0]["steps"][3]["traits"] = ["email", "plan"]
    found = ledger(replay_of(tmp_path, journeys=design["journeys"]), "files", workspace)
    told = {call.profile: call.payload["properties"] for call in found.plan.calls if call.change == "sent"}
    assert {profile: one["email"] for profile, one in told.items()} == {
        "ann": "ann@example.org",
        "bob": "bob@example.org",
    }
    for properties in told.values():
        assert set(properties) == {"email", "plan", "journey_context", "journey_metadata"}
        assert properties["plan"] is None
