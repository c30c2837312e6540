"""What happens in a graph, as a list of steps: numbers only, no words and no pictures.

A trace is taken once and then stands by itself: whatever becomes of the Values afterwards, it says
what was there. It computes gradients of its own, by the derivatives in the table of operations, and
touches none of the graph's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as count_from
from math import isclose, isnan
from typing import Any, Literal

from glassgrad.draw.format import count, plain
from glassgrad.draw.graph import Graph, grad_of, is_value, label_of, read_graph
from glassgrad.errors import explain
from glassgrad.lecture import op_of
from glassgrad.value import Value

MOST_STEPS = 1000  # of a backward pass in an order of the reader's own


@dataclass(frozen=True)
class Flow:
    """What one operation hands on to one of its inputs; None is a number that nobody knows.

    to: the input, as the number of a node, which comes in at this `place` of the operation.
    local * upstream = product, and the gradient of the input goes from `before` to `after`.
    arrived, expected: this is contribution 1 of 2, say; more than 2 come in a wrong order only.
    own: the gradient that the reader's graph has for this input, once all have arrived there.
    borrowed: `own` is used from here on, because nobody knows `after`.
    own_product: what this contribution would be with the gradient that the reader's graph has.
    follows: `own` is what the chain rule makes of the reader's gradients further up the graph.
    late: the input has handed on for the last time already, so this goes no further.
    """

    to: int
    place: int
    local: float | None
    upstream: float | None
    product: float | None
    before: float | None
    after: float | None
    arrived: int
    expected: int
    own: float | None = None
    borrowed: bool = False
    own_product: float | None = None
    follows: bool = False
    late: bool = False


@dataclass(frozen=True)
class Step:
    """One thing that happens.

    kind: the leaves are there; an operation forward; the root's gradient is 1; an operation
        backward; all is done.
    node: the result of the operation, or the root.
    number, of: the operation is the third of seven, say.
    handed: what the node has handed on already, where an order comes to it again.
    early: more of the node's gradient arrives after this step.
    """

    kind: Literal["leaves", "forward", "start", "backward", "end"]
    node: int
    number: int = 0
    of: int = 0
    flows: tuple[Flow, ...] = ()
    handed: float | None = None
    early: bool = False


@dataclass(frozen=True)
class Trace:
    """A graph and its steps. Nodes are numbered, inputs before results; the root is the last.

    names: what a node is called: its label; for a result without one #1, #2, ...; else "".
    symbols, rules: the operation that made it, as its graph says and as the table calls it.
    stale: results that their inputs, as they are now, would not give.
    misnamed: results that are not what the table computes by their symbol.
    grads: what the steps arrive at; a node without an entry got nothing, None is not known.
    own: the gradients in the reader's own graph, where backward has run there.
    right: for an order of the reader's, what the right order arrives at.
    whose: "your class" or "your graph".
    """

    names: tuple[str, ...]
    symbols: tuple[str, ...]
    rules: tuple[str, ...]
    inputs: tuple[tuple[int, ...], ...]
    data: tuple[float, ...]
    locals: tuple[tuple[float | None, ...], ...]
    stale: frozenset[int]
    misnamed: frozenset[int]
    own: tuple[float, ...] | None
    whose: str
    notes: tuple[str, ...]
    title: str = ""
    steps: tuple[Step, ...] = ()
    grads: Mapping[int, float | None] = field(default_factory=dict)
    right: Mapping[int, float | None] | None = None
    graph: Graph | None = None

    @property
    def wrong(self) -> list[int]:
        """The nodes whose gradient is not what the right order, or the reader's graph, has."""
        others = [self.right] if self.right else []
        others += [dict(enumerate(self.own))] if self.own else []
        return [
            i
            for i in range(len(self.data))
            if any(apart(self.grads.get(i, 0.0), other.get(i, 0.0)) for other in others)
        ]

    @property
    def root(self) -> int:
        """The number of the last node."""
        return len(self.data) - 1


def trace(value: Any, max_nodes: int) -> Trace:
    """The forward and the backward pass of a Value, every number from its own graph.

    >>> a = Value(3.0, label="a")
    >>> [step.kind for step in trace(a * a, 300).steps]
    ['leaves', 'forward', 'start', 'backward', 'end']
    >>> trace(a * a, 300).grads
    {1: 1.0, 0: 6.0}
    """
    found = _read(value, max_nodes)
    made = [i for i, inputs in enumerate(found.inputs) if inputs]
    forward = [Step("forward", i, n, len(made)) for n, i in enumerate(made, 1)]
    backward, grads = _backward(found, list(reversed(made)))
    steps = [Step("leaves", found.root), *forward, *backward]
    return replace(found, steps=tuple(steps), grads=grads)


