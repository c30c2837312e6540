"""Tracing: a function of one example runs once, with Values that stand for any example's numbers.

The graph that this leaves is the function, but for what it did with plain Python numbers: they are
those of one example, and are baked in. `watch.py` notices it.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

from numpy.typing import NDArray

from glassgrad.choose import Index
from glassgrad.lift import errors
from glassgrad.lift.arguments import Argument
from glassgrad.lift.ir import Shape
from glassgrad.lift.notices import Notice, Watch
from glassgrad.value import Value


@dataclass
class Traced:
    """What one run of a function has left.

    roots: its results in row-major order. shape: of the (nested) list that they came in, () for a
    single Value. arguments: what the program takes. feeds: for each of them, which of the arrays
    that the function took it is filled from. notices: what was baked in.
    """

    roots: list[Value]
    shape: Shape
    arguments: list[Argument]
    feeds: list[int]
    notices: list[Notice]


def trace(
    function: Callable[..., Any], arrays: Sequence[NDArray[Any]], parameters: Sequence[Value] = ()
) -> Traced:
    """Run a function of one example on placeholders.

    arrays: a batch for each of its arguments, one example after another along the first axis.
    Of whole numbers the placeholders are an `Index`, else Values, in nested lists of an example's
    shape. They have the numbers of the first example, or 0.5 and 0 if there is none.
    parameters: Values whose numbers may change, so that reading them is noticed, too.

    >>> import numpy as np
    >>> traced = trace(lambda x, y: x[0] * x[1] + y, [np.ones((9, 2)), np.zeros(9)])
    >>> traced.roots, [(argument.name, argument.shape) for argument in traced.arguments]
    ([Value(data=1.0)], [('x', (2,)), ('y', ())])
    """
    names = argument_names(function, len(arrays))
    leaves = [_leaves(array) for array in arrays]
    given = [_nested(part, a.shape[1:]) for part, a in zip(leaves, arrays, strict=True)]
    watch = Watch(leaf for part in (*leaves, parameters) for leaf in part)
    with _no_collector(), watch:
        try:
            result = function(*given)
        except TypeError as error:
            if "__array_ufunc__" in str(error):  # as NumPy says, and names a class of ours
                raise errors.not_for_numpy() from error
            raise
    roots, shape = results_of(result, getattr(function, "__name__", "the function"))
    numbers = watch.as_numbers.union(roots)
    arguments, feeds = [], []
    for k, (name, part, array) in enumerate(zip(names, leaves, arrays, strict=True)):
        for argument in _arguments(name, array.shape[1:], part, numbers):
            arguments.append(argument)
            feeds.append(k)
    return Traced(roots, shape, arguments, feeds, watch.notices)


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """What the function calls its arguments; raises TypeError if it does not take so many."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # it is written in C, and does not say
        return [f"x{k}" for k in range(count)]
    try:
        given = signature.bind(*range(count)).arguments
    except TypeError:
        bare = [x.replace(annotation=x.empty) for x in signature.parameters.values()]
        taken = [str(parameter) for parameter in bare]
        raise errors.wrong_count(taken, count) from None
    names = []
    for name, positions in given.items():
        several = isinstance(positions, tuple)  # *name
        names += [f"{name}_{k}" for k in range(len(positions))] if several else [name]
    return names


def _leaves(array: NDArray[Any]) -> list[Value]:
    """A leaf for each number of an example."""
    first = array[0].ravel().tolist() if len(array) else None
    count = prod(array.shape[1:])
    if array.dtype.kind == "f":
        return [Value(x) for x in first or [0.5] * count]
    return [Index(int(x)) for x in first or [0] * count]


def _nested(leaves: list[Any], shape: Shape) -> Any:
    """Leaves in row-major order as lists of lists of that shape."""
    if not shape:
        return leaves[0]
    step = prod(shape[1:])
    return [_nested(leaves[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _arguments(
    name: str, shape: Shape, leaves: list[Value], numbers: set[Value]
) -> Iterator[Argument]:
    """The leaves of an array, as numbers to choose by, as numbers to compute with, or as both."""
    chosen_by = [x for x in leaves if isinstance(x, Index) and x.chooses]
    if chosen_by:
        which = [x.which for x in leaves if isinstance(x, Index)]
        yield Argument(name, shape, "index", True, which)
        name = f"{name}_as_number"
    if not chosen_by or not numbers.isdisjoint(leaves):
        yield Argument(name, shape, "input", True, leaves)


def results_of(result: Any, name: str) -> tuple[list[Value], Shape]:
    """The Values that came as a result of something of that name, and the shape of the lists.

    >>> results_of([[Value(1.0), Value(2.0)]], "f")
    ([Value(data=1.0), Value(data=2.0)], (1, 2))
    """
    shape = _shape(result, name)
    return [x if isinstance(x, Value) else Value(x) for x in _flat(result, len(shape))], shape


def _shape(result: Any, name: str) -> Shape:
    """The lengths of the lists that results come in; raises an error for anything else."""
    if isinstance(result, Value):
        return ()
    if isinstance(result, list | tuple):
        shapes = [_shape(part, name) for part in result]
        if not shapes or len(set(shapes)) > 1:
            raise errors.ragged_result(name)
        return (len(shapes), *shapes[0])
    try:
        Value(result)
    except TypeError:
        raise errors.wrong_result(name, result) from None
    return ()


def _flat(result: Any, depth: int) -> list[Any]:
    return [x for part in result for x in _flat(part, depth - 1)] if depth else [result]


@contextmanager
def _no_collector() -> Iterator[None]:
    """Python's garbage collector would go through a growing graph again and again, in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
