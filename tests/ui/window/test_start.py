"""The window starts light and keeps the layers (issue 2: first paint; architecture: layers)."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UI = ROOT / "engage_desktop" / "ui"
HEAVY = ("pandas", "matplotlib", "networkx", "scipy", "numpy", "pyarrow", "duckdb", "sqlalchemy")
BEHIND_APP = ("engine", "events", "delivery", "store", "analysis")

PAINT = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from engage_desktop.ui.app import application, open_window
application()
window = open_window(Path(sys.argv[1]), settings=QSettings(sys.argv[2], QSettings.Format.IniFormat))
window.repaint()
window.grab()
heavy = [name for name in sys.argv[3:] if name in sys.modules]
print("SIZE", window.width(), window.height(), "HEAVY", *heavy)
"""


def test_nothing_heavy_is_imported_before_the_first_paint(workspace: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PAINT, str(workspace), str(tmp_path / "window.ini"), *HEAVY],
        env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("SIZE"))
    assert line.split("HEAVY")[1].strip() == ""
    assert int(line.split()[1]) >= 640


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_the_window_computes_nothing_itself(path: Path) -> None:
    for name in _imports(path):
        assert name.split(".")[0] not in HEAVY, f"{path.name} imports {name}"
        assert not any(
            name == f"engage_desktop.{part}" or name.startswith(f"engage_desktop.{part}.") for part in BEHIND_APP
        )


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    from engage_desktop.domain.errors import UserError
    from engage_desktop.ui.app import run

    with pytest.raises(UserError, match=r"no such workspace or campaign file\. Check the path"):
        run(tmp_path / "nowhere")
