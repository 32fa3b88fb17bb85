"""Differences between arms against published figures.

The figures are those of Kevin Hillstrom's e-mail test (MineThatData, 2008; 64,000 customers, three
arms), computed once with scipy, statsmodels and tea-tasting, which agree; tolerances as recommended
there: 1e-9 on means, 5e-7 and 1e-6 on intervals, 1e-3 relative on p (2e-2 below 1e-6).
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.analysis.statistics import (
    ArmSummary,
    arms_from_values,
    difference,
    fieller,
    fisher,
    holm,
    newcombe,
    sample_ratio,
    summarise,
    summarise_ratio,
    wilson,
)

NONE, MENS, WOMENS = "No E-Mail", "Mens E-Mail", "Womens E-Mail"
ARMS = {
    "visit": {
        NONE: ArmSummary(21306, 0.10616727682343002, 0.308058826055964),
        MENS: ArmSummary(21307, 0.18275684047496127, 0.3864761154524209),
        WOMENS: ArmSummary(21387, 0.151400383410483, 0.35844708801029573),
    },
    "conversion": {
        NONE: ArmSummary(21306, 0.005726086548390125, 0.07545572019078035),
        MENS: ArmSummary(21307, 0.01253109306800582, 0.111241384173946),
        WOMENS: ArmSummary(21387, 0.008837144059475383, 0.09359197889585694),
    },
    "spend": {
        NONE: ArmSummary(21306, 0.6527893551112361, 11.588199681271533),
        MENS: ArmSummary(21307, 1.422616511005773, 17.75420510373683),
        WOMENS: ArmSummary(21387, 1.0772015710478329, 15.116106470737083),
    },
}
EXPECTED = [
    # metric, a, b, absolute, interval, p, relative interval (Fieller)
    ("visit", MENS, NONE, 0.07658956365153125, (0.06995314760976148, 0.083225979693301), 1.3644511962742905e-112, (0.6409271105309076, 0.8071163547824611)),
    ("visit", WOMENS, NONE, 0.045233106587052985, (0.03889349376208028, 0.05157271941202569), 2.4324477023127946e-44, (0.3564800007141018, 0.4999663096278424)),
    ("visit", MENS, WOMENS, 0.03135645706447826, (0.024284703628009885, 0.038428210500946636), 3.72474437296819e-18, (0.1568870899664503, 0.2597649827441506)),
    ("conversion", MENS, NONE, 0.006805006519615695, (0.005000070747732389, 0.008609942291499001), 1.50181578515438e-13, (0.7795330342062063, 1.738772248578984)),
    ("conversion", WOMENS, NONE, 0.003111057511085258, (0.0014985923661468032, 0.004723522656023713), 0.00015602839508556404, (0.23402018505053657, 0.9523670257034267)),
    ("conversion", MENS, WOMENS, 0.003693949008530437, (0.0017434100481795863, 0.005644487968881288), 0.0002059730655595195, (0.18004783470200114, 0.7142676633935825)),
    ("spend", MENS, NONE, 0.7698271558945368, (0.4851397325684076, 1.0545145792206658), 1.163814968225482e-07, (0.6436904379366626, 1.9774473610628345)),
    ("spend", WOMENS, NONE, 0.4244122159365967, (0.1689567898837787, 0.6798676419894147), 0.0011293971023632495, (0.22417278686351616, 1.274940894582139)),
    ("spend", MENS, WOMENS, 0.34541493995794004, (0.03256144962609525, 0.6582684302897848), 0.03046865118529923, (0.02693105869042478, 0.7112363357038172)),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "a", "b", "absolute", "interval", "p", "relative"), EXPECTED)
def test_published_differences(metric, a, b, absolute, interval, p, relative) -> None:
    found = difference(ARMS[metric][a], ARMS[metric][b], rate=metric != "spend")
    assert found.absolute == pytest.approx(absolute, abs=1e-9)
    assert found.absolute_ci == pytest.approx(interval, abs=1e-6 if metric == "spend" else 5e-7)
    assert found.p == pytest.approx(p, rel=1e-3 if p > 1e-6 else 2e-2)
    assert found.relative == pytest.approx(absolute / ARMS[metric][b].mean, abs=1e-9)
    assert found.relative_ci == pytest.approx(relative, abs=1e-6)
    assert (found.interval, found.test, found.reason) == ("welch", "welch", None)


NEWCOMBE = [
    ((3894, 21307, 2262, 21306), (0.06995330808373154, 0.08322674127411137)),
    ((267, 21307, 122, 21306), (0.005014344671481532, 0.008640723396917826)),
    ((189, 21387, 122, 21306), (0.001501657131877008, 0.004745471313672931)),
    ((267, 21307, 189, 21387), (0.0017462848141901722, 0.005662614423391559)),
]


@pytest.mark.parametrize(("cells", "interval"), NEWCOMBE)
def test_published_newcombe_intervals(cells, interval) -> None:
    assert newcombe(*cells) == pytest.approx(interval, abs=1e-9)


def test_newcombe_of_the_paper() -> None:
    """Newcombe 1998, table II, method 10: 56/70 - 48/80, and 9/10 - 3/10, 10/10 - 0/10."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(10, 10, 0, 10) == pytest.approx((0.6075, 1.0), abs=5e-5)


