"""check: are these gradients right? Each one beside a slope measured by nudging.

The graph is computed again from its leaves with one number nudged up and down, so nothing of the
backward pass is used to judge the backward pass.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from glassgrad import ops
from glassgrad.errors import refuse_hand_written
from glassgrad.nn import Module
from glassgrad.ops import Op
from glassgrad.value import Value, topological_order

TOLERANCE = 1e-6  # relative; a right gradient and its measured slope differ by about 1e-10


@dataclass(frozen=True)
class GradientRow:
    """One number of the graph: its gradient, the slope measured there, and what to think of it."""

    name: str
    data: float
    grad: float
    numerical: float
    relative_error: float
    verdict: str  # "ok", "WRONG", "kink" (not one slope but two) or "not finite"


@dataclass(frozen=True)
class Check:
    """The result of `check`: true if no gradient is wrong; prints as a table."""

    rows: list[GradientRow]
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether every gradient is right, or has a reason not to be measurable (a kink)."""
        return all(row.verdict in ("ok", "kink") for row in self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        width = max([len(row.name) for row in self.rows] + [len("name")])
        title = (
            f"{'name':<{width}} {'data':>12} {'grad':>14} {'numerical':>14} {'error':>8}  verdict"
        )
        lines = [
            f"{row.name:<{width}} {row.data:>12.6g} {row.grad:>14.8g} {row.numerical:>14.8g} "
            f"{row.relative_error:>8.1e}  {row.verdict}"
            for row in self.rows
        ]
        return "\n".join([title, *lines, self._summary()])

    def _summary(self) -> str:
        wrong = sum(row.verdict not in ("ok", "kink") for row in self.rows)
        what = f"{wrong} of {len(self.rows)} gradients wrong" if wrong else "all gradients right"
        return f"{what}{self.note}"


def check(
    y: Value,
    wrt: Value | Sequence[Value] | Module | None = None,
    at_most: int = 100,
    seed: int = 0,
) -> Check:
    """Compare the gradients of `y` with slopes measured by nudging.

    wrt: the numbers to check, anywhere in the graph; all its leaves if not given.
    at_most: of more numbers than this, as many are drawn at random (by `seed`), which is said.
    The `grad`s of the graph are left as they were. A hand-written operation takes part if its
    symbol is one of the table's, so a `tanh` of your own is compared with the real one.
    Raises TypeError for an operation that is not in the table.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> check(a * b + a.tanh())  # doctest: +ELLIPSIS
    name         data           grad      numerical    error  verdict
    a               2     -2.9293492     -2.9293492 ... ok
    b              -3              2              2 ... ok
    all gradients right
    """
    order = topological_order(y)
    names = _names(order, wrt)
    chosen = list(names)
    note = ""
    if len(chosen) > at_most:
        chosen = Random(seed).sample(chosen, at_most)
        note = f" ({at_most} of {len(names)} checked, drawn with seed {seed})"
    grads = _gradients(y, order)
    slopes = _Slopes(order)
    rows = [_row(names[x], x, grads.get(x, 0.0), slopes) for x in chosen]
    return Check(rows, note)


def _names(order: list[Value], wrt: Value | Sequence[Value] | Module | None) -> dict[Value, str]:
    if isinstance(wrt, Module):
        return {value: name for name, value in wrt.named_parameters()}
    if isinstance(wrt, Value):
        wrt = [wrt]
    if wrt is None:
        wrt = [node for node in order if node._rule is None]
    return {x: x.label or f"{'leaf' if x._rule is None else x._op} {i}" for i, x in enumerate(wrt)}


def _gradients(y: Value, order: list[Value]) -> dict[Value, float]:
    """What `y.backward()` finds, without leaving a trace in the graph."""
    before = [node.grad for node in order]
    for node in order:
        node.grad = 0.0
    y.backward()
    found = {node: node.grad for node in order}
    for node, grad in zip(order, before, strict=True):
        node.grad = grad
    return found


class _Slopes:
    """Measures slopes of the last node of a graph by computing the graph again."""

    def __init__(self, order: list[Value]) -> None:
        self.place = {node: i for i, node in enumerate(order)}
        self.data = [node.data for node in order]
        self.steps = [
            (i, _known(node), [self.place[x] for x in node._prev])
            for i, node in enumerate(order)
            if node._rule is not None
        ]

    def at(self, x: Value) -> tuple[float, float]:
        """The slope at x, and how far it may be off, from the step that measures it best.

        Large steps suffer from curvature, small ones from rounding. Each central difference is
        extrapolated from two steps (Richardson 1911): its error is of order step**4.
        """
        if x not in self.place:
            return 0.0, 0.0  # the result does not depend on it
        best = math.nan, math.inf
        for power in range(3, 10):
            h = 10.0**-power * max(1.0, abs(x.data))
            ends = [self._root(x, nudge) for nudge in (-h, -h / 2, h / 2, h)]
            wide, narrow = (ends[3] - ends[0]) / (2 * h), (ends[2] - ends[1]) / h
            slope = (4 * narrow - wide) / 3
            rounding = 8 * sys.float_info.epsilon * max(abs(end) for end in ends) / h
            error = abs(slope - narrow) + rounding
            if error < best[1]:
                best = slope, error
            if best[1] <= 1e-9 * abs(best[0]):
                break
        return best

    def one_sided(self, x: Value) -> tuple[float, float]:
        """The slopes just below and just above x: they differ at a kink, such as relu's at 0."""
        h = 1e-7 * max(1.0, abs(x.data))
        lower, middle, upper = (self._root(x, nudge) for nudge in (-h, 0.0, h))
        return (middle - lower) / h, (upper - middle) / h

    def _root(self, x: Value, nudge: float) -> float:
        """The value of the last node with x nudged; what does not depend on x is not computed."""
        start = self.place[x]
        changed = {start: self.data[start] + nudge}
        for i, op, inputs in self.steps:
            if i > start and any(j in changed for j in inputs):
                changed[i] = op.value(*[changed.get(j, self.data[j]) for j in inputs])
        return changed.get(len(self.data) - 1, self.data[-1])


def _known(node: Value) -> Op:
    """The table's record for a node, for a hand-written one by its symbol."""
    rule = node._rule
    assert rule is not None
    if rule.arity:
        return rule
    if rule.symbol.startswith("**") and len(rule.symbol) > 2:
        return ops.op_named(rule.symbol)
    for op in ops.OPS.values():
        if rule.symbol.lower() in (op.symbol.lower(), op.name) and op.arity == len(node._prev):
            return op
    return refuse_hand_written()


def _row(name: str, x: Value, grad: float, slopes: _Slopes) -> GradientRow:
    numerical, uncertainty = slopes.at(x)
    size = max(abs(grad), abs(numerical))
    off = abs(grad - numerical)
    verdict = "WRONG"
    if not (math.isfinite(grad) and math.isfinite(numerical)):
        verdict = "not finite"
    elif off <= TOLERANCE * size + uncertainty:
        verdict = "ok"
    else:
        below, above = sorted(slopes.one_sided(x))
        if above - below > 1e-3 * size and below - off / 9 <= grad <= above + off / 9:
            verdict = "kink"
    return GradientRow(name, x.data, grad, numerical, off / size if size else 0.0, verdict)
