"""What goes into lifting besides the graph, and where a number of the graph went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glassgrad.lift.ir import Shape
from glassgrad.value import Value


@dataclass(eq=False)
class Argument:
    """An array that a program takes: the leaves that stand for its numbers in one example.

    name: a Python identifier. shape: of one example; () for a single number.
    role: "input" for numbers, "index" for whole numbers that choose rows of a table.
    batched: whether it comes with one example after another along its first axis.
    values: the leaves in row-major order.
    """

    name: str
    shape: Shape
    role: Literal["input", "index"]
    batched: bool
    values: list[Value]


@dataclass(frozen=True)
class Place:
    """Where a number of the scalar program is in the array program.

    name: of the buffer. index: in one example of it, () for a single number.
    part: whether the number only went into the one that is there, as a part of its formula.
    """

    name: str
    index: tuple[int, ...]
    part: bool = False
