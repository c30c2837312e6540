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


def _operation(
    inner: str, head: str = "multiply(a, b)", data: str = "a.data * b.data", symbol: str = '"*"'
) -> str:
    """A function that makes a node, whose `_backward` has the given line."""
    names = "(a, b)" if "b" in head.partition("(")[2] else "(a,)"
    return f"""
def {head}:
    t = {data}
    out = Value(t, {names}, {symbol})

    def _backward():
        {inner}

    out._backward = _backward
    return out
"""


POWER = ("power(a, exponent)", "a.data ** exponent", 'f"**{exponent}"')
TANH = ("mended_tanh(a)", "math.tanh(a.data)", '"tanh"')
RIGHT = "a.grad += b.data * out.grad; b.grad += a.data * out.grad"
SLOPE = "a.grad += exponent * a.data ** (exponent - 1) * out.grad"

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
    ("3.1", LOCAL.format(minus=-1, times="y, x", over="1 / y"), r"return two numbers, as \(dx, dy"),
    ("3.1", LOCAL.format(minus=-1, times="y, x", over="1 / y, -x / y*2"), "a square is y"),
    ("3.1", LOCAL.format(minus=-1, times="y, x", over="1 / y, x"), "when x moves by h, x / y"),
    (
        "3.1",
        LOCAL.format(minus=-1, times="y, x", over="1 / y, (x / (y + 0.001) - x / y) / 0.001"),
        "near, but not exact: a nudge",
    ),
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
        "these are plain numbers, not Values: use math.tanh",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    g = 1 - math.tanh(x1 * w1 + x2 * w2 + b) ** 2
    return [w1 * g, x1 * g, w2 * g, x2 * g, g]
""",
        "in another order",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    g = 1 - math.tanh(x1 * w1 + x2 * w2 + b) ** 2
    return [w1 * g, w2 * g, x1 * g, x2 * g]
""",
        "five are asked for",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    g = 1 - math.tanh(x1 * w1 + x2 * w2 + b) ** 2
    return [w1 * g, w2 * g, x1 * g, x2 * g, b * g]
