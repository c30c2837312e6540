"""The steps of the first lecture on micrograd, and of this course's first notebook, all work.

Every number is worked out by hand, on paper or with plain floats, as the lecture does.
"""

import builtins
import math

import pytest

import glassgrad
from glassgrad import MLP, Value

# Slopes by small steps, before there is any Value.


def test_the_slope_of_a_parabola():
    def f(x):
        return 3 * x**2 - 4 * x + 5

    x = Value(3.0)
    y = f(x)
    y.backward()
    assert y.data == f(3.0) == 20.0
    assert x.grad == 14.0  # 6 x - 4
    h = 1e-6
    assert x.grad == pytest.approx((f(3.0 + h) - f(3.0)) / h, rel=1e-5)
    x = Value(2 / 3)
    f(x).backward()
    assert x.grad == pytest.approx(0.0, abs=1e-15)


# The first expression.


def expression():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    loss = d * f
    loss.label = "L"
    return a, b, c, d, e, f, loss


def test_the_first_expression(capsys):
    a, b, c, d, e, f, loss = expression()
    print(a)
    print(d)
    print(loss)
    assert capsys.readouterr().out.splitlines() == [
        "Value(data=2.0)",
        "Value(data=4.0)",
        "Value(data=-8.0)",
    ]
    assert set(d._prev) == {e, c}
    assert (d._op, e._op, a._op) == ("+", "*", "")
    assert [v.grad for v in (a, b, c, d, e, f, loss)] == [0.0] * 7


def test_its_gradients():
    a, b, c, d, e, f, loss = expression()
    loss.backward()
    assert (loss.grad, d.grad, f.grad) == (1.0, -2.0, 4.0)
    assert (c.grad, e.grad) == (-2.0, -2.0)
    assert (a.grad, b.grad) == (6.0, -4.0)


def test_a_nudge_along_the_gradient():
    a, b, c, _, _, f, loss = expression()
    loss.backward()
    for leaf in (a, b, c, f):
        leaf.data += 0.01 * leaf.grad
    raised = (a * b + c) * f
    by_hand = (2.06 * -3.04 + 9.98) * -1.96
    assert raised.data == pytest.approx(by_hand, rel=1e-14)
    assert raised.data > loss.data


# One neuron.

BIAS = 6.8813735870195432  # makes the output sqrt(1/2): tanh(log(1 + sqrt(2))) = 1 / sqrt(2)


def neuron(activation):
    """Every number of the lecture's neuron, by its name."""
    v = {"x1": Value(2.0), "x2": Value(0.0), "w1": Value(-3.0), "w2": Value(1.0), "b": Value(BIAS)}
    v["x1w1"] = v["x1"] * v["w1"]
    v["x2w2"] = v["x2"] * v["w2"]
    v["total"] = v["x1w1"] + v["x2w2"]
    v["n"] = v["total"] + v["b"]
    v["o"] = activation(v["n"])
    return v


GRADIENTS = {"o": 1.0, "n": 0.5, "b": 0.5, "total": 0.5, "x1w1": 0.5, "x2w2": 0.5}
GRADIENTS |= {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0}


def check_neuron(v):
    assert v["n"].data == pytest.approx(math.log(1 + math.sqrt(2)), rel=1e-15)
    assert v["o"].data == pytest.approx(math.sqrt(0.5), rel=1e-15)
    assert {name: v[name].grad for name in GRADIENTS} == pytest.approx(GRADIENTS, rel=1e-14)


def test_a_neuron_backward():
    v = neuron(Value.tanh)
    v["o"].backward()
    check_neuron(v)


def test_a_neuron_backward_by_hand_node_by_node():
    v = neuron(Value.tanh)
    v["o"].grad = 1.0
    for name in ("o", "n", "b", "total", "x2w2", "x1w1"):
        v[name]._backward()
    check_neuron(v)


def test_a_neuron_backward_in_an_order_found_by_hand():
    v = neuron(Value.tanh)
    topo, visited = [], set()

    def build_topo(node):
        if node not in visited:
            visited.add(node)
            for child in node._prev:
                build_topo(child)
            topo.append(node)

    build_topo(v["o"])
    assert len(topo) == 10
    v["o"].grad = 1.0
    for node in reversed(topo):
        node._backward()
    check_neuron(v)


def test_tanh_written_by_hand():
    def tanh(x):
        t = (math.exp(2 * x.data) - 1) / (math.exp(2 * x.data) + 1)
        out = Value(t, (x,), "tanh")

        def _backward():
            x.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    v = neuron(tanh)
    v["o"].backward()
    check_neuron(v)


def test_tanh_made_of_exp():
    def tanh(x):
        e = (2 * x).exp()
        return (e - 1) / (e + 1)

    v = neuron(tanh)
    v["o"].backward()
    check_neuron(v)


def test_a_method_added_to_the_class():
    """A notebook may hang an operation of its own on the class, in a later cell."""

    def cube(self):
        return self**3

    Value.cube = cube
    try:
        x = Value(2.0)
        y = x.cube()
        y.backward()
        assert (y.data, x.grad) == (8.0, 12.0)
    finally:
        del Value.cube


