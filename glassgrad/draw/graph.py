"""Reads the graph of a Value, or of a class written along the lecture, and draws every node.

Any object with `data`, `grad` and `_prev` is a node; `_op` and `label` are shown where it has
them. Graphs too big to read are drawn by `fold.py`, from the same `Graph`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from glassgrad.draw.format import clean, count, full
from glassgrad.draw.ir import Drawing, Edge, Group, Node
from glassgrad.lecture import holds, op_of, walk
from glassgrad.ops import Op


@dataclass(frozen=True)
class Owner:
    """Where in a network a parameter lives.

    layer: for readers, such as "layer 1". neuron: its place in the layer; None outside neurons.
    name: the full name. short: what its box is called, in few letters: "1.4.w2" is weight 2 of
    neuron 4 in layer 1. meaning: that in words.
    """

    layer: str
    neuron: int | None
    name: str
    short: str
    meaning: str = ""


Owners = Mapping[int, Owner]  # by the id() of the parameter


@dataclass(frozen=True)
class Graph:
    """All nodes below some roots, inputs before results; inputs are numbers of nodes."""

    nodes: list[Any]
    inputs: list[tuple[int, ...]]
    ops: list[str]
    roots: list[int]


def is_value(thing: Any) -> bool:
    """Whether something is a node of a graph, and not the class of one."""
    return hasattr(thing, "_prev") and hasattr(thing, "data") and not isinstance(thing, type)


def read_graph(roots: Sequence[Any]) -> Graph:
    """Walk from the roots to the leaves, without recursion; the same graph gives the same order."""
    order = walk(roots)
    nodes = [node for node, _ in order]
    number = {id(node): i for i, node in enumerate(nodes)}
    number_of = number.__getitem__
    numbers = [tuple(map(number_of, map(id, inputs))) for _, inputs in order]
    symbols = [getattr(node, "_op", "") or "" for node in nodes]
    shown = {symbol: clean(symbol) for symbol in set(symbols)}
    names = [shown[symbol] for symbol in symbols]
    return Graph(nodes, numbers, names, [number[id(root)] for root in roots])


def depth_of(graph: Graph) -> int:
    """How many operations there are one after another, on the longest way."""
    depths: list[int] = []
    for inputs in graph.inputs:
        depths.append(1 + max(depths[j] for j in inputs) if inputs else 0)
    return max(depths)


def label_of(node: Any) -> str:
    """The label that its user gave to a node, or ""."""
    return clean(getattr(node, "label", "") or "")


def grad_of(node: Any) -> float:
    """The gradient of a node; a class may not have set it yet."""
    return float(getattr(node, "grad", 0.0) or 0.0)


def backward_notes(graph: Graph) -> list[str]:
    """What to say about gradients that are all 0 because nobody has asked for them yet."""
    results = [root for root in graph.roots if graph.inputs[root]]
    if not results or any(grad_of(graph.nodes[root]) != 0.0 for root in results):
        return []
    return ["backward not run yet: the last node's grad is 0"]


def value_node(graph: Graph, i: int, owner: Owner | None = None) -> Node:
    """One node of the graph, all by itself."""
    node, inputs = graph.nodes[i], [graph.nodes[j] for j in graph.inputs[i]]
    label = label_of(node)
    if inputs:
        details = _how_made(graph.ops[i], node, inputs)
    elif owner:
        details = [f"parameter {owner.name}"]
        label = label or owner.short
    else:
        details = ["a leaf: made by no operation"]
    data, grad = float(node.data), grad_of(node)
    details += [f"data {full(data)}", f"grad {full(grad)}"]
    return Node(f"v{i}", "value", (label,), data, grad, tuple(details))


def draw_graph(graph: Graph, title: str, owners: Owners) -> Drawing:
    """Every node as a box, every operation as a small node before its result."""
    notes = backward_notes(graph)
    nodes: list[Node] = []
    edges: list[Edge] = []
    groups: dict[str, Group] = {}
    meanings: set[str] = set()  # of the short names in the boxes
    stale = False
    for i, (node, inputs, op) in enumerate(zip(graph.nodes, graph.inputs, graph.ops, strict=True)):
        box = value_node(graph, i, owner := owners.get(id(node)))
        if owner:
            group = _group(owner)
            groups[group.id] = group
            if owner.meaning and owner.short == box.text[0]:
                meanings.add(owner.meaning)
            box = replace(box, group=group.id)
        if inputs:
            sources = [graph.nodes[j] for j in inputs]
            upstream = None if notes else box.grad
            flows: list[str] = []
            stale = stale or is_stale(node, sources)
            for j, local in zip(inputs, local_derivatives(node, sources), strict=True):
                flow = _flow(graph.nodes[j], local, upstream)
                flows += flow
                edges.append(Edge(f"v{j}", f"o{i}", local, upstream, details=tuple(flow)))
            edges.append(Edge(f"o{i}", f"v{i}"))
            box = replace(box, details=(*box.details, *flows))
            nodes.append(Node(f"o{i}", "op", (op or "?",), details=box.details, of=box.id))
        nodes.append(box)
    if stale:
        notes.append("a number was changed after this was computed: run the forward pass again")
    if meanings:
        notes.append(min(meanings))  # one is enough to read the others
    total = len(graph.nodes)
    notes.append(f"{count(total, 'node')} in all, none hidden")
    return Drawing(
        "graph", title, tuple(nodes), tuple(edges), tuple(groups.values()), total, 0, tuple(notes)
    )


def _group(owner: Owner) -> Group:
    """The neuron of a parameter, or its part of the network where it has none."""
    if owner.neuron is None:
        return Group(owner.layer, "layer", (owner.layer,))
    name = f"{owner.layer}, neuron {owner.neuron + 1}"
    return Group(name, "neuron", (name,))


def local_derivatives(node: Any, inputs: Sequence[Any]) -> Sequence[float | None]:
    """The derivative of an operation's result by each of its inputs; None where nobody knows it.

    Nobody does where the result is not what the table's operation makes of the inputs.
    """
    op = op_of(node, len(inputs))
    if op is None or not holds(op, inputs, float(node.data)):
        return [None] * len(inputs)
    partials = op.partials(*[float(x.data) for x in inputs], float(node.data))
    return [float(partial) for partial in partials]


def is_stale(node: Any, inputs: Sequence[Any]) -> bool:
    """Whether the numbers that a result was computed from have changed since."""
    op: Op | None = getattr(node, "_rule", None)
    if op is None or op.arity != len(inputs):  # a leaf, or made by hand
        return False
    return not holds(op, inputs, node.data)


def formula(op: str, inputs: Sequence[str]) -> str:
    """An operation as it is written on paper.

    >>> formula("+", ["a", "b"]), formula("**2", ["-3.0"]), formula("tanh", ["n"])
    ('a + b', '(-3.0)**2', 'tanh(n)')
    """
    if len(inputs) > 1 and op in {"+", "-", "*", "/", "**"}:
        return f" {op} ".join(f"({x})" if x.startswith("-") else x for x in inputs)
    if len(inputs) == 1 and op.startswith("**"):
        x = inputs[0]
        return f"({x}){op}" if x.startswith("-") or " " in x else f"{x}{op}"
    return f"{op or '?'}({', '.join(inputs)})"


def _how_made(op: str, node: Any, inputs: Sequence[Any]) -> list[str]:
    """The formula in names, where all have one, and in numbers."""
    labels = [label_of(x) for x in inputs]
    numbers = formula(op, [full(x.data) for x in inputs])
    lines = [f"{numbers} = {full(node.data)}"]
    if label_of(node) and all(labels):
        lines.insert(0, f"{label_of(node)} = {formula(op, labels)}")
    return lines


def _flow(source: Any, local: float | None, upstream: float | None) -> list[str]:
    """What flows back along one edge, in words."""
    if local is None:
        return []
    name = label_of(source) or full(source.data)
    line = f"to {name}: local derivative {full(local)}"
    if upstream is None:
        return [line]
    return [f"{line} × grad {full(upstream)} = {full(local * upstream)}"]
