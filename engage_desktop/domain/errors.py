"""The exception tree.

    EngageError
    ├── UserError          shown to a person as it stands: what, where, how to mend
    │   ├── InputError     a file or log that cannot be used
    │   ├── DesignError    a campaign file that cannot run; carries its problems
    │   └── DeliveryError  a destination that refuses or cannot be reached
    └── Cancelled          the person stopped the work; nothing is wrong

Everything else that is raised is a bug. Invalid *designs* are not raised while they are
being edited: validation returns `Problem`s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engage_desktop.domain.problem import Problem


class EngageError(Exception):
    """Root of every error this package raises on purpose."""


class UserError(EngageError):
    """One clear sentence for a person: what happened, where, how to mend it."""


class InputError(UserError):
    """A file, folder or log cannot be used."""


class DesignError(UserError):
    """A design cannot run; `problems` names each step and field."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.is_error] or list(self.problems)
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0].sentence()}{more}" if errors else "The design cannot run.")


class DeliveryError(UserError):
    """A destination refused a call or could not be reached."""


class Cancelled(EngageError):
    """The work was stopped on request."""
