"""`Table`: columns as they were read, numbers, words and holes, from a CSV file or a DataFrame.

How a CSV file is cut into cells is in csv_text.py, how cells become numbers or words in cells.py;
how a table becomes numbers for a network is in encoder.py.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from glassgrad.data.cells import Cell, CellReader, label_text, listing, other_decimal, parse_number
from glassgrad.data.csv_text import DELIMITERS, cut, decode
from glassgrad.errors import explain


@dataclass(frozen=True, repr=False)
class Table:
    """Named columns of equal length, as read.

    A column holds numbers (kind "numeric") or words (kind "categorical"), and None where a value
    is missing. `lines[i]` is the line of the file on which row i starts (empty if from no file);
    `notes` says what was noticed in reading.

    How a column is read, from a file and from a DataFrame alike:

    - Space around a cell is dropped. The cells in `MISSING` ("", NA, N/A, NaN, null, None, ?, -,
      <NA>, NaT) are missing values, in upper or lower case.
    - If all other cells are finite numbers, the column is numeric, else categorical. True, False
      and dates are words.
    - If only a few are not numbers (one cell, or up to a tenth of the cells, and fewer than the
      numbers), or a number is infinite, that is an error: a slip must not turn measurements
      into words. `words=["column"]` reads the column as words nevertheless.

    >>> table = Table("pets", {"legs": [4.0, 2.0, None], "kind": ["cat", "bird", "cat"]})
    >>> table
    Table 'pets': 3 rows
      legs  numbers  2 to 4, 1 missing
      kind  words    bird, cat
    >>> table.kind("legs"), len(table.rows([0, 2]))
    ('numeric', 2)
    """

    name: str
    columns: dict[str, list[Cell]]
    source: str = ""
    licence: str = ""
    notes: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @classmethod
    def from_csv(
        cls,
        path: str | os.PathLike[str],
        *,
        words: Collection[str] = (),
        delimiter: str | None = None,
        decimal: str = ".",
        encoding: str = "utf-8",
    ) -> Table:
        r"""Read a CSV file whose first line names the columns.

        `delimiter` is one of `,` `;` tab `|` and is found from the first two lines if not given.
        `decimal=","` reads 3,5 as a number (never guessed: 1,234 may be either of two numbers);
        the delimiter is then a comma only if no other one is found.
        Columns in `words` are read as words even if they look like numbers.

        Raises FileNotFoundError, IsADirectoryError, or ValueError with the line and the column
        for a file that is broken, and for a name in `words` that the file does not have.

        >>> _ = Path("pets.csv").write_text("house,legs\n012,4\n007,\n")
        >>> Table.from_csv("pets.csv", words=["house"])
        Table 'pets': 2 rows
          house  words    007, 012
          legs   numbers  4 to 4, 1 missing
        """
        file = Path(path)
        if file.is_dir() or not file.exists():
            raise _no_file(file)
        if decimal not in (".", ",") or (delimiter and delimiter not in tuple(DELIMITERS)):
            raise _bad_format(file.name, delimiter, decimal)
        text = decode(file.read_bytes(), file.name, encoding)
        header, rows, lines = cut(text, file.name, delimiter, decimal)
        numbers = [name for name in header if isfinite(parse_number(name, decimal))]
        notes = [
            f"the header names a column {name!r}: does the file lack its header line?"
            for name in numbers[:1]
        ]
        program = f"Table.from_csv({file.name!r})"
        _check_words(words, header, file.name, program)
        other = f"{program[:-1]}, decimal={other_decimal(decimal)!r})"

        def place(row: int) -> str:
            return f"line {lines[row]}"

        reader = CellReader(file.name, program, other, place, notes, decimal)
        columns = {
            name: reader.read(name, [row[i] for row in rows], name in words)
            for i, name in enumerate(header)
        }
        return cls(file.stem, columns, source=file.name, notes=notes, lines=lines)

    @classmethod
    def from_frame(cls, frame: Any, name: str = "data", *, words: Collection[str] = ()) -> Table:
        """Read a pandas or polars DataFrame: its columns, without a pandas index.

        None, NaN, NaT and pandas' NA are missing values. Columns of a categorical type are
        words, also if their values are numbers. Rows are counted from 0 in messages.

        Raises TypeError if `frame` is none, ValueError if it has no rows, a bad column, or no
        column of a name in `words`.

        >>> import pandas
        >>> frame = pandas.DataFrame({"legs": [4, 2, None], "kind": ["cat", "bird", "cat"]})
        >>> Table.from_frame(frame)
        Table 'data': 3 rows
          legs  numbers  2 to 4, 1 missing
          kind  words    bird, cat
        """
        _check_frame(frame, name)
        program = "Table.from_frame(frame)"
        _check_words(words, [str(label) for label in frame.columns], name, program)
        notes: list[str] = []
        other = 'frame = pandas.read_csv("data.csv", decimal=",")'
        reader = CellReader(name, program, other, "row {}".format, notes)
        columns = {}
        for label in frame.columns:
            series, column = frame[label], str(label)
            of_words = str(series.dtype).lower().startswith(("categor", "enum"))
            cells = [label_text(value).strip() for value in series.to_list()]
            columns[column] = reader.read(column, cells, of_words or column in words)
        source = f"{type(frame).__module__.split('.')[0]} DataFrame"
        return cls(name, columns, source=source, notes=notes)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def column(self, name: str) -> list[Cell]:
        """The cells of a column. Raises ValueError, with the names near to it, if there is none.

        >>> Table("pets", {"legs": [4.0, 2.0]}).column("legs")
        [4.0, 2.0]
        """
        if name not in self.columns:
            raise _no_column(self.name, self.columns, name, "table.column(", ")")
        return self.columns[name]

    def kind(self, column: str) -> Literal["numeric", "categorical"]:
        """Whether a column holds numbers (or nothing at all) or words."""
        words = any(isinstance(cell, str) for cell in self.column(column))
        return "categorical" if words else "numeric"

    def rows(self, indices: Iterable[int]) -> Table:
        """The table of these rows, in this order.

        >>> Table("pets", {"legs": [4.0, 2.0, 8.0]}).rows([2, 0]).columns
        {'legs': [8.0, 4.0]}
        """
        places = list(indices)
        columns = {name: [cells[i] for i in places] for name, cells in self.columns.items()}
        return replace(self, columns=columns, lines=[self.lines[i] for i in places if self.lines])

    def drop(self, *names: str) -> Table:
        """The table without these columns. Raises ValueError if there is no such column.

        >>> Table("pets", {"legs": [4.0], "kind": ["cat"]}).drop("kind").columns
        {'legs': [4.0]}
        """
        gone = [name for name in names if self.column(name) is not None]
        columns = {name: cells for name, cells in self.columns.items() if name not in gone}
        return replace(self, columns=columns)

    def place(self, row: int) -> str:
        """Where a row comes from, for messages: "line 7" of a file, else "row 5"."""
        return f"line {self.lines[row]}" if self.lines else f"row {row}"

    def __repr__(self) -> str:
        width = max(map(len, self.columns), default=0)
        lines = [f"  {name:<{width}}  {self._describe(name)}" for name in self.columns]
        return "\n".join([f"Table {self.name!r}: {len(self)} rows", *lines])

    def _describe(self, name: str) -> str:
        known = [cell for cell in self.columns[name] if cell is not None]
        numbers = [cell for cell in known if not isinstance(cell, str)]
        missing = len(self) - len(known)
        if not known:
            text = "empty"
        elif len(numbers) == len(known):
            text = f"numbers  {min(numbers):g} to {max(numbers):g}"
        else:
            text = f"words    {listing(sorted({str(cell) for cell in known}), most=6)}"
        return text + (f", {missing} missing" if missing else "")


class Perhaps(str):
    """The name of a column in `words` that a file may lack: it comes from an encoder."""

    __slots__ = ()


def _near(name: str, names: Iterable[str]) -> list[str]:
    """The names that `name` may have been meant for, nearest first."""
    by_small = {known.lower(): known for known in names}
    return [by_small[small] for small in get_close_matches(str(name).lower(), by_small, cutoff=0.7)]


def _check_words(words: Collection[str], names: Collection[str], table: str, call: str) -> None:
    """Raise ValueError if a column that is to be read as words is not there."""
    for name in words:
        if name not in names and not isinstance(name, Perhaps):
            raise _no_column(table, names, name, f"{call[:-1]}, words=[", "])")


def _no_column(table: str, names: Iterable[str], name: str, call: str, end: str) -> ValueError:
    known = list(names)
    near = _near(name, known)
    guess = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return ValueError(
        explain(
            f"{table} has no column {name!r}; its columns are {listing(known)}",
            f"{call}{name!r}{end}",
            f"a name is taken as it stands in the header, upper and lower case too{guess}",
            f"{call}{(near or [*known, ''])[0]!r}{end}",
        )
    )


def _no_file(path: Path) -> OSError:
    if path.is_dir():
        return IsADirectoryError(
            explain(
                f"{path} is a folder, not a CSV file",
                f"Table.from_csv({str(path)!r})",
                "one file is read at a time",
                f"Table.from_csv({str(path / 'data.csv')!r})",
            )
        )
    folder = path.parent
    near = _near(path.name, [x.name for x in folder.iterdir()]) if folder.is_dir() else []
    better = folder / near[0] if near else Path("where/it/is", path.name)
    guess = f"; did you mean {' or '.join(near)}?" if near else ""
    return FileNotFoundError(
        explain(
            f"there is no file {path}",
            f"Table.from_csv({str(path)!r})",
            f"the path is taken from the folder {Path.cwd()}{guess}",
            f"Table.from_csv({str(better)!r})",
        )
    )


def _bad_format(file: str, delimiter: str | None, decimal: str) -> ValueError:
    return ValueError(
        explain(
            f"delimiter={delimiter!r}, decimal={decimal!r} cannot be read",
            f"Table.from_csv({file!r}, delimiter={delimiter!r}, decimal={decimal!r})",
            f"the delimiter is one of {', '.join(map(repr, DELIMITERS))} or None to find it, "
            "and the decimal sign is '.' or ','",
            f"Table.from_csv({file!r}, delimiter=';', decimal=',')",
        )
    )


def _check_frame(frame: Any, name: str) -> None:
    """Raise TypeError or ValueError unless `frame` is a DataFrame that can be read."""
    if hasattr(frame, "collect"):
        raise TypeError(
            explain(
                f"{type(frame).__name__} holds a plan, not the rows",
                "Table.from_frame(frame.lazy())",
                "a lazy frame is computed only when collected",
                "Table.from_frame(frame.collect())",
            )
        )
    labels = [str(label) for label in getattr(frame, "columns", [])]
    if not labels:
        raise TypeError(
            explain(
                f"{type(frame).__name__} is no DataFrame with named columns",
                "Table.from_frame([[1.71, 65.0]])",
                "columns are asked for by name",
                'Table.from_frame(pandas.DataFrame({"height": [1.71], "weight": [65.0]}))',
            )
        )
    twice = [label for i, label in enumerate(labels) if label in labels[:i]]
    if twice:
        raise ValueError(
            explain(
                f"{name}: two columns are named {twice[0]!r}",
                f"pandas.DataFrame([[1, 2]], columns=[{twice[0]!r}, {twice[0]!r}])",
                "columns are asked for by name, so each needs its own",
                f"pandas.DataFrame([[1, 2]], columns=[{twice[0]!r}, {twice[0] + '_2'!r}])",
            )
        )
    if not len(frame):
        raise ValueError(
            explain(
                f"{name}: the DataFrame has no rows",
                "Table.from_frame(frame[:0])",
                "there is nothing to learn from",
                "Table.from_frame(frame)",
            )
        )
