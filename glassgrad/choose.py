"""Choosing by numbers: the choice is part of the graph, where `if` and `[ ]` make it once for all.

Everything here is composed of operations of the table, but for a look-up in a table by an `Index`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from glassgrad import ops
from glassgrad.errors import explain
from glassgrad.value import Value


def where(condition: Any, a: Any, b: Any) -> Value:
    """`a` where the condition is true, that is, not 0; else `b`.

    condition: a Value, or anything that Python takes for true or false. a, b: Values or numbers.
    The one that is not taken gets a gradient of exactly 0, even if it is infinite or undefined.
    What it was made from does too, unless it has an infinite slope there, as `x.log()` at 0:
    0 * inf is nan. Keep such an input in bounds: `where(x, maximum(x, 1e-12).log(), 0)`.

    >>> x = Value(-2.0)
    >>> where(greater(x, 0), x, 0.1 * x)
    Value(data=-0.2)
    """
    if not isinstance(condition, Value):
        return _value(a if condition else b)
    lower = _lower(condition)  # then the condition need not be computed
    if lower is not None:
        condition, a, b = lower, b, a
    chosen: Value = ops.mask(condition, a) + ops.unless(condition, b)
    return chosen


def greater(a: Any, b: Any) -> Value:
    """1 where `a > b`, else 0: a condition for `where` that belongs to the graph.

    It is 0 where one of them is nan, as Python says, too.

    >>> greater(Value(3.0), 2), greater(Value(2.0), 2)
    (Value(data=1.0), Value(data=0.0))
    """
    # The record of the table is half where both are equal: so it is 0 only where `a > b`.
    above: Value = ops.unless(ops.greater(b, _value(a)), 1.0)
    return above


def _lower(condition: Value) -> Value | None:
    """What is 0 where the condition is not, and else is not, if `greater` made the condition."""
    before, one = condition._left, condition._right
    if condition._rule is not ops.unless or before is None or before._rule is not ops.greater:
        return None
    return before if one is not None and one._rule is None and one.data == 1.0 else None


class Index(Value):
    """A whole number that comes from data: it chooses in `take` and in an `Embedding`.

    It is a Value as well, so arithmetic with it is part of the graph. Choosing has no gradient.

    >>> letters = [Value(2.0), Value(3.0), Value(5.0)]
    >>> y = take(letters, Index(2)) * 10
    >>> y.backward()
    >>> y, [letter.grad for letter in letters]
    (Value(data=50.0), [0.0, 0.0, 10.0])
    """

    __slots__ = ("_which",)

    def __init__(self, number: Any) -> None:
        super().__init__(operator.index(number))
        self._which: Value | None = None

    @property
    def which(self) -> Value:
        """The leaf that stands for it wherever it chooses; made when it does so first."""
        if self._which is None:
            self._which = Value(self.data)
        return self._which

    @property
    def chooses(self) -> bool:
        """Whether it has ever chosen."""
        return self._which is not None

    def take_from(self, table: Sequence[Any]) -> Any:
        """What `take(table, self)` gives."""
        return take(table, self)

    def __index__(self) -> int:
        return int(self.data)

    __int__ = __index__

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, Value) else self.data == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    # By identity, as for any number of a graph.
    __hash__: ClassVar[Callable[[Any], int]] = Value.__hash__


def take(table: Sequence[Any], index: Any) -> Any:
    """Element number `index` of a list: a Value, or a row of a list of rows, and so on.

    index: a whole number from 0 on, or an `Index`, for which each candidate is part of the graph.
    Raises TypeError for an index that is no whole number, IndexError for one out of range, and
    ValueError for rows of different lengths.

    >>> table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    >>> take(table, 1)
    [Value(data=3.0), Value(data=4.0)]
    >>> take(table, Index(0))
    [Value(data=1.0), Value(data=2.0)]
    """
    rows = list(table)
    number = _whole(index)
    if not 0 <= number < len(rows):
        raise _out_of_range(number, len(rows))
    if not isinstance(index, Index):
        return rows[number]
    lengths = {len(row) if hasattr(row, "__len__") else None for row in rows}
    if len(lengths) > 1:
        raise _ragged()
    length = lengths.pop()
    if length is None:
        return _choose([_value(x) for x in rows], index, number)
    return [take([row[i] for row in rows], index) for i in range(length)]


def _choose(candidates: list[Value], index: Index, number: int) -> Value:
    chosen = candidates[number]
    node = Value(chosen.data, (*candidates, index.which), "take")

    def backward() -> None:
        chosen.grad += node.grad

    node._backward = backward
    return node


def _whole(index: Any) -> int:
    try:
        return operator.index(index)
    except TypeError:
        raise TypeError(
            explain(
                f"an index is a whole number, not {index!r}",
                "take([Value(2.0), Value(3.0)], 1.0)",
                "it says which element is meant, from 0 on; in an array for a lifted function, "
                "whole numbers have a dtype of whole numbers, such as int",
                "take([Value(2.0), Value(3.0)], 1)",
            )
        ) from None


def _value(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(x)


def _out_of_range(number: int, count: int) -> IndexError:
    return IndexError(
        explain(
            f"there is no element {number} among {count}",
            "take([Value(2.0), Value(3.0)], 2)",
            "elements count from 0, and none is counted from the end",
            "take([Value(2.0), Value(3.0)], 1)",
        )
    )


def _ragged() -> ValueError:
    return ValueError(
        explain(
            "the rows of this table have different lengths",
            "from glassgrad.choose import Index\n\ntake([[Value(2.0)], []], Index(0))",
            "what is chosen has the same form whichever number the data hold",
            "from glassgrad.choose import Index\n\ntake([[Value(2.0)], [Value(3.0)]], Index(0))",
        )
    )
