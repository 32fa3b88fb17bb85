"""Destination `file`: one CSV, JSONL or Parquet file a batch, in a folder.

The file's name is made of the message ids in it, so a batch sent again after a crash replaces
itself and every row stands in the folder once.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xxhash

from engage_desktop.delivery.destinations.base import Unavailable, setting
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.store import Call

COLUMNS = ("message_id", "destination", "campaign", "step", "profile", "change", "changed_at", "payload")


class FileDestination:
    """Settings: `folder`, `format` (csv, jsonl, parquet; default csv)."""

    batch_size = 10_000

    def __init__(self, key: str, settings: dict[str, Any], base: Path) -> None:
        self._folder = base / setting(settings, "folder", key)
        self._format = setting(settings, "format", key, "csv")
        self._key = key
        if self._format not in ("csv", "jsonl", "parquet"):
            raise DeliveryError(
                f"destinations.{key}.settings.format: {self._format!r} is unknown. Use csv, jsonl or parquet."
            )

    def check(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unavailable(error) from error

    def send(self, calls: Sequence[Call]) -> None:
        name = xxhash.xxh3_64_hexdigest("".join(sorted(call.message_id for call in calls)).encode())
        path = self._folder / f"{self._key}-{name}.{self._format}"
        temporary = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(self._bytes(calls))
            os.replace(temporary, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise self._unavailable(error) from error

    def close(self) -> None:
        pass

    def _unavailable(self, error: OSError) -> Unavailable:
        reason = error.strerror or str(error)
        return Unavailable(
            f"{self._folder}: cannot be written ({reason}). Free space, or name another folder in the destination."
        )

    def _bytes(self, calls: Sequence[Call]) -> bytes:
        rows = [row(call) for call in calls]
        if self._format == "jsonl":
            return "".join(
                json.dumps(one | {"payload": call.payload}, ensure_ascii=False) + "\n"
                for one, call in zip(rows, calls, strict=True)
            ).encode()
        if self._format == "csv":
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            return text.getvalue().encode()
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(pa.table({name: [one[name] for one in rows] for name in COLUMNS}), sink)
        return bytes(sink.getvalue())


def row(call: Call) -> dict[str, str]:
    """A call as the flat row that file and sql destinations hold."""
    campaign, _, step = call.subject.partition("/")
    return {
        "message_id": call.message_id,
        "destination": call.destination,
        "campaign": campaign,
        "step": step,
        "profile": call.profile,
        "change": call.change,
        "changed_at": format_instant(call.changed_at),
        "payload": json.dumps(call.payload, ensure_ascii=False),
    }
