"""The options by which every command that reads logs says how their files are written."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from engage_desktop.events import FileOptions


class Reading(NamedTuple):
    """`mapping` renames columns, column of the file to the one meant."""

    mapping: dict[str, str] | None
    options: FileOptions


def _option(type_: Any, name: str, text: str) -> Any:
    return Annotated[type_, typer.Option(name, help=text)]


_OPTIONS: dict[str, Any] = {
    "map_": _option(list[str] | None, "--map", "Rename a column: --map ts=timestamp; may repeat."),
    "delimiter": _option(str | None, "--delimiter", "Of CSV: comma, semicolon, tab, pipe, or the sign itself."),
    "encoding": _option(str | None, "--encoding", "Of CSV: utf-8, utf-16, cp1252 or the like."),
    "decimal": _option(str | None, "--decimal", "Of CSV: point or comma."),
    "dates": _option(str | None, "--dates", "day-first or month-first, of timestamps such as 03/04/2011."),
    "zone": _option(str | None, "--zone", "Zone of timestamps that name none, such as Europe/London."),
    "sheet": _option(str | None, "--sheet", "Of Excel: the sheet; default the first."),
}


def reads_logs(command: Callable[..., None]) -> Callable[..., None]:
    """Put the options in the place of the command's parameter `reading: Reading`, which it gets filled."""

    def wrapper(**given: Any) -> None:
        from engage_desktop.events import file_options

        said = {name: given.pop(name) for name in _OPTIONS}
        mapping = _mapping(said.pop("map_"))
        command(**given, reading=Reading(mapping, file_options(**said)))

    signature = inspect.signature(command, eval_str=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.name == "reading":
            parameters += [
                inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in _OPTIONS.items()
            ]
        else:
            parameters.append(parameter.replace(kind=keyword))
    wrapper.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # read by typer
    wrapper.__annotations__ = {one.name: one.annotation for one in parameters}
    wrapper.__name__, wrapper.__doc__ = command.__name__, command.__doc__
    return wrapper


def _mapping(pairs: list[str] | None) -> dict[str, str] | None:
    mapping = {}
    for pair in pairs or []:
        source, sign, target = pair.partition("=")
        if not sign or not source or not target:
            raise UserError(f"--map {pair}: write COLUMN=NAME, for example --map ts=timestamp.")
        mapping[source] = target
    return mapping or None
