"""`Dataset`: rows of numbers with their targets, ready for a network.

Where the rows come from is the matter of generate.py (made up by a formula) and of table.py and
encoder.py (read from a file or a DataFrame).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import isfinite

from glassgrad.errors import explain


@dataclass(frozen=True, repr=False)
class Dataset:
    """Numbers ready for a network.

    `inputs` has one row for each example and in it one number for each of `feature_names`.
    `targets` has one entry for each example: a class number, that is a place in `classes`, or
    for a regression (`classes` is empty) the value itself. It is empty when nothing is known
    about the targets, as in data to predict for. `notes` says what was missing and what was done.

    Raises ValueError when the lengths do not agree, a number is not finite or a class number is
    not in `classes`.

    >>> data = Dataset([[0.0, 1.0], [2.0, 3.0]], [1, 0], ["x", "y"], ["red", "blue"], name="dots")
    >>> data
    Dataset 'dots': 2 examples, 2 inputs (x, y), target 'target' with 2 classes (red, blue)
    >>> [(row, data.classes[target]) for row, target in data]
    [([0.0, 1.0], 'blue'), ([2.0, 3.0], 'red')]
    """

    inputs: list[list[float]]
    targets: list[int] | list[float]
    feature_names: list[str]
    classes: list[str]
    target_name: str = "target"
    name: str = ""
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.targets) not in (0, len(self.inputs)):
            raise _wrong(f"{len(self.inputs)} rows of inputs, but {len(self.targets)} targets")
        for i, row in enumerate(self.inputs):
            if len(row) != len(self.feature_names):
                names = ", ".join(self.feature_names)
                raise _wrong(f"row {i} of inputs has {len(row)} numbers for the features {names}")
            if not all(map(isfinite, row)):
                raise _wrong(f"row {i} of inputs holds a number that is not finite: {row}")
        for i, target in enumerate(self.targets):
            if not isfinite(target):
                raise _wrong(f"target {i} is not finite: {target}")
            if self.classes and target not in range(len(self.classes)):
                raise _wrong(f"target {i} is {target!r}, but there are {len(self.classes)} classes")

    def __len__(self) -> int:
        return len(self.inputs)

    def __iter__(self) -> Iterator[tuple[list[float], int | float]]:
        return iter(zip(self.inputs, self.targets, strict=False))

    @property
    def is_classification(self) -> bool:
        """Whether the targets are class numbers."""
        return bool(self.classes)

    def subset(self, indices: Iterable[int]) -> Dataset:
        """The examples at these places, in this order."""
        places = list(indices)
        targets = [self.targets[i] for i in places] if len(self.targets) else []
        return replace(self, inputs=[self.inputs[i] for i in places], targets=targets)

    def __repr__(self) -> str:
        names = ", ".join(self.feature_names)
        kind = f" with {len(self.classes)} classes ({', '.join(self.classes)})"
        return (
            f"Dataset {self.name!r}: {len(self)} examples, {len(self.feature_names)} inputs "
            f"({names}), target {self.target_name!r}{kind if self.classes else ''}"
        )


def _wrong(what: str) -> ValueError:
    return ValueError(
        explain(
            what,
            'Dataset([[0.0], [1.0, 2.0]], [0, 7], ["x"], ["red", "blue"])',
            "each example is one row with a finite number for each feature, and one target: "
            "a class number from 0, or for a regression (no classes) a finite number",
            'Dataset([[0.0], [1.0]], [0, 1], ["x"], ["red", "blue"])',
        )
    )
