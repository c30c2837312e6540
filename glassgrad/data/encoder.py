"""`Encoder`: what it takes to turn a table into numbers for a network, learned from some rows.

Reading a table is in table.py, choosing the rows in splits.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from statistics import mean, pstdev
from typing import Any

from glassgrad.data.cells import Cell, label_text, listing
from glassgrad.data.dataset import Dataset
from glassgrad.data.table import Perhaps, Table
from glassgrad.data.target import TargetKind, class_names, is_identifier, target_kind, with_target
from glassgrad.errors import explain


@dataclass(frozen=True)
class Number:
    """A numeric feature and its scale."""

    mean: float
    std: float

    def names(self, column: str) -> list[str]:
        """The names of the inputs that the column becomes: its own."""
        return [column]

    def encode(self, cell: Cell) -> list[float]:
        """(cell - mean) / std; 0 for a missing cell and for a column that was constant."""
        if cell is None or self.std == 0.0:
            return [0.0]
        return [(float(cell) - self.mean) / self.std]

    def notes(self, cells: list[Cell]) -> list[str]:
        """What is special about these cells and what `encode` does about it."""
        notes, missing = [], cells.count(None)
        if self.std == 0.0:
            notes.append(f"always {self.mean:g} in training, scaled to 0")
        if missing:
            notes.append(f"{missing} missing, taken as the training mean {self.mean:.6g}")
        return notes


@dataclass(frozen=True)
class Words:
    """A categorical feature and the categories that training knew."""

    categories: list[str]

    def names(self, column: str) -> list[str]:
        """The names of the inputs that the column becomes: `island=Biscoe`, ..."""
        return [f"{column}={category}" for category in self.categories]

    def encode(self, cell: Cell) -> list[float]:
        """One-hot: 1 at the cell's category, else 0; all 0 if it is missing or not known."""
        word = None if cell is None else label_text(cell)
        return [float(word == category) for category in self.categories]

    def notes(self, cells: list[Cell]) -> list[str]:
        """What is special about these cells and what `encode` does about it."""
        notes, missing = [], cells.count(None)
        words = [label_text(cell) for cell in cells if cell is not None]
        new = [word for word in words if word not in self.categories]
        if missing:
            notes.append(f"{missing} missing, no category set")
        if new:
            which = listing(sorted(set(new)), most=5)
            notes.append(f"{len(new)} not known from training ({which}), no category set")
        return notes


