"""Steps through graphs as data and as words: against numbers worked by hand, and `backward`."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest
from programs import random_program, run_values

from glassgrad import MLP, Value, step_through
from glassgrad.ops import OPS, power_by
from glassgrad.step.derivatives import derivative
from glassgrad.step.trace import Step, Trace


def named(value: Any, label: str) -> Any:
    value.label = label
    return value


def lecture_expression() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    return named(named(named(a * b, "e") + c, "d") * f, "L")


def trace_of(value: Any) -> Trace:
    (trace,) = step_through(value).traces
    return trace


def backward_steps(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if step.kind == "backward"]


def test_the_lectures_expression_step_by_step() -> None:
    """By hand: dL/dd = f, dL/df = d, a sum hands on unchanged, de/da = b, de/db = a."""
    trace = trace_of(lecture_expression())
    seen = [(step.kind, trace.names[step.node]) for step in trace.steps]
    assert seen == [
        ("leaves", "L"),
        *(("forward", name) for name in "edL"),
        ("start", "L"),
        *(("backward", name) for name in "Lde"),
        ("end", "L"),
    ]
    flows = [
        (trace.names[flow.to], flow.local, flow.upstream, flow.product, flow.before, flow.after)
        for step in backward_steps(trace)
        for flow in step.flows
    ]
    assert flows == [
        ("d", -2.0, 1.0, -2.0, 0.0, -2.0),
        ("f", 4.0, 1.0, 4.0, 0.0, 4.0),
        ("e", 1.0, -2.0, -2.0, 0.0, -2.0),
        ("c", 1.0, -2.0, -2.0, 0.0, -2.0),
        ("a", -3.0, -2.0, 6.0, 0.0, 6.0),
        ("b", 2.0, -2.0, -4.0, 0.0, -4.0),
    ]


def test_its_words() -> None:
    assert (
        step_through(lecture_expression()).text.splitlines()[-25:]
        == [
            "7. Backward, operation 2 of 3: d = e + c",
            "   d hands on d.grad = -2.0 to each input, times the local derivative",
            "   to e:",
            "     local derivative: 1.0",
            "     × d.grad: 1.0 × (-2.0) = -2.0",
            "     e.grad: 0.0 + (-2.0) = -2.0",
            "   to c:",
            "     local derivative: 1.0",
            "     × d.grad: 1.0 × (-2.0) = -2.0",
            "     c.grad: 0.0 + (-2.0) = -2.0",
            "8. Backward, operation 3 of 3: e = a * b",
            "   e hands on e.grad = -2.0 to each input, times the local derivative",
            "   to a:",
            "     local derivative: b = -3.0",
            "     × e.grad: -3.0 × (-2.0) = 6.0",
            "     a.grad: 0.0 + 6.0 = 6.0",
            "   to b:",
            "     local derivative: a = 2.0",
            "     × e.grad: 2.0 × (-2.0) = -4.0",
            "     b.grad: 0.0 + (-4.0) = -4.0",
            "9. All gradients are there",
            "   a: data 2.0, grad 6.0",
            "   b: data -3.0, grad -4.0",
            "   e: data -6.0, grad -2.0",
            "   c: data 10.0, grad -2.0",
            "   d: data 4.0, grad -2.0",
            "   f: data -2.0, grad 4.0",
            "   L: data -8.0, grad 1.0",
        ][3:]
    )


@pytest.mark.parametrize("seed", range(25))
def test_the_gradients_are_those_of_backward_to_the_last_bit(seed: int) -> None:
    root = run_values(random_program(Random(seed)))[-1]
    trace = trace_of(root)
    root.backward()
    assert trace.graph is not None
    for i, node in enumerate(trace.graph.nodes):
        assert trace.grads[i] == node.grad, trace.names[i]


def test_the_graph_is_left_as_it_was() -> None:
    root = lecture_expression()
    step_through(root).html  # noqa: B018
    assert root.grad == 0.0
    assert {x.grad for x in root._prev} == {0.0}
    root.backward()
    d, f = root._prev
    step_through(root, order=[root, d]).html  # noqa: B018
    assert (root.grad, d.grad, f.grad) == (1.0, -2.0, 4.0)


def test_what_becomes_of_the_values_afterwards_does_not_matter() -> None:
    a = Value(3.0, label="a")
    steps = step_through(a * a)
    a.data, a.label = 1234.5, "changed"
    assert "1234.5" not in steps.text + steps.html
    assert "changed" not in steps.text + steps.html


def test_the_second_contribution_adds_to_the_first_in_a_diamond() -> None:
    """y = (2 x) (3 x) = 6 x^2, so y' = 12 x = 24: 12 by way of each side."""
    x = Value(2.0, label="x")
    trace = trace_of(named(x * 2, "left") * named(x * 3, "right"))
    into_x = [f for step in backward_steps(trace) for f in step.flows if trace.names[f.to] == "x"]
    assert [(f.before, f.product, f.after) for f in into_x] == [(0, 12, 12), (12, 12, 24)]
    assert [(f.arrived, f.expected) for f in into_x] == [(1, 2), (2, 2)]


