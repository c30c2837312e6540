"""Formulas as Python text, with no more parentheses than precedence asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from glassgrad import ops
from glassgrad.lift.ir import Apply, Expr, View
from glassgrad.ops import Op

COMPARE, SUM, MATMUL, PRODUCT, MINUS, POWER, ATOM = range(7)


class Text(NamedTuple):
    """Python text, and the precedence of its outermost operation."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """The text where at least this precedence is needed.

        >>> Text("a + b", SUM).at(PRODUCT)
        '(a + b)'
        """
        return self.text if self.level >= level else f"({self.text})"


Signed = tuple[bool, Text]  # whether it is subtracted, and what


def number_text(x: float) -> Text:
    """A number that Python reads back as it is.

    >>> number_text(0.5).text, number_text(float("-inf")).text
    ('0.5', '-np.inf')
    """
    x = float(x)
    text = repr(x).replace("inf", "np.inf").replace("nan", "np.nan")
    return Text(text, MINUS if text.startswith("-") else ATOM)


def sum_text(parts: Sequence[Signed]) -> Text:
    """Parts added or subtracted; what is added comes first.

    >>> sum_text([(True, Text("h * h", PRODUCT)), (False, Text("1.0"))]).text
    '1.0 - h * h'
    """
    if not parts:
        return Text("0.0")
    first = next((i for i, (negative, _) in enumerate(parts) if not negative), 0)
    (negative, head), rest = parts[first], [*parts[:first], *parts[first + 1 :]]
    if not rest and not negative:
        return head
    text = "-" + head.at(PRODUCT) if negative else head.at(SUM)
    for negative, part in rest:
        text += f" - {part.at(MATMUL)}" if negative else f" + {part.at(SUM)}"
    return Text(text, SUM)


def product_text(coefficient: float, above: Sequence[Text], below: Sequence[Text] = ()) -> Text:
    """A positive number times some factors, divided by others.

    >>> product_text(1 / 3, [Text("a"), Text("b + c", SUM)]).text
    'a * (b + c) / 3.0'
    """
    above, below = list(above), list(below)
    inverse = round(min(1.0 / coefficient, 1e15)) if coefficient else 0
    if above and len(repr(coefficient)) > 6 and inverse and 1.0 / inverse == coefficient:
        below.append(number_text(inverse))
    elif coefficient != 1.0 or not above:
        above.insert(0, number_text(coefficient))
    if not below and len(above) == 1:
        return above[0]
    text = " * ".join(x.at(PRODUCT) for x in above)
    if len(below) == 1:
        text += f" / {below[0].at(POWER)}"
    elif below:
        text += f" / ({' * '.join(x.at(PRODUCT) for x in below)})"
    return Text(text, PRODUCT)


def factors_of(expr: Expr | float) -> tuple[float, list[Expr]]:
    """A product taken apart: its number, and its factors that are not numbers."""
    coefficient, factors = 1.0, []
    stack = [expr]
    while stack:
        part = stack.pop()
        if not isinstance(part, Expr):
            coefficient *= float(part)
        elif isinstance(part, Apply) and part.op is ops.multiply:
            stack.extend(reversed(part.inputs))
        else:
            factors.append(part)
    return coefficient, factors


@dataclass
class Formulas:
    """Writes formulas, given how to write a view.

    helpers: the definitions that the text needs, by name.
    """

    view: Callable[[View], Text]
    helpers: dict[str, str] = field(default_factory=dict)
    guard: Callable[[Expr, Text], Text] | None = None

    def text(self, expr: Expr | float) -> Text:
        """The whole formula."""
        return sum_text(self.parts(expr))

    def parts(self, expr: Expr | float) -> list[Signed]:
        """A sum, taken apart."""
        parts: list[Signed] = []
        stack = [expr]
        while stack:
            part = stack.pop()
            if isinstance(part, Apply) and part.op is ops.add:
                stack.extend(reversed(part.inputs))
            else:
                parts.append(self._signed(part))
        return parts

    def product(
        self, coefficient: float, factors: Iterable[Expr], first: Sequence[Text] = ()
    ) -> Text:
        """A positive number times factors, some of which may be powers of -1."""
        above, below = list(first), []
        factors = list(factors)
        among_numbers = bool(first) or coefficient != 1.0 or not all(map(_is_step, factors))
        for factor in factors:
            exponent = _exponent(factor)
            if exponent is not None and exponent < 0 and isinstance(factor, Apply):
                below.append(self._to_the(-exponent, factor.inputs[0]))
            elif among_numbers and isinstance(factor, Apply) and _is_step(factor):
                above.append(Text(f"({self.text(factor.inputs[0]).at(SUM)} > 0.0)"))
            else:
                above.append(self._single(factor))
        return product_text(coefficient, above, below)

    def _signed(self, expr: Expr | float) -> Signed:
        coefficient, factors = factors_of(expr)
        if coefficient < 0:
            return True, self.product(-coefficient, factors)
        return False, self.product(coefficient, factors)

    def _single(self, expr: Expr) -> Text:
        """Anything but a sum or a product by itself."""
        if isinstance(expr, View):
            return self.view(expr)
        assert isinstance(expr, Apply)
        if expr.op is ops.add:
            return self.text(expr)
        exponent = _exponent(expr)
        if exponent is not None:
            if exponent < 0:
                return product_text(1.0, [], [self._to_the(-exponent, expr.inputs[0])])
            return self._to_the(exponent, expr.inputs[0])
        return self._call(expr)

    def _to_the(self, exponent: float, base: Expr | float) -> Text:
        x = self.text(base)
        if exponent == 1:
            return x
        if exponent == 0.5:
            return Text(f"np.sqrt({x.text})")
        shown = int(exponent) if float(exponent).is_integer() and exponent < 1e6 else exponent
        return Text(f"{x.at(ATOM)} ** {shown}", POWER)

    def _call(self, expr: Apply) -> Text:
        """An operation by its template, or as a function of its own where that is long."""
        op = expr.op
        inputs = [self.text(x) for x in expr.inputs]
        if op.name == "erf":
            self.helpers["erf"] = "erf = np.vectorize(math.erf, otypes=[float])"
        if op.name.isidentifier() and _is_long(op):
            names = ["x", "y"][: op.arity]
            body = op.array.format(**{name: name for name in names})
            if "erf(" in body:
                self.helpers["erf"] = "erf = np.vectorize(math.erf, otypes=[float])"
            self.helpers[op.name] = f"def {op.name}({', '.join(names)}):\n    return {body}"
            return Text(f"{op.name}({', '.join(x.text for x in inputs)})")
        return fill(op.array, inputs)


def fill(template: str, inputs: Sequence[Text]) -> Text:
    """Put inputs in the places of a template of the operations table.

    >>> fill("np.maximum({x}, 0.0)", [Text("a + b", SUM)]).text
    'np.maximum(a + b, 0.0)'
    """
    given = dict(zip("xy", inputs, strict=False))

    def put(match: re.Match[str]) -> str:
        x = given[match["name"]]
        before, after = template[: match.start()], template[match.end() :]
        alone = before.endswith(("(", ", ")) and after.startswith((")", ","))
        return x.text if alone else x.at(ATOM)

    text = re.sub(r"\{(?P<name>[xy])\}", put, template)
    return Text(text, ATOM if re.fullmatch(r"[\w.]+\(.*\)", text) else COMPARE)


def _is_step(expr: Expr) -> bool:
    """Whether a factor is 1 or 0: among numbers, a comparison will do."""
    return isinstance(expr, Apply) and expr.op is ops.step


def _is_long(op: Op) -> bool:
    """Whether a template says more than one call with each input once."""
    inside = op.array[op.array.find("(") + 1 :]
    return "(" in inside or any(op.array.count(name) > 1 for name in ("{x}", "{y}"))


def _exponent(expr: Expr) -> float | None:
    """The constant that `ops.power_by` raises to, if the formula is such a power."""
    if isinstance(expr, Apply) and expr.op.arity == 1 and expr.op.name.startswith("**"):
        exponent = float(expr.op.name[2:])
        return exponent if math.isfinite(exponent) and exponent != 0 else None
    return None


def wrapped(statement: str, width: int) -> str:
    """An assignment over several lines, cut at its sums, or between what a call is given.

    >>> print(wrapped("y = first * second + third * fourth", 20))
    y = (
        first * second
        + third * fourth
    )
    """
    found = re.fullmatch(r"(.*? \+?=|return) (.*)", statement)
    if not found or len(statement) <= width:
        return statement
    target, value = found.groups()
    pieces = _cut(value, 0, (" + ", " - "))
    if len(pieces) == 1:
        pieces = _cut(value, 0, (" * ", " / "))
    if len(pieces) > 1:
        pieces = [piece if i == 0 else piece[1:] for i, piece in enumerate(pieces)]
        lines = _filled(pieces, width - 4, " ")
        return "\n    ".join([f"{target} (", *lines]) + "\n)"
    call = re.fullmatch(r"([\w.]+\()(.*)\)", value)
    if call and len(_cut(value, 0, ("(",))) == 2:
        lines = [f"{piece.removeprefix(', ')}," for piece in _cut(call[2], 0, (", ",))]
        return "\n    ".join([f"{target} {call[1]}", *lines]) + "\n)"
    return statement


def _cut(text: str, depth: int, before: tuple[str, ...]) -> list[str]:
    """Text cut before each of these signs that stands in no brackets."""
    pieces, start = [], 0
    for i, letter in enumerate(text):
        if not depth and i > start and text.startswith(before, i):
            pieces.append(text[start:i])
            start = i
        depth += (letter in "([") - (letter in ")]")
    return [*pieces, text[start:]]


def _filled(pieces: Sequence[str], width: int, between: str) -> list[str]:
    """Pieces joined to lines that are as long as they may be."""
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(between) + len(piece) <= width:
            lines[-1] += between + piece
        else:
            lines.append(piece)
    return lines
