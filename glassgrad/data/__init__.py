"""Data: sets made by a formula, sets that ship with the package, and one's own tables.

Made by a formula (generate.py): `moons`, `circles`, `blobs`, `spiral`, `xor`, `sine`.
Shipped (shipped.py): `penguins`, `iris`, `digits`, `names`; `DATASETS` lists them all.
One's own (table.py): `Table.from_csv`, `Table.from_frame` for pandas and polars.
From a table to numbers: `prepare` does it all; `split`, `Encoder` and `target_kind` are its
steps. What a network takes, and what all of this leads to, is a `Dataset`.
"""

from glassgrad.data.dataset import Dataset
from glassgrad.data.encoder import Encoder
from glassgrad.data.generate import blobs, circles, moons, sine, spiral, xor
from glassgrad.data.prepared import Prepared, prepare
from glassgrad.data.shipped import DATASETS, digits, iris, names, penguins
from glassgrad.data.splits import Split, split
from glassgrad.data.table import Table
from glassgrad.data.target import target_kind

__all__ = [
    "DATASETS",
    "Dataset",
    "Encoder",
    "Prepared",
    "Split",
    "Table",
    "blobs",
    "circles",
    "digits",
    "iris",
    "moons",
    "names",
    "penguins",
    "prepare",
    "sine",
    "spiral",
    "split",
    "target_kind",
    "xor",
]
