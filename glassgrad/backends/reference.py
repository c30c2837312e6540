"""The meaning of the array program: plain loops over indexes, one number at a time.

Slow on purpose, and short, so that it can be checked by reading it: every other backend is tested
against this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    indexes,
)
from glassgrad.ops import Op

Array = NDArray[np.float64]
Index = Shape


class ReferenceRunner:
    """Runs a Code as it is written.

    >>> from glassgrad.lift.ir import Term, whole
    >>> theta, y = Buffer("theta", (3,), "parameter"), Buffer("y", (), "value")
    >>> squares = Term(whole(theta) * whole(theta), reduce=(3,))
    >>> code = Code(theta, roots=[whole(y)], forward=[Compute(whole(y), (), [squares])])
    >>> ReferenceRunner(code).forward(np.array([1.0, 2.0, 3.0]), [])
    array([14.])
    """

    def __init__(self, code: Code) -> None:
        self.code = code
        self._batch = 1
        self._arrays: dict[Buffer, Array] = {}  # each of shape (examples, cells)

    def forward(self, theta: Array, inputs: Sequence[NDArray[Any]]) -> Array:
        """The roots: of shape (roots,), or (batch, roots) if the Code is batched."""
        given = dict(zip(self.code.inputs, inputs, strict=True))
        batch = next((len(given[x]) for x in given if x.batched), 1)
        if batch != self._batch:
            self._batch, self._arrays = batch, {}
        for buffer, numbers in [(self.code.parameters, theta), *given.items()]:
            self._array(buffer)[:] = np.reshape(numbers, self._array(buffer).shape)
        for instruction in self.code.forward:
            self._run(instruction)
        roots = [[self._look(x, (), example) for x in self.code.roots] for example in self._all()]
        found = np.array(roots).reshape(self._batch, len(self.code.roots))
        return found if self.code.batched else found[0]

    def backward(self, seeds: Array | float) -> Array:
        """d(sum of seeds * roots) / d(theta), after a `forward`.

        seeds: of the shape of the roots, or one number for all of them.
        """
        gradients = self.code.gradients
        for root in self.code.roots:
            if root.buffer in gradients:  # else no parameter reaches it
                self._array(gradients[root.buffer])[:] = 0.0
        shape = (self._batch, len(self.code.roots))
        each = np.broadcast_to(seeds, shape) if np.ndim(seeds) == 0 else np.reshape(seeds, shape)
        for example in self._all():
            for root, seed in zip(self.code.roots, each[example], strict=True):
                if root.buffer in gradients:
                    self._add(gradients[root.buffer], root.offset, example, seed)
        for instruction in self.code.backward:
            self._run(instruction)
        return self.read(gradients[self.code.parameters])

    def read(self, buffer: Buffer) -> Array:
        """The numbers of a buffer after the last run."""
        shape = (self._batch,) * buffer.batched + buffer.shape
        return self._array(buffer).reshape(shape).copy()

    def _array(self, buffer: Buffer) -> Array:
        if buffer not in self._arrays:
            examples = self._batch if buffer.batched else 1
            self._arrays[buffer] = np.zeros((examples, buffer.size))
            if buffer.data is not None:
                self._arrays[buffer][:] = buffer.data.reshape(1, buffer.size)
        return self._arrays[buffer]

    def _all(self, *buffers: Buffer) -> range:
        """The examples to go through: one stands for all where no buffer is batched."""
        return range(self._batch if not buffers or any(x.batched for x in buffers) else 1)

    def _look(self, view: View, index: Index, example: int, moved: int = 0) -> float:
        numbers = self._array(view.buffer)[example if view.buffer.batched else 0]
        return float(numbers[view.cell(index) + moved])

    def _set(self, buffer: Buffer, cell: int, example: int, number: float) -> None:
        self._array(buffer)[example if buffer.batched else 0, cell] = 0.0
        self._add(buffer, cell, example, number)

    def _add(self, buffer: Buffer, cell: int, example: int, number: float) -> None:
        if buffer.mask is None or buffer.mask.flat[cell]:
            self._array(buffer)[example if buffer.batched else 0, cell] += number

    def _value(self, expr: Expr | float, index: Index, example: int) -> float:
        if isinstance(expr, View):
            return self._look(expr, index, example)
        if isinstance(expr, Apply):
            return expr.op.value(*[self._value(x, index, example) for x in expr.inputs])
        assert isinstance(expr, int | float)
        return float(expr)

    def _run(self, instruction: Instruction) -> None:
        match instruction:
            case Compute(target, shape, terms, accumulate):
                if not accumulate:
                    for index in indexes(shape):
                        self._array(target.buffer)[:, target.cell(index)] = 0.0
                for term in terms:
                    batched = [x.buffer for x in [target, *_views(term.expr)]]
                    for example in self._all(*batched):
                        for index, inner in product(indexes(shape), indexes(term.reduce)):
                            number = self._value(term.expr, index + inner, example)
                            self._add(target.buffer, target.cell(index), example, number)
            case Extreme(op, target, shape, source, reduce):
                for example, index in product(self._all(target.buffer), indexes(shape)):
                    there = _without_holes(source, index, reduce)
                    chain = [self._look(source, index + k, example) for k in there]
                    self._set(target.buffer, target.cell(index), example, _extreme(op, chain)[0])
            case ExtremeGradient(Extreme(op, _, shape, source, reduce), target, upstream):
                batched = [target.buffer, upstream.buffer]
                for example, index in product(self._all(*batched), indexes(shape)):
                    there = _without_holes(source, index, reduce)
                    chain = [self._look(source, index + k, example) for k in there]
                    slope = self._look(upstream, index, example)
                    for k, share in zip(there, _extreme(op, chain)[1], strict=True):
                        self._add(target.buffer, target.cell(index + k), example, share * slope)
            case Gather(to, come_from, where):
                for example, (i, k) in product(self._all(to), enumerate(where)):
                    number = 0.0 if k == -1 else self._look(_at(come_from, k), (), example)
                    self._set(to, i, example, number)
            case Scatter(to, come_from, where):
                for example, (i, k) in product(self._all(to, come_from), enumerate(where)):
                    if k != -1:
                        self._add(to, k, example, self._look(_at(come_from, i), (), example))
            case Take(target, shape, table, which, step):
                for example, index in product(self._all(target.buffer), indexes(shape)):
                    moved = step * int(self._look(which, index, example))
                    number = self._look(table, index, example, moved)
                    self._set(target.buffer, target.cell(index), example, number)
            case Put(target, shape, upstream, which, step):
                batched = [target.buffer, upstream.buffer, which.buffer]
                for example, index in product(self._all(*batched), indexes(shape)):
                    cell = target.cell(index) + step * int(self._look(which, index, example))
                    self._add(target.buffer, cell, example, self._look(upstream, index, example))
            case Zero(to):
                self._array(to)[:] = 0.0


def _extreme(op: Op, chain: list[float]) -> tuple[float, list[float]]:
    """The largest or smallest, and for each number its share of the gradient."""
    if not chain:  # all holes, for a hole
        return 0.0, []
    out, shares = chain[0], [1.0]
    for x in chain[1:]:
        before, out = out, op.value(out, x)
        earlier, later = op.partials(before, x, out)
        shares = [*(share * earlier for share in shares), later]
    return out, shares


def _without_holes(source: View, index: Index, reduce: Shape) -> list[Index]:
    """The indexes over which an extreme is taken."""
    mask = source.buffer.mask
    return [k for k in indexes(reduce) if mask is None or mask.ravel()[source.cell(index + k)]]


def _at(buffer: Buffer, cell: int) -> View:
    return View(buffer, cell, ())


def _views(expr: Expr | float) -> list[View]:
    return list(expr.views()) if isinstance(expr, Expr) else []
