"""Arms of a random split compared: sizes, means, differences with their uncertainty, and what may be said of them.

D-27 decides the words: a split that the log never saw is an A/A, and its differences are chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.exposure import Exposure, exposure
from engage_desktop.analysis.metrics import Measured, Metric, measure, parse_metric
from engage_desktop.analysis.statistics import (
    ArmSummary,
    Difference,
    SampleRatio,
    difference,
    holm,
    sample_ratio,
    summarise,
    summarise_ratio,
)
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.step import RandomSplit
from engage_desktop.engine.arrays import first_of_each

if TYPE_CHECKING:
    from engage_desktop.domain.journey import Journey
    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore


@dataclass(frozen=True)
class Arm:
    """`weight` is the intended share; `control` marks the arm others are compared with."""

    key: str
    summary: ArmSummary
    weight: float | None = None
    control: bool = False


@dataclass(frozen=True)
class Comparison:
    """a - b."""

    a: str
    b: str
    difference: Difference
    p_adjusted: float | None


@dataclass(frozen=True)
class Experiment:
    """`kind` and `note` stand beside every figure; `remarks` are further sentences a reader needs."""

    metric: str
    kind: Literal["observed", "learned"]
    name: str | None
    note: str
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    srm: SampleRatio
    remarks: tuple[str, ...] = ()
    exposure: Exposure | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the shape of `engage experiment --json`."""
        body: dict[str, Any] = {
            "metric": self.metric,
            "kind": self.kind,
            "name": self.name,
            "note": self.note,
            "remarks": list(self.remarks),
            "arms": [
                {"arm": arm.key, "n": arm.summary.n, "mean": arm.summary.mean, "sd": arm.summary.sd}
                for arm in self.arms
            ],
            "comparisons": [_comparison_json(item) for item in self.comparisons],
            "srm": {"chi2": self.srm.chi2, "p": self.srm.p, "level": self.srm.level},
        }
        if self.exposure is not None:
            seen = self.exposure
            body["assignments"] = {"agree": seen.agree, "disagree": seen.disagree, "unseen": seen.unseen}
        return body


def _comparison_json(item: Comparison) -> dict[str, Any]:
    found = item.difference
    return {
        "a": item.a,
        "b": item.b,
        "absolute": found.absolute,
        "absolute_ci": None if found.absolute_ci is None else list(found.absolute_ci),
        "relative": found.relative,
        "relative_ci": None if found.relative_ci is None else list(found.relative_ci),
        "p": found.p,
        "p_adjusted": item.p_adjusted,
        "interval": found.interval,
        "test": found.test,
        "reason": found.reason,
    }


def compare(arms: Sequence[tuple[str, ArmSummary]], control: str | None, *, rate: bool) -> tuple[Comparison, ...]:
    """Compare each arm with the control, without one each pair in listed order; p adjusted by Holm."""
    if control is not None:
        base = dict(arms)[control]
        pairs = [(key, summary, control, base) for key, summary in arms if key != control]
    else:
        pairs = [(*a, *b) for place, a in enumerate(arms) for b in arms[place + 1 :]]
    found = [difference(a, b, rate=rate) for _, a, _, b in pairs]
    adjusted = holm([item.p for item in found])
    return tuple(Comparison(a, b, item, p) for (a, _, b, _), item, p in zip(pairs, found, adjusted, strict=True))


@dataclass(frozen=True)
class _People:
    """One entry a person, by ascending profile: first arrival at the split and the arm drawn there."""

    profile: NDArray[np.int32]
    since: NDArray[np.int64]
    arm: NDArray[np.intp]
    again: int
    """People who came to the split more than once."""


def experiment(
    run: Run,
    store: EventStore,
    journey: str,
    step: str,
    metric: str = "goal",
    within_us: int | None = None,
    control: str | None = None,
) -> Experiment:
    """Compare the arms of the random split `step`; raise UserError for names that mean nothing.

    The unit is the person, from the first arrival at the split; events later than it count, up to
    `within_us` after it (else the goal's own window) and to the run's end.
    """
    found, split, place, step_place = _split(run, journey, step)
    keys = tuple(branch.key for branch in split.branches)
    control = _control(split, keys, control)
    read = parse_metric(metric, found, store)
    window = within_us if within_us is not None else read.within_us
    people = _people(run, place, step_place, keys)
    measured = measure(read, run, store, people.profile, people.since, window)
    summaries = [(key, _summary(read, measured, people.arm == number)) for number, key in enumerate(keys)]
    seen = exposure(store, f"{journey}.{step}", people.profile, people.arm, keys, run.window[1])
    weights = [float(branch.percent) for branch in split.branches]
    arms = tuple(
        Arm(key, summary, weight, key == control) for (key, summary), weight in zip(summaries, weights, strict=True)
    )
    return Experiment(
        metric=metric,
        kind="learned" if seen.is_real else "observed",
        name=(seen.name or f"{journey}.{step}") if seen.is_real else None,
        note=_note(seen, f"{journey}.{step}"),
        arms=arms,
        comparisons=compare(summaries, control, rate=read.kind == "rate"),
        srm=sample_ratio([summary.n for _, summary in summaries], weights),
        remarks=_remarks(read, run, store, people, window),
        exposure=seen if seen.recorded else None,
    )


