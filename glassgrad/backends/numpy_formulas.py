"""Formulas as calls of NumPy, one for each operation, with equal parts computed once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

import numpy as np

from glassgrad import floats, ops
from glassgrad.backends.numpy_plan import Array, Plan, Strided
from glassgrad.lift.ir import Apply, Expr, Shape, View
from glassgrad.ops import Op

# A function of NumPy, or one that adds several calls.
Kernel = np.ufunc | Callable[..., None]

# Operations that are a function of NumPy as they stand.
UFUNCS: dict[Op, np.ufunc] = {
    ops.sign: np.sign,
    ops.add: np.add,
    ops.multiply: np.multiply,
    ops.power: np.power,
    ops.exp: np.exp,
    ops.log: np.log,
    ops.sqrt: np.sqrt,
    ops.sin: np.sin,
    ops.cos: np.cos,
    ops.absolute: np.absolute,
    ops.maximum: np.maximum,
    ops.minimum: np.minimum,
    ops.tanh: np.tanh,
}


class Formulas:
    """The formulas of one instruction in one index space."""

    def __init__(self, plan: Plan, shape: Shape, roots: list[Expr | float]) -> None:
        self.plan = plan
        self.shape = shape
        self._numbers: dict[Hashable, int] = {}  # equal formulas have the same number
        self._known: dict[int, int] = {}  # from the id of a formula to its number
        self._uses: Counter[int] = Counter()
        self._values: dict[int, Strided] = {}
        self._scratch: set[int] = set()  # the numbers of those that lie in scratch memory
        self._roots = roots  # kept, so that no id is used again
        for root in roots:
            self._uses[self._number(root)] += 1

    def _number(self, expr: Expr | float) -> int:
        """The same number for equal formulas; counts how often each is used on first sight."""
        if not isinstance(expr, Expr):
            return self._numbers.setdefault(repr(float(expr)), len(self._numbers))
        stack: list[Expr] = [expr]
        while stack:  # formulas may be deeper than Python recurses
            part = stack.pop()
            if id(part) in self._known:
                continue
            inputs = part.inputs if isinstance(part, Apply) else ()
            missing = [x for x in inputs if isinstance(x, Expr) and id(x) not in self._known]
            if missing:
                stack += [part, *missing]
                continue
            parts = tuple(
                self._known[id(x)] if isinstance(x, Expr) else self._number(x) for x in inputs
            )
            key = (part.op, parts) if isinstance(part, Apply) else part
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers)
                self._uses.update(parts)
            self._known[id(part)] = self._numbers[key]
        return self._known[id(expr)]

    def value(self, expr: Expr | float, out: Strided | None = None) -> Strided:
        """Where the value of a formula is: in `out`, if given, else where it is best."""
        stack: list[Expr | float] = [expr]
        while stack:
            part = stack.pop()
            number = self._number(part)
            if number in self._values:
                continue
            if isinstance(part, Apply):
                kernel, inputs = _simplest(part, self.is_used_once)
                missing = [x for x in inputs if self._number(x) not in self._values]
                if missing:
                    stack += [part, *reversed(missing)]
                    continue
                to = None if stack else out
                self._values[number] = self._apply(kernel, inputs, number, to)
            elif isinstance(part, View):
                self._values[number] = self.plan.view(part, self.shape)
            else:
                self._values[number] = self._constant(part)
        found = self._values[self._number(expr)]
        if out is not None and found is not out:
            self.plan.copy(self.shape, found, out)
            return out
        return found

    def is_used_once(self, expr: Expr | float) -> bool:
        """Whether it is needed in one place only, and is not there yet.

        If it were, what it was made from could be overwritten by now.
        """
        number = self._number(expr)
        return self._uses[number] == 1 and number not in self._values

    def _constant(self, number: Any) -> Strided:
        return self.plan.constant(float(number), self.shape)

    def _apply(
        self, kernel: Kernel, parts: list[Expr | float], number: int, out: Strided | None
    ) -> Strided:
        """Add the calls for one operation, whose inputs are known."""
        inputs = [self._values[self._number(x)] for x in parts]
        axes = {axis for x in inputs for axis in x.axes()}
        spread = [a for a, n in enumerate(self.shape) if n > 1 and a not in axes]
        if spread and kernel not in (np.add, np.multiply, np.subtract):
            out = None  # computed once, then copied to all the places where it belongs
        if out is not None and not isinstance(kernel, np.ufunc) and not out.is_dense(self.shape):
            out = None  # several calls are faster where the numbers lie one after the other
        if self._uses[number] > 1:
            out = None  # it is needed again when `out` may have changed
        for x, value in zip(parts, inputs, strict=True):
            self._uses[self._number(x)] -= 1
            free = self._uses[self._number(x)] == 0 and self._number(x) in self._scratch
            in_place = axes and set(value.axes()) == axes and isinstance(kernel, np.ufunc)
            if out is None and free and in_place:
                self._scratch.discard(self._number(x))
                out = value  # nobody looks at it again
                self._scratch.add(number)
        if out is None:
            out = self.plan.room(self.shape, self._outside_in(axes, inputs))
            self._scratch.add(number)
        if isinstance(kernel, np.ufunc):
            self.plan.each(kernel, self.shape, *inputs, out)
        else:
            kernel(self, *inputs, out)
        return out

    def _outside_in(self, axes: set[int], inputs: list[Strided]) -> list[int]:
        """The axes in the order of most inputs' memory."""
        return sorted(axes, key=lambda axis: ([-abs(x.strides[axis]) for x in inputs], axis))

    # Operations that take several calls. Each may read its inputs until it is done.

    def each(self, ufunc: np.ufunc, *operands: Strided | float) -> None:
        """One call; numbers among the operands are constants."""
        found = [x if isinstance(x, Strided) else self._constant(x) for x in operands]
        self.plan.each(ufunc, self.shape, *found)

    def room_like(self, out: Strided, dtype: type = np.float64) -> Strided:
        """Scratch memory for as many numbers, in the same order."""
        return self.plan.room(self.shape, self._outside_in(set(out.axes()), [out]), dtype)

    def lined_up(self, x: Strided, out: Strided) -> Strided:
        """The same numbers in the order of `out`, copied if they do not lie so."""
        if self.plan.arrays(self.shape, x, out)[1].ndim < 2:
            return x
        to = self.room_like(out)
        self.plan.copy(self.shape, x, to)
        return to


