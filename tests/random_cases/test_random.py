"""Engine and oracle give identical rows over random campaigns; `make prove` runs 10,000 of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle import Tables
from tests.random_cases.census import DECISIVE, REPLAYED, TIES, Census, beside_others, decided, expected
from tests.random_cases.compare import difference, engine_tables
from tests.random_cases.features import CENSUS, DECIDES, LANDED, TOGETHER
from tests.random_cases.generate import Case, case, generate
from tests.random_cases.ordinary import ordinary
from tests.random_cases.run import differs, oracle, shrink, smallest

EVERY_DAY, PARTS_OF_A_DAY = range(100), 4
PROOF = range(10_000, 15_000)
"""Each as it is, tie-heavy, and with instants of its own."""
PARTS, COUNTED = 50, 4


def as_they_are(one: Case) -> Case:
    return one


def _run(seeds: range, made: Callable[[Case], Case] = as_they_are, replayed: int | None = None) -> Census:
    """The census of every `replayed`-th case with what only more replays tell, or of all with what their rows tell."""
    census = Census()
    for seed in seeds:
        one = made(generate(seed))
        expected = oracle(one)
        found = difference(expected, engine_tables(one.records, one.campaigns, one.window, one.seed, lists=one.lists))
        if found:
            pytest.fail(f"case {seed}\n{smallest(one)}", pytrace=False)
        if replayed is None or seed % replayed == 0:
            census.add(one, expected, replays=replayed is not None)
    return census


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", range(PARTS_OF_A_DAY))
def test_identical_rows(part: int, together: Path) -> None:
    """In parts, so that both cores share them; whoever ends last looks at what all of them held."""
    size = len(EVERY_DAY) // PARTS_OF_A_DAY
    census = _run(EVERY_DAY[part * size : (part + 1) * size])
    whole = _of_all(census, f"day {part}", PARTS_OF_A_DAY, together)
    if whole is not None:
        assert whole.cases == len(EVERY_DAY)
        assert whole.median_visits >= 8, whole.table()
        assert not [one for one in expected() if one not in REPLAYED and not whole.found[one]], whole.table()


def test_what_only_replays_tell_occurs() -> None:
    """Of writes and forks, in small cases; of campaigns together in `test_together`."""
    missing = {one for feature in ("set_trait", "fork") for one in CENSUS[feature]} & REPLAYED
    for seed in range(60):
        one = generate(seed, frozenset(("set_trait", "fork")))
        missing -= set(beside_others(one, oracle(one)))
        if not missing:
            return
    pytest.fail(f"does not occur: {missing}")


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["tie-heavy", "ordinary"])
@pytest.mark.parametrize("part", range(PARTS))
def test_identical_rows_of_ten_thousand(part: int, kind: str, together: Path) -> None:
    """In parts, so that all cores may share them; whoever ends last looks at the census of all."""
    size = len(PROOF) // PARTS
    census = _run(PROOF[part * size : (part + 1) * size], as_they_are if kind == "tie-heavy" else ordinary, COUNTED)
    whole = _of_all(census, f"{kind} {part}", PARTS, together)
    if whole is None:
        return
    print(f"\n{kind}\n{whole.table()}")
    assert whole.cases == len(PROOF) // COUNTED
    assert whole.median_visits >= 8
    wanted = [feature for feature in expected() if kind == "tie-heavy" or feature not in TIES]
    assert not [feature for feature in wanted if whole.share(feature) < 0.05]


def _of_all(census: Census, name: str, number: int, folder: Path) -> Census | None:
    """The census of all parts, None where some are still to come. `name`: kind and part."""
    mine = folder / f"{name}.json"
    half = mine.with_suffix(".half")
    half.write_text(census.as_json(), encoding="utf-8")
    half.replace(mine)
    parts = sorted(folder.glob(f"{name.rpartition(' ')[0]} *.json"))
    return Census.of_all(path.read_text(encoding="utf-8") for path in parts) if len(parts) == number else None


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that the processes of one run of the suite share."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if hasattr(request.config, "workerinput") else own) / "census"
    place.mkdir(exist_ok=True)
    return place


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("feature", "flag"), [(name, flag) for name, flags in DECIDES.items() for flag in flags])
def test_a_rule_of_a_feature_decides_something(feature: str, flag: str) -> None:
    """Cases are not only drawn with a feature: each of its rules is what makes the rows of one of at most 400."""
    with_it = TOGETHER if feature in TOGETHER else LANDED | {feature}
    assert next((seed for seed in range(400) if [*decided(*_known(seed, with_it), (flag,))]), None) is not None


@cache
def _known(seed: int, features: frozenset[str]) -> tuple[Case, Tables]:
    one = generate(seed, features)
    return one, oracle(one)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_ties_decide_something() -> None:
    """In at least one case of twenty each tie rule is what makes the rows, not only met."""
    cases = [generate(seed) for seed in PROOF[:400]]
    found = Counter(rule for one in cases for rule in decided(one, oracle(one)))
    print("\n" + "\n".join(f"{found[rule] / len(cases):6.1%}  {rule} decides" for rule in DECISIVE))
    assert not [rule for rule in DECISIVE if found[rule] < 0.05 * len(cases)]


@pytest.mark.prove
@pytest.mark.timeout(900)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # our own shrinking knows what a call and a step are, and is far faster
)
@given(st.randoms(use_true_random=False))
def test_identical_rows_where_hypothesis_steers(rng: random.Random) -> None:
    one = case(rng)
    if differs(one):
        pytest.fail(smallest(one), pytrace=False)


def test_a_seed_is_a_case() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def test_shrinking_keeps_what_fails() -> None:
    """A made-up failure (three A and a hold) shrinks to just that."""

    def fails(one: Case) -> str:
        holds = [step for journey in one.design["journeys"] for step in journey["steps"] if step["type"] == "hold"]
        many = [record for record in one.records if record.get("event") == "A"]
        return "x" if len(many) >= 3 and holds else ""

    start = next(one for one in map(generate, range(100)) if fails(one))
    small = shrink(start, fails)
    assert [record["event"] for record in small.records] == ["A"] * 3
    assert len(small.design["journeys"]) == 1
    assert not small.design["audiences"]
