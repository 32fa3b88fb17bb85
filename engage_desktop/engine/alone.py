"""One journey without the other campaigns, as far as its own rows go: what is asked first after an edit.

A run of one journey by its key also finds who is in each audience of the design and what people answer; where the journey
hears of neither, none of its rows hangs on them (D-25).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.coupling import hears_itself
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.revised import with_messages
from engage_desktop.engine.run import Run
from engage_desktop.engine.simulate import chosen, refuse_clashes, simulate
from engage_desktop.engine.source import Log
from engage_desktop.engine.splice import resimulate


def simulate_alone(
    plan: Plan,
    store: Log,
    key: str,
    *,
    window: tuple[int, int],
    seed: int = 0,
    before: Run | None = None,
    cancelled: Callable[[], bool] | None = None,
    cache: LeafCache | None = None,
) -> Run:
    """The instances, visits, messages, deliveries and wires of `simulate(plan, ..., only=(key,))`, row for row; nobody's
    memberships, and answers only where the journey may hear them. `before`: a run of the same journey over the same log
    that came from here. Raises what `simulate` raises."""
    refuse_clashes(plan, store)
    run = partial(simulate, edits=True) if before is None else partial(resimulate, before=_narrowed(before, key))
    found = run(narrowed(plan, key), store, window=window, seed=seed, only=(key,), cancelled=cancelled, cache=cache)
    return replace(found, plan=plan)


def narrowed(plan: Plan, key: str) -> Plan:
    """The plan without what no row of the journey hangs on."""
    if plan.policies.assumes:  # then kinds go by what the whole design hears (`kinds.needs_plain`)
        return plan
    found = replace(plan, audiences=(), traits=())
    if hears_itself(found, *chosen(plan, (key,))):
        return found
    return with_messages(found, lambda _campaign, _step, message: replace(message, responses=None))


def _narrowed(run: Run, key: str) -> Run:
    """The run as one of the narrowed plan. Where no message moves anybody, walking all again takes less than finding out
    whom an edit has moved (`resettle`), so nothing is kept for that."""
    plan = narrowed(run.plan, key)
    hears = hears_itself(plan, *chosen(plan, (key,)))
    return replace(run, plan=plan, basis=run.basis if hears else None)
