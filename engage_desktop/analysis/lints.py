"""What a run shows to be wrong with a design, each with the people it names: pure reads of a run and its log.

One lint finds one kind; `find_lints` asks them all. Each counts what anybody may count again in the tables of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engage_desktop.analysis.lint_branches import overlaps, unused_branches
from engage_desktop.analysis.lint_evidence import Evidence, Found
from engage_desktop.analysis.lint_filters import closed_filters
from engage_desktop.analysis.lint_goals import messages_after_goals
from engage_desktop.analysis.lint_guards import unguarded_waits
from engage_desktop.analysis.lint_names import dates_without_zone, unseen_events, unseen_properties

if TYPE_CHECKING:
    from engage_desktop.engine import LeafCache, Run
    from engage_desktop.events import EventStore

__all__ = ["Found", "find_lints"]


def find_lints(
    run: Run, store: EventStore, *, cache: LeafCache | None = None, cancelled: Callable[[], bool] | None = None
) -> tuple[Found, ...]:
    """Everything found, the names that explain the rest first. Raises Cancelled."""
    evidence = Evidence(run, store, cache, cancelled)
    names = [*unseen_events(evidence), *unseen_properties(evidence)]
    explained = _places(names)
    filters = list(closed_filters(evidence, explained))
    explained |= _places(filters)
    waits = list(unguarded_waits(evidence))
    return (
        *names,
        *filters,
        *dates_without_zone(evidence),
        *waits,
        *messages_after_goals(evidence, waits),
        *overlaps(evidence),
        *unused_branches(evidence, explained),
    )


def _places(found: list[Found]) -> set[str]:
    """Paths told of, and those of the branches or entries that they are fields of."""
    paths = {one.problem.path for one in found}
    return paths | {path.rpartition(".")[0] for path in paths}
