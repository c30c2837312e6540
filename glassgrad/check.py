"""check: are these gradients right? Each one beside a slope measured by nudging.

The result is computed again with one number nudged up and down, so nothing of the backward pass is
used to judge the backward pass. What a class of one's own looks like is known in `lecture.py`.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any

from glassgrad import errors
from glassgrad.lecture import holds, is_node, op_of, walk
from glassgrad.nn import Module
from glassgrad.ops import Op
from glassgrad.value import Value

TOLERANCE = 1e-6  # relative; a right gradient and its measured slope differ by about 1e-10
COARSE = 1e-3  # relative; a slope measured no better than this decides nothing
SMALL = 100  # nodes; where recursion through so few does not end, depth is not the reason

LEFT = 'style="text-align: left; padding: 2px 8px"'
RIGHT = 'style="text-align: right; padding: 2px 8px; font-variant-numeric: tabular-nums"'


@dataclass(frozen=True)
class GradientRow:
    """One number: its gradient, the slope measured there, and what to think of it.

    verdict: "ok", "WRONG", "kink" (not one slope but two), "unclear" (rounding hides the slope) or
    "not finite".
    """

    name: str
    data: float
    grad: float
    numerical: float
    relative_error: float
    verdict: str


@dataclass(frozen=True)
class Check:
    """The result of `check`: true if no gradient is wrong; prints as a table."""

    rows: list[GradientRow]
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether every gradient is right, or has a reason not to be measurable."""
        return all(row.verdict in ("ok", "kink", "unclear") for row in self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        cells = self._cells()
        width = max(len(name) for name, *_ in cells)
        lines = [
            f"{name:<{width}} {data:>12} {grad:>14} {numerical:>14} {error:>8}  {verdict}"
            for name, data, grad, numerical, error, verdict in cells
        ]
        return "\n".join([*lines, self._summary()])

    def _repr_html_(self) -> str:
        """The table for a notebook: where there is no room for it, it scrolls sideways."""
        rows = []
        for i, (name, *numbers, verdict) in enumerate(self._cells()):
            kind = "th" if i == 0 else "td"
            cells = "".join(f"<{kind} {RIGHT}>{number}</{kind}>" for number in numbers)
            first = f"<th {LEFT}>{escape(name)}</th>"
            rows.append(f"<tr>{first}{cells}<{kind} {LEFT}>{verdict}</{kind}></tr>")
        table = f'<table style="white-space: nowrap">{"".join(rows)}</table>'
        return f'<div style="overflow-x: auto">{table}</div><p>{escape(self._summary())}</p>'

    def _cells(self) -> list[tuple[str, str, str, str, str, str]]:
        return [
            ("name", "data", "grad", "numerical", "error", "verdict"),
            *(
                (
                    row.name,
                    f"{row.data:.6g}",
                    f"{row.grad:.8g}",
                    f"{row.numerical:.8g}",
                    f"{row.relative_error:.1e}",
                    row.verdict,
                )
                for row in self.rows
            ),
        ]

    def _summary(self) -> str:
        if not self.rows:
            return "nothing to check"
        told = {"WRONG": "wrong", "unclear": "too small to measure beside the rounding"}
        counts = Counter(row.verdict for row in self.rows)
        parts = [
            f"{counts[verdict]} of {len(self.rows)} gradients {told.get(verdict, verdict)}"
            for verdict in ("WRONG", "not finite", "unclear")
            if counts[verdict]
        ]
        return ", ".join(parts or ["all gradients right"]) + self.note


def check(y: Any, wrt: Any = None, at_most: int = 30, seed: int = 0) -> Check:
    """Compare gradients with slopes measured by nudging: `check(y)` or `check(function, inputs)`.

    y: a Value, ours or of a class of your own with the lecture's attributes; or a function that
    takes Values and gives one.
    wrt: the numbers to check, or a network; all leaves of `y` if not given. For a function, its
    inputs: Values of any class, or plain numbers.
    at_most: of more numbers than this, as many are drawn at random (by `seed`), which is said.
    The `grad`s of a graph are left as they were. In a graph, an operation of your own takes part if
    its symbol is one of the table's, so a `tanh` of your own is compared with the real one; a
    function is simply called again, so everything in it may be your own.
    Raises TypeError for an operation that is not in the table, and ValueError where a result is not
    what its operation makes of its inputs, as they are now.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> check(a * b + a.tanh())  # doctest: +ELLIPSIS
    name         data           grad      numerical    error  verdict
    a               2     -2.9293492     -2.9293492 ... ok
    b              -3              2              2 ... ok
    all gradients right
    >>> check(lambda a, b: a * b, [2.0, -3.0]).ok
    True
    """
    if callable(y) and not is_node(y):
        return _check_function(y, wrt, at_most, seed)
    if not is_node(y):
        raise errors.cannot_check(y)
    order = walk([y])
    names = _names(order, wrt)
    chosen, note = _draw(list(names), at_most, seed)
    replay = _Replay(order)
    grads = _gradients(y, [node for node, _ in order])
    rows = []
    for i in chosen:
        x, name = names[i]
        grad = grads.get(id(x), 0.0)
        rows.append(_row(name, float(x.data), grad, replay.nudged(x)))
    result = Check(rows, note)
    if not result and not hasattr(y, "backward") and not any(grads.values()):
        return Check(rows, f"{note}, for all grads are 0: backward has not run")
    return result


def _check_function(function: Callable[..., Any], inputs: Any, at_most: int, seed: int) -> Check:
    """As `check`, for a function: it is called again for each nudge."""
    if not isinstance(inputs, Sequence) or isinstance(inputs, str) or not inputs:
        raise errors.check_needs_inputs()
    given = [x if is_node(x) else Value(x) for x in inputs]

    def call(numbers: Sequence[float]) -> tuple[Any, list[Any]]:
        values = [type(x)(number) for x, number in zip(given, numbers, strict=True)]
        result = function(*values)
        if not is_node(result):
            raise errors.cannot_check_result(result)
        return result, values

    start = [float(x.data) for x in given]
    result, values = call(start)
    _run_backward(result)
    chosen, note = _draw(list(range(len(given))), at_most, seed)
    rows = []
    for i in chosen:

        def nudged(nudge: float, i: int = i) -> float:
            moved = [x + nudge * (j == i) for j, x in enumerate(start)]
            return float(call(moved)[0].data)

        name = getattr(given[i], "label", "") or f"input {i}"
        rows.append(_row(name, start[i], float(values[i].grad), nudged))
    return Check(rows, note)


def _names(order: list[tuple[Any, tuple[Any, ...]]], wrt: Any) -> list[tuple[Any, str]]:
    """The numbers to check, each with what to call it."""
    if isinstance(wrt, Module):
        return [(value, name) for name, value in wrt.named_parameters()]
    if wrt is None:
        wrt = [node for node, inputs in order if not inputs]
    numbers = [wrt] if is_node(wrt) else list(wrt)
    for x in numbers:
        if not is_node(x):
            raise errors.cannot_check(x)
    kinds = [getattr(x, "_op", "") or "leaf" for x in numbers]
    return [
        (x, getattr(x, "label", "") or f"{kind} {i}")
        for i, (x, kind) in enumerate(zip(numbers, kinds, strict=True))
    ]


def _draw(numbers: list[Any], at_most: int, seed: int) -> tuple[list[int], str]:
    """Which of them to check, and what to say if it is not all."""
    places = list(range(len(numbers)))
    if len(places) <= at_most:
        return places, ""
    note = f" ({at_most} of {len(places)} checked, drawn with seed {seed})"
    return Random(seed).sample(places, at_most), note


def _gradients(y: Any, nodes: list[Any]) -> dict[int, float]:
    """What `y.backward()` finds, by id, without leaving a trace in the graph.

    Of a class that has no `backward` yet, the gradients that its user has set by hand.
    """
    if not hasattr(y, "backward"):
        return {id(node): float(node.grad) for node in nodes}
    before = [node.grad for node in nodes]
    try:
        for node in nodes:
            node.grad = 0.0
        _run_backward(y)
        return {id(node): float(node.grad) for node in nodes}
    finally:
        for node, grad in zip(nodes, before, strict=True):
            node.grad = grad


def _run_backward(y: Any) -> None:
    """Run the `backward` of any class, which may recurse where ours does not."""
    try:
        y.backward()
    except RecursionError:
        n_nodes = len(walk([y]))
        if n_nodes < SMALL:
            raise
        raise errors.too_deep_to_recurse(type(y).__name__, n_nodes) from None


class _Replay:
    """Computes a graph again, with one of its numbers changed."""

    def __init__(self, order: list[tuple[Any, tuple[Any, ...]]]) -> None:
        self.place = {id(node): i for i, (node, _) in enumerate(order)}
        self.data = [float(node.data) for node, _ in order]
        self.steps: list[tuple[int, Op, list[int]]] = []
        for i, (node, inputs) in enumerate(order):
            if not inputs:
                continue
            op = op_of(node, len(inputs))
            if op is None:
                raise errors.unknown_operation(str(getattr(node, "_op", "")))
            if not holds(op, inputs, self.data[i]):
                numbers = [float(x.data) for x in inputs]
                raise errors.not_the_result(op.symbol, numbers, self.data[i], op.value(*numbers))
            self.steps.append((i, op, [self.place[id(x)] for x in inputs]))

    def nudged(self, x: Any) -> Callable[[float], float]:
        """The last number as a function of how far x is nudged."""
        start = self.place.get(id(x))
        if start is None:
            return lambda nudge: self.data[-1]  # the result does not depend on x

        def root(nudge: float) -> float:
            changed = {start: self.data[start] + nudge}
            for i, op, inputs in self.steps:
                if i > start and any(j in changed for j in inputs):
                    changed[i] = op.value(*[changed.get(j, self.data[j]) for j in inputs])
            return changed.get(len(self.data) - 1, self.data[-1])

        return root


Nudged = Callable[[float], float]


def _slope(function: Nudged, x: float) -> tuple[float, float]:
    """The slope at x, and how far it may be off, from the step that measures it best.

    Large steps suffer from curvature, small ones from rounding. Each central difference is
    extrapolated from two steps (Richardson 1911): its error is of order step**4.
    """
    slope, error, lowest = math.nan, math.inf, math.inf
    for scale in dict.fromkeys((max(1.0, abs(x)), abs(x) or 1.0, 1.0)):
        for power in range(3, 10):
            h = (x + 10.0**-power * scale) - x  # a step that x, in its rounding, can take
            ends = [function(nudge) for nudge in (-h, -h / 2, h / 2, h)]
            if h == 0.0 or not all(map(math.isfinite, ends)):
                continue
            wide, narrow = (ends[3] - ends[0]) / (2 * h), (ends[2] - ends[1]) / h
            found = (4 * narrow - wide) / 3
            off = abs(found - narrow) + _rounding(ends, h)
            relative = off / (abs(found) + off) if off else 0.0
            if relative < lowest:
                slope, error, lowest = found, off, relative
            if lowest <= 1e-9:
                return slope, error
    return slope, error


def _rounding(ends: Sequence[float], h: float) -> float:
    """How far rounding may have moved a difference over a step of h."""
    return 8 * sys.float_info.epsilon * max(map(abs, ends)) / h


def _is_kink(function: Nudged, x: float, grad: float) -> bool:
    """Whether two slopes meet at x, as at relu's 0, and the gradient is one between them."""
    h = 1e-7 * (abs(x) or 1.0)
    ends = [function(nudge) for nudge in (-h, 0.0, h)]
    below, above = sorted([(ends[1] - ends[0]) / h, (ends[2] - ends[1]) / h])
    slack = _rounding(ends, h) + COARSE * (abs(below) + abs(above))
    return above - below > slack and below - slack <= grad <= above + slack


def _row(name: str, x: float, grad: float, function: Nudged) -> GradientRow:
    numerical, uncertainty = _slope(function, x)
    size = max(abs(grad), abs(numerical))
    off = abs(grad - numerical)
    if not (math.isfinite(grad) and math.isfinite(numerical)):
        verdict = "not finite"
    elif off <= TOLERANCE * size:
        verdict = "ok"
    elif off <= uncertainty:
        verdict = "ok" if uncertainty <= COARSE * size else "unclear"
    else:
        verdict = "kink" if _is_kink(function, x, grad) else "WRONG"
    return GradientRow(name, x, grad, numerical, off / size if size else 0.0, verdict)
