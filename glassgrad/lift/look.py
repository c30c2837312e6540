"""How a group looks at its operands: through views, and through a copy only where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.arrange import Box, Operand
from glassgrad.lift.fit import fit, splits
from glassgrad.lift.indices import Cells, Ids
from glassgrad.lift.ir import Buffer, Expr, Gather, Shape, View, affine, cells, row_major

EMPTY: Mapping[Buffer, NDArray[np.bool_]] = MappingProxyType({})


@dataclass
class Sight:
    """What a group sees: the shape of its box, and of the columns of each segment.

    looks: for each segment, for each of its operands, the view; or a plain number.
    """

    shape: Shape
    columns: list[Shape]
    looks: list[list[Expr | float]]


class Copies:
    """Makes constants, and copies of what no view can show; the same one only once.

    incomplete: for buffers that are written in several parts, which cells have a number by now.
    """

    def __init__(self, incomplete: Mapping[Buffer, NDArray[np.bool_]] = EMPTY) -> None:
        self.incomplete = incomplete
        self.made: dict[tuple[object, ...], View] = {}
        self.gathers: list[Gather] = []
        self.constants = 0

    def view(self, buffer: Buffer, table: Cells) -> View | None:
        """The view that shows these cells, and where there are gaps no less than a number."""
        found = fit(table)
        if found is None:
            return None
        shape, (offset, strides) = table.shape, found
        low = offset + sum((n - 1) * min(s, 0) for n, s in zip(shape, strides, strict=True))
        high = offset + sum((n - 1) * max(s, 0) for n, s in zip(shape, strides, strict=True))
        if low < 0 or high >= buffer.size:
            return None
        there = self.incomplete.get(buffer)
        if there is not None and not there[affine(shape, offset, strides)].all():
            return None
        return View(buffer, offset, strides)

    def constant(self, numbers: NDArray[np.float64]) -> View | float:
        """A view of constants, over the axes along which they differ; or the number of them all."""
        kept, strides = _differing(numbers)
        if not kept.ndim and kept.size:
            return float(kept)
        key = ("constant", kept.shape, kept.tobytes())
        if key not in self.made:
            self.constants += 1
            buffer = Buffer(f"c{self.constants}", kept.shape, "constant", data=kept)
            self.made[key] = View(buffer, 0, ())
        return View(self.made[key].buffer, 0, strides)

    def copy(self, buffer: Buffer, cells: Cells) -> View:
        """A view of a copy of these cells, holes where they are -1."""
        kept, strides = _differing(cells)
        key = (buffer, kept.shape, kept.tobytes())
        if key not in self.made:
            name = f"{buffer.name}_part{len(self.gathers) + 1}"
            mask = None if (kept >= 0).all() else kept >= 0
            target = Buffer(name, kept.shape, "value", buffer.batched, mask=mask)
            self.gathers.append(Gather(target, buffer, kept.astype(np.intp).ravel()))
            self.made[key] = View(target, 0, ())
        return View(self.made[key].buffer, 0, strides)


def look(box: Box, members: Ids, segments: Sequence[Sequence[Operand]], copies: Copies) -> Sight:
    """Find the views of all operands; those of one segment have their columns in common."""
    shape = box.shape
    columns: list[Shape] = [segment[0].cells.shape[1:] for segment in segments]
    no_gaps = len(members) == prod(box.shape)
    tables = [[_table(box, members, operand) for operand in segment] for segment in segments]
    seen: dict[tuple[int, int], View | None] = {}
    for i, segment in enumerate(segments):
        for j, operand in enumerate(segment):
            if operand.buffer is None:
                continue
            table = tables[i][j].reshape(*shape, *columns[i])
            if seen.setdefault((i, j), copies.view(operand.buffer, table)):
                continue
            whole = _whole(box, members, operand, table) if no_gaps else None
            lengths = [] if whole is None else splits(whole)
            finer = [length for axis in lengths for length in axis]
            if len(finer) > table.ndim:  # loops in loops, even where there is no view of them
                shape = tuple(n for axis in lengths[: len(shape)] for n in axis)
                columns[i] = tuple(finer[len(shape) :])
                table = tables[i][j].reshape(*shape, *columns[i])
                seen[i, j] = copies.view(operand.buffer, table)
    looks = []
    for i, segment in enumerate(segments):
        full = (*shape, *columns[i])
        of_segment = [table.reshape(full) for table in tables[i]]
        found = [
            _look_at(operand, table, seen.get((i, j)), copies)
            for j, (operand, table) in enumerate(zip(segment, of_segment, strict=True))
        ]
        if segment[0].buffer is not None:
            _fill_gaps(segment, found, of_segment, len(shape), copies)
        if columns[i] == (1,):
            found = [_without_last(x) for x in found]
        looks.append(found)
    return Sight(shape, [() if column == (1,) else column for column in columns], looks)


def _whole(box: Box, members: Ids, operand: Operand, table: Cells) -> Cells | None:
    """The table as it would be if no row had gaps; None where that is not known."""
    if (table >= 0).all():
        return table
    if operand.begin is None:
        return None
    begin = box.table(operand.begin[members]).reshape(*table.shape[:-1], 1)
    return np.asarray(begin + np.arange(table.shape[-1]))


def _look_at(
    operand: Operand, table: NDArray[Any], view: View | None, copies: Copies
) -> Expr | float:
    """What shows an operand, whose cells or numbers are in the table; `view` did at first."""
    if operand.buffer is None:
        return copies.constant(table)
    if view and len(view.strides) < table.ndim:  # axes have been split since
        view = copies.view(operand.buffer, table)
    return view or copies.copy(operand.buffer, table)


def _without_last(x: Expr | float) -> Expr | float:
    return View(x.buffer, x.offset, x.strides[:-1]) if isinstance(x, View) else x


def _table(box: Box, members: Ids, operand: Operand) -> NDArray[Any]:
    if operand.buffer is None:
        assert operand.numbers is not None
        numbers = operand.numbers[members]
        alike = numbers.size and (numbers == numbers.flat[0]).all()
        return box.table(numbers, numbers.flat[0] if alike else 0.0)
    return box.table(operand.cells[members])


def _fill_gaps(
    segment: Sequence[Operand],
    found: list[Expr | float],
    tables: list[NDArray[Any]],
    n_axes: int,
    copies: Copies,
) -> None:
    """See to it that where a head has no term, one of the factors is 0."""
    gaps = tables[0] < 0
    if gaps.any():
        gaps &= ~gaps.all(axis=tuple(range(n_axes, gaps.ndim)), keepdims=True)  # these are holes
    if not gaps.any():
        return
    for view in found:
        if isinstance(view, View) and view.buffer.mask is not None:
            shown = cells(view, gaps.shape)
            gaps &= view.buffer.mask.ravel()[shown]
    if gaps.any():
        last = max(j for j, operand in enumerate(segment) if operand.buffer is not None)
        buffer = segment[last].buffer
        assert buffer is not None
        found[last] = copies.copy(buffer, tables[last])


def _differing(table: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...]]:
    """The table without the axes along which nothing changes, and strides that show it whole."""
    axes = []
    for axis in range(table.ndim):
        first = table.take([0], axis) if table.shape[axis] else table
        if table.shape[axis] > 1 and not (table == first).all():
            axes.append(axis)
        elif table.shape[axis] > 1:
            table = first
    kept = table.reshape([table.shape[axis] for axis in axes])
    strides = [0] * table.ndim
    for axis, stride in zip(axes, row_major(kept.shape), strict=True):
        strides[axis] = stride
    return kept.copy(), tuple(strides)
