"""`split`: which rows are for training, which for validation, which for the final test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from random import Random

from glassgrad.data.cells import label_text
from glassgrad.data.dataset import Dataset
from glassgrad.data.table import Table
from glassgrad.data.target import TargetKind, target_kind
from glassgrad.errors import explain


@dataclass(frozen=True, repr=False)
class Split:
    """Row numbers of the three parts, ascending; `train, validation, test = split(...)` works.

    `notes` names the classes that have too few rows to be in every part.
    """

    train: list[int]
    validation: list[int]
    test: list[int]
    notes: list[str]

    def __repr__(self) -> str:
        train, validation, test = map(len, self)
        return f"Split: {train} rows for training, {validation} for validation, {test} for the test"

    def __iter__(self) -> Iterator[list[int]]:
        return iter((self.train, self.validation, self.test))


def split(
    data: Table | Dataset,
    *,
    test: float = 0.2,
    validation: float = 0.0,
    seed: int = 0,
    target: str | None = None,
    kind: TargetKind | None = None,
) -> Split:
    """Share out rows at random: a share `test`, a share `validation`, the rest for training.

    Classes are stratified: each part gets its share of each class, and each class has at least
    one row for training. For a table this takes the `target` (and `kind`, as in `target_kind`);
    its rows without a target belong to no part. A part asked for has at least one row.

    Raises ValueError if a share is negative or not finite, or too few rows are left for training.

    >>> from glassgrad.data import iris
    >>> train, validation, test = split(iris(), test=0.2, validation=0.1, target="species")
    >>> len(train), len(validation), len(test)
    (105, 15, 30)
    """
    if not (isfinite(test) and isfinite(validation)):
        raise _not_finite(test, validation, target)
    classes = _rows_of_classes(data, target, kind)
    total = sum(map(len, classes.values()))
    n_test, n_validation = (max(1, round(x * total)) if x else 0 for x in (test, validation))
    if min(test, validation) < 0 or total - n_test - n_validation < max(1, len(classes)):
        raise _too_few(total, len(classes), test, validation, target)
    order = _spread(classes, Random(seed))
    held_out = n_test + n_validation
    parts = {"validation": order[n_test:held_out], "test": order[:n_test]}
    notes = [
        f"class {label!r} has {len(rows)} of {total} rows: none is in the {part} part"
        for part, chosen in parts.items()
        for label, rows in classes.items()
        if chosen and not set(rows) & set(chosen)
    ]
    validation_rows, test_rows = map(sorted, parts.values())
    return Split(sorted(order[held_out:]), validation_rows, test_rows, notes)


def _rows_of_classes(
    data: Table | Dataset, target: str | None, kind: TargetKind | None
) -> dict[str, list[int]]:
    """The rows of each class; in a regression, of a single class with an empty name."""
    labels: list[str | None] = [""] * len(data)
    if isinstance(data, Dataset) and data.is_classification:
        labels = [data.classes[int(k)] for k in data.targets]
    elif isinstance(data, Table) and target is not None:
        regression = target_kind(data, target, kind) == "regression"
        labels = [
            None if cell is None else "" if regression else label_text(cell)
            for cell in data.column(target)
        ]
    rows: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        if label is not None:
            rows.setdefault(label, []).append(i)
    return rows


def _spread(classes: dict[str, list[int]], random: Random) -> list[int]:
    """All rows in an order in which each stretch has its share of each class.

    The rows of a class, shuffled, are spread evenly over the way from 0 to 1; its last one
    comes at the very end, where training takes its rows.
    """
    places = []
    for rows in classes.values():
        shuffled = random.sample(rows, len(rows))
        for k, row in enumerate(shuffled, start=1):
            place = 1.0 if k == len(rows) else (k - 0.5) / len(rows)
            places.append((place, random.random(), row))
    return [row for _, _, row in sorted(places)]


def _not_finite(test: float, validation: float, target: str | None) -> ValueError:
    call = f"split(table, target={target!r}"
    return ValueError(
        explain(
            f"test={test} and validation={validation}: a share is a finite number",
            f"{call}, test=float('{test}'), validation=float('{validation}'))",
            "a share says how much of all rows a part gets, such as 0.2 for a fifth",
            f"{call}, test=0.2)",
        )
    )


def _too_few(
    total: int, classes: int, test: float, validation: float, target: str | None
) -> ValueError:
    call = f"split(table, target={target!r}"
    return ValueError(
        explain(
            f"{total} rows with test={test} and validation={validation} leave too few to train",
            f"{call}, test={test}, validation={validation})",
            "a share is 0 or more, a part asked for has at least one row, and training needs "
            f"at least {max(1, classes)}, one of each class",
            f"{call}, test=0.2)   # with more rows; test=0 leaves all of them to training",
        )
    )
