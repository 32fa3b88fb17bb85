"""make bench: every benchmark in a process of its own, one after the other."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

BENCHMARKS = (
    "benchmarks.bench_import",
    "benchmarks.bench_simulate",
    "benchmarks.bench_conditions",
    "benchmarks.bench_start",
)
"""Each with 10 million events where it has a log; other sizes by `python -m benchmarks --events N`."""


def main() -> int:
    print(f"{os.cpu_count()} cores, {_memory_gb():.0f} GB, Python {platform.python_version()}")
    failed = 0
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        failed += bool(
            subprocess.run(
                [sys.executable, "-m", name, *(sys.argv[1:] or ["--events", "10000000"])], check=False
            ).returncode
        )
    return 1 if failed else 0


def _memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return 0.0


if __name__ == "__main__":
    sys.exit(main())
