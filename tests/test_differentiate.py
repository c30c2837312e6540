"""Array programs built by hand: values and gradients as NumPy and HIPS autograd find them."""

import random

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad as hips_grad

from glassgrad import Value, maximum, minimum, ops
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.lift.differentiate import differentiate
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Extreme,
    ExtremeGradient,
    Gather,
    Put,
    Scatter,
    Take,
    Term,
    View,
    Zero,
    cells,
    sources_of,
    whole,
)
from glassgrad.lift.spec import check
from tests.reference import HIPS, sample


def parameters(count):
    return Buffer("theta", (count,), "parameter")


def value(name, *shape, batched=False, mask=None):
    return Buffer(name, shape, "value", batched, mask=mask)


def of_example(name, *shape):
    return Buffer(name, shape, "input", batched=True)


def root(buffer, cell=0):
    return View(buffer, cell, ())


def numbers(seed, *shape):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape)


def agree(code, function, theta, *inputs):
    """Values and gradients of the Code are those of `function(theta, *inputs)`, run after run."""
    check(code)
    differentiate(code)
    check(code)
    runner = ReferenceRunner(code)
    for seed in (1, 2):
        found = runner.forward(theta, inputs)
        np.testing.assert_allclose(found, function(theta, *inputs), rtol=1e-12, atol=1e-14)
        seeds = numbers(seed, *found.shape)
        slope = hips_grad(lambda t, s=seeds: anp.sum(s * function(t, *inputs)))
        gradient = runner.backward(seeds)
        assert gradient.shape == theta.shape
        if found.size:
            np.testing.assert_allclose(gradient, slope(theta), rtol=1e-12, atol=1e-14)
        else:
            assert not gradient.any()
        theta = theta + 0.1
    return runner


def zeroed(code):
    return [step.target.name for step in code.backward if isinstance(step, Zero)]


# Formulas.


@pytest.mark.parametrize("op", ops.OPS.values(), ids=ops.OPS)
def test_every_operation_of_the_table_has_its_derivative(op):
    points = sample(op, random.Random(1), 3)
    theta, y = parameters(3 * op.arity), value("y", 3)
    inputs = tuple(View(theta, i, (op.arity,)) for i in range(op.arity))
    roots = [root(y, i) for i in range(3)]
    code = Code(theta, [], roots, [Compute(whole(y), (3,), [Term(Apply(op, inputs))])])

    def function(t):
        return anp.array([HIPS[op.name](*t[i : i + op.arity]) for i in range(0, len(t), op.arity)])

    differentiate(code)
    check(code)
    runner = ReferenceRunner(code)
    at = np.concatenate(points)
    np.testing.assert_allclose(runner.forward(at, []), function(at), rtol=1e-12)
    slopes = hips_grad(lambda t: anp.sum(function(t)) + 0.0 * anp.sum(t))(at)
    np.testing.assert_allclose(runner.backward(np.ones(3)), slopes, rtol=1e-12, atol=1e-14)


def test_formulas_of_several_operations():
    theta, y = parameters(6), value("y", 3)
    a, b = View(theta, 0, (1,)), View(theta, 3, (1,))
    formula = ops.exp(a * b) * ops.tanh(a) + 2.0 / (b * b + 3.0) - a**3 * 0.5
    code = Code(theta, [], [root(y, i) for i in range(3)])
    code.forward = [Compute(whole(y), (3,), [Term(formula)])]

    def function(t):
        a, b = t[:3], t[3:]
        return anp.exp(a * b) * anp.tanh(a) + 2.0 / (b * b + 3.0) - a**3 * 0.5

    agree(code, function, numbers(3, 6))


def test_a_square_is_one_contribution():
    theta, y = parameters(4), value("y")
    code = Code(theta, [], [root(y)])
    code.forward = [Compute(root(y), (), [Term(whole(theta) * whole(theta), (4,))])]
    agree(code, lambda t: anp.array([t @ t]), numbers(4, 4))
    (step,) = code.backward
    assert [str(term.expr) for term in step.terms] == [
        "multiply(multiply(d_y@0[0], theta@0[1]), 2.0)"
    ]