def test_a_leaf_alone() -> None:
    assert step_through(Value(2.0, label="x")).text.splitlines() == [
        "1. The numbers to start from",
        "   x = 2.0",
        "2. Backward starts at x",
        "   x.grad = 1.0: x changes exactly as much as itself",
        "3. All gradients are there",
        "   x: data 2.0, grad 1.0",
    ]


def test_numbers_that_are_not_finite() -> None:
    trace = trace_of(Value(0.0, label="x").log() * 0)
    assert math.isinf(trace.data[1])
    assert trace.grads[0] == 0.0 * math.inf or math.isnan(trace.grads[0])  # type: ignore[arg-type]
    assert "nan" in step_through(Value(0.0).log() * 0).text


# Formulas of derivatives.


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


MEANINGS: dict[str, Any] = {**vars(math), "sigmoid": sigmoid, "sign": lambda x: (x > 0) - (x < 0)}
WITHOUT = {"step", "sign", "greater", "mask", "unless", "gelu"}


@pytest.mark.parametrize("name", [*sorted(set(OPS) - WITHOUT), "**3", "**2", "**-1", "**0.5"])
def test_a_formula_with_numbers_in_it_gives_the_derivative(name: str) -> None:
    op = power_by(float(name[2:]) if "." in name else int(name[2:])) if "*" in name else OPS[name]
    random = Random(0)
    for _ in range(20):
        numbers = [random.uniform(low, high) for low, high in op.domain]
        out = op.value(*numbers)
        partials = op.partials(*numbers, out)
        for place, partial in enumerate(partials):
            text = derivative(op.name, place, [repr(x) for x in numbers], repr(out))
            assert eval(text, MEANINGS) == pytest.approx(partial, rel=1e-12), text


def test_formulas_in_names_keep_their_brackets() -> None:
    n, labelled = Value(0.5, label="n"), Value(2.0, label="a + b")
    text = step_through((n * labelled).tanh() + named(labelled * 1, "c") ** 3).text
    assert "#1 = n * (a + b)" in text
    assert "local derivative: 1 - tanh(#1)**2 = 1 - 0.7616**2 = 0.4200" in text
    assert "local derivative: 3 * c**2 = 3 * 2.0**2 = 12.0" in text
    assert "(a + b).grad: " in text


def test_where_two_are_equal_each_gets_half_and_no_formula_says_otherwise() -> None:
    a, b = Value(2.0, label="a"), Value(2.0, label="b")
    root = OPS["maximum"](a, b)
    assert step_through(root).text.count("local derivative: 0.5\n") == 2


# A class of the reader's own.


class Learner:
    """A Value as in the lecture, inputs in a set; `accumulate` off is the famous mistake."""

    accumulate = True

    def __init__(self, data: float, children: tuple[Any, ...] = (), op: str = "") -> None:
        self.data = data
        self.grad = 0.0
        self.label = ""
        self._prev = set(children)
        self._op = op
        self._local: tuple[float, ...] = ()
        self._inputs = children

    def made(self, op: str, data: float, inputs: tuple[Any, ...], *local: float) -> Learner:
        out = type(self)(data, inputs, op)
        out._local = local
        return out

    def __add__(self, other: Learner) -> Learner:
        return self.made("+", self.data + other.data, (self, other), 1.0, 1.0)

    def __mul__(self, other: Learner) -> Learner:
        return self.made("*", self.data * other.data, (self, other), other.data, self.data)

    def cube(self) -> Learner:
        return self.made("cube", self.data**3, (self,), 3 * self.data**2)

    def leaky(self) -> Learner:
        slope = 0.1 if self.data < 0 else 1.0
        return self.made("ReLU", slope * self.data, (self,), slope)

    def backward(self, order: list[Learner]) -> None:
        self.grad = 1.0
        for node in order:
            for x, local in zip(node._inputs, node._local, strict=True):
                before = x.grad if self.accumulate else 0.0
                x.grad = before + local * node.grad


