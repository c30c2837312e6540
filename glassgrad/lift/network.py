"""A network lifted for many rows, and the loss of its outputs; both compared with eager numbers.

Everything here raises NotLifted where arrays would not, or might not, compute what the network and
the loss compute.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.data import Dataset
from glassgrad.eager import Loss, Metric, Model, is_list, measure, outputs_of
from glassgrad.engine import NotLifted
from glassgrad.lift import Program, lift
from glassgrad.lift.notices import BakedIn
from glassgrad.losses import absolute_error, cross_entropy, hinge, logistic, squared_error
from glassgrad.metrics import accuracy, r2
from glassgrad.value import Value, no_grad
from glassgrad.watch import Watch

Floats = NDArray[np.float64]

TOLERANCE = 1e-9  # of lifted numbers against eager ones, as a part of the largest among them
COMPARED = 8  # examples, spread over the data, before anything is learned

# The losses that are a mean over examples, so that the graph of one example does; and for those of
# classes which labels they take.
LABELS = {
    squared_error: None,
    absolute_error: None,
    hinge: (-1, 0, 1),
    logistic: (0, 1),
    cross_entropy: None,
}


class LiftedModel:
    """A network's outputs for many rows at once."""

    def __init__(
        self,
        model: Model,
        inputs: Sequence[Any],
        watch: Watch,
        parameters: Sequence[Value] | None = None,
    ) -> None:
        self.model = model
        self.kind: type | None = None  # of its outputs for a row: list or tuple; None for a Value
        if parameters is None:
            parameters = model.parameters() if hasattr(model, "parameters") else []
        self.parameters = list(dict.fromkeys(parameters))
        self.program = lift(self.outputs, wrt=self.parameters)
        some = [inputs[i] for i in spread(len(inputs))]
        numbers = traced(self.program, lambda: self(None, as_array(some)))
        if changed := watch.changed():
            raise NotLifted(changed)
        self._check_asks_nothing(some[0])
        self.compare(some, numbers)

    def __call__(self, theta: Floats | None, rows: Floats) -> Floats:
        """An output for each row, or a row of them."""
        return np.asarray(self.program.forward(theta, rows))

    def values(self, outputs: Floats) -> list[Any]:
        """Such outputs in the form in which the network gives them."""
        if self.kind is None:
            return [Value(y) for y in outputs.tolist()]
        return [self.kind(map(Value, row)) for row in outputs.tolist()]

    def outputs(self, x: Any) -> Any:
        """Those for one row, while the graph is built."""
        (out,) = outputs_of(self.model, [x])
        self.kind = type(out) if is_list(out) else None
        if self.kind not in (None, list, tuple):
            raise NotLifted(f"its outputs are a {type(out).__name__}")
        return list(out) if is_list(out) else out

    def compare(self, rows: Sequence[Any], numbers: Floats) -> None:
        """Raise NotLifted unless these are the outputs that the network has for the rows now."""
        with no_grad():
            outputs = outputs_of(self.model, rows)
        wanted = [[y.data for y in out] if is_list(out) else out.data for out in outputs]
        check_same("outputs", numbers, wanted)

    def _check_asks_nothing(self, row: Sequence[float]) -> None:
        """Raise NotLifted where the network goes by `if x:` or `x == 1` of an input.

        A Value, which stands for it in the graph, would say True and False whatever its number.
        """
        asked: list[float] = []
        with no_grad():
            outputs_of(self.model, [[_Asked(x, asked) for x in row]])
        if asked:
            raise NotLifted("it asks whether an input is 0, or equal to another number")


class _Asked(float):
    """A number that notes when somebody asks whether it is 0, or equal to another."""

    def __new__(cls, x: float, asked: list[float]) -> _Asked:
        number = super().__new__(cls, x)
        number.asked = asked
        return number

    asked: list[float]

    def __bool__(self) -> bool:
        self.asked.append(self)
        return super().__bool__()

    def __eq__(self, other: object) -> bool:
        self.asked.append(self)
        return super().__eq__(other)

    def __hash__(self) -> int:
        self.asked.append(self)
        return super().__hash__()


class LiftedLoss:
    """A loss of ours, which is lifted together with the network."""

    def __init__(self, model: LiftedModel, loss: Loss, data: Dataset) -> None:
        self.model, self.loss = model, loss
        self.columns: dict[int, tuple[Dataset, Floats, NDArray[Any]]] = {}
        self.program = lift(lambda x, t: loss(model.outputs(x), t), wrt=model.parameters)
        rows = spread(len(data))
        traced(self.program, lambda: self.gradients(None, data, rows))

    def gradients(
        self, theta: Floats | None, data: Dataset, places: Sequence[int]
    ) -> tuple[float, Floats]:
        """The loss of these examples, and its slope along each parameter."""
        inputs, targets = self.columns_of(data)
        value, gradient = self.program.value_and_grad(theta, inputs[places], targets[places])
        return float(value), gradient

    def measure(self, data: Dataset, metric: Metric | None) -> tuple[float, float | None]:
        """The loss over all of a data set, and the metric."""
        inputs, targets = self.columns_of(data)
        value = float(self.program(None, inputs, targets))
        if metric is None:
            return value, None
        outputs = self.model(None, inputs)
        plain = metric in (accuracy, r2)
        shown = outputs.tolist() if plain else self.model.values(outputs)
        return value, float(metric(shown, data.targets))

    def columns_of(self, data: Dataset) -> tuple[Floats, NDArray[Any]]:
        """Inputs and targets of a data set as arrays, which are kept in `columns`."""
        if id(data) not in self.columns:  # which stays valid, as the data set is kept
            inputs, targets = as_array(data.inputs), self._targets(data)
            self.columns[id(data)] = data, inputs, targets
        return self.columns[id(data)][1:]

    def _targets(self, data: Dataset) -> NDArray[Any]:
        """The targets, where the loss takes them; else it shall say itself what is wrong."""
        targets, allowed = as_array(data.targets), LABELS[self.loss]
        if self.loss is cross_entropy:
            labels = np.array(data.targets)
            if labels.dtype.kind not in "iub":
                raise NotLifted("a class is a whole number")
            return labels.astype(np.intp)
        if allowed and not np.isin(targets, allowed).all():
            raise NotLifted(f"the labels for {self.loss.__name__} are others")
        return np.where(targets == 0, -1.0, targets) if self.loss is hinge else targets


