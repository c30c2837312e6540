"""Constants as text: a rule or a few numbers where they have one, else a name in `CONSTANTS`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import Buffer
from glassgrad.lift.text.formulas import number_text
from glassgrad.lift.text.names import unused

FEW = 64  # numbers that are written out
WIDTH = 100  # of a line


class Constants:
    """The constants of one text: `definitions` of names, and `large` arrays given from outside.

    most: how many numbers of an array are written out.
    """

    def __init__(self, names: dict[Buffer, str], taken: set[str], most: int = FEW) -> None:
        self.names = names
        self.taken = taken
        self.most = most
        self.definitions: dict[str, str] = {}
        self.large: dict[str, NDArray[Any]] = {}
        self._known: dict[tuple[Any, ...], str] = {}

    def of(self, buffer: Buffer) -> str:
        """The name of a constant buffer, which is now defined."""
        name = self.names[buffer]
        if name not in self.definitions:
            data = np.zeros(buffer.shape) if buffer.data is None else buffer.data
            self._define(name, np.reshape(data, buffer.shape))
        return name

    def array(self, name: str, numbers: NDArray[Any], otherwise: str = "") -> str:
        """A name for an array: this one, or that of an equal array.

        otherwise: an expression for it, for want of a rule.
        """
        key = (numbers.dtype.str, numbers.shape, numbers.tobytes())
        if key not in self._known:
            self._known[key] = unused(name, self.taken)
            self.taken.add(self._known[key])
            self._define(self._known[key], numbers, otherwise)
        return self._known[key]

    def _define(self, name: str, numbers: NDArray[Any], otherwise: str = "") -> None:
        text = rule_text(numbers) or otherwise or array_text(numbers, self.most, len(name) + 3)
        if text is None:
            self.large[name] = numbers
            words = " x ".join(map(str, numbers.shape))
            text = f'CONSTANTS["{name}"]  # {words}'
        self.definitions[name] = f"{name} = {text}"


def array_text(numbers: NDArray[Any], most: int = FEW, indent: int = 0) -> str | None:
    """NumPy for an array that is regular or has no more numbers than that, else None.

    indent: how many letters stand before it.

    >>> array_text(np.tri(3, dtype=bool)), array_text(np.arange(50.0)), array_text(np.ones((9, 9)))
    ('np.tri(3, dtype=bool)', 'np.arange(50.0)', 'np.full((9, 9), 1.0)')
    >>> print(array_text(np.array([[2.0, 3.0, -1.0], [3.0, -1.0, 0.5]])))
    np.array([
        [2.0, 3.0, -1.0],
        [3.0, -1.0, 0.5],
    ])
    """
    text = rule_text(numbers)
    if text or numbers.size > most:
        return text or None
    dtype = {"b": ", dtype=bool", "i": ", dtype=int"}.get(numbers.dtype.kind, "")
    dtype = "" if numbers.size else dtype
    text = f"np.array({_nested(numbers)}{dtype})"
    if (numbers.ndim < 2 or len(numbers) < 2) and indent + len(text) <= WIDTH:
        return text
    return f"np.array({_in_lines(numbers, 0)})"


def rule_text(numbers: NDArray[Any]) -> str:
    """NumPy for an array that is regular, else ""."""
    kind = numbers.dtype.kind
    dtype = {"b": ", dtype=bool", "i": ", dtype=int"}.get(kind, "")
    if numbers.ndim == 2 and numbers.size > 1:
        rows, columns = numbers.shape
        counts = f"{rows}, {columns}" if rows != columns else f"{rows}"
        if np.array_equal(numbers, np.eye(rows, columns)):
            return f"np.eye({counts}{dtype})"
        if kind == "b" and np.array_equal(numbers, ~np.eye(rows, columns, dtype=bool)):
            return f"~np.eye({counts}{dtype})"
        ones = int(np.count_nonzero(numbers[0]))
        shift = ones - 1
        if not numbers.all() and np.array_equal(numbers, np.tri(rows, columns, shift)):
            return f"np.tri({counts}{_shift(shift, rows, columns)}{dtype})"
        shift = columns - ones - 1
        if kind == "b" and np.array_equal(~numbers, np.tri(rows, columns, shift)):
            return f"~np.tri({counts}{_shift(shift, rows, columns)}{dtype})"
    first = numbers.flat[0] if numbers.size else 0
    if numbers.size > 1 and np.all(numbers == first):
        shape = numbers.shape if numbers.ndim > 1 else numbers.size
        return f"np.full({shape}, {_item(first)})"
    if numbers.ndim > 2 and numbers.size:
        last = numbers.reshape(-1, *numbers.shape[-2:])
        text = array_text(last[0]) if np.all(numbers == last[0]) else None
        if text and "\n" not in text:
            return f"np.broadcast_to({text}, {numbers.shape})"
    if numbers.ndim == 1 and numbers.size > 2 and np.all(np.isfinite(numbers)):
        return _range(numbers)
    return ""


def _shift(shift: int, rows: int, columns: int) -> str:
    """The diagonal of `np.tri`, unless it is the first."""
    return (f", {columns}" * (rows == columns) + f", {shift}") if shift else ""


def _range(numbers: NDArray[Any]) -> str:
    """`np.arange` for numbers that it gives exactly, or ""."""
    if numbers.dtype.kind == "b":
        return ""
    first, step = numbers[0], numbers[1] - numbers[0]
    stop = first + step * len(numbers)
    if not step or not np.array_equal(np.arange(first, stop, step), numbers):
        return ""
    if step == 1:
        given = f"{_item(first)}, {_item(stop)}" if first else _item(stop)
        return f"np.arange({given})"
    return f"np.arange({_item(first)}, {_item(stop)}, {_item(step)})"


def _item(x: Any) -> str:
    return number_text(float(x)).text if isinstance(x, float) else repr(x.item())


def _nested(numbers: NDArray[Any]) -> str:
    if not numbers.ndim:
        return _item(numbers[()])
    return f"[{', '.join(map(_nested, numbers))}]"


def _in_lines(numbers: NDArray[Any], indent: int) -> str:
    """Nested lists, one row of numbers after the other, with lines no longer than they may be."""
    inner = " " * (indent + 4)
    lines: list[str] = []
    for row in numbers:
        text = _nested(row)
        if row.ndim and indent + len(text) + 5 > WIDTH:
            lines.append(f"{_in_lines(row, indent + 4)},")
        elif row.ndim or not lines or len(inner) + len(lines[-1]) + len(text) + 2 > WIDTH:
            lines.append(f"{text},")
        else:
            lines[-1] += f" {text},"
    return "\n".join(["[", *(f"{inner}{line}" for line in lines), f"{' ' * indent}]"])
