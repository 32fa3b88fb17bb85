"""Write calls as one JSON object a line, compressed with zstd: the form of the sample logs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LEVEL = 12


def write_log(calls: Iterable[dict[str, Any]], target: Path) -> int:
    """Write `target` (`.jsonl.zst`) and return how many calls it holds; the same calls give the same bytes."""
    import pyarrow as pa

    lines = [json.dumps(call, ensure_ascii=False, separators=(",", ":")) for call in calls]
    text = "\n".join(lines) + "\n"
    packed = pa.Codec("zstd", compression_level=LEVEL).compress(text.encode(), asbytes=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed)
    return len(lines)
