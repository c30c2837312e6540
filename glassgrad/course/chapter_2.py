"""The exercises of chapter 2, a number that remembers.

A method is written as a function of `self` and `other`. It is tried as a method of the class that
the reader's code calls `Value`, which has it only for as long as the check takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from glassgrad import Value as OurValue
from glassgrad.course.checking import (
    NotWritten,
    Wrong,
    call_as,
    check_program,
    compare,
    same,
    show,
)
from glassgrad.course.exercise import Exercise
from glassgrad.lecture import holds, op_of, walk

ROUNDS = 3  # how often a program is tried, each time with other numbers


class _Formula:
    """A function that shows itself as the formula that it is: lambda a, b: a * b."""

    def __init__(self, text: str) -> None:
        self.text, self.function = text, eval(text, {})

    def __call__(self, *numbers: Any) -> Any:
        wanted = self.function.__code__.co_argcount
        if len(numbers) != wanted or any(isinstance(x, (list, tuple)) for x in numbers):
            given = ", ".join(map(show, numbers))
            raise Wrong(
                f"f({given}) was called, and f is {self.text}",
                "a star spreads a list over the arguments of a function: f(*xs)",
            )
        return self.function(*numbers)

    def __repr__(self) -> str:
        return self.text


# 2.1 and 2.2: slopes


def _forward(f: Any, x: float, h: float) -> float:
    return float((f(x + h) - f(x)) / h)


def _check_slope(answer: Any) -> None:
    random = Random()
    cases = []
    for h in (0.5, 0.25, 0.1, 0.001):
        a, b, c = (round(random.uniform(1, 3), 2) for _ in range(3))
        x = round(random.uniform(-2, 2), 2)
        cases.append((_Formula(f"lambda x: {a} * x**3 - {b} * x + {c}"), x, h))
    compare(
        answer,
        _forward,
        cases,
        why="the slope is how much f changes when x goes up by h, divided by h",
        mistakes=[
            (
                lambda f, x, h: f(x + h) - f(x),
                "this is the rise alone; the slope is the rise divided by the step h",
            ),
            (
                lambda f, x, h: f(x + h) - f(x) / h,
                "/ comes before -, so only f(x) is divided by h: put the difference in parentheses",
            ),
            (
                lambda f, x, h: (f(x) - f(x + h)) / h,
                "the sign is turned: it is the new height minus the old one",
            ),
            (
                lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
                "this is the symmetric difference, a good slope, but nudged to both sides; here x "
                "goes up by h and that is all",
            ),
            (
                lambda f, x, h: (f(x + h) - f(x - h)) / h,
                "from x - h to x + h is a step of 2 * h; here x goes up by h and that is all",
            ),
            (
                lambda f, x, h: (f(x) - f(x - h)) / h,
                "here x goes down by h; the exercise nudges it up",
            ),
        ],
    )


def _nudged(xs: Sequence[float], i: int, h: float) -> list[float]:
    return [x + h * (j == i) for j, x in enumerate(xs)]


def _gradient(f: Any, xs: Sequence[float], h: float) -> list[float]:
    places = range(len(xs))
    return [(f(*_nudged(xs, i, h)) - f(*_nudged(xs, i, -h))) / (2 * h) for i in places]


def _all_at_once(f: Any, xs: Sequence[float], h: float) -> list[float]:
    return [(f(*[x + h for x in xs]) - f(*xs)) / h] * len(xs)


def _nudges_stay(f: Any, xs: list[float], h: float) -> list[float]:
    start, found = f(*xs), []
    for i in range(len(xs)):
        xs[i] += h
        found.append((f(*xs) - start) / h)
    return found


def _nudges_stay_below(f: Any, xs: list[float], h: float) -> list[float]:
    """The same with the symmetric difference."""
    found = []
    for i in range(len(xs)):
        xs[i] += h
        above = f(*xs)
        xs[i] -= 2 * h
        found.append((above - f(*xs)) / (2 * h))
    return found


# Straight in each input, so that one-sided and symmetric differences are right for any h.
STRAIGHT = (
    "lambda a: 3 * a",
    "lambda a, b: a * b - 2 * a",
    "lambda a, b, c: a * b + b * c - 4 * c",
    "lambda a, b, c, d: a * b * c + 5 * d - a",
)
CURVED = ("lambda a, b: a**2 * b", "lambda a, b, c: (a - b) ** 3 + c / 2")


def _check_gradient(answer: Any) -> None:
    random = Random()

    def cases(formulas: Sequence[str], h: float) -> list[tuple[Any, ...]]:
        found = []
        for text in formulas:
            f = _Formula(text)
            size = f.function.__code__.co_argcount
            found.append((f, [round(random.uniform(1, 3), 2) for _ in range(size)], h))
        return found

    why = "one slope for each input, in their order, and only that input is nudged for it"
    stay = "the nudges stay where they are: put each input back before you nudge the next"
    mistakes = [
        (
            _all_at_once,
            "all inputs are nudged together here, so nobody knows whose doing the change is",
        ),
        (_nudges_stay, stay),
        (_nudges_stay_below, stay),
        (
            lambda f, xs, h: [2 * slope for slope in _gradient(f, xs, h)],
            "twice too much: from x - h to x + h is a step of 2 * h",
        ),
        (
            lambda f, xs, h: [slope * h for slope in _gradient(f, xs, h)],
            "this is the change alone; the slope is the change divided by the step h",
        ),
        (
            lambda f, xs, h: sum(_gradient(f, xs, h)),
            "the slopes belong side by side in a list; here they are added up",
        ),
    ]
    compare(answer, _gradient, cases(STRAIGHT, 0.5), why, mistakes)
    compare(answer, _gradient, cases(CURVED, 1e-5), why, mistakes, tolerance=1e-3)


# 2.3 to 2.7: methods


class _Plain:
    """A class as in the chapter, for answers of which nobody knows what they call Value."""

    def __init__(
        self, data: Any, _children: Sequence[Any] = (), _op: str = "", label: str = ""
    ) -> None:
        self.data, self.grad, self.label = float(data), 0.0, label
        self._prev, self._op = tuple(_children), _op


_Plain.__name__ = _Plain.__qualname__ = "Value"  # it is shown to readers


def _class_of(answer: Any) -> Any:
    """What the reader's function means when it says Value."""
    if isinstance(answer, type) or not callable(answer):
        raise Wrong(
            f"{show(answer)} is not a function",
            "the exercise asks for a function of the arguments that are named there",
        )
    found = getattr(answer, "__globals__", {}).get("Value", _Plain)
    if found is OurValue:
        raise Wrong(
            "Value is glassgrad's own class here",
            "an import has taken the name from the class of this chapter; run the cells from "
            "`class Value` on again",
        )
    return found if isinstance(found, type) else _Plain


