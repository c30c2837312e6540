"""The exercises of chapter 5, learning."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, pairwise
from random import Random
from typing import Any

from glassgrad import MLP, Value, no_grad, squared_error
from glassgrad.course.checking import (
    Wrong,
    call,
    call_as,
    call_text,
    compare,
    number,
    same,
    show,
    written,
)
from glassgrad.course.exercise import Exercise
from glassgrad.course.probes import retold
from glassgrad.metrics import accuracy

# 5.1, the squared error


def _mean_square(outputs: Sequence[Any], targets: Sequence[float]) -> Any:
    return sum((o - y) ** 2 for o, y in zip(outputs, targets, strict=True)) / len(targets)


def _numbers(random: Random, count: int, reach: float = 3.0) -> list[float]:
    return [random.uniform(-reach, reach) for _ in range(count)]


def _check_squared_error(answer: Any) -> None:
    random = Random()
    compare(
        answer,
        _mean_square,
        [(_numbers(random, size), _numbers(random, size)) for size in (3, 2, 1, 5, 4)],
        why="each difference is squared, the squares are added up, and the sum is divided by how "
        "many there are",
        mistakes=[
            (
                lambda o, y: _mean_square(o, y) * len(y),
                "this is the sum of the squares; for the mean, divide by how many there are",
            ),
            (
                lambda o, y: sum(a - b for a, b in zip(o, y, strict=True)) / len(y),
                "the differences are not squared, so one too high and one too low cancel",
            ),
            (
                lambda o, y: sum(abs(a - b) for a, b in zip(o, y, strict=True)) / len(y),
                "this is the mean of the distances; here each difference is squared",
            ),
            (
                lambda o, y: (sum(a - b for a, b in zip(o, y, strict=True)) / len(y)) ** 2,
                "the mean is squared here; square each difference first, then take the mean",
            ),
            (
                lambda o, y: sum(a - b for a, b in zip(o, y, strict=True)) ** 2 / len(y),
                "the sum is squared here; square each difference first, then add up",
            ),
            (
                lambda o, y: math.sqrt(_mean_square(o, y)),
                "this is the root of the squared error; no root is taken",
            ),
            (
                lambda o, y: (o[0] - y[0]) ** 2,
                "only the first example counts here: a return inside the loop ends it at once",
            ),
            (
                lambda o, y: (o[0] - y[0]) ** 2 / len(y),
                "only the first example counts here: a return inside the loop ends it at once",
            ),
        ],
    )
    _check_leads_backward(answer, random)


def _check_leads_backward(answer: Any, random: Random) -> None:
    """With Values as outputs the result is a Value, with the gradients that nudging gives."""
    data, targets = _numbers(random, 3), _numbers(random, 3)
    outputs = [Value(x) for x in data]
    text = f"with the Values {show(data)} as outputs"
    result = call_as(text, answer, outputs, list(targets))
    if not isinstance(result, Value):
        raise Wrong(
            f"{text} it gave {show(result)}, which is no Value",
            "with `.data`, or a function of `math`, the way back to the outputs is lost; reckon "
            "with the Values themselves",
        )
    result.backward()
    for output, x, y in zip(outputs, data, targets, strict=True):
        if not same(output.grad, 2 * (x - y) / 3):
            raise Wrong(
                f"{text} and targets {show(targets)}, the output {show(x)} gets the gradient "
                f"{show(output.grad)}, and {show(2 * (x - y) / 3)} is right",
                "somewhere the result does not depend on the outputs as Values, perhaps by `.data`",
            )


# 5.2, one step


def _sign(x: float) -> float:
    return math.copysign(1.0, x)


STEP_MISTAKES: list[tuple[Callable[[float, float, float], float], str]] = [
    (
        lambda x, grad, rate: x + rate * grad,
        "this goes along the gradient, which is uphill: the loss grows; the step is against it, "
        "with a minus",
    ),
    (
        lambda x, grad, rate: x - grad,
        "the learning rate is missing: the step is learning_rate times the gradient",
    ),
    (
        lambda x, grad, rate: x - rate,
        "the gradient is missing: the step is learning_rate times the gradient",
    ),
    (
        lambda x, grad, rate: x - rate * _sign(grad),
        "only the sign of the gradient counts here; a steeper slope makes a longer step",
    ),
    (
        lambda x, grad, rate: -rate * grad,
        "the old number is lost: the step is taken from it, `-=` and not `=`",
    ),
    (
        lambda x, grad, rate: rate * grad,
        "the old number is lost, and the sign is wrong: p.data becomes p.data minus the step",
    ),
    (
        lambda x, grad, rate: x - rate * x,
        "the step uses the number itself; it is learning_rate times p.grad",
    ),
    (
        lambda x, grad, rate: x - grad / rate,
        "the gradient is divided by the learning rate; it is multiplied",
    ),
]


def _check_gradient_step(answer: Any) -> None:
    random = Random()
    for size in (3, 1, 2, 5):
        numbers, grads = _numbers(random, size), _numbers(random, size)
        rate = random.uniform(0.01, 0.5)
        parameters = [Value(x) for x in numbers]
        given = list(parameters)
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = grad
        result = _take_step(answer, given, rate)
        got = [parameter.data for parameter in parameters]
        if got == numbers:
            written(result)
        right = [x - rate * grad for x, grad in zip(numbers, grads, strict=True)]
        seen = (
            f"with data {show(numbers)}, gradients {show(grads)} and learning rate {show(rate)}, "
            f"data became {show(got)}"
        )
        if not same(got, right):
            why = _why_no_data_changes(parameters, given, result) if got == numbers else ""
            why = why or _why_such_a_step(numbers, grads, rate, got)
            raise Wrong(f"{seen}, and {show(right)} is right", why)
        if result is ...:
            raise Wrong(
                f"{seen}, which is right", "your loop is there; delete the line `return ...`"
            )


def _take_step(answer: Any, given: list[Value], rate: float) -> Any:
    """Let the reader's step change the Values, and return what it returns."""
    text = f"a step of {len(given)} parameters with learning rate {show(rate)}"
    whole = "the data of each is a plain number: write p.data on the right as well, not p alone"
    with retold(("float", whole)):  # the compiled Value takes nothing but a float
        result = call_as(text, answer, given, rate)
    for parameter in given:
        data: Any = getattr(parameter, "data", parameter)
        if isinstance(data, Value):
            raise Wrong(f"{text}: data became {show(data)}, a Value in a Value", whole)
    return result


