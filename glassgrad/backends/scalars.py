"""Few numbers at a time, in a long row of steps: programs without structure.

Where an array would have a number or two, calling NumPy takes longer than the work. The loops here
are compiled where that is possible; then a sum or a product takes a few nanoseconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, Final

from glassgrad import ops
from glassgrad.lift.ir import Apply, Buffer, Compute, Expr, Gather, Scatter, View, Zero

COPY: Final = 0
ADD: Final = 1
MULTIPLY: Final = 2
ADD_PRODUCT: Final = 3
FUNCTION: Final = 4
FUNCTION_OF_TWO: Final = 5

MOST: Final = 32  # numbers of an instruction, and of a sum

Index = tuple[int, ...]

ONE: Final[list[Index]] = [()]


class Cell:
    """Where a number is."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number


class Step:
    """One operation: from the numbers in two cells to that in a third."""

    __slots__ = ("function", "kind", "left", "out", "right")

    def __init__(
        self, kind: int, out: Cell, left: Cell, right: Cell, function: Callable[..., float]
    ) -> None:
        self.kind = kind
        self.out = out
        self.left = left
        self.right = right
        self.function = function  # of the two kinds that need one


class Scalars:
    """Instructions as steps, and the cells that they have in common with buffers.

    one_example: whether there is no batch, so that a batched buffer is like any other.
    loaded: for each buffer the numbers that have to be there before a run. stored: those that a run
    changes.

    >>> from glassgrad.lift.ir import Term
    >>> x, y = View(Buffer("x", (2,), "parameter"), 1, ()), View(Buffer("y", (), "value"), 0, ())
    >>> scalars = Scalars(one_example=True)
    >>> scalars.takes(Compute(y, (), [Term(Apply(ops.relu, (x,)) * 2.0), Term(1.0)]))
    True
    >>> put([scalars.cells[x.buffer][1]], [0.5])
    >>> scalars.run()
    >>> numbers([scalars.cells[y.buffer][0]])
    [2.0]
    """

    def __init__(self, one_example: bool) -> None:
        self.one_example = one_example
        self.steps: list[Step] = []
        self.cells: dict[Buffer, dict[int, Cell]] = {}
        self.loaded: dict[Buffer, list[int]] = {}
        self.stored: dict[Buffer, dict[int, None]] = {}
        self._holes: dict[Buffer, list[bool]] = {}
        self._constants: dict[str, Cell] = {}
        self._scratch: list[Cell] = []

    def takes(self, step: Any) -> bool:
        """Add what an instruction does, if it does that to few numbers."""
        if isinstance(step, Compute):
            return self._compute(step)
        if isinstance(step, Zero):
            return self._zero(step.target)
        if isinstance(step, Gather):
            return self._gather(step.target, step.source, step.index)
        if isinstance(step, Scatter):
            return self._scatter(step.target, step.source, step.index)
        return False

    def run(self) -> None:
        """Take the steps."""
        for step in self.steps:
            kind = step.kind
            if kind == MULTIPLY:
                step.out.number = step.left.number * step.right.number
            elif kind == ADD_PRODUCT:
                step.out.number += step.left.number * step.right.number
            elif kind == ADD:
                step.out.number = step.left.number + step.right.number
            elif kind == FUNCTION:
                step.out.number = step.function(step.left.number)
            elif kind == FUNCTION_OF_TWO:
                step.out.number = step.function(step.left.number, step.right.number)
            else:
                step.out.number = step.left.number

    def _compute(self, step: Any) -> bool:
        target: Any = step.target
        shape: Index = step.shape
        terms: list[Any] = step.terms
        size: int = math.prod(shape) if shape else 1
        if not self._is_single(target.buffer) or size > MOST:
            return False
        for term in terms:
            reduce: Index = term.reduce
            if reduce and size * math.prod(reduce) > MOST:
                return False
            if not self.one_example and isinstance(term.expr, Expr) and term.expr.batched:
                return False
        for index in _indexes(shape):
            offset = _offset(target, index)
            added: bool = step.accumulate
            out = self._target(target.buffer, offset, added)
            if out is None:
                continue
            for term in terms:
                for inner in _indexes(term.reduce):
                    self._term(term.expr, index + inner, out, added)
                    added = True
            if not added:
                self._copy(out, self._constant(0.0))
        return True

    def _zero(self, buffer: Buffer) -> bool:
        if not self._is_single(buffer) or buffer.size > MOST:
            return False
        for cell in range(buffer.size):
            out = self._target(buffer, cell, False)
            if out is not None:
                self._copy(out, self._constant(0.0))
        return True

    def _gather(self, target: Buffer, source: Buffer, index: Any) -> bool:
        if not self._is_single(target) or not self._is_single(source) or target.size > MOST:
            return False
        for cell, where in enumerate(index.tolist()):
            out = self._target(target, cell, False)
            if out is not None:
                number = self._constant(0.0) if where == -1 else self._cell(source, where, True)
                self._copy(out, number)
        return True

    def _scatter(self, target: Buffer, source: Buffer, index: Any) -> bool:
        if not self._is_single(target) or not self._is_single(source) or source.size > MOST:
            return False
        for cell, where in enumerate(index.tolist()):
            out = None if where == -1 else self._target(target, where, True)
            if out is not None:
                self._step(ADD, out, out, self._cell(source, cell, True))
        return True

    def _is_single(self, buffer: Any) -> bool:
        return self.one_example or not buffer.batched

    def _target(self, buffer: Buffer, offset: int, is_read: bool) -> Cell | None:
        """The cell that a result goes to, None for a hole."""
        mask: Any = buffer.mask
        if mask is not None:
            if buffer not in self._holes:
                self._holes[buffer] = (~mask).ravel().tolist()
            if self._holes[buffer][offset]:
                return None
        stored = self.stored.get(buffer)
        if stored is None:
            stored = self.stored[buffer] = {}
        stored[offset] = None
        return self._cell(buffer, offset, is_read)

    def _cell(self, buffer: Buffer, offset: int, is_read: bool) -> Cell:
        """A cell of a buffer; what is read before it is written has to be loaded."""
        cells = self.cells.get(buffer)
        if cells is None:
            cells = self.cells[buffer] = {}
        found = cells.get(offset)
        if found is None:
            found = cells[offset] = Cell(0.0)
            if is_read:
                self.loaded.setdefault(buffer, []).append(offset)
        return found

    def _constant(self, number: float) -> Cell:
        key = repr(number)  # nan is nan here, and -0.0 is not 0.0
        found = self._constants.get(key)
        if found is None:
            found = self._constants[key] = Cell(number)
        return found

    def _term(self, expr: Any, index: Index, out: Cell, added: bool) -> None:
        """A formula at an index: its value goes to a cell, or is added to what is there."""
        operands: list[Cell] = []
        order = _inputs_last(expr)
        while order:
            part = order.pop()
            if isinstance(part, View):
                operands.append(self._cell(part.buffer, _offset(part, index), True))
            elif not isinstance(part, Apply):
                operands.append(self._constant(float(part)))
            else:
                op = part.op
                arity: int = op.arity
                right = operands.pop()
                left = right if arity == 1 else operands.pop()
                to = out
                if added and not order and op is ops.multiply:
                    self._step(ADD_PRODUCT, out, left, right)
                    return
                if added or order:
                    while len(self._scratch) <= len(operands):
                        self._scratch.append(Cell(0.0))
                    to = self._scratch[len(operands)]  # those after it have been used
                if op is ops.multiply:
                    self._step(MULTIPLY, to, left, right)
                elif op is ops.add:
                    self._step(ADD, to, left, right)
                else:
                    kind = FUNCTION if arity == 1 else FUNCTION_OF_TWO
                    self.steps.append(Step(kind, to, left, right, op.value))
                operands.append(to)
        found = operands[0]
        if added:
            self._step(ADD, out, out, found)
        elif found is not out:
            self._copy(out, found)

    def _step(self, kind: int, out: Cell, left: Cell, right: Cell) -> None:
        self.steps.append(Step(kind, out, left, right, abs))

    def _copy(self, out: Cell, number: Cell) -> None:
        self._step(COPY, out, number, number)


def put(cells: list[Cell], numbers: list[float]) -> None:
    """Write numbers into cells."""
    for i in range(len(cells)):
        cells[i].number = numbers[i]


def numbers(cells: list[Cell]) -> list[float]:
    """The numbers in cells."""
    return [cell.number for cell in cells]


def _inputs_last(expr: Any) -> list[Any]:
    """The parts of a formula: from the end on, inputs come before results, and from left to right.

    A list, not a recursion: formulas may be deeper than Python recurses.
    """
    order: list[Any] = [expr]
    if isinstance(expr, Apply):
        stack: list[Any] = list(expr.inputs)
        while stack:
            part = stack.pop()
            order.append(part)
            if isinstance(part, Apply):
                stack.extend(part.inputs)
    return order


def _indexes(shape: Index) -> list[Index]:
    return list(itertools.product(*map(range, shape))) if shape else ONE


def _offset(view: Any, index: Index) -> int:
    cell: int = view.offset
    if index:
        for i, stride in zip(index, view.strides, strict=True):
            cell += i * stride
    return cell
