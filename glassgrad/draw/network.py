"""Reads networks: which parameter belongs to which neuron, and the picture of neurons and weights.

A network is read by its parts: a neuron has `weights` and `bias` (or the lecture's `w` and `b`), a
layer has `neurons`, and anything that holds layers is a network. So a class of one's own is read
too, whether or not it comes from `glassgrad.nn`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import ModuleType
from typing import Any

from glassgrad.draw.format import clean, count, full, shorten, span
from glassgrad.draw.graph import Owner, Owners, grad_of
from glassgrad.draw.ir import Drawing, Edge, Group, Node

WIDEST = 12  # of a taller layer only the ends are drawn


@dataclass(frozen=True)
class Neuron:
    """The parameters of one neuron."""

    weights: Sequence[Any]
    bias: Any | None
    activation: str

    @property
    def size(self) -> int:
        """How many parameters it has."""
        return len(self.weights) + (self.bias is not None)


@dataclass(frozen=True)
class Layer:
    """Neurons that see the same inputs, and the path to them, such as `layers.0`."""

    path: str
    neurons: list[Neuron]

    @property
    def name(self) -> str:
        """The path for readers, who count from 1: `layers.0` is layer 1; others are as they are.

        >>> [Layer(path, []).name for path in ("layers.0", "body.layers.1", "0", "out", "")]
        ['layer 1', 'body, layer 2', 'layer 1', 'out', 'layer 1']
        """
        before, number = self._number
        if not number:
            return self.path or "layer 1"
        return f"{before}, layer {number}" if before else f"layer {number}"

    @property
    def short(self) -> str:
        """The path in few letters, with a dot behind it: `layers.0` is `1.`

        >>> [Layer(path, []).short for path in ("layers.0", "body.layers.1", "0", "out", "")]
        ['1.', 'body.2.', '1.', 'out.', '']
        """
        before, number = self._number
        parts = [before, number] if number else [self.path]
        return "".join(f"{part}." for part in parts if part)

    @property
    def _number(self) -> tuple[str, str]:
        """What comes before `layers.0`, and its number from 1; "" for another path."""
        *before, holder, number = ("", "", *self.path.split("."))
        if holder in ("layers", "") and number.isdecimal():
            return ".".join(filter(None, before)), str(int(number) + 1)
        return "", ""

    @property
    def n_inputs(self) -> int:
        """How many numbers each neuron takes."""
        return len(self.neurons[0].weights)


def layers_in(module: Any, path: str = "", seen: frozenset[int] = frozenset()) -> Iterator[Layer]:
    """The layers of a module in the order of its attributes; a lone neuron is a layer of one."""
    if id(module) in seen or hasattr(module, "_prev") or isinstance(module, (type, ModuleType)):
        return  # a circle of references, a Value, or nothing that could be a part
    if neuron := _neuron(module):
        yield Layer(path, [neuron])
        return
    if neurons := [n for part in getattr(module, "neurons", ()) if (n := _neuron(part))]:
        yield Layer(path, neurons)
        return
    for name, part in _parts(module):
        yield from layers_in(part, f"{path}.{name}" if path else name, seen | {id(module)})


def _parts(module: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(module, (list, tuple)):
        return [(str(i), part) for i, part in enumerate(module)]
    if isinstance(module, dict):
        return [(clean(key), part) for key, part in module.items()]
    return list(vars(module).items()) if hasattr(module, "__dict__") else []


def _neuron(part: Any) -> Neuron | None:
    weights = getattr(part, "weights", getattr(part, "w", None))
    if not isinstance(weights, (list, tuple)) or not weights:
        return None
    if not all(hasattr(weight, "data") for weight in weights):
        return None
    bias = getattr(part, "bias", getattr(part, "b", None))
    if not hasattr(bias, "data"):
        bias = None
    nonlinear = getattr(part, "nonlin", None)  # micrograd's way to say relu or linear
    usual = "" if nonlinear is None else "relu" if nonlinear else "linear"
    return Neuron(weights, bias, str(getattr(part, "activation", usual)))


def is_network(target: Any) -> bool:
    """Whether `draw` should show it as a network."""
    return hasattr(target, "parameters") or next(layers_in(target), None) is not None


def owners_of(model: Any) -> Owners:
    """For each parameter of a model, by its id(), the layer and the neuron that it belongs to."""
    owners: dict[int, Owner] = {}
    names = {id(parameter): name for name, parameter in _named_parameters(model)}
    for layer in layers_in(model):
        for i, neuron in enumerate(layer.neurons):
            alone = not layer.path and len(layer.neurons) == 1
            short = "" if alone else f"{layer.short}{i + 1}."
            meaning = "" if alone else _meaning(short, i, neuron, layer)
            for place, letter, parameter in _places(neuron):
                path = f"{layer.path or 'layer'}.neurons.{i}.{place}"
                name = clean(names.get(id(parameter), path))
                owner = Owner(layer.name, i, name, short + letter, meaning)
                owners.setdefault(id(parameter), owner)
    for key, name in names.items():
        name = clean(name)
        owners.setdefault(key, Owner(name.split(".")[0], None, name, name))
    return owners


def _places(neuron: Neuron) -> Iterator[tuple[str, str, Any]]:
    """The parameters of a neuron: where each is in it, in full and in short, and itself."""
    for j, weight in enumerate(neuron.weights):
        yield f"weights.{j}", f"w{j + 1}", weight
    if neuron.bias is not None:
        yield "bias", "b", neuron.bias


def _meaning(short: str, i: int, neuron: Neuron, layer: Layer) -> str:
    """What the short names of a neuron's parameters mean."""
    words = f"{short}w1 is weight 1 of neuron {i + 1} in {layer.name}"
    return f"{words}, {short}b its bias" if neuron.bias is not None else words


