"""The NumPy text of array programs: it computes what they mean, and it reads like a textbook."""

import random
from itertools import pairwise

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from glassgrad import MLP, Value, lift, ops, take
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.lift.build import build
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
    cells,
    row_major,
    whole,
)
from glassgrad.lift.spec import check
from glassgrad.lift.text.constants import array_text
from glassgrad.lift.text.formulas import Formulas, Text
from glassgrad.lift.text.source import constants_of, source
from glassgrad.lift.text.views import BATCH, Dim, view_text
from glassgrad.lift.text.wrapping import wrapped
from tests.lift_programs import PROGRAMS
from tests.test_differentiate import Chance


def parameters(count):
    return Buffer("theta", (count,), "parameter")


def value(name, *shape, batched=False, mask=None):
    return Buffer(name, shape, "value", batched, mask=mask)


def constant(name, numbers):
    return Buffer(name, np.shape(numbers), "constant", data=np.asarray(numbers, float))


def of_example(name, *shape, role="input"):
    return Buffer(name, shape, role, batched=True)


def root(buffer, cell=0):
    return View(buffer, cell, ())


def numbers(seed, *shape):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape)


def run(code, theta, inputs=(), names=()):
    """The text of a Code, after comparing what it computes with the meaning of the Code."""
    if not code.backward:
        differentiate(code)
    check(code)
    text = source(code, names)
    scope = {"CONSTANTS": constants_of(code, names)}
    exec(text, scope)
    runner = ReferenceRunner(code)
    with np.errstate(all="ignore"):
        wanted = runner.forward(theta, inputs)
        found = scope["forward"](theta, *inputs)
        np.testing.assert_allclose(np.reshape(found, wanted.shape), wanted, 1e-11, 1e-13)
        if len(code.roots) == 1:
            seeds = np.full(wanted.shape, 1.0 / max(wanted.size, 1))
            found, gradient = scope["value_and_grad"](theta, *inputs)
            np.testing.assert_allclose(found, wanted.sum() / max(wanted.size, 1), 1e-11, 1e-13)
        else:
            seeds = numbers(1, *wanted.shape)
            found, gradient = scope["value_and_grad"](theta, *inputs, seeds)
            np.testing.assert_allclose(np.reshape(found, wanted.shape), wanted, 1e-11, 1e-13)
        assert gradient.shape == theta.shape
        np.testing.assert_allclose(gradient, runner.backward(seeds), 1e-11, 1e-13)
    return text


def lines_of(text, function):
    """The lines of one function without comments."""
    body = text.split(f"def {function}(")[1].split("\n\n\n")[0]
    return [line.split("  # ")[0].rstrip() for line in body.splitlines()[1:]]


# Views.


def test_views_are_slices_transposes_new_axes_reshapes_and_windows():
    shown = [
        ((4, 3), 0, [Dim(4, 3), Dim(3, 1)], "x"),
        ((4, 3), 1, [Dim(4, 3), Dim(2, 1)], "x[:, 1:]"),
        ((4, 3), 2, [Dim(4, 3)], "x[:, 2]"),
        ((4, 3), 3, [Dim(3, 1)], "x[1]"),
        ((4, 3), 0, [Dim(2, 6), Dim(3, 1)], "x[::2]"),
        ((4, 3), 9, [Dim(4, -3), Dim(3, 1)], "x[::-1]"),
        ((4, 3), 0, [Dim(3, 1), Dim(4, 3)], "x.T"),
        ((2, 3, 4), 0, [Dim(3, 4), Dim(2, 12), Dim(4, 1)], "x.transpose(1, 0, 2)"),
        ((4,), 0, [Dim(4, 1), None], "x[:, None]"),
        ((4, 3), 0, [Dim(4, 3), None, Dim(3, 1)], "x[:, None, :]"),
        ((4, 3), 0, [Dim(12, 1)], "x.reshape(-1)"),
        ((12,), 0, [Dim(4, 3), Dim(3, 1)], "x.reshape(4, 3)"),
        ((4, 6), 2, [Dim(4, 6), Dim(2, 1)], "x[:, 2:4]"),
        ((4, 6), 3, [Dim(4, 6), Dim(3, 1)], "x[:, 3:]"),
        ((4, 6), 1, [Dim(4, 6), Dim(2, 3)], "x[:, 1::3]"),
        ((4, 6), 1, [Dim(4, 6), Dim(3, 2)], "x[:, 1::2]"),
        ((4, 6), 0, [Dim(4, 6), Dim(2, 3), Dim(2, 1)], "x.reshape(4, 2, 3)[:, :, :2]"),
        ((8,), 0, [Dim(6, 1), Dim(3, 1)], "sliding_window_view(x, 3)"),
        (
            (5, 6),
            0,
            [Dim(3, 6), Dim(4, 1), Dim(3, 6), Dim(3, 1)],
            "sliding_window_view(x, (3, 3), axis=(0, 1))",
        ),
    ]
    for shape, offset, dims, text in shown:
        assert view_text("x", shape, False, offset, dims) == text
    assert view_text("x", (3,), True, 1, [BATCH]) == "x[:, 1]"
    assert view_text("x", (3,), True, 0, [Dim(3, 1), BATCH]) == "x.T"
    assert view_text("x", (3,), True, 0, [BATCH, None, Dim(3, 1)]) == "x[:, None, :]"


