"""Which rows of steps and exits a destination is told of, and when: consent (SB-10) and the minimum of a list (D-38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.step import Ad

if TYPE_CHECKING:
    from engage_desktop.delivery.consent import Consent
    from engage_desktop.engine import Run

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Told:
    """Of each row of `run.deliveries`: whether it is told, when it is due, whether that rests on an assumption."""

    keep: Mask
    due_at: NDArray[np.int64]
    assumed: Mask


def told_rows(run: Run, consent: Consent) -> Told:
    """A row about somebody who does not agree then is not told; additions to a list wait until it has its minimum, and
    who was not put on it is not taken off it."""
    from engage_desktop.engine import KINDS

    table = run.deliveries
    due_at, assumed = table["changed_at"].copy(), table["kind"] != KINDS.index("observed")
    agreed = _agreed(run, consent)
    keep = agreed.copy()
    for campaign, journey in enumerate(run.plan.campaigns.journeys):
        for place, step in enumerate(journey.steps):
            destination = run.plan.campaigns.destination(step.destination) if isinstance(step, Ad) else None
            if destination is None or not ((destination.minimum or 0) > 1 or destination.consent_category):
                continue
            mine = np.flatnonzero((table["campaign"] == campaign) & (table["step"] == place))
            least = destination.minimum or 0
            keep[mine], due_at[mine] = _on_list(run, mine, agreed[mine], least, consent.n_people)
            # Rows that are told because of assumed ones alone rest on an assumption themselves (D-27).
            plain = mine[~assumed[mine]]
            assumed[plain] = ~_on_list(run, plain, agreed[plain], least, consent.n_people)[0]
    return Told(keep, due_at, assumed)


def _agreed(run: Run, consent: Consent) -> Mask:
    """Whether a row is about somebody who agrees at its instant, or takes somebody off a list."""
    from engage_desktop.engine import CHANGES, sender

    table = run.deliveries
    found = np.ones(len(table["change"]), np.bool_)
    for campaign, journey in enumerate(run.plan.campaigns.journeys):
        for place in range(-len(journey.exits), len(journey.steps)):
            told = sender(journey, place)[1]
            if told is None or consent.to(told) is None:
                continue
            mine = np.flatnonzero((table["campaign"] == campaign) & (table["step"] == place))
            found[mine] = table["change"][mine] == CHANGES.index("removed")
            found[mine] |= consent.agree(told, table["profile"][mine], table["changed_at"][mine])
    return found


def _on_list(
    run: Run, rows: NDArray[np.intp], agreed: Mask, minimum: int, n_people: int
) -> tuple[Mask, NDArray[np.int64]]:
    """Of the rows of one `ad` step: which are told, and when they are due. On the list is whose last row adds them."""
    from engage_desktop.engine import CHANGES, NEVER

    table = run.deliveries
    profile, changed_at = table["profile"][rows], table["changed_at"][rows]
    adds = table["change"][rows] == CHANGES.index("added")
    due_at, keep = changed_at.copy(), agreed & adds
    if minimum > 1:
        reached = _reached(profile[agreed], changed_at[agreed], adds[agreed], minimum, n_people)
        due_at[agreed] = np.where(adds[agreed], reached, changed_at[agreed])
        keep &= due_at != NEVER
        due_at[~keep] = changed_at[~keep]
    first = np.full(n_people, NEVER, np.int64)
    np.minimum.at(first, profile[keep], due_at[keep])
    return keep | (~adds & (first[profile] <= changed_at)), due_at


def _reached(
    profile: NDArray[np.int32], changed_at: NDArray[np.int64], adds: Mask, minimum: int, n_people: int
) -> NDArray[np.int64]:
    """The first instant at or after each row at which the list has `minimum` people, NEVER where the person is off it by
    then."""
    from engage_desktop.engine import NEVER
    from engage_desktop.engine.arrays import upper_bound
    from engage_desktop.engine.delivered import first_told
    from engage_desktop.engine.switched import switched

    order = np.lexsort((changed_at, profile))  # stable: of one instant in the order of the table
    stays = switched(profile[order], changed_at[order], adds[order], n_people)
    if not len(stays):
        return np.full(len(profile), NEVER, np.int64)
    told = first_told(stays.start, stays.end, changed_at, minimum)
    low = stays.offsets[profile]
    place = upper_bound(stays.start, low, stays.offsets[profile.astype(np.int64) + 1], changed_at) - 1
    inside = (place >= low) & (stays.end[np.maximum(place, 0)] > told)
    return np.where(inside, told, NEVER)
