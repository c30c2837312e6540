"""Recognises the units that a scalar graph is made of: a sum or product with what is done to it.

`tanh(b + w1*x1 + w2*x2)` is six nodes and one unit. Found by shape and by how often each result
is used, so it works for any graph; with the parameters' owners it never mixes two neurons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from glassgrad.draw.graph import Graph, Owners, formula

Whose = tuple[str, int | None] | None  # the layer and the neuron within it


@dataclass
class Units:
    """For each node of a graph, by its number:

    heads: the last node of its unit; a leaf's is the leaf.
    shapes: equal for two nodes that are computed from the leaves in the same way.
    whose: the neuron whose parameters it uses, where owners are known.
    depths: the longest way to a leaf.
    kinds: its operation, and how many of its inputs are leaves.
    uses: how many times it is an input.
    """

    heads: list[int]
    shapes: list[int]
    whose: list[Whose]
    depths: list[int]
    kinds: list[tuple[str, int]]
    uses: list[int]


def find_units(graph: Graph, owners: Owners) -> Units:
    """Two passes: forward for shapes and what joins what, backward for the heads."""
    n = len(graph.nodes)
    uses = [0] * n
    for inputs in graph.inputs:
        for j in inputs:
            uses[j] += 1
    units = Units(list(range(n)), [0] * n, [None] * n, [0] * n, [("", 0)] * n, uses)
    shapes, depths, heads = units.shapes, units.depths, units.heads
    shape_of = shapes.__getitem__
    seen: dict[tuple[object, ...], int] = {}
    for i, (op, inputs) in enumerate(zip(graph.ops, graph.inputs, strict=True)):
        if owners:
            units.whose[i] = _whose(graph, units, i, owners)
        if inputs:
            shape = (op, *sorted(map(shape_of, inputs)))  # a*b is like b*a
            shapes[i] = seen.setdefault(shape, len(seen) + 1)
            below = [depths[j] for j in inputs]
            depths[i] = 1 + max(below)
            units.kinds[i] = (op, below.count(0))
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
    if outer == "*" and inner.startswith("**"):
        return len(graph.inputs[j]) == 1
    if outer in {"*", "max", "min"}:
        return inner == outer
    return len(graph.inputs[i]) == 1 and inner in {"+", "*"}


def _same_sum(graph: Graph, units: Units, j: int, i: int) -> bool:
    """Whether j + something goes on adding what j has added: products to products, a bias."""
    first, kinds = graph.inputs[i][0], units.kinds
    if j != first:  # j is the first term of `sum`, which starts from 0, or a term further on
        starts_from_0 = not units.depths[first] and graph.nodes[first].data == 0
        if starts_from_0 or graph.ops[first] == "+":
            return False
    alike = [kinds[k] for k in graph.inputs[j]]
    return all(not units.depths[k] or kinds[k] in alike for k in graph.inputs[i] if k != j)


def _whose(graph: Graph, units: Units, i: int, owners: Owners) -> Whose:
    """The neuron that a node belongs to: weight * input, the sum of those, its activation."""
    inputs, op, whose = graph.inputs[i], graph.ops[i], units.whose
    leaves = [j for j in inputs if not units.depths[j]]
    if not inputs:
        owner = owners.get(id(graph.nodes[i]))
        return (owner.layer, owner.neuron) if owner else None
    if op == "*":
        found = {mine for j in leaves if (mine := whose[j]) and mine[1] is not None}
        return found.pop() if len(found) == 1 and len(set(inputs)) > 1 else None
    if op == "+":
        sums = [j for j in inputs if graph.ops[j] == "+"]
        if len(sums) > 1 or (sums and not all(whose[j] for j in leaves)):
            return None  # the sum of two neurons, or what comes after one
        parts = {whose[j] for j in inputs if units.depths[j] or whose[j]}
        return parts.pop() if len(parts) == 1 else None
    activation = len(inputs) == 1 and units.uses[inputs[0]] == 1 and graph.ops[inputs[0]] == "+"
    return whose[inputs[0]] if activation else None


@dataclass(frozen=True)
class Anatomy:
    """What a unit computes.

    formula: in few letters.
    weights: how many products it adds to a bias, if that is all it does; else 0.
    minuses: how many products with -1 the formula writes as a minus.
    """

    formula: str
    weights: int = 0
    minuses: int = 0


def anatomy(graph: Graph, units: Units, head: int, minus: bool = True) -> Anatomy:
    """Look at one unit from its head down to what it takes in.

    minus: whether to write a * -1 as -a; not where the unit stands for others with other numbers.
    """
    inputs = graph.inputs[head]
    if len(inputs) > 1:
        return _body(graph, units, head, head, minus)
    outer = graph.ops[head]
    if units.heads[inputs[0]] != head:
        return Anatomy(formula(outer, ["a"]))
    body = _body(graph, units, inputs[0], head, minus)
    return replace(body, formula=formula(outer, [body.formula]))


def _body(graph: Graph, units: Units, core: int, head: int, minus: bool) -> Anatomy:
    """The sum, product or other operation inside a unit, without the activation."""
    op = graph.ops[core]
    if op not in {"+", "*"}:
        parts = _parts(graph, units, core, head)
        if len(parts) == len(graph.inputs[core]) <= 4:
            return Anatomy(formula(op, list("abcd"[: len(parts)])))
        return Anatomy(f"{op} of {len(parts):,}")
    addends = _parts(graph, units, core, head) if op == "+" else [core]
    products = [j for j in addends if graph.ops[j] == "*" and units.heads[j] == head]
    bare = set(addends).difference(products)
    biased = bool(bare) and not any(units.depths[j] for j in bare)
    weights = len(products) if biased and _weighted(graph, units, products) else 0
    if weights > 1:
        return Anatomy("Σ w·x + b", weights)
    if len(addends) <= 3:
        negated = {j for j in products if minus and negates(graph, j)}
        return Anatomy(_letters(addends, set(products), negated), weights, len(negated))
    if len(products) > len(bare):
        return Anatomy(f"Σ of {len(products):,} products")
    return Anatomy(f"Σ of {len(addends):,}")


def _weighted(graph: Graph, units: Units, products: list[int]) -> bool:
    """Whether these are weights times inputs, and not squares or changes of sign."""
    for i in products:
        factors = graph.inputs[i]
        if len(set(factors)) == 1 or all(units.depths[j] for j in factors):
            return False
    return not all(negates(graph, i) for i in products)


def negates(graph: Graph, i: int) -> bool:
    """Whether a product is `-a`, which is a * -1."""
    return any(not graph.inputs[j] and graph.nodes[j].data == -1 for j in graph.inputs[i])


def _parts(graph: Graph, units: Units, core: int, head: int) -> list[int]:
    """What a sum adds up (or a maximum compares), with the sums inside it opened."""
    parts = []
    stack = [core]
    while stack:
        i = stack.pop()
        if graph.ops[i] == graph.ops[core] and units.heads[i] == head:
            stack.extend(reversed(graph.inputs[i]))
        else:
            parts.append(i)
    return parts


def _letters(addends: list[int], products: set[int], negated: set[int]) -> str:
    """A short sum in letters, such as `a + b·c` or `a - b`."""
    letters = iter("abcdef")
    text = ""
    for i in addends:
        sign = "-" if i in negated else "+" if text else ""
        term = next(letters)
        if i in products and i not in negated:
            term += "·" + next(letters)
        text += f" {sign} {term}" if text else f"{sign}{term}"
    return text
