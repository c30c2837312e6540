"""Our answers to the exercises of chapter 3."""

import math

from glassgrad import Value
from glassgrad.course import exercise


@exercise("3.1")
def local_derivatives(op, x, y):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return y, x
    return 1 / y, -x / y**2  # x / y is x * y**-1


@exercise("3.2")
def neuron_gradients(x1, x2, w1, w2, b):
    o = math.tanh(x1 * w1 + x2 * w2 + b)
    n_grad = 1 - o**2  # o.grad is 1; the additions hand this on as it is
    return [w1 * n_grad, w2 * n_grad, x1 * n_grad, x2 * n_grad, n_grad]


@exercise("3.3")
def multiply(a, b):
    out = Value(a.data * b.data, (a, b), "*")

    def _backward():
        a.grad += b.data * out.grad
        b.grad += a.data * out.grad

    out._backward = _backward
    return out


@exercise("3.4")
def power(a, exponent):
    out = Value(a.data**exponent, (a,), f"**{exponent}")

    def _backward():
        a.grad += exponent * a.data ** (exponent - 1) * out.grad

    out._backward = _backward
    return out


@exercise("3.5")
def nodes_in_order(root):
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, inputs_are_placed = stack.pop()
        if inputs_are_placed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))  # it comes up again when its inputs are done
            stack += [(x, False) for x in node._prev]
    return order


@exercise("3.6")
def mended_tanh(x):
    t = math.tanh(x.data)
    out = Value(t, (x,), "tanh")

    def _backward():
        x.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


@exercise("3.7")
def backward_from(root):
    order = nodes_in_order(root)
    for node in order:
        if node._prev:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        if node._prev:
            node._backward()


@exercise("3.8")
class Number:
    """A number that remembers how it was made, and hands its gradient back."""

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
        out = Number(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        out = Number(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, exponent):
        out = Number(self.data**exponent, (self,), f"**{exponent}")

        def _backward():
            self.grad += exponent * self.data ** (exponent - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Number(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Number(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    # Made of the others, so they need no _backward of their own.

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return Number(other) + self

    def __rmul__(self, other):
        return Number(other) * self

    def __rsub__(self, other):
        return Number(other) + (-self)

    def __rtruediv__(self, other):
        return Number(other) * self**-1

    def backward(self):
        order, seen = [], set()
        stack = [(self, False)]
        while stack:
            node, inputs_are_placed = stack.pop()
            if inputs_are_placed:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack += [(x, False) for x in node._prev]

        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            if node._prev:
                node._backward()
