"""Tracing a function of one example: its placeholders, its results, and what it bakes in."""

from __future__ import annotations

import math
import re
import sys
import warnings
from copy import copy
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

from glassgrad import (
    MLP,
    Embedding,
    Value,
    cross_entropy,
    detect_anomaly,
    grad,
    greater,
    hinge,
    lift,
    maximum,
    minimum,
    no_grad,
    softmax,
    take,
    topological_order,
    where,
)
from glassgrad.choose import Index
from glassgrad.lift.notices import BakedIn
from glassgrad.lift.trace import trace
from glassgrad.value import mode

ONE = [np.array([[2.0, 3.0]])]  # a batch of one example


def notices(function, arrays=ONE, parameters=()):
    """What was baked in: (line of this file, what, what to write instead)."""
    lines = Path(__file__).read_text("utf-8").splitlines()
    found = trace(function, arrays, parameters).notices
    for notice in found:
        assert notice.file == __file__
        assert notice.source == lines[notice.line - 1].strip()
    return [(notice.source, notice.what.partition(",")[0], notice.instead) for notice in found]


def test_placeholders_have_the_numbers_and_shapes_of_the_first_example() -> None:
    seen = []

    def f(x, table, n):
        seen.append((x, table, n))
        return x * table[1][2]

    arrays = [np.array([0.25, 9.0]), np.arange(12.0).reshape(2, 2, 3), np.array([[4], [5]])]
    traced = trace(f, arrays)
    ((x, table, n),) = seen
    assert (x.data, [[y.data for y in row] for row in table]) == (0.25, [[0, 1, 2], [3, 4, 5]])
    assert isinstance(n[0], Index)
    assert n[0].data == 4.0
    assert [(a.name, a.shape, a.role, a.batched) for a in traced.arguments] == [
        ("x", (), "input", True),
        ("table", (2, 3), "input", True),
        ("n", (1,), "input", True),
    ]
    assert traced.feeds == [0, 1, 2]
    assert traced.arguments[1].values[5] is table[1][2]
    assert (traced.shape, traced.roots[0].data, traced.notices) == ((), 0.25 * 5, [])


def test_without_examples_placeholders_have_other_numbers() -> None:
    traced = trace(lambda x, n: [x.log(), take([x, x], n)], [np.zeros(0), np.zeros(0, int)])
    assert [root.data for root in traced.roots] == [math.log(0.5), 0.5]


def test_results_keep_their_form() -> None:
    traced = trace(lambda x: ([x[0], 7, x[1]], (x[1], x[0] * 2, x[0])), ONE)
    assert traced.shape == (2, 3)
    assert [root.data for root in traced.roots] == [2.0, 7.0, 3.0, 3.0, 4.0, 2.0]


def test_whole_numbers_choose_or_count_or_both() -> None:
    def f(a, b, c):
        return take([a * 1.5, Value(2.0)], b) + take([1.0, 2.0], c) * c

    traced = trace(f, [np.array([3]), np.array([1]), np.array([0])])
    assert [(a.name, a.role) for a in traced.arguments] == [
        ("a", "input"),
        ("b", "index"),
        ("c", "index"),
        ("c_as_number", "input"),
    ]
    assert traced.feeds == [0, 1, 2, 2]
    leaves = {x for x in topological_order(traced.roots[0]) if not x._prev}
    assert all(leaves.issuperset(argument.values) for argument in traced.arguments)


def test_names_of_arguments() -> None:
    def names(f, count):
        return [a.name for a in trace(f, [np.ones(1)] * count).arguments]

    assert names(lambda x, *more: x, 3) == ["x", "more_0", "more_1"]
    assert [a.name for a in trace(MLP(2, [1], seed=0), ONE).arguments] == ["inputs"]


