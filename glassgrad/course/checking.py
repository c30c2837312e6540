"""What answers are checked with: call them, compare them with a reference, say what is wrong.

A check is a function that takes the reader's answer and returns if it is right. Otherwise it
raises `Wrong`, with what was seen and why that is so. The exercises themselves are in the files
`chapter_1.py` and so on; time, printing and progress are the business of `exercise.py`.
"""

from __future__ import annotations

import linecache
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from numbers import Real
from traceback import extract_tb
from typing import Any

from glassgrad import Value as OurValue

Mistake = tuple[Callable[..., Any], str]  # a typical wrong answer, and what to say about it


class Wrong(Exception):
    """An answer is not right: what was seen, and why."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why)
        self.what, self.why = what, why


class NotWritten(Exception):
    """The three dots of an exercise are still there."""


def compare(
    answer: Callable[..., Any],
    reference: Callable[..., Any],
    cases: Iterable[Sequence[Any]],
    why: str,
    mistakes: Sequence[Mistake] = (),
    tolerance: float = 1e-9,
) -> None:
    """Call the answer and the reference with the arguments of each case, and compare.

    why: the rule that a wrong answer breaks, unless all its results are those of a known mistake,
    which has a sentence of its own, or are of another kind altogether. tolerance: relative, and
    absolute near 0.
    Raises Wrong with the first case that differs, and NotWritten. An answer that changes what it
    was given is wrong, too: whoever calls it still needs that.

    >>> compare(abs, abs, [(-1.0,)], why="the distance from 0")
    >>> compare(float, abs, [(-1.0,)], why="the distance from 0")
    Traceback (most recent call last):
    glassgrad.course.checking.Wrong: ('float(-1) gave -1, and 1 is right', 'the distance from 0')
    """
    outcomes: list[tuple[Any, Sequence[Any]]] = []
    first: Wrong | None = None
    changed: Wrong | None = None
    for arguments in cases:
        given = deepcopy(arguments)
        try:
            got = _call(answer, arguments, given)
        except Wrong as wrong:  # it has stopped, and would again
            if first is None:
                outcomes.append((wrong.__cause__, arguments))
            first = first or wrong
            break
        outcomes.append((got, arguments))
        right = reference(*deepcopy(arguments))
        if not same(got, right, tolerance):
            shown, expected = show_both(got, right)
            seen = f"{call_text(answer, arguments)} gave {shown}, and {expected} is right"
            first = first or Wrong(seen, _and(_other_kind(got, right), why))
        elif changed is None and any(map(_is_changed, given, arguments)):
            changed = Wrong(
                f"{call_text(answer, arguments)} is right, but it changes what it was given, to "
                f"{', '.join(map(show, given))}",
                "whoever calls it still needs that; work on a copy, such as list(...)",
            )
    if first is None:
        if changed is not None:
            raise changed
        return
    for mistake, says in mistakes:
        if all(_explains(mistake, got, given, tolerance) for got, given in outcomes):
            raise Wrong(first.what, says)
    results = [got for got, _ in outcomes]
    if len(results) > 2 and all(same(got, results[0]) for got in results):
        name = getattr(answer, "__name__", "the answer")
        hint = f"whatever it is asked, {name} gives the same: does it use its arguments, or "
        raise Wrong(first.what, _and(first.why, f"{hint}variables of the cells above?"))
    raise first


def _explains(mistake: Callable[..., Any], got: Any, given: Sequence[Any], near: float) -> bool:
    """Whether a known mistake does what the answer did: gives the same, or stops with the same."""
    try:
        return same(got, mistake(*deepcopy(given)), near)
    except Exception as error:
        return type(error) is type(got)


def _is_changed(after: Any, before: Any) -> bool:
    return isinstance(before, (list, dict)) and not same(after, before)


def _and(first: str, second: str) -> str:
    """Two sentences, or the one that there is."""
    return f"{first}. {second[0].upper()}{second[1:]}" if first and second else first or second


def _other_kind(got: Any, right: Any) -> str:
    """What to say of a result that is not even of the right kind; "" if it is."""
    kind = type(got).__name__
    if isinstance(got, Iterator):
        return f"this is a {kind}, which only promises its items: `yield` makes one; use `return`"
    if callable(got) and number(got) is None:
        return "this is a function, not its result: call it, with its arguments in brackets"
    if isinstance(right, bool):
        return "" if isinstance(got, bool) else f"True or False is asked for, and this is a {kind}"
    if isinstance(right, Real):
        if isinstance(got, tuple) and len(got) == 1:
            return "a comma at the end has made a tuple of it; a single number is asked for"
        if isinstance(got, str):
            return "this is text; leave out the quotes"
        if isinstance(got, bool):
            return "this is True or False; a number is asked for"
        if number(got) is None:
            return f"this is a {kind}; a single number is asked for"
    if isinstance(right, (list, tuple)):
        if number(got) is not None:
            return f"this is a single number; a {type(right).__name__} of them is asked for"
        if isinstance(got, (str, set, Mapping)):
            return f"this is a {kind}; a {type(right).__name__} is asked for"
    return ""


def check_program(
    value_class: Any,
    program: str,
    numbers: Mapping[str, float],
    why: str,
    backward: bool = True,
) -> Any:
    """Run a line of arithmetic on the reader's own Value class and on ours; return their result.

    program: an expression of the names in `numbers`, such as "a * b + a".
    backward: compare the gradients too. Raises Wrong with what differs first, and `why`.

    >>> from glassgrad import Value
    >>> check_program(Value, "a * b + a", {"a": 2.0, "b": -3.0}, why="")
    Value(data=-4.0)
    """
    title = getattr(value_class, "__name__", "Value")
    start = ", ".join(f"{name} = {title}({number:.6g})" for name, number in numbers.items())
    ours = {name: OurValue(number) for name, number in numbers.items()}
    right = eval(program, {}, dict(ours))

    def build() -> tuple[Any, dict[str, Any]]:
        theirs = {name: value_class(number) for name, number in numbers.items()}
        return eval(program, {}, dict(theirs)), theirs

    result, theirs = call_as(f"{start}, then {program}", build)
    written(result)
    if not hasattr(result, "data") or isinstance(result, Real):
        seen = f"{start}: {program} gave {show(result)}, which is not a {title}"
        if result is None:
            raise Wrong(seen, "a function without `return` gives None")
        raise Wrong(seen, f"the result of an operation is a {title} again, so that it can remember")
    if not same(result.data, right.data):
        shown, expected = show_both(result.data, right.data)
        seen = f"{start}: {program} has data {shown}, and {expected} is right"
        raise Wrong(seen, _and(_other_kind(result.data, right.data), why))
    if backward:
        right.backward()
        call_as(f"{start}, c = {program}, then c.backward()", result.backward)
        for name, leaf in theirs.items():
            if not same(leaf.grad, ours[name].grad):
                shown, expected = show_both(leaf.grad, ours[name].grad)
                seen = f"{start}, c = {program}: after c.backward(), {name}.grad is "
                raise Wrong(f"{seen}{shown}, and {expected} is right", why)
    return result


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of the reader's function, for a copy of the arguments.

    Raises Wrong where it stops with an error or gives None, and NotWritten where it gives `...`.
    """
    return _call(function, arguments, deepcopy(arguments))


