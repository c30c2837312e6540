"""Which number of the graph is in which cell of which buffer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from keyword import iskeyword
from math import prod

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.arrange import Box
from glassgrad.lift.fit import fit
from glassgrad.lift.indices import Ids
from glassgrad.lift.ir import Buffer, Shape, View, affine, row_major, whole

FIXED = -2  # instead of the number of a buffer: a constant
NOWHERE = -1


class Layout:
    """Gives places to nodes of the tape, and finds them again.

    buffers: all of them. buffer_of: for each node the number of its buffer; cell_of: its cell.
    incomplete: for buffers that are written in several parts, which cells have a number by now.
    """

    def __init__(self, fixed: NDArray[np.bool_], reserved: Sequence[str]) -> None:
        self.buffers: list[Buffer] = []
        self.buffer_of = np.where(fixed, FIXED, NOWHERE).astype(np.int32)
        self.cell_of = np.zeros(len(fixed), np.int32)
        self.numbers: dict[Buffer, int] = {}
        self.taken = set(reserved)
        self.counts: dict[str, int] = {}
        self.incomplete: dict[Buffer, NDArray[np.bool_]] = {}

    def place(self, buffer: Buffer, nodes: Ids, cells: Ids) -> None:
        """Note that these nodes are in these cells of a buffer."""
        if buffer not in self.numbers:
            self.numbers[buffer] = len(self.buffers)
            self.buffers.append(buffer)
        self.buffer_of[nodes] = self.numbers[buffer]
        self.cell_of[nodes] = cells

    def alias(self, nodes: Ids, others: Ids) -> None:
        """Note that nodes have the same numbers as others."""
        self.buffer_of[nodes], self.cell_of[nodes] = self.buffer_of[others], self.cell_of[others]

    def forget(self, buffers: Iterable[Buffer]) -> None:
        """Note that these buffers are no more."""
        numbers = [self.numbers[buffer] for buffer in buffers if buffer in self.numbers]
        if numbers:
            self.buffer_of[np.isin(self.buffer_of, numbers)] = NOWHERE

    def name(self, kind: str, label: str = "") -> str:
        """A name that no other buffer has: the label if it will do, else a kind and a number."""
        name = label
        while not name.isidentifier() or iskeyword(name) or name in self.taken:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            name = f"{kind}{self.counts[kind]}"
        self.taken.add(name)
        return name

    def alone(self, name: str, shape: Shape, batched: bool, box: Box, nodes: Ids) -> View:
        """A buffer for a group, with holes where its box has none of the nodes."""
        mask = None if box.mask is None else box.mask.reshape(shape)
        buffer = Buffer(name, shape, "value", batched, mask=mask)
        self.place(buffer, nodes, box.place)
        return whole(buffer)

    def row(
        self, family: Family, row: int, shape: Shape, batched: bool, box: Box, nodes: Ids
    ) -> View | None:
        """A row of a family's buffer, if it fits in there."""
        if family.buffer is None or family.buffer.shape[1:] != shape or len(nodes) < prod(shape):
            return None
        if family.buffer.batched != batched:
            return None
        start = row * prod(shape)
        there = self.incomplete.setdefault(family.buffer, np.zeros(family.buffer.size, np.bool_))
        there[start : start + prod(shape)] = True
        self.place(family.buffer, nodes, start + box.place)
        return View(family.buffer, start, row_major(shape))

    def part(
        self, larger: Box, cells: Ids, shape: Shape, box: Box
    ) -> tuple[int, tuple[int, ...]] | None:
        """The offset and strides that show certain cells of a larger box, if there are such."""
        table = box.table(cells).reshape(shape)
        found = fit(table)
        if found is None:
            return None
        outside = affine(shape, *found)[table < 0]  # the holes of the part must be holes there too
        if outside.size:
            mask, size = larger.mask, prod(larger.shape)
            if mask is None or outside.min() < 0 or outside.max() >= size:
                return None
            if mask.ravel()[outside].any():
                return None
        return found


class Family:
    """Stages that are to lie one behind the other: the buffer is made for the first of them."""

    def __init__(self, stages: Ids) -> None:
        self.stages = stages
        self.buffer: Buffer | None = None

    def begin(
        self, layout: Layout, kind: str, shape: Shape, batched: bool, label: str = ""
    ) -> None:
        """Make the buffer, with a row of this shape for each."""
        name = layout.name(kind, label)
        self.buffer = Buffer(
            name, (len(self.stages), *shape), "value", batched, labelled=bool(label)
        )