def _why_no_data_changes(parameters: list[Value], given: list[Value], result: Any) -> str:
    """What an answer has done that leaves all p.data as they were."""
    if not any(parameter.grad for parameter in parameters):
        return (
            "no p.data has changed, and all gradients are 0 now: they are set to 0 after the "
            "step, or before the next backward, and not before the step"
        )
    if len(given) != len(parameters) or any(map(_is_another, given, parameters)):
        return (
            "no p.data has changed: new Values stand in the list, and the network still has the "
            "old ones; what has to change is p.data"
        )
    if result is not None and result is not ...:
        return (
            "no p.data has changed: the new numbers are only returned; what has to change is "
            "p.data, of every p in the list"
        )
    return (
        "no p.data has changed. `p = p - ...` only gives the name p to another number; what has "
        "to change is p.data, of every p in the list"
    )


def _is_another(one: Any, other: Any) -> bool:
    return one is not other


def _why_such_a_step(
    numbers: list[float], grads: list[float], rate: float, got: list[float]
) -> str:
    for mistake, says in STEP_MISTAKES:
        wrong = [mistake(x, grad, rate) for x, grad in zip(numbers, grads, strict=True)]
        if same(got, wrong):
            return says
    if len(got) > 1 and same(got, [numbers[0] - rate * grads[0], *numbers[1:]]):
        return "only the first one has changed: a return in the loop ends it"
    return "for each p, p.data becomes p.data - learning_rate * p.grad"


# 5.3, a training loop


def _learn(
    model: MLP,
    xs: list[list[float]],
    ys: list[float],
    rate: float,
    steps: int,
    zero: bool = True,
    factor: float = 1.0,
    singly: bool = False,
) -> list[float]:
    """Our training loop, and the broken ones.

    zero: whether gradients become 0 before each step. factor: of each step. singly: a step after
    each example.
    """
    losses = []
    for i in range(steps * len(xs) if singly else steps):
        part = slice(i % len(xs), i % len(xs) + 1) if singly else slice(None)
        loss = squared_error([model(x) for x in xs[part]], ys[part])
        if zero:
            model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= factor * rate * p.grad
        losses.append(loss.data)
    return losses


LOOP_MISTAKES: list[tuple[dict[str, Any], str]] = [
    (
        {"zero": False},
        "`zero_grad` is forgotten: backward adds to the gradients, so each step follows the sum of "
        "all gradients since the start",
    ),
    ({"factor": -1.0}, "the step goes along the gradient, uphill; it is against it, with a minus"),
    (
        {"factor": 6.0},
        "this follows the sum of the squared differences; the loss here is their mean",
    ),
    (
        {"zero": False, "factor": 6.0},
        "`zero_grad` is forgotten, and the loss is the sum of the squares, not their mean",
    ),
    (
        {"singly": True},
        "this takes a step after each example; here a step looks at all examples, so the loss is "
        "the mean over them",
    ),
]


Task = tuple[list[list[float]], list[float], float, int]  # what a loop is called with


def _network(seed: int) -> MLP:
    return MLP(2, [4, 1], seed=seed)


def _check_learn(answer: Any) -> None:
    random = Random()
    for steps in (40, 25):
        seed = random.randrange(1000)
        xs = [_numbers(random, 2, 1.0) for _ in range(6)]
        ys = [math.tanh(2 * a - b) for a, b in xs]
        task = xs, ys, random.choice((0.03, 0.04, 0.05)), steps
        model, ours = _network(seed), _network(seed)
        text = f"learn(model, xs, ys, {task[2]}, {steps}) on 6 random examples"
        losses = _run_loop(answer, text, model, task)
        written(losses)
        right = _learn(ours, *task)
        if not same(_weights(model), _weights(ours), 1e-6):
            found, best = (_loss_of(network, xs, ys) for network in (model, ours))
            seen = f"{text}: the loss afterwards is {show(found)}, and with our loop {show(best)}"
            raise Wrong(seen, _why_such_weights(answer, model, losses, task, seed))
        _check_losses(text, losses, right)


