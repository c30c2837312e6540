"""Everything that a report says, as plain data: no words, no pictures, no HTML.

The answers on the held-out rows are counted in scores.py, the single step is in example.py; here
are the data, the network and the course of training, and all of it put together.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite, log
from statistics import mean, median, pstdev
from typing import Any

import glassgrad
from glassgrad.data import Dataset, Encoder, Table
from glassgrad.data.encoder import Number
from glassgrad.errors import explain
from glassgrad.history import History
from glassgrad.losses import LOSSES
from glassgrad.nn import MLP
from glassgrad.report.example import Example, walk
from glassgrad.report.scores import ClassScores, ValueScores, score
from glassgrad.train import LEARNING_RATE, Loss

MOST_EPOCHS = 200  # that are listed one by one


@dataclass(frozen=True)
class Part:
    """The training, validation or test part.

    counts: rows of each class. mean, std: of a regression's target, in its own units.
    """

    name: str
    rows: int
    counts: list[int]
    mean: float
    std: float


@dataclass(frozen=True)
class Feature:
    """A column that the network sees. Words have categories, a number a mean and a deviation."""

    column: str
    mean: float = 0.0
    std: float = 0.0
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataFacts:
    """Where the rows are from and what was done to them."""

    table: str
    source: str
    licence: str
    target: str
    classes: list[str]
    parts: list[Part]
    features: list[Feature]
    inputs: list[str]
    notes: list[str]

    @property
    def rows(self) -> int:
        """All rows of all parts."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Scaled:
    """How one number of the example became an input: (cell - mean) / std = result."""

    column: str
    cell: float
    mean: float
    std: float
    result: float


@dataclass(frozen=True)
class LayerFacts:
    """The shape of a layer."""

    inputs: int
    neurons: int
    activation: str

    @property
    def parameters(self) -> int:
        """A weight for each input of each neuron, and a bias for each neuron."""
        return self.neurons * (self.inputs + 1)


@dataclass(frozen=True)
class Learning:
    """The course of training.

    epochs: the rows of the history; every: of how many epochs one is in `shown`, and the last one.
    blind_loss: the loss of an answer that knows the training targets but looks at no feature,
    None if that is not known. lowest_*: the lowest validation loss, None if there was none.
    learning_rate: the largest one.
    """

    epochs: list[dict[str, Any]]
    every: int
    shown: list[dict[str, Any]]
    loss_name: str
    metric_name: str
    blind_loss: float | None
    lowest_epoch: int | None
    lowest_loss: float | None
    best_epoch: int | None
    stopped_early: bool
    interrupted: bool
    learning_rate: float


@dataclass(frozen=True)
class Run:
    """What it takes to get the same numbers again, and `metrics.json` as it is.

    backend, backend_note: as in the history.
    """

    command: str
    seed: int
    seconds: float
    backend: str
    backend_note: str
    versions: dict[str, str]
    metrics: dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """All that the report says."""

    data: DataFacts
    layers: list[LayerFacts]
    learning: Learning
    scores: ClassScores | ValueScores
    example: Example
    scaled: Scaled | None
    run: Run

    @property
    def classification(self) -> bool:
        """Whether classes were to be told apart, not an amount estimated."""
        return isinstance(self.scores, ClassScores)

    @property
    def parameters(self) -> int:
        """How many numbers training could change."""
        return sum(layer.parameters for layer in self.layers)


