"""The array program: what lifting makes, what every pass changes and every backend runs.

A `Code` is two lists of instructions, forward and backward, that compute numbers in buffers. A
buffer is an array in row-major order. Instructions never copy to rearrange: they look at buffers
through views, each an offset and one stride for each dimension of the index space that the
instruction goes through; slices, transposes, broadcasts and sliding windows are all of this form.

A buffer that is batched has an array for each example of a batch. An instruction is carried out for
each of them if one of its buffers is batched, else once. Backward, what the examples give to a
target that is not batched is added up.

How a Code is made is in the passes beside this file, how it runs in `glassgrad/backends/`. What it
must satisfy is in `spec.py`, and what it means, in plain loops, in `backends/reference.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.ops import Op

Shape = tuple[int, ...]
Role = Literal["parameter", "input", "index", "constant", "value", "gradient"]


@dataclass(eq=False)
class Buffer:
    """An array of numbers, row-major; each is compared by identity.

    name: what source and pictures call it, a Python identifier that no other buffer has.
    shape: of one example. batched: whether there is such an array for each example of a batch.
    role: "parameter", the flat vector that training changes; "input", numbers of an example, and
    "index", whole numbers of an example; "constant", with its numbers in `data`; "value", what an
    instruction computes; "gradient", d(root) / d(another buffer) in the shape of that one.
    mask: None, or False for each cell that is a hole. Holes hold 0.0 at any time.
    A backend makes the memory of a value or a gradient once, full of 0.0, and keeps it from run to
    run: there may be cells that no instruction writes.
    comment: what it was in the scalar program. labelled: whether its name is from the labels there.
    """

    name: str
    shape: Shape
    role: Role
    batched: bool = False
    data: NDArray[np.float64] | None = None
    mask: NDArray[np.bool_] | None = None
    comment: str = ""
    labelled: bool = False

    @property
    def size(self) -> int:
        """How many numbers it holds for one example."""
        return prod(self.shape)

    def __repr__(self) -> str:
        shape = ["batch"] * self.batched + [str(n) for n in self.shape]
        return f"{self.name}[{', '.join(shape)}]"


class Expr:
    """A formula over views: arithmetic with numbers and other formulas gives formulas.

    The partial derivatives of the operations table are written in this arithmetic, so they work
    on formulas as they do on numbers.
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return self if other == 0.0 else Apply(ops.add, (self, other))

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Expr):
            if other == 1.0:
                return self
            if other == 0.0:
                return 0.0
        return Apply(ops.multiply, (self, other))

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, Expr):
            return Apply(ops.power, (self, exponent))
        return self if exponent == 1 else Apply(ops.power_by(exponent), (self,))

    def __neg__(self) -> Any:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1.0

    def __radd__(self, other: float) -> Any:
        return self + other

    def __rmul__(self, other: float) -> Any:
        return self * other

    def __rsub__(self, other: float) -> Any:
        return -self + other

    def __rtruediv__(self, other: float) -> Any:
        return self**-1.0 * other

    def _apply(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        return Apply(op, inputs)

    def views(self) -> Iterator[View]:
        """The views in it, from left to right, each as often as it occurs."""
        stack: list[Any] = [self]
        while stack:
            part = stack.pop()
            if isinstance(part, View):
                yield part
            elif isinstance(part, Apply):
                stack.extend(reversed(part.inputs))

    @property
    def batched(self) -> bool:
        """Whether it has a number for each example of a batch."""
        return any(view.buffer.batched for view in self.views())


# Formulas and their parts are never changed. They are not `frozen`, for then it would take three
# times as long to make them, and a large program without structure has a million.


@dataclass(unsafe_hash=True, slots=True)
class View(Expr):
    """A look at a buffer: at index (i, j, ...) it shows cell `offset + i*strides[0] + j*...`.

    Cells are numbered from 0 in row-major order. The strides belong to the dimensions of the index
    space where it stands: 0 where it does not depend on one. Batched buffers show the number of
    the example at hand.
    """

    buffer: Buffer
    offset: int
    strides: tuple[int, ...]

    def cell(self, index: Shape) -> int:
        """The number of the cell that it shows at an index."""
        return self.offset + sum(i * s for i, s in zip(index, self.strides, strict=True))

    def __repr__(self) -> str:
        return f"{self.buffer.name}@{self.offset}{list(self.strides)}"


@dataclass(unsafe_hash=True, slots=True)
class Apply(Expr):
    """An operation of the table on formulas and numbers, which may be ints.

    `power_by(3)` is an operation of one input, and known by its name, "**3".
    """

    op: Op
    inputs: tuple[Expr | float, ...]

    def __repr__(self) -> str:
        return f"{self.op.name}({', '.join(map(str, self.inputs))})"


@dataclass(unsafe_hash=True, slots=True)
class Term:
    """A formula, summed over dimensions of its own.

    Its index space is that of the instruction followed by `reduce`: the views in it have a stride
    for each of both. A term with a plain number counts that number, once for each cell of `reduce`.
    """

    expr: Expr | float
    reduce: Shape = ()


@dataclass(slots=True)
class Compute:
    """target[i] = sum of the terms at i, or += with `accumulate`.

    shape: of the index space. target: a view with a stride for each of its dimensions, which shows
    no cell twice, unless `accumulate`: then the cell gets all of what falls on it.
    In a target that is not batched, a term with a batched view is added up over the batch, any
    other counts once.
    A mask of the target's buffer holds: holes stay 0.0, whatever the terms are there.
    """

    target: View
    shape: Shape
    terms: list[Term]
    accumulate: bool = False
    comment: str = ""


@dataclass
class Extreme:
    """target[i] = the largest (or, with `op` ops.minimum, smallest) of source over `reduce`.

    The source's index space is `shape` followed by the dimensions in `reduce`. Holes of the source
    do not take part.
    """

    op: Op
    target: View
    shape: Shape
    source: View
    reduce: Shape
    comment: str = ""


@dataclass
class ExtremeGradient:
    """What an Extreme gives back: target[i, k] += share[i, k] * upstream[i].

    The shares are those of a chain of binary operations along k in row-major order, in which each
    of two equal numbers gets half: the same as in the scalar program. Holes have no share.
    target: a view of the gradient of the source's buffer, with the strides of the source.
    """

    extreme: Extreme
    target: View
    upstream: View
    comment: str = ""


@dataclass
class Gather:
    """target[i] = source[index[i]], cell numbers of both; where the index is -1 there is a hole."""

    target: Buffer
    source: Buffer
    index: NDArray[np.intp]
    comment: str = ""


@dataclass
class Scatter:
    """target[index[i]] += source[i], with all of what falls on a cell: what a Gather gives back."""

    target: Buffer
    source: Buffer
    index: NDArray[np.intp]
    comment: str = ""


@dataclass
class Take:
    """target[i] = the number at `table` moved on by `step * which[i]` cells: a look-up by data.

    shape: of the index space. which: a view of an index buffer. count: how many there are to
    choose from, so that 0 <= which < count.
    """

    target: View
    shape: Shape
    table: View
    which: View
    step: int
    count: int
    comment: str = ""


@dataclass
class Put:
    """What a Take gives back: target cells, `step * which[i]` on, += upstream[i].

    target: a view of the gradient of the table's buffer, with the strides of the table.
    """

    target: View
    shape: Shape
    upstream: View
    which: View
    step: int
    count: int
    comment: str = ""


@dataclass
class Zero:
    """Every cell of a buffer becomes 0.0."""

    target: Buffer
    comment: str = ""


Instruction = Compute | Extreme | ExtremeGradient | Gather | Scatter | Take | Put | Zero


@dataclass
class Code:
    """An array program.

    parameters: the flat vector. inputs: what an example consists of, in order.
    roots: for each result a view without dimensions. forward: computes all values.
    backward, gradients: empty until `differentiate` fills them. gradients: for a buffer, the buffer
    of its gradient. The parameters have one; of what no parameter reaches, or what reaches no root,
    there may be none. Before it runs `backward`, a backend fills the gradients of the roots'
    buffers with 0.0 and adds the seed of each root to its cell there: two roots may be one cell.
    After it, d(sum of seeds * roots) / d(parameters) is in the gradient of the parameters.
    """

    parameters: Buffer
    inputs: list[Buffer] = field(default_factory=list)
    roots: list[View] = field(default_factory=list)
    forward: list[Instruction] = field(default_factory=list)
    backward: list[Instruction] = field(default_factory=list)
    gradients: dict[Buffer, Buffer] = field(default_factory=dict)

    @property
    def batched(self) -> bool:
        """Whether it takes a batch of examples."""
        return any(buffer.batched for buffer in self.inputs)


def target_of(instruction: Instruction) -> Buffer:
    """The buffer that an instruction writes to."""
    target = instruction.target
    return target.buffer if isinstance(target, View) else target


def views_of(instruction: Instruction) -> list[View]:
    """The views that an instruction reads through."""
    match instruction:
        case Compute():
            exprs = [term.expr for term in instruction.terms]
            return [view for x in exprs if isinstance(x, Expr) for view in x.views()]
        case Extreme():
            return [instruction.source]
        case ExtremeGradient():
            return [instruction.extreme.source, instruction.extreme.target, instruction.upstream]
        case Take():
            return [instruction.table, instruction.which]
        case Put():
            return [instruction.upstream, instruction.which]
        case _:
            return []


def sources_of(instruction: Instruction) -> list[Buffer]:
    """The buffers that an instruction reads, each once."""
    if isinstance(instruction, Gather | Scatter):
        return [instruction.source]
    if not isinstance(instruction, Compute):
        return list(dict.fromkeys(view.buffer for view in views_of(instruction)))
    found: dict[Buffer, None] = {}
    stack: list[Any] = [term.expr for term in instruction.terms[::-1]]
    while stack:
        part = stack.pop()
        if isinstance(part, View):
            found[part.buffer] = None
        elif isinstance(part, Apply):
            stack.extend(part.inputs[::-1])
    return list(found)


def cells(view: View, shape: Shape) -> NDArray[np.intp]:
    """The number of the cell that a view shows at each index of a space of that shape.

    >>> cells(View(Buffer("a", (6,), "value"), 1, (2, 1)), (2, 2)).tolist()
    [[1, 2], [3, 4]]
    """
    return affine(shape, view.offset, view.strides)


def affine(shape: Shape, offset: int, strides: Sequence[int]) -> NDArray[np.intp]:
    """The cells that a view with this offset and these strides would show."""
    found = np.full(shape, offset, np.intp)
    for axis, (count, stride) in enumerate(zip(shape, strides, strict=True)):
        if stride:
            found += np.arange(count).reshape([-1] + [1] * (len(shape) - 1 - axis)) * stride
    return found


def indexes(shape: Shape) -> list[Shape]:
    """All indexes of a space, in row-major order.

    >>> indexes((2, 2))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    return list(product(*map(range, shape)))


def row_major(shape: Shape) -> tuple[int, ...]:
    """The strides with which a view shows a whole buffer of this shape.

    >>> row_major((4, 2, 3))
    (6, 3, 1)
    """
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def whole(buffer: Buffer) -> View:
    """The view of a buffer that shows each of its cells once, in its own shape."""
    return View(buffer, 0, row_major(buffer.shape))
