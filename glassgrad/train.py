"""Training: `fit` goes through the data again and again; `step` is what it does with a minibatch.

Also here: `evaluate`, `predict` and `probabilities`, for a network that has been trained. Losses,
optimisers and metrics have files of their own; what `fit` gives back is in `history.py`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil, inf, isfinite
from numbers import Integral
from random import Random
from time import perf_counter
from typing import Any, Protocol

from glassgrad.data import Dataset
from glassgrad.errors import explain
from glassgrad.history import History
from glassgrad.interrupt import CtrlC
from glassgrad.losses import cross_entropy, logistic, squared_error
from glassgrad.metrics import accuracy, r2
from glassgrad.nn import softmax
from glassgrad.optim import Adam, Optimizer, Schedule
from glassgrad.progress import Bar
from glassgrad.value import Value, no_grad

Loss = Callable[[Any, Any], Value]
Metric = Callable[[Any, Any], float]
LEARNING_RATE = 0.01


class Model(Protocol):
    """What can be trained: called with one row of inputs, it gives a Value or a list of Values."""

    def __call__(self, inputs: Sequence[Any], /) -> Any:
        """The outputs for one example."""

    def parameters(self) -> list[Value]:
        """The numbers that training may change."""


Callback = Callable[[Any, History], Any]


def fit(
    model: Model,
    train: Dataset,
    validation: Dataset | None = None,
    *,
    loss: Loss | None = None,
    metric: Metric | None = None,
    optimizer: Optimizer | None = None,
    learning_rate: float | Schedule | None = None,
    epochs: int = 50,
    batch_size: int = 16,
    seed: int = 0,
    patience: int | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a network: in each epoch all examples, shuffled, in minibatches, one step for each.

    loss: a function of the outputs of a batch and their targets that gives a Value. By default
    `cross_entropy` for k classes and k outputs, `logistic` for 2 classes and 1 output, and
    `squared_error` for a regression; all of them take outputs without an activation.
    metric: a function of the same that gives a number; by default `accuracy` for classes, `r2` for
    a regression, and none beside a loss that you name.
    optimizer: by default Adam, with `learning_rate` (0.01); a schedule, that is a function of the
    epoch from 0, sets it anew for each epoch.
    seed: of the shuffling; the network has its own.
    patience: stop after so many epochs in which the validation loss has not been lower than ever;
    however training ends, the network then has the weights of its best epoch.
    callbacks: each is called after each epoch as `callback(model, history)`; True ends training.
    progress: show a bar, in a terminal or a notebook (needs tqdm).

    Ctrl-C ends training after the step in hand: the weights so far stay, and the history says
    `interrupted`. A second Ctrl-C raises KeyboardInterrupt at once.
    Raises ValueError or TypeError where arguments do not go together, and FloatingPointError, with
    the weights as they were before the step, where a loss, gradient or weight becomes inf or nan.

    >>> from glassgrad import MLP
    >>> from glassgrad.data import xor
    >>> model = MLP(2, [8, 1], seed=0)
    >>> history = fit(model, xor(), epochs=30, learning_rate=0.05, progress=False)
    >>> len(history.epochs), history.epochs[-1]["train_metric"] > 0.9
    (30, True)
    """
    _check(model, train, validation, epochs, batch_size, patience)
    schedule = learning_rate if callable(learning_rate) else None
    rate = None if callable(learning_rate) else learning_rate
    if optimizer is not None and rate is not None:
        raise _two_learning_rates(optimizer, rate)
    loss, metric = _objective(model, train, loss, metric)
    if optimizer is None:
        optimizer = Adam(model.parameters(), LEARNING_RATE if rate is None else rate)
    history = History(_name(loss), metric and _name(metric), seed)
    order, random = list(range(len(train))), Random(seed)
    best, lowest = _weights(model), inf
    start = perf_counter()
    steps = epochs * ceil(len(train) / batch_size)
    with CtrlC() as ctrl_c, Bar(steps, epochs, progress) as bar:
        for epoch in range(1, epochs + 1):
            if schedule is not None:
                optimizer.learning_rate = schedule(epoch - 1)
            random.shuffle(order)
            for number, batch in enumerate(_batches(order, batch_size), start=1):
                part = train.subset(batch)
                where = f"epoch {epoch}, batch {number}"
                step(model, optimizer, loss, part.inputs, part.targets, where)
                bar.advance(epoch)
                if ctrl_c.pressed:
                    break
            row = {"epoch": epoch, "learning_rate": optimizer.learning_rate}
            row |= _measures(model, train, validation, loss, metric)
            history.epochs.append(row)
            history.seconds = perf_counter() - start
            bar.show(history)
            if patience is not None and row["validation_loss"] < lowest:
                lowest, best, history.best_epoch = row["validation_loss"], _weights(model), epoch
            waited = epoch - (history.best_epoch or 0)
            asked = [callback(model, history) is True for callback in callbacks]
            history.interrupted = ctrl_c.pressed
            enough = any(asked) or (patience is not None and waited >= patience)
            history.stopped_early = enough and epoch < epochs
            if history.interrupted or enough:
                break
    if history.best_epoch is not None:
        _set_weights(model, best)
    return history


