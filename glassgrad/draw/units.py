"""Recognises the units that a scalar graph is made of: a sum or product with what is done to it.

`tanh(b + w1*x1 + w2*x2)` is six nodes and one unit. Found by shape and by how often each result
is used, so it works for any graph; with the parameters' owners it never mixes two neurons.
"""

from __future__ import annotations

from dataclasses import dataclass

from glassgrad.draw.graph import Graph, Owners, formula

Whose = tuple[str, int | None] | None  # the layer and the neuron within it


@dataclass(frozen=True)
class Units:
    """For each node of a graph, by its number:

    heads: the last node of its unit; a leaf's is the leaf.
    shapes: equal for two nodes that are computed from the leaves in the same way.
    whose: the neuron whose parameters it uses, where owners are known.
    depths: the longest way to a leaf.
    uses: how many times it is an input.
    """

    heads: list[int]
    shapes: list[int]
    whose: list[Whose]
    depths: list[int]
    uses: list[int]


def find_units(graph: Graph, owners: Owners) -> Units:
    """Two passes: forward for shapes and what joins what, backward for the heads."""
    n = len(graph.nodes)
    uses = [0] * n
    for inputs in graph.inputs:
        for j in inputs:
            uses[j] += 1
    units = Units(list(range(n)), [0] * n, [None] * n, [0] * n, uses)
    shapes, depths, heads = units.shapes, units.depths, units.heads
    seen: dict[tuple[object, ...], int] = {}
    for i, (op, inputs) in enumerate(zip(graph.ops, graph.inputs, strict=True)):
        if owners:
            units.whose[i] = _whose(graph, units, i, owners)
        if inputs:
            shape = (op, *sorted([shapes[j] for j in inputs]))  # a*b is like b*a
            shapes[i] = seen.setdefault(shape, len(seen) + 1)
            depths[i] = 1 + max([depths[j] for j in inputs])
            for j in inputs:
                if uses[j] == 1 and depths[j] and _joins(graph, units, j, i):
                    heads[j] = i
    for i in reversed(range(n)):
        heads[i] = heads[heads[i]]
    return units


def _joins(graph: Graph, units: Units, j: int, i: int) -> bool:
    """Whether the result j, used by i alone, is a part of i's unit."""
    inner, outer = graph.ops[j], graph.ops[i]
    if outer == "+" and inner == "+":
        return units.whose[i] == units.whose[j] and _same_sum(graph, units, j, i)
    if outer == "+":
        return inner == "*"
    if outer == "*":
        return inner == "*" or (inner.startswith("**") and len(graph.inputs[j]) == 1)
    return len(graph.inputs[i]) == 1 and inner in {"+", "*"}


def _same_sum(graph: Graph, units: Units, j: int, i: int) -> bool:
    """Whether j + something goes on adding what j has added: products to products, a bias."""
    added = [k for k in graph.inputs[i] if k != j]
    alike = {_kind(graph, units, k) for k in graph.inputs[j]}
    return all(not units.depths[k] or _kind(graph, units, k) in alike for k in added)


def _kind(graph: Graph, units: Units, i: int) -> tuple[str, int]:
    return graph.ops[i], sum(not units.depths[j] for j in graph.inputs[i])


def _whose(graph: Graph, units: Units, i: int, owners: Owners) -> Whose:
    """The neuron that a node belongs to, from its parameters and from the parts of its sum."""
    inputs, op, whose = graph.inputs[i], graph.ops[i], units.whose
    if not inputs:
        owner = owners.get(id(graph.nodes[i]))
        return (owner.layer, owner.neuron) if owner else None
    if op == "*":
        found = {
            mine for j in inputs
            if not units.depths[j] and (mine := whose[j]) and mine[1] is not None
        }  # fmt: skip
        return found.pop() if len(found) == 1 and len(set(inputs)) > 1 else None
    if op == "+":
        parts = {whose[j] for j in inputs if units.depths[j] or whose[j]}
        return parts.pop() if len(parts) == 1 else None
    j = inputs[0]
    activation = len(inputs) == 1 and units.uses[j] == 1 and graph.ops[j] == "+"
    return whose[j] if activation else None


@dataclass(frozen=True)
class Anatomy:
    """What a unit computes: its formula, in few letters, and whether it is a neuron by shape."""

    formula: str
    is_neuron: bool


def anatomy(graph: Graph, units: Units, head: int) -> Anatomy:
    """Look at one unit from its head down to what it takes in."""
    outer, core = "", head
    inputs = graph.inputs[head]
    if len(inputs) == 1:
        outer = graph.ops[head]
        if units.heads[inputs[0]] != head:
            return Anatomy(formula(outer, ["a"]), False)
        core = inputs[0]
    addends = _addends(graph, units, core, head)
    products = [j for j in addends if graph.ops[j] == "*" and units.heads[j] == head]
    weighted = all(
        len(set(graph.inputs[j])) == 2 and any(not units.depths[k] for k in graph.inputs[j])
        for j in products
    )
    bare = [j for j in addends if j not in set(products)]
    biased = bool(bare) and all(not units.depths[j] for j in bare)
    is_neuron = len(products) > 1 and weighted and biased
    if graph.ops[core] != "+":
        inner = formula(graph.ops[core], ["a", "b"][: len(graph.inputs[core])])
    elif is_neuron:
        inner = "Σ w·x + b"
    elif len(addends) <= 3:
        inner = _letters([j in products for j in addends])
    elif len(products) > len(bare):
        inner = f"Σ of {len(products):,} products"
    else:
        inner = f"Σ of {len(addends):,}"
    return Anatomy(formula(outer, [inner]) if outer else inner, is_neuron)


def _addends(graph: Graph, units: Units, core: int, head: int) -> list[int]:
    """What a sum adds up, with the sums inside it opened."""
    addends = []
    stack = [core]
    while stack:
        i = stack.pop()
        if graph.ops[i] == "+" and units.heads[i] == head:
            stack.extend(reversed(graph.inputs[i]))
        else:
            addends.append(i)
    return addends


def _letters(is_product: list[bool]) -> str:
    """A short sum in letters, such as `a + b·c`."""
    letters = iter("abcdef")
    return " + ".join(
        f"{next(letters)}·{next(letters)}" if product else next(letters) for product in is_product
    )
