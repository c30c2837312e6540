"""The exercises of chapter 4, neuron, layer, network."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from random import Random
from time import process_time
from typing import Any

from glassgrad.course import probes
from glassgrad.course.checking import (
    NotWritten,
    Wrong,
    call_as,
    compare,
    number,
    same,
    show,
    written,
)
from glassgrad.course.exercise import Exercise
from glassgrad.nn import MLP, Layer, Module
from glassgrad.value import Value, topological_order

CLOSE = 1e-6  # relative, for gradients
MOST = 8  # of a list that is shown


def _as_value(text: str, result: Any) -> Value:
    """What a call gave, if it is a Value; otherwise Wrong, or NotWritten."""
    written(result)
    if isinstance(result, Value):
        return result
    if result is None:
        raise Wrong(f"{text} gave None", "a function without `return` gives None")
    if number(result) is not None:
        raise Wrong(
            f"{text} gave {show(result)}, a plain number",
            "a plain number does not remember how it was made: compute with the Values themselves, "
            "not with their .data, and write n.tanh() or n.exp(), not math.tanh(n) or math.exp(n)",
        )
    raise Wrong(f"{text} gave {show(result)}, which is not a Value", "one Value is asked for")


def _as_values(text: str, result: Any, count: int) -> list[Value]:
    """What a call gave, if it is a list of so many Values."""
    written(result)
    if result is None:
        raise Wrong(f"{text} gave None", "a function without `return` gives None")
    if not isinstance(result, (list, tuple)):
        raise Wrong(f"{text} gave {show(result)}, which is not a list", "a list of Values is asked")
    if len(result) != count:
        raise Wrong(f"{text} gave {len(result)} numbers, and {count} is right", "one for each")
    return [_as_value(f"{text}, at place {i},", part) for i, part in enumerate(result)]


def _check_data(
    text: str, got: float, right: float, why: str, mistakes: Sequence[tuple[float, str]] = ()
) -> None:
    """Compare one number; a typical wrong one has a sentence of its own."""
    if same(got, right):
        return
    seen = f"{text} gave {show(got)}, and {show(right)} is right"
    for wrong, says in mistakes:
        if same(got, wrong):
            raise Wrong(seen, says)
    raise Wrong(seen, why)


def _slopes(function: Callable[[list[float]], float], numbers: list[float]) -> list[float]:
    """How fast a plain function changes with each of its numbers, by nudging."""
    found = []
    for place in range(len(numbers)):
        ends = []
        for nudge in (-1e-5, 1e-5):
            moved = [x + nudge * (i == place) for i, x in enumerate(numbers)]
            ends.append(function(moved))
        found.append((ends[1] - ends[0]) / 2e-5)
    return found


def _check_gradients(
    text: str,
    result: Value,
    named: Mapping[str, Value],
    slopes: Sequence[float],
    why: str,
    not_finite: str = "",
) -> None:
    """Go backward from the reader's result, and compare with slopes that were measured.

    not_finite: what to say of a gradient that is inf or nan.
    """
    for value in named.values():
        value.grad = 0.0
    call_as(f"{text}, then backward() of it,", result.backward)
    for (name, value), slope in zip(named.items(), slopes, strict=True):
        if not math.isclose(value.grad, slope, rel_tol=CLOSE, abs_tol=CLOSE):
            seen = f"{text}, then backward() of it: {name}.grad is {show(value.grad)}, and "
            told = why if math.isfinite(value.grad) else not_finite or why
            raise Wrong(seen + f"{show(slope)} is right, measured by nudging", told)


# 4.1


def _sum(inputs: Sequence[float], weights: Sequence[float], bias: float) -> float:
    return sum(x * w for x, w in zip(inputs, weights, strict=True)) + bias


def _check_neuron(answer: Any) -> None:
    random = Random()
    for size in (2, 1, 3, 5):
        xs, ws = ([random.uniform(-1, 1) for _ in range(size)] for _ in range(2))
        b = random.uniform(-1, 1)
        _check_neuron_at(answer, xs, ws, b, inputs_are_values=size > 2)


def _check_neuron_at(
    answer: Any, xs: list[float], ws: list[float], b: float, inputs_are_values: bool
) -> None:
    bias, weights = Value(b), [Value(w) for w in ws]
    inputs: list[Any] = [Value(x) for x in xs] if inputs_are_values else list(xs)
    text = f"neuron({show(xs)}, weights {show(ws)}, bias {show(b)})"
    output = _as_value(text, call_as(text, answer, inputs, list(weights), bias))
    size, n = len(xs), _sum(xs, ws, b)
    _check_data(
        text,
        output.data,
        math.tanh(n),
        "a neuron is tanh of the products of inputs and weights, and the bias, added up",
        [
            (n, "this is the sum n; the activation is missing: a neuron gives n.tanh()"),
            (math.tanh(_sum(xs, ws, 0.0)), "the bias is missing: it is added once"),
            (_sum(xs, ws, 0.0), "the bias and the activation are missing"),
            (math.tanh(_sum(xs, ws, b * size)), "the bias is added once for each input"),
            (math.tanh(_sum(xs, ws, 0.0)) + b, "the bias is part of n: it is added before tanh"),
            (
                sum(math.tanh(x * w) for x, w in zip(xs, ws, strict=True)) + b,
                "tanh is taken of each product; it is taken once, of the sum",
            ),
            (max(n, 0.0), "this is relu; the exercise asks for tanh"),
            (math.tanh(_sum(xs[:1], ws[:1], b)), "only the first input counts here"),
        ],
    )
    named = {f"weights[{i}]": weight for i, weight in enumerate(weights)} | {"bias": bias}
    if inputs_are_values:
        named |= {f"inputs[{i}]": x for i, x in enumerate(inputs)}
    slopes = _slopes(
        lambda p: math.tanh(_sum(p[size + 1 :] or xs, p[:size], p[size])),
        [*ws, b, *(xs if inputs_are_values else [])],
    )
    why = (
        "the number is right but its graph does not lead back: compute with the weights, bias and "
        "inputs as they come, not with copies and not with their .data"
    )
    _check_gradients(text, output, named, slopes, why)


# 4.2


def _run(layers: Sequence[Any], inputs: Any) -> Any:
    for layer in layers:
        inputs = layer(inputs if isinstance(inputs, list) else [inputs])
    return inputs


def _check_forward(answer: Any) -> None:
    random = Random()
    for widths in ([2, 2], [2, 2, 2], [3, 4, 4, 1], [2, 1, 3], [1, 1, 1]):
        layers = [Layer(n_in, n_out, seed=random) for n_in, n_out in pairwise(widths)]
        inputs = [random.uniform(-1, 1) for _ in range(widths[0])]
        text = f"forward(layers {' -> '.join(map(str, widths))}, {show(inputs)})"
        narrow = 1 in widths[1:-1]
        _check_forward_at(answer, text, layers, inputs, narrow)


def _check_forward_at(
    answer: Any, text: str, layers: list[Layer], inputs: list[float], narrow: bool
) -> None:
    try:
        got = call_as(text, answer, list(layers), list(inputs))
    except Wrong as wrong:
        if narrow:
            why = "a layer of one neuron gives a Value; the next layer needs a list: [output]"
            raise Wrong(wrong.what, why) from None
        if "inputs were expected" in wrong.what:
            why = "each layer takes what the layer before it gave; the first takes the inputs"
            raise Wrong(wrong.what, why) from None
        raise
    written(got)
    right = _run(layers, inputs)
    if got is None:
        raise Wrong(f"{text} gave None", "a function without `return` gives None")
    if isinstance(right, Value) and isinstance(got, (list, tuple)) and same(got, [right]):
        why = "what the last layer gives is returned as it is: one neuron, one Value"
        raise Wrong(f"{text} gave a list of one", why)
    if same(got, right):
        outputs = got if isinstance(got, (list, tuple)) else [got]
        _check_first_layer(text, layers, _as_values(text, outputs, len(outputs)), right)
        return
    seen = f"{text} gave {show(_numbers(got))}, and {show(_numbers(right))} is right"
    for wrong_layers, says in (
        (layers[:1], "only the first layer has run: is `return` inside the loop?"),
        (layers[-1:], "each layer has taken the inputs: it takes what the one before it gave"),
        (layers[:-1], "the last layer is missing"),
        (layers[::-1], "the layers have run from the last to the first"),
        ([], "these are the inputs: keep what a layer gives"),
    ):
        if _widths_fit(wrong_layers, len(inputs)) and same(got, _run(wrong_layers, inputs)):
            raise Wrong(seen, says)
    raise Wrong(seen, "each layer takes what the layer before it gave, and the last one's is given")


def _numbers(thing: Any) -> Any:
    """The same in plain numbers, which are shown to six digits."""
    if isinstance(thing, (list, tuple)):
        return [_numbers(part) for part in thing]
    return thing.data if isinstance(thing, Value) else thing


def _check_first_layer(
    text: str, layers: Sequence[Layer], outputs: Sequence[Value], right: Any
) -> None:
    """See to it that gradients get back to the first layer."""
    named = layers[0].neurons[0].named_parameters()
    found = []
    for values in (right if isinstance(right, list) else [right], outputs):
        for layer in layers:
            layer.zero_grad()
        call_as(f"{text}, then backward() of the sum,", sum(values, Value(0.0)).backward)
        found.append([p.grad for _, p in named])
    for (name, _), expected, got in zip(named, *found, strict=True):
        if not same(got, expected):
            seen = f"{text}, then backward() of the sum: in the first neuron, {name}.grad is "
            raise Wrong(
                f"{seen}{show(got)}, and {show(expected)} is right",
                "the numbers are right but their graph does not lead back: hand on the Values that "
                "a layer gives, not their .data or float(...)",
            )


def _widths_fit(layers: Sequence[Layer], width: int) -> bool:
    for layer in layers:
        if layer.n_inputs != width:
            return False
        width = len(layer.neurons)
    return True


# 4.3


def _count(n_inputs: int, sizes: Sequence[int]) -> int:
    widths = [n_inputs, *sizes]
    return sum((n_in + 1) * n_out for n_in, n_out in zip(widths, sizes, strict=False))


def _weights(n_inputs: int, sizes: Sequence[int]) -> int:
    return _count(n_inputs, sizes) - sum(sizes)


def _check_count(answer: Any) -> None:
    random = Random()
    cases: list[tuple[int, list[int]]] = [(3, [4, 4, 1]), (1, [1]), (784, [256, 10])]
    for layers in (1, 2, 3, 6):
        sizes = [random.randint(2, 20) for _ in range(layers)]
        cases.append((random.randint(2, 20), sizes))
    compare(
        answer,
        _count,
        cases,
        why="a neuron has a weight for each number that comes in, and one bias",
        mistakes=[
            (_weights, "the biases are missing: each neuron has one"),
            (
                lambda n_inputs, sizes: _weights(n_inputs, sizes) + len(sizes),
                "one bias for each layer is counted; each neuron has its own",
            ),
            (
                lambda n_inputs, sizes: _count(n_inputs, sizes) + n_inputs,
                "the inputs have no bias: they are numbers that come in, not neurons",
            ),
            (lambda n_inputs, sizes: sum(sizes), "these are the neurons, or the biases alone"),
            (
                lambda n_inputs, sizes: _count(n_inputs, sizes) - 1,
                "the last neuron has a bias, too: without activation is not without bias",
            ),
            (
                lambda n_inputs, sizes: _count(n_inputs, sizes) - _count(n_inputs, sizes[:1]),
                "the first layer is missing: its neurons have a weight for each input",
            ),
            (
                lambda n_inputs, sizes: sum((n_inputs + 1) * size for size in sizes),
                "each layer's neurons take the outputs of the layer before, not the inputs",
            ),
        ],
    )
    _check_quick(answer)


def _check_quick(answer: Any) -> None:
    """A network of nearly 100,000 parameters, which takes longer to build than to count."""
    taken = []
    for _ in range(3):
        start = process_time()
        compare(answer, _count, [(300, [300, 10])], why="count as for the small ones")
        taken.append(process_time() - start)
        if taken[-1] < 0.015:
            return
    raise Wrong(
        f"{getattr(answer, '__name__', 'answer')}(300, [300, 10]) took {show(min(taken), 2)} "
        "seconds",
        "this builds the network; count by arithmetic, which takes no time, however large it is",
    )


# 4.4


def _check_collect(answer: Any) -> None:
    with probes.retold(
        (
            "'NoneType' object is not iterable|NoneType",
            "something here is None: collect returns a list in every case, and for anything else "
            "[]; append, extend and sort change a list and give None",
        ),
        (
            "'Value' object is not iterable",
            "what is given may also be a single Value: ask isinstance(thing, Value) first",
        ),
        (
            r"'\w+' object is not iterable",
            "what is given may be anything, also a number or None: go through lists and tuples "
            "only, and return [] for the rest",
        ),
    ):
        for _ in range(3):
            _check_collect_once(answer)


def _check_collect_once(answer: Any) -> None:
    # Not made in the order in which they are listed; a and e hold the same number.
    made = [Value(0.0) for _ in range(40)]
    values = Random().sample(made, 5)
    for value, label, x in zip(values, "abcde", (1.0, 2.0, 3.0, 4.0, 1.0), strict=True):
        value.label, value.data = label, x
    a, b, c, d, e = values
    one_level = "look inside a list that stands in a list: the function can call itself for it"
    shared = "a Value that stands in two places is one parameter: training moves it once"
    no_parameter = "plain numbers and texts are not parameters: training cannot move them"
    equal = "two parameters may hold the same number; the same Value is meant: compare with `is`"
    cases: list[tuple[str, Any, list[Value], str]] = [
        ("[a, b]", [a, b], [a, b], "every Value in the list, in its order"),
        ("a", a, [a], "a single Value gives a list with this Value in it"),
        ("[[a, b], [c]]", [[a, b], [c]], [a, b, c], one_level),
        (
            "[[[a], b], [], [[[c]], d]]",
            [[[a], b], [], [[[c]], d]],
            [a, b, c, d],
            one_level,
        ),
        ("[]", [], [], "no Values, an empty list"),
        ("([a], (b, c))", ([a], (b, c)), [a, b, c], "a tuple is gone through as a list is"),
        ("[a, 3, [b, 0.5]]", [a, 3, [b, 0.5]], [a, b], no_parameter),
        ('[a, "tanh", None, [b]]', [a, "tanh", None, [b]], [a, b], no_parameter),
        ("[[a, b], [b, a, c]]", [[a, b], [b, a, c]], [a, b, c], shared),
        ("[a, [e]], where both are 1", [a, [e]], [a, e], equal),
    ]
    for given, thing, right, why in cases:
        text = f"collect({given})" if "where" not in given else f"collect of {given}"
        got = call_as(text, answer, thing)
        if isinstance(got, list) and any(x is y for x in got for y in values if y not in right):
            why = "the list still holds Values of an earlier call: make it inside the function"
        _check_collected(text, got, right, why)


def _check_collected(text: str, got: Any, right: list[Value], why: str) -> None:
    written(got)
    if got is None:
        raise Wrong(f"{text} gave None", "a function without `return` gives None")
    if not isinstance(got, (list, tuple)):
        raise Wrong(f"{text} gave {show(got)}, which is not a list", why)
    if len(got) == len(right) and all(x is y for x, y in zip(got, right, strict=True)):
        return
    told = ", ".join([_label(part) for part in got[:MOST]] + ["..."] * (len(got) > MOST))
    seen = f"{text} gave [{told}], and [{', '.join(x.label for x in right)}] is right"
    if len(got) == len(right) and set(map(id, got)) == set(map(id, right)):
        why = "the order is that in which they stand"
    elif same(list(got), right):
        why = "these are copies, or only the numbers: training has to move the Values themselves"
    raise Wrong(seen, why)


def _label(part: Any) -> str:
    return part.label if isinstance(part, Value) and part.label else show(part)


# 4.5


def _stay_equal(first: Sequence[float], second: Sequence[float]) -> bool:
    """Found by trying: train the 2-2-1 network that has these two hidden neurons."""
    random = Random(1)
    model = MLP(2, [2, 1], seed=random)
    for neuron, start in zip(model.layers[0].neurons, (first, second), strict=True):
        neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = start[:3]
    for weight, start in zip(model.layers[1].neurons[0].weights, (first, second), strict=True):
        weight.data = start[3]
    for _ in range(4):
        if [p.data for p in model.layers[0].neurons[0].parameters()] != [
            p.data for p in model.layers[0].neurons[1].parameters()
        ]:
            return False
        loss = (model([random.gauss(0, 1), random.gauss(0, 1)]) - random.gauss(0, 1)) ** 2
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= 0.1 * parameter.grad
    return True


def _symmetric_starts(random: Random) -> list[tuple[list[float], list[float]]]:
    """Pairs of hidden neurons, equal and unequal in each of the ways."""
    start = [round(random.uniform(0.1, 1), 2) for _ in range(4)]
    cases = [(start, list(start)), ([0.0] * 4, [0.0] * 4)]
    for place, change in enumerate((1.5, 0.001, -0.5, 0.001)):
        changed = list(start)
        changed[place] = round(changed[place] + change, 3)
        cases.append((start, changed))
    swapped = [start[1], start[0] + 0.5, *start[2:]]
    cases.append(([swapped[1], swapped[0], *start[2:]], swapped))
    cases.append((start, [-x for x in start]))
    cases.append(([*start[:3], 0.0], [start[0] + 0.5, *start[1:3], 0.0]))
    cases.append(([0.0, 0.0, 0.0, start[3]], [0.0, 0.0, 0.0, -start[3]]))
    return cases


def _check_stay_equal(answer: Any) -> None:
    compare(
        answer,
        _stay_equal,
        _symmetric_starts(Random()),
        why="we trained this network for a few steps and looked: two neurons stay equal if they "
        "give the same output and get the same gradient",
        mistakes=[
            (
                lambda first, second: list(first[:3]) == list(second[:3]),
                "the outgoing v counts as well: dL/dn of a hidden neuron is v times what comes "
                "from the output, so with another v it gets another gradient",
            ),
            (
                lambda first, second: list(first[:2]) == list(second[:2]),
                "b and v count as well: they take part in the output and in the gradient",
            ),
            (
                lambda first, second: sorted(first) == sorted(second),
                "each weight belongs to its own input: the same numbers in other places are "
                "another neuron",
            ),
            (
                lambda first, second: list(first) != list(second),
                "this is the wrong way round: equal neurons stay equal",
            ),
        ],
    )


# 4.6


def _symbols(result: Value) -> set[str]:
    return {node._op for node in topological_order(result)}


def _check_stable_tanh(answer: Any) -> None:
    random = Random()
    numbers = [random.uniform(0.2, 2), random.uniform(-2, -0.2), 400.0, -400.0, 200.0, -200.0]
    for x in [*numbers, 0.0, 30.0, -30.0, 1e6, -1e6]:
        given = Value(x, label="x")
        text = f"stable_tanh(Value({show(x)}))"
        output = _as_value(text, call_as(text, answer, given))
        if used := _symbols(output) & {"tanh", "sigmoid"}:
            seen = f"{text} has {used.pop()} in its graph"
            raise Wrong(seen, "here it is to be built from exp and arithmetic")
        _check_data(text, output.data, math.tanh(x), _why_not_tanh(x, output.data))
        why = _why_no_slope(x, given, output)
        _check_gradients(text, output, {"x": given}, [1 - math.tanh(x) ** 2], why)


def _why_no_slope(x: float, given: Value, output: Value) -> str:
    if all(node is not given for node in topological_order(output)):
        return (
            "the graph of the result does not lead back to x: compute with x itself and .exp(), "
            "not with x.data, math.exp or a new Value"
        )
    if x == 0.0 and "abs" in _symbols(output):
        return "abs has a kink at 0 and no slope of its own there; choose with an `if` instead"
    if abs(x) > 100:
        return (
            "the value is right and the gradient is not: e**(2x) is so large that 1 / e**(4x) "
            "has become 0; take exp only of numbers that are not positive"
        )
    return "the value is right and the gradient is not: some part of it is not made from x"


def _why_not_tanh(x: float, got: float) -> str:
    if math.isnan(got) and x > 0:
        return "e**(2x) is inf here, and inf / inf is nan: use e**(-2x) where x is positive"
    if math.isnan(got):
        return "e**(-2x) is inf here, and inf / inf is nan: use e**(2x) where x is negative"
    if same(got, -math.tanh(x)):
        return "the sign is turned round"
    return "above and below the line stand e**(2x) - 1 and e**(2x) + 1, or both times e**(-2x)"


# 4.7


def _softmax(logits: Sequence[float]) -> list[float]:
    largest = max(logits)
    powers = [math.exp(z - largest) for z in logits]
    return [power / sum(powers) for power in powers]


def _check_stable_softmax(answer: Any) -> None:
    random = Random()
    ordinary = [random.uniform(-2, 2) for _ in range(3)]
    for logits in (
        ordinary,
        [1.5, 1.5, 1.5, 1.5],
        [1000.0, 1000.0],
        [1000.0, 1001.0, 999.5],
        [-1000.0, -1001.0],
        [-900.0, 0.0, 900.0],
        [900.0, -900.0],
        [1000.0, -1000.0, -1000.0, -1000.0],
        [0.3],
    ):
        _check_softmax_at(answer, logits, [random.uniform(-1, 1) for _ in logits])


def _check_softmax_at(answer: Any, logits: list[float], weights: list[float]) -> None:
    text = f"stable_softmax({show(logits)})"
    given = [Value(z) for z in logits]
    outputs = _as_values(text, call_as(text, answer, list(given)), len(logits))
    if not same([z.data for z in given], logits):
        raise Wrong(
            f"{text} leaves the logits as {show([z.data for z in given])}",
            "whoever calls it still needs them: make new Values, z - largest, and leave z.data",
        )
    got, right = [p.data for p in outputs], _softmax(logits)
    if not same(got, right):
        why = "each is e**z over the sum of them all"
        if not all(map(math.isfinite, got)):
            why = "a power of e is inf, or all of them are 0: subtract the largest logit first"
        elif same(got, [math.exp(z - max(logits)) for z in logits]):
            why = "the powers are not divided by their sum yet"
        elif same(got, [z / sum(logits) if sum(logits) else math.nan for z in logits]):
            why = "e to the power of each logit comes first, then their share of the sum"
        raise Wrong(f"{text} gave {show(got)}, and {show(right)} is right", why)
    loss = sum((w * p for w, p in zip(weights, outputs, strict=True)), Value(0.0))
    slopes = _slopes(lambda zs: _weighted(_softmax(zs), weights), logits)
    named = {f"logits[{i}]": z for i, z in enumerate(given)}
    text += f", L = sum of {show(weights)} times them"
    why = "compute with the logits as they come, not with copies and not with their .data: each "
    why += "logit changes every probability, by way of the sum"
    overflow = "the exp of a positive number overflows on the way, and going backward meets inf "
    overflow += "times 0: take exp only of numbers that are at most 0"
    _check_gradients(text, loss, named, slopes, why, overflow)


def _weighted(numbers: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * x for w, x in zip(weights, numbers, strict=True))


# 4.8


def _check_polynomial(answer: Any) -> None:
    if not isinstance(answer, type):
        written(call_as("Polynomial(2)", answer, 2))
        raise Wrong(f"{show(answer)} is not a class", "it begins with class Polynomial(Module):")
    if not issubclass(answer, Module):
        why = "it inherits parameters() from Module: class Polynomial(Module):"
        raise Wrong("The class is not a Module", why)
    for degree in (2, 0, 1, 4):
        model = call_as(f"Polynomial({degree})", answer, degree)
        coefficients = _coefficients(model, degree)
        other = call_as(f"Polynomial({degree})", answer, degree)
        if {id(c) for c in coefficients} & {id(c) for c in _coefficients(other, degree)}:
            raise Wrong(
                f"p = Polynomial({degree}) and q = Polynomial({degree}) have the same coefficients",
                "each object needs its own: make the list in __init__, and the Values in it",
            )
        for x in (Random().uniform(0.5, 1.5), -0.75, 0.0):
            _check_polynomial_at(model, coefficients, x)


def _coefficients(model: Any, degree: int) -> list[Value]:
    """The reader's coefficients, if they are Values and parameters of the module."""
    start = f"after p = Polynomial({degree})"
    found = call_as(f"{start}, p.coefficients", lambda: model.coefficients)
    written(found)
    if not isinstance(found, (list, tuple)):
        raise Wrong(f"{start}, p.coefficients is {show(found)}", "a list of Values is asked for")
    if any(part is ... for part in found):
        raise NotWritten
    seen = f"{start}, p.coefficients has {len(found)} numbers, and {degree + 1} is right"
    if len(found) != degree + 1:
        why = "there is one for each power of x, from x**0, which is 1, up to x**degree"
        raise Wrong(seen, why)
    if not all(isinstance(part, Value) for part in found):
        why = "plain numbers are not parameters: they have no gradient, and training cannot "
        raise Wrong(f"{start}, p.coefficients is {show(found)}", why + "move them; use Value(...)")
    parameters = call_as(f"{start}, p.parameters()", model.parameters)
    if len({id(part) for part in found}) < len(found):
        why = "[Value(0.0)] * 3 is one Value three times; a list comprehension makes three"
        raise Wrong(f"{start}, p.coefficients has the same Value in several places", why)
    if [id(part) for part in parameters] != [id(part) for part in found]:
        why = "every Value that the object keeps is a parameter; here only the coefficients are"
        raise Wrong(f"{start}, p.parameters() gives {show(parameters)}", why)
    return list(found)


