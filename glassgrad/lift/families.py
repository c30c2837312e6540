"""Which arrays should lie one behind the other, because others look at them as at one.

The states of a recurrent network are computed one after the other, and then all at once become
outputs. If they are rows of one array the outputs are one matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.indices import Ids, cut


def families(stage: Ids, kind: NDArray[np.int32], source: Ids, consumer: Ids) -> list[Ids]:
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


def _root(leader: Ids, i: int) -> int:
    while leader[i] != i:
        leader[i] = leader[leader[i]]
        i = int(leader[i])
    return i


def _join(leader: Ids, a: int, b: int) -> None:
    a, b = sorted((_root(leader, a), _root(leader, b)))
    leader[b] = a
