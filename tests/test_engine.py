"""Training by arrays beside training by the graph: the same numbers, and when it is refused."""

import random
import signal
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassgrad import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Module,
    RMSProp,
    Value,
    absolute_error,
    cross_entropy,
    detect_anomaly,
    engine,
    evaluate,
    fit,
    hinge,
    l2,
    logistic,
    maximum,
    predict,
    squared_error,
)
from glassgrad.data import Dataset, blobs, moons
from glassgrad.optim import Optimizer, cosine_decay
from glassgrad.train import probabilities


def some(n=41, n_classes=0, seed=3):
    """Two inputs; a target between -2 and 2, or a class that follows from them."""
    draw = random.Random(seed)
    inputs = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(n)]
    targets = [
        int((x + y + 4) * n_classes / 8) % n_classes if n_classes else np.sin(x) + y / 2
        for x, y in inputs
    ]
    return Dataset(inputs, targets, ["x", "y"], [str(k) for k in range(n_classes)])


def weights(model):
    return [parameter.data for parameter in model.parameters()]


def slopes(model):
    return [parameter.grad for parameter in model.parameters()]


def both(make, data=None, validation=None, kind=Adam, rate=0.02, settings=None, **options):
    """Trained by the graph and by arrays: twice the network, the history and the optimizer."""
    data, settings = data or some(), settings or {}
    found = []
    for backend in ("eager", "numpy"):
        model = make()
        optimizer = kind(model, rate, **settings)
        given = {name: x(model) if name == "loss_of" else x for name, x in options.items()}
        if "loss_of" in given:
            given["loss"] = given.pop("loss_of")
        history = fit(
            model, data, validation, optimizer=optimizer, backend=backend, **{"epochs": 4} | given
        )
        assert history.backend == backend
        assert history.backend_note == ""
        found.append((model, history, optimizer))
    return found


def alike(found, wanted):
    """To 1e-9; None, where there is no validation, is only like None."""
    assert [x is None for x in found] == [x is None for x in wanted]
    found, wanted = ([x for x in part if x is not None] for part in (found, wanted))
    return found == pytest.approx(wanted, rel=1e-9, abs=1e-12, nan_ok=True)


def assert_same(eager, lifted):
    """To 1e-9 of their size: all that a training leaves."""
    assert alike(weights(lifted[0]), weights(eager[0]))
    assert alike(slopes(lifted[0]), slopes(eager[0]))
    assert len(lifted[1].epochs) == len(eager[1].epochs)
    for found, wanted in zip(lifted[1].epochs, eager[1].epochs, strict=True):
        assert found.keys() == wanted.keys()
        assert alike(list(found.values()), list(wanted.values()))
    for name in ("loss_name", "metric_name", "best_epoch", "stopped_early", "interrupted", "seed"):
        assert getattr(lifted[1], name) == getattr(eager[1], name), name
    assert lifted[2].steps == eager[2].steps
    for found, wanted in zip(lifted[2].state, eager[2].state, strict=True):
        assert found.keys() == wanted.keys()
        assert alike(list(found.values()), list(wanted.values()))
        assert {type(x) for x in found.values()} <= {float}


# The same numbers.


@pytest.mark.parametrize(
    ("loss", "n_outputs", "n_classes"),
    [
        (None, 1, 0),
        (absolute_error, 1, 0),
        (None, 1, 2),
        (logistic, 1, 2),
        (hinge, 1, 2),
        (None, 2, 2),
        (cross_entropy, 3, 3),
    ],
)
def test_every_loss(loss, n_outputs, n_classes):
    data, validation = some(n_classes=n_classes), some(9, n_classes, seed=4)
    assert_same(*both(lambda: MLP(2, [5, n_outputs], seed=1), data, validation, loss=loss))


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "gelu", "softplus", "sin"])
def test_every_activation(activation):
    assert_same(*both(lambda: MLP(2, [4, 4, 1], activation, seed=2)))


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (SGD, {}),
        (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
        (RMSProp, {"weight_decay": 0.1}),
        (Adam, {"weight_decay": 0.1}),
        (AdamW, {"weight_decay": 0.1}),
    ],
)
@pytest.mark.parametrize("clip_norm", [None, 0.1])
def test_every_optimizer(kind, settings, clip_norm):
    make = lambda: MLP(2, [5, 1], seed=1)  # noqa: E731
    assert_same(*both(make, kind=kind, settings=settings, clip_norm=clip_norm, epochs=5))


@pytest.mark.parametrize("batch_size", [1, 7, 100])
def test_batches_of_any_size(batch_size):
    assert_same(*both(lambda: MLP(2, [3, 1], seed=1), batch_size=batch_size, seed=5))


