"""Reverse mode: from the forward instructions of a Code to its backward ones.

Each instruction, from the last to the first, hands the gradient of its target on to what it reads.
A Compute does so term by term: the operations table gives the formula of what each view receives,
and the dimensions along which that view stands still are the ones to sum over. The gradient of a
matrix product comes out as two matrix products, that of a broadcast as a sum.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
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
    Term,
    View,
    Zero,
    cells,
    sources_of,
    target_of,
)
from glassgrad.ops import Op


def differentiate(code: Code) -> None:
    """Fill `code.backward` and `code.gradients` from `code.forward`.

    Only what lies between the parameters and a root gets a gradient. A first contribution is
    stored, later ones are added; a gradient starts with a `Zero` only where that cannot be done.

    >>> from glassgrad.lift.ir import whole
    >>> theta, y = Buffer("theta", (3,), "parameter"), Buffer("y", (), "value")
    >>> squares = Term(whole(theta) ** 2, reduce=(3,))
    >>> code = Code(theta, roots=[whole(y)], forward=[Compute(whole(y), (), [squares])])
    >>> differentiate(code)
    >>> [(step.target, step.terms[0].expr) for step in code.backward]
    [(d_theta@0[1], multiply(d_y@0[0], multiply(theta@0[1], 2)))]
    """
    with collector_paused():
        gradients = _Gradients(code)
        backward: list[Instruction] = []
        for instruction in reversed(code.forward):
            if not gradients.reach(target_of(instruction)):
                continue
            if isinstance(instruction, Compute) and _is_of_one_number(instruction):
                backward.extend(_back_one_number(instruction, gradients))
            else:
                backward.extend(_back(instruction, gradients))
        for compute in gradients.late:
            compute.accumulate = not gradients.first(compute.target, compute.shape)
        code.backward = [*gradients.zeros, *backward, *gradients.late]
        code.gradients = gradients.of


class _Gradients:
    """The gradient buffers, and which of their cells hold a number so far."""

    def __init__(self, code: Code) -> None:
        self.of: dict[Buffer, Buffer] = {}
        self.zeros: list[Instruction] = []
        self.late: list[Compute] = []  # what can be added at the very end
        self._zeroed: set[Buffer] = set()
        self._written: dict[Buffer, NDArray[np.bool_]] = {}
        self._reached: set[Buffer] = set()  # those of which a cell is written
        self._depends = {code.parameters}  # the buffers that a parameter reaches
        self._added_to: set[Buffer] = set()
        buffers = {code.parameters, *code.inputs}
        for instruction in code.forward:
            target, sources = target_of(instruction), sources_of(instruction)
            buffers.add(target)
            buffers.update(sources)
            if not self._depends.isdisjoint(sources):
                self._depends.add(target)
            if isinstance(instruction, Compute) and instruction.accumulate:
                self._added_to.add(target)
        self._parameters = code.parameters
        self._names = {buffer.name for buffer in buffers}
        self.buffer(code.parameters)
        for root in code.roots:
            if root.buffer in self._depends:
                gradient = self.buffer(root.buffer)
                self._zeroed.add(gradient)  # the backend does that, and writes the seeds
                self._written[gradient][root.offset] = True
                self._reached.add(gradient)

    def may_wait(self, target: View, shape: Shape, terms: list[Term]) -> bool:
        """Whether it is for most of the parameters at once, such as that of a penalty on them all.

        If it comes last, the matrix products of the layers are stored and this is added, and not
        the other way round: they write to parts of rows, this to one long row.
        """
        parameters = self.of[self._parameters]
        plain = not any(term.reduce or getattr(term.expr, "batched", False) for term in terms)
        return target.buffer is parameters and plain and 2 * math.prod(shape) > parameters.size

    def wanted(self, buffer: Buffer) -> bool:
        """Whether a change of a parameter changes it."""
        return buffer in self._depends

    def reach(self, buffer: Buffer) -> bool:
        """Whether a root depends on it, as far as is known when going backward."""
        return self.of.get(buffer) in self._reached

    def reach_cell(self, view: View) -> bool:
        """Whether a root depends on the one number that a view shows."""
        return bool(self._written[self.of[view.buffer]][view.offset])

    def is_result(self, compute: Compute) -> bool:
        """Whether the target holds the value of its formula and not a sum of such values."""
        target, terms = compute.target.buffer, compute.terms
        return len(terms) == 1 and not terms[0].reduce and target not in self._added_to

    def buffer(self, value: Buffer) -> Buffer:
        """The buffer of its gradient."""
        if value not in self.of:
            name = f"d_{value.name}"
            while name in self._names:
                name += "_"
            self._names.add(name)
            buffer = Buffer(name, value.shape, "gradient", value.batched, mask=value.mask)
            self.of[value] = buffer
            self._written[buffer] = np.zeros(value.size, np.bool_)
        return self.of[value]

    def view(self, view: View) -> View:
        """The same look at the gradient."""
        return View(self.buffer(view.buffer), view.offset, view.strides)

    def first(self, target: View, shape: Shape) -> bool:
        """Mark cells as written; True if they may be stored, False if they must be added."""
        shown = cells(target, shape).ravel()
        alone = np.unique(shown).size == shown.size
        written = self._written[target.buffer]
        if alone and not written[shown].any():
            written[shown] = True
            self._reached.add(target.buffer)
            return True
        self.add(target.buffer, shown)
        return False

    def first_in_cell(self, target: View) -> bool:
        """The same for the one number that a view shows."""
        written = self._written[target.buffer]
        if written[target.offset]:
            return False
        written[target.offset] = True
        self._reached.add(target.buffer)
        return True

    def add(self, buffer: Buffer, shown: NDArray[np.intp]) -> None:
        """See to it that there is a number to add to in all of these cells."""
        written = self._written[buffer]
        if not written[shown].all() and buffer not in self._zeroed:
            self.zeros.append(Zero(buffer))
            self._zeroed.add(buffer)
        written[shown] = True
        self._reached.add(buffer)


def _back(instruction: Instruction, gradients: _Gradients) -> Iterator[Instruction]:
    """What hands the gradient of the instruction's target on."""
    comment = f"from {target_of(instruction).name}"
    match instruction:
        case Compute():
            yield from _back_compute(instruction, gradients)
        case Extreme(_, target, shape, source, reduce) if gradients.wanted(source.buffer):
            d_source = gradients.view(source)
            gradients.add(d_source.buffer, cells(d_source, shape + reduce))
            yield ExtremeGradient(instruction, d_source, gradients.view(target), comment)
        case Gather(target, source, index) if gradients.wanted(source):
            gradients.add(gradients.buffer(source), index[index >= 0])
            yield Scatter(gradients.buffer(source), gradients.buffer(target), index, comment)
        case Take(target, shape, table, which, step, count) if gradients.wanted(table.buffer):
            d_table = gradients.view(table)
            rows = View(d_table.buffer, d_table.offset, (*d_table.strides, step))
            gradients.add(d_table.buffer, cells(rows, (*shape, count)))
            yield Put(d_table, shape, gradients.view(target), which, step, count, comment)