def test_a_place_in_a_loop_moves_a_slice():
    dims = [Dim(4, 1), Dim(3, 1, "k")]
    assert view_text("x", (6,), False, 0, dims) == "x[k:k + 4]"
    assert view_text("x", (9,), False, 1, [Dim(2, 1), Dim(3, 2, "k")]) == "x[2 * k + 1:2 * k + 3]"


@pytest.mark.parametrize("seed", range(8))
def test_views_by_chance_show_their_cells(seed):
    chance = random.Random(seed)
    for _ in range(300):
        shape = tuple(chance.randint(1, 5) for _ in range(chance.randint(0, 3)))
        x = np.arange(float(np.prod(shape, dtype=int))).reshape(shape)
        steps = [0, 1, 2, 3, 4, 6, 10, -1, -2, *row_major(shape)]
        dims = [
            Dim(chance.randint(1, 5), chance.choice(steps)) for _ in range(chance.randint(0, 3))
        ]
        offset = chance.randrange(x.size)
        space = tuple(dim.count for dim in dims)
        seen = cells(View(value("x", *shape), offset, tuple(d.stride for d in dims)), space)
        if seen.min() < 0 or seen.max() >= x.size:
            continue
        asked = [dim if dim.stride and dim.count > 1 else None for dim in dims]
        text = view_text("x", shape, False, offset, asked, chance.choice([None, offset]))
        found = eval(text, {"x": x, "np": np, "sliding_window_view": sliding_window_view})
        np.testing.assert_array_equal(np.broadcast_to(found, space), x.ravel()[seen], text)


# Formulas.


def test_formulas_have_no_more_parentheses_than_they_need():
    letters = {name: value(name) for name in "abc"}
    a, b, c = (root(letters[name]) for name in "abc")
    formulas = Formulas(lambda view: Text(view.buffer.name))
    for formula, text in [
        (a - b - c, "a - b - c"),
        (a - (b - c), "a - (b - c)"),
        (a * (b + c), "a * (b + c)"),
        (a / (b * c), "a / (b * c)"),
        (a / b / c, "a / b / c"),
        (a * (b / c), "a * (b / c)"),
        (b * (a * c) * 0.1, "0.1 * (b * (a * c))"),
        (b * (a * 0.1), "b * (0.1 * a)"),
        (2.0 * (a * 0.1) * b, "0.2 * a * b"),
        ((a * b * 0.1) * c, "0.1 * (a * b) * c"),
        (((a * 0.1) * b) * 0.3, "0.3 * (0.1 * a * b)"),
        (a * 0.1 / b * c, "0.1 * a / b * c"),
        ((b**-1.0 * 0.1) * c, "0.1 / b * c"),
        (b * (a * -2.0), "-2.0 * b * a"),
        ((a**-1.0) * b, "b / a"),
        (1.0 / a, "1.0 / a"),
        (-(a + b), "-(a + b)"),
        (1.0 - a * a, "1.0 - a * a"),
        ((a + b) ** 2, "(a + b) ** 2"),
        (a**0.5, "np.sqrt(a)"),
        (a * b**-0.5, "a / np.sqrt(b)"),
        (a * -2.0 + b, "b - 2.0 * a"),
        (a * (1 / 3), "a / 3.0"),
        (ops.tanh(a + b), "np.tanh(a + b)"),
        (ops.relu(a) * c, "np.maximum(a, 0.0) * c"),
        (c * ops.step(a), "c * (a > 0.0)"),
        (ops.sigmoid(a), "sigmoid(a)"),
        (ops.maximum(a, b), "np.maximum(a, b)"),
        (a ** Apply(ops.add, (b, c)), "np.power(a, b + c)"),
    ]:
        assert formulas.text(formula).text == text
    assert formulas.helpers == {
        "sigmoid": "def sigmoid(x):\n    return np.exp(-np.logaddexp(0.0, -x))"
    }


@pytest.mark.parametrize("op", ops.OPS.values(), ids=ops.OPS)
def test_every_operation_of_the_table_and_its_derivative(op):
    theta, y = parameters(3 * op.arity), value("y", 3)
    inputs = tuple(View(theta, i, (op.arity,)) for i in range(op.arity))
    code = Code(theta, [], [root(y, i) for i in range(3)])
    code.forward = [Compute(whole(y), (3,), [Term(Apply(op, inputs))])]
    run(code, np.linspace(0.3, 0.9, 3 * op.arity))


def test_long_statements_are_cut():
    text = wrapped(f"y = np.where(mask, {'x' * 40}, 0.0)", 40)
    assert text == f"y = np.where(\n    mask,\n    {'x' * 40},\n    0.0,\n)"
    inner = "f(first, second, third, fourth, fifth, sixth)"
    assert wrapped(f"y = a * ({inner} + {inner})", 56).splitlines() == [
        "y = (",
        "    a",
        "    * (",
        f"        {inner}",
        f"        + {inner}",
        "    )",
        ")",
    ]
    assert wrapped("d_x[np.arange(30)[:, None] + 4 * np.arange(4)] += d_y", 40).splitlines() == [
        "d_x[",
        "    np.arange(30)[:, None]",
        "    + 4 * np.arange(4)",
        "] += d_y",
    ]
    rows = f"return np.array([[{', '.join(map(str, range(20)))}], [1, 2]])"
    assert wrapped(rows, 40).splitlines() == [
        "return np.array([",
        "    [",
        "        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,",
        "        10, 11, 12, 13, 14, 15, 16, 17,",
        "        18, 19,",
        "    ],",
        "    [1, 2],",
        "])",
    ]