def test_terms_are_numbers_sums_and_products_with_coefficients():
    theta, y = parameters(5), value("y", 2)
    a, b = View(theta, 0, (1,)), View(theta, 2, (0, 1))
    terms = [Term(a * -3.0), Term(a), Term(b * 0.5, (3,)), Term(7.0), Term(0.25, (2, 3))]
    code = Code(theta, [], [root(y, 0), root(y, 1)], [Compute(whole(y), (2,), terms)])
    agree(code, lambda t: t[:2] * -2.0 + anp.sum(t[2:]) * 0.5 + 7.0 + 6 * 0.25, numbers(5, 5))
    assert zeroed(code) == []


def test_a_result_serves_the_derivative_unless_it_is_a_sum():
    theta, h, y = parameters(2), value("h", 2), value("y")
    steps = [Compute(whole(h), (2,), [Term(ops.exp(whole(theta)))])]
    end = Compute(root(y), (), [Term(whole(h), (2,))])
    code = Code(theta, [], [root(y)], [*steps, end])
    agree(code, lambda t: anp.array([anp.sum(anp.exp(t))]), numbers(6, 2))
    assert str(code.backward[-1].terms[0].expr) == "multiply(d_h@0[1], h@0[1])"
    steps.append(Compute(whole(h), (2,), [Term(whole(theta) * 2.0)], accumulate=True))
    code = Code(theta, [], [root(y)], [*steps, end])
    agree(code, lambda t: anp.array([anp.sum(anp.exp(t) + 2.0 * t)]), numbers(6, 2))
    assert "exp(theta@0[1])" in str(code.backward[-1])


# Layers.


def dense(batched, n=3, m=2):
    """A layer that keeps each row of its weights before its bias, tanh, and a sum of squares."""
    theta = parameters(m * (n + 1))
    x = Buffer("x", (n,), "input", batched)
    z, h = value("z", m, batched=batched), value("h", m, batched=batched)
    y = value("y", batched=batched)
    weights, bias = View(theta, 0, (n + 1, 1)), View(theta, n, (n + 1,))
    code = Code(theta, [x], [root(y)])
    code.forward = [
        Compute(whole(z), (m,), [Term(weights * View(x, 0, (0, 1)), (n,)), Term(bias)]),
        Compute(whole(h), (m,), [Term(ops.tanh(whole(z)))]),
        Compute(root(y), (), [Term(whole(h) * whole(h), (m,))]),
    ]
    return code


def dense_function(t, x, n=3, m=2):
    rows = anp.reshape(t, (m, n + 1))
    squares = anp.tanh(x @ rows[:, :n].T + rows[:, n]) ** 2
    return anp.sum(squares, axis=-1, keepdims=True)


def test_dense_layer():
    agree(dense(batched=False), dense_function, numbers(7, 8), numbers(8, 3))


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_dense_layer_over_a_batch(batch):
    code = dense(batched=True)
    agree(code, dense_function, numbers(7, 8), numbers(8, batch, 3))
    weights, bias = code.backward[-2:]
    assert str(weights.target) == "d_theta@0[4, 1]"
    assert weights.shape == (2, 3)
    assert [str(term.expr) for term in weights.terms] == ["multiply(d_z@0[1, 0], x@0[0, 1])"]
    assert str(bias.target) == "d_theta@3[4]"
    assert not any(step.accumulate for step in code.backward)
    assert [x.name for x in code.gradients] == ["theta", "y", "h", "z"]


def test_a_matrix_product_gives_two_matrix_products():
    theta, c = parameters(2 * 3 + 3 * 4), value("c", 2, 4)
    a, b = View(theta, 0, (3, 0, 1)), View(theta, 6, (0, 1, 4))
    code = Code(theta, [], [root(c, i) for i in range(8)])
    code.forward = [Compute(whole(c), (2, 4), [Term(a * b, (3,))])]
    agree(code, lambda t: anp.ravel(t[:6].reshape(2, 3) @ t[6:].reshape(3, 4)), numbers(9, 18))
    for_a, for_b = code.backward
    assert (for_a.shape, for_a.terms[0].reduce) == ((2, 3), (4,))
    assert str(for_a.terms[0].expr) == "multiply(d_c@0[4, 0, 1], theta@6[0, 4, 1])"
    assert (for_b.shape, for_b.terms[0].reduce) == ((4, 3), (2,))
    assert str(for_b.terms[0].expr) == "multiply(d_c@0[1, 0, 4], theta@0[0, 1, 3])"


