"""Instructions as NumPy statements: what is computed, in the words of a textbook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from glassgrad import ops
from glassgrad.lift.ir import (
    Apply,
    Buffer,
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
from glassgrad.lift.text.arrays import Arrays
from glassgrad.lift.text.formulas import ATOM, PRODUCT, Signed, Text, sum_text
from glassgrad.lift.text.parts import looks_of, rows_of
from glassgrad.lift.text.store import Statement, Store
from glassgrad.lift.text.sums import Guard, Order, Space, aligned, reduced_view, sum_parts
from glassgrad.lift.text.targets import Target, aim_at, axes_one_by_one, dim_of, without_leading
from glassgrad.lift.text.views import BATCH, Dim, view_text

WIDTH = 96  # of a line, its indent left out
MAX_SHARES = '''def max_shares(x):
    """How much of its largest number each number along the last axis is: 1, or 0 if it is not.

    Equal numbers share it as they do in maximum(maximum(a, b), c).
    """
    before = np.maximum.accumulate(x, axis=-1)[..., :-1]
    wins = np.where(x[..., 1:] == before, 0.5, np.where(x[..., 1:] > before, 1.0, 0.0))
    stays = np.cumprod(1.0 - wins[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones_like(x[..., :1])
    return np.concatenate([ones, wins], axis=-1) * np.concatenate([stays, ones], axis=-1)'''


class Writer:
    """Writes the statements of one function, in order."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.store = Store(arrays)
        self.may_name_views = True  # where a line would be too long
        self._reads: Counter[Buffer] = Counter()

    def count(self, instructions: Iterable[Instruction], seeded: Iterable[Buffer]) -> None:
        """Look ahead: how often each buffer is read and written."""
        for root in self.arrays.code.roots:
            self._reads[root.buffer] += 1
        for buffer in seeded:
            self.arrays.writes[buffer] += 1
            self.store.states[buffer] = "made"
        for instruction in instructions:
            target = target_of(instruction)
            for view, _ in looks_of(instruction):
                self._reads[view.buffer] += 1
            if isinstance(instruction, Gather | Scatter):
                self._reads[instruction.source] += 2
            if isinstance(instruction, Put | ExtremeGradient):
                self._reads[target] += 2
            self.arrays.writes[target] += not isinstance(instruction, Zero)
            if isinstance(instruction, Compute | Extreme | Take | ExtremeGradient):
                if isinstance(instruction, ExtremeGradient):
                    extreme = instruction.extreme
                    aim = aim_at(instruction.target, extreme.shape + extreme.reduce)
                else:
                    aim = aim_at(instruction.target, instruction.shape)
                if not aim.is_whole and "reshape(" in self.store.aimed(aim):
                    self.store.reshaped.add(target)
            elif isinstance(instruction, Put) or len(target.shape) != 1:
                self.store.reshaped.add(target)
        if self.arrays.d_theta is not None:
            self.store.states[self.arrays.d_theta] = "made"

    def write(self, instruction: Instruction, last: Sequence[Statement] = ()) -> list[Statement]:
        """The statements of one instruction; the last statement's value may be put inside."""
        self.arrays.names_read = {}
        statements = self._written(instruction, last)
        if self.may_name_views:
            statements = self._shortened(statements)
        return [replace(statement, reads=tuple(self.arrays.names_read)) for statement in statements]

    def _written(self, instruction: Instruction, last: Sequence[Statement]) -> list[Statement]:
        before = last[0] if last else None
        if (
            before is not None
            and before.buffer is not None
            and before.value is not None
            and not before.buffer.labelled
            and self._reads[before.buffer] == 1
            and self.arrays.writes[before.buffer] == 1
            and isinstance(instruction, Compute)
            and not any(term.reduce for term in instruction.terms)
            and not (before.thin and not _is_wide(instruction, before.buffer))
        ):
            states = dict(self.store.states)
            self.arrays.inline = {before.buffer: before.value}
            self.arrays.put_inside = False
            statements = self._write(instruction)
            self.arrays.inline = {}
            first = statements[0]
            comment = _both(first.comment, before.comment)
            if self.arrays.put_inside and len(first.text) + len(comment) + 4 <= WIDTH:
                return [replace(first, comment=comment, holds_last=True), *statements[1:]]
            self.store.states = states
        return self._write(instruction)

    def _shortened(self, statements: list[Statement]) -> list[Statement]:
        """Give names to views where a line would be too long."""
        lines: list[Statement] = []
        for statement in statements:
            text, views = self.arrays.name_views(statement.text, WIDTH)
            value = statement.value
            for name, view, pattern, words in views:
                lines.append(
                    Statement(f"{name} = {view}", None, words, holds_last=statement.holds_last)
                )
                value = value and Text(
                    re.sub(pattern, name, value.text),
                    value.level,
                    re.sub(pattern, name, value.inverse),
                )
                statement = replace(statement, holds_last=False)
            lines.append(replace(statement, text=text, value=value))
        self.arrays.forget_views()
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
                self.store.states[instruction.target] = "zeros"
                return []

    def _compute(self, compute: Compute) -> list[Statement]:
        views = [
            view
            for term in compute.terms
            if isinstance(term.expr, Expr) and not term.reduce
            for view in term.expr.views()
        ]
        loops = axes_one_by_one(compute) if compute.accumulate else []
        aim = aim_at(compute.target, compute.shape, loops, views)
        parts: list[Signed] = []
        present: set[int] = set()
        for term in sorted(compute.terms, key=lambda term: not term.reduce):  # x @ W + b
            space = self.arrays.space(compute.shape + term.reduce, self._guard(aim))
            summed = set(range(len(compute.shape), len(compute.shape) + len(term.reduce)))
            expr = _with_numbers(term.expr, space.counts)
            axes = space.axes_of(expr)
            if BATCH in axes and not aim.view.buffer.batched:
                summed.add(BATCH)
            parts += sum_parts(space, expr, aim.order, frozenset(summed) | aim.summed)
            present |= axes
        only = compute.terms[0].expr if len(compute.terms) == 1 else None
        plain = only.buffer if isinstance(only, View) else None
        text, comment = sum_text(parts), compute.comment
        has_holes = _has_holes(compute, aim)
        return self.store.put(aim, text, present, compute.accumulate, comment, plain, has_holes)

    def _guard(self, aim: Target) -> Guard | None:
        """What an operation takes that has no value for 0: 1 in the holes of the result."""
        holes = aim.holes()
        if holes is None:
            return None
        varying = {a for a in range(holes.ndim) if (holes != np.take(holes, [0], a)).any()}

        def guard(space: Space, expr: Expr, order: Order, text: Text) -> Text:
            may_be_0 = any(_is_holed(view.buffer) for view in expr.views())
            if not may_be_0 and not space.axes_of(expr) >= varying:
                return text
            start = f"np.where({self.store.mask_text(aim, order)}, "
            if text.level == ATOM and text.text.startswith(start) and text.text.endswith(", 0.0)"):
                return Text(f"{text.text.removesuffix('0.0)')}1.0)")
            return Text(f"{start}{text.text}, 1.0)")

        return guard

    def _extreme(self, extreme: Extreme) -> list[Statement]:
        aim = aim_at(extreme.target, extreme.shape)
        space = self.arrays.space(extreme.shape + extreme.reduce)
        space = replace(space, show=lambda _, order: self._without_holes(extreme, order))
        axes = space.axes_of_view(extreme.source)
        summed = frozenset(axis for axis in axes if axis >= len(extreme.shape))
        name = "min" if extreme.op is ops.minimum else "max"
        text = reduced_view(space, name, extreme.source, aim.order, summed)
        return self.store.put(aim, text, axes, False, extreme.comment)

    def _without_holes(self, extreme: Extreme, order: Order) -> Text:
        """The text of the source, with what is never an extreme in its holes."""
        source, shape = extreme.source, extreme.shape + extreme.reduce
        counts = {BATCH: 2, **dict(enumerate(shape))}
        shown = self.arrays.show(source, order, counts)
        mask = source.buffer.mask
        if mask is None or mask.ravel()[cells(source, shape)].all():
            return shown
        dims = [None if axis == BATCH else dim_of(source, axis, counts) for axis in order]
        name = self.arrays.constants.array("mask", mask)
        there = view_text(name, mask.shape, False, source.offset, without_leading(dims))
        never = "np.inf" if extreme.op is ops.minimum else "-np.inf"
        return Text(f"np.where({there}, {shown.text}, {never})")

    def _extreme_gradient(self, back: ExtremeGradient) -> list[Statement]:
        extreme = back.extreme
        shape = extreme.shape + extreme.reduce
        space = self.arrays.space(shape)
        axes = space.axes_of_view(extreme.source)
        inner = [a for a in range(len(extreme.shape), len(shape)) if shape[a] > 1]
        outer = [BATCH] * (BATCH in axes) + [a for a in range(len(extreme.shape)) if a in axes]
        order = outer + inner
        self.arrays.helpers["max_shares"] = MAX_SHARES
        source = self._without_holes(extreme, order)
        lead = ["-1" if axis == BATCH else str(shape[axis]) for axis in outer]
        again = [axis for axis in inner if not extreme.source.strides[axis]]
        if again:  # the same number several times
            counts = [*lead, *("1" if axis in again else str(shape[axis]) for axis in inner)]
            source = Text(f"np.reshape({source.text}, ({', '.join(counts)},))")
            for axis in again:
                source = Text(f"np.repeat({source.text}, {shape[axis]}, axis={order.index(axis)})")
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
        aim = aim_at(back.target, shape)
        product = Text(f"{text} * {slope.at(PRODUCT)}", PRODUCT)
        if again:
            summed = ", ".join(str(order.index(axis)) for axis in again)
            product = Text(f"np.sum({product.text}, axis=({summed},))")
            order = [axis for axis in order if axis not in again]
        if aim.order != order:
            turn = ", ".join(str(order.index(axis)) for axis in aim.order)
            product = Text(f"({product.text}).transpose({turn})")
        return self.store.put(aim, product, set(order), True, back.comment)

    def _gather(self, gather: Gather) -> list[Statement]:
        target, source = gather.target, gather.source
        index = np.reshape(gather.index, target.shape)
        rows = rows_of(index)
        if rows is not None:
            start, count, places = rows
            dims: list[Dim | int | None] = [Dim(count, target.shape[-1]), Dim(target.shape[-1], 1)]
            array = self.arrays.look(source, start, [BATCH, *dims] if source.batched else dims)
            text = f"{array}[{':, ' if source.batched else ''}{self.arrays.index(target, places)}]"
        else:
            name = self.arrays.index(target, index)
            self.arrays.names_read.setdefault(self.arrays.names[source])
            text = f"{self.arrays.flat(source)}[{':, ' if source.batched else ''}{name}]"
            there = index >= 0
            if not there.all():
                if target.mask is None or target.mask[~there].any():
                    text = f"np.where({name} >= 0, {text}, 0.0)"
                elif np.array_equal(target.mask, there):
                    self.arrays.constants.array("mask", there, f"{name} >= 0")
        aim = aim_at(View(target, 0, row_major(target.shape)), target.shape)
        present = set(aim.order) - ({BATCH} if target.batched and not source.batched else set())
        return self.store.put(aim, Text(text), present, False, gather.comment)

    def _scatter(self, scatter: Scatter) -> list[Statement]:
        target, source = scatter.target, scatter.source
        index = np.reshape(scatter.index, source.shape)
        rows = rows_of(index)
        values = self.arrays.names[source]
        self.arrays.names_read.setdefault(values)
        if rows is not None:
            start, count, index = rows
            dims: list[Dim | int | None] = [Dim(count, source.shape[-1]), Dim(source.shape[-1], 1)]
            array = self.arrays.look(
                target, start, [BATCH, *dims] if target.batched else dims, True
            )
        else:
            index = index.ravel()
            shown = np.flatnonzero(index >= 0)
            values, array = self.arrays.flat(source), self.arrays.flat(target)
            if len(shown) < len(index):
                name = self.arrays.constants.array(f"{self.arrays.names[source]}_cells", shown)
                values = f"{values}[{':, ' if source.batched else ''}{name}]"
            index = index[shown]
        if source.batched and not target.batched:
            values += ".sum(axis=0)"
        name = self.arrays.index(source, index)
        if not target.shape and not target.batched:
            text = f"{self.arrays.names[target]} += {values}.sum()"
        elif len(np.unique(index)) < index.size:
            where = f"(slice(None), {name})" if target.batched else name
            text = f"np.add.at({array}, {where}, {values})"
        else:
            text = f"{array}[{':, ' if target.batched else ''}{name}] += {values}"
        return [*self.store.made(target), Statement(text, target, scatter.comment)]

    def _take(self, take: Take) -> list[Statement]:
        aim = aim_at(take.target, take.shape)
        space, rows, choice = self._rows(take.table, take.shape, take.step, take.count)
        table, which = space.axes_of_view(rows) - {choice}, space.axes_of_view(take.which)
        union = [axis for axis in aim.order if axis in table | which]
        first = [axis for axis in union if axis in which]
        rest = [axis for axis in union if axis in table]
        chosen = self.arrays.show(take.which, union if table & which else first, space.counts).text
        if choice not in space.axes_of_view(rows):
            text = self.arrays.show(rows, rest, space.counts)
            union = rest
        elif first + rest == union:
            text = Text(
                f"{self.arrays.show(rows, [choice, *rest], space.counts).at(ATOM)}[{chosen}]"
            )
        elif first == rest and len(first) == 1:
            count = "batch" if first[0] == BATCH else f"{space.counts[first[0]]}"
            array = self.arrays.show(rows, [*rest, choice], space.counts).at(ATOM)
            text = Text(f"{array}[np.arange({count}), {chosen}]")
        else:
            array = self.arrays.look(
                rows.buffer, rows.offset, self._dims(rows, [*union, choice], space)
            )
            chosen = self.arrays.look(
                take.which.buffer,
                take.which.offset,
                [*self._dims(take.which, union, space), None],
            )
            text = Text(f"np.take_along_axis({array}, {chosen}, axis=-1)[..., 0]")
        return self.store.put(aim, aligned(text, union, aim.order), set(union), False, take.comment)

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
        union = [axis for axis in order if axis in table | which]
        ranges = {}
        for axis in rest:
            count = "batch" if axis == BATCH else f"{space.counts[axis]}"
            after = len(union) - 1 - union.index(axis)
            ranges[axis] = f"np.arange({count})" + (f"[:{', None' * after}]" if after else "")
        slices = self._dims(rows, [*rest, choice], space)
        is_copy = "np.arange(" in self.arrays.look(rows.buffer, rows.offset, slices, writable=True)
        if table & which or is_copy:
            chosen = self.arrays.show(put.which, union, space.counts).text
        if is_copy:  # no slices show these cells: they are counted in the flat array
            numbers = [f"{rows.strides[a]} * {ranges[a]}" for a in rest if a != BATCH]
            numbers += [f"{put.step} * {chosen}", *([f"{rows.offset}"] if rows.offset else [])]
            places = [*([ranges[BATCH]] if BATCH in rest else []), " + ".join(numbers)]
            where = f"({', '.join(places)})" if len(places) > 1 else places[0]
            array = self.arrays.flat(rows.buffer)
        elif table & which:
            where = f"({', '.join([*ranges.values(), chosen])})"
            array = self.arrays.show(rows, [*rest, choice], space.counts).text
        else:
            union = first + rest
            array = self.arrays.show(rows, [choice, *rest], space.counts).text
            where = self.arrays.show(put.which, first, space.counts).text
        values = sum_text(sum_parts(space, upstream, union, lost)).text
        text = f"np.add.at({array}, {where}, {values})"
        return [
            *self.store.made(put.target.buffer),
            Statement(text, put.target.buffer, put.comment),
        ]

    def _rows(self, table: View, shape: Shape, step: int, count: int) -> tuple[Space, View, int]:
        """A table with an axis more, from which one place is chosen."""
        space = self.arrays.space((*shape, count))
        return space, View(table.buffer, table.offset, (*table.strides, step)), len(shape)

    def _dims(self, view: View, order: Order, space: Space) -> list[Dim | int | None]:
        return [dim_of(view, axis, space.counts) for axis in order]


