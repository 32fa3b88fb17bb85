"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from engage_desktop.domain.errors import UserError

_ELSEWHERE = "or save to another folder"
_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space and save again.",
    getattr(errno, "EDQUOT", -1): "your disk quota is used up. Free some space and save again.",
    errno.EFBIG: f"the file is larger than this disk or account allows. Raise the limit {_ELSEWHERE}.",
    errno.EROFS: "the disk is read-only. Save to another folder.",
    errno.EACCES: f"writing there is not allowed. Allow it {_ELSEWHERE}.",
    errno.EPERM: f"writing there is not allowed. Allow it {_ELSEWHERE}.",
    errno.ENOENT: f"the folder does not exist. Create it {_ELSEWHERE}.",
    errno.ENOTDIR: f"the folder does not exist. Create it {_ELSEWHERE}.",
    errno.EISDIR: "there is a folder of that name. Choose another name.",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one.",
}


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` (UTF-8) in one instant; raises UserError."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file at `path` by `data` in one instant; raises UserError.

    A temporary file beside it is written and synced first, so that a crash or a full disk
    leaves the old file as it was.
    """
    temporary: Path | None = None
    try:
        target = path.resolve()  # a link stays a link; what it names is replaced
        if target.is_dir():
            raise _refusal(errno.EISDIR, target)
        if target.exists() and not os.access(target, os.W_OK):
            raise _refusal(errno.EACCES, target)  # replacing would get round the file's own lock
        beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
        with beside.open("xb") as file:
            temporary = beside
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        os.replace(beside, target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        said = f"{error.strerror or error}. Close what uses it {_ELSEWHERE}."
        reason = _REASONS.get(error.errno or 0, said)
        raise UserError(f"{path} could not be saved: {reason}") from error


def _refusal(code: int, path: Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))
