"""What a condition says and its author may not have meant, and what the original would not take (D-11).

All are warnings: here each text counts exactly as it is written.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator

from engage_desktop.document.sites import Site
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Duration,
    Expression,
    Literal,
    Not,
    Or,
    Reduce,
    Stream,
    Window,
)
from engage_desktop.domain.duration import UNIT_US
from engage_desktop.domain.problem import Problem

_SHORTEST_GAP_US, _LONGEST_GAP_US = 30 * UNIT_US["m"], 90 * UNIT_US["d"]
"""Of sessions of the original (CT-4)."""
_HISTORY_US = 1096 * UNIT_US["d"]
"""Three years, one of them a leap year (AU-16)."""
_MOST = {"traits": ("computed traits", 50), "audiences": ("audiences", 100)}
_Number = Callable[[float, float], bool]
_SYMBOLS: dict[str, _Number] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def lint_numbers(campaigns: Campaigns) -> Iterator[Problem]:
    """More definitions than the original takes."""
    for section, (words, most) in _MOST.items():
        number = len(getattr(campaigns, section))
        if number > most:
            says = f"There are {number} {words}; the original takes {most}."
            mend = "Delete those that nobody needs before you take the design there; here all of them count."
            yield Problem("warning", f"{section}_limit", section, says, mend)


def lint_condition(site: Site, tree: Expression) -> Iterator[Problem]:
    """Everything to say about one text."""
    yield from _limits(site, tree)
    yield from _funnels(site, tree)


def _limits(site: Site, tree: Expression) -> Iterator[Problem]:
    from engage_desktop.language import MAX_EXPRESSIONS, expression_count
    from engage_desktop.language.walk import nodes

    number = expression_count(tree)
    if number > MAX_EXPRESSIONS:
        says = f"There are {number} comparisons in one definition; the original takes {MAX_EXPRESSIONS}."
        mend = "Make some of them an audience of their own; here all of them count."
        yield Problem("warning", "expression_limit", site.path, says, mend)
    streams = [node for node, _ in nodes(tree) if isinstance(node, Stream)]
    gaps = [stream.session.us for stream in streams if stream.session is not None]
    if any(not _SHORTEST_GAP_US <= gap <= _LONGEST_GAP_US for gap in gaps):
        says = "The original takes sessions that 30 minutes to 90 days of silence end."
        yield Problem("warning", "session_gap", site.path, says, "Write a gap between these; here this one counts.")
    windows = [window for stream in streams for window in stream.windows if not window.parent]
    if any(_end(window).us > _HISTORY_US for window in windows):
        says = "The original sees the events of the last three years, seldom more."
        yield Problem("warning", "history_limit", site.path, says, "Write a shorter window; here all of it counts.")


# -- funnels ------------------------------------------------------------------------------


def _funnels(site: Site, tree: Expression) -> Iterator[Problem]:
    from engage_desktop.language.walk import nodes

    for parent, _ in nodes(tree):
        if not isinstance(parent, Stream) or parent.where is None:
            continue
        for item, denied in _comparisons(parent.where, False):
            for side in _sides(item):
                if not isinstance(side, Reduce):
                    continue
                if denied and _is_exact(item, side):
                    yield _negated_exact(site, parent, item, side.stream)
                wait = _wait(side.stream)
                if wait is not None and _may_cease(item, side, denied) and not _waits(parent, wait):
                    yield _holds_at_once(site, parent, side.stream, wait)


def _comparisons(condition: Condition, denied: bool) -> Iterator[tuple[Compare | CompareDate, bool]]:
    """The comparisons of one `where()`, each with whether an odd number of NOT stands before it."""
    match condition:
        case And(items) | Or(items):
            for item in items:
                yield from _comparisons(item, denied)
        case Not(item):
            yield from _comparisons(item, not denied)
        case Compare() | CompareDate():
            yield condition, denied
        case _:
            pass


def _sides(item: Compare | CompareDate) -> tuple[object, ...]:
    return (item.left, *item.values) if isinstance(item, Compare) else (item.left,)


def _wait(child: Stream) -> Duration | None:
    """How long after its parent a child still counts, None for ever."""
    return min((_end(window) for window in child.windows if window.parent), key=lambda end: end.us, default=None)


def _end(window: Window) -> Duration:
    return window.a if window.b is None else window.b


def _waits(parent: Stream, wait: Duration) -> bool:
    """Whether only parents count whose wait is over."""
    return any(window.b is not None and not window.parent and window.a.us >= wait.us for window in parent.windows)


def _may_cease(item: Compare | CompareDate, child: Reduce, denied: bool) -> bool:
    """Whether it holds with no event yet, and may no longer hold once some have come."""
    if child.kind not in ("count", "unique_count"):  # of nothing these are absent
        return denied != (isinstance(item, Compare) and item.op in ("absent", "omits"))
    compared = _compared(item, child)
    if compared is None:
        return False
    holds, number = compared
    later = (1, math.ceil(number), math.ceil(number) + 1)
    return holds(0, number) != denied and any(holds(count, number) == denied for count in later if count > 0)


def _compared(item: Compare | CompareDate, child: Reduce) -> tuple[_Number, float] | None:
    """How a count is compared with what number; None where it is something else."""
    if not isinstance(item, Compare) or item.op not in _SYMBOLS:
        return None
    (value,) = item.values
    other, op = (value, item.op) if item.left is child else (item.left, _TURNED.get(item.op, item.op))
    if not isinstance(other, Literal) or isinstance(other.value, bool):
        return None
    try:
        number = float(other.value)
    except ValueError:
        return None
    return (_SYMBOLS[op], number) if math.isfinite(number) else None


def _is_exact(item: Compare | CompareDate, child: Reduce) -> bool:
    if child.kind != "count" or not isinstance(item, Compare) or item.op != "=":
        return False
    compared = _compared(item, child)
    return compared is not None and compared[1] != 0


def _negated_exact(site: Site, parent: Stream, item: Compare | CompareDate, child: Stream) -> Problem:
    """AMB-10, AU-21."""
    from engage_desktop.language import phrase

    says = (
        f"Whoever after {parent.event} “{phrase(Not(item))}” may have done it more often: "
        f"only that very number of {child.event} is left out."
    )
    mend = f"To leave out everybody who did it, compare the count of {child.event} with >= 1 inside NOT."
    return Problem("warning", "negated_exact", site.path, says, mend)


def _holds_at_once(site: Site, parent: Stream, child: Stream, wait: Duration) -> Problem:
    """D-10."""
    from engage_desktop.language.printer import duration_text

    says = (
        f"This holds from {parent.event} on, before its wait of {duration_text(wait)} is over, "
        f"and ends when {child.event} comes."
    )
    own = next((window for window in parent.windows if window.b is None and not window.parent), None)
    far = own.a if own is not None and own.a.us > wait.us else Duration(30, "day")
    if far.us <= wait.us:
        far = Duration(2 * wait.amount, wait.unit)
    instead = "" if own is None else f" in place of .within({duration_text(own.a)})"
    mend = (
        f"To count only those whose wait is over, give event('{parent.event}') "
        f".between({duration_text(wait)}, {duration_text(far)}){instead}; leave it to act at once."
    )
    return Problem("warning", "holds_at_once", site.path, says, mend)
