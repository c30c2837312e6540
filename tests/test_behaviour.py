"""What users rely on: every row of the design's table of behaviour, in its order."""

import copy
import functools
import gc
import math
import operator
import pickle
import sys
import threading
import weakref
from fractions import Fraction

import numpy as np
import pytest
from reference import complex_step

from glassgrad import Value, detect_anomaly, grad, maximum, minimum, no_grad, topological_order

# Row 1: the lecture's class, by its names.


def test_a_value_as_in_the_lecture():
    a = Value(2.0, label="a")
    b = Value(data=4.0, _children=(), _op="", label="b")
    c = a + b
    c.label = "c"
    assert repr(c) == "Value(data=6.0)"
    assert (a.data, a.grad, a.label, a._op, a._prev) == (2.0, 0, "a", "", ())
    assert (c.data, c.grad, c.label, c._op, c._prev) == (6.0, 0, "c", "+", (a, b))
    assert c.backward() is None
    assert (a.grad, b.grad, c.grad) == (1.0, 1.0, 1.0)


# Row 2: an operation of one's own, written as in the lecture.


def cubed(x):
    out = Value(x.data**3, (x,), "cubed")

    def _backward():
        x.grad += 3 * x.data**2 * out.grad

    out._backward = _backward
    return out


def test_a_hand_written_operation_works_like_the_others():
    x = Value(2.0)
    y = cubed(x * 3) + x  # 27 x**3 + x
    y.backward()
    assert y.data == 218.0
    assert x.grad == 325.0
    assert y._prev[0]._op == "cubed"


def test_a_hand_written_operation_cannot_be_differentiated_twice():
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"hand-written _backward(.|\n)*double = Op\('double'"):
        grad(cubed(x), x)


def test_gradients_beside_a_hand_written_operation():
    """Only what lies between `y` and `x` has to be in the table."""
    x, other = Value(2.0), Value(5.0)
    assert grad(x * x + cubed(other), x).data == 4.0
    assert grad(cubed(other), x).data == 0.0


# Row 3: numbers on either side.

OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
NUMBERS = [2, 2.5, -3, True, Fraction(1, 2), np.float64(2.5), np.float32(2.5), np.int64(2)]
NUMBERS += [np.int8(-3), np.uint8(3), np.bool_(True), np.float16(0.5), np.array(2.5), 100]


def kind(number):
    return f"{type(number).__name__}({number})"


@pytest.mark.parametrize("number", NUMBERS, ids=kind)
@pytest.mark.parametrize("symbol", OPERATORS)
def test_a_number_on_the_right(symbol, number):
    function, x = OPERATORS[symbol], Value(1.5)
    y = function(x, number)
    y.backward()
    assert type(y) is Value
    assert type(y.data) is float
    assert y.data == pytest.approx(function(1.5, float(number)), rel=1e-14)
    expected = complex_step(lambda z: function(z, float(number)), [1.5], 0)
    assert x.grad == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("number", NUMBERS, ids=kind)
@pytest.mark.parametrize("symbol", OPERATORS)
def test_a_number_on_the_left(symbol, number):
    function, x = OPERATORS[symbol], Value(1.5)
    y = function(number, x)
    y.backward()
    assert type(y) is Value
    if symbol == "**" and number < 0:
        assert math.isnan(y.data)  # (-3) ** 1.5 is no real number
        return
    assert y.data == pytest.approx(function(float(number), 1.5), rel=1e-14)
    expected = complex_step(lambda z: function(float(number), z), [1.5], 0)
    assert x.grad == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("symbol", OPERATORS)
def test_values_on_both_sides(symbol):
    function, x, y = OPERATORS[symbol], Value(1.5), Value(2.5)
    z = function(x, y)
    z.backward()
    assert z.data == pytest.approx(function(1.5, 2.5), rel=1e-15)
    expected = [complex_step(function, [1.5, 2.5], i) for i in (0, 1)]
    assert [x.grad, y.grad] == pytest.approx(expected, rel=1e-14)


def test_sum_and_augmented_assignment():
    xs = [Value(1.0), Value(2.0), Value(4.0)]
    total = sum(xs)
    total += 1
    total *= 3
    total.backward()
    assert total.data == 24.0
    assert [x.grad for x in xs] == [3.0, 3.0, 3.0]


# Row 4: what cannot become a Value says what to write instead.