@contextmanager
def _method(value_class: Any, name: str, function: Any) -> Iterator[None]:
    """For a while, the class has this method."""
    before = vars(value_class).get(name)
    setattr(value_class, name, function)
    try:
        yield
    finally:
        if before is None:
            delattr(value_class, name)
        else:
            setattr(value_class, name, before)


def _method_check(
    name: str,
    programs: Sequence[tuple[str, str]],
    after: Callable[[str, Any, dict[str, Any]], None] = lambda text, result, leaves: None,
    recursion: str = "",
    mistakes: Sequence[tuple[str, str]] = (),
) -> Callable[[Any], None]:
    """The check of a method by programs, each with a reason to give where it goes wrong.

    after: a look at the result of each program. recursion: what to say to a method that asks
    itself. mistakes: programs of our Value that a wrong method amounts to, for the first one of
    `programs`, each with what to say about it.
    """

    def check(answer: Any) -> None:
        value_class = _class_of(answer)
        with _method(value_class, name, answer):
            for program, why in programs:
                for _ in range(ROUNDS):
                    numbers = _numbers(program)
                    if program == programs[0][0]:
                        why = _which_mistake(value_class, program, numbers, mistakes) or why
                    _try_program(value_class, program, numbers, why, recursion, after)

    return check


def _numbers(program: str) -> dict[str, float]:
    """Numbers for the names of a program, none of them near 0 or another."""
    random = Random()
    start = {"a": random.uniform(1, 2), "b": random.uniform(-4, -3), "v": random.uniform(3, 4)}
    return {name: round(x, 2) for name, x in start.items() if name in _names(program)}


def _names(program: str) -> set[str]:
    return set(compile(program, "", "eval").co_names)


