"""Programs of single numbers that run on any Value class: moons, digits, a GPT.

Each has its start `theta` and a `loss` from as many Values, so that all peers compute the same
numbers. They are written as learners write them, loops over lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any, Protocol

from glassgrad.data import digits as digits_table
from glassgrad.data import moons as moon_points

MOONS_SIZES = [2, 16, 16, 1]
DIGITS_SIZES = [64, 64, 32, 10]
BATCH = 32
WIDTH, HEADS, LETTERS, LONGEST = 16, 4, 27, 16
NAME = [26, 4, 12, 12, 0, 11, 14, 20, 26]  # emmalou, 26 begins and ends it: 8 places

Values = Sequence[Any]


class ScalarProgram(Protocol):
    """What is measured: a loss that is a function of parameters."""

    theta: list[float]

    def loss(self, parameters: Values) -> Any:
        """The loss as a Value, from parameters that are Values."""


class Moons:
    """micrograd's demo: 100 points one after the other, hinge loss and L2."""

    def __init__(self) -> None:
        self.theta = perceptron_start(MOONS_SIZES)
        points = moon_points(100, seed=1)
        self.points = points.inputs
        self.signs = [2.0 * label - 1.0 for label in points.targets]

    def loss(self, parameters: Values) -> Any:
        """The mean of the hinge losses, and a price on large weights."""
        scores = [
            perceptron(parameters, MOONS_SIZES, x, lambda v: v.relu())[0] for x in self.points
        ]
        losses = [(1 + -y * s).relu() for y, s in zip(self.signs, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)


class Digits:
    """A batch of digits through tanh layers, softmax cross-entropy."""

    def __init__(self) -> None:
        self.theta = perceptron_start(DIGITS_SIZES)
        self.images, self.labels = digits_data()

    def one(self, parameters: Values, image: Values) -> list[Any]:
        """A score for each digit."""
        return perceptron(parameters, DIGITS_SIZES, image, lambda v: v.tanh())

    def loss(self, parameters: Values) -> Any:
        """The loss of the first batch."""
        total: Any = 0.0
        for image, label in zip(self.images[:BATCH], self.labels[:BATCH], strict=True):
            scores = self.one(parameters, image)
            total = total + (sum(s.exp() for s in scores).log() - scores[label])
        return total / BATCH


class Name:
    """One name through a GPT: 1 layer, 16 wide, 4 heads, RMSNorm, no biases; as in microgpt."""

    shapes = (
        ("letters", LETTERS, WIDTH),
        ("places", LONGEST, WIDTH),
        ("query", WIDTH, WIDTH),
        ("key", WIDTH, WIDTH),
        ("value", WIDTH, WIDTH),
        ("out", WIDTH, WIDTH),
        ("up", 4 * WIDTH, WIDTH),
        ("down", WIDTH, 4 * WIDTH),
        ("head", LETTERS, WIDTH),
    )

    def __init__(self) -> None:
        random = Random(0)
        count = sum(rows * columns for _, rows, columns in self.shapes)
        self.theta = [random.gauss(0.0, 0.08) for _ in range(count)]

    def matrices(self, parameters: Values) -> dict[str, list[Values]]:
        """The parameters as rows of matrices."""
        found, start = {}, 0
        for name, rows, columns in self.shapes:
            ends = [start + i * columns for i in range(rows + 1)]
            found[name] = [parameters[a:b] for a, b in pairwise(ends)]
            start = ends[-1]
        return found

    def loss(self, parameters: Values) -> Any:
        """The mean over the places of -log(probability of the next letter)."""
        m = self.matrices(parameters)
        keys: list[list[Any]] = []
        values: list[list[Any]] = []
        losses = []
        for place, (token, target) in enumerate(pairwise(NAME)):
            x = [a + b for a, b in zip(m["letters"][token], m["places"][place], strict=True)]
            x = rmsnorm(x)
            normed = rmsnorm(x)
            query = linear(normed, m["query"])
            keys.append(linear(normed, m["key"]))
            values.append(linear(normed, m["value"]))
            taken = []
            for start in range(0, WIDTH, WIDTH // HEADS):
                part = range(start, start + WIDTH // HEADS)
                logits = [sum(query[j] * k[j] for j in part) / len(part) ** 0.5 for k in keys]
                weights = softmax(logits)
                for j in part:
                    pairs = zip(weights, values, strict=True)
                    taken.append(sum(weight * value[j] for weight, value in pairs))
            x = [a + b for a, b in zip(x, linear(taken, m["out"]), strict=True)]
            hidden = [h.relu() for h in linear(rmsnorm(x), m["up"])]
            x = [a + b for a, b in zip(x, linear(hidden, m["down"]), strict=True)]
            probabilities = softmax(linear(x, m["head"]))
            losses.append(-probabilities[target].log())
        return sum(losses) / len(losses)


PROGRAMS: dict[str, Callable[[], ScalarProgram]] = {"moons": Moons, "digits": Digits, "gpt": Name}


def linear(x: Values, rows: Sequence[Values]) -> list[Any]:
    """Each row times x."""
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in rows]


def softmax(logits: Values) -> list[Any]:
    """Probabilities from small logits."""
    powers = [logit.exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def rmsnorm(x: Values) -> list[Any]:
    """A vector scaled to a mean square of 1."""
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def perceptron(
    parameters: Values, sizes: Sequence[int], x: Values, activation: Callable[[Any], Any]
) -> list[Any]:
    """The last layer's outputs; the parameters of a neuron are its weights, then its bias."""
    outputs, start = list(x), 0
    for layer, (n_in, n_out) in enumerate(pairwise(sizes)):
        sums = []
        for _ in range(n_out):
            weights, bias = parameters[start : start + n_in], parameters[start + n_in]
            sums.append(sum((w * v for w, v in zip(weights, outputs, strict=True)), bias))
            start += n_in + 1
        outputs = [activation(s) for s in sums] if layer < len(sizes) - 2 else sums
    return outputs


def perceptron_start(sizes: Sequence[int]) -> list[float]:
    """Uniform weights, as far to either side of 0 as the root of the number of inputs allows."""
    random, theta = Random(0), []
    for n_in, n_out in pairwise(sizes):
        reach = n_in**-0.5
        theta += [random.uniform(-reach, reach) for _ in range((n_in + 1) * n_out)]
    return theta


def digits_data() -> tuple[list[list[float]], list[int]]:
    """1,437 images as 64 numbers from 0 to 1, and their digits; the rest is for tests."""
    table = digits_table()
    columns: list[Any] = list(table.columns.values())
    rows = [[float(x) for x in row] for row in zip(*columns, strict=True)][:1437]
    return [[x / 16 for x in row[:64]] for row in rows], [int(row[64]) for row in rows]