def test_constants_by_their_rule():
    assert array_text(np.tri(3, 4)) == "np.tri(3, 4)"
    assert array_text(np.tri(3, 3, -1)) == "np.tri(3, 3, -1)"
    assert array_text(~np.tri(5, 4, 1, dtype=bool)) == "~np.tri(5, 4, 1, dtype=bool)"
    assert array_text(np.triu(np.ones((4, 4), dtype=bool))) == "~np.tri(4, 4, -1, dtype=bool)"
    assert array_text(np.eye(3)) == "np.eye(3)"
    assert array_text(np.arange(1.0, 9.0)) == "np.arange(1.0, 9.0)"
    assert array_text(np.array([0, 2, 4])) == "np.arange(0, 6, 2)"
    assert array_text(np.array([0.5, -2.0])) == "np.array([0.5, -2.0])"
    assert array_text(np.array([True, False])) == "np.array([True, False])"
    tri = np.broadcast_to(np.tri(3, dtype=bool), (2, 3, 3))
    assert array_text(tri) == "np.broadcast_to(np.tri(3, dtype=bool), (2, 3, 3))"
    assert array_text(numbers(1, 65)) is None


# Programs built by hand.


def mlp():
    """Two layers, each row of weights followed by its bias, over a batch; squared error."""
    theta, x, t = parameters(13), of_example("x", 2), of_example("t")
    z1, h1 = value("z1", 3, batched=True), value("h1", 3, batched=True)
    out, loss = value("out", batched=True), value("loss", batched=True)
    h1.comment = "3 scalar nodes"
    z1.comment = "12 scalar nodes"
    code = Code(theta, [x, t], [root(loss)])
    weights = Term(View(theta, 0, (3, 1)) * View(x, 0, (0, 1)), (2,))
    last = Term(View(theta, 9, (1,)) * View(h1, 0, (1,)), (3,))
    code.forward = [
        Compute(whole(z1), (3,), [weights, Term(View(theta, 2, (3,)))]),
        Compute(whole(h1), (3,), [Term(ops.tanh(whole(z1)))]),
        Compute(root(out), (), [last, Term(root(theta, 12))]),
        Compute(root(loss), (), [Term((root(out) - root(t)) ** 2)]),
    ]
    return code


MLP_TEXT = '''\
import numpy as np


def forward(theta, x, t):
    W1 = theta[:9].reshape(3, 3)[:, :2]  # 3 x 2
    b1 = theta[:9].reshape(3, 3)[:, 2]   # 3
    W2 = theta[9:12]                     # 3
    b2 = theta[12]                       # a number
    h1 = np.tanh(x @ W1.T + b1)          # batch x 3: 15 scalar nodes
    loss = (h1 @ W2 + b2 - t) ** 2       # batch
    return loss


def value_and_grad(theta, x, t):
    """The mean of the results over the batch, and its gradient."""
    batch = len(x)
    if batch == 0:
        return 0.0, np.zeros_like(theta)
    W1 = theta[:9].reshape(3, 3)[:, :2]      # 3 x 2
    b1 = theta[:9].reshape(3, 3)[:, 2]       # 3
    W2 = theta[9:12]                         # 3
    b2 = theta[12]                           # a number
    h1 = np.tanh(x @ W1.T + b1)              # batch x 3: 15 scalar nodes
    out = h1 @ W2 + b2                       # batch
    loss = (out - t) ** 2                    # batch

    d_theta = np.zeros_like(theta)           # 13
    d_W1 = d_theta[:9].reshape(3, 3)[:, :2]  # 3 x 2
    d_b1 = d_theta[:9].reshape(3, 3)[:, 2]   # 3
    d_W2 = d_theta[9:12]                     # 3
    d_loss = np.full(batch, 1.0) / batch     # batch
    d_out = 2.0 * d_loss * (out - t)         # batch: from loss
    d_W2 += d_out @ h1                       # 3: from out
    d_h1 = d_out[:, None] * W2               # batch x 3: from out
    d_theta[12] += d_out.sum()               # a number: from out
    d_z1 = d_h1 * (1.0 - h1 * h1)            # batch x 3: from h1
    d_W1 += d_z1.T @ x                       # 3 x 2: from z1
    d_b1 += d_z1.sum(axis=0)                 # 3: from z1
    return loss.mean(), d_theta
'''


def test_a_network_reads_like_its_formulas():
    names = [name for name, _ in MLP(2, [3, 1]).named_parameters()]
    text = run(mlp(), numbers(1, 13), [numbers(2, 5, 2), numbers(3, 5)], names)
    assert text == MLP_TEXT


@pytest.mark.parametrize("batch", [0, 1, 4])
def test_any_batch(batch):
    run(mlp(), numbers(1, 13), [numbers(2, batch, 2), numbers(3, batch)])


