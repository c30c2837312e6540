"""Random programs to lift: scalar ones over every operation, and nests of loops over lists.

Each is a `Case`: a function of one example, as a user writes it, with its parameters and a batch
of examples. `agree` says whether it, lifted, gives the numbers of the graph.
"""

from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise, product
from math import isfinite, prod
from random import Random

import numpy as np
from programs import as_user
from reference import is_smooth

from glassgrad import Value, greater, maximum, minimum, no_grad, ops, take, topological_order, where
from glassgrad.backends.numpy_backend import NumpyRunner
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.lift.flatten import order_of
from glassgrad.lift.lifted import Lifted
from glassgrad.lift.spec import check
from glassgrad.lift.text.source import constants_of, source
from glassgrad.lift.trace import trace
from glassgrad.ops import OPS

EXAMPLES = 7


@dataclass
class Case:
    """function: of an example's numbers x and whole numbers n, gives Values and numbers.

    settings: two lists of numbers for the parameters. x, n: 7 examples, None if it takes none.
    """

    function: Callable[..., list]
    settings: list[list[float]]
    parameters: list[Value]
    x: np.ndarray | None = None
    n: np.ndarray | None = None

    @property
    def arrays(self) -> list[np.ndarray]:
        return [array for array in (self.x, self.n) if array is not None]

    def example(self, number: int) -> list[list]:
        """The arguments for one example, for eager use: Values, and plain whole numbers."""
        given = []
        if self.x is not None:
            given.append([Value(x) for x in self.x[number].tolist()])
        if self.n is not None:
            given.append(self.n[number].tolist())
        return given


def agree(case: Case, seed: int = 0, slow: bool = False) -> None:
    """The lifted program satisfies the spec and gives the values and gradients of the graph.

    It does so for batches of several sizes, and for two settings of the parameters. slow: run the
    plain loops too.
    """
    for parameter, number in zip(case.parameters, case.settings[0], strict=True):
        parameter.data = number
    traced = trace(case.function, case.arrays, case.parameters)
    assert traced.notices == []
    lifted = Lifted(traced, {p: f"p{i}" for i, p in enumerate(case.parameters)})
    check(lifted.code)
    lifted.differentiate()
    check(lifted.code)
    rng = np.random.default_rng(seed)
    batches = [7, 0, 1, 2] if case.arrays else [1]
    seeds = rng.normal(size=(EXAMPLES, len(traced.roots)))
    find_again(lifted, case)
    for setting in case.settings:
        eager = [Eager(case, setting, k, seeds[k]) for k in range(max(batches))]
        if any(example.at_a_kink for example in eager):
            continue
        for batch in batches:
            runners = [NumpyRunner(lifted.code)]  # the first of them runs for all batches
            if slow and batch <= 2:
                runners.append(ReferenceRunner(lifted.code))
            for runner in runners:
                compare(runner, eager[:batch], case, setting, seeds[:batch])


def find_again(lifted: Lifted, case: Case) -> None:
    """Every number of the traced graph, that of the first example, is where `where` says."""
    lifted.forward(
        np.array(case.settings[0], np.float64), [case.arrays[k] for k in lifted.traced.feeds]
    )
    nodes = order_of(lifted.traced.roots)
    size = max(1.0, *(abs(node.data) for node in nodes))
    arrays = {}
    for node in nodes:
        place = lifted.where(node)
        if place is None or place.part:
            continue
        if place.name not in arrays:
            array = lifted.read(place.name)
            arrays[place.name] = array[0] if lifted.buffers[place.name].batched else array
        assert abs(arrays[place.name][place.index] - node.data) <= 1e-12 * size