def step(
    model: Model,
    optimizer: Optimizer,
    loss: Loss,
    inputs: Sequence[Sequence[Any]],
    targets: Sequence[Any],
    where: str = "this step",
) -> float:
    """Learn from one minibatch: forward, backward, change the weights. Returns the loss before.

    Raises FloatingPointError, and leaves the weights as they were, where a number is inf or nan;
    the message says `where`.

    >>> from glassgrad import MLP
    >>> model = MLP(1, [1], seed=0)
    >>> optimizer = Adam(model, learning_rate=0.1)
    >>> before = step(model, optimizer, squared_error, [[1.0], [2.0]], [3.0, 5.0])
    >>> step(model, optimizer, squared_error, [[1.0], [2.0]], [3.0, 5.0]) < before
    True
    """
    with _collector_paused():
        optimizer.zero_grad()
        value = loss([model(x) for x in inputs], targets)
        if not isinstance(value, Value):
            raise _loss_is_no_value(loss, value)
        value.backward()
        if not isfinite(value.data):
            raise _not_finite(f"the loss became {value.data}", where, optimizer)
        for parameter in optimizer.parameters:
            if not isfinite(parameter.grad):
                raise _not_finite(f"a gradient became {parameter.grad}", where, optimizer)
        before = [parameter.data for parameter in optimizer.parameters]
        optimizer.step()
        after = [parameter.data for parameter in optimizer.parameters]
        if not all(map(isfinite, after)):
            for parameter, data in zip(optimizer.parameters, before, strict=True):
                parameter.data = data
            raise _not_finite("a weight grew beyond all numbers", where, optimizer)
    return value.data


def evaluate(
    model: Model, data: Dataset, loss: Loss | None = None, metric: Metric | None = None
) -> dict[str, float]:
    """The mean loss over a dataset, and the metric by its name; both chosen as in `fit`.

    >>> from glassgrad import MLP
    >>> from glassgrad.data import moons
    >>> list(evaluate(MLP(2, [4, 1], seed=0), moons()))
    ['loss', 'accuracy']
    """
    _check_data(data, "data")
    loss, metric = _objective(model, data, loss, metric)
    found, measured = _measure(model, data, loss, metric)
    return {"loss": found} if metric is None else {"loss": found, _name(metric): measured}


def predict(model: Model, inputs: Sequence[Sequence[float]]) -> list[Any]:
    """The outputs for each row as plain numbers: one, or a list if the network has several.

    >>> from glassgrad import MLP
    >>> rows = [[0.5, 1.0], [2.0, -1.0]]
    >>> [len(outputs) for outputs in predict(MLP(2, [3], seed=0), rows)]
    [3, 3]
    """
    with no_grad():
        outputs = [model(x) for x in inputs]
    return [[y.data for y in out] if _is_list(out) else out.data for out in outputs]


