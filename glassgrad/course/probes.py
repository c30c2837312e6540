"""Graphs and nodes that the exercises about gradients are checked on, and what went wrong there.

`Number` is a Value as short as it can be, which notes who hands a gradient on, and when; it is
what a reader's `topological_order` and `backward` are given. `cause` tells typical slips in a
`_backward` from each other by the numbers that they leave.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from random import Random
from typing import Any

from glassgrad.course.checking import Wrong, call_as, same, show

DEEP = 5000  # operations one after another: far more than Python lets functions call each other
CALLS = 1000  # that Python lets functions call each other, if nobody has changed it

Slip = tuple[float, str]  # what a typical mistake hands on, and what to say about it


class Watch:
    """What a reader's function does with a graph of Numbers."""

    def __init__(self) -> None:
        self.nodes: list[Number] = []
        self.handed_on: list[Number] = []
        self.looks = 0
        self.in_a_row = 0
        self.last: Number | None = None

    def look(self, node: Number) -> None:
        """Count, and stop somebody who looks at inputs far more often than there are nodes."""
        self.looks += 1
        self.in_a_row = self.in_a_row + 1 if node is self.last else 0
        self.last = node
        size = len(self.nodes)
        if self.in_a_row > 100:
            raise Wrong(
                f"the inputs of {node!r} had been looked at {self.in_a_row} times, one after "
                "another, when this was ended",
                "the loop never takes this node off the stack: pop() gives the last thing of a "
                "list and takes it off",
            )
        if self.looks > 10 * size * size + 100:
            raise Wrong(
                f"in a graph of {size} nodes, inputs had been looked at {self.looks} times "
                "when this was ended",
                "paths through a graph double at each a + a: leave at once a node that has been "
                "seen, before looking at its inputs",
            )


class Number:
    """A node with the attributes of the lecture, and + and * and tanh.

    >>> watch = Watch()
    >>> a = Number(3.0, watch, label="a")
    >>> b = a * a
    >>> b.grad = 1.0
    >>> b._backward()
    >>> a.grad, len(watch.handed_on)
    (6.0, 1)
    """

    def __init__(
        self,
        data: float,
        watch: Watch,
        inputs: tuple[Number, ...] = (),
        op: str = "",
        locals_: tuple[float, ...] = (),
        label: str = "",
    ) -> None:
        self.data, self.grad, self._op, self.label = data, 0.0, op, label
        self._watch, self._inputs, self._locals = watch, inputs, locals_
        watch.nodes.append(self)
        if inputs:  # a leaf has none, as in the chapter
            self._backward = self._hand_on

    @property
    def _prev(self) -> tuple[Number, ...]:
        self._watch.look(self)
        return self._inputs

    def _hand_on(self) -> None:
        self._watch.handed_on.append(self)
        for x, local in zip(self._inputs, self._locals, strict=True):
            x.grad += local * self.grad

    def __add__(self, other: Number) -> Number:
        return Number(self.data + other.data, self._watch, (self, other), "+", (1.0, 1.0))

    def __mul__(self, other: Number) -> Number:
        partials = (other.data, self.data)
        return Number(self.data * other.data, self._watch, (self, other), "*", partials)

    def tanh(self) -> Number:
        """The hyperbolic tangent."""
        t = math.tanh(self.data)
        return Number(t, self._watch, (self,), "tanh", (1.0 - t * t,))

    def __repr__(self) -> str:
        return self.label or f"Value(data={show(self.data)})"


def run(program: str, **numbers: float) -> tuple[Number, Watch]:
    """The last node of a program of Numbers, where each has the name that the program gives it.

    >>> run("b = a + a; c = b * b", a=3.0)[0].data
    36.0
    """
    watch = Watch()
    names: dict[str, Any] = {
        name: Number(number, watch, label=name) for name, number in numbers.items()
    }
    exec(program, {}, names)
    for name, node in names.items():
        node.label = node.label or name
    return list(names.values())[-1], watch


# Where an order can go wrong: the same number twice, a node on two paths of the same length, and on
# two paths of different lengths, whichever of them comes first.
ORDERS = [
    "b = a + a",
    "b = a + a; c = b + b",
    "b = a * a; c = b.tanh(); d = b * c",
    "b = a * a; c = b.tanh(); d = c * b",
    "b = a.tanh(); c = b * a; d = c.tanh(); e = d + b",
    "b = a + a; c = a * b; d = b.tanh(); e = d * c; f = e + a",
]


def named_graphs() -> Iterator[tuple[str, Number, Watch]]:
    """Small graphs with the program that makes each."""
    for program in ORDERS:
        number = Random().choice((0.6, 0.8, 0.9, 1.2, 1.3, 1.4))  # not 1: there a * a is a
        root, watch = run(program, a=number)
        yield f"a = Value({number}); {program}", root, watch


def twins() -> tuple[Number, Watch]:
    """A graph without labels, in which two leaves hold the same number, and two results do."""
    root, watch = run("c = (a * b) * (b + a) + a", a=2.0, b=2.0)
    for node in watch.nodes:
        node.label = ""
    return root, watch


TWINS = (
    "two nodes may hold the same number, or have the same label: remember the nodes themselves, "
    "not their data or labels"
)


