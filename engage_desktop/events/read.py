"""Opening log files by their format. Each reader adds blocks of calls to a `Log`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from engage_desktop.domain.errors import InputError
from engage_desktop.events.file_options import FileOptions
from engage_desktop.events.file_report import FileReport
from engage_desktop.events.jsonl import read_jsonl
from engage_desktop.events.local_times import LocalTimes
from engage_desktop.events.log import Log
from engage_desktop.events.profile_rows import over_limits
from engage_desktop.events.rejects import IN_FUTURE, Fault
from engage_desktop.events.tabular import Told

JSON_LINES = (".jsonl", ".ndjson", ".json")
CSV = (".csv", ".tsv")
PARQUET = (".parquet",)
EXCEL = (".xlsx", ".xlsm")
_PACKED = (".gz", ".zst")


def sizes_of(files: list[Path]) -> list[int]:
    """Bytes of every file; InputError for one that is missing or no file, before any is read."""
    if not files:
        raise InputError("No log was given. Name at least one .jsonl, .csv, .xlsx or .parquet file.")
    sizes = []
    for file in files:
        try:
            _format_of(file)
            sizes.append(file.stat().st_size)
        except OSError as error:
            raise InputError(f"{file} cannot be read ({error.strerror or error}). Check its permissions.") from error
    return sizes


def _format_of(file: Path) -> str:
    if file.is_dir():
        raise InputError(f"{file} is a folder, not a log. Name the files inside it.")
    if not file.exists():
        raise InputError(f"The log {file} does not exist. Check its name and folder.")
    endings = [ending.lower() for ending in file.suffixes]
    packed = bool(endings) and endings[-1] in _PACKED
    ending = endings[-2] if packed and len(endings) > 1 else endings[-1] if endings else ""
    if ending in JSON_LINES or ending in CSV or (ending in PARQUET + EXCEL and not packed):
        return ending
    if ending == ".xls":
        raise InputError(f"{file} is a file of an old Excel. Save it as .xlsx or CSV and import that.")
    raise InputError(
        f"{file} has no known log format. Give it one of these endings: .jsonl, .jsonl.gz, .jsonl.zst, .csv, .xlsx, "
        ".parquet."
    )


def read_file(file: Path, log: Log, mapping: dict[str, str], options: FileOptions | None = None) -> Iterator[int]:
    """Read one file into `log` and note what it was found to be; yields the bytes of the file consumed so far,
    block by block."""
    options = options or FileOptions()
    read, count = log.read, log.count
    for done in _blocks(file, _Packed(file), log, mapping, options):
        if isinstance(done, Told):
            words = ", ".join(word for word in done.words if word)
            seen = log.read - read
            log.reports.append(FileReport(str(file), done.format, words, seen, seen - (log.count - count)))
            for finding in over_limits(seen, file.stat().st_size, done.columns) if done.columns else ():
                log.reject(str(file), 1, finding)
        else:
            yield done
    _tell_of_the_future(file, log)


def _blocks(
    file: Path, source: _Packed, log: Log, mapping: dict[str, str], options: FileOptions
) -> Iterator[int | Told]:
    ending = _format_of(file)
    try:
        if ending in PARQUET:
            from engage_desktop.events.parquet_log import read_parquet

            yield from read_parquet(file, log, mapping, options)
        elif ending in EXCEL:
            from engage_desktop.events.xlsx_log import read_xlsx

            yield from read_xlsx(file, log, mapping, options)
        elif ending in JSON_LINES:
            local = LocalTimes(options.dates, options.zone)
            with source.opened() as stream:
                for _ in read_jsonl(stream, str(file), log, local):
                    yield source.done
            zone = f"times without a zone in {local.zone}" if local.zone else None
            yield Told("JSON Lines", [source.packing, zone])
        else:
            from engage_desktop.events.csv_log import read_csv

            for told in read_csv(source.opened, str(file), log, mapping, options):
                yield told._replace(words=[source.packing, *told.words]) if told else source.done
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{file} is not a complete gzip file ({error}). Copy or download it again.") from error
    except OSError as error:
        if file.suffix.lower() == ".zst" and error.errno is None:
            raise InputError(f"{file} is not a complete zstd file ({error}). Copy or download it again.") from error
        raise InputError(
            f"{file} cannot be read ({error.strerror or error}). Check the file and its permissions."
        ) from error


class _Packed:
    """The unpacked bytes of a file, which may be opened more than once; `done` follows the first opening."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._raw: IO[bytes] | None = None
        self.packing = {".gz": "gzip", ".zst": "zstd"}.get(file.suffix.lower())

    @property
    def done(self) -> int:
        return self._raw.tell() if self._raw else 0

    @contextmanager
    def opened(self) -> Iterator[Any]:
        with self._file.open("rb") as raw:
            self._raw = self._raw or raw
            if self.packing == "gzip":
                with gzip.GzipFile(fileobj=raw) as stream:
                    yield stream
            elif self.packing == "zstd":
                import pyarrow

                with pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, mode="r"), "zstd") as stream:
                    yield stream
            else:
                yield raw


def _tell_of_the_future(file: Path, log: Log) -> None:
    """One notice a file about calls dated after their receipt, at the first of them (EV-1)."""
    line, count = log.ahead.pop(str(file), (0, 0))
    if count:
        calls = "1 record is" if count == 1 else f"{count:,} records are"
        message = f"{calls} dated more than a day after being received, this one first. They count as dated."
        log.reject(str(file), line, Fault("timestamp", IN_FUTURE, message))