def _named_parameters(module: Any) -> Iterable[tuple[str, Any]]:
    """What a module calls its parameters; nothing for one that gives them no names."""
    named: Iterable[tuple[str, Any]] = getattr(module, "named_parameters", list)()
    return named


def draw_network(
    module: Any, title: str, input_names: Sequence[str] = (), output_names: Sequence[str] = ()
) -> Drawing:
    """Columns of neurons joined by their weights; layers that do not form a chain as boxes."""
    layers = list(layers_in(module))
    others = _other_parameters(module, layers)
    joined = all(len(a.neurons) == b.n_inputs for a, b in pairwise(layers))
    even = all(len(n.weights) == layer.n_inputs for layer in layers for n in layer.neurons)
    if not layers or others or not joined or not even:
        return _boxes(layers, others, title)
    return _columns(layers, title, input_names, output_names)


def _columns(
    layers: list[Layer], title: str, input_names: Sequence[str], output_names: Sequence[str]
) -> Drawing:
    n_inputs = layers[0].n_inputs
    names = [*map(clean, input_names), *(f"x{i + 1}" for i in range(len(input_names), n_inputs))]
    groups = [Group("inputs", "layer", ("inputs", count(n_inputs)))]
    nodes = _column([
        Node(f"inputs.{i}", "unit", (names[i],), details=(f"input {i + 1}",), group="inputs")
        for i in range(n_inputs)
    ])  # fmt: skip
    edges: list[Edge] = []
    before = nodes
    for number, layer in enumerate(layers, 1):
        group = f"layer{number}"
        groups.append(Group(group, "layer", (shorten(layer.name, 24), *_size(layer))))
        units = [_unit(group, i, neuron, names) for i, neuron in enumerate(layer.neurons)]
        if layer is layers[-1]:
            units = _named(units, output_names)
        column = _column(units)
        edges += _weights(before, column, layer)
        nodes = nodes + column
        before = column
        names = [f"neuron {i + 1}" for i in range(len(layer.neurons))]
    total = sum(neuron.size for layer in layers for neuron in layer.neurons)
    biases = sum(node.data is not None for node in nodes)
    hidden = total - len(edges) - biases
    note = f"{count(total, 'parameter')} in all, {count(hidden) if hidden else 'none'} hidden"
    weights = span(edge.weight for edge in edges if edge.weight is not None)
    return Drawing(
        "network", title, tuple(nodes), tuple(edges), tuple(groups), total, hidden,
        (note, f"weights {weights}"),
    )  # fmt: skip


