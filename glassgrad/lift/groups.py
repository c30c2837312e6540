"""From heads that are due together to groups: each will be one `Compute`, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from glassgrad import ops
from glassgrad.lift.arrange import Ids, Operand
from glassgrad.lift.draft import Draft, constants
from glassgrad.lift.ir import Apply, Buffer, Expr, Term
from glassgrad.lift.layout import FIXED
from glassgrad.lift.look import Sight
from glassgrad.lift.terms import Segment, Terms
from glassgrad.ops import Op


@dataclass
class Group:
    """Heads whose numbers are the same formula of different places.

    kind: what to call the array. operands: for each term of the formula what its factors look at;
    for an operation each of its inputs. op: the operation, None for a sum.
    """

    heads: Ids
    kind: str
    operands: list[list[Operand]]
    op: Op | None = None

    def formula(self, sight: Sight) -> list[Term]:
        """The formula over the views through which the operands are seen."""
        if self.op is not None:
            return [Term(Apply(self.op, tuple(looks[0] for looks in sight.looks)))]
        found = []
        for looks, columns in zip(sight.looks, sight.columns, strict=True):
            product: Expr | float = looks[0]
            for factor in looks[1:]:
                product = product * factor
            found.append(Term(product, columns))
        if found[-1].expr == 0.0 and len(found) > 1:  # the constant
            found.pop()
        return found

    def cells_in(self, buffer: Buffer) -> Ids | None:
        """What its heads look at in a buffer, the first cell of each; None if there is nothing."""
        for operand in (x for looks in self.operands for x in looks):
            if operand.buffer is buffer and (operand.cells[:, 0] >= 0).all():
                return operand.cells[:, 0]
        return None


def sums(draft: Draft, heads: Ids) -> Iterator[Group]:
    """Groups of sums. Those that are no more than another number need no group."""
    layout = draft.layout
    terms = Terms(draft.canonical, heads, layout.buffers, layout.buffer_of, layout.cell_of)
    for members, segments in terms.groups():
        found = heads[members]
        if not _alias(draft, found):
            factors = [_factors(segment) for segment in segments]
            constant = constants(draft.canonical.constant[found][:, None])
            kind = "z" if any(len(operands) > 1 for operands in factors) else "s"
            yield Group(found, kind, [*factors, [constant]])


def operations(draft: Draft, heads: Ids, code: int) -> Iterator[Group]:
    """Groups of an operation of the table."""
    op = draft.op(code)
    term = draft.canonical.start[heads]
    inputs = [draft.canonical.left[term]]
    if op.arity == 2:
        inputs.append(draft.canonical.right[term])
        if op is ops.multiply:  # constants last, and parameters first
            first, second = (draft.layout.buffer_of[x] for x in inputs)
            swap = (first == FIXED) | ((second != FIXED) & (first > second))
            inputs = [np.where(swap, *inputs[::-1]), np.where(swap, *inputs)]
    kind = "power" if op.name.startswith("**") else op.name
    for members in draft.alike(inputs):
        operands = [[draft.operand(nodes[members][:, None])] for nodes in inputs]
        yield Group(heads[members], kind, operands, op)


def _alias(draft: Draft, heads: Ids) -> bool:
    """Whether they are the same as other numbers, such as `sum([x])`; then they are placed there.

    A sum that begins with 0 has a single term then.
    """
    canonical = draft.canonical
    if (canonical.start[heads + 1] - canonical.start[heads] != 1).any():
        return False
    term = canonical.start[heads]
    changed = (canonical.coefficient[term] != 1.0) | (canonical.right[term] >= 0)
    if changed.any() or canonical.constant[heads].any():
        return False
    draft.layout.alias(canonical.heads[heads], canonical.left[term])
    draft.agenda.done(heads)
    return True


def _factors(segment: Segment) -> list[Operand]:
    """The factors of a segment's products, with the coefficients where they are not all 1."""
    operands = list(segment.operands)
    numbers = segment.coefficient
    there = segment.operands[0].cells >= 0
    if (numbers[there] == 1.0).all():
        return operands
    first = numbers[:, :1]
    if (numbers == first)[there].all():
        numbers = np.broadcast_to(first, numbers.shape)
    return [*operands, constants(numbers)]
