"""`glassgrad learn`: the course in a folder of the reader's, to be opened in JupyterLab."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from glassgrad.files import write_atomically

HOME = Path(__file__).parent
FILES = ("README.md", "*.ipynb", "solutions/*.py")  # what a reader needs


def source() -> Path:
    """Where the course lies: within the installed package, or beside it in a checkout."""
    installed = HOME / "files"
    return installed if installed.is_dir() else HOME.parent.parent / "course"


def copy_to(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy the notebooks and the solutions; return what was copied, and what was there already.

    A file that is there already is the reader's, whatever is in it, and stays as it is.
    """
    copied, kept = [], []
    course = source()
    for path in sorted(path for pattern in FILES for path in course.glob(pattern)):
        target = folder / path.relative_to(course)
        if target.exists():
            kept.append(target)
        else:
            write_atomically(target, path.read_bytes())
            copied.append(target)
    return copied, kept


def jupyter() -> list[str]:
    """The command that opens JupyterLab in a folder; empty where it is not installed."""
    if find_spec("jupyterlab") is None:
        return []
    return [shutil.which("jupyter-lab") or "jupyter-lab"]
