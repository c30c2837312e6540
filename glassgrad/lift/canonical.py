"""The second pass: equal expressions are shared, and chains of sums and products become one sum.

Each scalar node is looked at a fixed number of times, however deep the graph is. What comes out
are heads, the nodes whose numbers the array program will hold; all others have gone into a head as
parts of it. Which heads become one array is for the passes after this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift.flatten import LEAF, Ints, Tape

SUM, EXTREME, TAKE = -1, -2, -3  # kinds of heads beside the codes of operations

# What a node is to the sum that it may go into.
OTHER, ADDITION, SCALING, PRODUCT, CHAIN = range(5)


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
    """
    fixed, same = map(np.array, _share(tape, varying))
    form = _forms(tape, fixed)
    absorbed = _absorbed(tape, fixed, form)
    stands = ~absorbed & ~fixed
    first = np.full(len(tape), len(tape), np.int32)
    np.minimum.at(first, same[stands], np.flatnonzero(stands))
    return _collect(
        tape, fixed, np.where(first[same] < len(tape), first[same], same), form, absorbed
    )


def _share(tape: Tape, varying: set[int]) -> tuple[list[bool], list[int]]:
    """Which nodes are constants, and for each node the first that is equal to it."""
    count, data = len(tape), tape.data.tolist()
    fixed, same = [False] * count, list(range(count))
    seen: dict[int, int] = {}
    numbers: dict[float | str, int] = {}
    add, multiply = _code(tape, ops.add), _code(tape, ops.multiply)
    either = {add, multiply, _code(tape, ops.maximum), _code(tape, ops.minimum)}
    rows = zip(tape.op.tolist(), tape.left.tolist(), tape.right.tolist(), strict=True)
    for i, (op, a, b) in enumerate(rows):
        if op == LEAF:
            if i not in varying:
                fixed[i] = True
                same[i] = numbers.setdefault(data[i] or str(data[i]), i)  # -0.0 is not 0.0
            continue
        if a < 0:
            continue  # a look-up by data
        a = same[a]
        b = same[b] if b >= 0 else -1
        if fixed[a] and (b < 0 or fixed[b]):
            fixed[i] = True
            same[i] = numbers.setdefault(data[i] or str(data[i]), i)
            continue
        if a > b and op in either:
            a, b = b, a
        same[i] = seen.setdefault((op * count + a) * (count + 1) + b + 1, i)
    return fixed, same


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
    return form


def _absorbed(tape: Tape, fixed: NDArray[np.bool_], form: Ints) -> NDArray[np.bool_]:
    """Which nodes become parts of the heads that use them.

    A sum goes into the one sum that uses it. Products and multiples are cheap, so they go into
    each of several, a multiple of a sum only if nothing is done twice by that.
    """
    left, right, op = tape.left, tape.right, tape.op
    unary, binary = left >= 0, right >= 0
    uses = np.bincount(left[unary], minlength=len(tape))
    uses += np.bincount(right[binary], minlength=len(tape))
    in_sums = uses > 0
    outside = ~np.isin(form, (ADDITION, SCALING))
    in_sums[left[unary & outside]] = False
    in_sums[right[binary & outside]] = False
    for children in tape.takes.values():
        in_sums[children] = False
    in_sums[tape.roots] = False
    once = in_sums & (uses == 1)

    inner = np.where(fixed[left], right, left)  # of a multiple
    repeats = once[inner] & np.isin(form[inner], (ADDITION, SCALING))
    absorbed = (form == ADDITION) & once
    absorbed |= (form == PRODUCT) & in_sums
    absorbed |= (form == SCALING) & in_sums & (once | ~repeats)
    continues = binary & (form == CHAIN) & (form[left] == CHAIN)
    continues &= (op[left] == op) & (op[right] != op)
    begins = left[continues]
    begins = begins[(uses[begins] == 1) & ~np.isin(begins, tape.roots)]
    absorbed[begins] = True
    return np.array(absorbed & ~fixed)


def _collect(
    tape: Tape,
    is_fixed: NDArray[np.bool_],
    stand_in: Ints,
    forms: Ints,
    is_absorbed: NDArray[np.bool_],
) -> Canonical:
    """Go through the heads, and into each as far as it has absorbed what it was made from."""
    data, op_of = tape.data.tolist(), tape.op.tolist()
    lefts, rights = tape.left.tolist(), tape.right.tolist()
    fixed, same, form = is_fixed.tolist(), stand_in.tolist(), forms.tolist()
    absorbed = is_absorbed.tolist()
    heads: list[int] = []
    kinds: list[int] = []
    starts: list[int] = [0]
    coefficients: list[float] = []
    term_left: list[int] = []
    term_right: list[int] = []
    constants: list[float] = []
    sizes: list[int] = []
    owner = [-1] * len(tape)

    for head, op in enumerate(op_of):
        if op == LEAF or same[head] != head or fixed[head] or absorbed[head]:
            continue
        constant, size = 0.0, 0
        kind = form[head]
        if kind in (ADDITION, SCALING):
            stack = [(head, 1.0)]
            while stack:
                i, coefficient = stack.pop()
                if fixed[i]:
                    constant += coefficient * data[i]
                    continue
                a = i
                b = -1
                if absorbed[i] or i == head:
                    owner[i] = head
                    size += 1
                    a = lefts[i]
                    b = rights[i] if rights[i] >= 0 else a
                    if form[i] == ADDITION:
                        stack.append((b, coefficient))
                        stack.append((a, coefficient))
                        continue
                    if form[i] == SCALING:
                        inner, factor = (b, data[a]) if fixed[a] else (a, data[b])
                        stack.append((inner, coefficient * factor))
                        continue
                coefficients.append(coefficient)
                term_left.append(same[a])
                term_right.append(same[b] if b >= 0 else -1)
            kind = SUM
        elif kind == CHAIN:
            chain = []
            i = head
            while i == head or (absorbed[i] and form[i] == CHAIN):
                size += 1
                owner[i] = head
                chain.append(same[rights[i]])
                i = lefts[i]
            chain.append(same[i])
            for i in reversed(chain):
                coefficients.append(1.0)
                term_left.append(i)
                term_right.append(op)
            kind = EXTREME
        else:
            owner[head] = head
            size = 1
            kind = TAKE
            if lefts[head] >= 0:
                kind = op
                coefficients.append(1.0)
                term_left.append(same[lefts[head]])
                term_right.append(same[rights[head]] if rights[head] >= 0 else -1)
        heads.append(head)
        kinds.append(kind)
        starts.append(len(term_left))
        constants.append(constant)
        sizes.append(size)

    return Canonical(
        np.array(heads, np.int32),
        np.array(kinds, np.int32),
        np.array(starts, np.intp),
        np.array(coefficients, np.float64),
        np.array(term_left, np.int32),
        np.array(term_right, np.int32),
        np.array(constants, np.float64),
        np.array(sizes, np.int32),
        is_fixed,
        stand_in.astype(np.int32),
        np.array(owner, np.int32),
    )


def _code(tape: Tape, op: ops.Op) -> int:
    """The code of an operation on this tape, -9 if it has none."""
    return tape.rules.index(op) if op in tape.rules else -9
