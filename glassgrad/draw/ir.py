"""The drawing: what a picture says, before it is decided where and how it is drawn.

`graph.py`, `fold.py`, `network.py` and `program.py` make a Drawing; `svg.py`, `text.py` and
`html.py` show one.
Nothing here knows about Values or about coordinates.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Node:
    """One thing to see.

    kind: a value ("label", its data and grad), an op (the operation that made the value in
        `of`), a fold (a box that stands for `count` nodes), an array (of a lifted program), a unit
        (a neuron or an input of a network), or a gap (units left out).
    text: the lines of text in it; for a value its label alone.
    data, grad: the numbers of a value; of a neuron, those of its bias.
    details: what a tooltip or a side panel says, line by line, every number in full.
    """

    id: str
    kind: Literal["value", "op", "fold", "array", "unit", "gap"]
    text: tuple[str, ...]
    data: float | None = None
    grad: float | None = None
    details: tuple[str, ...] = ()
    group: str = ""
    of: str = ""
    count: int = 1


@dataclass(frozen=True)
class Edge:
    """A line from one node to another, in the direction of the forward pass.

    local: the derivative of the operation's result by this input.
    upstream: the gradient that arrives at the result; local * upstream flows back along the edge.
    weight: of a network's connection, its weight.
    count: how many connections the line stands for.
    """

    source: str
    target: str
    local: float | None = None
    upstream: float | None = None
    weight: float | None = None
    details: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True)
class Group:
    """Nodes that belong together: a neuron, or a layer."""

    id: str
    kind: Literal["neuron", "layer"]
    text: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """A whole picture. In `nodes`, the source of every edge comes before its target.

    total: how many nodes (of a network: parameters) there are in what was drawn.
    hidden: how many of them have no box (or line) of their own.
    notes: what the picture says below itself.
    """

    kind: Literal["graph", "network"]
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    groups: tuple[Group, ...] = ()
    total: int = 0
    hidden: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self, indent: int | None = None) -> str:
        """The drawing as JSON; numbers that JSON has no name for are "nan", "inf" and "-inf".

        >>> Drawing("graph", "", (Node("v0", "value", ("a",), data=2.0),)).to_json()[:46]
        '{"kind": "graph", "title": "", "nodes": [{"id"'
        """
        return json.dumps(_plain(asdict(self)), indent=indent, ensure_ascii=False, allow_nan=False)


def _plain(item: Any) -> Any:
    """Replace what strict JSON cannot hold."""
    if isinstance(item, dict):
        return {key: _plain(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_plain(value) for value in item]
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    return item
