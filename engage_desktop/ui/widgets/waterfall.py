"""Where people are lost: one bar a condition, over all people."""

from __future__ import annotations

from engage_desktop.app.protocol import WaterfallRow
from engage_desktop.ui import formats
from engage_desktop.ui.widgets.bars import Bar, Bars


class Waterfall(Bars):
    """The first row stands for all people."""

    def __init__(self) -> None:
        super().__init__("audience.waterfall", "Where people are lost")

    def set_rows(self, people: int, rows: tuple[WaterfallRow, ...]) -> None:
        self.set_bars(people, tuple(map(_bar, rows)))


def _bar(row: WaterfallRow) -> Bar:
    figure = formats.number(row.kept) + (f"  −{formats.number(row.lost)}" if row.lost else "")
    return Bar(row.phrase, row.kept, figure, f"{row.phrase}: keeps {row.kept}, loses {row.lost}")
