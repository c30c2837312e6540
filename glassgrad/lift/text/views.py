"""A view as NumPy text: slices, transposes, new axes, reshapes and sliding windows.

A buffer is an array whose axes count in row-major strides; a view has strides of its own. Where
each of the view's strides is a multiple of one axis' stride, the view is a slice. Where it is not,
axes are split or merged by a reshape first. What is left is looked up by cell numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import Final

from glassgrad.lift.ir import Shape, row_major

BATCH: Final = -1  # the axis of the examples


@dataclass(frozen=True)
class Dim:
    """One axis of what is shown: how many cells, how far apart.

    loop: the variable of a `for` that goes through it; then it is no axis of the text.
    """

    count: int
    stride: int
    loop: str = ""


@dataclass
class _Pick:
    """What is taken along one axis: one place, or places `step` apart, and a window at each."""

    size: int
    start: int
    dim: int = -1
    count: int = 1
    step: int = 1
    window: int = -1
    width: int = 1
    window_step: int = 1
    moves: list[tuple[str, int, int]] = field(default_factory=list)  # loops: variable, step, count

    def takes(self, number: int, dim: Dim, step: int, windows: bool) -> bool:
        """Give one of the view's dimensions to this axis, if it still fits."""
        if dim.loop:
            self.moves.append((dim.loop, step, dim.count))
        elif self.dim < 0:
            self.dim, self.count, self.step = number, dim.count, step
        elif windows and self.window < 0 and step > 0 and self.step > 0:
            self.window, self.width, self.window_step = number, dim.count, step
            if self.count < self.width:  # the window is the smaller of the two
                self.dim, self.window = self.window, self.dim
                self.count, self.width = self.width, self.count
                self.step, self.window_step = self.window_step, self.step
        else:
            return False
        if self.moves and self.step < 0:
            return False  # the end of a slice could be -1, which means another place
        reaches = [self.step * (self.count - 1), self.window_step * (self.width - 1)]
        reaches += [step * (count - 1) for _, step, count in self.moves]
        low = self.start + sum(reach for reach in reaches if reach < 0)
        high = self.start + sum(reach for reach in reaches if reach > 0)
        return low >= 0 and high < self.size

    @property
    def span(self) -> int:
        """How many cells a window reaches over."""
        return (self.width - 1) * self.window_step + 1

    def text(self) -> str:
        """What stands between the brackets for this axis."""
        if self.dim < 0:
            return _moved(self.moves, self.start)
        end = self.start + self.step * (self.count - 1) + (1 if self.step > 0 else -1)
        stop: str
        if self.moves:
            start, stop = _moved(self.moves, self.start), _moved(self.moves, end)
        elif self.step > 0:
            size = self.size - self.span + 1
            start = str(self.start) if self.start else ""
            stop = str(end) if self.start + self.step * self.count < size else ""
        else:
            start = str(self.start) if self.start != self.size - 1 else ""
            stop = str(end) if end >= 0 else ""
        return f"{start}:{stop}" + (f":{self.step}" if self.step != 1 else "")


def _moved(moves: Sequence[tuple[str, int, int]], start: int) -> str:
    parts = [name if step == 1 else f"{step} * {name}" for name, step, _ in moves]
    if start or not parts:
        parts.append(str(start))
    return " + ".join(parts)


def view_text(
    name: str,
    shape: Shape,
    batched: bool,
    offset: int,
    dims: Sequence[Dim | int | None],
    block: int | None = None,
    writable: bool = False,
) -> str:
    """NumPy for a look at the array `name` of that shape, with a first axis more if batched.

    dims: the axes of the result in order: a Dim, BATCH, or None for an axis of length 1.
    block: where a slice of a flat vector may begin, so that neighbours are cut alike.
    writable: whether something is to be stored there; windows cannot be written to.

    >>> view_text("x", (4, 3), True, 1, [BATCH, Dim(4, 3), Dim(2, 1)])
    'x[:, :, 1:]'
    >>> view_text("x", (4, 3), False, 0, [Dim(3, 1), None, Dim(4, 3)])
    'x.T[:, None, :]'
    >>> view_text("theta", (67,), False, 2, [Dim(16, 3)], block=0)
    'theta[:48].reshape(16, 3)[:, 2]'
    >>> view_text("x", (8,), False, 0, [Dim(6, 1), Dim(3, 1)])
    'sliding_window_view(x, 3)'
    """
    own = [dim for dim in dims if isinstance(dim, Dim)]
    for windows in (False,) if writable else (False, True):
        for prefix, axes in _axes(name, shape, batched, offset, own, block):
            picks = _match(axes, offset - prefix.start, own, windows)
            if picks is not None:
                return _write(prefix.text, axes, batched, picks, own, dims)
    return _by_number(name, shape, batched, offset, own, dims)


