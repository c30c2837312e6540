"""A drawing as plain text, for a terminal and for screen readers.

A graph is a tree from its last node back to the leaves, one line a node; a network is one line a
layer.
"""

from __future__ import annotations

from glassgrad.draw.format import count, short, shorten
from glassgrad.draw.ir import Drawing, Node

MOST_LINES = 100
DEEPEST = 40


def to_text(drawing: Drawing) -> str:
    """The whole drawing in lines of text."""
    lines = _network(drawing) if drawing.kind == "network" else _tree(drawing)
    head = [drawing.title] if drawing.title else []
    return "\n".join([*head, *lines, *(f"({note})" for note in drawing.notes)])


def summary(drawing: Drawing) -> str:
    """One sentence on what there is to see."""
    if drawing.title:
        return drawing.title
    if drawing.kind == "network":
        return "Network: " + " → ".join(group.text[1] for group in drawing.groups)
    last = drawing.nodes[-1]
    name = last.text[0] if last.text[0] else "a value"
    return f"How {name} was computed"


def _network(drawing: Drawing) -> list[str]:
    return [" · ".join(group.text) for group in drawing.groups]


def _tree(drawing: Drawing) -> list[str]:
    """Walk from the last nodes to the leaves, each node once; later uses refer to the first."""
    inputs, ops = _inputs(drawing)
    uses: dict[str, int] = {}
    for sources in inputs.values():
        for source in sources:
            uses[source] = uses.get(source, 0) + 1
    nodes = {node.id: node for node in drawing.nodes if node.kind != "op"}
    marks: dict[str, str] = {}  # nodes used more than once, by number
    for name in nodes:
        if uses.get(name, 0) > 1 and not _label(nodes[name]):
            marks[name] = f"#{len(marks) + 1} "
    lines: list[str] = []
    seen: set[str] = set()
    roots = [name for name in nodes if name not in uses]
    stack = [(name, "", "", 0) for name in reversed(roots)]
    while stack and len(lines) < MOST_LINES:
        name, first, rest, depth = stack.pop()
        node = nodes[name]
        head = f"{first}{marks.get(name, '')}{_label(node)}"
        if name in seen:
            lines.append(f"{head.rstrip()} ↑ shown above")
            continue
        seen.add(name)
        lines.append(f"{head}{_what(node, ops.get(name, ''))}")
        sources = inputs.get(name, [])
        if depth == DEEPEST and sources:
            lines.append(f"{rest}└─ …")
            continue
        for place, source in enumerate(reversed(sources)):
            twig, below = ("└─ ", "   ") if place == 0 else ("├─ ", "│  ")
            stack.append((source, rest + twig, rest + below, depth + 1))
    left_out = len(nodes) - len(seen)
    if left_out:
        lines.append(f"… {count(left_out, 'more box', 'more boxes')} not listed")
    return lines


def _inputs(drawing: Drawing) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The sources of each node, and the operation that made it, with op nodes left out."""
    ops = {node.of: node.text[0] for node in drawing.nodes if node.kind == "op"}
    results = {node.id: node.of for node in drawing.nodes if node.kind == "op"}
    inputs: dict[str, list[str]] = {}
    for edge in drawing.edges:
        if edge.source not in results:
            target = results.get(edge.target, edge.target)
            inputs.setdefault(target, []).append(edge.source)
    return inputs, ops


def _label(node: Node) -> str:
    return shorten(node.text[0], 60)


def _what(node: Node, op: str) -> str:
    """The rest of a node's line: its operation and its numbers."""
    if node.kind in ("fold", "array"):
        return "".join(f" | {line}" for line in node.text[1:])
    made = f" = {op}" if op else ""
    if not node.text[0]:
        made = made.removeprefix(" = ")
    numbers = f"data {short(node.data or 0.0)} | grad {short(node.grad or 0.0)}"
    return f"{made} | {numbers}" if made or node.text[0] else numbers