def text_agrees(case: Case) -> None:
    """The text of the program, when it is run, gives the numbers of the NumPy backend."""
    for parameter, number in zip(case.parameters, case.settings[0], strict=True):
        parameter.data = number
    traced = trace(case.function, case.arrays, case.parameters)
    lifted = Lifted(traced, {p: f"p{i}" for i, p in enumerate(case.parameters)})
    lifted.differentiate()
    module = {"CONSTANTS": constants_of(lifted.code)}
    exec(source(lifted.code), module)
    theta = np.array(case.settings[1], np.float64)
    arrays = [case.arrays[k] for k in traced.feeds]
    eager = [Eager(case, case.settings[1], k, np.ones(len(traced.roots))) for k in range(EXAMPLES)]
    size = max(example.size for example in eager)
    slope = max(example.slope for example in eager)
    for batch in [7, 1, 2] if arrays else [1]:
        given = [array[:batch] for array in arrays]
        runner = NumpyRunner(lifted.code)
        expected = runner.forward(theta, given)
        seeds = np.full(expected.shape, 1.0 / expected.size)  # one result: the mean is meant
        chosen = [seeds] if len(traced.roots) > 1 else []
        with np.errstate(all="ignore"):  # in holes anything may happen
            found = np.reshape(module["forward"](theta, *given), expected.shape)
            _, gradient = module["value_and_grad"](theta, *given, *chosen)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * size)
        atol = 1e-12 * slope * size
        np.testing.assert_allclose(gradient, runner.backward(seeds), rtol=0, atol=atol)


class Eager:
    """One example by the graph: values, the gradient of their sum with weights, and sizes."""

    def __init__(self, case: Case, setting: list[float], number: int, seeds: np.ndarray) -> None:
        for parameter, x in zip(case.parameters, setting, strict=True):
            parameter.data, parameter.grad = x, 0.0
        roots = [
            root if isinstance(root, Value) else Value(root)
            for root in case.function(*case.example(number))
        ]
        total = sum((w * root for w, root in zip(seeds.tolist(), roots, strict=True)), Value(0.0))
        total.backward()
        nodes = topological_order(total)
        self.values = [root.data for root in roots]
        self.gradient = [parameter.grad for parameter in case.parameters]
        self.size = max(1.0, *(abs(node.data) for node in nodes))
        self.slope = max(1.0, *(abs(node.grad) for node in nodes))
        self.at_a_kink = any(map(is_at_kink, nodes))


KINKED = {ops.maximum, ops.minimum, ops.greater}
KINKED_AT_0 = {ops.relu, ops.absolute, ops.sign, ops.step, ops.mask, ops.unless}


def is_at_kink(node: Value) -> bool:
    """Whether rounding may decide on which side of a kink it is."""
    rule = node._rule
    if rule in KINKED:
        return 0 < abs(node._left.data - node._right.data) < 1e-9
    return rule in KINKED_AT_0 and 0 < abs(node._left.data) < 1e-9


def compare(runner, eager, case, setting, seeds) -> None:
    """Values and gradient of a batch, to 12 digits of the largest number on the way."""
    theta = np.array(setting, np.float64)
    n_roots = seeds.shape[1]
    given = [array[: len(eager)] for array in case.arrays]
    shape = (len(eager), n_roots) if case.arrays else (n_roots,)
    found = runner.forward(theta, given)
    assert found.shape == shape
    size = max([1.0, *(example.size for example in eager)])
    expected = np.array([example.values for example in eager]).reshape(shape)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * size)
    gradient = runner.backward(seeds.reshape(shape))
    slope = max([1.0, *(example.slope for example in eager)])
    expected = np.array([example.gradient for example in eager])
    expected = expected.reshape(len(eager), len(theta)).sum(axis=0)
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-12 * slope * size)


# Scalar programs.

SPECIAL = [0.0, 1.0, -0.0, -1.0, 0.0, 1.0, 2.0, 0.5]
EXPONENTS = [2, 3, -1, -2, 0.5, -0.5, 2.0, 1, 0, 1.5]