def _polynomial(numbers: Sequence[float], x: float) -> float:
    return sum(c * x**i for i, c in enumerate(numbers))


def _check_polynomial_at(model: Any, coefficients: list[Value], x: float) -> None:
    random = Random()
    numbers = [random.choice([-1, 1]) * random.uniform(0.5, 1.5) for _ in coefficients]
    for coefficient, c in zip(coefficients, numbers, strict=True):
        coefficient.data = c
    given = Value(x)
    text = f"with coefficients {show(numbers)}, p({show(x)})"
    output = _as_value(text, call_as(text, model, given))
    _check_data(
        text,
        output.data,
        _polynomial(numbers, x),
        "p(x) is the sum of coefficients[i] * x**i",
        [
            (_polynomial(numbers[::-1], x), "coefficients[0] belongs to x**0 and comes first"),
            (_polynomial([0.0, *numbers], x), "the powers begin with x**0, which is 1, not with x"),
            (numbers[-1] * x ** (len(numbers) - 1), "this is the last term only: add them all up"),
            (_polynomial(numbers[:1], x), "the first term only: is `return` inside the loop?"),
            (sum(numbers) * x, "each coefficient has its own power of x"),
            (_polynomial(numbers[1:], x), "the coefficient of x**0 is left out"),
        ],
    )
    slopes = _slopes(lambda p: _polynomial(p[:-1], p[-1]), [*numbers, x])
    named = {f"coefficients[{i}]": c for i, c in enumerate(coefficients)} | {"x": given}
    why = "the number is right but its graph does not lead back: compute with the Values as they "
    _check_gradients(text, output, named, slopes, why + "are, not with their .data")
    plain = call_as(f"{text} for a plain number", model, x)
    _check_data(text, _as_value(text, plain).data, output.data, "x may also be a plain number")