def attention():
    """Causal attention of four positions over a batch: queries, keys and values are inputs."""
    theta = parameters(1)
    mask = np.tri(4, dtype=bool)
    q, k, v = (of_example(name, 4, 3) for name in "qkv")
    scores = value("scores", 4, 4, batched=True, mask=mask)
    top, total = value("top", 4, batched=True), value("total", 4, batched=True)
    powers = value("powers", 4, 4, batched=True, mask=mask)
    weights = value("weights", 4, 4, batched=True, mask=mask)
    y, loss = value("y", 4, 3, batched=True), value("loss", batched=True)
    scale = View(theta, 0, (0, 0, 0))
    code = Code(theta, [q, k, v], [root(loss)])
    along = View(top, 0, (1, 0))
    code.forward = [
        Compute(
            whole(scores),
            (4, 4),
            [Term(View(q, 0, (3, 0, 1)) * View(k, 0, (0, 3, 1)) * scale, (3,))],
        ),
        Extreme(ops.maximum, whole(top), (4,), View(scores, 0, (4, 1)), (4,)),
        Compute(whole(powers), (4, 4), [Term(ops.exp(whole(scores) - along))]),
        Compute(whole(total), (4,), [Term(View(powers, 0, (4, 1)), (4,))]),
        Compute(whole(weights), (4, 4), [Term(whole(powers) / View(total, 0, (1, 0)))]),
        Compute(
            whole(y), (4, 3), [Term(View(weights, 0, (4, 0, 1)) * View(v, 0, (0, 1, 3)), (4,))]
        ),
        Compute(root(loss), (), [Term(whole(y) ** 2, (4, 3))]),
    ]
    return code


def test_attention_has_matrix_products_and_a_triangular_mask():
    inputs = [numbers(seed, 2, 4, 3) for seed in (1, 2, 3)]
    text = run(attention(), np.array([0.7]), inputs, ["scale"])
    assert "\nmask = np.tri(4, dtype=bool)\n" in text
    assert lines_of(text, "forward") == [
        "    scale = theta[0]",
        "    scores = np.where(mask, (q @ k.transpose(0, 2, 1)) * scale, 0.0)",
        "    top = np.max(np.where(mask, scores, -np.inf), axis=2)",
        "    powers = np.where(mask, np.exp(scores - top[:, :, None]), 0.0)",
        "    total = powers.sum(axis=2)",
        "    weights = np.where(mask, powers / total[:, :, None], 0.0)",
        "    y = weights @ v",
        "    loss = np.sum(y ** 2, axis=(1, 2))",
        "    return loss",
    ]
    assert "max_shares(np.where(mask, scores, -np.inf)) * d_top[:, :, None]" in text


def convolution(batched=True):
    """Windows of width 3 along 8 numbers, made from the parameters, with a filter of parameters."""
    theta, x = parameters(11), Buffer("x", (8,), "input", batched)
    u, y = value("u", 8, batched=batched), value("y", 6, batched=batched)
    loss = value("loss", batched=batched)
    code = Code(theta, [x], [root(loss)])
    windows, kernel = View(u, 0, (1, 1)), View(theta, 8, (0, 1))
    code.forward = [
        Compute(whole(u), (8,), [Term(whole(x) * View(theta, 0, (1,)))]),
        Compute(whole(y), (6,), [Term(windows * kernel, (3,))]),
        Compute(root(loss), (), [Term(whole(y) ** 3, (6,))]),
    ]
    return code


@pytest.mark.parametrize("batched", [False, True])
def test_windows_forward_and_a_loop_backward(batched):
    text = run(convolution(batched), numbers(1, 11), [numbers(2, *[3] * batched, 8)])
    axis = ", axis=1" if batched else ""
    front = ":, " if batched else ""
    assert f"    y = sliding_window_view(u, 3{axis}) @ w_2" in lines_of(text, "forward")
    back = lines_of(text, "value_and_grad")
    assert "    for i in range(3):" in back
    assert f"        d_u[{front}i:i + 6] += d_u_parts[..., i]" in back


@pytest.mark.parametrize("batch", [0, 1, 4])
def test_rows_of_a_table_are_looked_up(batch):
    theta, token = parameters(15), of_example("token", role="index")
    tokens = of_example("tokens", 2, role="index")
    e, f = value("e", 3, batched=True), value("f", 2, 3, batched=True)
    loss, picked = value("loss", batched=True), value("picked", batched=True)
    code = Code(theta, [token, tokens], [root(loss), root(picked)])
    code.forward = [
        Take(whole(e), (3,), View(theta, 0, (1,)), View(token, 0, (0,)), 3, 5),
        Take(whole(f), (2, 3), View(theta, 0, (0, 1)), View(tokens, 0, (1, 0)), 3, 5),
        Compute(root(loss), (), [Term(View(f, 0, (3, 1)) * View(e, 0, (0, 1)), (2, 3))]),
        Take(root(picked), (), View(e, 0, ()), root(tokens), 1, 3),
    ]
    chance = np.random.default_rng(batch)
    inputs = [chance.integers(0, 5, batch), chance.integers(0, 3, (batch, 2))]
    text = run(code, numbers(1, 15), inputs, [f"emb.{i // 3}.{i % 3}" for i in range(15)])
    assert "    emb = theta.reshape(5, 3)" in text
    assert "    e = emb[token]" in lines_of(text, "forward")
    assert "    f = emb[tokens]" in lines_of(text, "forward")
    assert "    picked = e[np.arange(batch), tokens[:, 0]]" in lines_of(text, "forward")
    assert "    np.add.at(d_emb, tokens, d_f)" in lines_of(text, "value_and_grad")


