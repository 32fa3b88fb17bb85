"""Segment-spec JSON Lines: blocks of whole lines into calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import Call, decode_line, decode_lines
from engage_desktop.events.local_times import LocalTimes
from engage_desktop.events.log import Log
from engage_desktop.events.rejects import Fault

BLOCK = 1 << 19
"""Bytes read at once: some 1,700 calls, whose objects still fit a processor's cache (2 MB took a third longer)."""
_BOM = b"\xef\xbb\xbf"


def read_jsonl(stream: Any, file: str, log: Log, local: LocalTimes) -> Iterator[None]:
    """Add every line of a binary stream; yields after each block."""
    rest, line, first = b"", 1, True
    while True:
        block = stream.read(BLOCK)
        if first:
            block = block.removeprefix(_BOM)
            _refuse_other_formats(block, file)
            first = False
        if not block:
            if rest:
                _add_block(rest, line, file, log, local)
                yield
            return
        end = block.rfind(b"\n") + 1
        if not end:
            rest += block
            continue
        whole, rest = rest + block[:end], block[end:]
        line = _add_block(whole, line, file, log, local)
        yield


def _refuse_other_formats(block: bytes, file: str) -> None:
    """A JSON array, JSON spread over lines, and a file whose first lines hold not one object are no JSON Lines."""
    lines = [text.strip() for text in block[: 1 << 16].splitlines() if text.strip()]
    if not lines:
        return
    if lines[0] == b"[" or lines[0].startswith(b"[{"):
        raise InputError(
            f"{file} is a JSON array, not JSON Lines. Write one call, {{...}}, a line without the brackets."
        )
    if lines[0] == b"{":
        raise InputError(f"{file} spreads its JSON over several lines. Write each call, {{...}}, on one line.")
    if not any(text.startswith(b"{") for text in lines):
        raise InputError(f"{file} is not JSON Lines: no line starts with '{{'. Write one call, {{...}}, a line.")


def _add_block(block: bytes, line: int, file: str, log: Log, local: LocalTimes) -> int:
    """Add whole lines of which the first is number `line`; returns the number of the line after them."""
    count = block.count(b"\n") + (not block.endswith(b"\n"))
    calls = decode_lines(block)
    if calls is not None and len(calls) == count:
        _localise(calls, local)
        log.add(calls, np.arange(line, line + count, dtype=np.int32), file)
        return line + count
    kept: list[Call] = []
    lines: list[int] = []
    for i, text in enumerate(block.split(b"\n"), line):
        if not text.strip():
            continue
        call = decode_line(text)
        if isinstance(call, Fault):
            log.read += 1
            log.reject(file, i, call)
        else:
            kept.append(call)
            lines.append(i)
    _localise(kept, local)
    log.add(kept, np.array(lines, dtype=np.int32), file)
    return line + count


def _localise(calls: list[Call], local: LocalTimes) -> None:
    """Give times without a zone that of the file, where the person named one."""
    if local.idle:
        return
    for call in calls:
        for field in ("timestamp", "receivedAt", "originalTimestamp", "sentAt"):
            text = getattr(call, field)
            if isinstance(text, str):
                setattr(call, field, local.text(text))
