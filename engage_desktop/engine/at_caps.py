"""When messages of a run first came to the caps: when they were due, or where quiet hours kept them back at the end of
those (D-22, D-34). A run tells only what became of them; whoever asks who filled a cap needs the instant."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Index, Instants
from engage_desktop.engine.calendar import DAY_US, offsets, per_zone
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.pipeline import wait_until
from engage_desktop.engine.run import Run
from engage_desktop.engine.simulate import as_written
from engage_desktop.engine.source import Log
from engage_desktop.engine.view import View


def at_caps(run: Run, store: Log, rows: Index, channel: AnyArray) -> Instants:
    """The instants of rows of `messages` that did come to the caps; `channel` of each is a place in CHANNELS."""
    at = np.array(run.messages["due_at"][rows], np.int64)
    quiet, todo = run.plan.policies.quiet, np.arange(len(rows))
    if not quiet or not todo.size:
        return at
    log, profile = as_written(run, store), run.messages["profile"][rows]
    view = View(log, Conditions(log, run.plan.meanings), run.seed, run.plan.campaigns.workspace.timezone)
    while todo.size:  # the end of one quiet time may lie in another
        moved = []
        names, zone = view.zones_of(profile[todo], at[todo], own=True)
        for name, some in per_zone(names, zone):
            free = todo[some]
            offset = offsets(name, at[free])
            for rule in quiet:
                inside = (channel[free] == rule.channel) & rule.forbids(offset.local(at[free]) % DAY_US)
                stopped, free = free[inside], free[~inside]
                if stopped.size:
                    at[stopped] = wait_until(offset, at[stopped], rule.end_us)
                    moved.append(stopped)
        todo = np.concatenate(moved) if moved else todo[:0]
    return at
