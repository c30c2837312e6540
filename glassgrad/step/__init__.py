"""Stepping through a graph: forward and backward, one operation at a time.

`trace.py` turns a graph into steps, `words.py` says them in words, `scene.py` draws the graph that
they happen in, and `steps.py` is the object that shows them: as text, as a page, in a notebook.
Everything is loaded when it is first used, so that `import glassgrad` stays quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassgrad.step.steps import Steps

__all__ = ["Steps", "step_through"]


def step_through(value: Any, *, order: Sequence[Any] | None = None, max_nodes: int = 300) -> Steps:
    """Show how a Value was computed and how its gradients come about, operation by operation.

    value: a Value; also one of a class of your own that has the lecture's attributes (`data`,
    `grad`, `_prev`, `_op`). Its graph stays as it is. Where `backward()` has run, its gradients are
    compared with those of the steps.
    order: the nodes in the order in which they hand their gradient on, as an algorithm of your own
    would do it; a node may come twice. The steps then show the backward pass in the right order and
    in this one, side by side.
    max_nodes: a graph of more nodes is refused.
    Raises TypeError for what is no Value, ValueError for a graph too large or a foreign node in
    `order`.

    >>> from glassgrad.value import Value
    >>> a = Value(3.0, label="a")
    >>> b = a + a
    >>> b.label = "b"
    >>> step_through(b)
    1. The numbers to start from
       a = 3.0
       every result and every grad is still missing
    2. Forward, operation 1 of 1: b = a + a
       b = 3.0 + 3.0 = 6.0
    3. Backward starts at b
       b.grad = 1.0: b changes exactly as much as itself
       every other grad starts at 0.0
    4. Backward, operation 1 of 1: b = a + a
       b hands on b.grad = 1.0 to each input, times the local derivative
       to a, the first input:
         local derivative: 1.0
         × b.grad: 1.0 × 1.0 = 1.0
         a.grad: 0.0 + 1.0 = 1.0 (1 of 2)
       to a, the second input:
         local derivative: 1.0
         × b.grad: 1.0 × 1.0 = 1.0
         a.grad: 1.0 + 1.0 = 2.0 (2 of 2)
    5. All gradients are there
       a: data 3.0, grad 2.0
       b: data 6.0, grad 1.0
    """
    from glassgrad.step.steps import Steps
    from glassgrad.step.trace import trace, trace_in_order

    right = trace(value, max_nodes)
    return Steps((right,) if order is None else trace_in_order(right, order))


def __getattr__(name: str) -> Any:
    if name != "Steps":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.steps").Steps
