"""The one error of the query language: a sentence and the place a person would point at."""

from __future__ import annotations

from engage_desktop.domain.errors import UserError

VALUE_ALONE = "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists()."


class QueryError(UserError):
    """A text or tree that is no valid query; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def caret(self, text: str) -> str:
        """Return the faulty line of `text` with a caret under the fault."""
        lines = text.split("\n")
        shown = lines[self.line - 1] if self.line <= len(lines) else ""
        return f"{_flat(shown)}\n{' ' * (self.column - 1)}^"


def _flat(line: str) -> str:
    """Make every character one column wide, so that the caret stands right."""
    return "".join(character if character.isprintable() else " " for character in line)
