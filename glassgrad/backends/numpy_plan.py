"""What the NumPy backend prepares: memory, views of it, and the calls that a run consists of.

Everything is decided before the first run: where each number lies, which function handles it and
where the result goes. A run only makes the calls, and allocates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import Buffer, Shape, View

Array = NDArray[Any]
Dim = tuple[int, ...]  # how many, then the stride of each array along it

# NumPy wants the result of these by name: a third number might be meant as one more to compare.
_OUT_BY_NAME = (np.maximum, np.minimum)

MOST_TO_COPY, MOST_ROWS_TO_COPY = 4096, 512  # above, the copies take longer than what they save


@dataclass(frozen=True, eq=False)
class Strided:
    """The numbers of an index space: at (i, j, ...) in memory[offset + i*strides[0] + ...].

    A stride is 0 exactly where the numbers do not depend on the index, also where it can only be 0.
    """

    memory: Array
    offset: int
    strides: tuple[int, ...]

    def array(self, dims: Iterable[tuple[int, int]]) -> Array:
        """The NumPy array with these (sizes, strides), from the same place."""
        sizes, strides = zip(*dims, strict=True) if dims else ((), ())
        if 0 in sizes:
            return np.empty(sizes, self.memory.dtype)
        item = self.memory.itemsize
        steps = tuple(stride * item for stride in strides)
        return np.ndarray(sizes, self.memory.dtype, self.memory, self.offset * item, steps)

    def is_same_cell(self, other: Strided) -> bool:
        """Whether the first number is the very same."""
        return self.memory is other.memory and self.offset == other.offset

    def is_dense(self, shape: Shape, order: Iterable[int] | None = None) -> bool:
        """Whether they lie one after the other in this order of the axes, or in any at all.

        The numbers must not be the same along any of the axes in the order.
        """
        if order is None:
            order = sorted(self.axes(), key=lambda axis: -self.strides[axis])
        dims = merge((shape[axis], self.strides[axis]) for axis in order if shape[axis] > 1)
        return not dims or (len(dims) == 1 and dims[0][1] == 1)

    def axes(self) -> list[int]:
        """The axes that the numbers depend on."""
        return [axis for axis, stride in enumerate(self.strides) if stride]

    def over(self, n_axes: int) -> Strided:
        """The same in a space of so many axes: with more at the end, or without those there."""
        strides = (*self.strides, *(0,) * n_axes)[:n_axes]
        return Strided(self.memory, self.offset, strides)


def merge(dims: Iterable[Dim]) -> list[Dim]:
    """Dimensions from the outside in, where two that all arrays go through as one become one.

    >>> merge([(2, 16), (3, 4), (4, 1)])
    [(2, 16), (12, 1)]
    """
    merged: list[Dim] = []
    for dim in dims:
        if merged and all(
            outer == inner * dim[0] for outer, inner in zip(merged[-1][1:], dim[1:], strict=True)
        ):
            dim = (merged.pop()[0] * dim[0], *dim[1:])
        merged.append(dim)
    return merged


def aligned(size: int, dtype: type = np.float64) -> Array:
    """So many zeros, from the start of a cache line: vector instructions like that."""
    raw = np.zeros(size * 8 + 64, np.uint8)
    start = -raw.ctypes.data % 64
    found: Array = raw[start : start + size * 8].view(dtype)
    return found


class Plan:
    """Calls to make, one after the other, and the memory that they work on.

    batch: how many examples there are. Spaces have the axis of the batch first, of size 1 where
    nothing depends on the example.
    """

    def __init__(self, batch: int, memory: dict[Buffer, Array]) -> None:
        self.batch = batch
        self.calls: list[Callable[[], object]] = []
        self._memory = memory
        self._free: dict[int, list[Array]] = {}
        self._taken: list[Array] = []

    def another(self) -> Plan:
        """An empty plan on the same memory."""
        return Plan(self.batch, self._memory)

    def run(self) -> None:
        """Make the calls. The scalar program does not warn of inf and nan, so this does not."""
        with np.errstate(all="ignore"):
            for call in self.calls:
                call()

    def memory(self, buffer: Buffer) -> Array:
        """The numbers in a buffer, flat: those of the first example, of the second, and so on."""
        if buffer not in self._memory:
            examples = self.batch if buffer.batched else 1
            dtype = np.intp if buffer.role == "index" else np.float64
            memory = aligned(examples * buffer.size, dtype)
            if buffer.data is not None:
                memory[:] = np.broadcast_to(buffer.data.ravel(), (examples, buffer.size)).ravel()
            self._memory[buffer] = memory
        return self._memory[buffer]

    def view(self, view: View, shape: Shape) -> Strided:
        """What a view shows in a space of this shape, the axis of the batch in front."""
        strides = (view.buffer.size * view.buffer.batched, *view.strides)
        return strided(self.memory(view.buffer), view.offset, shape, strides)

    def constant(self, number: float, shape: Shape) -> Strided:
        """The same number everywhere."""
        return Strided(np.array([number], np.float64), 0, (0,) * len(shape))

    def room(self, shape: Shape, axes: Sequence[int], dtype: type = np.float64) -> Strided:
        """Scratch memory for numbers that depend on these axes, the first being the outermost.

        It is free again when `release` is called.
        """
        strides, size = [0] * len(shape), 1
        for axis in reversed(axes):
            strides[axis] = size if shape[axis] > 1 else 0
            size *= shape[axis]
        return Strided(self._take(size, dtype), 0, tuple(strides))

    def _take(self, size: int, dtype: Any = np.float64) -> Array:
        length = 1 << max(size - 1, 7).bit_length()
        free = self._free.setdefault(length, [])
        memory = free.pop() if free else aligned(length)
        self._taken.append(memory)
        found: Array = memory.view(dtype)[:size]
        return found

    def release(self) -> None:
        """Take back all scratch memory: what follows may write to it."""
        for memory in reversed(self._taken):
            self._free[len(memory)].append(memory)
        self._taken.clear()

    def call(self, function: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Add a call with these arguments."""
        self.calls.append(partial(function, *args, **kwargs))

    def each(self, ufunc: np.ufunc, shape: Shape, *operands: Strided) -> None:
        """Add a call of a ufunc for each index of a space; the last operand is the result."""
        if 0 in shape:
            return
        last = operands[-1]
        if not last.axes() and any(x.is_same_cell(last) for x in operands[:-1]):
            # NumPy is slow to find that a single number may be overwritten.
            result = self.room(shape, ())
            self.each(ufunc, shape, *operands[:-1], result)
            self.copy(shape, result, last)
            return
        *inputs, out = self.arrays(shape, *operands)
        if ufunc is np.multiply and _is_outer([*inputs, out]):
            column, row = sorted(inputs, key=lambda x: -x.ndim)
            self.call(np.dot, column[:, :1], row[None], out)  # BLAS takes a third of the time
        elif _is_worth_copying([*inputs, out]):
            flat = out.reshape(-1) if out.flags.c_contiguous else self._take(out.size)
            self._call_ufunc(ufunc, *(self._flat(x, out.shape) for x in inputs), flat)
            if not out.flags.c_contiguous:
                self.call(np.copyto, out, flat.reshape(out.shape))
        else:
            self._call_ufunc(ufunc, *inputs, out)

    def _call_ufunc(self, ufunc: np.ufunc, *arrays: Array) -> None:
        if ufunc in _OUT_BY_NAME:
            self.call(ufunc, *arrays[:-1], out=arrays[-1])
        else:
            self.call(ufunc, *arrays)

    def _flat(self, x: Array, shape: Shape) -> Array:
        """The same numbers in one dimension, a copy if need be; a single number is left alone."""
        if x.ndim == 0 or _is_dense(x, shape):
            return x.reshape(-1) if x.ndim else x
        copy = self._take(prod(shape), x.dtype)
        self.call(np.copyto, copy.reshape(shape), x)
        return copy

    def copy(self, shape: Shape, source: Strided, target: Strided) -> None:
        """Add a call that copies the numbers of a space."""
        if 0 not in shape:
            source_array, target_array = self.arrays(shape, source, target)
            self.call(np.copyto, target_array, source_array)

    def put_where(self, shape: Shape, target: Strided, number: float, where: Strided) -> None:
        """Add a call that writes one number where there is True."""
        if 0 not in shape:
            mask, array = self.arrays(shape, where, target)
            if mask.shape == array.shape and array.flags.c_contiguous:
                self.call(np.putmask, array, mask, np.array(number))  # in half the time
            else:
                self.call(np.copyto, array, np.array(number), where=mask)

    def arrays(self, shape: Shape, *operands: Strided) -> list[Array]:
        """The operands as arrays of as few dimensions as possible, to be broadcast together.

        NumPy is fastest, by far for small arrays, where one dimension is all that there is.
        """
        dims = [
            (n, *(x.strides[axis] for x in operands))
            for axis, n in enumerate(shape)
            if any(x.strides[axis] for x in operands)
        ]
        dims.sort(key=lambda dim: [-abs(stride) for stride in reversed(dim[1:])])
        dims = merge(dims)
        found = []
        for which, operand in enumerate(operands, start=1):
            own = [(dim[0], dim[which]) for dim in dims]
            # The last is the result. In others, dimensions in front that say nothing are not there.
            while which < len(operands) and own and own[0][1] == 0:
                del own[0]
            found.append(operand.array(own))
        return found