def test_nothing_is_left_behind() -> None:
    w = Value(2.0)
    inside = []

    def f(x):
        inside.extend([x[0], x[0] * w])
        raise KeyError("mine")

    before = lambda *_: None  # noqa: E731
    mode.on_node = before
    with pytest.raises(KeyError, match="mine"):
        trace(f, ONE, [w])
    assert mode.on_node is before
    mode.on_node = None
    assert {type(x) for x in (w, *inside)} == {Value}
    w.data += 1.0
    assert (w.data, w.grad, w > 2.5) == (3.0, 0.0, True)


def test_outer_hooks_and_no_grad() -> None:
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"log\(0.0\) gave -inf"):
        trace(lambda x: (x - x).log(), [np.ones(1)])
    with no_grad():
        traced = trace(lambda x: x * 2 + 1, [np.ones(1)])
        assert mode.paused == 1
    assert len(topological_order(traced.roots[0])) == 5


def test_what_stays_in_the_graph_is_not_noticed() -> None:
    model = MLP(2, [3, 3], seed=0)
    letters = Embedding(4, 2, seed=0)

    def f(x, n, label):
        h = model(x)
        h[0].label = "h"
        text = f"{h[0]} {h[1]:.3f} {h!r}"
        assert text.startswith("Value(data=")
        top = reduce(maximum, h) + reduce(minimum, h) + abs(h[0])
        picked = where(greater(h[0], x[0]), h[1], h[2] ** 2)
        slope = grad(picked, x[0]) if isinstance(picked, Value) else 0
        odd = 1 / x[0] + 2 ** x[1] + x[1] ** x[0] - -x[0]
        power = x[0] * x[0] + x[0] / x[1]
        total = sum(softmax(h), start=Value(0.0)) + sum(letters(n)) + slope + odd + power
        assert {x[0], x[1]} >= {x[0]}
        same = copy(x[0]) is x[0]
        return top + cross_entropy(h, n) + hinge(h[0], label) + total + same

    given = [*ONE, np.array([1]), np.array([1])]
    assert notices(f, given, model.parameters()) == []


def test_a_comparison() -> None:
    def f(x):
        if x[0] > 2.5:
            return x[0]
        return x[0] + (x[1] <= 3)

    assert notices(f) == [
        ("if x[0] > 2.5:", "a comparison gave False", CHOOSE),
        ("return x[0] + (x[1] <= 3)", "a comparison gave True", CHOOSE),
    ]


TRUTH = "a comparison: `where(greater(x, 0), this, that)`; `x is not None` if that is meant"
CHOOSE = "`where(greater(a, b), this, that)`, `maximum(a, b)`, `minimum(a, b)`"
EXTREME = "`reduce(maximum, xs)`, `reduce(minimum, xs)`, with `from functools import reduce`"
ITSELF = "the Value itself: `x * 2`, `x.exp()`, `maximum(a, b)`"
METHOD = "the method of the Value: `x.sin()` for `math.sin(x)`"
LOOK_UP = "`take(table, index)`, or `embedding(index)` with an `Embedding`"


def test_truth() -> None:
    w = Value(0.0)

    def f(x, n):
        y = x[0] if x[1] else w
        z = not y
        if n and w and x is not None and n is not None:
            y = y + z
        return y + any(x)

    found = notices(f, [np.zeros((1, 2)), np.array([0])], [w])
    assert found == [
        (line, "`if` and its like take a Value for true", TRUTH)
        for line in (
            "y = x[0] if x[1] else w",
            "z = not y",
            "if n and w and x is not None and n is not None:",
            "return y + any(x)",
        )
    ]
    program = lift(lambda x: x if x else x * 2, wrt=[])
    with pytest.warns(BakedIn, match="^`if` and its like take a Value for true, even that of 0"):
        assert program.forward(None, [0.0, 3.0]).tolist() == [0.0, 3.0]


def test_python_names_no_class_of_ours() -> None:
    with pytest.raises(TypeError, match=r"integers or slices, not Value$"):
        trace(lambda x: [1.0, 2.0][x[0]], ONE)
    with pytest.raises(TypeError, match="not subscriptable") as error:
        trace(lambda n: n[0], [np.array([1])])
    assert str(error.value).startswith("'Index' object")
    with pytest.raises(TypeError, match=r"^a Value is no whole number"):
        trace(lambda x: x[0] * int(x[1]), ONE)