@pytest.mark.parametrize(
    ("data", "instead"),
    [
        (Value(2.0), "y = x"),
        ("a", r'Value\(float\("2"\)\)'),
        (1 + 2j, r"Value\(z.real\), Value\(z.imag\)"),
        (np.array([1.0, 2.0]), r"\[Value\(x\) for x in numbers\]"),
        ([1.0], r"\[Value\(x\) for x in numbers\]"),
        (None, "return x"),
    ],
    ids=repr,
)
def test_data_that_is_no_number(data, instead):
    with pytest.raises(TypeError, match=rf"one real number(.|\n)*Write instead:(.|\n)*{instead}"):
        Value(data)


@pytest.mark.parametrize("other", ["a", 1j, [1.0], np.array([1.0, 2.0]), None], ids=repr)
@pytest.mark.parametrize("symbol", OPERATORS)
def test_arithmetic_with_what_is_no_number(symbol, other):
    with pytest.raises(TypeError, match="arithmetic with it takes numbers, not"):
        OPERATORS[symbol](Value(2.0), other)
    with pytest.raises(TypeError, match="arithmetic with it takes numbers, not"):
        OPERATORS[symbol](other, Value(2.0))


# Row 5: gradients accumulate.

METHODS = ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "gelu"]


@pytest.mark.parametrize("name", METHODS)
def test_a_number_used_inside_and_beside_a_method(name):
    """f(a) + a has one more than the gradient of f(a), wherever the sum stands."""
    alone, after, before = Value(0.8), Value(0.8), Value(0.8)
    getattr(alone, name)().backward()
    (getattr(after, name)() + after).backward()
    (before + getattr(before, name)()).backward()
    assert alone.grad != 0.0
    assert after.grad == before.grad == pytest.approx(alone.grad + 1.0, rel=1e-15)


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda a: a + a, 2.0),
        (lambda a: a - a, 0.0),
        (lambda a: a * a, 6.0),
        (lambda a: a / a, 0.0),
        (lambda a: a**a, 27 * (1 + math.log(3))),
        (lambda a: maximum(a, a), 1.0),
        (lambda a: minimum(a, a), 1.0),
        (lambda a: abs(a) + a, 2.0),
        (lambda a: a**2 + a, 7.0),
        (lambda a: (a + 1) * (a + 2), 9.0),  # a diamond
    ],
)
def test_the_same_number_twice(function, slope):
    a = Value(3.0)
    function(a).backward()
    assert a.grad == pytest.approx(slope, rel=1e-15, abs=1e-15)


def test_sixty_diamonds_on_top_of_each_other():
    """There are 2**60 ways from the top to the bottom, and each node is visited once."""
    a = b = Value(1.0)
    for _ in range(60):
        b = b + b
    b.backward()
    assert a.grad == 2.0**60


# Row 6: backward once more.


def test_backward_again_accumulates_in_leaves_alone():
    a = Value(3.0)
    b = a * 2
    c = b * b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (24.0, 12.0, 1.0)
    c.backward()
    assert (a.grad, b.grad, c.grad) == (48.0, 12.0, 1.0)
    a.grad = 0.0
    c.backward()
    assert (a.grad, b.grad, c.grad) == (24.0, 12.0, 1.0)


def test_backward_from_two_results_adds_up_in_what_they_share():
    a = Value(3.0)
    (a * 2).backward()
    (a * 5).backward()
    assert a.grad == 7.0


def test_a_leaf_can_go_backward_too():
    a = Value(3.0)
    a.backward()
    assert a.grad == 1.0


# Row 7: as deep as memory allows.

MILLION = 1_000_000


def deep_graph(n):
    """A leaf, and a result `n` nodes above it: x, -x, x, -x, ... to which numbers are added."""
    x = y = Value(1.0)
    for _ in range(n // 4):
        y = y * -1 + 0.5
    return x, y


def blocks_in_use():
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.skipif(not hasattr(sys, "getallocatedblocks"), reason="counts CPython's blocks")
def test_a_million_nodes_are_built_differentiated_and_freed():
    before = blocks_in_use()
    x, y = deep_graph(MILLION)
    y.backward()
    assert len(topological_order(y)) == MILLION + 1
    assert x.grad == 1.0
    assert grad(y, x).data == 1.0
    assert blocks_in_use() - before > MILLION
    del x, y
    assert blocks_in_use() - before < 1000


def test_a_deep_graph_on_the_right_hand_side():
    x = y = Value(1.0)
    for _ in range(100_000):
        y = 0.5 + y
    y.backward()
    assert x.grad == 1.0


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=["deepcopy", "pickle"]
)
def test_a_deep_graph_is_copied(copied):
    _, y = deep_graph(100_000)
    y.backward()
    z = copied(y)
    there, here = topological_order(z), topological_order(y)
    assert [(v.data, v.grad, v._op) for v in there] == [(v.data, v.grad, v._op) for v in here]
    assert not set(there) & set(here)