EXERCISES = [
    Exercise(
        "4.1",
        "a neuron made of Values",
        _check_neuron,
        (
            "The sum is that of chapter 1; only the numbers are Values now. Start with the bias.",
            "In the loop over zip(inputs, weights): n = n + w * x. All of it works on Values.",
            "Begin with n = bias, add w * x for each pair, and after the loop: return n.tanh().",
        ),
    ),
    Exercise(
        "4.2",
        "a whole network forward",
        _check_forward,
        (
            "What a layer gives is what the next one takes: one name can stand for both.",
            "A layer of one neuron gives a Value and no list. isinstance(inputs, list) tells.",
            "In the loop: put inputs into a list if it is none, then inputs = layer(inputs). "
            "After the loop: return inputs.",
        ),
    ),
    Exercise(
        "4.3",
        "the number of parameters",
        _check_count,
        (
            "How many parameters has one neuron with k inputs? Then how many has a layer of them?",
            "A layer of n_out neurons on n_in inputs has (n_in + 1) * n_out. "
            "The next layer's n_in is this layer's n_out.",
            "total = 0; for size in sizes: total += (n_inputs + 1) * size, then n_inputs = size.",
        ),
    ),
    Exercise(
        "4.4",
        "all Values in nested lists",
        _check_collect,
        (
            "Three cases: a Value, a list or tuple, and anything else. isinstance tells which.",
            "For a list, collect each part with the same function, and put the results together.",
            "if isinstance(thing, Value): return [thing]. For a list or tuple: go through "
            "collect(part) for each part, and append a Value if it is not in the result yet. "
            "For the rest: return [].",
        ),
    ),
    Exercise(
        "4.5",
        "two neurons that stay equal",
        _check_stay_equal,
        (
            "They stay equal if at each step both give the same output and get the same gradient.",
            "The gradient of w1 is dL/do times v times the slope of tanh times x1: "
            "which of these could differ between the two neurons?",
            "All four numbers have to agree, each with the one in the same place.",
        ),
    ),
    Exercise(
        "4.6",
        "tanh from exp that does not overflow",
        _check_stable_tanh,
        (
            "e to the power of a negative number is between 0 and 1: it never overflows. "
            "Which exponent is negative where x is positive, and which where it is negative?",
            "Where x is positive, multiply above and below by e**(-2x). Otherwise leave it.",
            "if x > 0: e = (-2 * x).exp() and return (1 - e) / (1 + e). "
            "Otherwise e = (2 * x).exp() and return (e - 1) / (e + 1).",
        ),
    ),
    Exercise(
        "4.7",
        "a softmax that does not overflow",
        _check_stable_softmax,
        (
            "Taking the same number off every logit does not change the result. "
            "Take off one that makes every exponent at most 0.",
            "max(logits) works on Values, which can be compared. Then (z - largest).exp().",
            "powers = [(z - largest).exp() for z in logits], total = sum(powers), "
            "and return [power / total for power in powers].",
        ),
    ),
    Exercise(
        "4.8",
        "a module of your own: a polynomial",
        _check_polynomial,
        (
            "self.coefficients is a list of degree + 1 Values: one for each power, x**0 included.",
            "In __call__, start with total = 0 and go through enumerate(self.coefficients).",
            "[Value(0.0) for _ in range(degree + 1)] are the coefficients; the loop adds "
            "c * x**i, and return total comes after it.",
        ),
    ),
]