def _run_loop(answer: Any, text: str, model: MLP, task: Task) -> Any:
    xs, ys, rate, steps = task
    return call_as(text, answer, model, [list(x) for x in xs], list(ys), rate, steps)


def _weights(model: MLP) -> list[float]:
    return [p.data for p in model.parameters()]


def _why_such_weights(answer: Any, model: MLP, losses: Any, task: Task, seed: int) -> str:
    """What the reader's loop has done with the weights."""
    xs, ys, rate, steps = task
    got = _weights(model)
    if same(got, _weights(_network(seed))):
        return _why_nothing_changes(model, losses)
    for settings, says in LOOP_MISTAKES:
        broken = _network(seed)
        _learn(broken, *task, **settings)
        if same(got, _weights(broken), 1e-6):
            return says
    for other in (1, steps - 1, steps + 1):
        broken = _network(seed)
        _learn(broken, xs, ys, rate, other)
        if same(got, _weights(broken), 1e-6):
            return f"{other} step{'s' * (other != 1)} taken, and {steps} were asked for"
    for name, changed in (
        ("learning_rate", (xs, ys, 0.7 * rate, steps)),
        ("steps", (xs, ys, rate, steps + 3)),
    ):
        again = _network(seed)
        _run_loop(answer, "with other settings, learn", again, changed)
        if same(_weights(again), got):
            return f"whatever {name} is, the loop does the same: a number stands there in its place"
    return (
        "a step is: outputs of all examples and their mean squared error, zero_grad, backward, "
        "then p.data -= learning_rate * p.grad for all parameters"
    )


def _why_nothing_changes(model: MLP, losses: Any) -> str:
    plain = [number(loss) for loss in losses] if isinstance(losses, (list, tuple)) else []
    if len(set(plain)) > 1:
        return (
            "the losses change, but the model that was given has not changed: is a new one made "
            "inside?"
        )
    if any(p.grad for p in model.parameters()):
        return (
            "the gradients are there, but no weight changes: in the step it is p.data that gets a "
            "new number, `p.data -= ...`"
        )
    return (
        "no weight changes, since all gradients are 0 when the step is taken. Either zero_grad "
        "stands between backward and the step, or nothing goes backward to the weights: no call of "
        "backward, or a loss made of plain numbers by `.data`"
    )


def _loss_of(model: MLP, xs: list[list[float]], ys: list[float]) -> float:
    with no_grad():
        try:
            return squared_error([model(x) for x in xs], ys).data
        except Exception:  # the reader may have done anything to the model
            return math.nan


def _check_losses(text: str, losses: Any, right: list[float]) -> None:
    """The list of losses that the loop returns."""
    if losses is None:
        raise Wrong(f"{text} trained the model, and gave None", "a list of the losses is asked for")
    if number(losses) is not None:
        raise Wrong(
            f"{text} trained the model, and gave {show(losses)}",
            "one loss for each step is asked for: append each to a list, and return the list after "
            "the loop",
        )
    if isinstance(losses, (list, tuple)) and any(isinstance(loss, Value) for loss in losses):
        raise Wrong(
            f"{text} trained the model, and the list has Values in it",
            "plain numbers are asked for: append L.data, since a Value keeps its whole graph",
        )
    if same(losses, right, 1e-6):
        return
    if not isinstance(losses, (list, tuple)) or len(losses) != len(right):
        count = f"{len(losses)} losses" if isinstance(losses, (list, tuple)) else show(losses)
        raise Wrong(
            f"{text} trained the model, and gave {count}, and {len(right)} losses are right",
            "one for each step, noted inside the loop",
        )
    if len(right) > 1 and same(losses[:-1], right[1:], 1e-6):
        raise Wrong(
            f"{text}: the first loss is {show(losses[0])}, and {show(right[0])} is right",
            "these are the losses after each step; the ones before are asked for, which the "
            "forward pass of the step has computed anyway",
        )
    place = next(
        i for i, pair in enumerate(zip(losses, right, strict=True)) if not same(*pair, 1e-6)
    )
    raise Wrong(
        f"{text} trained the model, but loss {place} of the list is {show(losses[place])}, and "
        f"{show(right[place])} is right",
        "the loss is the mean of the squared differences over all examples, noted as L.data",
    )


# 5.4, a learning rate


def _trial(bend: float, start: float, steps: int) -> Callable[[float], float]:
    """Train one weight on bend * w**2 with a rate; give the loss, which may be inf or nan."""

    def loss_after(rate: float) -> float:
        w = start
        for _ in range(steps):
            w = w - float(rate) * 2 * bend * w
        return bend * w * w

    return loss_after


