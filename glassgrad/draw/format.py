"""How numbers are written in every picture, tree and tooltip. All rounding happens here."""

from __future__ import annotations

import math
from collections.abc import Iterable


def short(x: float) -> str:
    """A number in a box: four decimals as in the lecture, an exponent where they would mislead.

    >>> short(2), short(-0.70710678), short(0.00001234), short(1234567.0), short(float("nan"))
    ('2.0000', '-0.7071', '1.234e-05', '1.235e+06', 'nan')
    """
    if x == 0 or 1e-3 <= abs(x) < 1e6:
        return f"{x + 0.0:.4f}"  # and not -0.0000
    return f"{x:.3e}" if math.isfinite(x) else str(float(x))


def plain(x: float) -> str:
    """A number in a sentence: as Python writes it where that is short, else as in a box.

    >>> plain(3), plain(-0.5), plain(0.70710678), plain(1e-12)
    ('3.0', '-0.5', '0.7071', '1e-12')
    """
    return full(x + 0.0) if len(full(x)) <= 7 else short(x)


def full(x: float) -> str:
    """A number with every digit that it has: Python reads the same number back.

    >>> full(0.1), full(3)
    ('0.1', '3.0')
    """
    return repr(float(x))


def count(n: int, noun: str = "", plural: str = "") -> str:
    """A number of things.

    >>> count(65818, "node"), count(1, "node"), count(2, "class", "classes")
    ('65,818 nodes', '1 node', '2 classes')
    """
    if not noun:
        return f"{n:,}"
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def span(numbers: Iterable[float]) -> str:
    """The smallest to the largest of some numbers, and how many are not finite.

    >>> span([0.5, -1.0, float("nan")])
    '-1.0000 … 0.5000, 1 not finite'
    """
    finite = []
    strange = 0
    for x in numbers:
        if math.isfinite(x):
            finite.append(x)
        else:
            strange += 1
    if not finite:
        return "none" if not strange else f"{count(strange)} not finite"
    low, high = short(min(finite)), short(max(finite))
    text = low if low == high else f"{low} … {high}"
    return f"{text}, {count(strange)} not finite" if strange else text


def clean(text: object) -> str:
    r"""Text without control characters and the like, which pictures and files cannot hold.

    >>> clean("a\nb"), clean("θ₁")
    ('a�b', 'θ₁')
    """
    words = str(text)
    if words.isprintable():
        return words
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def shorten(text: str, limit: int) -> str:
    """Cut a long text, with a mark where it was cut.

    >>> shorten("a long label", 8)
    'a long …'
    """
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
