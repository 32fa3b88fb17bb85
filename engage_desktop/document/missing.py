"""What a design still names although it is gone - audiences, messages, destinations - and the two ways to mend that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from engage_desktop.document.change import LISTS, Change, Edit, Kind
from engage_desktop.document.document import Document
from engage_desktop.document.fixes import at_path, fix_change, setting
from engage_desktop.document.rewriting import rename_audience
from engage_desktop.domain.base import Model
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.message import Destination, Message
from engage_desktop.domain.people import Audience
from engage_desktop.domain.problem import Problem

Named = Literal["audience", "message", "destination"]
_SAID = re.compile(r"There is no (audience|message|destination) '(.*)'\.")
_TEXTS = ("definition", "condition", "where")


class Missing(NamedTuple):
    """One thing that is gone and the paths that name it."""

    kind: Named
    key: str
    paths: tuple[str, ...]


def missing(problems: Iterable[Problem]) -> tuple[Missing, ...]:
    """What the problems say is not there, each thing once."""
    found: dict[tuple[Named, str], list[str]] = {}
    for problem in problems:
        said = _SAID.fullmatch(problem.message) if problem.code.startswith("unknown_") else None
        if said is not None:
            found.setdefault((said[1], said[2]), []).append(problem.path)  # type: ignore[arg-type]  # one of the three
    return tuple(Missing(kind, key, tuple(paths)) for (kind, key), paths in found.items())


def name_of(document: Document, gone: Missing) -> str:
    """What people called it, while history knows; else its key."""
    before = removed(document, gone.kind, gone.key)
    return getattr(before, "name", None) or gone.key.replace("_", " ")


def removed(document: Document, kind: Kind, key: str) -> Model | None:
    """The thing as it was when it was taken away in this session."""
    edit = document.last_removal(kind, key)
    return edit.before if edit is not None else None


def bring_back(document: Document, gone: Missing) -> Change:
    """The change that puts it back as it was; one that nobody remembers is made anew, with a definition to be mended."""
    edit = document.last_removal(gone.kind, gone.key)
    if edit is not None and edit.before is not None:
        name = getattr(edit.before, "name", None) or gone.key
        return Change(f"Bring back “{name}”", (Edit(gone.kind, gone.key, None, edit.before, edit.index),))
    name = name_of(document, gone)
    name = name[:1].upper() + name[1:]
    made: Model
    if gone.kind == "audience":
        made = Audience(key=gone.key, name=name, definition="false")
    elif gone.kind == "message":
        made = Message(key=gone.key, name=name, channel="email", subject="Hello", body="<p>Hello!</p>")
    else:
        made = Destination(key=gone.key, name=name, type="file", settings={"folder": "out"}, sandbox=True)
    return Change(f"Make {gone.kind} “{name}”", (Edit(gone.kind, gone.key, None, made),))


def use_another(campaigns: Campaigns, gone: Missing, key: str) -> Change:
    """The change that names another thing in its place, wherever the paths say."""
    other = next(item for item in getattr(campaigns, LISTS[gone.kind]) if item.key == key)
    pairs = []
    for path in gone.paths:
        written = at_path(campaigns, path)
        in_text = path.rpartition(".")[2] in _TEXTS
        pairs.append((path, rename_audience(written, gone.key, key) if in_text else key))
    return fix_change(campaigns, setting(f"Use “{getattr(other, 'name', None) or key}”", *pairs))
