"""Differences between arms: pure functions of sizes, means and standard deviations.

Nothing here knows runs or logs. scipy is imported inside, so that the window starts without it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

FEW_IN_A_CELL = 10
"""With fewer people than this in a cell of a 0/1 metric, Newcombe's interval replaces Welch's."""
FEW_EXPECTED = 5.0
"""With a smaller expected count, Fisher's exact test replaces Welch's."""


@dataclass(frozen=True)
class ArmSummary:
    """`sd` is the standard deviation with n - 1; mean is None for nobody, sd for fewer than two."""

    n: int
    mean: float | None
    sd: float | None

    @property
    def variance_of_mean(self) -> float | None:
        return None if self.sd is None else self.sd**2 / self.n


@dataclass(frozen=True)
class Difference:
    """a - b. What cannot be said is None, and `reason` tells why. `interval` and `test` name the methods."""

    absolute: float | None = None
    absolute_ci: tuple[float, float] | None = None
    relative: float | None = None
    relative_ci: tuple[float, float] | None = None
    p: float | None = None
    interval: str = "welch"
    test: str = "welch"
    reason: str | None = None


@dataclass(frozen=True)
class SampleRatio:
    """Pearson's chi-square of the sizes against the intended weights; `level` is ok, amber (p < 0.01) or red
    (p < 0.001). `chi2` is None when an arm of weight zero has people."""

    chi2: float | None
    p: float | None
    level: str


def summarise(values: ArrayLike) -> ArmSummary:
    """Return size, mean and standard deviation of one value a person."""
    import numpy as np

    array: NDArray[np.float64] = np.asarray(values, np.float64)
    n = len(array)
    if not n:
        return ArmSummary(0, None, None)
    return ArmSummary(n, float(array.mean()), float(array.std(ddof=1)) if n > 1 else None)


def summarise_ratio(numerators: ArrayLike, denominators: ArrayLike) -> ArmSummary:
    """Return size, ratio of sums, and by the delta method the sd whose square over n is the ratio's variance.

    The unit is the person: z = R + (x - R y) / mean(y) has mean R and the variance of the linearised ratio.
    """
    import numpy as np

    x, y = np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)
    if not len(y) or not y.sum():
        return ArmSummary(len(y), None, None)
    ratio = float(x.sum() / y.sum())
    linear = ratio + (x - ratio * y) / y.mean()
    return ArmSummary(len(y), ratio, float(linear.std(ddof=1)) if len(y) > 1 else None)


def arms_from_values(values_by_arm: Mapping[str, ArrayLike]) -> dict[str, ArmSummary]:
    """Return the summary of each arm, in the order given."""
    return {arm: summarise(values) for arm, values in values_by_arm.items()}


def difference(a: ArmSummary, b: ArmSummary, *, rate: bool = False, confidence: float = 0.95) -> Difference:
    """Compare two arms: Welch's interval and p, Fieller's relative interval; small cells of a `rate` exactly."""
    if a.mean is None or b.mean is None:
        return Difference(reason="An arm has nothing to measure.")
    absolute = a.mean - b.mean
    if a.sd is None or b.sd is None:
        return Difference(absolute, reason="An arm has only one person.")
    interval, p = welch(a, b, confidence)
    relative, relative_ci, reason = fieller(a, b, confidence)
    names = ("welch", "welch")
    if rate:
        cells = [
            round(count) for arm in (a, b) for count in (arm.n * (arm.mean or 0.0), arm.n * (1 - (arm.mean or 0.0)))
        ]
        if min(cells) < FEW_IN_A_CELL:
            interval, names = newcombe(cells[0], a.n, cells[2], b.n, confidence), ("newcombe", "welch")
        if _least_expected(cells) < FEW_EXPECTED or p is None:
            p, names = fisher(cells), (names[0], "fisher")
    if interval is None and reason is None:
        reason = "Nothing varies within the arms."
    return Difference(absolute, interval, relative, relative_ci, p, *names, reason)


def welch(a: ArmSummary, b: ArmSummary, confidence: float = 0.95) -> tuple[tuple[float, float] | None, float | None]:
    """Return interval and p of a - b by Welch's t (unequal variances); None where nothing varies."""
    from scipy import stats

    assert a.mean is not None
    assert b.mean is not None
    va, vb = a.variance_of_mean or 0.0, b.variance_of_mean or 0.0
    if va + vb == 0.0:
        return None, None
    df = (va + vb) ** 2 / ((va**2 / (a.n - 1)) + (vb**2 / (b.n - 1)))
    error, delta = math.sqrt(va + vb), a.mean - b.mean
    half = float(stats.t.ppf((1 + confidence) / 2, df)) * error
    return (delta - half, delta + half), float(2 * stats.t.sf(abs(delta) / error, df))