def test_a_deep_graph_draws_a_folded_picture():
    from glassgrad.draw import draw

    _, y = deep_graph(100_000)
    picture = draw(y).svg
    assert "100,001 nodes in all" in picture
    assert picture.count("<rect") < 100


# Row 8: the same bits every time. Between processes: see test_gradients.py.


def test_the_order_of_summation_is_fixed():
    """Ten terms whose sum depends on the order, built at other addresses each time."""
    scales = [0.1, 1e16, 0.3, -1e16, 1e-3, 7.7, 1e8, -1e8, 3e-9, 0.6]
    added = functools.reduce(
        operator.add, scales
    )  # `sum` of floats makes up for rounding since 3.12
    assert added != functools.reduce(operator.add, reversed(scales))
    found, kept = set(), []
    for _ in range(20):
        x = Value(1.0)
        y = sum(x * scale for scale in scales)
        y.backward()
        found.add(x.grad)
        kept.append(y)
    assert len(found) == 1


# Row 9: where Python would raise, IEEE 754 has an answer; `detect_anomaly` is in test_anomaly.py.


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (lambda: Value(1000).tanh(), 1.0),
        (lambda: Value(-1000).tanh(), -1.0),
        (lambda: Value(1000).exp(), math.inf),
        (lambda: Value(-1000).exp(), 0.0),
        (lambda: Value(0).log(), -math.inf),
        (lambda: Value(-1).log(), math.nan),
        (lambda: Value(0) ** -1, math.inf),
        (lambda: Value(-0.0) ** -1, -math.inf),
        (lambda: Value(0.0) ** -2, math.inf),
        (lambda: 1 / Value(0), math.inf),
        (lambda: -1 / Value(0), -math.inf),
        (lambda: Value(0) / 0, math.nan),
        (lambda: Value(1) / 0, math.inf),
        (lambda: Value(-8) ** (1 / 3), math.nan),
        (lambda: Value(-8) ** 3, -512.0),
        (lambda: Value(-8) ** Value(1 / 3), math.nan),
        (lambda: (-8) ** Value(1 / 3), math.nan),
        (lambda: Value(10) ** 400, math.inf),
        (lambda: Value(-10) ** 401, -math.inf),
        (lambda: Value(1e200) * 1e200, math.inf),
        (lambda: Value(-1).sqrt(), math.nan),
        (lambda: Value(math.inf).sin(), math.nan),
        (lambda: Value(math.inf).cos(), math.nan),
        (lambda: Value(-1000).sigmoid(), 0.0),
        (lambda: Value(1000).softplus(), 1000.0),
        (lambda: Value(10**400), math.inf),
        (lambda: Value(2.0) * -(10**400), -math.inf),
        (lambda: Value(2.0) ** (10**400), math.inf),
        (lambda: Value(0.5) ** (10**400), 0.0),
        (lambda: maximum(Value(math.nan), 1), math.nan),
        (lambda: maximum(1, Value(math.nan)), math.nan),
        (lambda: minimum(1, Value(math.nan)), math.nan),
    ],
)
def test_ieee_results(program, expected):
    assert program().data == pytest.approx(expected, nan_ok=True)


def test_detect_anomaly_stops_where_arithmetic_goes_on():
    assert Value(0.0).log().data == -math.inf
    with pytest.raises(FloatingPointError, match="gave -inf"), detect_anomaly():
        Value(0.0).log()


# Row 10: as a number, and as itself.


def test_comparisons_go_by_the_number():
    small, large = Value(1.0), Value(2.0)
    assert small < large
    assert large > small
    assert small <= large
    assert large >= small
    assert small < 1.5 < large
    assert np.float64(1.5) < large
    assert not small < 1
    assert small <= 1
    assert not Value(math.nan) < 1


def test_min_max_and_sorted_find_the_values_themselves():
    a, b, c = Value(3.0), Value(1.0), Value(2.0)
    assert max(a, b, c) is a
    assert min([a, b, c]) is b
    assert sorted([a, b, c]) == [b, c, a]