def _call(function: Callable[..., Any], arguments: Sequence[Any], given: Sequence[Any]) -> Any:
    """Call a function with `given`; the words tell of `arguments`, as they were before."""
    text = call_text(function, arguments)
    result = call_as(text, function, *given)
    written(result)
    if result is None:
        why = "a function without `return` gives None, and so does a `return` with nothing after it"
        raise Wrong(f"{text} gave None", why)
    return result


def call_as(text: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call something of the reader's; an error in it becomes Wrong, told by `text` and its line."""
    try:
        return function(*arguments)
    except Exception as error:
        if isinstance(error, (Wrong, NotWritten)):
            raise
        raise Wrong(f"{text} stopped with {_told(error)}", _reason(error)) from error


def written(result: Any) -> None:
    """Raise NotWritten for the three dots that stand where the answer will be."""
    parts = result if isinstance(result, (list, tuple)) else [result]
    if any(part is ... for part in parts):
        raise NotWritten


def same(got: Any, right: Any, tolerance: float = 1e-9) -> bool:
    """Whether a result is the right one: numbers nearly, Values by their data, lists by parts.

    An array is as good as a list.

    >>> same([1.0, 2.0 + 1e-13], (1, 2)), same(1.0, [1.0])
    (True, False)
    """
    got, right = (x.tolist() if getattr(x, "ndim", 0) else x for x in (got, right))
    if isinstance(right, (list, tuple)):
        if not isinstance(got, (list, tuple)) or len(got) != len(right):
            return False
        return all(same(x, y, tolerance) for x, y in zip(got, right, strict=True))
    if isinstance(right, Mapping):
        if not isinstance(got, Mapping) or got.keys() != right.keys():
            return False
        return all(same(got[key], right[key], tolerance) for key in right)
    expected, found = number(right), number(got)
    if expected is None or found is None or isinstance(right, bool):
        return bool(got == right)
    if math.isnan(expected):
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)


