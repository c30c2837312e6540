"""The gradient checker: it accepts what is right, rejects what is slightly wrong, and says so."""

from __future__ import annotations

import math

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
    with pytest.raises(TypeError, match="hand-written _backward is known from its outside only"):
        check(out)
