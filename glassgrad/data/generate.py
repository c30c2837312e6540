"""Small data sets made by a formula: moons, circles, blobs, spiral, xor, sine.

Each takes how many examples to make, how much noise to add and a seed; the same arguments give
the same numbers. `noise` is the standard deviation of the normal noise on each coordinate.
Classes have equally many examples (one more in the first ones where it does not come out even),
in mixed order. Real data are in shipped.py.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from random import Random

from glassgrad.data.dataset import Dataset
from glassgrad.errors import explain

Point = tuple[float, float]


def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half circles, each with its end inside the other.

    With t evenly spaced from 0 to π: upper (cos t, sin t), lower (1 - cos t, 1/2 - sin t).

    >>> moons(n=4, noise=0.0)
    Dataset 'moons': 4 examples, 2 inputs (x, y), target 'class' with 2 classes (upper, lower)
    """

    def point(label: int, i: int, count: int, _: Random) -> Point:
        t = pi * i / max(1, count - 1)
        return (cos(t), sin(t)) if label == 0 else (1 - cos(t), 0.5 - sin(t))

    return _plane("moons", point, ["upper", "lower"], n, noise, seed)


def circles(n: int = 100, noise: float = 0.05, seed: int = 0) -> Dataset:
    """A circle of radius 1 around another of radius 1/2, points evenly spaced on each.

    >>> circles(n=4, noise=0.0)
    Dataset 'circles': 4 examples, 2 inputs (x, y), target 'class' with 2 classes (outer, inner)
    """

    def point(label: int, i: int, count: int, _: Random) -> Point:
        t, radius = 2 * pi * i / count, [1.0, 0.5][label]
        return radius * cos(t), radius * sin(t)

    return _plane("circles", point, ["outer", "inner"], n, noise, seed)


def blobs(n: int = 100, noise: float = 1.0, seed: int = 0, classes: int = 3) -> Dataset:
    """Round clouds: class k lies around (5 cos t, 5 sin t) with t = 2π k / `classes`.

    Raises ValueError for fewer than two classes.

    >>> blobs(n=4, classes=2)
    Dataset 'blobs': 4 examples, 2 inputs (x, y), target 'class' with 2 classes (0, 1)
    """
    if classes < 2:
        raise ValueError(
            explain(
                f"blobs cannot have {classes} class{'es' * (classes != 1)}",
                f"blobs(classes={classes})",
                "telling classes apart takes at least two",
                "blobs(classes=3)",
            )
        )

    def point(label: int, _i: int, _count: int, _: Random) -> Point:
        t = 2 * pi * label / classes
        return 5 * cos(t), 5 * sin(t)

    return _plane("blobs", point, [str(k) for k in range(classes)], n, noise, seed)


def spiral(n: int = 100, noise: float = 0.02, seed: int = 0) -> Dataset:
    """Two arms that wind around each other, each by 1.35 turns.

    With r evenly spaced from 0.1 to 1 and t = 3π r: (r cos t, r sin t), and the same turned by π.

    >>> [ends] = [row for row, label in spiral(n=3, noise=0.0) if label == 0 and row[0] < -0.5]
    >>> [round(number, 9) for number in ends]  # r = 1, t = 3π
    [-1.0, 0.0]
    """

    def point(label: int, i: int, count: int, _: Random) -> Point:
        r = 0.1 + 0.9 * i / max(1, count - 1)
        t = 3 * pi * r + pi * label
        return r * cos(t), r * sin(t)

    return _plane("spiral", point, ["0", "1"], n, noise, seed)


def xor(n: int = 100, noise: float = 0.0, seed: int = 0) -> Dataset:
    """The square from -1 to 1; the class says whether the signs of x and y differ.

    Points are uniform in the four quarters in turn, at least 0.1 away from the axes before
    noise is added.

    >>> data = xor(n=8)
    >>> all(data.classes[label] == ("same" if x * y > 0 else "different") for (x, y), label in data)
    True
    """

    def point(label: int, i: int, _count: int, random: Random) -> Point:
        x, y = random.uniform(0.1, 1), random.uniform(0.1, 1)
        sign = 1 if i % 2 else -1
        return sign * x, sign * (y if label == 0 else -y)

    return _plane("xor", point, ["same", "different"], n, noise, seed)


def sine(n: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """A regression: y = sin x for x evenly spaced from -π to π, in order; the noise is on y.

    >>> sine(n=3, noise=0.0).inputs[1], sine(n=3, noise=0.0).targets[1]
    ([0.0], 0.0)
    """
    _check("sine", n, 2, noise)
    random = Random(seed)
    xs = [-pi + 2 * pi * i / (n - 1) for i in range(n)]
    ys = [sin(x) + random.gauss(0, noise) for x in xs]
    return Dataset([[x] for x in xs], ys, ["x"], [], target_name="sin x", name="sine")


def _plane(
    name: str,
    point: Callable[[int, int, int, Random], Point],
    classes: list[str],
    n: int,
    noise: float,
    seed: int,
) -> Dataset:
    """`n` noisy points of the plane: `point(label, i, count, random)` is the i-th of its class."""
    _check(name, n, len(classes), noise)
    random = Random(seed)
    examples: list[tuple[list[float], int]] = []
    for label in range(len(classes)):
        count = n // len(classes) + (label < n % len(classes))
        for i in range(count):
            exact = point(label, i, count, random)
            examples.append(([value + random.gauss(0, noise) for value in exact], label))
    random.shuffle(examples)
    inputs, targets = [row for row, _ in examples], [label for _, label in examples]
    return Dataset(inputs, targets, ["x", "y"], classes, target_name="class", name=name)


def _check(name: str, n: int, least: int, noise: float) -> None:
    if n < least or noise < 0:
        what = f"n is {n}" if n < least else f"noise is {noise}"
        raise ValueError(
            explain(
                f"{name}: {what}",
                f"{name}(n={n}, noise={noise})",
                f"n is how many examples to make, at least {least} here; "
                "noise is a standard deviation, 0 or more",
                f"{name}(n=100, noise=0.1)",
            )
        )
