"""Training: its steps, beside NumPy's and by hand; messages. How it ends: test_train_ends.py."""

import random
import re
from math import isnan, log
from textwrap import dedent
from time import perf_counter

import pytest

from glassgrad import (
    MLP,
    SGD,
    Adam,
    Module,
    Value,
    absolute_error,
    cross_entropy,
    evaluate,
    fit,
    hinge,
    predict,
    squared_error,
)
from glassgrad.data import Dataset, moons
from glassgrad.optim import warm_up
from glassgrad.train import probabilities, step


class Line(Module):
    """slope * x + start, at first 0."""

    def __init__(self):
        self.slope, self.start = Value(0.0), Value(0.0)

    def __call__(self, x):
        return self.slope * x[0] + self.start


def numbers(*targets, classes=()):
    return Dataset([[float(i)] for i in range(len(targets))], list(targets), ["x"], [*classes])


LINE = numbers(1.0, 3.0, 5.0, 7.0)


def weights(model):
    return [parameter.data for parameter in model.parameters()]


# Beside NumPy: a hidden layer of three, the loss of each task with its slope, Adam.


def squared_error_in_numpy(np, out, t):
    missed = out[:, 0] - t
    return np.mean(missed**2), 2 * missed[:, None] / len(t), 1 - np.mean(missed**2) / np.var(t)


def logistic_in_numpy(np, out, t):
    p = 1 / (1 + np.exp(-out[:, 0]))
    right = np.where(t == 1, p, 1 - p)
    return -np.mean(np.log(right)), (p - t)[:, None] / len(t), np.mean(right > 0.5)


def cross_entropy_in_numpy(np, out, t):
    p = np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    wanted = np.eye(out.shape[1])[t]
    loss = -np.mean(np.log((p * wanted).sum(axis=1)))
    return loss, (p - wanted) / len(t), np.mean(out.argmax(axis=1) == t)


def adam_in_numpy(np, theta, objective, train, validation, rates, batch_size, seed):
    """The weights after training, and for each epoch the four measures of the history."""
    theta, m, v, steps, rows = np.array(theta), 0.0, 0.0, 0, []
    hidden, last = theta[:9].reshape(3, 3), theta[9:].reshape(-1, 4)  # biases in the last column

    def forward(data):
        x = np.column_stack([np.array(data.inputs), np.ones(len(data))])
        h = np.column_stack([np.tanh(x @ hidden.T), np.ones(len(data))])
        return x, h, *objective(np, h @ last.T, np.array(data.targets))

    order, shuffler = list(range(len(train))), random.Random(seed)
    for rate in rates:
        shuffler.shuffle(order)
        for first in range(0, len(order), batch_size):
            x, h, _, slope, _ = forward(train.subset(order[first : first + batch_size]))
            back = (slope @ last)[:, :3] * (1 - h[:, :3] ** 2)
            gradient = np.concatenate([(back.T @ x).ravel(), (slope.T @ h).ravel()])
            steps += 1
            m = 0.9 * m + 0.1 * gradient
            v = 0.999 * v + 0.001 * gradient**2
            root = np.sqrt(v / (1 - 0.999**steps)) + 1e-8
            theta -= rate * m / (1 - 0.9**steps) / root
        rows.append([forward(data)[i] for data in (train, validation) for i in (2, 4)])
    return theta, rows


