"""The parts of the parameter vector that a program looks at, each under a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import (
    Buffer,
    Compute,
    Expr,
    Extreme,
    ExtremeGradient,
    Gather,
    Instruction,
    Put,
    Shape,
    Take,
    View,
    cells,
    row_major,
)
from glassgrad.lift.text.formulas import addends_of, factors_of
from glassgrad.lift.text.names import part_name, unused
from glassgrad.lift.text.views import Dim, view_text

Key = tuple[int, tuple[Dim, ...]]  # the first cell, and the axes, from the largest stride down
MOST_TRIED = 64  # parts within which another is looked for


@dataclass(frozen=True)
class Part:
    """One part: an array with axes of its own.

    block: where a cut for it begins, so that weights and biases that lie together are cut alike.
    """

    name: str
    key: Key
    block: int
    size: int  # of the vector

    @property
    def shape(self) -> Shape:
        """How long its axes are."""
        return tuple(dim.count for dim in self.key[1])

    @property
    def is_view(self) -> bool:
        """Whether what is added to it is added to the vector: not if it is a copy."""
        return bool(self.shape) and "arange" not in self.text("")

    def inside(self, offset: int, dims: Sequence[Dim]) -> tuple[int, list[Dim]] | None:
        """The same cells as a look at this array: its cell and strides; None if not inside."""
        first, own = self.key
        rest = offset - first
        if rest < 0:
            return None
        places = []
        for dim in own:
            places.append(rest // dim.stride)
            rest %= dim.stride
        if rest or any(place >= dim.count for place, dim in zip(places, own, strict=True)):
            return None
        inner = row_major(self.shape)
        found = []
        lows, highs = list(places), list(places)
        for dim in dims:
            axis = next((i for i, x in enumerate(own) if dim.stride % x.stride == 0), None)
            if axis is None:
                return None
            step = dim.stride // own[axis].stride
            lows[axis] += min(step * (dim.count - 1), 0)
            highs[axis] += max(step * (dim.count - 1), 0)
            if lows[axis] < 0 or highs[axis] >= own[axis].count:
                return None
            found.append(Dim(dim.count, step * inner[axis]))
        return sum(p * s for p, s in zip(places, inner, strict=True)), found

    def text(self, name: str) -> str:
        """What makes this part of the vector of that name."""
        offset, dims = self.key
        return view_text(name, (self.size,), False, offset, dims, self.block, writable=True)


class Parts:
    """All named parts of one vector."""

    def __init__(self, vector: Buffer, paths: Sequence[str], taken: Iterable[str]) -> None:
        self.vector = vector
        self.paths = paths
        self.taken = set(taken)
        self.parts: list[Part] = []
        self._exact: dict[Key, Part] = {}
        self._uses: dict[Key, set[bool]] = {}  # whether they are added, or multiply something

    def learn(self, instructions: Sequence[Instruction]) -> None:
        """Name what instructions read of the vector."""
        found: dict[Key, None] = {}
        for instruction in instructions:
            for view, shape, is_added in uses_of(instruction):
                key = key_of(view.offset, dims_of(view, shape))
                if view.buffer is self.vector and key is not None:
                    self._uses.setdefault(key, set()).add(is_added)
        for instruction in instructions:
            for view, shape in looks_of(instruction):
                if view.buffer is self.vector:
                    key = key_of(view.offset, dims_of(view, shape))
                    if key is not None and key != (0, (Dim(self.vector.size, 1),)):
                        found.setdefault(key)
        blocks = _blocks(found)
        inside: dict[Key, None] = {}
        for key in sorted(found, key=lambda key: -prod(dim.count for dim in key[1])):
            if any(part.inside(*key) for part in self.parts[:MOST_TRIED]):
                inside.setdefault(key)
                continue
            self.parts.append(Part("", key, blocks[key], self.vector.size))
        self.parts.sort(key=lambda part: part.key[0])
        self.parts = [replace(part, name=self._name(part.key)) for part in self.parts]
        self._exact = {part.key: part for part in self.parts}

    def look(self, offset: int, dims: Sequence[Dim]) -> tuple[Part, int, list[Dim]] | None:
        """The part in which some cells are, and where in it; None if in none."""
        key = key_of(offset, dims)
        if key is not None and key in self._exact:
            part = self._exact[key]
            found = part.inside(offset, dims)
            return (part, *found) if found else None
        for part in sorted(self.parts[:MOST_TRIED], key=lambda part: -prod(part.shape)):
            found = part.inside(offset, dims)
            if found is not None:
                return (part, *found)
        return None

    def _name(self, key: Key) -> str:
        offset, dims = key
        counts = tuple(dim.count for dim in dims)
        view = View(self.vector, offset, tuple(dim.stride for dim in dims))
        name = ""
        if self.paths:
            name = part_name(
                [self.paths[i] for i in cells(view, counts).ravel().tolist()], len(dims)
            )
        name = name or ("c", "w", "W")[min(len(dims), 2)]
        if name == "w" and self._is_added(key):
            name = "b"
        while (name := unused(name, self.taken)) and f"d_{name}" in self.taken:
            self.taken.add(name)
        self.taken |= {name, f"d_{name}"}
        return name

    def _is_added(self, key: Key) -> bool:
        """Whether a part is added to something, and multiplies nothing."""
        uses: set[bool] = set()
        part = Part("", key, 0, self.vector.size)
        for other, found in self._uses.items():
            if part.inside(*other) or Part("", other, 0, self.vector.size).inside(*key):
                uses |= found
        return uses == {True}


def uses_of(instruction: Instruction) -> Iterator[tuple[View, Shape, bool]]:
    """The views that are added to something, and those that multiply something else."""
    if not isinstance(instruction, Compute) or instruction.target.buffer.role == "gradient":
        return
    for term in instruction.terms:
        shape = instruction.shape + term.reduce
        for _, factors in map(factors_of, addends_of(term.expr)):
            if len(factors) == 1 and isinstance(factors[0], View) and not term.reduce:
                yield factors[0], shape, True
            elif len(set(factors)) > 1:
                yield from ((view, shape, False) for view in factors if isinstance(view, View))


def looks_of(instruction: Instruction) -> list[tuple[View, Shape]]:
    """The views that an instruction reads through, each with the shape of its index space."""
    match instruction:
        case Compute(_, shape, terms):
            return [
                (view, shape + term.reduce)
                for term in terms
                if isinstance(term.expr, Expr)
                for view in term.expr.views()
            ]
        case Take(_, shape, table, which, step, count):
            rows = View(table.buffer, table.offset, (*table.strides, step))
            return [(rows, (*shape, count)), (which, shape)]
        case Put(_, shape, upstream, which):
            return [(upstream, shape), (which, shape)]
        case Extreme(_, _, shape, source, reduce):
            return [(source, shape + reduce)]
        case ExtremeGradient(Extreme(_, _, shape, source, reduce), _, upstream):
            return [(source, shape + reduce), (upstream, shape)]
        case Gather(target, source, index):
            found = rows_of(index.reshape(target.shape))
            if found is None:
                return []
            width = target.shape[-1]
            return [(View(source, found[0], (width, 1)), (found[1], width))]
        case _:
            return []


def rows_of(index: NDArray[np.intp]) -> tuple[int, int, NDArray[np.intp]] | None:
    """Cell numbers that are whole rows of a table: its first cell, its length, and which rows.

    >>> rows_of(np.array([[7, 8], [3, 4], [7, 8]]))
    (3, 3, array([2, 0, 2]))
    """
    if index.ndim < 2 or index.shape[-1] < 2 or index.size == 0 or index.min() < 0:
        return None
    first, width = index[..., 0], index.shape[-1]
    if np.any(index != first[..., None] + np.arange(width)) or np.any(
        (first - first.min()) % width
    ):
        return None
    start = int(first.min())
    return start, int(first.max() - start) // width + 1, (first - start) // width


def dims_of(view: View, shape: Shape) -> list[Dim]:
    """The axes along which a view moves."""
    pairs = zip(shape, view.strides, strict=True)
    return [Dim(count, stride) for count, stride in pairs if stride and count > 1]


def key_of(offset: int, dims: Sequence[Dim]) -> Key | None:
    """The cells of a view whatever the order of its axes; None if it shows cells twice."""
    key = tuple(sorted(dims, key=lambda dim: -dim.stride))
    reach = 0
    for dim in reversed(key):
        if dim.stride <= reach:
            return None
        reach += dim.stride * (dim.count - 1)
    return offset, key


def _blocks(keys: Iterable[Key]) -> dict[Key, int]:
    """For each key where its cut begins: with those of the same stride and count around it."""
    alike: dict[Dim | None, list[Key]] = {}
    for key in keys:
        alike.setdefault(key[1][0] if key[1] else None, []).append(key)
    blocks: dict[Key, int] = {}
    for first, group in alike.items():
        low = -1
        for key in sorted(group, key=lambda key: key[0]):
            if low < 0 or first is None or key[0] - low >= first.stride:
                low = key[0]
            blocks[key] = low
    return blocks
