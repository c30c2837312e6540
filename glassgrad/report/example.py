"""One row on its way through the network and back: every number of a single step of learning.

All of it happens on a copy: the network, and its gradients, stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from glassgrad.data import Dataset
from glassgrad.nn import MLP
from glassgrad.train import Loss, probabilities
from glassgrad.value import Value

MOST_UNITS = 16  # of a layer that are shown
MOST_TERMS = 16  # of a neuron's sum
MOST_CHANGES = 8  # of all parameters
NUDGE = 1e-4  # for the derivative by two more forward passes


@dataclass(frozen=True)
class Unit:
    """A number on the way and the derivative of the loss by it.

    name: the input, the class or the target; a hidden neuron has its number.
    probability: what the softmax makes of a logit.
    """

    name: str
    data: float
    grad: float
    probability: float | None = None


@dataclass(frozen=True)
class Stage:
    """The inputs (activation ""), or what one layer puts out. `more` units are not shown."""

    activation: str
    units: list[Unit]
    more: int


@dataclass(frozen=True)
class Term:
    """One product in a neuron's sum."""

    source: str
    weight: float
    data: float

    @property
    def product(self) -> float:
        """What it adds to the sum."""
        return self.weight * self.data


@dataclass(frozen=True)
class NeuronPass:
    """One neuron at work: bias + sum of terms = total, activation(total) = output.

    terms: the largest ones, largest first; the `n_rest` others add up to `rest`.
    grad: the derivative of the loss by the output; total_grad: by the total.
    """

    name: str
    terms: list[Term]
    rest: float
    n_rest: int
    bias: float
    total: float
    activation: str
    output: float
    grad: float
    total_grad: float


@dataclass(frozen=True)
class Change:
    """What the step does to one parameter: after = before - learning_rate * grad.

    layer counts from 1; source is the input of the weight, "" for a bias; path is the name in
    `named_parameters`. nudged: the derivative once more, measured by forward passes alone.
    """

    layer: int
    neuron: str
    source: str
    path: str
    before: float
    grad: float
    nudged: float
    after: float


@dataclass(frozen=True)
class Step:
    """A step of gradient descent for this one row, on a copy.

    expected_loss: where the slope alone would lead, loss - learning_rate * sum of grad ** 2.
    new_loss, new_probabilities: measured afterwards.
    """

    learning_rate: float
    parameters: int
    changes: list[Change]
    expected_loss: float
    new_loss: float
    new_probabilities: list[float]


@dataclass(frozen=True)
class Example:
    """The way of one row forward (data) and backward (grad), and the step that would follow.

    target: a class number, or the scaled value of a regression.
    """

    target: float
    stages: list[Stage]
    loss: float
    neuron: NeuronPass
    step: Step


@dataclass(frozen=True)
class Place:
    """A parameter and where it is."""

    value: Value
    layer: int
    neuron: str
    source: str
    path: str


def walk(model: MLP, loss: Loss, test: Dataset, row: int, learning_rate: float) -> Example:
    """Send one row of the test part forward and back, and take one step on a copy."""
    model = deepcopy(model)
    model.zero_grad()
    inputs, target = test.inputs[row], test.targets[row]
    names = unit_names(model, test)
    passed = [[Value(x) for x in inputs]]
    for layer in model.layers:
        passed.append(_as_list(layer(passed[-1])))
    result = loss(_as_given(passed[-1]), target)
    result.backward()

    def measure() -> float:
        return loss(model(inputs), target).data

    def shares() -> list[float]:
        return probabilities(model, [inputs])[0] if test.is_classification else []

    return Example(
        target=target,
        stages=_stages(model, names, passed, shares()),
        loss=result.data,
        neuron=_busiest_neuron(model, names, passed),
        step=_step(list(places(model, names)), result.data, learning_rate, measure, shares),
    )


def unit_names(model: MLP, data: Dataset) -> list[list[str]]:
    """What to call the inputs and the neurons of each layer."""
    hidden = [[str(i + 1) for i in range(len(layer.neurons))] for layer in model.layers[:-1]]
    return [data.feature_names, *hidden, output_names(model, data.classes, data.target_name)]


