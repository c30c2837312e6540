"""What comes with the package: `DATASETS`; `penguins`, `iris`, `digits`, `names` from files/.

files/README.md says where each file is from. The generated sets are in generate.py.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import as_file, files

from glassgrad.data import generate
from glassgrad.data.cells import Cell
from glassgrad.data.dataset import Dataset
from glassgrad.data.table import Table


@dataclass(frozen=True)
class Source:
    """One data set on offer: what it is, whence, under which licence, and the usual task.

    `rows` is how many rows it has (if generated, how many unless asked otherwise). For a table,
    `target` is the column that is usually predicted and `ignore` names the columns of the file
    that `load()` leaves out.
    """

    name: str
    description: str
    rows: int
    source: str
    licence: str
    load: Callable[[], Dataset | Table | list[str]]
    target: str = ""
    ignore: tuple[str, ...] = ()


def penguins() -> Table:
    """344 penguins of three species: island, bill, flipper, body mass, sex; 11 rows have holes.

    Gorman, Williams & Fraser (2014), https://doi.org/10.1371/journal.pone.0090081, CC0.
    The file's column `year` is left out: it dates the visit and says nothing about the bird.

    >>> penguins().kind("body_mass_g"), len(penguins())
    ('numeric', 344)
    """
    return _table("penguins")


def iris() -> Table:
    """150 iris flowers, 50 of each of three species: length and width of sepals and petals in cm.

    Fisher (1936), measured by Anderson; CC BY 4.0 as the UCI repository gives it.

    >>> iris().columns["petal_length_cm"][0]
    1.4
    """
    return _table("iris")


def digits() -> Table:
    """1,797 handwritten digits: 8 x 8 pixels from 0 (white) to 16 (black), and which digit it is.

    Alpaydin & Kaynak (1998), https://doi.org/10.24432/C50P49, CC BY 4.0. In order of the file:
    `pixel_0_0` to `pixel_0_7` are the top row.

    >>> digits().columns["digit"][:5]
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    about = DATASETS["digits"]
    packed = (files("glassgrad.data") / "files" / "digits.csv.gz").read_bytes()
    header, *rows = [line.split(",") for line in gzip.decompress(packed).decode().splitlines()]
    columns: dict[str, list[Cell]] = {
        name: [float(row[i]) for row in rows] for i, name in enumerate(header)
    }
    return Table("digits", columns, source=about.source, licence=about.licence)


def names() -> list[str]:
    """4,018 first names in lower case, the most frequent first (US census 1990, public domain).

    >>> names()[:3]
    ['james', 'john', 'robert']
    """
    text = (files("glassgrad.data") / "files" / "names.txt").read_text(encoding="utf-8")
    return text.split()


def _table(name: str) -> Table:
    about = DATASETS[name]
    with as_file(files("glassgrad.data") / "files" / f"{name}.csv") as path:
        table = Table.from_csv(path).drop(*about.ignore)
    return replace(table, source=about.source, licence=about.licence)


_GENERATED: list[tuple[str, Callable[[], Dataset], str]] = [
    ("moons", generate.moons, "two half circles, 2 classes"),
    ("circles", generate.circles, "a circle inside a circle, 2 classes"),
    ("blobs", generate.blobs, "round clouds, 3 classes"),
    ("spiral", generate.spiral, "two arms wound around each other, 2 classes"),
    ("xor", generate.xor, "do the signs of x and y differ, 2 classes"),
    ("sine", generate.sine, "sin x with noise, a regression"),
]

_SOURCES = [
    *(
        Source(name, text, 100, "made by a formula, glassgrad/data/generate.py", "MIT", make)
        for name, make, text in _GENERATED
    ),
    Source(
        "penguins",
        "penguins of 3 species near Palmer Station, with missing values",
        344,
        "Gorman, Williams & Fraser (2014), https://doi.org/10.1371/journal.pone.0090081",
        "CC0",
        penguins,
        target="species",
        ignore=("year",),
    ),
    Source(
        "iris",
        "iris flowers of 3 species",
        150,
        "Fisher (1936), measured by Anderson, https://doi.org/10.24432/C56C76",
        "CC BY 4.0",
        iris,
        target="species",
    ),
    Source(
        "digits",
        "handwritten digits, 8 x 8 pixels, 10 classes",
        1797,
        "Alpaydin & Kaynak (1998), https://doi.org/10.24432/C50P49",
        "CC BY 4.0",
        digits,
        target="digit",
    ),
    Source("names", "first names, to make up more", 4018, "US census 1990", "public domain", names),
]

DATASETS: dict[str, Source] = {source.name: source for source in _SOURCES}
