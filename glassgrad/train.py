"""Training: `fit` goes through the data again and again, in minibatches.

Also here: `evaluate`, `predict` and `probabilities`, for a network that has been trained. What is
done with a minibatch is in `eager.py`, and how the same goes faster in `engine.py`. Losses,
optimisers and metrics have files of their own; what `fit` gives back is in `history.py`, and what
is refused in `train_errors.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, inf
from numbers import Real
from random import Random
from time import perf_counter
from typing import Any

from glassgrad import train_errors as errors
from glassgrad.data import Dataset
from glassgrad.eager import Loss, Metric, Model, Task, is_list, measure, name_of, outputs_of, step
from glassgrad.engine import Backend, Engine, engine_for, outputs_by
from glassgrad.history import History
from glassgrad.interrupt import CtrlC
from glassgrad.losses import cross_entropy, logistic, squared_error
from glassgrad.metrics import accuracy, r2
from glassgrad.nn import softmax
from glassgrad.optim import Adam, Optimizer, Schedule
from glassgrad.progress import Bar
from glassgrad.value import no_grad

__all__ = ["Loss", "Metric", "Model", "evaluate", "fit", "predict", "probabilities", "step"]

LEARNING_RATE = 0.01
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
    backend: Backend = "auto",
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
    backend: "eager" builds the graph of each minibatch. "numpy" lifts the graph of one example to
    arrays, once, and goes through all minibatches with these; where it cannot it says why, in a
    ValueError. "auto" takes NumPy where that is installed, works and is worth its while, and else
    eager; the history says what it was. All give the same numbers up to the order of sums, to
    about 1e-9 of their size after a training.

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
    errors.check_backend(backend)
    optimizer, schedule = _optimizer(model, optimizer, learning_rate)
    loss, metric = _objective(model, train, loss, metric)
    history = History(name_of(loss), metric and name_of(metric), seed)
    best = _Best(model, history)
    order, random, start = list(range(len(train))), Random(seed), perf_counter()
    steps = epochs * ceil(len(train) / batch_size)
    task = Task(model, train, loss, optimizer, clip_norm, watched=bool(callbacks))
    engine = engine_for(task, backend, epochs)
    try:
        with CtrlC() as ctrl_c, Bar(steps, epochs, progress) as bar:
            for epoch in range(1, epochs + 1):
                if schedule is not None:
                    optimizer.learning_rate = _scheduled(schedule, epoch - 1)
                random.shuffle(order)
                engine = engine.begin(order)
                history.backend, history.backend_note = engine.name, engine.note
                for places, where in _batches(order, batch_size, epoch):
                    engine.step(places, where)
                    bar.advance(epoch)
                    if ctrl_c.pressed:
                        break
                engine.end()
                row = {"epoch": epoch, "learning_rate": optimizer.learning_rate}
                row |= _measures(engine, train, validation, metric)
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
        engine.end()
        best.restore()
    return history


def evaluate(
    model: Model,
    data: Dataset,
    loss: Loss | None = None,
    metric: Metric | None = None,
    *,
    backend: Backend = "auto",
) -> dict[str, float]:
    """The mean loss over a dataset, and the metric by its name; all chosen as in `fit`.

    >>> from glassgrad import MLP
    >>> from glassgrad.data import moons
    >>> list(evaluate(MLP(2, [4, 1], seed=0), moons()))
    ['loss', 'accuracy']
    """
    errors.check_data(data, "data")
    loss, metric = _objective(model, data, loss, metric)
    errors.check_backend(backend)
    found, measured = measure(outputs_by(backend, model, data.inputs), data, loss, metric)
    return {"loss": found} if measured is None else {"loss": found, name_of(metric): measured}


def predict(
    model: Model, inputs: Sequence[Sequence[float]], *, backend: Backend = "auto"
) -> list[Any]:
    """The outputs for each row as plain numbers: one, or a list if the network has several.

    backend: as in `fit`.
    Raises TypeError where a row is a number, and where the outputs are no Values.

    >>> from glassgrad import MLP
    >>> rows = [[0.5, 1.0], [2.0, -1.0]]
    >>> [len(outputs) for outputs in predict(MLP(2, [3], seed=0), rows)]
    [3, 3]
    """
    errors.check_backend(backend)
    outputs = outputs_by(backend, model, _rows(inputs))
    return [[y.data for y in out] if is_list(out) else out.data for out in outputs]


def probabilities(
    model: Model, inputs: Sequence[Sequence[float]], *, backend: Backend = "auto"
) -> list[list[float]]:
    """For each row the probability of each class: softmax, or of a single output the sigmoid.

    backend: as in `fit`.
    Raises TypeError as `predict` does.

    >>> from glassgrad import MLP
    >>> [row] = probabilities(MLP(2, [1], seed=0), [[0.5, 1.0]])
    >>> len(row), round(sum(row), 12)
    (2, 1.0)
    """
    errors.check_backend(backend)
    outputs, found = outputs_by(backend, model, _rows(inputs)), []
    with no_grad():
        for out in outputs:
            shares = softmax(out) if is_list(out) else [(-out).sigmoid(), out.sigmoid()]
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


def _batches(order: list[int], size: int, epoch: int) -> Iterator[tuple[list[int], str]]:
    """The places of the examples of one minibatch after the other, and what to call it."""
    for number, start in enumerate(range(0, len(order), size), start=1):
        yield order[start : start + size], f"epoch {epoch}, batch {number}"


def _rows(inputs: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
    """The inputs, if they are rows and not the numbers of a single one."""
    rows = list(inputs)
    for row in rows:
        if isinstance(row, Real):
            raise errors.one_row(row)
    return rows


def _measures(
    engine: Engine, train: Dataset, validation: Dataset | None, metric: Metric | None
) -> dict[str, Any]:
    """What a row of the history says of the network as it is now."""
    row: dict[str, Any] = {}
    for name, data in (("train", train), ("validation", validation)):
        found = (None, None) if data is None else engine.measure(data, metric)
        row[f"{name}_loss"], row[f"{name}_metric"] = found
    return row


def _objective(
    model: Model, data: Dataset, loss: Loss | None, metric: Metric | None
) -> tuple[Loss, Metric | None]:
    """The loss and the metric, chosen by the task where none are given."""
    with no_grad():
        (out,) = outputs_of(model, data.inputs[:1])
    n_outputs, n_classes = len(out) if is_list(out) else 1, len(data.classes)
    if not data.is_classification and n_outputs == 1:
        return loss or squared_error, metric or r2
    if n_classes >= 2 and n_outputs == n_classes:
        return loss or cross_entropy, metric or accuracy
    if n_classes == 2 and n_outputs == 1:
        return loss or logistic, metric or accuracy
    if loss is None:
        raise errors.one_class(data) if n_classes == 1 else errors.wrong_outputs(n_outputs, data)
    return loss, metric


def _says_yes(answer: Any) -> bool:
    """Whether it is True, and not just something, such as how many characters were written."""
    numpys = getattr(answer, "dtype", None) == "bool"
    return (isinstance(answer, bool) or numpys) and bool(answer)