@pytest.mark.parametrize(
    ("n_outputs", "n_classes", "objective", "metric"),
    [
        (1, 0, squared_error_in_numpy, "r2"),
        (1, 2, logistic_in_numpy, "accuracy"),
        (2, 2, cross_entropy_in_numpy, "accuracy"),
        (3, 3, cross_entropy_in_numpy, "accuracy"),
    ],
)
@pytest.mark.parametrize(
    ("learning_rate", "rates"),
    [(None, [0.01] * 3), (0.2, [0.2] * 3), (lambda epoch: 0.4 / 2**epoch, [0.4, 0.2, 0.1])],
    ids=["default", "number", "schedule"],
)
def test_training_as_in_numpy(n_outputs, n_classes, objective, metric, learning_rate, rates):
    """The default loss and metric of each task; batches of 4, 4 and 3."""
    np = pytest.importorskip("numpy")
    draw = random.Random(1)
    inputs = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(16)]
    targets = [i % n_classes if n_classes else draw.gauss(0, 2) for i in range(16)]
    data = Dataset(inputs, targets, ["x", "y"], [str(k) for k in range(n_classes)])
    train, validation = data.subset(range(11)), data.subset(range(11, 16))
    model = MLP(2, [3, n_outputs], seed=5)
    expected, rows = adam_in_numpy(
        np, weights(model), objective, train, validation, rates, batch_size=4, seed=9
    )
    start = perf_counter()
    history = fit(
        model, train, validation, learning_rate=learning_rate, epochs=3, batch_size=4, seed=9
    )
    assert weights(model) == pytest.approx(expected, abs=1e-12)
    names = ["train_loss", "train_metric", "validation_loss", "validation_metric"]
    for epoch, (row, rate, measures) in enumerate(zip(history.epochs, rates, rows, strict=True), 1):
        assert (row.pop("epoch"), row.pop("learning_rate")) == (epoch, rate)
        assert row == pytest.approx(dict(zip(names, measures, strict=True)), abs=1e-12)
    assert history.loss_name + "_in_numpy" == objective.__name__
    assert (history.metric_name, history.seed) == (metric, 9)
    assert (history.best_epoch, history.stopped_early, history.interrupted) == (None, False, False)
    assert 0 < history.seconds <= perf_counter() - start


# By hand.


def test_a_step_by_hand():
    """Slope 0 and start 0: gradients 2 * mean(-target * x) = -17 and 2 * mean(-target) = -8."""
    line = Line()
    line.slope.grad = 99.0  # left from before
    loss = step(line, SGD(line, 0.01), squared_error, LINE.inputs, LINE.targets)
    assert loss == (1 + 9 + 25 + 49) / 4
    assert weights(line) == pytest.approx([0.17, 0.08], rel=1e-15)


def test_only_what_the_optimizer_has_is_changed():
    line = Line()
    fit(line, LINE, optimizer=SGD([line.start], 0.5), epochs=1)
    assert weights(line) == [0.0, 4.0]  # the mean target


def test_evaluate_by_hand():
    """All outputs 0: mean square 21; spread 20 around 4, so r2 is 1 - 84 / 20."""
    assert evaluate(Line(), LINE) == pytest.approx({"loss": 21.0, "r2": -3.2}, rel=1e-15)
    assert evaluate(Line(), LINE, absolute_error) == pytest.approx({"loss": 4.0, "r2": -3.2})
    coin = numbers(0, 1, 0, classes=["tails", "heads"])
    assert evaluate(Line(), coin) == pytest.approx({"loss": log(2), "accuracy": 2 / 3})
    assert evaluate(Line(), LINE, metric=largest_miss) == {"loss": 21.0, "largest_miss": 7.0}


def largest_miss(outputs, targets):
    return max(abs(y.data - t) for y, t in zip(outputs, targets, strict=True))


def test_predict_and_probabilities_by_hand():
    line = Line()
    line.slope.data, line.start.data = log(3), 0.0
    inputs = [[0.0], [1.0], [-1.0], [1e4]]
    assert predict(line, inputs) == [0.0, log(3), -log(3), 1e4 * log(3)]
    assert probabilities(line, inputs) == [
        pytest.approx(row) for row in ([1 / 2, 1 / 2], [1 / 4, 3 / 4], [3 / 4, 1 / 4], [0, 1])
    ]
    for kind in (list, tuple):

        def three(x, kind=kind):
            return kind([line(x), Value(0.0), line(x)])

        assert predict(three, [[1.0]]) == [[log(3), 0.0, log(3)]]
        assert probabilities(three, [[1.0]]) == [pytest.approx([3 / 7, 1 / 7, 3 / 7])]
    assert (predict(line, []), probabilities(line, [])) == ([], [])


