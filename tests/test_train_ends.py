"""How training ends: patience, callbacks, Ctrl-C, errors, numbers that are not finite."""

import gc
import signal
from math import inf, nan

import pytest

from glassgrad import SGD, Adam, Module, Neuron, Value, detect_anomaly, fit, squared_error
from glassgrad.data import Dataset
from glassgrad.train import step


class Constant(Module):
    def __init__(self):
        self.value = Value(0.0)

    def __call__(self, x):
        return self.value


def halving(model):
    """Half of the way to the target in each step, as the gradient is 2 * (output - target)."""
    return SGD(model, learning_rate=0.25)


def numbers(*targets):
    return Dataset([[1.0]] * len(targets), list(targets), ["x"], [])


# From 0 the steps come to 4, 6, 7, 7.5, ...
EIGHT, FOUR_EIGHTS = numbers(8.0), numbers(8.0, 8.0, 8.0, 8.0)


def weights(model):
    return [parameter.data for parameter in model.parameters()]


# Patience and callbacks.


@pytest.mark.parametrize(
    ("patience", "epochs", "rows", "early"),
    [(2, 10, 4, True), (3, 10, 5, True), (2, 4, 4, False), (2, 3, 3, False), (1, 10, 3, True)],
)
def test_patience_goes_back_to_the_best_epoch(patience, epochs, rows, early):
    """The network comes to 4, 6, 7, 7.5, ...; nearest to 6.1 it is after epoch 2."""
    model = Constant()
    options = {"optimizer": halving(model), "epochs": epochs, "patience": patience}
    history = fit(model, EIGHT, numbers(6.1), **options)
    assert (len(history.epochs), history.stopped_early, history.best_epoch) == (rows, early, 2)
    assert weights(model) == [6.0]


def test_equal_is_not_better():
    model = Constant()
    still = SGD(model, learning_rate=0.0)
    history = fit(model, EIGHT, EIGHT, optimizer=still, patience=3)
    assert (len(history.epochs), history.best_epoch) == (4, 1)


def test_patience_where_the_validation_loss_is_never_a_number():
    def loss(outputs, targets):
        return squared_error(outputs, targets) * (1 if targets == [8.0] else nan)

    model = Constant()
    options = {"optimizer": halving(model), "loss": loss, "patience": 2}
    history = fit(model, EIGHT, numbers(6.1), **options)
    assert (len(history.epochs), history.stopped_early, history.best_epoch) == (2, True, None)
    assert weights(model) == [6.0]


@pytest.mark.parametrize(
    ("answer", "rows", "early"), [(lambda n: n == 3, 3, True), (lambda n: n, 5, False)]
)
def test_a_callback_that_says_true_ends_training(answer, rows, early):
    """True itself, not just anything; the callbacks beside it are called all the same."""
    model, seen = Constant(), []

    def see(network, history):
        assert network is model
        seen.append((history.epochs[-1]["epoch"], network.value.data))

    def ask(_, history):
        return answer(len(history.epochs))

    options = {"optimizer": halving(model), "epochs": 5, "callbacks": [ask, see]}
    history = fit(model, EIGHT, **options)
    assert seen == [(1, 4.0), (2, 6.0), (3, 7.0), (4, 7.5), (5, 7.75)][:rows]
    assert (len(history.epochs), history.stopped_early) == (rows, early)


def test_true_of_numpy_ends_training_too():
    np = pytest.importorskip("numpy")
    assert len(fit(Constant(), EIGHT, epochs=5, callbacks=[lambda *_: np.True_]).epochs) == 1
    for answer in (np.False_, np.int64(1), "yes", [True]):
        callback = lambda *_, answer=answer: answer  # noqa: E731
        assert len(fit(Constant(), EIGHT, epochs=2, callbacks=[callback]).epochs) == 2


def test_a_callback_knows_the_best_epoch_and_its_end_does_not_hide_the_last():
    model, seen = Constant(), []

    def callback(_, history):
        seen.append(history.best_epoch)
        return len(seen) == 2

    options = {"optimizer": halving(model), "patience": 5, "callbacks": [callback]}
    history = fit(model, EIGHT, numbers(6.1), **options)
    assert (seen, history.best_epoch, weights(model)) == ([1, 2], 2, [6.0])


def test_after_the_last_epoch_nothing_can_end_early():
    history = fit(Constant(), EIGHT, epochs=1, callbacks=[lambda *_: True])
    assert not history.stopped_early


# Ctrl-C and errors.