def _back_compute(compute: Compute, gradients: _Gradients) -> Iterator[Compute]:
    """Each view in its terms receives one Compute, over the cells that the view shows."""
    found: dict[tuple[View, Shape], Counter[Term]] = {}
    d_target = gradients.view(compute.target)
    for term in compute.terms:
        if not isinstance(term.expr, Expr):
            continue
        space = compute.shape + term.reduce
        still = (0,) * len(term.reduce)
        upstream = View(d_target.buffer, d_target.offset, d_target.strides + still)
        out = compute.target if gradients.is_result(compute) else term.expr
        for view, adjoint in _adjoints(term.expr, upstream, out):
            if not gradients.wanted(view.buffer):
                continue
            if compute.target.buffer.mask is not None and not _is_tame(adjoint):
                adjoint = ops.mask(upstream, adjoint)  # in a hole 0 * inf is to be 0
            axes = [axis for axis, count in enumerate(space) if count > 1]
            moving = [axis for axis in axes if view.strides[axis]]
            summed = [axis for axis in axes if not view.strides[axis]]
            d_view = gradients.view(_over(view, moving))
            contribution = Term(_over(adjoint, moving + summed), _pick(space, summed))
            found.setdefault((d_view, _pick(space, moving)), Counter())[contribution] += 1
    for (d_view, shape), contributions in found.items():
        terms = [Term(x.expr * float(n), x.reduce) for x, n in contributions.items()]
        comment = f"from {compute.target.buffer.name}"
        if gradients.may_wait(d_view, shape, terms):
            gradients.late.append(Compute(d_view, shape, terms, comment=comment))
            continue
        accumulate = not gradients.first(d_view, shape)
        yield Compute(d_view, shape, terms, accumulate, comment)


