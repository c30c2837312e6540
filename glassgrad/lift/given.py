"""What users hand in, as arrays of the right form, or with an error that explains."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift import errors
from glassgrad.lift.text.names import unused
from glassgrad.nn import Module, _values_in
from glassgrad.value import Value

Floats = NDArray[np.float64]


def parameters_in(wrt: Any) -> dict[Value, str]:
    """The leaves in a module, or in lists and dicts of Values and modules, with their names.

    The name is the label, or else the path: `layers.0.neurons.0.bias`. Each comes once, also where
    modules share it.

    >>> parameters_in({"w": [Value(2.0)], "b": Value(1.0, label="bias")})
    {Value(data=2.0): 'w.0', Value(data=1.0): 'bias'}
    """
    if isinstance(wrt, Value):
        wrt = [wrt]
    elif isinstance(wrt, Iterable) and not isinstance(wrt, Mapping | str | set | frozenset):
        wrt = list(wrt)
    if not isinstance(wrt, Module | Mapping | list | set | frozenset):
        raise errors.wrong_wrt(wrt)
    _check(wrt, set())
    if isinstance(wrt, list):
        wrt = _by_kind(wrt)
    found: dict[Value, str] = {}
    for path, value in _values_in(wrt, "", set()):
        found.setdefault(value, value.label or path)
    if not found and wrt and not isinstance(wrt, Module):
        raise errors.wrong_wrt(wrt)
    return found


def _by_kind(parts: list[Any]) -> dict[str, Any]:
    """The parts of a list by name: a module is called after its class, all others by number.

    >>> from glassgrad.nn import Embedding, Layer
    >>> list(_by_kind([Embedding(2, 2), Layer(2, 2), Layer(2, 1), Value(1.0)]))
    ['embedding', 'layer', 'layer_2', '3']
    """
    found: dict[str, Any] = {}
    for place, part in enumerate(parts):
        name = type(part).__name__.lower() if isinstance(part, Module) else str(place)
        found[unused(name, found)] = part
    return found


def _check(thing: Any, seen: set[Value]) -> None:
    """Raise the error for a Value that an operation made, or that comes again, and for a set.

    Modules are not looked into: they may keep results, and share parameters.
    """
    if isinstance(thing, set | frozenset):
        raise errors.unordered("wrt")
    if isinstance(thing, Value):
        if thing._rule is not None:
            raise errors.not_a_leaf(thing)
        if thing in seen:
            raise errors.parameter_twice(thing)
        seen.add(thing)
    parts = thing.values() if isinstance(thing, Mapping) else thing
    for part in parts if isinstance(thing, Mapping | list | tuple) else ():
        _check(part, seen)


def held_leaves(order: Sequence[Value]) -> list[Value]:
    """The leaves of a graph that somebody still holds, as no more than a part of it.

    Arithmetic makes leaves too, of the 2 in `2 * x` and of the 0 that `sum` begins with; only the
    graph itself refers to those. Where nobody holds any, or Python does not count references, it
    is all leaves.

    >>> x = Value(3.0)
    >>> from glassgrad.value import topological_order
    >>> held_leaves(topological_order(2 * x + 1))
    [Value(data=3.0)]
    """
    leaves = [node for node in order if node._rule is None]
    count = getattr(sys, "getrefcount", None)
    if count is None:
        return leaves
    inputs = Counter(id(x) for node in order for x in node._prev)
    mine = Value(0.0)
    # `mine` and a list hold this one, as `order` and `leaves` hold each of the others.
    (alone,) = [count(leaf) for leaf in [mine]]
    return [leaf for leaf in leaves if count(leaf) - inputs[id(leaf)] > alone] or leaves


def theta_of(given: Any, parameters: Sequence[Value]) -> Floats:
    """The numbers of the parameters: as given, or their own for None."""
    if given is None:
        return np.array([parameter.data for parameter in parameters])
    numbers = np.asarray(given)
    if numbers.dtype.kind not in "fiub" or numbers.shape != (len(parameters),):
        kind = str(numbers.dtype) if numbers.dtype.kind not in "fiub" else ""
        raise errors.wrong_theta(numbers.shape, kind, len(parameters))
    return np.ascontiguousarray(numbers, np.float64)


def batch_of(given: Any, name: str) -> NDArray[Any]:
    """An array with one example after another: floats, or whole numbers."""
    if type(given) is np.ndarray and given.ndim and given.dtype.kind in "fi":
        return given
    try:
        array = np.asarray(given)
    except ValueError:  # lists of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiub":
        raise errors.wrong_array(name, array.dtype)
    if not array.ndim:
        raise errors.no_batch(name)
    return array
