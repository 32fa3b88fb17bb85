"""Run mutants, each in a process of its own, through the items of the battery that reach the changed statement."""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from tests.mutation.battery import Item
from tests.mutation.operators import Mutant, mutants

KERNELS = (
    "walk", "left_behind", "entry", "exits", "paths", "calendar", "schedule", "identifiers", "context", "intervals", "history",
    "pieces", "reducers", "streams", "moments", "conditions", "frames", "links", "view", "values", "dates", "tokens",
    "draw", "rows", "buckets", "own", "writes", "surplus", "limits",
    *(f"steps.{name}" for name in (
        "delay", "delay_until", "fork", "hold", "instant", "message", "random", "set_trait", "split", "wait",
    )),
)  # fmt: skip
ENGINE = "engage_desktop.engine"
SAMPLE = 600
SEED = 4
LONG_S, TIMES = 2.0, 4
"""An item that takes four times as long as when its lines were noted, and two seconds of the processor, does not come back."""
LOST_S = 1200.0
MEMORY = 3 << 30


def source(kernel: str) -> Path | None:
    import engage_desktop.engine as package

    path = Path(str(package.__file__)).parent / f"{kernel.replace('.', '/')}.py"
    return path if path.exists() else None


def all_mutants() -> list[Mutant]:
    paths = {kernel: source(kernel) for kernel in KERNELS}
    return [
        one for kernel, path in paths.items() if path is not None
        for one in mutants(kernel, path.read_text(encoding="utf-8"))
    ]  # fmt: skip


def sample(number: int, seed: int = SEED) -> list[Mutant]:
    """As many mutants of all, each as likely as any other; a change of the engine changes little of the sample."""
    return sorted(all_mutants(), key=lambda one: sha256(f"{seed} {one.id}".encode()).digest())[:number]


@dataclass
class Reached:
    """What each item does in the unchanged engine: the lines it runs by module, and how long it takes."""

    items: list[Item]
    lines: list[dict[str, frozenset[int]]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)

    def reaching(self, mutant: Mutant) -> list[int]:
        """The places of items that run the changed statement, the quickest first."""
        found = [
            place for place, (item, lines) in enumerate(zip(self.items, self.lines, strict=True))
            if (mutant.module in item.of if item.of
                else mutant.always or not lines.get(mutant.module, frozenset()).isdisjoint(mutant.lines))
        ]  # fmt: skip
        return sorted(found, key=self.seconds.__getitem__)


def reached(items: Iterable[Item]) -> Reached:
    """Try every item in the unchanged engine; those that fail already are left out, and told."""
    from engage_desktop import engine

    names = {str(path): kernel for kernel in KERNELS if (path := source(kernel)) is not None}
    result = Reached([])
    for item in items:
        lines: dict[str, set[int]] = {}
        _forget()
        if not item.of:
            sys.settrace(_tracer(names, lines))
        start = time.process_time()
        try:
            problem = _outcome(item, engine)
        finally:
            sys.settrace(None)
        seconds = time.process_time() - start
        if problem:
            result.failing.append(f"{item.name}: {problem}")
            continue
        result.items.append(item)
        result.seconds.append(seconds)
        result.lines.append({name: frozenset(found) for name, found in lines.items()})
    return result


def _forget() -> None:
    """Empty what modules of the engine keep from call to call."""
    for name, module in list(sys.modules.items()):
        if f"{name}.".startswith(f"{ENGINE}."):
            for one in vars(module).values():
                if hasattr(one, "cache_clear"):
                    one.cache_clear()


def _tracer(names: dict[str, str], lines: dict[str, set[int]]) -> Any:
    def enter(frame: FrameType, event: str, _: Any) -> Any:
        kernel = names.get(frame.f_code.co_filename)
        if kernel is None:
            return None
        mine = lines.setdefault(kernel, set())

        def line(frame: FrameType, event: str, _: Any) -> Any:
            mine.add(frame.f_lineno)
            return line

        mine.add(frame.f_lineno)
        return line

    return enter


def _outcome(item: Item, engine: Any) -> str:
    """'' where the item passes, else what is wrong."""
    try:
        return "" if item.passes(engine) else "other rows"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: `how` is `killed`, `survived` or `not reached`; `by` the item and its outcome."""

    mutant: Mutant
    how: str
    by: str = ""
    items: int = 0


def verdicts(chosen: list[Mutant], known: Reached, jobs: int) -> Iterator[Verdict]:
    """Run the mutants, so many at once; in the order in which they end."""
    gc.collect()
    gc.freeze()
    waiting = list(reversed(chosen))
    running: dict[int, tuple[int, Mutant, float, int]] = {}  # process, by the pipe it reports to
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            places = known.reaching(mutant)
            if not places:
                yield Verdict(mutant, "not reached")
                continue
            pipe, process = _start(mutant, known, places)
            running[pipe] = (process, mutant, time.monotonic(), len(places))
        for pipe, (process, mutant, since, number) in list(running.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if not ended and time.monotonic() - since < LOST_S:
                continue
            if not ended:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
            said = os.read(pipe, 65536).decode()
            os.close(pipe)
            del running[pipe]
            if said:
                found = json.loads(said)
                yield Verdict(mutant, found["how"], found["by"], number)
            else:
                yield Verdict(mutant, "killed", f"the process ended ({status})" if ended else "never ends", number)
        time.sleep(0.005)


def _start(mutant: Mutant, known: Reached, places: list[int]) -> tuple[int, int]:
    out, into = os.pipe()
    process = os.fork()
    if process:
        os.close(into)
        return out, process
    try:
        os.close(out)
        os.write(into, json.dumps(_try(mutant.code(), mutant.module, known, places)).encode())
    finally:
        os._exit(0)


class _TooLong(BaseException):
    pass


def _too_long(*_: Any) -> None:
    raise _TooLong


def _try(code: CodeType, module: str, known: Reached, places: list[int]) -> dict[str, str]:
    """In the process of a mutant: the first item that notices."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # until the process ends
    signal.signal(signal.SIGPROF, _too_long)
    warnings.simplefilter("error")  # as in the suite
    by = "import"
    try:
        signal.setitimer(signal.ITIMER_PROF, 20.0)
        engine = with_code(f"{ENGINE}.{module}", code)
        for place in places:
            by = known.items[place].name
            signal.setitimer(signal.ITIMER_PROF, max(LONG_S, TIMES * known.seconds[place]))
            problem = _outcome(known.items[place], engine)
            if problem:
                return {"how": "killed", "by": f"{by}: {problem}"}
    except _TooLong:
        return {"how": "killed", "by": f"{by}: takes too long"}
    except BaseException as error:
        return {"how": "killed", "by": f"{by}: {type(error).__name__}"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"how": "survived", "by": ""}


class _Finder(Loader, MetaPathFinder):
    """Finds one module with other code."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return spec_from_loader(name, self, origin="mutant") if name == self.name else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def with_code(name: str, code: CodeType) -> ModuleType:
    """The engine imported anew with other code for one module; for ever, in this process."""
    for loaded in [one for one in sys.modules if f"{one}.".startswith(f"{ENGINE}.")]:
        del sys.modules[loaded]
    sys.meta_path.insert(0, _Finder(name, code))
    return importlib.import_module(ENGINE)