def output_names(model: MLP, classes: list[str], target: str) -> list[str]:
    """What to call the outputs: each class; of two classes with one output, the second.

    >>> output_names(MLP(2, [1]), ["no", "yes"], "rain"), output_names(MLP(2, [1]), [], "mass")
    (['yes'], ['mass'])
    """
    one_for_two = len(classes) == 2 and len(model.layers[-1].neurons) == 1
    return classes[1:] if one_for_two else classes or [target]


def places(model: MLP, names: list[list[str]]) -> Iterator[Place]:
    """Every parameter, in order, with its place."""
    for k, layer in enumerate(model.layers):
        for i, neuron in enumerate(layer.neurons):
            path, name = f"layers.{k}.neurons.{i}", names[k + 1][i]
            for j, weight in enumerate(neuron.weights):
                yield Place(weight, k + 1, name, names[k][j], f"{path}.weights.{j}")
            yield Place(neuron.bias, k + 1, name, "", f"{path}.bias")


def _stages(
    model: MLP, names: list[list[str]], passed: list[list[Value]], shares: list[float]
) -> list[Stage]:
    activations = ["", *(layer.activation for layer in model.layers)]
    stages = []
    for activation, own_names, values in zip(activations, names, passed, strict=True):
        last = shares[-len(values) :] if values is passed[-1] else []
        units = [
            Unit(name, value.data, value.grad, last[i] if last else None)
            for i, (name, value) in enumerate(zip(own_names, values, strict=True))
        ]
        strongest = sorted(range(len(units)), key=lambda i: -abs(units[i].grad))[:MOST_UNITS]
        shown = [units[i] for i in sorted(strongest)]
        stages.append(Stage(activation, shown, len(units) - len(shown)))
    return stages


def _busiest_neuron(model: MLP, names: list[list[str]], passed: list[list[Value]]) -> NeuronPass:
    """The neuron of the first layer whose sum matters most for the loss."""
    layer, inputs = model.layers[0], passed[0]
    i = max(range(len(layer.neurons)), key=lambda i: abs(layer.neurons[i].bias.grad))
    neuron, output = layer.neurons[i], passed[1][i]
    terms = [
        Term(name, weight.data, x.data)
        for name, weight, x in zip(names[0], neuron.weights, inputs, strict=True)
    ]
    terms.sort(key=lambda term: -abs(term.product))
    rest = terms[MOST_TERMS:]
    return NeuronPass(
        name=names[1][i],
        terms=terms[:MOST_TERMS],
        rest=sum(term.product for term in rest),
        n_rest=len(rest),
        bias=neuron.bias.data,
        total=neuron.bias.data + sum(term.product for term in terms),
        activation=neuron.activation,
        output=output.data,
        grad=output.grad,
        total_grad=neuron.bias.grad,  # the sum grows with the bias one to one
    )


def _step(
    known: list[Place],
    loss: float,
    rate: float,
    measure: Callable[[], float],
    shares: Callable[[], list[float]],
) -> Step:
    known.sort(key=lambda place: -abs(place.value.grad))
    changes = [_change(place, rate, measure) for place in known[:MOST_CHANGES]]
    for place in known:
        place.value.data -= rate * place.value.grad
    return Step(
        learning_rate=rate,
        parameters=len(known),
        changes=changes,
        expected_loss=loss - rate * sum(place.value.grad**2 for place in known),
        new_loss=measure(),
        new_probabilities=shares(),
    )


def _change(place: Place, rate: float, measure: Callable[[], float]) -> Change:
    value, before = place.value, place.value.data
    value.data = before + NUDGE
    above = measure()
    value.data = before - NUDGE
    below = measure()
    value.data = before
    nudged = (above - below) / (2 * NUDGE)
    after = before - rate * value.grad
    return Change(
        place.layer, place.neuron, place.source, place.path, before, value.grad, nudged, after
    )


def _as_list(outputs: Any) -> list[Value]:
    return outputs if isinstance(outputs, list) else [outputs]


def _as_given(outputs: list[Value]) -> Any:
    """A layer of one neuron gives a Value, not a list."""
    return outputs[0] if len(outputs) == 1 else outputs