def _unit(group: str, i: int, neuron: Neuron, sources: Sequence[str]) -> Node:
    """A neuron; its numbers are those of its bias."""
    bias = neuron.bias
    data, grad = (None, None) if bias is None else (float(bias.data), grad_of(bias))
    text, details = (f"neuron {i + 1}",), _numbers(neuron, sources)
    return Node(f"{group}.{i}", "unit", text, data, grad, details, group)


def _named(units: list[Node], names: Sequence[str]) -> list[Node]:
    """Output neurons with the names of what they put out, as far as there are names."""
    return [
        replace(unit, text=(*unit.text, name), details=(f"output {name}", *unit.details))
        for unit, name in zip(units, map(clean, names), strict=False)
    ] + units[len(names) :]


def _column(units: list[Node]) -> list[Node]:
    """The units of one layer; of a tall one the ends, and a gap that says how many are left out."""
    if len(units) <= WIDEST:
        return units
    end = WIDEST // 2 - 1
    left_out = len(units) - 2 * end
    group = units[0].group
    text = ("⋮", f"{count(left_out)} more")
    gap = Node(f"{group}.gap", "gap", text, group=group, count=left_out)
    return [*units[:end], gap, *units[-end:]]


def _weights(before: list[Node], column: list[Node], layer: Layer) -> Iterator[Edge]:
    """One edge for each weight between two units that are drawn."""
    for unit in column:
        for source in before:
            if unit.kind == source.kind == "unit":
                neuron = layer.neurons[int(unit.id.rsplit(".", 1)[1])]
                weight = neuron.weights[int(source.id.rsplit(".", 1)[1])]
                lines = (f"weight {full(weight.data)}", f"grad {full(grad_of(weight))}")
                yield Edge(source.id, unit.id, weight=float(weight.data), details=lines)


def _numbers(neuron: Neuron, names: Sequence[str]) -> tuple[str, ...]:
    """All numbers of a neuron, for its tooltip."""
    parameters = [(f"weight of {name}", w) for name, w in zip(names, neuron.weights, strict=False)]
    if neuron.bias is not None:
        parameters.append(("bias", neuron.bias))
    lines = [f"{name} {full(p.data)}, grad {full(grad_of(p))}" for name, p in parameters]
    return (neuron.activation, *lines) if neuron.activation else tuple(lines)


def _size(layer: Layer) -> tuple[str, ...]:
    """What stands below a layer: its size, activation and number of parameters."""
    activations = sorted({neuron.activation for neuron in layer.neurons} - {""})
    size = sum(neuron.size for neuron in layer.neurons)
    return (
        count(len(layer.neurons), "neuron"),
        *([", ".join(activations)] if activations else []),
        count(size, "parameter"),
    )


def _other_parameters(module: Any, layers: list[Layer]) -> dict[str, list[Any]]:
    """Parameters that are in no neuron, by the attribute that holds them."""
    known = {
        id(parameter)
        for layer in layers
        for neuron in layer.neurons
        for parameter in [*neuron.weights, neuron.bias]
    }
    others: dict[str, list[Any]] = {}
    for name, parameter in _named_parameters(module):
        if id(parameter) not in known:
            others.setdefault(clean(name.split(".")[0]), []).append(parameter)
    return others


def _boxes(layers: list[Layer], others: dict[str, list[Any]], title: str) -> Drawing:
    """One box for each part of a network whose wiring only its own code knows."""
    parts: list[tuple[tuple[str, ...], list[Any]]] = [
        ((name, count(len(values), "parameter")), values) for name, values in others.items()
    ]
    for layer in layers:
        values = [p for n in layer.neurons for p in [*n.weights, n.bias] if p is not None]
        text = (layer.name, count(layer.n_inputs, "input"))
        parts.append(((*text, *_size(layer)), values))
    nodes = tuple(
        Node(
            f"part{i}", "fold", text, count=len(values),
            details=(f"data {span(p.data for p in values)}", f"grad {span(map(grad_of, values))}"),
        )
        for i, (text, values) in enumerate(parts)
    )  # fmt: skip
    total = sum(node.count for node in nodes)
    return Drawing(
        "graph", title, nodes, total=total, hidden=total,
        notes=(
            f"{count(total, 'parameter')} in {count(len(nodes), 'part')}",
            "how they are joined shows when it runs: draw(model(x), model=model)",
        ),
    )  # fmt: skip