def test_float_and_abs():
    x = Value(-2.5)
    assert float(x) == -2.5
    assert type(float(x)) is float
    assert math.floor(float(x)) == -3
    y = abs(x)
    y.backward()
    assert (y.data, x.grad) == (2.5, -1.0)


def test_equality_and_hashing_go_by_identity():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert a != 1.0
    assert len({a, b, a}) == 2
    names = {a: "a", b: "b"}
    a.data = 5.0
    assert names[a] == "a"
    assert [b, a].index(a) == 1


# Row 11: no graph.


def test_no_grad_keeps_no_graph():
    x = Value(2.0)
    with no_grad():
        y = x * 3 + x.exp()
    assert y.data == 6.0 + math.exp(2.0)
    assert y._prev == ()
    assert y._op == ""
    y.backward()
    assert x.grad == 0.0
    assert (x * 3)._prev[0] is x


def test_no_grad_may_be_nested_and_ends_with_an_error():
    x = Value(2.0)
    with no_grad():
        with no_grad():
            pass
        assert (x * 3)._prev == ()
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = 1 / 0
    assert (x * 3)._prev[0] is x


def test_no_grad_as_a_decorator():
    x = Value(2.0)

    @no_grad()
    def predict():
        return x * 3

    assert predict()._prev == ()
    assert (x * 3)._prev[0] is x


# Row 12: gradients as Values.


def test_grad_of_grad_of_grad():
    x = Value(2.0)
    y = x**4
    for expected in (32.0, 48.0, 48.0, 24.0, 0.0):  # 4 x**3, 12 x**2, 24 x, 24, 0
        y = grad(y, x)
        assert y.data == expected


def test_grad_of_many():
    x, y, unused = Value(2.0), Value(3.0), Value(4.0)
    gradients = grad(x * y + x, [x, y, unused])
    assert [g.data for g in gradients] == [4.0, 2.0, 0.0]


def test_grad_leaves_the_grads_alone():
    x = Value(2.0)
    y = x * x
    x.grad, y.grad = 7.0, 8.0
    grad(y, x)
    assert (x.grad, y.grad) == (7.0, 8.0)


def test_a_gradient_can_be_trained_on():
    """The gradient of (dy/dx)**2 for y = x**3 is 2 * 3 x**2 * 6 x."""
    x = Value(2.0)
    (grad(x**3, x) ** 2).backward()
    assert x.grad == 2 * 12.0 * 12.0


# And nothing of it leaks.


def test_a_hand_written_operation_is_freed():
    """Its closure refers to the result and the result to its closure: a cycle for the collector."""

    class Witness:
        pass

    def build():
        x, witness = Value(2.0), Witness()
        out = Value(4.0, (x,), "double")

        def _backward():
            x.grad += 2 * out.grad
            assert witness

        out._backward = _backward
        out.backward()
        return weakref.ref(witness)

    alive = build()
    gc.collect()
    assert alive() is None


# Corners that people reach by trying things out.


def test_a_backward_function_may_call_the_one_before():
    x = Value(2.0)
    y = x * 3
    before, called = y._backward, []
    y._backward = lambda: (called.append("y"), before())
    y.backward()
    assert called == ["y"]
    assert x.grad == 3.0


def test_a_backward_function_assigned_to_itself_changes_nothing():
    x = Value(2.0)
    y = x * 3
    y._backward = y._backward
    y.backward()
    assert x.grad == 3.0


def test_a_leaf_with_a_backward_function_stays_a_leaf():
    class Pasted(Value):
        def __init__(self, data, _children=(), _op="", label=""):
            super().__init__(data, _children, _op, label)
            self._backward = lambda: None

    x = Pasted(2.0)
    for _ in range(2):
        (x * 3).backward()
    assert x.grad == 6.0
    assert grad(x * x, x).data == 4.0


def test_no_grad_in_two_threads_that_overlap():
    inside, leave = threading.Event(), threading.Event()

    def longer():
        with no_grad():
            inside.set()
            leave.wait(5)

    other = threading.Thread(target=longer)
    with no_grad():
        other.start()
        inside.wait(5)
    assert (Value(1.0) * 2)._prev == ()
    leave.set()
    other.join()
    assert len((Value(1.0) * 2)._prev) == 2


def test_no_grad_forgets_hand_made_results_too():
    x = Value(2.0)
    with no_grad():
        assert Value(4.0, (x,), "double")._prev == ()
