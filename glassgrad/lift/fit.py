"""From cell numbers to strides: is a table of cells what a view with some strides would show?"""

from __future__ import annotations

from math import gcd

import numpy as np

from glassgrad.lift.indices import Cells
from glassgrad.lift.ir import Shape, affine


def fit(places: Cells) -> tuple[int, tuple[int, ...]] | None:
    """The offset and strides that give these cells, None if there are no such.

    Where a cell is -1 anything will do.

    >>> fit(np.array([[1, 3], [2, 4], [-1, 5]]))
    (1, (1, 2))
    """
    if not places.size:
        return 0, (0,) * places.ndim
    known = places >= 0
    everywhere = bool(known.all())
    strides = []
    for axis in range(places.ndim):
        stride = 0
        if places.shape[axis] > 1:
            low, high = _neighbours(places, axis)
            if everywhere:
                stride = int(high.flat[0]) - int(low.flat[0])
            else:
                both = (low >= 0) & (high >= 0)
                if both.any():
                    first = np.unravel_index(np.argmax(both), both.shape)
                    stride = int(high[first]) - int(low[first])
        strides.append(stride)
    first = np.unravel_index(np.argmax(known), known.shape)
    offset = int(places[first]) - sum(int(i) * s for i, s in zip(first, strides, strict=True))
    good = affine(places.shape, offset, strides) == places
    return (offset, tuple(strides)) if (good if everywhere else good | ~known).all() else None


def splits(places: Cells) -> list[Shape]:
    """For each axis the lengths of the axes into which it would have to be split to fit.

    Where the differences along an axis change at regular distances, there is a loop in a loop.

    >>> splits(np.array([0, 1, 2, 10, 11, 12]))
    [(2, 3)]
    """
    found = []
    for axis, length in enumerate(places.shape):
        lengths: tuple[int, ...] = (length,)
        line = np.moveaxis(places, axis, 0).reshape(length, -1)[:, 0] if places.size else places
        while length > 1:
            steps = np.diff(line)
            breaks = np.flatnonzero(steps != steps[0]) + 1
            inner = gcd(length, *breaks.tolist())
            if inner in (1, length):
                break
            lengths = (length // inner, inner, *lengths[1:])
            line, length = line[::inner], length // inner
        found.append(lengths)
    return found


def _neighbours(places: Cells, axis: int) -> tuple[Cells, Cells]:
    before = [slice(None)] * places.ndim
    after = [slice(None)] * places.ndim
    before[axis], after[axis] = slice(None, -1), slice(1, None)
    return places[tuple(before)], places[tuple(after)]