def probabilities(model: Model, inputs: Sequence[Sequence[float]]) -> list[list[float]]:
    """For each row the probability of each class: softmax, or of a single output the sigmoid.

    >>> from glassgrad import MLP
    >>> [row] = probabilities(MLP(2, [1], seed=0), [[0.5, 1.0]])
    >>> len(row), round(sum(row), 12)
    (2, 1.0)
    """
    found = []
    with no_grad():
        for x in inputs:
            out = model(x)
            shares = softmax(out) if _is_list(out) else [(-out).sigmoid(), out.sigmoid()]
            found.append([share.data for share in shares])
    return found


def _measures(
    model: Model,
    train: Dataset,
    validation: Dataset | None,
    loss: Loss,
    metric: Metric | None,
) -> dict[str, Any]:
    """What a row of the history says of the network as it is now."""
    row: dict[str, Any] = {}
    for name, data in (("train", train), ("validation", validation)):
        found = _measure(model, data, loss, metric) if data is not None else (None, None)
        row[f"{name}_loss"], row[f"{name}_metric"] = found
    return row


def _measure(model: Model, data: Dataset, loss: Loss, metric: Metric | None) -> tuple[float, Any]:
    with no_grad():
        outputs = [model(x) for x in data.inputs]
        value = loss(outputs, data.targets)
    if not isinstance(value, Value):
        raise _loss_is_no_value(loss, value)
    return value.data, None if metric is None else float(metric(outputs, data.targets))


def _objective(
    model: Model, data: Dataset, loss: Loss | None, metric: Metric | None
) -> tuple[Loss, Metric | None]:
    """The loss and the metric, chosen by the task where none are given."""
    with no_grad():
        out = model(data.inputs[0])
    if not isinstance(out, Value) and not (
        _is_list(out) and all(isinstance(y, Value) for y in out)
    ):
        raise _outputs_are_no_values(out)
    if loss is not None:
        return loss, metric
    n_outputs, n_classes = len(out) if _is_list(out) else 1, len(data.classes)
    if not data.is_classification and n_outputs == 1:
        return squared_error, metric or r2
    if n_classes >= 2 and n_outputs == n_classes:
        return cross_entropy, metric or accuracy
    if n_classes == 2 and n_outputs == 1:
        return logistic, metric or accuracy
    raise _one_class(data) if n_classes == 1 else _wrong_outputs(n_outputs, data)


