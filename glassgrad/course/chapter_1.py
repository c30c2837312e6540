"""The exercises of chapter 1, what a neural network is."""

from __future__ import annotations

from random import Random
from typing import Any

from glassgrad.course.checking import compare
from glassgrad.course.exercise import Exercise


def _weighted_sum(inputs: list[float], weights: list[float], bias: float) -> float:
    return sum(x * w for x, w in zip(inputs, weights, strict=True)) + bias


def _neurons(random: Random) -> list[tuple[Any, ...]]:
    """Arguments for neurons of 1 to 5 inputs."""
    cases = []
    for size in range(1, 6):
        inputs, weights = ([random.uniform(-3, 3) for _ in range(size)] for _ in range(2))
        cases.append((inputs, weights, random.uniform(-3, 3)))
    return cases


def _check_weighted_sum(answer: Any) -> None:
    compare(
        answer,
        _weighted_sum,
        _neurons(Random()),
        why="each input is multiplied by its own weight; the products and the bias are added up",
        mistakes=[
            (
                lambda inputs, weights, bias: _weighted_sum(inputs, weights, 0.0),
                "the bias is missing: it is added once, after the products",
            ),
            (
                lambda inputs, weights, bias: _weighted_sum(inputs, weights, bias * len(inputs)),
                "the bias is added once for each input; it belongs to the neuron and comes once",
            ),
            (
                lambda inputs, weights, bias: sum(inputs) + sum(weights) + bias,
                "inputs and weights are added here; each input is multiplied by its weight",
            ),
        ],
    )


EXERCISES = [
    Exercise(
        "1.1",
        "the weighted sum",
        _check_weighted_sum,
        (
            "Go through inputs and weights side by side: zip(inputs, weights) gives the pairs.",
            "Start with total = bias, and add one product for each pair.",
            "In the loop: total = total + x * w. After it: return total.",
        ),
    ),
]
