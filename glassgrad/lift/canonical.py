"""The second pass: equal expressions are shared, and chains of sums and products become one sum.

Plain loops over lists: each scalar node is looked at a fixed number of times, however deep the
graph is. What comes out are heads, the nodes whose numbers the array program will hold; all others
have gone into a head as parts of it. Which heads become one array is for the passes after this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift.flatten import LEAF, Ints, Tape

SUM, EXTREME, TAKE = -1, -2, -3  # kinds of heads beside the codes of operations


@dataclass
class Canonical:
    """Heads in topological order; nodes go by their numbers on the tape.

    heads: their nodes. kind: the code of an operation with one or two inputs; or SUM, constant
    plus terms; or EXTREME, a chain of `maximum` or `minimum` over the left of its terms; or TAKE.
    start: the terms of head h are those from start[h] to start[h + 1].
    coefficient, left, right: a term is coefficient * left * right, with right -1 where there is
    no second factor. An operation has one term, its inputs.
    constant: what a SUM adds. absorbed: how many scalar nodes a head stands for, itself included.
    fixed: whether a node is a constant. same: for each node the first one that is equal to it.
    owner: for each node the head that it went into, itself where it is one; -1 where unused.
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
    fixed, same = _share(tape, varying)
    form = _forms(tape, fixed, same)
    uses, in_sums, on_left = _uses(tape, form, fixed, same)
    absorbed = _absorbed(tape, fixed, same, form, uses, in_sums, on_left)
    return _collect(tape, fixed, same, form, uses, absorbed)


# What a node is to the sum that it may go into.
OTHER, ADDITION, SCALING, PRODUCT, CHAIN = range(5)


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


def _forms(tape: Tape, fixed: list[bool], same: list[int]) -> list[int]:
    """For each node: a sum of two, a multiple, a product, the larger or smaller of two, or other."""
    forms = {_code(tape, ops.add): ADDITION, _code(tape, ops.multiply): PRODUCT}
    forms |= dict.fromkeys((_code(tape, ops.maximum), _code(tape, ops.minimum)), CHAIN)
    forms[_code(tape, ops.power_by(2))] = PRODUCT  # of a number with itself
    form = [forms.get(op, OTHER) for op in tape.op.tolist()]
    rows = zip(form, tape.left.tolist(), tape.right.tolist(), strict=True)
    for i, (kind, a, b) in enumerate(rows):
        if kind >= PRODUCT and b >= 0 and (fixed[same[a]] or fixed[same[b]]):
            form[i] = SCALING if kind == PRODUCT else OTHER
    return form


def _uses(
    tape: Tape, form: list[int], fixed: list[bool], same: list[int]
) -> tuple[list[int], list[bool], list[bool]]:
    """How often each node is used by those that the roots need, and by what.

    The second list says whether sums alone use it; the third, of the larger or smaller of two,
    whether it is the left input of another.
    """
    count = len(tape)
    uses, in_sums, on_left = [0] * count, [True] * count, [False] * count
    for root in tape.roots:
        uses[same[root]] += 1
        in_sums[same[root]] = False
    op_of, lefts, rights = tape.op.tolist(), tape.left.tolist(), tape.right.tolist()
    for i in range(count - 1, -1, -1):
        if not uses[i] or fixed[i]:
            continue
        a, b, kind = lefts[i], rights[i], form[i]
        if a < 0:
            for child in tape.takes.get(i, ()):
                uses[same[child]] += 1
                in_sums[same[child]] = False
            continue
        a = same[a]
        uses[a] += 1
        if kind not in (ADDITION, SCALING):
            in_sums[a] = False
        if b >= 0:
            b = same[b]
            uses[b] += 1
            if kind not in (ADDITION, SCALING):
                in_sums[b] = False
            if kind == CHAIN and op_of[a] == op_of[i] != op_of[b] and form[a] == CHAIN:
                on_left[a] = True
    return uses, in_sums, on_left


def _absorbed(
    tape: Tape,
    fixed: list[bool],
    same: list[int],
    form: list[int],
    uses: list[int],
    in_sums: list[bool],
    on_left: list[bool],
) -> list[bool]:
    """Which nodes become parts of the heads that use them.

    A sum goes into the one sum that uses it. Products and multiples are cheap, so they go into
    each of several, a multiple of a sum only if nothing is done twice by that.
    """
    absorbed = [False] * len(tape)
    rows = zip(form, tape.left.tolist(), tape.right.tolist(), strict=True)
    for i, (kind, a, b) in enumerate(rows):
        if kind == ADDITION:
            absorbed[i] = in_sums[i] and uses[i] == 1
        elif kind == PRODUCT:
            absorbed[i] = in_sums[i]
        elif kind == SCALING:
            inner = same[b] if fixed[same[a]] else same[a]
            repeats = absorbed[inner] and form[inner] != PRODUCT
            absorbed[i] = in_sums[i] and (uses[i] == 1 or not repeats)
        elif kind == CHAIN:
            absorbed[i] = on_left[i] and uses[i] == 1
    return absorbed


def _collect(
    tape: Tape,
    fixed: list[bool],
    same: list[int],
    form: list[int],
    uses: list[int],
    absorbed: list[bool],
) -> Canonical:
    """Go through the heads, and into each as far as it has absorbed what it was made from."""
    data, op_of = tape.data.tolist(), tape.op.tolist()
    lefts, rights = tape.left.tolist(), tape.right.tolist()
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
        if op == LEAF or not uses[head] or fixed[head] or absorbed[head]:
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
                a, b = lefts[i], -1
                if absorbed[i] or i == head:
                    owner[i] = head
                    size += 1
                    a = same[a]
                    b = same[rights[i]] if rights[i] >= 0 else a
                    if form[i] == ADDITION:
                        stack.append((b, coefficient))
                        stack.append((a, coefficient))
                        continue
                    if form[i] == SCALING:
                        inner, factor = (b, data[a]) if fixed[a] else (a, data[b])
                        stack.append((inner, coefficient * factor))
                        continue
                else:
                    a = i
                coefficients.append(coefficient)
                term_left.append(a)
                term_right.append(b)
            kind = SUM
        elif kind == CHAIN and absorbed[same[lefts[head]]]:
            chain = []
            i = head
            while i == head or absorbed[i]:
                size += 1
                owner[i] = head
                chain.append(same[rights[i]])
                i = same[lefts[i]]
            chain.append(i)
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
        np.array(fixed, np.bool_),
        np.array(same, np.int32),
        np.array(owner, np.int32),
    )


def _code(tape: Tape, op: ops.Op) -> int:
    """The code of an operation on this tape, -9 if it has none."""
    return tape.rules.index(op) if op in tape.rules else -9
