"""What a card and a wire say: every painted text, as data. Painting adds nothing to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import CATEGORY, End, Fork, Output, SendMessage, StepBase
from engage_desktop.ui.canvas import catalogue, words
from engage_desktop.ui.formats import number, share

if TYPE_CHECKING:
    from engage_desktop.app.protocol import JourneyFigures, StepFigures

NO_FIGURE = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it counts, and the same number short for tight places. `assumed`: it rests
    on an assumption of the workspace, which its label says too (D-27)."""

    label: str
    text: str
    short: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class CardContent:
    """All that is painted on a card. `role` names the colour tokens `role` and `role_soft`;
    `severity` is of the worst problem, else empty."""

    key: str
    role: str
    icon: str
    title: str
    line: str
    figures: tuple[Figure, Figure]
    current: bool = False
    severity: str = ""
    problems: tuple[str, ...] = ()

    def spoken(self) -> str:
        """The card as one sentence for a screen reader."""
        figures = ", ".join(f"{figure.label} {figure.text}" for figure in self.figures if figure.text != NO_FIGURE)
        stale = "" if self.current or not figures else " (being counted again)"
        problems = f". {len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}" if self.problems else ""
        return f"{self.title}. {self.line}{'. ' + figures if figures else ''}{stale}{problems}"


@dataclass(frozen=True, slots=True)
class WireContent:
    """All that is painted on a wire; `share` of those who entered, 0 to 1, sets its width."""

    label: str
    count: str
    share: float | None
    holdout: bool = False
    loop: bool = False
    current: bool = False


def short_number(value: int) -> str:
    """`1.23 M`, `45.6 k`; small numbers whole."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (10_000, "k")):
        if value >= size:
            return f"{value / (1000 if unit == 'k' else size):.3g} {unit}"
    return number(value)


def _figure(label: str, value: int | None) -> Figure:
    if value is None:
        return Figure(label, NO_FIGURE, NO_FIGURE)
    return Figure(label, number(value), short_number(value))


def _share(part: int | None, whole: int | None) -> Figure:
    text = share(part, whole) if part is not None and whole else NO_FIGURE
    return Figure("of entered", text, text)


def step_figures(step: StepBase, figures: StepFigures | None, entered: int | None) -> tuple[Figure, Figure]:
    """The two figures of a step's card, by its kind; the first says when it rests on an assumption."""
    first, second = _observed_figures(step, figures, entered)
    if figures is not None and figures.assumed:
        first = replace(first, label=f"{first.label}, assumed", assumed=True)
    return first, second


def _observed_figures(step: StepBase, figures: StepFigures | None, entered: int | None) -> tuple[Figure, Figure]:
    if isinstance(step, SendMessage):
        return (
            _figure("sent", figures.sent if figures else None),
            _figure("not sent", figures.not_sent if figures else None),
        )
    if isinstance(step, End):
        ended = figures.ended if figures else None
        return _figure("ended", ended), _share(ended, entered)
    if CATEGORY.get(step.type) == "timing":
        return (
            _figure("through", figures.left if figures else None),
            _figure("inside", figures.inside if figures else None),
        )
    arrived = figures.arrived if figures else None
    if isinstance(step, Fork):  # it holds whoever still waits for one of its branches
        return _figure("through", arrived), _figure("inside", figures.inside if figures else None)
    return _figure("through", arrived), _share(arrived, entered)


def _trouble(problems: Sequence[Problem]) -> tuple[str, tuple[str, ...]]:
    if not problems:
        return "", ()
    rank = {"error": 0, "warning": 1, "info": 2}
    ordered = sorted(problems, key=lambda problem: rank[problem.severity])
    return ordered[0].severity, tuple(f"{p.message} {p.mend}".strip() for p in ordered)


def card_content(
    step: StepBase,
    figures: StepFigures | None,
    *,
    entered: int | None = None,
    campaigns: Campaigns | None = None,
    current: bool = False,
    problems: Sequence[Problem] = (),
    holdout: bool = False,
) -> CardContent:
    """The texts of a step's card. `holdout` marks an end that only a holdout branch reaches."""
    severity, texts = _trouble(problems)
    role = "holdout" if holdout else CATEGORY.get(step.type, "end")
    named = step.name or (isinstance(step, End) and step.outcome)
    return CardContent(
        key=step.key,
        role=role,
        icon="shield" if holdout else catalogue.step_icon(step, campaigns),
        title="Holdout" if holdout and not named else words.step_title(step, campaigns),
        line="No message, measured" if holdout else words.step_words(step, campaigns),
        figures=step_figures(step, figures, entered),
        current=current,
        severity=severity,
        problems=texts,
    )


def entry_content(
    journey: Journey,
    figures: JourneyFigures | None,
    *,
    key: str,
    campaigns: Campaigns | None = None,
    current: bool = False,
    problems: Sequence[Problem] = (),
) -> CardContent:
    """The texts of the entry card."""
    severity, texts = _trouble(problems)
    return CardContent(
        key=key,
        role="entry",
        icon=catalogue.entry_icon(journey),
        title=words.entry_title(journey, campaigns),
        line=words.entry_words(journey, campaigns),
        figures=(
            _figure("entered", figures.entered if figures else None),
            _figure("people", figures.people if figures else None),
        ),
        current=current,
        severity=severity,
        problems=texts,
    )


def wire_content(
    step: StepBase | None,
    output: Output,
    count: int | None,
    entered: int | None,
    *,
    current: bool = False,
    folded: int = 0,
) -> WireContent:
    """The texts of a wire; `step` is None for the wire that leaves the entry. `folded`: how many steps it hides."""
    label = words.output_words(step, output) if step is not None else ""
    if folded:
        label = f"{label} · {folded} folded" if label else f"{folded} folded"
    return WireContent(
        label=label,
        count=number(count) if count is not None else "",
        share=min(1.0, count / entered) if count is not None and entered else None,
        holdout=step is not None and words.is_holdout(step, output.branch),
        loop=output.loop,
        current=current,
    )