def _simplest(expr: Apply, alone: Callable[[Any], bool]) -> tuple[Kernel, list[Any]]:
    """What computes a formula from which parts of it: `a + b * -1` is one subtraction."""
    op, inputs = expr.op, list(expr.inputs)
    if op is ops.add:
        for which, x in enumerate(inputs):
            minus = negated(x)
            if minus is not None and alone(x):
                return np.subtract, [inputs[1 - which], minus]
    if op is ops.multiply:
        minus = negated(expr)
        if minus is not None:
            return np.negative, [minus]
        if inputs[0] is inputs[1] or (isinstance(inputs[0], View) and inputs[0] == inputs[1]):
            return np.square, inputs[:1]
    if op is ops.greater and _is_finite(inputs[1]):
        return _greater_than_finite, inputs
    if op is ops.mask and inputs[1] == 1.0:
        return np.not_equal, [inputs[0], 0.0]
    if op is ops.unless and inputs[1] == 1.0:
        return np.equal, [inputs[0], 0.0]
    if op in UFUNCS:
        return UFUNCS[op], inputs
    if op in KERNELS:
        return KERNELS[op], inputs
    if op.name.startswith("**"):
        return _power_by(float(op.name[2:])), inputs
    return _from_text(op.array), inputs


def negated(expr: Any) -> Any:
    """X for the formula x * -1, else None."""
    if isinstance(expr, Apply) and expr.op is ops.multiply:
        for which, x in enumerate(expr.inputs):
            if not isinstance(x, Expr) and x == -1.0:
                return expr.inputs[1 - which]
    return None


def _is_finite(expr: Any) -> bool:
    return not isinstance(expr, Expr) and math.isfinite(expr)


def _step(at: Formulas, x: Strided, out: Strided) -> None:
    at.each(np.maximum, x, 0.0, out)  # two quick ones: heaviside is slow
    at.each(np.sign, out, out)


def _relu(at: Formulas, x: Strided, out: Strided) -> None:
    at.each(np.maximum, x, 0.0, out)


def _sigmoid(at: Formulas, x: Strided, out: Strided) -> None:
    at.each(np.negative, x, out)
    at.each(np.exp, out, out)
    at.each(np.add, out, 1.0, out)
    at.each(np.reciprocal, out, out)


