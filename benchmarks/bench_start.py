"""How soon the window is there: from process start to first paint, beside a bare Qt window.

The middle of several runs of each, warm; both in fresh processes, offscreen.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 7
BARE = """
import time; t = time.perf_counter()
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([]); window = QMainWindow(); window.show(); window.grab()
print(time.perf_counter() - t)
"""
OURS = """
import sys, time; t = time.perf_counter()
from pathlib import Path
from PySide6.QtCore import QSettings
from engage_desktop.ui.app import open_window
window = open_window(Path(sys.argv[1]), settings=QSettings(sys.argv[2], QSettings.Format.IniFormat)); window.grab()
print(time.perf_counter() - t)
heavy = sorted({"pandas", "matplotlib", "networkx", "scipy", "numpy", "pyarrow", "duckdb", "sqlalchemy"} & set(sys.modules))
print(" ".join(heavy))
"""


def run(code: str, *arguments: str) -> list[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.qpa.*=false"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout.split("\n")


def main() -> int:
    from engage_desktop.app.sample import ensure_sample

    with tempfile.TemporaryDirectory() as folder:
        workspace = ensure_sample(root=Path(folder))
        ours = [run(OURS, str(workspace), str(Path(folder) / "window.ini")) for _ in range(RUNS)]
        bare = [float(run(BARE)[0]) for _ in range(RUNS)]
    middle, base = statistics.median(float(lines[0]) for lines in ours), statistics.median(bare)
    heavy = ours[-1][1]
    print(f"first paint {middle * 1000:.0f} ms; a bare Qt window {base * 1000:.0f} ms; ratio {middle / base:.1f}")
    print(f"loaded by then of pandas matplotlib networkx scipy numpy pyarrow duckdb sqlalchemy: {heavy or 'none'}")
    return 0 if middle < 1.5 and not {"pandas", "matplotlib", "networkx", "scipy"} & set(heavy.split()) else 1


if __name__ == "__main__":
    sys.exit(main())
