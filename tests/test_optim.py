"""The optimisers: two steps by hand, many beside PyTorch's; clipping, schedules, messages."""

import re
from inspect import signature
from math import cos, inf, isnan, nan, pi, sqrt
from random import Random
from textwrap import dedent

import pytest

import glassgrad
from glassgrad import MLP, Value, optim
from glassgrad.losses import l2, squared_error
from glassgrad.optim import (
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    Optimizer,
    RMSProp,
    clip_grad_norm,
    clip_grad_value,
    cosine_decay,
    linear_decay,
    step_decay,
    warm_up,
)


def steps_of(optimizer, gradients):
    """Where the optimiser's one parameter stands after each step."""
    (parameter,) = optimizer.parameters
    places = []
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
        places.append(parameter.data)
    return places


# Two steps by hand: from x = 1, with gradients 2 and then -1.


@pytest.mark.parametrize(
    ("kind", "options", "places", "state"),
    [
        (SGD, {}, [0.8, 0.9], {"velocity": -1.0}),
        # velocity: 2, then 0.5 * 2 - 1 = 0
        (SGD, {"momentum": 0.5}, [0.8, 0.8], {"velocity": 0.0}),
        # looks ahead by 2 + 0.5 * 2 = 3, then -1 + 0.5 * 0 = -1
        (SGD, {"momentum": 0.5, "nesterov": True}, [0.7, 0.8], {"velocity": 0.0}),
        # gradients 2 + 0.5 * 1 = 2.5, then -1 + 0.5 * 0.75 = -0.625
        (SGD, {"weight_decay": 0.5}, [0.75, 0.8125], {"velocity": -0.625}),
        # mean squares 0.75 * 4 = 3, then 0.25 * 3 + 0.75 * 1 = 1.5
        (
            RMSProp,
            {"decay": 0.25},
            [1 - 0.2 / sqrt(3), 1 - 0.2 / sqrt(3) + 0.1 / sqrt(1.5)],
            {"mean_square": 1.5},
        ),
        # m: 1, then 0.5 - 0.5 = 0; v: 1, then 0.75 + 0.25 = 1
        (Adam, {"beta1": 0.5, "beta2": 0.75}, [0.9, 0.9], {"m": 0.0, "v": 1.0}),
        # m: 0.4, then 0.32 - 0.2 = 0.12; v: 2, then 1 + 0.5 = 1.5
        (
            Adam,
            {"beta1": 0.8, "beta2": 0.5},
            [0.9, 0.9 - 0.1 * (0.12 / 0.36) / sqrt(1.5 / 0.75)],
            {"m": 0.12, "v": 1.5},
        ),
        # gradients 2 + 2 * 1 = 4, then -1 + 2 * 0.9 = 0.8; m: 2, 1.4; v: 8, 4.32
        (
            Adam,
            {"beta1": 0.5, "beta2": 0.5, "weight_decay": 2.0},
            [0.9, 0.9 - 0.1 * (1.4 / 0.75) / sqrt(4.32 / 0.75)],
            {"m": 1.4, "v": 4.32},
        ),
        # x first shrinks by a fifth: 0.8 - 0.1, then 0.56 - 0
        (
            AdamW,
            {"beta1": 0.5, "beta2": 0.75, "weight_decay": 2.0},
            [0.7, 0.56],
            {"m": 0.0, "v": 1.0},
        ),
    ],
)
def test_two_steps_by_hand(kind, options, places, state):
    optimizer = kind([Value(1.0)], learning_rate=0.1, **options)
    assert steps_of(optimizer, [2.0, -1.0]) == pytest.approx(places, abs=1e-8)
    assert optimizer.state == [pytest.approx(state)]
    assert optimizer.steps == 2


# Beside PyTorch.

