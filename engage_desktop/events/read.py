"""Opening log files by their format. Each reader adds blocks of calls to a `Log`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from engage_desktop.domain.errors import InputError
from engage_desktop.events.jsonl import read_jsonl
from engage_desktop.events.log import Log

JSON_LINES = (".jsonl", ".ndjson", ".json")
CSV = (".csv", ".tsv")
PARQUET = (".parquet",)
_PACKED = (".gz", ".zst")


def sizes_of(files: list[Path]) -> list[int]:
    """Bytes of every file; InputError for one that is missing or no file, before any is read."""
    if not files:
        raise InputError("No log was given. Name at least one .jsonl, .csv or .parquet file.")
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
    if ending in JSON_LINES or ending in CSV or (ending in PARQUET and not packed):
        return ending
    if ending == ".xlsx":
        raise InputError(f"{file} is an Excel file, which cannot be read yet. Save it as CSV and import that.")
    raise InputError(
        f"{file} has no known log format. Give it one of these endings: .jsonl, .jsonl.gz, .jsonl.zst, .csv, .parquet."
    )


def read_file(file: Path, log: Log, mapping: dict[str, str]) -> Iterator[int]:
    """Read one file into `log`; yields the bytes of the file consumed so far, block by block."""
    ending = _format_of(file)
    try:
        if ending in PARQUET:
            from engage_desktop.events.parquet_log import read_parquet

            yield from read_parquet(file, log, mapping)
            return
        with file.open("rb") as raw, closing(raw), _unpacked(file, raw) as stream:
            if ending in JSON_LINES:
                blocks = read_jsonl(stream, str(file), log)
            else:
                from engage_desktop.events.csv_log import read_csv

                blocks = read_csv(stream, str(file), log, mapping)
            for _ in blocks:
                yield raw.tell()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{file} is not a complete gzip file ({error}). Copy or download it again.") from error
    except OSError as error:
        if file.suffix.lower() == ".zst" and error.errno is None:
            raise InputError(f"{file} is not a complete zstd file ({error}). Copy or download it again.") from error
        raise InputError(
            f"{file} cannot be read ({error.strerror or error}). Check the file and its permissions."
        ) from error


@contextmanager
def _unpacked(file: Path, raw: IO[bytes]) -> Iterator[Any]:
    """The decompressed bytes."""
    if file.suffix.lower() == ".gz":
        with gzip.GzipFile(fileobj=raw) as stream:
            yield stream
    elif file.suffix.lower() == ".zst":
        import pyarrow

        with pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, mode="r"), "zstd") as stream:
            yield stream
    else:
        yield raw
