"""The graph that steps happen in: the picture of `draw`, with a place for every number.

The boxes are laid out and drawn by `draw/svg.py`, wide enough for every number that a step puts
into them. What is in a box at which step is told by `states`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from glassgrad.draw.format import plain, short
from glassgrad.draw.ir import Drawing, Edge, Node
from glassgrad.draw.svg import LETTER, to_svg
from glassgrad.step.trace import Trace

NAMESPACE = "http://www.w3.org/2000/svg"
SVG = f"{{{NAMESPACE}}}"
NOTHING = "–"  # stands where a number is not there yet


def picture(traces: Sequence[Trace], shown: Trace) -> str:
    """The graph as SVG, at the end of the trace that is shown, with room for all traces.

    A value's box has the data-id v and its number, its cells have the classes data and grad; an
    operation has the data-id o and the number of its result.
    """
    ET.register_namespace("", NAMESPACE)
    channel = LETTER * _longest(traces) + 34
    svg = ET.fromstring(to_svg(_drawing(shown, _widest(traces)), channel))
    svg.remove(svg[1])  # a description of the numbers, which change
    final: dict[int, str] = {}
    for state in states(shown):
        final |= state["grads"]
    for group in svg.iter(f"{SVG}g"):
        name = group.get("data-id", "")
        if name.startswith("v"):
            *_, data, grad = group.iter(f"{SVG}text")
            data.set("class", "data")
            grad.set("class", "grad")
            grad.text = f"grad {final.get(int(name[1:]), NOTHING)}"
    return ET.tostring(svg, encoding="unicode")


def states(trace: Trace) -> list[dict[str, Any]]:
    """For each step what changes in the picture and what lights up.

    data, grads: the texts that appear, by the number of the node.
    node: the result whose operation is in hand, -1 where there is none. way: "forward", "backward"
    or "". at: the node to look at where no operation is in hand. adds: for each input of the
    operation, what goes back along its edge. wrong: the nodes that arrived at another gradient.
    """
    leaves = {i: short(x) for i, x in enumerate(trace.data) if not trace.inputs[i]}
    everything = {i: short(x) for i, x in enumerate(trace.data)}
    forward = any(step.kind == "forward" for step in trace.steps)
    found = []
    for step in trace.steps:
        state = at_rest() | {"wrong": trace.wrong if step.kind == "end" else []}
        if step.kind == "leaves":
            state["data"] = leaves
        elif step.kind == "forward":
            state |= {"node": step.node, "way": "forward"}
            state["data"] = {step.node: everything[step.node]}
        elif step.kind == "start":
            state["data"] = {} if forward else everything
            state |= {"at": step.node, "grads": {step.node: short(1.0)}}
        elif step.kind == "backward":
            state |= {"node": step.node, "way": "backward"}
            for flow in step.flows:
                after = flow.own if flow.borrowed else flow.after
                state["grads"][flow.to] = _short(after)
                state["adds"].append(_added(flow.product))
        found.append(state)
    return found


def at_rest() -> dict[str, Any]:
    """Nothing lights up and nothing changes."""
    nothing: dict[str, Any] = {"node": -1, "way": "", "at": 0, "data": {}, "grads": {}}
    return nothing | {"adds": [], "wrong": []}


def _short(x: float | None) -> str:
    return "?" if x is None else short(x)


def _added(x: float | None) -> str:
    """What is written on an edge: a number with its sign."""
    text = "?" if x is None else plain(x)
    return text if text.startswith(("-", "?")) else f"+{text}"


def _longest(traces: Sequence[Trace]) -> int:
    """The letters of the longest text that is written on an edge."""
    flows = (flow for trace in traces for step in trace.steps for flow in step.flows)
    return max((len(_added(flow.product)) for flow in flows), default=0)


def _widest(traces: Sequence[Trace]) -> dict[int, float]:
    """For each node the gradient that takes the most room on its way."""
    widest: dict[int, float] = {}
    for trace in traces:
        for step in trace.steps:
            for flow in step.flows:
                after = flow.own if flow.borrowed else flow.after
                if after is not None and len(short(after)) > len(short(widest.get(flow.to, 0.0))):
                    widest[flow.to] = after
    return widest


def _drawing(trace: Trace, grads: dict[int, float]) -> Drawing:
    """The graph with nothing in it but names, operations and numbers."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for i, inputs in enumerate(trace.inputs):
        if inputs:
            edges += [Edge(f"v{x}", f"o{i}") for x in inputs]
            edges.append(Edge(f"o{i}", f"v{i}"))
            nodes.append(Node(f"o{i}", "op", (trace.symbols[i] or "?",), of=f"v{i}"))
        name = (trace.names[i],)
        nodes.append(Node(f"v{i}", "value", name, trace.data[i], grads.get(i, 0.0)))
    return Drawing("graph", "", tuple(nodes), tuple(edges), total=len(trace.data))