def _looked_up(table: dict[float, float]) -> Callable[[float], float]:
    return lambda rate: table.get(rate, 1e10)


def _check_choose_rate(answer: Any) -> None:
    random = Random()
    for case in range(6):
        bend = random.uniform(0.3, 3.0)
        good = 0.5 / bend  # which lands on the bottom in one step
        loss_after = _trial(bend, random.uniform(1, 3), 400 if case % 2 else 12)
        factors = (1e4, 1e2, 5.0) if case % 2 else (3.0, 2.2)
        rates = [good * factor for factor in (*factors, random.uniform(0.9, 1.1), 1e-1, 1e-2, 1e-3)]
        rates = [float(f"{rate:.3g}") for rate in rates]
        if case not in (1, 4):  # else the rates that diverge come first
            random.shuffle(rates)
        _check_choice(answer, loss_after, rates)
    inf, nan = math.inf, math.nan
    for losses, why in (
        ((7e9, 3e9, 5e9), TOO_LOW_A_START),
        ((inf, 3.0, nan, 1.0, nan, 2.0), NAN_KEPT),
        ((inf, 3.0, nan, 1.0, 2.0, nan), NAN_KEPT),
    ):
        table = {0.001 * 2**place: loss for place, loss in enumerate(losses)}
        _check_choice(answer, _looked_up(table), list(table), why)


TOO_LOW_A_START = (
    "all losses are large here; the lowest so far starts from math.inf, or from the first loss"
)
NAN_KEPT = (
    "is a nan kept on the way? Every comparison with it is False, `loss >= lowest` too; ask "
    "`loss < lowest`"
)


def _check_choice(
    answer: Any, loss_after: Callable[[float], float], rates: list[float], why: str = ""
) -> None:
    losses = [loss_after(rate) for rate in rates]
    finite = [loss for loss in losses if math.isfinite(loss)]
    text = f"choose_rate(loss_after, {show(rates)})"
    given = list(rates)
    got = call_as(text, answer, loss_after, given)
    written(got)
    right = rates[losses.index(min(finite))]
    if same(got, right):
        if given != rates:
            raise Wrong(
                f"{text} is right, but it changes the list of rates, to {show(given)}",
                "whoever calls it still needs that; work on a copy, such as sorted(rates)",
            )
        return
    seen = (
        f"{text}, where the losses are {show(losses)}, gave {show(got)}, and {show(right)} is right"
    )
    if got is None:
        raise Wrong(seen, why or "a function without `return` gives None")
    if isinstance(got, (list, tuple)):
        raise Wrong(seen, "one rate is asked for, without its loss")
    found = number(got)
    if found not in rates and isinstance(got, int) and 0 <= got < len(rates):
        raise Wrong(
            seen,
            "this is none of the rates. Is it a place in the list? The rate itself is asked for",
        )
    if found in rates and math.isnan(losses[rates.index(found)]):
        raise Wrong(
            seen,
            "the loss of this rate is nan. Every comparison with nan is False, so min() keeps a "
            "nan that comes first; leave out losses that are not finite (math.isfinite)",
        )
    if found is not None and any(same(found, loss) for loss in losses):
        raise Wrong(seen, "this is a loss, and the rate that it belongs to is asked for")
    if why:
        raise Wrong(seen, why)
    if found in rates and losses[rates.index(found)] == max(finite):
        raise Wrong(seen, "this one has the highest loss; the lowest is the best")
    if found == max(rates):
        raise Wrong(seen, "the largest rate is not the best: too large ones diverge")
    if found == min(rates):
        raise Wrong(seen, "the smallest rate is safe, but slow: compare the losses")
    if found not in rates:
        raise Wrong(seen, "this is none of the `rates` that were given")
    raise Wrong(seen, "call loss_after for each rate, and keep the rate with the lowest loss")


# 5.5, accuracy


def _share(scores: Sequence[float], labels: Sequence[int], threshold: float = 0.0) -> float:
    pairs = zip(scores, labels, strict=True)
    return sum((score > threshold) == (label == 1) for score, label in pairs) / len(labels)


def _scored(random: Random) -> list[tuple[list[float], list[int]]]:
    """Scores and labels; one in three scores lies between 0 and 1/2, and some are exactly 0."""
    cases = []
    for size in (4, 7, 1, 10, 12, 3):
        reaches = [random.choice([(-4.0, 4.0), (0.05, 0.45), (-4.0, 0.0)]) for _ in range(size)]
        scores = [random.uniform(*reach) for reach in reaches]
        cases.append((scores, [random.randrange(2) for _ in scores]))
    between = ([0.2, 0.4, -0.1], [1, 1, 0])
    return [*cases, between, ([-2.0, 3.0], [1, 0]), ([0.0, 0.0, 1.0], [0, 0, 1])]


