"""What trains a network: the graph of each minibatch, or arrays lifted from the graph once.

`engine_for` chooses for `fit`, `outputs_by` for whoever only wants a network's outputs. The two
engines are `Eager` (eager.py) and `LiftedEngine` (lift/training.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, Protocol

from glassgrad import train_errors as errors
from glassgrad.data import Dataset
from glassgrad.eager import Eager, Metric, Model, Task, is_list, outputs_of
from glassgrad.value import mode, no_grad, topological_order
from glassgrad.watch import Watch

Backend = Literal["auto", "numpy", "eager"]

# Below this many operations in all, which take about half a second, "auto" stays eager: loading
# NumPy and lifting take as long.
WORTH_LIFTING = 500_000
FORWARD = 0.25  # of an epoch's work, is going forward alone
FEWEST_EXAMPLES = 100  # that pass, counted anew in each epoch, before one is worth lifting


class NotLifted(Exception):
    """Why a network cannot be lifted, or is not lifted, as a clause."""


class Engine(Protocol):
    """What does the work of `fit`.

    name: "eager" or "numpy". note: why it is not another one, "" if that needs no word.
    """

    name: str
    note: str

    def begin(self, order: Sequence[int]) -> Engine:
        """An epoch begins, in which the examples come in this order; gives who does its work."""

    def step(self, places: Sequence[int], where: str) -> None:
        """Learn from the examples at these places; `where` is for the messages."""

    def end(self) -> None:
        """From here on the weights, the gradients and the optimizer are looked at from outside."""

    def measure(self, data: Dataset, metric: Metric | None) -> tuple[float, float | None]:
        """The loss over a data set, and the metric if there is one."""


def engine_for(task: Task, backend: Backend, epochs: int) -> Engine:
    """The engine that is asked for; by "auto" the faster one of those that can do it."""
    if backend == "eager":
        return Eager(task)
    watch = Watch(task.model)
    try:
        _check_possible()
        if mode.paused:
            raise NotLifted("no_grad() is open")
        if backend == "auto" and not _worth_it(task.model, task.train.inputs, epochs):
            watch.rewind()
            return Eager(task)
        lifted: Engine = _lifter("training").LiftedEngine(task, watch, insist=backend == "numpy")
        return lifted
    except NotLifted as refusal:
        watch.rewind()
        if backend == "numpy":
            raise errors.not_lifted(str(refusal)) from refusal
        return Eager(task, str(refusal))


def outputs_by(backend: Backend, model: Model, inputs: Sequence[Sequence[Any]]) -> list[Any]:
    """The network's outputs for each row as `outputs_of` gives them, without their graph."""
    if backend != "eager" and len(inputs):
        watch = Watch(model)
        try:
            _check_possible()
            if backend == "numpy" or _worth_it(model, inputs, FORWARD):
                network = _lifter("network")
                rows = network.as_array(inputs)
                lifted = network.LiftedModel(model, inputs, watch)
                values: list[Any] = lifted.values(lifted(None, rows))
                return values
        except NotLifted as refusal:
            if backend == "numpy":
                raise errors.not_lifted(str(refusal)) from refusal
        watch.rewind()
    with no_grad():
        return outputs_of(model, inputs)


def _check_possible() -> None:
    """Raise NotLifted where it does not matter what the network is."""
    if find_spec("numpy") is None:
        raise NotLifted("NumPy is not installed")
    if mode.on_node is not None or mode.on_gradient is not None:
        raise NotLifted("somebody watches each operation, such as detect_anomaly()")


def _lifter(module: str) -> Any:
    """A module of the lifter, which is loaded when it is first needed, as it needs NumPy."""
    try:
        return import_module(f"glassgrad.lift.{module}")
    except ImportError as error:
        raise NotLifted(f"NumPy could not be loaded: {error}") from error


def _worth_it(model: Model, inputs: Sequence[Sequence[Any]], epochs: float) -> bool:
    """Whether there is enough to do to make up for lifting first."""
    examples = epochs * len(inputs)
    if examples < FEWEST_EXAMPLES or mode.paused:  # when there is no graph to count
        return False
    (out,) = outputs_of(model, inputs[:1])
    count = len({node for y in (out if is_list(out) else [out]) for node in topological_order(y)})
    return examples * count >= WORTH_LIFTING
