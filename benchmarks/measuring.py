"""What every benchmark needs: a process of its own, times, memory, and a table with the limits to be held."""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"), "1")
Timing = tuple[float, float]
"""Wall and processor time of one run."""


@dataclass(frozen=True)
class Line:
    """A row of the table. `ratio` is compared with `limit` where there is an alternative, else `value`; `unit` says of
    what. `equal`: whether the rows are those of the alternative."""

    what: str
    ours: str
    alternative: str
    value: float
    limit: float
    unit: str = "x"
    at_least: bool = False
    equal: bool = True
    times: dict[str, float] = field(default_factory=dict)
    """Seconds for the chart, by who took them."""

    @property
    def held(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def cells(self) -> list[str]:
        to_reach = f"{'at least' if self.at_least else 'at most'} {self.limit:g} {self.unit}"
        held = "yes" if self.held else "**no**"
        return [
            self.what,
            self.ours,
            self.alternative,
            f"{self.value:,.3g} {self.unit}",
            to_reach,
            held if self.equal else "**ROWS DIFFER**",
        ]


def table(lines: Iterable[Line]) -> str:
    """In Markdown, for the README."""
    head = ("what", "ours", "alternative", "ratio or value", "to reach", "held")
    rows = [head, ("---",) * len(head), *(line.cells() for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def machine() -> str:
    return f"{os.cpu_count()} cores, {memory_gb():.0f} GB, Python {platform.python_version()}"


def memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return 0.0


def asker(doc: str | None, measures: Iterable[str]) -> argparse.ArgumentParser:
    """What every benchmark of several `measures` over a log of arrays can be asked; more may be added."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, help="default: a tenth of the events")
    parser.add_argument("--one", choices=list(measures), help=argparse.SUPPRESS)  # a child: JSON to stdout
    return parser


def asked(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options, `people` in any case; what is for another benchmark is passed over."""
    options, _ = parser.parse_known_args()
    options.people = options.people or max(options.events // 10, 1)
    return options


def of_size(options: argparse.Namespace, part: int = 1) -> tuple[str, ...]:
    """Arguments for a child: so many events and people, or a part of them."""
    return "--events", str(options.events // part), "--people", str(max(options.people // part, 1))


def in_a_process_of_its_own(module: str, *arguments: str) -> list[Line]:
    """Lines that `module --one ...` writes as JSON to stdout. It starts with memory nobody used before it."""
    command = [sys.executable, "-m", module, "--one", *arguments]
    child = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, text=True, check=True)
    return [Line(**line) for line in json.loads(child.stdout)]


def hand_back(lines: Iterable[Line]) -> None:
    """The child's side of `in_a_process_of_its_own`."""
    json.dump([asdict(line) for line in lines], sys.stdout)


def timed(ask: Callable[[], Any], runs: int, before: Callable[[], Any] | None = None) -> Timing:
    """Medians in seconds over `runs` after one that does not count; `before` is done before each and not timed."""
    wall, processor = [], []
    for number in range(runs + 1):
        if before is not None:
            before()
        wall_from, processor_from = time.perf_counter(), time.process_time()
        ask()
        if number:
            wall.append(time.perf_counter() - wall_from)
            processor.append(time.process_time() - processor_from)
    return statistics.median(wall), statistics.median(processor)


def profiled(ask: Callable[[], Any], file: str) -> None:
    """Where one run spends its time: all of it into a file, the most of it printed."""
    profile = cProfile.Profile()
    profile.runcall(ask)
    profile.dump_stats(file)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


def seconds(timing: Timing) -> str:
    """Wall time, processor time in parentheses."""
    return f"{timing[0]:,.2f} s ({timing[1]:,.2f})"


def forget_peak() -> None:
    """Start the peak anew, where the system can: drawing the log took more than using it."""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")


def peak_mb() -> float:
    """The most memory that was resident at once, pages of mapped files among it."""
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) * 1024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
