"""Static checks that people and CI run: import contracts, and without `--contracts` also ruff and mypy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    bin_folder = Path(sys.executable).parent
    commands = [[str(bin_folder / "lint-imports"), "--no-cache"]]
    if "--contracts" not in sys.argv:
        commands += [
            [sys.executable, "-m", "ruff", "check", "."],
            [sys.executable, "-m", "ruff", "format", "--check", "."],
            [sys.executable, "-m", "mypy"],
        ]
    failed = [command for command in commands if subprocess.run(command, cwd=ROOT, check=False).returncode]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
