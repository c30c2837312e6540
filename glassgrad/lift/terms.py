"""The terms of a group of sums, brought into columns.

A segment is the part of a sum whose factors lie in the same buffers, such as the products of a
neuron's weights and inputs; its bias is another one. Heads with the same segments form a group.
Where their segments are of several lengths, such as a position's sum over 1, 2, 3 ... earlier
ones, the terms go into the columns in which the longest have them, and the rest stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.arrange import FULL_ENOUGH, Operand
from glassgrad.lift.canonical import Canonical
from glassgrad.lift.fit import fit, splits
from glassgrad.lift.indices import Ids, distinct, equal, equal_rows, mixed, spans
from glassgrad.lift.ir import Buffer, row_major

MOST_GAPS = 2**22  # in a table of terms: 32 MB
# Numbers without a second factor that are added one by one, as in `x[1:] - x[:-1]`; a sum over an
# axis of so few would need them copied to one place.
FEW = 3


@dataclass
class Segment:
    """Terms of each head: coefficient * product of the operands, added up over the columns.

    coefficient: (heads, columns), 0 where a head has no term. operands: one or two, with as many
    columns.
    """

    coefficient: NDArray[np.float64]
    operands: list[Operand]

    @property
    def ragged(self) -> bool:
        """Whether some heads have fewer terms than others."""
        return bool((self.operands[0].cells < 0).any())


class Terms:
    """The terms of some heads, sorted by head and by the buffers of their factors."""

    def __init__(
        self,
        canonical: Canonical,
        heads: Ids,
        buffers: list[Buffer],
        buffer_of: NDArray[np.int32],
        cell_of: NDArray[np.int32],
    ) -> None:
        starts = canonical.start[heads]
        counts = canonical.start[heads + 1] - starts
        row, term = np.repeat(np.arange(len(heads)), counts), spans(starts, counts)
        left, right, kind = _factors(canonical, term, buffer_of)
        if ((np.diff(kind) < 0) & (np.diff(row) == 0)).any():
            order = np.lexsort((kind, row))
            row, term, left, right, kind = (
                row[order], term[order], left[order], right[order], kind[order],
            )  # fmt: skip
        self.buffers, self.cell_of, self.buffer_of = buffers, cell_of, buffer_of
        self.left, self.right, self.coefficient = left, right, canonical.coefficient[term]
        # The parts of the heads: the terms of one head and one kind lie one behind the other.
        new = np.ones(len(row), np.bool_)
        new[1:] = (np.diff(kind) != 0) | (np.diff(row) != 0)
        self.begins = np.flatnonzero(new)
        self.lengths = np.diff(self.begins, append=len(row))
        self.kinds = kind[self.begins]
        self.counts = np.bincount(row[self.begins], minlength=len(heads))

    def groups(self) -> Iterator[tuple[Ids, list[Segment]]]:
        """Heads with the same segments, and these."""
        for members in self._of_same_kinds():
            lengths = self.lengths[self._parts(members)]
            if not mostly_gaps(lengths):
                found = self.segments(members)
                if all(not segment.ragged or _go_together(segment) for segment in found):
                    yield members, found
                    continue
            for places in equal_rows(lengths):
                yield members[places], self.segments(members[places])

    def _of_same_kinds(self) -> list[Ids]:
        """The heads that have parts of the same kinds; those without the first kinds are first."""
        found: list[tuple[list[int], Ids]] = []
        for heads in equal(self.counts):
            kinds = self.kinds[self._parts(heads)]
            found += [(kinds[x[0]].tolist(), heads[x]) for x in equal_rows(kinds)]
        found.sort(key=lambda group: [*(-kind for kind in group[0]), -inf])
        return [heads for _, heads in found]

    def _parts(self, heads: Ids) -> Ids:
        """The numbers of the parts of heads that have as many (heads, parts)."""
        first = np.cumsum(self.counts)[heads] - self.counts[heads]
        return np.array(first[:, None] + np.arange(self.counts[heads[0]]))

    def segments(self, members: Ids) -> list[Segment]:
        """The segments of heads that have the same ones."""
        found = []
        for part in self._parts(members).T:
            lengths, begins = self.lengths[part], self.begins[part]
            column = np.arange(lengths.max())
            present = column < lengths[:, None]
            term = np.where(present, begins[:, None] + column, 0)
            operands = []
            for nodes in (self.left, self.right):
                if nodes[begins[0]] >= 0:
                    cells = np.where(present, self.cell_of[nodes[term]], -1)
                    operands.append(Operand(self.buffers[self.buffer_of[nodes[begins[0]]]], cells))
            coefficient = np.where(present, self.coefficient[term], 0.0)
            if len(members) == 1:
                coefficient, operands = _in_order(coefficient, operands)
            for segment in _separate(_whole(Segment(coefficient, operands))):
                found.extend(_runs(segment))
        return found


def _factors(
    canonical: Canonical, term: Ids, buffer_of: NDArray[np.int32]
) -> tuple[Ids, Ids, NDArray[np.int64]]:
    """The nodes that are the factors of terms, parameters first; and the buffers of both as one."""
    left, right = canonical.left[term], canonical.right[term]
    swap = (right >= 0) & (buffer_of[left] > buffer_of[right])
    left, right = np.where(swap, right, left), np.where(swap, left, right)
    in_right = np.where(right >= 0, buffer_of[right], -1)
    return left, right, (buffer_of[left].astype(np.int64) << 32) + in_right + 1


def signatures(
    canonical: Canonical, heads: Ids, buffer_of: NDArray[np.int32]
) -> NDArray[np.uint64]:
    """A number for each head, equal for those whose terms are of the same kinds."""
    starts = canonical.start[heads]
    counts = canonical.start[heads + 1] - starts
    kind = _factors(canonical, spans(starts, counts), buffer_of)[2]
    row, kinds = distinct(np.repeat(np.arange(len(heads)), counts), kind)
    found = np.zeros(len(heads), np.uint64)
    np.add.at(found, row, mixed(kinds[:, None]))
    return found


def mostly_gaps(lengths: Ids) -> bool:
    """Whether rows of these lengths (rows, tables) would be tables of little but gaps, and large.

    One sum of 100,000 terms among as many sums of two would take a table of ten billion.
    """
    full = len(lengths) * lengths.max(axis=0, initial=0)
    there = lengths.sum(axis=0)
    return bool(((full - there > MOST_GAPS) & (there < FULL_ENOUGH * full)).any())


def _in_order(
    coefficient: NDArray[np.float64], operands: list[Operand]
) -> tuple[NDArray[np.float64], list[Operand]]:
    """The terms of a single head by their cells, equal ones as one."""
    cells, which = np.unique([x.cells[0] for x in operands], axis=1, return_inverse=True)
    together = np.bincount(which.ravel(), coefficient[0]).astype(np.float64)[None, :]
    return together, [
        Operand(x.buffer, row[None, :]) for x, row in zip(operands, cells, strict=True)
    ]


def _whole(segment: Segment) -> Segment:
    """A sum over all numbers of a buffer with holes, as one over all of its cells: holes hold 0."""
    buffer, cells = segment.operands[0].buffer, segment.operands[0].cells
    if len(cells) > 1 or len(segment.operands) > 1 or buffer is None or buffer.mask is None:
        return segment
    if (segment.coefficient != segment.coefficient[0, 0]).any():
        return segment
    if not np.array_equal(np.sort(cells[0]), np.flatnonzero(buffer.mask)):
        return segment
    every = np.arange(buffer.size)[None, :]
    return Segment(np.full(every.shape, segment.coefficient[0, 0]), [Operand(buffer, every)])


def _separate(segment: Segment) -> list[Segment]:
    """Single numbers apart from products with data: `W @ x + b`, and `x[1:] - x[:-1]`."""
    if len(segment.operands) > 1 or segment.ragged:
        return [segment]
    (operand,) = segment.operands
    size = np.abs(segment.coefficient)
    plain = (size == 1.0).all(axis=0) & (segment.coefficient == segment.coefficient[0]).all(axis=0)
    if not 0 < plain.sum() <= FEW or (plain.all() and (len(plain) == 1 or _is_axis(operand))):
        return [segment]
    columns = [[i] for i in np.flatnonzero(plain)]
    if not plain.all():
        columns.append(list(np.flatnonzero(~plain)))
    return [
        Segment(segment.coefficient[:, c], [Operand(operand.buffer, operand.cells[:, c])])
        for c in columns
    ]


def _is_axis(operand: Operand) -> bool:
    """Whether a head's terms are all numbers along an axis of the buffer: `x.sum(axis=1)`."""
    assert operand.buffer is not None
    cells = operand.cells[0]
    axes = zip(operand.buffer.shape, row_major(operand.buffer.shape), strict=True)
    return any(len(cells) == n and (np.diff(cells) == stride).all() for n, stride in axes)