@pytest.mark.parametrize("cells", [(3894, 17413, 2262, 19044), (9, 1, 3, 7)])
def test_fisher_counts_both_tails(cells) -> None:
    assert fisher(cells) == pytest.approx({9: 0.0197671, 3894: 5.43735902795221e-113}[cells[0]], rel=1e-4)


def test_ratio_by_the_delta_method_agrees_with_a_bootstrap() -> None:
    rng = np.random.default_rng(5)
    visits = rng.integers(0, 4, 5000).astype(float)
    spend = visits * rng.gamma(2.0, 3.0, 5000)
    found = summarise_ratio(spend, visits)
    assert found.mean == pytest.approx(spend.sum() / visits.sum())
    boot = [spend[pick].sum() / visits[pick].sum() for pick in (rng.integers(0, 5000, 5000) for _ in range(800))]
    assert found.sd / math.sqrt(5000) == pytest.approx(np.std(boot), rel=0.08)


def test_published_sample_ratio() -> None:
    found = sample_ratio([21306, 21307, 21387], [1, 1, 1])
    assert found.chi2 == pytest.approx(0.20253125, abs=1e-12)
    assert found.p == pytest.approx(0.9036929575604196, abs=1e-12)
    assert found.level == "ok"


@pytest.mark.parametrize(
    ("counts", "weights", "level"),
    [
        ([500, 500], [50, 50], "ok"),
        ([900, 100], [90, 10], "ok"),
        ([545, 455], [50, 50], "amber"),
        ([900, 100], [50, 50], "red"),
        ([10, 1], [100, 0], "red"),
        ([10, 0], [100, 0], "ok"),
        ([0, 0], [50, 50], "ok"),
    ],
)
def test_sample_ratio_uses_the_intended_weights(counts, weights, level) -> None:
    assert sample_ratio(counts, weights).level == level


def test_published_holm() -> None:
    """The weakest of nine stays at its own p; plain Bonferroni would make it 0.274."""
    p = [item[5] for item in EXPECTED]
    adjusted = dict(zip([(item[0], item[1], item[2]) for item in EXPECTED], holm(p), strict=True))
    assert adjusted["spend", MENS, WOMENS] == pytest.approx(0.03046865118529923)
    assert adjusted["visit", MENS, NONE] == pytest.approx(1.2280060766468614e-111)
    assert adjusted["spend", WOMENS, NONE] == pytest.approx(0.002258794204726499)
    assert adjusted["conversion", WOMENS, NONE] == pytest.approx(0.0006241135803422562)
    assert adjusted["conversion", MENS, WOMENS] == pytest.approx(0.0006241135803422562)


