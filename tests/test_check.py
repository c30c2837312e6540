"""The gradient checker: it accepts what is right, rejects what is slightly wrong, and says so."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable

import pytest

from glassgrad import MLP, Value, check, maximum


def scaled_tanh(x: Value, factor: float, overwrite: bool = False) -> Value:
    """A hand-written tanh whose gradient is off by `factor`, or that forgets to accumulate."""
    t = math.tanh(x.data)
    out = Value(t, (x,), "tanh")

    def backward() -> None:
        before = 0.0 if overwrite else x.grad
        x.grad = before + factor * (1 - t * t) * out.grad

    out._backward = backward
    return out


def test_rows_hold_gradient_and_slope() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    rows = {row.name: row for row in check(a * a * b).rows}
    assert rows["a"].grad == -12.0  # 2ab
    assert rows["b"].grad == 4.0  # a²
    assert rows["a"].numerical == pytest.approx(-12.0, rel=1e-9)
    assert rows["b"].numerical == pytest.approx(4.0, rel=1e-9)
    assert [row.verdict for row in rows.values()] == ["ok", "ok"]


@pytest.mark.parametrize(("factor", "right"), [(1.0, True), (1.0005, False), (0.9995, False)])
def test_an_error_of_a_twentieth_of_a_percent_is_found(factor: float, right: bool) -> None:
    assert check(scaled_tanh(Value(0.3), factor) * 2).ok is right


def test_a_forgotten_plus_is_found_where_the_number_is_used_twice() -> None:
    x = Value(0.5, label="x")
    result = check(scaled_tanh(x, 1.0, overwrite=True) + x)
    assert not result
    assert "WRONG" in repr(result)
    assert "1 of 1 gradients wrong" in repr(result)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: 1000 / x,
        lambda x: x.log(),
        lambda x: x.sqrt(),
        lambda x: (x * 1e6).tanh(),
        lambda x: x**-3,
        lambda x: x.exp() * 1e12,
        lambda x: (x - 1e-5) ** 2,
    ],
)
def test_right_gradients_pass_near_singularities_and_at_all_scales(make: object) -> None:
    for data in (1e-5, 1e-3, 0.7, 30.0):
        assert check(make(Value(data)), at_most=3), data  # type: ignore[operator]


def test_a_kink_is_no_error_and_is_named() -> None:
    x = Value(0.0)
    assert [row.verdict for row in check(x.relu()).rows] == ["kink"]
    assert [row.verdict for row in check(maximum(x, 0.0), x).rows] in (["kink"], ["ok"])
    assert check(x.relu())


def test_a_gradient_that_is_not_finite_fails() -> None:
    result = check(Value(0.0).log())
    assert not result
    assert result.rows[0].verdict == "not finite"


def test_a_number_that_does_not_matter_has_slope_0() -> None:
    x, unused = Value(2.0), Value(3.0)
    rows = check(x * x, [x, unused]).rows
    assert [row.numerical for row in rows] == [pytest.approx(4.0), 0.0]


def test_results_in_between_can_be_checked() -> None:
    x = Value(3.0)
    square = x * x
    row = check(square * square, square).rows[0]
    assert row.grad == 18.0  # d s² / d s = 2s
    assert row.numerical == pytest.approx(18.0)


def test_the_graph_is_left_as_it_was() -> None:
    x = Value(3.0)
    y = x * x
    y.backward()
    y.backward()
    before = (x.grad, y.grad, x.data, y.data)
    assert check(y)
    assert (x.grad, y.grad, x.data, y.data) == before


def test_a_network_is_checked_by_the_names_of_its_parameters() -> None:
    model = MLP(3, [4, 1], seed=0)
    result = check(model([1.0, -2.0, 0.5]), model)
    assert len(result.rows) == len(model.parameters()) == 21
    assert "layers.0.neurons.3.weights.1" in {row.name for row in result.rows}
    assert result.ok


def test_large_networks_are_sampled_and_it_says_so() -> None:
    model = MLP(20, [10, 1], seed=0)
    result = check(model([1.0] * 20), model, at_most=7, seed=3)
    assert len(result.rows) == 7
    assert "(7 of 221 checked, drawn with seed 3)" in repr(result)


def test_an_unknown_operation_is_refused() -> None:
    x = Value(2.0)
    out = Value(4.0, (x,), "my own")
    out._backward = lambda: None
    with pytest.raises(TypeError, match="no operation of the table is called 'my own'"):
        check(out)


# Scales at which measuring is hard: what cannot be seen is not called right, nor wrong.


@pytest.mark.parametrize(
    "make",
    [
        lambda: Value(1e-9).log(),
        lambda: Value(1e-12).sqrt(),
        lambda: 1 / Value(1e-8),
        lambda: Value(1e10).sin(),
        lambda: (Value(1e10) * 1e-10).exp(),
    ],
)
def test_right_gradients_are_not_called_wrong(make: Callable[[], Value]) -> None:
    assert check(make())


@pytest.mark.parametrize("hide", [lambda y: y + 1e12, lambda y: y * 1e-12 + 1])
def test_what_rounding_hides_is_called_unclear(hide: Callable[[Value], Value]) -> None:
    x = Value(0.5)
    result = check(hide(scaled_tanh(x, 0.9)), x)
    assert [row.verdict for row in result.rows] == ["unclear"]
    assert "right" not in repr(result)
    assert "1 of 1 gradients too small to measure beside the rounding" in repr(result)


def test_a_wrong_gradient_close_to_a_kink_is_wrong() -> None:
    x = Value(1e-9)
    out = Value(x.data, (x,), "ReLU")

    def backward() -> None:
        x.grad += 0.5 * out.grad

    out._backward = backward
    assert [row.verdict for row in check(out).rows] == ["WRONG"]


def test_not_finite_is_told_apart_from_wrong() -> None:
    assert "1 of 1 gradients not finite" in repr(check(Value(1000.0).exp()))
    assert "nothing to check" in repr(check(Value(1.0) * 2, []))


# Graphs that do not hold what their operations compute.


def test_a_number_changed_after_the_forward_pass_is_noticed() -> None:
    w = Value(0.5)
    y = (w * 2).tanh()
    w.data = 1.0
    with pytest.raises(ValueError, match=r"\* of 1, 2 is 2, but the graph has 1"):
        check(y)


def test_an_operation_that_is_not_what_its_symbol_says_is_noticed() -> None:
    x = Value(-2.0)
    leaky = Value(-0.2, (x,), "ReLU")
    with pytest.raises(ValueError, match=r"ReLU of -2 is 0, but the graph has -0.2"):
        check(leaky)


def test_gradients_stay_as_they_were_when_backward_raises() -> None:
    x = Value(0.5)
    out = Value(math.tanh(0.5), (x,), "tanh")

    def backward() -> None:
        x.grad += 1.0
        raise RuntimeError("not written yet")

    out._backward = backward
    x.grad = 5.0
    with pytest.raises(RuntimeError):
        check(out)
    assert x.grad == 5.0


# Functions, and classes along the lecture.


def test_a_function_is_checked_at_its_inputs() -> None:
    def cube_plus(x: Value, y: Value) -> Value:
        return x**3 + y

    rows = check(cube_plus, [2.0, Value(1.0, label="start")]).rows
    assert [row.name for row in rows] == ["input 0", "start"]
    assert [row.grad for row in rows] == [12.0, 1.0]  # 3x², 1
    assert [row.numerical for row in rows] == pytest.approx([12.0, 1.0], rel=1e-9)


def test_everything_in_a_function_may_be_ones_own() -> None:
    def cube(x: Value, right: bool) -> Value:
        out = Value(x.data**3, (x,), "my cube")

        def backward() -> None:
            x.grad += (3 if right else 2) * x.data**2 * out.grad

        out._backward = backward
        return out

    assert check(lambda x: cube(x, right=True) + x, [1.5])
    assert not check(lambda x: cube(x, right=False) + x, [1.5])


class Lecture:
    """A class along the lecture, with inputs in a set, and `-` and `/` as operations."""

    def __init__(self, data: float, children: tuple[Lecture, ...] = (), op: str = "") -> None:
        self.data, self.grad, self.label = data, 0.0, ""
        self._prev, self._op = set(children), op
        self._backward: Callable[[], None] = lambda: None

    def _make(self, data: float, others: tuple[Lecture, ...], op: str, *slopes: float) -> Lecture:
        out = Lecture(data, (self, *others), op)

        def backward() -> None:
            for x, slope in zip((self, *others), slopes, strict=True):
                x.grad += slope * out.grad

        out._backward = backward
        return out

    def __add__(self, other: Lecture) -> Lecture:
        return self._make(self.data + other.data, (other,), "+", 1.0, 1.0)

    def __sub__(self, other: Lecture) -> Lecture:
        return self._make(self.data - other.data, (other,), "-", 1.0, -1.0)

    def __truediv__(self, other: Lecture) -> Lecture:
        a, b = self.data, other.data
        return self._make(a / b, (other,), "/", 1 / b, -a / b**2)

    def tanh(self, factor: float = 1.0) -> Lecture:
        t = math.tanh(self.data)
        return self._make(t, (), "tanh", factor * (1 - t * t))

    def backward(self) -> None:
        order: list[Lecture] = []

        def visit(node: Lecture) -> None:
            if node not in order:
                for child in node._prev:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


def test_a_class_along_the_lecture_is_checked() -> None:
    a, b = Lecture(3.0), Lecture(1.2)
    a.label = "a"
    result = check((a - b) / b + a + a, [a, b])
    assert result
    assert [row.grad for row in result.rows] == pytest.approx([1 / 1.2 + 2, -3.0 / 1.2**2])
    assert [row.name for row in result.rows] == ["a", "leaf 1"]


def test_a_mistake_in_a_class_along_the_lecture_is_found() -> None:
    a = Lecture(0.4)
    assert check(a.tanh() + a, a)
    assert not check(a.tanh(factor=0.9) + a, a)
    assert not check(lambda x: x.tanh(factor=0.9) + x, [a])


class Bare:
    """A class that has no `backward` yet."""

    def __init__(self, data: float, children: tuple[Bare, ...] = (), op: str = "") -> None:
        self.data, self.grad, self._prev, self._op = data, 0.0, children, op


def test_gradients_set_by_hand_are_checked_where_there_is_no_backward() -> None:
    x, y = Bare(2.0), Bare(5.0)
    product = Bare(10.0, (x, y), "*")
    product.grad, x.grad, y.grad = 1.0, 5.0, 2.0
    assert check(product)
    y.grad = 5.0
    assert [row.verdict for row in check(product).rows] == ["ok", "WRONG"]
    assert "backward has not run" not in repr(check(product))


def test_gradients_that_nobody_has_set_are_called_that() -> None:
    product = Bare(10.0, (Bare(2.0), Bare(5.0)), "*")
    assert not check(product)
    said = "2 of 2 gradients wrong, for all grads are 0: backward has not run"
    assert repr(check(product)).endswith(said)


def test_a_function_without_return_is_asked_about_it() -> None:
    def square(x: Value) -> None:
        x * x

    with pytest.raises(TypeError, match=r"the function gave None: is `return` missing\?"):
        check(square, [2.0])
    with pytest.raises(TypeError, match="the function gave float, and not a Value"):
        check(lambda x: x.data, [2.0])


def test_a_power_whose_symbol_has_no_exponent_is_told_to_have_one() -> None:
    x = Lecture(3.0)
    with pytest.raises(TypeError, match=r'put it into the symbol: f"\*\*\{exponent\}"'):
        check(x._make(9.0, (), "**", 6.0))
    assert check(x._make(9.0, (), "**2", 6.0))


class Recursing(Lecture):
    """Its `backward` calls itself for each input, and if `endless`, for itself."""

    endless = False

    def _make(self, data: float, others: tuple[Lecture, ...], op: str, *slopes: float) -> Lecture:
        out = Recursing(data, (self, *others), op)
        out.endless = self.endless
        return out

    def backward(self) -> None:
        for x in [self] if self.endless else self._prev:
            x.backward()


def test_a_backward_that_recurses_too_deep_is_told_to_use_a_stack() -> None:
    def deep(x: Lecture) -> Lecture:
        for _ in range(2000):
            x = x.tanh()
        return x

    x = Recursing(0.5)
    words = r"(?s)backward of Recursing recurses.* 2,001 nodes.*use a stack"
    with pytest.raises(RecursionError, match=words):
        check(deep(x))
    with pytest.raises(RecursionError, match=words):
        check(deep, [x])


def test_a_recursion_without_end_is_not_put_down_to_the_graph() -> None:
    x = Recursing(0.5)
    x.endless = True
    with pytest.raises(RecursionError) as error:
        check(x.tanh())
    assert "use a stack" not in str(error.value)


# The table in a notebook.


def test_a_notebook_gets_the_same_numbers_in_a_table_that_scrolls() -> None:
    x = Value(0.5, label="<x>")
    result = check(scaled_tanh(x, 1.0, overwrite=True) + 3 * x)
    page = result._repr_html_()
    head, *rows, summary = repr(result).splitlines()
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in page.split("<tr>")[1:]]
    assert [[html.unescape(cell) for cell in row] for row in cells] == [
        re.split(r"\s{2,}", line) for line in (head, *rows)
    ]
    assert [row[0] for row in cells] == ["name", "&lt;x&gt;", "leaf 1"]
    assert f"<p>{summary}</p>" in page
    assert page.startswith('<div style="overflow-x: auto"><table style="white-space: nowrap">')
