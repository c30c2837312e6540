"""The table of operations: complete, and right in every column."""

import math
from random import Random

import numpy as np
import pytest
from reference import COMPLEX, HIPS, complex_step, sample

from glassgrad import Value, grad, ops
from glassgrad.ops import OPS, Op, op_named, power_by

POWERS = [power_by(exponent) for exponent in (0, 1, 2, 3, -1, -2, 0.5, 2.5, -0.5)]
EVERY_OP = [*OPS.values(), *POWERS]


def named(op):
    return op.name


def reference(op):
    """The complex form of an operation; that of a power by a constant is made here."""
    if op.name.startswith("**"):
        return lambda z: COMPLEX["power"](z, float(op.name[2:]))
    return COMPLEX[op.name]


def array_form(op, *inputs):
    """The array column, carried out by NumPy."""
    names = dict(zip("xy", inputs, strict=False))
    erf = np.vectorize(math.erf, otypes=[float])
    with np.errstate(all="ignore"):
        expression = op.array.format(x="x", y="y")
        return eval(expression, {"np": np, "erf": erf}, names)


# Completeness.


def test_each_operation_has_its_references():
    """A new record in the table needs its line in `reference.py`."""
    assert OPS.keys() == COMPLEX.keys() == HIPS.keys()


@pytest.mark.parametrize("op", EVERY_OP, ids=named)
def test_a_record_has_every_column(op):
    assert op.name
    assert op.symbol
    assert callable(op.value)
    assert "{x}" in op.array
    assert ("{y}" in op.array) == (op.arity == 2)
    assert op.arity == len(op.domain) in (1, 2)
    assert all(low < high for low, high in op.domain)
    middle = [(low + high) / 2 for low, high in op.domain]
    assert isinstance(op.value(*middle), float)
    assert len(op.partials(*middle, op.value(*middle))) == op.arity


def test_the_table_is_keyed_by_name():
    assert all(op.name == name for name, op in OPS.items())
    assert all(getattr(ops, name) is op for name, op in OPS.items())


def test_names_and_symbols_are_used_once():
    symbols = [op.symbol for op in OPS.values()]
    assert len(set(symbols)) == len(symbols)


# Each column against the reference.


@pytest.mark.parametrize("op", EVERY_OP, ids=named)
def test_value(op):
    for point in sample(op, Random(1)):
        expected = reference(op)(*map(complex, point))
        assert op.value(*point) == pytest.approx(expected.real, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("op", EVERY_OP, ids=named)
def test_partials(op):
    for point in sample(op, Random(2)):
        partials = op.partials(*point, op.value(*point))
        expected = [complex_step(reference(op), point, i) for i in range(op.arity)]
        assert partials == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("op", EVERY_OP, ids=named)
def test_array_form(op):
    points = sample(op, Random(3))
    expected = [op.value(*point) for point in points]
    found = array_form(op, *np.transpose(points))
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("op", EVERY_OP, ids=named)
def test_second_derivatives(op):
    """`grad` of `grad` against a central difference of the complex step."""
    h = 1e-5
    for point in sample(op, Random(4), n=10):
        inputs = [Value(x) for x in point]
        for i, first in enumerate(grad(op(*inputs), inputs)):
            for j, second in enumerate(grad(first, inputs)):
                above = [x + h * (j == k) for k, x in enumerate(point)]
                below = [x - h * (j == k) for k, x in enumerate(point)]
                rise = complex_step(reference(op), above, i) - complex_step(reference(op), below, i)
                assert second.data == pytest.approx(rise / (2 * h), rel=1e-6, abs=1e-6)


def test_mixed_second_derivatives_of_power_agree():
    """d2 (x**y) / dx dy = x**(y - 1) (1 + y log x), at y = 0 too: 1 / x."""
    x, y = Value(2.0), Value(0.0)
    assert grad(grad(x**y, y), x).data == 0.5
    assert grad(grad(x**y, x), y).data == 0.5


# Where Python raises and IEEE 754 has an answer.

EXTREMES = [0.0, -0.0, 1.0, -1.0, 0.5, -8.0, 5e-324, -1e-200, 40.0, -40.0, 1000.0, -1000.0]
EXTREMES += [1e308, -1e308, math.inf, -math.inf, math.nan]

NUMPY = {
    "step": lambda x: np.heaviside(x, 0.0),
    "sign": np.sign,
    "add": np.add,
    "multiply": np.multiply,
    "power": np.power,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "absolute": np.abs,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0.0),
    "softplus": lambda x: np.logaddexp(0.0, x),
}


