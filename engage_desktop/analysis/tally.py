"""How many of some instants have come by a given one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Tally:
    """Instants in any order. The first question takes one pass over them, as after an edit, when nothing may be asked
    twice; with the second they are sorted, and from then on each is a search of a few microseconds."""

    def __init__(self, instants: NDArray[np.int64]) -> None:
        self._instants = instants
        self._asked = self._sorted = False

    def upto(self, at_us: int) -> int:
        """How many of them are <= at_us."""
        if not self._asked:
            self._asked = True
            return int(np.count_nonzero(self._instants <= at_us))
        if not self._sorted:
            self._instants, self._sorted = np.sort(self._instants), True
        return int(np.searchsorted(self._instants, at_us, side="right"))