def test_the_same_neuron_in_torch():
    torch = pytest.importorskip("torch")
    x1, x2, w1, w2, b = (
        torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (2, 0, -3, 1, BIAS)
    )
    o = torch.tanh(x1 * w1 + x2 * w2 + b)
    o.backward()
    v = neuron(Value.tanh)
    v["o"].backward()
    assert v["o"].data == pytest.approx(o.item(), rel=1e-15)
    there = [x.grad.item() for x in (x1, x2, w1, w2, b)]
    assert [v[name].grad for name in ("x1", "x2", "w1", "w2", "b")] == pytest.approx(there)


# The two bugs of the lecture, which must not come back.


def test_bug_1_a_number_added_to_itself():
    a = Value(3.0)
    b = a + a
    b.backward()
    assert a.grad == 2.0


def test_bug_2_numbers_used_twice():
    a, b = Value(-2.0), Value(3.0)
    d = a * b
    e = a + b
    f = d * e
    f.backward()
    assert (d.grad, e.grad) == (1.0, -6.0)
    assert (a.grad, b.grad) == (-3.0, -8.0)  # e b + d, e a + d


# The first notebook of this course, with our class in place of its own.


def test_the_notebooks_cells_print_what_they_printed(capsys):
    a = Value(2.0, label="a")
    b = Value(-3.0, label="b")
    print(a + b)
    print(a * b, a - b, -a)
    print(a / b)
    print(a**2, a**-1, b**3)
    print(a + 1, 1 + a, 2 * a, a * 2)
    print(Value(0.0).tanh(), Value(0.0).exp())
    print((a * b)._op, (a + b)._op, (a**2)._op, a.tanh()._op, a.exp()._op)
    print(a.label, a.grad)
    assert capsys.readouterr().out.splitlines() == [
        "Value(data=-1.0)",
        "Value(data=-6.0) Value(data=5.0) Value(data=-2.0)",
        "Value(data=-0.6666666666666666)",
        "Value(data=4.0) Value(data=0.5) Value(data=-27.0)",
        "Value(data=3.0) Value(data=3.0) Value(data=4.0) Value(data=4.0)",
        "Value(data=0.0) Value(data=1.0)",
        "* + **2 tanh exp",
        "a 0.0",
    ]


# Networks.

XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -1.0, 1.0]


def test_training_on_four_examples():
    model = MLP(3, [4, 4, 1], activation=["tanh", "tanh", "tanh"], seed=1)
    assert len(model.parameters()) == 41
    losses = []
    for _ in range(100):
        predictions = [model(x) for x in XS]
        loss = sum((prediction - y) ** 2 for y, prediction in zip(YS, predictions, strict=True))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.05 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.1 < losses[0]
    assert [round(prediction.data) for prediction in predictions] == YS


def test_forgetting_zero_grad_adds_up():
    """The most common slip: the second gradient holds the first one too."""
    model = MLP(3, [4, 1], seed=0)
    loss = model(XS[0]) ** 2
    loss.backward()
    once = [p.grad for p in model.parameters()]
    loss = model(XS[0]) ** 2
    loss.backward()
    assert [p.grad for p in model.parameters()] == [2 * g for g in once]


# The exercises that go with the lecture.


def test_exercise_1_a_function_with_its_analytic_gradient():
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    y = -(a**3) + (3 * b).sin() - 1.0 / c + b**2.5 - a**0.5
    y.backward()
    assert y.data == pytest.approx(-8 + math.sin(9) - 0.25 + 3**2.5 - math.sqrt(2), rel=1e-14)
    assert a.grad == pytest.approx(-12 - 0.5 / math.sqrt(2), rel=1e-14)
    assert b.grad == pytest.approx(3 * math.cos(9) + 2.5 * 3**1.5, rel=1e-14)
    assert c.grad == pytest.approx(1 / 16, rel=1e-14)


def test_exercise_2_negative_log_likelihood():
    """With softmax, the gradient of -log p[3] is p - [0, 0, 0, 1]."""
    logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
    counts = [logit.exp() for logit in logits]
    probabilities = [count / sum(counts) for count in counts]
    loss = -probabilities[3].log()
    loss.backward()
    powers = [math.exp(x) for x in (0, 3, -2, 1)]
    p = [power / sum(powers) for power in powers]
    assert loss.data == pytest.approx(-math.log(p[3]), rel=1e-14)
    assert [x.grad for x in logits] == pytest.approx([p[0], p[1], p[2], p[3] - 1], rel=1e-13)


def test_the_readme_of_micrograd():
    """The same program by micrograd itself, which knows + * ** and relu."""
    engine = pytest.importorskip("micrograd.engine")

    def program(number):
        a, b = number(-4.0), number(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g.data, a.grad, b.grad

    assert program(Value) == pytest.approx(program(engine.Value), rel=1e-15)


# `from glassgrad import *`.


def test_a_star_import_shadows_no_builtin():
    assert not set(glassgrad.__all__) & set(dir(builtins))


def test_a_star_import_gives_what_the_first_lessons_need():
    names = {}
    exec("from glassgrad import *", names)
    assert names.keys() >= set(glassgrad.__all__)
    assert {"Value", "Neuron", "Layer", "MLP", "grad", "no_grad", "softmax"} <= names.keys()
    assert sorted(glassgrad.__all__) == sorted(set(glassgrad.__all__))
