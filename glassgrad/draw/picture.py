"""What `draw` gives back: a picture that shows itself, and can be read, saved and sent on."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from glassgrad.draw.html import to_html
from glassgrad.draw.ir import Drawing
from glassgrad.draw.svg import to_svg
from glassgrad.draw.text import to_text
from glassgrad.errors import explain
from glassgrad.files import write_atomically


class Picture:
    """A drawing that shows itself in a notebook, and as a tree of text anywhere else.

    drawing: what there is to see. svg, text, json: the same, written out. html: a page of its own,
    with zoom and with every number on a click; it needs no other file and no network.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing

    @cached_property
    def svg(self) -> str:
        """The picture as SVG."""
        return to_svg(self.drawing)

    @cached_property
    def text(self) -> str:
        """The picture as lines of text."""
        return to_text(self.drawing)

    @cached_property
    def json(self) -> str:
        """The drawing as JSON."""
        return self.drawing.to_json()

    @cached_property
    def html(self) -> str:
        """The picture as a self-contained page."""
        return to_html(self.drawing)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write .svg, .html, .txt or .json, by the path's ending; return the path.

        Raises ValueError for another ending.

        >>> import tempfile
        >>> from glassgrad import Value, draw
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     draw(Value(2.0) * 3).save(f"{folder}/graph.svg").name
        'graph.svg'
        """
        ending = Path(path).suffix.lower()
        kinds = {".svg": "svg", ".html": "html", ".txt": "text", ".json": "json"}
        if ending not in kinds:
            name = Path(path).name
            raise ValueError(
                explain(
                    f"a picture is saved as {', '.join(kinds)}, not as {name!r}",
                    f"draw(value).save({name!r})",
                    "the ending of the name says which form to write",
                    f"draw(value).save({Path(name).stem + '.svg'!r})",
                )
            )
        return write_atomically(path, getattr(self, kinds[ending]))

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self.text