# Losses, metrics and models of one's own.


def test_a_loss_and_a_metric_of_ones_own():
    line = Line()
    still = SGD(line, learning_rate=0.0)

    def pull(outputs, targets):
        return absolute_error(outputs, targets) * 2

    history = fit(
        line, LINE, numbers(8.0), loss=pull, metric=largest_miss, optimizer=still, epochs=1
    )
    assert (history.loss_name, history.metric_name) == ("pull", "largest_miss")
    assert history.epochs == [
        {
            "epoch": 1,
            "learning_rate": 0.0,
            "train_loss": 8.0,
            "train_metric": 7.0,
            "validation_loss": 16.0,
            "validation_metric": 8.0,
        }
    ]


class Pull:
    """A loss of one's own that is no function: how far all outputs are from 0."""

    def __call__(self, outputs, targets):
        first = [y[0] if isinstance(y, (list, tuple)) else y for y in outputs]
        return absolute_error(first, [0.0] * len(outputs))


@pytest.mark.parametrize(
    ("n_outputs", "classes", "metric"),
    [
        (1, "", "r2"),
        (1, "ab", "accuracy"),
        (2, "ab", "accuracy"),
        (3, "abc", "accuracy"),
        (2, "", None),  # more outputs than a regression has,
        (1, "abc", None),  # or fewer than there are classes,
        (1, "a", None),  # or nothing to tell apart
    ],
)
def test_the_metric_follows_from_the_task_whatever_the_loss(n_outputs, classes, metric):
    data = Dataset([[0.0], [1.0], [2.0]], [0, 0, 0], ["x"], list(classes))
    model = MLP(1, [n_outputs], seed=0)
    history = fit(model, data, loss=Pull(), epochs=1)
    (row,) = history.epochs
    assert (history.loss_name, history.metric_name) == ("Pull", metric)
    assert (row["train_metric"] is None) == (metric is None)
    assert [row["validation_loss"], row["validation_metric"]] == [None, None]
    assert list(evaluate(model, data, Pull())) == ["loss", *([metric] if metric else [])]
    assert fit(model, data, loss=Pull(), metric=len_of, epochs=1).metric_name == "len_of"


def len_of(outputs, targets):
    return len(outputs)


@pytest.mark.parametrize("loss", [cross_entropy, hinge])
def test_a_loss_by_its_name_for_classes(loss):
    """As in the lecture, which separates the moons by the hinge."""
    model = MLP(2, [2 if loss is cross_entropy else 1], seed=0)
    history = fit(model, moons(n=40), loss=loss, learning_rate=0.1, epochs=10)
    assert (history.loss_name, history.metric_name) == (loss.__name__, "accuracy")
    assert history.epochs[-1]["train_metric"] > 0.7  # as a line can


def test_a_list_of_one_output_is_like_the_output():
    class Listed(Line):
        def __call__(self, x):
            return [super().__call__(x)]

    coin = numbers(0, 1, 0, 1, classes=["tails", "heads"])
    for data in (LINE, coin):
        alone, listed = Line(), Listed()
        histories = [fit(line, data, data, epochs=3) for line in (alone, listed)]
        assert histories[0].epochs == histories[1].epochs
        assert weights(alone) == weights(listed) != [0.0, 0.0]
        assert predict(alone, data.inputs) == predict(listed, data.inputs)
        assert probabilities(alone, data.inputs) == probabilities(listed, data.inputs)
        assert evaluate(alone, data) == evaluate(listed, data)
    fit(Listed(), LINE, loss=lambda outputs, _: outputs[0] * 2, epochs=1)  # a Value comes to it


