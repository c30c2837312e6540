"""A run: the folder that `glassgrad train` fills, and how it comes to its place in one piece.

The new files are written beside the folder and moved in when all are complete, so a run that
fails, is interrupted or meets a full disk leaves the last good files as they were.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

MODEL, HISTORY, METRICS, REPORT = (
    "model.safetensors",
    "history.json",
    "metrics.json",
    "report.html",
)
DRAWING = "network.svg"  # by `glassgrad draw`; it shows the network of this run and no other
FILES = (MODEL, HISTORY, METRICS, REPORT, DRAWING)


@contextmanager
def draft(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder`, on the same disk, that is gone at the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    outer = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        inner = outer / "new"
        inner.mkdir()  # with the usual permissions; those of `outer` are private
        yield inner
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def publish(new: Path, folder: Path) -> None:
    """Move the files of a draft to their place; if one fails, all old ones come back.

    Files of an older run in `folder` are replaced, and whatever else is there stays.
    """
    if not folder.exists():
        new.rename(folder)
        return
    old = new.with_name("old")
    old.mkdir()
    for name in FILES:
        if (folder / name).exists():
            shutil.copy2(folder / name, old / name)
    try:
        for name in FILES:
            if (new / name).exists():
                (new / name).replace(folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
    except BaseException:
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
            if (old / name).exists():
                (old / name).replace(folder / name)
        raise


def is_taken(folder: Path) -> bool:
    """Whether something is there that must not be written over."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def free_name(folder: Path) -> Path:
    """The folder beside this one for what an interrupted run has learnt: a name not yet used."""
    names = (folder.with_name(f"{folder.name}.interrupted{n or ''}") for n in count())
    return next(name for name in names if not is_taken(name))
