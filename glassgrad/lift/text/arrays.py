"""The arrays that the lines of one function read: their names, their shapes, looks at them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import Buffer, Code, Shape, View
from glassgrad.lift.text.constants import Constants
from glassgrad.lift.text.formulas import Text
from glassgrad.lift.text.names import unused
from glassgrad.lift.text.parts import Part, Parts
from glassgrad.lift.text.sums import Guard, Order, Space
from glassgrad.lift.text.targets import dim_of, without_leading
from glassgrad.lift.text.views import BATCH, Dim, view_text

LONG_VIEW = 24  # letters from which a view may get a name of its own


class Arrays:
    """Writes looks at arrays, and keeps what they use.

    d_theta: the gradient of the parameter vector. writes: how often each buffer is written to.
    inline: texts to be put in the place of buffers, and put_inside: whether one was.
    names_read: the names in what was written last.
    """

    def __init__(
        self,
        code: Code,
        names: Mapping[Buffer, str],
        parts: Parts,
        constants: Constants,
        helpers: dict[str, str],
    ) -> None:
        self.code = code
        self.names = names
        self.parts = parts
        self.constants = constants
        self.helpers = helpers
        self.d_theta: Buffer | None = None
        self.writes: Counter[Buffer] = Counter()
        self.parts_used: set[Part] = set()
        self.d_parts_used: set[Part] = set()
        self.inline: dict[Buffer, Text] = {}
        self.put_inside = False
        self.names_read: dict[str, None] = {}
        self._taken = set(parts.taken)
        self._shown: dict[str, tuple[Buffer, str]] = {}  # views that could have a name of their own
        self._hoisted: dict[str, str] = {}  # and those that have one

    def look(
        self,
        buffer: Buffer,
        offset: int,
        dims: Sequence[Dim | int | None],
        writable: bool = False,
    ) -> str:
        """The text of a look at a buffer, to read or to write to."""
        name, shape = self.names[buffer], buffer.shape
        if buffer.role == "constant":
            name = self.constants.of(buffer)
        if buffer is self.code.parameters or buffer is self.d_theta:
            found = self.parts.look(offset, [dim for dim in dims if isinstance(dim, Dim)])
            if found is not None and (buffer is self.code.parameters or found[0].shape):
                part, offset, own = found
                used = self.parts_used if buffer is self.code.parameters else self.d_parts_used
                used.add(part)
                name = part.name if buffer is self.code.parameters else f"d_{part.name}"
                left = iter(own)
                dims = [
                    replace(next(left), loop=dim.loop) if isinstance(dim, Dim) else dim
                    for dim in dims
                ]
                shape = part.shape
        if not writable:
            self.names_read.setdefault(name)
        return view_text(name, shape, buffer.batched, offset, dims, writable=writable)

    def show(self, view: View, order: Order, counts: Mapping[int, int]) -> Text:
        """The text of a view with these axes; it broadcasts along those that it lacks."""
        dims = [dim_of(view, axis, counts) for axis in order]
        text = self.look(view.buffer, view.offset, dims)
        if text == self.names[view.buffer]:
            if view.buffer in self.inline:
                self.put_inside = True
                return self.inline[view.buffer]
            return Text(text)
        dims = without_leading(dims)
        text = self.look(view.buffer, view.offset, dims)
        if self.writes[view.buffer] < 2:
            sizes = [dim.count if isinstance(dim, Dim) else 1 for dim in dims if dim != BATCH]
            axes = ["batch"] * view.buffer.batched + [str(size) for size in sizes]
            self._shown.setdefault(text, (view.buffer, " x ".join(axes)))
        return Text(self._hoisted.get(text, text))

    def space(self, shape: Shape, guard: Guard | None = None) -> Space:
        """An index space of that shape, for the text of formulas."""
        counts = {BATCH: 2, **dict(enumerate(shape))}
        return Space(
            counts, lambda view, order: self.show(view, order, counts), self.helpers, guard
        )

    def name_views(self, text: str, width: int) -> tuple[str, list[tuple[str, str, str, str]]]:
        """Names for views in a line that is too long, and the line with them.

        For each its name, the view, a pattern that finds the view, and its shape in words.
        """
        found = []
        for view in sorted((x for x in self._shown if len(x) >= LONG_VIEW), key=len, reverse=True):
            if len(text) <= width:
                break
            pattern = rf"(?<![\w.]){re.escape(view)}(?![\w.\[(])"
            if not re.search(pattern, text):
                continue
            buffer, words = self._shown[view]
            name = unused(f"{self.names[buffer]}_view", self._taken)
            self._taken.add(name)
            self._hoisted[view] = name
            text = re.sub(pattern, name, text)
            found.append((name, view, pattern, words))
        return text, found

    def forget_views(self) -> None:
        """A statement has been written; the views in it have no names of their own any more."""
        self._shown = {}

    def flat(self, buffer: Buffer) -> str:
        """All cells of each example in a row."""
        count = f"-1, {buffer.size}" if buffer.batched else "-1"
        if not buffer.shape and not buffer.batched:
            return f"np.reshape({self.names[buffer]}, 1)"
        name = self.constants.of(buffer) if buffer.role == "constant" else self.names[buffer]
        return name if len(buffer.shape) == 1 else f"{name}.reshape({count})"

    def index(self, buffer: Buffer, index: NDArray[np.intp]) -> str:
        """Cell numbers: a short list as it is, others by a name."""
        if 0 < index.size <= 8 and index.ndim == 1 and np.all(index >= 0):
            return str(index.tolist())
        return self.constants.array(f"{self.names[buffer]}_index", index)

    def zeros(self, buffer: Buffer) -> str:
        """What makes an array of zeros."""
        is_number = not buffer.shape and not buffer.batched
        return "0.0" if is_number else f"np.zeros({shape_text(buffer.batched, buffer.shape)})"

    def words(self, buffer: Buffer, comment: str = "") -> str:
        """A shape in words, and what there is to say about it."""
        axes = ["batch"] * buffer.batched + [str(count) for count in buffer.shape]
        comment = comment or buffer.comment
        return " x ".join(axes or ["a number"]) + (f": {comment}" if comment else "")


def shape_text(batched: bool, shape: Shape) -> str:
    """The shape of an array, as `np.zeros` takes it."""
    axes = ["batch"] * batched + [str(count) for count in shape]
    return axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
