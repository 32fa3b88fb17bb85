"""Where the bundled files lie: fonts, icons, tokens, templates."""

from __future__ import annotations

import sys
from pathlib import Path


def resource_root() -> Path:
    """The `resources` folder: inside a PyInstaller bundle, else beside the package in the source tree."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "resources"
    return Path(__file__).resolve().parents[3] / "resources"


def resource_path(name: str) -> Path:
    """The path of one bundled file, `name` with forward slashes from the `resources` folder."""
    return resource_root().joinpath(*name.split("/"))
