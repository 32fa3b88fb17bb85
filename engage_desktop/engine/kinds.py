"""Which rows rest on assumptions: those that would not be there without (D-27; `docs/semantics.md`, Kinds).

Where what a run makes is heard and may rest on an assumption, the plan runs a second time without any; what the full run
has and that plain one has not is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Mask
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.coupling import hears_itself
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.revised import with_messages
from engage_desktop.engine.row_hashes import row_hashes, sums_of_people
from engage_desktop.engine.run import ASSUMED, Run, Table
from engage_desktop.engine.sends import messages_of

FORMS = {
    "instances": ("journey", "profile", "entered_at", "ended_at", "outcome", "detail", "identifier"),
    "visits": ("journey", "profile", "step", "entered_at", "left_at", "branch", "pass"),
    "messages": ("campaign", "profile", "step", "due_at", "sent_at", "status", "reason"),
    "deliveries": ("campaign", "profile", "step", "change", "changed_at"),
}
"""What makes two rows the same: not the number of an instance, which one more before it would shift."""


def needs_plain(plan: Plan, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> bool:
    """Whether events that these campaigns make may rest on an assumption, and anything of the plan hears of them."""
    messages = [step.compiled.message for one in journeys for step in messages_of(one)]
    messages += [variant.message for one in broadcasts for variant in one.variants]
    if not plan.policies.assumes and all(one.responses is None for one in messages):
        return False
    return hears_itself(plan, journeys, broadcasts)


def plain(plan: Plan) -> Plan:
    """The plan without models of responses, and with `hold` for `assume`."""
    policies = replace(plan.policies, assume_address=False, assume_subscription=False)
    return with_messages(plan, lambda _campaign, _step, message: replace(message, responses=None), policies)


def mark(run: Run, without: Run) -> None:
    """Call those rows of a run assumed that the plain one has not; codes of texts must be the same in both."""
    mark_tables(*({name: getattr(one, name) for name in FORMS} for one in (run, without)))


def mark_tables(tables: Mapping[str, Table], without: Mapping[str, Table]) -> None:
    """The same of tables of some people."""
    for name, columns in FORMS.items():
        table, other = tables[name], without[name]
        new = ~_present(table, other, columns)
        if new.any():
            table["kind"] = np.where(new, np.int8(ASSUMED), table["kind"])


def _present(table: Table, other: Table, columns: Sequence[str]) -> Mask:
    """Which rows of a table the other has too. Of people who have the same rows in both nothing is compared."""
    mine, theirs = (row_hashes([one[name] for name in columns]) for one in (table, other))
    n = int(max(table["profile"].max(initial=-1), other["profile"].max(initial=-1))) + 1
    found = np.ones(len(mine), np.bool_)
    differs = sums_of_people(table["profile"], mine, n) != sums_of_people(other["profile"], theirs, n)
    at, beside = np.flatnonzero(differs[table["profile"]]), np.flatnonzero(differs[other["profile"]])
    if at.size:
        found[at] = _among([table[one][at] for one in columns], [other[one][beside] for one in columns])
    return found


def _among(rows: Sequence[AnyArray], others: Sequence[AnyArray]) -> Mask:
    """Which rows are equal to one of the others, column by column."""
    n = len(rows[0])
    columns = [np.concatenate([one, other]) for one, other in zip(rows, others, strict=True)]
    is_mine = np.arange(len(columns[0])) < n
    order = np.lexsort((is_mine, *columns[::-1]))
    new = np.append(True, np.zeros(max(len(order) - 1, 0), np.bool_))[: len(order)]
    for column in columns:
        new[1:] |= column[order][1:] != column[order][:-1]
    group = np.cumsum(new) - 1
    has = np.bincount(group, ~is_mine[order]) > 0
    found = np.empty(len(order), np.bool_)
    found[order] = has[group]
    return found[:n]
