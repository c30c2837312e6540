"""The loops of lifting that go from node to node; all else is work on arrays.

Plain lists and numbers, so that these loops can be compiled. Each looks at a node a fixed number of
times, however deep the graph is.
"""

from __future__ import annotations

from typing import Final

LEAF: Final = 0  # the code of no operation

SUM: Final = -1  # kinds of heads beside the codes of operations
EXTREME: Final = -2
TAKE: Final = -3

# What a node is to the head that it may go into: something of its own, or a sum of two, a multiple,
# a product, the larger or smaller of two.
OTHER: Final = 0
ADDITION: Final = 1
SCALING: Final = 2
PRODUCT: Final = 3
CHAIN: Final = 4


def share(
    op: list[int],
    left: list[int],
    right: list[int],
    data: list[float],
    varying: set[int],
    commutative: set[int],
    kept: set[int],
) -> tuple[list[bool], list[int], list[int]]:
    """Which nodes are constants, for each node the first that is equal to it, and its form.

    The arguments are the columns of a tape. varying: the leaves that are no constants.
    commutative: the codes of operations whose inputs may change places. kept: nodes that stand for
    themselves, whatever they are equal to.
    Two nodes have the same form if they are the same formula, of whatever leaves.

    >>> left, right = [-1, -1, 0, 1], [-1, -1, 1, 0]
    >>> share([0, 0, 1, 1], left, right, [2.0, 3.0, 5.0, 5.0], {0, 1}, {1}, set())
    ([False, False, False, False], [0, 1, 2, 2], [0, 0, 2, 2])
    """
    count = len(op)
    fixed = [False] * count
    same = list(range(count))
    seen: dict[int, int] = {}
    numbers: dict[str, int] = {}
    form = [0] * count
    forms: dict[int, int] = {}
    for i in range(count):
        code = op[i]
        a = left[i]
        b = right[i]
        if code == LEAF:
            constant = i not in varying
        elif a < 0:
            continue  # a look-up by data
        else:
            a = same[a]
            b = same[b] if b >= 0 else -1
            constant = fixed[a] and (b < 0 or fixed[b])
        if constant:
            fixed[i] = True
            form[i] = 1
            same[i] = numbers.setdefault(repr(data[i]), i)  # nan is nan here, and -0.0 is not 0.0
        elif code != LEAF:
            if a > b and code in commutative:
                a, b = b, a
            if i not in kept:
                same[i] = seen.setdefault((code * count + a) * (count + 1) + b + 1, i)
            second = form[right[i]] if b >= 0 else count
            key = (code * count + form[left[i]]) * (count + 1) + second
            form[i] = forms.setdefault(key, len(forms) + 2)
    return fixed, same, form


class Collected:
    """Heads with their terms, as `canonical.py` describes them, in lists."""

    def __init__(self, count: int) -> None:
        self.heads: list[int] = []
        self.kinds: list[int] = []
        self.starts: list[int] = [0]
        self.coefficients: list[float] = []
        self.lefts: list[int] = []
        self.rights: list[int] = []
        self.constants: list[float] = []
        self.sizes: list[int] = []
        self.owner = [-1] * count

    def add(self, kind: int, head: int, constant: float, size: int) -> None:
        """A head, after its terms."""
        self.heads.append(head)
        self.kinds.append(kind)
        self.starts.append(len(self.lefts))
        self.constants.append(constant)
        self.sizes.append(size)

    def term(self, coefficient: float, left: int, right: int) -> None:
        """A term of the head that comes next."""
        self.coefficients.append(coefficient)
        self.lefts.append(left)
        self.rights.append(right)


def collect(
    op: list[int],
    left: list[int],
    right: list[int],
    data: list[float],
    fixed: list[bool],
    same: list[int],
    form: list[int],
    absorbed: list[bool],
) -> Collected:
    """Go through the heads, and into each as far as it has absorbed what it was made from."""
    found = Collected(len(op))
    owner = found.owner
    for head in range(len(op)):
        code = op[head]
        if code == LEAF or same[head] != head or fixed[head] or absorbed[head]:
            continue
        kind = form[head]
        if kind == ADDITION or kind == SCALING:  # noqa: SIM109  compiled to two comparisons
            _collect_sum(head, left, right, data, fixed, same, form, absorbed, found)
        elif kind == CHAIN:
            size = 0
            chain: list[int] = []
            i = head
            while i == head or (absorbed[i] and form[i] == CHAIN):
                size += 1
                owner[i] = head
                chain.append(same[right[i]])
                i = left[i]
            chain.append(same[i])
            for i in reversed(chain):
                found.term(1.0, i, code)
            found.add(EXTREME, head, 0.0, size)
        elif left[head] < 0:
            owner[head] = head
            found.add(TAKE, head, 0.0, 1)
        else:
            owner[head] = head
            b = right[head]
            found.term(1.0, same[left[head]], same[b] if b >= 0 else -1)
            found.add(code, head, 0.0, 1)
    return found


def _collect_sum(
    head: int,
    left: list[int],
    right: list[int],
    data: list[float],
    fixed: list[bool],
    same: list[int],
    form: list[int],
    absorbed: list[bool],
    found: Collected,
) -> None:
    """The terms of a sum, from left to right, with what they are multiplied by."""
    owner = found.owner
    constant = 0.0
    size = 0
    nodes = [head]
    factors = [1.0]
    while nodes:
        i = nodes.pop()
        factor = factors.pop()
        if fixed[i]:
            constant += factor * data[i]
            continue
        a = i
        b = -1
        if absorbed[i] or i == head:
            owner[i] = head
            size += 1
            a = left[i]
            b = right[i] if right[i] >= 0 else a  # a square
            kind = form[i]
            if kind == ADDITION:
                nodes.append(b)
                factors.append(factor)
                nodes.append(a)
                factors.append(factor)
                continue
            if kind == SCALING:
                nodes.append(b if fixed[a] else a)
                factors.append(factor * (data[a] if fixed[a] else data[b]))
                continue
        found.term(factor, same[a], same[b] if b >= 0 else -1)
    found.add(SUM, head, constant, size)


def levels(
    count: int,
    heads: list[int],
    kinds: list[int],
    starts: list[int],
    lefts: list[int],
    rights: list[int],
    choices: dict[int, list[int]],
) -> list[int]:
    """For each node the longest distance of heads that use it to a result; 0 if none does.

    choices: for each head that looks up by data, the nodes that it looks at.
    """
    level = [0] * count
    for number in range(len(heads) - 1, -1, -1):
        head = heads[number]
        kind = kinds[number]
        deeper = level[head] + 1
        if kind == TAKE:
            for child in choices[head]:
                level[child] = max(level[child], deeper)
            continue
        for term in range(starts[number], starts[number + 1]):
            a = lefts[term]
            if level[a] < deeper:
                level[a] = deeper
            b = rights[term]
            if b >= 0 and kind != EXTREME and level[b] < deeper:
                level[b] = deeper
    return level
