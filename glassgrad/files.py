"""Writing files so that an error, an interrupt or a full disk never costs the old one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write `content` beside `path` and rename it into place; return the path.

    Until the last step the old file, if any, stays as it was. Missing folders are made.
    Raises OSError when the disk is full or the folder cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_usual_mode())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def _usual_mode() -> int:
    """The permissions that `open(path, "w")` would give: mkstemp's own are private."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