def _which_mistake(
    value_class: Any,
    program: str,
    numbers: dict[str, float],
    mistakes: Sequence[tuple[str, str]],
) -> str:
    """What to say if the program gives what one of the wrong ones gives."""
    try:
        got = eval(program, {}, {name: value_class(x) for name, x in numbers.items()})
        got = getattr(got, "data", got)
    except Exception:  # it is told when the program is checked
        return ""
    for wrong, says in mistakes:
        if same(got, eval(wrong, {}, dict(numbers))):
            return says
    return ""


def _try_program(
    value_class: Any,
    program: str,
    numbers: dict[str, float],
    why: str,
    recursion: str,
    after: Callable[[str, Any, dict[str, Any]], None],
) -> None:
    leaves: dict[str, Any] = {}

    def make(number: float) -> Any:
        name = list(numbers)[len(leaves)]  # check_program makes them in this order
        leaves[name] = value_class(number)
        return leaves[name]

    make.__name__ = value_class.__name__
    try:
        result = check_program(make, program, numbers, why, backward=False)
    except Wrong as wrong:
        if recursion and "RecursionError" in wrong.what:
            raise Wrong(wrong.what, recursion) from wrong
        raise
    start = ", ".join(f"{name} = {value_class.__name__}({x:.6g})" for name, x in numbers.items())
    text = f"{start}: {program}"
    for name, leaf in leaves.items():
        if not same(leaf.data, numbers[name]):
            seen = f"{text} has changed {name}, whose data is now {show(leaf.data)}"
            raise Wrong(seen, "an operation makes a new Value and leaves its inputs as they are")
    check_memory(text, result, leaves)
    after(text, result, leaves)


def check_memory(text: str, result: Any, leaves: dict[str, Any]) -> None:
    """Raise Wrong unless a result remembers how it was made, back to the leaves."""
    names = {id(leaf): name for name, leaf in leaves.items()}
    remembered = set()
    stack = [result]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for x in _inputs(text, node):
            remembered.add(id(x))
            stack.append(x)
    if id(result) not in names:
        for name, leaf in leaves.items():
            if id(leaf) not in remembered:
                raise Wrong(
                    f"{text} has the right data, but does not remember {name}",
                    "what a result was made from goes into Value as its second argument, and what "
                    'made it as the third: Value(..., (self, other), "+") in a sum',
                )
    for node, inputs in walk([result]):
        if not inputs:
            continue
        op = op_of(node, len(inputs))
        if op is None or not holds(op, inputs, float(node.data)):
            made = ", ".join(show(float(x.data)) for x in inputs)
            if not node._op:
                raise Wrong(
                    f"{text} remembers its inputs, {made}, but has no _op",
                    "the symbol of the operation goes into Value as its third argument",
                )
            raise Wrong(
                f'{text} remembers {show(float(node.data))} as made by "{node._op}" from {made}',
                "what is remembered has to be what was computed: these inputs, by this operation",
            )


def _inputs(text: str, node: Any) -> list[Any]:
    """What a node remembers, once it is known to be a number of a graph each."""
    for name in ("data", "_prev", "_op"):
        if not call_as(text, hasattr, node, name):
            raise Wrong(
                f"{text} has made {show(node)}, which has no {name}",
                "every Value has its data, its _prev and its _op, from __init__",
            )
    if hasattr(node.data, "_prev"):
        raise Wrong(
            f"{text} has made a Value whose data is a Value, {show(node.data)}",
            "data is a plain number: take the data of what is a Value already",
        )
    previous = node._prev
    if not isinstance(previous, (tuple, list, set, frozenset)):
        raise Wrong(
            f"{text} has _prev {show(previous)}",
            "_prev holds the inputs together, in a tuple: (self, other), or (self,) for one alone",
        )
    for x in previous:
        if not hasattr(x, "_prev"):
            raise Wrong(
                f"{text} has {show(x)} in _prev, which is not a Value",
                "only Values can remember; a constant needs no place among the inputs, or has to "
                "be made a Value first",
            )
    return list(previous)


def _made(op: str, n_inputs: int, advice: str) -> Callable[[str, Any, dict[str, Any]], None]:
    """Look at the last operation: its symbol, and how many inputs it remembers."""

    def check(text: str, result: Any, leaves: dict[str, Any]) -> None:
        seen = list(result._prev)
        twice = isinstance(result._prev, (set, frozenset)) and len(seen) == 1 and n_inputs == 2
        wanted = op.format(exponent=text.rpartition("** ")[2])
        if len(seen) != n_inputs and not twice:
            raise Wrong(f"{text} remembers {len(seen)} inputs, {show(seen)}", advice)
        if not _same_symbol(result._op, wanted):
            raise Wrong(f'{text} has _op "{result._op}"; "{wanted}" is expected', advice)

    return check


