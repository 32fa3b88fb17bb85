"""What a destination type is: settings it understands and a way to send a batch of calls.

A new type is one file with a class that has `batch_size` and these three methods, and a
line in the registry beside it (`docs/adding-a-destination.md`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol

from engage_desktop.domain.errors import DeliveryError
from engage_desktop.store import Call


class TemporaryFailure(DeliveryError):
    """The destination may take the call later; it is tried again with back-off.
    `retry_after_s` is what the destination asked for, else None."""

    def __init__(self, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Unavailable(TemporaryFailure):
    """Nothing gets through to the destination at the moment, whichever call is sent: nobody answers, the disk is full.
    A few of these in a row end the sync; the calls stay in the outbox."""


class Destination(Protocol):
    """Sends calls; `send` returns only when the destination has taken all of them, and may be
    given the same call twice after a crash: a call is known by its message id."""

    batch_size: int

    def check(self) -> None:
        """Raise DeliveryError when the settings cannot work or nobody answers."""

    def send(self, calls: Sequence[Call]) -> None:
        """Raise TemporaryFailure to be tried again, DeliveryError when trying again is useless."""

    def close(self) -> None: ...


def setting(settings: dict[str, Any], name: str, key: str, default: str | None = None) -> str:
    """A text setting; `env:NAME` reads it from the environment, so that no secret stands in a file."""
    value = settings.get(name, default)
    if not isinstance(value, str) or not value:
        raise DeliveryError(
            f"destinations.{key}.settings: '{name}' is missing. Give it as text, or as env:NAME for a secret."
        )
    if "\0" in value:
        raise DeliveryError(f"destinations.{key}.settings.{name}: it holds a NUL character. Write it without.")
    if value.startswith("env:"):
        found = os.environ.get(value[4:])
        if found is None:
            raise DeliveryError(
                f"destinations.{key}.settings.{name}: the environment has no variable {value[4:]}. Set it and try again."
            )
        return found
    return value


def number(settings: dict[str, Any], name: str, key: str, default: float) -> float:
    """A setting that is a number above 0."""
    value = settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        raise DeliveryError(
            f"destinations.{key}.settings.{name}: {value!r} is no number above 0. Write one such as {default:g}."
        )
    return value