@dataclass
class Scalars:
    """A scalar program that grows step by step, each of them tried on all examples first."""

    random: Random
    n_parameters: int
    n_inputs: int
    n_indexes: int
    steps: list[tuple] = field(default_factory=list)

    def __post_init__(self) -> None:
        uniform = self.random.uniform
        settings = [[uniform(-2, 2) for _ in range(self.n_parameters)] for _ in range(2)]
        x = np.array([[uniform(-2, 2) for _ in range(self.n_inputs)] for _ in range(EXAMPLES)])
        n = np.array([[self.random.randrange(3) for _ in range(self.n_indexes)] for _ in range(7)])
        self.constants = [self.number() for _ in range(self.random.randrange(5))]
        self.case = Case(self.function, settings, [Value(0.0) for _ in settings[0]])
        self.case.x = x if self.n_inputs else None
        self.case.n = n.astype(int) if self.n_indexes else None
        self.rows = [  # of what there is so far, for each example
            [Value(p) for p in setting]
            + [Value(float(v)) for v in row]
            + list(map(Value, self.constants))
            for setting in settings
            for row in x.reshape(EXAMPLES, self.n_inputs)
        ]
        self.n = [row.tolist() for _ in settings for row in n.reshape(EXAMPLES, self.n_indexes)]
        self.roots: list[int] = []

    def function(self, *given):
        given = list(given)
        x = given.pop(0) if self.n_inputs else []
        n = given.pop(0) if self.n_indexes else []
        results = [*self.case.parameters, *x, *map(Value, self.constants)]
        for step in self.steps:
            results.append(do(step, results, n))
        return [results[root] for root in self.roots]

    def number(self) -> float:
        return self.random.choice([*SPECIAL, self.random.uniform(-3, 3)])

    def grow(self, n_steps: int) -> Case:
        tries = 0
        with no_grad():
            while len(self.steps) < n_steps and tries < 20 * n_steps:
                tries += 1
                self.try_step(self.step())
        n = len(self.rows[0])
        if n == 0:
            self.constants.append(1.0)
            n = 1
        some = self.random.choices(range(n), k=self.random.choice([0, 0, 1, 2]))
        self.roots = [*some, n - 1]
        return self.case

    def place(self) -> int:
        n = len(self.rows[0])
        return max(self.random.randrange(n), self.random.randrange(n))

    def input(self) -> int | float:
        return self.number() if self.random.random() < 0.15 else self.place()

    def step(self) -> tuple:
        random = self.random
        if not self.rows[0]:
            return ("constant", self.number())
        kind = random.randrange(20)
        if kind == 0 and self.steps:
            return random.choice(self.steps)
        if kind == 1:
            return ("**", str(random.choice(EXPONENTS)), self.place())
        if kind == 2 and self.n_indexes:
            return (
                "take",
                str(random.randrange(self.n_indexes)),
                *(self.input() for _ in range(3)),
            )
        if kind == 3:
            return ("where", *(self.input() for _ in range(4)))
        if kind == 4:
            return ("-", self.input(), self.place())
        if kind == 5:
            return ("/", self.input(), self.place())
        if kind in (6, 7, 8):
            return ("sum", *(self.input() for _ in range(random.randrange(1, 8))))
        if kind in (9, 10):
            pairs = [(self.place(), self.input()) for _ in range(random.randrange(1, 6))]
            return ("dot", *(x for pair in pairs for x in pair))
        if kind == 11:
            name = random.choice(["maximum of", "minimum of"])
            return (name, *(self.place() for _ in range(random.randrange(2, 6))))
        name = random.choice(sorted(OPS))
        inputs = [self.input() for _ in OPS[name].domain]
        if all(isinstance(x, float) for x in inputs):
            inputs[0] = self.place()
        return (name, *inputs)

    def try_step(self, step: tuple) -> None:
        if not all(is_inside(step, row) for row in self.rows):
            return
        found = [do(step, row, n) for row, n in zip(self.rows, self.n, strict=True)]
        if all(isfinite(x.data) and abs(x.data) < 6 for x in found):
            self.steps.append(step)
            for row, x in zip(self.rows, found, strict=True):
                row.append(x)


def is_inside(step: tuple, row: list[Value]) -> bool:
    """Whether all inputs are in the domain of the operation, and clear of its kinks."""
    name, *inputs = step
    inputs = [x for x in inputs if not isinstance(x, str)]
    numbers = [row[x].data if isinstance(x, int) else x for x in inputs]
    alike = len(set(inputs)) < len(inputs)  # then both are equal, lifted or not
    match name:
        case "constant" | "-" | "sum" | "dot" | "take":
            return True
        case "**":
            return 0.2 < numbers[0] < 3
        case "/":
            return abs(numbers[1]) > 0.2
        case "where":
            return alike or is_smooth("greater", numbers[:2])
        case "maximum of" | "minimum of":
            ordered = sorted(dict(zip(inputs, numbers, strict=True)).values())
            return all(b - a > 0.01 for a, b in pairwise(ordered))
        case _:
            low_high = zip(numbers, OPS[name].domain, strict=True)
            return all(low < x < high for x, (low, high) in low_high) and (
                is_smooth(name, numbers) or (alike and name not in ("mask", "unless"))
            )