def _same_symbol(got: Any, wanted: str) -> bool:
    """Whether it is the same operation; **2.0 is as good as **2."""
    if got == wanted:
        return True
    try:
        return str(got)[:2] == wanted[:2] == "**" and float(got[2:]) == float(wanted[2:])
    except ValueError:
        return False


_PRODUCT = "the product of the two numbers in data"

_check_multiply = _method_check(
    "__mul__",
    [
        ("a * b", _PRODUCT),
        ("a * a", "a Value may stand on both sides: " + _PRODUCT),
        ("a * b * a", "the result is a Value like any other, so one can go on with it"),
    ],
    _made("*", 2, "both inputs are remembered, and the symbol of the operation is *"),
    mistakes=[("a + b", "this adds; the method stands for a * b")],
)

_check_subtract_from = _method_check(
    "__rsub__",
    [
        ("10 - v", "`10 - v` is 10 less v"),
        ("2.5 - v", "`2.5 - v` is 2.5 less v; any number may stand on the left"),
        ("1 - (10 - v)", "the result is a Value like any other, so one can go on with it"),
        ("v + (10 - v)", "the result is a Value like any other, so one can go on with it"),
    ],
    recursion="`other - self` is the very subtraction that Python came here with, so it asks this "
    "method again, for ever; say it with what is there already: -self, and +",
    mistakes=[
        (
            "v - 10",
            "the sign is turned: for `10 - v` Python calls v.__rsub__(10), so self is what stands "
            "on the right, and is taken away",
        ),
        ("v + 10", "here the two are added; v has to be taken away"),
        ("-(v + 10)", "both are taken away here; only v has the minus in front of it"),
    ],
)

_check_power = _method_check(
    "__pow__",
    [
        ("a ** 3", "`a ** 3` is the number in data to the power of 3"),
        ("b ** 2", "the square of a negative number is positive"),
        ("a ** 1", "the first power is the number itself"),
        ("a ** -1", "a power of -1 is 1 divided by the number"),
        ("a ** 0.5", "a power of 0.5 is the square root"),
        ("(a ** 2) ** 2", "the result is a Value like any other, so one can go on with it"),
    ],
    _made(
        "**{exponent}",
        1,
        "the exponent is a constant: not an input, but a part of the symbol, so the memory is "
        '(self,) and f"**{exponent}"',
    ),
    mistakes=[("a * 3", "this is a * 3; a power multiplies the number with itself")],
)


def _no_new_operation(text: str, result: Any, leaves: dict[str, Any]) -> None:
    for node, inputs in walk([result]):
        if inputs and node._op == "/":
            raise Wrong(
                f'{text} is made by an operation "/" of its own',
                "the exercise asks for what is there already, * and ** -1: each new operation "
                "would need a rule of its own in chapter 3",
            )


_check_divide = _method_check(
    "__truediv__",
    [
        ("a / b", "`a / b` is a times b to the power of -1"),
        ("b / a", "`b / a` is b times a to the power of -1"),
        ("a / 4", "a plain number may be below, and needs no extra care: 4**-1 is 0.25"),
        ("a / 2.5", "a plain number may be below: 2.5**-1 is 0.4"),
        ("a / a", "a number divided by itself is 1"),
        ("a / b / a", "the result is a Value like any other, so one can go on with it"),
    ],
    _no_new_operation,
    recursion="this divides by `/` once more, and so asks this method again, for ever: "
    "self * 1 / other is (self * 1) / other; use other**-1",
    mistakes=[
        ("b / a", "it is upside down: other is what is below, so the -1 belongs to other"),
        (
            "1 / (a * b)",
            "the -1 takes both to below: ** comes before *, so write self * other**-1, without "
            "parentheses around the product",
        ),
        ("a * b", "this multiplies; other has to come with a power of -1"),
    ],
)