def _is_of_one_number(compute: Compute) -> bool:
    """Whether it is a formula over single numbers."""
    if compute.shape or compute.target.buffer.mask is not None:
        return False
    for term in compute.terms:  # noqa: SIM110  faster than any(...)
        if term.reduce:
            return False
    return True


def _back_one_number(compute: Compute, gradients: _Gradients) -> Iterator[Compute]:
    """The same as `_back_compute`, where there are no dimensions: quickly, as these are many."""
    target = compute.target
    if not gradients.reach_cell(target):
        return
    upstream = View(gradients.buffer(target.buffer), target.offset, ())
    is_result = gradients.is_result(compute)
    found: dict[tuple[Buffer, int], list[Term]] = {}
    for term in compute.terms:
        if isinstance(term.expr, Expr):
            for view, adjoint in _adjoints(term.expr, upstream, target if is_result else term.expr):
                if gradients.wanted(view.buffer):
                    cell = view.buffer, view.offset
                    if cell in found:
                        found[cell].append(Term(adjoint))
                    else:
                        found[cell] = [Term(adjoint)]
    comment = f"from {target.buffer.name}"
    for (buffer, offset), terms in found.items():
        if len(terms) > 1:
            terms = [Term(x.expr * float(n)) for x, n in Counter(terms).items()]
        d_view = View(gradients.buffer(buffer), offset, ())
        yield Compute(d_view, (), terms, not gradients.first_in_cell(d_view), comment)


def _adjoints(expr: Expr, upstream: Expr, out: Expr) -> list[tuple[View, Expr]]:
    """For each view in a formula, upstream times the derivative of the formula to that view.

    out: what holds the result of the formula, for derivatives that are written with it.
    """
    found: list[tuple[View, Expr]] = []
    stack = [(expr, upstream, out)]
    while stack:
        expr, upstream, out = stack.pop()
        if isinstance(expr, View):
            found.append((expr, upstream))
        elif isinstance(expr, Apply):
            inner = []
            for x, partial in zip(expr.inputs, expr.op.partials(*expr.inputs, out), strict=True):
                if isinstance(x, Expr):
                    adjoint = upstream * partial
                    if isinstance(adjoint, Expr):  # the number 0 goes nowhere
                        inner.append((x, adjoint, x))
            stack.extend(reversed(inner))
    return found


def _over(expr: Any, axes: Sequence[int]) -> Any:
    """The formula over these dimensions of its index space, in this order."""
    if isinstance(expr, View):
        return View(expr.buffer, expr.offset, _pick(expr.strides, axes))
    if isinstance(expr, Apply):
        return Apply(expr.op, tuple(_over(x, axes) for x in expr.inputs))
    return expr


def _pick(sizes: tuple[int, ...], axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(sizes[axis] for axis in axes)


def _is_tame(expr: Any) -> bool:
    """Whether a formula is finite wherever its views are, within reason: no 1 / 0, no e**1000."""
    if isinstance(expr, Apply):
        return _op_is_tame(expr.op) and all(map(_is_tame, expr.inputs))
    return True


@cache
def _op_is_tame(op: Op) -> bool:
    samples = product((-1.0, 0.0, 1000.0), repeat=op.arity)
    return all(math.isfinite(op.value(*inputs)) for inputs in samples)
