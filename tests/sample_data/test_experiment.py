"""Replaying the sample's journey with the seed of its experiment finds the arms that the log shows (D-19, D-27)."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from engage_desktop import document
from engage_desktop.engine import compile_campaigns, simulate
from engage_desktop.events import build_store


def test_a_replay_with_the_planted_seed_puts_everybody_into_the_arm_of_the_log(root: Path) -> None:
    folder = root / "sample_data" / "storefront"
    draw = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["draw"]
    campaigns, problems = document.load(folder / "campaigns.json")
    assert campaigns is not None, problems
    store, _ = build_store([folder / "log.jsonl.zst"])
    plan = compile_campaigns(campaigns)
    journey = [one.key for one in campaigns.journeys].index(draw["journey"])
    step = [one.key for one in campaigns.journeys[journey].steps].index(draw["step"])

    def arms(seed: int) -> dict[str, str]:
        run = simulate(plan, store, window=(store.first_us, store.last_us), seed=seed, only=[draw["journey"]])
        here = (run.visits["journey"] == journey) & (run.visits["step"] == step)
        rows = zip(run.visits["profile"][here].tolist(), run.visits["branch"][here].tolist(), strict=True)
        return {store.profile_ids[profile]: run.texts[branch] for profile, branch in rows}

    logged = {}
    for line in pa.input_stream(str(folder / "log.jsonl.zst")).read().splitlines():
        call = json.loads(line)
        if call.get("event") == "Experiment Viewed":
            logged[call["userId"]] = call["properties"]["variation_id"]
    assert len(logged) > 1_000
    assert arms(draw["seed"]) == logged
    other = arms(draw["seed"] + 1)
    same = sum(other[profile] == arm for profile, arm in logged.items()) / len(logged)
    assert 0.45 < same < 0.55, "any other seed is an A/A"
