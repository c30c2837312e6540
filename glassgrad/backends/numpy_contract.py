"""Sums of products as matrix products.

The axes of a product of two factors are of four kinds: the rows that only the first depends on, the
columns that only the second depends on, the steps of the sum, and the batch, which both depend on
and which stays. Each kind becomes one dimension, if memory allows; where it does not, the numbers
are copied so that it does. A plain sum is a product with ones: that is faster than adding up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from glassgrad.backends.numpy_plan import Plan, Strided, merge, size_along
from glassgrad.lift.ir import Shape

Axes = tuple[int, ...]


def contract(
    plan: Plan,
    shape: Shape,
    summed: set[int],
    factors: list[Strided],
    coefficient: float,
    out: Strided | None,
) -> Strided:
    """Multiply factors and sum over some axes of their space, none of them empty: where it is.

    out: where it is to be, with stride 0 along the summed axes; None for anywhere.
    """
    still = [x for x in factors if summed.isdisjoint(x.axes())]
    moving = [x for x in factors if not summed.isdisjoint(x.axes())]
    used = {axis for x in moving for axis in x.axes()}
    coefficient *= size_along(shape, summed - used)  # along these, all numbers are the same
    kept = tuple(1 if axis in summed else n for axis, n in enumerate(shape))
    if moving:
        if coefficient != 1.0 and len(moving) == 1:
            moving.append(_weights(shape, summed & used, moving[0], coefficient))
            coefficient = 1.0
        elif coefficient != 1.0 and not still:
            coefficient = _scale_factor(plan, shape, moving, coefficient, kept, out)
        to = out if coefficient == 1.0 and not still else None
        result = _sum_of_product(plan, shape, summed & used, moving, to)
        if coefficient != 1.0:
            still.append(plan.constant(coefficient, shape))
    else:
        result = plan.constant(coefficient, shape)
    for number, factor in enumerate(still, start=1):
        last = number == len(still)
        to = out if last and out is not None else room_for(plan, kept, [result, factor])
        plan.each(np.multiply, kept, result, factor, to)
        result = to
    if out is not None and result is not out:
        plan.copy(kept, result, out)
        return out
    return result


def _scale_factor(
    plan: Plan,
    shape: Shape,
    factors: list[Strided],
    coefficient: float,
    kept: Shape,
    out: Strided | None,
) -> float:
    """Put the coefficient into the smallest factor, if the result is larger: what is left of it."""
    sizes = [_size(shape, x) if x.is_dense(shape) else math.inf for x in factors]
    number = sizes.index(min(sizes))
    largest = size_along(kept, range(len(kept)))
    if sizes[number] > largest and (out is None or out.is_dense(kept)):
        return coefficient
    factor = factors[number]
    scaled = plan.room(shape, sorted(factor.axes(), key=lambda axis: -abs(factor.strides[axis])))
    plan.each(np.multiply, shape, factor, plan.constant(coefficient, shape), scaled)
    factors[number] = scaled
    return 1.0


def room_for(plan: Plan, shape: Shape, inputs: Sequence[Strided]) -> Strided:
    """Scratch memory for a result that depends on what any of the inputs depends on."""
    axes = {axis for x in inputs for axis in x.axes()}
    return plan.room(shape, sorted(axes))


def _sum_of_product(
    plan: Plan, shape: Shape, summed: set[int], factors: list[Strided], out: Strided | None
) -> Strided:
    """The same for factors that all depend on a summed axis."""
    factors = list(factors)
    while len(factors) > 2:
        # Multiply the two that give the smallest product.
        pairs = combinations(range(len(factors)), 2)
        i, j = min(pairs, key=lambda pair: _size(shape, factors[pair[0]], factors[pair[1]]))
        result = room_for(plan, shape, [factors[i], factors[j]])
        plan.each(np.multiply, shape, factors[i], factors[j], result)
        factors = [x for number, x in enumerate(factors) if number not in (i, j)]
        factors.append(result)
    if len(factors) == 2:
        # What only one of the two depends on can be summed first.
        for which in (0, 1):
            alone = (summed & set(factors[which].axes())) - set(factors[1 - which].axes())
            if alone:
                factors[which] = _product(plan, shape, alone, [factors[which]], None)
                summed = summed - alone
        if not summed:
            result = out or room_for(plan, shape, factors)
            plan.each(np.multiply, shape, *factors, result)
            return result
    return _product(plan, shape, summed, factors, out)


def _weights(shape: Shape, summed: set[int], of: Strided, number: float) -> Strided:
    """The same number for each step of the sum, in the order in which `of` lies in memory."""
    steps = sorted(summed & set(of.axes()), key=lambda axis: -abs(of.strides[axis]))
    strides, size = [0] * len(shape), 1
    for axis in reversed(steps):
        strides[axis] = size
        size *= shape[axis]
    return Strided(np.full(size, number), 0, tuple(strides))


def _size(shape: Shape, *factors: Strided) -> int:
    return size_along(shape, {axis for x in factors for axis in x.axes()})


@dataclass
class _Layout:
    """An order for the axes of each kind, and which arrays have to be copied for it."""

    batch: Axes
    rows: Axes
    columns: Axes
    steps: Axes
    copy_left: bool
    copy_right: bool
    copy_out: bool
    cost: int


def _product(
    plan: Plan, shape: Shape, summed: set[int], factors: list[Strided], out: Strided | None
) -> Strided:
    """The sum of a product of two factors, or of one, as a matrix product."""
    left, right = factors[0], factors[-1]
    if len(factors) == 1:
        right = _weights(shape, summed, left, 1.0)
    in_left, in_right = set(left.axes()), set(right.axes())
    batch = (in_left & in_right) - summed
    rows, columns = in_left - in_right - summed, in_right - in_left - summed
    kept = [axis for axis in range(len(shape)) if axis in batch | rows | columns]
    target = out
    if out is None or set(out.axes()) != set(kept):  # then it is copied along other axes, too
        target = plan.room(shape, kept)
    assert target is not None
    if _finest(target, columns) > _finest(target, rows):
        # Its rows are to lie one after the other.
        left, right, rows, columns = right, left, columns, rows
    layouts = _layouts(
        shape, left, right, target, batch, rows, columns, in_left & in_right & summed
    )
    layout = min(layouts, key=lambda layout: layout.cost)
    if layout.copy_left:
        left = _copied(plan, shape, left, layout.batch + layout.rows + layout.steps)
    if layout.copy_right:
        right = _copied(plan, shape, right, layout.batch + layout.steps + layout.columns)
    result = target
    if layout.copy_out:
        result = plan.room(shape, layout.batch + layout.rows + layout.columns)
    _multiply(plan, shape, layout, left, right, result)
    if out is not None and result is not out:
        plan.copy(shape, result, out)
        return out
    return result


def _finest(x: Strided, axes: set[int]) -> float:
    """The smallest step in memory along these axes."""
    return min((abs(x.strides[axis]) for axis in axes), default=math.inf)


def _copied(plan: Plan, shape: Shape, source: Strided, axes: Axes) -> Strided:
    to = plan.room(shape, axes)
    plan.copy(shape, source, to)
    return to


def _layouts(
    shape: Shape,
    left: Strided,
    right: Strided,
    out: Strided,
    batch: set[int],
    rows: set[int],
    columns: set[int],
    steps: set[int],
) -> Iterator[_Layout]:
    """The orders in which the axes lie in memory, with what copying would cost for each."""
    orders = product(
        _orders(batch, out, left, right),
        _orders(rows, out, left),
        _orders(columns, out, right),
        _orders(steps, left, right),
    )
    for b, r, c, s in orders:
        copies = (
            not _is_matrix(shape, left, r, s),
            not _is_matrix(shape, right, s, c),
            # np.dot wants no gap between the rows of its result.
            not (_is_matrix(shape, out, r, c) and (b or out.is_dense(shape, r + c))),
        )
        sizes = (_size(shape, left), _size(shape, right), _size(shape, out))
        # A copy also costs a call.
        cost = sum(400 + size for copy, size in zip(copies, sizes, strict=True) if copy)
        yield _Layout(b, r, c, s, *copies, cost)


def _orders(axes: set[int], *arrays: Strided) -> list[Axes]:
    """The orders, from the outside in, in which these axes lie in each of the arrays."""
    orders = [tuple(sorted(axes, key=lambda axis: (-abs(x.strides[axis]), axis))) for x in arrays]
    return list(dict.fromkeys(orders))


def _dims(shape: Shape, x: Strided, axes: Axes) -> list[tuple[int, int]]:
    merged = merge((shape[axis], x.strides[axis]) for axis in axes)
    return [(n, stride) for n, stride in merged]


def _is_matrix(shape: Shape, x: Strided, rows: Axes, columns: Axes) -> bool:
    """Whether BLAS takes the numbers as matrices: one dimension dense, the other apart."""
    row_dims, column_dims = _dims(shape, x, rows), _dims(shape, x, columns)
    if len(row_dims) > 1 or len(column_dims) > 1:
        return False
    if not row_dims or not column_dims:
        return all(stride > 0 for _, stride in row_dims + column_dims)
    (n, down), (m, across) = row_dims[0], column_dims[0]
    return (across == 1 and down >= m) or (down == 1 and across >= n)


def _multiply(
    plan: Plan, shape: Shape, layout: _Layout, left: Strided, right: Strided, out: Strided
) -> None:
    """The call: np.dot has the least overhead, np.matmul is for several products at once."""
    batch = merge(
        (shape[axis], left.strides[axis], right.strides[axis], out.strides[axis])
        for axis in layout.batch
    )
    operands = []
    for which, (x, *matrix) in enumerate(
        [
            (left, layout.rows, layout.steps),
            (right, layout.steps, layout.columns),
            (out, layout.rows, layout.columns),
        ],
        start=1,
    ):
        dims = [(dim[0], dim[which]) for dim in batch]
        for axes in matrix:
            # Among several products, a vector is a matrix with one row or column.
            dims += _dims(shape, x, axes) or ([(1, 0)] if batch else [])
        operands.append(x.array(dims))
    plan.call(np.matmul if batch else np.dot, *operands)