CASES = [
    (SGD, {"learning_rate": 0.05}),
    (SGD, {"learning_rate": 0.05, "weight_decay": 0.1}),
    (SGD, {"learning_rate": 0.05, "momentum": 0.9}),
    (SGD, {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    (RMSProp, {}),
    (RMSProp, {"learning_rate": 0.02, "decay": 0.9, "epsilon": 1e-3, "weight_decay": 0.1}),
    (Adam, {}),
    (Adam, {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}),
    (Adam, {"learning_rate": 0.02, "weight_decay": 0.1}),
    (AdamW, {}),
    (AdamW, {"learning_rate": 0.02, "beta1": 0.8, "epsilon": 1e-3, "weight_decay": 0.5}),
]
TORCH_NAMES = {"learning_rate": "lr", "decay": "alpha", "epsilon": "eps"}


def torch_optimizer(torch, kind, tensors, options):
    """PyTorch's optimiser with the same settings; those that are not given are its defaults."""
    theirs = {TORCH_NAMES.get(name, name): value for name, value in options.items()}
    if "beta1" in theirs:
        theirs["betas"] = (theirs.pop("beta1"), theirs.pop("beta2", 0.999))
    name = "RMSprop" if kind is RMSProp else kind.__name__
    return getattr(torch.optim, name)(tensors, **theirs)


def least_squares(rng):
    inputs = [[rng.uniform(-2, 2) for _ in range(4)] for _ in range(9)]
    return [rng.uniform(-1, 1) for _ in range(4)], inputs, [rng.uniform(-2, 2) for _ in inputs]


@pytest.mark.parametrize(("kind", "options"), CASES)
def test_same_steps_as_pytorch(kind, options):
    torch = pytest.importorskip("torch")
    start, inputs, targets = least_squares(Random(4))
    tensor = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    theirs = torch_optimizer(torch, kind, [tensor], options)
    weights = [Value(x) for x in start]
    ours = kind(weights, **options)
    rows, wanted = (torch.tensor(x, dtype=torch.float64) for x in (inputs, targets))
    for step in range(25):
        theirs.param_groups[0]["lr"] *= 0.97  # the rate is read anew at each step
        ours.learning_rate *= 0.97
        theirs.zero_grad()
        torch.nn.functional.mse_loss(rows @ tensor, wanted).backward()
        theirs.step()
        ours.zero_grad()
        outputs = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in inputs]
        squared_error(outputs, targets).backward()
        ours.step()
        assert [w.data for w in weights] == pytest.approx(tensor.tolist(), abs=1e-12), step


@pytest.mark.parametrize("max_norm", [0.5, 5.0, 500.0, 0.0, inf])
def test_clipping_by_norm_as_in_pytorch(max_norm):
    torch = pytest.importorskip("torch")
    rng = Random(1)
    gradients = [rng.uniform(-3, 3) for _ in range(6)]
    tensor = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(gradients, dtype=torch.float64)
    expected = torch.nn.utils.clip_grad_norm_([tensor], max_norm)
    weights = with_gradients(gradients)
    assert clip_grad_norm(weights, max_norm) == pytest.approx(expected.item(), rel=1e-14)
    assert [w.grad for w in weights] == pytest.approx(tensor.grad.tolist(), rel=1e-12)


def test_schedules_as_in_pytorch():
    torch = pytest.importorskip("torch")
    schedulers = torch.optim.lr_scheduler
    pairs = [
        (step_decay(0.3, every=4, factor=0.5), lambda o: schedulers.StepLR(o, 4, 0.5)),
        (
            linear_decay(0.3, steps=12, final=0.06),
            lambda o: schedulers.LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=12),
        ),
        (
            cosine_decay(0.3, steps=12, final=0.1),
            lambda o: schedulers.CosineAnnealingLR(o, T_max=12, eta_min=0.1),
        ),
        (
            warm_up(lambda step: 0.3, steps=5),
            lambda o: schedulers.LinearLR(o, start_factor=0.2, total_iters=4),
        ),
    ]
    for ours, make in pairs:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        theirs = make(optimizer)
        for step in range(13):
            assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-12)
            optimizer.step()
            theirs.step()


