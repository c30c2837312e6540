"""Noticing what a function bakes in while it is traced.

A read of `.data`, `float()` and a comparison take a number out of the graph: that of one example,
which no later example changes; and `if x:` does not even look at it. So the Values that stand for
data, and all that is made from them, have for that time a class that takes notes of it.
"""

from __future__ import annotations

import linecache
import opcode
import re
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType
from typing import Any, ClassVar

from glassgrad.choose import Index
from glassgrad.floats import as_float
from glassgrad.lift import errors
from glassgrad.ops import Op
from glassgrad.value import Value, mode


class BakedIn(UserWarning):
    """A lifted program holds a plain number that was that of one example."""


@dataclass(frozen=True)
class Notice:
    """What was baked in, where, and what to write instead.

    frozen: whether the program holds a number because of it; else it only does not do what the
    line seems to say.

    >>> print(Notice("net.py", 7, "if x > 0:", "a comparison gave True", "where(...)"))
    net.py, line 7: if x > 0:
        a comparison gave True
        write instead: where(...)
    """

    file: str
    line: int
    source: str
    what: str
    instead: str
    frozen: bool = True

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}: {self.source}"
        return f"{place}\n    {self.what}\n    write instead: {self.instead}"

    def warn(self) -> None:
        """Show it as a warning about that line."""
        text = f"{'baked in: ' * self.frozen}{self.what}; write instead: {self.instead}"
        warnings.warn_explicit(text, BakedIn, self.file, self.line)


LATER = "and does so for all numbers that come later"
INSTEAD = {
    "data": "the Value itself: `x * 2`, `x.exp()`, `maximum(a, b)`",
    "grad": "`grad(y, x)`, which is a Value",
    "float": "the method of the Value: `x.sin()` for `math.sin(x)`",
    "truth": "a comparison: `where(greater(x, 0), this, that)`; `x is not None` if that is meant",
    "comparison": "`where(greater(a, b), this, that)`, `maximum(a, b)`, `minimum(a, b)`",
    "extreme": "`reduce(maximum, xs)`, `reduce(minimum, xs)`, with `from functools import reduce`",
    "index": "`take(table, index)`, or `embedding(index)` with an `Embedding`",
    "assignment": "arithmetic that makes a new Value; change parameters outside of the function",
    "no_grad": "the same outside of `no_grad()`",
}
EXTREME = re.compile(r"\b(max|min|sorted)\(|\.sort\(")
LOAD, STORE = opcode.opmap["LOAD_ATTR"], opcode.opmap["STORE_ATTR"]
DATA, GRAD = Value.__dict__["data"], Value.__dict__["grad"]


class Watch:
    """Takes notes while it is open.

    leaves: what stands for data. as_numbers: the `Index`es among them that something was computed
    from, other than by choosing.
    """

    def __init__(self, leaves: Iterable[Value]) -> None:
        self.as_numbers: set[Value] = set()
        self._noted: dict[tuple[str, int, str], Notice] = {}
        self._watched = [leaf for leaf in leaves if type(leaf) in WATCHED]
        self._hook: Callable[[Value, Op, tuple[Value, ...]], None] | None = None
        self._outer: Watch | None = None
        self._paused = 0

    @property
    def notices(self) -> list[Notice]:
        """What was baked in, one notice for each line and reason."""
        return list(self._noted.values())

    def __enter__(self) -> Watch:
        global _open
        self._outer, _open = _open, self
        self._hook, mode.on_node = mode.on_node, self._on_node
        self._paused, mode.paused = mode.paused, 0  # the graph is wanted, whoever asks for it
        for leaf in self._watched:
            leaf.__class__ = WATCHED[type(leaf)]
        return self

    def __exit__(self, *_: object) -> None:
        global _open
        _open, mode.on_node, mode.paused = self._outer, self._hook, self._paused
        for node in self._watched:
            node.__class__ = PLAIN[type(node)]

    def note(self, kind: str, what: str, frame: FrameType | None) -> None:
        """Keep a notice for the line that a frame is at."""
        while frame is not None and _is_ours(frame):
            frame = frame.f_back
        if frame is None:
            return
        file, line = frame.f_code.co_filename, frame.f_lineno
        if (file, line, kind) not in self._noted:
            source = linecache.getline(file, line, frame.f_globals).strip()
            extreme = kind == "comparison" and EXTREME.search(source)
            instead = INSTEAD["extreme" if extreme else kind]
            notice = Notice(file, line, source, what, instead, kind != "truth")
            self._noted[file, line, kind] = notice

    def _on_node(self, node: Value, op: Op, inputs: tuple[Value, ...]) -> None:
        if self._hook is not None:
            self._hook(node, op, inputs)
        found = False
        for x in inputs:
            if isinstance(x, _Watched):
                found = True
                if isinstance(x, Index):
                    self.as_numbers.add(x)
        if not found:
            return
        if mode.paused:
            self.note("no_grad", f"{op.symbol} gave {node.data}, {LATER}", sys._getframe(1))
        elif type(node) is Value:
            node.__class__ = _WatchedValue
            self._watched.append(node)


