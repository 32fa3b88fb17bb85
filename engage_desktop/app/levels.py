"""Users or accounts: whose ids and first instants an index of a definition's figures stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engage_desktop.domain.people import Level

if TYPE_CHECKING:
    from engage_desktop.events import EventStore


def ids_of(store: EventStore, level: Level) -> Sequence[str]:
    """The ids of all people, or of all accounts, by index."""
    return store.profile_ids if level == "user" else store.account_ids


def since_of(store: EventStore, level: Level) -> Any:
    """int64[n]: since when each of them exists."""
    return store.since if level == "user" else store.account_since
