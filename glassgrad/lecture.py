"""Classes written along the lecture: anything with `data`, `grad` and `_prev` is a node of a graph.

`check` and the pictures read graphs through this file, so they take a learner's own Value class as
well as ours. What such a class computes is known by its `_op`, where that is a symbol of the table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from glassgrad import floats, ops
from glassgrad.ops import Op

# Operations that are compositions here, and primitive in many a class along the lecture.
EXTRA = [
    Op(
        "subtract",
        "-",
        lambda x, y: x - y,
        lambda x, y, out: (1.0, -1.0),
        "{x} - {y}",
        (-3, 3),
        (-3, 3),
    ),
    Op(
        "divide",
        "/",
        lambda x, y: x * floats.power(y, -1.0),
        lambda x, y, out: (ops.power_by(-1)(y), -x * ops.power_by(-2)(y)),
        "{x} / {y}",
        (-3, 3),
        (0.2, 3),
    ),
    Op("negate", "-", lambda x: -x, lambda x, out: (-1.0,), "-{x}", (-3, 3)),
]


def is_node(thing: Any) -> bool:
    """Whether something is a number of a graph: a Value, or one along the lecture."""
    return all(hasattr(thing, name) for name in ("data", "grad", "_prev"))


def walk(roots: Sequence[Any]) -> list[tuple[Any, tuple[Any, ...]]]:
    """Every node below the roots with its inputs: inputs first, in the same order each time.

    >>> from glassgrad.value import Value
    >>> a = Value(2.0)
    >>> [len(inputs) for node, inputs in walk([a + a])]
    [0, 2]
    """
    order: list[tuple[Any, tuple[Any, ...]]] = []
    before: dict[int, tuple[Any, ...]] = {}
    stack: list[Any] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:  # all inputs of the node below this mark have been placed
            node = stack.pop()
            order.append((node, before[id(node)]))
        elif id(node) not in before:
            before[id(node)] = inputs = inputs_of(node)
            if inputs:
                stack += (node, None, *reversed(inputs))
            else:
                order.append((node, inputs))
    return order


def inputs_of(node: Any) -> tuple[Any, ...]:
    """The inputs of a node in a fixed order.

    A class that keeps its inputs in a set, as the lecture's does, has no order and has lost the
    second `a` of `a + a`: sort by label and number, and let the result say what there was.
    """
    previous = node._prev
    if isinstance(previous, (tuple, list)):
        return tuple(previous)
    inputs = tuple(sorted(previous, key=_rank))
    op = getattr(node, "_op", "")
    if len(inputs) == 1 and op in ("+", "*", "-", "/") and _gives(op, inputs * 2, node.data):
        return inputs * 2
    if len(inputs) == 2 and not _gives(op, inputs, node.data):
        turned = inputs[::-1]
        return turned if _gives(op, turned, node.data) else inputs
    return inputs


def op_of(node: Any, n_inputs: int) -> Op | None:
    """The record of the operation that made a node; None for a leaf, and where nobody knows it."""
    op: Op | None = getattr(node, "_rule", None)
    if n_inputs and (op is None or op.arity != n_inputs):  # by hand, or by another class
        return op_for(getattr(node, "_op", "") or "", n_inputs)
    return op


def op_for(symbol: str, arity: int) -> Op | None:
    """The record that a class along the lecture means by its `_op`.

    >>> op_for("ReLU", 1), op_for("**3", 1), op_for("**n", 1)
    (Op(relu), Op(**3), None)
    """
    for op in [*ops.OPS.values(), *EXTRA]:
        if op.arity == arity and symbol.lower() in (op.symbol.lower(), op.name):
            return op
    try:
        return ops.op_named(symbol) if symbol.startswith("**") and arity == 1 else None
    except ValueError:
        return None


def holds(op: Op, inputs: Sequence[Any], data: float) -> bool:
    """Whether a number is what an operation makes of its inputs, but for rounding.

    >>> from glassgrad.value import Value
    >>> holds(ops.tanh, [Value(0.0)], 0.0), holds(ops.tanh, [Value(0.0)], 1.0)
    (True, False)
    """
    right = op.value(*[float(x.data) for x in inputs])
    close = math.isclose(right, data, rel_tol=1e-9, abs_tol=1e-12)
    return close or (math.isnan(right) and math.isnan(data))


def _gives(symbol: str, inputs: Sequence[Any], data: float) -> bool:
    op = op_for(symbol, len(inputs))
    return op is not None and holds(op, inputs, data)


def _rank(node: Any) -> tuple[bool, str, float]:
    """For inputs without an order: a sum that goes on comes first, as in a + b + c."""
    label = str(getattr(node, "label", "") or "")
    return getattr(node, "_op", "") != "+", label, float(node.data)
