"""Derivatives as they stand in a book: formulas to put names, or numbers, into.

The numbers of a derivative come from the table in `ops.py`. An operation without a formula here
shows its number alone.
"""

from __future__ import annotations

from collections.abc import Sequence

# By the name of the operation, one formula for each input; `out` is the operation's result. With
# numbers in it, a formula is a Python expression that gives the derivative.
FORMULAS: dict[str, tuple[str, ...]] = {
    "add": ("1.0", "1.0"),
    "multiply": ("{y}", "{x}"),
    "power": ("{y} * {x}**({y} - 1)", "{out} * log({x})"),
    "exp": ("{out}",),
    "log": ("1 / {x}",),
    "sqrt": ("1 / (2 * {out})",),
    "sin": ("cos({x})",),
    "cos": ("-sin({x})",),
    "erf": ("2 / sqrt(pi) * exp(-{x}**2)",),
    "absolute": ("sign({x})",),
    "maximum": ("1.0 if {x} > {y} else 0.0", "1.0 if {y} > {x} else 0.0"),
    "minimum": ("1.0 if {x} < {y} else 0.0", "1.0 if {y} < {x} else 0.0"),
    "tanh": ("1 - {out}**2",),
    "relu": ("1.0 if {x} > 0 else 0.0",),
    "sigmoid": ("{out} * (1 - {out})",),
    "softplus": ("sigmoid({x})",),
}


def derivative(op: str, place: int, inputs: Sequence[str], out: str) -> str:
    """The derivative of an operation's result by one of its inputs, or "" where none is written.

    >>> derivative("tanh", 0, ["n"], "tanh(n)"), derivative("tanh", 0, ["0.5"], "0.4621")
    ('1 - tanh(n)**2', '1 - 0.4621**2')
    >>> derivative("**3", 0, ["x"], "x**3"), derivative("multiply", 1, ["a", "b"], "a * b")
    ('3 * x**2', 'a')
    """
    if op.startswith("**"):
        return _of_power(op.removeprefix("**"), _atom(inputs[0]))
    if op not in FORMULAS or (op in ("maximum", "minimum") and inputs[0] == inputs[1]):
        return ""  # where the two are equal, each gets half
    formula = FORMULAS[op][place]
    if formula in ("{x}", "{y}", "{out}"):  # alone it needs no brackets
        return formula.format(x=inputs[0], y=inputs[-1], out=out)
    return formula.format(x=_atom(inputs[0]), y=_atom(inputs[-1]), out=_atom(out))


def _of_power(exponent: str, x: str) -> str:
    if exponent in ("0", "1"):
        return f"{exponent}.0"
    if exponent == "2":
        return f"2 * {x}"
    less = float(exponent) - 1 if "." in exponent or "n" in exponent else int(exponent) - 1
    return f"{exponent} * {x}**{less}"


def _atom(text: str) -> str:
    """Brackets around what would fall apart inside a formula; a call, as tanh(n), would not."""
    is_call = text.endswith(")") and "(" in text and text.split("(", 1)[0].isidentifier()
    return f"({text})" if (" " in text and not is_call) or text.startswith("-") else text