def test_a_network_of_ones_own_with_several_outputs():
    """It has only what fit asks for. Each slope goes half of its way in a step, as mean(x²) = 5."""

    class TwoSlopes:
        def __init__(self):
            self.up, self.down = Value(0.0), Value(0.0)

        def parameters(self):
            return [self.up, self.down]

        def __call__(self, x):
            return self.up * x[0], self.down * x[0]

    def both(outputs, targets):
        up, down = zip(*outputs, strict=True)
        return squared_error(up, targets) + squared_error(down, [-t for t in targets])

    model = TwoSlopes()
    data = Dataset([[1.0], [3.0]], [2.0, 6.0], ["x"], [])
    fit(model, data, loss=both, optimizer=SGD(model.parameters(), 0.05), epochs=3)
    assert predict(model, [[1.0]]) == [pytest.approx([1.75, -1.75])]


# Clipping and schedules.


def test_gradients_are_clipped_between_backward_and_the_step():
    """As in the step by hand: gradients -17 and -8, their norm 353**0.5, and clipped to 1."""
    line, rate = Line(), 0.5
    step(line, SGD(line, rate), squared_error, LINE.inputs, LINE.targets, clip_norm=1.0)
    clipped = [rate * 17 / 353**0.5, rate * 8 / 353**0.5]
    assert weights(line) == pytest.approx(clipped, rel=1e-6)
    line = Line()
    fit(line, LINE, optimizer=SGD(line, rate), epochs=1, clip_norm=1.0)
    assert weights(line) == pytest.approx(clipped, rel=1e-6)
    line = Line()
    step(line, SGD(line, 0.01), squared_error, LINE.inputs, LINE.targets, clip_norm=18.8)
    assert weights(line) == pytest.approx([0.17, 0.08], rel=1e-15)  # 18.79 is short enough


def test_a_schedule_may_give_numbers_of_numpy_and_0():
    np = pytest.importorskip("numpy")
    rates = [np.float32(0.5), 0, np.array(0.25)]
    history = fit(Line(), LINE, learning_rate=lambda epoch: rates[epoch], epochs=3)
    found = [row["learning_rate"] for row in history.epochs]
    assert found == [0.5, 0.0, 0.25]
    assert {type(rate) for rate in found} == {float}


def test_a_warm_up_counts_epochs():
    schedule = warm_up(lambda epoch: 0.8, steps=4)
    data = numbers(*map(float, range(9)))
    history = fit(Line(), data, learning_rate=schedule, epochs=5, batch_size=2)  # 5 steps each
    assert [row["learning_rate"] for row in history.epochs] == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 0.8]
    )


# Minibatches.


def test_the_numbers_of_a_data_set_are_checked_only_when_it_is_made(monkeypatch):
    def check(_):
        raise AssertionError("checked again")

    data = numbers(*map(float, range(9)))
    monkeypatch.setattr(Dataset, "__post_init__", check)
    assert len(fit(Line(), data, data, epochs=2, batch_size=2).epochs) == 2


@pytest.mark.parametrize(
    ("n", "batch_size", "sizes"),
    [(7, 3, [3, 3, 1]), (6, 3, [3, 3]), (4, 100, [4]), (1, 16, [1]), (3, 1, [1, 1, 1])],
)
def test_every_epoch_sees_every_example_once_in_an_order_of_its_own(n, batch_size, sizes):
    data = numbers(*map(float, range(n)))
    line = Line()
    seen, batches = [], []

    def loss(outputs, targets):
        seen.append(targets)
        return squared_error(outputs, targets)

    class Watched(SGD):
        def step(self):
            batches.append(seen[-1])  # without what is only measured
            super().step()

    fit(line, data, loss=loss, optimizer=Watched(line, 0.0), epochs=5, batch_size=batch_size)
    assert [len(batch) for batch in batches] == sizes * 5
    targets = [target for batch in batches for target in batch]
    orders = [tuple(targets[i : i + n]) for i in range(0, 5 * n, n)]
    assert {tuple(sorted(order)) for order in orders} == {tuple(data.targets)}
    assert len(set(orders)) > 1 or n == 1
    assert data == numbers(*map(float, range(n)))  # which is not shuffled


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    def bits(seed):
        model = MLP(2, [3, 1], seed=0)
        fit(model, moons(n=20), epochs=2, batch_size=3, seed=seed)
        return [x.hex() for x in weights(model)]

    elsewhere = random.getstate()
    assert bits(4) == bits(4)
    assert bits(4) != bits(5)
    assert random.getstate() == elsewhere