def _runs(segment: Segment) -> list[Segment]:
    """Columns of two or three matrices that follow one another, each for itself."""
    columns = segment.coefficient.shape[1]
    if segment.ragged or columns < 4:
        return [segment]
    lines = [operand.cells[0] for operand in segment.operands]
    if all(fit(line.reshape(lengths)) for line in lines for lengths in splits(line)):
        return [segment]
    steps = np.any([np.diff(line, n=2) != 0 for line in lines], axis=0)
    (bends,) = np.nonzero(steps)  # a bend before and after the step from one to the next
    cuts = [0, *(bends[np.flatnonzero(np.diff(bends) == 1)] + 2).tolist(), columns]
    if not 2 <= len(cuts) - 1 <= FEW:
        return [segment]
    return [
        Segment(
            segment.coefficient[:, start:end],
            [Operand(operand.buffer, operand.cells[:, start:end]) for operand in segment.operands],
        )
        for start, end in pairwise(cuts)
    ]


def _go_together(segment: Segment) -> bool:
    """Whether segments of several lengths are better one with gaps than several; brings them in."""
    for columns_in in (columns_by_rows, columns_by_holes):
        for operand in segment.operands:
            moved = columns_in(operand)
            if moved is not None:
                _move(segment, operand, *moved)
                return True
    present = segment.operands[0].cells >= 0
    several = len(np.unique(present.sum(axis=1))) > 2
    return several and bool(present.mean() >= FULL_ENOUGH)


