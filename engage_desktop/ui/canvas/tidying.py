"""Where tidying puts cards, all or some, and where unfolding puts those that come into view. Qt-free and pure.

Only what is in view is laid out: a folded branch takes no room, and goes along with the card that hides it. What
comes into view again is laid out with the rest where all was tidy, else shifted clear of what stands there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from engage_desktop.document import ENTRY
from engage_desktop.document.wiring import retarget
from engage_desktop.domain.journey import Journey
from engage_desktop.ui.canvas.arrange import around
from engage_desktop.ui.canvas.folding import wires_of
from engage_desktop.ui.canvas.placing import Position, Size, clear_of, on_grid, overlaps, tidy

_MARGIN_PX = 16.0


def tidied(
    journey: Journey,
    places: Mapping[str, Position],
    sizes: Mapping[str, Size],
    keys: Collection[str] = (),
    gone: Collection[str] = (),
) -> dict[str, Position]:
    """The place of every card once all, or several chosen ones, are tidied: the entry, else their upper left corner,
    stays. `gone` are the cards behind folds."""
    seen = [key for key in places if key not in gone]
    chosen = [key for key in seen if key in keys] if len(keys) > 1 else seen
    ideal = tidy(_only(journey, chosen), {key: sizes[key] for key in chosen} | {ENTRY: sizes[ENTRY]})
    ideal = {key: ideal[key] for key in chosen}
    if len(chosen) == len(seen):
        corner, start = _grid(places[ENTRY]), ideal[ENTRY]
    else:
        corner, start = _corner(chosen, ideal, places, sizes, {key for key in seen if key not in ideal})
    made = {key: _grid(corner, (x - start[0], y - start[1])) for key, (x, y) in ideal.items()}
    return _along(journey, places, made, gone)


def unfolded(
    journey: Journey,
    places: Mapping[str, Position],
    sizes: Mapping[str, Size],
    before: Collection[str],
    after: Collection[str],
) -> dict[str, Position]:
    """The place of every card once those behind folds are `after`, no longer `before`: as they are, unless what comes
    into view would cover what is there."""
    fresh, seen = [key for key in before if key not in after], [key for key in places if key not in before]
    if not fresh or not _covers(fresh, places, seen, sizes):
        return dict(places)
    was_tidy = tidied(journey, places, sizes, gone=before)
    if all(was_tidy[key] == places[key] for key in seen):
        return tidied(journey, places, sizes, gone=after)
    ideal = tidy(_only(journey, fresh), {key: sizes[key] for key in [*fresh, ENTRY]})
    corner, start = _corner(fresh, {key: ideal[key] for key in fresh}, places, sizes, seen)
    made = {key: _grid(corner, (ideal[key][0] - start[0], ideal[key][1] - start[1])) for key in fresh}
    return _along(journey, places, made, after)


def _corner(
    keys: Iterable[str],
    ideal: Mapping[str, Position],
    places: Mapping[str, Position],
    sizes: Mapping[str, Size],
    rest: Iterable[str],
) -> tuple[Position, Position]:
    """Where the upper left corner of some cards comes to stand, clear of the rest, and where it is in the ideal."""
    old, new = around(keys, places, sizes), around(ideal, ideal, sizes)
    corner, start = _grid((old[0], old[1])), (new[0], new[1])
    moved = {key: (corner[0] + x - start[0], corner[1] + y - start[1]) for key, (x, y) in ideal.items()}
    others = {key: (places[key], sizes[key]) for key in rest}
    if _covers(moved, {**places, **moved}, others, sizes):
        corner = clear_of(corner, (new[2], new[3]), others)
    return corner, start


def _covers(
    keys: Iterable[str], places: Mapping[str, Position], others: Iterable[str], sizes: Mapping[str, Size]
) -> bool:
    """Whether some cards stand on others, or next to touching them."""
    chosen = list(keys)
    x, y, width, height = around(chosen, places, sizes)
    near = [key for key in others if overlaps((x, y), (width, height), places[key], sizes[key], _MARGIN_PX)]
    return any(
        overlaps(places[key], sizes[key], places[other], sizes[other], _MARGIN_PX) for key in chosen for other in near
    )


def _along(
    journey: Journey, places: Mapping[str, Position], made: Mapping[str, Position], gone: Collection[str]
) -> dict[str, Position]:
    """All places: cards behind folds go where the card went that leads to them."""
    found = {**places, **made}
    if gone:
        ways: dict[str, list[str]] = {}
        for ref, target in wires_of(journey).items():
            ways.setdefault(ref.step, []).append(target)
        waiting = [key for key in found if key not in gone]
        met = set(waiting)
        for key in waiting:  # grows on the way: the nearest in view comes first
            by = found[key][0] - places[key][0], found[key][1] - places[key][1]
            for target in ways.get(key, ()):
                if target not in met:
                    met.add(target)
                    waiting.append(target)
                    found[target] = places[target][0] + by[0], places[target][1] + by[1]
    return found


def _only(journey: Journey, keys: Collection[str]) -> Journey:
    """The journey of some cards, with the wires among them."""
    if len(keys) > len(journey.by_key):
        return journey
    kept = set(keys)
    steps = [step for step in journey.by_key.values() if step.key in kept]
    start = journey.start if ENTRY in kept and journey.start in kept else None
    cut = tuple(retarget(step, lambda target: target if target in kept else None) for step in steps)
    return journey.with_(steps=cut, start=start)


def _grid(corner: Position, offset: Position = (0.0, 0.0)) -> Position:
    """A place on the grid; from a corner on it, the same offsets give the same places again."""
    return on_grid(corner[0] + offset[0]), on_grid(corner[1] + offset[1])
