"""Formulas as Python text, with no more parentheses than precedence asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple

from glassgrad import ops
from glassgrad.lift.ir import Apply, Expr, View
from glassgrad.ops import Op

COMPARE, SUM, MATMUL, PRODUCT, MINUS, POWER, ATOM = range(7)


class Text(NamedTuple):
    """Python text, and the precedence of its outermost operation.

    inverse: where it is 1.0 / y, the text of y: what is multiplied by it is divided by y.
    """

    text: str
    level: int = ATOM
    inverse: str = ""

    def at(self, level: int) -> str:
        """The text where at least this precedence is needed.

        >>> Text("a + b", SUM).at(PRODUCT)
        '(a + b)'
        """
        return self.text if self.level >= level else f"({self.text})"


RISKY = (ops.log, ops.sqrt, ops.power)  # without a value for 0, or for numbers below it
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
        text += f" {'-' if negative else '+'} {part.at(MATMUL)}"
    return Text(text, SUM)


def inverse_text(x: Text) -> Text:
    """1 divided by something.

    >>> inverse_text(Text("a * b", PRODUCT)).text
    '1.0 / (a * b)'
    """
    return Text(f"1.0 / {x.at(POWER)}", PRODUCT, x.at(POWER))


def times(one: Text, other: Text) -> Text:
    """A product in this order; what is multiplied by 1.0 / y is written as divided by y.

    >>> times(Text("a"), Text("b * c", PRODUCT)).text
    'a * (b * c)'
    >>> times(inverse_text(Text("y")), Text("a")).text
    'a / y'
    """
    if one.inverse and not other.inverse:
        one, other = other, one
    sign, factor = ("/", other.inverse) if other.inverse else ("*", other.at(MINUS))
    return Text(f"{one.at(PRODUCT)} {sign} {factor}", PRODUCT)


def scaled(coefficient: float, x: Text | None) -> Text:
    """A positive number times something, or by itself.

    >>> scaled(2.0, Text("a * b", PRODUCT)).text, scaled(1 / 3, Text("a * b", PRODUCT)).text
    ('2.0 * a * b', 'a * b / 3.0')
    >>> scaled(0.1, Text("a * b", PRODUCT)).text, scaled(0.1, inverse_text(Text("a"))).text
    ('0.1 * (a * b)', '0.1 / a')
    """
    if x is None:
        return number_text(coefficient)
    if coefficient == 1.0:
        return x
    inverse = round(min(1.0 / coefficient, 1e15)) if coefficient else 0
    if len(repr(coefficient)) > 6 and inverse and 1.0 / inverse == coefficient:
        return times(x, inverse_text(number_text(inverse)))
    number = number_text(coefficient).text
    if x.inverse:
        return Text(f"{number} / {x.inverse}", PRODUCT)
    return Text(f"{number} * {x.at(PRODUCT if is_exact(coefficient) else MINUS)}", PRODUCT)


def is_exact(coefficient: float) -> bool:
    """Whether multiplying by this number rounds nothing, so that it may be done at any time."""
    return abs(math.frexp(coefficient)[0]) == 0.5


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


def addends_of(expr: Expr | float) -> list[Expr | float]:
    """A sum taken apart."""
    if isinstance(expr, Apply) and expr.op is ops.add:
        return [x for part in expr.inputs for x in addends_of(part)]
    return [expr]


@dataclass
class Formulas:
    """Writes formulas, given how to write a view.

    helpers: the definitions that the text needs, by name. guard: makes safe what is given to an
    operation that has no value for some numbers.
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
        """A positive number times factors, from left to right."""
        factors = list(factors)
        among_numbers = bool(first) or coefficient != 1.0 or not all(map(_is_step, factors))
        texts = [*first, *(self._factor(x, among_numbers) for x in factors)]
        text = reduce(times, texts) if texts else None
        if text is None or text.inverse or len(texts) == 1:
            return scaled(coefficient, text)
        return scaled(coefficient, text._replace(level=MINUS))._replace(level=PRODUCT)

    def _signed(self, expr: Expr | float) -> Signed:
        """A term, as what is added or subtracted."""
        number, factors = factors_of(expr)
        among_numbers = abs(number) != 1.0 or not all(map(_is_step, factors))
        coefficient, text, leads = self._scaled(expr, among_numbers)
        if not leads or text is None or text.inverse:
            return coefficient < 0, scaled(abs(coefficient), text)
        text = scaled(abs(coefficient), text._replace(level=MINUS))
        return coefficient < 0, text._replace(level=PRODUCT)

    def _scaled(self, expr: Expr | float, among_numbers: bool) -> tuple[float, Text | None, bool]:
        """A product as a number and the rest, in the order in which the formula multiplies.

        The last says whether the number multiplies the first factor, not all of the rest. Numbers
        that are exact, such as -1 and 2, come out of anything.
        """
        if not isinstance(expr, Expr):
            return float(expr), None, False
        if not isinstance(expr, Apply) or expr.op is not ops.multiply:
            return 1.0, self._factor(expr, among_numbers), False
        (a, x, x_leads), (b, y, y_leads) = (self._scaled(z, among_numbers) for z in expr.inputs)
        if x is None or y is None:
            rest, leads = (y, y_leads) if x is None else (x, x_leads)
            if rest is None or is_exact(a) or is_exact(b) or not a * b:
                return a * b, rest, leads
            number, inside = (a, b) if x is None else (b, a)
            text = scaled(abs(inside), rest._replace(level=MINUS) if leads else rest)
            return math.copysign(number, a * b), text._replace(level=PRODUCT), False
        if not is_exact(b):
            y = scaled(abs(b), y._replace(level=MINUS) if y_leads else y)._replace(level=PRODUCT)
            b = math.copysign(1.0, b)
        if not is_exact(a) and x.inverse:
            x, a = scaled(abs(a), x), math.copysign(1.0, a)
        leads = not is_exact(a)
        if leads and not x_leads:
            x = Text(x.at(MINUS))
        return a * b, times(x, y), leads

    def _factor(self, expr: Expr, among_numbers: bool) -> Text:
        """One factor; a step is a comparison where it is among numbers."""
        if among_numbers and isinstance(expr, Apply) and _is_step(expr):
            return Text(f"({self.text(expr.inputs[0]).at(SUM)} > 0.0)")
        return self._single(expr)

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
                return inverse_text(self._to_the(-exponent, expr.inputs[0], True))
            return self._to_the(exponent, expr.inputs[0])
        return self._call(expr)

    def _to_the(self, exponent: float, base: Expr | float, inverse: bool = False) -> Text:
        x = self._safe(base, inverse or not float(exponent).is_integer())
        if exponent == 1:
            return x
        if exponent == 0.5:
            return Text(f"np.sqrt({x.text})")
        shown = int(exponent) if float(exponent).is_integer() and exponent < 1e6 else exponent
        return Text(f"{x.at(ATOM)} ** {shown}", POWER)

    def _safe(self, expr: Expr | float, is_risky: bool) -> Text:
        """What an operation takes that has no value for some numbers, which holes may hold."""
        text = self.text(expr)
        if self.guard is None or not is_risky or not isinstance(expr, Expr):
            return text
        return self.guard(expr, text)

    def _call(self, expr: Apply) -> Text:
        """An operation by its template, or as a function of its own where that is long."""
        op = expr.op
        inputs = [self._safe(x, op in RISKY and i == 0) for i, x in enumerate(expr.inputs)]
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


def _is_step(expr: Expr | float) -> bool:
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