class Overwriting(Learner):
    accumulate = False


def test_a_set_of_inputs_has_both_steps_of_a_plus_a() -> None:
    a = named(Learner(3.0), "a")
    trace = trace_of(a + a)
    (step,) = backward_steps(trace)
    assert [(f.before, f.after) for f in step.flows] == [(0.0, 1.0), (1.0, 2.0)]


def test_a_class_that_is_right_is_not_blamed() -> None:
    a = named(Learner(3.0), "a")
    b = named(a + a, "b")
    c = b * b
    c.backward([c, b])
    text = step_through(c).text
    assert "!" not in text
    assert "   a: data 3.0, grad 24.0, your class 24.0" in text.splitlines()


def test_a_class_that_overwrites_is_shown_where_and_how() -> None:
    """c = b^2 with b = 2 a: by hand 8 a = 24, and half of it where the second `=` wins."""
    a = named(Overwriting(3.0), "a")
    b = named(a + a, "b")
    b.accumulate = True
    c = named(b + named(Overwriting(1.0), "one"), "c")
    c.backward([c, b])
    lines = step_through(c).text.splitlines()
    blame = lines.index("     ! your class has 1.0 here; the chain rule gives 2.0")
    assert lines[blame - 1] == "     a.grad: 1.0 + 1.0 = 2.0 (2 of 2)"
    assert lines[blame + 1] == "     ! 1.0 is this contribution alone: = where += belongs?"
    assert "   ! 1 gradient of your class is not what the chain rule gives" in lines
    assert "   a: data 3.0, grad 2.0, your class 1.0 ≠" in lines


def test_what_follows_from_a_mistake_is_told_from_the_mistake() -> None:
    a = named(Overwriting(3.0), "a")
    b = named(a * named(Overwriting(5.0), "five"), "b")
    c = named(b + b, "c")
    c.backward([c, b])
    lines = step_through(c).text.splitlines()
    at_b = lines.index("     ! your class has 1.0 here; the chain rule gives 2.0")
    assert "= where +=" in lines[at_b + 1]
    at_a = lines.index("     ! your class has 5.0 here; the chain rule gives 10.0")
    assert lines[at_a + 1] == "     ! this follows from the difference in an earlier step"


def test_an_operation_that_nobody_knows_gets_no_number() -> None:
    x = named(Learner(2.0), "x")
    y = named(x.cube(), "y")
    trace = trace_of(y * x)
    flows = {trace.names[f.to]: f for step in backward_steps(trace) for f in step.flows}
    assert flows["y"].after == 2.0
    assert (flows["x"].local, flows["x"].product, flows["x"].after) == (None, None, None)
    assert trace.grads[0] is None
    text = step_through(y * x).text
    assert "local derivative: not known: cube is not in the table of operations" in text
    assert "   x: data 2.0, grad not known" in text.splitlines()
    assert "7. The walk has ended" in text.splitlines()


def test_beyond_it_the_readers_own_gradient_is_used_where_there_is_one() -> None:
    """z = (2 x)^3: the class itself gives dz/dy = 3 y^2 = 48, and from there dz/dx = 96."""
    x = named(Learner(2.0), "x")
    y = named(x * named(Learner(2.0), "two"), "y")
    z = y.cube()
    z.backward([z, y])
    text = step_through(z).text
    assert "! your class has 48.0 here, which is used from here on" in text
    assert "   x: data 2.0, grad 96.0, your class 96.0" in text.splitlines()


def test_a_symbol_of_the_table_that_means_something_else_is_not_believed() -> None:
    x = named(Learner(-2.0), "x")
    assert trace_of(x.leaky()).locals[-1] == (None,)
    assert trace_of(named(Learner(2.0), "x").leaky()).locals[-1] == (1.0,)
    because = "this node's data is not the ReLU of its input\n"
    assert f"local derivative: not known: {because}" in step_through(x.leaky()).text
    product = x.made("*", 5.0, (x, named(Learner(3.0), "y")), 3.0, -2.0)
    assert "not known: this node's data is not the * of its inputs\n" in step_through(product).text


# What a graph may have gone through before.


def test_gradients_that_were_kept_from_before() -> None:
    x = Value(3.0, label="x")
    for _ in range(2):
        y = x * 5
        y.backward()
    text = step_through(y).text
    assert "your graph has 10.0 here; the chain rule gives 5.0" in text
    assert "2 times as much: were grads of an earlier backward kept?" in text


