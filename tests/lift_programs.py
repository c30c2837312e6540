"""Scalar programs of many kinds, as learners write them, for lifting.

Each function returns `(root, parameters)`, fresh ones at each call. `PROGRAMS` has them by name,
each with arguments that keep it small; `python tests/lift_programs.py` prints how large they are.
"""

from collections.abc import Callable
from functools import reduce
from random import Random

from glassgrad import (
    MLP,
    Embedding,
    Value,
    cross_entropy,
    l2,
    maximum,
    minimum,
    softmax,
    topological_order,
)
from glassgrad.data import moons as moon_points
from glassgrad.nn import Module

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def matrix(random, n_out, n_in, std=0.08):
    return [[Value(random.gauss(0, std)) for _ in range(n_in)] for _ in range(n_out)]


def numbers(random, n):
    return [random.gauss(0, 1) for _ in range(n)]


def flat(*things):
    """All Values in nested lists and dicts."""
    found = []
    for thing in things:
        if isinstance(thing, Value):
            found.append(thing)
        elif isinstance(thing, Module):
            found += thing.parameters()
        else:
            found += flat(*(thing.values() if isinstance(thing, dict) else thing))
    return found


def name_parameters(matrices):
    for name, rows in matrices.items():
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                value.label = f"{name}[{i}][{j}]"


# micrograd's demo: the batch, the hinge loss and L2 unrolled by hand.