def _split(run: Run, journey: str, step: str) -> tuple[Journey, RandomSplit, int, int]:
    """Return the journey, its random split, and both places in their lists."""
    journeys = run.plan.campaigns.journeys
    place = next((number for number, item in enumerate(journeys) if item.key == journey), None)
    if place is None:
        raise UserError(
            f"The run has no journey {journey!r}; it has {', '.join(item.key for item in journeys) or 'none'}."
        )
    steps = journeys[place].steps
    splits = ", ".join(item.key for item in steps if isinstance(item, RandomSplit)) or "none"
    number = next((number for number, item in enumerate(steps) if item.key == step), None)
    if number is None:
        raise UserError(f"Journey {journey!r} has no step {step!r}; its random splits: {splits}.")
    split = steps[number]
    if not isinstance(split, RandomSplit):
        raise UserError(f"Step {step!r} of journey {journey!r} is a {split.type} step; its random splits: {splits}.")
    return journeys[place], split, place, number


def _control(split: RandomSplit, keys: tuple[str, ...], asked: str | None) -> str | None:
    """Return the arm asked for, else the one with role holdout."""
    if asked is not None and asked not in keys:
        raise UserError(f"Step {split.key!r} has no arm {asked!r}; it has {', '.join(keys)}.")
    return asked or next((branch.key for branch in split.branches if branch.role == "holdout"), None)


def _people(run: Run, journey: int, step: int, keys: tuple[str, ...]) -> _People:
    visits = run.visits
    here = np.flatnonzero((visits["journey"] == journey) & (visits["step"] == step))
    number = {text: key for key, text in enumerate(run.texts)}
    arm_of = np.full(len(run.texts) + 1, -1, np.intp)
    for place, key in enumerate(keys):
        arm_of[number.get(key, -1)] = place
    arm_of[-1] = -1  # the code of null
    arm = arm_of[visits["branch"][here]]
    here, arm = here[arm >= 0], arm[arm >= 0]
    order = np.lexsort(
        (visits["seq"][here], visits["instance"][here], visits["entered_at"][here], visits["profile"][here])
    )
    profile = np.asarray(visits["profile"][here][order], np.int32)
    first = first_of_each(profile)
    again = len(np.unique(profile[~first]))
    return _People(
        profile[first], np.asarray(visits["entered_at"][here][order][first], np.int64), arm[order][first], again
    )


def _summary(metric: Metric, measured: Measured, inside: NDArray[np.bool_]) -> ArmSummary:
    if metric.kind == "mean":
        return summarise_ratio(measured.values[inside], measured.events[inside])
    return summarise(measured.values[inside])


def _note(seen: Exposure, name: str) -> str:
    """Say what the differences are (D-27)."""
    if seen.is_real:
        return (
            f"The log records this experiment ({seen.name or name}) with the arms drawn here, "
            "so the differences are those of a really randomised experiment."
        )
    chance = "the arms compared are the simulator's own draw, this is an A/A, and every difference is chance."
    if not seen.recorded:
        return f"The log never saw this split: {chance}"
    if seen.agrees:
        return (
            f"The log records {name} for only {seen.recorded} of {seen.recorded + seen.unseen} people, too few to call "
            "this split run: read every difference as chance."
        )
    return (
        f"The log records {name}, but {seen.disagree} of {seen.recorded} people in another arm than the one drawn here "
        f"(is the seed the same?): {chance}"
    )


def _remarks(metric: Metric, run: Run, store: EventStore, people: _People, within_us: int | None) -> tuple[str, ...]:
    remarks = []
    if people.again:
        remarks.append(
            f"{people.again} people came to the split more than once; each counts once, from the first time on, in that arm."
        )
    if metric.event not in store.event_names:
        remarks.append(f"The log holds no event {metric.event!r}.")
    if metric.kind == "mean":
        remarks.append("The mean is over events (sum divided by their number) with the person as unit (delta method).")
    if within_us is not None:
        short = int(np.count_nonzero(people.since > run.window[1] - within_us))
        if short:
            remarks.append(f"For {short} of {len(people.since)} people the run ends before the window does.")
    else:
        remarks.append("Without a window, everything up to the run's end counts.")
    return tuple(remarks)
