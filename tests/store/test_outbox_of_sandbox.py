"""Calls planned for a sandbox are known as such, and those of an older workspace count as such (D-39)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from engage_desktop.store import Call, Workspace
from engage_desktop.store.database import MIGRATIONS


def call(number: int, change: str = "entered") -> Call:
    return Call(f"m{number}", "crm", "vip", f"p{number}", change, number, {})


def test_what_was_planned_for_a_sandbox_is_nothing_to_a_real_destination(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w", create=True) as workspace:
        outbox = workspace.outbox
        outbox.enqueue([call(1), call(2), call(3)], sandbox=True)
        outbox.mark_sent(["m1"], now=5)
        outbox.mark_failed("m2", "no", None)
        outbox.enqueue([call(4)])
        assert outbox.of_sandbox("crm") == 1  # m3; m2 is not pending
        assert outbox.of_sandbox("other") == 0
        assert set(outbox.expected("crm", "vip")) == {"p1", "p3", "p4"}
        assert set(outbox.expected("crm", "vip", sandbox=False)) == {"p1", "p4"}
        assert outbox.known("crm") == {"m1", "m3", "m4"}
        assert outbox.known("crm", sandbox=False) == {"m1", "m4"}
        assert outbox.drop_of_sandbox("crm") == 2
        assert outbox.revive("crm") == 0
        assert [one.message_id for one in outbox.claim("crm", 9, 9)] == ["m4"]


def test_a_call_planned_anew_is_of_where_it_was_planned_last(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w", create=True) as workspace:
        workspace.outbox.enqueue([call(1)], sandbox=True)
        workspace.outbox.mark_failed("m1", "no", None)
        workspace.outbox.enqueue([call(1)])
        assert workspace.outbox.of_sandbox("crm") == 0


def test_of_what_an_older_version_queued_nobody_knows(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    with Workspace.open(folder, create=True) as workspace:
        workspace.outbox.enqueue([call(1)])
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with workspace.database.write() as connection:
            config.attributes["connection"] = connection
            command.stamp(config, "0001")
            connection.exec_driver_sql("ALTER TABLE outbox DROP COLUMN sandbox")
    with Workspace.open(folder) as workspace:
        assert workspace.outbox.of_sandbox("crm") == 1