def moons(n=100, width=16, seed=0):
    points = moon_points(n, seed=1)
    model = MLP(2, [width, width, 1], activation="relu", seed=seed)
    targets = [2.0 * label - 1.0 for label in points.targets]
    scores = [model(row) for row in points.inputs]
    losses = [(1 + -y * score).relu() for y, score in zip(targets, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in model.parameters())
    return data_loss + reg_loss, model.parameters()


# Transformers: lists of lists of Values, a position at a time, with the keys and values so far.


def linear(x, w):
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def plain_softmax(logits):
    powers = [logit.exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def stable_softmax(logits):
    largest = reduce(maximum, logits)
    powers = [(logit - largest).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def rmsnorm(x):
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def layernorm(x, gain, shift):
    mean = sum(x) / len(x)
    variance = sum((xi - mean) ** 2 for xi in x) / len(x)
    scale = (variance + 1e-5) ** -0.5
    return [(xi - mean) * scale * g + s for xi, g, s in zip(x, gain, shift, strict=True)]


def attend(q, keys, values, n_heads, soft=plain_softmax):
    """What one position takes from the positions so far."""
    size = len(q) // n_heads
    out = []
    for h in range(n_heads):
        lo, hi = h * size, (h + 1) * size
        logits = [
            sum(qi * ki for qi, ki in zip(q[lo:hi], k[lo:hi], strict=True)) / size**0.5
            for k in keys
        ]
        weights = soft(logits)
        out += [sum(w * v[j] for w, v in zip(weights, values, strict=True)) for j in range(lo, hi)]
    return out


def gpt(name="emmalou", n_embd=16, n_heads=4, seed=42, soft=plain_softmax):
    """The loss of one name: 1 layer, RMSNorm, a token for the start and the end, 27 in all."""
    random = Random(seed)
    state = {
        "wte": matrix(random, 27, n_embd),
        "wpe": matrix(random, 16, n_embd),
        "wq": matrix(random, n_embd, n_embd),
        "wk": matrix(random, n_embd, n_embd),
        "wv": matrix(random, n_embd, n_embd),
        "wo": matrix(random, n_embd, n_embd),
        "fc1": matrix(random, 4 * n_embd, n_embd),
        "fc2": matrix(random, n_embd, 4 * n_embd),
        "lm_head": matrix(random, 27, n_embd),
    }
    name_parameters(state)
    tokens = [26] + [LETTERS.index(letter) for letter in name] + [26]
    n = len(tokens) - 1
    keys, values, losses = [], [], []
    for position in range(n):
        token, target = tokens[position], tokens[position + 1]
        x = [t + p for t, p in zip(state["wte"][token], state["wpe"][position], strict=True)]
        x = rmsnorm(x)
        residual = x
        x = rmsnorm(x)
        q = linear(x, state["wq"])
        keys.append(linear(x, state["wk"]))
        values.append(linear(x, state["wv"]))
        x = linear(attend(q, keys, values, n_heads, soft), state["wo"])
        x = [a + b for a, b in zip(x, residual, strict=True)]
        residual = x
        x = rmsnorm(x)
        x = [xi.relu() for xi in linear(x, state["fc1"])]
        x = [a + b for a, b in zip(linear(x, state["fc2"]), residual, strict=True)]
        probabilities = soft(linear(x, state["lm_head"]))
        losses.append(-probabilities[target].log())
    loss = (1 / n) * sum(losses)
    return loss, flat(state)


def transformer2(n_tokens=6, n_embd=12, n_heads=2, n_layers=2, n_vocabulary=12, seed=7):
    """Two layers with LayerNorm (gains and shifts) and tanh, biases, softmax with the maximum."""
    random = Random(seed)

    def block():
        return {
            "gain1": [Value(1 + random.gauss(0, 0.1)) for _ in range(n_embd)],
            "shift1": [Value(random.gauss(0, 0.1)) for _ in range(n_embd)],
            "wq": matrix(random, n_embd, n_embd, 0.3),
            "wk": matrix(random, n_embd, n_embd, 0.3),
            "wv": matrix(random, n_embd, n_embd, 0.3),
            "wo": matrix(random, n_embd, n_embd, 0.3),
            "gain2": [Value(1 + random.gauss(0, 0.1)) for _ in range(n_embd)],
            "shift2": [Value(random.gauss(0, 0.1)) for _ in range(n_embd)],
            "w1": matrix(random, 3 * n_embd, n_embd, 0.3),
            "b1": [Value(random.gauss(0, 0.1)) for _ in range(3 * n_embd)],
            "w2": matrix(random, n_embd, 3 * n_embd, 0.3),
            "b2": [Value(random.gauss(0, 0.1)) for _ in range(n_embd)],
        }

    tokens = matrix(random, n_vocabulary, n_embd, 0.3)
    places = matrix(random, n_tokens, n_embd, 0.3)
    blocks = [block() for _ in range(n_layers)]
    head = matrix(random, n_vocabulary, n_embd, 0.3)
    text = [random.randrange(n_vocabulary) for _ in range(n_tokens + 1)]

    xs = [
        [a + b for a, b in zip(tokens[t], place, strict=True)]
        for t, place in zip(text, places, strict=False)
    ]
    for b in blocks:
        normed = [layernorm(x, b["gain1"], b["shift1"]) for x in xs]
        qs, ks, vs = ([linear(x, b[w]) for x in normed] for w in ("wq", "wk", "wv"))
        for i, q in enumerate(qs):
            taken = linear(attend(q, ks[: i + 1], vs[: i + 1], n_heads), b["wo"])
            xs[i] = [x + y for x, y in zip(xs[i], taken, strict=True)]
        for i, x in enumerate(xs):
            inner = linear(layernorm(x, b["gain2"], b["shift2"]), b["w1"])
            hidden = [(y + bias).tanh() for y, bias in zip(inner, b["b1"], strict=True)]
            outer = linear(hidden, b["w2"])
            xs[i] = [x + y + bias for x, y, bias in zip(x, outer, b["b2"], strict=True)]
    losses = [
        -softmax(linear(x, head))[target].log() for x, target in zip(xs, text[1:], strict=True)
    ]
    return sum(losses) / len(losses), flat(tokens, places, blocks, head)


def attention(n_tokens=5, width=4, seed=0):
    """Every position attends to every other one; softmax with `reduce(maximum)`."""
    random = Random(seed)
    xs = [numbers(random, width) for _ in range(n_tokens)]
    wq, wk, wv = (matrix(random, width, width, 0.5) for _ in range(3))

    qs, ks, vs = ([linear(x, w) for x in xs] for w in (wq, wk, wv))
    outs = [attend(q, ks, vs, n_heads=2, soft=stable_softmax) for q in qs]
    total = Value(0.0)
    for x, out in zip(xs, outs, strict=True):
        for xi, yi in zip(x, out, strict=True):
            total += (yi - xi) ** 2
    return total, flat(wq, wk, wv)


# Recurrent networks, unrolled.


def rnn(n_steps=12, width=8, n_inputs=2, seed=0):
    random = Random(seed)
    wx = matrix(random, width, n_inputs, 0.5)
    wh = matrix(random, width, width, 0.3)
    bias = [Value(random.gauss(0, 0.1), label=f"bias[{i}]") for i in range(width)]
    readout = [Value(random.gauss(0, 0.5), label=f"readout[{i}]") for i in range(width)]
    name_parameters({"wx": wx, "wh": wh})
    hidden = [Value(0.0) for _ in range(width)]
    loss = 0
    for _ in range(n_steps):
        x, target = numbers(random, n_inputs), random.gauss(0, 1)
        from_x, from_h = linear(x, wx), linear(hidden, wh)
        hidden = [(a + b + c).tanh() for a, b, c in zip(from_x, from_h, bias, strict=True)]
        guess = sum(r * h for r, h in zip(readout, hidden, strict=True))
        loss = loss + (guess - target) ** 2
    return loss / n_steps, flat(wx, wh, bias, readout)


def lstm(n_steps=8, width=5, n_inputs=3, seed=0):
    random = Random(seed)
    gates = {
        gate: (matrix(random, width, n_inputs + width, 0.4), [Value(0.1) for _ in range(width)])
        for gate in ("forget", "input", "candidate", "output")
    }
    h, c = [Value(0.0)] * width, [Value(0.0)] * width
    for _ in range(n_steps):
        xh = numbers(random, n_inputs) + h
        summed = {
            gate: [total + b for total, b in zip(linear(xh, w), bias, strict=True)]
            for gate, (w, bias) in gates.items()
        }
        forget = [z.sigmoid() for z in summed["forget"]]
        entry = [z.sigmoid() for z in summed["input"]]
        candidate = [z.tanh() for z in summed["candidate"]]
        output = [z.sigmoid() for z in summed["output"]]
        c = [f * old + i * new for f, old, i, new in zip(forget, c, entry, candidate, strict=True)]
        h = [o * cell.tanh() for o, cell in zip(output, c, strict=True)]
    return sum(x * x for x in h), flat(gates)


def gru(n_steps=6, width=5, n_inputs=3, seed=1):
    """Two gates; the state begins with plain numbers, so the first step is another expression."""
    random = Random(seed)
    from_x = {gate: matrix(random, width, n_inputs, 0.5) for gate in ("update", "reset", "new")}
    from_h = {gate: matrix(random, width, width, 0.5) for gate in from_x}
    biases = {gate: [Value(0.0) for _ in range(width)] for gate in from_x}
    head = matrix(random, 2, width, 0.5)

    def before(gate, x, h):
        sums = linear(x, from_x[gate]), linear(h, from_h[gate]), biases[gate]
        return [a + b + c for a, b, c in zip(*sums, strict=True)]

    h, loss = [0.0] * width, 0
    for _ in range(n_steps):
        x = numbers(random, n_inputs)
        update = [z.sigmoid() for z in before("update", x, h)]
        reset = [z.sigmoid() for z in before("reset", x, h)]
        kept = [r * old for r, old in zip(reset, h, strict=True)]
        new = [z.tanh() for z in before("new", x, kept)]
        h = [(1 - z) * old + z * made for z, old, made in zip(update, h, new, strict=True)]
        loss = loss + sum((y - 1) ** 2 for y in linear(h, head))
    return loss, flat(from_x, from_h, head, biases)


def long_recurrence(n_steps=200, seed=0):
    """One number after the other: nothing to do at once."""
    random = Random(seed)
    a, b = Value(0.9, label="a"), Value(0.1, label="b")
    x = Value(0.5)
    for _ in range(n_steps):
        x = (a * x + b * random.gauss(0, 1)).tanh()
    return x, [a, b]


# Networks over images and batches.


def conv(n_filters=3, n_images=2, size=8, seed=0):
    """3 x 3 filters over 8 x 8 pixels, relu, 2 x 2 max pooling, a linear layer, cross-entropy."""
    random = Random(seed)
    filters = [matrix(random, 3, 3, 0.5) for _ in range(n_filters)]
    biases = [Value(0.1) for _ in range(n_filters)]
    inside = size - 2
    head = matrix(random, 10, n_filters * (inside // 2) ** 2, 0.2)
    total = Value(0.0)
    for _ in range(n_images):
        image = [[random.random() for _ in range(size)] for _ in range(size)]
        features = []
        for kernel, bias in zip(filters, biases, strict=True):
            plane = [[bias] * inside for _ in range(inside)]
            for i in range(inside):
                for j in range(inside):
                    for di in range(3):
                        for dj in range(3):
                            plane[i][j] = plane[i][j] + kernel[di][dj] * image[i + di][j + dj]
                    plane[i][j] = plane[i][j].relu()
            for i in range(0, inside, 2):
                for j in range(0, inside, 2):
                    upper = maximum(plane[i][j], plane[i][j + 1])
                    lower = maximum(plane[i + 1][j], plane[i + 1][j + 1])
                    features.append(maximum(upper, lower))
        total = total + cross_entropy(linear(features, head), random.randrange(10))
    return total / n_images, flat(filters, biases, head)


def two_convolutions(size=10, seed=0):
    """A second convolution over the channels of a first one, strides of 2, mean pooling."""
    random = Random(seed)
    image = [[random.random() for _ in range(size)] for _ in range(size)]

    def convolve(planes, kernels, step):
        n = (len(planes[0]) - 3) // step + 1
        return [
            [
                [
                    sum(
                        kernel[c][di][dj] * plane[i * step + di][j * step + dj]
                        for c, plane in enumerate(planes)
                        for di in range(3)
                        for dj in range(3)
                    ).tanh()
                    for j in range(n)
                ]
                for i in range(n)
            ]
            for kernel in kernels
        ]

    first = [[matrix(random, 3, 3, 0.5)] for _ in range(2)]
    second = [[matrix(random, 3, 3, 0.5) for _ in range(2)] for _ in range(3)]
    planes = convolve(convolve([image], first, 1), second, 2)
    means = [sum(x for row in plane for x in row) / len(plane) ** 2 for plane in planes]
    return sum(mean * mean for mean in means), flat(first, second)


def padded_convolution(size=7, seed=0):
    """Two convolutions that keep the size: at the edges they look at fewer numbers."""
    random = Random(seed)
    image = [numbers(random, size) for _ in range(size)]

    def convolve(plane, kernel):
        rows = [[0] * size for _ in range(size)]
        for i in range(size):
            for j in range(size):
                for di in range(3):
                    for dj in range(3):
                        if 0 <= i + di - 1 < size and 0 <= j + dj - 1 < size:
                            rows[i][j] += kernel[di][dj] * plane[i + di - 1][j + dj - 1]
        return rows

    first = [matrix(random, 3, 3, 1.0) for _ in range(2)]
    second = [[matrix(random, 3, 3, 1.0) for _ in range(2)] for _ in range(2)]
    planes = [[[x.relu() for x in row] for row in convolve(image, kernel)] for kernel in first]
    total = 0
    for kernels in second:
        a, b = (convolve(plane, kernel) for plane, kernel in zip(planes, kernels, strict=True))
        for row_a, row_b in zip(a, b, strict=True):
            total += sum((x + y).tanh() for x, y in zip(row_a, row_b, strict=True))
    return total, flat(first, second)


def mlp_batch(n=16, n_inputs=12, sizes=(10, 6, 4), seed=0):
    """A batch unrolled by the user, through the library's own network and loss."""
    random = Random(seed)
    model = MLP(n_inputs, list(sizes), seed=seed)
    outputs = [model(numbers(random, n_inputs)) for _ in range(n)]
    loss = cross_entropy(outputs, [random.randrange(sizes[-1]) for _ in range(n)])
    return loss + l2(model, 1e-3), model.parameters()


def batch_norm(n=6, width=4, seed=1):
    """Each column minus its mean, over its deviation; the numbers themselves are parameters."""
    random = Random(seed)
    xs = matrix(random, n, width, 1.0)
    gain, shift = ([Value(x) for _ in range(width)] for x in (1.0, 0.0))
    means = [sum(column) / n for column in zip(*xs, strict=True)]
    variances = [
        sum((x - mean) ** 2 for x in column) / n
        for column, mean in zip(zip(*xs, strict=True), means, strict=True)
    ]
    outs = [
        [
            g * (x - mean) / (variance + 1e-5) ** 0.5 + s
            for x, mean, variance, g, s in zip(row, means, variances, gain, shift, strict=True)
        ]
        for row in xs
    ]
    return sum(x.tanh() for row in outs for x in row), flat(xs, gain, shift)


def distances(n=7, seed=1):
    """What points have to do with one another: every pair of different ones, once."""
    random = Random(seed)
    points = matrix(random, n, 3, 1.0)
    total = 0
    for i, a in enumerate(points):
        for b in points[i + 1 :]:
            total += (-sum((x - y) ** 2 for x, y in zip(a, b, strict=True))).exp()
    return total, flat(points)


def embeddings(n_words=12, dimension=4, seed=0):
    """Word vectors looked up by fixed numbers: each context predicts the next word."""
    random = Random(seed)
    table = Embedding(n_words, dimension, seed=seed)
    model = MLP(2 * dimension, [8, n_words], seed=seed)
    text = [random.randrange(n_words) for _ in range(20)]
    losses = [
        cross_entropy(model(table(a) + table(b)), c)
        for a, b, c in zip(text, text[1:], text[2:], strict=False)
    ]
    return sum(losses) / len(losses), flat(table, model)


# Little or no structure.


def sparse_sums(n=40, n_sums=30, seed=0):
    """Sums over a few indices each, of unequal number: a graph's neighbours."""
    random = Random(seed)
    xs = [Value(random.gauss(0, 1), label=f"x[{i}]") for i in range(n)]
    weights = [Value(random.gauss(0, 1), label=f"w[{i}]") for i in range(n)]
    total = 0
    for _ in range(n_sums):
        chosen = random.sample(range(n), random.randint(1, 6))
        message = sum(weights[i] * xs[i] for i in chosen).tanh()
        total = total + message * message / len(chosen)
    return total, xs + weights


def irregular(n_leaves=8, n_nodes=150, seed=0):
    """A random graph of all kinds of operations, kept tame; parts of it lead nowhere."""
    random = Random(seed)
    leaves = [Value(random.uniform(-1, 1)) for _ in range(n_leaves)]
    pool = list(leaves)
    unary = ["tanh", "sigmoid", "sin", "cos", "relu", "softplus", "gelu", "exp"]
    for _ in range(n_nodes):
        a, b = random.choice(pool), random.choice(pool[-20:])
        kind = random.randrange(8)
        if kind == 0:
            new = a + b
        elif kind == 1:
            new = a * b
        elif kind == 2:
            new = a - b * random.uniform(-2, 2)
        elif kind == 3:
            new = a / (1 + b * b)
        elif kind == 4:
            new = (maximum, minimum)[random.randrange(2)](a, b)
        elif kind == 5:
            new = (a * a + 1) ** random.choice([-1, 0.5, 2, -0.5, 3])
        else:
            new = getattr(b.tanh(), random.choice(unary))()
        pool.append(new.tanh() if abs(new.data) > 2 else new)
    return sum(pool[-5:]), leaves


def tree(depth=7, seed=0):
    """Pairs, and pairs of pairs, up to one number."""
    random = Random(seed)
    leaves = [Value(random.gauss(0, 1), label=f"leaf[{i}]") for i in range(2**depth)]
    weight, bias = Value(0.7, label="weight"), Value(0.1, label="bias")
    level = leaves
    while len(level) > 1:
        level = [
            (weight * a + b * bias).tanh() for a, b in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0], [*leaves, weight, bias]


def ragged_tree(n=60, seed=0):
    """Two random nodes become one until one is left: levels of any size."""
    random = Random(seed)
    leaves = [Value(random.gauss(0, 1)) for _ in range(n)]
    pool = list(leaves)
    while len(pool) > 1:
        a = pool.pop(random.randrange(len(pool)))
        b = pool.pop(random.randrange(len(pool)))
        pool.append((a * b).sin() + a if random.random() < 0.5 else (a - b).tanh())
    return pool[0], leaves


def repeated(n=10, seed=0):
    """The same expressions written again and again, in either order."""
    random = Random(seed)
    xs = [Value(random.gauss(0, 1)) for _ in range(n)]
    total = 0
    for i in range(n):
        for j in range(n):
            total = total + (xs[i] * xs[j]).tanh() + (xs[j] * xs[i]).tanh() * 0.5
            total = total + (xs[i] + xs[j]).exp() * (xs[i] + xs[j]).exp()
    return total / n**2 + xs[0] - xs[0], xs


def unused(n=10, seed=0):
    """Every other parameter leads nowhere; one is the sum's only user twice; one is hidden by 0."""
    random = Random(seed)
    xs = [Value(random.gauss(0, 1), label=f"x[{i}]") for i in range(n)]
    total = sum(x * x for x in xs[::2]) + xs[2] + xs[2] + 0.0 * xs[1]
    return total * 1 + 0, xs


def prefix_sums(n=12, seed=0):
    """Running totals, each used again: sums over 1, 2, 3 ... of the same products."""
    random = Random(seed)
    xs = [Value(random.gauss(0, 1), label=f"x[{i}]") for i in range(n)]
    ws = [Value(random.gauss(0, 1), label=f"w[{i}]") for i in range(n)]
    running, total = 0, 0
    for x, w in zip(xs, ws, strict=True):
        running = running + x * w
        total = total + running.tanh()
    return total, xs + ws


def ragged_sums(n=10, seed=0):
    """Sums of 1, 2, 3 ... products, each written out anew."""
    random = Random(seed)
    xs = [Value(random.gauss(0, 1), label=f"x[{i}]") for i in range(n)]
    ws = matrix(random, 3, n, 1.0)
    total = 0
    for row in ws:
        for i in range(1, n + 1):
            total = total + sum(w * x for w, x in zip(row[:i], xs[:i], strict=True)).tanh()
    return total, flat(xs, ws)


def polynomial(n=20, degree=5, seed=0):
    """Fit a curve by Horner's rule; nothing but sums and products."""
    random = Random(seed)
    coefficients = [Value(random.gauss(0, 1), label=f"c[{k}]") for k in range(degree + 1)]
    loss = 0
    for _ in range(n):
        x, y = random.uniform(-1, 1), random.gauss(0, 1)
        guess = Value(0.0)
        for c in coefficients:
            guess = guess * x + c
        loss += (guess - y) ** 2
    return loss / n, coefficients


def softmax_by_powers(n=6, seed=0):
    """Divisions, powers by Values, logs: the parts of a probability written out."""
    random = Random(seed)
    xs = [Value(random.uniform(0.5, 2), label=f"x[{i}]") for i in range(n)]
    base = Value(1.7, label="base")
    powers = [base**x for x in xs]
    parts = [power / sum(powers) for power in powers]
    return -sum(p * p.log() for p in parts) + 2.0 ** xs[0], [*xs, base]


def single():
    """The root is a parameter itself."""
    x = Value(3.0, label="x")
    return x, [x]


def constant_root():
    """No parameter comes into it."""
    return Value(2.0) * 3 + 1, [Value(1.0)]


PROGRAMS: dict[str, Callable[[], tuple[Value, list[Value]]]] = {
    "moons": lambda: moons(n=20, width=8),
    "gpt": lambda: gpt("eva"),
    "stable_gpt": lambda: gpt("eva", soft=stable_softmax),
    "transformer2": lambda: transformer2(n_tokens=4, n_embd=8),
    "attention": attention,
    "rnn": rnn,
    "lstm": lstm,
    "gru": gru,
    "long_recurrence": long_recurrence,
    "conv": conv,
    "two_convolutions": two_convolutions,
    "padded_convolution": padded_convolution,
    "mlp_batch": mlp_batch,
    "batch_norm": batch_norm,
    "distances": distances,
    "embeddings": embeddings,
    "sparse_sums": sparse_sums,
    "irregular": irregular,
    "tree": tree,
    "ragged_tree": ragged_tree,
    "repeated": repeated,
    "unused": unused,
    "prefix_sums": prefix_sums,
    "ragged_sums": ragged_sums,
    "polynomial": polynomial,
    "softmax_by_powers": softmax_by_powers,
    "single": single,
    "constant_root": constant_root,
}


if __name__ == "__main__":
    large = {"moons, 100": moons, "gpt, 8 tokens": gpt, "transformer2, 6 tokens": transformer2}
    for name, make in {**PROGRAMS, **large}.items():
        root, parameters = make()
        nodes = len(topological_order(root))
        root.backward()
        print(f"{name:24} {nodes:7,} nodes {len(parameters):6,} parameters  {root.data:.6f}")
