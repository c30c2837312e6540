"""What is written in the boxes of a folded graph: a name, a formula, the range of the numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from glassgrad.draw.format import count, shorten, span
from glassgrad.draw.graph import Graph, backward_notes, grad_of, label_of
from glassgrad.draw.units import Units, anatomy

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
        graph, units = self.graph, self.units
        if self.way == "stretches":
            depths = [units.depths[i] for i in box.results]
            what = ", ".join(f"{op} × {count(n)}" for op, n in box.ops.most_common(4) if op)
            return [f"steps {count(min(depths))} to {count(max(depths))}", what]
        body = anatomy(graph, units, box.results[0])
        many = len(box.results)
        if box.minuses != many * body.minuses:
            body = anatomy(graph, units, box.results[0], minus=False)
        label = self._label(box.results)
        if label and many == 1:
            return [label, body.formula]
        owners = {whose for i in box.results if (whose := units.whose[i])}
        shared = 0 < len(box.biases) < many and many % len(box.biases) == 0
        is_neuron = body.weights > 1 or (body.weights == 1 and shared)
        if owners:
            neurons, layer = len(owners), next(iter(owners))[0]
        elif is_neuron and not self.has_owners:
            neurons = len(box.biases) if shared else many
            layer = f"layer {self._layer_number(box.results[0])}"
        else:
            times = f" × {count(many)}" if many > 1 else ""
            return [label, body.formula + times] if label else [body.formula + times]
        if self.way == "units":
            return [f"{layer}, neuron {self._neuron_number(box.results[0])}", body.formula]
        copies = f" × {count(many // neurons)}" if many > neurons else ""
        if many % neurons:  # some were used more often than others
            copies = f", used {count(many)} times"
        return [f"{layer}: {count(neurons, 'neuron')}{copies}", body.formula]

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
