"""In which shape and order the numbers of a group should lie.

Heads of one group become the cells of one box. The order is chosen so that what they look at can
be seen through views. Either one operand is different for each head, and the group takes over its
order, as an activation does from the sums that it is applied to. Or the heads are pairs, each row
of one operand with each row of another, and the box has rows and columns: then products of the two
are matrix products. Pairs that fall apart into independent grids of one shape are a batched
product; grids that are at least half full, as in causal attention, are computed whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.fit import splits
from glassgrad.lift.indices import Cells, Ids, mixed
from glassgrad.lift.ir import Buffer, Shape

# How much of a box has to be needed to compute it whole: half, so that the triangles of causal
# attention are. Numbers computed in vain cost less than copies of what no view shows.
FULL_ENOUGH = 0.5


@dataclass
class Operand:
    """What the heads of a group look at in one place: of each head a row of cells of a buffer.

    buffer: None for constants, whose numbers are in `numbers`.
    cells: (heads, terms), -1 where a head has fewer terms.
    key: which row a head has, for operands of which only parts of rows are there; else found.
    begin: where each row would begin if it were whole, where that is not its first cell.
    """

    buffer: Buffer | None
    cells: Cells
    numbers: NDArray[np.float64] | None = None
    key: Ids | None = None
    begin: Ids | None = None


@dataclass
class Box:
    """Where the heads of a group go: head i to cell `place[i]` of an array of this shape."""

    shape: Shape
    place: Ids

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """False for the holes, cells that are no head's; None if there are none."""
        if len(self.place) == prod(self.shape):
            return None
        mask = np.zeros(prod(self.shape), np.bool_)
        mask[self.place] = True
        return mask.reshape(self.shape)

    def table(self, rows: NDArray[Any], fill: float = -1) -> NDArray[Any]:
        """What the heads have (heads, ...), laid out in the box (*shape, ...)."""
        found = np.full((prod(self.shape), *rows.shape[1:]), fill, rows.dtype)
        found[self.place] = rows
        return found.reshape((*self.shape, *rows.shape[1:]))


def arrange(count: int, operands: Sequence[Operand]) -> list[tuple[Ids, Box]]:
    """Boxes for `count` heads: mostly one, with all of them; several if they differ in shape."""
    everyone = np.arange(count)
    if count == 1:
        return [(everyone, Box((), np.zeros(1, np.intp)))]
    leaders = [box for operand in operands if operand.buffer and (box := follow(operand))]
    if leaders:
        return [(everyone, max(leaders, key=_neatness))]
    keys = [_key(operand) for operand in operands]
    sizes = [int(key.max()) + 1 for key in keys]
    if count not in sizes:
        for _, first, second in sorted(
            (sizes[i] * sizes[j], i, j) for i, j in permutations(range(len(keys)), 2)
        ):
            if sizes[first] * sizes[second] < count:
                continue
            if _is_parameter(operands[first]) and not _is_parameter(operands[second]):
                continue  # data in rows, parameters in columns: x @ W.T
            boxes = _grids(keys[first], keys[second])
            if len(boxes) > 1 and (box := _repeat(operands, keys)):
                return [(everyone, box)]
            if boxes:
                return boxes
    return [(everyone, Box((count,), everyone))]


def _repeat(operands: Sequence[Operand], keys: Sequence[Ids]) -> Box | None:
    """Each row of the only operand that is no constant, equally often: constants lie anywhere.

    Data that happen to be equal, such as sines of 0, tell nothing about the order.
    """
    varying = [i for i, operand in enumerate(operands) if operand.buffer is not None]
    if len(varying) != 1:
        return None
    operand, key = operands[varying[0]], keys[varying[0]]
    times = np.bincount(key)
    if (times != times[0]).any():
        return None
    order = np.argsort(key, kind="stable")
    rank = np.empty(len(key), np.intp)
    rank[order] = np.tile(np.arange(times[0]), len(times))
    rows = follow(Operand(operand.buffer, operand.cells[order[:: times[0]]]))
    if rows is None:
        return None
    return Box((*rows.shape, int(times[0])), rows.place[key] * times[0] + rank)


def _is_parameter(operand: Operand) -> bool:
    return operand.buffer is not None and operand.buffer.role == "parameter"


def _neatness(box: Box) -> tuple[float, bool, int]:
    """Full boxes first, then those in the order of the heads, then those with more axes."""
    in_order = bool((np.diff(box.place) > 0).all())
    return len(box.place) / prod(box.shape), in_order, len(box.shape)


