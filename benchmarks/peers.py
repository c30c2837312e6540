"""The peers: the same scalar program runs on each of these Value classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any


class SlotsValue:
    """A node as plain data, in the manner of microgpt: children and local gradients in tuples."""

    __slots__ = ("children", "data", "grad", "locals")

    def __init__(
        self,
        data: float,
        children: tuple[SlotsValue, ...] = (),
        local: tuple[float, ...] = (),
    ) -> None:
        self.data = data
        self.grad: float = 0
        self.children = children
        self.locals = local

    def __add__(self, other: Any) -> SlotsValue:
        other = other if isinstance(other, SlotsValue) else SlotsValue(other)
        return SlotsValue(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Any) -> SlotsValue:
        other = other if isinstance(other, SlotsValue) else SlotsValue(other)
        return SlotsValue(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> SlotsValue:
        t = math.tanh(self.data)
        return SlotsValue(t, (self,), (1 - t * t,))

    def relu(self) -> SlotsValue:
        return SlotsValue(max(0.0, self.data), (self,), (float(self.data > 0),))

    def backward(self) -> None:
        order: list[SlotsValue] = []
        seen: set[SlotsValue] = set()

        def visit(node: SlotsValue) -> None:
            if node not in seen:
                seen.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            for child, local in zip(node.children, node.locals, strict=True):
                child.grad += local * node.grad


def value_class(peer: str) -> Callable[[float], Any]:
    """The Value class of a peer by its name; imported only when asked for."""
    if peer == "micrograd":
        from micrograd.engine import Value as MicrogradValue

        return MicrogradValue  # type: ignore[no-any-return]
    if peer == "microgpt-style":
        return SlotsValue
    from glassgrad.value import Value

    return Value


class Perceptron:
    """A multi-layer perceptron as the lecture writes it, on any Value class."""

    def __init__(self, value: Callable[[float], Any], sizes: Sequence[int], seed: int = 0) -> None:
        random = Random(seed)
        self.layers = [
            [
                ([value(random.uniform(-1, 1)) for _ in range(n_in)], value(0.0))
                for _ in range(n_out)
            ]
            for n_in, n_out in pairwise(sizes)
        ]
        self.inputs = [value(random.uniform(-1, 1)) for _ in range(sizes[0])]

    def forward(self) -> Any:
        values = self.inputs
        for layer in self.layers:
            outputs = []
            for weights, bias in layer:
                total = bias
                for weight, x in zip(weights, values, strict=True):
                    total = total + weight * x
                outputs.append(total.relu())
            values = outputs
        return values[0]

    def n_nodes(self) -> int:
        """Nodes of the graph of one forward pass: parameters, inputs, products, sums, relus."""
        widths = [len(self.inputs), *[len(layer) for layer in self.layers]]
        pairs = list(pairwise(widths))
        weights = sum(a * b for a, b in pairs)
        neurons = sum(b for _, b in pairs)
        return 3 * weights + 2 * neurons + widths[0]

    def n_kept(self) -> int:
        """Nodes that are there before a forward pass."""
        return sum(len(w) + 1 for layer in self.layers for w, _ in layer) + len(self.inputs)
