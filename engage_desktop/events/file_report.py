"""What an import found one file to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileReport:
    """`dialect` says in words how the file was read, such as `semicolons, decimal comma, day-first dates,
    UTF-16`. `read` counts its records, `rejected` those refused while reading it."""

    file: str
    format: str
    dialect: str
    read: int
    rejected: int