def _batches(order: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _weights(model: Model) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def _set_weights(model: Model, weights: list[float]) -> None:
    for parameter, data in zip(model.parameters(), weights, strict=True):
        parameter.data = data


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Without Python's search for garbage in cycles.

    It starts whenever enough objects have been made, and looks through the whole growing graph
    each time; a graph has no cycles, and goes as soon as nobody holds it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _is_list(outputs: Any) -> bool:
    return isinstance(outputs, (list, tuple))


def _check(
    model: Model,
    train: Dataset,
    validation: Dataset | None,
    epochs: int,
    batch_size: int,
    patience: int | None,
) -> None:
    _check_data(train, "train")
    if validation is not None:
        _check_data(validation, "validation")
    for name, number in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        if number is not None and (not isinstance(number, Integral) or number < 1):
            raise _not_a_count(name, number)
    if patience is not None and validation is None:
        raise ValueError(
            explain(
                "patience needs a validation part",
                "fit(model, train, patience=5)",
                "it waits for the loss on examples that the network does not learn from; on those "
                "that it does, lower is not better",
                "fit(model, train, validation, patience=5)",
            )
        )


def _check_data(data: Any, name: str) -> None:
    right = 'train = Dataset([[0.0], [1.0]], [1.0, 3.0], ["x"], classes=[])\nfit(model, train)'
    if not isinstance(data, Dataset):
        raise TypeError(
            explain(
                f"{name} is a {type(data).__name__}, not a Dataset",
                "fit(model, [[0.0], [1.0]], [1.0, 3.0])",
                "inputs and targets go together in a Dataset, which also knows whether the targets "
                "are classes",
                right,
            )
        )
    if not len(data) or not len(data.targets):
        lacks, inputs = ("targets", "[[0.0], [1.0]]") if len(data) else ("examples", "[]")
        raise ValueError(
            explain(
                f"the {name} dataset has no {lacks}",
                f'train = Dataset({inputs}, [], ["x"], classes=[])\nfit(model, train)',
                "a network learns, and is measured, by examples with targets",
                right,
            )
        )


def _not_a_count(name: str, number: Any) -> ValueError:
    return ValueError(
        explain(
            f"{name} is a whole number from 1, not {number!r}",
            f"fit(model, train, validation, {name}={number!r})",
            "an epoch goes once through all examples, batch_size of them make up one step, and "
            "patience counts epochs",
            f"fit(model, train, validation, {name}=10)",
        )
    )


def _two_learning_rates(optimizer: Optimizer, learning_rate: float) -> ValueError:
    kind = type(optimizer).__name__
    return ValueError(
        explain(
            f"two learning rates: the optimizer's {optimizer.learning_rate} and {learning_rate}",
            f"optimizer = {kind}(model, {optimizer.learning_rate})\n"
            f"fit(model, train, optimizer=optimizer, learning_rate={learning_rate})",
            "an optimizer has its own; `fit` makes one with `learning_rate` only where none comes",
            f"fit(model, train, optimizer={kind}(model, {learning_rate}))",
        )
    )


def _wrong_outputs(n_outputs: int, data: Dataset) -> ValueError:
    n_inputs, n_classes = len(data.feature_names), len(data.classes)
    if n_classes:
        task, why, fitting = (
            f"{n_classes} classes",
            "each class needs an output of its own; for two classes a single one will do",
            n_classes,
        )
    else:
        task, why, fitting = "a regression", "one number is predicted for each example", 1
    outputs = f"{n_outputs} output{'s' * (n_outputs != 1)}"
    return ValueError(
        explain(
            f"a network with {outputs} does not fit {task}",
            f"fit(MLP({n_inputs}, [8, {n_outputs}]), train)",
            f"{why}; with a loss of your own (loss=...) anything goes",
            f"fit(MLP({n_inputs}, [8, {fitting}]), train)",
        )
    )


def _one_class(data: Dataset) -> ValueError:
    return ValueError(
        explain(
            f"there is only one class, {data.classes[0]!r}",
            'train = Dataset([[0.0], [1.0]], [0, 0], ["x"], ["red"])\nfit(MLP(1, [8, 1]), train)',
            "telling classes apart takes at least two; with a loss of your own (loss=...) anything "
            "goes",
            'train = Dataset([[0.0], [1.0]], [0, 1], ["x"], ["red", "blue"])\n'
            "fit(MLP(1, [8, 1]), train)",
        )
    )


def _outputs_are_no_values(out: Any) -> TypeError:
    program = (
        "class Line(Module):\n"
        "    def __init__(self):\n"
        "        self.weight = Value(0.5)\n\n"
        "    def __call__(self, x):\n"
        "        return {}\n\n"
        "fit(Line(), train)"
    )
    return TypeError(
        explain(
            f"the network's output is no Value and no list of Values, but a {type(out).__name__}",
            program.format("(self.weight * x[0]).data"),
            "a plain number does not remember how it was made, so nothing can be learned from it",
            program.format("self.weight * x[0]"),
        )
    )


def _loss_is_no_value(loss: Loss, value: Any) -> TypeError:
    program = (
        "def loss(outputs, targets):\n"
        "    return sum(abs({} - t) for y, t in zip(outputs, targets))\n\n"
        "fit(model, train, loss=loss)"
    )
    return TypeError(
        explain(
            f"the loss {_name(loss)} gave a {type(value).__name__}, not a Value",
            program.format("y.data"),
            "with `.data`, and without `return`, the graph is lost that leads back to the weights",
            program.format("y"),
        )
    )


def _not_finite(what: str, where: str, optimizer: Optimizer) -> FloatingPointError:
    rate = optimizer.learning_rate
    return FloatingPointError(
        explain(
            f"{what} in {where}, with learning rate {rate:g}",
            f"fit(model, train, learning_rate={rate:g})",
            "most often the learning rate is too large, so that weights grow without end; or the "
            "loss takes log(0), or inputs are huge. The weights are as they were before the step; "
            "`with detect_anomaly():` around it names the operation",
            f"fit(model, train, learning_rate={rate / 10:g})",
        )
    )
