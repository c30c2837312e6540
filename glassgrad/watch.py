"""Does a call of the network leave a trace, other than its result?

A network that draws random numbers, counts or remembers computes something else each time, so its
graph at one time does not stand for it.
"""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from random import Random
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from glassgrad.value import Value

PLAIN = (int, float, complex, str, bytes, type(None))  # compared by what they are


class Watch:
    """What a network holds when this is made, for comparison later.

    >>> class Counter:
    ...     calls = 0
    ...
    ...     def __call__(self, x):
    ...         self.calls += 1
    ...         return Value(x[0])
    >>> counter = Counter()
    >>> watch = Watch(counter)
    >>> _ = counter([1.0])
    >>> watch.changed()
    'calling the network changes its calls'
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.held = dict(_held(model))
        self.generators = list(_generators(self.held.values()))

    def changed(self) -> str:
        """What a call has changed, "" if nothing."""
        if any(source.read() != source.state for source in self.generators):
            return "the network draws random numbers"
        now = dict(_held(self.model))
        for path in [*self.held, *now]:
            missing = path not in self.held or path not in now
            if missing or not _same(self.held[path], now[path]):
                return f"calling the network changes its {path}"
        return ""

    def rewind(self) -> None:
        """Let random numbers go on from where they were."""
        for source in self.generators:
            source.write(source.state)


def _held(model: Any) -> Iterator[tuple[str, Any]]:
    """All that hangs on the network, with the path to it."""
    stack: list[tuple[str, Any]] = [("", model)]
    seen = set()
    while stack:
        path, thing = stack.pop()
        yield path, thing
        if isinstance(thing, (*PLAIN, type, FunctionType, ModuleType)) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, Value):
            parts: Any = [("data", thing.data)]
        elif isinstance(thing, Mapping):
            parts = thing.items()
        elif isinstance(thing, (list, tuple)):
            parts = enumerate(thing)
        else:
            parts = getattr(thing, "__dict__", {}).items()
        stack += [(f"{path}.{name}" if path else str(name), part) for name, part in parts]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, PLAIN):
        return type(one) is type(other) and (one == other or one != one)
    return one is other


class _Generator(NamedTuple):
    """A source of random numbers: how to read and to write its state, and what that was."""

    read: Callable[[], Any]
    write: Callable[[Any], Any]
    state: Any


def _generators(things: Iterable[Any]) -> Iterator[_Generator]:
    """Those of Python and NumPy that all share, and those among the things."""
    shared = [random, *filter(None, [sys.modules.get("numpy.random")])]
    for thing in [*shared, *things]:
        if isinstance(thing, Random) or thing is random:
            yield _Generator(thing.getstate, thing.setstate, thing.getstate())
        elif hasattr(thing, "get_state") and hasattr(thing, "set_state"):  # NumPy's, of old
            yield _pickled(thing.get_state, thing.set_state)
        elif hasattr(thing, "bit_generator"):  # NumPy's, of today
            bits = thing.bit_generator
            yield _pickled(partial(getattr, bits, "state"), partial(setattr, bits, "state"))


def _pickled(read: Callable[[], Any], write: Callable[[Any], Any]) -> _Generator:
    """NumPy's states have arrays in them, which are compared number by number."""

    def packed() -> bytes:
        return pickle.dumps(read())

    return _Generator(packed, lambda state: write(pickle.loads(state)), packed())