@pytest.mark.parametrize("batched", [False, True])
def test_gathers_with_holes_and_rows(batched):
    theta, x = parameters(12), Buffer("x", (3,), "input", batched)
    holes = np.array([[True, False, True], [True, True, True]])
    u, g = value("u", 4, 3, batched=batched), value("g", 2, 3, batched=batched, mask=holes)
    rows, y = value("rows", 3, 3), value("y", 2, batched=batched)
    code = Code(theta, [x], [root(y, 0), root(y, 1)])
    code.forward = [
        Compute(whole(u), (4, 3), [Term(View(theta, 0, (3, 1)) * View(x, 0, (0, 1)))]),
        Gather(g, u, np.array([3, -1, 3, 0, 7, 11])),
        Gather(rows, theta, np.array([6, 7, 8, 0, 1, 2, 6, 7, 8])),
        Compute(
            whole(y),
            (2,),
            [Term(ops.sin(View(g, 0, (3, 1))), (3,)), Term(View(rows, 0, (1, 3)), (3,))],
        ),
    ]
    text = run(code, numbers(1, 12), [numbers(2, *[4] * batched, 3)])
    assert "\nmask = g_index >= 0\n" in text
    assert (
        f"    g = np.where(mask, u.reshape(-1{', 12' * batched})[{':, ' * batched}g_index], 0.0)"
        in text
    )
    assert "[[2, 0, 2]]" in text


@pytest.mark.parametrize("op", [ops.maximum, ops.minimum])
@pytest.mark.parametrize("batched", [False, True])
def test_equal_numbers_share_the_gradient_of_an_extreme(op, batched):
    theta, x = parameters(12), Buffer("x", (12,), "input", batched)
    u, top = value("u", 2, 3, 2, batched=batched), value("top", 2, batched=batched)
    loss = value("loss", batched=batched)
    code = Code(theta, [x], [root(loss)])
    code.forward = [
        Compute(View(u, 0, (1,)), (12,), [Term(View(theta, 0, (1,)) + whole(x))]),
        Extreme(op, whole(top), (2,), View(u, 0, (6, 2, 1)), (3, 2)),
        Compute(root(loss), (), [Term(whole(top) * 2.0, (2,))]),
    ]
    chance = np.random.default_rng(5)
    run(code, chance.integers(0, 2, 12).astype(float), [np.zeros((3, 12) if batched else 12)])


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize(
    ("shape", "offset", "strides", "step", "which"),
    [
        ((2,), 1, (7,), 3, (0,)),
        ((3,), 1, (1,), 3, (1,)),
        ((3, 2), 0, (1, 4), 2, (1, 0)),
        ((3, 2), 0, (5, 1), 1, (1, 0)),
        ((2, 3), 0, (1, 2), 3, (0, 1)),
        ((2, 2), 0, (4, 1), 1, (0, 0)),  # windows
    ],
)
def test_tables_that_no_slices_show(batched, shape, offset, strides, step, which):
    theta, n = parameters(20), of_example("n", 3, role="index")
    x, y = Buffer("x", (5, 4), "input", batched), value("y", 5, 4, batched=batched)
    chosen, loss = value("chosen", *shape, batched=True), value("loss", batched=True)
    code = Code(theta, [x, n], [root(loss)])
    code.forward = [
        Compute(whole(y), (5, 4), [Term(whole(x) * View(theta, 0, (4, 1)))]),
        Take(whole(chosen), shape, View(y, offset, strides), View(n, 0, which), step, 3),
        Compute(root(loss), (), [Term(whole(chosen) ** 3, shape)]),
    ]
    given = numbers(1, 2, 5, 4) if batched else numbers(1, 5, 4)
    run(code, numbers(2, 20), [given, np.array([[0, 1, 2], [2, 0, 1]])])


@pytest.mark.parametrize("op", [ops.maximum, ops.minimum])
def test_holes_are_never_the_extreme(op):
    theta, x = parameters(1), of_example("x", 4, 3)
    mask = np.tri(4, 3, -1, dtype=bool) | (np.arange(4)[:, None] == 0)
    y, top = value("y", 4, 3, batched=True, mask=mask), value("top", 4, batched=True)
    loss = value("loss", batched=True)
    code = Code(theta, [x], [root(loss)])
    code.forward = [
        Compute(whole(y), (4, 3), [Term(whole(x) * View(theta, 0, (0, 0)))]),
        Extreme(op, whole(top), (4,), whole(y), (3,)),
        Compute(root(loss), (), [Term(whole(top) ** 3, (4,))]),
    ]
    for sign in (1.0, -1.0):
        run(code, np.array([sign]), [1.0 + abs(numbers(1, 5, 4, 3))])


