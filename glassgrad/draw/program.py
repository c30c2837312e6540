"""The picture of a lifted program: a box for each array, with the formula that makes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glassgrad.draw.format import count, shorten
from glassgrad.draw.ir import Drawing, Edge, Node

if TYPE_CHECKING:
    from glassgrad.lift.program import Program
    from glassgrad.lift.text.source import Leaf
    from glassgrad.lift.text.store import Statement

LONGEST = 56  # letters of a formula in a box; a tooltip has all of it
MOST_FORMULAS = 3  # in a box


def draw_program(program: Program, title: str) -> Drawing:
    """Each array of the forward pass as a box; lines go from what is read to what is made."""
    from glassgrad.lift.text.source import leaves_of, statements_of

    statements = statements_of(program.code, program.names)
    made: dict[str, list[Statement]] = {}
    for statement in statements:
        made.setdefault(_target(statement), []).append(statement)
    leaves = {leaf.name: leaf for leaf in leaves_of(program.code, program.names)}
    nodes: dict[str, Node] = {}
    edges = []
    for name, group in made.items():
        for source in dict.fromkeys(read for each in group for read in each.reads):
            if source == name:
                continue
            if source not in nodes and source in leaves:
                nodes[source] = _leaf(leaves[source])
            if source in nodes:
                edges.append(Edge(source, name))
        nodes[name] = _array(name, group)
    total = sum(node.count for node in nodes.values() if node.kind == "array" and node.of)
    notes = [f"{count(len(program), 'array operation')} for {count(total, 'scalar node')}"]
    return Drawing("graph", title, tuple(nodes.values()), tuple(edges), (), total, 0, tuple(notes))


def _target(statement: Statement) -> str:
    """The name of the array that a statement makes or changes."""
    return re.split(r"\W", statement.text, maxsplit=1)[0]


def _array(name: str, statements: list[Statement]) -> Node:
    formulas = [statement.text for statement in statements]
    shown = [
        formula.removeprefix(f"{name} = ") if len(formulas) == 1 else formula
        for formula in formulas[:MOST_FORMULAS]
    ]
    more = len(formulas) - len(shown)
    shape, _, comment = statements[0].comment.partition(": ")
    lines = [name, *(shorten(formula, LONGEST) for formula in shown)]
    lines += [f"and {count(more, 'more line')}"] if more else []
    lines += [_numbers(shape), comment] if comment else [_numbers(shape)]
    found = re.search(r"([\d,]+) scalar node", comment)
    size = int(found[1].replace(",", "")) if found else 0
    return Node(name, "array", tuple(lines), details=(*formulas, *lines[-2:]), of=name, count=size)


def _leaf(leaf: Leaf) -> Node:
    kind = leaf.kind if leaf.size == 1 or leaf.kind == "input" else f"{leaf.kind}s"
    words = (leaf.name, _numbers(leaf.words), kind)
    return Node(leaf.name, "array", words, details=words, count=leaf.size)


def _numbers(shape: str) -> str:
    """A shape of one axis as so many numbers, others as they are."""
    return count(int(shape), "number") if shape.isdigit() else shape
