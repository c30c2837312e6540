"""Numbers that go to cells that an index says, or that a view shows more than once."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from glassgrad.backends.numpy_plan import Array, Plan, Strided, merge, size_along
from glassgrad.lift.ir import Buffer, Gather, Put, Scatter, Shape, Take, View, cells

MOST_SLICES = 64  # more are not worth it: then numbers go to their cells one by one


def add_to(
    plan: Plan, shape: Shape, target: Strided, value: Strided, ufunc: np.ufunc = np.add
) -> None:
    """Add a value to what the target shows, also where it shows a cell several times."""
    axes = [axis for axis, n in enumerate(shape) if n > 1]
    loops = _to_loop_over(shape, target, axes)
    if loops is None:
        _add_to_each(plan, shape, target, value, ufunc)
        return
    rest = tuple(1 if axis in loops else n for axis, n in enumerate(shape))
    for index in product(*(range(shape[axis]) for axis in loops)):
        part, shown = (_at(x, loops, index) for x in (value, target))
        plan.each(ufunc, rest, shown, part, shown)


def _at(x: Strided, axes: tuple[int, ...], index: tuple[int, ...]) -> Strided:
    """What is left of a space when its index along some axes is given."""
    offset = sum(i * x.strides[axis] for i, axis in zip(index, axes, strict=True))
    strides = (0 if axis in axes else stride for axis, stride in enumerate(x.strides))
    return Strided(x.memory, x.offset + offset, tuple(strides))


def _to_loop_over(shape: Shape, target: Strided, axes: list[int]) -> tuple[int, ...] | None:
    """The fewest indices to go through such that, for each, the target shows no cell twice."""
    subsets = [loops for n in range(len(axes) + 1) for loops in combinations(axes, n)]
    for loops in sorted(subsets, key=lambda loops: size_along(shape, loops)):
        if size_along(shape, loops) > MOST_SLICES:
            break
        if _is_injective([(shape[a], target.strides[a]) for a in axes if a not in loops]):
            return loops
    return None


def _is_injective(dims: list[tuple[int, int]]) -> bool:
    """Whether no cell is shown twice."""
    extent = 0
    for n, stride in sorted(dims, key=lambda dim: abs(dim[1])):
        if abs(stride) <= extent:  # it may still be, as with strides 2 and 3
            return _has_no_equals(dims)
        extent += (n - 1) * abs(stride)
    return True


def _has_no_equals(dims: list[tuple[int, int]]) -> bool:
    shown = np.zeros(1, np.intp)
    for n, stride in dims:
        shown = np.add.outer(shown, np.arange(n) * abs(stride)).ravel()
    return int(np.bincount(shown).max(initial=0)) <= 1


def _add_to_each(
    plan: Plan, shape: Shape, target: Strided, value: Strided, ufunc: np.ufunc
) -> None:
    axes = tuple(range(len(shape)))
    shown = np.full(shape, target.offset)
    for axis, (n, stride) in enumerate(zip(shape, target.strides, strict=True)):
        shown += (np.arange(n) * stride).reshape(n, *[1] * (len(shape) - axis - 1))
    weights = dense(plan, shape, value, axes)
    if ufunc is np.subtract:
        minus = plan.room(shape, axes)
        plan.each(np.negative, shape, weights, minus)
        weights = minus
    if shown.size:
        first, last = int(shown.min()), int(shown.max())
        _add_at(plan, target.memory[first : last + 1], shown.ravel() - first, weights)


def dense(plan: Plan, shape: Shape, x: Strided, axes: tuple[int, ...]) -> Strided:
    """The same numbers, one after the other in this order of the axes, as often as there is one."""
    if x.is_dense(shape, axes):
        return x
    to = plan.room(shape, axes)
    plan.copy(shape, x, to)
    return to


def _add_at(plan: Plan, target: Array, where: Array, weights: Strided) -> None:
    """Add the weights, which are dense, to cells of the target."""
    numbers = weights.memory[weights.offset : weights.offset + where.size]
    if len(target) > 4 * where.size:
        plan.call(np.add.at, target, where, numbers)
    else:
        plan.call(_add_counts, target, where, numbers)


def _add_counts(target: Array, where: Array, weights: Array) -> None:
    np.add(target, np.bincount(where, weights, len(target)), target)


def holes(view: View, space: Shape) -> Array:
    """At which indices of a space, counted row by row, a view shows a hole; batch in front."""
    if view.buffer.mask is None:
        return np.zeros(0, np.intp)
    full = view.buffer.mask.ravel()[cells(view, space[1:])]
    return np.flatnonzero(~np.broadcast_to(full, space))


def clear_holes(plan: Plan, shown: View, shape: Shape) -> None:
    """Holes among the cells that were written become 0.0."""
    mask = shown.buffer.mask
    if mask is not None:
        written = np.unique(cells(shown, shape))
        zero_cells(plan, shown.buffer, written[~mask.ravel()[written]])


def zero_cells(plan: Plan, buffer: Buffer, where: Array) -> None:
    """Cells of a buffer become 0.0, in all examples."""
    memory = plan.memory(buffer)
    examples = len(memory) // max(buffer.size, 1)
    each = np.add.outer(np.arange(examples) * buffer.size, where).ravel()
    if each.size:
        plan.call(memory.__setitem__, each, 0.0)


def gather(plan: Plan, step: Gather) -> None:
    """By `take`, an example in each row."""
    source, target = step.source, step.target
    rows = plan.batch if source.batched else 1
    shape = (plan.batch if target.batched else 1, target.size)
    into = plan.memory(target)
    if rows != shape[0]:
        into = plan.room(shape, (1,)).memory
    out = into.reshape(rows, target.size)
    numbers = plan.memory(source).reshape(rows, source.size)
    # "clip" means that nothing is checked: -1 becomes 0, a number that is overwritten below.
    plan.call(numbers.take, step.index, 1, out, "clip")
    if rows != shape[0]:
        plan.call(np.copyto, plan.memory(target).reshape(shape), out)
    full = np.ones(target.size, np.bool_) if target.mask is None else target.mask.ravel()
    zero_cells(plan, target, np.flatnonzero((step.index < 0) | ~full))


def scatter(plan: Plan, step: Scatter) -> None:
    """By counting: how much falls on each cell."""
    source, target = step.source, step.target
    batched = source.batched or target.batched
    shape = (plan.batch if batched else 1, source.size)
    value = plan.view(View(source, 0, (1,)), shape)
    value = dense(plan, shape, value, (0, 1))
    # Where the index is -1 the source has a hole: 0.0 may be added anywhere.
    where = np.maximum(step.index, 0)
    examples = np.arange(shape[0]) * (target.size if target.batched else 0)
    _add_at(plan, plan.memory(target), np.add.outer(examples, where).ravel(), value)
    clear_holes(plan, View(target, 0, (1,)), (target.size,))


def take(plan: Plan, step: Take) -> None:
    """Whole rows of the table where it has them, else cell by cell."""
    shape = (plan.batch if step.target.buffer.batched else 1, *step.shape)
    target, table = plan.view(step.target, shape), plan.view(step.table, shape)
    which = plan.view(step.which, shape)
    if 0 in shape:
        return
    chosen = tuple(which.axes())
    along = tuple(sorted(table.axes(), key=lambda axis: -abs(table.strides[axis])))
    row = [(shape[axis], table.strides[axis]) for axis in along]
    rows = [(step.count, step.step), *row]
    axes = chosen + along
    whole_rows = set(chosen).isdisjoint(along) and len(merge(rows)) == 1 and merge(rows)[0][1] == 1
    if whole_rows:
        index = which.array([(shape[axis], which.strides[axis]) for axis in chosen])
        numbers = table.array(rows)
    else:
        axes = tuple(sorted({*chosen, *along}))
        index = _where(plan, shape, axes, table, which, step.step, 0)
        numbers = table.memory
    out = target
    if not target.is_dense(shape, axes) or set(target.axes()) != set(axes):
        out = plan.room(shape, axes)
    plan.call(numbers.take, index, 0, out.array([(shape[a], out.strides[a]) for a in axes]), "clip")
    if out is not target:
        plan.copy(shape, out, target)
    clear_holes(plan, step.target, step.shape)


def put(plan: Plan, step: Put) -> None:
    """Cell by cell: how much falls on each."""
    buffers = (step.target.buffer, step.upstream.buffer, step.which.buffer)
    shape = (plan.batch if any(x.batched for x in buffers) else 1, *step.shape)
    if 0 in shape:
        return
    target, which = plan.view(step.target, shape), plan.view(step.which, shape)
    axes = tuple(range(len(shape)))
    ends = [(n - 1) * stride for n, stride in zip(shape, target.strides, strict=True)]
    ends.append((step.count - 1) * step.step)
    first = target.offset + sum(min(end, 0) for end in ends)
    last = target.offset + sum(max(end, 0) for end in ends)
    index = _where(plan, shape, axes, target, which, step.step, first)
    weights = dense(plan, shape, plan.view(step.upstream, shape), axes)
    _add_at(plan, target.memory[first : last + 1], index.ravel(), weights)
    shown = View(step.target.buffer, step.target.offset, (*step.target.strides, step.step))
    clear_holes(plan, shown, (*step.shape, step.count))


def _where(
    plan: Plan,
    shape: Shape,
    axes: tuple[int, ...],
    table: Strided,
    which: Strided,
    step: int,
    first: int,
) -> Array:
    """The array of the cells that are looked up, counted from `first`; a run fills it."""
    sizes = [shape[axis] for axis in axes]
    base = np.full(sizes, table.offset - first)
    for position, axis in enumerate(axes):
        along = np.arange(shape[axis]) * table.strides[axis]
        base += along.reshape(-1, *[1] * (len(axes) - position - 1))
    found = np.zeros(sizes, np.intp)
    chosen = which.array([(shape[axis], which.strides[axis]) for axis in axes])
    plan.call(np.multiply, chosen, np.array(step), found)
    plan.call(np.add, found, base, found)
    return found
