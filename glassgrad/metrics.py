"""Metrics: how good a network's outputs are, in a number that people read, such as accuracy.

What training makes small is a loss (`losses.py`); a metric needs no gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from glassgrad.errors import explain


def accuracy(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """The share of examples whose class is the right one.

    outputs: for each example one number a class, of which the largest decides (the first of equal
    ones), or a single number that is above 0 for class 1. targets: class numbers. NumPy arrays
    will do. Raises ValueError where there is no example.

    >>> accuracy([[0.2, 1.5], [3.0, -1.0]], [1, 1])
    0.5
    >>> accuracy([2.5, -0.5, -3.0, 1.0], [1, 0, 0, 0])
    0.75
    """
    if not len(outputs):
        raise _empty("accuracy")
    pairs = zip(outputs, targets, strict=True)
    return sum(predicted_class(output) == int(target) for output, target in pairs) / len(outputs)


def predicted_class(output: Any) -> int:
    """The class that a network's output stands for, by the rule that `accuracy` states."""
    if isinstance(output, (list, tuple)) or getattr(output, "ndim", 0) > 0:
        if len(output) > 1:
            return max(range(len(output)), key=lambda k: float(output[k]))
        (output,) = output  # a list of one is like the number in it
    return int(float(output) > 0)


def r2(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """The share of the targets' variance that the outputs explain: 1 - (missed / spread).

    1 is perfect, 0 is as good as the mean of the targets, below 0 is worse. Not a number where
    all targets are the same, for then there is nothing to explain. Raises ValueError where there
    is no example.

    >>> r2([1.0, 2.0, 2.0], [1.0, 2.0, 3.0])
    0.5
    """
    if not len(targets):
        raise _empty("r2")
    wanted = [float(target) for target in targets]
    middle = math.fsum(wanted) / len(wanted)
    spread = _sum_of_squares(target - middle for target in wanted)
    missed = _sum_of_squares(
        target - float(output) for output, target in zip(outputs, wanted, strict=True)
    )
    same = min(wanted) == max(wanted)  # whose mean, rounded, may yet differ from them
    return math.nan if same or not spread else 1.0 - missed / spread


def _empty(metric: str) -> ValueError:
    return ValueError(
        explain(
            f"{metric} has no example to look at",
            f"{metric}([], [])",
            "a share of nothing is 0 / 0",
            f"{metric}([1.0, -1.0], [1, 0])",
        )
    )


def _sum_of_squares(numbers: Iterable[float]) -> float:
    try:
        return math.fsum(x * x for x in numbers)
    except OverflowError:  # from `fsum`, where + would give inf: outputs may grow without end
        return math.inf