def test_by_default_50_epochs_in_batches_of_16_with_seed_0():
    line, same = Line(), Line()
    data = numbers(*map(float, range(17)))  # so that two steps make an epoch
    optimizer = SGD(line, 1e-3)
    history = fit(line, data, optimizer=optimizer)
    assert (len(history.epochs), optimizer.steps, history.seed) == (50, 100, 0)
    fit(same, data, optimizer=SGD(same, 1e-3), epochs=50, batch_size=16, seed=0)
    assert weights(line) == weights(same)


def test_one_example():
    """Outputs 0, gradient -16, so 16 / 4 = 4 is learnt, and 4 is missed."""
    line = Line()
    (row,) = fit(line, numbers(8.0), optimizer=SGD(line, 0.25), epochs=1).epochs
    assert (weights(line), row["train_loss"]) == ([0.0, 4.0], 16.0)
    assert isnan(row["train_metric"])  # one target has no spread


def test_whole_numbers_and_learning_rates_of_numpy():
    np = pytest.importorskip("numpy")
    counts = {"epochs": np.int64(3), "batch_size": np.int32(2), "patience": np.int8(9)}
    assert len(fit(Line(), LINE, LINE, **counts).epochs) == 3
    line = Line()
    with pytest.raises(ValueError, match="two learning rates"):
        fit(line, LINE, optimizer=Adam(line, 0.1), learning_rate=np.float32(0.5))


# Messages.

