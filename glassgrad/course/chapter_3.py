"""The exercises of chapter 3, backward."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from glassgrad import Value as OurValue
from glassgrad.course import probes
from glassgrad.course.checking import (
    Mistake,
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
from glassgrad.course.own_value import check_own_value
from glassgrad.course.probes import Number, Slip, Watch
from glassgrad.lecture import op_for

NEAR = (
    "this is near, but not exact: a nudge gives only some of the digits, and so does round(); "
    "return the formula"
)


def _check_numbers(
    answer: Any,
    reference: Callable[..., Sequence[float]],
    cases: Sequence[Sequence[Any]],
    shape: str,
    why: str,
    mistakes: Sequence[Mistake],
) -> None:
    """Compare answers of several plain numbers; shape: what to return, in words."""
    for case in cases:
        got = call(answer, *case)
        seen = f"{call_text(answer, case)} gave {show(got)}"
        if number(got) is not None:
            raise Wrong(f"{seen}, a single number", shape)
        if not isinstance(got, (list, tuple)):
            break  # which `compare` has words for
        if len(got) != len(reference(*case)):
            raise Wrong(f"{seen}: the number of numbers is {len(got)}", shape)
        if any(hasattr(part, "_prev") for part in got):
            raise Wrong(seen, "these are Values; plain numbers are asked for")
    compare(answer, reference, cases, why, mistakes, tolerance=0.01)
    compare(answer, reference, cases, NEAR)


# 3.1: local derivatives

LOCAL: dict[str, Callable[[float, float], tuple[float, float]]] = {
    "+": lambda x, y: (1.0, 1.0),
    "-": lambda x, y: (1.0, -1.0),
    "*": lambda x, y: (y, x),
    "/": lambda x, y: (1 / y, -x / y**2),
}

LOCAL_WHY = {
    "+": "a sum moves exactly as far as the number that is nudged: 1 for both",
    "-": "the result moves along with x, and against y: 1 and -1",
    "*": "when x moves by h, x * y moves by y * h: the local derivative is the other number",
    "/": "when x moves by h, x / y moves by h / y; for y nudge, or write it as x * y**-1",
}

LOCAL_MISTAKES: dict[str, list[Mistake]] = {
    "+": [
        (lambda op, x, y: (x, y), "these are the two numbers; of a sum each moves it by 1 times h"),
        (lambda op, x, y: (y, x), "this is the rule of *; a sum moves by 1 times h, whoever moves"),
    ],
    "-": [
        (lambda op, x, y: (1, 1), "when y goes up, x - y goes down: the second one is -1"),
        (lambda op, x, y: (-1, 1), "the two are swapped: it is y that x - y moves against"),
    ],
    "*": [
        (
            lambda op, x, y: (x, y),
            "the two are swapped: the local derivative with respect to x is y, and the other is x",
        ),
        (lambda op, x, y: (1, 1), "this is the rule of +; in a product each scales the other"),
    ],
    "/": [
        (
            lambda op, x, y: (1 / y, x / y**2),
            "the second one has the wrong sign: for a larger y, x / y comes nearer to 0",
        ),
        (
            lambda op, x, y: (1 / y, -x / y * 2),
            "`*` and `/` go from left to right: a square is y**2, with two stars",
        ),
        (lambda op, x, y: (-x / y**2, 1 / y), "the two are swapped: the first one is that of x"),
        (lambda op, x, y: (1 / y, -x / y), "in the second one, y is squared: -x / y**2"),
        (lambda op, x, y: (1 / y, -1 / y**2), "in the second one, x is missing: -x / y**2"),
        (lambda op, x, y: (y, x), "this is the rule of *; x / y is x * y**-1"),
    ],
}


def _check_local_derivatives(answer: Any) -> None:
    for op in LOCAL:
        _check_numbers(
            answer,
            lambda op, x, y: LOCAL[op](x, y),
            [(op, _away_from_0(Random()), _away_from_0(Random())) for _ in range(4)],
            shape="return two numbers, as (dx, dy): how fast the result moves with x, and with y",
            why=LOCAL_WHY[op],
            mistakes=LOCAL_MISTAKES[op],
        )


def _away_from_0(random: Random) -> float:
    return random.choice((-1, 1)) * round(random.uniform(1.1, 3), 2)


# 3.2: the gradients of a neuron


def _neuron(x1: float, x2: float, w1: float, w2: float, b: float) -> list[float]:
    return _with_slope(lambda n, o: 1 - o**2, x1, x2, w1, w2, b)


def _with_slope(slope: Callable[[float, float], float], *numbers: float) -> list[float]:
    x1, x2, w1, w2, b = numbers
    n = x1 * w1 + x2 * w2 + b
    g = slope(n, math.tanh(n))
    return [w1 * g, w2 * g, x1 * g, x2 * g, g]


def _changed(slope: Callable[[float, float], float]) -> Callable[..., list[float]]:
    return lambda *numbers: _with_slope(slope, *numbers)


def _swapped(x1: float, x2: float, w1: float, w2: float, b: float) -> list[float]:
    g = _neuron(x1, x2, w1, w2, b)[4]
    return [x1 * g, x2 * g, w1 * g, w2 * g, g]


def _check_neuron(answer: Any) -> None:
    random = Random()
    cases = [[round(random.uniform(-1.4, 1.4), 2) for _ in range(5)] for _ in range(6)]
    plain = "these are plain numbers, not Values: use math.tanh, and go back by hand, as above"
    with probes.retold((r"'float' object has no attribute", plain)):
        _check_order_of_five(answer, cases)
        _check_numbers(
            answer,
            _neuron,
            cases,
            shape="five are asked for: the gradients of [x1, x2, w1, w2, b]",
            why="from o to n the local derivative is 1 - o**2; + hands on the same number to "
            "each; * hands it on times the other factor",
            mistakes=NEURON_MISTAKES,
        )


def _check_order_of_five(answer: Any, cases: Sequence[Sequence[float]]) -> None:
    """See to it that the right numbers do not stand in another order.

    An answer with inputs and weights swapped has a sentence of its own.
    """
    outcomes = [(call(answer, *case), case) for case in cases]
    for right in (_neuron, _swapped):
        if all(same(got, right(*case)) for got, case in outcomes):
            return
    try:
        moved = all(same(sorted(got), sorted(_neuron(*case))) for got, case in outcomes)
    except TypeError:  # no numbers, or not several
        return
    for got, case in outcomes:
        right_one = _neuron(*case)
        if moved and not same(got, right_one):
            seen = f"{call_text(answer, case)} gave {show(got)}, and {show(right_one)} is right"
            raise Wrong(seen, "the numbers are right, and in another order: [x1, x2, w1, w2, b]")


NEURON_MISTAKES: list[Mistake] = [
    (
        _changed(lambda n, o: 1.0),
        "the gradient on the way through tanh is missing: multiply by 1 - o**2",
    ),
    (
        _changed(lambda n, o: 1 - n**2),
        "1 - n**2 takes the number before tanh; it is 1 - o**2, with o = tanh(n)",
    ),
    (_changed(lambda n, o: 1 - o), "the local derivative of tanh is 1 - o**2: o is squared"),
    (
        _changed(lambda n, o: 1 + o**2),
        "the local derivative of tanh is 1 - o**2, with a minus: it is never above 1",
    ),
    (
        _changed(lambda n, o: o),
        "this multiplies by o itself; the local derivative of tanh is 1 - o**2",
    ),
    (
        _changed(lambda n, o: 0.5),
        "the slope 0.5 is that of the chapter's neuron; here work out o, and 1 - o**2 of it",
    ),
    (
        _swapped,
        "inputs and weights are swapped: x1.grad has w1 as its factor, and stands first",
    ),
    (
        lambda *numbers: [*_neuron(*numbers)[:4], 1.0],
        "b gets 1, the local derivative of + alone; times upstream it is 1 - o**2",
    ),
    (
        lambda *numbers: [*_neuron(*numbers)[:4], 0.0],
        "b gets 0, as if o did not depend on it; a nudge of b moves n as far, and so o",
    ),
    (
        lambda *numbers: [*_neuron(*numbers)[:4], numbers[4] * _neuron(*numbers)[4]],
        "b is added, not multiplied: an addition hands the gradient of n on as it is",
    ),
    (
        lambda x1, x2, w1, w2, b: _neuron(x1, x2, w1, w2, 0.0),
        "the bias is missing in n: n = x1 * w1 + x2 * w2 + b",
    ),
]


# 3.3, 3.4 and 3.6: one operation with its _backward


def _value_class(answer: Any, forbidden: str, how: str) -> tuple[Any, Any]:
    """The class Value beside the answer, and one without the operation that is asked for."""
    found = getattr(answer, "__globals__", {}).get("Value")
    base: Any = found if isinstance(found, type) else OurValue

    def refuse(*_: Any) -> Any:
        raise Wrong(f"the answer uses {how}, which Value has already", "write it out yourself")

    return base, type("Value", (base,), {forbidden: refuse, f"__r{forbidden[2:]}": refuse})


class _Operation:
    """An exercise that asks for one operation: name, symbol, value, and derivatives."""

    def __init__(
        self,
        name: str,
        forbidden: str,
        value: Callable[..., float],
        partials: Callable[..., tuple[float, ...]],
        slips: Callable[..., Sequence[Slip]],
    ) -> None:
        self.name, self.forbidden = name, forbidden
        self.value, self.partials, self.slips = value, partials, slips

    def check(self, answer: Any, inputs: Sequence[float], *constants: float) -> None:
        """Hand a gradient back through the answer, to fresh inputs and to some that have one."""
        for before, upstream in ((0.0, 1.0), (0.0, 3.0), (5.0, 3.0)):
            nodes = self._inputs(answer, inputs)
            for node in nodes:
                node.grad = before
            self._hand_on(answer, nodes, constants, upstream)

    def check_twice(self, answer: Any, x: float) -> None:
        """The same number as both inputs."""
        [node] = self._inputs(answer, [x])
        text = f"a = Value({show(x)}), out = {answer.__name__}(a, a)"
        out = self._build(answer, [node, node], (), text)
        out.grad = 1.0
        probes.go_back(f"{text}, then out._backward()", out._backward)
        if not same(node.grad, 2 * x):
            raise Wrong(
                f"{text}: a.grad is {show(node.grad)} and {show(2 * x)} is right",
                "both factors are a, and the parts of both add up: use += for each of them",
            )
        self._check_inputs(out, [node, node], text)

    def _inputs(self, answer: Any, numbers: Sequence[float]) -> list[Any]:
        _, value_class = _value_class(answer, self.forbidden, self.name)
        return [value_class(x) for x in numbers]

    def _hand_on(
        self, answer: Any, nodes: list[Any], constants: Sequence[float], upstream: float
    ) -> None:
        names = "ab"[: len(nodes)]
        inputs, before = [node.data for node in nodes], nodes[0].grad
        given = [f"{name} = Value({show(x)})" for name, x in zip(names, inputs, strict=True)]
        made = (
            f"{getattr(answer, '__name__', 'answer')}({', '.join([*names, *map(show, constants)])})"
        )
        text = f"{', '.join(given)}, out = {made}"
        out = self._build(answer, nodes, constants, text)
        if not same([node.grad for node in nodes], [before] * len(nodes)):
            why = "grads are touched only inside _backward, which is called later"
            raise Wrong(f"{text}: a grad has changed before out._backward() was called", why)
        out.grad = upstream
        with probes.retold(("which Value has already", PLAIN)):
            probes.go_back(f"{text}, then out._backward()", out._backward)
        partials = self.partials(*inputs, *constants)
        for place, (name, node, local) in enumerate(zip(names, nodes, partials, strict=True)):
            if hasattr(node.grad, "_prev"):
                raise Wrong(f"{text}: out._backward() has made {name}.grad a Value", PLAIN)
            right = before + local * upstream
            if not same(node.grad, right):
                had = f" and {name}.grad {show(before)}" if before else ""
                slips = [
                    *self.slips(place, upstream, *inputs, *constants),
                    (local * out.data, "this multiplies by out.data; upstream is out.grad"),
                ]
                raise Wrong(
                    f"{text}: with out.grad {show(upstream)}{had}, out._backward() makes "
                    f"{name}.grad {show(node.grad)}, and {show(right)} is right",
                    probes.cause(self.name, before, node.grad, local, upstream, slips)
                    or f"the local derivative of {self.name} with respect to {name} is "
                    f"{show(local)} here",
                )
        self._check_inputs(out, nodes, text)
        self._check_symbol(out, constants, text)

    def _build(self, answer: Any, nodes: list[Any], constants: Sequence[float], text: str) -> Any:
        """The result of the answer, with the right data, inputs and a `_backward`."""
        inputs = [node.data for node in nodes]
        out = call_as(text, answer, *nodes, *constants)
        written(out)
        if out is None:
            raise Wrong(f"{text} gave None", "the function ends with `return out`")
        base, _ = _value_class(answer, self.forbidden, self.name)
        if not all(hasattr(out, attribute) for attribute in ("data", "grad", "_prev")):
            raise Wrong(f"{text}: out is {show(out)}, which is not a Value", "return a new Value")
        if "Value" in getattr(answer, "__globals__", {}) and not isinstance(out, base):
            seen = f"{text}: out is of another class, {type(out).__name__}"
            raise Wrong(seen, "make it with the Value of this notebook: out = Value(...)")
        if not same([node.data for node in nodes], inputs):
            why = "an operation makes a new Value, and leaves the data of its inputs as it is"
            raise Wrong(f"{text}: the data of an input has changed", why)
        right = self.value(*inputs, *constants)
        if not same(out.data, right):
            raise Wrong(
                f"{text}: out.data is {show(out.data)}, and {show(right)} is right",
                f"the new Value holds the result of {self.name}, of the inputs' data",
            )
        if not all(any(node is x for x in out._prev) for node in nodes):
            raise Wrong(
                f"{text}: an input is missing in out._prev",
                "the new Value is told its inputs, in a tuple: Value(number, inputs, symbol)",
            )
        if not callable(getattr(out, "_backward", None)):
            raise Wrong(f"{text}: out._backward is not a function", probes.NOT_THE_RESULT)
        return out

    def _check_inputs(self, out: Any, nodes: list[Any], text: str) -> None:
        """No input is missing in `_prev`, and nothing else is there."""
        there, right = list(map(id, out._prev)), list(map(id, nodes))
        if isinstance(out._prev, (set, frozenset)):
            right = list(set(right))
        if sorted(there) != sorted(right):
            seen = f"{text}: out._prev has length {len(out._prev)}, and {len(nodes)} is right"
            why = "there stand the inputs, each as often as it is used, in a tuple"
            if len(nodes) == 1:
                why = "the exponent is a plain number and no input; it stands in the symbol"
            raise Wrong(seen, why)

    def _check_symbol(self, out: Any, constants: Sequence[float], text: str) -> None:
        """The result tells by its `_op` how it was made."""
        symbol = "".join([self.name, *map(str, constants)])
        got = getattr(out, "_op", "")
        rule, right = (op_for(str(op).replace(" ", ""), len(out._prev)) for op in (got, symbol))
        if rule is None or right is None or rule.name != right.name:
            why = "the symbol is the third argument of Value; `check` and `draw` know by it what "
            why += "the operation was"
            if constants:
                why += ', here f"**{exponent}"'
            raise Wrong(f"{text}: out._op is {got!r}, and {symbol!r} is right", why)


PLAIN = (
    "a grad is a plain number, and so is what is added to it: compute with .data and out.grad, "
    "such as b.data * out.grad, not with the Values themselves"
)

MULTIPLY = _Operation(
    "*",
    "__mul__",
    lambda a, b: a * b,
    lambda a, b: (b, a),
    lambda place, g, *inputs: [
        (
            inputs[place] * g,
            "the factors are swapped: a.grad gets b.data times out.grad, and b.grad gets a.data "
            "times out.grad",
        ),
        (g, "this is the rule of +; * hands on out.grad times the data of the other input"),
    ],
)

ANY = "the exponent may be any plain number, also 0.5 and -1"

POWER = _Operation(
    "**",
    "__pow__",
    lambda a, k: a**k,
    lambda a, k: (k * a ** (k - 1),),
    lambda place, g, a, k: [
        (k * a ** int(k - 1) * g, f"{ANY}: int(...) cuts it off"),
        (k * a**k * g, "the exponent goes down by one: k * a**(k - 1)"),
        (a ** (k - 1) * g, "the exponent is missing as a factor: k * a**(k - 1)"),
        ((k - 1) * a ** (k - 1) * g, "the factor is k, before one is taken off: k * a**(k - 1)"),
        (k * a * g, "k * a is right for squares alone; it is k * a**(k - 1)"),
        (2 * a * g, "2 * a is right for squares alone; it is k * a**(k - 1)"),
        (
            k * a**k - g,
            "brackets are missing: a**k - 1 takes 1 off the power; a**(k - 1) is meant",
        ),
        (
            (k * a**k - 1) * g,
            "brackets are missing: a**k - 1 takes 1 off the power; a**(k - 1) is meant",
        ),
        (
            k * abs(a) ** (k - 1) * g,
            "abs loses the sign: a square falls where a is below 0, so its slope is negative there",
        ),
    ],
)

TANH = _Operation(
    "tanh",
    "tanh",
    math.tanh,
    lambda a: (1 - math.tanh(a) ** 2,),
    lambda place, g, a: [
        (
            1 - math.tanh(a) ** 2 * g,
            "brackets are missing: 1 - t**2 * out.grad multiplies only t**2 by out.grad; "
            "(1 - t**2) * out.grad is meant",
        ),
        ((1 - math.tanh(a)) * g, "the local derivative of tanh is 1 - t**2: t is squared"),
        ((1 - a**2) * g, "1 - t**2 takes the number after tanh, not the one before"),
        (math.tanh(a) * g, "this is t, the value of tanh; its local derivative is 1 - t**2"),
        (math.tanh(a) ** 2 * g, "the local derivative of tanh is 1 - t**2, not t**2"),
    ],
)


def _check_multiply(answer: Any) -> None:
    for _ in range(3):
        MULTIPLY.check(answer, [_away_from_0(Random()), _away_from_0(Random())])
    MULTIPLY.check_twice(answer, _away_from_0(Random()))


def _check_power(answer: Any) -> None:
    with probes.retold(("AssertionError", ANY)):
        _check_powers(answer)


def _check_powers(answer: Any) -> None:
    for k in (3, 2, -1, 0.5, 4, 1):
        a = round(Random().uniform(1.1, 3), 2)
        POWER.check(answer, [a], k)
    for k in (3, 2, -1):
        POWER.check(answer, [-1.5], k)
    POWER.check(answer, [0.0], 2)


def _check_tanh(answer: Any) -> None:
    for a in (0.6, -0.3, round(Random().uniform(0.5, 1.4), 2), 0.0):
        TANH.check(answer, [a])


# 3.5: topological order


@probes.with_usual_calls
def _check_topological_order(answer: Any) -> None:
    leaf = Number(2.0, Watch(), label="a")
    _check_order(answer, "a = Value(2)", leaf)
    _check_order(answer, "the same once more", leaf, missing=MADE_ANEW)
    for program, root, _ in probes.named_graphs():
        _check_order(answer, program, root)
    twins, _ = probes.twins()
    program = "a = Value(2); b = Value(2); c = (a * b) * (b + a) + a, without labels"
    _check_order(answer, program, twins, missing=probes.TWINS)
    for _ in range(5):
        root, _ = probes.tangle(Random())
        _check_order(answer, "a graph at random", root)
    _check_order(answer, "b = a + a, twenty times over", probes.tower()[0])
    deep = f"{probes.DEEP:,} additions one after another"
    _check_order(answer, deep, probes.chain()[0], probes.too_deep)


MADE_ANEW = (
    "what the function remembers has to be made anew in each call, inside the function: a default "
    "such as seen=set() or order=[] is made once, and stays"
)


def _check_order(
    answer: Any,
    program: str,
    root: Number,
    ask: Callable[..., Any] = call_as,
    missing: str = "every node that the result was made from belongs in the list, and the result "
    "too",
) -> None:
    """One call; missing: what to say of a node that is not in the list."""
    name = getattr(answer, "__name__", "answer")
    text = f"{program}: {name}({root.label or 'c'})"
    with probes.retold(
        ("'NoneType' object is not iterable", probes.GIVES_NONE),
        ("object expected", "a function of the package takes only its own Values"),
    ):
        order = ask(text, answer, root)
    written(order)
    if not isinstance(order, (list, tuple)):
        raise Wrong(f"{text} gave {show(order)}", "return the list of the nodes")
    nodes = probes.below(root)
    _each_once(f"{text} gave {_names(order)}", order, nodes, missing)
    place = {id(node): i for i, node in enumerate(order)}
    early = [(node, x) for node in nodes for x in node._inputs if place[id(x)] > place[id(node)]]
    if early and all(place[id(x)] > place[id(node)] for node in nodes for x in node._inputs):
        raise Wrong(
            f"{text} gave {_names(order)}, which begins with the result",
            "this is the order of the backward pass; asked for are the inputs first and the result "
            "last: turn it round",
        )
    if early:
        node, x = early[0]
        raise Wrong(
            f"{text} gave {_names(order)}, where {node!r} stands before {x!r}",
            "the first is made from the other: put a node into the list only when all its inputs "
            "are there",
        )


def _each_once(text: str, order: Sequence[Any], nodes: list[Number], missing: str) -> None:
    times = Counter(id(node) for node in order)
    known = {id(node) for node in nodes}
    for thing in order:
        if id(thing) not in known:
            why = "the list is to hold the nodes themselves, and no others"
            if isinstance(thing, Number):
                why = f"it is of an earlier call: {MADE_ANEW}"
            raise Wrong(f"{text}, where {show(thing)} is not a node of the graph", why)
    for node in nodes:
        if times[id(node)] > 1:
            why = "remember the nodes that have been seen, and leave them alone the next time"
            raise Wrong(f"{text}, where {node!r} comes {times[id(node)]} times", why)
        if not times[id(node)]:
            raise Wrong(f"{text}, where {node!r} is missing", missing)


def _names(order: Sequence[Any]) -> str:
    shown = [show(node) for node in order[:8]]
    return f"[{', '.join([*shown, '...'] if len(order) > len(shown) else shown)}]"


# 3.7: backward


@probes.with_usual_calls
def _check_backward(answer: Any) -> None:
    for program, root, watch in probes.named_graphs():
        _check_pass(answer, program, root, watch)
    for _ in range(5):
        root, watch = probes.tangle(Random())
        _check_pass(answer, "a graph at random", root, watch)
    root, watch = probes.twins()
    twins = "a = Value(2); b = Value(2); c = (a * b) * (b + a) + a, without labels"
    _check_pass(answer, twins, root, watch, told=probes.TWINS)
    _check_second_pass(answer)
    _check_leaves_add_up(answer)
    root, watch = probes.tower()
    _check_pass(answer, "b = a + a, twenty times over", root, watch)
    root, watch = probes.chain()
    deep = f"{probes.DEEP:,} additions one after another"
    _check_pass(answer, deep, root, watch, probes.too_deep)


def _check_pass(
    answer: Any,
    program: str,
    root: Number,
    watch: Watch,
    ask: Callable[..., Any] = probes.go_back,
    told: str = "",
) -> None:
    """One backward pass, from grads of 0. told: what to say of a wrong grad, if it is known."""
    nodes = probes.below(root)
    right = _gradients(root)
    text = f"{program}; {getattr(answer, '__name__', 'answer')}({root.label or 'c'})"
    written(ask(text, answer, root))
    for node in nodes:
        if not same(node.grad, right[id(node)]):
            raise Wrong(
                f"{text}: {node!r}.grad is {show(node.grad)}, and {show(right[id(node)])} is right",
                told or _why_of_order(root, nodes, watch.handed_on),
            )


def _why_of_order(root: Number, nodes: list[Number], handed_on: list[Number]) -> str:
    """What was wrong about who handed on, and when."""
    if not handed_on:
        return "no node has handed on its gradient: call node._backward() for each, last one first"
    if all(node.grad == 0.0 for node in nodes):
        return (
            "set root.grad = 1.0 after the results in between are set to 0, and before the first "
            "`_backward()`"
        )
    done: set[int] = set()
    for node in handed_on:
        if id(node) in done:
            return (
                f"the node {node!r} has handed on its gradient more than once: each has its turn "
                "once"
            )
        late = [user for user in nodes if node in user._inputs and id(user) not in done]
        if late:
            return (
                f"the node {node!r} has handed on its gradient before {late[0]!r} had its turn, "
                "and so before all of it was there: go from the root back, in topological order"
            )
        done.add(id(node))
    left_out = [node for node in nodes if node._inputs and id(node) not in done]
    if left_out:
        return f"the node {left_out[0]!r} has never handed on its gradient"
    if root.grad != 1.0:
        return "the root changes exactly as much as itself: its grad is 1.0"
    return "grads are changed by the _backward of the nodes alone, once root.grad is 1.0"


def _check_second_pass(answer: Any) -> None:
    """Once more, with the grad of the leaf set back to 0 in between."""
    program = "b = a * a; c = b.tanh(); d = b * c"
    root, _ = probes.run(program, a=0.8)
    leaf = root._inputs[0]._inputs[0]
    right = _gradients(root)[id(leaf)]
    name = getattr(answer, "__name__", "answer")
    text = f"a = Value(0.8); {program}; {name}(d); a.grad = 0.0; {name}(d)"
    for _ in range(2):
        leaf.grad = 0.0
        probes.go_back(text, answer, root)
    if same(leaf.grad, 0.0):
        raise Wrong(f"{text}: a.grad is 0, and {show(right)} is right", MADE_ANEW)
    if not same(leaf.grad, right):
        raise Wrong(
            f"{text}: a.grad is {show(leaf.grad)}, and {show(right)} is right",
            "results in between still have their grad of the first time: set the grad of every "
            "node that has inputs to 0 before you begin",
        )


def _check_leaves_add_up(answer: Any) -> None:
    root, _ = probes.run("b = a * a", a=3.0)
    leaf = root._inputs[0]
    leaf.grad = 10.0
    name = getattr(answer, "__name__", "answer")
    text = f"a = Value(3); a.grad = 10.0; b = a * a; {name}(b)"
    probes.go_back(text, answer, root)
    if not same(leaf.grad, 16.0):
        raise Wrong(
            f"{text}: a.grad is {show(leaf.grad)}, and 16 is right",
            "what is in the grad of a leaf, such as a, stays and adds up; only results in between, "
            "which have inputs, start again at 0",
        )


def _gradients(root: Number) -> dict[int, float]:
    """The right gradients of a graph of Numbers, by id. They were made inputs first."""
    found = {id(node): 0.0 for node in probes.below(root)}
    found[id(root)] = 1.0
    for node in reversed(root._watch.nodes):
        if id(node) in found:
            for x, local in zip(node._inputs, node._locals, strict=True):
                found[id(x)] += local * found[id(node)]
    return found


EXERCISES = [
    Exercise(
        "3.1",
        "local derivatives",
        _check_local_derivatives,
        (
            "Take each operation on its own: nudge x by a small h and ask how far the result "
            "moves, then the same for y.",
            "For + both are 1. For - the second one has another sign. For *, each is the other "
            "number.",
            'For "/": x / y moves by h / y, so the first is 1 / y. The second is that of '
            "x * y**-1, which is -x / y**2.",
        ),
    ),
    Exercise(
        "3.2",
        "the gradients of a neuron",
        _check_neuron,
        (
            "Go forward first: you need n and o. Then go back from o, as in the pictures above.",
            "n.grad is 1 - o**2. The additions hand this number on as it is: to both products and "
            "to b.",
            "With g = 1 - o**2: x1.grad is w1 * g, w1.grad is x1 * g, and b.grad is g. Return them "
            "as [x1, x2, w1, w2, b] are ordered.",
        ),
    ),
    Exercise(
        "3.3",
        "a multiplication that goes backward",
        _check_multiply,
        (
            "Three parts, as in the tanh above: make out, define _backward inside, keep it in out.",
            'out = Value(a.data * b.data, (a, b), "*"), and in _backward one line for each input.',
            "a.grad += b.data * out.grad and b.grad += a.data * out.grad; after the inner function "
            "out._backward = _backward, then return out.",
        ),
    ),
    Exercise(
        "3.4",
        "a power that goes backward",
        _check_power,
        (
            "The exponent is a plain number, so there is one input, a, and one line in _backward.",
            "The local derivative of a**k is k * a**(k - 1): 2 * a for a square, 3 * a**2 for a "
            "cube.",
            "a.grad += exponent * a.data ** (exponent - 1) * out.grad is the line in _backward.",
        ),
    ),
    Exercise(
        "3.5",
        "topological order without recursion",
        _check_topological_order,
        (
            "Keep a list of nodes that wait, a stack. Take one from its end, look at its inputs, "
            "and put those on the stack.",
            "A node comes up twice: when it is first met, and when its inputs have been placed. "
            "Put pairs on the stack, (node, False) and (node, True).",
            "Take a pair off. If it says True, append the node to the order. If it says False and "
            "the node is new: note it in `seen`, put (node, True) on the stack, and then "
            "(x, False) for each x in node._prev.",
        ),
    ),
    Exercise(
        "3.6",
        "the mended tanh",
        _check_tanh,
        (
            "There are two mistakes, both in the same line. Which numbers does it give for "
            "out.grad = 1, and which for out.grad = 3?",
            "One is the = between the two sides. The other: `*` is worked out before `-`, so what "
            "is multiplied by out.grad here?",
            "x.grad += (1 - t**2) * out.grad is the mended line.",
        ),
    ),
    Exercise(
        "3.7",
        "backward as a function",
        _check_backward,
        (
            "topological_order(root) is in your notebook, from the cell above. You need it twice: "
            "once to clean up, once to go back.",
            "Nodes that have inputs (`if node._prev`) start at grad 0.0; leaves keep theirs. Then "
            "root.grad = 1.0.",
            "for node in reversed(order): and if node._prev: node._backward() is all that is left.",
        ),
    ),
    Exercise(
        "3.8",
        "a class with backward",
        check_own_value,
        (
            "Everything is above: the class from the beginning, a _backward for each of + * ** exp "
            "tanh, and backward() with its topological order.",
            "-, / and the sign are made of the others, and so are the methods that begin with "
            "__r: they need no _backward of their own. Begin with + and backward, and run the cell "
            "often.",
            "__sub__ is self + (-other), __rsub__ is Number(other) + (-self), __truediv__ is "
            "self * other**-1, __rtruediv__ is Number(other) * self**-1.",
        ),
    ),
]
