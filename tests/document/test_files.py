"""Files on disk: saved whole or not at all, and refused in a sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engage_desktop.document import load, loads, save
from engage_desktop.domain.errors import InputError, UserError

from .designs import STOREFRONT


@pytest.fixture
def campaigns():
    found, problems = loads(STOREFRONT)
    assert problems == ()
    return found


def test_saving_what_was_loaded_yields_the_same_bytes_and_leaves_nothing_beside(tmp_path, campaigns):
    path = tmp_path / "störe.json"
    save(campaigns, path)
    assert path.read_bytes() == STOREFRONT.encode()
    again, problems = load(path)
    assert (again, problems) == (campaigns, ())
    save(again, path)
    assert path.read_bytes() == STOREFRONT.encode()
    assert os.listdir(tmp_path) == [path.name]


def test_a_reader_under_way_sees_the_old_file_whole(tmp_path, campaigns):
    path = tmp_path / "a.json"
    path.write_text("old and complete", encoding="utf-8")
    with path.open(encoding="utf-8") as reader:
        save(campaigns, path)
        assert reader.read() == "old and complete"


def test_a_link_stays_a_link(tmp_path, campaigns):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    save(campaigns, link)
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == STOREFRONT


def test_rights_of_the_file_are_kept(tmp_path, campaigns):
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    save(campaigns, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_missing_folder_and_a_folder_in_the_way_are_told(tmp_path, campaigns):
    with pytest.raises(UserError, match=r"gone.*could not be saved: the folder does not exist\. Create it"):
        save(campaigns, tmp_path / "gone" / "a.json")
    with pytest.raises(UserError, match="there is a folder of that name"):
        save(campaigns, tmp_path)


def test_a_read_only_folder_and_file_are_told(tmp_path, campaigns):
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("this account may write anywhere")
    with pytest.raises(UserError, match="writing there is not allowed"):
        save(campaigns, path)
    path.chmod(0o644)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(UserError, match="writing there is not allowed"):
            save(campaigns, path)
    finally:
        tmp_path.chmod(0o755)
    assert path.read_text(encoding="utf-8") == "old"


_NO_ROOM = """
import resource, sys
from pathlib import Path
from engage_desktop.document import write_text
from engage_desktop.domain.errors import UserError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_text(Path(sys.argv[1]), "x" * 5000)
except UserError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_without_room_the_old_file_stays(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", _NO_ROOM, str(path)], capture_output=True, text=True, check=True, cwd=root, timeout=60
    )
    assert "could not be saved: the file is larger than this disk or account allows" in done.stdout
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        load(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="is a folder"):
        load(tmp_path)
    (tmp_path / "a.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match="not UTF-8"):
        load(tmp_path / "a.json")
