"""Numbers as text: reading, and the shortest form (D-40, D-44)."""

from __future__ import annotations

import math
import re

FULLY_NUMERIC = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_EXACT = 1e21
"""Whole numbers below this are written digit by digit, as JSON writers do."""


def read_number(text: str) -> int | float | None:
    """Return the number of a fully numeric text, whole ones as int; None when it overflows."""
    value = float(text)
    if math.isinf(value):
        return None
    if abs(value) < _EXACT:
        digits = text.lstrip("+-").lstrip("0") or "0"
        if digits.isdigit():
            return -int(digits) if text.startswith("-") else int(digits)
        return normal(value)
    return value


def normal(value: int | float) -> int | float:
    """Return the one representation of a number: int when whole and below 1e21, else float."""
    if isinstance(value, int):
        return value if abs(value) < _EXACT else float(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def number_text(value: int | float) -> str:
    """Return the shortest text of a finite number (5.0 -> 5, 1e+22 -> 1e22)."""
    value = normal(value)
    if isinstance(value, int):
        return str(value)
    digits, mark, exponent = repr(value).partition("e")
    return f"{digits}e{int(exponent)}" if mark else digits
