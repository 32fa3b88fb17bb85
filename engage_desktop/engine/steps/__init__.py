"""One file a step type. To add one: a class with `depart`, a compile function, a line below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engage_desktop.engine.steps.base import CompiledStep, StepCompiler
from engage_desktop.engine.steps.delay import compile_delay
from engage_desktop.engine.steps.delay_until import compile_delay_until
from engage_desktop.engine.steps.fork import compile_fork
from engage_desktop.engine.steps.hold import compile_hold
from engage_desktop.engine.steps.instant import compile_ad, compile_end, compile_send
from engage_desktop.engine.steps.message import compile_message
from engage_desktop.engine.steps.random import compile_random
from engage_desktop.engine.steps.set_trait import compile_set_trait
from engage_desktop.engine.steps.split import compile_split
from engage_desktop.engine.steps.wait import compile_wait

STEP_COMPILERS: dict[str, Callable[[Any, StepCompiler], CompiledStep]] = {
    "ad": compile_ad,
    "delay": compile_delay,
    "delay_until": compile_delay_until,
    "fork": compile_fork,
    "hold": compile_hold,
    "wait": compile_wait,
    "split": compile_split,
    "random": compile_random,
    "message": compile_message,
    "send": compile_send,
    "set_trait": compile_set_trait,
    "end": compile_end,
}
