"""Arrays of whole numbers, which the passes work with: their types, and what NumPy does not do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.integer[Any]]  # numbers of nodes, heads, stages or groups
Cells = NDArray[np.integer[Any]]  # numbers of cells in a buffer; -1 where there is none
Ints = NDArray[np.int32]  # a column of the tape, which is as long as the graph


def equal(key: Ids) -> list[Ids]:
    """The places of equal numbers, together, in the order of the numbers.

    >>> [places.tolist() for places in equal(np.array([3, 5, 3]))]
    [[0, 2], [1]]
    """
    if (key == key[0]).all():
        return [np.arange(len(key))]
    order = np.argsort(key, kind="stable")
    return cut(order, np.flatnonzero(np.diff(key[order])) + 1)


def equal_rows(rows: NDArray[Any]) -> list[Ids]:
    """The places of equal rows of a table, together."""
    if (rows == rows[0]).all():
        return [np.arange(len(rows))]
    return equal(np.unique(rows, axis=0, return_inverse=True)[1].ravel())


def cut(numbers: Ids, places: Ids) -> list[Ids]:
    """An array cut before each of these places, as `np.split` does it in many times the time.

    >>> [part.tolist() for part in cut(np.array([5, 6, 7]), np.array([1]))]
    [[5], [6, 7]]
    """
    ends = [0, *places.tolist(), len(numbers)]
    return [numbers[start:end] for start, end in pairwise(ends)]


def distinct(a: Ids, b: Ids) -> tuple[Ids, Ids]:
    """Pairs, each once, in order; `np.unique` along an axis takes many times as long.

    >>> distinct(np.array([2, 1, 2]), np.array([5, 7, 5]))
    (array([1, 2]), array([7, 5]))
    """
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    new = np.ones(len(a), np.bool_)
    new[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return a[new], b[new]


def spans(starts: Ids, counts: Ids) -> Ids:
    """The numbers start, start + 1, ... of each span, one span after the other.

    >>> spans(np.array([7, 1]), np.array([2, 3])).tolist()
    [7, 8, 1, 2, 3]
    """
    before = np.cumsum(counts) - counts
    found: Ids = np.arange(counts.sum()) + np.repeat(starts - before, counts)
    return found


def mixed(rows: Cells) -> NDArray[np.uint64]:
    """One number for each row, equal for equal rows; for others by a chance of one in 2**60."""
    odd = 2 * np.arange(1, rows.shape[1] + 1, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    ) + np.uint64(1)
    mixed = (rows.astype(np.uint64) + odd) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return np.array((mixed * odd).sum(axis=1))
