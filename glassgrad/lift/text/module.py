"""A program's source as a module that runs as it stands, printed or in a file of its own."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from glassgrad.files import write_atomically
from glassgrad.lift.text.source import CONSTANTS

if TYPE_CHECKING:
    from glassgrad.lift.program import Program


def module_text(program: Program) -> str:
    """The source with all of its numbers, however many they are."""
    return program.source(most=sys.maxsize)


def constants_file(path: Path) -> Path:
    """Where the numbers of a module are that are too many for a text."""
    return path.with_name(f"{path.stem}_constants.npz")


def save_module(program: Program, path: Path) -> list[Path]:
    """Write the source to a file, with a file beside it for large constants; returns which."""
    text, large = program.source(), program.constants()
    if not large:
        write_atomically(path, text)
        return [path]
    beside = constants_file(path)
    packed = BytesIO()
    np.savez(packed, **large)  # type: ignore[arg-type]  # names to arrays
    write_atomically(beside, packed.getvalue())
    load = (
        f'with np.load(Path(__file__).with_name("{beside.name}")) as file:\n'
        "    CONSTANTS = dict(file)"
    )
    head, _, rest = text.partition("import numpy as np\n")
    head = f"{head.rstrip()}\nfrom pathlib import Path\n\n".lstrip()
    rest = rest.replace(CONSTANTS, load, 1)
    write_atomically(path, f"{head}import numpy as np\n{rest}")
    return [path, beside]
