"""`slider`: several pictures of which one is seen, for "what if this number were larger?".

All pictures are made beforehand, so it also works in a saved notebook and in an exported page.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from io import BytesIO
from typing import Any

PAGE = """\
<div data-glassgrad-slider="{id}" data-lm-suppress-shortcuts="true" style="max-width: 46rem">
<p><label>{label} <input type="range" min="0" max="{last}" value="{start}"
style="display: none; width: 60%; vertical-align: middle"></label>
<output><strong>{name}</strong></output></p>
<img src="{image}" alt="{label}: {name}" style="max-width: 100%">
<p><small>Run this cell to move the slider: {all_names}.</small></p>
</div>
<script>
for (const place of document.querySelectorAll('[data-glassgrad-slider="{id}"]')) {{
  const names = {names}, images = {images};
  const [input, output, image] = ["input", "output", "img"].map(tag => place.querySelector(tag));
  place.querySelector("small")?.remove();
  place.onkeydown = place.onkeyup = event => event.stopPropagation();  // not to the notebook
  input.style.display = "";
  input.setAttribute("aria-valuetext", names[input.value]);
  input.oninput = () => {{
    output.firstChild.textContent = names[input.value];
    image.src = images[input.value];
    image.alt = {label_json} + ": " + names[input.value];
    input.setAttribute("aria-valuetext", names[input.value]);
  }};
}}
</script>
"""


class Slider:
    """Pictures by name behind a slider; in text, the names."""

    def __init__(self, label: str, pictures: Mapping[str, Any], start: int = 0) -> None:
        self.label, self.names, self.start = label, list(pictures), start
        self.images = [_source(picture) for picture in pictures.values()]

    def _repr_html_(self) -> str:
        names, images = (
            json.dumps(texts).replace("<", "\\u003c") for texts in (self.names, self.images)
        )
        return PAGE.format(
            id=sha256(f"{self.label}{names}{images}".encode()).hexdigest()[:12],
            label=escape(self.label),
            label_json=json.dumps(self.label).replace("<", "\\u003c"),
            name=escape(self.names[self.start]),
            all_names=escape(", ".join(self.names)),
            image=self.images[self.start],
            last=len(self.names) - 1,
            start=self.start,
            names=names,
            images=images,
        )

    def __repr__(self) -> str:
        return f"slider({self.label}: {', '.join(self.names)})"


def slider(label: str, pictures: Mapping[str, Any], start: int = 0) -> Slider:
    """Show one of several pictures, chosen by a slider.

    label: what the slider changes. pictures: for each position its name, such as "w = 0.5", and
    anything that shows itself as SVG or PNG: what `draw` gives, or a Figure of matplotlib.
    start: the position that is seen first.

    >>> from glassgrad import Value, draw
    >>> slider("x", {f"x = {x}": draw(Value(x) * 2) for x in (1.0, 2.0)})
    slider(x: x = 1.0, x = 2.0)
    """
    return Slider(label, pictures, start)


def _source(picture: Any) -> str:
    """A picture as the `src` of an image."""
    if hasattr(picture, "_repr_svg_"):
        return _data("image/svg+xml", picture._repr_svg_().encode())
    if hasattr(picture, "_repr_png_"):
        return _data("image/png", picture._repr_png_())
    if hasattr(picture, "savefig"):
        file = BytesIO()
        picture.savefig(file, format="png")
        return _data("image/png", file.getvalue())
    raise TypeError(f"a {type(picture).__name__} shows itself neither as SVG nor as PNG")


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
