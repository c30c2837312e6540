"""detect_anomaly: stop at the first number that is inf or nan, and say where it came from.

It looks at the graph from outside, through the two hooks of `value.mode`; the arithmetic itself
never raises.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from glassgrad.errors import explain
from glassgrad.ops import Op
from glassgrad.value import Value, mode


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Inside, the first result or gradient that is inf or nan raises FloatingPointError.

    The message names the operation, its label, its inputs and the line that made it. Everything
    runs several times slower and no graph is freed before the end. Holds for all threads, until
    the last of several that are open has ended.

    >>> with detect_anomaly():  # doctest: +ELLIPSIS
    ...     Value(0.0, label="p").log()
    Traceback (most recent call last):
    FloatingPointError: log(p = 0.0) gave -inf, at <doctest ...
    """
    _watch.begin()
    try:
        yield
    finally:
        _watch.end()


class _Watch:
    """One for the whole process: how many `detect_anomaly` are open, and where nodes were made.

    Each could have hooks of its own and put back those that it found; but two that overlap, in
    two threads, would then put back the hooks of one that has ended.
    """

    def __init__(self) -> None:
        self.open = 0
        self.lock = Lock()
        self.made_at: dict[Value, str] = {}

    def begin(self) -> None:
        with self.lock:
            self.open += 1
            mode.on_node, mode.on_gradient = self.on_node, self.on_gradient

    def end(self) -> None:
        with self.lock:
            self.open -= 1
            if self.open == 0:
                mode.on_node = mode.on_gradient = None
                self.made_at = {}

    def on_node(self, node: Value, op: Op, inputs: tuple[Value, ...]) -> None:
        line = self.made_at[node] = _callers_line()
        if not math.isfinite(node.data):
            what = f"{_call(op.symbol, inputs)} gave {node.data}, at {line}"
            raise _anomaly(what, op.symbol, inputs)

    def on_gradient(self, node: Value) -> None:
        for x in node._prev:
            if not math.isfinite(x.grad):
                what = _backward_text(node, x, self.made_at.get(node))
                raise _anomaly(what, node._op, node._prev)


_watch = _Watch()

# What to say of each kind of mistake: a program that makes it, why, and the program put right.
_DESCENT = (
    "weight = Value(3.0)\n"
    "for _ in range(200):\n"
    "    weight.grad = 0.0\n"
    "    (weight * weight).backward()\n"
    "    weight.data -= {} * weight.grad"
)
_ADVICE = {
    "log": (
        "probability = Value(0.0)\nloss = -probability.log()",
        "log is -inf at 0, nan below, and just above 0 steeper than a float can say; most often a "
        "probability was rounded to 0",
        "probability = Value(0.0)\nloss = -maximum(probability, 1e-12).log()",
    ),
    "root": (
        "spread = Value(0.0)\nspread.sqrt().backward()",
        "a root of a number below 0 is no number, and at 0 its slope is infinite",
        "spread = Value(0.0)\nmaximum(spread, 1e-12).sqrt().backward()",
    ),
    "division": (
        "total = Value(0.0)\nshare = 1.0 / total",
        "a division by 0, or by a number so small that the result is beyond 1.8e308, the largest "
        "float",
        "total = Value(0.0)\nshare = 1.0 / maximum(total, 1e-12)",
    ),
    "exp": (
        "x = Value(1000.0)\nprobability = x.exp() / (x.exp() + 1)",
        "e**x is beyond 1.8e308, the largest float, from x = 710 on; sigmoid, softmax, softplus, "
        "logistic and cross_entropy are written so that it does not happen",
        "x = Value(1000.0)\nprobability = x.sigmoid()",
    ),
    "growth": (
        _DESCENT.format("10.0"),
        "numbers grew beyond 1.8e308, the largest float, most often because the learning rate is "
        "too large and each step goes further astray; or an input was inf or nan already",
        _DESCENT.format("0.1"),
    ),
}


def _kind(symbol: str, inputs: tuple[Value, ...]) -> str:
    """Which mistake of `_ADVICE` it is, by the operation."""
    if symbol in ("log", "exp"):
        return symbol
    if symbol == "sqrt":
        return "root"
    if symbol.startswith("**"):
        exponent = inputs[1].data if symbol == "**" else float(symbol[2:])
        if exponent < 0:
            return "division"
        if not exponent.is_integer() or (symbol == "**" and inputs[0].data <= 0):
            return "root"
    return "growth"


def _anomaly(what: str, symbol: str, inputs: tuple[Value, ...]) -> FloatingPointError:
    return FloatingPointError(explain(what, *_ADVICE[_kind(symbol, inputs)]))


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
