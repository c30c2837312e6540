"""What a cell of text means: a number, a word, or nothing.

The rules are stated in `Table` (table.py), for whom all of this is; here they are carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite, isnan, nan

from glassgrad.errors import explain

Cell = float | str | None

# What stands for "not known", in any case; the last two are how pandas prints it.
MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "?", "-", "<na>", "nat"])


@dataclass(frozen=True)
class CellReader:
    """Turns cells of text into numbers and holes or into words and holes, or says why not."""

    file: str
    program: str  # the call that reads, for messages
    other_decimal: str  # the call that reads the other decimal sign
    place: Callable[[int], str]  # what to call a row
    notes: list[str]
    decimal: str = "."

    def read(self, column: str, cells: list[str], as_words: bool) -> list[Cell]:
        """One column, by the rules that `Table` states; adds to `notes` what is odd."""
        words: list[Cell] = [None if cell.lower() in MISSING else cell for cell in cells]
        if as_words:
            return words
        numbers = [
            None if word is None else parse_number(str(word), self.decimal) for word in words
        ]
        strays = [i for i, x in enumerate(numbers) if x is not None and not isfinite(x)]
        if not strays:
            return list(numbers)
        first, other = strays[0], other_decimal(self.decimal)
        if all(isfinite(parse_number(cells[i], other)) for i in strays):
            raise self._other_decimal(column, cells[first], first)
        not_numbers = sum(1 for x in numbers if x is not None and isnan(x))
        filled = len(words) - words.count(None)
        if not_numbers <= max(1, filled // 10) and 2 * not_numbers < filled:
            raise self._stray(column, cells[first], first, f"{filled - len(strays)} of {filled}")
        if not_numbers < filled:
            self.notes.append(
                f"{column}: read as words, for {not_numbers} of its {filled} cells are not "
                f"numbers, the first being {cells[first]!r} ({self.place(first)})"
            )
        return words

    def _stray(self, column: str, cell: str, row: int, share: str) -> ValueError:
        return ValueError(
            explain(
                f"{self.file}, {self.place(row)}, column {column!r}: "
                f"{cell!r} is not a finite number",
                f"{self.program}   # {column}: {cell}",
                f"{share} cells of the column are finite numbers, so this one looks like a slip; "
                "correct it, or leave it empty if the value is not known",
                f"{self.program[:-1]}, words=[{column!r}])   # if the column is meant as words",
            )
        )

    def _other_decimal(self, column: str, cell: str, row: int) -> ValueError:
        other = other_decimal(self.decimal)
        return ValueError(
            explain(
                f"{self.file}, {self.place(row)}, column {column!r}: {cell!r} is a number only "
                f"if {other!r} is its decimal sign",
                f"{self.program}   # {column}: {cell}",
                f"numbers are read with the decimal sign {self.decimal!r} and without signs "
                "between thousands; it is not guessed, as 1,234 may be either of two numbers",
                f"{self.other_decimal}   # 3{other}5 is 3 and a half",
            )
        )


def parse_number(text: str, decimal: str = ".") -> float:
    """The number that a cell holds, infinite if it says so; nan if it holds none."""
    if decimal == ",":
        text = text.translate(str.maketrans(".,", ",."))
    try:
        return nan if "_" in text else float(text)
    except ValueError:
        return nan


def other_decimal(decimal: str) -> str:
    """The decimal sign that this one is not."""
    return "," if decimal == "." else "."


def label_text(value: object) -> str:
    """A value as a word: a whole number without its .0, all else as Python prints it.

    >>> label_text(3.0), label_text(2.5), label_text("red"), label_text(True)
    ('3', '2.5', 'red', 'True')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def listing(names: Iterable[str], most: int = 20) -> str:
    """Names for a message, the first ones if they are many.

    >>> listing("abcd", most=3)
    'a, b, c and 1 more'
    """
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
