"""The table of primitive operations: one record each, and everything else is made from it.

A record holds an operation's value on plain numbers and its partial derivatives. The derivatives
are written in the same arithmetic as a user's program, so they work on plain numbers (backward),
on Values (second derivatives) and on anything else that has `+ - * **` and `_apply`.

Adding an operation means adding one record here: `softsign(v)` then works on Values, as does
`Neuron(2, activation="softsign")`. What a node is, and how derivatives travel through a graph,
lives in `value.py`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from glassgrad import floats


class Op:
    """One primitive operation of one or two inputs, called x and y; `out` is its result.

    name: what the operation is called, here and in saved files.
    symbol: what a picture shows.
    value: the result on floats, by the rules of IEEE 754: inf and nan, never an exception.
    partials: from (x, out) or (x, y, out) to a tuple: d out / d x, and d out / d y if there is a y.
    array: the same value as a NumPy expression, where erf is the error function.
    domain: for each input the (low, high) between which tests may sample it.

    >>> multiply.partials(2.0, 3.0, 6.0)
    (3.0, 2.0)
    """

    def __init__(
        self,
        name: str,
        symbol: str,
        value: Callable[..., float],
        partials: Callable[..., tuple[Any, ...]],
        array: str,
        *domain: tuple[float, float],
    ) -> None:
        self.name = name
        self.symbol = symbol
        self.value = value
        self.partials = partials
        self.array = array
        self.domain = domain
        self.arity = len(domain)

    def __call__(self, *inputs: Any) -> Any:
        """Apply the operation to numbers, or by `_apply(op, inputs)` of an input that has it."""
        for x in inputs:
            if not isinstance(x, (int, float)):
                known = hasattr(x, "_apply")
                return x._apply(self, inputs) if known else self(*map(floats.as_float, inputs))
        return self.value(*inputs)

    def __repr__(self) -> str:
        return f"Op({self.name})"


def _power(x: Any, exponent: float) -> Any:
    """Power by a constant inside a derivative: on floats by IEEE 754, else by the input's `**`."""
    return floats.power(x, exponent) if isinstance(x, (int, float)) else x**exponent


def _x_times_density(x: Any) -> Any:
    """The number x times the standard normal density there: 0, not nan, at infinity."""
    density = exp(-0.5 * (x * x)) * (1.0 / math.sqrt(2.0 * math.pi))
    return mask(density, x * density)


# fmt: off
# Steps and switches: the derivatives of the others are made of these.
step = Op("step", "step", floats.step, lambda x, out: (0.0,),
          "np.heaviside({x}, 0.0)", (-3, 3))
sign = Op("sign", "sign", floats.sign, lambda x, out: (0.0,),
          "np.sign({x})", (-3, 3))
# 1 where x is greater, 0 where y is, and half to each where they are equal.
greater = Op("greater", ">", floats.greater, lambda x, y, out: (0.0, 0.0),
             "np.where({x} == {y}, 0.5, np.heaviside({x} - {y}, 0.5))", (-3, 3), (-3, 3))
# y where x is not 0, else exactly 0: unlike a product, it stops an infinite or undefined y.
mask: Op = Op("mask", "mask", floats.mask, lambda x, y, out: (0.0, mask(x, 1.0)),
              "np.where({x} != 0, {y}, 0.0)", (-3, 3), (-3, 3))
# The other way round: y where x is 0.
unless: Op = Op("unless", "unless", floats.unless, lambda x, y, out: (0.0, unless(x, 1.0)),
                "np.where({x} == 0, {y}, 0.0)", (-3, 3), (-3, 3))

add = Op("add", "+", operator.add, lambda x, y, out: (1.0, 1.0),
         "{x} + {y}", (-3, 3), (-3, 3))
multiply = Op("multiply", "*", operator.mul, lambda x, y, out: (y, x),
              "{x} * {y}", (-3, 3), (-3, 3))
power: Op = Op("power", "**", floats.power,
               # At 0**0, and where the result is 0, the masks keep 0 * inf from becoming nan.
               lambda x, y, out: (mask(absolute(x) + absolute(y), y * power(x, y - 1.0)),
                                  mask(out, out * log(x))),
               "np.power({x}, {y})", (0.2, 3), (-2, 3))