def _check_accuracy(answer: Any) -> None:
    compare(
        answer,
        accuracy,
        _scored(Random()),
        why="the decision is class 1 if the score is above 0, else class 0; the accuracy is the "
        "number of right decisions divided by how many examples there are",
        mistakes=[
            (
                lambda s, t: accuracy(s, t) * len(t),
                "this is the number of right ones; divide by how many examples there are",
            ),
            (lambda s, t: 100 * accuracy(s, t), "this is per cent; a share goes from 0 to 1"),
            (lambda s, t: 1 - accuracy(s, t), "this is the share of wrong ones"),
            (
                lambda s, t: _share(s, t, 0.5),
                "one half is the border for probabilities; a score is any number, and its border "
                "is 0",
            ),
            (
                lambda s, t: sum((a >= 0) == (b == 1) for a, b in zip(s, t, strict=True)) / len(t),
                "a score of exactly 0 counts as class 0: above 0 means `> 0`",
            ),
            (
                lambda s, t: sum(a == b for a, b in zip(s, t, strict=True)) / len(t),
                "a score is compared with a label here; first turn it into a decision, 0 or 1",
            ),
            (
                lambda s, t: sum(a > 0 for a in s) / len(s),
                "this is the share of scores above 0; what counts is whether the decision equals "
                "the label",
            ),
            (
                lambda s, t: sum(a > 0 and b == 1 for a, b in zip(s, t, strict=True)) / len(t),
                "only class 1 is counted; an example of class 0 with a score of 0 or below is "
                "right too",
            ),
        ],
    )


# 5.6, minibatches


def _check_minibatches(answer: Any) -> None:
    random = Random()
    for count, size in ((20, 6), (12, 4), (17, 16), (5, 1), (9, 20), (30, 7)):
        seed = random.randrange(10_000)
        batches = _batches_of(answer, count, size, Random(seed))
        text = f"minibatches({count}, {size}, Random({seed}))"
        _check_cut(text, batches, count, size)
        if not same(_batches_of(answer, count, size, Random(seed)), batches):
            raise Wrong(
                f"{text}, called twice with the same seed, gave two different orders",
                "something else than `random` decides: use random.shuffle(...) of the argument, "
                "with no seed but its own",
            )
    _check_shuffled(answer, random)


SHUFFLE_GIVES_NONE = (
    "random.shuffle(places) changes the list and returns None: it stands on a line of its own, and "
    "places is the shuffled list afterwards"
)
WHOLE_BATCHES = (
    "only the order of the batches is random, and always the same places are together; shuffle the "
    "places before cutting"
)


def _batches_of(answer: Any, count: int, size: int, random: Random) -> list[list[int]]:
    """What the answer gives, a list or a generator, as lists of plain numbers."""
    text = f"minibatches({count}, {size}, random)"
    with retold(("NoneType", SHUFFLE_GIVES_NONE)):
        result = call_as(text, answer, count, size, random)
    written(result)
    if result is None:
        raise Wrong(f"{text} gave None", "a function without `return` gives None")
    if isinstance(result, (str, dict)) or not isinstance(result, Iterable):
        raise Wrong(f"{text} gave {show(result)}", "a list of batches is asked for")
    with retold(("NoneType", SHUFFLE_GIVES_NONE)):
        batches = call_as(f"going through {text}", lambda: list(islice(result, count + 2)))
    for batch in batches:
        written(batch)
        if isinstance(batch, (str, dict)) or not isinstance(batch, Iterable):
            raise Wrong(
                f"{text} gave {show(batches)}",
                "each batch is a list of places, also one of a single place",
            )
    found = [[number(place) for place in islice(batch, count + 2)] for batch in batches]
    if any(place is None or not place.is_integer() for batch in found for place in batch):
        raise Wrong(f"{text} gave {show(batches)}", "places are whole numbers, from 0")
    return [[int(place) for place in batch if place is not None] for batch in found]