@settings(max_examples=25)
@given(
    sizes=st.lists(st.integers(1, 4), max_size=2),
    activation=st.sampled_from(["tanh", "relu", "sigmoid", "gelu", "linear"]),
    n=st.integers(1, 20),
    batch_size=st.integers(1, 9),
    seed=st.integers(0, 99),
    clip_norm=st.sampled_from([None, 0.5]),
    task=st.sampled_from([(None, 1, 0), (absolute_error, 1, 0), (hinge, 1, 2), (None, 3, 3)]),
)
def test_the_same_seed_gives_the_same_numbers(
    sizes, activation, n, batch_size, seed, clip_norm, task
):
    loss, n_outputs, n_classes = task
    make = lambda: MLP(2, [*sizes, n_outputs], activation, seed=seed)  # noqa: E731
    options = {"batch_size": batch_size, "seed": seed, "clip_norm": clip_norm, "loss": loss}
    assert_same(*both(make, some(n, n_classes, seed), epochs=3, **options))


def test_a_training_of_many_steps():
    """Also where training bends at relu's corner again and again."""
    data = moons(n=60)
    for activation in ("tanh", "relu"):
        make = lambda activation=activation: MLP(2, [8, 1], activation, seed=0)  # noqa: E731
        assert_same(*both(make, data, epochs=60, batch_size=4))


def test_patience_and_schedules():
    def trained(backend):
        model = MLP(2, [8, 1], seed=1)
        history = fit(
            model, some(12), some(30, seed=7), epochs=200, patience=3, backend=backend,
            learning_rate=cosine_decay(0.2, 200), seed=2,
        )  # fmt: skip
        return model, history, Adam(model)

    eager, lifted = trained("eager"), trained("numpy")
    eager[2].zero_grad(), lifted[2].zero_grad()
    assert_same(eager, lifted)
    assert eager[1].best_epoch is not None and eager[1].stopped_early


def test_a_callback_sees_and_changes_everything():
    """Weights, the optimizer's memory and its rate, as it does by the graph."""
    seen = {}

    def trained(backend):
        model = MLP(2, [3, 1], seed=1)
        optimizer = Adam(model, 0.05)

        def callback(network, history):
            seen.setdefault(backend, []).extend(weights(network) + slopes(network))
            seen[backend] += [x for state in optimizer.state for x in state.values()]
            seen[backend].append(optimizer.steps)
            network.layers[0].neurons[0].bias.data = 0.25
            optimizer.state[2]["m"] = 0.5
            optimizer.learning_rate *= 0.9

        history = fit(
            model, some(), epochs=3, optimizer=optimizer, callbacks=[callback], backend=backend
        )
        assert history.backend == backend
        assert model.layers[0].neurons[0].bias.data == 0.25
        return model, history, optimizer

    assert_same(trained("eager"), trained("numpy"))
    assert alike(seen["numpy"], seen["eager"])


def test_only_what_the_optimizer_has_is_changed():
    def trained(backend):
        model = MLP(2, [3, 1], seed=1)
        optimizer = Adam(model.layers[1].parameters(), 0.05)
        history = fit(model, some(), epochs=3, optimizer=optimizer, backend=backend)
        return model, history, optimizer

    eager, lifted = trained("eager"), trained("numpy")
    assert_same(eager, lifted)
    assert weights(lifted[0].layers[0]) == weights(MLP(2, [3, 1], seed=1).layers[0])


class Sign(Optimizer):
    """An optimizer of one's own, whose rule does not take arrays."""

    remembers = ("last",)

    def update(self, x, grad, state):
        state["last"] = grad
        return x - self.learning_rate * (1 if grad > 0 else -1)


class Slower(Adam):
    def update(self, x, grad, state):
        return super().update(x, grad / 2 if grad > 0 else grad, state)


@pytest.mark.parametrize("kind", [Sign, Slower])
def test_an_optimizer_of_ones_own(kind):
    assert_same(*both(lambda: MLP(2, [3, 1], seed=1), kind=kind, clip_norm=1.0))


class Two:
    """A network that has only what training asks for, and gives two numbers as a tuple."""

    def __init__(self):
        self.a, self.b, self.unused = Value(0.3), Value(-0.2), Value(1.0)

    def parameters(self):
        return [self.a, self.b, self.unused]

    def __call__(self, x):
        return (self.a * x[0] + self.b).tanh(), maximum(self.b * x[1], self.a)


