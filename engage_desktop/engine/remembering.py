"""What an instance had collected when it reached a step, as the run's walk noted it (D-20)."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.arrays import NEVER
from engage_desktop.engine.changes import AddEvent
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.context import remembered
from engage_desktop.engine.explain import NOBODY, Inside, Remembered
from engage_desktop.engine.few import Few
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.source import OBJECT, Column, Log
from engage_desktop.engine.trace import Instance, Remembering, Visit
from engage_desktop.engine.values import text_of
from engage_desktop.engine.view import View
from engage_desktop.engine.writes import column_of
from engage_desktop.events.column import Column as Values


def inside(plan: Plan, log: Log, journey: PlanJourney, profile: int, at: Visit | Instance | None) -> Inside:
    """What an instance knew as it reached a step, or (of exits, D-50) as it entered."""
    if at is None:
        return NOBODY
    own = at.own if isinstance(at, Visit) else ()
    return Inside(
        _remembers(plan, log, journey, profile, at.remembers),
        own,
        at.arrived if isinstance(at, Visit) and own else NEVER,
    )


def _remembers(plan: Plan, log: Log, journey: PlanJourney, profile: int, rows: Remembering) -> Remembered | None:
    """What `journey(text)` is; None where nothing in the journey reads it."""
    names = journey.context
    if names is None or not rows:
        return None
    few = Few(log, [profile])
    view = View(few, Conditions(few, plan.meanings), 0)
    here = few.rows_here(np.array([-1 if isinstance(one, AddEvent) else one for one in rows], np.int64))[None, :]

    def told(text: str) -> Column:
        for place, path in names.resolve(text):
            one = rows[place]
            if isinstance(one, AddEvent):  # the run made it: it stands in no log
                return _property(one, path)
            if one >= 0:
                break
        return remembered(names, text, here, view)

    return told


def _property(event: AddEvent, path: tuple[str, ...]) -> Column:
    if not path:
        return Values(
            np.array([OBJECT], np.uint8), np.full(1, np.nan), np.zeros(1, np.int32), [text_of(event.properties)]
        )
    return column_of([event.properties.get(path[0]) if len(path) == 1 else None])
