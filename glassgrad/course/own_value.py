"""A check of a whole Value class of the reader's, with backward: which operation is wrong, and why.

Small programs run on the class and on ours, from single operations to numbers that are used twice,
other orders, a second backward and a deep graph. Where a gradient differs, the `_backward` of the
operation is asked by itself, if the class has such a thing, so that the verdict can name the slip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

from glassgrad import Value as OurValue
from glassgrad.course import probes
from glassgrad.course.checking import NotWritten, Wrong, call_as, same, show, written
from glassgrad.lecture import op_for

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
NUMBERS = {
    "+": ("c = a + 2", "c = 2 + a", "c = sum([a, b])"),
    "*": ("c = a * 2", "c = 2 * a"),
    "-": ("c = a - 2", "c = 2 - a"),
    "**": ("c = a ** 2", "c = a ** -1", "c = a ** 0.5"),
    "/": ("c = a / 2", "c = 2 / a"),
}
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


def check_own_value(answer: Any) -> None:
    """Raise Wrong for the first thing that the class does otherwise than it should."""
    _need_class(answer)
    random = Random()
    # Neither is 1, which would hide a missing factor.
    a, b = round(random.uniform(1.1, 1.9), 2), round(random.uniform(0.6, 0.9), 2)
    numbers = {"a": a, "b": b}
    single, chained = list(SINGLE.items()), list(CHAINED.items())
    with_numbers, reused = (
        [(op, program) for op, programs in table.items() for program in programs]
        for table in (NUMBERS, REUSED)
    )
    for op, program in single + with_numbers:
        _data(answer, program, numbers, op)
    _need_backward(answer)
    for op, program in single + with_numbers + chained + reused:
        _gradients(answer, program, numbers, partial(_why, answer, op, numbers))
    for program in ORDERS:
        _gradients(answer, program, {"a": a}, lambda: ORDER)
    _second_backward(answer, a)
    _depth(answer, a)


ORDER = (
    "a node has handed on its gradient before all of it was there, or more than once: go from the "
    "result back in topological order, each node once"
)


def _need_class(answer: Any) -> None:
    if isinstance(answer, type):
        return
    written(call_as("Value(2.0)", answer, 2.0) if callable(answer) else answer)
    why = "write a class under the exercise, with `class Number:`"
    raise Wrong(f"the answer is of type {type(answer).__name__}, not a class", why)


def _need_backward(answer: Any) -> None:
    if not callable(getattr(answer, "backward", None)):
        raise Wrong("the class has no method backward", "c.backward() is to find all gradients")


def _run(value_class: Any, program: str, numbers: Mapping[str, float]) -> dict[str, Any]:
    """All names after a program; c is its result."""
    names = {name: value_class(number) for name, number in numbers.items()}
    exec(program, {}, names)
    return names


def _text(answer: Any, program: str, numbers: Mapping[str, float]) -> str:
    used = [f"{name} = {answer.__name__}({x})" for name, x in numbers.items() if name in program]
    return f"{'; '.join(used)}; {program}"


def _data(answer: Any, program: str, numbers: Mapping[str, float], op: str) -> None:
    """The number that a program gives, and that it remembers where it came from."""
    text = _text(answer, program, numbers)
    got = call_as(text, _run, answer, program, numbers)["c"]
    if got is ... and program != SINGLE["+"]:
        raise Wrong(f"{text}: this gave ...", "the three dots are still in this method")
    written(got)
    if got is None:
        raise Wrong(f"{text}: c is None", "a method without `return` gives None")
    if got is NotImplemented or not hasattr(got, "data"):
        raise Wrong(f"{text}: c is {show(got)}", "each operation gives a new number of the class")
    if not isinstance(got, answer):
        what = f"{text}: c is of another class of the name {type(got).__name__}"
        raise Wrong(what, f"inside the class, results are made by it: write {answer.__name__}(...)")
    right = _run(OurValue, program, numbers)["c"].data
    if not same(got.data, right):
        why = f"the data of the result is what {op} makes of the data of its inputs"
        if "2 - a" in program and same(got.data, -right):
            why = "__rsub__(self, other) is other - self: the plain number stands on the left"
        if "2 / a" in program and same(got.data, 1 / right):
            why = "__rtruediv__(self, other) is other / self: the plain number stands on the left"
        raise Wrong(f"{text}: c.data is {show(got.data)}, and {show(right)} is right", why)


def _gradients(
    answer: Any, program: str, numbers: Mapping[str, float], why: Callable[[], str]
) -> None:
    """The grads of a and b after a program and c.backward()."""
    text = f"{_text(answer, program, numbers)}; c.backward()"
    ours = _run(OurValue, program, numbers)
    ours["c"].backward()
    theirs = call_as(text, _run, answer, program, numbers)
    _backward(text, theirs["c"])
    for name in numbers:
        got, right = _grad(theirs[name], name), ours[name].grad
        if not same(got, right):
            seen = f"{text}: {name}.grad is {show(got)}, and {show(right)} is right"
            raise Wrong(seen, why())


def _backward(text: str, c: Any) -> None:
    if probes.go_back(text, c.backward) is ...:
        raise Wrong(f"{text}: backward gave ...", "the three dots are still in this method")


def _grad(node: Any, name: str) -> Any:
    return call_as(f"{name}.grad", getattr, node, "grad")


def _why(answer: Any, op: str, numbers: Mapping[str, float]) -> str:
    """What is wrong about an operation, asked by itself; it may be made of others that are."""
    for asked in dict.fromkeys([op, *MADE_OF.get(op, ())]):
        try:
            found = _slip(answer, asked, numbers)
        except (Wrong, NotWritten):
            raise
        except Exception:  # a class of another make: nothing to ask
            found = ""
        if found:
            return found
    return (
        f"{op} by itself hands on what it should. So it is backward: c.grad is 1.0 at the start; "
        "then each node that c was made from has its turn once, in topological order from the end"
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


def _slip(answer: Any, op: str, numbers: Mapping[str, float]) -> str:
    """Call the `_backward` of one operation, and look at what it leaves."""
    names = _run(answer, SINGLE[op], numbers)
    out, inputs = names["c"], [names["a"], names["b"]]
    if not out._prev:
        return f"the result of {op} has nothing in _prev: give a new node its inputs, as a tuple"
    rule = op_for(str(getattr(out, "_op", "")), len(out._prev))
    if rule is None or not callable(getattr(out, "_backward", None)):
        return ""
    inputs = inputs[: rule.arity]
    if any(all(x is not node for node in out._prev) for x in inputs):
        return ""  # made of other operations, which are asked in their turn
    data = [float(x.data) for x in inputs]
    partials = rule.partials(*data, float(out.data))
    before, upstream = 5.0, 3.0
    for x in inputs:
        x.grad = before
    out.grad = upstream
    out._backward()
    for place, (x, local) in enumerate(zip(inputs, partials, strict=True)):
        if not same(x.grad, before + local * upstream):
            slips = _slips(op, data, place, upstream)
            return probes.cause(op, before, x.grad, local, upstream, slips) or (
                f"a local derivative of {op} is {show(local)} here, and its _backward adds another "
                "number times out.grad"
            )
    return ""


def _slips(op: str, data: list[float], place: int, g: float) -> list[probes.Slip]:
    """What typical mistakes would hand on."""
    a = data[0]
    t = math.tanh(a)
    return {
        "*": [
            (
                data[place] * g,
                "the factors in * are swapped: self.grad gets other.data times out.grad",
            )
        ],
        "**": [
            (3 * a**3 * g, "in **, the exponent goes down by one: n * x**(n - 1)"),
            (a**2 * g, "in **, the exponent is missing as a factor: n * x**(n - 1)"),
        ],
        "exp": [(a * g, "exp hands on its result times out.grad, not its input")],
        "tanh": [
            (1 - t**2 * g, "brackets are missing in tanh: (1 - t**2) * out.grad"),
            ((1 - t) * g, "t is squared in the local derivative of tanh: 1 - t**2"),
            ((1 - a**2) * g, "in tanh, 1 - t**2 takes the number after tanh, not the one before"),
        ],
    }.get(op, [])


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