def _is_wide(compute: Compute, without: Buffer) -> bool:
    """Whether another buffer has all axes of the result."""
    wanted = [axis for axis, count in enumerate(compute.shape) if count > 1]
    batched = compute.target.buffer.batched
    return any(
        all(view.strides[axis] for axis in wanted) and view.buffer.batched >= batched
        for view, _ in looks_of(compute)
        if view.buffer is not without and view.buffer.data is None
    )


def _is_holed(buffer: Buffer) -> bool:
    return buffer.mask is not None and not buffer.mask.all()


def _has_holes(compute: Compute, aim: Target) -> bool:
    """Whether the result is nothing but a view, which shows holes where the target has them."""
    only = compute.terms[0]
    holes = aim.holes()
    if holes is None or len(compute.terms) > 1 or not isinstance(only.expr, View) or only.reduce:
        return False
    mask = only.expr.buffer.mask
    return mask is not None and not mask.ravel()[cells(only.expr, compute.shape)][holes].any()


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


def _both(comment: str, other: str) -> str:
    """One comment for two statements: the scalar nodes of both."""
    pattern = r"([\d,]+) scalar nodes?"
    mine, theirs = re.search(pattern, comment), re.search(pattern, other)
    if not mine or not theirs:
        return comment
    total = sum(int(found[1].replace(",", "")) for found in (mine, theirs))
    return comment.replace(mine[0], f"{total:,} scalar nodes")