def test_gradients_that_nothing_simple_explains_get_the_usual_causes() -> None:
    """z = 2 x x: x gets 4 directly and 2 * 2 through y; then y has kept 2, so 8 + 4 + 2 * 4."""
    x = named(Learner(2.0), "x")
    y = named(x * named(Learner(2.0), "two"), "y")
    z = y * x
    z.backward([z, y])
    assert x.grad == 8.0
    z.backward([z, y])
    assert x.grad == 20.0
    lines = step_through(z).text.splitlines()
    at_x = lines.index("     ! your class has 20.0 here; the chain rule gives 8.0")
    assert lines[at_x + 1] == (
        "     ! usual causes: grads of an earlier backward were kept, also those of results in "
        "between, or = where += belongs; if not, this derivative is wrong there"
    )
    at_two = lines.index("     ! your class has 12.0 here; the chain rule gives 4.0")
    assert "3 times as much" in lines[at_two + 1]


def test_an_input_used_once_is_not_suspected_of_an_equals_sign() -> None:
    x = named(Learner(2.0), "x")
    y = x.made("*", 6.0, (x, named(Learner(3.0), "three")), 2.5, 2.0)
    y.backward([y])
    lines = step_through(y).text.splitlines()
    at_x = lines.index("     ! your class has 2.5 here; the chain rule gives 3.0")
    assert lines[at_x + 1].startswith("     ! usual causes: grads of an earlier backward were kept")
    assert "+=" not in lines[at_x + 1]


def test_gradients_of_another_root_are_not_compared() -> None:
    x = Value(3.0, label="x")
    n = x * 5
    (n * 2).backward()
    steps = step_through(n)
    assert steps.traces[0].own is None
    assert "the last node's grad is 2.0 there, not 1.0" in steps.text


def test_leftovers_are_mentioned_where_backward_has_not_run() -> None:
    x = Value(3.0, label="x")
    (x * 5).backward()
    assert (
        "(1 node had a grad before backward; these steps start at 0.0)" in step_through(x * 7).text
    )


def test_a_number_that_was_changed_afterwards() -> None:
    x = Value(3.0, label="x")
    y = named(x * 5, "y")
    x.data = 4.0
    assert "! an input of y was changed after y was computed: compute it again" in (
        step_through(y).text
    )


# Another order.


def recursion(node: Any) -> list[Any]:
    """The order in which the simplest recursion comes to the nodes."""
    order = [node]
    for x in node._prev:
        order += recursion(x)
    return order


def b_then_c() -> tuple[Value, Value, Value]:
    a = Value(1.0, label="a")
    b = named(a + a, "b")
    return a, b, named(b + b, "c")


def test_plain_recursion_counts_twice_what_was_handed_on() -> None:
    """c = 4 a. Recursion comes to b twice, and b hands on all its 2 each time: 8."""
    a, b, c = b_then_c()
    order = recursion(c)
    assert order == [c, b, a, a, b, a, a]
    right, wrong = step_through(c, order=order).traces
    assert right.grads == {2: 1.0, 1: 2.0, 0: 4.0}
    assert wrong.grads == {2: 1.0, 1: 2.0, 0: 8.0}
    assert (right.wrong, wrong.wrong) == ([], [0])
    assert right.title == "Topological order: c, b"
    assert wrong.title == "The order given: c, b, b"
    assert [step.handed for step in backward_steps(wrong)] == [None, None, 2.0]
    assert a.grad == b.grad == c.grad == 0.0


def test_both_orders_end_with_what_they_arrive_at() -> None:
    _, _, c = b_then_c()
    lines = step_through(c, order=recursion(c)).text.splitlines()
    assert "   a: data 1.0, grad 4.0" in lines
    assert "   a: data 1.0, grad 8.0, the right order 4.0 ≠" in lines
    assert "   ! 1 gradient differs from the right order" in lines
    assert "   ! b hands on again: 2.0 was handed on before and now counts twice" in lines
    assert "     a.grad: 4.0 + 2.0 = 6.0 (3rd contribution; there should be 2)" in lines
    assert lines[-5] == "5. The walk has ended"


