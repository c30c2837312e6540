"""Typical wrong answers to chapter 3: the exercise, the program, what the verdict says."""

from __future__ import annotations

from pathlib import Path

SOLUTIONS = Path(__file__).parent.parent.parent / "course" / "solutions" / "chapter_3.py"


def _class(old: str, new: str) -> str:
    """Our class of exercise 3.8, with a mistake in it."""
    source = SOLUTIONS.read_text(encoding="utf-8")
    source = source[source.index("class Number:") :]
    assert old in source, old
    return source.replace(old, new)


def _operation(inner: str, head: str = "multiply(a, b)", data: str = "a.data * b.data") -> str:
    """A function that makes a node, whose `_backward` has the given line."""
    names = "(a, b)" if "b" in head.partition("(")[2] else "(a,)"
    return f"""
def {head}:
    t = {data}
    out = Value(t, {names}, "op")

    def _backward():
        {inner}

    out._backward = _backward
    return out
"""


POWER = ("power(a, exponent)", "a.data ** exponent")
TANH = ("mended_tanh(a)", "math.tanh(a.data)")

LOCAL = """
def local_derivatives(op, x, y):
    if op == "+":
        return (1, 1)
    if op == "-":
        return (1, {minus})
    if op == "*":
        return ({times})
    return ({over})
"""

TOPOLOGICAL = """
def nodes_in_order(root):
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, placed = stack.pop()
        if placed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(x, False) for x in node._prev]
    return order
"""

