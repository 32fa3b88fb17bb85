"""Answers the window's questions about lists inside the workspace process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as p
from engage_desktop.app.list_file import ListContent, ListFault, find_file, read_content
from engage_desktop.app.lists import LISTS
from engage_desktop.app.protocol_lists import AskList, KeepList, ListColumn, ListInfo
from engage_desktop.domain.errors import InputError, UserError
from engage_desktop.domain.people import Level

if TYPE_CHECKING:
    from engage_desktop.app.desk import Desk


class ListDesk:
    """The part of the desk that looks into lists; the log is that of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.answers: dict[type[p.Request], Callable[[int, Any], p.Reply | None]] = {
            AskList: self._info,
            KeepList: self._keep,
        }

    def _info(self, request_id: int, request: AskList) -> p.Reply:
        try:
            path = find_file(request.file, [Path(request.folder)])
            return self._described(path, read_content(path, request.file), request.level)
        except ListFault as fault:
            return ListInfo(request.file, request.level, fault=str(fault))

    def _keep(self, request_id: int, request: KeepList) -> p.Reply:
        folder = Path(request.folder)
        try:
            content = read_content(Path(request.file), Path(request.file).name)
            content.every_column()  # what cannot be read is not copied
            kept = keep_file(Path(request.file), content, folder)
            return self._described(kept, ListContent(kept.relative_to(folder).as_posix(), content.data), request.level)
        except ListFault as fault:
            raise InputError(str(fault)) from fault

    def _described(self, path: Path, content: ListContent, level: Level) -> ListInfo:
        log = self._desk.log
        columns = []
        for name, ids in content.every_column().items():
            known = 0
            if log is not None:
                known = len(log.store.known(ids) if level == "user" else set(ids).intersection(log.store.account_ids))
            columns.append(ListColumn(name, len(ids), known))
        changed_us = path.stat().st_mtime_ns // 1_000
        return ListInfo(content.name, level, content.sha256, changed_us, tuple(columns), log is not None)


def keep_file(chosen: Path, content: ListContent, folder: Path) -> Path:
    """Where in the folder the list lies: where it was chosen, else a copy under `lists/`. Another file of that name
    there is left alone: it may be some other audience's. Raises UserError."""
    home = folder.resolve()
    if chosen.resolve().is_relative_to(home):
        return folder / chosen.resolve().relative_to(home)
    number = 1
    try:
        (folder / LISTS).mkdir(parents=True, exist_ok=True)
        while True:
            name = chosen.name if number == 1 else f"{chosen.stem}_{number}{chosen.suffix}"
            place = folder / LISTS / name
            if not place.exists():
                place.write_bytes(content.data)
                return place
            if place.read_bytes() == content.data:
                return place
            number += 1
    except OSError as error:
        raise UserError(
            f"{folder / LISTS}: the list cannot be copied there ({error.strerror or error}). "
            "Free space and allow writing there."
        ) from error