def test_losses_of_ones_own():
    """They get Values in the network's form, may look at its weights, and do what they like."""
    calls = []

    def loss_of(model):
        def mine(outputs, targets):
            calls.append(len(outputs))
            assert all(type(out) is tuple for out in outputs)
            worst = max(outputs, key=lambda out: out[0].data)
            near = sum(
                (y - t) ** 2 if t > 0 else abs(z - t)
                for (y, z), t in zip(outputs, targets, strict=True)
            )
            return near / len(outputs) + worst[1] * 0.1 + l2(model.parameters(), 0.01)

        return mine

    assert_same(*both(lambda: Two(), kind=lambda m, r: Adam(m.parameters(), r), loss_of=loss_of))
    assert {8, 16, 9, 41} == set(calls)


def test_a_metric_of_ones_own_gets_values():
    def worst(outputs, targets):
        return max(abs(y.data - t) for y, t in zip(outputs, targets, strict=True))

    assert_same(*both(lambda: MLP(2, [3, 1], seed=1), metric=worst))


# Endings.


def test_numbers_that_are_not_finite_are_explained_and_leave_the_weights():
    found = {}
    for backend in ("eager", "numpy"):
        model = MLP(2, [3, 1], seed=1)
        optimizer = SGD(model, 1e5, momentum=0.5)
        with pytest.raises(FloatingPointError) as caught:
            fit(model, some(), epochs=50, optimizer=optimizer, backend=backend)
        state = [x for state in optimizer.state for x in state.values()]
        found[backend] = str(caught.value), weights(model), state, caught.value.history.epochs
    assert found["numpy"][0] == found["eager"][0]
    assert alike(found["numpy"][1], found["eager"][1])
    assert alike(found["numpy"][2], found["eager"][2])
    assert len(found["numpy"][3]) == len(found["eager"][3])


@pytest.fixture(autouse=True)
def pythons_own_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pressing(at, times):
    """A loss that presses Ctrl-C so many times when it is called with 5 examples for a time."""
    calls = []

    def loss(outputs, targets):
        calls.extend([1] if len(targets) == 5 else [])
        for _ in range(times if len(calls) == at and len(targets) == 5 else 0):
            signal.raise_signal(signal.SIGINT)
        return squared_error(outputs, targets)

    return loss


def test_ctrl_c_ends_training_after_the_step_in_hand():
    make = lambda: MLP(2, [3, 1], seed=1)  # noqa: E731
    eager, lifted = both(make, loss_of=lambda _: pressing(at=3, times=1), batch_size=5)
    assert_same(eager, lifted)
    assert lifted[1].interrupted
    assert lifted[2].steps == 3


def test_a_second_ctrl_c_ends_it_at_once():
    found = {}
    for backend in ("eager", "numpy"):
        model = MLP(2, [3, 1], seed=1)
        optimizer = Adam(model, 0.02)
        options = {"loss": pressing(at=3, times=2), "batch_size": 5, "optimizer": optimizer}
        with pytest.raises(KeyboardInterrupt):
            fit(model, some(), backend=backend, **options)
        found[backend] = weights(model)
        assert optimizer.steps == 2
    assert alike(found["numpy"], found["eager"])


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_in_an_optimizer_leaves_the_step_before(error):
    found = {}
    for backend in ("eager", "numpy"):

        class Broken(SGD):
            def update(self, x, grad, state):
                if self.steps == 4 and x == self.parameters[3].data:
                    raise error
                return super().update(x, grad, state)

        model = MLP(2, [3, 1], seed=1)
        optimizer = Broken(model, 0.1, momentum=0.5)
        with pytest.raises(error):
            fit(model, some(), optimizer=optimizer, backend=backend)
        found[backend] = weights(model)
        assert optimizer.steps == 3
    assert alike(found["numpy"], found["eager"])


# Where arrays would not compute what the network does.


class Line(Module):
    def __init__(self):
        self.slope, self.start = Value(0.5), Value(-0.25)

    def __call__(self, x):
        return self.slope * x[0] + self.start * x[1]


class Branching(Line):
    def __call__(self, x):
        y = super().__call__(x)
        return y * 2 if y > 0 else y


class Truth(Line):
    """Inputs are numbers, of which 0 is false; so are all Values, for whoever asks like this."""

    def __call__(self, x):
        return super().__call__(x) + (1.0 if x[0] else 0.0)


class Equal(Line):
    def __call__(self, x):
        return super().__call__(x) + (0.0 if x[1] == 7 else 2.0)


class Looking(Line):
    def __call__(self, x):
        return super().__call__(x) + {2.0: 1.0}.get(x[0], 0.0)