def test_holm_skips_what_has_no_p() -> None:
    assert holm([None, 0.02, 0.5]) == [None, 0.04, 0.5]
    assert holm([]) == []


def test_small_cells_of_a_rate_are_exact() -> None:
    few = difference(summarise([1] * 9 + [0]), summarise([1] * 3 + [0] * 7), rate=True)
    assert (few.interval, few.test) == ("newcombe", "fisher")
    assert few.absolute_ci == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert few.p == pytest.approx(0.0197671, abs=1e-6)
    many = difference(summarise([1] * 50 + [0] * 50), summarise([1] * 9 + [0] * 91), rate=True)
    assert (many.interval, many.test) == ("newcombe", "welch")


def test_a_rate_that_nobody_reached_has_an_interval_but_no_relative_one() -> None:
    found = difference(summarise([0] * 30), summarise([0] * 40), rate=True)
    assert found.absolute == 0
    assert found.absolute_ci == pytest.approx((-0.08763, 0.11351), abs=1e-4)
    assert found.p == 1.0
    assert (found.relative, found.relative_ci) == (None, None)
    assert "no positive mean" in found.reason


def test_fieller_gives_way_when_the_control_may_be_zero() -> None:
    relative, interval, reason = fieller(ArmSummary(100, 2.0, 10.0), ArmSummary(100, 1.0, 6.0))
    assert relative == 1.0
    assert interval is None
    assert "g >= 1" in reason


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.1, 50),
    st.floats(0.1, 50),
    st.floats(0.01, 20),
    st.floats(0.01, 20),
    st.integers(5, 5000),
    st.integers(5, 5000),
)
def test_fieller_solves_its_own_equation(a, b, sd_a, sd_b, n, m) -> None:
    """Both ends R of the ratio satisfy (a - R b)^2 = z^2 (var a + R^2 var b), and hold the estimate."""
    _, interval, reason = fieller(ArmSummary(n, a, sd_a), ArmSummary(m, b, sd_b))
    if interval is None:
        assert reason is not None
        assert 1.959963984540054**2 * sd_b**2 / m / b**2 >= 1 - 1e-12
        return
    assert interval[0] <= a / b - 1 <= interval[1]
    for end in (interval[0] + 1, interval[1] + 1):
        left, right = (a - end * b) ** 2, 1.959963984540054**2 * (sd_a**2 / n + end**2 * sd_b**2 / m)
        assert left == pytest.approx(right, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (summarise([]), summarise([1, 2]), "nothing to measure"),
        (summarise([1]), summarise([1, 2]), "only one person"),
        (summarise([3, 3]), summarise([3, 3]), "Nothing varies"),
    ],
)
def test_what_cannot_be_said_is_blank_with_its_reason(a, b, reason) -> None:
    found = difference(a, b)
    assert found.absolute_ci is None
    assert found.p is None
    assert reason in found.reason


def test_arms_from_values_keeps_the_order() -> None:
    arms = arms_from_values({"b": [1, 2, 3], "a": []})
    assert list(arms) == ["b", "a"]
    assert arms["b"] == ArmSummary(3, 2.0, 1.0)
    assert arms["a"] == ArmSummary(0, None, None)


def test_wilson_stays_inside_the_unit_interval() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.27754), abs=1e-5)
    assert wilson(10, 10) == pytest.approx((0.72246, 1.0), abs=1e-5)


def test_welch_is_scipys() -> None:
    """scipy as the oracle, on values rather than summaries."""
    from scipy import stats

    rng = np.random.default_rng(11)
    a, b = rng.exponential(3, 40), rng.normal(2, 1, 25)
    found, oracle = difference(summarise(a), summarise(b)), stats.ttest_ind(a, b, equal_var=False)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-12)
    interval = oracle.confidence_interval(0.95)
    assert found.absolute_ci == pytest.approx((interval.low, interval.high), rel=1e-12)
