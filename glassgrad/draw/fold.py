"""Folds a graph that is too big to read into boxes that stand for many nodes.

Three ways, from fine to coarse; the first whose picture is small enough is taken:

1. units: a weighted sum with its activation is one box (a neuron, by its shape);
2. alike: all units computed in the same way from the leaves are one box (a layer, and the same
   layer for every example of a batch);
3. stretches: where nothing is alike, as in a very long chain, nodes at a like distance from the
   leaves are one box.

Leaves that are used by the same boxes, equally often, are one box; those that belong to a single
unit or layer go into its box. Every step is one pass over the nodes. What is written in a box is
decided in `caption.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable

from glassgrad.draw.caption import Box, Captions
from glassgrad.draw.format import count
from glassgrad.draw.graph import Graph, Owners, backward_notes, value_node
from glassgrad.draw.ir import Drawing, Edge, Node
from glassgrad.draw.units import Units, find_units, negates

MOST_BOXES = 60
MOST_EDGES = {"units": 100, "alike": 200}
MOST_COLUMNS = 25  # boxes one after another, beyond which a picture is too wide to read
STRETCHES = 12
Edges = Counter[tuple[int, int]]  # how many, from box to box


def draw_folded(graph: Graph, title: str, owners: Owners) -> Drawing:
    """The finest folding that can be read at a glance."""
    units = find_units(graph, owners)
    stretch = (max(units.depths) + 1) / STRETCHES
    ways: dict[str, Callable[[int], Hashable]] = {
        "units": lambda i: i,
        "alike": lambda i: (_layer(units, i), units.shapes[i]),
        "stretches": lambda i: units.depths[i] // stretch,
    }
    for way, key in ways.items():
        box_of = _box_results(units, key)
        if not box_of:
            continue
        _box_leaves(graph, units, box_of, way)
        edges = _edges(graph, box_of)
        _absorb(graph, units, box_of, edges, way)
        boxes = _fill(graph, units, box_of)
        few = len(boxes) <= MOST_BOXES and len(edges) <= MOST_EDGES.get(way, 0)
        if few and _columns(boxes, edges) <= MOST_COLUMNS:
            break
    return _lower(graph, Captions(graph, units, way), boxes, edges, title)


def _layer(units: Units, i: int) -> str | None:
    whose = units.whose[i]
    return whose[0] if whose else None


def _box_results(units: Units, key: Callable[[int], Hashable]) -> list[int]:
    """The number of each node's box: that of the key of its unit's head; -1 for a leaf.

    The list is empty if that would be too many boxes.
    """
    numbers: dict[Hashable, int] = {}
    box_of = [-1] * len(units.heads)
    for i, (head, depth) in enumerate(zip(units.heads, units.depths, strict=True)):
        if head == i and depth:
            box_of[i] = numbers.setdefault(key(i), len(numbers))
            if len(numbers) > MOST_BOXES:
                return []
    return [box_of[head] for head in units.heads]


def _box_leaves(graph: Graph, units: Units, box_of: list[int], way: str) -> None:
    """Give leaves with the same owner and the same row of uses one box."""
    rows: dict[Hashable, int] = {}
    row_of = [
        -1 if depth else rows.setdefault(whose and whose[0], len(rows))
        for whose, depth in zip(units.whose, units.depths, strict=True)
    ]
    used = [False] * len(box_of)
    first_use_only = way == "stretches"  # in a long graph no two rows may be the same
    for here, inputs in zip(box_of, graph.inputs, strict=True):
        for j in inputs:
            if row_of[j] >= 0 and not (first_use_only and used[j]):
                row_of[j] = rows.setdefault((row_of[j], here), len(rows))
                used[j] = True
    first = max(box_of) + 1
    numbers: dict[int, int] = {}
    for i, row in enumerate(row_of):
        if row >= 0:
            box_of[i] = numbers.setdefault(row, first + len(numbers))


def _edges(graph: Graph, box_of: list[int]) -> Edges:
    """Count the edges between boxes."""
    pairs = Counter(
        (box_of[j], here) for here, inputs in zip(box_of, graph.inputs, strict=True) for j in inputs
    )
    return Counter({(a, b): n for (a, b), n in pairs.items() if a != b})


def _columns(boxes: list[Box], edges: Edges) -> int:
    """How many boxes there are one after another, on the longest way."""
    sources: dict[int, list[int]] = {}
    for source, target in edges:
        sources.setdefault(target, []).append(source)
    column: dict[int, int] = {}
    for box in boxes:
        column[box.number] = 1 + max((column[s] for s in sources.get(box.number, ())), default=0)
    return max(column.values())


def _absorb(graph: Graph, units: Units, box_of: list[int], edges: Edges, way: str) -> None:
    """Move leaves into the only box that uses them, where one unit or one layer owns them.

    A box keeps an input to be seen from outside, unless every unit has a box of its own.
    """
    leaves = [i for i, depth in enumerate(units.depths) if not depth]
    layers = _layers_of_boxes(units, box_of)
    shared = set() if way == "stretches" else _shared_boxes(graph, units, box_of)
    incoming = Counter(target for _, target in edges)
    moved = {}
    only_users = _only_users({box_of[i] for i in leaves}, edges)
    for box in sorted(only_users, key=lambda box: (box not in layers, box)):  # parameters first
        user = only_users[box]
        belongs = box not in shared or layers.get(box, "none") == layers.get(user)
        if belongs and (way == "units" or incoming[user] > 1):
            moved[box] = user
            incoming[user] -= 1
            del edges[box, user]
    for i in leaves:
        box_of[i] = moved.get(box_of[i], box_of[i])


def _only_users(sources: set[int], edges: Edges) -> dict[int, int]:
    """The box that uses a source, for each source that one box alone uses."""
    users: dict[int, list[int]] = {}
    for source, target in edges:
        if source in sources:
            users.setdefault(source, []).append(target)
    return {source: targets[0] for source, targets in users.items() if len(targets) == 1}


def _shared_boxes(graph: Graph, units: Units, box_of: list[int]) -> set[int]:
    """The boxes with a leaf that more than one unit uses."""
    user: dict[int, int] = {}  # the first unit that uses a leaf
    shared = set()
    for head, inputs in zip(units.heads, graph.inputs, strict=True):
        for j in inputs:
            if not units.depths[j] and user.setdefault(j, head) != head:
                shared.add(box_of[j])
    return shared


def _layers_of_boxes(units: Units, box_of: list[int]) -> dict[int, str]:
    """The layer of each box that holds parameters, or units that use them."""
    return {
        box_of[i]: whose[0] for i, whose in enumerate(units.whose) if whose and units.heads[i] == i
    }


def _fill(graph: Graph, units: Units, box_of: list[int]) -> list[Box]:
    """The boxes, in an order in which every edge goes to a later one."""
    boxes = [Box(number) for number in range(max(box_of) + 1)]
    for i, (head, inputs) in enumerate(zip(units.heads, graph.inputs, strict=True)):
        box = boxes[box_of[i]]
        if not inputs:
            box.leaves.append(i)
        elif head == i:
            box.results.append(i)
        if graph.ops[i] == "*":
            box.minuses += negates(graph, i)
        elif graph.ops[i] == "+":
            box.biases.update(j for j in inputs if not units.depths[j] and units.uses[j] > 1)
    for (number, op), n in Counter(zip(box_of, graph.ops, strict=True)).items():
        boxes[number].ops[op] = n
    filled = [box for box in boxes if box.ends]
    depth_of = {box.number: min(units.depths[i] for i in box.ends) for box in filled}
    filled.sort(key=lambda box: depth_of[box.number])
    done = 0
    for box in filled:
        box.steps_before = done
        done = max(done, max(units.depths[i] for i in box.ends))
    return filled


def _lower(graph: Graph, captions: Captions, boxes: list[Box], edges: Edges, title: str) -> Drawing:
    """Boxes and edges as a drawing; a box of one node is drawn as that node."""
    nodes: list[Node] = []
    drawn: list[Edge] = []
    sources, targets = {}, {}
    for box in boxes:
        last = box.ends[-1]
        source = target = f"b{last}"
        if box.size == 1:
            source = target = f"v{last}"
            if graph.ops[last]:
                target = f"o{last}"
                nodes.append(Node(target, "op", (graph.ops[last],), of=source))
                drawn.append(Edge(target, source))
            nodes.append(value_node(graph, last))
        else:
            text, details = captions.of(box)
            nodes.append(Node(source, "fold", text, details=details, count=box.size))
        sources[box.number], targets[box.number] = source, target
    for (a, b), n in sorted(edges.items()):
        drawn.append(Edge(sources[a], targets[b], details=(count(n, "connection"),), count=n))
    total = len(graph.nodes)
    hidden = total - sum(len(box.ends) == 1 for box in boxes)
    folded = sum(node.kind == "fold" for node in nodes)
    boxed = count(folded, "box", "boxes")
    note = f"{count(total, 'node')} in all, {count(hidden)} hidden in {boxed}"
    notes = (*backward_notes(graph), note)
    return Drawing("graph", title, tuple(nodes), tuple(drawn), (), total, hidden, notes)