class Reading(Line):
    def __call__(self, x):
        return self.slope * x[0] + self.start.data * 2


class Dropout(Line):
    def __call__(self, x):
        y = super().__call__(x)
        return y * 2 if random.random() < 0.5 else y * 0.5


class OwnDropout(Line):
    def __init__(self):
        super().__init__()
        self.random = random.Random(4)

    def __call__(self, x):
        return super().__call__(x) * self.random.gauss(1, 0.1)


class NumpyDropout(Line):
    def __call__(self, x):
        return super().__call__(x) * float(np.random.normal(1, 0.1))


class Counting(Line):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return super().__call__(x) * (1 + self.calls / 1000)


class Remembering(Line):
    def __call__(self, x):
        self.last = super().__call__(x)
        return self.last.tanh()


class ByHand(Line):
    def __call__(self, x):
        y = super().__call__(x)
        out = Value(y.data * 3, (y,), "triple")

        def backward():
            y.grad += 3 * out.grad

        out._backward = backward
        return out


class Choosing(Line):
    """`int` of a number of an example, which no graph can hold."""

    def __call__(self, x):
        return [self.slope, self.start][int(x[0] > 0)] * x[1]


ODD = [
    (Branching, "of test_engine.py would be frozen: return y * 2 if y > 0 else y"),
    (Truth, "it asks whether an input is 0, or equal"),
    (Equal, "it asks whether an input is 0, or equal"),
    (Looking, "it asks whether an input is 0, or equal"),
    (Reading, "self.start.data"),
    (Dropout, "draws random numbers"),
    (OwnDropout, "draws random numbers"),
    (NumpyDropout, "draws random numbers"),
    (Counting, "changes its calls"),
    (Remembering, "changes its last"),
    (ByHand, "triple"),
    (Choosing, "[self.slope, self.start]"),
]


def grid():
    """Inputs with zeros among them; enough to be worth lifting."""
    inputs = [[float(i % 5 - 2), float(i % 3 - 1)] for i in range(300)]
    return Dataset(inputs, [x - y for x, y in inputs], ["x", "y"], [])


@pytest.mark.parametrize(("kind", "why"), ODD, ids=lambda x: getattr(x, "__name__", ""))
def test_a_network_that_cannot_be_lifted_is_trained_by_its_graph(kind, why, monkeypatch):
    """To the same bits as if nobody had tried."""
    monkeypatch.setattr(engine, "WORTH_LIFTING", 1)
    data, bits = grid(), []
    for backend in ("auto", "eager"):
        random.seed(1)
        np.random.seed(1)
        model = kind()
        history = fit(model, data, epochs=2, backend=backend)
        assert history.backend == "eager"
        assert (why in history.backend_note) == (backend == "auto"), history.backend_note
        bits.append(weights(model))
    if kind is not Counting:  # looking at it has counted
        assert bits[0] == bits[1]
    with pytest.raises(ValueError, match="cannot be lifted") as caught:
        fit(kind(), data, epochs=2, backend="numpy")
    assert why in str(caught.value)


def test_a_value_that_is_taken_for_true_is_so_in_both():
    class Asking(Line):
        def __call__(self, x):
            y = super().__call__(x) if self.start else x[0]
            return y * 2 if y else x[0]

    found = {}
    for backend in ("eager", "numpy"):
        model = Asking()
        assert fit(model, grid(), epochs=2, backend=backend).backend == backend
        found[backend] = weights(model)
    assert alike(found["numpy"], found["eager"])


def test_a_network_that_becomes_another_one_is_noticed_before_the_next_step(monkeypatch):
    def trained(backend):
        model = MLP(2, [3, 1], seed=1)
        optimizer = Adam(model, 0.02)

        def callback(network, history):
            if len(history.epochs) == 2:
                for neuron in network.layers[0].neurons:
                    neuron.activation = "relu"

        history = fit(
            model, some(), epochs=4, optimizer=optimizer, callbacks=[callback], backend=backend
        )
        return model, history, optimizer

    monkeypatch.setattr(engine, "WORTH_LIFTING", 1)
    monkeypatch.setattr(engine, "FEWEST_EXAMPLES", 1)
    eager, lifted = trained("eager"), trained("auto")
    assert_same(eager, lifted)
    assert lifted[1].backend == "eager"
    assert lifted[1].backend_note.startswith("from epoch 3 on its outputs are not")
    with pytest.raises(ValueError, match="cannot be lifted"):
        trained("numpy")