@dataclass(frozen=True)
class _Prefix:
    text: str
    start: int = 0


def _axes(
    name: str, shape: Shape, batched: bool, offset: int, dims: Sequence[Dim], block: int | None
) -> Iterator[tuple[_Prefix, Shape]]:
    """Ways to see the array, simplest first: as it is, split or merged, and cut and split."""
    size = prod(shape)
    first = max((abs(dim.stride) for dim in dims), default=0)
    if block is None or len(dims) != 1 or first == 1:
        yield _Prefix(name), shape
    if block is not None and dims:
        yield from _cut(name, shape, batched, offset, dims, block)
    strides = {abs(dim.stride) for dim in dims}
    kept = {
        stride
        for stride in row_major(shape)
        if not any(abs(d.stride) < stride < abs(d.stride) * d.count for d in dims)
    }
    front = "-1, " if batched else ""
    for found in (strides | kept, strides):
        axes = _chain(size, found)
        if axes is not None and axes != shape and len(axes) > len(shape) - len(dims):
            yield _Prefix(f"{name}.reshape({front}{_tuple(axes)})"), axes
    if not dims:
        return
    yield from _cut(name, shape, batched, offset, dims, block)
    if len(shape) == 1:
        yield _Prefix(name), shape
    else:
        flat = f"{name}.reshape(-1, {size})" if batched else f"{name}.reshape(-1)"
        yield _Prefix(flat), (size,)


def _cut(
    name: str, shape: Shape, batched: bool, offset: int, dims: Sequence[Dim], block: int | None
) -> Iterator[tuple[_Prefix, Shape]]:
    """A stretch of the flat array, in the shape of the view's strides."""
    size = prod(shape)
    strides = {abs(dim.stride) for dim in dims}
    first = max(strides)
    front = "-1, " if batched else ""
    largest = next(dim for dim in dims if abs(dim.stride) == first)
    length = first * largest.count
    inner = _chain(length, strides)
    low = min(offset if block is None else block, size - length)
    if inner is None or low < 0 or length == size:
        return
    cut = _span(low, low + length, size)
    flat = name if len(shape) == 1 else f"{name}.reshape(-1)"
    if batched and len(shape) > 1:
        flat = f"{name}.reshape(-1, {size})"
    text = f"{flat}[{':, ' if batched else ''}{cut}]"
    yield _Prefix(f"{text}.reshape({front}{_tuple(inner)})" if len(inner) > 1 else text, low), inner


def _span(low: int, high: int, size: int) -> str:
    return f"{low or ''}:{high if high < size else ''}"