def do(step: tuple, results: list[Value], n: list[int]) -> Value:
    """A step as a user writes it."""
    name, *inputs = step
    if name == "constant":
        return Value(inputs[0])
    if name == "**":
        return results[inputs[1]] ** literal_eval(inputs[0])
    if name == "take":
        which, *inputs = inputs
    xs = [results[x] if isinstance(x, int) else x for x in inputs]
    match name:
        case "take":
            return value(take(xs, n[int(which)]))
        case "where":
            return value(where(greater(xs[0], xs[1]), xs[2], xs[3]))
        case "-":
            return xs[0] - xs[1]
        case "/":
            return xs[0] / xs[1]
        case "sum":
            return value(sum(xs))
        case "dot":
            return value(sum(a * b for a, b in zip(xs[::2], xs[1::2], strict=True)))
        case "maximum of":
            return reduce(maximum, xs)
        case "minimum of":
            return reduce(minimum, xs)
        case _:
            return value(as_user(name, *xs))


def value(x) -> Value:
    return x if isinstance(x, Value) else Value(x)


def scalar_program(seed: int, n_steps: int) -> Case:
    random = Random(seed)
    sizes = random.randrange(5), random.randrange(4), random.choice([0, 0, 1, 2])
    return Scalars(random, *sizes).grow(n_steps)


# Structured programs: loops over lists of lists, as networks are written.


@dataclass
class Tensor:
    """Numbers of a shape, in row-major order; some may be plain floats."""

    shape: tuple[int, ...]
    cells: list

    def __getitem__(self, index: tuple[int, ...]):
        place = 0
        for i, n in zip(index, self.shape, strict=True):
            place = place * n + i
        return self.cells[place]