@pytest.fixture(autouse=True)
def the_handler_of_ctrl_c_is_left_as_found():
    """It is Python's own, as in a terminal; a shell has programs in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def pressing(at, times):
    """A loss that presses Ctrl-C so many times when it is called for the `at`-th time."""
    calls = []

    def loss(outputs, targets):
        calls.append(targets)
        for _ in range(times if len(calls) == at else 0):
            press_ctrl_c()
        return squared_error(outputs, targets)

    return loss


def test_ctrl_c_ends_training_after_the_step_in_hand():
    """In the second of four steps an epoch; what was learnt in both of them stays."""
    model = Constant()
    options = {"optimizer": halving(model), "loss": pressing(at=2, times=1), "batch_size": 1}
    history = fit(model, FOUR_EIGHTS, **options)
    assert weights(model) == [6.0]
    assert [row["train_loss"] for row in history.epochs] == [4.0]
    assert (history.interrupted, history.stopped_early) == (True, False)


@pytest.mark.parametrize(("patience", "weight"), [(None, 7.0), (5, 6.0)])
def test_ctrl_c_between_two_epochs(patience, weight):
    """The network has the weights of the last epoch, or with patience those of the best one."""
    model = Constant()

    def callback(_, history):
        if len(history.epochs) == 3:
            press_ctrl_c()

    options = {"optimizer": halving(model), "patience": patience, "callbacks": [callback]}
    history = fit(model, EIGHT, numbers(6.1), **options)
    assert (len(history.epochs), history.interrupted) == (3, True)
    assert weights(model) == [weight]


def test_a_second_ctrl_c_ends_it_at_once():
    """In the loss of the second step: the first one is all that was learnt."""
    model = Constant()
    options = {"optimizer": halving(model), "loss": pressing(at=2, times=2), "batch_size": 1}
    with pytest.raises(KeyboardInterrupt):
        fit(model, FOUR_EIGHTS, **options)
    assert weights(model) == [4.0]


@pytest.mark.parametrize("part", ["loss", "metric", "callback"])
def test_an_error_inside_comes_out_and_training_can_go_on(part):
    model = Constant()

    def broken(*_):
        raise ZeroDivisionError(part)

    options = {"callbacks": [broken]} if part == "callback" else {part: broken}
    with pytest.raises(ZeroDivisionError, match=part):
        fit(model, EIGHT, optimizer=halving(model), epochs=1, **options)
    learnt = [0.0 if part == "loss" else 4.0]
    assert weights(model) == learnt
    fit(model, EIGHT, optimizer=halving(model), epochs=1)
    assert weights(model) == [4 + learnt[0] / 2]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, FloatingPointError])
def test_the_best_epoch_comes_back_after_an_error_too(error):
    """4, 6, 7: nearest to 6.1 was the second epoch; the third one's callback fails."""
    model = Constant()

    def callback(_, history):
        if len(history.epochs) == 3:
            raise error("here")

    options = {"optimizer": halving(model), "patience": 5, "callbacks": [callback]}
    with pytest.raises(error, match="here"):
        fit(model, EIGHT, numbers(6.1), **options)
    assert weights(model) == [6.0]


def test_what_was_learnt_before_a_number_was_not_finite_is_in_the_error():
    calls = []

    def loss(outputs, targets):
        calls.append(targets)  # a batch and the measure of two parts in each epoch
        return squared_error(outputs, targets) * (inf if len(calls) == 10 else 1)

    model = Constant()
    options = {"optimizer": halving(model), "loss": loss, "patience": 5}
    with pytest.raises(FloatingPointError, match=r"in epoch 4, batch 1,") as caught:
        fit(model, EIGHT, numbers(6.1), **options)
    history = caught.value.history
    assert [row["train_loss"] for row in history.epochs] == [16.0, 4.0, 1.0]
    assert (history.best_epoch, weights(model)) == (2, [6.0])


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_pauses_in_a_step_and_is_then_as_before(on):
    model, seen = Constant(), []

    def loss(outputs, targets):
        seen.append(gc.isenabled())
        return squared_error(outputs, targets)

    try:
        gc.enable() if on else gc.disable()
        step(model, halving(model), loss, EIGHT.inputs, EIGHT.targets)
        after = gc.isenabled()
        with pytest.raises(ValueError, match="differ"):
            step(model, halving(model), loss, EIGHT.inputs, [])
        after_error = gc.isenabled()
    finally:
        gc.enable()
    assert (seen, after, after_error) == ([False, False], on, on)


