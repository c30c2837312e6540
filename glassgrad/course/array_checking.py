"""What answers that take arrays are checked with: shapes first, then numbers, then loops.

NumPy is loaded when the first such answer is checked, since `progress` looks through all exercises
and needs none.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from copy import deepcopy
from importlib import import_module
from types import FrameType
from typing import Any

from glassgrad.course.checking import Mistake, Wrong, call_as, number, show, show_both, written


def numpy() -> Any:
    """NumPy; raises Wrong where it is not installed."""
    try:
        return import_module("numpy")
    except ImportError:
        raise Wrong("NumPy is not installed here", "type pip install numpy in a terminal") from None


def compare_arrays(
    answer: Callable[..., Any],
    reference: Callable[..., Any],
    cases: Sequence[Sequence[Any]],
    why: str,
    mistakes: Sequence[Mistake] = (),
) -> None:
    """As `compare`, for an answer that takes arrays and gives one.

    >>> import numpy as np
    >>> table = np.ones((2, 3))
    >>> compare_arrays(np.negative, lambda x: -x, [(table,)], why="")
    >>> compare_arrays(np.sum, lambda x: x.sum(axis=0), [(table,)], why="axis 0 is gone")
    Traceback (most recent call last):
    glassgrad.course.checking.Wrong: ('sum(a) with a of shape (2, 3) gave 6, and an array of shape \
(3,) is right', 'axis 0 is gone')
    """
    outcomes: list[tuple[Any, Sequence[Any]]] = []
    first: Wrong | None = None
    for arguments in cases:
        try:
            got = call_array(answer, arguments)
        except Wrong as wrong:  # it has stopped, and would again
            first = first or wrong
            if wrong.__cause__ is None:
                raise first from None
            outcomes.append((wrong.__cause__, arguments))
            break
        outcomes.append((got, arguments))
        seen = _difference(answer, arguments, got, numpy().asarray(reference(*arguments)))
        first = first or (Wrong(seen, why) if seen else None)
    if first is None:
        return
    for mistake, says in mistakes:
        if all(_explains(mistake, got, given) for got, given in outcomes):
            raise Wrong(first.what, says)
    raise first


def call_array(answer: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """The array that an answer gives; it raises Wrong where there is none."""
    np = numpy()
    text = call_text(answer, arguments)
    given = deepcopy(arguments)
    with np.errstate(all="ignore"):  # what is not finite shows in the result
        got = call_as(text, answer, *given)
    written(got)
    if got is None:
        raise Wrong(
            f"{text} gave None",
            "a function without `return` gives None, and so does a `return` with nothing after it",
        )
    for before, after in zip(arguments, given, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after):
            raise Wrong(
                f"{text} changes an array that it was given",
                "`x -= 1` and `x[...] = 1` change the array that x is; `x - 1` makes a new one",
            )
    return _as_array(text, got)


def _as_array(text: str, got: Any) -> Any:
    np = numpy()
    try:
        array = np.asarray(got)
    except ValueError:  # lists of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiu":
        raise Wrong(f"{text} gave {described(got)}", "an array of numbers is asked for")
    return array.astype(float)


def _difference(answer: Callable[..., Any], arguments: Sequence[Any], got: Any, right: Any) -> str:
    """The first thing that is not right about a result; "" if there is none."""
    np = numpy()
    text = call_text(answer, arguments)
    if got.shape != right.shape:
        return f"{text} gave {described(got)}, and {described(right)} is right"
    wrong = ~np.isclose(got, right, rtol=1e-9, atol=1e-12)
    if not wrong.any():
        return ""
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    one, other = show_both(float(got[at]), float(right[at]))
    return f"{text} gave {one} {f'at {list(at)}' if at else ''}, and {other} is right"


def _explains(mistake: Callable[..., Any], got: Any, given: Sequence[Any]) -> bool:
    """Whether a known mistake does what the answer did: gives the same, or stops with the same."""
    np = numpy()
    if isinstance(got, BaseException):
        return stops_so(mistake, got, given)
    try:
        with np.errstate(all="ignore"):
            wrong = np.asarray(mistake(*deepcopy(given)), float)
    except Exception:
        return False
    alike = got.shape == wrong.shape
    return alike and bool(np.isclose(got, wrong, rtol=1e-9, atol=1e-12, equal_nan=True).all())


def stops_so(mistake: Callable[..., Any], error: BaseException, given: Sequence[Any]) -> bool:
    """Whether a known mistake stops with this error; NumPy's words have the shapes in them.

    >>> import numpy as np
    >>> stops_so(lambda a, b: a + b, ZeroDivisionError(), [np.ones(2), np.ones(3)])
    False
    """
    try:
        mistake(*deepcopy(given))
    except Exception as other:
        return type(error) is type(other) and str(error) == str(other)
    return False


def needs_no_loop(
    answer: Callable[..., Any], few: Sequence[Any], many: Sequence[Any], over: str
) -> None:
    """Raise Wrong if Python takes more steps for `many` than for `few`, which differ in one length.

    >>> import numpy as np
    >>> needs_no_loop(np.negative, [np.ones(3)], [np.ones(30)], over="rows")
    >>> try:
    ...     needs_no_loop(lambda x: [-y for y in x], [np.ones(3)], [np.ones(30)], over="rows")
    ... except Wrong as wrong:
    ...     print(wrong.what[:51])
    the numbers are right, but with 3 rows Python takes
    """
    lengths = [_longest(arguments, other) for arguments, other in ((few, many), (many, few))]
    steps = [steps_of(answer, arguments) for arguments in (few, many)]
    if steps[1] > steps[0]:
        raise Wrong(
            f"the numbers are right, but with {lengths[0]} {over} Python takes {steps[0]} steps, "
            f"and with {lengths[1]} {over} {steps[1]}",
            "somewhere Python goes through them one by one, in a loop or a comprehension; one "
            "operation on the whole array does them all",
        )


def _longest(arguments: Sequence[Any], others: Sequence[Any]) -> int:
    """The length in which the arguments differ from others."""
    for one, other in zip(arguments, others, strict=True):
        for length, another in zip(one.shape, other.shape, strict=True):
            if length != another:
                return int(length)
    return 0


def steps_of(function: Callable[..., Any], arguments: Sequence[Any]) -> int:
    """How many lines of Python run in a call; a line counts each time."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line" and frame.f_globals is not call_as.__globals__
        return note

    given = deepcopy(arguments)
    before = sys.gettrace()
    sys.settrace(note)
    try:
        call_as("a second call", function, *given)
    finally:
        sys.settrace(before)
    return count


def call_text(function: Callable[..., Any], arguments: Sequence[Any]) -> str:
    """A call as a reader would write it, with the shapes of what it is given."""
    title = getattr(function, "__name__", "answer")
    try:
        names = list(inspect.signature(function).parameters)[: len(arguments)]
    except (TypeError, ValueError):  # it is no function, or does not say
        names = []
    if len(names) < len(arguments):
        names = [f"argument {k + 1}" for k in range(len(arguments))]
    shapes = [
        f"{name} of shape {thing.shape}" if hasattr(thing, "shape") else f"{name} = {show(thing)}"
        for name, thing in zip(names, arguments, strict=True)
    ]
    told = " and ".join([", ".join(shapes[:-1]), shapes[-1]] if shapes[1:] else shapes)
    return f"{title}({', '.join(names)}) with {told}"


def described(thing: Any) -> str:
    """A shape, or a thing that has none.

    >>> import numpy as np
    >>> described(np.zeros((4, 2))), described(2.5), described([1, 2])
    ('an array of shape (4, 2)', '2.5', '[1, 2]')
    """
    if getattr(thing, "ndim", 0):
        return f"an array of shape {thing.shape}"
    plain = number(thing)
    return show(thing if plain is None else plain)