@pytest.mark.parametrize("op", [ops.maximum, ops.minimum])
@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize(
    ("shape", "strides", "reduce"),
    [((), (0,), (3,)), ((2,), (1, 0), (3,)), ((), (1, 0), (4, 3)), ((2,), (4, 0, 1), (3, 2))],
)
def test_the_same_number_several_times_in_an_extreme(op, batched, shape, strides, reduce):
    theta, x = parameters(8), Buffer("x", (8,), "input", batched)
    y = value("y", 8, batched=batched)
    top, loss = value("top", *shape, batched=batched), value("loss", batched=batched)
    code = Code(theta, [x], [root(loss)])
    code.forward = [
        Compute(whole(y), (8,), [Term(whole(x) * whole(theta))]),
        Extreme(op, whole(top), shape, View(y, 1, strides), reduce),
        Compute(root(loss), (), [Term(whole(top) ** 3, shape)]),
    ]
    given = np.array([1.0, 2.0, 2.0, 2.0, 1.0, 3.0, 2.0, 3.0])
    run(code, np.ones(8), [np.stack([given, -given]) if batched else given])


def test_a_step_by_itself_is_a_number():
    theta, x = parameters(1), of_example("x", 4)
    step = Apply(ops.step, (whole(x),))
    for expr, text in [
        (step, "np.heaviside(x, 0.0)"),
        (step * -1.0, "-np.heaviside(x, 0.0)"),
        (step * step, "np.heaviside(x, 0.0) * np.heaviside(x, 0.0)"),
        (Apply(ops.cos, (step,)), "np.cos(np.heaviside(x, 0.0))"),
        (step * 2.0, "2.0 * (x > 0.0)"),
        (step * whole(x), "(x > 0.0) * x"),
    ]:
        y, loss = value("y", 4, batched=True), value("loss", batched=True)
        scaled = Term(whole(y) * View(theta, 0, (0,)) + whole(y), (4,))
        code = Code(theta, [x], [root(loss)])
        code.forward = [Compute(whole(y), (4,), [Term(expr)]), Compute(root(loss), (), [scaled])]
        assert f"y = {text}" in run(code, np.array([0.7]), [numbers(1, 5, 4)])


def test_large_constants_are_given_from_outside():
    theta, y, table = parameters(70), value("y"), constant("table", numbers(3, 70))
    code = Code(theta, [], [root(y)])
    code.forward = [Compute(root(y), (), [Term(whole(theta) * whole(table), (70,))])]
    text = run(code, numbers(1, 70))
    assert '\ntable = CONSTANTS["table"]  # 70\n' in text
    assert "    y = theta @ table" in lines_of(text, "forward")
    np.testing.assert_array_equal(constants_of(code)["table"], table.data)


def test_equal_constants_are_numbers_and_names_that_mean_something_else_are_changed():
    theta = parameters(3)
    twos, out = constant("twos", np.full(3, 2.0)), value("np", 3)
    code = Code(theta, [], [root(out, i) for i in range(3)])
    code.forward = [Compute(whole(out), (3,), [Term(whole(theta) * whole(twos))])]
    text = run(code, numbers(1, 3))
    assert lines_of(text, "forward")[0] == "    np_2 = 2.0 * theta"


def test_roots_of_all_kinds():
    theta, x = parameters(3), of_example("x", 2)
    y, z = value("y", 3, batched=True), value("z")
    code = Code(theta, [x], [root(y, 2), root(z), root(theta, 1), root(x, 1), root(y, 2)])
    code.forward = [
        Compute(whole(y), (3,), [Term(whole(theta) * View(x, 0, (0,)))]),
        Compute(root(z), (), [Term(whole(theta) ** 2, (3,))]),
    ]
    run(code, numbers(1, 3), [numbers(2, 4, 2)])


# Programs by chance and by lifting.


@pytest.mark.parametrize("seed", range(60))
def test_programs_by_chance(seed):
    run(Chance(seed).code, numbers(seed, 7), [numbers(seed + 1, seed % 4, 5)])


@pytest.mark.parametrize("name", PROGRAMS)
def test_lifted_programs(name):
    result, leaves = PROGRAMS[name]()
    built = build([result], leaves, [])
    text = run(built.code, np.array([leaf.data for leaf in leaves]))
    compile(text, name, "exec")


def test_a_lifted_network_names_its_weights():
    program = lift(MLP(2, [3, 1], seed=0))
    program.forward(None, [[0.5, 1.0]])
    text = program.source()
    assert "np.tanh(inputs @ W1.T + b1)" in text
    assert "d_W1 += d_z1.T @ inputs" in text


def test_labels_name_parameters():
    a, b = Value(2.0, label="slope"), Value(3.0, label="start")
    text = lift(a * 4.0 + b).source()
    assert "slope = theta[0]" in text or "slope_start" in text


# What a learner reads.


def warnings_are_errors(program, theta, inputs=()):
    """What the text of a program gives, which must not warn, next to what the program gives."""
    scope = {"CONSTANTS": program.constants()}
    exec(program.source(), scope)
    found, gradient = scope["value_and_grad"](theta, *inputs)
    wanted, slope = program.value_and_grad(theta, *inputs)
    np.testing.assert_allclose(found, wanted, 1e-11, 1e-13)
    np.testing.assert_allclose(gradient, slope, 1e-11, 1e-13)


def test_small_data_is_there_to_be_seen():
    w = [Value(float(i), label=f"w{i}") for i in range(3)]
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    text = lift(sum(sum(a * b for a, b in zip(w, x, strict=True)).tanh() for x in xs)).source()
    assert (
        "c1 = np.array([\n    [2.0, 3.0, -1.0],\n    [3.0, -1.0, 0.5],\n"
        "    [0.5, 1.0, 1.0],\n    [1.0, 1.0, -1.0],\n])\n"
    ) in text
    assert "CONSTANTS" not in text