def _tanh_at(size: float) -> Callable[[Any], None]:
    """Check a method tanh at a number of this size, on both sides of 0."""

    def check(value_class: Any) -> None:
        why = "tanh of a large number is 1 and of a large negative one -1: let the exponential "
        why += "vanish, e to the power of -2|x|, and give the sign back afterwards"
        for x in (size, -size):
            check_program(value_class, "a.tanh()", {"a": x}, why, backward=False)

    return check


def _check_tanh(answer: Any) -> None:
    symbol = 'tanh is one operation with one input: its memory is (self,) and "tanh"'
    _method_check(
        "tanh",
        [
            ("a.tanh()", "tanh(x) is (e^x - e^-x) / (e^x + e^-x)"),
            ("b.tanh()", "tanh of a negative number is negative: tanh(-x) is -tanh(x)"),
        ],
        _made("tanh", 1, symbol),
        mistakes=[
            ("-(2.718281828459045**(2*a) - 1) / (2.718281828459045**(2*a) + 1)", _SIGN),
            ("1 / (1 + 2.718281828459045**-a)", "this is the sigmoid; tanh reaches from -1 to 1"),
        ],
    )(answer)
    value_class = _class_of(answer)
    with _method(value_class, "tanh", answer):
        check_program(value_class, "a.tanh()", {"a": 0.0}, "tanh(0) is 0", backward=False)
        for size in (1e-3, 30.0, 400.0, 1000.0):
            _tanh_at(size)(value_class)


_SIGN = "the sign is turned: tanh of a positive number is positive"


# 2.8: the whole class

WHOLE = [
    ("a + b", "the sum of the two numbers"),
    ("a * b", "the product of the two numbers"),
    ("-a", "-a is a * -1; its method is __neg__"),
    ("a - b", "a - b is a + (-b)"),
    ("a ** 3", "the number to the power of 3"),
    ("a / b", "a / b is a * b**-1"),
    ("a.exp()", "e to the power of the number, by math.exp"),
    ("a.tanh()", "tanh as in exercise 2.7"),
    ("b.tanh()", "tanh as in exercise 2.7; of a negative number it is negative"),
    ("a + 2", "a plain number may stand on the right"),
    ("2 + a", "a plain number on the left: that is __radd__"),
    ("a * -2.5", "a plain number may stand on the right"),
    ("2 * a", "a plain number on the left: that is __rmul__"),
    ("v - 2", "a plain number may stand on the right"),
    ("2 - v", "2 - v is -v + 2, not v - 2: that is __rsub__"),
    ("a / 4", "a plain number may stand below"),
    ("2 / v", "2 / v is 2 times v**-1, not v / 2: that is __rtruediv__"),
    ("sum([a, b, v])", "sum starts from the plain number 0, so it begins with 0 + a: __radd__"),
    ("a + a", "a Value may be used twice"),
    ("a * a", "a Value may be used twice"),
    ("a - a", "a Value may be used twice"),
    ("a / a", "a Value may be used twice"),
    ("a.exp() + a", "a Value may be used again after exp"),
    ("(a + b) * (a - b) - a ** 2 + b ** 2", "many operations, one after another"),
    ("1 - 2 * (3 - a / v) / (4 + b)", "many operations, one after another"),
]
SELF_AGAIN = (
    "a method asks itself, directly or by way of another, for ever: a reflected method such as "
    "__rsub__ must not say `other - self`, which is where Python came from"
)


def _check_whole(answer: Any) -> None:
    if not isinstance(answer, type):
        if call_as("answer(2.0)", answer, 2.0) is ...:
            raise NotWritten
        raise Wrong(f"{show(answer)} is not a class", "this exercise asks for a whole class")

    def after(text: str, result: Any, leaves: dict[str, Any]) -> None:
        if not isinstance(result, answer):
            raise Wrong(
                f"{text} gave a {type(result).__name__}, not a {answer.__name__}",
                f"results have to be of the class that is being written: where the methods say "
                f"Value, they have to say {answer.__name__} here",
            )

    _check_leaf(answer)
    for place, (program, why) in enumerate(WHOLE):
        try:
            for _ in range(ROUNDS):
                _try_program(answer, program, _numbers(program), why, SELF_AGAIN, after)
        except NotWritten:
            if place == 0:
                raise
            raise Wrong(f"{program} gave three dots", "its method is not written yet") from None
    _tanh_at(400.0)(answer)
    _check_depth(answer)


