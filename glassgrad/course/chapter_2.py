"""The exercises of chapter 2, a number that remembers.

A method is written as a function of `self` and `other`. It is tried as a method of the class that
the reader's code calls `Value`, which has it only for as long as the check takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from glassgrad import Value as OurValue
from glassgrad.course.checking import (
    Mistake,
    NotWritten,
    Wrong,
    call,
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
    """A function that shows itself as the formula that it is: lambda a, b: a * b.

    To compute with it as if it were a number is told to be wrong.
    """

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

    def _no_number(self, *others: Any) -> Any:
        raise Wrong(
            f"an operator has met f itself, and f is {self.text}",
            "f is a function, not a number: f(x) is its value at x",
        )

    __add__ = __sub__ = __mul__ = __truediv__ = __pow__ = __neg__ = _no_number
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = _no_number


# 2.1 and 2.2: slopes


def _forward(f: Any, x: float, h: float) -> float:
    return float((f(x + h) - f(x)) / h)


def _check_slope(answer: Any) -> None:
    random = Random()
    cases = [
        (_Formula("lambda x: x**2"), 3.0, 0.5),
        (_Formula("lambda x: 4 - 3 * x"), 1.0, 0.5),  # it falls
    ]
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
                "the sign is turned: it is the new value minus the old one",
            ),
            (
                lambda f, x, h: abs(f(x + h) - f(x)) / h,
                "a slope is below 0 where the curve falls: the minus is lost here",
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
            (
                lambda f, x, h: (f(x + h) - f(x)) / (x + h),
                "divided by x + h here; the step is h alone",
            ),
            (
                lambda f, x, h: (f(x + h) - f(x)) / x,
                "divided by x here; the step is h",
            ),
            (
                lambda f, x, h: (f(x + h) - f(x)) * h,
                "multiplied by h here; the slope is the rise divided by the step h",
            ),
        ],
    )


def _nudged(xs: Sequence[float], i: int, h: float) -> list[float]:
    return [x + h * (j == i) for j, x in enumerate(xs)]


def _gradient(f: Any, xs: Sequence[float], h: float) -> list[float]:
    places = range(len(xs))
    return [(f(*_nudged(xs, i, h)) - f(*_nudged(xs, i, -h))) / (2 * h) for i in places]


def _upwards(f: Any, xs: Sequence[float], h: float) -> list[float]:
    start = f(*xs)
    return [(f(*_nudged(xs, i, h)) - start) / h for i in range(len(xs))]


def _downwards(f: Any, xs: Sequence[float], h: float) -> list[float]:
    return _upwards(f, xs, -h)


def _at_first_places(f: Any, xs: Sequence[float], h: float) -> list[float]:
    """With the place of each input looked up by its value."""
    slopes = _gradient(f, xs, h)
    return [slopes[list(xs).index(x)] for x in xs]


def _equals_together(f: Any, xs: Sequence[float], h: float) -> list[float]:
    """With all inputs nudged that are equal to this one."""
    slopes = _gradient(f, xs, h)
    return [sum(s for s, y in zip(slopes, xs, strict=True) if y == x) for x in xs]


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


PARENTHESES = (
    "/ comes before -, so only what stands before it is divided: put the difference in parentheses"
)
FALLING = "a slope is below 0 where the result falls: the minus is lost here"

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

    straight = cases(STRAIGHT, 0.5)
    straight.insert(2, (_Formula("lambda a, b: 3 * a - 2 * b"), [2.0, 2.0], 0.5))
    why = "one slope for each input, in their order, and only that input is nudged for it"
    stay = "the nudges stay where they are: put each input back before you nudge the next"
    mistakes: list[Mistake] = [
        (
            _all_at_once,
            "all inputs are nudged together here, so you cannot tell which input caused the change",
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
        (
            lambda f, xs, h: [0.0] * len(xs),
            "nothing has been nudged here. After `n = xs` both are names of the same list, and "
            "f is asked the same twice; copy it: list(xs)",
        ),
        (
            lambda f, xs, h: [-slope for slope in _gradient(f, xs, h)],
            "the sign is turned: it is the new value minus the old one",
        ),
        (lambda f, xs, h: [abs(slope) for slope in _gradient(f, xs, h)], FALLING),
        (
            lambda f, xs, h: [f(*_nudged(xs, i, h)) - f(*xs) / h for i in range(len(xs))],
            PARENTHESES,
        ),
        (
            lambda f, xs, h: [
                f(*_nudged(xs, i, h)) - f(*_nudged(xs, i, -h)) / (2 * h) for i in range(len(xs))
            ],
            PARENTHESES,
        ),
        (
            lambda f, xs, h: [
                (f(*_nudged(xs, i, h)) - f(*_nudged(xs, i, -h))) / 2 * h for i in range(len(xs))
            ],
            "/ 2 * h divides by 2 and then multiplies by h: the step is (2 * h), in parentheses",
        ),
        (
            _at_first_places,
            "`xs.index(x)` finds the first place with this number; with two equal inputs it is the "
            "wrong one. Go through range(len(xs))",
        ),
        (
            _equals_together,
            "where two inputs are equal, both are nudged here; go by the place, range(len(xs)), "
            "and not by the number that stands there",
        ),
        (
            lambda f, xs, h: _gradient(f, xs, h)[:1],
            "only the first slope is there; a `return` inside the loop ends it too early",
        ),
    ]
    compare(answer, _gradient, straight, why, mistakes)
    compare(answer, _gradient, cases(CURVED, 1e-5), why, mistakes, tolerance=1e-3)
    for case in cases(CURVED, 0.5):
        nudges = (_gradient, _upwards, _downwards)
        got = call(answer, *case)
        reference = next((f for f in nudges if same(got, f(*case))), _gradient)
        compare(
            answer,
            reference,
            [case],
            why="nudge by the h that is handed over, not by a number of your own: on a curve that "
            "bends, the slope depends on it",
        )


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
    needs: Sequence[str] = (),
) -> Callable[[Any], None]:
    """The check of a method by programs, each with a reason to give where it goes wrong.

    after: a look at the result of each program. recursion: what to say to a method that asks
    itself. mistakes: programs of our Value that a wrong method amounts to, for the first one of
    `programs`, each with what to say about it. needs: methods of the cells above that the answer
    is made of.
    """

    def check(answer: Any) -> None:
        value_class = _class_of(answer)
        missing = [method for method in needs if not hasattr(value_class, method)]
        with _method(value_class, name, answer):
            for program, why in programs:
                for _ in range(ROUNDS):
                    numbers = _numbers(program)
                    if program == programs[0][0]:
                        why = _which_mistake(value_class, program, numbers, mistakes) or why
                    with _told_what_is_missing(missing):
                        _try_program(value_class, program, numbers, why, recursion, after)

    return check


@contextmanager
def _told_what_is_missing(methods: Sequence[str]) -> Iterator[None]:
    """Where an operator finds no method, say that the cells with it have not been run."""
    try:
        yield
    except Wrong as wrong:
        if not methods or not re.search("operand type|has no attribute", str(wrong.__cause__)):
            raise
        why = f"the class Value has no {methods[0]} yet: run the cells above, from `class Value` on"
        raise Wrong(wrong.what, why) from wrong.__cause__


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
    _check_links(text, result, leaves)
    after(text, result, leaves)
    _check_operations(text, result)


def _check_links(text: str, result: Any, leaves: dict[str, Any]) -> None:
    """Raise Wrong unless a result leads back to all the leaves that it was made from."""
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


SYMBOLS = 'the symbols are "+", "*", "**" with the exponent, such as "**2", "exp" and "tanh"'
COMPOSE = (
    "minus and division are compositions, made of what is there already: each new operation would "
    "need a rule of its own in chapter 3"
)


def _check_operations(text: str, result: Any) -> None:
    """Raise Wrong unless every node below is what its operation makes of its inputs."""
    for node, inputs in walk([result]):
        if not inputs:
            continue
        made = ", ".join(show(float(x.data)) for x in inputs)
        if not node._op:
            raise Wrong(
                f"{text} remembers its inputs, {made}, but has no _op",
                "the symbol of the operation goes into Value as its third argument",
            )
        seen = f'{text} remembers {show(float(node.data))} as made by "{node._op}" from {made}'
        if str(node._op) in ("-", "/", "neg"):
            raise Wrong(seen, COMPOSE)
        op = op_of(node, len(inputs)) if isinstance(node._op, str) else None
        if op is None:
            raise Wrong(seen, SYMBOLS)
        if not holds(op, inputs, float(node.data)):
            raise Wrong(
                seen,
                "that is not what this operation makes of these inputs: remember the very ones "
                "that were computed with, and the operation that was done",
            )


def _inputs(text: str, node: Any) -> list[Any]:
    """What a node remembers, once it is known to be a number of a graph each."""
    kind = type(node).__name__
    for name in ("data", "_prev", "_op"):
        if not call_as(text, hasattr, node, name):
            raise Wrong(
                f"{text} has made {show(node)}, which has no {name}",
                "every Value has its data, its _prev and its _op, from __init__",
            )
    if hasattr(node.data, "_prev"):
        raise Wrong(
            f"{text} has made a {kind} whose data is a {type(node.data).__name__}, "
            f"{show(node.data)}",
            "data is a plain number: take the data of what is a Value already",
        )
    previous = node._prev
    if isinstance(previous, (set, frozenset)):
        raise Wrong(
            f"{text} has a set in _prev",
            "a set holds each thing only once and has no order: of a + a it remembers a single a. "
            "Use a tuple",
        )
    if not isinstance(previous, (tuple, list)):
        raise Wrong(
            f"{text} has _prev {show(previous)}",
            "_prev holds the inputs together, in a tuple: (self, other), or (self,) for one alone",
        )
    for x in previous:
        if not hasattr(x, "_prev"):
            raise Wrong(
                f"{text} has {show(x)} in _prev, which is not a {kind}",
                "only Values can remember; a constant needs no place among the inputs, or has to "
                "be made a Value first",
            )
    return list(previous)


def _made(
    op: str, n_inputs: int, advice: str, in_order: str = ""
) -> Callable[[str, Any, dict[str, Any]], None]:
    """Look at the last operation: its symbol, how many inputs it remembers, and their order.

    in_order: a program of which the names are the inputs, such as "a * b".
    """

    def check(text: str, result: Any, leaves: dict[str, Any]) -> None:
        seen, program = list(result._prev), text.rpartition(": ")[2]
        wanted = op.format(exponent=program.rpartition("** ")[2])
        if len(seen) == 1 and n_inputs == 2 and program == "a * a":
            raise Wrong(
                f"{text} remembers a once",
                "a set holds each thing only once; a tuple, (self, other), has both",
            )
        if len(seen) != n_inputs:
            count = "one input" if len(seen) == 1 else f"{len(seen)} inputs"
            raise Wrong(f"{text} remembers {count}, {show(seen)}", advice)
        if result._op and not _same_symbol(result._op, wanted):
            why = f'the symbol of this operation is "{wanted}"'
            if result._op == op:
                why += ': write an f before the quotes, f"**{exponent}"'
            elif "exponent" in op:
                why += ': the exponent is a part of it, f"**{exponent}"'
            raise Wrong(f'{text} has an _op that says "{result._op}"', why)
        if program == in_order and any(
            x is not leaf for x, leaf in zip(seen, leaves.values(), strict=True)
        ):
            raise Wrong(
                f"{text} remembers {show(seen)}, which is b and then a",
                "the inputs are remembered in their order: (self, other), in a tuple",
            )

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
    _made("*", 2, "both inputs are remembered: (self, other)", in_order="a * b"),
    recursion="`self * other` is the very product that Python came here with, so it asks this "
    "method again, for ever; multiply the data, self.data * other.data",
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
    needs=("__neg__", "__mul__", "__add__"),
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
    recursion="`self**exponent` is the very power that Python came here with, so it asks this "
    "method again, for ever; take the power of the data, self.data**exponent",
    mistakes=[("a * 3", "this is a * 3; a power multiplies the number with itself")],
)


_divide_by_programs = _method_check(
    "__truediv__",
    [
        ("a / b", "`a / b` is a times b to the power of -1"),
        ("b / a", "`b / a` is b times a to the power of -1"),
        ("a / 4", "a plain number may be below, and needs no extra care: 4**-1 is 0.25"),
        ("a / 2.5", "a plain number may be below: 2.5**-1 is 0.4"),
        ("a / a", "a number divided by itself is 1"),
        ("a / b / a", "the result is a Value like any other, so one can go on with it"),
    ],
    recursion="this divides by `/` once more, and so asks this method again, for ever: "
    "self * 1 / other is (self * 1) / other; use other**-1",
    needs=("__pow__", "__mul__"),
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


def _check_divide(answer: Any) -> None:
    _divide_by_programs(answer)
    value_class = _class_of(answer)
    with _method(value_class, "__truediv__", answer):
        _check_division_by_0(value_class)


def _check_division_by_0(value_class: Any) -> None:
    a = value_class(2.0)
    try:
        got = a / 0
    except Exception:  # as it should be
        return
    raise Wrong(
        f"a = {value_class.__name__}(2): a / 0 gave {show(got)}",
        "dividing by 0 is an error, as with plain numbers: other**-1 stops by itself",
    )


def _check_far_out(value_class: Any, sizes: Sequence[float] = (6.0, 9.0, 30.0, 400.0)) -> None:
    """Check a method tanh at numbers of these sizes, on both sides of 0."""
    for size in sizes:
        why = "tanh of a large number is 1 and of a large negative one -1: let the exponential "
        why += "vanish, e^(-2|x|), and give the sign back afterwards"
        if size < 10:
            why = f"tanh comes near 1 but is not 1 yet at {size:.0f}: do not cut it off"
        for x in (size, -size):
            check_program(value_class, "a.tanh()", {"a": x}, why, backward=False)


def _check_tanh(answer: Any) -> None:
    symbol = 'tanh is one operation with one input: its memory is (self,) and "tanh"'
    _method_check(
        "tanh",
        [
            ("a.tanh()", "tanh(x) is (e^x - e^(-x)) / (e^x + e^(-x))"),
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
        tiny = "tanh of a small number is nearly that number"
        check_program(value_class, "a.tanh()", {"a": 1e-3}, tiny, backward=False)
        _check_far_out(value_class, (6.0, 9.0, 30.0, 400.0, 1000.0))


_SIGN = "the sign is turned: tanh of a positive number is positive"


# 2.8: the whole class

WHOLE = [
    ("a + b", "the sum of the two numbers"),
    ("a * b", "the product of the two numbers"),
    ("-a", "the negative -a is a * -1; its method is __neg__"),
    ("a - b", "the difference a - b is a + (-b)"),
    ("a ** 3", "the number to the power of 3"),
    ("a ** -1", "a power of -1 is 1 divided by the number: self.data**exponent takes any exponent"),
    ("a ** 0.5", "a power of 0.5 is the square root: self.data**exponent takes any exponent"),
    ("a / b", "the quotient a / b is a * b**-1"),
    ("a.exp()", "the exponential, e^a, by math.exp"),
    ("b.exp()", "the exponential of a negative number is small, and above 0"),
    ("(v + v).exp()", "the exponential of a larger number is large, and not cut off"),
    ("a.tanh()", "tanh as in exercise 2.7"),
    ("b.tanh()", "tanh as in exercise 2.7; of a negative number it is negative"),
    ("a + 2", "a plain number may stand on the right"),
    ("a + 2.5", "any plain number may stand on the right, 2.5 as well as 2"),
    ("2 + a", "a plain number on the left: that is __radd__"),
    ("2.5 + a", "any plain number may stand on the left, 2.5 as well as 2"),
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
    ("1 - 2 * (3 - a / v) / (4 + b ** 2)", "many operations, one after another"),
]
SELF_AGAIN = "a method asks itself, directly or by way of another, for ever"
RECURSION = {  # what a method must not say, by the first program that needs it
    "a + b": f"{SELF_AGAIN}: in __add__, `self + other` is where Python came from; add the data, "
    "self.data + other.data",
    "a * b": f"{SELF_AGAIN}: in __mul__, `self * other` is where Python came from; multiply the "
    "data, self.data * other.data",
    "-a": f"{SELF_AGAIN}: in __neg__, `-self` is where Python came from; say self * -1",
    "a - b": f"{SELF_AGAIN}: in __sub__, `self - other` is where Python came from; say "
    "self + (-other)",
    "a ** 3": f"{SELF_AGAIN}: in __pow__, `self**exponent` is where Python came from; take the "
    "power of the data, self.data**exponent",
    "a / b": f"{SELF_AGAIN}: in __truediv__, `self / other` is where Python came from; say "
    "self * other**-1",
    "2 + a": f"{SELF_AGAIN}: in __radd__, `other + self` is where Python came from; say "
    "self + other",
    "2 * a": f"{SELF_AGAIN}: in __rmul__, `other * self` is where Python came from; say "
    "self * other",
    "2 - v": f"{SELF_AGAIN}: in __rsub__, `other - self` is where Python came from; say "
    "-self + other",
    "2 / v": f"{SELF_AGAIN}: in __rtruediv__, `other / self` is where Python came from; say "
    "self**-1 * other",
}


def _check_whole(answer: Any) -> None:
    if not isinstance(answer, type):
        if call_as("answer(2.0)", answer, 2.0) is ...:
            raise NotWritten
        raise Wrong(f"{show(answer)} is not a class", "this exercise asks for a whole class")

    try:
        _check_class(answer)
    except Wrong as wrong:  # in the words of this class
        why = re.sub(r"\bValue(s?)\b(?!, they have)", rf"{answer.__name__}\1", wrong.why)
        raise Wrong(wrong.what, why) from wrong.__cause__


def _check_class(number_class: Any) -> None:
    name = number_class.__name__

    def after(text: str, result: Any, leaves: dict[str, Any]) -> None:
        for node, _ in walk([result]):
            if not isinstance(node, number_class):
                other = type(node).__name__
                where = f"gave a {other}" if node is result else f"has a {other} among its inputs"
                raise Wrong(
                    f"{text} {where}, not a {name}",
                    "all numbers of a graph have to be of the class that is being written: where "
                    f"the chapter's methods say Value, they have to say {name} here",
                )

    _check_leaf(number_class)
    for place, (program, why) in enumerate(WHOLE):
        recursion = RECURSION.get(program, SELF_AGAIN)
        try:
            for _ in range(ROUNDS):
                _try_program(number_class, program, _numbers(program), why, recursion, after)
        except NotWritten:
            if place == 0:
                raise
            raise Wrong(f"{program} gave three dots", "its method is not written yet") from None
    _check_far_out(number_class)
    _check_division_by_0(number_class)
    _check_depth(number_class)


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
            "With parentheses around the difference: `return (f(x + h) - f(x)) / h`",
        ),
    ),
    Exercise(
        "2.2",
        "a slope for each input",
        _check_gradient,
        (
            "Go through the places 0, 1, 2, ... of xs; nudge the input there and no other.",
            "Work on copies: up = list(xs), then up[i] = up[i] + h. The call is f(*up).",
            "In the loop, make up and down like this, with + h and - h. Then "
            "`slopes.append((f(*up) - f(*down)) / (2 * h))`, and after the loop `return slopes`",
        ),
    ),
    Exercise(
        "2.3",
        "multiplication",
        _check_multiply,
        (
            "Look at `__add__`: change both plus signs, and nothing else.",
            "The data is self.data * other.data; the inputs are remembered as in `__add__`.",
            '`return Value(self.data * other.data, (self, other), "*")`',
        ),
    ),
    Exercise(
        "2.4",
        "a number minus a Value",
        _check_subtract_from,
        (
            "For 10 - v, Python calls v.__rsub__(10). Which one is self, and which one is other?",
            "other - self is the same as -self + other; minus and + are there already.",
            "`return -self + other`",
        ),
    ),
    Exercise(
        "2.5",
        "powers",
        _check_power,
        (
            "The exponent is a plain number. It is not an input that one could nudge.",
            "The data is self.data**exponent, and only self is remembered: (self,) with a comma.",
            '`return Value(self.data**exponent, (self,), f"**{exponent}")`',
        ),
    ),
    Exercise(
        "2.6",
        "division",
        _check_divide,
        (
            "Dividing by 4 is multiplying by 0.25. Which power of 4 is that?",
            "It is one line, of self, *, other, ** and -1. It does not matter what other is.",
            "`return self * other**-1`",
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
            "`e = math.exp(-2 * abs(self.data))`, then `t = (1 - e) / (1 + e)`; if self.data < 0, "
            'then `t = -t`. Last, `return Value(t, (self,), "tanh")`',
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
