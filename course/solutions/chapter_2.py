"""Our answers to the exercises of chapter 2, with the class growing beside them."""

import math

from glassgrad.course import exercise


@exercise("2.1")
def slope(f, x, h):
    return (f(x + h) - f(x)) / h


@exercise("2.2")
def gradient(f, xs, h):
    slopes = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        slopes.append((f(*up) - f(*down)) / (2 * h))
    return slopes


class Value:
    """The class of the chapter, as far as it has come before exercise 2.3."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), "+")


@exercise("2.3")
def multiply(self, other):
    return Value(self.data * other.data, (self, other), "*")


def multiply_by_any(self, other):  # as the chapter goes on: a plain number is made a Value first
    other = other if isinstance(other, Value) else Value(other)
    return multiply(self, other)


Value.__mul__ = multiply_by_any
Value.__neg__ = lambda self: self * -1


@exercise("2.4")
def subtract_from(self, other):
    return -self + other


@exercise("2.5")
def power(self, exponent):
    return Value(self.data**exponent, (self,), f"**{exponent}")


Value.__pow__ = power


@exercise("2.6")
def divide(self, other):
    return self * other**-1


@exercise("2.7")
def tanh(self):
    e = math.exp(-2 * abs(self.data))  # between 0 and 1, however large the number is
    t = (1 - e) / (1 + e)
    if self.data < 0:
        t = -t
    return Value(t, (self,), "tanh")


@exercise("2.8")
class Number:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op

    def __repr__(self):
        return f"Number(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data * other.data, (self, other), "*")

    def __pow__(self, exponent):
        return Number(self.data**exponent, (self,), f"**{exponent}")

    def exp(self):
        return Number(math.exp(self.data), (self,), "exp")

    def tanh(self):
        e = math.exp(-2 * abs(self.data))
        t = (1 - e) / (1 + e)
        return Number(t if self.data >= 0 else -t, (self,), "tanh")

    # Everything else is made of these.

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self**-1 * other
