"""A drawing as one page that needs nothing else: the SVG with zoom and every number on a click.

The page itself, its looks and its script, is `page.html` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from glassgrad.draw.ir import Drawing
from glassgrad.draw.svg import to_svg
from glassgrad.draw.text import summary, to_text


def to_html(drawing: Drawing) -> str:
    """The page; `<` is escaped in the data too, so no label can end a script."""
    parts = {
        "title": escape(summary(drawing)),
        "svg": to_svg(drawing),
        "text": escape(to_text(drawing)),
        "json": drawing.to_json().replace("<", "\\u003c"),
    }
    return fill(Path(__file__).with_name("page.html"), parts)


def fill(template: Path, parts: Mapping[str, str]) -> str:
    """The text of a file, with each `{{name}}` in it replaced by the part of that name."""
    pieces = template.read_text(encoding="utf-8").split("{{")
    return pieces[0] + "".join(
        parts[name] + rest for name, rest in (piece.split("}}", 1) for piece in pieces[1:])
    )
