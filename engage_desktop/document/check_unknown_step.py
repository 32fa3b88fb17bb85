"""What a step of a newer version is told: its type, or the fields that are not known here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from pydantic import ValidationError

from engage_desktop.document.reading import problems_of
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import STEP_TYPES
from engage_desktop.domain.unknown_step import UnknownStep


def check_unknown_step(step: UnknownStep, path: str) -> Iterator[Problem]:
    """Errors: a journey with such a step cannot run."""
    model = STEP_TYPES.get(step.type)
    if model is None:
        message = f"There is no step type {step.type!r} in this version, so the journey cannot run."
        mend = f"Open it in a newer version, replace the step, or use one of: {', '.join(STEP_TYPES)}."
        yield Problem("error", "step_type", f"{path}.type", message, mend)
        return
    try:
        model.model_validate_json(json.dumps(step.written))
    except ValidationError as error:
        for problem in problems_of(error, step.written):
            yield replace(problem, path=f"{path}.{problem.path}", mend=f"{problem.mend} A newer version may know it.")


def unknown_parts(step: UnknownStep) -> tuple[str, ...]:
    """The paths of fields in it that this version does not know; none where its type is not known."""
    if step.type not in STEP_TYPES:
        return ()
    return tuple(problem.path.removeprefix(".") for problem in check_unknown_step(step, ""))