def _softplus(at: Formulas, x: Strided, out: Strided) -> None:
    small = at.room_like(out)
    at.each(np.absolute, x, small)
    at.each(np.negative, small, small)
    at.each(np.exp, small, small)
    at.each(np.log1p, small, small)
    at.each(np.maximum, x, 0.0, out)
    at.each(np.add, out, small, out)


def _greater_than_finite(at: Formulas, x: Strided, y: Strided, out: Strided) -> None:
    at.each(np.subtract, x, y, out)
    at.each(np.heaviside, out, 0.5, out)


def _greater(at: Formulas, x: Strided, y: Strided, out: Strided) -> None:
    x, y = at.lined_up(x, out), at.lined_up(y, out)
    equal = at.room_like(out, np.bool_)
    at.each(np.equal, x, y, equal)
    _greater_than_finite(at, x, y, out)
    at.plan.put_where(at.shape, out, 0.5, equal)  # also for two equal infinities


def _mask(at: Formulas, x: Strided, y: Strided, out: Strided) -> None:
    _all_but(np.equal, at, x, y, out)


def _unless(at: Formulas, x: Strided, y: Strided, out: Strided) -> None:
    _all_but(np.not_equal, at, x, y, out)


def _all_but(compare: np.ufunc, at: Formulas, x: Strided, y: Strided, out: Strided) -> None:
    """The numbers of `y`, but 0 where the comparison of `x` with 0 holds."""
    away = at.room_like(out, np.bool_)
    at.each(compare, x, 0.0, away)
    at.plan.copy(at.shape, y, out)
    at.plan.put_where(at.shape, out, 0.0, away)


def _gelu(at: Formulas, x: Strided, out: Strided) -> None:
    at.each(np.multiply, x, -floats.SQRT_HALF, out)
    _loop(math.erfc)(at, out, out)
    half = at.room_like(out)
    at.each(np.multiply, x, 0.5, half)
    at.each(np.multiply, half, out, out)
    lowest = at.room_like(out, np.bool_)
    at.each(np.equal, x, -math.inf, lowest)
    at.plan.put_where(at.shape, out, 0.0, lowest)


def _loop(function: Callable[[float], float]) -> Callable[..., None]:
    """The kernel of a function of a Python number, for what NumPy does not have."""

    def fill(out: Array, x: Array) -> None:
        numbers: list[float] = x.ravel().tolist()
        out[...] = np.array(list(map(function, numbers))).reshape(x.shape)

    def kernel(at: Formulas, x: Strided, out: Strided) -> None:
        x_array, out_array = at.plan.arrays(at.shape, x, out)
        at.plan.call(fill, out_array, x_array)

    return kernel


def erf(x: Array) -> Array:
    """The error function, each number by itself."""
    return np.array(list(map(math.erf, x.ravel().tolist()))).reshape(x.shape)


@lru_cache
def _from_text(text: str) -> Callable[..., None]:
    """The kernel of an operation that only has its text, such as one of the user's own."""
    function = eval(f"lambda x, y=None: {text.format(x='x', y='y')}", {"np": np, "erf": erf})

    def fill(out: Array, *inputs: Array) -> None:
        out[...] = function(*inputs)

    def kernel(at: Formulas, *operands: Strided) -> None:
        *inputs, out = at.plan.arrays(at.shape, *operands)
        at.plan.call(fill, out, *inputs)

    return kernel


@lru_cache
def _power_by(exponent: float) -> Kernel:
    """The kernel of a power. Products are many times as fast as `np.power`."""
    if exponent == 2.0:
        return np.square
    if exponent == -1.0:
        return np.reciprocal
    if exponent not in (-4.0, -3.0, -2.0, 3.0, 4.0):
        return lambda at, x, out: at.each(np.power, x, exponent, out)

    def kernel(at: Formulas, x: Strided, out: Strided) -> None:
        at.each(np.square, x, out)
        if abs(exponent) == 3.0:
            at.each(np.multiply, out, x, out)
        if abs(exponent) == 4.0:
            at.each(np.square, out, out)
        if exponent < 0.0:
            at.each(np.reciprocal, out, out)

    return kernel


KERNELS: dict[Op, Callable[..., None]] = {
    ops.step: _step,
    ops.greater: _greater,
    ops.mask: _mask,
    ops.unless: _unless,
    ops.erf: _loop(math.erf),
    ops.relu: _relu,
    ops.sigmoid: _sigmoid,
    ops.softplus: _softplus,
    ops.gelu: _gelu,
}