def test_an_order_that_comes_too_early() -> None:
    """c = b a = 3 x^2, so c' = 6 x = 12; a hands on 6 before the other 6 has come by way of b."""
    x = Value(2.0, label="x")
    a = named(x * 1, "a")
    b = named(a * 3, "b")
    c = named(b * a, "c")
    right, wrong = step_through(c, order=[c, a, b]).traces
    assert right.grads[0] == 12.0
    assert wrong.grads[0] == 6.0
    early = [wrong.names[step.node] for step in backward_steps(wrong) if step.early]
    assert early == ["a"]
    lines = step_through(c, order=[c, a, b]).text.splitlines()
    assert "   ! too early: only 6.0 of 12.0 has arrived" in lines
    lost = lines.index("     ! too late: a has already handed on; this 6.0 never reaches x and 1.0")
    assert lines[lost - 1] == "     a.grad: 6.0 + 6.0 = 12.0 (2 of 2)"
    late = [wrong.names[f.to] for step in backward_steps(wrong) for f in step.flows if f.late]
    assert late == ["a"]


def test_a_part_that_is_more_than_the_whole_is_not_called_a_part() -> None:
    """c = 3 a - a: by way of b come 3, and by way of d -1."""
    x = Value(2.0, label="x")
    a = named(x * 1, "a")
    b, d = named(a * 3, "b"), named(a * -1, "d")
    c = b + d
    text = step_through(c, order=[c, b, a, d]).text
    assert "! too early: more gradient for a is still to come" in text
    assert "! too late: a has already handed on; this -1.0 never reaches x and 1.0" in text


def test_what_is_handed_on_later_is_not_too_late() -> None:
    """a hands on its 6 too early, and then all its 12: 18."""
    x = Value(2.0, label="x")
    a = named(x * 1, "a")
    b = named(a * 3, "b")
    c = named(b * a, "c")
    text = step_through(c, order=[c, a, b, a]).text
    assert "too early: only 6.0 of 12.0 has arrived" in text
    assert "a hands on again: 6.0 was handed on before" in text
    assert "too late" not in text
    assert "   x: data 2.0, grad 18.0, the right order 12.0 ≠" in text.splitlines()


def test_contributions_are_counted_in_words() -> None:
    a = Value(1.0, label="a")
    b = named(a * 2, "b")
    text = step_through(b, order=[b] * 23).text
    for n in ("2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd"):
        assert f"({n} contribution; there should be 1)" in text


def test_a_node_that_hands_on_before_anything_has_arrived() -> None:
    _, b, c = b_then_c()
    _, wrong = step_through(c, order=[b, c]).traces
    assert wrong.grads[0] == 0.0
    assert wrong.wrong == [0]


def test_an_order_that_is_right_is_found_right() -> None:
    a, b, c = b_then_c()
    _, given = step_through(c, order=[c, b, a]).traces
    assert given.wrong == []
    assert "The walk has ended" not in step_through(c, order=[c, b, a]).text
    assert "≠" not in step_through(c, order=[c, b, a]).text


# What is refused.


def test_a_plain_number_is_refused_with_the_way_to_do_it() -> None:
    with pytest.raises(TypeError, match=r"(?s)a Value, not float.*Write instead:\n    x = Value"):
        step_through(2.0)
    with pytest.raises(TypeError, match="not type"):
        step_through(Value)
    x: Any = Learner([1.0, 2.0])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"(?s)single numbers.*Write instead:\n    xs = "):
        step_through(x)


def test_a_graph_too_large_is_refused_with_what_to_do() -> None:
    model = MLP(3, [4, 4, 1], seed=0)
    one = (model([1.0, 2.0, 3.0]) - 1) ** 2
    assert len(step_through(one).traces[0].data) > 100
    loss = sum((model([float(i), 2.0, 3.0]) - 1) ** 2 for i in range(4))
    with pytest.raises(ValueError, match=r"(?s)nodes are too many.*300.*Why:.*one example"):
        step_through(loss)
    assert step_through(loss, max_nodes=1000).traces[0].root > 300
    x = Value(1.0)
    for _ in range(5000):
        x = x + 1
    with pytest.raises(ValueError, match="10,001 nodes are too many"):
        step_through(x)


def test_an_order_with_a_foreign_node_is_refused() -> None:
    _, b, c = b_then_c()
    with pytest.raises(ValueError, match=r"(?s)not in the graph: Value\(data=2.0\).*Why:"):
        step_through(c, order=[c, b, Value(2.0)])


def test_an_order_without_end_is_refused() -> None:
    a = Value(1.0)
    for _ in range(12):
        a = a + a
    with pytest.raises(ValueError, match=r"(?s)4,095 steps is too long.*every path"):
        step_through(a, order=recursion(a))
