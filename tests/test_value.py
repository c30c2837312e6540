"""Value: what it is made of, the shape of its graph, and how gradients go through it.

What users rely on stands in test_behaviour.py; copies and pickles in test_copying.py.
"""

import math

import numpy as np
import pytest

from glassgrad import Value, grad, maximum, minimum, no_grad, topological_order
from glassgrad.value import _Custom

# Its parts.


@pytest.mark.parametrize("data", [2, 2.0, True + 1, np.float32(2), np.int64(2), np.array(2)])
def test_data_is_always_a_float(data):
    x = Value(data)
    assert x.data == 2.0
    assert type(x.data) is float
    assert repr(x) == "Value(data=2.0)"


@pytest.mark.parametrize("data", [math.inf, -math.inf, 1e-320, -0.0])
def test_any_float_is_welcome(data):
    assert Value(data).data.hex() == data.hex()


def test_nan_is_welcome():
    assert math.isnan(Value(math.nan).data)


def test_any_object_that_is_no_number_is_refused():
    class Shop:
        item = "bread"

    for thing in (object(), Shop(), len, {}, b"2", np.array([2.0])):
        with pytest.raises(TypeError, match="a Value is one real number"):
            Value(thing)


def test_it_prints_as_in_the_lecture():
    x = Value(-1.23456789)
    assert repr(x) == str(x) == f"{x}" == "Value(data=-1.23456789)"
    assert f"{x:.3f}" == "-1.235"
    assert f"{x:>8.2f}|" == "   -1.23|"
    assert str([x]) == "[Value(data=-1.23456789)]"


def test_data_grad_and_label_can_be_set():
    x = Value(2.0)
    x.data += 0.5
    x.grad = 3.0
    x.label = "x"
    assert (x.data, x.grad, x.label) == (2.5, 3.0, "x")


def test_a_misspelt_attribute_is_an_error():
    with pytest.raises(AttributeError, match="gard"):
        Value(2.0).gard = 0.0


def test_data_set_to_a_whole_number():
    """`p.data = 0` works on as 0.0 does, derivatives at 0 included."""
    x = Value(1.0)
    x.data, x.grad = 0, 0
    (x**-1).backward()
    assert x.grad == -math.inf
    x.grad = 0
    x.log().backward()
    assert x.grad == math.inf


# Its graph.


@pytest.mark.parametrize(
    ("make", "symbol"),
    [
        (lambda a: a + 1, "+"),
        (lambda a: a * 2, "*"),
        (lambda a: a - 1, "+"),
        (lambda a: a / 2, "*"),
        (lambda a: -a, "*"),
        (lambda a: a**a, "**"),
        (lambda a: 2**a, "**"),
        (lambda a: a.tanh(), "tanh"),
        (lambda a: a.relu(), "ReLU"),
        (lambda a: abs(a), "abs"),
        (lambda a: maximum(a, 1), "max"),
        (lambda a: minimum(a, 1), "min"),
    ],
)
def test_symbols(make, symbol):
    assert make(Value(3.0))._op == symbol


@pytest.mark.parametrize(
    ("exponent", "symbol"),
    [(2, "**2"), (-1, "**-1"), (np.int64(2), "**2"), (0.5, "**0.5"), (2.0, "**2.0")],
)
def test_a_power_prints_its_exponent_as_written(exponent, symbol):
    assert (Value(3.0) ** exponent)._op == symbol


def test_subtraction_and_division_are_compositions():
    a, b = Value(6.0), Value(3.0)
    difference, quotient = a - b, a / b
    assert difference._prev[0] is a
    assert (difference._prev[1]._op, difference._prev[1].data) == ("*", -3.0)
    assert quotient._prev[0] is a
    assert (quotient._prev[1]._op, quotient._prev[1]._prev) == ("**-1", (b,))


def test_inputs_are_kept_in_their_order():
    a, b = Value(1.0), Value(2.0)
    assert (a * b)._prev == (a, b)
    assert (b * a)._prev == (b, a)
    assert (a * a)._prev == (a, a)
    two = (2 * a)._prev[0]
    assert (two.data, two._op, two._prev) == (2.0, "", ())


def test_topological_order():
    a, b = Value(1.0), Value(2.0)
    c = a * b
    d = c + a
    assert topological_order(d) == [a, b, c, d]
    assert topological_order(a) == [a]


def test_topological_order_puts_inputs_first_and_each_node_once():
    x = Value(0.5)
    y = x
    for i in range(50):
        y = y * x + y.tanh() if i % 2 else maximum(y, x) - y
    order = topological_order(y)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert all(place[x] < place[node] for node in order for x in node._prev)
    assert order[-1] is y


# Going backward by hand, as in the lecture.


def test_backward_one_node_at_a_time():
    a, b = Value(2.0), Value(-3.0)
    e = a * b
    d = e + 10.0
    d.grad = 1.0
    d._backward()
    assert (e.grad, a.grad) == (1.0, 0.0)
    e._backward()
    assert (a.grad, b.grad) == (-3.0, 2.0)
    a._backward()  # a leaf has nothing to hand on