def trace_in_order(right: Trace, order: Sequence[Any]) -> tuple[Trace, Trace]:
    """The backward pass of a trace as it is, and as it comes out in an order of the reader's."""
    assert right.graph is not None
    number = {id(node): i for i, node in enumerate(right.graph.nodes)}
    for node in order:
        if id(node) not in number:
            raise ValueError(_foreign(node))
    asked = [number[id(node)] for node in order if right.inputs[number[id(node)]]]
    if len(asked) > MOST_STEPS:
        raise ValueError(_too_long(len(asked)))
    steps, grads = _backward(right, asked)
    backward = tuple(step for step in right.steps if step.kind not in ("leaves", "forward"))
    first = [step.node for step in backward if step.kind == "backward"]
    title = f"The order given: {_listed(right, asked)}"
    return (
        replace(right, title=f"Topological order: {_listed(right, first)}", steps=backward),
        replace(right, title=title, steps=tuple(steps), grads=grads, right=right.grads),
    )


def differ(x: float, y: float) -> bool:
    """Whether two gradients are further apart than rounding explains.

    >>> differ(0.1 + 0.2, 0.3), differ(1.0, 2.0)
    (False, True)
    """
    return not (isclose(x, y, rel_tol=1e-6, abs_tol=1e-9) or (isnan(x) and isnan(y)))


def apart(x: float | None, y: float | None) -> bool:
    """Whether two gradients are both known, and not the same.

    >>> apart(1.0, 2.0), apart(1.0, None)
    (True, False)
    """
    return x is not None and y is not None and differ(x, y)


def _backward(trace: Trace, order: Sequence[int]) -> tuple[list[Step], dict[int, float | None]]:
    """Hand gradients on in the given order of results, and write down what happens."""
    uses = Counter(x for inputs in trace.inputs for x in inputs)
    coming = Counter(x for node in order for x in trace.inputs[node])
    arrived: Counter[int] = Counter()
    grads: dict[int, float | None] = {trace.root: 1.0}
    handed: dict[int, float | None] = {}
    from_own = _from_own(trace)
    steps = [Step("start", trace.root)]
    for number, node in enumerate(order, 1):
        upstream = grads.get(node, 0.0)
        flows = []
        for place, x in enumerate(trace.inputs[node]):
            coming[x] -= 1
            arrived[x] += 1
            local, before = trace.locals[node][place], grads.get(x, 0.0)
            product = _times(local, upstream)
            after = None if product is None or before is None else before + product
            flow = Flow(x, place, local, upstream, product, before, after, arrived[x], uses[x])
            if x in handed and x not in order[number:]:
                flow = replace(flow, late=True)
            if trace.own and not coming[x]:
                own, made = trace.own[x], from_own.get(x)
                flow = replace(
                    flow,
                    own=own,
                    borrowed=after is None,
                    own_product=_times(local, trace.own[node]),
                    follows=made is not None and not differ(own, made),
                )
            grads[x] = flow.own if flow.borrowed else after
            flows.append(flow)
        early = coming[node] > 0
        steps.append(
            Step("backward", node, number, len(order), tuple(flows), handed.get(node), early)
        )
        handed[node] = upstream
    return [*steps, Step("end", trace.root)], grads


def _listed(trace: Trace, order: Sequence[int]) -> str:
    """An order in names, as far as they can be read at a glance."""
    names = [trace.names[node] for node in order[:8]]
    return ", ".join([*names, "…"] if len(order) > len(names) else names)


def _times(local: float | None, upstream: float | None) -> float | None:
    return None if local is None or upstream is None else local * upstream


def _from_own(trace: Trace) -> dict[int, float | None]:
    """What the chain rule makes of each gradient of the reader's, one operation further down."""
    found: dict[int, float | None] = {}
    for node, inputs in enumerate(trace.inputs) if trace.own else ():
        for x, local in zip(inputs, trace.locals[node], strict=True):
            before, product = found.get(x, 0.0), _times(local, trace.own[node])  # type: ignore[index]
            found[x] = None if before is None or product is None else before + product
    return found


