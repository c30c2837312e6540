"""The second pass: equal expressions are shared, and chains of sums and products become one sum.

What comes out are heads, the nodes whose numbers the array program will hold; all others have gone
into a head as parts of it. Which heads become one array is for the passes after this. The loops
over nodes are in `walk.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift import walk
from glassgrad.lift.flatten import Tape
from glassgrad.lift.indices import Ints
from glassgrad.lift.walk import ADDITION, CHAIN, LEAF, OTHER, PRODUCT, SCALING


@dataclass
class Canonical:
    """Heads in topological order; nodes go by their numbers on the tape.

    heads: their nodes. kind: the code of an operation with one or two inputs; or SUM, constant
    plus terms; or EXTREME, a chain of `maximum` or `minimum` over the left of its terms; or TAKE.
    start: the terms of head h are those from start[h] to start[h + 1].
    coefficient, left, right: a term is coefficient * left * right, with right -1 where there is
    no second factor. An operation has one term, its inputs.
    constant: what a SUM adds. absorbed: how many scalar nodes a head stands for, itself included.
    fixed: whether a node is a constant. same: for each node the one that stands for it and all
    that are equal to it, a head where there is one among them.
    owner: for each node the head that it went into, itself where it is one; -1 where there is none.
    """

    heads: Ints
    kind: Ints
    start: NDArray[np.intp]
    coefficient: NDArray[np.float64]
    left: Ints
    right: Ints
    constant: NDArray[np.float64]
    absorbed: Ints
    fixed: NDArray[np.bool_]
    same: Ints
    owner: Ints


def canonicalise(tape: Tape, varying: set[int]) -> Canonical:
    """Heads and their terms.

    varying: the leaves that are parameters or inputs; all other leaves are constants.
    Results with a label are heads of their own: somebody wants to see them.
    """
    kept = tape.labelled & (tape.op != LEAF)
    op, left, right = tape.op.tolist(), tape.left.tolist(), tape.right.tolist()
    data = tape.data.tolist()
    commutative = {
        code
        for code, rule in enumerate(tape.rules)
        if rule in (ops.add, ops.multiply, ops.maximum, ops.minimum)
    }
    is_fixed, first_equal, formulas = walk.share(
        op, left, right, data, varying, commutative, set(np.flatnonzero(kept).tolist())
    )
    fixed, same = np.array(is_fixed, np.bool_), np.array(first_equal, np.int32)
    formula = np.array(formulas, np.int32)
    del is_fixed, first_equal, formulas  # on large graphs a list is as large as a few arrays
    form = _forms(tape, fixed)
    absorbed = _absorbed(tape, fixed, same, form, formula) & ~kept
    stands = ~absorbed & ~fixed
    head_of = np.full(len(tape), len(tape), np.int32)
    np.minimum.at(head_of, same[stands], np.flatnonzero(stands))
    same = np.where(head_of[same] < len(tape), head_of[same], same).astype(np.int32)
    found = walk.collect(
        op, left, right, data, fixed.tolist(), same.tolist(), form.tolist(), absorbed.tolist()
    )
    return Canonical(
        np.array(found.heads, np.int32),
        np.array(found.kinds, np.int32),
        np.array(found.starts, np.intp),
        np.array(found.coefficients, np.float64),
        np.array(found.lefts, np.int32),
        np.array(found.rights, np.int32),
        np.array(found.constants, np.float64),
        np.array(found.sizes, np.int32),
        fixed,
        same,
        np.array(found.owner, np.int32),
    )


def _heads_with(
    tape: Tape, same: Ints, in_sums: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> Ints:
    """By how many different nodes each of those that are asked for is used.

    Equal ones count once, unless they may go into sums, and with them what they were made from.
    """
    found = np.zeros(len(tape), np.int32)
    who = np.where(in_sums, len(tape) + np.arange(len(tape)), same)
    for inputs in (tape.left, tape.right):
        (user,) = np.nonzero(asked[inputs] & (inputs >= 0))
        uses = np.unique(inputs[user].astype(np.int64) * (2 * len(tape)) + who[user])
        found += np.bincount(uses // (2 * len(tape)), minlength=len(tape)).astype(np.int32)
    return found


def _complete(tape: Tape, fixed: NDArray[np.bool_], form: Ints) -> NDArray[np.bool_]:
    """Which sums are read as a whole: a constant is added to them, or they are multiplied by one.

    All others may be the beginning of a longer sum.
    """
    found = np.zeros(len(tape), np.bool_)
    for one, other in ((tape.left, tape.right), (tape.right, tape.left)):
        read = np.isin(form, (ADDITION, SCALING)) & fixed[other] & (other >= 0)
        found[one[read]] = True
    return np.array(found & (form == ADDITION))


def _forms(tape: Tape, fixed: NDArray[np.bool_]) -> Ints:
    """For each node: a sum of two, a multiple, a product, the larger of two, or something else."""
    forms = np.full(len(tape.rules), OTHER, np.int32)
    for op, kind in (
        (ops.add, ADDITION),
        (ops.multiply, PRODUCT),
        (ops.power_by(2), PRODUCT),  # of a number with itself
        (ops.maximum, CHAIN),
        (ops.minimum, CHAIN),
    ):
        if op in tape.rules:
            forms[tape.rules.index(op)] = kind
    form = forms[tape.op]
    with_constant = (tape.right >= 0) & (fixed[tape.left] | fixed[tape.right])
    form[with_constant & (form == PRODUCT)] = SCALING
    form[with_constant & (form == CHAIN)] = OTHER
    return np.array(form)


def _absorbed(
    tape: Tape, fixed: NDArray[np.bool_], same: Ints, form: Ints, formula: Ints
) -> NDArray[np.bool_]:
    """Which nodes become parts of the heads that use them.

    A sum goes into the one sum that uses it, unless others of the same formula cannot: of the
    scores of all classes, each goes into a softmax, but the right one's goes into the loss too.
    Products and multiples are cheap, so they go into each of several sums, a multiple of a sum
    only if nothing is done twice by that.
    """
    left, right, op = tape.left, tape.right, tape.op
    unary, binary = left >= 0, right >= 0
    uses = np.bincount(left[unary], minlength=len(tape))
    uses += np.bincount(right[binary], minlength=len(tape))
    in_sums = uses > 0
    sums = np.isin(form, (ADDITION, SCALING))
    in_sums[left[unary & ~sums]] = False
    in_sums[right[binary & ~sums]] = False
    for children in tape.takes.values():
        in_sums[children] = False
        uses[children] += 1
    in_sums[tape.roots] = False
    once = in_sums & (uses == 1)
    several = in_sums & (uses > 1) & sums
    once |= several & (_heads_with(tape, same, in_sums, several) == 1)
    once &= ~(_complete(tape, fixed, form) & np.isin(formula, formula[(form == ADDITION) & ~once]))

    inner = np.where(fixed[left], right, left)  # of a multiple
    repeats = once[inner] & sums[inner]
    absorbed = (form == ADDITION) & once
    absorbed |= (form == PRODUCT) & in_sums
    absorbed |= (form == SCALING) & in_sums & (once | ~repeats)
    continues = binary & (form == CHAIN) & (form[left] == CHAIN)
    # Two of one formula are halves of a whole, as in pooling; a chain goes on with one more number.
    continues &= (op[left] == op) & ((op[right] != op) | (formula[left] != formula[right]))
    begins = left[continues]
    begins = begins[(uses[begins] == 1) & ~np.isin(begins, tape.roots)]
    absorbed[begins] = True
    return np.array(absorbed & ~fixed)
