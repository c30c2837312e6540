"""Long rows of instructions for few numbers, run one number after the other."""

import math
import sys
from itertools import product

import lift_programs
import numpy as np
import pytest
from random_programs import agree as agree_with_graph
from random_programs import scalar_program
from test_numpy_backend import INTERESTING, Maker, agree

from glassgrad import Value, ops
from glassgrad.backends import numpy_scalars
from glassgrad.backends.numpy_backend import NumpyRunner
from glassgrad.backends.numpy_plan import Plan
from glassgrad.backends.numpy_scalars import Row, rows
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.lift.arguments import Argument
from glassgrad.lift.build import build
from glassgrad.lift.differentiate import differentiate
from glassgrad.lift.ir import Apply, Buffer, Code, Compute, Term, View, whole
from glassgrad.lift.spec import check


def share_in_rows(code, batch=1):
    """The part of the instructions that a long row takes."""
    instructions = [*code.forward, *code.backward]
    parts = [*rows(Plan(batch, {}), code.forward), *rows(Plan(batch, {}), code.backward)]
    return 1 - sum(not isinstance(part, Row) for part in parts) / len(instructions)


def lifted(root, parameters, arguments=()):
    code = build([root], parameters, list(arguments)).code
    check(code)
    differentiate(code)
    check(code)
    return code


def gradients(root, parameters):
    for x in parameters:
        x.grad = 0.0
    root.backward()
    return [x.grad for x in parameters]


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (lift_programs.long_recurrence, (300,)),
        (lift_programs.irregular, (8, 400)),
        (lift_programs.irregular, (3, 1000, 1)),
        (lift_programs.ragged_tree, (200,)),
    ],
)
def test_programs_without_structure(make, arguments):
    root, parameters = make(*arguments)
    code = lifted(root, parameters)
    assert share_in_rows(code) > 0.4
    runner = NumpyRunner(code)
    theta = np.array([x.data for x in parameters])
    for _ in range(2):  # what the first run leaves behind is no matter
        assert runner.forward(theta, [])[0] == pytest.approx(root.data, rel=1e-13)
        found = runner.backward(np.ones(1))
        np.testing.assert_allclose(found, gradients(root, parameters), rtol=1e-11, atol=1e-13)


def test_arrays_before_and_after():
    """A layer, a recurrence that begins with its sum, and a layer of its last number."""
    rng = np.random.default_rng(0)
    w = [Value(x) for x in rng.normal(size=1000)]
    hidden = [(w[i] * 0.3 + w[i + 500]).tanh() for i in range(500)]
    state = sum(x * x for x in hidden) * 0.01
    for i in range(150):
        state = (state * w[0] + w[1] * (0.1 * i)).sin() + hidden[i % 3] ** 2
    root = sum((state * w[i]).sigmoid() * hidden[i] for i in range(500))
    code = lifted(root, w)
    row = [isinstance(part, Row) for part in rows(Plan(1, {}), code.forward)]
    assert True in row and not row[0] and not row[-1]
    for runner in NumpyRunner(code), ReferenceRunner(code):
        assert runner.forward(np.array([x.data for x in w]), [])[0] == pytest.approx(root.data)
        np.testing.assert_allclose(runner.backward(np.ones(1)), gradients(root, w), rtol=1e-9)


def recurrence(x, a, b, n_steps=120):
    for i in range(n_steps):
        x = (a * x + b * math.sin(i)).tanh()
    return x


@pytest.mark.parametrize("batched", [False, True])
def test_examples(batched):
    """With a batch a number is an array, whether or not there is one example."""
    x, a, b = Value(0.3), Value(0.9), Value(0.2)
    code = lifted(recurrence(x, a, b), [a, b], [Argument("x", (1,), "input", batched, [x])])
    assert share_in_rows(code) == 1.0
    assert share_in_rows(code, batch=3) == (0.0 if batched else 1.0)
    runner = NumpyRunner(code)
    for batch in (3, 1, 0, 1) if batched else (1,):
        starts = np.linspace(0.1, 0.5, batch)
        given = starts[:, None] if batched else starts
        found = runner.forward(np.array([0.9, 0.2]), [given])
        roots = [recurrence(Value(start), a, b) for start in starts]
        np.testing.assert_allclose(found.ravel(), [root.data for root in roots], rtol=1e-13)
        slopes = np.sum([gradients(root, [a, b]) for root in roots] or [[0.0, 0.0]], axis=0)
        np.testing.assert_allclose(runner.backward(np.ones(found.shape)), slopes, rtol=1e-11)