def test_dimensions_of_one_index_are_left_out():
    theta, y = parameters(3), value("y", 1, 3)
    code = Code(theta, [], [root(y, i) for i in range(3)])
    code.forward = [
        Compute(View(y, 0, (7, 1)), (1, 3), [Term(View(theta, 0, (5, 1, 9)) ** 2, (1,))])
    ]
    agree(code, lambda t: t**2, numbers(10, 3))
    assert (code.backward[0].shape, code.backward[0].terms[0].reduce) == ((3,), ())


def test_convolution_adds_up_where_windows_overlap():
    theta, image, out, y = parameters(5 + 3), value("image", 5), value("out", 3), value("y")
    windows, kernel = View(image, 0, (1, 1)), View(theta, 5, (0, 1))
    code = Code(theta, [], [root(y)])
    code.forward = [
        Compute(whole(image), (5,), [Term(ops.sin(View(theta, 0, (1,))))]),
        Compute(whole(out), (3,), [Term(windows * kernel, (3,))]),
        Compute(root(y), (), [Term(whole(out) ** 2, (3,))]),
    ]

    def function(t):
        image = anp.sin(t[:5])
        out = anp.array([image[i : i + 3] @ t[5:] for i in range(3)])
        return anp.array([anp.sum(out**2)])

    agree(code, function, numbers(11, 8))
    assert zeroed(code) == ["d_image"]


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_causal_attention_leaves_holes_alone(batch):
    n, d = 3, 2
    lower = np.tril(np.ones((n, n), bool))
    theta, x = parameters(2 * d), of_example("x", n, d)
    scores, powers, shares = (
        value(name, n, n, batched=True, mask=lower) for name in ("scores", "powers", "shares")
    )
    q, out = value("q", n, d, batched=True), value("out", n, d, batched=True)
    total, inverse = value("total", n, batched=True), value("inverse", n, batched=True)
    y = value("y", batched=True)
    code = Code(theta, [x], [root(y)])
    code.forward = [
        Compute(whole(q), (n, d), [Term(whole(x) * View(theta, 0, (0, 1)))]),
        Compute(whole(scores), (n, n), [Term(View(q, 0, (d, 0, 1)) * View(x, 0, (0, d, 1)), (d,))]),
        Compute(whole(powers), (n, n), [Term(ops.exp(whole(scores)))]),
        Compute(whole(total), (n,), [Term(View(powers, 0, (n, 1)), (n,))]),
        Compute(whole(inverse), (n,), [Term(whole(total) ** -1)]),
        Compute(whole(shares), (n, n), [Term(whole(powers) * View(inverse, 0, (1, 0)))]),
        Compute(
            whole(out), (n, d), [Term(View(shares, 0, (n, 0, 1)) * View(x, 0, (0, 1, d)), (n,))]
        ),
        Compute(root(y), (), [Term(whole(out) * View(theta, d, (0, 1)), (n, d))]),
    ]

    def one(t, x):
        total = 0.0
        for i in range(n):
            powers = anp.exp(x[: i + 1] @ (x[i] * t[:d]))
            total = total + (powers / anp.sum(powers)) @ x[: i + 1] @ t[d:]
        return total

    def function(t, x):
        return anp.reshape(anp.array([one(t, each) for each in x]), (batch, 1))

    runner = agree(code, function, numbers(12, 2 * d), numbers(13, batch, n, d))
    assert "mask(" not in str(code.backward)  # all of it stays plain products
    for buffer in (scores, powers, shares):
        assert not runner.read(buffer)[:, ~lower].any()
        assert not runner.read(code.gradients[buffer])[:, ~lower].any()


HARD = {
    "log": (ops.log, anp.log),
    "division": (lambda z: z**-1, lambda z: z**-1.0),
    "exp": (lambda z: ops.exp(1000.0 - 1000.0 * z), lambda z: anp.exp(1000.0 - 1000.0 * z)),
}


@pytest.mark.parametrize("formula", HARD)
def test_formulas_that_are_infinite_in_holes_do_no_harm(formula):
    hard, as_hips = HARD[formula]
    mask = np.array([[True, False], [True, True]])
    a, b = value("a", 2, 2, mask=mask), value("b", 2, 2, mask=mask)
    theta, y = parameters(4), value("y")
    code = Code(theta, [], [root(y)])
    code.forward = [
        Compute(whole(a), (2, 2), [Term(View(theta, 0, (1, 1)) ** 2 + 1.0)]),
        Compute(whole(b), (2, 2), [Term(hard(whole(a)) * View(theta, 2, (1, 0)))]),
        Compute(root(y), (), [Term(whole(b), (2, 2))]),
    ]

    def function(t):
        cells = [as_hips(t[i + j] ** 2 + 1.0) * t[2 + i] for i, j in [(0, 0), (1, 0), (1, 1)]]
        return anp.array([sum(cells)])

    agree(code, function, numbers(14, 4))


