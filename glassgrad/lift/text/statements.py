"""Instructions as NumPy statements: what is computed, and how it gets into its array."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Expr,
    Extreme,
    ExtremeGradient,
    Gather,
    Instruction,
    Put,
    Scatter,
    Shape,
    Take,
    Term,
    View,
    Zero,
    cells,
    row_major,
    target_of,
)
from glassgrad.lift.text.constants import Constants
from glassgrad.lift.text.formulas import ATOM, PRODUCT, Signed, Text, sum_text
from glassgrad.lift.text.names import unused
from glassgrad.lift.text.parts import Part, Parts, dims_of, looks_of, rows_of
from glassgrad.lift.text.sums import Order, Space, aligned, reduced_view, sum_parts
from glassgrad.lift.text.views import BATCH, Dim, view_text

WIDTH = 96  # of a line, its indent left out
LONG_VIEW = 24  # letters from which a view may get a name of its own
MAX_SHARES = '''def max_shares(x):
    """How much of its largest number each number along the last axis is: 1, or 0 if it is not.

    Equal numbers share it as they do in maximum(maximum(a, b), c).
    """
    before = np.maximum.accumulate(x, axis=-1)[..., :-1]
    wins = np.where(x[..., 1:] == before, 0.5, np.where(x[..., 1:] > before, 1.0, 0.0))
    stays = np.cumprod(1.0 - wins[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones_like(x[..., :1])
    return np.concatenate([ones, wins], axis=-1) * np.concatenate([stays, ones], axis=-1)'''


@dataclass(frozen=True)
class Statement:
    """A line of the text.

    value: for `name = value`, what another line may hold instead of the name. thin: whether it
    lacks some of the axes of the array. holds_last: whether the value of the line before is written
    inside this one, so that that line is not needed. reads: the names of what it reads.
    """

    text: str
    buffer: Buffer | None
    comment: str = ""
    value: Text | None = None
    thin: bool = False
    holds_last: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Target:
    """Where a result goes.

    order: the axes of the text that is to be stored. loops: axes to go through one by one, because
    along them cells are shown twice. summed: axes along which the target stands still.
    """

    view: View
    shape: Shape
    order: Order
    loops: Order
    summed: frozenset[int]

    @property
    def counts(self) -> list[int]:
        """How long the axes are, without the batch."""
        return [self.shape[axis] for axis in self.order if axis != BATCH]

    @property
    def is_whole(self) -> bool:
        """Whether the axes in their order show the buffer from its first to its last cell."""
        strides = [self.view.strides[a] for a in self.order if a != BATCH and self.shape[a] > 1]
        long = tuple(count for count in self.counts if count > 1)
        return (
            not self.loops
            and prod(long) == self.view.buffer.size
            and tuple(strides) == row_major(long)
        )


class Writer:
    """Writes the statements of one function, in order."""

    def __init__(
        self,
        code: Code,
        names: Mapping[Buffer, str],
        parts: Parts,
        constants: Constants,
        helpers: dict[str, str],
    ) -> None:
        self.code = code
        self.names = names
        self.parts = parts
        self.constants = constants
        self.helpers = helpers
        self.d_theta: Buffer | None = None
        self.may_name_views = True  # where a line would be too long
        self._taken = set(parts.taken)
        self.parts_used: set[Part] = set()
        self.d_parts_used: set[Part] = set()
        self._reads: Counter[Buffer] = Counter()
        self._writes: Counter[Buffer] = Counter()
        self._states: dict[Buffer, str] = {}  # "zeros" that are still to be written, or "made"
        self._inline: dict[Buffer, Text] = {}
        self._put_inside = False
        self._reshaped: set[Buffer] = set()  # written to through a reshape
        self._shown: dict[str, tuple[Buffer, str]] = {}  # views that could have a name of their own
        self._hoisted: dict[str, str] = {}  # and those that have one
        self._names_read: dict[str, None] = {}

    def count(self, instructions: Iterable[Instruction], seeded: Iterable[Buffer]) -> None:
        """Look ahead: how often each buffer is read and written."""
        for root in self.code.roots:
            self._reads[root.buffer] += 1
        for buffer in seeded:
            self._writes[buffer] += 1
            self._states[buffer] = "made"
        for instruction in instructions:
            target = target_of(instruction)
            for view, _ in looks_of(instruction):
                self._reads[view.buffer] += 1
            if isinstance(instruction, Gather | Scatter):
                self._reads[instruction.source] += 2
            if isinstance(instruction, Put | ExtremeGradient):
                self._reads[target] += 2
            self._writes[target] += not isinstance(instruction, Zero)
            if isinstance(instruction, Compute | Extreme | Take | ExtremeGradient):
                if isinstance(instruction, ExtremeGradient):
                    extreme = instruction.extreme
                    aim = _aim(instruction.target, extreme.shape + extreme.reduce, Counter(), [])
                else:
                    aim = _aim(instruction.target, instruction.shape, Counter(), [])
                if not aim.is_whole and "reshape(" in self._aimed(aim):
                    self._reshaped.add(target)
            elif isinstance(instruction, Put) or len(target.shape) != 1:
                self._reshaped.add(target)
        if self.d_theta is not None:
            self._states[self.d_theta] = "made"

    def write(self, instruction: Instruction, last: Sequence[Statement] = ()) -> list[Statement]:
        """The statements of one instruction; the last statement's value may be put inside."""
        self._names_read = {}
        statements = self._written(instruction, last)
        if self.may_name_views:
            statements = self._shortened(statements)
        return [replace(statement, reads=tuple(self._names_read)) for statement in statements]

    def _written(self, instruction: Instruction, last: Sequence[Statement]) -> list[Statement]:
        before = last[0] if last else None
        if (
            before is not None
            and before.buffer is not None
            and before.value is not None
            and self._reads[before.buffer] == 1
            and self._writes[before.buffer] == 1
            and isinstance(instruction, Compute)
            and not any(term.reduce for term in instruction.terms)
            and not (before.thin and not _is_wide(instruction, before.buffer))
        ):
            states = dict(self._states)
            self._inline = {before.buffer: before.value}
            self._put_inside = False
            statements = self._write(instruction)
            self._inline = {}
            first = statements[0]
            comment = _both(first.comment, before.comment)
            if self._put_inside and len(first.text) + len(comment) + 4 <= WIDTH:
                return [replace(first, comment=comment, holds_last=True), *statements[1:]]
            self._states = states
        return self._write(instruction)

    def _shortened(self, statements: list[Statement]) -> list[Statement]:
        """Give names to views where a line would be too long."""
        lines: list[Statement] = []
        for statement in statements:
            found = sorted((x for x in self._shown if len(x) >= LONG_VIEW), key=len, reverse=True)
            for text in found:
                if len(statement.text) <= WIDTH:
                    break
                pattern = rf"(?<![\w.]){re.escape(text)}(?![\w.\[(])"
                if not re.search(pattern, statement.text):
                    continue
                buffer, words = self._shown[text]
                name = unused(f"{self.names[buffer]}_view", self._taken)
                self._taken.add(name)
                self._hoisted[text] = name
                lines.append(
                    Statement(f"{name} = {text}", None, words, holds_last=statement.holds_last)
                )
                value = statement.value and Text(
                    re.sub(pattern, name, statement.value.text), statement.value.level
                )
                line = re.sub(pattern, name, statement.text)
                statement = replace(statement, text=line, value=value, holds_last=False)
            lines.append(statement)
        self._shown = {}
        return lines

    def _write(self, instruction: Instruction) -> list[Statement]:
        match instruction:
            case Compute():
                return self._compute(instruction)
            case Extreme():
                return self._extreme(instruction)
            case ExtremeGradient():
                return self._extreme_gradient(instruction)
            case Gather():
                return self._gather(instruction)
            case Scatter():
                return self._scatter(instruction)
            case Take():
                return self._take(instruction)
            case Put():
                return self._put(instruction)
            case Zero():
                self._states[instruction.target] = "zeros"
                return []

    # Views.

    def look(
        self,
        buffer: Buffer,
        offset: int,
        dims: Sequence[Dim | int | None],
        writable: bool = False,
    ) -> str:
        """The text of a look at a buffer, to read or to write to."""
        name, shape = self.names[buffer], buffer.shape
        if buffer.role == "constant":
            name = self.constants.of(buffer)
        if buffer is self.code.parameters or buffer is self.d_theta:
            found = self.parts.look(offset, [dim for dim in dims if isinstance(dim, Dim)])
            if found is not None and (buffer is self.code.parameters or found[0].shape):
                part, offset, own = found
                used = self.parts_used if buffer is self.code.parameters else self.d_parts_used
                used.add(part)
                name = part.name if buffer is self.code.parameters else f"d_{part.name}"
                left = iter(own)
                dims = [
                    replace(next(left), loop=dim.loop) if isinstance(dim, Dim) else dim
                    for dim in dims
                ]
                shape = part.shape
        if not writable:
            self._names_read.setdefault(name)
        return view_text(name, shape, buffer.batched, offset, dims, writable=writable)

    def _show(self, view: View, order: Order, counts: Mapping[int, int]) -> Text:
        """The text of a view with these axes; it broadcasts along those that it lacks."""
        dims = [_dim(view, axis, counts) for axis in order]
        text = self.look(view.buffer, view.offset, dims)
        if text == self.names[view.buffer]:
            if view.buffer in self._inline:
                self._put_inside = True
                return self._inline[view.buffer]
            return Text(text)
        while dims and dims[0] is None:
            dims = dims[1:]
        text = self.look(view.buffer, view.offset, dims)
        if self._writes[view.buffer] < 2:
            sizes = [dim.count if isinstance(dim, Dim) else 1 for dim in dims if dim != BATCH]
            axes = ["batch"] * view.buffer.batched + [str(size) for size in sizes]
            self._shown.setdefault(text, (view.buffer, " x ".join(axes)))
        return Text(self._hoisted.get(text, text))

    def _space(self, shape: Shape) -> Space:
        counts = {BATCH: 2, **dict(enumerate(shape))}
        return Space(counts, lambda view, order: self._show(view, order, counts), self.helpers)

    def shape_text(self, buffer: Buffer) -> str:
        """The shape of an array, as `np.zeros` takes it."""
        return _shape_text(buffer.batched, buffer.shape)

    def zeros(self, buffer: Buffer) -> str:
        """What makes an array of zeros."""
        is_number = not buffer.shape and not buffer.batched
        return "0.0" if is_number else f"np.zeros({self.shape_text(buffer)})"

    def words(self, buffer: Buffer, comment: str = "") -> str:
        """A shape in words, and what there is to say about it."""
        axes = ["batch"] * buffer.batched + [str(count) for count in buffer.shape]
        comment = comment or buffer.comment
        return " x ".join(axes or ["a number"]) + (f": {comment}" if comment else "")

    # Instructions.

    def _compute(self, compute: Compute) -> list[Statement]:
        views = [
            view
            for term in compute.terms
            if isinstance(term.expr, Expr) and not term.reduce
            for view in term.expr.views()
        ]
        counts = Counter(_injective_axes(compute)) if compute.accumulate else Counter[int]()
        aim = _aim(compute.target, compute.shape, counts, views)
        parts: list[Signed] = []
        present: set[int] = set()
        for term in sorted(compute.terms, key=lambda term: not term.reduce):  # x @ W + b
            space = self._space(compute.shape + term.reduce)
            summed = set(range(len(compute.shape), len(compute.shape) + len(term.reduce)))
            expr = _with_numbers(term.expr, space.counts)
            axes = space.axes_of(expr)
            if BATCH in axes and not aim.view.buffer.batched:
                summed.add(BATCH)
            parts += sum_parts(space, expr, aim.order, frozenset(summed) | aim.summed)
            present |= axes
        only = compute.terms[0].expr if len(compute.terms) == 1 else None
        plain = only.buffer if isinstance(only, View) else None
        return self._store(
            aim, sum_text(parts), present, compute.accumulate, compute.comment, plain
        )

    def _extreme(self, extreme: Extreme) -> list[Statement]:
        aim = _aim(extreme.target, extreme.shape, Counter(), [])
        space = self._space(extreme.shape + extreme.reduce)
        axes = space.axes_of_view(extreme.source)
        summed = frozenset(axis for axis in axes if axis >= len(extreme.shape))
        name = "min" if extreme.op is ops.minimum else "max"
        text = reduced_view(space, name, extreme.source, aim.order, summed)
        return self._store(aim, text, axes, False, extreme.comment)

    def _extreme_gradient(self, back: ExtremeGradient) -> list[Statement]:
        extreme = back.extreme
        shape = extreme.shape + extreme.reduce
        space = self._space(shape)
        axes = space.axes_of_view(extreme.source)
        inner = [a for a in range(len(extreme.shape), len(shape)) if shape[a] > 1]
        outer = [BATCH] * (BATCH in axes) + [a for a in range(len(extreme.shape)) if a in axes]
        order = outer + inner
        self.helpers["max_shares"] = MAX_SHARES
        source = self._show(extreme.source, order, space.counts)
        lead = ["-1" if axis == BATCH else str(shape[axis]) for axis in outer]
        if len(inner) > 1:
            flat = ", ".join([*lead, str(prod(extreme.reduce))])
            source = Text(f"{source.at(ATOM)}.reshape({flat})")
        sign = "-" if extreme.op is ops.minimum else ""
        text = f"max_shares({sign}{source.at(ATOM) if sign else source.text})"
        if not inner:
            text = "1.0"
        if len(inner) > 1:
            text += f".reshape({', '.join([*lead, *(str(shape[a]) for a in inner)])})"
        still = (0,) * len(extreme.reduce)
        upstream = View(back.upstream.buffer, back.upstream.offset, back.upstream.strides + still)
        lost = space.axes_of_view(upstream) - axes
        slope = sum_text(sum_parts(space, upstream, order, lost))
        aim = _aim(back.target, shape, Counter(), [])
        product = Text(f"{text} * {slope.at(PRODUCT)}", PRODUCT)
        if aim.order != order:
            turn = ", ".join(str(order.index(axis)) for axis in aim.order)
            product = Text(f"({product.text}).transpose({turn})")
        return self._store(aim, product, set(order), True, back.comment)

    def _gather(self, gather: Gather) -> list[Statement]:
        target, source = gather.target, gather.source
        index = np.reshape(gather.index, target.shape)
        rows = rows_of(index)
        if rows is not None:
            start, count, places = rows
            dims: list[Dim | int | None] = [Dim(count, target.shape[-1]), Dim(target.shape[-1], 1)]
            array = self.look(source, start, [BATCH, *dims] if source.batched else dims)
            text = f"{array}[{':, ' if source.batched else ''}{self._index(target, places)}]"
        else:
            name = self._index(target, index)
            self._names_read.setdefault(self.names[source])
            text = f"{self._flat(source)}[{':, ' if source.batched else ''}{name}]"
            if np.any(index < 0):
                text = f"np.where({name} >= 0, {text}, 0.0)"
        aim = _aim(View(target, 0, row_major(target.shape)), target.shape, Counter(), [])
        present = set(aim.order) - ({BATCH} if target.batched and not source.batched else set())
        return self._store(aim, Text(text), present, False, gather.comment)

    def _scatter(self, scatter: Scatter) -> list[Statement]:
        target, source = scatter.target, scatter.source
        index = np.reshape(scatter.index, source.shape)
        rows = rows_of(index)
        values = self.names[source]
        self._names_read.setdefault(values)
        if rows is not None:
            start, count, index = rows
            dims: list[Dim | int | None] = [Dim(count, source.shape[-1]), Dim(source.shape[-1], 1)]
            array = self.look(target, start, [BATCH, *dims] if target.batched else dims, True)
        else:
            index = index.ravel()
            shown = np.flatnonzero(index >= 0)
            values, array = self._flat(source), self._flat(target)
            if len(shown) < len(index):
                name = self.constants.array(f"{self.names[source]}_cells", shown)
                values = f"{values}[{':, ' if source.batched else ''}{name}]"
            index = index[shown]
        if source.batched and not target.batched:
            values += ".sum(axis=0)"
        name = self._index(source, index)
        if not target.shape and not target.batched:
            text = f"{self.names[target]} += {values}.sum()"
        elif len(np.unique(index)) < index.size:
            where = f"(slice(None), {name})" if target.batched else name
            text = f"np.add.at({array}, {where}, {values})"
        else:
            text = f"{array}[{':, ' if target.batched else ''}{name}] += {values}"
        return [*self._made(target), self._line(text, target, scatter.comment)]

    def _index(self, buffer: Buffer, index: NDArray[np.intp]) -> str:
        """Cell numbers: a short list as it is, others by a name."""
        if 0 < index.size <= 8 and index.ndim == 1 and np.all(index >= 0):
            return str(index.tolist())
        return self.constants.array(f"{self.names[buffer]}_index", index)

    def _take(self, take: Take) -> list[Statement]:
        aim = _aim(take.target, take.shape, Counter(), [])
        space, rows, choice = self._rows(take.table, take.shape, take.step, take.count)
        table, which = space.axes_of_view(rows) - {choice}, space.axes_of_view(take.which)
        union = [axis for axis in aim.order if axis in table | which]
        first = [axis for axis in union if axis in which]
        rest = [axis for axis in union if axis in table]
        chosen = self._show(take.which, union if table & which else first, space.counts).text
        if choice not in space.axes_of_view(rows):
            text = self._show(rows, rest, space.counts)
            union = rest
        elif first + rest == union:
            text = Text(f"{self._show(rows, [choice, *rest], space.counts).at(ATOM)}[{chosen}]")
        elif first == rest and len(first) == 1:
            count = "batch" if first[0] == BATCH else f"{space.counts[first[0]]}"
            array = self._show(rows, [*rest, choice], space.counts).at(ATOM)
            text = Text(f"{array}[np.arange({count}), {chosen}]")
        else:
            array = self.look(rows.buffer, rows.offset, self._dims(rows, [*union, choice], space))
            chosen = self.look(
                take.which.buffer,
                take.which.offset,
                [*self._dims(take.which, union, space), None],
            )
            text = Text(f"np.take_along_axis({array}, {chosen}, axis=-1)[..., 0]")
        return self._store(aim, aligned(text, union, aim.order), set(union), False, take.comment)

    def _put(self, put: Put) -> list[Statement]:
        space, rows, choice = self._rows(put.target, put.shape, put.step, put.count)
        table, which = space.axes_of_view(rows) - {choice}, space.axes_of_view(put.which)
        order = [BATCH, *range(len(put.shape))]
        upstream = View(put.upstream.buffer, put.upstream.offset, (*put.upstream.strides, 0))
        if choice not in space.axes_of_view(rows):  # a table of one row
            return self._compute(Compute(put.target, put.shape, [Term(put.upstream)], True))
        lost = space.axes_of_view(upstream) - table - which
        first = [axis for axis in order if axis in which]
        rest = [axis for axis in order if axis in table]
        if table & which:
            union = [axis for axis in order if axis in table | which]
            ranges = []
            for axis in rest:
                count = "batch" if axis == BATCH else f"{space.counts[axis]}"
                after = len(union) - 1 - union.index(axis)
                ranges.append(f"np.arange({count})" + (f"[:{', None' * after}]" if after else ""))
            chosen = self._show(put.which, union, space.counts).text
            where = f"({', '.join([*ranges, chosen])})"
            array = self._show(rows, [*rest, choice], space.counts).text
        else:
            union = first + rest
            array = self._show(rows, [choice, *rest], space.counts).text
            where = self._show(put.which, first, space.counts).text
        values = sum_text(sum_parts(space, upstream, union, lost)).text
        text = f"np.add.at({array}, {where}, {values})"
        return [*self._made(put.target.buffer), self._line(text, put.target.buffer, put.comment)]

    def _rows(self, table: View, shape: Shape, step: int, count: int) -> tuple[Space, View, int]:
        """A table with an axis more, from which one place is chosen."""
        space = self._space((*shape, count))
        return space, View(table.buffer, table.offset, (*table.strides, step)), len(shape)

    def _dims(self, view: View, order: Order, space: Space) -> list[Dim | int | None]:
        return [_dim(view, axis, space.counts) for axis in order]

    # Storing.

    def _flat(self, buffer: Buffer) -> str:
        """All cells of each example in a row."""
        count = f"-1, {buffer.size}" if buffer.batched else "-1"
        if not buffer.shape and not buffer.batched:
            return f"np.reshape({self.names[buffer]}, 1)"
        name = self.constants.of(buffer) if buffer.role == "constant" else self.names[buffer]
        return name if len(buffer.shape) == 1 else f"{name}.reshape({count})"

    def _made(self, buffer: Buffer) -> list[Statement]:
        """What makes an array of zeros, unless there is one already."""
        if self._states.get(buffer) == "made":
            return []
        self._states[buffer] = "made"
        text = f"{self.names[buffer]} = {self.zeros(buffer)}"
        return [Statement(text, buffer, self.words(buffer))]

    def _line(self, text: str, buffer: Buffer, comment: str) -> Statement:
        return Statement(text, buffer, comment)

    def _store(
        self,
        aim: _Target,
        text: Text,
        present: Iterable[int],
        accumulate: bool,
        comment: str,
        plain: Buffer | None = None,
    ) -> list[Statement]:
        """Put a result where it belongs. plain: the buffer of which it is nothing but a view."""
        buffer = aim.view.buffer
        name = self.names[buffer]
        if buffer.mask is not None and not buffer.mask.all():
            mask = self.constants.array("mask", buffer.mask)
            dims = self._aim_dims(replace(aim, loops=[]), False)
            shown = view_text(mask, buffer.shape, False, aim.view.offset, dims)
            text = Text(f"np.where({shown}, {text.text}, 0.0)")
            present, plain = {*present, *aim.order} - ({BATCH} - set(present)), None
        state = self._states.get(buffer, "")
        missing = [
            axis
            for axis in aim.order
            if axis not in present and (axis == BATCH or aim.shape[axis] > 1)
        ]
        if aim.loops:
            return self._store_in_loops(aim, text, missing, comment)
        if buffer is self.d_theta:
            accumulate = True  # it holds zeros at first
        if aim.is_whole and state != "made" and buffer not in self._reshaped_twice():
            self._states[buffer] = "made"
            value = self._shaped(aim, text, missing)
            again = self._writes[buffer] > 1
            shared = plain is not None and (again or self._writes[plain] > 1)
            shared = shared and (buffer.batched or bool(buffer.shape))
            if shared or (again and value.text.startswith("np.broadcast_to(")):
                value = Text(f"{value.at(ATOM)}.copy()")
            words = self.words(buffer, buffer.comment or comment)
            thin = bool(missing) and aim.counts == list(buffer.shape)
            inner = text if thin else value
            return [Statement(f"{name} = {value.text}", buffer, words, inner, thin)]
        sign = "+=" if accumulate else "="
        lines = self._made(buffer)
        target = name if aim.is_whole and aim.counts == list(buffer.shape) else self._aimed(aim)
        is_number = not buffer.shape and not buffer.batched
        if target.endswith(")") or (sign == "=" and "[" not in target and not is_number):
            target += "[...]"
        axes = ["batch"] * buffer.batched + [str(count) for count in aim.counts]
        comment = f"{' x '.join(axes) or 'a number'}: {comment}".removesuffix(": ")
        return [*lines, Statement(f"{target} {sign} {text.text}", buffer, comment)]

    def _reshaped_twice(self) -> set[Buffer]:
        """Buffers that must be made as zeros, because a later write goes through a reshape."""
        return {buffer for buffer in self._reshaped if self._writes[buffer] > 1}

    def _shaped(self, aim: _Target, text: Text, missing: Order) -> Text:
        """The text with all of its axes, in the shape of the buffer."""
        buffer = aim.view.buffer
        if missing:
            shape = _shape_text(buffer.batched, tuple(aim.counts))
            number = re.fullmatch(r"-?[\w.]+", text.text) and not text.text[-1].isalpha()
            make = "np.full({1}, {0})" if number and text.text[0] in "-0123456789" else ""
            text = Text((make or "np.broadcast_to({0}, {1})").format(text.text, shape))
        if aim.counts != list(buffer.shape):
            shape = ", ".join(["-1"] * buffer.batched + [str(count) for count in buffer.shape])
            if not aim.counts and not buffer.batched:
                return Text(f"np.reshape({text.text}, {buffer.shape})")
            return Text(f"{text.at(ATOM)}.reshape({shape})")
        return text

    def _aim_dims(self, aim: _Target, batched: bool) -> list[Dim | int | None]:
        """The axes of the target; those gone through in loops have a variable."""
        dims: list[Dim | int | None] = []
        for axis in aim.order:
            if axis == BATCH:
                dims += [BATCH] if batched else []
            elif aim.shape[axis] > 1 and aim.view.strides[axis]:
                loop = _variable(aim.loops.index(axis)) if axis in aim.loops else ""
                dims.append(Dim(aim.shape[axis], aim.view.strides[axis], loop))
            else:
                dims.append(None)
        return dims if batched else _without_leading(dims)

    def _aimed(self, aim: _Target) -> str:
        """The text of the target."""
        buffer = aim.view.buffer
        return self.look(buffer, aim.view.offset, self._aim_dims(aim, buffer.batched), True)

    def _store_in_loops(
        self, aim: _Target, text: Text, missing: Order, comment: str
    ) -> list[Statement]:
        """Add what falls on the same cells one by one."""
        buffer = aim.view.buffer
        lines = self._made(buffer)
        name = f"{self.names[buffer]}_parts"
        if missing:
            shape = _shape_text(buffer.batched, tuple(aim.counts))
            text = Text(f"np.broadcast_to({text.text}, {shape})")
        axes = ["batch"] * buffer.batched + [str(count) for count in aim.counts]
        lines.append(Statement(f"{name} = {text.text}", None, " x ".join(axes)))
        variables = [_variable(place) for place in range(len(aim.loops))]
        counts = ", ".join(str(aim.shape[axis]) for axis in aim.loops)
        ranges = f"range({counts})" if len(variables) == 1 else f"np.ndindex({counts})"
        lines.append(Statement(f"for {', '.join(variables)} in {ranges}:", None))
        text_of = f"{name}[..., {', '.join(variables)}]"
        lines.append(Statement(f"    {self._aimed(aim)} += {text_of}", buffer, comment))
        return lines


