"""What is wrong with a design, where, and how to mend it (D-36)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend that can be made for somebody: `name` is what the button and the step of history say, `how` the edit
    (`document.fixes`), `values` what it needs beside the design."""

    name: str
    how: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `path` is a dotted path in the campaign file by keys, for example
    `journeys.cart_rescue.steps.coin.branches`; `mend` says in one sentence what to do."""

    severity: Severity
    code: str
    path: str
    message: str
    mend: str = ""
    fix: Fix | None = None
    """Only where somebody proved that it takes away this problem and nothing else."""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def sentence(self) -> str:
        """Where, what and how to mend, on one line."""
        where = f"{self.path}: " if self.path else ""
        mend = f" {self.mend}" if self.mend else ""
        return f"{where}{self.message}{mend}"