# Numbers that are not finite.


# Losses of weight * 1e-300 + bias, both 0 at first: infinite; 0, but infinitely steep; 0, with
# the gradients 1 and 1e300.
INFINITE = [lambda outputs, _: outputs[0] + inf, "the loss became inf"]
STEEP = [lambda outputs, _: outputs[0].sqrt(), "a gradient became inf"]
TOWERING = [lambda outputs, _: outputs[0] * 1e300, "a weight grew beyond all numbers"]


@pytest.mark.parametrize(("loss", "what"), [INFINITE, STEEP, TOWERING])
def test_a_step_that_is_not_finite_leaves_the_weights(loss, what):
    neuron = Neuron(1, "linear")
    neuron.load_state_dict({"weights.0": 0.0, "bias": 0.0})
    with pytest.raises(FloatingPointError) as caught:
        step(neuron, SGD(neuron, 1e10), loss, [[1e-300]], [8.0], "lesson 3")
    assert weights(neuron) == [0.0, 0.0]
    text = str(caught.value)
    assert text.startswith(f"{what} in lesson 3, with learning rate 1e+10\n")
    assert text.endswith("Write instead:\n    fit(model, train, learning_rate=1e+09)")


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_a_step_that_is_not_finite_leaves_the_optimizer(kind):
    """Else the next step would go on with the momentum of one that was never taken."""
    model = Constant()
    optimizer = kind(model, learning_rate=0.5)
    step(model, optimizer, squared_error, [[1.0]], [1.0])
    before = optimizer.state[0].copy(), optimizer.steps, weights(model)
    optimizer.learning_rate = 1e308
    with pytest.raises(FloatingPointError, match="a weight grew beyond all numbers"):
        step(model, optimizer, lambda outputs, _: outputs[0] * 1e9 + outputs[0] * 2e9, [[1.0]], [1])
    assert (optimizer.state[0], optimizer.steps, weights(model)) == before
    assert optimizer.steps == 1


def test_an_interrupted_step_is_not_half_a_step():
    class Interrupted(SGD):
        def update(self, x, grad, state):
            if self.learning_rate == 0.25 and grad < -1:
                raise KeyboardInterrupt
            return super().update(x, grad, state)

    neuron = Neuron(1, "linear")
    neuron.load_state_dict({"weights.0": 0.0, "bias": 0.0})
    optimizer = Interrupted(neuron, 0.25)
    with pytest.raises(KeyboardInterrupt):  # gradients -0.8 and -8: the second one is refused
        step(neuron, optimizer, squared_error, [[0.1]], [4.0])
    assert weights(neuron) == [0.0, 0.0]
    assert (optimizer.state, optimizer.steps) == ([{"velocity": 0.0}] * 2, 0)


def test_a_parameter_may_itself_be_the_loss_and_a_gradient_of_0_is_no_error():
    model = Constant()
    step(model, SGD(model, 0.5), lambda outputs, _: outputs[0], [[1.0]], [1.0])
    assert weights(model) == [-0.5]
    step(model, SGD(model, 0.5), lambda outputs, _: outputs[0].relu(), [[1.0]], [1.0])
    assert weights(model) == [-0.5]


def test_fit_says_where_it_was():
    calls = []

    def loss(outputs, targets):
        calls.append(targets)  # two batches, the measure of the epoch, one batch; then:
        return squared_error(outputs, targets) * (inf if len(calls) == 5 else 1)

    model = Constant()
    options = {"optimizer": halving(model), "loss": loss, "batch_size": 2}
    with pytest.raises(FloatingPointError, match=r"^the loss became inf in epoch 2, batch 2,"):
        fit(model, FOUR_EIGHTS, **options)
    assert weights(model) == [7.0]


def test_detect_anomaly_names_the_operation():
    def loss(outputs, _):
        return outputs[0].log()

    with pytest.raises(FloatingPointError, match=r"^log\(.*0\.0\) gave -inf"), detect_anomaly():
        fit(Constant(), EIGHT, loss=loss)


def test_an_epoch_may_end_with_numbers_that_are_not_finite():
    """Adam goes from 0 to its learning rate; only a second step would notice that it is too far."""
    model = Constant()
    (row,) = fit(model, numbers(8.0, 9.0), learning_rate=1e155, epochs=1).epochs
    assert weights(model) == pytest.approx([1e155])
    assert (row["train_loss"], row["train_metric"]) == (inf, -inf)
