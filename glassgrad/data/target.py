"""The column to predict: does it hold classes or amounts, and which rows have it.

Used by splits.py and encoder.py alike, so that both see the same target.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from glassgrad.data.cells import Cell, label_text
from glassgrad.data.table import Table
from glassgrad.errors import explain

TargetKind = Literal["classification", "regression"]

MOST_WHOLE_NUMBERS = 10  # with more different whole numbers than these, they are amounts
MOST_WORDS = 20  # up to so many different words are never an identifier


def target_kind(table: Table, target: str, kind: TargetKind | None = None) -> TargetKind:
    """Whether predicting this column is a "classification" or a "regression".

    A `kind` that is given is taken if it is possible. Otherwise: words are classes. Numbers are
    classes if all are whole, there are at most 10 different ones, and at most half as many as
    rows; else they are amounts, a regression.

    Raises ValueError if there is no such column, it has fewer than two different values, it
    holds words but a regression is asked for, or its words look like an identifier.

    >>> table = Table("pets", {"sex": ["f", "m", "f"] * 2, "legs": [2.0, 4.0, 4.0] * 2})
    >>> target_kind(table, "sex"), target_kind(table, "legs")
    ('classification', 'classification')
    >>> target_kind(Table("pets", {"weight": [9.5, 8.0, 7.0]}), "weight")
    'regression'
    """
    values = [cell for cell in table.column(target) if cell is not None]
    different = set(values)
    if len(different) < 2:
        raise _one_value(table, target, values)
    if kind is not None:
        return _possible(table, target, kind)
    if table.kind(target) == "categorical":
        if is_identifier(values):
            raise _identifier(table, target, len(different), len(values))
        return "classification"
    whole = all(float(value).is_integer() for value in values)
    few = len(different) <= min(MOST_WHOLE_NUMBERS, len(values) / 2)
    return "classification" if whole and few else "regression"


def with_target(table: Table, target: str) -> Table:
    """The rows whose target is known."""
    return table.rows(i for i, cell in enumerate(table.column(target)) if cell is not None)


def class_names(cells: Iterable[Cell]) -> list[str]:
    """The different values as class names: words by the alphabet, numbers by size.

    >>> class_names([10.0, 9.0, 10.0]), class_names(["b", "a"])
    (['9', '10'], ['a', 'b'])
    """
    different = {cell for cell in cells if cell is not None}
    in_order = sorted(different, key=lambda c: (0.0, c) if isinstance(c, str) else (c, ""))
    return [label_text(cell) for cell in in_order]


def is_identifier(words: Sequence[Cell]) -> bool:
    """Whether words tell rows apart: more than 20 different, and more than half of them."""
    return len(set(words)) > max(MOST_WORDS, len(words) / 2)


def _possible(table: Table, target: str, kind: TargetKind) -> TargetKind:
    if kind not in get_args(TargetKind):
        raise ValueError(
            explain(
                f"kind={kind!r} is neither 'classification' nor 'regression'",
                f"target_kind(table, {target!r}, kind={kind!r})",
                "a network predicts classes or an amount",
                f"target_kind(table, {target!r}, kind='classification')",
            )
        )
    if kind == "regression" and table.kind(target) == "categorical":
        row, word = next((i, x) for i, x in enumerate(table.column(target)) if isinstance(x, str))
        raise ValueError(
            explain(
                f"{table.name}: {target!r} holds words, such as {word!r} ({table.place(row)})",
                f"target_kind(table, {target!r}, kind='regression')",
                "a regression predicts a number; words are predicted as classes",
                f"target_kind(table, {target!r}, kind='classification')",
            )
        )
    return kind


def _one_value(table: Table, target: str, values: Sequence[Cell]) -> ValueError:
    found, why = "no value", "there is no answer to learn from where every cell is empty"
    if values:
        found = f"only one value, {label_text(values[0])!r},"
        why = "where the answer is always the same there is nothing to learn"
    return ValueError(
        explain(
            f"{table.name}: the target {target!r} has {found} in {len(table)} rows",
            f"Encoder.learn(table, target={target!r})",
            why,
            "Encoder.learn(table, target='a column with at least two different values')",
        )
    )


def _identifier(table: Table, target: str, different: int, rows: int) -> ValueError:
    return ValueError(
        explain(
            f"{table.name}: the target {target!r} has {different} different words in {rows} rows",
            f"Encoder.learn(table, target={target!r})",
            "that looks like a name or a number of each row; "
            "a class can be learned only from several rows of it",
            f"Encoder.learn(table, target={target!r}, kind='classification')   # if it is meant",
        )
    )