@dataclass(frozen=True)
class Encoder:
    """Turns rows of a table into inputs and targets; everything in it comes from training rows.

    The rules:

    - A numeric column becomes (x - mean) / std, with the mean and the population standard
      deviation of the training rows. A missing value is taken as that mean, so it becomes 0.
      A column that is constant in training becomes 0.
    - A categorical column becomes one input of 0 or 1 for each category (`island=Biscoe`), in
      alphabetical order. Where the value is missing, or none that training knew, all are 0.
    - A row without a target is left out.
    - A column is left out if it is empty in training, if its words are dates, or if they look
      like an identifier: more than 20 different ones, and more than half as many as rows.
    - Classes become numbers in the order of `classes`: words by the alphabet, numbers by size.
      The target of a regression is standardised like a feature; `decode_target` leads back.

    `notes` says what of this happened, with counts over the table that was learned from.

    >>> table = Table("pets", {"legs": [4.0, 2.0, None], "kind": ["cat", "bird", "cat"]})
    >>> encoder = Encoder.learn(table, target="kind")
    >>> encoder.encode(table).inputs, encoder.encode(table).targets
    ([[1.0], [-1.0], [0.0]], [1, 0, 1])
    >>> encoder.classes, encoder.notes
    (['bird', 'cat'], ['legs: 1 missing, taken as the training mean 3'])
    """

    target: str
    classes: list[str]
    target_mean: float
    target_std: float
    features: dict[str, Number | Words]
    notes: list[str]

    @classmethod
    def learn(
        cls,
        table: Table,
        target: str,
        rows: Iterable[int] | None = None,
        kind: TargetKind | None = None,
    ) -> Encoder:
        """Learn from the training `rows` of the table (all, if not given) to predict `target`.

        Whether it is a classification or a regression, `target_kind` decides from the whole
        table unless `kind` says so. Raises ValueError as `target_kind` does, and if no column
        is left to predict from.
        """
        rows = range(len(table)) if rows is None else rows
        part = with_target(table.rows(rows), target)
        values = part.columns[target]
        sort = target_kind(table, target, kind)
        target_kind(part, target, sort)  # training, too, needs two different values
        features, left_out = _learn_features(table, part, target)
        if not features:
            raise _no_features(table, target, left_out)
        if sort == "classification":
            encoder = cls(target, class_names(values), 0.0, 1.0, features, [])
        else:
            scale = _scale(values)
            encoder = cls(target, [], scale.mean, scale.std, features, [])
        notes = _target_notes(table, target)
        if kind is None and encoder.classes and table.kind(target) == "numeric":
            notes.append(f"{target}: {len(encoder.classes)} whole numbers, taken as classes")
        return replace(encoder, notes=[*notes, *left_out, *encoder._cell_notes(table)])

    @property
    def feature_names(self) -> list[str]:
        """One name for each number that goes into the network."""
        return [x for column, feature in self.features.items() for x in feature.names(column)]

    @property
    def word_columns(self) -> list[str]:
        """The categorical features, for `Table.from_csv(path, words=encoder.word_columns)`.

        A file that lacks one of them is read all the same: then `encode` says what is lacking.
        """
        features = self.features.items()
        return [Perhaps(name) for name, feature in features if isinstance(feature, Words)]

    def encode(self, table: Table, require_target: bool = True) -> Dataset:
        """The rows of a table as numbers; its other columns do not matter.

        With `require_target=False` the target is not looked at: all rows are kept and `targets`
        is empty, as for rows to predict. `notes` of the result tells what was missing or new.

        Raises ValueError if the column of a feature is not there, or holds words where training
        had numbers, or if a target is a class that training did not have.

        >>> pets = Table("pets", {"legs": [4.0, 2.0], "kind": ["cat", "bird"]})
        >>> encoder = Encoder.learn(pets, target="kind")
        >>> new = Table("new", {"legs": [3.0, 2.0]})
        >>> encoder.encode(new, require_target=False).inputs  # mean 3, standard deviation 1
        [[0.0], [-1.0]]
        """
        lacking = [column for column in self.features if column not in table.columns]
        if lacking:
            raise _no_columns(table, lacking)
        notes: list[str] = []
        targets: list[int] | list[float] = []
        if require_target:
            if self.target not in table.columns:
                raise _no_target(table, self.target)
            notes = _target_notes(table, self.target)
            table = with_target(table, self.target)
            targets = self._targets(table)
        columns = []
        for name, feature in self.features.items():
            cells = table.columns[name]
            if isinstance(feature, Number):
                _check_numbers(table, name)
            columns.append([feature.encode(cell) for cell in cells])
        inputs = [[x for part in parts for x in part] for parts in zip(*columns, strict=True)]
        notes += self._cell_notes(table)
        names = self.feature_names
        return Dataset(inputs, targets, names, self.classes, self.target, table.name, notes)

    def decode_target(self, x: float) -> float:
        """A network's output in the target's own units: x * target_std + target_mean.

        Raises ValueError in a classification: there `classes[k]` is the name of class k.

        >>> houses = Table("houses", {"rooms": [2.0, 4.0], "price": [100.0, 300.0]})
        >>> Encoder.learn(houses, "price").decode_target(0.5)  # mean 200, standard deviation 100
        250.0
        """
        if self.classes:
            raise ValueError(
                explain(
                    f"the target {self.target!r} has classes, no units",
                    "encoder.decode_target(2)",
                    "only the target of a regression is standardised; a class has a name",
                    "encoder.classes[2]",
                )
            )
        return x * self.target_std + self.target_mean

    def to_dict(self) -> dict[str, Any]:
        """Everything in dicts, lists, strings and numbers, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Encoder:
        """The encoder that `to_dict` was called on. Raises ValueError for any other dict.

        >>> pets = Table("pets", {"legs": [4.0, 2.0], "kind": ["cat", "bird"]})
        >>> encoder = Encoder.learn(pets, target="kind")
        >>> Encoder.from_dict(encoder.to_dict()) == encoder
        True
        """
        try:
            features = {
                column: Number(**feature) if "mean" in feature else Words(**feature)
                for column, feature in saved["features"].items()
            }
            return cls(**{**saved, "features": features})
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(
                explain(
                    f"this is no saved encoder ({type(error).__name__}: {error})",
                    "Encoder.from_dict({})",
                    "an encoder is read from what to_dict() gave, nothing less and nothing more",
                    "Encoder.from_dict(encoder.to_dict())",
                )
            ) from error

    def _targets(self, table: Table) -> list[int] | list[float]:
        cells = table.columns[self.target]
        if not self.classes:
            _check_numbers(table, self.target)
            scale = Number(self.target_mean, self.target_std)
            return [x for cell in cells for x in scale.encode(cell)]
        labels = [label_text(cell) for cell in cells]
        for row, label in enumerate(labels):
            if label not in self.classes:
                raise _new_class(table, self.target, label, row, self.classes)
        return [self.classes.index(label) for label in labels]

    def _cell_notes(self, table: Table) -> list[str]:
        return [
            f"{column}: {note}"
            for column, feature in self.features.items()
            for note in feature.notes(table.columns[column])
        ]


def _learn_features(
    table: Table, part: Table, target: str
) -> tuple[dict[str, Number | Words], list[str]]:
    """The features, by the names of their columns, and notes on the columns left out."""
    features: dict[str, Number | Words] = {}
    notes = []
    for column in table.columns:
        cells = [cell for cell in part.columns[column] if cell is not None]
        if column == target:
            continue
        if not cells:
            notes.append(f"{column}: empty in the training rows, left out")
        elif table.kind(column) == "numeric":
            features[column] = _scale(cells)
        elif all(_is_date(str(word)) for word in set(cells)):
            notes.append(f"{column}: dates, left out; a number made of them would do")
        elif is_identifier(cells):
            different = len(set(cells))
            notes.append(f"{column}: {different} different words in {len(cells)} rows, left out")
        else:
            features[column] = Words(class_names(cells))
    return features, notes


def _scale(cells: Iterable[Cell]) -> Number:
    numbers = [float(cell) for cell in cells if cell is not None]
    return Number(mean(numbers), pstdev(numbers))  # exact sums: a constant has std 0


def _is_date(word: str) -> bool:
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return False
    return True


def _target_notes(table: Table, target: str) -> list[str]:
    missing = table.column(target).count(None)
    return [f"{target}: none in {missing} of {len(table)} rows, left out"] if missing else []


def _check_numbers(table: Table, column: str) -> None:
    for row, cell in enumerate(table.columns[column]):
        if isinstance(cell, str):
            raise ValueError(
                explain(
                    f"{table.name}, {table.place(row)}, column {column!r}: {cell!r} is no number",
                    "encoder.encode(table)",
                    f"{column!r} was numeric in training; an unknown value is an empty cell",
                    "encoder.encode(Table.from_csv('a file with numbers in that column'))",
                )
            )


def _new_class(table: Table, target: str, label: str, row: int, classes: list[str]) -> ValueError:
    return ValueError(
        explain(
            f"{table.name}, {table.place(row)}: {label!r} is no class that training had",
            "encoder.encode(table)",
            f"the training rows had as {target!r} only {listing(classes)}",
            "encoder.encode(table, require_target=False)   # to predict whatever the target is",
        )
    )


def _no_target(table: Table, target: str) -> ValueError:
    return ValueError(
        explain(
            f"{table.name} has no column {target!r}, which is what the network predicts",
            "encoder.encode(table)",
            "rows to measure a network on need the right answers, rows to predict for do not",
            "encoder.encode(table, require_target=False)",
        )
    )


def _no_columns(table: Table, lacking: list[str]) -> ValueError:
    return ValueError(
        explain(
            f"{table.name} lacks the columns {listing(lacking)}; it has {listing(table.columns)}",
            "encoder.encode(table)",
            "the network was trained with these columns as inputs; they go by name",
            f"table.columns[{lacking[0]!r}] = [None] * len(table)   # if the values are unknown\n"
            "encoder.encode(table)",
        )
    )


def _no_features(table: Table, target: str, notes: list[str]) -> ValueError:
    found = "; ".join(notes) or f"{target!r} is the only column"
    return ValueError(
        explain(
            f"{table.name} has no column to predict {target!r} from: {found}",
            f"Encoder.learn(table, target={target!r})",
            "the inputs of a network are numbers and words with few categories",
            f"Encoder.learn(table_with_such_a_column, target={target!r})",
        )
    )
