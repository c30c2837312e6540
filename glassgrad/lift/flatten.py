"""The first pass: a graph of Values becomes a tape, arrays with one entry for each scalar node.

Everything after this is work on arrays. What the numbers mean is for the next pass,
`canonical.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.errors import explain
from glassgrad.lift.indices import Ints
from glassgrad.lift.walk import LEAF
from glassgrad.ops import Op
from glassgrad.value import Value, _Custom, topological_order


@dataclass
class Tape:
    """A graph as arrays; node number i is `nodes[i]`, and inputs come before results.

    rules: the distinct operations by their code; rules[LEAF] is None.
    op: the code of each node. left, right: the numbers of its inputs, -1 where there is none.
    data: its number in the graph. labelled: whether it has a label.
    roots: the numbers of the results.
    takes: for each node that looks a number up by data, its candidates and last of all the index.
    """

    nodes: list[Value]
    rules: list[Op | None]
    op: Ints
    left: Ints
    right: Ints
    data: NDArray[np.float64]
    labelled: NDArray[np.bool_]
    roots: list[int]
    takes: dict[int, list[int]]

    def __len__(self) -> int:
        return len(self.nodes)


def flatten(roots: Sequence[Value], index_leaves: Iterable[Value] = ()) -> Tape:
    """The tape of all that the roots were made from.

    index_leaves: the leaves that stand for whole numbers from data.
    Raises TypeError where somebody's own `_backward` lies in the graph.

    >>> a = Value(2.0)
    >>> tape = flatten([a * a + a])
    >>> tape.op.tolist(), tape.left.tolist(), tape.right.tolist()
    ([0, 1, 2], [-1, 0, 1], [-1, 0, 0])
    """
    nodes = order_of(roots)
    count = len(nodes)
    codes = _Codes()
    op = np.fromiter(map(codes.__getitem__, map(_RULE, nodes)), np.int32, count)
    number: dict[Any, int] = dict(zip(nodes, range(count), strict=True))
    number[None] = -1
    left = np.fromiter(map(number.__getitem__, map(_LEFT, nodes)), np.int32, count)
    right = np.fromiter(map(number.__getitem__, map(_RIGHT, nodes)), np.int32, count)
    data = np.fromiter(map(_DATA, nodes), np.float64, count)
    labelled = np.fromiter(map(bool, map(_LABEL, nodes)), np.bool_, count)
    rules = list(codes)
    by_hand = np.array([isinstance(rule, _Custom) for rule in rules])
    known = set(index_leaves)
    takes = {i: _take(nodes[i], known, number) for i in np.flatnonzero(by_hand[op]).tolist()}
    return Tape(
        nodes, rules, op, left, right, data, labelled, [number[root] for root in roots], takes
    )


def order_of(roots: Sequence[Value]) -> list[Value]:
    """Every node that the roots were made from, inputs before results.

    >>> a, b = Value(2.0), Value(3.0)
    >>> order_of([b, a]) == [b, a]
    True
    """
    end = Value(0.0)
    end._rule = _Custom("", tuple(roots))  # also inside `no_grad`
    return topological_order(end)[:-1]


_RULE, _LEFT, _RIGHT = attrgetter("_rule"), attrgetter("_left"), attrgetter("_right")
_LABEL = attrgetter("label")
_DATA = Value.__dict__["data"].__get__  # what the class stores, whatever a subclass shows


class _Codes(dict[Op | None, int]):
    """Numbers for operations, in the order in which they are met."""

    def __init__(self) -> None:
        super().__init__({None: LEAF})

    def __missing__(self, rule: Op | None) -> int:
        self[rule] = len(self)
        return self[rule]


def _take(node: Value, index_leaves: set[Value], number: dict[Any, int]) -> list[int]:
    """The candidates and the index of a look-up by data; any other custom node is refused."""
    children = node._prev
    if node._op != "take" or children[-1] not in index_leaves:
        raise TypeError(
            explain(
                f"{node} was made by hand ({node._op or 'no name'}), and cannot be lifted",
                "x = Value(3.0)\n"
                'out = Value(9.0, (x,), "square")\n'
                "def _backward():\n"
                "    x.grad += 2 * x.data * out.grad\n"
                "out._backward = _backward\n"
                "lift(out)",
                "its `_backward` is a Python function that adds to gradients; what it computes "
                "from other numbers, and on arrays, it cannot say",
                "x = Value(3.0)\nlift(x * x)",
            )
        )
    return [number[child] for child in children]
