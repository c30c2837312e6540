"""Turn chapters, which are percent scripts, into notebooks with their outputs.

    python course/build.py        all chapters
    python course/build.py 2 3    some of them

Each is run from top to bottom in an empty folder; after an error the old notebook stays.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
from nbclient import NotebookClient

from glassgrad.files import write_atomically

HERE = Path(__file__).parent
SECONDS = 300  # for one cell


def build(script: Path) -> Path:
    """Run a chapter, and write the notebook beside it."""
    notebook = jupytext.read(script)
    with TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            resources=resources,
            coalesce_streams=True,  # what a cell prints is one text, however it came
        )
        client.execute()
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    for place, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{place}"  # the same each time, so that a change shows what has changed
        cell.metadata = {}
    return write_atomically(script.with_suffix(".ipynb"), jupytext.writes(notebook, fmt="ipynb"))


def main() -> None:
    """Build the chapters whose numbers are given, or all."""
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else the kernel warns about its debugger
    wanted = sys.argv[1:] or ["*"]
    for number in wanted:
        for script in sorted(HERE.glob(f"chapter_{number}_*.py")):
            print(f"running {script.name}", flush=True)
            print(f"wrote {build(script).name}")


if __name__ == "__main__":
    main()