def extreme_points(op):
    return (
        [(x,) for x in EXTREMES] if op.arity == 1 else [(x, y) for x in EXTREMES for y in EXTREMES]
    )


@pytest.mark.parametrize("name", NUMPY)
def test_extreme_values_are_those_of_numpy(name):
    for point in extreme_points(OPS[name]):
        if point == (-math.inf, 0.5):
            continue  # NumPy takes a square root here, and says nan; C's pow and we say inf
        with np.errstate(all="ignore"):
            expected = NUMPY[name](*map(np.float64, point))
        found = OPS[name].value(*point)
        assert found == pytest.approx(float(expected), rel=1e-14, nan_ok=True), point


@pytest.mark.parametrize("op", OPS.values(), ids=named)
def test_array_form_at_the_extremes(op):
    points = [point for point in extreme_points(op) if point != (-math.inf, 0.5)]  # see above
    expected = [op.value(*point) for point in points]
    found = array_form(op, *np.transpose(points))
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "at_minus_1000", "at_1000"),
    [("tanh", -1, 1), ("sigmoid", 0, 1), ("softplus", 0, 1000), ("gelu", 0, 1000), ("erf", -1, 1)],
)
def test_saturated_values(name, at_minus_1000, at_1000):
    assert OPS[name].value(-1000.0) == at_minus_1000
    assert OPS[name].value(1000.0) == at_1000


@pytest.mark.parametrize(
    ("name", "x", "slope"),
    [
        ("tanh", 1000.0, 0.0),
        ("exp", 1000.0, math.inf),
        ("log", 0.0, math.inf),
        ("sqrt", 0.0, math.inf),
        ("relu", 0.0, 0.0),
        ("absolute", 0.0, 0.0),
        ("sigmoid", -1000.0, 0.0),
        ("sigmoid", 1000.0, 0.0),
        ("softplus", -1000.0, 0.0),
        ("softplus", 1000.0, 1.0),
        ("gelu", -1000.0, 0.0),
        ("gelu", 1000.0, 1.0),
    ],
)
def test_slopes_at_the_edge(name, x, slope):
    op = OPS[name]
    assert op.partials(x, op.value(x)) == (slope,)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "gelu", "relu"])
def test_activations_have_their_limits_at_infinity(name):
    """Above, gelu, softplus and relu become x itself; below, every one of them is flat."""
    op = OPS[name]
    rising = name in ("softplus", "gelu", "relu")
    assert op.partials(math.inf, op.value(math.inf)) == (1.0 if rising else 0.0,)
    assert op.partials(-math.inf, op.value(-math.inf)) == (0.0,)


@pytest.mark.parametrize("infinity", [math.inf, -math.inf])
@pytest.mark.parametrize("op", [ops.maximum, ops.minimum], ids=named)
def test_equal_infinities_share_the_gradient_of_max_and_min(op, infinity):
    assert op.partials(infinity, infinity, infinity) == (0.5, 0.5)


@pytest.mark.parametrize("op", [ops.maximum, ops.minimum], ids=named)
def test_equal_numbers_share_the_gradient_of_max_and_min(op):
    assert op.partials(2.0, 2.0, 2.0) == (0.5, 0.5)


def test_a_power_of_zero_has_a_gradient():
    """Where y * x**(y - 1) or out * log(x) would be 0 * inf, the masks keep the 0."""
    assert ops.power.partials(0.0, 0.0, 1.0)[0] == 0.0
    assert ops.power.partials(0.0, 2.0, 0.0) == (0.0, 0.0)
    assert ops.power.partials(0.0, 1.0, 0.0) == (1.0, 0.0)
    assert power_by(0).partials(0.0, 1.0) == (0.0,)
    assert power_by(1).partials(0.0, 0.0) == (1.0,)


