"""Functions of floats that follow IEEE 754 to the end: inf and nan, never an exception.

Python raises where the standard has an answer (`math.exp(1000)`, `math.log(0)`, `0.0 ** -1`), or
leaves the real numbers (`(-8) ** (1 / 3)`). These give what NumPy and PyTorch give.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from glassgrad.errors import not_a_number

SQRT_HALF: float = math.sqrt(0.5)


def exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def log(x: float) -> float:
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def sqrt(x: float) -> float:
    return math.nan if x < 0 else math.sqrt(x)


def sin(x: float) -> float:
    return math.nan if math.isinf(x) else math.sin(x)


def cos(x: float) -> float:
    return math.nan if math.isinf(x) else math.cos(x)


def power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        odd = y % 2 == 1
        return -math.inf if x < 0 and odd else math.inf
    except ValueError:
        if x != 0:
            return math.nan  # a root of a negative number
        odd = y % 2 == 1
        return math.copysign(math.inf, x) if odd else math.inf


def sigmoid(x: float) -> float:
    # The exponential is taken of a negative number only: it can vanish but not overflow.
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1.0 + e)


def softplus(x: float) -> float:
    return relu(x) + math.log1p(math.exp(-abs(x)))


def gelu(x: float) -> float:
    return 0.0 if x == -math.inf else x * 0.5 * math.erfc(-x * SQRT_HALF)


def relu(x: float) -> float:
    return 0.0 if x <= 0 else x  # in this order a nan stays nan


def maximum(x: float, y: float) -> float:
    return x if x >= y or math.isnan(x) else y


def minimum(x: float, y: float) -> float:
    return x if x <= y or math.isnan(x) else y


def sign(x: float) -> float:
    return x if x == 0 or math.isnan(x) else math.copysign(1.0, x)


def step(x: float) -> float:
    return x if math.isnan(x) else float(x > 0)


def greater(x: float, y: float) -> float:
    if math.isnan(x) or math.isnan(y):
        return math.nan
    return 0.5 if x == y else float(x > y)


def mask(x: float, y: float) -> float:
    return y if x != 0 else 0.0


def unless(x: float, y: float) -> float:
    return y if x == 0 else 0.0


def as_float(data: Any) -> float:
    """`data` as a float, or a TypeError that says what to write instead."""
    if getattr(data, "ndim", None) == 0:
        data = data.item()  # a NumPy scalar, or an array that is a single number
    if not isinstance(data, Real):
        raise not_a_number(data)
    number: Any = data
    try:
        return float(number)
    except OverflowError:  # an int that is too large for a float
        return math.inf if number > 0 else -math.inf
