"""How good the answers are on the rows that were held out, and which are the worst.

Everything here is computed anew from the network and the held-out rows; how the network came to
one of its answers is in example.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isnan, log, sqrt
from statistics import mean
from typing import TypeVar

from glassgrad.data import Dataset, Encoder, Table
from glassgrad.data.cells import label_text
from glassgrad.metrics import predicted_class, r2
from glassgrad.nn import MLP
from glassgrad.train import predict, probabilities

MOST_SHOWN = 6  # answers that are shown one by one
MOST_CELLS = 12  # of a row with more columns, only the first are shown
Z = 1.96  # standard deviations to either side that hold 95 % of a normal distribution


@dataclass(frozen=True)
class Row:
    """A held-out row as it stood in the table.

    number: its place in the test part. place: where it was read, such as "line 7".
    cells: the features in their own units, as text; None where the value was missing.
    more: how many columns are not in `cells`.
    """

    number: int
    place: str
    cells: dict[str, str | None]
    more: int


@dataclass(frozen=True)
class ClassAnswer:
    """A row, its class, the class that got the highest probability, and all probabilities."""

    row: Row
    true: str
    predicted: str
    probabilities: dict[str, float]

    @property
    def loss(self) -> float:
        """The cross-entropy: the surprise at the truth, -log of the probability it had got."""
        p = self.probabilities[self.true]
        return -log(p) if p else float("inf")


@dataclass(frozen=True)
class ValueAnswer:
    """A row, the true value of its target, and the predicted one, in the target's own units."""

    row: Row
    true: float
    predicted: float

    @property
    def loss(self) -> float:
        """How far off the prediction is."""
        return abs(self.predicted - self.true)


Answer = TypeVar("Answer", ClassAnswer, ValueAnswer)


@dataclass(frozen=True)
class ClassScore:
    """One class. precision: of the rows that were given its name, the share that is of it.

    recall: of its rows, the share that was given its name. None where there are no such rows.
    """

    name: str
    rows: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class ClassScores:
    """Right and wrong answers of a classification.

    interval: from where to where the accuracy on endless rows of this kind may well lie.
    usual: the most frequent class in training; usual_share: how often it would be right here.
    confusion: one row for each true class, in it the count of each predicted class.
    shown: the worst mistakes, worst first; without mistakes, the least certain right answers.
    """

    rows: int
    right: int
    accuracy: float
    interval: tuple[float, float]
    usual: str
    usual_share: float
    classes: list[ClassScore]
    confusion: list[list[int]]
    shown: list[ClassAnswer]

    @property
    def mistakes(self) -> int:
        """How many answers are wrong."""
        return self.rows - self.right


@dataclass(frozen=True)
class ValueScores:
    """How near the answers of a regression are, in the target's own units.

    r2: the share of the variance that is explained (None if all true values are the same).
    error: the mean distance between answer and truth; usual_error: the same if the mean of
    training, `usual`, were the answer every time.
    digits: how many decimals are worth showing. shown: the answers that are furthest off.
    """

    rows: int
    r2: float | None
    error: float
    usual: float
    usual_error: float
    digits: int
    answers: list[ValueAnswer]
    shown: list[ValueAnswer]


def score(
    model: MLP, encoder: Encoder, train: Dataset, test: Dataset, test_rows: Table
) -> ClassScores | ValueScores:
    """Ask the network about each held-out row and count."""
    rows = [row_of(test_rows, i, list(encoder.features)) for i in range(len(test))]
    outputs = predict(model, test.inputs)
    if not test.is_classification:
        return _value_scores(outputs, rows, encoder, test)
    predicted = [predicted_class(output) for output in outputs]
    shares = probabilities(model, test.inputs)
    return _class_scores(predicted, shares, rows, train, test)


def row_of(table: Table, number: int, columns: list[str]) -> Row:
    """One row of the table, for a reader."""
    cells = {name: _text(table.columns[name][number]) for name in columns[:MOST_CELLS]}
    return Row(number, table.place(number), cells, len(columns) - len(cells))


def _text(cell: float | str | None) -> str | None:
    return None if cell is None else label_text(cell)


def _class_scores(
    predicted: list[int],
    shares: list[list[float]],
    rows: list[Row],
    train: Dataset,
    test: Dataset,
) -> ClassScores:
    names = test.classes
    confusion = [[0] * len(names) for _ in names]
    answers = []
    for row, true, answer, share in zip(rows, test.targets, predicted, shares, strict=True):
        confusion[int(true)][answer] += 1
        by_name = dict(zip(names, share, strict=True))
        answers.append(ClassAnswer(row, names[int(true)], names[answer], by_name))
    mistakes = [answer for answer in answers if answer.predicted != answer.true]
    n, right = len(answers), len(answers) - len(mistakes)
    usual = Counter(map(int, train.targets)).most_common(1)[0][0]
    return ClassScores(
        rows=n,
        right=right,
        accuracy=right / n,
        interval=wilson(right, n),
        usual=names[usual],
        usual_share=sum(confusion[usual]) / n,
        classes=[_class_score(names[i], i, confusion) for i in range(len(names))],
        confusion=confusion,
        shown=_worst(mistakes or answers),
    )


def _class_score(name: str, i: int, confusion: list[list[int]]) -> ClassScore:
    hits, rows = confusion[i][i], sum(confusion[i])
    named = sum(row[i] for row in confusion)
    return ClassScore(name, rows, hits / named if named else None, hits / rows if rows else None)


def _value_scores(
    outputs: list[float], rows: list[Row], encoder: Encoder, test: Dataset
) -> ValueScores:
    answers = [
        ValueAnswer(row, encoder.decode_target(target), encoder.decode_target(output))
        for row, output, target in zip(rows, outputs, test.targets, strict=True)
    ]
    truth = [answer.true for answer in answers]
    explained = r2([answer.predicted for answer in answers], truth)
    return ValueScores(
        rows=len(answers),
        r2=None if isnan(explained) else explained,
        error=mean(answer.loss for answer in answers),
        usual=encoder.target_mean,
        usual_error=mean(abs(y - encoder.target_mean) for y in truth),
        digits=decimals(encoder.target_std),
        answers=answers,
        shown=_worst(answers),
    )


def _worst(answers: list[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda answer: -answer.loss)[:MOST_SHOWN]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): where it may well lie for endless rows.

    >>> low, high = wilson(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)
    """
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def decimals(spread: float) -> int:
    """How many decimals show about three digits of numbers that differ by `spread`.

    >>> decimals(801.9), decimals(5.46), decimals(0.02)
    (0, 2, 4)
    """
    return max(0, 2 - int(f"{spread:e}".split("e")[1]))