# Optimisers: what they share.


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_makes_a_loss_small(name):
    model = MLP(2, [4, 1], seed=3)
    optimizer = OPTIMIZERS[name](model, learning_rate=0.05)
    inputs, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    losses = []
    for _ in range(300):
        optimizer.zero_grad()
        loss = squared_error(map(model, inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    assert losses[-1] < 0.1 * losses[0]


def test_names():
    assert list(OPTIMIZERS.items()) == [
        ("sgd", SGD),
        ("rmsprop", RMSProp),
        ("adam", Adam),
        ("adamw", AdamW),
    ]
    assert repr(Adam(MLP(2, [3, 1]))) == "Adam(13 parameters, learning_rate=0.001)"


def test_parameters_of_a_module_a_list_a_generator_or_given_twice():
    model = MLP(2, [3, 1], seed=0)
    assert SGD(model).parameters == model.parameters()
    assert SGD(p for p in model.parameters()).parameters == model.parameters()
    weight = Value(1.0)
    weight.grad = 1.0
    optimizer = SGD([weight, weight])
    optimizer.step()
    assert weight.data == 0.9  # stepped once
    optimizer.zero_grad()
    assert weight.grad == 0.0


def test_state_is_kept_for_each_parameter():
    weights = with_gradients([2.0, -4.0])
    optimizer = Adam(weights)
    assert optimizer.state == [{"m": 0.0, "v": 0.0}] * 2
    optimizer.step()
    assert optimizer.state == [
        pytest.approx({"m": 0.2, "v": 0.004}),
        pytest.approx({"m": -0.4, "v": 0.016}),
    ]


def test_zero_gradients_move_nothing_and_huge_ones_do_not_raise():
    for kind in OPTIMIZERS.values():
        optimizer = kind([Value(1.0)], learning_rate=0.1)
        optimizer.weight_decay = 0.0
        assert steps_of(optimizer, [0.0]) == [1.0]
        assert not isnan(steps_of(optimizer, [1e200])[0])
        assert isnan(steps_of(optimizer, [nan])[0])


def test_weight_decay_of_sgd_is_l2_of_half_the_strength():
    decayed, penalised = Value(3.0), Value(3.0)
    l2([penalised], 0.05).backward()
    SGD([penalised]).step()
    SGD([decayed], weight_decay=0.1).step()
    assert decayed.data == pytest.approx(penalised.data)
    assert decayed.data == pytest.approx(2.97)


def test_an_optimiser_of_ones_own():
    class Sign(Optimizer):
        remembers = ("last",)

        def update(self, x, grad, state):
            state["last"] = grad
            return x - self.learning_rate * (1 if grad > 0 else -1)

    optimizer = Sign([Value(1.0)], 0.25)
    assert steps_of(optimizer, [7.0, -0.1]) == [0.75, 1.0]
    assert optimizer.state == [{"last": -0.1}]


# Clipping.


def with_gradients(gradients):
    weights = [Value(1.0) for _ in gradients]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient
    return weights


def test_clipping_by_norm_by_hand():
    weights = with_gradients([3.0, -4.0])
    assert clip_grad_norm(weights, 10.0) == 5.0
    assert [w.grad for w in weights] == [3.0, -4.0]
    assert clip_grad_norm((w for w in weights), 1.0) == 5.0
    assert [w.grad for w in weights] == pytest.approx([0.6, -0.8], abs=1e-6)


def test_clipping_by_norm_of_no_and_of_huge_gradients():
    weights = with_gradients([0.0, 0.0])
    assert clip_grad_norm(weights, 1.0) == 0.0
    weights = with_gradients([3e200, 4e200])  # whose squares are too large for a float
    assert clip_grad_norm(weights, 1.0) == pytest.approx(5e200)
    assert [w.grad for w in weights] == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_clipping_by_norm_stops_at_gradients_that_are_not_finite(bad):
    weights = with_gradients([1.0, bad, nan])
    weights[1].label = "w1"
    message = rf"the norm of the gradients is (inf|nan): parameter w1 has {bad}"
    with pytest.raises(FloatingPointError, match=message) as caught:
        clip_grad_norm(weights, 1.0)
    assert weights[0].grad == 1.0
    assert str(weights[1].grad) == str(bad)
    assert_programs_do_what_the_message_says(str(caught.value), FloatingPointError)


def test_clipping_by_norm_stops_at_a_norm_beyond_floats():
    """1.7e308 * sqrt(2) is above 1.8e308; neither of the two is to blame."""
    weights = with_gradients([1.7e308, 1.7e308])
    message = "^the norm of the gradients is inf, though each of them is finite\n"
    with pytest.raises(FloatingPointError, match=message) as caught:
        clip_grad_norm(weights, 1.0)
    assert [w.grad for w in weights] == [1.7e308, 1.7e308]
    assert_programs_do_what_the_message_says(str(caught.value), FloatingPointError)


def test_clipping_by_value():
    model = MLP(1, [1], seed=0)
    for parameter, gradient in zip(model.parameters(), [5.0, -5.0], strict=True):
        parameter.grad = gradient
    clip_grad_value(model, 2)
    assert [p.grad for p in model.parameters()] == [2.0, -2.0]
    weights = with_gradients([1.0, -2.0, inf, -inf, nan])
    clip_grad_value(weights, 2.0)
    assert [w.grad for w in weights[:4]] == [1.0, -2.0, 2.0, -2.0]
    assert isnan(weights[4].grad)


# Schedules.


def test_schedules_by_hand():
    assert [step_decay(8.0, 3, 0.5)(step) for step in range(8)] == [8, 8, 8, 4, 4, 4, 2, 2]
    assert [linear_decay(8.0, 4, 2.0)(step) for step in range(7)] == [8, 6.5, 5, 3.5, 2, 2, 2]
    assert [linear_decay(8.0, 4)(step) for step in (0, 1, 4, 9)] == [8, 6, 0, 0]
    assert [cosine_decay(8.0, 4, 2.0)(step) for step in (0, 1, 2, 4, 9)] == pytest.approx(
        [8, 2 + 3 * (1 + cos(pi / 4)), 5, 2, 2], abs=1e-15
    )
    assert [warm_up(lambda step: 8.0, 4)(step) for step in range(6)] == [2, 4, 6, 8, 8, 8]
    assert [warm_up(step_decay(8.0, 1, 0.5), 2)(step) for step in range(4)] == [4, 4, 2, 1]


def test_a_schedule_sets_the_learning_rate():
    optimizer = SGD([Value(1.0)])
    schedule = linear_decay(0.5, steps=2)
    for step in range(3):
        optimizer.learning_rate = schedule(step)
        steps_of(optimizer, [1.0])
    assert optimizer.parameters[0].data == 1.0 - 0.5 - 0.25 - 0.0


# Messages.

W = Value(0.5)
MODEL = MLP(2, [1], seed=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGD([]), "there are no parameters to change"),
        (lambda: Adam(p for p in []), "a generator is empty too once it has been gone through"),
        (lambda: clip_grad_norm([], 1.0), "there are no parameters to change"),
        (lambda: SGD([W * 2]), r"is the result of an operation \(\*\), not a parameter"),
        (lambda: SGD([W], nesterov=True), "nesterov needs a momentum"),
        (lambda: SGD(MODEL, learning_rate=-0.1), "learning_rate is -0.1, out of range"),
        (lambda: SGD(MODEL, momentum=1.5), "it has to be at least 0 and below 1"),
        (lambda: RMSProp(MODEL, decay=1), "decay is 1, out of range"),
        (lambda: Adam(MODEL, beta2=nan), "beta2 is nan, out of range"),
        (lambda: SGD(MODEL, learning_rate=inf), "it has to be finite and at least 0"),
        (lambda: AdamW(MODEL, epsilon=0), "epsilon is 0, out of range"),
        (lambda: clip_grad_norm(MODEL, -1), "max_norm is -1, out of range"),
        (lambda: clip_grad_value(MODEL, -1), "limit is -1, out of range"),
        (lambda: step_decay(0.1, every=0), "steps is 0, out of range"),
        (lambda: linear_decay(0.1, steps=0), "it has to be at least 1"),
        (lambda: cosine_decay(0.1, steps=-5), "steps is -5, out of range"),
        (lambda: warm_up(cosine_decay(0.1, 9), 0), "steps is 0, out of range"),
    ],
)
def test_what_does_not_fit_is_explained(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert_programs_do_what_the_message_says(str(caught.value), ValueError)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGD(MODEL, "0.1"), "learning_rate is a number, not '0.1'"),
        (lambda: AdamW(MODEL, weight_decay=None), "weight_decay is a number, not None"),
        (lambda: clip_grad_norm(MODEL, "1"), "max_norm is a number, not '1'"),
        (lambda: clip_grad_value(MODEL, [1.0]), r"limit is a number, not \[1.0\]"),
        (lambda: linear_decay(0.1, "9"), "the number of steps is a number, not '9'"),
    ],
)
def test_what_is_no_number_is_explained(call, message):
    with pytest.raises(TypeError, match=message) as caught:
        call()
    assert_programs_do_what_the_message_says(str(caught.value), TypeError)