def _aim(target: View, shape: Shape, loops: Counter[int], views: Sequence[View]) -> _Target:
    """How a target is written to. views: what is read at the same index, if it is."""
    moving = [a for a, count in enumerate(shape) if count > 1 and target.strides[a]]
    summed = frozenset(a for a, count in enumerate(shape) if count > 1 and not target.strides[a])
    order = sorted(moving, key=lambda axis: (axis in loops, -abs(target.strides[axis])))
    inner = [axis for axis in order if axis in loops]
    buffer = target.buffer
    everything = list(range(len(shape)))
    in_shape = shape == buffer.shape and order == moving and not summed
    if in_shape and (shape[:1] != (1,) or any(_is_whole(view, shape) for view in views)):
        order = everything
    return _Target(target, shape, [BATCH] * buffer.batched + order, inner, summed)


def _is_wide(compute: Compute, without: Buffer) -> bool:
    """Whether another buffer has all axes of the result."""
    wanted = [axis for axis, count in enumerate(compute.shape) if count > 1]
    batched = compute.target.buffer.batched
    return any(
        all(view.strides[axis] for axis in wanted) and view.buffer.batched >= batched
        for view, _ in looks_of(compute)
        if view.buffer is not without and view.buffer.data is None
    )


def _is_whole(view: View, shape: Shape) -> bool:
    if view.buffer.shape != shape or view.buffer.role == "constant":
        return False
    return all(
        s == r or n == 1 for s, r, n in zip(view.strides, row_major(shape), shape, strict=True)
    )


