"""make bench: every benchmark in a process of its own, one after the other."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measuring import machine

BENCHMARKS = (
    "benchmarks.bench_import",
    "benchmarks.bench_simulate",
    "benchmarks.bench_conditions",
    "benchmarks.bench_journeys",
    "benchmarks.bench_all",
    "benchmarks.bench_estimates",
    "benchmarks.bench_large",
    "benchmarks.bench_explain",
    "benchmarks.bench_start",
    "benchmarks.bench_canvas",
)
"""Each with 10 million events where it has a log; other sizes by `python -m benchmarks --events N`."""


def main() -> int:
    print(machine())
    failed = 0
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        failed += bool(
            subprocess.run(
                [sys.executable, "-m", name, *(sys.argv[1:] or ["--events", "10000000"])], check=False
            ).returncode
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
