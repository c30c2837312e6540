"""The NumPy backend against the meaning of the array program, in plain loops."""

import numpy as np
import pytest

from glassgrad import ops
from glassgrad.backends.numpy_backend import NumpyRunner
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
        op = self.pick([ops.maximum, ops.minimum, ops.mask, ops.greater])
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
    size = np.abs(expected[np.isfinite(expected)]).max(initial=1e-300)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * size)


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed):
    maker = Maker(seed)
    code = maker.make()
    runner = NumpyRunner(code)
    for batch in (2, 0, 1, 7, 2):
        with np.errstate(all="ignore"):
            agree(code, runner, *maker.arguments(batch), lambda s: maker.rng.normal(size=s))