_open: Watch | None = None


class _Watched:
    """What is noticed, unless the core does it, which bakes nothing in."""

    __slots__ = ()

    @property
    def data(self) -> float:
        number: float = DATA.__get__(self)
        frame = sys._getframe(1)
        if _does(frame, LOAD):
            kind = "index" if isinstance(self, Index) else "data"
            _note(kind, f".data gave {number}, {LATER}", frame)
        return number

    @data.setter
    def data(self, number: float) -> None:
        frame = sys._getframe(1)
        if _does(frame, STORE):
            _note(
                "assignment", f".data was set to {number} now, and not when the program runs", frame
            )
        DATA.__set__(self, number)

    @property
    def grad(self) -> float:
        number: float = GRAD.__get__(self)
        frame = sys._getframe(1)
        if _does(frame, LOAD):
            _note("grad", f".grad gave {number}, {LATER}", frame)
        return number

    @grad.setter
    def grad(self, number: float) -> None:
        GRAD.__set__(self, number)

    def __float__(self) -> float:
        number: float = DATA.__get__(self)
        _note("float", f"float() gave {number}, {LATER}", sys._getframe(1))
        return number

    def __bool__(self) -> bool:
        what = "`if` and its like take a Value for true, even that of 0"
        _note("truth", what, sys._getframe(1))
        return True

    def __lt__(self, other: Any) -> bool:
        return _compared(self, DATA.__get__(self) < _number(other), sys._getframe(1))

    def __le__(self, other: Any) -> bool:
        return _compared(self, DATA.__get__(self) <= _number(other), sys._getframe(1))

    def __gt__(self, other: Any) -> bool:
        return _compared(self, DATA.__get__(self) > _number(other), sys._getframe(1))

    def __ge__(self, other: Any) -> bool:
        return _compared(self, DATA.__get__(self) >= _number(other), sys._getframe(1))

    __hash__: ClassVar[Callable[[Any], int]] = Value.__hash__


class _WatchedValue(_Watched, Value):
    __slots__ = ()

    def __int__(self) -> int:
        raise errors.not_whole()


class _WatchedIndex(_Watched, Index):
    __slots__ = ()

    def __index__(self) -> int:
        number = int(DATA.__get__(self))
        _note("index", f"an index gave {number}, {LATER}", sys._getframe(1))
        return number

    __int__ = __index__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Value):
            return self is other
        return _compared(self, DATA.__get__(self) == other, sys._getframe(1))

    def __ne__(self, other: object) -> bool:
        if isinstance(other, Value):
            return self is not other
        return _compared(self, DATA.__get__(self) != other, sys._getframe(1))

    __hash__: ClassVar[Callable[[Any], int]] = Value.__hash__


for _class in (_WatchedValue, _WatchedIndex):  # in messages of Python they go by the known names
    _class.__name__ = _class.__qualname__ = _class.__name__.removeprefix("_Watched")

WATCHED: dict[type, Any] = {Value: _WatchedValue, Index: _WatchedIndex}
PLAIN: dict[type, Any] = {watched: plain for plain, watched in WATCHED.items()}


def _number(other: Any) -> float:
    return DATA.__get__(other) if isinstance(other, Value) else as_float(other)


def _compared(value: _Watched, result: bool, frame: FrameType) -> bool:
    kind = "index" if isinstance(value, Index) else "comparison"
    _note(kind, f"a comparison gave {result}, {LATER}", frame)
    return result


def _note(kind: str, what: str, frame: FrameType) -> None:
    if _open is not None and not _is_ours(frame):
        _open.note(kind, what, frame)


def _does(frame: FrameType, operation: int) -> bool:
    """Whether that is what the line does at this moment; compiled code of ours has no frames."""
    return frame.f_code.co_code[frame.f_lasti] == operation


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("glassgrad.")
