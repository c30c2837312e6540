"""What `fit`, `step`, `evaluate` and `predict` refuse, and how they say it.

Checks of arguments that raise by themselves are called `check_...`; the others make an error for
train.py to raise.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

from glassgrad.data import Dataset
from glassgrad.errors import explain
from glassgrad.optim import Optimizer


def check_arguments(
    train: Dataset,
    validation: Dataset | None,
    epochs: int,
    batch_size: int,
    patience: int | None,
    clip_norm: float | None,
) -> None:
    """Raise the error for arguments of `fit` that are none, or do not go together."""
    check_data(train, "train")
    if validation is not None:
        check_data(validation, "validation")
        _check_alike(train, validation)
    for name, number in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        whole = isinstance(number, Integral) and not isinstance(number, bool)
        if number is not None and not (whole and number >= 1):
            raise _not_a_count(name, number)
    if clip_norm is not None and not (hasattr(clip_norm, "__float__") and clip_norm > 0):
        raise _no_norm(clip_norm)
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


def check_data(data: Any, name: str) -> None:
    """Raise the error for what is no Dataset, or has nothing to learn from."""
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


def check_backend(backend: Any) -> None:
    """Raise the error for what is no backend."""
    if backend not in ("auto", "numpy", "eager"):
        raise ValueError(
            explain(
                f"no backend is called {backend!r}",
                f"fit(model, train, backend={backend!r})",
                '"eager" builds the graph of each minibatch, "numpy" lifts it to arrays once, and '
                '"auto" takes the faster one of those that work',
                "fit(model, train)",
            )
        )


def not_lifted(why: str) -> ValueError:
    """The error for a network that NumPy is to train, and cannot."""
    return ValueError(
        explain(
            f"the network cannot be lifted to arrays: {why}",
            'fit(model, train, backend="numpy")',
            "the graph of one example is made into operations on arrays that do for all of them, "
            "so it has to be the same graph each time",
            'fit(model, train, backend="eager")',
        )
    )


def two_learning_rates(optimizer: Optimizer, learning_rate: float) -> ValueError:
    """The error for a learning rate beside an optimizer, which has one."""
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


def wrong_outputs(n_outputs: int, data: Dataset) -> ValueError:
    """The error for a network with more or fewer outputs than the task needs."""
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


def one_class(data: Dataset) -> ValueError:
    """The error for a classification in which there is nothing to tell apart."""
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


def no_values(out: Any) -> TypeError:
    """The error for a network whose outputs are no Values."""
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


def loss_is_no_value(name: str, value: Any) -> TypeError:
    """The error for a loss that gives a plain number, or nothing."""
    program = (
        "def loss(outputs, targets):\n"
        "    return sum(abs({} - t) for y, t in zip(outputs, targets))\n\n"
        "fit(model, train, loss=loss)"
    )
    return TypeError(
        explain(
            f"the loss {name} gave a {type(value).__name__}, not a Value",
            program.format("y.data"),
            "with `.data`, and without `return`, the graph is lost that leads back to the weights",
            program.format("y"),
        )
    )


def not_finite(what: str, where: str, optimizer: Optimizer) -> FloatingPointError:
    """The error for a step in which a number became inf or nan."""
    rate = optimizer.learning_rate
    return FloatingPointError(
        explain(
            f"{what} in {where}, with learning rate {rate:g}",
            f"fit(model, train, learning_rate={rate:g})",
            "most often the learning rate is too large, so that weights grow without end; or the "
            "loss takes log(0), or inputs are huge. The weights are as they were before the step, "
            "with patience those of the best epoch; `with detect_anomaly():` around it names the "
            "operation",
            f"fit(model, train, learning_rate={rate / 10:g})",
        )
    )


def nothing_learned_in_no_grad() -> ValueError:
    """The error for training where results do not remember how they were made."""
    return ValueError(
        explain(
            "inside no_grad() nothing can be learned",
            "with no_grad():\n    fit(model, train)",
            "there a result does not remember how it was made, so no gradient comes back to the "
            "weights; it holds for all threads",
            "fit(model, train)",
        )
    )


def optimizer_of_another() -> ValueError:
    """The error for an optimizer that has not one parameter of the network."""
    return ValueError(
        explain(
            "none of the optimizer's parameters belongs to the network",
            "another = MLP(1, [1])\nfit(model, train, optimizer=SGD(another))",
            "an optimizer changes the numbers that it was made with, here those of another "
            "network, so this one would learn nothing",
            "fit(model, train, optimizer=SGD(model))",
        )
    )


def constant_loss(name: str) -> ValueError:
    """The error for a loss that was not made from the optimizer's parameters."""
    program = "def loss(outputs, targets):\n    return {}\n\nfit(model, train, loss=loss)"
    return ValueError(
        explain(
            f"the loss {name} does not depend on the weights, so nothing can be learned from it",
            program.format("Value(sum(abs(y.data - t) for y, t in zip(outputs, targets)))"),
            "`.data` and `Value(...)` make a number that does not remember how it was made, so no "
            "gradient comes back to the weights",
            program.format("sum(abs(y - t) for y, t in zip(outputs, targets))"),
        )
    )


def wrong_rate(epoch: int, rate: Any) -> ValueError:
    """The error for a schedule that gives no learning rate."""
    return ValueError(
        explain(
            f"the schedule gave {rate!r} as the learning rate for epoch number {epoch}",
            "def schedule(epoch):\n    0.1 / (1 + epoch)\n\n"
            "fit(model, train, learning_rate=schedule)",
            "a learning rate is a finite number, at least 0; a function without `return` gives "
            "None, and a formula may fall below 0 in later epochs (they count from 0)",
            "def schedule(epoch):\n    return 0.1 / (1 + epoch)\n\n"
            "fit(model, train, learning_rate=schedule)",
        )
    )


def one_row(number: Any) -> TypeError:
    """The error for a row where a list of rows belongs."""
    return TypeError(
        explain(
            f"inputs come as a list of rows, and here a row is the number {number!r}",
            "model = MLP(2, [1])\npredict(model, [0.5, 1.0])",
            "several examples can be predicted at once, so a single one is a list with one row",
            "model = MLP(2, [1])\npredict(model, [[0.5, 1.0]])",
        )
    )


def _check_alike(train: Dataset, validation: Dataset) -> None:
    program = (
        'train = Dataset([[0.0], [1.0]], [0, 1], ["x"], ["red", "blue"])\n'
        'validation = Dataset([[0.5]], [0], ["x"], {})\n'
        "fit(MLP(1, [1]), train, validation)"
    )
    for name in ("feature_names", "classes"):
        ours, theirs = list(getattr(train, name)), list(getattr(validation, name))
        if ours != theirs:
            raise ValueError(
                explain(
                    f"the {name} of train are {ours}, those of validation {theirs}",
                    program.format('["blue", "red"]'),
                    "columns and class numbers go by their place, so both parts need the same in "
                    "the same order; `prepare`, or one Encoder for both, sees to it",
                    program.format('["red", "blue"]'),
                )
            )


def _no_norm(clip_norm: Any) -> ValueError:
    return ValueError(
        explain(
            f"clip_norm is a number above 0, not {clip_norm!r}",
            f"fit(model, train, clip_norm={clip_norm!r})",
            "gradients are shrunk until their norm, the root of the sum of their squares, is at "
            "most that; at 0 nothing would be learned",
            "fit(model, train, clip_norm=1.0)",
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