def _check_leaf(value_class: Any) -> None:
    text = f"{value_class.__name__}(2.0)"
    leaf = call_as(text, value_class, 2.0)
    for name, wanted in (("data", 2.0), ("grad", 0.0), ("label", "")):
        if not call_as(text, hasattr, leaf, name) or not same(getattr(leaf, name), wanted):
            seen = f"{text} has {name} {show(getattr(leaf, name, None))}; {wanted!r} is expected"
            raise Wrong(seen, "a new number starts with its data, a grad of 0.0 and no label")
    if _inputs(text, leaf):
        raise Wrong(f"{text} has inputs", "a number that no operation has made remembers nothing")


def _check_depth(value_class: Any, times: int = 5000) -> None:
    """A long sum is a deep graph; to build it, nothing has to recurse."""

    def build() -> Any:
        a = total = value_class(1.0)
        for _ in range(times):
            total = total + a
        return total

    text = f"a = {value_class.__name__}(1), total = a, then total = total + a {times:,} times"
    total = call_as(text, build)
    if not same(total.data, times + 1.0):
        seen = f"{text}: total.data is {show(total.data)}, and {times + 1} is right"
        raise Wrong(seen, "each sum is the number before it and one more")


EXERCISES = [
    Exercise(
        "2.1",
        "a slope",
        _check_slope,
        (
            "You need f at two places: at x, and at x + h.",
            "The rise is f(x + h) - f(x). Divide it by the width of the step.",
            "return (f(x + h) - f(x)) / h, with the parentheses around the difference.",
        ),
    ),
    Exercise(
        "2.2",
        "a slope for each input",
        _check_gradient,
        (
            "Go through the places 0, 1, 2, ... of xs; nudge the input there and no other.",
            "Work on copies: up = list(xs), then up[i] = up[i] + h. The call is f(*up).",
            "In the loop, make up and down like this, with + h and - h, and append "
            "(f(*up) - f(*down)) / (2 * h) to a list. Return the list after the loop.",
        ),
    ),
    Exercise(
        "2.3",
        "multiplication",
        _check_multiply,
        (
            "Look at add: three things in it are about adding, and the rest stays.",
            "The data is self.data * other.data; what is remembered is the same as in add.",
            'return Value(self.data * other.data, (self, other), "*").',
        ),
    ),
    Exercise(
        "2.4",
        "a number minus a Value",
        _check_subtract_from,
        (
            "For 10 - v, Python calls v.__rsub__(10). Which one is self, and which one is other?",
            "other - self is the same as -self + other; minus and + are there already.",
            "return -self + other.",
        ),
    ),
    Exercise(
        "2.5",
        "powers",
        _check_power,
        (
            "The exponent is a plain number. It is not an input that one could nudge.",
            "The data is self.data**exponent, and only self is remembered: (self,) with a comma.",
            'return Value(self.data**exponent, (self,), f"**{exponent}").',
        ),
    ),
    Exercise(
        "2.6",
        "division",
        _check_divide,
        (
            "Dividing by 4 is multiplying by 0.25. Which power of 4 is that?",
            "It is one line, of self, *, other, ** and -1. It does not matter what other is.",
            "return self * other**-1.",
        ),
    ),
    Exercise(
        "2.7",
        "tanh without overflow",
        _check_tanh,
        (
            "Take the exponential of negative numbers only: it can vanish, but not overflow.",
            "For x >= 0, tanh(x) is (1 - e) / (1 + e) with e = math.exp(-2 * x). For a negative x, "
            "compute it for abs(x) and put a minus in front.",
            "e = math.exp(-2 * abs(self.data)); t = (1 - e) / (1 + e); turn the sign of t if "
            'self.data < 0; return Value(t, (self,), "tanh").',
        ),
    ),
    Exercise(
        "2.8",
        "the whole class",
        _check_whole,
        (
            "Start with __add__ and __mul__, the only ones that need isinstance. __pow__, exp and "
            "tanh make one new node each. All others are one line of these.",
            "Reflected: a + b and a * b may be turned round, so __radd__ is self + other. Minus "
            "and division may not: start __rsub__ from -self, and __rtruediv__ from self**-1.",
            "__neg__: self * -1. __sub__: self + (-other). __rsub__: -self + other. "
            "__truediv__: self * other**-1. __rtruediv__: self**-1 * other. Inside, write Number "
            "where the chapter writes Value.",
        ),
    ),
]