def number(thing: Any) -> float | None:
    """A plain number, a NumPy scalar or a Value as a float; None for anything else."""
    if getattr(thing, "ndim", None) == 0 and hasattr(thing, "item"):
        thing = thing.item()
    thing = getattr(thing, "data", thing)
    try:
        return float(thing) if isinstance(thing, Real) else None
    except OverflowError:
        return None


def show(thing: Any, digits: int = 6) -> str:
    """A result in few words: numbers to six digits.

    >>> show([0.1 + 0.2, 1e-20]), show({"a": None})
    ('[0.3, 1e-20]', "{'a': None}")
    """
    if isinstance(thing, bool):
        return str(thing)
    if isinstance(thing, (int, float)):
        return f"{thing if abs(thing) < 1e300 else float(str(thing)):.{digits}g}"
    if isinstance(thing, (list, tuple)):
        inside = ", ".join(show(part, digits) for part in thing)
        alone = "," * (len(thing) == 1)
        text = f"[{inside}]" if isinstance(thing, list) else f"({inside}{alone})"
    else:
        text = repr(thing)
    return text if len(text) <= 200 else f"{text[:197]}..."


def show_both(got: Any, right: Any) -> tuple[str, str]:
    """Two results that differ, with as many digits as it takes to see it.

    >>> show_both(0.95, 0.9500001)
    ('0.95', '0.9500001')
    """
    for digits in (6, 9, 12):
        texts = show(got, digits), show(right, digits)
        if texts[0] != texts[1]:
            return texts
    return show(got, 17), show(right, 17)


def call_text(function: Callable[..., Any], arguments: Sequence[Any]) -> str:
    """The call as a reader would write it."""
    name = getattr(function, "__name__", "answer")
    return f"{name}({', '.join(map(show, arguments))})"