def _check_cut(text: str, batches: list[list[int]], count: int, size: int) -> None:
    """Each place once, all batches full but the last."""
    places = [place for batch in batches for place in batch]
    seen = f"{text} gave {show(batches)}"
    missing = sorted(set(range(count)) - set(places))
    strange = sorted(set(places) - set(range(count)))
    twice = sorted({place for place in places if places.count(place) > 1})
    if strange:
        raise Wrong(seen, f"{strange[0]} is no place: they go from 0 to count - 1 = {count - 1}")
    if twice:
        raise Wrong(
            seen,
            f"place {twice[0]} comes more than once: shuffle all places, then cut the list into "
            "pieces that do not overlap",
        )
    if missing and len(missing) == count % size:
        raise Wrong(
            seen,
            f"the last, smaller batch is missing: {len(missing)} examples would take no part",
        )
    if missing:
        raise Wrong(seen, f"place {missing[0]} is missing: each comes once in an epoch")
    sizes = [len(batch) for batch in batches]
    right = [size] * (count // size) + [count % size] * (count % size > 0)
    if 0 in sizes:
        raise Wrong(seen, "there is an empty batch, on which no step can be taken")
    if sizes != right and all(batch == list(range(batch[0], batch[-1] + 1)) for batch in batches):
        raise Wrong(seen, WHOLE_BATCHES)
    if sizes != right:
        raise Wrong(
            f"{text} gave batches of {show(sizes)}, and {show(right)} is right",
            "every batch has `size` places, only the last may be smaller",
        )


def _check_shuffled(answer: Any, random: Random) -> None:
    """The order is random, within batches too, and differs from epoch to epoch."""
    one = Random(random.randrange(10_000))
    epochs = [_batches_of(answer, 24, 4, one) for _ in range(3)]
    seen = f"minibatches(24, 4, random) gave {show(epochs[0][:3])} and so on"
    if all(list(chain(*batches)) == list(range(24)) for batches in epochs):
        raise Wrong(seen, "the places are in order; shuffle them first: random.shuffle(places)")
    if epochs[0] == epochs[1] == epochs[2]:
        raise Wrong(
            f"{seen}, and the same in the next two epochs",
            "each epoch has an order of its own: shuffle with the `random` that is given, and do "
            "not make or seed one inside",
        )
    if all(batch == list(range(batch[0], batch[0] + 4)) for batch in chain(*epochs)):
        raise Wrong(seen, WHOLE_BATCHES)
    together = [{frozenset(batch) for batch in batches} for batches in epochs]
    if together[0] == together[1] == together[2]:
        raise Wrong(
            f"{seen}; in the next two epochs the same places stand together",
            "each epoch has batches of its own; shuffle the whole list, then cut",
        )
    orders = [list(chain(*batches)) for batches in epochs]
    beside = sum(abs(a - b) == 1 for order in orders for a, b in pairwise(order))
    if beside >= 35:  # of 69; shuffled lists have about six
        raise Wrong(
            f"{seen}; in three epochs, {beside} of 69 places follow their neighbour",
            "the list is nearly in order; random.shuffle(places) mixes all of it",
        )


# 5.7, momentum


def _momentum(
    x: float, grad: float, velocity: float, rate: float, momentum: float
) -> tuple[float, float]:
    velocity = momentum * velocity + grad
    return x - rate * velocity, velocity


def _check_momentum(answer: Any) -> None:
    random = Random()
    cases = [(*_numbers(random, 3), random.uniform(0.01, 0.5), random.uniform(0.1, 0.95))
             for _ in range(5)]  # fmt: skip
    _check_is_group(answer, cases[0], 2, "(w, velocity)")
    compare(
        answer,
        _momentum,
        cases,
        why="first velocity = momentum * velocity + grad, then w = w - learning_rate * velocity",
        mistakes=[
            (
                lambda x, g, v, r, k: (x + r * (k * v + g), k * v + g),
                "this w goes along the velocity, uphill; it goes against it, with a minus",
            ),
            (
                lambda x, g, v, r, k: (x - r * v, k * v + g),
                "here the old velocity moves w; first the new velocity, then w by that",
            ),
            (
                lambda x, g, v, r, k: (x - r * (k * v + g), v),
                "the velocity that is returned is the old one; the next step needs the new one",
            ),
            (
                lambda x, g, v, r, k: (x - r * g, g),
                "the old velocity is lost: momentum times it stays",
            ),
            (
                lambda x, g, v, r, k: (x - r * g, k * v + g),
                "here the gradient alone moves w; the new velocity has to",
            ),
            (
                lambda x, g, v, r, k: (x - r * (k * v + (1 - k) * g), k * v + (1 - k) * g),
                "the gradient is multiplied by 1 - momentum; that is another form of it, and here "
                "the whole gradient is added",
            ),
            (
                lambda x, g, v, r, k: (x - (k * v + r * g), k * v + r * g),
                "the learning rate is inside the velocity; here it comes in when w is changed",
            ),
            (
                lambda x, g, v, r, k: (x + (k * v - r * g), k * v - r * g),
                "the learning rate and the minus are inside the velocity; here they come in when w "
                "is changed",
            ),
            (
                lambda x, g, v, r, k: (x - r * (v + g), v + g),
                "momentum is missing: it is the share of the old velocity that stays",
            ),
            (
                lambda x, g, v, r, k: _momentum(x, g, v, r, k)[::-1],
                "the two are the wrong way round: (w, velocity)",
            ),
        ],
    )


def _check_is_group(answer: Any, arguments: Sequence[Any], size: int, form: str) -> None:
    """The answer gives a tuple or list of so many."""
    try:
        got = call(answer, *arguments)
    except Wrong:
        return  # an error, which is told together with known mistakes
    if getattr(got, "ndim", 0):
        got = got.tolist()  # an array will do
    if not isinstance(got, (tuple, list)) or len(got) != size:
        raise Wrong(
            f"{call_text(answer, arguments)} gave {show(got)}",
            f"the next step needs all of them: return {form}",
        )
    for part in got:
        written(part)


# 5.8, Adam

Adam = Callable[..., tuple[float, float, float]]


ADAM = (0.9, 0.999)


def _adam(
    x: float,
    grad: float,
    m: float,
    v: float,
    steps: int,
    rate: float,
    correct: Callable[[int], tuple[float, float]] = lambda n: (1 - 0.9**n, 1 - 0.999**n),
    root: Callable[[float], float] = lambda v: math.sqrt(v) + 1e-8,
    powers: tuple[float, float] = ADAM,
    parts: tuple[float, float] | None = None,
    square: Callable[[float], float] = lambda grad: grad * grad,
) -> tuple[float, float, float]:
    """Kingma and Ba (2015), algorithm 1, and the ways in which it is written wrongly.

    parts: of the new gradient and its square; else what the powers leave.
    """
    for_m, for_v = parts or (1 - powers[0], 1 - powers[1])
    m = powers[0] * m + for_m * grad
    v = powers[1] * v + for_v * square(grad)
    shrink_m, shrink_v = correct(steps)
    return x - rate * (m / shrink_m) / root(v / shrink_v), m, v


def _adam_but(**changes: Any) -> Adam:
    return lambda *arguments: _adam(*arguments, **changes)


def _turned_round(*arguments: Any) -> Any:
    x, m, v = _adam(*arguments)
    return x, v, m


def _old_m(x: float, grad: float, m: float, v: float, steps: int, rate: float) -> Any:
    _, new_m, new_v = _adam(x, grad, m, v, steps, rate)
    step = (m / (1 - 0.9**steps)) / (math.sqrt(new_v / (1 - 0.999**steps)) + 1e-8)
    return x - rate * step, new_m, new_v


def _swapped(x: float, grad: float, m: float, v: float, steps: int, rate: float) -> Any:
    def correct(n: int) -> tuple[float, float]:
        return 1 - 0.999**n, 1 - 0.9**n

    return _adam(x, grad, m, v, steps, rate, powers=(0.999, 0.9), correct=correct)


def _uphill(x: float, grad: float, m: float, v: float, steps: int, rate: float) -> Any:
    new, m, v = _adam(x, grad, m, v, steps, rate)
    return 2 * x - new, m, v


def _added_early(x: float, grad: float, m: float, v: float, steps: int, rate: float) -> Any:
    _, m, v = _adam(x, grad, m, v, steps, rate)
    step = m / (1 - 0.9**steps) * math.sqrt(1 - 0.999**steps) / (math.sqrt(v) + 1e-8)
    return x - rate * step, m, v


def _corrected(x: float, grad: float, m: float, v: float, steps: int, rate: float) -> Any:
    new, m, v = _adam(x, grad, m, v, steps, rate)
    return new, m / (1 - 0.9**steps), v / (1 - 0.999**steps)


def _not_kept(x: float, grad: float, m: float, v: float, steps: int, rate: float) -> Any:
    return _adam(x, grad, m, v, steps, rate)[0], m, v


def _check_adam(answer: Any) -> None:
    random = Random()
    cases: list[tuple[Any, ...]] = []
    for steps in (1, 2, 3, 10, 700):
        x, grad, m = _numbers(random, 3)
        v = random.uniform(0.1, 4.0)
        cases.append((x, grad, m, v, steps, random.uniform(0.001, 0.1)))
    first = (cases[0][0], cases[0][1], 0.0, 0.0, 1, 0.01)
    still = (1.0, 0.0, 0.0, 0.0, 1, 0.01)
    _check_is_group(answer, first, 3, "(w, m, v)")
    compare(
        answer,
        _adam,
        [first, *cases, still, (1.0, 1e-9, 0.0, 0.0, 1, 0.5)],
        why="the running means m and v come first; then w moves against m / (1 - 0.9**steps), "
        "divided by the root of v / (1 - 0.999**steps) plus 1e-8",
        mistakes=[
            (
                _adam_but(correct=lambda n: (1.0, 1.0)),
                "the bias correction is missing: divide m by 1 - 0.9**steps and v by "
                "1 - 0.999**steps",
            ),
            (
                _adam_but(correct=lambda n: (1 - 0.9, 1 - 0.999)),
                "the correction does not depend on the step: it is 1 - 0.9**steps, and for v "
                "1 - 0.999**steps",
            ),
            (
                _adam_but(correct=lambda n: (1 - 0.9 * n, 1 - 0.999 * n)),
                "0.9 is taken times steps; it is to the power of steps, 0.9**steps",
            ),
            (
                _adam_but(correct=lambda n: (1 - 0.9 ** (n - 1), 1 - 0.999 ** (n - 1))),
                "1 - 0.9**0 is 0, by which nothing can be divided; the first step has steps = 1, "
                "and the power is 0.9**steps",
            ),
            (
                _adam_but(correct=lambda n: (1 / (1 - 0.9**n), 1 / (1 - 0.999**n))),
                "m and v are multiplied by the corrections; they are divided by them",
            ),
            (
                _adam_but(correct=lambda n: (1 - 0.9 ** (n + 1), 1 - 0.999 ** (n + 1))),
                "the correction counts one step too many: the first step has steps = 1 already",
            ),
            (
                _adam_but(correct=lambda n: (1 - 0.9**n, 1.0)),
                "only m is corrected; v has started at 0 as well",
            ),
            (
                _adam_but(correct=lambda n: (1.0, 1 - 0.999**n)),
                "only v is corrected; m has started at 0 as well",
            ),
            (_adam_but(root=lambda v: v + 1e-8), "the root of v is missing"),
            (
                _adam_but(root=lambda v: math.sqrt(v + 1e-8)),
                "1e-8 is added inside the root; it is added after the root is taken",
            ),
            (
                _adam_but(root=math.sqrt),
                "1e-8 is missing: where all gradients were 0 so far, 0 is divided by 0",
            ),
            (
                _added_early,
                "1e-8 is added to the root of the uncorrected v; correct v first, then take the "
                "root, then add",
            ),
            (
                _adam_but(powers=(0.999, 0.9)),
                "0.9 and 0.999 are the wrong way round: m forgets faster, with 0.9",
            ),
            (_swapped, "0.9 and 0.999 are the wrong way round: m forgets faster, with 0.9"),
            (
                _adam_but(parts=(1.0, 0.001)),
                "the whole gradient is added to m; a tenth of it is: 0.9 * m + 0.1 * grad",
            ),
            (
                _adam_but(parts=(0.1, 1.0)),
                "the whole square is added to v; a thousandth of it is: "
                "0.999 * v + 0.001 * grad**2",
            ),
            (
                _adam_but(parts=(1.0, 1.0)),
                "the gradient and its square are added in full; m takes 0.1 of the one, v 0.001 "
                "of the other",
            ),
            (_turned_round, "m and v are the wrong way round: (w, m, v)"),
            (
                _old_m,
                "here the old m moves w; first the new m and v, then w by those",
            ),
            (_adam_but(square=lambda grad: grad), "the mean v is that of the squares: grad**2"),
            (_uphill, "this w goes uphill; it goes against m, with a minus"),
            (
                _corrected,
                "the m and v that are returned are the corrected ones; the next step goes on with "
                "those before the correction",
            ),
            (_not_kept, "the m and v that are returned are the old ones"),
        ],
    )


EXERCISES = [
    Exercise(
        "5.1",
        "the squared error",
        _check_squared_error,
        (
            "Go through outputs and targets side by side, with zip.",
            "Each pair gives (output - target) ** 2. Add them up, and divide at the end.",
            "squares = [(o - y) ** 2 for o, y in zip(outputs, targets)], and then their sum "
            "divided by len(squares).",
        ),
    ),
    Exercise(
        "5.2",
        "one step of gradient descent",
        _check_gradient_step,
        (
            "Which way is downhill, with the gradient or against it?",
            "A loop over the parameters; in it, p.data gets a new number.",
            "The line in the loop: p.data -= learning_rate * p.grad.",
        ),
    ),
    Exercise(
        "5.3",
        "a training loop",
        _check_learn,
        (
            "It is the loop of this section, with the names of the arguments, in the same order.",
            "Forward: squared_error([model(x) for x in xs], ys). Then three things more: which?",
            "Zero: model.zero_grad(). Backward: L.backward(). Step: for p in model.parameters(), "
            "p.data -= learning_rate * p.grad. Append L.data to a list, and return the list after "
            "the loop.",
        ),
    ),
    Exercise(
        "5.4",
        "the choice of a learning rate",
        _check_choose_rate,
        (
            "Call loss_after for each rate, and remember which rate had the lowest loss so far.",
            "nan < 5 is False, and so is 5 < nan. What does your comparison do with a nan that "
            "comes first?",
            "Start with best, lowest = None, math.inf; for each rate: loss = loss_after(rate), and "
            "if loss < lowest: best, lowest = rate, loss. A nan is never below anything.",
        ),
    ),
    Exercise(
        "5.5",
        "accuracy",
        _check_accuracy,
        (
            "First the decision for each score: when is it class 1?",
            "Count the examples whose decision equals the label.",
            "In a loop: decision = 1 if score > 0 else 0, and right += 1 if decision == label. "
            "Then divide by len(labels).",
        ),
    ),
    Exercise(
        "5.6",
        "minibatches",
        _check_minibatches,
        (
            "Two things, one after the other: a shuffled list of all places, and cutting it.",
            "places = list(range(count)), then random.shuffle(places), which changes the list and "
            "returns None.",
            "The pieces are places[start : start + size] for start in range(0, count, size); a "
            "slice that goes past the end is just shorter.",
        ),
    ),
    Exercise(
        "5.7",
        "a step with momentum",
        _check_momentum,
        (
            "First the new velocity, then w with the new velocity.",
            "velocity = momentum * velocity + grad.",
            "Then w = w - learning_rate * velocity, and return w, velocity.",
        ),
    ),
    Exercise(
        "5.8",
        "a step of Adam",
        _check_adam,
        (
            "A line for each formula, and a return. Give the corrected m and v names of their own.",
            "m = 0.9 * m + 0.1 * grad, v = 0.999 * v + 0.001 * grad**2; corrected: "
            "m / (1 - 0.9**steps), v / (1 - 0.999**steps).",
            "w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8), and return w, m, v.",
        ),
    ),
]