class EagerLoss:
    """A loss of somebody's own: it gets Values, and the network is lifted up to these.

    It may look at the parameters too, as one with `l2` in it does.
    """

    def __init__(self, model: LiftedModel, loss: Loss, data: Dataset) -> None:
        self.model, self.loss = model, loss
        self.columns: dict[int, tuple[Dataset, Floats]] = {}
        self.pull = lift(self._weighted, wrt=model.parameters)
        some = self.columns_of(data)[0][spread(len(data))]
        seeds = model(None, some)
        traced(self.pull, lambda: self.pull.value_and_grad(None, some, seeds))

    def gradients(
        self, theta: Floats | None, data: Dataset, places: Sequence[int]
    ) -> tuple[float, Floats]:
        """The loss of these examples, and its slope along each parameter."""
        columns, targets = self.columns_of(data)
        inputs, parameters = columns[places], self.model.parameters
        outputs = self.model.values(self.model(theta, inputs))
        if theta is not None:
            for parameter, number in zip(parameters, theta.tolist(), strict=True):
                parameter.data = number
        for parameter in parameters:
            parameter.grad = 0.0
        value = self.loss(outputs, [targets[i] for i in places])
        if not isinstance(value, Value):
            return nan, np.zeros(len(parameters))
        value.backward()
        seeds = [[y.grad for y in out] if is_list(out) else out.grad for out in outputs]
        _, gradient = self.pull.value_and_grad(theta, inputs, np.array(seeds))  # the mean of all
        direct = np.array([parameter.grad for parameter in parameters])
        return value.data, gradient * len(places) + direct

    def measure(self, data: Dataset, metric: Metric | None) -> tuple[float, float | None]:
        """The loss over all of a data set, and the metric."""
        outputs = self.model.values(self.model(None, self.columns_of(data)[0]))
        return measure(outputs, data, self.loss, metric)

    def _weighted(self, x: Any, seeds: Any) -> Value:
        """The sum of the outputs times numbers, whose slopes these numbers so are."""
        out = self.model.outputs(x)
        if not is_list(out):
            single: Value = out * seeds
            return single
        terms = [y * seed for y, seed in zip(out, seeds, strict=True)]
        return sum(terms, start=Value(0.0))

    def columns_of(self, data: Dataset) -> tuple[Floats, Sequence[Any]]:
        """Inputs and targets of a data set, the former as an array, which is kept in `columns`."""
        if id(data) not in self.columns:
            self.columns[id(data)] = data, as_array(data.inputs)
        return self.columns[id(data)][1], data.targets


def traced(program: Program, run: Callable[[], Any]) -> Any:
    """What the first run gives, in which the graph is built; nothing may be frozen in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BakedIn)
            found = run()
    except NotLifted:
        raise
    except Exception as error:
        first_line = str(error).partition("\n")[0]
        raise NotLifted(f"{type(error).__name__}: {first_line}") from error
    frozen = [notice for notice in program.notices if notice.frozen]
    if frozen:
        first = frozen[0]
        place = f"line {first.line} of {Path(first.file).name}"
        raise NotLifted(f"{place} would be frozen: {first.source}")
    return found


def as_array(numbers: Any) -> Floats:
    """Numbers, or rows of them, as an array; nothing that is more than a number may be among them.

    >>> as_array([[1, 2.5]])
    array([[1. , 2.5]])
    """
    found = np.array(numbers)
    if found.dtype.kind not in "fiub":
        raise NotLifted("the data are not plain numbers")
    return found.astype(np.float64)


def spread(n: int) -> list[int]:
    """A few places among n, from the first to the last.

    >>> spread(3), spread(100)
    ([0, 1, 2], [0, 14, 28, 42, 57, 71, 85, 99])
    """
    count = min(n, COMPARED)
    return [round(k * (n - 1) / max(1, count - 1)) for k in range(count)]


def check_same(what: str, lifted: Any, eager: Any) -> None:
    """Raise NotLifted unless numbers agree."""
    found, wanted = np.asarray(lifted), np.asarray(eager)
    near = TOLERANCE * np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
    if found.shape != wanted.shape or not np.allclose(found, wanted, 0.0, near, equal_nan=True):
        raise NotLifted(f"its {what} are not those of the graph that was lifted")
