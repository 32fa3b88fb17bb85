"""Faults of the program itself: the traceback goes to a file, a sentence to the person."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of the file before it makes way for a new one; one older file is kept."""


def fault_file() -> Path:
    """Where faults are written down: the person's own log folder, or where that is not to be had a temporary one."""
    from platformdirs import user_log_path

    for folder in (user_log_path("engage-desktop", appauthor=False), Path(tempfile.gettempdir())):
        path = folder / "engage-desktop-faults.log"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8"):
                return path
    return Path(tempfile.gettempdir()) / "engage-desktop-faults.log"


def keep_faults() -> Path:
    """Send what the program logs to the file, never to the terminal; returns the file."""
    from logging.handlers import RotatingFileHandler

    logger = logging.getLogger("engage_desktop")
    for handler in logger.handlers:
        if isinstance(handler, RotatingFileHandler):
            return Path(handler.baseFilename)
    path = fault_file()
    logger.propagate = False
    handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.handleError = lambda record: None  # type: ignore[method-assign]  # a full disk must not add a traceback
    logger.addHandler(handler)
    return path


def fault_sentence(error: BaseException) -> str:
    """Write the fault down and say so in a sentence."""
    path = keep_faults()
    logging.getLogger("engage_desktop").error("a fault of the program", exc_info=error)
    return (
        f"Something went wrong inside the program ({type(error).__name__}); that is its fault, not yours. "
        f"The details are in {path}: please report them."
    )
