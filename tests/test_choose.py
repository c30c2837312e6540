"""where, greater, take and Index: numbers by hand, by measured slopes, and from the plain list."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassgrad import (
    Embedding,
    Value,
    check,
    cross_entropy,
    grad,
    greater,
    no_grad,
    ops,
    take,
    topological_order,
    where,
)
from glassgrad.choose import Index

numbers = st.floats(-5, 5, allow_nan=False)


@given(numbers, numbers, numbers)
def test_where_is_what_if_gives(c: float, a: float, b: float) -> None:
    assert where(Value(c), Value(a), Value(b)).data == (a if c else b)
    assert where(c, Value(a), b).data == (a if c else b)


@given(numbers, numbers)
def test_greater_is_what_python_says(a: float, b: float) -> None:
    for x, y in ((Value(a), b), (Value(a), Value(b)), (a, Value(b)), (a, b)):
        assert greater(x, y).data == float(a > b)
        assert greater(x, x).data == 0.0


EXTREMES = [-math.inf, -1e308, -5e-324, -0.0, 0.0, 5e-324, 1.0, 1e308, math.inf, math.nan]


@pytest.mark.parametrize("b", EXTREMES)
def test_greater_at_the_ends_of_the_number_line(b: float) -> None:
    for a in EXTREMES:
        above = greater(Value(a), b)
        assert above.data == float(a > b)
        for condition in (above, Value(above.data)):  # `where` knows how the first was made
            x, y = Value(2.0), Value(3.0)
            chosen = where(condition, x * x, y * y)
            chosen.backward()
            expected = (4.0, 4.0, 0.0) if a > b else (9.0, 0.0, 6.0)
            assert (chosen.data, x.grad, y.grad) == expected


def test_a_condition_is_not_computed_unless_it_is_used_otherwise() -> None:
    def names(y: Value) -> list[str]:
        return sorted(node._op for node in topological_order(y) if node._prev)

    a, b = Value(2.0), Value(3.0)
    above = greater(a, b)
    assert names(above) == [">", "unless"]
    assert names(where(above, a, b)) == ["+", ">", "mask", "unless"]
    assert names(where(above * 2, a, b)) == ["*", "+", ">", "mask", "unless", "unless"]
    with no_grad():
        assert where(greater(a, b), a, b).data == 3.0
        assert where(greater(b, a), a, b).data == 2.0


def test_another_condition_made_of_unless_is_taken_as_it_is() -> None:
    a, b, zero = Value(2.0), Value(3.0), Value(0.0)
    for y, number in (
        (where(ops.unless(ops.greater(a, b), 0.0), a, b), 3.0),
        (where(ops.unless(ops.greater(a, b), zero * 2), a, b), 3.0),
        (where(ops.unless(ops.greater(a, b), zero * 2 + 1), a, b), 2.0),
        (where(ops.unless(zero, 1.0), a, b), 2.0),
        (where(ops.mask(ops.greater(a, b), 1.0), a, b), 3.0),
    ):
        assert y.data == number


def test_the_branch_that_is_taken_gets_the_gradient() -> None:
    c, a, b = Value(0.0), Value(2.0), Value(3.0)
    y = where(c, a * a, b * b)
    y.backward()
    assert (y.data, c.grad, a.grad, b.grad) == (9.0, 0.0, 0.0, 6.0)
    c, a, b = Value(-7.0), Value(2.0), Value(3.0)
    y = where(c, a * a, b * b)
    y.backward()
    assert (y.data, c.grad, a.grad, b.grad) == (4.0, 0.0, 4.0, 0.0)
    assert check(lambda c, a, b: where(c, a * b, a / b), [1.5, 2.0, 3.0])


@pytest.mark.parametrize("other", [math.inf, -math.inf, math.nan])
def test_the_branch_not_taken_may_be_anything(other: float) -> None:
    a, bad = Value(2.0), Value(other)
    for y in (where(Value(1.0), a, bad), where(Value(0.0), bad, a)):
        a.grad = bad.grad = 0.0
        y.backward()
        assert (y.data, a.grad, bad.grad) == (2.0, 1.0, 0.0)


def test_a_kink_has_second_derivatives() -> None:
    x = Value(-2.0)
    slope = grad(where(greater(x, 0), x, x**3), x)
    assert (slope.data, grad(slope, x).data) == (12.0, -12.0)


def test_take_by_a_plain_number_is_the_list_s() -> None:
    table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    assert take(table, 1) is table[1]
    assert take(table[0], np.int64(0)) is table[0][0]


def test_take_by_an_index() -> None:
    table = [[[Value(float(9 * i + 3 * j + k)) for k in (0, 1)] for j in (0, 1)] for i in range(3)]
    index = Index(2)
    assert not index.chooses
    taken = take(table, index)
    assert index.chooses
    assert [[x.data for x in row] for row in taken] == [[18.0, 19.0], [21.0, 22.0]]
    (taken[0][1] * 5 + taken[1][0] * taken[1][0]).backward()
    given = {
        (i, j, k): x.grad
        for i, plane in enumerate(table)
        for j, row in enumerate(plane)
        for k, x in enumerate(row)
        if x.grad
    }
    assert given == {(2, 0, 1): 5.0, (2, 1, 0): 42.0}
    node = taken[0][1]
    assert node._op == "take"
    assert node._prev == (table[0][0][1], table[1][0][1], table[2][0][1], index.which)


def test_an_index_among_numbers_and_without_gradients() -> None:
    assert take([1.0, Value(2.0), 3], Index(2)).data == 3.0
    with no_grad():
        assert take([Value(1.0), Value(2.0)], Index(1))._prev == ()


def test_an_index_is_a_whole_number_and_a_value() -> None:
    index = Index(np.int8(2))
    assert (int(index), [5, 6, 7][index], float(index), index == 2, index != 2) == (
        *(2, 7, 2.0),
        *(True, False),
    )
    assert index in [1, 2]
    assert index != Value(2.0)  # another number of the graph
    assert index < 3
    assert {index: "by identity"}[index] == "by identity"
    y = index * 1.5 + 1
    y.backward()
    assert (y.data, index.grad) == (4.0, 1.5)
    with pytest.raises(TypeError):
        Index(2.0)


def test_embedding_and_cross_entropy_take_an_index() -> None:
    letters = Embedding(5, 3, seed=0)
    logits = letters(Index(4))
    assert [x.data for x in logits] == [x.data for x in letters(4)]
    loss, plain = cross_entropy(logits, Index(1)), cross_entropy(letters(4), 1)
    assert loss.data == plain.data
    loss.backward()
    found = [x.grad for row in letters.rows for x in row]
    letters.zero_grad()
    plain.backward()
    assert found == [x.grad for row in letters.rows for x in row]
    with pytest.raises(IndexError, match="rows 0 to 4, and no row"):
        letters(Index(5))


@pytest.mark.parametrize(
    ("wrong", "kind", "what"),
    [
        (lambda: take([Value(1.0)], 1), IndexError, "there is no element 1 among 1"),
        (lambda: take([Value(1.0)], -1), IndexError, "there is no element -1 among 1"),
        (lambda: take([], Index(0)), IndexError, "there is no element 0 among 0"),
        (lambda: take([Value(1.0)], 0.0), TypeError, "an index is a whole number, not 0.0"),
        (lambda: take([Value(1.0)], Value(0.0)), TypeError, "not Value(data=0.0)"),
        (lambda: take([[Value(1.0)], []], Index(0)), ValueError, "have different lengths"),
        (lambda: take([[Value(1.0)], 2.0], Index(0)), ValueError, "have different lengths"),
        (lambda: cross_entropy([Value(1.0), Value(2.0)], Index(2)), IndexError, "no element 2"),
    ],
)
def test_mistakes(wrong, kind, what) -> None:
    with pytest.raises(kind, match=re.escape(what)) as error:
        wrong()
    said = str(error.value).split("This does it:\n")[1]
    bad, good = re.split(r"\n\nWhy: .*?\n\nWrite instead:\n", said, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec("from glassgrad import *", names)
    with pytest.raises(kind):
        exec(re.sub("^    ", "", bad, flags=re.M), names)
    exec(re.sub("^    ", "", good, flags=re.M), names)
