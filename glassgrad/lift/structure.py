"""Where there is none: heads of which few could ever be one array.

They are better computed one after the other, as the graph does, than as arrays of one or two.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.indices import Ids, cut, distinct

# Heads in a group, on the average: with fewer there is no structure. An array operation takes as
# long as two or three operations on single numbers do, see `backends/numpy_few.py`.
FEW = 2.5
MANY = 64  # heads without structure: for fewer it is not worth to leave the arrays
LONG = 64  # terms: a longer sum is an array's work, whatever is around it


def unstructured(
    level: Ids, stage: Ids, source: Ids, consumer: Ids, terms: Ids
) -> Mapping[int, Ids]:
    """For the first of some levels without structure all of their heads, in order.

    level, stage: of each head; heads of one stage may become one array, and stages that will share
    a buffer have the same number. source, consumer: an edge from one head to another.
    terms: how many each head has.
    """
    depth = int(level.max(initial=-1)) + 1
    by_level = _split(np.lexsort((stage, level)), level, depth)
    alone = _without_structure(level, stage, source, consumer, terms, by_level)
    found = {}
    end = depth
    for number in range(depth - 1, -2, -1):
        if number >= 0 and alone[number]:
            continue
        run = by_level[number + 1 : end][::-1]
        if sum(map(len, run)) >= MANY:
            found[end - 1] = np.concatenate(run)
        end = number
    return found


def _without_structure(
    level: Ids, stage: Ids, source: Ids, consumer: Ids, terms: Ids, by_level: list[Ids]
) -> NDArray[np.bool_]:
    """Which levels have none, by what each would be split into, found from the leaves on.

    Heads are alike if they are of one stage and look at the same groups of heads: the mark of a
    head is a hash of both. A level without structure is one group to those that look at it.
    """
    depth = len(by_level)
    order = np.argsort(level[consumer], kind="stable")
    edges = _split(order, level[consumer], depth)
    weights = np.random.default_rng(0).integers(1, 2**62, int(stage.max(initial=0)) + 1)
    levels_of = np.bincount(np.unique(stage * depth + level) // max(depth, 1))
    shares = levels_of > 1
    mark = np.zeros(len(level), np.int64)
    alone = np.zeros(depth, np.bool_)
    n_groups = 0
    for number in range(depth - 1, -1, -1):
        heads = by_level[number]
        if len(heads) == 1:
            alone[number] = terms[heads[0]] <= LONG
            mark[heads] = weights[stage[heads]] if shares[stage[heads[0]]] else 0
            n_groups += 1
            continue
        users, used = distinct(consumer[edges[number]], mark[source[edges[number]]])
        np.add.at(mark, users, used * 31 + 7)
        mark[heads] = mark[heads] * 31 + weights[stage[heads]]
        groups = len(np.unique(mark[heads]))
        n_groups += groups
        alone[number] = len(heads) < FEW * groups and terms[heads].max() <= LONG
        if alone[number]:
            mark[heads] = 0
        else:
            mark[heads] = np.where(shares[stage[heads]], weights[stage[heads]], mark[heads])
    if len(level) < FEW * n_groups:  # what looks like structure here and there is chance
        alone[:] = True
        alone[level[terms > LONG]] = False
    return alone


def _split(order: Ids, key: Ids, count: int) -> list[Ids]:
    """An order by key, cut into the parts of equal key: one for each number below the count."""
    return cut(order, np.cumsum(np.bincount(key, minlength=count))[:-1])[:count]
