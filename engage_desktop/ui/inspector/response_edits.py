"""Edits of a model of responses as pure functions. Qt-free.

`by` is the place of an audience's row in the model, None for the model itself.
"""

from __future__ import annotations

from typing import Any, Literal

from engage_desktop.domain.response import Responses, ResponsesBy, Spread, Stage, StageName, given_stages

StageKind = Literal["none", "range", "counted"]
AfterKind = Literal["once", "fixed", "between", "most"]
TITLES: dict[StageName, str] = {
    "delivered": "Delivered",
    "opened": "Opened",
    "clicked": "Clicked",
    "converted": "Converted",
}
_LIKELY: dict[StageName, float] = {"delivered": 0.98, "opened": 0.3, "clicked": 0.1, "converted": 0.02}
"""What a new response begins with, to be typed over; nothing is claimed by it."""


def stage_of(model: Responses, by: int | None, name: StageName) -> Stage | None:
    found: Stage | None = getattr(model if by is None else model.by[by], name)
    return found


def set_stage(model: Responses, by: int | None, name: StageName, stage: Stage | None) -> Responses:
    if by is None:
        return model.with_(**{name: stage})
    rows = list(model.by)
    rows[by] = rows[by].with_(**{name: stage})
    return model.with_(by=tuple(rows))


def stage_kind(stage: Stage | None) -> StageKind:
    if stage is None:
        return "none"
    return "counted" if stage.successes is not None or stage.trials is not None else "range"


def as_stage(name: StageName, kind: StageKind, before: Stage | None, event: str) -> Stage | None:
    """A response of another kind; delay and event stay, and a count becomes the share it says."""
    if kind == "none":
        return None
    kept: dict[str, Any] = {"after": before.after if before else None, "event": before.event if before else None}
    if name == "converted" and not kept["event"]:
        kept["event"] = event
    kept = {field: value for field, value in kept.items() if value is not None}
    if kind == "range":
        likely: float = _LIKELY[name]
        if before is not None and before.trials and before.successes is not None:
            likely = round(before.successes / before.trials, 4)
        return Stage(likely=likely, **kept)
    likely = before.likely if before is not None and before.likely is not None else _LIKELY[name]
    return Stage(successes=round(likely * 100), trials=100, **kept)


def after_kind(stage: Stage) -> AfterKind:
    if stage.after is None:
        return "once"
    if isinstance(stage.after, str):
        return "fixed"
    return "between" if stage.after.from_ is not None or stage.after.to is not None else "most"


def as_after(stage: Stage, kind: AfterKind) -> Stage:
    """Another kind of delay, with times to begin with."""
    first: dict[AfterKind, str | Spread | None] = {
        "once": None,
        "fixed": "1h",
        "between": Spread.model_validate({"from": "0h", "to": "1d"}),
        "most": Spread(p50="2h", p90="1d"),
    }
    return stage.with_(after=first[kind])


def add_row(model: Responses, audience: str) -> Responses:
    """A row for an audience that begins with one response as everybody's, so that something stands to be changed."""
    first: tuple[StageName, Stage] = ("opened", Stage(likely=_LIKELY["opened"]))
    name, stage = next(iter(given_stages(model).items()), first)
    return model.with_(by=(*model.by, ResponsesBy.model_validate({"audience": audience, name: stage})))


def remove_row(model: Responses, by: int) -> Responses:
    return model.with_(by=(*model.by[:by], *model.by[by + 1 :]))


def set_row_audience(model: Responses, by: int, audience: str) -> Responses:
    rows = list(model.by)
    rows[by] = rows[by].with_(audience=audience)
    return model.with_(by=tuple(rows))
