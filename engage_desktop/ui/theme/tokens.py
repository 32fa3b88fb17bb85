"""The design tokens as data: one table a mode, from `resources/tokens.json`. Knows no widget."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from engage_desktop.ui.theme.resources import resource_path


class ThemeMode(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one mode as `#RRGGBB` by role, and the measures all modes share (pixels, milliseconds)."""

    mode: ThemeMode
    colors: dict[str, str]
    family: str
    mono: str
    base_px: int
    small_px: int
    title_px: int
    space_px: tuple[int, ...]
    radius_px: dict[str, int]
    motion_ms: dict[str, int]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(resource_path("tokens.json").read_text(encoding="utf-8"))
    return table


@cache
def load_tokens(mode: ThemeMode) -> Tokens:
    """The tokens of `mode`."""
    table = _table()
    font = table["font"]
    return Tokens(
        mode=mode,
        colors=dict(table[mode.value]),
        family=font["family"],
        mono=font["mono"],
        base_px=font["base_px"],
        small_px=font["small_px"],
        title_px=font["title_px"],
        space_px=tuple(table["space_px"]),
        radius_px=dict(table["radius_px"]),
        motion_ms=dict(table["motion_ms"]),
    )


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""

    def luminance(text: str) -> float:
        channels = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