def test_python_s_own_extremes() -> None:
    assert notices(lambda x: max(x)) == [
        ("assert notices(lambda x: max(x)) == [", "a comparison gave True", EXTREME)
    ]
    assert [instead for *_, instead in notices(lambda x: sorted(x))] == [EXTREME]


def test_numbers_taken_out() -> None:
    def f(x):
        scale = x[0].data
        root = math.sqrt(x[1])
        return x[0] * scale * root

    assert notices(f) == [
        ("scale = x[0].data", ".data gave 2.0", ITSELF),
        ("root = math.sqrt(x[1])", "float() gave 3.0", METHOD),
    ]


def test_numbers_of_results_and_of_parameters() -> None:
    model = MLP(2, [1], seed=0)
    weight = model.parameters()[0]

    def f(x):
        y = model(x)
        return y / y.data + weight.data

    assert [what for _, what, _ in notices(f, ONE, model.parameters())] == [
        f".data gave {model([2.0, 3.0]).data}"
    ]
    assert notices(lambda x: x[0] * weight.data, ONE) == []  # a constant, if it is no parameter
    assert len(notices(lambda x: x[0] * weight.data, ONE, [weight])) == 1


def test_gradients_assignments_and_no_grad() -> None:
    w = Value(2.0)

    def f(x):
        y = x[0] * w
        y.backward()
        w.data = 5.0
        with no_grad():
            z = y.exp()
        return y * x[0].grad + z

    w.data = 2.0
    assert notices(f, ONE, [w]) == [
        ("w.data = 5.0", ".data was set to 5.0 now", ASSIGNED),
        ("z = y.exp()", f"exp gave {math.exp(4.0)}", "the same outside of `no_grad()`"),
        ("return y * x[0].grad + z", ".grad gave 2.0", "`grad(y, x)`, which is a Value"),
    ]


ASSIGNED = "arithmetic that makes a new Value; change parameters outside of the function"


def test_whole_numbers_taken_out() -> None:
    letters = [Value(5.0), Value(6.0)]

    def f(n):
        one = letters[n]
        two = letters[int(n)]
        three = one if n == 1 else two
        four = letters[0] * (n != 0)
        return one + three + four + n.data

    assert notices(f, [np.array([1])]) == [
        ("one = letters[n]", "an index gave 1", LOOK_UP),
        ("two = letters[int(n)]", "an index gave 1", LOOK_UP),
        ("three = one if n == 1 else two", "a comparison gave True", LOOK_UP),
        ("four = letters[0] * (n != 0)", "a comparison gave True", LOOK_UP),
        ("return one + three + four + n.data", ".data gave 1.0", LOOK_UP),
    ]


def test_a_line_is_noticed_once_for_each_reason() -> None:
    def f(x):
        return sum(y * y.data if y > 0 else y for y in x * 3)

    assert [what for _, what, _ in notices(f)] == ["a comparison gave True", ".data gave 2.0"]


def test_each_notice_is_a_warning_about_its_line_when_it_is_first_traced() -> None:
    program = lift(lambda x: x * x.data, wrt=[])
    line = sys._getframe().f_lineno - 1
    with pytest.warns(BakedIn, match=re.escape("baked in: .data gave 3.0, and does so")) as caught:
        assert program(None, [3.0]) == 9.0
    assert [(w.filename, w.lineno) for w in caught] == [(__file__, line)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert program(None, [4.0]) == 12.0  # three times
    (notice,) = program.notices
    assert str(program).endswith(f"baked in\n{notice}")
    assert str(notice) == (
        f"{__file__}, line {line}: program = lift(lambda x: x * x.data, wrt=[])\n"
        "    .data gave 3.0, and does so for all numbers that come later\n"
        f"    write instead: {ITSELF}"
    )
