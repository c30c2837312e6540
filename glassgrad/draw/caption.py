"""What is written in the boxes of a folded graph: a name, a formula, the range of the numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from glassgrad.draw.format import count, shorten, span
from glassgrad.draw.graph import Graph, backward_notes, grad_of, label_of
from glassgrad.draw.units import Anatomy, Units, anatomy

LONGEST = 40


@dataclass
class Box:
    """Nodes drawn as one, by their numbers."""

    number: int
    results: list[int] = field(default_factory=list)  # the heads of its units
    leaves: list[int] = field(default_factory=list)
    ops: Counter[str] = field(default_factory=Counter)  # of all its nodes; a leaf's is ""
    minuses: int = 0  # products with -1
    biases: set[int] = field(default_factory=set)  # leaves used more than once that it adds
    steps_before: int = 0  # how deep the boxes before it reach

    @property
    def ends(self) -> list[int]:
        """What leaves it."""
        return self.results or self.leaves

    @property
    def size(self) -> int:
        """How many nodes it stands for."""
        return self.ops.total()


class Captions:
    """Words for boxes, in the order of the picture: layers are numbered as they come."""

    def __init__(self, graph: Graph, units: Units, way: str) -> None:
        self.graph = graph
        self.units = units
        self.way = way
        self.has_owners = any(units.whose)
        self.has_grads = not backward_notes(graph)
        self.layers: dict[int, int] = {}  # the number of a layer, by the shape of its neurons
        self.members: Counter[int] = Counter()  # neurons named so far, by shape

    def of(self, box: Box) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines in a box, and the lines of its tooltip."""
        lines = self._names(box) if box.results else self._leaves(box.leaves)
        lines.append(f"data {span(float(self.graph.nodes[i].data) for i in box.ends)}")
        if self.has_grads:
            lines.append(f"grad {span(grad_of(self.graph.nodes[i]) for i in box.ends)}")
        kinds = [count(len(box.leaves), "leaf", "leaves")] if box.leaves else []
        kinds += [f"{count(n)} {op}" for op, n in box.ops.most_common() if op]
        details = (*lines, f"{count(box.size, 'node')}: {', '.join(kinds)}")
        return tuple(shorten(line, LONGEST) for line in lines), details

    def _names(self, box: Box) -> list[str]:
        """Who computes here, and what."""
        if self.way == "stretches":
            return self._stretch(box)
        body = self._anatomy(box)
        label = self._label(box.results)
        many = len(box.results)
        if label and many == 1:
            return [label, body.formula]
        layer, neurons = self._layer_of(box, body)
        if layer and self.way == "units":
            return [f"{layer}, neuron {self._neuron_number(box.results[0])}", body.formula]
        if layer:
            return [f"{layer}: {_neurons(neurons, many)}", body.formula]
        times = f" × {count(many)}" if many > 1 else ""
        return [label, body.formula + times] if label else [body.formula + times]

    def _stretch(self, box: Box) -> list[str]:
        """From which step to which, counted from the leaves, and the usual operations."""
        last = max(self.units.depths[i] for i in box.results)
        what = ", ".join(f"{op} × {count(n)}" for op, n in box.ops.most_common(4) if op)
        return [f"steps {count(box.steps_before + 1)} to {count(last)}", what]

    def _anatomy(self, box: Box) -> Anatomy:
        """What each unit of a box computes; with minuses only if all have as many."""
        body = anatomy(self.graph, self.units, box.results[0])
        if box.minuses == len(box.results) * body.minuses:
            return body
        return anatomy(self.graph, self.units, box.results[0], minus=False)

    def _layer_of(self, box: Box, body: Anatomy) -> tuple[str, int]:
        """The layer that computes here, and how many neurons of it; "" and 0 if none does.

        It is known by the parameters' owners; without any owners, a layer is recognised by its
        shape, and its neurons by their biases where several examples share them.
        """
        owners = {whose for i in box.results if (whose := self.units.whose[i])}
        if owners:
            return next(iter(owners))[0], len(owners)
        many, biases = len(box.results), len(box.biases)
        shared = 0 < biases < many and many % biases == 0
        is_neuron = body.weights > 1 or (body.weights == 1 and shared)
        if not is_neuron or self.has_owners:
            return "", 0
        return f"layer {self._layer_number(box.results[0])}", biases if shared else many

    def _layer_number(self, i: int) -> int:
        return self.layers.setdefault(self.units.shapes[i], len(self.layers) + 1)

    def _neuron_number(self, i: int) -> int:
        whose, shape = self.units.whose[i], self.units.shapes[i]
        self.members[shape] += 1
        return whose[1] + 1 if whose and whose[1] is not None else self.members[shape]

    def _leaves(self, leaves: list[int]) -> list[str]:
        """What some leaves are called, and how often they are used."""
        whose = self.units.whose[leaves[0]]
        name = self._label(leaves)
        if whose:
            name = f"{whose[0]}: {count(len(leaves), 'parameter')}"
        elif name:
            name = f"{name}: {count(len(leaves), 'leaf', 'leaves')}"
        else:
            name = count(len(leaves), "leaf", "leaves")
        uses = {self.units.uses[i] for i in leaves}
        if len(uses) > 1 or max(uses) < 2:
            return [name]
        return [name, f"each used {count(max(uses))} times"]

    def _label(self, nodes: list[int]) -> str:
        """The label, or the first and last of several; "" if any has none."""
        first, last = (label_of(self.graph.nodes[i]) for i in (nodes[0], nodes[-1]))
        if not first or not last:
            return ""
        return first if first == last else f"{first} … {last}"


def _neurons(neurons: int, uses: int) -> str:
    """How many neurons there are, and how often each was used."""
    if uses % neurons:  # some were used more often than others
        return f"{count(neurons, 'neuron')}, used {count(uses)} times"
    copies = f" × {count(uses // neurons)}" if uses > neurons else ""
    return f"{count(neurons, 'neuron')}{copies}"