def columns_by_rows(operand: Operand) -> tuple[NDArray[np.intp], Ids] | None:
    """The columns in which the longest rows have the cells of each row, and which row that is.

    None unless every row is a part of a longest one, and no cell is in two of them.
    """
    assert operand.buffer is not None
    cells = operand.cells
    full = np.unique(cells[(cells >= 0).all(axis=1)], axis=0)
    column = np.full(operand.buffer.size + 1, -1)
    owner = np.full(operand.buffer.size + 1, -1)
    column[full] = np.arange(cells.shape[1])
    owner[full] = np.arange(len(full))[:, None]
    in_two = (owner[full] != owner[full[:, :1]]) | (column[full] != np.arange(cells.shape[1]))
    if in_two.any():
        return None
    present = cells >= 0
    whose = owner[cells[:, 0]]
    if ((owner[cells] != whose[:, None]) & present).any() or (whose < 0).any():
        return None
    columns = np.where(present, column[cells], -1)
    ordered = np.sort(columns, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
        return None  # one number has two factors: `a * b + a * c`
    return columns, whose


def _move(segment: Segment, leader: Operand, column: Ids, key: Ids) -> None:
    """Put each term into its column; the leader's rows are then known by what they are part of."""
    for operand in segment.operands:
        operand.cells = moved = in_columns(operand.cells, column, -1)
        whole = moved[np.argmax((moved >= 0).sum(axis=1))]
        if (moved[:, 0] >= 0).all() or (whole < 0).any():
            continue
        # Where the row would begin if it were whole, by the steps of a row that is.
        first = np.argmax(moved >= 0, axis=1)
        operand.begin = moved[np.arange(len(moved)), first] - (whole[first] - whole[0])
        operand.key = np.unique(operand.begin, return_inverse=True)[1]
    leader.key = np.unique(key, return_inverse=True)[1]
    segment.coefficient = in_columns(segment.coefficient, column, 0)


def in_columns(table: NDArray[Any], column: Ids, gap: int) -> NDArray[Any]:
    """Each number of a table in the column of its row that is said, gaps between them.

    >>> in_columns(np.array([[7, -1], [8, 9]]), np.array([[1, -1], [0, 1]]), -1).tolist()
    [[-1, 7], [8, 9]]
    """
    present = column >= 0
    moved = np.full((len(column), int(column.max()) + 1), gap, table.dtype)
    moved[np.nonzero(present)[0], column[present]] = table[present]
    return moved


def columns_by_holes(operand: Operand) -> tuple[Ids, Ids] | None:
    """The place of each cell along the last axis of a buffer, and in which line it is.

    None unless each row is all that there is of a line between holes.
    """
    assert operand.buffer is not None
    if operand.buffer.mask is None:
        return None
    length = operand.buffer.shape[-1]
    present = operand.cells >= 0
    line, column = np.divmod(operand.cells, length)
    whose = line[:, 0]
    if (present & (line != whose[:, None])).any():
        return None
    there = np.zeros((len(whose), length), np.bool_)
    there[np.nonzero(present)[0], column[present]] = True
    if (there.sum(axis=1) != present.sum(axis=1)).any():
        return None  # a cell twice
    if (there != operand.buffer.mask.reshape(-1, length)[whose]).any():
        return None
    return np.where(present, column - column[present].min(), -1), whose