OPS = [*ops.OPS.values(), *map(ops.power_by, (0, 1, 2, 2.0, 3, -1, -2, -0.5, 1.5))]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_operations_at_the_extremes(op):
    """One number after the other gives what the table says, to the last bit."""
    points = list(product(INTERESTING, repeat=op.arity))
    points *= 1 + numpy_scalars.MANY // len(points)
    theta = Buffer("theta", (len(points) * op.arity,), "parameter")
    out = Buffer("out", (len(points),), "value")
    steps = []
    for i in range(len(points)):
        inputs = tuple(View(theta, i * op.arity + k, ()) for k in range(op.arity))
        steps.append(Compute(View(out, i, ()), (), [Term(Apply(op, inputs))]))
    code = Code(theta, [], [View(out, i, ()) for i in range(len(points))], steps)
    assert share_in_rows(code) == 1.0
    found = NumpyRunner(code).forward(np.ravel(points), [])
    expected = np.array([op.value(*point) for point in points], float)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found[found == 0]), np.signbit(expected[found == 0]))


@pytest.mark.parametrize("number", INTERESTING)
def test_gradients_at_the_extremes(number):
    """Overflow and undefined results go the same way as in the graph."""
    x, y = Value(number), Value(0.5)
    total = Value(0.0)
    for i in range(20):
        total = (total * y + x).exp() * 0.1 + (total - x).sigmoid() * i
        total = (total + (x * total).softplus()).gelu() / (total * total + y) - total.relu()
    code = lifted(total, [x, y])
    assert share_in_rows(code) > 0.5
    runner = NumpyRunner(code)
    np.testing.assert_allclose(
        runner.forward(np.array([number, 0.5]), []), [total.data], rtol=1e-13
    )
    found, expected = runner.backward(np.ones(1)), gradients(total, [x, y])
    np.testing.assert_allclose(found, expected, rtol=1e-11)


@pytest.mark.parametrize("seed", range(60))
def test_random_array_programs(seed, monkeypatch):
    """Each instruction that may be in a row is in one: small arrays, holes, copies, sums."""
    monkeypatch.setattr(numpy_scalars, "MANY", 1)
    maker = Maker(seed)
    code = maker.make()
    runner = NumpyRunner(code)
    for batch in (2, 0, 1, 7, 2):
        with np.errstate(all="ignore"):
            agree(code, runner, *maker.arguments(batch), lambda s: maker.rng.normal(size=s))


@pytest.mark.parametrize("seed", range(30))
def test_random_graphs(seed, monkeypatch):
    monkeypatch.setattr(numpy_scalars, "MANY", 1)
    agree_with_graph(scalar_program(seed, 1 + seed), seed)


def test_formulas_of_any_depth():
    theta, out = Buffer("theta", (1,), "parameter"), Buffer("out", (), "value")
    formula = View(theta, 0, ())
    for _ in range(sys.getrecursionlimit() * 2):
        formula = Apply(ops.sin, (formula + 1.0,))
    steps = [Compute(View(out, 0, ()), (), [Term(formula)])]
    (row,) = rows_of_any_length(steps)
    assert isinstance(row, Row)
    x = 0.3
    for _ in range(sys.getrecursionlimit() * 2):
        x = math.sin(x + 1.0)
    code = Code(theta, [], [whole(out)], steps)
    assert NumpyRunner(code).forward(np.array([0.3]), [])[0] == pytest.approx(x, rel=1e-12)


def rows_of_any_length(steps):
    found = numpy_scalars.MANY
    numpy_scalars.MANY = 1
    try:
        return list(rows(Plan(1, {}), steps))
    finally:
        numpy_scalars.MANY = found