def _read(value: Any, max_nodes: int) -> Trace:
    """Everything about a graph but the steps."""
    if not is_value(value):
        raise TypeError(_no_value(value))
    graph = read_graph([value])
    nodes = graph.nodes
    if len(nodes) > max_nodes:
        raise ValueError(_too_large(len(nodes), max_nodes))
    try:
        data = tuple(float(node.data) for node in nodes)
    except (TypeError, ValueError):
        raise TypeError(_no_single_numbers(value)) from None
    rules, partials, stale, misnamed = [], [], set(), set()
    for i, node in enumerate(nodes):
        inputs = graph.inputs[i]
        rule = op_of(node, len(inputs)) if inputs else None
        numbers = [data[x] for x in inputs]
        if rule is not None and differ(rule.value(*numbers), data[i]):
            if rule is getattr(node, "_rule", None):
                stale.add(i)
            else:  # a class of the reader's own means something else by this symbol
                misnamed.add(i)
                rule = None
        rules.append(rule.name if rule else "")
        found = rule.partials(*numbers, data[i]) if rule else [None] * len(inputs)
        partials.append(tuple(None if x is None else float(x) for x in found))
    own, notes = _own_gradients(graph)
    return Trace(
        names=_names(graph),
        symbols=tuple(graph.ops),
        rules=tuple(rules),
        inputs=tuple(graph.inputs),
        data=data,
        locals=tuple(partials),
        stale=frozenset(stale),
        misnamed=frozenset(misnamed),
        own=own,
        whose="your graph" if isinstance(value, Value) else "your class",
        notes=notes,
        graph=graph,
    )


def _names(graph: Graph) -> tuple[str, ...]:
    unnamed = count_from(1)
    return tuple(
        label_of(node) or (f"#{next(unnamed)}" if inputs else "")
        for node, inputs in zip(graph.nodes, graph.inputs, strict=True)
    )


def _own_gradients(graph: Graph) -> tuple[tuple[float, ...] | None, tuple[str, ...]]:
    """The gradients of the reader's graph, if they are there and are those of this root."""
    grads = tuple(grad_of(node) for node in graph.nodes)
    root = grads[-1]
    if len(grads) == 1 or (root == 0.0 and not any(grads)):
        return None, ()
    if root == 1.0:
        return grads, ()
    if root != 0.0:
        about = f"the last node's grad is {plain(root)} there, not 1.0: another result's backward"
        return None, (f"gradients of your graph are not compared: {about} put it there",)
    left = count(sum(grad != 0.0 for grad in grads), "node")
    return None, (f"{left} had a grad before backward; these steps start at 0.0",)


def _no_value(value: Any) -> str:
    return explain(
        f"step_through takes a Value, not {type(value).__name__}",
        "x = Value(2.0)\nstep_through(x.data)",
        "only a Value remembers the operations that it was made by",
        "x = Value(2.0)\nstep_through(x * 3)",
    )


def _too_large(n_nodes: int, max_nodes: int) -> str:
    return explain(
        f"{count(n_nodes, 'node')} are too many to step through; the limit is {max_nodes:,}",
        "loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))\nstep_through(loss)",
        "nobody follows so many steps, and one example takes the same path as all of them",
        "loss = (model(xs[0]) - ys[0]) ** 2  # one example, or a smaller network\n"
        "step_through(loss)  # or step_through(loss, max_nodes=...)",
    )


def _no_single_numbers(value: Any) -> str:
    return explain(
        f"step_through takes a graph of single numbers, and data here is not one: {value!r:.60}",
        "x = MyValue([1.0, 2.0])\nstep_through(x + x)",
        "every step shows one number, its gradient, and how the two come about",
        "xs = [MyValue(1.0), MyValue(2.0)]\nstep_through(xs[0] + xs[1])",
    )


def _foreign(node: Any) -> str:
    return explain(
        f"the order has a node that is not in the graph: {node!r:.60}",
        "a = Value(2.0)\nb = a + a\nstep_through(b, order=[b, Value(2.0)])",
        "gradients travel along the graph, so only its own nodes hand them on",
        "a = Value(2.0)\nb = a + a\nstep_through(b, order=[b, a])",
    )


def _too_long(n_steps: int) -> str:
    return explain(
        f"an order of {count(n_steps, 'step')} is too long; the limit is {MOST_STEPS:,}",
        "for _ in range(20):\n    a = a + a\nstep_through(a, order=recursion(a))",
        "plain recursion comes to a node once for every path, and paths double at each a + a",
        "b = a + a\nc = b + b\nstep_through(c, order=recursion(c))",
    )