# What the programs below, and those in the messages, begin with.
PRELUDE = """
from glassgrad import *
from glassgrad.data import *
from glassgrad.train import probabilities, step

class Odd(Module):
    def __init__(self, output):
        self.weight, self.output = Value(0.0), output

    def __call__(self, x):
        return self.output(self.weight)

def lines(*targets, classes=()):
    return Dataset([[0.5]] * len(targets), list(targets), ["x"], list(classes))

def mine(outputs, targets):
    return 2.0

def forgetful(outputs, targets):
    return sum(Value(y.data) for y in outputs)

model, train, validation = MLP(1, [1], seed=0), lines(1.0, 3.0, 5.0), lines(2.0, 4.0)
"""
ERRORS = """
fit(model, [[1.0]])
TypeError: train is a list, not a Dataset

fit(model, train, 0.2)
TypeError: validation is a float, not a Dataset

evaluate(model, None)
TypeError: data is a NoneType, not a Dataset

fit(model, lines())
ValueError: the train dataset has no examples

fit(model, train, lines())
ValueError: the validation dataset has no examples

evaluate(model, Dataset([[0.0]], [], ["x"], []))
ValueError: the data dataset has no targets

fit(model, train, epochs=0)
ValueError: epochs is a whole number from 1, not 0

fit(model, train, epochs="9")
ValueError: epochs is a whole number from 1, not '9'

fit(model, train, epochs=True)
ValueError: epochs is a whole number from 1, not True

fit(model, train, batch_size=2.5)
ValueError: batch_size is a whole number from 1, not 2.5

fit(model, train, validation, patience=-1)
ValueError: patience is a whole number from 1, not -1

fit(model, train, patience=5)
ValueError: patience needs a validation part

fit(model, train, optimizer=Adam(model, 0.1), learning_rate=0.2)
ValueError: two learning rates: the optimizer's 0.1 and 0.2

fit(model, train, clip_norm=0)
ValueError: clip_norm is a number above 0, not 0

fit(model, train, clip_norm="1")
ValueError: clip_norm is a number above 0, not '1'

fit(model, train, learning_rate=lambda epoch: None)
ValueError: the schedule gave None as the learning rate for epoch number 0

fit(model, train, learning_rate=lambda epoch: 0.1 - 0.1 * epoch)
ValueError: the schedule gave -0.1 as the learning rate for epoch number 2

fit(model, train, learning_rate=lambda epoch: float("nan"))
ValueError: the schedule gave nan as the learning rate for epoch number 0

fit(model, train, learning_rate=lambda epoch: "0.1")
ValueError: the schedule gave '0.1' as the learning rate for epoch number 0

fit(model, train, Dataset([[0.5]], [0], ["x"], ["red"]))
ValueError: the classes of train are [], those of validation ['red']

fit(model, train, Dataset([[0.5]], [2.0], ["width"], []))
ValueError: the feature_names of train are ['x'], those of validation ['width']

fit(model, train, optimizer=SGD(MLP(1, [1])))
ValueError: none of the optimizer's parameters belongs to the network

another = Adam(MLP(1, [1])); step(model, another, squared_error, [[0.5]], [1.0])
ValueError: none of the optimizer's parameters belongs to the network

with no_grad(): fit(model, train)
ValueError: inside no_grad() nothing can be learned

fit(model, train, loss=lambda *_: Value(2.0))
ValueError: the loss <lambda> does not depend on the weights, so nothing can be learned from it

step(model, SGD(model), forgetful, [[0.5]], [1.0])
ValueError: the loss forgetful does not depend on the weights, so nothing can be learned from it

predict(model, [0.5])
TypeError: inputs come as a list of rows, and here a row is the number 0.5

probabilities(MLP(2, [1]), [2, 1])
TypeError: inputs come as a list of rows, and here a row is the number 2

predict(Odd(lambda w: w.data), [[0.5]])
TypeError: the network's output is no Value and no list of Values, but a float

probabilities(Odd(lambda w: []), [[0.5]])
TypeError: the network's output is no Value and no list of Values, but a list

fit(MLP(1, [2]), train)
ValueError: a network with 2 outputs does not fit a regression

train = blobs(n=9, classes=3); fit(MLP(2, [1]), train)
ValueError: a network with 1 output does not fit 3 classes

train = moons(n=9); evaluate(MLP(2, [3]), train)
ValueError: a network with 3 outputs does not fit 2 classes

fit(model, lines(0, 0, classes=["red"]))
ValueError: there is only one class, 'red'

fit(Odd(lambda w: 1.0), train)
TypeError: the network's output is no Value and no list of Values, but a float

evaluate(Odd(lambda w: [w, 2.0]), train)
TypeError: the network's output is no Value and no list of Values, but a list

fit(Odd(lambda w: None), train, loss=squared_error)
TypeError: the network's output is no Value and no list of Values, but a NoneType

fit(model, train, loss=mine)
TypeError: the loss mine gave a float, not a Value

evaluate(model, train, loss=lambda *_: None)
TypeError: the loss <lambda> gave a NoneType, not a Value

model = Odd(lambda w: w.exp()); fit(model, train, learning_rate=1000)  # Adam goes from 0 to 1000
FloatingPointError: the loss became inf in epoch 2, batch 1, with learning rate 1000
"""


@pytest.mark.parametrize("case", ERRORS.strip().split("\n\n"))
def test_what_does_not_fit_is_explained(case):
    """In four parts; the first program raises the same error, the second one runs."""
    program, error = case.split("\n")
    names = {}
    exec(PRELUDE, names)
    with pytest.raises((ValueError, TypeError, FloatingPointError)) as caught:
        exec(program, names)
    text = str(caught.value)
    form = r"(.*)\n\nThis does it:\n(.*)\n\nWhy: .*\n\nWrite instead:\n(.*)"
    what, wrong, right = re.fullmatch(form, text, re.S).groups()
    assert f"{caught.type.__name__}: {what}" == error
    with pytest.raises(caught.type) as again:
        exec(dedent(wrong), names)
    assert str(again.value).endswith(text[text.index("\n\nWhy:") :])
    for parameter in names["model"].parameters():
        parameter.data = 0.0  # a new start, after what the wrong program did
    exec(dedent(right), names)
