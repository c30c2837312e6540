"""A check of a whole Value class of the reader's, with backward: which operation is wrong, and why.

Small programs run on the class and on ours, from single operations to numbers that are used twice,
other orders, a second backward and a deep graph. Where a gradient differs, the `_backward` of the
operation is asked by itself, if the class has such a thing, so that the verdict can name the slip.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from glassgrad import Value as OurValue
from glassgrad.course import probes
from glassgrad.course.checking import NotWritten, Wrong, call_as, same, show, show_both, written
from glassgrad.lecture import is_node, op_for, walk

Numbers = Mapping[str, float]

# The operations by name, each as a program of a and b.
SINGLE = {
    "+": "c = a + b",
    "*": "c = a * b",
    "- (the sign)": "c = -a",
    "-": "c = a - b",
    "**": "c = a ** 3",
    "/": "c = a / b",
    "exp": "c = a.exp()",
    "tanh": "c = a.tanh()",
}
REFLECTED = {"+": "__radd__", "*": "__rmul__", "-": "__rsub__", "/": "__rtruediv__"}
POWERS = ("c = a ** 2", "c = a ** -1", "c = a ** 0.5")
REUSED = {
    "+": ("c = a + a", "c = (a + b) + a"),
    "*": ("c = a * a", "c = a * b + a", "c = a + b * a"),
    "-": ("c = a - a * 2", "c = b - a + a"),
    "**": ("c = a ** 3 + a", "c = a + a ** 3", "c = a ** 2 + a ** 3"),
    "/": ("c = a / a + a", "c = a / b + b"),
    "exp": ("c = a.exp() + a", "c = a + a.exp()", "c = a.exp() * a"),
    "tanh": ("c = a.tanh() + a", "c = a + a.tanh()", "c = a.tanh() * a"),
}
CHAINED = {
    "+": "c = (a * b + 2).exp()",
    "*": "c = (a + 2) * b",
    "**": "c = (a * b) ** 2",
    "/": "c = 2 / (a * b)",
    "exp": "c = (a * b).exp()",
    "tanh": "c = (a * b).tanh()",
}
ORDERS = (
    "b = a + a; c = b + b",
    "b = a * a; d = b.tanh(); c = b * d",
    "b = a * a; d = b.tanh(); c = d * b",
    "b = a + a; d = a * b; e = b.tanh(); f = e * d; c = f + a",
    "b = a.exp(); d = b * a; e = d.tanh(); f = e / b; c = f - d",
)
FAR = 400.0  # where e**(2x) is beyond the largest float


@probes.with_usual_calls
def check_own_value(answer: Any) -> None:
    """Raise Wrong for the first thing that the class does otherwise than it should."""
    _need_class(answer)
    with probes.retold(*_reasons(answer.__name__)):
        _check_class(answer)


def _check_class(answer: Any) -> None:
    random = Random()
    # None is 1, which would hide a missing factor. First all above 0, then with other signs.
    a, b = round(random.uniform(1.1, 1.9), 2), round(random.uniform(0.6, 0.9), 2)
    positive = {"a": a, "b": b}
    negative = {"a": -a, "b": random.choice((b, -b))}
    with_numbers = list(_with_numbers(random))
    single, chained = list(SINGLE.items()), list(CHAINED.items())
    reused = [(op, program) for op, programs in REUSED.items() for program in programs]
    programs = single + with_numbers + chained + reused
    for numbers in (positive, negative):
        for op, program in single + with_numbers:
            if _is_real(program, numbers):
                _data(answer, program, numbers, op)
    for far in (FAR, -FAR):
        _data(answer, "c = a.tanh()", {"a": far}, "tanh")
    _need_backward(answer)
    for op, program in single:
        _readable(answer, op, program, positive)
    for numbers in (positive, negative):
        for op, program in programs:
            if _is_real(program, numbers):
                why = partial(_why, answer, op, program, numbers)
                _gradients(answer, program, numbers, why)
    _gradients(answer, "c = a.tanh()", {"a": FAR}, lambda: "tanh is flat there: its slope is 0")
    for program in ORDERS:
        _gradients(answer, program, {"a": a}, lambda: ORDER)
    for program in ("d = a * b; e = b + a; c = d * e", "d = a + b; e = b * a; c = d * e + d"):
        _gradients(answer, program, {"a": 2.0, "b": 2.0}, lambda: TWINS)
    _rules(answer, a)
    _second_backward(answer, a)
    _depth(answer, a)


ORDER = (
    "a node has handed on its gradient before all of it was there, or more than once: go from the "
    "result back in topological order, each node once"
)
TWINS = f"{probes.TWINS}; and let the class be without __eq__, so that each node is only itself"


def _reasons(name: str) -> list[tuple[str, str]]:
    """What errors mean in a class of this name."""
    return [
        (
            r"'(int|float)' object has no attribute '_backward'",
            "a plain number stands in _prev; there stand the inputs, each a node",
        ),
        (
            r"'(int|float)' object has no attribute",
            f"a plain number has come where a {name} is expected; make it one: "
            f"other = other if isinstance(other, {name}) else {name}(other)",
        ),
        (
            r"c = \S+ [-+*/] a stopped with RecursionError",
            f"`other - self`, or another operation with `other` on the left, asks Python the same "
            f"question again: begin with {name}(other)",
        ),
        (
            r"\*\* .*AssertionError|/ .*AssertionError",
            "the exponent may be any plain number, also 0.5 and -1",
        ),
        (
            "unhashable type",
            "a class with __eq__ and no __hash__ cannot be kept in a set: leave out __eq__, so "
            "that each node is only itself",
        ),
    ]


def _with_numbers(random: Random) -> Iterator[tuple[str, str]]:
    """Programs with plain numbers on either side, an int and a float."""
    whole, broken = random.choice((-3, 3, 4)), random.choice((-0.75, 0.75, 2.5))
    for op in REFLECTED:
        for x in (whole, broken):
            yield op, f"c = a {op} {x}"
            yield op, f"c = {x} {op} a"
    yield "+", "c = sum([a, b])"
    for program in POWERS:
        yield "**", program


def _is_real(program: str, numbers: Numbers) -> bool:
    """Whether a program has a result: a root of a number below 0 is none."""
    return numbers["a"] > 0 or "0.5" not in program


def _need_class(answer: Any) -> None:
    if isinstance(answer, type):
        return
    written(call_as("Value(2.0)", answer, 2.0) if callable(answer) else answer)
    why = "write a class under the exercise, with `class Number:`"
    raise Wrong(f"the answer is of type {type(answer).__name__}, not a class", why)


def _need_backward(answer: Any) -> None:
    if not callable(getattr(answer, "backward", None)):
        raise Wrong("the class has no method backward", "c.backward() is to find all gradients")


def _run(value_class: Any, program: str, numbers: Numbers) -> dict[str, Any]:
    """All names after a program; c is its result."""
    names = {name: value_class(number) for name, number in numbers.items()}
    exec(program, {}, names)
    return names


def _text(answer: Any, program: str, numbers: Numbers) -> str:
    used = [
        f"{name} = {answer.__name__}({show(x)})"
        for name, x in numbers.items()
        if re.search(rf"\b{name}\b", program)
    ]
    return f"{'; '.join(used)}; {program}"


def _data(answer: Any, program: str, numbers: Numbers, op: str) -> None:
    """The number that a program gives, and that its inputs are left as they are."""
    text = _text(answer, program, numbers)
    names = call_as(text, _run, answer, program, numbers)
    got = names["c"]
    if got is ... and program != SINGLE["+"]:
        raise Wrong(f"{text}: this gave ...", "the three dots are still in this method")
    written(got)
    if got is None:
        raise Wrong(f"{text}: c is None", "a method without `return` gives None")
    if not hasattr(got, "data"):
        raise Wrong(f"{text}: c is {show(got)}", "each operation gives a new number of the class")
    if not isinstance(got, answer):
        what = f"{text}: c is of another class of the name {type(got).__name__}"
        raise Wrong(what, f"inside the class, results are made by it: write {answer.__name__}(...)")
    right = _run(OurValue, program, numbers)["c"].data
    if not same(got.data, right):
        shown, expected = show_both(got.data, right)
        seen = f"{text}: c.data is {shown}, and {expected} is right"
        raise Wrong(seen, _why_data(program, op, got.data, right))
    for name, number in numbers.items():
        if not same(names[name].data, number):
            raise Wrong(
                f"{text}: afterwards {name}.data is {show(names[name].data)}",
                "an operation makes a new number, and leaves its inputs as they are",
            )


def _why_data(program: str, op: str, got: Any, right: float) -> str:
    left = re.match(r"c = (-?[\d.]+) ", program)
    if left:
        method = REFLECTED[op]
        return (
            f"{method}(self, other) is other {op} self: the plain number stands on the left, and "
            f"here it is {left[1]}"
        )
    if op == "-" and same(got, -right):
        return "this is b - a: self stands on the left of the minus, and other on the right"
    if op == "/" and same(got, 1 / right):
        return "this is b / a: self is divided by other"
    if math.isnan(right) or math.isnan(float(got)):
        return "somewhere inf is divided by inf, or taken from inf: both powers of e were too large"
    if op == "**" and same(got, abs(right)):
        return "the sign is lost: the power is one of the number itself, not of its absolute value"
    if op in ("exp", "tanh") and "a" in program:
        return f"the data of the result is {op} of the data of the input, for either sign of it"
    return f"the data of the result is what {op} makes of the data of its inputs"


def _readable(answer: Any, op: str, program: str, numbers: Numbers) -> None:
    """That the graph of a result can be read: `_prev` and `_op` are what `check` and `draw` use."""
    text = _text(answer, program, numbers)
    c = call_as(text, _run, answer, program, numbers)["c"]
    if not is_node(c):
        names = [name for name in ("data", "grad", "_prev") if not hasattr(c, name)]
        why = "by these names `check` and `draw` find a number, its gradient and its inputs"
        raise Wrong(f"{text}: c has no {' and no '.join(names)}", why)
    if not c._prev:
        raise Wrong(
            f"{text}: c has nothing in _prev",
            f"the result of {op} has inputs: give a new node its inputs, as a tuple",
        )
    for node, inputs in call_as(f"{text}; a walk along _prev", walk, [c]):
        if not all(map(is_node, inputs)):
            raise Wrong(f"{text}: {show(list(inputs))} stands in _prev", "the inputs are nodes")
        if hasattr(node.data, "_prev"):
            raise Wrong(
                f"{text}: the data of a node is {show(node.data)}, not a plain number",
                "make a number of the class only of what is none yet: other = other if "
                f"isinstance(other, {answer.__name__}) else {answer.__name__}(other)",
            )
        symbol = str(getattr(node, "_op", "") or "")
        if inputs and not symbol:
            why = "without it, `check` and `draw` cannot read how the result was made"
            raise Wrong(f"{text}: the symbol _op of a result is empty", why)
        rule = op_for(symbol, len(inputs)) if inputs else None
        if rule and not same(rule.value(*[float(x.data) for x in inputs]), node.data):
            numbers_in = ", ".join(show(x.data) for x in inputs)
            seen = f"{text}: a node is {show(node.data)}, made by {symbol} from {numbers_in}"
            why = "its _op or its _prev are not what it was made by and from"
            raise Wrong(f"{seen}, if one believes its _op and _prev", why)


def _gradients(answer: Any, program: str, numbers: Numbers, why: Callable[[], str]) -> None:
    """The grads of a and b after a program and c.backward()."""
    text = f"{_text(answer, program, numbers)}; c.backward()"
    ours = _run(OurValue, program, numbers)
    ours["c"].backward()
    theirs = call_as(text, _run, answer, program, numbers)
    _backward(text, theirs["c"])
    for name in numbers:
        got, right = _grad(theirs[name], name), ours[name].grad
        if not same(got, right):
            shown, expected = show_both(got, right)
            raise Wrong(f"{text}: {name}.grad is {shown}, and {expected} is right", why())


def _backward(text: str, c: Any) -> None:
    if probes.go_back(text, c.backward) is ...:
        raise Wrong(f"{text}: backward gave ...", "the three dots are still in this method")


def _grad(node: Any, name: str) -> Any:
    return call_as(f"{name}.grad", getattr, node, "grad")


def _why(answer: Any, op: str, program: str, numbers: Numbers) -> str:
    """What is wrong about a program: its graph, one of its operations, or backward."""
    known = True
    asked = [program, SINGLE[op], *(SINGLE[part] for part in MADE_OF.get(op, ()))]
    for one in dict.fromkeys(asked):
        try:
            found = _cut(answer, one, numbers) or _slip(answer, one, numbers)
        except (Wrong, NotWritten):
            raise
        except Exception:  # a class of another make: nothing to ask
            found = None
        if found:
            return found
        known = known and (found is not None or one != program)
    if not known:
        return (
            "either an operation in this program hands on the wrong number, or backward does not "
            "visit every node once, in topological order"
        )
    c = _run(answer, program, numbers)["c"]
    c.backward()
    if not same(c.grad, 1.0):
        return (
            f"afterwards c.grad is {show(c.grad)}: c.grad is 1.0 at the start, set before the "
            "first _backward and after the results in between are set to 0"
        )
    return (
        "each operation by itself hands on what it should, so it is backward: each node that c was "
        "made from has its turn once, in topological order from the end"
    )


MADE_OF = {
    "- (the sign)": ("*",),
    "-": ("- (the sign)", "*", "+"),
    "/": ("**", "*"),
    "**": ("+",),
    "exp": ("+", "*"),
    "tanh": ("+", "*"),
    "*": ("+",),
}


def _cut(answer: Any, program: str, numbers: Numbers) -> str:
    """Whether an input of a program is missing in the graph of its result."""
    names = _run(answer, program, numbers)
    nodes = walk([names["c"]])
    for node, inputs in nodes:
        symbol = str(getattr(node, "_op", ""))
        if len(inputs) == 1 and symbol in ("+", "*", "/"):
            return (
                f"the result of {symbol} has only one node in _prev: give it both inputs, "
                "(self, other)"
            )
    there = {id(node) for node, _ in nodes}
    for name in numbers:
        if re.search(rf"\b{name}\b", program) and id(names[name]) not in there:
            return (
                f"the leaf {name} itself is not among the nodes that c was made from: somewhere a "
                "new number is made of its data, which does not lead back; compute with self and "
                "other themselves"
            )
    return ""


def _slip(answer: Any, program: str, numbers: Numbers) -> str | None:
    """Call the `_backward` of each node of a program by itself, and look at what it leaves.

    "" if all are right, and None if not all could be asked.
    """
    known = True
    for node, inputs in walk([_run(answer, program, numbers)["c"]]):
        if not inputs:
            continue
        symbol = str(getattr(node, "_op", ""))
        rule = op_for(symbol, len(inputs))
        if rule is None or not callable(getattr(node, "_backward", None)):
            known = False
            continue
        data = [float(x.data) for x in inputs]
        partials = rule.partials(*data, float(node.data))
        before, upstream = 5.0, 7.0
        for x in inputs:
            x.grad = before
        node.grad = upstream
        node._backward()
        for place, (x, local) in enumerate(zip(inputs, partials, strict=True)):
            if len(inputs) == 2 and inputs[0] is inputs[1]:
                if not same(x.grad, before + sum(partials) * upstream):
                    return None  # two different inputs tell more
            elif not same(x.grad, before + local * upstream):
                return _told(symbol, data, place, local, upstream, x.grad - before)
    return "" if known else None


def _told(symbol: str, data: list[float], place: int, local: float, g: float, part: float) -> str:
    """What an operation has done that handed on `part`, where local * g is right."""
    op = "**" if symbol.startswith("**") else symbol
    exponent = float(symbol.strip("*() ")) if op == "**" else 0.0
    if op == "**" and exponent % 1 and same(part, _power(data[0], int(exponent)) * g):
        return "the exponent may be any plain number, also 0.5: int(...) cuts it off"
    before = 5.0
    slips = _slips(op, data, place, g, exponent)
    return probes.cause(op, before, part + before, local, g, slips) or (
        f"{symbol} of {' and '.join(map(show, data))} has the local derivative {show(local)}; with "
        f"out.grad {show(g)}, its _backward adds {show(part)} and not {show(local * g)}"
    )


def _power(a: float, k: float) -> float:
    """The slope of a power."""
    return k * a ** (k - 1) if k else 0.0


def _slips(op: str, data: list[float], place: int, g: float, k: float) -> list[probes.Slip]:
    """What typical mistakes would hand on; k: the exponent."""
    a = data[0]
    if op == "*":
        told = "the factors in * are swapped: self.grad gets other.data times out.grad"
        return [(data[place] * g, told)]
    if op == "**":
        return [
            (k * a**k * g, "in **, the exponent goes down by one: k * x**(k - 1)"),
            (a ** (k - 1) * g, "in **, the exponent is missing as a factor: k * x**(k - 1)"),
            (
                k * abs(a) ** (k - 1) * g,
                "in **, abs loses the sign: the slope of a square is negative where x is",
            ),
        ]
    if op == "exp":
        return [(a * g, "exp hands on its result times out.grad, not its input")]
    if op == "tanh":
        t = math.tanh(a)
        return [
            (1 - t**2 * g, "brackets are missing in tanh: (1 - t**2) * out.grad"),
            ((1 - t) * g, "the local derivative of tanh is 1 - t**2: t is squared"),
            ((1 - a**2) * g, "in tanh, 1 - t**2 takes the number after tanh, not the one before"),
            (
                (1 + t**2) * g,
                "in tanh it is 1 - t**2, for either sign of t: t * t is never below 0",
            ),
        ]
    return []


def _rules(answer: Any, a: float) -> None:
    """What backward leaves: 1 in the result, its grad in each result, and leaves that add up."""
    program = "b = a * a; d = b.tanh(); c = b * d"
    text = f"{_text(answer, program, {'a': a})}; a.grad = 10.0; c.backward()"
    names = call_as(text, _run, answer, program, {"a": a})
    ours = _run(OurValue, program, {"a": a})
    names["a"].grad = ours["a"].grad = 10.0
    call_as(text, names["c"].backward)
    ours["c"].backward()
    stays = (
        "the result keeps its 1.0 and the results in between their grad, so that one can look at "
        "them: set grads to 0 before the walk, not during or after it"
    )
    leaf = "what is in the grad of a leaf stays, and adds up: set only results in between to 0"
    for name, why in (("a", leaf), ("c", stays), ("b", stays)):
        got, right = _grad(names[name], name), ours[name].grad
        if not same(got, right):
            shown, expected = show_both(got, right)
            raise Wrong(f"{text}: {name}.grad is {shown}, and {expected} is right", why)


def _second_backward(answer: Any, a: float) -> None:
    """Once more through the same nodes, with the grad of the leaf set back to 0 in between."""
    for roots in ("c, c", "c, e"):
        program = "b = a * a; d = b.tanh(); c = b * d; e = d + b"
        names = call_as(program, _run, answer, program, {"a": a})
        ours = _run(OurValue, program, {"a": a})
        first, second = roots.split(", ")
        start = _text(answer, program, {"a": a})
        text = f"{start}; {first}.backward(); a.grad = 0.0; {second}.backward()"
        for name in (first, second):
            names["a"].grad = ours["a"].grad = 0.0
            call_as(text, names[name].backward)
            ours[name].backward()
        got, right = _grad(names["a"], "a"), ours["a"].grad
        if same(got, 0.0):
            raise Wrong(
                f"{text}: a.grad is 0, and {show(right)} is right",
                "the second call has handed nothing on: what backward remembers of the nodes that "
                "it has seen has to be made anew in each call",
            )
        if not same(got, right):
            raise Wrong(
                f"{text}: a.grad is {show(got)}, and {show(right)} is right",
                "results in between still have their grad of the first time: backward sets the "
                "grad of every node with inputs to 0 before it begins",
            )


def _depth(answer: Any, a: float) -> None:
    def deep() -> Any:
        leaf = answer(a)
        total = leaf
        for _ in range(probes.DEEP):
            total = total + leaf
        return leaf, total

    text = f"a = {answer.__name__}({a}); c = a; then c = c + a, {probes.DEEP:,} times; c.backward()"
    leaf, total = call_as(text, deep)
    probes.too_deep(text, total.backward)
    got = _grad(leaf, "a")
    if not same(got, probes.DEEP + 1):
        seen = f"{text}: a.grad is {show(got)}, and {probes.DEEP + 1} is right"
        raise Wrong(seen, "each of the additions hands on 1 to a")
