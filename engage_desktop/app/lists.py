"""The lists of a design: audiences whose people a file names (D-11), each file the one that was meant, by its hash.

A list is looked for beside the campaign file, then in the workspace. A run keeps a copy of those it was made from,
so that it can be opened again whatever has become of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engage_desktop.app.list_file import ListContent, ListFault, find_file, read_content
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import DesignError, InputError
from engage_desktop.domain.people import ListFile
from engage_desktop.domain.problem import Problem

LISTS = "lists"
"""The folder of copies, of a workspace and of a run."""
_KEPT_NAME = re.compile(r"[0-9a-f]{64}\.(csv|tsv|txt)")


@dataclass(frozen=True)
class ReadList:
    """The list of one audience as it was read."""

    named: ListFile
    content: ListContent
    ids: frozenset[str]


Lists = Mapping[str, ReadList]
"""By audience key."""


def identifiers(lists: Lists) -> dict[str, frozenset[str]]:
    """What the engine asks for."""
    return {key: one.ids for key, one in lists.items()}


def read_lists(
    campaigns: Campaigns, *folders: Path | None, before: Lists | None = None, by_hand: bool = True
) -> dict[str, ReadList]:
    """Every list of the design; raises DesignError that names each one missing, changed or unreadable. Of `before`,
    lists read earlier, those whose file is still the same are taken over. `by_hand`: say the hash that accepts a
    changed file, for people without the window's button."""
    lists, problems = _read(campaigns, folders, before or {}, by_hand)
    if problems:
        raise DesignError(problems)
    return lists


def list_problems(campaigns: Campaigns, *folders: Path | None) -> list[Problem]:
    """Why lists of the design cannot be used as they lie there."""
    return _read(campaigns, folders, {}, by_hand=True)[1]


def _read(
    campaigns: Campaigns, folders: Iterable[Path | None], before: Lists, by_hand: bool
) -> tuple[dict[str, ReadList], list[Problem]]:
    found: dict[str, ReadList] = {}
    problems = []
    there = [folder for folder in folders if folder is not None]
    for audience in campaigns.audiences:
        named = audience.list_
        if named is None:
            continue
        try:
            content = read_content(find_file(named.file, there), named.file)
            found[audience.key] = _checked(named, content, before.get(audience.key), by_hand)
        except ListFault as fault:
            path = f"audiences.{audience.key}.list.{fault.field}"
            problems.append(Problem("error", fault.code, path, fault.message, fault.mend))
    return found, problems


def _checked(named: ListFile, content: ListContent, before: ReadList | None = None, by_hand: bool = False) -> ReadList:
    if content.sha256 != named.sha256:
        mend = "To take it as it is now, press “Take the new file” on the audience's page"
        also = f", or write its sha256 into the design: {content.sha256}." if by_hand else "."
        raise ListFault("list_changed", "sha256", f"{named.file} has changed since it was chosen.", mend + also)
    if before is not None and before.named == named:
        return before
    return ReadList(named, content, frozenset(content.ids(named.column)))


# -- the copies of a run -------------------------------------------------------------------


def kept_name(named: ListFile) -> str:
    """What a run's copy is called: by its content, for two lists may have one name."""
    return f"{named.sha256}{PurePosixPath(named.file).suffix.lower()}"


def keep_lists(lists: Lists, run: Path) -> None:
    """Copy what was read into the folder of a run; raises OSError."""
    for one in lists.values():
        folder = run / LISTS
        folder.mkdir(exist_ok=True)
        (folder / kept_name(one.named)).write_bytes(one.content.data)


def put_lists(half: Path, run: Path) -> None:
    """Move the copies from a half-made run into its folder, and take away those of an earlier run there, but nothing
    else: the folder may be one that has lists of its own. Raises OSError."""
    place, new = run / LISTS, tuple((half / LISTS).glob("*"))
    for one in place.glob("*"):
        if _KEPT_NAME.fullmatch(one.name) and one.name not in {copy.name for copy in new}:
            one.unlink()
    for copy in new:
        place.mkdir(exist_ok=True)
        os.replace(copy, place / copy.name)
    if place.is_dir() and not any(place.iterdir()):
        place.rmdir()


def kept_lists(campaigns: Campaigns, run: Path) -> dict[str, ReadList]:
    """The lists a run was made from; raises InputError."""
    found = {}
    for audience in campaigns.audiences:
        if (named := audience.list_) is None:
            continue
        try:
            content = ListContent(named.file, (run / LISTS / kept_name(named)).read_bytes())
            found[audience.key] = _checked(named, content)
        except (OSError, ListFault) as error:
            message = f"{run}: its copy of the list {named.file} is missing or was changed. Simulate again."
            raise InputError(message) from error
    return found
