"""From heads that are due together to groups: each will be one `Compute`, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift.arrange import Operand
from glassgrad.lift.draft import Draft, constants
from glassgrad.lift.indices import Ids
from glassgrad.lift.ir import Apply, Buffer, Expr, Term
from glassgrad.lift.layout import FIXED
from glassgrad.lift.look import Sight
from glassgrad.lift.terms import Segment, Terms, signatures
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


def candidates(draft: Draft, due: Ids, early: Ids) -> Ids:
    """Those of some early sums that may be done with what is due, or that need no instruction.

    All others would be grouped in vain, once for each level until they are due.
    """
    known = draft.signature  # 0 where it has not been asked for yet
    for heads in (due, early[known[early] == 0]):
        known[heads] = signatures(draft.canonical, heads, draft.layout.buffer_of)
    return early[np.isin(known[early], known[due]) | _is_alias(draft, early)]


def sums(draft: Draft, heads: Ids) -> Iterator[Group]:
    """Groups of sums. Those that are no more than another number need no group."""
    layout = draft.layout
    terms = Terms(draft.canonical, heads, layout.buffers, layout.buffer_of, layout.cell_of)
    for members, segments in terms.groups():
        found = heads[members]
        if _is_alias(draft, found).all():
            _alias(draft, found)
        else:
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


def _is_alias(draft: Draft, heads: Ids) -> NDArray[np.bool_]:
    """Which sums are the same as another number, such as `sum([x])`.

    A sum that begins with 0 has a single term then.
    """
    canonical = draft.canonical
    found = canonical.start[heads + 1] - canonical.start[heads] == 1
    found &= canonical.constant[heads] == 0.0
    term = canonical.start[heads[found]]
    found[found] = (canonical.coefficient[term] == 1.0) & (canonical.right[term] < 0)
    return np.array(found)


def _alias(draft: Draft, heads: Ids) -> None:
    """Place sums where the numbers are that they are the same as."""
    canonical = draft.canonical
    draft.layout.alias(canonical.heads[heads], canonical.left[canonical.start[heads]])
    draft.agenda.done(heads)


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
