"""Lifted programs of many kinds: their numbers, how few operations they are, and their sources.

The golden sources in `tests/golden/` are what programs are as text. `python tests/test_lift.py`
writes them anew; what a change to the lifter changes is then to be read in the difference.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import value_and_grad as hips
from lift_programs import PROGRAMS, gpt, matrix, moons, numbers

from glassgrad import MLP, Embedding, Value, cross_entropy, lift, topological_order
from glassgrad.backends.numpy_backend import NumpyRunner
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.data import moons as moon_points
from glassgrad.lift import Program
from glassgrad.lift.build import build
from glassgrad.lift.differentiate import differentiate
from glassgrad.lift.spec import check

ONE = np.array([1.0])


def near(expected):
    """Sums are added up in another order: 12 digits of the largest number agree."""
    size = np.abs(expected).max() if np.size(expected) else 1.0
    return pytest.approx(expected, rel=0, abs=1e-12 * max(float(size), 1e-300))


def change(parameters: list[Value], root: Value, seed: int) -> None:
    """Other numbers for the parameters, and for all that was made from them."""
    random = Random(seed)
    for parameter in parameters:
        parameter.data += random.gauss(0, 0.02)
    for node in topological_order(root):
        if node._rule is not None:
            node.data = node._rule.value(*[child.data for child in node._prev])


def gradient(root: Value, parameters: list[Value]) -> list[float]:
    for parameter in parameters:
        parameter.grad = 0.0
    root.backward()
    return [parameter.grad for parameter in parameters]


@pytest.mark.parametrize("name", PROGRAMS)
def test_numbers_are_those_of_the_graph(name: str) -> None:
    root, parameters = PROGRAMS[name]()
    code = build([root], parameters, []).code
    check(code)
    differentiate(code)
    check(code)
    runner, program = NumpyRunner(code), lift(root, wrt=parameters)
    for seed in (1, 2):
        expected = gradient(root, parameters)
        theta = np.array([parameter.data for parameter in parameters])
        for given in (None, theta):
            value, slope = program.value_and_grad(given)
            assert value == near(root.data)
            assert slope == near(expected)
        assert runner.forward(theta, []) == near([root.data])
        assert runner.backward(ONE) == near(expected)
        change(parameters, root, seed)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_run_with_nan_leaves_nothing_behind(name: str) -> None:
    """No number is read before it is written, not even one to be multiplied by 0."""
    root, parameters = PROGRAMS[name]()
    program = lift(root, wrt=parameters)
    theta = program.theta()
    value, slope = program.value_and_grad(theta)
    program.value_and_grad(np.full_like(theta, np.nan))
    again, after = program.value_and_grad(theta)
    assert again == value
    assert (after == slope).all()


SLOW = ["moons", "gpt", "transformer2", "stable_gpt", "conv", "mlp_batch", "embeddings"]


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - set(SLOW)))
def test_numbers_of_the_plain_loops(name: str) -> None:
    root, parameters = PROGRAMS[name]()
    code = build([root], parameters, []).code
    differentiate(code)
    runner = ReferenceRunner(code)
    assert runner.forward([parameter.data for parameter in parameters], []) == near([root.data])
    assert runner.backward(ONE) == near(gradient(root, parameters))


# How many array operations the programs are at most.
AT_MOST = {
    "moons": 10,
    "gpt": 35,
    "stable_gpt": 40,
    "transformer2": 70,
    "attention": 12,
    "rnn": 28,
    "lstm": 55,
    "gru": 48,
    "long_recurrence": 400,
    "conv": 13,
    "two_convolutions": 10,
    "padded_convolution": 10,
    "mlp_batch": 14,
    "batch_norm": 12,
    "distances": 6,
    "embeddings": 14,
    "sparse_sums": 7,
    "irregular": 120,
    "tree": 20,
    "ragged_tree": 150,
    "repeated": 9,
    "unused": 2,
    "prefix_sums": 16,
    "ragged_sums": 7,
    "polynomial": 4,
    "softmax_by_powers": 9,
    "single": 0,
    "constant_root": 0,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_there_are_few_operations(name: str) -> None:
    root, parameters = PROGRAMS[name]()
    assert len(lift(root, wrt=parameters)) <= AT_MOST[name]


def test_operations_do_not_grow_with_the_size() -> None:
    for name, (root, parameters) in {"moons": moons(), "gpt": gpt("emmalou")}.items():
        assert len(lift(root, wrt=parameters)) <= AT_MOST[name]
    program = lift(MLP(2, [16, 16, 1], seed=0))
    program.forward(None, np.zeros((3, 2)))
    assert len(program) <= 8


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_number_is_found_again(name: str) -> None:
    """Each node is in a cell, a part of one that is, equal to one, a constant, or leads nowhere."""
    root, parameters = PROGRAMS[name]()
    program = lift(root, wrt=parameters)
    nodes = topological_order(root)
    change(parameters, root, 3)
    program(None)
    places = [(node, place) for node in nodes if (place := program.where(node)) is not None]
    arrays = {name: program[name] for name in {place.name for _, place in places}}
    there = [(arrays[p.name][p.index], node.data) for node, p in places if not p.part]
    found, expected = np.array(there).reshape(-1, 2).T
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    varies = depends_on(parameters, nodes)
    assert {node for node, _ in places} == varies
    assert (program.where(root) is not None) == (root in varies)
    for place, parameter in enumerate(parameters):
        assert program.where(parameter).index == (place,)


def depends_on(parameters: list[Value], nodes: list[Value]) -> set[Value]:
    """The nodes that a parameter comes into."""
    found = set(parameters) & set(nodes)
    for node in nodes:
        if not found.isdisjoint(node._prev):
            found.add(node)
    return found


def test_labels_lead_to_cells() -> None:
    root, parameters = PROGRAMS["rnn"]()
    root.label = "loss"
    program = lift(root, wrt=parameters)
    program.value_and_grad(None)
    assert program.data("loss") == near(root.data)
    assert program.grad("loss") == 1.0
    expected = gradient(root, parameters)
    labelled = [p for p in parameters if p.label]
    assert len(labelled) == 96
    for parameter in labelled:
        assert program.data(parameter.label) == parameter.data
        assert program.grad(parameter.label) == near(expected[parameters.index(parameter)])


# The same as arrays, by hand, with an engine by others.


def parts(theta, *shapes):
    """The flat array of parameters, cut into arrays of these shapes."""
    found, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        found.append(theta[start : start + size].reshape(shape))
        start += size
    assert start == len(theta)
    return found


def moons_by_arrays(theta):
    points = moon_points(20, seed=1)
    x, y = np.array(points.inputs), 2.0 * np.array(points.targets) - 1.0
    start = 0
    for n_in, n_out in [(2, 8), (8, 8), (8, 1)]:  # each neuron has its weights, then its bias
        rows = theta[start : start + n_out * (n_in + 1)].reshape(n_out, n_in + 1)
        start += n_out * (n_in + 1)
        x = x @ rows[:, :-1].T + rows[:, -1]
        x = anp.maximum(x, 0.0) if n_out > 1 else x
    loss = anp.mean(anp.maximum(1.0 - y * x[:, 0], 0.0))
    return loss + 1e-4 * anp.sum(theta**2)


def soft(x):
    powers = anp.exp(x - anp.max(x, axis=-1, keepdims=True))
    return powers / anp.sum(powers, axis=-1, keepdims=True)


def gpt_by_arrays(theta):
    width, n_heads, size = 16, 4, 4
    wte, wpe, wq, wk, wv, wo, fc1, fc2, head = parts(
        theta,
        (27, width),
        (16, width),
        *[(width, width)] * 4,
        (64, width),
        (width, 64),
        (27, width),
    )
    tokens = [26, *("abcdefghijklmnopqrstuvwxyz".index(letter) for letter in "eva"), 26]
    n = len(tokens) - 1

    def norm(x):
        return x / anp.sqrt(anp.mean(x**2, axis=1, keepdims=True) + 1e-5)

    first = norm(wte[np.array(tokens[:-1])] + wpe[:n])
    x = norm(first)
    hidden = np.triu(np.full((n, n), -np.inf), 1)
    outs = []
    for h in range(n_heads):
        q, k, v = ((x @ w.T)[:, h * size : (h + 1) * size] for w in (wq, wk, wv))
        outs.append(soft(q @ k.T / size**0.5 + hidden) @ v)
    second = anp.concatenate(outs, axis=1) @ wo.T + first
    third = anp.maximum(norm(second) @ fc1.T, 0.0) @ fc2.T + second
    return -anp.mean(anp.log(soft(third @ head.T)[np.arange(n), np.array(tokens[1:])]))


def attention_by_arrays(theta):
    random = Random(0)
    x = np.array([numbers(random, 4) for _ in range(5)])
    wq, wk, wv = parts(theta, (4, 4), (4, 4), (4, 4))
    outs = []
    for h in (slice(0, 2), slice(2, 4)):
        q, k, v = x @ wq.T[:, h], x @ wk.T[:, h], x @ wv.T[:, h]
        outs.append(soft(q @ k.T / 2**0.5) @ v)
    return anp.sum((anp.concatenate(outs, axis=1) - x) ** 2)


def rnn_by_arrays(theta):
    wx, wh, bias, readout = parts(theta, (8, 2), (8, 8), (8,), (8,))
    random = Random(0)
    for n_numbers in (16, 64, 8, 8):  # those of the parameters, which come first
        for _ in range(n_numbers):
            random.gauss(0, 1)
    h, loss = np.zeros(8), 0.0
    for _ in range(12):
        x, target = np.array(numbers(random, 2)), random.gauss(0, 1)
        h = anp.tanh(wx @ x + wh @ h + bias)
        loss = loss + (anp.dot(readout, h) - target) ** 2
    return loss / 12


def batch_norm_by_arrays(theta):
    x, gain, shift = parts(theta, (6, 4), (4,), (4,))
    away = x - anp.mean(x, axis=0)
    out = gain * away / anp.sqrt(anp.mean(away**2, axis=0) + 1e-5) + shift
    return anp.sum(anp.tanh(out))


def distances_by_arrays(theta):
    points = theta.reshape(7, 3)
    away = points[:, None, :] - points[None, :, :]
    return anp.sum(np.triu(np.ones((7, 7)), 1) * anp.exp(-anp.sum(away**2, axis=2)))


@pytest.mark.parametrize(
    ("name", "by_arrays"),
    [
        ("moons", moons_by_arrays),
        ("gpt", gpt_by_arrays),
        ("stable_gpt", gpt_by_arrays),
        ("attention", attention_by_arrays),
        ("rnn", rnn_by_arrays),
        ("batch_norm", batch_norm_by_arrays),
        ("distances", distances_by_arrays),
    ],
)
def test_numbers_are_those_of_hips_autograd(name, by_arrays) -> None:
    root, parameters = PROGRAMS[name]()
    program = lift(root, wrt=parameters)
    for shift in (0.0, 0.01):
        theta = program.theta() + shift
        value, slope = hips(by_arrays)(theta)
        found, found_slope = program.value_and_grad(theta)
        assert found == near(value)
        assert found_slope == near(slope)


def test_numbers_of_a_convolution_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    root, parameters = PROGRAMS["padded_convolution"]()
    random = Random(0)
    image = torch.tensor([numbers(random, 7) for _ in range(7)], dtype=torch.float64)
    program = lift(root, wrt=parameters)
    theta = torch.tensor(program.theta() + 0.01, requires_grad=True)
    first, second = theta[:18].reshape(2, 1, 3, 3), theta[18:].reshape(2, 2, 3, 3)
    convolve = torch.nn.functional.conv2d
    planes = convolve(image[None, None], first, padding=1).relu()
    total = convolve(planes, second, padding=1).tanh().sum()
    total.backward()
    value, slope = program.value_and_grad(theta.detach().numpy())
    assert value == near(total.item())
    assert slope == near(theta.grad.numpy())


def test_numbers_of_pooling_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    root, parameters = PROGRAMS["conv"]()
    random = Random(0)
    for _ in range(3):
        matrix(random, 3, 3)
    matrix(random, 10, 27)
    program = lift(root, wrt=parameters)
    theta = torch.tensor(program.theta() + 0.01, requires_grad=True)
    filters, biases, head = theta[:27].reshape(3, 1, 3, 3), theta[27:30], theta[30:].reshape(10, 27)
    total = 0.0
    for _ in range(2):
        image = [[random.random() for _ in range(8)] for _ in range(8)]
        pixels = torch.tensor(image, dtype=torch.float64)[None, None]
        planes = torch.nn.functional.conv2d(pixels, filters, biases).relu()
        features = torch.nn.functional.max_pool2d(planes, 2).reshape(1, 27)
        which = torch.tensor([random.randrange(10)])
        total = total + torch.nn.functional.cross_entropy(features @ head.T, which)
    (total / 2).backward()
    value, slope = program.value_and_grad(theta.detach().numpy())
    assert value == near((total / 2).item())
    assert slope == near(theta.grad.numpy())


# Golden sources.

GOLDEN = Path(__file__).parent / "golden"


def of_graph(name: str) -> Callable[[], Program]:
    def make() -> Program:
        root, parameters = PROGRAMS[name]()
        return lift(root, wrt=parameters)

    return make


def classifier() -> Program:
    """A function of one example: the batch is an axis more."""
    model = MLP(2, [8, 3], seed=0)
    program = lift(lambda x, label: cross_entropy(model(x), label), wrt=model)
    program.forward(None, np.zeros((2, 2)), np.zeros(2, int))
    return program


def letters() -> Program:
    """Rows of a table, chosen by data."""
    table, model = Embedding(27, 4, seed=0), MLP(8, [16, 27], seed=0)
    program = lift(
        lambda x, y: cross_entropy(model(table(x[0]) + table(x[1])), y), wrt=[table, model]
    )
    program.forward(None, np.zeros((2, 2), int), np.zeros(2, int))
    return program


SOURCES: dict[str, Callable[[], Program]] = {
    "classifier": classifier,
    "letters": letters,
    **{
        name: of_graph(name)
        for name in [
            "moons",
            "gpt",
            "attention",
            "rnn",
            "conv",
            "padded_convolution",
            "mlp_batch",
            "batch_norm",
            "distances",
            "ragged_sums",
            "polynomial",
            "softmax_by_powers",
        ]
    },
}


@pytest.mark.parametrize("name", SOURCES)
def test_sources_are_the_golden_ones(name: str) -> None:
    text = (GOLDEN / f"{name}.py").read_text(encoding="utf-8")
    assert SOURCES[name]().source() == text, "`python tests/test_lift.py` writes them anew"


def test_there_are_no_other_golden_sources() -> None:
    assert {path.stem for path in GOLDEN.glob("*.py")} == set(SOURCES)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, make in SOURCES.items():
        (GOLDEN / f"{name}.py").write_text(make().source(), encoding="utf-8")
