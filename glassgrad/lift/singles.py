"""Formulas over single numbers, for heads that have no structure. There may be very many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from glassgrad.lift.canonical import Canonical
from glassgrad.lift.flatten import Tape
from glassgrad.lift.indices import Ids, spans
from glassgrad.lift.ir import Apply, Buffer, Compute, Expr, Term, View
from glassgrad.lift.layout import FIXED, Layout
from glassgrad.lift.walk import EXTREME, SUM


def singles(tape: Tape, canonical: Canonical, layout: Layout, heads: Ids) -> Iterator[Compute]:
    """For each head, all of which have a place in one buffer, what computes its number."""
    start = canonical.start[heads]
    counts = canonical.start[heads + 1] - start
    ends = np.cumsum(counts)
    terms = spans(start, counts)
    kinds = canonical.kind[heads]
    left, right = canonical.left[terms], canonical.right[terms]
    inputs = np.where(np.repeat(kinds == EXTREME, counts), -1, right)  # there it is an operation
    nodes = np.unique(np.concatenate([left, inputs[inputs >= 0], canonical.heads[heads]]))
    numbers = dict(zip(nodes.tolist(), _numbers(tape, layout, nodes), strict=True))
    target = layout.buffers[layout.buffer_of[canonical.heads[heads[0]]]]
    target.batched = any(buffer.batched for buffer in _buffers(layout, nodes))
    rows = list(
        zip(canonical.coefficient[terms].tolist(), left.tolist(), right.tolist(), strict=True)
    )
    for head, kind, constant, count, end in zip(
        canonical.heads[heads].tolist(),
        kinds.tolist(),
        canonical.constant[heads].tolist(),
        counts.tolist(),
        ends.tolist(),
        strict=True,
    ):
        row = rows[end - count : end]
        if kind == SUM:
            found = [_term(numbers, *term) for term in row]
            if constant or not found:
                found.append(Term(constant))
        else:
            found = [Term(_operation(tape, numbers, kind, row))]
        yield Compute(numbers[head], (), found)


def _numbers(tape: Tape, layout: Layout, nodes: Ids) -> Iterator[Any]:
    """Where the numbers of nodes are, or what they are if they are constants."""
    buffers = layout.buffers
    for which, cell, number in zip(
        layout.buffer_of[nodes].tolist(),
        layout.cell_of[nodes].tolist(),
        tape.data[nodes].tolist(),
        strict=True,
    ):
        yield number if which == FIXED else View(buffers[which], cell, ())


def _buffers(layout: Layout, nodes: Ids) -> list[Buffer]:
    return [layout.buffers[i] for i in np.unique(layout.buffer_of[nodes]).tolist() if i != FIXED]


def _term(numbers: dict[int, Any], factor: float, left: int, right: int) -> Term:
    """A number or a product of two, times a factor."""
    found: Expr | float = numbers[left] if right < 0 else numbers[left] * numbers[right]
    return Term(found if factor == 1.0 else found * factor)


def _operation(
    tape: Tape, numbers: dict[int, Any], kind: int, row: list[tuple[float, int, int]]
) -> Any:
    """An operation of the table; for an extreme of many, one after the other."""
    _, left, right = row[0]
    found = numbers[left]
    if kind == EXTREME:
        op = tape.rules[right]
        assert op is not None
        for _, node, _ in row[1:]:
            found = op(found, numbers[node])
        return found
    op = tape.rules[kind]
    assert op is not None
    return Apply(op, (found, numbers[right]) if right >= 0 else (found,))