@pytest.mark.parametrize("shape", [(64,), (32, 2), (4, 16), (2, 4, 8), (0,), (1, 20)])
@pytest.mark.parametrize("dtype", [float, int, bool])
def test_written_constants_are_those_numbers_in_short_lines(shape, dtype):
    given = (numbers(4, *shape) * 9.0).astype(dtype)
    text = array_text(given)
    assert max(map(len, text.splitlines())) <= 100
    found = eval(text, {"np": np})
    assert found.dtype == given.dtype
    np.testing.assert_array_equal(found, given)


def test_what_large_constants_are_is_said():
    theta, y, table = parameters(70), value("y"), constant("table", numbers(3, 70))
    code = Code(theta, [], [root(y)])
    code.forward = [Compute(root(y), (), [Term(whole(theta) * whole(table), (70,))])]
    lines = source(code).splitlines()
    at = lines.index('table = CONSTANTS["table"]  # 70')
    assert lines[at - 1].startswith("# CONSTANTS: ")
    assert "program.constants()" in lines[at - 1]
    assert "CONSTANTS" not in source(code, most=70)


@pytest.mark.parametrize("kind", ["power", "log", "root", "share"])
def test_holes_do_not_warn(kind):
    points = [[Value(float(i * j + i)) for j in range(2)] for i in range(5)]
    total = Value(0.0)
    for i in range(5):
        for j in range(5):
            if i != j:
                (a, b), (c, d) = points[i], points[j]
                away = (a - c) ** 2 + (b - d) ** 2
                total = total + {
                    "power": lambda x: x**-1.5,
                    "log": lambda x: x.log(),
                    "root": lambda x: x**0.5,
                    "share": lambda x: 1.0 / (1.0 / x + 1.0),
                }[kind](away)
    program = lift(total)
    warnings_are_errors(program, program.theta())
    assert "errstate" not in program.source()


def test_a_look_up_with_holes_has_one_mask():
    theta, loss = parameters(4), value("loss")
    holes = np.array([[True, False], [True, True]])
    g, h = value("g", 2, 2, mask=holes), value("h", 2, 2, mask=holes)
    code = Code(theta, [], [root(loss)])
    code.forward = [
        Gather(g, theta, np.array([3, -1, 0, 2])),
        Compute(whole(h), (2, 2), [Term(whole(g))]),
        Compute(root(loss), (), [Term(ops.sin(whole(h)) * whole(g), (2, 2))]),
    ]
    text = run(code, numbers(1, 4))
    assert lines_of(text, "forward")[:2] == [
        "    g = np.where(mask, theta[g_index], 0.0)",
        "    h = g",
    ]


def test_products_are_in_the_order_of_the_program():
    a, b, c = (Value(x, label=name) for x, name in [(2.0, "a"), (3.0, "b"), (4.0, "c")])
    for result, text in [
        (a * (b * c), "a * (b * c)"),
        (a.tanh() / b.tanh(), "tanh1[0] / tanh1[1]"),
        ((a.exp() - 1.0) / (a.exp() + 1.0), "s1[0] / s1[1]"),
    ]:
        assert text in lift(result).source(gradient=False), lift(result).source(gradient=False)


def test_the_mean_of_what_is_the_same_for_all_examples():
    w = [Value(1.0, label="w"), Value(2.0, label="v")]
    for function in (lambda x: w[0] * w[1], lambda x: Value(3.0), lambda x: w[0] * x):
        program = lift(function, wrt=w)
        for batch in (3, 1, 0):
            x = np.arange(float(batch))
            program.value_and_grad(None, x)
            warnings_are_errors(program, program.theta(), [x])
            scope = {}
            exec(program.source(), scope)
            found = scope["forward"](program.theta(), x)
            np.testing.assert_allclose(found, program.forward(None, x))
        assert "The mean of the results over the batch" in program.source()


def test_an_argument_that_chooses_and_counts_is_one_argument():
    table = [Value(float(i), label=f"t{i}") for i in range(5)]
    program = lift(lambda i, x: (take(table, i) + 0.1 * i) * x, wrt=table)
    arrays = [np.array([4, 0, 1]), np.array([0.5, 1.0, -2.0])]
    program.value_and_grad(None, *arrays)
    text = program.source()
    assert "def forward(theta, i, x):" in text
    assert "    i_as_number = i.astype(float)" in text
    warnings_are_errors(program, program.theta(), arrays)


def several(kind):
    """A program of several results, and what it takes."""
    w = [[Value(0.1 * i + 0.3 * j, label=f"w[{i}][{j}]") for j in range(3)] for i in range(4)]
    flat = [value for row in w for value in row]

    def rows(x):
        return [sum(a * b for a, b in zip(row, x, strict=True)).tanh() for row in w]

    functions = {
        "all": rows,
        "one": lambda x: [rows(x)[0]],
        "rows": lambda x: [rows(x)[:2], [x[0] * x[1], x[1] * x[2]], [w[0][0], w[0][1]]],
        "mixed": lambda x: [[rows(x)[0], x[0] * x[1]], [w[0][0] * w[1][1], Value(2.0)]],
        "long": lambda x: [rows(x)[i % 4] * x[i % 3].exp() ** i for i in range(16)],
    }
    if kind in functions:
        return lift(functions[kind], wrt=flat), [numbers(7, 2, 3)]
    hessian = [
        [w[i % 4][j % 3].exp() * (w[0][0] + float(i * j)) for j in range(4)] for i in range(4)
    ]
    results = {
        "matrix": hessian,
        "single": [hessian[1][1]],
        "nested": [[r[:2], r[2:]] for r in hessian],
    }
    return lift(results[kind], wrt=flat), []


