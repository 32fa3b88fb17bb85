"""`delay_until`: a clock time, a date, a date of the entry event or of a trait (D-30..D-33, D-46)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engage_desktop.domain.clock import WEEKDAYS, parse_offset
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.step import DelayUntil
from engage_desktop.engine import calendar
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants
from engage_desktop.engine.frames import absent
from engage_desktop.engine.source import TEXT
from engage_desktop.engine.steps.base import INSTANT, TIMER, Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View
from engage_desktop.language.printer import split_path

MISSING = -NEVER
"""Where there is no date to wait for."""


@dataclass(frozen=True)
class DelayUntilStep:
    """`what` is the clock time (microseconds after midnight), the text of a date, the path of a property of the
    entry event, a path of the journey context, or a resolved trait; `days` are weekdays (0 is Monday), none for any."""

    kind: Literal["time", "at", "property", "context", "trait"]
    what: Any
    days: tuple[int, ...]
    offset_us: int
    own_zone: bool
    leave: bool
    entry_event: str | None
    waits: bool = True

    def depart(self, tokens: Tokens, view: View) -> Departures:
        target = self._target(tokens, view)
        at_once = target <= tokens.time
        over = target < tokens.time  # an instant equal to now is not past (D-46)
        how = np.where(at_once, np.int8(INSTANT), np.int8(TIMER))
        time = np.where(at_once, tokens.time, target)
        return Departures(0, how, time, leave=over if self.leave else None)

    def _target(self, tokens: Tokens, view: View) -> Instants:
        """The instant waited for, fixed on arrival; MISSING where there is none."""
        zones, zone = view.zones(tokens, own=self.own_zone)
        if self.kind == "time":
            target = np.empty(len(tokens), np.int64)
            for name, at in calendar.per_zone(zones, zone):
                now = tokens.time[at]
                target[at] = calendar.next_clock_time(calendar.offsets(name, now), now, self.what, self.days)
            return target
        texts, code = self._dates(tokens, view)
        target = _instants(texts, code, zones, zone)
        return np.where(target == MISSING, MISSING, target + self.offset_us)

    def _dates(self, tokens: Tokens, view: View) -> tuple[list[str], AnyArray]:
        """Texts, and which of them is the date of each token (-1: none)."""
        if self.kind == "at":
            return [self.what], np.zeros(len(tokens), np.int64)
        if self.kind == "trait":
            column = view.value(self.what, tokens)
        elif self.kind == "context":
            column = view.remembered(tokens, self.what)
        elif self.entry_event is None:
            column = absent(len(tokens))
        else:
            column = view.property_of(self.entry_event, self.what, tokens.entries.row[tokens.instance])
        code = np.where(np.asarray(column.kind) == TEXT, np.asarray(column.code), -1)
        return list(column.texts), code.astype(np.int64)


def _instants(texts: list[str], code: AnyArray, zones: list[str], zone: AnyArray) -> Instants:
    """The instant of each text: with a zone its own, without one local time of the person's (D-42)."""
    used = np.unique(code[code >= 0])
    fixed = np.full(len(texts) + 1, MISSING, np.int64)  # the last one is read for code -1
    local = np.full(len(texts) + 1, MISSING, np.int64)
    for one in used.tolist():
        try:
            fixed[one] = parse_instant(texts[one])
        except ValueError:
            clock = calendar.local_us(texts[one])
            local[one] = MISSING if clock is None else clock
    target = fixed[code]
    without_zone = (target == MISSING) & (local[code] != MISSING)
    for name, at in calendar.per_zone(zones, np.where(without_zone, zone, len(zones))):
        clocks = local[code[at]]
        target[at] = calendar.offsets(name, clocks).utc(clocks)
    return target


def compile_delay_until(step: DelayUntil, compiler: StepCompiler) -> DelayUntilStep:
    chosen = [kind for kind in ("time", "at", "property", "trait") if getattr(step, kind) is not None]
    if len(chosen) != 1:
        compiler.fault(
            "time", "The delay needs one of a clock time, a date, a property or a trait.", "Give exactly one."
        )
        return _NEVER
    kind, text = chosen[0], getattr(step, chosen[0])
    what: Any = text
    if kind == "time":
        what = calendar.clock_us(text)
        if what is None:
            compiler.fault("time", f"{text!r} is no clock time.", "Write one such as 09:00.")
            return _NEVER
    elif kind == "at" and not _is_date(text):
        compiler.fault("at", f"{text!r} is no date.", "Write one such as 2025-03-31, or 2025-03-31T09:00:00Z.")
    elif kind == "property":
        if compiler.remembered(text):
            kind = "context"
        else:
            what = split_path(text)
    elif kind == "trait":
        what = compiler.value(text, "trait")
    unknown = [day for day in step.weekdays if day not in WEEKDAYS]
    if unknown:
        compiler.fault("weekdays", f"{unknown[0]!r} is no weekday.", f"Use {', '.join(WEEKDAYS)}.")
    if step.weekdays and kind != "time":
        compiler.fault("weekdays", "Weekdays alone name no instant.", "Give a time such as 09:00.")
    days = tuple(WEEKDAYS.index(day) for day in step.weekdays if day in WEEKDAYS)
    offset_us = 0
    if step.offset is not None:
        try:
            offset_us = parse_offset(step.offset)
        except ValueError as error:
            compiler.fault("offset", str(error), "")
        if kind in ("time", "at"):
            compiler.fault("offset", "An offset belongs to a date of a property or trait.", "Remove it.")
    own, leave = step.zone == "profile", step.past == "leave"
    return DelayUntilStep(kind, what, days, offset_us, own, leave, compiler.context.entry_event)  # type: ignore[arg-type]  # one of the four


def _is_date(text: str) -> bool:
    try:
        parse_instant(text)
    except ValueError:
        return calendar.local_us(text) is not None
    return True


_NEVER = DelayUntilStep("time", 0, (), 0, False, False, None)
"""What stands for a step at fault."""
