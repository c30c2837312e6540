"""What `step_through` gives back: steps that show themselves, and can be read and saved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from glassgrad.errors import explain
from glassgrad.files import write_atomically
from glassgrad.step.html import to_html, to_notebook
from glassgrad.step.text import to_text
from glassgrad.step.trace import Trace


class Steps:
    """The steps through one graph, or through one graph in two orders side by side.

    traces: what happens, as data. text: every step in words. html: a page of its own with buttons,
    keys and a slider; it needs no other file, no network and no running Python.
    """

    def __init__(self, traces: Sequence[Trace]) -> None:
        self.traces = tuple(traces)

    @cached_property
    def text(self) -> str:
        """Every step in words."""
        return to_text(self.traces)

    @cached_property
    def html(self) -> str:
        """The steps as a self-contained page."""
        return to_html(self.traces)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file that ends in .html; return the path.

        Raises ValueError for another ending.
        """
        name = Path(path).name
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise ValueError(
                explain(
                    f"steps are saved as a page, .html, not as {name!r}",
                    f"step_through(value).save({name!r})",
                    "they move when a button is pressed, which only a page can do",
                    f"step_through(value).save({Path(name).stem + '.html'!r})",
                )
            )
        return write_atomically(path, self.html)

    def _repr_html_(self) -> str:
        return to_notebook(self.html, self.traces)

    def __repr__(self) -> str:
        return self.text