def tangle(random: Random, size: int = 15) -> tuple[Number, Watch]:
    """A graph at random, in which results are used again and again; its root is its last node.

    No two of its nodes hold the same number.
    """
    while True:
        root, watch = _tangle(random, size)
        if len({node.data for node in watch.nodes}) == len(watch.nodes):
            return root, watch


def _tangle(random: Random, size: int) -> tuple[Number, Watch]:
    watch = Watch()
    nodes = [Number(random.uniform(-1, 1), watch, label=f"x{i}") for i in range(3)]
    for i in range(size):
        x, y = random.choice(nodes), nodes[-1]
        made = [lambda x, y: x + y, lambda x, y: (x * y).tanh(), lambda x, y: y * x]
        nodes.append(random.choice(made)(x, y))
        nodes[-1].label = f"n{i}"
    for i, node in enumerate(watch.nodes):
        node.label = node.label or f"m{i}"
    return nodes[-1], watch


def tower(doublings: int = 20) -> tuple[Number, Watch]:
    """A graph of few nodes and 2**doublings paths from top to bottom."""
    watch = Watch()
    node = Number(1.0, watch, label="a")
    for i in range(doublings):
        node = node + node
        node.label = f"b{i}"
    return node, watch


def chain() -> tuple[Number, Watch]:
    """A graph that is `DEEP` operations deep."""
    watch = Watch()
    a = Number(1.0, watch, label="a")
    total = a
    for i in range(DEEP):
        total = total + a
        total.label = f"s{i}"
    return total, watch


def below(root: Number) -> list[Number]:
    """All nodes of a graph."""
    found, stack = {id(root): root}, [root]
    while stack:
        for x in stack.pop()._inputs:
            if id(x) not in found:
                found[id(x)] = x
                stack.append(x)
    return list(found.values())


@contextmanager
def retold(*rules: tuple[str, str]) -> Iterator[None]:
    """Where a Wrong is told by one of these patterns, give it the reason that stands beside it."""
    try:
        yield
    except Wrong as wrong:
        for pattern, why in rules:
            if re.search(pattern, wrong.what):
                raise Wrong(wrong.what, why) from wrong.__cause__
        raise


def with_usual_calls(check: Callable[[Any], None]) -> Callable[[Any], None]:
    """A check during which functions may call each other as deep as Python lets them at first.

    Whatever the answer makes of that limit, it is afterwards as it was.
    """

    @wraps(check)
    def checked(answer: Any) -> None:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(CALLS)
        try:
            check(answer)
        finally:
            sys.setrecursionlimit(before)

    return checked


def too_deep(text: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """As `call_as`, on a deep graph: a RecursionError there does not mean "for ever"."""
    sys.setrecursionlimit(CALLS)
    try:
        result = call_as(text, function, *arguments)
    except Wrong as wrong:
        if not isinstance(wrong.__cause__, RecursionError):
            raise
        raise Wrong(
            f"{text} stopped with RecursionError",
            f"the graph is {DEEP:,} operations deep, and Python lets functions call each other "
            "only to a depth of 1,000 or so; keep the nodes that wait in a list of your own, a "
            "stack, and take them from it in a while loop",
        ) from None
    if sys.getrecursionlimit() > CALLS:
        raise Wrong(
            f"{text} has raised Python's limit for calls inside each other",
            "raising the limit only moves the wall; the exercise asks for a stack of your own",
        )
    return result


def go_back(text: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """As `call_as`, for what calls a `_backward`: it may be no function, or not be there."""
    with retold(
        ("'NoneType' object is not callable", NOT_THE_RESULT),
        ("'NoneType' object is not iterable", GIVES_NONE),
        ("has no attribute '_backward'", LEAF),
        (
            r"_backward\(\) (missing|takes)",
            "`_backward` is called without arguments: it keeps the names of the function around it",
        ),
    ):
        return call_as(text, function, *arguments)


GIVES_NONE = (
    "reverse(), sort() and append() change a list and give None: `for node in reversed(order)` "
    "goes through a list from its end"
)
LEAF = (
    "a leaf has none, unless its class makes one for it: call node._backward() only `if node._prev`"
)
NOT_THE_RESULT = (
    "assign the function itself, out._backward = _backward; with brackets after it, it is called "
    "at once and the None that it gives is kept"
)


def cause(
    op: str, before: float, got: Any, local: float, upstream: float, slips: Sequence[Slip] = ()
) -> str:
    """Why an operation's `_backward` leaves a wrong grad; "" if nobody knows.

    before: the grad of the input when it began. local: the right local derivative.

    >>> cause("tanh", 5.0, 1.5, 0.5, 3.0)[:20]
    'tanh overwrites inst'
    """
    right = local * upstream
    if same(got, right):
        return (
            f"{op} overwrites instead of accumulating: use += in its _backward, because another "
            "operation may have put its part there before"
        )
    if same(got, before):
        return (
            f"nothing has arrived from {op}: its _backward adds local derivative times out.grad "
            "to the grad of each input, and out._backward = _backward keeps it"
        )
    if same(got, before + local) or same(got, local):
        return (
            f"the upstream gradient is missing in {op}: each part is "
            "local derivative times out.grad"
        )
    for part, says in slips:
        if same(got, before + part) or same(got, part):
            return says
    if same(got, before - right) or same(got, -right):
        return f"the sign of the local derivative of {op} is turned round"
    return ""