# Choices, look-ups and the irregular.


@pytest.mark.parametrize(("op", "scalar"), [(ops.maximum, maximum), (ops.minimum, minimum)])
def test_equal_extremes_share_as_they_do_one_by_one(op, scalar):
    table = np.array([[1.0, 2.0, 2.0, -2.0], [0.0, 0.0, 0.0, 0.0], [3.0, -1.0, 3.0, -1.0]])
    theta, z, y = parameters(12), value("z", 3), value("y")
    code = Code(theta, [], [root(y)])
    code.forward = [
        Extreme(op, whole(z), (3,), View(theta, 0, (4, 2, 1)), (2, 2)),
        Compute(root(y), (), [Term(whole(z) ** 3 + whole(z), (3,))]),
    ]
    differentiate(code)
    check(code)
    leaves = [[Value(x) for x in row] for row in table]
    total = Value(0.0)
    for a, b, c, d in leaves:
        z = scalar(scalar(scalar(a, b), c), d)
        total += z**3 + z
    total.backward()
    runner = ReferenceRunner(code)
    for _ in range(2):
        assert runner.forward(table.ravel(), []) == [total.data]
        slopes = [[x.grad for x in row] for row in leaves]
        np.testing.assert_allclose(runner.backward(np.ones(1)).reshape(3, 4), slopes, rtol=1e-15)
    assert isinstance(code.backward[-1], ExtremeGradient)
    assert zeroed(code) == ["d_theta"]


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_gather_reads_cells_twice_and_leaves_holes(batch):
    index = np.array([2, -1, 0, 2, -1, 1])
    mask = (index >= 0).reshape(2, 3)
    theta, x = parameters(3), of_example("x", 3)
    z, g = value("z", 3, batched=True), value("g", 2, 3, batched=True, mask=mask)
    y = value("y", 2, batched=True)
    code = Code(theta, [x], [root(y, 0), root(y, 1)])
    code.forward = [
        Compute(whole(z), (3,), [Term(whole(x) * whole(theta))]),
        Gather(g, z, index),
        Compute(whole(y), (2,), [Term(View(g, 0, (3, 1)) ** 2, (3,))]),
    ]

    def function(t, x):
        z = x * t
        return anp.stack([z[:, 2] ** 2 + z[:, 0] ** 2, z[:, 2] ** 2 + z[:, 1] ** 2], axis=1)

    runner = agree(code, function, numbers(15, 3), numbers(16, batch, 3))
    assert not runner.read(g)[:, ~mask].any()
    assert [type(step) for step in code.backward].count(Scatter) == 1


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_a_table_is_looked_up_by_data(batch):
    theta, which = parameters(8), Buffer("which", (2,), "index", batched=True)
    row, y = value("row", 2, 2, batched=True), value("y", 2, batched=True)
    table = View(theta, 0, (0, 1))
    code = Code(theta, [which], [root(y, 0), root(y, 1)])
    code.forward = [
        Take(whole(row), (2, 2), table, View(which, 0, (1, 0)), step=2, count=3),
        Compute(whole(y), (2,), [Term(whole(row) * View(theta, 6, (0, 1)), (2,))]),
    ]
    chosen = np.array([[0, 2], [1, 1], [2, 0]])[:batch]

    def function(t, which):
        return t[:6].reshape(3, 2)[which] @ t[6:]

    agree(code, function, numbers(17, 8), chosen)
    assert isinstance(code.backward[-1], Put)
    assert zeroed(code) == ["d_theta"]


# Which gradients there are, and how they start.


def test_only_what_parameters_reach_and_what_reaches_a_root_has_a_gradient():
    theta, x = parameters(2), of_example("x", 2)
    c = Buffer("c", (2,), "constant", data=np.array([2.0, -1.0]))
    fixed, dead = value("fixed", 2, batched=True), value("dead", 2)
    y = value("y", batched=True)
    code = Code(theta, [x], [root(y), root(fixed, 1), root(x, 0)])
    code.forward = [
        Compute(whole(fixed), (2,), [Term(ops.exp(whole(x)) * whole(c))]),
        Compute(whole(dead), (2,), [Term(whole(theta) * whole(c))]),
        Compute(root(y), (), [Term(whole(fixed) * whole(theta) * whole(c), (2,))]),
    ]

    def function(t, x):
        fixed = anp.exp(x) * np.array([2.0, -1.0])
        return anp.stack([fixed @ (t * np.array([2.0, -1.0])), fixed[:, 1], x[:, 0]], axis=1)

    agree(code, function, numbers(18, 2), numbers(19, 3, 2))
    assert [x.name for x in code.gradients] == ["theta", "y"]
    assert len(code.backward) == 1


def test_parameters_that_reach_no_root_have_gradient_zero():
    theta, x, y = parameters(2), of_example("x", 2), value("y", batched=True)
    code = Code(theta, [x], [root(y)], [Compute(root(y), (), [Term(whole(x), (2,))])])
    differentiate(code)
    check(code)
    runner = ReferenceRunner(code)
    np.testing.assert_array_equal(runner.forward(np.ones(2), [np.eye(2)]), [[1.0], [1.0]])
    np.testing.assert_array_equal(runner.backward(np.ones((2, 1))), [0.0, 0.0])


def test_roots_share_buffers_and_cells_and_may_be_parameters():
    theta, y = parameters(3), value("y", 3)
    code = Code(theta, [], [root(y, 2), root(theta, 1), root(y, 0), root(y, 2)])
    code.forward = [
        Compute(View(y, 0, (1,)), (2,), [Term(View(theta, 0, (1,)) ** 2)]),
        Compute(root(y, 2), (), [Term(View(y, 0, (1,)) * View(theta, 1, (1,)), (2,))]),
    ]

    def function(t):
        last = t[0] ** 2 * t[1] + t[1] ** 2 * t[2]
        return anp.array([last, t[1], t[0] ** 2, last])

    agree(code, function, numbers(20, 3))
    assert zeroed(code) == []  # the backend sets the gradients of roots


def test_a_recurrence_in_one_buffer():
    steps = 4
    theta, x, h = parameters(4 + 2), of_example("x", steps), value("h", steps, 2, batched=True)
    code = Code(theta, [x], [root(h, 2 * steps - 1)])
    for step in range(steps):
        now = Term(View(x, step, (0,)) * View(theta, 4, (1,)))
        before = Term(View(h, 2 * step - 2, (0, 1)) * View(theta, 0, (2, 1)), (2,))
        z = value(f"z{step}", 2, batched=True)
        code.forward += [
            Compute(whole(z), (2,), [now, before] if step else [now]),
            Compute(View(h, 2 * step, (1,)), (2,), [Term(ops.tanh(whole(z)))]),
        ]

    def function(t, x):
        h = np.zeros((len(x), 2))
        for step in range(steps):
            h = anp.tanh(x[:, step : step + 1] * t[4:] + h @ t[:4].reshape(2, 2).T)
        return h[:, 1:]

    agree(code, function, numbers(21, 6), numbers(22, 3, steps))


def test_a_gradient_starts_with_zero_only_where_contributions_overlap_in_part():
    theta, a, y = parameters(4), value("a", 4), value("y", 3)
    twice = [Term(View(a, 1, (1,)) ** 2, (2,))]
    code = Code(theta, [], [root(y, i) for i in range(3)])
    code.forward = [
        Compute(whole(a), (4,), [Term(ops.sin(whole(theta)))]),
        Compute(root(y, 0), (), [Term(whole(a) ** 3, (4,))]),
        Compute(root(y, 1), (), twice),
        Compute(root(y, 2), (), [Term(View(a, 0, (1,)), (4,))]),
    ]

    def function(t):
        a = anp.sin(t)
        return anp.array([anp.sum(a**3), a[1] ** 2 + a[2] ** 2, anp.sum(a)])

    agree(code, function, numbers(23, 4))
    assert zeroed(code) == []
    code.forward.insert(4, Compute(root(y, 2), (), [Term(View(a, 0, (3,)), (2,))], accumulate=True))

    def with_ends(t):
        return function(t) + anp.array([0.0, 0.0, anp.sin(t[0]) + anp.sin(t[3])])

    agree(code, with_ends, numbers(24, 4))
    assert zeroed(code) == ["d_a"]


def test_names_of_gradients_are_free():
    theta, y = parameters(2), value("d_theta", 2)
    code = Code(theta, [], [root(y, 0)], [Compute(whole(y), (2,), [Term(whole(theta) ** 2)])])
    agree(code, lambda t: t[:1] ** 2, numbers(27, 2))
    assert [x.name for x in code.gradients.values()] == ["d_theta_", "d_d_theta"]


# Programs by chance, against an interpreter that reads views by lists of cells.


class Chance:
    """A Code of a few instructions, made by chance: views of all kinds, holes, sums, a batch."""

    KINDS = ("view", "tanh", "sin", "*", "*", "+", "number")

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.theta, self.x = parameters(7), of_example("x", 5)
        self.known = [self.theta, self.x]
        self.code = Code(self.theta, [self.x], [])
        for number in range(4):
            self.step(number)
        self.code.roots = [
            root(buffer, self.random.randrange(buffer.size)) for buffer in self.known[1:]
        ]

    def shape(self):
        return tuple(self.random.randint(1, 3) for _ in range(self.random.randint(0, 2)))

    def view(self, space):
        buffer = self.random.choice(self.known)
        strides, low, high = [], 0, 0
        for count in space:
            stride = self.random.choice([0, 1, 1, 2, -1])
            end = stride * (count - 1)
            if max(high, high + end) - min(low, low + end) >= buffer.size:
                stride = end = 0
            low, high = low + min(end, 0), high + max(end, 0)
            strides.append(stride)
        return View(buffer, self.random.randint(-low, buffer.size - 1 - high), tuple(strides))

    def formula(self, space, depth=2):
        kind = self.random.choice(self.KINDS) if depth else "view"
        if kind == "view":
            return self.view(space)
        a = self.formula(space, depth - 1)
        if kind in ("tanh", "sin"):
            return ops.OPS[kind](a)
        b = self.formula(space, depth - 1) if kind in "*+" else self.random.uniform(-2.0, 2.0)
        return a + b if kind == "+" else a * b

    def terms(self, shape):
        for _ in range(self.random.randint(1, 3)):
            reduce = self.shape()
            yield Term(self.formula(shape + reduce), reduce)

    def step(self, number):
        shape = self.shape()
        mask = np.array(self.random.choices([True, True, False], k=int(np.prod(shape))), bool)
        mask = mask.reshape(shape) if self.random.random() < 0.5 else None
        target = value(f"v{number}", *shape, mask=mask)
        steps = [Compute(whole(target), shape, list(self.terms(shape)))]
        if self.random.random() < 0.4:  # more, of which some may fall on the same cell
            more = (*shape, 2)
            view = View(target, 0, (*whole(target).strides, 0))
            steps.append(Compute(view, more, list(self.terms(more)), accumulate=True))
        sources = {x for step in steps for x in sources_of(step)}
        target.batched = any(x.batched for x in sources) or self.random.random() < 0.2
        self.code.forward += steps
        self.known.append(target)


def by_cells(code, theta, x):
    """The roots of a Code of Computes, in arrays that HIPS autograd can follow."""
    arrays = {code.parameters: anp.reshape(theta, (1, -1)), code.inputs[0]: x}

    def evaluate(expr, space):
        if isinstance(expr, View):
            return arrays[expr.buffer][:, cells(expr, space)]
        if isinstance(expr, Apply):
            inputs = [evaluate(part, space) for part in expr.inputs]
            return HIPS[expr.op.name](*inputs)
        return expr

    for step in code.forward:
        target = step.target.buffer
        total = anp.zeros((len(x) if target.batched else 1, target.size))
        if step.accumulate:
            total = total + arrays[target]
        place = np.eye(target.size)[cells(step.target, step.shape).ravel()]
        if target.mask is not None:
            place = place * target.mask.ravel()
        for term in step.terms:
            found = evaluate(term.expr, step.shape + term.reduce)
            found = anp.sum(anp.reshape(found, (*found.shape[:1], len(place), -1)), axis=2)
            total = total + found @ place
        arrays[target] = total
    roots = [arrays[each.buffer][:, each.offset] for each in code.roots]
    return anp.stack([root + anp.zeros(len(x)) for root in roots], axis=1)


@pytest.mark.parametrize("seed", range(150))
def test_programs_by_chance(seed):
    code = Chance(seed).code

    def function(t, x):
        return by_cells(code, t, x) + 0.0 * anp.sum(t)

    agree(code, function, numbers(seed, 7), numbers(seed + 1, 3, 5))