def _key(operand: Operand) -> Ids:
    """A number for each head, equal for equal rows, in the order of the first cells."""
    if operand.key is not None:
        return operand.key
    if operand.buffer is None and operand.numbers is not None:
        marks = mixed(operand.numbers.view(np.int64))
        _, met, key = np.unique(marks, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(met))[key]  # in the order in which they are met
    if operand.cells.shape[1] == 1:
        return np.unique(operand.cells[:, 0], return_inverse=True)[1]
    first: Ids = operand.cells[:, 0]
    marks = mixed(operand.cells)
    order = np.lexsort((marks, first))
    new = (np.diff(first[order]) != 0) | (np.diff(marks[order]) != 0)
    found = np.empty(len(order), np.intp)
    found[order] = np.concatenate([[0], np.cumsum(new)])
    return found


def follow(operand: Operand) -> Box | None:
    """The box of an operand's own order, with its axes, if it is full enough."""
    assert operand.buffer is not None
    if operand.begin is not None:
        first = operand.begin - operand.begin.min()
        axes: Sequence[Ids] = [first]
    else:
        first = operand.cells[:, 0]
        if (first < 0).any():
            return None
        if len(first) == operand.buffer.size and (first == np.arange(len(first))).all():
            return Box(tuple(n for n in operand.buffer.shape if n > 1), first)
        axes = np.unravel_index(first, operand.buffer.shape or (1,))
    shape: list[int] = []
    place = np.zeros(len(first), np.intp)
    for along in axes:
        found, rank = np.unique(along, return_inverse=True)
        step = np.gcd.reduce(np.diff(found)) if len(found) > 1 else 1
        length = int((found[-1] - found[0]) // step) + 1
        lengths: Shape = (len(found),)
        if length > len(found):
            (lengths,) = splits(found)
            if len(lengths) == 1 and len(found) >= FULL_ENOUGH * length:
                lengths = (length,)  # a few are left out, and become holes
                rank = (along - found[0]) // step
        if prod(lengths) > 1:
            shape.extend(lengths)
            place = place * prod(lengths) + rank
    fill = len(first) / prod(shape)
    distinct = len(np.unique(place)) == len(place)
    return Box(tuple(shape), place) if fill >= FULL_ENOUGH and distinct else None


def _grids(rows: Ids, columns: Ids) -> list[tuple[Ids, Box]]:
    """Boxes of grids by rows and columns, none if a pair occurs twice or they are too empty."""
    pair = rows * (int(columns.max()) + 1) + columns
    if len(np.unique(pair)) < len(pair):
        return []
    grid = _components(rows, columns)
    row_grid, row_rank = _ranks(rows, grid)
    column_grid, column_rank = _ranks(columns, grid)
    heights, widths = np.bincount(row_grid), np.bincount(column_grid)
    boxes: list[tuple[Ids, Box]] = []
    for height, width in sorted(set(zip(heights.tolist(), widths.tolist(), strict=True))):
        alike = (heights == height) & (widths == width)
        (members,) = np.nonzero(alike[grid])
        number = np.cumsum(alike) - 1
        row, column = row_rank[rows[members]], column_rank[columns[members]]
        if len(members) < FULL_ENOUGH * alike.sum() * height * width:
            column = column - row  # a band, as of windows that move on with the rows
            column -= column.min()
            width = int(column.max()) + 1
        if len(members) < FULL_ENOUGH * alike.sum() * height * width:
            return []
        place = (number[grid[members]] * height + row) * width + column
        shape = (int(alike.sum()), height, width)
        boxes.append((members, Box(tuple(n for n in shape if n > 1), place)))
    return boxes


def _ranks(key: Ids, grid: Ids) -> tuple[Ids, Ids]:
    """For each key its grid, and which one it is among those of the grid."""
    of = np.empty(int(key.max()) + 1, np.intp)
    of[key] = grid
    order = np.argsort(of, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(of))])
    rank = np.empty(len(of), np.intp)
    rank[order] = np.arange(len(of)) - starts[of[order]]
    return of, rank


def _components(rows: Ids, columns: Ids) -> Ids:
    """For each pair the number of its grid: pairs with a row or a column in common are in one.

    These are the connected components of rows that share a column. Each takes over the smallest
    number around it, as a whole, so that also long chains of overlaps in any order take few rounds.
    """
    label = np.arange(int(rows.max()) + 1)  # of each row the first row of its component, so far
    while True:
        of_column = np.full(int(columns.max()) + 1, len(label))
        np.minimum.at(of_column, columns, label[rows])
        new = label.copy()
        np.minimum.at(new, label[rows], of_column[columns])
        while (new[new] != new).any():
            new = new[new]
        if (new == label).all():
            return np.unique(label[rows], return_inverse=True)[1]
        label = new
