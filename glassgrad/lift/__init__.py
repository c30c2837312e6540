"""Lifting: from a graph of single numbers to a program of a few array operations.

`lift` is the way in; NumPy is loaded when it is called. The passes: `trace` runs a function of one
example, `build` finds the arrays in a graph, `differentiate` adds the way back, `source` writes the
program as text. `ir` says what an array program is; backends run it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, overload

from glassgrad.value import Value

if TYPE_CHECKING:
    from glassgrad.lift.program import Program

__all__ = ["Program", "lift"]


@overload
def lift(what: None = None, wrt: Any = None) -> Callable[[Callable[..., Any]], Program]: ...
@overload
def lift(what: Any, wrt: Any = None, inputs: Any = None) -> Program: ...
def lift(what: Any = None, wrt: Any = None, inputs: Any = None) -> Any:
    """A scalar program as a program of a few array operations, which does the same much faster.

    what: a Value, or a list of them: the graph that they were made from is lifted. Or a function of
    one example, such as a network, that gives a Value or a list of them: it is traced when it is
    first called, with an array for each argument and one example after another along its first
    axis. Numbers become Values, whole numbers an `Index` that chooses from a table. As a decorator:
    `@lift(wrt=...)`.
    wrt: the parameters: a Value, a module, or a list of them. Without it a module's own; those
    leaves of a graph that have labels, or all that somebody still holds, in the order in which
    `topological_order` meets them. All other numbers are constants.
    inputs: the leaves of a graph that stand for data, and will come in an array: a Value, or a
    list of them.
    Raises TypeError, ValueError or ImportError with an explanation; a `Program` raises them too.

    >>> w, b = Value(2.0, label="w"), Value(1.0, label="b")
    >>> @lift(wrt=[w, b])
    ... def loss(x, y):
    ...     return (w * x + b - y) ** 2
    >>> loss.value_and_grad([2.0, 1.0], [0.0, 1.0, 2.0], [1.0, 3.0, 8.0])
    (3.0, array([-4., -2.]))
    >>> lift((w + b).exp() * w, wrt=[b]).value_and_grad([0.0])
    (14.7781121978613, array([14.7781122]))
    """
    if find_spec("numpy") is None:
        raise import_module("glassgrad.lift.errors").numpy_is_missing()
    from glassgrad.lift import errors
    from glassgrad.lift.program import lift_function, lift_graph

    if what is None:
        return lambda function: lift(function, wrt)
    if isinstance(what, Value | list | tuple):
        return lift_graph(what, wrt, inputs)
    if not callable(what):
        raise errors.cannot_lift(what)
    if inputs is not None:
        raise errors.inputs_of_a_function()
    return lift_function(what, wrt)


def __getattr__(name: str) -> Any:
    if name != "Program":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("glassgrad.lift.program").Program