def _is_outer(arrays: list[Array]) -> bool:
    """Whether it is every number of one vector times every number of another."""
    x, y, out = arrays
    column, row = (x, y) if x.ndim == 2 else (y, x)
    return (
        out.ndim == column.ndim == 2
        and row.ndim == 1
        and column.strides[1] == 0
        and bool(out.flags.c_contiguous)
    )


def _is_dense(x: Array, shape: Shape) -> bool:
    return x.shape == shape and bool(x.flags.c_contiguous)


def _is_worth_copying(arrays: list[Array]) -> bool:
    """Whether it is faster to bring all into one dimension: a copy costs a quarter of a loop."""
    shape = arrays[-1].shape
    copies = sum(x.ndim > 0 and not _is_dense(x, shape) for x in arrays)
    size = prod(shape)
    return 0 < copies <= 2 and size <= MOST_TO_COPY and size // shape[-1] <= MOST_ROWS_TO_COPY


def strided(memory: Array, offset: int, shape: Shape, strides: tuple[int, ...]) -> Strided:
    """The numbers at these strides in a space of this shape."""
    moving = tuple(s if n > 1 else 0 for n, s in zip(shape, strides, strict=True))
    return Strided(memory, offset, moving)


def size_along(shape: Shape, axes: Iterable[int]) -> int:
    """How many indices there are along these axes."""
    return prod(shape[axis] for axis in axes)