WRONG = [
    ("3.1", LOCAL.format(minus=1, times="y, x", over="1 / y, -x / y**2"), "x - y goes down"),
    ("3.1", LOCAL.format(minus=-1, times="x, y", over="1 / y, -x / y**2"), "swapped"),
    ("3.1", LOCAL.format(minus=-1, times="y, x", over="1 / y, x / y**2"), "wrong sign"),
    ("3.1", LOCAL.format(minus=-1, times="y, x", over="1 / y, -x / y"), "y is squared"),
    ("3.1", LOCAL.format(minus=-1, times="y, x", over="1 / y"), "x / y moves by h / y"),
    (
        "3.1",
        'def local_derivatives(op, x, y):\n    if op == "+":\n        return 1, 1',
        "without `return` gives None",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    return [w1, w2, x1, x2, 1.0]
""",
        r"multiply by 1 - o\*\*2",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    n = x1 * w1 + x2 * w2 + b
    g = 1 - n**2
    return [w1 * g, w2 * g, x1 * g, x2 * g, g]
""",
        "the number before tanh",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    g = 1 - math.tanh(x1 * w1 + x2 * w2 + b) ** 2
    return [x1 * g, x2 * g, w1 * g, w2 * g, g]
""",
        "inputs and weights are swapped",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    g = 1 - math.tanh(x1 * w1 + x2 * w2 + b) ** 2
    return [w1 * g, w2 * g, x1 * g, x2 * g, 1]
""",
        r"b gets 1, .* upstream",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    n = x1 * w1 + x2 * w2 + b
    o = n.tanh()
    o.backward()
    return [x1.grad, x2.grad, w1.grad, w2.grad, b.grad]
""",
        "a plain number has come|has no attribute",
    ),
    (
        "3.3",
        _operation("a.grad = b.data * out.grad; b.grad = a.data * out.grad"),
        r"\* overwrites instead of accumulating: use \+=",
    ),
    (
        "3.3",
        _operation("a.grad += a.data * out.grad; b.grad += b.data * out.grad"),
        "the factors are swapped",
    ),
    ("3.3", _operation("a.grad += b.data; b.grad += a.data"), "upstream gradient is missing"),
    ("3.3", _operation("a.grad += out.grad; b.grad += out.grad"), r"rule of \+"),
    ("3.3", _operation("pass"), r"nothing has arrived"),
    ("3.3", "def multiply(a, b):\n    return a * b", "which Value has already"),
    ("3.3", "def multiply(a, b):\n    return a.data * b.data", "not a Value"),
    (
        "3.3",
        """
def multiply(a, b):
    out = Value(a.data * b.data, (a, b), "*")
    a.grad += b.data * out.grad
    b.grad += a.data * out.grad
    return out
""",
        "nothing has arrived",
    ),
    (
        "3.3",
        """
def multiply(a, b):
    out = Value(a.data * b.data, (a, b), "*")

    def _backward():
        a.grad += b.data * out.grad
        b.grad += a.data * out.grad

    out._backward = _backward()
    return out
""",
        "with brackets after it",
    ),
    (
        "3.4",
        _operation("a.grad = exponent * a.data ** (exponent - 1) * out.grad", *POWER),
        r"\*\* overwrites instead of accumulating",
    ),
    (
        "3.4",
        _operation("a.grad += exponent * a.data ** exponent * out.grad", *POWER),
        "the exponent goes down by one",
    ),
    (
        "3.4",
        _operation("a.grad += a.data ** (exponent - 1) * out.grad", *POWER),
        "missing as a factor",
    ),
    (
        "3.4",
        _operation("a.grad += exponent * out.data / a.data * out.grad", *POWER),
        "a number is divided by 0",
    ),
    (
        "3.5",
        """
def nodes_in_order(root):
    order = [root]
    for x in root._prev:
        order += nodes_in_order(x)
    return order
""",
        r"a comes 2 times",
    ),
    (
        "3.5",
        """
def nodes_in_order(root):
    order, seen = [], set()

    def place(node):
        if node not in seen:
            seen.add(node)
            for x in node._prev:
                place(x)
            order.append(node)

    place(root)
    return order
""",
        r"5,000 operations deep.*in a list of your own",
    ),
    (
        "3.5",
        """
def nodes_in_order(root):
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        if node not in order:
            order.append(node)
            stack += node._prev
    return order[::-1]
""",
        "only when all its inputs are there",
    ),
    (
        "3.5",
        """
def nodes_in_order(root):
    order, queue = [], [root]
    while queue:
        node = queue.pop(0)
        if node not in order:
            order.append(node)
            queue += node._prev
    return order[::-1]
""",
        "only when all its inputs are there",
    ),
    ("3.5", TOPOLOGICAL.replace("return order", "return order[::-1]"), "turn it round"),
    ("3.5", TOPOLOGICAL.replace("return order", "return order[:-1]"), "is missing"),
    ("3.5", TOPOLOGICAL.replace("append(node)", "append(node.data)"), "the nodes themselves"),
    (
        "3.5",
        """
def nodes_in_order(root):
    order = []

    def place(node):
        for x in node._prev:
            place(x)
        if node not in order:
            order.append(node)

    place(root)
    return order
""",
        "paths through a graph double",
    ),
    ("3.6", _operation("a.grad += 1 - t**2 * out.grad", *TANH), "brackets are missing"),
    ("3.6", _operation("a.grad = (1 - t**2) * out.grad", *TANH), "tanh overwrites .* use \\+="),
    ("3.6", _operation("a.grad += (1 - t) * out.grad", *TANH), "t is squared"),
    ("3.6", _operation("a.grad += 1 - t**2", *TANH), "upstream gradient is missing in tanh"),
    (
        "3.7",
        """
def backward_from(root):
    root.grad = 1.0
    root._backward()
    for x in root._prev:
        backward_from(x)
""",
        r"is right",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    for node in reversed(nodes_in_order(root)):
        node._backward()
""",
        r"set root.grad = 1.0",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    root.grad = 1.0
    for node in nodes_in_order(root):
        node._backward()
""",
        r"before .* had its turn",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    root.grad = 1.0
    for node in reversed(nodes_in_order(root)):
        node._backward()
""",
        r"of the first time",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    order = nodes_in_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        node._backward()
""",
        r"a is a leaf",
    ),
    (
        "3.7",
        """
def backward_from(root):
    root.grad = 1.0

    def go(node):
        node._backward()
        for x in node._prev:
            go(x)

    go(root)
""",
        r"more than once",
    ),
    ("3.7", "def backward_from(root):\n    root.backward()", "no such method or attribute"),
    ("3.8", _class("self.grad += (1 -", "self.grad = (1 -"), "tanh overwrites .* use \\+="),
    ("3.8", _class("self.grad += out.data *", "self.grad = out.data *"), "exp overwrites"),
    ("3.8", _class("self.grad += exponent", "self.grad = exponent"), r"\*\* overwrites"),
    ("3.8", _class("other.grad += out.grad", "other.grad = out.grad"), r"\+ overwrites"),
    (
        "3.8",
        _class("(1 - out.data**2) * out.grad", "1 - out.data**2 * out.grad"),
        "brackets are missing in tanh",
    ),
    ("3.8", _class("out.data * out.grad", "out.data"), "upstream gradient is missing in exp"),
    ("3.8", _class("Number(other) + (-self)", "self - other"), "(?s)2 - a.*__rsub__"),
    ("3.8", _class("Number(other) + (-self)", "other - self"), "calls itself"),
    ("3.8", _class("Number(other) * self**-1", "self * other**-1"), "(?s)2 / a.*__rtruediv__"),
    ("3.8", _class("    def __rsub__", "    def rsub"), "reflected method"),
    ("3.8", _class("node.grad = 0.0", "pass"), "of the first time"),
    ("3.8", _class("self.grad = 1.0", "pass"), "c.grad is 1.0 at the start"),
    (
        "3.8",
        _class("elif node not in seen:", "else:"),
        "each node once",
    ),
    (
        "3.8",
        _class(
            "other = other if isinstance(other, Number) else Number(other)\n"
            "        out = Number(self.data + other.data",
            "out = Number(self.data + other.data",
        ),
        "a plain number has come",
    ),
    ("3.8", _class('(self,), f"', '(), f"'), r"\*\* has nothing in _prev"),
    ("3.8", _class("reversed(order)", "order"), "in topological order from the end"),
    ("3.8", _class("    def backward(self)", "    def back(self)"), "no method backward"),
    ("3.8", "def answer(x):\n    return Value(x)", "not a class"),
]
