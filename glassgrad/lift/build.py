"""From a graph to an array program: the passes in order, and the last one, which writes it down.

Groups of heads are taken from the leaves to the roots. Each group finds its order (`arrange.py`)
and its views of what is there already (`look.py`), and becomes an instruction and a buffer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from math import prod

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift.agenda import Agenda
from glassgrad.lift.arguments import Argument, Place
from glassgrad.lift.arrange import Box, Ids, Operand, arrange
from glassgrad.lift.canonical import EXTREME, SUM, TAKE, Canonical, canonicalise
from glassgrad.lift.flatten import Tape, flatten
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Expr,
    Extreme,
    Take,
    Term,
    View,
    whole,
)
from glassgrad.lift.look import Copies, Sight, look
from glassgrad.lift.terms import Segment, Terms
from glassgrad.value import Value

FIXED = -2  # instead of the number of a buffer: a constant


@dataclass
class Built:
    """An array program with its way back to the graph. n_nodes: how many scalar nodes it had."""

    code: Code
    n_nodes: int
    _tape: Tape
    _canonical: Canonical
    _buffers: list[Buffer]
    _buffer_of: NDArray[np.int32]
    _cell_of: NDArray[np.int32]
    _numbers: dict[Value, int] | None = None

    def where(self, value: Value) -> Place | None:
        """Where the number of a Value is; None if it is a constant, or no result needs it."""
        if self._numbers is None:
            self._numbers = {node: i for i, node in enumerate(self._tape.nodes)}
        node = int(self._canonical.same[self._numbers[value]]) if value in self._numbers else -1
        if node < 0 or self._buffer_of[node] == FIXED:
            return None
        owner = node if self._buffer_of[node] >= 0 else int(self._canonical.owner[node])
        if owner < 0 or self._buffer_of[owner] < 0:
            return None
        buffer = self._buffers[self._buffer_of[owner]]
        index = np.unravel_index(int(self._cell_of[owner]), buffer.shape or (1,))
        return Place(buffer.name, tuple(map(int, index))[: len(buffer.shape)], owner != node)


def build(roots: Sequence[Value], wrt: Sequence[Value], arguments: Sequence[Argument]) -> Built:
    """Lift a graph: the numbers of `wrt` become the parameters, those of `arguments` inputs.

    >>> w = [Value(1.0), Value(2.0)]
    >>> built = build([w[0] * 3 + w[1] * 4], w, [])
    >>> built.code.forward
    [...]
    """
    index_leaves = [leaf for a in arguments if a.role == "index" for leaf in a.values]
    tape = flatten(roots, index_leaves)
    number = {node: i for i, node in enumerate(tape.nodes) if node._rule is None}
    varying = [*wrt, *(leaf for argument in arguments for leaf in argument.values)]
    canonical = canonicalise(tape, {number[leaf] for leaf in varying if leaf in number})
    builder = _Builder(tape, canonical, number, wrt, arguments)
    builder.run()
    return Built(
        builder.code,
        len(tape),
        tape,
        canonical,
        builder.buffers,
        builder.buffer_of,
        builder.cell_of,
    )


class _Builder:
    """Writes the instructions, and remembers in which cell of which buffer each number is."""

    def __init__(
        self,
        tape: Tape,
        canonical: Canonical,
        number: dict[Value, int],
        wrt: Sequence[Value],
        arguments: Sequence[Argument],
    ) -> None:
        self.tape, self.canonical = tape, canonical
        self.agenda = Agenda(tape, canonical)
        self.copies = Copies()
        self.buffers: list[Buffer] = []
        self.buffer_of = np.where(canonical.fixed, FIXED, -1).astype(np.int32)
        self.cell_of = np.zeros(len(tape), np.int32)
        self.counts: dict[str, int] = {}
        self.taken = {"np", "theta", *(argument.name for argument in arguments)}
        self.code = Code(Buffer("theta", (len(wrt),), "parameter"))
        leaves = [(self.code.parameters, list(wrt))]
        for argument in arguments:
            buffer = Buffer(argument.name, argument.shape, argument.role, argument.batched)
            self.code.inputs.append(buffer)
            leaves.append((buffer, argument.values))
        for buffer, values in leaves:
            there = [(number[leaf], cell) for cell, leaf in enumerate(values) if leaf in number]
            nodes, places = np.array(there, np.intp).reshape(-1, 2).T
            self.place(buffer, nodes, places)

    def place(self, buffer: Buffer, nodes: Ids, cells: Ids) -> None:
        """Note that these nodes are in these cells of a buffer."""
        self.buffer_of[nodes] = len(self.buffers)
        self.cell_of[nodes] = cells
        self.buffers.append(buffer)

    def run(self) -> None:
        """Write the instructions of all groups, from the leaves to the roots."""
        for due, early in self.agenda:
            kind = int(self.canonical.kind[due[0]])
            group = np.sort(np.concatenate([due, early]))
            if kind == SUM:
                self.sums(group, due)
            elif kind == EXTREME:
                self.extremes(due)
            elif kind == TAKE:
                self.takes(due)
            else:
                self.operations(group, due, kind)
        for root in self.tape.roots:
            self.code.roots.append(self.root(int(self.canonical.same[root])))

    def root(self, node: int) -> View:
        """A view of a result."""
        if self.buffer_of[node] == FIXED:
            data = np.array(self.tape.data[node])
            return View(Buffer(self.name("constant"), (), "constant", data=data), 0, ())
        return View(self.buffers[self.buffer_of[node]], int(self.cell_of[node]), ())

    def sums(self, group: Ids, due: Ids) -> None:
        """Sums of products and of single numbers."""
        terms = Terms(self.canonical, group, self.buffers, self.buffer_of, self.cell_of)
        for members, segments in terms.groups():
            heads = group[members]
            if not np.isin(heads, due).any():
                continue
            if self.copy(heads):
                continue
            parts = [_parts(segment) for segment in segments]
            constant = Operand(None, _no_cells(len(heads)), self.canonical.constant[heads][:, None])
            seen = [operand for part in parts for operand in part]
            for some, box in arrange(len(heads), seen):
                sight = look(box, some, [*parts, [constant]], self.copies)
                found = [
                    Term(_product(looks), columns)
                    for looks, columns in zip(sight.looks, sight.columns, strict=True)
                ]
                if found[-1].expr == 0.0 and len(found) > 1:
                    found.pop()
                many = any(term.reduce for term in found) and any(len(p) > 1 for p in parts)
                out = self.buffer("z" if many else "s", sight, box, heads[some])
                self.code.forward.append(Compute(whole(out), out.shape, found, comment=out.comment))

    def copy(self, heads: Ids) -> bool:
        """Sums of a single number are that number itself: `sum([x])`, which begins with 0."""
        starts = self.canonical.start[heads]
        trivial = (
            (self.canonical.start[heads + 1] - starts == 1)
            & (self.canonical.constant[heads] == 0.0)
            & (self.canonical.coefficient[starts] == 1.0)
            & (self.canonical.right[starts] < 0)
        )
        if not trivial.all():
            return False
        nodes, of = self.canonical.heads[heads], self.canonical.left[starts]
        self.buffer_of[nodes], self.cell_of[nodes] = self.buffer_of[of], self.cell_of[of]
        self.agenda.done(heads)
        return True

    def operations(self, group: Ids, due: Ids, code: int) -> None:
        """An operation of the table, on one or two numbers each."""
        op = self.tape.rules[code]
        assert op is not None
        term = self.canonical.start[group]
        inputs = [self.canonical.left[term]]
        if op.arity == 2:
            inputs.append(self.canonical.right[term])
            if op in (ops.multiply, ops.maximum, ops.minimum):
                first, second = (self.buffer_of[x] for x in inputs)
                swap = (first == FIXED) | ((second != FIXED) & (first > second))
                inputs = [np.where(swap, *inputs[::-1]), np.where(swap, *inputs)]
        for members in self.alike(inputs):
            if not np.isin(group[members], due).any():
                continue
            operands = [self.operand(nodes[members][:, None]) for nodes in inputs]
            for some, box in arrange(len(members), operands):
                sight = look(box, some, [[operand] for operand in operands], self.copies)
                formula = Apply(op, tuple(looks[0] for looks in sight.looks))
                name = "power" if op.name.startswith("**") else op.name
                out = self.buffer(name, sight, box, group[members[some]])
                self.code.forward.append(
                    Compute(whole(out), out.shape, [Term(formula)], comment=out.comment)
                )

    def extremes(self, group: Ids) -> None:
        """The largest or smallest of several numbers."""
        start, end = self.canonical.start[group], self.canonical.start[group + 1]
        for alike in _equal(end - start):
            chain = start[alike][:, None] + np.arange(end[alike[0]] - start[alike[0]])
            for which in _equal(self.canonical.right[chain[:, 0]]):
                op = self.tape.rules[self.canonical.right[chain[which[0], 0]]]
                assert op is not None
                nodes = self.canonical.left[chain[which]]
                for members in self.alike(list(nodes.T)):
                    operand = self.together(nodes[members])
                    for some, box in arrange(len(members), [operand]):
                        sight = look(box, some, [[operand]], self.copies)
                        (source,) = sight.looks[0]
                        assert isinstance(source, View)
                        heads = group[alike[which[members[some]]]]
                        out = self.buffer(op.name, sight, box, heads)
                        self.code.forward.append(
                            Extreme(
                                op,
                                whole(out),
                                out.shape,
                                source,
                                sight.columns[0],
                                comment=out.comment,
                            )
                        )

    def takes(self, group: Ids) -> None:
        """Numbers that are looked up in a table."""
        nodes = [self.tape.takes[int(self.canonical.heads[head])] for head in group]
        for alike in _equal(np.array([len(children) for children in nodes])):
            children = self.canonical.same[np.array([nodes[i] for i in alike])]
            for members in self.alike(list(children.T)):
                table = self.together(children[members, :-1])
                which = self.operand(children[members, -1:])
                for some, box in arrange(len(members), [which, table]):
                    self.take(group[alike[members[some]]], box, some, which, table)

    def take(self, heads: Ids, box: Box, some: Ids, which: Operand, table: Operand) -> None:
        """One look-up for each cell of a box."""
        sight = look(box, some, [[which], [table]], self.copies)
        (index,), (choices,) = sight.looks
        assert isinstance(index, View)
        if isinstance(choices, float) or len(sight.columns[1]) != 1:
            self.take(heads, box, some, which, self.spread(table))
            return
        assert isinstance(choices, View)
        out = self.buffer("chosen", sight, box, heads, which.buffer)
        first = View(choices.buffer, choices.offset, choices.strides[:-1])
        step, count = choices.strides[-1], sight.columns[1][0]
        self.code.forward.append(
            Take(whole(out), out.shape, first, index, step, count, comment=out.comment)
        )

    def operand(self, nodes: Ids) -> Operand:
        """Nodes (heads, columns) that are all in one buffer, or all constants."""
        which = self.buffer_of[nodes.flat[0]]
        if which == FIXED:
            return Operand(None, _no_cells(*nodes.shape), self.tape.data[nodes])
        return Operand(self.buffers[which], self.cell_of[nodes].astype(np.intp))

    def together(self, nodes: Ids) -> Operand:
        """Nodes (heads, columns) as an operand, copied into one buffer if they are in several."""
        if (self.buffer_of[nodes[0]] == self.buffer_of[nodes[0, 0]]).all():
            return self.operand(nodes)
        rows, columns = nodes.shape
        batched = any(
            self.buffers[i].batched for i in np.unique(self.buffer_of[nodes[0]]) if i != FIXED
        )
        out = Buffer(self.name("joined"), nodes.shape, "value", batched)
        everyone = np.arange(rows)
        for column in range(columns):
            operand = self.operand(nodes[:, [column]])
            sight = look(Box((rows,), everyone), everyone, [[operand]], self.copies)
            target = View(out, column, (columns,))
            strides = sight.looks[0][0]
            self.flush()
            self.code.forward.append(Compute(target, (rows,), [Term(strides)]))
        self.buffers.append(out)
        return Operand(out, np.arange(out.size).reshape(out.shape))

    def spread(self, table: Operand) -> Operand:
        """A copy of an operand's rows, one after the other."""
        assert table.buffer is not None
        rows, which = np.unique(table.cells, axis=0, return_inverse=True)
        shown = self.copies.copy(table.buffer, rows)
        cells = np.arange(rows.size).reshape(rows.shape)[which.ravel()]
        return Operand(shown.buffer, cells)

    def alike(self, inputs: Sequence[Ids]) -> list[Ids]:
        """Which heads have their inputs in the same buffers."""
        key = np.zeros(len(inputs[0]), np.int64)
        for nodes in inputs:
            _, key = np.unique(
                key * (len(self.buffers) + 3) + self.buffer_of[nodes], return_inverse=True
            )
        return _equal(key)

    def buffer(
        self, name: str, sight: Sight, box: Box, heads: Ids, also: Buffer | None = None
    ) -> Buffer:
        """The buffer of a group; places its heads, and writes the copies that it needs first."""
        self.flush()
        read = [x for looks in sight.looks for x in looks if isinstance(x, View)]
        batched = any(view.buffer.batched for view in read)
        nodes = self.canonical.heads[heads]
        mask = None
        if len(heads) < prod(box.shape):
            mask = np.zeros(prod(box.shape), np.bool_)
            mask[box.place] = True
            mask = mask.reshape(sight.shape)
        count = int(self.canonical.absorbed[heads].sum())
        comment = f"{count:,} scalar nodes" if count > 1 else "1 scalar node"
        out = Buffer(
            self.name(name, nodes), sight.shape, "value", batched, mask=mask, comment=comment
        )
        self.place(out, nodes, box.place)
        self.agenda.done(heads)
        return out

    def flush(self) -> None:
        """Write the copies that have been asked for since the last time."""
        self.code.forward.extend(self.copies.gathers[self.written :])
        self.written = len(self.copies.gathers)

    written = 0

    def name(self, kind: str, nodes: Ids | None = None) -> str:
        """A name for a buffer: the label of its only number, or a kind and how many there were."""
        name = self.tape.nodes[int(nodes[0])].label if nodes is not None and len(nodes) == 1 else ""
        while not name.isidentifier() or iskeyword(name) or name in self.taken:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            name = f"{kind}{self.counts[kind]}"
        self.taken.add(name)
        return name


def _parts(segment: Segment) -> list[Operand]:
    """The factors of a segment's products, with the coefficients where they are not all 1."""
    operands = list(segment.operands)
    numbers = segment.coefficient
    there = segment.operands[0].cells >= 0
    if (numbers[there] == 1.0).all():
        return operands
    first = numbers[:, :1]
    if (numbers == first)[there].all():
        numbers = np.broadcast_to(first, numbers.shape)
    return [*operands, Operand(None, _no_cells(*numbers.shape), np.ascontiguousarray(numbers))]


def _product(factors: Sequence[Expr | float]) -> Expr | float:
    product: Expr | float = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _no_cells(*shape: int) -> Ids:
    return np.zeros(shape if len(shape) > 1 else (*shape, 1), np.intp)


def _equal(key: Ids) -> list[Ids]:
    """The places of equal numbers, together."""
    if (key == key[0]).all():
        return [np.arange(len(key))]
    return [np.flatnonzero(key == which) for which in np.unique(key)]
