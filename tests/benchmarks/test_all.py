"""The campaigns of the benchmark are worth running together: D-24, D-25, D-26, D-28, D-37."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from benchmarks.bench_all import SEED, WINDOW, edits, told
from benchmarks.bench_journeys import same_runs
from benchmarks.campaign_designs import EDITED, campaigns, edited
from benchmarks.campaign_edits import edits as all_edits
from benchmarks.synthetic_log import SyntheticLog
from engage_desktop.document import validate
from engage_desktop.engine import compile_campaigns, simulate
from engage_desktop.engine.run import REASON


@cache
def ran(which: str, only: str | None = None) -> Any:
    design = edited() if which == "edited" else campaigns(turns=which == "turns")
    chosen = None if only is None else [only]
    return simulate(compile_campaigns(design), SyntheticLog(30_000, 3_000), window=WINDOW, seed=SEED, only=chosen)


def test_they_are_twenty_and_can_run() -> None:
    design = campaigns()
    assert len(design.journeys) + len(design.broadcasts) == 20
    assert not [one for one in validate(design) if one.is_error]


def test_they_compete_and_answer_each_other() -> None:
    """Caps stop and move messages, clocks move others, answers move people: more than one wave, and others than alone."""
    run = ran("all")
    met = np.bincount(run.messages["reason"] + 1, minlength=len(REASON) + 1)
    for reason in ("frequency_cap", "quiet_hours", "holdout", "suppressed"):
        assert met[REASON[reason] + 1] > 5, reason
    assert run.counts["waves"] > 2
    assert run.counts["responses"] > 1_000
    together = (run.instances["journey"] == [one.key for one in campaigns().journeys].index("opened")).sum()
    assert together > ran("all", "opened").counts["instances"]
    assert "waves" in told(run)


@pytest.mark.parametrize("which", ["turns", "edited"])
def test_a_queue_and_an_edit_make_another_run(which: str) -> None:
    assert campaigns().journey(EDITED)
    assert not same_runs(ran("all"), ran(which))


def test_edits_of_one_journey_are_shown_as_a_run_of_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Interface 2, figures; the edits are worth timing: each but that of a text makes another run."""
    log = SyntheticLog(60_000, 6_000)
    assert all(line.equal for line in edits(log, 1))
    setting: dict[str, Any] = {"window": WINDOW, "seed": SEED, "only": [EDITED]}
    before = simulate(compile_campaigns(campaigns()), log, **setting)
    after = {name: simulate(compile_campaigns(design), log, **setting) for name, design in all_edits()}
    assert [name for name, run in after.items() if same_runs(before, run)] == ["text of a message"]
