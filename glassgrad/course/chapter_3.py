"""The exercises of chapter 3, backward."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from glassgrad import Value as OurValue
from glassgrad.course import probes
from glassgrad.course.checking import Mistake, Wrong, call_as, compare, same, show, written
from glassgrad.course.exercise import Exercise
from glassgrad.course.own_value import check_own_value
from glassgrad.course.probes import Number, Slip, Watch

# 3.1: local derivatives

LOCAL: dict[str, Callable[[float, float], tuple[float, float]]] = {
    "+": lambda x, y: (1.0, 1.0),
    "-": lambda x, y: (1.0, -1.0),
    "*": lambda x, y: (y, x),
    "/": lambda x, y: (1 / y, -x / y**2),
}

LOCAL_WHY = {
    "+": "a sum moves exactly as far as the number that is nudged: 1 for both",
    "-": "x - y moves along with x, and against y: 1 and -1",
    "*": "when x moves by h, x * y moves by y * h: the local derivative is the other number",
    "/": "x / y moves by h / y when x moves by h; for y nudge, or write it as x * y**-1",
}

LOCAL_MISTAKES: dict[str, list[Mistake]] = {
    "+": [
        (lambda op, x, y: (x, y), "these are the two numbers; of a sum each moves it by 1 times h"),
        (lambda op, x, y: (y, x), "this is the rule of *; a sum moves by 1 times h, whoever moves"),
    ],
    "-": [(lambda op, x, y: (1, 1), "x - y goes down when y goes up: the second one is -1")],
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
        (lambda op, x, y: (1 / y, -x / y), "in the second one, y is squared: -x / y**2"),
        (lambda op, x, y: (1 / y, -1 / y**2), "in the second one, x is missing: -x / y**2"),
        (lambda op, x, y: (y, x), "this is the rule of *; x / y is x * y**-1"),
    ],
}


def _check_local_derivatives(answer: Any) -> None:
    for op in LOCAL:
        compare(
            answer,
            lambda op, x, y: LOCAL[op](x, y),
            [(op, _away_from_0(Random()), _away_from_0(Random())) for _ in range(4)],
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
    compare(
        answer,
        _neuron,
        [[round(random.uniform(-1.4, 1.4), 2) for _ in range(5)] for _ in range(6)],
        why="from o to n the local derivative is 1 - o**2; + hands on the same number to each; "
        "* hands it on times the other factor",
        mistakes=[
            (
                _changed(lambda n, o: 1.0),
                "the gradient on the way through tanh is missing: multiply by 1 - o**2",
            ),
            (
                _changed(lambda n, o: 1 - n**2),
                "1 - n**2 takes the number before tanh; it is 1 - o**2, with o = tanh(n)",
            ),
            (
                _changed(lambda n, o: 1 - o),
                "the local derivative of tanh is 1 - o**2: o is squared",
            ),
            (
                _changed(lambda n, o: o),
                "this multiplies by o itself; the local derivative of tanh is 1 - o**2",
            ),
            (_swapped, "inputs and weights are swapped: x1.grad has w1 as its factor, not x1"),
            (
                lambda *numbers: [*_neuron(*numbers)[:4], 1.0],
                "b gets 1, the local derivative of + alone; times upstream it is 1 - o**2",
            ),
            (
                lambda *numbers: [*_neuron(*numbers)[:4], 0.0],
                "b gets 0, as if o did not depend on it; a nudge of b moves n as far, and so o",
            ),
            (
                lambda x1, x2, w1, w2, b: _neuron(x1, x2, w1, w2, 0.0),
                "n is computed without the bias here",
            ),
        ],
    )


# 3.3, 3.4 and 3.6: one operation with its _backward


def _value_class(answer: Any, forbidden: str, how: str) -> Any:
    """The class Value beside the answer, without the operation that the answer is to be."""
    found = getattr(answer, "__globals__", {}).get("Value")
    base: Any = found if isinstance(found, type) else OurValue

    def refuse(*_: Any) -> Any:
        raise Wrong(f"the answer uses {how}, which Value has already", "write it out yourself")

    return type("Value", (base,), {forbidden: refuse, f"__r{forbidden[2:]}": refuse})


class _Operation:
    """An exercise that asks for one operation: its name here, value, and derivatives."""

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
        value_class = _value_class(answer, self.forbidden, self.name)
        for before, upstream in ((0.0, 1.0), (0.0, 3.0), (5.0, 3.0)):
            nodes = [value_class(x) for x in inputs]
            for node in nodes:
                node.grad = before
            self._hand_on(answer, nodes, constants, upstream)

    def check_twice(self, answer: Any, x: float) -> None:
        """The same number as both inputs."""
        node = _value_class(answer, self.forbidden, self.name)(x)
        text = f"a = Value({show(x)}), out = {answer.__name__}(a, a)"
        out = self._build(answer, [node, node], (), text)
        out.grad = 1.0
        probes.go_back(f"{text}, then out._backward()", out._backward)
        if not same(node.grad, 2 * x):
            raise Wrong(
                f"{text}: a.grad is {show(node.grad)} and {show(2 * x)} is right",
                "a is both factors, and the parts of both add up: use += for each of them",
            )

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
        probes.go_back(f"{text}, then out._backward()", out._backward)
        partials = self.partials(*inputs, *constants)
        for place, (name, node, local) in enumerate(zip(names, nodes, partials, strict=True)):
            right = before + local * upstream
            if not same(node.grad, right):
                had = f" and {name}.grad {show(before)}" if before else ""
                slips = self.slips(place, upstream, *inputs, *constants)
                raise Wrong(
                    f"{text}: with out.grad {show(upstream)}{had}, out._backward() makes "
                    f"{name}.grad {show(node.grad)}, and {show(right)} is right",
                    probes.cause(self.name, before, node.grad, local, upstream, slips)
                    or f"the local derivative of {self.name} with respect to {name} is "
                    f"{show(local)} here",
                )

    def _build(self, answer: Any, nodes: list[Any], constants: Sequence[float], text: str) -> Any:
        """The result of the answer, with the right data, inputs and a `_backward`."""
        out = call_as(text, answer, *nodes, *constants)
        written(out)
        if out is None:
            raise Wrong(f"{text} gave None", "the function ends with `return out`")
        if not all(hasattr(out, attribute) for attribute in ("data", "grad", "_prev")):
            raise Wrong(f"{text}: out is {show(out)}, which is not a Value", "return a new Value")
        right = self.value(*[node.data for node in nodes], *constants)
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

POWER = _Operation(
    "**",
    "__pow__",
    lambda a, n: a**n,
    lambda a, n: (n * a ** (n - 1),),
    lambda place, g, a, n: [
        (n * a**n * g, "the exponent goes down by one: n * a**(n - 1)"),
        (a ** (n - 1) * g, "the exponent is missing as a factor: n * a**(n - 1)"),
        ((n - 1) * a ** (n - 1) * g, "the factor is n, before one is taken off: n * a**(n - 1)"),
        (n * a * g, "n * a is right for squares alone; it is n * a**(n - 1)"),
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
        ((1 - math.tanh(a)) * g, "t is squared in the local derivative of tanh: 1 - t**2"),
        ((1 - a**2) * g, "1 - t**2 takes the number after tanh, not the one before"),
        (math.tanh(a) * g, "t is the value of tanh; its local derivative is 1 - t**2"),
        (math.tanh(a) ** 2 * g, "the local derivative of tanh is 1 - t**2, not t**2"),
    ],
)


def _check_multiply(answer: Any) -> None:
    for _ in range(3):
        MULTIPLY.check(answer, [_away_from_0(Random()), _away_from_0(Random())])
    MULTIPLY.check_twice(answer, _away_from_0(Random()))


def _check_power(answer: Any) -> None:
    for n in (3, 2, -1, 0.5, 4, 1):
        a = round(Random().uniform(1.1, 3), 2)
        POWER.check(answer, [a], n)
    POWER.check(answer, [-1.5], 3)
    POWER.check(answer, [0.0], 2)


def _check_tanh(answer: Any) -> None:
    for a in (0.6, -0.3, round(Random().uniform(0.5, 1.4), 2), 0.0):
        TANH.check(answer, [a])


# 3.5: topological order


def _check_topological_order(answer: Any) -> None:
    leaf = Number(2.0, Watch(), label="a")
    _check_order(answer, "a = Value(2)", leaf)
    for program, root, _ in probes.named_graphs():
        _check_order(answer, program, root)
    for _ in range(5):
        root, _ = probes.tangle(Random())
        _check_order(answer, "a graph at random", root)
    _check_order(answer, "b = a + a, twenty times over", probes.tower()[0])
    deep = f"{probes.DEEP:,} additions one after another"
    _check_order(answer, deep, probes.chain()[0], probes.too_deep)


def _check_order(
    answer: Any, program: str, root: Number, call: Callable[..., Any] = call_as
) -> None:
    name = getattr(answer, "__name__", "answer")
    text = f"{program}: {name}({root.label})"
    order = call(text, answer, root)
    written(order)
    if not isinstance(order, (list, tuple)):
        raise Wrong(f"{text} gave {show(order)}", "return the list of the nodes")
    nodes = probes.below(root)
    _each_once(f"{text} gave {_names(order)}", order, nodes)
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
            f"{node!r} is made from {x!r}: put a node into the list only when all its inputs are "
            "there",
        )


def _each_once(text: str, order: Sequence[Any], nodes: list[Number]) -> None:
    times = Counter(id(node) for node in order)
    known = {id(node) for node in nodes}
    for thing in order:
        if id(thing) not in known:
            why = "the list is to hold the nodes themselves, and no others"
            raise Wrong(f"{text}, where {show(thing)} is not a node of the graph", why)
    for node in nodes:
        if times[id(node)] > 1:
            why = "remember the nodes that have been seen, and leave them alone the next time"
            raise Wrong(f"{text}, where {node!r} comes {times[id(node)]} times", why)
        if not times[id(node)]:
            why = "every node that the result was made from belongs in the list, and the result too"
            raise Wrong(f"{text}, where {node!r} is missing", why)


def _names(order: Sequence[Any]) -> str:
    shown = [show(node) for node in order[:8]]
    return f"[{', '.join([*shown, '...'] if len(order) > len(shown) else shown)}]"


# 3.7: backward


def _check_backward(answer: Any) -> None:
    for program, root, watch in probes.named_graphs():
        _check_pass(answer, program, root, watch)
    for _ in range(5):
        root, watch = probes.tangle(Random())
        _check_pass(answer, "a graph at random", root, watch)
    _check_second_pass(answer)
    _check_leaves_add_up(answer)
    root, watch = probes.tower()
    _check_pass(answer, "b = a + a, twenty times over", root, watch)
    root, watch = probes.chain()
    deep = f"{probes.DEEP:,} additions one after another"
    _check_pass(answer, deep, root, watch, probes.too_deep)


def _check_pass(
    answer: Any, program: str, root: Number, watch: Watch, call: Callable[..., Any] = call_as
) -> None:
    """One backward pass, from grads of 0."""
    nodes = probes.below(root)
    right = _gradients(root)
    text = f"{program}; {getattr(answer, '__name__', 'answer')}({root.label})"
    written(call(text, answer, root))
    for node in nodes:
        if not same(node.grad, right[id(node)]):
            raise Wrong(
                f"{text}: {node!r}.grad is {show(node.grad)}, and {show(right[id(node)])} is right",
                _why_of_order(root, nodes, watch.handed_on),
            )


def _why_of_order(root: Number, nodes: list[Number], handed_on: list[Number]) -> str:
    """What was wrong about who handed on, and when."""
    if not handed_on:
        return "no node has handed on its gradient: call node._backward() for each, last one first"
    if all(node.grad == 0.0 for node in nodes):
        return "the root changes exactly as much as itself: set root.grad = 1.0 before all else"
    done: set[int] = set()
    for node in handed_on:
        if id(node) in done:
            return (
                f"{node!r} has handed on its gradient more than once: each node has its turn once"
            )
        late = [user for user in nodes if node in user._inputs and id(user) not in done]
        if late:
            return (
                f"{node!r} has handed on its gradient before {late[0]!r} had its turn, and so "
                "before all of it was there: go from the root back, in topological order"
            )
        done.add(id(node))
    left_out = [node for node in nodes if node._inputs and id(node) not in done]
    if left_out:
        return f"{left_out[0]!r} has never handed on its gradient"
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
        call_as(text, answer, root)
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
    call_as(text, answer, root)
    if not same(leaf.grad, 16.0):
        raise Wrong(
            f"{text}: a.grad is {show(leaf.grad)}, and 16 is right",
            "a is a leaf, and what is in its grad stays and adds up; only results in between, "
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
            "The local derivative of a**n is n * a**(n - 1): 2 * a for a square, 3 * a**2 for a "
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
