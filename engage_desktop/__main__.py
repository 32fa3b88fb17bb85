"""The `engage` command: the window without arguments or for `open`, else the command line.

Stands above both, so that the command line never knows Qt.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run; returns the exit code (0 done, 1 the input is at fault, 2 wrong usage)."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] == "open":
        from engage_desktop.app.ending import ended

        return ended(lambda: _open(arguments[1:]))
    from engage_desktop.cli import run

    return run(arguments)


def _open(arguments: list[str]) -> int:
    if arguments[:1] in (["--help"], ["-h"]) or len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(
            "Usage: engage open [WORKSPACE or FILE]\n\nOpens the window; without a name, the sample workspace.\nExample: engage open my-workspace"
        )
        return 0 if arguments[0] in ("--help", "-h") else 2
    _need_qt()
    if not has_display():
        return _without_display(arguments)
    sys.excepthook = _tell  # what a slot of Qt raises ends up here
    from engage_desktop.ui.app import run

    return run(Path(arguments[0]) if arguments else None)


def _need_qt() -> None:
    """Raise UserError where Qt's shared libraries are not installed, with the line that mends it."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        from engage_desktop.domain.errors import UserError

        raise UserError(
            f"The window needs libraries that are not here ({error}). On Debian: "
            "apt-get install libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 fonts-dejavu-core"
        ) from error


def _tell(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """A sentence instead of a traceback, which goes to the file of faults."""
    from engage_desktop.app.ending import say
    from engage_desktop.app.faults import fault_sentence

    say(fault_sentence(error))


def has_display() -> bool:
    """Whether a window can be shown; Qt would end the process where it cannot."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _without_display(arguments: list[str]) -> int:
    """Say so, replay the sample headless, write the run and a picture of the window."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from engage_desktop.cli import replay_headless

    print("There is no display here, so the window cannot be shown; replaying the sample without it instead.")
    workspace = replay_headless(Path(arguments[0]) if arguments else None)
    from engage_desktop.ui.picture import picture

    print(f"Window   {picture(workspace, workspace / 'window.png')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
