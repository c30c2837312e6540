"""Learning by the graph itself: `step` builds it for a minibatch and goes back through it.

What it does is what every other way to learn has to do as well, to the last digits that sums in
another order may change. The loop over epochs is in `train.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, NamedTuple, Protocol

from glassgrad import train_errors as errors
from glassgrad.collector import collector_paused
from glassgrad.data import Dataset
from glassgrad.optim import Optimizer, clip_grad_norm
from glassgrad.value import Value, mode, no_grad, topological_order

Loss = Callable[[Any, Any], Value]
Metric = Callable[[Any, Any], float]


class Model(Protocol):
    """What can be trained: called with one row of inputs, it gives a Value or a list of Values.

    A list of one Value is taken for the Value in it, also where it comes to a loss or a metric.
    """

    def __call__(self, inputs: Sequence[Any], /) -> Any:
        """The outputs for one example."""

    def parameters(self) -> list[Value]:
        """The numbers that training may change."""


class Task(NamedTuple):
    """What is to be trained, on what, and how.

    watched: whether somebody is called between epochs, who may change whatever there is.
    """

    model: Model
    train: Dataset
    loss: Loss
    optimizer: Optimizer
    clip_norm: float | None = None
    watched: bool = False


class Eager:
    """Trains a network, and measures it, by the graph of each minibatch."""

    name: str = "eager"

    def __init__(self, task: Task, note: str = "") -> None:
        self.task, self.note = task, note

    def begin(self, order: Sequence[int]) -> Eager:
        """An epoch begins, in which the examples come in this order."""
        return self

    def step(self, places: Sequence[int], where: str) -> None:
        """Learn from the examples at these places."""
        model, train, loss, optimizer, clip_norm, _ = self.task
        inputs, targets = [train.inputs[i] for i in places], [train.targets[i] for i in places]
        step(model, optimizer, loss, inputs, targets, where, clip_norm)

    def end(self) -> None:
        """Somebody will look at the weights, the gradients or the optimizer."""

    def measure(self, data: Dataset, metric: Metric | None) -> tuple[float, float | None]:
        """The loss, and the metric if there is one."""
        with no_grad():
            outputs = outputs_of(self.task.model, data.inputs)
        return measure(outputs, data, self.task.loss, metric)


def step(
    model: Model,
    optimizer: Optimizer,
    loss: Loss,
    inputs: Sequence[Sequence[Any]],
    targets: Sequence[Any],
    where: str = "this step",
    clip_norm: float | None = None,
) -> float:
    """Learn from one minibatch: forward, backward, change the weights. Returns the loss before.

    clip_norm: as in `fit`.
    Raises FloatingPointError where a number is inf or nan, with a message that says `where`, and
    ValueError where the loss has nothing to do with the optimizer's parameters. Then, as in any
    error, the weights and the optimizer are as they were before.

    >>> from glassgrad import MLP, Adam, squared_error
    >>> model = MLP(1, [1], seed=0)
    >>> optimizer = Adam(model, learning_rate=0.1)
    >>> before = step(model, optimizer, squared_error, [[1.0], [2.0]], [3.0, 5.0])
    >>> step(model, optimizer, squared_error, [[1.0], [2.0]], [3.0, 5.0]) < before
    True
    """
    with collector_paused():
        optimizer.zero_grad()
        value = loss(outputs_of(model, inputs), targets)
        if not isinstance(value, Value):
            raise errors.loss_is_no_value(name_of(loss), value)
        value.backward()
        if not isfinite(value.data):
            raise errors.not_finite(f"the loss became {value.data}", where, optimizer)
        gradients = [parameter.grad for parameter in optimizer.parameters]
        for gradient in gradients:
            if not isfinite(gradient):
                raise errors.not_finite(f"a gradient became {gradient}", where, optimizer)
        if not any(gradients):
            _check_connected(model, optimizer, loss, value)
        if clip_norm is not None:
            clip_grad_norm(optimizer.parameters, clip_norm)
        change_weights(optimizer, where)
    return value.data


def outputs_of(model: Model, inputs: Sequence[Sequence[Any]]) -> list[Any]:
    """What the network gives for each row: a Value, or a list of several."""
    found = []
    for x in inputs:
        out = model(x)
        if is_list(out) and len(out) == 1:
            (out,) = out
        values = out if is_list(out) else [out]
        if not values or not all(isinstance(y, Value) for y in values):
            raise errors.no_values(out)
        found.append(out)
    return found


def _check_connected(model: Model, optimizer: Optimizer, loss: Loss, value: Value) -> None:
    """Raise the error for a loss in whose graph there is no parameter of the optimizer.

    All gradients are then 0, and training would go on without learning anything.
    """
    if not set(topological_order(value)).isdisjoint(optimizer.parameters):
        return
    if mode.paused:
        raise errors.nothing_learned_in_no_grad()
    if set(model.parameters()).isdisjoint(optimizer.parameters):
        raise errors.optimizer_of_another()
    raise errors.constant_loss(name_of(loss))


def change_weights(optimizer: Optimizer, where: str) -> None:
    """Take the optimizer's step, or none: if it fails all is put back as it was."""
    weights = [parameter.data for parameter in optimizer.parameters]
    state, steps = [dict(numbers) for numbers in optimizer.state], optimizer.steps
    try:
        optimizer.step()
        if not all(isfinite(parameter.data) for parameter in optimizer.parameters):
            raise errors.not_finite("a weight grew beyond all numbers", where, optimizer)
    except BaseException:  # also a second Ctrl-C
        for parameter, data in zip(optimizer.parameters, weights, strict=True):
            parameter.data = data
        optimizer.state, optimizer.steps = state, steps
        raise


def measure(
    outputs: Sequence[Any], data: Dataset, loss: Loss, metric: Metric | None
) -> tuple[float, float | None]:
    """The loss of a data set's outputs, and the metric if there is one."""
    with no_grad():
        value = loss(outputs, data.targets)
    if not isinstance(value, Value):
        raise errors.loss_is_no_value(name_of(loss), value)
    return value.data, None if metric is None else float(metric(outputs, data.targets))


def name_of(function: Any) -> str:
    """What a loss or a metric is called."""
    return str(getattr(function, "__name__", type(function).__name__))


def is_list(outputs: Any) -> bool:
    """Whether a network's outputs for one row are several."""
    return isinstance(outputs, (list, tuple))
