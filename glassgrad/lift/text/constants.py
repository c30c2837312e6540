"""Constants as text: a rule or a few numbers where they have one, else a name in `CONSTANTS`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.ir import Buffer
from glassgrad.lift.text.formulas import number_text
from glassgrad.lift.text.names import unused

FEW, WIDTH = 12, 80  # numbers that are written out, if the line is no longer than that


class Constants:
    """The constants of one text: `definitions` of names, and `large` arrays given from outside."""

    def __init__(self, names: dict[Buffer, str], taken: set[str]) -> None:
        self.names = names
        self.taken = taken
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

    def array(self, name: str, numbers: NDArray[Any]) -> str:
        """A name for an array: this one, or that of an equal array."""
        key = (numbers.dtype.str, numbers.shape, numbers.tobytes())
        if key not in self._known:
            self._known[key] = unused(name, self.taken)
            self.taken.add(self._known[key])
            self._define(self._known[key], numbers)
        return self._known[key]

    def _define(self, name: str, numbers: NDArray[Any]) -> None:
        text = array_text(numbers)
        if text is None:
            self.large[name] = numbers
            words = " x ".join(map(str, numbers.shape))
            text = f'CONSTANTS["{name}"]  # {words}'
        self.definitions[name] = f"{name} = {text}"


def array_text(numbers: NDArray[Any]) -> str | None:
    """NumPy for an array that is regular or small, else None.

    >>> array_text(np.tri(3, dtype=bool)), array_text(np.arange(50.0)), array_text(np.ones((9, 9)))
    ('np.tri(3, dtype=bool)', 'np.arange(50.0)', 'np.full((9, 9), 1.0)')
    """
    kind = numbers.dtype.kind
    dtype = {"b": ", dtype=bool", "i": ", dtype=int"}.get(kind, "")
    if numbers.ndim == 2 and numbers.size > 1:
        rows, columns = numbers.shape
        counts = f"{rows}, {columns}" if rows != columns else f"{rows}"
        if np.array_equal(numbers, np.tri(rows, columns)):
            return f"np.tri({counts}{dtype})"
        if np.array_equal(numbers, np.eye(rows, columns)):
            return f"np.eye({counts}{dtype})"
    first = numbers.flat[0] if numbers.size else 0
    if numbers.size > 1 and np.all(numbers == first):
        shape = numbers.shape if numbers.ndim > 1 else numbers.size
        return f"np.full({shape}, {_item(first)})"
    if numbers.ndim > 2 and np.all(numbers == numbers[:1]):
        text = array_text(numbers.reshape(-1, *numbers.shape[-2:])[0])
        alike = np.all(numbers == numbers.reshape(-1, *numbers.shape[-2:])[0])
        if text is not None and alike:
            return f"np.broadcast_to({text}, {numbers.shape})"
    if numbers.ndim == 1 and numbers.size > 2 and np.all(np.isfinite(numbers)):
        text = _range(numbers)
        if text:
            return text
    text = f"np.array({_nested(numbers)})" if numbers.size <= FEW else ""
    return text if 0 < len(text) <= WIDTH else None


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
