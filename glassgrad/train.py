"""Training: `fit` goes through the data again and again; `step` is what it does with a minibatch.

Also here: `evaluate`, `predict` and `probabilities`, for a network that has been trained. Losses,
optimisers and metrics have files of their own; what `fit` gives back is in `history.py`, and what
is refused in `train_errors.py`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil, inf, isfinite
from numbers import Real
from random import Random
from time import perf_counter
from typing import Any, Protocol

from glassgrad import train_errors as errors
from glassgrad.data import Dataset
from glassgrad.history import History
from glassgrad.interrupt import CtrlC
from glassgrad.losses import cross_entropy, logistic, squared_error
from glassgrad.metrics import accuracy, r2
from glassgrad.nn import softmax
from glassgrad.optim import Adam, Optimizer, Schedule, clip_grad_norm
from glassgrad.progress import Bar
from glassgrad.value import Value, mode, no_grad, topological_order

Loss = Callable[[Any, Any], Value]
Metric = Callable[[Any, Any], float]
LEARNING_RATE = 0.01


class Model(Protocol):
    """What can be trained: called with one row of inputs, it gives a Value or a list of Values.

    A list of one Value is taken for the Value in it, also where it comes to a loss or a metric.
    """

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
    clip_norm: float | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a network: in each epoch all examples, shuffled, in minibatches, one step for each.

    loss: a function of the outputs of a batch and their targets that gives a Value. By default
    `cross_entropy` for k classes and k outputs, `logistic` for 2 classes and 1 output, and
    `squared_error` for a regression; all of them take outputs without an activation.
    metric: a function of the same that gives a number; by default `accuracy` for classes and `r2`
    for a regression, whatever the loss; none where the outputs are too many or too few for that.
    optimizer: by default Adam, with `learning_rate` (0.01); a schedule, that is a function of the
    epoch from 0, sets it anew for each epoch. All that it counts are epochs: with
    `warm_up(schedule, steps=5)` the first epoch has a fifth of the rate, the fifth the whole.
    seed: of the shuffling; the network has its own.
    patience: stop after so many epochs in which the validation loss has not been lower than ever;
    however training ends, by an error too, the network then has the weights of its best epoch.
    clip_norm: before each step shrink the gradients until their norm is at most this
    (`clip_grad_norm`).
    callbacks: each is called after each epoch as `callback(model, history)`; True, Python's or
    NumPy's, ends training, and anything else does not.
    progress: show a bar, in a terminal or a notebook (needs tqdm).

    Ctrl-C ends training after the step in hand: the weights so far stay, and the history says
    `interrupted`. A second Ctrl-C raises KeyboardInterrupt at once.
    Raises ValueError or TypeError where arguments do not go together, or where nothing could be
    learned; and FloatingPointError where a loss, gradient or weight becomes inf or nan. The weights
    are then as before the step (with patience, of the best epoch), and the error's attribute
    `history` has the epochs until then.

    >>> from glassgrad import MLP
    >>> from glassgrad.data import xor
    >>> model = MLP(2, [8, 1], seed=0)
    >>> history = fit(model, xor(), epochs=30, learning_rate=0.05, progress=False)
    >>> len(history.epochs), history.epochs[-1]["train_metric"] > 0.9
    (30, True)
    """
    errors.check_arguments(train, validation, epochs, batch_size, patience, clip_norm)
    optimizer, schedule = _optimizer(model, optimizer, learning_rate)
    loss, metric = _objective(model, train, loss, metric)
    history = History(_name(loss), metric and _name(metric), seed)
    best = _Best(model, history)
    order, random, start = list(range(len(train))), Random(seed), perf_counter()
    steps = epochs * ceil(len(train) / batch_size)
    try:
        with CtrlC() as ctrl_c, Bar(steps, epochs, progress) as bar:
            for epoch in range(1, epochs + 1):
                if schedule is not None:
                    optimizer.learning_rate = _scheduled(schedule, epoch - 1)
                random.shuffle(order)
                for inputs, targets, where in _batches(train, order, batch_size, epoch):
                    step(model, optimizer, loss, inputs, targets, where, clip_norm)
                    bar.advance(epoch)
                    if ctrl_c.pressed:
                        break
                row = {"epoch": epoch, "learning_rate": optimizer.learning_rate}
                row |= _measures(model, train, validation, loss, metric)
                history.epochs.append(row)
                history.seconds = perf_counter() - start
                bar.show(history)
                if patience is not None:
                    best.look(row)
                asked = [_says_yes(callback(model, history)) for callback in callbacks]
                enough = any(asked) or (patience is not None and best.waited >= patience)
                history.stopped_early = enough and epoch < epochs
                history.interrupted = ctrl_c.pressed
                if history.interrupted or enough:
                    break
    except FloatingPointError as error:
        error.history = history  # type: ignore[attr-defined]
        raise
    finally:
        best.restore()
    return history


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

    >>> from glassgrad import MLP
    >>> model = MLP(1, [1], seed=0)
    >>> optimizer = Adam(model, learning_rate=0.1)
    >>> before = step(model, optimizer, squared_error, [[1.0], [2.0]], [3.0, 5.0])
    >>> step(model, optimizer, squared_error, [[1.0], [2.0]], [3.0, 5.0]) < before
    True
    """
    with _collector_paused():
        optimizer.zero_grad()
        value = loss(_outputs(model, inputs), targets)
        if not isinstance(value, Value):
            raise errors.loss_is_no_value(_name(loss), value)
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
        _change_weights(optimizer, where)
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
    errors.check_data(data, "data")
    loss, metric = _objective(model, data, loss, metric)
    found, measured = _measure(model, data, loss, metric)
    return {"loss": found} if metric is None else {"loss": found, _name(metric): measured}


def predict(model: Model, inputs: Sequence[Sequence[float]]) -> list[Any]:
    """The outputs for each row as plain numbers: one, or a list if the network has several.

    Raises TypeError where a row is a number, and where the outputs are no Values.

    >>> from glassgrad import MLP
    >>> rows = [[0.5, 1.0], [2.0, -1.0]]
    >>> [len(outputs) for outputs in predict(MLP(2, [3], seed=0), rows)]
    [3, 3]
    """
    with no_grad():
        outputs = _outputs(model, _rows(inputs))
    return [[y.data for y in out] if _is_list(out) else out.data for out in outputs]


def probabilities(model: Model, inputs: Sequence[Sequence[float]]) -> list[list[float]]:
    """For each row the probability of each class: softmax, or of a single output the sigmoid.

    Raises TypeError as `predict` does.

    >>> from glassgrad import MLP
    >>> [row] = probabilities(MLP(2, [1], seed=0), [[0.5, 1.0]])
    >>> len(row), round(sum(row), 12)
    (2, 1.0)
    """
    found = []
    with no_grad():
        for out in _outputs(model, _rows(inputs)):
            shares = softmax(out) if _is_list(out) else [(-out).sigmoid(), out.sigmoid()]
            found.append([share.data for share in shares])
    return found


class _Best:
    """The weights of the epoch with the lowest validation loss, if anybody waits for it."""

    def __init__(self, model: Model, history: History) -> None:
        self.model, self.history = model, history
        self.lowest, self.waited = inf, 0  # how many epochs ago it was
        self.weights: list[float] | None = None

    def look(self, row: dict[str, Any]) -> None:
        """Is the epoch that has just ended, of which this row is, the best one so far?"""
        self.waited += 1
        if row["validation_loss"] < self.lowest:
            self.weights = [parameter.data for parameter in self.model.parameters()]
            self.lowest, self.waited = row["validation_loss"], 0
            self.history.best_epoch = row["epoch"]

    def restore(self) -> None:
        """Give the network these weights."""
        if self.weights is not None:
            for parameter, data in zip(self.model.parameters(), self.weights, strict=True):
                parameter.data = data


def _optimizer(
    model: Model, optimizer: Optimizer | None, learning_rate: float | Schedule | None
) -> tuple[Optimizer, Schedule | None]:
    """The optimizer, and the schedule of its learning rate if there is one."""
    schedule = learning_rate if callable(learning_rate) else None
    rate = None if callable(learning_rate) else learning_rate
    if optimizer is None:
        optimizer = Adam(model.parameters(), LEARNING_RATE if rate is None else rate)
    elif rate is not None:
        raise errors.two_learning_rates(optimizer, rate)
    return optimizer, schedule


def _scheduled(schedule: Schedule, epoch: int) -> float:
    rate = schedule(epoch)
    if not hasattr(rate, "__float__") or not 0 <= rate < inf:
        raise errors.wrong_rate(epoch, rate)
    return float(rate)


def _batches(
    data: Dataset, order: list[int], size: int, epoch: int
) -> Iterator[tuple[list[list[float]], list[Any], str]]:
    """The inputs and targets of one minibatch after the other, and what to call it."""
    for number, start in enumerate(range(0, len(order), size), start=1):
        places = order[start : start + size]
        inputs, targets = [data.inputs[i] for i in places], [data.targets[i] for i in places]
        yield inputs, targets, f"epoch {epoch}, batch {number}"


def _outputs(model: Model, inputs: Sequence[Sequence[Any]]) -> list[Any]:
    """What the network gives for each row: a Value, or a list of several."""
    outputs = []
    for x in inputs:
        out = model(x)
        if _is_list(out) and len(out) == 1:
            (out,) = out
        values = out if _is_list(out) else [out]
        if not values or not all(isinstance(y, Value) for y in values):
            raise errors.no_values(out)
        outputs.append(out)
    return outputs


def _rows(inputs: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
    """The inputs, if they are rows and not the numbers of a single one."""
    rows = list(inputs)
    for row in rows:
        if isinstance(row, Real):
            raise errors.one_row(row)
    return rows


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
    raise errors.constant_loss(_name(loss))


def _change_weights(optimizer: Optimizer, where: str) -> None:
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
        outputs = _outputs(model, data.inputs)
        value = loss(outputs, data.targets)
    if not isinstance(value, Value):
        raise errors.loss_is_no_value(_name(loss), value)
    return value.data, None if metric is None else float(metric(outputs, data.targets))


def _objective(
    model: Model, data: Dataset, loss: Loss | None, metric: Metric | None
) -> tuple[Loss, Metric | None]:
    """The loss and the metric, chosen by the task where none are given."""
    with no_grad():
        (out,) = _outputs(model, data.inputs[:1])
    n_outputs, n_classes = len(out) if _is_list(out) else 1, len(data.classes)
    if not data.is_classification and n_outputs == 1:
        return loss or squared_error, metric or r2
    if n_classes >= 2 and n_outputs == n_classes:
        return loss or cross_entropy, metric or accuracy
    if n_classes == 2 and n_outputs == 1:
        return loss or logistic, metric or accuracy
    if loss is None:
        raise errors.one_class(data) if n_classes == 1 else errors.wrong_outputs(n_outputs, data)
    return loss, metric


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


def _says_yes(answer: Any) -> bool:
    """Whether it is True, and not just something, such as how many characters were written."""
    numpys = getattr(answer, "dtype", None) == "bool"
    return (isinstance(answer, bool) or numpys) and bool(answer)


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _is_list(outputs: Any) -> bool:
    return isinstance(outputs, (list, tuple))
