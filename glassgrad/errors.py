"""The text of an error that a user can cause, always in the same four parts.

Only the wording lives here; each module raises its own errors, with Python's own exception types.
"""

from __future__ import annotations

from textwrap import dedent, indent


def explain(what: str, wrong: str, why: str, right: str) -> str:
    """Lay out what happened, the smallest program that does it, why, and the right program.

    >>> print(explain("no such colour: 'gren'", "paint('gren')", "it is misspelt", "paint('green')"))
    no such colour: 'gren'
    <BLANKLINE>
    This does it:
        paint('gren')
    <BLANKLINE>
    Why: it is misspelt
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


def _program(code: str) -> str:
    return indent(dedent(code).strip(), "    ")
