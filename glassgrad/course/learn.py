"""`glassgrad learn`: the course in a folder of the reader's, to be opened in JupyterLab."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
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


def trust(files: Sequence[Path]) -> None:
    """Sign notebooks of ours, so that JupyterLab shows their pictures and sliders at once.

    Without a signature they come alive only when their cells are run.
    """
    try:
        nbformat, sign = import_module("nbformat"), import_module("nbformat.sign")
        notary = sign.NotebookNotary()
        for path in files:
            if path.suffix == ".ipynb":
                notary.sign(nbformat.read(path, as_version=4))
        notary.store.close()
    except (ImportError, OSError):  # no Jupyter, or no place for signatures
        return


def jupyter() -> list[str]:
    """The command that opens JupyterLab of this Python in a folder; empty without JupyterLab."""
    return [] if find_spec("jupyterlab") is None else [sys.executable, "-m", "jupyterlab"]
