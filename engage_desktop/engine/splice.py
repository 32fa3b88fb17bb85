"""A run after an edit: the rows of those whom it cannot have touched are kept, those of the others made anew.

The rows are those of `simulate` for the new plan. What is kept: audiences whose meaning is the same; of a journey
everybody who did not arrive at what is changed, and enters and leaves as before (`touched`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engage_desktop.domain.errors import Cancelled
from engage_desktop.engine.arrays import AnyArray
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.coupling import stands_alone
from engage_desktop.engine.definitions import Meaning
from engage_desktop.engine.exchange import Blocks, exchanged
from engage_desktop.engine.part import conditions_of
from engage_desktop.engine.plan import Plan, PlanAudience, PlanJourney
from engage_desktop.engine.resettle import resettle
from engage_desktop.engine.resume import below, can_resume, resume
from engage_desktop.engine.run import TABLES, Run, Table, Texts, stack
from engage_desktop.engine.simulate import chosen, membership_rows, refuse_clashes, simulate, tables_of_journey
from engage_desktop.engine.source import Log
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.touched import alike, changed_steps, step_places, touched
from engage_desktop.engine.trail import Trail, leaves_trail
from engage_desktop.engine.view import View

MOST = 0.7
"""Of a journey's people: where an edit may have touched more, all are walked again ..."""
MOST_OF_TRACED = 0.3
"""... and where a walk leaves a trail, which makes the next edit a small one."""
FEW = 0.1
"""Of all people of the log: so many or fewer are asked as a log of their own."""
_OWNER = {
    "instances": "journey", "visits": "journey", "messages": "campaign", "deliveries": "campaign", "wires": "journey",
}  # fmt: skip


def resimulate(
    plan: Plan,
    store: Log,
    before: Run,
    *,
    window: tuple[int, int],
    seed: int = 0,
    only: Sequence[str] | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    cache: LeafCache | None = None,
) -> Run:
    """The run of `plan`, equal to that of `simulate` in every row; `before` is a run over the same log and is not
    changed. The codes of texts may be others. With the cache of the run before, conditions that stayed are not asked
    again. Raises what `simulate` raises.
    """
    named = None if only is None else tuple(only)
    refuse_clashes(plan, store)
    same = (before.window, before.seed, before.only) == (window, seed, named)
    if not same or not _splices(before.plan, plan, only):
        found = resettle(plan, store, before, cancelled=cancelled, cache=cache) if same else None
        if found is not None:
            return found
        asked = partial(simulate, progress=progress, cancelled=cancelled, cache=cache, edits=True)
        return asked(plan, store, window=window, seed=seed, only=only)
    return _Splice(plan, store, before, progress, cancelled, cache).run(chosen(plan, only)[0])


def _splices(old: Plan, new: Plan, only: Sequence[str] | None) -> bool:
    """Whether journeys can be taken one by one: none makes what others may read, takes a place that others wanted, or
    competes for a cap, and the surroundings are the same."""
    around = ("workspace", "policies", "messages")
    if any(getattr(old.campaigns, name) != getattr(new.campaigns, name) for name in around):
        return False
    alone = all(stands_alone(plan, *chosen(plan, only)) for plan in (old, new))
    return alone and not any(one.journey.enforce_limits for plan in (old, new) for one in plan.journeys)


