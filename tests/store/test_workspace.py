"""A workspace folder: what opens, what is refused and in which words, what it remembers."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engage_desktop.domain.errors import InputError, UserError
from engage_desktop.store import RunRecord, Workspace
from engage_desktop.store.database import HEAD, MIGRATIONS
from engage_desktop.store.models import Base


def test_a_new_workspace_has_its_places_and_opens_again(tmp_path: Path) -> None:
    folder = tmp_path / "100 % mine" / "my workspace"
    with Workspace.open(folder, create=True) as workspace:
        workspace.activity.add("created", "workspace", who="Ada", at=1)
    assert Workspace.is_workspace(folder)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"events", "runs", "sources"}
    with Workspace.open(folder) as workspace:
        (entry,) = workspace.activity.latest()
        assert (entry.who, entry.action, entry.detail) == ("Ada", "created", {})
        with workspace.database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_the_migrations_lead_to_exactly_the_models_and_head_is_the_newest(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with Workspace.open(tmp_path, create=True) as workspace, workspace.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def refusal(folder: Path, **options: float) -> str:
    with pytest.raises(InputError) as caught:
        Workspace.open(folder, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_what_is_no_workspace_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert "There is no folder" in refusal(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    assert "is a file" in refusal(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert "is not a workspace: it has no workspace.db" in refusal(tmp_path / "empty")
    assert list((tmp_path / "empty").iterdir()) == [], "refusing leaves no trace"


def test_a_damaged_and_a_foreign_database_are_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    path.write_bytes(b"this is no database, only a long enough text" * 40)
    before = path.read_bytes()
    assert "damaged" in refusal(tmp_path)
    assert path.read_bytes() == before
    path.unlink()
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE songs (name TEXT)")
    foreign.close()
    assert "another program" in refusal(tmp_path)
    with pytest.raises(InputError, match="another program"):
        Workspace.open(tmp_path, create=True)


def test_a_database_that_was_cut_off_while_it_was_made_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "workspace.db").touch()
    with Workspace.open(tmp_path) as workspace:
        assert workspace.versions.all() == []


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    Workspace.open(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / "workspace.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    assert "newer version of Engage Desktop" in refusal(tmp_path)


def test_a_locked_workspace_says_so_and_keeps_nothing_half_done(tmp_path: Path) -> None:
    with Workspace.open(tmp_path, create=True, lock_wait_s=0.05) as workspace:
        other = sqlite3.connect(tmp_path / "workspace.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError, match=r"in use by another program.*more than 0\.05 seconds"):
            workspace.versions.add("{}", author="Ada", at=1)
        other.execute("ROLLBACK")
        other.close()
        assert workspace.versions.all() == []


READ_ONLY = (
    "import os, sys\n"
    "from engage_desktop.domain.errors import UserError\n"
    "from engage_desktop.store import Workspace\n"
    "Workspace.open(sys.argv[2], create=True).close()  # loads what nobody may read where Python is root's own\n"
    "if os.geteuid() == 0:\n"
    "    os.setuid(65534)  # root may write anything\n"
    "try:\n"
    "    Workspace.open(sys.argv[1])\n"
    "except UserError as error:\n"
    "    print(error)\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permission there")
def test_a_read_only_workspace_says_so(tmp_path: Path) -> None:
    place = Path(tempfile.mkdtemp())  # outside pytest's own folders, which only their owner may enter
    try:
        place.chmod(0o755)
        folder = place / "w"
        Workspace.open(folder, create=True).close()
        (folder / "workspace.db").chmod(0o444)
        folder.chmod(0o555)
        command = [sys.executable, "-c", READ_ONLY, str(folder), str(tmp_path)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert "may not be written" in said.stdout, said.stderr
        assert said.stdout.count("\n") == 1
    finally:
        (place / "w").chmod(0o755)
        shutil.rmtree(place)


def test_versions_keep_the_text_and_not_the_same_twice(tmp_path: Path) -> None:
    with Workspace.open(tmp_path, create=True) as workspace:
        first = workspace.versions.add('{"ü": 1}\n', author="Ada", at=1)
        assert workspace.versions.add('{"ü": 1}\n', author="Ada", at=2) == first
        named = workspace.versions.add('{"ü": 1}\n', author="Ada", at=3, name="before the test")
        assert [version.id for version in workspace.versions.all()] == [first.id, named.id]
        assert workspace.versions.text(first.id) == '{"ü": 1}\n'
        assert workspace.versions.text(99) is None


def test_runs_are_remembered_by_folder(tmp_path: Path) -> None:
    run = RunRecord("r1", "c" * 64, "l" * 64, 7, 0, 10, {"visits": 3}, "Ada", 11)
    again = RunRecord("r1", "c" * 64, "l" * 64, 8, 0, 10, {"visits": 4}, "Ada", 12)
    with Workspace.open(tmp_path, create=True) as workspace:
        workspace.runs.add(run)
        workspace.runs.add(again)
        assert workspace.runs.all() == [again]


def test_one_program_at_a_time_sends_to_a_destination_and_a_dead_one_lets_go(tmp_path: Path) -> None:
    holder = (
        "import os, sys\n"
        "from engage_desktop.store import Workspace\n"
        "workspace = Workspace.open(sys.argv[1])\n"
        "with workspace.sole_sender('crm'):\n"
        "    print('holding', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    os._exit(9)\n"
    )
    with Workspace.open(tmp_path, create=True) as workspace:
        command = [sys.executable, "-c", holder, str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdin is not None
            assert other.stdout.readline() == "holding\n"
            with pytest.raises(UserError, match="Another sync to 'crm'"), workspace.sole_sender("crm"):
                pass
            with workspace.sole_sender("hook"):
                pass
            other.stdin.write("\n")
            other.stdin.flush()
            assert other.wait(30) == 9
        with workspace.sole_sender("crm"):
            pass
