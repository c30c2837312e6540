"""The text of an error that a user can cause, always in the same four parts.

Only wording lives here; what is an error, and when it is raised, each module decides itself.
"""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any


def explain(what: str, wrong: str, why: str, right: str) -> str:
    """Lay out what happened, the smallest program that does it, why, and the right program.

    >>> print(explain("no colour 'gren'", "paint('gren')", "misspelt", "paint('green')"))
    no colour 'gren'
    <BLANKLINE>
    This does it:
        paint('gren')
    <BLANKLINE>
    Why: misspelt
    <BLANKLINE>
    Write instead:
        paint('green')
    """
    return (
        f"{what}\n\n"
        f"This does it:\n{_program(wrong)}\n\n"
        f"Why: {why}\n\n"
        f"Write instead:\n{_program(right)}"
    )


def not_a_number(data: Any) -> TypeError:
    """The error for data that cannot become a Value, with what to write for each kind of it."""
    kind = type(data).__name__
    why, right = f"no rule turns a {kind} into a number by itself", "x = Value(float(x))"
    if kind == "Value":
        why, right = "inside another Value its gradient would be lost", "x = Value(2.0)\ny = x"
    elif isinstance(data, str):
        why, right = "text has no gradient, even text that looks like a number", 'Value(float("2"))'
    elif isinstance(data, complex):
        why, right = "gradients here are of real numbers", "x, y = Value(z.real), Value(z.imag)"
    elif data is None:
        why, right = "a function without `return` gives None", "def f(x):\n    return x * 2"
    elif hasattr(data, "__len__"):
        why, right = "each number has a gradient of its own", "xs = [Value(x) for x in numbers]"
    shown = repr(data) if len(repr(data)) < 40 else f"<{kind}>"
    what = f"a Value is one real number, and arithmetic with it takes numbers, not {kind}"
    return TypeError(explain(what, f"Value({shown})", why, right))


def _program(code: str) -> str:
    return indent(dedent(code).strip(), "    ")