def fieller(
    a: ArmSummary, b: ArmSummary, confidence: float = 0.95
) -> tuple[float | None, tuple[float, float] | None, str | None]:
    """Return (a - b) / b, its interval by Fieller's theorem, and why there is none.

    With g = z^2 var(b) / b^2, the ratio R = a / b lies in (R ± z/b sqrt((1 - g) var(a) + R^2 var(b))) / (1 - g);
    g >= 1 means b is not surely different from zero, and no bounded interval exists.
    """
    from scipy import stats

    assert a.mean is not None
    assert b.mean is not None
    if b.mean <= 0:
        return None, None, "The arm compared with has no positive mean, so no relative difference exists."
    ratio = a.mean / b.mean
    va, vb = a.variance_of_mean or 0.0, b.variance_of_mean or 0.0
    z = float(stats.norm.ppf((1 + confidence) / 2))
    g = z**2 * vb / b.mean**2
    if g >= 1:
        return ratio - 1, None, "The mean compared with is too uncertain for a relative interval (g >= 1)."
    half = z / b.mean * math.sqrt((1 - g) * va + ratio**2 * vb)
    return ratio - 1, ((ratio - half) / (1 - g) - 1, (ratio + half) / (1 - g) - 1), None


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a rate."""
    from scipy import stats

    z = float(stats.norm.ppf((1 + confidence) / 2))
    rate = successes / n
    centre = rate + z**2 / (2 * n)
    half = z * math.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def newcombe(x: int, n: int, y: int, m: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Newcombe's interval of x/n - y/m from the two Wilson intervals."""
    a, b = x / n, y / m
    (la, ua), (lb, ub) = wilson(x, n, confidence), wilson(y, m, confidence)
    return a - b - math.hypot(a - la, ub - b), a - b + math.hypot(ua - a, b - lb)


def fisher(cells: Sequence[int]) -> float:
    """Return Fisher's exact two-sided p of (a yes, a no, b yes, b no)."""
    from scipy import stats

    return float(stats.fisher_exact([[cells[0], cells[1]], [cells[2], cells[3]]]).pvalue)


def _least_expected(cells: Sequence[int]) -> float:
    """Return the least count expected in the table when both arms were alike."""
    yes, no = cells[0] + cells[2], cells[1] + cells[3]
    return min(cells[0] + cells[1], cells[2] + cells[3]) * min(yes, no) / (yes + no)


def sample_ratio(counts: Sequence[int], weights: Sequence[float]) -> SampleRatio:
    """Test the arms' sizes against the intended weights (any scale)."""
    from scipy import stats

    total, scale = sum(counts), sum(weights)
    used = [(count, total * weight / scale) for count, weight in zip(counts, weights, strict=True) if weight > 0]
    if any(count and weight <= 0 for count, weight in zip(counts, weights, strict=True)):
        return SampleRatio(None, 0.0, "red")
    if total == 0 or len(used) < 2:
        return SampleRatio(None, None, "ok")
    chi2 = sum((count - expected) ** 2 / expected for count, expected in used)
    p = float(stats.chi2.sf(chi2, len(used) - 1))
    return SampleRatio(chi2, p, "red" if p < 0.001 else "amber" if p < 0.01 else "ok")


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p in the order given; None stays None and does not count."""
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        adjusted[place] = highest
    return adjusted
