"""Where a result goes: the axes of a target, in the order in which they lie in its array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import Compute, Shape, View, cells, row_major
from glassgrad.lift.text.parts import dims_of
from glassgrad.lift.text.sums import Order
from glassgrad.lift.text.views import BATCH, Dim


@dataclass(frozen=True)
class Target:
    """Where a result goes.

    order: the axes of the text that is to be stored. loops: axes to go through one by one, because
    along them cells are shown twice. summed: axes along which the target stands still.
    """

    view: View
    shape: Shape
    order: Order
    loops: Order
    summed: frozenset[int]

    @property
    def counts(self) -> list[int]:
        """How long the axes are, without the batch."""
        return [self.shape[axis] for axis in self.order if axis != BATCH]

    @property
    def is_whole(self) -> bool:
        """Whether the axes in their order show the buffer from its first to its last cell."""
        strides = [self.view.strides[a] for a in self.order if a != BATCH and self.shape[a] > 1]
        long = tuple(count for count in self.counts if count > 1)
        return (
            not self.loops
            and prod(long) == self.view.buffer.size
            and tuple(strides) == row_major(long)
        )

    def missing(self, present: set[int]) -> Order:
        """The axes that something with the others lacks."""
        return [
            axis
            for axis in self.order
            if axis not in present and (axis == BATCH or self.shape[axis] > 1)
        ]

    def dims(self, batched: bool, order: Order | None = None) -> list[Dim | int | None]:
        """The axes of the target; those gone through in loops have a variable.

        order: other axes, of which those that are not in the target have length 1.
        """
        dims: list[Dim | int | None] = []
        for axis in self.order if order is None else order:
            if axis == BATCH:
                dims += [BATCH] if batched else [None] if order is not None else []
            elif axis in self.order and self.shape[axis] > 1 and self.view.strides[axis]:
                loop = variable(self.loops.index(axis)) if axis in self.loops else ""
                dims.append(Dim(self.shape[axis], self.view.strides[axis], loop))
            else:
                dims.append(None)
        return dims if batched else without_leading(dims)

    def holes(self) -> NDArray[np.bool_] | None:
        """Where in its index space the target has holes; None if nowhere."""
        mask = self.view.buffer.mask
        if mask is None or mask.all():
            return None
        found = ~mask.ravel()[cells(self.view, self.shape)]
        return found if found.any() else None

    def at_once(self) -> Target:
        """The same without loops."""
        return replace(self, loops=[])


def aim_at(
    target: View, shape: Shape, loops: Sequence[int] = (), views: Sequence[View] = ()
) -> Target:
    """How a target is written to. views: what is read at the same index, if it is."""
    moving = [a for a, count in enumerate(shape) if count > 1 and target.strides[a]]
    summed = frozenset(a for a, count in enumerate(shape) if count > 1 and not target.strides[a])
    order = sorted(moving, key=lambda axis: (axis in loops, -abs(target.strides[axis])))
    inner = [axis for axis in order if axis in loops]
    buffer = target.buffer
    everything = list(range(len(shape)))
    in_shape = shape == buffer.shape and order == moving and not summed
    if in_shape and (shape[:1] != (1,) or any(_is_whole(view, shape) for view in views)):
        order = everything
    return Target(target, shape, [BATCH] * buffer.batched + order, inner, summed)


def _is_whole(view: View, shape: Shape) -> bool:
    if view.buffer.shape != shape or view.buffer.role == "constant":
        return False
    return all(
        s == r or n == 1 for s, r, n in zip(view.strides, row_major(shape), shape, strict=True)
    )


def axes_one_by_one(compute: Compute) -> Order:
    """The axes to go through one by one, so that the others show no cell twice."""
    target = compute.target
    dims = dims_of(target, compute.shape)
    moving = [a for a, count in enumerate(compute.shape) if count > 1 and target.strides[a]]
    reach = 0
    for dim in sorted(dims, key=lambda dim: abs(dim.stride)):
        if abs(dim.stride) <= reach:
            break
        reach += abs(dim.stride) * (dim.count - 1)
    else:
        return []
    for many in range(len(moving) + 1):
        chosen = sorted(
            combinations(moving, many), key=lambda axes: prod(compute.shape[a] for a in axes)
        )
        for axes in chosen:
            rest = [axis for axis in moving if axis not in axes]
            view = View(target.buffer, 0, tuple(target.strides[axis] for axis in rest))
            seen = cells(view, tuple(compute.shape[axis] for axis in rest))
            if np.unique(seen).size == seen.size:
                return list(axes)
    return moving


def dim_of(view: View, axis: int, counts: Mapping[int, int]) -> Dim | int | None:
    """One axis of a view, as its text needs it."""
    if axis == BATCH:
        return BATCH if view.buffer.batched else None
    stride = view.strides[axis]
    return Dim(counts[axis], stride) if stride and counts[axis] > 1 else None


def without_leading(dims: list[Dim | int | None]) -> list[Dim | int | None]:
    """Without the axes of length 1 at the beginning: arrays broadcast there."""
    while dims and dims[0] is None:
        dims = dims[1:]
    return dims


def variable(place: int) -> str:
    """What the axis of a loop is called."""
    return "ijkmnpq"[place]