def gather(
    *,
    model: MLP,
    encoder: Encoder,
    table_name: str,
    train: Dataset,
    validation: Dataset | None,
    test: Dataset,
    test_rows: Table,
    history: History,
    metrics: Mapping[str, Any],
    command: str,
) -> Facts:
    """Compute all facts of one run; `test_rows` are the rows of `test` as they were read."""
    parts = {"training": train, "validation": validation, "test": test}
    data = DataFacts(
        table=table_name,
        source=test_rows.source,
        licence=test_rows.licence,
        target=encoder.target,
        classes=encoder.classes,
        parts=[_part(name, part, encoder) for name, part in parts.items() if part],
        features=[_feature(column, encoder) for column in encoder.features],
        inputs=encoder.feature_names,
        notes=[*test_rows.notes, *encoder.notes],
    )
    loss = _loss(history)
    learning = _learning(history, train)
    scores = score(model, encoder, train, test, test_rows)
    worst = scores.shown[0].row.number
    return Facts(
        data=data,
        layers=[LayerFacts(x.n_inputs, len(x.neurons), x.activation) for x in model.layers],
        learning=learning,
        scores=scores,
        example=walk(model, loss, test, worst, learning.learning_rate),
        scaled=_scaled(encoder, test_rows, worst),
        run=Run(
            command,
            history.seed,
            history.seconds,
            history.backend,
            history.backend_note,
            _versions(),
            dict(metrics),
        ),
    )


def _part(name: str, part: Dataset, encoder: Encoder) -> Part:
    if part.is_classification:
        count = Counter(map(int, part.targets))
        return Part(name, len(part), [count[i] for i in range(len(part.classes))], 0.0, 0.0)
    values = [encoder.decode_target(x) for x in part.targets]
    return Part(name, len(part), [], mean(values), pstdev(values))


def _feature(column: str, encoder: Encoder) -> Feature:
    feature = encoder.features[column]
    if isinstance(feature, Number):
        return Feature(column, feature.mean, feature.std)
    return Feature(column, categories=tuple(feature.categories))


def _scaled(encoder: Encoder, rows: Table, number: int) -> Scaled | None:
    """The first number of the row that is there and not constant."""
    for column, feature in encoder.features.items():
        cell = rows.columns[column][number]
        if isinstance(feature, Number) and feature.std and cell is not None:
            result = feature.encode(cell)[0]
            return Scaled(column, float(cell), feature.mean, feature.std, result)
    return None


def _learning(history: History, train: Dataset) -> Learning:
    known = {
        row["epoch"]: row["validation_loss"]
        for row in history.epochs
        if row.get("validation_loss") is not None and isfinite(row["validation_loss"])
    }
    every = ceil(len(history.epochs) / MOST_EPOCHS) or 1
    lowest = min(known, key=lambda epoch: known[epoch], default=None)
    return Learning(
        epochs=history.epochs,
        every=every,
        shown=history.epochs[every - 1 : -1 : every] + history.epochs[-1:],
        loss_name=history.loss_name,
        metric_name=history.metric_name or "",
        blind_loss=blind_loss(train, history.loss_name),
        lowest_epoch=lowest,
        lowest_loss=None if lowest is None else known[lowest],
        best_epoch=history.best_epoch,
        stopped_early=history.stopped_early,
        interrupted=history.interrupted,
        learning_rate=max((row["learning_rate"] for row in history.epochs), default=LEARNING_RATE),
    )


def blind_loss(train: Dataset, loss_name: str) -> float | None:
    """The lowest loss on the training rows of an answer that is the same for every row.

    In a classification that is the entropy of the classes, in a regression the variance or the
    mean distance from the median; None for another loss.
    """
    if loss_name in ("cross_entropy", "logistic"):
        counts = Counter(train.targets).values()
        return -sum(n / len(train) * log(n / len(train)) for n in counts)
    if loss_name == "squared_error":
        return pstdev(train.targets) ** 2
    if loss_name == "absolute_error":
        middle = median(train.targets)
        return mean(abs(target - middle) for target in train.targets)
    return None


def _loss(history: History) -> Loss:
    if history.loss_name not in LOSSES:
        raise ValueError(
            explain(
                f"no loss is called {history.loss_name!r}",
                f"fit(model, train, loss={history.loss_name})",
                "a report computes the loss of one row anew, and knows those of glassgrad.losses: "
                f"{', '.join(LOSSES)}",
                "fit(model, train)   # the loss is chosen by the task",
            )
        )
    return LOSSES[history.loss_name]


def _versions() -> dict[str, str]:
    return {
        "glassgrad": f"{glassgrad.__version__} ({glassgrad.core_kind()})",
        "Python": platform.python_version(),
    }