@pytest.mark.parametrize(
    "kind", ["all", "one", "rows", "mixed", "long", "matrix", "single", "nested"]
)
def test_several_results_are_in_their_form(kind):
    program, arrays = several(kind)
    program.value_and_grad(None, *arrays)
    scope = {"CONSTANTS": program.constants()}
    text = program.source()
    exec(text, scope)
    assert max(map(len, text.splitlines())) <= 100
    results = program.forward(None, *arrays)
    found = scope["forward"](program.theta(), *arrays)
    assert np.shape(found) == results.shape
    np.testing.assert_allclose(found, results, 1e-11)
    seeds = numbers(9, *results.shape)
    found, gradient = scope["value_and_grad"](program.theta(), *arrays, seeds)
    np.testing.assert_allclose(found, results, 1e-11)
    steps = 1e-6 * np.eye(len(program.parameters))
    slopes = [
        (
            program.forward(program.theta() + h, *arrays)
            - program.forward(program.theta() - h, *arrays)
        )
        for h in steps
    ]
    np.testing.assert_allclose(gradient, [np.sum(seeds * s) / 2e-6 for s in slopes], 1e-5, 1e-7)
    if kind == "all":
        assert lines_of(text, "forward")[-1] == "    return np.tanh(x @ w.T)" or (
            lines_of(text, "forward")[-1] == "    return tanh1"
        )


def perceptrons(sizes=(3, 4, 1)):
    """The lecture's network on its data, labelled as one would; its loss and its parameters."""
    chance = np.random.default_rng(0)
    layers = [
        [([Value(x) for x in chance.normal(size=n)], Value(0.1 * j)) for j in range(m)]
        for n, m in pairwise(sizes)
    ]
    for i, layer in enumerate(layers):
        for j, (weights, bias) in enumerate(layer):
            bias.label = f"L{i}n{j}b"
            for k, weight in enumerate(weights):
                weight.label = f"L{i}n{j}w{k}"
    results = []
    for x in [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]:
        for layer in layers:
            x = [(sum(w * a for w, a in zip(ws, x, strict=True)) + b).tanh() for ws, b in layer]
        results.append(x[0])
    for i, result in enumerate(results):
        result.label = f"ypred{i}"
    loss = sum((y - t) ** 2 for y, t in zip(results, [1.0, -1.0, -1.0, 1.0], strict=True))
    loss.label = "loss"
    return loss, [p for layer in layers for ws, b in layer for p in [*ws, b]]


def test_labels_of_results_name_arrays_and_are_seen():
    loss, parameters = perceptrons()
    program = lift(loss, wrt=parameters)
    assert lines_of(program.source(), "forward") == [
        "    L0w = theta[:16].reshape(4, 4)[:, :3]",
        "    L0b = theta[:16].reshape(4, 4)[:, 3]",
        "    L1n0w = theta[16:20]",
        "    L1n0b = theta[20]",
        "    tanh1 = np.tanh(c1 @ L0w.T + L0b)",
        "    ypred = np.tanh(tanh1 @ L1n0w + L1n0b)",
        "    s1 = ypred + c2",
        "    loss = s1 @ s1",
        "    return loss",
    ]
    program.value_and_grad(None)
    assert program["ypred"].tolist() == [program.data(f"ypred{i}") for i in range(4)]


def test_a_labelled_number_has_a_line_of_its_own():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    n = a.exp() * b.tanh()
    n.label = "n"
    lines = lines_of(lift(n.tanh() + a).source(), "forward")
    assert any(line.startswith("    n = ") for line in lines)


def test_rows_with_labels_of_one_stem():
    w = [Value(0.3 * i, label=f"w{i}") for i in range(3)]
    h = [(w[i] * w[(i + 1) % 3]).tanh() for i in range(3)]
    for i, value in enumerate(h):
        value.label = f"h[{i}]"
    program = lift(sum(x.exp() * (i + 1.0) for i, x in enumerate(h)), wrt=w)
    assert "    h = np.tanh(" in program.source()


def test_vectors_are_named_by_what_they_do():
    chance = np.random.default_rng(1)
    w, b, shift = ([Value(x) for x in chance.normal(size=n)] for n in (5, 1, 4))
    rows = chance.normal(size=(6, 5)).tolist()
    outs = [(sum(u * x for u, x in zip(w, row, strict=True)) + b[0]).tanh() for row in rows]
    loss = sum(out * out for out in outs) + 0.5 * sum(u * u for u in w)
    text = lift(loss, wrt=[*w, *b]).source()
    assert "    w = theta[:5]" in text
    assert "(w @ w)" in text
    sums = [(outs[i] * outs[i + 1] + shift[i]).exp() for i in range(4)]
    text = lift(sum(sums), wrt=[*w, *b, *shift]).source()
    assert "    w = theta[:5]" in text
    assert "    b = theta[6:]" in text
