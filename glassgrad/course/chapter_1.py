"""The exercises of chapter 1, what a neural network is."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from glassgrad.course.checking import Wrong, call, call_text, compare, number, show
from glassgrad.course.exercise import Exercise

Row = list[float]
Case = tuple[Any, ...]


def _row(random: Random, size: int, widest: float = 3.0) -> Row:
    return [random.uniform(-widest, widest) for _ in range(size)]


def _rows(random: Random, rows: int, size: int) -> list[Row]:
    return [_row(random, size) for _ in range(rows)]


FIRST_PLACE = (
    "`{name}.index(...)` finds the first place with this value; where a value comes twice, that is "
    "the wrong one. Use zip, or range(len(...))"
)
ONLY_ONCE = (
    "equal values are lost here: a set holds each value only once, and a dictionary each key. Use "
    "zip, or range(len(...))"
)


# 1.1


def _weighted_sum(inputs: Row, weights: Row, bias: float) -> float:
    return sum(x * w for x, w in zip(inputs, weights, strict=True)) + bias


def _neurons(random: Random) -> list[Case]:
    """Arguments for neurons of 1 to 5 inputs, after one that is easily done by hand."""
    cases: list[Case] = [
        ([1.0, 2.0], [3.0, 4.0], 5.0),
        ([2.0, 2.0, 2.0], [3.0, 4.0, 3.0], 5.0),  # equal inputs, equal products
        ([1.0, 2.0], [3.0, 3.0], -1.0),  # equal weights
        ([1.0, -2.0], [3.0, 4.0], 1.0),  # a sum below 0
    ]
    sizes = range(1, 6)
    return cases + [(_row(random, n), _row(random, n), random.uniform(-3, 3)) for n in sizes]


def _check_weighted_sum(answer: Any) -> None:
    compare(
        answer,
        _weighted_sum,
        _neurons(Random()),
        why="each input is multiplied by its own weight; the products and the bias are added up",
        mistakes=[
            (
                lambda inputs, weights, bias: _weighted_sum(inputs, weights, 0.0),
                "the bias is missing: it is added once, after the products",
            ),
            (
                lambda inputs, weights, bias: _weighted_sum(inputs, weights, bias * len(inputs)),
                "the bias is added once for each input; it belongs to the neuron and comes once",
            ),
            (
                lambda inputs, weights, bias: _weighted_sum(inputs, weights, -bias),
                "the bias is subtracted here; it is added, and is negative itself where it should "
                "lower the sum",
            ),
            (
                lambda inputs, weights, bias: sum(inputs) + sum(weights) + bias,
                "inputs and weights are added here; each input is multiplied by its weight",
            ),
            (
                lambda inputs, weights, bias: inputs[0] * weights[0] + bias,
                "only the first input counts here; a `return` inside the loop ends it too early",
            ),
            (
                lambda inputs, weights, bias: inputs[-1] * weights[-1] + bias,
                "only the last input counts here; add each product to what is there already, +=",
            ),
            (
                lambda inputs, weights, bias: inputs[-1] * weights[-1],
                "each round throws away the sum so far, and the bias with it: use += in place of =",
            ),
            (
                lambda inputs, weights, bias: _weighted_sum(inputs[:-1], weights[:-1], bias),
                "the last input is missing: range(len(inputs)) ends at it, without - 1",
            ),
            (
                lambda inputs, weights, bias: _weighted_sum(inputs[1:], weights[1:], bias),
                "the first input is missing: places are counted from 0",
            ),
            (
                lambda inputs, weights, bias: abs(_weighted_sum(inputs, weights, bias)),
                "a sum below 0 has lost its minus here; a neuron may well give a negative number",
            ),
            (
                lambda inputs, weights, bias: max(0, _weighted_sum(inputs, weights, bias)),
                "a sum below 0 is cut off here; the sum itself is asked for",
            ),
            (
                lambda inputs, weights, bias: (
                    sum(x * weights[inputs.index(x)] for x in inputs) + bias
                ),
                FIRST_PLACE.format(name="inputs"),
            ),
            (
                lambda inputs, weights, bias: (
                    sum(inputs[weights.index(w)] * w for w in weights) + bias
                ),
                FIRST_PLACE.format(name="weights"),
            ),
            (
                lambda inputs, weights, bias: (
                    sum(x * w for x, w in dict(zip(inputs, weights, strict=True)).items()) + bias
                ),
                ONLY_ONCE,
            ),
            (
                lambda inputs, weights, bias: (
                    sum({x * w for x, w in zip(inputs, weights, strict=True)}) + bias
                ),
                ONLY_ONCE,
            ),
            (
                lambda inputs, weights, bias: math.tanh(_weighted_sum(inputs, weights, bias)),
                "tanh has been applied; the sum itself is asked for",
            ),
        ],
    )


# 1.2


def _on_the_line(x1: float, w1: float, w2: float, b: float) -> float:
    return -(x1 * w1 + b) / w2


def _check_on_the_line(answer: Any) -> None:
    random = Random()
    cases: list[Case] = [
        (2.0, 3.0, 4.0, -10.0),
        (60.0, 0.1, 0.05, -9.0),
        (-1.0, 3.0, 2.0, 6.0),  # x2 is below 0
    ]
    for sign in (-1, 1, -1, 1):
        w2 = sign * random.uniform(0.1, 3)
        cases.append((random.uniform(-5, 5), random.uniform(-3, 3), w2, random.uniform(-5, 5)))
    compare(
        answer,
        _on_the_line,
        cases,
        why="put your x2 into x1 * w1 + x2 * w2 + b: the result has to be 0",
        mistakes=[
            (
                lambda x1, w1, w2, b: (x1 * w1 + b) / w2,
                "the sign is wrong: on its way to the other side of the equation, "
                "x1 * w1 + b changes its sign",
            ),
            (
                lambda x1, w1, w2, b: (b - x1 * w1) / w2,
                "the sign of b is wrong: both x1 * w1 and b change theirs on their way to the "
                "other side",
            ),
            (
                lambda x1, w1, w2, b: -(x1 * w1 + b),
                "this is x2 * w2; divide by w2 to have x2",
            ),
            (
                lambda x1, w1, w2, b: -(x1 * w1 + b) * w2,
                "multiplied by w2, where x2 * w2 has to be divided by it",
            ),
            (
                lambda x1, w1, w2, b: -x1 * w1 / w2,
                "the bias is missing: it moves the line, so it moves this point",
            ),
            (
                lambda x1, w1, w2, b: -x1 * w1 + b / w2,
                "parentheses are missing: / comes before +, and all of x1 * w1 + b is divided",
            ),
            (
                lambda x1, w1, w2, b: -x1 * w1 - b / w2,
                "parentheses are missing: / comes before -, and all of x1 * w1 + b is divided",
            ),
            (
                lambda x1, w1, w2, b: -b - x1 * w1 / w2,
                "parentheses are missing: / comes before -, and all of x1 * w1 + b is divided",
            ),
            (
                lambda x1, w1, w2, b: -(x1 * w1 + b) // w2,
                "// cuts off to a whole number; / divides",
            ),
            (
                lambda x1, w1, w2, b: -((x1 * w1 + b) // w2),
                "// cuts off to a whole number; / divides",
            ),
            (
                lambda x1, w1, w2, b: -(x1 * w2 + b) / w1,
                "w1 and w2 are exchanged: x1 belongs to w1, and x2 to w2",
            ),
            (
                lambda x1, w1, w2, b: abs(_on_the_line(x1, w1, w2, b)),
                "an x2 below 0 has lost its minus here: no dog weighs that, but the line goes on",
            ),
            (
                lambda x1, w1, w2, b: max(0, _on_the_line(x1, w1, w2, b)),
                "an x2 below 0 is cut off here: no dog weighs that, but the line goes on",
            ),
            (
                lambda x1, w1, w2, b: _on_the_line(abs(x1), w1, w2, b),
                "x1 has lost its minus here",
            ),
        ],
    )


# 1.3


def _sigmoid(n: float) -> float:
    if n >= 0:
        return 1 / (1 + math.exp(-n))
    return math.exp(n) / (1 + math.exp(n))


def _check_sigmoid(answer: Any) -> None:
    random = Random()
    cases: list[Case] = [(0.0,), (2.0,), (-2.0,)]
    cases += [(random.uniform(-3, 3),) for _ in range(5)]
    cut_off = (
        "below 0 the sigmoid is small, but not 0: compute it with e^n there, without cutting it off"
    )
    compare(
        answer,
        _sigmoid,
        cases,
        why="the sigmoid is 1 / (1 + e^(-n)): 0.5 at 0, towards 1 for large n, towards 0 for "
        "negative n",
        mistakes=[
            (
                lambda n: _sigmoid(-n),
                "this falls where the sigmoid rises: a sign in the exponent is wrong",
            ),
            (
                lambda n: 1 / 1 + math.exp(-n),
                "parentheses are missing: / comes before +, so 1 / 1 is divided first",
            ),
            (
                lambda n: 1 / math.exp(-n),
                "1 + is missing below the line: 1 / (1 + e^(-n))",
            ),
            (math.tanh, "this is tanh, from -1 to 1; the sigmoid goes from 0 to 1"),
            (
                lambda n: _sigmoid(abs(n)),
                "for negative n it gives the same as for positive n; it should give 1 minus that",
            ),
            (lambda n: 0.0 if n < 0 else _sigmoid(n), cut_off),
            (lambda n: 0.0 if n <= 0 else _sigmoid(n), f"at 0 it is 0.5. And {cut_off}"),
        ],
    )
    compare(answer, _sigmoid, [(-4.0,), (-8.0,), (-20.0,)], why=cut_off)
    compare(
        answer,
        _sigmoid,
        [(4.0,), (8.0,), (20.0,)],
        why="for large n the sigmoid is nearly 1, but not 1 yet: do not cut it off",
    )
    compare(
        answer,
        _sigmoid,
        [(-700.0,), (-1000.0,), (1000.0,), (-1e6,), (1e6,)],
        why="at -1000 the sigmoid is practically 0, and at 1000 practically 1",
        mistakes=[
            (
                lambda n: 1.0 if n < -709 else _sigmoid(n),
                "at -1000 the sigmoid is practically 0; 1 is the other end",
            )
        ],
    )


# 1.4


def _sums(inputs: Row, weights: list[Row], biases: Row) -> Row:
    return [_weighted_sum(inputs, row, b) for row, b in zip(weights, biases, strict=True)]


def _layer(inputs: Row, weights: list[Row], biases: Row) -> Row:
    return [math.tanh(n) for n in _sums(inputs, weights, biases)]


def _transposed(weights: list[Row]) -> list[Row]:
    return [list(column) for column in zip(*weights, strict=True)]


def _sums_before_each_neuron(inputs: Row, weights: list[Row], biases: Row) -> Row:
    """The sums of the neurons, each begun with the one before it: `n` is never set back."""
    found, n = [], 0.0
    for row, bias in zip(weights, biases, strict=True):
        n = _weighted_sum(inputs, row, n + bias)
        found.append(n)
    return found


def _sums_after_each_input(inputs: Row, weights: list[Row], biases: Row) -> Row:
    """The sums on the way: the append stands in the inner loop."""
    return [
        _weighted_sum(inputs[:end], row[:end], bias)
        for row, bias in zip(weights, biases, strict=True)
        for end in range(1, len(inputs) + 1)
    ]


def _check_layer(answer: Any) -> None:
    random = Random()
    square: list[Case] = [  # so many inputs as neurons: exchanging them stops with no error
        ([1.0, 2.0], [[0.5, 0.25], [-0.5, 0.5]], [0.0, -1.0]),
        ([1.0, -2.0], [[0.5, 0.25], [0.5, 0.25]], [0.0, -1.0]),  # equal rows
        ([0.5, 0.5], [[0.5, 1.0], [-0.5, -1.0]], [0.5, 0.5]),  # equal inputs, equal biases
        ([0.5, 1.0], [[-0.5, -0.5], [1.0, 0.5]], [0.5, 0.0]),  # equal weights
        (_row(random, 3, 1.0), _rows(random, 3, 3), _row(random, 3, 1.0)),
    ]
    others: list[Case] = []
    for neurons, size in ((1, 1), (1, 3), (3, 1), (2, 2), (3, 2), (2, 4)):
        inputs, weights = _row(random, size, 1.0), _rows(random, neurons, size)
        others.append((inputs, weights, _row(random, neurons, 1.0)))
    for cases in (square, others):
        _compare_layer(answer, cases)


def _compare_layer(answer: Any, cases: list[Case]) -> None:
    compare(
        answer,
        _layer,
        cases,
        why="a list with tanh(weighted sum + bias) for each neuron: row i of `weights` and number "
        "i of `biases` belong to neuron i, and all neurons have the same inputs",
        mistakes=[
            (
                _sums,
                "the activation is missing: the output is tanh of the sum",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, weights, [0.0] * len(biases)),
                "the biases are missing: each neuron adds its own",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, weights, [biases[0]] * len(biases)),
                "all neurons have the first bias here; each has one of its own",
            ),
            (
                lambda inputs, weights, biases: _layer(
                    inputs, weights, [sum(biases)] * len(biases)
                ),
                "each neuron adds all biases here; each has one of its own",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, weights[:1], biases[:1]),
                "only the first neuron is there; a `return` inside the loop ends it too early",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, weights[-1:], biases[-1:]),
                "only the last neuron is there; the list of outputs begins before the loop",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, weights, biases)[0],
                "this is the output of the first neuron alone; a layer gives a list, one for each",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, weights, biases)[-1],
                "this is the output of the last neuron alone; append each of them to a list",
            ),
            (
                lambda inputs, weights, biases: _layer(inputs, _transposed(weights), biases),
                "rows are taken for columns here: row i of `weights` has all weights of neuron i",
            ),
            (
                lambda inputs, weights, biases: [
                    math.tan(n) for n in _sums(inputs, weights, biases)
                ],
                "math.tan is the tangent of an angle; the activation is math.tanh",
            ),
            (
                lambda inputs, weights, biases: [
                    _sigmoid(n) for n in _sums(inputs, weights, biases)
                ],
                "this is the sigmoid of the sum; tanh is asked for",
            ),
            (
                lambda inputs, weights, biases: [
                    math.tanh(n) for n in _sums_before_each_neuron(inputs, weights, biases)
                ],
                "each neuron goes on from the sum of the one before it; set n back at the "
                "beginning of the outer loop",
            ),
            (
                lambda inputs, weights, biases: [
                    math.tanh(n) for n in _sums_after_each_input(inputs, weights, biases)
                ],
                "an output is appended after each input; the append belongs after the inner loop",
            ),
            (
                lambda inputs, weights, biases: _layer(
                    inputs, weights, [biases[weights.index(row)] for row in weights]
                ),
                FIRST_PLACE.format(name="weights"),
            ),
            (
                lambda inputs, weights, biases: _layer(
                    inputs, [[row[inputs.index(x)] for x in inputs] for row in weights], biases
                ),
                FIRST_PLACE.format(name="inputs"),
            ),
            (
                lambda inputs, weights, biases: [
                    math.tanh(_weighted_sum([inputs[row.index(w)] for w in row], row, bias))
                    for row, bias in zip(weights, biases, strict=True)
                ],
                FIRST_PLACE.format(name="row"),
            ),
            (
                lambda inputs, weights, biases: sum(_layer(inputs, weights, biases)),
                "the outputs have been added up; a layer gives a list of them",
            ),
            (
                lambda inputs, weights, biases: [
                    math.tanh(_weighted_sum(inputs, row, 0.0)) + bias
                    for row, bias in zip(weights, biases, strict=True)
                ],
                "the bias is added after tanh; it belongs to the sum, inside",
            ),
        ],
    )


# 1.5


def _collapse(
    weights: list[Row], biases: Row, out_weights: Row, out_bias: float
) -> tuple[Row, float]:
    columns = _transposed(weights)
    new_weights = [_weighted_sum(column, out_weights, 0.0) for column in columns]
    return new_weights, _weighted_sum(biases, out_weights, out_bias)


def _check_collapse(answer: Any) -> None:
    random = Random()
    square: list[Case] = [  # so many inputs as neurons: exchanging them stops with no error
        ([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0], [10.0, 1.0], 7.0),
        ([[1.0, 2.0], [1.0, 2.0]], [5.0, 5.0], [3.0, -4.0], 7.0),  # equal rows, equal biases
        ([[1.0, 2.0], [3.0, -1.0]], [5.0, -6.0], [2.0, 2.0], -1.0),  # equal out_weights
    ]
    others: list[Case] = []
    for neurons, size in ((1, 1), (2, 2), (3, 2), (2, 3), (1, 4), (4, 1)):
        weights = _rows(random, neurons, size)
        out = _row(random, neurons)
        others.append((weights, _row(random, neurons), out, random.uniform(-3, 3)))
    got = call(answer, *square[0])
    pair = isinstance(got, (tuple, list)) and len(got) == 2
    if not pair or not any(hasattr(part, "__len__") for part in got):
        raise Wrong(
            f"{call_text(answer, square[0])} gave {show(got)}",
            "two things are asked for: the list new_weights, and the number new_bias",
        )
    for cases in (square, others):
        _compare_collapse(answer, cases)


def _by_place(values: list[Any], keys: list[Any]) -> list[Any]:
    """The value for each key, looked up at the first place where the key is."""
    return [values[keys.index(key)] for key in keys]


def _compare_collapse(answer: Any, cases: list[Case]) -> None:
    compare(
        answer,
        _collapse,
        cases,
        why="input i reaches the output through every hidden neuron: its new weight is the sum of "
        "out_weights[j] * weights[j][i] over all neurons j; the new bias is the sum of "
        "out_weights[j] * biases[j], plus out_bias",
        mistakes=[
            (
                lambda w, b, v, c: (_collapse(w, b, v, c)[0], c),
                "the weights are right; but the hidden biases reach the output too, each times "
                "its neuron's out_weight",
            ),
            (
                lambda w, b, v, c: (_collapse(w, b, v, c)[0], sum(b) + c),
                "the weights are right; but a hidden bias reaches the output multiplied by its "
                "neuron's out_weight",
            ),
            (
                lambda w, b, v, c: (_collapse(w, b, v, c)[0], _weighted_sum(b, v, 0.0)),
                "the weights are right; but out_bias is missing in the new bias",
            ),
            (
                lambda w, b, v, c: ([sum(column) for column in _transposed(w)], sum(b) + c),
                "the out_weights are missing: what a hidden neuron gives is multiplied by its own",
            ),
            (
                lambda w, b, v, c: (
                    [sum(row) * x for row, x in zip(w, v, strict=True)],
                    _collapse(w, b, v, c)[1],
                ),
                "there is one new weight for each hidden neuron here; there must be one for each "
                "input, the sum over a column of `weights`",
            ),
            (
                lambda w, b, v, c: tuple(reversed(_collapse(w, b, v, c))),
                "the order is new_weights, new_bias",
            ),
            (
                lambda w, b, v, c: (
                    _collapse(_transposed(w), b, v, c)[0],
                    _collapse(w, b, v, c)[1],
                ),
                "rows are taken for columns here: the new weight of input i is made of the "
                "weights[j][i], one from each row",
            ),
            (
                lambda w, b, v, c: _collapse(w, b, v, -c),
                "out_bias is subtracted here; it is added",
            ),
            (
                lambda w, b, v, c: _collapse(w, b, v, c * len(b)),
                "out_bias is added once for each hidden neuron; it comes once",
            ),
            (
                lambda w, b, v, c: _collapse(w, b, _by_place(v, w), c),
                FIRST_PLACE.format(name="weights"),
            ),
            (
                lambda w, b, v, c: (
                    _collapse(w, b, _by_place(v, w), c)[0],
                    _collapse(w, b, v, c)[1],
                ),
                FIRST_PLACE.format(name="weights"),
            ),
            (
                lambda w, b, v, c: (
                    _collapse(w, b, v, c)[0],
                    _collapse(w, b, _by_place(v, b), c)[1],
                ),
                FIRST_PLACE.format(name="biases"),
            ),
            (
                lambda w, b, v, c: (
                    _collapse(w, b, v, c)[0],
                    _collapse(w, _by_place(b, v), v, c)[1],
                ),
                FIRST_PLACE.format(name="out_weights"),
            ),
        ],
    )


# 1.6


def _softmax(logits: Row) -> Row:
    exps = [math.exp(z - max(logits)) for z in logits]
    return [e / sum(exps) for e in exps]


def _check_softmax(answer: Any) -> None:
    random = Random()
    cases: list[Case] = [([1.0, 2.0, 3.0],), ([1.0, 1.0, 2.0],), ([-1.0, -2.0],), ([0.5],)]
    cases += [(_row(random, size),) for size in (2, 3, 4, 5)]
    shares = "each e^logit is divided by the sum of all e^logit, so that the results add up to 1"
    compare(
        answer,
        _softmax,
        cases,
        why=shares,
        mistakes=[
            (
                lambda logits: [math.exp(z) for z in logits],
                "these are the powers e^logit; each is still to be divided by their sum",
            ),
            (
                lambda logits: [math.exp(z - max(logits)) for z in logits],
                "these are the powers of e; each is still to be divided by their sum",
            ),
            (
                lambda logits: [math.exp(z) / max(map(math.exp, logits)) for z in logits],
                "divided by the largest here; divide by the sum, so that they add up to 1",
            ),
            (
                lambda logits: [z / sum(logits) for z in logits],
                "the logits themselves are divided by their sum here; take e^logit of each first",
            ),
            (
                lambda logits: [math.exp(z) / sum(logits) for z in logits],
                "divided by the sum of the logits here; divide by the sum of the powers e^logit",
            ),
            (
                lambda logits: max(_softmax(logits)),
                "only the largest probability is given; the list of all is asked for",
            ),
            (
                lambda logits: _softmax([-z for z in logits]),
                "the smallest logit has the largest probability here: a sign is wrong",
            ),
            (
                lambda logits: [math.exp(z) / sum(set(map(math.exp, logits))) for z in logits],
                "a set holds equal powers only once; the sum needs all of them, from a list",
            ),
            (
                lambda logits: sorted(_softmax(logits)),
                "the probabilities have to stay in the order of the logits",
            ),
        ],
    )
    compare(answer, _softmax, [([0.0, 0.0],)], why=shares)
    compare(
        answer,
        _softmax,
        [([1000.0, 1001.0],), ([-1000.0, -1001.0],), ([0.0, 5000.0, -5000.0],), ([1e6] * 4,)],
        why="subtract the largest logit from all of them first: then no power of e is above 1, "
        "and one of them is 1",
    )


# 1.7


def _right_ones(probabilities: list[Row], kinds: list[int]) -> Row:
    return [dog[kind] for dog, kind in zip(probabilities, kinds, strict=True)]


def _cross_entropy(probabilities: list[Row], kinds: list[int]) -> float:
    return sum(-math.log(p) for p in _right_ones(probabilities, kinds)) / len(kinds)


def _check_cross_entropy(answer: Any) -> None:
    random = Random()
    cases: list[Case] = [
        ([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], [0, 1]),
        ([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], [0, 1, 1]),  # equal dogs
        ([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [2, 2]),  # equal kinds, too
    ]
    for size in (1, 2, 5, 10):
        probabilities = [_softmax(_row(random, 3)) for _ in range(size)]
        cases.append((probabilities, [random.randrange(3) for _ in range(size)]))
    compare(
        answer,
        _cross_entropy,
        cases,
        why="for each dog minus the natural logarithm of the probability at the place of its "
        "kind; then the mean over the dogs",
        mistakes=[
            (
                lambda ps, kinds: -_cross_entropy(ps, kinds),
                "the minus is missing: the logarithm of a number below 1 is negative, and a loss "
                "is not",
            ),
            (
                lambda ps, kinds: _cross_entropy(ps, kinds) * len(kinds),
                "this is the sum; divide by the number of dogs to have the mean",
            ),
            (
                lambda ps, kinds: -_cross_entropy(ps, kinds) * len(kinds),
                "this is the sum of the logarithms; minus is missing, and the mean is asked for",
            ),
            (
                lambda ps, kinds: sum(-math.log(max(dog)) for dog in ps) / len(ps),
                "this takes the largest probability of each dog; take that of the right kind, "
                "or a network that is sure and wrong has a low loss",
            ),
            (
                lambda ps, kinds: _cross_entropy(ps, kinds) / math.log(10),
                "this is the logarithm to base 10; math.log is the natural one",
            ),
            (
                lambda ps, kinds: _cross_entropy(ps, kinds) / math.log(2),
                "this is the logarithm to base 2; math.log is the natural one",
            ),
            (
                lambda ps, kinds: -math.log(sum(_right_ones(ps, kinds)) / len(kinds)),
                "the mean of the probabilities is taken first, and then the logarithm; it is the "
                "other way round",
            ),
            (
                lambda ps, kinds: sum(1 - p for p in _right_ones(ps, kinds)) / len(kinds),
                "this is the mean of 1 - p; minus log p is asked for, which has no upper end",
            ),
            (
                lambda ps, kinds: _cross_entropy(ps, kinds) / 3 * len(kinds),
                "divided by the number of kinds here; the mean is over the dogs",
            ),
            (
                lambda ps, kinds: [-math.log(p) for p in _right_ones(ps, kinds)],
                "these are the losses of the dogs; their mean is asked for: add them up, and "
                "divide by how many there are",
            ),
            (
                lambda ps, kinds: -math.log(ps[0][kinds[0]]),
                "only the first dog counts here; a `return` inside the loop ends it too early",
            ),
            (
                lambda ps, kinds: -math.log(ps[0][kinds[0]]) / len(kinds),
                "only the first dog counts here; a `return` inside the loop ends it too early",
            ),
            (
                lambda ps, kinds: -math.log(ps[-1][kinds[-1]]) / len(kinds),
                "only the last dog counts here; add each to what is there already, +=",
            ),
            (
                lambda ps, kinds: _cross_entropy(ps, [kind - 1 for kind in kinds]),
                "kinds count from 0, as the places of a list do: dog[kind], without - 1",
            ),
            (
                lambda ps, kinds: _cross_entropy(ps, _by_place(kinds, ps)),
                FIRST_PLACE.format(name="probabilities"),
            ),
            (
                lambda ps, kinds: _cross_entropy(_by_place(ps, kinds), kinds),
                FIRST_PLACE.format(name="kinds"),
            ),
            (
                lambda ps, kinds: sum({-math.log(p) for p in _right_ones(ps, kinds)}) / len(kinds),
                ONLY_ONCE,
            ),
        ],
    )


# 1.8


def _check_two_networks(answer: Any) -> None:
    got = call(answer)
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong(f"two_networks() gave {show(got)}", "two lists are asked for: return a, b")
    a, b = (_probabilities(name, given) for name, given in zip("ab", got, strict=True))
    if len(a) != len(b):
        raise Wrong(
            f"a has {len(a)} numbers and b has {len(b)}",
            "both networks answer for the same dogs, so the lists are of the same length",
        )
    kinds = [0] * len(a)
    loss_a, loss_b = (_cross_entropy([[p] for p in ps], kinds) for ps in (a, b))
    right_a, right_b = (sum(p > 0.5 for p in ps) for ps in (a, b))
    seen = (
        f"network A has the loss {show(loss_a)} and {right_a} of {len(a)} right, "
        f"network B has the loss {show(loss_b)} and {right_b} right"
    )
    if loss_a > loss_b and right_a > right_b:
        raise Wrong(
            seen, "this is an example with A and B exchanged: network A needs the lower loss"
        )
    if not loss_a < loss_b:
        raise Wrong(
            seen,
            "network A needs the lower loss: let it be nearly sure, 0.99, of the dogs that it has "
            "right",
        )
    if not right_a < right_b:
        raise Wrong(
            seen,
            "network A needs fewer dogs right: let it have 0.4 for one dog where B has more than "
            "0.5",
        )


def _probabilities(name: str, given: Any) -> Row:
    given = given.tolist() if hasattr(given, "tolist") else given
    if not isinstance(given, (tuple, list)) or not given:
        raise Wrong(f"{name} is {show(given)}", "a list is asked for, with a number for each dog")
    found = [number(p) for p in given]
    for p, thing in zip(found, given, strict=True):
        if p is None or not 0 < p <= 1:
            raise Wrong(
                f"{show(thing)} stands in {name}",
                "a probability is a number from 0 to 1; at exactly 0 the loss would be infinite",
            )
    return [p for p in found if p is not None]


EXERCISES = [
    Exercise(
        "1.1",
        "the weighted sum",
        _check_weighted_sum,
        (
            "Go through inputs and weights side by side: zip(inputs, weights) gives the pairs.",
            "Start with total = bias, and add one product for each pair.",
            "In the loop: `total = total + x * w`. After it: `return total`",
        ),
    ),
    Exercise(
        "1.2",
        "the line",
        _check_on_the_line,
        (
            "Write x1 * w1 + x2 * w2 + b = 0 on paper, and solve it for x2.",
            "First bring x1 * w1 and b to the other side: x2 * w2 = -(x1 * w1 + b).",
            "Divide both sides by w2, and mind the parentheses: `return -(x1 * w1 + b) / w2`",
        ),
    ),
    Exercise(
        "1.3",
        "the sigmoid",
        _check_sigmoid,
        (
            "math.exp(-n) is too large when n is very negative. And math.exp(n)?",
            "Multiply 1 / (1 + e^(-n)) above and below the line by e^n: e^n / (e^n + 1). "
            "This is the same number.",
            "If n >= 0: `return 1 / (1 + math.exp(-n))`. Otherwise `e = math.exp(n)`, "
            "and `return e / (1 + e)`",
        ),
    ),
    Exercise(
        "1.4",
        "a layer",
        _check_layer,
        (
            "You have seen two loops, one inside the other: over the neurons, and over the inputs.",
            "Begin with outputs = []. For each row and bias in zip(weights, biases), "
            "compute the weighted sum of the inputs and that row.",
            "In the outer loop: `n = bias`, then `n += x * w` for each pair of zip(inputs, row), "
            "then `outputs.append(math.tanh(n))`. After both loops: `return outputs`",
        ),
    ),
    Exercise(
        "1.5",
        "two layers into one",
        _check_collapse,
        (
            "Do it on paper for two hidden neurons and one input: "
            "o = v1 * (w1 * x + b1) + v2 * (w2 * x + b2) + c. What stands before x?",
            "The new bias: out_bias plus out_weights[j] * biases[j] for each hidden neuron j. "
            "The new weight of input i is made in the same way, of column i of `weights`.",
            "new_weights[i] is the sum of out_weights[j] * weights[j][i] over all j in "
            "range(len(weights)), for each i in range(len(weights[0])).",
        ),
    ),
    Exercise(
        "1.6",
        "softmax",
        _check_softmax,
        (
            "First a list of the powers of e, then their sum, then a list of the shares.",
            "Before the powers, subtract max(logits) from each logit: the shares stay the same.",
            "`exps = [math.exp(z - max(logits)) for z in logits]`, then `total = sum(exps)`, "
            "then `return [e / total for e in exps]`",
        ),
    ),
    Exercise(
        "1.7",
        "the loss for kinds",
        _check_cross_entropy,
        (
            "The probability of the right kind of one dog is dog[kind], for dog and kind in "
            "zip(probabilities, kinds).",
            "Add up -math.log(dog[kind]) over all dogs.",
            "`total = 0`, then `total -= math.log(dog[kind])` in the loop, "
            "and after it `return total / len(kinds)`",
        ),
    ),
    Exercise(
        "1.8",
        "lower loss, lower accuracy",
        _check_two_networks,
        (
            "Let B be right about every dog, but never sure. What does one dog cost it then?",
            "B with 0.6 everywhere has the loss 0.511. A may be wrong about a dog, if it "
            "gains more at the others.",
            "Three dogs are enough: let A have 0.99 for two of them and 0.4 for the third.",
        ),
    ),
]
