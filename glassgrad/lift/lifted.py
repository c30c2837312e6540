"""One graph as a program of arrays, and the numbers of its last run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.backends.numpy_backend import NumpyRunner
from glassgrad.lift import errors
from glassgrad.lift.arguments import Place
from glassgrad.lift.build import build
from glassgrad.lift.differentiate import differentiate
from glassgrad.lift.flatten import order_of
from glassgrad.lift.ir import Buffer, Gather, Take, cells, sources_of, target_of
from glassgrad.lift.trace import Traced
from glassgrad.value import Value

Floats = NDArray[np.float64]


class Lifted:
    """A graph that has been traced, lifted; its derivative is made when it is first asked for.

    traced: what it was made from. parameters: Values and their names, those of `theta`.
    code: the array program. n_nodes: how many scalar nodes there were.
    """

    def __init__(self, traced: Traced, parameters: Mapping[Value, str]) -> None:
        self.traced = traced
        self.parameters = parameters
        self.built = build(traced.roots, list(parameters), traced.arguments)
        self.code = self.built.code
        self.n_nodes = self.built.n_nodes
        self._runner = NumpyRunner(self.code)
        self._has_run = self._went_back = self._has_backward = False

    def forward(self, theta: Floats, arrays: Sequence[NDArray[Any]]) -> Floats:
        """The results in order, (roots,) or (batch, roots), of an array for each input."""
        self._has_run, self._went_back = True, False
        return self._runner.forward(theta, arrays)

    def backward(self, seeds: Floats | float) -> Floats:
        """d(sum of seeds * results) / d(parameters) after a forward run."""
        self.differentiate()
        self._went_back = True
        return self._runner.backward(seeds)

    def differentiate(self) -> None:
        """Add the backward pass to the code, if it is not there yet."""
        if not self._has_backward:
            differentiate(self.code)
            self._has_backward = True

    def where(self, value: Value | str) -> Place | None:
        """Where the number of a Value, or of the one with a label, is."""
        if isinstance(value, str):
            value = self._labelled(value)
        if value in self._cell_of:  # also one that no result depends on
            return Place(self.code.parameters.name, (self._cell_of[value],))
        return self.built.where(value)

    def data(self, value: Value | str) -> Floats:
        """The number of a Value in the last run, of shape () or (batch,)."""
        place = self._place(value)
        return _at(self.read(place.name), place)

    def grad(self, value: Value | str) -> Floats:
        """The gradient that arrived at a Value in the last run, of shape () or (batch,)."""
        place = self._place(value)
        gradient = self.code.gradients.get(self.buffers[place.name])
        if gradient is None or not self._went_back:
            raise errors.no_gradient(value, self._went_back)
        whole, _ = self.values_at(place.name, place.index)
        if len(whole) > 1:
            raise errors.shared_gradient(value, len(whole))
        return _at(self.read(gradient.name), place)

    def values_at(self, name: str, index: tuple[int, ...]) -> tuple[list[Value], list[Value]]:
        """The Values whose number is in a cell of a buffer, and those that are a part of it."""
        if name not in self.buffers:
            raise errors.no_such_buffer(name, list(self.buffers))
        return self.built.values_at(name, index)

    def read(self, name: str) -> Floats:
        """The numbers of a buffer in the last run."""
        if name not in self.buffers:
            raise errors.no_such_buffer(name, list(self.buffers))
        if not self._has_run:
            raise errors.not_run()
        return self._runner.read(self.buffers[name])

    @property
    def buffers(self) -> dict[str, Buffer]:
        """The buffers by name."""
        found = [self.code.parameters, *self.code.inputs]
        for instruction in [*self.code.forward, *self.code.backward]:
            found += [*sources_of(instruction), target_of(instruction)]
        found += [*(root.buffer for root in self.code.roots), *self.code.gradients.values()]
        return {buffer.name: buffer for buffer in found}

    def _place(self, value: Value | str) -> Place:
        place = self.where(value)
        if place is None or place.part:
            raise errors.not_there(value, place)
        return place

    def _labelled(self, label: str) -> Value:
        """The only Value with a label, or the parameter with that name."""
        found = {value for value, name in self.parameters.items() if name == label}
        found.update(self._labels.get(label, []))
        if len(found) != 1:
            known = [*self._labels, *self.parameters.values()]
            raise errors.wrong_label(label, len(found), list(dict.fromkeys(known)))
        return found.pop()

    @cached_property
    def _cell_of(self) -> dict[Value, int]:
        return {value: cell for cell, value in enumerate(self.parameters)}

    @cached_property
    def _labels(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for node in order_of(self.traced.roots):
            if node.label:
                found.setdefault(node.label, []).append(node)
        return found

    @cached_property
    def limits(self) -> dict[Buffer, tuple[int, NDArray[np.uintp]]]:
        """For each index buffer how many there are to choose from: at least, and by each cell."""
        found: dict[Buffer, NDArray[np.uintp]] = {}
        copies: dict[Buffer, Gather] = {}
        for step in self.code.forward:
            if isinstance(step, Gather):
                copies[step.target] = step
            if isinstance(step, Take):
                buffer, at = step.which.buffer, cells(step.which, step.shape).ravel()
                while buffer in copies:
                    at, buffer = copies[buffer].index.ravel()[at], copies[buffer].source
                if buffer not in found:
                    found[buffer] = np.full(buffer.size, np.iinfo(np.intp).max, np.uintp)
                np.minimum.at(found[buffer], at[at >= 0], step.count)
        return {x: (int(limit.min()), limit.reshape(x.shape)) for x, limit in found.items()}


def _at(numbers: Floats, place: Place) -> Floats:
    """What is at a place, for each example if there is a batch."""
    index: tuple[Any, ...] = (..., *place.index)
    return np.asarray(numbers[index])
