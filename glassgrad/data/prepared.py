"""`prepare`: split a table, learn its encoder on the training part, encode all parts."""

from __future__ import annotations

from dataclasses import dataclass

from glassgrad.data.dataset import Dataset
from glassgrad.data.encoder import Encoder
from glassgrad.data.splits import Split, split
from glassgrad.data.table import Table
from glassgrad.data.target import TargetKind


@dataclass(frozen=True)
class Prepared:
    """A table made ready: the parts as numbers, and how they came about.

    `notes` gathers what was noticed on the way: in reading, in splitting, in encoding.
    """

    train: Dataset
    validation: Dataset
    test: Dataset
    encoder: Encoder
    split: Split
    notes: list[str]


def prepare(
    table: Table,
    target: str,
    *,
    test: float = 0.2,
    validation: float = 0.0,
    seed: int = 0,
    kind: TargetKind | None = None,
) -> Prepared:
    """Split the rows, learn the encoder from the training rows alone, and encode each part.

    Raises ValueError as `split` and `Encoder.learn` do.

    >>> from glassgrad.data import penguins
    >>> ready = prepare(penguins(), target="species", test=0.2, seed=1)
    >>> len(ready.train), len(ready.validation), len(ready.test), ready.train.classes
    (275, 0, 69, ['Adelie', 'Chinstrap', 'Gentoo'])
    """
    rows = split(table, test=test, validation=validation, seed=seed, target=target, kind=kind)
    encoder = Encoder.learn(table, target, rows.train, kind)
    train, held_out, final = (encoder.encode(table.rows(part)) for part in rows)
    notes = [*table.notes, *rows.notes, *encoder.notes]
    return Prepared(train, held_out, final, encoder, rows, notes)