def _injective_axes(compute: Compute) -> Order:
    """The axes to go through one by one, so that the others show no cell twice."""
    target = compute.target
    dims = dims_of(target, compute.shape)
    moving = [a for a, count in enumerate(compute.shape) if count > 1 and target.strides[a]]
    reach = 0
    for dim in sorted(dims, key=lambda dim: abs(dim.stride)):
        if abs(dim.stride) <= reach:
            break
        reach += abs(dim.stride) * (dim.count - 1)
    else:
        return []
    for many in range(len(moving) + 1):
        chosen = sorted(
            combinations(moving, many), key=lambda axes: prod(compute.shape[a] for a in axes)
        )
        for axes in chosen:
            rest = [axis for axis in moving if axis not in axes]
            view = View(target.buffer, 0, tuple(target.strides[axis] for axis in rest))
            seen = cells(view, tuple(compute.shape[axis] for axis in rest))
            if np.unique(seen).size == seen.size:
                return list(axes)
    return moving


def _dim(view: View, axis: int, counts: Mapping[int, int]) -> Dim | int | None:
    if axis == BATCH:
        return BATCH if view.buffer.batched else None
    stride = view.strides[axis]
    return Dim(counts[axis], stride) if stride and counts[axis] > 1 else None


def _with_numbers(expr: Expr | float, counts: Mapping[int, int]) -> Expr | float:
    """The formula with a number for each view that shows nothing but that number."""
    if isinstance(expr, Apply):
        return Apply(expr.op, tuple(_with_numbers(x, counts) for x in expr.inputs))
    if isinstance(expr, View) and expr.buffer.data is not None and expr.buffer.data.size:
        shape = tuple(counts[axis] for axis in range(len(expr.strides)))
        seen = expr.buffer.data.ravel()[np.unique(cells(expr, shape))]
        if np.all(seen == seen[0]):
            return float(seen[0])
    return expr


def _shape_text(batched: bool, shape: Shape) -> str:
    axes = ["batch"] * batched + [str(count) for count in shape]
    return axes[0] if len(axes) == 1 else f"({', '.join(axes)})"


def _without_leading(dims: list[Dim | int | None]) -> list[Dim | int | None]:
    while dims and dims[0] is None:
        dims = dims[1:]
    return dims


def _variable(place: int) -> str:
    return "ijkmnpq"[place]


def _both(comment: str, other: str) -> str:
    """One comment for two statements: the scalar nodes of both."""
    pattern = r"([\d,]+) scalar nodes?"
    mine, theirs = re.search(pattern, comment), re.search(pattern, other)
    if not mine or not theirs:
        return comment
    total = sum(int(found[1].replace(",", "")) for found in (mine, theirs))
    return comment.replace(mine[0], f"{total:,} scalar nodes")
