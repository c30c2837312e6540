"""Every operation a second time, looked up by its name: what the tests compare glassgrad with.

COMPLEX is written with `cmath` and gives derivatives by the complex step; HIPS is written with
the `autograd` package, an engine by others. Neither uses a line of glassgrad.
"""

import cmath
import math

import autograd.numpy as anp
from autograd.extend import defvjp, primitive

# The operations that are not smooth at 0, or (the second kind) where their inputs are equal.
KINKED_AT_0 = {"step", "sign", "mask", "unless", "absolute", "relu"}
KINKED_WHERE_EQUAL = {"greater", "maximum", "minimum"}


def erf(z):
    """2 / sqrt(pi) e**(-z**2) times the sum of 2**n z**(2n + 1) / (2n + 1)!! (DLMF 7.6.2)."""
    term = total = complex(z)
    n = 0
    while abs(term) > 1e-18 * abs(total):
        n += 1
        term *= 2 * z * z / (2 * n + 1)
        total += term
    return 2 / math.sqrt(math.pi) * cmath.exp(-z * z) * total


COMPLEX = {
    "step": lambda z: complex(z.real > 0),
    "sign": lambda z: complex((z.real > 0) - (z.real < 0)),
    "greater": lambda z, w: complex(z.real > w.real),
    "mask": lambda z, w: w if z.real != 0 else 0j,
    "unless": lambda z, w: w if z.real == 0 else 0j,
    "add": lambda z, w: z + w,
    "multiply": lambda z, w: z * w,
    "power": lambda z, w: cmath.exp(w * cmath.log(z)),
    "exp": cmath.exp,
    "log": cmath.log,
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "erf": erf,
    "absolute": lambda z: z if z.real >= 0 else -z,
    "maximum": lambda z, w: z if z.real >= w.real else w,
    "minimum": lambda z, w: z if z.real <= w.real else w,
    "tanh": cmath.tanh,
    "relu": lambda z: z if z.real > 0 else 0j,
    "sigmoid": lambda z: 1 / (1 + cmath.exp(-z)),
    "softplus": lambda z: cmath.log(1 + cmath.exp(z)),
    "gelu": lambda z: z * (1 + erf(z / math.sqrt(2))) / 2,
}


@primitive
def _hips_erf(x):
    return erf(x).real


defvjp(_hips_erf, lambda out, x: lambda g: g * 2 / math.sqrt(math.pi) * anp.exp(-(x**2)))

HIPS = {
    "step": lambda x: float(x > 0) + 0.0 * x,
    "sign": anp.sign,
    "greater": lambda x, y: float(x > y) + 0.0 * (x + y),
    "mask": lambda x, y: y if x != 0 else 0.0 * y,
    "unless": lambda x, y: y if x == 0 else 0.0 * y,
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "power": lambda x, y: x**y,
    "exp": anp.exp,
    "log": anp.log,
    "sqrt": anp.sqrt,
    "sin": anp.sin,
    "cos": anp.cos,
    "erf": _hips_erf,
    "absolute": anp.abs,
    "maximum": anp.maximum,
    "minimum": anp.minimum,
    "tanh": anp.tanh,
    "relu": lambda x: anp.maximum(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
    "softplus": lambda x: anp.log(1 + anp.exp(x)),
    "gelu": lambda x: x * (1 + _hips_erf(x / anp.sqrt(2.0))) / 2,
}


def complex_step(function, inputs, i):
    """d function / d inputs[i], exact but for rounding: Im f(x + ih) / h with a tiny h."""
    stepped = [complex(x, 1e-100 if j == i else 0.0) for j, x in enumerate(inputs)]
    return function(*stepped).imag / 1e-100


def is_smooth(name, inputs):
    """Whether the inputs stay clear of the places where this operation has no derivative."""
    if name in KINKED_AT_0:
        return abs(inputs[0]) > 0.01
    if name in KINKED_WHERE_EQUAL:
        return abs(inputs[0] - inputs[1]) > 0.01
    return True


def sample(op, random, n=100):
    """`n` points of the domain where the operation is smooth."""
    points = []
    while len(points) < n:
        point = [random.uniform(low, high) for low, high in op.domain]
        if is_smooth(op.name, point):
            points.append(point)
    return points
