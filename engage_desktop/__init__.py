"""Engage Desktop: design customer journeys and audiences, prove them on a real log.

import engage_desktop
engage_desktop.simulate("campaigns.json", ["log.jsonl"], "run")
tables = engage_desktop.open_run("run")
"""

from __future__ import annotations

from typing import Any

from engage_desktop.domain.version import VERSION as __version__

__all__ = ["__version__", "open_run", "simulate"]


def __getattr__(name: str) -> Any:
    # Lazy: importing a submodule must not load what these need.
    if name in ("open_run", "simulate"):
        from engage_desktop import api

        return getattr(api, name)
    raise AttributeError(f"module 'engage_desktop' has no attribute {name!r}")
