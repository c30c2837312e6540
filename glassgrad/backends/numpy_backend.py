"""The fast way to run a Code on NumPy: all that can be decided before the numbers is decided once.

A run for another size of batch is prepared when it first comes, and the last few are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.backends import numpy_moves as moves
from glassgrad.backends.numpy_contract import contract
from glassgrad.backends.numpy_few import Few
from glassgrad.backends.numpy_formulas import Formulas, negated
from glassgrad.backends.numpy_plan import Array, Plan, Strided, merge, size_along, strided
from glassgrad.backends.numpy_scalars import Row, rows
from glassgrad.collector import collector_paused
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Expr,
    Extreme,
    ExtremeGradient,
    Gather,
    Instruction,
    Put,
    Scatter,
    Shape,
    Take,
    View,
    Zero,
)

FEW = 16  # numbers to compare
KEPT = 4  # sizes of batch: one to train with, the rest at the end, one to predict with


class NumpyRunner:
    """Runs a Code with NumPy.

    >>> from glassgrad.lift.ir import Term, whole
    >>> theta, y = Buffer("theta", (3,), "parameter"), Buffer("y", (), "value")
    >>> squares = Term(whole(theta) * whole(theta), reduce=(3,))
    >>> code = Code(theta, roots=[whole(y)], forward=[Compute(whole(y), (), [squares])])
    >>> NumpyRunner(code).forward(np.array([1.0, 2.0, 3.0]), [])
    array([14.])
    """

    def __init__(self, code: Code) -> None:
        self.code = code
        self._prepared: dict[int, _Prepared] = {}
        self._last: _Prepared | None = None

    def forward(self, theta: Array, inputs: Sequence[NDArray[Any]]) -> Array:
        """The roots: of shape (roots,), or (batch, roots) if the Code is batched."""
        batch = 1
        for buffer, numbers in zip(self.code.inputs, inputs, strict=True):
            if buffer.batched:
                batch = len(numbers)
                break
        self._last = self._prepared.pop(batch, None) or _Prepared(self.code, batch)
        self._prepared[batch] = self._last  # the last used is the last to go
        if len(self._prepared) > KEPT:
            del self._prepared[next(iter(self._prepared))]
        return self._last.forward(theta, inputs)

    def backward(self, seeds: Array | float) -> Array:
        """d(sum of seeds * roots) / d(theta), after a `forward`.

        seeds: of the shape of the roots, or one number for all of them.
        """
        last = self._after_forward()
        if self.code.parameters not in self.code.gradients:
            raise RuntimeError("differentiate comes first: the code has no backward half yet")
        return last.backward(seeds)

    def read(self, buffer: Buffer) -> Array:
        """The numbers of a buffer after the last run."""
        last = self._after_forward()
        shape = (last.batch,) * buffer.batched + buffer.shape
        return last.plan.memory(buffer).reshape(shape).copy()

    def _after_forward(self) -> _Prepared:
        if self._last is None:
            raise RuntimeError("forward comes first: there are no numbers yet")
        return self._last


class _Prepared:
    """A Code, ready to run for one size of batch."""

    def __init__(self, code: Code, batch: int) -> None:
        self.code = code
        self.batch = batch
        self.plan = Plan(batch, {})
        self._arguments = [self._argument(buffer) for buffer in [code.parameters, *code.inputs]]
        self._roots = np.zeros((batch, len(code.roots)))
        self._seeds = np.zeros((batch, len(code.roots)))
        _lower_all(self.plan, code.forward)
        for group in _groups(code.roots):
            shown = self.plan.view(group.view, group.shape(batch))
            self.plan.copy(group.shape(batch), shown, group.among(self._roots))
        self._backward: Plan | None = None

    def _argument(self, buffer: Buffer) -> Array:
        shape = (self.batch,) * buffer.batched + buffer.shape
        return self.plan.memory(buffer).reshape(shape)

    def forward(self, theta: Array, inputs: Sequence[NDArray[Any]]) -> Array:
        for argument, given in zip(self._arguments, (theta, *inputs), strict=True):
            if np.shape(given) != argument.shape:
                raise ValueError(
                    f"an array of shape {np.shape(given)} came where {argument.shape} belongs"
                )
            argument[...] = given
        self.plan.run()
        return self._roots.copy() if self.code.batched else self._roots[0].copy()

    def backward(self, seeds: Array | float) -> Array:
        if self._backward is None:
            self._backward = self._plan_backward()
        self._seeds[...] = seeds
        self._backward.run()
        return self.plan.memory(self.code.gradients[self.code.parameters]).copy()

    def _plan_backward(self) -> Plan:
        plan, gradients = self.plan.another(), self.code.gradients
        groups = [x for x in _groups(self.code.roots) if x.view.buffer in gradients]
        for buffer in dict.fromkeys(group.view.buffer for group in groups):
            plan.call(plan.memory(gradients[buffer]).fill, 0.0)
        for group in groups:
            shape = group.shape(self.batch)
            target = View(gradients[group.view.buffer], group.view.offset, group.view.strides)
            seeds = group.among(self._seeds)
            if target.buffer.batched:
                moves.add_to(plan, shape, plan.view(target, shape), seeds)
            elif self.batch:
                total = contract(plan, shape, {0}, [seeds], 1.0, None)
                shape = (1, group.count)
                moves.add_to(plan, shape, plan.view(target, shape), total)
            moves.clear_holes(plan, target, (group.count,))
        _lower_all(plan, self.code.backward)
        return plan


@dataclass
class _Group:
    """Roots that one view of a buffer shows."""

    view: View
    first: int
    count: int

    def shape(self, batch: int) -> Shape:
        return (batch, self.count)

    def among(self, numbers: Array) -> Strided:
        """Their numbers in an array of shape (batch, roots)."""
        batch, n_roots = numbers.shape
        return strided(numbers.reshape(-1), self.first, (batch, self.count), (n_roots, 1))


def _groups(roots: list[View]) -> list[_Group]:
    """The roots in as few groups as possible: usually all lie in one buffer at equal distances."""
    groups: list[_Group] = []
    for number, root in enumerate(roots):
        if groups and root.buffer is groups[-1].view.buffer:
            group = groups[-1]
            distance = root.offset - group.view.offset
            step = group.view.strides[0] or distance
            if distance and distance == step * group.count:
                group.view = View(root.buffer, group.view.offset, (step,))
                group.count += 1
                continue
        groups.append(_Group(View(root.buffer, root.offset, (0,)), number, 1))
    return groups


def _lower_all(plan: Plan, instructions: Iterable[Instruction]) -> None:
    few = Few(plan)
    with collector_paused():
        for instruction in rows(plan, instructions):
            if isinstance(instruction, Row):
                few.finish()
                plan.calls.append(instruction)
            elif not few.takes(instruction):
                few.finish()
                lower(plan, instruction)
        few.finish()


def lower(plan: Plan, instruction: Instruction) -> None:
    """Add the calls that carry out an instruction."""
    match instruction:
        case Compute():
            _compute(plan, instruction)
        case Extreme():
            _extreme(plan, instruction)
        case ExtremeGradient():
            _extreme_gradient(plan, instruction)
        case Gather():
            moves.gather(plan, instruction)
        case Scatter():
            moves.scatter(plan, instruction)
        case Take():
            moves.take(plan, instruction)
        case Put():
            moves.put(plan, instruction)
        case Zero(target):
            plan.call(plan.memory(target).fill, 0.0)
    plan.release()


def _compute(plan: Plan, step: Compute) -> None:
    """Sums over axes as matrix products, everything else as one formula, added up in the target."""
    batched = step.target.buffer.batched
    shape = (plan.batch if batched else 1, *step.shape)
    if 0 in shape:
        return
    target = plan.view(step.target, shape)
    still = {axis for axis, n in enumerate(shape) if n > 1 and not target.strides[axis]}
    sums: list[_Sum] = []
    plain: list[Expr | float] = []
    for term in step.terms:
        of_batch = batched or (isinstance(term.expr, Expr) and term.expr.batched)
        space = (plan.batch if of_batch else 1, *step.shape, *term.reduce)
        summed = still | set(range(len(shape), len(space))) | (set() if batched else {0})
        if 0 in space:
            continue
        if not isinstance(term.expr, Expr):
            plain.append(float(term.expr) * size_along(space, summed))
        elif size_along(space, summed) > 1 or term.reduce:
            sums.append(_Sum(term.expr, space, {axis for axis in summed if space[axis] > 1}))
        else:
            plain.append(term.expr)
    kept = tuple(1 if axis in still else n for axis, n in enumerate(shape))
    minus = negated(plain[0]) if not sums and len(plain) == 1 else None
    if not step.accumulate:
        _total(plan, kept, sums, plain if plain or sums else [0.0], target)
    elif minus is not None:
        moves.add_to(plan, kept, target, _total(plan, kept, [], [minus], None), np.subtract)
    elif sums or plain:
        moves.add_to(plan, kept, target, _total(plan, kept, sums, plain, None))
    moves.clear_holes(plan, step.target, step.shape)


@dataclass
class _Sum:
    """A formula, summed over some axes of its space."""

    expr: Expr
    space: Shape
    summed: set[int]

    def value(self, plan: Plan, n_axes: int, out: Strided | None) -> Strided:
        """Where the sum is, in a space of the first so many axes."""
        coefficient, factors = _factors(self.expr)
        formulas = Formulas(plan, self.space, factors)
        values = [formulas.value(x) for x in factors]
        to = None if out is None else out.over(len(self.space))
        return contract(plan, self.space, self.summed, values, coefficient, to).over(n_axes)


def _factors(expr: Expr) -> tuple[float, list[Expr | float]]:
    """The product that a formula is: a number, and formulas that are no products."""
    coefficient = 1.0
    factors: list[Expr | float] = []
    stack: list[Expr | float] = [expr]
    while stack:
        part = stack.pop()
        if not isinstance(part, Expr):
            coefficient *= part
        elif isinstance(part, Apply) and part.op is ops.multiply:
            stack.extend(reversed(part.inputs))
        elif isinstance(part, Apply) and part.op.name in ("**2", "**2.0"):
            factors.extend([part.inputs[0]] * 2)
        else:
            factors.append(part)
    return coefficient, factors


def _total(
    plan: Plan, shape: Shape, sums: list[_Sum], plain: list[Expr | float], out: Strided | None
) -> Strided:
    """Where the sum of all of these is: in `out`, if given."""
    if not sums and len(plain) == 1:
        return Formulas(plan, shape, plain).value(plain[0], out)
    if not sums:
        plain = [Apply(ops.add, (plain[0], plain[1])), *plain[2:]]
    formulas = Formulas(plan, shape, plain)
    parts = [*sums, *plain]
    total: Strided | None = None
    for number, part in enumerate(parts, start=1):
        # A single number is not overwritten before the end: NumPy is slow at that.
        to = out if prod(shape) > 1 or number == len(parts) else None
        to = to or (total if prod(shape) > 1 else None) or plan.room(shape, range(len(shape)))
        once = not isinstance(part, _Sum) and formulas.is_used_once(part)
        minus = negated(part) if once else None
        if total is None:
            if isinstance(part, _Sum):
                part.value(plan, len(shape), to)
            else:
                formulas.value(part, to)
        elif isinstance(part, _Sum):
            plan.each(np.add, shape, total, part.value(plan, len(shape), None), to)
        elif minus is None:
            plan.each(np.add, shape, total, formulas.value(part), to)
        else:
            plan.each(np.subtract, shape, total, formulas.value(minus), to)
        total = to
    assert total is not None
    return total


def _extreme(plan: Plan, step: Extreme) -> None:
    """One reduction, over all dimensions at once."""
    shape = (plan.batch if step.target.buffer.batched else 1, *step.shape)
    if 0 in shape:
        return
    space = shape + step.reduce
    target, source = plan.view(step.target, shape), plan.view(step.source, space)
    holes = moves.holes(step.source, space)
    if holes.size:
        full = plan.room(space, range(len(space)))
        plan.copy(space, source, full)
        least = -np.inf if step.op is ops.maximum else np.inf
        plan.call(full.memory.__setitem__, holes, least)
        source = full
    kept = [axis for axis in source.axes() if axis < len(shape)]
    reduced = [axis for axis in source.axes() if axis >= len(shape)]
    out = target if set(target.axes()) == set(kept) else plan.room(shape, kept)
    if size_along(space, reduced) <= FEW <= size_along(space, kept):
        # NumPy compares rows with rows many times as fast as numbers within a row.
        rows = plan.room(space, [*reduced, *kept])
        plan.copy(space, source, rows)
        source = rows
    over = [(dim[0], dim[1]) for dim in merge((space[a], source.strides[a]) for a in reduced)]
    dims = merge((shape[a], source.strides[a], out.strides[a]) for a in kept)
    numbers = source.array([*over, *((n, stride) for n, stride, _ in dims)])
    result = out.array([(n, stride) for n, _, stride in dims])
    ufunc = np.maximum if step.op is ops.maximum else np.minimum
    plan.call(ufunc.reduce, numbers, tuple(range(len(over))), None, result)
    if out is not target:
        plan.copy(shape, out, target)
    moves.clear_holes(plan, step.target, step.shape)


def _extreme_gradient(plan: Plan, step: ExtremeGradient) -> None:
    """Compare with the result: nearly always a single number is equal to it."""
    extreme = step.extreme
    batched = step.target.buffer.batched or step.upstream.buffer.batched
    shape = (plan.batch if batched else 1, *extreme.shape)
    space = shape + extreme.reduce
    if 0 in shape:
        return
    source, target = plan.view(extreme.source, space), plan.view(step.target, space)
    result, upstream = plan.view(extreme.target, shape), plan.view(step.upstream, shape)
    value = upstream.over(len(space))
    count = prod(extreme.reduce)
    if count > 1:
        shares = plan.room(space, range(len(space)))
        plan.each(np.equal, space, source, result.over(len(space)), shares)
        plan.call(shares.memory.__setitem__, moves.holes(extreme.source, space), 0.0)
        plan.call(_share_out, shares.memory.reshape(-1, count))
        to = extreme.target
        rows = View(to.buffer, to.offset, to.strides + (0,) * len(extreme.reduce))
        plan.call(shares.memory.__setitem__, moves.holes(rows, space), 0.0)
        plan.each(np.multiply, space, shares, value, shares)
        value = shares
    moves.add_to(plan, space, target, value)
    moves.clear_holes(plan, step.target, space[1:])


def _share_out(shares: Array) -> None:
    """From where a number equals the extreme of its row, 1.0 or 0.0, to its share of the gradient.

    Of several equal ones the last gets half, the one before half of the rest, and so on.
    """
    equal = np.add.reduce(shares, 1, keepdims=True)
    if np.maximum.reduce(equal, None) == 1.0 == np.minimum.reduce(equal, None):
        return
    from_here_on = np.cumsum(shares[:, ::-1], axis=1)[:, ::-1]
    shares *= 0.5 ** np.minimum(from_here_on, equal - 1.0)
    shares[equal[:, 0] == 0.0] = np.nan  # nothing equals nan
