"""Where a store keeps its arrays: in memory, or in one memory-mapped file beside a manifest.

A folder holds `manifest.json` (what the store says about itself and where each array lies) and
`arrays.bin` (the arrays one after the other, each at a multiple of 64 bytes). Lists of texts
are two arrays: UTF-8 bytes and offsets.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import InputError

FORMAT = "engage-events/2"
"""Of the arrays and of what the manifest says; a store of another one is imported again, never guessed at."""
MANIFEST, ARRAYS = "manifest.json", "arrays.bin"
Opened = tuple[dict[str, Any], dict[str, tuple[str, int, int]], NDArray[np.uint8]]
"""meta, (dtype, start, length) by name, and the bytes."""
_ALIGN = 64


class Texts(Sequence[str]):
    """Texts over UTF-8 bytes and offsets; single ones are decoded when asked, iterating decodes all.

    A slice without steps shares the bytes and decodes nothing.
    """

    __slots__ = ("_blob", "_offsets")

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        self._blob, self._offsets = blob, offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[str]: ...
    def __getitem__(self, i: int | slice) -> str | Sequence[str]:
        count = len(self)
        if isinstance(i, slice):
            first, last, step = i.indices(count)
            if step == 1:
                return Texts(self._blob, self._offsets[first : max(last, first) + 1])
            return [self[k] for k in range(first, last, step)]
        if i < 0:
            i += count
        if not 0 <= i < count:
            raise IndexError(i)
        return self._blob[self._offsets[i] : self._offsets[i + 1]].tobytes().decode("utf-8", "surrogatepass")

    def has_blank(self) -> bool:
        """Whether a text is empty or white space only; decodes none but those that begin so."""
        if not len(self):
            return False
        starts, ends = self._offsets[:-1], self._offsets[1:]
        if (starts == ends).any():
            return True
        first = self._blob[starts]
        return any(not self[i].strip() for i in np.nonzero((first <= 0x20) | (first >= 0x80))[0].tolist())

    def __iter__(self) -> Iterator[str]:
        first, last = int(self._offsets[0]), int(self._offsets[-1])  # those of a slice are a part of the bytes
        data = self._blob[first:last].tobytes()
        bounds = pairwise((self._offsets - first).tolist())
        if data.isascii():
            text = data.decode("ascii")
            return (text[a:b] for a, b in bounds)
        return (data[a:b].decode("utf-8", "surrogatepass") for a, b in bounds)


class Arrays(Protocol):
    """What a store reads from."""

    def get(self, name: str) -> NDArray[Any]: ...
    def texts(self, name: str) -> Sequence[str]: ...


class Sink(Protocol):
    """What a build writes to."""

    def put(self, name: str, array: NDArray[Any]) -> None: ...
    def put_texts(self, name: str, texts: Sequence[str]) -> None: ...


class MemoryArrays:
    """Both at once, for a store that never touches the disk."""

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}
        self._texts: dict[str, Sequence[str]] = {}

    def put(self, name: str, array: NDArray[Any]) -> None:
        array.flags.writeable = False
        self._arrays[name] = array

    def put_texts(self, name: str, texts: Sequence[str]) -> None:
        self._texts[name] = texts

    def get(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def texts(self, name: str) -> Sequence[str]:
        return self._texts[name]


class FolderSink:
    """Writes a store folder beside its final place and moves it there when it is complete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._building = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.part")
        self._table: dict[str, tuple[str, int, int]] = {}
        self._file: IO[bytes] | None = None
        self._end = 0
        try:
            if folder.exists() and (
                not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).exists())
            ):
                raise InputError(f"{folder} exists and is not an imported log. Choose another folder for the import.")
            self._building.mkdir(parents=True)
            self._file = (self._building / ARRAYS).open("wb")
        except OSError as error:
            raise _unwritable(folder, error) from error

    def put(self, name: str, array: NDArray[Any]) -> None:
        array = np.ascontiguousarray(array)
        self._table[name] = (array.dtype.str, self._end, len(array))
        padding = -array.nbytes % _ALIGN
        try:
            assert self._file is not None
            self._file.write(array.view(np.uint8).data if array.nbytes else b"")
            self._file.write(bytes(padding))
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self._end += array.nbytes + padding

    def put_texts(self, name: str, texts: Sequence[str]) -> None:
        lengths = np.zeros(len(texts) + 1, dtype=np.int64)
        joined = "".join(texts)
        blob = joined.encode("utf-8", "surrogatepass")
        if len(blob) == len(joined):
            lengths[1:] = np.fromiter(map(len, texts), np.int64, len(texts))
        else:
            lengths[1:] = np.fromiter(
                (len(text.encode("utf-8", "surrogatepass")) for text in texts), np.int64, len(texts)
            )
        self.put(f"{name}.blob", np.frombuffer(blob, np.uint8))
        self.put(f"{name}.offsets", np.cumsum(lengths))

    def written(self) -> FolderArrays:
        """What was put so far, to read; let go of it before `finish`."""
        assert self._file is not None
        self._file.flush()
        data = np.memmap(self._building / ARRAYS, np.uint8, "r") if self._end else np.empty(0, np.uint8)
        return FolderArrays(self.folder, ({}, dict(self._table), np.asarray(data)))

    def finish(self, meta: dict[str, Any]) -> None:
        """Write the manifest and put the folder in its place, over an older import if there is one."""
        manifest = {"format": FORMAT, "size": self._end, "arrays": self._table, "meta": meta}
        try:
            assert self._file is not None
            self._file.close()
            (self._building / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
            old = self._building.with_suffix(".old")
            if self.folder.exists():
                os.replace(self.folder, old)
            try:
                os.replace(self._building, self.folder)
            except OSError:
                if old.exists():
                    os.replace(old, self.folder)
                raise
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def discard(self) -> None:
        """Leave nothing behind; does nothing after `finish`."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk refuses the last buffer too
                self._file.close()
        shutil.rmtree(self._building, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> InputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC):
        return InputError(f"The disk of {folder} is full. Free some space or choose another folder, then import again.")
    reason = error.strerror or str(error)
    return InputError(f"The folder {folder} cannot be written ({reason}). Choose another folder for the import.")


class FolderArrays:
    """The arrays of a folder, memory-mapped and read-only."""

    def __init__(self, folder: Path, opened: Opened | None = None) -> None:
        self._folder = folder
        self.meta, self._table, self._data = opened or _open(folder)

    def get(self, name: str) -> NDArray[Any]:
        try:
            dtype, start, length = self._table[name]
            kind = np.dtype(dtype)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"The imported log in {self._folder} is damaged ({MANIFEST} misses {name}). Import the log again."
            ) from error
        return self._data[start : start + length * kind.itemsize].view(kind)

    def texts(self, name: str) -> Sequence[str]:
        return Texts(self.get(f"{name}.blob"), self.get(f"{name}.offsets"))


def _open(folder: Path) -> Opened:
    again = "Import the log again."
    if not (folder / MANIFEST).is_file():
        raise InputError(f"{folder} holds no imported log (no {MANIFEST}). Import a log into it first.")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        size, table, meta = int(manifest["size"]), dict(manifest["arrays"]), dict(manifest["meta"])
        if manifest["format"] != FORMAT:
            raise InputError(
                f"The imported log in {folder} was written by another version of this program "
                f"(format {manifest['format']!r}, not {FORMAT!r}). {again}"
            )
        ends = [int(start) + int(length) * np.dtype(dtype).itemsize for dtype, start, length in table.values()]
        actual = (folder / ARRAYS).stat().st_size
    except OSError as error:
        raise InputError(f"The imported log in {folder} cannot be read ({error.strerror or error}). {again}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"The imported log in {folder} is damaged ({MANIFEST} is not readable). {again}") from error
    if actual != size or max(ends, default=0) > size:
        raise InputError(f"The imported log in {folder} is damaged ({ARRAYS} has {actual} bytes, not {size}). {again}")
    data = np.memmap(folder / ARRAYS, np.uint8, "r") if size else np.empty(0, np.uint8)
    return meta, table, np.asarray(data)
