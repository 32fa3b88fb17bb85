"""The campaign file and its layout companion: text to models and back.

Saving what was loaded yields the same bytes when the text was canonical. What is wrong with a
text comes back as problems, never as an exception; files that cannot be read or written raise.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from engage_desktop.document.atomic import write_text
from engage_desktop.document.canonical import to_data, to_text
from engage_desktop.document.reading import read_model
from engage_desktop.domain.campaigns import CAMPAIGNS_FORMAT, LAYOUT_FORMAT, Campaigns, Layout
from engage_desktop.domain.errors import InputError
from engage_desktop.domain.problem import Problem


def loads(text: str) -> tuple[Campaigns | None, tuple[Problem, ...]]:
    """Campaigns of a text, or None and what is wrong with it."""
    return read_model(text, Campaigns, CAMPAIGNS_FORMAT, "campaign file")


def dumps(campaigns: Campaigns) -> str:
    """The canonical text of campaigns."""
    return to_text(to_data(campaigns))


def load(path: Path | str) -> tuple[Campaigns | None, tuple[Problem, ...]]:
    """Read a campaign file; raises InputError when there is no readable text."""
    return loads(read_text(Path(path)))


def save(campaigns: Campaigns, path: Path | str) -> None:
    """Write the canonical text whole or not at all; raises UserError."""
    write_text(Path(path), dumps(campaigns))


def content_hash(campaigns: Campaigns) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(dumps(campaigns).encode()).hexdigest()


def loads_layout(text: str) -> tuple[Layout | None, tuple[Problem, ...]]:
    """Layout of a text, or None and what is wrong with it."""
    return read_model(text, Layout, LAYOUT_FORMAT, "layout file")


def dumps_layout(layout: Layout) -> str:
    """The canonical text of a layout."""
    return to_text(to_data(layout))


def save_layout(layout: Layout, path: Path | str) -> None:
    """Write the layout whole or not at all; raises UserError."""
    write_text(Path(path), dumps_layout(layout))


def read_text(path: Path) -> str:
    """The UTF-8 text of a file; raises InputError with a sentence."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}. Check the name and the folder.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder. Name the campaign file inside it.") from None
    except PermissionError:
        if path.is_dir():  # Windows refuses to read a folder this way
            raise InputError(f"{path} is a folder. Name the campaign file inside it.") from None
        raise InputError(f"{path} may not be read. Allow reading it or choose another file.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text (byte {error.start} does not fit). Save it as UTF-8 or choose another file."
        ) from None
    except OSError as error:
        raise InputError(f"{path} could not be read: {error.strerror or error}. Check the file and its disk.") from None