def test_torch_agrees_at_kinks_and_extremes():
    torch = pytest.importorskip("torch")
    functions = {
        "absolute": torch.abs,
        "relu": torch.relu,
        "sqrt": torch.sqrt,
        "exp": torch.exp,
        "log": torch.log,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "softplus": torch.nn.functional.softplus,
        "gelu": torch.nn.functional.gelu,
        "erf": torch.erf,
        "sign": torch.sign,
    }
    for name, function in functions.items():
        for x in (0.0, 1.0, 700.0, -700.0, 1000.0):
            if x < 0 and name in ("sqrt", "log"):
                continue  # nan: torch's gradient of a nan is nan, or not, as it falls
            there = torch.tensor(x, dtype=torch.float64, requires_grad=True)
            out = function(there)
            out.backward()
            assert OPS[name].value(x) == pytest.approx(out.item(), rel=1e-12), (name, x)
            slope = OPS[name].partials(x, OPS[name].value(x))[0]
            assert slope == pytest.approx(there.grad.item(), rel=1e-12, abs=1e-15), (name, x)


# Looking operations up, and using them by themselves.


def test_an_operation_works_on_plain_numbers():
    assert ops.multiply(2.0, 3.0) == 6.0
    assert ops.relu(-1.0) == 0.0
    assert ops.maximum(2, 5) == 5


def test_an_operation_works_on_values_and_numbers_mixed():
    x = Value(2.0)
    y = ops.power(3.0, x)
    assert y.data == 9.0
    assert grad(y, x).data == pytest.approx(9 * math.log(3))


@pytest.mark.parametrize("op", EVERY_OP, ids=named)
def test_an_operation_is_found_by_its_name(op):
    found = op_named(op.name)
    assert found.name == op.name
    assert found.symbol == op.symbol


@pytest.mark.parametrize("exponent", [2, -3, 2.0, 0.1, 1e3, 1e-7, math.inf])
def test_a_power_is_found_by_its_name(exponent):
    found = op_named(power_by(exponent).name)
    assert found.value(1.5) == math.pow(1.5, exponent)


def test_the_array_form_of_an_endless_power():
    assert array_form(power_by(math.inf), np.array([0.5, 2.0])).tolist() == [0.0, math.inf]


def test_an_unknown_name_says_what_to_do():
    with pytest.raises(KeyError, match=r"no operation is called 'cosh'; add its record"):
        op_named("cosh")


def test_a_power_by_a_constant_is_made_once():
    assert power_by(3) is power_by(3)
    assert power_by(2) is not power_by(3)


def sinh(x):
    """The hyperbolic sine in arithmetic that floats and Values share."""
    return 0.5 * (ops.exp(x) + -1.0 * ops.exp(-1.0 * x))


def test_an_operation_of_your_own_takes_one_record():
    cosh = Op("cosh", "cosh", math.cosh, lambda x, out: (sinh(x),), "np.cosh({x})", (-2, 2))
    OPS["cosh"] = cosh
    x = Value(0.5)
    y = cosh(x)
    y.backward()
    assert y._op == "cosh"
    assert op_named("cosh") is cosh
    assert x.grad == pytest.approx(math.sinh(0.5))
    assert grad(grad(y, x), x).data == pytest.approx(math.cosh(0.5))


def test_partials_are_written_once_for_numbers_and_values():
    """On Values they give the same numbers as on floats, to the last bit."""
    for op in EVERY_OP:
        for point in sample(op, Random(5), n=5):
            values = [Value(x) for x in point]
            out = op(*values)
            on_values = [float(p) for p in op.partials(*values, out)]
            assert on_values == list(op.partials(*point, out.data)), op


def test_the_methods_of_a_value_are_operations_of_the_table():
    x = Value(0.7)
    methods = [op for op in OPS.values() if op.arity == 1 and hasattr(Value, op.name)]
    assert {op.name for op in methods} >= {"exp", "log", "tanh", "relu", "sigmoid", "sin", "cos"}
    for op in methods:
        result = getattr(x, op.name)()
        assert (result._op, result.data) == (op.symbol, op.value(0.7))