""",
        "b is added, not multiplied",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    return [w1 * 0.5, w2 * 0.5, x1 * 0.5, x2 * 0.5, 0.5]
""",
        "0.5 is that of the chapter's neuron",
    ),
    (
        "3.2",
        """
def neuron_gradients(x1, x2, w1, w2, b):
    leaves = [Value(x) for x in (x1, x2, w1, w2, b)]
    x1, x2, w1, w2, b = leaves
    (x1 * w1 + x2 * w2 + b).tanh().backward()
    return [Value(leaf.grad) for leaf in leaves]
""",
        "plain numbers are asked for",
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
    ("3.3", _operation(RIGHT, symbol='"+"'), r"out._op is '\+', and '\*' is right"),
    ("3.3", _operation(RIGHT).replace("(a, b), ", "(a, b, b), "), "_prev has length 3, and 2"),
    ("3.3", _operation(RIGHT.replace("b.data", "b")), r"such as b.data \* out.grad"),
    ("3.3", _operation(RIGHT.replace("out.grad", "out.data")), "upstream is out.grad"),
    (
        "3.3",
        _operation(RIGHT).replace("def _backward():", "def _backward(self):"),
        "called without arguments",
    ),
    (
        "3.3",
        """
class Like:
    def __init__(self, data, inputs, symbol):
        self.data, self.grad, self._prev, self._op = data, 0.0, inputs, symbol

"""
        + _operation(RIGHT).replace("Value(", "Like("),
        "of another class, Like",
    ),
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
        "3.4",
        _operation(SLOPE.replace("(exponent - 1)", "exponent - 1"), *POWER),
        "brackets are mis",
    ),
    ("3.4", _operation(SLOPE.replace("a.data", "abs(a.data)"), *POWER), "abs loses the sign"),
    ("3.4", _operation("a.grad += 2 * a.data * out.grad", *POWER), "right for squares alone"),
    ("3.4", _operation(SLOPE.replace("a.data", "a"), *POWER), "a grad is a plain number"),
    ("3.4", _operation(SLOPE, *POWER[:2], '"**"'), r"out._op is '\*\*', and '\*\*3' is right"),
    (
        "3.4",
        _operation(SLOPE, *POWER).replace("(a,)", "(a, Value(exponent))"),
        "a plain number and no input",
    ),
    (
        "3.4",
        _operation("assert isinstance(exponent, int); " + SLOPE, *POWER),
        "any plain number, also 0.5",
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
    (
        "3.5",
        TOPOLOGICAL.replace("node not in seen", "node.data not in seen").replace(
            "seen.add(node)", "seen.add(node.data)"
        ),
        "may hold the same number",
    ),
    (
        "3.5",
        TOPOLOGICAL.replace("node not in seen", "node.label not in seen").replace(
            "seen.add(node)", "seen.add(node.label)"
        ),
        "may hold the same number, or have the same label",
    ),
    (
        "3.5",
        """
def nodes_in_order(root):
    import sys

    sys.setrecursionlimit(100_000)
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
        "raising the limit only moves the wall",
    ),
    (
        "3.5",
        """
def nodes_in_order(root):
    order, stack = [], [root]
    while stack:
        node = stack[-1]
        stack += node._prev
        order.append(node)
    return order
""",
        "never takes this node off the stack",
    ),
    (
        "3.5",
        TOPOLOGICAL.replace("(root)", "(root, order=[])", 1).replace(
            "order, seen = [], set()", "seen = set()"
        ),
        "comes 2 times|of an earlier call",
    ),
    (
        "3.5",
        TOPOLOGICAL.replace("(root)", "(root, seen=set())", 1).replace(
            "order, seen = [], set()", "order = []"
        ),
        "made anew in each call",
    ),
    ("3.6", _operation("a.grad += 1 - t**2 * out.grad", *TANH), "brackets are missing"),
    ("3.6", _operation("a.grad += (1 - t**2) * out.grad", *TANH[:2], '"th"'), "_op is 'th'"),
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
        r"a leaf has none",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    for node in reversed(nodes_in_order(root)):
        if node._prev:
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
    order = nodes_in_order(root)
    for node in order:
        if node._prev:
            node.grad = 0.0
    for node in reversed(order):
        if node._prev:
            node._backward()
""",
        r"after the results in between are set to 0",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    order = nodes_in_order(root)
    root.grad = 1.0
    for node in order.reverse():
        node._backward()
""",
        r"reverse\(\), .* give None",
    ),
    (
        "3.7",
        TOPOLOGICAL.replace("node not in seen", "node.data not in seen").replace(
            "seen.add(node)", "seen.add(node.data)"
        )
        + """
def backward_from(root):
    order = nodes_in_order(root)
    root.grad = 1.0
    for node in reversed(order):
        if node._prev:
            node._backward()
""",
        r"may hold the same number",
    ),
    (
        "3.7",
        TOPOLOGICAL
        + """
def backward_from(root):
    root.grad = 1.0
    for node in nodes_in_order(root):
        if node._prev:
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
        if node._prev:
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
        if node._prev:
            node._backward()
""",
        r"grad of a leaf, such as a, stays",
    ),
    (
        "3.7",
        """
def backward_from(root):
    root.grad = 1.0

    def go(node):
        if node._prev:
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
    ("3.8", _class("Number(other) + (-self)", "self - other"), "__rsub__.*stands on the left"),
    (
        "3.8",
        _class("Number(other) + (-self)", "other - self"),
        "asks Python the same question again",
    ),
    (
        "3.8",
        _class("Number(other) * self**-1", "self * other**-1"),
        "__rtruediv__.*stands on the left",
    ),
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
        r"make it one: other = .* else Number\(other\)",
    ),
    ("3.8", _class('(self,), f"', '(), f"'), r"c has nothing in _prev(?s:.*)result of \*\*"),
    ("3.8", _class("reversed(order)", "order"), "in topological order from the end"),
    ("3.8", _class("    def backward(self)", "    def back(self)"), "no method backward"),
    (
        "3.8",
        _class(
            "math.tanh(self.data)",
            "(lambda e: (1 - e) / (1 + e))(math.exp(-2 * abs(self.data)))",
        ),
        "tanh of the data of the input, for either sign",
    ),
    (
        "3.8",
        _class("(1 - out.data**2)", "(1 - abs(out.data) * out.data)"),
        r"in tanh it is 1 - t\*\*2, for either sign",
    ),
    ("3.8", _class("math.exp(self.data)", "math.exp(abs(self.data))"), "exp of the data .* sign"),
    (
        "3.8",
        _class("self.data ** (exponent - 1)", "abs(self.data) ** (exponent - 1)"),
        r"in \*\*, abs loses the sign",
    ),
    (
        "3.8",
        _class("+= exponent * self.data **", "+= int(exponent) * self.data **"),
        r"int\(...\) cuts it off",
    ),
    (
        "3.8",
        _class("+= exponent * self.data **", "+= self.data **"),
        "exponent is missing as a fac",
    ),
    ("3.8", _class("Number(other) * self\n", "self * 2\n"), "__rmul__.* stands on the left"),
    ("3.8", _class("Number(other) + (-self)", "-self + 2"), "__rsub__.* stands on the left"),
    ("3.8", _class("self + (-other)", "(-self) + other"), "this is b - a"),
    ("3.8", _class("self * -1", "Number(-self.data) * 1"), "the leaf a itself is not among"),
    ("3.8", _class('(self, other), "*"', '(self,), "*"'), r"\* has only one node in _prev"),
    (
        "3.8",
        _class("other.data * out.grad", "abs(other.data) * out.grad"),
        r"sign of the local derivative of \* is turned round",
    ),
    (
        "3.8",
        _class(
            'out = Number(self.data + other.data, (self, other), "+")',
            'self.data += other.data\n        out = Number(self.data, (self, other), "+")',
        ),
        "leaves its inputs as they are",
    ),
    (
        "3.8",
        _class("node not in seen", "node.data not in seen").replace(
            "seen.add(node)", "seen.add(node.data)"
        ),
        "may hold the same number",
    ),
    (
        "3.8",
        _class(
            "    def __add__",
            "    def __eq__(self, other):\n        return self.data == other.data\n\n"
            "    def __hash__(self):\n        return hash(self.data)\n\n    def __add__",
        ),
        "let the class be without __eq__",
    ),
    (
        "3.8",
        _class(
            "            if node._prev:\n                node.grad = 0.0",
            "            node.grad = 0",
        ),
        "set only results in between to 0",
    ),
    (
        "3.8",
        _class(
            "                node._backward()",
            "                node._backward()\n                node.grad = 0.0",
        ),
        "before the walk, not during or after it",
    ),
    (
        "3.8",
        _class("order, seen = [], set()", "order, seen = [], Number.seen").replace(
            "    def __init__", "    seen = set()\n\n    def __init__"
        ),
        "made anew in each call",
    ),
    (
        "3.8",
        _class(
            "math.tanh(self.data)",
            "(math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)",
        ),
        r"Number\(400\)(?s:.*)a power of e has grown",
    ),
    ("3.8", _class('f"**{exponent}"', '""'), "the symbol _op of a result is empty"),
    ("3.8", _class("_prev", "children"), "c has no _prev"),
    (
        "3.8",
        _class(
            "            if node._prev:\n                node._backward()",
            "            node._backward()",
        ),
        "a leaf has none",
    ),
    (
        "3.8",
        _class(
            "        out = Number(self.data**exponent",
            "        assert isinstance(exponent, int)\n        out = Number(self.data**exponent",
        ),
        "any plain number, also 0.5 and -1",
    ),
    ("3.8", "def answer(x):\n    return Value(x)", "not a class"),
]
