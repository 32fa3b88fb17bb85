"""What every step has."""

from __future__ import annotations

from engage_desktop.domain.base import Key, Model


class StepBase(Model):
    key: Key
    type: str
    name: str | None = None
    next: Key | None = None
