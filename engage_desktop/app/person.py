"""Who works here, for approvals and the activity log."""

from __future__ import annotations


def current_user() -> str:
    """The name the system knows; empty where it knows none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
