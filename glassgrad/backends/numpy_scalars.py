"""Long rows of instructions for few numbers each: taken out of the arrays, and put back at the end.

What is done in between is in `scalars.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from glassgrad.backends.numpy_plan import Array, Plan
from glassgrad.backends.scalars import Cell, Scalars, numbers, put
from glassgrad.lift.ir import Buffer, Instruction

MANY = 64  # instructions: below, going to the arrays and back is the larger part


class Row:
    """A call that takes numbers out of arrays, computes, and puts the results back."""

    def __init__(self, plan: Plan, scalars: Scalars) -> None:
        self._scalars = scalars
        self._from = [_part(plan, scalars, x, found) for x, found in scalars.loaded.items()]
        self._to = [_part(plan, scalars, x, list(found)) for x, found in scalars.stored.items()]

    def __call__(self) -> None:
        """Make the call."""
        for memory, where, cells in self._from:
            put(cells, memory[where].tolist())
        self._scalars.run()
        for memory, where, cells in self._to:
            memory[where] = numbers(cells)


def rows(plan: Plan, instructions: Iterable[Instruction]) -> Iterator[Instruction | Row]:
    """The instructions, with a Row in place of many that follow one another."""
    waiting: list[Instruction] = []
    scalars = Scalars(plan.batch == 1)
    for instruction in instructions:
        if scalars.takes(instruction):
            waiting.append(instruction)
        else:
            yield from _finished(plan, scalars, waiting)
            yield instruction
            waiting, scalars = [], Scalars(plan.batch == 1)
    yield from _finished(plan, scalars, waiting)


def _finished(
    plan: Plan, scalars: Scalars, waiting: list[Instruction]
) -> Iterator[Instruction | Row]:
    if len(waiting) < MANY:
        yield from waiting
    else:
        yield Row(plan, scalars)


def _part(
    plan: Plan, scalars: Scalars, buffer: Buffer, offsets: list[int]
) -> tuple[Array, Any, list[Cell]]:
    """Some cells of a buffer: its memory, where they are in it, and the cells themselves."""
    cells, where = scalars.cells[buffer], sorted(offsets)
    first, last = where[0], where[-1]
    dense = last - first + 1 == len(where)
    place = slice(first, last + 1) if dense else np.array(where, np.intp)
    return plan.memory(buffer), place, [cells[offset] for offset in where]