def test_data_that_a_callback_changes(monkeypatch):
    def trained(backend):
        data, model = some(300), Line()

        def callback(_, history):
            for row in data.inputs:
                row[0] += 0.5

        history = fit(model, data, epochs=4, callbacks=[callback], backend=backend)
        return model, history, Adam(model)

    eager = trained("eager")
    monkeypatch.setattr(engine, "WORTH_LIFTING", 1)
    lifted = trained("auto")
    assert_same(eager, lifted)
    assert lifted[1].backend == "numpy"


# Which one it is.


def test_short_trainings_stay_eager_and_say_nothing():
    history = fit(MLP(2, [3, 1], seed=0), some(), epochs=3)
    assert (history.backend, history.backend_note) == ("eager", "")
    assert str(history).endswith("seed 0)")


def test_longer_ones_are_lifted_by_themselves():
    history = fit(MLP(2, [16, 16, 1], seed=0), moons(n=200), epochs=10)
    assert (history.backend, history.backend_note) == ("numpy", "")
    assert str(history).endswith("seed 0, numpy)")
    assert history.to_dict()["backend"] == "numpy"


def test_without_numpy_and_under_watch_it_is_eager(monkeypatch):
    monkeypatch.setattr(engine, "WORTH_LIFTING", 1)
    with detect_anomaly():
        history = fit(Line(), grid(), epochs=1)
    assert (history.backend, history.backend_note[:14]) == ("eager", "somebody watch")
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    history = fit(Line(), grid(), epochs=1)
    assert (history.backend, history.backend_note) == ("eager", "NumPy is not installed")
    assert str(history).endswith("seed 0, eager because NumPy is not installed)")
    with pytest.raises(ValueError, match="NumPy is not installed"):
        predict(Line(), [[1.0, 2.0]], backend="numpy")


def test_an_unknown_backend():
    for call in (fit, evaluate):
        with pytest.raises(ValueError, match="no backend is called 'torch'"):
            call(Line(), grid(), backend="torch")
    for call in (predict, probabilities):
        with pytest.raises(ValueError, match="no backend is called 'torch'"):
            call(Line(), [[1.0, 2.0]], backend="torch")


def test_errors_of_the_data_are_the_same():
    """Wrong labels are explained by the loss itself."""
    data = Dataset([[0.0, 1.0], [1.0, 0.0]], [0.0, 3.0], ["x", "y"], [])
    for backend in ("eager", "auto"):
        with pytest.raises(ValueError, match="labels for logistic are"):
            fit(Line(), data, loss=logistic, backend=backend)
    with pytest.raises(ValueError, match="labels for logistic are"):
        fit(Line(), data, loss=logistic, backend="numpy")


@pytest.mark.parametrize("rate", [1e200, 1e155])
def test_a_step_too_far_is_explained_by_whoever_notices_it_first(rate):
    """At its end, in the next epoch's first look, or in a measure."""
    found = []
    for backend in ("eager", "numpy"):
        model = Line()
        with pytest.raises(FloatingPointError) as caught:
            fit(
                model, grid(), epochs=5, optimizer=SGD(model, rate), batch_size=300, backend=backend
            )
        found.append((str(caught.value), weights(model), caught.value.history.epochs))
    assert found[0][0] == found[1][0]
    assert alike(found[0][1], found[1][1])


# Outputs.


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_outputs_and_measures(n_outputs):
    model = MLP(2, [6, n_outputs], seed=1)
    data = blobs(n=30, classes=3) if n_outputs == 3 else moons(n=30)
    for call in (predict, probabilities):
        found, wanted = (call(model, data.inputs, backend=b) for b in ("numpy", "eager"))
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert alike(np.ravel(one), np.ravel(other))
        assert call(model, [], backend="numpy") == []
    for options in (
        {},
        {"loss": lambda outputs, _: sum(y if n_outputs == 1 else y[1] for y in outputs)},
    ):
        found, wanted = (evaluate(model, data, backend=b, **options) for b in ("numpy", "eager"))
        assert found.keys() == wanted.keys()
        assert alike(list(found.values()), list(wanted.values()))


def test_outputs_of_a_function():
    line = Line()
    rows = [[1.0, 2.0], [3.0, -1.0]]
    assert predict(lambda x: [line(x), line(x) * 2], rows, backend="numpy") == [
        [0.0, 0.0],
        [1.75, 3.5],
    ]


@pytest.mark.parametrize("x", [inf, nan])
def test_outputs_that_are_not_finite(x):
    model = Line()
    model.slope.data = x
    found = predict(model, [[1.0, 2.0]] * 300)
    assert found == pytest.approx([x] * 300, nan_ok=True)
