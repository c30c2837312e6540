"""detect_anomaly: stop at the first number that is inf or nan, and say where it came from.

It looks at the graph from outside, through the two hooks of `value.mode`; the arithmetic itself
never raises.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from glassgrad.errors import explain
from glassgrad.ops import Op
from glassgrad.value import Value, mode


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Inside, the first result or gradient that is inf or nan raises FloatingPointError.

    The message names the operation, its label, its inputs and the line that made it. Everything
    runs several times slower and no graph is freed before the end.

    >>> with detect_anomaly():  # doctest: +ELLIPSIS
    ...     Value(0.0, label="p").log()
    Traceback (most recent call last):
    FloatingPointError: log(p = 0.0) gave -inf, at <doctest ...
    """
    made_at: dict[Value, str] = {}

    def on_node(node: Value, op: Op, inputs: tuple[Value, ...]) -> None:
        made_at[node] = _callers_line()
        if not math.isfinite(node.data):
            raise _anomaly(f"{_call(op.symbol, inputs)} gave {node.data}, at {made_at[node]}")

    def on_gradient(node: Value) -> None:
        for x in node._prev:
            if not math.isfinite(x.grad):
                raise _anomaly(_backward_text(node, x, made_at.get(node)))

    before = mode.on_node, mode.on_gradient
    mode.on_node, mode.on_gradient = on_node, on_gradient
    try:
        yield
    finally:
        mode.on_node, mode.on_gradient = before


def _backward_text(node: Value, x: Value, line: str | None) -> str:
    return (
        f"the gradient of {_named(x)} became {x.grad}, going backward through "
        f"{_named(node)} = {_call(node._op, node._prev)} with gradient {node.grad}, "
        f"made at {line or 'a line outside detect_anomaly()'}"
    )


def _call(symbol: str, inputs: tuple[Value, ...]) -> str:
    return f"{symbol}({', '.join(_named(x) for x in inputs)})"


def _named(x: Value) -> str:
    return f"{x.label} = {x.data}" if x.label else str(x.data)


def _callers_line() -> str:
    """The innermost line of the program that is not ours."""
    frame = sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("glassgrad."):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


def _anomaly(what: str) -> FloatingPointError:
    return FloatingPointError(
        explain(
            what,
            "probability = Value(0.0)\nloss = -probability.log()",
            "one number that is inf or nan makes everything that depends on it inf or nan; most "
            "often a learning rate is too large, or log, sqrt or a division meets 0",
            "probability = Value(0.0)\nloss = -maximum(probability, 1e-12).log()",
        )
    )
