"""Ranges of a run's figures: Poisson bootstrap over profiles x parameter draws x draws of answers (D-29).

Replicates 1, 2, ... N; replicate 0 is the run. Each weighs every person anew, draws how likely each answer is, and draws
the answers. p5, p50 and p95 are percentiles of the N counts, between two of them on the straight line (numpy's).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.draw import uniform
from engage_desktop.domain.response import STAGES
from engage_desktop.engine import KINDS
from engage_desktop.engine.counted import ENTERED, WAS_SENT, Figure
from engage_desktop.engine.draw import chained, profile_hashes, started, unit
from engage_desktop.engine.replicates import in_parts, may_move, of_replicate
from engage_desktop.engine.responses import PlanResponses, PlanStage, Stages, Triangle
from engage_desktop.engine.run import Estimate

if TYPE_CHECKING:
    from engage_desktop.engine import Run
    from engage_desktop.engine.source import Log


def counted(
    run: Run,
    store: Log,
    replicates: int,
    *,
    buckets: int = 1,
    everybody: bool = False,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict[Figure, NDArray[np.float64]]:
    """By figure its weighted count in each replicate, the first at place 0. `buckets`: people are worked off so many
    parts one after the other, for less memory; `everybody`: all people are played again in each replicate, needed or
    not. The numbers are the same. Raises Cancelled."""
    found: dict[Figure, NDArray[np.float64]] = {}
    done = 0
    parts = in_parts(run.plan, store, run.window, run.seed, run.only, cancelled, buckets=buckets, everybody=everybody)
    for part in parts:
        totals = np.zeros((replicates, len(part.figures)))
        for number in range(1, replicates + 1):
            if progress is not None:
                progress(min(done / (buckets * replicates), 1.0), f"Replicate {number}")
            plan = of_replicate(run.plan, number, rates(run.seed, number))
            totals[number - 1] = part.totals(plan, weights(part.log, run.seed, number))
            done += 1
        for figure, values in zip(part.figures, totals.T, strict=True):
            found[figure] = found.get(figure, 0) + values
    if progress is not None:
        progress(1.0, "Done")
    return found


def estimates(run: Run, counts: Mapping[Figure, NDArray[np.float64]]) -> tuple[Estimate, ...]:
    """The ranges of what was `counted` of a run, in public order."""
    kind = _kinds(run)
    found = []
    for figure, values in sorted(counts.items()):
        p5, p50, p95 = np.percentile(values, (5, 50, 95)).tolist() if len(values) else (0.0, 0.0, 0.0)
        found.append(
            Estimate(figure.campaign, figure.step or None, figure.name, p5, p50, p95, len(values), kind(figure))
        )
    return tuple(found)


# -- people ----------------------------------------------------------------------------


def weights(log: Log, seed: int, replicate: int) -> NDArray[np.int64]:
    """How often each person counts: the quantile of Poisson(1) at u of (`bootstrap`, profile, replicate)."""
    everybody = np.arange(log.n_profiles, dtype=np.int32)
    state = chained(chained(started(seed), "bootstrap"), profile_hashes(log).of(everybody))
    return np.searchsorted(_poisson(), unit(chained(state, str(replicate))), "right").astype(np.int64)


@cache
def _poisson() -> NDArray[np.float64]:
    """The distribution function of Poisson(1) at 0, 1, ..., as far as it is below 1."""
    from scipy.special import pdtr

    found: NDArray[np.float64] = pdtr(np.arange(30), 1.0)
    return found[found < 1.0]


# -- parameters ------------------------------------------------------------------------


def rates(seed: int, number: int) -> Callable[[str, str, PlanResponses], PlanResponses]:
    """Gives models the probabilities of a replicate."""

    def drawn(campaign: str, step: str, model: PlanResponses) -> PlanResponses:
        def stages(some: Stages) -> Stages:
            return tuple(replace(one, likely=probability(seed, campaign, step, number, one)) for one in some)

        return replace(model, stages=stages(model.stages), by=tuple((whom, stages(some)) for whom, some in model.by))

    return drawn


def probability(seed: int, campaign: str, step: str, replicate: int, stage: PlanStage) -> float:
    """How likely an answer is in a replicate: the quantile of its triangle, or of Beta(1 + successes, 1 + failures), at u
    of (campaign, step, replicate, `<stage> parameter`), followed by the audience whose own it is."""
    purpose = f"{STAGES[stage.place]} parameter"
    u = uniform(seed, campaign, step, str(replicate), purpose, *([stage.group] if stage.group else []))
    rate = stage.rate
    if isinstance(rate, Triangle):
        return _of_triangle(rate, u)
    from scipy.special import betaincinv

    return float(betaincinv(1 + rate.successes, 1 + rate.failures, u))


def _of_triangle(rate: Triangle, u: float) -> float:
    low, likely, high = rate.low, rate.likely, rate.high
    if high <= low:
        return likely
    below = (likely - low) / (high - low)
    if u < below:
        return float(low + np.sqrt(u * (high - low) * (likely - low)))
    return float(high - np.sqrt((1 - u) * (high - low) * (high - likely)))


# -- kinds -----------------------------------------------------------------------------


def _kinds(run: Run) -> Callable[[Figure], str]:
    """Answers are assumed; what is sent and who enters are so where answers may move somebody, or where the run's own rows
    rest on an assumption."""
    moving = may_move(run.plan, run.only)
    assumed = KINDS.index("assumed")
    rows = {
        (name, int(one))
        for name, table, owner in ((WAS_SENT, run.messages, "campaign"), (ENTERED, run.instances, "journey"))
        for one in np.unique(table[owner][table["kind"] == assumed]).tolist()
    }
    campaigns = run.plan.campaigns
    keys = [*(one.key for one in campaigns.journeys), *(one.key for one in campaigns.broadcasts)]

    def kind(figure: Figure) -> str:
        own = figure.name in (ENTERED, WAS_SENT)
        rests = not own or moving or (figure.name, keys.index(figure.campaign)) in rows
        return "assumed" if rests else "observed"

    return kind