class _Splice:
    def __init__(
        self,
        plan: Plan,
        store: Log,
        before: Run,
        progress: Callable[[float, str], None] | None,
        cancelled: Callable[[], bool] | None,
        cache: LeafCache | None,
    ) -> None:
        self.plan, self.store, self.before = plan, store, before
        self.progress, self.cancelled = progress, cancelled
        self.meanings: dict[str, Meaning] = {**before.plan.meanings, **plan.meanings}  # by digest: never at odds
        self.conditions = Conditions(store, self.meanings, cache, cancelled)
        self.zone = plan.campaigns.workspace.timezone
        self.view = View(store, self.conditions, before.seed, self.zone)
        self.texts = Texts(before.texts)  # codes in rows that are kept stay right
        self.blocks = {name: Blocks(getattr(before, name), owner) for name, owner in _OWNER.items()}
        self.memberships = Blocks(before.memberships, "audience")
        self.trails: dict[str, Trail] = {}
        self.done, self.total = 0, 1

    def run(self, journeys: Sequence[PlanJourney]) -> Run:
        plan, before = self.plan, self.before
        self.total = max(len(plan.audiences) + len(journeys), 1)
        parts: dict[str, list[Table]] = {name: [] for name in TABLES}
        for audience in sorted(plan.audiences, key=lambda one: one.key):
            self._tell(f"Audience {audience.key}")
            parts["memberships"].append(self._audience(audience))
        known = {one.journey.key: one for one in before.plan.journeys}
        for journey in sorted(journeys, key=lambda one: one.journey.key):
            self._tell(f"Journey {journey.journey.key}")
            for name, table in self._journey(journey, known.get(journey.journey.key)).items():
                parts[name].append(table)
        if self.progress is not None:
            self.progress(1.0, "Done")
        run = {name: stack(parts[name], columns) for name, columns in TABLES.items()}
        counts = before.counts | {name: len(next(iter(table.values()))) for name, table in run.items()}
        texts = self.texts.all()
        return Run(
            plan,
            before.window,
            before.seed,
            before.only,
            texts=texts,
            counts=counts,
            trails=self.trails,
            made=None,
            observed_made=None,
            estimates=(),
            basis=None,
            **run,
        )

    def _tell(self, what: str) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("Stopped.")
        if self.progress is not None:
            self.progress(self.done / self.total, what)
        self.done += 1

    def _audience(self, audience: PlanAudience) -> Table:
        old = self.before.plan.audience(audience.key)
        if old is not None and repr(old.member) == repr(audience.member):
            return _numbered(self.memberships.of(old.index), "audience", audience.index)
        return membership_rows(audience.index, self.conditions.intervals(audience.member), self.before.window)

    # -- a journey -------------------------------------------------------------------------

    def _journey(self, journey: PlanJourney, old: PlanJourney | None) -> dict[str, Table]:
        if old is None:
            return self._walked(journey, self.view)
        key = journey.journey.key
        kept = {name: blocks.of(old.index) for name, blocks in self.blocks.items()}
        trail = self.before.trails.get(key)
        if trail is not None and alike(old, journey) and can_resume(old, journey):
            kept = {name: _renumbered(table, old, journey) for name, table in kept.items()}
            trail = _trail_renumbered(trail, old, journey)
            changed = changed_steps(old, journey)
            if changed:
                behind = below(old, changed) | below(journey, changed)
                kept, trail = resume(
                    journey, behind, kept, trail, self._view_of, self.before.window[1], self.texts, self.cancelled
                )
            if trail is not None:
                self.trails[key] = trail
            return kept
        mask = touched(old, journey, kept, self.view, self.before.window)
        profile = kept["instances"]["profile"]
        most = MOST_OF_TRACED if leaves_trail(journey) else MOST
        if mask is None or mask.sum() > most * (1 + np.count_nonzero(profile[1:] != profile[:-1])):
            return self._walked(journey, self.view)
        kept = {name: _renumbered(table, old, journey) for name, table in kept.items()}
        if not mask.any():
            return kept
        part, view = self._part(np.flatnonzero(mask))
        fresh = self._walked(journey, view)
        for name, table in kept.items():
            new = fresh.get(name)
            if new is not None:
                columns = TABLES[name]
                new = {one: np.asarray(new[one], dtype) for one, dtype in columns.items()}
                new["profile"] = part.people[new["profile"]]
            kept[name] = exchanged(table, new, mask)
        return kept

    def _part(self, people: AnyArray) -> tuple[Subset, View]:
        part = Subset(self.store, people)
        conditions = conditions_of(part, self.conditions, self.meanings, self.cancelled)
        return part, View(part, conditions, self.before.seed, self.zone)

    def _view_of(self, people: AnyArray) -> tuple[View, AnyArray | None]:
        """Of few people a log of their own: what is asked anew is asked of them alone."""
        if len(people) > FEW * self.store.n_profiles:
            return self.view, None
        part, view = self._part(people)
        return view, part.shift

    def _walked(self, journey: PlanJourney, view: View) -> dict[str, Table]:
        trails = self.trails if view is self.view else None
        return tables_of_journey(journey, view, self.before.window, self.texts, self.cancelled, trails=trails)


def _numbered(table: Table, column: str, index: int) -> Table:
    """The table with another number of its journey or audience."""
    owner = table[column]
    return table if not len(owner) or owner[0] == index else table | {column: np.full(len(owner), index, owner.dtype)}


def _renumbered(table: Table, old: PlanJourney, new: PlanJourney) -> Table:
    """The table with the indices of the new design: its journey, its steps and, from the end on, its exits."""
    table = _numbered(table, "journey" if "journey" in table else "campaign", new.index)
    if "step" not in table:
        return table
    index = step_places(old, new)
    return table if index is None else table | {"step": index[table["step"]]}


def _trail_renumbered(trail: Trail, old: PlanJourney, new: PlanJourney) -> Trail:
    """The trail with the indices of the new design; only a leave that is under way knows one."""
    index = step_places(old, new)
    if index is None or all(one.tokens.leave_step is None for one in trail.arrivals):
        return trail
    arrivals = []
    for one in trail.arrivals:
        tokens = one.tokens.take(slice(None))  # type: ignore[arg-type]  # a slice selects all
        if tokens.leave_step is not None:
            tokens.leave_step = np.where(tokens.leave_step < 0, np.int16(-1), index[tokens.leave_step])
        arrivals.append(one._replace(tokens=tokens))
    return replace(trail, arrivals=tuple(arrivals))
