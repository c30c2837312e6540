"""Long statements over several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNS = ((" + ", " - "), (" * ", " / ", " @ "))
SHORT = 24  # letters of things that may stand together in a line


def wrapped(statement: str, width: int) -> str:
    """A statement over several lines, cut at its sums, or between what a call or a list is given.

    >>> print(wrapped("y = first * second + third * fourth", 20))
    y = (
        first * second
        + third * fourth
    )
    """
    found = re.fullmatch(r"(\s*)(.*? \+?= |return |)(.*)", statement)
    if not found or len(statement) <= width:
        return statement
    indent, target, value = found.groups()
    if "[" in target and len(value) <= SHORT:
        target = _laid(target, len(indent), len(indent), width - len(value))
        return f"{indent}{target}{value}"
    return f"{indent}{target}{_laid(value, len(indent + target), len(indent), width)}"


def _laid(value: str, start: int, indent: int, width: int) -> str:
    """An expression that begins in column `start` of a line that is indented so far."""
    if start + len(value) <= width:
        return value
    inner = width - indent - 4
    if len(pieces := _pieces(value)) > 1:
        return _lines("(", _filled(pieces, inner), ")", indent, width)
    head, inside, tail = _largest(value)
    if not inside:
        return value
    if inside.startswith("[") and _largest(inside)[::2] == ("[", "]"):  # a list by itself
        head, inside, tail = f"{head}[", inside[1:-1], f"]{tail}"
    items = [piece.removeprefix(", ") for piece in cut(inside, (", ",))]
    if len(items) == 1:
        if len(pieces := _pieces(inside)) > 1:
            return _lines(head, _filled(pieces, inner), tail, indent, width)
        if re.search(r"(^|[^\w\])])\($", head):  # no call: a comma would make it a tuple
            return f"{head}{_laid(inside, start + len(head), indent, width)}{tail}"
    items = [f"{item}," for item in items]
    if len(items) > 4 and max(map(len, items)) <= SHORT:
        items = _filled(items, inner)
    return _lines(head, items, tail, indent, width)


def _pieces(value: str) -> list[str]:
    """A sum, or else a product, cut at its signs."""
    for signs in SIGNS:
        pieces = [piece.strip() for piece in cut(value, signs)]
        if len(pieces) > 1:
            return pieces
    return [value]


def _lines(head: str, lines: Sequence[str], tail: str, indent: int, width: int) -> str:
    """A bracket with lines inside, each of them cut in its turn."""
    laid = []
    inner = indent + 4
    for line in lines:
        comma = "," if line.endswith(",") else ""
        sign = line[:2] if line[:2] in ("+ ", "- ", "* ", "/ ", "@ ") else ""
        text = line.removeprefix(sign).removesuffix(comma)
        text = _laid(text, inner + len(sign), inner, width - len(comma))
        laid.append(f"{' ' * inner}{sign}{text}{comma}")
    return "\n".join([head, *laid, f"{' ' * indent}{tail}"])


def _largest(value: str) -> tuple[str, str, str]:
    """The longest bracket that stands in no other: what is before, in and after it."""
    best, start, depth = (0, 0), 0, 0
    for i, letter in enumerate(value):
        if letter in "([":
            start = start if depth else i
            depth += 1
        elif letter in ")]":
            depth -= 1
            if not depth:
                best = max(best, (start, i), key=lambda found: found[1] - found[0])
    start, end = best
    return value[: start + 1], value[start + 1 : end], value[end:]


def cut(text: str, before: tuple[str, ...]) -> list[str]:
    """Text cut before each of these signs that stands in no brackets.

    >>> cut("a + f(b + c) - d", (" + ", " - "))
    ['a', ' + f(b + c)', ' - d']
    """
    pieces, start, depth = [], 0, 0
    for i, letter in enumerate(text):
        if not depth and i > start and text.startswith(before, i):
            pieces.append(text[start:i])
            start = i
        depth += (letter in "([") - (letter in ")]")
    return [*pieces, text[start:]]


def _filled(pieces: Sequence[str], width: int) -> list[str]:
    """Pieces joined to lines that are as long as they may be."""
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + 1 + len(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines
