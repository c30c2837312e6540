"""The NumPy backend against the meaning of the array program, in plain loops."""

import math
import tracemalloc
from functools import reduce
from itertools import product

import numpy as np
import pytest

from glassgrad import ops
from glassgrad.backends.numpy_backend import NumpyRunner
from glassgrad.backends.numpy_formulas import Formulas
from glassgrad.backends.numpy_plan import Plan
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.lift.differentiate import differentiate
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Extreme,
    Gather,
    Take,
    Term,
    View,
    row_major,
    whole,
)
from glassgrad.lift.spec import check

UNARY = [ops.tanh, ops.sin, ops.relu, ops.sigmoid, ops.softplus, ops.gelu, ops.erf, ops.absolute]
POWERS = [ops.power_by(n) for n in (2, 2.0, 3, 4)]


class Maker:
    """Makes random programs that satisfy the spec."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.n_buffers = 0
        theta = Buffer("theta", (int(self.rng.integers(3, 12)),), "parameter")
        self.code = Code(theta)
        self.known = [theta]  # buffers whose cells all hold numbers
        self.index = Buffer("which", (3,), "index", batched=self.chance(0.5))
        for batched in [self.chance(0.7), False]:
            self.code.inputs.append(self.buffer(self.shape(3), "input", batched))
        self.known += self.code.inputs
        self.code.inputs.append(self.index)
        constant = self.buffer(self.shape(2), "constant", False)
        constant.data = self.rng.normal(size=constant.shape)
        self.known.append(constant)

    def chance(self, p):
        return bool(self.rng.random() < p)

    def pick(self, things):
        return things[int(self.rng.integers(len(things)))]

    def shape(self, most):
        return tuple(int(n) for n in self.rng.integers(1, 5, self.rng.integers(0, most + 1)))

    def buffer(self, shape, role, batched):
        self.n_buffers += 1
        return Buffer(f"b{self.n_buffers}", shape, role, batched)

    def view(self, space, buffer=None, room=None):
        """A look at some buffer, of any strides that stay inside."""
        buffer = buffer or self.pick(self.known)
        room = buffer.size if room is None else room
        choices = [0, 1, 1, -1, 2, 3, *row_major(buffer.shape), *row_major(space)]
        strides, low, high = [], 0, 0
        for n in space:
            stride = self.pick(choices)
            reach = stride * (n - 1)
            if max(high, high + reach) - min(low, low + reach) >= room:
                stride = reach = 0
            low, high = min(low, low + reach), max(high, high + reach)
            strides.append(stride)
        offset = -low + int(self.rng.integers(0, room - (high - low)))
        return View(buffer, offset, tuple(strides))

    def formula(self, space, depth):
        if depth == 0 or self.chance(0.2):
            return self.view(space)
        kind = self.rng.random()
        if kind < 0.45:
            return self.formula(space, depth - 1) * self.formula(space, depth - 1)
        if kind < 0.6:
            return self.formula(space, depth - 1) - self.formula(space, depth - 1)
        if kind < 0.7:
            return self.formula(space, depth - 1) * float(self.rng.normal())
        if kind < 0.9:
            return Apply(self.pick(UNARY + POWERS), (self.formula(space, depth - 1),))
        op = self.pick([ops.maximum, ops.minimum, ops.mask, ops.unless, ops.greater])
        return Apply(op, (self.formula(space, depth - 1), self.formula(space, depth - 1)))

    def holes(self, buffer):
        if self.chance(0.3) and buffer.size > 1:
            buffer.mask = self.rng.random(buffer.shape) < 0.7

    def target(self, shape, batched):
        """A new buffer, and a view of all of it with the dimensions in any order."""
        order = [int(axis) for axis in self.rng.permutation(len(shape))]
        buffer = self.buffer(tuple(shape[axis] for axis in order), "value", batched)
        strides = [0] * len(shape)
        for axis, stride in zip(order, row_major(buffer.shape), strict=True):
            strides[axis] = stride
        return View(buffer, 0, tuple(strides))

    def compute(self):
        shape = self.shape(3)
        terms = []
        for _ in range(self.rng.integers(1, 4)):
            reduce = self.shape(2) if self.chance(0.6) else ()
            expr = self.formula(shape + reduce, int(self.rng.integers(0, 4)))
            terms.append(Term(expr, reduce))
        if self.chance(0.2):
            terms.append(Term(float(self.rng.normal()), self.shape(1)))
        batched = any(getattr(term.expr, "batched", False) for term in terms) or self.chance(0.1)
        target = self.target(shape, batched)
        self.holes(target.buffer)
        return Compute(target, shape, terms)

    def extreme(self):
        shape, reduce = self.shape(2), self.shape(2)
        full = [buffer for buffer in self.known if buffer.mask is None]
        source = self.view(shape + reduce, self.pick(full))
        target = self.target(shape, source.buffer.batched)
        return Extreme(self.pick([ops.maximum, ops.minimum]), target, shape, source, reduce)

    def gather(self):
        source = self.pick(self.known)
        target = self.buffer(self.shape(3), "value", source.batched or self.chance(0.1))
        self.holes(target)
        index = self.rng.integers(0, source.size, target.size)
        if target.mask is not None:
            index[~target.mask.ravel()] = self.pick([-1, 0])
        return Gather(target, source, index)

    def take(self):
        count, step = int(self.rng.integers(1, 4)), int(self.rng.integers(1, 4))
        tables = [buffer for buffer in self.known if buffer.size > (count - 1) * step]
        if not tables:
            return self.gather()
        table = self.pick(tables)
        shape = (3, *self.shape(2))
        target = self.target(shape, table.batched or self.index.batched)
        look = self.view(shape, table, table.size - (count - 1) * step)
        if self.chance(0.5):  # rows
            look = View(table, look.offset, (0, *look.strides[1:]))
        which = View(self.index, self.pick([0, 2]), (0,) * len(shape))
        if which.offset == 0:
            which = View(self.index, 0, (1, *(0,) * (len(shape) - 1)))
        return Take(target, shape, look, which, step, count)

    def make(self):
        for _ in range(self.rng.integers(1, 7)):
            make = self.pick([self.compute] * 4 + [self.extreme, self.gather, self.take])
            instruction = make()
            self.code.forward.append(instruction)
            to = instruction.target
            buffer = to.buffer if isinstance(to, View) else to
            self.known.append(buffer)
        for _ in range(self.rng.integers(1, 4)):
            buffer = self.pick([*self.known[-3:], self.code.parameters])
            self.code.roots.append(View(buffer, int(self.rng.integers(buffer.size)), ()))
        differentiate(self.code)
        check(self.code)
        return self.code

    def arguments(self, batch):
        inputs = []
        for buffer in self.code.inputs:
            shape = (batch,) * buffer.batched + buffer.shape
            if buffer.role == "index":
                counts = [x.count for x in self.code.forward if isinstance(x, Take)]
                inputs.append(self.rng.integers(0, min(counts, default=1), shape))
            else:
                inputs.append(self.rng.normal(size=shape))
        return self.rng.normal(size=self.code.parameters.shape), inputs


def agree(code, runner, theta, inputs, seeds_of):
    """Both backends find the same in every buffer."""
    reference = ReferenceRunner(code)
    expected = reference.forward(theta, inputs)
    found = runner.forward(theta, inputs)
    assert found.shape == expected.shape
    same(found, expected)
    seeds = seeds_of(expected.shape)
    same(runner.backward(seeds), reference.backward(seeds))
    targets = [x.target for x in [*code.forward, *code.backward]]
    for buffer in {x.buffer if isinstance(x, View) else x for x in targets}:
        same(runner.read(buffer), reference.read(buffer))


def same(found, expected, tolerance=1e-12):
    size = np.abs(expected[np.isfinite(expected)]).max(initial=1e-3)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * size)


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed):
    maker = Maker(seed)
    code = maker.make()
    runner = NumpyRunner(code)
    for batch in (2, 0, 1, 7, 2):
        with np.errstate(all="ignore"):
            agree(code, runner, *maker.arguments(batch), lambda s: maker.rng.normal(size=s))


def one_instruction(instruction_of, n_parameters, shape):
    """A Code of one instruction into a buffer of this shape, with all of its cells as roots."""
    theta, out = Buffer("theta", (n_parameters,), "parameter"), Buffer("out", shape, "value")
    roots = [View(out, cell, ()) for cell in range(out.size)]
    code = Code(theta, [], roots, [instruction_of(theta, out)])
    differentiate(code)
    check(code)
    return code


INTERESTING = [0.0, -0.0, 1.0, -1.0, 0.5, 3.3, -3.3, 40.0, -40.0, 800.0, -800.0, 1e-5, 1e160]
INTERESTING += [1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize(
    "op",
    [*ops.OPS.values(), *map(ops.power_by, (0, 1, 2, 2.0, 3, 4, 5, -1, -2, -3, -4, -0.5, 1.5))],
    ids=lambda op: getattr(op, "name", None),
)
def test_operations_at_the_extremes(op, few):
    points = list(product(INTERESTING, repeat=op.arity))
    expected = [op.value(*point) for point in points]
    if few:  # as plain Python
        found = [value_at(op, [point])[0] for point in points]
    else:
        found = value_at(op, points * (1 + 100 // len(points)))[: len(points)]
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-300)


def value_at(op, points):
    def compute(theta, out):
        views = [View(theta, k, (op.arity,)) for k in range(op.arity)]
        return Compute(whole(out), out.shape, [Term(Apply(op, tuple(views)))])

    theta, out = Buffer("theta", (len(points) * op.arity,), "parameter"), None
    out = Buffer("out", (len(points),), "value")
    roots = [View(out, cell, ()) for cell in range(out.size)]
    code = Code(theta, [], roots, [compute(theta, out)])
    return NumpyRunner(code).forward(np.ravel(points), [])


def compare(code, theta):
    with np.errstate(all="ignore"):
        agree(code, NumpyRunner(code), theta, [], lambda shape: np.arange(1.0, shape[-1] + 1))


SIZES = [1, 2, 3, 5, 17, 40]


@pytest.mark.parametrize("strides", [(1, 0), (0, 1), (1, 1)], ids=["rows", "columns", "window"])
def test_matrix_products(strides):
    """All layouts of factors and result, with windows that overlap."""
    rng = np.random.default_rng(0)
    for n, m, k in rng.choice(SIZES, (12, 3)).tolist():
        left, right = rng.permutation([0, 1])[:2], rng.permutation([0, 1])[:2]
        a = [(k, 1), (1, n)][left[0]] if strides != (1, 1) else (1, 1)
        b = [(m, 1), (1, k)][right[0]]
        n_left = n * k if strides != (1, 1) else n + k - 1

        def product_of(theta, out, n=n, m=m, k=k, a=a, b=b, n_left=n_left):
            factor = View(theta, 0, (a[0], 0, a[1])) * View(theta, n_left, (0, b[1], b[0])) * 0.5
            target = View(out, 0, (m, 1) if strides[0] else (1, n))
            return Compute(target, (n, m), [Term(factor, (k,)), Term(1.0)])

        compare(
            one_instruction(product_of, n_left + k * m, (n * m,)), rng.normal(size=n_left + k * m)
        )


def test_gradients_of_windows():
    """9 shifted slices, or cell by cell where there would be too many slices."""
    for width, window in [(8, 3), (40, 3), (30, 12)]:
        rows = width - window + 1

        def windows(theta, out, width=width, window=window, rows=rows):
            image = View(theta, 0, (width, 1, width, 1))
            kernel = View(theta, width * width, (0, 0, window, 1))
            squares = Term(image**2 * kernel, (window, window))
            return Compute(whole(out), (rows, rows), [squares])

        code = one_instruction(windows, width**2 + window**2, (rows, rows))
        rng = np.random.default_rng(0)
        theta = rng.normal(size=code.parameters.shape)
        image, kernel = theta[: width**2].reshape(width, width), theta[width**2 :]
        looks = np.lib.stride_tricks.sliding_window_view(image, (window, window))
        runner = NumpyRunner(code)
        looks = looks.reshape(rows * rows, window * window)
        same(runner.forward(theta, []), looks**2 @ kernel)
        seeds = rng.normal(size=rows * rows)
        slopes = np.zeros((width, width))
        for i, j in product(range(window), range(window)):
            part = 2 * image[i : i + rows, j : j + rows] * kernel[i * window + j]
            slopes[i : i + rows, j : j + rows] += part * seeds.reshape(rows, rows)
        same(runner.backward(seeds), np.concatenate([slopes.ravel(), seeds @ looks**2]))


def test_gradients_that_each_fall_on_any_cell():
    """Windows whose copies a loop over slices would take too long for."""

    def windows(theta, out):
        return Compute(whole(out), (90, 80), [Term(View(theta, 0, (1, 1)) ** 3)])

    theta = np.random.default_rng(0).normal(size=169)
    runner = NumpyRunner(one_instruction(windows, 169, (90, 80)))
    runner.forward(theta, [])
    times = np.convolve(np.ones(90), np.ones(80))
    same(runner.backward(np.ones(7200)), 3 * theta**2 * times)


@pytest.mark.parametrize("op", [ops.maximum, ops.minimum])
@pytest.mark.parametrize("shape", [(), (3,), (40,)])
def test_shares_of_equal_numbers(op, shape):
    rng = np.random.default_rng(0)
    n = math.prod(shape)

    def extreme(theta, out):
        source = View(theta, 0, (*row_major((*shape, 6))[:-1], 3, 1))
        return Extreme(op, whole(out), shape, source, (2, 3))

    code = one_instruction(extreme, n * 6, shape)
    for _ in range(5):
        compare(code, rng.integers(0, 3, n * 6) * 1.0)
        compare(code, rng.choice([1.0, 2.0, math.inf, -math.inf, math.nan, -0.0, 0.0], n * 6))


def test_numbers_whose_extreme_is_a_hole_get_nothing():
    def extreme(theta, out):
        out.mask = np.array([True, False, True])
        return Extreme(ops.maximum, whole(out), (3,), View(theta, 0, (2, 1)), (2,))

    code = one_instruction(extreme, 6, (3,))
    runner = NumpyRunner(code)
    assert runner.forward([1.0, 2.0, 3.0, 4.0, 6.0, 5.0], []).tolist() == [2.0, 0.0, 6.0]
    slopes = runner.backward(np.array([10.0, 0.0, 30.0]))
    assert slopes.tolist() == [0.0, 10.0, 0.0, 0.0, 30.0, 0.0]


def test_sums_of_hundreds_of_terms():
    def scattered(theta, out):
        order = np.random.default_rng(0).permutation(500)
        terms = [Term(View(theta, int(k), (1,)) * (-1.0) ** int(k)) for k in order]
        return Compute(whole(out), (20,), terms)

    code = one_instruction(scattered, 520, (20,))
    theta = np.random.default_rng(0).normal(size=520)
    signs = (-1.0) ** np.arange(500)
    expected = np.array([signs @ theta[i : i + 500] for i in range(20)])
    same(NumpyRunner(code).forward(theta, []), expected)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("nested", [False, True])
def test_sums_of_equal_negative_terms(count, nested):
    x, out = Buffer("x", (3,), "input", True), Buffer("out", (), "value", True)
    a, b, c = (View(x, cell, ()) for cell in range(3))
    terms = [a * b * -1.0 for _ in range(count)] + [c]
    if nested:
        terms = [reduce(lambda x, y: Apply(ops.add, (x, y)), terms)]
    compute = Compute(whole(out), (), [Term(term) for term in terms])
    runner = NumpyRunner(Code(Buffer("theta", (0,), "parameter"), [x], [whole(out)], [compute]))
    numbers = np.array([[2.0, 3.0, 4.0], [5.0, 6.0, 7.0]])
    expected = [[4.0 - 6.0 * count], [7.0 - 30.0 * count]]
    assert runner.forward(np.zeros(0), [numbers]).tolist() == expected


def test_formulas_may_be_deep():
    def deep(theta, out):
        x = whole(theta)
        for _ in range(3000):
            x = Apply(ops.sin, (x,))
        return Compute(whole(out), (30,), [Term(x)])

    theta, out = Buffer("theta", (30,), "parameter"), Buffer("out", (30,), "value")
    roots = [View(out, cell, ()) for cell in range(30)]
    x = start = np.random.default_rng(0).normal(size=30)
    for _ in range(3000):
        x = np.sin(x)
    found = NumpyRunner(Code(theta, [], roots, [deep(theta, out)])).forward(start, [])
    np.testing.assert_array_equal(found, x)


def test_equal_parts_of_a_formula_are_computed_once():
    x = whole(Buffer("theta", (50,), "parameter"))
    for _ in range(60):  # 2**60 parts, were they not shared
        x = x * x + 0.5
    plan = Plan(1, {})
    Formulas(plan, (1, 50), [x]).value(x)
    assert len(plan.calls) == 2 * 60


def mlp():
    """2 inputs, 5 neurons, 1 output, over a batch."""
    theta, x = Buffer("theta", (21,), "parameter"), Buffer("x", (2,), "input", batched=True)
    z, h = (Buffer(name, (5,), "value", batched=True) for name in "zh")
    y = Buffer("y", (), "value", batched=True)
    product_1 = Term(View(theta, 0, (3, 1)) * View(x, 0, (0, 1)), (2,))
    product_2 = Term(View(theta, 15, (1,)) * View(h, 0, (1,)), (5,))
    forward = [
        Compute(whole(z), (5,), [product_1, Term(View(theta, 2, (3,)))]),
        Compute(whole(h), (5,), [Term(Apply(ops.tanh, (whole(z),)))]),
        Compute(whole(y), (), [product_2, Term(View(theta, 20, ()))]),
    ]
    code = Code(theta, [x], [whole(y)], forward)
    differentiate(code)
    return code


def test_a_network_over_batches_of_any_size():
    runner, rng = NumpyRunner(mlp()), np.random.default_rng(0)
    for batch in [4, 1, 0, 300, 4, 7, 8, 9, 10, 4]:  # more than are kept
        theta, x, seeds = (rng.normal(size=n) for n in (21, (batch, 2), (batch, 1)))
        w, b, v, c = theta[:15].reshape(5, 3)[:, :2], theta[2:15:3], theta[15:20], theta[20]
        h = np.tanh(x @ w.T + b)
        same(runner.forward(theta, [x]), (h @ v + c)[:, None])
        g = seeds * v * (1 - h**2)
        rows = np.column_stack([g.T @ x, g.sum(0)])
        expected = np.concatenate([rows.ravel(), (seeds * h).sum(0), seeds.sum(0)])
        same(runner.backward(seeds), expected)
        same(runner.read(runner.code.forward[1].target.buffer), h)


def test_results_stay_as_they_are_when_it_runs_again():
    runner = NumpyRunner(mlp())
    first = runner.forward(np.ones(21), [np.ones((3, 2))])
    gradient = runner.backward(np.ones((3, 1)))
    kept = first.copy(), gradient.copy()
    runner.forward(np.zeros(21), [np.zeros((3, 2))])
    runner.backward(np.zeros((3, 1)))
    np.testing.assert_array_equal(first, kept[0])
    np.testing.assert_array_equal(gradient, kept[1])


def test_a_run_allocates_next_to_nothing():
    runner, x = NumpyRunner(mlp()), np.ones((5000, 2))
    theta, seeds = np.ones(21), np.ones((5000, 1))
    runner.forward(theta, [x])
    runner.backward(seeds)
    tracemalloc.start()
    runner.forward(theta, [x])
    runner.backward(seeds)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 5000 * 8  # the roots that are given out; the hidden numbers are 5 times that


def test_arguments_of_the_wrong_shape_are_refused():
    runner = NumpyRunner(mlp())
    with pytest.raises(ValueError, match=r"shape \(3,\) came where \(21,\) belongs"):
        runner.forward(np.ones(3), [np.ones((4, 2))])
    with pytest.raises(ValueError, match=r"shape \(4, 3\) came where \(4, 2\) belongs"):
        runner.forward(np.ones(21), [np.ones((4, 3))])


def test_differentiate_comes_before_backward():
    y = Buffer("y", (), "value")
    theta = Buffer("theta", (3,), "parameter")
    code = Code(theta, [], [whole(y)], [Compute(whole(y), (), [Term(whole(theta), (3,))])])
    runner = NumpyRunner(code)
    runner.forward(np.ones(3), [])
    with pytest.raises(RuntimeError, match="differentiate comes first"):
        runner.backward(np.ones(1))
    differentiate(code)
    assert runner.backward(np.ones(1)).tolist() == [1.0, 1.0, 1.0]


def test_forward_comes_first():
    with pytest.raises(RuntimeError, match="forward comes first"):
        NumpyRunner(mlp()).backward(np.ones((1, 1)))
