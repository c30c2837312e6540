"""Copies and pickles of graphs, as deep as they may be: nothing here recurses.

`Value` calls these; a Value is known here only by its attributes.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from glassgrad import ops
from glassgrad.errors import refuse_hand_written


def shallow_copy(node: Any) -> Any:
    """A copy of one node, made from the same inputs."""
    _refuse_hand_written(node)
    copied = leaf(type(node), node.data, node.grad, node.label)
    copied._rule, copied._left, copied._right = node._rule, node._left, node._right
    if hasattr(node, "__dict__"):  # what a subclass has added
        copied.__dict__.update(node.__dict__)
    return copied


def deep_copy(order: list[Any], memo: dict[int, Any]) -> Any:
    """A copy of the graph whose nodes are given, inputs first; sharing is kept through `memo`."""
    for node in order:
        if id(node) not in memo:
            memo[id(node)] = copied = shallow_copy(node)
            copied._left = None if node._left is None else memo[id(node._left)]
            copied._right = None if node._right is None else memo[id(node._right)]
            if hasattr(node, "__dict__"):
                copied.__dict__.update(deepcopy(node.__dict__, memo))
    return memo[id(order[-1])]


def reduce(order: list[Any]) -> tuple[Any, ...]:
    """What pickle stores of the graph whose nodes are given, inputs first.

    A leaf is stored by itself, so that the leaves which several graphs share, as the losses of a
    network share its parameters, are still shared when all are pickled together. Results in between
    are not: each pickled result has a graph of its own.
    """
    root = order[-1]
    if root._rule is None:
        return leaf, (type(root), root.data, root.grad, root.label), getattr(root, "__dict__", None)
    leaves = [node for node in order if node._rule is None]
    made = [node for node in order if node._rule is not None]
    place = {id(node): i for i, node in enumerate(leaves + made)}
    rows = []
    for node in made:
        _refuse_hand_written(node)
        name = ops.op_named(node._rule.name).name  # a KeyError now, not when it is read
        inputs = [place[id(x)] for x in node._prev]
        rows.append((name, inputs, node.data, node.grad, node.label))
    return graph, (type(root), leaves, rows)


def leaf(kind: Any, data: float, grad: float, label: str) -> Any:
    """A leaf as it was, also of a subclass whose `__init__` takes something else."""
    made: Any = kind.__new__(kind)
    made.data, made.grad, made.label = data, grad, label
    made._rule = made._left = made._right = None
    return made


def graph(kind: Any, leaves: list[Any], rows: list[tuple[Any, ...]]) -> Any:
    """The root of a pickled graph."""
    nodes = list(leaves)
    for name, inputs, data, grad, label in rows:
        node = leaf(kind, data, grad, label)
        node._rule = ops.op_named(name)
        node._left = nodes[inputs[0]]
        node._right = nodes[inputs[1]] if len(inputs) == 2 else None
        nodes.append(node)
    return nodes[-1]


def _refuse_hand_written(node: Any) -> None:
    if node._rule is not None and node._rule.arity == 0:
        refuse_hand_written()