class Loops:
    """A program of nested loops: the same choices each time it runs, whatever the numbers are."""

    def __init__(self, seed: int, n_steps: int) -> None:
        random = Random(seed)
        self.seed, self.n_steps = seed, n_steps
        self.shapes = [self.shape(random) for _ in range(random.randrange(1, 4))]
        self.input_shape = self.shape(random) if random.random() < 0.7 else None
        n_indexes = random.choice([0, 0, 1, 3])
        count = sum(map(prod, self.shapes))
        settings = [[random.uniform(-2, 2) for _ in range(count)] for _ in range(2)]
        self.case = Case(self.function, settings, [Value(0.0) for _ in range(count)])
        rng = np.random.default_rng(seed)
        if self.input_shape is not None:
            self.case.x = rng.uniform(-2, 2, (EXAMPLES, prod(self.input_shape)))
        if n_indexes:
            self.case.n = rng.integers(0, 2, (EXAMPLES, n_indexes))

    @staticmethod
    def shape(random: Random) -> tuple[int, ...]:
        return tuple(random.choice([1, 2, 3, 3, 4, 5]) for _ in range(random.randrange(1, 4)))

    def function(self, *given):
        self.random = Random(self.seed)
        given, parameters = list(given), iter(self.case.parameters)
        self.known = [Tensor(s, [next(parameters) for _ in range(prod(s))]) for s in self.shapes]
        if self.case.x is not None:
            self.known.append(Tensor(self.input_shape, list(given.pop(0))))
        self.n = list(given.pop(0)) if self.case.n is not None else []
        data = self.shape(self.random)
        numbers = [self.random.choice([0.0, 1.0, 0.5, -1.5]) for _ in range(prod(data))]
        self.known.append(Tensor(data, numbers))
        kinds = [
            self.contract, self.contract, self.contract, self.contract, self.contract,
            self.each, self.each, self.soft, self.extreme, self.recurrence, self.reorder,
            self.join, self.norm, self.prefix, self.attend, self.ragged,
        ]  # fmt: skip
        if self.n:
            kinds += [self.look_up, self.look_up]
        for _ in range(self.n_steps):
            made = self.random.choice(kinds)()
            self.known.append(made)
        last = self.known[-1]
        if self.random.random() < 0.3:
            return self.random.choices(last.cells, k=self.random.choice([1, 2, 7]))
        results = self.known[-self.random.randrange(1, 4) :]
        total = 0
        for tensor in results:
            for cell in tensor.cells:
                total = total + cell * cell
        return [total]

    def pick(self) -> Tensor:
        n = len(self.known)
        return self.known[max(self.random.randrange(n), self.random.randrange(n))]

    def wave(self, x):
        """Keeps numbers small, and none of them special."""
        return value(x).tanh() if self.random.random() < 0.9 else value(x).sin()

    def order(self, *counts: int) -> list[tuple[int, ...]]:
        """The order in which loops go over an index space."""
        found = list(product(*map(range, counts)))
        kind = self.random.randrange(8)
        if kind == 0:
            found.reverse()
        elif kind == 1:
            self.random.shuffle(found)
        elif kind == 2:  # the last loop is the outermost
            found = [index[::-1] for index in product(*map(range, counts[::-1]))]
        return found

    def along(self, n: int, counts: list[int]) -> Callable[[tuple[int, ...]], int]:
        """Which of n is meant at an index of the loops; -1 and n or more where there is none."""
        random = self.random
        kind = random.randrange(12)
        fits = [axis for axis, count in enumerate(counts) if count <= n]
        if kind < 6 and fits:
            axis = random.choice(fits)
            off = random.randrange(n - counts[axis] + 1)
            if kind == 5:
                return lambda index: n - 1 - off - index[axis]
            return lambda index: off + index[axis]
        axis = random.randrange(len(counts))
        if kind == 6:
            table = [random.randrange(n) for _ in range(counts[axis])]
            return lambda index: table[index[axis]]
        if kind == 7:
            table = list(range(n))
            random.shuffle(table)
            return lambda index: table[index[axis] % n]
        if kind == 8:
            return lambda index: index[axis] * 2
        if kind == 9:
            other, shift = random.randrange(len(counts)), random.choice([0, 0, -1, -2])
            return lambda index: index[axis] + index[other] + shift
        if kind == 10:
            step, other = random.choice([2, 1]), random.randrange(len(counts))
            return lambda index: index[axis] * step - index[other]
        fixed = random.randrange(n)
        return lambda index: fixed

    def look(self, counts: list[int], wraps: bool) -> Callable[[tuple[int, ...]], object]:
        """A number of some tensor at each index of the loops, None outside of it."""
        tensor = self.pick()
        axes = [self.along(n, counts) for n in tensor.shape]

        def at(index):
            found = [axis(index) for axis in axes]
            if wraps:
                found = [i % n for i, n in zip(found, tensor.shape, strict=True)]
            if all(0 <= i < n for i, n in zip(found, tensor.shape, strict=True)):
                return tensor[tuple(found)]
            return None

        return at

    def contract(self) -> Tensor:
        """Sums of products, such as matrix products and convolutions."""
        random = self.random
        shape = self.shape(random)[: random.choice([1, 2, 2, 3])]
        inner = [random.choice([1, 2, 3, 3, 4, 7]) for _ in range(random.choice([0, 1, 1, 1, 2]))]
        counts = [*shape, *inner]
        factors = [
            self.look(counts, random.random() < 0.5) for _ in range(random.choice([1, 2, 2, 2, 3]))
        ]
        bias = self.look(counts, True) if random.random() < 0.4 else None
        keep = random.choice(["all"] * 4 + ["triangle", "prefix", "random"])
        dropped = {index for index in product(*map(range, counts)) if random.random() < 0.3}
        scale = random.choice(
            [1, 1, 1, -1.0, 0.5, 1 / 3, [random.uniform(-1, 1) for _ in range(9)]]
        )
        style = random.choice(["plus", "sum", "bias first", "zero"])
        activate = random.choice([self.wave, self.wave, lambda x: x * 0.3, None])
        cells = {}
        for index in self.order(*shape):
            total = Value(0.0) if style == "zero" else 0
            if style == "bias first" and bias is not None:
                total = total + bias(index + (0,) * len(inner))
            parts = []
            for k in self.order(*inner):
                xs = [factor(index + k) for factor in factors]
                if any(x is None for x in xs):
                    continue
                if keep == "triangle" and k and k[0] > index[0]:
                    continue
                if keep == "prefix" and k and k[0] > index[-1] + 1:
                    continue
                if keep == "random" and index + k in dropped:
                    continue
                part = reduce(lambda a, b: a * b, xs)
                factor = scale[k[0] if k else 0] if isinstance(scale, list) else scale
                part = part if factor == 1 else part * factor
                parts.append(part)
                if style != "sum":
                    total = total + part
            if style == "sum":
                total = sum(parts)
            if bias is not None and style != "bias first":
                total = total + bias(index + (0,) * len(inner))
            cells[index] = total
        found = [cells[index] for index in product(*map(range, shape))]
        if activate is None and len(inner) < 2:
            return Tensor(shape, [x * 0.25 for x in found])
        return Tensor(shape, [(activate or self.wave)(x) for x in found])

    def each(self) -> Tensor:
        """An operation for each number, or for each two."""
        a = self.pick()
        look = self.look(list(a.shape), True)
        name = self.random.choice(
            ["tanh", "sin", "relu", "sigmoid", "softplus", "gelu", "cos", "exp", "power",
             "sum", "product", "difference", "quotient", "maximum", "minimum", "where", "square"]
        )  # fmt: skip
        found = {}
        for index in self.order(*a.shape):
            x = value(a[index])
            y = look(index)
            match name:
                case "sum":
                    made = x * 0.5 + y
                case "product":
                    made = x * y * 0.5
                case "difference":
                    made = x - y
                case "quotient":
                    made = x / (y * y + 0.7)
                case "power":
                    made = (x * x + 0.3) ** -0.5
                case "square":
                    made = x**2
                case "exp":
                    made = x.tanh().exp()
                case "maximum" | "minimum":
                    made = (maximum if name == "maximum" else minimum)(x, y)
                case "where":
                    made = value(where(greater(x, y), x * y, x.sin()))
                case _:
                    made = getattr(x, name)()
            found[index] = made
        tame = name in ("sum", "product", "difference", "quotient", "power", "square")
        cells = [found[index] for index in product(*map(range, a.shape))]
        return Tensor(a.shape, [self.wave(x) for x in cells] if tame else cells)

    def rows(self) -> list[list]:
        """A tensor as rows along its last axis."""
        a = self.pick()
        n = a.shape[-1]
        return [a.cells[start : start + n] for start in range(0, len(a.cells), n)]

    def soft(self) -> Tensor:
        rows = self.rows()
        style = self.random.randrange(3)
        found = []
        for row in rows:
            row = list(map(value, row))
            if style == 0:
                largest = reduce(maximum, row)
                row = [x - largest for x in row]
            powers = [x.tanh().exp() if style == 1 else x.exp() for x in row]
            total = sum(powers)
            found += [power / total for power in powers]
        return Tensor((len(rows), len(rows[0])), found)

    def extreme(self) -> Tensor:
        """The largest or smallest of rows, of parts of rows, or of windows."""
        rows = self.rows()
        kind = self.random.randrange(4)
        op = self.random.choice([maximum, minimum])
        found = []
        if kind == 0 and len(rows[0]) > 1:
            found = [[reduce(op, pair) for pair in pairwise(row)] for row in rows]
        elif kind == 1:
            found = [[reduce(op, row[: i % len(row) + 1])] for i, row in enumerate(rows)]
        elif kind == 2:
            found = [[reduce(op, column)] for column in zip(*rows, strict=True)]
        else:
            found = [[reduce(op, row)] for row in rows]
        return Tensor((len(found), len(found[0])), [value(x) for row in found for x in row])

    def recurrence(self) -> Tensor:
        """States one after another, of the inputs and the last state."""
        random = self.random
        xs = self.rows()
        width, steps = random.choice([1, 2, 3]), random.choice([2, 3, len(xs)])
        weights, back = self.pick(), self.pick()
        first = random.choice([0.0, 0.5])
        h = [Value(first)] * width if random.random() < 0.5 else [first] * width
        states = []
        gated = random.random() < 0.3
        for t in range(steps):
            x = xs[t % len(xs)]
            new = []
            for i in range(width):
                total = sum(
                    weights.cells[(i + k) % len(weights.cells)] * x[k] for k in range(len(x))
                )
                for k in range(width):
                    total = total + back.cells[(i * width + k) % len(back.cells)] * h[k]
                new.append(value(total).tanh())
            if gated:
                new = [
                    (1 - a * a) * b + a * a * c for a, b, c in zip(new, h, new[::-1], strict=True)
                ]
            h = new
            states += h
        return Tensor((steps, width), states)

    def reorder(self) -> Tensor:
        """Some numbers of a tensor: slices, transposes, permutations, repetitions."""
        a = self.pick()
        kind = self.random.randrange(5)
        if kind == 0:
            return Tensor(a.shape, a.cells[::-1])
        if kind == 1:
            shape = a.shape[::-1]
            return Tensor(shape, [a[index[::-1]] for index in product(*map(range, shape))])
        if kind == 2:
            cells = a.cells[self.random.randrange(2) :: 2] or a.cells
            return Tensor((len(cells),), cells)
        if kind == 3:
            cells = self.random.choices(a.cells, k=self.random.randrange(1, 8))
            return Tensor((len(cells),), cells)
        cells = self.random.sample(a.cells, len(a.cells))
        return Tensor((len(cells),), cells)

    def join(self) -> Tensor:
        """Two lists behind one another, or by turns."""
        a, b = self.pick().cells, self.pick().cells
        if self.random.random() < 0.3:
            cells = [x for pair in zip(a, b, strict=False) for x in pair]
        else:
            cells = [*a, *b]
        return Tensor((len(cells),), cells)

    def norm(self) -> Tensor:
        found, style = [], self.random.randrange(3)
        rows = self.rows()
        for row in rows:
            mean = sum(row) / len(row) if style else 0.0
            variance = sum((x - mean) ** 2 for x in row) / len(row)
            scale = value(variance + 0.1) ** (-0.5 if style < 2 else 0.5)
            found += [value((x - mean) * scale if style < 2 else (x - mean) / scale) for x in row]
        return Tensor((len(rows), len(rows[0])), found)

    def prefix(self) -> Tensor:
        """Running totals, each of them used, or written out anew."""
        found, rows = [], self.rows()
        other = self.pick().cells
        again = self.random.random() < 0.5
        for row in rows:
            products = [x * other[i % len(other)] for i, x in enumerate(row)]
            total = 0
            for i, x in enumerate(products):
                total = sum(row[: i + 1]) if again else total + x
                found.append(self.wave(total))
        return Tensor((len(rows), len(rows[0])), found)

    def attend(self) -> Tensor:
        """Each row attends to the rows before it, or to all, as in a transformer."""
        rows, random = self.rows()[:5], self.random
        keys = rows if random.random() < 0.7 else self.rows()[:5]
        causal, largest = random.random() < 0.6, random.random() < 0.3
        n = min(len(rows[0]), len(keys[0]))
        found = []
        for i, row in enumerate(rows):
            seen = keys[: i + 1] if causal else keys
            logits = [sum(a * b for a, b in zip(row[:n], key[:n], strict=True)) / n for key in seen]
            if largest:
                top = reduce(maximum, logits)
                logits = [x - top for x in logits]
            powers = [value(x).exp() for x in logits]
            total = sum(powers)
            weights = [power / total for power in powers]
            found += [
                value(sum(w * k[j] for w, k in zip(weights, seen, strict=True))) for j in range(n)
            ]
        return Tensor((len(rows), n), found)

    def ragged(self) -> Tensor:
        """For each position something of the 1, 2, 3 ... positions so far, or of those after it."""
        random = self.random
        a, b = self.rows()[:6], self.rows()[:6]
        n, length = min(len(a[0]), len(b[0])), min(len(a), len(b))
        kind = random.choice(["maximum", "minimum", "both", "sum", "share", "square"])
        begins, reverse = random.choice([0, 0, 1]), random.random() < 0.2
        heads = [range(n)] if random.random() < 0.6 else [[j] for j in range(n)]
        found = []
        for i in range(length):
            positions = range(i, length) if reverse else range(max(0, i - 3) * begins, i + 1)
            for head in heads:
                scores = [value(sum(a[i][j] * b[k][j] for j in head)).tanh() for k in positions]
                if kind == "both":
                    made = reduce(maximum, scores) - reduce(minimum, scores)
                elif kind == "share":
                    made = scores[0] / (sum(x * x for x in scores) + 1)
                elif kind in ("sum", "square"):
                    made = value(sum(x * (x if kind == "square" else 0.5) for x in scores))
                else:
                    made = reduce(maximum if kind == "maximum" else minimum, scores)
                found.append(made)
        return Tensor((length, len(heads)), found)

    def look_up(self) -> Tensor:
        """Numbers or rows of a table, chosen by data."""
        rows, found = self.rows(), []
        rows = rows if len(rows) > 1 else rows * 2
        for which in self.n:
            if self.random.random() < 0.5:
                found += [value(x) for x in take(rows, which)]
            else:
                column = [row[0] for row in rows]
                found += [value(take(column, which))] * len(rows[0])
        return Tensor((len(self.n), len(rows[0])), found)


def loop_program(seed: int, n_steps: int) -> Case:
    return Loops(seed, n_steps).case