def test_settings_may_be_numbers_of_numpy():
    np = pytest.importorskip("numpy")
    optimizer = SGD([Value(1.0)], np.float32(0.5), momentum=np.array(0.25))
    assert (optimizer.learning_rate, optimizer.momentum) == (0.5, 0.25)
    assert {type(optimizer.learning_rate), type(optimizer.momentum)} == {float}


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_every_setting_has_a_range(kind):
    settings = set(signature(kind).parameters) - {"parameters", "nesterov"}
    for name in settings:
        with pytest.raises(ValueError, match=f"{name} is -0.1, out of range"):
            kind(MODEL, **{name: -0.1})
    for name in settings & {"momentum", "decay", "beta1", "beta2"}:
        with pytest.raises(ValueError, match="at least 0 and below 1"):
            kind(MODEL, **{name: 1.0})


@pytest.mark.parametrize("wrong", [0.1, [0.5], MODEL.parameters, MODEL.named_parameters(), [MODEL]])
def test_parameters_are_values(wrong):
    with pytest.raises(TypeError, match="a parameter is a Value, not a") as caught:
        SGD(wrong)
    assert_programs_do_what_the_message_says(str(caught.value), TypeError)


def assert_programs_do_what_the_message_says(text, kind):
    """The first program of a message raises the same kind of error; the second one runs."""
    form = r".*\n\nThis does it:\n(.*)\n\nWhy: .*\n\nWrite instead:\n(.*)"
    wrong, right = (dedent(program) for program in re.fullmatch(form, text, re.S).groups())
    names = (
        vars(glassgrad)
        | vars(optim)
        | {"model": MODEL, "schedule": linear_decay(0.1, 9), "nan": nan, "inf": inf}
    )
    with pytest.raises(kind) as caught:
        exec(wrong, dict(names))
    assert str(caught.value).endswith(text[text.index("Write instead") :])
    exec(right, dict(names))
