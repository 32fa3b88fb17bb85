"""How a command ends: an exit code and at most a sentence, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO

from engage_desktop.domain.errors import Cancelled, DesignError, UserError

SHOWN_PROBLEMS = 20


def ended(work: Callable[[], int]) -> int:
    """Do the work; whatever ends it becomes a sentence on stderr and the exit code (1 unless the work says another)."""
    _say_everything()
    try:
        code = work()
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:  # who read us has enough, as in `engage audience ... | head -1`
        _drop_output()
        return 1
    except (Cancelled, KeyboardInterrupt):
        say("Stopped, as you asked.")
    except UserError as error:
        say(sentence(error))
    except MemoryError:
        say("There is not enough memory for this. Close other programs, or use a shorter log.")
    except OSError as error:
        _drop_output()
        say(system_sentence(error))
    except Exception as error:
        from engage_desktop.app.faults import fault_sentence

        say(fault_sentence(error))
    return 1


def say(text: str) -> None:
    """Print to stderr where there is one that takes it."""
    if sys.stderr is None:
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _to_nowhere(sys.stderr)


def sentence(error: UserError) -> str:
    """What a person reads about an error; of a design one line a problem."""
    if not isinstance(error, DesignError):
        return str(error)
    errors = [problem for problem in error.problems if problem.is_error] or list(error.problems)
    lines = [problem.sentence() for problem in errors[:SHOWN_PROBLEMS]]
    if len(errors) > SHOWN_PROBLEMS:
        lines.append(f"... and {len(errors) - SHOWN_PROBLEMS:,} more; engage validate lists them all.")
    return "\n".join(lines)


def system_sentence(error: OSError) -> str:
    """What the operating system refused, and where."""
    place = error.filename if error.filename is not None else "The output"
    return f"{place}: {error.strerror or error}. Check the path, its permissions and the free space."


def _say_everything() -> None:
    """Text that the terminal's encoding lacks is written in escapes instead of failing; a pipe gets UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace", **({} if stream.isatty() else {"encoding": "utf-8"}))


def _drop_output() -> None:
    """Forget what is still buffered for stdout, or the interpreter would fail on it once more at its end."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        _to_nowhere(sys.stdout)


def _to_nowhere(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
