"""The destination types this version delivers to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engage_desktop.delivery.destinations.base import Destination, TemporaryFailure, Unavailable
from engage_desktop.delivery.destinations.file import FileDestination
from engage_desktop.delivery.destinations.sql import SqlDestination
from engage_desktop.delivery.destinations.webhook import WebhookDestination
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.domain.message import Destination as DestinationSettings

DESTINATION_TYPES: dict[str, Callable[[str, dict[str, Any], Path], Destination]] = {
    "file": FileDestination,
    "sql": SqlDestination,
    "webhook": WebhookDestination,
}


def open_destination(settings: DestinationSettings, base: Path) -> Destination:
    """The destination of a design; relative paths in its settings start at `base`, the workspace."""
    found = DESTINATION_TYPES.get(settings.type)
    if found is None:
        raise DeliveryError(
            f"destinations.{settings.key}.type: {settings.type!r} is unknown. Use one of: {', '.join(sorted(DESTINATION_TYPES))}."
        )
    return found(settings.key, settings.settings, base)


__all__ = ["DESTINATION_TYPES", "Destination", "TemporaryFailure", "Unavailable", "open_destination"]
