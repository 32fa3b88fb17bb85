"""What a person may say about a file of a log instead of having it found out."""

from __future__ import annotations

import codecs
from dataclasses import asdict, dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engage_desktop.domain.errors import InputError

DAY_FIRST: Final = "day-first"
MONTH_FIRST: Final = "month-first"
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
DECIMALS: Final = {"point": ".", "comma": ","}


@dataclass(frozen=True, slots=True)
class FileOptions:
    """None = found out, or not there. `delimiter` and `decimal` are the characters themselves; `zone` is the zone
    of timestamps that name none (without it D-47 rejects them). Make one from texts by `file_options`."""

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    dates: str | None = None
    zone: str | None = None
    sheet: str | None = None

    def as_json(self) -> dict[str, str]:
        """Only what was said; `FileOptions(**body)` is the inverse."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def file_options(
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
    zone: str | None = None,
    sheet: str | None = None,
) -> FileOptions:
    """Options as people write them; raises InputError for one that means nothing."""
    return FileOptions(
        delimiter=_delimiter(delimiter),
        encoding=_encoding(encoding),
        decimal=_one_of("--decimal", decimal, DECIMALS),
        dates=_one_of("--dates", dates, {DAY_FIRST: DAY_FIRST, MONTH_FIRST: MONTH_FIRST}),
        zone=_zone(zone),
        sheet=sheet,
    )


def known_options(body: Any) -> FileOptions:
    """Options that were kept as JSON; what a newer version may have added is left out."""
    given = body if isinstance(body, dict) else {}
    return FileOptions(**{name: given[name] for name in FileOptions.__slots__ if isinstance(given.get(name), str)})


def _one_of(option: str, text: str | None, meanings: dict[str, str]) -> str | None:
    if text is None:
        return None
    found = meanings.get(text.strip().lower(), text if text in meanings.values() else None)
    if found is None:
        raise InputError(f"{option} {text}: use one of: {', '.join(meanings)}.")
    return found


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    found = DELIMITERS.get(text.strip().lower(), "\t" if text == "\\t" else text)
    if len(found) != 1 or found in "\"'\r\n\0" or found.isalnum():
        raise InputError(f"--delimiter {text}: use one of: {', '.join(DELIMITERS)}, or one sign.")
    return found


def _encoding(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        "a".encode(text)  # refuses names of codecs that are not for text
        return codecs.lookup(text).name
    except (LookupError, ValueError) as error:
        raise InputError(
            f"--encoding {text}: no encoding has this name. Use one like utf-8, utf-16 or cp1252."
        ) from error


def _zone(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of the zone database
        raise InputError(f"--zone {text}: no time zone has this name. Use one like Europe/London or UTC.") from error
