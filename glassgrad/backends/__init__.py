"""Backends: each runs a `Code` its own way and gives the same numbers as `reference.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import Buffer

Array = NDArray[np.float64]


class Runner(Protocol):
    """What a backend offers, once it has been given a `Code`."""

    def forward(self, theta: Array, inputs: Sequence[NDArray[Any]]) -> Array:
        """The roots, in order: of shape (roots,), or (batch, roots) if the Code is batched.

        theta: the flat vector of parameters. inputs: an array for each buffer of `code.inputs`,
        of its shape, after a first axis for the batch if the buffer is batched.
        """
        ...

    def backward(self, seeds: Array | float) -> Array:
        """d(sum of seeds * roots) / d(theta), after a `forward`.

        seeds: of the shape of the roots, or one number for all of them.
        """
        ...

    def read(self, buffer: Buffer) -> Array:
        """The numbers of a buffer after the last run, of the shape that an input would have."""
        ...
