"""Why a mutant of the sample survives: it is the same program, or only slower."""

from __future__ import annotations

REASONS: dict[str, str] = {}