def _chain(size: int, strides: set[int]) -> Shape | None:
    """The shape whose axes have these strides, and 1; None if they do not divide each other."""
    chain = [size, *sorted(strides | {1}, reverse=True)]
    if any(low == 0 or high % low for high, low in pairwise(chain)):
        return None
    axes = [high // low for high, low in pairwise(chain)]
    return tuple(axes[1:] if axes[0] == 1 and len(axes) > 1 else axes)


def _tuple(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _match(axes: Shape, offset: int, dims: Sequence[Dim], windows: bool) -> list[_Pick] | None:
    """Give each dimension to an axis whose stride divides its own; None if one finds none."""
    strides = row_major(axes)
    picks = []
    rest = offset
    for size, stride in zip(axes, strides, strict=True):
        picks.append(_Pick(size, rest // stride))
        rest %= stride
    for number, dim in enumerate(dims):
        for pick, stride in zip(picks, strides, strict=True):
            if dim.stride % stride == 0 and (stride == 1 or pick.size > 1 or dim.count == 1):
                if not pick.takes(number, dim, dim.stride // stride, windows):
                    return None
                break
        else:
            return None
    return picks


def _write(
    text: str,
    axes: Shape,
    batched: bool,
    picks: list[_Pick],
    own: Sequence[Dim],
    dims: Sequence[Dim | int | None],
) -> str:
    """Put together the pieces: windows, slices, the order of axes, and new axes."""
    windows = [(axis, pick) for axis, pick in enumerate(picks) if pick.window >= 0]
    if windows:
        spans = _tuple([pick.span for _, pick in windows])
        places = _tuple([axis + batched for axis, _ in windows])
        if len(windows) > 1:
            spans, places = f"({spans})", f"({places})"
        along = f", axis={places}" if len(axes) + batched > 1 else ""
        text = f"sliding_window_view({text}, {spans}{along})"
    index = [":"] * batched + ["" if p.size == 1 and p.dim < 0 else p.text() for p in picks]
    index += [f"::{p.window_step}" if p.window_step > 1 else ":" for _, p in windows]
    shown = (
        [BATCH] * batched + [p.dim for p in picks if p.dim >= 0] + [p.window for _, p in windows]
    )
    return _arrange(text, index, shown, own, dims)


def _arrange(
    text: str,
    index: list[str],
    shown: list[int],
    own: Sequence[Dim],
    dims: Sequence[Dim | int | None],
) -> str:
    """Index the text, put its axes in order, and give it new ones."""
    numbers = iter(number for number in range(len(own)) if not own[number].loop)
    wanted = [BATCH if dim == BATCH else next(numbers) for dim in dims if _is_axis(dim)]
    turn = [shown.index(axis) for axis in wanted]
    new_axes = None in dims
    in_order = turn == sorted(turn)
    if new_axes and in_order:
        index = _with_new_axes(index, dims)
        new_axes = False
    index = [place or "0" for place in index]
    if "None" in index:
        return f"{text}[{', '.join(index)}]"
    while index and index[-1] == ":":
        index.pop()
    if index:
        text = f"{text}[{', '.join(index)}]"
    if not in_order:
        text += ".T" if turn == [1, 0] else f".transpose({_tuple(turn)})"
    if new_axes:
        text += (
            f"[{', '.join('None' if d is None else ':' for d in dims if d is None or _is_axis(d))}]"
        )
    return text


def _with_new_axes(index: Sequence[str], dims: Sequence[Dim | int | None]) -> list[str]:
    """The index with a None for each new axis; an axis of length 1, "", may stand for one."""
    merged: list[str] = []
    rest = list(index)
    for dim in dims:
        if dim is None and "" in rest[: next((i for i, x in enumerate(rest) if ":" in x), None)]:
            at = rest.index("")
            merged += [*rest[:at], ":"]
            del rest[: at + 1]
        elif dim is None:
            merged.append("None")
        elif _is_axis(dim):
            at = next(i for i, place in enumerate(rest) if ":" in place)
            merged += rest[: at + 1]
            del rest[: at + 1]
    return merged + rest


def _is_axis(dim: Dim | int | None) -> bool:
    return dim is not None and not (isinstance(dim, Dim) and dim.loop)


def _by_number(
    name: str,
    shape: Shape,
    batched: bool,
    offset: int,
    own: Sequence[Dim],
    dims: Sequence[Dim | int | None],
) -> str:
    """The last resort: the numbers of the cells, counted in the flat array."""
    flat = name
    if len(shape) != 1:
        flat = f"{name}.reshape(-1, {prod(shape)})" if batched else f"{name}.reshape(-1)"
    after = sum(not dim.loop for dim in own)
    parts = []
    for dim in own:
        steps = dim.loop
        if not dim.loop:
            after -= 1
            steps = f"np.arange({dim.count})" + (f"[:{', None' * after}]" if after else "")
        parts.append(steps if dim.stride == 1 else f"{dim.stride} * {steps}")
    if offset or not parts:
        parts.append(str(offset))
    numbers = " + ".join(parts)
    shown = [BATCH] * batched + [n for n, dim in enumerate(own) if not dim.loop]
    text = f"{flat}[{':, ' if batched else ''}{numbers}]"
    return _arrange(text, [":"] * len(shown), shown, own, dims)