def _told(error: Exception) -> str:
    """An error in one line, with the line of the reader's code that it happened in."""
    text = f"{type(error).__name__}: {error}".partition("\n")[0]
    frames = [frame for frame in extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    if not frames:
        return text
    last = frames[-1]
    code = (last.line or linecache.getline(last.filename, last.lineno or 0)).strip()
    return f"{text}, in line {last.lineno}{f': {code}' if code else ''}"


def _is_ours(filename: str) -> bool:
    return filename.startswith(__file__.removesuffix("checking.py")) or filename == "<string>"


# Why Python stops: the beginnings of its messages, and what they mean for somebody who writes a
# Value, or a function of numbers, for the first time.
REASONS = [
    (
        r"matmul: .*(mismatch|enough dimensions)",
        "in a @ b a row of a is as long as a column of b: look at the two shapes; .T turns a table",
    ),
    (
        r"could not be broadcast together",
        "these shapes do not fit: written so that they end together, at each place the two lengths "
        "are equal, or one of them is 1 or missing",
    ),
    (r"axis \d+ is out of bounds", "axes count from 0: an array with one axis has only axis 0"),
    (
        r"only (size-1|length-1|0-dimensional) arrays",
        "the functions of math take one number; those of NumPy take arrays: np.exp, np.tanh",
    ),
    (
        r"truth value of an array",
        "an array has many answers, and `if`, `max` and `min` want one: np.where and np.maximum "
        "go element by element",
    ),
    (r"for \^: ", "a power is written with two stars, a**2; ^ is something else in Python"),
    (
        r"'\w+' object is not iterable",
        "one thing stands where several are expected, such as a list; a tuple of one is written "
        "with a comma: (x,)",
    ),
    (r"indices must be integers", "a place in a list is a whole number, counted from 0"),
    (r"values to unpack", "there are more or fewer things here than names for them"),
    (r"is not in (list|deque)", "what is looked for is not in the list"),
    (r"object is not callable", "brackets after something call it, and this is no function"),
    (
        r"float\(\) argument must be.*not '(?!NoneType|list)\w+'",
        "this may be one of your numbers already, and need not be made one again: does isinstance "
        "ask for the class as it is called here?",
    ),
    (r"reading.*stdin|EOF when", "take the arguments as they come; there is nobody to ask"),
    (
        r"'NoneType' object has no attribute '(append|extend|sort)'",
        "append, extend and sort change a list and give None: write out.append(x) alone",
    ),
    (
        r"multiply sequence|concatenate list|number, not list|'list' and '|and 'list'|: 'list'",
        "a whole list stands here where a number is needed; go through its numbers one by one",
    ),
    (
        r"unsupported operand type\(s\) for (\S+): '(int|float)' and '(\w+)'",
        "with a plain number on the left, Python asks the class on the right for its reflected "
        "method, such as __radd__ or __rsub__",
    ),
    (
        r"unsupported operand type\(s\) for",
        "Python found no method for this operator and these two types",
    ),
    (r"bad operand type for unary -", "for -a, Python asks the class for its method __neg__"),
    (
        r"'(int|float)' object has no attribute",
        "a plain number has come where a Value is expected; make it one: "
        "other = other if isinstance(other, Value) else Value(other)",
    ),
    (
        r"must be real number, not (?!NoneType)",
        "the functions of math take plain numbers: give them the data of a Value",
    ),
    (
        r"'NoneType' object",
        "something here is None: a function without `return` gives None",
    ),
    (
        r"math range error|Result too large|\(34, ",
        "a power of e has grown beyond the largest float, about 1.8e308; take it only of numbers "
        "that cannot be large, such as negative ones",
    ),
    (
        r"math domain error|expected a (nonnegative|positive) input",
        "a root or a logarithm was taken of a number that has none: of one below 0, or log(0)",
    ),
    (
        r"maximum recursion depth",
        "the function calls itself, directly or by way of another, for ever or too deep",
    ),
    (r"division by zero", "somewhere a number is divided by 0"),
    (
        r"(missing \d+ required|takes \d+ positional|unexpected keyword)",
        "the name stays, and so do the arguments: the exercise says which there are",
    ),
    (
        r"a Value is one real number.*not Value",
        "this is a Value already, and need not be made one: Value(...) is for plain numbers",
    ),
    (r"index out of range", "the list has no such place: three items have the places 0, 1 and 2"),
    (
        r"name '(\w+)' is not defined",
        "nothing has this name here: is it spelt as above, and have the cells above been run?",
    ),
    (
        r"has no attribute '(\w+)'",
        "this has no such method or attribute: is it spelt as above, and have the cells above "
        "been run?",
    ),
]


def _reason(error: Exception) -> str:
    for pattern, reason in REASONS:
        if re.search(pattern, str(error)):
            return reason
    return "here Python could not go on; its own message says at what"