exp = Op("exp", "exp", floats.exp, lambda x, out: (out,),
         "np.exp({x})", (-3, 3))
log: Op = Op("log", "log", floats.log, lambda x, out: (_power(x, -1.0),),
             "np.log({x})", (0.1, 5))
sqrt = Op("sqrt", "sqrt", floats.sqrt, lambda x, out: (0.5 * _power(out, -1.0),),
          "np.sqrt({x})", (0.1, 5))
sin = Op("sin", "sin", floats.sin, lambda x, out: (cos(x),),
         "np.sin({x})", (-4, 4))
cos: Op = Op("cos", "cos", floats.cos, lambda x, out: (-sin(x),),
             "np.cos({x})", (-4, 4))
erf = Op("erf", "erf", math.erf, lambda x, out: (2.0 / math.sqrt(math.pi) * exp(-(x * x)),),
         "erf({x})", (-2, 2))
absolute: Op = Op("absolute", "abs", abs, lambda x, out: (sign(x),),
              "np.abs({x})", (-3, 3))
maximum = Op("maximum", "max", floats.maximum,
             lambda x, y, out: (greater(x, y), greater(y, x)),
             "np.maximum({x}, {y})", (-3, 3), (-3, 3))
minimum = Op("minimum", "min", floats.minimum,
             lambda x, y, out: (greater(y, x), greater(x, y)),
             "np.minimum({x}, {y})", (-3, 3), (-3, 3))

# Activations. Sources: sigmoid, tanh, relu and softplus as in Goodfellow, Bengio and Courville,
# Deep Learning (2016), 3.10 and 6.3; gelu in its exact form, Hendrycks and Gimpel (2016).
tanh = Op("tanh", "tanh", math.tanh, lambda x, out: (1.0 - out * out,),
          "np.tanh({x})", (-3, 3))
relu = Op("relu", "ReLU", floats.relu, lambda x, out: (step(x),),
          "np.maximum({x}, 0.0)", (-3, 3))
sigmoid = Op("sigmoid", "sigmoid", floats.sigmoid, lambda x, out: (out * (1.0 - out),),
             "np.exp(-np.logaddexp(0.0, -{x}))", (-4, 4))
softplus = Op("softplus", "softplus", floats.softplus, lambda x, out: (sigmoid(x),),
              "np.logaddexp(0.0, {x})", (-4, 4))
gelu = Op("gelu", "gelu", floats.gelu,
          lambda x, out: (0.5 * (1.0 + erf(x * floats.SQRT_HALF)) + _x_times_density(x),),
          "np.where({x} < -40.0, 0.0, 0.5 * {x} * (1.0 + erf({x} * np.sqrt(0.5))))", (-3, 3))
# fmt: on


@lru_cache(maxsize=4096, typed=True)
def power_by(exponent: Any) -> Op:
    """The operation "to the power of this constant": one input, so no gradient to the exponent.

    >>> power_by(3).partials(2.0, 8.0)
    (12.0,)
    """

    def value(x: float) -> float:
        return floats.power(x, exponent)

    def partials(x: Any, out: Any) -> tuple[Any, ...]:
        if exponent == 0:
            return (0.0,)
        return (exponent * _power(x, exponent - 1),)

    name = f"**{exponent}"
    shown = str(float(exponent)).replace("inf", "np.inf").replace("nan", "np.nan")
    return Op(name, name, value, partials, f"np.power({{x}}, {shown})", (0.2, 3))


OPS: dict[str, Op] = {op.name: op for op in list(globals().values()) if isinstance(op, Op)}


def op_named(name: str) -> Op:
    """Look an operation up by its name, as saved files do; "**3" stands for `power_by(3)`.

    >>> op_named("tanh").symbol
    'tanh'
    """
    if name.startswith("**"):
        number = name[2:]
        return power_by(int(number) if number.lstrip("-").isdigit() else float(number))
    if name not in OPS:
        raise KeyError(
            f"no operation is called {name!r}; add its record with OPS[{name!r}] = Op(...)"
        )
    return OPS[name]
