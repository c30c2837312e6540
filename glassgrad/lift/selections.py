"""Heads that are no sums and no operations on two numbers: extremes, and look-ups by data."""

from __future__ import annotations

import numpy as np

from glassgrad.lift.arrange import Box, Operand, arrange
from glassgrad.lift.draft import Draft
from glassgrad.lift.groups import Group
from glassgrad.lift.indices import Ids, equal
from glassgrad.lift.ir import Buffer, Compute, Extreme, Take, Term, View, row_major
from glassgrad.lift.layout import FIXED
from glassgrad.lift.look import Copies, look
from glassgrad.lift.targets import Placed, Targets
from glassgrad.lift.terms import columns_by_holes, in_columns, mostly_gaps
from glassgrad.ops import Op


def extremes(draft: Draft, targets: Targets, group: Ids) -> list[Group]:
    """Write the largest or smallest of several numbers; those of two are left, as groups."""
    canonical, left = draft.canonical, []
    starts = canonical.start[group]
    for alike in equal(canonical.right[starts]):
        op = draft.op(canonical.right[starts[alike[0]]])
        lengths = canonical.start[group[alike] + 1] - starts[alike]
        operand = _ragged(draft, starts[alike], lengths)
        if operand is not None:
            _extreme(draft, targets, op, group[alike], operand)
            continue
        for rows in equal(lengths):
            chain = starts[alike[rows]][:, None] + np.arange(lengths[rows[0]])
            nodes = canonical.left[chain]
            for members in draft.alike(list(nodes.T)):
                heads = group[alike[rows[members]]]
                if chain.shape[1] == 2:
                    pair = [[draft.operand(nodes[members][:, [i]])] for i in range(2)]
                    left.append(Group(heads, op.name, pair, op))
                else:
                    _extreme(draft, targets, op, heads, _together(draft, nodes[members]))
    return left


def takes(draft: Draft, targets: Targets, group: Ids) -> None:
    """Write the numbers that are looked up in a table."""
    nodes = [draft.tape.takes[int(draft.canonical.heads[head])] for head in group]
    for alike in equal(np.array([len(children) for children in nodes])):
        children = draft.canonical.same[np.array([nodes[i] for i in alike])]
        for members in draft.alike(list(children.T)):
            table = _together(draft, children[members, :-1])
            which = draft.operand(children[members, -1:])
            for some, box in arrange(len(members), [which, table]):
                ((index,),) = look(box, some, [[which]], Copies()).looks
                if isinstance(index, View) and index.buffer is which.buffer:
                    _take(draft, targets, group[alike[members[some]]], box, some, which, table)
                    continue
                for same in equal(which.cells[some, 0]):  # an index cannot be copied
                    rows = some[same]
                    place = Box((len(rows),) if len(rows) > 1 else (), np.arange(len(rows)))
                    _take(draft, targets, group[alike[members[rows]]], place, rows, which, table)


def _ragged(draft: Draft, starts: Ids, lengths: Ids) -> Operand | None:
    """Rows of several lengths in one buffer, if each is a line of it between holes."""
    if (lengths == lengths[0]).all() or mostly_gaps(lengths[:, None]):
        return None
    column = np.arange(lengths.max())
    present = column < lengths[:, None]
    term = np.where(present, starts[:, None] + column, starts[:, None])
    nodes = draft.canonical.left[term]
    if len(np.unique(draft.layout.buffer_of[nodes])) > 1:
        return None
    operand = draft.operand(nodes)
    operand.cells = np.where(present, operand.cells, -1)
    found = None if operand.buffer is None else columns_by_holes(operand)
    if found is None:
        return None
    return Operand(operand.buffer, in_columns(operand.cells, found[0], -1))


def _extreme(draft: Draft, targets: Targets, op: Op, heads: Ids, operand: Operand) -> None:
    """The largest or smallest number of each row of an operand."""
    group = Group(heads, op.name, [[operand]], op)
    for some, box in arrange(len(heads), [operand]):
        sight = look(box, some, [[operand]], draft.copies)
        (source,) = sight.looks[0]
        assert isinstance(source, View)
        (target,) = targets.of([Placed(group, heads[some], box, sight)])
        comment = draft.comment(heads[some])
        draft.emit(Extreme(op, target, sight.shape, source, sight.columns[0], comment=comment))
        draft.agenda.done(heads[some])


def _take(
    draft: Draft,
    targets: Targets,
    heads: Ids,
    box: Box,
    some: Ids,
    which: Operand,
    table: Operand,
) -> None:
    """One look-up for each cell of a box."""
    sight = look(box, some, [[which], [table]], draft.copies)
    (index,), (choices,) = sight.looks
    assert isinstance(index, View)
    if isinstance(choices, float) or len(sight.columns[1]) != 1:
        _take(draft, targets, heads, box, some, which, _spread(draft, table))
        return
    assert isinstance(choices, View)
    group = Group(heads, "chosen", [[which], [table]])
    (target,) = targets.of([Placed(group, heads, box, sight)])
    first = View(choices.buffer, choices.offset, choices.strides[:-1])
    step, count = choices.strides[-1], sight.columns[1][0]
    comment = draft.comment(heads)
    draft.emit(Take(target, sight.shape, first, index, step, count, comment=comment))
    draft.agenda.done(heads)


def _together(draft: Draft, nodes: Ids) -> Operand:
    """Nodes (heads, columns) as an operand, copied into one buffer if they are in several."""
    buffer_of = draft.layout.buffer_of[nodes]
    if (buffer_of == buffer_of[0, 0]).all() and buffer_of[0, 0] != FIXED:
        return draft.operand(nodes)
    rows, columns = nodes.shape
    batched = any(draft.layout.buffers[i].batched for i in np.unique(buffer_of) if i != FIXED)
    out = Buffer(draft.layout.name("joined"), (rows, columns), "value", batched)
    everyone = Box((rows,), np.arange(rows))
    for column in range(columns):
        operand = draft.operand(nodes[:, [column]])
        sight = look(everyone, everyone.place, [[operand]], draft.copies)
        strides = [stride * columns for stride in row_major(sight.shape)]
        target = View(out, column, tuple(strides))
        draft.emit(Compute(target, sight.shape, [Term(sight.looks[0][0])]))
    return Operand(out, np.arange(out.size).reshape(out.shape))


def _spread(draft: Draft, table: Operand) -> Operand:
    """A copy of an operand's rows, one after the other."""
    assert table.buffer is not None
    rows, which = np.unique(table.cells, axis=0, return_inverse=True)
    shown = draft.copies.copy(table.buffer, rows)
    cells = np.arange(rows.size).reshape(rows.shape)[which.ravel()]
    return Operand(shown.buffer, cells)
