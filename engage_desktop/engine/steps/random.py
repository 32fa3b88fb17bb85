"""`random`: a keyed draw decides the branch (D-19)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from engage_desktop.domain.step import RandomSplit
from engage_desktop.engine.draw import entry_key_hashes, uniforms
from engage_desktop.engine.steps.base import Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class RandomStep:
    journey_key: str
    step_key: str
    edges: tuple[float, ...]
    """Upper bounds of u for every branch but the last, which takes the rest."""
    holdouts: tuple[int, ...]
    sticky: bool
    identifier: tuple[str, ...] | None = None
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        varying = [view.profile_hashes.of(tokens.profile)]
        if not self.sticky:
            values = None
            if self.identifier is not None:
                texts = view.identifiers(self.identifier).texts
                values = [texts[code] for code in tokens.identifier.tolist()]
            varying.append(entry_key_hashes(tokens.entered_at, values))
        u = uniforms(view.seed, (self.journey_key, self.step_key), *varying)
        output = np.searchsorted(np.array(self.edges), u, "right").astype(np.int8)
        on_holdout = np.isin(output, self.holdouts) if self.holdouts else None
        return Departures(output, on_holdout=on_holdout)


def compile_random(step: RandomSplit, compiler: StepCompiler) -> RandomStep:
    sums = list(accumulate(branch.percent for branch in step.branches))
    holdouts = tuple(index for index, branch in enumerate(step.branches) if branch.role == "holdout")
    edges = tuple(total / 100 for total in sums[:-1])
    context = compiler.context
    return RandomStep(context.journey_key, step.key, edges, holdouts, step.sticky, context.identifier)
