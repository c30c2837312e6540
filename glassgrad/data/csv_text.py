"""CSV: bytes to rows of cells, and what to say when the file is broken.

What the cells mean (numbers, words, missing) is the matter of table.py. The standard library's
csv module is not used: it cannot tell in which cell a quote goes wrong, and reads on past it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from glassgrad.errors import explain

DELIMITERS = ",;\t|"


class Cells(NamedTuple):
    """A CSV file's text, cut up: `rows[i]` starts on line `lines[i]` of the file."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def decode(data: bytes, file: str, encoding: str) -> str:
    r"""The text of a file, without byte-order mark, its line ends all `\n`.

    Raises ValueError when the file is no text in this encoding, or is empty.
    """
    program = f"Table.from_csv({file!r})"
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0")):
        raise ValueError(
            explain(
                f"{file} is a spreadsheet or a packed file, not CSV",
                program,
                "CSV is plain text; the first bytes of this file are those of another format",
                'Table.from_csv("data.csv")   # save the table as CSV (UTF-8) first',
            )
        )
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = data.count(b"\n", 0, at) + 1
        other = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
        raise ValueError(
            explain(
                f"{file}, line {line}: byte {at} (0x{data[at]:02x}) is not {encoding}",
                program,
                "the file was saved in another encoding; "
                f"{other} is likely, or save it anew as UTF-8",
                f"Table.from_csv({file!r}, encoding={other!r})",
            )
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise ValueError(
            explain(
                f"{file}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}: "
                "a zero byte, which no text holds",
                program,
                "the file is damaged, is no text, or is UTF-16",
                f"Table.from_csv({file!r}, encoding='utf-16')   # or save it anew as UTF-8",
            )
        )
    if not text.strip():
        raise ValueError(
            explain(
                f"{file} is empty",
                program,
                "the first line names the columns, each further line is one row",
                _file("height,weight\n1.71,65.0"),
            )
        )
    return text


def cut(text: str, file: str, delimiter: str | None = None, decimal: str = ".") -> Cells:
    r"""Cut the text of a CSV file into its header and its rows, all of the header's length.

    Without a `delimiter` it is found from the first two lines: that of `,` `;` tab `|` which
    stands in both equally often, then the most frequent; the `decimal` sign comes last. Blank
    lines count as no row. Cells lose the space around them. A cell in double quotes may hold
    delimiters, line ends, and `""` for a quote.

    Raises ValueError with the line and column when the header has no name or twice the same
    name, a row has too few or too many cells, a quote is not closed, or there is no row.

    >>> cut('name,note\nAda,"first, best"', "people.csv").rows
    [['Ada', 'first, best']]
    """
    mark = delimiter or _find_delimiter(text, decimal)
    rows, lines = _split(text, file, mark)
    header, rows = rows[0], rows[1:]
    _check_header(header, file, lines[0])
    for row, line in zip(rows, lines[1:], strict=True):
        if len(row) != len(header):
            raise _ragged(header, row, file, line, mark)
    if not rows:
        names = mark.join(header)
        raise ValueError(
            explain(
                f"{file} has a header, but no rows",
                _file(names),
                "each line after the first is one row of the table",
                _file(f"{names}\n{mark.join('1' for _ in header)}"),
            )
        )
    return Cells(header, rows, lines[1:])


def _find_delimiter(text: str, decimal: str) -> str:
    lines = re.sub(r'"[^"\n]*"', "", text.strip("\n")).split("\n", 2)
    first, second, *_ = [*lines, ""]

    def fits(mark: str) -> tuple[bool, bool, int]:
        in_both = 0 < first.count(mark) == second.count(mark)
        return in_both, mark != decimal, first.count(mark)

    return max(DELIMITERS, key=fits)


def _split(text: str, file: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """All rows, each with the line on which it starts, by one regular expression for a cell."""
    mark = re.escape(delimiter)
    quoted, plain = r'"([^"]*+(?:""[^"]*+)*+)" *+', rf'([^"{mark}\n][^{mark}\n]*+)?'
    cell = re.compile(rf" *+(?:{quoted}|{plain})({mark}|\n)")
    text = text.rstrip("\n") + "\n"
    rows: list[list[str]] = []
    lines: list[int] = []
    row: list[str] = []
    at, line, start = 0, 1, 1
    while at < len(text):
        match = cell.match(text, at)
        if match is None:
            header = rows[0] if rows else []
            column = repr(header[len(row)]) if len(row) < len(header) else str(len(row) + 1)
            raise _bad_quote(text, at, file, line, column)
        inside, outside, end = match.groups()
        content = inside.replace('""', '"') if inside is not None else outside or ""
        row.append(content.strip())
        at, line = match.end(), line + match[0].count("\n")
        if end == "\n":
            if row != [""]:
                rows.append(row)
                lines.append(start)
            row, start = [], line
    return rows, lines


def _check_header(header: list[str], file: str, line: int) -> None:
    for i, name in enumerate(header):
        if name and name not in header[:i]:
            continue
        twice = f"columns {header.index(name) + 1} and {i + 1} are both named {name!r}"
        raise ValueError(
            explain(
                f"{file}, line {line}: {twice if name else f'column {i + 1} has no name'}",
                _file(",".join(header)),
                "columns are asked for by name, so each needs its own",
                _file(",".join([*header[:i], f"column_{i + 1}", *header[i + 1 :]])),
            )
        )


def _ragged(header: list[str], row: list[str], file: str, line: int, mark: str) -> ValueError:
    lacking = len(header) - len(row)
    if lacking > 0:
        detail = f"the first without one is {header[len(row)]!r}"
    else:
        detail = f"{row[len(header)]!r} belongs to no column"
    repaired = [*row, *[""] * lacking][: len(header)]
    return ValueError(
        explain(
            f"{file}, line {line}: {len(row)} cells, "
            f"but the header has {len(header)} columns; {detail}",
            _file(f"{mark.join(header)}\n{mark.join(row)}"),
            "each row has one cell for each column: an unknown value is an empty cell, "
            f"and a cell that holds {mark!r} itself stands in double quotes",
            _file(f"{mark.join(header)}\n{mark.join(repaired)}"),
        )
    )


def _bad_quote(text: str, at: int, file: str, line: int, column: str) -> ValueError:
    opened = re.compile(r' *+"[^"]*+(?:""[^"]*+)*+').match(text, at)
    assert opened is not None, "only a quote can make a cell unreadable"
    closed = line + opened[0].count("\n")
    goes_on = f"is closed on line {closed} in the middle of a cell"
    what = "is never closed" if opened.end() == len(text) else goes_on
    return ValueError(
        explain(
            f"{file}, line {line}, column {column}: the quote that opens this cell {what}",
            _file(text[at : text.index("\n", at)]),
            'a cell that begins with " ends with the next single "; '
            'a quote inside it is written ""',
            '"she said ""yes"", and left"',
        )
    )


def _file(text: str) -> str:
    """A piece of a CSV file as it stands in an error text: long lines are cut short."""
    lines = text.split("\n")
    return "\n".join(line if len(line) <= 80 else line[:77] + "..." for line in lines)