def test_the_topological_order_by_hand():
    """The lecture's `build_topo`, with `_prev` and a set of what has been visited."""
    x = Value(0.3)
    y = (x * 2).tanh() * x + x.exp()
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(y)
    y.grad = 1.0
    for node in reversed(topo):
        node._backward()
    t = math.tanh(0.6)
    assert x.grad == pytest.approx(2 * (1 - t * t) * 0.3 + t + math.exp(0.3), rel=1e-15)


def test_a_result_before_backward_has_gradient_0():
    assert (Value(1.0) + Value(2.0)).grad == 0.0


def test_an_unused_number_keeps_gradient_0():
    x, unused = Value(1.0), Value(2.0)
    (x * 3).backward()
    assert unused.grad == 0.0


def test_backward_sees_data_as_it_is_now():
    """A step of descent by hand: data changed in place, the graph built anew."""
    x = Value(3.0)
    for _ in range(100):
        x.grad = 0.0
        ((x - 1) ** 2).backward()
        x.data -= 0.1 * x.grad
    assert x.data == pytest.approx(1.0, abs=1e-9)


# Operations written by hand.


def doubled(x):
    out = Value(2 * x.data, (x,), "double")

    def _backward():
        x.grad += 2 * out.grad

    out._backward = _backward
    return out


def test_children_may_be_any_collection():
    a, b = Value(1.0), Value(2.0)
    assert Value(3.0, (a, b), "mine")._prev == (a, b)
    assert Value(3.0, [a, b], "mine")._prev == (a, b)
    assert Value(3.0, (x for x in (a, b)), "mine")._prev == (a, b)
    assert set(Value(3.0, {a, b}, "mine")._prev) == {a, b}
    assert Value(3.0, (a, b, a), "sum")._prev == (a, b, a)


def test_a_hand_written_operation_may_take_three_inputs():
    xs = [Value(1.0), Value(2.0), Value(4.0)]
    out = Value(7.0, xs, "sum")

    def _backward():
        for x in xs:
            x.grad += out.grad

    out._backward = _backward
    (out * 3).backward()
    assert [x.grad for x in xs] == [3.0, 3.0, 3.0]
    assert topological_order(out) == [*xs, out]


def test_a_node_built_by_hand_is_known_by_its_rule():
    x = Value(1.0)
    assert isinstance(doubled(x)._rule, _Custom)
    assert not isinstance((x + 1)._rule, _Custom)
    assert x._rule is None
    with pytest.raises(TypeError, match="hand-written _backward"):
        doubled(x)._rule.partials(1.0, 2.0)


def test_a_second_backward_through_a_hand_written_operation():
    x = Value(1.5)
    y = doubled(x) * doubled(x)  # 4 x**2
    y.backward()
    assert x.grad == 12.0
    y.backward()
    assert x.grad == 24.0


def test_a_backward_of_ones_own_replaces_the_one_of_the_table():
    """A learner may write tanh's again, or a wrong one, to see what happens."""
    x = Value(2.0)
    y = x * 3

    def _backward():
        x.grad += 100.0 * y.grad

    y._backward = _backward
    (y + 1).backward()
    assert x.grad == 100.0
    assert (y._op, y._prev[0]) == ("*", x)


def test_a_result_without_backward_stops_the_gradient():
    x = Value(2.0)
    (Value(x.data, (x,), "detach") * x).backward()
    assert x.grad == 2.0


# Subclasses.


class Weight(Value):
    def __init__(self, data, unit):
        super().__init__(data, label="w")
        self.unit = unit

    def in_grams(self):
        return self.data * 1000


def test_a_subclass_may_have_attributes_and_methods():
    w = Weight(2.0, unit="kg")
    y = w * w + 1
    y.backward()
    assert (w.unit, w.label, w.in_grams(), w.grad) == ("kg", "w", 2000.0, 4.0)
    assert type(y) is Value


def test_a_subclass_may_change_an_operator():
    class Logged(Value):
        calls = 0

        def __mul__(self, other):
            Logged.calls += 1
            return super().__mul__(other)

    x = Logged(2.0)
    assert (x * 3).data == 6.0
    assert Logged.calls == 1


# grad.


def test_grad_of_a_result_by_itself_is_1():
    x = Value(2.0)
    assert grad(x, x).data == 1.0
    y = x * 3
    assert [g.data for g in grad(y, [y, x])] == [1.0, 3.0]


def test_grad_by_a_result_in_between():
    x = Value(2.0)
    middle = x * 3
    assert grad(middle**2, middle).data == 12.0


def test_grad_takes_and_gives_a_sequence():
    x, y = Value(2.0), Value(3.0)
    assert grad(x * y, []) == []
    assert [g.data for g in grad(x * y, (x, y))] == [3.0, 2.0]
    assert [g.data for g in grad(x * y, [x, x])] == [3.0, 3.0]


def test_grad_inside_no_grad_gives_numbers_without_a_past():
    x = Value(2.0)
    y = x**3
    with no_grad():
        slope = grad(y, x)
    assert slope.data == 12.0
    assert slope._prev == ()


def test_newtons_method_uses_second_derivatives():
    """x**2 / 2 - 2 x has its minimum at 2; Newton's method gets there in one step."""
    x = Value(10.0)
    slope = grad(x * x / 2 - 2 * x, x)
    assert x.data - slope.data / grad(slope, x).data == 2.0
