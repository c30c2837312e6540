"""Which arrays should lie one behind the other, because others look at them as at one.

The states of a recurrent network are computed one after the other, and then all at once become
outputs. If they are rows of one array the outputs are one matrix product.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]


def families(stage: Ints, kind: NDArray[np.int32], source: Ints, consumer: Ints) -> list[Ints]:
    """Stages of heads that should share a buffer, in the order in which they are computed.

    stage, kind: of each head. source, consumer: heads, an edge from each to the other.
    Stages belong together if they are of one kind and size, and the heads of some later stage
    differ in which of them they use.
    """
    if not len(source):
        return []
    sizes = np.bincount(stage)
    kind_of = np.zeros(len(sizes), np.int64)
    kind_of[stage] = kind
    edges = np.unique(consumer * len(sizes) + stage[source])  # a head, and a stage that it uses
    user, used = stage[edges // len(sizes)], edges % len(sizes)
    pairs, times = np.unique(user * len(sizes) + used, return_counts=True)
    differ = pairs[times < sizes[pairs // len(sizes)]]
    if not len(differ):
        return []
    leader = np.arange(len(sizes))
    groups: dict[tuple[int, int, int], int] = {}
    for pair in differ.tolist():
        later, now = divmod(pair, len(sizes))
        key = (later, int(kind_of[now]), int(sizes[now]))
        _join(leader, groups.setdefault(key, now), now)
    roots = np.array([_root(leader, i) for i in range(len(sizes))])
    order = np.argsort(roots, kind="stable")
    found = cut(order, np.flatnonzero(np.diff(roots[order])) + 1)
    return [family for family in found if len(family) > 1]


def cut(numbers: Ints, places: Ints) -> list[Ints]:
    """An array cut before each of these places, as `np.split` does it in many times the time.

    >>> [part.tolist() for part in cut(np.array([5, 6, 7]), np.array([1]))]
    [[5], [6, 7]]
    """
    ends = [0, *places.tolist(), len(numbers)]
    return [numbers[start:end] for start, end in pairwise(ends)]


def _root(leader: Ints, i: int) -> int:
    while leader[i] != i:
        leader[i] = leader[leader[i]]
        i = int(leader[i])
    return i


def _join(leader: Ints, a: int, b: int) -> None:
    a, b = sorted((_root(leader, a), _root(leader, b)))
    leader[b] = a
